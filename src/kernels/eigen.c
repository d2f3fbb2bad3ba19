/* Leading eigenvectors through dsyevr (multiple relatively robust representations), orthonormal rows
 * through sgeqrf and sorgqr.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "eigen.h"

#include <math.h>

/* Debian's OpenBLAS has the Fortran symbols of LAPACK but no header for them. */
extern void dsyevr_ (const char *job, const char *range, const char *uplo, const int *n, double *a,
                     const int *lda, const double *vl, const double *vu, const int *il,
                     const int *iu, const double *tolerance, int *m, double *w, double *z,
                     const int *ldz, int *support, double *work, const int *n_work, int *integers,
                     const int *n_integers, int *info);
extern void sgeqrf_ (const int *m, const int *n, float *a, const int *lda, float *tau, float *work,
                     const int *n_work, int *info);
extern void sorgqr_ (const int *m, const int *n, const int *k, float *a, const int *lda, float *tau,
                     float *work, const int *n_work, int *info);

TamisEigenWork
tamis_eigen_work (int n)
{
  double real = 0.0;
  double nothing = 0.0;
  int integer = 0;
  int query = -1;
  int one = 1;
  int m, support, info;

  dsyevr_ ("V", "I", "U", &n, &nothing, &n, &nothing, &nothing, &one, &n, &nothing, &m, &nothing,
           &nothing, &n, &support, &real, &query, &integer, &query, &info);
  /* The list of supports (2 n) is kept behind LAPACK's own integers. */
  return (TamisEigenWork){ .n_real = (int) real, .n_integer = integer + 2 * n };
}

static void
reverse_and_sign (const TamisEigen *eigen)
{
  int n = eigen->n;

  for (int i = 0; i < eigen->k / 2; i++)
    {
      int j = eigen->k - 1 - i;
      double value = eigen->values[i];

      eigen->values[i] = eigen->values[j];
      eigen->values[j] = value;
      for (int c = 0; c < n; c++)
        {
          double t = eigen->vectors[(size_t) i * n + c];

          eigen->vectors[(size_t) i * n + c] = eigen->vectors[(size_t) j * n + c];
          eigen->vectors[(size_t) j * n + c] = t;
        }
    }
  for (int i = 0; i < eigen->k; i++)
    {
      double *v = eigen->vectors + (size_t) i * n;
      int largest = 0;

      for (int c = 1; c < n; c++)
        if (fabs (v[c]) > fabs (v[largest]))
          largest = c;
      for (int c = 0; v[largest] < 0.0 && c < n; c++)
        if (c != largest)
          v[c] = -v[c];
      v[largest] = fabs (v[largest]);
    }
}

bool
tamis_eigen_top (const TamisEigen *eigen)
{
  TamisEigenWork size = tamis_eigen_work (eigen->n);
  int n = eigen->n;
  int n_integer = size.n_integer - 2 * n;
  int first = n - eigen->k + 1;
  double nothing = 0.0;
  int m, info;

  /* Row-major lower is column-major upper. LAPACK sorts eigenvalues rising. */
  dsyevr_ ("V", "I", "U", &n, eigen->matrix, &n, &nothing, &nothing, &first, &n, &nothing, &m,
           eigen->values, eigen->vectors, &n, eigen->integer + n_integer, eigen->real, &size.n_real,
           eigen->integer, &n_integer, &info);
  if (info != 0 || m != eigen->k)
    return false;
  reverse_and_sign (eigen);
  return true;
}

int
tamis_orthonormal_work (int k, int n)
{
  float factor = 0.0f, form = 0.0f, nothing = 0.0f;
  int query = -1;
  int info;

  sgeqrf_ (&n, &k, &nothing, &n, &nothing, &factor, &query, &info);
  sorgqr_ (&n, &k, &k, &nothing, &n, &nothing, &form, &query, &info);
  return (int) (factor > form ? factor : form);
}

bool
tamis_orthonormalise (const TamisOrthonormal *self)
{
  int n = self->n, k = self->k;
  int info;

  /* Rows are LAPACK's columns. */
  sgeqrf_ (&n, &k, self->rows, &n, self->tau, self->work, &self->n_work, &info);
  if (info == 0)
    sorgqr_ (&n, &k, &k, self->rows, &n, self->tau, self->work, &self->n_work, &info);
  return info == 0;
}
