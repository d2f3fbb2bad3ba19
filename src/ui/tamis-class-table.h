/* TamisClassTable: classes with counts before and after, sortable; a click scopes every view.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-class-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CLASS_TABLE (tamis_class_table_get_type ())
G_DECLARE_FINAL_TYPE (TamisClassTable, tamis_class_table, TAMIS, CLASS_TABLE, GtkWidget)

/* Borrows @session, which must outlive the widget; @classes as of tamis_class_model_new(). Once. */
void tamis_class_table_set_session (TamisClassTable *self, TamisSession *session,
                                    GListModel *classes);

G_END_DECLS
