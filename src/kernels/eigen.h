/* Leading eigenvectors of a symmetric matrix and orthonormal rows, through LAPACK.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Floats and integers of scratch that an n × n matrix needs, asked from LAPACK. */
typedef struct
{
  int n_real;
  int n_integer;
} TamisEigenWork;
TamisEigenWork tamis_eigen_work (int n);

/* @matrix: n × n, destroyed; the lower triangle (in row-major terms) is read.
 * @values: n; the first @k are the largest eigenvalues, falling.
 * @vectors: k × n, row i the unit eigenvector of values[i]; its largest component in magnitude (the
 * first of equals) is positive, so that the sign does not depend on the library.
 * @real, @integer: scratch as tamis_eigen_work() says.
 * Returns: false if LAPACK did not converge. */
typedef struct
{
  int n, k;
  double *matrix;
  double *values;
  double *vectors;
  double *real;
  int *integer;
} TamisEigen;
bool tamis_eigen_top (const TamisEigen *eigen);

/* Makes the @k rows of @rows (k × n, k <= n) orthonormal, to within a few roundings of a float, by
 * Householder QR; the first i rows still span what the first i spanned. @tau: k, @work: @n_work
 * floats of scratch, as tamis_orthonormal_work() says. Returns: false if LAPACK refused. */
typedef struct
{
  int k, n;
  float *rows;
  float *tau;
  float *work;
  int n_work;
} TamisOrthonormal;
int tamis_orthonormal_work (int k, int n);
bool tamis_orthonormalise (const TamisOrthonormal *self);
