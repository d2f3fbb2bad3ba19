/* One training step of the autoencoder: forward, backward, Adam.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "network.h"

#include "kernels/adam.h"

#include <tamis/job.h>

G_BEGIN_DECLS

/* A batch is cut into this many shards of ⌈batch / 8⌉ images, whatever the number of threads. */
#define TAMIS_TRAINER_SHARDS 8

/**
 * TamisTrainer:
 *
 * All memory of a training run: parameters, moments, a gradient a shard, activations a worker.
 * Allocates nothing after _new. One thread at a time; runs tamis_parallel_for() inside.
 */
typedef struct _TamisTrainer TamisTrainer;

/* @batch: the largest number of images in a step. Parameters are zero until set. */
TamisTrainer *tamis_trainer_new (int batch, const TamisAdam *adam) G_GNUC_WARN_UNUSED_RESULT;
void tamis_trainer_free (TamisTrainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisTrainer, tamis_trainer_free)

float *tamis_trainer_get_parameters (TamisTrainer *self); /* to read and to set */
/* Of the last step, mean over its images; valid until the next. */
const float *tamis_trainer_get_gradient (TamisTrainer *self);

/* Returns: FALSE if @cancel fired; parameters are then as before the step. @squared_error: (out):
 * Σ over images, channels and pixels. */
gboolean tamis_trainer_step (TamisTrainer *self, const TamisPixels *batch,
                             GCancellable *cancel, double *squared_error);

/* Σ squared error of the reconstructions under the present parameters, for any @batch->n. */
gboolean tamis_trainer_evaluate (TamisTrainer *self, const TamisPixels *batch,
                                 GCancellable *cancel, double *squared_error);

G_END_DECLS
