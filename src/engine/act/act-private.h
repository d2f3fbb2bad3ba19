/* What the files of act/ share: looking at files, moving one, the journal, the trash, a run.
 *
 * Paths are taken apart and walked from a folder held open, a link on the way being an error: what
 * is checked and what is moved are then below that folder, whatever is renamed meanwhile.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sys/stat.h>
#include <tamis/act.h>
#include <tamis/base.h>

G_BEGIN_DECLS

/* ---- look.c: files below a folder ---- */

typedef enum {
  TAMIS_FOUND_NOTHING, /* no such file */
  TAMIS_FOUND_GOOD,    /* a regular file with the bytes asked for */
  TAMIS_FOUND_OTHER,   /* something else: why */
} TamisFoundKind;

typedef struct
{
  TamisFoundKind kind;
  TamisRefusal why;   /* LINK, NOT_REGULAR, UNREADABLE or CHANGED */
  int error_number;   /* of UNREADABLE */
  struct stat status; /* of GOOD */
} TamisFound;

/* Opens the folder that holds @path, for the *at() calls only; -1 with errno, which is ENOTDIR or
 * ELOOP if a link or a file is on the way. @base may be AT_FDCWD beside an absolute @path. */
int _tamis_open_parent (int base, const char *path);
/* Makes the folders on the way to the file @path that are missing. 0 or errno. */
int _tamis_make_parents (int base, const char *path, mode_t mode);
/* The last part of @path, borrowed. */
const char *_tamis_last_part (const char *path);
/* The real name of @path, of which the last parts may not exist yet. */
char *_tamis_resolve_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
/* Is @path @folder itself or below it? Both real. */
gboolean _tamis_is_inside (const char *path, const char *folder);
/* What is at @path, held against @bytes and @sha256. The access time stays where that is allowed. */
TamisFound _tamis_look (int base, const char *path, guint64 bytes, const char *sha256,
                        GCancellable *cancel);
/* Is the file at @path of @parent the one that was found GOOD, unchanged? */
gboolean _tamis_is_still (int parent, const char *name, const TamisFound *found);
/* Looks once more unless it is: moving one name of a file touches the status of its other names. */
void _tamis_look_again (int base, const char *path, guint64 bytes, const char *sha256,
                        GCancellable *cancel, TamisFound *found);

/* ---- move.c: one file ---- */

typedef struct
{
  int from, to; /* folders */
  const char *name;
  const char *to_name;
  const char *part_name; /* for a copy under way, in the folder @to */
  const TamisFound *found;
  const char *sha256; /* of a copy: what it must read back as; NULL: not read back */
  gboolean arrived; /* the copy is whole in @to: only the old name has to go */
  GCancellable *cancel;
} TamisMove;

/* Moves a file that is still what was found; never over another. 0 or errno: EEXIST if the place is
 * taken, ESTALE if the file is no longer the same, ECANCELED; then nothing has changed. */
int _tamis_move (const TamisMove *move);
/* Makes a second file with the same bytes, times and permissions, whole under its name or not
 * there; the first one is only read. 0 or errno as above. */
int _tamis_copy (const TamisMove *move);

/* ---- journal.c ---- */

typedef enum {
  TAMIS_TRACE_NONE,
  TAMIS_TRACE_LEAVING, /* about to go, or gone */
  TAMIS_TRACE_AWAY,
  TAMIS_TRACE_RETURNING,
  TAMIS_TRACE_BACK,
} TamisTraceKind;

/* What the journal knows of one removal. It never says where a file is, only where it may be. */
typedef struct
{
  TamisTraceKind kind;
  gboolean trash;
  mode_t mode; /* of the file as it was when it left */
  struct timespec modified;
} TamisTrace;

typedef struct
{
  char *path; /* relative to the root; "." is the root */
  mode_t mode;
  struct timespec modified;
  gboolean settled; /* its time has been given back */
} TamisTraceFolder;

typedef struct
{
  /* Owned */
  char *path;
  TamisTrace *traces;    /* one a removal */
  GHashTable *folders;   /* path → TamisTraceFolder */
  GPtrArray *roots;      /* where apply ran; the last one last */
  GString *unwritten;
  int fd; /* -1 until begun */

  /* Borrowed */
  TamisManifest *manifest;
  guint64 length; /* of the file up to its last whole line */
  gboolean failed;
} TamisActJournal;

/* Reads the journal at @path, if there is one. Errors: TAMIS_ACT_ERROR_JOURNAL, G_FILE_ERROR. */
TamisActJournal *_tamis_act_journal_open (TamisManifest *manifest, const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void _tamis_act_journal_free (TamisActJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisActJournal, _tamis_act_journal_free)
/* Has any removal ever been announced? */
gboolean _tamis_act_journal_has_steps (const TamisActJournal *self);
/* Opens it for writing and notes a run of @verb. */
gboolean _tamis_act_journal_begin (TamisActJournal *self, const char *verb, const char *root,
                               GError **error);
/* These three are on disk after sync, not before. */
void _tamis_act_journal_note (TamisActJournal *self, guint i, TamisTraceKind kind);
void _tamis_act_journal_note_leaving (TamisActJournal *self, guint i, gboolean trash,
                                  const struct stat *status);
void _tamis_act_journal_note_folder (TamisActJournal *self, const char *path, const struct stat *status);
void _tamis_act_journal_note_settled (TamisActJournal *self, TamisTraceFolder *folder);
gboolean _tamis_act_journal_sync (TamisActJournal *self, GError **error);

/* ---- trash.c ---- */

/* The desktop's trash as it was when it was read: which files of which original names are in it. */
typedef struct _TamisTrash TamisTrash;
/* @root: the data set; its file system may have a trash of its own beside the home folder's. */
TamisTrash *_tamis_trash_read (const char *root) G_GNUC_WARN_UNUSED_RESULT;
void _tamis_trash_free (TamisTrash *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisTrash, _tamis_trash_free)
/* The trashed file that once was at @original and has these bytes; OTHER if one of that name has
 * others. @file, @info: (out) (transfer full) (nullable): absolute paths of it and its note. */
TamisFound _tamis_trash_look (TamisTrash *self, const char *original, guint64 bytes,
                              const char *sha256, GCancellable *cancel, char **file, char **info);

/* ---- run.c: one call of apply, undo or verify ---- */

typedef struct
{
  TamisFound place;
  TamisFound away;
  gboolean in_trash; /* what was found away */
  char *away_file;   /* owned: absolute; GOOD in the trash only */
  char *away_info;
  gboolean go; /* to be moved now */
} TamisItem;

#define TAMIS_BATCH 64

typedef struct _TamisRun TamisRun;
struct _TamisRun
{
  /* Borrowed */
  TamisManifest *manifest;
  const TamisActParams *params;
  TamisProgress *progress;
  GCancellable *cancel;

  /* Owned */
  char *root;
  char *quarantine;
  char *away; /* the folder of this manifest in it */
  int root_fd;
  int away_fd; /* -1: not there (yet) */
  gboolean made_quarantine, made_manifest; /* by this run */
  TamisActJournal *journal;
  TamisTrash *trash;    /* NULL: nothing can be in it */
  GHashTable *removed;  /* paths, borrowed */
  GHashTable *numbers;  /* witness path → number + 1 */
  TamisFound *witnesses;
  guint8 *seen; /* a flag a witness */
  TamisItem items[TAMIS_BATCH];
  TamisActReport *report;
  guint first; /* the removal that items[0] is about */
  guint n;
};

/* @verb: "apply", "undo", "verify"; all but a look takes the lock. */
gboolean _tamis_run_begin (TamisRun *self, const char *verb, GError **error);
void _tamis_run_clear (TamisRun *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisRun, _tamis_run_clear)

/* What a verb does with one batch of items that have been looked at: set go and results. */
typedef void (*TamisDecideFunc) (TamisRun *self, guint i, TamisItem *item);
/* Carries the batch out; FALSE stops the run. */
typedef gboolean (*TamisCarryFunc) (TamisRun *self, GError **error);
/* Batch after batch; with strict, after a look at everything. @carry: (nullable): only look, and
 * report what would be moved. */
gboolean _tamis_run_all (TamisRun *self, TamisDecideFunc decide, TamisCarryFunc carry,
                         GError **error);
/* After a run in which nothing was ever moved: what was made for it goes again. */
void _tamis_run_leave_nothing (TamisRun *self);
TamisFound *_tamis_run_get_witness (TamisRun *self, guint i);
/* What errno @code of a move says to a curator; @stale: what a file that is no longer the same is. */
TamisRefusal _tamis_refusal_of (int code, TamisRefusal stale);
/* Are the image and its copy both there because a move was interrupted between its last two steps?
 * Then either is ours to drop; any other file that has appeared is not. */
gboolean _tamis_is_in_both (const TamisItem *item, const TamisTrace *trace);
TamisRemovalState _tamis_state_of (const TamisItem *item, const TamisTrace *trace);

/* ---- report.c ---- */

TamisActReport *_tamis_act_report_new (TamisManifest *manifest, const char *root,
                                       const char *quarantine) G_GNUC_WARN_UNUSED_RESULT;
void _tamis_act_report_set (TamisActReport *self, guint i, TamisRemovalState state,
                            TamisRefusal refusal, const char *detail);
void _tamis_act_report_set_moved (TamisActReport *self, guint i, TamisRemovalState state);

G_END_DECLS
