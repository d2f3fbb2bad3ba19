/* Documents: what a report is made of, in both forms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <report/document.h>
#include <string.h>
#include <tamis/image.h>

static void
draw_diagonal (gpointer data, cairo_t *cr, double width, double height, gboolean dark)
{
  int *n_draws = data;

  (*n_draws)++;
  cairo_set_source_rgb (cr, dark, dark, 0.5);
  cairo_move_to (cr, 0, height);
  cairo_line_to (cr, width, 0);
  cairo_stroke (cr);
}

static GBytes *
make_jpeg (const char *folder, int width, int height)
{
  g_autofree char *path = g_build_filename (folder, "picture.jpg", NULL);
  g_autoptr (TamisImage) image = tamis_image_new (width, height);
  char *data = NULL;
  gsize length = 0;

  for (int i = 0; i < 3 * width * height; i++)
    image->pixels[i] = i * 7;
  g_assert_true (tamis_image_save_jpeg (image, path, 80, NULL));
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_unlink (path);
  return g_bytes_new_take (data, length);
}

static void
add_table (Document *document, guint n_rows)
{
  const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_RIGHT, DOCUMENT_BAR };
  DocumentTable *table = document_add_table (document, 3, columns);

  document_table_add (table, "name");
  document_table_add (table, "count");
  document_table_add (table, "kept");
  for (guint i = 0; i < n_rows; i++)
    {
      document_table_add (table, "a <b> & \"c\"");
      document_table_take (table, g_strdup_printf ("%u", i));
      document_table_take (table, i == 0 ? NULL : g_strdup_printf ("%.3f", i / (double) n_rows));
    }
}

static Document *
make_document (const char *folder, int *n_draws)
{
  Document *document = document_new ();
  DocumentPlot plot = { g_strdup ("a <plot>"), 400, 200, draw_diagonal, n_draws, NULL };
  DocumentPair pair = { { make_jpeg (folder, 60, 40), 60, 40, g_strdup ("<gone>.jpg") },
                        { NULL, 0, 0, g_strdup ("stays.jpg") },
                        g_strdup ("0.9876") };
  DocumentPair same = { { make_jpeg (folder, 30, 90), 30, 90, g_strdup ("b") },
                        { make_jpeg (folder, 90, 30), 90, 30, g_strdup ("c") },
                        g_strdup ("0.9") };
  GArray *tiles, *pairs;

  document_add_text (document, DOCUMENT_TITLE, "Title <%s>", "x");
  document_add_text (document, DOCUMENT_NOTE, "note");
  tiles = document_add_tiles (document);
  document_tiles_add (tiles, "images", "%d", 12);
  document_add_text (document, DOCUMENT_HEADING, "Heading");
  document_add_text (document, DOCUMENT_TEXT, "Ukrainian: сито");
  add_table (document, 90);
  document_add_plot (document, &plot);
  pairs = document_add_pairs (document);
  g_array_append_val (pairs, pair);
  g_array_append_val (pairs, same);
  return document;
}

static void
test_html (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "r.html", NULL);
  g_autofree char *text = NULL;
  g_autoptr (Document) document = NULL;
  g_autoptr (GError) error = NULL;
  int n_draws = 0;

  document = make_document (folder, &n_draws);
  g_assert_true (document_write_html (document, "Tamis <test>", path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  /* Light and dark. */
  g_assert_cmpint (n_draws, ==, 2);
  g_assert_nonnull (strstr (text, "Title &lt;x&gt;"));
  g_assert_nonnull (strstr (text, "&lt;gone&gt;.jpg"));
  g_assert_null (strstr (text, "<gone>"));
  g_assert_null (strstr (text, "a <b>"));
  g_assert_nonnull (strstr (text, "no picture"));
  g_assert_nonnull (strstr (text, "prefers-color-scheme:dark"));
  /* Nothing outside the file is asked for. */
  g_assert_null (strstr (text, "http:"));
  g_assert_null (strstr (text, "https:"));
  g_assert_null (strstr (text, "<script"));
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_pdf (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "r.pdf", NULL);
  g_autofree char *data = NULL;
  g_autoptr (Document) document = NULL;
  g_autoptr (GError) error = NULL;
  int n_draws = 0;
  gsize length = 0;

  document = make_document (folder, &n_draws);
  g_assert_true (document_write_pdf (document, "Tamis <test>", path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_draws, ==, 1);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, 5, "%PDF-", 5);
  /* The pictures are in it as they came, not as pixels. */
  g_assert_nonnull (memmem (data, length, "/DCTDecode", strlen ("/DCTDecode")));
  /* 90 rows take more than one page. */
  g_assert_nonnull (memmem (data, length, "/Count 3", strlen ("/Count 3")));
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_not_writable (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-XXXXXX", NULL);
  g_autoptr (Document) document = NULL;
  g_autoptr (GError) error = NULL;
  int n_draws = 0;

  document = make_document (folder, &n_draws);
  g_assert_false (document_write_html (document, "t", "/nowhere/r.html", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (document_write_pdf (document, "t", "/nowhere/r.pdf", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/document/html", test_html);
  g_test_add_func ("/report/document/pdf", test_pdf);
  g_test_add_func ("/report/document/not-writable", test_not_writable);
  return g_test_run ();
}
