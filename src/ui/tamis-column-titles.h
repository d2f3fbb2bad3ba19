/* Titles of the columns of a table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Titles of numbers stand over them, at the right: those of the columns @first to @last. Call when all
 * columns have been added. */
void tamis_column_titles_align (GtkColumnView *view, guint first, guint last);

G_END_DECLS
