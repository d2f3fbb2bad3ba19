/* TamisProject: opening, making and copying a project file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define JOIN_BATCH 1e11

static void
project_clear (gpointer data)
{
  TamisProject *self = data;

  _tamis_settings_clear (&self->settings);
  g_clear_pointer (&self->store, _tamis_store_close);
  g_free (self->path);
}

TamisProject *
tamis_project_ref (TamisProject *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
tamis_project_unref (TamisProject *self)
{
  g_atomic_rc_box_release_full (self, project_clear);
}

/* ---- making ---- */

/* What a new file under @path would be called until it is whole. */
static char *
make_temporary (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_strdup_printf ("%s/.%.200s.XXXXXX", folder, base);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0777) == 0)
    fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0)
    {
      int number = errno;
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Could not write %s: %s",
                   shown, g_strerror (number));
      return NULL;
    }
  close (fd);
  return g_steal_pointer (&name);
}

static gboolean
fill_new (const char *path, GError **error)
{
  sqlite3 *db = NULL;
  int code = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL);
  gboolean good = code == SQLITE_OK
                      ? _tamis_sql_run (db, "PRAGMA page_size = 8192", error)
                            && _tamis_schema_migrate (db, error)
                      : _tamis_sql_fail (db, code, "Could not make the project", error);

  sqlite3_close (db);
  return good;
}

/* Puts a complete file in its place. Where @replace is not wanted and somebody was faster, theirs
 * stays. */
static gboolean
put_in_place (const char *temporary, const char *path, gboolean replace, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  int number;

  if (!replace && (link (temporary, path) == 0 || errno == EEXIST))
    {
      g_unlink (temporary);
      return TRUE;
    }
  if (g_rename (temporary, path) == 0)
    return TRUE;
  number = errno;
  g_unlink (temporary);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Could not write %s: %s", shown,
               g_strerror (number));
  return FALSE;
}

static gboolean
make (const char *path, GError **error)
{
  g_autofree char *temporary = make_temporary (path, error);

  if (temporary == NULL)
    return FALSE;
  if (fill_new (temporary, error))
    return put_in_place (temporary, path, FALSE, error);
  g_unlink (temporary);
  return FALSE;
}

/* ---- opening ---- */

static TamisProject *
open_file (const char *path, gboolean read_only, GError **error)
{
  g_autoptr (TamisProject) self = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NOT_FOUND,
                   "There is no project %s", shown);
      return NULL;
    }
  self = g_atomic_rc_box_new0 (TamisProject);
  self->path = g_canonicalize_filename (path, NULL);
  self->join_batch = JOIN_BATCH;
  self->store = _tamis_store_open (self->path, read_only, error);
  if (self->store == NULL || !_tamis_settings_load (&self->settings, self->store, error))
    return NULL;
  return g_steal_pointer (&self);
}

TamisProject *
tamis_project_open (const char *path, const char *location, GError **error)
{
  gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  g_autofree char *found = NULL;
  TamisProject *self;

  if (is_new && location != NULL && !make (path, error))
    return NULL;
  self = open_file (path, FALSE, error);
  if (self == NULL)
    return NULL;
  /* Noted anew also where it was found: project and data may have been moved together. */
  found = location != NULL ? g_strdup (location) : tamis_project_dup_location (self);
  if (found != NULL && g_file_test (found, G_FILE_TEST_EXISTS))
    tamis_project_set_location (self, found);
  return self;
}

TamisProject *
tamis_project_open_read_only (const char *path, GError **error)
{
  return open_file (path, TRUE, error);
}

TamisProject *
tamis_project_open_other (TamisProject *self, const char *path, GError **error)
{
  GStatBuf ours, theirs;

  if (g_stat (self->path, &ours) == 0 && g_stat (path, &theirs) == 0 && ours.st_dev == theirs.st_dev
      && ours.st_ino == theirs.st_ino)
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_SAME,
                   "This is the project itself: choose that of another curator");
      return NULL;
    }
  return tamis_project_open_read_only (path, error);
}

char *
tamis_project_set_aside (const char *path, GError **error)
{
  g_autofree char *stem
      = g_str_has_suffix (path, ".tamis") ? g_strndup (path, strlen (path) - 6) : g_strdup (path);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *shown = g_filename_display_name (path);

  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup_printf ("%s (damaged).tamis", stem)
                                     : g_strdup_printf ("%s (damaged %u).tamis", stem, i);
      g_autofree char *new_log = g_strconcat (name, "-wal", NULL);

      if (g_file_test (name, G_FILE_TEST_EXISTS))
        continue;
      if (g_rename (path, name) != 0)
        break;
      g_rename (log, new_log); /* there may be none */
      return g_steal_pointer (&name);
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Could not rename %s: %s", shown,
               g_strerror (errno));
  return NULL;
}

const char *
tamis_project_get_path (TamisProject *self)
{
  return self->path;
}

gboolean
tamis_project_is_read_only (TamisProject *self)
{
  return _tamis_store_is_read_only (self->store);
}

char *
tamis_project_dup_location (TamisProject *self)
{
  return _tamis_location_find (&self->settings, self->path);
}

void
tamis_project_set_location (TamisProject *self, const char *location)
{
  _tamis_location_set (&self->settings, self->path, location);
}

/* ---- copies ---- */

/* A database that is one file and knows where the data set lies from @path. */
static gboolean
write_copy (TamisProject *self, const char *temporary, GError **error)
{
  sqlite3 *db = _tamis_store_lock (self->store);
  g_autoptr (sqlite3_stmt) statement = _tamis_sql_prepare (db, "VACUUM INTO ?", error);
  gboolean good = FALSE;

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, temporary, -1, SQLITE_STATIC);
      good = _tamis_sql_do (statement, error);
    }
  g_clear_pointer (&statement, sqlite3_finalize);
  _tamis_store_unlock (self->store);
  return good;
}

/* Is @path free to be replaced? Not if it is a project that is open. */
static gboolean
check_target (const char *path, GError **error)
{
  int lock;

  if (!tamis_project_is_project (path))
    return TRUE;
  lock = _tamis_lock_take (path, FALSE, error);
  if (lock >= 0)
    close (lock);
  return lock >= 0;
}

gboolean
tamis_project_save_copy (TamisProject *self, const char *path, GError **error)
{
  g_autofree char *location = tamis_project_dup_location (self);
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *temporary = NULL;
  g_autoptr (TamisProject) copy = NULL;

  if (g_strcmp0 (canonical, self->path) == 0)
    return tamis_project_flush (self, NULL, error);
  if (!tamis_project_flush (self, NULL, error) || !check_target (canonical, error))
    return FALSE;
  temporary = make_temporary (canonical, error);
  if (temporary == NULL)
    return FALSE;
  if (!write_copy (self, temporary, error))
    {
      g_unlink (temporary);
      return FALSE;
    }
  if (!put_in_place (temporary, canonical, TRUE, error))
    return FALSE;
  copy = location != NULL ? tamis_project_open (canonical, location, error)
                          : open_file (canonical, FALSE, error);
  return copy != NULL && tamis_project_flush (copy, NULL, error);
}

/* ---- the rest ---- */

gboolean
tamis_project_flush (TamisProject *self, GCancellable *cancel, GError **error)
{
  return _tamis_store_flush (self->store, cancel, error);
}

char *
tamis_project_dup_write_error (TamisProject *self)
{
  return _tamis_store_dup_error (self->store);
}

char *
tamis_project_dup_setting (TamisProject *self, const char *key)
{
  return _tamis_settings_dup (&self->settings, key);
}

void
tamis_project_set_setting (TamisProject *self, const char *key, const char *value)
{
  _tamis_settings_set (&self->settings, key, value);
}

static char *
class_key (const char *class_name)
{
  return g_strconcat ("class-threshold/", class_name, NULL);
}

void
tamis_project_set_class_threshold (TamisProject *self, const char *class_name, double threshold)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *key = class_key (class_name);

  g_ascii_dtostr (text, sizeof text, threshold);
  tamis_project_set_setting (self, key, threshold >= 0 ? text : NULL);
}

double
tamis_project_get_class_threshold (TamisProject *self, const char *class_name)
{
  g_autofree char *key = class_key (class_name);
  g_autofree char *text = tamis_project_dup_setting (self, key);

  return text != NULL ? g_ascii_strtod (text, NULL) : -1.0;
}
