/* The kinds of land of the demo set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "canvas.h"

G_BEGIN_DECLS

/**
 * TamisTerrain:
 * @name: the class: name of its sub-folder
 * @paint: paints the whole of a fresh canvas
 * @weight: its part of the data set, relative to the others
 * @strip_frames: about how many frames a strip has; long ones follow a river or a shore
 * @overlap_low, @overlap_high: how much consecutive frames of a strip share
 */
typedef struct
{
  const char *name;
  void (*paint) (TamisCanvas *canvas);
  double weight;
  double overlap_low, overlap_high;
  guint strip_frames;
} TamisTerrain;

extern const TamisTerrain tamis_terrains[];
extern const guint tamis_n_terrains;

/* terrain-green.c */
void tamis_paint_forest (TamisCanvas *canvas);
void tamis_paint_meadow (TamisCanvas *canvas);
void tamis_paint_orchard (TamisCanvas *canvas);
void tamis_paint_vineyard (TamisCanvas *canvas);
void tamis_paint_wheat_field (TamisCanvas *canvas);
/* terrain-water.c */
void tamis_paint_harbour (TamisCanvas *canvas);
void tamis_paint_lake (TamisCanvas *canvas);
void tamis_paint_river (TamisCanvas *canvas);
/* terrain-built.c */
void tamis_paint_quarry (TamisCanvas *canvas);
void tamis_paint_solar_farm (TamisCanvas *canvas);
void tamis_paint_town (TamisCanvas *canvas);

G_END_DECLS
