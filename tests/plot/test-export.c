/* Painters into files: all three formats exist, parse and have the size that was asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <plot/plot.h>
#include <string.h>

static const double counts[] = { 1, 5, 80, 20, 3, 1, 2, 9 };
static const TamisPlotHistogram histogram = {
  .bins = { 0.2, 1.0, G_N_ELEMENTS (counts), counts, 0.3 },
  .threshold = 0.8,
  .x_label = "similarity",
};
static const TamisPlotPage page = { tamis_plot_histogram_draw, &histogram, 300.0, 180.0, NULL };

static char *
export_as (const char *folder, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  TamisPlotFormat format;

  g_assert_true (tamis_plot_format_from_name (name, &format));
  tamis_plot_export (&page, path, format, &error);
  g_assert_no_error (error);
  return path;
}

static void
find_svg (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer data,
          GError **error)
{
  if (g_str_equal (element, "svg"))
    for (int i = 0; names[i] != NULL; i++)
      if (g_str_equal (names[i], "viewBox"))
        *(char **)data = g_strdup (values[i]);
}

static void
check_svg (const char *path)
{
  static const GMarkupParser parser = { .start_element = find_svg };
  g_autofree char *box = NULL, *text = NULL;
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &box, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_markup_parse_context_parse (context, text, length, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (box, ==, "0 0 300 180");
}

static void
test_three_formats (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-plot-XXXXXX", NULL);
  g_autofree char *png = export_as (folder, "a.png");
  g_autofree char *svg = export_as (folder, "a.SVG");
  g_autofree char *pdf = export_as (folder, "a.pdf");
  g_autofree char *data = NULL;
  cairo_surface_t *surface = cairo_image_surface_create_from_png (png);
  gsize length;

  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 600);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 360);
  cairo_surface_destroy (surface);
  check_svg (svg);
  g_assert_true (g_file_get_contents (pdf, &data, &length, NULL));
  g_assert_true (g_str_has_prefix (data, "%PDF-1."));
  g_assert_cmpmem (data + length - 6, 6, "%%EOF\n", 6);
  g_unlink (png);
  g_unlink (svg);
  g_unlink (pdf);
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* no temporary file was left */
}

static void
test_refusals (void)
{
  TamisPlotPage wrong = page;
  g_autoptr (GError) error = NULL;
  TamisPlotFormat format;

  g_assert_false (tamis_plot_format_from_name ("plot.txt", &format));
  g_assert_false (tamis_plot_export (&page, "/nowhere/at/all.png", TAMIS_PLOT_PNG, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  wrong.width = 0.0;
  g_assert_null (tamis_plot_export_bytes (&wrong, TAMIS_PLOT_SVG, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  wrong.width = 1e9;
  g_assert_null (tamis_plot_export_bytes (&wrong, TAMIS_PLOT_PNG, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/export/three-formats", test_three_formats);
  g_test_add_func ("/plot/export/refusals", test_refusals);
  return g_test_run ();
}
