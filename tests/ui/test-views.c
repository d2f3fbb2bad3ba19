/* ui: the statistics and the views that show them, in one process on a private display.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-chart.h"
#include "tamis-distributions-page.h"
#include "tamis-densities.h"
#include "tamis-generate-page.h"
#include "tamis-generation.h"
#include "tamis-kurtosis-page.h"
#include "tamis-density-plot.h"
#include "tamis-outliers-view.h"
#include "tamis-statistics-words.h"
#include "tamis-textures.h"
#include "tamis-window.h"
#include "ui-test.h"

/* ---- data sets: scenes that drift, so that near-duplicates are there at every T ---- */

#define N_CLASSES 4
#define N_IMAGES 24

static char *data_folder;   /* four classes */
static char *single_folder; /* one */

static void
write_image (const char *folder, int class_index, int i)
{
  g_autofree char *name = g_strdup_printf ("%s/class%d/img%d.png", folder, class_index, i);
  TamisRandom random;
  double a[6];

  tamis_random_init (&random, 50 * class_index + i / 4);
  for (int k = 0; k < 6; k++)
    a[k] = 1 + 6 * tamis_random_uniform (&random) + 0.08 * (i % 4);
  write_waves (name, 64, 64, a, 0);
}

static char *
make_data (int n_classes)
{
  char *folder = g_dir_make_tmp ("tamis-views-XXXXXX", NULL);

  for (int c = 0; c < n_classes; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", folder, c);

      g_mkdir (sub, 0700);
      for (int i = 0; i < N_IMAGES; i++)
        write_image (folder, c, i);
    }
  return folder;
}

static TamisSession *
open_session (const char *folder)
{
  TamisSession *session = tamis_session_new ();

  forget_projects ();
  tamis_session_open (session, folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  return session;
}

static void
wait_for_rest (TamisStatistics *statistics)
{
  WAIT_FOR (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_MOVING)
            && tamis_statistics_is_current (statistics, TAMIS_STATISTICS_RESTED)
            && tamis_statistics_is_current (statistics, TAMIS_STATISTICS_CONTROL)
            && tamis_statistics_is_current (statistics, TAMIS_STATISTICS_TABLE));
}

/* ---- statistics ---- */

static void
test_statistics_only_while_held (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);

  settle ();
  g_assert_null (tamis_statistics_get_removal_basis (statistics));
  tamis_statistics_hold (statistics);
  wait_for_rest (statistics);
  tamis_statistics_release (statistics);
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  settle ();
  settle ();
  g_assert_false (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_RESTED));
  /* A view that comes back finds what it missed. */
  tamis_statistics_hold (statistics);
  wait_for_rest (statistics);
  tamis_statistics_release (statistics);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_statistics_are_those_of_the_engine (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  TamisFigure kurtosis[N_CLASSES * TAMIS_REMOVAL_COMPONENTS];
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS];
  g_autoptr (TamisRemovalStats) refitted = NULL;
  const guint8 *kept;

  tamis_session_set_threshold (session, tamis_session_get_floor (session) + 0.05);
  tamis_statistics_hold (statistics);
  wait_for_rest (statistics);
  kept = tamis_plan_get_kept_flags (tamis_session_get_plan (session));
  tamis_removal_fixed_kurtosis (tamis_statistics_get_removal_basis (statistics), kept, kurtosis,
                                lines);
  for (int i = 0; i < N_CLASSES * TAMIS_REMOVAL_COMPONENTS; i++)
    g_assert_cmpfloat (tamis_statistics_get_moving (statistics)->kurtosis[i].value, ==,
                       kurtosis[i].value);
  g_assert_cmpint (tamis_statistics_get_rested (statistics)->basis, ==, TAMIS_BASIS_FIXED);
  g_assert_cmpfloat_with_epsilon (tamis_statistics_get_rested (statistics)->lines[0].slope,
                                  lines[0].slope, 1e-6);

  tamis_statistics_set_basis (statistics, TAMIS_BASIS_REFITTED);
  g_assert_false (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_RESTED));
  wait_for_rest (statistics);
  refitted = tamis_removal_stats_new (tamis_statistics_get_removal_basis (statistics), kept,
                                      TAMIS_BASIS_REFITTED, NULL, NULL, NULL);
  for (int k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    g_assert_cmpfloat (tamis_statistics_get_rested (statistics)->lines[k].slope, ==,
                       refitted->lines[k].slope);
  tamis_statistics_release (statistics);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_statistics_newest_wins (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  double floor = tamis_session_get_floor (session);
  double last = 0;

  tamis_statistics_hold (statistics);
  for (int i = 0; i < 200; i++)
    {
      last = floor + (1 - floor) * (i * 7 % 100) / 100.0;
      tamis_session_set_threshold (session, last);
      if (i % 50 == 49)
        settle ();
      if (i % 30 == 29)
        tamis_statistics_set_basis (statistics, i % 60 == 29 ? TAMIS_BASIS_REFITTED
                                                             : TAMIS_BASIS_FIXED);
      g_main_context_iteration (NULL, FALSE);
    }
  WAIT_FOR (tamis_plan_get_threshold (tamis_session_get_plan (session)) == last);
  wait_for_rest (statistics);
  g_assert_cmpfloat (tamis_statistics_get_moving (statistics)->threshold, ==, last);
  /* Gone while all of it works. */
  tamis_statistics_ask_sweep (statistics);
  tamis_session_set_threshold (session, floor);
  g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_statistics_sweep_and_settings (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  const TamisSweep *sweep;
  TamisRemoval removal;
  guint n;

  tamis_statistics_hold (statistics);
  tamis_statistics_ask_sweep (statistics); /* too early: no basis yet */
  g_assert_false (tamis_statistics_is_working (statistics, TAMIS_STATISTICS_SWEEP));
  wait_for_rest (statistics);
  tamis_statistics_ask_sweep (statistics);
  tamis_statistics_cancel_sweep (statistics);
  settle ();
  g_assert_null (tamis_statistics_get_sweep (statistics));
  tamis_statistics_ask_sweep (statistics);
  WAIT_FOR (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_SWEEP));
  sweep = tamis_statistics_get_sweep (statistics);
  g_assert_cmpuint (sweep->n_steps, ==, 50);
  for (guint i = 1; i < sweep->n_steps; i++)
    g_assert_cmpfloat (sweep->points[0][i].threshold, >, sweep->points[0][i - 1].threshold);
  g_assert_nonnull (tamis_statistics_get_table (statistics, &n));
  g_assert_cmpuint (n, >=, 3);

  /* Another T leaves table and sweep right; a verdict does not. */
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_rest (statistics);
  g_assert_true (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_SWEEP));
  removal = tamis_plan_get_removal (tamis_session_get_plan (session), 0);
  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_KEEP_BOTH);
  g_assert_false (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_SWEEP));
  WAIT_FOR (tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));
  wait_for_rest (statistics);
  tamis_session_set_policy (session, TAMIS_POLICY_LAST);
  g_assert_false (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_TABLE));
  wait_for_rest (statistics);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_statistics_another_data_set (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);

  tamis_statistics_hold (statistics);
  wait_for_rest (statistics);
  tamis_session_open (session, single_folder);
  WAIT_FOR (tamis_dataset_get_n_classes (tamis_session_get_dataset (session)) == 1
            && tamis_session_get_state (session) == TAMIS_SESSION_READY);
  wait_for_rest (statistics);
  g_assert_cmpuint (tamis_removal_basis_get_n_classes (
                        tamis_statistics_get_removal_basis (statistics)), ==, 1);
  g_assert_cmpint (tamis_statistics_get_rested (statistics)->lines[0].reason, ==,
                   TAMIS_REASON_TOO_FEW);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

/* ---- words ---- */

static void
test_words_of_slopes (void)
{
  TamisRemovalStats stats = { .n_classes = 9 };
  TamisControl control = { .n_classes = 9 };
  static const double slopes[] = { 0.95, 0.70, 0.40 };
  g_autofree char *mixed = NULL, *one = NULL, *none = NULL, *nothing = NULL;

  for (int k = 0; k < 3; k++)
    {
      stats.lines[k] = (TamisTheilLine){ .slope = slopes[k] };
      control.slopes[k] = (TamisBand){ .low = 0.9, .median = 0.95, .high = 1.0 };
    }
  mixed = tamis_words_slopes (&stats, &control, 5);
  g_assert_cmpstr (mixed, ==,
                   "PC2 and PC3 fall beyond chance. PC1 does not differ from random removal, so its "
                   "change says nothing about near-duplicates.");
  stats.lines[0].slope = 1.2;
  stats.lines[1].reason = stats.lines[2].reason = TAMIS_REASON_TOO_FEW;
  one = tamis_words_slopes (&stats, &control, 5);
  g_assert_cmpstr (one, ==, "PC1 rises against chance, where the paper says that it falls.");
  stats.lines[0].reason = TAMIS_REASON_TOO_FEW;
  none = tamis_words_slopes (&stats, &control, 5);
  g_assert_nonnull (strstr (none, "needs two classes"));
  nothing = tamis_words_slopes (&stats, &control, 0);
  g_assert_nonnull (strstr (nothing, "Nothing is removed"));
}

static void
test_words_of_entropy (void)
{
  TamisWordsEntropy entropy = { .before = { .value = 2 },
                                .after = { .value = 1.8 },
                                .unit_before = { .value = 1.2 },
                                .unit_after = { .value = 1.1 },
                                .unit_chance = { -0.2, -0.1, 0.0, TAMIS_REASON_NONE } };
  g_autofree char *falls = tamis_words_entropy (&entropy, 3);
  g_autofree char *few = NULL, *rises = NULL, *alike = NULL;

  g_assert_nonnull (strstr (falls, "falls here, although the paper says that it rises"));
  g_assert_nonnull (strstr (falls, "at random does the same"));
  entropy.after.value = 2.5;
  entropy.unit_after.value = 1.4;
  rises = tamis_words_entropy (&entropy, 3);
  g_assert_nonnull (strstr (rises, "rises, as the paper says"));
  g_assert_nonnull (strstr (rises, "more than chance"));
  entropy.after.reason = TAMIS_REASON_TOO_FEW;
  few = tamis_words_entropy (&entropy, 3);
  g_assert_nonnull (strstr (few, "Too few"));
  entropy.before.reason = entropy.after.reason = TAMIS_REASON_CONSTANT;
  alike = tamis_words_entropy (&entropy, 3);
  g_assert_nonnull (strstr (alike, "All images are alike"));
}

/* ---- widgets ---- */

static GtkWidget *
find_labelled (GtkWidget *widget, const char *text)
{
  if (gtk_widget_get_mapped (widget) && GTK_IS_LABEL (widget)
      && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_labelled (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
click_labelled (GtkWidget *root, const char *text)
{
  GtkWidget *label;

  WAIT_FOR ((label = find_labelled (root, text)) != NULL);
  g_assert_true (gtk_widget_activate (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON)));
}

static void
count_hover (TamisChart *chart, double x, double y, guint *count)
{
  (*count)++;
}

static void
test_chart_hosts_a_painter (void)
{
  GtkWidget *window = gtk_window_new ();
  TamisChart *chart = TAMIS_CHART (g_object_ref_sink (tamis_chart_new ()));
  TamisPlotPoint points[] = { { 0, 1, "a" }, { 1, 2, "b" }, { 2, 0, "c" } };
  TamisPlotScatter plot = { .points = points, .n_points = 3, .selected = 1, .slope = NAN };
  TamisPlotStyle style;
  TamisPlotView view;
  double x, y;
  guint count = 0;

  gtk_window_set_default_size (GTK_WINDOW (window), 300, 200);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (chart));
  tamis_chart_set_words (chart, "PC1", "y = x");
  gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "y = x");
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  tamis_chart_set_plot (chart, tamis_plot_scatter_draw, &plot);
  tamis_chart_set_readout (chart, 290, 5, "a name\n0.10 → 0.20");
  settle ();
  view = tamis_chart_get_view (chart, &style);
  g_assert_cmpfloat (view.width, >=, 300);
  tamis_plot_scatter_place (&plot, &view, 2, &x, &y);
  g_assert_cmpint (tamis_plot_scatter_point_at (&plot, &view, x, y), ==, 2);
  g_signal_connect (chart, "hovered", G_CALLBACK (count_hover), &count);
  g_signal_emit_by_name (chart, "hovered", 10.0, 10.0);
  g_assert_cmpuint (count, ==, 1);
  tamis_chart_set_plot (chart, NULL, NULL);
  settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (chart);
}

/* A page alone in a window; what it shows must not depend on the rest of the program. */
static GtkWidget *
show_alone (GtkWidget *page)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* Beside the sidebar in a window 900 wide. */
static void
assert_fits (GtkWidget *page)
{
  int minimum;

  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 900 - 214 - 12);
}

static GtkWidget *
find_chart (GtkWidget *widget)
{
  GtkWidget *found = TAMIS_IS_CHART (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_chart (child);
  return found;
}

/* A press on a point selects its class, the same press again all classes. */
static void
press_a_point (GtkWidget *page, TamisSession *session)
{
  GtkWidget *chart = find_chart (page);
  int width = gtk_widget_get_width (chart), height = gtk_widget_get_height (chart), i = 0;

  tamis_session_set_class (session, -1);
  for (; i < width * height && tamis_session_get_class (session) < 0; i += 5)
    g_signal_emit_by_name (chart, "pressed", (double) (i % width), (double) (i / width));
  g_assert_cmpint (tamis_session_get_class (session), >=, 0);
  i -= 5;
  g_signal_emit_by_name (chart, "hovered", (double) (i % width), (double) (i / width));
  g_signal_emit_by_name (chart, "pressed", (double) (i % width), (double) (i / width));
  g_assert_cmpint (tamis_session_get_class (session), ==, -1);
}

static void
test_kurtosis_page (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  GtkWidget *page = g_object_ref_sink (g_object_new (TAMIS_TYPE_KURTOSIS_PAGE, NULL));
  GtkWidget *window;

  tamis_kurtosis_page_set_statistics (TAMIS_KURTOSIS_PAGE (page), statistics);
  window = show_alone (page);
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_rest (statistics);
  settle ();
  g_assert_nonnull (find_labelled (page, "axes of all images"));
  tamis_session_set_class (session, 2);
  settle ();
  click_labelled (page, "Refitted");
  WAIT_FOR (tamis_statistics_get_basis (statistics) == TAMIS_BASIS_REFITTED);
  wait_for_rest (statistics);
  settle ();
  g_assert_nonnull (find_labelled (page, "axes refitted"));
  press_a_point (page, session);
  tamis_session_set_class (session, 2);
  click_labelled (page, "Sweep");
  WAIT_FOR (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_SWEEP));
  settle ();
  g_assert_nonnull (find_labelled (page, "class2"));
  assert_fits (page);
  /* Hidden, it lets go. */
  gtk_widget_set_visible (page, FALSE);
  tamis_session_set_threshold (session, 1.0);
  settle ();
  settle ();
  g_assert_false (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_RESTED));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_distributions_page (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  GtkWidget *page = g_object_ref_sink (g_object_new (TAMIS_TYPE_DISTRIBUTIONS_PAGE, NULL));
  GtkWidget *window, *rule;

  tamis_distributions_page_set_statistics (TAMIS_DISTRIBUTIONS_PAGE (page), statistics);
  window = show_alone (page);
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_rest (statistics);
  WAIT_FOR (find_labelled (page, "classes that lose images") != NULL);
  tamis_session_set_class (session, 1);
  WAIT_FOR (find_labelled (page, "Distribution of class1 along PC1") != NULL);
  WAIT_FOR (find_labelled (page, "step h") != NULL);
  click_labelled (page, "PC3");
  WAIT_FOR (find_labelled (page, "Distribution of class1 along PC3") != NULL);
  click_labelled (page, "Refitted");
  WAIT_FOR (find_labelled (page, "axes refitted") != NULL);
  rule = GTK_WIDGET (gtk_widget_get_template_child (page, TAMIS_TYPE_DISTRIBUTIONS_PAGE, "rule"));
  for (guint i = 0; i < 4; i++)
    {
      gtk_drop_down_set_selected (GTK_DROP_DOWN (rule), i);
      settle ();
    }
  assert_fits (page);
  tamis_session_set_threshold (session, 1.0);
  WAIT_FOR (find_labelled (page, "loses nothing") != NULL);
  tamis_session_set_class (session, -1);
  settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_densities_are_those_of_the_engine (void)
{
  TamisSession *session = open_session (data_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  TamisDensities *densities = tamis_densities_new (statistics);
  TamisClassRemoval figures;
  double fixed;

  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  tamis_densities_hold (densities);
  WAIT_FOR (tamis_densities_is_current (densities));
  WAIT_FOR (tamis_plan_get_threshold (tamis_session_get_plan (session))
                == tamis_session_get_floor (session)
            && tamis_densities_is_current (densities));
  for (int which = TAMIS_BASIS_FIXED; which <= TAMIS_BASIS_REFITTED; which++)
    {
      tamis_statistics_set_basis (statistics, which);
      WAIT_FOR (tamis_densities_is_current (densities));
      for (guint c = 0; c < N_CLASSES; c++)
        {
          const TamisClassDensity *density = tamis_densities_get (densities, c);

          g_assert_true (tamis_removal_class_stats (
              tamis_statistics_get_removal_basis (statistics),
              tamis_plan_get_kept_flags (tamis_session_get_plan (session)), c, which, &figures, NULL));
          for (int k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
            {
              g_assert_cmpfloat (density->before->components[k].entropy.value, ==,
                                 figures.entropy_before[k].value);
              g_assert_cmpfloat_with_epsilon (density->after->components[k].entropy.value,
                                              figures.entropy_after[k].value, 1e-9);
            }
        }
    }
  /* One class in scope: the others are not measured. A wider step has fewer classes. */
  tamis_session_set_class (session, 2);
  WAIT_FOR (tamis_densities_is_current (densities));
  g_assert_null (tamis_densities_get (densities, 0));
  fixed = 2 * tamis_spline_get_step (tamis_densities_get (densities, 2)->before->components[0].spline);
  tamis_densities_set_rule (densities, TAMIS_STEP_FIXED, fixed);
  WAIT_FOR (tamis_densities_is_current (densities));
  g_assert_cmpfloat (
      tamis_spline_get_step (tamis_densities_get (densities, 2)->before->components[0].spline), ==,
      fixed);
  g_assert_finalize_object (densities);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

static void
test_outliers_view (void)
{
  TamisSession *session = open_session (data_folder);
  GtkWidget *view = g_object_ref_sink (g_object_new (TAMIS_TYPE_OUTLIERS_VIEW, NULL));
  g_autofree char *target = g_build_filename (data_folder, "outliers.csv", NULL);
  g_autofree char *text = NULL;
  GtkWidget *window, *deficit;
  guint lines = 0;

  tamis_outliers_view_set_session (TAMIS_OUTLIERS_VIEW (view), session);
  window = show_alone (view);
  WAIT_FOR (find_labelled (view, "the least likely first") != NULL);
  assert_fits (view);
  deficit = GTK_WIDGET (gtk_widget_get_template_child (view, TAMIS_TYPE_OUTLIERS_VIEW, "deficit"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (deficit), 0);
  settle ();
  tamis_session_set_class (session, 1);
  settle ();
  tamis_outliers_view_save (TAMIS_OUTLIERS_VIEW (view), target);
  WAIT_FOR (find_labelled (view, "Wrote") != NULL);
  g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "path,class,log_density,deficit\nclass1/"));
  for (char *p = text; *p != '\0'; p++)
    lines += *p == '\n';
  /* The lines are those of the command line, which takes them from the same function. */
  {
    TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
    TamisDataset *dataset = tamis_session_get_dataset (session);
    g_autoptr (TamisOutliers) outliers = tamis_outliers_new (
        dataset, tamis_session_get_latents (session), &params, NULL, NULL, NULL);
    g_autofree char *all
        = tamis_outliers_format_csv (dataset, outliers->items, outliers->n, NULL, 0);
    const char *rest = all;
    g_auto (GStrv) listed = g_strsplit (text, "\n", -1);

    for (guint i = 0; listed[i] != NULL; i++)
      g_assert_nonnull (rest = strstr (rest, listed[i])); /* each after the one before */
  }
  /* Above the median of the class: no more than half of it. */
  g_assert_cmpuint (lines, >, 2);
  g_assert_cmpuint (lines, <=, 1 + N_IMAGES / 2);
  g_remove (target);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (view);
  g_assert_finalize_object (session);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* The status page of that title, on show or not. */
static GtkWidget *
find_page (GtkWidget *root, const char *title)
{
  GtkWidget *found = NULL;

  if (ADW_IS_STATUS_PAGE (root)
      && g_str_equal (adw_status_page_get_title (ADW_STATUS_PAGE (root)), title))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_page (child, title);
  return found;
}

static void
test_generate_page (void)
{
  TamisSession *session = open_session (data_folder);
  GtkWidget *page = g_object_ref_sink (g_object_new (TAMIS_TYPE_GENERATE_PAGE, NULL));
  g_autofree char *target = g_dir_make_tmp ("tamis-generated-XXXXXX", NULL);
  GtkWidget *window;

  tamis_generate_page_set_session (TAMIS_GENERATE_PAGE (page), session);
  window = show_alone (page);
  WAIT_FOR (find_labelled (page, "Choose a class") != NULL);
  tamis_session_set_class (session, 3);
  WAIT_FOR (find_labelled (page, "New images of class3") != NULL);
  WAIT_FOR (gtk_widget_get_child_visible (find_page (page, "Nothing drawn yet")));
  click_labelled (page, "Generate");
  WAIT_FOR (find_labelled (page, "generated 12") != NULL);
  g_assert_false (gtk_widget_get_child_visible (find_page (page, "Nothing drawn yet")));
  g_assert_nonnull (find_labelled (page, "fitted to 24 images"));
  assert_fits (page);
  tamis_generate_page_save (TAMIS_GENERATE_PAGE (page), target);
  WAIT_FOR (find_labelled (page, "Saved 12 images") != NULL);
  g_assert_cmpuint (count_files (target), ==, 12);
  /* Stopped by another class, and gone while it works. */
  click_labelled (page, "Generate");
  WAIT_FOR (find_labelled (page, "Stop") != NULL || find_labelled (page, "generated 12") != NULL);
  tamis_session_set_class (session, 0);
  g_assert_null (find_labelled (page, "generated 12"));
  g_assert_true (gtk_widget_get_child_visible (find_page (page, "Nothing drawn yet")));
  click_labelled (page, "Generate");
  WAIT_FOR (find_labelled (page, "Stop") != NULL || find_labelled (page, "generated 12") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (session);
  remove_tree (target);
}

/* The selected image and its pair stand at their scores, in the plot of their class alone. */
static void
test_selection_is_marked (void)
{
  TamisSession *session = open_session (data_folder);
  TamisDataset *dataset = tamis_session_get_dataset (session);
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  g_autoptr (GPtrArray) all = tamis_distributions_new (
      dataset, tamis_session_get_latents (session), &params, NULL, NULL, NULL);
  TamisDensityPlot plot = { { { 0 } } };
  TamisRemoval removal;
  TamisRange range;
  guint class_index, partner;

  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  WAIT_FOR (tamis_plan_get_n_removed (tamis_session_get_plan (session)) > 0);
  settle ();
  removal = tamis_plan_get_removal (tamis_session_get_plan (session), 0);
  class_index = tamis_dataset_get_class (dataset, removal.removed);
  range = tamis_dataset_get_class_range (dataset, class_index);
  tamis_session_set_selection (session, removal.removed, removal.witness);
  g_assert_cmpuint (tamis_session_get_selection (session, &partner), ==, removal.removed);
  g_assert_cmpuint (partner, ==, removal.witness);
  for (guint c = 0; c < N_CLASSES; c++)
    {
      const TamisDistribution *before = g_ptr_array_index (all, c);

      tamis_density_plot_mark (&plot, session, c, before->pca->scores + before->n);
      g_assert_cmpuint (plot.plot.n_rug, ==, c == class_index ? 2 : 0);
      if (c != class_index)
        continue;
      g_assert_cmpfloat (plot.plot.rug[0].t, ==,
                         before->pca->scores[before->n + removal.removed - range.first]);
      g_assert_cmpfloat (plot.plot.rug[1].t, ==,
                         before->pca->scores[before->n + removal.witness - range.first]);
      g_assert_false (plot.plot.rug[0].stays);
      g_assert_true (plot.plot.rug[1].stays);
      tamis_density_plot_mark (&plot, session, c, NULL);
      g_assert_cmpuint (plot.plot.n_rug, ==, 0);
    }
  tamis_session_open (session, single_folder); /* other rows: nothing is selected */
  WAIT_FOR (tamis_session_get_selection (session, &partner) == TAMIS_NO_WITNESS);
  tamis_density_plot_clear (&plot);
  g_assert_finalize_object (session);
}

static void
test_generation_is_repeatable (void)
{
  TamisSession *session = open_session (data_folder);
  TamisModel *model = tamis_session_get_model (session);
  TamisDataset *dataset = tamis_session_get_dataset (session);
  g_autoptr (TamisClassCodes) codes = tamis_class_codes_new (dataset, model, 1, NULL, NULL, NULL);
  TamisGenerationParams params = { 5, 1000, 7 };
  g_autoptr (TamisGeneration) a = tamis_generation_new (codes, model, &params, NULL, NULL);
  g_autoptr (TamisGeneration) b = tamis_generation_new (codes, model, &params, NULL, NULL);
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TamisRange range = tamis_dataset_get_class_range (dataset, 1);

  g_assert_cmpuint (codes->n, ==, N_IMAGES);
  g_assert_cmpuint (a->n_components, <, N_IMAGES);
  g_assert_cmpfloat_with_epsilon (a->explained, 1.0, 1e-6);
  for (guint i = 0; i < params.n; i++)
    {
      g_assert_cmpmem (a->images[i]->pixels, 3 * 64 * 64, b->images[i]->pixels, 3 * 64 * 64);
      g_assert_cmpuint (a->nearest[i], >=, range.first);
      g_assert_cmpuint (a->nearest[i], <, range.first + range.n);
    }
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_class_codes_new (dataset, model, 1, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_finalize_object (session);
}

static void
test_kurtosis_page_says_when_classes_are_too_few (void)
{
  TamisSession *session = open_session (single_folder);
  TamisStatistics *statistics = tamis_statistics_new (session);
  GtkWidget *page = g_object_ref_sink (g_object_new (TAMIS_TYPE_KURTOSIS_PAGE, NULL));
  GtkWidget *window;

  tamis_kurtosis_page_set_statistics (TAMIS_KURTOSIS_PAGE (page), statistics);
  window = show_alone (page);
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_rest (statistics);
  settle ();
  g_assert_nonnull (find_labelled (page, "needs two classes"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  data_folder = make_data (N_CLASSES);
  single_folder = make_data (1);
  g_test_add_func ("/views/statistics/only-while-held", test_statistics_only_while_held);
  g_test_add_func ("/views/statistics/those-of-the-engine", test_statistics_are_those_of_the_engine);
  g_test_add_func ("/views/statistics/newest-wins", test_statistics_newest_wins);
  g_test_add_func ("/views/statistics/sweep-and-settings", test_statistics_sweep_and_settings);
  g_test_add_func ("/views/statistics/another-data-set", test_statistics_another_data_set);
  g_test_add_func ("/views/words/slopes", test_words_of_slopes);
  g_test_add_func ("/views/words/entropy", test_words_of_entropy);
  g_test_add_func ("/views/chart/hosts-a-painter", test_chart_hosts_a_painter);
  g_test_add_func ("/views/kurtosis/page", test_kurtosis_page);
  g_test_add_func ("/views/kurtosis/too-few-classes",
                   test_kurtosis_page_says_when_classes_are_too_few);
  g_test_add_func ("/views/densities/those-of-the-engine", test_densities_are_those_of_the_engine);
  g_test_add_func ("/views/distributions/page", test_distributions_page);
  g_test_add_func ("/views/outliers/view", test_outliers_view);
  g_test_add_func ("/views/densities/selection", test_selection_is_marked);
  g_test_add_func ("/views/generate/repeatable", test_generation_is_repeatable);
  g_test_add_func ("/views/generate/page", test_generate_page);
  status = run_ui_tests ();
  remove_tree (data_folder);
  remove_tree (single_folder);
  g_free (data_folder);
  g_free (single_folder);
  return status;
}
