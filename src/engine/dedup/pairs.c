/* TamisPairs: every pair above the floor, in symmetric CSR form.
 *
 * DESIGN: offset[n + 1], neighbour[] and similarity[], as FAISS returns a range search. Each row in
 * falling order of similarity, so that "above T" is a prefix of it: found by a binary search, read
 * without a test. 24 bytes a pair, and 16 more while it is built; those the join's budget counts.
 * Building: the lists are counted and spread over the rows one chunk after another, each freed as
 * it is done with; then rows are sorted on all threads, in items of about equal numbers of entries.
 * The order in a row is total, hence the result does not depend on who found which pair.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <tamis/base.h>

#include <string.h>

#define SORT_ENTRIES 32768 /* entries an item of sorting: some 5 ms */

struct _TamisPairs
{
  atomic_int references;
  guint n;
  double floor;
  TamisScope scope;
  guint64 *offsets; /* n + 1 */
  guint32 *neighbours;
  double *similarities;
};

static TamisPairs *
pairs_new_empty (guint n, double floor, TamisScope scope)
{
  TamisPairs *self = g_new0 (TamisPairs, 1);

  atomic_init (&self->references, 1);
  self->n = n;
  self->floor = floor;
  self->scope = scope;
  self->offsets = g_new0 (guint64, (gsize) n + 1);
  return self;
}

TamisPairs *
tamis_pairs_ref (TamisPairs *self)
{
  atomic_fetch_add (&self->references, 1);
  return self;
}

void
tamis_pairs_unref (TamisPairs *self)
{
  if (atomic_fetch_sub (&self->references, 1) != 1)
    return;
  g_free (self->offsets);
  g_free (self->neighbours);
  g_free (self->similarities);
  g_free (self);
}

/* ---- building ---- */

/* offsets[row + 1] becomes where row begins, for spread() to move on to where it ends. */
static gboolean
count_degrees (TamisPairs *self, const TamisPairList *lists, guint n_lists, GCancellable *cancel)
{
  guint64 begin = 0;

  for (guint l = 0; l < n_lists; l++)
    for (const TamisPairChunk *chunk = lists[l].first; chunk != NULL; chunk = chunk->next)
      {
        if (g_cancellable_is_cancelled (cancel))
          return FALSE;
        for (guint i = 0; i < chunk->n; i++)
          {
            self->offsets[chunk->pairs[i].a + 1]++;
            self->offsets[chunk->pairs[i].b + 1]++;
          }
      }
  for (guint row = 0; row < self->n; row++)
    {
      guint64 degree = self->offsets[row + 1];

      self->offsets[row + 1] = begin;
      begin += degree;
    }
  return TRUE;
}

static gboolean
spread (TamisPairs *self, TamisPairList *list, GCancellable *cancel)
{
  while (list->first != NULL)
    {
      TamisPairChunk *chunk = list->first;

      if (g_cancellable_is_cancelled (cancel))
        return FALSE;
      for (guint i = 0; i < chunk->n; i++)
        {
          const TamisPair *pair = &chunk->pairs[i];
          guint64 at_a = self->offsets[pair->a + 1]++;
          guint64 at_b = self->offsets[pair->b + 1]++;

          self->neighbours[at_a] = pair->b;
          self->similarities[at_a] = pair->similarity;
          self->neighbours[at_b] = pair->a;
          self->similarities[at_b] = pair->similarity;
        }
      list->first = chunk->next;
      g_free (chunk);
    }
  return TRUE;
}

typedef struct
{
  TamisPairs *pairs;
  TamisPair **rooms; /* one a worker: twice the longest row, NULL until its first item */
  gsize longest;
} Sorting;

/* The first row that begins at or after entry @entry. */
static guint
find_row (const TamisPairs *self, guint64 entry)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->offsets[middle] >= entry)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static void
sort_row (TamisPairs *self, guint row, TamisPair *room, gsize longest)
{
  guint64 begin = self->offsets[row];
  gsize degree = self->offsets[row + 1] - begin;

  if (degree < 2)
    return;
  for (gsize i = 0; i < degree; i++)
    room[i] = (TamisPair){ self->similarities[begin + i], row, self->neighbours[begin + i] };
  _tamis_pairs_sort (room, room + longest, degree);
  for (gsize i = 0; i < degree; i++)
    {
      self->similarities[begin + i] = room[i].similarity;
      self->neighbours[begin + i] = room[i].b;
    }
}

static void
sort_rows (gsize item, guint worker, gpointer data)
{
  Sorting *sorting = data;
  guint first = find_row (sorting->pairs, (guint64) item * SORT_ENTRIES);
  guint end = find_row (sorting->pairs, (guint64) (item + 1) * SORT_ENTRIES);

  if (sorting->rooms[worker] == NULL)
    sorting->rooms[worker] = g_new (TamisPair, 2 * sorting->longest + 1);
  for (guint row = first; row < end; row++)
    sort_row (sorting->pairs, row, sorting->rooms[worker], sorting->longest);
}

static void
sort_all (TamisPairs *self, GCancellable *cancel)
{
  guint n_workers = tamis_parallel_workers ();
  Sorting sorting = { .pairs = self, .rooms = g_new0 (TamisPair *, n_workers) };

  for (guint row = 0; row < self->n; row++)
    sorting.longest = MAX (sorting.longest, self->offsets[row + 1] - self->offsets[row]);
  tamis_parallel_for (self->offsets[self->n] / SORT_ENTRIES + 1, sort_rows, &sorting, cancel);
  for (guint i = 0; i < n_workers; i++)
    g_free (sorting.rooms[i]);
  g_free (sorting.rooms);
}

gboolean
_tamis_pairs_arrays_reserve (TamisPairsArrays *self, guint64 entries, GError **error)
{
  self->neighbours = g_try_new (guint32, entries + 1);
  self->similarities = g_try_new (double, entries + 1);
  if (self->neighbours != NULL && self->similarities != NULL)
    return TRUE;
  g_clear_pointer (&self->neighbours, g_free);
  g_clear_pointer (&self->similarities, g_free);
  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "%" G_GUINT64_FORMAT " bytes for the list of pairs are not to be had", entries * 12);
  return FALSE;
}

void
_tamis_pairs_arrays_clear (TamisPairsArrays *self)
{
  g_clear_pointer (&self->degrees, g_free);
  g_clear_pointer (&self->neighbours, g_free);
  g_clear_pointer (&self->similarities, g_free);
}

TamisPairs *
_tamis_pairs_new_take (guint n, double floor, TamisScope scope, TamisPairsArrays *arrays)
{
  TamisPairs *self = pairs_new_empty (n, floor, scope);

  for (guint row = 0; row < n; row++)
    self->offsets[row + 1] = self->offsets[row] + arrays->degrees[row];
  self->neighbours = g_steal_pointer (&arrays->neighbours);
  self->similarities = g_steal_pointer (&arrays->similarities);
  return self;
}

TamisPairs *
_tamis_pairs_new (const TamisJoinInput *in, TamisPairList *lists, guint n_lists,
                  GCancellable *cancel, GError **error)
{
  g_autoptr (TamisPairs) self = pairs_new_empty (in->n, in->floor, in->scope);
  TamisPairsArrays arrays = { NULL };
  guint64 entries = 0;
  gboolean complete;

  for (guint l = 0; l < n_lists; l++)
    for (const TamisPairChunk *chunk = lists[l].first; chunk != NULL; chunk = chunk->next)
      entries += 2 * (guint64) chunk->n;
  if (!_tamis_pairs_arrays_reserve (&arrays, entries, error))
    return NULL;
  self->neighbours = arrays.neighbours;
  self->similarities = arrays.similarities;
  complete = count_degrees (self, lists, n_lists, cancel);
  for (guint l = 0; l < n_lists && complete; l++)
    complete = spread (self, &lists[l], cancel);
  if (complete)
    sort_all (self, cancel);
  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- reading ---- */

guint
tamis_pairs_get_n_images (TamisPairs *self)
{
  return self->n;
}

double
tamis_pairs_get_floor (TamisPairs *self)
{
  return self->floor;
}

TamisScope
tamis_pairs_get_scope (TamisPairs *self)
{
  return self->scope;
}

guint64
tamis_pairs_get_n (TamisPairs *self)
{
  return self->offsets[self->n] / 2;
}

guint
_tamis_pairs_count_row (TamisPairs *self, guint row, double threshold)
{
  const double *similarities = self->similarities + self->offsets[row];
  gsize low = 0, high = self->offsets[row + 1] - self->offsets[row];

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (similarities[middle] > threshold)
        low = middle + 1;
      else
        high = middle;
    }
  return (guint) low;
}

guint64
tamis_pairs_count_above (TamisPairs *self, double threshold)
{
  return tamis_pairs_count_above_in (self, (TamisRange){ 0, self->n }, threshold);
}

guint64
tamis_pairs_count_above_in (TamisPairs *self, TamisRange range, double threshold)
{
  guint64 entries = 0;

  for (guint row = range.first; row < range.first + range.n; row++)
    entries += _tamis_pairs_count_row (self, row, threshold);
  return entries / 2;
}

guint
tamis_pairs_get_row (TamisPairs *self, guint row, const guint32 **neighbours,
                     const double **similarities)
{
  g_return_val_if_fail (row < self->n, 0);
  if (neighbours != NULL)
    *neighbours = self->neighbours + self->offsets[row];
  if (similarities != NULL)
    *similarities = self->similarities + self->offsets[row];
  return (guint) (self->offsets[row + 1] - self->offsets[row]);
}
