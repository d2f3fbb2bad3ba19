/* TamisCompareCard: beside an image, how bright its pixels are and what the model makes of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/compare.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_COMPARE_CARD (tamis_compare_card_get_type ())
G_DECLARE_FINAL_TYPE (TamisCompareCard, tamis_compare_card, TAMIS, COMPARE_CARD, GtkWidget)

/* @tones, @redrawn: names of its two parts for screen readers. */
GtkWidget *tamis_compare_card_new (const char *tones, const char *redrawn);
/**
 * tamis_compare_card_show:
 * @compared: (nullable): borrowed until the next call
 *
 * Hides what is not wanted or not known, and itself if that is all.
 */
void tamis_compare_card_show (TamisCompareCard *self, const TamisCompared *compared, gboolean tones,
                              gboolean redrawn);

G_END_DECLS
