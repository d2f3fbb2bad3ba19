/* TamisWelcomePage: what a newcomer sees: open a folder, the demo, recent folders; and failures.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_WELCOME_PAGE (tamis_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisWelcomePage, tamis_welcome_page, TAMIS, WELCOME_PAGE, GtkWidget)

/* @folders: file-system names, newest first. Activating one opens it (app.open-path). */
void tamis_welcome_page_set_recent (TamisWelcomePage *self, const char *const *folders);
/* @failure: (nullable): what went wrong with the last folder, shown above the buttons. */
void tamis_welcome_page_set_failure (TamisWelcomePage *self, const char *failure);

G_END_DECLS
