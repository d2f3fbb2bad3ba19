/* Strings, numbers and the head of a JSON file.
 *
 * Written by hand: a file is a stream of up to a million small objects of known shape, and a tree
 * of them in memory would be many times as large as the file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include <string.h>

void
_tamis_csv_name (TamisWriter *writer, const char *bytes)
{
  g_autofree char *text = tamis_path_escape (bytes);

  tamis_writer_csv (writer, text);
}

char *
_tamis_dup_absolute (TamisDataset *dataset, guint row)
{
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);

  return g_canonicalize_filename (file, NULL);
}

void
_tamis_json_name (TamisWriter *writer, const char *bytes)
{
  g_autofree char *text = bytes != NULL ? tamis_path_escape (bytes) : NULL;

  if (text == NULL)
    {
      tamis_writer_print (writer, "null");
      return;
    }
  /* Control characters and broken UTF-8 are escaped already, so that two characters are left. */
  tamis_writer_put (writer, "\"", 1);
  for (const char *p = text; *p != '\0';)
    {
      gsize plain = strcspn (p, "\"\\");

      tamis_writer_put (writer, p, plain);
      p += plain;
      if (*p != '\0')
        {
          tamis_writer_put (writer, "\\", 1);
          tamis_writer_put (writer, p++, 1);
        }
    }
  tamis_writer_put (writer, "\"", 1);
}

void
_tamis_put_number (TamisWriter *writer, double number)
{
  g_autoptr (GString) text = g_string_new (NULL);

  tamis_number_append (text, number);
  tamis_writer_put (writer, text->str, text->len);
}

/* Those that differ from the plan's. */
static void
put_class_thresholds (TamisWriter *writer, TamisDataset *dataset, TamisPlan *plan)
{
  const char *comma = "";

  tamis_writer_print (writer, ",\"class_thresholds\":[");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      double threshold = tamis_plan_get_class_threshold (plan, c);

      if (threshold == tamis_plan_get_threshold (plan))
        continue;
      tamis_writer_print (writer, "%s\n{\"class\":", comma);
      _tamis_json_name (writer, tamis_dataset_get_class_name (dataset, c));
      tamis_writer_print (writer, ",\"threshold\":");
      _tamis_put_number (writer, threshold);
      tamis_writer_print (writer, "}");
      comma = ",";
    }
  tamis_writer_print (writer, "]");
}

static const char *
rule_word (TamisFolderRule rule)
{
  return rule == TAMIS_FOLDER_REFERENCE ? "reference"
         : rule == TAMIS_FOLDER_EXCLUDED ? "excluded"
                                         : "normal";
}

static void
put_decisions (TamisWriter *writer, const TamisPlanDecisions *decisions)
{
  if (decisions == NULL)
    {
      tamis_writer_print (writer, ",\n\"decisions\":null");
      return;
    }
  tamis_writer_print (writer, ",\n\"decisions\":{\"pairs\":%u,\"marks\":%u,\"folders\":[",
                      decisions->n_pairs, decisions->n_marks);
  for (guint i = 0; decisions->folders[i] != NULL; i++)
    {
      tamis_writer_print (writer, "%s{\"folder\":", i > 0 ? "," : "");
      _tamis_json_name (writer, decisions->folders[i]);
      tamis_writer_print (writer, ",\"rule\":\"%s\"}", rule_word (decisions->rules[i]));
    }
  tamis_writer_print (writer, "],\"protected_splits\":[");
  for (guint i = 0; decisions->splits[i] != NULL; i++)
    {
      tamis_writer_print (writer, "%s", i > 0 ? "," : "");
      _tamis_json_name (writer, decisions->splits[i]);
    }
  tamis_writer_print (writer, "]}");
}

/* All that the plan followed from, so that it can be made again. */
static void
put_settings (TamisWriter *writer, TamisDataset *dataset, TamisPlan *plan)
{
  tamis_writer_print (writer, ",\n\"policy\":\"%s\",\"scope\":\"%s\",\"order\":",
                      tamis_plan_get_policy (plan) == TAMIS_POLICY_LAST ? "last" : "cover",
                      tamis_plan_get_scope (plan) == TAMIS_SCOPE_ALL ? "all" : "class");
  _tamis_json_name (writer, tamis_plan_get_order (plan));
  tamis_writer_print (writer, ",\"threshold\":");
  _tamis_put_number (writer, tamis_plan_get_threshold (plan));
  put_class_thresholds (writer, dataset, plan);
  put_decisions (writer, tamis_plan_get_decisions (plan));
}

void
_tamis_json_head (TamisWriter *writer, const char *format, TamisDataset *dataset, TamisPlan *plan,
                  TamisModel *model)
{
  tamis_writer_print (writer, "{\"format\":\"%s\",\"version\":1,\n\"dataset\":{\"name\":", format);
  _tamis_json_name (writer, tamis_dataset_get_name (dataset));
  tamis_writer_print (writer, ",\"location\":");
  _tamis_json_name (writer, tamis_dataset_get_location (dataset));
  tamis_writer_print (writer, "},\n\"model\":");
  if (model != NULL)
    {
      tamis_writer_print (writer, "{\"name\":");
      _tamis_json_name (writer, tamis_model_get_name (model));
      tamis_writer_print (writer, ",\"sha256\":");
      _tamis_json_name (writer, tamis_model_get_sha256 (model));
      tamis_writer_print (writer, ",\"dimension\":%d}", tamis_model_get_dimension (model));
    }
  else
    tamis_writer_print (writer, "null");
  put_settings (writer, dataset, plan);
}
