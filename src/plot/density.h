/* A distribution before and after: histogram below, spline density over it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"

G_BEGIN_DECLS

/* One side. Histogram: @n_bins bars of width @step from @low, @bars their densities (area 1 in
 * all). Curve: @n_curve points, ascending @t. All borrowed; either part may be empty. */
typedef struct
{
  double low, step;
  guint n_bins;
  const double *bars;
  guint n_curve;
  const double *t, *density;
  const char *label; /* name of the curve, "before"; nullable */
  guint n_modes;     /* marked on the curve */
  const double *mode_t, *mode_density;
} TamisPlotDistribution;

#define TAMIS_PLOT_RUG_MAX 2

/* One image among them: a tick that stands on the axis at its score. */
typedef struct
{
  double t;
  const char *label; /* borrowed, nullable; not shown in a small plot */
  gboolean stays;    /* in the colour of what stays, else of what is selected to go */
} TamisPlotRug;

typedef struct
{
  TamisPlotDistribution before, after;
  TamisPlotRug rug[TAMIS_PLOT_RUG_MAX];
  guint n_rug;
  const char *title, *note;      /* nullable; the note stands at the right of a small plot's title */
  gboolean warns;                /* the note is of something to look at */
  const char *x_label, *y_label; /* nullable */
  const char *message;           /* what to say when both are empty */
  gboolean small; /* one of many: thin lines, no densities along the left, no names of curves */
} TamisPlotDensity;

/* A TamisPlotDraw. */
void tamis_plot_density_draw (gconstpointer density,
                              cairo_t *cr,
                              double width,
                              double height,
                              const TamisPlotStyle *style);
/* The t under pixel @x, to read out; clamped to the range. */
double
tamis_plot_density_to_value (const TamisPlotDensity *self, const TamisPlotView *view, double x);

G_END_DECLS
