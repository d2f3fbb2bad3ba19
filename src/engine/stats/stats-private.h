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

/* Beta's distribution function and its inverse; a, b > 0, p in (0, 1). To 1e-12. */
double _tamis_beta_cdf (double x, double a, double b);
double _tamis_beta_quantile (double p, double a, double b);
/* Student's, for p in (1/2, 1); @df need not be whole. */
double _tamis_student_quantile (double p, double df);
double _tamis_normal_quantile (double p);

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

/* ---- what precision.c reads of a TamisCheck ---- */

/* T and the edges of strata are multiples of 1 / TAMIS_CHECK_LEVELS, as those of the slider are. */
#define TAMIS_CHECK_LEVELS 1000

/* The number of pairs above each level: of all, or of the class in hand (NULL: not counted). */
const guint64 *_tamis_check_get_above (TamisCheck *self, int class_index);
/* Above which levels stratum @h lies, and up to which. */
guint _tamis_check_get_low (TamisCheck *self, guint h);
guint _tamis_check_get_high (TamisCheck *self, guint h);
/* Whether drawn pair @i lies inside the class; -1: any does. */
gboolean _tamis_check_is_in (TamisCheck *self, guint i, int class_index);
/* The highest level that @similarity is above. */
guint _tamis_check_level (double similarity);

G_END_DECLS
