/* dedup: pairs, what goes and what stays at each threshold, and the files that say so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dedup.h"
#include "values.h"

#include <math.h>
#include <report/report.h>
#include <string.h>

static void
result_clear (gpointer data)
{
  DedupResult *result = data;

  g_clear_pointer (&result->class_thresholds, g_free);
  g_clear_pointer (&result->plan, tamis_plan_unref);
  g_clear_pointer (&result->stats, tamis_removal_stats_free);
  g_clear_pointer (&result->leaks, tamis_crossings_unref);
}

static void
dedup_clear (Dedup *self)
{
  g_free (self->threshold_text);
  g_free (self->order_text);
  g_free (self->policy_text);
  g_free (self->scope_text);
  g_free (self->pairs_file);
  g_free (self->removals_file);
  g_free (self->kept_file);
  g_free (self->removed_file);
  g_free (self->fiftyone_file);
  g_free (self->cleanlab_file);
  g_free (self->manifest_file);
  g_free (self->copy_folder);
  g_free (self->link_folder);
  g_free (self->symlink_folder);
  g_free (self->report_file);
  g_strfreev (self->class_words);
  g_free (self->thresholds_file);
  g_free (self->own);
  g_free (self->leaks_file);
  g_free (self->conflicts_file);
  g_strfreev (self->protected_splits);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->results, g_array_unref);
  g_clear_pointer (&self->control, tamis_control_free);
  g_clear_pointer (&self->sweep, tamis_sweep_free);
  g_clear_pointer (&self->verdicts, tamis_verdicts_free);
  g_clear_pointer (&self->conflicts, tamis_crossings_unref);
  g_free (self->order);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dedup, dedup_clear)

/* ---- options ---- */

static void
add_threshold (Dedup *self, double threshold)
{
  DedupResult result = { .threshold = threshold };

  g_array_append_val (self->results, result);
}

static gboolean
parse_thresholds (Dedup *self, GError **error)
{
  g_autoptr (GArray) thresholds = g_array_new (FALSE, FALSE, sizeof (double));

  if (!tamis_cli_parse_thresholds (self->threshold_text, thresholds, error))
    return FALSE;
  for (guint i = 0; i < thresholds->len; i++)
    add_threshold (self, g_array_index (thresholds, double, i));
  return TRUE;
}

static gboolean
parse_words (Dedup *self, GError **error)
{
  if (!tamis_cli_parse_policy (self->policy_text, &self->policy, error))
    return FALSE;
  if (g_strcmp0 (self->scope_text, "all") == 0)
    self->scope = TAMIS_SCOPE_ALL;
  else if (self->scope_text != NULL && strcmp (self->scope_text, "class") != 0)
    return tamis_cli_usage (error, "--scope must be class or all");
  if (!isnan (self->floor) && !(self->floor >= 0 && self->floor < 1))
    return tamis_cli_usage (error, "--floor must be at least 0 and below 1");
  if (self->report_file != NULL && !tamis_report_knows (self->report_file))
    return tamis_cli_usage (error, "--report must end in .html or .pdf");
  if ((self->copy_folder != NULL) + (self->link_folder != NULL) + (self->symlink_folder != NULL) > 1)
    return tamis_cli_usage (error, "Give one of --copy-kept, --link-kept and --symlink-kept");
  return dedup_check_choice (self, error);
}

static const char *
kept_folder (const Dedup *self)
{
  return self->copy_folder != NULL   ? self->copy_folder
         : self->link_folder != NULL ? self->link_folder
                                     : self->symlink_folder;
}

/* What a run of hours would fail on at its end is better said at its beginning. */
static gboolean
check_outputs (TamisCli *cli, Dedup *self, GError **error)
{
  if (kept_folder (self) != NULL && cli->location != NULL
      && !tamis_kept_set_check (cli->location, kept_folder (self), error))
    return FALSE;
  return tamis_cli_check_output (self->pairs_file, error)
         && tamis_cli_check_output (self->removals_file, error)
         && tamis_cli_check_output (self->kept_file, error)
         && tamis_cli_check_output (self->removed_file, error)
         && tamis_cli_check_output (self->fiftyone_file, error)
         && tamis_cli_check_output (self->cleanlab_file, error)
         && tamis_cli_check_output (self->manifest_file, error)
         && tamis_cli_check_output (self->leaks_file, error)
         && tamis_cli_check_output (self->conflicts_file, error)
         && tamis_cli_check_output (self->report_file, error);
}

static void
take_minimum (TamisCli *cli, Dedup *self)
{
  g_autofree char *text = NULL;

  tamis_cli_default (cli, TAMIS_PROJECT_MIN_CLASS, &text);
  if (text != NULL && self->min_class == DEDUP_UNSET)
    self->min_class = (int) g_ascii_strtoll (text, NULL, 10);
}

/* A T of the project is one of its model, and none where one is to be solved for. */
static void
take_defaults (TamisCli *cli, Dedup *self)
{
  g_autofree char *model = NULL;

  tamis_cli_default (cli, TAMIS_PROJECT_POLICY, &self->policy_text);
  tamis_cli_default (cli, TAMIS_PROJECT_SCOPE, &self->scope_text);
  tamis_cli_default (cli, TAMIS_PROJECT_ORDER, &self->order_text);
  tamis_cli_default (cli, TAMIS_PROJECT_MODEL, &model);
  if (!dedup_chooses (self) && g_strcmp0 (model, cli->model) == 0)
    {
      self->takes_classes = self->threshold_text == NULL && !dedup_gives_classes (self);
      tamis_cli_default (cli, TAMIS_PROJECT_THRESHOLD, &self->threshold_text);
      take_minimum (cli, self);
    }
}

static gboolean
parse (TamisCli *cli, Dedup *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "threshold", 't', 0, G_OPTION_ARG_FILENAME, &self->threshold_text,
      "Similarities above which two images are duplicates (the model's)", "T[,T...]" },
    { "keep", 0, 0, G_OPTION_ARG_INT, &self->keep, "The least T that keeps so many images", "N" },
    { "keep-percent", 0, 0, G_OPTION_ARG_DOUBLE, &self->keep_percent,
      "The least T that keeps this share of them", "P" },
    { "per-class", 0, 0, G_OPTION_ARG_NONE, &self->per_class,
      "With --keep-percent: of each class, each with a T of its own", NULL },
    { "class-threshold", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->class_words,
      "T of one class; may be given many times", "NAME=T" },
    { "thresholds", 0, 0, G_OPTION_ARG_FILENAME, &self->thresholds_file,
      "T of classes as a table: class,threshold", "T.csv" },
    { "min-class", 0, 0, G_OPTION_ARG_INT, &self->min_class,
      "Raise T in classes that would keep fewer images", "N" },
    { "suggest", 0, 0, G_OPTION_ARG_NONE, &self->suggest, "Suggest a T for each class", NULL },
    { "floor", 0, 0, G_OPTION_ARG_DOUBLE, &self->floor,
      "Look for pairs above this (the least threshold)", "F" },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &self->policy_text,
      "cover: every removal has a kept witness (default); last: as in the paper", "P" },
    { "scope", 0, 0, G_OPTION_ARG_FILENAME, &self->scope_text,
      "class: pairs inside one class (default); all: across classes too", "S" },
    { "order", 0, 0, G_OPTION_ARG_FILENAME, &self->order_text,
      "What to keep first: a list of name, resolution, bytes, date, sharpness, format, path:PATTERN (name)", "KEYS" },
    { "pairs", 0, 0, G_OPTION_ARG_FILENAME, &self->pairs_file, "Pairs: a,b,similarity", "P.csv" },
    { "removals", 0, 0, G_OPTION_ARG_FILENAME, &self->removals_file,
      "Removals: removed,witness,similarity,class", "R.csv" },
    { "kept", 0, 0, G_OPTION_ARG_FILENAME, &self->kept_file, "Paths of what stays", "K.txt" },
    { "removed", 0, 0, G_OPTION_ARG_FILENAME, &self->removed_file, "Paths of what goes", "R.txt" },
    { "absolute", 0, 0, G_OPTION_ARG_NONE, &self->absolute, "Whole paths in these two", NULL },
    { "null", 0, 0, G_OPTION_ARG_NONE, &self->null, "NUL after each path in these two", NULL },
    { "fiftyone", 0, 0, G_OPTION_ARG_FILENAME, &self->fiftyone_file,
      "All images with tags kept and removed, for FiftyOne", "F.csv" },
    { "cleanlab", 0, 0, G_OPTION_ARG_FILENAME, &self->cleanlab_file,
      "Near-duplicate issues with cleanlab's columns", "C.csv" },
    { "copy-kept", 0, 0, G_OPTION_ARG_FILENAME, &self->copy_folder,
      "Copy what stays into a new folder", "DIR" },
    { "link-kept", 0, 0, G_OPTION_ARG_FILENAME, &self->link_folder,
      "The same by hard links", "DIR" },
    { "symlink-kept", 0, 0, G_OPTION_ARG_FILENAME, &self->symlink_folder,
      "The same by symbolic links", "DIR" },
    { "manifest", 0, 0, G_OPTION_ARG_FILENAME, &self->manifest_file,
      "Removals with hashes, to apply, verify and undo", "M.json" },
    { "protect-split", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->protected_splits,
      "Never remove an image of this split; may be given again", "S" },
    { "leaks", 0, 0, G_OPTION_ARG_FILENAME, &self->leaks_file,
      "Pairs across splits: a,split_a,b,split_b,similarity,class", "L.csv" },
    { "label-conflicts", 0, 0, G_OPTION_ARG_FILENAME, &self->conflicts_file,
      "Pairs across classes: a,class_a,b,class_b,similarity,verdict", "C.csv" },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &self->report_file,
      "Tables, plots and sample pairs in one file", "R.html|R.pdf" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  take_defaults (cli, self);
  return parse_thresholds (self, error) && parse_words (self, error)
         && check_outputs (cli, self, error);
}

/* ---- work ---- */

/* The model's recommended T stands in for --threshold, also beside --latents without --model; its
 * floor is where a T is looked for. */
static gboolean
complete_thresholds (Dedup *self, GError **error)
{
  g_autoptr (TamisModel) model = NULL;

  if (self->results->len > 0 && !self->suggest)
    return TRUE;
  model = tamis_cli_find_model (&self->input, error);
  if (model == NULL)
    return FALSE;
  if (isnan (self->floor) && (dedup_chooses (self) || self->suggest))
    self->floor = tamis_model_get_floor (model);
  if (self->results->len == 0 && !dedup_chooses (self))
    add_threshold (self, tamis_model_get_recommended_threshold (model));
  return TRUE;
}

/* A floor above the least threshold would hide pairs; one far below it costs memory, which only the
 * histogram of a report is worth. */
static double
find_floor (const Dedup *self)
{
  double floor = dedup_lowest_own (self);

  if (!isnan (self->floor))
    floor = MIN (floor, self->floor);
  else if (self->report_file != NULL && self->input.model != NULL)
    floor = MIN (floor, tamis_model_get_floor (self->input.model));
  for (guint i = 0; i < self->results->len; i++)
    floor = MIN (floor, g_array_index (self->results, DedupResult, i).threshold);
  return floor;
}

static gboolean
join (TamisCli *cli, Dedup *self, GError **error)
{
  double begun = tamis_clock ();

  self->pairs = tamis_cli_join (cli, &self->input, find_floor (self), self->scope, error);
  self->join_s = tamis_clock () - begun;
  return self->pairs != NULL;
}

static gboolean
plan (Dedup *self, GError **error)
{
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  guint n_classes = tamis_dataset_get_n_classes (self->input.dataset);
  double begun = tamis_clock ();

  if (!tamis_cli_parse_order (self->input.dataset, self->verdicts, self->order_text, &self->order,
                              error))
    return FALSE;
  params.policy = self->policy;
  params.order = self->order;
  params.order_text = self->order_text;
  params.verdicts = self->verdicts;
  params.class_thresholds = self->own;
  if (!dedup_choose (self, &params, error))
    return FALSE;
  for (guint i = 0; i < self->results->len; i++)
    {
      DedupResult *result = &g_array_index (self->results, DedupResult, i);

      if (result->class_thresholds == NULL && self->own != NULL)
        result->class_thresholds = g_memdup2 (self->own, n_classes * sizeof *self->own);
      params.threshold = result->threshold;
      params.class_thresholds = result->class_thresholds;
      if (!dedup_raise_classes (self, &params, result, error))
        return FALSE;
      params.class_thresholds = result->class_thresholds;
      result->plan = tamis_plan_new (self->input.dataset, self->pairs, &params, error);
      if (result->plan == NULL)
        return FALSE;
      dedup_count_leaks (self, result);
    }
  self->plan_s = tamis_clock () - begun;
  return TRUE;
}

static gboolean
measure_control (TamisCli *cli, Dedup *self, TamisRemovalBasis *basis, GError **error)
{
  const DedupResult *first = &g_array_index (self->results, DedupResult, 0);
  g_autofree guint *after = g_new (guint, first->stats->n_classes);
  TamisControlParams params = TAMIS_CONTROL_PARAMS_INIT;

  for (guint c = 0; c < first->stats->n_classes; c++)
    after[c] = first->stats->classes[c].after;
  /* The same axes as the figures it stands beside. */
  params.basis = TAMIS_BASIS_REFITTED;
  params.seed += cli->seed;
  self->control = tamis_control_new (basis, after, &params, cli->progress, cli->cancel, error);
  return self->control != NULL;
}

/* Costs more than the plans, so only where it is shown. */
static gboolean
measure (TamisCli *cli, Dedup *self, GError **error)
{
  const TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  double begun = tamis_clock ();

  if (!cli->json && self->report_file == NULL && !self->suggest)
    return TRUE;
  basis = tamis_removal_basis_new (self->input.dataset, self->input.latents, &params,
                                   cli->progress, cli->cancel, error);
  if (basis == NULL || (self->suggest && !dedup_sweep (cli, self, basis, self->order, error)))
    return FALSE;
  for (guint i = 0; i < self->results->len; i++)
    {
      DedupResult *result = &g_array_index (self->results, DedupResult, i);

      result->stats = tamis_removal_stats_new (basis, tamis_plan_get_kept_flags (result->plan),
                                               TAMIS_BASIS_REFITTED, cli->progress, cli->cancel,
                                               error);
      if (result->stats == NULL)
        return FALSE;
    }
  if (self->report_file != NULL && !measure_control (cli, self, basis, error))
    return FALSE;
  self->statistics_s = tamis_clock () - begun;
  return TRUE;
}

static gboolean
export_lists (Dedup *self, TamisPlan *first, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  TamisListParams list = { FALSE, self->absolute, self->null };

  if (self->kept_file != NULL
      && !tamis_export_list (dataset, first, &list, self->kept_file, error))
    return FALSE;
  list.removed = TRUE;
  if (self->removed_file != NULL
      && !tamis_export_list (dataset, first, &list, self->removed_file, error))
    return FALSE;
  if (self->fiftyone_file != NULL
      && !tamis_export_fiftyone (dataset, first, self->fiftyone_file, error))
    return FALSE;
  return self->cleanlab_file == NULL
         || tamis_export_cleanlab (dataset, self->pairs, first, self->cleanlab_file, error);
}

static gboolean
place_kept (TamisCli *cli, Dedup *self, TamisPlan *first, GError **error)
{
  const char *target = kept_folder (self);
  TamisPlaceKind kind = self->copy_folder != NULL   ? TAMIS_PLACE_COPY
                        : self->link_folder != NULL ? TAMIS_PLACE_LINK
                                                    : TAMIS_PLACE_SYMLINK;

  return target == NULL
         || tamis_kept_set_make (self->input.dataset, first, kind, target, cli->progress,
                                 cli->cancel, error);
}

/* The files are those of the first threshold given. */
static gboolean
export_files (TamisCli *cli, Dedup *self, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  TamisPlan *first = g_array_index (self->results, DedupResult, 0).plan;
  double begun = tamis_clock ();

  tamis_progress_begin (cli->progress, TAMIS_STAGE_EXPORT, 0);
  if (self->pairs_file != NULL
      && !tamis_export_pairs (dataset, self->pairs, first, self->pairs_file, error))
    return FALSE;
  if (self->removals_file != NULL
      && !tamis_export_removals (dataset, first, tamis_input_get_verdicts (&self->input),
                                 self->removals_file, error))
    return FALSE;
  if (!export_lists (self, first, error))
    return FALSE;
  if (self->manifest_file != NULL
      && !tamis_export_manifest (dataset, first, self->input.model, self->manifest_file,
                                 cli->progress, cli->cancel, error))
    return FALSE;
  if (!dedup_export_crossings (cli, self, error) || !place_kept (cli, self, first, error))
    return FALSE;
  self->export_s = tamis_clock () - begun;
  return TRUE;
}

static gboolean
write_report (TamisCli *cli, Dedup *self, GError **error)
{
  g_autoptr (GPtrArray) plans = g_ptr_array_new ();
  g_autoptr (GPtrArray) stats = g_ptr_array_new ();
  TamisReport report = { 0 };
  double begun = tamis_clock ();

  if (self->report_file == NULL)
    return TRUE;
  for (guint i = 0; i < self->results->len; i++)
    {
      g_ptr_array_add (plans, g_array_index (self->results, DedupResult, i).plan);
      g_ptr_array_add (stats, g_array_index (self->results, DedupResult, i).stats);
    }
  report.dataset = self->input.dataset;
  report.latents = self->input.latents;
  report.model = self->input.model;
  report.pairs = self->pairs;
  report.plans = (TamisPlan *const *) plans->pdata;
  report.n_plans = plans->len;
  report.stats = (TamisRemovalStats *const *) stats->pdata;
  report.control = self->control;
  report.order = self->order_text != NULL ? self->order_text : "name";
  report.n_samples = TAMIS_REPORT_SAMPLES;
  if (!tamis_report_write (&report, self->report_file, cli->progress, cli->cancel, error))
    return FALSE;
  self->report_s = tamis_clock () - begun;
  return TRUE;
}

gboolean
tamis_verb_dedup (TamisCli *cli, GError **error)
{
  g_auto (Dedup) self = { .floor = NAN, .keep_percent = NAN, .keep = DEDUP_UNSET,
                          .min_class = DEDUP_UNSET, .policy = TAMIS_POLICY_COVER,
                          .scope = TAMIS_SCOPE_CLASS };

  self.results = g_array_new (FALSE, TRUE, sizeof (DedupResult));
  g_array_set_clear_func (self.results, result_clear);
  if (!parse (cli, &self, error) || !tamis_input_open (cli, &self.input, error)
      || !dedup_protect (&self, error) || !dedup_read_classes (cli, &self, error)
      || !complete_thresholds (&self, error) || !join (cli, &self, error)
      || !plan (&self, error) || !measure (cli, &self, error)
      || !export_files (cli, &self, error) || !write_report (cli, &self, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    dedup_print_json (&self);
  else
    dedup_print_words (&self);
  return TRUE;
}
