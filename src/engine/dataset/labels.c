/* Classes and splits from the folders that images lie in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"

#include <string.h>

TamisSplitRole
tamis_split_get_role (const char *name)
{
  static const struct
  {
    const char *name;
    TamisSplitRole role;
  } known[] = {
    { "train", TAMIS_SPLIT_TRAIN },           { "training", TAMIS_SPLIT_TRAIN },
    { "val", TAMIS_SPLIT_VALIDATION },        { "valid", TAMIS_SPLIT_VALIDATION },
    { "validation", TAMIS_SPLIT_VALIDATION }, { "dev", TAMIS_SPLIT_VALIDATION },
    { "test", TAMIS_SPLIT_TEST },             { "testing", TAMIS_SPLIT_TEST },
    { "holdout", TAMIS_SPLIT_TEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (name, known[i].name) == 0)
      return known[i].role;
  return TAMIS_SPLIT_OTHER;
}

/* The first folder of @path (NULL if there is none), and in @rest what is below it. */
static char *
cut_folder (const char *path, const char **rest)
{
  const char *slash = strchr (path, '/');

  *rest = slash != NULL ? slash + 1 : path;
  return slash != NULL ? g_strndup (path, slash - path) : NULL;
}

/* A folder called "test" may be a class of that name, so one is not enough, and all must agree. */
static gboolean
has_splits (const TamisBuilder *builder)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < builder->rows->len; i++)
    {
      const char *rest;
      char *folder = cut_folder (_tamis_builder_get_path (builder, i), &rest);

      if (folder == NULL || tamis_split_get_role (folder) == TAMIS_SPLIT_OTHER)
        {
          g_free (folder);
          return FALSE;
        }
      g_hash_table_add (folders, folder);
    }
  return g_hash_table_size (folders) >= 2;
}

/* Labels row @i; a row that is in no class folder is only labelled if @loose_label says how. */
static gboolean
label_row (TamisBuilder *self, guint i, gboolean split_first, const char *loose_label)
{
  const char *rest = _tamis_builder_get_path (self, i);
  g_autofree char *split = split_first ? cut_folder (rest, &rest) : NULL;
  g_autofree char *folder = cut_folder (rest, &rest);
  const char *label = folder != NULL ? folder : loose_label;

  if (label != NULL)
    _tamis_builder_set_label (self, i, label, split);
  return label != NULL;
}

void
_tamis_builder_label_by_folder (TamisBuilder *self)
{
  gboolean split_first = has_splits (self);
  g_autoptr (GArray) loose = g_array_new (FALSE, FALSE, sizeof (guint));
  const char *name = self->set->name;

  for (guint i = 0; i < self->rows->len; i++)
    if (!label_row (self, i, split_first, NULL))
      g_array_append_val (loose, i);
  /* Images beside class folders are a class of the data set's name, or "." where one has it. */
  if (g_hash_table_contains (self->classes, name))
    name = ".";
  for (guint i = 0; i < loose->len; i++)
    label_row (self, g_array_index (loose, guint, i), split_first, name);
}
