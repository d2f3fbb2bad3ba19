/* The network: the paper's Table 1 autoencoder, its weights, its metric, its training.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/job.h>

G_BEGIN_DECLS

#define TAMIS_MODEL_ERROR (tamis_model_error_quark ())
GQuark tamis_model_error_quark (void);

typedef enum {
  TAMIS_MODEL_ERROR_NOT_FOUND, /* no such name or file */
  TAMIS_MODEL_ERROR_FORMAT,    /* not safetensors, or cut short: message has offset, expected, got */
  TAMIS_MODEL_ERROR_SHAPE,     /* a tensor is missing or has another shape or type */
  TAMIS_MODEL_ERROR_DIVERGED,  /* the training loss stopped being a number */
} TamisModelError;

/* How two images are compared; a model file with a head can be used either way. */
typedef enum {
  TAMIS_METRIC_RAW,      /* cosine of the 1,024 latents (the paper) */
  TAMIS_METRIC_WHITENED, /* cosine after the model's linear head (METHOD A3) */
} TamisMetric;

typedef struct _TamisModel TamisModel;

/**
 * tamis_model_open:
 * @name: "paper" or "whitened" (both in data/models/tamis.safetensors), or a safetensors file
 *   (its own metadata says the metric; without any: raw)
 *
 * Immutable, reference-counted, any thread. Weights are checked for shape and finiteness.
 */
TamisModel *tamis_model_open (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisModel *tamis_model_ref (TamisModel *self);
void tamis_model_unref (TamisModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisModel, tamis_model_unref)

#define TAMIS_MODEL_DEFAULT "whitened"

const char *tamis_model_get_name (TamisModel *self);   /* as opened */
const char *tamis_model_get_sha256 (TamisModel *self); /* of the file, hex */
const char *tamis_model_get_metadata (TamisModel *self, const char *key); /* nullable */
TamisMetric tamis_model_get_metric (TamisModel *self);
int tamis_model_get_input_side (TamisModel *self);        /* pixels */
int tamis_model_get_latent_dimension (TamisModel *self);  /* 1,024 */
int tamis_model_get_dimension (TamisModel *self);         /* of what is compared: 1,024 or 128 */
double tamis_model_get_recommended_threshold (TamisModel *self);
double tamis_model_get_floor (TamisModel *self); /* pairs at or below it are not looked for */
gboolean tamis_model_has_decoder (TamisModel *self);

/**
 * TamisCoder:
 *
 * Working memory to run a model on up to @batch images at a time; allocates nothing after _new.
 * One thread at a time; make one a worker.
 */
typedef struct _TamisCoder TamisCoder;
TamisCoder *tamis_coder_new (TamisModel *model, int batch) G_GNUC_WARN_UNUSED_RESULT;
void tamis_coder_free (TamisCoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisCoder, tamis_coder_free)
/* @input: n × 3 × side × side in [-1, 1]; @latent: n × latent dimension (C, H, W flattened as in
 * PyTorch). An image's result does not depend on its neighbours nor on the size of the batch. */
void tamis_coder_encode (TamisCoder *self, const float *input, int n, float *latent);
/* @latent as above; @output: n × 3 × side × side in [-1, 1]. Needs a decoder. */
void tamis_coder_decode (TamisCoder *self, const float *latent, int n, float *output);
/* What is compared: the latent itself (raw) or its image under the head. @out: n × dimension. */
void tamis_coder_describe (TamisCoder *self, const float *latent, int n, float *out);

/**
 * TamisTrainParams:
 *
 * METHOD A2: Adam (0.9, 0.999, 1e-8), MSE, shuffled each epoch. @images is n × 3 × 64 × 64 uint8,
 * planar, borrowed for the run. Deterministic for a seed on any number of threads: each batch is cut
 * into fixed shards whose gradients are added in a fixed order.
 */
typedef struct
{
  const guint8 *images;
  gsize n_images;
  const guint8 *held_out; /* nullable: measured after each epoch, never trained on */
  gsize n_held_out;
  int epochs;
  int batch;              /* 128 */
  double learning_rate;   /* 1e-3 */
  int head_dimension;     /* 128; 0: no whitened head is fitted at the end */
  guint64 seed;
  TamisModel *start;      /* nullable: weights to go on from */
  /* After each epoch (from 1), on the calling thread; losses are mean squared errors a value, that of
   * no held-out images is NaN. Nullable. */
  void (*epoch_done) (int epoch, double loss, double held_out_loss, double images_per_second,
                      gpointer data);
  gpointer data;
} TamisTrainParams;
void tamis_train_params_init (TamisTrainParams *params);

/**
 * tamis_train_run:
 *
 * Thread: blocking. Errors: TAMIS_MODEL_ERROR_DIVERGED, G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the trained model
 */
TamisModel *tamis_train_run (const TamisTrainParams *params, TamisProgress *progress,
                             GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_model_save:
 * @half: store float16 instead of float32
 * @metadata: (nullable) (element-type utf8 utf8): added to or replacing the model's own
 *
 * Atomic. Errors: G_IO_ERROR / G_FILE_ERROR.
 */
gboolean tamis_model_save (TamisModel *self, const char *path, gboolean half, GHashTable *metadata,
                           GError **error);

G_END_DECLS
