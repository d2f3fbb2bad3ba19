/* stats: the spline density, its CDF, quantile, moments, entropy and modes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"
#include "reference.h"

typedef struct
{
  const char *name;
  TamisSpline *spline;
} Case;

static TamisSpline *
make_spline (guint32 seed, gsize n, double skew, TamisStepRule rule, double step)
{
  g_autofree double *x = make_sample (seed, n, skew);
  TamisReason reason;
  TamisSpline *spline = tamis_spline_new (x, n, rule, step, &reason);

  g_assert_nonnull (spline);
  g_assert_cmpint (reason, ==, TAMIS_REASON_NONE);
  return spline;
}

static TamisSpline *
make_gappy (void)
{
  /* Two heaps far apart and a straggler: many empty classes, flat stretches of the CDF. */
  double x[201];
  guint32 seed = 9;
  TamisReason reason;

  for (guint i = 0; i < 200; i++)
    x[i] = lcg_bell (&seed) + (i % 2 ? 30.0 : 0.0);
  x[200] = 80.0;
  return tamis_spline_new (x, 201, TAMIS_STEP_FIXED, 0.7, &reason);
}

static GPtrArray *
make_cases (void)
{
  GPtrArray *cases = g_ptr_array_new_with_free_func ((GDestroyNotify) tamis_spline_unref);
  TamisReason reason;
  double two[] = { 3.0, 3.5 };

  g_ptr_array_add (cases, tamis_spline_new (two, 2, TAMIS_STEP_FREEDMAN_DIACONIS, 0, &reason));
  g_ptr_array_add (cases, make_spline (2, 30, 0.0, TAMIS_STEP_STURGES, 0));
  g_ptr_array_add (cases, make_spline (3, 700, 0.8, TAMIS_STEP_FREEDMAN_DIACONIS, 0));
  g_ptr_array_add (cases, make_spline (4, 5000, 2.0, TAMIS_STEP_SCOTT, 0));
  g_ptr_array_add (cases, make_spline (5, 300, 0.0, TAMIS_STEP_FIXED, 100.0)); /* one class */
  g_ptr_array_add (cases, make_spline (6, 300, 0.0, TAMIS_STEP_FIXED, 1e-9)); /* capped */
  g_ptr_array_add (cases, make_gappy ());
  return cases;
}

static void
test_grid_is_numpys (void)
{
  TamisStepRule rules[] = { TAMIS_STEP_FREEDMAN_DIACONIS, TAMIS_STEP_SCOTT, TAMIS_STEP_STURGES };
  guint next = 0;

  for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
    {
      g_autoptr (TamisSpline) spline = make_spline (21, 700, 0.8, rules[r], 0.0);
      const guint32 *counts = tamis_spline_get_counts (spline);
      guint n = tamis_spline_get_n_bins (spline);
      double first = tamis_spline_get_first_edge (spline);

      g_assert_cmpuint (n, ==, (guint) ref_grid[3 * r]);
      assert_near (first, ref_grid[3 * r + 1], 1e-14);
      assert_near (first + n * tamis_spline_get_step (spline), ref_grid[3 * r + 2], 1e-14);
      for (guint i = 0; i < n; i++)
        g_assert_cmpuint (counts[i], ==, (guint) ref_counts[next++]);
    }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (ref_counts));
}

/* The definition, one B-spline at a time. */
static double
density_by_definition (TamisSpline *spline, double t)
{
  double h = tamis_spline_get_step (spline), sum = 0.0;

  for (guint i = 0; i < tamis_spline_get_n_bins (spline); i++)
    {
      double centre = tamis_spline_get_first_edge (spline) + (i + 0.5) * h;
      double u = 2.0 * (t - centre) / h, b = 0.0;

      if (u >= -3.0 && u <= -1.0)
        b = (3.0 + u) * (3.0 + u) / 8.0;
      else if (u > -1.0 && u < 1.0)
        b = 0.75 - u * u / 4.0;
      else if (u >= 1.0 && u <= 3.0)
        b = (3.0 - u) * (3.0 - u) / 8.0;
      sum += tamis_spline_get_counts (spline)[i] / (double) tamis_spline_get_n (spline) * b;
    }
  return sum / h;
}

static void
test_density_is_the_papers (void)
{
  g_autoptr (GPtrArray) cases = make_cases ();

  for (guint c = 0; c < cases->len; c++)
    {
      TamisSpline *spline = g_ptr_array_index (cases, c);
      double low, high;

      tamis_spline_get_support (spline, &low, &high);
      for (int i = -20; i <= 320; i++)
        {
          double t = low + (high - low) * i / 300.0, f = tamis_spline_density (spline, t);

          assert_near (f, density_by_definition (spline, t), 1e-9);
          g_assert_cmpfloat (f, >=, 0.0);
        }
      g_assert_cmpfloat (tamis_spline_density (spline, low - 1.0), ==, 0.0);
      g_assert_cmpfloat (tamis_spline_log_density (spline, low - 1.0), ==, TAMIS_LOG_DENSITY_MIN);
    }
}

/* Integral of density × (t - about)^power: Simpson is exact for the parabola times up to t. For
 * the square the pieces are quartics: Boole's rule, exact to degree 5. */
static double
integrate (TamisSpline *spline, double about, int power)
{
  double h = tamis_spline_get_step (spline), first = tamis_spline_get_first_edge (spline);
  double w[5] = { 7, 32, 12, 32, 7 }, sum = 0.0;

  for (guint k = 0; k < tamis_spline_get_n_bins (spline) + 2; k++)
    for (int i = 0; i < 5; i++)
      {
        double t = first + (k - 1.0 + i / 4.0) * h;

        sum += w[i] / 90.0 * h * tamis_spline_density (spline, t) * pow (t - about, power);
      }
  return sum;
}

static void
test_moments_are_exact (void)
{
  g_autoptr (GPtrArray) cases = make_cases ();

  for (guint c = 0; c < cases->len; c++)
    {
      TamisSpline *spline = g_ptr_array_index (cases, c);
      double mean = tamis_spline_get_mean (spline);

      assert_near (integrate (spline, 0.0, 0), 1.0, 1e-11);
      assert_near (integrate (spline, 0.0, 1), mean, 1e-11);
      assert_near (integrate (spline, mean, 2), tamis_spline_get_variance (spline), 1e-10);
    }
}

static void
test_cdf_is_the_integral (void)
{
  g_autoptr (GPtrArray) cases = make_cases ();

  for (guint c = 0; c < cases->len; c++)
    {
      TamisSpline *spline = g_ptr_array_index (cases, c);
      double h = tamis_spline_get_step (spline), low, high, before = 0.0, simpson = 0.0;
      guint n = 8 * (tamis_spline_get_n_bins (spline) + 2);

      tamis_spline_get_support (spline, &low, &high);
      g_assert_cmpfloat (tamis_spline_cdf (spline, low - h), ==, 0.0);
      g_assert_cmpfloat (tamis_spline_cdf (spline, low - 1e-9 * h), ==, 0.0);
      g_assert_cmpfloat (tamis_spline_cdf (spline, high + 1e-9 * h), ==, 1.0);
      for (guint i = 1; i < n; i++)
        {
          double t = low + h * i / 8.0, value = tamis_spline_cdf (spline, t);

          simpson += h / 48.0
                     * (tamis_spline_density (spline, t - h / 8)
                        + 4 * tamis_spline_density (spline, t - h / 16)
                        + tamis_spline_density (spline, t));
          g_assert_cmpfloat (value, >=, before);
          g_assert_cmpfloat (value, >, 0.0);
          g_assert_cmpfloat (value, <, 1.0);
          assert_near (value, simpson, 1e-10);
          before = value;
        }
    }
}

static void
test_quantile_inverts_the_cdf (void)
{
  g_autoptr (GPtrArray) cases = make_cases ();

  for (guint c = 0; c < cases->len; c++)
    {
      TamisSpline *spline = g_ptr_array_index (cases, c);
      double h = tamis_spline_get_step (spline), low, high, before = -G_MAXDOUBLE;
      guint tested = 0;

      tamis_spline_get_support (spline, &low, &high);
      for (int i = 1; i < 4000; i++)
        {
          double t = low + (high - low) * i / 4000.0;
          double f = tamis_spline_density (spline, t);
          double back = tamis_spline_quantile (spline, tamis_spline_cdf (spline, t));

          if (f * h < 1e-5) /* ε / (h f) is what a double of the CDF leaves of t */
            continue;
          tested++;
          g_assert_cmpfloat_with_epsilon (back, t, 1e-10 * h + 1e-14 * fabs (t));
        }
      g_assert_cmpuint (tested, >, 100);
      for (int i = 0; i <= 1000; i++)
        {
          double p = i / 1000.0, t = tamis_spline_quantile (spline, p);

          g_assert_cmpfloat (t, >=, before);
          g_assert_cmpfloat (t, >=, low - 1e-12);
          g_assert_cmpfloat (t, <=, high + 1e-12 * fabs (high));
          g_assert_cmpfloat_with_epsilon (tamis_spline_cdf (spline, t), p, 1e-12);
          before = t;
        }
      g_assert_true (isfinite (tamis_spline_quantile (spline, NAN)));
    }
}

static void
test_entropy_is_the_integral (void)
{
  g_autoptr (GPtrArray) cases = make_cases ();

  for (guint c = 0; c < cases->len; c++)
    {
      TamisSpline *spline = g_ptr_array_index (cases, c);
      double h = tamis_spline_get_step (spline), low, high, sum = 0.0;
      guint per_class = tamis_spline_get_n_bins (spline) > 1000 ? 60 : 3000;
      guint n = per_class * (tamis_spline_get_n_bins (spline) + 2);

      tamis_spline_get_support (spline, &low, &high);
      for (guint i = 0; i < n; i++)
        {
          double f = tamis_spline_density (spline, low + (high - low) * (i + 0.5) / n);

          sum -= f > 0.0 ? f * log (f) * h / per_class : 0.0;
        }
      assert_near (tamis_spline_get_entropy (spline), sum, per_class == 60 ? 3e-4 : 3e-7);
    }
}

/* Stretching by s adds ln s, exactly. */
static void
test_entropy_of_a_stretched_set (void)
{
  g_autofree double *x = make_sample (7, 400, 0.5);
  g_autoptr (TamisSpline) one = NULL;
  g_autoptr (TamisSpline) stretched = NULL;
  TamisReason reason;

  one = tamis_spline_new (x, 400, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0, &reason);
  for (guint i = 0; i < 400; i++)
    x[i] *= 8.0;
  stretched = tamis_spline_new (x, 400, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0, &reason);
  assert_near (tamis_spline_get_entropy (stretched), tamis_spline_get_entropy (one) + log (8.0),
               1e-13);
}

static guint
count_modes (const double *x, gsize n)
{
  TamisReason reason;
  g_autoptr (TamisSpline) spline
    = tamis_spline_new (x, n, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0, &reason);
  g_autofree TamisMode *modes = NULL;
  guint n_modes = tamis_spline_get_modes (spline, &modes);

  for (guint i = 1; i < n_modes; i++)
    g_assert_cmpfloat (modes[i].position, >, modes[i - 1].position);
  return n_modes;
}

/* A flat, a bell-shaped, a heavy-tailed and a skewed variable, none with a second mode. */
static double
draw (TamisRandom *random, guint kind)
{
  double x = tamis_random_normal (random);

  switch (kind)
    {
    case 0:
      return tamis_random_uniform (random);
    case 1:
      return x;
    case 2:
      return x * fabs (x);
    default:
      return exp (x);
    }
}

/* Noise makes no modes: the limit is passed by one flat sample in a hundred. */
static void
test_modes_of_noise (void)
{
  gsize sizes[] = { 5, 20, 100, 600, 4000 };

  for (guint kind = 0; kind < 4; kind++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        guint more = 0;

        for (guint seed = 0; seed < 200; seed++)
          {
            g_autofree double *x = g_new (double, sizes[s]);
            TamisRandom random;

            tamis_random_init (&random, seed);
            for (gsize i = 0; i < sizes[s]; i++)
              x[i] = draw (&random, kind);
            more += count_modes (x, sizes[s]) > 1;
          }
        g_test_message ("kind %u, n = %zu: %u of 200 with a second mode", kind, sizes[s], more);
        g_assert_cmpuint (more, <=, 4);
      }
}

static void
test_modes_of_a_mixture (void)
{
  guint both = 0;

  for (guint k = 1; k <= 4; k++)
    {
      g_autofree double *x = g_new (double, 2000);
      TamisRandom random;

      tamis_random_init (&random, k);
      for (guint i = 0; i < 2000; i++)
        x[i] = tamis_random_normal (&random) + 6.0 * (i % k);
      g_assert_cmpuint (count_modes (x, 2000), ==, k);
    }
  /* Four standard deviations apart, the fewer a third: 2,000 images are enough to tell. */
  for (guint seed = 0; seed < 20; seed++)
    {
      double x[2000];
      TamisRandom random;

      tamis_random_init (&random, seed);
      for (guint i = 0; i < 2000; i++)
        x[i] = tamis_random_normal (&random) + (i % 3 == 0 ? 4.0 : 0.0);
      both += count_modes (x, 2000) == 2;
    }
  g_test_message ("both modes found in %u of 20", both);
  g_assert_cmpuint (both, ==, 20);
}

static void
test_mode_is_where_the_density_is_highest (void)
{
  g_autoptr (TamisSpline) spline = make_spline (8, 2000, 0.3, TAMIS_STEP_STURGES, 0.0);
  g_autofree TamisMode *modes = NULL;
  double low, high;

  g_assert_cmpuint (tamis_spline_get_modes (spline, &modes), ==, 1);
  tamis_spline_get_support (spline, &low, &high);
  for (int i = 0; i < 10000; i++)
    g_assert_cmpfloat (tamis_spline_density (spline, low + (high - low) * i / 10000.0), <=,
                       modes[0].density * (1 + 1e-12));
  assert_near (tamis_spline_density (spline, modes[0].position), modes[0].density, 1e-12);
}

static void
test_no_spline (void)
{
  double equal[] = { 2.0, 2.0, 2.0 }, broken[] = { 1.0, NAN }, huge[] = { -1e308, 1e308 };
  double rounding[] = { 1.0, nextafter (1.0, 2.0) }, far[] = { 0.0, 1e-12, 2e-12, 1.0 };
  TamisReason reason;
  g_autoptr (TamisSpline) capped = NULL;

  g_assert_null (tamis_spline_new (equal, 0, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_null (tamis_spline_new (equal, 1, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_null (tamis_spline_new (equal, 3, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_CONSTANT);
  g_assert_null (tamis_spline_new (rounding, 2, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_CONSTANT);
  g_assert_null (tamis_spline_new (broken, 2, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_NOT_FINITE);
  g_assert_null (tamis_spline_new (huge, 2, TAMIS_STEP_SCOTT, 0.0, &reason));
  g_assert_cmpint (reason, ==, TAMIS_REASON_NOT_FINITE);
  capped = tamis_spline_new (far, 4, TAMIS_STEP_FIXED, 1e-300, &reason);
  g_assert_cmpuint (tamis_spline_get_n_bins (capped), ==, TAMIS_SPLINE_MAX_BINS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/spline/grid-is-numpys", test_grid_is_numpys);
  g_test_add_func ("/stats/spline/density-is-the-papers", test_density_is_the_papers);
  g_test_add_func ("/stats/spline/moments-are-exact", test_moments_are_exact);
  g_test_add_func ("/stats/spline/cdf-is-the-integral", test_cdf_is_the_integral);
  g_test_add_func ("/stats/spline/quantile-inverts-the-cdf", test_quantile_inverts_the_cdf);
  g_test_add_func ("/stats/spline/entropy-is-the-integral", test_entropy_is_the_integral);
  g_test_add_func ("/stats/spline/entropy-of-a-stretched-set", test_entropy_of_a_stretched_set);
  g_test_add_func ("/stats/spline/modes-of-noise", test_modes_of_noise);
  g_test_add_func ("/stats/spline/modes-of-a-mixture", test_modes_of_a_mixture);
  g_test_add_func ("/stats/spline/mode-is-the-highest",
                   test_mode_is_where_the_density_is_highest);
  g_test_add_func ("/stats/spline/none", test_no_spline);
  return g_test_run ();
}
