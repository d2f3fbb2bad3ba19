/* TamisPlanSettings: see tamis-plan-settings.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-plan-settings.h"

void
tamis_plan_settings_free (TamisPlanSettings *self)
{
  g_free (self->class_thresholds);
  g_free (self->order_text);
  g_free (self->order);
  g_clear_pointer (&self->verdicts, tamis_verdicts_free);
  g_free (self);
}

TamisPlanParams
tamis_plan_settings_get_params (TamisPlanSettings *self, TamisDataset *dataset)
{
  if (self->order == NULL && !g_str_equal (self->order_text, "name"))
    self->order = tamis_order_new (dataset, self->verdicts, self->order_text, NULL);
  return (TamisPlanParams){ self->threshold, self->class_thresholds, self->policy, self->order,
                            self->verdicts, self->order_text };
}

TamisPlan *
tamis_plan_settings_make (TamisPlanSettings *self, TamisDataset *dataset, TamisPairs *pairs,
                          double threshold)
{
  TamisPlanParams params = tamis_plan_settings_get_params (self, dataset);
  g_autofree double *raised = NULL;

  params.threshold = threshold;
  if (self->minimum > 0)
    {
      raised = tamis_class_thresholds_with_minimum (dataset, pairs, &params, self->minimum, NULL);
      if (raised == NULL)
        return NULL;
      params.class_thresholds = raised;
    }
  return tamis_plan_new (dataset, pairs, &params, NULL);
}
