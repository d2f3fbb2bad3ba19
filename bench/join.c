/* How long the exact join and a removal plan take. One JSON line a figure.
 * Arguments: MATRIX.npy [threads [runs [floor [PAIRS.bin [engine [simd]]]]]]; runs 0: one, cold.
 * MATRIX.npy.labels (int32, rows of a class adjacent) gives the classes, if it is there. Timed is
 * all the work from raw rows on: norms, products, decisions, the sorted list. PAIRS.bin gets the
 * pairs a < b of the last run as int32, in row order ("-": none). engine 0: as planned, 1: tiles,
 * 2: screen; simd 0: the best, 1 plain, 2 AVX2, 3 AVX-512.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <tamis/base.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PLANS 200
#define RUNS_MAX 100

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static GArray *
read_classes (const char *matrix, guint n)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (TamisRange));
  g_autofree char *path = g_strconcat (matrix, ".labels", NULL);
  g_autofree char *bytes = NULL;
  TamisRange range = { 0, n };
  gsize length;

  if (!g_file_get_contents (path, &bytes, &length, NULL) || length != 4 * (gsize) n)
    {
      g_array_append_val (ranges, range);
      return ranges;
    }
  for (guint row = 1; row <= n; row++)
    if (row == n || memcmp (bytes + 4 * (gsize) row, bytes + 4 * (gsize) (row - 1), 4) != 0)
      {
        range.n = row - range.first;
        g_array_append_val (ranges, range);
        range.first = row;
      }
  return ranges;
}

/* The most memory this process had at once, the mapped matrix included; 0 where it is not said. */
static guint64
get_peak (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) * 1024 : 0;
}

/* What the last run chose, and where its time and memory went. */
static void
print_report (const TamisJoinReport *report)
{
  g_print (",\"engine\":\"%s\",\"simd\":\"%s\",\"bases\":%u,\"stages\":[",
           report->engine == TAMIS_ENGINE_SCREEN ? "screen" : "tiles",
           report->simd != NULL ? report->simd : "",
           report->n_bases);
  for (guint i = 0; i < report->n_stages; i++)
    g_print ("%s%u", i > 0 ? "," : "", report->stages[i]);
  g_print ("],\"cost_screen\":%.3g,\"cost_tiles\":%.3g,\"plan_s\":%.4f,\"engine_s\":%.4f,"
           "\"list_s\":%.4f,\"decided\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
           ",\"disk_bytes\":%" G_GUINT64_FORMAT ",\"peak_bytes\":%" G_GUINT64_FORMAT "}\n",
           report->cost_screen, report->cost_tiles, report->plan_s, report->engine_s,
           report->list_s, report->n_decided, report->bytes + report->bytes_list,
           report->bytes_disk, get_peak ());
}

/* Seconds of processors that this process has used. */
static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static TamisPairs *
bench_join (const TamisJoinInput *in, int runs)
{
  g_autoptr (TamisPairs) pairs = NULL;
  double seconds[RUNS_MAX], cpu[RUNS_MAX];

  for (int i = runs > 0 ? -1 : 0; i < MAX (runs, 1); i++)
    {
      gint64 begun = g_get_monotonic_time ();
      double used = get_cpu ();
      g_autoptr (GError) error = NULL;

      g_clear_pointer (&pairs, tamis_pairs_unref);
      pairs = _tamis_join_ranges (in, NULL, NULL, &error);
      if (pairs == NULL)
        {
          g_printerr ("%s\n", error->message);
          exit (1);
        }
      if (i < 0) /* the first run only warms up */
        continue;
      seconds[i] = (double) (g_get_monotonic_time () - begun) / 1e6;
      cpu[i] = get_cpu () - used;
    }
  runs = MAX (runs, 1);
  qsort (seconds, (gsize) runs, sizeof *seconds, compare_doubles);
  qsort (cpu, (gsize) runs, sizeof *cpu, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"figure\":\"join\",\"n\":%u,\"classes\":%u,\"dim\":%u,\"t\":%g,"
           "\"threads\":%u,\"seconds\":%.4f,\"min\":%.4f,\"max\":%.4f,\"cpu_seconds\":%.4f,\"cpu_min\":%.4f,"
           "\"pairs\":%" G_GUINT64_FORMAT,
           in->n, in->n_ranges, in->dimension, in->floor, tamis_get_threads (), seconds[runs / 2],
           seconds[0], seconds[runs - 1], cpu[runs / 2], cpu[0], tamis_pairs_get_n (pairs));
  print_report (in->report);
  return g_steal_pointer (&pairs);
}

/* One plan a step of T from the floor to 1, as a slider makes them. */
static void
bench_plan (const TamisJoinInput *in, TamisPairs *pairs, TamisPolicy policy)
{
  TamisPlanClasses classes = { in->ranges, in->n_ranges };
  double ms[PLANS];

  for (int i = 0; i < PLANS; i++)
    {
      TamisPlanParams params
          = { .threshold = in->floor + (1.0 - in->floor) * i / PLANS, .policy = policy };
      gint64 begun = g_get_monotonic_time ();
      g_autoptr (TamisPlan) plan = _tamis_plan_new (pairs, classes, &params, NULL);

      ms[i] = (double) (g_get_monotonic_time () - begun) / 1e3;
    }
  qsort (ms, PLANS, sizeof *ms, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"figure\":\"plan\",\"policy\":\"%s\",\"n\":%u,\"pairs\":%"
           G_GUINT64_FORMAT ",\"ms\":%.3f,\"p95\":%.3f,\"max\":%.3f}\n",
           policy == TAMIS_POLICY_LAST ? "last" : "cover", in->n, tamis_pairs_get_n (pairs),
           ms[PLANS / 2], ms[PLANS * 95 / 100], ms[PLANS - 1]);
}

static void
save_pairs (TamisPairs *pairs, const char *path)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  for (guint row = 0; row < tamis_pairs_get_n_images (pairs); row++)
    {
      const guint32 *neighbours;
      guint degree = tamis_pairs_get_row (pairs, row, &neighbours, NULL);

      for (guint i = 0; i < degree; i++)
        {
          guint32 pair[2] = { row, neighbours[i] };

          if (neighbours[i] > row)
            tamis_writer_put (writer, pair, sizeof pair);
        }
    }
  if (!tamis_writer_commit (writer, NULL))
    exit (1);
}

int
main (int argc, char **argv)
{
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (GArray) classes = NULL;
  g_autoptr (TamisPairs) pairs = NULL;
  g_autoptr (GError) error = NULL;
  TamisJoinReport report;
  TamisJoinInput in = { .floor = argc > 4 ? g_ascii_strtod (argv[4], NULL) : 0.97,
                        .engine = argc > 6 ? (TamisJoinEngine) atoi (argv[6]) : TAMIS_ENGINE_AUTO,
                        .simd = argc > 7 ? (guint) atoi (argv[7]) : 0,
                        .report = &report };

  if (argc < 2)
    {
      g_printerr ("usage: bench-join MATRIX.npy [threads [runs [floor [PAIRS.bin [engine [simd]]]]]]\n");
      return 2;
    }
  tamis_init (argc > 2 ? (guint) atoi (argv[2]) : 0);
  latents = tamis_latents_load_npy (argv[1], NULL, 0, &error);
  if (latents == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  in.values = tamis_latents_get_values (latents);
  in.n = tamis_latents_get_n (latents);
  in.dimension = tamis_latents_get_dimension (latents);
  classes = read_classes (argv[1], in.n);
  in.ranges = (const TamisRange *) (void *) classes->data;
  in.n_ranges = classes->len;
  pairs = bench_join (&in, argc > 3 ? CLAMP (atoi (argv[3]), 0, RUNS_MAX) : 3);
  bench_plan (&in, pairs, TAMIS_POLICY_COVER);
  bench_plan (&in, pairs, TAMIS_POLICY_LAST);
  if (argc > 5 && strcmp (argv[5], "-") != 0)
    save_pairs (pairs, argv[5]);
  return 0;
}
