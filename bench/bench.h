/* Timing shared by the benchmarks: a warm-up, runs of a fixed length, one JSON line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct
{
  guint threads;
  int batch;
  double seconds; /* a run */
  int runs;
} BenchParams;

/* Does the work of one batch. */
typedef void (*BenchFunc) (gpointer data);

/* Arguments: [threads [batch [seconds [runs]]]] */
static inline BenchParams
bench_params (int argc, char **argv, int batch)
{
  BenchParams params = { 0, batch, 1.0, 5 };

  if (argc > 1)
    params.threads = atoi (argv[1]);
  if (argc > 2)
    params.batch = MAX (atoi (argv[2]), 1);
  if (argc > 3)
    params.seconds = g_ascii_strtod (argv[3], NULL);
  if (argc > 4)
    params.runs = CLAMP (atoi (argv[4]), 1, 100);
  return params;
}

/* Images a second over at least @seconds. */
static double
bench_once (const BenchParams *params, double seconds, BenchFunc func, gpointer data)
{
  gint64 begun = g_get_monotonic_time ();
  gint64 elapsed;
  gsize n = 0;

  do
    {
      func (data);
      n += params->batch;
      elapsed = g_get_monotonic_time () - begun;
    }
  while (elapsed < seconds * 1e6);
  return n * 1e6 / elapsed;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Seconds of processors that this process has used. */
static inline double
bench_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* "cpus_used" far below the threads: others had the machine, and img_s says nothing. */
static inline void
bench_run (const BenchParams *params, const char *mode, BenchFunc func, gpointer data)
{
  double rates[100], cpu;
  gint64 begun;

  bench_once (params, params->seconds / 2, func, data);
  begun = g_get_monotonic_time ();
  cpu = bench_cpu ();
  for (int i = 0; i < params->runs; i++)
    rates[i] = bench_once (params, params->seconds, func, data);
  cpu = (bench_cpu () - cpu) / ((double) (g_get_monotonic_time () - begun) / 1e6);
  qsort (rates, params->runs, sizeof *rates, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"mode\":\"%s\",\"batch\":%d,\"threads\":%u,\"img_s\":%.1f,"
           "\"min\":%.1f,\"max\":%.1f,\"cpus_used\":%.2f}\n",
           mode, params->batch, params->threads, rates[params->runs / 2], rates[0],
           rates[params->runs - 1], cpu);
}
