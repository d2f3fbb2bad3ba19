/* Acting on a removal: a manifest is applied, verified and undone.
 *
 * The only room that moves images, and it never deletes one: what goes lies in a quarantine or in
 * the desktop's trash until somebody else empties that. docs/design/acting.md has the formats of
 * manifest and journal, and why a process may die at any moment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/export.h>

G_BEGIN_DECLS

#define TAMIS_ACT_ERROR (tamis_act_error_quark ())
GQuark tamis_act_error_quark (void);

typedef enum {
  TAMIS_ACT_ERROR_ROOT,       /* the data set is not there */
  TAMIS_ACT_ERROR_PLACE,      /* the quarantine or target will not do, or cannot hold it all */
  TAMIS_ACT_ERROR_BUSY,       /* another removal is under way in this data set */
  TAMIS_ACT_ERROR_JOURNAL,    /* the journal is another removal's, a newer Tamis's, or not writable */
  TAMIS_ACT_ERROR_REFUSED,    /* strict, and a removal is refused: nothing was moved */
} TamisActError;

/* ---- what became of each removal ---- */

typedef enum {
  TAMIS_REMOVAL_PENDING, /* the image is in its place */
  TAMIS_REMOVAL_APPLIED, /* it is in the quarantine or trash, whole, and not in its place */
  TAMIS_REMOVAL_UNDONE,  /* it was away and is back */
  TAMIS_REMOVAL_CHANGED, /* there is a file, but not with the manifest's bytes */
  TAMIS_REMOVAL_MISSING, /* it is neither in its place nor away */
  TAMIS_REMOVAL_N_STATES
} TamisRemovalState;

/* Why a removal was not carried out, not taken back, or is in trouble. */
typedef enum {
  TAMIS_REFUSAL_NONE,
  TAMIS_REFUSAL_MISSING,         /* the image is nowhere */
  TAMIS_REFUSAL_LINK,            /* its name, or a folder on the way, is a symbolic link or no folder */
  TAMIS_REFUSAL_NOT_REGULAR,     /* it is no regular file */
  TAMIS_REFUSAL_UNREADABLE,      /* detail says why */
  TAMIS_REFUSAL_CHANGED,         /* its bytes are not those of the manifest */
  TAMIS_REFUSAL_AWAY_CHANGED,    /* the same of what lies in the quarantine or trash */
  TAMIS_REFUSAL_WITNESS_MISSING,
  TAMIS_REFUSAL_WITNESS_CHANGED, /* or unreadable, or no regular file */
  TAMIS_REFUSAL_WITNESS_REMOVED, /* by the same manifest */
  TAMIS_REFUSAL_SAME_FILE,       /* image and witness are one file under two names */
  TAMIS_REFUSAL_TAKEN,           /* there is a file where it would go */
  TAMIS_REFUSAL_NOT_MOVED,       /* the system said no; detail says why */
} TamisRefusal;

/* "pending" and so on: words for JSON and terminals. */
const char *tamis_removal_state_to_string (TamisRemovalState state);
/* A clause in English: "its bytes have changed". NULL for NONE. */
const char *tamis_refusal_to_string (TamisRefusal refusal);

typedef struct
{
  TamisRemovalState state; /* after the call */
  TamisRefusal refusal;
  const char *detail;      /* nullable, borrowed: the system's words */
  gboolean moved;          /* in this call; in a dry run: would be */
} TamisActResult;

/**
 * TamisActReport:
 *
 * What one call of apply, undo or verify found and did. Immutable; reference-counted; any thread.
 */
typedef struct _TamisActReport TamisActReport;
TamisActReport *tamis_act_report_ref (TamisActReport *self);
void tamis_act_report_unref (TamisActReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisActReport, tamis_act_report_unref)
/* One a removal of the manifest, in its order. Those a cancel left out are as they were found. */
TamisActResult tamis_act_report_get (TamisActReport *self, guint i);
guint tamis_act_report_get_n (TamisActReport *self);
guint tamis_act_report_count (TamisActReport *self, TamisRemovalState state);
guint tamis_act_report_get_n_moved (TamisActReport *self);
guint64 tamis_act_report_get_bytes_moved (TamisActReport *self);
guint tamis_act_report_get_n_refused (TamisActReport *self);
/* The real folder acted in, and the one that holds quarantine and journal. */
const char *tamis_act_report_get_root (TamisActReport *self);
const char *tamis_act_report_get_quarantine (TamisActReport *self);

/* ---- acting ---- */

typedef enum {
  TAMIS_ACT_QUARANTINE,
  TAMIS_ACT_TRASH, /* the freedesktop.org trash of the file system that the image lies on */
} TamisActMode;

typedef struct
{
  const char *root;       /* nullable: the manifest's own */
  const char *quarantine; /* nullable: see tamis_manifest_dup_quarantine() */
  TamisActMode mode;      /* of apply; undo finds what is away wherever it went */
  gboolean dry_run;       /* look, say what would happen, change nothing */
  gboolean strict;        /* if anything would be refused, do nothing */
} TamisActParams;
#define TAMIS_ACT_PARAMS_INIT { NULL, NULL, TAMIS_ACT_QUARANTINE, FALSE, FALSE }

/**
 * tamis_manifest_dup_quarantine:
 * @root: (nullable): the data set, or the manifest's own
 *
 * Where apply puts images unless told otherwise: ROOT-quarantine beside the data set; or the folder
 * of the manifest itself, if its journal lies there, as it does for the copy that apply leaves.
 */
char *tamis_manifest_dup_quarantine (TamisManifest *self, const char *root)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_manifest_apply:
 * @params: where and how
 * @report: (out) (transfer full) (nullable): also set after a cancel or a failure half way
 *
 * Moves each image of the manifest away, provided that its bytes and those of its witness are the
 * manifest's, that the two are different files, that the witness stays, and that no link is on the
 * way. What is refused is told in the report and does not stop the rest. Images of one file system
 * are renamed, never over another file; across file systems they are copied, synced, read back,
 * given their times and permissions, and only then unlinked. Every step is in the journal before it
 * is made, so that the next apply goes on and undo takes back whatever moment ended this one.
 *
 * Thread: blocking; hashes on all threads. Errors: TAMIS_ACT_ERROR, G_IO_ERROR_CANCELLED.
 */
gboolean tamis_manifest_apply (TamisManifest *self, const TamisActParams *params,
                               TamisActReport **report, TamisProgress *progress,
                               GCancellable *cancel, GError **error);
/**
 * tamis_manifest_undo:
 *
 * Brings every image back that is away, with its times and permissions, and folders that have all
 * of theirs back with their times. A file that has appeared in its place is never overwritten.
 * Otherwise as tamis_manifest_apply().
 */
gboolean tamis_manifest_undo (TamisManifest *self, const TamisActParams *params,
                              TamisActReport **report, TamisProgress *progress,
                              GCancellable *cancel, GError **error);
/**
 * tamis_manifest_verify:
 *
 * Reads every file and says how each removal stands; of applied ones also whether the witness is
 * still what it was (a refusal if not). Changes nothing. Otherwise as tamis_manifest_apply().
 */
gboolean tamis_manifest_verify (TamisManifest *self, const TamisActParams *params,
                                TamisActReport **report, TamisProgress *progress,
                                GCancellable *cancel, GError **error);

/* ---- the kept set ---- */

typedef enum {
  TAMIS_PLACE_COPY,    /* its own bytes, with times and permissions */
  TAMIS_PLACE_LINK,    /* a hard link: no space, and writing into one writes into both */
  TAMIS_PLACE_SYMLINK, /* a name that leads to the image, by its whole path */
} TamisPlaceKind;

/**
 * tamis_kept_set_make:
 * @target: a folder that is empty or not there yet, neither in the data set nor around it
 *
 * Makes a data set of the kept images, in the folders they are listed in; an image of a CSV data set
 * that lies outside the CSV's folder goes to a folder of its class's name. Links are followed: what
 * they lead to is placed. For copies the space is looked at first. Nothing is overwritten; each file
 * appears whole. After a cancel or an error all that was made is removed again.
 *
 * Thread: blocking. Errors: TAMIS_ACT_ERROR_PLACE (the target will not do), G_IO_ERROR of a
 * file, with its name; G_IO_ERROR_CANCELLED.
 */
gboolean tamis_kept_set_make (TamisDataset *dataset, TamisPlan *plan, TamisPlaceKind kind,
                              const char *target, TamisProgress *progress, GCancellable *cancel,
                              GError **error);
/* The part of this that can be said before there is a plan: an error if @target will not do for a data
 * set at @location. */
gboolean tamis_kept_set_check (const char *location, const char *target, GError **error);

G_END_DECLS
