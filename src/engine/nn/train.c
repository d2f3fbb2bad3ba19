/* The training run: epochs, shuffling, held-out loss, the head at the end (METHOD A2, A3).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "head.h"
#include "trainer.h"

#include <math.h>
#include <string.h>

void
tamis_train_params_init (TamisTrainParams *params)
{
  *params = (TamisTrainParams){
    .epochs = 25,
    .batch = 128,
    .learning_rate = 1e-3,
    .head_dimension = 128,
  };
}

typedef struct
{
  const TamisTrainParams *params;
  TamisTrainer *trainer;
  TamisRandom random;
  guint32 *order; /* shuffled anew each epoch */
  TamisProgress *progress;
  GCancellable *cancel;
} Run;

static gboolean
cancelled (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Training was cancelled");
  return FALSE;
}

static gboolean
check_loss (double loss, int epoch, gsize images, GError **error)
{
  if (isfinite (loss))
    return TRUE;
  g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_DIVERGED,
               "the loss is not a number any more (epoch %d, after %" G_GSIZE_FORMAT
               " images): try a lower learning rate", epoch, images);
  return FALSE;
}

/* One pass over all images. @loss: mean squared error a value, over the batches as they came. */
static gboolean
run_epoch (Run *run, int epoch, double *loss, GError **error)
{
  const TamisTrainParams *params = run->params;
  double total = 0.0;

  tamis_random_shuffle (&run->random, run->order, params->n_images);
  for (gsize first = 0; first < params->n_images; first += params->batch)
    {
      TamisPixels batch = { params->images, run->order + first,
                                  MIN ((gsize) params->batch, params->n_images - first) };
      double error_sum;

      if (!tamis_trainer_step (run->trainer, &batch, run->cancel, &error_sum))
        return cancelled (error);
      if (!check_loss (error_sum, epoch, first + batch.n, error))
        return FALSE;
      total += error_sum;
      tamis_progress_add (run->progress, batch.n);
    }
  *loss = total / params->n_images / TAMIS_NETWORK_INPUT;
  return TRUE;
}

static gboolean
measure_held_out (Run *run, double *loss, GError **error)
{
  const TamisTrainParams *params = run->params;
  TamisPixels held_out = { params->held_out, NULL, params->n_held_out };
  double total;

  *loss = NAN;
  if (params->held_out == NULL || params->n_held_out == 0)
    return TRUE;
  if (!tamis_trainer_evaluate (run->trainer, &held_out, run->cancel, &total))
    return cancelled (error);
  *loss = total / params->n_held_out / TAMIS_NETWORK_INPUT;
  return TRUE;
}

static gboolean
run_epochs (Run *run, GError **error)
{
  const TamisTrainParams *params = run->params;

  for (int epoch = 1; epoch <= params->epochs; epoch++)
    {
      gint64 begun = g_get_monotonic_time ();
      double loss, held_out, rate;

      if (!run_epoch (run, epoch, &loss, error))
        return FALSE;
      rate = params->n_images * 1e6 / MAX (g_get_monotonic_time () - begun, 1);
      if (!measure_held_out (run, &held_out, error))
        return FALSE;
      if (params->epoch_done != NULL)
        params->epoch_done (epoch, loss, held_out, rate, params->data);
    }
  return TRUE;
}

static GHashTable *
describe_training (const TamisTrainParams *params)
{
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  char rate[G_ASCII_DTOSTR_BUF_SIZE];

  g_hash_table_insert (metadata, g_strdup ("tamis.kind"), g_strdup ("autoencoder"));
  g_hash_table_insert (metadata, g_strdup ("tamis.metric"),
                       g_strdup (params->head_dimension > 0 ? "whitened" : "raw"));
  g_hash_table_insert (metadata, g_strdup ("tamis.input_side"),
                       g_strdup_printf ("%d", TAMIS_NETWORK_SIDE));
  g_hash_table_insert (metadata, g_strdup ("tamis.training"),
                       g_strdup_printf ("%" G_GSIZE_FORMAT " images, %d epochs, batch %d, Adam, "
                                        "learning rate %s, seed %" G_GUINT64_FORMAT,
                                        params->n_images, params->epochs, params->batch,
                                        g_ascii_formatd (rate, sizeof rate, "%g",
                                                         params->learning_rate),
                                        params->seed));
  return metadata;
}

/* The model with a head, if one is wanted. */
static TamisModel *
finish (Run *run, GError **error)
{
  const TamisTrainParams *params = run->params;
  gsize bytes = tamis_network_get ()->n_parameters * sizeof (float);
  const float *parameters = tamis_trainer_get_parameters (run->trainer);
  g_autoptr (TamisModel) bare = NULL;
  TamisPixels images = { params->images, NULL, params->n_images };
  TamisHead *head;

  bare = tamis_model_new_take (g_memdup2 (parameters, bytes), TRUE, NULL,
                               describe_training (params));
  if (params->head_dimension == 0)
    return g_steal_pointer (&bare);
  head = tamis_head_fit (bare, &images, params->head_dimension, run->cancel, error);
  if (head == NULL)
    return NULL;
  return tamis_model_new_take (g_memdup2 (parameters, bytes), TRUE, head,
                               describe_training (params));
}

static void
set_parameters (float *parameters, const TamisTrainParams *params)
{
  const TamisNetwork *network = tamis_network_get ();
  gsize n = 0;

  tamis_network_initialise (parameters, params->seed);
  if (params->start != NULL)
    n = tamis_model_has_decoder (params->start) ? network->n_parameters : network->n_encoder;
  if (n > 0)
    memcpy (parameters, tamis_model_get_parameters (params->start), n * sizeof (float));
}

TamisModel *
tamis_train_run (const TamisTrainParams *params, TamisProgress *progress, GCancellable *cancel,
                 GError **error)
{
  TamisAdam adam = { params->learning_rate, 0.9, 0.999, 1e-8 };
  g_autoptr (TamisTrainer) trainer = NULL;
  g_autofree guint32 *order = NULL;
  Run run = { .params = params, .progress = progress, .cancel = cancel };

  g_return_val_if_fail (params->images != NULL && params->n_images > 0, NULL);
  g_return_val_if_fail (params->n_images <= G_MAXUINT32 && params->batch > 0, NULL);
  g_return_val_if_fail (params->head_dimension >= 0 && params->head_dimension <= TAMIS_HEAD_MAX,
                        NULL);
  run.trainer = trainer = tamis_trainer_new (params->batch, &adam);
  set_parameters (tamis_trainer_get_parameters (trainer), params);
  run.order = order = g_new (guint32, params->n_images);
  for (gsize i = 0; i < params->n_images; i++)
    order[i] = i;
  /* Weights and order must not share a sequence: a run that goes on from a start has none. */
  tamis_random_init (&run.random, params->seed ^ 0x7368756666u);
  tamis_progress_begin (progress, TAMIS_STAGE_TRAIN, (guint64) params->epochs * params->n_images);
  if (!run_epochs (&run, error))
    return NULL;
  return finish (&run, error);
}
