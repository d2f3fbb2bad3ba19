/* k-means: Lloyd's iteration from k-means++ seeds.
 *
 * DESIGN: meant for a few scores an image and a few clusters. The best of ten starts is kept; all
 * random numbers come from one seed, distances are compared with <, sums run in order: the same
 * clusters every time. Clusters are numbered by falling size, then by their first image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <tamis/base.h>

#include <string.h>

#define STARTS 10
#define MAX_ITERATIONS 100

typedef struct
{
  const double *points;
  guint n, d, k;
  double *centres;
  guint32 *labels;
  double *distances; /* to the nearest centre so far, squared */
} Lloyd;

static double
squared_distance (const double *a, const double *b, guint d)
{
  double sum = 0.0;

  for (guint j = 0; j < d; j++)
    sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

static void
set_centre (Lloyd *self, guint c, guint point)
{
  memcpy (self->centres + (gsize) c * self->d, self->points + (gsize) point * self->d,
          self->d * sizeof *self->centres);
}

/* k-means++: each next centre a point drawn with probability proportional to its squared distance
 * to those there are. Stops early when all points coincide with centres: self->k becomes less. */
static void
seed_centres (Lloyd *self, TamisRandom *random)
{
  guint wanted = self->k;

  set_centre (self, 0, (guint) tamis_random_below (random, self->n));
  for (guint i = 0; i < self->n; i++)
    self->distances[i] = G_MAXDOUBLE;
  for (self->k = 1; self->k < wanted; self->k++)
    {
      const double *newest = self->centres + (gsize) (self->k - 1) * self->d;
      double total = 0.0, target;
      guint chosen = 0;

      for (guint i = 0; i < self->n; i++)
        {
          double distance = squared_distance (self->points + (gsize) i * self->d, newest, self->d);

          self->distances[i] = MIN (self->distances[i], distance);
          total += self->distances[i];
        }
      if (!(total > 0.0))
        return;
      target = tamis_random_uniform (random) * total;
      for (guint i = 0; i < self->n; i++)
        if (self->distances[i] > 0.0)
          {
            chosen = i;
            target -= self->distances[i];
            if (target < 0.0)
              break;
          }
      set_centre (self, self->k, chosen);
    }
}

/* Returns the inertia; sets *changed. */
static double
assign (Lloyd *self, gboolean *changed)
{
  double inertia = 0.0;

  *changed = FALSE;
  for (guint i = 0; i < self->n; i++)
    {
      double best = G_MAXDOUBLE;
      guint32 label = 0;

      for (guint c = 0; c < self->k; c++)
        {
          double distance = squared_distance (self->points + (gsize) i * self->d,
                                              self->centres + (gsize) c * self->d, self->d);

          if (distance < best)
            {
              best = distance;
              label = c;
            }
        }
      *changed |= self->labels[i] != label;
      self->labels[i] = label;
      inertia += best;
    }
  return inertia;
}

/* A cluster that has lost all its points keeps its old centre. */
static void
move_centres (Lloyd *self)
{
  g_autofree double *sums = g_new0 (double, (gsize) self->k * self->d);
  g_autofree guint *sizes = g_new0 (guint, self->k);

  for (guint i = 0; i < self->n; i++)
    {
      sizes[self->labels[i]]++;
      for (guint j = 0; j < self->d; j++)
        sums[(gsize) self->labels[i] * self->d + j] += self->points[(gsize) i * self->d + j];
    }
  for (guint c = 0; c < self->k; c++)
    for (guint j = 0; j < self->d && sizes[c] > 0; j++)
      self->centres[(gsize) c * self->d + j] = sums[(gsize) c * self->d + j] / sizes[c];
}

/* The inertia reached, or a negative number if cancelled. */
static double
run_lloyd (Lloyd *self, TamisRandom *random, GCancellable *cancel)
{
  gboolean changed = TRUE;
  double inertia;

  seed_centres (self, random);
  memset (self->labels, 0xff, self->n * sizeof *self->labels);
  inertia = assign (self, &changed);
  for (guint i = 0; i < MAX_ITERATIONS && changed; i++)
    {
      if (g_cancellable_is_cancelled (cancel))
        return -1.0;
      move_centres (self);
      inertia = assign (self, &changed);
    }
  return inertia;
}

typedef struct
{
  guint old;
  guint size;
  guint first;
} Cluster;

static int
compare_clusters (const void *a, const void *b)
{
  const Cluster *x = a, *y = b;

  if (x->size != y->size)
    return x->size < y->size ? 1 : -1;
  return (x->first > y->first) - (x->first < y->first);
}

/* Numbers the clusters by size, drops the empty ones. */
static void
take_result (TamisKmeans *self, const Lloyd *lloyd)
{
  g_autofree Cluster *clusters = g_new0 (Cluster, lloyd->k);
  g_autofree guint32 *number = g_new (guint32, lloyd->k);

  for (guint c = 0; c < lloyd->k; c++)
    clusters[c] = (Cluster){ c, 0, G_MAXUINT };
  for (guint i = 0; i < lloyd->n; i++)
    {
      Cluster *cluster = &clusters[lloyd->labels[i]];

      cluster->size++;
      cluster->first = MIN (cluster->first, i);
    }
  qsort (clusters, lloyd->k, sizeof *clusters, compare_clusters);
  self->k = 0;
  for (guint c = 0; c < lloyd->k; c++)
    {
      number[clusters[c].old] = c;
      if (clusters[c].size == 0)
        continue;
      self->sizes[self->k++] = clusters[c].size;
      memcpy (self->centres + (gsize) c * self->dimension,
              lloyd->centres + (gsize) clusters[c].old * self->dimension,
              self->dimension * sizeof *self->centres);
    }
  for (guint i = 0; i < lloyd->n; i++)
    self->labels[i] = number[lloyd->labels[i]];
}

TamisKmeans *
tamis_kmeans_fit (const double *points, guint n, guint dimension, guint k, guint64 seed,
                  GCancellable *cancel)
{
  g_autoptr (TamisKmeans) self = g_new0 (TamisKmeans, 1);
  guint wanted = CLAMP (k, 1, MAX (n, 1));
  g_autofree double *centres = g_new (double, (gsize) wanted * MAX (dimension, 1));
  g_autofree double *distances = g_new (double, MAX (n, 1));
  g_autofree guint32 *labels = g_new (guint32, MAX (n, 1));
  TamisRandom random;

  if (n == 0)
    return NULL;
  self->n = n;
  self->dimension = dimension;
  self->centres = g_new0 (double, (gsize) wanted * MAX (dimension, 1));
  self->labels = g_new0 (guint32, n);
  self->sizes = g_new0 (guint, wanted);
  self->inertia = G_MAXDOUBLE;
  tamis_random_init (&random, seed);
  for (guint start = 0; start < STARTS; start++)
    {
      Lloyd lloyd = { points, n, dimension, wanted, centres, labels, distances };
      double inertia = run_lloyd (&lloyd, &random, cancel);

      if (inertia < 0.0)
        return NULL;
      if (inertia < self->inertia)
        {
          take_result (self, &lloyd);
          self->inertia = inertia;
        }
    }
  return g_steal_pointer (&self);
}

void
tamis_kmeans_free (TamisKmeans *self)
{
  if (self == NULL)
    return;
  g_free (self->centres);
  g_free (self->labels);
  g_free (self->sizes);
  g_free (self);
}

TamisKmeans *
tamis_distribution_split (const TamisDistribution *self, guint k, guint64 seed,
                          GCancellable *cancel)
{
  guint d, component;
  g_autofree double *points = NULL;

  g_return_val_if_fail (self->pca != NULL, NULL);
  d = self->pca->n_components;
  points = g_new (double, (gsize) self->n * d + 1);
  for (guint i = 0; i < self->n; i++)
    for (guint j = 0; j < d; j++)
      points[(gsize) i * d + j] = self->pca->scores[(gsize) j * self->n + i];
  if (k == 0)
    k = MAX (2, tamis_distribution_count_modes (self, &component));
  return tamis_kmeans_fit (points, self->n, d, k, seed, cancel);
}
