/* plot: the plots of the window and the reports as SVG, PDF or PNG.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "values.h"

#include <math.h>
#include <plot/export.h>
#include <report/figure.h>
#include <stdio.h>
#include <string.h>

#define SEEDS_MAX 1000

typedef enum {
  PLOT_SIMILARITY,
  PLOT_BALANCE,
  PLOT_KURTOSIS,
  PLOT_DENSITY,
  N_KINDS,
} Kind;

static const char *const kind_names[N_KINDS] = { "similarity", "balance", "kurtosis", "density" };

typedef struct
{
  /* Options, owned */
  char *out_file;
  char *class_name;
  char *policy_text;
  char *step_text;
  double threshold; /* NaN: not given */
  double floor;     /* NaN: not given */
  int component;    /* from 1; 0: not given */
  int seeds;
  Kind kind;
  TamisPlotFormat format;
  TamisPolicy policy;
  TamisDistributionParams params;

  /* Owned */
  TamisInput input;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisReportFigure *figure;
  int class_index; /* -1: all */
  double statistics_s;
} Plot;

static void
plot_clear (Plot *self)
{
  g_free (self->out_file);
  g_free (self->class_name);
  g_free (self->policy_text);
  g_free (self->step_text);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->plan, tamis_plan_unref);
  g_clear_pointer (&self->figure, tamis_report_figure_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plot, plot_clear)

/* ---- options ---- */

static gboolean
check_kind (TamisCli *cli, Plot *self, GError **error)
{
  while (self->kind < N_KINDS && strcmp (cli->kind, kind_names[self->kind]) != 0)
    self->kind++;
  if (self->kind == N_KINDS)
    return tamis_cli_usage (error, "There is no plot %s, only similarity, balance, kurtosis and "
                            "density", cli->kind);
  if (self->class_name != NULL && self->kind != PLOT_SIMILARITY && self->kind != PLOT_DENSITY)
    return tamis_cli_usage (error, "--class goes with similarity and density");
  if (self->kind != PLOT_DENSITY && (self->component != 0 || self->step_text != NULL))
    return tamis_cli_usage (error, "--component and --step go with density");
  return TRUE;
}

static gboolean
check (TamisCli *cli, Plot *self, GError **error)
{
  if (!check_kind (cli, self, error))
    return FALSE;
  if (self->out_file == NULL)
    return tamis_cli_usage (error, "--out is missing");
  if (!tamis_plot_format_from_name (self->out_file, &self->format))
    return tamis_cli_usage (error, "--out must end in .svg, .pdf or .png");
  if (!isnan (self->threshold) && !(self->threshold >= 0 && self->threshold <= 1))
    return tamis_cli_usage (error, "--threshold must be a number from 0 to 1");
  if (!isnan (self->floor) && !(self->floor >= 0 && self->floor < 1))
    return tamis_cli_usage (error, "--floor must be at least 0 and below 1");
  if (self->seeds < 0 || self->seeds > SEEDS_MAX)
    return tamis_cli_usage (error, "--control must be 0 to %d", SEEDS_MAX);
  if (self->component == 0)
    self->component = 1;
  self->params.n_components = MAX (self->params.n_components, (guint) MAX (self->component, 0));
  return tamis_cli_check_components (self->component, error)
         && tamis_cli_parse_policy (self->policy_text, &self->policy, error)
         && tamis_cli_parse_step (self->step_text, &self->params.rule, &self->params.step, error)
         && tamis_cli_check_output (self->out_file, error);
}

static gboolean
parse (TamisCli *cli, Plot *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &self->out_file, "The plot; its ending says the format",
      "F.svg|.pdf|.png" },
    { "threshold", 't', 0, G_OPTION_ARG_DOUBLE, &self->threshold,
      "T (the model's; density is drawn before removal only without it)", "T" },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &self->policy_text, "cover (default) or last", "P" },
    { "floor", 0, 0, G_OPTION_ARG_DOUBLE, &self->floor,
      "similarity: count all pairs above this (the model's)", "F" },
    { "class", 0, 0, G_OPTION_ARG_FILENAME, &self->class_name,
      "similarity, density: only this class", "C" },
    { "component", 0, 0, G_OPTION_ARG_INT, &self->component,
      "density: which principal component (1)", "K" },
    { "step", 0, 0, G_OPTION_ARG_FILENAME, &self->step_text,
      "density: fd (default), scott, sturges or a number", "H" },
    { "control", 0, 0, G_OPTION_ARG_INT, &self->seeds,
      "kurtosis: removals at random to compare with (20); 0: none", "N" },
    G_OPTION_ENTRY_NULL,
  };

  return tamis_cli_parse (cli, entries, error) && check (cli, self, error);
}

/* ---- work ---- */

/* What stands in for --threshold and --floor. */
static gboolean
complete (Plot *self, GError **error)
{
  g_autoptr (TamisModel) model = tamis_cli_find_model (&self->input, error);

  if (model == NULL)
    return FALSE;
  if (isnan (self->threshold))
    self->threshold = tamis_model_get_recommended_threshold (model);
  if (isnan (self->floor))
    self->floor = self->kind == PLOT_SIMILARITY ? tamis_model_get_floor (model) : self->threshold;
  self->floor = MIN (self->floor, self->threshold);
  return TRUE;
}

static gboolean
make_plan (TamisCli *cli, Plot *self, GError **error)
{
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;

  if (self->kind == PLOT_DENSITY && isnan (self->threshold))
    return TRUE;
  if (!complete (self, error))
    return FALSE;
  self->pairs = tamis_cli_join (cli, &self->input, self->floor, TAMIS_SCOPE_CLASS, error);
  if (self->pairs == NULL)
    return FALSE;
  params.threshold = self->threshold;
  params.policy = self->policy;
  params.verdicts = tamis_input_get_verdicts (&self->input);
  self->plan = tamis_plan_new (self->input.dataset, self->pairs, &params, error);
  return self->plan != NULL;
}

/* As in a report: axes fitted anew, the control on them too. */
static gboolean
make_kurtosis (TamisCli *cli, Plot *self, GError **error)
{
  TamisControlParams params = TAMIS_CONTROL_PARAMS_INIT;
  g_autoptr (TamisRemovalBasis) basis
    = tamis_removal_basis_new (self->input.dataset, self->input.latents, &self->params,
                               cli->progress, cli->cancel, error);
  g_autoptr (TamisRemovalStats) stats = NULL;
  g_autoptr (TamisControl) control = NULL;
  g_autofree guint *after = NULL;

  if (basis == NULL)
    return FALSE;
  stats = tamis_removal_stats_new (basis, tamis_plan_get_kept_flags (self->plan),
                                   TAMIS_BASIS_REFITTED, cli->progress, cli->cancel, error);
  if (stats == NULL)
    return FALSE;
  after = g_new (guint, MAX (stats->n_classes, 1));
  for (guint c = 0; c < stats->n_classes; c++)
    after[c] = stats->classes[c].after;
  params.n_seeds = self->seeds;
  params.seed += cli->seed;
  params.basis = TAMIS_BASIS_REFITTED;
  if (self->seeds > 0)
    {
      control = tamis_control_new (basis, after, &params, cli->progress, cli->cancel, error);
      if (control == NULL)
        return FALSE;
    }
  self->figure = tamis_report_figure_new_kurtosis (self->input.dataset, stats, control);
  return TRUE;
}

static gboolean
make_density (TamisCli *cli, Plot *self, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  guint first = self->class_index < 0 ? 0 : (guint) self->class_index;
  guint n = self->class_index < 0 ? tamis_dataset_get_n_classes (dataset) : 1;
  g_autoptr (GPtrArray) all
    = tamis_distributions_new (dataset, self->input.latents, &self->params, cli->progress,
                               cli->cancel, error);
  g_autoptr (GPtrArray) left
    = g_ptr_array_new_with_free_func ((GDestroyNotify) tamis_distribution_free);
  g_autofree TamisReportDensity *classes = g_new0 (TamisReportDensity, MAX (n, 1));

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const TamisDistribution *before = g_ptr_array_index (all, first + i);
      TamisRange range = tamis_dataset_get_class_range (dataset, first + i);

      classes[i].name = tamis_dataset_get_class_name (dataset, first + i);
      classes[i].before = before;
      if (self->plan == NULL)
        continue;
      classes[i].after = tamis_distribution_subset (
          before, tamis_plan_get_kept_flags (self->plan) + range.first, &self->params);
      g_ptr_array_add (left, (gpointer) classes[i].after);
    }
  self->figure = tamis_report_figure_new_density (classes, n, (guint) self->component - 1);
  return TRUE;
}

static gboolean
make_figure (TamisCli *cli, Plot *self, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  guint found;

  if (self->class_name != NULL)
    {
      if (!tamis_cli_find_class (dataset, self->class_name, &found, error))
        return FALSE;
      self->class_index = (int) found;
    }
  if (!make_plan (cli, self, error))
    return FALSE;
  if (self->kind == PLOT_KURTOSIS)
    return make_kurtosis (cli, self, error);
  if (self->kind == PLOT_DENSITY)
    return make_density (cli, self, error);
  if (self->kind == PLOT_BALANCE)
    self->figure = tamis_report_figure_new_balance (dataset, self->plan);
  else
    self->figure = tamis_report_figure_new_similarity (dataset, self->input.latents, self->pairs,
                                                       self->class_index, self->threshold);
  return TRUE;
}

static gboolean
write_figure (Plot *self, GError **error)
{
  TamisPlotPage page = { tamis_report_figure_draw, self->figure, 0, 0, NULL };

  tamis_report_figure_get_size (self->figure, &page.width, &page.height);
  return tamis_plot_export (&page, self->out_file, self->format, error);
}

static void
print_json (const Plot *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();
  double width, height;

  tamis_report_figure_get_size (self->figure, &width, &height);
  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, &self->input);
  tamis_json_string (json, "kind", kind_names[self->kind]);
  tamis_json_number (json, "threshold", self->threshold);
  tamis_json_path (json, "out", self->out_file);
  tamis_json_number (json, "width", width);
  tamis_json_number (json, "height", height);
  tamis_cli_json_begin_timings (json, &self->input);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

gboolean
tamis_verb_plot (TamisCli *cli, GError **error)
{
  g_auto (Plot) self = { .threshold = NAN, .floor = NAN, .seeds = 20, .class_index = -1,
                         .params = TAMIS_DISTRIBUTION_PARAMS_INIT };
  double begun;

  if (!parse (cli, &self, error) || !tamis_input_open (cli, &self.input, error))
    return FALSE;
  begun = tamis_clock ();
  if (!make_figure (cli, &self, error) || !write_figure (&self, error))
    return FALSE;
  self.statistics_s = tamis_clock () - begun;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (&self);
  else
    {
      tamis_cli_print_dataset (self.input.dataset);
      printf ("Wrote %s\n", self.out_file);
    }
  return TRUE;
}
