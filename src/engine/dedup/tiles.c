/* The brute-force engine of the join: tiles of normalised rows through sgemm.
 *
 * DESIGN: every range is cut into blocks of nearly equal length, and an item of work is one tile of
 * the upper triangle of blocks × blocks, over all ranges, so that one big class and a thousand
 * small ones load the threads alike. A worker owns its product buffer; nothing is allocated a tile.
 * A tile of 512 × 512 × 1,024 takes 4 ms on one core of 150 GFLOP/s, and the cancel poll comes
 * between tiles; 256 and 384 cost a tenth more time, 768 and 1,024 gain none.
 * A tile on the diagonal goes in strips, each from its own diagonal element on: 40 % less to
 * multiply.
 *
 * The margin. Let u = 2^-24. A normalised element is off by at most u of its value (the norm and
 * the quotient are doubles). A float dot product of d terms, in any order and with or without FMA,
 * is off by at most γ_d Σ|a_k b_k| with γ_d = d u / (1 - d u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2002, 3.1), and Σ|a_k b_k| <= (1 + u)^2 by Cauchy-Schwarz. Together the
 * product is within (d + 2) u (1 + small) of the true cosine; what underflows (below 2^-126 an
 * element) adds less than u. So a pair above the floor always shows a product above floor - (d + 8)
 * u / (1 - (d + 8) u), and those are decided again in double precision. At d = 1,024 the margin is
 * 6e-5: few pairs lie in it, and only they are decided in vain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <tamis/base.h>

#include <cblas.h>
#include <math.h>

#define TILE 512
#define STRIP 96      /* rows of a strip on the diagonal */
#define NORMALISE 128 /* rows an item of the first loop */
#define SCAN 64       /* products looked at together */

typedef float Floats __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef gint32 Masks __attribute__ ((vector_size (64)));

/* A range cut into blocks; its tiles are numbered from @first_tile, along rows of the triangle. */
typedef struct
{
  TamisRange range;
  guint n_blocks;
  guint block; /* rows of a block; the last may be shorter */
  guint64 first_tile;
} Grid;

typedef struct
{
  TamisJoin *join;
  TamisProgress *progress;
  Grid *grids;
  guint n_grids;
  guint tile;
  float *units;     /* n × dimension: rows of length 1 or 0 */
  float **products; /* one a worker: tile × tile, NULL until its first item */
  float limit;      /* products above it are decided */
} Tiles;

static void
tiles_clear (Tiles *self)
{
  for (guint i = 0; self->products != NULL && i < self->join->n_workers; i++)
    g_free (self->products[i]);
  g_free (self->products);
  g_free (self->units);
  g_free (self->grids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tiles, tiles_clear)

/* ---- norms ---- */

static void
normalise_rows (gsize item, guint worker, gpointer data)
{
  Tiles *self = data;
  const TamisJoinInput *in = self->join->in;
  guint end = (guint) MIN ((item + 1) * NORMALISE, in->n);

  for (guint row = (guint) item * NORMALISE; row < end; row++)
    {
      const float *from = in->values + (gsize) row * in->dimension;
      float *to = self->units + (gsize) row * in->dimension;
      double square = _tamis_dot (from, from, in->dimension);
      double scale = square > 0.0 ? 1.0 / sqrt (square) : 0.0;

      self->join->squares[row] = square;
      for (guint k = 0; k < in->dimension; k++)
        to[k] = (float) (from[k] * scale);
    }
}

/* ---- one tile ---- */

/* Does any of SCAN products pass the limit? */
static inline gboolean
any_above (const float *products, float limit)
{
  Floats bound = limit - (Floats){ 0 };
  Masks above = { 0 };
  guint64 any = 0;

  for (int i = 0; i < SCAN / 16; i++)
    above |= *(const Floats *) (products + 16 * i) > bound;
  for (int i = 0; i < 8; i++)
    any |= ((guint64 __attribute__ ((vector_size (64)))) above)[i];
  return any != 0;
}

/* Decides what one row of products proposes: row @a against rows @b and on. Returns pairs kept. */
static guint
scan_row (Tiles *self, guint worker, const float *products, guint n, guint a, guint b)
{
  guint kept = 0;

  for (guint j = 0; j < n; j += SCAN)
    {
      guint end = MIN (j + SCAN, n);

      if (end - j == SCAN && !any_above (products + j, self->limit))
        continue;
      for (guint k = j; k < end; k++)
        if (products[k] > self->limit)
          kept += _tamis_join_decide (self->join, worker, a, b + k);
    }
  return kept;
}

/* Rows @a of a × rows @b of b, all b after all a but on a @diagonal, where b starts at a. */
static guint64
multiply (Tiles *self, guint worker, TamisRange a, TamisRange b, gboolean diagonal)
{
  const TamisJoinInput *in = self->join->in;
  float *products = self->products[worker];
  guint64 kept = 0;

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) a.n, (int) b.n, (int) in->dimension,
               1.0f, self->units + (gsize) a.first * in->dimension, (int) in->dimension,
               self->units + (gsize) b.first * in->dimension, (int) in->dimension, 0.0f, products,
               (int) b.n);
  for (guint i = 0; i < a.n; i++)
    {
      guint skip = diagonal ? i + 1 : 0;

      if (skip < b.n)
        kept += scan_row (self, worker, products + (gsize) i * b.n + skip, b.n - skip, a.first + i,
                          b.first + skip);
    }
  return kept;
}

static TamisRange
get_block (const Grid *grid, guint block)
{
  guint first = block * grid->block;

  return (TamisRange){ grid->range.first + first, MIN (grid->block, grid->range.n - first) };
}

/* Where the tiles of block row @row begin, in a triangle of @n blocks. */
static inline guint64
row_begins (guint64 row, guint64 n)
{
  return row * n - row * (row - 1) / 2;
}

/* The grid, block row and block column of a tile number. */
static const Grid *
find_tile (const Tiles *self, guint64 tile, guint *row, guint *column)
{
  guint low = 0, high = self->n_grids, top;
  const Grid *grid;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->grids[middle].first_tile <= tile)
        low = middle;
      else
        high = middle;
    }
  grid = &self->grids[low];
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

static void
join_tile (gsize item, guint worker, gpointer data)
{
  Tiles *self = data;
  guint row, column;
  const Grid *grid;
  TamisRange a, b;
  guint64 kept = 0;

  if (_tamis_join_is_full (self->join))
    return;
  if (self->products[worker] == NULL)
    self->products[worker] = g_new (float, (gsize) self->tile * self->tile);
  grid = find_tile (self, item, &row, &column);
  a = get_block (grid, row);
  b = get_block (grid, column);
  if (row != column)
    kept = multiply (self, worker, a, b, FALSE);
  else
    for (guint s = 0; s < a.n; s += STRIP)
      kept += multiply (self, worker, (TamisRange){ a.first + s, MIN (STRIP, a.n - s) },
                        (TamisRange){ a.first + s, a.n - s }, TRUE);
  _tamis_join_count (self->join, kept);
  tamis_progress_add (self->progress, row != column ? (guint64) a.n * b.n
                                                    : (guint64) a.n * (a.n - 1) / 2);
}

/* ---- all of them ---- */

/* Returns the number of tiles. */
static guint64
cut_ranges (Tiles *self)
{
  const TamisJoinInput *in = self->join->in;
  guint64 n_tiles = 0;

  self->grids = g_new (Grid, MAX (in->n_ranges, 1));
  for (guint i = 0; i < in->n_ranges; i++)
    {
      TamisRange range = in->ranges[i];
      guint n_blocks = (guint) (((guint64) range.n + self->tile - 1) / self->tile);

      if (range.n < 2)
        continue;
      self->grids[self->n_grids++]
          = (Grid){ range, n_blocks, (range.n + n_blocks - 1) / n_blocks, n_tiles };
      n_tiles += row_begins (n_blocks, n_blocks);
    }
  return n_tiles;
}

static gboolean
reserve (Tiles *self, GError **error)
{
  const TamisJoinInput *in = self->join->in;
  gsize bytes = (gsize) in->n * in->dimension * sizeof (float);

  self->products = g_new0 (float *, self->join->n_workers);
  self->units = g_try_malloc (MAX (bytes, 1));
  if (self->units != NULL)
    return TRUE;
  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "%" G_GSIZE_FORMAT " bytes for normalised rows are not to be had", bytes);
  return FALSE;
}

gboolean
_tamis_tiles_run (TamisJoin *join, TamisProgress *progress, GCancellable *cancel, GError **error)
{
  const TamisJoinInput *in = join->in;
  double u = 0x1.0p-24 * (in->dimension + 8.0);
  g_auto (Tiles) self = {
    .join = join,
    .progress = progress,
    .tile = in->tile > 0 ? in->tile : TILE,
    /* Rounded down to float; at a floor of 0 it is negative, and all but opposite rows are
     * decided. */
    .limit = nextafterf ((float) (in->floor - u / (1.0 - u)), -2.0f),
  };
  guint64 n_tiles = cut_ranges (&self);

  if (!reserve (&self, error))
    return FALSE;
  tamis_parallel_for (((gsize) in->n + NORMALISE - 1) / NORMALISE, normalise_rows, &self, cancel);
  if (!g_cancellable_is_cancelled (cancel))
    tamis_parallel_for (n_tiles, join_tile, &self, cancel);
  return !g_cancellable_set_error_if_cancelled (cancel, error) && !_tamis_join_is_full (join);
}
