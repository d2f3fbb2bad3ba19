/* Before and after, a point a class: see scatter.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scatter.h"

#include <math.h>

#define REACH 10.0 /* how near a click must be, pixels */

typedef struct
{
  TamisPlotArea area;
  TamisPlotAxis x, y;
} Layout;

static gboolean
is_drawn (const TamisPlotPoint *point)
{
  return isfinite (point->x) && isfinite (point->y);
}

void
tamis_plot_scatter_get_range (const TamisPlotScatter *self, double *low, double *high)
{
  double air;

  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < self->n_points; i++)
    if (is_drawn (&self->points[i]))
      {
        tamis_plot_range_add (low, high, &self->points[i].x, 1);
        tamis_plot_range_add (low, high, &self->points[i].y, 1);
      }
  if (!(*low <= *high))
    {
      *low = 0.0;
      *high = 1.0;
    }
  air = *high > *low ? 0.07 * (*high - *low) : 0.5;
  *low -= air;
  *high += air;
}

static Layout
layout_of (const TamisPlotScatter *self, double width, double height, const TamisPlotStyle *style)
{
  Layout layout = { .area = tamis_plot_area (width, height, style, self->x_label != NULL,
                                             self->y_label != NULL) };
  double low = self->low, high = self->high;

  if (self->title != NULL || isfinite (self->slope))
    layout.area.top += 1.9 * style->size;
  if (!(low < high))
    tamis_plot_scatter_get_range (self, &low, &high);
  tamis_plot_axis_init (&layout.x, low, high, layout.area.left, layout.area.right);
  tamis_plot_axis_init (&layout.y, low, high, layout.area.bottom, layout.area.top);
  return layout;
}

void
tamis_plot_scatter_place (const TamisPlotScatter *self,
                          const TamisPlotView *view,
                          guint i,
                          double *x,
                          double *y)
{
  Layout layout = layout_of (self, view->width, view->height, view->style);

  *x = tamis_plot_axis_to_pixel (&layout.x, self->points[i].x);
  *y = tamis_plot_axis_to_pixel (&layout.y, self->points[i].y);
}

int
tamis_plot_scatter_point_at (const TamisPlotScatter *self,
                             const TamisPlotView *view,
                             double x,
                             double y)
{
  Layout layout = layout_of (self, view->width, view->height, view->style);
  double nearest = REACH;
  int found = -1;

  for (guint i = 0; i < self->n_points; i++)
    {
      double d = hypot (tamis_plot_axis_to_pixel (&layout.x, self->points[i].x) - x,
                        tamis_plot_axis_to_pixel (&layout.y, self->points[i].y) - y);

      if (is_drawn (&self->points[i]) && d <= nearest)
        {
          nearest = d;
          found = (int)i;
        }
    }
  return found;
}

char *
tamis_plot_format_line (double slope, double intercept)
{
  g_autofree char *a = tamis_plot_format_number (slope, 2);
  g_autofree char *b = tamis_plot_format_number (fabs (intercept), 2);

  return g_strdup_printf ("y = %sx %s %s", a, intercept < -0.005 ? "−" : "+", b);
}

/* ---- drawing ---- */

static void
clip_to_area (cairo_t *cr, const TamisPlotArea *area)
{
  cairo_rectangle (cr, area->left, area->top, area->right - area->left, area->bottom - area->top);
  cairo_clip (cr);
}

/* A straight line over the whole range. Its ends lie outside the area where it leaves it, so the
 * axis, which clamps, is not asked. */
static void
line_path (cairo_t *cr, const Layout *layout, double slope, double intercept)
{
  const TamisPlotAxis *x = &layout->x, *y = &layout->y;
  double scale = (y->end - y->start) / (y->high - y->low);
  double ends[] = { slope * x->low + intercept, slope * x->high + intercept };

  for (int i = 0; i < 2; i++)
    {
      /* cairo's coordinates end at 2^23. */
      double at = CLAMP (y->start + (ends[i] - y->low) * scale, -1e5, 1e5);

      cairo_line_to (cr, i == 0 ? x->start : x->end, at);
    }
}

static void
draw_band (const TamisPlotScatter *self,
           cairo_t *cr,
           const TamisPlotStyle *style,
           const Layout *layout)
{
  cairo_new_path (cr);
  for (guint i = 0; i < self->n_band; i++)
    cairo_line_to (cr, tamis_plot_axis_to_pixel (&layout->x, self->band_x[i]),
                   tamis_plot_axis_to_pixel (&layout->y, self->band_high[i]));
  for (guint i = self->n_band; i > 0; i--)
    cairo_line_to (cr, tamis_plot_axis_to_pixel (&layout->x, self->band_x[i - 1]),
                   tamis_plot_axis_to_pixel (&layout->y, self->band_low[i - 1]));
  cairo_close_path (cr);
  tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.32));
  cairo_fill (cr);
}

static void
draw_lines (const TamisPlotScatter *self,
            cairo_t *cr,
            const TamisPlotStyle *style,
            const Layout *layout)
{
  static const double dashes[] = { 4.0, 4.0 };

  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dashes, 2, 0.0);
  line_path (cr, layout, 1.0, 0.0);
  tamis_plot_set_colour (cr, style->axis);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
  if (!isfinite (self->slope) || !isfinite (self->intercept))
    return;
  line_path (cr, layout, self->slope, self->intercept);
  cairo_set_line_width (cr, 2.0);
  tamis_plot_set_colour (cr, style->strong);
  cairo_stroke (cr);
}

static void
draw_points (const TamisPlotScatter *self,
             cairo_t *cr,
             const TamisPlotStyle *style,
             const Layout *layout)
{
  double radius = self->n_points > 120 ? 2.4 : 3.6;

  for (guint i = 0; i < self->n_points; i++)
    {
      if (!is_drawn (&self->points[i]) || (int)i == self->selected)
        continue;
      cairo_new_path (cr);
      cairo_arc (cr, tamis_plot_axis_to_pixel (&layout->x, self->points[i].x),
                 tamis_plot_axis_to_pixel (&layout->y, self->points[i].y), radius, 0.0, 2.0 * G_PI);
      tamis_plot_set_colour (cr, tamis_plot_fade (style->after, 0.82));
      cairo_fill (cr);
    }
}

/* From the lowest to the highest that chance makes of a point, upright through where it stands. */
static void
draw_chance (const TamisPlotScatter *self,
             cairo_t *cr,
             const TamisPlotStyle *style,
             const Layout *layout,
             guint i)
{
  double x = tamis_plot_axis_to_pixel (&layout->x, self->points[i].x);
  double low, high;

  if (self->chance_low == NULL || !is_drawn (&self->points[i]) || !isfinite (self->chance_low[i])
      || !isfinite (self->chance_high[i]))
    return;
  low = tamis_plot_axis_to_pixel (&layout->y, self->chance_low[i]);
  high = tamis_plot_axis_to_pixel (&layout->y, self->chance_high[i]);
  cairo_move_to (cr, x, low);
  cairo_line_to (cr, x, high);
  cairo_move_to (cr, x - 4.0, low);
  cairo_line_to (cr, x + 4.0, low);
  cairo_move_to (cr, x - 4.0, high);
  cairo_line_to (cr, x + 4.0, high);
  tamis_plot_set_colour (cr, style->dim);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
}

static void
draw_hovered (const TamisPlotScatter *self,
              cairo_t *cr,
              const TamisPlotStyle *style,
              const Layout *layout)
{
  const TamisPlotPoint *point = &self->points[self->hovered];

  if (!is_drawn (point))
    return;
  draw_chance (self, cr, style, layout, self->hovered);
  cairo_new_path (cr);
  cairo_arc (cr, tamis_plot_axis_to_pixel (&layout->x, point->x),
             tamis_plot_axis_to_pixel (&layout->y, point->y), 6.5, 0.0, 2.0 * G_PI);
  tamis_plot_set_colour (cr, style->strong);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
}

/* Above all others, with its name on the side where there is room. */
static void
draw_selected (const TamisPlotScatter *self,
               cairo_t *cr,
               const TamisPlotStyle *style,
               const Layout *layout)
{
  const TamisPlotPoint *point = &self->points[self->selected];
  double x = tamis_plot_axis_to_pixel (&layout->x, point->x);
  double y = tamis_plot_axis_to_pixel (&layout->y, point->y);
  gboolean leftwards = x > (layout->area.left + layout->area.right) / 2.0;
  TamisPlotText text
      = { .x = leftwards ? x - 9.0 : x + 9.0,
          .y = y,
          .width = leftwards ? x - 9.0 - layout->area.left : layout->area.right - x - 9.0,
          .align = leftwards ? TAMIS_PLOT_END : TAMIS_PLOT_START,
          .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_BOLD,
          .colour = style->selection_text };

  if (!is_drawn (point))
    return;
  draw_chance (self, cr, style, layout, (guint)self->selected);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, 5.2, 0.0, 2.0 * G_PI);
  tamis_plot_set_colour (cr, style->selection);
  cairo_fill (cr);
  if (point->name != NULL && text.width > 0.0)
    tamis_plot_text (cr, style, &text, point->name);
}

/* Half a note says the wrong thing. */
static void
draw_note (const TamisPlotScatter *self,
           cairo_t *cr,
           const TamisPlotStyle *style,
           const TamisPlotArea *area)
{
  TamisPlotText text = { .x = area->left + 8.0,
                         .y = area->top + 0.7 * style->size,
                         .width = area->right - area->left - 8.0,
                         .flags = TAMIS_PLOT_SMALL,
                         .colour = style->dim };

  if (self->note != NULL
      && tamis_plot_text_width (cr, style, TAMIS_PLOT_SMALL, self->note) <= text.width)
    tamis_plot_text (cr, style, &text, self->note);
}

/* Returns where the next words of the line may begin. */
static double
draw_title (const TamisPlotScatter *self, cairo_t *cr, double width, const TamisPlotStyle *style)
{
  TamisPlotText text = { .x = 2.0,
                         .y = style->size,
                         .width = MAX (width - 4.0, 1.0),
                         .flags = TAMIS_PLOT_BOLD,
                         .colour = style->text };

  if (self->title == NULL)
    return text.x;
  tamis_plot_text (cr, style, &text, self->title);
  return text.x + tamis_plot_text_width (cr, style, text.flags, self->title) + style->size;
}

/* The same. */
static double
draw_equation (const TamisPlotScatter *self,
               cairo_t *cr,
               double x,
               double width,
               const TamisPlotStyle *style)
{
  TamisPlotText text = { .x = x,
                         .y = style->size,
                         .width = MAX (width - 2.0 - x, 1.0),
                         .flags = TAMIS_PLOT_BOLD,
                         .colour = style->strong };
  g_autofree char *equation = NULL;

  if (!isfinite (self->slope) || !isfinite (self->intercept))
    return x;
  equation = tamis_plot_format_line (self->slope, self->intercept);
  tamis_plot_text (cr, style, &text, equation);
  return x + tamis_plot_text_width (cr, style, text.flags, equation) + style->size;
}

/* What the band is, at the right end, if there is room after @x. */
static void
draw_legend (const TamisPlotScatter *self,
             cairo_t *cr,
             double x,
             double width,
             const TamisPlotStyle *style)
{
  TamisPlotText text = { .x = width - 2.0,
                         .y = style->size,
                         .align = TAMIS_PLOT_END,
                         .flags = TAMIS_PLOT_SMALL,
                         .colour = style->dim };
  double swatch = 0.8 * style->small, left;

  if (self->band_label == NULL || self->n_band < 2)
    return;
  left = text.x - 1.6 * swatch - tamis_plot_text_width (cr, style, text.flags, self->band_label);
  if (left < x)
    return;
  tamis_plot_text (cr, style, &text, self->band_label);
  cairo_rectangle (cr, tamis_plot_snap (style, left),
                   tamis_plot_snap (style, text.y - swatch / 2.0), swatch, swatch);
  tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.5));
  cairo_fill (cr);
}

static guint
count_drawn (const TamisPlotScatter *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_points; i++)
    n += is_drawn (&self->points[i]);
  return n;
}

void
tamis_plot_scatter_draw (gconstpointer scatter,
                         cairo_t *cr,
                         double width,
                         double height,
                         const TamisPlotStyle *style)
{
  const TamisPlotScatter *self = scatter;
  Layout layout = layout_of (self, width, height, style);
  double x;

  tamis_plot_begin (cr, width, height, style);
  x = draw_title (self, cr, width, style);
  if (count_drawn (self) < 2 || !tamis_plot_area_is_usable (&layout.area))
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  cairo_save (cr);
  clip_to_area (cr, &layout.area);
  if (self->n_band >= 2)
    draw_band (self, cr, style, &layout);
  draw_lines (self, cr, style, &layout);
  cairo_restore (cr);
  x = draw_equation (self, cr, x, width, style);
  draw_legend (self, cr, x, width, style);
  tamis_plot_axis_draw_x (&layout.x, cr, style, &layout.area, self->x_label);
  tamis_plot_axis_draw_y (&layout.y, cr, style, &layout.area, self->y_label);
  draw_points (self, cr, style, &layout);
  draw_note (self, cr, style, &layout.area);
  if (self->selected >= 0 && self->selected < (int)self->n_points)
    draw_selected (self, cr, style, &layout);
  if (self->hovers && self->hovered < self->n_points)
    draw_hovered (self, cr, style, &layout);
  tamis_plot_end (cr);
}
