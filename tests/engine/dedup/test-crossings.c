/* Leaks and label conflicts against the double loop, and what protects a split.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <glib/gstdio.h>
#include <string.h>

#define FLOOR 0.3
#define N 240
#define CLASSES 4
#define DIMENSION 16

static const char *const splits[] = { "Train", "val", "TEST", "extra", "" };

typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *inside; /* TAMIS_SCOPE_CLASS */
  TamisPairs *across; /* TAMIS_SCOPE_ALL */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) csv = g_string_new ("path,label,split\n");
  g_autofree char *file
      = g_strdup_printf ("%s/crossings-%u.csv", g_get_tmp_dir (), g_random_int ());
  TamisJoinParams params = { FLOOR, TAMIS_SCOPE_CLASS, 0 };

  for (guint i = 0; i < N; i++)
    g_string_append_printf (csv, "f%u/%05u.png,c%u,%s\n", i % 5, i, i * CLASSES / N,
                            splits[i * 7 / 3 % G_N_ELEMENTS (splits)]);
  g_assert_true (g_file_set_contents (file, csv->str, -1, NULL));
  self->dataset = tamis_dataset_open_labels (file, NULL, NULL);
  g_unlink (file);
  self->latents = tamis_latents_new_take (planted_new (N, DIMENSION, 11), N, DIMENSION);
  self->inside = tamis_join_run (self->dataset, self->latents, &params, NULL, NULL, NULL);
  params.scope = TAMIS_SCOPE_ALL;
  self->across = tamis_join_run (self->dataset, self->latents, &params, NULL, NULL, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tamis_pairs_unref (self->inside);
  tamis_pairs_unref (self->across);
  tamis_latents_unref (self->latents);
  tamis_dataset_unref (self->dataset);
}

static TamisPairs *
pairs_for (Fixture *self, TamisBorder border)
{
  return border == TAMIS_BORDER_CLASSES ? self->across : self->inside;
}

/* ---- the slow way ---- */

static gboolean
is_excluded (TamisVerdicts *verdicts, guint row)
{
  return verdicts != NULL
         && tamis_verdicts_get_row_rule (verdicts, row) == TAMIS_FOLDER_EXCLUDED;
}

static double
threshold_of (Fixture *self, const TamisPlanParams *params, guint row)
{
  return params->class_thresholds != NULL
             ? params->class_thresholds[tamis_dataset_get_class (self->dataset, row)]
             : params->threshold;
}

static gboolean
is_crossing (Fixture *self, const TamisPlanParams *params, TamisBorder border, guint a, guint b)
{
  gboolean same_class
      = tamis_dataset_get_class (self->dataset, a) == tamis_dataset_get_class (self->dataset, b);
  const char *x = tamis_dataset_get_split (self->dataset, a);
  const char *y = tamis_dataset_get_split (self->dataset, b);
  double similarity = tamis_similarity (tamis_latents_get_row (self->latents, a),
                                        tamis_latents_get_row (self->latents, b), DIMENSION);

  if (border == TAMIS_BORDER_CLASSES ? same_class
                                     : !same_class || x == NULL || y == NULL || g_str_equal (x, y))
    return FALSE;
  if (is_excluded (params->verdicts, a) || is_excluded (params->verdicts, b)
      || (params->verdicts != NULL
          && tamis_verdicts_get (params->verdicts, a, b) == TAMIS_VERDICT_NOT_DUPLICATES))
    return FALSE;
  return similarity > MAX (threshold_of (self, params, a), threshold_of (self, params, b));
}

static void
expect_order (TamisCrossings *crossings, guint i)
{
  TamisCrossing before, now;

  if (i == 0)
    return;
  before = tamis_crossings_get (crossings, i - 1);
  now = tamis_crossings_get (crossings, i);
  g_assert_true (before.similarity > now.similarity
                 || (before.similarity == now.similarity
                     && (before.a < now.a || (before.a == now.a && before.b < now.b))));
}

static void
expect_side (Fixture *self, TamisBorder border, TamisCrossing crossing)
{
  const char *const nearer[] = { "Train", "extra", "val", "TEST", NULL };
  const char *a = tamis_dataset_get_split (self->dataset, crossing.a);
  const char *b = tamis_dataset_get_split (self->dataset, crossing.b);
  int first = -1, second = -1;

  for (int k = 0; nearer[k] != NULL; k++)
    {
      first = g_strcmp0 (nearer[k], a) == 0 ? k : first;
      second = g_strcmp0 (nearer[k], b) == 0 ? k : second;
    }
  if (border == TAMIS_BORDER_SPLITS)
    g_assert_cmpint (first, <, second);
  else
    g_assert_cmpuint (crossing.a, <, crossing.b);
}

/* Equal to the double loop, sorted, sides in their order, counted right. Returns how many. */
static guint
expect_all (Fixture *self, const TamisPlanParams *params, TamisBorder border)
{
  TamisPairs *pairs = pairs_for (self, border);
  g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, self->inside, params, NULL);
  g_autoptr (TamisCrossings) crossings = tamis_crossings_new (self->dataset, pairs, plan, border);
  guint n = tamis_crossings_get_n (crossings), expected = 0, left = 0, between = 0;
  guint n_sides = border == TAMIS_BORDER_CLASSES ? tamis_dataset_get_n_classes (self->dataset)
                                                 : tamis_dataset_get_n_splits (self->dataset);

  for (guint a = 0; a < N; a++)
    for (guint b = a + 1; b < N; b++)
      expected += is_crossing (self, params, border, a, b);
  g_assert_cmpuint (n, ==, expected);
  for (guint i = 0; i < n; i++)
    {
      TamisCrossing crossing = tamis_crossings_get (crossings, i);

      g_assert_true (is_crossing (self, params, border, crossing.a, crossing.b));
      expect_order (crossings, i); /* and so none is there twice */
      expect_side (self, border, crossing);
      left += tamis_plan_is_kept (plan, crossing.a) && tamis_plan_is_kept (plan, crossing.b);
    }
  g_assert_cmpuint (tamis_crossings_get_n_left (crossings), ==, left);
  for (guint side = 0; side < n_sides; side++)
    for (guint other = 0; other < side; other++)
      between += tamis_crossings_count_between (crossings, side, other);
  g_assert_cmpuint (between, ==, n);
  return n;
}

static void
test_equal (Fixture *self, gconstpointer data)
{
  const double per_class[CLASSES] = { 0.5, 0.95, 0.4, 0.8 };

  for (double threshold = FLOOR; threshold < 1; threshold += 0.1)
    {
      TamisPlanParams params = { .threshold = threshold };

      if (expect_all (self, &params, TAMIS_BORDER_SPLITS) == 0
          || expect_all (self, &params, TAMIS_BORDER_CLASSES) == 0)
        g_assert_cmpfloat (threshold, >, 0.8); /* planted so that there are some */
      params.class_thresholds = per_class;
      expect_all (self, &params, TAMIS_BORDER_SPLITS);
      expect_all (self, &params, TAMIS_BORDER_CLASSES);
    }
}

/* Refused pairs and excluded folders are no crossings either. */
static void
test_verdicts_hold (Fixture *self, gconstpointer data)
{
  const TamisBorder borders[] = { TAMIS_BORDER_SPLITS, TAMIS_BORDER_CLASSES };

  for (guint i = 0; i < G_N_ELEMENTS (borders); i++)
    {
      g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
      TamisPlanParams params = { .threshold = 0.5 };
      g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, self->inside, &params, NULL);
      g_autoptr (TamisCrossings) all
          = tamis_crossings_new (self->dataset, pairs_for (self, borders[i]), plan, borders[i]);
      guint n = tamis_crossings_get_n (all);

      params.verdicts = verdicts;
      for (guint k = 0; k < n; k += 3)
        {
          TamisCrossing crossing = tamis_crossings_get (all, k);

          tamis_verdicts_set (verdicts, crossing.a, crossing.b, TAMIS_VERDICT_NOT_DUPLICATES);
        }
      g_assert_cmpuint (expect_all (self, &params, borders[i]), ==, n - (n + 2) / 3);
      tamis_verdicts_set_folder (verdicts, "f2", TAMIS_FOLDER_EXCLUDED);
      g_assert_cmpuint (expect_all (self, &params, borders[i]), <, n - (n + 2) / 3);
    }
}

/* What is tested with is never removed, and with `cover` no leak is left. */
static void
test_protected (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  g_autofree guint32 *reversed = g_new (guint32, N);
  guint n_removed = 0;

  for (guint i = 0; i < N; i++)
    reversed[i] = N - 1 - i;
  tamis_verdicts_set_split_protected (verdicts, "TEST", TRUE);
  for (double threshold = FLOOR; threshold < 1; threshold += 0.05)
    for (int variant = 0; variant < 4; variant++)
      {
        TamisPlanParams params = { .threshold = threshold, .verdicts = verdicts };
        g_autoptr (TamisPlan) plan = NULL;
        g_autoptr (TamisCrossings) leaks = NULL;

        params.policy = variant & 1 ? TAMIS_POLICY_LAST : TAMIS_POLICY_COVER;
        params.order = variant & 2 ? reversed : NULL;
        plan = tamis_plan_new (self->dataset, self->inside, &params, NULL);
        for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
          g_assert_cmpstr (
              tamis_dataset_get_split (self->dataset, tamis_plan_get_removal (plan, i).removed), !=,
              "TEST");
        n_removed += tamis_plan_get_n_removed (plan);
        leaks = tamis_crossings_new (self->dataset, self->inside, plan, TAMIS_BORDER_SPLITS);
        if (params.policy == TAMIS_POLICY_COVER)
          g_assert_cmpuint (tamis_crossings_get_n_left (leaks), ==, 0);
      }
  g_assert_cmpuint (n_removed, >, 0);
}

static void
test_labels (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  g_autoptr (TamisVerdicts) copy = NULL;
  g_autofree TamisLabelEntry *list = NULL;

  g_assert_cmpint (tamis_verdicts_set_label (verdicts, 5, 9, TAMIS_LABEL_FIRST), ==,
                   TAMIS_LABEL_NONE);
  g_assert_cmpint (tamis_verdicts_set_label (verdicts, 2, 200, TAMIS_LABEL_BOTH), ==,
                   TAMIS_LABEL_NONE);
  g_assert_cmpint (tamis_verdicts_set_label (verdicts, 5, 9, TAMIS_LABEL_SECOND), ==,
                   TAMIS_LABEL_FIRST);
  copy = tamis_verdicts_copy (verdicts);
  g_assert_cmpint (tamis_verdicts_set_label (verdicts, 2, 200, TAMIS_LABEL_NONE), ==,
                   TAMIS_LABEL_BOTH);
  g_assert_cmpuint (tamis_verdicts_get_n_labels (verdicts), ==, 1);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, 2, 200), ==, TAMIS_LABEL_NONE);
  /* They are no verdicts on removals. */
  g_assert_cmpint (tamis_verdicts_get (verdicts, 5, 9), ==, TAMIS_VERDICT_NONE);
  g_assert_cmpuint (tamis_verdicts_get_n (verdicts), ==, 0);
  g_assert_true (tamis_verdicts_is_empty (verdicts));
  g_assert_cmpuint (tamis_verdicts_get_n_labels (copy), ==, 2);
  list = tamis_verdicts_list_labels (copy);
  g_assert_cmpuint (list[0].a, ==, 2);
  g_assert_cmpuint (list[0].b, ==, 200);
  g_assert_cmpint (list[0].verdict, ==, TAMIS_LABEL_BOTH);
  g_assert_cmpuint (list[1].a, ==, 5);
  g_assert_cmpint (list[1].verdict, ==, TAMIS_LABEL_SECOND);
}

/* Two plans told apart by the kept flags alone. */
static void
test_compare (Fixture *self, gconstpointer data)
{
  g_autofree guint32 *reversed = g_new (guint32, N);
  TamisPlanParams params = { .threshold = 0.6 };
  g_autoptr (TamisPlan) before = tamis_plan_new (self->dataset, self->inside, &params, NULL);
  g_autoptr (TamisPlan) after = NULL;
  TamisPlanChange change, back, none;
  guint more = 0, fewer = 0;

  for (guint i = 0; i < N; i++)
    reversed[i] = N - 1 - i;
  params.order = reversed;
  after = tamis_plan_new (self->dataset, self->inside, &params, NULL);
  change = tamis_plan_compare (before, after);
  back = tamis_plan_compare (after, before);
  none = tamis_plan_compare (before, before);
  for (guint row = 0; row < N; row++)
    {
      more += tamis_plan_is_kept (before, row) && !tamis_plan_is_kept (after, row);
      fewer += !tamis_plan_is_kept (before, row) && tamis_plan_is_kept (after, row);
    }
  g_assert_cmpuint (change.n_more, ==, more);
  g_assert_cmpuint (change.n_fewer, ==, fewer);
  g_assert_cmpuint (change.n_swapped, >, 0);
  g_assert_cmpuint (change.n_swapped, <=, fewer);
  g_assert_cmpuint (back.n_more, ==, fewer);
  g_assert_cmpuint (none.n_more + none.n_fewer + none.n_swapped, ==, 0);
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/engine/dedup/crossings/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  add ("equal-to-the-double-loop", test_equal);
  add ("verdicts-hold", test_verdicts_hold);
  add ("protected-split", test_protected);
  add ("compare-plans", test_compare);
  add ("label-verdicts", test_labels);
  return g_test_run ();
}
