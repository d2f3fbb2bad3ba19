/* TamisStatistics' threads.
 *
 * DESIGN
 * A job holds references to everything it reads, all of it immutable, and a weak one to its owner.
 * It does one thing and posts one result at a priority that frames do not starve. The result counts
 * if the owner lives and the job's cancellable is still the one of its kind: starting anew replaces
 * it, so the newest wins and nothing needs a lock. For a moving T a serial number decides instead: a
 * result that is newer than the screen is shown although a still newer one is on its way, else
 * nothing would move before the slider stops.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-statistics-private.h"

#include <string.h>

#define SEEDS 20
#define SWEEP_STEPS 50

typedef struct
{
  GWeakRef owner;
  TamisStatisticsKind kind;
  GCancellable *cancel;
  TamisProgress *progress;
  guint64 serial;

  /* Owned references to what is read */
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisModel *model;
  TamisRemovalBasis *basis;
  TamisPlanSettings *settings;

  TamisStatisticsResult result;
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->owner);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  tamis_dataset_unref (job->dataset);
  tamis_latents_unref (job->latents);
  tamis_pairs_unref (job->pairs);
  tamis_model_unref (job->model);
  g_clear_pointer (&job->basis, tamis_removal_basis_unref);
  tamis_plan_settings_free (job->settings);
  _tamis_statistics_result_clear (&job->result);
  g_free (job);
}

/* ---- worker threads ---- */

static GArray *
rows_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (TamisStatisticsRow));
}

static void
measure_moving (Job *job)
{
  TamisStatisticsRow row = { .threshold = tamis_plan_get_threshold (job->result.plan),
                             .kept = tamis_plan_get_n_kept (job->result.plan) };
  guint n = tamis_removal_basis_get_n_classes (job->basis);

  row.kurtosis = g_new (TamisFigure, (gsize) n * TAMIS_REMOVAL_COMPONENTS);
  tamis_removal_fixed_kurtosis (job->basis, tamis_plan_get_kept_flags (job->result.plan),
                                row.kurtosis, row.lines);
  job->result.rows = rows_new ();
  g_array_append_val (job->result.rows, row);
}

static void
measure_control (Job *job)
{
  TamisControlParams params = { SEEDS, 1, job->result.which };
  guint n = tamis_removal_basis_get_n_classes (job->basis);
  g_autofree guint *after = g_new (guint, n);

  for (guint c = 0; c < n; c++)
    after[c] = tamis_plan_get_class_kept (job->result.plan, c);
  job->result.control = tamis_control_new (job->basis, after, &params, job->progress, job->cancel,
                                           NULL);
}

/* The lines at @threshold into @rows; FALSE if cancelled. */
static gboolean
add_row (Job *job, double threshold, GArray *rows)
{
  g_autoptr (TamisPlan) plan
      = tamis_plan_settings_make (job->settings, job->dataset, job->pairs, threshold);
  g_autoptr (TamisRemovalStats) stats = NULL;
  TamisStatisticsRow row = { .threshold = threshold };

  if (plan == NULL)
    return TRUE;
  stats = tamis_removal_stats_new (job->basis, tamis_plan_get_kept_flags (plan), job->result.which,
                                   NULL, job->cancel, NULL);
  if (stats == NULL)
    return FALSE;
  row.kept = tamis_plan_get_n_kept (plan);
  memcpy (row.lines, stats->lines, sizeof row.lines);
  g_array_append_val (rows, row);
  return TRUE;
}

static void
measure_table (Job *job)
{
  double recommended = tamis_model_get_recommended_threshold (job->model);
  double thresholds[] = { 0.97, 0.95, 0.93, recommended };
  double floor = tamis_pairs_get_floor (job->pairs);
  g_autoptr (GArray) rows = rows_new ();

  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++)
    {
      gboolean seen = i == 3 && (recommended == 0.97 || recommended == 0.95 || recommended == 0.93);

      if (thresholds[i] >= floor && !seen && !add_row (job, thresholds[i], rows))
        return;
    }
  job->result.rows = g_steal_pointer (&rows);
}

static void
measure_sweep (Job *job)
{
  TamisSweepParams params = TAMIS_SWEEP_PARAMS_INIT;

  params.n_steps = SWEEP_STEPS;
  params.plan = tamis_plan_settings_get_params (job->settings, job->dataset);
  job->result.sweep = tamis_sweep_new (job->basis, job->dataset, job->pairs, &params, job->progress,
                                       job->cancel, NULL);
}

static void
measure (Job *job)
{
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;

  switch (job->kind)
    {
    case TAMIS_STATISTICS_BASIS:
      job->result.basis = tamis_removal_basis_new (job->dataset, job->latents, &params,
                                                   job->progress, job->cancel, NULL);
      break;
    case TAMIS_STATISTICS_MOVING:
      measure_moving (job);
      break;
    case TAMIS_STATISTICS_RESTED:
      job->result.stats
          = tamis_removal_stats_new (job->basis, tamis_plan_get_kept_flags (job->result.plan),
                                     job->result.which, job->progress, job->cancel, NULL);
      break;
    case TAMIS_STATISTICS_CONTROL:
      measure_control (job);
      break;
    case TAMIS_STATISTICS_TABLE:
      measure_table (job);
      break;
    case TAMIS_STATISTICS_SWEEP:
      measure_sweep (job);
      break;
    case TAMIS_STATISTICS_N_KINDS:
      break;
    }
}

/* ---- back on the main thread ---- */

static gboolean
is_wanted (TamisStatistics *self, Job *job)
{
  if (job->pairs != tamis_session_get_pairs (self->session))
    return FALSE;
  if (job->kind != TAMIS_STATISTICS_MOVING)
    return self->jobs[job->kind] == job->cancel;
  return job->serial > self->moving_applied;
}

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisStatistics) self = g_weak_ref_get (&job->owner);
  TamisStatisticsResult result;

  if (self == NULL || !is_wanted (self, job))
    return G_SOURCE_REMOVE;
  if (job->kind == TAMIS_STATISTICS_MOVING)
    self->moving_applied = job->serial;
  if (self->jobs[job->kind] == job->cancel)
    {
      g_clear_object (&self->jobs[job->kind]);
      g_clear_pointer (&self->progress[job->kind], tamis_progress_unref);
    }
  result = job->result;
  job->result = (TamisStatisticsResult){ NULL };
  _tamis_statistics_take (self, job->kind, &result);
  return G_SOURCE_REMOVE;
}

static void
run (gpointer data, gboolean dropped)
{
  Job *job = data;

  if (dropped)
    {
      job_free (job);
      return;
    }
  if (!g_cancellable_is_cancelled (job->cancel))
    measure (job);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, job, (GDestroyNotify) job_free);
}

/* ---- starting ---- */

static Job *
job_new (TamisStatistics *self, TamisStatisticsKind kind)
{
  TamisSession *session = self->session;
  TamisPlan *plan = tamis_session_get_plan (session);
  Job *job = g_new0 (Job, 1);

  g_weak_ref_init (&job->owner, self);
  job->kind = kind;
  job->cancel = g_object_ref (self->jobs[kind]);
  job->progress = tamis_progress_ref (self->progress[kind]);
  job->dataset = tamis_dataset_ref (tamis_session_get_dataset (session));
  job->latents = tamis_latents_ref (tamis_session_get_latents (session));
  job->pairs = tamis_pairs_ref (tamis_session_get_pairs (session));
  job->model = tamis_model_ref (tamis_session_get_model (session));
  job->settings = tamis_session_dup_plan_settings (session);
  if (self->results[TAMIS_STATISTICS_BASIS].basis != NULL)
    job->basis = tamis_removal_basis_ref (self->results[TAMIS_STATISTICS_BASIS].basis);
  if (plan != NULL)
    job->result.plan = tamis_plan_ref (plan);
  job->result.which = self->which;
  job->result.settings = _tamis_statistics_settings (self, kind);
  job->result.curves = _tamis_statistics_settings (self, TAMIS_STATISTICS_BASIS);
  return job;
}

void
_tamis_statistics_stop (TamisStatistics *self, TamisStatisticsKind kind)
{
  if (self->jobs[kind] != NULL)
    g_cancellable_cancel (self->jobs[kind]);
  g_clear_object (&self->jobs[kind]);
  g_clear_pointer (&self->progress[kind], tamis_progress_unref);
}

void
_tamis_statistics_start (TamisStatistics *self, TamisStatisticsKind kind)
{
  Job *job;

  /* One step of a moving T is over before it could be cancelled. */
  if (kind != TAMIS_STATISTICS_MOVING)
    _tamis_statistics_stop (self, kind);
  g_clear_object (&self->jobs[kind]);
  g_clear_pointer (&self->progress[kind], tamis_progress_unref);
  self->jobs[kind] = g_cancellable_new ();
  self->progress[kind] = tamis_progress_new ();
  job = job_new (self, kind);
  if (kind == TAMIS_STATISTICS_MOVING)
    job->serial = ++self->moving_asked;
  tamis_queue_push (kind == TAMIS_STATISTICS_MOVING ? self->live : self->slow, kind, run, job);
}
