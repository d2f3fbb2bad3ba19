/* What is a pair: candidates of all engines are decided here, in double precision.
 *
 * DESIGN: candidates come in tiles of 8 × 32. Where few of a tile are left, each is a dot product of
 * its own, four at a time; where the engine has not multiplied them in floats, that is done first,
 * as most fail there: widening to doubles costs several times the product. Where many are, as among raw latents of one class, rows are turned into
 * doubles once and multiplied 4 × 2 at a time; four of them and two columns in floats fit the
 * first-level cache. Every number is that of _tamis_dot(), bit for
 * bit: products are exact, and each lane adds them in the same order. (Rows are filled up with
 * zeros, which can turn a lane's -0 into 0 and so a similarity; neither is above a floor.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include "kernels/rough.h"

#include <math.h>
#include <string.h>

#define ROWS TAMIS_TILE_ROWS
#define COLUMNS TAMIS_TILE_COLUMNS
#define DENSE 48 /* candidates of a tile from which on rows are converted */

struct _TamisDecider
{
  double *wide; /* ROWS × lanes: the rows of the tile converted last, as far as in @has */
  guint32 of_rows[ROWS];
  guint32 has;
  guint64 n_decided;
  double bound; /* floats' products above it times both lengths may be pairs */
  TamisRoughFunc rough;
};

static TamisRoughFunc
get_rough (const TamisJoinInput *in)
{
  const TamisRoughVariant *variants;
  guint n = (guint) tamis_rough_get_variants (&variants);

  return variants[in->simd > 0 && in->simd < n ? in->simd - 1 : n - 1].func;
}

/* A product of raw rows in floats is within γ_d |a||b| of the true one (tiles.c), and what underflows
 * is far below that while lengths are plain. So that of a pair is above (floor - (d + 8) u') |a||b|, where
 * eight more roundings than there are cover those of the lengths and of the comparison. */
TamisDecider *
_tamis_decider_new (const TamisJoinInput *in)
{
  TamisDecider *self = g_new0 (TamisDecider, 1);
  double u = 0x1.0p-24 * (in->dimension + 8.0);

  self->bound = in->floor - u / (1.0 - u);
  self->rough = get_rough (in);
  return self;
}

void
_tamis_decider_free (TamisDecider *self)
{
  g_free (self->wide);
  g_free (self);
}

guint64
_tamis_decider_get_n (const TamisDecider *self)
{
  return self->n_decided;
}

/* ---- few ---- */

/* Its products in floats neither overflow nor vanish. */
static inline gboolean
is_plain (double square)
{
  return square > 0x1.0p-60 && square < 0x1.0p60;
}

/* May @pair be one, by @dot in floats? */
static inline gboolean
may_be_pair (const TamisJoin *self, double bound, const guint32 pair[2], float dot)
{
  double a = self->squares[pair[0]], b = self->squares[pair[1]];

  return !is_plain (a) || !is_plain (b) || !((double) dot <= bound * sqrt (a * b));
}

/* Leaves out of @n pairs those that floats prove to be none. Returns how many are left. */
static guint
sift_pairs (TamisJoin *self, guint worker, guint32 (*pairs)[2], guint n)
{
  const TamisJoinInput *in = self->in;
  const TamisDecider *decider = self->deciders[worker];
  guint left = 0;

  for (guint at = 0; at < n; at += TAMIS_ROUGH)
    {
      guint here = MIN (n - at, TAMIS_ROUGH);
      const float *a[TAMIS_ROUGH], *b[TAMIS_ROUGH];
      float dots[TAMIS_ROUGH];

      for (guint i = 0; i < TAMIS_ROUGH; i++)
        {
          const guint32 *pair = pairs[at + MIN (i, here - 1)];

          a[i] = in->values + (gsize) pair[0] * in->dimension;
          b[i] = in->values + (gsize) pair[1] * in->dimension;
        }
      decider->rough (a, b, (int) in->dimension, dots);
      for (guint i = 0; i < here; i++)
        if (may_be_pair (self, decider->bound, pairs[at + i], dots[i]))
          {
            pairs[left][0] = pairs[at + i][0];
            pairs[left++][1] = pairs[at + i][1];
          }
    }
  return left;
}

/* @n <= TAMIS_DOTS pairs. Returns how many were kept. */
static guint
decide_pairs (TamisJoin *self, guint worker, const guint32 (*pairs)[2], guint n)
{
  const TamisJoinInput *in = self->in;
  const float *left[TAMIS_DOTS], *right[TAMIS_DOTS];
  double dots[TAMIS_DOTS];
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    {
      left[i] = in->values + (gsize) pairs[i][0] * in->dimension;
      right[i] = in->values + (gsize) pairs[i][1] * in->dimension;
    }
  if (n == TAMIS_DOTS)
    _tamis_dots (left, right, in->dimension, dots);
  else
    for (guint i = 0; i < n; i++)
      dots[i] = _tamis_dot (left[i], right[i], in->dimension);
  for (guint i = 0; i < n; i++)
    {
      guint a = pairs[i][0], b = pairs[i][1];
      double similarity = _tamis_cosine (dots[i], self->squares[a], self->squares[b]);

      if (!(similarity > in->floor))
        continue;
      _tamis_pair_list_append (&self->lists[worker], MIN (a, b), MAX (a, b), similarity);
      kept++;
    }
  return kept;
}

static guint
decide_few (TamisJoin *self, guint worker, const TamisTile *tile)
{
  guint32 pairs[ROWS * COLUMNS][2];
  guint n = 0, kept = 0;

  for (guint r = 0; r < ROWS; r++)
    for (guint32 mask = tile->masks[r]; mask != 0; mask &= mask - 1)
      {
        pairs[n][0] = tile->rows[r];
        pairs[n++][1] = tile->columns[__builtin_ctz (mask)];
      }
  if (!tile->multiplied)
    n = sift_pairs (self, worker, pairs, n);
  for (guint at = 0; at < n; at += TAMIS_DOTS)
    kept += decide_pairs (self, worker, (const guint32 (*)[2]) pairs + at,
                          MIN (n - at, TAMIS_DOTS));
  return kept;
}

/* ---- many ---- */

/* Doubles a converted row takes. */
static inline gsize
lanes_of (const TamisJoinInput *in)
{
  return ((gsize) in->dimension + TAMIS_LANES - 1) / TAMIS_LANES * TAMIS_LANES;
}

/* The next tile often has the same rows. */
static void
widen_rows (TamisDecider *self, const TamisJoinInput *in, const TamisTile *tile)
{
  gsize lanes = lanes_of (in);

  if (self->wide == NULL)
    self->wide = g_new0 (double, ROWS * lanes);
  if (memcmp (self->of_rows, tile->rows, sizeof self->of_rows) != 0)
    {
      memcpy (self->of_rows, tile->rows, sizeof self->of_rows);
      self->has = 0;
    }
  for (guint r = 0; r < ROWS; r++)
    if (tile->masks[r] != 0 && (self->has >> r & 1) == 0)
      {
        _tamis_widen (in->values + (gsize) tile->rows[r] * in->dimension, in->dimension,
                      self->wide + r * lanes);
        self->has |= (guint32) 1 << r;
      }
}

/* Rows of a tile from @row on, by columns. */
typedef struct
{
  guint row;
  guint columns[TAMIS_BLOCK_COLUMNS];
  guint n_columns;
  double dots[TAMIS_BLOCK_ROWS * TAMIS_BLOCK_COLUMNS];
} Block;

static guint
keep_block (TamisJoin *self, guint worker, const TamisTile *tile, const Block *block)
{
  guint kept = 0;

  for (guint i = 0; i < G_N_ELEMENTS (block->dots); i++)
    {
      guint row = block->row + i / TAMIS_BLOCK_COLUMNS, at = i % TAMIS_BLOCK_COLUMNS;
      guint column = block->columns[at];
      guint a, b;
      double similarity;

      if (at >= block->n_columns || (tile->masks[row] >> column & 1) == 0)
        continue;
      a = tile->rows[row];
      b = tile->columns[column];
      similarity = _tamis_cosine (block->dots[i], self->squares[a], self->squares[b]);
      if (!(similarity > self->in->floor))
        continue;
      _tamis_pair_list_append (&self->lists[worker], MIN (a, b), MAX (a, b), similarity);
      kept++;
    }
  return kept;
}

/* Rows from @r on, in blocks of the columns that any of them has; one that is left alone is
 * multiplied twice. */
static guint
decide_rows (TamisJoin *self, guint worker, const TamisTile *tile, guint r)
{
  const TamisJoinInput *in = self->in;
  const double *wide = self->deciders[worker]->wide + r * lanes_of (in);
  TamisBlockFunc multiply = _tamis_block_get_func ();
  guint32 columns = 0;
  guint kept = 0;

  for (guint i = 0; i < TAMIS_BLOCK_ROWS; i++)
    columns |= tile->masks[r + i];
  while (columns != 0)
    {
      Block block = { .row = r };
      const float *others[TAMIS_BLOCK_COLUMNS];

      for (guint i = 0; i < TAMIS_BLOCK_COLUMNS; i++)
        {
          block.columns[i] = columns != 0 ? (guint) __builtin_ctz (columns) : block.columns[0];
          block.n_columns += columns != 0;
          columns &= columns - 1;
          others[i] = in->values + (gsize) tile->columns[block.columns[i]] * in->dimension;
        }
      multiply (wide, others, in->dimension, block.dots);
      kept += keep_block (self, worker, tile, &block);
    }
  return kept;
}

static guint
decide_many (TamisJoin *self, guint worker, const TamisTile *tile)
{
  guint kept = 0;

  widen_rows (self->deciders[worker], self->in, tile);
  for (guint r = 0; r < ROWS; r += TAMIS_BLOCK_ROWS)
    kept += decide_rows (self, worker, tile, r);
  return kept;
}

guint
_tamis_join_decide (TamisJoin *self, guint worker, const TamisTile *tile)
{
  guint n = 0;

  for (guint r = 0; r < ROWS; r++)
    n += (guint) __builtin_popcount (tile->masks[r]);
  self->deciders[worker]->n_decided += n;
  if (n == 0)
    return 0;
  return n < DENSE || _tamis_block_get_func () == NULL ? decide_few (self, worker, tile)
                                                       : decide_many (self, worker, tile);
}
