/* Two curators: where their decisions agree.
 *
 * DESIGN: both journals are loaded on the list of the images they name, which makes images of the same
 * bytes known as such, wherever each of the two had them, and needs no image to be there. A question
 * is two contents, not two names: of verdicts on copies the last one counts. Rows are turned into those
 * of a data set at the end, so that whoever asks is told the same numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

/* What somebody said last about two contents. */
typedef struct
{
  TamisVerdictEntry given; /* of the rows it was said about */
  guint removed, witness;  /* the lowest rows of the same contents, if these are two */
  TamisPairSource source;
} Judged;

typedef struct
{
  GHashTable *pairs;   /* owned pair key of contents → owned Judged */
  const char *curator; /* borrowed, nullable */
} Side;

static void
side_clear (Side *self)
{
  g_clear_pointer (&self->pairs, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static void
add_judged (Side *self, const Judged *judged)
{
  guint64 key = _tamis_journal_pair_key (judged->removed, judged->witness);
  const Judged *other = g_hash_table_lookup (self->pairs, &key);

  if (other == NULL || other->source.order < judged->source.order)
    g_hash_table_insert (self->pairs, g_memdup2 (&key, sizeof key),
                         g_memdup2 (judged, sizeof *judged));
}

static void
side_init (Side *self, TamisJournal *journal, TamisDataset *images)
{
  TamisVerdicts *verdicts = tamis_journal_get_verdicts (journal);
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (verdicts);
  g_autoptr (GHashTable) sources = _tamis_journal_list_sources (journal);

  self->curator = _tamis_journal_find_curator (journal);
  self->pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < tamis_verdicts_get_n (verdicts); i++)
    {
      guint64 key = _tamis_journal_pair_key (entries[i].removed, entries[i].witness);
      const TamisPairSource *source = g_hash_table_lookup (sources, &key);
      Judged judged = { entries[i], tamis_dataset_get_content (images, entries[i].removed),
                        tamis_dataset_get_content (images, entries[i].witness), { 0 } };

      /* Two copies of one content are known by their names. */
      if (judged.removed == judged.witness)
        {
          judged.removed = entries[i].removed;
          judged.witness = entries[i].witness;
        }
      if (source != NULL)
        judged.source = *source;
      add_judged (self, &judged);
    }
}

static const Judged *
find_judged (const Side *self, const Judged *like)
{
  guint64 key = _tamis_journal_pair_key (like->removed, like->witness);

  return g_hash_table_lookup (self->pairs, &key);
}

/* ---- answers ---- */

static gboolean
word_answer (const Judged *judged, TamisAnswer *answer)
{
  switch (judged->given.verdict)
    {
    case TAMIS_VERDICT_REMOVE:
      *answer = judged->removed < judged->witness ? TAMIS_ANSWER_REMOVE_A : TAMIS_ANSWER_REMOVE_B;
      return TRUE;
    case TAMIS_VERDICT_KEEP_BOTH:
      *answer = TAMIS_ANSWER_KEEP_BOTH;
      return TRUE;
    case TAMIS_VERDICT_NOT_DUPLICATES:
      *answer = TAMIS_ANSWER_NOT_DUPLICATES;
      return TRUE;
    case TAMIS_VERDICT_DUPLICATES:
      *answer = TAMIS_ANSWER_DUPLICATES;
      return TRUE;
    case TAMIS_VERDICT_NONE:
    case TAMIS_VERDICT_LATER:
      break;
    }
  return FALSE;
}

/* Was this judged by who decides here, rather than taken over from @other? */
static gboolean
is_own (const Side *self, const Side *other, const Judged *judged)
{
  return g_strcmp0 (self->curator, other->curator) == 0
         || g_strcmp0 (judged->source.curator, other->curator) != 0;
}

/* @judged: (nullable) */
static gboolean
get_answer (const Side *self, const Side *other, const Judged *judged, TamisAnswer *answer)
{
  return judged != NULL && word_answer (judged, answer) && is_own (self, other, judged);
}

static guint
count_answers (const Side *self, const Side *other)
{
  GHashTableIter iter;
  gpointer judged;
  TamisAnswer answer;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &judged))
    n += get_answer (self, other, judged, &answer);
  return n;
}

/* ---- pairs ---- */

/* Rows of the list of images → rows of the data set that is spoken of. */
typedef struct
{
  TamisDataset *dataset;
  guint32 *rows;   /* TAMIS_NO_WITNESS: it has not this image */
  guint64 (*tables)[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS]; /* of its classes */
} Translation;

static void
translation_clear (Translation *self)
{
  g_free (self->rows);
  g_free (self->tables);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Translation, translation_clear)

static guint32
find_image (TamisDataset *dataset, TamisDataset *images, guint row)
{
  TamisDigest digest = tamis_dataset_get_facts (images, row).digest;
  int same = tamis_dataset_find_path (dataset, tamis_dataset_get_path (images, row));
  int found = tamis_dataset_find_content (dataset, &digest);

  if (same >= 0)
    {
      TamisDigest here = tamis_dataset_get_facts (dataset, (guint) same).digest;

      if (!tamis_digest_is_set (&here) || !tamis_digest_is_set (&digest)
          || tamis_digest_equal (&here, &digest))
        return (guint32) same;
    }
  return found >= 0 ? (guint32) found : TAMIS_NO_WITNESS;
}

static void
translation_init (Translation *self, TamisDataset *images, TamisDataset *dataset)
{
  guint n = tamis_dataset_get_n_images (images);

  self->dataset = dataset;
  self->rows = g_new (guint32, n + 1);
  for (guint row = 0; row < n; row++)
    self->rows[row] = dataset == images ? row : find_image (dataset, images, row);
  self->tables = g_malloc0_n (tamis_dataset_get_n_classes (dataset) + 1, sizeof *self->tables);
}

static TamisAnswer
turn_answer (TamisAnswer answer)
{
  return answer == TAMIS_ANSWER_REMOVE_A   ? TAMIS_ANSWER_REMOVE_B
         : answer == TAMIS_ANSWER_REMOVE_B ? TAMIS_ANSWER_REMOVE_A
                                           : answer;
}

/* FALSE: one of the images is not there. */
static gboolean
translate (const Translation *self, TamisDisagreement *item)
{
  guint32 a = self->rows[item->a], b = self->rows[item->b];

  if (a == TAMIS_NO_WITNESS || b == TAMIS_NO_WITNESS || a == b)
    return FALSE;
  item->a = MIN (a, b);
  item->b = MAX (a, b);
  if (a > b)
    {
      item->ours = turn_answer (item->ours);
      item->theirs = turn_answer (item->theirs);
    }
  return TRUE;
}

static int
compare_items (gconstpointer p, gconstpointer q)
{
  const TamisDisagreement *a = p, *b = q;

  if (a->a != b->a)
    return a->a < b->a ? -1 : 1;
  return a->b < b->b ? -1 : a->b > b->b;
}

/* Counts one pair that both judged. */
static void
add_pair (TamisAgreement *self, const Translation *to, GArray *items, TamisDisagreement item)
{
  gboolean agree = tamis_answers_agree (item.ours, item.theirs);

  self->table[item.ours][item.theirs]++;
  if (!translate (to, &item))
    {
      self->n_away += !agree;
      return;
    }
  if (tamis_dataset_get_class (to->dataset, item.a) == tamis_dataset_get_class (to->dataset, item.b))
    to->tables[tamis_dataset_get_class (to->dataset, item.a)][item.ours][item.theirs]++;
  if (!agree)
    g_array_append_val (items, item);
}

static void
compare_pairs (TamisAgreement *self, const Side *ours, const Side *theirs, const Translation *to)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (TamisDisagreement));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, ours->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Judged *our = value, *their = find_judged (theirs, our);
      TamisDisagreement item = { .a = MIN (our->removed, our->witness),
                                 .b = MAX (our->removed, our->witness),
                                 .settled = our->source.settled };

      if (get_answer (ours, theirs, our, &item.ours) && get_answer (theirs, ours, their, &item.theirs))
        add_pair (self, to, items, item);
    }
  g_array_sort (items, compare_items);
  self->n_disagreements = items->len;
  self->disagreements = (TamisDisagreement *) (void *) g_array_free (items, FALSE);
  self->all = tamis_kappa_of_table (self->table);
  self->classes = g_new0 (TamisKappa, tamis_dataset_get_n_classes (to->dataset) + 1);
  for (guint c = 0; c < tamis_dataset_get_n_classes (to->dataset); c++)
    self->classes[c] = tamis_kappa_of_table (to->tables[c]);
}

/* ---- the rest of what they decided ---- */

static void
count_agreed (TamisAgreed *self, int ours, int theirs)
{
  self->n++;
  self->n_agree += ours == theirs;
}

static int
compare_judged (gconstpointer p, gconstpointer q)
{
  const Judged *a = *(Judged *const *) p, *b = *(Judged *const *) q;

  return a->source.order < b->source.order ? -1 : a->source.order > b->source.order;
}

/* The pairs that only the other decided about, in the order in which they did. */
static void
list_takeover (TamisAgreement *self, const Side *ours, const Side *theirs, TamisDataset *images)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer judged;

  g_hash_table_iter_init (&iter, theirs->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &judged))
    g_ptr_array_add (pairs, judged);
  g_ptr_array_sort (pairs, compare_judged);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Judged *their = g_ptr_array_index (pairs, i), *our = find_judged (ours, their);

      if (!_tamis_merge_is_pair_open (our != NULL ? our->given.verdict : TAMIS_VERDICT_NONE,
                                      their->given.verdict))
        continue;
      _tamis_merge_add_pair (self->taken_over, images, &their->given);
      self->takeover.pairs++;
    }
}

/* Of all else that the other decided: what we decided too, and what only they did. */
static void
sort_others (TamisAgreement *self, TamisJournal *ours, TamisJournal *theirs, TamisDataset *images)
{
  g_autoptr (GArray) all = _tamis_merge_list_others (theirs, images);
  guint *counts[] = { NULL, &self->takeover.marks, &self->takeover.folders, &self->takeover.splits,
                      &self->takeover.labels };

  for (guint i = 0; i < all->len; i++)
    {
      TamisDecision *decision = &g_array_index (all, TamisDecision, i);
      int our = _tamis_journal_get_value (ours, decision);

      if (_tamis_merge_is_open (ours, decision))
        {
          ++*counts[decision->kind];
          g_array_append_val (self->taken_over, *decision);
          *decision = (TamisDecision){ 0 };
        }
      else if (decision->kind == TAMIS_DECISION_IMAGE)
        count_agreed (&self->marks, our, decision->value);
      else if (decision->kind == TAMIS_DECISION_FOLDER)
        count_agreed (&self->folders, our, decision->value);
      else if (decision->kind == TAMIS_DECISION_LABEL && decision->value != TAMIS_LABEL_LATER)
        count_agreed (&self->labels, our, decision->value);
    }
}

/* ---- all of it ---- */

static TamisAgreement *
compare_journals (TamisJournal *ours, TamisJournal *theirs, TamisDataset *images,
                  TamisDataset *dataset)
{
  TamisAgreement *self = g_new0 (TamisAgreement, 1);
  g_auto (Side) our = { NULL, NULL }, their = { NULL, NULL };
  g_auto (Translation) to = { NULL };

  side_init (&our, ours, images);
  side_init (&their, theirs, images);
  translation_init (&to, images, dataset);
  self->dataset = tamis_dataset_ref (dataset);
  self->curator = g_strdup (our.curator);
  self->other_curator = g_strdup (their.curator);
  self->n_ours = count_answers (&our, &their);
  self->n_theirs = count_answers (&their, &our);
  compare_pairs (self, &our, &their, &to);
  self->taken_over = g_array_new (FALSE, FALSE, sizeof (TamisDecision));
  g_array_set_clear_func (self->taken_over, (GDestroyNotify) _tamis_decision_clear);
  list_takeover (self, &our, &their, images);
  sort_others (self, ours, theirs, images);
  return self;
}

TamisAgreement *
tamis_project_compare (TamisProject *self, TamisProject *other, TamisDataset *dataset,
                       GCancellable *cancel, GError **error)
{
  g_autoptr (TamisJournal) ours = NULL, theirs = NULL;
  g_autoptr (TamisDataset) images = NULL;
  g_autofree char *shown = g_filename_display_name (other->path);
  TamisAgreement *agreement;
  guint n_shared;

  if (!_tamis_project_count_shared (self, other, &n_shared, cancel, error))
    return NULL;
  if (n_shared == 0)
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_UNRELATED,
                   "%s is about other images: none is in both projects", shown);
      return NULL;
    }
  images = _tamis_project_list_images_of (self, other, cancel, error);
  if (images == NULL)
    return NULL;
  ours = tamis_journal_load (self, images, cancel, error);
  if (ours == NULL)
    return NULL;
  theirs = tamis_journal_load (other, images, cancel, error);
  if (theirs == NULL)
    return NULL;
  agreement = compare_journals (ours, theirs, images, dataset != NULL ? dataset : images);
  agreement->n_shared = n_shared;
  return agreement;
}

void
tamis_agreement_free (TamisAgreement *self)
{
  if (self == NULL)
    return;
  tamis_dataset_unref (self->dataset);
  g_free (self->curator);
  g_free (self->other_curator);
  g_free (self->classes);
  g_free (self->disagreements);
  g_array_unref (self->taken_over);
  g_free (self);
}
