/* Curves with their names at the right end instead of a legend: see curves.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "curves.h"

#include <math.h>

typedef struct
{
  TamisPlotArea area;
  TamisPlotAxis x, y;
  gboolean has_data;
} Layout;

static guint
count_curves (const TamisPlotCurves *self)
{
  return MIN (self->n_curves, TAMIS_PLOT_CURVES_MAX);
}

/* Names are short; their room is estimated so that asking what lies under a pixel needs no cairo. */
static double
label_room (const TamisPlotCurves *self, const TamisPlotStyle *style)
{
  glong longest = 0;

  for (guint i = 0; i < count_curves (self); i++)
    if (self->curves[i].label != NULL)
      longest = MAX (longest, g_utf8_strlen (self->curves[i].label, -1));
  return longest > 0 ? 0.62 * style->small * (double)longest + 8.0 : 0.0;
}

/* Does the curve have a point to draw? */
static gboolean
has_values (const TamisPlotCurves *self, const TamisPlotCurve *curve)
{
  for (guint i = 0; i < self->n; i++)
    if (isfinite (curve->y[i]))
      return TRUE;
  return FALSE;
}

static Layout
layout_of (const TamisPlotCurves *self, double width, double height, const TamisPlotStyle *style)
{
  Layout layout = { .area = tamis_plot_area (width, height, style, self->x_label != NULL, FALSE) };
  double low = self->low, high = self->high;

  if (self->title != NULL)
    layout.area.top += 1.9 * style->size;
  layout.area.right -= label_room (self, style);
  if (!(low < high))
    {
      low = INFINITY;
      high = -INFINITY;
      for (guint i = 0; i < count_curves (self); i++)
        tamis_plot_range_add (&low, &high, self->curves[i].y, self->n);
      tamis_plot_range_add (&low, &high, &self->reference, 1);
      if (low <= high)
        {
          double air = high > low ? 0.06 * (high - low) : 0.5;

          low -= air;
          high += air;
        }
    }
  for (guint i = 0; i < count_curves (self); i++)
    layout.has_data |= self->n >= 2 && low < high && has_values (self, &self->curves[i]);
  tamis_plot_axis_init (&layout.x, self->n > 0 ? self->x[0] : 0.0,
                        self->n > 0 ? self->x[self->n - 1] : 1.0, layout.area.left,
                        layout.area.right);
  tamis_plot_axis_init (&layout.y, low, high, layout.area.bottom, layout.area.top);
  return layout;
}

int
tamis_plot_curves_index_at (const TamisPlotCurves *self, const TamisPlotView *view, double x)
{
  Layout layout = layout_of (self, view->width, view->height, view->style);
  double value = tamis_plot_axis_to_value (&layout.x, x);
  double nearest = INFINITY;
  int found = -1;

  for (guint i = 0; i < self->n; i++)
    if (fabs (self->x[i] - value) < nearest)
      {
        nearest = fabs (self->x[i] - value);
        found = (int)i;
      }
  return found;
}

static TamisPlotColour
colour_of (TamisPlotTone tone, const TamisPlotStyle *style)
{
  switch (tone)
    {
    case TAMIS_PLOT_TONE_FIRST:
      return style->strong;
    case TAMIS_PLOT_TONE_SECOND:
      return style->selection_text;
    case TAMIS_PLOT_TONE_THIRD:
      return style->good;
    default:
      return style->dim;
    }
}

static void
draw_curve (const TamisPlotCurves *self,
            const TamisPlotCurve *curve,
            cairo_t *cr,
            const TamisPlotStyle *style,
            const Layout *layout)
{
  static const double dashes[] = { 5.0, 3.0 };

  cairo_new_path (cr);
  for (guint i = 0; i < self->n; i++)
    if (isfinite (self->x[i]) && isfinite (curve->y[i]))
      cairo_line_to (cr, tamis_plot_axis_to_pixel (&layout->x, self->x[i]),
                     tamis_plot_axis_to_pixel (&layout->y, curve->y[i]));
    else
      cairo_new_sub_path (cr);
  tamis_plot_set_colour (cr, colour_of (curve->tone, style));
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, dashes, curve->dashed ? 2 : 0, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

/* Where the name of a curve wants to stand: beside its last value. */
static double
end_of (const TamisPlotCurves *self, const TamisPlotCurve *curve, const Layout *layout)
{
  for (guint i = self->n; i > 0; i--)
    if (isfinite (curve->y[i - 1]))
      return tamis_plot_axis_to_pixel (&layout->y, curve->y[i - 1]);
  return layout->area.bottom;
}

/* Names of curves that end together are moved apart, from the top down, then back into the area. */
static void
draw_labels (const TamisPlotCurves *self,
             cairo_t *cr,
             const TamisPlotStyle *style,
             const Layout *layout)
{
  guint n = count_curves (self), order[TAMIS_PLOT_CURVES_MAX];
  double at[TAMIS_PLOT_CURVES_MAX], step = 1.25 * style->small, over;

  for (guint i = 0; i < n; i++)
    {
      guint k = i;

      at[i] = end_of (self, &self->curves[i], layout);
      for (; k > 0 && at[order[k - 1]] > at[i]; k--)
        order[k] = order[k - 1];
      order[k] = i;
    }
  for (guint i = 1; i < n; i++)
    at[order[i]] = MAX (at[order[i]], at[order[i - 1]] + step);
  over = n > 0 ? MAX (at[order[n - 1]] - layout->area.bottom, 0.0) : 0.0;
  for (guint i = 0; i < n; i++)
    {
      const TamisPlotCurve *curve = &self->curves[i];
      TamisPlotText text = { .x = layout->area.right + 5.0,
                             .y = at[i] - over,
                             .flags = TAMIS_PLOT_SMALL,
                             .colour = colour_of (curve->tone, style) };

      if (curve->label != NULL && has_values (self, curve))
        tamis_plot_text (cr, style, &text, curve->label);
    }
}

static void
draw_reference (const TamisPlotCurves *self,
                cairo_t *cr,
                const TamisPlotStyle *style,
                const Layout *layout)
{
  static const double dashes[] = { 4.0, 4.0 };
  double y = tamis_plot_snap (style, tamis_plot_axis_to_pixel (&layout->y, self->reference));

  cairo_move_to (cr, layout->area.left, y);
  cairo_line_to (cr, layout->area.right, y);
  tamis_plot_set_colour (cr, style->axis);
  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dashes, 2, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static void
draw_marker (const TamisPlotCurves *self,
             cairo_t *cr,
             const TamisPlotStyle *style,
             const Layout *layout)
{
  double x = tamis_plot_snap (style, tamis_plot_axis_to_pixel (&layout->x, self->marker));

  cairo_move_to (cr, x, layout->area.top);
  cairo_line_to (cr, x, layout->area.bottom);
  tamis_plot_set_colour (cr, style->after);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
}

void
tamis_plot_curves_draw (gconstpointer curves,
                        cairo_t *cr,
                        double width,
                        double height,
                        const TamisPlotStyle *style)
{
  const TamisPlotCurves *self = curves;
  Layout layout = layout_of (self, width, height, style);
  TamisPlotText title = { .x = 2.0,
                          .y = style->size,
                          .width = MAX (width - 4.0, 1.0),
                          .flags = TAMIS_PLOT_BOLD | TAMIS_PLOT_SMALL,
                          .colour = style->text };

  tamis_plot_begin (cr, width, height, style);
  if (self->title != NULL)
    tamis_plot_text (cr, style, &title, self->title);
  if (!layout.has_data || !tamis_plot_area_is_usable (&layout.area))
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  if (isfinite (self->reference))
    draw_reference (self, cr, style, &layout);
  tamis_plot_axis_draw_x (&layout.x, cr, style, &layout.area, self->x_label);
  tamis_plot_axis_draw_y (&layout.y, cr, style, &layout.area, NULL);
  if (isfinite (self->marker))
    draw_marker (self, cr, style, &layout);
  for (guint i = 0; i < count_curves (self); i++)
    draw_curve (self, &self->curves[i], cr, style, &layout);
  draw_labels (self, cr, style, &layout);
  tamis_plot_end (cr);
}
