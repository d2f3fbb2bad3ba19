/* The project file: one data set with all that is known and was decided about it (.tamis, SQLite).
 *
 * Latents and pairs are in it as a cache, by content: what was renamed, moved, copied or left alone
 * costs nothing again. Decisions are in it as a journal that only grows; their state is its replay.
 * Everything is written as it happens, by a thread of the project's own: a killed program loses at
 * most the action it was killed in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>

G_BEGIN_DECLS

#define TAMIS_PROJECT_ERROR (tamis_project_error_quark ())
GQuark tamis_project_error_quark (void);

typedef enum {
  TAMIS_PROJECT_ERROR_NOT_FOUND,     /* there is none, and no data set was named to make it for */
  TAMIS_PROJECT_ERROR_NOT_A_PROJECT, /* some other file: it is left alone */
  TAMIS_PROJECT_ERROR_NEWER,         /* of a newer Tamis: message names both versions */
  TAMIS_PROJECT_ERROR_LOCKED,        /* open in another Tamis */
  TAMIS_PROJECT_ERROR_DAMAGED,       /* cut short or broken inside: see tamis_project_set_aside() */
  TAMIS_PROJECT_ERROR_READ_ONLY,     /* may not be written where it lies */
  TAMIS_PROJECT_ERROR_WRITE,         /* disk full and the like: message has the reason */
  TAMIS_PROJECT_ERROR_SAME,          /* a project is not compared with itself */
  TAMIS_PROJECT_ERROR_UNRELATED,     /* no image is in both projects */
} TamisProjectError;

/* ---- opening ---- */

/**
 * TamisProject:
 *
 * An open project file. Reference-counted; any thread. Where not said otherwise its functions only
 * change memory and leave the file to the project's thread: they never wait for the disk.
 */
typedef struct _TamisProject TamisProject;

/**
 * tamis_project_open:
 * @path: the file
 * @location: (nullable): the data set, noted in the project; where @path does not exist it is made
 *   for it. NULL: it must exist
 *
 * Takes a lock that other processes respect and that ends with this one, however it ends. Where the
 * file or its folder may not be written, the project is opened read-only.
 *
 * Thread: blocking, some milliseconds. Errors: TAMIS_PROJECT_ERROR, G_IO_ERROR.
 */
TamisProject *tamis_project_open (const char *path, const char *location, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* As above, but nothing is ever written to it, and others may read it at the same time. */
TamisProject *tamis_project_open_read_only (const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
TamisProject *tamis_project_ref (TamisProject *self);
/* The last one blocks until what was queued is written. */
void tamis_project_unref (TamisProject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisProject, tamis_project_unref)

/* Is this file a project, by its content? Reads 100 bytes. */
gboolean tamis_project_is_project (const char *path);
/**
 * tamis_project_default_path:
 * @location: a folder or CSV manifest
 *
 * Returns: (transfer full): where its project lies if nobody chose a place:
 *   $XDG_DATA_HOME/tamis/projects/NAME-xxxxxxxxxxxxxxxx.tamis, the digits a hash of the real path
 */
char *tamis_project_default_path (const char *location) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_project_set_aside:
 *
 * The way out of a damaged project: renames the file (and its log) to "NAME (damaged).tamis", or
 * with a number if that exists, so that a new one can be made. Nothing is deleted.
 *
 * Returns: (transfer full): the new name, or NULL. Errors: G_IO_ERROR.
 */
char *tamis_project_set_aside (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *tamis_project_get_path (TamisProject *self);
/* Nothing of what is done now will be kept. */
gboolean tamis_project_is_read_only (TamisProject *self);
/**
 * tamis_project_dup_location:
 *
 * Relative to the project file first, then where it was when it was noted: a tree that was moved as a
 * whole, or is mounted elsewhere, is found. Looks at the disk.
 *
 * Returns: (transfer full): the data set; the name noted last if neither is there
 */
char *tamis_project_dup_location (TamisProject *self) G_GNUC_WARN_UNUSED_RESULT;
void tamis_project_set_location (TamisProject *self, const char *location);

/**
 * tamis_project_save_copy:
 *
 * The project as it is now under another name, complete or not at all; @path is replaced. Goes on
 * with the old file. Thread: blocking. Errors: TAMIS_PROJECT_ERROR, G_IO_ERROR.
 */
gboolean tamis_project_save_copy (TamisProject *self, const char *path, GError **error);

/**
 * tamis_project_flush:
 *
 * Blocks until all that was done before is in the file, safe from a crash of the program, and
 * decisions and settings from one of the machine too. Errors: TAMIS_PROJECT_ERROR_WRITE (what could
 * not be written is kept and tried again), G_IO_ERROR_CANCELLED.
 */
gboolean tamis_project_flush (TamisProject *self, GCancellable *cancel, GError **error);
/* Why the last attempt to write failed, for a banner; NULL: all is well. */
char *tamis_project_dup_write_error (TamisProject *self) G_GNUC_WARN_UNUSED_RESULT;

/* ---- settings ---- */

/* Small texts, the same as the options of tamis-cli of that name take: "whitened" or the path of a
 * model, "0.85", "cover", "name,resolution", "class". Others may be added. */
#define TAMIS_PROJECT_MODEL "model"
#define TAMIS_PROJECT_THRESHOLD "threshold"
#define TAMIS_PROJECT_POLICY "policy"
#define TAMIS_PROJECT_ORDER "order"
#define TAMIS_PROJECT_SCOPE "scope"
#define TAMIS_PROJECT_MIN_CLASS "min-class"
/* The design of a sample, tamis_check_dup_text(); of one class with "/" and its name after it. */
#define TAMIS_PROJECT_CHECK "check"
/* (transfer full) (nullable) */
char *tamis_project_dup_setting (TamisProject *self, const char *key) G_GNUC_WARN_UNUSED_RESULT;
/* @value: (nullable): NULL takes it away. */
void tamis_project_set_setting (TamisProject *self, const char *key, const char *value);
/* The T of one class; @threshold: negative: none of its own. get() returns that too. */
void tamis_project_set_class_threshold (TamisProject *self, const char *class_name,
                                        double threshold);
double tamis_project_get_class_threshold (TamisProject *self, const char *class_name);
/* Who decides: noted with every decision. The user's name unless set. */
#define TAMIS_PROJECT_CURATOR "curator"

/* ---- what was computed ---- */

/**
 * tamis_project_encode:
 * @thumbnails: (nullable): gets a small copy of what is decoded
 *
 * As tamis_encode_run(), through what the project knows: a file with the length and time of one read
 * before is not opened, bytes seen before are not decoded. What is new is kept as it is made, so that
 * a run that was stopped goes on where it was. The result is that of tamis_encode_run() without a
 * cache. Thread: blocking. Errors: those, TAMIS_PROJECT_ERROR_DAMAGED.
 */
TamisLatents *tamis_project_encode (TamisProject *self, TamisDataset *dataset, TamisModel *model,
                                    TamisThumbnails *thumbnails, TamisProgress *progress,
                                    GCancellable *cancel,
                                    TamisDataset **readable, TamisEncodeTimings *timings,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_project_recall:
 *
 * Thread: blocking; opens no image. Errors: TAMIS_PROJECT_ERROR_DAMAGED, G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the data set with the facts (and digests) of the files that are as they
 *   were when they were read, without those that could not be decoded then
 */
TamisDataset *tamis_project_recall (TamisProject *self, TamisDataset *dataset,
                                    GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_project_join:
 * @model: whose latents these are
 *
 * As tamis_join_run(), and the same pairs, but what is inside a class (or inside all, by the scope)
 * is looked for only if its images or their order changed since it was kept, or a lower floor is
 * asked for. Each class is kept when it is done. Without digests it is tamis_join_run().
 * Thread: blocking. Errors: those.
 */
TamisPairs *tamis_project_join (TamisProject *self, TamisDataset *dataset, TamisLatents *latents,
                                TamisModel *model, const TamisJoinParams *params,
                                TamisProgress *progress, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* ---- the journal ---- */

/**
 * TamisJournal:
 *
 * Every decision of a project in the order in which it was made, and what follows from them for the
 * data set at hand. Taking back is an entry too, so that undo goes as far back as the project does.
 * Images are known by content and path: decisions follow a file that was renamed or moved; of several
 * byte-identical files they stay with the path, or go to the first. Those on files that are not there
 * now stay and are counted.
 *
 * One thread at a time. No call waits for the disk. With one project there is one journal at a time.
 */
typedef struct _TamisJournal TamisJournal;

/* Empty, kept in memory only. */
TamisJournal *tamis_journal_new (TamisDataset *dataset) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_journal_load:
 * @dataset: refined, with digests if it is of files
 *
 * Thread: blocking, about a microsecond an entry. Errors: TAMIS_PROJECT_ERROR_DAMAGED,
 * G_IO_ERROR_CANCELLED.
 */
TamisJournal *tamis_journal_load (TamisProject *project, TamisDataset *dataset,
                                  GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tamis_journal_free (TamisJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisJournal, tamis_journal_free)
/* The same journal on another data set, such as the same folder scanned anew. O(entries). */
void tamis_journal_attach (TamisJournal *self, TamisDataset *dataset);

/* (transfer none): rows of the attached data set. Read only; until the next attach. */
TamisVerdicts *tamis_journal_get_verdicts (TamisJournal *self);
/* Decisions in force on images that are not in the data set now. */
guint tamis_journal_get_n_unresolved (TamisJournal *self);
/* Changes with every change of state. */
guint64 tamis_journal_get_serial (TamisJournal *self);

/* What lies between is one step of undo, and is kept whole or not at all; they nest. Without them
 * every call is a step. A step in which nothing changed is none. */
void tamis_journal_begin (TamisJournal *self);
void tamis_journal_end (TamisJournal *self);
void tamis_journal_set_pair (TamisJournal *self, guint removed, guint witness,
                             TamisVerdict verdict);
void tamis_journal_set_mark (TamisJournal *self, guint row, TamisMark mark);
void tamis_journal_set_folder (TamisJournal *self, const char *folder, TamisFolderRule rule);
void tamis_journal_set_split (TamisJournal *self, const char *split, gboolean is_protected);

/* As tamis_verdicts_set_label(). */
void tamis_journal_set_label (TamisJournal *self, guint a, guint b, TamisLabelVerdict verdict);

guint tamis_journal_get_n_undo (TamisJournal *self); /* steps */
guint tamis_journal_get_n_redo (TamisJournal *self);
/* Not inside begin and end. Return the row that the step was about (of a pair the removed one), or
 * TAMIS_NO_WITNESS if it was about none of this data set. */
guint tamis_journal_undo (TamisJournal *self);
guint tamis_journal_redo (TamisJournal *self);

/* ---- two curators ---- */

/**
 * tamis_project_open_other:
 * @path: the project of another curator of the same images
 *
 * As tamis_project_open_read_only(), but TAMIS_PROJECT_ERROR_SAME if that is the file of @self.
 */
TamisProject *tamis_project_open_other (TamisProject *self, const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* What somebody said about a pair of rows a < b. */
typedef enum {
  TAMIS_ANSWER_REMOVE_A, /* the first goes, the other stays */
  TAMIS_ANSWER_REMOVE_B,
  TAMIS_ANSWER_KEEP_BOTH,
  TAMIS_ANSWER_NOT_DUPLICATES,
  TAMIS_ANSWER_DUPLICATES, /* near-duplicates, whichever goes: agrees with all but the one before */
  TAMIS_N_ANSWERS,
} TamisAnswer;
gboolean tamis_answers_agree (TamisAnswer ours, TamisAnswer theirs);

typedef struct
{
  guint a, b; /* rows of the agreement's data set, a < b */
  TamisAnswer ours, theirs;
  gboolean settled; /* ours was given knowing that it differs: tamis_journal_settle_pair() */
} TamisDisagreement;

/**
 * TamisKappa:
 *
 * Cohen's kappa = (p - e) / (1 - e): p is the share of pairs with answers that agree among those that
 * both judged, e that of two people who answer as often so and so, but at random. J. Cohen,
 * Educational and Psychological Measurement 20 (1960) 37. Which image of a pair is the first is chance:
 * e is that of pairs in either order, so that kappa does not depend on names.
 * The interval is Wilson's of p, with e taken as known (as Cohen's own): docs/design/project.md.
 */
typedef struct
{
  guint n; /* pairs judged by both */
  guint n_agree;
  gboolean exists; /* not if n = 0, or if chance alone would always agree: all was answered alike */
  double kappa;    /* in [-1, 1] */
  double low, high; /* with 95 % confidence, in [-1, 1] */
} TamisKappa;
TamisKappa tamis_kappa_of_table (const guint64 table[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS]);
/* A class with fewer pairs judged by both says too little. */
#define TAMIS_KAPPA_MIN_CLASS 20

/* What was decided by both about something else than a pair. */
typedef struct
{
  guint n, n_agree;
} TamisAgreed;

/* What only the other decided, by what it is about. */
typedef struct
{
  guint pairs, labels, marks, folders, splits;
} TamisTakeover;

/**
 * TamisAgreement:
 *
 * What two people decided about the same images, as it was when it was compared. Pairs put off (later)
 * were not judged, and decisions that one has from the other by tamis_journal_take_over() count for
 * neither: they were not made twice. Immutable, but its data set's rows.
 */
typedef struct
{
  TamisDataset *dataset; /* names of the rows; owned */
  char *curator;         /* who decides in ours; nullable */
  char *other_curator;
  guint n_shared; /* images of the same bytes that both projects know */
  guint n_ours;   /* pairs judged */
  guint n_theirs;
  guint64 table[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS]; /* [ours][theirs] */
  TamisKappa all;
  TamisKappa *classes; /* of the pairs inside each class of @dataset; owned */
  TamisDisagreement *disagreements; /* by rising a, then b; owned */
  guint n_disagreements;
  guint n_away; /* … more on images that @dataset has not */
  TamisAgreed labels, marks, folders;
  TamisTakeover takeover;
  GArray *taken_over; /* private: what only the other decided */
} TamisAgreement;

/**
 * tamis_project_compare:
 * @dataset: (nullable): refined; whose rows to speak of. NULL: the images that were decided about
 *   in either project, so that neither needs to be there. The numbers are the same.
 *
 * Thread: blocking. Errors: TAMIS_PROJECT_ERROR_UNRELATED, TAMIS_PROJECT_ERROR_DAMAGED,
 * G_IO_ERROR_CANCELLED.
 */
TamisAgreement *tamis_project_compare (TamisProject *self, TamisProject *other,
                                       TamisDataset *dataset, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_agreement_free (TamisAgreement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisAgreement, tamis_agreement_free)

/**
 * tamis_journal_take_over:
 * @self: of the project that was compared, whatever was decided in it since
 *
 * What the other decided and this journal does not, puts off, or leaves open ("near-duplicates, whichever
 * goes") comes into it, as one step of the other curator's. Where both decided, ours stays.
 *
 * Returns: how many decisions
 */
guint tamis_journal_take_over (TamisJournal *self, const TamisAgreement *agreement);
/* How many that would be now. */
guint tamis_journal_count_takeover (TamisJournal *self, const TamisAgreement *agreement);
/**
 * tamis_journal_settle_pair:
 *
 * As tamis_journal_set_pair(), but a step also where nothing changes: said knowing that another curator
 * says otherwise. A comparison made later tells such pairs from those nobody looked at again.
 */
void tamis_journal_settle_pair (TamisJournal *self, guint removed, guint witness,
                                TamisVerdict verdict);

/**
 * tamis_project_merge:
 * @n_taken: (out) (optional): decisions that were taken over
 *
 * tamis_journal_take_over() into the file. The journal of this project has to be loaded anew
 * afterwards. T, policy and keep order stay ours. Thread: blocking. Errors: as
 * tamis_project_compare(), TAMIS_PROJECT_ERROR_READ_ONLY and _WRITE.
 */
gboolean tamis_project_merge (TamisProject *self, TamisProject *other, guint *n_taken,
                              GCancellable *cancel, GError **error);

/* ---- what is in it ---- */

typedef struct
{
  char *name; /* SHA-256 of the model's file and its metric */
  guint n_vectors;
} TamisProjectModel;

typedef struct
{
  int version;         /* of the format */
  guint n_images;      /* files read so far that could be decoded */
  guint n_unreadable;
  TamisProjectModel *models; /* with vectors */
  guint n_models;
  guint n_joined;      /* classes (or, across classes, whole sets) whose pairs are known */
  guint n_steps;       /* in the journal, undo and redo with them */
  guint n_decisions;
  guint64 bytes;       /* of the file */
} TamisProjectSummary;
/* Thread: blocking. Errors: TAMIS_PROJECT_ERROR_DAMAGED. */
TamisProjectSummary *tamis_project_summarize (TamisProject *self, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_project_summary_free (TamisProjectSummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisProjectSummary, tamis_project_summary_free)

/**
 * tamis_project_list_images:
 *
 * The images that were decided about as a data set with digests, one class, in natural
 * order of their paths: enough to load the journal where the files are not there.
 * Thread: blocking. Errors: TAMIS_PROJECT_ERROR_DAMAGED, G_IO_ERROR_CANCELLED.
 */
TamisDataset *tamis_project_list_images (TamisProject *self, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
