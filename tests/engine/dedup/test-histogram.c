/* dedup: the histogram of similarities, exact and sampled.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <math.h>

static void
test_pair_numbers (void)
{
  for (guint n = 2; n < 40; n++)
    {
      guint64 k = 0;

      for (guint a = 0; a < n; a++)
        for (guint b = a + 1; b < n; b++)
          {
            guint x, y;

            _tamis_pair_from_index (k++, n, &x, &y);
            g_assert_cmpuint (x, ==, a);
            g_assert_cmpuint (y, ==, b);
          }
    }
}

static TamisHistogram *
make (const TamisJoinInput *in, TamisPairs *pairs, double low, guint n_bins)
{
  TamisHistogramInput input = { in->values, in->dimension, in->ranges, in->n_ranges, pairs };

  return _tamis_histogram_new (&input, low, n_bins);
}

/* @counts: n_bins, what every pair there is adds up to. */
static void
count_naive (const TamisJoinInput *in, double low, guint n_bins, double *counts)
{
  TamisJoinInput all = *in;
  g_autoptr (GArray) naive = NULL;

  all.floor = -2.0;
  naive = planted_naive (&all);
  for (guint i = 0; i < naive->len; i++)
    {
      double at = (g_array_index (naive, TamisPair, i).similarity - low) / (1.0 - low) * n_bins;

      if (at >= 0)
        counts[(guint) MIN (at, n_bins - 1.0)] += 1.0;
    }
}

/* Few pairs: nothing is sampled, all is exact. */
static void
test_exact (void)
{
  const double lows[] = { -1.0, 0.0, 0.6, 0.95 };

  for (guint i = 0; i < G_N_ELEMENTS (lows); i++)
    for (guint n = 0; n < 200; n = 2 * n + 1)
      {
        g_autofree float *values = planted_new (n, 9, n);
        g_autofree TamisRange *ranges = planted_ranges (n, 3);
        TamisJoinInput in = { .values = values, .n = n, .dimension = 9, .ranges = ranges,
                              .n_ranges = 3, .floor = 0.8 };
        g_autoptr (TamisPairs) pairs = planted_join (&in);
        g_autoptr (TamisHistogram) histogram = make (&in, pairs, lows[i], 40);
        double expected[40] = { 0 };

        count_naive (&in, lows[i], 40, expected);
        for (guint bin = 0; bin < 40; bin++)
          g_assert_cmpfloat (histogram->counts[bin], ==, expected[bin]);
        g_assert_cmpfloat (histogram->sampled_below, ==, 0.8);
        g_assert_cmpfloat (histogram->high, ==, 1.0);
      }
}

/* Many pairs: exact above the floor, near the truth below, the same on any number of threads. */
static void
test_sampled (void)
{
  g_autofree float *values = planted_new (1500, 6, 3);
  TamisRange ranges[] = { { 0, 400 }, { 400, 1100 } };
  TamisJoinInput in = { .values = values, .n = 1500, .dimension = 6, .ranges = ranges,
                        .n_ranges = 2, .floor = 0.75 };
  g_autoptr (TamisPairs) pairs = planted_join (&in);
  g_autoptr (TamisHistogram) first = NULL;
  double expected[40] = { 0 }, sum = 0.0, total = 400.0 * 399 / 2 + 1100.0 * 1099 / 2;

  count_naive (&in, -1.0, 40, expected);
  for (guint threads = 1; threads <= 4; threads++)
    {
      g_autoptr (TamisHistogram) histogram = NULL;

      tamis_init (threads);
      histogram = make (&in, pairs, -1.0, 40);
      if (first == NULL)
        first = g_steal_pointer (&histogram);
      else
        g_assert_cmpmem (histogram->counts, sizeof expected, first->counts, sizeof expected);
    }
  g_assert_cmpuint (first->n_sampled, <, (guint64) total);
  for (guint bin = 0; bin < 40; bin++)
    {
      /* Six standard deviations of a sampled bin's count. */
      double slack = 6.0 * sqrt (expected[bin] * total / (double) first->n_sampled) + 20.0;

      sum += first->counts[bin];
      if (bin >= 35) /* bins from 0.75 on */
        g_assert_cmpfloat (first->counts[bin], ==, expected[bin]);
      else
        g_assert_cmpfloat_with_epsilon (first->counts[bin], expected[bin], slack);
    }
  g_assert_cmpfloat_with_epsilon (sum, total, 1e-6 * total);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/dedup/histogram/pair-numbers", test_pair_numbers);
  g_test_add_func ("/dedup/histogram/exact", test_exact);
  g_test_add_func ("/dedup/histogram/sampled", test_sampled);
  return g_test_run ();
}
