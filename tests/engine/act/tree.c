/* A small data set for acting on.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tree.h"

#include "engine/export/export-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[TREE_FOLDERS] = { "field", "\xff\xfe", "deep/er/\xd0\xbb\xd1\x96\xd1\x81", "." };
static const mode_t modes[] = { 0644, 0600, 0444, 0755, 0640, 0400 };

static char *
kept_name (guint folder)
{
  return g_strdup_printf ("%s%sstays.png", strcmp (folders[folder], ".") != 0 ? folders[folder] : "",
                          strcmp (folders[folder], ".") != 0 ? "/" : "");
}

static char *
gone_name (guint i)
{
  static const char *const names[TREE_GONE]
      = { "1.png", "\"q\\uote\".png", "line\nbreak.png", "\xc3(.png", "sp ace.png", "%41.png" };
  guint folder = i / TREE_GONE;

  return g_strdup_printf ("%s%s%s", strcmp (folders[folder], ".") != 0 ? folders[folder] : "",
                          strcmp (folders[folder], ".") != 0 ? "/" : "", names[i % TREE_GONE]);
}

static void
draw (const char *root, const char *name, guint number, guint seed)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  gsize n = 3000 * number + 17;
  g_autofree guint8 *bytes = g_malloc (n);
  const struct timespec times[2] = { { 1600000000 + number, 5 }, { 1500000000 + number, 123456789 } };
  TamisRandom random;

  tamis_random_init (&random, seed * 1000 + number);
  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) tamis_random_next (&random);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, (char *) bytes, (gssize) n, NULL));
  g_assert_cmpint (g_chmod (path, modes[number % G_N_ELEMENTS (modes)]), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

void
tree_make (const char *root, guint seed)
{
  const struct timespec times[2] = { { 1400000000, 1 }, { 1450000000, 987654321 } };

  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      g_autofree char *name = gone_name (i);

      draw (root, name, i, seed);
    }
  for (guint f = 0; f < TREE_FOLDERS; f++)
    {
      g_autofree char *name = kept_name (f);
      g_autofree char *folder = g_build_filename (root, folders[f], NULL);

      draw (root, name, 100 + f, seed);
      g_assert_cmpint (utimensat (AT_FDCWD, folder, times, 0), ==, 0);
    }
}

static char *
hash_file (const char *root, const char *name, guint64 *bytes)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *text = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &text, &n, NULL));
  *bytes = n;
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) text, n);
}

TamisManifestRemoval
tree_describe (const char *root, guint i)
{
  guint folder = i / TREE_GONE;
  TamisManifestRemoval removal = { .similarity = 0.9 + i / 1000.0 };

  removal.path = gone_name (i);
  /* Now and then the witness stands in another folder. */
  removal.witness = kept_name (i % 5 == 0 ? (folder + 1) % TREE_FOLDERS : folder);
  removal.class_name = g_strdup (folders[folder]);
  removal.sha256 = hash_file (root, removal.path, &removal.bytes);
  removal.witness_sha256 = hash_file (root, removal.witness, &removal.witness_bytes);
  return removal;
}

void
tree_free_removal (TamisManifestRemoval *removal)
{
  g_free ((char *) removal->path);
  g_free ((char *) removal->witness);
  g_free ((char *) removal->class_name);
  g_free ((char *) removal->sha256);
  g_free ((char *) removal->witness_sha256);
}

static void
put_file (TamisWriter *writer, const char *path, guint64 bytes, const char *sha256)
{
  tamis_writer_print (writer, "\"path\":");
  _tamis_json_name (writer, path);
  tamis_writer_print (writer, ",\"bytes\":%" G_GUINT64_FORMAT ",\"sha256\":\"%s\"", bytes, sha256);
}

void
tree_write_removals (const char *root, const char *path, const TamisManifestRemoval *removals,
                     guint n)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  g_autoptr (GChecksum) id = _tamis_manifest_id_new (root);

  tamis_writer_print (writer, "{\"format\":\"tamis-manifest\",\"version\":1,\n\"root\":");
  _tamis_json_name (writer, root);
  tamis_writer_print (writer, ",\"removals\":[");
  for (guint i = 0; i < n; i++)
    {
      tamis_writer_print (writer, "%s\n{", i > 0 ? "," : "");
      put_file (writer, removals[i].path, removals[i].bytes, removals[i].sha256);
      tamis_writer_print (writer, ",\"class\":");
      _tamis_json_name (writer, removals[i].class_name);
      tamis_writer_print (writer, ",\"similarity\":");
      _tamis_put_number (writer, removals[i].similarity);
      tamis_writer_print (writer, ",\"witness\":{");
      put_file (writer, removals[i].witness, removals[i].witness_bytes, removals[i].witness_sha256);
      tamis_writer_print (writer, "}}");
      _tamis_manifest_id_add (id, &removals[i]);
    }
  tamis_writer_print (writer, "],\"id\":\"%s\"}\n", g_checksum_get_string (id));
  g_assert_true (tamis_writer_commit (writer, NULL));
}

void
tree_write_manifest (const char *root, const char *path)
{
  TamisManifestRemoval removals[TREE_REMOVALS];

  for (guint i = 0; i < TREE_REMOVALS; i++)
    removals[i] = tree_describe (root, i);
  tree_write_removals (root, path, removals, TREE_REMOVALS);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    tree_free_removal (&removals[i]);
}

static void
describe_below (const char *path, const char *shown, GPtrArray *lines)
{
  g_autoptr (GDir) dir = NULL;
  struct stat status;
  const char *name;

  g_assert_cmpint (lstat (path, &status), ==, 0);
  if (S_ISREG (status.st_mode))
    {
      guint64 bytes;
      g_autofree char *sha256 = hash_file ("/", path, &bytes);

      g_ptr_array_add (lines, g_strdup_printf ("%s %o %ld.%09ld %s", shown, status.st_mode,
                                               status.st_mtim.tv_sec, status.st_mtim.tv_nsec, sha256));
      return;
    }
  g_ptr_array_add (lines, g_strdup_printf ("%s %o %ld.%09ld", shown, status.st_mode,
                                           status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
  dir = S_ISDIR (status.st_mode) ? g_dir_open (path, 0, NULL) : NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *child_shown = g_build_filename (shown, name, NULL);

      describe_below (child, child_shown, lines);
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
tree_describe_all (const char *root)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  describe_below (root, "", lines);
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

void
tree_assert_same (const char *now, const char *before)
{
  g_auto (GStrv) lines = g_strsplit (now, "\n", -1), wanted = g_strsplit (before, "\n", -1);

  for (guint i = 0; lines[i] != NULL && wanted[i] != NULL; i++)
    g_assert_cmpstr (lines[i], ==, wanted[i]);
  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (wanted));
}

void
tree_remove (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      tree_remove (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}
