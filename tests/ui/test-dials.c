/* ui: what a person does with plots and numbers: saving a chart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-chart.h"
#include "tamis-plot-save.h"
#include "tamis-resources.h"
#include "tamis-textures.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tamis/tamis.h>

#define WAIT_SECONDS 120

/* Runs the main loop until @condition holds. */
#define WAIT_FOR(condition)                                                                         \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    gint64 deadline = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;                      \
    while (!(condition))                                                                            \
      {                                                                                             \
        g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                     \
        if (!g_main_context_iteration (NULL, FALSE))                                                \
          g_usleep (1000);                                                                          \
      }                                                                                             \
  }                                                                                                 \
  G_STMT_END

static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 300 * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

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

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  tamis_init (2);
  adw_init ();
  g_resources_register (tamis_get_resource ());
  g_test_add_func ("/dials/save/formats", test_saves_each_format);
  g_test_add_func ("/dials/save/chart", test_chart_menu_and_toast);
  status = g_test_run ();
  tamis_textures_shutdown ();
  return status;
}
