/* A value of every class before and after the removal: points about the line y = x.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"

G_BEGIN_DECLS

typedef struct
{
  double x, y;      /* before, after; a point that is not finite is left out */
  const char *name; /* borrowed, nullable */
} TamisPlotPoint;

typedef struct
{
  const TamisPlotPoint *points; /* borrowed */
  guint n_points;
  int selected;            /* index, or -1 */
  gboolean hovers;         /* @hovered is one of the points */
  guint hovered;           /* index: ringed */
  /* What each point's y would be by chance; nullable. Drawn for the selected and the hovered one. */
  const double *chance_low, *chance_high;
  double low, high;        /* range of both axes; low >= high: what the points need */
  double slope, intercept; /* Theil's line; NAN for none */
  /* The control: what removing at random would do; borrowed, ascending @band_x, n_band may be 0 */
  const double *band_x, *band_low, *band_high;
  guint n_band;
  const char *title;      /* "PC1"; texts are borrowed and nullable */
  const char *note;       /* under the equation, such as "slope 95 %: 0.66 to 1.24" */
  const char *band_label; /* "random" */
  const char *x_label, *y_label;
  const char *message; /* what to say with fewer than two points */
} TamisPlotScatter;

/* A TamisPlotDraw. */
void tamis_plot_scatter_draw (gconstpointer scatter,
                              cairo_t *cr,
                              double width,
                              double height,
                              const TamisPlotStyle *style);
/* The range that holds all points with some air, so that several plots can share it. */
void tamis_plot_scatter_get_range (const TamisPlotScatter *self, double *low, double *high);
/* Where point @i is drawn, and which point is nearest to (x, y), no farther than 10 pixels, or -1.
 */
void tamis_plot_scatter_place (const TamisPlotScatter *self,
                               const TamisPlotView *view,
                               guint i,
                               double *x,
                               double *y);
int tamis_plot_scatter_point_at (const TamisPlotScatter *self,
                                 const TamisPlotView *view,
                                 double x,
                                 double y);
/* "y = 0.41x − 0.30" */
char *tamis_plot_format_line (double slope, double intercept) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
