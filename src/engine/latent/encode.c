/* From image files to the matrix of what is compared.
 *
 * DESIGN: work items are batches of 32 consecutive rows, cut by row number alone, and a worker owns
 * its coder and buffers, so the result depends neither on the number of threads nor on which of
 * them took what. Every image goes into the row it was listed in; the rows of those that could not
 * be decoded are closed up afterwards, in row order. The matrix is reserved up front, and a data
 * set whose matrix would not fit is refused before the first file is opened.
 * JPEGs may be decoded at reduced size, see tamis_image_load_for_input().
 * Files are known by content: bytes that the cache or an earlier row of the run had are not decoded
 * again. Whether a worker meets a twin in time depends on the threads; the vector does not, because
 * a vector does not depend on its batch. Vectors of the cache are only noted as wanted, and fetched
 * together at the end.
 * The system is asked for the bytes of the files that come next, so that a slow disk reads while the
 * processor decodes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/latent/latents-private.h"

#include <string.h>

#define BATCH 32
#define AHEAD 8 /* files a worker asks for before it needs them */

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
  guint8 *is_wanted;      /* n: the cache has the vector */

  /* Guarded by mutex */
  GMutex mutex;
  GHashTable *contents; /* set of elements of facts, by digest: rows of batches that have ended */

  guint n;
  guint dimension;
} Run;

static float *
get_vector (const Run *run, guint row)
{
  return run->values + (gsize) row * run->dimension;
}

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

static gboolean
want_vector (Run *run, guint row)
{
  const TamisEncodeCache *cache = run->cache;

  run->is_wanted[row] = cache->has_vector (cache->data, &run->facts[row].digest);
  return run->is_wanted[row];
}

/* What the cache has of @row: its vector, or why it cannot be read. FALSE: the file must be read. */
static gboolean
find_known (Run *run, guint row)
{
  const TamisEncodeCache *cache = run->cache;

  if (cache == NULL || cache->find_file == NULL || cache->has_vector == NULL
      || !cache->find_file (cache->data, row, &run->facts[row], &run->reasons[row]))
    return FALSE;
  return run->reasons[row] != NULL || want_vector (run, row);
}

/* The rows of one batch that have to be opened. */
typedef struct
{
  guint rows[BATCH];
  int slots[BATCH]; /* of the worker's inputs; -1: there is nothing to encode */
  int n_wanted;     /* of rows */
  int n_asked;      /* of rows: the system was asked to read them */
  int n_rows;       /* of rows and slots: read so far */
  int n_slots;
} Batch;

/* An earlier row of this batch with the same content, or of a batch that has ended: its slot, or
 * its facts and vector. */
static gboolean
find_twin (Run *run, Batch *batch, guint row)
{
  TamisImageFacts *facts = &run->facts[row], *twin;
  guint twin_row;

  for (int i = 0; i < batch->n_rows; i++)
    if (batch->slots[i] >= 0
        && tamis_digest_equal (&run->facts[batch->rows[i]].digest, &facts->digest))
      {
        *facts = run->facts[batch->rows[i]];
        batch->slots[batch->n_rows] = batch->slots[i];
        return TRUE;
      }
  g_mutex_lock (&run->mutex);
  twin = g_hash_table_lookup (run->contents, facts);
  g_mutex_unlock (&run->mutex);
  if (twin == NULL)
    return FALSE;
  twin_row = (guint) (twin - run->facts);
  run->is_wanted[row] = run->is_wanted[twin_row];
  if (!run->is_wanted[row])
    memcpy (get_vector (run, row), get_vector (run, twin_row), run->dimension * sizeof (float));
  *facts = *twin;
  return TRUE;
}

/* The cache knows these bytes under another name. */
static gboolean
find_content (Run *run, guint row)
{
  const TamisEncodeCache *cache = run->cache;

  return cache != NULL && cache->find_facts != NULL && cache->has_vector != NULL
         && cache->find_facts (cache->data, &run->facts[row]) && want_vector (run, row);
}

/* What is measured and kept of a decoded image beside its vector. FALSE: cancelled. */
static gboolean
look_at (Run *run, guint row, TamisImage *image)
{
  g_autoptr (TamisImage) small
      = tamis_image_reduce_cancellable (image, TAMIS_THUMBNAIL_SIDE, run->cancel);
  TamisImageFacts *facts = &run->facts[row];

  if (small == NULL)
    return FALSE;
  facts->sharpness = tamis_image_sharpness_of_thumbnail (small);
  if (run->cache != NULL && run->cache->thumbnails != NULL)
    tamis_thumbnails_put (run->cache->thumbnails, facts, small);
  return TRUE;
}

static gboolean
decode_row (Run *run, Worker *worker, Batch *batch, guint row, TamisImageFile *file,
            const TamisImageLoad *load, GError **error)
{
  gsize side = (gsize) tamis_model_get_input_side (run->model);
  g_autoptr (TamisImage) image = tamis_image_file_decode (file, load, &run->facts[row], error);

  if (image == NULL)
    return FALSE;
  if (!tamis_image_to_input_cancellable (
          image, (int) side, worker->input + batch->n_slots * 3 * side * side, run->cancel)
      || !look_at (run, row, image))
    return !g_cancellable_set_error_if_cancelled (run->cancel, error);
  batch->slots[batch->n_rows] = batch->n_slots++;
  return TRUE;
}

/* Asks for the files up to AHEAD from the one that is read now. */
static void
ask_ahead (Run *run, Batch *batch)
{
  for (; batch->n_asked < MIN (batch->n_rows + AHEAD, batch->n_wanted); batch->n_asked++)
    {
      g_autofree char *path = tamis_dataset_dup_file (run->dataset, batch->rows[batch->n_asked]);

      tamis_image_file_expect (path);
    }
}

/* Reads the file of the next row and, unless its content is known, decodes it. FALSE: cancelled. */
static gboolean
read_row (Run *run, Worker *worker, Batch *batch)
{
  guint row = batch->rows[batch->n_rows];
  g_autofree char *path = tamis_dataset_dup_file (run->dataset, row);
  TamisImageLoad load = tamis_image_load_for_input (tamis_model_get_input_side (run->model));
  g_autoptr (TamisImageFile) file = NULL;
  g_autoptr (GError) error = NULL;

  load.digest = TRUE;
  load.cancel = run->cancel;
  batch->slots[batch->n_rows] = -1;
  file = tamis_image_file_read (path, &load, &run->facts[row], &error);
  if (file != NULL && !find_twin (run, batch, row) && !find_content (run, row))
    decode_row (run, worker, batch, row, file, &load, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  if (error != NULL)
    run->reasons[row] = g_strdup (error->message);
  batch->n_rows++;
  return TRUE;
}

/* Tells the cache, and batches to come, what was read in this one. */
static void
remember (Run *run, const Batch *batch)
{
  const TamisEncodeCache *cache = run->cache;

  g_mutex_lock (&run->mutex);
  for (int i = 0; i < batch->n_rows; i++)
    if (run->reasons[batch->rows[i]] == NULL)
      g_hash_table_add (run->contents, &run->facts[batch->rows[i]]);
  g_mutex_unlock (&run->mutex);
  if (cache == NULL || cache->add == NULL || batch->n_rows == 0)
    return;
  for (int i = 0; i < batch->n_rows; i++)
    {
      guint row = batch->rows[i];

      cache->add (cache->data, row, &run->facts[row], run->reasons[row],
                  run->reasons[row] == NULL && !run->is_wanted[row] ? get_vector (run, row) : NULL);
    }
  cache->end_batch (cache->data);
}

static void
encode_slots (Run *run, Worker *worker, const Batch *batch)
{
  if (batch->n_slots == 0)
    return;
  tamis_coder_encode (worker->coder, worker->input, batch->n_slots, worker->latent);
  tamis_coder_describe (worker->coder, worker->latent, batch->n_slots, worker->described);
  for (int i = 0; i < batch->n_rows; i++)
    if (batch->slots[i] >= 0)
      memcpy (get_vector (run, batch->rows[i]),
              worker->described + (gsize) batch->slots[i] * run->dimension,
              run->dimension * sizeof (float));
}

static void
encode_batch (gsize item, guint number, gpointer data)
{
  Run *run = data;
  Worker *worker = get_worker (run, number);
  guint first = (guint) item * BATCH;
  guint end = MIN (first + BATCH, run->n);
  Batch batch = { .n_wanted = 0 };
  gint64 begun = g_get_monotonic_time (), decoded;

  for (guint row = first; row < end; row++)
    if (!find_known (run, row))
      batch.rows[batch.n_wanted++] = row;
  while (batch.n_rows < batch.n_wanted)
    {
      ask_ahead (run, &batch);
      /* A batch of large files takes longer than a cancel may wait. */
      if (g_cancellable_is_cancelled (run->cancel) || !read_row (run, worker, &batch))
        return;
    }
  decoded = g_get_monotonic_time ();
  worker->decode_us += decoded - begun;
  encode_slots (run, worker, &batch);
  worker->encode_us += g_get_monotonic_time () - decoded;
  remember (run, &batch);
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
  run->is_wanted = g_new0 (guint8, MAX (run->n, 1));
  g_mutex_init (&run->mutex);
  run->contents = g_hash_table_new (tamis_image_facts_hash, tamis_image_facts_equal);
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
  g_free (run->is_wanted);
  if (run->contents != NULL)
    g_mutex_clear (&run->mutex);
  g_clear_pointer (&run->contents, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Fetches what the cache has. */
static gboolean
fetch_wanted (Run *run, GError **error)
{
  const TamisEncodeCache *cache = run->cache;
  g_autofree TamisVectorWish *wishes = NULL;
  guint n = 0;

  if (cache == NULL || cache->get_vectors == NULL)
    return TRUE;
  wishes = g_new (TamisVectorWish, MAX (run->n, 1));
  for (guint row = 0; row < run->n; row++)
    if (run->is_wanted[row])
      wishes[n++] = (TamisVectorWish){ &run->facts[row].digest, get_vector (run, row) };
  return n == 0 || cache->get_vectors (cache->data, wishes, n, run->cancel, error);
}

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
  if (g_cancellable_set_error_if_cancelled (cancel, error) || !fetch_wanted (&run, error))
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
