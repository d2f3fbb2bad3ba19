/* TamisGroupsView: how a mixed class would be split: k-means of its scores, a row of thumbnails a group.
 *
 * A preview: nothing is changed by it. It computes when it is mapped, off the main thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_GROUPS_VIEW (tamis_groups_view_get_type ())
G_DECLARE_FINAL_TYPE (TamisGroupsView, tamis_groups_view, TAMIS, GROUPS_VIEW, GtkWidget)

/* Takes references. @basis was made from @dataset. The same again does nothing. */
void tamis_groups_view_set_class (TamisGroupsView *self, TamisRemovalBasis *basis,
                                  TamisDataset *dataset, guint class_index);

G_END_DECLS
