/* What the panes of the compare view show, in one place: the view writes it, the panes draw it and
 * move the viewport and the divider in it. Private to the compare view.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-pixels.h"
#include "tamis-viewport.h"

#include <tamis/compare.h>

G_BEGIN_DECLS

typedef enum {
  TAMIS_COMPARE_SIDES,
  TAMIS_COMPARE_BLINK,
  TAMIS_COMPARE_SPLIT,
  TAMIS_COMPARE_DIFFERENCE,
} TamisCompareMode;

/* Index of a side, everywhere in the compare view. */
enum
{
  TAMIS_REMOVED_SIDE,
  TAMIS_WITNESS_SIDE,
};

/* Asked for as the longer side of both images of a difference map: the halving that is used may be
 * just below twice that, 50 MB at most. */
#define TAMIS_DIFFERENCE_LONGER 2048

typedef struct
{
  TamisPixels *pixels;
  char *file[2];           /* nullable */
  graphene_size_t size[2]; /* of the whole images, in pixels; zero until known */
  TamisTiles *difference;  /* nullable */
  TamisComparison *comparison; /* nullable */

  TamisViewport viewport;
  TamisCompareMode mode;
  gboolean peek;      /* the removed image's place shows the witness */
  gboolean show_cells;
  gboolean no_outline; /* neither image is the one that goes */
  double divider;     /* of the split, 0 .. 1 of the pane */
} TamisCompareStage;

/* What pane @side lays its images over: that image, or, where both share a pane, the witness. */
graphene_size_t tamis_compare_stage_frame (const TamisCompareStage *self, int side);
/* The zoom at which the image with more pixels has one a device pixel. 1 while sizes are unknown. */
double tamis_compare_stage_one_to_one (const TamisCompareStage *self, graphene_size_t pane, int scale);
/* Multiplies the zoom within what makes sense, around @point of pane @side. */
void tamis_compare_stage_zoom (TamisCompareStage *self, double factor, int side, graphene_size_t pane,
                               int scale, graphene_point_t point);
/* From fit to 1:1 around @point, from anything else to fit. */
void tamis_compare_stage_toggle (TamisCompareStage *self, int side, graphene_size_t pane, int scale,
                                 graphene_point_t point);
/* Device pixels an image pixel, as image @i is seen in a pane of that size. */
double tamis_compare_stage_magnification (const TamisCompareStage *self, int i, graphene_size_t pane,
                                          int scale);

G_END_DECLS
