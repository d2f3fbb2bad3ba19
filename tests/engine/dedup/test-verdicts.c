/* Verdicts and what plans make of them, against the promises of dedup.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <glib/gstdio.h>
#include <string.h>

#define FLOOR 0.3
#define SPLITS 3

typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  guint n;
} Case;

/* ---- a data set without files: names, classes and splits from a list, contents made up ---- */

/* Row i lies in class i·k/n, folder "f0" .. "f4" and split i mod 3; every seventh row is a copy of the
 * row before it. */
static TamisDataset *
dataset_new (guint n, guint n_classes)
{
  g_autoptr (GString) csv = g_string_new ("path,label,split\n");
  g_autofree char *file = g_strdup_printf ("%s/verdicts-%u.csv", g_get_tmp_dir (), g_random_int ());
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, n + 1);
  g_autofree const char **reasons = g_new0 (const char *, n + 1);
  g_autofree guint32 *rows = NULL;
  g_autoptr (TamisDataset) listed = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      guint32 bytes = i % 7 == 6 ? i - 1 : i;

      g_string_append_printf (csv, "f%u/sub/%05u.png,c%03u,s%u\n", i % 5, i, i * n_classes / n,
                              i % SPLITS);
      facts[i].digest = tamis_digest_of (&bytes, sizeof bytes);
    }
  g_assert_true (g_file_set_contents (file, csv->str, -1, NULL));
  listed = tamis_dataset_open_labels (file, &rows, &error);
  g_assert_no_error (error);
  g_unlink (file);
  return tamis_dataset_refine (listed, reasons, facts);
}

static Case
case_new (guint n, guint n_classes, guint64 seed)
{
  TamisJoinParams params = { FLOOR, TAMIS_SCOPE_CLASS, 0 };
  Case self = { .dataset = dataset_new (n, n_classes), .n = n };
  float *values = planted_new (n, 16, seed);

  for (guint i = 6; i < n; i += 7) /* equal bytes are equal vectors */
    memcpy (values + 16 * (gsize) i, values + 16 * (gsize) (i - 1), 16 * sizeof *values);
  self.latents = tamis_latents_new_take (values, n, 16);
  self.pairs = tamis_join_run (self.dataset, self.latents, &params, NULL, NULL, NULL);
  return self;
}

static void
case_clear (Case *self)
{
  tamis_pairs_unref (self->pairs);
  tamis_latents_unref (self->latents);
  tamis_dataset_unref (self->dataset);
}

static double
similarity_of (const Case *self, guint a, guint b)
{
  return tamis_similarity (tamis_latents_get_row (self->latents, a),
                           tamis_latents_get_row (self->latents, b), 16);
}

/* ---- the promises, said the slow way ---- */

static gboolean
is_pinned (const Case *self, TamisVerdicts *verdicts, guint row)
{
  if (tamis_verdicts_get_mark (verdicts, row) == TAMIS_MARK_KEEP
      || tamis_verdicts_get_row_rule (verdicts, row) == TAMIS_FOLDER_REFERENCE
      || tamis_verdicts_is_split_protected (verdicts, tamis_dataset_get_split (self->dataset, row)))
    return TRUE;
  for (guint other = 0; other < self->n; other++)
    if (other != row && tamis_verdicts_get (verdicts, row, other) == TAMIS_VERDICT_KEEP_BOTH)
      return TRUE;
  return FALSE;
}

/* Was any pair of copies of the two refused? */
static gboolean
is_refused (const Case *self, TamisVerdicts *verdicts, guint a, guint b)
{
  guint x = tamis_dataset_get_content (self->dataset, a);
  guint y = tamis_dataset_get_content (self->dataset, b);

  for (guint p = 0; p < self->n; p++)
    for (guint q = p + 1; q < self->n; q++)
      {
        guint u = tamis_dataset_get_content (self->dataset, p);
        guint v = tamis_dataset_get_content (self->dataset, q);

        if (((u == x && v == y) || (u == y && v == x))
            && tamis_verdicts_get (verdicts, p, q) == TAMIS_VERDICT_NOT_DUPLICATES)
          return TRUE;
      }
  return FALSE;
}

static gboolean
is_excluded (TamisVerdicts *verdicts, guint row)
{
  return tamis_verdicts_get_row_rule (verdicts, row) == TAMIS_FOLDER_EXCLUDED;
}

/* n × n flags: does the pair count at T? */
static guint8 *
find_alike (const Case *self, const TamisPlanParams *params)
{
  guint8 *alike = g_new0 (guint8, (gsize) self->n * self->n + 1);

  for (guint a = 0; a < self->n; a++)
    for (guint b = a + 1; b < self->n; b++)
      if (tamis_dataset_get_class (self->dataset, a) == tamis_dataset_get_class (self->dataset, b)
          && similarity_of (self, a, b) > params->threshold
          && !is_excluded (params->verdicts, a) && !is_excluded (params->verdicts, b)
          && !is_refused (self, params->verdicts, a, b))
        alike[(gsize) a * self->n + b] = alike[(gsize) b * self->n + a] = 1;
  return alike;
}

/* What is left at T of "this goes because that stays". */
static gboolean
is_going (const Case *self, TamisVerdicts *verdicts, const guint8 *alike, guint row)
{
  if (tamis_verdicts_get_mark (verdicts, row) == TAMIS_MARK_REMOVE)
    return TRUE;
  for (guint other = 0; other < self->n; other++)
    if (alike[(gsize) row * self->n + other] && tamis_verdicts_is_removal (verdicts, row, other))
      return TRUE;
  return FALSE;
}

static guint
count_expected_conflicts (const Case *self, TamisPlan *plan, TamisVerdicts *verdicts,
                          const guint8 *alike)
{
  guint n = 0;

  for (guint row = 0; row < self->n; row++)
    {
      gboolean kept = tamis_plan_is_kept (plan, row);

      n += kept && tamis_verdicts_get_mark (verdicts, row) == TAMIS_MARK_REMOVE
           && !is_excluded (verdicts, row);
      for (guint other = 0; other < self->n; other++)
        {
          if (!alike[(gsize) row * self->n + other])
            continue;
          n += kept && tamis_verdicts_is_removal (verdicts, row, other);
          n += !kept && tamis_verdicts_is_removal (verdicts, other, row)
               && !is_going (self, verdicts, alike, row);
        }
    }
  return n;
}

/* Is there a kept image like @row that was not itself decided to go (or must stay all the same)? */
static gboolean
has_lasting_witness (const Case *self, TamisPlan *plan, TamisVerdicts *verdicts,
                     const guint8 *alike, guint row)
{
  for (guint other = 0; other < self->n; other++)
    if (alike[(gsize) row * self->n + other] && tamis_plan_is_kept (plan, other)
        && (!is_going (self, verdicts, alike, other) || is_pinned (self, verdicts, other)))
      return TRUE;
  return FALSE;
}

static void
check_plan (const Case *self, const TamisPlanParams *params)
{
  g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, self->pairs, params, NULL);
  g_autofree guint8 *alike = find_alike (self, params);
  guint64 pairs = 0;

  for (guint a = 0; a < self->n; a++)
    {
      gboolean pinned = is_pinned (self, params->verdicts, a);

      if (pinned || is_excluded (params->verdicts, a))
        g_assert_true (tamis_plan_is_kept (plan, a));
      for (guint b = a + 1; b < self->n; b++)
        {
          gboolean both = tamis_plan_is_kept (plan, a) && tamis_plan_is_kept (plan, b);

          pairs += alike[(gsize) a * self->n + b];
          if (params->policy == TAMIS_POLICY_COVER && both && alike[(gsize) a * self->n + b])
            g_assert_true (pinned && is_pinned (self, params->verdicts, b));
        }
    }
  g_assert_cmpuint (tamis_plan_get_n_pairs (plan), ==, pairs);
  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      if (removal.witness == TAMIS_NO_WITNESS)
        {
          g_assert_cmpint (params->policy, ==, TAMIS_POLICY_LAST);
          continue;
        }
      g_assert_true (tamis_plan_is_kept (plan, removal.witness));
      g_assert_true (alike[(gsize) removal.removed * self->n + removal.witness]);
    }
  /* What was decided to go goes, unless it is protected or nothing like it stays. */
  for (guint row = 0; row < self->n; row++)
    if (tamis_plan_is_kept (plan, row) && is_going (self, params->verdicts, alike, row)
        && !is_pinned (self, params->verdicts, row))
      for (guint other = 0; other < self->n; other++)
        g_assert_false (alike[(gsize) row * self->n + other] && tamis_plan_is_kept (plan, other));
  /* And nothing goes only because of it. */
  for (guint row = 0; params->policy == TAMIS_POLICY_COVER && row < self->n; row++)
    if (!tamis_plan_is_kept (plan, row) && !is_going (self, params->verdicts, alike, row))
      g_assert_true (has_lasting_witness (self, plan, params->verdicts, alike, row));
  g_assert_cmpuint (tamis_plan_get_n_conflicts (plan), ==,
                    count_expected_conflicts (self, plan, params->verdicts, alike));
}

/* ---- tests ---- */

static guint
pick_other (const Case *self, guint a, TamisRandom *random)
{
  const guint32 *neighbours;
  guint degree = tamis_pairs_get_row (self->pairs, a, &neighbours, NULL);

  return degree > 0 && tamis_random_below (random, 4) > 0
             ? neighbours[tamis_random_below (random, degree)]
             : (guint) tamis_random_below (random, self->n);
}

static void
decide_something (const Case *self, TamisVerdicts *verdicts, TamisRandom *random)
{
  guint a = (guint) tamis_random_below (random, self->n), b = pick_other (self, a, random);
  g_autofree char *folder = g_strdup_printf (tamis_random_below (random, 2) ? "f%u" : "f%u/sub",
                                             (guint) tamis_random_below (random, 5));
  guint dice = (guint) tamis_random_below (random, 40);

  if (dice == 0)
    tamis_verdicts_set_folder (verdicts, folder,
                               (TamisFolderRule) tamis_random_below (random, 3));
  else if (dice == 1)
    tamis_verdicts_set_split_protected (verdicts, "s2", tamis_random_below (random, 2) == 0);
  else if (dice < 8)
    tamis_verdicts_set_mark (verdicts, a, (TamisMark) tamis_random_below (random, 3));
  else if (a != b)
    tamis_verdicts_set (verdicts, a, b, (TamisVerdict) tamis_random_below (random, 5));
}

static void
test_promises (void)
{
  const guint sizes[] = { 2, 7, 30, 70 };
  TamisRandom random;

  tamis_random_init (&random, 7);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint round = 0; round < 8; round++)
      {
        Case self = case_new (sizes[s], MIN (1 + round % 3, sizes[s]), 100 * s + round);
        g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self.dataset);
        g_autofree guint32 *order = g_new (guint32, self.n);

        for (guint i = 0; i < self.n; i++)
          order[i] = i;
        tamis_random_shuffle (&random, order, self.n);
        for (guint i = 0; i < self.n / 2; i++)
          decide_something (&self, verdicts, &random);
        for (double threshold = FLOOR; threshold <= 1.0; threshold += 0.14)
          for (int policy = TAMIS_POLICY_COVER; policy <= TAMIS_POLICY_LAST; policy++)
            {
              TamisPlanParams params = { threshold, NULL, policy, round % 2 ? order : NULL,
                                         verdicts };

              check_plan (&self, &params);
            }
        case_clear (&self);
      }
}

/* Confirming all or some of what a plan proposes leaves it as it is, whatever was decided before. */
static void
test_confirming_changes_nothing (void)
{
  TamisRandom random;

  tamis_random_init (&random, 8);
  for (guint round = 0; round < 40; round++)
    {
      Case self = case_new (90, 1 + round % 3, 500 + round);
      g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self.dataset);
      TamisPlanParams params = { FLOOR + 0.01 * round, NULL, round % 2, NULL, verdicts };
      g_autoptr (TamisPlan) before = NULL;
      g_autoptr (TamisPlan) after = NULL;

      for (guint i = 0; i < round; i++)
        {
          guint a = (guint) tamis_random_below (&random, self.n);
          guint b = pick_other (&self, a, &random);

          if (a != b && round % 4 < 2)
            tamis_verdicts_set (verdicts, a, b, 2 + (TamisVerdict) tamis_random_below (&random, 3));
        }
      before = tamis_plan_new (self.dataset, self.pairs, &params, NULL);
      for (guint i = 0; i < tamis_plan_get_n_removed (before); i++)
        {
          TamisRemoval removal = tamis_plan_get_removal (before, i);

          if (removal.witness != TAMIS_NO_WITNESS && tamis_random_below (&random, 3) > 0)
            tamis_verdicts_set (verdicts, removal.removed, removal.witness, TAMIS_VERDICT_REMOVE);
        }
      after = tamis_plan_new (self.dataset, self.pairs, &params, NULL);
      g_assert_cmpmem (tamis_plan_get_kept_flags (before), self.n,
                       tamis_plan_get_kept_flags (after), self.n);
      g_assert_cmpuint (tamis_plan_get_n_conflicts (after), ==, 0);
      case_clear (&self);
    }
}

/* Deciding the other way round: the proposed image stays, its witness goes. */
static void
test_swap (void)
{
  guint swapped = 0;

  for (guint round = 0; round < 12; round++)
    for (int policy = TAMIS_POLICY_COVER; policy <= TAMIS_POLICY_LAST; policy++)
      {
        Case self = case_new (90, 2, 700 + round);
        TamisPlanParams params = { 0.5, NULL, policy, NULL, NULL };
        g_autoptr (TamisPlan) before = tamis_plan_new (self.dataset, self.pairs, &params, NULL);

        for (guint i = 0; i < tamis_plan_get_n_removed (before); i++)
          {
            TamisRemoval removal = tamis_plan_get_removal (before, i);
            g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self.dataset);
            g_autoptr (TamisPlan) after = NULL;

            if (removal.witness == TAMIS_NO_WITNESS)
              continue;
            tamis_verdicts_set (verdicts, removal.witness, removal.removed, TAMIS_VERDICT_REMOVE);
            params.verdicts = verdicts;
            after = tamis_plan_new (self.dataset, self.pairs, &params, NULL);
            g_assert_true (tamis_plan_is_kept (after, removal.removed));
            g_assert_false (tamis_plan_is_kept (after, removal.witness));
            swapped++;
          }
        case_clear (&self);
      }
  g_assert_cmpuint (swapped, >, 100);
}

static void
test_set_and_take_back (void)
{
  g_autoptr (TamisDataset) dataset = dataset_new (300, 2);
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (dataset);
  g_autoptr (TamisVerdicts) copy = NULL;
  g_autofree TamisVerdictEntry *list = NULL;
  TamisVerdictEntry before;

  g_assert_true (tamis_verdicts_is_empty (verdicts));
  before = tamis_verdicts_set (verdicts, 9, 2, TAMIS_VERDICT_REMOVE);
  g_assert_cmpint (before.verdict, ==, TAMIS_VERDICT_NONE);
  g_assert_cmpint (tamis_verdicts_get (verdicts, 2, 9), ==, TAMIS_VERDICT_REMOVE);
  g_assert_true (tamis_verdicts_is_removal (verdicts, 9, 2));
  g_assert_false (tamis_verdicts_is_removal (verdicts, 2, 9));
  before = tamis_verdicts_set (verdicts, 2, 9, TAMIS_VERDICT_REMOVE);
  g_assert_true (before.removed == 9 && before.witness == 2);
  g_assert_true (tamis_verdicts_is_removal (verdicts, 2, 9));
  tamis_verdicts_set (verdicts, 1, 2, TAMIS_VERDICT_NOT_DUPLICATES);
  copy = tamis_verdicts_copy (verdicts);
  tamis_verdicts_set (verdicts, 9, 2, TAMIS_VERDICT_NONE);
  tamis_verdicts_set (verdicts, 100, 200, TAMIS_VERDICT_NONE);
  g_assert_cmpuint (tamis_verdicts_get_n (verdicts), ==, 1);
  g_assert_cmpuint (tamis_verdicts_get_n (copy), ==, 2);
  list = tamis_verdicts_list (copy);
  g_assert_cmpuint (list[0].witness, ==, 2);
  g_assert_cmpuint (list[1].removed, ==, 2);
  /* Many, so that the table grows; a copy does not follow. */
  for (guint i = 1; i < 300; i++)
    for (guint k = 0; k < MIN (i, 20); k++)
      tamis_verdicts_set (verdicts, i, k, 1 + (TamisVerdict) ((i + k) % 4));
  for (guint i = 1; i < 300; i++)
    for (guint k = 0; k < MIN (i, 20); k++)
      g_assert_cmpint (tamis_verdicts_get (verdicts, k, i), ==, 1 + (i + k) % 4);
  g_assert_cmpuint (tamis_verdicts_get_n (copy), ==, 2);
}

static void
test_rules (void)
{
  g_autoptr (TamisDataset) dataset = dataset_new (30, 1);
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (dataset);
  g_auto (GStrv) folders = NULL;
  guint inside = 5, outside = 6; /* f0/sub and f1/sub */

  g_assert_cmpint (tamis_verdicts_set_folder (verdicts, "", TAMIS_FOLDER_REFERENCE), ==,
                   TAMIS_FOLDER_NORMAL);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, inside), ==, TAMIS_FOLDER_REFERENCE);
  /* The nearest folder decides, and a normal one is an exception. */
  tamis_verdicts_set_folder (verdicts, "f0", TAMIS_FOLDER_EXCLUDED);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, inside), ==, TAMIS_FOLDER_EXCLUDED);
  tamis_verdicts_set_folder (verdicts, "f0/sub", TAMIS_FOLDER_NORMAL);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, inside), ==, TAMIS_FOLDER_NORMAL);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, outside), ==, TAMIS_FOLDER_REFERENCE);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "f0/sub/deeper"), ==, TAMIS_FOLDER_NORMAL);
  folders = tamis_verdicts_list_folders (verdicts);
  g_assert_cmpuint (g_strv_length (folders), ==, 3);
  /* Taken back, nothing is left. */
  tamis_verdicts_set_folder (verdicts, "f0/sub", TAMIS_FOLDER_EXCLUDED);
  tamis_verdicts_set_folder (verdicts, "", TAMIS_FOLDER_NORMAL);
  tamis_verdicts_set_folder (verdicts, "f0", TAMIS_FOLDER_NORMAL);
  tamis_verdicts_set_folder (verdicts, "f0/sub", TAMIS_FOLDER_NORMAL);
  g_assert_true (tamis_verdicts_is_empty (verdicts));
  tamis_verdicts_set_split_protected (verdicts, "s1", TRUE);
  g_assert_false (tamis_verdicts_is_empty (verdicts));
  g_assert_true (tamis_verdicts_set_split_protected (verdicts, "s1", FALSE));
  g_assert_true (tamis_verdicts_is_empty (verdicts));
}

/* Nothing is asked twice: not of copies, not of what is equal byte for byte. */
static void
test_questions (void)
{
  Case self = case_new (140, 2, 3);
  TamisPlanParams params = { 0.4, NULL, TAMIS_POLICY_COVER, NULL, NULL };
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self.dataset);
  g_autoptr (TamisPlan) plan = tamis_plan_new (self.dataset, self.pairs, &params, NULL);
  g_autoptr (TamisQuestions) fresh = tamis_questions_new (self.dataset, plan, NULL);
  g_autoptr (TamisQuestions) judged = NULL;
  guint n = tamis_plan_get_n_removed (plan), decided = 0, inferred = 0;

  g_assert_cmpuint (tamis_questions_count (fresh, TAMIS_QUESTION_IDENTICAL), >, 0);
  g_assert_cmpuint (tamis_questions_count (fresh, TAMIS_QUESTION_OPEN)
                        + tamis_questions_count (fresh, TAMIS_QUESTION_IDENTICAL), ==, n);
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      g_assert_true (tamis_questions_get_information (fresh, i) >= 0
                     && tamis_questions_get_information (fresh, i) <= 1);
      if (removal.removed % 7 == 5) /* has a copy in the next row */
        {
          tamis_verdicts_set (verdicts, removal.removed, removal.witness, TAMIS_VERDICT_REMOVE);
          decided++;
        }
    }
  tamis_verdicts_set (verdicts, 0, 139, TAMIS_VERDICT_LATER);
  judged = tamis_questions_new (self.dataset, plan, verdicts);
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);
      int original = tamis_plan_find_removal (plan, removal.removed - 1);

      if (removal.removed % 7 == 6 && original >= 0
          && tamis_plan_get_removal (plan, (guint) original).witness == removal.witness)
        {
          g_assert_cmpint (tamis_questions_get (judged, i), ==, TAMIS_QUESTION_INFERRED);
          inferred++;
        }
    }
  g_assert_cmpuint (inferred, >, 0);
  g_assert_cmpuint (tamis_questions_count (judged, TAMIS_QUESTION_DECIDED), ==, decided);
  g_assert_cmpuint (tamis_questions_count (judged, TAMIS_QUESTION_INFERRED), >=, inferred);
  case_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/dedup/verdicts/set-and-take-back", test_set_and_take_back);
  g_test_add_func ("/dedup/verdicts/rules", test_rules);
  g_test_add_func ("/dedup/verdicts/promises", test_promises);
  g_test_add_func ("/dedup/verdicts/confirming-changes-nothing", test_confirming_changes_nothing);
  g_test_add_func ("/dedup/verdicts/swap", test_swap);
  g_test_add_func ("/dedup/verdicts/questions", test_questions);
  return g_test_run ();
}
