/* TamisChecks: the samples of pairs that were drawn to check T, and what verdicts say by them.
 *
 * One sample for all classes and one for each class, as the session's class has it; the project keeps
 * how each was drawn. Only verdicts on pairs of the sample count: see docs/design/precision.md. Signal "changed": another sample, another
 * verdict, another class, another wanted precision.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

#define TAMIS_CHECKS_CONFIDENCE 0.95

#define TAMIS_TYPE_CHECKS (tamis_checks_get_type ())
G_DECLARE_FINAL_TYPE (TamisChecks, tamis_checks, TAMIS, CHECKS, GObject)

/* Borrows @session, which must outlive it. */
TamisChecks *tamis_checks_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;
TamisSession *tamis_checks_get_session (TamisChecks *self);
/**
 * tamis_checks_draw:
 *
 * Draws @size pairs of the session's class in the background. A sample there is grows to @size, all
 * its judgements stay; if it is as large already nothing happens.
 */
void tamis_checks_draw (TamisChecks *self, guint size);
gboolean tamis_checks_is_drawing (TamisChecks *self);

/* Of the session's class; borrowed, NULL until drawn. */
TamisCheck *tamis_checks_get (TamisChecks *self);
/* The rest needs a sample. */
TamisJudgement tamis_checks_get_judgement (TamisChecks *self, guint i);
guint tamis_checks_get_n_judged (TamisChecks *self);
const TamisPrecision *tamis_checks_get_curve (TamisChecks *self, guint *n);
TamisPrecision tamis_checks_get_at (TamisChecks *self, double threshold);
TamisPrecisionAnswer tamis_checks_get_answer (TamisChecks *self);
/* A verdict on pair @i of the sample, if it says something new. */
void tamis_checks_judge (TamisChecks *self, guint i, TamisVerdict verdict);
/* Reads the verdicts anew at once; else it happens when the session's plan follows them. */
void tamis_checks_refresh (TamisChecks *self);

void tamis_checks_set_wanted (TamisChecks *self, double wanted);
double tamis_checks_get_wanted (TamisChecks *self);

G_END_DECLS
