/* The screening engine of the join: byte products bound every cosine from above, and what may pass
 * the floor is decided.
 *
 * DESIGN: three sieves, each cheaper than the next by a factor of ten or more.
 * - Boxes: a row panel of 8 against 16 column panels of 32 at once; what lies too far apart has no
 *   pair above the floor. Rows are in kd order, so boxes are small.
 * - Byte products of the leading coordinates, in stages of growing depth; a tile of 8 × 32 ends at
 *   the first stage that none of its bounds passes (screen-vectors.c proves the bound).
 * - The exact decision, as for every engine, on pairs that passed the last stage.
 * Stages cost a comparison each, so only those that pay are used: a sample of tiles is run through
 * all of them, and the subset that would have cost least is taken.
 * Work goes in items of 512 × 512 places, some 0.1 ms each, cancel being looked at between them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#include <tamis/base.h>

#include <string.h>

G_STATIC_ASSERT (TAMIS_TILE_ROWS == TAMIS_SCREEN_ROWS);
G_STATIC_ASSERT (TAMIS_TILE_COLUMNS == TAMIS_SCREEN_COLUMNS);

#define ROWS TAMIS_SCREEN_ROWS
#define COLUMNS TAMIS_SCREEN_COLUMNS
#define GROUP TAMIS_SCREEN_GROUP
#define BLOCK TAMIS_SCREEN_BLOCK
#define SAMPLED 256 /* sweeps that stages are chosen by */

/* Costs in instructions of the widest variant; others are alike but for a factor. */
#define COST_BYTE 4.0   /* of all products of a tile, a byte of depth */
#define COST_CHECK 110.0 /* of comparing a tile */

typedef struct
{
  TamisJoin *join;
  TamisProgress *progress;
  TamisScreenVectors *vectors;
  GArray *grids; /* TamisGrid of groups: a range's groups, blocks of one */
} Screening;

/* ---- stages ---- */

/* A sweep of row panel @panel over the group @group, without regard to near boxes' absence. */
static guint32
find_near (const TamisScreenVectors *vectors, gsize panel, gsize group)
{
  const float (*box)[TAMIS_SCREEN_AXES]
      = (const float (*)[TAMIS_SCREEN_AXES]) vectors->row_boxes[panel];

  return vectors->plan->variant->near (box[0], box[1], &vectors->columns[group], vectors->near);
}

static void
sample_stops (const TamisScreenVectors *vectors, TamisScreenHits *hits)
{
  TamisRandom random;

  tamis_random_init (&random, 3);
  for (guint i = 0, tries = 0; i < SAMPLED && tries < 16 * SAMPLED; tries++)
    {
      TamisRange range
          = vectors->places[tamis_random_below (&random, vectors->n_ranges)];
      gsize a, b, last;
      guint32 tiles;

      if (range.n < 2)
        continue;
      a = (range.first + tamis_random_below (&random, range.n)) / ROWS;
      b = (range.first + tamis_random_below (&random, range.n)) / BLOCK;
      last = (vectors->n_places - 1) / COLUMNS - b * GROUP;
      tiles = find_near (vectors, a, b) & (last >= GROUP - 1 ? 0xffffu : (2u << last) - 1);
      vectors->plan->variant->sweep (&vectors->screen, (int) a, (int) (b * GROUP), tiles, hits);
      i += tiles != 0;
    }
}

/* What the sampled tiles would have cost with the stages in @subset. */
static double
cost_of_stages (const TamisScreen *screen, const guint64 *stops, guint subset)
{
  guint64 alive = 0;
  double cost = 0.0;
  int from = 0, stopped = 0;

  for (int s = 0; s <= screen->n_stages; s++)
    alive += stops[s];
  for (int s = 0; s < screen->n_stages; s++)
    {
      if (!(subset >> s & 1))
        continue;
      cost += (double) alive * ((screen->stages[s].depth - from) * COST_BYTE + COST_CHECK);
      for (; stopped <= s; stopped++)
        alive -= stops[stopped];
      from = screen->stages[s].depth;
    }
  return cost;
}

static void
choose_stages (TamisScreenVectors *vectors, TamisJoinReport *report)
{
  TamisScreen *screen = &vectors->screen;
  TamisScreenHits hits = { 0 };
  guint last = 1u << (screen->n_stages - 1), best = last;
  int n = 0;

  sample_stops (vectors, &hits);
  for (guint subset = last; subset < 2 * last; subset++)
    if (cost_of_stages (screen, hits.stops, subset) < cost_of_stages (screen, hits.stops, best))
      best = subset;
  for (int s = 0; s < screen->n_stages; s++)
    if (best >> s & 1)
      {
        report->stages[n] = (guint) screen->stages[s].depth;
        screen->stages[n++] = screen->stages[s];
      }
  screen->n_stages = n;
  report->n_stages = (guint) n;
}

/* ---- items ---- */

/* The panels of @n vectors in the part of a group that belongs to the range of @places. */
static TamisRange
get_panels (TamisRange places, gsize group, guint n)
{
  gsize begin = MAX (group * BLOCK, places.first);
  gsize end = MIN ((group + 1) * BLOCK, (gsize) places.first + places.n);

  return (TamisRange){ (guint) (begin / n), (guint) ((end + n - 1) / n - begin / n) };
}

/* What a sweep found: candidates at places after the row's own. */
static guint64
decide_hits (Screening *self, guint worker, const TamisScreenHits *hits, gsize panel, gsize group)
{
  const guint32 *rows = self->vectors->rows;
  guint64 kept = 0;
  TamisTile tile = { .multiplied = FALSE };

  memcpy (tile.rows, rows + panel * ROWS, sizeof tile.rows);
  for (guint32 live = hits->live; live != 0; live &= live - 1)
    {
      guint t = (guint) __builtin_ctz (live);
      gsize first = (group * GROUP + t) * COLUMNS;

      memcpy (tile.columns, rows + first, sizeof tile.columns);
      for (guint r = 0; r < ROWS; r++)
        {
          gsize after = panel * ROWS + r + 1; /* the first place of a later row */
          guint32 later = after <= first ? ~0u : after < first + COLUMNS ? ~0u << (after - first) : 0;

          tile.masks[r] = hits->masks[t][r] & later;
        }
      kept += _tamis_join_decide (self->join, worker, &tile);
    }
  return kept;
}

static guint64
screen_groups (Screening *self, guint worker, TamisRange places, gsize a, gsize b)
{
  const TamisScreenVectors *vectors = self->vectors;
  TamisRange panels = get_panels (places, a, ROWS), tiles = get_panels (places, b, COLUMNS);
  guint32 in_range = ((1u << tiles.n) - 1) << (tiles.first % GROUP);
  TamisScreenHits hits = { 0 };
  guint64 kept = 0;

  for (gsize panel = panels.first; panel < (gsize) panels.first + panels.n; panel++)
    {
      guint32 near = find_near (vectors, panel, b) & in_range;

      /* On the diagonal: tiles that have a place after the panel's first. */
      if (a == b)
        near &= ~0u << (panel * ROWS % BLOCK / COLUMNS);
      if (near == 0)
        continue;
      vectors->plan->variant->sweep (&vectors->screen, (int) panel, (int) (b * GROUP), near, &hits);
      if (hits.live != 0)
        kept += decide_hits (self, worker, &hits, panel, b);
    }
  return kept;
}

static void
screen_item (gsize item, guint worker, gpointer data)
{
  Screening *self = data;
  guint row, column;
  const TamisGrid *grid = _tamis_grid_find (self->grids, item, &row, &column);
  TamisRange places = self->vectors->places[grid->owner];
  gsize a = grid->range.first + row, b = grid->range.first + column;
  TamisRange of_a, of_b;

  if (_tamis_join_is_full (self->join))
    return;
  _tamis_join_count (self->join, screen_groups (self, worker, places, a, b));
  of_a = get_panels (places, a, 1);
  of_b = get_panels (places, b, 1);
  tamis_progress_add (self->progress,
                      a == b ? (guint64) of_a.n * (of_a.n - 1) / 2 : (guint64) of_a.n * of_b.n);
}

/* ---- all ---- */

static guint64
cut_places (Screening *self)
{
  guint64 n_tiles = 0;

  for (guint i = 0; i < self->vectors->n_ranges; i++)
    {
      TamisRange places = self->vectors->places[i];
      guint first = places.first / BLOCK;
      TamisRange groups;

      if (places.n < 2)
        continue;
      groups = (TamisRange){ first, (places.first + places.n - 1) / BLOCK - first + 1 };
      n_tiles = _tamis_grid_add (self->grids, groups, 1, n_tiles);
      g_array_index (self->grids, TamisGrid, self->grids->len - 1).owner = i;
    }
  return n_tiles;
}

/* Pairs with a row of zeros, which have no place. */
static guint64
count_pairs_left_out (const TamisScreenVectors *vectors, TamisRanges ranges)
{
  return _tamis_ranges_count_pairs (ranges.items, ranges.n)
         - _tamis_ranges_count_pairs (vectors->places, vectors->n_ranges);
}

gboolean
_tamis_screen_run (TamisJoin *join, TamisRanges ranges, const TamisScreenPlan *plan,
                   TamisJoinWork *work, GError **error)
{
  g_auto (TamisScreenVectors) vectors = { .join = join, .plan = plan };
  g_autoptr (GArray) grids = g_array_new (FALSE, FALSE, sizeof (TamisGrid));
  Screening self = { join, work->progress, &vectors, grids };
  guint64 n_items;

  if (!_tamis_join_plan_memory (work, _tamis_screen_bytes (ranges, plan->depth), error)
      || !_tamis_screen_vectors_init (&vectors, ranges, work, error))
    return FALSE;
  choose_stages (&vectors, work->report);
  n_items = cut_places (&self);
  tamis_progress_add (work->progress, count_pairs_left_out (&vectors, ranges));
  _tamis_join_for (work, n_items, screen_item, &self);
  return !g_cancellable_set_error_if_cancelled (work->cancel, error);
}
