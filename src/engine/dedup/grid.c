/* Ranges cut into blocks, and the tiles of block × block that an engine works through.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

/* Where the tiles of block row @row begin, in a triangle of @n blocks. */
static inline guint64
row_begins (guint64 row, guint64 n)
{
  return row * n - row * (row - 1) / 2;
}

guint64
_tamis_grid_add (GArray *grids, TamisRange range, guint block, guint64 first_tile)
{
  TamisGrid grid = { range, (guint) (((guint64) range.n + block - 1) / block), block, first_tile, 0 };

  g_array_append_val (grids, grid);
  return first_tile + row_begins (grid.n_blocks, grid.n_blocks);
}

const TamisGrid *
_tamis_grid_find (const GArray *grids, guint64 tile, guint *row, guint *column)
{
  guint low = 0, high = grids->len, top;
  const TamisGrid *grid;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (grids, TamisGrid, middle).first_tile <= tile)
        low = middle;
      else
        high = middle;
    }
  grid = &g_array_index (grids, TamisGrid, low);
  tile -= grid->first_tile;
  for (low = 0, top = grid->n_blocks; top - low > 1;)
    {
      guint middle = low + (top - low) / 2;

      if (row_begins (middle, grid->n_blocks) <= tile)
        low = middle;
      else
        top = middle;
    }
  *row = low;
  *column = low + (guint) (tile - row_begins (low, grid->n_blocks));
  return grid;
}
