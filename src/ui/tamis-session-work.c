/* TamisSession's threads.
 *
 * DESIGN
 * Opening is one thread that goes through draw (demo), scan, encode and join. After each stage it
 * posts its result to the main thread; a result is applied only if the session lives and its
 * cancellable is still the one the job was started with. Starting anew cancels and replaces that
 * cancellable, so no stale result can overwrite a fresh one, and nothing needs a lock.
 *
 * Plans and histograms are short and many: they go to a one-thread queue where a newer request
 * replaces the one that waits. Each has a serial number; a result older than what is shown is
 * dropped, one that is merely not the newest is shown, so that numbers move while the slider does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

#include "demo/demo.h"
#include "tamis-format.h"

#include <glib/gi18n.h>

typedef struct
{
  GWeakRef session;
  GCancellable *cancel;
  TamisProgress *progress;
  char *location;
  char *model_name;
  gboolean demo;
  gboolean keep_model; /* the person has just chosen it: not what the project says */
  TamisProject *present; /* nullable: open in the session when the job began */

  /* Worker only, until posted */
  char *data; /* location of the data set, if @location is a project */
  char *notice;
  TamisProject *project; /* nullable */
  TamisJournal *journal; /* nullable */
  TamisDataset *dataset;
  TamisModel *model;
  TamisLatents *latents;
  TamisPairs *pairs;
  GError *error;
  guint n_references;
} Job;

static void
job_unref (Job *job)
{
  if (!g_atomic_int_dec_and_test (&job->n_references))
    return;
  g_weak_ref_clear (&job->session);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  g_free (job->location);
  g_free (job->model_name);
  g_free (job->data);
  g_free (job->notice);
  g_clear_pointer (&job->journal, tamis_journal_free);
  g_clear_pointer (&job->project, tamis_project_unref);
  g_clear_pointer (&job->present, tamis_project_unref);
  g_clear_pointer (&job->dataset, tamis_dataset_unref);
  g_clear_pointer (&job->model, tamis_model_unref);
  g_clear_pointer (&job->latents, tamis_latents_unref);
  g_clear_pointer (&job->pairs, tamis_pairs_unref);
  g_clear_error (&job->error);
  g_free (job);
}

/* What a stage brings to the main thread: references of its own, since the worker goes on. */
typedef struct
{
  Job *job;
  TamisDataset *dataset;
  TamisModel *model;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisProject *project;
  TamisJournal *journal;
  char *model_name;
  gboolean readable; /* @dataset is what was encoded */
  gboolean last;
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->dataset, tamis_dataset_unref);
  g_clear_pointer (&delivery->model, tamis_model_unref);
  g_clear_pointer (&delivery->latents, tamis_latents_unref);
  g_clear_pointer (&delivery->pairs, tamis_pairs_unref);
  g_clear_pointer (&delivery->journal, tamis_journal_free);
  g_clear_pointer (&delivery->project, tamis_project_unref);
  g_free (delivery->model_name);
  job_unref (delivery->job);
  g_free (delivery);
}

static char *
word_result (Delivery *delivery)
{
  guint images = tamis_dataset_get_n_images (delivery->dataset);
  guint unreadable = tamis_dataset_get_n_unreadable (delivery->dataset);
  guint64 pairs = tamis_pairs_get_n (delivery->pairs);
  g_autofree char *n_images = tamis_format_count (images);
  g_autofree char *n_pairs = tamis_format_count (pairs);
  g_autofree char *n_unreadable = tamis_format_count (unreadable);
  g_autofree char *encoded = NULL;
  g_autofree char *found = NULL;
  g_autofree char *unread = NULL;

  encoded = g_strdup_printf (ngettext ("Encoded %s image", "Encoded %s images", images), n_images);
  found = g_strdup_printf (ngettext ("Found %s pair above %.2f", "Found %s pairs above %.2f", pairs),
                           n_pairs, tamis_pairs_get_floor (delivery->pairs));
  if (unreadable == 0)
    return g_strdup_printf ("%s\n%s", encoded, found);
  unread = g_strdup_printf (ngettext ("%s file could not be read", "%s files could not be read",
                                      unreadable), n_unreadable);
  return g_strdup_printf ("%s\n%s\n%s", encoded, found, unread);
}

/* The engine's own message is for logs and for what has no better words here. */
static char *
word_failure (const GError *error, const char *location)
{
  g_autofree char *shown = g_filename_display_name (location);

  if (g_error_matches (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND))
    return g_strdup_printf (_("“%s” cannot be opened. Is it still there, and may you read it?"), shown);
  if (g_error_matches (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY))
    return g_strdup_printf (_("There are no images that Tamis can read in “%s”. Choose the folder that "
                              "holds the images or the class folders."), shown);
  if (g_error_matches (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_NOT_FOUND))
    return g_strdup_printf (_("The model is missing. Install Tamis again. (%s)"), error->message);
  return g_strdup (error->message);
}

static void
finish (TamisSession *self, Delivery *delivery)
{
  GError *error = delivery->job->error;

  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  if (error == NULL)
    {
      g_autofree char *status = word_result (delivery);

      _tamis_session_set_status (self, status);
      _tamis_session_set_state (self, TAMIS_SESSION_READY);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      _tamis_session_set_status (self, _("Cancelled"));
      _tamis_session_set_state (self, self->dataset != NULL ? TAMIS_SESSION_READY
                                                            : TAMIS_SESSION_EMPTY);
    }
  else
    {
      g_free (self->failure);
      self->failure = word_failure (error, delivery->job->location);
      _tamis_session_set_status (self, self->failure);
      _tamis_session_set_state (self, TAMIS_SESSION_FAILED);
    }
}

static gboolean
deliver_on_main (gpointer data)
{
  Delivery *delivery = data;
  g_autoptr (TamisSession) self = g_weak_ref_get (&delivery->job->session);

  if (self == NULL || self->cancel != delivery->job->cancel)
    return G_SOURCE_REMOVE;
  if (delivery->model != NULL && delivery->model != self->model)
    {
      g_clear_pointer (&self->model, tamis_model_unref);
      self->model = tamis_model_ref (delivery->model);
    }
  if (delivery->dataset != NULL && delivery->dataset != self->dataset)
    {
      _tamis_session_take_project (self, delivery->project, delivery->dataset);
      _tamis_session_set_notice (self, delivery->job->notice);
      _tamis_session_take_model_name (self, delivery->model_name);
      _tamis_session_take_dataset (self, tamis_dataset_ref (delivery->dataset));
      if (delivery->readable)
        _tamis_session_take_journal (self, g_steal_pointer (&delivery->journal));
    }
  if (delivery->latents != NULL && self->latents == NULL)
    self->latents = tamis_latents_ref (delivery->latents);
  if (delivery->pairs != NULL && self->pairs == NULL)
    {
      _tamis_session_take_pairs (self, tamis_pairs_ref (delivery->pairs));
      _tamis_session_ask_plan (self);
      _tamis_session_ask_histogram (self);
    }
  if (delivery->last)
    finish (self, delivery);
  return G_SOURCE_REMOVE;
}

/* Worker thread. The main loop's normal idle priority would starve while frames are drawn. */
static void
deliver (Job *job, gboolean last)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  g_atomic_int_inc (&job->n_references);
  delivery->job = job;
  delivery->last = last;
  delivery->readable = job->latents != NULL;
  delivery->project = job->project != NULL ? tamis_project_ref (job->project) : NULL;
  delivery->journal = g_steal_pointer (&job->journal);
  delivery->model_name = g_strdup (job->model_name);
  delivery->dataset = job->dataset != NULL ? tamis_dataset_ref (job->dataset) : NULL;
  delivery->model = job->model != NULL ? tamis_model_ref (job->model) : NULL;
  delivery->latents = job->latents != NULL ? tamis_latents_ref (job->latents) : NULL;
  delivery->pairs = job->pairs != NULL ? tamis_pairs_ref (job->pairs) : NULL;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, deliver_on_main, delivery,
                   (GDestroyNotify) delivery_free);
}

static gboolean
draw_demo (Job *job)
{
  /* A set that is there already costs a look at its files. */
  return !job->demo
         || tamis_demo_draw (job->location, NULL, job->progress, job->cancel, &job->error);
}

/* The project, and with it where the images are and by which model they were compared. */
static gboolean
find_project (Job *job)
{
  g_autofree char *model = NULL;

  job->project = _tamis_session_find_project (job->location, job->present, &job->data, &job->notice,
                                              &job->error);
  if (job->error != NULL)
    return FALSE;
  if (job->project != NULL && !job->keep_model)
    model = tamis_project_dup_setting (job->project, "model");
  if (model != NULL)
    {
      g_free (job->model_name);
      job->model_name = g_steal_pointer (&model);
    }
  return TRUE;
}

/* A project may name a model file that is gone; then the default one, and a word about it. */
static gboolean
open_model (Job *job)
{
  job->model = tamis_model_open (job->model_name, &job->error);
  if (job->model != NULL || job->keep_model || g_str_equal (job->model_name, TAMIS_MODEL_DEFAULT))
    return job->model != NULL;
  g_free (job->notice);
  job->notice = g_strdup_printf (_("The model of this project cannot be opened (%s). The default one is "
                                   "used."), job->error->message);
  g_clear_error (&job->error);
  g_free (job->model_name);
  job->model_name = g_strdup (TAMIS_MODEL_DEFAULT);
  job->model = tamis_model_open (job->model_name, &job->error);
  return job->model != NULL;
}

static gboolean
scan (Job *job)
{
  if (!open_model (job))
    return FALSE;
  job->dataset = tamis_dataset_open (job->data, job->progress, job->cancel, &job->error);
  if (job->dataset == NULL)
    return FALSE;
  deliver (job, FALSE);
  return TRUE;
}

/* The session's own journal goes on if it is of this project. */
static gboolean
load_journal (Job *job)
{
  if (job->project == NULL || job->project == job->present)
    return TRUE;
  job->journal = tamis_journal_load (job->project, job->dataset, job->cancel, &job->error);
  return job->journal != NULL;
}

static gboolean
encode (Job *job)
{
  TamisDataset *readable = NULL;

  if (job->project != NULL)
    job->latents = tamis_project_encode (job->project, job->dataset, job->model, job->progress,
                                         job->cancel, &readable, NULL, &job->error);
  else
    job->latents = tamis_encode_run (job->dataset, job->model, NULL, job->progress, job->cancel,
                                     &readable, NULL, &job->error);
  if (job->latents == NULL)
    return FALSE;
  tamis_dataset_unref (job->dataset);
  job->dataset = readable;
  if (!load_journal (job))
    return FALSE;
  deliver (job, FALSE);
  return TRUE;
}

static gboolean
join (Job *job)
{
  TamisJoinParams params = TAMIS_JOIN_PARAMS_INIT;

  params.floor = tamis_model_get_floor (job->model);
  if (job->project != NULL)
    job->pairs = tamis_project_join (job->project, job->dataset, job->latents, job->model, &params,
                                     job->progress, job->cancel, &job->error);
  else
    job->pairs = tamis_join_run (job->dataset, job->latents, &params, job->progress, job->cancel,
                                 &job->error);
  return job->pairs != NULL;
}

static gpointer
job_thread (gpointer data)
{
  static GMutex one_at_a_time; /* a cancelled job may still hold the project that the next one opens */
  Job *job = data;

  g_mutex_lock (&one_at_a_time);
  if (draw_demo (job) && find_project (job) && scan (job) && encode (job))
    join (job);
  g_clear_pointer (&job->project, tamis_project_unref);
  g_mutex_unlock (&one_at_a_time);
  deliver (job, TRUE);
  job_unref (job);
  return NULL;
}

static gboolean
report_progress (gpointer data)
{
  TamisSession *self = data;

  g_signal_emit (self, tamis_session_signals[TAMIS_SESSION_PROGRESS], 0);
  return G_SOURCE_CONTINUE;
}

void
_tamis_session_start (TamisSession *self, const char *location, gboolean demo)
{
  Job *job = g_new0 (Job, 1);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  self->cancel = g_cancellable_new ();
  self->progress = tamis_progress_new ();
  if (self->location != location)
    {
      g_free (self->location);
      self->location = g_strdup (location);
    }

  g_weak_ref_init (&job->session, self);
  job->cancel = g_object_ref (self->cancel);
  job->progress = tamis_progress_ref (self->progress);
  job->location = g_strdup (location);
  job->model_name = g_strdup (self->model_name);
  job->demo = demo;
  job->keep_model = self->model_chosen;
  self->model_chosen = FALSE;
  job->present = self->project != NULL && self->journal != NULL ? tamis_project_ref (self->project)
                                                                : NULL;
  job->n_references = 1;
  if (self->progress_source == 0)
    self->progress_source = g_timeout_add (100, report_progress, self);
  _tamis_session_set_state (self, TAMIS_SESSION_WORKING);
  g_thread_unref (g_thread_new ("tamis-open", job_thread, job));
}

/* ---- plans, histograms, a T for a number of images ---- */

typedef enum {
  ASKS_PLAN,
  ASKS_HISTOGRAM,
  ASKS_KEPT,
} Asks; /* also the key in the queue: a newer request replaces one of its kind */

typedef struct
{
  GWeakRef session;
  guint64 serial;
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisLatents *latents;
  TamisPlanSettings *settings; /* NULL for a histogram */
  int class_index;
  gboolean of_class; /* ASKS_KEPT: T of the class is sought, not that of all */
  Asks asks;
  guint wanted;

  /* The answer */
  TamisPlan *plan;
  TamisQuestions *questions;
  TamisHistogram *histogram;
  double solution; /* negative: none */
  guint kept;
} Request;

static void
request_free (Request *request)
{
  g_weak_ref_clear (&request->session);
  tamis_dataset_unref (request->dataset);
  tamis_pairs_unref (request->pairs);
  g_clear_pointer (&request->latents, tamis_latents_unref);
  g_clear_pointer (&request->settings, tamis_plan_settings_free);
  g_clear_pointer (&request->plan, tamis_plan_unref);
  g_clear_pointer (&request->questions, tamis_questions_unref);
  g_clear_pointer (&request->histogram, tamis_histogram_free);
  g_free (request);
}

static gboolean
apply_request (gpointer data)
{
  Request *request = data;
  g_autoptr (TamisSession) self = g_weak_ref_get (&request->session);

  if (self == NULL || self->pairs != request->pairs)
    return G_SOURCE_REMOVE;
  if (request->plan != NULL && request->serial > self->plan_applied)
    {
      self->plan_applied = request->serial;
      _tamis_session_take_plan (self, g_steal_pointer (&request->plan),
                                g_steal_pointer (&request->questions));
    }
  if (request->histogram != NULL && request->serial == self->histogram_asked)
    {
      g_clear_pointer (&self->histogram, tamis_histogram_free);
      self->histogram = g_steal_pointer (&request->histogram);
      g_signal_emit (self, tamis_session_signals[TAMIS_SESSION_HISTOGRAM], 0);
    }
  if (request->asks == ASKS_KEPT && request->solution >= 0 && request->serial == self->kept_asked)
    _tamis_session_take_solution (self, request->solution, request->wanted, request->kept);
  return G_SOURCE_REMOVE;
}

static void
answer_plan (Request *request)
{
  request->plan = tamis_plan_settings_make (request->settings, request->dataset, request->pairs,
                                            request->settings->threshold);
  if (request->plan != NULL)
    request->questions
        = tamis_questions_new (request->dataset, request->plan, request->settings->verdicts);
}

/* The lowest T of the class in view that keeps so many of its images; negative: none. */
static double
solve_class (Request *request, const TamisPlanParams *params)
{
  guint n = tamis_dataset_get_n_classes (request->dataset);
  g_autofree guint *wanted = g_new0 (guint, n);
  g_autofree double *thresholds = NULL;

  wanted[request->class_index] = request->wanted;
  thresholds = tamis_class_thresholds_for_kept (request->dataset, request->pairs, params, wanted,
                                                NULL);
  return thresholds != NULL ? thresholds[request->class_index] : -1.0;
}

/* What the answer keeps is counted with everything else that holds, the minimum a class included. */
static void
answer_kept (Request *request)
{
  TamisPlanSettings *settings = request->settings;
  TamisPlanParams params = tamis_plan_settings_get_params (settings, request->dataset);
  double threshold = settings->threshold;
  g_autoptr (TamisPlan) plan = NULL;

  if (request->of_class)
    request->solution = solve_class (request, &params);
  else
    request->solution = tamis_threshold_for_kept (request->dataset, request->pairs, &params,
                                                  request->wanted, &request->kept, NULL);
  if (request->solution < 0)
    return;
  if (request->of_class)
    settings->class_thresholds[request->class_index] = request->solution;
  else
    threshold = request->solution;
  plan = tamis_plan_settings_make (settings, request->dataset, request->pairs, threshold);
  if (plan == NULL)
    {
      request->solution = -1.0;
      return;
    }
  request->kept = request->of_class ? tamis_plan_get_class_kept (plan, request->class_index)
                                    : tamis_plan_get_n_kept (plan);
}

/* Where the histogram begins: below the floor, so that the hill of unrelated pairs shows. */
static double
histogram_low (TamisPairs *pairs)
{
  double floor = tamis_pairs_get_floor (pairs);

  return MAX (0.0, floor - 0.4 * (1.0 - floor));
}

#define HISTOGRAM_BINS 200

static void
run_request (gpointer data, gboolean dropped)
{
  Request *request = data;

  if (dropped)
    {
      request_free (request);
      return;
    }
  if (request->asks == ASKS_PLAN)
    answer_plan (request);
  else if (request->asks == ASKS_KEPT)
    answer_kept (request);
  else
    request->histogram = tamis_histogram_new (request->dataset, request->latents, request->pairs,
                                              request->class_index,
                                              histogram_low (request->pairs), HISTOGRAM_BINS);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_request, request, (GDestroyNotify) request_free);
}

static Request *
request_new (TamisSession *self, Asks asks)
{
  Request *request = g_new0 (Request, 1);

  g_weak_ref_init (&request->session, self);
  request->dataset = tamis_dataset_ref (self->dataset);
  request->pairs = tamis_pairs_ref (self->pairs);
  request->class_index = self->class_index;
  request->of_class = tamis_session_moves_class (self);
  request->asks = asks;
  if (asks != ASKS_HISTOGRAM)
    request->settings = tamis_session_dup_plan_settings (self);
  return request;
}

void
_tamis_session_ask_plan (TamisSession *self)
{
  Request *request;

  if (self->pairs == NULL)
    return;
  self->kept_asked++; /* an answer under way is for settings that hold no more */
  request = request_new (self, ASKS_PLAN);
  request->serial = ++self->plan_asked;
  tamis_queue_push (self->queue, ASKS_PLAN, run_request, request);
}

void
_tamis_session_ask_histogram (TamisSession *self)
{
  Request *request;

  if (self->pairs == NULL)
    return;
  request = request_new (self, ASKS_HISTOGRAM);
  request->latents = tamis_latents_ref (self->latents);
  request->serial = ++self->histogram_asked;
  tamis_queue_push (self->queue, ASKS_HISTOGRAM, run_request, request);
}

void
tamis_session_ask_kept (TamisSession *self, guint wanted)
{
  Request *request;

  if (self->pairs == NULL)
    return;
  request = request_new (self, ASKS_KEPT);
  request->wanted = wanted;
  request->serial = ++self->kept_asked;
  tamis_queue_push (self->queue, ASKS_KEPT, run_request, request);
}
