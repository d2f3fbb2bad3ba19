/* What the files of project/ share: the store, that is the database with its writer thread, and the
 * parts a project is made of.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>
#include <tamis/project.h>

#include <sqlite3.h>

G_BEGIN_DECLS

/* ---- sql.c ---- */

/* The error behind @code of @db as ours, "@what: why". Always returns FALSE. */
gboolean _tamis_sql_fail (sqlite3 *db, int code, const char *what, GError **error);
/* One or several statements without results. */
gboolean _tamis_sql_run (sqlite3 *db, const char *sql, GError **error);
sqlite3_stmt *_tamis_sql_prepare (sqlite3 *db, const char *sql, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)
/* A row is there; FALSE with *@error unset: no more. @error is not NULL. */
gboolean _tamis_sql_next (sqlite3_stmt *statement, GError **error);
/* Executes a statement without results and makes it ready for the next time. */
gboolean _tamis_sql_do (sqlite3_stmt *statement, GError **error);
/* The first column of the first row, which must be there. */
gboolean _tamis_sql_get_integer (sqlite3 *db, const char *sql, gint64 *value, GError **error);
/* Binding and reading; columns count from 0, parameters from 1. */
void _tamis_sql_bind_digest (sqlite3_stmt *statement, int at, const TamisDigest *digest);
void _tamis_sql_bind_bytes (sqlite3_stmt *statement, int at, const char *bytes);
/* Zeros if the column is not a digest. */
TamisDigest _tamis_sql_get_digest (sqlite3_stmt *statement, int column);
/* A NUL-terminated copy of a blob that has no NUL inside; "" for NULL. (transfer full) */
char *_tamis_sql_dup_bytes (sqlite3_stmt *statement, int column);

/* ---- schema.c ---- */

#define TAMIS_PROJECT_APPLICATION_ID 0x54616d69 /* "Tami" */
/* Of this program. */
int _tamis_schema_get_version (void);
/* Looks at the first bytes of @path, not through SQLite. */
gboolean _tamis_schema_check_header (const char *path, GError **error);
/* Brings an open database to the version of this program, in one transaction. */
gboolean _tamis_schema_migrate (sqlite3 *db, GError **error);

/* ---- lock.c ---- */

/* A lock on @path that ends with the process. @shared: with others that only read. Returns a file
 * descriptor to close after the database, or -1 with TAMIS_PROJECT_ERROR_LOCKED. */
int _tamis_lock_take (const char *path, gboolean shared, GError **error);

/* ---- store.c ---- */

/**
 * TamisStore:
 *
 * The database of a project, and the thread that writes to it. Any thread.
 */
typedef struct _TamisStore TamisStore;

/* Statements the writer uses again and again. */
typedef enum {
  TAMIS_SQL_SET_SETTING,
  TAMIS_SQL_UNSET_SETTING,
  TAMIS_SQL_ADD_FILE,
  TAMIS_SQL_FORGET_REASONS,
  TAMIS_SQL_ADD_VECTORS,
  TAMIS_SQL_ADD_PAIRS,
  TAMIS_SQL_DROP_PAIRS,
  TAMIS_SQL_ADD_KEY,
  TAMIS_SQL_ADD_STEP,
  TAMIS_SQL_ADD_DECISION,
  TAMIS_N_SQL,
} TamisSql;

/* Something to write. Decisions are a transaction each and go first; what can be computed again
 * goes together in large ones, and is dropped where the disk does not take it. */
typedef struct
{
  /* On the writer's thread, inside a transaction; may be called again after a failure. */
  gboolean (*write) (TamisStore *store, gpointer data, GError **error);
  GDestroyNotify free;
  gpointer data; /* transfer full */
  gsize bytes;   /* about what it takes in memory */
  gboolean is_cache;
} TamisWrite;

TamisStore *_tamis_store_open (const char *path, gboolean read_only, GError **error);
/* Writes what is queued. */
void _tamis_store_close (TamisStore *self);
gboolean _tamis_store_is_read_only (TamisStore *self);
/* The database, for this thread alone until unlocked: for reading. Blocks while the writer writes. */
sqlite3 *_tamis_store_lock (TamisStore *self);
void _tamis_store_unlock (TamisStore *self);
/* Ready to be bound; for write functions only. */
sqlite3_stmt *_tamis_store_get (TamisStore *self, TamisSql which, GError **error);
/* Never waits for a decision; for cache it waits while the queue is full, hence is for workers. */
void _tamis_store_push (TamisStore *self, const TamisWrite *write);
gboolean _tamis_store_flush (TamisStore *self, GCancellable *cancel, GError **error);
char *_tamis_store_dup_error (TamisStore *self);

/* ---- settings.c ---- */

typedef struct
{
  TamisStore *store; /* borrowed */
  GMutex mutex;
  GHashTable *values; /* guarded by mutex: owned key → owned value */
} TamisSettings;
gboolean _tamis_settings_load (TamisSettings *self, TamisStore *store, GError **error);
void _tamis_settings_clear (TamisSettings *self);
char *_tamis_settings_dup (TamisSettings *self, const char *key);
void _tamis_settings_set (TamisSettings *self, const char *key, const char *value);

/* ---- location.c ---- */

void _tamis_location_set (TamisSettings *settings, const char *project, const char *location);
char *_tamis_location_find (TamisSettings *settings, const char *project);

/* ---- encode.c ---- */

/* What tells one model's vectors from another's: the file's SHA-256 and the metric. (transfer full) */
char *_tamis_project_name_model (TamisModel *model);

/* ---- vectors.c ---- */

/**
 * TamisVectors:
 *
 * The vectors of one model by content: those of the file, in memory, and those that come in. Any
 * thread.
 */
typedef struct _TamisVectors TamisVectors;
TamisVectors *_tamis_vectors_load (TamisStore *store, TamisModel *model, guint dimension,
                                   GCancellable *cancel, GError **error);
/* Hands what is left to the store. */
void _tamis_vectors_free (TamisVectors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisVectors, _tamis_vectors_free)
gboolean _tamis_vectors_find (TamisVectors *self, const TamisDigest *digest, float *vector);
void _tamis_vectors_add (TamisVectors *self, const TamisDigest *digest, const float *vector);
/* Hands a chunk to the store if it is full or has waited for half a second. May block. */
void _tamis_vectors_offer (TamisVectors *self);
guint _tamis_vectors_get_n (TamisVectors *self);

/* ---- pairs-store.c ---- */

/* The pairs of a range of rows, by the contents of its images in order. */
typedef struct
{
  TamisScope scope;
  const char *model; /* borrowed */
  TamisDigest key;
  TamisRange range;
} TamisPairsRecord;

/* Keeps what @pairs, which is of all rows, has for the range. May block. */
void _tamis_pairs_store_push (TamisStore *store, const TamisPairsRecord *record, TamisPairs *pairs);
/* Those of the range with that key, kept for @floor or a lower one, as pairs of range.n rows. NULL:
 * there are none, or what is there is not whole. */
TamisPairs *_tamis_pairs_store_find (TamisStore *store, const TamisPairsRecord *record,
                                     double floor);
/* Takes out those of this scope and model under other keys. @keys: (transfer full): of TamisDigest */
void _tamis_pairs_store_prune (TamisStore *store, TamisScope scope, const char *model,
                               GArray *keys);

/* ---- journal-store.c ---- */

typedef enum {
  TAMIS_STEP_SET,
  TAMIS_STEP_UNDO,
  TAMIS_STEP_REDO,
} TamisStep;

typedef enum {
  TAMIS_DECISION_PAIR,
  TAMIS_DECISION_IMAGE,
  TAMIS_DECISION_FOLDER,
  TAMIS_DECISION_SPLIT,
  TAMIS_DECISION_LABEL,
} TamisDecisionKind;

/* As it is in the file. Of a pair @a is the removed image, of an image @b is not used, of a folder
 * or split only @name. */
typedef struct
{
  TamisDecisionKind kind;
  TamisDigest digest_a, digest_b; /* zeros: not known */
  char *path_a, *path_b;          /* file-system bytes, relative to the data set; nullable */
  char *name;                     /* nullable */
  int value;                      /* verdict, mark, rule or whether it is protected */
} TamisDecision;
void _tamis_decision_clear (TamisDecision *self);

typedef struct
{
  TamisStep type;
  char *curator;
  gint64 time;       /* µs since 1970 */
  GArray *decisions; /* of TamisDecision; empty for undo and redo */
} TamisStepRecord;
TamisStepRecord *_tamis_step_record_new (TamisStep type, const char *curator);
void _tamis_step_record_free (TamisStepRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisStepRecord, _tamis_step_record_free)
/* @record: (transfer full) */
void _tamis_journal_store_push (TamisStore *store, TamisStepRecord *record);

/* What load() tells, in order: each image once, then each step followed by its decisions, whose
 * images are numbers of those told (0 .. n - 1; -1: none). */
typedef struct
{
  void (*image) (gpointer data, const TamisDigest *digest, const char *path);
  void (*step) (gpointer data, TamisStep type, const char *curator);
  void (*decision) (gpointer data, TamisDecisionKind kind, int a, int b, const char *name,
                    int value);
  gpointer data;
} TamisJournalSink;
gboolean _tamis_journal_store_load (TamisStore *store, const TamisJournalSink *sink,
                                    GCancellable *cancel, GError **error);

/* ---- journal.c ---- */

/* Who made most of the steps in force; nullable. */
const char *_tamis_journal_find_curator (TamisJournal *self);

/* Who gave the verdict on a pair, and whether knowing another's: tamis_journal_settle_pair(). */
typedef struct
{
  const char *curator; /* borrowed from the journal */
  gboolean settled;
  guint order; /* what was decided later has a higher one */
} TamisPairSource;
/* A pair of rows as one number. */
guint64 _tamis_journal_pair_key (guint a, guint b);
/* (transfer full): owned pair key → owned TamisPairSource, of every verdict in force on two rows. */
GHashTable *_tamis_journal_list_sources (TamisJournal *self) G_GNUC_WARN_UNUSED_RESULT;

/* What is in force about what @about is about: a verdict, mark, rule (of a folder -1: none of its own)
 * or whether a split is protected. */
int _tamis_journal_get_value (TamisJournal *self, const TamisDecision *about);
/* Whatever is in force. */
void _tamis_journal_decide (TamisJournal *self, const TamisDecision *decision);
/* Notes the step that begins next as @curator's. */
void _tamis_journal_begin_as (TamisJournal *self, const char *curator);

/* ---- merge.c ---- */

/* (transfer full): of TamisDecision: all that is in force on the rows of @dataset but for pairs. */
GArray *_tamis_merge_list_others (TamisJournal *journal, TamisDataset *dataset)
  G_GNUC_WARN_UNUSED_RESULT;
void _tamis_merge_add_pair (GArray *list, TamisDataset *dataset, const TamisVerdictEntry *entry);
gboolean _tamis_merge_is_pair_open (TamisVerdict our, TamisVerdict their);
/* Would a merge take this into @into? */
gboolean _tamis_merge_is_open (TamisJournal *into, const TamisDecision *theirs);

/* ---- images.c ---- */

/* As tamis_project_list_images(), with those of @other (nullable) that are of other bytes. */
TamisDataset *_tamis_project_list_images_of (TamisProject *self, TamisProject *other,
                                             GCancellable *cancel, GError **error);

/* How many images (by their bytes) both projects have read or decided about. */
gboolean _tamis_project_count_shared (TamisProject *self, TamisProject *other, guint *n_shared,
                                      GCancellable *cancel, GError **error);

/* ---- project.c ---- */

struct _TamisProject
{
  char *path;
  TamisStore *store;
  TamisSettings settings;
  double join_batch; /* products (of numbers) until pairs are written: about a second of work */
};

G_END_DECLS
