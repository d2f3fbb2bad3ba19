/* TamisWrapBox: two children side by side, or one above the other where there is no room.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_WRAP_BOX (tamis_wrap_box_get_type ())
/* A GtkWidget that takes exactly two children, from a .ui file. Side by side one keeps its natural width:
 * the second if the first one, and only that, expands, else the first. */
G_DECLARE_FINAL_TYPE (TamisWrapBox, tamis_wrap_box, TAMIS, WRAP_BOX, GtkWidget)

G_END_DECLS
