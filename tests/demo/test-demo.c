/* The demo set: the same for the same seed, true to its truth.csv, careful with folders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <demo/demo.h>
#include <glib/gstdio.h>
#include <string.h>
#include <tamis/base.h>
#include <tamis/image.h>

/* ---- folders ---- */

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("tamis-demo-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? count_files (path) : 1;
    }
  return n;
}

/* ---- truth.csv ---- */

enum
{
  PATH,
  CLASS,
  TERRAIN,
  STRIP,
  FRAME,
  KIND,
  ORIGINAL,
  OVERLAP,
  N_COLUMNS
};

static char **
split_record (const char *line)
{
  GPtrArray *fields = g_ptr_array_new ();
  g_autoptr (GString) field = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *p = line; *p != '\0'; p++)
    if (*p == '"')
      quoted = !quoted;
    else if (*p == ',' && !quoted)
      {
        g_ptr_array_add (fields, g_strdup (field->str));
        g_string_truncate (field, 0);
      }
    else
      g_string_append_c (field, *p);
  g_ptr_array_add (fields, g_strdup (field->str));
  g_ptr_array_add (fields, NULL);
  return (char **)g_ptr_array_free (fields, FALSE);
}

/* Records by path. */
static GHashTable *
read_truth (const char *folder)
{
  GHashTable *records
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_strfreev);
  g_autofree char *path = g_build_filename (folder, TAMIS_DEMO_TRUTH, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[0], ==, TAMIS_DEMO_COLUMNS);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      char **record = split_record (lines[i]);

      g_assert_cmpuint (g_strv_length (record), ==, N_COLUMNS);
      g_assert_true (g_hash_table_insert (records, record[PATH], record));
    }
  return records;
}

static void
draw (const char *folder, guint images, guint64 seed)
{
  TamisDemoParams params = { seed, images };
  g_autoptr (GError) error = NULL;

  tamis_demo_draw (folder, &params, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
read_file (const char *folder, const char *name, char **data, gsize *length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_get_contents (path, data, length, NULL));
}

/* ---- tests ---- */

static void
test_same_for_any_threads (void)
{
  g_autofree char *one = make_folder ();
  g_autofree char *three = make_folder ();
  g_autoptr (GHashTable) records = NULL;
  GHashTableIter iter;
  gpointer name;

  tamis_init (1);
  draw (one, 60, 5);
  tamis_init (3);
  draw (three, 60, 5);
  records = read_truth (one);
  g_hash_table_iter_init (&iter, records);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *a = NULL, *b = NULL;
      gsize n, m;

      read_file (one, name, &a, &n);
      read_file (three, name, &b, &m);
      g_assert_cmpmem (a, n, b, m);
    }
  remove_folder (one);
  remove_folder (three);
}

/* A frame's size, but for what was cropped. */
static void
check_size (const char *folder, char **record)
{
  g_autofree char *path = g_build_filename (folder, record[PATH], NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) image = tamis_image_load (path, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true ((image->width < 256) == g_str_equal (record[KIND], "cropped"));
  g_assert_cmpint (image->width, >=, 230);
  g_assert_cmpint (image->height, >=, 172);
}

static void
check_record (const char *folder, GHashTable *records, char **record)
{
  gboolean is_frame = g_str_equal (record[KIND], "frame");
  double overlap = g_ascii_strtod (record[OVERLAP], NULL);
  g_autofree char *prefix = g_strconcat (record[CLASS], "/", NULL);
  g_autofree char *data = NULL, *other = NULL;
  char **original;
  gsize n, m;

  g_assert_true (g_str_has_prefix (record[PATH], prefix));
  g_assert_cmpfloat (overlap, >=, 0.0);
  g_assert_cmpfloat (overlap, <=, 1.0);
  read_file (folder, record[PATH], &data, &n);
  check_size (folder, record);
  if (is_frame)
    {
      g_assert_cmpstr (record[ORIGINAL], ==, "");
      /* A strip has its frames one behind the other, the first without a neighbour. */
      if (g_str_equal (record[FRAME], "0"))
        g_assert_cmpfloat (overlap, ==, 0.0);
      else
        g_assert_cmpfloat (overlap, >, 0.5);
      return;
    }
  original = g_hash_table_lookup (records, record[ORIGINAL]);
  g_assert_nonnull (original);
  g_assert_cmpstr (original[KIND], ==, "frame");
  g_assert_cmpstr (original[TERRAIN], ==, record[TERRAIN]);
  g_assert_cmpstr (original[FRAME], ==, record[FRAME]);
  g_assert_cmpfloat (overlap, >, 0.8);
  read_file (folder, record[ORIGINAL], &other, &m);
  g_assert_true ((n == m && memcmp (data, other, n) == 0) == g_str_equal (record[KIND], "copy"));
}

static void
test_true_to_truth (void)
{
  static const char *const kinds[] = { "frame", "reencoded", "cropped", "brightened", "copy" };
  g_autofree char *folder = make_folder ();
  g_autoptr (GHashTable) records = NULL;
  g_autoptr (GHashTable) classes = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer value;
  guint seen[G_N_ELEMENTS (kinds)] = { 0 };

  draw (folder, 240, 2);
  records = read_truth (folder);
  g_assert_cmpuint (g_hash_table_size (records), ==, 240);
  g_assert_cmpuint (count_files (folder), ==, 241);
  g_hash_table_iter_init (&iter, records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      char **record = value;

      check_record (folder, records, record);
      g_hash_table_add (classes, record[CLASS]);
      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        seen[i] += g_str_equal (record[KIND], kinds[i]);
    }
  g_assert_cmpuint (g_hash_table_size (classes), >=, 8);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (seen[i], >, 0);
  remove_folder (folder);
}

static void
test_small_sets (void)
{
  for (guint n = 1; n <= 13; n += 3)
    {
      g_autofree char *folder = make_folder ();

      draw (folder, n, 1);
      g_assert_cmpuint (count_files (folder), ==, n + 1);
      remove_folder (folder);
    }
}

static void
test_careful_with_folders (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *foreign = g_build_filename (folder, "mine.txt", NULL);
  TamisDemoParams params = { 1, 12 }, other = { 2, 12 };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (foreign, "mine", 4, NULL));
  g_assert_false (tamis_demo_draw (folder, &params, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpuint (count_files (folder), ==, 1);
  g_clear_error (&error);
  g_unlink (foreign);

  draw (folder, 12, 1);
  draw (folder, 12, 1); /* the same again is welcome */
  g_assert_false (tamis_demo_draw (folder, &other, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (tamis_demo_draw ("/proc/tamis/demo", &params, NULL, NULL, &error));
  g_assert_nonnull (error);
  remove_folder (folder);
}

static gpointer
cancel_soon (gpointer cancel)
{
  g_usleep (60 * 1000);
  g_cancellable_cancel (cancel);
  return NULL;
}

static void
test_cancel_and_complete (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  g_autoptr (GError) error = NULL;
  TamisDemoParams params = { 9, 150 };
  TamisProgressState state;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancel);

  g_assert_false (tamis_demo_draw (folder, &params, progress, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpuint (count_files (folder), <, 151);

  draw (folder, 150, 9);
  g_assert_cmpuint (count_files (folder), ==, 151);
  tamis_progress_read (progress, &state);
  g_assert_cmpint (state.stage, ==, TAMIS_STAGE_DRAW);
  g_assert_cmpuint (state.total, ==, 150);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/demo/same-for-any-threads", test_same_for_any_threads);
  g_test_add_func ("/demo/true-to-truth", test_true_to_truth);
  g_test_add_func ("/demo/small-sets", test_small_sets);
  g_test_add_func ("/demo/careful-with-folders", test_careful_with_folders);
  g_test_add_func ("/demo/cancel-and-complete", test_cancel_and_complete);
  return g_test_run ();
}
