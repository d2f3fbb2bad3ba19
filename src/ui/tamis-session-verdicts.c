/* TamisSession's decisions: the journal of its project, and the plan that follows it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

/* ---- reading ---- */

TamisVerdicts *
tamis_session_get_verdicts (TamisSession *self)
{
  return self->journal != NULL ? tamis_journal_get_verdicts (self->journal) : NULL;
}

TamisVerdict
tamis_session_get_verdict (TamisSession *self, guint a, guint b)
{
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self);

  if (verdicts == NULL || b == TAMIS_NO_WITNESS)
    return TAMIS_VERDICT_NONE;
  return tamis_verdicts_get (verdicts, a, b);
}

guint64
tamis_session_get_verdict_serial (TamisSession *self)
{
  return self->journal != NULL ? tamis_journal_get_serial (self->journal) : 0;
}

TamisQuestions *
tamis_session_get_questions (TamisSession *self)
{
  return self->questions;
}

guint
tamis_session_get_n_open (TamisSession *self)
{
  return self->questions == NULL ? 0
                                 : tamis_questions_count (self->questions, TAMIS_QUESTION_OPEN)
                                       + tamis_questions_count (self->questions,
                                                                TAMIS_QUESTION_LATER);
}

/* ---- changes ---- */

static void
changed (TamisSession *self)
{
  if (self->step_depth == 0)
    _tamis_session_ask_plan (self);
}

void
tamis_session_set_verdict (TamisSession *self, guint removed, guint witness, TamisVerdict verdict)
{
  g_return_if_fail (witness != TAMIS_NO_WITNESS);
  if (self->journal == NULL)
    return;
  tamis_journal_set_pair (self->journal, removed, witness, verdict);
  changed (self);
}

void
tamis_session_set_mark (TamisSession *self, guint row, TamisMark mark)
{
  if (self->journal == NULL)
    return;
  tamis_journal_set_mark (self->journal, row, mark);
  changed (self);
}

void
tamis_session_set_folder_rule (TamisSession *self, const char *folder, TamisFolderRule rule)
{
  if (self->journal == NULL)
    return;
  tamis_journal_set_folder (self->journal, folder, rule);
  changed (self);
}

void
tamis_session_set_split_protected (TamisSession *self, const char *split, gboolean is_protected)
{
  if (self->journal == NULL)
    return;
  tamis_journal_set_split (self->journal, split, is_protected);
  changed (self);
}

void
tamis_session_set_label (TamisSession *self, guint a, guint b, TamisLabelVerdict verdict)
{
  if (self->journal == NULL)
    return;
  tamis_journal_set_label (self->journal, a, b, verdict);
  changed (self);
}

void
tamis_session_begin_step (TamisSession *self)
{
  self->step_depth++;
  if (self->journal != NULL)
    tamis_journal_begin (self->journal);
}

void
tamis_session_end_step (TamisSession *self)
{
  g_return_if_fail (self->step_depth > 0);
  self->step_depth--;
  if (self->journal != NULL)
    tamis_journal_end (self->journal);
  changed (self);
}

/* ---- many at once ---- */

static gboolean
is_open_above (TamisSession *self, guint i, int class_index, double similarity)
{
  TamisRemoval removal = tamis_plan_get_removal (self->plan, i);
  TamisQuestion question = tamis_questions_get (self->questions, i);

  return (question == TAMIS_QUESTION_OPEN || question == TAMIS_QUESTION_LATER)
         && removal.similarity > similarity
         && (class_index < 0
             || tamis_dataset_get_class (self->dataset, removal.removed) == (guint) class_index);
}

guint
tamis_session_count_open_above (TamisSession *self, int class_index, double similarity)
{
  guint n = 0;

  for (guint i = 0; self->plan != NULL && i < tamis_plan_get_n_removed (self->plan); i++)
    n += is_open_above (self, i, class_index, similarity);
  return n;
}

guint
tamis_session_accept_above (TamisSession *self, int class_index, double similarity)
{
  guint n = 0;

  tamis_session_begin_step (self);
  for (guint i = 0; self->plan != NULL && i < tamis_plan_get_n_removed (self->plan); i++)
    if (is_open_above (self, i, class_index, similarity))
      {
        TamisRemoval removal = tamis_plan_get_removal (self->plan, i);

        tamis_session_set_verdict (self, removal.removed, removal.witness, TAMIS_VERDICT_REMOVE);
        n++;
      }
  tamis_session_end_step (self);
  return n;
}

/* ---- another curator's ---- */

void
tamis_session_settle (TamisSession *self, guint removed, guint witness, TamisVerdict verdict)
{
  if (self->journal == NULL)
    return;
  tamis_journal_settle_pair (self->journal, removed, witness, verdict);
  changed (self);
}

guint
tamis_session_take_over (TamisSession *self, const TamisAgreement *agreement)
{
  guint n = self->journal != NULL ? tamis_journal_take_over (self->journal, agreement) : 0;

  changed (self);
  return n;
}

guint
tamis_session_count_takeover (TamisSession *self, const TamisAgreement *agreement)
{
  return self->journal != NULL ? tamis_journal_count_takeover (self->journal, agreement) : 0;
}

/* ---- undo ---- */

gboolean
tamis_session_can_undo (TamisSession *self)
{
  return self->journal != NULL && tamis_journal_get_n_undo (self->journal) > 0;
}

gboolean
tamis_session_can_redo (TamisSession *self)
{
  return self->journal != NULL && tamis_journal_get_n_redo (self->journal) > 0;
}

guint
tamis_session_undo (TamisSession *self)
{
  guint about = TAMIS_NO_WITNESS;

  if (tamis_session_can_undo (self))
    about = tamis_journal_undo (self->journal);
  changed (self);
  return about;
}

guint
tamis_session_redo (TamisSession *self)
{
  guint about = TAMIS_NO_WITNESS;

  if (tamis_session_can_redo (self))
    about = tamis_journal_redo (self->journal);
  changed (self);
  return about;
}
