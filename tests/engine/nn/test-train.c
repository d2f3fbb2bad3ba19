/* Training: gradients of the whole network, determinism, the loss, the head, cancellation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixtures.h"

#include "engine/nn/head.h"
#include "engine/nn/trainer.h"

static const TamisAdam adam = { 1e-3, 0.9, 0.999, 1e-8 };

static double
mean_error (TamisTrainer *trainer, const TamisPixels *batch)
{
  double error;

  g_assert_true (tamis_trainer_evaluate (trainer, batch, NULL, &error));
  return error / batch->n / TAMIS_NETWORK_INPUT;
}

/* Each layer's weights and bias are moved along their gradient, both ways: the loss must change as
 * the gradient's length says. */
static void
check_along_gradient (TamisTrainer *trainer, const TamisPixels *batch, const float *gradient,
                      gsize first, gsize n)
{
  float *parameters = tamis_trainer_get_parameters (trainer) + first;
  g_autofree float *old = g_memdup2 (parameters, n * sizeof (float));
  double length = 0.0;
  double loss[2];
  double scale;

  for (gsize i = 0; i < n; i++)
    length += (double) gradient[first + i] * gradient[first + i];
  length = sqrt (length);
  g_assert_cmpfloat (length, >, 0.0);
  /* A step that should change the loss by about 2e-6: far above rounding, still nearly linear. */
  scale = 2e-6 / (length * length);
  for (int side = 0; side < 2; side++)
    {
      for (gsize i = 0; i < n; i++)
        parameters[i] = old[i] + (side == 0 ? scale : -scale) * gradient[first + i];
      loss[side] = mean_error (trainer, batch);
    }
  memcpy (parameters, old, n * sizeof (float));
  g_test_message ("differences give %.4f of the gradient",
                  (loss[0] - loss[1]) / (2.0 * scale * length * length));
  g_assert_cmpfloat_with_epsilon ((loss[0] - loss[1]) / (2.0 * scale), length * length,
                                  0.02 * length * length);
}

static void
test_gradient (void)
{
  const TamisNetwork *network = tamis_network_get ();
  g_autofree guint8 *images = fixture_images (5, 21);
  TamisPixels batch = { images, NULL, 5 };
  TamisAdam still = adam;
  g_autoptr (TamisTrainer) trainer = NULL;
  g_autofree float *gradient = NULL;
  double error;

  still.learning_rate = 0.0;
  trainer = tamis_trainer_new (16, &still);
  tamis_network_initialise (tamis_trainer_get_parameters (trainer), 3);
  /* PyTorch's initial weights are so small that hardly a gradient reaches the encoder. */
  for (gsize i = 0; i < network->n_parameters; i++)
    tamis_trainer_get_parameters (trainer)[i] *= 2.2f;
  g_assert_true (tamis_trainer_step (trainer, &batch, NULL, &error));
  g_assert_cmpfloat_with_epsilon (error / 5 / TAMIS_NETWORK_INPUT, mean_error (trainer, &batch),
                                  1e-7);
  gradient
      = g_memdup2 (tamis_trainer_get_gradient (trainer), network->n_parameters * sizeof (float));
  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &network->layers[i];

      check_along_gradient (trainer, &batch, gradient, layer->weights, layer->n_weights);
      check_along_gradient (trainer, &batch, gradient, layer->bias, layer->n_bias);
    }
}

/* The gradient of a batch is the mean of its images' gradients, however it is cut into shards. */
static void
test_batch_is_mean (void)
{
  gsize n = tamis_network_get ()->n_parameters;
  g_autofree guint8 *images = fixture_images (11, 22);
  g_autofree double *sum = g_new0 (double, n);
  guint32 rows[] = { 4, 0, 10, 7, 1, 9, 2, 3, 8, 6, 5 };
  TamisPixels batch = { images, rows, 11 };
  TamisAdam still = adam;
  g_autoptr (TamisTrainer) trainer = NULL;
  double error, single, total = 0.0, difference = 0.0, size = 0.0;

  still.learning_rate = 0.0;
  trainer = tamis_trainer_new (16, &still);
  tamis_network_initialise (tamis_trainer_get_parameters (trainer), 4);
  for (guint32 row = 0; row < 11; row++)
    {
      g_assert_true (tamis_trainer_step (trainer, &(TamisPixels){ images, &row, 1 }, NULL,
                                         &single));
      total += single;
      for (gsize i = 0; i < n; i++)
        sum[i] += tamis_trainer_get_gradient (trainer)[i] / 11.0;
    }
  g_assert_true (tamis_trainer_step (trainer, &batch, NULL, &error));
  g_assert_cmpfloat_with_epsilon (error, total, 1e-6 * total);
  for (gsize i = 0; i < n; i++)
    {
      double d = tamis_trainer_get_gradient (trainer)[i] - sum[i];

      difference += d * d;
      size += sum[i] * sum[i];
    }
  g_assert_cmpfloat (sqrt (difference), <=, 1e-5 * sqrt (size));
}

typedef struct
{
  double loss[64];
  double held_out[64];
  int n;
} Epochs;

static void
note_epoch (int epoch, double loss, double held_out_loss, double images_per_second, gpointer data)
{
  Epochs *epochs = data;

  g_assert_cmpint (epoch, ==, epochs->n + 1);
  g_assert_cmpfloat (images_per_second, >, 0.0);
  epochs->loss[epochs->n] = loss;
  epochs->held_out[epochs->n++] = held_out_loss;
}

static TamisTrainParams
small_params (const guint8 *images, gsize n)
{
  TamisTrainParams params;

  tamis_train_params_init (&params);
  g_assert_cmpint (params.batch, ==, 128);
  g_assert_cmpfloat (params.learning_rate, ==, 1e-3);
  params.images = images;
  params.n_images = n;
  params.batch = 16;
  params.epochs = 2;
  params.head_dimension = 8;
  params.seed = 5;
  return params;
}

/* Weights, head and losses are the same bits on 1, 2, 3 and 7 threads; 40 images in batches of 16
 * leave a short one. */
static void
test_threads (void)
{
  g_autofree guint8 *images = fixture_images (40, 23);
  g_autofree guint8 *held_out = fixture_images (9, 24);
  g_autofree char *first = NULL;
  Epochs expected = { 0 };

  for (guint i = 0; i < 4; i++)
    {
      TamisTrainParams params = small_params (images, 40);
      g_autoptr (TamisModel) model = NULL;
      Epochs epochs = { 0 };

      tamis_init ((guint[]){ 1, 2, 3, 7 }[i]);
      params.held_out = held_out;
      params.n_held_out = 9;
      params.epoch_done = note_epoch;
      params.data = &epochs;
      model = tamis_train_run (&params, NULL, NULL, NULL);
      g_assert_nonnull (model);
      g_assert_cmpint (epochs.n, ==, 2);
      if (i == 0)
        {
          first = g_strdup (tamis_model_get_sha256 (model));
          expected = epochs;
        }
      g_assert_cmpstr (tamis_model_get_sha256 (model), ==, first);
      g_assert_cmpmem (&epochs, sizeof epochs, &expected, sizeof expected);
    }
  tamis_init (2);
}

static void
test_seed (void)
{
  g_autofree guint8 *images = fixture_images (8, 25);
  TamisTrainParams params = small_params (images, 8);
  g_autoptr (TamisModel) one = tamis_train_run (&params, NULL, NULL, NULL);
  g_autoptr (TamisModel) again = tamis_train_run (&params, NULL, NULL, NULL);
  g_autoptr (TamisModel) other = NULL;

  params.seed = 6;
  other = tamis_train_run (&params, NULL, NULL, NULL);
  g_assert_cmpstr (tamis_model_get_sha256 (one), ==, tamis_model_get_sha256 (again));
  g_assert_cmpstr (tamis_model_get_sha256 (one), !=, tamis_model_get_sha256 (other));
}

static void
test_loss_falls (void)
{
  g_autofree guint8 *images = fixture_images (16, 26);
  TamisTrainParams params = small_params (images, 16);
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  g_autoptr (TamisModel) model = NULL;
  TamisProgressState state;
  Epochs epochs = { 0 };

  params.epochs = 40;
  params.epoch_done = note_epoch;
  params.data = &epochs;
  model = tamis_train_run (&params, progress, NULL, NULL);
  g_assert_cmpint (epochs.n, ==, 40);
  g_assert_cmpfloat (epochs.loss[39], <, 0.7 * epochs.loss[0]);
  g_assert_true (isnan (epochs.held_out[39]));
  tamis_progress_read (progress, &state);
  g_assert_cmpint (state.stage, ==, TAMIS_STAGE_TRAIN);
  g_assert_cmpuint (state.done, ==, 640);
  g_assert_cmpuint (state.total, ==, 640);
  g_assert_cmpstr (tamis_model_get_metadata (model, "tamis.kind"), ==, "autoencoder");
  g_assert_cmpint (tamis_model_get_metric (model), ==, TAMIS_METRIC_WHITENED);
}

static void
test_start (void)
{
  g_autofree guint8 *images = fixture_images (8, 27);
  TamisTrainParams params = small_params (images, 8);
  g_autoptr (TamisModel) start = fixture_model (12, 0);
  g_autoptr (TamisModel) model = NULL;

  params.start = start;
  params.epochs = 0;
  params.head_dimension = 0;
  model = tamis_train_run (&params, NULL, NULL, NULL);
  g_assert_cmpmem (tamis_model_get_parameters (model), 4 * tamis_network_get ()->n_parameters,
                   tamis_model_get_parameters (start), 4 * tamis_network_get ()->n_parameters);
  g_assert_cmpint (tamis_model_get_metric (model), ==, TAMIS_METRIC_RAW);
}

static void
test_divergence (void)
{
  g_autofree guint8 *images = fixture_images (8, 28);
  TamisTrainParams params = small_params (images, 8);
  g_autoptr (GError) error = NULL;

  params.learning_rate = 1e30;
  params.epochs = 20;
  g_assert_null (tamis_train_run (&params, NULL, NULL, &error));
  g_assert_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_DIVERGED);
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (60000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autofree guint8 *images = fixture_images (64, 29);
  TamisTrainParams params = small_params (images, 64);

  params.epochs = 1000000;
  for (int late = 0; late < 2; late++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = late ? g_thread_new ("cancel", cancel_later, cancel) : NULL;

      if (!late)
        g_cancellable_cancel (cancel);
      g_assert_null (tamis_train_run (&params, NULL, cancel, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (thread != NULL)
        g_thread_join (thread);
    }
}

/* On the images it was fitted to, the head gives mean 0 and covariance 1. */
static void
test_head_whitens (void)
{
  enum { N = 100, D = 10 };
  g_autofree guint8 *images = fixture_images (N, 30);
  g_autofree float *input = fixture_input (images, N);
  g_autofree float *latent = g_new (float, N * TAMIS_NETWORK_LATENT);
  g_autofree float *x = g_new (float, N * D);
  TamisTrainParams params = small_params (images, N);
  g_autoptr (TamisModel) model = NULL;
  TamisCoder *coder;

  params.head_dimension = D;
  params.epochs = 1;
  model = tamis_train_run (&params, NULL, NULL, NULL);
  coder = tamis_coder_new (model, N);
  tamis_coder_encode (coder, input, N, latent);
  tamis_coder_describe (coder, latent, N, x);
  for (int a = 0; a < D; a++)
    for (int b = 0; b <= a; b++)
      {
        double mean = 0.0;
        double covariance = 0.0;

        for (int i = 0; i < N; i++)
          {
            mean += x[i * D + a] / N;
            covariance += (double) x[i * D + a] * x[i * D + b] / N;
          }
        g_assert_cmpfloat_with_epsilon (mean, 0.0, 5e-3);
        g_assert_cmpfloat_with_epsilon (covariance, a == b ? 1.0 : 0.0, 5e-3);
      }
  tamis_coder_free (coder);
}

/* Fewer images than axes, and images that are all the same: finite numbers, no noise blown up. */
static void
test_head_of_little (void)
{
  g_autofree guint8 *same = g_malloc (6 * TAMIS_NETWORK_INPUT);
  g_autofree guint8 *few = fixture_images (3, 31);
  g_autoptr (TamisModel) model = fixture_model (13, 0);
  g_autoptr (TamisHead) of_few = tamis_head_fit (model, &(TamisPixels){ few, NULL, 3 }, 16, NULL,
                                                  NULL);
  g_autoptr (TamisHead) of_same = NULL;
  int axes = 0;

  memset (same, 90, 6 * TAMIS_NETWORK_INPUT);
  of_same = tamis_head_fit (model, &(TamisPixels){ same, NULL, 6 }, 16, NULL, NULL);
  for (int i = 0; i < 16; i++)
    {
      double few_size = 0.0;
      double same_size = 0.0;

      for (int c = 0; c < TAMIS_NETWORK_LATENT; c++)
        {
          few_size += fabs (of_few->weight[c * 16 + i]);
          same_size += fabs (of_same->weight[c * 16 + i]);
        }
      g_assert_true (isfinite (few_size) && isfinite (same_size));
      axes += few_size > 0.0;
      g_assert_cmpfloat (same_size, ==, 0.0);
    }
  g_assert_cmpint (axes, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/engine/nn/trainer/gradient-agrees-with-differences", test_gradient);
  g_test_add_func ("/engine/nn/trainer/batch-gradient-is-the-mean", test_batch_is_mean);
  g_test_add_func ("/engine/nn/train/same-on-any-number-of-threads", test_threads);
  g_test_add_func ("/engine/nn/train/seed-decides", test_seed);
  g_test_add_func ("/engine/nn/train/loss-falls", test_loss_falls);
  g_test_add_func ("/engine/nn/train/goes-on-from-a-start", test_start);
  g_test_add_func ("/engine/nn/train/divergence-is-an-error", test_divergence);
  g_test_add_func ("/engine/nn/train/cancel", test_cancel);
  g_test_add_func ("/engine/nn/head/whitens-its-own-images", test_head_whitens);
  g_test_add_func ("/engine/nn/head/few-or-equal-images", test_head_of_little);
  return g_test_run ();
}
