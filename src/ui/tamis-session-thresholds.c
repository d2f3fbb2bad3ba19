/* TamisSession: the T of all classes, the T of single ones, and the least a class keeps.
 *
 * The active T is the one that the slider moves: that of the selected class if it has its own, else
 * that of all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

static double
clamp (TamisSession *self, double threshold)
{
  return CLAMP (threshold, tamis_session_get_floor (self), 1.0);
}

void
_tamis_session_reset_thresholds (TamisSession *self)
{
  guint n = self->dataset != NULL ? tamis_dataset_get_n_classes (self->dataset) : 0;

  g_free (self->own);
  self->own = g_new (double, MAX (n, 1));
  for (guint c = 0; c < n; c++)
    self->own[c] = -1.0;
  self->n_own = 0;
}

/* ---- of all classes ---- */

void
tamis_session_set_threshold (TamisSession *self, double threshold)
{
  threshold = clamp (self, threshold);
  if (self->threshold == threshold)
    return;
  self->threshold = threshold;
  _tamis_session_notify_threshold (self);
  _tamis_session_keep_settings (self);
  _tamis_session_ask_plan (self);
}

double
tamis_session_get_threshold (TamisSession *self)
{
  return self->threshold;
}

/* ---- of one class ---- */

/* TRUE if that changed anything. */
static gboolean
set_own (TamisSession *self, guint class_index, double threshold)
{
  double *own = &self->own[class_index];

  threshold = threshold < 0.0 ? -1.0 : clamp (self, threshold);
  if (*own == threshold)
    return FALSE;
  self->n_own += (threshold >= 0.0) - (*own >= 0.0);
  *own = threshold;
  return TRUE;
}

static void
own_changed (TamisSession *self)
{
  _tamis_session_notify_own (self);
  _tamis_session_keep_settings (self);
  _tamis_session_ask_plan (self);
}

void
tamis_session_set_class_threshold (TamisSession *self, guint class_index, double threshold)
{
  g_return_if_fail (self->dataset != NULL
                    && class_index < tamis_dataset_get_n_classes (self->dataset));
  if (set_own (self, class_index, threshold))
    own_changed (self);
}

void
tamis_session_set_class_thresholds (TamisSession *self, const double *thresholds)
{
  gboolean changed = FALSE;

  for (guint c = 0; self->dataset != NULL && c < tamis_dataset_get_n_classes (self->dataset); c++)
    changed |= set_own (self, c, thresholds != NULL ? thresholds[c] : -1.0);
  if (changed)
    own_changed (self);
}

double
tamis_session_get_class_threshold (TamisSession *self, int class_index)
{
  return class_index >= 0 && self->n_own > 0 ? self->own[class_index] : -1.0;
}

guint
tamis_session_get_n_class_thresholds (TamisSession *self)
{
  return self->n_own;
}

/* ---- of the slider ---- */

gboolean
tamis_session_moves_class (TamisSession *self)
{
  return tamis_session_get_class_threshold (self, self->class_index) >= 0.0;
}

double
tamis_session_get_active_threshold (TamisSession *self)
{
  return tamis_session_moves_class (self) ? self->own[self->class_index] : self->threshold;
}

void
tamis_session_set_active_threshold (TamisSession *self, double threshold)
{
  if (tamis_session_moves_class (self))
    tamis_session_set_class_threshold (self, self->class_index, clamp (self, threshold));
  else
    tamis_session_set_threshold (self, threshold);
}

/* ---- the least ---- */

void
tamis_session_set_minimum (TamisSession *self, guint minimum)
{
  if (self->minimum == minimum)
    return;
  self->minimum = minimum;
  _tamis_session_notify_minimum (self);
  _tamis_session_keep_settings (self);
  _tamis_session_ask_plan (self);
}

guint
tamis_session_get_minimum (TamisSession *self)
{
  return self->minimum;
}

TamisPlanSettings *
tamis_session_dup_plan_settings (TamisSession *self)
{
  TamisPlanSettings *settings = g_new0 (TamisPlanSettings, 1);
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self);
  guint n = tamis_dataset_get_n_classes (self->dataset);

  settings->threshold = self->threshold;
  if (self->n_own > 0)
    settings->class_thresholds = g_memdup2 (self->own, n * sizeof *self->own);
  settings->minimum = self->minimum;
  settings->policy = self->policy;
  settings->order_text = g_strdup (self->order_text);
  if (verdicts != NULL && !tamis_verdicts_is_empty (verdicts))
    settings->verdicts = tamis_verdicts_copy (verdicts);
  return settings;
}
