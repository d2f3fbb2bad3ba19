/* Bars of a similarity histogram, shared by the slider's track and the larger plot.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"

G_BEGIN_DECLS

/**
 * TamisPlotBins:
 * @low, @high: range; the bins divide it equally
 * @counts: (array length=n_bins): borrowed; what is not finite or below 0 counts as 0
 * @sampled_below: bins under it are estimates from a sample; at or below @low: none are
 */
typedef struct
{
  double low, high;
  guint n_bins;
  const double *counts;
  double sampled_below;
} TamisPlotBins;

/* Sum of the counts, those bins that @threshold cuts counted in proportion. */
double tamis_plot_bins_above (const TamisPlotBins *self, double threshold);
/* FALSE if there is nothing to draw. */
gboolean tamis_plot_bins_have_data (const TamisPlotBins *self);
/* Largest count of a bar as drawn at this width (bins are joined until a bar is wide enough). */
double tamis_plot_bins_peak (const TamisPlotBins *self, const TamisPlotAxis *x);
/* Smallest count of a bar that is not empty, likewise; 0 if all are. */
double tamis_plot_bins_lowest (const TamisPlotBins *self, const TamisPlotAxis *x);

/**
 * tamis_plot_bins_draw:
 * @y: maps log10 (1 + count) to pixels
 * @threshold: bars right of it are in the accent; NAN for none
 */
void tamis_plot_bins_draw (const TamisPlotBins *self,
                           cairo_t *cr,
                           const TamisPlotStyle *style,
                           const TamisPlotAxis *x,
                           const TamisPlotAxis *y,
                           double threshold);

G_END_DECLS
