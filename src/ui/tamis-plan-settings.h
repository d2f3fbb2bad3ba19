/* TamisPlanSettings: what a plan is made from, as it stood when it was asked for.
 *
 * A snapshot that a worker owns. Whoever makes plans off the main thread makes them from one, so
 * that the window, its statistics and its sweeps agree on what T means.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

typedef struct
{
  double threshold;
  double *class_thresholds; /* nullable: one a class, negative: @threshold */
  guint minimum;            /* images a class keeps if it has them; T is raised for it. 0: none */
  TamisPolicy policy;
  char *order_text;
  TamisVerdicts *verdicts; /* nullable */

  guint32 *order; /* worker only: of @order_text, made when first needed */
} TamisPlanSettings;

void tamis_plan_settings_free (TamisPlanSettings *self);

/* Worker. @minimum is not in it. Borrows from @self. */
TamisPlanParams tamis_plan_settings_get_params (TamisPlanSettings *self, TamisDataset *dataset);
/* Worker. The plan at @threshold in the classes without a T of their own. */
TamisPlan *tamis_plan_settings_make (TamisPlanSettings *self, TamisDataset *dataset,
                                     TamisPairs *pairs, double threshold)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
