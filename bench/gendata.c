/* Latents as an encoder makes them: see gendata.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "gendata.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define RANK 96
#define CLUSTERS 12
#define DECAY 0.55
#define COPIES 0.42
#define NOISE 0.24

/* One class while it is made. */
typedef struct
{
  guint n;
  float *values; /* n × BENCH_DIMENSION */
  guint64 seed;
  TamisRandom random;
  float basis[RANK][BENCH_DIMENSION];
  float mean[BENCH_DIMENSION];
  float centres[CLUSTERS][RANK];
  double shares[CLUSTERS]; /* running sums, the last 1 */
  float *z;                /* n × RANK */
  guint32 *original;       /* whose pixel noise a copy shares */
  float *distance;         /* of a copy; 0: not one */
} Class;

typedef struct
{
  guint n, n_classes;
  guint64 seed;
  float *values;
} Run;

static TamisRange
class_range (guint n, guint n_classes, guint c)
{
  guint size = n / n_classes, larger = n % n_classes;

  return (TamisRange){ c * size + MIN (c, larger), size + (c < larger) };
}

/* Marsaglia and Tsang 2000, for shapes of 1 and more. */
static double
draw_gamma (TamisRandom *random, double shape)
{
  double d = shape - 1.0 / 3.0, c = 1.0 / sqrt (9.0 * d);

  for (;;)
    {
      double x = tamis_random_normal (random), v = pow (1.0 + c * x, 3.0);

      if (v > 0.0 && log (1.0 - tamis_random_uniform (random)) < 0.5 * x * x + d - d * v + d * log (v))
        return d * v;
    }
}

static void
draw_shape (Class *self)
{
  TamisRandom *random = &self->random;
  double sum = 0.0;

  for (guint k = 0; k < RANK; k++)
    for (guint j = 0; j < BENCH_DIMENSION; j++)
      self->basis[k][j] = (float) (tamis_random_normal (random) * pow (k + 1.0, -DECAY));
  for (guint j = 0; j < BENCH_DIMENSION; j++)
    self->mean[j] = (float) MAX (tamis_random_normal (random), -0.3) + 0.35f;
  for (guint i = 0; i < CLUSTERS; i++)
    {
      for (guint k = 0; k < RANK; k++)
        self->centres[i][k] = (float) (0.55 * tamis_random_normal (random));
      self->shares[i] = sum += draw_gamma (random, 1.5);
    }
  for (guint i = 0; i < CLUSTERS; i++)
    self->shares[i] /= sum;
}

static void
draw_places (Class *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      double share = tamis_random_uniform (&self->random);
      guint cluster = 0;

      while (cluster + 1 < CLUSTERS && self->shares[cluster] < share)
        cluster++;
      for (guint k = 0; k < RANK; k++)
        self->z[i * RANK + k]
          = self->centres[cluster][k] + (float) (0.6 * tamis_random_normal (&self->random));
      self->original[i] = i;
    }
}

/* Groups of copies: sizes from a Pareto tail, distances log-uniform from 0.03 to 0.45. */
static void
draw_copies (Class *self)
{
  TamisRandom *random = &self->random;
  g_autofree guint32 *order = g_new (guint32, self->n);
  guint limit = (guint) (COPIES * self->n);

  for (guint i = 0; i < self->n; i++)
    order[i] = i;
  tamis_random_shuffle (random, order, self->n);
  for (guint i = 0, size; i < limit; i += size)
    {
      double tail = pow (1.0 - tamis_random_uniform (random), -1.0 / 1.6) - 1.0;
      double distance = exp (log (0.03) + tamis_random_uniform (random) * log (0.45 / 0.03));
      const float *first = self->z + (gsize) order[i] * RANK;

      size = MIN ((guint) MIN (2.0 + tail, 60.0), self->n - i);
      for (guint m = i + 1; m < i + size; m++)
        for (guint k = 0; k < RANK; k++)
          self->z[(gsize) order[m] * RANK + k]
            = first[k] + (float) (0.75 * distance * tamis_random_normal (random));
      for (guint m = i; m < i + size; m++)
        {
          self->original[order[m]] = order[i];
          self->distance[order[m]] = (float) distance;
        }
    }
}

static void
draw_row (Class *self, guint i)
{
  float *row = self->values + (gsize) i * BENCH_DIMENSION;
  float gain = (float) exp (0.25 * tamis_random_normal (&self->random));
  float own = (float) NOISE * self->distance[i];
  TamisRandom shared;

  memcpy (row, self->mean, sizeof self->mean);
  for (guint k = 0; k < RANK; k++)
    {
      float z = self->z[(gsize) i * RANK + k];

      for (guint j = 0; j < BENCH_DIMENSION; j++)
        row[j] += z * self->basis[k][j];
    }
  tamis_random_init (&shared, self->seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + self->original[i]);
  for (guint j = 0; j < BENCH_DIMENSION; j++)
    {
      row[j] += (float) (NOISE * tamis_random_normal (&shared));
      if (own > 0.0f)
        row[j] += own * (float) tamis_random_normal (&self->random);
      row[j] = MAX (row[j], 0.0f) * gain;
    }
}

static void
make_class (gsize c, guint worker, gpointer data)
{
  Run *run = data;
  TamisRange range = class_range (run->n, run->n_classes, (guint) c);
  Class *self = g_new0 (Class, 1);

  self->n = range.n;
  self->values = run->values + (gsize) range.first * BENCH_DIMENSION;
  self->seed = run->seed * 1000 + c;
  self->z = g_new (float, (gsize) range.n * RANK);
  self->original = g_new (guint32, range.n);
  self->distance = g_new0 (float, range.n);
  tamis_random_init (&self->random, self->seed);
  draw_shape (self);
  draw_places (self);
  draw_copies (self);
  for (guint i = 0; i < range.n; i++)
    draw_row (self, i);
  g_free (self->z);
  g_free (self->original);
  g_free (self->distance);
  g_free (self);
}

TamisLatents *
bench_gendata (guint n, guint n_classes, guint64 seed)
{
  Run run = { n, n_classes, seed, g_new (float, (gsize) n * BENCH_DIMENSION) };

  tamis_parallel_for (n_classes, make_class, &run, NULL);
  return tamis_latents_new_take (run.values, n, BENCH_DIMENSION);
}

TamisDataset *
bench_gendata_labels (guint n, guint n_classes)
{
  g_autofree char *path = NULL;
  g_autofree guint32 *rows = NULL;
  g_autoptr (GString) csv = g_string_new ("path,label\n");
  g_autoptr (GError) error = NULL;
  TamisDataset *dataset = NULL;
  int fd = g_file_open_tmp ("tamis-bench-XXXXXX", &path, &error);

  for (guint c = 0; c < n_classes; c++)
    {
      TamisRange range = class_range (n, n_classes, c);

      for (guint i = 0; i < range.n; i++)
        g_string_append_printf (csv, "%02u/%06u.png,%02u\n", c, i, c);
    }
  if (fd >= 0 && g_close (fd, &error) && g_file_set_contents (path, csv->str, csv->len, &error))
    dataset = tamis_dataset_open_labels (path, &rows, &error);
  g_unlink (path);
  if (dataset == NULL)
    g_error ("labels: %s", error->message);
  return dataset;
}
