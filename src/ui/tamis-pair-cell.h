/* TamisPairCell: two images of a strip, their similarity, and whether they still ask for an answer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a cell shows. */
typedef struct
{
  guint row[2];      /* of the data set; the second may be TAMIS_NO_WITNESS */
  double similarity; /* of the two */
  gboolean settled;  /* no answer is needed any more */
} TamisPairShown;

#define TAMIS_TYPE_PAIR_CELL (tamis_pair_cell_get_type ())
G_DECLARE_FINAL_TYPE (TamisPairCell, tamis_pair_cell, TAMIS, PAIR_CELL, GtkWidget)

GtkWidget *tamis_pair_cell_new (void);
void tamis_pair_cell_set (TamisPairCell *self, TamisDataset *dataset, const TamisPairShown *pair);
void tamis_pair_cell_set_selected (TamisPairCell *self, gboolean selected);

G_END_DECLS
