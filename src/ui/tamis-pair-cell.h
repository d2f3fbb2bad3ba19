/* TamisPairCell: a removal in the filmstrip: both images, similarity, verdict.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_PAIR_CELL (tamis_pair_cell_get_type ())
G_DECLARE_FINAL_TYPE (TamisPairCell, tamis_pair_cell, TAMIS, PAIR_CELL, GtkWidget)

GtkWidget *tamis_pair_cell_new (void);
void tamis_pair_cell_set (TamisPairCell *self, TamisSession *session, TamisRemoval removal);
/* The verdict may have changed. */
void tamis_pair_cell_update (TamisPairCell *self, TamisSession *session);

G_END_DECLS
