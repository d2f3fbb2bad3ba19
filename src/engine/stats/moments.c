/* Excess kurtosis of a sample.
 *
 * DESIGN: two passes, the deviations divided by the largest of them before they are raised to the
 * fourth power, so that neither tiny nor huge scores underflow or overflow.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <float.h>
#include <math.h>

TamisFigure
tamis_kurtosis (const double *x, gsize n)
{
  double low, high, middle, scale, mean = 0.0, m2 = 0.0, m4 = 0.0;

  if (n < TAMIS_KURTOSIS_MIN)
    return _tamis_no_figure (TAMIS_REASON_TOO_FEW);
  low = high = x[0];
  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (x[i]))
        return _tamis_no_figure (TAMIS_REASON_NOT_FINITE);
      low = MIN (low, x[i]);
      high = MAX (high, x[i]);
    }
  middle = low / 2.0 + high / 2.0;
  scale = high / 2.0 - low / 2.0;
  if (scale <= 2.0 * DBL_EPSILON * MAX (fabs (low), fabs (high)))
    return _tamis_no_figure (TAMIS_REASON_CONSTANT);

  for (gsize i = 0; i < n; i++)
    mean += (x[i] - middle) / scale;
  mean /= (double) n;
  for (gsize i = 0; i < n; i++)
    {
      double d = (x[i] - middle) / scale - mean;

      m2 += d * d;
      m4 += d * d * d * d;
    }
  m2 /= (double) n;
  m4 /= (double) n;
  return _tamis_figure (m4 / (m2 * m2) - 3.0);
}
