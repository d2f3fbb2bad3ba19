/* TamisSession: state and settings. Thresholds are in tamis-session-thresholds.c, decisions in
 * tamis-session-verdicts.c, the project in tamis-session-project.c, threads in tamis-session-work.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

#include "tamis-format.h"
#include "tamis-textures.h"

enum {
  PROP_STATE = 1,
  PROP_STATUS,
  PROP_THRESHOLD,
  PROP_ACTIVE_THRESHOLD,
  PROP_MINIMUM,
  PROP_POLICY,
  PROP_ORDER,
  PROP_CLASS,
  PROP_SELECTION,
  PROP_MODEL_NAME,
  PROP_NOTICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
guint tamis_session_signals[TAMIS_SESSION_N_SIGNALS];
static guint solved_signal;

G_DEFINE_FINAL_TYPE (TamisSession, tamis_session, G_TYPE_OBJECT)

TamisSession *
tamis_session_new (void)
{
  return g_object_new (TAMIS_TYPE_SESSION, NULL);
}

static void
tamis_session_init (TamisSession *self)
{
  self->model_name = g_strdup (TAMIS_MODEL_DEFAULT);
  self->order_text = g_strdup ("name");
  self->status = g_strdup ("");
  self->class_index = -1;
  self->selected = self->partner = TAMIS_NO_WITNESS;
  self->threshold = 1.0;
  /* One thread: plans are short, and the newest replaces the one that waits. */
  self->queue = tamis_queue_new (1, 4);
}

void
_tamis_session_drop_results (TamisSession *self)
{
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_clear_pointer (&self->latents, tamis_latents_unref);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->plan, tamis_plan_unref);
  g_clear_pointer (&self->questions, tamis_questions_unref);
  g_clear_pointer (&self->histogram, tamis_histogram_free);
}

static void
tamis_session_dispose (GObject *object)
{
  TamisSession *self = TAMIS_SESSION (object);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->queue, tamis_queue_free);
  _tamis_session_drop_project (self);
  _tamis_session_drop_results (self);
  g_clear_pointer (&self->model, tamis_model_unref);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  G_OBJECT_CLASS (tamis_session_parent_class)->dispose (object);
}

static void
tamis_session_finalize (GObject *object)
{
  TamisSession *self = TAMIS_SESSION (object);

  g_free (self->failure);
  g_free (self->status);
  g_free (self->location);
  g_free (self->model_name);
  g_free (self->order_text);
  g_free (self->notice);
  g_free (self->own);
  G_OBJECT_CLASS (tamis_session_parent_class)->finalize (object);
}

static void
tamis_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TamisSession *self = TAMIS_SESSION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_THRESHOLD:
      g_value_set_double (value, self->threshold);
      break;
    case PROP_ACTIVE_THRESHOLD:
      g_value_set_double (value, tamis_session_get_active_threshold (self));
      break;
    case PROP_MINIMUM:
      g_value_set_uint (value, self->minimum);
      break;
    case PROP_POLICY:
      g_value_set_int (value, self->policy);
      break;
    case PROP_ORDER:
      g_value_set_string (value, self->order_text);
      break;
    case PROP_CLASS:
      g_value_set_int (value, self->class_index);
      break;
    case PROP_SELECTION:
      g_value_set_uint (value, self->selected);
      break;
    case PROP_MODEL_NAME:
      g_value_set_string (value, self->model_name);
      break;
    case PROP_NOTICE:
      g_value_set_string (value, self->notice);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tamis_session_class_init (TamisSessionClass *klass)
{
  static const char *const signal_names[] = { "dataset", "pairs", "plan", "histogram", "progress" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tamis_session_dispose;
  object_class->finalize = tamis_session_finalize;
  object_class->get_property = tamis_session_get_property;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, TAMIS_SESSION_FAILED, 0, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, "", flags);
  properties[PROP_THRESHOLD] = g_param_spec_double ("threshold", NULL, NULL, 0, 1, 1, flags);
  properties[PROP_ACTIVE_THRESHOLD]
      = g_param_spec_double ("active-threshold", NULL, NULL, 0, 1, 1, flags);
  properties[PROP_MINIMUM] = g_param_spec_uint ("minimum", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_POLICY] = g_param_spec_int ("policy", NULL, NULL, 0, TAMIS_POLICY_LAST, 0, flags);
  properties[PROP_ORDER] = g_param_spec_string ("order", NULL, NULL, "name", flags);
  properties[PROP_CLASS] = g_param_spec_int ("class", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_SELECTION]
      = g_param_spec_uint ("selection", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, flags);
  properties[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, flags);
  properties[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  for (guint i = 0; i < TAMIS_SESSION_N_SIGNALS; i++)
    tamis_session_signals[i] = g_signal_new (signal_names[i], TAMIS_TYPE_SESSION, G_SIGNAL_RUN_LAST,
                                             0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  solved_signal = g_signal_new ("solved", TAMIS_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_DOUBLE);
}

static void
emit (TamisSession *self, TamisSessionSignal which)
{
  g_signal_emit (self, tamis_session_signals[which], 0);
}

void
_tamis_session_notify (TamisSession *self, const char *property)
{
  g_object_notify (G_OBJECT (self), property);
}

/* ---- results arrive ---- */

void
_tamis_session_set_state (TamisSession *self, TamisSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
_tamis_session_set_status (TamisSession *self, const char *status)
{
  g_free (self->status);
  self->status = g_strdup (status);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

void
_tamis_session_take_model_name (TamisSession *self, const char *name)
{
  if (g_str_equal (self->model_name, name))
    return;
  g_free (self->model_name);
  self->model_name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL_NAME]);
}

static void
class_changed (TamisSession *self)
{
  self->kept_asked++; /* the question was about the other class's T */
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLASS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE_THRESHOLD]);
  _tamis_session_ask_histogram (self);
}

void
_tamis_session_take_dataset (TamisSession *self, TamisDataset *dataset)
{
  gboolean had_class = self->class_index >= 0;

  _tamis_session_drop_results (self);
  self->dataset = dataset;
  /* Before anyone hears of the new data set: it may not have so many classes. */
  self->class_index = -1;
  tamis_textures_set_dataset (dataset);
  /* Decisions name rows, and the rows are new ones. */
  if (self->journal != NULL)
    tamis_journal_attach (self->journal, dataset);
  self->plan_applied = self->plan_asked; /* results still under way belong to the old rows */
  _tamis_session_reset_thresholds (self);
  tamis_session_set_selection (self, TAMIS_NO_WITNESS, TAMIS_NO_WITNESS);
  emit (self, TAMIS_SESSION_DATASET);
  emit (self, TAMIS_SESSION_PLAN);
  if (had_class)
    class_changed (self);
}

void
_tamis_session_take_pairs (TamisSession *self, TamisPairs *pairs)
{
  self->pairs = pairs;
  self->threshold = MAX (tamis_model_get_recommended_threshold (self->model),
                         tamis_pairs_get_floor (pairs));
  _tamis_session_restore_settings (self);
  emit (self, TAMIS_SESSION_PAIRS);
  _tamis_session_notify_threshold (self);
}

void
_tamis_session_notify_threshold (TamisSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THRESHOLD]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE_THRESHOLD]);
}

void
_tamis_session_notify_own (TamisSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE_THRESHOLD]);
}

void
_tamis_session_notify_minimum (TamisSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MINIMUM]);
}

void
_tamis_session_take_plan (TamisSession *self, TamisPlan *plan, TamisQuestions *questions)
{
  g_clear_pointer (&self->plan, tamis_plan_unref);
  g_clear_pointer (&self->questions, tamis_questions_unref);
  self->plan = plan;
  self->questions = questions;
  emit (self, TAMIS_SESSION_PLAN);
}

void
_tamis_session_take_solution (TamisSession *self, double threshold, guint wanted, guint kept)
{
  tamis_session_set_active_threshold (self, threshold);
  g_signal_emit (self, solved_signal, 0, wanted, kept, tamis_session_get_active_threshold (self));
}

/* ---- what views read ---- */

TamisSessionState
tamis_session_get_state (TamisSession *self)
{
  return self->state;
}

const char *
tamis_session_get_failure (TamisSession *self)
{
  return self->failure;
}

const char *
tamis_session_get_status (TamisSession *self)
{
  return self->status;
}

void
tamis_session_read_progress (TamisSession *self, TamisProgressState *state)
{
  if (self->progress != NULL)
    tamis_progress_read (self->progress, state);
  else
    *state = (TamisProgressState){ TAMIS_STAGE_IDLE };
}

const char *
tamis_session_get_location (TamisSession *self)
{
  return self->location;
}

TamisDataset *
tamis_session_get_dataset (TamisSession *self)
{
  return self->dataset;
}

TamisPairs *
tamis_session_get_pairs (TamisSession *self)
{
  return self->pairs;
}

TamisPlan *
tamis_session_get_plan (TamisSession *self)
{
  return self->plan;
}

TamisModel *
tamis_session_get_model (TamisSession *self)
{
  return self->model;
}

TamisHistogram *
tamis_session_get_histogram (TamisSession *self)
{
  return self->histogram;
}

TamisLatents *
tamis_session_get_latents (TamisSession *self)
{
  return self->latents;
}

/* ---- settings ---- */

void
tamis_session_open (TamisSession *self, const char *location)
{
  _tamis_session_start (self, location, FALSE);
}

void
tamis_session_open_demo (TamisSession *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "tamis", "demo", NULL);

  _tamis_session_start (self, folder, TRUE);
}

void
tamis_session_cancel (TamisSession *self)
{
  if (self->state == TAMIS_SESSION_WORKING && self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
}

void
tamis_session_restart (TamisSession *self)
{
  g_autofree char *location = g_strdup (self->location);

  if (location != NULL)
    _tamis_session_start (self, location, FALSE);
}

void
tamis_session_set_model_name (TamisSession *self, const char *name)
{
  if (g_str_equal (self->model_name, name))
    return;
  _tamis_session_take_model_name (self, name);
  self->model_chosen = TRUE;
  tamis_session_restart (self);
}

const char *
tamis_session_get_model_name (TamisSession *self)
{
  return self->model_name;
}

double
tamis_session_get_floor (TamisSession *self)
{
  return self->pairs != NULL ? tamis_pairs_get_floor (self->pairs) : 0.0;
}

void
tamis_session_set_policy (TamisSession *self, TamisPolicy policy)
{
  if (self->policy == policy)
    return;
  self->policy = policy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POLICY]);
  _tamis_session_keep_settings (self);
  _tamis_session_ask_plan (self);
}

TamisPolicy
tamis_session_get_policy (TamisSession *self)
{
  return self->policy;
}

void
tamis_session_set_order (TamisSession *self, const char *order)
{
  if (g_str_equal (self->order_text, order))
    return;
  g_free (self->order_text);
  self->order_text = g_strdup (order);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
  _tamis_session_keep_settings (self);
  _tamis_session_ask_plan (self);
}

const char *
tamis_session_get_order (TamisSession *self)
{
  return self->order_text;
}

void
tamis_session_set_class (TamisSession *self, int class_index)
{
  if (self->class_index == class_index)
    return;
  self->class_index = class_index;
  class_changed (self);
}

int
tamis_session_get_class (TamisSession *self)
{
  return self->class_index;
}

void
tamis_session_set_selection (TamisSession *self, guint row, guint partner)
{
  if (self->selected == row && self->partner == partner)
    return;
  self->selected = row;
  self->partner = partner;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTION]);
}

guint
tamis_session_get_selection (TamisSession *self, guint *partner)
{
  *partner = self->partner;
  return self->selected;
}
