/* Near-duplicates: the exact join, the pairs it finds, and the removal plan at a threshold T.
 *
 * Sim(a, b) = a·b / (|a| |b|), accumulated in double precision in one fixed order, so that lists
 * do not depend on blocking, threads or SIMD width. A pair counts when Sim > T (strict). METHOD A3.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/latent.h>

G_BEGIN_DECLS

#define TAMIS_DEDUP_ERROR (tamis_dedup_error_quark ())
GQuark tamis_dedup_error_quark (void);

typedef enum {
  TAMIS_DEDUP_ERROR_MEMORY, /* more pairs above the floor than memory and disk allow: message says what floor would do */
  TAMIS_DEDUP_ERROR_RANGE,  /* floor or T outside [0, 1] or T below the floor */
} TamisDedupError;

typedef enum {
  TAMIS_SCOPE_CLASS, /* pairs inside one class only (the paper) */
  TAMIS_SCOPE_ALL,   /* across classes too */
} TamisScope;

/* ---- pairs ---- */

/**
 * TamisPairs:
 *
 * Every pair with Sim > floor, as symmetric CSR: row i has its neighbours (both lower and higher
 * rows) in order of falling similarity, ties by rising row. Immutable, reference-counted, any thread.
 */
typedef struct _TamisPairs TamisPairs;

typedef struct
{
  double floor;        /* in [0, 1) */
  TamisScope scope;
  guint64 max_pairs;   /* in memory; 0: as many as a quarter of the machine's holds. Others go to disk */
} TamisJoinParams;
#define TAMIS_JOIN_PARAMS_INIT { 0.5, TAMIS_SCOPE_CLASS, 0 }

typedef enum {
  TAMIS_ENGINE_AUTO,
  TAMIS_ENGINE_TILES,  /* every product, in floats */
  TAMIS_ENGINE_SCREEN, /* bounds in bytes first */
} TamisJoinEngine;

/* What a join chose, why, and what it took. */
typedef struct
{
  TamisJoinEngine engine; /* of the large ranges; small ones always go by tiles */
  const char *simd;       /* the screen's instruction set (static), NULL without one */
  guint n_bases;          /* 1: all screened ranges share one; more: each has its own */
  guint n_stages;
  guint stages[8];        /* depths at which the screen (of the last range) looks */
  double cost_screen;     /* estimated beforehand, in float products; 0 where it was not asked */
  double cost_tiles;
  double plan_s, engine_s, list_s; /* seconds: choosing, finding pairs, making the list */
  guint64 n_screened;     /* pairs that were looked at */
  guint64 n_decided;      /* of them, those that were decided in double precision */
  guint64 bytes;          /* of memory, counted before it was asked for; the list besides */
  guint64 bytes_list;     /* of memory at its peak, for the list */
  guint64 bytes_disk;     /* of it on disk */
} TamisJoinReport;

/**
 * tamis_join_run:
 *
 * By all products, or by a screen that bounds most of them first, whichever a sample of pairs says
 * is cheaper; each candidate near or above the floor is decided anew in double precision from the raw
 * rows, so the pairs are the same. A row of zeros has similarity 0 with everything.
 * Time O(n² d) a class at most; one cancel poll a tile. Memory is counted before it is asked for, and
 * refused with the number needed if it is not free. Pairs beyond max_pairs go to files of the cache
 * folder, in which the list is then built and read; they are gone with the list. Thread: blocking.
 * Errors: TAMIS_DEDUP_ERROR_MEMORY, TAMIS_DEDUP_ERROR_RANGE, G_IO_ERROR_CANCELLED.
 */
TamisPairs *tamis_join_run (TamisDataset *dataset, TamisLatents *latents,
                            const TamisJoinParams *params, TamisProgress *progress,
                            GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisPairs *tamis_pairs_ref (TamisPairs *self);
void tamis_pairs_unref (TamisPairs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisPairs, tamis_pairs_unref)
guint tamis_pairs_get_n_images (TamisPairs *self);
double tamis_pairs_get_floor (TamisPairs *self);
/* How they were found; borrowed. */
const TamisJoinReport *tamis_pairs_get_report (TamisPairs *self);
TamisScope tamis_pairs_get_scope (TamisPairs *self);
/* Pairs a < b in all. */
guint64 tamis_pairs_get_n (TamisPairs *self);
/* Pairs a < b with Sim > threshold; O(n log degree). */
guint64 tamis_pairs_count_above (TamisPairs *self, double threshold);
/* The same for the pairs with both rows in @range, a class (TAMIS_SCOPE_CLASS only). */
guint64 tamis_pairs_count_above_in (TamisPairs *self, TamisRange range, double threshold);
/* Neighbours of @row, falling similarity; arrays are borrowed. Returns how many. */
guint tamis_pairs_get_row (TamisPairs *self, guint row, const guint32 **neighbours,
                           const double **similarities);
/* The exact similarity of any two rows, whether in the list or not. */
double tamis_similarity (const float *a, const float *b, guint dimension);

/* ---- histogram ---- */

/**
 * TamisHistogram:
 *
 * Similarities over [low, high] in equal bins. Above the floor every pair is counted; below it a
 * random sample of pairs is, scaled to the number of pairs there are: @sampled_below says where.
 */
typedef struct
{
  double low, high;
  guint n_bins;
  double *counts;       /* n_bins, owned */
  double sampled_below; /* the floor; bins under it are estimates */
  guint64 n_sampled;    /* pairs drawn for them */
} TamisHistogram;
/**
 * tamis_histogram_new:
 * @class_index: a class, or -1 for all
 * @low: lower end, in [-1, 1); 1 is the upper end
 *
 * Deterministic (fixed seed). Thread: blocking, tens of milliseconds.
 */
TamisHistogram *tamis_histogram_new (TamisDataset *dataset, TamisLatents *latents,
                                     TamisPairs *pairs, int class_index, double low, guint n_bins)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_histogram_free (TamisHistogram *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisHistogram, tamis_histogram_free)

/* ---- keep order ---- */

typedef struct _TamisVerdicts TamisVerdicts;

/**
 * tamis_order_new:
 * @verdicts: (nullable): has the reference folders; without it `reference` leaves images as they are
 * @text: words with commas between; the first decides, ties go to the next, at last to data-set
 *   order; "" is data-set order itself
 *   - `name`: data-set order
 *   - `resolution`: more pixels first
 *   - `bytes`: larger files first
 *   - `date`: older files first
 *   - `sharpness`: sharper first (facts.sharpness), unknown last
 *   - `format`: by what the format can have lost: PNG, TIFF and BMP alike, WebP, JPEG, GIF
 *   - `reference`: images in reference folders first
 *   - `path:PATTERN`: files whose path (see tamis_dataset_get_path()) matches first; as fnmatch(3),
 *     where * and ? match a slash too and ? is one character of UTF-8, whatever the locale; a
 *     pattern cannot hold a comma
 *
 * Errors: TAMIS_DEDUP_ERROR_RANGE names the unknown word.
 *
 * Returns: (transfer full): n rows, the one to keep first coming first
 */
guint32 *tamis_order_new (TamisDataset *dataset, TamisVerdicts *verdicts, const char *text,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The words that tamis_order_new() knows, NULL at the end; one that ends in a colon wants a
 * pattern after it. Borrowed. */
const char *const *tamis_order_get_words (void);

/* ---- verdicts ---- */

typedef enum {
  TAMIS_VERDICT_NONE,
  TAMIS_VERDICT_REMOVE,         /* one image of the pair goes because the other stays */
  TAMIS_VERDICT_KEEP_BOTH,      /* alike, but both images stay, whatever else is like them */
  TAMIS_VERDICT_NOT_DUPLICATES, /* this pair is never proposed again */
  TAMIS_VERDICT_LATER,          /* seen, not decided: asked again last */
  TAMIS_VERDICT_DUPLICATES,     /* near-duplicates, whichever goes: plans do not change by it */
} TamisVerdict;

/* About one image. */
typedef enum {
  TAMIS_MARK_NONE,
  TAMIS_MARK_KEEP,   /* never removed */
  TAMIS_MARK_REMOVE, /* goes wherever an image like it stays */
} TamisMark;

/* About all images below a folder. */
typedef enum {
  TAMIS_FOLDER_NORMAL,
  TAMIS_FOLDER_REFERENCE, /* never removed, and the first to stay in another's place */
  TAMIS_FOLDER_EXCLUDED,  /* as if its images had no pairs: they stay, and nobody goes for them */
} TamisFolderRule;

typedef struct
{
  guint removed; /* row; for all verdicts but REMOVE the pair has no direction */
  guint witness;
  TamisVerdict verdict;
} TamisVerdictEntry;

/* About the labels of two images that are alike but in different classes. Plans do not read it. */
typedef enum {
  TAMIS_LABEL_NONE,
  TAMIS_LABEL_FIRST,  /* the label of the lower row is right, the other's is wrong */
  TAMIS_LABEL_SECOND, /* the other way round */
  TAMIS_LABEL_BOTH,   /* both are right: they only look alike */
  TAMIS_LABEL_LATER,  /* seen, not decided */
} TamisLabelVerdict;

typedef struct
{
  guint a; /* a < b */
  guint b;
  TamisLabelVerdict verdict;
} TamisLabelEntry;

/**
 * TamisVerdicts:
 *
 * What the curator decided about the rows of one data set: pairs, single images, folders, splits,
 * labels.
 * A mutable set: one thread; plans take a copy. Verdicts are kept by row; byte-identical files
 * share them where that is what was meant: a pair that is no duplicate is none under any name.
 * (The type is declared above, for tamis_order_new().)
 */
TamisVerdicts *tamis_verdicts_new (TamisDataset *dataset) G_GNUC_WARN_UNUSED_RESULT;
/* Two block copies, whatever the number of verdicts. */
TamisVerdicts *tamis_verdicts_copy (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;
void tamis_verdicts_free (TamisVerdicts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisVerdicts, tamis_verdicts_free)

/* A pair has one verdict; TAMIS_VERDICT_NONE takes it back. Returns what it was before: as
 * @removed, @witness, NONE if there was none. */
TamisVerdictEntry tamis_verdicts_set (TamisVerdicts *self, guint removed, guint witness,
                                      TamisVerdict verdict);
TamisVerdict tamis_verdicts_get (TamisVerdicts *self, guint a, guint b);
/* Does the verdict on this pair say that @removed goes and @witness stays? */
gboolean tamis_verdicts_is_removal (TamisVerdicts *self, guint removed, guint witness);
guint tamis_verdicts_get_n (TamisVerdicts *self);
/* Is there nothing that a plan would obey? */
gboolean tamis_verdicts_is_empty (TamisVerdicts *self);
/* By rising lower row, then the other. Returns: (transfer full): get_n() entries (g_free()) */
TamisVerdictEntry *tamis_verdicts_list (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;

/* Each returns what it was before. */
TamisMark tamis_verdicts_set_mark (TamisVerdicts *self, guint row, TamisMark mark);
TamisMark tamis_verdicts_get_mark (TamisVerdicts *self, guint row);
/* @folder: relative to the data set, file-system bytes, no slash at the end; "" is all of it. The
 * rule of the nearest folder above an image holds. */
TamisFolderRule tamis_verdicts_set_folder (TamisVerdicts *self, const char *folder,
                                           TamisFolderRule rule);
TamisFolderRule tamis_verdicts_get_folder (TamisVerdicts *self, const char *folder);
/* Has it a rule of its own, be it NORMAL? */
gboolean tamis_verdicts_has_folder (TamisVerdicts *self, const char *folder);
/* Takes the folder's own rule away, so that the one above holds again. */
void tamis_verdicts_unset_folder (TamisVerdicts *self, const char *folder);
/* The rule that holds for an image. */
TamisFolderRule tamis_verdicts_get_row_rule (TamisVerdicts *self, guint row);
/* Is no image of this split ever removed ("test")? */
gboolean tamis_verdicts_set_split_protected (TamisVerdicts *self, const char *split,
                                             gboolean is_protected);
gboolean tamis_verdicts_is_split_protected (TamisVerdicts *self, const char *split);
/* a < b; NONE takes it back. Returns what it was before. */
TamisLabelVerdict tamis_verdicts_set_label (TamisVerdicts *self, guint a, guint b,
                                            TamisLabelVerdict verdict);
TamisLabelVerdict tamis_verdicts_get_label (TamisVerdicts *self, guint a, guint b);
guint tamis_verdicts_get_n_labels (TamisVerdicts *self);
/* By rising a, then b. Returns: (transfer full): get_n_labels() entries (g_free()) */
TamisLabelEntry *tamis_verdicts_list_labels (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;
/* Folders with a rule, splits that are protected, in natural order. (transfer full) */
char **tamis_verdicts_list_folders (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;
char **tamis_verdicts_list_splits (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;

/* ---- plan ---- */

typedef enum {
  TAMIS_POLICY_COVER, /* keep an image unless a kept one is above T: every removal has a witness */
  TAMIS_POLICY_LAST,  /* the paper's script: remove an image if any later one is above T; later
                       * means later in the keep order, so the default order is the script itself */
} TamisPolicy;

typedef struct
{
  double threshold;
  const double *class_thresholds; /* nullable: one a class; a negative one stands for @threshold */
  TamisPolicy policy;
  const guint32 *order;           /* nullable: keep order (tamis_order_new()); NULL: data-set order */
  TamisVerdicts *verdicts;        /* nullable */
  const char *order_text;         /* nullable: what @order was made of, for the record */
} TamisPlanParams;
#define TAMIS_PLAN_PARAMS_INIT { 0.85, NULL, TAMIS_POLICY_COVER, NULL, NULL, NULL }

typedef struct
{
  guint removed; /* row */
  guint witness; /* row, or TAMIS_NO_WITNESS for an orphan of policy `last` */
  double similarity; /* 0 for an orphan */
} TamisRemoval;
#define TAMIS_NO_WITNESS G_MAXUINT32

/**
 * TamisPlan:
 *
 * What goes and what stays at one T. Immutable, reference-counted, any thread.
 * `cover` guarantees: no two kept images are above T (unless verdicts keep both); every removed
 * image has a kept witness with Sim > T, the most similar kept one. In order `order`.
 */
typedef struct _TamisPlan TamisPlan;

/**
 * tamis_plan_new:
 * @params: every T at or above the floor of @pairs; class thresholds need TAMIS_SCOPE_CLASS
 *
 * Answers from the pairs alone: O(pairs above T). Verdicts are obeyed at every T:
 * - a not-duplicates pair does not count, nor any pair of byte-identical copies of its images;
 * - images of keep-both pairs, always-keep marks, reference folders and protected splits are never
 *   removed, and others go for them before anything else;
 * - the witness of a decided removal is preferred to images nothing was decided about, and an image
 *   that was decided to go is kept only if nothing like it is. Confirming what a plan proposes
 *   therefore does not change that plan. It goes only while a kept image is above T: what it was
 *   decided by is never the only copy;
 * - images of excluded folders have no pairs.
 * For `last` an image also stays while it is a preferred witness, and a decided removal goes if any
 * image above T stays. Where verdicts contradict one another the plan lists conflicts.
 * The witness of a removed image is the most similar of all kept ones, ties to the lower row.
 * Errors: TAMIS_DEDUP_ERROR_RANGE.
 */
TamisPlan *tamis_plan_new (TamisDataset *dataset, TamisPairs *pairs, const TamisPlanParams *params,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisPlan *tamis_plan_ref (TamisPlan *self);
void tamis_plan_unref (TamisPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisPlan, tamis_plan_unref)
double tamis_plan_get_threshold (TamisPlan *self);
/* The T that counted in a class: that of the plan unless the class was given its own. */
double tamis_plan_get_class_threshold (TamisPlan *self, guint class_index);
/* Classes whose T is another than that of the plan. */
guint tamis_plan_count_class_thresholds (TamisPlan *self);
TamisPolicy tamis_plan_get_policy (TamisPlan *self);
TamisScope tamis_plan_get_scope (TamisPlan *self);
/* The keep order in words: "name" for data-set order; NULL if it was not told. */
const char *tamis_plan_get_order (TamisPlan *self);

/* What had been decided when the plan was made: with T, policy, scope and order all that it needs to be
 * made again. */
typedef struct
{
  guint n_pairs; /* with a verdict */
  guint n_marks;
  char **folders;         /* with a rule, in natural order; NULL-terminated */
  TamisFolderRule *rules; /* one a folder */
  char **splits;          /* protected, in natural order; NULL-terminated */
} TamisPlanDecisions;
/* NULL: nothing. */
const TamisPlanDecisions *tamis_plan_get_decisions (TamisPlan *self);
guint tamis_plan_get_n_kept (TamisPlan *self);
guint tamis_plan_get_n_removed (TamisPlan *self);
guint tamis_plan_get_n_orphans (TamisPlan *self);
guint64 tamis_plan_get_n_pairs (TamisPlan *self); /* above T */
gboolean tamis_plan_is_kept (TamisPlan *self, guint row);
guint tamis_plan_get_class_kept (TamisPlan *self, guint class_index);
/* Removals in data-set order of the removed image; i < n_removed. */
TamisRemoval tamis_plan_get_removal (TamisPlan *self, guint i);
/* Index of @row among the removals, or -1 if it is kept. */
int tamis_plan_find_removal (TamisPlan *self, guint row);
/* Borrowed: n flags, 1 = kept. */
const guint8 *tamis_plan_get_kept_flags (TamisPlan *self);

typedef enum {
  TAMIS_CONFLICT_PROTECTED,    /* decided to go, but a keep-both, mark, folder or split keeps it */
  TAMIS_CONFLICT_NO_WITNESS,   /* decided to go, but nothing above T stays: so it stays */
  TAMIS_CONFLICT_WITNESS_GOES, /* decided to stay in another's place, but goes for a third */
} TamisConflictKind;

typedef struct
{
  TamisConflictKind kind;
  guint row;
  guint other; /* the other image of the verdict, or TAMIS_NO_WITNESS for a mark */
} TamisConflict;

/* Verdicts that this plan could not follow, those above T only; by rising row. */
guint tamis_plan_get_n_conflicts (TamisPlan *self);
TamisConflict tamis_plan_get_conflict (TamisPlan *self, guint i);

/* ---- comparing plans ---- */

typedef struct
{
  guint n_more;    /* images that only the second plan removes */
  guint n_fewer;   /* images that only the first removes */
  guint n_swapped; /* removals of the first whose witness goes in the second, and which stay instead */
} TamisPlanChange;
/* @before, @after: of the same rows. O(removals). */
TamisPlanChange tamis_plan_compare (TamisPlan *before, TamisPlan *after);

/* ---- crossings ---- */

typedef enum {
  TAMIS_BORDER_SPLITS,  /* a pair across it is a leak: what is trained on is tested with */
  TAMIS_BORDER_CLASSES, /* a pair across it is a label conflict: alike, yet named differently */
} TamisBorder;

typedef struct
{
  guint a;
  guint b;
  double similarity;
} TamisCrossing;

/**
 * TamisCrossings:
 *
 * The pairs above T whose images stand on different sides of a border. Immutable,
 * reference-counted, any thread.
 */
typedef struct _TamisCrossings TamisCrossings;
/**
 * tamis_crossings_new:
 * @pairs: those of @plan, or others of the same rows: TAMIS_SCOPE_ALL for label conflicts, since
 *   pairs inside classes cross none
 * @plan: has T, the not-duplicates verdicts and excluded folders
 *
 * Above T and above the floor of @pairs, whichever is higher; between classes with a T each, above
 * both. O(pairs above T). By falling similarity, then rising a and b. Across splits, a is the
 * image nearer to training (TamisSplitRole; in one role natural order of the names), which is the
 * one to give way; images in no split leak nothing. Across classes a < b.
 */
TamisCrossings *tamis_crossings_new (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan,
                                     TamisBorder border) G_GNUC_WARN_UNUSED_RESULT;
TamisCrossings *tamis_crossings_ref (TamisCrossings *self);
void tamis_crossings_unref (TamisCrossings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisCrossings, tamis_crossings_unref)
guint tamis_crossings_get_n (TamisCrossings *self);
TamisCrossing tamis_crossings_get (TamisCrossings *self, guint i);
/* How many have both images kept by the plan: what removal does not settle. */
guint tamis_crossings_get_n_left (TamisCrossings *self);
/* How many lie between two splits (or classes), in either direction. O(n). */
guint tamis_crossings_count_between (TamisCrossings *self, guint side, guint other);

/* ---- questions ---- */

typedef enum {
  TAMIS_QUESTION_OPEN,
  TAMIS_QUESTION_LATER,     /* put off */
  TAMIS_QUESTION_DECIDED,   /* a verdict confirms it: remove in this direction, or duplicates */
  TAMIS_QUESTION_IDENTICAL, /* the files are equal byte for byte: nothing to ask */
  TAMIS_QUESTION_INFERRED,  /* decided about byte-identical copies of the two images */
  TAMIS_QUESTION_ORPHAN,    /* no witness (policy `last`): nothing to compare with */
} TamisQuestion;

/**
 * TamisQuestions:
 *
 * Which removals of a plan a person still has to decide, and how much an answer would tell.
 * Immutable, reference-counted, any thread.
 */
typedef struct _TamisQuestions TamisQuestions;
/* @verdicts: (nullable): those the plan was made with. O(removals). */
TamisQuestions *tamis_questions_new (TamisDataset *dataset, TamisPlan *plan,
                                     TamisVerdicts *verdicts) G_GNUC_WARN_UNUSED_RESULT;
TamisQuestions *tamis_questions_ref (TamisQuestions *self);
void tamis_questions_unref (TamisQuestions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisQuestions, tamis_questions_unref)
/* Of removal @i of the plan. */
TamisQuestion tamis_questions_get (TamisQuestions *self, guint i);
guint tamis_questions_count (TamisQuestions *self, TamisQuestion question);
/**
 * tamis_questions_get_information:
 *
 * In [0, 1]: how much an answer would tell. Doubt about the pair, (1 - Sim) / (1 - T), times how
 * many proposals stand beside the same witness, log2 (1 + n) over that of the largest group: the
 * least certain pair of a large group first.
 */
double tamis_questions_get_information (TamisQuestions *self, guint i);

G_END_DECLS
