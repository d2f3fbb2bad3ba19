/* Theil's line with Sen's interval.
 *
 * References: Theil, "A rank-invariant method of linear and polynomial regression analysis" (1950);
 * Sen, "Estimates of the regression coefficient based on Kendall's tau" (1968), equation 2.6.
 *
 * DESIGN: all slopes are held (n² / 2 doubles) and three order statistics selected; for the 10 to
 * 1,000 classes of a data set this takes microseconds to milliseconds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <math.h>
#include <string.h>

static const double z_95 = 1.959963984540054; /* normal quantile of 0.975 */

static double
median (const double *x, guint n)
{
  g_autofree double *copy = g_memdup2 (x, n * sizeof *x);

  return _tamis_percentile (copy, n, 0.5);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Σ k (k - 1) (2k + 5) over the groups of k equal values. */
static double
tie_correction (const double *x, guint n)
{
  g_autofree double *sorted = g_memdup2 (x, n * sizeof *x);
  double sum = 0.0;

  qsort (sorted, n, sizeof *sorted, compare_doubles);
  for (guint i = 0, j; i < n; i = j)
    {
      double k;

      for (j = i + 1; j < n && sorted[j] == sorted[i]; j++)
        ;
      k = j - i;
      sum += k * (k - 1) * (2 * k + 5);
    }
  return sum;
}

/* Median first, then the ranks SciPy takes; rounding is half to even in both. */
static void
fit_slopes (TamisTheilLine *line, double *slopes, gsize n_slopes, double variance)
{
  double total = (double) n_slopes, half_width;
  gsize high, low;
  double rank;

  line->slope = _tamis_percentile (slopes, n_slopes, 0.5);
  if (variance < 0.0)
    return;
  half_width = z_95 * sqrt (variance);
  high = (gsize) MIN (rint ((total + half_width) / 2.0), total - 1.0);
  rank = rint ((total - half_width) / 2.0) - 1.0;
  low = rank > 0.0 ? (gsize) rank : 0;
  line->has_interval = TRUE;
  line->slope_low = _tamis_select (slopes, n_slopes, low);
  line->slope_high = _tamis_select (slopes, n_slopes, high);
}

TamisTheilLine
tamis_theil_fit (const double *x, const double *y, guint n)
{
  TamisTheilLine line = { .n = n, .reason = TAMIS_REASON_TOO_FEW };
  g_autofree double *slopes = NULL;
  gsize n_slopes = 0;
  double all = (double) n;

  if (n < 2)
    return line;
  if (n > TAMIS_THEIL_MAX)
    {
      line.reason = TAMIS_REASON_TOO_MANY;
      return line;
    }
  for (guint i = 0; i < n; i++)
    if (!isfinite (x[i]) || !isfinite (y[i]))
      {
        line.reason = TAMIS_REASON_NOT_FINITE;
        return line;
      }
  slopes = g_new (double, (gsize) n * (n - 1) / 2);
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      if (x[i] != x[j])
        slopes[n_slopes++] = (y[j] - y[i]) / (x[j] - x[i]);
  if (n_slopes == 0)
    return line;

  line.reason = TAMIS_REASON_NONE;
  fit_slopes (&line, slopes, n_slopes,
              (all * (all - 1) * (2 * all + 5) - tie_correction (x, n) - tie_correction (y, n))
                / 18.0);
  line.intercept = median (y, n) - line.slope * median (x, n);
  return line;
}
