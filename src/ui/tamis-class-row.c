/* TamisClassRow: one class in the sidebar: name, mark, kept count, bar.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-class-row.h"

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
  GtkLabel *count;
  TamisShareBar *bar;

  /* Owned */
  TamisClassItem *item;
  gulong after_handler;
};

G_DEFINE_FINAL_TYPE (TamisClassRow, tamis_class_row, GTK_TYPE_WIDGET)

GtkWidget *
tamis_class_row_new (void)
{
  return g_object_new (TAMIS_TYPE_CLASS_ROW, NULL);
}

static void
describe (TamisClassRow *self, const char *kept, gboolean loses_half)
{
  g_autofree char *before = tamis_format_count (tamis_class_item_get_before (self->item));
  const char *name = tamis_class_item_get_name (self->item);
  g_autofree char *words
      = loses_half ? g_strdup_printf (_("%s: %s of %s images kept, loses more than half"), name, kept,
                                      before)
                   : g_strdup_printf (_("%s: %s of %s images kept"), name, kept, before);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  if (gtk_widget_get_parent (GTK_WIDGET (self)) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (self))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_count (TamisClassRow *self)
{
  guint before = tamis_class_item_get_before (self->item);
  guint after = tamis_class_item_get_after (self->item);
  gboolean loses_half = tamis_class_item_loses_half (self->item);
  g_autofree char *kept = tamis_format_count (after);

  gtk_label_set_text (self->count, kept);
  gtk_widget_set_visible (self->mark, loses_half);
  tamis_share_bar_set (self->bar, before > 0 ? (double) after / before : 0.0, loses_half);
  describe (self, kept, loses_half);
}

void
tamis_class_row_set_item (TamisClassRow *self, TamisClassItem *item)
{
  if (self->item != NULL)
    g_clear_signal_handler (&self->after_handler, self->item);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  gtk_label_set_text (self->name, tamis_class_item_get_name (item));
  self->after_handler = g_signal_connect_object (item, "notify::after", G_CALLBACK (show_count), self,
                                                 G_CONNECT_SWAPPED);
  show_count (self);
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
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_class_row_class_init (TamisClassRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_class_row_dispose;
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
