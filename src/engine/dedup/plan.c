/* TamisPlan: what goes and what stays at one T, answered from the pairs alone.
 *
 * DESIGN (METHOD A3): a plan is made at every step of a slider, so it reads as little as it can.
 *   cover: in keep order, an image not yet marked is kept and marks all its neighbours above T;
 *          only kept rows are read. Images that a verdict pins are kept, and mark, before all
 *          others.
 *   last:  an image goes if one neighbour above T is later in keep order, itself removed or not;
 *          pinned images stay, and count as later than all others.
 *   then:  each removed image takes the first kept neighbour of its row as its witness, the most
 *          similar kept one since rows are sorted. For cover there always is one: the image that
 *          marked it. For last there may be none: an orphan.
 * "Above T" is a prefix of a row, whose length is one binary search; the lengths also count pairs.
 * Not-duplicates verdicts strike edges out: each is looked up only between two rows that have one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <stdlib.h>
#include <string.h>

struct _TamisPlan
{
  atomic_int references;
  guint n;
  double threshold;
  TamisPolicy policy;
  guint n_kept;
  guint n_removed;
  guint n_orphans;
  guint64 n_pairs;
  guint8 *kept; /* n flags */
  TamisRemoval *removals; /* n_removed, rising rows */

  guint n_classes;
  TamisRange *classes;
  guint *class_kept;
  double *class_thresholds; /* n_classes */

  guint64 *refused; /* rising pair keys */
  guint n_refused;
};

/* Row flags while a plan is made. */
enum
{
  ROW_PINNED = 1,  /* of a keep-both verdict */
  ROW_REFUSED = 2, /* of a not-duplicates verdict */
};

typedef struct
{
  TamisPlan *plan;
  TamisPairs *pairs;
  const TamisPlanParams *params;
  guint32 *degrees; /* n: neighbours above T */
  guint8 *flags;    /* n */
} Planner;

static inline guint64
pair_key (guint a, guint b)
{
  return (guint64) MIN (a, b) << 32 | MAX (a, b);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

gboolean
_tamis_plan_is_refused (TamisPlan *self, guint a, guint b)
{
  guint64 key = pair_key (a, b);

  return self->n_refused > 0
         && bsearch (&key, self->refused, self->n_refused, sizeof key, compare_keys) != NULL;
}

static inline gboolean
is_refused (const Planner *self, guint a, guint b)
{
  return (self->flags[a] & self->flags[b] & ROW_REFUSED) != 0
         && _tamis_plan_is_refused (self->plan, a, b);
}

/* ---- verdicts and counts ---- */

static void
read_verdicts (Planner *self)
{
  TamisVerdicts *verdicts = self->params->verdicts;
  TamisPlan *plan = self->plan;
  guint n = verdicts != NULL ? tamis_verdicts_get_n (verdicts) : 0;
  g_autofree TamisVerdictEntry *list = n > 0 ? tamis_verdicts_list (verdicts) : NULL;

  plan->refused = g_new (guint64, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      guint8 flag = list[i].verdict == TAMIS_VERDICT_KEEP_BOTH        ? ROW_PINNED
                    : list[i].verdict == TAMIS_VERDICT_NOT_DUPLICATES ? ROW_REFUSED
                                                                      : 0;

      if (list[i].b >= plan->n)
        continue;
      self->flags[list[i].a] |= flag;
      self->flags[list[i].b] |= flag;
      if (flag == ROW_REFUSED)
        plan->refused[plan->n_refused++] = pair_key (list[i].a, list[i].b);
    }
}

static void
count_degrees (Planner *self)
{
  TamisPlan *plan = self->plan;
  guint64 entries = 0, struck = 0;

  for (guint c = 0; c < plan->n_classes; c++)
    {
      double threshold = plan->class_thresholds[c];
      TamisRange range = plan->classes[c];

      for (guint row = range.first; row < range.first + range.n; row++)
        {
          guint degree = _tamis_pairs_count_row (self->pairs, row, threshold);

          self->degrees[row] = degree;
          entries += degree;
          if (self->flags[row] & ROW_REFUSED)
            {
              const guint32 *neighbours;

              tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
              for (guint i = 0; i < degree; i++)
                struck += is_refused (self, row, neighbours[i]);
            }
        }
    }
  plan->n_pairs = (entries - struck) / 2;
}

/* ---- policies: both leave kept[] as 0 or 1 ---- */

/* Marks what @row, which is kept, covers. Pinned images are never marked. */
static void
cover_row (Planner *self, guint row)
{
  guint8 *kept = self->plan->kept;
  const guint32 *neighbours;

  tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
  for (guint i = 0; i < self->degrees[row]; i++)
    {
      guint other = neighbours[i];

      if (self->flags[other] == 0)
        kept[other] = 0;
      else if (!(self->flags[other] & ROW_PINNED) && !is_refused (self, row, other))
        kept[other] = 0;
    }
}

static void
apply_cover (Planner *self)
{
  TamisPlan *plan = self->plan;
  const guint32 *order = self->params->order;

  memset (plan->kept, 1, plan->n);
  for (guint row = 0; row < plan->n; row++)
    if (self->flags[row] & ROW_PINNED)
      cover_row (self, row);
  for (guint i = 0; i < plan->n; i++)
    {
      guint row = order != NULL ? order[i] : i;

      /* What no kept image has marked by now, none will: only kept ones mark, and all visited
       * images that are kept have. Marking an image that is kept already cannot happen: the pair
       * is above T from either side. */
      if (plan->kept[row] && !(self->flags[row] & ROW_PINNED))
        cover_row (self, row);
    }
}

static void
apply_last (Planner *self)
{
  TamisPlan *plan = self->plan;
  const guint32 *order = self->params->order;
  g_autofree guint32 *place = g_new (guint32, MAX (plan->n, 1));

  for (guint i = 0; i < plan->n; i++)
    place[order != NULL ? order[i] : i] = i;
  for (guint row = 0; row < plan->n; row++)
    if (self->flags[row] & ROW_PINNED)
      place[row] = plan->n;
  for (guint row = 0; row < plan->n; row++)
    {
      const guint32 *neighbours;
      gboolean goes = FALSE;

      tamis_pairs_get_row (self->pairs, row, &neighbours, NULL);
      for (guint i = 0; i < self->degrees[row] && !goes; i++)
        goes = place[neighbours[i]] > place[row] && !is_refused (self, row, neighbours[i]);
      plan->kept[row] = !goes;
    }
}

/* ---- results ---- */

static TamisRemoval
find_witness (const Planner *self, guint row)
{
  const guint32 *neighbours;
  const double *similarities;

  tamis_pairs_get_row (self->pairs, row, &neighbours, &similarities);
  for (guint i = 0; i < self->degrees[row]; i++)
    if (self->plan->kept[neighbours[i]] && !is_refused (self, row, neighbours[i]))
      return (TamisRemoval){ row, neighbours[i], similarities[i] };
  return (TamisRemoval){ row, TAMIS_NO_WITNESS, 0.0 };
}

static void
collect (Planner *self)
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
      {
        plan->removals[k] = find_witness (self, row);
        plan->n_orphans += plan->removals[k++].witness == TAMIS_NO_WITNESS;
      }
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
  Planner planner;

  if (!check_thresholds (pairs, classes.n_classes, params, error))
    return NULL;
  degrees = g_new (guint32, MAX (n, 1));
  flags = g_new0 (guint8, MAX (n, 1));
  planner = (Planner){ plan_new_empty (pairs, classes, params), pairs, params, degrees, flags };
  read_verdicts (&planner);
  count_degrees (&planner);
  if (params->policy == TAMIS_POLICY_LAST)
    apply_last (&planner);
  else
    apply_cover (&planner);
  collect (&planner);
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
  g_free (self->kept);
  g_free (self->removals);
  g_free (self->classes);
  g_free (self->class_kept);
  g_free (self->class_thresholds);
  g_free (self->refused);
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
