/* The facts of two images side by side, the better value of each in bold.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

/* Fills @grid: removed image's value, name of the fact, witness's value. Hides it without a witness. */
void tamis_pair_facts_show (GtkGrid *grid, TamisDataset *dataset, guint removed, guint witness);

G_END_DECLS
