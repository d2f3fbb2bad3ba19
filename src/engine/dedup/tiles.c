/* The brute-force engine of the join: every product, in floats, compared as soon as it is there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: columns are turned into unit vectors and packed, rows are read where they lie. Columns
 * come in stripes of 64 MB, so that no second matrix is needed, however many rows there are; of a
 * stripe, an item of work is a block of columns against a block of rows of the same range, up to
 * the diagonal. A row's 8 × 1,024 floats stay in the first-level cache and a block of columns in the
 * second. Items take about 1 ms, and the cancel poll comes between them.
 *
 * Where pairs are many the product is wasted: the exact decision comes anyway. So it is left out after
 * a tile of which DENSE were pairs, until one of the item has fewer.
 *
 * The margin. Let u = 2^-24. A normalised element is off by at most u of its value (the norm and
 * the quotient are doubles). A float dot product of d terms, in any order and with or without FMA,
 * is off by at most γ_d Σ|a_k b_k| with γ_d = d u / (1 - d u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2002, 3.1), and Σ|a_k b_k| <= (1 + u) |a| by Cauchy-Schwarz, b being a unit.
 * Together the product is within (d + 2) u (1 + small) |a| of |a| times the true cosine; what
 * underflows, below 2^-150 a term, adds less than u |a| if |a| is not tiny, and nothing overflows if
 * |a| is not huge: a row of such a length has all its pairs decided. So a pair above the floor always
 * shows a product above (floor - (d + 8) u / (1 - (d + 8) u)) |a|, and those are decided again in
 * double precision. At d = 1,024 the margin is 6e-5: few pairs lie in it, and only they are decided
 * in vain.
 */
#include "engine/dedup/join-private.h"

#include "kernels/above.h"

#include <tamis/base.h>

#include <float.h>
#include <math.h>
#include <string.h>

G_STATIC_ASSERT (TAMIS_TILE_ROWS == TAMIS_ABOVE_ROWS);
G_STATIC_ASSERT (TAMIS_TILE_COLUMNS == TAMIS_ABOVE_COLUMNS);

#define ROWS TAMIS_TILE_ROWS
#define COLUMNS TAMIS_TILE_COLUMNS
#define STRIPE ((gsize) 64 << 20) /* bytes of packed columns */
#define BLOCK 256                 /* rows and columns of an item */
#define DENSE 0.4                 /* share of pairs from which on products do not pay */

/* 32 columns or fewer, packed. */
typedef struct
{
  TamisRange columns;
  guint of; /* first row of their range */
} Panel;

/* Rows against panels, all of one range; no row is after the last column. */
typedef struct
{
  TamisRange rows;
  guint panel;
  guint n_panels;
} Item;

typedef struct
{
  TamisJoin *join;
  TamisProgress *progress;
  TamisAboveFunc above;
  double bound;  /* products above it times the row's length are decided */
  guint block;
  guint room;    /* panels of a stripe */
  float *packed; /* room × 32 × dimension */
  GArray *panels; /* Panel; of the stripe */
  GArray *items;  /* Item */
  float **columns; /* one a worker: 32 × dimension, to be packed; NULL until its first */
} Tiles;

static void
tiles_clear (Tiles *self)
{
  for (guint i = 0; self->columns != NULL && i < self->join->n_workers; i++)
    g_free (self->columns[i]);
  g_free (self->columns);
  g_free (self->packed);
  g_array_unref (self->panels);
  g_array_unref (self->items);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tiles, tiles_clear)

static gsize
panel_size (const Tiles *self)
{
  return (gsize) self->join->in->dimension * COLUMNS;
}

/* ---- columns ---- */

static void
pack_columns (gsize item, guint worker, gpointer data)
{
  Tiles *self = data;
  const TamisJoinInput *in = self->join->in;
  const Panel *panel = &g_array_index (self->panels, Panel, item);

  if (self->columns[worker] == NULL)
    self->columns[worker] = g_new (float, panel_size (self));
  for (guint c = 0; c < panel->columns.n; c++)
    {
      gsize row = panel->columns.first + c;

      self->join->squares[row] = _tamis_unit (in->values + row * in->dimension, in->dimension,
                                              self->columns[worker] + (gsize) c * in->dimension);
    }
  memset (self->columns[worker] + (gsize) panel->columns.n * in->dimension, 0,
          (gsize) (COLUMNS - panel->columns.n) * in->dimension * sizeof (float));
  tamis_above_pack ((int) in->dimension, self->columns[worker],
                    self->packed + item * panel_size (self));
}

/* ---- tiles ---- */

/* Rounded down to float. At a floor of 0 it is negative, and all but opposite rows are decided. */
static float
limit_of (const Tiles *self, double square)
{
  if (!(square > 0.0) || !isfinite (square))
    return INFINITY;
  if (square < 0x1.0p-200 || square > 0x1.0p240)
    return -INFINITY;
  return nextafterf ((float) (self->bound * sqrt (square)), -FLT_MAX);
}

/* Columns after the row and in the panel, for each row there is. */
static guint
set_masks (const Panel *panel, TamisRange rows, TamisTile *tile)
{
  guint32 all = panel->columns.n < COLUMNS ? ((guint32) 1 << panel->columns.n) - 1 : ~(guint32) 0;
  guint n = 0;

  for (guint r = 0; r < ROWS; r++)
    {
      guint32 first = rows.first + r + 1; /* the first column of a pair */
      guint32 before = first > panel->columns.first ? first - panel->columns.first : 0;

      tile->masks[r] = r < rows.n && before < COLUMNS ? all & ~(guint32) 0 << before : 0;
      n += (guint) __builtin_popcount (tile->masks[r]);
    }
  return n;
}

/* Rows against a panel. */
typedef struct
{
  TamisAbove above;
  TamisTile tile;
  gboolean dense; /* the tile before was */
} Pass;

/* Rows of a tile, fewer than 8 at the end of a block. */
static void
set_rows (const Tiles *self, TamisRange rows, Pass *pass)
{
  const TamisJoinInput *in = self->join->in;

  for (guint r = 0; r < ROWS; r++)
    {
      guint row = rows.first + (r < rows.n ? r : 0);

      pass->tile.rows[r] = row;
      pass->above.rows[r] = in->values + (gsize) row * in->dimension;
      pass->above.limits[r] = limit_of (self, self->join->squares[row]);
    }
}

/* Returns pairs kept. */
static guint
join_tile (Tiles *self, guint worker, TamisRange rows, guint index, Pass *pass)
{
  const Panel *panel = &g_array_index (self->panels, Panel, index);
  guint n = set_masks (panel, rows, &pass->tile), kept;
  guint32 masks[ROWS], any = 0;

  if (n == 0)
    return 0;
  if (!pass->dense)
    {
      pass->above.panel = self->packed + index * panel_size (self);
      self->above (&pass->above, masks);
      for (guint r = 0; r < ROWS; r++)
        any |= pass->tile.masks[r] &= masks[r];
      if (any == 0)
        return 0;
    }
  for (guint c = 0; c < COLUMNS; c++)
    pass->tile.columns[c] = panel->columns.first + c;
  kept = _tamis_join_decide (self->join, worker, &pass->tile);
  pass->dense = kept >= DENSE * n;
  return kept;
}

static void
join_item (gsize index, guint worker, gpointer data)
{
  Tiles *self = data;
  const Item *item = &g_array_index (self->items, Item, index);
  Pass pass = { .above.k = (int) self->join->in->dimension, .tile.multiplied = TRUE };
  guint64 kept = 0, done = 0;

  if (_tamis_join_is_full (self->join))
    return;
  for (guint i = 0; i < item->rows.n; i += ROWS)
    {
      TamisRange rows = { item->rows.first + i, MIN (ROWS, item->rows.n - i) };

      set_rows (self, rows, &pass);
      for (guint p = 0; p < item->n_panels; p++)
        kept += join_tile (self, worker, rows, item->panel + p, &pass);
    }
  for (guint p = 0; p < item->n_panels; p++)
    {
      TamisRange columns = g_array_index (self->panels, Panel, item->panel + p).columns;

      for (guint c = columns.first; c < columns.first + columns.n; c++)
        done += CLAMP ((gint64) c - item->rows.first, 0, item->rows.n);
    }
  _tamis_join_count (self->join, kept);
  tamis_progress_add (self->progress, done);
}

/* ---- stripes ---- */

/* Panels from @first on, as many as go into an item. */
static guint
add_items (Tiles *self, guint first)
{
  const Panel *panels = (const Panel *) (const void *) self->panels->data;
  guint n = 1, most = MAX (self->block / COLUMNS, 1), end;

  while (n < most && first + n < self->panels->len && panels[first + n].of == panels[first].of)
    n++;
  end = panels[first + n - 1].columns.first + panels[first + n - 1].columns.n;
  for (guint row = panels[first].of; row < end; row += self->block)
    {
      Item item = { { row, MIN (self->block, end - row) }, first, n };

      g_array_append_val (self->items, item);
    }
  return n;
}

/* Packs a stripe and works through it. */
static void
run_stripe (Tiles *self, GCancellable *cancel)
{
  tamis_parallel_for (self->panels->len, pack_columns, self, cancel);
  g_array_set_size (self->items, 0);
  for (guint first = 0; first < self->panels->len;)
    first += add_items (self, first);
  if (!g_cancellable_is_cancelled (cancel))
    tamis_parallel_for (self->items->len, join_item, self, cancel);
  g_array_set_size (self->panels, 0);
}

/* Panels that @ranges have. */
static gsize
count_panels (TamisRanges ranges)
{
  gsize n = 0;

  for (guint i = 0; i < ranges.n; i++)
    n += ranges.items[i].n > 1 ? ((gsize) ranges.items[i].n + COLUMNS - 1) / COLUMNS : 0;
  return n;
}

/* A test's small blocks come in small stripes. */
static guint
count_room (const TamisJoinInput *in, TamisRanges ranges)
{
  gsize most = in->tile > 0 ? 1 + in->tile / COLUMNS
                            : STRIPE / ((gsize) in->dimension * COLUMNS * sizeof (float));

  return (guint) MAX (MIN (most, count_panels (ranges)), 1);
}

static guint64
count_bytes (const TamisJoinInput *in, TamisRanges ranges, guint n_workers)
{
  gsize panel = (gsize) in->dimension * COLUMNS * sizeof (float);

  return count_panels (ranges) > 0 ? (count_room (in, ranges) + (guint64) n_workers) * panel : 0;
}

static TamisAboveFunc
get_variant (const TamisJoinInput *in)
{
  const TamisAboveVariant *variants;
  guint n = (guint) tamis_above_get_variants (&variants);

  return variants[in->simd > 0 && in->simd < n ? in->simd - 1 : n - 1].func;
}

static gboolean
reserve (Tiles *self, TamisRanges ranges, TamisJoinWork *work, GError **error)
{
  guint64 bytes = count_bytes (self->join->in, ranges, self->join->n_workers);

  self->columns = g_new0 (float *, self->join->n_workers);
  if (!_tamis_join_plan_memory (work, bytes, error))
    return FALSE;
  self->packed = g_try_new (float, self->room * panel_size (self));
  if (self->packed == NULL)
    g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
                 "%" G_GUINT64_FORMAT " bytes for comparing are not to be had", bytes);
  return self->packed != NULL;
}

gboolean
_tamis_tiles_run (TamisJoin *join, TamisRanges ranges, TamisJoinWork *work, GError **error)
{
  const TamisJoinInput *in = join->in;
  double u = 0x1.0p-24 * (in->dimension + 8.0);
  g_auto (Tiles) self = {
    .join = join,
    .progress = work->progress,
    .above = get_variant (in),
    .bound = in->floor - u / (1.0 - u),
    .block = in->tile > 0 ? in->tile : BLOCK,
    .room = count_room (in, ranges),
    .panels = g_array_new (FALSE, FALSE, sizeof (Panel)),
    .items = g_array_new (FALSE, FALSE, sizeof (Item)),
  };

  if (!reserve (&self, ranges, work, error))
    return FALSE;
  for (guint i = 0; i < ranges.n; i++)
    for (guint at = 0; at < ranges.items[i].n && ranges.items[i].n > 1; at += COLUMNS)
      {
        TamisRange range = ranges.items[i];
        Panel panel = { { range.first + at, MIN (COLUMNS, range.n - at) }, range.first };

        g_array_append_val (self.panels, panel);
        if (self.panels->len == self.room)
          run_stripe (&self, work->cancel);
        if (g_cancellable_set_error_if_cancelled (work->cancel, error))
          return FALSE;
      }
  run_stripe (&self, work->cancel);
  return !g_cancellable_set_error_if_cancelled (work->cancel, error);
}
