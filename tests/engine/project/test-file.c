/* project: the file itself: made, found again, copied, refused, damaged, full.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *set; /* a data set's folder */
  char *file;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = images_make_folder ("project");
  self->set = g_build_filename (self->folder, "set", NULL);
  self->file = g_build_filename (self->folder, "set.tamis", NULL);
  g_assert_cmpint (g_mkdir (self->set, 0777), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  images_remove (self->folder);
  g_free (self->folder);
  g_free (self->set);
  g_free (self->file);
}

static TamisProject *
open_project (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  TamisProject *project = tamis_project_open (self->file, self->set, &error);

  g_assert_no_error (error);
  return project;
}

static void
assert_refused (const char *path, TamisProjectError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before = 0, n_after = 0;

  g_file_get_contents (path, &before, &n_before, NULL);
  g_assert_null (tamis_project_open (path, "/tmp", &error));
  g_assert_error (error, TAMIS_PROJECT_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
  g_file_get_contents (path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
assert_setting (TamisProject *project, const char *key, const char *expected)
{
  g_autofree char *value = tamis_project_dup_setting (project, key);

  g_assert_cmpstr (value, ==, expected);
}

/* ---- tests ---- */

static void
test_settings (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (TamisProject) project = open_project (self);
      g_autofree char *number = g_strdup_printf ("%u", round);

      g_assert_true (tamis_project_is_project (self->file));
      g_assert_false (tamis_project_is_read_only (project));
      assert_setting (project, "threshold", round == 0 ? NULL : "0.97");
      assert_setting (project, "gone", NULL);
      if (round > 0)
        assert_setting (project, "round", round == 1 ? "0" : "1");
      tamis_project_set_setting (project, "threshold", "0.5");
      tamis_project_set_setting (project, "threshold", "0.97");
      tamis_project_set_setting (project, "round", number);
      tamis_project_set_setting (project, "gone", "here");
      tamis_project_set_setting (project, "gone", NULL);
      assert_setting (project, "threshold", "0.97");
      if (round == 1)
        g_assert_true (tamis_project_flush (project, NULL, &error));
      g_assert_null (tamis_project_dup_write_error (project));
    }
}

static void
test_not_found (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tamis_project_open (self->file, NULL, &error));
  g_assert_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (self->file, G_FILE_TEST_EXISTS));
}

static void
test_foreign (Fixture *self, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (8192);
  sqlite3 *db;

  g_assert_true (g_file_set_contents (self->file, "a text, not a project", -1, NULL));
  g_assert_false (tamis_project_is_project (self->file));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NOT_A_PROJECT, "not a Tamis project");
  g_assert_true (g_file_set_contents (self->file, zeros, 8192, NULL));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NOT_A_PROJECT, "not a Tamis project");
  g_assert_true (g_file_set_contents (self->file, "", 0, NULL));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NOT_A_PROJECT, "not a Tamis project");
  /* A database of another program. */
  g_unlink (self->file);
  g_assert_cmpint (sqlite3_open (self->file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE theirs (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_false (tamis_project_is_project (self->file));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NOT_A_PROJECT, "not a Tamis project");
  g_assert_false (tamis_project_is_project (self->set));
}

static void
test_newer (Fixture *self, gconstpointer data)
{
  g_autofree char *words = g_strdup_printf ("knows formats up to %d", _tamis_schema_get_version ());
  sqlite3 *db;

  tamis_project_unref (open_project (self));
  g_assert_cmpint (sqlite3_open (self->file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 4711", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NEWER, "4711");
  assert_refused (self->file, TAMIS_PROJECT_ERROR_NEWER, words);
}

/* Cut short and overwritten inside: refused, left as it is; put aside, a new one can be made. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL, *aside = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  tamis_project_unref (open_project (self));
  g_assert_true (g_file_get_contents (self->file, &bytes, &length, NULL));
  for (gsize cut = 100; cut < length; cut += length / 7)
    {
      g_assert_true (g_file_set_contents (self->file, bytes, (gssize) cut, NULL));
      assert_refused (self->file, TAMIS_PROJECT_ERROR_DAMAGED, "cut short");
    }
  memset (bytes + 100, 0x5a, length - 100);
  g_assert_true (g_file_set_contents (self->file, bytes, (gssize) length, NULL));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_DAMAGED, "malformed");
  aside = tamis_project_set_aside (self->file, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (aside, "/set (damaged).tamis"));
  tamis_project_unref (open_project (self));
  again = tamis_project_set_aside (self->file, &error);
  g_assert_true (g_str_has_suffix (again, "/set (damaged 2).tamis"));
}

static void
test_locked (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisProject) project = open_project (self);
  g_autoptr (GError) error = NULL;
  TamisProject *reader, *other;

  g_assert_true (tamis_project_flush (project, NULL, NULL));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_LOCKED, "open in another Tamis");
  /* Looking at the file must not open the lock. */
  g_assert_true (tamis_project_is_project (self->file));
  assert_refused (self->file, TAMIS_PROJECT_ERROR_LOCKED, "open in another Tamis");
  g_assert_null (tamis_project_open_read_only (self->file, &error));
  g_assert_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED);
  g_clear_error (&error);
  g_clear_pointer (&project, tamis_project_unref);
  /* Readers share, and keep writers out. */
  reader = tamis_project_open_read_only (self->file, &error);
  g_assert_no_error (error);
  other = tamis_project_open_read_only (self->file, &error);
  g_assert_no_error (error);
  assert_refused (self->file, TAMIS_PROJECT_ERROR_LOCKED, "open in another Tamis");
  tamis_project_unref (reader);
  tamis_project_unref (other);
}

static void
test_moved (Fixture *self, gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (self->folder, "mount", "point", NULL);
  g_autofree char *new_file = g_build_filename (elsewhere, "projects", "set.tamis", NULL);
  g_autofree char *new_set = g_build_filename (elsewhere, "data", "set", NULL);
  g_autofree char *old = g_build_filename (self->folder, "old", NULL);
  g_autofree char *file = g_build_filename (old, "projects", "set.tamis", NULL);
  g_autofree char *set = g_build_filename (old, "data", "set", NULL);
  g_autofree char *mount = g_path_get_dirname (elsewhere);
  g_autofree char *found = NULL, *lost = NULL;
  g_autoptr (GError) error = NULL;
  TamisProject *project;

  g_mkdir_with_parents (set, 0777);
  g_mkdir_with_parents (mount, 0777);
  project = tamis_project_open (file, set, &error);
  g_assert_no_error (error);
  tamis_project_unref (project);
  g_assert_cmpint (g_rename (old, elsewhere), ==, 0);
  project = tamis_project_open (new_file, NULL, &error);
  g_assert_no_error (error);
  found = tamis_project_dup_location (project);
  g_assert_cmpstr (found, ==, new_set);
  tamis_project_unref (project);
  /* Only the project moved: the name noted then. */
  g_assert_cmpint (g_rename (new_file, self->file), ==, 0);
  project = tamis_project_open (self->file, NULL, &error);
  found = (g_free (found), tamis_project_dup_location (project));
  g_assert_cmpstr (found, ==, new_set);
  /* Neither there: said, not guessed. */
  g_rmdir (new_set);
  lost = tamis_project_dup_location (project);
  g_assert_cmpstr (lost, ==, new_set);
  tamis_project_unref (project);
}

static void
test_copy (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->folder, "copies", NULL);
  g_autofree char *path = g_build_filename (folder, "copy.tamis", NULL);
  g_autoptr (TamisProject) project = open_project (self);
  g_autoptr (TamisProject) copy = NULL;
  g_autofree char *location = NULL;
  g_autoptr (GError) error = NULL;

  tamis_project_set_setting (project, "threshold", "0.9");
  tamis_project_save_copy (project, path, &error);
  g_assert_no_error (error);
  tamis_project_set_setting (project, "threshold", "0.8");
  tamis_project_save_copy (project, path, &error); /* in its place */
  g_assert_no_error (error);
  tamis_project_set_setting (project, "threshold", "0.7");
  copy = tamis_project_open (path, NULL, &error);
  g_assert_no_error (error);
  assert_setting (copy, "threshold", "0.8");
  location = tamis_project_dup_location (copy);
  g_assert_true (g_str_has_suffix (location, "/set"));
  g_assert_cmpstr (tamis_project_get_path (project), ==, self->file);
  /* A copy over a project that is open would be lost with it. */
  g_assert_false (tamis_project_save_copy (project, path, &error));
  g_assert_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED);
}

/* In a process that may not write there: root may write everywhere. */
static void
read_only_child (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisProject) project = NULL;

  if (geteuid () == 0 && setresuid (65534, 65534, 65534) != 0)
    _exit (77);
  project = tamis_project_open (self->file, self->set, &error);
  if (project == NULL)
    g_printerr ("%s\n", error->message);
  g_assert_nonnull (project);
  g_assert_true (tamis_project_is_read_only (project));
  assert_setting (project, "threshold", "0.97");
  tamis_project_set_setting (project, "threshold", "0.1");
  g_assert_true (tamis_project_flush (project, NULL, &error));
  g_clear_pointer (&project, tamis_project_unref);
  _exit (0);
}

static char *
list_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, (gpointer) name);
  return g_strdup_printf ("%u files", names->len);
}

/* Also with a log that was left behind, as a crash leaves it. */
static void
test_read_only (Fixture *self, gconstpointer data)
{
  g_autofree char *log = g_strconcat (self->file, "-wal", NULL);
  g_autofree char *log_bytes = NULL, *before = NULL, *after = NULL;
  TamisProject *project = open_project (self);
  gsize n_log;
  int status;

  tamis_project_set_setting (project, "threshold", "0.97");
  g_assert_true (tamis_project_flush (project, NULL, NULL));
  if (data != NULL)
    {
      g_autofree char *bytes = NULL;
      gsize n;

      g_assert_true (g_file_get_contents (self->file, &bytes, &n, NULL));
      g_assert_true (g_file_get_contents (log, &log_bytes, &n_log, NULL));
      g_assert_cmpuint (n_log, >, 0);
      tamis_project_unref (project);
      g_assert_true (g_file_set_contents (self->file, bytes, (gssize) n, NULL));
      g_assert_true (g_file_set_contents (log, log_bytes, (gssize) n_log, NULL));
    }
  else
    tamis_project_unref (project);
  g_chmod (self->file, 0444);
  g_chmod (log, 0444);
  g_chmod (self->folder, 0555);
  before = list_files (self->folder);
  if (fork () == 0)
    read_only_child (self);
  wait (&status);
  after = list_files (self->folder);
  g_chmod (self->folder, 0755);
  g_assert_cmpstr (before, ==, after);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("cannot become a user who may not write");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static gboolean
write_nothing (TamisStore *store, gpointer data, GError **error)
{
  return TRUE;
}

/* A file that may not grow: what was decided is kept and written when it may. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (1 << 20, 'x');
  g_autoptr (TamisProject) project = open_project (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  struct rlimit before, tight;

  g_assert_true (tamis_project_flush (project, NULL, NULL));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  tight = before;
  tight.rlim_cur = 200000;
  setrlimit (RLIMIT_FSIZE, &tight);
  tamis_project_set_setting (project, "large", text);
  g_assert_false (tamis_project_flush (project, NULL, &error));
  /* Nor does what can be computed again wait for room behind it. */
  for (guint i = 0; i < 20; i++)
    {
      const TamisWrite write = { write_nothing, g_free, g_malloc (1), 4 << 20, TRUE };

      _tamis_store_push (project->store, &write);
    }
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_WRITE);
  words = tamis_project_dup_write_error (project);
  g_test_message ("%s", words);
  g_assert_nonnull (strstr (words, "full"));
  g_clear_error (&error);
  tamis_project_set_setting (project, "after", "all");
  g_assert_true (tamis_project_flush (project, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (tamis_project_dup_write_error (project));
  g_clear_pointer (&project, tamis_project_unref);
  project = open_project (self);
  assert_setting (project, "large", text);
  assert_setting (project, "after", "all");
}

static void
test_default_path (Fixture *self, gconstpointer data)
{
  g_autofree char *link_name = g_build_filename (self->folder, "link", NULL);
  g_autofree char *path = tamis_project_default_path (self->set);
  g_autofree char *through_link = NULL, *other = NULL;
  const char *name = strrchr (path, '/') + 1;

  g_assert_cmpint (symlink (self->set, link_name), ==, 0);
  through_link = tamis_project_default_path (link_name);
  other = tamis_project_default_path (self->folder);
  g_assert_cmpstr (path, ==, through_link);
  g_assert_cmpstr (path, !=, other);
  g_assert_true (g_str_has_prefix (name, "set-"));
  g_assert_cmpuint (strlen (name), ==, strlen ("set-") + 16 + strlen (".tamis"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) \
  g_test_add ("/project/file/" name, Fixture, data, set_up, func, tear_down)
  ADD ("settings", NULL, test_settings);
  ADD ("not-found", NULL, test_not_found);
  ADD ("foreign", NULL, test_foreign);
  ADD ("newer", NULL, test_newer);
  ADD ("damaged", NULL, test_damaged);
  ADD ("locked", NULL, test_locked);
  ADD ("moved", NULL, test_moved);
  ADD ("copy", NULL, test_copy);
  ADD ("read-only", NULL, test_read_only);
  ADD ("read-only-after-crash", "log", test_read_only);
  ADD ("full", NULL, test_full);
  ADD ("default-path", NULL, test_default_path);
  return g_test_run ();
}
