/* A few figures over one variable, such as what a sweep over T found.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"

G_BEGIN_DECLS

#define TAMIS_PLOT_CURVES_MAX 6

typedef enum
{
  TAMIS_PLOT_TONE_PLAIN, /* gray: what is counted */
  TAMIS_PLOT_TONE_FIRST, /* the accent */
  TAMIS_PLOT_TONE_SECOND,
  TAMIS_PLOT_TONE_THIRD,
} TamisPlotTone;

typedef struct
{
  const double *y;   /* borrowed; a value that is not finite breaks the line */
  const char *label; /* nullable; written beside its right end */
  TamisPlotTone tone;
  gboolean dashed;
} TamisPlotCurve;

typedef struct
{
  const double *x; /* borrowed, n values, ascending */
  guint n;
  const TamisPlotCurve *curves; /* borrowed; at most TAMIS_PLOT_CURVES_MAX are drawn */
  guint n_curves;
  double low, high;    /* range of y; low >= high: what the curves need */
  double reference;    /* a dashed line across, such as slope 1; NAN: none */
  double marker;       /* a line upwards, where T stands; NAN: none */
  const char *title;   /* texts are borrowed and nullable */
  const char *x_label;
  const char *message; /* what to say with fewer than two values */
} TamisPlotCurves;

/* A TamisPlotDraw. */
void tamis_plot_curves_draw (gconstpointer curves,
                             cairo_t *cr,
                             double width,
                             double height,
                             const TamisPlotStyle *style);
/* The value nearest to pixel @x, or -1 without any. */
int tamis_plot_curves_index_at (const TamisPlotCurves *self, const TamisPlotView *view, double x);

G_END_DECLS
