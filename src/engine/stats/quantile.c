/* Quantiles of Beta's, Student's and the normal distribution.
 *
 * DESIGN: the regularised incomplete beta function by its continued fraction (DLMF 8.17.22, modified
 * Lentz), on the side of the mean where it converges fast; quantiles by bisection, since a band needs
 * two of them and never a million. Good to 1e-12 for a, b from 1e-3 to 1e6.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#define TERMS_MAX 4000
#define BISECTIONS 46 /* 2^-46 < 2e-14 */

/* The fraction of I_x (a, b), for x below (a + 1) / (a + b + 2). */
static double
continued_fraction (double a, double b, double x)
{
  const double tiny = 1e-300;
  double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), value;

  d = 1.0 / (fabs (d) < tiny ? tiny : d);
  value = d;
  for (int m = 1; m < TERMS_MAX; m++)
    {
      double terms[2] = { m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                          -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) };
      double factor = 1.0;

      for (int i = 0; i < 2; i++)
        {
          d = 1.0 + terms[i] * d;
          c = 1.0 + terms[i] / c;
          d = 1.0 / (fabs (d) < tiny ? tiny : d);
          c = fabs (c) < tiny ? tiny : c;
          factor = c * d;
          value *= factor;
        }
      if (fabs (factor - 1.0) < 1e-15)
        break;
    }
  return value;
}

double
_tamis_beta_cdf (double x, double a, double b)
{
  double front;

  if (!(x > 0.0))
    return 0.0;
  if (x >= 1.0)
    return 1.0;
  front = exp (a * log (x) + b * log1p (-x) + lgamma (a + b) - lgamma (a) - lgamma (b));
  if (x < (a + 1.0) / (a + b + 2.0))
    return front * continued_fraction (a, b, x) / a;
  return 1.0 - front * continued_fraction (b, a, 1.0 - x) / b;
}

double
_tamis_beta_quantile (double p, double a, double b)
{
  double low = 0.0, high = 1.0;

  for (int i = 0; i < BISECTIONS; i++)
    {
      double middle = (low + high) / 2.0;

      if (_tamis_beta_cdf (middle, a, b) < p)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2.0;
}

double
_tamis_student_quantile (double p, double df)
{
  /* df / (df + t²) has Beta's distribution with df / 2 and 1 / 2, and twice the tail of t. */
  double share = _tamis_beta_quantile (2.0 * (1.0 - p), df / 2.0, 0.5);

  return sqrt (df * (1.0 - share) / share);
}

double
_tamis_normal_quantile (double p)
{
  double low = 0.0, high = 40.0;

  for (int i = 0; i < BISECTIONS; i++)
    {
      double middle = (low + high) / 2.0;

      if (0.5 * erfc (middle / G_SQRT2) > 1.0 - p)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2.0;
}
