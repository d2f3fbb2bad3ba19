/* Leading eigenvectors of a symmetric matrix, through LAPACK.
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
