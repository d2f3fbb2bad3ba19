/* TamisChart: a painter on screen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-chart.h"

#include "tamis-chooser.h"
#include "tamis-plot-save.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define TEXT_SIZE 12.0
#define SAVED_WIDTH 360.0 /* points, at least: a plot of a grid is too narrow for text on paper */
#define READOUT_PADDING 6.0f

struct _TamisChart
{
  GtkWidget parent_instance;

  /* Borrowed */
  TamisPlotDraw draw;
  gconstpointer plot;

  /* Owned */
  char *readout;
  char *label;
  GtkFileChooserNative *chooser;
  GtkWidget *menu; /* made when it is first asked for: there may be many charts */

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
  g_free (self->label);
  self->label = g_strdup (label);
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

/* ---- saving ---- */

static void
say (TamisChart *self, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (markup));
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TamisChart) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = tamis_plot_save_finish (result, &error);
  g_autofree char *name = path != NULL ? g_filename_display_basename (path) : NULL;
  g_autofree char *text = path != NULL ? g_strdup_printf (_("Wrote %s"), name)
                                       : g_strdup_printf (_("Not saved: %s"), error->message);

  say (self, text);
}

void
tamis_chart_save (TamisChart *self, const char *path)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double enlarged = MAX (width, SAVED_WIDTH);
  TamisPlotPage page = { self->draw, self->plot, enlarged, height * enlarged / MAX (width, 1), NULL };

  if (self->draw != NULL && self->plot != NULL)
    tamis_plot_save_async (&page, path, saved, g_object_ref (self));
}

static void
place_chosen (TamisChart *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_chart_save (self, path);
  else if (response == GTK_RESPONSE_ACCEPT)
    say (self, _("Not saved: this place has no path"));
  g_clear_object (&self->chooser);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisChart *self = TAMIS_CHART (widget);
  g_autofree char *file = g_strconcat (self->label != NULL ? self->label : _("Plot"), ".svg", NULL);

  g_strdelimit (file, "/", '-');
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      _("Save Plot as SVG, PDF or PNG"), GTK_WINDOW (gtk_widget_get_root (widget)),
      GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (place_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
pop_up_menu (TamisChart *self, const GdkRectangle *at)
{
  if (self->draw == NULL || self->plot == NULL)
    return;
  if (self->menu == NULL)
    {
      g_autoptr (GMenu) menu = g_menu_new ();

      g_menu_append (menu, _("_Save Plot…"), "chart.save");
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* On the release: the menu opens under the pointer, where a release would choose its item. */
static void
secondary_released (TamisChart *self, int n_press, double x, double y)
{
  pop_up_menu (self, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pop_up_menu (TAMIS_CHART (widget), &(GdkRectangle){ gtk_widget_get_width (widget) / 2,
                                                      gtk_widget_get_height (widget) / 2, 1, 1 });
}

/* ---- construction ---- */

static void
tamis_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TamisChart *self = TAMIS_CHART (widget);

  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

/* A menu that is open when its surface goes keeps the grab of a surface that is no more. */
static void
tamis_chart_unmap (GtkWidget *widget)
{
  TamisChart *self = TAMIS_CHART (widget);

  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  GTK_WIDGET_CLASS (tamis_chart_parent_class)->unmap (widget);
}

static void
tamis_chart_dispose (GObject *object)
{
  TamisChart *self = TAMIS_CHART (object);

  g_clear_object (&self->chooser);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (tamis_chart_parent_class)->dispose (object);
}

static void
tamis_chart_finalize (GObject *object)
{
  g_free (TAMIS_CHART (object)->readout);
  g_free (TAMIS_CHART (object)->label);
  G_OBJECT_CLASS (tamis_chart_parent_class)->finalize (object);
}

static void
tamis_chart_init (TamisChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();

  self->minimum_width = 120;
  self->minimum_height = 90;
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "chart");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (button_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (secondary, "released", G_CALLBACK (secondary_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

static void
tamis_chart_class_init (TamisChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_chart_finalize;
  widget_class->size_allocate = tamis_chart_size_allocate;
  widget_class->unmap = tamis_chart_unmap;
  widget_class->snapshot = tamis_chart_snapshot;
  widget_class->measure = tamis_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "chart.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "chart.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "chart.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "chart.menu", NULL);
  hovered_signal = g_signal_new ("hovered", TAMIS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  pressed_signal = g_signal_new ("pressed", TAMIS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}
