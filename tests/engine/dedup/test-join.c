/* dedup: the exact join against the naive double loop and against NumPy.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
check_all_ways (TamisJoinInput *in)
{
  const guint tiles[] = { 0, 2, 13, 64, 96, 97 };
  g_autoptr (GArray) naive = planted_naive (in);

  for (guint t = 0; t < G_N_ELEMENTS (tiles); t++)
    {
      g_autoptr (TamisPairs) pairs = NULL;

      tamis_init (1 + t % 5);
      in->tile = tiles[t];
      in->simd = t % 4; /* 1 to 3: plain, AVX2, AVX-512 where the processor has them */
      pairs = planted_join (in);
      planted_assert_equal (pairs, naive);
    }
}

static void
test_equals_naive (void)
{
  const guint sizes[] = { 0, 1, 2, 3, 5, 64, 97, 130, 193 };
  const guint dimensions[] = { 1, 3, 128, 1024 };
  const double floors[] = { 0.0, 0.5, 0.97 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint k = 0; k < G_N_ELEMENTS (dimensions); k++)
      {
        g_autofree float *values = planted_new (sizes[s], dimensions[k], 10 * s + k);

        for (guint n_ranges = 1; n_ranges <= 6; n_ranges += 5)
          {
            g_autofree TamisRange *ranges = planted_ranges (sizes[s], n_ranges);
            TamisJoinInput in = { .values = values, .n = sizes[s], .dimension = dimensions[k],
                                  .ranges = ranges, .n_ranges = n_ranges,
                                  .floor = floors[(s + k) % 3] };

            check_all_ways (&in);
          }
      }
}

/* More than one tile of the default size, and an end that fills none. */
static void
test_default_tiles (void)
{
  g_autofree float *values = planted_new (1601, 32, 77);
  TamisRange ranges[] = { { 0, 513 }, { 513, 0 }, { 513, 1 }, { 514, 1087 } };
  TamisJoinInput in = { .values = values, .n = 1601, .dimension = 32, .ranges = ranges,
                        .n_ranges = G_N_ELEMENTS (ranges), .floor = 0.9 };
  g_autoptr (GArray) naive = planted_naive (&in);

  for (guint threads = 1; threads <= 5; threads++)
    {
      g_autoptr (TamisPairs) pairs = NULL;
      g_autoptr (TamisProgress) progress = tamis_progress_new ();
      TamisProgressState state;

      tamis_init (threads);
      pairs = _tamis_join_ranges (&in, progress, NULL, NULL);
      planted_assert_equal (pairs, naive);
      tamis_progress_read (progress, &state);
      g_assert_cmpint (state.stage, ==, TAMIS_STAGE_JOIN);
      g_assert_cmpuint (state.done, ==, state.total);
      g_assert_cmpuint (state.total, ==, 513 * 512 / 2 + 1087 * 1086 / 2);
    }
}

/* A floor at, or one double below, the similarity of a pair: the pair is out, or in. */
static void
test_floor_is_strict (void)
{
  g_autofree float *values = planted_new (60, 200, 8);
  TamisRange all = { 0, 60 };
  TamisJoinInput in = { .values = values, .n = 60, .dimension = 200, .ranges = &all, .n_ranges = 1,
                        .floor = 0.1 };
  g_autoptr (GArray) naive = planted_naive (&in);

  tamis_init (2);
  g_assert_cmpuint (naive->len, >, 200);
  for (guint i = 0; i < naive->len; i += 37)
    {
      double similarity = g_array_index (naive, TamisPair, i).similarity;
      g_autoptr (TamisPairs) without = NULL;
      g_autoptr (TamisPairs) with = NULL;
      guint expected = 0;

      if (similarity >= 1.0)
        continue;
      for (guint k = 0; k < naive->len; k++)
        expected += g_array_index (naive, TamisPair, k).similarity > similarity;
      in.floor = similarity;
      without = planted_join (&in);
      in.floor = nextafter (similarity, 0.0);
      with = planted_join (&in);
      g_assert_cmpuint (tamis_pairs_get_n (without), ==, expected);
      g_assert_cmpuint (tamis_pairs_get_n (with), >, expected);
      g_assert_cmpuint (tamis_pairs_count_above (with, similarity), ==, expected);
    }
}

static void
test_extreme_rows (void)
{
  float values[6][3] = { { 3e38f, 1e38f, 0 },  { 3e-38f, 1e-38f, 0 }, { 1e-44f, 0, 0 },
                         { 3e-45f, 0, 1e-45f }, { 0, 0, 0 },           { 3, 1, 0 } };
  TamisRange all = { 0, 6 };
  TamisJoinInput in = { .values = values[0], .n = 6, .dimension = 3, .ranges = &all, .n_ranges = 1,
                        .floor = 0.9 };

  check_all_ways (&in);
}

static void
test_range_errors (void)
{
  const double floors[] = { -0.1, 1.0, 2.0, NAN };
  float values[4] = { 1, 2, 3, 4 };
  TamisRange all = { 0, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (floors); i++)
    {
      TamisJoinInput in = { .values = values, .n = 2, .dimension = 2, .ranges = &all,
                            .n_ranges = 1, .floor = floors[i] };
      g_autoptr (GError) error = NULL;

      g_assert_null (_tamis_join_ranges (&in, NULL, NULL, &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
    }
}

static void
test_budget (void)
{
  g_autofree float *values = planted_new (700, 24, 9);
  TamisRange ranges[] = { { 0, 300 }, { 300, 400 } };
  TamisJoinInput in = { .values = values, .n = 700, .dimension = 24, .ranges = ranges,
                        .n_ranges = 2, .floor = 0.05, .tile = 50 };
  g_autoptr (TamisPairs) all = planted_join (&in);
  g_autoptr (TamisPairs) fits = NULL;
  g_autofree char *first = NULL;

  in.max_pairs = tamis_pairs_get_n (all);
  in.max_disk = 1;
  g_clear_pointer (&all, tamis_pairs_unref);
  all = planted_join (&in); /* exactly as many as allowed */
  in.max_pairs /= 10;
  for (guint threads = 1; threads <= 4; threads++)
    {
      g_autoptr (GError) error = NULL;
      const char *said;

      tamis_init (threads);
      g_assert_null (_tamis_join_ranges (&in, NULL, NULL, &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY);
      said = strstr (error->message, "a floor of ");
      g_assert_nonnull (said);
      if (first == NULL)
        first = g_strdup (said);
      g_assert_cmpstr (first, ==, said);
    }
  in.floor = g_ascii_strtod (first + strlen ("a floor of "), NULL);
  fits = planted_join (&in);
  g_assert_cmpuint (tamis_pairs_get_n (fits), >, in.max_pairs / 3); /* and is not far too high */
}

/* More pairs than memory may hold: the same list from disk, by windows of rows. */
static void
test_on_disk (void)
{
  g_autofree float *values = planted_new (700, 24, 9);
  TamisRange ranges[] = { { 0, 300 }, { 300, 400 } };
  TamisJoinInput in = { .values = values, .n = 700, .dimension = 24, .ranges = ranges,
                        .n_ranges = 2, .floor = 0.05, .tile = 50 };
  g_autoptr (GArray) naive = planted_naive (&in);
  const guint64 limits[] = { 1, 100, naive->len / 2, naive->len - 1 };

  g_assert_cmpuint (naive->len, >, 2 * TAMIS_PAIR_CHUNK); /* so that chunks are written on the way */
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (TamisPairs) pairs = NULL;
      const TamisJoinReport *report;

      tamis_init (1 + i % 3);
      in.max_pairs = limits[i];
      pairs = planted_join (&in);
      planted_assert_equal (pairs, naive);
      report = tamis_pairs_get_report (pairs);
      g_assert_cmpuint (report->bytes_disk, ==, naive->len * TAMIS_BYTES_A_PAIR);
      g_assert_cmpuint (report->bytes_list, ==, limits[i] * TAMIS_BYTES_A_PAIR);
    }
}

static void
test_disk_is_full (void)
{
  g_autoptr (GError) error = NULL;
  TamisMapping mapping = { 0 };

  g_assert_false (_tamis_mapping_init (&mapping, (gsize) 1 << 60, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "1152921504606846976"));
}

typedef struct
{
  GCancellable *cancel;
  gulong after_us;
  gint64 at_us;
} Canceller;

static gpointer
cancel_later (gpointer data)
{
  Canceller *self = data;

  g_usleep (self->after_us);
  self->at_us = g_get_monotonic_time ();
  g_cancellable_cancel (self->cancel);
  return NULL;
}

/* At random moments of the loop over tiles and of the building after it. */
static void
test_cancel (void)
{
  g_autofree float *values = planted_new (3000, 128, 10);
  TamisRange all = { 0, 3000 };
  TamisJoinInput in = { .values = values, .n = 3000, .dimension = 128, .ranges = &all,
                        .n_ranges = 1, .floor = 0.0 };
  guint cancelled = 0;
  gint64 worst = 0;
  TamisRandom random;

  tamis_random_init (&random, 12);
  tamis_init (2);
  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      Canceller canceller = { cancel, tamis_random_below (&random, 400000), 0 };
      GThread *thread = g_thread_new ("cancel", cancel_later, &canceller);
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisPairs) pairs = _tamis_join_ranges (&in, NULL, cancel, &error);
      gint64 ended = g_get_monotonic_time ();

      g_thread_join (thread);
      if (pairs != NULL)
        continue;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      worst = MAX (worst, ended - canceller.at_us);
      cancelled++;
    }
  g_test_message ("%u of 12 cancelled; the longest took %.1f ms", cancelled, worst / 1e3);
  g_assert_cmpint (worst, <, 2000000);
}

static void
test_cancelled_before (void)
{
  g_autofree float *values = planted_new (10, 4, 1);
  TamisRange all = { 0, 10 };
  TamisJoinInput in = { .values = values, .n = 10, .dimension = 4, .ranges = &all, .n_ranges = 1 };
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancel);
  g_assert_null (_tamis_join_ranges (&in, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- NumPy ---- */

/* Latent-like: non-negative around a large mean, with groups of near-duplicates. */
static float *
latents_new (guint n, guint dimension)
{
  float *values = g_new (float, (gsize) n * dimension);
  g_autofree float *mean = g_new (float, dimension);
  TamisRandom random;

  tamis_random_init (&random, 2024);
  for (guint k = 0; k < dimension; k++)
    mean[k] = (float) (0.35 + MAX (tamis_random_normal (&random), -0.3));
  for (guint row = 0; row < n; row++)
    {
      float *to = values + (gsize) row * dimension;
      const float *from = row % 3 != 0 ? to - dimension : mean;
      double noise = row % 3 != 0 ? 0.05 + 0.4 * tamis_random_uniform (&random) : 0.9;

      for (guint k = 0; k < dimension; k++)
        to[k] = (float) MAX (from[k] + noise * tamis_random_normal (&random), 0.0);
    }
  return values;
}

static const char numpy_script[]
    = "import sys\n"
      "try: import numpy as np\n"
      "except ImportError: sys.exit(77)\n"
      "x = np.load(sys.argv[1]).astype('f8')\n"
      "x /= np.sqrt((x * x).sum(1))[:, None]\n"
      "s = x @ x.T\n"
      "i, j = np.nonzero(np.triu(s, 1) > 0.92)\n"
      "r = np.empty(len(i), dtype=[('s', '<f8'), ('a', '<u4'), ('b', '<u4')])\n"
      "r['s'], r['a'], r['b'] = s[i, j], i, j\n"
      "r.tofile(sys.argv[2])\n";

/* Every pair NumPy has above T + 1e-6 we have above T, and we have no pair that NumPy has not above
 * T - 1e-6. */
static void
check_against (TamisPairs *pairs, const TamisPair *theirs, gsize n_theirs, double threshold)
{
  guint n = tamis_pairs_get_n_images (pairs);
  g_autofree guint8 *ours = g_new0 (guint8, (gsize) n * n);
  guint64 matched = 0;

  for (guint row = 0; row < n; row++)
    {
      const guint32 *neighbours;
      guint degree = _tamis_pairs_count_row (pairs, row, threshold);

      tamis_pairs_get_row (pairs, row, &neighbours, NULL);
      for (guint i = 0; i < degree; i++)
        ours[(gsize) row * n + neighbours[i]] = 1;
    }
  for (gsize i = 0; i < n_theirs; i++)
    {
      gboolean have = ours[(gsize) theirs[i].a * n + theirs[i].b];

      if (theirs[i].similarity > threshold + 1e-6)
        g_assert_true (have);
      else if (theirs[i].similarity <= threshold - 1e-6)
        g_assert_false (have);
      matched += have;
    }
  g_assert_cmpuint (matched, ==, tamis_pairs_count_above (pairs, threshold));
  g_assert_cmpuint (matched, >, 100);
}

static void
test_numpy (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-join-XXXXXX", NULL);
  g_autofree char *matrix = g_build_filename (folder, "x.npy", NULL);
  g_autofree char *result = g_build_filename (folder, "pairs", NULL);
  const char *argv[] = { "/usr/bin/python3", "-c", numpy_script, matrix, result, NULL };
  guint n = 900, dimension = 1024;
  g_autoptr (TamisLatents) latents
      = tamis_latents_new_take (latents_new (n, dimension), n, dimension);
  TamisRange all = { 0, n };
  TamisJoinInput in = { .values = tamis_latents_get_values (latents), .n = n,
                        .dimension = dimension, .ranges = &all, .n_ranges = 1, .floor = 0.925 };
  g_autoptr (TamisPairs) pairs = NULL;
  g_autofree char *theirs = NULL;
  gsize length = 0;
  int status = 0;
  gboolean ran;

  g_assert_true (tamis_latents_save_npy (latents, matrix, NULL));
  ran = g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL);
  if (!ran || status == 77 << 8)
    g_test_skip ("no NumPy here");
  else
    {
      g_assert_cmpint (status, ==, 0);
      g_assert_true (g_file_get_contents (result, &theirs, &length, NULL));
      pairs = planted_join (&in);
      for (double threshold = 0.93; threshold < 0.98; threshold += 0.02)
        check_against (pairs, (const TamisPair *) (void *) theirs, length / sizeof (TamisPair),
                       threshold);
    }
  g_unlink (matrix);
  g_unlink (result);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/dedup/join/equals-naive", test_equals_naive);
  g_test_add_func ("/dedup/join/default-tiles", test_default_tiles);
  g_test_add_func ("/dedup/join/floor-is-strict", test_floor_is_strict);
  g_test_add_func ("/dedup/join/extreme-rows", test_extreme_rows);
  g_test_add_func ("/dedup/join/range-errors", test_range_errors);
  g_test_add_func ("/dedup/join/budget", test_budget);
  g_test_add_func ("/dedup/join/on-disk", test_on_disk);
  g_test_add_func ("/dedup/join/disk-is-full", test_disk_is_full);
  g_test_add_func ("/dedup/join/cancel", test_cancel);
  g_test_add_func ("/dedup/join/cancelled-before", test_cancelled_before);
  g_test_add_func ("/dedup/join/numpy", test_numpy);
  return g_test_run ();
}
