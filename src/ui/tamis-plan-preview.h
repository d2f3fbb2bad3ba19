/* TamisPlanPreview: what another setting would change, before or after it is made.
 *
 * Makes a second plan in the background and compares. It follows the session: T, policy, verdicts.
 * Signal: "changed", when the answer has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_PLAN_PREVIEW (tamis_plan_preview_get_type ())
G_DECLARE_FINAL_TYPE (TamisPlanPreview, tamis_plan_preview, TAMIS, PLAN_PREVIEW, GObject)

/* @session: must outlive the preview. Asks nothing yet. */
TamisPlanPreview *tamis_plan_preview_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* From the present plan to one with @order, as tamis_order_new(). */
void tamis_plan_preview_ask_order (TamisPlanPreview *self, const char *order);
/* From a plan without folder rules to the present one. */
void tamis_plan_preview_ask_folders (TamisPlanPreview *self);
/* FALSE while there is no answer. */
gboolean tamis_plan_preview_get (TamisPlanPreview *self, TamisPlanChange *change);

G_END_DECLS
