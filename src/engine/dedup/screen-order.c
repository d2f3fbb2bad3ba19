/* The order of rows: a kd tree over their leading coordinates, of which only the leaves' order is
 * kept (Friedman, Bentley, Finkel, ACM TOMS 3, 1977).
 *
 * DESIGN: a segment is halved at a multiple of 32 along the axis with the largest variance, down to
 * panels of 32, and these to rows of 8. Segments of a level are split on all threads, small ones to
 * the end by one of them; each by one thread and alone, so the order is always the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#define SMALL 4096 /* rows that one item splits to the end */
#define LOOKED_AT 256 /* rows that an axis is chosen by */

typedef struct
{
  float key;
  guint32 row; /* from the span's first on */
} Keyed;

typedef struct
{
  guint32 first;
  guint32 n;
} Segment;

typedef struct
{
  TamisScreenVectors *vectors;
  Keyed *keyed; /* by place */
  GArray *segments;
  GArray *halves; /* two a segment, n = 0 where it was split to the end */
} Ordering;

/* Puts the @n_low smallest keys first (Hoare's quickselect). */
static void
select_lowest (Keyed *items, gssize n, gssize n_low)
{
  gssize low = 0, high = n - 1;

  while (low < high)
    {
      float pivot = items[low + (high - low) / 2].key;
      gssize i = low, j = high;

      while (i <= j)
        {
          while (items[i].key < pivot)
            i++;
          while (items[j].key > pivot)
            j--;
          if (i <= j)
            {
              Keyed swap = items[i];

              items[i++] = items[j];
              items[j--] = swap;
            }
        }
      if (n_low <= j)
        high = j;
      else if (n_low >= i)
        low = i;
      else
        return;
    }
}

static guint
choose_axis (const float *axes, const Keyed *items, guint n)
{
  double sums[TAMIS_SCREEN_AXES] = { 0 }, squares[TAMIS_SCREEN_AXES] = { 0 };
  guint step = 1 + n / LOOKED_AT, count = 0, best = 0;

  for (guint i = 0; i < n; i += step, count++)
    for (guint k = 0; k < TAMIS_SCREEN_AXES; k++)
      {
        double x = axes[(gsize) items[i].row * TAMIS_SCREEN_AXES + k];

        sums[k] += x;
        squares[k] += x * x;
      }
  for (guint k = 0; k < TAMIS_SCREEN_AXES; k++)
    {
      squares[k] -= sums[k] * sums[k] / count;
      if (squares[k] > squares[best])
        best = k;
    }
  return best;
}

/* Returns the length of the first half, or 0 if @n rows are not split. */
static guint
split (const float *axes, Keyed *items, guint n)
{
  guint unit = n > TAMIS_SCREEN_COLUMNS ? TAMIS_SCREEN_COLUMNS : TAMIS_SCREEN_ROWS;
  guint half = (n / 2 + unit - 1) / unit * unit;
  guint axis;

  if (n <= unit || half >= n)
    return 0;
  axis = choose_axis (axes, items, n);
  for (guint i = 0; i < n; i++)
    items[i].key = axes[(gsize) items[i].row * TAMIS_SCREEN_AXES + axis];
  select_lowest (items, n, half);
  return half;
}

static void
split_all (const float *axes, Keyed *items, guint n)
{
  guint half;

  while ((half = split (axes, items, n)) > 0)
    {
      split_all (axes, items, half);
      items += half;
      n -= half;
    }
}

static void
split_segment (gsize item, guint worker, gpointer data)
{
  Ordering *self = data;
  Segment segment = g_array_index (self->segments, Segment, item);
  Segment *halves = &g_array_index (self->halves, Segment, 2 * item);
  Keyed *items = self->keyed + segment.first;
  guint half;

  halves[0].n = halves[1].n = 0;
  if (segment.n <= SMALL)
    {
      split_all (self->vectors->axes, items, segment.n);
      return;
    }
  half = split (self->vectors->axes, items, segment.n);
  halves[0] = (Segment){ segment.first, half };
  halves[1] = (Segment){ segment.first + half, segment.n - half };
}

void
_tamis_screen_order (TamisScreenVectors *vectors, const TamisJoinWork *work)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autoptr (GArray) halves = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autofree Keyed *keyed = g_new (Keyed, vectors->n_places);
  Ordering self = { vectors, keyed, segments, halves };

  for (gsize i = 0; i < vectors->n_places; i++)
    keyed[i].row = vectors->rows[i] - vectors->span.first;
  for (guint i = 0; i < vectors->n_ranges; i++)
    {
      Segment whole = { vectors->places[i].first, vectors->places[i].n };

      g_array_append_val (segments, whole);
    }
  while (segments->len > 0 && !g_cancellable_is_cancelled (work->cancel))
    {
      g_array_set_size (halves, 2 * segments->len);
      _tamis_join_for (work, segments->len, split_segment, &self);
      if (g_cancellable_is_cancelled (work->cancel))
        return;
      g_array_set_size (segments, 0);
      for (guint i = 0; i < halves->len; i++)
        if (g_array_index (halves, Segment, i).n > 0)
          g_array_append_val (segments, g_array_index (halves, Segment, i));
    }
  for (gsize i = 0; i < vectors->n_places; i++)
    vectors->rows[i] = keyed[i].row + vectors->span.first;
}
