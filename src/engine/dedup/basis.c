/* A few directions that hold most of the vectors' length, from a sample of them.
 *
 * DESIGN: the uncentred principal directions of unit vectors: of all bases of k directions, the one
 * that leaves the shortest rests on average. The latents of one network share most of it, so all
 * classes use one. Up to DIRECT dimensions the second moment is diagonalised; beyond, a step of
 * subspace iteration from a random sketch of the rows (each in one sum, with a random sign: Clarkson,
 * Woodruff, Low rank approximation in input sparsity time, STOC 2013) and a Rayleigh-Ritz rotation
 * (Halko, Martinsson, Tropp, Finding structure with randomness, SIAM Review 53, 2011): no need to converge, as the bound holds
 * for any orthonormal directions. How far they are from orthonormal is measured, in double, and
 * paid for in the bound.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#include "kernels/eigen.h"

#include <tamis/base.h>

#include <cblas.h>
#include <math.h>
#include <string.h>

#define GROUPS 32  /* ranges looked at, at most */
#define DIRECT 256 /* dimensions */
#define SPARE 8    /* directions more than asked for, iterated along */
#define SKEW_MAX 1e-3

/* ---- sample ---- */

/* The range that holds the @k-th of all pairs. */
static TamisRange
find_range (const TamisRange *ranges, guint n_ranges, guint64 k)
{
  for (guint i = 0; i < n_ranges; i++)
    {
      guint64 here = _tamis_ranges_count_pairs (&ranges[i], 1);

      if (k < here)
        return ranges[i];
      k -= here;
    }
  return ranges[n_ranges - 1];
}

TamisSample *
_tamis_sample_new (const TamisJoinInput *in, TamisRanges ranges, guint n, guint64 seed)
{
  TamisSample *self = g_new0 (TamisSample, 1);
  guint64 n_pairs = _tamis_ranges_count_pairs (ranges.items, ranges.n);
  TamisRandom random;

  tamis_random_init (&random, seed);
  self->n_groups = MIN (ranges.n, GROUPS);
  self->group = MAX (n / self->n_groups, 2);
  self->n = self->group * self->n_groups;
  self->units = g_new0 (float, (gsize) self->n * in->dimension);
  for (guint g = 0; g < self->n_groups; g++)
    {
      TamisRange range = find_range (ranges.items, ranges.n,
                                     (guint64) ((g + 0.5) / self->n_groups * (double) n_pairs));

      for (guint i = 0; i < self->group; i++)
        {
          double at = (i + tamis_random_uniform (&random)) / self->group * range.n;
          gsize row = range.first + MIN ((guint) at, range.n - 1);

          _tamis_unit (in->values + row * in->dimension, in->dimension,
                       self->units + ((gsize) g * self->group + i) * in->dimension);
        }
    }
  return self;
}

void
_tamis_sample_free (TamisSample *self)
{
  g_free (self->units);
  g_free (self);
}

/* ---- directions ---- */

/* to (k × k or k × d) = the @n_top leading eigenvectors of the Gram matrix of n × k @x's columns. */
static gboolean
find_axes (const float *x, guint n, guint k, guint n_top, float *to)
{
  TamisEigenWork size = tamis_eigen_work ((int) k);
  g_autofree float *gram = g_new (float, (gsize) k * k);
  g_autofree double *matrix = g_new (double, (gsize) k * k);
  g_autofree double *values = g_new (double, k);
  g_autofree double *vectors = g_new (double, (gsize) k * k);
  g_autofree double *real = g_new (double, size.n_real);
  g_autofree int *integer = g_new (int, size.n_integer);
  TamisEigen eigen = { (int) k, (int) n_top, matrix, values, vectors, real, integer };

  cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int) k, (int) k, (int) n, 1.0f, x, (int) k,
               x, (int) k, 0.0f, gram, (int) k);
  for (gsize i = 0; i < (gsize) k * k; i++)
    matrix[i] = gram[i];
  if (!tamis_eigen_top (&eigen))
    return FALSE;
  for (gsize i = 0; i < (gsize) n_top * k; i++)
    to[i] = (float) vectors[i];
  return TRUE;
}

static gboolean
orthonormalise (float *rows, guint k, guint n)
{
  int n_work = tamis_orthonormal_work ((int) k, (int) n);
  g_autofree float *tau = g_new (float, k);
  g_autofree float *work = g_new (float, n_work);
  TamisOrthonormal self = { (int) k, (int) n, rows, tau, work, n_work };

  return tamis_orthonormalise (&self);
}

/* @scores (n × k) = sample · @rows (k × d) transposed. */
static void
multiply (const TamisSample *sample, guint dimension, const float *rows, guint k, float *scores)
{
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) sample->n, (int) k, (int) dimension,
               1.0f, sample->units, (int) dimension, rows, (int) dimension, 0.0f, scores, (int) k);
}

/* @k sums of rows with random signs, each row in one of them. */
static void
sketch (const TamisSample *sample, guint dimension, guint k, float *rows)
{
  TamisRandom random;

  tamis_random_init (&random, 2013);
  memset (rows, 0, (gsize) k * dimension * sizeof *rows);
  for (guint i = 0; i < sample->n; i++)
    cblas_saxpy ((int) dimension, tamis_random_uniform (&random) < 0.5 ? -1.0f : 1.0f,
                 sample->units + (gsize) i * dimension, 1, rows + (gsize) (i % k) * dimension, 1);
}

static gboolean
find_directions (const TamisSample *sample, guint dimension, guint n, float *to)
{
  guint k = MIN (n + SPARE, dimension);
  g_autofree float *rows = g_new (float, (gsize) k * dimension);
  g_autofree float *scores = g_new (float, (gsize) sample->n * k);
  g_autofree float *rotation = g_new (float, (gsize) n * k);

  sketch (sample, dimension, k, rows);
  multiply (sample, dimension, rows, k, scores);
  cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int) k, (int) dimension, (int) sample->n,
               1.0f, scores, (int) k, sample->units, (int) dimension, 0.0f, rows, (int) dimension);
  if (!orthonormalise (rows, k, dimension))
    return FALSE;
  multiply (sample, dimension, rows, k, scores);
  if (!find_axes (scores, sample->n, k, n, rotation))
    return FALSE;
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) n, (int) dimension, (int) k, 1.0f,
               rotation, (int) k, rows, (int) dimension, 0.0f, to, (int) dimension);
  return TRUE;
}

/* The Frobenius norm of V Vᵀ - I, which its largest eigenvalue does not exceed. The doubles' own
 * errors are below d 2^-53 an element; 1e-9 covers them all. */
static double
measure_skew (const TamisBasis *self)
{
  double sum = 0.0;

  for (guint i = 0; i < self->n; i++)
    for (guint j = 0; j <= i; j++)
      {
        double dot = _tamis_dot (self->rows + (gsize) i * self->dimension,
                                 self->rows + (gsize) j * self->dimension, self->dimension)
                     - (i == j);

        sum += (i == j ? 1 : 2) * dot * dot;
      }
  return sqrt (sum) + 1e-9;
}

TamisBasis *
_tamis_basis_new (const TamisSample *sample, guint dimension, guint n)
{
  g_autoptr (TamisBasis) self = g_new0 (TamisBasis, 1);
  gboolean found;

  self->n = MIN (n, dimension);
  self->dimension = dimension;
  self->rows = g_new0 (float, (gsize) self->n * dimension);
  if (dimension <= DIRECT)
    found = find_axes (sample->units, sample->n, dimension, self->n, self->rows);
  else
    found = find_directions (sample, dimension, self->n, self->rows);
  if (!found)
    return NULL;
  self->skew = measure_skew (self);
  return self->skew <= SKEW_MAX ? g_steal_pointer (&self) : NULL;
}

void
_tamis_basis_free (TamisBasis *self)
{
  g_free (self->rows);
  g_free (self);
}
