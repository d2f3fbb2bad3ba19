/* project: two curators: agreement against scikit-learn's number, disagreements, merging.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_PAIRS 20
#define N (2 * N_PAIRS + 4)

/* Answers of two people to 20 pairs, as TamisAnswer. sklearn.metrics.cohen_kappa_score (1.2.1) of
 * the two is 0.6598639455782314. */
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
                            what == TAMIS_ANSWER_KEEP_BOTH ? TAMIS_VERDICT_KEEP_BOTH
                                                           : TAMIS_VERDICT_NOT_DUPLICATES);
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
      = { { 5, 1, 1, 0 }, { 1, 2, 0, 0 }, { 0, 0, 4, 1 }, { 0, 0, 1, 4 } };
  g_autoptr (TamisAgreement) agreement = compare (self, dataset);
  guint n = 0;

  g_assert_cmpuint (agreement->n_ours, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->n_theirs, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->n_both, ==, N_PAIRS);
  g_assert_cmpuint (agreement->n_agree, ==, 15);
  g_assert_cmpmem (agreement->table, sizeof expected, expected, sizeof expected);
  g_assert_true (agreement->has_kappa);
  /* Hand: rows 7 3 5 5, columns 6 3 6 5: e = (42 + 9 + 30 + 25) / 400; (15/20 - e) / (1 - e). */
  g_assert_cmpfloat_with_epsilon (agreement->kappa, (0.75 - 0.265) / (1 - 0.265), 1e-15);
  g_assert_cmpfloat_with_epsilon (agreement->kappa, 0.6598639455782314, 1e-15);
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
  g_autoptr (TamisAgreement) nothing = compare (self, NULL);
  g_autoptr (TamisAgreement) alike = NULL;
  g_autoptr (TamisJournal) ours = load (self, 0), theirs = load (self, 1);

  g_assert_cmpuint (nothing->n_both, ==, 0);
  g_assert_false (nothing->has_kappa);
  answer (self, ours, 0, 0, TAMIS_ANSWER_KEEP_BOTH);
  answer (self, theirs, 1, 0, TAMIS_ANSWER_KEEP_BOTH);
  alike = compare (self, NULL);
  g_assert_cmpuint (alike->n_agree, ==, 1);
  g_assert_false (alike->has_kappa);
}

static void
test_merge (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) before = NULL, after = NULL;
  g_autofree char *old_state = NULL, *undone = NULL;
  g_autoptr (TamisAgreement) agreement = NULL;
  g_autoptr (GError) error = NULL;
  TamisVerdicts *verdicts;
  guint taken;

  answer_all (self);
  before = load (self, 0);
  old_state = verdicts_describe (tamis_journal_get_verdicts (before), N);
  g_assert_true (tamis_project_merge (self->projects[0], self->projects[1], &taken, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (taken, ==, 2); /* the pair put off, the mark */
  after = load (self, 0);
  verdicts = tamis_journal_get_verdicts (after);
  g_assert_cmpint (
      tamis_verdicts_get (verdicts, find (self, 0, N - 1), find (self, 0, N - 2)), ==,
      TAMIS_VERDICT_KEEP_BOTH);
  g_assert_cmpint (tamis_verdicts_get_mark (verdicts, find (self, 0, N - 4)), ==, TAMIS_MARK_KEEP);
  /* Ours stayed where both had judged. */
  agreement = compare (self, NULL);
  g_assert_cmpuint (agreement->n_both, ==, N_PAIRS + 1);
  g_assert_cmpuint (agreement->n_disagreements, ==, 5);
  g_assert_true (tamis_project_merge (self->projects[0], self->projects[1], &taken, NULL, &error));
  g_assert_cmpuint (taken, ==, 0);
  /* One step. */
  tamis_journal_undo (after);
  undone = verdicts_describe (tamis_journal_get_verdicts (after), N);
  g_assert_cmpstr (undone, ==, old_state);
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
  ADD ("merge", test_merge);
  ADD ("summary", test_summary);
  return g_test_run ();
}
