/* TamisPairStudy: see tamis-pair-study.h.
 *
 * DESIGN: as in tamis-densities.c: one thread each for the long study and for difference maps, which
 * follow a hand; a job holds all it needs, and its cancellable is its identity: an answer whose
 * cancellable is no longer the pair's is dropped.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-pair-study.h"

#include <string.h>

#define DELAY_MS 200

/* A difference. Inside one pair a size says which level of an image it is, and a part has the same pixels
 * wherever they are taken from, so the images themselves need not be kept, which would cost memory beside
 * the store's budget. */
typedef struct
{
  int width[2], height[2]; /* of the whole: of the images at hand */
  TamisImageRegion at;     /* of a part */
  guint gain;
} Question;

/* The whole, or a part. */
typedef struct
{
  Question asked;
  TamisImage *image; /* nullable: the last answer */
  TamisImageRegion at;
} Difference;

enum
{
  WHOLE,
  PART,
};

struct _TamisPairStudy
{
  GObject parent_instance;

  /* Owned */
  TamisQueue *study_queue, *difference_queue;
  GCancellable *cancel; /* of the pair */
  char *a, *b;
  TamisModel *model;
  TamisComparison *comparison;
  Difference difference[2];

  TamisSameness sameness;
  gboolean sameness_known;
  guint delay;
};

G_DEFINE_FINAL_TYPE (TamisPairStudy, tamis_pair_study, G_TYPE_OBJECT)

static guint changed_signal;

typedef struct _Job Job;
struct _Job
{
  GWeakRef owner;
  GCancellable *cancel;
  char *a, *b;
  TamisModel *model;
  Job *rest; /* a study's second letter: whether the pixels are the same may take long to find out */
  TamisDifference wanted; /* with the images owned */

  /* Worker's result */
  TamisComparison *comparison;
  TamisImage *difference;
  gboolean sameness_known;
  TamisSameness sameness;
};

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->owner);
  g_object_unref (job->cancel);
  g_free (job->a);
  g_free (job->b);
  g_clear_pointer (&job->model, tamis_model_unref);
  g_clear_pointer (&job->rest, job_free);
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&job->wanted.part[i].image, tamis_image_unref);
  g_clear_pointer (&job->comparison, tamis_comparison_unref);
  g_clear_pointer (&job->difference, tamis_image_unref);
  g_free (job);
}

static Job *
job_new (TamisPairStudy *self)
{
  Job *job = g_new0 (Job, 1);

  g_weak_ref_init (&job->owner, self);
  job->cancel = g_object_ref (self->cancel);
  return job;
}

/* ---- back on the main thread ---- */

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisPairStudy) self = g_weak_ref_get (&job->owner);

  if (self == NULL || self->cancel != job->cancel)
    return G_SOURCE_REMOVE;
  if (job->comparison != NULL)
    {
      g_clear_pointer (&self->comparison, tamis_comparison_unref);
      self->comparison = g_steal_pointer (&job->comparison);
    }
  if (job->sameness_known)
    {
      self->sameness_known = TRUE;
      self->sameness = job->sameness;
    }
  if (job->difference != NULL)
    {
      Difference *difference = &self->difference[job->wanted.at.width > 0 ? PART : WHOLE];

      /* Nobody may want it any more. */
      if (difference->asked.gain == 0)
        return G_SOURCE_REMOVE;
      g_clear_pointer (&difference->image, tamis_image_unref);
      difference->image = g_steal_pointer (&job->difference);
      difference->at = job->wanted.at;
    }
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
post (Job *job)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, job, (GDestroyNotify) job_free);
}

/* ---- worker threads ---- */

static void
study (gpointer data, gboolean dropped)
{
  Job *job = data;
  Job *rest = g_steal_pointer (&job->rest);

  if (dropped || g_cancellable_is_cancelled (job->cancel))
    {
      job_free (job);
      job_free (rest);
      return;
    }
  job->comparison = tamis_comparison_new (job->a, job->b, job->model, job->cancel, NULL);
  post (job);
  rest->sameness_known = tamis_files_compare (rest->a, rest->b, rest->cancel, &rest->sameness, NULL);
  post (rest);
}

static void
subtract (gpointer data, gboolean dropped)
{
  Job *job = data;

  if (dropped || g_cancellable_is_cancelled (job->cancel))
    {
      job_free (job);
      return;
    }
  job->difference = tamis_image_difference_part (&job->wanted.part[0], &job->wanted.part[1],
                                                 job->wanted.gain);
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&job->wanted.part[i].image, tamis_image_unref);
  post (job);
}

/* ---- asking ---- */

static Job *
study_new (TamisPairStudy *self)
{
  Job *job = job_new (self);

  job->a = g_strdup (self->a);
  job->b = g_strdup (self->b);
  job->model = self->model != NULL ? tamis_model_ref (self->model) : NULL;
  return job;
}

static gboolean
start (gpointer data)
{
  TamisPairStudy *self = data;
  Job *job = study_new (self);

  self->delay = 0;
  job->rest = study_new (self);
  tamis_queue_push (self->study_queue, 0, study, job);
  return G_SOURCE_REMOVE;
}

static void
forget_difference (Difference *difference)
{
  g_clear_pointer (&difference->image, tamis_image_unref);
  difference->asked = (Question){ 0 };
}

static void
forget (TamisPairStudy *self)
{
  g_clear_handle_id (&self->delay, g_source_remove);
  g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_pointer (&self->a, g_free);
  g_clear_pointer (&self->b, g_free);
  g_clear_pointer (&self->model, tamis_model_unref);
  g_clear_pointer (&self->comparison, tamis_comparison_unref);
  for (int i = 0; i < 2; i++)
    forget_difference (&self->difference[i]);
  self->sameness_known = FALSE;
}

void
tamis_pair_study_set_pair (TamisPairStudy *self, const char *a, const char *b, TamisModel *model)
{
  forget (self);
  self->cancel = g_cancellable_new ();
  if (a != NULL && b != NULL)
    {
      self->a = g_strdup (a);
      self->b = g_strdup (b);
      self->model = model != NULL ? tamis_model_ref (model) : NULL;
      self->delay = g_timeout_add (DELAY_MS, start, self);
    }
  g_signal_emit (self, changed_signal, 0);
}

void
tamis_pair_study_ask_difference (TamisPairStudy *self, const TamisDifference *wanted)
{
  gboolean of_part = wanted->at.width > 0;
  Difference *difference = &self->difference[of_part ? PART : WHOLE];
  Question question = { { 0, 0 }, { 0, 0 }, wanted->at, wanted->gain };
  Job *job;

  for (int i = 0; i < 2 && !of_part; i++)
    {
      question.width[i] = wanted->part[i].image->width;
      question.height[i] = wanted->part[i].image->height;
    }
  if (memcmp (&question, &difference->asked, sizeof question) == 0)
    return;
  difference->asked = question;
  job = job_new (self);
  job->wanted = *wanted;
  for (int i = 0; i < 2; i++)
    tamis_image_ref (job->wanted.part[i].image);
  tamis_queue_push (self->difference_queue, of_part ? PART : WHOLE, subtract, job);
}

void
tamis_pair_study_forget_part (TamisPairStudy *self)
{
  forget_difference (&self->difference[PART]);
}

TamisComparison *
tamis_pair_study_get_comparison (TamisPairStudy *self)
{
  return self->comparison;
}

gboolean
tamis_pair_study_get_sameness (TamisPairStudy *self, TamisSameness *sameness)
{
  *sameness = self->sameness_known ? self->sameness : TAMIS_SAMENESS_NONE;
  return self->sameness_known;
}

TamisImage *
tamis_pair_study_get_difference (TamisPairStudy *self)
{
  return self->difference[WHOLE].image;
}

TamisImage *
tamis_pair_study_get_difference_part (TamisPairStudy *self, TamisImageRegion *at)
{
  *at = self->difference[PART].at;
  return self->difference[PART].image;
}

/* ---- construction ---- */

TamisPairStudy *
tamis_pair_study_new (void)
{
  return g_object_new (TAMIS_TYPE_PAIR_STUDY, NULL);
}

static void
tamis_pair_study_dispose (GObject *object)
{
  TamisPairStudy *self = TAMIS_PAIR_STUDY (object);

  if (self->cancel != NULL)
    forget (self);
  g_clear_pointer (&self->study_queue, tamis_queue_free);
  g_clear_pointer (&self->difference_queue, tamis_queue_free);
  G_OBJECT_CLASS (tamis_pair_study_parent_class)->dispose (object);
}

static void
tamis_pair_study_init (TamisPairStudy *self)
{
  self->cancel = g_cancellable_new ();
  self->study_queue = tamis_queue_new (1, 2);
  self->difference_queue = tamis_queue_new (1, 2);
}

static void
tamis_pair_study_class_init (TamisPairStudyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_pair_study_dispose;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_PAIR_STUDY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
