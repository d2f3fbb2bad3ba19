/* TamisViewport: see tamis-viewport.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-viewport.h"

#include <math.h>

void
tamis_viewport_fit (TamisViewport *self)
{
  *self = (TamisViewport){ 1.0, 0.5, 0.5 };
}

double
tamis_viewport_fit_scale (graphene_size_t image, graphene_size_t pane)
{
  double across = (double) pane.width / MAX (image.width, 1.0f);
  double down = (double) pane.height / MAX (image.height, 1.0f);

  return MIN (across, down);
}

/* The middle that leaves no gap: of the stretch @whole seen through @room. */
static double
limit (double middle, double whole, double room)
{
  double half = whole > room ? room / whole / 2 : 0.5;

  return CLAMP (middle, half, 1 - half);
}

graphene_rect_t
tamis_viewport_place (const TamisViewport *self, graphene_size_t image, graphene_size_t pane)
{
  double scale = self->zoom * tamis_viewport_fit_scale (image, pane);
  double width = image.width * scale;
  double height = image.height * scale;

  return GRAPHENE_RECT_INIT ((float) (pane.width / 2 - limit (self->x, width, pane.width) * width),
                             (float) (pane.height / 2 - limit (self->y, height, pane.height) * height),
                             (float) width, (float) height);
}

/* Takes the place that is seen back into shares: the next move starts from what is seen. */
static void
settle (TamisViewport *self, graphene_size_t image, graphene_size_t pane)
{
  double scale = self->zoom * tamis_viewport_fit_scale (image, pane);

  self->x = limit (self->x, image.width * scale, pane.width);
  self->y = limit (self->y, image.height * scale, pane.height);
}

void
tamis_viewport_zoom_at (TamisViewport *self, double factor, graphene_size_t image,
                        graphene_size_t pane, graphene_point_t point)
{
  graphene_rect_t before = tamis_viewport_place (self, image, pane);
  double share_x, share_y, width, height;

  if (before.size.width <= 0 || before.size.height <= 0)
    return;
  share_x = (point.x - before.origin.x) / before.size.width;
  share_y = (point.y - before.origin.y) / before.size.height;
  width = before.size.width * factor;
  height = before.size.height * factor;
  self->zoom *= factor;
  self->x = share_x - (point.x - pane.width / 2) / width;
  self->y = share_y - (point.y - pane.height / 2) / height;
  settle (self, image, pane);
}

void
tamis_viewport_pan (TamisViewport *self, double dx, double dy, graphene_size_t image,
                    graphene_size_t pane)
{
  double scale = self->zoom * tamis_viewport_fit_scale (image, pane);

  if (scale <= 0)
    return;
  settle (self, image, pane);
  self->x -= dx / (image.width * scale);
  self->y -= dy / (image.height * scale);
  settle (self, image, pane);
}

/* The pixels of a side of @n that lie from @from to @to of the stretch it covers. */
static void
find_span (double from, double to, double start, double length, int n, int *first, int *count)
{
  double per_unit = n / length;

  *first = (int) CLAMP (floor ((from - start) * per_unit + 0.001), 0, n - 1);
  *count = (int) CLAMP (ceil ((to - start) * per_unit - 0.001), *first + 1, n) - *first;
}

gboolean
tamis_viewport_find_seen (const graphene_rect_t *whole, const graphene_rect_t *area,
                          graphene_size_t image, double around, TamisImageRegion *seen)
{
  graphene_rect_t taken;
  double wider = around * area->size.width, higher = around * area->size.height;

  if (!graphene_rect_intersection (whole, area, &taken) || taken.size.width <= 0 || taken.size.height <= 0)
    return FALSE;
  find_span (taken.origin.x - wider, taken.origin.x + taken.size.width + wider, whole->origin.x,
             whole->size.width, (int) image.width, &seen->x, &seen->width);
  find_span (taken.origin.y - higher, taken.origin.y + taken.size.height + higher, whole->origin.y,
             whole->size.height, (int) image.height, &seen->y, &seen->height);
  return TRUE;
}
