/* A range of values laid on a line of pixels, and its ticks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "style.h"

G_BEGIN_DECLS

/* @low at pixel @start, @high at @end (which is the smaller one on a y axis). */
typedef struct
{
  double low, high;
  double start, end;
} TamisPlotAxis;

/* Room around the plotted area. */
typedef struct
{
  double left, top, right, bottom;
} TamisPlotArea; /* pixel coordinates of its four sides */

/**
 * tamis_plot_axis_init:
 *
 * Whatever it is given, the axis is fit to be used: a range that is empty, turned round or not
 * finite becomes one around its low end.
 */
void tamis_plot_axis_init (TamisPlotAxis *self, double low, double high, double start, double end);
/* Clamped to the line; a value that is not finite lands at its start. */
double tamis_plot_axis_to_pixel (const TamisPlotAxis *self, double value);
double tamis_plot_axis_to_value (const TamisPlotAxis *self, double pixel);

/**
 * TamisPlotTicks:
 *
 * Round values (1, 2 or 5 times a power of ten apart) inside a range.
 */
typedef struct
{
  double first, step;
  guint n;
  int digits; /* that tell neighbours apart */
} TamisPlotTicks;
/* The finest that are no more than @at_most, but at least two. */
TamisPlotTicks tamis_plot_ticks (double low, double high, guint at_most);
double tamis_plot_tick (const TamisPlotTicks *self, guint i);

/* Widens [*low, *high] to hold the finite ones of @values; both start as infinities or a range. */
void tamis_plot_range_add (double *low, double *high, const double *values, guint n);

/* Axis line, ticks' labels and the name of the axis below @area. */
void tamis_plot_axis_draw_x (const TamisPlotAxis *self,
                             cairo_t *cr,
                             const TamisPlotStyle *style,
                             const TamisPlotArea *area,
                             const char *label);
/* The same at its left; @label is written along it. */
void tamis_plot_axis_draw_y (const TamisPlotAxis *self,
                             cairo_t *cr,
                             const TamisPlotStyle *style,
                             const TamisPlotArea *area,
                             const char *label);

/* What is left of width × height with axes at the left and below, their labels named or not. */
TamisPlotArea tamis_plot_area (double width,
                               double height,
                               const TamisPlotStyle *style,
                               gboolean x_label,
                               gboolean y_label);
/* FALSE if there is no room for a plot. */
gboolean tamis_plot_area_is_usable (const TamisPlotArea *self);

G_END_DECLS
