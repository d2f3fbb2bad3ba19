/* The inside of a spline density, for the files that compute with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "stats-private.h"

G_BEGIN_DECLS

struct _TamisSpline
{
  gatomicrefcount references;
  gsize n;
  guint n_bins;
  double first_edge;
  double step;
  double mean;
  double variance;
  guint32 *counts;     /* n_bins + 4: two zeros, the classes, two zeros */
  guint64 *cumulative; /* n_bins + 3: 6 N times the CDF at the knots */
};

/* Shares of the class before, of the class itself and of the one after it. */
typedef struct
{
  double a, b, c;
} TamisPiece;

/* Knot interval @k, 0 .. n_bins + 1; class k - 1 is its middle one. */
TamisPiece _tamis_spline_piece (const TamisSpline *self, guint k);
/* h f at @v in [0, 1] across the interval. */
double _tamis_piece_density (const TamisPiece *piece, double v);

G_END_DECLS
