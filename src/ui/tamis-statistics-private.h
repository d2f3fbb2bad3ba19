/* TamisStatistics' inside, shared by tamis-statistics.c (state) and tamis-statistics-work.c (threads).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

G_BEGIN_DECLS

/* What a job found, and what it was asked about. Only one of the results is there. */
typedef struct
{
  TamisPlan *plan;   /* MOVING, RESTED, CONTROL */
  TamisBasis which;  /* RESTED, CONTROL, TABLE */
  guint64 settings;  /* TABLE, SWEEP */
  guint64 curves;    /* SWEEP: the settings that the curves of single classes depend on */

  TamisRemovalBasis *basis;
  GArray *rows; /* of TamisStatisticsRow: MOVING one, TABLE several */
  TamisRemovalStats *stats;
  TamisControl *control;
  TamisSweep *sweep;
} TamisStatisticsResult;

void _tamis_statistics_result_clear (TamisStatisticsResult *self);

struct _TamisStatistics
{
  GObject parent_instance;

  /* Owned */
  TamisSession *session;
  TamisQueue *live; /* one thread: MOVING only, so that it never waits */
  TamisQueue *slow; /* two threads: a sweep does not hold up a resting T */
  TamisStatisticsResult results[TAMIS_STATISTICS_N_KINDS];
  /* The newest job of each kind while it is under way. Its cancellable is its identity. */
  GCancellable *jobs[TAMIS_STATISTICS_N_KINDS];
  TamisProgress *progress[TAMIS_STATISTICS_N_KINDS];

  guint64 moving_asked, moving_applied; /* serials: of MOVING what is newer than the screen counts */
  guint rest_source;                    /* runs while T has not stood still long enough */
  guint progress_source;
  guint holds;
  TamisBasis which;
};

/* ---- tamis-statistics.c ---- */
/* A job has ended, main thread. @result: (transfer full); empty if it failed or was cancelled. */
void _tamis_statistics_take (TamisStatistics *self, TamisStatisticsKind kind,
                             TamisStatisticsResult *result);
/* What a result of @kind depends on beside T: order of keeping and verdicts; for a sweep T of the
 * classes with their own too, for the table also policy and minimum. Two that agree have one number. */
guint64 _tamis_statistics_settings (TamisStatistics *self, TamisStatisticsKind kind);

/* ---- tamis-statistics-work.c ---- */
/* Starts a job from what the session holds now; an earlier one of the kind is cancelled. */
void _tamis_statistics_start (TamisStatistics *self, TamisStatisticsKind kind);
void _tamis_statistics_stop (TamisStatistics *self, TamisStatisticsKind kind);

G_END_DECLS
