/* TamisThresholdChooser: T from what is to be kept: a number of images, a share, or the suggestion of
 * a sweep. Stands in the popover of the T bar.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_THRESHOLD_CHOOSER (tamis_threshold_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TamisThresholdChooser, tamis_threshold_chooser, TAMIS, THRESHOLD_CHOOSER,
                      GtkWidget)

/* Borrows @statistics and its session, which must outlive the widget. Call once. */
void tamis_threshold_chooser_set_statistics (TamisThresholdChooser *self,
                                             TamisStatistics *statistics);

G_END_DECLS
