/* TamisChart: any painter of src/plot as a widget, with hover, click and words for screen readers.
 *
 * Signals: "hovered" (double x, double y; both negative when the pointer leaves), "pressed" (x, y).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "plot/plot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CHART (tamis_chart_get_type ())
G_DECLARE_FINAL_TYPE (TamisChart, tamis_chart, TAMIS, CHART, GtkWidget)

GtkWidget *tamis_chart_new (void);
/**
 * tamis_chart_set_plot:
 * @plot: borrowed, as is all it points to: until it is set again; NULL shows nothing
 *
 * Call it again (or tamis_chart_redraw ()) when the data has changed.
 */
void tamis_chart_set_plot (TamisChart *self, TamisPlotDraw draw, gconstpointer plot);
void tamis_chart_redraw (TamisChart *self);
/* What a screen reader calls it, and what it says is to be seen there. */
void tamis_chart_set_words (TamisChart *self, const char *label, const char *description);
/* Least size it asks for; it takes all it gets. */
void tamis_chart_set_minimum (TamisChart *self, int width, int height);
/* What is shown belongs to an earlier T. */
void tamis_chart_set_dimmed (TamisChart *self, gboolean dimmed);
/* A line or two beside (x, y); NULL: none. */
void tamis_chart_set_readout (TamisChart *self, double x, double y, const char *text);
/* What its menu does (right click, Menu key): the plot on paper into a file; see
 * tamis_plot_save_async(). The window's toasts say how it went. */
void tamis_chart_save (TamisChart *self, const char *path);
/* As it is drawn now, to ask the painter what lies under a pixel. @style is filled in. */
TamisPlotView tamis_chart_get_view (TamisChart *self, TamisPlotStyle *style);
/* The style of plots in @widget: its font, the desktop's light or dark. */
void tamis_chart_style_init (TamisPlotStyle *style, GtkWidget *widget);

G_END_DECLS
