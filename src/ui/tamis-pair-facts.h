/* The facts of two images side by side, the better value of each in bold; and in words, what can be
 * said of the pair.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

/**
 * tamis_pair_facts_show:
 * @comparison: (nullable): NULL while it is not there; the rows that need it come with it
 *
 * Fills @grid: removed image's value, name of the fact, witness's value. Hides it without a witness.
 */
void tamis_pair_facts_show (GtkGrid *grid, TamisDataset *dataset, guint removed, guint witness,
                            TamisComparison *comparison);
/* One sentence a line; "" if there is nothing to say. */
char *tamis_pair_facts_word_hints (TamisComparison *comparison) G_GNUC_WARN_UNUSED_RESULT;
/* "Byte-identical", "Same pixels", or NULL. */
const char *tamis_pair_facts_word_sameness (TamisSameness sameness);

G_END_DECLS
