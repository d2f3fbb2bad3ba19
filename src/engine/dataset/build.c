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

static gsize
arena_add_once (TamisArena *self, const char *text)
{
  gpointer offset;

  if (self->once == NULL)
    self->once = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!g_hash_table_lookup_extended (self->once, text, NULL, &offset))
    {
      offset = GSIZE_TO_POINTER (arena_add (self, text));
      g_hash_table_insert (self->once, g_strdup (text), offset);
    }
  return GPOINTER_TO_SIZE (offset);
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
  set->class_ranges = g_array_new (FALSE, FALSE, sizeof (TamisRange));
  set->unreadable = g_array_new (FALSE, FALSE, sizeof (TamisUnreadable));
  g_array_set_clear_func (set->unreadable, clear_unreadable);
  self->set = set;
  self->rows = g_array_new (FALSE, FALSE, sizeof (TamisRow));
  self->classes = g_hash_table_new (g_str_hash, g_str_equal);
}

void
_tamis_builder_clear (TamisBuilder *self)
{
  g_clear_pointer (&self->set, tamis_dataset_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->classes, g_hash_table_unref);
}

static guint32
find_class (TamisBuilder *self, const char *label)
{
  gpointer index;
  char *name;

  if (g_hash_table_lookup_extended (self->classes, label, NULL, &index))
    return GPOINTER_TO_UINT (index);
  name = g_strdup (label);
  index = GUINT_TO_POINTER (self->set->class_names->len);
  g_ptr_array_add (self->set->class_names, name);
  g_hash_table_insert (self->classes, name, index);
  return GPOINTER_TO_UINT (index);
}

void
_tamis_builder_add (TamisBuilder *self, const TamisEntry *entry)
{
  TamisRow row = { .bytes = entry->bytes, .mtime = entry->mtime, .order = self->rows->len };

  row.path = arena_add (&self->set->arena, entry->path);
  row.split = TAMIS_NO_TEXT;
  if (entry->split != NULL && *entry->split != '\0')
    row.split = arena_add_once (&self->set->arena, entry->split);
  row.class_index = find_class (self, entry->label);
  g_array_append_val (self->rows, row);
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

/* Names in natural order, rows renumbered to match. */
static void
sort_classes (TamisBuilder *self)
{
  GPtrArray *names = self->set->class_names;
  g_autofree guint32 *renumber = g_new (guint32, MAX (names->len, 1));

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      gpointer old = g_hash_table_lookup (self->classes, names->pdata[i]);

      renumber[GPOINTER_TO_UINT (old)] = i;
    }
  for (guint i = 0; i < self->rows->len; i++)
    {
      TamisRow *row = &g_array_index (self->rows, TamisRow, i);

      row->class_index = renumber[row->class_index];
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

  sort_classes (self);
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
  g_clear_pointer (&set->arena.once, g_hash_table_unref);
  _tamis_builder_clear (self);
  return set;
}
