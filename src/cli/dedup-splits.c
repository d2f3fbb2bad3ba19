/* dedup: protected splits, leaks between splits, label conflicts between classes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dedup.h"

#include "values.h"

#include <stdio.h>
#include <string.h>

static gboolean
find_split (TamisDataset *dataset, const char *name, const char **split, GError **error)
{
  guint n = tamis_dataset_get_n_splits (dataset);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint s = 0; s < n; s++)
    {
      const char *bytes = tamis_dataset_get_split_name (dataset, s);
      g_autofree char *escaped = tamis_path_escape (bytes);

      *split = bytes;
      if (strcmp (bytes, name) == 0 || strcmp (escaped, name) == 0)
        return TRUE;
      g_string_append_printf (known, "%s%s", s > 0 ? ", " : "", escaped);
    }
  if (n == 0)
    g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                 "There is no split %s: the data set has no splits", name);
  else
    g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                 "There is no split %s among: %s", name, known->str);
  return FALSE;
}

gboolean
dedup_protect (Dedup *self, GError **error)
{
  TamisDataset *dataset = self->input.dataset;

  TamisVerdicts *decided = tamis_input_get_verdicts (&self->input);

  if (decided != NULL)
    self->verdicts = tamis_verdicts_copy (decided);
  if (self->protected_splits == NULL && self->leaks_file == NULL)
    return TRUE;
  if (self->leaks_file != NULL && tamis_dataset_get_n_splits (dataset) < 2)
    {
      g_set_error_literal (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                           "--leaks needs a data set with two splits at least: folders train and "
                           "test, or a column split in the CSV");
      return FALSE;
    }
  if (self->verdicts == NULL)
    self->verdicts = tamis_verdicts_new (dataset);
  for (guint i = 0; self->protected_splits != NULL && self->protected_splits[i] != NULL; i++)
    {
      const char *split;

      if (!find_split (dataset, self->protected_splits[i], &split, error))
        return FALSE;
      tamis_verdicts_set_split_protected (self->verdicts, split, TRUE);
    }
  return TRUE;
}

void
dedup_count_leaks (const Dedup *self, DedupResult *result)
{
  if (tamis_dataset_get_n_splits (self->input.dataset) > 1)
    result->leaks = tamis_crossings_new (self->input.dataset, self->pairs, result->plan,
                                         TAMIS_BORDER_SPLITS);
}

/* The pairs of the run are inside classes, unless it was asked for all. */
static gboolean
find_conflicts (TamisCli *cli, Dedup *self, const DedupResult *first, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  g_autoptr (TamisPairs) pairs = NULL;
  double floor = first->threshold;

  if (self->scope == TAMIS_SCOPE_ALL)
    pairs = tamis_pairs_ref (self->pairs);
  else
    {
      for (guint c = 0; first->class_thresholds != NULL && c < tamis_dataset_get_n_classes (dataset);
           c++)
        floor = MIN (floor, first->class_thresholds[c]);
      pairs = tamis_cli_join (cli, &self->input, floor, TAMIS_SCOPE_ALL, error);
    }
  if (pairs == NULL)
    return FALSE;
  self->conflicts = tamis_crossings_new (dataset, pairs, first->plan, TAMIS_BORDER_CLASSES);
  return TRUE;
}

gboolean
dedup_export_crossings (TamisCli *cli, Dedup *self, GError **error)
{
  const DedupResult *first = &g_array_index (self->results, DedupResult, 0);
  TamisDataset *dataset = self->input.dataset;

  if (self->leaks_file != NULL
      && !tamis_export_leaks (dataset, first->leaks, self->leaks_file, error))
    return FALSE;
  return self->conflicts_file == NULL
         || (find_conflicts (cli, self, first, error)
             && tamis_export_label_conflicts (dataset, self->conflicts, NULL,
                                              self->conflicts_file, error));
}

static void
print_count (guint n, const char *one, const char *many)
{
  g_autofree char *count = tamis_plot_format_count (n);

  printf ("%s %s\n", count, n == 1 ? one : many);
}

void
dedup_print_crossings (const Dedup *self)
{
  const DedupResult *first = &g_array_index (self->results, DedupResult, 0);

  if (first->leaks == NULL && self->conflicts == NULL)
    return;
  putchar ('\n');
  if (first->leaks != NULL)
    {
      print_count (tamis_crossings_get_n (first->leaks), "pair across splits (a leak)",
                   "pairs across splits (leaks)");
      if (tamis_crossings_get_n_left (first->leaks) > 0)
        print_count (tamis_crossings_get_n_left (first->leaks), "of them stays after removal",
                     "of them stay after removal");
    }
  if (self->conflicts != NULL)
    print_count (tamis_crossings_get_n (self->conflicts), "pair across classes (a label conflict)",
                 "pairs across classes (label conflicts)");
}
