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

typedef enum {
  TAMIS_ORDER_NAME,       /* data-set order: the default */
  TAMIS_ORDER_RESOLUTION, /* more pixels first */
  TAMIS_ORDER_BYTES,      /* larger files first */
  TAMIS_ORDER_DATE,       /* older first */
} TamisOrderKey;

/**
 * tamis_order_new:
 * @keys: criteria, the first decides, ties go to the next, at last to data-set order
 *
 * Returns: (transfer full): n rows, the one to keep first coming first
 */
guint32 *tamis_order_new (TamisDataset *dataset, const TamisOrderKey *keys, guint n_keys)
  G_GNUC_WARN_UNUSED_RESULT;
/* "name,resolution" and the like; NULL with TAMIS_DEDUP_ERROR_RANGE names the unknown word. */
guint32 *tamis_order_parse (TamisDataset *dataset, const char *text, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* ---- verdicts ---- */

typedef enum {
  TAMIS_VERDICT_NONE,
  TAMIS_VERDICT_REMOVE,         /* the proposal was confirmed */
  TAMIS_VERDICT_KEEP_BOTH,      /* alike, but both images stay, whatever else is like them */
  TAMIS_VERDICT_NOT_DUPLICATES, /* this pair is never proposed again */
} TamisVerdict;

/**
 * TamisVerdicts:
 *
 * What the curator decided, a pair at a time. A mutable set: one thread; plans take a snapshot.
 */
typedef struct _TamisVerdicts TamisVerdicts;
TamisVerdicts *tamis_verdicts_new (void) G_GNUC_WARN_UNUSED_RESULT;
TamisVerdicts *tamis_verdicts_copy (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;
void tamis_verdicts_free (TamisVerdicts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisVerdicts, tamis_verdicts_free)
/* Unordered pair; TAMIS_VERDICT_NONE takes it back. Returns what it was before. */
TamisVerdict tamis_verdicts_set (TamisVerdicts *self, guint a, guint b, TamisVerdict verdict);
TamisVerdict tamis_verdicts_get (TamisVerdicts *self, guint a, guint b);
guint tamis_verdicts_get_n (TamisVerdicts *self);

typedef struct
{
  guint a, b; /* a < b */
  TamisVerdict verdict;
} TamisVerdictEntry;
/* All of them, by rising a, then b. Returns: (transfer full): get_n() entries (g_free()) */
TamisVerdictEntry *tamis_verdicts_list (TamisVerdicts *self) G_GNUC_WARN_UNUSED_RESULT;

/* ---- plan ---- */

typedef enum {
  TAMIS_POLICY_COVER, /* keep an image unless a kept one is above T: every removal has a witness */
  TAMIS_POLICY_LAST,  /* the paper's script: remove an image if any later one is above T; later
                       * means later in the keep order, so the default order is the script itself */
} TamisPolicy;

typedef struct
{
  double threshold;
  const double *class_thresholds; /* nullable: one a class, instead of @threshold */
  TamisPolicy policy;
  const guint32 *order;           /* nullable: keep order (tamis_order_new()); NULL: data-set order */
  TamisVerdicts *verdicts;        /* nullable */
} TamisPlanParams;
#define TAMIS_PLAN_PARAMS_INIT { 0.85, NULL, TAMIS_POLICY_COVER, NULL, NULL }

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
 * `cover` guarantees: no two kept images are above T (unless a verdict keeps both); every removed
 * image has a kept witness with Sim > T, the most similar kept one. In order `order`.
 */
typedef struct _TamisPlan TamisPlan;

/**
 * tamis_plan_new:
 * @params: every T at or above the floor of @pairs; class thresholds need TAMIS_SCOPE_CLASS
 *
 * Answers from the pairs alone: O(pairs above T). A pair under a not-duplicates verdict does not
 * count; both images of a keep-both verdict stay, and stand where the policy keeps: `cover` visits
 * them before all others, for `last` they are later than all others. The witness of a removed image
 * is the most similar of all kept ones, ties to the lower row. Errors: TAMIS_DEDUP_ERROR_RANGE.
 */
TamisPlan *tamis_plan_new (TamisDataset *dataset, TamisPairs *pairs, const TamisPlanParams *params,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisPlan *tamis_plan_ref (TamisPlan *self);
void tamis_plan_unref (TamisPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisPlan, tamis_plan_unref)
double tamis_plan_get_threshold (TamisPlan *self);
TamisPolicy tamis_plan_get_policy (TamisPlan *self);
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

G_END_DECLS
