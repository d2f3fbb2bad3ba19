/* The similarity histogram with axes: see histogram.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "histogram.h"

#include <math.h>

static TamisPlotArea
area_of (const TamisPlotHistogram *self, double width, double height, const TamisPlotStyle *style)
{
  TamisPlotArea area
      = tamis_plot_area (width, height, style, self->x_label != NULL, self->y_label != NULL);

  area.top += 1.6 * style->small; /* room for what is written above the bars */
  return area;
}

double
tamis_plot_histogram_to_value (const TamisPlotHistogram *self, const TamisPlotView *view, double x)
{
  TamisPlotArea area = area_of (self, view->width, view->height, view->style);
  TamisPlotAxis axis;

  tamis_plot_axis_init (&axis, self->bins.low, self->bins.high, area.left, area.right);
  return tamis_plot_axis_to_value (&axis, x);
}

/* 1, 10, 100, 1k, 10k …: few enough to stand apart. */
static void
draw_powers (cairo_t *cr,
             const TamisPlotStyle *style,
             const TamisPlotArea *area,
             const TamisPlotAxis *y)
{
  static const char *const units[] = { "", "k", "M", "G", "T" };
  static const char *const tens[] = { "1", "10", "100" };
  double room = fabs (y->end - y->start);
  int step = (int)MAX (ceil (y->high * 2.2 * style->small / MAX (room, 1.0)), 1.0);
  TamisPlotText text = {
    .x = area->left - 7.0, .align = TAMIS_PLOT_END, .flags = TAMIS_PLOT_SMALL, .colour = style->dim
  };

  for (int power = 0; power <= 14 && power <= y->high; power += step)
    {
      double at
          = tamis_plot_snap (style, tamis_plot_axis_to_pixel (y, log10 (1.0 + pow (10., power))));
      g_autofree char *label = g_strconcat (tens[power % 3], units[power / 3], NULL);

      if (at < area->top)
        break;
      cairo_move_to (cr, area->left, at);
      cairo_line_to (cr, area->right, at);
      tamis_plot_set_colour (cr, style->grid);
      cairo_set_line_width (cr, 1.0);
      cairo_stroke (cr);
      text.y = at;
      tamis_plot_text (cr, style, &text, label);
    }
}

static void
draw_threshold (const TamisPlotHistogram *self,
                cairo_t *cr,
                const TamisPlotStyle *style,
                const TamisPlotArea *area,
                const TamisPlotAxis *x)
{
  double at = tamis_plot_snap (style, tamis_plot_axis_to_pixel (x, self->threshold));
  g_autofree char *value = tamis_plot_format_number (self->threshold, 3);
  g_autofree char *name = g_strconcat ("T ", value, NULL);
  TamisPlotText text = { .x = at - 5.0,
                         .y = area->top - 0.9 * style->small,
                         .align = TAMIS_PLOT_END,
                         .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_BOLD,
                         .colour = style->strong };

  cairo_move_to (cr, at, area->top - 1.6 * style->small);
  cairo_line_to (cr, at, area->bottom);
  tamis_plot_set_colour (cr, style->strong);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  if (tamis_plot_text_width (cr, style, text.flags, name) < text.x)
    tamis_plot_text (cr, style, &text, name);
  text = (TamisPlotText){
    .x = at + 5.0, .y = text.y, .flags = TAMIS_PLOT_SMALL, .colour = style->strong
  };
  if (self->above_label != NULL
      && text.x + tamis_plot_text_width (cr, style, text.flags, self->above_label)
             < area->right + 8.0)
    tamis_plot_text (cr, style, &text, self->above_label);
}

static void
draw_sampled (const TamisPlotHistogram *self,
              cairo_t *cr,
              const TamisPlotStyle *style,
              const TamisPlotArea *area,
              const TamisPlotAxis *x)
{
  /* It may run on over the counted part, up to where T stands. */
  double until = isfinite (self->threshold)
                     ? tamis_plot_axis_to_pixel (x, self->threshold) - 5.0 * style->small
                     : area->right;
  TamisPlotText text = { .x = area->left + 4.0,
                         .y = area->top - 0.9 * style->small,
                         .flags = TAMIS_PLOT_SMALL,
                         .colour = style->dim };

  if (self->sampled_label != NULL
      && text.x + tamis_plot_text_width (cr, style, text.flags, self->sampled_label) < until)
    tamis_plot_text (cr, style, &text, self->sampled_label);
}

void
tamis_plot_histogram_draw (gconstpointer histogram,
                           cairo_t *cr,
                           double width,
                           double height,
                           const TamisPlotStyle *style)
{
  const TamisPlotHistogram *self = histogram;
  TamisPlotArea area = area_of (self, width, height, style);
  TamisPlotAxis x, y;

  tamis_plot_begin (cr, width, height, style);
  if (!tamis_plot_bins_have_data (&self->bins) || !tamis_plot_area_is_usable (&area))
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  tamis_plot_axis_init (&x, self->bins.low, self->bins.high, area.left, area.right);
  tamis_plot_axis_init (&y, 0.0, 1.04 * log10 (1.0 + tamis_plot_bins_peak (&self->bins, &x)),
                        area.bottom, area.top);
  draw_powers (cr, style, &area, &y);
  tamis_plot_bins_draw (&self->bins, cr, style, &x, &y, self->threshold);
  tamis_plot_axis_draw_x (&x, cr, style, &area, self->x_label);
  if (self->y_label != NULL)
    {
      TamisPlotText text = { .x = 0.7 * style->size,
                             .y = (area.top + area.bottom) / 2.0,
                             .width = area.bottom - area.top,
                             .align = TAMIS_PLOT_MIDDLE,
                             .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_UPWARDS,
                             .colour = style->dim };

      tamis_plot_text (cr, style, &text, self->y_label);
    }
  if (isfinite (self->threshold))
    draw_threshold (self, cr, style, &area, &x);
  if (isfinite (self->bins.sampled_below) && self->bins.sampled_below > x.low)
    draw_sampled (self, cr, style, &area, &x);
  tamis_plot_end (cr);
}
