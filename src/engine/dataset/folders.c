/* The folders that the images of a data set lie in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/dataset.h>

#include <stdlib.h>
#include <string.h>

/* Counts the image in every folder above it. */
static void
count (GHashTable *counts, const char *path)
{
  g_autofree char *folder = g_strdup (path);

  do
    {
      char *slash = strrchr (folder, '/');
      guint *n;

      *(slash != NULL ? slash : folder) = '\0';
      n = g_hash_table_lookup (counts, folder);
      if (n == NULL)
        {
          n = g_new0 (guint, 1);
          g_hash_table_insert (counts, g_strdup (folder), n);
        }
      ++*n;
    }
  while (*folder != '\0');
}

/* Natural order of the names, name by name: "a/b" before "a b", which a plain comparison of whole
 * paths would put between a folder and what is inside it. */
static int
compare_folders (gconstpointer a, gconstpointer b)
{
  g_auto (GStrv) p = g_strsplit (((const TamisFolder *) a)->path, "/", -1);
  g_auto (GStrv) q = g_strsplit (((const TamisFolder *) b)->path, "/", -1);
  guint i = 0;
  int result = 0;

  while (p[i] != NULL && q[i] != NULL && (result = tamis_natural_compare (p[i], q[i])) == 0)
    i++;
  return result != 0 ? result : (p[i] != NULL) - (q[i] != NULL);
}

static guint
get_depth (const char *path)
{
  guint depth = *path != '\0';

  for (const char *c = *path == '/' ? path + 1 : path; *c != '\0'; c++)
    depth += *c == '/';
  return depth;
}

TamisFolders *
tamis_folders_new (TamisDataset *dataset)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TamisFolders *self = g_new0 (TamisFolders, 1);
  GHashTableIter iter;
  gpointer path, n;

  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    count (counts, tamis_dataset_get_path (dataset, row));
  self->items = g_new (TamisFolder, g_hash_table_size (counts) + 1);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &path, &n))
    self->items[self->n++]
        = (TamisFolder){ g_strdup (path), get_depth (path), *(const guint *) n };
  qsort (self->items, self->n, sizeof *self->items, compare_folders);
  return self;
}

void
tamis_folders_free (TamisFolders *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n; i++)
    g_free (self->items[i].path);
  g_free (self->items);
  g_free (self);
}
