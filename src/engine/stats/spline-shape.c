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

/* An extremum of S = h f. */
typedef struct
{
  double position;
  double value;
  double variance; /* of value, as an estimate */
} Extremum;

static Extremum
make_extremum (const TamisSpline *self, guint k, double v)
{
  TamisPiece p = _tamis_spline_piece (self, k);
  double w = 1.0 - v;
  double weights[3] = { w * w / 2.0, 0.5 + v * w, v * v / 2.0 };

  return (Extremum){
    .position = self->first_edge + (k + v - 1.0) * self->step,
    .value = _tamis_piece_density (&p, v),
    .variance = (p.a * weights[0] * weights[0] + p.b * weights[1] * weights[1]
                 + p.c * weights[2] * weights[2])
                / (double) self->n,
  };
}

/* The alternating maxima (even places) and minima (odd places) of S; ends with a maximum. A run of
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
      extremum = make_extremum (self, k + (guint) v, v - (guint) v);
      g_array_append_val (list, extremum);
    }
  return list;
}

/* The higher of the lowest places between maximum @i and higher ones on either side (0 where there
 * is none higher on that side, as the density falls to 0 there). */
static Extremum
find_valley (const Extremum *list, guint n, guint i)
{
  Extremum best = { 0 };

  for (int direction = -1; direction <= 1; direction += 2)
    {
      Extremum lowest = list[i];
      gboolean higher = FALSE;

      for (gint64 j = (gint64) i + direction; j >= 0 && j < n && !higher; j += direction)
        {
          if (list[j].value < lowest.value)
            lowest = list[j];
          /* Of two equal tops the left one is the higher. */
          higher = list[j].value > list[i].value || (list[j].value == list[i].value && j % 2 == 0
                                                     && j < i);
        }
      if (higher && lowest.value > best.value)
        best = lowest;
    }
  return best;
}

guint
tamis_spline_get_modes (const TamisSpline *self, TamisMode **modes)
{
  g_autoptr (GArray) extrema = list_extrema (self);
  const Extremum *list = (const Extremum *) (gpointer) extrema->data;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TamisMode));
  guint n_found, highest = 0;

  for (guint i = 2; i < extrema->len; i += 2)
    if (list[i].value > list[highest].value)
      highest = i;
  for (guint i = 0; i < extrema->len; i += 2)
    {
      Extremum valley = find_valley (list, extrema->len, i);
      double prominence = list[i].value - valley.value;
      double error = sqrt (list[i].variance + valley.variance);
      TamisMode mode = { list[i].position, list[i].value / self->step, prominence / self->step };

      if (i == highest
          || (prominence > 0.05 * list[highest].value && prominence > TAMIS_MODE_SIGMA * error))
        g_array_append_val (found, mode);
    }
  n_found = found->len;
  *modes = (TamisMode *) (gpointer) g_array_free (found, FALSE);
  return n_found;
}
