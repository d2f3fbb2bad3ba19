/* stats: principal components against scikit-learn's values, and their properties.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"
#include "reference.h"

static TamisPca *
fit (const float *values, guint n, guint d, guint k)
{
  TamisPcaParams params = { values, d, NULL, n, k, FALSE };
  GError *error = NULL;
  TamisPca *pca = tamis_pca_fit (&params, NULL, &error);

  g_assert_no_error (error);
  return pca;
}

static void
compare_scores (const TamisPca *pca, const double *variance, const double *scores)
{
  g_assert_cmpuint (pca->n_components, ==, 3);
  for (guint k = 0; k < 3; k++)
    {
      const double *mine = pca->scores + k * pca->n, *theirs = scores + k * pca->n;
      double sign = mine[0] * theirs[0] < 0 ? -1.0 : 1.0;

      assert_near (pca->variance[k], variance[k], 1e-9);
      for (guint i = 0; i < pca->n; i++)
        assert_near (sign * mine[i], theirs[i], 1e-9);
    }
}

static void
test_scores_are_scikits (void)
{
  g_autofree float *tall = make_matrix (31, 60, 12, 6);
  g_autofree float *wide = make_matrix (31, 9, 40, 6);
  g_autoptr (TamisPca) a = fit (tall, 60, 12, 3);
  g_autoptr (TamisPca) b = fit (wide, 9, 40, 3);

  compare_scores (a, ref_tall_variance, ref_tall_scores);
  compare_scores (b, ref_wide_variance, ref_wide_scores);
}

/* Orthonormal axes, scores with mean 0, their variance the explained one, uncorrelated; signs. */
static void
check_properties (const TamisPca *pca, const float *values)
{
  guint n = pca->n, d = pca->dimension;
  g_autofree double *scores = g_new (double, pca->n_components);
  double kept = 0.0;

  for (guint a = 0; a < pca->n_components; a++)
    {
      const double *axis = pca->basis + a * d;
      double largest = 0.0;

      for (guint b = 0; b <= a; b++)
        {
          double dot = 0.0, moment = 0.0, mean = 0.0;

          for (guint j = 0; j < d; j++)
            dot += axis[j] * pca->basis[b * d + j];
          for (guint i = 0; i < n; i++)
            {
              moment += pca->scores[a * n + i] * pca->scores[b * n + i] / n;
              mean += pca->scores[a * n + i] / n;
            }
          g_assert_cmpfloat_with_epsilon (dot, a == b, 1e-9);
          g_assert_cmpfloat_with_epsilon (moment, a == b ? pca->variance[a] : 0.0,
                                          1e-9 * pca->variance[0]);
          g_assert_cmpfloat_with_epsilon (mean, 0.0, 1e-9 * sqrt (pca->variance[0]));
        }
      for (guint j = 0; j < d; j++)
        if (fabs (axis[j]) > fabs (largest))
          largest = axis[j];
      g_assert_cmpfloat (largest, >, 0.0);
      kept += pca->variance[a];
    }
  g_assert_cmpfloat (kept, <=, pca->total_variance * (1 + 1e-9));
  tamis_pca_project (pca, values + (n - 1) * d, scores);
  for (guint a = 0; a < pca->n_components; a++)
    g_assert_cmpfloat_with_epsilon (scores[a], pca->scores[a * n + n - 1],
                                    1e-9 * sqrt (pca->variance[0]));
}

static void
test_properties (void)
{
  guint sizes[][3] = { { 2, 7, 3 },     { 3, 1, 3 },    { 5, 5, 5 },     { 200, 30, 30 },
                       { 30, 200, 40 }, { 300, 257, 2 }, { 900, 300, 16 }, { 257, 700, 3 } };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      guint n = sizes[s][0], d = sizes[s][1];
      g_autofree float *values = make_matrix (40 + s, n, d, MIN (d, 60));
      g_autoptr (TamisPca) pca = fit (values, n, d, sizes[s][2]);

      g_assert_cmpuint (pca->n_components, <=, MIN (n - 1, d));
      check_properties (pca, values);
    }
}

/* The Krylov way (few components) and LAPACK's (many) say the same, also where eigenvalues are
 * equal or the rank is low. */
static void
test_two_ways_agree (void)
{
  guint ranks[] = { 1, 3, 12, 300 };

  for (guint r = 0; r < G_N_ELEMENTS (ranks); r++)
    {
      guint n = 700, d = 320;
      g_autofree float *values = make_matrix (60 + r, n, d, ranks[r]);
      g_autoptr (TamisPca) few = fit (values, n, d, 3);
      g_autoptr (TamisPca) many = fit (values, n, d, 40);

      /* Axes beyond the rank are rounding noise, which may or may not be above the limit. */
      g_assert_cmpuint (few->n_components, >=, MIN (3, ranks[r]));
      for (guint k = 0; k < MIN (3, ranks[r]); k++)
        {
          assert_near (few->variance[k], many->variance[k], 1e-11);
          for (guint i = 0; i < n; i++)
            g_assert_cmpfloat_with_epsilon (few->scores[k * n + i], many->scores[k * n + i],
                                            1e-8 * sqrt (many->variance[k]));
        }
    }
}

static void
test_equal_eigenvalues (void)
{
  /* A scaled simplex: 299 equal eigenvalues. */
  g_autofree float *values = g_new0 (float, 300 * 300);
  g_autoptr (TamisPca) pca = NULL;

  for (guint i = 0; i < 300; i++)
    values[i * 300 + i] = 2.0f;
  pca = fit (values, 300, 300, 3);
  g_assert_cmpuint (pca->n_components, ==, 3);
  for (guint k = 0; k < 3; k++)
    assert_near (pca->variance[k], 4.0 / 300, 1e-12);
  check_properties (pca, values);
}

static void
test_row_list (void)
{
  guint32 rows[50];
  g_autofree float *values = make_matrix (70, 120, 20, 8);
  g_autofree float *chosen = g_new (float, 50 * 20);
  g_autoptr (TamisPca) whole = NULL;
  g_autoptr (TamisPca) listed = NULL;
  TamisPcaParams params = { values, 20, rows, 50, 4, FALSE };

  for (guint i = 0; i < 50; i++)
    {
      rows[i] = (i * 37 + 5) % 120;
      memcpy (chosen + i * 20, values + rows[i] * 20, 20 * sizeof *values);
    }
  whole = fit (chosen, 50, 20, 4);
  listed = tamis_pca_fit (&params, NULL, NULL);
  g_assert_cmpmem (whole->scores, 4 * 50 * sizeof (double), listed->scores,
                   4 * 50 * sizeof (double));
}

static void
test_threads_change_nothing (void)
{
  guint sizes[][2] = { { 1500, 300 }, { 280, 900 } };

  for (guint s = 0; s < 2; s++)
    {
      guint n = sizes[s][0], d = sizes[s][1];
      g_autofree float *values = make_matrix (80, n, d, 50);
      g_autoptr (TamisPca) one = fit (values, n, d, 3);

      for (guint threads = 1; threads <= 4; threads++)
        {
          TamisPcaParams params = { values, d, NULL, n, 3, TRUE };
          g_autoptr (TamisPca) many = NULL;

          tamis_init (threads);
          many = tamis_pca_fit (&params, NULL, NULL);
          g_assert_cmpmem (one->scores, 3 * n * sizeof (double), many->scores,
                           3 * n * sizeof (double));
        }
      tamis_init (1);
    }
}

static void
test_degenerate (void)
{
  g_autofree float *values = make_matrix (90, 8, 6, 3);
  g_autofree float *equal = g_new (float, 8 * 6);

  for (guint n = 0; n < 2; n++)
    {
      g_autoptr (TamisPca) pca = fit (values, n, 6, 3);

      g_assert_cmpuint (pca->n_components, ==, 0);
      g_assert_cmpint (pca->reason, ==, TAMIS_REASON_TOO_FEW);
    }
  for (guint n = 2; n < 4; n++)
    {
      g_autoptr (TamisPca) pca = fit (values, n, 6, 3);

      g_assert_cmpuint (pca->n_components, ==, n - 1);
      g_assert_cmpint (pca->reason, ==, TAMIS_REASON_NO_COMPONENT);
    }
  for (guint i = 0; i < 8 * 6; i++)
    equal[i] = 0.1f * (i % 6);
  {
    g_autoptr (TamisPca) pca = fit (equal, 8, 6, 3);

    g_assert_cmpuint (pca->n_components, ==, 0);
    g_assert_cmpint (pca->reason, ==, TAMIS_REASON_CONSTANT);
  }
  values[17] = NAN;
  {
    g_autoptr (TamisPca) pca = fit (values, 8, 6, 3);

    g_assert_cmpint (pca->reason, ==, TAMIS_REASON_NOT_FINITE);
    g_assert_cmpfloat (pca->mean[5], ==, 0.0);
  }
}

static void
test_reconstruct (void)
{
  g_autofree float *values = make_matrix (95, 40, 10, 10);
  g_autoptr (TamisPca) pca = fit (values, 40, 10, 10);
  double scores[10];
  float row[10];

  g_assert_cmpuint (pca->n_components, ==, 10);
  for (guint i = 0; i < 40; i++)
    {
      tamis_pca_project (pca, values + i * 10, scores);
      tamis_pca_reconstruct (pca, scores, row);
      for (guint j = 0; j < 10; j++)
        assert_near (row[j], values[i * 10 + j], 1e-6);
    }
}

static void
test_cancel (void)
{
  g_autofree float *values = make_matrix (97, 300, 280, 5);
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TamisPcaParams params = { values, 280, NULL, 300, 3, FALSE };

  g_cancellable_cancel (cancel);
  g_assert_null (tamis_pca_fit (&params, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/stats/pca/scores-are-scikits", test_scores_are_scikits);
  g_test_add_func ("/stats/pca/properties", test_properties);
  g_test_add_func ("/stats/pca/two-ways-agree", test_two_ways_agree);
  g_test_add_func ("/stats/pca/equal-eigenvalues", test_equal_eigenvalues);
  g_test_add_func ("/stats/pca/row-list", test_row_list);
  g_test_add_func ("/stats/pca/threads-change-nothing", test_threads_change_nothing);
  g_test_add_func ("/stats/pca/degenerate", test_degenerate);
  g_test_add_func ("/stats/pca/reconstruct", test_reconstruct);
  g_test_add_func ("/stats/pca/cancel", test_cancel);
  return g_test_run ();
}
