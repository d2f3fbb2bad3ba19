/* TamisStatistics: what is known, what is still right, what is to be computed next.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-statistics-private.h"

#include <string.h>

#define REST_MS 250 /* a slider that stands still for so long rests */

G_DEFINE_FINAL_TYPE (TamisStatistics, tamis_statistics, G_TYPE_OBJECT)

static guint changed_signal, progress_signal;

void
_tamis_statistics_result_clear (TamisStatisticsResult *self)
{
  g_clear_pointer (&self->plan, tamis_plan_unref);
  g_clear_pointer (&self->basis, tamis_removal_basis_unref);
  for (guint i = 0; self->rows != NULL && i < self->rows->len; i++)
    g_free (g_array_index (self->rows, TamisStatisticsRow, i).kurtosis);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->stats, tamis_removal_stats_free);
  g_clear_pointer (&self->control, tamis_control_free);
  g_clear_pointer (&self->sweep, tamis_sweep_free);
}

/* FNV-1a */
static guint64
mix (guint64 hash, gconstpointer bytes, gsize n)
{
  const guint8 *p = bytes;

  for (gsize i = 0; i < n; i++)
    hash = (hash ^ p[i]) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

static guint64
mix_own (TamisStatistics *self, guint64 hash)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint n = dataset != NULL && tamis_session_get_n_class_thresholds (self->session) > 0
                ? tamis_dataset_get_n_classes (dataset)
                : 0;

  for (guint c = 0; c < n; c++)
    {
      double own = tamis_session_get_class_threshold (self->session, (int) c);

      hash = mix (hash, &own, sizeof own);
    }
  return hash;
}

guint64
_tamis_statistics_settings (TamisStatistics *self, TamisStatisticsKind kind)
{
  const char *order = tamis_session_get_order (self->session);
  guint64 verdicts = tamis_session_get_verdict_serial (self->session);
  guint64 hash = mix (G_GUINT64_CONSTANT (14695981039346656037), order, strlen (order));

  if (kind == TAMIS_STATISTICS_TABLE)
    {
      guint choice[] = { tamis_session_get_policy (self->session),
                         tamis_session_get_minimum (self->session) };

      hash = mix (hash, choice, sizeof choice);
    }
  if (kind == TAMIS_STATISTICS_TABLE || kind == TAMIS_STATISTICS_SWEEP)
    hash = mix_own (self, hash);
  return mix (hash, &verdicts, sizeof verdicts);
}

/* ---- what is right, what comes next ---- */

gboolean
tamis_statistics_is_current (TamisStatistics *self, TamisStatisticsKind kind)
{
  const TamisStatisticsResult *result = &self->results[kind];
  TamisPlan *plan = tamis_session_get_plan (self->session);

  switch (kind)
    {
    case TAMIS_STATISTICS_BASIS:
      return result->basis != NULL;
    case TAMIS_STATISTICS_MOVING:
      return result->rows != NULL && result->plan == plan;
    case TAMIS_STATISTICS_RESTED:
      return result->stats != NULL && result->plan == plan && result->which == self->which;
    case TAMIS_STATISTICS_CONTROL:
      return result->control != NULL && result->plan == plan && result->which == self->which;
    case TAMIS_STATISTICS_TABLE:
      return result->rows != NULL && result->which == self->which
             && result->settings == _tamis_statistics_settings (self, kind);
    case TAMIS_STATISTICS_SWEEP:
      return result->sweep != NULL && result->settings == _tamis_statistics_settings (self, kind);
    default:
      return FALSE;
    }
}

gboolean
tamis_statistics_suggests_classes (TamisStatistics *self)
{
  const TamisStatisticsResult *result = &self->results[TAMIS_STATISTICS_SWEEP];

  return result->sweep != NULL
         && result->curves == _tamis_statistics_settings (self, TAMIS_STATISTICS_BASIS);
}

gboolean
tamis_statistics_is_working (TamisStatistics *self, TamisStatisticsKind kind)
{
  return self->jobs[kind] != NULL || (kind == TAMIS_STATISTICS_RESTED && self->rest_source != 0);
}

gboolean
tamis_statistics_is_resting (TamisStatistics *self)
{
  return self->rest_source == 0;
}

static gboolean
report_progress (gpointer data)
{
  TamisStatistics *self = data;

  g_signal_emit (self, progress_signal, 0);
  return G_SOURCE_CONTINUE;
}

static void
emit_changed (TamisStatistics *self)
{
  gboolean long_work
      = self->jobs[TAMIS_STATISTICS_BASIS] != NULL || self->jobs[TAMIS_STATISTICS_SWEEP] != NULL;

  if (long_work && self->progress_source == 0)
    self->progress_source = g_timeout_add (100, report_progress, self);
  else if (!long_work)
    g_clear_handle_id (&self->progress_source, g_source_remove);
  g_signal_emit (self, changed_signal, 0);
}

/* The first of a resting T's figures that is missing; what follows it waits for it. */
static void
start_next (TamisStatistics *self)
{
  static const TamisStatisticsKind chain[]
      = { TAMIS_STATISTICS_RESTED, TAMIS_STATISTICS_CONTROL, TAMIS_STATISTICS_TABLE };

  if (self->holds == 0 || self->rest_source != 0
      || self->results[TAMIS_STATISTICS_BASIS].basis == NULL
      || tamis_session_get_plan (self->session) == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    if (self->jobs[chain[i]] != NULL)
      return;
    else if (!tamis_statistics_is_current (self, chain[i]))
      {
        _tamis_statistics_start (self, chain[i]);
        return;
      }
}

static gboolean
has_rested (gpointer data)
{
  TamisStatistics *self = data;

  self->rest_source = 0;
  start_next (self);
  emit_changed (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_rest (TamisStatistics *self)
{
  _tamis_statistics_stop (self, TAMIS_STATISTICS_RESTED);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_CONTROL);
  if (!tamis_statistics_is_current (self, TAMIS_STATISTICS_TABLE))
    _tamis_statistics_stop (self, TAMIS_STATISTICS_TABLE);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MS, has_rested, self);
}

/* Whatever a view on screen needs and nobody computes yet. */
static void
catch_up (TamisStatistics *self)
{
  if (self->holds == 0 || tamis_session_get_pairs (self->session) == NULL)
    return;
  if (self->results[TAMIS_STATISTICS_BASIS].basis == NULL)
    {
      if (self->jobs[TAMIS_STATISTICS_BASIS] == NULL)
        _tamis_statistics_start (self, TAMIS_STATISTICS_BASIS);
    }
  else if (tamis_session_get_plan (self->session) != NULL)
    {
      if (self->jobs[TAMIS_STATISTICS_MOVING] == NULL
          && !tamis_statistics_is_current (self, TAMIS_STATISTICS_MOVING))
        _tamis_statistics_start (self, TAMIS_STATISTICS_MOVING);
      start_next (self);
    }
  emit_changed (self);
}

void
_tamis_statistics_take (TamisStatistics *self, TamisStatisticsKind kind,
                        TamisStatisticsResult *result)
{
  gboolean found = result->basis != NULL || result->rows != NULL || result->stats != NULL
                   || result->control != NULL || result->sweep != NULL;

  if (found)
    {
      _tamis_statistics_result_clear (&self->results[kind]);
      self->results[kind] = *result;
    }
  else
    _tamis_statistics_result_clear (result);
  /* A job that failed is not asked again before something changes. */
  if (found && kind == TAMIS_STATISTICS_BASIS)
    catch_up (self);
  else if (found)
    start_next (self);
  emit_changed (self);
}

/* ---- the session ---- */

static void
drop_all (TamisStatistics *self)
{
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->moving_applied = self->moving_asked;
  for (guint kind = 0; kind < TAMIS_STATISTICS_N_KINDS; kind++)
    {
      _tamis_statistics_stop (self, kind);
      _tamis_statistics_result_clear (&self->results[kind]);
    }
}

static void
dataset_changed (TamisStatistics *self)
{
  drop_all (self);
  emit_changed (self);
}

static void
plan_changed (TamisStatistics *self)
{
  if (self->holds == 0 || tamis_session_get_plan (self->session) == NULL)
    return;
  if (self->results[TAMIS_STATISTICS_BASIS].basis != NULL)
    {
      _tamis_statistics_start (self, TAMIS_STATISTICS_MOVING);
      wait_for_rest (self);
    }
  catch_up (self);
}

/* ---- for the views ---- */

TamisSession *
tamis_statistics_get_session (TamisStatistics *self)
{
  return self->session;
}

void
tamis_statistics_hold (TamisStatistics *self)
{
  self->holds++;
  catch_up (self);
}

void
tamis_statistics_release (TamisStatistics *self)
{
  g_return_if_fail (self->holds > 0);
  if (--self->holds > 0)
    return;
  /* The basis is kept going: it serves every view and every T. So is a sweep that was asked for. */
  g_clear_handle_id (&self->rest_source, g_source_remove);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_RESTED);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_CONTROL);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_TABLE);
}

void
tamis_statistics_set_basis (TamisStatistics *self, TamisBasis basis)
{
  if (self->which == basis)
    return;
  self->which = basis;
  _tamis_statistics_stop (self, TAMIS_STATISTICS_RESTED);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_CONTROL);
  _tamis_statistics_stop (self, TAMIS_STATISTICS_TABLE);
  catch_up (self);
  emit_changed (self);
}

TamisBasis
tamis_statistics_get_basis (TamisStatistics *self)
{
  return self->which;
}

TamisRemovalBasis *
tamis_statistics_get_removal_basis (TamisStatistics *self)
{
  return self->results[TAMIS_STATISTICS_BASIS].basis;
}

const TamisStatisticsRow *
tamis_statistics_get_moving (TamisStatistics *self)
{
  GArray *rows = self->results[TAMIS_STATISTICS_MOVING].rows;

  return rows != NULL ? &g_array_index (rows, TamisStatisticsRow, 0) : NULL;
}

const TamisRemovalStats *
tamis_statistics_get_rested (TamisStatistics *self)
{
  return self->results[TAMIS_STATISTICS_RESTED].stats;
}

const TamisControl *
tamis_statistics_get_control (TamisStatistics *self)
{
  return self->results[TAMIS_STATISTICS_CONTROL].control;
}

const TamisStatisticsRow *
tamis_statistics_get_table (TamisStatistics *self, guint *n)
{
  GArray *rows = self->results[TAMIS_STATISTICS_TABLE].rows;

  *n = rows != NULL ? rows->len : 0;
  return rows != NULL ? (const TamisStatisticsRow *) rows->data : NULL;
}

const TamisSweep *
tamis_statistics_get_sweep (TamisStatistics *self)
{
  return self->results[TAMIS_STATISTICS_SWEEP].sweep;
}

void
tamis_statistics_read_progress (TamisStatistics *self, TamisStatisticsKind kind,
                                TamisProgressState *state)
{
  if (self->progress[kind] != NULL)
    tamis_progress_read (self->progress[kind], state);
  else
    *state = (TamisProgressState){ TAMIS_STAGE_IDLE };
}

void
tamis_statistics_ask_sweep (TamisStatistics *self)
{
  if (self->results[TAMIS_STATISTICS_BASIS].basis == NULL)
    return;
  _tamis_statistics_start (self, TAMIS_STATISTICS_SWEEP);
  emit_changed (self);
}

void
tamis_statistics_cancel_sweep (TamisStatistics *self)
{
  _tamis_statistics_stop (self, TAMIS_STATISTICS_SWEEP);
  emit_changed (self);
}

/* ---- construction ---- */

TamisStatistics *
tamis_statistics_new (TamisSession *session)
{
  TamisStatistics *self = g_object_new (TAMIS_TYPE_STATISTICS, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (catch_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  return self;
}

static void
tamis_statistics_dispose (GObject *object)
{
  TamisStatistics *self = TAMIS_STATISTICS (object);

  drop_all (self);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->live, tamis_queue_free);
  g_clear_pointer (&self->slow, tamis_queue_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tamis_statistics_parent_class)->dispose (object);
}

static void
tamis_statistics_init (TamisStatistics *self)
{
  self->live = tamis_queue_new (1, 2);
  self->slow = tamis_queue_new (2, TAMIS_STATISTICS_N_KINDS);
  self->which = TAMIS_BASIS_FIXED;
}

static void
tamis_statistics_class_init (TamisStatisticsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_statistics_dispose;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_STATISTICS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  progress_signal = g_signal_new ("progress", TAMIS_TYPE_STATISTICS, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}
