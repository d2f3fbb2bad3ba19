/* A report on one removal: what goes, what stays, what it does to the data set. HTML or PDF.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

/**
 * TamisReport:
 *
 * Everything is borrowed for the call.
 */
typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisModel *model; /* nullable: vectors of unknown origin */
  TamisPairs *pairs;
  TamisPlan *const *plans; /* the first is the one shown in detail */
  guint n_plans;
  TamisRemovalStats *const *stats; /* nullable: one a plan */
  const TamisControl *control;     /* nullable: for the first plan */
  const char *order; /* keep order in words, as given to tamis_order_new() */
  guint n_samples;   /* removals to show beside what stays in their place */
} TamisReport;

#define TAMIS_REPORT_SAMPLES 24

/**
 * tamis_report_write:
 * @path: ends in .html or .pdf
 *
 * One file that needs nothing else. Sample pictures are read again from the data set; one that can
 * no longer be read is left blank. The same input gives the same HTML.
 *
 * Thread: blocking. Errors: G_IO_ERROR_INVALID_ARGUMENT for another ending, G_IO_ERROR_CANCELLED,
 * other G_IO_ERROR and G_FILE_ERROR codes from writing.
 */
gboolean tamis_report_write (const TamisReport *self, const char *path, TamisProgress *progress,
                             GCancellable *cancel, GError **error);
/* Whether @path ends as tamis_report_write() needs it. */
gboolean tamis_report_knows (const char *path);

G_END_DECLS
