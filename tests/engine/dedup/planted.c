/* Test data for the dedup room.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <math.h>
#include <string.h>

static void
repeat_row (float *row, const float *from, guint dimension, TamisRandom *random)
{
  guint kind = (guint) tamis_random_below (random, 8);
  double noise = kind < 2 ? 0.0 : exp (-8.0 * tamis_random_uniform (random));
  float scale = kind == 1 ? 3.25f : 1.0f;

  for (guint k = 0; k < dimension; k++)
    row[k] = (float) (from[k] * scale + noise * tamis_random_normal (random));
}

float *
planted_new (guint n, guint dimension, guint64 seed)
{
  float *values = g_new0 (float, (gsize) n * dimension + 1);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (guint row = 0; row < n; row++)
    {
      float *to = values + (gsize) row * dimension;

      if (tamis_random_below (&random, 20) == 0)
        continue;
      if (row > 0 && tamis_random_below (&random, 2) == 0)
        repeat_row (to, values + tamis_random_below (&random, row) * dimension, dimension, &random);
      else
        for (guint k = 0; k < dimension; k++)
          to[k] = (float) (0.4 + tamis_random_normal (&random)); /* a mean as latents have */
    }
  return values;
}

TamisRange *
planted_ranges (guint n, guint n_ranges)
{
  TamisRange *ranges = g_new (TamisRange, n_ranges);
  guint first = 0;

  for (guint i = 0; i < n_ranges; i++)
    {
      guint rest = n - first;
      guint length = i + 1 == n_ranges ? rest : i % 4 == 1 ? 0 : rest / 3;

      ranges[i] = (TamisRange){ first, length };
      first += length;
    }
  return ranges;
}

GArray *
planted_naive (const TamisJoinInput *in)
{
  GArray *naive = g_array_new (FALSE, FALSE, sizeof (TamisPair));
  g_autofree TamisPair *scratch = NULL;

  for (guint r = 0; r < in->n_ranges; r++)
    for (guint a = in->ranges[r].first; a < in->ranges[r].first + in->ranges[r].n; a++)
      for (guint b = a + 1; b < in->ranges[r].first + in->ranges[r].n; b++)
        {
          TamisPair pair = { tamis_similarity (in->values + (gsize) a * in->dimension,
                                               in->values + (gsize) b * in->dimension,
                                               in->dimension),
                             a, b };

          if (pair.similarity > in->floor)
            g_array_append_val (naive, pair);
        }
  scratch = g_new (TamisPair, naive->len + 1);
  _tamis_pairs_sort ((TamisPair *) (void *) naive->data, scratch, naive->len);
  return naive;
}

TamisPairs *
planted_join (const TamisJoinInput *in)
{
  g_autoptr (GError) error = NULL;
  TamisPairs *pairs = _tamis_join_ranges (in, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pairs);
  return pairs;
}

void
planted_assert_equal (TamisPairs *pairs, GArray *naive)
{
  guint n = tamis_pairs_get_n_images (pairs);
  g_autofree guint *next = g_new0 (guint, n + 1);

  g_assert_cmpuint (tamis_pairs_get_n (pairs), ==, naive->len);
  /* The naive list is in falling order with ties by a, then b: row a meets its neighbours in the
   * order its own row must have them, except that ties are by a first. So: sort ties by
   * neighbour. */
  for (guint i = 0; i < naive->len; i++)
    {
      const TamisPair *pair = &g_array_index (naive, TamisPair, i);
      guint ends[2][2] = { { pair->a, pair->b }, { pair->b, pair->a } };

      for (guint e = 0; e < 2; e++)
        {
          const guint32 *neighbours;
          const double *similarities;
          guint row = ends[e][0], at = next[row]++;
          guint degree = tamis_pairs_get_row (pairs, row, &neighbours, &similarities);
          gboolean found = FALSE;

          g_assert_cmpuint (at, <, degree);
          g_assert_true (similarities[at] == pair->similarity);
          for (guint k = 0; k < degree && !found; k++)
            found = neighbours[k] == ends[e][1] && similarities[k] == pair->similarity;
          g_assert_true (found);
          if (at > 0)
            g_assert_true (similarities[at - 1] > similarities[at]
                           || (similarities[at - 1] == similarities[at]
                               && neighbours[at - 1] < neighbours[at]));
        }
    }
}
