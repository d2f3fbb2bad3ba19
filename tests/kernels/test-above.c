/* Comparing products with limits: each variant against the definition.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guarded.h"

#include "kernels/above.h"

#include <float.h>

#define ROWS TAMIS_ABOVE_ROWS
#define COLUMNS TAMIS_ABOVE_COLUMNS

/* Small whole numbers, so that every order of adding gives the same sum. */
static float *
whole_new (gsize n, guint64 seed)
{
  float *x = guarded_new (n);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (gsize i = 0; i < n; i++)
    x[i] = (float) tamis_random_below (&random, 9) - 4;
  return x;
}

static void
check_length (TamisAboveFunc func, int k)
{
  gsize n_rows = (gsize) ROWS * k, n_columns = (gsize) COLUMNS * k;
  float *rows = whole_new (n_rows, k), *columns = whole_new (n_columns, 1000 + k);
  float *panel = guarded_new (n_columns);
  TamisAbove above = { .panel = panel, .k = k };
  guint32 masks[ROWS];

  tamis_above_pack (k, columns, panel);
  for (int r = 0; r < ROWS; r++)
    {
      above.rows[r] = rows + (gsize) r * k;
      above.limits[r] = (float) (r - 3);
    }
  above.limits[6] = INFINITY;
  above.limits[7] = -INFINITY;
  func (&above, masks);
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++)
      {
        double sum = 0.0;

        for (int i = 0; i < k; i++)
          sum += (double) above.rows[r][i] * columns[(gsize) c * k + i];
        g_assert_cmpuint (masks[r] >> c & 1, ==, sum > above.limits[r]);
      }
  guarded_free (rows, n_rows);
  guarded_free (columns, n_columns);
  guarded_free (panel, n_columns);
}

static void
test_variants (void)
{
  const int lengths[] = { 1, 2, 3, 15, 16, 17, 33, 128, 1000 };
  const TamisAboveVariant *variants;
  int n = tamis_above_get_variants (&variants);

  for (int v = 0; v < n; v++)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      check_length (variants[v].func, lengths[i]);
}

/* Nothing is known of such a product, so it must not be passed over. */
static void
test_not_a_number (void)
{
  const TamisAboveVariant *variants;
  int n = tamis_above_get_variants (&variants);
  float row[2] = { FLT_MAX, FLT_MAX }, columns[COLUMNS][2] = { { 0 } }, panel[COLUMNS * 2];
  TamisAbove above = { .panel = panel, .k = 2 };

  columns[5][0] = INFINITY;
  columns[5][1] = -INFINITY;
  tamis_above_pack (2, columns[0], panel);
  for (int r = 0; r < ROWS; r++)
    {
      above.rows[r] = row;
      above.limits[r] = 1.0f;
    }
  for (int v = 0; v < n; v++)
    {
      guint32 masks[ROWS];

      variants[v].func (&above, masks);
      for (int r = 0; r < ROWS; r++)
        g_assert_cmphex (masks[r], ==, 1u << 5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/above/variants", test_variants);
  g_test_add_func ("/above/not-a-number", test_not_a_number);
  return g_test_run ();
}
