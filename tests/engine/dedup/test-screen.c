/* dedup: the screening engine finds the very pairs of the naive double loop, whatever the data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include "engine/dedup/screen-private.h"

#include <math.h>
#include <string.h>

static void
check_variants (const TamisJoinInput *from)
{
  const TamisScreenVariant *variants;
  guint n = (guint) tamis_screen_get_variants (&variants);
  g_autoptr (GArray) naive = planted_naive (from);
  TamisJoinReport report;
  TamisJoinInput in = *from;

  in.engine = TAMIS_ENGINE_SCREEN;
  in.report = &report;
  for (guint v = 0; v < n; v++)
    {
      g_autoptr (TamisPairs) pairs = NULL;

      tamis_init (1 + (v + in.n) % 4);
      in.simd = 1 + v;
      pairs = planted_join (&in);
      planted_assert_equal (pairs, naive);
      if (report.engine == TAMIS_ENGINE_SCREEN)
        g_assert_cmpstr (report.simd, ==, variants[v].name);
    }
}

static void
check_one_range (const float *values, guint n, guint dimension, double floor)
{
  TamisRange all = { 0, n };
  TamisJoinInput in = { .values = values, .n = n, .dimension = dimension, .ranges = &all,
                        .n_ranges = 1, .floor = floor };

  check_variants (&in);
}

static void
test_equals_naive (void)
{
  const guint sizes[] = { 2, 3, 7, 8, 31, 33, 97, 193, 530 };
  const guint dimensions[] = { 1, 2, 3, 15, 17, 63, 128, 129, 255, 257, 1001, 1024 };
  const double floors[] = { 0.0, 0.5, 0.7, 0.93, 0.999 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint k = s % 2; k < G_N_ELEMENTS (dimensions); k += 2)
      {
        g_autofree float *values = planted_new (sizes[s], dimensions[k], 31 * s + k);

        for (guint n_ranges = 1; n_ranges <= 6; n_ranges += 5)
          {
            g_autofree TamisRange *ranges = planted_ranges (sizes[s], n_ranges);
            TamisJoinInput in = { .values = values, .n = sizes[s], .dimension = dimensions[k],
                                  .ranges = ranges, .n_ranges = n_ranges,
                                  .floor = floors[(s + k + n_ranges) % 5] };

            check_variants (&in);
          }
      }
}

/* ---- data that a bound could stumble over ---- */

typedef float (*MakeFunc) (guint row, guint k, TamisRandom *random);

static float
make_equal (guint row, guint k, TamisRandom *random)
{
  return (float) (k % 7) - 2.5f;
}

static float
make_orthogonal (guint row, guint k, TamisRandom *random)
{
  return row % 90 == k ? 1.5f : 0.0f;
}

/* Cosines about 1 - 1e-4 to 1 - 1e-7: one cluster, far smaller than any box or byte. */
static float
make_cluster (guint row, guint k, TamisRandom *random)
{
  double size = row % 3 == 0 ? 1e-2 : row % 3 == 1 ? 1e-3 : 3e-4;

  return (float) (1.0 + (k % 5) + size * tamis_random_normal (random));
}

/* One row's coordinate is far beyond what the others make the bytes' range. */
static float
make_outliers (guint row, guint k, TamisRandom *random)
{
  return (float) (tamis_random_normal (random) + (row % 50 == 7 && k % 30 == row % 30 ? 60.0 : 0.0));
}

static float
make_isotropic (guint row, guint k, TamisRandom *random)
{
  return (float) tamis_random_normal (random);
}

/* Rows and their opposites. */
static float
make_opposite (guint row, guint k, TamisRandom *random)
{
  return (row % 2 ? 1.0f : -1.0f) * sinf ((float) (row / 4 * 17 + k * k));
}

static float
make_zeros (guint row, guint k, TamisRandom *random)
{
  return 0.0f;
}

/* Lengths from 1e-19 to 1e19. */
static float
make_lengths (guint row, guint k, TamisRandom *random)
{
  return (float) (pow (10.0, (int) (row % 39) - 19) * (1.0 + 0.3 * tamis_random_normal (random)));
}

static void
test_adversaries (void)
{
  const MakeFunc makes[] = { make_equal,     make_orthogonal, make_cluster, make_outliers,
                             make_isotropic, make_opposite,   make_zeros,   make_lengths };
  const guint dimensions[] = { 90, 300 };
  const double floors[] = { 0.0, 0.5, 0.93, 0.99999 };
  const guint n = 170;

  for (guint m = 0; m < G_N_ELEMENTS (makes); m++)
    for (guint d = 0; d < G_N_ELEMENTS (dimensions); d++)
      {
        g_autofree float *values = g_new (float, (gsize) n * dimensions[d]);
        TamisRandom random;

        tamis_random_init (&random, m);
        for (guint row = 0; row < n; row++)
          for (guint k = 0; k < dimensions[d]; k++)
            values[(gsize) row * dimensions[d] + k] = makes[m](row, k, &random);
        for (guint f = 0; f < G_N_ELEMENTS (floors); f++)
          check_one_range (values, n, dimensions[d], floors[f]);
      }
}

/* Floors at, and one double below, similarities of the data: nothing in the margin is lost. */
static void
test_floor_is_strict (void)
{
  const guint dimensions[] = { 40, 700 };

  for (guint d = 0; d < G_N_ELEMENTS (dimensions); d++)
    {
      g_autofree float *values = planted_new (150, dimensions[d], 8);
      TamisRange all = { 0, 150 };
      TamisJoinInput in = { .values = values, .n = 150, .dimension = dimensions[d], .ranges = &all,
                            .n_ranges = 1, .floor = 0.2 };
      g_autoptr (GArray) naive = planted_naive (&in);

      for (guint i = 5; i < naive->len; i += naive->len / 12)
        {
          double similarity = g_array_index (naive, TamisPair, i).similarity;

          if (similarity >= 1.0)
            continue;
          in.floor = similarity;
          check_variants (&in);
          in.floor = nextafter (similarity, 0.0);
          check_variants (&in);
        }
    }
}

static void
test_not_finite (void)
{
  g_autofree float *values = planted_new (200, 40, 3);
  TamisRange all = { 0, 200 };
  TamisJoinInput in = { .values = values, .n = 200, .dimension = 40, .ranges = &all, .n_ranges = 1,
                        .floor = 0.5, .engine = TAMIS_ENGINE_SCREEN };
  g_autoptr (TamisPairs) pairs = NULL;

  values[3 * 40 + 5] = NAN;
  values[77 * 40 + 1] = INFINITY;
  pairs = planted_join (&in);
  g_assert_cmpuint (tamis_pairs_get_row (pairs, 3, NULL, NULL), ==, 0);
  g_assert_cmpuint (tamis_pairs_get_row (pairs, 77, NULL, NULL), ==, 0);
  g_assert_cmpuint (tamis_pairs_get_n (pairs), >, 50);
}

/* ---- larger sets: engines against each other ---- */

/* Vectors near a plane of @rank dimensions with groups of near-duplicates; rank = dimension: none. */
static float *
low_rank_new (guint n, guint dimension, guint rank, guint64 seed)
{
  float *values = g_new0 (float, (gsize) n * dimension);
  g_autofree float *axes = g_new (float, (gsize) rank * dimension);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (gsize i = 0; i < (gsize) rank * dimension; i++)
    axes[i] = (float) tamis_random_normal (&random);
  for (guint row = 0; row < n; row++)
    {
      float *to = values + (gsize) row * dimension;

      if (row % 5 == 1)
        for (guint k = 0; k < dimension; k++)
          to[k] = to[(gssize) k - dimension] + 0.1f * (float) tamis_random_normal (&random);
      else if (rank == dimension)
        for (guint k = 0; k < dimension; k++)
          to[k] = (float) tamis_random_normal (&random);
      else
        for (guint r = 0; r < rank; r++)
          {
            float weight = (float) (tamis_random_normal (&random) + (r == 0 ? 1.0 : 0.0));

            for (guint k = 0; k < dimension; k++)
              to[k] += weight * axes[(gsize) r * dimension + k];
          }
    }
  return values;
}

static void
assert_same (TamisPairs *a, TamisPairs *b)
{
  g_assert_cmpuint (tamis_pairs_get_n (a), ==, tamis_pairs_get_n (b));
  for (guint row = 0; row < tamis_pairs_get_n_images (a); row++)
    {
      const guint32 *to_a, *to_b;
      const double *similar_a, *similar_b;
      guint n = tamis_pairs_get_row (a, row, &to_a, &similar_a);

      g_assert_cmpuint (tamis_pairs_get_row (b, row, &to_b, &similar_b), ==, n);
      g_assert_cmpmem (to_a, n * sizeof *to_a, to_b, n * sizeof *to_b);
      g_assert_cmpmem (similar_a, n * sizeof *similar_a, similar_b, n * sizeof *similar_b);
    }
}

static void
check_engines (TamisJoinInput *in)
{
  const TamisScreenVariant *variants;
  guint n = (guint) tamis_screen_get_variants (&variants);
  guint64 total = _tamis_ranges_count_pairs (in->ranges, in->n_ranges);
  g_autoptr (TamisPairs) tiles = NULL;

  in->engine = TAMIS_ENGINE_TILES;
  tiles = planted_join (in);
  g_assert_cmpuint (tamis_pairs_get_n (tiles), >, 10);
  in->engine = TAMIS_ENGINE_SCREEN;
  for (guint v = 0; v < n; v++)
    {
      g_autoptr (TamisProgress) progress = tamis_progress_new ();
      g_autoptr (TamisPairs) screened = NULL;
      TamisProgressState state;

      in->simd = v + 1;
      tamis_init (1 + v);
      screened = _tamis_join_ranges (in, progress, NULL, NULL);
      assert_same (screened, tiles);
      tamis_progress_read (progress, &state);
      g_assert_cmpuint (state.done, ==, total);
      g_assert_cmpuint (state.total, ==, total);
    }
}

static void
test_engines_agree (void)
{
  const guint n = 2777, dimension = 150;
  const guint ranks[] = { 12, 150 };
  TamisRange ranges[] = { { 0, 1100 }, { 1100, 0 }, { 1100, 140 }, { 1240, 1 }, { 1241, 1536 } };

  for (guint r = 0; r < G_N_ELEMENTS (ranks); r++)
    {
      g_autofree float *values = low_rank_new (n, dimension, ranks[r], 5);
      TamisJoinInput in = { .values = values, .n = n, .dimension = dimension, .ranges = ranges,
                            .n_ranges = G_N_ELEMENTS (ranges), .floor = 0.9 };

      memset (values + 44 * dimension, 0, 9 * dimension * sizeof *values);
      check_engines (&in);
    }
}

static void
test_choice (void)
{
  const guint n = 5700, dimension = 512;
  TamisRange all = { 0, n };
  TamisJoinReport report;
  TamisJoinInput in = { .n = n, .dimension = dimension, .ranges = &all, .n_ranges = 1,
                        .report = &report };
  g_autofree float *structured = low_rank_new (n, dimension, 10, 6);
  g_autofree float *plain = low_rank_new (n, dimension, dimension, 7);

  in.values = structured;
  in.floor = 0.97;
  tamis_pairs_unref (planted_join (&in));
  g_assert_cmpint (report.engine, ==, TAMIS_ENGINE_SCREEN);
  g_assert_cmpuint (report.n_stages, >, 0);
  g_assert_cmpfloat (report.cost_screen, <, report.cost_tiles);
  /* 128 of 512 directions of noise bound no cosine below 0.5. */
  in.values = plain;
  in.floor = 0.5;
  tamis_pairs_unref (planted_join (&in));
  g_assert_cmpint (report.engine, ==, TAMIS_ENGINE_TILES);
  g_assert_null (report.simd);
}

/* Classes of @n rows that share no directions, the fifth without any of its own; in each some equal
 * rows and some of zeros. */
static float *
classes_new (guint n, guint dimension, guint n_ranges, TamisRange *ranges)
{
  gsize size = (gsize) n * dimension;
  float *values = g_new (float, size * n_ranges);

  for (guint i = 0; i < n_ranges; i++)
    {
      g_autofree float *part = low_rank_new (n, dimension, i == 4 ? dimension : 28, 20 + i);

      memcpy (part + 30 * dimension, part + 20 * dimension, 3 * dimension * sizeof *part);
      memset (part + 200 * dimension, 0, 2 * dimension * sizeof *part);
      memcpy (values + i * size, part, size * sizeof *part);
      ranges[i] = (TamisRange){ i * n, n - (i == 2) };
    }
  return values;
}

/* Each is screened with its own basis: by one worker each where they are a small part of the work, as with
 * one thread here, or by all; whether the list fits memory or not. */
static void
test_own_bases (void)
{
  const double floors[] = { 0.5, 0.75, 0.97 };
  TamisRange ranges[6];
  const guint n = 1100, dimension = 320, n_ranges = G_N_ELEMENTS (ranges);
  g_autofree float *values = classes_new (n, dimension, n_ranges, ranges);
  TamisJoinReport report;
  TamisJoinInput in = { .values = values, .n = n * n_ranges, .dimension = dimension,
                        .ranges = ranges, .n_ranges = n_ranges, .worth = 1.0, .report = &report };

  for (guint f = 0; f < G_N_ELEMENTS (floors); f++)
    {
      g_autoptr (TamisPairs) tiles = NULL;

      in.floor = floors[f];
      in.engine = TAMIS_ENGINE_TILES;
      in.max_pairs = 0;
      tiles = planted_join (&in);
      g_assert_cmpuint (tamis_pairs_get_n (tiles), >, 100);
      in.engine = TAMIS_ENGINE_AUTO;
      for (guint threads = 1; threads <= 3; threads++)
        {
          g_autoptr (TamisPairs) pairs = NULL;

          tamis_init (threads);
          in.max_pairs = threads == 2 ? 50 : 0;
          pairs = planted_join (&in);
          assert_same (pairs, tiles);
          g_test_message ("%u bases, shared %.3g, tiles %.3g", report.n_bases, report.cost_screen,
                          report.cost_tiles);
          g_assert_cmpint (report.bytes_disk > 0, ==, threads == 2);
          if (floors[f] != 0.75)
            continue; /* lower, the bound need not pay; higher, one basis may do */
          g_assert_cmpint (report.engine, ==, TAMIS_ENGINE_SCREEN);
          g_assert_cmpuint (report.n_bases, >=, 4);
        }
    }
}

typedef struct
{
  GCancellable *cancel;
  gulong after_us;
} Canceller;

static gpointer
cancel_after (gpointer data)
{
  const Canceller *self = data;

  g_usleep (self->after_us);
  g_cancellable_cancel (self->cancel);
  return NULL;
}

/* Where one worker plans and screens a class alone. */
static void
test_cancel_own_bases (void)
{
  TamisRange ranges[6];
  g_autofree float *values = classes_new (1100, 320, 6, ranges);
  TamisJoinInput in = { .values = values, .n = 6600, .dimension = 320, .ranges = ranges,
                        .n_ranges = 6, .floor = 0.9, .worth = 1.0 };
  guint cancelled = 0;

  tamis_init (1);
  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      Canceller canceller = { cancel, 2000u * round };
      GThread *thread = g_thread_new ("cancel", cancel_after, &canceller);
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisPairs) pairs = _tamis_join_ranges (&in, NULL, cancel, &error);

      g_thread_join (thread);
      cancelled += pairs == NULL;
      if (pairs == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (cancelled, >, 0);
}

static void
test_budget (void)
{
  g_autofree float *values = low_rank_new (1500, 64, 5, 9);
  TamisRange all = { 0, 1500 };
  TamisJoinInput in = { .values = values, .n = 1500, .dimension = 64, .ranges = &all, .n_ranges = 1,
                        .floor = 0.3, .max_pairs = 1000, .max_disk = 1,
                        .engine = TAMIS_ENGINE_SCREEN };

  for (guint threads = 1; threads <= 3; threads++)
    {
      g_autoptr (GError) error = NULL;

      tamis_init (threads);
      g_assert_null (_tamis_join_ranges (&in, NULL, NULL, &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY);
    }
}

/* More memory than any machine has: refused before it is asked for, with the number. */
static void
test_memory (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (_tamis_join_has_memory (1, NULL));
  g_assert_false (_tamis_join_has_memory (G_GUINT64_CONSTANT (1) << 60, &error));
  g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "1152921504606846976"));
}

static void
test_cancel (void)
{
  g_autofree float *values = low_rank_new (6000, 96, 96, 10);
  TamisRange all = { 0, 6000 };
  TamisJoinInput in = { .values = values, .n = 6000, .dimension = 96, .ranges = &all, .n_ranges = 1,
                        .floor = 0.5, .engine = TAMIS_ENGINE_SCREEN, .simd = 1 };

  for (guint round = 0; round < 4; round++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      Canceller canceller = { cancel, 2000 };
      GThread *thread = g_thread_new ("cancel", cancel_after, &canceller);
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisPairs) pairs = _tamis_join_ranges (&in, NULL, cancel, &error);

      g_thread_join (thread);
      if (pairs == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/dedup/screen/equals-naive", test_equals_naive);
  g_test_add_func ("/dedup/screen/adversaries", test_adversaries);
  g_test_add_func ("/dedup/screen/floor-is-strict", test_floor_is_strict);
  g_test_add_func ("/dedup/screen/not-finite", test_not_finite);
  g_test_add_func ("/dedup/screen/engines-agree", test_engines_agree);
  g_test_add_func ("/dedup/screen/choice", test_choice);
  g_test_add_func ("/dedup/screen/own-bases", test_own_bases);
  g_test_add_func ("/dedup/screen/cancel-own-bases", test_cancel_own_bases);
  g_test_add_func ("/dedup/screen/budget", test_budget);
  g_test_add_func ("/dedup/screen/memory", test_memory);
  g_test_add_func ("/dedup/screen/cancel", test_cancel);
  return g_test_run ();
}
