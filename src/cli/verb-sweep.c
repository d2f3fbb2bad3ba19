/* sweep: what removal does at one T after another, the paper's tables 2 and 3 for any data set.
 *
 * DESIGN: a point is a plan, the figures of tamis_removal_stats_new() and a control that removes as
 * many images of each class at random, all on the same basis. Points come one after another, the
 * classes inside each in parallel. tamis_sweep_new(), which the window uses, has the same figures
 * for the fixed basis without a control.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sweep.h"

#include "values.h"

#include <math.h>
#include <stdio.h>

#define STEPS_MAX 1000
#define SEEDS_MAX 1000

static void
point_clear (gpointer data)
{
  SweepPoint *point = data;

  g_clear_pointer (&point->stats, tamis_removal_stats_free);
  g_clear_pointer (&point->control, tamis_control_free);
}

static void
sweep_clear (Sweep *self)
{
  g_free (self->threshold_text);
  g_free (self->policy_text);
  g_free (self->order_text);
  g_free (self->out_file);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->points, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sweep, sweep_clear)

/* ---- options ---- */

static gboolean
check (Sweep *self, GArray *thresholds, GError **error)
{
  TamisPolicy policy;

  if (!isnan (self->low) && !(self->low >= 0 && self->low < 1))
    return tamis_cli_usage (error, "--low must be at least 0 and below 1");
  if (self->threshold_text != NULL && (!isnan (self->low) || self->steps != 0))
    return tamis_cli_usage (error, "Give either --threshold or --low and --steps");
  if (self->steps == 0)
    self->steps = 50;
  if (self->steps < 1 || self->steps > STEPS_MAX)
    return tamis_cli_usage (error, "--steps must be 1 to %d", STEPS_MAX);
  if (self->seeds < 0 || self->seeds > SEEDS_MAX)
    return tamis_cli_usage (error, "--control must be 0 to %d", SEEDS_MAX);
  if (g_strcmp0 (self->policy_text, "both") == 0)
    g_clear_pointer (&self->policy_text, g_free);
  if (self->policy_text != NULL && !tamis_cli_parse_policy (self->policy_text, &policy, NULL))
    return tamis_cli_usage (error, "--policy must be both, cover or last");
  return tamis_cli_parse_thresholds (self->threshold_text, thresholds, error)
         && tamis_cli_check_output (self->out_file, error);
}

static gboolean
parse (TamisCli *cli, Sweep *self, GArray *thresholds, GError **error)
{
  const GOptionEntry entries[] = {
    { "threshold", 't', 0, G_OPTION_ARG_FILENAME, &self->threshold_text,
      "These thresholds instead of equal steps", "T[,T...]" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &self->steps, "How many steps of T (50)", "N" },
    { "low", 0, 0, G_OPTION_ARG_DOUBLE, &self->low, "Where they begin (the model's floor)", "T" },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &self->policy_text, "both (default), cover or last",
      "P" },
    { "order", 0, 0, G_OPTION_ARG_FILENAME, &self->order_text,
      "What to keep first: a list of name, resolution, bytes, date, sharpness, format, path:PATTERN (name)", "KEYS" },
    { "refit", 0, 0, G_OPTION_ARG_NONE, &self->refit,
      "Fit the axes anew to what stays, as in the paper, instead of keeping them", NULL },
    { "control", 0, 0, G_OPTION_ARG_INT, &self->seeds,
      "Removals at random to compare with (20); 0: none", "N" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &self->out_file,
      "Everything as a table, a row a component", "F.csv" },
    G_OPTION_ENTRY_NULL,
  };

  return tamis_cli_parse (cli, entries, error) && check (self, thresholds, error);
}

/* ---- work ---- */

/* Fills @thresholds with equal steps if none are given; @floor: where to look for pairs from. */
static gboolean
complete_thresholds (Sweep *self, GArray *thresholds, double *floor, GError **error)
{
  *floor = 1.0;
  if (thresholds->len == 0)
    {
      if (isnan (self->low))
        {
          g_autoptr (TamisModel) model = tamis_cli_find_model (&self->input, error);

          if (model == NULL)
            return FALSE;
          self->low = tamis_model_get_floor (model);
        }
      for (int i = 0; i < self->steps; i++)
        {
          /* As tamis_sweep_new() cuts it. */
          double threshold = self->low + (1.0 - self->low) * i / self->steps;

          g_array_append_val (thresholds, threshold);
        }
    }
  for (guint i = 0; i < thresholds->len; i++)
    *floor = MIN (*floor, g_array_index (thresholds, double, i));
  return TRUE;
}

static gboolean
measure_control (TamisCli *cli, const Sweep *self, TamisRemovalBasis *basis, SweepPoint *point,
                 GError **error)
{
  g_autofree guint *after = g_new (guint, MAX (point->stats->n_classes, 1));
  TamisControlParams params = TAMIS_CONTROL_PARAMS_INIT;

  if (self->seeds == 0)
    return TRUE;
  for (guint c = 0; c < point->stats->n_classes; c++)
    after[c] = point->stats->classes[c].after;
  params.n_seeds = self->seeds;
  params.seed += cli->seed;
  params.basis = point->stats->basis;
  point->control = tamis_control_new (basis, after, &params, cli->progress, cli->cancel, error);
  return point->control != NULL;
}

static gboolean
measure_point (TamisCli *cli, const Sweep *self, TamisRemovalBasis *basis, TamisPlan *plan,
               GError **error)
{
  SweepPoint point = { tamis_plan_get_policy (plan), tamis_plan_get_threshold (plan),
                       tamis_plan_get_n_kept (plan), tamis_plan_get_n_orphans (plan),
                       tamis_plan_get_n_pairs (plan), NULL, NULL };
  gboolean done;

  point.stats = tamis_removal_stats_new (basis, tamis_plan_get_kept_flags (plan),
                                         self->refit ? TAMIS_BASIS_REFITTED : TAMIS_BASIS_FIXED,
                                         cli->progress, cli->cancel, error);
  done = point.stats != NULL && measure_control (cli, self, basis, &point, error);
  g_array_append_val (self->points, point);
  return done;
}

static gboolean
measure_policy (TamisCli *cli, const Sweep *self, const GArray *thresholds, TamisPairs *pairs,
                TamisRemovalBasis *basis, TamisPlanParams *params, GError **error)
{
  for (guint i = 0; i < thresholds->len; i++)
    {
      g_autoptr (TamisPlan) plan = NULL;

      params->threshold = g_array_index (thresholds, double, i);
      plan = tamis_plan_new (self->input.dataset, pairs, params, error);
      if (plan == NULL || !measure_point (cli, self, basis, plan, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure (TamisCli *cli, Sweep *self, const GArray *thresholds, TamisPairs *pairs, GError **error)
{
  const TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisPlanParams plan = TAMIS_PLAN_PARAMS_INIT;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  g_autofree guint32 *order = NULL;
  double begun = tamis_clock ();

  if (!tamis_cli_parse_order (self->input.dataset, tamis_input_get_verdicts (&self->input),
                              self->order_text, &order, error))
    return FALSE;
  basis = tamis_removal_basis_new (self->input.dataset, self->input.latents, &params,
                                   cli->progress, cli->cancel, error);
  if (basis == NULL)
    return FALSE;
  plan.order = order;
  plan.verdicts = tamis_input_get_verdicts (&self->input);
  for (plan.policy = TAMIS_POLICY_COVER; plan.policy <= TAMIS_POLICY_LAST; plan.policy++)
    if (self->policy_text == NULL
        || g_str_equal (self->policy_text, tamis_cli_policy_name (plan.policy)))
      if (!measure_policy (cli, self, thresholds, pairs, basis, &plan, error))
        return FALSE;
  self->statistics_s = tamis_clock () - begun;
  return TRUE;
}

static gboolean
run (TamisCli *cli, Sweep *self, GArray *thresholds, GError **error)
{
  g_autoptr (TamisPairs) pairs = NULL;
  double begun, floor;

  if (!tamis_input_open (cli, &self->input, error)
      || !complete_thresholds (self, thresholds, &floor, error))
    return FALSE;
  begun = tamis_clock ();
  pairs = tamis_cli_join (cli, &self->input, floor, TAMIS_SCOPE_CLASS, error);
  self->join_s = tamis_clock () - begun;
  return pairs != NULL && measure (cli, self, thresholds, pairs, error);
}

gboolean
tamis_verb_sweep (TamisCli *cli, GError **error)
{
  g_auto (Sweep) self = { .low = NAN, .seeds = 20 };
  g_autoptr (GArray) thresholds = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GString) csv = NULL;

  self.points = g_array_new (FALSE, TRUE, sizeof (SweepPoint));
  g_array_set_clear_func (self.points, point_clear);
  if (!parse (cli, &self, thresholds, error) || !run (cli, &self, thresholds, error))
    return FALSE;
  csv = sweep_make_csv (&self);
  if (self.out_file != NULL && !tamis_cli_write (self.out_file, csv, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    sweep_print_json (cli, &self);
  else
    sweep_print_tables (&self);
  return TRUE;
}
