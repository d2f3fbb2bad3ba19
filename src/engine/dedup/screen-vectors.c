/* Rows as the screen wants them: rotated, in bytes, in kd order, with what the bytes leave out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: let u be a row's unit vector, V the directions (n × d floats), G = V Vᵀ, ‖G - I‖ <= η
 * (TamisBasis.skew), p = V u, ρ what the projection on V's span leaves of u. Then for two rows
 *
 *   cos = p_aᵀ G⁻¹ p_b + ρ_a·ρ_b <= p_a·p_b + 1.01 η + |ρ_a||ρ_b|,   |ρ|² <= 1 - |p|² + 1.01 η,
 *
 * the same for the first so many rows of V. What is computed, p̂, is off:
 * - a unit row in floats by 2^-24 of its length;
 * - a product of m terms, each added in floats, fused or not, by γ_m Σ|v_k u_k| (Higham, Accuracy
 *   and Stability, 2002, 3.1). Products are summed in chunks of CHUNK terms, and the chunks added,
 *   so m = CHUNK + d / CHUNK + 2, and |p̂ - p| <= δ = 1.01 · 2^-24 (m sqrt (n) + 1).
 * So p_a·p_b <= p̂_a·p̂_b + 2.01 δ and |ρ|² <= 1 - |p̂|² + 2.01 δ + 1.01 η. Of p̂ = (f, g) the first
 * coordinate stays a float (it holds the large common mean of raw latents); g is s q + e, with q in
 * bytes and e measured in double, so that values too large for a byte cost accuracy, not truth:
 *
 *   p̂_a·p̂_b <= f_a f_b + s² q_a·q_b + M (|e_a| + |e_b|),   M >= all |s q| and |g|.
 *
 * Floats in screen.c round at most 8 times, of values below 4 + s² offset Σ|q|: margin μ. A pair
 * above the floor, also one whose computed cosine is (1.6e-14 off), is thus above floor - 2.01 δ -
 * 1.01 η - μ in the screen's bound. s² is a float and s its root in double.
 *
 * Boxes: |u_a - u_b|² >= |p_a - p_b|² / (1 + η) and cos = 1 - |u_a - u_b|² / 2, so of a pair above
 * the floor the first coordinates are nearer than sqrt (2 (1 - floor) (1 + η)) + 2 δ.
 *
 * A row of zeros has no pair above a floor >= 0: it gets no place.
 */
#include "engine/dedup/screen-private.h"

#include "kernels/panels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define BATCH 64  /* rows an item of the first loop */
#define CHUNK 128 /* terms summed in a row */
#define AXES TAMIS_SCREEN_AXES

static const guint stage_depths[] = { 16, 32, 48, 64, 96, 128, 192, 256 };
G_STATIC_ASSERT (G_N_ELEMENTS (stage_depths) <= TAMIS_SCREEN_STAGES);

/* What a worker has for itself. */
typedef struct
{
  float *units;    /* BATCH × dimension */
  float *chunk;    /* BATCH × n: a chunk's products */
  float *scores;   /* BATCH × n */
  double longest;  /* M so far */
  double absolute; /* max Σ|q| so far */
} Worker;

typedef struct
{
  TamisScreenVectors *vectors;
  Worker *workers;
  float *packed; /* directions, a panel a chunk */
  double delta;
  double longest;
  double absolute;
} Preparation;

static guint
count_stages (guint depth)
{
  guint n = 0;

  while (n < G_N_ELEMENTS (stage_depths) && stage_depths[n] <= depth)
    n++;
  return n;
}

/* ---- rows: units, scores, bytes ---- */

static void
project (Preparation *self, Worker *worker, guint n_rows)
{
  const TamisBasis *basis = self->vectors->plan->basis;
  const float *packed = self->packed;

  for (guint first = 0; first < basis->dimension; first += CHUNK)
    {
      guint k = MIN (CHUNK, basis->dimension - first);

      tamis_panels_multiply (&(TamisPanels){
          .rows = (int) n_rows, .k = (int) k, .n = (int) basis->n, .a = worker->units + first,
          .a_stride = (int) basis->dimension, .packed = packed,
          .c = first > 0 ? worker->chunk : worker->scores, .c_stride = (int) basis->n });
      packed += tamis_panels_size ((int) k, (int) basis->n);
      if (first > 0)
        for (gsize i = 0; i < (gsize) n_rows * basis->n; i++)
          worker->scores[i] += worker->chunk[i];
    }
}

/* Bytes of the @row-th row, and what they and the unused directions leave out, at each stage. */
static void
quantise (Preparation *self, Worker *worker, const float *scores, gsize row)
{
  TamisScreenVectors *vectors = self->vectors;
  const TamisScreenPlan *plan = vectors->plan;
  guint n = plan->basis->n, n_stages = (guint) vectors->screen.n_stages;
  double own = (double) scores[0] * scores[0], left_out = 2.01 * self->delta
                                                          + 1.01 * plan->basis->skew;
  gint8 *to = vectors->bytes + row * plan->depth;
  float *terms = vectors->terms + row * 2 * n_stages;
  TamisBytes bytes = { .step = sqrt ((double) vectors->screen.scale),
                       .range = plan->variant->range };
  guint k = 0;

  for (guint s = 0; s < n_stages; s++)
    {
      guint end = MIN ((guint) vectors->screen.stages[s].depth, n - 1);

      tamis_bytes_add (&bytes, (int) (end - k), scores + 1 + k, to + k);
      k = end;
      terms[2 * s]
          = nextafterf ((float) sqrt (MAX (1.0 - own - bytes.square + left_out, 0.0)), FLT_MAX);
      terms[2 * s + 1] = nextafterf ((float) sqrt (bytes.error), FLT_MAX);
    }
  memset (to + k, 0, plan->depth - k);
  worker->longest = MAX (worker->longest, sqrt (MAX (bytes.kept, bytes.square)));
  worker->absolute = MAX (worker->absolute, (double) bytes.absolute);
}

static void
worker_reserve (Worker *self, const TamisBasis *basis)
{
  if (self->units != NULL)
    return;
  self->units = g_new (float, (gsize) BATCH * basis->dimension);
  self->chunk = g_new (float, (gsize) BATCH * basis->n);
  self->scores = g_new (float, (gsize) BATCH * basis->n);
}

static void
prepare_rows (gsize item, guint index, gpointer data)
{
  Preparation *self = data;
  TamisScreenVectors *vectors = self->vectors;
  const TamisJoinInput *in = vectors->join->in;
  const TamisBasis *basis = vectors->plan->basis;
  Worker *worker = &self->workers[index];
  gsize begin = item * BATCH, end = MIN (begin + BATCH, vectors->span.n);

  worker_reserve (worker, basis);
  for (gsize row = begin; row < end; row++)
    vectors->join->squares[vectors->span.first + row]
        = _tamis_unit (in->values + (vectors->span.first + row) * in->dimension, in->dimension,
                       worker->units + (row - begin) * in->dimension);
  project (self, worker, (guint) (end - begin));
  for (gsize row = begin; row < end; row++)
    {
      const float *scores = worker->scores + (row - begin) * basis->n;
      float *axes = vectors->axes + row * AXES;

      memset (axes, 0, AXES * sizeof *axes);
      memcpy (axes, scores, MIN (AXES, basis->n) * sizeof *axes);
      quantise (self, worker, scores, row);
    }
}

/* ---- places ---- */

static void
give_places (TamisScreenVectors *self, TamisRanges ranges)
{
  const double *squares = self->join->squares;
  gsize place = 0;

  for (guint i = 0; i < ranges.n; i++)
    {
      TamisRange range = ranges.items[i];
      gsize first = place;

      for (guint row = range.first; row < range.first + range.n; row++)
        if (squares[row] > 0.0 && isfinite (squares[row]))
          self->rows[place++] = row;
      self->places[i] = (TamisRange){ (guint) first, (guint) (place - first) };
      while (place % TAMIS_SCREEN_COLUMNS != 0)
        self->rows[place++] = TAMIS_SCREEN_NONE;
    }
  while (place < self->n_places)
    self->rows[place++] = TAMIS_SCREEN_NONE;
}

static void
set_numbers (Preparation *preparation, gsize place)
{
  TamisScreenVectors *self = preparation->vectors;
  const TamisScreenPlan *plan = self->plan;
  guint32 row = self->rows[place];
  gsize at = row - self->span.first;
  guint n_stages = (guint) self->screen.n_stages;
  double base = self->join->in->floor - 2.01 * preparation->delta - 1.01 * plan->basis->skew
                - 0x1.0p-20 * (4.0 + self->screen.scale * plan->variant->offset
                                         * preparation->absolute);
  gint64 sum = 0;
  guint k = 0;

  self->numbers[place] = row != TAMIS_SCREEN_NONE ? self->axes[at * AXES] : 0.0f;
  for (guint s = 0; s < n_stages; s++)
    {
      float *rest = self->numbers + (1 + 3 * s) * self->n_places + place;
      float *limit = rest + self->n_places, *add = limit + self->n_places;
      double error;

      if (row == TAMIS_SCREEN_NONE)
        {
          *rest = 0.0f;
          *limit = INFINITY;
          *add = -INFINITY;
          continue;
        }
      for (; k < (guint) self->screen.stages[s].depth; k++)
        sum += self->bytes[at * plan->depth + k];
      *rest = self->terms[(at * n_stages + s) * 2];
      error = self->terms[(at * n_stages + s) * 2 + 1] * preparation->longest;
      *add = nextafterf ((float) error, FLT_MAX);
      *limit = nextafterf ((float) (base - error
                                    + (double) self->screen.scale * plan->variant->offset
                                          * (double) sum),
                           -FLT_MAX);
    }
}

/* Grows the box @low .. @high (sides @stride apart) by the row at a place. */
static void
grow_box (const TamisScreenVectors *self, gsize place, float *low, float *high, guint stride)
{
  guint32 row = self->rows[place];

  for (guint k = 0; k < AXES && row != TAMIS_SCREEN_NONE; k++)
    {
      float x = self->axes[(gsize) (row - self->span.first) * AXES + k];

      low[k * stride] = MIN (low[k * stride], x);
      high[k * stride] = MAX (high[k * stride], x);
    }
}

/* Bytes of @n vectors from @place on, four coordinates of each at a time. */
static void
interleave (const TamisScreenVectors *self, gsize place, guint n, guint8 *to, guint8 offset)
{
  guint depth = self->plan->depth;

  for (guint c = 0; c < n; c++)
    {
      guint32 row = self->rows[place + c];
      const guint8 *from = (const guint8 *) self->bytes + (gsize) (row - self->span.first) * depth;

      for (guint k = 0; k < depth; k += 4)
        for (guint i = 0; i < 4; i++)
          to[(k * n) + c * 4 + i]
              = row != TAMIS_SCREEN_NONE ? (guint8) (from[k + i] + offset) : offset;
    }
}

/* A column panel and its row panels. */
static void
pack_panel (gsize item, guint worker, gpointer data)
{
  Preparation *preparation = data;
  TamisScreenVectors *self = preparation->vectors;
  gsize place = item * TAMIS_SCREEN_COLUMNS;
  guint lane = item % TAMIS_SCREEN_GROUP;
  TamisScreenBoxes *group = &self->columns[item / TAMIS_SCREEN_GROUP];

  for (guint k = 0; k < AXES; k++)
    {
      group->low[k][lane] = FLT_MAX;
      group->high[k][lane] = -FLT_MAX;
    }
  for (guint i = 0; i < TAMIS_SCREEN_COLUMNS; i++)
    {
      set_numbers (preparation, place + i);
      grow_box (self, place + i, &group->low[0][lane], &group->high[0][lane], TAMIS_SCREEN_GROUP);
    }
  interleave (self, place, TAMIS_SCREEN_COLUMNS, self->column_bytes + place * self->plan->depth,
              (guint8) self->plan->variant->offset);
  for (guint r = 0; r < TAMIS_SCREEN_COLUMNS; r += TAMIS_SCREEN_ROWS)
    {
      float (*box)[AXES] = self->row_boxes[(place + r) / TAMIS_SCREEN_ROWS];

      for (guint k = 0; k < AXES; k++)
        {
          box[0][k] = FLT_MAX;
          box[1][k] = -FLT_MAX;
        }
      for (guint i = 0; i < TAMIS_SCREEN_ROWS; i++)
        grow_box (self, place + r + i, box[0], box[1], 1);
      interleave (self, place + r, TAMIS_SCREEN_ROWS,
                  (guint8 *) self->row_bytes + (place + r) * self->plan->depth, 0);
    }
}

/* ---- all ---- */

/* From the first row of the first to the last of the last. */
static TamisRange
span_of (TamisRanges ranges)
{
  const TamisRange *last = &ranges.items[ranges.n - 1];

  return (TamisRange){ ranges.items[0].first, last->first + last->n - ranges.items[0].first };
}

static gsize
count_places (TamisRanges ranges)
{
  gsize n = 0;

  for (guint i = 0; i < ranges.n; i++)
    n += ((gsize) ranges.items[i].n + TAMIS_SCREEN_COLUMNS - 1) / TAMIS_SCREEN_COLUMNS
         * TAMIS_SCREEN_COLUMNS;
  return n;
}

guint64
_tamis_screen_bytes (TamisRanges ranges, guint depth)
{
  guint64 n_stages = count_stages (depth);
  guint64 row = AXES * sizeof (float) + depth + n_stages * 2 * sizeof (float);
  /* The last: boxes, and keys while sorting. */
  guint64 place = sizeof (guint32) + 2 * (guint64) depth + (1 + 3 * n_stages) * sizeof (float)
                  + 2 * AXES * sizeof (float) / TAMIS_SCREEN_ROWS
                  + sizeof (TamisScreenBoxes) / TAMIS_SCREEN_COLUMNS + 8;

  return span_of (ranges).n * row + count_places (ranges) * place;
}

static gboolean
reserve (TamisScreenVectors *self, TamisRanges ranges, GError **error)
{
  guint depth = self->plan->depth, n_stages = count_stages (depth);
  gsize n = self->n_places, groups = n / TAMIS_SCREEN_BLOCK + 2;

  self->places = g_new0 (TamisRange, MAX (ranges.n, 1));
  self->rows = g_try_new (guint32, n + 1);
  self->axes = g_try_new (float, (gsize) self->span.n * AXES + 1);
  self->bytes = g_try_new (gint8, (gsize) self->span.n * depth + 1);
  self->terms = g_try_new (float, (gsize) self->span.n * n_stages * 2 + 1);
  self->row_bytes = g_try_new (gint8, n * depth + 1);
  self->column_bytes = g_try_new (guint8, n * depth + 1);
  self->numbers = g_try_new (float, n * (1 + 3 * n_stages) + 1);
  self->columns = g_try_new (TamisScreenBoxes, groups);
  self->row_boxes = g_try_malloc_n (n / TAMIS_SCREEN_ROWS + 1, sizeof *self->row_boxes);
  if (self->rows != NULL && self->axes != NULL && self->bytes != NULL && self->terms != NULL
      && self->row_bytes != NULL && self->column_bytes != NULL && self->numbers != NULL
      && self->columns != NULL && self->row_boxes != NULL)
    return TRUE;
  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "%" G_GUINT64_FORMAT " bytes for comparing are not to be had",
               _tamis_screen_bytes (ranges, depth));
  return FALSE;
}

static void
set_screen (TamisScreenVectors *self)
{
  self->screen = (TamisScreen){
    .rows = self->row_bytes,
    .columns = self->column_bytes,
    .stride = (int) self->plan->depth,
    .scale = self->plan->step * self->plan->step,
    .first = self->numbers,
    .n_stages = (int) count_stages (self->plan->depth),
  };
  for (guint s = 0; s < (guint) self->screen.n_stages; s++)
    {
      const float *rest = self->numbers + (1 + 3 * s) * self->n_places;

      self->screen.stages[s] = (TamisScreenStage){ (int) stage_depths[s], rest,
                                                   rest + self->n_places,
                                                   rest + 2 * self->n_places };
    }
}

static float *
pack_directions (const TamisBasis *basis)
{
  gsize chunks = (basis->dimension + CHUNK - 1) / CHUNK;
  float *packed = g_new (float, chunks * tamis_panels_size (CHUNK, (int) basis->n));
  g_autofree float *turned = g_new (float, (gsize) CHUNK * basis->n);
  float *to = packed;

  for (guint first = 0; first < basis->dimension; first += CHUNK)
    {
      guint k = MIN (CHUNK, basis->dimension - first);

      for (guint i = 0; i < k; i++)
        for (guint j = 0; j < basis->n; j++)
          turned[(gsize) i * basis->n + j] = basis->rows[(gsize) j * basis->dimension + first + i];
      tamis_panels_pack ((int) k, (int) basis->n, turned, (int) basis->n, to);
      to += tamis_panels_size ((int) k, (int) basis->n);
    }
  return packed;
}

/* All rows through prepare_rows(), and what the workers saw put together. */
static void
prepare (Preparation *self, const TamisJoinWork *work)
{
  guint n_workers = self->vectors->join->n_workers;

  self->workers = g_new0 (Worker, n_workers);
  _tamis_join_for (work, ((gsize) self->vectors->span.n + BATCH - 1) / BATCH, prepare_rows, self);
  for (guint i = 0; i < n_workers; i++)
    {
      self->longest = MAX (self->longest, self->workers[i].longest);
      self->absolute = MAX (self->absolute, self->workers[i].absolute);
      g_free (self->workers[i].units);
      g_free (self->workers[i].chunk);
      g_free (self->workers[i].scores);
    }
  /* For the doubles' own errors. */
  self->longest *= 1.0 + 1e-12;
  g_free (self->workers);
}

gboolean
_tamis_screen_vectors_init (TamisScreenVectors *self, TamisRanges ranges,
                            const TamisJoinWork *work, GError **error)
{
  const TamisBasis *basis = self->plan->basis;
  double terms = CHUNK + (basis->dimension + CHUNK - 1) / CHUNK + 2;
  double delta = 1.01 * 0x1.0p-24 * (terms * sqrt (basis->n) + 1.0);
  double floor = self->join->in->floor;
  double apart = sqrt (2.0 * (1.0 - floor + 1e-12) * (1.0 + basis->skew)) + 2.0 * delta;
  g_autofree float *packed = pack_directions (basis);
  Preparation preparation = { .vectors = self, .packed = packed, .delta = delta };

  self->n_ranges = ranges.n;
  self->span = span_of (ranges);
  self->n_places = count_places (ranges);
  if (!reserve (self, ranges, error))
    return FALSE;
  set_screen (self);
  /* AXES squares of floats, each rounded thrice: 64 roundings cover them. */
  self->near = (float) (apart * apart * (1.0 + 64 * 0x1.0p-24));
  prepare (&preparation, work);
  give_places (self, ranges);
  _tamis_screen_order (self, work);
  if (g_cancellable_set_error_if_cancelled (work->cancel, error))
    return FALSE;
  _tamis_join_for (work, self->n_places / TAMIS_SCREEN_COLUMNS, pack_panel, &preparation);
  g_clear_pointer (&self->axes, g_free);
  g_clear_pointer (&self->bytes, g_free);
  g_clear_pointer (&self->terms, g_free);
  return !g_cancellable_set_error_if_cancelled (work->cancel, error);
}

void
_tamis_screen_vectors_clear (TamisScreenVectors *self)
{
  g_free (self->places);
  g_free (self->rows);
  g_free (self->axes);
  g_free (self->bytes);
  g_free (self->terms);
  g_free (self->row_bytes);
  g_free (self->column_bytes);
  g_free (self->numbers);
  g_free (self->columns);
  g_free (self->row_boxes);
}
