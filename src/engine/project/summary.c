/* What is in a project, in numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <glib/gstdio.h>

static gboolean
count (sqlite3 *db, const char *sql, guint *n, GError **error)
{
  gint64 value;

  if (!_tamis_sql_get_integer (db, sql, &value, error))
    return FALSE;
  *n = (guint) value;
  return TRUE;
}

static gboolean
list_models (sqlite3 *db, TamisProjectSummary *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = _tamis_sql_prepare (
      db, "SELECT model, SUM (n) FROM vectors GROUP BY model ORDER BY MAX (id)", error);
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (TamisProjectModel));

  while (statement != NULL && _tamis_sql_next (statement, error))
    {
      TamisProjectModel model = { g_strdup ((const char *) sqlite3_column_text (statement, 0)),
                                  (guint) sqlite3_column_int64 (statement, 1) };

      g_array_append_val (models, model);
    }
  self->n_models = models->len;
  self->models = (TamisProjectModel *) (void *) g_array_free (g_steal_pointer (&models), FALSE);
  return *error == NULL;
}

TamisProjectSummary *
tamis_project_summarize (TamisProject *self, GError **error)
{
  g_autoptr (TamisProjectSummary) summary = g_new0 (TamisProjectSummary, 1);
  g_autoptr (GError) problem = NULL;
  GStatBuf facts;
  sqlite3 *db;

  summary->version = _tamis_schema_get_version ();
  if (g_stat (self->path, &facts) == 0)
    summary->bytes = (guint64) facts.st_size;
  if (!tamis_project_flush (self, NULL, error))
    return NULL;
  db = _tamis_store_lock (self->store);
  if (count (db, "SELECT COUNT (*) FROM files WHERE reason IS NULL", &summary->n_images, &problem)
      && count (db, "SELECT COUNT (*) FROM files WHERE reason IS NOT NULL", &summary->n_unreadable,
                &problem)
      && count (db, "SELECT COUNT (DISTINCT key) FROM pairs", &summary->n_joined, &problem)
      && count (db, "SELECT COUNT (*) FROM steps", &summary->n_steps, &problem)
      && count (db, "SELECT COUNT (*) FROM decisions", &summary->n_decisions, &problem))
    list_models (db, summary, &problem);
  _tamis_store_unlock (self->store);
  if (problem == NULL)
    return g_steal_pointer (&summary);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

void
tamis_project_summary_free (TamisProjectSummary *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_models; i++)
    g_free (self->models[i].name);
  g_free (self->models);
  g_free (self);
}
