/* Two curators: where their decisions agree, and one's taken into the other's project.
 *
 * DESIGN: both journals are loaded on the same data set, which makes images of the same bytes the
 * same row, wherever each of the two had them; what is left is to compare two TamisVerdicts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <stdlib.h>

/* ---- agreement ---- */

static gboolean
get_answer (const TamisVerdictEntry *entry, TamisAnswer *answer)
{
  switch (entry->verdict)
    {
    case TAMIS_VERDICT_REMOVE:
      *answer = entry->removed < entry->witness ? TAMIS_ANSWER_REMOVE_A : TAMIS_ANSWER_REMOVE_B;
      return TRUE;
    case TAMIS_VERDICT_KEEP_BOTH:
      *answer = TAMIS_ANSWER_KEEP_BOTH;
      return TRUE;
    case TAMIS_VERDICT_NOT_DUPLICATES:
      *answer = TAMIS_ANSWER_NOT_DUPLICATES;
      return TRUE;
    default:
      return FALSE;
    }
}

static guint
count_answers (TamisVerdicts *verdicts)
{
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (verdicts);
  guint n = 0;
  TamisAnswer answer;

  for (guint i = 0; i < tamis_verdicts_get_n (verdicts); i++)
    n += get_answer (&entries[i], &answer);
  return n;
}

/* The verdict on a pair, with its direction. */
static TamisVerdictEntry
find_entry (TamisVerdicts *verdicts, guint a, guint b)
{
  TamisVerdictEntry entry = { a, b, tamis_verdicts_get (verdicts, a, b) };

  if (entry.verdict == TAMIS_VERDICT_REMOVE && !tamis_verdicts_is_removal (verdicts, a, b))
    entry = (TamisVerdictEntry){ b, a, entry.verdict };
  return entry;
}

static void
compare_pairs (TamisAgreement *self, TamisVerdicts *ours, TamisVerdicts *theirs)
{
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (ours);
  guint n = tamis_verdicts_get_n (ours);

  self->disagreements = g_new (TamisDisagreement, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      guint a = MIN (entries[i].removed, entries[i].witness);
      guint b = MAX (entries[i].removed, entries[i].witness);
      TamisVerdictEntry their_entry = find_entry (theirs, a, b);
      TamisAnswer our, their;

      if (!get_answer (&entries[i], &our) || !get_answer (&their_entry, &their))
        continue;
      self->table[our][their]++;
      self->n_both++;
      self->n_agree += our == their;
      if (our != their)
        self->disagreements[self->n_disagreements++] = (TamisDisagreement){ a, b, our, their };
    }
}

static void
measure_kappa (TamisAgreement *self)
{
  double expected = 0, observed;

  if (self->n_both == 0)
    return;
  for (int answer = 0; answer < TAMIS_N_ANSWERS; answer++)
    {
      double our = 0, their = 0;

      for (int other = 0; other < TAMIS_N_ANSWERS; other++)
        {
          our += (double) self->table[answer][other];
          their += (double) self->table[other][answer];
        }
      expected += our / self->n_both * (their / self->n_both);
    }
  if (expected >= 1)
    return;
  observed = (double) self->n_agree / self->n_both;
  self->has_kappa = TRUE;
  self->kappa = (observed - expected) / (1 - expected);
}

TamisAgreement *
tamis_project_compare (TamisProject *self, TamisProject *other, TamisDataset *dataset,
                       GCancellable *cancel, GError **error)
{
  g_autoptr (TamisJournal) ours = NULL, theirs = NULL;
  g_autoptr (TamisDataset) images = NULL;
  TamisAgreement *agreement;

  images = dataset != NULL ? tamis_dataset_ref (dataset)
                           : _tamis_project_list_images_of (self, other, cancel, error);
  if (images == NULL)
    return NULL;
  ours = tamis_journal_load (self, images, cancel, error);
  if (ours == NULL)
    return NULL;
  theirs = tamis_journal_load (other, images, cancel, error);
  if (theirs == NULL)
    return NULL;
  agreement = g_new0 (TamisAgreement, 1);
  agreement->dataset = g_steal_pointer (&images);
  agreement->curator = g_strdup (_tamis_journal_get_curator (ours));
  agreement->other_curator = g_strdup (_tamis_journal_get_curator (theirs));
  agreement->n_ours = count_answers (tamis_journal_get_verdicts (ours));
  agreement->n_theirs = count_answers (tamis_journal_get_verdicts (theirs));
  compare_pairs (agreement, tamis_journal_get_verdicts (ours),
                 tamis_journal_get_verdicts (theirs));
  measure_kappa (agreement);
  return agreement;
}

void
tamis_agreement_free (TamisAgreement *self)
{
  if (self == NULL)
    return;
  tamis_dataset_unref (self->dataset);
  g_free (self->curator);
  g_free (self->other_curator);
  g_free (self->disagreements);
  g_free (self);
}

/* ---- merging ---- */

static guint
merge_pairs (TamisJournal *into, TamisVerdicts *theirs)
{
  TamisVerdicts *ours = tamis_journal_get_verdicts (into);
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (theirs);
  guint taken = 0;

  for (guint i = 0; i < tamis_verdicts_get_n (theirs); i++)
    {
      const TamisVerdictEntry *entry = &entries[i];
      TamisVerdict our = tamis_verdicts_get (ours, entry->removed, entry->witness);

      if ((our != TAMIS_VERDICT_NONE && our != TAMIS_VERDICT_LATER) || our == entry->verdict)
        continue;
      tamis_journal_set_pair (into, entry->removed, entry->witness, entry->verdict);
      taken++;
    }
  return taken;
}

static guint
merge_marks (TamisJournal *into, TamisVerdicts *theirs, guint n_rows)
{
  TamisVerdicts *ours = tamis_journal_get_verdicts (into);
  guint taken = 0;

  for (guint row = 0; row < n_rows; row++)
    {
      TamisMark mark = tamis_verdicts_get_mark (theirs, row);

      if (mark == TAMIS_MARK_NONE || tamis_verdicts_get_mark (ours, row) != TAMIS_MARK_NONE)
        continue;
      tamis_journal_set_mark (into, row, mark);
      taken++;
    }
  return taken;
}

/* Folders with a rule, splits under protection. */
static guint
merge_names (TamisJournal *into, TamisVerdicts *theirs)
{
  TamisVerdicts *ours = tamis_journal_get_verdicts (into);
  g_auto (GStrv) our_folders = tamis_verdicts_list_folders (ours);
  g_auto (GStrv) folders = tamis_verdicts_list_folders (theirs);
  g_auto (GStrv) splits = tamis_verdicts_list_splits (theirs);
  guint taken = 0;

  for (guint i = 0; folders[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) our_folders, folders[i]))
      {
        tamis_journal_set_folder (into, folders[i], tamis_verdicts_get_folder (theirs, folders[i]));
        taken++;
      }
  for (guint i = 0; splits[i] != NULL; i++)
    if (!tamis_verdicts_is_split_protected (ours, splits[i]))
      {
        tamis_journal_set_split (into, splits[i], TRUE);
        taken++;
      }
  return taken;
}

gboolean
tamis_project_merge (TamisProject *self, TamisProject *other, guint *n_taken,
                     GCancellable *cancel, GError **error)
{
  g_autoptr (TamisDataset) images = NULL;
  g_autoptr (TamisJournal) ours = NULL, theirs = NULL;
  TamisVerdicts *verdicts;
  guint taken;

  if (tamis_project_is_read_only (self))
    {
      g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_READ_ONLY,
                   "The project may not be written");
      return FALSE;
    }
  images = _tamis_project_list_images_of (self, other, cancel, error);
  if (images == NULL)
    return FALSE;
  ours = tamis_journal_load (self, images, cancel, error);
  if (ours == NULL)
    return FALSE;
  theirs = tamis_journal_load (other, images, cancel, error);
  if (theirs == NULL)
    return FALSE;
  verdicts = tamis_journal_get_verdicts (theirs);
  _tamis_journal_set_curator (ours, _tamis_journal_get_curator (theirs));
  tamis_journal_begin (ours);
  taken = merge_pairs (ours, verdicts)
          + merge_marks (ours, verdicts, tamis_dataset_get_n_images (images))
          + merge_names (ours, verdicts);
  tamis_journal_end (ours);
  if (n_taken != NULL)
    *n_taken = taken;
  return tamis_project_flush (self, cancel, error);
}
