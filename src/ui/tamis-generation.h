/* New images of a class from the spline marginals of its latents (METHOD A5, "imitation").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_GENERATION_MAX 96       /* images at once */
#define TAMIS_GENERATION_SAMPLE 2000u /* images of a class that the marginals are fitted to */

/**
 * TamisClassCodes:
 *
 * Decodable latents of a class: those of the encoder, whatever the model compares. Immutable,
 * reference-counted, any thread.
 */
typedef struct
{
  guint class_index;
  guint n;         /* images that could be read, at most TAMIS_GENERATION_SAMPLE */
  guint dimension;
  guint32 *rows;   /* n: of the data set */
  float *values;   /* n × dimension */
} TamisClassCodes;
TamisClassCodes *tamis_class_codes_ref (TamisClassCodes *self);
void tamis_class_codes_unref (TamisClassCodes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisClassCodes, tamis_class_codes_unref)

/**
 * tamis_class_codes_new:
 *
 * Encodes the images of a class; of a large one, images evenly spread over it.
 * Thread: blocking; the calling thread only. Errors: G_IO_ERROR_CANCELLED.
 */
TamisClassCodes *tamis_class_codes_new (TamisDataset *dataset, TamisModel *model, guint class_index,
                                        TamisProgress *progress, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  guint n; /* images wanted, 1 .. TAMIS_GENERATION_MAX */
  guint n_components; /* at most so many */
  guint64 seed;
} TamisGenerationParams;

/* Immutable, reference-counted, any thread. */
typedef struct
{
  guint n;
  TamisImage **images;   /* n */
  guint32 *nearest;      /* n: row of the real image whose latent is nearest (Euclidean) */
  guint n_components;    /* drawn; 0: the class has no spread */
  double explained;      /* share of the variance they hold */
  guint n_fitted;        /* images of the class behind it */
} TamisGeneration;
/* Thread: blocking. @model needs a decoder. Errors: G_IO_ERROR_CANCELLED. */
TamisGeneration *tamis_generation_new (TamisClassCodes *codes, TamisModel *model,
                                       const TamisGenerationParams *params, GCancellable *cancel,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisGeneration *tamis_generation_ref (TamisGeneration *self);
void tamis_generation_unref (TamisGeneration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisGeneration, tamis_generation_unref)
/* @folder/@stem-001.png …; blocking. */
gboolean tamis_generation_save (const TamisGeneration *self, const char *folder, const char *stem,
                                GError **error);

G_END_DECLS
