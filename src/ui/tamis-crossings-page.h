/* TamisCrossingsPage: leaks between splits, or label conflicts between classes, pair by pair.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-crossing-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CROSSINGS_PAGE (tamis_crossings_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisCrossingsPage, tamis_crossings_page, TAMIS, CROSSINGS_PAGE, GtkWidget)

void tamis_crossings_page_set_model (TamisCrossingsPage *self, TamisSession *session,
                                     TamisCrossingModel *model);
/* Writes the list as CSV, in the background; a toast says how it went. */
void tamis_crossings_page_save (TamisCrossingsPage *self, const char *path);

G_END_DECLS
