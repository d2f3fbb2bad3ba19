/* dedup: what its files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

#define DEDUP_UNSET G_MININT

typedef struct
{
  double threshold;         /* with class thresholds: where they start from, or their highest */
  double *class_thresholds; /* NULL: the same T in all classes; negative: @threshold; owned, as all */
  TamisPlan *plan;
  TamisRemovalStats *stats; /* NULL unless asked for */
  TamisCrossings *leaks;    /* NULL without splits */
} DedupResult;

typedef struct
{
  /* Options, owned */
  char *threshold_text;
  char *order_text;
  char *policy_text;
  char *scope_text;
  char *pairs_file;
  char *removals_file;
  char *kept_file;
  char *manifest_file;
  char *report_file;
  char **class_words; /* --class-threshold */
  char *thresholds_file;
  char *leaks_file;
  char *conflicts_file;
  char **protected_splits; /* NULL: none */
  double floor;        /* NaN: not given */
  int keep;            /* DEDUP_UNSET: not given */
  double keep_percent; /* NaN: not given */
  gboolean per_class;
  int min_class; /* DEDUP_UNSET: not given */
  gboolean suggest;
  TamisPolicy policy;
  TamisScope scope;

  /* Results, owned */
  TamisInput input;
  gboolean takes_classes; /* T of single classes from the project */
  double *own; /* NULL: no class has a T of its own; negative: that one has none */
  TamisPairs *pairs;
  TamisControl *control; /* NULL without --report */
  TamisSweep *sweep;     /* NULL without --suggest */
  guint32 *order;        /* NULL: that of the data set */
  TamisVerdicts *verdicts;   /* of the project, and the splits protected here; NULL: none */
  TamisCrossings *conflicts; /* NULL without --label-conflicts */
  GArray *results;       /* DedupResult, in the order of --threshold */
  guint wanted;          /* images to keep, with --keep and --keep-percent */

  /* Seconds */
  double join_s;
  double plan_s;
  double statistics_s;
  double report_s;
  double export_s;
} Dedup;

/* ---- thresholds of single classes ---- */

gboolean dedup_gives_classes (const Dedup *self);
/* Fills @own from the options; the data set is open. */
gboolean dedup_read_classes (TamisCli *cli, Dedup *self, GError **error);
/* 1 if no class has its own. */
double dedup_lowest_own (const Dedup *self);

/* ---- choosing T ---- */

#define DEDUP_RULE \
  "the knee of the curve of images left over T, where it lies farthest above its lower convex " \
  "hull: past the close copies, before images that merely belong together"

/* Whether T is to be solved for. */
gboolean dedup_chooses (const Dedup *self);
gboolean dedup_check_choice (const Dedup *self, GError **error);
/* Adds the result whose T keeps as many images as wanted. */
gboolean dedup_choose (Dedup *self, const TamisPlanParams *params, GError **error);
/* --min-class: @params is the plan as it would be without. */
gboolean dedup_raise_classes (const Dedup *self, const TamisPlanParams *params,
                              DedupResult *result, GError **error);
gboolean dedup_sweep (TamisCli *cli, Dedup *self, TamisRemovalBasis *basis, const guint32 *order,
                      GError **error);
void dedup_json_choice (TamisJson *json, const Dedup *self);
void dedup_print_choice (const Dedup *self);

/* ---- splits and labels ---- */

/* --protect-split, once the data set is open. */
gboolean dedup_protect (Dedup *self, GError **error);
void dedup_count_leaks (const Dedup *self, DedupResult *result);
gboolean dedup_export_crossings (TamisCli *cli, Dedup *self, GError **error);
void dedup_print_crossings (const Dedup *self);

/* ---- output ---- */

void dedup_print_json (const Dedup *self);
void dedup_print_words (const Dedup *self);

G_END_DECLS
