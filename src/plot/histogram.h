/* The similarities of a data set or a class as a plot of its own, with axes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bars.h"

G_BEGIN_DECLS

typedef struct
{
  TamisPlotBins bins;
  double threshold;    /* NAN for none */
  const char *x_label; /* nullable, borrowed, as all texts */
  const char *y_label;
  const char *above_label;   /* written right of the threshold, such as "8,684 pairs above T" */
  const char *sampled_label; /* written over the sampled part */
  const char *message;       /* what to say without data */
} TamisPlotHistogram;

/* A TamisPlotDraw; counts on a log scale. */
void tamis_plot_histogram_draw (gconstpointer histogram,
                                cairo_t *cr,
                                double width,
                                double height,
                                const TamisPlotStyle *style);
/* The similarity under pixel @x, to read out; clamped to the range. */
double
tamis_plot_histogram_to_value (const TamisPlotHistogram *self, const TamisPlotView *view, double x);

G_END_DECLS
