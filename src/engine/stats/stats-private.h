/* Shared inside the stats room.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/stats.h>

G_BEGIN_DECLS

TamisFigure _tamis_figure (double value);
TamisFigure _tamis_no_figure (TamisReason reason);

/* The k-th smallest (from 0) of @x, which is reordered so that x[0 .. k-1] <= x[k] <= x[k+1 ..]. */
double _tamis_select (double *x, gsize n, gsize k);
/* Linear interpolation between order statistics (numpy's default). @x is reordered; n > 0. */
double _tamis_percentile (double *x, gsize n, double q);

/**
 * _tamis_eigen_top:
 * @a: n × n symmetric, positive semi-definite, both halves filled; destroyed
 * @values: (out): k eigenvalues, falling
 * @vectors: (out): k × n, orthonormal rows
 *
 * Returns: FALSE if @cancel fired
 */
gboolean _tamis_eigen_top (double *a, guint n, guint k, double *values, double *vectors,
                           GCancellable *cancel);

G_END_DECLS
