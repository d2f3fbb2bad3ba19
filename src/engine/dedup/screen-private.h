/* The parts of the screening engine: basis, plan, vectors in bytes, their order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/dedup/join-private.h"
#include "kernels/screen.h"

G_BEGIN_DECLS

/* ---- basis.c ---- */

/* Rows in groups, each of one range, stratified; every group may be of the same. */
typedef struct
{
  float *units; /* n × dimension, of length 1 or 0 */
  guint n;
  guint n_groups;
  guint group; /* rows of a group; n = n_groups · group */
} TamisSample;
/* About @n rows of the @ranges, each with 2 rows at least. */
TamisSample *_tamis_sample_new (const TamisJoinInput *in, TamisRanges ranges, guint n,
                                guint64 seed);
void _tamis_sample_free (TamisSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisSample, _tamis_sample_free)

typedef struct
{
  float *rows; /* n × dimension, the first holding most of the vectors */
  guint n;
  guint dimension;
  double skew; /* at least ‖V Vᵀ - I‖, also of the first so many rows */
} TamisBasis;
/* NULL if none was found. */
TamisBasis *_tamis_basis_new (const TamisSample *sample, guint dimension, guint n);
void _tamis_basis_free (TamisBasis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisBasis, _tamis_basis_free)

/* ---- screen-plan.c ---- */

struct _TamisScreenPlan
{
  guint least; /* given: directions to look for however little there is to do */
  TamisBasis *basis; /* owned; at most @depth directions */
  const TamisScreenVariant *variant;
  guint depth; /* bytes a vector */
  float step;  /* what a byte counts */
};

/* Whether and how to screen the @ranges; fills in the costs of @report. FALSE: leave them to plain
 * tiles. */
gboolean _tamis_screen_plan (const TamisJoinInput *in, TamisRanges ranges, TamisScreenPlan *plan,
                             TamisJoinReport *report);
void _tamis_screen_plan_clear (TamisScreenPlan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisScreenPlan, _tamis_screen_plan_clear)

/* ---- screen-vectors.c ---- */

#define TAMIS_SCREEN_BLOCK (TAMIS_SCREEN_COLUMNS * TAMIS_SCREEN_GROUP) /* 512 places */

/* Places: every range begins at a multiple of 32, its rows in the order of their boxes. */
typedef struct
{
  TamisJoin *join;
  const TamisScreenPlan *plan;
  TamisRange *places; /* of the ranges: first place, number of rows */
  guint n_ranges;
  gsize n_places;
  guint32 *rows; /* row at a place, or NONE */

  /* By row, from span.first on. */
  TamisRange span; /* from the first range to the last */
  float *axes;     /* n × 16 leading coordinates */
  gint8 *bytes;    /* n × depth */
  float *terms;    /* n × n_stages × {rest, error} */

  /* By place. */
  TamisScreen screen;
  gint8 *row_bytes;
  guint8 *column_bytes;
  float *numbers;           /* n_places × (1 + 3 n_stages): first, then rest, limit, add a stage */
  TamisScreenBoxes *columns; /* a group of 16 column panels */
  float (*row_boxes)[2][TAMIS_SCREEN_AXES]; /* a row panel: low, high */
  float near;               /* square of the farthest that boxes of a pair lie apart */
} TamisScreenVectors;

#define TAMIS_SCREEN_NONE G_MAXUINT32

/* Bytes of memory that vectors take, at their peak; one range at least. */
guint64 _tamis_screen_bytes (TamisRanges ranges, guint depth);
gboolean _tamis_screen_vectors_init (TamisScreenVectors *self, TamisRanges ranges,
                                     const TamisJoinWork *work, GError **error);
void _tamis_screen_vectors_clear (TamisScreenVectors *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisScreenVectors, _tamis_screen_vectors_clear)

/* ---- screen-order.c ---- */

/* Puts the rows of each range into an order in which 8, 32, 512 neighbours fill small boxes. */
void _tamis_screen_order (TamisScreenVectors *self, const TamisJoinWork *work);

/* ---- screen-each.c ---- */

/* Screens those of @large, 2 ranges or more, that have structure of their own, each by a plan and basis
 * of its own; the others are appended to @left. FALSE: cancelled or @error. */
gboolean _tamis_screen_each (TamisJoin *join, TamisRanges large, TamisJoinWork *work, GArray *left,
                             GError **error);

G_END_DECLS
