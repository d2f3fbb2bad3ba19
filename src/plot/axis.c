/* Ranges, ticks, axes: see axis.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "axis.h"

#include <math.h>

void
tamis_plot_axis_init (TamisPlotAxis *self, double low, double high, double start, double end)
{
  if (!isfinite (low))
    low = 0.0;
  /* Also what is too narrow for doubles of this size. */
  if (!isfinite (high) || !(high - low > 1e-9 * MAX (fabs (low), 1e-9)))
    high = low + MAX (1.0, 0.1 * fabs (low));
  *self = (TamisPlotAxis){ low, high, start, end };
}

double
tamis_plot_axis_to_pixel (const TamisPlotAxis *self, double value)
{
  double share = (value - self->low) / (self->high - self->low);

  if (!isfinite (share))
    share = 0.0;
  return self->start + (self->end - self->start) * CLAMP (share, 0.0, 1.0);
}

double
tamis_plot_axis_to_value (const TamisPlotAxis *self, double pixel)
{
  double length = self->end - self->start;
  double share = length != 0.0 ? (pixel - self->start) / length : 0.0;

  if (!isfinite (share))
    share = 0.0;
  return self->low + (self->high - self->low) * CLAMP (share, 0.0, 1.0);
}

/* Multiples of @mantissa (1, 2 or 5) times ten to @power that lie in the range. */
static TamisPlotTicks
ticks_of (double low, double high, double mantissa, int power)
{
  TamisPlotTicks ticks = { .step = mantissa * pow (10.0, power), .digits = CLAMP (-power, 0, 9) };
  double steps;

  ticks.first = ceil (low / ticks.step - 1e-6) * ticks.step;
  steps = floor ((high - ticks.first) / ticks.step + 1e-6);
  /* A range beyond what doubles can divide has no ticks. */
  ticks.n = isfinite (steps) ? (guint) CLAMP (steps + 1.0, 0.0, 1e6) : 0;
  return ticks;
}

TamisPlotTicks
tamis_plot_ticks (double low, double high, guint at_most)
{
  static const double mantissas[] = { 5.0, 2.0, 1.0 };
  TamisPlotTicks best = { 0.0, 1.0, 0, 0 };
  int power;

  if (!isfinite (low) || !isfinite (high) || !(high > low) || !isfinite (high - low))
    return best;
  power = (int)floor (log10 (high - low));
  /* From coarse to fine, as long as there is room; two ticks are worth a little crowding. */
  for (int p = power; p > power - 3; p--)
    for (guint i = 0; i < G_N_ELEMENTS (mantissas); i++)
      {
        TamisPlotTicks ticks = ticks_of (low, high, mantissas[i], p);

        if (ticks.n > at_most && best.n >= 2)
          return best;
        best = ticks;
      }
  return best;
}

double
tamis_plot_tick (const TamisPlotTicks *self, guint i)
{
  double value = self->first + i * self->step;

  return fabs (value) < 1e-9 * self->step ? 0.0 : value;
}

void
tamis_plot_range_add (double *low, double *high, const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        *low = MIN (*low, values[i]);
        *high = MAX (*high, values[i]);
      }
}

static void
hairline (cairo_t *cr, const TamisPlotStyle *style, const double from[2], const double to[2])
{
  cairo_set_line_width (cr, 1.0 / (style->scale > 0.0 ? style->scale : 1.0));
  tamis_plot_set_colour (cr, style->axis);
  cairo_move_to (cr, from[0], from[1]);
  cairo_line_to (cr, to[0], to[1]);
  cairo_stroke (cr);
}

void
tamis_plot_axis_draw_x (const TamisPlotAxis *self,
                        cairo_t *cr,
                        const TamisPlotStyle *style,
                        const TamisPlotArea *area,
                        const char *label)
{
  double y = tamis_plot_snap (style, area->bottom);
  double room = fabs (self->end - self->start);
  guint at_most = (guint)CLAMP (room / (4.0 * style->small), 2, 9);
  TamisPlotTicks ticks = tamis_plot_ticks (self->low, self->high, at_most);
  TamisPlotText text = { .y = y + 4.0 + 0.8 * style->small,
                         .align = TAMIS_PLOT_MIDDLE,
                         .flags = TAMIS_PLOT_SMALL,
                         .colour = style->dim };

  hairline (cr, style, (double[]){ area->left, y }, (double[]){ area->right, y });
  for (guint i = 0; i < ticks.n; i++)
    {
      double value = tamis_plot_tick (&ticks, i);
      double x = tamis_plot_snap (style, tamis_plot_axis_to_pixel (self, value));
      g_autofree char *number = tamis_plot_format_number (value, ticks.digits);

      hairline (cr, style, (double[]){ x, y }, (double[]){ x, y + 3.5 });
      text.x = x;
      tamis_plot_text (cr, style, &text, number);
    }
  if (label == NULL)
    return;
  text.x = (area->left + area->right) / 2.0;
  text.y += 1.45 * style->size;
  text.width = MAX (area->right - area->left, 1.0);
  tamis_plot_text (cr, style, &text, label);
}

void
tamis_plot_axis_draw_y (const TamisPlotAxis *self,
                        cairo_t *cr,
                        const TamisPlotStyle *style,
                        const TamisPlotArea *area,
                        const char *label)
{
  double x = tamis_plot_snap (style, area->left);
  double room = fabs (self->end - self->start);
  guint at_most = (guint)CLAMP (room / (3.0 * style->small), 2, 9);
  TamisPlotTicks ticks = tamis_plot_ticks (self->low, self->high, at_most);
  TamisPlotText text
      = { .x = x - 7.0, .align = TAMIS_PLOT_END, .flags = TAMIS_PLOT_SMALL, .colour = style->dim };

  hairline (cr, style, (double[]){ x, area->top }, (double[]){ x, area->bottom });
  for (guint i = 0; i < ticks.n; i++)
    {
      double value = tamis_plot_tick (&ticks, i);
      double y = tamis_plot_snap (style, tamis_plot_axis_to_pixel (self, value));
      g_autofree char *number = tamis_plot_format_number (value, ticks.digits);

      hairline (cr, style, (double[]){ x - 3.5, y }, (double[]){ x, y });
      text.y = y;
      tamis_plot_text (cr, style, &text, number);
    }
  if (label == NULL)
    return;
  text = (TamisPlotText){ .x = 0.7 * style->size,
                          .y = (area->top + area->bottom) / 2.0,
                          .width = MAX (area->bottom - area->top, 1.0),
                          .align = TAMIS_PLOT_MIDDLE,
                          .flags = TAMIS_PLOT_SMALL | TAMIS_PLOT_UPWARDS,
                          .colour = style->dim };
  tamis_plot_text (cr, style, &text, label);
}

TamisPlotArea
tamis_plot_area (double width,
                 double height,
                 const TamisPlotStyle *style,
                 gboolean x_label,
                 gboolean y_label)
{
  double text = style->small;

  return (TamisPlotArea){ .left = 3.2 * text + 8.0 + (y_label ? 1.4 * text : 0.0),
                          .top = 0.8 * text,
                          .right = width - 1.4 * text,
                          .bottom
                          = height - 1.7 * text - 6.0 - (x_label ? 1.6 * style->size : 0.0) };
}

gboolean
tamis_plot_area_is_usable (const TamisPlotArea *self)
{
  return self->right - self->left >= 24.0 && self->bottom - self->top >= 16.0;
}
