/* A sweep over T.
 *
 * DESIGN: an item is one T under one policy: a plan from the pairs, then every class measured on
 * the fixed basis. Items share nothing but what is immutable, so they run in parallel as they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

#include <string.h>

static const TamisPolicy policies[2] = { TAMIS_POLICY_COVER, TAMIS_POLICY_LAST };

typedef struct
{
  TamisRemovalBasis *basis;
  TamisDataset *dataset;
  TamisPairs *pairs;
  const TamisSweepParams *params;
  double low;
  TamisProgress *progress;
  TamisSweep *sweep;
  GError **errors; /* one an item */
} Run;

static void
measure (TamisSweepPoint *point, TamisRemovalBasis *basis, const guint8 *kept, guint n_classes)
{
  g_autoptr (TamisRemovalStats) stats = g_new0 (TamisRemovalStats, 1);

  stats->n_classes = n_classes;
  stats->classes = g_new0 (TamisClassRemoval, MAX (n_classes, 1));
  for (guint c = 0; c < n_classes; c++)
    tamis_removal_class_stats (basis, kept, c, TAMIS_BASIS_FIXED, &stats->classes[c], NULL);
  _tamis_removal_summarise (stats);
  memcpy (point->lines, stats->lines, sizeof point->lines);
  memcpy (point->entropy_change, stats->entropy_change, sizeof point->entropy_change);
  memcpy (point->unit_entropy_change, stats->unit_entropy_change,
          sizeof point->unit_entropy_change);
}

/* What every class keeps when its own T moves too: that is what a T for it is read from. */
static gboolean
count_classes (Run *run, TamisPlan *swept, const TamisPlanParams *params, TamisSweepPoint *point,
               GError **error)
{
  TamisPlanParams all = *params;
  g_autoptr (TamisPlan) plan = NULL;

  all.class_thresholds = NULL;
  plan = params->class_thresholds != NULL
             ? tamis_plan_new (run->dataset, run->pairs, &all, error)
             : tamis_plan_ref (swept);
  for (guint c = 0; plan != NULL && c < run->sweep->n_classes; c++)
    point->class_kept[c] = tamis_plan_get_class_kept (plan, c);
  return plan != NULL;
}

static void
sweep_item (gsize item, guint worker, gpointer data)
{
  Run *run = data;
  guint n_steps = run->sweep->n_steps, step = (guint) (item % n_steps);
  TamisPlanParams params = run->params->plan;
  TamisSweepPoint *point;
  g_autoptr (TamisPlan) plan = NULL;

  params.policy = policies[item / n_steps];
  params.threshold = run->low + (1.0 - run->low) * step / n_steps;
  point = &run->sweep->points[params.policy][step];
  plan = tamis_plan_new (run->dataset, run->pairs, &params, &run->errors[item]);
  if (plan == NULL)
    return;
  point->threshold = params.threshold;
  point->kept = tamis_plan_get_n_kept (plan);
  point->orphans = tamis_plan_get_n_orphans (plan);
  point->n_pairs = tamis_plan_get_n_pairs (plan);
  if (!count_classes (run, plan, &params, point, &run->errors[item]))
    return;
  measure (point, run->basis, tamis_plan_get_kept_flags (plan), run->sweep->n_classes);
  tamis_progress_add (run->progress, 1);
}

static TamisSweep *
make_sweep (TamisRemovalBasis *basis, guint n_steps)
{
  TamisSweep *self = g_new0 (TamisSweep, 1);

  self->n_steps = n_steps;
  self->n_images = tamis_removal_basis_get_n_images (basis);
  self->n_classes = tamis_removal_basis_get_n_classes (basis);
  self->class_images = g_new0 (guint, MAX (self->n_classes, 1));
  for (guint c = 0; c < self->n_classes; c++)
    self->class_images[c] = _tamis_removal_basis_get_range (basis, c).n;
  for (guint p = 0; p < 2; p++)
    {
      self->points[p] = g_new0 (TamisSweepPoint, n_steps);
      for (guint i = 0; i < n_steps; i++)
        self->points[p][i].class_kept = g_new0 (guint, MAX (self->n_classes, 1));
    }
  return self;
}

/* Moves the first error to @error and frees the others. */
static gboolean
report (GError **errors, guint n, GError **error)
{
  gboolean failed = FALSE;

  for (guint i = 0; i < n; i++)
    if (errors[i] != NULL && !failed)
      {
        g_propagate_error (error, errors[i]);
        failed = TRUE;
      }
    else
      g_clear_error (&errors[i]);
  return failed;
}

TamisSweep *
tamis_sweep_new (TamisRemovalBasis *basis, TamisDataset *dataset, TamisPairs *pairs,
                 const TamisSweepParams *params, TamisProgress *progress, GCancellable *cancel,
                 GError **error)
{
  g_autoptr (TamisSweep) sweep = NULL;
  guint n_items = 2 * params->n_steps;
  g_autofree GError **errors = g_new0 (GError *, MAX (n_items, 1));
  Run run = { basis, dataset, pairs, params, params->low, progress, NULL, errors };

  g_return_val_if_fail (params->n_steps > 0, NULL);
  if (run.low < 0.0)
    run.low = tamis_pairs_get_floor (pairs);
  run.sweep = sweep = make_sweep (basis, params->n_steps);
  tamis_progress_begin (progress, TAMIS_STAGE_STATISTICS, n_items);
  tamis_parallel_for (n_items, sweep_item, &run, cancel);
  if (report (errors, n_items, error) || g_cancellable_set_error_if_cancelled (cancel, error))
    return NULL;
  return g_steal_pointer (&sweep);
}

void
tamis_sweep_free (TamisSweep *self)
{
  if (self == NULL)
    return;
  for (guint p = 0; p < 2; p++)
    {
      for (guint i = 0; i < self->n_steps; i++)
        g_free (self->points[p][i].class_kept);
      g_free (self->points[p]);
    }
  g_free (self->class_images);
  g_free (self);
}
