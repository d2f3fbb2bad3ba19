/* How many entries of each row lie above a few levels of similarity, for counting above any T.
 *
 * DESIGN: a step of T asks every row how long its prefix above T is. A binary search answers from the
 * similarities alone, but misses the cache at nearly each of its steps; with millions of pairs that is
 * most of a step. So the answers at some levels, evenly spaced between the floor and 1, are kept, level
 * by level: a T between two of them reads two arrays in order, and searches the few entries between,
 * which are neighbours in memory, or none. The counts are those of the whole search. There is a level
 * for every 8 entries of an average row, 32 at most, so that this never takes more than half a byte an
 * entry, where the list itself takes 12.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/pairs-private.h"

#include <tamis/base.h>

#define MOST_LEVELS 32
#define ENTRIES_A_LEVEL 8 /* of an average row */
#define ROWS 1024         /* an item of filling */

/* Levels are numbered 0 .. n_levels: the floor, of which the offsets know the counts, to 1. */
static double
level_at (const TamisPairs *self, guint level)
{
  return self->floor + (1.0 - self->floor) * level / self->n_levels;
}

static guint32 *
counts_at (const TamisPairs *self, guint level)
{
  return self->levels + (gsize) (level - 1) * self->n;
}

static void
fill_row (TamisPairs *self, guint row)
{
  const double *similarities = self->similarities + self->offsets[row];
  guint degree = (guint) (self->offsets[row + 1] - self->offsets[row]), above = 0;

  for (guint level = self->n_levels - 1; level > 0; level--)
    {
      double threshold = level_at (self, level);

      while (above < degree && similarities[above] > threshold)
        above++;
      counts_at (self, level)[row] = above;
    }
}

static void
fill_rows (gsize item, guint worker, gpointer data)
{
  TamisPairs *self = data;
  guint first = (guint) item * ROWS;

  for (guint row = first; row < MIN (first + ROWS, self->n); row++)
    fill_row (self, row);
}

void
_tamis_pairs_make_levels (TamisPairs *self)
{
  guint64 entries = self->offsets[self->n];
  guint64 levels = MIN (entries / ENTRIES_A_LEVEL / MAX (self->n, 1), MOST_LEVELS);

  /* A list on disk is read as little as can be. */
  if (levels < 2 || self->mapping.bytes != NULL)
    return;
  self->levels = g_try_new (guint32, (gsize) (levels - 1) * self->n);
  if (self->levels == NULL)
    return;
  self->n_levels = (guint) levels;
  tamis_parallel_for (self->n / ROWS + 1, fill_rows, self, NULL);
}

TamisPairsCut
_tamis_pairs_cut (const TamisPairs *self, double threshold)
{
  TamisPairsCut cut = { .threshold = threshold };
  guint level = 0;

  if (self->levels == NULL)
    return cut;
  while (level + 1 < self->n_levels && level_at (self, level + 1) <= threshold)
    level++;
  cut.most = level > 0 ? counts_at (self, level) : NULL;
  cut.least = level + 1 < self->n_levels ? counts_at (self, level + 1) : NULL;
  return cut;
}
