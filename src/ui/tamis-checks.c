/* TamisChecks: see tamis-checks.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-checks.h"

#define WANTED 0.99

struct _TamisChecks
{
  GObject parent_instance;

  /* Borrowed: outlives this */
  TamisSession *session;

  /* Owned */
  GHashTable *checks;   /* class → TamisCheck; -1: all */
  GCancellable *cancel; /* of the sample being drawn, or NULL */

  /* Of the sample of the session's class; NULL without one */
  guint8 *judgements;
  TamisPrecision *curve;
  guint n_curve;
  TamisPrecisionAnswer answer;
  guint64 serial; /* of the verdicts that were read */

  double wanted;
};

G_DEFINE_FINAL_TYPE (TamisChecks, tamis_checks, G_TYPE_OBJECT)

static guint changed_signal;

TamisSession *
tamis_checks_get_session (TamisChecks *self)
{
  return self->session;
}

/* ---- what verdicts say ---- */

static void
solve (TamisChecks *self)
{
  self->answer = tamis_check_solve (tamis_checks_get (self), self->judgements, self->curve,
                                    self->n_curve, self->wanted, TAMIS_CHECKS_CONFIDENCE);
}

void
tamis_checks_refresh (TamisChecks *self)
{
  TamisCheck *check = tamis_checks_get (self);

  g_clear_pointer (&self->judgements, g_free);
  g_clear_pointer (&self->curve, g_free);
  self->serial = tamis_session_get_verdict_serial (self->session);
  if (check != NULL)
    {
      self->judgements = g_new (guint8, MAX (tamis_check_get_n (check), 1));
      tamis_check_read_verdicts (check, tamis_session_get_verdicts (self->session),
                                 self->judgements);
      self->curve = tamis_check_curve (check, self->judgements, TAMIS_CHECKS_CONFIDENCE,
                                       &self->n_curve);
      solve (self);
    }
  g_signal_emit (self, changed_signal, 0);
}

static void
plan_changed (TamisChecks *self)
{
  if (self->curve != NULL && self->serial != tamis_session_get_verdict_serial (self->session))
    tamis_checks_refresh (self);
}

/* What is still being drawn is of no use to anyone: drawn() sees that it is not the one awaited. */
static void
stop_drawing (TamisChecks *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
}

/* Rows are others, or pairs are: no sample holds any more. */
static void restore (TamisChecks *self);

static void
forget (TamisChecks *self)
{
  stop_drawing (self);
  g_hash_table_remove_all (self->checks);
  tamis_checks_refresh (self);
  restore (self);
}

static void
class_changed (TamisChecks *self)
{
  tamis_checks_refresh (self);
  restore (self);
}

/* ---- drawing, on a thread ---- */

typedef struct
{
  GWeakRef owner;
  TamisDataset *dataset;
  TamisPairs *pairs;
  int class_index;
  guint size;
  char *text; /* of the sample to enlarge, or NULL */
} Draw;

static void
draw_free (Draw *draw)
{
  g_weak_ref_clear (&draw->owner);
  tamis_dataset_unref (draw->dataset);
  tamis_pairs_unref (draw->pairs);
  g_free (draw->text);
  g_free (draw);
}

static void
draw_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Draw *draw = data;
  TamisCheckParams params = TAMIS_CHECK_PARAMS_INIT;
  GError *error = NULL;
  TamisCheck *check;

  params.size = draw->size;
  params.class_index = draw->class_index;
  if (draw->text != NULL)
    check = tamis_check_new_from_text (draw->dataset, draw->pairs, draw->text, draw->size, cancel,
                                       &error);
  else
    check = tamis_check_new (draw->dataset, draw->pairs, &params, cancel, &error);
  if (check != NULL)
    g_task_return_pointer (task, check, (GDestroyNotify) tamis_check_unref);
  else
    g_task_return_error (task, error);
}

/* The name of the project's setting. */
static char *
dup_key (TamisChecks *self, int class_index)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);

  return class_index < 0
             ? g_strdup (TAMIS_PROJECT_CHECK)
             : g_strconcat (TAMIS_PROJECT_CHECK "/",
                            tamis_dataset_get_class_name (dataset, (guint) class_index), NULL);
}

static void
keep (TamisChecks *self, TamisCheck *check)
{
  TamisProject *project = tamis_session_get_project (self->session);
  g_autofree char *key = dup_key (self, tamis_check_get_class (check));
  g_autofree char *text = tamis_check_dup_text (check);

  if (project != NULL)
    tamis_project_set_setting (project, key, text);
}

static void
drawn (GObject *object, GAsyncResult *result, gpointer data)
{
  GTask *task = G_TASK (result);
  Draw *draw = g_task_get_task_data (task);
  g_autoptr (TamisChecks) self = g_weak_ref_get (&draw->owner);
  g_autoptr (TamisCheck) check = g_task_propagate_pointer (task, NULL);

  if (self == NULL || self->cancel != g_task_get_cancellable (task))
    return;
  g_clear_object (&self->cancel);
  /* The project's sample may be of a class that is no more. */
  if (check == NULL)
    return;
  g_hash_table_insert (self->checks, GINT_TO_POINTER (tamis_check_get_class (check)),
                       tamis_check_ref (check));
  keep (self, check);
  tamis_checks_refresh (self);
}

/* @text: (transfer full) (nullable): the sample to enlarge, or to draw once more */
static void
begin_drawing (TamisChecks *self, char *text, guint size)
{
  g_autoptr (GTask) task = NULL;
  Draw *draw = g_new0 (Draw, 1);

  stop_drawing (self);
  self->cancel = g_cancellable_new ();
  g_weak_ref_init (&draw->owner, self);
  draw->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  draw->pairs = tamis_pairs_ref (tamis_session_get_pairs (self->session));
  draw->class_index = tamis_session_get_class (self->session);
  draw->size = MIN (size, TAMIS_CHECK_SIZE_MAX);
  draw->text = text;
  task = g_task_new (NULL, self->cancel, drawn, NULL);
  g_task_set_task_data (task, draw, (GDestroyNotify) draw_free);
  g_task_set_priority (task, G_PRIORITY_HIGH_IDLE);
  g_task_run_in_thread (task, draw_thread);
}

void
tamis_checks_draw (TamisChecks *self, guint size)
{
  TamisCheck *check = tamis_checks_get (self);

  if (tamis_session_get_pairs (self->session) == NULL
      || (check != NULL && tamis_check_get_n (check) >= size))
    return;
  begin_drawing (self, check != NULL ? tamis_check_dup_text (check) : NULL, size);
}

/* A sample that the project keeps for the session's class is drawn once more: the same pairs, whose
 * verdicts the journal has. */
static void
restore (TamisChecks *self)
{
  TamisProject *project = tamis_session_get_project (self->session);
  g_autofree char *key = NULL;
  char *text;

  if (project == NULL || tamis_session_get_pairs (self->session) == NULL
      || tamis_checks_get (self) != NULL || self->cancel != NULL)
    return;
  key = dup_key (self, tamis_session_get_class (self->session));
  text = tamis_project_dup_setting (project, key);
  if (text != NULL)
    begin_drawing (self, text, 0);
}

gboolean
tamis_checks_is_drawing (TamisChecks *self)
{
  return self->cancel != NULL;
}

/* ---- reading and judging ---- */

TamisCheck *
tamis_checks_get (TamisChecks *self)
{
  return g_hash_table_lookup (self->checks,
                              GINT_TO_POINTER (tamis_session_get_class (self->session)));
}

TamisJudgement
tamis_checks_get_judgement (TamisChecks *self, guint i)
{
  return (TamisJudgement) self->judgements[i];
}

guint
tamis_checks_get_n_judged (TamisChecks *self)
{
  TamisCheck *check = tamis_checks_get (self);
  guint n = 0;

  for (guint i = 0; check != NULL && i < tamis_check_get_n (check); i++)
    n += self->judgements[i] != TAMIS_JUDGEMENT_NONE;
  return n;
}

const TamisPrecision *
tamis_checks_get_curve (TamisChecks *self, guint *n)
{
  *n = self->n_curve;
  return self->curve;
}

TamisPrecision
tamis_checks_get_at (TamisChecks *self, double threshold)
{
  return tamis_check_precision (tamis_checks_get (self), self->judgements, -1, threshold,
                                TAMIS_CHECKS_CONFIDENCE);
}

TamisPrecisionAnswer
tamis_checks_get_answer (TamisChecks *self)
{
  return self->answer;
}

void
tamis_checks_judge (TamisChecks *self, guint i, TamisVerdict verdict)
{
  TamisCheckPair pair = tamis_check_get_pair (tamis_checks_get (self), i);

  /* That one goes for the other says more than that they are alike. */
  if (verdict == TAMIS_VERDICT_DUPLICATES
      && tamis_session_get_verdict (self->session, pair.a, pair.b) == TAMIS_VERDICT_REMOVE)
    return;
  tamis_session_set_verdict (self->session, pair.b, pair.a, verdict);
  tamis_checks_refresh (self);
}

void
tamis_checks_set_wanted (TamisChecks *self, double wanted)
{
  if (self->wanted == wanted)
    return;
  self->wanted = wanted;
  if (self->curve != NULL)
    solve (self);
  g_signal_emit (self, changed_signal, 0);
}

double
tamis_checks_get_wanted (TamisChecks *self)
{
  return self->wanted;
}

/* ---- construction ---- */

TamisChecks *
tamis_checks_new (TamisSession *session)
{
  TamisChecks *self = g_object_new (TAMIS_TYPE_CHECKS, NULL);

  self->session = session;
  g_signal_connect_object (session, "dataset", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (class_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static void
tamis_checks_init (TamisChecks *self)
{
  self->wanted = WANTED;
  self->checks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tamis_check_unref);
}

static void
tamis_checks_finalize (GObject *object)
{
  TamisChecks *self = TAMIS_CHECKS (object);

  g_hash_table_unref (self->checks);
  g_free (self->judgements);
  g_free (self->curve);
  G_OBJECT_CLASS (tamis_checks_parent_class)->finalize (object);
}

static void
tamis_checks_dispose (GObject *object)
{
  stop_drawing (TAMIS_CHECKS (object));
  G_OBJECT_CLASS (tamis_checks_parent_class)->dispose (object);
}

static void
tamis_checks_class_init (TamisChecksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_checks_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_checks_finalize;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_CHECKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
