/* The images of journals as a data set, so that decisions can be read where the files are not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include "engine/dataset/build.h"

#include <string.h>

typedef struct
{
  char *path;
  TamisDigest digest;
} Named;

typedef struct
{
  GArray *images;    /* of Named */
  GHashTable *known; /* set of owned texts: digest, path */
  GHashTable *ours;  /* set of owned texts: digests of the first project; NULL while it is read */
} Collecting;

static void
named_clear (gpointer data)
{
  g_free (((Named *) data)->path);
}

/* An image of the second project is one of the first if it has its bytes, whatever it is called. */
static void
collect_image (gpointer data, const TamisDigest *digest, const char *path)
{
  Collecting *self = data;
  g_autofree char *digits = tamis_digest_to_string (digest);
  char *both = g_strconcat (digits, path, NULL);
  Named image = { NULL, *digest };

  if (self->ours != NULL && tamis_digest_is_set (digest)
      && g_hash_table_contains (self->ours, digits))
    {
      g_free (both);
      return;
    }
  if (!g_hash_table_add (self->known, both))
    return;
  image.path = g_strdup (path);
  g_array_append_val (self->images, image);
}

static void
skip_step (gpointer data, TamisStep type, const char *curator)
{
}

static void
skip_decision (gpointer data, TamisDecisionKind kind, int a, int b, const char *name, int value)
{
}

static void
note_ours (Collecting *self)
{
  self->ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->images->len; i++)
    g_hash_table_add (self->ours,
                      tamis_digest_to_string (&g_array_index (self->images, Named, i).digest));
}

/* The order of rows says which image of a pair is the first, so it must not depend on the history. */
static int
compare_named (gconstpointer a, gconstpointer b)
{
  const Named *p = a, *q = b;
  int result = tamis_natural_compare (p->path, q->path);

  return result != 0 ? result : memcmp (&p->digest, &q->digest, sizeof p->digest);
}

static TamisDataset *
make_dataset (Collecting *self)
{
  guint n = self->images->len;
  g_autofree const char **reasons = g_new0 (const char *, n + 1);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, n + 1);
  g_auto (TamisBuilder) builder = { NULL };
  g_autoptr (TamisDataset) plain = NULL;

  g_array_sort (self->images, compare_named);
  _tamis_builder_init (&builder, "images", ".");
  for (guint i = 0; i < n; i++)
    {
      const Named *image = &g_array_index (self->images, Named, i);

      _tamis_builder_add (&builder, &(TamisEntry){ .path = image->path, .label = "images" });
      facts[i].digest = image->digest;
    }
  plain = _tamis_builder_finish (&builder, FALSE);
  return tamis_dataset_refine (plain, reasons, facts);
}

static void
collecting_clear (Collecting *self)
{
  g_array_unref (self->images);
  g_hash_table_unref (self->known);
  g_clear_pointer (&self->ours, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Collecting, collecting_clear)

TamisDataset *
_tamis_project_list_images_of (TamisProject *self, TamisProject *other, GCancellable *cancel,
                               GError **error)
{
  g_auto (Collecting) collecting = {
    .images = g_array_new (FALSE, FALSE, sizeof (Named)),
    .known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  TamisJournalSink sink = { collect_image, skip_step, skip_decision, &collecting };

  g_array_set_clear_func (collecting.images, named_clear);
  if (!tamis_project_flush (self, cancel, error)
      || !_tamis_journal_store_load (self->store, &sink, cancel, error))
    return NULL;
  if (other != NULL)
    {
      note_ours (&collecting);
      if (!tamis_project_flush (other, cancel, error)
          || !_tamis_journal_store_load (other->store, &sink, cancel, error))
        return NULL;
    }
  return make_dataset (&collecting);
}

TamisDataset *
tamis_project_list_images (TamisProject *self, GCancellable *cancel, GError **error)
{
  return _tamis_project_list_images_of (self, NULL, cancel, error);
}

/* ---- images that both know ---- */

static guint
hash_digest (gconstpointer data)
{
  guint head;

  memcpy (&head, data, sizeof head);
  return head;
}

static gboolean
equal_digests (gconstpointer a, gconstpointer b)
{
  return tamis_digest_equal (a, b);
}

/* (transfer full): set of owned TamisDigest */
static GHashTable *
list_contents (TamisProject *self, GCancellable *cancel, GError **error)
{
  g_autoptr (GHashTable) contents
      = g_hash_table_new_full (hash_digest, equal_digests, g_free, NULL);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) problem = NULL;
  sqlite3 *db;

  if (!tamis_project_flush (self, cancel, error))
    return NULL;
  db = _tamis_store_lock (self->store);
  statement = _tamis_sql_prepare (db, "SELECT digest FROM files WHERE reason IS NULL"
                                      " UNION SELECT digest FROM images", &problem);
  while (statement != NULL && !g_cancellable_set_error_if_cancelled (cancel, &problem)
         && _tamis_sql_next (statement, &problem))
    {
      TamisDigest digest = _tamis_sql_get_digest (statement, 0);

      if (tamis_digest_is_set (&digest))
        g_hash_table_add (contents, g_memdup2 (&digest, sizeof digest));
    }
  g_clear_pointer (&statement, sqlite3_finalize);
  _tamis_store_unlock (self->store);
  if (problem == NULL)
    return g_steal_pointer (&contents);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
_tamis_project_count_shared (TamisProject *self, TamisProject *other, guint *n_shared,
                             GCancellable *cancel, GError **error)
{
  g_autoptr (GHashTable) ours = list_contents (self, cancel, error);
  g_autoptr (GHashTable) theirs = ours != NULL ? list_contents (other, cancel, error) : NULL;
  GHashTableIter iter;
  gpointer digest;

  if (theirs == NULL)
    return FALSE;
  *n_shared = 0;
  g_hash_table_iter_init (&iter, theirs);
  while (g_hash_table_iter_next (&iter, &digest, NULL))
    *n_shared += g_hash_table_contains (ours, digest);
  return TRUE;
}
