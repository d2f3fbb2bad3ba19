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

  /* Worker only, until posted */
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
  gboolean last;
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->dataset, tamis_dataset_unref);
  g_clear_pointer (&delivery->model, tamis_model_unref);
  g_clear_pointer (&delivery->latents, tamis_latents_unref);
  g_clear_pointer (&delivery->pairs, tamis_pairs_unref);
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
    _tamis_session_take_dataset (self, tamis_dataset_ref (delivery->dataset));
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

static gboolean
scan (Job *job)
{
  job->model = tamis_model_open (job->model_name, &job->error);
  if (job->model == NULL)
    return FALSE;
  job->dataset = tamis_dataset_open (job->location, job->progress, job->cancel, &job->error);
  if (job->dataset == NULL)
    return FALSE;
  deliver (job, FALSE);
  return TRUE;
}

static gboolean
encode (Job *job)
{
  g_autoptr (TamisThumbnails) thumbnails = tamis_thumbnails_new (NULL, TAMIS_THUMBNAILS_BUDGET);
  TamisEncodeCache cache = { .thumbnails = thumbnails };
  TamisDataset *readable = NULL;

  job->latents = tamis_encode_run (job->dataset, job->model, &cache, job->progress, job->cancel, &readable,
                                   NULL, &job->error);
  if (job->latents == NULL)
    return FALSE;
  tamis_dataset_unref (job->dataset);
  job->dataset = readable;
  deliver (job, FALSE);
  return TRUE;
}

static gboolean
join (Job *job)
{
  TamisJoinParams params = TAMIS_JOIN_PARAMS_INIT;

  params.floor = tamis_model_get_floor (job->model);
  job->pairs = tamis_join_run (job->dataset, job->latents, &params, job->progress, job->cancel,
                               &job->error);
  return job->pairs != NULL;
}

static gpointer
job_thread (gpointer data)
{
  Job *job = data;

  if (draw_demo (job) && scan (job) && encode (job))
    join (job);
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
  TamisVerdicts *verdicts;
  char *order_text;
  double threshold;
  TamisPolicy policy;
  int class_index;
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
  g_clear_pointer (&request->verdicts, tamis_verdicts_free);
  g_clear_pointer (&request->plan, tamis_plan_unref);
  g_clear_pointer (&request->questions, tamis_questions_unref);
  g_clear_pointer (&request->histogram, tamis_histogram_free);
  g_free (request->order_text);
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
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autofree guint32 *order = NULL;

  if (!g_str_equal (request->order_text, "name"))
    order = tamis_order_parse (request->dataset, request->order_text, NULL);
  params.threshold = request->threshold;
  params.policy = request->policy;
  params.order = order;
  params.verdicts = request->verdicts;
  if (request->asks == ASKS_PLAN)
    {
      request->plan = tamis_plan_new (request->dataset, request->pairs, &params, NULL);
      request->questions = tamis_questions_new (request->dataset, request->plan, request->verdicts);
    }
  else
    request->solution = tamis_threshold_for_kept (request->dataset, request->pairs, &params,
                                                  request->wanted, &request->kept, NULL);
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
  if (request->asks != ASKS_HISTOGRAM)
    answer_plan (request);
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
  request->order_text = g_strdup (self->order_text);
  request->threshold = self->threshold;
  request->policy = self->policy;
  request->class_index = self->class_index;
  request->asks = asks;
  if (asks != ASKS_HISTOGRAM && !tamis_verdicts_is_empty (self->verdicts))
    request->verdicts = tamis_verdicts_copy (self->verdicts);
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
