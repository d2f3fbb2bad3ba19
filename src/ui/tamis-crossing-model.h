/* TamisCrossingModel: the pairs across splits (leaks) or classes (label conflicts) as a list.
 *
 * A view of TamisCrossings, scoped to the session's class. It follows the session's plan. Leaks need two splits; label conflicts need pairs across classes,
 * which a join of its own looks for once a data set, when the model is first active.
 *
 * Signal: "changed", after the state, the crossings or the verdicts have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

typedef enum {
  TAMIS_SEARCH_IMPOSSIBLE, /* no two splits, or no two classes */
  TAMIS_SEARCH_WAITING,    /* the session has no pairs yet, or nobody has looked at the list yet */
  TAMIS_SEARCH_RUNNING,
  TAMIS_SEARCH_DONE,
  TAMIS_SEARCH_STOPPED,    /* cancelled, or failed: see tamis_crossing_model_get_failure() */
} TamisSearchState;

#define TAMIS_TYPE_CROSSING_MODEL (tamis_crossing_model_get_type ())
G_DECLARE_FINAL_TYPE (TamisCrossingModel, tamis_crossing_model, TAMIS, CROSSING_MODEL, GObject)

/* @session: must outlive the model. */
TamisCrossingModel *tamis_crossing_model_new (TamisSession *session, TamisBorder border)
  G_GNUC_WARN_UNUSED_RESULT;
/* A list of label conflicts that nobody sees starts no search. Inactive at first. */
void tamis_crossing_model_set_active (TamisCrossingModel *self, gboolean active);
TamisBorder tamis_crossing_model_get_border (TamisCrossingModel *self);
TamisSearchState tamis_crossing_model_get_state (TamisCrossingModel *self);
/* Nullable; English, for want of better words. */
const char *tamis_crossing_model_get_failure (TamisCrossingModel *self);
void tamis_crossing_model_read_progress (TamisCrossingModel *self, TamisProgressState *state);
void tamis_crossing_model_cancel (TamisCrossingModel *self);
void tamis_crossing_model_restart (TamisCrossingModel *self);
/* All of them, whatever the class; nullable. Borrowed. */
TamisCrossings *tamis_crossing_model_get_crossings (TamisCrossingModel *self);
/* No pair at or below it was looked for; 0 before there are any. */
double tamis_crossing_model_get_floor (TamisCrossingModel *self);
/* Of the list on show. */
guint tamis_crossing_model_get_n (TamisCrossingModel *self);
gboolean tamis_crossing_model_get (TamisCrossingModel *self, guint position,
                                   TamisCrossing *crossing);

G_END_DECLS
