/* stats: before and after removal, on the fixed basis and refitted; the random control.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"

#include "engine/stats/class-set.h"

#define N_CLASSES 9
#define DIMENSION 24
#define N_FIGURES 3

/* Sizes that make every kind of degenerate class; class 5 is constant, class 6 has rank 1. */
static const guint sizes[N_CLASSES] = { 300, 1, 2, 3, 5, 40, 60, 150, 220 };

typedef struct
{
  float *values;
  TamisRange ranges[N_CLASSES];
  TamisClassSet set;
  guint8 *kept;
} Fixture;

static void
set_up (Fixture *self)
{
  guint n = 0;
  guint32 seed = 5;

  for (guint c = 0; c < N_CLASSES; c++)
    {
      self->ranges[c] = (TamisRange){ n, sizes[c] };
      n += sizes[c];
    }
  self->values = g_new (float, n * DIMENSION);
  self->kept = g_new (guint8, n);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      g_autofree float *rows = make_matrix (100 + c, sizes[c], DIMENSION, c == 6 ? 1 : 10);

      for (guint i = 0; c == 5 && i < sizes[c]; i++)
        memcpy (rows + i * DIMENSION, rows, DIMENSION * sizeof *rows);
      memcpy (self->values + self->ranges[c].first * DIMENSION, rows,
              sizes[c] * DIMENSION * sizeof *rows);
    }
  for (guint i = 0; i < n; i++)
    self->kept[i] = lcg_uniform (&seed) < 0.6;
  self->set = (TamisClassSet){ self->values, DIMENSION, n, N_CLASSES, self->ranges };
}

static void
tear_down (Fixture *self)
{
  g_free (self->values);
  g_free (self->kept);
}

static TamisRemovalBasis *
make_basis (const Fixture *self)
{
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  GError *error = NULL;
  TamisRemovalBasis *basis
    = _tamis_removal_basis_new (&self->set, &params, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return basis;
}

static TamisRemovalStats *
make_stats (TamisRemovalBasis *basis, const guint8 *kept, TamisBasis which)
{
  GError *error = NULL;
  TamisRemovalStats *stats = tamis_removal_stats_new (basis, kept, which, NULL, NULL, &error);

  g_assert_no_error (error);
  return stats;
}

static void
assert_same_figure (TamisFigure a, TamisFigure b, double tolerance)
{
  g_assert_cmpint (a.reason, ==, b.reason);
  g_assert_true (isfinite (a.value));
  assert_near (a.value, b.value, tolerance);
  if (a.reason != TAMIS_REASON_NONE)
    g_assert_cmpfloat (a.value, ==, 0.0);
}

static void
test_fixed_equals_its_definition (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisRemovalStats) stats = NULL;
  TamisFigure kurtosis[N_CLASSES * N_FIGURES];
  TamisTheilLine lines[N_FIGURES];

  set_up (&f);
  basis = make_basis (&f);
  stats = make_stats (basis, f.kept, TAMIS_BASIS_FIXED);
  tamis_removal_fixed_kurtosis (basis, f.kept, kurtosis, lines);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      const TamisPca *pca = tamis_removal_basis_get_before (basis, c)->pca;

      for (guint k = 0; k < N_FIGURES; k++)
        {
          g_autofree double *x = g_new (double, sizes[c]);
          TamisFigure expected = { 0.0, pca->reason };
          guint n = 0;

          for (guint i = 0; i < sizes[c] && k < pca->n_components; i++)
            if (f.kept[f.ranges[c].first + i])
              x[n++] = pca->scores[k * pca->n + i];
          if (k < pca->n_components)
            expected = tamis_kurtosis (x, n);
          assert_same_figure (stats->classes[c].kurtosis_after[k], expected, 1e-12);
          assert_same_figure (kurtosis[c * N_FIGURES + k], expected, 1e-9);
        }
    }
  for (guint k = 0; k < N_FIGURES; k++)
    {
      g_assert_cmpint (lines[k].n, ==, stats->lines[k].n);
      assert_near (lines[k].slope, stats->lines[k].slope, 1e-9);
      assert_near (lines[k].intercept, stats->lines[k].intercept, 1e-9);
    }
  tear_down (&f);
}

/* Power sums where they are worst: what stays lies close together, far from the centre. */
static void
test_fixed_keeps_its_digits (void)
{
  guint n = 5000;
  g_autofree float *values = make_matrix (3, n, 4, 4);
  g_autofree guint8 *kept = g_new0 (guint8, n);
  TamisRange range = { 0, n };
  TamisClassSet set = { values, 4, n, 1, &range };
  Fixture f = { .set = set };
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisRemovalStats) stats = NULL;
  TamisFigure kurtosis[N_FIGURES];
  TamisTheilLine lines[N_FIGURES];

  for (guint i = 0; i < 8; i++)
    {
      for (guint j = 0; j < 4; j++)
        values[i * 4 + j] = 1000.0f + 0.01f * i * i * (j + 1);
      kept[i] = 1;
    }
  basis = make_basis (&f);
  stats = make_stats (basis, kept, TAMIS_BASIS_FIXED);
  tamis_removal_fixed_kurtosis (basis, kept, kurtosis, lines);
  for (guint k = 0; k < N_FIGURES; k++)
    assert_same_figure (kurtosis[k], stats->classes[0].kurtosis_after[k], 1e-9);
}

static void
test_refit_equals_a_fresh_fit (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisRemovalStats) stats = NULL;
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;

  set_up (&f);
  basis = make_basis (&f);
  stats = make_stats (basis, f.kept, TAMIS_BASIS_REFITTED);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      const TamisClassRemoval *got = &stats->classes[c];
      g_autofree float *rows = g_new (float, sizes[c] * DIMENSION);
      g_autoptr (TamisDistribution) fresh = NULL;
      TamisPcaParams set = { rows, DIMENSION, NULL, 0, 0, FALSE };

      for (guint i = f.ranges[c].first; i < f.ranges[c].first + sizes[c]; i++)
        if (f.kept[i])
          memcpy (rows + DIMENSION * set.n++, f.values + i * DIMENSION,
                  DIMENSION * sizeof *rows);
      fresh = tamis_distribution_new (&set, &params, NULL, NULL);
      g_assert_cmpuint (got->before, ==, sizes[c]);
      g_assert_cmpuint (got->after, ==, set.n);
      for (guint k = 0; k < N_FIGURES; k++)
        {
          assert_same_figure (got->kurtosis_after[k], fresh->components[k].kurtosis, 1e-12);
          assert_same_figure (got->entropy_after[k], fresh->components[k].entropy, 1e-12);
          assert_same_figure (got->unit_entropy_after[k], fresh->components[k].unit_entropy,
                              1e-12);
        }
    }
  tear_down (&f);
}

static void
test_nothing_removed_changes_nothing (void)
{
  TamisBasis both[] = { TAMIS_BASIS_FIXED, TAMIS_BASIS_REFITTED };
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;

  set_up (&f);
  basis = make_basis (&f);
  memset (f.kept, 1, f.set.n_images);
  for (guint b = 0; b < 2; b++)
    {
      g_autoptr (TamisRemovalStats) stats = make_stats (basis, f.kept, both[b]);

      for (guint c = 0; c < N_CLASSES; c++)
        for (guint k = 0; k < N_FIGURES; k++)
          {
            const TamisClassRemoval *s = &stats->classes[c];

            assert_same_figure (s->kurtosis_after[k], s->kurtosis_before[k], 0.0);
            assert_same_figure (s->entropy_after[k], s->entropy_before[k], 0.0);
          }
      for (guint k = 0; k < N_FIGURES; k++)
        {
          assert_near (stats->lines[k].slope, 1.0, 1e-12);
          g_assert_cmpfloat (stats->entropy_change[k].value, ==, 0.0);
        }
    }
  tear_down (&f);
}

/* From everything to nothing, no figure is a NaN and each that is missing says why. */
static void
test_every_amount_of_removal (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;

  set_up (&f);
  basis = make_basis (&f);
  for (guint left = 0; left <= 6; left++)
    {
      g_autoptr (TamisRemovalStats) stats = NULL;

      memset (f.kept, 0, f.set.n_images);
      for (guint c = 0; c < N_CLASSES; c++)
        for (guint i = 0; i < MIN (left, sizes[c]); i++)
          f.kept[f.ranges[c].first + i] = 1;
      stats = make_stats (basis, f.kept, TAMIS_BASIS_REFITTED);
      for (guint c = 0; c < N_CLASSES; c++)
        for (guint k = 0; k < N_FIGURES; k++)
          {
            const TamisClassRemoval *s = &stats->classes[c];
            TamisFigure all[] = { s->kurtosis_before[k],     s->kurtosis_after[k],
                                  s->entropy_before[k],      s->entropy_after[k],
                                  s->unit_entropy_before[k], s->unit_entropy_after[k] };

            for (guint i = 0; i < G_N_ELEMENTS (all); i++)
              assert_same_figure (all[i], all[i], 0.0);
            if (left < 4)
              g_assert_cmpint (s->after == s->before || s->kurtosis_after[k].reason, !=, 0);
          }
    }
  tear_down (&f);
}

static void
test_threads_change_nothing (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisRemovalStats) one = NULL;
  g_autoptr (TamisControl) control_one = NULL;
  TamisControlParams params = { 7, 3, TAMIS_BASIS_REFITTED };
  guint after[N_CLASSES];

  set_up (&f);
  for (guint c = 0; c < N_CLASSES; c++)
    after[c] = sizes[c] / 2;
  tamis_init (1);
  basis = make_basis (&f);
  one = make_stats (basis, f.kept, TAMIS_BASIS_REFITTED);
  control_one = tamis_control_new (basis, after, &params, NULL, NULL, NULL);
  for (guint threads = 2; threads <= 4; threads++)
    {
      g_autoptr (TamisRemovalBasis) basis_many = NULL;
      g_autoptr (TamisRemovalStats) many = NULL;
      g_autoptr (TamisControl) control_many = NULL;

      tamis_init (threads);
      basis_many = make_basis (&f);
      many = make_stats (basis_many, f.kept, TAMIS_BASIS_REFITTED);
      control_many = tamis_control_new (basis_many, after, &params, NULL, NULL, NULL);
      for (guint c = 0; c < N_CLASSES; c++)
        for (guint k = 0; k < N_FIGURES; k++)
          {
            g_assert_cmpfloat (one->classes[c].kurtosis_after[k].value, ==,
                               many->classes[c].kurtosis_after[k].value);
            g_assert_cmpfloat (one->classes[c].entropy_after[k].value, ==,
                               many->classes[c].entropy_after[k].value);
            g_assert_cmpfloat (control_one->classes[c].kurtosis[k].median, ==,
                               control_many->classes[c].kurtosis[k].median);
          }
      for (guint k = 0; k < N_FIGURES; k++)
        g_assert_cmpfloat (control_one->slopes[k].high, ==, control_many->slopes[k].high);
    }
  tamis_init (1);
  tear_down (&f);
}

/* A removal that is random itself lies inside the band about nine times in ten. */
static void
test_control_band_holds_chance (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisControl) control = NULL;
  TamisControlParams params = { 60, 1, TAMIS_BASIS_FIXED };
  guint after[N_CLASSES] = { 0 };
  guint inside = 0, trials = 0;

  set_up (&f);
  basis = make_basis (&f);
  for (guint c = 0; c < N_CLASSES; c++)
    after[c] = (sizes[c] + 1) / 2;
  control = tamis_control_new (basis, after, &params, NULL, NULL, NULL);
  for (guint seed = 100; seed < 150; seed++)
    {
      TamisControlParams single = { 1, seed, TAMIS_BASIS_FIXED };
      g_autoptr (TamisControl) draw = tamis_control_new (basis, after, &single, NULL, NULL, NULL);

      for (guint k = 0; k < N_FIGURES; k++)
        {
          TamisBand band = control->classes[0].kurtosis[k];
          double x = draw->classes[0].kurtosis[k].median;

          g_assert_cmpint (band.reason, ==, TAMIS_REASON_NONE);
          g_assert_cmpfloat (band.low, <=, band.median);
          g_assert_cmpfloat (band.median, <=, band.high);
          inside += x >= band.low && x <= band.high;
          trials++;
        }
    }
  g_test_message ("%u of %u inside the band", inside, trials);
  g_assert_cmpuint (inside * 100, >, trials * 80);
  g_assert_cmpint (control->classes[1].kurtosis[0].reason, ==, TAMIS_REASON_TOO_FEW);
  tear_down (&f);
}

static void
test_control_of_no_removal (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisControl) control = NULL;
  TamisControlParams params = TAMIS_CONTROL_PARAMS_INIT;

  set_up (&f);
  basis = make_basis (&f);
  control = tamis_control_new (basis, sizes, &params, NULL, NULL, NULL);
  for (guint k = 0; k < N_FIGURES; k++)
    {
      g_assert_cmpfloat (control->slopes[k].low, ==, 1.0);
      g_assert_cmpfloat (control->slopes[k].high, ==, 1.0);
      g_assert_cmpfloat (control->classes[0].entropy_change[k].high, ==, 0.0);
    }
  tear_down (&f);
}

static void
test_cancel (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisControlParams control_params = TAMIS_CONTROL_PARAMS_INIT;
  GError *error = NULL;

  set_up (&f);
  basis = make_basis (&f);
  g_cancellable_cancel (cancel);
  g_assert_null (
    tamis_removal_stats_new (basis, f.kept, TAMIS_BASIS_REFITTED, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (tamis_control_new (basis, sizes, &control_params, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (_tamis_removal_basis_new (&f.set, &params, NULL, NULL, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  tear_down (&f);
}

static void
test_progress_reaches_the_end (void)
{
  Fixture f;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autoptr (TamisRemovalStats) stats = NULL;
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  TamisProgressState state;

  set_up (&f);
  basis = make_basis (&f);
  stats = tamis_removal_stats_new (basis, f.kept, TAMIS_BASIS_FIXED, progress, NULL, NULL);
  tamis_progress_read (progress, &state);
  g_assert_cmpint (state.stage, ==, TAMIS_STAGE_STATISTICS);
  g_assert_cmpuint (state.done, ==, N_CLASSES);
  g_assert_cmpuint (state.total, ==, N_CLASSES);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/stats/removal/fixed-equals-its-definition", test_fixed_equals_its_definition);
  g_test_add_func ("/stats/removal/fixed-keeps-its-digits", test_fixed_keeps_its_digits);
  g_test_add_func ("/stats/removal/refit-equals-a-fresh-fit", test_refit_equals_a_fresh_fit);
  g_test_add_func ("/stats/removal/nothing-removed", test_nothing_removed_changes_nothing);
  g_test_add_func ("/stats/removal/every-amount", test_every_amount_of_removal);
  g_test_add_func ("/stats/removal/threads-change-nothing", test_threads_change_nothing);
  g_test_add_func ("/stats/removal/cancel", test_cancel);
  g_test_add_func ("/stats/removal/progress", test_progress_reaches_the_end);
  g_test_add_func ("/stats/control/band-holds-chance", test_control_band_holds_chance);
  g_test_add_func ("/stats/control/no-removal", test_control_of_no_removal);
  return g_test_run ();
}
