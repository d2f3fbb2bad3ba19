/* Data that reference.py and live.py make alike.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>
#include <tamis/stats.h>

#include <math.h>
#include <string.h>

/* Numerical Recipes' generator. */
static inline double
lcg_uniform (guint32 *s)
{
  *s = *s * 1664525u + 1013904223u;
  return *s / 4294967296.0;
}

static inline double
lcg_bell (guint32 *s)
{
  double sum = 0.0;

  for (int i = 0; i < 4; i++)
    sum += lcg_uniform (s);
  return sum - 2.0;
}

static inline double *
make_sample (guint32 seed, gsize n, double skew)
{
  double *x = g_new (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    {
      double b = lcg_bell (&seed);

      x[i] = b + skew * b * b * b;
    }
  return x;
}

/* n × d on a falling spectrum of @rank axes. */
static inline float *
make_matrix (guint32 seed, guint n, guint d, guint rank)
{
  g_autofree double *basis = g_new (double, (gsize) rank * d);
  g_autofree double *row = g_new (double, d);
  float *x = g_new (float, (gsize) n * d);

  for (guint k = 0; k < rank; k++)
    for (guint j = 0; j < d; j++)
      basis[(gsize) k * d + j] = lcg_bell (&seed) / (k + 1);
  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j < d; j++)
        row[j] = 1.0;
      for (guint k = 0; k < rank; k++)
        {
          double b = lcg_bell (&seed);

          for (guint j = 0; j < d; j++)
            row[j] = row[j] + b * basis[(gsize) k * d + j];
        }
      for (guint j = 0; j < d; j++)
        x[(gsize) i * d + j] = (float) row[j];
    }
  return x;
}

#define assert_near(a, b, tolerance) \
  g_assert_cmpfloat (fabs ((a) - (b)), <=, (tolerance) * (1.0 + fabs (b)))
