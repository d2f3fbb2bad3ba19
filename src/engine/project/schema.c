/* The tables of a project, and how those of older versions become today's.
 *
 * DESIGN: a version is a number in the header of the file (user_version), and a step from each
 * version to the next is a row in a table. A new project is an empty one that takes all steps, so
 * every step is run by every test that makes a project. Steps that were released are never changed.
 * All steps and the number are one transaction. docs/design/project.md describes the tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK (tamis-project-error-quark, tamis_project_error)

static const char *const steps[] = {
  /* 1 */
  "CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE files (path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, mtime INTEGER NOT NULL,"
  " digest BLOB NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,"
  " format INTEGER NOT NULL, reason TEXT) WITHOUT ROWID;"
  "CREATE TABLE vectors (id INTEGER PRIMARY KEY, model TEXT NOT NULL, dimension INTEGER NOT NULL,"
  " n INTEGER NOT NULL, data BLOB NOT NULL);"
  "CREATE TABLE images (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, path BLOB NOT NULL,"
  " UNIQUE (digest, path));"
  "CREATE TABLE steps (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, curator TEXT NOT NULL,"
  " type INTEGER NOT NULL);"
  "CREATE TABLE decisions (id INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps (id),"
  " kind INTEGER NOT NULL, a INTEGER REFERENCES images (id), b INTEGER REFERENCES images (id),"
  " name BLOB, value INTEGER NOT NULL);"
  "CREATE TRIGGER steps_stay BEFORE DELETE ON steps"
  " BEGIN SELECT RAISE (ABORT, 'the journal only grows'); END;"
  "CREATE TRIGGER steps_hold BEFORE UPDATE ON steps"
  " BEGIN SELECT RAISE (ABORT, 'the journal only grows'); END;"
  "CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions"
  " BEGIN SELECT RAISE (ABORT, 'the journal only grows'); END;"
  "CREATE TRIGGER decisions_hold BEFORE UPDATE ON decisions"
  " BEGIN SELECT RAISE (ABORT, 'the journal only grows'); END;",
  /* 2 */
  "CREATE TABLE pairs (key BLOB NOT NULL, part INTEGER NOT NULL, scope INTEGER NOT NULL,"
  " model TEXT NOT NULL, floor REAL NOT NULL, data BLOB NOT NULL, UNIQUE (key, part));",
  /* 3 */
  "ALTER TABLE files ADD COLUMN sharpness REAL NOT NULL DEFAULT 0;",
};

int
_tamis_schema_get_version (void)
{
  return G_N_ELEMENTS (steps);
}

/* ---- the header ---- */

#define HEADER 100
#define MAGIC "SQLite format 3"

static guint32
read_number (const guint8 *bytes)
{
  guint32 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_BE (number);
}

/* Returns how much could be read; @size: of the file. */
static gssize
read_header (const char *path, guint8 *header, goffset *size, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts = { 0 };
  gssize n = -1;

  /* A folder or device holds no header. */
  if (fd >= 0 && fstat (fd, &facts) == 0)
    n = S_ISREG (facts.st_mode) ? pread (fd, header, HEADER, 0) : 0;
  if (n < 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Could not read %s: %s",
                   shown, g_strerror (number));
    }
  if (fd >= 0)
    close (fd);
  *size = facts.st_size;
  return n;
}

static gboolean
is_ours (const guint8 *header, gssize n)
{
  return n == HEADER && memcmp (header, MAGIC, sizeof MAGIC) == 0
         && read_number (header + 68) == TAMIS_PROJECT_APPLICATION_ID;
}

gboolean
tamis_project_is_project (const char *path)
{
  guint8 header[HEADER];
  goffset size;

  return is_ours (header, read_header (path, header, &size, NULL));
}

/* The length the header gives the file; 0 if it does not say, or if a log that was not taken in yet
 * may hold the rest. */
static guint64
get_expected_size (const char *path, const guint8 *header)
{
  guint32 page = (guint32) header[16] << 8 | header[17];
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  struct stat facts;

  if (page == 1)
    page = 65536;
  if (read_number (header + 24) != read_number (header + 92)
      || (stat (log, &facts) == 0 && facts.st_size > 0))
    return 0;
  return (guint64) read_number (header + 28) * page;
}

static gboolean
check_version (gint64 version, GError **error)
{
  if (version <= (gint64) G_N_ELEMENTS (steps))
    return TRUE;
  g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NEWER,
               "The project was written by a newer Tamis: it has format %" G_GINT64_FORMAT
               ", this one knows formats up to %d",
               version, _tamis_schema_get_version ());
  return FALSE;
}

gboolean
_tamis_schema_check_header (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  guint8 header[HEADER];
  guint64 expected;
  goffset size;
  gssize n = read_header (path, header, &size, error);

  if (n < 0)
    return FALSE;
  if (!is_ours (header, n))
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NOT_A_PROJECT,
                   "%s is not a Tamis project", shown);
      return FALSE;
    }
  if (!check_version (read_number (header + 60), error))
    return FALSE;
  expected = get_expected_size (path, header);
  if ((guint64) size < expected)
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_DAMAGED,
                   "%s is cut short: it has %" G_GOFFSET_FORMAT " bytes of %" G_GUINT64_FORMAT,
                   shown, size, expected);
      return FALSE;
    }
  return TRUE;
}

/* ---- migration ---- */

static gboolean
take_steps (sqlite3 *db, gint64 version, GError **error)
{
  g_autofree char *finish = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                             TAMIS_PROJECT_APPLICATION_ID,
                                             _tamis_schema_get_version ());

  for (; version < (gint64) G_N_ELEMENTS (steps); version++)
    if (!_tamis_sql_run (db, steps[version], error))
      return FALSE;
  return _tamis_sql_run (db, finish, error) && _tamis_sql_run (db, "COMMIT", error);
}

gboolean
_tamis_schema_migrate (sqlite3 *db, GError **error)
{
  gint64 version;

  /* Again: the header of the file may be older than its log. */
  if (!_tamis_sql_get_integer (db, "PRAGMA user_version", &version, error)
      || !check_version (version, error))
    return FALSE;
  if (version == (gint64) G_N_ELEMENTS (steps))
    return TRUE;
  if (!_tamis_sql_run (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (take_steps (db, version, error))
    return TRUE;
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}
