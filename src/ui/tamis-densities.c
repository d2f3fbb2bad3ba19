/* TamisDensities: see tamis-statistics-work.c for how its thread works; this one has a queue of its
 * own, so that the class in view does not wait for the figures of all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-densities.h"

#include <string.h>

#define N TAMIS_REMOVAL_COMPONENTS

/* What a set of densities was made from. */
typedef struct
{
  TamisRemovalBasis *basis; /* owned */
  TamisPlan *plan;          /* owned */
  TamisBasis which;
  int class_index;
  TamisStepRule rule;
  double step;
} Question;

struct _TamisDensities
{
  GObject parent_instance;

  /* Owned */
  TamisStatistics *statistics;
  TamisQueue *queue;
  GCancellable *cancel; /* of the newest job; its identity */
  Question asked;       /* the newest job is about this */
  Question answered;
  GArray *classes; /* of TamisClassDensity, one a class of the data set, in answer to @answered */

  /* Borrowed: lives as long as @statistics */
  TamisSession *session;

  guint64 serial, applied; /* a moving T shows what is newer than the screen */
  TamisStepRule rule;
  double step;
  guint holds;
};

G_DEFINE_FINAL_TYPE (TamisDensities, tamis_densities, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- questions and answers ---- */

static void
question_clear (Question *self)
{
  g_clear_pointer (&self->basis, tamis_removal_basis_unref);
  g_clear_pointer (&self->plan, tamis_plan_unref);
}

static Question
question_copy (const Question *self)
{
  Question copy = *self;

  tamis_removal_basis_ref (copy.basis);
  tamis_plan_ref (copy.plan);
  return copy;
}

static gboolean
question_equal (const Question *a, const Question *b)
{
  return a->basis == b->basis && a->plan == b->plan && a->which == b->which
         && a->class_index == b->class_index && a->rule == b->rule
         && (a->rule != TAMIS_STEP_FIXED || a->step == b->step);
}

/* Borrows; FALSE if there is nothing to ask about yet. */
static gboolean
question_now (TamisDensities *self, Question *question)
{
  *question = (Question){ tamis_statistics_get_removal_basis (self->statistics),
                          tamis_session_get_plan (self->session),
                          tamis_statistics_get_basis (self->statistics),
                          tamis_session_get_class (self->session), self->rule, self->step };
  return question->basis != NULL && question->plan != NULL;
}

static void
density_clear (gpointer data)
{
  TamisClassDensity *density = data;

  g_clear_pointer (&density->before, tamis_distribution_free);
  g_clear_pointer (&density->after, tamis_distribution_free);
}

static GArray *
classes_new (guint n)
{
  GArray *classes = g_array_sized_new (FALSE, TRUE, sizeof (TamisClassDensity), n);

  g_array_set_clear_func (classes, density_clear);
  g_array_set_size (classes, n);
  return classes;
}

/* ---- worker thread ---- */

typedef struct
{
  GWeakRef owner;
  GCancellable *cancel;
  guint64 serial;
  TamisDataset *dataset;
  TamisLatents *latents;
  Question question;
  GArray *classes; /* nullable: the answer */
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->owner);
  g_object_unref (job->cancel);
  tamis_dataset_unref (job->dataset);
  tamis_latents_unref (job->latents);
  question_clear (&job->question);
  g_clear_pointer (&job->classes, g_array_unref);
  g_free (job);
}

static TamisDistribution *
refit (Job *job, TamisRange range, const TamisDistributionParams *params)
{
  const guint8 *kept = tamis_plan_get_kept_flags (job->question.plan);
  g_autofree guint32 *rows = g_new (guint32, MAX (range.n, 1));
  TamisPcaParams set = { .values = tamis_latents_get_values (job->latents),
                         .dimension = tamis_latents_get_dimension (job->latents),
                         .rows = rows,
                         .n_components = N };

  for (guint i = 0; i < range.n; i++)
    if (kept[range.first + i])
      rows[set.n++] = range.first + i;
  return tamis_distribution_new (&set, params, job->cancel, NULL);
}

static void
note_turned_axes (const TamisDistribution *before, TamisClassDensity *density)
{
  const TamisPca *a = before->pca, *b = density->after->pca;

  for (guint k = 0; a != NULL && b != NULL && k < MIN (a->n_components, b->n_components) && k < N; k++)
    {
      double dot = 0;

      for (guint i = 0; i < a->dimension; i++)
        dot += a->basis[(gsize) k * a->dimension + i] * b->basis[(gsize) k * b->dimension + i];
      density->mirrored[k] = dot < 0;
    }
}

/* FALSE if cancelled. */
static gboolean
measure_class (Job *job, guint class_index, TamisClassDensity *density)
{
  const TamisDistribution *all = tamis_removal_basis_get_before (job->question.basis, class_index);
  const guint8 *kept = tamis_plan_get_kept_flags (job->question.plan);
  TamisRange range = tamis_dataset_get_class_range (job->dataset, class_index);
  TamisDistributionParams params = { N, job->question.rule, job->question.step };
  g_autofree guint8 *ones = g_malloc (MAX (range.n, 1));
  gboolean loses = tamis_plan_get_class_kept (job->question.plan, class_index) < range.n;

  memset (ones, 1, range.n);
  density->before = tamis_distribution_subset (all, ones, &params);
  if (job->question.which == TAMIS_BASIS_FIXED || !loses)
    density->after = tamis_distribution_subset (all, kept + range.first, &params);
  else
    density->after = refit (job, range, &params);
  if (density->after == NULL)
    return FALSE;
  note_turned_axes (all, density);
  return !g_cancellable_is_cancelled (job->cancel);
}

static void
measure (Job *job)
{
  guint n = tamis_removal_basis_get_n_classes (job->question.basis);
  g_autoptr (GArray) classes = classes_new (n);

  for (guint c = 0; c < n; c++)
    if (job->question.class_index < 0 || (guint) job->question.class_index == c)
      if (!measure_class (job, c, &g_array_index (classes, TamisClassDensity, c)))
        return;
  job->classes = g_steal_pointer (&classes);
}

/* ---- back on the main thread ---- */

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisDensities) self = g_weak_ref_get (&job->owner);

  if (self == NULL || job->classes == NULL || job->serial <= self->applied
      || job->question.basis != tamis_statistics_get_removal_basis (self->statistics))
    return G_SOURCE_REMOVE;
  self->applied = job->serial;
  g_clear_pointer (&self->classes, g_array_unref);
  self->classes = g_steal_pointer (&job->classes);
  question_clear (&self->answered);
  self->answered = question_copy (&job->question);
  g_signal_emit (self, changed_signal, 0);
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

static void
stop (TamisDensities *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  question_clear (&self->asked);
}

static void
start (TamisDensities *self, const Question *question)
{
  Job *job = g_new0 (Job, 1);

  /* On the fixed basis a step is over soon and worth showing although T has moved on. */
  if (question->which == TAMIS_BASIS_REFITTED)
    stop (self);
  g_clear_object (&self->cancel);
  question_clear (&self->asked);
  self->cancel = g_cancellable_new ();
  self->asked = question_copy (question);
  g_weak_ref_init (&job->owner, self);
  job->cancel = g_object_ref (self->cancel);
  job->serial = ++self->serial;
  job->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  job->latents = tamis_latents_ref (tamis_session_get_latents (self->session));
  job->question = question_copy (question);
  tamis_queue_push (self->queue, 0, run, job);
}

static void
catch_up (TamisDensities *self)
{
  Question now;

  if (self->holds == 0 || !question_now (self, &now) || question_equal (&now, &self->asked)
      || (now.which == TAMIS_BASIS_REFITTED && !tamis_statistics_is_resting (self->statistics)))
    return;
  start (self, &now);
}

static void
statistics_changed (TamisDensities *self)
{
  /* Another data set, or none: what is here names classes that are gone. */
  if (self->classes != NULL
      && self->answered.basis != tamis_statistics_get_removal_basis (self->statistics))
    {
      stop (self);
      question_clear (&self->answered);
      g_clear_pointer (&self->classes, g_array_unref);
    }
  catch_up (self);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- for the views ---- */

void
tamis_densities_hold (TamisDensities *self)
{
  self->holds++;
  tamis_statistics_hold (self->statistics);
  catch_up (self);
}

void
tamis_densities_release (TamisDensities *self)
{
  g_return_if_fail (self->holds > 0);
  if (--self->holds == 0)
    stop (self);
  tamis_statistics_release (self->statistics);
}

void
tamis_densities_set_rule (TamisDensities *self, TamisStepRule rule, double step)
{
  self->rule = rule;
  self->step = step;
  catch_up (self);
}

TamisStepRule
tamis_densities_get_rule (TamisDensities *self)
{
  return self->rule;
}

const TamisClassDensity *
tamis_densities_get (TamisDensities *self, guint class_index)
{
  const TamisClassDensity *density;

  if (self->classes == NULL || class_index >= self->classes->len)
    return NULL;
  density = &g_array_index (self->classes, TamisClassDensity, class_index);
  return density->before != NULL ? density : NULL;
}

const double *
tamis_densities_get_scores (TamisDensities *self, guint class_index, guint component)
{
  TamisRemovalBasis *basis = tamis_statistics_get_removal_basis (self->statistics);
  const TamisPca *pca
      = basis != NULL ? tamis_removal_basis_get_before (basis, class_index)->pca : NULL;

  return pca != NULL && component < pca->n_components ? pca->scores + (gsize) component * pca->n
                                                      : NULL;
}

gboolean
tamis_densities_is_current (TamisDensities *self)
{
  Question now;

  return self->classes != NULL && question_now (self, &now)
         && question_equal (&now, &self->answered);
}

/* ---- construction ---- */

TamisDensities *
tamis_densities_new (TamisStatistics *statistics)
{
  TamisDensities *self = g_object_new (TAMIS_TYPE_DENSITIES, NULL);

  self->statistics = g_object_ref (statistics);
  self->session = tamis_statistics_get_session (statistics);
  g_signal_connect_object (statistics, "changed", G_CALLBACK (statistics_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::class", G_CALLBACK (catch_up), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static void
tamis_densities_dispose (GObject *object)
{
  TamisDensities *self = TAMIS_DENSITIES (object);

  stop (self);
  g_clear_pointer (&self->queue, tamis_queue_free);
  question_clear (&self->answered);
  g_clear_pointer (&self->classes, g_array_unref);
  g_clear_object (&self->statistics);
  G_OBJECT_CLASS (tamis_densities_parent_class)->dispose (object);
}

static void
tamis_densities_init (TamisDensities *self)
{
  self->queue = tamis_queue_new (1, 2);
  self->rule = TAMIS_STEP_FREEDMAN_DIACONIS;
}

static void
tamis_densities_class_init (TamisDensitiesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_densities_dispose;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_DENSITIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
