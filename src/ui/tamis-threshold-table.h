/* TamisThresholdTable: images left and Theil's lines, a row a threshold (the paper's table 3).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_THRESHOLD_TABLE (tamis_threshold_table_get_type ())
G_DECLARE_FINAL_TYPE (TamisThresholdTable, tamis_threshold_table, TAMIS, THRESHOLD_TABLE, GtkWidget)

/* Fills it from what @statistics holds now. @current: (nullable): the row of the present T */
void tamis_threshold_table_show (TamisThresholdTable *self, TamisStatistics *statistics,
                                 const TamisStatisticsRow *current);

G_END_DECLS
