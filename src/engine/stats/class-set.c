/* The statistics of a data set: its latents cut into its classes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

/* The ranges are owned by the caller. */
static TamisClassSet
make_class_set (TamisDataset *dataset, TamisLatents *latents)
{
  guint n_classes = tamis_dataset_get_n_classes (dataset);
  TamisRange *ranges = g_new (TamisRange, MAX (n_classes, 1));

  for (guint c = 0; c < n_classes; c++)
    ranges[c] = tamis_dataset_get_class_range (dataset, c);
  return (TamisClassSet){
    .values = tamis_latents_get_values (latents),
    .dimension = tamis_latents_get_dimension (latents),
    .n_images = tamis_latents_get_n (latents),
    .n_classes = n_classes,
    .ranges = ranges,
  };
}

static void
release_latents (gpointer latents)
{
  tamis_latents_unref (latents);
}

GPtrArray *
tamis_distributions_new (TamisDataset *dataset, TamisLatents *latents,
                         const TamisDistributionParams *params, TamisProgress *progress,
                         GCancellable *cancel, GError **error)
{
  TamisClassSet set = make_class_set (dataset, latents);
  g_autofree const TamisRange *ranges G_GNUC_UNUSED = set.ranges; /* freed at the end */

  return _tamis_distributions_new (&set, params, progress, cancel, error);
}

TamisRemovalBasis *
tamis_removal_basis_new (TamisDataset *dataset, TamisLatents *latents,
                         const TamisDistributionParams *params, TamisProgress *progress,
                         GCancellable *cancel, GError **error)
{
  TamisClassSet set = make_class_set (dataset, latents);
  g_autofree const TamisRange *ranges G_GNUC_UNUSED = set.ranges; /* freed at the end */

  return _tamis_removal_basis_new (&set, params, tamis_latents_ref (latents), release_latents,
                                   progress, cancel, error);
}

TamisOutliers *
tamis_outliers_new (TamisDataset *dataset, TamisLatents *latents,
                    const TamisDistributionParams *params, TamisProgress *progress,
                    GCancellable *cancel, GError **error)
{
  TamisClassSet set = make_class_set (dataset, latents);
  g_autofree const TamisRange *ranges G_GNUC_UNUSED = set.ranges; /* freed at the end */

  return _tamis_outliers_new (&set, params, progress, cancel, error);
}
