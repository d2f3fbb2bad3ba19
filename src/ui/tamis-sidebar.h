/* TamisSidebar: the views with live counts, the classes with bars.
 *
 * Signal "view-selected" (const char *name): the user chose a view.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-class-model.h"
#include "tamis-crossing-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_SIDEBAR (tamis_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (TamisSidebar, tamis_sidebar, TAMIS, SIDEBAR, GtkWidget)

/* Borrows @session, which must outlive the widget. Call once. */
void tamis_sidebar_set_session (TamisSidebar *self, TamisSession *session, GListModel *classes);
/* Whose numbers stand beside the views of leaks and label conflicts. */
void tamis_sidebar_set_crossings (TamisSidebar *self, TamisCrossingModel *leaks,
                                  TamisCrossingModel *conflicts);
void tamis_sidebar_select_view (TamisSidebar *self, const char *name);

G_END_DECLS
