/* xoshiro256** 1.0 (Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2018),
 * seeded through splitmix64 as its authors advise.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>

#include <math.h>

static guint64
splitmix64 (guint64 *x)
{
  guint64 z = (*x += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void
tamis_random_init (TamisRandom *self, guint64 seed)
{
  for (int i = 0; i < 4; i++)
    self->s[i] = splitmix64 (&seed);
}

static inline guint64
rotate_left (guint64 x, int k)
{
  return (x << k) | (x >> (64 - k));
}

guint64
tamis_random_next (TamisRandom *self)
{
  guint64 *s = self->s;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
tamis_random_uniform (TamisRandom *self)
{
  return (double) (tamis_random_next (self) >> 11) * 0x1.0p-53;
}

guint64
tamis_random_below (TamisRandom *self, guint64 n)
{
  guint64 reject = -n % n; /* 2^64 mod n: the values that would favour small results */
  guint64 x;

  do
    x = tamis_random_next (self);
  while (x < reject);
  return x % n;
}

double
tamis_random_normal (TamisRandom *self)
{
  double u = 1.0 - tamis_random_uniform (self); /* in (0, 1] */
  double v = tamis_random_uniform (self);

  return sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * v);
}

void
tamis_random_shuffle (TamisRandom *self, guint32 *items, gsize n)
{
  for (gsize i = n; i > 1; i--)
    {
      gsize j = tamis_random_below (self, i);
      guint32 t = items[i - 1];

      items[i - 1] = items[j];
      items[j] = t;
    }
}
