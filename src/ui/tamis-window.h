/* TamisWindow: the one window: header, sidebar, views, threshold bar.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_WINDOW (tamis_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisWindow, tamis_window, TAMIS, WINDOW, AdwApplicationWindow)

TamisWindow *tamis_window_new (AdwApplication *application);
void tamis_window_open (TamisWindow *self, const char *location);
void tamis_window_open_demo (TamisWindow *self);
TamisSession *tamis_window_get_session (TamisWindow *self);

G_END_DECLS
