/* TamisVerdicts: what was decided, about pairs, images, folders and splits.
 *
 * DESIGN: every move of the slider takes a copy, so all that grows with the number of verdicts or
 * rows is flat: pairs are one array with an open-addressing table of places in it, and what holds
 * for a row by mark, folder or split is one byte of flags a row. A pair that is taken back leaves
 * its entry behind with the verdict NONE, to be used again when the pair is judged again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/verdicts-private.h"

#include <stdlib.h>
#include <string.h>

#define FREE G_MAXUINT32

struct _TamisVerdicts
{
  TamisDataset *dataset;

  TamisVerdictEntry *entries;
  guint n_entries; /* with those that were taken back */
  guint n_set;
  guint n_allocated;
  guint32 *slots; /* of places in @entries; NULL while there are none */
  guint32 n_slots; /* a power of two, at least twice n_entries */

  guint8 *flags; /* one a row: TamisRowFlags */
  guint n_flagged;
  GHashTable *folders; /* owned name → TamisFolderRule */
  GHashTable *splits;  /* set of owned names */
};

TamisVerdicts *
tamis_verdicts_new (TamisDataset *dataset)
{
  TamisVerdicts *self = g_new0 (TamisVerdicts, 1);

  self->dataset = tamis_dataset_ref (dataset);
  self->flags = g_new0 (guint8, MAX (tamis_dataset_get_n_images (dataset), 1));
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->splits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static GHashTable *
copy_names (GHashTable *names)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (copy, g_strdup (name), value == name ? NULL : value);
  return copy;
}

TamisVerdicts *
tamis_verdicts_copy (TamisVerdicts *self)
{
  TamisVerdicts *copy = g_memdup2 (self, sizeof *self);

  tamis_dataset_ref (copy->dataset);
  copy->entries = g_memdup2 (self->entries, self->n_entries * sizeof *self->entries);
  copy->n_allocated = self->n_entries;
  copy->slots = g_memdup2 (self->slots, self->n_slots * sizeof *self->slots);
  copy->flags = g_memdup2 (self->flags, MAX (tamis_dataset_get_n_images (self->dataset), 1));
  copy->folders = copy_names (self->folders);
  copy->splits = copy_names (self->splits);
  return copy;
}

void
tamis_verdicts_free (TamisVerdicts *self)
{
  if (self == NULL)
    return;
  tamis_dataset_unref (self->dataset);
  g_free (self->entries);
  g_free (self->slots);
  g_free (self->flags);
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->splits);
  g_free (self);
}

/* ---- pairs ---- */

static guint32 *
find_slot (TamisVerdicts *self, guint a, guint b)
{
  guint64 key = ((guint64) MIN (a, b) << 32 | MAX (a, b)) * 0x9e3779b97f4a7c15u;
  guint32 at = (guint32) (key >> 32) & (self->n_slots - 1);

  while (self->slots[at] != FREE)
    {
      const TamisVerdictEntry *entry = &self->entries[self->slots[at]];

      if (MIN (entry->removed, entry->witness) == MIN (a, b)
          && MAX (entry->removed, entry->witness) == MAX (a, b))
        break;
      at = (at + 1) & (self->n_slots - 1);
    }
  return &self->slots[at];
}

static TamisVerdictEntry *
find_entry (TamisVerdicts *self, guint a, guint b)
{
  guint32 place = self->slots != NULL ? *find_slot (self, a, b) : FREE;

  return place != FREE ? &self->entries[place] : NULL;
}

static void
grow (TamisVerdicts *self)
{
  if (self->n_entries == self->n_allocated)
    {
      self->n_allocated = MAX (16, 2 * self->n_allocated);
      self->entries = g_renew (TamisVerdictEntry, self->entries, self->n_allocated);
    }
  if (2 * (self->n_entries + 1) <= self->n_slots)
    return;
  self->n_slots = MAX (64, 2 * self->n_slots);
  g_free (self->slots);
  self->slots = g_new (guint32, self->n_slots);
  memset (self->slots, 0xff, self->n_slots * sizeof *self->slots);
  for (guint i = 0; i < self->n_entries; i++)
    *find_slot (self, self->entries[i].removed, self->entries[i].witness) = i;
}

TamisVerdictEntry
tamis_verdicts_set (TamisVerdicts *self, guint removed, guint witness, TamisVerdict verdict)
{
  TamisVerdictEntry now = { removed, witness, verdict };
  TamisVerdictEntry before = { removed, witness, TAMIS_VERDICT_NONE };
  TamisVerdictEntry *entry;
  guint n = tamis_dataset_get_n_images (self->dataset);

  g_return_val_if_fail (removed != witness && removed < n && witness < n, before);
  entry = find_entry (self, removed, witness);
  if (entry == NULL && verdict == TAMIS_VERDICT_NONE)
    return before;
  if (entry != NULL)
    {
      before = *entry;
      *entry = now;
    }
  else
    {
      grow (self);
      self->entries[self->n_entries] = now;
      *find_slot (self, removed, witness) = self->n_entries++;
    }
  self->n_set += (verdict != TAMIS_VERDICT_NONE) - (before.verdict != TAMIS_VERDICT_NONE);
  return before;
}

TamisVerdict
tamis_verdicts_get (TamisVerdicts *self, guint a, guint b)
{
  const TamisVerdictEntry *entry = find_entry (self, a, b);

  return entry != NULL ? entry->verdict : TAMIS_VERDICT_NONE;
}

gboolean
tamis_verdicts_is_removal (TamisVerdicts *self, guint removed, guint witness)
{
  const TamisVerdictEntry *entry = find_entry (self, removed, witness);

  return entry != NULL && entry->verdict == TAMIS_VERDICT_REMOVE && entry->removed == removed;
}

guint
tamis_verdicts_get_n (TamisVerdicts *self)
{
  return self->n_set;
}

TamisDataset *
_tamis_verdicts_get_dataset (TamisVerdicts *self)
{
  return self->dataset;
}

const TamisVerdictEntry *
_tamis_verdicts_get_entries (TamisVerdicts *self, guint *n)
{
  *n = self->n_entries;
  return self->entries;
}

static int
compare_entries (gconstpointer x, gconstpointer y)
{
  const TamisVerdictEntry *p = x, *q = y;
  guint a = MIN (p->removed, p->witness), b = MIN (q->removed, q->witness);

  if (a != b)
    return a < b ? -1 : 1;
  a = MAX (p->removed, p->witness);
  b = MAX (q->removed, q->witness);
  return (a > b) - (a < b);
}

TamisVerdictEntry *
tamis_verdicts_list (TamisVerdicts *self)
{
  TamisVerdictEntry *list = g_new (TamisVerdictEntry, MAX (self->n_set, 1));
  guint n = 0;

  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].verdict != TAMIS_VERDICT_NONE)
      list[n++] = self->entries[i];
  qsort (list, n, sizeof *list, compare_entries);
  return list;
}

/* ---- rows ---- */

static void
set_flags (TamisVerdicts *self, guint row, guint8 mask, guint8 flags)
{
  guint8 now = (self->flags[row] & ~mask) | flags;

  self->n_flagged += (now != 0) - (self->flags[row] != 0);
  self->flags[row] = now;
}

TamisMark
tamis_verdicts_set_mark (TamisVerdicts *self, guint row, TamisMark mark)
{
  TamisMark before = tamis_verdicts_get_mark (self, row);

  g_return_val_if_fail (row < tamis_dataset_get_n_images (self->dataset), TAMIS_MARK_NONE);
  set_flags (self, row, TAMIS_ROW_MARK_KEEP | TAMIS_ROW_MARK_REMOVE,
             mark == TAMIS_MARK_KEEP     ? TAMIS_ROW_MARK_KEEP
             : mark == TAMIS_MARK_REMOVE ? TAMIS_ROW_MARK_REMOVE
                                         : 0);
  return before;
}

TamisMark
tamis_verdicts_get_mark (TamisVerdicts *self, guint row)
{
  g_return_val_if_fail (row < tamis_dataset_get_n_images (self->dataset), TAMIS_MARK_NONE);
  return self->flags[row] & TAMIS_ROW_MARK_KEEP     ? TAMIS_MARK_KEEP
         : self->flags[row] & TAMIS_ROW_MARK_REMOVE ? TAMIS_MARK_REMOVE
                                                    : TAMIS_MARK_NONE;
}

const guint8 *
_tamis_verdicts_get_flags (TamisVerdicts *self)
{
  return self->n_flagged > 0 ? self->flags : NULL;
}

gboolean
tamis_verdicts_is_empty (TamisVerdicts *self)
{
  return self->n_set == 0 && self->n_flagged == 0;
}

/* ---- folders and splits ---- */

/* Of the nearest folder above @path that has one. */
static TamisFolderRule
find_rule (TamisVerdicts *self, const char *path)
{
  g_autofree char *folder = g_strdup (path);
  char *slash;

  while ((slash = strrchr (folder, '/')) != NULL)
    {
      gpointer rule;

      *slash = '\0';
      if (g_hash_table_lookup_extended (self->folders, folder, NULL, &rule))
        return (TamisFolderRule) GPOINTER_TO_UINT (rule);
    }
  return (TamisFolderRule) GPOINTER_TO_UINT (g_hash_table_lookup (self->folders, ""));
}

static void
apply_folders (TamisVerdicts *self)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  for (guint row = 0; row < n; row++)
    {
      TamisFolderRule rule = find_rule (self, tamis_dataset_get_path (self->dataset, row));

      set_flags (self, row, TAMIS_ROW_REFERENCE | TAMIS_ROW_EXCLUDED,
                 rule == TAMIS_FOLDER_REFERENCE  ? TAMIS_ROW_REFERENCE
                 : rule == TAMIS_FOLDER_EXCLUDED ? TAMIS_ROW_EXCLUDED
                                                 : 0);
    }
}

TamisFolderRule
tamis_verdicts_set_folder (TamisVerdicts *self, const char *folder, TamisFolderRule rule)
{
  TamisFolderRule before = tamis_verdicts_get_folder (self, folder);

  /* NORMAL is an entry too: below a reference folder it makes an exception. It is no entry where
   * nothing above has a rule, so that taking a rule back leaves no trace. */
  g_hash_table_remove (self->folders, folder);
  if (rule != TAMIS_FOLDER_NORMAL || find_rule (self, folder) != TAMIS_FOLDER_NORMAL)
    g_hash_table_insert (self->folders, g_strdup (folder), GUINT_TO_POINTER (rule));
  apply_folders (self);
  return before;
}

void
tamis_verdicts_unset_folder (TamisVerdicts *self, const char *folder)
{
  if (g_hash_table_remove (self->folders, folder))
    apply_folders (self);
}

TamisFolderRule
tamis_verdicts_get_folder (TamisVerdicts *self, const char *folder)
{
  gpointer rule;

  if (g_hash_table_lookup_extended (self->folders, folder, NULL, &rule))
    return (TamisFolderRule) GPOINTER_TO_UINT (rule);
  return find_rule (self, folder);
}

TamisFolderRule
tamis_verdicts_get_row_rule (TamisVerdicts *self, guint row)
{
  g_return_val_if_fail (row < tamis_dataset_get_n_images (self->dataset), TAMIS_FOLDER_NORMAL);
  return self->flags[row] & TAMIS_ROW_REFERENCE  ? TAMIS_FOLDER_REFERENCE
         : self->flags[row] & TAMIS_ROW_EXCLUDED ? TAMIS_FOLDER_EXCLUDED
                                                 : TAMIS_FOLDER_NORMAL;
}

gboolean
tamis_verdicts_set_split_protected (TamisVerdicts *self, const char *split, gboolean is_protected)
{
  gboolean before = tamis_verdicts_is_split_protected (self, split);
  guint n = tamis_dataset_get_n_images (self->dataset);

  if (is_protected)
    g_hash_table_add (self->splits, g_strdup (split));
  else
    g_hash_table_remove (self->splits, split);
  for (guint row = 0; row < n; row++)
    if (g_strcmp0 (tamis_dataset_get_split (self->dataset, row), split) == 0)
      set_flags (self, row, TAMIS_ROW_SPLIT, is_protected ? TAMIS_ROW_SPLIT : 0);
  return before;
}

gboolean
tamis_verdicts_is_split_protected (TamisVerdicts *self, const char *split)
{
  return g_hash_table_contains (self->splits, split);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return tamis_natural_compare (*(const char *const *) a, *(const char *const *) b);
}

static char **
list_names (GHashTable *names)
{
  guint n;
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (names, &n);

  qsort (keys, n, sizeof *keys, compare_names);
  return g_strdupv ((char **) keys);
}

char **
tamis_verdicts_list_folders (TamisVerdicts *self)
{
  return list_names (self->folders);
}

char **
tamis_verdicts_list_splits (TamisVerdicts *self)
{
  return list_names (self->splits);
}
