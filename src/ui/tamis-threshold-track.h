/* TamisThresholdTrack: the slider of T, its track the histogram of similarities.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-checks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_THRESHOLD_TRACK (tamis_threshold_track_get_type ())
G_DECLARE_FINAL_TYPE (TamisThresholdTrack, tamis_threshold_track, TAMIS, THRESHOLD_TRACK, GtkWidget)

/* Borrows @session, which must outlive the widget. Call once. */
void tamis_threshold_track_set_session (TamisThresholdTrack *self, TamisSession *session);

/* Draws what was measured; borrows @checks. Call once, after the session. */
void tamis_threshold_track_set_checks (TamisThresholdTrack *self, TamisChecks *checks);

G_END_DECLS
