/* generate: the latents of one class, as the decoder takes them.
 *
 * DESIGN: tamis_encode_run() gives what a model compares, which for `whitened` has no way back, and
 * it encodes every class. This takes the same steps for the rows of one class and stops at the
 * latents. Items are batches of rows, a worker has its own coder, so threads do not matter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "generate.h"

#include "values.h"

#include <string.h>

#define BATCH 32

/* Worker only. */
typedef struct
{
  TamisCoder *coder;
  float *input;
  double decode_s, encode_s;
} Worker;

typedef struct
{
  TamisDataset *dataset;
  TamisModel *model;
  TamisProgress *progress;
  GCancellable *cancel;
  TamisRange range;
  Worker *workers;
  float *latents;
  char **reasons; /* one a row of the data set */
} Run;

static gboolean
read_input (Run *run, guint row, float *out)
{
  int side = tamis_model_get_input_side (run->model);
  g_autofree char *file = tamis_dataset_dup_file (run->dataset, row);
  TamisImageLoad load = tamis_image_load_for_input (side);
  g_autoptr (TamisImage) image = NULL;
  g_autoptr (GError) error = NULL;

  image = tamis_image_load (file, &load, NULL, &error);
  if (image == NULL)
    run->reasons[row] = g_strdup (error->message);
  else
    tamis_image_to_input (image, side, out);
  return image != NULL;
}

static void
encode_batch (gsize item, guint number, gpointer data)
{
  Run *run = data;
  Worker *worker = &run->workers[number];
  gsize side = tamis_model_get_input_side (run->model);
  gsize dimension = tamis_model_get_latent_dimension (run->model);
  guint first = run->range.first + (guint) item * BATCH;
  guint end = MIN (first + BATCH, run->range.first + run->range.n);
  double begun = tamis_clock (), decoded;

  if (worker->coder == NULL)
    {
      worker->coder = tamis_coder_new (run->model, BATCH);
      worker->input = g_new (float, BATCH * 3 * side * side);
    }
  for (guint row = first; row < end; row++)
    {
      float *input = worker->input + (row - first) * 3 * side * side;

      if (g_cancellable_is_cancelled (run->cancel))
        return;
      if (!read_input (run, row, input))
        memset (input, 0, 3 * side * side * sizeof (float));
    }
  decoded = tamis_clock ();
  worker->decode_s += decoded - begun;
  tamis_coder_encode (worker->coder, worker->input, (int) (end - first),
                      run->latents + (first - run->range.first) * dimension);
  worker->encode_s += tamis_clock () - decoded;
  tamis_progress_add (run->progress, end - first);
}

/* Rows that were read move up over those that were not. */
static void
close_up (const Run *run, GenerateClass *self)
{
  gsize dimension = tamis_model_get_latent_dimension (run->model);
  guint kept = 0;

  for (guint i = 0; i < run->range.n; i++)
    if (run->reasons[run->range.first + i] == NULL)
      {
        memmove (run->latents + kept * dimension, run->latents + i * dimension,
                 dimension * sizeof (float));
        kept++;
      }
  self->range.n = kept;
  self->latents = run->latents;
}

static void
finish (Run *run, double wall_s, GenerateClass *self)
{
  double decode_s = 0, encode_s = 0;

  for (guint i = 0; i < tamis_parallel_workers (); i++)
    {
      decode_s += run->workers[i].decode_s;
      encode_s += run->workers[i].encode_s;
      g_clear_pointer (&run->workers[i].coder, tamis_coder_free);
      g_free (run->workers[i].input);
    }
  g_free (run->workers);
  self->decode_s = wall_s * decode_s / MAX (decode_s + encode_s, 1e-9);
  self->encode_s = wall_s * encode_s / MAX (decode_s + encode_s, 1e-9);
}

gboolean
generate_encode (TamisCli *cli, TamisDataset *found, const char *class_name, GenerateClass *self,
                 GError **error)
{
  gsize dimension = tamis_model_get_latent_dimension (self->model);
  Run run = { found, self->model, cli->progress, cli->cancel, { 0, 0 }, NULL, NULL, NULL };
  guint n = tamis_dataset_get_n_images (found), class_index;
  double begun = tamis_clock ();

  if (!tamis_cli_find_class (found, class_name, &class_index, error))
    return FALSE;
  run.range = tamis_dataset_get_class_range (found, class_index);
  run.reasons = g_new0 (char *, (gsize) n + 1);
  run.latents = g_new (float, MAX (run.range.n, 1) * dimension);
  run.workers = g_new0 (Worker, tamis_parallel_workers ());
  tamis_progress_begin (cli->progress, TAMIS_STAGE_ENCODE, run.range.n);
  tamis_parallel_for ((run.range.n + BATCH - 1) / BATCH, encode_batch, &run, cli->cancel);
  finish (&run, tamis_clock () - begun, self);
  close_up (&run, self);
  self->range.first = run.range.first;
  self->dataset = tamis_dataset_refine (found, (const char *const *) run.reasons, NULL);
  for (guint row = 0; row < n; row++)
    g_free (run.reasons[row]);
  g_free (run.reasons);
  return !g_cancellable_set_error_if_cancelled (cli->cancel, error);
}
