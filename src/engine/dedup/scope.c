/* From a data set to the row ranges that the join and the plan work on.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

static TamisRange *
get_classes (TamisDataset *dataset)
{
  guint n = tamis_dataset_get_n_classes (dataset);
  TamisRange *ranges = g_new (TamisRange, MAX (n, 1));

  for (guint c = 0; c < n; c++)
    ranges[c] = tamis_dataset_get_class_range (dataset, c);
  return ranges;
}

TamisRange *
_tamis_scope_get_ranges (TamisDataset *dataset, TamisScope scope, guint *n_ranges)
{
  TamisRange *all;

  if (scope == TAMIS_SCOPE_CLASS)
    {
      *n_ranges = tamis_dataset_get_n_classes (dataset);
      return get_classes (dataset);
    }
  all = g_new (TamisRange, 1);
  *all = (TamisRange){ 0, tamis_dataset_get_n_images (dataset) };
  *n_ranges = 1;
  return all;
}

TamisPairs *
tamis_join_run (TamisDataset *dataset, TamisLatents *latents, const TamisJoinParams *params,
                TamisProgress *progress, GCancellable *cancel, GError **error)
{
  guint n_ranges;
  g_autofree TamisRange *ranges = _tamis_scope_get_ranges (dataset, params->scope, &n_ranges);
  TamisJoinInput in = {
    .values = tamis_latents_get_values (latents),
    .n = tamis_latents_get_n (latents),
    .dimension = tamis_latents_get_dimension (latents),
    .ranges = ranges,
    .n_ranges = n_ranges,
    .floor = params->floor,
    .scope = params->scope,
    .max_pairs = params->max_pairs,
  };

  g_return_val_if_fail (in.n == tamis_dataset_get_n_images (dataset), NULL);
  return _tamis_join_ranges (&in, progress, cancel, error);
}

TamisPlan *
tamis_plan_new (TamisDataset *dataset, TamisPairs *pairs, const TamisPlanParams *params,
                GError **error)
{
  g_autofree TamisRange *classes = get_classes (dataset);
  TamisPlanClasses of = { classes, tamis_dataset_get_n_classes (dataset) };

  g_return_val_if_fail (tamis_pairs_get_n_images (pairs) == tamis_dataset_get_n_images (dataset),
                        NULL);
  return _tamis_plan_new (pairs, of, params, error);
}

TamisHistogram *
tamis_histogram_new (TamisDataset *dataset, TamisLatents *latents, TamisPairs *pairs,
                     int class_index, double low, guint n_bins)
{
  g_autofree TamisRange *ranges = NULL;
  TamisHistogramInput in = {
    .values = tamis_latents_get_values (latents),
    .dimension = tamis_latents_get_dimension (latents),
    .pairs = pairs,
  };

  g_return_val_if_fail (class_index < (int) tamis_dataset_get_n_classes (dataset), NULL);
  if (class_index < 0)
    ranges = _tamis_scope_get_ranges (dataset, tamis_pairs_get_scope (pairs), &in.n_ranges);
  else
    {
      ranges = g_new (TamisRange, 1);
      *ranges = tamis_dataset_get_class_range (dataset, (guint) class_index);
      in.n_ranges = 1;
    }
  in.ranges = ranges;
  return _tamis_histogram_new (&in, low, n_bins);
}
