/* TamisImageGrid: the images in scope as thumbnails, each outlined by its fate at T.
 *
 * Signal "image-activated" (guint row): a double click or Enter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_IMAGE_GRID (tamis_image_grid_get_type ())
G_DECLARE_FINAL_TYPE (TamisImageGrid, tamis_image_grid, TAMIS, IMAGE_GRID, GtkWidget)

/* Borrows @session, which must outlive the widget. Call once. */
void tamis_image_grid_set_session (TamisImageGrid *self, TamisSession *session);

G_END_DECLS
