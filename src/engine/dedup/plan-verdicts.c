/* What verdicts mean to a plan: flags of rows, pairs that do not count, and what contradicts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/plan-private.h"
#include "engine/dedup/verdicts-private.h"

#include <stdlib.h>

/* ---- pairs that do not count ---- */

/* By content, so that a refusal holds for every copy of the two files. */
static guint64
pair_key (TamisDataset *dataset, guint a, guint b)
{
  guint x = tamis_dataset_get_content (dataset, a), y = tamis_dataset_get_content (dataset, b);

  return (guint64) MIN (x, y) << 32 | MAX (x, y);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static gboolean
is_refused (const TamisPlan *self, guint a, guint b)
{
  guint64 key;

  if (self->n_refused == 0)
    return FALSE;
  key = pair_key (self->dataset, a, b);
  return bsearch (&key, self->refused, self->n_refused, sizeof key, compare_keys) != NULL;
}

gboolean
_tamis_plan_counts (TamisPlan *self, guint a, guint b)
{
  return (self->excluded == NULL || !(self->excluded[a] || self->excluded[b]))
         && !is_refused (self, a, b);
}

gboolean
_tamis_planner_counts (const TamisPlanner *self, guint a, guint b)
{
  guint8 either = self->flags[a] | self->flags[b], both = self->flags[a] & self->flags[b];

  if (either & TAMIS_PLAN_EXCLUDED)
    return FALSE;
  return !(both & TAMIS_PLAN_REFUSED) || !is_refused (self->plan, a, b);
}

/* ---- for the record ---- */

TamisPlanDecisions *
_tamis_plan_decisions_new (TamisVerdicts *verdicts, guint n)
{
  TamisPlanDecisions *self = g_new0 (TamisPlanDecisions, 1);
  const guint8 *flags = _tamis_verdicts_get_flags (verdicts);
  guint n_folders;

  self->n_pairs = tamis_verdicts_get_n (verdicts);
  for (guint row = 0; flags != NULL && row < n; row++)
    self->n_marks += (flags[row] & (TAMIS_ROW_MARK_KEEP | TAMIS_ROW_MARK_REMOVE)) != 0;
  self->folders = tamis_verdicts_list_folders (verdicts);
  n_folders = g_strv_length (self->folders);
  self->rules = g_new (TamisFolderRule, MAX (n_folders, 1));
  for (guint i = 0; i < n_folders; i++)
    self->rules[i] = tamis_verdicts_get_folder (verdicts, self->folders[i]);
  self->splits = tamis_verdicts_list_splits (verdicts);
  return self;
}

void
_tamis_plan_decisions_free (TamisPlanDecisions *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->folders);
  g_free (self->rules);
  g_strfreev (self->splits);
  g_free (self);
}

/* ---- rows ---- */

static void
read_pairs (TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  guint n;
  const TamisPairEntry *entries = _tamis_verdicts_get_entries (self->params->verdicts, &n);

  plan->refused = g_new (guint64, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      guint a = entries[i].first, b = entries[i].second;

      if (entries[i].value == TAMIS_VERDICT_KEEP_BOTH)
        {
          self->flags[a] |= TAMIS_PLAN_PINNED;
          self->flags[b] |= TAMIS_PLAN_PINNED;
        }
      else if (entries[i].value == TAMIS_VERDICT_NOT_DUPLICATES)
        {
          self->flags[tamis_dataset_get_content (plan->dataset, a)] |= TAMIS_PLAN_REFUSED;
          self->flags[tamis_dataset_get_content (plan->dataset, b)] |= TAMIS_PLAN_REFUSED;
          plan->refused[plan->n_refused++] = pair_key (plan->dataset, a, b);
        }
    }
  qsort (plan->refused, plan->n_refused, sizeof *plan->refused, compare_keys);
  /* A content's number is its lowest row, so that one is flagged before its copies ask. */
  for (guint row = 0; plan->n_refused > 0 && row < plan->n; row++)
    self->flags[row] |= self->flags[tamis_dataset_get_content (plan->dataset, row)]
                        & TAMIS_PLAN_REFUSED;
}

static void
read_flags (TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  const guint8 *flags = _tamis_verdicts_get_flags (self->params->verdicts);

  for (guint row = 0; flags != NULL && row < plan->n; row++)
    {
      if (flags[row] & (TAMIS_ROW_MARK_KEEP | TAMIS_ROW_REFERENCE | TAMIS_ROW_SPLIT))
        self->flags[row] |= TAMIS_PLAN_PINNED;
      if (flags[row] & TAMIS_ROW_MARK_REMOVE)
        self->flags[row] |= TAMIS_PLAN_GOING;
      if (flags[row] & TAMIS_ROW_EXCLUDED)
        {
          if (plan->excluded == NULL)
            plan->excluded = g_new0 (guint8, plan->n);
          plan->excluded[row] = 1;
          self->flags[row] |= TAMIS_PLAN_EXCLUDED;
          self->has_excluded = TRUE;
        }
    }
}

void
_tamis_planner_read_rows (TamisPlanner *self)
{
  TamisVerdicts *verdicts = self->params->verdicts;

  if (verdicts == NULL || tamis_verdicts_is_empty (verdicts))
    return;
  self->plan->dataset = tamis_dataset_ref (_tamis_verdicts_get_dataset (verdicts));
  self->plan->decisions = _tamis_plan_decisions_new (verdicts, self->plan->n);
  self->has_ranks = TRUE;
  read_pairs (self);
  read_flags (self);
}

/* ---- decided removals ---- */

/* Is the pair above T? Looks through the shorter of the two rows. */
static gboolean
is_above (const TamisPlanner *self, guint a, guint b)
{
  guint row = self->degrees[a] <= self->degrees[b] ? a : b;
  guint other = row == a ? b : a;
  const guint32 *neighbours;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  for (guint i = 0; i < self->degrees[row]; i++)
    if (neighbours[i] == other)
      return _tamis_planner_counts (self, a, b);
  return FALSE;
}

void
_tamis_planner_read_removals (TamisPlanner *self)
{
  guint n = 0;
  const TamisPairEntry *entries = NULL;

  if (self->params->verdicts != NULL)
    entries = _tamis_verdicts_get_entries (self->params->verdicts, &n);
  for (guint i = 0; i < n; i++)
    if (entries[i].value == TAMIS_VERDICT_REMOVE
        && is_above (self, entries[i].first, entries[i].second))
      {
        self->flags[entries[i].first] |= TAMIS_PLAN_GOING;
        self->flags[entries[i].second] |= TAMIS_PLAN_PREFERRED;
      }
}

/* ---- what contradicts ---- */

static void
judge_removed (const TamisPlanner *self, GArray *conflicts, guint row, guint other)
{
  TamisConflict conflict = { TAMIS_CONFLICT_NO_WITNESS, row, other };

  if (self->flags[row] & TAMIS_PLAN_PINNED)
    conflict.kind = TAMIS_CONFLICT_PROTECTED;
  if (self->plan->kept[row])
    g_array_append_val (conflicts, conflict);
}

static int
compare_conflicts (gconstpointer a, gconstpointer b)
{
  const TamisConflict *x = a, *y = b;

  if (x->row != y->row)
    return x->row < y->row ? -1 : 1;
  return (x->other > y->other) - (x->other < y->other);
}

void
_tamis_planner_find_conflicts (TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  GArray *conflicts;
  guint n;
  const TamisPairEntry *entries;
  const guint8 *flags;

  if (plan->dataset == NULL)
    return;
  conflicts = g_array_new (FALSE, FALSE, sizeof (TamisConflict));
  entries = _tamis_verdicts_get_entries (self->params->verdicts, &n);
  flags = _tamis_verdicts_get_flags (self->params->verdicts);
  for (guint i = 0; i < n; i++)
    {
      guint removed = entries[i].first, witness = entries[i].second;
      TamisConflict lost = { TAMIS_CONFLICT_WITNESS_GOES, witness, removed };

      if (entries[i].value != TAMIS_VERDICT_REMOVE || !is_above (self, removed, witness))
        continue;
      judge_removed (self, conflicts, removed, witness);
      if (!plan->kept[witness] && !(self->flags[witness] & TAMIS_PLAN_GOING))
        g_array_append_val (conflicts, lost);
    }
  for (guint row = 0; flags != NULL && row < plan->n; row++)
    if (flags[row] & TAMIS_ROW_MARK_REMOVE && !(flags[row] & TAMIS_ROW_EXCLUDED))
      judge_removed (self, conflicts, row, TAMIS_NO_WITNESS);
  g_array_sort (conflicts, compare_conflicts);
  plan->n_conflicts = conflicts->len;
  plan->conflicts = (TamisConflict *) (void *) g_array_free (conflicts, FALSE);
}
