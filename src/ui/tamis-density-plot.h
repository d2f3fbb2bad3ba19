/* A class's densities in the painter's terms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "plot/plot.h"
#include "tamis-densities.h"

G_BEGIN_DECLS

/* @plot borrows from the rest; start with zeros. */
typedef struct
{
  TamisPlotDensity plot;

  /* Owned: [0] before, [1] after */
  double *bars[2];
  double *t[2], *density[2];
  double *mode_t[2], *mode_density[2];
  char *title;
  char *note;
} TamisDensityPlot;

void tamis_density_plot_clear (TamisDensityPlot *self);
/**
 * tamis_density_plot_fill:
 * @density: (nullable): NULL shows @plot's message
 *
 * Sets the two sides of @plot; its words and looks are the caller's.
 */
void tamis_density_plot_fill (TamisDensityPlot *self, const TamisClassDensity *density,
                              guint component);
/* Marks the selected image and the other one of its pair, where they are of that class. @scores:
 * (nullable): of its images (tamis_densities_get_scores()) */
void tamis_density_plot_mark (TamisDensityPlot *self, TamisSession *session, guint class_index,
                              const double *scores);

G_END_DECLS
