/* TamisComparePane: one side of the compare view, or all of it where the images share a place.
 *
 * Signals: "moved" (the viewport or the divider was moved by hand), "resized" (a moment later).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-compare-stage.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_COMPARE_PANE (tamis_compare_pane_get_type ())
G_DECLARE_FINAL_TYPE (TamisComparePane, tamis_compare_pane, TAMIS, COMPARE_PANE, GtkWidget)

/* Borrows @stage, which must outlive the pane. */
void tamis_compare_pane_set_stage (TamisComparePane *self, TamisCompareStage *stage, int side);
/* What is shown now stays for a moment, until the next pixels are there to fade in. */
void tamis_compare_pane_change (TamisComparePane *self);
/* Does it show all the pixels it has asked for? For tests and benchmarks. */
gboolean tamis_compare_pane_is_complete (TamisComparePane *self);
graphene_size_t tamis_compare_pane_get_size (TamisComparePane *self);

G_END_DECLS
