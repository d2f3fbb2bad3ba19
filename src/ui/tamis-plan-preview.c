/* TamisPlanPreview: see tamis-plan-preview.h.
 *
 * DESIGN: one thread, the newest question replacing the one that waits; an answer to an older
 * question than the last is dropped.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-plan-preview.h"

struct _TamisPlanPreview
{
  GObject parent_instance;

  /* Borrowed: outlives the preview */
  TamisSession *session;

  /* Owned */
  TamisQueue *queue;
  char *order; /* NULL: folder rules are asked about */

  gboolean asks; /* has anything been asked yet? */
  guint64 asked; /* serial of the last question */
  gboolean known;
  TamisPlanChange change;
};

G_DEFINE_FINAL_TYPE (TamisPlanPreview, tamis_plan_preview, G_TYPE_OBJECT)

static guint changed_signal;

typedef struct
{
  GWeakRef preview;
  guint64 serial;
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisVerdicts *verdicts;
  char *order;
  double threshold;
  TamisPolicy policy;
  gboolean about_folders;

  /* The answer */
  gboolean known;
  TamisPlanChange change;
} Question;

static void
question_free (Question *question)
{
  g_weak_ref_clear (&question->preview);
  tamis_dataset_unref (question->dataset);
  tamis_pairs_unref (question->pairs);
  tamis_plan_unref (question->plan);
  tamis_verdicts_free (question->verdicts);
  g_free (question->order);
  g_free (question);
}

static gboolean
apply (gpointer data)
{
  Question *question = data;
  g_autoptr (TamisPlanPreview) self = g_weak_ref_get (&question->preview);

  if (self == NULL || self->asked != question->serial)
    return G_SOURCE_REMOVE;
  self->known = question->known;
  self->change = question->change;
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
forget_folders (TamisVerdicts *verdicts)
{
  g_auto (GStrv) folders = tamis_verdicts_list_folders (verdicts);

  for (guint i = 0; folders[i] != NULL; i++)
    tamis_verdicts_unset_folder (verdicts, folders[i]);
}

static void
run (gpointer data, gboolean dropped)
{
  Question *question = data;
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autofree guint32 *order = NULL;
  g_autoptr (TamisPlan) other = NULL;

  if (dropped)
    {
      question_free (question);
      return;
    }
  if (question->about_folders)
    forget_folders (question->verdicts);
  order = tamis_order_parse (question->dataset, question->order, NULL);
  params.threshold = question->threshold;
  params.policy = question->policy;
  params.order = order;
  params.verdicts = question->verdicts;
  if (order != NULL)
    other = tamis_plan_new (question->dataset, question->pairs, &params, NULL);
  question->known = other != NULL;
  if (other != NULL)
    question->change = question->about_folders ? tamis_plan_compare (other, question->plan)
                                               : tamis_plan_compare (question->plan, other);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, question, (GDestroyNotify) question_free);
}

static void
ask (TamisPlanPreview *self)
{
  TamisSession *session = self->session;
  Question *question;

  self->asked++;
  if (!self->asks || tamis_session_get_plan (session) == NULL)
    {
      self->known = FALSE;
      g_signal_emit (self, changed_signal, 0);
      return;
    }
  question = g_new0 (Question, 1);
  g_weak_ref_init (&question->preview, self);
  question->serial = self->asked;
  question->dataset = tamis_dataset_ref (tamis_session_get_dataset (session));
  question->pairs = tamis_pairs_ref (tamis_session_get_pairs (session));
  question->plan = tamis_plan_ref (tamis_session_get_plan (session));
  question->verdicts = tamis_verdicts_copy (tamis_session_get_verdicts (session));
  question->about_folders = self->order == NULL;
  question->order
      = g_strdup (self->order != NULL ? self->order : tamis_session_get_order (session));
  question->threshold = tamis_plan_get_threshold (question->plan);
  question->policy = tamis_plan_get_policy (question->plan);
  tamis_queue_push (self->queue, 0, run, question);
}

void
tamis_plan_preview_ask_order (TamisPlanPreview *self, const char *order)
{
  g_free (self->order);
  self->order = g_strdup (order);
  self->asks = TRUE;
  ask (self);
}

void
tamis_plan_preview_ask_folders (TamisPlanPreview *self)
{
  g_clear_pointer (&self->order, g_free);
  self->asks = TRUE;
  ask (self);
}

gboolean
tamis_plan_preview_get (TamisPlanPreview *self, TamisPlanChange *change)
{
  *change = self->change;
  return self->known;
}

TamisPlanPreview *
tamis_plan_preview_new (TamisSession *session)
{
  TamisPlanPreview *self = g_object_new (TAMIS_TYPE_PLAN_PREVIEW, NULL);

  self->session = session;
  g_signal_connect_object (session, "plan", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  return self;
}

static void
tamis_plan_preview_dispose (GObject *object)
{
  g_clear_pointer (&TAMIS_PLAN_PREVIEW (object)->queue, tamis_queue_free);
  G_OBJECT_CLASS (tamis_plan_preview_parent_class)->dispose (object);
}

static void
tamis_plan_preview_finalize (GObject *object)
{
  g_free (TAMIS_PLAN_PREVIEW (object)->order);
  G_OBJECT_CLASS (tamis_plan_preview_parent_class)->finalize (object);
}

static void
tamis_plan_preview_init (TamisPlanPreview *self)
{
  self->queue = tamis_queue_new (1, 1);
}

static void
tamis_plan_preview_class_init (TamisPlanPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_plan_preview_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_plan_preview_finalize;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_PLAN_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}
