/* How many images a second the encoder takes: the batch is split over the threads as encode does.
 * Prints one JSON line. Arguments: [threads [batch [seconds a run [runs]]]]
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/model.h>

#include "bench.h"

#define INPUT (3 * 64 * 64)

typedef struct
{
  TamisCoder **coders; /* one a worker */
  const float *input;
  float *latents;
  int share; /* images an item */
  int batch;
} Encoding;

static void
encode_share (gsize item, guint worker, gpointer data)
{
  Encoding *encoding = data;
  int first = item * encoding->share;
  int n = MIN (encoding->share, encoding->batch - first);

  tamis_coder_encode (encoding->coders[worker], encoding->input + (gsize) first * INPUT, n,
                      encoding->latents + (gsize) first * 1024);
}

static void
encode_batch (gpointer data)
{
  Encoding *encoding = data;

  tamis_parallel_for ((encoding->batch + encoding->share - 1) / encoding->share, encode_share,
                      encoding, NULL);
}

static TamisModel *
make_model (void)
{
  g_autofree guint8 *image = g_malloc0 (INPUT);
  TamisTrainParams params;

  tamis_train_params_init (&params);
  params.images = image;
  params.n_images = 1;
  params.epochs = 0;
  params.head_dimension = 0;
  return tamis_train_run (&params, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  BenchParams bench = bench_params (argc, argv, 64);
  g_autoptr (TamisModel) model = NULL;
  Encoding encoding = { 0 };
  g_autofree float *input = NULL;
  g_autofree float *latents = NULL;
  TamisRandom random;
  guint workers;

  tamis_init (bench.threads);
  workers = tamis_parallel_workers ();
  model = make_model ();
  encoding.batch = bench.batch;
  /* Small enough that threads of unequal speed end together. */
  encoding.share = MIN (16, (bench.batch + (int) workers - 1) / (int) workers);
  encoding.coders = g_new0 (TamisCoder *, workers);
  for (guint i = 0; i < workers; i++)
    encoding.coders[i] = tamis_coder_new (model, encoding.share);
  encoding.input = input = g_new (float, (gsize) bench.batch * INPUT);
  encoding.latents = latents = g_new (float, (gsize) bench.batch * 1024);
  tamis_random_init (&random, 1);
  for (gsize i = 0; i < (gsize) bench.batch * INPUT; i++)
    input[i] = 2.0 * tamis_random_uniform (&random) - 1.0;

  bench_run (&bench, "infer", encode_batch, &encoding);

  for (guint i = 0; i < workers; i++)
    tamis_coder_free (encoding.coders[i]);
  g_free (encoding.coders);
  return 0;
}
