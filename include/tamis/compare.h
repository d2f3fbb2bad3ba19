/* Two images beside each other: what differs, and how far the model can be trusted on them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/image.h>
#include <tamis/model.h>

G_BEGIN_DECLS

/**
 * tamis_image_difference:
 * @a: taken to the size of @b first
 * @gain: 1 .. 255
 *
 * |a - b| of every value, times @gain, at most 255: black where they agree.
 *
 * Thread: any; reads each pixel once. Returns: (transfer full): an image of the size of @b
 */
TamisImage *tamis_image_difference (const TamisImage *a, const TamisImage *b, guint gain)
  G_GNUC_WARN_UNUSED_RESULT;

/* Part of an image that is at hand. */
typedef struct
{
  TamisImage *image; /* borrowed */
  TamisImageBox box; /* of its pixels */
} TamisImagePart;

/**
 * tamis_image_difference_part:
 * @a, @b: the same part of a scene; pixels around a box take part where the filter reaches them
 * @gain: 1 .. 255
 *
 * The same of a part: that piece of the difference of the whole images.
 *
 * Returns: (transfer full): an image of the size of @b's box, rounded
 */
TamisImage *tamis_image_difference_part (const TamisImagePart *a, const TamisImagePart *b, guint gain)
  G_GNUC_WARN_UNUSED_RESULT;

/* How many pixels have each value; luminance as ITU-R BT.601 has it, rounded. */
typedef struct
{
  guint32 luminance[256];
  guint32 red[256];
  guint32 green[256];
  guint32 blue[256];
} TamisTones;
void tamis_image_count_tones (const TamisImage *self, TamisTones *tones);

/**
 * tamis_image_structure:
 *
 * Mean absolute step of luminance between neighbours (to the right and below) in the image's 64 × 64
 * version, in 8-bit values: what there is for the model to see. Fog, still water and blank walls are
 * below TAMIS_STRUCTURE_LITTLE; of the tiles of EuroSAT, 89 % of the sea are and 1 % of the rest.
 */
double tamis_image_structure (const TamisImage *self);
#define TAMIS_STRUCTURE_LITTLE 1.3

typedef enum {
  TAMIS_SAMENESS_NONE,   /* some pixel differs, or the sizes do */
  TAMIS_SAMENESS_PIXELS, /* other bytes, but each decoded pixel is equal */
  TAMIS_SAMENESS_BYTES,  /* one file, twice */
} TamisSameness;

/**
 * tamis_files_compare:
 * @sameness: (out)
 *
 * Compares bytes, then decoded pixels: a fact, not an estimate. Images of one size that are not one
 * file are decoded whole, one after the other, so that no more than one is in memory.
 *
 * Thread: blocking. Errors: TAMIS_IMAGE_ERROR, G_IO_ERROR_CANCELLED.
 */
gboolean tamis_files_compare (const char *a, const char *b, GCancellable *cancel,
                              TamisSameness *sameness, GError **error);

#define TAMIS_CELLS 4

/**
 * tamis_latent_cells:
 * @a, @b: latents (C, H, W flattened) of two images, such as 256 × 2 × 2
 * @dimension: a multiple of TAMIS_CELLS
 * @cosines: (out): of the C numbers of each cell: top left, top right, bottom left, bottom right; NaN
 *   where a cell is all zeros
 *
 * Which quarter differs: a cell of the latent sees little but its quarter of the image.
 */
void tamis_latent_cells (const float *a, const float *b, guint dimension,
                         double cosines[TAMIS_CELLS]);

/* One image of a comparison. */
typedef struct
{
  char *reason; /* why it could not be read; NULL if it was, else all below is zero */
  TamisImageFacts facts;
  TamisExif exif;
  guint64 bytes;
  double sharpness; /* at the scale of both, see tamis_comparison_new() */
  double structure; /* see tamis_image_structure() */
  TamisTones tones; /* of at most a few million pixels of it */
  TamisImage *redrawn; /* what the decoder makes of its latent; NULL without a decoder */
  double redrawn_error; /* mean squared error of it, of values in [0, 1] */
} TamisCompared;

/* Above this the model redraws an image so badly that it may have missed what matters in it. */
#define TAMIS_REDRAWN_POORLY 0.01

/* Immutable, reference-counted, any thread. */
typedef struct
{
  TamisCompared image[2];
  double distance;             /* metres between where they were taken; NaN if unknown */
  gboolean has_cells;
  double cells[TAMIS_CELLS];   /* see tamis_latent_cells() */
  int lowest_cell;             /* the quarter that differs most; -1 if none stands out */
  gboolean little_structure;   /* in both: their similarity says little */
} TamisComparison;

/**
 * tamis_comparison_new:
 * @a, @b: names of files
 * @model: (nullable): for the cells and what is redrawn
 *
 * Decodes each image at reduced size. Sharpness is measured after both were taken to one size, the
 * smaller of the two and at most 1,024 pixels long, so that a mere enlargement gains nothing. An
 * image that cannot be read is data: the other's facts are there all the same.
 *
 * Thread: blocking. Errors: G_IO_ERROR_CANCELLED.
 */
TamisComparison *tamis_comparison_new (const char *a, const char *b, TamisModel *model,
                                       GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
TamisComparison *tamis_comparison_ref (TamisComparison *self);
void tamis_comparison_unref (TamisComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisComparison, tamis_comparison_unref)

G_END_DECLS
