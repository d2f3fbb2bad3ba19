/* TamisOverviewPage: figures, classes, images and unreadable files of the open data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-class-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_OVERVIEW_PAGE (tamis_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisOverviewPage, tamis_overview_page, TAMIS, OVERVIEW_PAGE, GtkWidget)

/* Borrows @session, which must outlive the page. Call once. */
void tamis_overview_page_set_session (TamisOverviewPage *self, TamisSession *session,
                                      GListModel *classes);

G_END_DECLS
