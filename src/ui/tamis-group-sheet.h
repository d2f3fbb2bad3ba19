/* TamisGroupSheet: one image that stays and all that are proposed to go for it, decided together.
 *
 * Each image has a choice of its own; one key carries them out, as one step to undo. Signal "done":
 * carried out, or left.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_GROUP_SHEET (tamis_group_sheet_get_type ())
G_DECLARE_FINAL_TYPE (TamisGroupSheet, tamis_group_sheet, TAMIS, GROUP_SHEET, GtkWidget)

/* Before anything else, once. @session outlives the widget. */
void tamis_group_sheet_set_session (TamisGroupSheet *self, TamisSession *session);
/* Shows the removals of the present plan whose witness is @witness. */
void tamis_group_sheet_set_group (TamisGroupSheet *self, guint witness);
/* A key of the page while the sheet is shown; TRUE if it was one of the sheet's. */
gboolean tamis_group_sheet_take_key (TamisGroupSheet *self, guint key, GdkModifierType state);

G_END_DECLS
