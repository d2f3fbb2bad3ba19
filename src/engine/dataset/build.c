/* Making a TamisDataset: collect entries in any order, sort once, publish.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"

#include <tamis/base.h>

#include <stdlib.h>
#include <string.h>

static gsize
arena_add (TamisArena *self, const char *text)
{
  gsize n = strlen (text) + 1;
  gsize at = self->used;

  if (self->allocated - self->used < n)
    {
      self->allocated = MAX (self->allocated * 2, self->used + n + 4096);
      self->text = g_realloc (self->text, self->allocated);
    }
  memcpy (self->text + at, text, n);
  self->used += n;
  return at;
}

static void
clear_unreadable (gpointer data)
{
  TamisUnreadable *item = data;

  g_free (item->path);
  g_free (item->reason);
}

void
_tamis_builder_init (TamisBuilder *self, const char *location, const char *folder)
{
  g_autofree char *canonical = g_canonicalize_filename (location, NULL);
  TamisDataset *set = g_atomic_rc_box_new0 (TamisDataset);

  set->location = g_strdup (location);
  set->folder = g_strdup (folder);
  set->name = g_path_get_basename (canonical);
  set->class_names = g_ptr_array_new_with_free_func (g_free);
  set->split_names = g_ptr_array_new_with_free_func (g_free);
  set->class_ranges = g_array_new (FALSE, FALSE, sizeof (TamisRange));
  set->unreadable = g_array_new (FALSE, FALSE, sizeof (TamisUnreadable));
  g_array_set_clear_func (set->unreadable, clear_unreadable);
  self->set = set;
  self->rows = g_array_new (FALSE, FALSE, sizeof (TamisRow));
  self->classes = g_hash_table_new (g_str_hash, g_str_equal);
  self->splits = g_hash_table_new (g_str_hash, g_str_equal);
}

void
_tamis_builder_clear (TamisBuilder *self)
{
  g_clear_pointer (&self->set, tamis_dataset_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->classes, g_hash_table_unref);
  g_clear_pointer (&self->splits, g_hash_table_unref);
}

/* The number of @text among @names, where it is put if it is new. */
static guint32
find_name (GPtrArray *names, GHashTable *indices, const char *text)
{
  gpointer index;
  char *name;

  if (g_hash_table_lookup_extended (indices, text, NULL, &index))
    return GPOINTER_TO_UINT (index);
  name = g_strdup (text);
  index = GUINT_TO_POINTER (names->len);
  g_ptr_array_add (names, name);
  g_hash_table_insert (indices, name, index);
  return GPOINTER_TO_UINT (index);
}

void
_tamis_builder_add (TamisBuilder *self, const TamisEntry *entry)
{
  TamisRow row = { .bytes = entry->bytes, .mtime = entry->mtime, .order = self->rows->len };

  row.path = arena_add (&self->set->arena, entry->path);
  g_array_append_val (self->rows, row);
  if (entry->label != NULL)
    _tamis_builder_set_label (self, row.order, entry->label, entry->split);
}

const char *
_tamis_builder_get_path (const TamisBuilder *self, guint i)
{
  return self->set->arena.text + g_array_index (self->rows, TamisRow, i).path;
}

void
_tamis_builder_set_label (TamisBuilder *self, guint i, const char *label, const char *split)
{
  TamisRow *row = &g_array_index (self->rows, TamisRow, i);

  row->class_index = find_name (self->set->class_names, self->classes, label);
  row->split_index = TAMIS_NO_SPLIT;
  if (split != NULL && *split != '\0')
    row->split_index = find_name (self->set->split_names, self->splits, split);
}

void
_tamis_builder_add_unreadable (TamisBuilder *self, const char *path, const char *reason)
{
  TamisUnreadable item = { g_strdup (path), g_strdup (reason) };

  g_array_append_val (self->set->unreadable, item);
}

typedef struct
{
  const TamisDataset *set;
  gboolean by_path;
} Order;

static int
compare_rows (const void *a, const void *b, void *data)
{
  const TamisRow *p = a;
  const TamisRow *q = b;
  const Order *order = data;
  int result = 0;

  if (p->class_index != q->class_index)
    return p->class_index < q->class_index ? -1 : 1;
  if (order->by_path)
    result = tamis_natural_compare (order->set->arena.text + p->path,
                                    order->set->arena.text + q->path);
  if (result == 0)
    result = p->order < q->order ? -1 : 1;
  return result;
}

static int
compare_unreadable (const void *a, const void *b)
{
  return tamis_natural_compare (((const TamisUnreadable *) a)->path,
                                ((const TamisUnreadable *) b)->path);
}

static int
compare_names (const void *a, const void *b)
{
  return tamis_natural_compare (*(char *const *) a, *(char *const *) b);
}

/* Puts names in natural order. Returns: (transfer full): the new number of each old one */
static guint32 *
sort_names (GPtrArray *names, GHashTable *indices)
{
  guint32 *renumber = g_new (guint32, MAX (names->len, 1));

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    renumber[GPOINTER_TO_UINT (g_hash_table_lookup (indices, names->pdata[i]))] = i;
  return renumber;
}

static void
sort_labels (TamisBuilder *self)
{
  g_autofree guint32 *classes = sort_names (self->set->class_names, self->classes);
  g_autofree guint32 *splits = sort_names (self->set->split_names, self->splits);

  for (guint i = 0; i < self->rows->len; i++)
    {
      TamisRow *row = &g_array_index (self->rows, TamisRow, i);

      row->class_index = classes[row->class_index];
      if (row->split_index != TAMIS_NO_SPLIT)
        row->split_index = splits[row->split_index];
    }
}

/* A name is only there because a row has it, so no range is empty. */
static void
measure_classes (TamisDataset *set)
{
  g_array_set_size (set->class_ranges, set->class_names->len);
  for (guint i = 0; i < set->n_rows; i++)
    {
      TamisRange *range = &g_array_index (set->class_ranges, TamisRange, set->rows[i].class_index);

      if (i == 0 || set->rows[i].class_index != set->rows[i - 1].class_index)
        *range = (TamisRange){ i, 0 };
      range->n++;
    }
}

TamisDataset *
_tamis_builder_finish (TamisBuilder *self, gboolean by_path)
{
  TamisDataset *set = self->set;
  Order order = { set, by_path };

  sort_labels (self);
  self->set = NULL;
  set->n_rows = self->rows->len;
  set->rows = (TamisRow *) g_array_free (g_steal_pointer (&self->rows), FALSE);
  if (set->n_rows > 0)
    qsort_r (set->rows, set->n_rows, sizeof (TamisRow), compare_rows, &order);
  if (set->unreadable->len > 0)
    qsort (set->unreadable->data, set->unreadable->len, sizeof (TamisUnreadable),
           compare_unreadable);
  measure_classes (set);
  _tamis_dataset_index_paths (set);
  _tamis_builder_clear (self);
  return set;
}
