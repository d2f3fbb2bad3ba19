/* TamisExportWindow: which lists to write, and where.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_EXPORT_WINDOW (tamis_export_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisExportWindow, tamis_export_window, TAMIS, EXPORT_WINDOW, AdwWindow)

/* Takes what @session shows now: later moves of T do not change what is written. */
TamisExportWindow *tamis_export_window_new (GtkWindow *parent, TamisSession *session);

G_END_DECLS
