/* TamisActWindow: a manifest of removals, looked at, carried out and taken back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_ACT_WINDOW (tamis_act_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisActWindow, tamis_act_window, TAMIS, ACT_WINDOW, AdwWindow)

/* Begins to look at @path in the background; nothing moves before the button is pressed. */
TamisActWindow *tamis_act_window_new (GtkWindow *parent, const char *path, gboolean undo);

G_END_DECLS
