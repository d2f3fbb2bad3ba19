/* TamisCompareView: a removed image beside the one that stays, to any depth.
 *
 * What differs is shown in four ways (side by side, blink, split, difference map), zoom and place
 * are linked, and a spine says the facts. Removed left, staying right, always.
 *
 * Actions have the prefix "compare."; tamis-shortcuts.c lists those that have keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_COMPARE_VIEW (tamis_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (TamisCompareView, tamis_compare_view, TAMIS, COMPARE_VIEW, GtkWidget)

/* What decoded pixels of the view may take in memory, all in all. */
#define TAMIS_COMPARE_BUDGET ((gsize) 256 << 20)

GtkWidget *tamis_compare_view_new (void);
/* Borrows @session, which must outlive the view. Call once. */
void tamis_compare_view_set_session (TamisCompareView *self, TamisSession *session);
/**
 * tamis_compare_view_set_pair:
 * @removed: row of the image that would go
 * @witness: row of the image that stays, or TAMIS_NO_WITNESS
 *
 * Shows the pair, whole. The pair on show already is left as it is, zoomed or not.
 */
void tamis_compare_view_set_pair (TamisCompareView *self, guint removed, guint witness,
                                  double similarity);
/* Shows nothing, until the next pair. */
void tamis_compare_view_clear (TamisCompareView *self);
/* Fetches a pair that may be shown next, once the present one is there. Ask after set_pair(), the
 * likeliest first. */
void tamis_compare_view_prefetch (TamisCompareView *self, guint removed, guint witness);
/* A word below the similarity: what was decided. */
void tamis_compare_view_set_note (TamisCompareView *self, const char *note);
/* Words above the images where they are no removal and its witness; no outline says so either. Copied. */
void tamis_compare_view_set_fates (TamisCompareView *self, const char *left, const char *right);
/* TRUE (or the action compare.peek): the removed image's place shows the one that stays; FALSE when
 * the key that was held for it is released. */
void tamis_compare_view_set_peek (TamisCompareView *self, gboolean peek);

/* For tests and benchmarks: all pixels that are wanted are on screen; what they take. */
gboolean tamis_compare_view_is_complete (TamisCompareView *self);
gsize tamis_compare_view_get_bytes (TamisCompareView *self);

G_END_DECLS
