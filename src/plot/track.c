/* The slider's track: see track.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "track.h"

#include <math.h>

#define KNOB 9.0 /* radius of the handle */
#define MAX_LABELS 16

static TamisPlotAxis
x_axis (const TamisPlotTrack *self, double width)
{
  TamisPlotAxis x;

  tamis_plot_axis_init (&x, self->bins.low, self->bins.high, KNOB + 2.0,
                        MAX (width - KNOB - 2.0, KNOB + 3.0));
  return x;
}

/* Labels and half the knob hang below the base line. */
static double
base_line (double height, const TamisPlotStyle *style)
{
  return MAX (height - KNOB - 1.9 * style->small - 2.0, 0.4 * height);
}

double
tamis_plot_track_to_x (const TamisPlotTrack *self, double width, double value)
{
  TamisPlotAxis x = x_axis (self, width);

  return tamis_plot_axis_to_pixel (&x, value);
}

double
tamis_plot_track_to_value (const TamisPlotTrack *self, double width, double x)
{
  TamisPlotAxis axis = x_axis (self, width);

  return tamis_plot_axis_to_value (&axis, x);
}

gboolean
tamis_plot_track_hit_handle (const TamisPlotTrack *self,
                             const TamisPlotView *view,
                             double x,
                             double y)
{
  double dx = x - tamis_plot_track_to_x (self, view->width, self->threshold);
  double dy = y - base_line (view->height, view->style);

  return hypot (dx, dy) <= KNOB + 5.0 || (fabs (dx) <= 5.0 && dy <= 0.0 && y >= 0.0);
}

/* ---- labels ---- */

typedef struct
{
  cairo_t *cr;
  const TamisPlotStyle *style;
  double width, y;
  double taken[MAX_LABELS][2];
  guint n_taken;
} Labels;

/* Writes a label if nothing stands in its way; near the ends it is pushed inside. */
static void
put_label (Labels *self, double x, const char *label, TamisPlotColour colour)
{
  double width = tamis_plot_text_width (self->cr, self->style, TAMIS_PLOT_SMALL, label);
  double left = CLAMP (x - width / 2.0, 0.0, MAX (self->width - width, 0.0));
  TamisPlotText text = { .x = left, .y = self->y, .flags = TAMIS_PLOT_SMALL, .colour = colour };

  if (self->n_taken == MAX_LABELS || width > self->width)
    return;
  for (guint i = 0; i < self->n_taken; i++)
    if (left < self->taken[i][1] + 8.0 && left + width > self->taken[i][0] - 8.0)
      return;
  self->taken[self->n_taken][0] = left;
  self->taken[self->n_taken++][1] = left + width;
  tamis_plot_text (self->cr, self->style, &text, label);
}

static TamisPlotColour
mark_colour (const TamisPlotStyle *style, TamisPlotMarkKind kind)
{
  return kind == TAMIS_PLOT_MARK_MEASURED      ? style->good
         : kind == TAMIS_PLOT_MARK_RECOMMENDED ? style->text
                                               : style->dim;
}

static void
draw_tick (cairo_t *cr,
           const TamisPlotStyle *style,
           const TamisPlotAxis *x,
           double base,
           const TamisPlotMark *mark)
{
  TamisPlotColour colour = mark_colour (style, mark->kind);
  double at = tamis_plot_snap (style, tamis_plot_axis_to_pixel (x, mark->value));

  if (mark->kind == TAMIS_PLOT_MARK_MEASURED && isfinite (mark->band_low)
      && isfinite (mark->band_high))
    {
      double left = tamis_plot_axis_to_pixel (x, mark->band_low);

      cairo_rectangle (cr, left, base + 1.5, tamis_plot_axis_to_pixel (x, mark->band_high) - left,
                       4.0);
      tamis_plot_set_colour (cr, tamis_plot_fade (colour, 0.38));
      cairo_fill (cr);
    }
  cairo_move_to (cr, at, base + 1.5);
  cairo_line_to (cr, at, base + (mark->kind == TAMIS_PLOT_MARK_PLAIN ? 5.0 : 8.0));
  cairo_set_line_width (cr, mark->kind == TAMIS_PLOT_MARK_PLAIN ? 1.0 : 1.8);
  tamis_plot_set_colour (cr, colour);
  cairo_stroke (cr);
}

static void
draw_labels (const TamisPlotTrack *self,
             cairo_t *cr,
             double width,
             double height,
             const TamisPlotStyle *style)
{
  TamisPlotAxis x = x_axis (self, width);
  Labels labels = { .cr = cr, .style = style, .width = width, .y = height - 0.75 * style->small };
  g_autofree char *low = tamis_plot_format_number (x.low, 2);
  g_autofree char *high = tamis_plot_format_number (x.high, 2);

  put_label (&labels, x.start, low, style->dim);
  put_label (&labels, x.end, high, style->dim);
  for (guint i = 0; i < self->n_marks; i++)
    if (self->marks[i].label != NULL && isfinite (self->marks[i].value))
      put_label (&labels, tamis_plot_axis_to_pixel (&x, self->marks[i].value), self->marks[i].label,
                 mark_colour (style, self->marks[i].kind));
  /* Last: it explains, the others name values. */
  if (self->sampled_label != NULL && self->bins.sampled_below > x.low)
    put_label (&labels, (x.start + tamis_plot_axis_to_pixel (&x, self->bins.sampled_below)) / 2.0,
               self->sampled_label, style->dim);
}

static void
draw_handle (const TamisPlotTrack *self,
             cairo_t *cr,
             const TamisPlotStyle *style,
             double x,
             double base)
{
  double at = tamis_plot_snap (style, x);

  cairo_move_to (cr, at, 0.0);
  cairo_line_to (cr, at, base);
  tamis_plot_set_colour (cr, style->strong);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  if (self->focused)
    {
      cairo_arc (cr, x, base, KNOB + 1.2, 0.0, 2.0 * G_PI);
      tamis_plot_set_colour (cr, tamis_plot_fade (style->after, 0.55));
      cairo_set_line_width (cr, 2.4);
      cairo_stroke (cr);
    }
  /* A soft edge below lifts the knob off the track. */
  cairo_arc (cr, x, base + 0.8, KNOB, 0.0, 2.0 * G_PI);
  cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, 0.22);
  cairo_fill (cr);
  cairo_arc (cr, x, base, KNOB - 0.5, 0.0, 2.0 * G_PI);
  tamis_plot_set_colour (cr, style->handle);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, 0.25);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
}

/* The track has no scale to be read, so it starts half a decade below its lowest bar: where every bar has thousands of
 * pairs, a track that started at none would be a flat wall. */
static TamisPlotAxis
y_axis (const TamisPlotTrack *self, const TamisPlotAxis *x, double base)
{
  double lowest = log10 (1.0 + tamis_plot_bins_lowest (&self->bins, x));
  TamisPlotAxis y;

  tamis_plot_axis_init (&y, MAX (lowest - 0.5, 0.0),
                        log10 (1.0 + tamis_plot_bins_peak (&self->bins, x)), base, 3.0);
  return y;
}

void
tamis_plot_track_draw (gconstpointer track,
                       cairo_t *cr,
                       double width,
                       double height,
                       const TamisPlotStyle *style)
{
  const TamisPlotTrack *self = track;
  TamisPlotAxis x = x_axis (self, width);
  double base = tamis_plot_snap (style, base_line (height, style));
  gboolean has_data = tamis_plot_bins_have_data (&self->bins);

  tamis_plot_begin (cr, width, height, style);
  if (self->updating)
    cairo_push_group (cr);
  if (has_data)
    {
      TamisPlotAxis y = y_axis (self, &x, base);

      tamis_plot_bins_draw (&self->bins, cr, style, &x, &y, self->threshold);
    }
  else if (self->message != NULL)
    tamis_plot_message (cr, width, base, style, self->message);
  cairo_move_to (cr, x.start, base);
  cairo_line_to (cr, x.end, base);
  cairo_set_line_width (cr, 1.0);
  tamis_plot_set_colour (cr, style->axis);
  cairo_stroke (cr);
  for (guint i = 0; i < self->n_marks; i++)
    if (isfinite (self->marks[i].value))
      draw_tick (cr, style, &x, base, &self->marks[i]);
  draw_labels (self, cr, width, height, style);
  if (self->updating)
    {
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, 0.5);
    }
  if (isfinite (self->threshold))
    draw_handle (self, cr, style, tamis_plot_axis_to_pixel (&x, self->threshold), base);
  tamis_plot_end (cr);
}
