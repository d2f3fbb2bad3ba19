/* Images that the spline model of their class finds unlikely.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

double
tamis_distribution_log_density (const TamisDistribution *self, guint i)
{
  double sum = 0.0;

  for (guint k = 0; k < self->n_components; k++)
    if (self->components[k].spline != NULL)
      sum += tamis_spline_log_density (self->components[k].spline,
                                       self->pca->scores[(gsize) k * self->n + i]);
  return sum;
}

static gboolean
has_density (const TamisDistribution *self)
{
  for (guint k = 0; k < self->n_components; k++)
    if (self->components[k].spline != NULL)
      return TRUE;
  return FALSE;
}

static int
compare_outliers (const void *a, const void *b)
{
  const TamisOutlier *x = a, *y = b;

  if (x->deficit != y->deficit)
    return x->deficit < y->deficit ? 1 : -1;
  return (x->row > y->row) - (x->row < y->row);
}

static void
rank_class (TamisOutlier *items, const TamisDistribution *distribution, guint class_index,
            guint first)
{
  guint n = distribution->n;
  g_autofree double *sorted = g_new (double, MAX (n, 1));
  double median;

  for (guint i = 0; i < n; i++)
    {
      items[i].row = first + i;
      items[i].class_index = class_index;
      items[i].log_density = sorted[i] = tamis_distribution_log_density (distribution, i);
    }
  median = _tamis_percentile (sorted, n, 0.5);
  for (guint i = 0; i < n; i++)
    items[i].deficit = median - items[i].log_density;
}

TamisOutliers *
_tamis_outliers_new (const TamisClassSet *set, const TamisDistributionParams *params,
                     TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_autoptr (GPtrArray) distributions
    = _tamis_distributions_new (set, params, progress, cancel, error);
  TamisOutliers *self;

  if (distributions == NULL)
    return NULL;
  self = g_new0 (TamisOutliers, 1);
  self->items = g_new (TamisOutlier, MAX (set->n_images, 1));
  for (guint c = 0; c < set->n_classes; c++)
    {
      const TamisDistribution *distribution = g_ptr_array_index (distributions, c);

      if (!has_density (distribution))
        {
          self->n_unranked += distribution->n;
          continue;
        }
      rank_class (self->items + self->n, distribution, c, set->ranges[c].first);
      self->n += distribution->n;
    }
  qsort (self->items, self->n, sizeof *self->items, compare_outliers);
  return self;
}

void
tamis_outliers_free (TamisOutliers *self)
{
  if (self == NULL)
    return;
  g_free (self->items);
  g_free (self);
}
