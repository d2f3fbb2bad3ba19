/* TamisPairStrip: a list of pairs beside each other, one of them selected. Goes into a GtkScrolledWindow.
 *
 * Signal: "selected", with the position, when the user has chosen a pair by pointer or keys; what
 * its owner selects is not told.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-pair-cell.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_PAIR_STRIP (tamis_pair_strip_get_type ())
G_DECLARE_FINAL_TYPE (TamisPairStrip, tamis_pair_strip, TAMIS, PAIR_STRIP, GtkWidget)

/* Fills in the pair at @position of the list; FALSE if there is none. Called for what is in view, at each
 * frame in which that changes. */
typedef gboolean (*TamisPairStripGet) (gpointer owner, guint position, TamisPairShown *pair);

/* @session and @owner: borrowed, must outlive the strip's use. */
void tamis_pair_strip_set_source (TamisPairStrip *self, TamisSession *session, TamisPairStripGet get,
                                  gpointer owner);
/* The list has @n pairs now, and @selected (or GTK_INVALID_LIST_POSITION) is the selected one: if it
 * is the one selected before, it stays where it is on screen. */
void tamis_pair_strip_set_list (TamisPairStrip *self, guint n, guint selected);
/* Selects a pair of the list and brings it into view. */
void tamis_pair_strip_select (TamisPairStrip *self, guint position);
/* What is known of the pairs has changed, the list has not. */
void tamis_pair_strip_update (TamisPairStrip *self);

G_END_DECLS
