/* The n × d matrix of what is compared, one row an image, and its files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dataset.h>
#include <tamis/model.h>

G_BEGIN_DECLS

#define TAMIS_LATENT_ERROR (tamis_latent_error_quark ())
GQuark tamis_latent_error_quark (void);

typedef enum {
  TAMIS_LATENT_ERROR_FORMAT,  /* not a float32 C-order n × d .npy, or cut short */
  TAMIS_LATENT_ERROR_COUNT,   /* the matrix and the labels differ in length */
  TAMIS_LATENT_ERROR_VALUE,   /* a NaN or an infinity: message has the row */
  TAMIS_LATENT_ERROR_MEMORY,  /* would not fit: message has the bytes */
} TamisLatentError;

/* Row-major float32, stride = dimension. Immutable, reference-counted, any thread. */
typedef struct _TamisLatents TamisLatents;

/* @values: (transfer full): from g_malloc / g_new. */
TamisLatents *tamis_latents_new_take (float *values, guint n, guint dimension)
  G_GNUC_WARN_UNUSED_RESULT;
TamisLatents *tamis_latents_ref (TamisLatents *self);
void tamis_latents_unref (TamisLatents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisLatents, tamis_latents_unref)
guint tamis_latents_get_n (TamisLatents *self);
guint tamis_latents_get_dimension (TamisLatents *self);
const float *tamis_latents_get_values (TamisLatents *self);
const float *tamis_latents_get_row (TamisLatents *self, guint row);

/**
 * tamis_latents_load_npy:
 * @rows: (nullable): take the file's row rows[i] as row i; NULL maps the file in place
 * @n: expected number of rows (of the data set); 0: whatever is there
 */
TamisLatents *tamis_latents_load_npy (const char *path, const guint32 *rows, guint n,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean tamis_latents_save_npy (TamisLatents *self, const char *path, GError **error);
/* CSV with header path,label, one line a row (paths and labels escaped, see tamis_path_escape()). */
gboolean tamis_labels_save (TamisDataset *dataset, const char *path, GError **error);

typedef struct
{
  double decode_s; /* seconds of worker time spent decoding and resizing, over all threads */
  double encode_s; /* … in the network */
  double wall_s;
} TamisEncodeTimings;

/* A vector that is wanted. Borrowed, both. */
typedef struct
{
  const TamisDigest *digest;
  float *vector;
} TamisVectorWish;

/**
 * TamisEncodeCache:
 *
 * What earlier runs know, and where this one leaves what it learns. All functions but get_vectors()
 * are called on worker threads, several at once; any may be NULL (end_batch() with add() only,
 * has_vector() with get_vectors() only).
 */
typedef struct
{
  /* The file of @row has the length and time of one read before: its facts with the digest, or why
   * it could not be decoded (@reason: transfer full). */
  gboolean (*find_file) (gpointer data, guint row, TamisImageFacts *facts, char **reason);
  /* Is there a vector (model dimension) of these bytes, by the model of this run? */
  gboolean (*has_vector) (gpointer data, const TamisDigest *digest);
  /* Once, after the last file, on the caller's thread: the vectors of those @n digests that
   * has_vector() was asked for and knew, each into its place. In this way they are in memory once, in
   * the matrix, however the cache keeps them. FALSE: @error is set. */
  gboolean (*get_vectors) (gpointer data, const TamisVectorWish *wishes, guint n, GCancellable *cancel,
                           GError **error);
  /* @facts (with digest): of @row's file, just read; @vector: NULL if it could not be decoded, then
   * @reason says why, or if has_vector() knew it. A batch is a run of such calls; end_batch() follows
   * it. */
  void (*add) (gpointer data, guint row, const TamisImageFacts *facts, const char *reason,
               const float *vector);
  void (*end_batch) (gpointer data);
  gpointer data;
  /* In: @facts->digest, of a file that find_file() does not know. Out: all the facts of these bytes,
   * if they were decoded before under whatever name. Without it a renamed file is decoded again. */
  gboolean (*find_facts) (gpointer data, TamisImageFacts *facts);
  TamisThumbnails *thumbnails; /* (nullable): gets a small copy of what is decoded */
} TamisEncodeCache;

/**
 * tamis_encode_run:
 * @cache: (nullable)
 * @readable: (out): the data set without what could not be decoded; rows match the result
 * @timings: (out) (optional)
 *
 * Decodes, resizes and encodes every image in batches of 32 on all threads. The result depends
 * neither on the number of threads nor on the cache; what the cache knows by length and time is not
 * opened, and what it knows by content, or has met earlier in the run, is not decoded. Facts of
 * @readable have digests and sharpness. An unreadable image is data, not an error.
 *
 * Thread: blocking. Errors: TAMIS_LATENT_ERROR_MEMORY, TAMIS_DATASET_ERROR_EMPTY (nothing could be
 * decoded), G_IO_ERROR_CANCELLED; those of the cache's get_vectors().
 */
TamisLatents *tamis_encode_run (TamisDataset *dataset, TamisModel *model,
                                const TamisEncodeCache *cache, TamisProgress *progress,
                                GCancellable *cancel, TamisDataset **readable,
                                TamisEncodeTimings *timings, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
