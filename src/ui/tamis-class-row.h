/* TamisClassRow: one class in the sidebar.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-class-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CLASS_ROW (tamis_class_row_get_type ())
G_DECLARE_FINAL_TYPE (TamisClassRow, tamis_class_row, TAMIS, CLASS_ROW, GtkWidget)

GtkWidget *tamis_class_row_new (void);
/* @item: (nullable): shown and followed until the next call. */
void tamis_class_row_set_item (TamisClassRow *self, TamisClassItem *item);

G_END_DECLS
