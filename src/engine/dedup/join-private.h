/* The parts of the exact join: what it works on, how pairs are decided and collected, who proposes
 * them. Works on plain arrays and row ranges, so that it can be tested without a data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>
#include <tamis/job.h>

#include <stdatomic.h>

G_BEGIN_DECLS

/* ---- similarity.c ---- */

/* Σ a[k] b[k] in double, in the one fixed order of similarity.c. */
double _tamis_dot (const float *a, const float *b, guint dimension);
/* From a dot product and two squared norms; 0 where a norm is. In [-1, 1]. */
double _tamis_cosine (double dot, double square_a, double square_b);

/* Writes the row @from at length 1, or zeros if its length is 0 or not finite. Returns the squared
 * length, as _tamis_dot() of the row with itself. */
double _tamis_unit (const float *from, guint dimension, float *to);
#define TAMIS_DOTS 4
/* Σ a[i][k] b[i][k] for TAMIS_DOTS pairs of rows, each the very number that _tamis_dot() gives. */
void _tamis_dots (const float *const *a, const float *const *b, guint dimension, double *dots);

typedef double (*TamisDotFunc) (const float *a, const float *b, guint dimension);
typedef void (*TamisDotsFunc) (const float *const *a, const float *const *b, guint dimension,
                               double *dots);
/* The same from TAMIS_BLOCK_ROWS rows in doubles, each filled up with zeros to a multiple of
 * TAMIS_LANES and directly after the other, and TAMIS_BLOCK_COLUMNS rows @b: dots[row][column]. */
#define TAMIS_LANES 16
#define TAMIS_BLOCK_ROWS 4
#define TAMIS_BLOCK_COLUMNS 2
typedef void (*TamisBlockFunc) (const double *a, const float *const *b, guint dimension,
                                double *dots);
typedef struct
{
  const char *name;
  TamisDotFunc func;
  TamisDotsFunc dots;
  TamisBlockFunc block; /* nullable */
  void (*widen) (const float *from, guint dimension, double *to);
  void (*scale) (const float *from, guint dimension, double scale, float *to);
} TamisDotVariant;
/* All variants that this processor runs, the plainest first; for tests. Returns how many. */
guint _tamis_dot_get_variants (const TamisDotVariant **variants);
/* NULL where the processor has too few registers for it. */
TamisBlockFunc _tamis_block_get_func (void);
/* Converts a row; elements past @dimension are left alone. */
void _tamis_widen (const float *from, guint dimension, double *to);

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

typedef struct _TamisSpill TamisSpill;

/* Grows without moving what it holds. Zeros are an empty list. */
typedef struct
{
  TamisPairChunk *first;
  TamisSpill *spill; /* nullable, borrowed: takes full chunks when memory holds enough */
} TamisPairList;
void _tamis_pair_list_append (TamisPairList *self, guint32 a, guint32 b, double similarity);
void _tamis_pair_list_clear (TamisPairList *self);
/* Falling similarity, then rising a, then rising b. @scratch: n items of room. */
void _tamis_pairs_sort (TamisPair *items, TamisPair *scratch, gsize n);

/* ---- spill.c ---- */

/* Pairs in a file of the cache folder; any thread. @room: chunks that memory may hold. */
TamisSpill *_tamis_spill_new (guint64 room);
void _tamis_spill_free (TamisSpill *self);
/* A chunk more is in memory. */
void _tamis_spill_hold (TamisSpill *self);
/* Writes the pairs if memory holds all it may. FALSE: keep them. */
gboolean _tamis_spill_takes (TamisSpill *self, const TamisPair *pairs, gsize n);
void _tamis_spill_write (TamisSpill *self, const TamisPair *pairs, gsize n);
/* Pairs from the @first-th on; returns how many, at most @n, or 0 if they cannot be read. */
gsize _tamis_spill_read (TamisSpill *self, guint64 first, TamisPair *to, gsize n);
guint64 _tamis_spill_get_n (TamisSpill *self);
/* Something could not be written or read; pairs are lost. */
gboolean _tamis_spill_has_failed (TamisSpill *self);
void _tamis_spill_set_error (TamisSpill *self, GError **error);
/* Bytes free where it writes. */
guint64 _tamis_spill_get_free (void);

/* Bytes in a file without a name, for reading and writing. */
typedef struct
{
  gpointer bytes; /* NULL: none */
  gsize length;
} TamisMapping;
gboolean _tamis_mapping_init (TamisMapping *self, gsize length, GError **error);
/* Lets go of the memory of so many bytes; they stay in the file. */
void _tamis_mapping_release (const TamisMapping *self, gsize first, gsize length);
void _tamis_mapping_clear (TamisMapping *self);

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
  guint64 max_pairs; /* in memory; 0: what a quarter of it holds */
  guint64 max_disk;  /* for tests: bytes for the others, 1: none; 0: nine tenths of what is free */
  gboolean goes_on;  /* one of several joins: the caller began the progress */
  guint tile; /* rows and columns of an item of the plain engine; 0: the default */
  TamisJoinEngine engine;  /* for tests: a range of 2 rows and more goes to that one */
  guint simd;              /* for tests: 1 + index of the kernels' variant; 0: the best */
  double worth;            /* for tests: products from which on it is planned; 0: the default */
  TamisJoinReport *report; /* nullable: filled in */
} TamisJoinInput;

typedef struct
{
  const TamisRange *items;
  guint n;
} TamisRanges;

typedef struct _TamisDecider TamisDecider;

/**
 * TamisJoin:
 *
 * A join at work. An engine (tiles.c, screen.c) proposes pairs with _tamis_join_decide(); it
 * must propose every pair above the floor, and may propose others: the decision is exact. Before,
 * it sets the squares of the rows it proposes.
 */
typedef struct
{
  const TamisJoinInput *in;
  double *squares;      /* n squared norms */
  TamisPairList *lists; /* one a worker */
  guint n_workers;
  guint64 max_pairs;  /* in memory */
  guint64 most_pairs; /* with what the disk holds */
  TamisSpill *spill;
  TamisDecider **deciders;       /* one a worker */
  atomic_uint_least64_t n_pairs; /* as far as told by _tamis_join_count() */
} TamisJoin;

/* What runs beside the work. */
typedef struct
{
  TamisProgress *progress;
  GCancellable *cancel;
  TamisJoinReport *report;
  gboolean alone; /* inside a parallel loop: @worker does all of it */
  guint worker;
} TamisJoinWork;

/* tamis_parallel_for(), or the loop by one worker alone. */
void _tamis_join_for (const TamisJoinWork *work, gsize n_items, TamisParallelFunc func,
                      gpointer data);

/* Tells how many pairs a piece of work kept. FALSE: there are too many, stop. */
gboolean _tamis_join_count (TamisJoin *self, guint64 kept);
gboolean _tamis_join_is_full (TamisJoin *self);
/* TAMIS_DEDUP_ERROR_MEMORY with both numbers if @needed bytes are not free. */
gboolean _tamis_join_has_memory (guint64 needed, GError **error);
/* The same for an engine, whose needs are noted. */
gboolean _tamis_join_plan_memory (TamisJoinWork *work, guint64 needed, GError **error);

/* The whole join: engine, budget, CSR. */
TamisPairs *_tamis_join_ranges (const TamisJoinInput *in, TamisProgress *progress,
                                GCancellable *cancel, GError **error);
guint64 _tamis_ranges_count_pairs (const TamisRange *ranges, guint n_ranges);
guint64 _tamis_join_default_max_pairs (void);

/* ---- decide.c ---- */

/* What a worker has for deciding. */
TamisDecider *_tamis_decider_new (const TamisJoinInput *in);
void _tamis_decider_free (TamisDecider *self);
/* Candidates so far. */
guint64 _tamis_decider_get_n (const TamisDecider *self);

#define TAMIS_TILE_ROWS 8
#define TAMIS_TILE_COLUMNS 32
/* masks[r], bit c: rows[r] and columns[c] may be a pair. Rows without candidates need not be set. */
typedef struct
{
  guint32 rows[TAMIS_TILE_ROWS];
  guint32 columns[TAMIS_TILE_COLUMNS];
  guint32 masks[TAMIS_TILE_ROWS];
  gboolean multiplied; /* candidates are what products in floats left */
} TamisTile;
/* Decides all candidates, keeps the pairs above the floor and returns how many. */
guint _tamis_join_decide (TamisJoin *self, guint worker, const TamisTile *tile);

/* ---- tiles.c ---- */

/* Engines: FALSE with @error. Both stop early when the budget is passed. */
gboolean _tamis_tiles_run (TamisJoin *join, TamisRanges ranges, TamisJoinWork *work,
                           GError **error);

/* ---- screen.c ---- */

typedef struct _TamisScreenPlan TamisScreenPlan;
gboolean _tamis_screen_run (TamisJoin *join, TamisRanges ranges, const TamisScreenPlan *plan,
                            TamisJoinWork *work, GError **error);

/* ---- grid.c ---- */

/* A range cut into blocks; its tiles, of block × block in the upper triangle, are numbered from
 * @first_tile on, along the triangle's rows. */
typedef struct
{
  TamisRange range;
  guint n_blocks;
  guint block; /* rows of a block; the last may be shorter */
  guint64 first_tile;
  gsize owner; /* the engine's own */
} TamisGrid;

/* Appends a TamisGrid to @grids. Returns the number of tiles up to its last. */
guint64 _tamis_grid_add (GArray *grids, TamisRange range, guint block, guint64 first_tile);
/* The grid, block row and block column of a tile. */
const TamisGrid *_tamis_grid_find (const GArray *grids, guint64 tile, guint *row, guint *column);

/* ---- pairs.c ---- */

/* The list of what a join found; on disk if that is more than memory is to hold. Empties its lists. */
TamisPairs *_tamis_pairs_new (TamisJoin *join, GCancellable *cancel, GError **error);
void _tamis_pairs_set_report (TamisPairs *self, const TamisJoinReport *report);
/* One from rows that were decided before: neighbours as TamisPairs has them, row after row. */
typedef struct
{
  guint32 *degrees; /* one a row */
  guint32 *neighbours;
  double *similarities;
} TamisPairsArrays;
/* Room for so many neighbours. Errors: TAMIS_DEDUP_ERROR_MEMORY. */
gboolean _tamis_pairs_arrays_reserve (TamisPairsArrays *self, guint64 entries, GError **error);
void _tamis_pairs_arrays_clear (TamisPairsArrays *self);
/* Takes the arrays of neighbours and similarities out of @arrays. */
TamisPairs *_tamis_pairs_new_take (guint n, double floor, TamisScope scope,
                                   TamisPairsArrays *arrays);
/* How many neighbours of @row are above @threshold: the first so many. */
guint _tamis_pairs_count_row (TamisPairs *self, guint row, double threshold);

/* A T to count at, row after row. */
typedef struct
{
  double threshold;
  const guint32 *least, *most; /* of each row, of how many that is known; NULL: 0, and all */
} TamisPairsCut;
TamisPairsCut _tamis_pairs_cut (const TamisPairs *self, double threshold);
guint _tamis_pairs_count_row_at (const TamisPairs *self, guint row, const TamisPairsCut *cut);
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
/* Did the pair count when the plan was made? Not after a not-duplicates verdict, not in an excluded
 * folder. */
gboolean _tamis_plan_counts (TamisPlan *self, guint a, guint b);

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
