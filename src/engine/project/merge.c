/* One curator's decisions taken into the other's journal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

/* ---- what somebody decided ---- */

static void
set_image (TamisDataset *dataset, guint row, TamisDigest *digest, char **path)
{
  *digest = tamis_dataset_get_facts (dataset, row).digest;
  *path = g_strdup (tamis_dataset_get_path (dataset, row));
}

static void
add_pair (GArray *list, TamisDataset *dataset, TamisDecisionKind kind, guint a, guint b, int value)
{
  TamisDecision decision = { .kind = kind, .value = value };

  set_image (dataset, a, &decision.digest_a, &decision.path_a);
  set_image (dataset, b, &decision.digest_b, &decision.path_b);
  g_array_append_val (list, decision);
}

void
_tamis_merge_add_pair (GArray *list, TamisDataset *dataset, const TamisVerdictEntry *entry)
{
  add_pair (list, dataset, TAMIS_DECISION_PAIR, entry->removed, entry->witness,
            (int) entry->verdict);
}

static void
add_labels (GArray *list, TamisVerdicts *verdicts, TamisDataset *dataset)
{
  g_autofree TamisLabelEntry *labels = tamis_verdicts_list_labels (verdicts);

  for (guint i = 0; i < tamis_verdicts_get_n_labels (verdicts); i++)
    add_pair (list, dataset, TAMIS_DECISION_LABEL, labels[i].a, labels[i].b,
              (int) labels[i].verdict);
}

static void
add_marks (GArray *list, TamisVerdicts *verdicts, TamisDataset *dataset)
{
  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    {
      TamisMark mark = tamis_verdicts_get_mark (verdicts, row);
      TamisDecision decision = { .kind = TAMIS_DECISION_IMAGE, .value = (int) mark };

      if (mark == TAMIS_MARK_NONE)
        continue;
      set_image (dataset, row, &decision.digest_a, &decision.path_a);
      g_array_append_val (list, decision);
    }
}

static void
add_names (GArray *list, TamisVerdicts *verdicts)
{
  g_auto (GStrv) folders = tamis_verdicts_list_folders (verdicts);
  g_auto (GStrv) splits = tamis_verdicts_list_splits (verdicts);

  for (char **name = folders; *name != NULL; name++)
    {
      TamisDecision decision = { .kind = TAMIS_DECISION_FOLDER, .name = g_strdup (*name) };

      decision.value = (int) tamis_verdicts_get_folder (verdicts, *name);
      g_array_append_val (list, decision);
    }
  for (char **name = splits; *name != NULL; name++)
    {
      TamisDecision decision = { .kind = TAMIS_DECISION_SPLIT, .name = g_strdup (*name), .value = 1 };

      g_array_append_val (list, decision);
    }
}

GArray *
_tamis_merge_list_others (TamisJournal *journal, TamisDataset *dataset)
{
  TamisVerdicts *verdicts = tamis_journal_get_verdicts (journal);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (TamisDecision));

  g_array_set_clear_func (list, (GDestroyNotify) _tamis_decision_clear);
  add_labels (list, verdicts, dataset);
  add_marks (list, verdicts, dataset);
  add_names (list, verdicts);
  return list;
}

/* ---- what of it is taken ---- */

/* That they are alike leaves open which of them goes: to say it too contradicts nothing. */
gboolean
_tamis_merge_is_pair_open (TamisVerdict our, TamisVerdict their)
{
  if (their == TAMIS_VERDICT_LATER || their == our)
    return FALSE;
  return our == TAMIS_VERDICT_NONE || our == TAMIS_VERDICT_LATER
         || (our == TAMIS_VERDICT_DUPLICATES && their != TAMIS_VERDICT_NOT_DUPLICATES);
}

gboolean
_tamis_merge_is_open (TamisJournal *into, const TamisDecision *theirs)
{
  int our = _tamis_journal_get_value (into, theirs);

  switch (theirs->kind)
    {
    case TAMIS_DECISION_PAIR:
      return _tamis_merge_is_pair_open ((TamisVerdict) our, (TamisVerdict) theirs->value);
    case TAMIS_DECISION_LABEL:
      return theirs->value != TAMIS_LABEL_LATER
             && (our == TAMIS_LABEL_NONE || our == TAMIS_LABEL_LATER);
    case TAMIS_DECISION_IMAGE:
      return our == TAMIS_MARK_NONE;
    case TAMIS_DECISION_FOLDER:
      return our < 0;
    case TAMIS_DECISION_SPLIT:
      return !our;
    }
  return FALSE;
}

guint
tamis_journal_count_takeover (TamisJournal *self, const TamisAgreement *agreement)
{
  guint n = 0;

  for (guint i = 0; i < agreement->taken_over->len; i++)
    n += _tamis_merge_is_open (self, &g_array_index (agreement->taken_over, TamisDecision, i));
  return n;
}

guint
tamis_journal_take_over (TamisJournal *self, const TamisAgreement *agreement)
{
  guint n = 0;

  _tamis_journal_begin_as (self, agreement->other_curator);
  for (guint i = 0; i < agreement->taken_over->len; i++)
    {
      const TamisDecision *decision = &g_array_index (agreement->taken_over, TamisDecision, i);

      if (!_tamis_merge_is_open (self, decision))
        continue;
      _tamis_journal_decide (self, decision);
      n++;
    }
  tamis_journal_end (self);
  return n;
}

gboolean
tamis_project_merge (TamisProject *self, TamisProject *other, guint *n_taken,
                     GCancellable *cancel, GError **error)
{
  g_autoptr (TamisAgreement) agreement = NULL;
  g_autoptr (TamisJournal) journal = NULL;
  guint n;

  if (tamis_project_is_read_only (self))
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_READ_ONLY,
                   "The project may not be written");
      return FALSE;
    }
  agreement = tamis_project_compare (self, other, NULL, cancel, error);
  if (agreement == NULL)
    return FALSE;
  journal = tamis_journal_load (self, agreement->dataset, cancel, error);
  if (journal == NULL)
    return FALSE;
  n = tamis_journal_take_over (journal, agreement);
  if (n_taken != NULL)
    *n_taken = n;
  return tamis_project_flush (self, cancel, error);
}
