/* TamisViewport: which part of a scene is seen, as shares of it, so that panes with images of other
 * sizes and shapes show the same part.
 *
 * A plain value. Lengths are in the units of @pane; images are in pixels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <graphene.h>
#include <glib.h>
#include <tamis/image.h>

G_BEGIN_DECLS

typedef struct
{
  double zoom; /* 1: the whole image fits */
  double x, y; /* what is in the middle, 0 .. 1 of the image's sides */
} TamisViewport;

void tamis_viewport_fit (TamisViewport *self);
/* Pane units an image pixel at zoom 1. */
double tamis_viewport_fit_scale (graphene_size_t image, graphene_size_t pane);
/* Where the whole image lies. What is smaller than the pane is in its middle; what is larger leaves
 * no gap at an edge. */
graphene_rect_t tamis_viewport_place (const TamisViewport *self, graphene_size_t image,
                                      graphene_size_t pane);
/* Times @factor, with what is under @point of the pane staying there. */
void tamis_viewport_zoom_at (TamisViewport *self, double factor, graphene_size_t image,
                             graphene_size_t pane, graphene_point_t point);
/* The image follows a pointer that moved by (dx, dy), as far as there is more of it. */
void tamis_viewport_pan (TamisViewport *self, double dx, double dy, graphene_size_t image,
                         graphene_size_t pane);
/**
 * tamis_viewport_find_seen:
 * @whole: where an image of @image lies
 * @area: what is seen of the pane
 * @around: share of @area that is taken in on each side of it
 * @seen: (out): in pixels of the image
 *
 * Returns: FALSE: nothing of it is seen
 */
gboolean tamis_viewport_find_seen (const graphene_rect_t *whole, const graphene_rect_t *area,
                                   graphene_size_t image, double around, TamisImageRegion *seen);

G_END_DECLS
