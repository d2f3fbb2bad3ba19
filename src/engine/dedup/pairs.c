/* TamisPairs: every pair above the floor, in symmetric CSR form.
 *
 * DESIGN: offset[n + 1], neighbour[] and similarity[], as FAISS returns a range search. Each row in
 * falling order of similarity, so that "above T" is a prefix of it: found by a binary search, read
 * without a test. 24 bytes a pair, and 16 more while it is built; those the join's budget counts.
 * Beyond the budget it is built in a file and read from its mapping (pairs-disk.c).
 * Building: the lists are counted and spread over the rows one chunk after another, each freed as
 * it is done with; then rows are sorted on all threads, in items of about equal numbers of entries.
 * The order in a row is total, hence the result does not depend on who found which pair.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/pairs-private.h"

#include <tamis/base.h>

#include <string.h>

#define SORT_ENTRIES 32768 /* entries an item of sorting: some 5 ms */

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
  g_free (self->levels);
  if (self->mapping.bytes == NULL)
    {
      g_free (self->neighbours);
      g_free (self->similarities);
    }
  _tamis_mapping_clear (&self->mapping);
  g_free (self);
}

/* ---- building ---- */

void
_tamis_pairs_count (TamisPairs *self, const TamisPair *pairs, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      self->offsets[pairs[i].a + 1]++;
      self->offsets[pairs[i].b + 1]++;
    }
}

void
_tamis_pairs_begin_rows (TamisPairs *self)
{
  guint64 begin = 0;

  for (guint row = 0; row < self->n; row++)
    {
      guint64 degree = self->offsets[row + 1];

      self->offsets[row + 1] = begin;
      begin += degree;
    }
}

static inline void
put_entry (TamisPairs *self, guint row, guint neighbour, double similarity)
{
  guint64 at = self->offsets[row + 1]++;

  self->neighbours[at] = neighbour;
  self->similarities[at] = similarity;
}

void
_tamis_pairs_spread (TamisPairs *self, const TamisPair *pairs, gsize n, guint first, guint end)
{
  for (gsize i = 0; i < n; i++)
    {
      const TamisPair *pair = &pairs[i];

      if (pair->a >= first && pair->a < end)
        put_entry (self, pair->a, pair->b, pair->similarity);
      if (pair->b >= first && pair->b < end)
        put_entry (self, pair->b, pair->a, pair->similarity);
    }
}

/* Empties the list as it goes. */
static gboolean
spread_list (TamisPairs *self, TamisPairList *list, GCancellable *cancel)
{
  while (list->first != NULL)
    {
      TamisPairChunk *chunk = list->first;

      if (g_cancellable_is_cancelled (cancel))
        return FALSE;
      _tamis_pairs_spread (self, chunk->pairs, chunk->n, 0, self->n);
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
  guint first, end; /* rows */
} Sorting;

/* The first of the rows that begins at or after entry @entry from the first of all of them on. */
static guint
find_row (const Sorting *sorting, guint64 entry)
{
  const TamisPairs *self = sorting->pairs;
  guint low = sorting->first, high = sorting->end;

  entry += self->offsets[sorting->first];

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
  guint first = find_row (sorting, (guint64) item * SORT_ENTRIES);
  guint end = find_row (sorting, (guint64) (item + 1) * SORT_ENTRIES);

  if (sorting->rooms[worker] == NULL)
    sorting->rooms[worker] = g_new (TamisPair, 2 * sorting->longest + 1);
  for (guint row = first; row < end; row++)
    sort_row (sorting->pairs, row, sorting->rooms[worker], sorting->longest);
}

void
_tamis_pairs_sort_rows (TamisPairs *self, guint first, guint end, GCancellable *cancel)
{
  guint n_workers = tamis_parallel_workers ();
  Sorting sorting = { .pairs = self, .rooms = g_new0 (TamisPair *, n_workers), .first = first,
                      .end = end };

  for (guint row = first; row < end; row++)
    sorting.longest = MAX (sorting.longest, self->offsets[row + 1] - self->offsets[row]);
  tamis_parallel_for ((self->offsets[end] - self->offsets[first]) / SORT_ENTRIES + 1, sort_rows,
                      &sorting, cancel);
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
  _tamis_pairs_make_levels (self);
  return self;
}

/* In memory. FALSE: cancelled or @error. */
static gboolean
build (TamisPairs *self, TamisPairList *lists, guint n_lists, GCancellable *cancel, GError **error)
{
  TamisPairsArrays arrays = { NULL };
  guint64 entries = 0;

  for (guint l = 0; l < n_lists; l++)
    for (const TamisPairChunk *chunk = lists[l].first; chunk != NULL; chunk = chunk->next)
      {
        entries += 2 * (guint64) chunk->n;
        _tamis_pairs_count (self, chunk->pairs, chunk->n);
      }
  if (!_tamis_pairs_arrays_reserve (&arrays, entries, error))
    return FALSE;
  self->neighbours = arrays.neighbours;
  self->similarities = arrays.similarities;
  _tamis_pairs_begin_rows (self);
  for (guint l = 0; l < n_lists; l++)
    if (!spread_list (self, &lists[l], cancel))
      break;
  if (!g_cancellable_is_cancelled (cancel))
    _tamis_pairs_sort_rows (self, 0, self->n, cancel);
  if (!g_cancellable_is_cancelled (cancel))
    _tamis_pairs_make_levels (self);
  return !g_cancellable_set_error_if_cancelled (cancel, error);
}

/* All of them to the spill. */
static void
flush_lists (TamisJoin *join)
{
  for (guint l = 0; l < join->n_workers; l++)
    {
      for (TamisPairChunk *chunk = join->lists[l].first; chunk != NULL; chunk = chunk->next)
        _tamis_spill_write (join->spill, chunk->pairs, chunk->n);
      _tamis_pair_list_clear (&join->lists[l]);
    }
}

TamisPairs *
_tamis_pairs_new (TamisJoin *join, GCancellable *cancel, GError **error)
{
  g_autoptr (TamisPairs) self = pairs_new_empty (join->in->n, join->in->floor,
                                                  join->in->scope);
  gboolean good;

  if (atomic_load (&join->n_pairs) > join->max_pairs || _tamis_spill_get_n (join->spill) > 0)
    {
      flush_lists (join);
      good = _tamis_pairs_build_on_disk (self, join->spill, 2 * join->max_pairs, cancel, error);
    }
  else
    good = build (self, join->lists, join->n_workers, cancel, error);
  return good ? g_steal_pointer (&self) : NULL;
}

void
_tamis_pairs_set_report (TamisPairs *self, const TamisJoinReport *report)
{
  self->report = *report;
}

const TamisJoinReport *
tamis_pairs_get_report (TamisPairs *self)
{
  return &self->report;
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
_tamis_pairs_count_row_at (const TamisPairs *self, guint row, const TamisPairsCut *cut)
{
  const double *similarities = self->similarities + self->offsets[row];
  gsize low = cut->least != NULL ? cut->least[row] : 0;
  gsize high = cut->most != NULL ? cut->most[row] : self->offsets[row + 1] - self->offsets[row];

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (similarities[middle] > cut->threshold)
        low = middle + 1;
      else
        high = middle;
    }
  return (guint) low;
}

guint
_tamis_pairs_count_row (TamisPairs *self, guint row, double threshold)
{
  const TamisPairsCut cut = { .threshold = threshold };

  return _tamis_pairs_count_row_at (self, row, &cut);
}

guint64
tamis_pairs_count_above (TamisPairs *self, double threshold)
{
  return tamis_pairs_count_above_in (self, (TamisRange){ 0, self->n }, threshold);
}

guint64
tamis_pairs_count_above_in (TamisPairs *self, TamisRange range, double threshold)
{
  TamisPairsCut cut = _tamis_pairs_cut (self, threshold);
  guint64 entries = 0;

  for (guint row = range.first; row < range.first + range.n; row++)
    entries += _tamis_pairs_count_row_at (self, row, &cut);
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
