/* TamisPlan: what goes and what stays at one T, answered from the pairs alone.
 *
 * DESIGN (METHOD A3): a plan is made at every step of a slider, so it reads as little as it can.
 *   cover: in keep order, an image not yet marked is kept and marks all its neighbours above T;
 *          only kept rows are read.
 *   last:  an image goes if one neighbour above T is later in keep order, itself removed or not.
 *   then:  each removed image takes the first kept neighbour of its row as its witness, the most
 *          similar kept one since rows are sorted. For cover there always is one: the image that
 *          marked it. For last there may be none: an orphan.
 * "Above T" is a prefix of a row, whose length is one binary search; the lengths also count pairs.
 * Classes touch no other, nor do witnesses: they are found on as many threads as are free, and the
 * plan is the same for any number of them.
 *
 * Verdicts (plan-verdicts.c) become flags of rows, and the order of visiting: pinned images first,
 * then witnesses of decided removals, then all others, at last what was decided to go. A greedy
 * cover does not change when images it keeps are visited earlier and images it removes later, so
 * confirming what a plan proposes leaves that plan as it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/pairs-private.h"
#include "engine/dedup/plan-private.h"

#include <tamis/job.h>

#include <stdlib.h>
#include <string.h>

/* ---- counts ---- */

static guint
count_struck (const TamisPlanner *self, guint row, guint degree)
{
  const guint32 *neighbours;
  guint struck = 0;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  for (guint i = 0; i < degree; i++)
    struck += !_tamis_planner_counts (self, row, neighbours[i]);
  return struck;
}

/* A few classes that one thread does: pairs of a class touch no other. */
struct _TamisPlanPart
{
  guint first_class, end_class;
  TamisRange rows;
  guint64 entries, struck;
};

#define PARTS_A_WORKER 4
/* Removals or rows, where each is for itself. Less than that is done before a thread has woken, which
 * the one that draws would rather have for itself. */
#define ROWS 8192

static void
make_parts (TamisPlanner *self)
{
  const TamisPlan *plan = self->plan;
  guint least = MAX (plan->n / (PARTS_A_WORKER * tamis_parallel_workers ()), ROWS);
  guint c = 0;

  self->parts = g_new0 (TamisPlanPart, MAX (plan->n_classes, 1));
  while (c < plan->n_classes)
    {
      TamisPlanPart *part = &self->parts[self->n_parts++];

      part->first_class = c;
      part->rows.first = plan->classes[c].first;
      do
        part->rows.n += plan->classes[c++].n;
      while (c < plan->n_classes && part->rows.n < least);
      part->end_class = c;
    }
}

static void
count_class (TamisPlanner *self, TamisPlanPart *part, guint class_index)
{
  TamisPairsCut cut = _tamis_pairs_cut (self->pairs, self->plan->class_thresholds[class_index]);
  TamisRange range = self->plan->classes[class_index];

  for (guint row = range.first; row < range.first + range.n; row++)
    {
      guint degree = _tamis_pairs_count_row_at (self->pairs, row, &cut);

      if (self->flags[row] & TAMIS_PLAN_EXCLUDED)
        degree = 0;
      self->degrees[row] = degree;
      part->entries += degree;
      if (self->has_excluded || self->flags[row] & TAMIS_PLAN_REFUSED)
        part->struck += count_struck (self, row, degree);
    }
}

static void
count_part (gsize item, guint worker, gpointer data)
{
  TamisPlanner *self = data;
  TamisPlanPart part = self->parts[item];

  for (guint c = part.first_class; c < part.end_class; c++)
    count_class (self, &part, c);
  self->parts[item] = part;
}

static void
count_degrees (TamisPlanner *self)
{
  guint64 entries = 0, struck = 0;

  tamis_parallel_for_now (self->n_parts, count_part, self);
  for (guint i = 0; i < self->n_parts; i++)
    {
      entries += self->parts[i].entries;
      struck += self->parts[i].struck;
    }
  self->plan->n_pairs = (entries - struck) / 2;
}

/* ---- policies: both leave kept[] as 0 or 1 ---- */

/* Marks what @row, which is kept, covers. Pinned images are never marked. */
static void
cover_row (TamisPlanner *self, guint row)
{
  guint8 *kept = self->plan->kept;
  const guint32 *neighbours;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  if (!self->has_ranks) /* no row has a flag */
    {
      for (guint i = 0; i < self->degrees[row]; i++)
        kept[neighbours[i]] = 0;
      return;
    }
  for (guint i = 0; i < self->degrees[row]; i++)
    {
      guint other = neighbours[i];

      if (self->flags[other] == 0)
        kept[other] = 0;
      else if (!(self->flags[other] & TAMIS_PLAN_PINNED) && _tamis_planner_counts (self, row, other))
        kept[other] = 0;
    }
}

/* Pinned, preferred, ordinary, going: 0 .. 3. */
static guint
get_rank (guint8 flags)
{
  return flags & TAMIS_PLAN_PINNED      ? 0
         : flags & TAMIS_PLAN_GOING     ? 3
         : flags & TAMIS_PLAN_PREFERRED ? 1
                                        : 2;
}

/* What no kept image has marked when its turn comes, none will: only kept ones mark, and all kept
 * ones visited by then have. Marking an image that is kept already cannot happen but to a pinned
 * one: the pair is above T from either side. */
static void
cover_rank (TamisPlanner *self, TamisRange rows, guint rank)
{
  TamisPlan *plan = self->plan;
  const guint32 *order = self->params->order;
  guint n = order != NULL ? plan->n : rows.n;

  for (guint i = 0; i < n; i++)
    {
      guint next = MIN (i + TAMIS_PAIRS_AHEAD, n - 1);
      guint row = order != NULL ? order[i] : rows.first + i;
      guint ahead = order != NULL ? order[next] : rows.first + next;

      if (ahead - rows.first < rows.n)
        _tamis_pairs_prefetch_row (self->pairs, ahead);
      if (row - rows.first < rows.n && plan->kept[row] && get_rank (self->flags[row]) == rank)
        cover_row (self, row);
    }
}

static void
cover_rows (TamisPlanner *self, TamisRange rows)
{
  for (guint rank = 0; rank < 4; rank++)
    if (rank == 2 || self->has_ranks)
      cover_rank (self, rows, rank);
}

static void
cover_part (gsize item, guint worker, gpointer data)
{
  TamisPlanner *self = data;

  cover_rows (self, self->parts[item].rows);
}

static void
apply_cover (TamisPlanner *self)
{
  memset (self->plan->kept, 1, self->plan->n);
  if (self->plan->scope == TAMIS_SCOPE_CLASS)
    tamis_parallel_for_now (self->n_parts, cover_part, self);
  else
    cover_rows (self, (TamisRange){ 0, self->plan->n });
}

static guint32 *
list_places (const TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  const guint32 *order = self->params->order;
  guint32 *place = g_new (guint32, MAX (plan->n, 1));

  for (guint i = 0; i < plan->n; i++)
    {
      guint row = order != NULL ? order[i] : i;
      guint rank = get_rank (self->flags[row]);

      place[row] = rank == 0 ? G_MAXUINT32 : rank == 1 ? plan->n + i : i;
    }
  return place;
}

static gboolean
has_kept_neighbour (const TamisPlanner *self, guint row)
{
  const guint32 *neighbours;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  for (guint i = 0; i < self->degrees[row]; i++)
    if (self->plan->kept[neighbours[i]] && _tamis_planner_counts (self, row, neighbours[i]))
      return TRUE;
  return FALSE;
}

static void
last_rows (gsize item, guint worker, gpointer data)
{
  TamisPlanner *self = data;
  const guint32 *places = self->places;
  guint first = (guint) item * ROWS, end = MIN (first + ROWS, self->plan->n);

  for (guint row = first; row < end; row++)
    {
      const guint32 *neighbours;
      gboolean goes = FALSE;

      _tamis_pairs_prefetch_row (self->pairs, MIN (row + TAMIS_PAIRS_AHEAD, end - 1));
      tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
      for (guint i = 0; i < self->degrees[row] && !goes; i++)
        goes = places[neighbours[i]] > places[row]
               && _tamis_planner_counts (self, row, neighbours[i]);
      self->plan->kept[row] = !goes;
    }
}

static void
apply_last (TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  const guint32 *order = self->params->order;

  self->places = list_places (self);
  tamis_parallel_for_now (plan->n / ROWS + 1, last_rows, self);
  for (guint i = 0; self->has_ranks && i < plan->n; i++)
    {
      guint row = order != NULL ? order[i] : i;

      if (plan->kept[row] && get_rank (self->flags[row]) == 3)
        plan->kept[row] = !has_kept_neighbour (self, row);
    }
}

/* ---- results ---- */

/* The place of the witness in the row of a removed image; that of the end if there is none. */
static guint
find_witness (const TamisPlanner *self, guint row)
{
  const guint32 *neighbours;
  guint i = 0;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  while (i < self->degrees[row]
         && !(self->plan->kept[neighbours[i]] && _tamis_planner_counts (self, row, neighbours[i])))
    i++;
  return i;
}

/* The places first, then what stands there: so no read of a similarity, each far from the last, waits
 * for one before it. */
static void
find_witnesses (gsize item, guint worker, gpointer data)
{
  TamisPlanner *self = data;
  TamisRemoval *removals = self->plan->removals + item * ROWS;
  guint n = MIN (ROWS, self->plan->n_removed - (guint) item * ROWS);
  guint32 places[ROWS];

  for (guint k = 0; k < n; k++)
    {
      _tamis_pairs_prefetch_row (self->pairs, removals[MIN (k + TAMIS_PAIRS_AHEAD, n - 1)].removed);
      places[k] = find_witness (self, removals[k].removed);
    }
  for (guint k = 0; k < n; k++)
    {
      guint row = removals[k].removed;
      const guint32 *neighbours;
      const double *similarities;

      tamis_pairs_get_row (self->pairs, row, &neighbours, &similarities);
      if (places[k] < self->degrees[row])
        removals[k] = (TamisRemoval){ row, neighbours[places[k]], similarities[places[k]] };
    }
}

static void
collect (TamisPlanner *self)
{
  TamisPlan *plan = self->plan;
  guint k = 0;

  for (guint c = 0; c < plan->n_classes; c++)
    {
      TamisRange range = plan->classes[c];

      for (guint row = range.first; row < range.first + range.n; row++)
        plan->class_kept[c] += plan->kept[row];
      plan->n_kept += plan->class_kept[c];
    }
  plan->n_removed = plan->n - plan->n_kept;
  plan->removals = g_new (TamisRemoval, MAX (plan->n_removed, 1));
  for (guint row = 0; row < plan->n; row++)
    if (!plan->kept[row])
      plan->removals[k++] = (TamisRemoval){ row, TAMIS_NO_WITNESS, 0.0 };
  tamis_parallel_for_now ((plan->n_removed + ROWS - 1) / ROWS, find_witnesses, self);
  for (guint i = 0; i < plan->n_removed; i++)
    plan->n_orphans += plan->removals[i].witness == TAMIS_NO_WITNESS;
}

static double
class_threshold (const TamisPlanParams *params, guint class_index)
{
  gboolean own = params->class_thresholds != NULL && !(params->class_thresholds[class_index] < 0.0);

  return own ? params->class_thresholds[class_index] : params->threshold;
}

static TamisPlan *
plan_new_empty (TamisPairs *pairs, TamisPlanClasses classes, const TamisPlanParams *params)
{
  TamisPlan *self = g_new0 (TamisPlan, 1);

  atomic_init (&self->references, 1);
  self->n = tamis_pairs_get_n_images (pairs);
  self->threshold = params->threshold;
  self->policy = params->policy;
  self->scope = tamis_pairs_get_scope (pairs);
  self->order_text = g_strdup (params->order == NULL ? "name" : params->order_text);
  self->kept = g_new (guint8, MAX (self->n, 1));
  self->n_classes = classes.n_classes;
  self->classes = g_memdup2 (classes.classes, classes.n_classes * sizeof *classes.classes);
  self->class_kept = g_new0 (guint, MAX (classes.n_classes, 1));
  self->class_thresholds = g_new (double, MAX (classes.n_classes, 1));
  for (guint c = 0; c < classes.n_classes; c++)
    self->class_thresholds[c] = class_threshold (params, c);
  return self;
}

static gboolean
check_thresholds (TamisPairs *pairs, guint n_classes, const TamisPlanParams *params, GError **error)
{
  double floor = tamis_pairs_get_floor (pairs);
  gboolean by_class = params->class_thresholds != NULL;

  if (by_class && tamis_pairs_get_scope (pairs) != TAMIS_SCOPE_CLASS)
    {
      g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                   "A threshold for each class needs pairs inside classes only");
      return FALSE;
    }
  for (guint i = 0; i < (by_class ? n_classes : 1); i++)
    {
      double threshold = by_class ? class_threshold (params, i) : params->threshold;
      char low[G_ASCII_DTOSTR_BUF_SIZE], text[G_ASCII_DTOSTR_BUF_SIZE];

      if (threshold >= floor && threshold <= 1.0)
        continue;
      g_ascii_formatd (low, sizeof low, "%g", floor);
      g_ascii_formatd (text, sizeof text, "%g", threshold);
      g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                   "The threshold %s does not lie between the floor %s and 1", text, low);
      return FALSE;
    }
  return TRUE;
}

TamisPlan *
_tamis_plan_new (TamisPairs *pairs, TamisPlanClasses classes, const TamisPlanParams *params,
                 GError **error)
{
  guint n = tamis_pairs_get_n_images (pairs);
  g_autofree guint32 *degrees = NULL;
  g_autofree guint8 *flags = NULL;
  TamisPlanner planner;

  if (!check_thresholds (pairs, classes.n_classes, params, error))
    return NULL;
  degrees = g_new (guint32, MAX (n, 1));
  flags = g_new0 (guint8, MAX (n, 1));
  planner = (TamisPlanner){ plan_new_empty (pairs, classes, params), pairs, params, degrees, flags };
  make_parts (&planner);
  _tamis_planner_read_rows (&planner);
  count_degrees (&planner);
  _tamis_planner_read_removals (&planner);
  if (params->policy == TAMIS_POLICY_LAST)
    apply_last (&planner);
  else
    apply_cover (&planner);
  collect (&planner);
  _tamis_planner_find_conflicts (&planner);
  g_free (planner.parts);
  g_free (planner.places);
  return planner.plan;
}

TamisPlan *
tamis_plan_ref (TamisPlan *self)
{
  atomic_fetch_add (&self->references, 1);
  return self;
}

void
tamis_plan_unref (TamisPlan *self)
{
  if (atomic_fetch_sub (&self->references, 1) != 1)
    return;
  g_free (self->order_text);
  _tamis_plan_decisions_free (self->decisions);
  g_free (self->kept);
  g_free (self->removals);
  g_free (self->classes);
  g_free (self->class_kept);
  g_free (self->class_thresholds);
  g_free (self->refused);
  g_free (self->excluded);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_free (self->conflicts);
  g_free (self);
}

/* ---- reading ---- */

double
tamis_plan_get_threshold (TamisPlan *self)
{
  return self->threshold;
}

double
tamis_plan_get_class_threshold (TamisPlan *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->n_classes, self->threshold);
  return self->class_thresholds[class_index];
}

guint
tamis_plan_count_class_thresholds (TamisPlan *self)
{
  guint n = 0;

  for (guint c = 0; c < self->n_classes; c++)
    n += self->class_thresholds[c] != self->threshold;
  return n;
}

TamisPolicy
tamis_plan_get_policy (TamisPlan *self)
{
  return self->policy;
}

TamisScope
tamis_plan_get_scope (TamisPlan *self)
{
  return self->scope;
}

const char *
tamis_plan_get_order (TamisPlan *self)
{
  return self->order_text;
}

const TamisPlanDecisions *
tamis_plan_get_decisions (TamisPlan *self)
{
  return self->decisions;
}

guint
tamis_plan_get_n_kept (TamisPlan *self)
{
  return self->n_kept;
}

guint
tamis_plan_get_n_removed (TamisPlan *self)
{
  return self->n_removed;
}

guint
tamis_plan_get_n_orphans (TamisPlan *self)
{
  return self->n_orphans;
}

guint64
tamis_plan_get_n_pairs (TamisPlan *self)
{
  return self->n_pairs;
}

gboolean
tamis_plan_is_kept (TamisPlan *self, guint row)
{
  g_return_val_if_fail (row < self->n, FALSE);
  return self->kept[row];
}

guint
tamis_plan_get_class_kept (TamisPlan *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->n_classes, 0);
  return self->class_kept[class_index];
}

TamisRemoval
tamis_plan_get_removal (TamisPlan *self, guint i)
{
  g_return_val_if_fail (i < self->n_removed, ((TamisRemoval){ 0, TAMIS_NO_WITNESS, 0.0 }));
  return self->removals[i];
}

int
tamis_plan_find_removal (TamisPlan *self, guint row)
{
  guint low = 0, high = self->n_removed;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->removals[middle].removed < row)
        low = middle + 1;
      else
        high = middle;
    }
  return low < self->n_removed && self->removals[low].removed == row ? (int) low : -1;
}

const guint8 *
tamis_plan_get_kept_flags (TamisPlan *self)
{
  return self->kept;
}

guint
tamis_plan_get_n_conflicts (TamisPlan *self)
{
  return self->n_conflicts;
}

TamisConflict
tamis_plan_get_conflict (TamisPlan *self, guint i)
{
  g_return_val_if_fail (i < self->n_conflicts,
                        ((TamisConflict){ TAMIS_CONFLICT_PROTECTED, 0, TAMIS_NO_WITNESS }));
  return self->conflicts[i];
}

TamisPlanChange
tamis_plan_compare (TamisPlan *before, TamisPlan *after)
{
  TamisPlanChange change = { 0 };

  g_return_val_if_fail (before->n == after->n, change);
  for (guint i = 0; i < before->n_removed; i++)
    {
      TamisRemoval removal = before->removals[i];
      gboolean stays = after->kept[removal.removed];

      change.n_fewer += stays;
      change.n_swapped += stays && removal.witness != TAMIS_NO_WITNESS
                          && !after->kept[removal.witness];
    }
  for (guint i = 0; i < after->n_removed; i++)
    change.n_more += before->kept[after->removals[i].removed];
  return change;
}
