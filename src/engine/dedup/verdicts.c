/* TamisVerdicts: what was decided, about pairs, images, folders and splits.
 *
 * DESIGN: every move of the slider takes a copy, so all that grows with the number of verdicts or
 * rows is flat: pairs are tables (pair-table.c), and what holds for a row by mark, folder or split
 * is one byte of flags a row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/verdicts-private.h"

#include <stdlib.h>
#include <string.h>

struct _TamisVerdicts
{
  TamisDataset *dataset;
  TamisPairTable pairs;  /* values: TamisVerdict; first: removed */
  TamisPairTable labels; /* values: TamisLabelVerdict; first < second */

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
  copy->pairs = _tamis_pair_table_copy (&self->pairs);
  copy->labels = _tamis_pair_table_copy (&self->labels);
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
  _tamis_pair_table_clear (&self->pairs);
  _tamis_pair_table_clear (&self->labels);
  g_free (self->flags);
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->splits);
  g_free (self);
}

/* ---- pairs ---- */

static TamisVerdictEntry
make_entry (TamisPairEntry entry)
{
  return (TamisVerdictEntry){ entry.first, entry.second, (TamisVerdict) entry.value };
}

TamisVerdictEntry
tamis_verdicts_set (TamisVerdicts *self, guint removed, guint witness, TamisVerdict verdict)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  g_return_val_if_fail (removed != witness && removed < n && witness < n,
                        ((TamisVerdictEntry){ removed, witness, TAMIS_VERDICT_NONE }));
  return make_entry (
      _tamis_pair_table_set (&self->pairs, (TamisPairEntry){ removed, witness, verdict }));
}

TamisVerdict
tamis_verdicts_get (TamisVerdicts *self, guint a, guint b)
{
  return (TamisVerdict) _tamis_pair_table_get (&self->pairs, a, b).value;
}

gboolean
tamis_verdicts_is_removal (TamisVerdicts *self, guint removed, guint witness)
{
  TamisPairEntry entry = _tamis_pair_table_get (&self->pairs, removed, witness);

  return entry.value == TAMIS_VERDICT_REMOVE && entry.first == removed;
}

guint
tamis_verdicts_get_n (TamisVerdicts *self)
{
  return self->pairs.n_set;
}

TamisDataset *
_tamis_verdicts_get_dataset (TamisVerdicts *self)
{
  return self->dataset;
}

const TamisPairEntry *
_tamis_verdicts_get_entries (TamisVerdicts *self, guint *n)
{
  *n = self->pairs.n_entries;
  return self->pairs.entries;
}

TamisVerdictEntry *
tamis_verdicts_list (TamisVerdicts *self)
{
  g_autofree TamisPairEntry *entries = _tamis_pair_table_list (&self->pairs);
  TamisVerdictEntry *list = g_new (TamisVerdictEntry, MAX (self->pairs.n_set, 1));

  for (guint i = 0; i < self->pairs.n_set; i++)
    list[i] = make_entry (entries[i]);
  return list;
}

/* ---- labels ---- */

static TamisLabelEntry
make_label_entry (TamisPairEntry entry)
{
  return (TamisLabelEntry){ entry.first, entry.second, (TamisLabelVerdict) entry.value };
}

TamisLabelVerdict
tamis_verdicts_set_label (TamisVerdicts *self, guint a, guint b, TamisLabelVerdict verdict)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  g_return_val_if_fail (a < b && b < n, TAMIS_LABEL_NONE);
  return (TamisLabelVerdict)
      _tamis_pair_table_set (&self->labels, (TamisPairEntry){ a, b, verdict }).value;
}

TamisLabelVerdict
tamis_verdicts_get_label (TamisVerdicts *self, guint a, guint b)
{
  return (TamisLabelVerdict) _tamis_pair_table_get (&self->labels, a, b).value;
}

guint
tamis_verdicts_get_n_labels (TamisVerdicts *self)
{
  return self->labels.n_set;
}

TamisLabelEntry *
tamis_verdicts_list_labels (TamisVerdicts *self)
{
  g_autofree TamisPairEntry *entries = _tamis_pair_table_list (&self->labels);
  TamisLabelEntry *list = g_new (TamisLabelEntry, MAX (self->labels.n_set, 1));

  for (guint i = 0; i < self->labels.n_set; i++)
    list[i] = make_label_entry (entries[i]);
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
  return self->pairs.n_set == 0 && self->n_flagged == 0;
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

static gboolean
is_below (const char *path, const char *folder, gsize length)
{
  return length == 0 || (strncmp (path, folder, length) == 0 && path[length] == '/');
}

/* The rules of what lies below @folder, which has changed its own. */
static void
apply_folders (TamisVerdicts *self, const char *folder)
{
  guint n = tamis_dataset_get_n_images (self->dataset);
  gsize length = strlen (folder);

  for (guint row = 0; row < n; row++)
    {
      const char *path = tamis_dataset_get_path (self->dataset, row);
      TamisFolderRule rule;

      if (!is_below (path, folder, length))
        continue;
      rule = find_rule (self, path);
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
  apply_folders (self, folder);
  return before;
}

void
tamis_verdicts_unset_folder (TamisVerdicts *self, const char *folder)
{
  if (g_hash_table_remove (self->folders, folder))
    apply_folders (self, folder);
}

gboolean
tamis_verdicts_has_folder (TamisVerdicts *self, const char *folder)
{
  return g_hash_table_contains (self->folders, folder);
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
