/* Pairs in the file: of a range of rows, as the arrays of TamisPairs, cut into slices.
 *
 * The bytes of a range are its degrees, neighbours (from the range's first row on) and similarities
 * one after another, in slices of 16 MB, since a blob may have a gigabyte at most. All slices are one
 * transaction. What is read is checked before it is believed: a range that is not whole is joined
 * again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include "engine/dedup/join-private.h"

#include <string.h>

#define SLICE (16 << 20)
#define ENTRIES_MAX (100u << 20) /* 1.2 GB: finding them anew is not much slower than reading them */

typedef struct
{
  TamisPairsRecord record;
  char *model;
  TamisPairs *pairs;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *self = data;

  tamis_pairs_unref (self->pairs);
  g_free (self->model);
  g_free (self);
}

/* ---- writing ---- */

typedef struct
{
  const Kept *kept;
  sqlite3_stmt *statement;
  char *slice;
  gsize used;
  int part;
} Slicer;

static gboolean
write_slice (Slicer *self, GError **error)
{
  const TamisPairsRecord *record = &self->kept->record;
  sqlite3_stmt *statement = self->statement;

  _tamis_sql_bind_digest (statement, 1, &record->key);
  sqlite3_bind_int (statement, 2, self->part++);
  sqlite3_bind_int (statement, 3, (int) record->scope);
  sqlite3_bind_text (statement, 4, self->kept->model, -1, SQLITE_STATIC);
  sqlite3_bind_double (statement, 5, tamis_pairs_get_floor (self->kept->pairs));
  sqlite3_bind_blob64 (statement, 6, self->slice, self->used, SQLITE_STATIC);
  self->used = 0;
  return _tamis_sql_do (statement, error);
}

static gboolean
put (Slicer *self, const void *data, gsize length, GError **error)
{
  const char *bytes = data;

  while (length > 0)
    {
      gsize now = MIN (length, SLICE - self->used);

      memcpy (self->slice + self->used, bytes, now);
      self->used += now;
      bytes += now;
      length -= now;
      if (self->used == SLICE && !write_slice (self, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_neighbours (Slicer *self, guint row, GError **error)
{
  guint32 first = self->kept->record.range.first;
  const guint32 *neighbours;
  guint degree = tamis_pairs_get_row (self->kept->pairs, row, &neighbours, NULL);

  for (guint i = 0; i < degree; i++)
    {
      guint32 neighbour = neighbours[i] - first;

      if (!put (self, &neighbour, sizeof neighbour, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_all (Slicer *self, GError **error)
{
  TamisPairs *pairs = self->kept->pairs;
  guint first = self->kept->record.range.first, end = first + self->kept->record.range.n;

  for (guint row = first; row < end; row++)
    {
      guint32 degree = tamis_pairs_get_row (pairs, row, NULL, NULL);

      if (!put (self, &degree, sizeof degree, error))
        return FALSE;
    }
  for (guint row = first; row < end; row++)
    if (!put_neighbours (self, row, error))
      return FALSE;
  for (guint row = first; row < end; row++)
    {
      const double *similarities;
      guint degree = tamis_pairs_get_row (pairs, row, NULL, &similarities);

      if (!put (self, similarities, degree * sizeof *similarities, error))
        return FALSE;
    }
  return write_slice (self, error);
}

static gboolean
write_kept (TamisStore *store, gpointer data, GError **error)
{
  Kept *kept = data;
  sqlite3_stmt *drop = _tamis_store_get (store, TAMIS_SQL_DROP_PAIRS, error);
  g_autofree char *slice = NULL;
  Slicer slicer = { .kept = kept };

  if (drop == NULL)
    return FALSE;
  slicer.statement = _tamis_store_get (store, TAMIS_SQL_ADD_PAIRS, error);
  if (slicer.statement == NULL)
    return FALSE;
  _tamis_sql_bind_digest (drop, 1, &kept->record.key);
  slice = g_malloc (SLICE);
  slicer.slice = slice;
  return _tamis_sql_do (drop, error) && put_all (&slicer, error);
}

void
_tamis_pairs_store_push (TamisStore *store, const TamisPairsRecord *record, TamisPairs *pairs)
{
  TamisWrite write = { write_kept, kept_free, NULL, sizeof (Kept), TRUE };
  guint64 entries = 0;
  Kept *kept;

  for (guint row = record->range.first; row < record->range.first + record->range.n; row++)
    entries += tamis_pairs_get_row (pairs, row, NULL, NULL);
  if (entries > ENTRIES_MAX)
    return;
  kept = g_new (Kept, 1);
  *kept = (Kept){ *record, g_strdup (record->model), tamis_pairs_ref (pairs) };
  write.data = kept;
  _tamis_store_push (store, &write);
}

/* ---- reading ---- */

typedef struct
{
  sqlite3_stmt *statement; /* the row at hand is the slice being read */
  double floor;
  const char *slice;
  gsize left;
} Reader;

static gboolean
next_slice (Reader *self)
{
  g_autoptr (GError) error = NULL;

  if (!_tamis_sql_next (self->statement, &error))
    return FALSE;
  self->slice = sqlite3_column_blob (self->statement, 0);
  self->left = (gsize) sqlite3_column_bytes (self->statement, 0);
  self->floor = sqlite3_column_double (self->statement, 1);
  return TRUE;
}

static gboolean
get (Reader *self, void *to, gsize length)
{
  char *bytes = to;

  while (length > 0)
    {
      gsize now = MIN (length, self->left);

      if (now == 0)
        {
          if (!next_slice (self))
            return FALSE;
          continue;
        }
      memcpy (bytes, self->slice, now);
      self->slice += now;
      self->left -= now;
      bytes += now;
      length -= now;
    }
  return TRUE;
}

/* Are the rows such as a join makes them? */
static gboolean
check (const TamisPairsArrays *arrays, guint n, double floor)
{
  guint64 at = 0;

  for (guint row = 0; row < n; row++)
    for (guint i = 0; i < arrays->degrees[row]; i++, at++)
      if (arrays->neighbours[at] >= n || arrays->neighbours[at] == row
          || !(arrays->similarities[at] > floor) || arrays->similarities[at] > 1
          || (i > 0 && arrays->similarities[at] > arrays->similarities[at - 1]))
        return FALSE;
  return TRUE;
}

static gboolean
read_arrays (Reader *reader, guint n, TamisPairsArrays *arrays)
{
  guint64 entries = 0;

  arrays->degrees = g_new (guint32, MAX (n, 1));
  if (!get (reader, arrays->degrees, n * sizeof *arrays->degrees))
    return FALSE;
  for (guint row = 0; row < n; row++)
    entries += arrays->degrees[row];
  return entries <= ENTRIES_MAX && _tamis_pairs_arrays_reserve (arrays, entries, NULL)
         && get (reader, arrays->neighbours, entries * sizeof *arrays->neighbours)
         && get (reader, arrays->similarities, entries * sizeof *arrays->similarities)
         && reader->left == 0 && check (arrays, n, reader->floor);
}

static TamisPairs *
find (sqlite3 *db, const TamisPairsRecord *record, double floor)
{
  g_autoptr (sqlite3_stmt) statement
      = _tamis_sql_prepare (db, "SELECT data, floor FROM pairs WHERE key = ? AND floor <= ?"
                                " ORDER BY part", NULL);
  Reader reader = { .statement = statement };
  TamisPairsArrays arrays = { NULL };
  TamisPairs *pairs = NULL;

  if (statement == NULL)
    return NULL;
  _tamis_sql_bind_digest (statement, 1, &record->key);
  sqlite3_bind_double (statement, 2, floor);
  /* A range without rows has a slice too. */
  if (next_slice (&reader) && read_arrays (&reader, record->range.n, &arrays))
    pairs = _tamis_pairs_new_take (record->range.n, reader.floor, record->scope, &arrays);
  _tamis_pairs_arrays_clear (&arrays);
  return pairs;
}

TamisPairs *
_tamis_pairs_store_find (TamisStore *store, const TamisPairsRecord *record, double floor)
{
  TamisPairs *pairs = find (_tamis_store_lock (store), record, floor);

  _tamis_store_unlock (store);
  return pairs;
}

/* ---- taking out ---- */

typedef struct
{
  TamisScope scope;
  char *model;
  GArray *keys;
} Pruning;

static void
pruning_free (gpointer data)
{
  Pruning *self = data;

  g_free (self->model);
  g_array_unref (self->keys);
  g_free (self);
}

static int
compare_digests (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (TamisDigest));
}

/* What is in the file and not in use. */
static GArray *
find_unused (sqlite3 *db, const Pruning *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  GArray *unused = g_array_new (FALSE, FALSE, sizeof (TamisDigest));

  statement = _tamis_sql_prepare (
      db, "SELECT key FROM pairs WHERE part = 0 AND scope = ? AND model = ?", error);
  if (statement == NULL)
    return unused;
  sqlite3_bind_int (statement, 1, (int) self->scope);
  sqlite3_bind_text (statement, 2, self->model, -1, SQLITE_STATIC);
  while (_tamis_sql_next (statement, error))
    {
      TamisDigest key = _tamis_sql_get_digest (statement, 0);

      if (!g_array_binary_search (self->keys, &key, compare_digests, NULL))
        g_array_append_val (unused, key);
    }
  return unused;
}

static gboolean
write_pruning (TamisStore *store, gpointer data, GError **error)
{
  sqlite3_stmt *drop = _tamis_store_get (store, TAMIS_SQL_DROP_PAIRS, error);
  g_autoptr (GArray) unused = NULL;

  if (drop == NULL)
    return FALSE;
  unused = find_unused (sqlite3_db_handle (drop), data, error);
  for (guint i = 0; i < unused->len; i++)
    {
      _tamis_sql_bind_digest (drop, 1, &g_array_index (unused, TamisDigest, i));
      if (!_tamis_sql_do (drop, error))
        return FALSE;
    }
  return *error == NULL;
}

void
_tamis_pairs_store_prune (TamisStore *store, TamisScope scope, const char *model, GArray *keys)
{
  Pruning *pruning = g_new (Pruning, 1);
  TamisWrite write = { write_pruning, pruning_free, pruning, sizeof *pruning, TRUE };

  g_array_sort (keys, compare_digests);
  *pruning = (Pruning){ scope, g_strdup (model), keys };
  _tamis_store_push (store, &write);
}
