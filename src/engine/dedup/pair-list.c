/* Lists of pairs: collecting them without moving them, and putting them in order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <string.h>

#define RUN 12       /* items sorted by insertion before merging begins */
#define BUCKETS 1024

void
_tamis_pair_list_append (TamisPairList *self, guint32 a, guint32 b, double similarity)
{
  TamisPairChunk *chunk = self->first;

  if (chunk != NULL && chunk->n == TAMIS_PAIR_CHUNK && self->spill != NULL
      && _tamis_spill_takes (self->spill, chunk->pairs, chunk->n))
    chunk->n = 0;
  else if (chunk == NULL || chunk->n == TAMIS_PAIR_CHUNK)
    {
      if (self->spill != NULL)
        _tamis_spill_hold (self->spill);
      chunk = g_new (TamisPairChunk, 1);
      chunk->next = self->first;
      chunk->n = 0;
      self->first = chunk;
    }
  chunk->pairs[chunk->n++] = (TamisPair){ similarity, a, b };
}

void
_tamis_pair_list_clear (TamisPairList *self)
{
  while (self->first != NULL)
    {
      TamisPairChunk *chunk = self->first;

      self->first = chunk->next;
      g_free (chunk);
    }
}

static inline gboolean
comes_before (const TamisPair *x, const TamisPair *y)
{
  if (x->similarity != y->similarity)
    return x->similarity > y->similarity;
  return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static void
sort_run (TamisPair *items, gsize n)
{
  for (gsize i = 1; i < n; i++)
    {
      TamisPair item = items[i];
      gsize k = i;

      for (; k > 0 && comes_before (&item, &items[k - 1]); k--)
        items[k] = items[k - 1];
      items[k] = item;
    }
}

/* Merges the sorted from[0 .. middle) and from[middle .. n). */
static void
merge (const TamisPair *from, gsize middle, gsize n, TamisPair *to)
{
  gsize left = 0, right = middle;

  for (gsize k = 0; k < n; k++)
    if (right == n || (left < middle && !comes_before (&from[right], &from[left])))
      to[k] = from[left++];
    else
      to[k] = from[right++];
}

/* No bad case, and its comparison is inlined. */
static void
sort_by_merging (TamisPair *items, TamisPair *scratch, gsize n)
{
  TamisPair *from = items, *to = scratch;

  for (gsize i = 0; i < n; i += RUN)
    sort_run (items + i, MIN (RUN, n - i));
  for (gsize width = RUN; width < n; width *= 2)
    {
      TamisPair *swap = from;

      for (gsize i = 0; i < n; i += 2 * width)
        {
          gsize length = MIN (2 * width, n - i);

          merge (from + i, MIN (width, length), length, to + i);
        }
      from = to;
      to = swap;
    }
  if (from != items)
    memcpy (items, from, n * sizeof *items);
}

/* Which of @n_buckets, the most similar first: never a later one for a larger similarity, as
 * subtracting, scaling and cutting off all keep the order. */
static inline guint
find_bucket (double similarity, double high, double scale, guint n_buckets)
{
  guint bucket = (guint) ((high - similarity) * scale);

  return MIN (bucket, n_buckets - 1);
}

/* Scatters items over buckets of equal width, about one to each, and sorts these. */
static void
sort_by_buckets (TamisPair *items, TamisPair *scratch, gsize n, double low, double high)
{
  guint n_buckets = (guint) MIN (n, BUCKETS);
  double scale = n_buckets / (high - low);
  guint begins[BUCKETS + 1];
  gsize begin = 0;

  memset (begins, 0, (n_buckets + 1) * sizeof *begins);
  for (gsize i = 0; i < n; i++)
    begins[find_bucket (items[i].similarity, high, scale, n_buckets) + 1]++;
  for (guint b = 0; b < n_buckets; b++)
    begins[b + 1] += begins[b];
  for (gsize i = 0; i < n; i++)
    scratch[begins[find_bucket (items[i].similarity, high, scale, n_buckets)]++] = items[i];
  for (guint b = 0; b < n_buckets; begin = begins[b++]) /* now where b ends */
    if (begins[b] - begin > RUN)
      sort_by_merging (scratch + begin, items + begin, begins[b] - begin);
    else
      sort_run (scratch + begin, begins[b] - begin);
  memcpy (items, scratch, n * sizeof *items);
}

/* The order is total, so any sort gives the same list. Similarities of a row are spread well enough
 * that most of the work is one scattering. */
void
_tamis_pairs_sort (TamisPair *items, TamisPair *scratch, gsize n)
{
  double low = G_MAXDOUBLE, high = -G_MAXDOUBLE;

  for (gsize i = 0; i < n; i++)
    {
      low = MIN (low, items[i].similarity);
      high = MAX (high, items[i].similarity);
    }
  if (n > 2 * RUN && n <= G_MAXUINT && high - low > 1e-12)
    sort_by_buckets (items, scratch, n, low, high);
  else
    sort_by_merging (items, scratch, n);
}
