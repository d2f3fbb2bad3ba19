/* How many images a second training takes: whole steps, data conversion and Adam included.
 * Prints one JSON line. Arguments: [threads [batch [seconds a run [runs]]]]
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/nn/trainer.h"

#include "bench.h"

typedef struct
{
  TamisTrainer *trainer;
  TamisPixels batch;
} Training;

static void
train_batch (gpointer data)
{
  Training *training = data;
  double squared_error;

  tamis_trainer_step (training->trainer, &training->batch, NULL, &squared_error);
}

int
main (int argc, char **argv)
{
  BenchParams bench = bench_params (argc, argv, 128);
  TamisAdam adam = { 1e-3, 0.9, 0.999, 1e-8 };
  g_autofree guint8 *images = NULL;
  g_autoptr (TamisTrainer) trainer = NULL;
  Training training;
  TamisRandom random;

  tamis_choose_blas (argv);
  tamis_init (bench.threads);
  images = g_malloc ((gsize) bench.batch * TAMIS_NETWORK_INPUT);
  tamis_random_init (&random, 1);
  for (gsize i = 0; i < (gsize) bench.batch * TAMIS_NETWORK_INPUT; i++)
    images[i] = tamis_random_below (&random, 256);
  trainer = tamis_trainer_new (bench.batch, &adam);
  tamis_network_initialise (tamis_trainer_get_parameters (trainer), 1);
  training = (Training){ trainer, { images, NULL, bench.batch } };
  bench_run (&bench, "train", train_batch, &training);
  return 0;
}
