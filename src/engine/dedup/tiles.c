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
#define SCAN TAMIS_TILE_COLUMNS /* products looked at together */

typedef float Floats __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef gint32 Masks __attribute__ ((vector_size (64)));

typedef struct
{
  TamisJoin *join;
  TamisProgress *progress;
  GArray *grids; /* TamisGrid; the owner is the first of its units */
  guint tile;
  GArray *batches;  /* rows normalised together */
  float *units;     /* rows of length 1 or 0, one range after another */
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
  g_array_unref (self->batches);
  g_array_unref (self->grids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tiles, tiles_clear)

/* ---- norms ---- */

/* Rows from @range.first on, their units from @to on. */
typedef struct
{
  TamisRange range;
  gsize to;
} Batch;

static void
normalise_rows (gsize item, guint worker, gpointer data)
{
  Tiles *self = data;
  const TamisJoinInput *in = self->join->in;
  const Batch *batch = &g_array_index (self->batches, Batch, item);

  for (guint i = 0; i < batch->range.n; i++)
    {
      gsize row = batch->range.first + i;

      self->join->squares[row]
          = _tamis_unit (in->values + row * in->dimension, in->dimension,
                         self->units + (batch->to + i) * in->dimension);
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

/* The products above the limit, of @n <= SCAN. */
static inline guint32
find_above (const float *products, guint n, float limit)
{
  guint32 mask = 0;

  if (n == SCAN && !any_above (products, limit))
    return 0;
  for (guint i = 0; i < n; i++)
    mask |= (guint32) (products[i] > limit) << i;
  return mask;
}

/* Decides what a × b products, b.n apart, propose; on a @diagonal b begins at a. Returns pairs
 * kept. */
static guint64
scan (Tiles *self, guint worker, TamisRange a, TamisRange b)
{
  const float *products = self->products[worker];
  gboolean diagonal = a.first == b.first;
  guint64 kept = 0;

  /* Row by row, so that the decider can keep the rows it has. */
  for (guint i = 0; i < a.n; i += TAMIS_TILE_ROWS)
    for (guint j = diagonal ? i / SCAN * SCAN : 0; j < b.n; j += SCAN)
      {
        TamisTile tile = { { 0 }, { 0 }, { 0 } };
        guint32 any = 0;

        for (guint r = 0; r < MIN (TAMIS_TILE_ROWS, a.n - i); r++)
          {
            guint after = diagonal && i + r + 1 > j ? i + r + 1 - j : 0;

            if (after >= SCAN)
              continue;
            tile.masks[r] = find_above (products + (gsize) (i + r) * b.n + j, MIN (SCAN, b.n - j),
                                        self->limit)
                            & ~0u << after;
            any |= tile.masks[r];
          }
        if (any == 0)
          continue;
        for (guint r = 0; r < TAMIS_TILE_ROWS; r++)
          tile.rows[r] = a.first + i + r;
        for (guint c = 0; c < SCAN; c++)
          tile.columns[c] = b.first + j + c;
        kept += _tamis_join_decide (self->join, worker, &tile);
      }
  return kept;
}

/* Rows @a of a × rows @b of b, all b after all a but on a @diagonal, where b starts at a. */
static guint64
multiply (Tiles *self, guint worker, const TamisGrid *grid, TamisRange a, TamisRange b)
{
  gsize dimension = self->join->in->dimension;
  gsize first = grid->owner - grid->range.first; /* units of row i are at first + i */
  float *products = self->products[worker];

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) a.n, (int) b.n, (int) dimension, 1.0f,
               self->units + (first + a.first) * dimension, (int) dimension,
               self->units + (first + b.first) * dimension, (int) dimension, 0.0f, products,
               (int) b.n);
  return scan (self, worker, a, b);
}

static void
join_tile (gsize item, guint worker, gpointer data)
{
  Tiles *self = data;
  guint row, column;
  const TamisGrid *grid;
  TamisRange a, b;
  guint64 kept = 0;

  if (_tamis_join_is_full (self->join))
    return;
  if (self->products[worker] == NULL)
    self->products[worker] = g_new (float, (gsize) self->tile * self->tile);
  grid = _tamis_grid_find (self->grids, item, &row, &column);
  a = _tamis_grid_get_block (grid, row);
  b = _tamis_grid_get_block (grid, column);
  if (row != column)
    kept = multiply (self, worker, grid, a, b);
  else
    for (guint s = 0; s < a.n; s += STRIP)
      kept += multiply (self, worker, grid, (TamisRange){ a.first + s, MIN (STRIP, a.n - s) },
                        (TamisRange){ a.first + s, a.n - s });
  _tamis_join_count (self->join, kept);
  tamis_progress_add (self->progress, row != column ? (guint64) a.n * b.n
                                                    : (guint64) a.n * (a.n - 1) / 2);
}

/* ---- all of them ---- */

/* Returns the number of tiles; @n_rows becomes that of the rows in them. */
static guint64
cut_ranges (Tiles *self, TamisRanges ranges, gsize *n_rows)
{
  guint64 n_tiles = 0;
  gsize to = 0;

  for (guint i = 0; i < ranges.n; i++)
    {
      TamisRange range = ranges.items[i];
      guint n_blocks = (guint) (((guint64) range.n + self->tile - 1) / self->tile);

      if (range.n < 2)
        continue;
      n_tiles = _tamis_grid_add (self->grids, range, (range.n + n_blocks - 1) / n_blocks, n_tiles);
      g_array_index (self->grids, TamisGrid, self->grids->len - 1).owner = to;
      for (guint first = 0; first < range.n; first += NORMALISE)
        {
          Batch batch = { { range.first + first, MIN (NORMALISE, range.n - first) }, to + first };

          g_array_append_val (self->batches, batch);
        }
      to += range.n;
    }
  *n_rows = to;
  return n_tiles;
}

static gboolean
reserve (Tiles *self, gsize n_rows, GError **error)
{
  gsize bytes = n_rows * self->join->in->dimension * sizeof (float);

  self->products = g_new0 (float *, self->join->n_workers);
  if (_tamis_join_has_memory (bytes, error))
    {
      self->units = g_try_malloc (MAX (bytes, 1));
      if (self->units == NULL)
        g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
                     "%" G_GSIZE_FORMAT " bytes for normalised rows are not to be had", bytes);
    }
  return self->units != NULL;
}

gboolean
_tamis_tiles_run (TamisJoin *join, TamisRanges ranges, TamisJoinWork *work, GError **error)
{
  const TamisJoinInput *in = join->in;
  double u = 0x1.0p-24 * (in->dimension + 8.0);
  g_auto (Tiles) self = {
    .join = join,
    .progress = work->progress,
    .grids = g_array_new (FALSE, FALSE, sizeof (TamisGrid)),
    .batches = g_array_new (FALSE, FALSE, sizeof (Batch)),
    .tile = in->tile > 0 ? in->tile : TILE,
    /* Rounded down to float; at a floor of 0 it is negative, and all but opposite rows are
     * decided. */
    .limit = nextafterf ((float) (in->floor - u / (1.0 - u)), -2.0f),
  };
  gsize n_rows;
  guint64 n_tiles = cut_ranges (&self, ranges, &n_rows);

  if (!reserve (&self, n_rows, error))
    return FALSE;
  tamis_parallel_for (self.batches->len, normalise_rows, &self, work->cancel);
  if (!g_cancellable_is_cancelled (work->cancel))
    tamis_parallel_for (n_tiles, join_tile, &self, work->cancel);
  return !g_cancellable_set_error_if_cancelled (work->cancel, error);
}
