/* Finding rows by path and by content: two open-addressing tables of row numbers over what the data
 * set holds already, 8 to 16 bytes a row each, made once with the data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"

#include <string.h>

#define FREE G_MAXUINT32

static TamisTable
table_new (guint n)
{
  TamisTable self = { 0 };
  gsize size = 4;

  while (size < 2 * (gsize) n)
    size *= 2;
  self.mask = size - 1;
  self.slots = g_new (guint32, size);
  memset (self.slots, 0xff, size * sizeof *self.slots);
  return self;
}

/* FNV-1a, finished by a multiplication so that low bits depend on all. */
static gsize
hash_path (const char *path)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (const guchar *c = (const guchar *) path; *c != '\0'; c++)
    hash = (hash ^ *c) * 0x100000001b3u;
  return (gsize) (hash ^ hash >> 32);
}

static gsize
hash_digest (const TamisDigest *digest)
{
  guint64 head;

  memcpy (&head, digest->bytes, sizeof head); /* a digest's bytes are as random as any hash */
  return (gsize) head;
}

static guint32 *
find_path_slot (TamisDataset *self, const char *path)
{
  TamisTable *table = &self->by_path;
  gsize at = hash_path (path) & table->mask;

  while (table->slots[at] != FREE
         && strcmp (tamis_dataset_get_path (self, table->slots[at]), path) != 0)
    at = (at + 1) & table->mask;
  return &table->slots[at];
}

static guint32 *
find_content_slot (TamisDataset *self, const TamisDigest *digest)
{
  TamisTable *table = &self->by_content;
  gsize at = hash_digest (digest) & table->mask;

  while (table->slots[at] != FREE
         && !tamis_digest_equal (&self->facts[table->slots[at]].digest, digest))
    at = (at + 1) & table->mask;
  return &table->slots[at];
}

void
_tamis_dataset_index_paths (TamisDataset *self)
{
  self->by_path = table_new (self->n_rows);
  for (guint row = 0; row < self->n_rows; row++)
    {
      guint32 *slot = find_path_slot (self, tamis_dataset_get_path (self, row));

      if (*slot == FREE)
        *slot = row;
    }
}

void
_tamis_dataset_index_contents (TamisDataset *self)
{
  self->by_content = table_new (self->n_rows);
  self->contents = g_new (guint32, MAX (self->n_rows, 1));
  for (guint row = 0; row < self->n_rows; row++)
    {
      guint32 *slot;

      self->contents[row] = row;
      if (!tamis_digest_is_set (&self->facts[row].digest))
        continue;
      slot = find_content_slot (self, &self->facts[row].digest);
      if (*slot == FREE)
        *slot = row;
      self->contents[row] = *slot;
    }
}

void
_tamis_table_clear (TamisTable *self)
{
  g_clear_pointer (&self->slots, g_free);
}

int
tamis_dataset_find_path (TamisDataset *self, const char *path)
{
  guint32 row = *find_path_slot (self, path);

  return row == FREE ? -1 : (int) row;
}

int
tamis_dataset_find_content (TamisDataset *self, const TamisDigest *digest)
{
  guint32 row;

  if (self->contents == NULL || !tamis_digest_is_set (digest))
    return -1;
  row = *find_content_slot (self, digest);
  return row == FREE ? -1 : (int) row;
}

guint
tamis_dataset_get_content (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, row);
  return self->contents != NULL ? self->contents[row] : row;
}
