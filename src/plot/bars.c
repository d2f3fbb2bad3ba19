/* Bars on a log scale: see bars.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "bars.h"

#include <math.h>

#define BAR_AT_LEAST 3.0 /* pixels; narrower bars are joined */

static double
count_at (const TamisPlotBins *self, guint i)
{
  double count = self->counts[i];

  return isfinite (count) && count > 0.0 ? MIN (count, 1e300 / self->n_bins) : 0.0;
}

static guint
bins_a_bar (const TamisPlotBins *self, const TamisPlotAxis *x)
{
  double room = fabs (x->end - x->start);

  return (guint)CLAMP (ceil (self->n_bins * BAR_AT_LEAST / MAX (room, 1.0)), 1.0, self->n_bins);
}

gboolean
tamis_plot_bins_have_data (const TamisPlotBins *self)
{
  if (self->counts == NULL || !(self->high > self->low) || !isfinite (self->high - self->low))
    return FALSE;
  for (guint i = 0; i < self->n_bins; i++)
    if (count_at (self, i) > 0.0)
      return TRUE;
  return FALSE;
}

double
tamis_plot_bins_above (const TamisPlotBins *self, double threshold)
{
  double sum = 0.0;

  for (guint i = 0; i < self->n_bins; i++)
    {
      double end = (threshold - self->low) / (self->high - self->low) * self->n_bins - i;

      sum += count_at (self, i) * (1.0 - CLAMP (end, 0.0, 1.0));
    }
  return sum;
}

static double
bar_count (const TamisPlotBins *self, guint first, guint n)
{
  double sum = 0.0;

  for (guint i = first; i < MIN (first + n, self->n_bins); i++)
    sum += count_at (self, i);
  return sum;
}

double
tamis_plot_bins_peak (const TamisPlotBins *self, const TamisPlotAxis *x)
{
  guint n = bins_a_bar (self, x);
  double peak = 0.0;

  for (guint i = 0; i < self->n_bins; i += n)
    peak = MAX (peak, bar_count (self, i, n));
  return peak;
}

double
tamis_plot_bins_lowest (const TamisPlotBins *self, const TamisPlotAxis *x)
{
  guint n = bins_a_bar (self, x);
  double lowest = HUGE_VAL;

  for (guint i = 0; i < self->n_bins; i += n)
    {
      double count = bar_count (self, i, n);

      if (count > 0.0)
        lowest = MIN (lowest, count);
    }
  return isfinite (lowest) ? lowest : 0.0;
}

/* All bars as one path; a gap between them where they are wide enough to spare it. */
static void
bars_path (const TamisPlotBins *self, cairo_t *cr, const TamisPlotAxis *x, const TamisPlotAxis *y)
{
  guint n = bins_a_bar (self, x);
  double width = (self->high - self->low) / self->n_bins;

  cairo_new_path (cr);
  for (guint i = 0; i < self->n_bins; i += n)
    {
      double count = bar_count (self, i, n);
      double left = tamis_plot_axis_to_pixel (x, self->low + i * width);
      double right = tamis_plot_axis_to_pixel (x, self->low + MIN (i + n, self->n_bins) * width);
      double gap = right - left >= 3.0 ? MIN (1.0, 0.16 * (right - left)) : 0.0;
      double top = tamis_plot_axis_to_pixel (y, log10 (1.0 + count));

      /* One pair in a million still shows. */
      if (count > 0.0)
        cairo_rectangle (cr, left, MIN (top, y->start - 1.0), right - left - gap,
                         y->start - MIN (top, y->start - 1.0));
    }
}

static void
fill_between (const TamisPlotBins *self,
              cairo_t *cr,
              const double x[2],
              const TamisPlotAxis axes[2])
{
  cairo_save (cr);
  cairo_rectangle (cr, x[0], axes[1].end - 2.0, MAX (x[1] - x[0], 0.0),
                   axes[1].start - axes[1].end + 4.0);
  cairo_clip (cr);
  bars_path (self, cr, &axes[0], &axes[1]);
  cairo_fill (cr);
  cairo_restore (cr);
}

/* Sampled bars are pale and carry a fine hatch: an estimate must not look like a count. */
static void
hatch (const TamisPlotBins *self,
       cairo_t *cr,
       const TamisPlotStyle *style,
       const TamisPlotAxis axes[2],
       double until)
{
  double height = axes[1].start - axes[1].end;

  cairo_save (cr);
  cairo_rectangle (cr, axes[0].start, axes[1].end, MAX (until - axes[0].start, 0.0), height);
  cairo_clip (cr);
  bars_path (self, cr, &axes[0], &axes[1]);
  cairo_clip (cr);
  cairo_new_path (cr);
  for (double at = axes[0].start - height; at < until; at += 4.0)
    {
      cairo_move_to (cr, at, axes[1].start);
      cairo_line_to (cr, at + height, axes[1].end);
    }
  tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.8));
  cairo_set_line_width (cr, 0.9);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tamis_plot_bins_draw (const TamisPlotBins *self,
                      cairo_t *cr,
                      const TamisPlotStyle *style,
                      const TamisPlotAxis *x,
                      const TamisPlotAxis *y,
                      double threshold)
{
  TamisPlotAxis axes[] = { *x, *y };
  double sampled = x->start, cut = x->end;

  if (isfinite (self->sampled_below))
    sampled = tamis_plot_axis_to_pixel (x, self->sampled_below);
  if (isfinite (threshold))
    cut = tamis_plot_axis_to_pixel (x, threshold);
  sampled = MIN (sampled, cut);
  if (sampled > x->start)
    {
      tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.38));
      fill_between (self, cr, (double[]){ x->start, sampled }, axes);
      hatch (self, cr, style, axes, sampled);
    }
  tamis_plot_set_colour (cr, style->before);
  fill_between (self, cr, (double[]){ sampled, cut }, axes);
  tamis_plot_set_colour (cr, style->after);
  fill_between (self, cr, (double[]){ cut, x->end }, axes);
}
