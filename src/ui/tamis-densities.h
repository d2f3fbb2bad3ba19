/* TamisDensities: the spline densities of the class in scope (or of all) before and after removal.
 *
 * Follows a TamisStatistics: on the fixed basis with every plan, refitted when T rests; computed off
 * the main thread, newest wins, only while it is held.
 *
 * Signal: "changed". Main thread only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_DENSITIES (tamis_densities_get_type ())
G_DECLARE_FINAL_TYPE (TamisDensities, tamis_densities, TAMIS, DENSITIES, GObject)

/* One class. Without images that stay, @after has reasons instead of figures. */
typedef struct
{
  TamisDistribution *before;
  TamisDistribution *after;
  /* Refitted axes may point the other way: then -t of @after is to be shown at t. */
  gboolean mirrored[TAMIS_REMOVAL_COMPONENTS];
} TamisClassDensity;

TamisDensities *tamis_densities_new (TamisStatistics *statistics) G_GNUC_WARN_UNUSED_RESULT;
void tamis_densities_hold (TamisDensities *self);
void tamis_densities_release (TamisDensities *self);

/* Freedman-Diaconis until it is set. @step: for TAMIS_STEP_FIXED, above 0 */
void tamis_densities_set_rule (TamisDensities *self, TamisStepRule rule, double step);
TamisStepRule tamis_densities_get_rule (TamisDensities *self);

/* (nullable): borrowed until "changed"; NULL for a class that is not in scope or not measured yet */
const TamisClassDensity *tamis_densities_get (TamisDensities *self, guint class_index);
/* (nullable): borrowed until "changed": one number an image of the class, on the axes of all of them. */
const double *tamis_densities_get_scores (TamisDensities *self, guint class_index, guint component);
/* What is there belongs to the present plan, class, rule and axes. */
gboolean tamis_densities_is_current (TamisDensities *self);

G_END_DECLS
