/* dedup: the similarity that decides.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <math.h>
#include <string.h>

static const guint dimensions[] = { 1,  2,  3,   7,   8,   15,  16,   17,   31,   32,  33,
                                    48, 63, 100, 127, 128, 129, 1023, 1024, 1025, 4097 };

/* A literal transcription of the order that similarity.c promises. */
static double
dot_by_definition (const float *a, const float *b, guint dimension)
{
  volatile double lanes[16] = { 0 };

  for (guint k = 0; k < dimension; k++)
    {
      volatile double product = (double) a[k] * (double) b[k];

      lanes[k % 16] = lanes[k % 16] + product;
    }
  for (guint width = 8; width > 0; width /= 2)
    for (guint l = 0; l < width; l++)
      lanes[l] = lanes[l] + lanes[l + width];
  return lanes[0];
}

static void
test_same_bits_everywhere (void)
{
  const TamisDotVariant *variants;
  guint n_variants = _tamis_dot_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    for (guint offset = 0; offset < 3; offset++)
      {
        guint d = dimensions[i];
        g_autofree float *values = planted_new (3, d + offset, 7 + i);
        const float *a = values + offset, *b = values + d + 2 * offset;
        double expected = dot_by_definition (a, b, d);

        for (guint v = 0; v < n_variants; v++)
          {
            const float *left[TAMIS_DOTS] = { a, a, a, b };
            const float *right[TAMIS_DOTS] = { a, b, a, a };
            double got = variants[v].func (a, b, d), dots[TAMIS_DOTS];

            g_test_message ("%s, d = %u", variants[v].name, d);
            g_assert_cmpmem (&got, sizeof got, &expected, sizeof expected);
            variants[v].dots (left, right, d, dots);
            g_assert_cmpmem (&dots[1], sizeof got, &expected, sizeof expected);
            g_assert_true (dots[0] == dot_by_definition (a, a, d) && dots[2] == dots[0]
                           && dots[3] == dots[1]);
          }
      }
}

/* Rows in doubles, several at once: the same bits again. */
static void
test_blocks (void)
{
  const TamisDotVariant *variants;
  guint n_variants = _tamis_dot_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    for (guint v = 0; v < n_variants; v++)
      {
        guint d = dimensions[i], n = TAMIS_BLOCK_ROWS + TAMIS_BLOCK_COLUMNS;
        gsize lanes = (d + TAMIS_LANES - 1) / TAMIS_LANES * TAMIS_LANES;
        g_autofree float *values = g_new (float, n * d);
        g_autofree double *wide = g_new0 (double, n * lanes);
        const float *columns[TAMIS_BLOCK_COLUMNS];
        double dots[TAMIS_BLOCK_ROWS * TAMIS_BLOCK_COLUMNS];
        TamisRandom random;

        tamis_random_init (&random, i);
        for (guint k = 0; k < n * d; k++)
          values[k] = (float) tamis_random_normal (&random);
        for (guint row = 0; row < n; row++)
          variants[v].widen (values + row * d, d, wide + row * lanes);
        for (guint c = 0; c < TAMIS_BLOCK_COLUMNS; c++)
          columns[c] = values + (TAMIS_BLOCK_ROWS + c) * d;
        if (variants[v].block == NULL)
          continue;
        variants[v].block (wide, columns, d, dots);
        for (guint k = 0; k < G_N_ELEMENTS (dots); k++)
          g_assert_true (dots[k]
                         == dot_by_definition (values + k / TAMIS_BLOCK_COLUMNS * d,
                                               values
                                                   + (TAMIS_BLOCK_ROWS + k % TAMIS_BLOCK_COLUMNS)
                                                         * d,
                                               d));
      }
}

/* Unit rows: the same floats from every variant, and a length of 1. */
static void
test_units (void)
{
  const TamisDotVariant *variants;
  guint n_variants = _tamis_dot_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    {
      guint d = dimensions[i];
      g_autofree float *values = planted_new (2, d, i + 50);
      g_autofree float *plain = g_new (float, d), *fast = g_new (float, d);
      double square = _tamis_unit (values, d, plain);

      g_assert_true (square == _tamis_dot (values, values, d));
      if (square > 0.0)
        g_assert_cmpfloat_with_epsilon (_tamis_dot (plain, plain, d), 1.0, 2e-7);
      for (guint v = 0; v < n_variants; v++)
        {
          variants[0].scale (values, d, 0.37, plain);
          variants[v].scale (values, d, 0.37, fast);
          g_assert_cmpmem (plain, d * sizeof *plain, fast, d * sizeof *fast);
        }
    }
}

/* Very large, very small and subnormal floats: the products must stay exact, fused or not. */
static void
test_extremes (void)
{
  const float numbers[] = { 3.4e38f, -3.4e38f, 1.2e-38f, 1e-45f, -1e-45f, 1.0f, 0.0f, 1.0000001f };
  const TamisDotVariant *variants;
  guint n_variants = _tamis_dot_get_variants (&variants);
  TamisRandom random;

  tamis_random_init (&random, 3);
  for (guint round = 0; round < 200; round++)
    {
      float a[50], b[50];
      double expected, similarity;

      for (guint k = 0; k < 50; k++)
        {
          a[k] = numbers[tamis_random_below (&random, G_N_ELEMENTS (numbers))];
          b[k] = numbers[tamis_random_below (&random, G_N_ELEMENTS (numbers))];
        }
      expected = dot_by_definition (a, b, 50);
      for (guint v = 0; v < n_variants; v++)
        g_assert_true (variants[v].func (a, b, 50) == expected);
      similarity = tamis_similarity (a, b, 50);
      g_assert_true (similarity >= -1.0 && similarity <= 1.0);
    }
}

static void
test_accuracy (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    {
      guint d = dimensions[i];
      g_autofree float *values = planted_new (40, d, 100 + i);

      for (guint a = 0; a < 40; a++)
        for (guint b = 0; b < 40; b++)
          {
            const float *x = values + a * d, *y = values + b * d;
            long double xy = 0, xx = 0, yy = 0;
            double expected, got = tamis_similarity (x, y, d);

            for (guint k = 0; k < d; k++)
              {
                xy += (long double) x[k] * y[k];
                xx += (long double) x[k] * x[k];
                yy += (long double) y[k] * y[k];
              }
            expected = xx > 0 && yy > 0 ? (double) (xy / sqrtl (xx * yy)) : 0.0;
            g_assert_cmpfloat_with_epsilon (got, expected, 2 * (d / 16.0 + 6) * 0x1.0p-53);
            g_assert_true (got == tamis_similarity (y, x, d));
          }
    }
}

static void
test_exact_cases (void)
{
  float zero[5] = { 0 }, x[5] = { 0.1f, 0.7f, 3.3f, 0, 1e-3f }, twice[5], minus[5];

  for (int k = 0; k < 5; k++)
    {
      twice[k] = 2 * x[k];
      minus[k] = -x[k];
    }
  g_assert_true (tamis_similarity (x, x, 5) == 1.0);
  g_assert_true (tamis_similarity (x, twice, 5) == 1.0);
  g_assert_true (tamis_similarity (x, minus, 5) == -1.0);
  g_assert_true (tamis_similarity (x, zero, 5) == 0.0);
  g_assert_true (tamis_similarity (zero, zero, 5) == 0.0);
}

static int
compare_pairs (gconstpointer x, gconstpointer y)
{
  const TamisPair *p = x, *q = y;

  if (p->similarity != q->similarity)
    return p->similarity > q->similarity ? -1 : 1;
  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  return (p->b > q->b) - (p->b < q->b);
}

static void
test_sort (void)
{
  const gsize sizes[] = { 0, 1, 2, 3, 11, 12, 13, 24, 25, 100, 1000, 4095, 12289 };
  TamisRandom random;

  tamis_random_init (&random, 5);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      gsize n = sizes[s];
      g_autofree TamisPair *items = g_new (TamisPair, n + 1);
      g_autofree TamisPair *scratch = g_new (TamisPair, n + 1);
      g_autofree TamisPair *expected = NULL;

      for (gsize i = 0; i < n; i++)
        items[i] = (TamisPair){ s % 2 ? tamis_random_uniform (&random)
                                      : (double) tamis_random_below (&random, 50) / 50,
                                (guint32) tamis_random_below (&random, 9), (guint32) i };
      expected = g_memdup2 (items, (n + 1) * sizeof *items);
      qsort (expected, n, sizeof *expected, compare_pairs);
      _tamis_pairs_sort (items, scratch, n);
      g_assert_cmpmem (items, n * sizeof *items, expected, n * sizeof *items);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dedup/similarity/same-bits-everywhere", test_same_bits_everywhere);
  g_test_add_func ("/dedup/similarity/blocks", test_blocks);
  g_test_add_func ("/dedup/similarity/units", test_units);
  g_test_add_func ("/dedup/similarity/extremes", test_extremes);
  g_test_add_func ("/dedup/similarity/accuracy", test_accuracy);
  g_test_add_func ("/dedup/similarity/exact-cases", test_exact_cases);
  g_test_add_func ("/dedup/pair-list/sort", test_sort);
  return g_test_run ();
}
