/* dedup: what its files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef struct
{
  double threshold;
  TamisPlan *plan;
  TamisRemovalStats *stats; /* NULL unless asked for */
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
  double floor; /* NaN: not given */
  TamisPolicy policy;
  TamisScope scope;

  /* Results, owned */
  TamisInput input;
  TamisPairs *pairs;
  TamisControl *control; /* NULL without --report */
  GArray *results; /* DedupResult, in the order of --threshold */

  /* Seconds */
  double join_s;
  double plan_s;
  double statistics_s;
  double report_s;
  double export_s;
} Dedup;

void dedup_print_json (const Dedup *self);
void dedup_print_words (const Dedup *self);

G_END_DECLS
