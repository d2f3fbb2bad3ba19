/* The inside of a TamisPairs, for those who build it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/dedup/join-private.h"

G_BEGIN_DECLS

struct _TamisPairs
{
  atomic_int references;
  guint n;
  double floor;
  TamisScope scope;
  TamisJoinReport report;
  guint64 *offsets; /* n + 1 */
  guint32 *neighbours;
  double *similarities;
  guint n_levels;  /* 0: there are none */
  guint32 *levels; /* (n_levels - 1) * n, level by level; NULL without */
  TamisMapping mapping; /* both of these lie in it, if it is there; else they are owned */
};

/* Rows are looked at one after another, each from its first entry on, which lies far from that of the
 * row before: asked for so many rows ahead, it is there in time. */
#define TAMIS_PAIRS_AHEAD 12

static inline void
_tamis_pairs_prefetch_row (const TamisPairs *self, guint row)
{
  __builtin_prefetch (self->neighbours + self->offsets[row]);
}

/* ---- pairs-levels.c ---- */

/* Of a list in memory whose rows are in order, if it is long enough to gain by it. */
void _tamis_pairs_make_levels (TamisPairs *self);

/* ---- building: while it lasts, offsets[row + 1] is where the next entry of the row goes ---- */

/* Counts the entries of @n pairs, in offsets[row + 1]. */
void _tamis_pairs_count (TamisPairs *self, const TamisPair *pairs, gsize n);
/* Degrees counted: offsets[row + 1] becomes where row begins. */
void _tamis_pairs_begin_rows (TamisPairs *self);
/* The entries of @n pairs that belong to the rows @first .. @end - 1. */
void _tamis_pairs_spread (TamisPairs *self, const TamisPair *pairs, gsize n, guint first,
                          guint end);
/* Puts the rows @first .. @end - 1 in order, all entries up to there being in their place. */
void _tamis_pairs_sort_rows (TamisPairs *self, guint first, guint end, GCancellable *cancel);

/* Builds it in a file from what @spill holds, @most entries at a time. Offsets are zeros.
 * FALSE: cancelled or @error. */
gboolean _tamis_pairs_build_on_disk (TamisPairs *self, TamisSpill *spill, guint64 most,
                                     GCancellable *cancel, GError **error);

G_END_DECLS
