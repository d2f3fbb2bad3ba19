/* dedup: thresholds that are solved for or suggested instead of given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dedup.h"

#include "values.h"

#include <math.h>
#include <stdio.h>

#define SWEEP_STEPS 50

gboolean
dedup_chooses (const Dedup *self)
{
  return self->keep > 0 || !isnan (self->keep_percent);
}

gboolean
dedup_check_choice (const Dedup *self, GError **error)
{
  gboolean per_class = self->per_class || self->min_class > 0 || dedup_gives_classes (self);

  if ((self->keep != DEDUP_UNSET && self->keep < 1)
      || (self->min_class != DEDUP_UNSET && self->min_class < 1))
    return tamis_cli_usage (error, "--keep and --min-class must be at least 1");
  if (!isnan (self->keep_percent) && !(self->keep_percent > 0 && self->keep_percent <= 100))
    return tamis_cli_usage (error, "--keep-percent must be above 0, at most 100");
  if ((self->threshold_text != NULL) + (self->keep > 0) + !isnan (self->keep_percent) > 1)
    return tamis_cli_usage (error, "Give one of --threshold, --keep and --keep-percent");
  if (self->per_class && isnan (self->keep_percent))
    return tamis_cli_usage (error, "--per-class goes with --keep-percent");
  if (self->per_class && dedup_gives_classes (self))
    return tamis_cli_usage (error, "--per-class chooses T of every class; give none of them");
  if (per_class && self->scope == TAMIS_SCOPE_ALL)
    return tamis_cli_usage (error, "A threshold a class needs --scope class");
  return TRUE;
}

/* ---- so many images ---- */

/* Half an image more than the product says is rounding, not a wish. */
static guint
share_of (const Dedup *self, guint n)
{
  return (guint) ceil (n * self->keep_percent / 100.0 - 1e-9);
}

/* No class has a T above that of the result, which is the highest of them. */
static gboolean
choose_per_class (Dedup *self, const TamisPlanParams *params, GError **error)
{
  TamisDataset *dataset = self->input.dataset;
  guint n = tamis_dataset_get_n_classes (dataset);
  g_autofree guint *wanted = g_new (guint, MAX (n, 1));
  DedupResult result = { 0 };

  for (guint c = 0; c < n; c++)
    wanted[c] = share_of (self, tamis_dataset_get_class_range (dataset, c).n);
  result.class_thresholds = tamis_class_thresholds_for_kept (dataset, self->pairs, params, wanted,
                                                             error);
  if (result.class_thresholds == NULL)
    return FALSE;
  for (guint c = 0; c < n; c++)
    {
      result.threshold = MAX (result.threshold, result.class_thresholds[c]);
      self->wanted += wanted[c];
    }
  g_array_append_val (self->results, result);
  return TRUE;
}

gboolean
dedup_choose (Dedup *self, const TamisPlanParams *params, GError **error)
{
  DedupResult result = { 0 };
  guint kept;

  if (!dedup_chooses (self))
    return TRUE;
  if (self->per_class)
    return choose_per_class (self, params, error);
  self->wanted = self->keep > 0
                     ? (guint) self->keep
                     : share_of (self, tamis_dataset_get_n_images (self->input.dataset));
  result.threshold = tamis_threshold_for_kept (self->input.dataset, self->pairs, params,
                                               self->wanted, &kept, error);
  if (result.threshold < 0)
    return FALSE;
  g_array_append_val (self->results, result);
  return TRUE;
}

gboolean
dedup_raise_classes (const Dedup *self, const TamisPlanParams *params, DedupResult *result,
                     GError **error)
{
  double *raised;

  if (self->min_class == DEDUP_UNSET)
    return TRUE;
  raised = tamis_class_thresholds_with_minimum (self->input.dataset, self->pairs, params,
                                                (guint) self->min_class, error);
  if (raised == NULL)
    return FALSE;
  g_free (result->class_thresholds);
  result->class_thresholds = raised;
  return TRUE;
}

/* ---- suggestions ---- */

gboolean
dedup_sweep (TamisCli *cli, Dedup *self, TamisRemovalBasis *basis, const guint32 *order,
             GError **error)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;

  params.n_steps = SWEEP_STEPS;
  params.plan.order = order;
  params.plan.verdicts = self->verdicts;
  params.plan.class_thresholds = self->own;
  self->sweep = tamis_sweep_new (basis, self->input.dataset, self->pairs, &params, cli->progress,
                                 cli->cancel, error);
  return self->sweep != NULL;
}

/* What the suggested T of a class, or of all (-1), keeps; it is one of the sweep's. */
static guint
count_kept (const Dedup *self, int class_index, double threshold)
{
  for (guint i = 0; i < self->sweep->n_steps; i++)
    {
      const TamisSweepPoint *point = &self->sweep->points[self->policy][i];

      if (point->threshold == threshold)
        return class_index < 0 ? point->kept : point->class_kept[class_index];
    }
  g_return_val_if_reached (0);
}

static void
json_suggestion (TamisJson *json, const Dedup *self, int class_index)
{
  TamisFigure figure = tamis_sweep_suggest (self->sweep, self->policy, class_index);
  gboolean found = figure.reason == TAMIS_REASON_NONE;

  tamis_json_number (json, "threshold", tamis_cli_value (&figure));
  tamis_json_number (json, "kept", found ? count_kept (self, class_index, figure.value) : NAN);
  tamis_json_string (json, "reason", found ? NULL : tamis_reason_text (figure.reason));
}

void
dedup_json_choice (TamisJson *json, const Dedup *self)
{
  if (dedup_chooses (self))
    {
      const DedupResult *result = &g_array_index (self->results, DedupResult, 0);

      tamis_json_object (json, "choice");
      tamis_json_integer (json, "wanted", self->wanted);
      tamis_json_integer (json, "kept", tamis_plan_get_n_kept (result->plan));
      tamis_json_number (json, "floor", tamis_pairs_get_floor (self->pairs));
      tamis_json_end (json);
    }
  if (self->sweep == NULL)
    return;
  tamis_json_object (json, "suggested");
  tamis_json_string (json, "rule", DEDUP_RULE);
  json_suggestion (json, self, -1);
  tamis_json_array (json, "per_class");
  for (guint c = 0; c < self->sweep->n_classes; c++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "class", tamis_dataset_get_class_name (self->input.dataset, c));
      json_suggestion (json, self, (int) c);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_end (json);
}

static void
print_choice (const Dedup *self)
{
  const DedupResult *result = &g_array_index (self->results, DedupResult, 0);
  double floor = tamis_pairs_get_floor (self->pairs);
  guint n_kept = tamis_plan_get_n_kept (result->plan);
  g_autofree char *wanted = tamis_plot_format_count (self->wanted);
  g_autofree char *kept = tamis_plot_format_count (n_kept);

  if (self->per_class)
    printf ("\nTo keep %g %% of each class, %s in all, its own T: %s stay\n", self->keep_percent,
            wanted, kept);
  else
    printf ("\nTo keep at least %s images: T = %.6f, %s stay\n", wanted, result->threshold, kept);
  if (n_kept > self->wanted && result->threshold <= floor)
    printf ("T ends at the floor of %g; a lower --floor lets fewer stay\n", floor);
}

static void
print_suggestion (const Dedup *self, int class_index, guint n_images, const char *name)
{
  TamisFigure figure = tamis_sweep_suggest (self->sweep, self->policy, class_index);
  g_autofree char *images = tamis_plot_format_count (n_images);

  if (figure.reason == TAMIS_REASON_NONE)
    {
      g_autofree char *kept
        = tamis_plot_format_count (count_kept (self, class_index, figure.value));

      printf ("%6.3f %10s of %10s  %s\n", figure.value, kept, images, name);
    }
  else
    printf ("  none %10s of %10s  %s (%s)\n", "", images, name,
            tamis_reason_text (figure.reason));
}

void
dedup_print_choice (const Dedup *self)
{
  if (dedup_chooses (self))
    print_choice (self);
  if (self->sweep == NULL)
    return;
  puts ("\nSuggested: " DEDUP_RULE ".\n     T       kept");
  print_suggestion (self, -1, self->sweep->n_images, "(all classes)");
  for (guint c = 0; c < self->sweep->n_classes; c++)
    {
      g_autofree char *name
        = tamis_path_escape (tamis_dataset_get_class_name (self->input.dataset, c));

      print_suggestion (self, (int) c, self->sweep->class_images[c], name);
    }
}
