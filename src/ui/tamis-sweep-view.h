/* TamisSweepView: images left, slopes and entropy over all of T, computed when asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_SWEEP_VIEW (tamis_sweep_view_get_type ())
G_DECLARE_FINAL_TYPE (TamisSweepView, tamis_sweep_view, TAMIS, SWEEP_VIEW, GtkWidget)

/* Once. Borrows @statistics for as long as it lives. */
void tamis_sweep_view_set_statistics (TamisSweepView *self, TamisStatistics *statistics);

G_END_DECLS
