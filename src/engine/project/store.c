/* TamisStore: the database, and the one thread that writes to it.
 *
 * DESIGN: what changes comes in as small pieces of work in two lanes. Decisions and settings go
 * first, all that wait in one transaction, with a sync to the disk: they are safe a few milliseconds
 * after they were made and nobody waits for it. Latents and pairs go in transactions of some
 * megabytes without a sync, since they can be computed again; that lane is bounded, and its makers
 * wait for room. SQLite's log (WAL) makes each transaction whole or absent, whatever happens.
 * A failure (disk full) keeps the decisions and tries again once a second; cache is dropped.
 *
 * Locks: @mutex guards the lanes and is held for moments; @db_mutex guards the database and is held
 * for a transaction or a read. Who takes both takes @db_mutex first; here nobody does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define CACHE_BYTES (32 << 20)      /* of cache waiting to be written, until its makers wait */
#define TRANSACTION_BYTES (4 << 20) /* of cache in one transaction: decisions wait that long at most */
#define RETRY_US G_USEC_PER_SEC

typedef enum {
  DECISIONS,
  CACHE,
  N_LANES,
} LaneNumber;

typedef struct
{
  GQueue queue; /* of TamisWrite */
  gsize bytes;
  guint64 n_pushed;
  guint64 n_done; /* written or dropped */
} Lane;

struct _TamisStore
{
  gboolean read_only;
  int lock;         /* file descriptor */
  char *copy;       /* nullable: folder of a temporary copy that is read in the file's place */
  GThread *thread;  /* NULL if read-only */

  GMutex db_mutex;
  /* Guarded by db_mutex */
  sqlite3 *db;
  sqlite3_stmt *statements[TAMIS_N_SQL];

  GMutex mutex;
  GCond changed;
  /* Guarded by mutex */
  Lane lanes[N_LANES];
  gboolean closing;
  gboolean retry;     /* somebody waits: try now */
  guint64 n_attempts; /* begun */
  guint64 failed;     /* the last attempt that did; 0: none */
  char *error;        /* of the last attempt; NULL: it went well */
};

static const char *const texts[TAMIS_N_SQL] = {
  [TAMIS_SQL_SET_SETTING] = "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)",
  [TAMIS_SQL_UNSET_SETTING] = "DELETE FROM settings WHERE key = ?",
  [TAMIS_SQL_ADD_FILE] = "INSERT OR REPLACE INTO files (path, bytes, mtime, digest, width, height,"
                         " format, reason, sharpness) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  [TAMIS_SQL_FORGET_REASONS] = "DELETE FROM files WHERE reason IS NOT NULL",
  [TAMIS_SQL_ADD_VECTORS]
  = "INSERT INTO vectors (model, dimension, n, data) VALUES (?, ?, ?, ?)",
  [TAMIS_SQL_ADD_PAIRS] = "INSERT INTO pairs (key, part, scope, model, floor, data)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
  [TAMIS_SQL_DROP_PAIRS] = "DELETE FROM pairs WHERE key = ?",
  [TAMIS_SQL_ADD_KEY] = "INSERT OR IGNORE INTO images (digest, path) VALUES (?, ?)",
  [TAMIS_SQL_ADD_STEP] = "INSERT INTO steps (time, curator, type) VALUES (?, ?, ?)",
  [TAMIS_SQL_ADD_DECISION]
  = "INSERT INTO decisions (step, kind, a, b, name, value) VALUES (?, ?,"
    " (SELECT id FROM images WHERE digest = ? AND path = ?),"
    " (SELECT id FROM images WHERE digest = ? AND path = ?), ?, ?)",
};

sqlite3_stmt *
_tamis_store_get (TamisStore *self, TamisSql which, GError **error)
{
  if (self->statements[which] == NULL)
    self->statements[which] = _tamis_sql_prepare (self->db, texts[which], error);
  return self->statements[which];
}

sqlite3 *
_tamis_store_lock (TamisStore *self)
{
  g_mutex_lock (&self->db_mutex);
  return self->db;
}

void
_tamis_store_unlock (TamisStore *self)
{
  g_mutex_unlock (&self->db_mutex);
}

gboolean
_tamis_store_is_read_only (TamisStore *self)
{
  return self->read_only;
}

/* ---- the writer ---- */

static void
write_free (TamisWrite *write)
{
  write->free (write->data);
  g_free (write);
}

/* Takes what goes into the next transaction; on the writer's thread, mutex held. */
static void
take (Lane *lane, gsize limit, GQueue *taken)
{
  gsize bytes = 0;

  while (!g_queue_is_empty (&lane->queue) && bytes < limit)
    {
      TamisWrite *write = g_queue_pop_head (&lane->queue);

      bytes += write->bytes;
      lane->bytes -= write->bytes;
      g_queue_push_tail (taken, write);
    }
}

static gboolean
write_all (TamisStore *self, const GQueue *taken, GError **error)
{
  for (GList *item = taken->head; item != NULL; item = item->next)
    {
      TamisWrite *write = item->data;

      if (!write->write (self, write->data, error))
        return FALSE;
    }
  return _tamis_sql_run (self->db, "COMMIT", error);
}

static gboolean
transact (TamisStore *self, const GQueue *taken, gboolean sync, GError **error)
{
  gboolean written;

  g_mutex_lock (&self->db_mutex);
  written = _tamis_sql_run (self->db, sync ? "PRAGMA synchronous = FULL"
                                           : "PRAGMA synchronous = NORMAL", error)
            && _tamis_sql_run (self->db, "BEGIN IMMEDIATE", error)
            && write_all (self, taken, error);
  if (!written && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  g_mutex_unlock (&self->db_mutex);
  return written;
}

/* Puts what could not be written back where it was. */
static void
put_back (Lane *lane, GQueue *taken)
{
  TamisWrite *write;

  while ((write = g_queue_pop_tail (taken)) != NULL)
    {
      lane->bytes += write->bytes;
      g_queue_push_head (&lane->queue, write);
    }
}

/* One transaction of @lane; mutex held, but not while it is written. */
static gboolean
work_lane (TamisStore *self, LaneNumber number)
{
  Lane *lane = &self->lanes[number];
  g_auto (GQueue) taken = G_QUEUE_INIT;
  g_autoptr (GError) error = NULL;
  guint64 attempt = ++self->n_attempts;
  gboolean written;

  take (lane, number == CACHE ? TRANSACTION_BYTES : G_MAXSIZE, &taken);
  g_mutex_unlock (&self->mutex);
  written = transact (self, &taken, number == DECISIONS, &error);
  g_mutex_lock (&self->mutex);
  g_free (self->error);
  self->error = written ? NULL : g_strdup (error->message);
  if (!written)
    self->failed = attempt;
  if (!written && number == DECISIONS)
    put_back (lane, &taken);
  lane->n_done += taken.length;
  g_queue_clear_full (&taken, (GDestroyNotify) write_free);
  g_cond_broadcast (&self->changed);
  return written;
}

/* After a failure: until somebody asks, or for a second. */
static void
wait_to_retry (TamisStore *self)
{
  gint64 end = g_get_monotonic_time () + RETRY_US;

  while (!self->retry && !self->closing)
    if (!g_cond_wait_until (&self->changed, &self->mutex, end))
      break;
  self->retry = FALSE;
}

static gpointer
run_writer (gpointer data)
{
  TamisStore *self = data;

  g_mutex_lock (&self->mutex);
  while (TRUE)
    {
      gboolean written = TRUE;

      if (!g_queue_is_empty (&self->lanes[DECISIONS].queue))
        written = work_lane (self, DECISIONS);
      else if (!g_queue_is_empty (&self->lanes[CACHE].queue))
        work_lane (self, CACHE);
      else if (self->closing)
        break;
      else
        g_cond_wait (&self->changed, &self->mutex);
      if (!written && self->closing)
        break;
      if (!written)
        wait_to_retry (self);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

void
_tamis_store_push (TamisStore *self, const TamisWrite *write)
{
  Lane *lane = &self->lanes[write->is_cache ? CACHE : DECISIONS];

  if (self->read_only)
    {
      write->free (write->data);
      return;
    }
  g_mutex_lock (&self->mutex);
  while (write->is_cache && lane->bytes > CACHE_BYTES && self->error == NULL)
    g_cond_wait (&self->changed, &self->mutex);
  if (write->is_cache && lane->bytes > CACHE_BYTES)
    {
      /* The disk takes nothing, and decisions wait before this: nobody shall wait for it. */
      g_mutex_unlock (&self->mutex);
      write->free (write->data);
      return;
    }
  g_queue_push_tail (&lane->queue, g_memdup2 (write, sizeof *write));
  lane->bytes += write->bytes;
  lane->n_pushed++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

gboolean
_tamis_store_flush (TamisStore *self, GCancellable *cancel, GError **error)
{
  guint64 decisions, cache, begun;
  gboolean failed;

  g_mutex_lock (&self->mutex);
  decisions = self->lanes[DECISIONS].n_pushed;
  cache = self->lanes[CACHE].n_pushed;
  /* What is under way may have met what is mended by now: only a failure of what begins after this counts. */
  begun = self->n_attempts;
  self->retry = TRUE;
  g_cond_broadcast (&self->changed);
  while ((self->lanes[DECISIONS].n_done < decisions || self->lanes[CACHE].n_done < cache)
         && self->failed <= begun && !g_cancellable_is_cancelled (cancel))
    g_cond_wait_until (&self->changed, &self->mutex, g_get_monotonic_time () + 50000);
  /* An older failure, of cache that was dropped, is nothing that is still to be written. */
  failed = self->failed > begun;
  if (failed)
    g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_WRITE, "%s",
                 self->error != NULL ? self->error : "Could not write the project file");
  else
    failed = g_cancellable_set_error_if_cancelled (cancel, error);
  g_mutex_unlock (&self->mutex);
  return !failed;
}

char *
_tamis_store_dup_error (TamisStore *self)
{
  char *text;

  g_mutex_lock (&self->mutex);
  text = g_strdup (self->error);
  g_mutex_unlock (&self->mutex);
  return text;
}

/* ---- opening ---- */

static gboolean
is_writable (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return faccessat (AT_FDCWD, path, W_OK, AT_EACCESS) == 0
         && faccessat (AT_FDCWD, folder, W_OK, AT_EACCESS) == 0;
}

static gboolean
open_database (TamisStore *self, const char *name, int flags, GError **error)
{
  int code = sqlite3_open_v2 (name, &self->db, flags | SQLITE_OPEN_FULLMUTEX, NULL);

  if (code != SQLITE_OK)
    return _tamis_sql_fail (self->db, code, "Could not open the project", error);
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, 2000);
  return TRUE;
}

/* Exclusive: no shared memory beside the file, which network file systems lack. */
static gboolean
open_to_write (TamisStore *self, const char *path, GError **error)
{
  return open_database (self, path, SQLITE_OPEN_READWRITE, error)
         && _tamis_sql_run (self->db,
                            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                            "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 2000;"
                            "PRAGMA journal_size_limit = 16777216", error)
         && _tamis_schema_migrate (self->db, error);
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);

  return g_file_copy (source, target, G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, error);
}

/* What cannot be read where it lies without writing (a log that was not taken in, an older version)
 * is read from a copy. */
static gboolean
open_copy (TamisStore *self, const char *path, GError **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *copy = NULL, *copied_log = NULL;

  self->copy = g_dir_make_tmp ("tamis-project-XXXXXX", error);
  if (self->copy == NULL)
    return FALSE;
  copy = g_build_filename (self->copy, "copy.tamis", NULL);
  copied_log = g_strconcat (copy, "-wal", NULL);
  return copy_file (path, copy, error)
         && (!g_file_test (log, G_FILE_TEST_EXISTS) || copy_file (log, copied_log, error))
         && open_to_write (self, copy, error);
}

static gboolean
open_to_read (TamisStore *self, const char *path, GError **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *escaped = g_uri_escape_string (canonical, "/", FALSE);
  g_autofree char *uri = g_strconcat ("file:", escaped, "?immutable=1", NULL);
  GStatBuf facts;
  gint64 version;

  if (g_stat (log, &facts) == 0 && facts.st_size > 0)
    return open_copy (self, path, error);
  if (!open_database (self, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error)
      || !_tamis_sql_get_integer (self->db, "PRAGMA user_version", &version, error))
    return FALSE;
  if (version == _tamis_schema_get_version ())
    return TRUE;
  g_clear_pointer (&self->db, sqlite3_close);
  return open_copy (self, path, error);
}

TamisStore *
_tamis_store_open (const char *path, gboolean read_only, GError **error)
{
  TamisStore *self;
  int lock;

  read_only = read_only || !is_writable (path);
  lock = _tamis_lock_take (path, read_only, error);
  if (lock < 0)
    return NULL;
  self = g_new0 (TamisStore, 1);
  self->lock = lock;
  self->read_only = read_only;
  g_mutex_init (&self->db_mutex);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  if (!_tamis_schema_check_header (path, error)
      || !(read_only ? open_to_read (self, path, error) : open_to_write (self, path, error)))
    {
      _tamis_store_close (self);
      return NULL;
    }
  if (!read_only)
    self->thread = g_thread_new ("tamis-project", run_writer, self);
  return self;
}

static void
remove_copy (TamisStore *self)
{
  const char *const names[] = { "copy.tamis", "copy.tamis-wal", "copy.tamis-shm", "" };

  for (gsize i = 0; self->copy != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (self->copy, names[i], NULL);

      g_remove (name);
    }
  g_free (self->copy);
}

void
_tamis_store_close (TamisStore *self)
{
  if (self->thread != NULL)
    {
      g_mutex_lock (&self->mutex);
      self->closing = TRUE;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->mutex);
      g_thread_join (self->thread);
    }
  for (int i = 0; i < TAMIS_N_SQL; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  close (self->lock);
  remove_copy (self);
  for (int i = 0; i < N_LANES; i++)
    g_queue_clear_full (&self->lanes[i].queue, (GDestroyNotify) write_free);
  g_free (self->error);
  g_mutex_clear (&self->db_mutex);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}
