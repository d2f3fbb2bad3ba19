/* Entropy and modes of a spline density.
 *
 * DESIGN: entropy is a sum over the knot intervals of -∫ g ln g dv + ln h ∫ g dv, where g = h f.
 * Where g is a pure square (only one of the three counts is not 0) ln g has a pole at an edge and
 * the integral is known: ∫ c v²/2 ln (c v²/2) dv = (c/2) (ln (c/2) / 3 - 2/9). All others are
 * smooth and take 16 Gauss-Legendre points. Modes: f' is linear between knots and takes the
 * differences of neighbouring shares there, so f has a local maximum in a class exactly where the
 * histogram has one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "spline-private.h"

#include <math.h>

/* Abscissas and weights of 16-point Gauss-Legendre on [-1, 1], the positive half. */
static const double gauss_x[8] = {
  0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438,
  0.7554044083550030, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
};
static const double gauss_w[8] = {
  0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767,
  0.1246289712555339, 0.0951585116824928, 0.0622535239386479, 0.0271524594117541,
};

static double
x_log_x (double x)
{
  return x > 0.0 ? x * log (x) : 0.0;
}

/* ∫ g ln g dv over one interval. */
static double
integrate_log (const TamisPiece *p)
{
  double sum = 0.0, end = p->a + p->c;

  if (p->b == 0.0 && (p->a == 0.0 || p->c == 0.0))
    return end > 0.0 ? end / 2.0 * (log (end / 2.0) / 3.0 - 2.0 / 9.0) : 0.0;
  for (int i = 0; i < 8; i++)
    {
      double left = _tamis_piece_density (p, 0.5 - gauss_x[i] / 2.0);
      double right = _tamis_piece_density (p, 0.5 + gauss_x[i] / 2.0);

      sum += gauss_w[i] / 2.0 * (x_log_x (left) + x_log_x (right));
    }
  return sum;
}

double
tamis_spline_get_entropy (const TamisSpline *self)
{
  double sum = 0.0;

  for (guint k = 0; k < self->n_bins + 2; k++)
    {
      TamisPiece piece = _tamis_spline_piece (self, k);

      sum += integrate_log (&piece);
    }
  return log (self->step) - sum;
}

/* A maximum or minimum of f. */
typedef struct
{
  double position;
  double density;
} Extremum;

/* The alternating maxima (even places) and minima (odd places) of f; ends with a maximum. A run of
 * equal classes counts as one place, its middle. */
static GArray *
list_extrema (const TamisSpline *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Extremum));
  const guint32 *c = self->counts + 1; /* c[k] is the middle class of interval k; c[0] is 0 */
  guint last = self->n_bins + 1;

  for (guint k = 1, end; k < last; k = end)
    {
      gboolean maximum = list->len % 2 == 0;
      double before = c[k - 1], here = c[k], after, v;
      Extremum extremum;

      for (end = k + 1; end < last && c[end] == c[k]; end++)
        ;
      after = c[end];
      if (maximum ? !(here > before && here > after) : !(here < before && here < after))
        continue;
      /* One class: where the derivative of its parabola is 0. */
      v = end - k == 1 ? (here - before) / (2.0 * here - before - after) : (end - k) / 2.0;
      extremum.position = self->first_edge + (k + v - 1.0) * self->step;
      extremum.density = tamis_spline_density (self, extremum.position);
      g_array_append_val (list, extremum);
    }
  return list;
}

/* What parts a maximum from the rest: the higher of the lowest places between it and a higher
 * maximum on either side. */
typedef struct
{
  double density; /* of the valley; 0 if no maximum is higher */
  int rival;      /* the higher maximum across it, or -1 */
} Valley;

static gboolean
is_higher (const Extremum *list, int j, int i)
{
  if (j % 2 != 0) /* a minimum */
    return FALSE;
  /* Of two equal tops the left one is the higher. */
  return list[j].density > list[i].density || (list[j].density == list[i].density && j < i);
}

static Valley
find_valley (const Extremum *list, int n, int i)
{
  Valley valley = { 0.0, -1 };

  for (int direction = -1; direction <= 1; direction += 2)
    {
      double lowest = list[i].density;
      int j = i + direction;

      for (; j >= 0 && j < n && !is_higher (list, j, i); j += direction)
        lowest = MIN (lowest, list[j].density);
      if (j >= 0 && j < n && (valley.rival < 0 || lowest > valley.density))
        valley = (Valley){ lowest, j };
    }
  return valley;
}

/* Where the density, followed from maximum @i outwards, first falls to @level. Between neighbouring
 * extrema it is monotone. */
static double
find_foot (const TamisSpline *self, const Extremum *list, int n, int i, double level, int direction)
{
  double inside, outside, low, high;
  int j = i + direction;

  while (j >= 0 && j < n && list[j].density > level)
    j += direction;
  tamis_spline_get_support (self, &low, &high);
  inside = list[j - direction].position;
  outside = j < 0 ? low : j >= n ? high : list[j].position;
  for (int step = 0; step < 60; step++)
    {
      double middle = inside + (outside - inside) / 2.0;

      if (tamis_spline_density (self, middle) > level)
        inside = middle;
      else
        outside = middle;
    }
  return inside;
}

typedef struct
{
  double left;
  double right;
  double excess; /* probability above the level */
} Hump;

static Hump
make_hump (const TamisSpline *self, const GArray *extrema, int i, double level)
{
  const Extremum *list = (const Extremum *) (gpointer) extrema->data;
  Hump hump = { 0 };

  hump.left = find_foot (self, list, (int) extrema->len, i, level, -1);
  hump.right = find_foot (self, list, (int) extrema->len, i, level, 1);
  hump.excess = tamis_spline_cdf (self, hump.right) - tamis_spline_cdf (self, hump.left)
                - level * (hump.right - hump.left);
  return hump;
}

/* Excess mass of two modes over one, at the best level: the least of what lies above the level in
 * either hump and of what the gap between them lacks below it. The first falls and the second rises
 * with the level, so the best is where they meet. @enough: no need to know how much less it is. */
static double
excess_mass (const TamisSpline *self, const GArray *extrema, int i, Valley valley, double enough)
{
  double low = valley.density;
  double high = g_array_index (extrema, Extremum, i).density;
  double best = 0.0;

  for (int step = 0; step < 24; step++)
    {
      double level = step == 0 ? low : low + (high - low) / 2.0;
      Hump a = make_hump (self, extrema, i, level);
      Hump b = make_hump (self, extrema, valley.rival, level);
      double above = MIN (a.excess, b.excess);
      double from = MIN (a.right, b.right), to = MAX (a.left, b.left);
      double missing
        = level * (to - from) - (tamis_spline_cdf (self, to) - tamis_spline_cdf (self, from));

      best = MAX (best, MIN (above, missing));
      if (step == 0 && above < enough)
        return best;
      if (above > missing)
        low = level;
      else
        high = level;
    }
  return best;
}

guint
tamis_spline_get_modes (const TamisSpline *self, TamisMode **modes)
{
  g_autoptr (GArray) extrema = list_extrema (self);
  const Extremum *list = (const Extremum *) (gpointer) extrema->data;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TamisMode));
  double least = TAMIS_MODE_EXCESS / sqrt ((double) self->n);
  guint n_found;

  for (int i = 0; i < (int) extrema->len; i += 2)
    {
      Valley valley = find_valley (list, (int) extrema->len, i);
      TamisMode mode = { list[i].position, list[i].density, list[i].density - valley.density, 1.0 };

      if (valley.rival >= 0)
        mode.excess_mass = excess_mass (self, extrema, i, valley, least);
      if (mode.excess_mass > least || valley.rival < 0)
        g_array_append_val (found, mode);
    }
  n_found = found->len;
  *modes = (TamisMode *) (gpointer) g_array_free (found, FALSE);
  return n_found;
}
