/* The parts of the exact join: what it works on, how pairs are decided and collected, who proposes
 * them. Works on plain arrays and row ranges, so that it can be tested without a data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>

#include <stdatomic.h>

G_BEGIN_DECLS

/* ---- similarity.c ---- */

/* Σ a[k] b[k] in double, in the one fixed order of similarity.c. */
double _tamis_dot (const float *a, const float *b, guint dimension);
/* From a dot product and two squared norms; 0 where a norm is. In [-1, 1]. */
double _tamis_cosine (double dot, double square_a, double square_b);

typedef double (*TamisDotFunc) (const float *a, const float *b, guint dimension);
typedef struct
{
  const char *name;
  TamisDotFunc func;
} TamisDotVariant;
/* All variants that this processor runs, the plainest first; for tests. Returns how many. */
guint _tamis_dot_get_variants (const TamisDotVariant **variants);

/* ---- pair-list.c ---- */

typedef struct
{
  double similarity;
  guint32 a;
  guint32 b;
} TamisPair;

#define TAMIS_PAIR_CHUNK 16384 /* 256 kB */

typedef struct _TamisPairChunk TamisPairChunk;
struct _TamisPairChunk
{
  TamisPairChunk *next;
  guint n;
  TamisPair pairs[TAMIS_PAIR_CHUNK];
};

/* Grows without moving what it holds. {NULL} is an empty list. */
typedef struct
{
  TamisPairChunk *first;
} TamisPairList;
void _tamis_pair_list_append (TamisPairList *self, guint32 a, guint32 b, double similarity);
void _tamis_pair_list_clear (TamisPairList *self);
/* Falling similarity, then rising a, then rising b. @scratch: n items of room. */
void _tamis_pairs_sort (TamisPair *items, TamisPair *scratch, gsize n);

/* ---- join.c ---- */

typedef struct
{
  const float *values; /* n × dimension, row-major */
  guint n;
  guint dimension;
  const TamisRange *ranges; /* rising, disjoint; pairs inside each are looked for */
  guint n_ranges;
  double floor; /* in [0, 1) */
  TamisScope scope; /* what the ranges stand for; only passed on */
  guint64 max_pairs; /* 0: what a quarter of the memory holds */
  guint tile; /* rows; 0: the default */
} TamisJoinInput;

/**
 * TamisJoin:
 *
 * A join at work. An engine (tiles.c, or one that prunes) proposes pairs with _tamis_join_decide();
 * it must propose every pair above the floor, and may propose others: the decision is exact.
 */
typedef struct
{
  const TamisJoinInput *in;
  double *squares;      /* n squared norms */
  TamisPairList *lists; /* one a worker */
  guint n_workers;
  guint64 max_pairs;
  atomic_uint_least64_t n_pairs; /* as far as told by _tamis_join_count() */
} TamisJoin;

/* Returns 1 if the pair is above the floor, and keeps it. @a < @b. */
guint _tamis_join_decide (TamisJoin *self, guint worker, guint a, guint b);
/* Tells how many pairs a piece of work kept. FALSE: there are too many, stop. */
gboolean _tamis_join_count (TamisJoin *self, guint64 kept);
gboolean _tamis_join_is_full (TamisJoin *self);

/* The whole join: engine, budget, CSR. */
TamisPairs *_tamis_join_ranges (const TamisJoinInput *in, TamisProgress *progress,
                                GCancellable *cancel, GError **error);
guint64 _tamis_ranges_count_pairs (const TamisRange *ranges, guint n_ranges);

/* ---- tiles.c ---- */

/* FALSE with @error, or FALSE without one if the budget was passed. */
gboolean _tamis_tiles_run (TamisJoin *join, TamisProgress *progress, GCancellable *cancel,
                           GError **error);

/* ---- pairs.c ---- */

/* Empties the @lists as it reads them. */
TamisPairs *_tamis_pairs_new (const TamisJoinInput *in, TamisPairList *lists, guint n_lists,
                              GCancellable *cancel, GError **error);
/* How many neighbours of @row are above @threshold: the first so many. */
guint _tamis_pairs_count_row (TamisPairs *self, guint row, double threshold);
/* Bytes at the peak of a join, a pair. */
#define TAMIS_BYTES_A_PAIR (sizeof (TamisPair) + 2 * (sizeof (guint32) + sizeof (double)))

/* ---- scope.c ---- */

/* The ranges a scope stands for: the classes, or all rows as one. (transfer full) */
TamisRange *_tamis_scope_get_ranges (TamisDataset *dataset, TamisScope scope, guint *n_ranges);

/* ---- plan.c ---- */

typedef struct
{
  const TamisRange *classes; /* covering all rows */
  guint n_classes;
} TamisPlanClasses;

TamisPlan *_tamis_plan_new (TamisPairs *pairs, TamisPlanClasses classes,
                            const TamisPlanParams *params, GError **error);
/* The T that holds for the class of @row. */
double _tamis_plan_get_row_threshold (TamisPlan *self, guint row);
/* Whether a not-duplicates verdict stood against the pair when the plan was made. */
gboolean _tamis_plan_is_refused (TamisPlan *self, guint a, guint b);

/* ---- histogram.c ---- */

typedef struct
{
  const float *values;
  guint dimension;
  const TamisRange *ranges; /* pairs inside each count */
  guint n_ranges;
  TamisPairs *pairs;
} TamisHistogramInput;

TamisHistogram *_tamis_histogram_new (const TamisHistogramInput *in, double low, guint n_bins);
/* @k-th pair a < b of n rows, in row order; k < n (n - 1) / 2. */
void _tamis_pair_from_index (guint64 k, guint n, guint *a, guint *b);

G_END_DECLS
