/* TamisVectors: what the encoder made of which bytes.
 *
 * DESIGN: vectors lie in the file in chunks of about a megabyte, first all digests, then all vectors,
 * as blobs. In memory there is a directory only, 40 bytes a vector: an open-addressing table of
 * running numbers finds a digest, whose first bytes are its hash. So vectors are in memory once, where
 * a run wants them, and reading them is a few hundred copies in the order of the file, not one a row.
 * New vectors fill a chunk of their own, which goes to the store when it is full or half a second old;
 * from then on it never changes, so that the store needs no copy, and is the store's alone.
 * The first vector of a digest stays: whatever machine made it, all pairs come from the same numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (1 << 20)
#define PATIENCE_US (G_USEC_PER_SEC / 2)
#define FREE G_MAXUINT32
#define NEW G_MAXUINT32 /* the chunk of an item that was not in the file */

typedef struct
{
  guint n;
  guint room;
  guint dimension;
  TamisDigest *digests;
  float *vectors;
  char *model;
} Chunk; /* g_atomic_rc_box */

/* A chunk that was in the file. */
typedef struct
{
  gint64 id;
  guint n;
} Kept;

typedef struct
{
  TamisDigest digest;
  guint32 chunk; /* of kept, or NEW */
  guint32 place; /* in it */
} Item;

struct _TamisVectors
{
  TamisStore *store; /* borrowed */
  char *model;       /* SHA-256 of the file, and the metric */
  guint dimension;
  GArray *kept; /* of Kept; not changed after loading */

  GMutex mutex;
  /* Guarded by mutex */
  GArray *items;  /* of Item */
  guint32 *slots; /* of places in items */
  gsize n_slots;  /* a power of two, at least twice as many */
  Chunk *open;    /* owned; being filled; NULL */
  gint64 opened;  /* when it got its first vector, µs */
};

/* ---- chunks ---- */

static void
chunk_clear (gpointer data)
{
  Chunk *self = data;

  g_free (self->digests);
  g_free (self->vectors);
  g_free (self->model);
}

static void
chunk_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, chunk_clear);
}

static Chunk *
chunk_new (TamisVectors *vectors, guint room)
{
  Chunk *self = g_atomic_rc_box_new0 (Chunk);

  self->room = room;
  self->dimension = vectors->dimension;
  self->digests = g_new (TamisDigest, room);
  self->vectors = g_new (float, (gsize) room * vectors->dimension);
  self->model = g_strdup (vectors->model);
  return self;
}

static gsize
chunk_get_bytes (const Chunk *self, guint n)
{
  return n * (sizeof (TamisDigest) + self->dimension * sizeof (float));
}

static gboolean
write_chunk (TamisStore *store, gpointer data, GError **error)
{
  Chunk *self = data;
  sqlite3_stmt *statement = _tamis_store_get (store, TAMIS_SQL_ADD_VECTORS, error);
  gsize digests = self->n * sizeof (TamisDigest);
  char *blob;

  if (statement == NULL)
    return FALSE;
  blob = g_malloc (chunk_get_bytes (self, self->n));
  memcpy (blob, self->digests, digests);
  memcpy (blob + digests, self->vectors, self->n * self->dimension * sizeof (float));
  sqlite3_bind_text (statement, 1, self->model, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, self->dimension);
  sqlite3_bind_int64 (statement, 3, self->n);
  sqlite3_bind_blob64 (statement, 4, blob, chunk_get_bytes (self, self->n), g_free);
  return _tamis_sql_do (statement, error);
}

/* ---- the table ---- */

static guint32 *
find_slot (TamisVectors *self, const TamisDigest *digest)
{
  guint64 head;
  gsize at;

  memcpy (&head, digest->bytes, sizeof head);
  at = (gsize) head & (self->n_slots - 1);
  while (self->slots[at] != FREE
         && !tamis_digest_equal (&g_array_index (self->items, Item, self->slots[at]).digest, digest))
    at = (at + 1) & (self->n_slots - 1);
  return &self->slots[at];
}

static void
make_room (TamisVectors *self, gsize n)
{
  if (self->n_slots >= 2 * n)
    return;
  while (self->n_slots < 2 * n)
    self->n_slots = MAX (64, 2 * self->n_slots);
  g_free (self->slots);
  self->slots = g_new (guint32, self->n_slots);
  memset (self->slots, 0xff, self->n_slots * sizeof *self->slots);
  for (guint i = 0; i < self->items->len; i++)
    *find_slot (self, &g_array_index (self->items, Item, i).digest) = i;
}

/* FALSE: the digest was known already. */
static gboolean
note (TamisVectors *self, const Item *item)
{
  guint32 *slot;

  make_room (self, (gsize) self->items->len + 1);
  slot = find_slot (self, &item->digest);
  if (*slot != FREE)
    return FALSE;
  *slot = self->items->len;
  g_array_append_val (self->items, *item);
  return TRUE;
}

/* ---- reading ---- */

static gsize
vector_bytes (const TamisVectors *self)
{
  return self->dimension * sizeof (float);
}

/* @blob: (inout): NULL at first, to be closed at last; moved on to the data of chunk @id. */
static gboolean
open_blob (sqlite3 *db, gint64 id, sqlite3_blob **blob, GError **error)
{
  int code = *blob == NULL ? sqlite3_blob_open (db, "main", "vectors", "data", id, 0, blob)
                           : sqlite3_blob_reopen (*blob, id);

  return code == SQLITE_OK || _tamis_sql_fail (db, code, "Could not read the project file", error);
}

static gboolean
read_blob (sqlite3 *db, sqlite3_blob *blob, gpointer to, gsize bytes, gsize offset, GError **error)
{
  int code = sqlite3_blob_read (blob, to, (int) bytes, (int) offset);

  return code == SQLITE_OK || _tamis_sql_fail (db, code, "Could not read the project file", error);
}

/* A chunk of another length than it says is skipped: its images are encoded again. */
static gboolean
read_digests (TamisVectors *self, sqlite3 *db, sqlite3_blob *blob, gint64 id, gint64 n, GError **error)
{
  gsize each = sizeof (TamisDigest) + vector_bytes (self);
  gsize bytes = (gsize) sqlite3_blob_bytes (blob);
  g_autofree TamisDigest *digests = NULL;
  Kept kept = { id, (guint) n };

  if (n <= 0 || bytes % each != 0 || (gsize) n != bytes / each)
    return TRUE;
  digests = g_new (TamisDigest, n);
  if (!read_blob (db, blob, digests, (gsize) n * sizeof *digests, 0, error))
    return FALSE;
  make_room (self, self->items->len + (gsize) n);
  for (guint i = 0; i < kept.n; i++)
    note (self, &(Item){ digests[i], self->kept->len, i });
  g_array_append_val (self->kept, kept);
  return TRUE;
}

static void
read_directory (TamisVectors *self, sqlite3 *db, GCancellable *cancel, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = _tamis_sql_prepare (db, "SELECT id, n FROM vectors WHERE model = ? AND dimension = ?"
                                " ORDER BY id", error);
  sqlite3_blob *blob = NULL;

  if (statement == NULL)
    return;
  sqlite3_bind_text (statement, 1, self->model, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, self->dimension);
  while (!g_cancellable_set_error_if_cancelled (cancel, error) && _tamis_sql_next (statement, error))
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      if (!open_blob (db, id, &blob, error)
          || !read_digests (self, db, blob, id, sqlite3_column_int64 (statement, 1), error))
        break;
    }
  sqlite3_blob_close (blob);
}

TamisVectors *
_tamis_vectors_load (TamisStore *store, TamisModel *model, guint dimension, GCancellable *cancel,
                     GError **error)
{
  g_autoptr (TamisVectors) self = g_new0 (TamisVectors, 1);
  g_autoptr (GError) problem = NULL;

  self->store = store;
  self->model = _tamis_project_name_model (model);
  self->dimension = dimension;
  g_mutex_init (&self->mutex);
  self->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  make_room (self, 1);
  read_directory (self, _tamis_store_lock (store), cancel, &problem);
  _tamis_store_unlock (store);
  if (problem == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
_tamis_vectors_has (TamisVectors *self, const TamisDigest *digest)
{
  gboolean has;
  guint32 place;

  g_mutex_lock (&self->mutex);
  place = *find_slot (self, digest);
  has = place != FREE && g_array_index (self->items, Item, place).chunk != NEW;
  g_mutex_unlock (&self->mutex);
  return has;
}

/* Where a wished vector lies. */
typedef struct
{
  guint32 chunk;
  guint32 place;
  float *vector;
} Errand;

static int
compare_errands (const void *a, const void *b)
{
  const Errand *p = a, *q = b;

  if (p->chunk != q->chunk)
    return p->chunk < q->chunk ? -1 : 1;
  return (p->place > q->place) - (p->place < q->place);
}

static Errand *
plan_errands (TamisVectors *self, const TamisVectorWish *wishes, guint n)
{
  Errand *errands = g_new (Errand, MAX (n, 1));

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < n; i++)
    {
      const Item *item = &g_array_index (self->items, Item, *find_slot (self, wishes[i].digest));

      errands[i] = (Errand){ item->chunk, item->place, wishes[i].vector };
    }
  g_mutex_unlock (&self->mutex);
  qsort (errands, n, sizeof *errands, compare_errands);
  return errands;
}

/* The @n errands of one chunk, by one reading from the first to the last of them. */
static gboolean
run_errands (const TamisVectors *self, sqlite3 *db, sqlite3_blob *blob, const Errand *errands, guint n,
             GError **error)
{
  gsize each = vector_bytes (self), first = errands[0].place;
  gsize digests = g_array_index (self->kept, Kept, errands[0].chunk).n * sizeof (TamisDigest);
  gsize bytes = (errands[n - 1].place - first + 1) * each;
  g_autofree char *buffer = g_malloc (bytes);

  if (!read_blob (db, blob, buffer, bytes, digests + first * each, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    memcpy (errands[i].vector, buffer + (errands[i].place - first) * each, each);
  return TRUE;
}

static gboolean
run_all_errands (const TamisVectors *self, sqlite3 *db, const Errand *errands, guint n,
                 GCancellable *cancel, GError **error)
{
  sqlite3_blob *blob = NULL;
  gboolean good = TRUE;

  for (guint from = 0, end; good && from < n; from = end)
    {
      guint32 chunk = errands[from].chunk;

      for (end = from + 1; end < n && errands[end].chunk == chunk;)
        end++;
      good = !g_cancellable_set_error_if_cancelled (cancel, error)
             && open_blob (db, g_array_index (self->kept, Kept, chunk).id, &blob, error)
             && run_errands (self, db, blob, errands + from, end - from, error);
    }
  sqlite3_blob_close (blob);
  return good;
}

gboolean
_tamis_vectors_get (TamisVectors *self, const TamisVectorWish *wishes, guint n, GCancellable *cancel,
                    GError **error)
{
  g_autofree Errand *errands = plan_errands (self, wishes, n);
  gboolean good = run_all_errands (self, _tamis_store_lock (self->store), errands, n, cancel, error);

  _tamis_store_unlock (self->store);
  return good;
}

/* ---- new ones ---- */

/* The chunk to hand over, NULL if it may still wait; mutex held. */
static Chunk *
close_chunk (TamisVectors *self, gboolean at_once)
{
  Chunk *chunk = self->open;

  if (chunk == NULL
      || (!at_once && chunk->n < chunk->room
          && g_get_monotonic_time () - self->opened < PATIENCE_US))
    return NULL;
  self->open = NULL;
  return chunk;
}

static void
hand_over (TamisVectors *self, Chunk *chunk)
{
  TamisWrite write = { write_chunk, chunk_unref, chunk, 0, TRUE };

  if (chunk == NULL)
    return;
  write.bytes = chunk_get_bytes (chunk, chunk->room);
  _tamis_store_push (self->store, &write);
}

/* Puts what note() was told of into the open chunk; mutex held. */
static void
fill_in (TamisVectors *self, const TamisDigest *digest, const float *vector)
{
  Chunk *chunk = self->open;

  if (chunk == NULL)
    {
      gsize each = sizeof (TamisDigest) + vector_bytes (self);

      chunk = self->open = chunk_new (self, (guint) MAX (CHUNK_BYTES / each, 1));
      self->opened = g_get_monotonic_time ();
    }
  chunk->digests[chunk->n] = *digest;
  memcpy (chunk->vectors + (gsize) chunk->n * self->dimension, vector, vector_bytes (self));
  chunk->n++;
}

void
_tamis_vectors_add (TamisVectors *self, const TamisDigest *digest, const float *vector)
{
  Chunk *full = NULL;

  g_mutex_lock (&self->mutex);
  if (note (self, &(Item){ *digest, NEW, 0 }))
    {
      if (self->open != NULL && self->open->n == self->open->room)
        full = close_chunk (self, TRUE);
      fill_in (self, digest, vector);
    }
  g_mutex_unlock (&self->mutex);
  hand_over (self, full);
}

void
_tamis_vectors_offer (TamisVectors *self)
{
  Chunk *chunk;

  g_mutex_lock (&self->mutex);
  chunk = close_chunk (self, FALSE);
  g_mutex_unlock (&self->mutex);
  hand_over (self, chunk);
}

guint
_tamis_vectors_get_n (TamisVectors *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->items->len;
  g_mutex_unlock (&self->mutex);
  return n;
}

void
_tamis_vectors_free (TamisVectors *self)
{
  if (self == NULL)
    return;
  hand_over (self, close_chunk (self, TRUE));
  g_array_unref (self->kept);
  g_array_unref (self->items);
  g_free (self->slots);
  g_free (self->model);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
