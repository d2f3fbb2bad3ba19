/* Parts of a report.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "document.h"
#include "report.h"

G_BEGIN_DECLS

/* @n removals at even steps of similarity, the most alike first; TamisRemoval. */
GArray *report_choose_samples (TamisPlan *plan, guint n) G_GNUC_WARN_UNUSED_RESULT;
gboolean report_add_samples (const TamisReport *self, Document *document, TamisProgress *progress,
                             GCancellable *cancel, GError **error);
/* 16951 as "16,951". */
char *report_count (guint64 n) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
