/* The list of pairs in a mapped file, when memory is not to hold it.
 *
 * DESIGN: the pairs lie in a file in no order. Rows are built a window at a time, as many as have
 * the entries that the budget allows: all pairs are read in sequence, those of the window spread
 * over its rows and these sorted, in the mapping; then the pages of the window are let go, for the
 * system to write when it likes. So entries are written at random only within a window, and memory
 * stays bounded however many there are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/pairs-private.h"

#define PIECE TAMIS_PAIR_CHUNK /* pairs read at once */

/* Calls for each piece: the degrees if @end is 0, else the entries of the rows @first .. @end - 1. */
static gboolean
read_all (TamisPairs *self, TamisSpill *spill, guint first, guint end, GCancellable *cancel)
{
  g_autofree TamisPair *piece = g_new (TamisPair, PIECE);
  guint64 n = _tamis_spill_get_n (spill), at = 0;

  while (at < n)
    {
      gsize got = _tamis_spill_read (spill, at, piece, PIECE);

      if (got == 0 || g_cancellable_is_cancelled (cancel))
        return FALSE;
      if (end == 0)
        _tamis_pairs_count (self, piece, got);
      else
        _tamis_pairs_spread (self, piece, got, first, end);
      at += got;
    }
  return TRUE;
}

/* The row after those from @first on that have @most entries in all, or after @first alone.
 * offsets[row + 1] is where row begins. */
static guint
find_end (const TamisPairs *self, guint first, guint64 entries, guint64 most)
{
  guint64 begin = self->offsets[first + 1];
  guint end = first + 1;

  while (end < self->n && (end + 1 < self->n ? self->offsets[end + 2] : entries) - begin <= most)
    end++;
  return end;
}

static gboolean
build_windows (TamisPairs *self, TamisSpill *spill, guint64 most, GCancellable *cancel)
{
  guint64 entries = 2 * _tamis_spill_get_n (spill);
  guint end;

  for (guint first = 0; first < self->n; first = end)
    {
      guint64 begin = self->offsets[first + 1], length;

      end = find_end (self, first, entries, most);
      if (!read_all (self, spill, first, end, cancel))
        return FALSE;
      _tamis_pairs_sort_rows (self, first, end, cancel);
      length = self->offsets[end] - begin;
      _tamis_mapping_release (&self->mapping, begin * sizeof (double), length * sizeof (double));
      _tamis_mapping_release (&self->mapping,
                              entries * sizeof (double) + begin * sizeof (guint32),
                              length * sizeof (guint32));
    }
  return TRUE;
}

gboolean
_tamis_pairs_build_on_disk (TamisPairs *self, TamisSpill *spill, guint64 most,
                            GCancellable *cancel, GError **error)
{
  guint64 entries = 2 * _tamis_spill_get_n (spill);
  gboolean complete;

  if (_tamis_spill_has_failed (spill))
    {
      _tamis_spill_set_error (spill, error);
      return FALSE;
    }
  if (!_tamis_mapping_init (&self->mapping, entries * (sizeof (double) + sizeof (guint32)), error))
    return FALSE;
  self->similarities = self->mapping.bytes;
  self->neighbours = (guint32 *) (void *) (self->similarities + entries);
  complete = read_all (self, spill, 0, 0, cancel);
  if (complete)
    {
      _tamis_pairs_begin_rows (self);
      complete = build_windows (self, spill, most, cancel);
    }
  if (!complete && !g_cancellable_set_error_if_cancelled (cancel, error))
    _tamis_spill_set_error (spill, error);
  return complete;
}
