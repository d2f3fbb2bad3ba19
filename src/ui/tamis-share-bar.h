/* TamisShareBar: a thin bar that shows what share is left.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_SHARE_BAR (tamis_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (TamisShareBar, tamis_share_bar, TAMIS, SHARE_BAR, GtkWidget)

GtkWidget *tamis_share_bar_new (void);
/* @share: 0 .. 1; @warning draws it in the warning colour. */
void tamis_share_bar_set (TamisShareBar *self, double share, gboolean warning);

G_END_DECLS
