/* TamisPairStudy: what the engine says of the pair on show, worked out in the background.
 *
 * Signals: "changed" (something was worked out, or forgotten).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_PAIR_STUDY (tamis_pair_study_get_type ())
G_DECLARE_FINAL_TYPE (TamisPairStudy, tamis_pair_study, TAMIS, PAIR_STUDY, GObject)

TamisPairStudy *tamis_pair_study_new (void) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_pair_study_set_pair:
 * @a, @b: (nullable): files; NULL for either forgets the pair
 * @model: (nullable): for the quarters and what is redrawn
 *
 * Work begins after a moment, so that a fast hand does not pay for pairs it passes by.
 */
void tamis_pair_study_set_pair (TamisPairStudy *self, const char *a, const char *b, TamisModel *model);
/* Borrowed; NULL until it is there. */
TamisComparison *tamis_pair_study_get_comparison (TamisPairStudy *self);
/* The last thing to be known: FALSE until then. */
gboolean tamis_pair_study_get_sameness (TamisPairStudy *self, TamisSameness *sameness);

/* A difference that is asked for. */
typedef struct
{
  TamisImagePart part[2]; /* of the images at hand; of the removed image and of the witness */
  TamisImageRegion at;    /* where that lies in the whole witness; no width: it is the whole */
  guint gain;
} TamisDifference;

/**
 * tamis_pair_study_ask_difference:
 *
 * Asks for tamis_image_difference_part(); a later question replaces an earlier one about the whole or about
 * a part, one that is answered already costs nothing.
 */
void tamis_pair_study_ask_difference (TamisPairStudy *self, const TamisDifference *wanted);
/* Borrowed; of the last question about the whole that was answered, about this pair; NULL if none was. */
TamisImage *tamis_pair_study_get_difference (TamisPairStudy *self);
/* The same of a part; @at: (out): where it lies in the witness. */
TamisImage *tamis_pair_study_get_difference_part (TamisPairStudy *self, TamisImageRegion *at);
/* Parts are not needed now. */
void tamis_pair_study_forget_part (TamisPairStudy *self);

G_END_DECLS
