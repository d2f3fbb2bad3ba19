/* TamisStatistics: what removal does to the distribution, kept up to date while T moves.
 *
 * Follows a session. Everything is computed off the main thread, and only while a view holds it:
 *
 *   basis   axes, scores and figures before removal: once a data set, when a view first asks
 *   moving  kurtosis on the fixed axes: with every plan
 *   rested  all figures on the axes asked for: when T has stood still for a moment
 *   control as many images removed at random: after that
 *   table   the lines at the thresholds of the paper: when the settings have changed
 *   sweep   both policies over all of T: when asked for
 *
 * Signals: "changed" (any of the above, or what is being worked on), "progress" (ten a second while
 * the basis or a sweep is computed). Main thread only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

typedef enum {
  TAMIS_STATISTICS_BASIS,
  TAMIS_STATISTICS_MOVING,
  TAMIS_STATISTICS_RESTED,
  TAMIS_STATISTICS_CONTROL,
  TAMIS_STATISTICS_TABLE,
  TAMIS_STATISTICS_SWEEP,
  TAMIS_STATISTICS_N_KINDS,
} TamisStatisticsKind;

/* The lines at one T. @kurtosis: n_classes × TAMIS_REMOVAL_COMPONENTS, after, for the moving T only. */
typedef struct
{
  double threshold;
  guint kept;
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure *kurtosis;
} TamisStatisticsRow;

#define TAMIS_TYPE_STATISTICS (tamis_statistics_get_type ())
G_DECLARE_FINAL_TYPE (TamisStatistics, tamis_statistics, TAMIS, STATISTICS, GObject)

TamisStatistics *tamis_statistics_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;
TamisSession *tamis_statistics_get_session (TamisStatistics *self);

/* A view came on the screen, or went. Balanced. */
void tamis_statistics_hold (TamisStatistics *self);
void tamis_statistics_release (TamisStatistics *self);

/* Which axes the figures of a resting T are measured on. */
void tamis_statistics_set_basis (TamisStatistics *self, TamisBasis basis);
TamisBasis tamis_statistics_get_basis (TamisStatistics *self);

/* Borrowed, valid until "changed"; NULL until there is one. */
TamisRemovalBasis *tamis_statistics_get_removal_basis (TamisStatistics *self);
const TamisStatisticsRow *tamis_statistics_get_moving (TamisStatistics *self);
const TamisRemovalStats *tamis_statistics_get_rested (TamisStatistics *self);
const TamisControl *tamis_statistics_get_control (TamisStatistics *self);
const TamisStatisticsRow *tamis_statistics_get_table (TamisStatistics *self, guint *n);
const TamisSweep *tamis_statistics_get_sweep (TamisStatistics *self);

/* What is there belongs to the plan and settings of the session as they are now. */
gboolean tamis_statistics_is_current (TamisStatistics *self, TamisStatisticsKind kind);
/* The sweep's curves of single classes hold. Unlike those of all images they do not depend on the T
 * that other classes, or the class itself, were given. */
gboolean tamis_statistics_suggests_classes (TamisStatistics *self);
gboolean tamis_statistics_is_working (TamisStatistics *self, TamisStatisticsKind kind);
/* T has stood still for a moment: what takes longer may begin. */
gboolean tamis_statistics_is_resting (TamisStatistics *self);
/* Of the basis or the sweep. */
void tamis_statistics_read_progress (TamisStatistics *self, TamisStatisticsKind kind,
                                     TamisProgressState *state);
void tamis_statistics_ask_sweep (TamisStatistics *self);
void tamis_statistics_cancel_sweep (TamisStatistics *self);

G_END_DECLS
