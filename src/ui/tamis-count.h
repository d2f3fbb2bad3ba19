/* TamisCount: a short text that changes often. Property "xalign" (float): where in its room, 1 = right.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_COUNT (tamis_count_get_type ())
G_DECLARE_FINAL_TYPE (TamisCount, tamis_count, TAMIS, COUNT, GtkWidget)

GtkWidget *tamis_count_new (void);
void tamis_count_set_text (TamisCount *self, const char *text);
/* The same with Pango markup. */
void tamis_count_set_markup (TamisCount *self, const char *markup);
/* Room is kept for @widest, so that shorter texts change nothing around them. */
void tamis_count_set_widest (TamisCount *self, const char *widest);
/* Texts wider than the room are cut in the middle instead of widening it. */
void tamis_count_set_cut (TamisCount *self, gboolean cut);

G_END_DECLS
