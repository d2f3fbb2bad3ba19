/* The model of one set of images: principal axes and a spline density on each; every class at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

#include <math.h>

/* A class of more images than this has the pool to itself; smaller ones share it. */
#define LARGE_CLASS 16384

static double
standard_deviation (const double *x, gsize n)
{
  double mean = 0.0, m2 = 0.0;

  for (gsize i = 0; i < n; i++)
    mean += x[i] / (double) n;
  for (gsize i = 0; i < n; i++)
    m2 += (x[i] - mean) * (x[i] - mean) / (double) n;
  return sqrt (m2);
}

void
_tamis_component_measure (TamisComponent *self, const double *scores, gsize n,
                          const TamisDistributionParams *params)
{
  TamisReason reason;

  self->kurtosis = tamis_kurtosis (scores, n);
  self->spline = tamis_spline_new (scores, n, params->rule, params->step, &reason);
  if (self->spline == NULL)
    {
      self->entropy = self->unit_entropy = _tamis_no_figure (reason);
      return;
    }
  self->entropy = _tamis_figure (tamis_spline_get_entropy (self->spline));
  self->unit_entropy
    = _tamis_figure (self->entropy.value - log (standard_deviation (scores, n)));
}

static void
leave_out (TamisComponent *self, TamisReason reason)
{
  self->kurtosis = self->entropy = self->unit_entropy = _tamis_no_figure (reason);
}

TamisDistribution *
tamis_distribution_new (const TamisPcaParams *set, const TamisDistributionParams *params,
                        GCancellable *cancel, GError **error)
{
  TamisPcaParams wanted = *set;
  TamisDistribution *self;
  TamisPca *pca;

  wanted.n_components = params->n_components;
  pca = tamis_pca_fit (&wanted, cancel, error);
  if (pca == NULL)
    return NULL;
  self = g_new0 (TamisDistribution, 1);
  self->n = set->n;
  self->n_components = params->n_components;
  self->pca = pca;
  self->components = g_new0 (TamisComponent, params->n_components);
  for (guint k = 0; k < self->n_components; k++)
    if (k < pca->n_components)
      _tamis_component_measure (&self->components[k], pca->scores + (gsize) k * pca->n, pca->n,
                                params);
    else
      leave_out (&self->components[k], pca->reason);
  return self;
}

gsize
_tamis_gather_kept (const double *scores, const guint8 *kept, gsize n, double *out)
{
  gsize count = 0;

  /* Written always, counted if kept: no branch for the processor to mispredict. */
  for (gsize i = 0; i < n; i++)
    {
      out[count] = scores[i];
      count += kept[i] != 0;
    }
  return count;
}

TamisDistribution *
tamis_distribution_subset (const TamisDistribution *self, const guint8 *kept,
                           const TamisDistributionParams *params)
{
  TamisDistribution *subset = g_new0 (TamisDistribution, 1);
  g_autofree double *scores = g_new (double, self->n + 1);

  g_return_val_if_fail (self->pca != NULL, NULL);
  subset->n_components = self->n_components;
  subset->components = g_new0 (TamisComponent, self->n_components);
  for (guint i = 0; i < self->n; i++)
    subset->n += kept[i] != 0;
  for (guint k = 0; k < self->n_components; k++)
    {
      if (k >= self->pca->n_components)
        {
          leave_out (&subset->components[k], self->pca->reason);
          continue;
        }
      _tamis_gather_kept (self->pca->scores + (gsize) k * self->n, kept, self->n, scores);
      _tamis_component_measure (&subset->components[k], scores, subset->n, params);
    }
  return subset;
}

void
tamis_distribution_free (TamisDistribution *self)
{
  if (self == NULL)
    return;
  for (guint k = 0; k < self->n_components; k++)
    g_clear_pointer (&self->components[k].spline, tamis_spline_unref);
  g_free (self->components);
  tamis_pca_free (self->pca);
  g_free (self);
}

guint
tamis_distribution_count_modes (const TamisDistribution *self, guint *component)
{
  guint most = 0;

  *component = 0;
  for (guint k = 0; k < self->n_components; k++)
    {
      g_autofree TamisMode *modes = NULL;
      guint n_modes;

      if (self->components[k].spline == NULL)
        continue;
      n_modes = tamis_spline_get_modes (self->components[k].spline, &modes);
      if (n_modes > most)
        {
          most = n_modes;
          *component = k;
        }
    }
  return most;
}

/* ---- every class ---- */

typedef struct
{
  const TamisClassSet *set;
  const TamisDistributionParams *params;
  TamisProgress *progress;
  GCancellable *cancel;
  TamisDistribution **results; /* one a class */
} Run;

static void
run_class (Run *run, guint class_index, gboolean parallel)
{
  const TamisClassSet *set = run->set;
  TamisRange range = set->ranges[class_index];
  TamisPcaParams params = {
    .values = set->values + (gsize) range.first * set->dimension,
    .dimension = set->dimension,
    .n = range.n,
    .parallel = parallel,
  };

  run->results[class_index] = tamis_distribution_new (&params, run->params, run->cancel, NULL);
  tamis_progress_add (run->progress, 1);
}

static void
class_item (gsize item, guint worker, gpointer data)
{
  Run *run = data;

  if (run->set->ranges[item].n <= LARGE_CLASS)
    run_class (run, (guint) item, FALSE);
}

GPtrArray *
_tamis_distributions_new (const TamisClassSet *set, const TamisDistributionParams *params,
                          TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_autoptr (GPtrArray) array
    = g_ptr_array_new_with_free_func ((GDestroyNotify) tamis_distribution_free);
  Run run = { set, params, progress, cancel, NULL };

  g_ptr_array_set_size (array, set->n_classes);
  run.results = (TamisDistribution **) array->pdata;
  tamis_progress_begin (progress, TAMIS_STAGE_STATISTICS, set->n_classes);
  for (guint c = 0; c < set->n_classes; c++)
    if (set->ranges[c].n > LARGE_CLASS && !g_cancellable_is_cancelled (cancel))
      run_class (&run, c, TRUE);
  tamis_parallel_for (set->n_classes, class_item, &run, cancel);
  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return NULL;
  return g_steal_pointer (&array);
}
