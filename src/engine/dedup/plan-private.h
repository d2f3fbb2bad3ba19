/* TamisPlan and how it is made; private to dedup/.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/dedup/join-private.h"

struct _TamisPlan
{
  atomic_int references;
  guint n;
  double threshold;
  TamisPolicy policy;
  TamisScope scope;
  char *order_text;              /* nullable */
  TamisPlanDecisions *decisions; /* NULL without verdicts */
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

  /* Which pairs do not count; all NULL without verdicts */
  TamisDataset *dataset;
  guint64 *refused; /* rising keys of pairs of contents */
  guint n_refused;
  guint8 *excluded; /* n flags; NULL if no row is */

  TamisConflict *conflicts; /* rising rows */
  guint n_conflicts;
};

/* What verdicts make of a row while a plan is made. */
typedef enum {
  TAMIS_PLAN_PINNED = 1,    /* stays whatever is like it */
  TAMIS_PLAN_REFUSED = 2,   /* its bytes are in a not-duplicates verdict */
  TAMIS_PLAN_EXCLUDED = 4,  /* has no pairs */
  TAMIS_PLAN_PREFERRED = 8, /* stays in the place of a decided removal above T */
  TAMIS_PLAN_GOING = 16,    /* decided to go: by a removal above T, or by a mark */
} TamisPlanFlags;

typedef struct _TamisPlanPart TamisPlanPart;

typedef struct
{
  TamisPlan *plan;
  TamisPairs *pairs;
  const TamisPlanParams *params;
  guint32 *degrees; /* n: neighbours above T */
  guint8 *flags;    /* n: TamisPlanFlags */
  gboolean has_ranks;    /* does a row have PINNED, PREFERRED or GOING? */
  gboolean has_excluded;
  TamisPlanPart *parts; /* n_parts; rows of all classes */
  guint n_parts;
  guint32 *places; /* n: in keep order, pinned rows last; policy last only */
} TamisPlanner;

/* ---- plan-verdicts.c ---- */

TamisPlanDecisions *_tamis_plan_decisions_new (TamisVerdicts *verdicts, guint n);
void _tamis_plan_decisions_free (TamisPlanDecisions *self);
/* What does not depend on T: before the degrees are counted. */
void _tamis_planner_read_rows (TamisPlanner *self);
/* Decided removals of pairs above T: needs the degrees. */
void _tamis_planner_read_removals (TamisPlanner *self);
void _tamis_planner_find_conflicts (TamisPlanner *self);
/* Does the pair, which is above T, count? Cheap where neither row has a flag. */
gboolean _tamis_planner_counts (const TamisPlanner *self, guint a, guint b);
