/* TamisChart: a painter on screen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-chart.h"

#include <adwaita.h>

#define TEXT_SIZE 12.0
#define READOUT_PADDING 6.0f

struct _TamisChart
{
  GtkWidget parent_instance;

  /* Borrowed */
  TamisPlotDraw draw;
  gconstpointer plot;

  /* Owned */
  char *readout;

  double readout_x, readout_y;
  int minimum_width, minimum_height;
};

G_DEFINE_FINAL_TYPE (TamisChart, tamis_chart, GTK_TYPE_WIDGET)

static guint hovered_signal, pressed_signal;

GtkWidget *
tamis_chart_new (void)
{
  return g_object_new (TAMIS_TYPE_CHART, NULL);
}

void
tamis_chart_set_plot (TamisChart *self, TamisPlotDraw draw, gconstpointer plot)
{
  self->draw = draw;
  self->plot = plot;
  tamis_chart_redraw (self);
}

void
tamis_chart_redraw (TamisChart *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tamis_chart_set_words (TamisChart *self, const char *label, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

void
tamis_chart_set_minimum (TamisChart *self, int width, int height)
{
  self->minimum_width = width;
  self->minimum_height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
tamis_chart_set_dimmed (TamisChart *self, gboolean dimmed)
{
  gtk_widget_set_opacity (GTK_WIDGET (self), dimmed ? 0.5 : 1.0);
}

void
tamis_chart_set_readout (TamisChart *self, double x, double y, const char *text)
{
  if (self->readout == NULL && text == NULL)
    return;
  g_free (self->readout);
  self->readout = g_strdup (text);
  self->readout_x = x;
  self->readout_y = y;
  tamis_chart_redraw (self);
}

void
tamis_chart_style_init (TamisPlotStyle *style, GtkWidget *widget)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  const PangoFontDescription *font
      = pango_context_get_font_description (gtk_widget_get_pango_context (widget));

  tamis_plot_style_init (style, dark ? TAMIS_PLOT_DARK : TAMIS_PLOT_LIGHT,
                         pango_font_description_get_family (font), TEXT_SIZE);
  style->scale = gtk_widget_get_scale_factor (widget);
}

TamisPlotView
tamis_chart_get_view (TamisChart *self, TamisPlotStyle *style)
{
  tamis_chart_style_init (style, GTK_WIDGET (self));
  return (TamisPlotView){ gtk_widget_get_width (GTK_WIDGET (self)),
                          gtk_widget_get_height (GTK_WIDGET (self)), style };
}

/* ---- drawing ---- */

/* Above and to the right of the pointer, or wherever there is room. */
static void
draw_readout (TamisChart *self, GtkSnapshot *snapshot, const TamisPlotView *view)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->readout);
  gboolean dark = view->style->scheme == TAMIS_PLOT_DARK;
  GdkRGBA ground = dark ? (GdkRGBA){ 0.93f, 0.93f, 0.93f, 0.96f } : (GdkRGBA){ 0.13f, 0.13f, 0.13f, 0.92f };
  GdkRGBA ink = dark ? (GdkRGBA){ 0, 0, 0, 1 } : (GdkRGBA){ 1, 1, 1, 1 };
  GskRoundedRect bubble;
  int text_width, text_height;
  float x, y, width, height;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  width = (float) text_width + 2 * READOUT_PADDING;
  height = (float) text_height + 2 * READOUT_PADDING;
  x = (float) self->readout_x + 12;
  if (x + width > view->width)
    x = (float) self->readout_x - 12 - width;
  x = CLAMP (x, 0, MAX ((float) view->width - width, 0));
  y = CLAMP ((float) self->readout_y - height - 8, 0, MAX ((float) view->height - height, 0));
  gsk_rounded_rect_init_from_rect (&bubble, &GRAPHENE_RECT_INIT (x, y, width, height), 6);
  gtk_snapshot_push_rounded_clip (snapshot, &bubble);
  gtk_snapshot_append_color (snapshot, &ground, &bubble.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + READOUT_PADDING, y + READOUT_PADDING));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static void
tamis_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisChart *self = TAMIS_CHART (widget);
  TamisPlotStyle style;
  TamisPlotView view = tamis_chart_get_view (self, &style);
  cairo_t *cr;

  if (self->draw == NULL || self->plot == NULL || view.width <= 0 || view.height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) view.width, (float) view.height));
  self->draw (self->plot, cr, view.width, view.height, &style);
  cairo_destroy (cr);
  if (self->readout != NULL)
    draw_readout (self, snapshot, &view);
}

static void
tamis_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  TamisChart *self = TAMIS_CHART (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->minimum_width
                                                                  : self->minimum_height;
}

/* ---- pointer ---- */

static void
pointer_moved (TamisChart *self, double x, double y)
{
  g_signal_emit (self, hovered_signal, 0, x, y);
}

static void
pointer_left (TamisChart *self)
{
  g_signal_emit (self, hovered_signal, 0, -1.0, -1.0);
}

static void
button_pressed (TamisChart *self, int n_press, double x, double y)
{
  g_signal_emit (self, pressed_signal, 0, x, y);
}

static void
tamis_chart_finalize (GObject *object)
{
  g_free (TAMIS_CHART (object)->readout);
  G_OBJECT_CLASS (tamis_chart_parent_class)->finalize (object);
}

static void
tamis_chart_init (TamisChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->minimum_width = 120;
  self->minimum_height = 90;
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (button_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

static void
tamis_chart_class_init (TamisChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tamis_chart_finalize;
  widget_class->snapshot = tamis_chart_snapshot;
  widget_class->measure = tamis_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  hovered_signal = g_signal_new ("hovered", TAMIS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  pressed_signal = g_signal_new ("pressed", TAMIS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}
