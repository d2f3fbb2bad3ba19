/* TamisVectors: what the encoder made of which bytes.
 *
 * DESIGN: vectors lie in chunks, first all digests, then all vectors, about a megabyte, as blobs in
 * the file and as they are in memory: reading a project is a few hundred copies, not one a row. An
 * open-addressing table of running numbers finds a digest; a digest's first bytes are its hash. New
 * vectors fill a chunk of their own, which goes to the store when it is full or half a second old;
 * from then on it never changes, so that the store needs no copy.
 * The first vector of a digest stays: whatever machine made it, all pairs come from the same numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <string.h>

#define CHUNK_BYTES (1 << 20)
#define PATIENCE_US (G_USEC_PER_SEC / 2)
#define FREE G_MAXUINT32

typedef struct
{
  guint n;
  guint room;
  guint dimension;
  TamisDigest *digests;
  float *vectors;
  char *model;
} Chunk; /* g_atomic_rc_box */

typedef struct
{
  const TamisDigest *digest;
  const float *vector;
} Item;

struct _TamisVectors
{
  TamisStore *store; /* borrowed */
  char *model;       /* SHA-256 of the file, and the metric */
  guint dimension;

  GMutex mutex;
  /* Guarded by mutex */
  GPtrArray *chunks; /* of Chunk, keeps them alive */
  GArray *items;     /* of Item */
  guint32 *slots;    /* of places in items */
  gsize n_slots;     /* a power of two, at least twice as many */
  Chunk *open;       /* borrowed from chunks; being filled; NULL */
  gint64 opened;     /* when it got its first vector, µs */
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
  g_ptr_array_add (vectors->chunks, self);
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
         && !tamis_digest_equal (g_array_index (self->items, Item, self->slots[at]).digest, digest))
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
    *find_slot (self, g_array_index (self->items, Item, i).digest) = i;
}

/* Item @i of @chunk becomes known, unless its digest is. */
static void
note (TamisVectors *self, const Chunk *chunk, guint i)
{
  Item item = { &chunk->digests[i], chunk->vectors + (gsize) i * chunk->dimension };
  guint32 *slot;

  make_room (self, (gsize) self->items->len + 1);
  slot = find_slot (self, item.digest);
  if (*slot != FREE)
    return;
  *slot = self->items->len;
  g_array_append_val (self->items, item);
}

/* ---- reading ---- */

/* A chunk of another length than it says is skipped: its images are encoded again. */
static void
read_chunk (TamisVectors *self, sqlite3_stmt *statement)
{
  gint64 n = sqlite3_column_int64 (statement, 0);
  gsize each = sizeof (TamisDigest) + self->dimension * sizeof (float);
  gsize bytes = (gsize) sqlite3_column_bytes (statement, 1);
  const char *blob = sqlite3_column_blob (statement, 1);
  Chunk *chunk;

  if (n <= 0 || blob == NULL || bytes % each != 0 || (gsize) n != bytes / each)
    return;
  chunk = chunk_new (self, (guint) n);
  chunk->n = (guint) n;
  memcpy (chunk->digests, blob, (gsize) n * sizeof (TamisDigest));
  memcpy (chunk->vectors, blob + (gsize) n * sizeof (TamisDigest),
          (gsize) n * self->dimension * sizeof (float));
  make_room (self, self->items->len + (gsize) n);
  for (guint i = 0; i < chunk->n; i++)
    note (self, chunk, i);
}

static void
read_chunks (TamisVectors *self, sqlite3 *db, GCancellable *cancel, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = _tamis_sql_prepare (db, "SELECT n, data FROM vectors WHERE model = ? AND dimension = ?"
                                " ORDER BY id", error);

  if (statement == NULL)
    return;
  sqlite3_bind_text (statement, 1, self->model, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, self->dimension);
  while (!g_cancellable_set_error_if_cancelled (cancel, error)
         && _tamis_sql_next (statement, error))
    read_chunk (self, statement);
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
  self->chunks = g_ptr_array_new_with_free_func (chunk_unref);
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  make_room (self, 1);
  read_chunks (self, _tamis_store_lock (store), cancel, &problem);
  _tamis_store_unlock (store);
  if (problem == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* ---- at work ---- */

gboolean
_tamis_vectors_find (TamisVectors *self, const TamisDigest *digest, float *vector)
{
  guint32 place;

  g_mutex_lock (&self->mutex);
  place = *find_slot (self, digest);
  if (place != FREE)
    memcpy (vector, g_array_index (self->items, Item, place).vector,
            self->dimension * sizeof (float));
  g_mutex_unlock (&self->mutex);
  return place != FREE;
}

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
  return g_atomic_rc_box_acquire (chunk);
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

void
_tamis_vectors_add (TamisVectors *self, const TamisDigest *digest, const float *vector)
{
  Chunk *full = NULL, *chunk;

  g_mutex_lock (&self->mutex);
  if (*find_slot (self, digest) == FREE)
    {
      if (self->open != NULL && self->open->n == self->open->room)
        full = close_chunk (self, TRUE);
      if (self->open == NULL)
        {
          gsize each = sizeof (TamisDigest) + self->dimension * sizeof (float);

          self->open = chunk_new (self, (guint) MAX (CHUNK_BYTES / each, 1));
          self->opened = g_get_monotonic_time ();
        }
      chunk = self->open;
      chunk->digests[chunk->n] = *digest;
      memcpy (chunk->vectors + (gsize) chunk->n * self->dimension, vector,
              self->dimension * sizeof (float));
      note (self, chunk, chunk->n++);
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
  g_ptr_array_unref (self->chunks);
  g_array_unref (self->items);
  g_free (self->slots);
  g_free (self->model);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
