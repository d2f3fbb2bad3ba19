/* The largest eigenvalues of a symmetric positive semi-definite matrix and their vectors.
 *
 * DESIGN: two ways. LAPACK's dsyevr is exact and simple, but reduces the whole matrix to
 * tridiagonal form in one step that cannot be cancelled: 75 ms at order 1,024 and 64 times that at
 * 4,096. For a few vectors of a large matrix a block Krylov iteration (block Lanczos with full
 * reorthogonalisation; Golub and Underwood 1977, Musco and Musco 2015) needs some ten products of
 * the matrix with a block of k + 5 vectors. It starts from a fixed random block, so results repeat,
 * and ends when every wanted pair has |A v - λ v| <= 1e-12 λ1; a block rather than one vector, so
 * that equal eigenvalues are all found. Where it does not get there (a flat spectrum, a matrix of
 * low rank) dsyevr decides.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include "kernels/eigen.h"

#include <tamis/base.h>

#include <cblas.h>
#include <math.h>
#include <string.h>

#define KRYLOV_MIN_ORDER 256
#define KRYLOV_MAX_WANTED 16
#define KRYLOV_EXTRA 5
#define KRYLOV_MAX_BLOCKS 40
#define KRYLOV_CHECK_EVERY 3
#define KRYLOV_TOLERANCE 1e-12

/* Destroys @a. */
static void
eigen_dense (double *a, guint n, guint k, double *values, double *vectors)
{
  TamisEigenWork size = tamis_eigen_work ((int) n);
  g_autofree double *all_values = g_new0 (double, n);
  g_autofree double *real = g_new (double, size.n_real);
  g_autofree int *integer = g_new (int, size.n_integer);
  TamisEigen eigen = { (int) n, (int) k, a, all_values, vectors, real, integer };

  if (!tamis_eigen_top (&eigen))
    {
      /* LAPACK calls this an internal error; no axes is an honest answer to it. */
      memset (values, 0, k * sizeof *values);
      memset (vectors, 0, (gsize) k * n * sizeof *vectors);
      return;
    }
  memcpy (values, all_values, k * sizeof *values);
}

typedef struct
{
  const double *a;
  guint n;
  guint wanted;
  guint block;
  guint columns;  /* vectors so far */
  guint capacity;
  double *q;  /* capacity × n, orthonormal rows */
  double *aq; /* capacity × n: q times a */
} Krylov;

/* Makes rows first .. first + block - 1 of q orthonormal, and to all before them. */
static gboolean
orthonormalise (Krylov *self, guint first)
{
  gsize n = self->n;
  g_autofree double *overlap = g_new (double, (gsize) self->block * MAX (first, 1));
  double *block = self->q + first * n;

  /* Twice is enough (Kahan, Parlett). */
  for (int pass = 0; pass < 2 && first > 0; pass++)
    {
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, self->block, first, n, 1.0, block, n,
                   self->q, n, 0.0, overlap, first);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, self->block, n, first, -1.0, overlap,
                   first, self->q, n, 1.0, block, n);
    }
  for (guint i = 0; i < self->block; i++)
    {
      double *row = block + i * n, before = cblas_dnrm2 (n, row, 1), norm;

      for (int pass = 0; pass < 2; pass++)
        for (guint j = 0; j < i; j++)
          cblas_daxpy (n, -cblas_ddot (n, row, 1, block + j * n, 1), block + j * n, 1, row, 1);
      norm = cblas_dnrm2 (n, row, 1);
      if (!(norm > 1e-10 * before) || before == 0.0)
        return FALSE;
      cblas_dscal (n, 1.0 / norm, row, 1);
    }
  return TRUE;
}

/* Ritz pairs of the space so far; TRUE if the wanted ones have converged. */
static gboolean
take_ritz_pairs (Krylov *self, double *values, double *vectors)
{
  guint s = self->columns, k = self->wanted;
  gsize n = self->n;
  g_autofree double *t = g_new (double, (gsize) s * s);
  g_autofree double *u = g_new (double, (gsize) k * s);
  g_autofree double *residual = g_new (double, k * n);

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, s, s, n, 1.0, self->q, n, self->aq, n, 0.0,
               t, s);
  eigen_dense (t, s, k, values, u);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, k, n, s, 1.0, u, s, self->q, n, 0.0,
               vectors, n);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, k, n, s, 1.0, u, s, self->aq, n, 0.0,
               residual, n);
  for (guint i = 0; i < k; i++)
    {
      cblas_daxpy (n, -values[i], vectors + i * n, 1, residual + i * n, 1);
      if (!(cblas_dnrm2 (n, residual + i * n, 1) <= KRYLOV_TOLERANCE * values[0]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
krylov_run (Krylov *self, double *values, double *vectors, GCancellable *cancel)
{
  gsize n = self->n;

  for (guint step = 1;; step++)
    {
      guint first = self->columns;
      double *image = self->aq + first * n;

      if (first + self->block > self->capacity || !orthonormalise (self, first)
          || g_cancellable_is_cancelled (cancel))
        return FALSE;
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, self->block, n, n, 1.0,
                   self->q + first * n, n, self->a, n, 0.0, image, n);
      self->columns += self->block;
      if (step % KRYLOV_CHECK_EVERY == 0 && take_ritz_pairs (self, values, vectors))
        return TRUE;
      if (self->columns + self->block <= self->capacity)
        memcpy (self->q + self->columns * n, image, self->block * n * sizeof *image);
    }
}

static gboolean
eigen_krylov (const double *a, guint n, guint k, double *values, double *vectors,
              GCancellable *cancel)
{
  Krylov self = { .a = a, .n = n, .wanted = k, .block = k + KRYLOV_EXTRA };
  g_autofree double *q = NULL, *aq = NULL;
  TamisRandom random;

  self.capacity = MIN (n / 2, self.block * KRYLOV_MAX_BLOCKS);
  self.q = q = g_new (double, (gsize) self.capacity * n);
  self.aq = aq = g_new (double, (gsize) self.capacity * n);
  tamis_random_init (&random, 1);
  for (gsize i = 0; i < (gsize) self.block * n; i++)
    q[i] = tamis_random_normal (&random);
  return krylov_run (&self, values, vectors, cancel);
}

gboolean
_tamis_eigen_top (double *a, guint n, guint k, double *values, double *vectors,
                  GCancellable *cancel)
{
  gboolean krylov = n >= KRYLOV_MIN_ORDER && k <= KRYLOV_MAX_WANTED;

  if (krylov && eigen_krylov (a, n, k, values, vectors, cancel))
    return TRUE;
  if (g_cancellable_is_cancelled (cancel))
    return FALSE;
  eigen_dense (a, n, k, values, vectors);
  return TRUE;
}
