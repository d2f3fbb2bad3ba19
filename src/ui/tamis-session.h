/* TamisSession: one open data set and everything the views show of it.
 *
 * The only place in the UI that starts engine work. Views read from it, change it through its
 * setters and follow its signals; all of that on the main thread.
 *
 * Signals: "dataset" (another data set, or its rows changed: every row number is void), "pairs" (the
 * join has ended), "plan" (counts, removals or verdicts changed), "histogram", "progress" (at most
 * ten a second while working), "solved" (guint wanted, guint kept, double T: tamis_session_ask_kept()
 * has an answer), notify:: of the properties ("notice" among them).
 *
 * Everything decided goes to the project of the data set as it happens, and is there again when the data
 * set is opened again; see tamis-session-project.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-plan-settings.h"

G_BEGIN_DECLS

typedef enum {
  TAMIS_SESSION_EMPTY,
  TAMIS_SESSION_WORKING,
  TAMIS_SESSION_READY,
  TAMIS_SESSION_FAILED, /* see tamis_session_get_failure() */
} TamisSessionState;

#define TAMIS_TYPE_SESSION (tamis_session_get_type ())
G_DECLARE_FINAL_TYPE (TamisSession, tamis_session, TAMIS, SESSION, GObject)

TamisSession *tamis_session_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Begins work in the background; what was open is replaced when the new data set has been scanned.
 * @location: a folder, a manifest or a project. */
void tamis_session_open (TamisSession *self, const char *location);
/* Draws the demo set (once, into the user's data folder), then opens it. */
void tamis_session_open_demo (TamisSession *self);
/* Opens what was opened last once more, after a cancel. */
void tamis_session_restart (TamisSession *self);
/* Idempotent. What was finished before the cancelled stage stays on screen. */
void tamis_session_cancel (TamisSession *self);

TamisSessionState tamis_session_get_state (TamisSession *self);
const char *tamis_session_get_failure (TamisSession *self);
/* What the last job came to, a sentence a line: "Encoded 2,000 images", "Found 812 pairs above 0.90". */
const char *tamis_session_get_status (TamisSession *self);
void tamis_session_read_progress (TamisSession *self, TamisProgressState *state);

/* Something a person should know, such as that decisions are not kept; NULL: nothing. */
const char *tamis_session_get_notice (TamisSession *self);
void tamis_session_dismiss_notice (TamisSession *self);
TamisProject *tamis_session_get_project (TamisSession *self); /* borrowed, nullable */

/* What was opened: a folder, a manifest or a project. */
const char *tamis_session_get_location (TamisSession *self);

/* Borrowed, nullable until the stage that makes them has ended. */
TamisDataset *tamis_session_get_dataset (TamisSession *self);
TamisPairs *tamis_session_get_pairs (TamisSession *self);
TamisPlan *tamis_session_get_plan (TamisSession *self);
TamisModel *tamis_session_get_model (TamisSession *self);
TamisHistogram *tamis_session_get_histogram (TamisSession *self);
TamisLatents *tamis_session_get_latents (TamisSession *self);

/* "whitened", "paper" or a file; another model encodes the open data set anew. */
void tamis_session_set_model_name (TamisSession *self, const char *name);
const char *tamis_session_get_model_name (TamisSession *self);
void tamis_session_set_threshold (TamisSession *self, double threshold);
double tamis_session_get_threshold (TamisSession *self);
/* T of one class instead of that of all; negative: as that of all. Gone with the data set. */
void tamis_session_set_class_threshold (TamisSession *self, guint class_index, double threshold);
/* One a class, negative: as that of all; NULL: no class has its own any more. */
void tamis_session_set_class_thresholds (TamisSession *self, const double *thresholds);
/* Negative if @class_index has none of its own, or is -1. */
double tamis_session_get_class_threshold (TamisSession *self, int class_index);
guint tamis_session_get_n_class_thresholds (TamisSession *self);
/* The T that the slider moves: that of the selected class if it has its own, else that of all. It
 * changes with notify::active-threshold, whichever of T, class and own T has changed. */
gboolean tamis_session_moves_class (TamisSession *self);
double tamis_session_get_active_threshold (TamisSession *self);
void tamis_session_set_active_threshold (TamisSession *self, double threshold);
/* Images that each class keeps if it has them; T of a class that would keep fewer is raised. 0: none. */
void tamis_session_set_minimum (TamisSession *self, guint minimum);
guint tamis_session_get_minimum (TamisSession *self);
/* What the plan is made from now. */
TamisPlanSettings *tamis_session_dup_plan_settings (TamisSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* Finds the lowest active T that keeps at least @wanted images, of the class if it is that of a
 * class, in the background, sets it and emits "solved". A move of T, another setting, class or
 * question in the meantime makes the question void. */
void tamis_session_ask_kept (TamisSession *self, guint wanted);
/* Where the slider begins; 0 before there are pairs. */
double tamis_session_get_floor (TamisSession *self);
void tamis_session_set_policy (TamisSession *self, TamisPolicy policy);
TamisPolicy tamis_session_get_policy (TamisSession *self);
/* As tamis_order_new(): "name", "resolution", … */
void tamis_session_set_order (TamisSession *self, const char *order);
const char *tamis_session_get_order (TamisSession *self);
/* The class every view is scoped to, -1 for all. */
void tamis_session_set_class (TamisSession *self, int class_index);
int tamis_session_get_class (TamisSession *self);
/* The image a person looks at, and the other one of its pair; both TAMIS_NO_WITNESS if there is none.
 * Whoever lets images be selected sets it; "selection" is notified. */
void tamis_session_set_selection (TamisSession *self, guint row, guint partner);
guint tamis_session_get_selection (TamisSession *self, guint *partner);

/* Decisions, see TamisVerdicts; the plan follows. Undo and redo are unlimited. Without a data set none
 * of them does anything. */
void tamis_session_set_verdict (TamisSession *self, guint removed, guint witness,
                                TamisVerdict verdict);
void tamis_session_set_mark (TamisSession *self, guint row, TamisMark mark);
void tamis_session_set_folder_rule (TamisSession *self, const char *folder, TamisFolderRule rule);
void tamis_session_set_split_protected (TamisSession *self, const char *split,
                                        gboolean is_protected);
/* Which label is right of a pair across classes, a < b; plans do not read it. */
void tamis_session_set_label (TamisSession *self, guint a, guint b, TamisLabelVerdict verdict);
/* What is decided in between is one step to undo; pairs of calls may nest. */
void tamis_session_begin_step (TamisSession *self);
void tamis_session_end_step (TamisSession *self);
/**
 * tamis_session_accept_above:
 * @class_index: -1 for all classes
 *
 * Confirms, as one step, the open removals of the present plan with a similarity above @similarity.
 *
 * Returns: how many
 */
guint tamis_session_accept_above (TamisSession *self, int class_index, double similarity);
/* How many that would be. */
guint tamis_session_count_open_above (TamisSession *self, int class_index, double similarity);
/* As tamis_journal_settle_pair(), tamis_journal_take_over() and tamis_journal_count_takeover(). */
void tamis_session_settle (TamisSession *self, guint removed, guint witness, TamisVerdict verdict);
guint tamis_session_take_over (TamisSession *self, const TamisAgreement *agreement);
guint tamis_session_count_takeover (TamisSession *self, const TamisAgreement *agreement);
TamisVerdict tamis_session_get_verdict (TamisSession *self, guint a, guint b);
TamisVerdicts *tamis_session_get_verdicts (TamisSession *self); /* NULL without a data set */
/* Another number after every change of a verdict. */
guint64 tamis_session_get_verdict_serial (TamisSession *self);
/* What is left to decide of the present plan; NULL like the plan. */
TamisQuestions *tamis_session_get_questions (TamisSession *self);
/* Removals of the present plan that a person still has to decide, now or later. */
guint tamis_session_get_n_open (TamisSession *self);
gboolean tamis_session_can_undo (TamisSession *self);
gboolean tamis_session_can_redo (TamisSession *self);
/* Both say which image the step was about (of a pair the removed one), or TAMIS_NO_WITNESS. */
guint tamis_session_undo (TamisSession *self);
guint tamis_session_redo (TamisSession *self);

G_END_DECLS
