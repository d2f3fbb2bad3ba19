/* Small texts: in memory as long as the project is open, written as they change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

typedef struct
{
  char *key;
  char *value; /* nullable */
} Setting;

static void
setting_free (gpointer data)
{
  Setting *self = data;

  g_free (self->key);
  g_free (self->value);
  g_free (self);
}

static gboolean
write_setting (TamisStore *store, gpointer data, GError **error)
{
  Setting *self = data;
  sqlite3_stmt *statement
      = _tamis_store_get (store, self->value != NULL ? TAMIS_SQL_SET_SETTING
                                                     : TAMIS_SQL_UNSET_SETTING, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, self->key, -1, SQLITE_STATIC);
  if (self->value != NULL)
    _tamis_sql_bind_bytes (statement, 2, self->value);
  return _tamis_sql_do (statement, error);
}

gboolean
_tamis_settings_load (TamisSettings *self, TamisStore *store, GError **error)
{
  sqlite3 *db = _tamis_store_lock (store);
  g_autoptr (GError) problem = NULL;

  self->store = store;
  g_mutex_init (&self->mutex);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  {
    g_autoptr (sqlite3_stmt) statement
        = _tamis_sql_prepare (db, "SELECT key, value FROM settings", &problem);

    while (statement != NULL && _tamis_sql_next (statement, &problem))
      g_hash_table_insert (self->values, _tamis_sql_dup_bytes (statement, 0),
                           _tamis_sql_dup_bytes (statement, 1));
  }
  _tamis_store_unlock (store);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

void
_tamis_settings_clear (TamisSettings *self)
{
  if (self->values == NULL)
    return;
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_mutex_clear (&self->mutex);
}

char *
_tamis_settings_dup (TamisSettings *self, const char *key)
{
  char *value;

  g_mutex_lock (&self->mutex);
  value = g_strdup (g_hash_table_lookup (self->values, key));
  g_mutex_unlock (&self->mutex);
  return value;
}

void
_tamis_settings_set (TamisSettings *self, const char *key, const char *value)
{
  Setting *setting;
  TamisWrite write = { write_setting, setting_free, NULL, sizeof *setting, FALSE };

  g_mutex_lock (&self->mutex);
  if (g_strcmp0 (g_hash_table_lookup (self->values, key), value) == 0)
    {
      g_mutex_unlock (&self->mutex);
      return;
    }
  if (value != NULL)
    g_hash_table_insert (self->values, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->values, key);
  setting = g_new (Setting, 1);
  *setting = (Setting){ g_strdup (key), g_strdup (value) };
  write.data = setting;
  /* Under the mutex, so that the file gets values in the order in which memory did. */
  _tamis_store_push (self->store, &write);
  g_mutex_unlock (&self->mutex);
}
