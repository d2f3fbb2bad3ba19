/* Plots of engine results, ready to be drawn: what a report shows and `tamis-cli plot` writes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <plot/style.h>
#include <tamis/stats.h>

G_BEGIN_DECLS

/**
 * TamisReportFigure:
 *
 * A painter with its data. Owns everything; what it was made from may go. One thread at a time.
 */
typedef struct _TamisReportFigure TamisReportFigure;

/**
 * tamis_report_figure_new_similarity:
 * @class_index: a class, or -1 for all images
 * @threshold: drawn, with the number of pairs above it; at or above the floor of @pairs
 *
 * Bins from as far below the floor as 1 is above it. Thread: blocking, tens of milliseconds.
 */
TamisReportFigure *tamis_report_figure_new_similarity (TamisDataset *dataset,
                                                       TamisLatents *latents, TamisPairs *pairs,
                                                       int class_index, double threshold)
  G_GNUC_WARN_UNUSED_RESULT;
/* A bar a class, before and after @plan. */
TamisReportFigure *tamis_report_figure_new_balance (TamisDataset *dataset, TamisPlan *plan)
  G_GNUC_WARN_UNUSED_RESULT;
/* Three scatters side by side. @control: (nullable): on the same basis as @stats. */
TamisReportFigure *tamis_report_figure_new_kurtosis (TamisDataset *dataset,
                                                     const TamisRemovalStats *stats,
                                                     const TamisControl *control)
  G_GNUC_WARN_UNUSED_RESULT;

/* One class. @after: (nullable): on the axes of @before. */
typedef struct
{
  const char *name; /* file-system bytes */
  const TamisDistribution *before, *after;
} TamisReportDensity;
/* @component: from 0. One class fills the figure, more stand side by side. */
TamisReportFigure *tamis_report_figure_new_density (const TamisReportDensity *classes, guint n,
                                                    guint component) G_GNUC_WARN_UNUSED_RESULT;
void tamis_report_figure_free (TamisReportFigure *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisReportFigure, tamis_report_figure_free)

/* Points at which it is meant to be drawn. */
void tamis_report_figure_get_size (const TamisReportFigure *self, double *width, double *height);
/* A TamisPlotDraw. */
void tamis_report_figure_draw (gconstpointer figure, cairo_t *cr, double width, double height,
                               const TamisPlotStyle *style);

G_END_DECLS
