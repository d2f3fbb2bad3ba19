/* The histogram of an image: see tones.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tones.h"

#define MARGIN 4.0

static double
find_peak (const TamisPlotTones *self)
{
  guint32 inner = 0, all = 0;

  for (int c = -1; c < 3; c++)
    {
      const guint32 *counts = c < 0 ? self->luminance : self->channels[c];

      for (int i = 0; counts != NULL && i < TAMIS_PLOT_TONES; i++)
        {
          all = MAX (all, counts[i]);
          if (i > 0 && i < TAMIS_PLOT_TONES - 1)
            inner = MAX (inner, counts[i]);
        }
    }
  return inner > 0 ? inner : all;
}

/* A step a value, from the left edge to the right one. */
static void
trace (cairo_t *cr, const guint32 *counts, double peak, double width, double height)
{
  double step = (width - 2 * MARGIN) / TAMIS_PLOT_TONES;
  double room = height - 2 * MARGIN;

  for (int i = 0; i < TAMIS_PLOT_TONES; i++)
    {
      double y = height - MARGIN - room * MIN (counts[i] / peak, 1.0);

      cairo_line_to (cr, MARGIN + step * i, y);
      cairo_line_to (cr, MARGIN + step * (i + 1), y);
    }
}

static void
draw_luminance (const TamisPlotTones *self,
                cairo_t *cr,
                double peak,
                double width,
                double height,
                const TamisPlotStyle *style)
{
  cairo_move_to (cr, MARGIN, height - MARGIN);
  trace (cr, self->luminance, peak, width, height);
  cairo_line_to (cr, width - MARGIN, height - MARGIN);
  cairo_close_path (cr);
  tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.55));
  cairo_fill (cr);
}

void
tamis_plot_tones_draw (gconstpointer tones,
                       cairo_t *cr,
                       double width,
                       double height,
                       const TamisPlotStyle *style)
{
  /* Okabe and Ito's vermillion, bluish green and sky blue. */
  static const TamisPlotColour colours[]
      = { { 0.835, 0.369, 0.0, 0.9 }, { 0.0, 0.62, 0.45, 0.9 }, { 0.34, 0.71, 0.91, 0.9 } };
  const TamisPlotTones *self = tones;
  double peak = self->luminance != NULL ? find_peak (self) : 0;

  tamis_plot_begin (cr, width, height, style);
  if (peak <= 0 || width < 4 * MARGIN || height < 4 * MARGIN)
    {
      if (self->message != NULL)
        tamis_plot_message (cr, width, height, style, self->message);
      tamis_plot_end (cr);
      return;
    }
  draw_luminance (self, cr, peak, width, height, style);
  cairo_set_line_width (cr, 1.0);
  for (int c = 0; c < 3; c++)
    if (self->channels[c] != NULL)
      {
        cairo_new_path (cr);
        trace (cr, self->channels[c], peak, width, height);
        tamis_plot_set_colour (cr, colours[c]);
        cairo_stroke (cr);
      }
  if (self->label != NULL)
    {
      TamisPlotText text = { .x = width - MARGIN - 2.0,
                             .y = MARGIN + style->small / 2.0 + 1.0,
                             .width = width - 4 * MARGIN,
                             .align = TAMIS_PLOT_END,
                             .flags = TAMIS_PLOT_SMALL,
                             .colour = style->dim };

      tamis_plot_text (cr, style, &text, self->label);
    }
  tamis_plot_end (cr);
}
