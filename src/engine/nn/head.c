/* Fitting the whitened head.
 *
 * DESIGN: mean and covariance of the latents in double precision, in one pass: chunks of images are
 * dealt to eight accumulators by their number, not by thread, and these are added in order, so the
 * head is the same on any number of threads. Then the leading eigenvectors, each divided by the
 * standard deviation along it. A direction in which the latents hardly vary (below 1e-6 of the
 * largest variance: rounding, or fewer images than axes) would blow up noise; it is left zero.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "head.h"

#include "kernels/activation.h"
#include "kernels/eigen.h"

#include <cblas.h>
#include <math.h>

#define LANES 8
#define CHUNK 32
#define D TAMIS_NETWORK_LATENT

typedef struct
{
  double *sum;     /* D */
  double *product; /* D × D, upper triangle */
} Lane;

typedef struct
{
  const TamisPixels *images;
  gsize first_chunk; /* of this round; lane i takes chunk first_chunk + i */
  Lane lanes[LANES];
  guint n_workers;
  TamisCoder **coders;
  float **inputs;   /* a worker: CHUNK × 3 × 64 × 64 */
  float **latents;  /* a worker: CHUNK × D */
  double **doubles; /* a worker: CHUNK × D */
} Fit;

static void
fit_init (Fit *fit, TamisModel *model)
{
  fit->n_workers = tamis_parallel_workers ();
  fit->coders = g_new0 (TamisCoder *, fit->n_workers);
  fit->inputs = g_new0 (float *, fit->n_workers);
  fit->latents = g_new0 (float *, fit->n_workers);
  fit->doubles = g_new0 (double *, fit->n_workers);
  for (guint i = 0; i < fit->n_workers; i++)
    {
      fit->coders[i] = tamis_coder_new (model, CHUNK);
      fit->inputs[i] = g_new (float, CHUNK * TAMIS_NETWORK_INPUT);
      fit->latents[i] = g_new (float, CHUNK * D);
      fit->doubles[i] = g_new (double, CHUNK * D);
    }
  for (int i = 0; i < LANES; i++)
    {
      fit->lanes[i].sum = g_new0 (double, D);
      fit->lanes[i].product = g_new0 (double, D * D);
    }
}

static void
fit_clear (Fit *fit)
{
  for (guint i = 0; i < fit->n_workers; i++)
    {
      tamis_coder_free (fit->coders[i]);
      g_free (fit->inputs[i]);
      g_free (fit->latents[i]);
      g_free (fit->doubles[i]);
    }
  for (int i = 0; i < LANES; i++)
    {
      g_free (fit->lanes[i].sum);
      g_free (fit->lanes[i].product);
    }
  g_free (fit->coders);
  g_free (fit->inputs);
  g_free (fit->latents);
  g_free (fit->doubles);
}

static void
accumulate_chunk (gsize item, guint worker, gpointer data)
{
  Fit *fit = data;
  Lane *lane = &fit->lanes[item];
  gsize first = (fit->first_chunk + item) * CHUNK;
  int n = MIN (CHUNK, fit->images->n - first);
  double *rows = fit->doubles[worker];

  for (int i = 0; i < n; i++)
    {
      gsize row = fit->images->rows != NULL ? fit->images->rows[first + i] : first + i;
      const guint8 *image = fit->images->images + row * TAMIS_NETWORK_INPUT;

      /* One channel of 3 · 64 · 64 pixels: planar stays planar. */
      tamis_pixels_to_input (TAMIS_NETWORK_INPUT, 1, image,
                             fit->inputs[worker] + (gsize) i * TAMIS_NETWORK_INPUT);
    }
  tamis_coder_encode (fit->coders[worker], fit->inputs[worker], n, fit->latents[worker]);
  for (int i = 0; i < n * D; i++)
    {
      rows[i] = fit->latents[worker][i];
      lane->sum[i % D] += rows[i];
    }
  cblas_dsyrk (CblasRowMajor, CblasUpper, CblasTrans, D, n, 1.0, rows, D, 1.0, lane->product, D);
}

/* Adds the lanes and turns products into the covariance, both triangles, in lane 0. */
static void
finish_covariance (Fit *fit)
{
  double *sum = fit->lanes[0].sum;
  double *product = fit->lanes[0].product;

  for (int lane = 1; lane < LANES; lane++)
    {
      for (int i = 0; i < D; i++)
        sum[i] += fit->lanes[lane].sum[i];
      for (int i = 0; i < D * D; i++)
        product[i] += fit->lanes[lane].product[i];
    }
  for (int i = 0; i < D; i++)
    sum[i] /= fit->images->n;
  for (int i = 0; i < D; i++)
    for (int j = i; j < D; j++)
      {
        double covariance = product[i * D + j] / fit->images->n - sum[i] * sum[j];

        product[i * D + j] = product[j * D + i] = covariance;
      }
}

static gboolean
fill_head (TamisHead *head, const Fit *fit)
{
  TamisEigenWork size = tamis_eigen_work (D);
  g_autofree double *values = g_new0 (double, D);
  g_autofree double *vectors = g_new0 (double, (gsize) head->dimension * D);
  g_autofree double *real = g_new0 (double, size.n_real);
  g_autofree int *integer = g_new0 (int, size.n_integer);
  TamisEigen eigen = { D, head->dimension, fit->lanes[0].product, values, vectors, real, integer };

  if (!tamis_eigen_top (&eigen))
    return FALSE;
  for (int c = 0; c < D; c++)
    head->mean[c] = fit->lanes[0].sum[c];
  for (int i = 0; i < head->dimension; i++)
    {
      gboolean varies = values[i] > 0.0 && values[i] > 1e-6 * values[0];
      double scale = varies ? 1.0 / sqrt (values[i]) : 0.0;

      for (int c = 0; c < D; c++)
        head->weight[c * head->dimension + i] = scale * vectors[i * D + c];
    }
  return TRUE;
}

TamisHead *
tamis_head_fit (TamisModel *model, const TamisPixels *images, int dimension, GCancellable *cancel,
                GError **error)
{
  g_autoptr (TamisHead) head = tamis_head_new (dimension);
  Fit fit = { .images = images };
  gsize n_chunks = (images->n + CHUNK - 1) / CHUNK;
  gboolean complete = TRUE;

  g_return_val_if_fail (images->n > 0 && dimension >= 1 && dimension <= TAMIS_HEAD_MAX, NULL);
  fit_init (&fit, model);
  for (fit.first_chunk = 0; complete && fit.first_chunk < n_chunks; fit.first_chunk += LANES)
    complete = tamis_parallel_for (MIN (LANES, n_chunks - fit.first_chunk), accumulate_chunk, &fit,
                                   cancel);
  if (!complete)
    g_cancellable_set_error_if_cancelled (cancel, error);
  else
    {
      finish_covariance (&fit);
      complete = fill_head (head, &fit);
      if (!complete)
        g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_DIVERGED,
                     "the covariance of the latents has no eigenvectors");
    }
  fit_clear (&fit);
  return complete ? g_steal_pointer (&head) : NULL;
}
