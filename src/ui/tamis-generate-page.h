/* TamisGeneratePage: new images of a class, each beside the real one that is nearest.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_GENERATE_PAGE (tamis_generate_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisGeneratePage, tamis_generate_page, TAMIS, GENERATE_PAGE, GtkWidget)

/* Once. Borrows @session for as long as it lives. */
void tamis_generate_page_set_session (TamisGeneratePage *self, TamisSession *session);

/* Writes what is on screen as PNG files into @folder, in the background. */
void tamis_generate_page_save (TamisGeneratePage *self, const char *folder);

G_END_DECLS
