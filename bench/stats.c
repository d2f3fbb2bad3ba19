/* What the statistics cost at the size of the paper's data set: 128,401 images in 33 classes.
 *
 * Arguments: [threads [floor [X.npy L.csv]]]; the floor of pairs is 0.9, that of the model `paper`,
 * unless given: a lower one makes more pairs, which is what a step costs most for. Without a matrix
 * latents are drawn (gendata.h). One JSON line a figure, times in milliseconds:
 * median and 95th percentile of the runs by the clock, and the same of the processor time of all
 * threads, which a busy machine disturbs less. What each step of a moving T costs the engine, T running
 * down and up between 1 and the floor in steps of the slider, both policies in turn:
 *   step_plan      which images go, with a witness each, and how many stay in each class: the counts,
 *                  the bars of the classes, the list of removals (in data-set order; the window sorts
 *                  it ten times a second at most, which is not in here)
 *   step_kurtosis  kurtosis of each class on the fixed basis, and Theil's lines
 *   step           the two together
 * and what follows when T rests, at a T that removes a good third:
 *   refit_class    axes, kurtosis, entropies of one class fitted anew, the largest loss first
 *   refit_all      of all classes
 *   sweep          50 thresholds, both policies, fixed basis
 * and once a data set: join and basis.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "gendata.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_IMAGES 128401
#define N_CLASSES 33
#define STEPS 200
#define REFITS 10
#define SWEEPS 3

typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisRemovalBasis *basis;
  TamisFigure *kurtosis;
  double floor;
} Bench;

/* In milliseconds: by the clock, and of the processors. */
typedef struct
{
  double wall;
  double cpu;
} Time;

static Time
now (void)
{
  struct timespec wall, cpu;

  clock_gettime (CLOCK_MONOTONIC, &wall);
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return (Time){ wall.tv_sec * 1e3 + wall.tv_nsec / 1e6, cpu.tv_sec * 1e3 + cpu.tv_nsec / 1e6 };
}

static Time
since (Time begun)
{
  Time time = now ();

  return (Time){ time.wall - begun.wall, time.cpu - begun.cpu };
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
report (const char *name, const Time *times, guint n)
{
  g_autofree double *wall = g_new (double, n), *cpu = g_new (double, n);
  guint high = MIN ((guint) (n * 0.95), n - 1);

  for (guint i = 0; i < n; i++)
    {
      wall[i] = times[i].wall;
      cpu[i] = times[i].cpu;
    }
  qsort (wall, n, sizeof *wall, compare_doubles);
  qsort (cpu, n, sizeof *cpu, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"bench\":\"%s\",\"threads\":%u,\"runs\":%u,\"median_ms\":%.3f,"
           "\"p95_ms\":%.3f,\"cpu_median_ms\":%.3f,\"cpu_p95_ms\":%.3f}\n",
           name, tamis_get_threads (), n, wall[n / 2], wall[high], cpu[n / 2], cpu[high]);
}

static TamisPlan *
plan_at (const Bench *bench, TamisPolicy policy, double threshold)
{
  TamisPlanParams params = { .threshold = threshold, .policy = policy };
  TamisPlan *plan = tamis_plan_new (bench->dataset, bench->pairs, &params, NULL);

  if (plan == NULL)
    g_error ("no plan at %g", threshold);
  return plan;
}

/* T of step @i: from 1 to the floor and back, in steps of 0.001 as the slider makes them. */
static double
slider_at (const Bench *bench, guint i)
{
  guint n = (guint) ((1.0 - bench->floor) * 1000 + 0.5), place = i % (2 * n);

  return MAX (1.0 - (place < n ? place : 2 * n - place) / 1000.0, bench->floor);
}

static void
measure_steps (Bench *bench)
{
  Time plans[STEPS], kurtosis[STEPS], steps[STEPS];
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS];
  guint n_classes = tamis_dataset_get_n_classes (bench->dataset), kept = 0;

  for (guint i = 0; i < STEPS; i++)
    {
      Time begun = now ();
      g_autoptr (TamisPlan) plan = plan_at (bench, i % 2, slider_at (bench, i));

      for (guint c = 0; c < n_classes; c++)
        kept += tamis_plan_get_class_kept (plan, c);
      plans[i] = since (begun);
      tamis_removal_fixed_kurtosis (bench->basis, tamis_plan_get_kept_flags (plan),
                                    bench->kurtosis, lines);
      steps[i] = since (begun);
      kurtosis[i] = (Time){ steps[i].wall - plans[i].wall, steps[i].cpu - plans[i].cpu };
    }
  if (kept == 0)
    g_error ("nothing is kept");
  report ("step_plan", plans, STEPS);
  report ("step_kurtosis", kurtosis, STEPS);
  report ("step", steps, STEPS);
}

/* The class that loses most, and a T at which a good third of all images goes. */
static TamisPlan *
find_rest (Bench *bench, guint *class_index)
{
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  guint n = tamis_dataset_get_n_images (bench->dataset), kept, most = 0;
  double threshold = tamis_threshold_for_kept (bench->dataset, bench->pairs, &params,
                                               (guint) (0.63 * n), &kept, NULL);
  TamisPlan *plan = plan_at (bench, TAMIS_POLICY_COVER, threshold);

  for (guint c = 0; c < tamis_dataset_get_n_classes (bench->dataset); c++)
    {
      guint lost = tamis_dataset_get_class_range (bench->dataset, c).n
                   - tamis_plan_get_class_kept (plan, c);

      if (lost >= most)
        {
          most = lost;
          *class_index = c;
        }
    }
  g_print ("{\"tool\":\"tamis\",\"bench\":\"rest\",\"threshold\":%.4f,\"kept\":%u}\n", threshold,
           tamis_plan_get_n_kept (plan));
  return plan;
}

static void
measure_refits (Bench *bench)
{
  Time times[REFITS];
  guint class_index = 0;
  g_autoptr (TamisPlan) plan = find_rest (bench, &class_index);
  const guint8 *kept = tamis_plan_get_kept_flags (plan);

  for (guint i = 0; i < REFITS; i++)
    {
      Time begun = now ();
      TamisClassRemoval stats;

      tamis_removal_class_stats (bench->basis, kept, class_index, TAMIS_BASIS_REFITTED, &stats,
                                 NULL);
      times[i] = since (begun);
    }
  report ("refit_class", times, REFITS);
  for (guint i = 0; i < SWEEPS; i++)
    {
      Time begun = now ();

      tamis_removal_stats_free (tamis_removal_stats_new (bench->basis, kept, TAMIS_BASIS_REFITTED,
                                                         NULL, NULL, NULL));
      times[i] = since (begun);
    }
  report ("refit_all", times, SWEEPS);
}

static void
measure_sweeps (Bench *bench)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;
  Time times[SWEEPS];

  for (guint i = 0; i < SWEEPS; i++)
    {
      Time begun = now ();

      tamis_sweep_free (tamis_sweep_new (bench->basis, bench->dataset, bench->pairs, &params, NULL,
                                         NULL, NULL));
      times[i] = since (begun);
    }
  report ("sweep", times, SWEEPS);
}

static void
open_input (Bench *bench, const char *matrix, const char *labels)
{
  g_autofree guint32 *rows = NULL;
  g_autoptr (GError) error = NULL;

  if (matrix == NULL)
    {
      bench->dataset = bench_gendata_labels (N_IMAGES, N_CLASSES);
      bench->latents = bench_gendata (N_IMAGES, N_CLASSES, 1);
      return;
    }
  bench->dataset = tamis_dataset_open_labels (labels, &rows, &error);
  if (bench->dataset != NULL)
    bench->latents = tamis_latents_load_npy (matrix, rows,
                                             tamis_dataset_get_n_images (bench->dataset), &error);
  if (bench->latents == NULL)
    g_error ("%s", error->message);
}

static void
prepare (Bench *bench)
{
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisJoinParams join = { .floor = bench->floor };
  g_autoptr (GError) error = NULL;
  Time begun = now ();
  Time time;

  bench->pairs = tamis_join_run (bench->dataset, bench->latents, &join, NULL, NULL, &error);
  if (bench->pairs == NULL)
    g_error ("%s", error->message);
  time = since (begun);
  report ("join", &time, 1);
  begun = now ();
  bench->basis
    = tamis_removal_basis_new (bench->dataset, bench->latents, &params, NULL, NULL, NULL);
  time = since (begun);
  report ("basis", &time, 1);
  g_print ("{\"tool\":\"tamis\",\"bench\":\"input\",\"images\":%u,\"classes\":%u,\"pairs\":%"
           G_GUINT64_FORMAT ",\"floor\":%g}\n",
           tamis_dataset_get_n_images (bench->dataset),
           tamis_dataset_get_n_classes (bench->dataset), tamis_pairs_get_n (bench->pairs), bench->floor);
  bench->kurtosis = g_new (TamisFigure, tamis_dataset_get_n_classes (bench->dataset)
                                          * TAMIS_REMOVAL_COMPONENTS);
}

int
main (int argc, char **argv)
{
  Bench bench = { .floor = argc > 2 ? g_ascii_strtod (argv[2], NULL) : 0.9 };

  if (argc == 4)
    {
      fputs ("Usage: bench-stats [THREADS [FLOOR [X.npy L.csv]]]\n", stderr);
      return EXIT_FAILURE;
    }
  tamis_choose_blas (argv);
  tamis_init (argc > 1 ? atoi (argv[1]) : 0);
  open_input (&bench, argc > 4 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
  prepare (&bench);
  measure_steps (&bench);
  measure_refits (&bench);
  measure_sweeps (&bench);
  tamis_removal_basis_unref (bench.basis);
  tamis_pairs_unref (bench.pairs);
  tamis_latents_unref (bench.latents);
  tamis_dataset_unref (bench.dataset);
  g_free (bench.kurtosis);
  return EXIT_SUCCESS;
}
