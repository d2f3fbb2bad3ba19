/* Float buffers with guard bands: a kernel that writes past either end is caught.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>

#include <math.h>
#include <string.h>

#define GUARD 64
#define GUARD_BITS 0x7fa5a5a5u /* a NaN no kernel makes */

/* Returns: the first of @n floats, all NaN; free with guarded_free(), which checks the bands. */
static inline float *
guarded_new (gsize n)
{
  guint32 *bits = g_new (guint32, n + 2 * GUARD);

  for (gsize i = 0; i < n + 2 * GUARD; i++)
    bits[i] = GUARD_BITS;
  return (float *) bits + GUARD;
}

static inline void
guarded_free (float *x, gsize n)
{
  guint32 *bits = (guint32 *) x - GUARD;

  for (gsize i = 0; i < GUARD; i++)
    {
      g_assert_cmphex (bits[i], ==, GUARD_BITS);
      g_assert_cmphex (bits[GUARD + n + i], ==, GUARD_BITS);
    }
  g_free (bits);
}

static inline float *
guarded_random (gsize n, guint64 seed)
{
  float *x = guarded_new (n);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (gsize i = 0; i < n; i++)
    x[i] = tamis_random_normal (&random);
  return x;
}

static inline float *
guarded_copy (const float *from, gsize n)
{
  float *x = guarded_new (n);

  memcpy (x, from, n * sizeof (float));
  return x;
}

/* ‖a - b‖ ≤ tolerance · ‖b‖, and nothing is NaN. */
static inline void
assert_close (const float *a, const float *b, gsize n, double tolerance)
{
  double difference = 0.0;
  double size = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      size += (double) b[i] * b[i];
    }
  g_assert_false (isnan (difference));
  g_assert_cmpfloat (sqrt (difference), <=, tolerance * sqrt (size));
}
