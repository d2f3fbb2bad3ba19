/* Popovers when a window goes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pops down whatever is open below @root. One that is open when its window goes keeps the grab of a
 * surface that is no more, which GTK 4.8 calls critical. */
void tamis_popovers_close (GtkWidget *root);

G_END_DECLS
