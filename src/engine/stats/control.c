/* The control of METHOD A4: as many images removed at random.
 *
 * DESIGN: every (seed, class) pair is an item of its own with its own random sequence, so the
 * result does not depend on who computes it or in what order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "class-set.h"

#include <tamis/base.h>

#include <string.h>

#define N_COMPONENTS TAMIS_REMOVAL_COMPONENTS

typedef struct
{
  TamisRemovalBasis *basis;
  const guint *after;
  const TamisControlParams *params;
  TamisProgress *progress;
  GCancellable *cancel;
  guint n_classes;
  TamisRemovalStats *runs; /* one a seed */
} Run;

/* Sets @n_kept of @n flags at random: the first n_kept steps of a shuffle. */
static guint8 *
draw_kept (guint n, guint n_kept, guint64 seed)
{
  g_autofree guint32 *order = g_new (guint32, MAX (n, 1));
  guint8 *kept = g_new0 (guint8, MAX (n, 1));
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = 0; i < n_kept; i++)
    {
      guint j = i + (guint) tamis_random_below (&random, n - i);

      kept[order[j]] = 1;
      order[j] = order[i];
    }
  return kept;
}

static void
control_item (gsize item, guint worker, gpointer data)
{
  Run *run = data;
  guint seed = (guint) (item / run->n_classes), class_index = (guint) (item % run->n_classes);
  TamisRange range = _tamis_removal_basis_get_range (run->basis, class_index);
  guint n_kept = MIN (run->after[class_index], range.n);
  /* Odd multipliers, not splitmix64's own step, keep neighbouring sequences apart. */
  guint64 sequence = seed * 0xaf251af3b0f025b5u + class_index * 0xd1342543de82ef95u;
  g_autofree guint8 *kept = draw_kept (range.n, n_kept, run->params->seed + sequence);

  _tamis_removal_measure (run->basis, kept, class_index, run->params->basis,
                          &run->runs[seed].classes[class_index], run->cancel);
  tamis_progress_add (run->progress, 1);
}

static TamisBand
make_band (double *x, guint n)
{
  TamisBand band = { .reason = TAMIS_REASON_TOO_FEW };

  if (n == 0)
    return band;
  band.reason = TAMIS_REASON_NONE;
  band.low = _tamis_percentile (x, n, 0.05);
  band.median = _tamis_percentile (x, n, 0.5);
  band.high = _tamis_percentile (x, n, 0.95);
  return band;
}

/* A figure of every seed, or the change of one. */
typedef gboolean (*GetValue) (const TamisRemovalStats *run, guint class_index, guint k,
                              double *value);

static gboolean
difference (TamisFigure before, TamisFigure after, double *value)
{
  *value = after.value - before.value;
  return before.reason == TAMIS_REASON_NONE && after.reason == TAMIS_REASON_NONE;
}

static gboolean
class_kurtosis (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  *value = run->classes[class_index].kurtosis_after[k].value;
  return run->classes[class_index].kurtosis_after[k].reason == TAMIS_REASON_NONE;
}

static gboolean
class_entropy (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  const TamisClassRemoval *stats = &run->classes[class_index];

  return difference (stats->entropy_before[k], stats->entropy_after[k], value);
}

static gboolean
class_unit_entropy (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  const TamisClassRemoval *stats = &run->classes[class_index];

  return difference (stats->unit_entropy_before[k], stats->unit_entropy_after[k], value);
}

static gboolean
all_slope (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  *value = run->lines[k].slope;
  return run->lines[k].reason == TAMIS_REASON_NONE;
}

static gboolean
all_entropy (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  *value = run->entropy_change[k].value;
  return run->entropy_change[k].reason == TAMIS_REASON_NONE;
}

static gboolean
all_unit_entropy (const TamisRemovalStats *run, guint class_index, guint k, double *value)
{
  *value = run->unit_entropy_change[k].value;
  return run->unit_entropy_change[k].reason == TAMIS_REASON_NONE;
}

static void
fill_bands (const Run *run, GetValue get, guint class_index, TamisBand *bands)
{
  g_autofree double *x = g_new (double, run->params->n_seeds);

  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      guint n = 0;

      for (guint s = 0; s < run->params->n_seeds; s++)
        n += get (&run->runs[s], class_index, k, &x[n]);
      bands[k] = make_band (x, n);
    }
}

static TamisControl *
summarise (const Run *run)
{
  TamisControl *self = g_new0 (TamisControl, 1);

  self->n_seeds = run->params->n_seeds;
  self->n_classes = run->n_classes;
  self->classes = g_new0 (TamisClassControl, MAX (run->n_classes, 1));
  for (guint s = 0; s < run->params->n_seeds; s++)
    _tamis_removal_summarise (&run->runs[s]);
  for (guint c = 0; c < run->n_classes; c++)
    {
      fill_bands (run, class_kurtosis, c, self->classes[c].kurtosis);
      fill_bands (run, class_entropy, c, self->classes[c].entropy_change);
      fill_bands (run, class_unit_entropy, c, self->classes[c].unit_entropy_change);
    }
  fill_bands (run, all_slope, 0, self->slopes);
  fill_bands (run, all_entropy, 0, self->entropy_change);
  fill_bands (run, all_unit_entropy, 0, self->unit_entropy_change);
  return self;
}

TamisControl *
tamis_control_new (TamisRemovalBasis *self, const guint *after, const TamisControlParams *params,
                   TamisProgress *progress, GCancellable *cancel, GError **error)
{
  guint n_classes = tamis_removal_basis_get_n_classes (self);
  gsize n_items = (gsize) n_classes * params->n_seeds;
  TamisControl *control = NULL;
  Run run = { self, after, params, progress, cancel, n_classes, NULL };

  g_return_val_if_fail (params->n_seeds > 0, NULL);
  run.runs = g_new0 (TamisRemovalStats, params->n_seeds);
  for (guint s = 0; s < params->n_seeds; s++)
    {
      run.runs[s].basis = params->basis;
      run.runs[s].n_classes = n_classes;
      run.runs[s].classes = g_new0 (TamisClassRemoval, MAX (n_classes, 1));
    }
  tamis_progress_begin (progress, TAMIS_STAGE_STATISTICS, n_items);
  tamis_parallel_for (n_items, control_item, &run, cancel);
  if (!g_cancellable_set_error_if_cancelled (cancel, error))
    control = summarise (&run);
  for (guint s = 0; s < params->n_seeds; s++)
    g_free (run.runs[s].classes);
  g_free (run.runs);
  return control;
}

void
tamis_control_free (TamisControl *self)
{
  if (self == NULL)
    return;
  g_free (self->classes);
  g_free (self);
}
