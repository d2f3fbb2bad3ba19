/* TamisKeyButton: a button that says which key does the same.
 *
 * Properties: "words" (its label, and its name for screen readers), "icon" (shown instead of words and
 * key), "tip" (of the tooltip, which ends with the key), "shortcut" (an id of tamis-shortcuts.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_KEY_BUTTON (tamis_key_button_get_type ())
G_DECLARE_FINAL_TYPE (TamisKeyButton, tamis_key_button, TAMIS, KEY_BUTTON, GtkButton)

G_END_DECLS
