/* TamisCrossingModel: the pairs across splits (leaks) or classes (label conflicts) as a list.
 *
 * DESIGN: crossings are made from a plan on a thread of one queue, the newest request replacing the
 * one that waits; results are shown in the order in which they come. The join for label conflicts
 * goes through the same queue; while it runs no crossings are asked for. The cancellable of a data
 * set is its identity: a result of any other is stale.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-crossing-model.h"

/* ---- the list ---- */

struct _TamisCrossingModel
{
  GObject parent_instance;

  /* Borrowed: the session outlives its models (both belong to the window) */
  TamisSession *session;

  /* Owned */
  TamisCrossings *crossings; /* nullable */
  TamisPairs *across;        /* nullable: pairs over all classes */
  GArray *shown;             /* of TamisCrossing: those of the session's class */
  TamisQueue *queue;
  GCancellable *cancel; /* of all work on this data set; NULL without one */
  TamisProgress *progress;
  char *failure;

  TamisBorder border;
  TamisSearchState state;
  gboolean active;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (TamisCrossingModel, tamis_crossing_model, G_TYPE_OBJECT)

/* Those with an image of the session's class. */
static GArray *
collect (TamisCrossingModel *self)
{
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (TamisCrossing));
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  int wanted = tamis_session_get_class (self->session);
  guint n = self->crossings != NULL ? tamis_crossings_get_n (self->crossings) : 0;

  for (guint i = 0; i < n; i++)
    {
      TamisCrossing crossing = tamis_crossings_get (self->crossings, i);

      if (wanted < 0 || tamis_dataset_get_class (dataset, crossing.a) == (guint) wanted
          || tamis_dataset_get_class (dataset, crossing.b) == (guint) wanted)
        g_array_append_val (shown, crossing);
    }
  return shown;
}

static void
refresh (TamisCrossingModel *self)
{
  g_array_unref (self->shown);
  self->shown = collect (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
set_state (TamisCrossingModel *self, TamisSearchState state)
{
  self->state = state;
  g_signal_emit (self, changed_signal, 0);
}

/* ---- work ---- */

typedef enum {
  WORK_JOIN,
  WORK_CROSSINGS,
} Work; /* also the key in the queue */

typedef struct
{
  GWeakRef model;
  Work work;
  GCancellable *cancel;
  TamisProgress *progress;
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs; /* of the session, or across classes */
  TamisPlan *plan;   /* nullable */
  TamisBorder border;
  double floor;

  /* The answer */
  TamisPairs *across;
  TamisCrossings *crossings;
  GError *error;
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->model);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  tamis_dataset_unref (job->dataset);
  tamis_latents_unref (job->latents);
  g_clear_pointer (&job->pairs, tamis_pairs_unref);
  g_clear_pointer (&job->plan, tamis_plan_unref);
  g_clear_pointer (&job->across, tamis_pairs_unref);
  g_clear_pointer (&job->crossings, tamis_crossings_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static void ask (TamisCrossingModel *self);

static void
take_join (TamisCrossingModel *self, Job *job)
{
  if (job->across != NULL)
    {
      self->across = g_steal_pointer (&job->across);
      ask (self);
      return;
    }
  if (!g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->failure = g_strdup (job->error->message);
  set_state (self, TAMIS_SEARCH_STOPPED);
}

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisCrossingModel) self = g_weak_ref_get (&job->model);

  if (self == NULL || self->cancel != job->cancel)
    return G_SOURCE_REMOVE;
  if (job->work == WORK_JOIN)
    take_join (self, job);
  else
    {
      g_clear_pointer (&self->crossings, tamis_crossings_unref);
      self->crossings = g_steal_pointer (&job->crossings);
      self->state = TAMIS_SEARCH_DONE;
      refresh (self);
    }
  return G_SOURCE_REMOVE;
}

/* On the queue's thread. */
static void
run (gpointer data, gboolean dropped)
{
  Job *job = data;
  TamisJoinParams params = { job->floor, TAMIS_SCOPE_ALL, 0 };

  if (dropped)
    {
      job_free (job);
      return;
    }
  if (job->work == WORK_JOIN)
    job->across = tamis_join_run (job->dataset, job->latents, &params, job->progress, job->cancel,
                                  &job->error);
  else
    job->crossings = tamis_crossings_new (job->dataset, job->pairs, job->plan, job->border);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, job, (GDestroyNotify) job_free);
}

static Job *
job_new (TamisCrossingModel *self, Work work)
{
  Job *job = g_new0 (Job, 1);

  g_weak_ref_init (&job->model, self);
  job->work = work;
  job->cancel = g_object_ref (self->cancel);
  job->progress = tamis_progress_ref (self->progress);
  job->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  job->latents = tamis_latents_ref (tamis_session_get_latents (self->session));
  job->border = self->border;
  return job;
}

static void
ask_join (TamisCrossingModel *self)
{
  TamisModel *model = tamis_session_get_model (self->session);
  Job *job;

  if (!self->active || self->state == TAMIS_SEARCH_RUNNING || self->state == TAMIS_SEARCH_STOPPED)
    return;
  job = job_new (self, WORK_JOIN);
  job->floor = MAX (tamis_model_get_recommended_threshold (model),
                    tamis_session_get_floor (self->session));
  tamis_queue_push (self->queue, WORK_JOIN, run, job);
  set_state (self, TAMIS_SEARCH_RUNNING);
}

static void
ask_crossings (TamisCrossingModel *self, TamisPairs *pairs)
{
  Job *job = job_new (self, WORK_CROSSINGS);

  job->pairs = tamis_pairs_ref (pairs);
  job->plan = tamis_plan_ref (tamis_session_get_plan (self->session));
  tamis_queue_push (self->queue, WORK_CROSSINGS, run, job);
}

/* Whatever is needed next. */
static void
ask (TamisCrossingModel *self)
{
  TamisPairs *pairs = tamis_session_get_pairs (self->session);

  if (self->state == TAMIS_SEARCH_IMPOSSIBLE || pairs == NULL
      || tamis_session_get_plan (self->session) == NULL)
    return;
  if (self->border == TAMIS_BORDER_CLASSES && self->across == NULL)
    ask_join (self);
  else
    ask_crossings (self, self->border == TAMIS_BORDER_CLASSES ? self->across : pairs);
}

/* ---- what the session says ---- */

static void
stop (TamisCrossingModel *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  g_clear_pointer (&self->failure, g_free);
}

static void
dataset_changed (TamisCrossingModel *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint n_sides = 0;

  stop (self);
  g_clear_pointer (&self->crossings, tamis_crossings_unref);
  g_clear_pointer (&self->across, tamis_pairs_unref);
  self->cancel = g_cancellable_new ();
  self->progress = tamis_progress_new ();
  if (dataset != NULL)
    n_sides = self->border == TAMIS_BORDER_SPLITS ? tamis_dataset_get_n_splits (dataset)
                                                  : tamis_dataset_get_n_classes (dataset);
  self->state = n_sides < 2 ? TAMIS_SEARCH_IMPOSSIBLE : TAMIS_SEARCH_WAITING;
  refresh (self);
}

TamisCrossingModel *
tamis_crossing_model_new (TamisSession *session, TamisBorder border)
{
  TamisCrossingModel *self = g_object_new (TAMIS_TYPE_CROSSING_MODEL, NULL);

  self->session = session;
  self->border = border;
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  dataset_changed (self);
  return self;
}

void
tamis_crossing_model_set_active (TamisCrossingModel *self, gboolean active)
{
  self->active = active;
  if (active && self->state == TAMIS_SEARCH_WAITING)
    ask (self);
}

void
tamis_crossing_model_cancel (TamisCrossingModel *self)
{
  if (self->state == TAMIS_SEARCH_RUNNING)
    g_cancellable_cancel (self->cancel);
}

void
tamis_crossing_model_restart (TamisCrossingModel *self)
{
  if (self->state != TAMIS_SEARCH_STOPPED)
    return;
  dataset_changed (self);
  ask (self);
}

/* ---- reading ---- */

TamisBorder
tamis_crossing_model_get_border (TamisCrossingModel *self)
{
  return self->border;
}

TamisSearchState
tamis_crossing_model_get_state (TamisCrossingModel *self)
{
  return self->state;
}

const char *
tamis_crossing_model_get_failure (TamisCrossingModel *self)
{
  return self->failure;
}

void
tamis_crossing_model_read_progress (TamisCrossingModel *self, TamisProgressState *state)
{
  if (self->progress != NULL)
    tamis_progress_read (self->progress, state);
  else
    *state = (TamisProgressState){ TAMIS_STAGE_IDLE };
}

TamisCrossings *
tamis_crossing_model_get_crossings (TamisCrossingModel *self)
{
  return self->crossings;
}

double
tamis_crossing_model_get_floor (TamisCrossingModel *self)
{
  return self->border == TAMIS_BORDER_SPLITS ? tamis_session_get_floor (self->session)
         : self->across != NULL             ? tamis_pairs_get_floor (self->across)
                                            : 0;
}

guint
tamis_crossing_model_get_n (TamisCrossingModel *self)
{
  return self->shown->len;
}

gboolean
tamis_crossing_model_get (TamisCrossingModel *self, guint position, TamisCrossing *crossing)
{
  if (position >= self->shown->len)
    return FALSE;
  *crossing = g_array_index (self->shown, TamisCrossing, position);
  return TRUE;
}

/* ---- construction ---- */

static void
tamis_crossing_model_dispose (GObject *object)
{
  TamisCrossingModel *self = TAMIS_CROSSING_MODEL (object);

  stop (self);
  g_clear_pointer (&self->queue, tamis_queue_free);
  g_clear_pointer (&self->crossings, tamis_crossings_unref);
  g_clear_pointer (&self->across, tamis_pairs_unref);
  G_OBJECT_CLASS (tamis_crossing_model_parent_class)->dispose (object);
}

static void
tamis_crossing_model_finalize (GObject *object)
{
  g_array_unref (TAMIS_CROSSING_MODEL (object)->shown);
  G_OBJECT_CLASS (tamis_crossing_model_parent_class)->finalize (object);
}

static void
tamis_crossing_model_init (TamisCrossingModel *self)
{
  self->shown = g_array_new (FALSE, FALSE, sizeof (TamisCrossing));
  self->queue = tamis_queue_new (1, 2);
}

static void
tamis_crossing_model_class_init (TamisCrossingModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_crossing_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_crossing_model_finalize;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_CROSSING_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}
