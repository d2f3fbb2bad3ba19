/* From image files to the matrix of what is compared.
 *
 * DESIGN: work items are batches of 32 consecutive rows, cut by row number alone, and a worker owns
 * its coder and buffers, so the result depends neither on the number of threads nor on which of
 * them took what. Every image goes into the row it was listed in; the rows of those that could not
 * be decoded are closed up afterwards, in row order. The matrix is reserved up front, and a data
 * set whose matrix would not fit is refused before the first file is opened.
 * JPEGs may be decoded at reduced size, but not below twice the model's input, so that the
 * antialiased resize still has more to average than it gives.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/latent/latents-private.h"

#include <string.h>

#define BATCH 32

/* Worker only. Padded: the timings of two workers must not share a cache line. */
typedef struct
{
  TamisCoder *coder; /* NULL until the worker gets its first item */
  float *input;      /* BATCH × 3 × side × side */
  float *latent;     /* BATCH × latent dimension */
  float *described;  /* BATCH × dimension */
  gint64 decode_us;
  gint64 encode_us;
  guint8 padding[64];
} Worker;

typedef struct
{
  /* Borrowed */
  TamisDataset *dataset;
  TamisModel *model;
  const TamisEncodeCache *cache; /* nullable */
  TamisProgress *progress;
  GCancellable *cancel;

  /* Owned */
  Worker *workers;
  guint n_workers;
  float *values;          /* n × dimension */
  char **reasons;         /* n, NULL where the image was read */
  TamisImageFacts *facts; /* n */

  guint n;
  guint dimension;
} Run;

static Worker *
get_worker (Run *run, guint number)
{
  Worker *worker = &run->workers[number];
  gsize side = tamis_model_get_input_side (run->model);

  if (worker->coder != NULL)
    return worker;
  worker->coder = tamis_coder_new (run->model, BATCH);
  worker->input = g_new (float, BATCH * 3 * side * side);
  worker->latent = g_new (float, BATCH * (gsize) tamis_model_get_latent_dimension (run->model));
  worker->described = g_new (float, BATCH * (gsize) run->dimension);
  return worker;
}

/* What the cache has of @row: its vector, or why it cannot be read. FALSE: the file must be read. */
static gboolean
find_known (Run *run, guint row)
{
  const TamisEncodeCache *cache = run->cache;

  if (cache == NULL
      || !cache->find_file (cache->data, row, &run->facts[row], &run->reasons[row]))
    return FALSE;
  return run->reasons[row] != NULL
         || cache->find_vector (cache->data, &run->facts[row].digest,
                                run->values + (gsize) row * run->dimension);
}

/* Decodes the image of @row to the model's input at @out; notes the reason if it cannot. */
static gboolean
read_input (Run *run, guint row, float *out)
{
  int side = tamis_model_get_input_side (run->model);
  g_autofree char *file = tamis_dataset_dup_file (run->dataset, row);
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;
  g_autoptr (GError) error = NULL;

  load.at_least = TAMIS_IMAGE_INPUT_OVERSAMPLING * side;
  load.digest = TRUE;
  image = tamis_image_load (file, &load, &run->facts[row], &error);
  if (image == NULL)
    {
      run->reasons[row] = g_strdup (error->message);
      return FALSE;
    }
  tamis_image_to_input (image, side, out);
  return TRUE;
}

/* Tells the cache what was read in this batch. */
static void
remember (Run *run, const guint *rows, int n)
{
  const TamisEncodeCache *cache = run->cache;

  if (cache == NULL || n == 0)
    return;
  for (int i = 0; i < n; i++)
    cache->add (cache->data, rows[i], &run->facts[rows[i]], run->reasons[rows[i]],
                run->reasons[rows[i]] == NULL ? run->values + (gsize) rows[i] * run->dimension
                                              : NULL);
  cache->end_batch (cache->data);
}

static void
encode_batch (gsize item, guint number, gpointer data)
{
  Run *run = data;
  Worker *worker = get_worker (run, number);
  gsize input_size = 3 * (gsize) tamis_model_get_input_side (run->model)
                     * tamis_model_get_input_side (run->model);
  guint first = (guint) item * BATCH;
  guint end = MIN (first + BATCH, run->n);
  guint rows[BATCH], read[BATCH];
  int n = 0, n_read = 0;
  gint64 begun = g_get_monotonic_time (), decoded;

  for (guint row = first; row < end; row++)
    {
      /* A batch of very large files takes longer than a cancel may wait; one file does not. */
      if (g_cancellable_is_cancelled (run->cancel))
        return;
      if (find_known (run, row))
        continue;
      read[n_read++] = row;
      if (read_input (run, row, worker->input + n * input_size))
        rows[n++] = row;
    }
  decoded = g_get_monotonic_time ();
  worker->decode_us += decoded - begun;
  if (n > 0)
    {
      tamis_coder_encode (worker->coder, worker->input, n, worker->latent);
      tamis_coder_describe (worker->coder, worker->latent, n, worker->described);
    }
  for (int i = 0; i < n; i++)
    memcpy (run->values + (gsize) rows[i] * run->dimension,
            worker->described + (gsize) i * run->dimension, run->dimension * sizeof (float));
  worker->encode_us += g_get_monotonic_time () - decoded;
  remember (run, read, n_read);
  tamis_progress_add (run->progress, end - first);
}

static gboolean
reserve (Run *run, GError **error)
{
  gsize bytes = (gsize) run->n * run->dimension * sizeof (float);
  guint64 available = _tamis_memory_get_available ();

  if (bytes <= available)
    run->values = g_try_malloc (MAX (bytes, 1));
  if (run->values == NULL)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_MEMORY,
                   "The latents of %u images take %" G_GSIZE_FORMAT " bytes, and %" G_GUINT64_FORMAT
                   " are free",
                   run->n, bytes, available);
      return FALSE;
    }
  run->reasons = g_new0 (char *, (gsize) run->n + 1);
  run->facts = g_new0 (TamisImageFacts, MAX (run->n, 1));
  run->n_workers = tamis_parallel_workers ();
  run->workers = g_new0 (Worker, run->n_workers);
  return TRUE;
}

static void
run_clear (Run *run)
{
  for (guint i = 0; i < run->n_workers; i++)
    {
      g_clear_pointer (&run->workers[i].coder, tamis_coder_free);
      g_free (run->workers[i].input);
      g_free (run->workers[i].latent);
      g_free (run->workers[i].described);
    }
  g_free (run->workers);
  g_free (run->values);
  for (guint row = 0; run->reasons != NULL && row < run->n; row++)
    g_free (run->reasons[row]);
  g_free (run->reasons);
  g_free (run->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Moves the rows that were read up over those that were not; returns how many there are. */
static guint
close_up (Run *run)
{
  guint kept = 0;

  for (guint row = 0; row < run->n; row++)
    {
      if (run->reasons[row] != NULL)
        continue;
      if (kept != row)
        memcpy (run->values + (gsize) kept * run->dimension,
                run->values + (gsize) row * run->dimension, run->dimension * sizeof (float));
      kept++;
    }
  if (kept > 0 && kept < run->n)
    run->values = g_realloc_n (run->values, kept, run->dimension * sizeof (float));
  return kept;
}

static void
sum_timings (const Run *run, gint64 begun, TamisEncodeTimings *timings)
{
  if (timings == NULL)
    return;
  *timings = (TamisEncodeTimings){ 0 };
  for (guint i = 0; i < run->n_workers; i++)
    {
      timings->decode_s += run->workers[i].decode_us / 1e6;
      timings->encode_s += run->workers[i].encode_us / 1e6;
    }
  timings->wall_s = (g_get_monotonic_time () - begun) / 1e6;
}

TamisLatents *
tamis_encode_run (TamisDataset *dataset, TamisModel *model, const TamisEncodeCache *cache,
                  TamisProgress *progress, GCancellable *cancel, TamisDataset **readable,
                  TamisEncodeTimings *timings, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  g_auto (Run) run = {
    .dataset = dataset,
    .model = model,
    .cache = cache,
    .progress = progress,
    .cancel = cancel,
    .n = tamis_dataset_get_n_images (dataset),
    .dimension = (guint) tamis_model_get_dimension (model),
  };
  guint kept;

  g_return_val_if_fail (readable != NULL, NULL);
  *readable = NULL;
  if (!reserve (&run, error))
    return NULL;
  tamis_progress_begin (progress, TAMIS_STAGE_ENCODE, run.n);
  tamis_parallel_for ((run.n + BATCH - 1) / BATCH, encode_batch, &run, cancel);
  /* Also if every item was handed out: a batch stops in its middle. */
  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return NULL;
  kept = close_up (&run);
  if (kept == 0)
    {
      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY,
                   "None of the %u images could be decoded%s%s", run.n,
                   run.n > 0 ? "; the first: " : "", run.n > 0 ? run.reasons[0] : "");
      return NULL;
    }
  *readable = tamis_dataset_refine (dataset, (const char *const *) run.reasons, run.facts);
  sum_timings (&run, begun, timings);
  return tamis_latents_new_take (g_steal_pointer (&run.values), kept, run.dimension);
}
