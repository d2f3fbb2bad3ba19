/* dataset: a folder of broken, hostile and odd files (shared/data/hostile).
 *
 * It ends, without a crash and within bounded memory; every image file is readable or listed with a
 * reason; and what PIL reads of the formats that Tamis reads, Tamis reads too, but for the files
 * named below. Where the two differ otherwise is printed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/csv.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* The largest legitimate image here has 81 million pixels (243 MB), and two workers run. */
#define MAX_PEAK_KIB (1200 * 1024)

/* PIL reads these and Tamis does not, on purpose. */
static const struct
{
  const char *path;
  const char *why;
} refused[] = {
  { "image_png/x_interlaced_chck.png", "wrong checksum of pixel data" },
  { "pngsuite/xcsn0g01.png", "wrong checksum of pixel data" },
  { "made/broken/bitrot_0.png", "damaged pixel data" },
  { "made/broken/bitrot_1.png", "damaged pixel data" },
  { "made/broken/bitrot_2.png", "damaged pixel data" },
  { "jpeg_decoder/crashtest__images__dc-predictor-overflow.jpg", "pixel data end early" },
  { "jpeg_decoder/crashtest__images__imagetestsuite__1cbb1bb37d62c44f67374cd451643dc4.jpg",
    "pixel data end early" },
  { "jpeg_decoder/crashtest__images__imagetestsuite__5482a54657765056f1a94116a8dbffe7.jpg",
    "damaged pixel data" },
  { "jpeg_decoder/crashtest__images__imagetestsuite__8e5e74dbf9b68a322fbb9512db837329.jpg",
    "pixel data end early" },
  { "image_rs/regression__tiff__clusterfuzz-testcase-minimized-fuzzer_script_tiff-"
    "5026894169374720.tif", "the JPEG inside ends early" },
  { "jpeg_decoder/reftest__images__progressive-missing-dc.jpg", "scans are missing" },
};

static char *hostile; /* shared/data/hostile */
static char *scratch;

static gboolean
run (const char *const *arguments)
{
  int status = -1;

  return g_spawn_sync (NULL, (char **) arguments, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                       &status, NULL)
         && status == 0;
}

static gboolean
make_copy (void)
{
  g_autofree char *from = g_strconcat (hostile, "/.", NULL);
  g_autofree char *zip = g_build_filename (hostile, "made", "names.zip", NULL);
  g_autofree char *names = g_build_filename (scratch, "names", NULL);
  const char *copy[] = { "cp", "-r", from, scratch, NULL };
  const char *writable[] = { "chmod", "-R", "u+rwX", scratch, NULL };
  const char *unpack[] = { "/usr/bin/python3", "-m", "zipfile", "-e", zip, names, NULL };

  if (!run (copy) || !run (writable))
    return FALSE;
  if (!run (unpack))
    g_test_message ("names.zip could not be unpacked");
  return TRUE;
}

static const char *
why_refused (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    if (strcmp (path, refused[i].path) == 0)
      return refused[i].why;
  return NULL;
}

static gboolean
is_read_format (const char *format)
{
  const char *const formats[] = { "PNG", "JPEG", "MPO", "WEBP", "TIFF", "BMP", "GIF", NULL };

  return g_strv_contains (formats, format);
}

/* One record of manifest.csv: path, bytes, status, format … */
static void
compare (const TamisCsv *csv, GHashTable *readable, GHashTable *unreadable)
{
  const char *path = _tamis_csv_field (csv, 0);
  const char *status = _tamis_csv_field (csv, 2);
  const char *format = _tamis_csv_field (csv, 3);
  const char *reason = g_hash_table_lookup (unreadable, path);
  gboolean ok = strcmp (status, "ok") == 0;

  if (g_hash_table_contains (readable, path))
    {
      if (!ok)
        g_test_message ("read here, \"%s\" for PIL: %s", status, path);
      g_assert_null (why_refused (path)); /* the list above is not to go stale */
    }
  else if (reason != NULL && ok && is_read_format (format))
    {
      if (why_refused (path) == NULL)
        g_error ("%s is read by PIL, here: %s", path, reason);
      g_test_message ("read by PIL, here \"%s\": %s", reason, path);
    }
}

static void
compare_with_pil (TamisDataset *set)
{
  g_autoptr (GHashTable) readable = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) unreadable = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *manifest = g_build_filename (hostile, "manifest.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (TamisCsv) csv = { 0 };
  g_autoptr (GError) error = NULL;
  gsize length;

  for (guint i = 0; i < tamis_dataset_get_n_images (set); i++)
    g_hash_table_add (readable, (gpointer) tamis_dataset_get_path (set, i));
  for (guint i = 0; i < tamis_dataset_get_n_unreadable (set); i++)
    {
      const TamisUnreadable *item = tamis_dataset_get_unreadable (set, i);

      g_hash_table_insert (unreadable, item->path, item->reason);
    }
  g_assert_true (g_file_get_contents (manifest, &text, &length, NULL));
  _tamis_csv_init (&csv, text, length);
  while (_tamis_csv_next (&csv, &error))
    compare (&csv, readable, unreadable);
  g_assert_no_error (error);
}

static void
test_hostile (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (TamisDataset) checked = NULL;
  struct rusage usage;
  guint n_listed;

  if (hostile == NULL || !g_file_test (hostile, G_FILE_TEST_IS_DIR) || !make_copy ())
    {
      g_test_skip ("the development image pack is not here");
      return;
    }
  set = tamis_dataset_open (scratch, NULL, NULL, &error);
  g_assert_no_error (error);
  n_listed = tamis_dataset_get_n_images (set) + tamis_dataset_get_n_unreadable (set);
  checked = tamis_dataset_check (set, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_dataset_get_n_images (checked)
                        + tamis_dataset_get_n_unreadable (checked), ==, n_listed);
  for (guint i = 0; i < tamis_dataset_get_n_unreadable (checked); i++)
    {
      const char *reason = tamis_dataset_get_unreadable (checked, i)->reason;

      g_assert_cmpuint (strlen (reason), >, 0);
      g_assert_true (g_utf8_validate (reason, -1, NULL));
      g_assert_null (strpbrk (reason, "\r\n"));
    }
  compare_with_pil (checked);
  getrusage (RUSAGE_SELF, &usage);
  g_test_message ("%u read, %u listed, peak %ld MiB", tamis_dataset_get_n_images (checked),
                  tamis_dataset_get_n_unreadable (checked), usage.ru_maxrss / 1024);
  g_assert_cmpint (usage.ru_maxrss, <, MAX_PEAK_KIB);
}

int
main (int argc, char **argv)
{
  const char *shared = g_getenv ("TAMIS_SHARED");
  int result;

  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  hostile = shared != NULL ? g_build_filename (shared, "data", "hostile", NULL) : NULL;
  scratch = g_dir_make_tmp ("tamis-hostile-XXXXXX", NULL);
  g_test_add_func ("/engine/dataset/hostile", test_hostile);
  result = g_test_run ();
  run ((const char *const[]){ "rm", "-rf", scratch, NULL });
  g_free (scratch);
  g_free (hostile);
  return result;
}
