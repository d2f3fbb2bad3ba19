/* TamisSession's decisions: verdicts, marks, rules, and taking them back.
 *
 * DESIGN: every decision is an assignment: a target (pair, image, folder or split) gets a value. The
 * stack of undo keeps target, old and new value; changes with one step number are undone together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

typedef enum {
  TARGET_PAIR,
  TARGET_IMAGE,
  TARGET_FOLDER,
  TARGET_SPLIT,
} Target;

/* What a target was or becomes; of a pair the direction too. */
typedef struct
{
  guint removed, witness;
  int value;
} Value;

typedef struct
{
  guint step;
  Target target;
  char *name; /* folder or split, owned */
  Value before, after;
} Change;

static void
change_clear (gpointer data)
{
  g_free (((Change *) data)->name);
}

static GArray *
stack_new (void)
{
  GArray *stack = g_array_new (FALSE, FALSE, sizeof (Change));

  g_array_set_clear_func (stack, change_clear);
  return stack;
}

void
_tamis_session_init_verdicts (TamisSession *self)
{
  self->undo = stack_new ();
  self->redo = stack_new ();
}

void
_tamis_session_clear_verdicts (TamisSession *self)
{
  g_clear_pointer (&self->verdicts, tamis_verdicts_free);
  g_array_unref (self->undo);
  g_array_unref (self->redo);
}

void
_tamis_session_reset_verdicts (TamisSession *self)
{
  tamis_verdicts_free (self->verdicts);
  self->verdicts = tamis_verdicts_new (self->dataset);
  self->verdict_serial++;
  g_array_set_size (self->undo, 0);
  g_array_set_size (self->redo, 0);
}

/* ---- reading ---- */

TamisVerdict
tamis_session_get_verdict (TamisSession *self, guint a, guint b)
{
  if (self->verdicts == NULL || b == TAMIS_NO_WITNESS)
    return TAMIS_VERDICT_NONE;
  return tamis_verdicts_get (self->verdicts, a, b);
}

TamisVerdicts *
tamis_session_get_verdicts (TamisSession *self)
{
  return self->verdicts;
}

guint64
tamis_session_get_verdict_serial (TamisSession *self)
{
  return self->verdict_serial;
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

/* Gives the target its value; returns what it was. */
static Value
assign (TamisSession *self, const Change *change, Value value)
{
  TamisVerdicts *verdicts = self->verdicts;
  Value before = value;
  TamisVerdictEntry entry;

  switch (change->target)
    {
    case TARGET_PAIR:
      entry = tamis_verdicts_set (verdicts, value.removed, value.witness,
                                  (TamisVerdict) value.value);
      return (Value){ entry.removed, entry.witness, (int) entry.verdict };
    case TARGET_IMAGE:
      before.value = (int) tamis_verdicts_set_mark (verdicts, value.removed,
                                                    (TamisMark) value.value);
      break;
    case TARGET_FOLDER:
      before.value = (int) tamis_verdicts_set_folder (verdicts, change->name,
                                                      (TamisFolderRule) value.value);
      break;
    case TARGET_SPLIT:
      before.value = tamis_verdicts_set_split_protected (verdicts, change->name, value.value);
      break;
    }
  return before;
}

static void
changed (TamisSession *self)
{
  self->verdict_serial++;
  if (self->step_depth == 0)
    _tamis_session_ask_plan (self);
}

static void
decide (TamisSession *self, Target target, const char *name, Value value)
{
  Change change = { .target = target, .after = value };

  if (self->verdicts == NULL)
    return;
  change.name = g_strdup (name);
  change.before = assign (self, &change, value);
  if (change.before.value == value.value && change.before.removed == value.removed)
    {
      g_free (change.name);
      return;
    }
  if (self->step_depth == 0)
    self->step++;
  change.step = self->step;
  g_array_append_val (self->undo, change);
  g_array_set_size (self->redo, 0);
  changed (self);
}

void
tamis_session_set_verdict (TamisSession *self, guint removed, guint witness, TamisVerdict verdict)
{
  g_return_if_fail (witness != TAMIS_NO_WITNESS);
  decide (self, TARGET_PAIR, NULL, (Value){ removed, witness, (int) verdict });
}

void
tamis_session_set_mark (TamisSession *self, guint row, TamisMark mark)
{
  decide (self, TARGET_IMAGE, NULL, (Value){ row, TAMIS_NO_WITNESS, (int) mark });
}

void
tamis_session_set_folder_rule (TamisSession *self, const char *folder, TamisFolderRule rule)
{
  decide (self, TARGET_FOLDER, folder,
          (Value){ TAMIS_NO_WITNESS, TAMIS_NO_WITNESS, (int) rule });
}

void
tamis_session_set_split_protected (TamisSession *self, const char *split, gboolean is_protected)
{
  decide (self, TARGET_SPLIT, split,
          (Value){ TAMIS_NO_WITNESS, TAMIS_NO_WITNESS, is_protected != FALSE });
}

void
tamis_session_begin_step (TamisSession *self)
{
  if (self->step_depth++ == 0)
    self->step++;
}

void
tamis_session_end_step (TamisSession *self)
{
  g_return_if_fail (self->step_depth > 0);
  if (--self->step_depth == 0)
    _tamis_session_ask_plan (self);
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

/* ---- undo ---- */

gboolean
tamis_session_can_undo (TamisSession *self)
{
  return self->undo->len > 0;
}

gboolean
tamis_session_can_redo (TamisSession *self)
{
  return self->redo->len > 0;
}

/* Moves the changes of one step from one stack to the other, newest first, and carries each out. */
static guint
move_step (TamisSession *self, GArray *from, GArray *to)
{
  guint about = TAMIS_NO_WITNESS;
  guint step;

  if (from->len == 0)
    return about;
  step = g_array_index (from, Change, from->len - 1).step;
  while (from->len > 0 && g_array_index (from, Change, from->len - 1).step == step)
    {
      Change change = g_array_index (from, Change, from->len - 1);

      g_array_index (from, Change, from->len - 1).name = NULL;
      g_array_set_size (from, from->len - 1);
      about = change.after.removed;
      assign (self, &change, from == self->undo ? change.before : change.after);
      g_array_append_val (to, change);
    }
  changed (self);
  return about;
}

guint
tamis_session_undo (TamisSession *self)
{
  return move_step (self, self->undo, self->redo);
}

guint
tamis_session_redo (TamisSession *self)
{
  return move_step (self, self->redo, self->undo);
}
