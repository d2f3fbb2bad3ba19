/* SQLite in words of this house: errors with reasons, statements that clean up after themselves.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <string.h>

static TamisProjectError
classify (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: /* a table or column is missing: our own statements are right */
      return TAMIS_PROJECT_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return TAMIS_PROJECT_ERROR_LOCKED;
    case SQLITE_READONLY:
      return TAMIS_PROJECT_ERROR_READ_ONLY;
    default:
      return TAMIS_PROJECT_ERROR_WRITE;
    }
}

/* SQLite's own words for a full disk are "database or disk is full" or "disk I/O error". */
static const char *
word (sqlite3 *db, int code)
{
  int number = db != NULL ? sqlite3_system_errno (db) : 0;

  if ((code & 0xff) == SQLITE_FULL)
    return "the disk is full";
  if ((code & 0xff) == SQLITE_IOERR && number != 0)
    return g_strerror (number);
  if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_TRUNCATE)
    return "the disk does not take it: it is full, over a limit or failing";
  return db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);
}

gboolean
_tamis_sql_fail (sqlite3 *db, int code, const char *what, GError **error)
{
  g_set_error (error, TAMIS_PROJECT_ERROR, classify (code), "%s: %s", what, word (db, code));
  return FALSE;
}

gboolean
_tamis_sql_run (sqlite3 *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || _tamis_sql_fail (db, code, "Could not use the project file", error);
}

sqlite3_stmt *
_tamis_sql_prepare (sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (code != SQLITE_OK)
    _tamis_sql_fail (db, code, "Could not read the project file", error);
  return statement;
}

gboolean
_tamis_sql_next (sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    _tamis_sql_fail (sqlite3_db_handle (statement), code, "Could not read the project file", error);
  return FALSE;
}

gboolean
_tamis_sql_do (sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);
  gboolean done = code == SQLITE_DONE
                  || _tamis_sql_fail (sqlite3_db_handle (statement), code,
                                      "Could not write the project file", error);

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return done;
}

gboolean
_tamis_sql_get_integer (sqlite3 *db, const char *sql, gint64 *value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = _tamis_sql_prepare (db, sql, error);

  *value = 0;
  if (statement == NULL || !_tamis_sql_next (statement, error))
    return FALSE;
  *value = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

void
_tamis_sql_bind_digest (sqlite3_stmt *statement, int at, const TamisDigest *digest)
{
  sqlite3_bind_blob (statement, at, digest->bytes, sizeof digest->bytes, SQLITE_STATIC);
}

void
_tamis_sql_bind_bytes (sqlite3_stmt *statement, int at, const char *bytes)
{
  sqlite3_bind_blob (statement, at, bytes, (int) strlen (bytes), SQLITE_STATIC);
}

TamisDigest
_tamis_sql_get_digest (sqlite3_stmt *statement, int column)
{
  TamisDigest digest = { { 0 } };

  if (sqlite3_column_bytes (statement, column) == sizeof digest)
    memcpy (&digest, sqlite3_column_blob (statement, column), sizeof digest);
  return digest;
}

char *
_tamis_sql_dup_bytes (sqlite3_stmt *statement, int column)
{
  const char *bytes = sqlite3_column_blob (statement, column);
  int n = sqlite3_column_bytes (statement, column);

  return bytes != NULL ? g_strndup (bytes, (gsize) n) : g_strdup ("");
}
