/* project: a file of an older Tamis becomes one of this one, with all that was in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>

/* A file of @version from its stored text. */
static void
make_old (const char *file, int version)
{
  g_autofree char *name = g_strdup_printf ("version-%d.sql", version);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "project", name, NULL);
  g_autofree char *text = NULL;
  sqlite3 *db;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, text, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static TamisDataset *
make_dataset (const char *folder)
{
  g_autofree char *csv = g_build_filename (folder, "labels.csv", NULL);
  g_autofree guint32 *rows = NULL;

  g_assert_true (g_file_set_contents (csv, "path,label\na/1.png,a\na/2.png,a\n", -1, NULL));
  return tamis_dataset_open_labels (csv, &rows, NULL);
}

static void
assert_content (TamisProject *project, TamisDataset *dataset)
{
  g_autofree char *threshold = tamis_project_dup_setting (project, "threshold");
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisJournal) journal = tamis_journal_load (project, dataset, NULL, &error);
  TamisVerdicts *verdicts;
  gint64 n;

  g_assert_no_error (error);
  g_assert_cmpstr (threshold, ==, "0.87");
  verdicts = tamis_journal_get_verdicts (journal);
  g_assert_true (tamis_verdicts_is_removal (verdicts, 1, 0));
  g_assert_cmpint (tamis_verdicts_get_mark (verdicts, 0), ==, TAMIS_MARK_NONE); /* taken back */
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "a"), ==, TAMIS_FOLDER_REFERENCE);
  g_assert_cmpuint (tamis_journal_get_n_undo (journal), ==, 2);
  g_assert_true (_tamis_sql_get_integer (_tamis_store_lock (project->store),
                                         "SELECT (SELECT COUNT (*) FROM files)"
                                         " + (SELECT COUNT (*) FROM vectors)", &n, NULL));
  _tamis_store_unlock (project->store);
  g_assert_cmpint (n, ==, 2);
}

static void
test_old (gconstpointer data)
{
  int version = GPOINTER_TO_INT (data);
  g_autofree char *folder = images_make_folder ("migrate");
  g_autofree char *file = g_build_filename (folder, "old.tamis", NULL);
  g_autoptr (TamisDataset) dataset = make_dataset (folder);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  TamisProject *project;
  gint64 now;

  make_old (file, version);
  /* Read-only: understood, and left as it is. */
  g_assert_true (g_file_get_contents (file, &before, &n_before, NULL));
  project = tamis_project_open_read_only (file, &error);
  g_assert_no_error (error);
  assert_content (project, dataset);
  tamis_project_unref (project);
  g_assert_true (g_file_get_contents (file, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);

  for (int round = 0; round < 2; round++)
    {
      project = tamis_project_open (file, NULL, &error);
      g_assert_no_error (error);
      assert_content (project, dataset);
      g_assert_true (_tamis_sql_get_integer (_tamis_store_lock (project->store),
                                             "PRAGMA user_version", &now, NULL));
      _tamis_store_unlock (project->store);
      g_assert_cmpint (now, ==, _tamis_schema_get_version ());
      tamis_project_unref (project);
    }
  images_remove (folder);
}

/* The tables of a file that came all the way are those of a new one. */
static char *
list_tables (const char *file)
{
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3_stmt *statement;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", -1,
                      &statement, NULL);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (text, "%s %s %s\n", sqlite3_column_text (statement, 0),
                            sqlite3_column_text (statement, 1), sqlite3_column_text (statement, 2));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_as_new (gconstpointer data)
{
  g_autofree char *folder = images_make_folder ("migrate");
  g_autofree char *old = g_build_filename (folder, "old.tamis", NULL);
  g_autofree char *new = g_build_filename (folder, "new.tamis", NULL);
  g_autofree char *a = NULL, *b = NULL;

  make_old (old, GPOINTER_TO_INT (data));
  tamis_project_unref (tamis_project_open (old, NULL, NULL));
  tamis_project_unref (tamis_project_open (new, folder, NULL));
  a = list_tables (old);
  b = list_tables (new);
  g_assert_cmpstr (a, ==, b);
  images_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/project/migrate/1", GINT_TO_POINTER (1), test_old);
  g_test_add_data_func ("/project/migrate/as-new/1", GINT_TO_POINTER (1), test_as_new);
  return g_test_run ();
}
