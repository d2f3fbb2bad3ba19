/* Histograms under spline densities: see density.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "density.h"

#include <math.h>

typedef struct
{
  TamisPlotArea area;
  TamisPlotAxis x, y;
  gboolean has_data;
} Layout;

static gboolean
has_bars (const TamisPlotDistribution *self)
{
  return self->n_bins > 0 && isfinite (self->low) && isfinite (self->step) && self->step > 0.0;
}

static void
add_to_range (const TamisPlotDistribution *self, double x[2], double *top)
{
  double zero = 0.0;

  if (has_bars (self))
    {
      double ends[] = { self->low, self->low + self->step * self->n_bins };

      tamis_plot_range_add (&x[0], &x[1], ends, 2);
      tamis_plot_range_add (&zero, top, self->bars, self->n_bins);
    }
  tamis_plot_range_add (&x[0], &x[1], self->t, self->n_curve);
  tamis_plot_range_add (&zero, top, self->density, self->n_curve);
}

static Layout
layout_of (const TamisPlotDensity *self, double width, double height, const TamisPlotStyle *style)
{
  Layout layout = { .area = tamis_plot_area (width, height, style, self->x_label != NULL,
                                             self->y_label != NULL) };
  double x[] = { INFINITY, -INFINITY }, top = 0.0;

  layout.area.top += 1.6 * style->small; /* room for the names */
  if (self->small)
    layout.area.left = style->small;
  add_to_range (&self->before, x, &top);
  add_to_range (&self->after, x, &top);
  layout.has_data = x[0] < x[1] && top > 0.0;
  tamis_plot_axis_init (&layout.x, x[0], x[1], layout.area.left, layout.area.right);
  tamis_plot_axis_init (&layout.y, 0.0, 1.08 * top, layout.area.bottom, layout.area.top);
  return layout;
}

double
tamis_plot_density_to_value (const TamisPlotDensity *self, const TamisPlotView *view, double x)
{
  Layout layout = layout_of (self, view->width, view->height, view->style);

  return tamis_plot_axis_to_value (&layout.x, x);
}

static void
draw_bars (const TamisPlotDistribution *self,
           cairo_t *cr,
           const Layout *layout,
           TamisPlotColour colour)
{
  if (!has_bars (self))
    return;
  cairo_new_path (cr);
  for (guint i = 0; i < self->n_bins; i++)
    {
      double left = tamis_plot_axis_to_pixel (&layout->x, self->low + i * self->step);
      double right = tamis_plot_axis_to_pixel (&layout->x, self->low + (i + 1) * self->step);
      double top = tamis_plot_axis_to_pixel (&layout->y, self->bars[i]);
      double gap = right - left > 4.0 ? 1.0 : 0.0;

      cairo_rectangle (cr, left, top, right - left - gap, layout->y.start - top);
    }
  tamis_plot_set_colour (cr, colour);
  cairo_fill (cr);
}

static void
draw_curve (const TamisPlotDistribution *self,
            cairo_t *cr,
            const Layout *layout,
            TamisPlotColour colour,
            double line)
{
  cairo_new_path (cr);
  for (guint i = 0; i < self->n_curve; i++)
    if (isfinite (self->t[i]) && isfinite (self->density[i]))
      cairo_line_to (cr, tamis_plot_axis_to_pixel (&layout->x, self->t[i]),
                     tamis_plot_axis_to_pixel (&layout->y, self->density[i]));
    else
      cairo_new_sub_path (cr);
  tamis_plot_set_colour (cr, colour);
  cairo_set_line_width (cr, line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

/* A small wedge that stands on the curve, its point on the mode. */
static void
draw_modes (const TamisPlotDistribution *self,
            cairo_t *cr,
            const TamisPlotStyle *style,
            const Layout *layout,
            TamisPlotColour colour)
{
  double size = 0.36 * style->small;

  for (guint i = 0; i < self->n_modes; i++)
    {
      double x = tamis_plot_axis_to_pixel (&layout->x, self->mode_t[i]);
      double y = tamis_plot_axis_to_pixel (&layout->y, self->mode_density[i]) - 4.0;

      cairo_move_to (cr, x, y);
      cairo_line_to (cr, x - size, y - 1.6 * size);
      cairo_line_to (cr, x + size, y - 1.6 * size);
      cairo_close_path (cr);
      tamis_plot_set_colour (cr, colour);
      cairo_fill (cr);
    }
}

/* Names stand above their ticks, the second above the first, so that they never meet. */
static void
draw_rug (const TamisPlotDensity *self, cairo_t *cr, const TamisPlotStyle *style, const Layout *layout)
{
  for (guint i = 0; i < MIN (self->n_rug, TAMIS_PLOT_RUG_MAX); i++)
    {
      const TamisPlotRug *rug = &self->rug[i];
      double height = (self->small ? 0.7 : 1.2) * style->small * (1 + i);
      double x = tamis_plot_axis_to_pixel (&layout->x, rug->t);
      gboolean left = x > (layout->area.left + layout->area.right) / 2.0;
      TamisPlotText text = { .x = x + (left ? -4.0 : 4.0),
                             .y = layout->area.bottom - height + 0.5 * style->small,
                             .align = left ? TAMIS_PLOT_END : TAMIS_PLOT_START,
                             .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_BOLD,
                             .colour = rug->stays ? style->strong : style->selection_text };

      if (!(rug->t >= layout->x.low && rug->t <= layout->x.high))
        continue;
      cairo_move_to (cr, x, layout->area.bottom);
      cairo_line_to (cr, x, layout->area.bottom - height);
      cairo_set_line_width (cr, 2.0);
      tamis_plot_set_colour (cr, rug->stays ? style->strong : style->selection);
      cairo_stroke (cr);
      if (rug->label != NULL && !self->small)
        tamis_plot_text (cr, style, &text, rug->label);
    }
}

/* The names of the two at the upper right, each in the colour of its curve, behind a dash of it. */
static void
draw_names (const TamisPlotDensity *self,
            cairo_t *cr,
            const TamisPlotStyle *style,
            const TamisPlotArea *area)
{
  const TamisPlotDistribution *sides[] = { &self->after, &self->before };
  TamisPlotText text = { .x = area->right,
                         .y = area->top - 0.9 * style->small,
                         .align = TAMIS_PLOT_END,
                         .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_BOLD };

  for (int i = 0; i < 2; i++)
    {
      if (sides[i]->label == NULL || sides[i]->n_curve < 2)
        continue;
      text.colour = i == 0 ? style->strong : style->dim;
      text.x -= tamis_plot_text (cr, style, &text, sides[i]->label) + 5.0;
      cairo_move_to (cr, text.x, text.y);
      cairo_line_to (cr, text.x - 12.0, text.y);
      cairo_set_line_width (cr, 2.0);
      tamis_plot_set_colour (cr, text.colour);
      cairo_stroke (cr);
      text.x -= 12.0 + 1.2 * style->small;
    }
}

/* The title, and at the other end of its line the note of a small plot. */
static void
draw_title (const TamisPlotDensity *self, cairo_t *cr, double width, const TamisPlotStyle *style)
{
  TamisPlotText note = { .x = width - 2.0,
                         .y = style->size,
                         .align = TAMIS_PLOT_END,
                         .flags = TAMIS_PLOT_SMALL,
                         .colour = self->warns ? style->warning : style->dim };
  TamisPlotText title = { .x = 2.0,
                          .y = style->size,
                          .flags = TAMIS_PLOT_BOLD | (self->small ? TAMIS_PLOT_SMALL : 0),
                          .colour = style->text };
  double taken = 0.0;

  if (self->note != NULL && self->small)
    taken = tamis_plot_text (cr, style, &note, self->note) + style->small;
  title.width = MAX (width - 4.0 - taken, 1.0);
  if (self->title != NULL)
    tamis_plot_text (cr, style, &title, self->title);
}

void
tamis_plot_density_draw (gconstpointer density,
                         cairo_t *cr,
                         double width,
                         double height,
                         const TamisPlotStyle *style)
{
  const TamisPlotDensity *self = density;
  Layout layout = layout_of (self, width, height, style);

  tamis_plot_begin (cr, width, height, style);
  draw_title (self, cr, width, style);
  if (!layout.has_data || !tamis_plot_area_is_usable (&layout.area))
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  draw_bars (&self->before, cr, &layout, tamis_plot_fade (style->before, 0.45));
  draw_bars (&self->after, cr, &layout, tamis_plot_fade (style->after, 0.30));
  draw_curve (&self->before, cr, &layout, style->dim, self->small ? 1.2 : 2.0);
  draw_curve (&self->after, cr, &layout, style->strong, self->small ? 1.4 : 2.0);
  draw_modes (&self->before, cr, style, &layout, style->dim);
  draw_modes (&self->after, cr, style, &layout, style->strong);
  tamis_plot_axis_draw_x (&layout.x, cr, style, &layout.area, self->x_label);
  if (!self->small)
    {
      tamis_plot_axis_draw_y (&layout.y, cr, style, &layout.area, self->y_label);
      draw_names (self, cr, style, &layout.area);
    }
  draw_rug (self, cr, style, &layout);
  tamis_plot_end (cr);
}
