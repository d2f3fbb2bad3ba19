/* dedup: the removal plan against its definition.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include "engine/dedup/pairs-private.h"

#include <math.h>
#include <string.h>

#define FLOOR 0.3

typedef struct
{
  guint n;
  guint dimension;
  float *values;
  TamisRange *ranges;
  guint n_ranges;
  TamisPairs *pairs;
  double *similarities; /* n × n, 0 across classes */
} Case;

static TamisJoinInput
case_input (const Case *self, double floor)
{
  return (TamisJoinInput){ .values = self->values, .n = self->n, .dimension = self->dimension,
                           .ranges = self->ranges, .n_ranges = self->n_ranges, .floor = floor };
}

static Case
case_new (guint n, guint dimension, guint n_ranges, guint64 seed)
{
  Case self = { .n = n, .dimension = dimension, .values = planted_new (n, dimension, seed),
                .ranges = planted_ranges (n, n_ranges), .n_ranges = n_ranges };
  TamisJoinInput in = case_input (&self, FLOOR);

  self.pairs = planted_join (&in);
  self.similarities = g_new0 (double, (gsize) n * n + 1);
  for (guint r = 0; r < n_ranges; r++)
    for (guint a = self.ranges[r].first; a < self.ranges[r].first + self.ranges[r].n; a++)
      for (guint b = self.ranges[r].first; b < self.ranges[r].first + self.ranges[r].n; b++)
        if (a != b)
          self.similarities[(gsize) a * n + b]
              = tamis_similarity (self.values + (gsize) a * dimension,
                                  self.values + (gsize) b * dimension, dimension);
  return self;
}

static void
case_clear (Case *self)
{
  g_free (self->values);
  g_free (self->ranges);
  g_free (self->similarities);
  tamis_pairs_unref (self->pairs);
}

static TamisPlan *
make_plan (const Case *self, const TamisPlanParams *params)
{
  g_autoptr (GError) error = NULL;
  TamisPlanClasses classes = { self->ranges, self->n_ranges };
  TamisPlan *plan = _tamis_plan_new (self->pairs, classes, params, &error);

  g_assert_no_error (error);
  return plan;
}

static double
row_threshold (const Case *self, const TamisPlanParams *params, guint row)
{
  for (guint r = 0; params->class_thresholds != NULL && r < self->n_ranges; r++)
    if (row >= self->ranges[r].first && row < self->ranges[r].first + self->ranges[r].n)
      return params->class_thresholds[r];
  return params->threshold;
}

/* Are a and b duplicates, by definition? */
static gboolean
are_alike (const Case *self, const TamisPlanParams *params, guint a, guint b)
{
  return self->similarities[(gsize) a * self->n + b] > row_threshold (self, params, a);
}

static guint
order_at (const TamisPlanParams *params, guint i)
{
  return params->order != NULL ? params->order[i] : i;
}

/* METHOD A3, word for word: visit in keep order, keep an image if no kept image is above T. */
static void
cover_by_definition (const Case *self, const TamisPlanParams *params, guint8 *kept)
{
  memset (kept, 0, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      guint row = order_at (params, i);
      gboolean covered = FALSE;

      for (guint other = 0; other < self->n; other++)
        covered |= kept[other] && are_alike (self, params, row, other);
      if (!covered)
        kept[row] = 1;
    }
}

/* The authors' script, a class in order: for i: for j > i: if Sim (i, j) > T: remove i. */
static void
last_by_script (const Case *self, const TamisPlanParams *params, guint8 *kept)
{
  for (guint i = 0; i < self->n; i++)
    {
      guint row = order_at (params, i);

      kept[row] = 1;
      for (guint j = i + 1; j < self->n; j++)
        if (are_alike (self, params, row, order_at (params, j)))
          kept[row] = 0;
    }
}

static void
check_removal (const Case *self, const TamisPlanParams *params, TamisPlan *plan, guint i)
{
  TamisRemoval removal = tamis_plan_get_removal (plan, i);
  guint best = TAMIS_NO_WITNESS;
  double most = 0.0;

  for (guint other = 0; other < self->n; other++)
    {
      double similarity = self->similarities[(gsize) removal.removed * self->n + other];

      if (tamis_plan_is_kept (plan, other) && are_alike (self, params, removal.removed, other)
          && (best == TAMIS_NO_WITNESS || similarity > most))
        {
          best = other;
          most = similarity;
        }
    }
  g_assert_false (tamis_plan_is_kept (plan, removal.removed));
  g_assert_cmpint (tamis_plan_find_removal (plan, removal.removed), ==, (int) i);
  g_assert_cmpuint (removal.witness, ==, best);
  g_assert_true (removal.similarity == most);
  if (params->policy == TAMIS_POLICY_COVER)
    g_assert_cmpuint (best, !=, TAMIS_NO_WITNESS);
}

/* cover's guarantees, as promised, not as computed. */
static void
check_guarantees (const Case *self, const TamisPlanParams *params, TamisPlan *plan)
{
  for (guint a = 0; a < self->n; a++)
    for (guint b = a + 1; b < self->n; b++)
      g_assert_false (tamis_plan_is_kept (plan, a) && tamis_plan_is_kept (plan, b)
                      && are_alike (self, params, a, b));
}

static void
check_counts (const Case *self, const TamisPlanParams *params, TamisPlan *plan)
{
  guint kept = 0, orphans = 0;
  guint64 pairs = 0;

  for (guint a = 0; a < self->n; a++)
    for (guint b = a + 1; b < self->n; b++)
      pairs += are_alike (self, params, a, b);
  for (guint r = 0; r < self->n_ranges; r++)
    kept += tamis_plan_get_class_kept (plan, r);
  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    orphans += tamis_plan_get_removal (plan, i).witness == TAMIS_NO_WITNESS;
  g_assert_cmpuint (tamis_plan_get_n_pairs (plan), ==, pairs);
  g_assert_cmpuint (tamis_plan_get_n_kept (plan), ==, kept);
  g_assert_cmpuint (tamis_plan_get_n_removed (plan), ==, self->n - kept);
  g_assert_cmpuint (tamis_plan_get_n_orphans (plan), ==, orphans);
}

static void
check_plan (const Case *self, const TamisPlanParams *params)
{
  g_autoptr (TamisPlan) plan = make_plan (self, params);
  g_autofree guint8 *expected = g_new (guint8, self->n + 1);

  if (params->policy == TAMIS_POLICY_COVER)
    {
      cover_by_definition (self, params, expected);
      check_guarantees (self, params, plan);
    }
  else
    last_by_script (self, params, expected);
  g_assert_cmpmem (tamis_plan_get_kept_flags (plan), self->n, expected, self->n);
  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    check_removal (self, params, plan, i);
  check_counts (self, params, plan);
}

static guint32 *
random_order (guint n, TamisRandom *random)
{
  guint32 *order = g_new (guint32, n + 1);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  tamis_random_shuffle (random, order, n);
  return order;
}

static void
test_by_definition (void)
{
  const guint sizes[] = { 0, 1, 2, 3, 40, 150 };
  TamisRandom random;

  tamis_random_init (&random, 99);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint round = 0; round < 24; round++)
      {
        Case self = case_new (sizes[s], 1 + 8 * (round % 3), 1 + round % 4, 31 * s + round);
        g_autofree guint32 *order = random_order (self.n, &random);
        g_autofree double *by_class = g_new (double, self.n_ranges);
        TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;

        for (guint r = 0; r < self.n_ranges; r++)
          by_class[r] = FLOOR + 0.7 * tamis_random_uniform (&random);
        params.order = round % 3 ? order : NULL;
        params.class_thresholds = round % 5 == 4 ? by_class : NULL;
        for (double threshold = FLOOR; threshold <= 1.0; threshold += 0.0875)
          {
            params.threshold = threshold;
            params.policy = TAMIS_POLICY_COVER;
            check_plan (&self, &params);
            params.policy = TAMIS_POLICY_LAST;
            check_plan (&self, &params);
          }
        case_clear (&self);
      }
}

/* Pairs kept above a low floor answer as pairs that were looked for at T. */
static void
test_floor_does_not_matter (void)
{
  Case self = case_new (300, 16, 3, 4);

  for (double threshold = 0.35; threshold < 1.0; threshold += 0.1)
    for (int policy = TAMIS_POLICY_COVER; policy <= TAMIS_POLICY_LAST; policy++)
      {
        TamisJoinInput in = case_input (&self, threshold);
        g_autoptr (TamisPairs) direct = planted_join (&in);
        TamisPlanClasses classes = { self.ranges, self.n_ranges };
        TamisPlanParams params = { .threshold = threshold, .policy = policy };
        g_autoptr (TamisPlan) a = make_plan (&self, &params);
        g_autoptr (TamisPlan) b = _tamis_plan_new (direct, classes, &params, NULL);

        g_assert_cmpmem (tamis_plan_get_kept_flags (a), 300, tamis_plan_get_kept_flags (b), 300);
        g_assert_cmpuint (tamis_plan_get_n_pairs (a), ==, tamis_plan_get_n_pairs (b));
        for (guint i = 0; i < tamis_plan_get_n_removed (a); i++)
          {
            TamisRemoval x = tamis_plan_get_removal (a, i), y = tamis_plan_get_removal (b, i);

            g_assert_true (x.removed == y.removed && x.witness == y.witness
                           && x.similarity == y.similarity);
          }
      }
  case_clear (&self);
}

/* Five frames of a pan, each above T only with the next: `last` leaves the end of the run and three
 * orphans, `cover` every second frame. */
static void
test_run_collapses (void)
{
  float values[5][2];
  TamisRange all = { 0, 5 };
  Case self = { .n = 5, .dimension = 2, .values = values[0], .ranges = &all, .n_ranges = 1 };
  TamisPlanParams params = { .threshold = cos (0.15) };
  TamisJoinInput in = case_input (&self, FLOOR);
  g_autoptr (TamisPlan) cover = NULL;
  g_autoptr (TamisPlan) last = NULL;

  for (int i = 0; i < 5; i++)
    {
      values[i][0] = (float) cos (0.1 * i);
      values[i][1] = (float) sin (0.1 * i);
    }
  self.pairs = planted_join (&in);
  cover = make_plan (&self, &params);
  params.policy = TAMIS_POLICY_LAST;
  last = make_plan (&self, &params);
  g_assert_cmpmem (tamis_plan_get_kept_flags (cover), 5, "\1\0\1\0\1", 5);
  g_assert_cmpmem (tamis_plan_get_kept_flags (last), 5, "\0\0\0\0\1", 5);
  g_assert_cmpuint (tamis_plan_get_n_orphans (cover), ==, 0);
  g_assert_cmpuint (tamis_plan_get_n_orphans (last), ==, 3);
  g_assert_cmpint (tamis_plan_find_removal (cover, 3), ==, 1);
  g_assert_cmpint (tamis_plan_find_removal (cover, 4), ==, -1);
  tamis_pairs_unref (self.pairs);
}

/* A class without a T of its own follows that of all, and one may be told from the other. */
static void
test_own_thresholds (void)
{
  Case self = case_new (20, 3, 2, 6);
  TamisPlanClasses classes = { self.ranges, self.n_ranges };
  double own[] = { -1.0, 0.8 }, all[] = { 0.9, 0.8 };
  TamisPlanParams params = { .threshold = 0.9, .class_thresholds = own };
  g_autoptr (TamisPlan) plan = _tamis_plan_new (self.pairs, classes, &params, NULL);
  g_autoptr (TamisPlan) same = NULL;

  params.class_thresholds = all;
  same = _tamis_plan_new (self.pairs, classes, &params, NULL);
  g_assert_cmpmem (tamis_plan_get_kept_flags (plan), self.n, tamis_plan_get_kept_flags (same),
                   self.n);
  g_assert_cmpfloat (tamis_plan_get_class_threshold (plan, 0), ==, 0.9);
  g_assert_cmpfloat (tamis_plan_get_class_threshold (plan, 1), ==, 0.8);
  g_assert_cmpuint (tamis_plan_count_class_thresholds (plan), ==, 1);
  case_clear (&self);
}

/* Counted by levels or without, at, beside and between levels and similarities. */
static void
check_count (const Case *self, double threshold)
{
  guint64 above = 0;

  if (threshold < tamis_pairs_get_floor (self->pairs) || threshold > 1.0)
    return;
  for (guint a = 0; a < self->n; a++)
    for (guint b = 0; b < a; b++)
      above += self->similarities[(gsize) a * self->n + b] > threshold;
  g_assert_cmpuint (tamis_pairs_count_above (self->pairs, threshold), ==, above);
}

static void
test_counts (void)
{
  /* From some levels to the most there are; the last one has too short rows for any. */
  static const guint sizes[] = { 300, 120, 40, 12 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Case self = case_new (sizes[i], 3, 1, 77 + i);

      g_assert_cmpint (self.pairs->n_levels > 0, ==, i < 3);
      for (guint level = 0; level <= 64; level++)
        {
          double threshold = FLOOR + (1.0 - FLOOR) * level / 64;

          check_count (&self, threshold);
          check_count (&self, nextafter (threshold, 0.0));
          check_count (&self, nextafter (threshold, 2.0));
        }
      for (guint a = 0; a < self.n; a += 3)
        check_count (&self, self.similarities[a]);
      for (guint level = 1; level < self.pairs->n_levels; level++)
        check_count (&self, FLOOR + (1.0 - FLOOR) * level / self.pairs->n_levels);
      case_clear (&self);
    }
}

static void
test_range_errors (void)
{
  Case self = case_new (20, 3, 2, 6);
  TamisPlanClasses classes = { self.ranges, self.n_ranges };
  TamisJoinInput across = case_input (&self, FLOOR);
  double low[] = { 0.5, FLOOR - 0.01 }, good[] = { 0.5, FLOOR };
  const double thresholds[] = { FLOOR - 1e-9, 1.0 + 1e-9, NAN, -1 };
  g_autoptr (TamisPairs) all = NULL;
  g_autoptr (GError) error = NULL;
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;

  across.scope = TAMIS_SCOPE_ALL;
  all = planted_join (&across);
  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++)
    {
      params.threshold = thresholds[i];
      g_assert_null (_tamis_plan_new (self.pairs, classes, &params, &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
      g_clear_error (&error);
    }
  params.threshold = 0.9;
  params.class_thresholds = low;
  g_assert_null (_tamis_plan_new (self.pairs, classes, &params, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
  g_clear_error (&error);
  low[1] = NAN;
  g_assert_null (_tamis_plan_new (self.pairs, classes, &params, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
  g_clear_error (&error);
  params.class_thresholds = good;
  g_assert_null (_tamis_plan_new (all, classes, &params, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
  case_clear (&self);
}

static void
assert_same_plan (TamisPlan *a, TamisPlan *b)
{
  guint n = tamis_plan_get_n_removed (a);

  g_assert_cmpuint (n, ==, tamis_plan_get_n_removed (b));
  g_assert_cmpuint (tamis_plan_get_n_orphans (a), ==, tamis_plan_get_n_orphans (b));
  g_assert_cmpuint (tamis_plan_get_n_pairs (a), ==, tamis_plan_get_n_pairs (b));
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval one = tamis_plan_get_removal (a, i), other = tamis_plan_get_removal (b, i);

      g_assert_cmpuint (one.removed, ==, other.removed);
      g_assert_cmpuint (one.witness, ==, other.witness);
      g_assert_true (one.similarity == other.similarity);
    }
}

/* More rows and removals than one thread takes at a time. */
static void
test_same_on_any_number_of_threads (void)
{
  enum { N = 50000, CLASSES = 23 };
  g_autofree float *values = planted_new (N, 12, 77);
  g_autofree TamisRange *ranges = planted_ranges (N, CLASSES);
  g_autofree guint32 *backwards = g_new (guint32, N);
  TamisJoinInput in = { .values = values, .n = N, .dimension = 12, .ranges = ranges,
                        .n_ranges = CLASSES, .floor = 0.6 };
  TamisPlanClasses classes = { ranges, CLASSES };
  g_autoptr (TamisPairs) pairs = planted_join (&in);

  for (guint i = 0; i < N; i++)
    backwards[i] = N - 1 - i;
  for (guint k = 0; k < 8; k++)
    {
      TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
      g_autoptr (TamisPlan) one = NULL, many = NULL;

      params.threshold = k & 1 ? 0.9 : 0.7;
      params.policy = k & 2 ? TAMIS_POLICY_LAST : TAMIS_POLICY_COVER;
      params.order = k & 4 ? backwards : NULL;
      tamis_init (1);
      one = _tamis_plan_new (pairs, classes, &params, NULL);
      tamis_init (5);
      many = _tamis_plan_new (pairs, classes, &params, NULL);
      g_assert_cmpuint (tamis_plan_get_n_removed (one), >, 8192);
      assert_same_plan (one, many);
    }
  tamis_init (2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/dedup/plan/by-definition", test_by_definition);
  g_test_add_func ("/dedup/plan/floor-does-not-matter", test_floor_does_not_matter);
  g_test_add_func ("/dedup/plan/run-collapses", test_run_collapses);
  g_test_add_func ("/dedup/plan/own-thresholds", test_own_thresholds);
  g_test_add_func ("/dedup/plan/counts", test_counts);
  g_test_add_func ("/dedup/plan/range-errors", test_range_errors);
  g_test_add_func ("/dedup/plan/same-on-any-number-of-threads", test_same_on_any_number_of_threads);
  return g_test_run ();
}
