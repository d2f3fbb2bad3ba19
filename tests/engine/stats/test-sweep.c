/* stats: a sweep over T and the thresholds chosen from it, on a data set of planted copies.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"

#include <glib/gstdio.h>

#define N_CLASSES 3
#define DIMENSION 32

/* In each class a third of the images are originals, two thirds copies of them with some noise. */
static const guint sizes[N_CLASSES] = { 240, 90, 12 };

typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisRemovalBasis *basis;
} Fixture;

static TamisDataset *
open_labels (void)
{
  g_autofree char *path = NULL;
  g_autofree guint32 *rows = NULL;
  g_autoptr (GString) csv = g_string_new ("path,label\n");
  g_autoptr (GError) error = NULL;
  TamisDataset *dataset;
  int fd = g_file_open_tmp ("tamis-labels-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_true (g_close (fd, NULL));
  for (guint c = 0; c < N_CLASSES; c++)
    for (guint i = 0; i < sizes[c]; i++)
      g_string_append_printf (csv, "c%u/%04u.png,c%u\n", c, i, c);
  g_assert_true (g_file_set_contents (path, csv->str, csv->len, NULL));
  dataset = tamis_dataset_open_labels (path, &rows, &error);
  g_unlink (path);
  g_assert_no_error (error);
  return dataset;
}

static TamisLatents *
make_latents (void)
{
  guint n = 0, row = 0;
  float *values;
  TamisRandom random;

  for (guint c = 0; c < N_CLASSES; c++)
    n += sizes[c];
  values = g_new (float, n * DIMENSION);
  tamis_random_init (&random, 7);
  for (guint c = 0; c < N_CLASSES; c++)
    for (guint i = 0; i < sizes[c]; i++, row++)
      {
        guint copied = row - i % 3;
        double noise = 0.05 + 0.15 * tamis_random_uniform (&random);

        for (guint j = 0; j < DIMENSION; j++)
          values[row * DIMENSION + j]
            = i % 3 == 0 ? (float) (0.5 + tamis_random_normal (&random) / (1.0 + 0.2 * j))
                         : values[copied * DIMENSION + j]
                             + (float) (noise * tamis_random_normal (&random));
      }
  return tamis_latents_new_take (values, n, DIMENSION);
}

static void
set_up (Fixture *self)
{
  TamisJoinParams join = TAMIS_JOIN_PARAMS_INIT;
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  GError *error = NULL;

  self->dataset = open_labels ();
  self->latents = make_latents ();
  self->pairs = tamis_join_run (self->dataset, self->latents, &join, NULL, NULL, &error);
  g_assert_no_error (error);
  self->basis
    = tamis_removal_basis_new (self->dataset, self->latents, &params, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  tamis_removal_basis_unref (self->basis);
  tamis_pairs_unref (self->pairs);
  tamis_latents_unref (self->latents);
  tamis_dataset_unref (self->dataset);
}

static TamisSweep *
make_sweep (const Fixture *self)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;
  GError *error = NULL;
  TamisSweep *sweep = tamis_sweep_new (self->basis, self->dataset, self->pairs, &params, NULL,
                                       NULL, &error);

  g_assert_no_error (error);
  return sweep;
}

static TamisPlan *
plan_at (const Fixture *self, TamisPolicy policy, double threshold)
{
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  GError *error = NULL;
  TamisPlan *plan;

  params.policy = policy;
  params.threshold = threshold;
  plan = tamis_plan_new (self->dataset, self->pairs, &params, &error);
  g_assert_no_error (error);
  return plan;
}

static void
test_points_are_plans (void)
{
  Fixture f;
  g_autoptr (TamisSweep) sweep = NULL;

  set_up (&f);
  sweep = make_sweep (&f);
  g_assert_cmpuint (sweep->n_steps, ==, 50);
  g_assert_cmpuint (sweep->n_classes, ==, N_CLASSES);
  for (guint policy = 0; policy < 2; policy++)
    for (guint i = 0; i < 50; i += 7)
      {
        const TamisSweepPoint *point = &sweep->points[policy][i];
        g_autoptr (TamisPlan) plan = plan_at (&f, policy, 0.5 + 0.5 * i / 50);
        g_autoptr (TamisRemovalStats) stats = NULL;

        stats = tamis_removal_stats_new (f.basis, tamis_plan_get_kept_flags (plan),
                                         TAMIS_BASIS_FIXED, NULL, NULL, NULL);
        g_assert_cmpfloat (point->threshold, ==, tamis_plan_get_threshold (plan));
        g_assert_cmpuint (point->kept, ==, tamis_plan_get_n_kept (plan));
        g_assert_cmpuint (point->orphans, ==, tamis_plan_get_n_orphans (plan));
        g_assert_cmpuint (point->n_pairs, ==, tamis_plan_get_n_pairs (plan));
        for (guint c = 0; c < N_CLASSES; c++)
          g_assert_cmpuint (point->class_kept[c], ==, tamis_plan_get_class_kept (plan, c));
        for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
          {
            g_assert_cmpfloat (point->lines[k].slope, ==, stats->lines[k].slope);
            g_assert_cmpfloat (point->entropy_change[k].value, ==,
                               stats->entropy_change[k].value);
          }
      }
  tear_down (&f);
}

static void
test_shape (void)
{
  Fixture f;
  g_autoptr (TamisSweep) sweep = NULL;

  set_up (&f);
  sweep = make_sweep (&f);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpuint (sweep->points[TAMIS_POLICY_COVER][i].orphans, ==, 0);
      if (i > 0)
        g_assert_cmpuint (sweep->points[TAMIS_POLICY_LAST][i].kept, >=,
                          sweep->points[TAMIS_POLICY_LAST][i - 1].kept);
    }
  tear_down (&f);
}

static void
test_threads_change_nothing (void)
{
  Fixture f;
  g_autoptr (TamisSweep) one = NULL;

  tamis_init (1);
  set_up (&f);
  one = make_sweep (&f);
  for (guint threads = 2; threads <= 4; threads++)
    {
      g_autoptr (TamisSweep) many = NULL;

      tamis_init (threads);
      many = make_sweep (&f);
      for (guint policy = 0; policy < 2; policy++)
        for (guint i = 0; i < 50; i++)
          {
            g_assert_cmpuint (one->points[policy][i].kept, ==, many->points[policy][i].kept);
            g_assert_cmpmem (one->points[policy][i].lines, sizeof one->points[policy][i].lines,
                             many->points[policy][i].lines, sizeof many->points[policy][i].lines);
          }
    }
  tamis_init (2);
  tear_down (&f);
}

/* Copies lie well above unrelated images, so the knee falls between the two. */
static void
test_suggestion_parts_copies_from_the_rest (void)
{
  Fixture f;
  g_autoptr (TamisSweep) sweep = NULL;

  set_up (&f);
  sweep = make_sweep (&f);
  for (int c = -1; c < N_CLASSES; c++)
    {
      TamisFigure t = tamis_sweep_suggest (sweep, TAMIS_POLICY_COVER, c);

      g_test_message ("class %d: T = %.2f", c, t.value);
      if (c == 2) /* 12 images are too few to see it */
        {
          g_assert_cmpint (t.reason, ==, TAMIS_REASON_NO_KNEE);
          continue;
        }
      g_assert_cmpint (t.reason, ==, TAMIS_REASON_NONE);
      g_assert_cmpfloat (t.value, >=, 0.84);
      g_assert_cmpfloat (t.value, <=, 0.94);
    }
  tear_down (&f);
}

/* A hand-made curve: a tenth is lost above T = 0.95, nothing more above 0.8, the rest in equal steps
 * below it. */
static void
test_knee_of_a_known_curve (void)
{
  enum { N = 50 };
  TamisSweepPoint points[N] = { 0 };
  guint images[1] = { 1000 }, kept[N];
  TamisSweep sweep = { N, 1000, 1, images, { points, points } };

  for (guint i = 0; i < N; i++)
    {
      double t = 0.5 + 0.5 * i / N;

      points[i].threshold = t;
      points[i].kept = kept[i] = t >= 0.95   ? (guint) (900 + 2000 * (t - 0.95))
                                 : t >= 0.8 - 1e-9 ? 900
                                                   : (guint) (900 * (t - 0.5) / 0.3);
      points[i].class_kept = &kept[i];
    }
  assert_near (tamis_sweep_suggest (&sweep, TAMIS_POLICY_COVER, -1).value, 0.8, 1e-12);
  assert_near (tamis_sweep_suggest (&sweep, TAMIS_POLICY_LAST, 0).value, 0.8, 1e-12);
  for (guint i = 0; i < N; i++) /* a straight line has no knee, */
    points[i].kept = 500 + 10 * i;
  g_assert_cmpint (tamis_sweep_suggest (&sweep, TAMIS_POLICY_COVER, -1).reason, ==,
                   TAMIS_REASON_NO_KNEE);
  for (guint i = 0; i < N; i++) /* one where nothing goes has no copies, */
    points[i].kept = 1000;
  g_assert_cmpint (tamis_sweep_suggest (&sweep, TAMIS_POLICY_COVER, -1).reason, ==,
                   TAMIS_REASON_NO_COPIES);
  for (guint i = 0; i < N; i++) /* nor has one that only bends near the floor, */
    points[i].kept = 1000 - (i < 15 ? 2 * (15 - i) * (15 - i) : 0);
  g_assert_cmpint (tamis_sweep_suggest (&sweep, TAMIS_POLICY_COVER, -1).reason, ==,
                   TAMIS_REASON_NO_COPIES);
  for (guint i = 0; i < N; i++) /* nor a convex curve */
    points[i].kept = i * i * 1000 / (N * N);
  g_assert_cmpint (tamis_sweep_suggest (&sweep, TAMIS_POLICY_COVER, -1).reason, ==,
                   TAMIS_REASON_NO_KNEE);
}

static void
test_threshold_keeps_what_is_wanted (void)
{
  guint wanted[] = { 0, 1, 120, 200, 341, 342, 1000 };
  Fixture f;

  set_up (&f);
  for (guint policy = 0; policy < 2; policy++)
    for (guint w = 0; w < G_N_ELEMENTS (wanted); w++)
      {
        TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
        g_autoptr (TamisPlan) plan = NULL;
        guint kept = 0;
        double t;

        params.policy = policy;
        t = tamis_threshold_for_kept (f.dataset, f.pairs, &params, wanted[w], &kept, NULL);
        g_assert_cmpfloat (t, >=, 0.5);
        plan = plan_at (&f, policy, t);
        g_assert_cmpuint (tamis_plan_get_n_kept (plan), ==, kept);
        g_assert_cmpuint (kept, >=, MIN (wanted[w], 342));
        if (policy == TAMIS_POLICY_LAST && t > 0.5 + 1e-6 && wanted[w] <= 342)
          {
            g_autoptr (TamisPlan) lower = plan_at (&f, policy, t - 2e-7);

            g_assert_cmpuint (tamis_plan_get_n_kept (lower), <, wanted[w]);
          }
      }
  tear_down (&f);
}

/* A class with a T of its own keeps it, in a sweep and in what is solved for. */
static void
test_own_thresholds (void)
{
  double own[N_CLASSES] = { 0.6, -1.0, -1.0 };
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;
  g_autoptr (TamisSweep) sweep = NULL;
  g_autoptr (TamisSweep) plain = NULL;
  g_autoptr (TamisPlan) at_own = NULL;
  guint kept = 0;
  double t;
  Fixture f;

  set_up (&f);
  at_own = plan_at (&f, TAMIS_POLICY_COVER, 0.6);
  plain = make_sweep (&f);
  params.plan.class_thresholds = own;
  sweep = tamis_sweep_new (f.basis, f.dataset, f.pairs, &params, NULL, NULL, NULL);
  for (guint i = 0; i < sweep->n_steps; i++)
    {
      const TamisSweepPoint *moving = &plain->points[0][i], *point = &sweep->points[0][i];

      g_assert_cmpmem (point->class_kept, sizeof sizes, moving->class_kept, sizeof sizes);
      g_assert_cmpuint (point->kept, ==, moving->kept - moving->class_kept[0]
                                           + tamis_plan_get_class_kept (at_own, 0));
    }
  t = tamis_threshold_for_kept (f.dataset, f.pairs, &params.plan, 342, &kept, NULL);
  g_assert_cmpfloat (t, ==, 1.0);
  g_assert_cmpuint (kept, ==, 342 - sizes[0] + tamis_plan_get_class_kept (at_own, 0));
  tear_down (&f);
}

static void
test_class_thresholds (void)
{
  guint wanted[N_CLASSES] = { 100, 90, 500 };
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autofree double *thresholds = NULL;
  g_autofree double *raised = NULL;
  g_autoptr (TamisPlan) plan = NULL;
  g_autoptr (TamisPlan) global = NULL;
  g_autoptr (TamisPlan) at_least = NULL;
  Fixture f;

  set_up (&f);
  thresholds = tamis_class_thresholds_for_kept (f.dataset, f.pairs, &params, wanted, NULL);
  params.class_thresholds = thresholds;
  plan = tamis_plan_new (f.dataset, f.pairs, &params, NULL);
  for (guint c = 0; c < N_CLASSES; c++)
    g_assert_cmpuint (tamis_plan_get_class_kept (plan, c), >=, MIN (wanted[c], sizes[c]));
  g_assert_cmpuint (tamis_plan_get_class_kept (plan, 0), <, sizes[0]);

  params.class_thresholds = NULL;
  params.threshold = 0.8;
  global = tamis_plan_new (f.dataset, f.pairs, &params, NULL);
  raised = tamis_class_thresholds_with_minimum (f.dataset, f.pairs, &params, 50, NULL);
  params.class_thresholds = raised;
  at_least = tamis_plan_new (f.dataset, f.pairs, &params, NULL);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      guint before = tamis_plan_get_class_kept (global, c);

      g_assert_cmpuint (tamis_plan_get_class_kept (at_least, c), >=, MIN (50, sizes[c]));
      if (before >= MIN (50, sizes[c]))
        g_assert_cmpfloat (raised[c], ==, 0.8);
      else
        g_assert_cmpfloat (raised[c], >, 0.8);
    }
  tear_down (&f);
}

static void
test_bad_range_and_cancel (void)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  GError *error = NULL;
  Fixture f;

  set_up (&f);
  params.low = 0.2; /* below the floor */
  g_assert_null (tamis_sweep_new (f.basis, f.dataset, f.pairs, &params, NULL, NULL, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
  g_clear_error (&error);
  params.low = -1.0;
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_sweep_new (f.basis, f.dataset, f.pairs, &params, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  tear_down (&f);
}

/* The whole data set through the doors that take one. */
static void
test_data_set (void)
{
  TamisDistributionParams params = { 5, TAMIS_STEP_SCOTT, 0.0 };
  g_autoptr (GPtrArray) distributions = NULL;
  g_autoptr (TamisOutliers) outliers = NULL;
  Fixture f;

  set_up (&f);
  distributions = tamis_distributions_new (f.dataset, f.latents, &params, NULL, NULL, NULL);
  g_assert_cmpuint (distributions->len, ==, N_CLASSES);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      const TamisDistribution *distribution = g_ptr_array_index (distributions, c);
      const TamisDistribution *before = tamis_removal_basis_get_before (f.basis, c);

      g_assert_cmpuint (distribution->n, ==, sizes[c]);
      g_assert_cmpuint (distribution->n_components, ==, 5);
      assert_near (distribution->components[0].kurtosis.value,
                   before->components[0].kurtosis.value, 1e-9);
    }
  outliers = tamis_outliers_new (f.dataset, f.latents, &params, NULL, NULL, NULL);
  g_assert_cmpuint (outliers->n, ==, tamis_dataset_get_n_images (f.dataset));
  for (guint i = 0; i < outliers->n; i++)
    g_assert_cmpuint (outliers->items[i].class_index, ==,
                      tamis_dataset_get_class (f.dataset, outliers->items[i].row));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/stats/sweep/points-are-plans", test_points_are_plans);
  g_test_add_func ("/stats/sweep/shape", test_shape);
  g_test_add_func ("/stats/sweep/threads-change-nothing", test_threads_change_nothing);
  g_test_add_func ("/stats/sweep/bad-range-and-cancel", test_bad_range_and_cancel);
  g_test_add_func ("/stats/choose/suggestion", test_suggestion_parts_copies_from_the_rest);
  g_test_add_func ("/stats/choose/known-knee", test_knee_of_a_known_curve);
  g_test_add_func ("/stats/choose/threshold-for-kept", test_threshold_keeps_what_is_wanted);
  g_test_add_func ("/stats/choose/class-thresholds", test_class_thresholds);
  g_test_add_func ("/stats/choose/own-thresholds", test_own_thresholds);
  g_test_add_func ("/stats/data-set", test_data_set);
  return g_test_run ();
}
