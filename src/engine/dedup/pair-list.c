/* Lists of pairs: collecting them without moving them, and putting them in order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <string.h>

#define RUN 12 /* items sorted by insertion before merging begins */

void
_tamis_pair_list_append (TamisPairList *self, guint32 a, guint32 b, double similarity)
{
  TamisPairChunk *chunk = self->first;

  if (chunk == NULL || chunk->n == TAMIS_PAIR_CHUNK)
    {
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

/* Merge sort: the order is total, so any sort gives the same list; this one has no bad case, and
 * its comparison is inlined. */
void
_tamis_pairs_sort (TamisPair *items, TamisPair *scratch, gsize n)
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
