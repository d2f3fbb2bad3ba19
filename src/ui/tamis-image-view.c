/* TamisImageView: one image file, as large as fits, loaded in the background.
 *
 * DESIGN: it asks for pixels a little larger than its room (the next power of two), so that resizing
 * a window does not decode anew at each step, and small images are enlarged with whole pixels, so
 * that a curator of 64×64 tiles sees pixels and not blur. What was shown stays until the next
 * image is there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-image-view.h"

#include "tamis-textures.h"

#define SIDE_MIN 64
#define SIDE_MAX 4096

struct _TamisImageView
{
  GtkWidget parent_instance;

  /* Owned */
  GdkTexture *texture;
  char *file;
  char *name;   /* for the tooltip */
  char *reason; /* why there is no image */
  TamisTextureTicket *ticket;

  int size;
  int side; /* of the texture asked for last */
  TamisFate fate;
};

G_DEFINE_FINAL_TYPE (TamisImageView, tamis_image_view, GTK_TYPE_WIDGET)

GtkWidget *
tamis_image_view_new (void)
{
  return g_object_new (TAMIS_TYPE_IMAGE_VIEW, NULL);
}

static void
texture_ready (GdkTexture *texture, const char *reason, gpointer data)
{
  TamisImageView *self = data;

  self->ticket = NULL;
  if (texture == NULL && reason == NULL)
    {
      self->side = 0; /* crowded out of the queue: ask again when next drawn */
      return;
    }
  g_set_object (&self->texture, texture);
  g_free (self->reason);
  self->reason = g_strdup (reason);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static int
wanted_side (TamisImageView *self)
{
  int room = MAX (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)))
             * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int side = SIDE_MIN;

  while (side < room && side < SIDE_MAX)
    side *= 2;
  return side;
}

/* Asks for pixels if the ones at hand are of another file or too small for the room. */
static void
request (TamisImageView *self)
{
  int side = wanted_side (self);

  if (self->file == NULL || gtk_widget_get_width (GTK_WIDGET (self)) == 0 || side <= self->side)
    return;
  tamis_textures_forget (g_steal_pointer (&self->ticket));
  self->side = side;
  self->ticket = tamis_textures_request (self->file, side, texture_ready, self);
}

void
tamis_image_view_set_file (TamisImageView *self, const char *file, const char *name)
{
  if (g_strcmp0 (self->file, file) == 0)
    return;
  tamis_textures_forget (g_steal_pointer (&self->ticket));
  g_free (self->file);
  self->file = g_strdup (file);
  g_free (self->name);
  self->name = g_strdup (name);
  self->side = 0;
  g_clear_pointer (&self->reason, g_free);
  if (self->size > 0 || file == NULL)
    g_clear_object (&self->texture); /* a recycled cell must not show its last image */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name != NULL ? name : "", -1);
  request (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tamis_image_view_prefetch (TamisImageView *self, const char *file)
{
  if (gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    tamis_textures_prefetch (file, wanted_side (self));
}

void
tamis_image_view_set_fate (TamisImageView *self, TamisFate fate)
{
  if (self->fate == fate)
    return;
  self->fate = fate;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tamis_image_view_set_size (TamisImageView *self, int size)
{
  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
tamis_image_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  TamisImageView *self = TAMIS_IMAGE_VIEW (widget);

  *minimum = *natural = self->size > 0 ? self->size : 48;
}

static void
tamis_image_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  request (TAMIS_IMAGE_VIEW (widget));
}

static graphene_rect_t
fit (TamisImageView *self, int width, int height)
{
  double w = gdk_texture_get_width (self->texture);
  double h = gdk_texture_get_height (self->texture);
  double scale = MIN (width / w, height / h);

  return GRAPHENE_RECT_INIT ((float) ((width - w * scale) / 2), (float) ((height - h * scale) / 2),
                             (float) (w * scale), (float) (h * scale));
}

static void
draw_outline (TamisImageView *self, GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  /* Okabe-Ito vermillion and blue: distinct to every kind of colour vision. */
  static const GdkRGBA colours[] = { [TAMIS_FATE_KEPT] = { 0.0f, 0.447f, 0.698f, 1.0f },
                                     [TAMIS_FATE_REMOVED] = { 0.835f, 0.369f, 0.0f, 1.0f } };
  float width = self->size > 0 ? 2.0f : 3.0f;
  GdkRGBA c = colours[self->fate];
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, rect, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ c, c, c, c });
}

static void
draw_message (TamisImageView *self, GtkSnapshot *snapshot, int width, int height)
{
  g_autoptr (PangoLayout) layout
      = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->reason);
  int text_height;

  pango_layout_set_width (layout, MAX (width - 8, 1) * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_height (layout, MAX (height - 8, 1) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, NULL, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (4, (float) (height - text_height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){ 0.5f, 0.5f, 0.5f, 1 });
  gtk_snapshot_restore (snapshot);
}

static void
tamis_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisImageView *self = TAMIS_IMAGE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);

  if (self->ticket == NULL && self->side == 0)
    request (self);
  if (self->texture != NULL && self->reason == NULL)
    {
      graphene_rect_t rect = fit (self, width, height);

      gtk_snapshot_append_texture (snapshot, self->texture, &rect);
      if (self->fate != TAMIS_FATE_NONE)
        draw_outline (self, snapshot, &rect);
    }
  else if (self->reason != NULL)
    draw_message (self, snapshot, width, height);
  else if (self->file != NULL)
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.5f, 0.5f, 0.5f, 0.12f },
                               &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

/* Asked for when needed: gtk_widget_set_tooltip_text() asks the display server where the pointer is,
 * each time, which costs more than all else when cells are rebound. */
static gboolean
tamis_image_view_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                GtkTooltip *tooltip)
{
  TamisImageView *self = TAMIS_IMAGE_VIEW (widget);
  const char *text = self->reason != NULL ? self->reason : self->name;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
tamis_image_view_dispose (GObject *object)
{
  TamisImageView *self = TAMIS_IMAGE_VIEW (object);

  tamis_textures_forget (g_steal_pointer (&self->ticket));
  g_clear_object (&self->texture);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->reason, g_free);
  G_OBJECT_CLASS (tamis_image_view_parent_class)->dispose (object);
}

static void
tamis_image_view_init (TamisImageView *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

static void
tamis_image_view_class_init (TamisImageViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_image_view_dispose;
  widget_class->measure = tamis_image_view_measure;
  widget_class->size_allocate = tamis_image_view_size_allocate;
  widget_class->snapshot = tamis_image_view_snapshot;
  widget_class->query_tooltip = tamis_image_view_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}
