/* Latents cut into classes: what the statistics of a data set are computed from. Plain arrays, so
 * that tests need no files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "stats-private.h"

G_BEGIN_DECLS

typedef struct
{
  const float *values; /* row-major, rows of a class adjacent */
  guint dimension;
  guint n_images;
  guint n_classes;
  const TamisRange *ranges; /* one a class */
} TamisClassSet;

/* Fills in figures and spline of one component from its scores. */
void _tamis_component_measure (TamisComponent *self, const double *scores, gsize n,
                               const TamisDistributionParams *params);

/* Copies the kept of @n scores to @out (room for n + 1). Returns how many. */
gsize _tamis_gather_kept (const double *scores, const guint8 *kept, gsize n, double *out);

GPtrArray *_tamis_distributions_new (const TamisClassSet *set,
                                     const TamisDistributionParams *params,
                                     TamisProgress *progress, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* @owner: (transfer full): keeps @set's values; freed by @release. The ranges are copied. */
TamisRemovalBasis *_tamis_removal_basis_new (const TamisClassSet *set,
                                             const TamisDistributionParams *params, gpointer owner,
                                             GDestroyNotify release, TamisProgress *progress,
                                             GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* The rows of a class; borrowed. */
TamisRange _tamis_removal_basis_get_range (const TamisRemovalBasis *self, guint class_index);

/* As tamis_removal_class_stats() with the flags of the class's own images. */
gboolean _tamis_removal_measure (const TamisRemovalBasis *self, const guint8 *class_kept,
                                 guint class_index, TamisBasis basis, TamisClassRemoval *stats,
                                 GCancellable *cancel);
/* Lines and mean changes from the classes. */
void _tamis_removal_summarise (TamisRemovalStats *self);

TamisOutliers *_tamis_outliers_new (const TamisClassSet *set,
                                    const TamisDistributionParams *params,
                                    TamisProgress *progress, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
