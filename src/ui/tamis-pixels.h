/* TamisPixels: images decoded at the resolutions in use, in the background, within a byte budget.
 *
 * Signals: "changed" (an image has arrived or could not be read).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-tiles.h"

G_BEGIN_DECLS

#define TAMIS_PIXELS_BUDGET ((gsize) 256 << 20)

#define TAMIS_TYPE_PIXELS (tamis_pixels_get_type ())
G_DECLARE_FINAL_TYPE (TamisPixels, tamis_pixels, TAMIS, PIXELS, GObject)

/* @budget: bytes of decoded pixels that are kept; one image takes three eighths of it at most, a part of a
 * larger one an eighth. */
TamisPixels *tamis_pixels_new (gsize budget) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  TAMIS_PIXELS_NOW,   /* somebody is looking */
  TAMIS_PIXELS_AHEAD, /* somebody may look next */
} TamisPixelsHaste;

/**
 * tamis_pixels_want:
 * @file: file-system name
 * @longer: pixels that the longer side needs; what is at hand or on its way may do
 *
 * Cheap if there is nothing to do: call it when drawing.
 */
void tamis_pixels_want (TamisPixels *self, const char *file, int longer, TamisPixelsHaste haste);
/**
 * tamis_pixels_look:
 *
 * Returns: (transfer none) (nullable): the smallest at hand whose longer side is at least @longer, or
 *   else the largest; valid until the main loop runs on
 */
TamisTiles *tamis_pixels_look (TamisPixels *self, const char *file, int longer);
/* Is the image too large to be kept with as many pixels as that? Then there are parts. FALSE until it was
 * decoded once. */
gboolean tamis_pixels_is_reduced (TamisPixels *self, const char *file, int longer);
/**
 * tamis_pixels_want_part:
 * @part: of the whole image, in its pixels
 *
 * As want(), for all pixels of @part and as many around it as there is room for.
 */
void tamis_pixels_want_part (TamisPixels *self, const char *file, const TamisImageRegion *part);
/**
 * tamis_pixels_look_part:
 * @at: (out): where in the image it lies
 *
 * Returns: (transfer none) (nullable): pixels at hand that cover @part, or else those that have most of
 *   it; NULL if none has any; valid until the main loop runs on
 */
TamisTiles *tamis_pixels_look_part (TamisPixels *self, const char *file, const TamisImageRegion *part,
                                    TamisImageRegion *at);
/* Will a part that is not at hand come? FALSE: it is too large, or could not be read. */
gboolean tamis_pixels_may_have_part (TamisPixels *self, const char *file, const TamisImageRegion *part);
/* Is what look() gives all that will come: large enough, or all there is, or all that fits? */
gboolean tamis_pixels_has (TamisPixels *self, const char *file, int longer);
/* Size and format as stored; FALSE until it was decoded once. */
gboolean tamis_pixels_get_facts (TamisPixels *self, const char *file, TamisImageFacts *facts);
/* Why it cannot be shown; NULL if nothing is known against it. */
const char *tamis_pixels_get_reason (TamisPixels *self, const char *file);
/* The next looks are at these files (nullable): what is asked for of others is called off, also while it is
 * decoded, and those of them that could not be read get another chance. */
void tamis_pixels_turn_to (TamisPixels *self, const char *a, const char *b);
gsize tamis_pixels_get_bytes (TamisPixels *self);

G_END_DECLS
