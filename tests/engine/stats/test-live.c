/* stats: agreement with SciPy and scikit-learn as installed here; skips where they are not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"

#include <glib/gstdio.h>

static void
put_list (GString *json, const char *name, const double *x, gsize n)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, "\"%s\":[", name);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (json, "%s%s", i > 0 ? "," : "",
                            g_ascii_dtostr (number, sizeof number, x[i]));
  g_string_append (json, "],");
}

static void
put_number (GString *json, const char *name, double x)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, "\"%s\":%s,", name, g_ascii_dtostr (number, sizeof number, x));
}

/* Replaces the comma after the last entry. */
static void
close_with (GString *json, const char *end)
{
  g_string_truncate (json, json->len - 1);
  g_string_append (json, end);
}

static void
put_samples (GString *json)
{
  gsize sizes[] = { 4, 50, 900, 3000 };
  double kurtosis[4];

  g_string_append (json, "\"samples\":[");
  for (guint i = 0; i < 4; i++)
    {
      g_autofree double *x = make_sample (200 + i, sizes[i], 0.4 * i);
      g_autoptr (GString) list = g_string_new (NULL);

      kurtosis[i] = tamis_kurtosis (x, sizes[i]).value;
      put_list (list, "", x, sizes[i]);
      g_string_append (json, list->str + strlen ("\"\":"));
    }
  close_with (json, "],");
  put_list (json, "kurtosis", kurtosis, 4);
}

static void
put_theil (GString *json)
{
  g_string_append (json, "\"theil\":[");
  for (guint n = 3; n < 300; n = n * 2 + 1)
    {
      g_autofree double *x = make_sample (300 + n, n, 0.2);
      g_autofree double *y = make_sample (400 + n, n, 0.9);
      TamisTheilLine line;

      for (guint i = 0; i < n && n % 4 == 3; i++)
        x[i] = rint (x[i] * 5); /* ties */
      line = tamis_theil_fit (x, y, n);
      g_string_append_c (json, '{');
      put_list (json, "x", x, n);
      put_list (json, "y", y, n);
      put_number (json, "slope", line.slope);
      put_number (json, "intercept", line.intercept);
      put_number (json, "low", line.slope_low);
      put_number (json, "high", line.slope_high);
      close_with (json, "},");
    }
  close_with (json, "],");
}

static void
put_pca (GString *json)
{
  guint sizes[][2] = { { 500, 20 }, { 40, 300 }, { 400, 280 }, { 270, 300 } };

  g_string_append (json, "\"pca\":[");
  for (guint s = 0; s < 4; s++)
    {
      guint n = sizes[s][0], d = sizes[s][1];
      g_autofree float *values = make_matrix (500 + s, n, d, 12);
      g_autofree double *wide = g_new (double, n * d);
      TamisPcaParams params = { values, d, NULL, n, 3, FALSE };
      g_autoptr (TamisPca) pca = tamis_pca_fit (&params, NULL, NULL);

      for (guint i = 0; i < n * d; i++)
        wide[i] = values[i];
      g_string_append_printf (json, "{\"n\":%u,\"d\":%u,", n, d);
      put_list (json, "values", wide, n * d);
      put_list (json, "scores", pca->scores, 3 * n);
      put_list (json, "variance", pca->variance, 3);
      close_with (json, "},");
    }
  close_with (json, "],");
}

static void
put_spline (GString *json)
{
  g_autofree double *x = make_sample (202, 900, 0.8);
  TamisReason reason;
  g_autoptr (TamisSpline) spline
    = tamis_spline_new (x, 900, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0, &reason);
  guint n = tamis_spline_get_n_bins (spline);
  double h = tamis_spline_get_step (spline), first = tamis_spline_get_first_edge (spline);
  g_autofree double *counts = g_new (double, n);
  g_autofree double *cdf = g_new (double, n + 3);

  for (guint i = 0; i < n; i++)
    counts[i] = tamis_spline_get_counts (spline)[i];
  for (guint i = 0; i < n + 3; i++)
    cdf[i] = tamis_spline_cdf (spline, first + (i - 1.0) * h);
  g_string_append (json, "\"spline\":{");
  put_list (json, "counts", counts, n);
  put_list (json, "cdf", cdf, n + 3);
  put_number (json, "step", h);
  put_number (json, "first_edge", first);
  put_number (json, "mean", tamis_spline_get_mean (spline));
  put_number (json, "variance", tamis_spline_get_variance (spline));
  put_number (json, "entropy", tamis_spline_get_entropy (spline));
  close_with (json, "},");
}

/* The CDF at draws of the CDF's inverse: uniform, if both are right. */
static void
put_draws (GString *json)
{
  enum { N = 1000, K = 2 };
  g_autofree float *values = make_matrix (600, 300, 16, 8);
  TamisPcaParams set = { values, 16, NULL, 300, 0, FALSE };
  TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
  g_autoptr (TamisGenerator) generator = NULL;
  double scores[N * K], cdf[N];

  params.n_components = K;
  generator = tamis_generator_new (&set, &params, NULL, NULL);
  g_string_append (json, "\"draws\":[");
  for (guint64 seed = 1; seed <= 10; seed++)
    {
      const TamisDistribution *model = tamis_generator_get_distribution (generator);

      tamis_generator_draw (generator, seed, 0, N, scores, NULL);
      for (guint i = 0; i < N; i++)
        cdf[i] = tamis_spline_cdf (model->components[seed % K].spline, scores[i * K + seed % K]);
      g_string_append_c (json, '{');
      put_list (json, "cdf", cdf, N);
      close_with (json, "},");
    }
  close_with (json, "],");
}

static void
test_live (void)
{
  const char *python = "/usr/bin/python3";
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "engine", "stats", "live.py", NULL);
  g_autofree char *path = NULL, *out = NULL, *err = NULL;
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  const char *argv[] = { python, script, NULL, NULL };
  int fd, status = 0;

  if (!g_file_test (python, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("no /usr/bin/python3");
      return;
    }
  put_samples (json);
  put_theil (json);
  put_pca (json);
  put_spline (json);
  put_draws (json);
  close_with (json, "}");
  fd = g_file_open_tmp ("tamis-stats-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, json->str, json->len, NULL));
  argv[2] = path;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                               &status, &error));
  g_unlink (path);
  g_test_message ("%s%s", out, err);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("NumPy, SciPy or scikit-learn is not installed");
  else
    g_assert_true (g_spawn_check_wait_status (status, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/stats/live", test_live);
  return g_test_run ();
}
