/* Parts of a report.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "document.h"
#include "report.h"

G_BEGIN_DECLS

/* @n removals of all similarities and classes, the most alike first; TamisRemoval. */
GArray *report_choose_samples (TamisDataset *dataset, TamisPlan *plan, guint n)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean report_add_samples (const TamisReport *self, Document *document, TamisProgress *progress,
                             GCancellable *cancel, GError **error);
/* Each adds its section, with heading; _statistics nothing without figures. */
void report_add_similarity (const TamisReport *self, Document *document);
void report_add_statistics (const TamisReport *self, Document *document);
void report_add_kurtosis (const TamisReport *self, Document *document);
/* NaN for one that does not exist. */
double report_value (const TamisFigure *figure);
/* "−0.03 to 1.34" */
char *report_format_interval (double low, double high) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
