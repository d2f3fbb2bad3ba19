/* dedup: thresholds given for single classes, by name or as a file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dedup.h"

#include "values.h"

#include <string.h>

gboolean
dedup_gives_classes (const Dedup *self)
{
  return self->class_words != NULL || self->thresholds_file != NULL;
}

/* "NAME=T"; the last "=" counts, since a name may hold one. */
static gboolean
read_word (Dedup *self, const char *word, GError **error)
{
  const char *equals = strrchr (word, '=');
  g_autofree char *name = equals != NULL ? g_strndup (word, equals - word) : NULL;
  double threshold;
  guint class_index;
  char *end;

  if (equals == NULL)
    return tamis_cli_usage (error, "--class-threshold %s: NAME=T is expected", word);
  threshold = g_ascii_strtod (equals + 1, &end);
  if (end == equals + 1 || *end != '\0' || !(threshold >= 0 && threshold <= 1))
    return tamis_cli_usage (error, "--class-threshold %s: T must be a number from 0 to 1", word);
  if (!tamis_cli_find_class (self->input.dataset, name, &class_index, error))
    return FALSE;
  self->own[class_index] = threshold;
  return TRUE;
}

static void
take_from_project (TamisCli *cli, Dedup *self)
{
  guint n = tamis_dataset_get_n_classes (self->input.dataset);
  gboolean any = FALSE;

  if (cli->project == NULL)
    return;
  self->own = g_new (double, MAX (n, 1));
  for (guint c = 0; c < n; c++)
    {
      self->own[c] = tamis_project_get_class_threshold (
          cli->project, tamis_dataset_get_class_name (self->input.dataset, c));
      any |= self->own[c] >= 0;
    }
  if (!any)
    g_clear_pointer (&self->own, g_free);
}

gboolean
dedup_read_classes (TamisCli *cli, Dedup *self, GError **error)
{
  guint n = tamis_dataset_get_n_classes (self->input.dataset);

  if (self->takes_classes)
    take_from_project (cli, self);
  if (!dedup_gives_classes (self))
    return TRUE;
  if (self->thresholds_file != NULL)
    {
      self->own = tamis_thresholds_read (self->input.dataset, self->thresholds_file, error);
      if (self->own == NULL)
        {
          g_prefix_error (error, "%s: ", self->thresholds_file);
          return FALSE;
        }
    }
  else
    {
      self->own = g_new (double, MAX (n, 1));
      for (guint c = 0; c < n; c++)
        self->own[c] = -1.0;
    }
  for (guint i = 0; self->class_words != NULL && self->class_words[i] != NULL; i++)
    if (!read_word (self, self->class_words[i], error))
      return FALSE;
  return TRUE;
}

double
dedup_lowest_own (const Dedup *self)
{
  guint n = tamis_dataset_get_n_classes (self->input.dataset);
  double lowest = 1.0;

  for (guint c = 0; self->own != NULL && c < n; c++)
    if (self->own[c] >= 0.0)
      lowest = MIN (lowest, self->own[c]);
  return lowest;
}
