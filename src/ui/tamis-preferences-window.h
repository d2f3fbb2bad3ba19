/* TamisPreferencesWindow: the keys of every shortcut, to be changed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_PREFERENCES_WINDOW (tamis_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisPreferencesWindow, tamis_preferences_window, TAMIS, PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

GtkWidget *tamis_preferences_window_new (GtkWindow *parent) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
