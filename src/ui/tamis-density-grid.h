/* TamisDensityGrid: one component of every class, small plots side by side.
 *
 * Signal: "class-activated" (guint class).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-densities.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_DENSITY_GRID (tamis_density_grid_get_type ())
G_DECLARE_FINAL_TYPE (TamisDensityGrid, tamis_density_grid, TAMIS, DENSITY_GRID, GtkWidget)

/* Once. Borrows both for as long as it lives. */
void tamis_density_grid_set_densities (TamisDensityGrid *self, TamisDensities *densities,
                                       TamisSession *session);
/* Shows the classes and densities there are now; only what is in sight is drawn. */
void tamis_density_grid_refresh (TamisDensityGrid *self, guint component);

G_END_DECLS
