/* What a comparison of two curators came to, as figures and tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

/* Fills @grid: your verdicts by row, the other's by column. Hides it if no pair was judged by both. */
void tamis_agreement_show_table (GtkGrid *grid, const TamisAgreement *agreement, const char *other);
/**
 * tamis_agreement_show_classes:
 *
 * Fills @grid with a row for every class in which both judged enough pairs (TAMIS_KAPPA_MIN_CLASS).
 *
 * Returns: how many classes that are; none with a single class, which says nothing new
 */
guint tamis_agreement_show_classes (GtkGrid *grid, const TamisAgreement *agreement);

G_END_DECLS
