/* TamisCompareStage: see tamis-compare-stage.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-compare-stage.h"

#include <math.h>

/* Device pixels an image pixel. */
#define MAGNIFICATION_MAX 32.0

static gboolean
is_known (graphene_size_t size)
{
  return size.width > 0 && size.height > 0;
}

graphene_size_t
tamis_compare_stage_frame (const TamisCompareStage *self, int side)
{
  if (self->mode != TAMIS_COMPARE_SIDES)
    side = is_known (self->size[TAMIS_WITNESS_SIDE]) ? TAMIS_WITNESS_SIDE : TAMIS_REMOVED_SIDE;
  else if (side == TAMIS_REMOVED_SIDE && self->peek && is_known (self->size[TAMIS_WITNESS_SIDE]))
    side = TAMIS_WITNESS_SIDE;
  return self->size[side];
}

static int
larger_side (const TamisCompareStage *self)
{
  const graphene_size_t *size = self->size;

  return size[0].width * size[0].height > size[1].width * size[1].height ? 0 : 1;
}

double
tamis_compare_stage_magnification (const TamisCompareStage *self, int i, graphene_size_t pane,
                                   int scale)
{
  graphene_size_t frame = tamis_compare_stage_frame (self, i);

  if (!is_known (self->size[i]) || !is_known (frame))
    return 0;
  /* In a shared pane the image is stretched over the frame; its width speaks for it. */
  return self->viewport.zoom * tamis_viewport_fit_scale (frame, pane) * scale * frame.width
         / self->size[i].width;
}

double
tamis_compare_stage_one_to_one (const TamisCompareStage *self, graphene_size_t pane, int scale)
{
  double now = tamis_compare_stage_magnification (self, larger_side (self), pane, scale);

  return now > 0 ? self->viewport.zoom / now : 1;
}

void
tamis_compare_stage_zoom (TamisCompareStage *self, double factor, int side, graphene_size_t pane,
                          int scale, graphene_point_t point)
{
  double one = tamis_compare_stage_one_to_one (self, pane, scale);
  double zoom = CLAMP (self->viewport.zoom * factor, MIN (1.0, one),
                       MAX (1.0, one * MAGNIFICATION_MAX));

  tamis_viewport_zoom_at (&self->viewport, zoom / self->viewport.zoom,
                          tamis_compare_stage_frame (self, side), pane, point);
}

void
tamis_compare_stage_toggle (TamisCompareStage *self, int side, graphene_size_t pane, int scale,
                            graphene_point_t point)
{
  if (self->viewport.zoom != 1.0)
    tamis_viewport_fit (&self->viewport);
  else
    tamis_compare_stage_zoom (self, tamis_compare_stage_one_to_one (self, pane, scale), side, pane,
                              scale, point);
}

int
tamis_compare_stage_wanted_longer (const TamisCompareStage *self, int i, const graphene_rect_t *whole,
                                   int scale)
{
  graphene_size_t size = self->size[i];
  float most = MAX (whole->size.width / size.width, whole->size.height / size.height);

  return (int) ceilf (most * MAX (size.width, size.height) * (float) scale - 0.01f);
}
