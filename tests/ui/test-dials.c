/* ui: what a person does with plots and numbers: saving a chart, a T for a number of images,
 * the groups of a class.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-chart.h"
#include "tamis-groups-view.h"
#include "tamis-plot-save.h"
#include "tamis-sweep-window.h"
#include "tamis-textures.h"
#include "tamis-threshold-bar.h"
#include "tamis-threshold-chooser.h"
#include "ui-test.h"

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

/* ---- saving a chart ---- */

static const TamisPlotPoint points[] = { { 0, 1, "a" }, { 1, 2, "b" }, { 2, 0, "c" } };

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static char *
save (const char *path, GError **error)
{
  TamisPlotScatter plot = { .points = points, .n_points = 3, .selected = 1, .slope = NAN };
  TamisPlotPage page = { tamis_plot_scatter_draw, &plot, 300, 200, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tamis_plot_save_async (&page, path, keep_result, &result);
  /* The view goes on at once; what was asked for is what is written. */
  memset (&plot, 0, sizeof plot);
  WAIT_FOR (result != NULL);
  return tamis_plot_save_finish (result, error);
}

static void
test_saves_each_format (void)
{
  static const struct { const char *name, *start; } cases[]
      = { { "a.svg", "<?xml" }, { "a.pdf", "%PDF" }, { "a.PNG", "\x89PNG" }, { "plain", "<?xml" } };
  g_autofree char *folder = g_dir_make_tmp ("tamis-plots-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (folder, cases[i].name, NULL);
      g_autofree char *written = save (path, &error);
      g_autofree char *content = NULL;
      gsize size;

      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (written, &content, &size, NULL));
      g_assert_cmpuint (size, >, 1000);
      g_assert_true (g_str_has_prefix (content, cases[i].start));
      /* Vectors stay vectors. */
      if (g_str_has_suffix (written, ".svg"))
        {
          g_assert_nonnull (strstr (content, "<path"));
          g_assert_null (strstr (content, "data:image"));
        }
      if (i < 3)
        g_remove (written);
    }
  /* plain.svg was not asked about: it is not replaced. */
  {
    g_autofree char *path = g_build_filename (folder, "plain", NULL);
    g_autofree char *written = save (path, &error);

    g_assert_null (written);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_clear_error (&error);
  }
  {
    g_autofree char *path = g_build_filename (folder, "not there", "a.svg", NULL);
    g_autofree char *written = save (path, &error);

    g_assert_null (written);
    g_assert_nonnull (error);
  }
  {
    g_autofree char *path = g_build_filename (folder, "plain.svg", NULL);

    g_remove (path);
  }
  g_rmdir (folder);
}

static void
test_chart_menu_and_toast (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();
  TamisChart *chart = TAMIS_CHART (g_object_ref_sink (tamis_chart_new ()));
  TamisPlotScatter plot = { .points = points, .n_points = 3, .selected = 1, .slope = NAN };
  g_autofree char *folder = g_dir_make_tmp ("tamis-plots-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a<b.svg", NULL);

  gtk_window_set_default_size (GTK_WINDOW (window), 300, 200);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (chart));
  gtk_window_set_child (GTK_WINDOW (window), overlay);
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  /* Nothing to save: no menu. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (chart), "chart.menu", NULL));
  settle ();
  g_assert_null (find_labelled (GTK_WIDGET (chart), "Save Plot"));
  tamis_chart_set_plot (chart, tamis_plot_scatter_draw, &plot);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (chart), "chart.menu", NULL));
  WAIT_FOR (find_labelled (GTK_WIDGET (chart), "Save Plot…") != NULL);
  tamis_chart_save (chart, path);
  WAIT_FOR (find_labelled (overlay, "Wrote a<b.svg") != NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_remove (path);
  g_rmdir (folder);
  tamis_chart_save (chart, path);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (chart);
}

/* ---- a T for a number of images ---- */

#define N_CLASSES 3
#define N_IMAGES 24

static char *data_folder;

/* Scenes of four views each, which drift. */
static void
write_image (int class_index, int i)
{
  g_autoptr (TamisImage) image = tamis_image_new (64, 64);
  g_autofree char *name = g_strdup_printf ("%s/class%d/img%02d.png", data_folder, class_index, i);
  TamisRandom random;
  double a[3];

  tamis_random_init (&random, 50 * class_index + i / 4);
  for (int k = 0; k < 3; k++)
    a[k] = 1 + 6 * tamis_random_uniform (&random) + 0.08 * (i % 4);
  for (int p = 0; p < 64 * 64; p++)
    for (int c = 0; c < 3; c++)
      image->pixels[3 * p + c]
          = (guint8) (128 + 100 * sin (a[c] * (p % 64) / 32 + a[2 - c] * (p / 64) / 64.0));
  g_assert_true (tamis_image_save_png (image, name, NULL));
}

static void
make_data (void)
{
  data_folder = g_dir_make_tmp ("tamis-dials-XXXXXX", NULL);
  for (int c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", data_folder, c);

      g_mkdir (sub, 0700);
      for (int i = 0; i < N_IMAGES; i++)
        write_image (c, i);
    }
}

static void
remove_data (void)
{
  for (int c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", data_folder, c);

      for (int i = 0; i < N_IMAGES; i++)
        {
          g_autofree char *name = g_strdup_printf ("%s/img%02d.png", sub, i);

          g_remove (name);
        }
      g_rmdir (sub);
    }
  g_rmdir (data_folder);
  g_free (data_folder);
}

static TamisSession *
open_session (void)
{
  TamisSession *session = tamis_session_new ();

  forget_projects ();
  tamis_session_open (session, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  return session;
}

typedef struct
{
  guint times, wanted, kept;
  double threshold;
} Solution;

static void
note_solution (TamisSession *session, guint wanted, guint kept, double threshold, Solution *solution)
{
  *solution = (Solution){ solution->times + 1, wanted, kept, threshold };
}

static void
test_solves_for_a_number (void)
{
  TamisSession *session = open_session ();
  Solution solution = { 0 };
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  guint kept;

  g_signal_connect (session, "solved", G_CALLBACK (note_solution), &solution);
  for (int policy = TAMIS_POLICY_COVER; policy <= TAMIS_POLICY_LAST; policy++)
    {
      solution.times = 0;
      tamis_session_set_policy (session, policy);
      tamis_session_ask_kept (session, 40);
      WAIT_FOR (solution.times == 1);
      params.policy = policy;
      g_assert_cmpfloat (tamis_threshold_for_kept (tamis_session_get_dataset (session),
                                                   tamis_session_get_pairs (session), &params, 40,
                                                   &kept, NULL), ==, solution.threshold);
      g_assert_cmpuint (solution.wanted, ==, 40);
      g_assert_cmpuint (solution.kept, ==, kept);
      g_assert_cmpuint (solution.kept, >=, 40);
      g_assert_cmpfloat (tamis_session_get_threshold (session), ==, solution.threshold);
      WAIT_FOR (tamis_plan_get_threshold (tamis_session_get_plan (session)) == solution.threshold);
      g_assert_cmpuint (tamis_plan_get_n_kept (tamis_session_get_plan (session)), ==, solution.kept);
    }
  /* The hand on the slider is newer than the question. */
  solution.times = 0;
  tamis_session_ask_kept (session, 50);
  tamis_session_set_threshold (session, 0.99);
  settle ();
  g_assert_cmpuint (solution.times, ==, 0);
  g_assert_cmpfloat (tamis_session_get_threshold (session), ==, 0.99);
  tamis_session_ask_kept (session, 60);
  g_assert_finalize_object (session);
}

/* ---- a T of one class ---- */

/* The plan on screen, once it is one made with @params. */
static void
assert_plan_becomes (TamisSession *session, const TamisPlanParams *params)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);
  g_autoptr (TamisPlan) plan
      = tamis_plan_new (dataset, tamis_session_get_pairs (session), params, NULL);
  gsize n = tamis_dataset_get_n_images (dataset);

  WAIT_FOR (tamis_plan_count_class_thresholds (tamis_session_get_plan (session))
            == tamis_plan_count_class_thresholds (plan));
  settle ();
  g_assert_cmpmem (tamis_plan_get_kept_flags (tamis_session_get_plan (session)), n,
                   tamis_plan_get_kept_flags (plan), n);
}

static void
test_own_threshold (void)
{
  TamisSession *session = open_session ();
  double floor = tamis_session_get_floor (session);
  double own[N_CLASSES] = { -1, floor, -1 };
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  Solution solution = { 0 };

  g_assert_cmpuint (N_CLASSES, ==, 3);
  params.threshold = 0.99;
  params.class_thresholds = own;
  tamis_session_set_threshold (session, 0.99);
  tamis_session_set_class (session, 1);
  g_assert_false (tamis_session_moves_class (session));
  tamis_session_set_class_threshold (session, 1, 0.9);
  g_assert_true (tamis_session_moves_class (session));
  g_assert_cmpfloat (tamis_session_get_active_threshold (session), ==, 0.9);
  tamis_session_set_active_threshold (session, 0.0); /* as low as it goes, and no lower */
  g_assert_cmpfloat (tamis_session_get_class_threshold (session, 1), ==, floor);
  g_assert_cmpfloat (tamis_session_get_threshold (session), ==, 0.99);
  assert_plan_becomes (session, &params);

  /* So many images of the class whose T it is. */
  g_signal_connect (session, "solved", G_CALLBACK (note_solution), &solution);
  tamis_session_ask_kept (session, N_IMAGES - 1);
  WAIT_FOR (solution.times == 1);
  g_assert_cmpuint (solution.kept, >=, N_IMAGES - 1);
  g_assert_cmpuint (solution.kept, <=, N_IMAGES);
  own[1] = solution.threshold;
  assert_plan_becomes (session, &params);

  /* Another class in view, and the slider moves T of all again. */
  tamis_session_set_class (session, 0);
  g_assert_cmpfloat (tamis_session_get_active_threshold (session), ==, 0.99);
  tamis_session_set_class_thresholds (session, NULL);
  g_assert_cmpuint (tamis_session_get_n_class_thresholds (session), ==, 0);
  params.class_thresholds = NULL;
  assert_plan_becomes (session, &params);
  g_assert_finalize_object (session);
}

static void
test_minimum_of_a_class (void)
{
  TamisSession *session = open_session ();
  double floor = tamis_session_get_floor (session);
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autofree double *raised = NULL;

  params.threshold = floor;
  tamis_session_set_threshold (session, floor);
  tamis_session_set_minimum (session, N_IMAGES - 2);
  raised = tamis_class_thresholds_with_minimum (tamis_session_get_dataset (session),
                                                tamis_session_get_pairs (session), &params,
                                                N_IMAGES - 2, NULL);
  params.class_thresholds = raised;
  assert_plan_becomes (session, &params);
  g_assert_cmpuint (tamis_plan_count_class_thresholds (tamis_session_get_plan (session)), >, 0);
  for (guint c = 0; c < N_CLASSES; c++)
    g_assert_cmpuint (tamis_plan_get_class_kept (tamis_session_get_plan (session), c), >=,
                      N_IMAGES - 2);
  g_assert_finalize_object (session);
}

static GtkSpinButton *
spin_of (GtkWidget *chooser, const char *name)
{
  return GTK_SPIN_BUTTON (
      gtk_widget_get_template_child (chooser, TAMIS_TYPE_THRESHOLD_CHOOSER, name));
}

static void
click_labelled (GtkWidget *root, const char *text)
{
  GtkWidget *label;

  WAIT_FOR ((label = find_labelled (root, text)) != NULL);
  g_assert_true (gtk_widget_activate (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON)));
}

static void
test_chooser_says_what_it_found (void)
{
  TamisSession *session = open_session ();
  TamisStatistics *statistics = tamis_statistics_new (session);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *chooser = g_object_ref_sink (g_object_new (TAMIS_TYPE_THRESHOLD_CHOOSER, NULL));

  tamis_threshold_chooser_set_statistics (TAMIS_THRESHOLD_CHOOSER (chooser), statistics);
  gtk_window_set_child (GTK_WINDOW (window), chooser);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (find_labelled (chooser, "A sweep over T") != NULL);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (spin_of (chooser, "count")), ==,
                   tamis_plan_get_n_kept (tamis_session_get_plan (session)));
  gtk_spin_button_set_value (spin_of (chooser, "share"), 50);
  click_labelled (chooser, "Keep This Share");
  WAIT_FOR (find_labelled (chooser, "keeps 3") != NULL);
  settle ();
  g_assert_cmpuint (tamis_plan_get_n_kept (tamis_session_get_plan (session)), >=,
                    N_CLASSES * N_IMAGES / 2);
  g_assert_nonnull (find_labelled (chooser, "keeps 3"));
  tamis_session_set_threshold (session, 0.99);
  g_assert_null (find_labelled (chooser, "keeps 3"));
  gtk_spin_button_set_value (spin_of (chooser, "count"), 0);
  click_labelled (chooser, "Keep So Many");
  WAIT_FOR (find_labelled (chooser, "no lower T") != NULL);

  tamis_statistics_hold (statistics);
  WAIT_FOR (tamis_statistics_get_removal_basis (statistics) != NULL);
  tamis_statistics_ask_sweep (statistics);
  WAIT_FOR (tamis_statistics_is_current (statistics, TAMIS_STATISTICS_SWEEP));
  WAIT_FOR (find_labelled (chooser, "sweep suggests none") != NULL
            || find_labelled (chooser, "Suggested by the sweep") != NULL);
  if (find_labelled (chooser, "Suggested by the sweep") != NULL)
    {
      tamis_session_set_threshold (session, 0.99);
      click_labelled (chooser, "Use It");
      WAIT_FOR (tamis_session_get_threshold (session)
                == tamis_sweep_suggest (tamis_statistics_get_sweep (statistics),
                                        tamis_session_get_policy (session), -1).value);
    }
  tamis_statistics_release (statistics);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (chooser);
  g_assert_finalize_object (statistics);
  g_assert_finalize_object (session);
}

/* ---- a sweep as tables ---- */

static TamisSweep *
make_sweep (TamisSession *session)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisSweepParams sweep = TAMIS_SWEEP_PARAMS_INIT;
  TamisRemovalBasis *basis = tamis_removal_basis_new (dataset, tamis_session_get_latents (session),
                                                      &params, NULL, NULL, NULL);
  TamisSweep *made;

  sweep.n_steps = 10;
  made = tamis_sweep_new (basis, dataset, tamis_session_get_pairs (session), &sweep, NULL, NULL, NULL);
  tamis_removal_basis_unref (basis);
  return made;
}

/* Rows as in the paper: nothing removed, then T from high to low. The file has both policies. */
static void
test_sweep_as_tables (void)
{
  TamisSession *session = open_session ();
  TamisSweep *sweep = make_sweep (session);
  TamisSweepPoint *lowest = &sweep->points[TAMIS_POLICY_LAST][0];
  g_autofree char *kept = g_strdup_printf ("\t%u\t", lowest->kept);
  g_autofree char *csv = tamis_sweep_format_csv (sweep);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "tamis-dials-sweep.csv", NULL);
  g_autofree char *text = NULL, *written = NULL;
  g_auto (GStrv) lines = NULL, written_lines = NULL;
  TamisSweepWindow *window = tamis_sweep_window_new (NULL, sweep, TAMIS_POLICY_LAST);

  gtk_window_present (GTK_WINDOW (window));
  text = tamis_sweep_window_dup_text (window);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 1 + 10 + 1);
  g_assert_true (g_str_has_prefix (lines[1], "none\t72\t100.0 %\t"));
  g_assert_nonnull (strstr (lines[11], kept));
  tamis_sweep_free (sweep); /* another took its place: the window goes on */
  tamis_sweep_window_save (window, path);
  WAIT_FOR (find_labelled (GTK_WIDGET (window), "Wrote both policies") != NULL);
  g_assert_true (g_file_get_contents (path, &written, NULL, NULL));
  g_assert_cmpstr (written, ==, csv);
  written_lines = g_strsplit (written, "\n", -1);
  g_assert_cmpuint (g_strv_length (written_lines), ==, 1 + 2 * 10 * 3 + 1);
  g_assert_true (g_str_has_prefix (written_lines[31], "last,"));
  tamis_sweep_window_save (window, "/nowhere/at/all.csv");
  WAIT_FOR (find_labelled (GTK_WIDGET (window), "could not be written") != NULL);
  g_unlink (path);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (session);
}

/* ---- groups of a class ---- */

static void
test_groups_of_a_class (void)
{
  TamisSession *session = open_session ();
  TamisDataset *dataset = tamis_session_get_dataset (session);
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisRemovalBasis *basis = tamis_removal_basis_new (dataset, tamis_session_get_latents (session),
                                                      &params, NULL, NULL, NULL);
  g_autoptr (TamisKmeans) split
      = tamis_distribution_split (tamis_removal_basis_get_before (basis, 1), 0, 1, NULL);
  g_autofree char *first = g_strdup_printf ("Group 1: %u images", split->sizes[0]);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = g_object_ref_sink (g_object_new (TAMIS_TYPE_GROUPS_VIEW, NULL));

  gtk_window_set_child (GTK_WINDOW (window), view);
  tamis_groups_view_set_class (TAMIS_GROUPS_VIEW (view), basis, dataset, 0);
  gtk_window_present (GTK_WINDOW (window));
  /* Another class while the first is being split. */
  tamis_groups_view_set_class (TAMIS_GROUPS_VIEW (view), basis, dataset, 1);
  WAIT_FOR (find_labelled (view, "Group 2") != NULL);
  g_assert_nonnull (find_labelled (view, first));
  settle ();
  tamis_groups_view_set_class (TAMIS_GROUPS_VIEW (view), basis, dataset, 2);
  g_assert_null (find_labelled (view, "Group 1"));
  gtk_window_destroy (GTK_WINDOW (window)); /* while it works */
  WAIT_FOR (G_OBJECT (view)->ref_count == 1);
  g_assert_finalize_object (view);
  tamis_removal_basis_unref (basis);
  g_assert_finalize_object (session);
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  make_data ();
  g_test_add_func ("/dials/save/formats", test_saves_each_format);
  g_test_add_func ("/dials/save/chart", test_chart_menu_and_toast);
  g_test_add_func ("/dials/kept/solved", test_solves_for_a_number);
  g_test_add_func ("/dials/kept/chooser", test_chooser_says_what_it_found);
  g_test_add_func ("/dials/own/class", test_own_threshold);
  g_test_add_func ("/dials/own/minimum", test_minimum_of_a_class);
  g_test_add_func ("/dials/sweep/tables", test_sweep_as_tables);
  g_test_add_func ("/dials/groups/view", test_groups_of_a_class);
  status = run_ui_tests ();
  remove_data ();
  return status;
}
