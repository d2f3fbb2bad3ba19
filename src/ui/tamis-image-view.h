/* TamisImageView: one image file, as large as fits, loaded in the background.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What an outline says of the image. Words beside it say it too. */
typedef enum {
  TAMIS_FATE_NONE,
  TAMIS_FATE_KEPT,
  TAMIS_FATE_REMOVED,
} TamisFate;

#define TAMIS_TYPE_IMAGE_VIEW (tamis_image_view_get_type ())
G_DECLARE_FINAL_TYPE (TamisImageView, tamis_image_view, TAMIS, IMAGE_VIEW, GtkWidget)

GtkWidget *tamis_image_view_new (void);
/**
 * tamis_image_view_set_file:
 * @file: (nullable): file-system name; NULL shows nothing
 * @name: (nullable): what a screen reader says
 */
void tamis_image_view_set_file (TamisImageView *self, const char *file, const char *name);
/* Fetches @file at the size this view would ask for, so that showing it later is immediate. */
void tamis_image_view_prefetch (TamisImageView *self, const char *file);
void tamis_image_view_set_fate (TamisImageView *self, TamisFate fate);
/* Asks for a square of @size; 0 (the default) takes whatever room there is, without asking. */
void tamis_image_view_set_size (TamisImageView *self, int size);

G_END_DECLS
