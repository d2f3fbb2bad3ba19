/* The classes of the open data set as a list: "All classes" first, counts kept up to date.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

#define TAMIS_TYPE_CLASS_ITEM (tamis_class_item_get_type ())
G_DECLARE_FINAL_TYPE (TamisClassItem, tamis_class_item, TAMIS, CLASS_ITEM, GObject)

int tamis_class_item_get_index (TamisClassItem *self); /* -1: all classes */
const char *tamis_class_item_get_name (TamisClassItem *self);
guint tamis_class_item_get_before (TamisClassItem *self);
/* Equal to before until there is a plan. Changes with notify::after. */
guint tamis_class_item_get_after (TamisClassItem *self);
/* T of the class in the plan if it is another than that of the plan, else negative: the class has its
 * own, or it was raised for a minimum of images. Changes with notify::threshold. */
double tamis_class_item_get_threshold (TamisClassItem *self);
/* Would more than half of the images go? */
gboolean tamis_class_item_loses_half (TamisClassItem *self);

/* (transfer full): a list of TamisClassItem that follows @session. */
GListModel *tamis_class_model_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
