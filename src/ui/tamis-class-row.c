/* TamisClassRow: one class in the sidebar: name, mark, kept count, bar.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-class-row.h"

#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-share-bar.h"

#include <glib/gi18n.h>

struct _TamisClassRow
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkLabel *name;
  GtkWidget *mark;
  TamisCount *count;
  TamisShareBar *bar;

  /* Owned */
  TamisClassItem *item;
  gulong after_handler;
  guint tell_source;
};

#define REST_MS 250

G_DEFINE_FINAL_TYPE (TamisClassRow, tamis_class_row, GTK_TYPE_WIDGET)

GtkWidget *
tamis_class_row_new (void)
{
  return g_object_new (TAMIS_TYPE_CLASS_ROW, NULL);
}

static char *
describe (TamisClassRow *self)
{
  g_autofree char *before = tamis_format_count (tamis_class_item_get_before (self->item));
  g_autofree char *kept = tamis_format_count (tamis_class_item_get_after (self->item));
  const char *name = tamis_class_item_get_name (self->item);

  if (tamis_class_item_loses_half (self->item))
    return g_strdup_printf (_("%s: %s of %s images kept, loses more than half"), name, kept, before);
  return g_strdup_printf (_("%s: %s of %s images kept"), name, kept, before);
}

/* A screen reader is told when the numbers have rested, not at each frame of the slider. */
static gboolean
tell (gpointer data)
{
  TamisClassRow *self = data;
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *words = describe (self);

  self->tell_source = 0;
  if (cell != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return G_SOURCE_REMOVE;
}

static gboolean
tamis_class_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                               GtkTooltip *tooltip)
{
  TamisClassRow *self = TAMIS_CLASS_ROW (widget);
  g_autofree char *words = NULL;

  if (self->item == NULL)
    return FALSE;
  words = describe (self);
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void
show_count (TamisClassRow *self)
{
  guint before = tamis_class_item_get_before (self->item);
  guint after = tamis_class_item_get_after (self->item);
  gboolean loses_half = tamis_class_item_loses_half (self->item);
  g_autofree char *kept = tamis_format_count (after);

  tamis_count_set_text (self->count, kept);
  /* Opacity, not visibility: a mark that comes and goes must not lay the list out anew. */
  gtk_widget_set_opacity (self->mark, loses_half ? 1.0 : 0.0);
  tamis_share_bar_set (self->bar, before > 0 ? (double) after / before : 0.0, loses_half);
  if (self->tell_source == 0)
    self->tell_source = g_timeout_add (REST_MS, tell, self);
}

void
tamis_class_row_set_item (TamisClassRow *self, TamisClassItem *item)
{
  g_autofree char *before = NULL;

  if (self->item != NULL)
    g_clear_signal_handler (&self->after_handler, self->item);
  g_set_object (&self->item, item);
  g_clear_handle_id (&self->tell_source, g_source_remove);
  if (item == NULL)
    return;
  before = tamis_format_count (tamis_class_item_get_before (item));
  tamis_count_set_widest (self->count, before);
  gtk_label_set_text (self->name, tamis_class_item_get_name (item));
  self->after_handler = g_signal_connect_object (item, "notify::after", G_CALLBACK (show_count), self,
                                                 G_CONNECT_SWAPPED);
  show_count (self);
  g_clear_handle_id (&self->tell_source, g_source_remove);
  tell (self);
}

static void
unparent (gpointer popover)
{
  gtk_widget_unparent (popover);
  g_object_unref (popover);
}

static void
unparent_later (GtkWidget *popover)
{
  g_idle_add_once (unparent, g_object_ref (popover));
}

/* The second button: what else can be done with a class. */
static void
on_menu (TamisClassRow *self, int n_presses, double x, double y)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) folders = g_menu_item_new (_("_Folders of This Class…"), NULL);
  GtkWidget *popover;

  if (self->item == NULL || tamis_class_item_get_index (self->item) < 0)
    return;
  g_menu_item_set_action_and_target (folders, "win.folders", "s",
                                     tamis_class_item_get_name (self->item));
  g_menu_append_item (menu, folders);
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, self->box);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  /* Not at once: the action is activated after the popover has closed. */
  g_signal_connect (popover, "closed", G_CALLBACK (unparent_later), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
tamis_class_row_dispose (GObject *object)
{
  tamis_class_row_set_item (TAMIS_CLASS_ROW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_CLASS_ROW);
  G_OBJECT_CLASS (tamis_class_row_parent_class)->dispose (object);
}

static void
tamis_class_row_init (TamisClassRow *self)
{
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_menu), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

static void
tamis_class_row_class_init (TamisClassRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_class_row_dispose;
  widget_class->query_tooltip = tamis_class_row_query_tooltip;
  g_type_ensure (TAMIS_TYPE_COUNT);
  g_type_ensure (TAMIS_TYPE_SHARE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-class-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisClassRow, box);
  gtk_widget_class_bind_template_child (widget_class, TamisClassRow, name);
  gtk_widget_class_bind_template_child (widget_class, TamisClassRow, mark);
  gtk_widget_class_bind_template_child (widget_class, TamisClassRow, count);
  gtk_widget_class_bind_template_child (widget_class, TamisClassRow, bar);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
