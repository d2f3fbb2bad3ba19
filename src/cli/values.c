/* Option values that several verbs take, checked and worded in one place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "values.h"

#include <math.h>
#include <string.h>

gboolean
tamis_cli_parse_thresholds (const char *text, GArray *thresholds, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (text == NULL)
    return TRUE;
  words = g_strsplit (text, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      char *end = NULL;
      double threshold = g_ascii_strtod (words[i], &end);

      if (end == words[i] || *end != '\0' || !(threshold >= 0 && threshold <= 1))
        return tamis_cli_usage (error, "--threshold %s: each must be a number from 0 to 1", text);
      g_array_append_val (thresholds, threshold);
    }
  return words[0] != NULL || tamis_cli_usage (error, "--threshold is empty");
}

gboolean
tamis_cli_parse_policy (const char *text, TamisPolicy *policy, GError **error)
{
  if (text == NULL || strcmp (text, "cover") == 0)
    *policy = TAMIS_POLICY_COVER;
  else if (strcmp (text, "last") == 0)
    *policy = TAMIS_POLICY_LAST;
  else
    return tamis_cli_usage (error, "--policy must be cover or last");
  return TRUE;
}

const char *
tamis_cli_policy_name (TamisPolicy policy)
{
  return policy == TAMIS_POLICY_LAST ? "last" : "cover";
}

gboolean
tamis_cli_parse_order (TamisDataset *dataset, TamisVerdicts *verdicts, const char *text,
                       guint32 **order, GError **error)
{
  g_autoptr (GError) unknown = NULL;

  *order = text != NULL ? tamis_order_new (dataset, verdicts, text, &unknown) : NULL;
  if (unknown != NULL)
    return tamis_cli_usage (error, "--order: %s", unknown->message);
  return TRUE;
}

gboolean
tamis_cli_parse_step (const char *text, TamisStepRule *rule, double *step, GError **error)
{
  static const char *const names[] = { "fd", "scott", "sturges" };
  char *end = NULL;

  *rule = TAMIS_STEP_FREEDMAN_DIACONIS;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i]) == 0)
      {
        *rule = (TamisStepRule) i;
        return TRUE;
      }
  *rule = TAMIS_STEP_FIXED;
  *step = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(*step > 0) || isinf (*step))
    return tamis_cli_usage (error, "--step must be fd, scott, sturges or a number above 0");
  return TRUE;
}

const char *
tamis_cli_step_name (TamisStepRule rule)
{
  static const char *const names[] = { "fd", "scott", "sturges", "fixed" };

  return names[rule];
}

gboolean
tamis_cli_check_components (int n, GError **error)
{
  if (n >= 1 && n <= TAMIS_GENERATOR_MAX_COMPONENTS)
    return TRUE;
  return tamis_cli_usage (error, "--components must be 1 to %d", TAMIS_GENERATOR_MAX_COMPONENTS);
}

gboolean
tamis_cli_find_class (TamisDataset *dataset, const char *name, guint *class_index, GError **error)
{
  guint n = tamis_dataset_get_n_classes (dataset);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint c = 0; c < n; c++)
    {
      const char *bytes = tamis_dataset_get_class_name (dataset, c);
      g_autofree char *escaped = tamis_path_escape (bytes);

      if (strcmp (bytes, name) == 0 || strcmp (escaped, name) == 0)
        {
          *class_index = c;
          return TRUE;
        }
      if (c < 5)
        g_string_append_printf (known, "%s%s", c > 0 ? ", " : "", bytes);
    }
  g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT, "There is no class %s among %u: %s%s",
               name, n, known->str, n > 5 ? ", ..." : "");
  return FALSE;
}

TamisModel *
tamis_cli_find_model (const TamisInput *input, GError **error)
{
  return input->model != NULL ? tamis_model_ref (input->model)
                              : tamis_model_open (TAMIS_MODEL_DEFAULT, error);
}

TamisPairs *
tamis_cli_join (TamisCli *cli, const TamisInput *input, double floor, TamisScope scope,
                GError **error)
{
  TamisJoinParams params = TAMIS_JOIN_PARAMS_INIT;

  /* The join takes floors below 1 only; above the largest double below it there is no pair. */
  params.floor = MIN (floor, nextafter (1.0, 0.0));
  params.scope = scope;
  if (cli->project != NULL && input->model != NULL && cli->latents == NULL)
    {
      /* One join for every T, and the same as the window's. */
      params.floor = MIN (params.floor, tamis_model_get_floor (input->model));
      return tamis_project_join (cli->project, input->dataset, input->latents, input->model,
                                 &params, cli->progress, cli->cancel, error);
    }
  return tamis_join_run (input->dataset, input->latents, &params, cli->progress, cli->cancel,
                         error);
}

double
tamis_cli_value (const TamisFigure *figure)
{
  return figure->reason == TAMIS_REASON_NONE ? figure->value : NAN;
}

void
tamis_cli_json_input (TamisJson *json, const TamisInput *input)
{
  tamis_json_integer (json, "images", tamis_dataset_get_n_images (input->dataset));
  tamis_cli_json_unreadable (json, input->dataset);
  tamis_cli_json_model (json, input->model, tamis_latents_get_dimension (input->latents));
}

void
tamis_cli_json_begin_timings (TamisJson *json, const TamisInput *input)
{
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "scan_s", input->scan_s);
  tamis_json_seconds (json, "decode_s", input->decode_s);
  tamis_json_seconds (json, "encode_s", input->encode_s);
}

void
tamis_csv_number (GString *csv, double value)
{
  if (isfinite (value))
    tamis_number_append (csv, value);
}

void
tamis_csv_path (GString *csv, const char *bytes)
{
  g_autofree char *escaped = tamis_path_escape (bytes);

  tamis_csv_append (csv, escaped);
}

gboolean
tamis_cli_write (const char *path, const GString *text, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  tamis_writer_put (writer, text->str, text->len);
  return tamis_writer_commit (writer, error);
}
