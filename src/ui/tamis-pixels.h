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

/* @budget: bytes of decoded pixels that are kept; one image takes three eighths of it at most. */
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
/* Is what look() gives all that will come: large enough, or all there is, or all that fits? */
gboolean tamis_pixels_has (TamisPixels *self, const char *file, int longer);
/* Size and format as stored; FALSE until it was decoded once. */
gboolean tamis_pixels_get_facts (TamisPixels *self, const char *file, TamisImageFacts *facts);
/* Why it cannot be shown; NULL if nothing is known against it. */
const char *tamis_pixels_get_reason (TamisPixels *self, const char *file);
/* The next looks are at these files (nullable): what waits for others is called off, and those of
 * them that could not be read get another chance. */
void tamis_pixels_turn_to (TamisPixels *self, const char *a, const char *b);
gsize tamis_pixels_get_bytes (TamisPixels *self);

G_END_DECLS
