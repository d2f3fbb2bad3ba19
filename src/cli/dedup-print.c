/* dedup: its results as JSON and as a table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dedup.h"
#include "values.h"

#include <math.h>
#include <stdio.h>

static const char *
scope_name (const Dedup *self)
{
  return self->scope == TAMIS_SCOPE_ALL ? "all" : "class";
}

/* ---- JSON ---- */

static void
json_figures (TamisJson *json, const char *key, const TamisFigure *figures)
{
  double values[TAMIS_REMOVAL_COMPONENTS];

  for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    values[k] = tamis_cli_value (&figures[k]);
  tamis_json_numbers (json, key, values, TAMIS_REMOVAL_COMPONENTS);
}

static void
json_per_class (TamisJson *json, const Dedup *self, const DedupResult *result)
{
  TamisDataset *dataset = self->input.dataset;

  tamis_json_array (json, "per_class");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "class", tamis_dataset_get_class_name (dataset, c));
      tamis_json_integer (json, "before", tamis_dataset_get_class_range (dataset, c).n);
      tamis_json_integer (json, "after", tamis_plan_get_class_kept (result->plan, c));
      if (result->class_thresholds != NULL)
        tamis_json_number (json, "threshold", tamis_plan_get_class_threshold (result->plan, c));
      json_figures (json, "kurtosis_before", result->stats->classes[c].kurtosis_before);
      json_figures (json, "kurtosis_after", result->stats->classes[c].kurtosis_after);
      json_figures (json, "entropy_before", result->stats->classes[c].entropy_before);
      json_figures (json, "entropy_after", result->stats->classes[c].entropy_after);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

static void
json_regression (TamisJson *json, const DedupResult *result)
{
  tamis_json_array (json, "regression");
  for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    {
      const TamisTheilLine *line = &result->stats->lines[k];
      gboolean fitted = line->reason == TAMIS_REASON_NONE;

      tamis_json_object (json, NULL);
      tamis_json_integer (json, "component", k + 1);
      tamis_json_number (json, "slope", fitted ? line->slope : NAN);
      tamis_json_number (json, "intercept", fitted ? line->intercept : NAN);
      tamis_json_integer (json, "classes", line->n);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

static void
json_decisions (TamisJson *json, const TamisPlanDecisions *decisions)
{
  static const char *const rules[] = { "normal", "reference", "excluded" };

  if (decisions == NULL)
    {
      tamis_json_string (json, "decisions", NULL);
      return;
    }
  tamis_json_object (json, "decisions");
  tamis_json_integer (json, "pairs", decisions->n_pairs);
  tamis_json_integer (json, "marks", decisions->n_marks);
  tamis_json_array (json, "folders");
  for (guint i = 0; decisions->folders[i] != NULL; i++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "folder", decisions->folders[i]);
      tamis_json_string (json, "rule", rules[decisions->rules[i]]);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_array (json, "protected_splits");
  for (guint i = 0; decisions->splits[i] != NULL; i++)
    tamis_json_path (json, NULL, decisions->splits[i]);
  tamis_json_end (json);
  tamis_json_end (json);
}

/* What the lists follow from, beside the thresholds of each result. */
static void
json_settings (TamisJson *json, const Dedup *self)
{
  TamisPlan *first = g_array_index (self->results, DedupResult, 0).plan;

  tamis_json_string (json, "policy", tamis_cli_policy_name (self->policy));
  tamis_json_string (json, "scope", scope_name (self));
  tamis_json_path (json, "order", tamis_plan_get_order (first));
  json_decisions (json, tamis_plan_get_decisions (first));
}

static void
json_results (TamisJson *json, const Dedup *self)
{
  tamis_json_array (json, "results");
  for (guint i = 0; i < self->results->len; i++)
    {
      const DedupResult *result = &g_array_index (self->results, DedupResult, i);

      tamis_json_object (json, NULL);
      tamis_json_number (json, "threshold", result->threshold);
      tamis_json_integer (json, "kept", tamis_plan_get_n_kept (result->plan));
      tamis_json_integer (json, "removed", tamis_plan_get_n_removed (result->plan));
      tamis_json_integer (json, "pairs", tamis_plan_get_n_pairs (result->plan));
      tamis_json_integer (json, "orphans", tamis_plan_get_n_orphans (result->plan));
      if (result->leaks != NULL)
        tamis_json_integer (json, "leaks", tamis_crossings_get_n (result->leaks));
      json_per_class (json, self, result);
      json_regression (json, result);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

/* How the pairs were found. */
static void
json_join (TamisJson *json, const Dedup *self)
{
  const TamisJoinReport *report = tamis_pairs_get_report (self->pairs);
  gboolean screened = report->engine == TAMIS_ENGINE_SCREEN;
  /* Pairs of a project were found before, class by class. */
  static const char *const names[] = { [TAMIS_ENGINE_AUTO] = NULL, [TAMIS_ENGINE_TILES] = "tiles",
                                       [TAMIS_ENGINE_SCREEN] = "screen" };

  tamis_json_object (json, "join");
  tamis_json_string (json, "engine", names[report->engine]);
  tamis_json_string (json, "basis", !screened ? NULL : report->n_bases > 1 ? "class" : "shared");
  tamis_json_number (json, "floor", tamis_pairs_get_floor (self->pairs));
  tamis_json_integer (json, "screened", report->n_screened);
  tamis_json_integer (json, "rechecked", report->n_decided);
  tamis_json_integer (json, "found", tamis_pairs_get_n (self->pairs));
  tamis_json_integer (json, "bytes", report->bytes + report->bytes_list);
  tamis_json_integer (json, "disk_bytes", report->bytes_disk);
  tamis_json_end (json);
}

void
dedup_print_json (const Dedup *self)
{
  const TamisInput *input = &self->input;
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, input);
  tamis_cli_json_classes (json, input->dataset);
  json_settings (json, self);
  json_results (json, self);
  dedup_json_choice (json, self);
  json_join (json, self);
  tamis_cli_json_begin_timings (json, input);
  tamis_json_seconds (json, "join_s", self->join_s);
  tamis_json_seconds (json, "plan_s", self->plan_s);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_seconds (json, "export_s", self->export_s);
  tamis_json_seconds (json, "report_s", self->report_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

/* ---- words ---- */

static void
print_summary (const Dedup *self)
{
  puts ("\n    T        pairs       kept    removed    orphans");
  for (guint i = 0; i < self->results->len; i++)
    {
      const DedupResult *result = &g_array_index (self->results, DedupResult, i);
      g_autofree char *pairs = tamis_plot_format_count (tamis_plan_get_n_pairs (result->plan));
      g_autofree char *kept = tamis_plot_format_count (tamis_plan_get_n_kept (result->plan));
      g_autofree char *removed = tamis_plot_format_count (tamis_plan_get_n_removed (result->plan));
      g_autofree char *orphans = tamis_plot_format_count (tamis_plan_get_n_orphans (result->plan));

      printf ("%5.3f %12s %10s %10s %10s\n", result->threshold, pairs, kept, removed, orphans);
    }
}

static void
print_classes (const Dedup *self)
{
  const DedupResult *first = &g_array_index (self->results, DedupResult, 0);
  TamisDataset *dataset = self->input.dataset;
  guint n_halved = 0;

  if (first->class_thresholds == NULL)
    printf ("\nAt T = %.3f", first->threshold);
  puts ("\n    before      after       lost  class");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      guint n_before = tamis_dataset_get_class_range (dataset, c).n;
      guint n_after = tamis_plan_get_class_kept (first->plan, c);
      gboolean halved = n_after * (guint64) 2 < n_before;
      g_autofree char *before = tamis_plot_format_count (n_before);
      g_autofree char *after = tamis_plot_format_count (n_after);
      g_autofree char *name = tamis_path_escape (tamis_dataset_get_class_name (dataset, c));

      n_halved += halved;
      printf ("%10s %10s %8.1f %%%s %s", before, after,
              100.0 * (n_before - n_after) / MAX (n_before, 1), halved ? "!" : " ", name);
      if (first->class_thresholds != NULL)
        printf (" (T = %.3f)", tamis_plan_get_class_threshold (first->plan, c));
      putchar ('\n');
    }
  if (n_halved == 1)
    puts ("! One class loses more than half of its images.");
  else if (n_halved > 1)
    printf ("! %u classes lose more than half of their images.\n", n_halved);
}

static void
print_files (const Dedup *self)
{
  const char *files[] = { self->pairs_file, self->removals_file, self->kept_file,
                          self->removed_file, self->fiftyone_file, self->cleanlab_file,
                          self->manifest_file, self->leaks_file, self->conflicts_file,
                          self->copy_folder, self->link_folder, self->symlink_folder,
                          self->report_file };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i] != NULL)
      {
        printf ("%sWrote %s\n", any ? "" : "\n", files[i]);
        any = TRUE;
      }
}

void
dedup_print_words (const Dedup *self)
{
  TamisModel *model = self->input.model;
  guint dimension = tamis_latents_get_dimension (self->input.latents);

  tamis_cli_print_dataset (self->input.dataset);
  printf ("Model %s (%u numbers an image), policy %s, scope %s\n",
          model != NULL ? tamis_model_get_name (model) : "unknown", dimension,
          tamis_cli_policy_name (self->policy), scope_name (self));
  dedup_print_choice (self);
  print_summary (self);
  print_classes (self);
  dedup_print_crossings (self);
  print_files (self);
}
