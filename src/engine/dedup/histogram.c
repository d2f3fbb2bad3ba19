/* TamisHistogram: how similar the pairs of a data set are, above and below the floor.
 *
 * DESIGN: above the floor the list of pairs has them all. Below it there are too many to keep, so a
 * fixed-seed sample of all pairs is drawn, those above the floor are left out (they are counted
 * already), and the rest stand for the known number of pairs below. When there are no more pairs
 * than the sample would have, all are looked at and the histogram is exact. The sample comes in
 * parts, each with its own random sequence, so that threads do not change it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <tamis/base.h>

#include <math.h>

#define SAMPLE 200000
#define PARTS 64

typedef struct
{
  const TamisHistogramInput *in;
  guint64 *ends;  /* of each range, in numbered pairs */
  guint64 n_pairs; /* in all ranges */
  guint64 n_drawn;
  double low;
  guint n_bins;
  /* PARTS × (n_bins + 1): counts below the floor; the last is for those under @low */
  guint64 *counts;
} Sampling;

/* Pairs (0,1) (0,2) … (0,n-1) (1,2) …: row a begins at a (2n - a - 1) / 2. */
void
_tamis_pair_from_index (guint64 k, guint n, guint *a, guint *b)
{
  guint64 low = 0, high = n - 1;

  while (high - low > 1)
    {
      guint64 middle = (low + high) / 2;

      if (middle * (2 * (guint64) n - middle - 1) / 2 <= k)
        low = middle;
      else
        high = middle;
    }
  *a = (guint) low;
  *b = (guint) (k - low * (2 * (guint64) n - low - 1) / 2 + low + 1);
}

/* Bin of @similarity; n_bins for what is under @low. */
static guint
find_bin (double low, guint n_bins, double similarity)
{
  if (!(similarity >= low))
    return n_bins;
  return (guint) MIN ((similarity - low) / (1.0 - low) * n_bins, n_bins - 1.0);
}

static void
count_pair (Sampling *self, guint64 k, guint64 *counts)
{
  const TamisHistogramInput *in = self->in;
  guint low = 0, high = in->n_ranges - 1, a, b;
  const TamisRange *range;
  double similarity;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->ends[middle] > k)
        high = middle;
      else
        low = middle + 1;
    }
  range = &in->ranges[low];
  _tamis_pair_from_index (k - (low > 0 ? self->ends[low - 1] : 0), range->n, &a, &b);
  similarity = tamis_similarity (in->values + (gsize) (range->first + a) * in->dimension,
                                 in->values + (gsize) (range->first + b) * in->dimension,
                                 in->dimension);
  if (!(similarity > tamis_pairs_get_floor (in->pairs)))
    counts[find_bin (self->low, self->n_bins, similarity)]++;
}

static void
draw_part (gsize part, guint worker, gpointer data)
{
  Sampling *self = data;
  guint64 *counts = self->counts + part * (self->n_bins + 1);
  guint64 first = self->n_drawn * part / PARTS, end = self->n_drawn * (part + 1) / PARTS;
  TamisRandom random;

  tamis_random_init (&random, part);
  for (guint64 i = first; i < end; i++)
    count_pair (self, self->n_drawn == self->n_pairs ? i
                                                     : tamis_random_below (&random, self->n_pairs),
                counts);
}

/* Counts the listed pairs inside the ranges into @histogram; returns how many there are. */
static guint64
count_listed (const TamisHistogramInput *in, TamisHistogram *histogram)
{
  guint64 listed = 0;

  for (guint r = 0; r < in->n_ranges; r++)
    {
      guint first = in->ranges[r].first, end = first + in->ranges[r].n;

      for (guint row = first; row < end; row++)
        {
          const guint32 *neighbours;
          const double *similarities;
          guint degree = tamis_pairs_get_row (in->pairs, row, &neighbours, &similarities);

          for (guint i = 0; i < degree; i++)
            {
              guint bin;

              if (neighbours[i] <= row || neighbours[i] >= end)
                continue;
              listed++;
              bin = find_bin (histogram->low, histogram->n_bins, similarities[i]);
              if (bin < histogram->n_bins)
                histogram->counts[bin] += 1.0;
            }
        }
    }
  return listed;
}

/* Lets the sample stand for the @n_below pairs below the floor. */
static void
add_sample (const Sampling *sampling, guint64 n_below, TamisHistogram *histogram)
{
  guint n_bins = sampling->n_bins;
  guint64 sampled = 0;
  double weight;

  for (gsize i = 0; i < (gsize) PARTS * (n_bins + 1); i++)
    sampled += sampling->counts[i];
  weight = sampled > 0 ? (double) n_below / (double) sampled : 0.0;
  for (guint bin = 0; bin < n_bins; bin++)
    {
      guint64 count = 0;

      for (guint part = 0; part < PARTS; part++)
        count += sampling->counts[(gsize) part * (n_bins + 1) + bin];
      histogram->counts[bin] += weight * (double) count;
    }
}

TamisHistogram *
_tamis_histogram_new (const TamisHistogramInput *in, double low, guint n_bins)
{
  TamisHistogram *self;
  g_autofree guint64 *ends = g_new (guint64, MAX (in->n_ranges, 1));
  g_autofree guint64 *counts = NULL;
  Sampling sampling = { .in = in, .ends = ends, .low = low, .n_bins = n_bins };

  g_return_val_if_fail (low >= -1.0 && low < 1.0 && n_bins > 0, NULL);
  self = g_new0 (TamisHistogram, 1);
  self->low = low;
  self->high = 1.0;
  self->n_bins = n_bins;
  self->counts = g_new0 (double, n_bins);
  self->sampled_below = tamis_pairs_get_floor (in->pairs);
  for (guint i = 0; i < in->n_ranges; i++)
    {
      sampling.n_pairs += _tamis_ranges_count_pairs (&in->ranges[i], 1);
      ends[i] = sampling.n_pairs;
    }
  sampling.n_drawn = self->n_sampled = MIN (SAMPLE, sampling.n_pairs);
  sampling.counts = counts = g_new0 (guint64, (gsize) PARTS * (n_bins + 1));
  if (sampling.n_drawn > 0)
    tamis_parallel_for (PARTS, draw_part, &sampling, NULL);
  add_sample (&sampling, sampling.n_pairs - count_listed (in, self), self);
  return self;
}

void
tamis_histogram_free (TamisHistogram *self)
{
  if (self == NULL)
    return;
  g_free (self->counts);
  g_free (self);
}
