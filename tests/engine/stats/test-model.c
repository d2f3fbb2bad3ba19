/* stats: what is done with the model of a class: outliers, splits, generation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"

#include "engine/stats/class-set.h"

static void
test_planted_outliers_come_first (void)
{
  guint planted[] = { 17, 260 };
  g_autofree float *values = make_matrix (8, 330, 20, 10);
  TamisRange ranges[] = { { 0, 200 }, { 200, 100 }, { 300, 1 }, { 301, 29 } };
  TamisClassSet set = { values, 20, 330, 4, ranges };
  TamisDistributionParams params = { 5, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0 };
  g_autoptr (TamisOutliers) outliers = NULL;

  for (guint p = 0; p < 2; p++)
    for (guint j = 0; j < 20; j++)
      values[planted[p] * 20 + j] += (j % 2 ? 4.0f : -3.0f);
  outliers = _tamis_outliers_new (&set, &params, NULL, NULL, NULL);
  g_assert_cmpuint (outliers->n, ==, 329);
  g_assert_cmpuint (outliers->n_unranked, ==, 1);
  for (guint i = 1; i < outliers->n; i++)
    g_assert_cmpfloat (outliers->items[i - 1].deficit, >=, outliers->items[i].deficit);
  for (guint i = 0; i < 2; i++)
    g_assert_true (outliers->items[i].row == planted[0] || outliers->items[i].row == planted[1]);
}

static void
test_kmeans_finds_heaps (void)
{
  guint n = 600;
  g_autofree double *points = g_new (double, n * 2);
  g_autoptr (TamisKmeans) kmeans = NULL;
  g_autoptr (TamisKmeans) again = NULL;
  guint32 seed = 4;

  for (guint i = 0; i < n; i++)
    {
      guint heap = i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2; /* 300, 200, 100 */

      points[2 * i] = 10.0 * heap + lcg_bell (&seed);
      points[2 * i + 1] = heap == 1 ? 8.0 : lcg_bell (&seed);
    }
  kmeans = tamis_kmeans_fit (points, n, 2, 3, 1, NULL);
  again = tamis_kmeans_fit (points, n, 2, 3, 1, NULL);
  g_assert_cmpuint (kmeans->k, ==, 3);
  g_assert_cmpuint (kmeans->sizes[0], ==, 300);
  g_assert_cmpuint (kmeans->sizes[1], ==, 200);
  g_assert_cmpuint (kmeans->sizes[2], ==, 100);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (kmeans->labels[i], ==, (i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2));
  g_assert_cmpmem (kmeans->labels, n * 4, again->labels, n * 4);
  g_assert_cmpfloat (kmeans->inertia, ==, again->inertia);
}

static void
test_kmeans_of_little (void)
{
  double points[] = { 1, 1, 1, 1, 2, 2 };
  g_autoptr (TamisKmeans) kmeans = tamis_kmeans_fit (points, 3, 2, 3, 1, NULL);
  g_autoptr (GCancellable) cancel = g_cancellable_new ();

  g_assert_cmpuint (kmeans->k, ==, 2); /* two different points */
  g_assert_cmpuint (kmeans->sizes[0] + kmeans->sizes[1], ==, 3);
  g_assert_cmpfloat (kmeans->inertia, ==, 0.0);
  g_assert_null (tamis_kmeans_fit (points, 0, 2, 3, 1, NULL));
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_kmeans_fit (points, 3, 2, 2, 1, cancel));
}

static void
test_split_of_a_mixed_class (void)
{
  g_autofree float *values = make_matrix (9, 400, 12, 6);
  g_autoptr (TamisDistribution) distribution = NULL;
  g_autoptr (TamisKmeans) kmeans = NULL;
  TamisPcaParams set = { values, 12, NULL, 400, 0, FALSE };
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  guint component = 9;

  for (guint i = 0; i < 400; i += 4) /* a quarter of another kind */
    for (guint j = 0; j < 12; j++)
      values[i * 12 + j] += 3.0f;
  distribution = tamis_distribution_new (&set, &params, NULL, NULL);
  g_assert_cmpuint (tamis_distribution_count_modes (distribution, &component), ==, 2);
  g_assert_cmpuint (component, ==, 0);
  kmeans = tamis_distribution_split (distribution, 0, 1, NULL);
  g_assert_cmpuint (kmeans->k, ==, 2);
  g_assert_cmpuint (kmeans->sizes[1], ==, 100);
  for (guint i = 0; i < 400; i++)
    g_assert_cmpuint (kmeans->labels[i], ==, i % 4 == 0);
}

static void
test_subset_keeps_the_axes (void)
{
  g_autofree float *values = make_matrix (10, 300, 12, 6);
  g_autofree guint8 *kept = g_new (guint8, 300);
  g_autoptr (TamisDistribution) whole = NULL;
  g_autoptr (TamisDistribution) all = NULL;
  g_autoptr (TamisDistribution) none = NULL;
  TamisPcaParams set = { values, 12, NULL, 300, 0, FALSE };
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;

  whole = tamis_distribution_new (&set, &params, NULL, NULL);
  memset (kept, 1, 300);
  all = tamis_distribution_subset (whole, kept, &params);
  memset (kept, 0, 300);
  none = tamis_distribution_subset (whole, kept, &params);
  for (guint k = 0; k < 3; k++)
    {
      g_assert_cmpfloat (all->components[k].entropy.value, ==,
                         whole->components[k].entropy.value);
      g_assert_cmpint (none->components[k].entropy.reason, ==, TAMIS_REASON_TOO_FEW);
      g_assert_null (none->components[k].spline);
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Kolmogorov's asymptotic distribution of √n D with Stephens' correction for finite n. */
static double
kolmogorov_p (double d, guint n)
{
  double root = sqrt (n), x = (root + 0.12 + 0.11 / root) * d, sum = 0.0;

  for (int k = 1; k <= 100; k++)
    sum += (k % 2 ? 2.0 : -2.0) * exp (-2.0 * k * k * x * x);
  return CLAMP (sum, 0.0, 1.0);
}

/* The acceptance test: ten seeds, every component, against the CDF it was drawn from. The seeds are
 * fixed, so this passes always or never. */
static void
test_draws_follow_the_cdf (void)
{
  enum { N = 2000, K = 3 };
  g_autofree float *values = make_matrix (11, 800, 30, 10);
  g_autofree double *scores = g_new (double, N * K);
  g_autofree double *x = g_new (double, N);
  g_autoptr (TamisGenerator) generator = NULL;
  TamisPcaParams set = { values, 30, NULL, 800, 0, FALSE };
  TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
  double least = 1.0;

  params.n_components = K;
  generator = tamis_generator_new (&set, &params, NULL, NULL);
  g_assert_cmpuint (tamis_generator_get_n_components (generator), ==, K);
  for (guint64 seed = 1; seed <= 10; seed++)
    {
      tamis_generator_draw (generator, seed, 0, N, scores, NULL);
      for (guint k = 0; k < K; k++)
        {
          const TamisSpline *spline
            = tamis_generator_get_distribution (generator)->components[k].spline;
          double d = 0.0, p;

          for (guint i = 0; i < N; i++)
            x[i] = scores[i * K + k];
          qsort (x, N, sizeof *x, compare_doubles);
          for (guint i = 0; i < N; i++)
            {
              double f = tamis_spline_cdf (spline, x[i]);

              d = MAX (d, MAX (f - (double) i / N, (i + 1.0) / N - f));
            }
          p = kolmogorov_p (d, N);
          least = MIN (least, p);
          g_assert_cmpfloat (p, >, 0.01);
        }
    }
  g_test_message ("least p of %d tests: %.3f", 10 * K, least);
}

static void
test_draws_stay_in_range_and_repeat (void)
{
  g_autofree float *values = make_matrix (12, 60, 90, 20); /* fewer images than dimensions */
  g_autofree float *many = g_new (float, 50 * 90);
  g_autofree float *one = g_new (float, 90);
  g_autoptr (TamisGenerator) generator = NULL;
  TamisPcaParams set = { values, 90, NULL, 60, 0, FALSE };
  TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
  guint clamped = 0;

  generator = tamis_generator_new (&set, &params, NULL, NULL);
  g_assert_cmpuint (tamis_generator_get_n_components (generator), >=, 20);
  g_assert_cmpuint (tamis_generator_get_n_components (generator), <, 60);
  tamis_generator_draw (generator, 5, 0, 50, NULL, many);
  for (guint i = 0; i < 50 * 90; i++)
    {
      g_assert_cmpfloat (many[i], >=, 0.0f);
      g_assert_true (isfinite (many[i]));
      clamped += many[i] == 0.0f;
    }
  g_assert_cmpuint (clamped, >, 0);
  tamis_generator_draw (generator, 5, 31, 1, NULL, one);
  g_assert_cmpmem (one, sizeof (float) * 90, many + 31 * 90, sizeof (float) * 90);
  tamis_generator_draw (generator, 6, 31, 1, NULL, one);
  g_assert_cmpfloat (one[0], !=, many[31 * 90]);
}

static void
test_variance_share (void)
{
  g_autofree float *values = make_matrix (13, 200, 40, 30);
  double shares[] = { 0.3, 0.6, 0.9, 0.99, 1.0 };
  TamisPcaParams set = { values, 40, NULL, 200, 0, FALSE };
  guint before = 0;

  for (guint s = 0; s < G_N_ELEMENTS (shares); s++)
    {
      TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
      g_autoptr (TamisGenerator) generator = NULL;
      const TamisPca *pca;
      double sum = 0.0;
      guint k;

      params.variance_share = shares[s];
      generator = tamis_generator_new (&set, &params, NULL, NULL);
      pca = tamis_generator_get_distribution (generator)->pca;
      k = tamis_generator_get_n_components (generator);
      for (guint i = 0; i < k; i++)
        sum += pca->variance[i] / pca->total_variance;
      g_assert_cmpfloat (sum, >=, shares[s] - 1e-9);
      if (k > 0)
        g_assert_cmpfloat (sum - pca->variance[k - 1] / pca->total_variance, <, shares[s]);
      g_assert_cmpuint (k, >=, before);
      before = k;
    }
}

/* No spread: every draw is the image itself. */
static void
test_generator_of_one_image (void)
{
  g_autofree float *values = make_matrix (14, 1, 10, 3);
  float row[10];
  TamisPcaParams set = { values, 10, NULL, 1, 0, FALSE };
  TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
  g_autoptr (TamisGenerator) generator = tamis_generator_new (&set, &params, NULL, NULL);

  g_assert_cmpuint (tamis_generator_get_n_components (generator), ==, 0);
  g_assert_cmpint (tamis_generator_get_distribution (generator)->pca->reason, ==,
                   TAMIS_REASON_TOO_FEW);
  tamis_generator_draw (generator, 1, 0, 1, NULL, row);
  for (guint j = 0; j < 10; j++)
    g_assert_cmpfloat (row[j], ==, MAX (values[j], 0.0f));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/stats/outliers/planted-come-first", test_planted_outliers_come_first);
  g_test_add_func ("/stats/kmeans/finds-heaps", test_kmeans_finds_heaps);
  g_test_add_func ("/stats/kmeans/of-little", test_kmeans_of_little);
  g_test_add_func ("/stats/split/mixed-class", test_split_of_a_mixed_class);
  g_test_add_func ("/stats/distribution/subset", test_subset_keeps_the_axes);
  g_test_add_func ("/stats/generator/draws-follow-the-cdf", test_draws_follow_the_cdf);
  g_test_add_func ("/stats/generator/range-and-repeat", test_draws_stay_in_range_and_repeat);
  g_test_add_func ("/stats/generator/variance-share", test_variance_share);
  g_test_add_func ("/stats/generator/one-image", test_generator_of_one_image);
  return g_test_run ();
}
