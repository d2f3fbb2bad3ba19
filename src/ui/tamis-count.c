/* TamisCount: a short text that changes often.
 *
 * DESIGN: a GtkLabel whose text changes lays out the window anew, and with a hundred class rows
 * following the slider that is most of a frame. This one reserves its width once and then only
 * draws. A screen reader is told when the text has rested.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-count.h"

#define REST_MS 250

struct _TamisCount
{
  GtkWidget parent_instance;

  /* Owned */
  PangoLayout *layout;
  int reserved_width;  /* pixels */
  int reserved_height;
  float xalign;
  gboolean cut; /* what is wider than the room */
  guint tell_source;
};

enum {
  PROP_XALIGN = 1,
};

G_DEFINE_FINAL_TYPE (TamisCount, tamis_count, GTK_TYPE_WIDGET)

GtkWidget *
tamis_count_new (void)
{
  return g_object_new (TAMIS_TYPE_COUNT, NULL);
}

static gboolean
tell (gpointer data)
{
  TamisCount *self = data;

  self->tell_source = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  pango_layout_get_text (self->layout), -1);
  return G_SOURCE_REMOVE;
}

/* Widens the reserved room if @layout needs more. */
static void
reserve (TamisCount *self, PangoLayout *layout)
{
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (width <= self->reserved_width && height <= self->reserved_height)
    return;
  self->reserved_width = MAX (self->reserved_width, width);
  self->reserved_height = MAX (self->reserved_height, height);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
text_changed (TamisCount *self)
{
  if (!self->cut)
    reserve (self, self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->tell_source == 0)
    self->tell_source = g_timeout_add (REST_MS, tell, self);
}

void
tamis_count_set_text (TamisCount *self, const char *text)
{
  if (g_str_equal (pango_layout_get_text (self->layout), text))
    return;
  pango_layout_set_text (self->layout, text, -1);
  text_changed (self);
}

void
tamis_count_set_markup (TamisCount *self, const char *markup)
{
  pango_layout_set_markup (self->layout, markup, -1);
  text_changed (self);
}

void
tamis_count_set_widest (TamisCount *self, const char *widest)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), widest);

  self->reserved_width = self->reserved_height = 0;
  reserve (self, layout);
}

void
tamis_count_set_cut (TamisCount *self, gboolean cut)
{
  self->cut = cut;
  pango_layout_set_ellipsize (self->layout, cut ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_NONE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
tamis_count_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  TamisCount *self = TAMIS_COUNT (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->reserved_width
                                                                  : self->reserved_height;
}

static void
tamis_count_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisCount *self = TAMIS_COUNT (widget);
  int width, height;

  if (self->cut)
    pango_layout_set_width (self->layout, gtk_widget_get_width (widget) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget),
                              (gtk_widget_get_width (widget) - width) * self->xalign,
                              (gtk_widget_get_height (widget) - height) / 2.0, self->layout);
}

/* Another font or style: the layout and the room it needs are of the old one. */
static void
tamis_count_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  TamisCount *self = TAMIS_COUNT (widget);

  GTK_WIDGET_CLASS (tamis_count_parent_class)->css_changed (widget, change);
  pango_layout_context_changed (self->layout);
  if (!self->cut)
    reserve (self, self->layout);
}

static void
tamis_count_dispose (GObject *object)
{
  TamisCount *self = TAMIS_COUNT (object);

  g_clear_handle_id (&self->tell_source, g_source_remove);
  g_clear_object (&self->layout);
  G_OBJECT_CLASS (tamis_count_parent_class)->dispose (object);
}

static void
tamis_count_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TamisCount *self = TAMIS_COUNT (object);

  if (id == PROP_XALIGN)
    self->xalign = g_value_get_float (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tamis_count_init (TamisCount *self)
{
  self->xalign = 1.0f;
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "");
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
}

static void
tamis_count_class_init (TamisCountClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_count_dispose;
  G_OBJECT_CLASS (klass)->set_property = tamis_count_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_XALIGN,
      g_param_spec_float ("xalign", NULL, NULL, 0, 1, 1, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  widget_class->measure = tamis_count_measure;
  widget_class->snapshot = tamis_count_snapshot;
  widget_class->css_changed = tamis_count_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}
