/* A figure with its band of confidence: see band.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "band.h"

#include <math.h>

typedef struct
{
  TamisPlotArea area;
  TamisPlotAxis x, y;
} Layout;

static gboolean
is_known (const TamisPlotBand *self, guint i)
{
  return isfinite (self->x[i]) && isfinite (self->value[i]) && isfinite (self->low[i])
         && isfinite (self->high[i]);
}

static gboolean
has_data (const TamisPlotBand *self)
{
  for (guint i = 0; i < self->n; i++)
    if (is_known (self, i))
      return TRUE;
  return FALSE;
}

/* The first value at or after @i that is known, or n. */
static guint
skip_unknown (const TamisPlotBand *self, guint i)
{
  while (i < self->n && !is_known (self, i))
    i++;
  return i;
}

static guint
end_of_run (const TamisPlotBand *self, guint i)
{
  while (i < self->n && is_known (self, i))
    i++;
  return i;
}

static void
line_to (cairo_t *cr, const Layout *layout, double x, double y)
{
  cairo_line_to (cr, tamis_plot_axis_to_pixel (&layout->x, x),
                 tamis_plot_axis_to_pixel (&layout->y, y));
}

static void
draw_band (const TamisPlotBand *self, cairo_t *cr, const TamisPlotStyle *style,
           const Layout *layout)
{
  for (guint i = skip_unknown (self, 0); i < self->n;)
    {
      guint end = end_of_run (self, i);

      cairo_new_path (cr);
      for (guint k = i; k < end; k++)
        line_to (cr, layout, self->x[k], self->high[k]);
      for (guint k = end; k > i; k--)
        line_to (cr, layout, self->x[k - 1], self->low[k - 1]);
      cairo_close_path (cr);
      tamis_plot_set_colour (cr, tamis_plot_fade (style->good, 0.22));
      cairo_fill (cr);
      cairo_new_path (cr);
      for (guint k = i; k < end; k++)
        line_to (cr, layout, self->x[k], self->value[k]);
      tamis_plot_set_colour (cr, style->good);
      cairo_set_line_width (cr, 1.8);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
      i = skip_unknown (self, end);
    }
}

static void
draw_wanted (const TamisPlotBand *self, cairo_t *cr, const TamisPlotStyle *style,
             const Layout *layout)
{
  static const double dashes[] = { 4.0, 4.0 };
  double y = tamis_plot_snap (style, tamis_plot_axis_to_pixel (&layout->y, self->wanted));

  cairo_move_to (cr, layout->area.left, y);
  cairo_line_to (cr, layout->area.right, y);
  tamis_plot_set_colour (cr, style->dim);
  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dashes, 2, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static void
draw_marker (const TamisPlotBand *self, cairo_t *cr, const TamisPlotStyle *style,
             const Layout *layout)
{
  double x = tamis_plot_snap (style, tamis_plot_axis_to_pixel (&layout->x, self->marker));

  cairo_move_to (cr, x, layout->area.top);
  cairo_line_to (cr, x, layout->area.bottom);
  tamis_plot_set_colour (cr, style->after);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
}

static void
draw_answer (const TamisPlotBand *self, cairo_t *cr, const TamisPlotStyle *style,
             const Layout *layout)
{
  for (guint i = 0; i < self->n; i++)
    if (self->x[i] == self->answer && is_known (self, i))
      {
        cairo_arc (cr, tamis_plot_axis_to_pixel (&layout->x, self->x[i]),
                   tamis_plot_axis_to_pixel (&layout->y, self->low[i]), 4.0, 0.0, 2.0 * G_PI);
        tamis_plot_set_colour (cr, style->good);
        cairo_fill (cr);
      }
}

void
tamis_plot_band_draw (gconstpointer band, cairo_t *cr, double width, double height,
                      const TamisPlotStyle *style)
{
  const TamisPlotBand *self = band;
  Layout layout = { .area = tamis_plot_area (width, height, style, self->x_label != NULL, FALSE) };

  tamis_plot_begin (cr, width, height, style);
  if (!has_data (self) || !tamis_plot_area_is_usable (&layout.area))
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  tamis_plot_axis_init (&layout.x, self->x[0], self->x[self->n - 1], layout.area.left,
                        layout.area.right);
  tamis_plot_axis_init (&layout.y, self->bottom, self->top, layout.area.bottom, layout.area.top);
  tamis_plot_axis_draw_x (&layout.x, cr, style, &layout.area, self->x_label);
  tamis_plot_axis_draw_y (&layout.y, cr, style, &layout.area, NULL);
  draw_band (self, cr, style, &layout);
  if (isfinite (self->wanted))
    draw_wanted (self, cr, style, &layout);
  if (isfinite (self->marker))
    draw_marker (self, cr, style, &layout);
  if (isfinite (self->answer))
    draw_answer (self, cr, style, &layout);
  tamis_plot_end (cr);
}
