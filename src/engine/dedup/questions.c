/* TamisQuestions: what is left to decide of a plan.
 *
 * DESIGN: a removal needs no answer of its own if the two files are equal byte for byte, or if the
 * same two contents were judged under other names: if b goes for a and c is a copy of b, then c
 * goes for a. Nothing is inferred from similarity alone: it is not transitive.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"
#include "engine/dedup/verdicts-private.h"

#include <math.h>

struct _TamisQuestions
{
  guint n;
  guint counts[TAMIS_QUESTION_ORPHAN + 1];
  guint8 *states;     /* n: TamisQuestion */
  float *information; /* n */
};

static guint64
content_key (TamisDataset *dataset, guint removed, guint witness)
{
  return (guint64) tamis_dataset_get_content (dataset, removed) << 32
         | tamis_dataset_get_content (dataset, witness);
}

/* Decided removals as pairs of contents: removed first. */
static GHashTable *
collect_decided (TamisDataset *dataset, TamisVerdicts *verdicts)
{
  GHashTable *decided = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n;
  const TamisPairEntry *entries = _tamis_verdicts_get_entries (verdicts, &n);

  for (guint i = 0; i < n; i++)
    if (entries[i].value == TAMIS_VERDICT_REMOVE)
      {
        guint64 key = content_key (dataset, entries[i].first, entries[i].second);

        g_hash_table_add (decided, g_memdup2 (&key, sizeof key));
      }
  return decided;
}

static TamisQuestion
judge (TamisDataset *dataset, TamisVerdicts *verdicts, GHashTable *decided, TamisRemoval removal)
{
  TamisVerdict verdict;
  guint64 key;

  if (removal.witness == TAMIS_NO_WITNESS)
    return TAMIS_QUESTION_ORPHAN;
  verdict = verdicts != NULL ? tamis_verdicts_get (verdicts, removal.removed, removal.witness)
                             : TAMIS_VERDICT_NONE;
  if (verdict == TAMIS_VERDICT_REMOVE
      && tamis_verdicts_is_removal (verdicts, removal.removed, removal.witness))
    return TAMIS_QUESTION_DECIDED;
  if (tamis_dataset_get_content (dataset, removal.removed)
      == tamis_dataset_get_content (dataset, removal.witness))
    return TAMIS_QUESTION_IDENTICAL;
  key = content_key (dataset, removal.removed, removal.witness);
  if (decided != NULL && g_hash_table_contains (decided, &key))
    return TAMIS_QUESTION_INFERRED;
  if (verdicts != NULL && tamis_verdicts_get_mark (verdicts, removal.removed) == TAMIS_MARK_REMOVE)
    return TAMIS_QUESTION_DECIDED;
  return verdict == TAMIS_VERDICT_LATER ? TAMIS_QUESTION_LATER : TAMIS_QUESTION_OPEN;
}

static void
measure_information (TamisQuestions *self, TamisDataset *dataset, TamisPlan *plan)
{
  g_autofree guint32 *group = g_new0 (guint32, MAX (tamis_dataset_get_n_images (dataset), 1));
  guint largest = 1;

  for (guint i = 0; i < self->n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      if (removal.witness != TAMIS_NO_WITNESS)
        largest = MAX (largest, ++group[removal.witness]);
    }
  for (guint i = 0; i < self->n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);
      guint class_index = tamis_dataset_get_class (dataset, removal.removed);
      double threshold = tamis_plan_get_class_threshold (plan, class_index);
      double doubt = threshold < 1 ? (1 - removal.similarity) / (1 - threshold) : 0;

      if (removal.witness != TAMIS_NO_WITNESS)
        self->information[i] = (float) (CLAMP (doubt, 0, 1) * log2 (1 + group[removal.witness])
                                        / log2 (1 + largest));
    }
}

TamisQuestions *
tamis_questions_new (TamisDataset *dataset, TamisPlan *plan, TamisVerdicts *verdicts)
{
  TamisQuestions *self = g_atomic_rc_box_new0 (TamisQuestions);
  g_autoptr (GHashTable) decided = NULL;

  if (verdicts != NULL && tamis_verdicts_get_n (verdicts) > 0)
    decided = collect_decided (dataset, verdicts);
  self->n = tamis_plan_get_n_removed (plan);
  self->states = g_new (guint8, MAX (self->n, 1));
  self->information = g_new0 (float, MAX (self->n, 1));
  for (guint i = 0; i < self->n; i++)
    {
      self->states[i] = (guint8) judge (dataset, verdicts, decided, tamis_plan_get_removal (plan, i));
      self->counts[self->states[i]]++;
    }
  measure_information (self, dataset, plan);
  return self;
}

TamisQuestions *
tamis_questions_ref (TamisQuestions *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TamisQuestions *self = data;

  g_free (self->states);
  g_free (self->information);
}

void
tamis_questions_unref (TamisQuestions *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

TamisQuestion
tamis_questions_get (TamisQuestions *self, guint i)
{
  g_return_val_if_fail (i < self->n, TAMIS_QUESTION_ORPHAN);
  return (TamisQuestion) self->states[i];
}

guint
tamis_questions_count (TamisQuestions *self, TamisQuestion question)
{
  return self->counts[question];
}

double
tamis_questions_get_information (TamisQuestions *self, guint i)
{
  g_return_val_if_fail (i < self->n, 0);
  return self->information[i];
}
