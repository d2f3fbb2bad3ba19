/* TamisThresholdBar: T, always in sight: its value, its slider on the histogram, what it does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-checks.h"
#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_THRESHOLD_BAR (tamis_threshold_bar_get_type ())
G_DECLARE_FINAL_TYPE (TamisThresholdBar, tamis_threshold_bar, TAMIS, THRESHOLD_BAR, GtkWidget)

/* Borrows @statistics and its session, which must outlive the widget. Call once. */
void tamis_threshold_bar_set_statistics (TamisThresholdBar *self, TamisStatistics *statistics);
/* What was measured stands on the track. The same for @checks. */
void tamis_threshold_bar_set_checks (TamisThresholdBar *self, TamisChecks *checks);

G_END_DECLS
