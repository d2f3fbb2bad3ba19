/* A figure over T with its band of confidence: what a judged sample says of the precision.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"

G_BEGIN_DECLS

typedef struct
{
  const double *x; /* borrowed, n values each, x ascending; a value not finite breaks the line */
  const double *value;
  const double *low;
  const double *high;
  guint n;
  double bottom, top;  /* range of y */
  double wanted;       /* a dashed line across; NAN: none */
  double marker;       /* a line upwards, where T stands; NAN: none */
  double answer;       /* a dot on the band's lower end at this x; NAN: none */
  const char *x_label; /* texts are borrowed and nullable */
  const char *message; /* what to say where nothing is known yet */
} TamisPlotBand;

/* A TamisPlotDraw. */
void tamis_plot_band_draw (gconstpointer band,
                           cairo_t *cr,
                           double width,
                           double height,
                           const TamisPlotStyle *style);

G_END_DECLS
