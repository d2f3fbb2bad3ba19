/* Encoding through what the project knows: files by path, length and time, vectors by content.
 *
 * DESIGN: the table of files is read once, and what it says of a row whose length and time are those
 * of the disk is kept for the run. A file that was written within the last two seconds may change
 * again without its time doing so; its time is noted as unknown, which costs it being read once more.
 * Why a file cannot be decoded is relied on for its bytes, as this version reads them: not where it
 * could not be opened, which a change of permissions mends, or is no image from its first bytes on,
 * which costs nothing to see; and not by the next version.
 * Files go to the store in their batch, after the vectors they need: a file whose vector was lost in a
 * crash is found by length and time, not by content, and tamis_encode_run() reads it again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <string.h>

#define SETTLE_US (2 * G_USEC_PER_SEC)
#define READER "reader" /* setting: the version that the reasons are of */

typedef struct
{
  char *path;
  gint64 bytes;
  gint64 mtime; /* µs since 1970; -1: not to be relied on */
  TamisImageFacts facts;
  char *reason; /* nullable */
} FileRecord;

typedef struct
{
  gboolean is_known;
  TamisImageFacts facts;
  char *reason;
} Known;

typedef struct
{
  TamisStore *store;        /* borrowed */
  TamisDataset *dataset;    /* borrowed */
  gboolean ignores_reasons; /* they are another version's */
  TamisVectors *vectors;
  Known *known;         /* one a row */
  GHashTable *contents; /* set of TamisImageFacts, by digest; not changed during the run */
  guint n;

  GMutex mutex;
  GArray *records; /* guarded by mutex: of FileRecord, not handed over yet */
} Encoding;

/* ---- the table of files ---- */

static void
record_clear (gpointer data)
{
  FileRecord *self = data;

  g_free (self->path);
  g_free (self->reason);
}

static GArray *
records_new (void)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (FileRecord));

  g_array_set_clear_func (records, record_clear);
  return records;
}

static gboolean
write_record (sqlite3_stmt *statement, const FileRecord *record, GError **error)
{
  _tamis_sql_bind_bytes (statement, 1, record->path);
  sqlite3_bind_int64 (statement, 2, record->bytes);
  sqlite3_bind_int64 (statement, 3, record->mtime);
  _tamis_sql_bind_digest (statement, 4, &record->facts.digest);
  sqlite3_bind_int (statement, 5, record->facts.width);
  sqlite3_bind_int (statement, 6, record->facts.height);
  sqlite3_bind_int (statement, 7, (int) record->facts.format);
  if (record->reason != NULL)
    sqlite3_bind_text (statement, 8, record->reason, -1, SQLITE_STATIC);
  sqlite3_bind_double (statement, 9, record->facts.sharpness);
  return _tamis_sql_do (statement, error);
}

static gboolean
write_records (TamisStore *store, gpointer data, GError **error)
{
  GArray *records = data;
  sqlite3_stmt *statement = _tamis_store_get (store, TAMIS_SQL_ADD_FILE, error);

  for (guint i = 0; statement != NULL && i < records->len; i++)
    if (!write_record (statement, &g_array_index (records, FileRecord, i), error))
      return FALSE;
  return statement != NULL;
}

/* What the row of the table says of the bytes, and of the file if it is on the disk as it was. */
static void
read_record (Encoding *self, sqlite3_stmt *statement)
{
  g_autofree char *path = _tamis_sql_dup_bytes (statement, 0);
  int row = tamis_dataset_find_path (self->dataset, path);
  const char *reason = (const char *) sqlite3_column_text (statement, 7);
  TamisImageFacts facts = {
    .digest = _tamis_sql_get_digest (statement, 3),
    .width = sqlite3_column_int (statement, 4),
    .height = sqlite3_column_int (statement, 5),
    .format = (TamisImageFormat) sqlite3_column_int (statement, 6),
    .sharpness = (float) sqlite3_column_double (statement, 8),
  };
  Known *known;

  if (reason == NULL && tamis_digest_is_set (&facts.digest))
    g_hash_table_add (self->contents, g_memdup2 (&facts, sizeof facts));

  if (row < 0
      || (guint64) sqlite3_column_int64 (statement, 1)
             != tamis_dataset_get_bytes (self->dataset, (guint) row)
      || sqlite3_column_int64 (statement, 2)
             != tamis_dataset_get_mtime (self->dataset, (guint) row)
      || (reason != NULL && (self->ignores_reasons || !tamis_digest_is_set (&facts.digest))))
    return;
  known = &self->known[row];
  known->is_known = TRUE;
  known->facts = facts;
  known->reason = g_strdup (reason);
}

static void
read_files (Encoding *self, sqlite3 *db, GCancellable *cancel, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = _tamis_sql_prepare (db, "SELECT path, bytes, mtime, digest, width, height, format, reason,"
                                " sharpness FROM files", error);

  while (statement != NULL && !g_cancellable_set_error_if_cancelled (cancel, error)
         && _tamis_sql_next (statement, error))
    read_record (self, statement);
}

/* ---- TamisEncodeCache ---- */

static gboolean
find_file (gpointer data, guint row, TamisImageFacts *facts, char **reason)
{
  Encoding *self = data;
  const Known *known = &self->known[row];

  if (!known->is_known)
    return FALSE;
  *facts = known->facts;
  *reason = g_strdup (known->reason);
  return TRUE;
}

static gboolean
find_facts (gpointer data, TamisImageFacts *facts)
{
  Encoding *self = data;
  const TamisImageFacts *known = g_hash_table_lookup (self->contents, facts);

  if (known != NULL)
    *facts = *known;
  return known != NULL;
}

static gboolean
has_vector (gpointer data, const TamisDigest *digest)
{
  Encoding *self = data;

  return tamis_digest_is_set (digest) && _tamis_vectors_has (self->vectors, digest);
}

static gboolean
get_vectors (gpointer data, const TamisVectorWish *wishes, guint n, GCancellable *cancel,
             GError **error)
{
  Encoding *self = data;

  return _tamis_vectors_get (self->vectors, wishes, n, cancel, error);
}

static void
add (gpointer data, guint row, const TamisImageFacts *facts, const char *reason,
     const float *vector)
{
  Encoding *self = data;
  gint64 mtime = tamis_dataset_get_mtime (self->dataset, row);
  FileRecord record = {
    .path = g_strdup (tamis_dataset_get_path (self->dataset, row)),
    .bytes = (gint64) tamis_dataset_get_bytes (self->dataset, row),
    .mtime = g_get_real_time () - mtime > SETTLE_US ? mtime : -1,
    .facts = *facts,
    .reason = g_strdup (reason),
  };

  if (vector != NULL && tamis_digest_is_set (&facts->digest))
    _tamis_vectors_add (self->vectors, &facts->digest, vector);
  g_mutex_lock (&self->mutex);
  g_array_append_val (self->records, record);
  g_mutex_unlock (&self->mutex);
}

static void
push_records (Encoding *self)
{
  TamisWrite write = { write_records, (GDestroyNotify) g_array_unref, NULL, 0, TRUE };
  GArray *records = NULL;

  g_mutex_lock (&self->mutex);
  if (self->records->len > 0)
    {
      records = self->records;
      self->records = records_new ();
    }
  g_mutex_unlock (&self->mutex);
  if (records == NULL)
    return;
  write.data = records;
  write.bytes = records->len * (sizeof (FileRecord) + 64);
  _tamis_store_push (self->store, &write);
}

static void
end_batch (gpointer data)
{
  Encoding *self = data;

  _tamis_vectors_offer (self->vectors);
  push_records (self);
}

/* ---- run ---- */

static gboolean
write_forgetting (TamisStore *store, gpointer data, GError **error)
{
  sqlite3_stmt *statement = _tamis_store_get (store, TAMIS_SQL_FORGET_REASONS, error);

  return statement != NULL && _tamis_sql_do (statement, error);
}

static gboolean
has_old_reasons (TamisProject *self)
{
  g_autofree char *reader = tamis_project_dup_setting (self, READER);

  return g_strcmp0 (reader, tamis_get_version ()) != 0;
}

static void
do_nothing (gpointer data)
{
}

/* In the lane of the setting, and before it: a crash between the two leaves neither done. */
static void
forget_old_reasons (TamisProject *self)
{
  TamisWrite write = { write_forgetting, do_nothing, NULL, sizeof write, FALSE };

  _tamis_store_push (self->store, &write);
  tamis_project_set_setting (self, READER, tamis_get_version ());
}

static gboolean
load_files (Encoding *self, GCancellable *cancel, GError **error)
{
  g_autoptr (GError) problem = NULL;

  self->n = tamis_dataset_get_n_images (self->dataset);
  self->known = g_new0 (Known, MAX (self->n, 1));
  self->contents = g_hash_table_new_full (tamis_image_facts_hash, tamis_image_facts_equal, g_free, NULL);
  self->records = records_new ();
  g_mutex_init (&self->mutex);
  read_files (self, _tamis_store_lock (self->store), cancel, &problem);
  _tamis_store_unlock (self->store);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
encoding_clear (Encoding *self)
{
  g_clear_pointer (&self->vectors, _tamis_vectors_free);
  push_records (self);
  for (guint row = 0; row < self->n; row++)
    g_free (self->known[row].reason);
  g_free (self->known);
  g_clear_pointer (&self->contents, g_hash_table_unref);
  g_array_unref (self->records);
  g_mutex_clear (&self->mutex);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

TamisLatents *
tamis_project_encode (TamisProject *self, TamisDataset *dataset, TamisModel *model,
                      TamisThumbnails *thumbnails, TamisProgress *progress, GCancellable *cancel,
                      TamisDataset **readable, TamisEncodeTimings *timings, GError **error)
{
  g_auto (Encoding) encoding = { .store = self->store, .dataset = dataset,
                                 .ignores_reasons = has_old_reasons (self) };
  TamisEncodeCache cache = { .find_file = find_file,
                             .find_facts = find_facts,
                             .has_vector = has_vector,
                             .get_vectors = get_vectors,
                             .add = add,
                             .end_batch = end_batch,
                             .thumbnails = thumbnails,
                             .data = &encoding };

  *readable = NULL;
  if (!load_files (&encoding, cancel, error))
    return NULL;
  encoding.vectors = _tamis_vectors_load (
      self->store, model, (guint) tamis_model_get_dimension (model), cancel, error);
  if (encoding.vectors == NULL)
    return NULL;
  if (encoding.ignores_reasons)
    forget_old_reasons (self);
  return tamis_encode_run (dataset, model, &cache, progress, cancel, readable, timings, error);
}

TamisDataset *
tamis_project_recall (TamisProject *self, TamisDataset *dataset, GCancellable *cancel,
                      GError **error)
{
  g_auto (Encoding) encoding = { .store = self->store, .dataset = dataset };
  g_autofree const char **reasons = NULL;
  g_autofree TamisImageFacts *facts = NULL;

  if (!tamis_project_flush (self, cancel, error) || !load_files (&encoding, cancel, error))
    return NULL;
  reasons = g_new0 (const char *, (gsize) encoding.n + 1);
  facts = g_new0 (TamisImageFacts, (gsize) encoding.n + 1);
  for (guint row = 0; row < encoding.n; row++)
    {
      reasons[row] = encoding.known[row].reason;
      facts[row] = encoding.known[row].facts;
    }
  return tamis_dataset_refine (dataset, reasons, facts);
}

/* If ever the same model makes other numbers of the same bytes, this has to give it another name. */
char *
_tamis_project_name_model (TamisModel *model)
{
  return g_strdup_printf ("%s %s", tamis_model_get_sha256 (model),
                          tamis_model_get_metric (model) == TAMIS_METRIC_RAW ? "raw" : "whitened");
}
