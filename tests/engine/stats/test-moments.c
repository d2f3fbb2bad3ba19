/* stats: kurtosis and Theil's line against SciPy's values, and where there are none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"
#include "reference.h"

static void
test_kurtosis_is_scipys (void)
{
  struct
  {
    guint32 seed;
    gsize n;
    double skew;
  } cases[] = { { 1, 4, 0.0 }, { 2, 5, 1.0 }, { 3, 100, 0.3 }, { 4, 1000, 2.0 }, { 5, 5000, 0.0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree double *x = make_sample (cases[i].seed, cases[i].n, cases[i].skew);
      TamisFigure figure = tamis_kurtosis (x, cases[i].n);

      g_assert_cmpint (figure.reason, ==, TAMIS_REASON_NONE);
      assert_near (figure.value, ref_kurtosis[i], 1e-9);
    }
}

static void
test_kurtosis_of_nothing (void)
{
  double x[] = { 1.0, 2.0, 4.0, 4.0, 5.0 }, equal[] = { 0.1, 0.1, 0.1, 0.1, 0.1 };
  double broken[] = { 1.0, NAN, 2.0, 3.0 }, infinite[] = { 1.0, 2.0, INFINITY, 3.0 };

  for (gsize n = 0; n < 4; n++)
    {
      g_assert_cmpint (tamis_kurtosis (x, n).reason, ==, TAMIS_REASON_TOO_FEW);
      g_assert_cmpfloat (tamis_kurtosis (x, n).value, ==, 0.0);
    }
  g_assert_cmpint (tamis_kurtosis (equal, 5).reason, ==, TAMIS_REASON_CONSTANT);
  g_assert_cmpint (tamis_kurtosis (broken, 4).reason, ==, TAMIS_REASON_NOT_FINITE);
  g_assert_cmpint (tamis_kurtosis (infinite, 4).reason, ==, TAMIS_REASON_NOT_FINITE);
}

/* Neither shift nor scale changes it, however extreme. */
static void
test_kurtosis_is_affine_invariant (void)
{
  double scales[] = { 1e-200, 1e-3, -7.0, 1e200 };
  g_autofree double *x = make_sample (6, 500, 1.0);
  g_autofree double *y = g_new (double, 500);
  double expected = tamis_kurtosis (x, 500).value;

  for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
    {
      for (guint i = 0; i < 500; i++)
        y[i] = scales[s] * (x[i] + 3.0);
      assert_near (tamis_kurtosis (y, 500).value, expected, 1e-9);
    }
}

static void
test_theil_is_scipys (void)
{
  guint32 seeds[] = { 11, 12, 13, 14, 15 };
  guint sizes[] = { 2, 3, 14, 33, 200 };

  for (guint c = 0; c < G_N_ELEMENTS (sizes); c++)
    {
      guint n = sizes[c];
      g_autofree double *x = make_sample (seeds[c], n, 0.5);
      g_autofree double *y = make_sample (seeds[c] + 100, n, 1.0);
      const double *expected = ref_theil + 4 * c;
      TamisTheilLine line;

      for (guint i = 0; i < n; i++)
        {
          y[i] = 0.6 * x[i] + 0.2 * y[i];
          if (n == 14)
            {
              x[i] = rint (x[i] * 4) / 4;
              y[i] = rint (y[i] * 4) / 4;
            }
        }
      line = tamis_theil_fit (x, y, n);
      g_assert_cmpint (line.reason, ==, TAMIS_REASON_NONE);
      g_assert_true (line.has_interval);
      assert_near (line.slope, expected[0], 1e-12);
      assert_near (line.intercept, expected[1], 1e-12);
      assert_near (line.slope_low, expected[2], 1e-12);
      assert_near (line.slope_high, expected[3], 1e-12);
    }
}

static void
test_theil_of_nothing (void)
{
  double x[] = { 2.0, 2.0, 2.0 }, y[] = { 1.0, 5.0, 3.0 }, broken[] = { 1.0, NAN, 2.0 };

  g_assert_cmpint (tamis_theil_fit (x, y, 0).reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_cmpint (tamis_theil_fit (x, y, 1).reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_cmpint (tamis_theil_fit (x, y, 3).reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_cmpint (tamis_theil_fit (broken, y, 3).reason, ==, TAMIS_REASON_NOT_FINITE);
  g_assert_cmpint (tamis_theil_fit (NULL, NULL, TAMIS_THEIL_MAX + 1).reason, ==,
                   TAMIS_REASON_TOO_MANY);
  /* A flat line: every slope 0, the interval a point. */
  x[1] = 3.0;
  x[2] = 5.0;
  y[0] = y[1] = y[2] = 4.0;
  g_assert_cmpfloat (tamis_theil_fit (x, y, 3).slope, ==, 0.0);
  g_assert_cmpfloat (tamis_theil_fit (x, y, 3).intercept, ==, 4.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/kurtosis/is-scipys", test_kurtosis_is_scipys);
  g_test_add_func ("/stats/kurtosis/of-nothing", test_kurtosis_of_nothing);
  g_test_add_func ("/stats/kurtosis/is-affine-invariant", test_kurtosis_is_affine_invariant);
  g_test_add_func ("/stats/theil/is-scipys", test_theil_is_scipys);
  g_test_add_func ("/stats/theil/of-nothing", test_theil_of_nothing);
  return g_test_run ();
}
