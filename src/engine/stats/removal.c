/* What a removal does to kurtosis and entropy, class by class (METHOD A4).
 *
 * DESIGN: the side before is fitted once (TamisRemovalBasis) and serves every T. For a moving
 * slider the images that stay are measured on the axes of all images: scores are at hand, and one
 * pass of power sums gives the kurtosis. Scores are divided by their standard deviation first and
 * are centred already, so the sums lose little; where the images that stay have come to lie so
 * close together, far from the old centre, that they would lose much, two passes decide instead.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

#include <tamis/job.h>

#include <math.h>
#include <string.h>

#define N_COMPONENTS TAMIS_REMOVAL_COMPONENTS
#define SMALL 32768 /* images whose kurtosis one thread has in a millisecond */

struct _TamisRemovalBasis
{
  gatomicrefcount references;
  TamisClassSet set;
  TamisRange *ranges; /* owned; what set.ranges points to */
  TamisDistributionParams params;
  GPtrArray *before; /* TamisDistribution, one a class */
  gpointer owner;    /* of set.values */
  GDestroyNotify release;
};

TamisRemovalBasis *
_tamis_removal_basis_new (const TamisClassSet *set, const TamisDistributionParams *params,
                          gpointer owner, GDestroyNotify release, TamisProgress *progress,
                          GCancellable *cancel, GError **error)
{
  g_autoptr (TamisRemovalBasis) self = g_new0 (TamisRemovalBasis, 1);

  g_atomic_ref_count_init (&self->references);
  self->ranges = g_memdup2 (set->ranges, set->n_classes * sizeof *set->ranges);
  self->set = *set;
  self->set.ranges = self->ranges;
  self->params = *params;
  self->params.n_components = N_COMPONENTS;
  self->owner = owner;
  self->release = release;
  self->before = _tamis_distributions_new (&self->set, &self->params, progress, cancel, error);
  if (self->before == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

TamisRemovalBasis *
tamis_removal_basis_ref (TamisRemovalBasis *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
tamis_removal_basis_unref (TamisRemovalBasis *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->before, g_ptr_array_unref);
  if (self->release != NULL)
    self->release (self->owner);
  g_free (self->ranges);
  g_free (self);
}

guint
tamis_removal_basis_get_n_images (const TamisRemovalBasis *self)
{
  return self->set.n_images;
}

guint
tamis_removal_basis_get_n_classes (const TamisRemovalBasis *self)
{
  return self->set.n_classes;
}

const TamisDistribution *
tamis_removal_basis_get_before (const TamisRemovalBasis *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->set.n_classes, NULL);
  return g_ptr_array_index (self->before, class_index);
}

TamisRange
_tamis_removal_basis_get_range (const TamisRemovalBasis *self, guint class_index)
{
  return self->ranges[class_index];
}

/* ---- one class ---- */

static void
copy_before (TamisClassRemoval *stats, const TamisDistribution *before)
{
  stats->before = before->n;
  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      stats->kurtosis_before[k] = before->components[k].kurtosis;
      stats->entropy_before[k] = before->components[k].entropy;
      stats->unit_entropy_before[k] = before->components[k].unit_entropy;
    }
}

static void
copy_after (TamisClassRemoval *stats, const TamisDistribution *after)
{
  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      stats->kurtosis_after[k] = after->components[k].kurtosis;
      stats->entropy_after[k] = after->components[k].entropy;
      stats->unit_entropy_after[k] = after->components[k].unit_entropy;
    }
}

static TamisDistribution *
refit (const TamisRemovalBasis *self, const guint8 *class_kept, guint class_index, guint n_kept,
       GCancellable *cancel)
{
  TamisRange range = self->ranges[class_index];
  g_autofree guint32 *rows = g_new (guint32, MAX (n_kept, 1));
  TamisPcaParams params = {
    .values = self->set.values,
    .dimension = self->set.dimension,
    .rows = rows,
  };

  for (guint i = 0; i < range.n; i++)
    if (class_kept[i])
      rows[params.n++] = range.first + i;
  return tamis_distribution_new (&params, &self->params, cancel, NULL);
}

gboolean
_tamis_removal_measure (const TamisRemovalBasis *self, const guint8 *class_kept, guint class_index,
                        TamisBasis basis, TamisClassRemoval *stats, GCancellable *cancel)
{
  const TamisDistribution *before = g_ptr_array_index (self->before, class_index);
  g_autoptr (TamisDistribution) after = NULL;

  memset (stats, 0, sizeof *stats);
  copy_before (stats, before);
  for (guint i = 0; i < before->n; i++)
    stats->after += class_kept[i] != 0;
  if (stats->after == stats->before)
    {
      copy_after (stats, before);
      return TRUE;
    }
  if (basis == TAMIS_BASIS_REFITTED)
    after = refit (self, class_kept, class_index, stats->after, cancel);
  else
    after = tamis_distribution_subset (before, class_kept, &self->params);
  if (after == NULL)
    return FALSE;
  copy_after (stats, after);
  return TRUE;
}

gboolean
tamis_removal_class_stats (TamisRemovalBasis *self, const guint8 *kept, guint class_index,
                           TamisBasis basis, TamisClassRemoval *stats, GCancellable *cancel)
{
  g_return_val_if_fail (class_index < self->set.n_classes, FALSE);
  return _tamis_removal_measure (self, kept + self->ranges[class_index].first, class_index, basis,
                                 stats, cancel);
}

/* ---- all classes ---- */

typedef struct
{
  double sum;
  guint n;
} Mean;

/* Nothing is added unless both figures exist. */
static void
mean_add (Mean *self, TamisFigure before, TamisFigure after)
{
  if (before.reason != TAMIS_REASON_NONE || after.reason != TAMIS_REASON_NONE)
    return;
  self->sum += after.value - before.value;
  self->n++;
}

static TamisFigure
mean_get (const Mean *self)
{
  return self->n > 0 ? _tamis_figure (self->sum / self->n)
                     : _tamis_no_figure (TAMIS_REASON_TOO_FEW);
}

void
_tamis_removal_summarise (TamisRemovalStats *self)
{
  g_autofree double *x = g_new (double, MAX (self->n_classes, 1));
  g_autofree double *y = g_new (double, MAX (self->n_classes, 1));

  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      Mean kurtosis = { 0 }, entropy = { 0 }, unit_entropy = { 0 };

      for (guint c = 0; c < self->n_classes; c++)
        {
          const TamisClassRemoval *stats = &self->classes[c];

          x[kurtosis.n] = stats->kurtosis_before[k].value;
          y[kurtosis.n] = stats->kurtosis_after[k].value;
          mean_add (&kurtosis, stats->kurtosis_before[k], stats->kurtosis_after[k]);
          mean_add (&entropy, stats->entropy_before[k], stats->entropy_after[k]);
          mean_add (&unit_entropy, stats->unit_entropy_before[k], stats->unit_entropy_after[k]);
        }
      self->lines[k] = tamis_theil_fit (x, y, kurtosis.n);
      self->entropy_change[k] = mean_get (&entropy);
      self->unit_entropy_change[k] = mean_get (&unit_entropy);
    }
}

typedef struct
{
  TamisRemovalBasis *basis;
  const guint8 *kept;
  TamisRemovalStats *stats;
  TamisProgress *progress;
  GCancellable *cancel;
} Run;

static void
class_item (gsize item, guint worker, gpointer data)
{
  Run *run = data;

  tamis_removal_class_stats (run->basis, run->kept, (guint) item, run->stats->basis,
                             &run->stats->classes[item], run->cancel);
  tamis_progress_add (run->progress, 1);
}

TamisRemovalStats *
tamis_removal_stats_new (TamisRemovalBasis *self, const guint8 *kept, TamisBasis basis,
                         TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_autoptr (TamisRemovalStats) stats = g_new0 (TamisRemovalStats, 1);
  Run run = { self, kept, stats, progress, cancel };

  stats->basis = basis;
  stats->n_classes = self->set.n_classes;
  stats->classes = g_new0 (TamisClassRemoval, MAX (stats->n_classes, 1));
  tamis_progress_begin (progress, TAMIS_STAGE_STATISTICS, stats->n_classes);
  tamis_parallel_for (stats->n_classes, class_item, &run, cancel);
  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return NULL;
  _tamis_removal_summarise (stats);
  return g_steal_pointer (&stats);
}

void
tamis_removal_stats_free (TamisRemovalStats *self)
{
  if (self == NULL)
    return;
  g_free (self->classes);
  g_free (self);
}

/* ---- every frame of a moving slider ---- */

/* Two passes over the kept scores only, for the few cases where power sums would cancel. */
static TamisFigure
kurtosis_of_kept (const double *scores, const guint8 *kept, guint n)
{
  g_autofree double *x = g_new (double, n + 1);

  return tamis_kurtosis (x, _tamis_gather_kept (scores, kept, n, x));
}

static TamisFigure
fixed_kurtosis (const double *scores, double variance, const guint8 *kept, guint n)
{
  double scale = 1.0 / sqrt (variance), s1 = 0.0, s2 = 0.0, s3 = 0.0, s4 = 0.0, m2, m4;
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      double z = kept[i] ? scores[i] * scale : 0.0, zz = z * z;

      count += kept[i] != 0;
      s1 += z;
      s2 += zz;
      s3 += z * zz;
      s4 += zz * zz;
    }
  if (count < TAMIS_KURTOSIS_MIN)
    return _tamis_no_figure (TAMIS_REASON_TOO_FEW);
  s1 /= count;
  s2 /= count;
  s3 /= count;
  s4 /= count;
  m2 = s2 - s1 * s1;
  if (m2 < 0.1 * s2)
    return kurtosis_of_kept (scores, kept, n);
  m4 = s4 - 4.0 * s1 * s3 + 6.0 * s1 * s1 * s2 - 3.0 * s1 * s1 * s1 * s1;
  return _tamis_figure (m4 / (m2 * m2) - 3.0);
}

static TamisTheilLine
fixed_line (const TamisRemovalBasis *self, const TamisFigure *kurtosis, guint k)
{
  g_autofree double *x = g_new (double, MAX (self->set.n_classes, 1));
  g_autofree double *y = g_new (double, MAX (self->set.n_classes, 1));
  guint n = 0;

  for (guint c = 0; c < self->set.n_classes; c++)
    {
      const TamisDistribution *before = g_ptr_array_index (self->before, c);
      TamisFigure after = kurtosis[c * N_COMPONENTS + k];

      if (before->components[k].kurtosis.reason != TAMIS_REASON_NONE
          || after.reason != TAMIS_REASON_NONE)
        continue;
      x[n] = before->components[k].kurtosis.value;
      y[n++] = after.value;
    }
  return tamis_theil_fit (x, y, n);
}

/* One step of a moving T. */
typedef struct
{
  TamisRemovalBasis *basis;
  const guint8 *kept;
  TamisFigure *kurtosis;
} Moving;

static void
move_class (gsize c, guint worker, gpointer data)
{
  Moving *moving = data;
  const TamisDistribution *before = g_ptr_array_index (moving->basis->before, c);
  const TamisPca *pca = before->pca;

  for (guint k = 0; k < N_COMPONENTS; k++)
    moving->kurtosis[c * N_COMPONENTS + k]
        = k < pca->n_components
              ? fixed_kurtosis (pca->scores + (gsize) k * pca->n, pca->variance[k],
                                moving->kept + moving->basis->ranges[c].first, pca->n)
              : _tamis_no_figure (pca->reason);
}

void
tamis_removal_fixed_kurtosis (TamisRemovalBasis *self, const guint8 *kept, TamisFigure *kurtosis,
                              TamisTheilLine *lines)
{
  Moving moving = { self, kept, kurtosis };

  if (self->set.n_images < SMALL)
    for (guint c = 0; c < self->set.n_classes; c++)
      move_class (c, 0, &moving);
  else
    tamis_parallel_for_now (self->set.n_classes, move_class, &moving);
  for (guint k = 0; k < N_COMPONENTS; k++)
    lines[k] = fixed_line (self, kurtosis, k);
}
