/* TamisOutliersView: the least likely images of the class in scope under its spline density.
 *
 * They are no near-duplicates and never mixed with them: a list of their own, written on its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_OUTLIERS_VIEW (tamis_outliers_view_get_type ())
G_DECLARE_FINAL_TYPE (TamisOutliersView, tamis_outliers_view, TAMIS, OUTLIERS_VIEW, GtkWidget)

/* Once. Borrows @session for as long as it lives. Ranks the images when it is first shown. */
void tamis_outliers_view_set_session (TamisOutliersView *self, TamisSession *session);
/* Writes what is listed as CSV (path,class,log_density,deficit), in the background. */
void tamis_outliers_view_save (TamisOutliersView *self, const char *path);

G_END_DECLS
