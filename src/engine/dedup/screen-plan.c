/* Which engine, and how deep it screens: decided on a sample before anything is reserved.
 *
 * DESIGN: the bound is tried on pairs of sampled rows, other ones than the basis was fitted to (it
 * holds those too well). What share of pairs passes at a depth says what it costs: to project, to
 * multiply, and to decide what passed. Costs are counted in products of BLAS' sgemm; that the
 * counts are rough only costs time. Sampling is kept to a few hundredths of the brute-force work,
 * so data without structure lose no more than that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#include <cblas.h>
#include <math.h>

#define WORTH 5e9       /* products below which nothing is planned: some 30 ms */
#define SAMPLE_MAX 1024 /* rows the basis is fitted to */
#define SAMPLE_MIN 192
#define ROWS_EACH 10    /* rows a direction, which are enough */
#define TEST_MAX 512  /* rows that the bound is tried on, */
#define TEST_GROUP 256 /* of one range */
#define ABOVE_GROUP 128 /* and of these, those whose own pairs are counted */
#define DEPTH_MAX 128 /* of more than DIRECT dimensions */
#define DIRECT 256
#define DECIDE 4.0        /* products a dimension that an exact decision costs, */
#define DECIDE_ALSO 800.0 /* and besides, the list included */
#define PREPARE 40.0      /* products that a byte of a vector costs besides its projection */
#define CHECK 24.0        /* and comparing a pair with its limit, where a byte costs 1 */

static const guint depths[] = { 32, 64, 96, 128, 192, 256 };

typedef struct
{
  const TamisJoinInput *in;
  const TamisBasis *basis;
  const TamisSample *test;
  float *scores; /* of the test rows: n × basis->n */
  float *rests;  /* test rows: what the first so many scores leave */
  float *product; /* group × group */
  double step;
  double spread; /* longest vector of bytes, as far as seen */
} Trial;

/* Share of test pairs whose bound passes at @depth bytes, that is depth scores. */
static double
share_passing (Trial *self, guint depth)
{
  guint n = self->basis->n, used = MIN (depth, n), group = self->test->group;
  double slack = 2.0 * self->spread * self->step * sqrt (used / 12.0) + 4.0 * self->basis->skew
                 + 5e-4;
  guint64 passing = 0;

  for (guint i = 0; i < self->test->n; i++)
    {
      const float *row = self->scores + (gsize) i * n;
      double square = _tamis_dot (row, row, used);

      self->rests[i] = (float) sqrt (MAX (1.0 - square, 0.0));
    }
  for (guint g = 0; g < self->test->n_groups; g++)
    {
      const float *rows = self->scores + (gsize) g * group * n;
      const float *rests = self->rests + (gsize) g * group;

      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) group, (int) group, (int) used,
                   1.0f, rows, (int) n, rows, (int) n, 0.0f, self->product, (int) group);
      for (guint i = 0; i < group; i++)
        for (guint j = 0; j < i; j++)
          passing += self->product[(gsize) i * group + j] + rests[i] * rests[j]
                     > self->in->floor - slack;
    }
  return (double) passing / (self->test->n_groups * (group * (group - 1.0) / 2.0));
}

/* The step with which the largest score but the first fits a byte. */
static void
measure_scores (Trial *self, guint range)
{
  guint n = self->basis->n;
  float largest = 0.0f;

  for (guint i = 0; i < self->test->n; i++)
    {
      const float *row = self->scores + (gsize) i * n;

      for (guint k = 1; k < n; k++)
        largest = MAX (largest, fabsf (row[k]));
      self->spread = MAX (self->spread, sqrt (_tamis_dot (row + 1, row + 1, n - 1)));
    }
  self->step = MAX (largest * 1.05, 1e-3) / range;
}

/* Cost of screening to @depth, @pairs pairs of @rows rows. */
static double
cost_of_screen (Trial *self, const TamisScreenVariant *variant, guint depth, double pairs)
{
  double rows = self->in->n, dimension = self->in->dimension;
  double passing = share_passing (self, depth);
  double before = depth > depths[0] ? share_passing (self, depth / 2) : 1.0;
  double tile = TAMIS_SCREEN_ROWS * TAMIS_SCREEN_COLUMNS;
  /* The later half of the depth is for tiles with a pair that passed the earlier. */
  double bytes = depth / 2.0 * (1.0 + MIN (1.0, before * tile)) + CHECK;

  return rows * (dimension + PREPARE) * depth + pairs * bytes * variant->cost
         + pairs * passing * (DECIDE * dimension + DECIDE_ALSO);
}

static void
choose_depth (Trial *trial, double pairs, TamisScreenPlan *plan, TamisJoinReport *report)
{
  guint deepest = (trial->basis->n + 31) / 32 * 32;

  report->cost_screen = INFINITY;
  for (guint i = 0; i < G_N_ELEMENTS (depths) && depths[i] <= deepest; i++)
    {
      double cost = cost_of_screen (trial, plan->variant, depths[i], pairs);

      if (cost >= report->cost_screen)
        continue;
      report->cost_screen = cost;
      plan->depth = depths[i];
    }
}

/* What brute force costs: it, too, decides what is above the floor. */
static double
cost_of_tiles (Trial *trial, double pairs)
{
  const TamisJoinInput *in = trial->in;
  guint n = MIN (trial->test->group, ABOVE_GROUP);
  int apart = (int) (trial->test->group / n * in->dimension); /* from all over the range */
  guint64 above = 0;

  for (guint g = 0; g < trial->test->n_groups; g++)
    {
      const float *rows = trial->test->units + (gsize) g * trial->test->group * in->dimension;

      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) n, (int) n, (int) in->dimension,
                   1.0f, rows, apart, rows, apart, 0.0f, trial->product, (int) n);
      for (guint i = 0; i < n; i++)
        for (guint j = 0; j < i; j++)
          above += trial->product[(gsize) i * n + j] > in->floor;
    }
  return pairs * in->dimension
         + pairs * (double) above / (trial->test->n_groups * (n * (n - 1.0) / 2.0))
               * (DECIDE * in->dimension + DECIDE_ALSO);
}

static const TamisScreenVariant *
get_variant (const TamisJoinInput *in)
{
  const TamisScreenVariant *variants;
  guint n = (guint) tamis_screen_get_variants (&variants);

  return &variants[in->simd > 0 && in->simd < n ? in->simd - 1 : n - 1];
}

gboolean
_tamis_screen_plan (const TamisJoinInput *in, TamisRanges ranges, TamisScreenPlan *plan,
                    TamisJoinReport *report)
{
  double pairs = (double) _tamis_ranges_count_pairs (ranges.items, ranges.n);
  /* Fitting takes some 20 k² d + 5 n k d products, and may take a few hundredths of what there is
   * to do. */
  double products = pairs * in->dimension;
  guint most = MAX (products < 2e10 ? 32 : products < 1.5e11 ? 64 : DEPTH_MAX, plan->least);
  guint rows = (guint) CLAMP (pairs / (250.0 * most), SAMPLE_MIN, MIN (SAMPLE_MAX, ROWS_EACH * most));
  guint directions = in->dimension <= DIRECT ? in->dimension : most;
  Trial trial = { .in = in };
  g_autoptr (TamisSample) sample = NULL;
  g_autoptr (TamisSample) test = NULL;
  g_autofree float *scores = NULL;
  g_autofree float *rests = NULL;
  g_autofree float *product = NULL;

  if (ranges.n == 0 || (in->engine == TAMIS_ENGINE_AUTO && products < (in->worth > 0.0 ? in->worth : WORTH)))
    return FALSE;
  sample = _tamis_sample_new (in, ranges, rows, 1);
  plan->variant = get_variant (in);
  plan->basis = _tamis_basis_new (sample, in->dimension, directions);
  if (plan->basis == NULL)
    return FALSE;
  test = _tamis_sample_new (in, ranges, MIN (rows, ranges.n > 1 ? TEST_MAX : TEST_GROUP), 2);
  trial.basis = plan->basis;
  trial.test = test;
  trial.scores = scores = g_new (float, (gsize) test->n * plan->basis->n);
  trial.rests = rests = g_new (float, test->n);
  trial.product = product = g_new (float, (gsize) test->group * test->group);
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) test->n, (int) plan->basis->n,
               (int) in->dimension, 1.0f, test->units, (int) in->dimension, plan->basis->rows,
               (int) in->dimension, 0.0f, scores, (int) plan->basis->n);
  measure_scores (&trial, (guint) plan->variant->range);
  plan->step = (float) trial.step;
  choose_depth (&trial, pairs, plan, report);
  plan->basis->n = MIN (plan->basis->n, plan->depth);
  report->cost_tiles = cost_of_tiles (&trial, pairs);
  return in->engine == TAMIS_ENGINE_SCREEN || report->cost_screen < 0.8 * report->cost_tiles;
}

void
_tamis_screen_plan_clear (TamisScreenPlan *self)
{
  g_clear_pointer (&self->basis, _tamis_basis_free);
}
