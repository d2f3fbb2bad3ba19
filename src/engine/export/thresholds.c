/* The T of every class as CSV: written by the window, read by the command line, so that both give
 * the same lists.
 *
 * FORMAT: class,threshold; a row a class, in data-set order when written, in any order when read,
 * where classes that are left out keep the T of all. Names are escaped by tamis_path_escape(); a
 * threshold has the digits that give the same double back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include "engine/dataset/csv.h"

#include <string.h>

gboolean
tamis_export_thresholds (TamisDataset *dataset, TamisPlan *plan, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  tamis_writer_print (writer, "class,threshold\n");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      _tamis_csv_name (writer, tamis_dataset_get_class_name (dataset, c));
      tamis_writer_put (writer, ",", 1);
      _tamis_put_number (writer, tamis_plan_get_class_threshold (plan, c));
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}

/* ---- reading ---- */

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const TamisCsv *csv, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list arguments;

  va_start (arguments, format);
  words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
               "line %" G_GUINT64_FORMAT ": %s", csv->record_line, words);
  return FALSE;
}

/* Escaped names, as they stand in the file. */
static GHashTable *
index_classes (TamisDataset *dataset)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    g_hash_table_insert (table, tamis_path_escape (tamis_dataset_get_class_name (dataset, c)),
                         GUINT_TO_POINTER (c));
  return table;
}

static gboolean
read_record (const TamisCsv *csv, GHashTable *classes, double *thresholds, GError **error)
{
  const char *name, *text;
  gpointer class_index;
  double threshold;
  char *end;

  if (_tamis_csv_n_fields (csv) != 2)
    return refuse (error, csv, "expected is class,threshold");
  name = _tamis_csv_field (csv, 0);
  text = _tamis_csv_field (csv, 1);
  if (!g_hash_table_lookup_extended (classes, name, NULL, &class_index))
    return refuse (error, csv, "the data set has no class \"%s\"", name);
  if (thresholds[GPOINTER_TO_UINT (class_index)] >= 0.0)
    return refuse (error, csv, "the class \"%s\" has been named before", name);
  threshold = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(threshold >= 0.0 && threshold <= 1.0))
    return refuse (error, csv, "the threshold \"%s\" must be a number from 0 to 1", text);
  thresholds[GPOINTER_TO_UINT (class_index)] = threshold;
  return TRUE;
}

static gboolean
read_records (TamisCsv *csv, TamisDataset *dataset, double *thresholds, GError **error)
{
  g_autoptr (GHashTable) classes = index_classes (dataset);
  g_autoptr (GError) broken = NULL;

  if (!_tamis_csv_next (csv, &broken) || _tamis_csv_n_fields (csv) != 2
      || strcmp (_tamis_csv_field (csv, 0), "class") != 0
      || strcmp (_tamis_csv_field (csv, 1), "threshold") != 0)
    return refuse (error, csv, "the header must be class,threshold");
  while (_tamis_csv_next (csv, &broken))
    if (!read_record (csv, classes, thresholds, error))
      return FALSE;
  if (broken == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&broken));
  return FALSE;
}

double *
tamis_thresholds_read (TamisDataset *dataset, const char *path, GError **error)
{
  guint n = tamis_dataset_get_n_classes (dataset);
  g_autofree double *thresholds = g_new (double, MAX (n, 1));
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  g_auto (TamisCsv) csv = { NULL };
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &reason))
    {
      g_set_error_literal (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND,
                           reason->message);
      return NULL;
    }
  for (guint c = 0; c < n; c++)
    thresholds[c] = -1.0;
  _tamis_csv_init (&csv, text, length);
  return read_records (&csv, dataset, thresholds, error) ? g_steal_pointer (&thresholds) : NULL;
}
