/* What the statistics cost at the size of the paper's data set: 128,403 images in 33 classes.
 *
 * Arguments: [threads]. One JSON line a figure: median and 95th percentile, milliseconds.
 *   fixed_kurtosis  one frame of a moving slider: kurtosis of every class and three Theil lines
 *   fixed_stats     the same with densities and entropies: one step of a sweep, without its plan
 *   pca             4,000 × 1,024, three components
 *   refit_class     one class of 3,891 × 1,024 refitted after removal
 *   refit_all       all 33 of them
 *   sweep           50 thresholds, both policies, fixed basis; "pairs" says how many there are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>

#include "engine/stats/class-set.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define N_CLASSES 33
#define CLASS_SIZE 3891
#define SCORE_DIMENSION 16 /* of the fixed-basis figures, whose cost does not depend on it */
#define LATENT_DIMENSION 1024

typedef struct
{
  TamisRemovalBasis *basis;
  guint8 *kept;
  const float *values;
  TamisDataset *dataset;
  TamisPairs *pairs;
} Bench;

/* Gaussian on a power-law spectrum, like latents (and like them float). */
static float *
make_latents (guint n, guint d)
{
  float *values = g_new (float, (gsize) n * d);
  TamisRandom random;

  tamis_random_init (&random, 1);
  for (gsize i = 0; i < (gsize) n * d; i++)
    values[i] = (float) (1.0 + tamis_random_normal (&random) / sqrt (1.0 + i % d));
  return values;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
measure (const char *name, guint runs, void (*func) (Bench *bench), Bench *bench)
{
  g_autofree double *times = g_new (double, runs);

  func (bench);
  for (guint i = 0; i < runs; i++)
    {
      gint64 begun = g_get_monotonic_time ();

      func (bench);
      times[i] = (g_get_monotonic_time () - begun) / 1e3;
    }
  qsort (times, runs, sizeof *times, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"bench\":\"%s\",\"threads\":%u,\"median_ms\":%.3f,"
           "\"p95_ms\":%.3f}\n",
           name, tamis_get_threads (), times[runs / 2], times[(gsize) (runs * 0.95)]);
}

static void
fixed_kurtosis (Bench *bench)
{
  TamisFigure kurtosis[N_CLASSES * TAMIS_REMOVAL_COMPONENTS];
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS];

  tamis_removal_fixed_kurtosis (bench->basis, bench->kept, kurtosis, lines);
}

static void
fixed_stats (Bench *bench)
{
  tamis_removal_stats_free (
    tamis_removal_stats_new (bench->basis, bench->kept, TAMIS_BASIS_FIXED, NULL, NULL, NULL));
}

static void
refit_class (Bench *bench)
{
  TamisClassRemoval stats;

  tamis_removal_class_stats (bench->basis, bench->kept, 0, TAMIS_BASIS_REFITTED, &stats, NULL);
}

static void
refit_all (Bench *bench)
{
  tamis_removal_stats_free (
    tamis_removal_stats_new (bench->basis, bench->kept, TAMIS_BASIS_REFITTED, NULL, NULL, NULL));
}

static void
fit (Bench *bench)
{
  TamisPcaParams params = { bench->values, LATENT_DIMENSION, NULL, 4000, 3, FALSE };

  tamis_pca_free (tamis_pca_fit (&params, NULL, NULL));
}

/* @apart: every class has rows of its own; else all share the same ones, to spare memory. */
static TamisRemovalBasis *
make_basis (const float *values, guint dimension, gboolean apart)
{
  TamisRange ranges[N_CLASSES];
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisClassSet set = { values, dimension, N_CLASSES * CLASS_SIZE, N_CLASSES, ranges };

  for (guint c = 0; c < N_CLASSES; c++)
    ranges[c] = (TamisRange){ apart ? c * CLASS_SIZE : 0, CLASS_SIZE };
  return _tamis_removal_basis_new (&set, &params, NULL, NULL, NULL, NULL, NULL);
}

static void
sweep (Bench *bench)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;

  tamis_sweep_free (
    tamis_sweep_new (bench->basis, bench->dataset, bench->pairs, &params, NULL, NULL, NULL));
}

static TamisDataset *
open_labels (void)
{
  g_autofree char *path = NULL;
  g_autofree guint32 *rows = NULL;
  g_autoptr (GString) csv = g_string_new ("path,label\n");
  g_autoptr (GError) error = NULL;
  TamisDataset *dataset = NULL;
  int fd = g_file_open_tmp ("tamis-bench-XXXXXX", &path, &error);

  for (guint i = 0; i < N_CLASSES * CLASS_SIZE; i++)
    g_string_append_printf (csv, "%02u/%06u.png,%02u\n", i / CLASS_SIZE, i, i / CLASS_SIZE);
  if (fd >= 0 && g_close (fd, &error) && g_file_set_contents (path, csv->str, csv->len, &error))
    dataset = tamis_dataset_open_labels (path, &rows, &error);
  g_unlink (path);
  if (dataset == NULL)
    g_error ("labels: %s", error->message);
  return dataset;
}

/* Centred latents in runs of four copies, 16 dimensions: so few that unrelated images often pass
 * 0.5, which makes millions of pairs as real data do. */
static float *
make_copies (guint n)
{
  float *values = g_new (float, (gsize) n * SCORE_DIMENSION);
  TamisRandom random;

  tamis_random_init (&random, 3);
  for (gsize i = 0; i < n; i++)
    {
      double noise = i % 4 == 0 ? 1.0 : 0.4 * tamis_random_uniform (&random);

      for (gsize j = 0; j < SCORE_DIMENSION; j++)
        {
          gsize at = i * SCORE_DIMENSION + j;

          values[at] = (float) (noise * tamis_random_normal (&random));
          if (i % 4 != 0)
            values[at] += values[at - i % 4 * SCORE_DIMENSION];
        }
    }
  return values;
}

static void
measure_sweep (Bench *bench)
{
  guint n = N_CLASSES * CLASS_SIZE;
  g_autoptr (TamisDataset) dataset = open_labels ();
  g_autoptr (TamisLatents) latents
    = tamis_latents_new_take (make_copies (n), n, SCORE_DIMENSION);
  g_autoptr (TamisPairs) pairs = NULL;
  TamisJoinParams join = TAMIS_JOIN_PARAMS_INIT;
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;

  bench->dataset = dataset;
  bench->pairs = pairs = tamis_join_run (dataset, latents, &join, NULL, NULL, NULL);
  bench->basis = tamis_removal_basis_new (dataset, latents, &params, NULL, NULL, NULL);
  g_print ("{\"tool\":\"tamis\",\"bench\":\"pairs\",\"pairs\":%" G_GUINT64_FORMAT "}\n",
           tamis_pairs_get_n (pairs));
  measure ("sweep", 3, sweep, bench);
  g_clear_pointer (&bench->basis, tamis_removal_basis_unref);
}

int
main (int argc, char **argv)
{
  g_autofree float *scores = NULL, *latents = NULL;
  g_autofree guint8 *kept = g_new (guint8, N_CLASSES * CLASS_SIZE);
  Bench bench = { .kept = kept };
  TamisRandom random;

  tamis_init (argc > 1 ? atoi (argv[1]) : 0);
  tamis_random_init (&random, 2);
  for (guint i = 0; i < N_CLASSES * CLASS_SIZE; i++)
    kept[i] = tamis_random_uniform (&random) < 0.63;

  scores = make_latents (N_CLASSES * CLASS_SIZE, SCORE_DIMENSION);
  bench.basis = make_basis (scores, SCORE_DIMENSION, TRUE);
  measure ("fixed_kurtosis", 200, fixed_kurtosis, &bench);
  measure ("fixed_stats", 20, fixed_stats, &bench);
  g_clear_pointer (&bench.basis, tamis_removal_basis_unref);

  bench.values = latents = make_latents (4000, LATENT_DIMENSION);
  measure ("pca", 10, fit, &bench);
  bench.basis = make_basis (latents, LATENT_DIMENSION, FALSE);
  measure ("refit_class", 10, refit_class, &bench);
  measure ("refit_all", 2, refit_all, &bench);
  g_clear_pointer (&bench.basis, tamis_removal_basis_unref);
  measure_sweep (&bench);
  return EXIT_SUCCESS;
}
