/* TamisImageModel: the images of one class (or all) as a list, optionally only the kept or removed.
 *
 * An index view: no object an image, items are made on request.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_IMAGE_ITEM (tamis_image_item_get_type ())
G_DECLARE_FINAL_TYPE (TamisImageItem, tamis_image_item, TAMIS, IMAGE_ITEM, GObject)
guint tamis_image_item_get_row (TamisImageItem *self);

typedef enum {
  TAMIS_IMAGES_ALL,
  TAMIS_IMAGES_KEPT,
  TAMIS_IMAGES_REMOVED,
} TamisImagesShown;

#define TAMIS_TYPE_IMAGE_MODEL (tamis_image_model_get_type ())
G_DECLARE_FINAL_TYPE (TamisImageModel, tamis_image_model, TAMIS, IMAGE_MODEL, GObject)

TamisImageModel *tamis_image_model_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* A list that nobody sees need not follow class and plan; it catches up when active again,
 * and is empty after another data set until then. Active at first. */
void tamis_image_model_set_active (TamisImageModel *self, gboolean active);
void tamis_image_model_set_shown (TamisImageModel *self, TamisImagesShown shown);

G_END_DECLS
