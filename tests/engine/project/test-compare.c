/* project: two curators: agreement by hand and by counting, disagreements, merging, settling.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_PAIRS 20
#define N (2 * N_PAIRS + 4)

/* Answers of two people to 20 pairs, as TamisAnswer. */
static const TamisAnswer first[N_PAIRS]
    = { 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 0, 1, 2, 3, 0, 0, 2 };
static const TamisAnswer second[N_PAIRS]
    = { 0, 0, 1, 0, 1, 0, 2, 3, 2, 3, 3, 3, 2, 0, 1, 2, 3, 2, 0, 2 };

typedef struct
{
  char *folder;
  char *files[2];
  TamisDataset *sets[2];
  TamisProject *projects[2];
} Fixture;

/* Image @i; the second curator has the same bytes under names of another order. */
static char *
name_image (int who, guint i)
{
  return who == 0 ? g_strdup_printf ("a/%u.png", i) : g_strdup_printf ("other/%u.png", 900 - i);
}

static TamisDataset *
make_dataset (Fixture *self, int who)
{
  g_autofree char *csv = g_build_filename (self->folder, "labels.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,label\n");
  g_autofree const char **reasons = g_new0 (const char *, N + 1);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, N);
  g_autofree guint32 *rows = NULL;
  g_autoptr (TamisDataset) names = NULL;

  for (guint k = 0; k < N; k++)
    {
      guint i = who == 0 ? k : N - 1 - k;
      g_autofree char *name = name_image (who, i);

      g_string_append_printf (text, "%s,x\n", name);
      facts[k].digest = tamis_digest_of (&i, sizeof i);
    }
  g_assert_true (g_file_set_contents (csv, text->str, -1, NULL));
  names = tamis_dataset_open_labels (csv, &rows, NULL);
  return tamis_dataset_refine (names, reasons, facts);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = images_make_folder ("compare");
  for (int who = 0; who < 2; who++)
    {
      g_autofree char *name = g_strdup_printf ("%d.tamis", who);
      g_autoptr (GError) error = NULL;

      self->files[who] = g_build_filename (self->folder, name, NULL);
      self->sets[who] = make_dataset (self, who);
      self->projects[who] = tamis_project_open (self->files[who], self->folder, &error);
      g_assert_no_error (error);
      tamis_project_set_setting (self->projects[who], TAMIS_PROJECT_CURATOR,
                                 who == 0 ? "Olha" : "Taras");
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (int who = 0; who < 2; who++)
    {
      tamis_project_unref (self->projects[who]);
      tamis_dataset_unref (self->sets[who]);
      g_free (self->files[who]);
    }
  images_remove (self->folder);
  g_free (self->folder);
}

static TamisJournal *
load (Fixture *self, int who)
{
  g_autoptr (GError) error = NULL;
  TamisJournal *journal
      = tamis_journal_load (self->projects[who], self->sets[who], NULL, &error);

  g_assert_no_error (error);
  return journal;
}

static guint
find (Fixture *self, int who, guint i)
{
  g_autofree char *name = name_image (who, i);

  return (guint) tamis_dataset_find_path (self->sets[who], name);
}

static void
answer (Fixture *self, TamisJournal *journal, int who, guint pair, TamisAnswer what)
{
  guint a = find (self, who, 2 * pair), b = find (self, who, 2 * pair + 1);

  if (what == TAMIS_ANSWER_REMOVE_A)
    tamis_journal_set_pair (journal, a, b, TAMIS_VERDICT_REMOVE);
  else if (what == TAMIS_ANSWER_REMOVE_B)
    tamis_journal_set_pair (journal, b, a, TAMIS_VERDICT_REMOVE);
  else
    tamis_journal_set_pair (journal, a, b,
                            what == TAMIS_ANSWER_KEEP_BOTH        ? TAMIS_VERDICT_KEEP_BOTH
                            : what == TAMIS_ANSWER_NOT_DUPLICATES ? TAMIS_VERDICT_NOT_DUPLICATES
                                                                  : TAMIS_VERDICT_DUPLICATES);
}

static void
answer_all (Fixture *self)
{
  g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1);

  for (guint pair = 0; pair < N_PAIRS; pair++)
    {
      /* The other asks in another order. */
      answer (self, ours, 0, pair, first[pair]);
      answer (self, theirs, 1, N_PAIRS - 1 - pair, second[N_PAIRS - 1 - pair]);
    }
  /* Judged by one only, or put off: not compared. */
  tamis_journal_set_pair (ours, find (self, 0, N - 1), find (self, 0, N - 2),
                          TAMIS_VERDICT_LATER);
  tamis_journal_set_pair (theirs, find (self, 1, N - 1), find (self, 1, N - 2),
                          TAMIS_VERDICT_KEEP_BOTH);
  tamis_journal_set_pair (ours, find (self, 0, N - 1), find (self, 0, N - 3),
                          TAMIS_VERDICT_KEEP_BOTH);
  tamis_journal_set_mark (theirs, find (self, 1, N - 4), TAMIS_MARK_KEEP);
}

static TamisAgreement *
compare (Fixture *self, TamisDataset *dataset)
{
  g_autoptr (GError) error = NULL;
  TamisAgreement *agreement = tamis_project_compare (self->projects[0], self->projects[1], dataset,
                                                     NULL, &error);

  g_assert_no_error (error);
  return agreement;
}

/* ---- tests ---- */

static void
check_agreement (Fixture *self, TamisDataset *dataset)
{
  static const guint64 expected[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS]
      = { { 5, 1, 1, 0, 0 }, { 1, 2, 0, 0, 0 }, { 0, 0, 4, 1, 0 }, { 0, 0, 1, 4, 0 } };
  g_autoptr (TamisAgreement) agreement = compare (self, dataset);
  guint n = 0;

  g_assert_cmpuint (agreement->n_ours, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->n_theirs, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->all.n, ==, N_PAIRS);
  g_assert_cmpuint (agreement->all.n_agree, ==, 15);
  g_assert_cmpmem (agreement->table, sizeof expected, expected, sizeof expected);
  g_assert_true (agreement->all.exists);
  /* Hand: either way round, rows 5 5 5 5, columns 4.5 4.5 6 5: e = (22.5 + 22.5 + 30 + 25) / 400. */
  g_assert_cmpfloat_with_epsilon (agreement->all.kappa, (0.75 - 0.25) / (1 - 0.25), 1e-15);
  /* The shares q with |0.75 - q| = 1.96 sqrt (q (1 - q) / 20), found by bisection. */
  g_assert_cmpfloat_with_epsilon (agreement->all.low, (0.5312991 - 0.25) / 0.75, 1e-6);
  g_assert_cmpfloat_with_epsilon (agreement->all.high, (0.8881383 - 0.25) / 0.75, 1e-6);
  g_assert_cmpstr (agreement->curator, ==, "Olha");
  g_assert_cmpstr (agreement->other_curator, ==, "Taras");
  g_assert_cmpuint (agreement->n_disagreements, ==, 5);
  for (guint pair = 0; pair < N_PAIRS; pair++)
    if (first[pair] != second[pair])
      {
        const TamisDisagreement *item = &agreement->disagreements[n++];
        g_autofree char *a = name_image (0, 2 * pair), *b = name_image (0, 2 * pair + 1);

        g_assert_cmpstr (tamis_dataset_get_path (agreement->dataset, item->a), ==, a);
        g_assert_cmpstr (tamis_dataset_get_path (agreement->dataset, item->b), ==, b);
        g_assert_cmpint (item->ours, ==, first[pair]);
        g_assert_cmpint (item->theirs, ==, second[pair]);
      }
}

static void
test_kappa (Fixture *self, gconstpointer data)
{
  answer_all (self);
  check_agreement (self, NULL);
  check_agreement (self, self->sets[0]);
}

static void
test_no_kappa (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisAgreement) alike = NULL, removals = NULL;
  g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1);

  for (guint pair = 0; pair < 4; pair++)
    {
      answer (self, ours, 0, pair, TAMIS_ANSWER_KEEP_BOTH);
      answer (self, theirs, 1, pair, TAMIS_ANSWER_KEEP_BOTH);
    }
  alike = compare (self, NULL);
  g_assert_cmpuint (alike->all.n_agree, ==, 4);
  g_assert_false (alike->all.exists);
  /* Which image of a pair goes is an answer too, however the images are called: by chance they would
   * agree on half of them. */
  for (guint pair = 0; pair < 4; pair++)
    {
      answer (self, ours, 0, pair, TAMIS_ANSWER_REMOVE_A);
      answer (self, theirs, 1, pair, TAMIS_ANSWER_REMOVE_A);
    }
  removals = compare (self, NULL);
  g_assert_true (removals->all.exists);
  g_assert_cmpfloat (removals->all.kappa, ==, 1);
  g_assert_cmpfloat (removals->all.low, <, 0.3); /* four pairs say little */
}

static void
test_classes (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = g_build_filename (self->folder, "classes.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,label\n");
  g_autofree const char **reasons = g_new0 (const char *, N + 1);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, N);
  g_autofree guint32 *rows = NULL;
  g_autoptr (TamisDataset) named = NULL, dataset = NULL;
  g_autoptr (TamisAgreement) whole = NULL, agreement = NULL;
  guint n = 0;

  /* Of the first five pairs the last is split between the classes; the images of the last pair went. */
  answer_all (self);
  for (guint i = 0; i < N; i++)
    if (i / 2 != N_PAIRS - 1)
      {
        g_autofree char *name = name_image (0, i);

        g_string_append_printf (text, "%s,%s\n", name, i < 9 ? "x" : "y");
        facts[n++].digest = tamis_digest_of (&i, sizeof i);
      }
  g_assert_true (g_file_set_contents (csv, text->str, -1, NULL));
  named = tamis_dataset_open_labels (csv, &rows, NULL);
  dataset = tamis_dataset_refine (named, reasons, facts);
  agreement = compare (self, dataset);
  whole = compare (self, NULL);
  g_assert_cmpmem (agreement->table, sizeof agreement->table, whole->table, sizeof whole->table);
  g_assert_cmpfloat (agreement->all.kappa, ==, whole->all.kappa);
  g_assert_cmpuint (agreement->classes[0].n, ==, 4);
  g_assert_cmpuint (agreement->classes[0].n_agree, ==, 3);
  g_assert_cmpuint (agreement->classes[1].n, ==, N_PAIRS - 4 - 1 - 1);
  g_assert_cmpuint (agreement->n_disagreements + agreement->n_away, ==, whole->n_disagreements);
  g_assert_cmpuint (whole->n_away, ==, 0);
}

/* ---- near-duplicates, whichever goes ---- */

static void
test_duplicates (Fixture *self, gconstpointer data)
{
  static const TamisAnswer ours[]
      = { TAMIS_ANSWER_DUPLICATES, TAMIS_ANSWER_DUPLICATES, TAMIS_ANSWER_REMOVE_A,
          TAMIS_ANSWER_DUPLICATES, TAMIS_ANSWER_DUPLICATES };
  static const TamisAnswer theirs[]
      = { TAMIS_ANSWER_DUPLICATES, TAMIS_ANSWER_REMOVE_B, TAMIS_ANSWER_DUPLICATES,
          TAMIS_ANSWER_KEEP_BOTH, TAMIS_ANSWER_NOT_DUPLICATES };
  g_autoptr (TamisJournal) our_journal = load (self, 0), their_journal = load (self, 1);
  g_autoptr (TamisAgreement) agreement = NULL;
  TamisVerdicts *verdicts = tamis_journal_get_verdicts (our_journal);

  for (guint pair = 0; pair < G_N_ELEMENTS (ours); pair++)
    {
      answer (self, our_journal, 0, pair, ours[pair]);
      answer (self, their_journal, 1, pair, theirs[pair]);
    }
  agreement = compare (self, NULL);
  g_assert_cmpuint (agreement->all.n, ==, G_N_ELEMENTS (ours));
  g_assert_cmpuint (agreement->all.n_agree, ==, 4);
  g_assert_cmpuint (agreement->n_disagreements, ==, 1);
  g_assert_cmpint (agreement->disagreements[0].theirs, ==, TAMIS_ANSWER_NOT_DUPLICATES);
  /* What says more than ours is taken, what says otherwise is not. */
  g_assert_cmpuint (agreement->takeover.pairs, ==, 2);
  g_assert_cmpuint (tamis_journal_take_over (our_journal, agreement), ==, 2);
  g_assert_true (tamis_verdicts_is_removal (verdicts, find (self, 0, 3), find (self, 0, 2)));
  g_assert_true (tamis_verdicts_is_removal (verdicts, find (self, 0, 4), find (self, 0, 5)));
  g_assert_cmpint (tamis_verdicts_get (verdicts, find (self, 0, 6), find (self, 0, 7)), ==,
                   TAMIS_VERDICT_KEEP_BOTH);
  g_assert_cmpint (tamis_verdicts_get (verdicts, find (self, 0, 8), find (self, 0, 9)), ==,
                   TAMIS_VERDICT_DUPLICATES);
}

/* ---- settling ---- */

static guint
count_settled (Fixture *self)
{
  g_autoptr (TamisAgreement) agreement = compare (self, self->sets[0]);
  guint n = 0;

  for (guint i = 0; i < agreement->n_disagreements; i++)
    n += agreement->disagreements[i].settled;
  return n;
}

static void
test_settled (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) ours = NULL;
  g_autoptr (TamisAgreement) agreement = NULL;
  const TamisDisagreement *items;
  guint n;

  answer_all (self);
  agreement = compare (self, self->sets[0]);
  items = agreement->disagreements;
  ours = load (self, 0);
  g_assert_cmpuint (count_settled (self), ==, 0);
  n = tamis_journal_get_n_undo (ours);
  /* Ours stays, and that is a step; the other's: agreed; neither's: settled. */
  g_assert_cmpint (items[0].ours, ==, TAMIS_ANSWER_REMOVE_A);
  tamis_journal_settle_pair (ours, items[0].a, items[0].b, TAMIS_VERDICT_REMOVE);
  g_assert_cmpuint (tamis_journal_get_n_undo (ours), ==, n + 1);
  g_assert_cmpuint (count_settled (self), ==, 1);
  tamis_journal_settle_pair (ours, items[1].a, items[1].b, TAMIS_VERDICT_NOT_DUPLICATES);
  g_assert_cmpuint (count_settled (self), ==, 2);
  g_assert_cmpint (items[2].theirs, ==, TAMIS_ANSWER_NOT_DUPLICATES);
  tamis_journal_settle_pair (ours, items[2].a, items[2].b, TAMIS_VERDICT_NOT_DUPLICATES);
  g_assert_cmpuint (count_settled (self), ==, 2);
  /* Another verdict later is not given in that knowledge; taken back, the one before is. */
  tamis_journal_set_pair (ours, items[1].a, items[1].b, TAMIS_VERDICT_KEEP_BOTH);
  g_assert_cmpuint (count_settled (self), ==, 1);
  tamis_journal_undo (ours);
  g_assert_cmpuint (count_settled (self), ==, 2);
  for (guint i = 0; i < 3; i++)
    tamis_journal_undo (ours);
  g_assert_cmpuint (count_settled (self), ==, 0);
  tamis_journal_redo (ours);
  g_assert_cmpuint (count_settled (self), ==, 1);
}

/* ---- what cannot be compared ---- */

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1);
  g_autoptr (GError) same = NULL, unrelated = NULL, locked = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autofree char *link = g_build_filename (self->folder, "link.tamis", NULL);

  g_assert_cmpint (symlink (self->files[0], link), ==, 0);
  g_assert_null (tamis_project_open_other (self->projects[0], link, &same));
  g_assert_error (same, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_SAME);
  g_assert_null (tamis_project_open_other (self->projects[0], self->files[1], &locked));
  g_assert_error (locked, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED);
  /* Images of one are none of the other's. */
  answer (self, ours, 0, 0, TAMIS_ANSWER_KEEP_BOTH);
  answer (self, theirs, 1, 1, TAMIS_ANSWER_KEEP_BOTH);
  g_assert_null (
      tamis_project_compare (self->projects[0], self->projects[1], NULL, NULL, &unrelated));
  g_assert_error (unrelated, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_UNRELATED);
  g_cancellable_cancel (cancel);
  answer (self, theirs, 1, 0, TAMIS_ANSWER_KEEP_BOTH);
  g_assert_null (
      tamis_project_compare (self->projects[0], self->projects[1], NULL, cancel, &cancelled));
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- merging ---- */

static void
merge (Fixture *self, guint *n_taken)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      tamis_project_merge (self->projects[0], self->projects[1], n_taken, NULL, &error));
  g_assert_no_error (error);
}

static void
test_merge (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) before = NULL, after = NULL;
  g_autofree char *old_state = NULL, *undone = NULL;
  g_autoptr (TamisAgreement) agreement = NULL;
  TamisVerdicts *verdicts;
  guint taken;

  answer_all (self);
  before = load (self, 0);
  old_state = verdicts_describe (tamis_journal_get_verdicts (before), N);
  merge (self, &taken);
  g_assert_cmpuint (taken, ==, 2); /* the pair put off, the mark */
  after = load (self, 0);
  verdicts = tamis_journal_get_verdicts (after);
  g_assert_cmpint (
      tamis_verdicts_get (verdicts, find (self, 0, N - 1), find (self, 0, N - 2)), ==,
      TAMIS_VERDICT_KEEP_BOTH);
  g_assert_cmpint (tamis_verdicts_get_mark (verdicts, find (self, 0, N - 4)), ==, TAMIS_MARK_KEEP);
  /* Ours stayed where both had judged; and what was taken over was not judged twice. */
  agreement = compare (self, NULL);
  g_assert_cmpuint (agreement->all.n, ==, N_PAIRS);
  g_assert_cmpuint (agreement->n_ours, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->n_disagreements, ==, 5);
  g_assert_cmpstr (agreement->curator, ==, "Olha");
  merge (self, &taken);
  g_assert_cmpuint (taken, ==, 0);
  /* One step. */
  tamis_journal_undo (after);
  undone = verdicts_describe (tamis_journal_get_verdicts (after), N);
  g_assert_cmpstr (undone, ==, old_state);
}

static void
decide_all_kinds (Fixture *self, TamisJournal *ours, TamisJournal *theirs)
{
#define OURS(i) find (self, 0, i)
#define THEIRS(i) find (self, 1, i)
  /* Labels: 0-1 theirs only, its right image the second by their names, the first by ours; 2-3 put off
   * by us; 4-5 by them; 6-7 both, otherwise; 8-9 both, alike by content. */
  tamis_journal_set_label (theirs, THEIRS (1), THEIRS (0), TAMIS_LABEL_SECOND);
  tamis_journal_set_label (ours, OURS (2), OURS (3), TAMIS_LABEL_LATER);
  tamis_journal_set_label (theirs, THEIRS (2), THEIRS (3), TAMIS_LABEL_BOTH);
  tamis_journal_set_label (theirs, THEIRS (4), THEIRS (5), TAMIS_LABEL_LATER);
  tamis_journal_set_label (ours, OURS (6), OURS (7), TAMIS_LABEL_FIRST);
  tamis_journal_set_label (theirs, THEIRS (6), THEIRS (7), TAMIS_LABEL_BOTH);
  tamis_journal_set_label (ours, OURS (8), OURS (9), TAMIS_LABEL_FIRST);
  tamis_journal_set_label (theirs, THEIRS (8), THEIRS (9), TAMIS_LABEL_SECOND);
  /* A pair that they put off is nothing to take. */
  tamis_journal_set_pair (theirs, THEIRS (10), THEIRS (11), TAMIS_VERDICT_LATER);
  tamis_journal_set_mark (ours, OURS (12), TAMIS_MARK_KEEP);
  tamis_journal_set_mark (theirs, THEIRS (12), TAMIS_MARK_REMOVE);
  tamis_journal_set_mark (theirs, THEIRS (13), TAMIS_MARK_REMOVE);
  tamis_journal_set_folder (ours, "a", TAMIS_FOLDER_REFERENCE);
  tamis_journal_set_folder (theirs, "a", TAMIS_FOLDER_EXCLUDED);
  tamis_journal_set_folder (theirs, "a/b", TAMIS_FOLDER_NORMAL);
  tamis_journal_set_folder (theirs, "c", TAMIS_FOLDER_REFERENCE);
  tamis_journal_set_split (theirs, "test", TRUE);
#undef OURS
#undef THEIRS
}

static void
check_all_kinds (Fixture *self, TamisVerdicts *verdicts)
{
  g_autofree char *right = NULL;

  g_assert_cmpint (tamis_verdicts_get_label (verdicts, 0, 1), ==, TAMIS_LABEL_FIRST);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, 2, 3), ==, TAMIS_LABEL_BOTH);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, 4, 5), ==, TAMIS_LABEL_NONE);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, 6, 7), ==, TAMIS_LABEL_FIRST);
  g_assert_cmpint (tamis_verdicts_get (verdicts, 10, 11), ==, TAMIS_VERDICT_NONE);
  g_assert_cmpint (tamis_verdicts_get_mark (verdicts, 12), ==, TAMIS_MARK_KEEP);
  g_assert_cmpint (tamis_verdicts_get_mark (verdicts, 13), ==, TAMIS_MARK_REMOVE);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "a"), ==, TAMIS_FOLDER_REFERENCE);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "a/b"), ==, TAMIS_FOLDER_NORMAL);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "c"), ==, TAMIS_FOLDER_REFERENCE);
  g_assert_true (tamis_verdicts_is_split_protected (verdicts, "test"));
}

static char *
read_all (const char *path)
{
  char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 0);
  {
    TamisDigest digest = tamis_digest_of (bytes, length);

    g_free (bytes);
    return tamis_digest_to_string (&digest);
  }
}

static void
test_merge_all_kinds (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1), after = NULL;
  g_autoptr (TamisAgreement) agreement = NULL;
  g_autofree char *before = NULL, *now = NULL, *order = NULL, *threshold = NULL;
  g_autoptr (GError) error = NULL;
  guint taken;

  decide_all_kinds (self, ours, theirs);
  tamis_project_set_setting (self->projects[0], TAMIS_PROJECT_THRESHOLD, "0.9");
  tamis_project_set_class_threshold (self->projects[0], "x", 0.95);
  tamis_project_set_setting (self->projects[1], TAMIS_PROJECT_THRESHOLD, "0.5");
  tamis_project_set_setting (self->projects[1], TAMIS_PROJECT_ORDER, "bytes");
  tamis_project_set_class_threshold (self->projects[1], "x", 0.6);
  tamis_project_set_class_threshold (self->projects[1], "y", 0.7);
  /* The other file is read as a second program would find it. */
  tamis_project_unref (g_steal_pointer (&self->projects[1]));
  g_clear_pointer (&theirs, tamis_journal_free);
  before = read_all (self->files[1]);
  self->projects[1] = tamis_project_open_other (self->projects[0], self->files[1], &error);
  g_assert_no_error (error);
  agreement = compare (self, NULL);
  g_assert_cmpuint (agreement->all.n, ==, 0);
  g_assert_cmpuint (agreement->labels.n, ==, 2);
  g_assert_cmpuint (agreement->labels.n_agree, ==, 1);
  g_assert_cmpuint (agreement->marks.n, ==, 1);
  g_assert_cmpuint (agreement->marks.n_agree, ==, 0);
  g_assert_cmpuint (agreement->folders.n, ==, 1);
  g_assert_cmpuint (agreement->folders.n_agree, ==, 0);
  g_assert_cmpuint (agreement->takeover.labels, ==, 2);
  g_assert_cmpuint (agreement->takeover.marks, ==, 1);
  g_assert_cmpuint (agreement->takeover.folders, ==, 2);
  g_assert_cmpuint (agreement->takeover.splits, ==, 1);
  g_assert_cmpuint (agreement->takeover.pairs, ==, 0);
  merge (self, &taken);
  g_assert_cmpuint (taken, ==, 6);
  after = load (self, 0);
  check_all_kinds (self, tamis_journal_get_verdicts (after));
  threshold = tamis_project_dup_setting (self->projects[0], TAMIS_PROJECT_THRESHOLD);
  order = tamis_project_dup_setting (self->projects[0], TAMIS_PROJECT_ORDER);
  g_assert_cmpstr (threshold, ==, "0.9");
  g_assert_null (order);
  g_assert_cmpfloat (tamis_project_get_class_threshold (self->projects[0], "x"), ==, 0.95);
  g_assert_cmpfloat (tamis_project_get_class_threshold (self->projects[0], "y"), <, 0);
  now = read_all (self->files[1]);
  g_assert_cmpstr (now, ==, before);
}

/* ---- random decisions ---- */

static void
decide_at_random (Fixture *self, TamisJournal *journal, int who)
{
  for (guint i = 0; i < 60; i++)
    {
      guint a = find (self, who, (guint) g_test_rand_int_range (0, 12));
      guint b = find (self, who, (guint) g_test_rand_int_range (12, 16));
      int what = g_test_rand_int_range (0, 12);

      if (what < 8)
        tamis_journal_set_pair (journal, what % 2 ? a : b, what % 2 ? b : a,
                                (TamisVerdict) g_test_rand_int_range (0, 6));
      else if (what == 8)
        tamis_journal_set_mark (journal, a, (TamisMark) g_test_rand_int_range (0, 3));
      else if (what == 9)
        tamis_journal_set_label (journal, a, b, (TamisLabelVerdict) g_test_rand_int_range (0, 5));
      else if (what == 10)
        tamis_journal_undo (journal);
      else
        tamis_journal_settle_pair (journal, a, b, (TamisVerdict) g_test_rand_int_range (1, 6));
    }
}

/* Every judged pair in both orders, as a list of answers: the share of equal ones, and that among all
 * combinations of a pair of ours with a pair of theirs. */
static void
count_kappa (const TamisAgreement *agreement)
{
  int our[2000], their[2000];
  guint n = 0, agree = 0, chance = 0;
  double p, e;

  for (int i = 0; i < TAMIS_N_ANSWERS; i++)
    for (int j = 0; j < TAMIS_N_ANSWERS; j++)
      for (guint64 k = 0; k < 2 * agreement->table[i][j]; k++, n++)
        {
          our[n] = k % 2 == 1 && i < 2 ? 1 - i : i;
          their[n] = k % 2 == 1 && j < 2 ? 1 - j : j;
        }
  g_assert_cmpuint (n, ==, 2 * agreement->all.n);
  for (guint k = 0; k < n; k++)
    {
      agree += tamis_answers_agree ((TamisAnswer) our[k], (TamisAnswer) their[k]);
      for (guint l = 0; l < n; l++)
        chance += tamis_answers_agree ((TamisAnswer) our[k], (TamisAnswer) their[l]);
    }
  g_assert_cmpuint (agree, ==, 2 * agreement->all.n_agree);
  g_assert_cmpint (agreement->all.exists, ==, n > 0 && chance < n * n);
  if (!agreement->all.exists)
    return;
  p = (double) agree / n;
  e = (double) chance / ((double) n * n);
  g_assert_cmpfloat_with_epsilon (agreement->all.kappa, MAX ((p - e) / (1 - e), -1), 1e-12);
  g_assert_cmpfloat (agreement->all.low, <=, agreement->all.kappa);
  g_assert_cmpfloat (agreement->all.high, >=, agreement->all.kappa);
  g_assert_true (agreement->all.low >= -1 && agreement->all.high <= 1);
}

/* The other way round it is the same agreement. */
static void
check_mirrored (Fixture *self, const TamisAgreement *agreement)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisAgreement) mirror = tamis_project_compare (self->projects[1], self->projects[0],
                                                             NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mirror->n_ours, ==, agreement->n_theirs);
  g_assert_cmpuint (mirror->n_theirs, ==, agreement->n_ours);
  g_assert_cmpuint (mirror->all.n, ==, agreement->all.n);
  g_assert_cmpuint (mirror->all.n_agree, ==, agreement->all.n_agree);
  g_assert_cmpfloat_with_epsilon (mirror->all.kappa, agreement->all.kappa, 1e-12);
  g_assert_cmpuint (mirror->n_disagreements, ==, agreement->n_disagreements);
  g_assert_cmpuint (mirror->labels.n_agree, ==, agreement->labels.n_agree);
  g_assert_cmpuint (mirror->marks.n, ==, agreement->marks.n);
}

/* What is said about two images, so that files of other names can be compared. */
static int
describe_pair (Fixture *self, TamisVerdicts *verdicts, int who, guint i, guint j)
{
  guint a = find (self, who, i), b = find (self, who, j);
  TamisVerdict verdict = tamis_verdicts_get (verdicts, a, b);

  return verdict == TAMIS_VERDICT_REMOVE && tamis_verdicts_is_removal (verdicts, a, b)
             ? 100
             : (int) verdict;
}

static void
check_taken (Fixture *self, TamisVerdicts *before, TamisVerdicts *theirs, TamisVerdicts *after)
{
  for (guint i = 0; i < 12; i++)
    for (guint j = 12; j < 16; j++)
      {
        int our = describe_pair (self, before, 0, i, j);
        int their = describe_pair (self, theirs, 1, i, j);
        int now = describe_pair (self, after, 0, i, j);
        gboolean open = our == TAMIS_VERDICT_NONE || our == TAMIS_VERDICT_LATER
                        || (our == TAMIS_VERDICT_DUPLICATES
                            && their != TAMIS_VERDICT_NOT_DUPLICATES);
        gboolean says = their != TAMIS_VERDICT_NONE && their != TAMIS_VERDICT_LATER;

        g_assert_cmpint (now, ==, open && says ? their : our);
      }
  for (guint i = 0; i < 12; i++)
    {
      TamisMark our = tamis_verdicts_get_mark (before, find (self, 0, i));
      TamisMark their = tamis_verdicts_get_mark (theirs, find (self, 1, i));

      g_assert_cmpint (tamis_verdicts_get_mark (after, find (self, 0, i)), ==,
                       our != TAMIS_MARK_NONE ? our : their);
    }
}

static void
test_random (Fixture *self, gconstpointer data)
{
  guint n_kappas = 0;

  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1);
      g_autoptr (TamisAgreement) agreement = NULL, here = NULL, again = NULL;
      g_autoptr (TamisVerdicts) before = NULL;
      g_autofree char *old_state = NULL, *undone = NULL;
      guint n;

      decide_at_random (self, ours, 0);
      decide_at_random (self, theirs, 1);
      agreement = compare (self, NULL);
      here = compare (self, self->sets[0]);
      g_assert_cmpmem (agreement->table, sizeof agreement->table, here->table, sizeof here->table);
      g_assert_cmpuint (agreement->n_disagreements, ==, here->n_disagreements);
      g_assert_cmpuint (here->n_away, ==, 0);
      count_kappa (agreement);
      n_kappas += agreement->all.exists;
      check_mirrored (self, agreement);

      /* The window's way (the journal at hand) and the command line's (the file) are one. */
      before = tamis_verdicts_copy (tamis_journal_get_verdicts (ours));
      old_state = verdicts_describe (before, N);
      n = tamis_journal_count_takeover (ours, here);
      g_assert_cmpuint (n, ==, here->takeover.pairs + here->takeover.labels + here->takeover.marks);
      g_assert_cmpuint (tamis_journal_take_over (ours, round % 2 ? here : agreement), ==, n);
      check_taken (self, before, tamis_journal_get_verdicts (theirs),
                   tamis_journal_get_verdicts (ours));
      g_assert_cmpuint (tamis_journal_count_takeover (ours, here), ==, 0);
      again = compare (self, NULL);
      g_assert_cmpuint (again->all.n - again->all.n_agree, ==,
                        agreement->all.n - agreement->all.n_agree);
      if (n > 0)
        tamis_journal_undo (ours);
      undone = verdicts_describe (tamis_journal_get_verdicts (ours), N);
      g_assert_cmpstr (undone, ==, old_state);
      g_assert_cmpuint (tamis_journal_count_takeover (ours, here), ==, n);
    }
  g_assert_cmpuint (n_kappas, >, 30);
}

static void
test_summary (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisProjectSummary) summary = NULL;
  g_autoptr (GError) error = NULL;

  answer_all (self);
  summary = tamis_project_summarize (self->projects[0], &error);
  g_assert_no_error (error);
  g_assert_cmpint (summary->version, ==, _tamis_schema_get_version ());
  g_assert_cmpuint (summary->n_steps, ==, N_PAIRS + 2);
  g_assert_cmpuint (summary->n_decisions, ==, N_PAIRS + 2);
  g_assert_cmpuint (summary->n_images + summary->n_models + summary->n_joined, ==, 0);
  g_assert_cmpuint (summary->bytes, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/project/compare/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("kappa", test_kappa);
  ADD ("no-kappa", test_no_kappa);
  ADD ("classes", test_classes);
  ADD ("duplicates", test_duplicates);
  ADD ("settled", test_settled);
  ADD ("refused", test_refused);
  ADD ("merge", test_merge);
  ADD ("merge-all-kinds", test_merge_all_kinds);
  ADD ("random", test_random);
  ADD ("summary", test_summary);
  return g_test_run ();
}
