/* sweep: what its files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* One T under one policy. */
typedef struct
{
  TamisPolicy policy;
  double threshold;
  guint kept;
  guint orphans;
  guint64 n_pairs;
  TamisRemovalStats *stats; /* owned */
  TamisControl *control;    /* owned; NULL: none wanted */
} SweepPoint;

typedef struct
{
  /* Options, owned */
  char *threshold_text;
  char *policy_text;
  char *order_text;
  char *out_file;
  double low; /* NaN: not given */
  int steps;
  int seeds;
  gboolean refit;

  /* Owned */
  TamisInput input;
  GArray *points; /* SweepPoint */

  double join_s, statistics_s;
} Sweep;

/* Where a figure lies beside what removing at random does; NULL if either does not exist. */
const char *sweep_compare (double value, const TamisBand *band);

GString *sweep_make_csv (const Sweep *self);
void sweep_print_json (TamisCli *cli, const Sweep *self);
/* The paper's tables 2 and 3, in Markdown. */
void sweep_print_tables (const Sweep *self);

G_END_DECLS
