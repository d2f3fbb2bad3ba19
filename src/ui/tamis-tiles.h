/* TamisTiles: one decoded image as textures, of which only those in view are made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/image.h>

G_BEGIN_DECLS

typedef struct _TamisTiles TamisTiles;

/* References @image. Main thread, as all that follows. */
TamisTiles *tamis_tiles_new (TamisImage *image) G_GNUC_WARN_UNUSED_RESULT;
TamisTiles *tamis_tiles_ref (TamisTiles *self);
void tamis_tiles_unref (TamisTiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisTiles, tamis_tiles_unref)

TamisImage *tamis_tiles_get_image (TamisTiles *self);
/* Of the decoded pixels. */
gsize tamis_tiles_get_bytes (TamisTiles *self);

/**
 * tamis_tiles_snapshot:
 * @whole: where the whole image lies, in the widget's pixels; may be far larger than the widget
 * @visible: the part of the widget that is seen
 * @scale: device pixels a widget pixel
 *
 * Draws what is visible, its edges on device pixels. Above its own size an image is drawn with whole
 * pixels, not blurred.
 */
void tamis_tiles_snapshot (TamisTiles *self, GtkSnapshot *snapshot, const graphene_rect_t *whole,
                           const graphene_rect_t *visible, int scale);
/* The same of pixels that are only part of an image of @full pixels, which lies at @whole. */
void tamis_tiles_snapshot_part (TamisTiles *self, GtkSnapshot *snapshot, const TamisImageRegion *part,
                                graphene_size_t full, const graphene_rect_t *whole,
                                const graphene_rect_t *visible, int scale);

G_END_DECLS
