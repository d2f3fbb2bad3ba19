/* Principal components of some rows of a matrix.
 *
 * DESIGN: the second-moment matrix M of the centred rows X is taken over their shorter side, m =
 * min (n, d): XᵀX if there are at least as many rows as dimensions, XXᵀ otherwise. Both are sums
 * over blocks of the longer side, M = Σ BᵀB with B of LONG_BLOCK × m doubles, so one loop serves,
 * and no copy of the rows in double precision is ever held. Only panels on and above the diagonal
 * are computed. A panel's sum runs over the blocks in one order whoever computes it, hence the same
 * bits on one thread and on many.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#define LONG_BLOCK 256
#define PANEL 128

typedef struct
{
  const TamisPcaParams *params;
  const double *mean;
  GCancellable *cancel;
  gboolean by_rows; /* blocks are of rows, m = dimension; else of columns, m = n */
  guint m;
  guint length; /* of the longer side */
  double *moment; /* m × m */
} Moment;

static const float *
get_row (const TamisPcaParams *params, guint i)
{
  gsize row = params->rows != NULL ? params->rows[i] : i;

  return params->values + row * params->dimension;
}

static void
load_rows (const TamisPcaParams *params, const double *mean, guint first, guint count,
           double *block)
{
  guint d = params->dimension;

  for (guint i = 0; i < count; i++)
    {
      const float *row = get_row (params, first + i);
      double *out = block + (gsize) i * d;

      for (guint j = 0; j < d; j++)
        out[j] = (double) row[j] - mean[j];
    }
}

/* Columns first .. first + count - 1 of the centred matrix as rows of the block. */
static void
load_columns (const TamisPcaParams *params, const double *mean, guint first, guint count,
              double *block)
{
  for (guint i = 0; i < params->n; i++)
    {
      const float *row = get_row (params, i) + first;

      for (guint j = 0; j < count; j++)
        block[(gsize) j * params->n + i] = (double) row[j] - mean[first + j];
    }
}

static void
load_block (const Moment *self, guint first, guint count, double *block)
{
  if (self->by_rows)
    load_rows (self->params, self->mean, first, count, block);
  else
    load_columns (self->params, self->mean, first, count, block);
}

/* moment[0 .. end of panel][panel] += blockᵀ block */
static void
add_panel (Moment *self, guint panel, const double *block, guint count)
{
  guint first = panel * PANEL;
  guint width = MIN (PANEL, self->m - first);

  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, first + width, width, count, 1.0, block,
               self->m, block + first, self->m, 1.0, self->moment + first, self->m);
}

static void
panel_item (gsize item, guint worker, gpointer data)
{
  Moment *self = data;
  g_autofree double *block = g_new (double, (gsize) LONG_BLOCK * self->m);

  for (guint k = 0; k < self->length && !g_cancellable_is_cancelled (self->cancel); k += LONG_BLOCK)
    {
      guint count = MIN (LONG_BLOCK, self->length - k);

      load_block (self, k, count, block);
      add_panel (self, (guint) item, block, count);
    }
}

static void
fill_in_turn (Moment *self, guint n_panels)
{
  g_autofree double *block = g_new (double, (gsize) LONG_BLOCK * self->m);

  for (guint k = 0; k < self->length && !g_cancellable_is_cancelled (self->cancel); k += LONG_BLOCK)
    {
      guint count = MIN (LONG_BLOCK, self->length - k);

      load_block (self, k, count, block);
      for (guint panel = 0; panel < n_panels; panel++)
        add_panel (self, panel, block, count);
    }
}

static void
mirror (double *a, guint m)
{
  for (gsize i = 0; i < m; i++)
    for (gsize j = i + 1; j < m; j++)
      a[j * m + i] = a[i * m + j];
}

/* FALSE if a value is not finite: it makes its column's mean so. */
static gboolean
compute_mean (const TamisPcaParams *params, double *mean)
{
  guint d = params->dimension;

  for (guint i = 0; i < params->n; i++)
    {
      const float *row = get_row (params, i);

      for (guint j = 0; j < d; j++)
        mean[j] += row[j];
    }
  for (guint j = 0; j < d; j++)
    {
      if (!isfinite (mean[j]))
        return FALSE;
      mean[j] /= params->n;
    }
  return TRUE;
}

static void
fix_signs (TamisPca *self)
{
  for (guint k = 0; k < self->n_components; k++)
    {
      double *axis = self->basis + (gsize) k * self->dimension;

      if (axis[cblas_idamax (self->dimension, axis, 1)] < 0.0)
        cblas_dscal (self->dimension, -1.0, axis, 1);
    }
}

/* Axes from vectors over the images: Xᵀu / |Xᵀu|. */
static void
axes_from_gram (TamisPca *self, const TamisPcaParams *params, const double *vectors)
{
  guint d = self->dimension, n = self->n;
  g_autofree double *block = g_new (double, (gsize) LONG_BLOCK * d);

  for (guint i = 0; i < n; i += LONG_BLOCK)
    {
      guint count = MIN (LONG_BLOCK, n - i);

      load_rows (params, self->mean, i, count, block);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, self->n_components, d, count, 1.0,
                   vectors + i, n, block, d, 1.0, self->basis, d);
    }
  for (guint k = 0; k < self->n_components; k++)
    {
      double *axis = self->basis + (gsize) k * d;

      cblas_dscal (d, 1.0 / cblas_dnrm2 (d, axis, 1), axis, 1);
    }
}

static gboolean
compute_scores (TamisPca *self, const TamisPcaParams *params, GCancellable *cancel)
{
  guint d = self->dimension, n = self->n, k = self->n_components;
  g_autofree double *block = g_new (double, (gsize) LONG_BLOCK * d);

  self->scores = g_new (double, (gsize) k * n);
  for (guint i = 0; i < n && k > 0; i += LONG_BLOCK)
    {
      guint count = MIN (LONG_BLOCK, n - i);

      if (g_cancellable_is_cancelled (cancel))
        return FALSE;
      load_rows (params, self->mean, i, count, block);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, k, count, d, 1.0, self->basis, d, block,
                   d, 0.0, self->scores + i, n);
    }
  return TRUE;
}

/* Keeps what is above rounding noise of the first eigenvalue, m ε λ1, as ranks are counted. */
static guint
count_axes (const double *values, guint wanted, guint m)
{
  double least = 4.0 * m * DBL_EPSILON * values[0];
  guint k = 0;

  while (k < wanted && values[k] > least && values[k] > DBL_MIN)
    k++;
  return k;
}

static gboolean
find_axes (TamisPca *self, Moment *moment, guint wanted)
{
  guint k = MIN (wanted, moment->m);
  g_autofree double *values = g_new0 (double, MAX (k, 1));
  g_autofree double *vectors = g_new0 (double, (gsize) MAX (k, 1) * moment->m);

  if (k == 0)
    return TRUE;
  if (!_tamis_eigen_top (moment->moment, moment->m, k, values, vectors, moment->cancel))
    return FALSE;
  self->n_components = count_axes (values, k, moment->m);
  self->variance = g_new (double, MAX (self->n_components, 1));
  self->basis = g_new0 (double, (gsize) MAX (self->n_components, 1) * self->dimension);
  for (guint i = 0; i < self->n_components; i++)
    self->variance[i] = values[i] / self->n;
  if (moment->by_rows)
    memcpy (self->basis, vectors, (gsize) self->n_components * self->dimension * sizeof *vectors);
  else
    axes_from_gram (self, moment->params, vectors);
  fix_signs (self);
  if (self->n_components < wanted)
    self->reason = TAMIS_REASON_NO_COMPONENT;
  return TRUE;
}

static gboolean
fit_moment (TamisPca *self, const TamisPcaParams *params, GCancellable *cancel)
{
  gboolean by_rows = params->n >= params->dimension;
  guint m = MIN (params->n, params->dimension);
  guint n_panels = (m + PANEL - 1) / PANEL;
  g_autofree double *matrix = g_new0 (double, (gsize) m * m);
  Moment moment = {
    .params = params,
    .mean = self->mean,
    .cancel = cancel,
    .by_rows = by_rows,
    .m = m,
    .length = MAX (params->n, params->dimension),
    .moment = matrix,
  };

  if (params->parallel)
    tamis_parallel_for (n_panels, panel_item, &moment, cancel);
  else
    fill_in_turn (&moment, n_panels);
  if (g_cancellable_is_cancelled (cancel))
    return FALSE;
  for (gsize i = 0; i < m; i++)
    self->total_variance += matrix[i * m + i];
  self->total_variance /= self->n;
  if (!(self->total_variance > 0.0))
    {
      self->reason = TAMIS_REASON_CONSTANT;
      return TRUE;
    }
  mirror (matrix, m);
  return find_axes (self, &moment, params->n_components);
}

TamisPca *
tamis_pca_fit (const TamisPcaParams *params, GCancellable *cancel, GError **error)
{
  g_autoptr (TamisPca) self = g_new0 (TamisPca, 1);

  self->n = params->n;
  self->dimension = params->dimension;
  self->mean = g_new0 (double, MAX (params->dimension, 1));
  if (params->n < 2 || params->dimension == 0)
    self->reason = TAMIS_REASON_TOO_FEW;
  if (params->n > 0 && !compute_mean (params, self->mean))
    {
      memset (self->mean, 0, params->dimension * sizeof *self->mean);
      self->reason = TAMIS_REASON_NOT_FINITE;
    }
  if (self->reason != TAMIS_REASON_NONE)
    return g_steal_pointer (&self);

  if (!fit_moment (self, params, cancel) || !compute_scores (self, params, cancel))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
tamis_pca_free (TamisPca *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->basis);
  g_free (self->variance);
  g_free (self->scores);
  g_free (self);
}

void
tamis_pca_project (const TamisPca *self, const float *row, double *scores)
{
  for (guint k = 0; k < self->n_components; k++)
    {
      const double *axis = self->basis + (gsize) k * self->dimension;
      double sum = 0.0;

      for (guint j = 0; j < self->dimension; j++)
        sum += ((double) row[j] - self->mean[j]) * axis[j];
      scores[k] = sum;
    }
}

void
tamis_pca_reconstruct (const TamisPca *self, const double *scores, float *row)
{
  g_autofree double *sum = g_memdup2 (self->mean, self->dimension * sizeof *sum);

  if (self->n_components > 0)
    cblas_dgemv (CblasRowMajor, CblasTrans, self->n_components, self->dimension, 1.0, self->basis,
                 self->dimension, scores, 1, 1.0, sum, 1);
  for (guint j = 0; j < self->dimension; j++)
    row[j] = (float) sum[j];
}
