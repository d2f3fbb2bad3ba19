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
  TamisProject *project; /* NULL: nothing is kept, see @notice */
  TamisJournal *journal; /* NULL until the images are known by content */
  char *notice;
  char *failure;
  char *status;
  char *location; /* what was opened, for opening it again with another model */
  char *model_name;
  gboolean model_chosen; /* by the person, for the job that begins next */
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
  double *own; /* owned: T of each class, negative: none of its own */
  guint n_own;
  guint minimum;
  int class_index;
  guint selected, partner; /* rows, or TAMIS_NO_WITNESS */
  guint step_depth;        /* of tamis_session_begin_step() */
  guint settings_source;   /* settings that wait to be written to the project */
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
void _tamis_session_take_model_name (TamisSession *self, const char *name);
void _tamis_session_take_dataset (TamisSession *self, TamisDataset *dataset);
void _tamis_session_take_pairs (TamisSession *self, TamisPairs *pairs);
/* Both (transfer full). */
void _tamis_session_take_plan (TamisSession *self, TamisPlan *plan, TamisQuestions *questions);
void _tamis_session_set_status (TamisSession *self, const char *status);
void _tamis_session_drop_results (TamisSession *self);
/* notify:: of a property that another file of the session sets. */
void _tamis_session_notify (TamisSession *self, const char *property);

/* A T that keeps @kept images where @wanted were asked for. */
void _tamis_session_take_solution (TamisSession *self, double threshold, guint wanted, guint kept);

void _tamis_session_notify_threshold (TamisSession *self);
void _tamis_session_notify_own (TamisSession *self);
void _tamis_session_notify_minimum (TamisSession *self);

/* ---- tamis-session-project.c ---- */
/* The job's project becomes the session's; @project: (nullable). The one before is let go, and decisions
 * that were kept in memory only end with their data set. Before take_dataset(). */
void _tamis_session_take_project (TamisSession *self, TamisProject *project,
                                  TamisDataset *dataset);
/* @journal: (transfer full) (nullable): NULL keeps the present one for the new rows, or makes one that
 * is kept in memory only. */
void _tamis_session_take_journal (TamisSession *self, TamisJournal *journal);
void _tamis_session_drop_project (TamisSession *self);
/* T, policy and keep order as they were left; needs pairs. */
void _tamis_session_restore_settings (TamisSession *self);
/* Writes settings once they rest. */
void _tamis_session_keep_settings (TamisSession *self);
void _tamis_session_set_notice (TamisSession *self, const char *notice);

/**
 * _tamis_session_find_project:
 * @location: what is to be opened: a folder, a manifest or a project file
 * @present: (nullable): the project that is open now
 * @data: (out) (transfer full): the data set's own location
 * @notice: (out) (transfer full): what a person should know, or NULL
 *
 * Worker thread. Returns: (transfer full) (nullable): the project; NULL with @error only where
 * @location is a project that cannot be opened
 */
TamisProject *_tamis_session_find_project (const char *location, TamisProject *present,
                                           char **data, char **notice, GError **error);

/* ---- tamis-session-thresholds.c ---- */
void _tamis_session_reset_thresholds (TamisSession *self);

/* ---- tamis-session-work.c: work starts, main thread ---- */
void _tamis_session_start (TamisSession *self, const char *location, gboolean demo);
void _tamis_session_ask_plan (TamisSession *self);
void _tamis_session_ask_histogram (TamisSession *self);

G_END_DECLS
