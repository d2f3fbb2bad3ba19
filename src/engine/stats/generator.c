/* TamisGenerator: new latents from the spline marginals of a class.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <tamis/base.h>

struct _TamisGenerator
{
  TamisDistribution *distribution;
  guint n_components; /* drawn; may be fewer than the distribution has */
  double low, high;
};

/* The components that have a density, cut where they explain enough. Variances fall, so those
 * without (spread lost in rounding) come last. */
static guint
count_drawn (const TamisDistribution *distribution, double variance_share)
{
  const TamisPca *pca = distribution->pca;
  double wanted = variance_share * pca->total_variance, sum = 0.0;
  guint k;

  for (k = 0; k < pca->n_components && distribution->components[k].spline != NULL; k++)
    {
      if (variance_share > 0.0 && sum >= wanted)
        break;
      sum += pca->variance[k];
    }
  return k;
}

TamisGenerator *
tamis_generator_new (const TamisPcaParams *set, const TamisGeneratorParams *params,
                     GCancellable *cancel, GError **error)
{
  TamisDistributionParams wanted = {
    MIN (params->n_components, TAMIS_GENERATOR_MAX_COMPONENTS),
    params->rule,
    params->step,
  };
  TamisDistribution *distribution = tamis_distribution_new (set, &wanted, cancel, error);
  TamisGenerator *self;

  if (distribution == NULL)
    return NULL;
  self = g_new0 (TamisGenerator, 1);
  self->distribution = distribution;
  self->n_components = count_drawn (distribution, params->variance_share);
  self->low = params->low;
  self->high = params->high;
  return self;
}

void
tamis_generator_free (TamisGenerator *self)
{
  if (self == NULL)
    return;
  tamis_distribution_free (self->distribution);
  g_free (self);
}

guint
tamis_generator_get_n_components (const TamisGenerator *self)
{
  return self->n_components;
}

const TamisDistribution *
tamis_generator_get_distribution (const TamisGenerator *self)
{
  return self->distribution;
}

void
tamis_generator_draw (const TamisGenerator *self, guint64 seed, guint first, guint n,
                      double *scores, float *latents)
{
  const TamisPca *pca = self->distribution->pca;
  /* The inverse takes a score for every axis: those not drawn stay 0. */
  g_autofree double *draw = g_new0 (double, MAX (pca->n_components, 1));

  for (guint i = 0; i < n; i++)
    {
      TamisRandom random;

      /* Any odd number but splitmix64's own step, with which neighbours would share their state. */
      tamis_random_init (&random, seed + (guint64) (first + i) * 0xd1342543de82ef95u);
      for (guint k = 0; k < self->n_components; k++)
        draw[k] = tamis_spline_quantile (self->distribution->components[k].spline,
                                         tamis_random_uniform (&random));
      for (guint k = 0; scores != NULL && k < self->n_components; k++)
        scores[(gsize) i * self->n_components + k] = draw[k];
      if (latents != NULL)
        {
          float *row = latents + (gsize) i * pca->dimension;

          tamis_pca_reconstruct (pca, draw, row);
          for (guint j = 0; j < pca->dimension; j++)
            row[j] = (float) CLAMP (row[j], self->low, self->high);
        }
    }
}
