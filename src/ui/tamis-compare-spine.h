/* TamisCompareSpine: between the images, what is said of them: similarity, facts, hints.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_COMPARE_SPINE (tamis_compare_spine_get_type ())
G_DECLARE_FINAL_TYPE (TamisCompareSpine, tamis_compare_spine, TAMIS, COMPARE_SPINE, GtkWidget)

typedef struct
{
  TamisDataset *dataset; /* nullable: no pair */
  guint removed, witness;
  TamisComparison *comparison; /* nullable: not known yet */
  TamisSameness sameness;
  gboolean stretched; /* one image over the other, which has another shape */
  gboolean reduced;   /* not every pixel is there, where it would be seen */
} TamisCompareSaid;

/* What is said is read, not kept. Labels whose text stays are not touched. */
void tamis_compare_spine_show (TamisCompareSpine *self, const TamisCompareSaid *said);
/* Both nullable: then nothing is there. */
void tamis_compare_spine_set_similarity (TamisCompareSpine *self, const char *similarity);
void tamis_compare_spine_set_note (TamisCompareSpine *self, const char *note);

G_END_DECLS
