/* Products in floats, of pairs of rows: each variant against the definition.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guarded.h"

#include "kernels/rough.h"

#define N TAMIS_ROUGH

/* Within γ_k Σ|a b| of the sum in doubles, which is what deciders count on; NaN around the rows. */
static void
check_length (TamisRoughFunc func, int k)
{
  float *rows = guarded_random ((gsize) 2 * N * k, (guint64) k);
  double gamma = 0x1.0p-24 * k / (1.0 - 0x1.0p-24 * k);
  const float *a[N], *b[N];
  float dots[N];

  for (int i = 0; i < N; i++)
    {
      a[i] = rows + (gsize) i * k;
      b[i] = rows + (gsize) (i == 2 ? 2 : N + i) * k; /* the third with itself */
    }
  func (a, b, k, dots);
  for (int i = 0; i < N; i++)
    {
      double sum = 0.0, size = 0.0;

      for (int j = 0; j < k; j++)
        {
          sum += (double) a[i][j] * b[i][j];
          size += fabs ((double) a[i][j] * b[i][j]);
        }
      g_assert_cmpfloat (fabs (dots[i] - sum), <=, gamma * size);
    }
  guarded_free (rows, (gsize) 2 * N * k);
}

static void
test_variants (void)
{
  const int lengths[] = { 1, 2, 7, 8, 9, 16, 31, 32, 33, 128, 1000, 1024 };
  const TamisRoughVariant *variants;
  int n = tamis_rough_get_variants (&variants);

  for (int v = 0; v < n; v++)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      check_length (variants[v].func, lengths[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rough/variants", test_variants);
  return g_test_run ();
}
