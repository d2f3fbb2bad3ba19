/* TamisSpline: quadratic B-spline density over a histogram (METHOD A5).
 *
 * DESIGN: the knots are the edges of the classes, one class further on either side. Between the
 * edges of class j, with v in [0, 1] across it and a, b, c = p[j-1], p[j], p[j+1] (0 outside):
 *
 *   h f = a (1-v)²/2 + b (1/2 + v - v²) + c v²/2
 *   F   = F_j + a (1 - (1-v)³)/6 + b (v/2 + v²/2 - v³/3) + c v³/6
 *
 * F over a whole class grows by (a + 4b + c)/6: a sum of counts, kept as integers over 6 N, so that
 * the CDF is 0 and 1 exactly at the ends and monotone at the knots without any rounding. Counts
 * carry two zeros on either side so that no place is special.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "spline-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct
{
  double low;
  double high;
  double step;
  guint n_bins;
} Grid;

static double
rule_step (const double *values, gsize n, TamisStepRule rule, double range)
{
  double mean = 0.0, m2 = 0.0, iqr;
  g_autofree double *copy = NULL;

  if (rule == TAMIS_STEP_STURGES)
    return range / (log2 ((double) n) + 1.0);
  if (rule == TAMIS_STEP_FREEDMAN_DIACONIS)
    {
      copy = g_memdup2 (values, n * sizeof *values);
      iqr = _tamis_percentile (copy, n, 0.75);
      iqr -= _tamis_percentile (copy, n, 0.25);
      if (iqr > 0.0)
        return 2.0 * iqr / cbrt ((double) n);
    }
  for (gsize i = 0; i < n; i++)
    mean += values[i] / (double) n;
  for (gsize i = 0; i < n; i++)
    m2 += (values[i] - mean) * (values[i] - mean) / (double) n;
  return cbrt (24.0 * sqrt (G_PI) / (double) n) * sqrt (m2);
}

static Grid
make_grid (const double *values, gsize n, TamisStepRule rule, double step)
{
  Grid grid = { .low = values[0], .high = values[0] };
  double range, least, bins;

  for (gsize i = 0; i < n; i++)
    {
      grid.low = MIN (grid.low, values[i]);
      grid.high = MAX (grid.high, values[i]);
    }
  range = grid.high - grid.low;
  least = range / TAMIS_SPLINE_MAX_BINS;
  if (rule == TAMIS_STEP_FIXED)
    {
      grid.step = MAX (step, least);
      bins = MIN (floor (range / grid.step) + 1.0, TAMIS_SPLINE_MAX_BINS);
      grid.n_bins = (guint) bins;
      grid.low -= (bins * grid.step - range) / 2.0;
      return grid;
    }
  step = rule_step (values, n, rule, range);
  bins = CLAMP (ceil (range / MAX (step, least)), 1.0, TAMIS_SPLINE_MAX_BINS);
  grid.n_bins = (guint) bins;
  grid.step = range / bins;
  return grid;
}

/* As numpy.histogram: by division, then set right against the edges themselves. */
static guint
find_bin (const TamisSpline *self, double x)
{
  double position = (x - self->first_edge) / self->step;
  guint last = self->n_bins - 1;
  guint bin = position <= 0.0 ? 0 : (guint) MIN (position, (double) last);

  if (bin > 0 && x < self->first_edge + bin * self->step)
    bin--;
  else if (bin < last && x >= self->first_edge + (bin + 1) * self->step)
    bin++;
  return bin;
}

static void
integrate (TamisSpline *self)
{
  double square = 0.0, mean = 0.0;
  guint64 sum = 0;

  self->cumulative = g_new (guint64, self->n_bins + 3);
  for (guint k = 0; k < self->n_bins + 2; k++)
    {
      const guint32 *c = self->counts + k; /* class k - 1 is c[1] */

      self->cumulative[k] = sum;
      sum += (guint64) c[0] + 4 * (guint64) c[1] + c[2];
    }
  self->cumulative[self->n_bins + 2] = sum;

  /* Moments in steps from the middle of the grid, so that nothing cancels. */
  for (guint i = 0; i < self->n_bins; i++)
    mean += self->counts[i + 2] / (double) self->n * (i + 0.5 - self->n_bins / 2.0);
  for (guint i = 0; i < self->n_bins; i++)
    {
      double d = i + 0.5 - self->n_bins / 2.0 - mean;

      square += self->counts[i + 2] / (double) self->n * d * d;
    }
  self->mean = self->first_edge + (mean + self->n_bins / 2.0) * self->step;
  self->variance = (square + 0.25) * self->step * self->step;
}

static TamisReason
check_values (const double *values, gsize n)
{
  double low, high;

  if (n < 2)
    return TAMIS_REASON_TOO_FEW;
  low = high = values[0];
  for (gsize i = 0; i < n; i++)
    {
      if (!(fabs (values[i]) < DBL_MAX / 8.0)) /* room for the range and a step beyond it */
        return TAMIS_REASON_NOT_FINITE;
      low = MIN (low, values[i]);
      high = MAX (high, values[i]);
    }
  /* A class must be wider than the rounding of its edges. */
  if (high - low <= 16.0 * TAMIS_SPLINE_MAX_BINS * DBL_EPSILON * MAX (fabs (low), fabs (high))
      || high - low < DBL_MIN * TAMIS_SPLINE_MAX_BINS)
    return TAMIS_REASON_CONSTANT;
  return TAMIS_REASON_NONE;
}

TamisSpline *
tamis_spline_new (const double *values, gsize n, TamisStepRule rule, double step,
                  TamisReason *reason)
{
  TamisSpline *self;
  Grid grid;

  g_return_val_if_fail (rule != TAMIS_STEP_FIXED || step > 0.0, NULL);
  *reason = check_values (values, n);
  if (*reason != TAMIS_REASON_NONE)
    return NULL;

  grid = make_grid (values, n, rule, step);
  self = g_new0 (TamisSpline, 1);
  g_atomic_ref_count_init (&self->references);
  self->n = n;
  self->first_edge = grid.low;
  self->step = grid.step;
  self->n_bins = grid.n_bins;
  self->counts = g_new0 (guint32, grid.n_bins + 4);
  for (gsize i = 0; i < n; i++)
    self->counts[find_bin (self, values[i]) + 2]++;
  integrate (self);
  return self;
}

TamisSpline *
tamis_spline_ref (TamisSpline *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
tamis_spline_unref (TamisSpline *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->counts);
  g_free (self->cumulative);
  g_free (self);
}

gsize
tamis_spline_get_n (const TamisSpline *self)
{
  return self->n;
}

double
tamis_spline_get_step (const TamisSpline *self)
{
  return self->step;
}

guint
tamis_spline_get_n_bins (const TamisSpline *self)
{
  return self->n_bins;
}

double
tamis_spline_get_first_edge (const TamisSpline *self)
{
  return self->first_edge;
}

const guint32 *
tamis_spline_get_counts (const TamisSpline *self)
{
  return self->counts + 2;
}

void
tamis_spline_get_support (const TamisSpline *self, double *low, double *high)
{
  *low = self->first_edge - self->step;
  *high = self->first_edge + (self->n_bins + 1.0) * self->step;
}

TamisPiece
_tamis_spline_piece (const TamisSpline *self, guint k)
{
  const guint32 *c = self->counts + k;
  double n = (double) self->n;

  return (TamisPiece){ c[0] / n, c[1] / n, c[2] / n };
}

double
_tamis_piece_density (const TamisPiece *p, double v)
{
  double w = 1.0 - v;

  return p->a * w * w / 2.0 + p->b * (0.5 + v * w) + p->c * v * v / 2.0;
}

/* The knot interval @t lies in and where; FALSE outside the support. */
static gboolean
find_piece (const TamisSpline *self, double t, guint *k, double *v)
{
  double position = (t - self->first_edge) / self->step + 1.0;
  guint n_pieces = self->n_bins + 2;

  if (!(position > 0.0 && position < n_pieces))
    return FALSE;
  *k = MIN ((guint) position, n_pieces - 1);
  *v = position - *k;
  return TRUE;
}

double
tamis_spline_density (const TamisSpline *self, double t)
{
  TamisPiece piece;
  double v;
  guint k;

  if (!find_piece (self, t, &k, &v))
    return 0.0;
  piece = _tamis_spline_piece (self, k);
  return _tamis_piece_density (&piece, v) / self->step;
}

double
tamis_spline_log_density (const TamisSpline *self, double t)
{
  double density = tamis_spline_density (self, t);

  return density > 0.0 ? MAX (log (density), TAMIS_LOG_DENSITY_MIN) : TAMIS_LOG_DENSITY_MIN;
}

/* Mass between the left edge of the piece and v. */
static double
piece_mass (const TamisPiece *p, double v)
{
  return p->a * v * (3.0 - v * (3.0 - v)) / 6.0 + p->b * v * (0.5 + v * (0.5 - v / 3.0))
         + p->c * v * v * v / 6.0;
}

static double
knot_cdf (const TamisSpline *self, guint k)
{
  return (double) self->cumulative[k] / (6.0 * (double) self->n);
}

double
tamis_spline_cdf (const TamisSpline *self, double t)
{
  TamisPiece piece;
  double v, value;
  guint k;

  if (!find_piece (self, t, &k, &v))
    return t < self->first_edge ? 0.0 : 1.0;
  piece = _tamis_spline_piece (self, k);
  value = knot_cdf (self, k) + piece_mass (&piece, v);
  return CLAMP (value, knot_cdf (self, k), knot_cdf (self, k + 1));
}

/* v with piece_mass (v) = mass: Newton, kept inside a shrinking bracket. */
static double
invert_piece (const TamisPiece *piece, double mass)
{
  double low = 0.0, high = 1.0, v = 0.5;

  for (int i = 0; i < 100; i++)
    {
      double error = piece_mass (piece, v) - mass, slope = _tamis_piece_density (piece, v), next;

      if (error == 0.0)
        return v;
      if (error > 0.0)
        high = v;
      else
        low = v;
      next = slope > 0.0 ? v - error / slope : -1.0;
      if (!(next > low && next < high))
        next = low + (high - low) / 2.0;
      if (fabs (next - v) <= 0x1p-52 * fabs (next))
        return next;
      v = next;
    }
  return v;
}

double
tamis_spline_quantile (const TamisSpline *self, double p)
{
  guint low = 0, high = self->n_bins + 2;
  TamisPiece piece;
  double v, mass;

  if (!(p > 0.0))
    p = 0.0;
  if (p >= 1.0)
    p = 1.0;
  /* The last knot with F < p, or the first one for p = 0. */
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (knot_cdf (self, middle) < p)
        low = middle;
      else
        high = middle;
    }
  piece = _tamis_spline_piece (self, low);
  mass = p - knot_cdf (self, low);
  if (mass <= 0.0)
    v = 0.0;
  else if (p >= knot_cdf (self, low + 1))
    v = 1.0;
  else
    v = invert_piece (&piece, mass);
  return self->first_edge + (low + v - 1.0) * self->step;
}

double
tamis_spline_get_mean (const TamisSpline *self)
{
  return self->mean;
}

double
tamis_spline_get_variance (const TamisSpline *self)
{
  return self->variance;
}
