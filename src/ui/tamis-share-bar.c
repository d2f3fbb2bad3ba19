/* TamisShareBar: a thin bar that shows what share is left.
 *
 * Not a GtkLevelBar: two hundred of these follow the slider at sixty frames a second, and this one
 * is two rectangles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-share-bar.h"

#define HEIGHT 4

struct _TamisShareBar
{
  GtkWidget parent_instance;

  double share;
  gboolean warning;
};

G_DEFINE_FINAL_TYPE (TamisShareBar, tamis_share_bar, GTK_TYPE_WIDGET)

GtkWidget *
tamis_share_bar_new (void)
{
  return g_object_new (TAMIS_TYPE_SHARE_BAR, NULL);
}

void
tamis_share_bar_set (TamisShareBar *self, double share, gboolean warning)
{
  share = CLAMP (share, 0.0, 1.0);
  if (self->share == share && self->warning == warning)
    return;
  self->share = share;
  self->warning = warning;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tamis_share_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 24;
}

static GdkRGBA
named_colour (GtkWidget *widget, const char *name)
{
  GdkRGBA colour = { 0.21f, 0.52f, 0.89f, 1.0f };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &colour);
  return colour;
}

static void
append_pill (GtkSnapshot *snapshot, const GdkRGBA *colour, float y, float width)
{
  GskRoundedRect pill;

  gsk_rounded_rect_init_from_rect (&pill, &GRAPHENE_RECT_INIT (0, y, width, HEIGHT), HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &pill);
  gtk_snapshot_append_color (snapshot, colour, &pill.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
tamis_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisShareBar *self = TAMIS_SHARE_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float y = (float) ((gtk_widget_get_height (widget) - HEIGHT) / 2);
  GdkRGBA rest = named_colour (widget, "theme_fg_color");
  GdkRGBA kept = named_colour (widget, self->warning ? "warning_color" : "accent_color");

  rest.alpha = 0.14f;
  append_pill (snapshot, &rest, y, width);
  if (self->share > 0)
    append_pill (snapshot, &kept, y, MAX (width * (float) self->share, HEIGHT));
}

static void
tamis_share_bar_init (TamisShareBar *self)
{
  self->share = 1.0;
}

static void
tamis_share_bar_class_init (TamisShareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = tamis_share_bar_measure;
  widget_class->snapshot = tamis_share_bar_snapshot;
  /* The number beside it says the same in words. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}
