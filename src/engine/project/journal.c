/* TamisJournal: the history of decisions, and the state it leads to.
 *
 * DESIGN: the history is a list of steps, each a run of decisions, an undo or a redo. The state is
 * what comes out when all of it is done again in order on an empty TamisVerdicts; a decision made now
 * is the next line of the same play, through the same functions, so what is on the screen is what the
 * file will give after a restart. Each decision keeps what it replaced, which makes undo as cheap as
 * the decision was. Two stacks of steps say what can be undone and redone.
 * Images are interned by content and path. A row's image is looked up when it is first decided about;
 * an image's row when a data set is attached.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <string.h>

#define NO_IMAGE G_MAXUINT32

typedef struct
{
  TamisDigest digest; /* zeros: not known */
  const char *path;   /* in the journal's texts */
  guint32 row;        /* TAMIS_NO_WITNESS: not in the data set */
} Image;

typedef struct
{
  guint8 kind;         /* TamisDecisionKind */
  gint8 value;
  gint8 before;        /* what was in force; of folders -1: no rule of its own */
  guint8 was_reversed; /* before, a pair's witness was what goes */
  guint32 a;           /* image, or place in names */
  guint32 b;           /* image */
} Decision;

typedef struct
{
  guint32 type; /* TamisStep */
  guint32 first; /* decision */
  guint32 n;
  const char *curator; /* in the journal's texts; NULL: of a journal without a project */
} Step;

struct _TamisJournal
{
  TamisProject *project; /* nullable */
  const char *curator;   /* in @texts: of the step that is open; NULL: the project's */
  TamisDataset *dataset;
  TamisVerdicts *verdicts;
  guint64 serial;

  GStringChunk *texts;
  GArray *images;    /* of Image */
  GHashTable *by_key; /* Image place + 1, by digest and path: see hash_image() */
  GPtrArray *names;  /* borrowed from texts: folders and splits */
  GHashTable *by_name; /* name → place + 1 */

  GArray *decisions; /* of Decision */
  GArray *steps;     /* of Step */
  GArray *undo;      /* of guint32: steps in force */
  GArray *redo;      /* of guint32: steps taken back */
  guint depth;       /* of begin() */
  gboolean is_open;  /* a step was begun in it */
  GHashTable *unresolved; /* owned images a and b as one number → what is decided about them */
};

/* ---- images and names ---- */

typedef struct
{
  TamisDigest digest;
  const char *path;
} Key;

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;
  guint head;

  memcpy (&head, key->digest.bytes, sizeof head);
  return head ^ g_str_hash (key->path);
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const Key *p = a, *q = b;

  return tamis_digest_equal (&p->digest, &q->digest) && strcmp (p->path, q->path) == 0;
}

/* By content, and of byte-identical files the one of that path; by path alone where the content was
 * not known then or is not known now. */
static guint32
resolve (TamisDataset *dataset, const Image *image)
{
  int row = tamis_dataset_find_path (dataset, image->path);

  if (row >= 0)
    {
      TamisDigest digest = tamis_dataset_get_facts (dataset, (guint) row).digest;

      if (!tamis_digest_is_set (&digest) || !tamis_digest_is_set (&image->digest)
          || tamis_digest_equal (&digest, &image->digest))
        return (guint32) row;
    }
  row = tamis_dataset_find_content (dataset, &image->digest);
  return row >= 0 ? (guint32) row : TAMIS_NO_WITNESS;
}

static guint32
intern_image (TamisJournal *self, const TamisDigest *digest, const char *path)
{
  Key key = { *digest, path };
  gpointer place = g_hash_table_lookup (self->by_key, &key);
  Image image = { *digest, NULL, TAMIS_NO_WITNESS };

  if (place != NULL)
    return GPOINTER_TO_UINT (place) - 1;
  image.path = g_string_chunk_insert_const (self->texts, path);
  image.row = resolve (self->dataset, &image);
  g_array_append_val (self->images, image);
  key.path = image.path;
  g_hash_table_insert (self->by_key, g_memdup2 (&key, sizeof key),
                       GUINT_TO_POINTER (self->images->len));
  return self->images->len - 1;
}

static guint32
intern_row (TamisJournal *self, guint row)
{
  TamisDigest digest = tamis_dataset_get_facts (self->dataset, row).digest;

  return intern_image (self, &digest, tamis_dataset_get_path (self->dataset, row));
}

static guint32
intern_name (TamisJournal *self, const char *name)
{
  gpointer place = g_hash_table_lookup (self->by_name, name);
  char *text;

  if (place != NULL)
    return GPOINTER_TO_UINT (place) - 1;
  text = g_string_chunk_insert (self->texts, name);
  g_ptr_array_add (self->names, text);
  g_hash_table_insert (self->by_name, text, GUINT_TO_POINTER (self->names->len));
  return self->names->len - 1;
}

static guint32
get_row (TamisJournal *self, guint32 image)
{
  return image < self->images->len ? g_array_index (self->images, Image, image).row
                                   : TAMIS_NO_WITNESS;
}

/* ---- decisions ---- */

static gboolean
is_about_images (const Decision *decision)
{
  return decision->kind == TAMIS_DECISION_PAIR || decision->kind == TAMIS_DECISION_IMAGE
         || decision->kind == TAMIS_DECISION_LABEL;
}

/* Are the images there? Two that became one by the loss of a copy are no pair. */
static gboolean
is_resolved (TamisJournal *self, const Decision *decision)
{
  guint32 a, b;

  if (!is_about_images (decision))
    return TRUE;
  a = get_row (self, decision->a);
  b = get_row (self, decision->b);
  return a != TAMIS_NO_WITNESS
         && (decision->kind == TAMIS_DECISION_IMAGE || (b != TAMIS_NO_WITNESS && a != b));
}

/* What is decided about images that are not all there: returns what was before. NONE is 0 of both
 * verdicts and marks. */
static gint8
set_unresolved (TamisJournal *self, const Decision *decision, gint8 value)
{
  guint64 low = MIN (decision->a, decision->b), high = MAX (decision->a, decision->b);
  /* What is said of their labels is something else than what is said of the pair. */
  guint64 key = decision->kind == TAMIS_DECISION_LABEL ? high << 32 | low : low << 32 | high;
  gint8 before = (gint8) GPOINTER_TO_INT (g_hash_table_lookup (self->unresolved, &key));

  if (value == 0)
    g_hash_table_remove (self->unresolved, &key);
  else
    g_hash_table_insert (self->unresolved, g_memdup2 (&key, sizeof key), GINT_TO_POINTER (value));
  return before;
}

static void
apply_folder (TamisJournal *self, Decision *decision)
{
  const char *folder = g_ptr_array_index (self->names, decision->a);
  gboolean own = tamis_verdicts_has_folder (self->verdicts, folder);
  TamisFolderRule before
      = tamis_verdicts_set_folder (self->verdicts, folder, (TamisFolderRule) decision->value);

  decision->before = own ? (gint8) before : -1;
}

/* A label verdict is about the lower and the higher row, a decision about its first and second image:
 * those may have changed places. Its own inverse. */
static TamisLabelVerdict
turn_label (int verdict, guint32 a, guint32 b)
{
  if (a < b)
    return (TamisLabelVerdict) verdict;
  return verdict == TAMIS_LABEL_FIRST    ? TAMIS_LABEL_SECOND
         : verdict == TAMIS_LABEL_SECOND ? TAMIS_LABEL_FIRST
                                         : (TamisLabelVerdict) verdict;
}

static void
apply (TamisJournal *self, Decision *decision)
{
  guint32 a = get_row (self, decision->a), b = get_row (self, decision->b);

  if (!is_resolved (self, decision))
    {
      decision->before = set_unresolved (self, decision, decision->value);
      return;
    }
  switch ((TamisDecisionKind) decision->kind)
    {
    case TAMIS_DECISION_PAIR:
      {
        TamisVerdictEntry before
            = tamis_verdicts_set (self->verdicts, a, b, (TamisVerdict) decision->value);

        decision->before = (gint8) before.verdict;
        decision->was_reversed = before.removed != a;
        break;
      }
    case TAMIS_DECISION_IMAGE:
      decision->before
          = (gint8) tamis_verdicts_set_mark (self->verdicts, a, (TamisMark) decision->value);
      break;
    case TAMIS_DECISION_FOLDER:
      apply_folder (self, decision);
      break;
    case TAMIS_DECISION_SPLIT:
      decision->before = (gint8) tamis_verdicts_set_split_protected (
          self->verdicts, g_ptr_array_index (self->names, decision->a), decision->value != 0);
      break;
    case TAMIS_DECISION_LABEL:
      decision->before = (gint8) turn_label (
          (int) tamis_verdicts_set_label (self->verdicts, MIN (a, b), MAX (a, b),
                                          turn_label (decision->value, a, b)),
          a, b);
      break;
    }
}

static void
take_back (TamisJournal *self, const Decision *decision)
{
  guint32 a = get_row (self, decision->a), b = get_row (self, decision->b);
  const char *name = is_about_images (decision) ? NULL
                                                : g_ptr_array_index (self->names, decision->a);

  if (!is_resolved (self, decision))
    set_unresolved (self, decision, decision->before);
  else if (decision->kind == TAMIS_DECISION_PAIR)
    tamis_verdicts_set (self->verdicts, decision->was_reversed ? b : a,
                        decision->was_reversed ? a : b, (TamisVerdict) decision->before);
  else if (decision->kind == TAMIS_DECISION_IMAGE)
    tamis_verdicts_set_mark (self->verdicts, a, (TamisMark) decision->before);
  else if (decision->kind == TAMIS_DECISION_LABEL)
    tamis_verdicts_set_label (self->verdicts, MIN (a, b), MAX (a, b),
                              turn_label (decision->before, a, b));
  else if (decision->kind == TAMIS_DECISION_SPLIT)
    tamis_verdicts_set_split_protected (self->verdicts, name, decision->before != 0);
  else if (decision->before < 0)
    tamis_verdicts_unset_folder (self->verdicts, name);
  else
    tamis_verdicts_set_folder (self->verdicts, name, (TamisFolderRule) decision->before);
}

/* ---- steps ---- */

static Step *
get_step (TamisJournal *self, guint32 place)
{
  return &g_array_index (self->steps, Step, place);
}

static guint32
pop (GArray *stack)
{
  guint32 place = g_array_index (stack, guint32, stack->len - 1);

  g_array_set_size (stack, stack->len - 1);
  return place;
}

static guint
get_row_of_step (TamisJournal *self, const Step *step)
{
  for (guint i = 0; i < step->n; i++)
    {
      const Decision *decision = &g_array_index (self->decisions, Decision, step->first + i);

      if ((decision->kind == TAMIS_DECISION_PAIR || decision->kind == TAMIS_DECISION_IMAGE)
          && get_row (self, decision->a) != TAMIS_NO_WITNESS)
        return get_row (self, decision->a);
    }
  return TAMIS_NO_WITNESS;
}

static guint
undo (TamisJournal *self)
{
  guint32 place;
  Step *step;

  if (self->undo->len == 0)
    return TAMIS_NO_WITNESS;
  place = pop (self->undo);
  step = get_step (self, place);
  for (guint i = step->n; i > 0; i--)
    take_back (self, &g_array_index (self->decisions, Decision, step->first + i - 1));
  g_array_append_val (self->redo, place);
  return get_row_of_step (self, step);
}

static guint
redo (TamisJournal *self)
{
  guint32 place;
  Step *step;

  if (self->redo->len == 0)
    return TAMIS_NO_WITNESS;
  place = pop (self->redo);
  step = get_step (self, place);
  for (guint i = 0; i < step->n; i++)
    apply (self, &g_array_index (self->decisions, Decision, step->first + i));
  g_array_append_val (self->undo, place);
  return get_row_of_step (self, step);
}

static void
add_step (TamisJournal *self, TamisStep type)
{
  Step step = { type, self->decisions->len, 0, NULL };
  guint32 place = self->steps->len;

  g_array_append_val (self->steps, step);
  if (type != TAMIS_STEP_SET)
    return;
  g_array_append_val (self->undo, place);
  g_array_set_size (self->redo, 0);
}

/* To the last step. */
static void
add_decision (TamisJournal *self, Decision decision)
{
  apply (self, &decision);
  g_array_append_val (self->decisions, decision);
  get_step (self, self->steps->len - 1)->n++;
}

/* From an empty state through the whole history. */
static void
replay (TamisJournal *self)
{
  g_clear_pointer (&self->verdicts, tamis_verdicts_free);
  self->verdicts = tamis_verdicts_new (self->dataset);
  g_hash_table_remove_all (self->unresolved);
  g_array_set_size (self->undo, 0);
  g_array_set_size (self->redo, 0);
  for (guint32 place = 0; place < self->steps->len; place++)
    {
      Step *step = get_step (self, place);

      if (step->type == TAMIS_STEP_UNDO)
        undo (self);
      else if (step->type == TAMIS_STEP_REDO)
        redo (self);
      else
        {
          for (guint i = 0; i < step->n; i++)
            apply (self, &g_array_index (self->decisions, Decision, step->first + i));
          g_array_append_val (self->undo, place);
          g_array_set_size (self->redo, 0);
        }
    }
  self->serial++;
}

/* ---- making ---- */

TamisJournal *
tamis_journal_new (TamisDataset *dataset)
{
  TamisJournal *self = g_new0 (TamisJournal, 1);

  self->dataset = tamis_dataset_ref (dataset);
  self->verdicts = tamis_verdicts_new (dataset);
  self->texts = g_string_chunk_new (4096);
  self->images = g_array_new (FALSE, FALSE, sizeof (Image));
  self->by_key = g_hash_table_new_full (hash_key, equal_keys, g_free, NULL);
  self->names = g_ptr_array_new ();
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->unresolved = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->decisions = g_array_new (FALSE, FALSE, sizeof (Decision));
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  self->undo = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->redo = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
tamis_journal_free (TamisJournal *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->project, tamis_project_unref);
  tamis_dataset_unref (self->dataset);
  tamis_verdicts_free (self->verdicts);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->unresolved);
  g_ptr_array_unref (self->names);
  g_array_unref (self->images);
  g_array_unref (self->decisions);
  g_array_unref (self->steps);
  g_array_unref (self->undo);
  g_array_unref (self->redo);
  g_string_chunk_free (self->texts);
  g_free (self);
}

static void
load_image (gpointer data, const TamisDigest *digest, const char *path)
{
  intern_image (data, digest, path);
}

static void
load_step (gpointer data, TamisStep type, const char *curator)
{
  TamisJournal *self = data;

  if (type == TAMIS_STEP_UNDO)
    undo (self);
  else if (type == TAMIS_STEP_REDO)
    redo (self);
  add_step (self, type);
  get_step (self, self->steps->len - 1)->curator
      = g_string_chunk_insert_const (self->texts, curator != NULL ? curator : "");
}

static void
load_decision (gpointer data, TamisDecisionKind kind, int a, int b, const char *name, int value)
{
  TamisJournal *self = data;
  Decision decision = { (guint8) kind, (gint8) value, 0, 0, (guint32) a, (guint32) b };

  if (name != NULL)
    decision.a = intern_name (self, name);
  else if (!is_about_images (&decision))
    return;
  add_decision (self, decision);
}

TamisJournal *
tamis_journal_load (TamisProject *project, TamisDataset *dataset, GCancellable *cancel,
                    GError **error)
{
  g_autoptr (TamisJournal) self = tamis_journal_new (dataset);
  TamisJournalSink sink = { load_image, load_step, load_decision, self };

  self->project = tamis_project_ref (project);
  if (!tamis_project_is_read_only (project) && !tamis_project_flush (project, cancel, error))
    return NULL;
  if (!_tamis_journal_store_load (project->store, &sink, cancel, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tamis_journal_attach (TamisJournal *self, TamisDataset *dataset)
{
  g_return_if_fail (self->depth == 0);
  tamis_dataset_ref (dataset);
  tamis_dataset_unref (self->dataset);
  self->dataset = dataset;
  for (guint i = 0; i < self->images->len; i++)
    {
      Image *image = &g_array_index (self->images, Image, i);

      image->row = resolve (dataset, image);
    }
  replay (self);
}

/* ---- writing ---- */

static void
describe_image (TamisJournal *self, guint32 place, TamisDigest *digest, char **path)
{
  const Image *image;

  if (place >= self->images->len)
    return;
  image = &g_array_index (self->images, Image, place);
  *digest = image->digest;
  *path = g_strdup (image->path);
}

static void
describe (TamisJournal *self, const Decision *decision, TamisStepRecord *record)
{
  TamisDecision out = { .kind = (TamisDecisionKind) decision->kind, .value = decision->value };

  if (is_about_images (decision))
    {
      describe_image (self, decision->a, &out.digest_a, &out.path_a);
      describe_image (self, decision->b, &out.digest_b, &out.path_b);
    }
  else
    out.name = g_strdup (g_ptr_array_index (self->names, decision->a));
  g_array_append_val (record->decisions, out);
}

/* Who is noted for the step that ends now. */
static const char *
name_curator (TamisJournal *self)
{
  g_autofree char *curator = NULL;

  if (self->curator != NULL)
    return self->curator;
  curator = tamis_project_dup_setting (self->project, TAMIS_PROJECT_CURATOR);
  return g_string_chunk_insert_const (self->texts,
                                      curator != NULL ? curator : g_get_user_name ());
}

/* Hands the last step to the project. */
static void
keep (TamisJournal *self)
{
  Step *step = get_step (self, self->steps->len - 1);
  TamisStepRecord *record;

  self->serial++;
  if (self->project == NULL)
    return;
  step->curator = name_curator (self);
  record = _tamis_step_record_new ((TamisStep) step->type, step->curator);
  for (guint i = 0; i < step->n; i++)
    describe (self, &g_array_index (self->decisions, Decision, step->first + i), record);
  _tamis_journal_store_push (self->project->store, record);
}

void
tamis_journal_begin (TamisJournal *self)
{
  self->depth++;
}

void
tamis_journal_end (TamisJournal *self)
{
  g_return_if_fail (self->depth > 0);
  if (--self->depth > 0)
    return;
  if (self->is_open)
    keep (self);
  self->is_open = FALSE;
  self->curator = NULL;
}

static void
decide (TamisJournal *self, TamisDecisionKind kind, guint32 a, guint32 b, int value)
{
  tamis_journal_begin (self);
  if (!self->is_open)
    add_step (self, TAMIS_STEP_SET);
  self->is_open = TRUE;
  add_decision (self, (Decision){ (guint8) kind, (gint8) value, 0, 0, a, b });
  tamis_journal_end (self);
}

void
tamis_journal_set_pair (TamisJournal *self, guint removed, guint witness, TamisVerdict verdict)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  g_return_if_fail (removed < n && witness < n && removed != witness);
  if (tamis_verdicts_get (self->verdicts, removed, witness) == verdict
      && (verdict != TAMIS_VERDICT_REMOVE
          || tamis_verdicts_is_removal (self->verdicts, removed, witness)))
    return;
  decide (self, TAMIS_DECISION_PAIR, intern_row (self, removed), intern_row (self, witness),
          (int) verdict);
}

void
tamis_journal_settle_pair (TamisJournal *self, guint removed, guint witness, TamisVerdict verdict)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  g_return_if_fail (removed < n && witness < n && removed != witness);
  tamis_journal_begin (self);
  tamis_journal_set_pair (self, removed, witness, verdict);
  decide (self, TAMIS_DECISION_PAIR, intern_row (self, removed), intern_row (self, witness),
          (int) verdict);
  tamis_journal_end (self);
}

void
tamis_journal_set_mark (TamisJournal *self, guint row, TamisMark mark)
{
  g_return_if_fail (row < tamis_dataset_get_n_images (self->dataset));
  if (tamis_verdicts_get_mark (self->verdicts, row) != mark)
    decide (self, TAMIS_DECISION_IMAGE, intern_row (self, row), NO_IMAGE, (int) mark);
}

void
tamis_journal_set_folder (TamisJournal *self, const char *folder, TamisFolderRule rule)
{
  if (tamis_verdicts_get_folder (self->verdicts, folder) != rule)
    decide (self, TAMIS_DECISION_FOLDER, intern_name (self, folder), NO_IMAGE, (int) rule);
}

void
tamis_journal_set_split (TamisJournal *self, const char *split, gboolean is_protected)
{
  if (tamis_verdicts_is_split_protected (self->verdicts, split) != !!is_protected)
    decide (self, TAMIS_DECISION_SPLIT, intern_name (self, split), NO_IMAGE, !!is_protected);
}

void
tamis_journal_set_label (TamisJournal *self, guint a, guint b, TamisLabelVerdict verdict)
{
  guint low = MIN (a, b), high = MAX (a, b);

  g_return_if_fail (high < tamis_dataset_get_n_images (self->dataset) && low != high);
  if (tamis_verdicts_get_label (self->verdicts, low, high) != verdict)
    decide (self, TAMIS_DECISION_LABEL, intern_row (self, low), intern_row (self, high),
            (int) verdict);
}

guint
tamis_journal_undo (TamisJournal *self)
{
  guint row;

  g_return_val_if_fail (self->depth == 0, TAMIS_NO_WITNESS);
  if (self->undo->len == 0)
    return TAMIS_NO_WITNESS;
  row = undo (self);
  add_step (self, TAMIS_STEP_UNDO);
  keep (self);
  return row;
}

guint
tamis_journal_redo (TamisJournal *self)
{
  guint row;

  g_return_val_if_fail (self->depth == 0, TAMIS_NO_WITNESS);
  if (self->redo->len == 0)
    return TAMIS_NO_WITNESS;
  row = redo (self);
  add_step (self, TAMIS_STEP_REDO);
  keep (self);
  return row;
}

/* ---- reading ---- */

TamisVerdicts *
tamis_journal_get_verdicts (TamisJournal *self)
{
  return self->verdicts;
}

guint
tamis_journal_get_n_unresolved (TamisJournal *self)
{
  return g_hash_table_size (self->unresolved);
}

guint64
tamis_journal_get_serial (TamisJournal *self)
{
  return self->serial;
}

guint
tamis_journal_get_n_undo (TamisJournal *self)
{
  return self->undo->len;
}

guint
tamis_journal_get_n_redo (TamisJournal *self)
{
  return self->redo->len;
}

/* ---- comparing and merging ---- */

const char *
_tamis_journal_find_curator (TamisJournal *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL); /* texts are unique */
  const char *best = NULL;
  guint most = 0;

  for (guint i = 0; i < self->undo->len; i++)
    {
      const char *curator = get_step (self, g_array_index (self->undo, guint32, i))->curator;
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, curator)) + 1;

      if (curator == NULL)
        continue;
      g_hash_table_insert (counts, (gpointer) curator, GUINT_TO_POINTER (n));
      if (n > most)
        {
          most = n;
          best = curator;
        }
    }
  return best;
}

guint64
_tamis_journal_pair_key (guint a, guint b)
{
  return (guint64) MIN (a, b) << 32 | MAX (a, b);
}

/* The same verdict as before, given again. */
static gboolean
is_affirmed (const Decision *decision)
{
  return decision->before == decision->value
         && (decision->value != TAMIS_VERDICT_REMOVE || !decision->was_reversed);
}

GHashTable *
_tamis_journal_list_sources (TamisJournal *self)
{
  GHashTable *sources = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  for (guint i = 0; i < self->undo->len; i++)
    {
      const Step *step = get_step (self, g_array_index (self->undo, guint32, i));

      for (guint k = step->first; k < step->first + step->n; k++)
        {
          const Decision *decision = &g_array_index (self->decisions, Decision, k);
          TamisPairSource source = { step->curator, is_affirmed (decision), k };
          guint64 key;

          if (decision->kind != TAMIS_DECISION_PAIR || !is_resolved (self, decision))
            continue;
          key = _tamis_journal_pair_key (get_row (self, decision->a), get_row (self, decision->b));
          g_hash_table_insert (sources, g_memdup2 (&key, sizeof key),
                               g_memdup2 (&source, sizeof source));
        }
    }
  return sources;
}

static guint32
find_row (TamisJournal *self, const TamisDigest *digest, const char *path)
{
  Image image = { *digest, path, TAMIS_NO_WITNESS };

  return path != NULL ? resolve (self->dataset, &image) : TAMIS_NO_WITNESS;
}

/* About images that are not all there. */
static int
get_unresolved (TamisJournal *self, const TamisDecision *about)
{
  Key a = { about->digest_a, about->path_a }, b = { about->digest_b, about->path_b };
  guint32 first = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, &a));
  guint32 second = about->path_b != NULL
                       ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, &b))
                       : 0;
  guint64 key = _tamis_journal_pair_key (first - 1, second - 1); /* 0 gives NO_IMAGE */

  return GPOINTER_TO_INT (g_hash_table_lookup (self->unresolved, &key));
}

int
_tamis_journal_get_value (TamisJournal *self, const TamisDecision *about)
{
  guint32 a = find_row (self, &about->digest_a, about->path_a);
  guint32 b = find_row (self, &about->digest_b, about->path_b);
  gboolean is_pair = a != TAMIS_NO_WITNESS && b != TAMIS_NO_WITNESS && a != b;

  switch (about->kind)
    {
    case TAMIS_DECISION_FOLDER:
      return tamis_verdicts_has_folder (self->verdicts, about->name)
                 ? (int) tamis_verdicts_get_folder (self->verdicts, about->name)
                 : -1;
    case TAMIS_DECISION_SPLIT:
      return tamis_verdicts_is_split_protected (self->verdicts, about->name);
    case TAMIS_DECISION_IMAGE:
      return a != TAMIS_NO_WITNESS ? (int) tamis_verdicts_get_mark (self->verdicts, a)
                                   : get_unresolved (self, about);
    case TAMIS_DECISION_PAIR:
      return is_pair ? (int) tamis_verdicts_get (self->verdicts, a, b)
                     : get_unresolved (self, about);
    case TAMIS_DECISION_LABEL:
      return is_pair ? (int) turn_label ((int) tamis_verdicts_get_label (self->verdicts, MIN (a, b),
                                                                         MAX (a, b)),
                                         a, b)
                     : get_unresolved (self, about);
    }
  return 0;
}

/* Under the name it has here, if it is here. */
static guint32
intern_found (TamisJournal *self, const TamisDigest *digest, const char *path)
{
  guint32 row = find_row (self, digest, path);

  return row != TAMIS_NO_WITNESS ? intern_row (self, row) : intern_image (self, digest, path);
}

void
_tamis_journal_decide (TamisJournal *self, const TamisDecision *decision)
{
  guint32 a, b = NO_IMAGE;

  if (decision->name != NULL)
    a = intern_name (self, decision->name);
  else
    a = intern_found (self, &decision->digest_a, decision->path_a);
  if (decision->path_b != NULL)
    b = intern_found (self, &decision->digest_b, decision->path_b);
  decide (self, decision->kind, a, b, decision->value);
}

void
_tamis_journal_begin_as (TamisJournal *self, const char *curator)
{
  tamis_journal_begin (self);
  self->curator = curator != NULL ? g_string_chunk_insert_const (self->texts, curator) : NULL;
}
