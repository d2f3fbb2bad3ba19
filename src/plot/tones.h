/* How the brightness of one image is distributed: luminance filled, red, green and blue as lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "style.h"

G_BEGIN_DECLS

#define TAMIS_PLOT_TONES 256

/* Counts of the values 0 .. 255, borrowed; NULL luminance: no data. */
typedef struct
{
  const guint32 *luminance;
  const guint32 *channels[3]; /* red, green, blue; nullable */
  const char *label;          /* nullable: in the corner */
  const char *message;        /* what to say without data */
} TamisPlotTones;

/* A TamisPlotDraw; linear, black at the left. The scale is that of the values between black and white,
 * since a single saturated sky would flatten all else; what is higher is cut off at the top. */
void tamis_plot_tones_draw (gconstpointer tones,
                            cairo_t *cr,
                            double width,
                            double height,
                            const TamisPlotStyle *style);

G_END_DECLS
