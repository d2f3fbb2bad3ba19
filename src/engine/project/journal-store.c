/* The journal in the file: steps, their decisions, and the images these name.
 *
 * A step and its decisions are one transaction, so a step is there whole or not at all. Images are
 * written once and named by number: a decision takes some twenty bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

/* ---- records ---- */

void
_tamis_decision_clear (TamisDecision *self)
{
  g_free (self->path_a);
  g_free (self->path_b);
  g_free (self->name);
}

TamisStepRecord *
_tamis_step_record_new (TamisStep type, const char *curator)
{
  TamisStepRecord *self = g_new0 (TamisStepRecord, 1);

  self->type = type;
  self->curator = g_strdup (curator);
  self->time = g_get_real_time ();
  self->decisions = g_array_new (FALSE, FALSE, sizeof (TamisDecision));
  g_array_set_clear_func (self->decisions, (GDestroyNotify) _tamis_decision_clear);
  return self;
}

void
_tamis_step_record_free (TamisStepRecord *self)
{
  g_free (self->curator);
  g_array_unref (self->decisions);
  g_free (self);
}

/* ---- writing ---- */

static gboolean
write_image (TamisStore *store, const TamisDigest *digest, const char *path, GError **error)
{
  sqlite3_stmt *statement;

  if (path == NULL)
    return TRUE;
  statement = _tamis_store_get (store, TAMIS_SQL_ADD_KEY, error);
  if (statement == NULL)
    return FALSE;
  _tamis_sql_bind_digest (statement, 1, digest);
  _tamis_sql_bind_bytes (statement, 2, path);
  return _tamis_sql_do (statement, error);
}

static void
bind_image (sqlite3_stmt *statement, int at, const TamisDigest *digest, const char *path)
{
  if (path == NULL)
    return; /* NULL finds no image, which is what is meant */
  _tamis_sql_bind_digest (statement, at, digest);
  _tamis_sql_bind_bytes (statement, at + 1, path);
}

static gboolean
write_decision (TamisStore *store, gint64 step, const TamisDecision *decision, GError **error)
{
  sqlite3_stmt *statement;

  if (!write_image (store, &decision->digest_a, decision->path_a, error)
      || !write_image (store, &decision->digest_b, decision->path_b, error))
    return FALSE;
  statement = _tamis_store_get (store, TAMIS_SQL_ADD_DECISION, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, step);
  sqlite3_bind_int (statement, 2, (int) decision->kind);
  bind_image (statement, 3, &decision->digest_a, decision->path_a);
  bind_image (statement, 5, &decision->digest_b, decision->path_b);
  if (decision->name != NULL)
    _tamis_sql_bind_bytes (statement, 7, decision->name);
  sqlite3_bind_int (statement, 8, decision->value);
  return _tamis_sql_do (statement, error);
}

static gboolean
write_step (TamisStore *store, gpointer data, GError **error)
{
  TamisStepRecord *self = data;
  sqlite3_stmt *statement = _tamis_store_get (store, TAMIS_SQL_ADD_STEP, error);
  gint64 step;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->time);
  sqlite3_bind_text (statement, 2, self->curator, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 3, (int) self->type);
  if (!_tamis_sql_do (statement, error))
    return FALSE;
  step = sqlite3_last_insert_rowid (sqlite3_db_handle (statement));
  for (guint i = 0; i < self->decisions->len; i++)
    if (!write_decision (store, step, &g_array_index (self->decisions, TamisDecision, i), error))
      return FALSE;
  return TRUE;
}

void
_tamis_journal_store_push (TamisStore *store, TamisStepRecord *record)
{
  TamisWrite write = { write_step, (GDestroyNotify) _tamis_step_record_free, record,
                       sizeof *record + record->decisions->len * sizeof (TamisDecision), FALSE };

  _tamis_store_push (store, &write);
}

/* ---- reading ---- */

/* Numbers in the file → numbers told. */
typedef struct
{
  const TamisJournalSink *sink;
  GHashTable *images; /* rowid → 1 + place */
  guint n_images;
} Loading;

static gboolean
load_images (Loading *self, sqlite3 *db, GCancellable *cancel, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = _tamis_sql_prepare (db, "SELECT id, digest, path FROM images ORDER BY id", error);

  while (statement != NULL && !g_cancellable_set_error_if_cancelled (cancel, error)
         && _tamis_sql_next (statement, error))
    {
      TamisDigest digest = _tamis_sql_get_digest (statement, 1);
      g_autofree char *path = _tamis_sql_dup_bytes (statement, 2);

      self->sink->image (self->sink->data, &digest, path);
      g_hash_table_insert (self->images, GSIZE_TO_POINTER (sqlite3_column_int64 (statement, 0)),
                           GUINT_TO_POINTER (++self->n_images));
    }
  return *error == NULL;
}

static int
find_image (Loading *self, sqlite3_stmt *statement, int column)
{
  gpointer key = GSIZE_TO_POINTER (sqlite3_column_int64 (statement, column));

  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (self->images, key)) - 1;
}

/* What a damaged file or a later Tamis may hold beside these means nothing here. */
static gboolean
is_known (int kind, int value)
{
  static const int highest[] = {
    [TAMIS_DECISION_PAIR] = TAMIS_VERDICT_DUPLICATES, [TAMIS_DECISION_IMAGE] = TAMIS_MARK_REMOVE,
    [TAMIS_DECISION_FOLDER] = TAMIS_FOLDER_EXCLUDED,  [TAMIS_DECISION_SPLIT] = TRUE,
    [TAMIS_DECISION_LABEL] = TAMIS_LABEL_LATER,
  };

  return kind >= 0 && kind < (int) G_N_ELEMENTS (highest) && value >= 0 && value <= highest[kind];
}

static void
tell (Loading *self, sqlite3_stmt *statement)
{
  int kind = sqlite3_column_int (statement, 1);
  g_autofree char *name = NULL;

  if (!is_known (kind, sqlite3_column_int (statement, 5)))
    return;
  if (sqlite3_column_type (statement, 4) != SQLITE_NULL)
    name = _tamis_sql_dup_bytes (statement, 4);
  self->sink->decision (self->sink->data, (TamisDecisionKind) kind,
                        find_image (self, statement, 2), find_image (self, statement, 3), name,
                        sqlite3_column_int (statement, 5));
}

/* Both tables in the order in which they were written, side by side. */
static void
load_steps (Loading *self, sqlite3 *db, GCancellable *cancel, GError **error)
{
  g_autoptr (sqlite3_stmt) steps
      = _tamis_sql_prepare (db, "SELECT id, type, curator FROM steps ORDER BY id", error);
  g_autoptr (sqlite3_stmt) decisions = NULL;
  gboolean more;

  if (steps == NULL)
    return;
  decisions = _tamis_sql_prepare (db, "SELECT step, kind, a, b, name, value FROM decisions"
                                      " ORDER BY id", error);
  more = decisions != NULL && _tamis_sql_next (decisions, error);
  while (*error == NULL && !g_cancellable_set_error_if_cancelled (cancel, error)
         && _tamis_sql_next (steps, error))
    {
      gint64 step = sqlite3_column_int64 (steps, 0);

      self->sink->step (self->sink->data, (TamisStep) sqlite3_column_int (steps, 1),
                        (const char *) sqlite3_column_text (steps, 2));
      for (; more && sqlite3_column_int64 (decisions, 0) == step;
           more = _tamis_sql_next (decisions, error))
        tell (self, decisions);
    }
}

gboolean
_tamis_journal_store_load (TamisStore *store, const TamisJournalSink *sink, GCancellable *cancel,
                           GError **error)
{
  g_autoptr (GHashTable) images = g_hash_table_new (NULL, NULL);
  Loading loading = { sink, images, 0 };
  g_autoptr (GError) problem = NULL;
  sqlite3 *db = _tamis_store_lock (store);

  if (load_images (&loading, db, cancel, &problem))
    load_steps (&loading, db, cancel, &problem);
  _tamis_store_unlock (store);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
