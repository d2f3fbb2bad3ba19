/* TamisSession's inside, shared by tamis-session.c (state), tamis-session-verdicts.c and
 * tamis-session-work.c (threads).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

struct _TamisSession
{
  GObject parent_instance;

  /* Owned; replaced, never changed, so that workers can hold references */
  TamisDataset *dataset;
  TamisModel *model;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisQuestions *questions; /* of @plan */
  TamisHistogram *histogram;
  TamisVerdicts *verdicts; /* NULL without a data set */
  char *failure;
  char *status;
  char *location; /* what was opened, for opening it again with another model */
  char *model_name;
  char *order_text;

  /* The open job. Its cancellable is its identity: a result of any other is stale. */
  GCancellable *cancel;
  TamisProgress *progress;
  guint progress_source;

  /* Plans and histograms: newest wins */
  TamisQueue *queue;
  guint64 plan_asked;   /* serial of the newest request */
  guint64 plan_applied; /* … of the result on screen */
  guint64 histogram_asked;
  guint64 kept_asked;

  TamisSessionState state;
  double threshold;
  TamisPolicy policy;
  int class_index;
  guint64 verdict_serial;

  /* tamis-session-verdicts.c */
  GArray *undo; /* of Step */
  GArray *redo;
  guint step;       /* the number of the step under way, or of the last one */
  guint step_depth; /* of tamis_session_begin_step() */
};

typedef enum {
  TAMIS_SESSION_DATASET,
  TAMIS_SESSION_PAIRS,
  TAMIS_SESSION_PLAN,
  TAMIS_SESSION_HISTOGRAM,
  TAMIS_SESSION_PROGRESS,
  TAMIS_SESSION_N_SIGNALS, /* those above have no arguments */
} TamisSessionSignal;
extern guint tamis_session_signals[TAMIS_SESSION_N_SIGNALS];

/* ---- tamis-session.c: results arrive, main thread ---- */
void _tamis_session_set_state (TamisSession *self, TamisSessionState state);
void _tamis_session_take_dataset (TamisSession *self, TamisDataset *dataset);
void _tamis_session_take_pairs (TamisSession *self, TamisPairs *pairs);
/* Both (transfer full). */
void _tamis_session_take_plan (TamisSession *self, TamisPlan *plan, TamisQuestions *questions);
void _tamis_session_set_status (TamisSession *self, const char *status);
void _tamis_session_drop_results (TamisSession *self);

/* A T that keeps @kept images where @wanted were asked for. */
void _tamis_session_take_solution (TamisSession *self, double threshold, guint wanted, guint kept);

/* ---- tamis-session-verdicts.c ---- */
void _tamis_session_init_verdicts (TamisSession *self);
void _tamis_session_clear_verdicts (TamisSession *self);
/* Another data set: verdicts name rows, and the rows are new ones. */
void _tamis_session_reset_verdicts (TamisSession *self);

/* ---- tamis-session-work.c: work starts, main thread ---- */
void _tamis_session_start (TamisSession *self, const char *location, gboolean demo);
void _tamis_session_ask_plan (TamisSession *self);
void _tamis_session_ask_histogram (TamisSession *self);

G_END_DECLS
