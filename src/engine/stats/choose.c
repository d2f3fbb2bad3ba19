/* The T that keeps so many images, overall or in every class.
 *
 * DESIGN: bisection on T with a whole plan at each step. Classes do not touch one another when
 * pairs lie inside classes, so one plan with a T of its own in every class moves all their
 * bisections on. The upper end always keeps enough; it is what is returned.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#define BISECTIONS 24 /* 2^-24 < 1e-7 */

/* -1 on error. */
static gint64
count_kept (TamisDataset *dataset, TamisPairs *pairs, const TamisPlanParams *params,
            double threshold, GError **error)
{
  TamisPlanParams trial = *params;
  g_autoptr (TamisPlan) plan = NULL;

  trial.threshold = threshold;
  plan = tamis_plan_new (dataset, pairs, &trial, error);
  return plan != NULL ? (gint64) tamis_plan_get_n_kept (plan) : -1;
}

double
tamis_threshold_for_kept (TamisDataset *dataset, TamisPairs *pairs, const TamisPlanParams *params,
                          guint wanted, guint *kept, GError **error)
{
  double low = tamis_pairs_get_floor (pairs), high = 1.0;
  gint64 at_low = count_kept (dataset, pairs, params, low, error);
  gint64 at_high = count_kept (dataset, pairs, params, high, error);

  if (at_low < 0 || at_high < 0)
    return -1.0;
  if (at_low >= (gint64) wanted)
    {
      *kept = (guint) at_low;
      return low;
    }
  for (int i = 0; i < BISECTIONS; i++)
    {
      double middle = low + (high - low) / 2.0;
      gint64 n = count_kept (dataset, pairs, params, middle, error);

      if (n < 0)
        return -1.0;
      if (n >= (gint64) wanted)
        {
          high = middle;
          at_high = n;
        }
      else
        low = middle;
    }
  *kept = (guint) at_high;
  return high;
}

typedef struct
{
  TamisDataset *dataset;
  TamisPairs *pairs;
  const TamisPlanParams *params;
} Question;

static TamisPlan *
plan_at (const Question *question, const double *thresholds, GError **error)
{
  TamisPlanParams trial = *question->params;

  trial.class_thresholds = thresholds;
  return tamis_plan_new (question->dataset, question->pairs, &trial, error);
}

/* Solves between @start and 1 in every class; returns the upper ends. */
static double *
bisect_classes (const Question *question, const guint *wanted, const double *start, GError **error)
{
  guint n = tamis_dataset_get_n_classes (question->dataset);
  g_autofree double *low = g_new (double, MAX (n, 1));
  g_autofree double *middle = g_new (double, MAX (n, 1));
  g_autofree double *high = g_new (double, MAX (n, 1));
  gboolean open = TRUE;

  for (guint c = 0; c < n; c++)
    {
      middle[c] = low[c] = start[c];
      high[c] = 1.0;
    }
  /* The first step asks at the lower end itself. */
  for (int i = 0; i <= BISECTIONS && open; i++)
    {
      g_autoptr (TamisPlan) plan = plan_at (question, middle, error);

      if (plan == NULL)
        return NULL;
      open = FALSE;
      for (guint c = 0; c < n; c++)
        {
          if (tamis_plan_get_class_kept (plan, c) >= wanted[c])
            high[c] = middle[c];
          else
            low[c] = middle[c];
          middle[c] = low[c] + (high[c] - low[c]) / 2.0;
          open |= high[c] > low[c];
        }
    }
  return g_steal_pointer (&high);
}

double *
tamis_class_thresholds_for_kept (TamisDataset *dataset, TamisPairs *pairs,
                                 const TamisPlanParams *params, const guint *wanted,
                                 GError **error)
{
  Question question = { dataset, pairs, params };
  guint n = tamis_dataset_get_n_classes (dataset);
  g_autofree double *start = g_new (double, MAX (n, 1));
  g_autofree guint *possible = g_new (guint, MAX (n, 1));

  for (guint c = 0; c < n; c++)
    {
      start[c] = tamis_pairs_get_floor (pairs);
      possible[c] = MIN (wanted[c], tamis_dataset_get_class_range (dataset, c).n);
    }
  return bisect_classes (&question, possible, start, error);
}

double *
tamis_class_thresholds_with_minimum (TamisDataset *dataset, TamisPairs *pairs,
                                     const TamisPlanParams *params, guint minimum, GError **error)
{
  Question question = { dataset, pairs, params };
  guint n = tamis_dataset_get_n_classes (dataset);
  g_autofree double *start = g_new (double, MAX (n, 1));
  g_autofree guint *possible = g_new (guint, MAX (n, 1));

  for (guint c = 0; c < n; c++)
    {
      gboolean own = params->class_thresholds != NULL && params->class_thresholds[c] >= 0.0;

      start[c] = own ? params->class_thresholds[c] : params->threshold;
      possible[c] = MIN (minimum, tamis_dataset_get_class_range (dataset, c).n);
    }
  return bisect_classes (&question, possible, start, error);
}
