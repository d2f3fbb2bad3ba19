/* TamisSidebar: the views with live counts, the classes with bars.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-sidebar.h"

#include "tamis-class-row.h"
#include "tamis-count.h"
#include "tamis-format.h"

#include <glib/gi18n.h>

typedef enum {
  SORT_NAME,
  SORT_SIZE,
  SORT_LOSS,
} Sort;

struct _TamisSidebar
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkListBox *views;
  TamisCount *review_count;
  TamisCount *leak_count;
  TamisCount *label_count;
  GtkListView *classes_view;
  GtkDropDown *sort;
  GtkBox *status;

  /* Owned */
  GtkSingleSelection *selection;
  GtkSorter *sorter;

  /* Borrowed: valid while the widget lives */
  TamisSession *session;

  gboolean syncing; /* the selection is being set from the session, not by the user */
};

G_DEFINE_FINAL_TYPE (TamisSidebar, tamis_sidebar, GTK_TYPE_WIDGET)

static guint view_selected_signal;

/* ---- views ---- */

static void
on_view_row_selected (TamisSidebar *self, GtkListBoxRow *row)
{
  if (row != NULL)
    g_signal_emit (self, view_selected_signal, 0, gtk_widget_get_name (GTK_WIDGET (row)));
}

void
tamis_sidebar_select_view (TamisSidebar *self, const char *name)
{
  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->views, i);

      if (row == NULL)
        return;
      if (g_str_equal (gtk_widget_get_name (GTK_WIDGET (row)), name))
        gtk_list_box_select_row (self->views, row);
    }
}

static void
show_counts (TamisSidebar *self)
{
  guint open = tamis_session_get_n_open (self->session);
  g_autofree char *text = tamis_format_count (open);

  tamis_count_set_text (self->review_count, open > 0 ? text : "");
}

static void
show_crossings (TamisCount *count, TamisCrossingModel *model)
{
  TamisCrossings *crossings = tamis_crossing_model_get_crossings (model);
  guint n = crossings != NULL ? tamis_crossings_get_n (crossings) : 0;
  g_autofree char *text = tamis_format_count (n);

  tamis_count_set_text (count, n > 0 ? text : "");
}

static void
show_leaks (TamisSidebar *self, TamisCrossingModel *leaks)
{
  show_crossings (self->leak_count, leaks);
}

static void
show_conflicts (TamisSidebar *self, TamisCrossingModel *conflicts)
{
  show_crossings (self->label_count, conflicts);
}

void
tamis_sidebar_set_crossings (TamisSidebar *self, TamisCrossingModel *leaks,
                             TamisCrossingModel *conflicts)
{
  g_signal_connect_object (leaks, "changed", G_CALLBACK (show_leaks), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (conflicts, "changed", G_CALLBACK (show_conflicts), self,
                           G_CONNECT_SWAPPED);
}

static void
show_status (TamisSidebar *self)
{
  const char *status = tamis_session_get_status (self->session);
  g_auto (GStrv) lines = g_strsplit (status, "\n", -1);
  GtkWidget *label;

  while ((label = gtk_widget_get_first_child (GTK_WIDGET (self->status))) != NULL)
    gtk_box_remove (self->status, label);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      label = gtk_label_new (lines[i]);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (self->status, label);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->status), *status != '\0');
}

/* ---- classes ---- */

static int
compare_classes (gconstpointer a, gconstpointer b, gpointer data)
{
  TamisSidebar *self = data;
  TamisClassItem *x = TAMIS_CLASS_ITEM ((gpointer) a);
  TamisClassItem *y = TAMIS_CLASS_ITEM ((gpointer) b);
  int i = tamis_class_item_get_index (x);
  int j = tamis_class_item_get_index (y);
  double difference = 0;

  if (i < 0 || j < 0) /* "All classes" stays first */
    return (i > j) - (i < j);
  if (gtk_drop_down_get_selected (self->sort) == SORT_SIZE)
    difference = (double) tamis_class_item_get_before (y) - tamis_class_item_get_before (x);
  else if (gtk_drop_down_get_selected (self->sort) == SORT_LOSS)
    difference = (double) tamis_class_item_get_after (x) / tamis_class_item_get_before (x)
                 - (double) tamis_class_item_get_after (y) / tamis_class_item_get_before (y);
  return difference != 0 ? (difference > 0 ? 1 : -1) : (i > j) - (i < j);
}

static void
sync_selection (TamisSidebar *self)
{
  int wanted = tamis_session_get_class (self->session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TamisClassItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (tamis_class_item_get_index (item) != wanted)
        continue;
      self->syncing = TRUE;
      gtk_single_selection_set_selected (self->selection, i);
      self->syncing = FALSE;
      return;
    }
}

static void
resort (TamisSidebar *self)
{
  if (self->sorter == NULL)
    return;
  self->syncing = TRUE;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  self->syncing = FALSE;
  sync_selection (self);
}

static void
on_class_selected (TamisSidebar *self)
{
  TamisClassItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL && !self->syncing)
    tamis_session_set_class (self->session, tamis_class_item_get_index (item));
}

static void
setup_class (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, tamis_class_row_new ());
}

static void
bind_class (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  tamis_class_row_set_item (TAMIS_CLASS_ROW (gtk_list_item_get_child (item)),
                            gtk_list_item_get_item (item));
}

static void
unbind_class (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  tamis_class_row_set_item (TAMIS_CLASS_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
plan_changed (TamisSidebar *self)
{
  show_counts (self);
  if (gtk_drop_down_get_selected (self->sort) == SORT_LOSS)
    resort (self);
}

void
tamis_sidebar_set_session (TamisSidebar *self, TamisSession *session, GListModel *classes)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkSortListModel *sorted;

  self->session = session;
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_classes, self, NULL));
  sorted = gtk_sort_list_model_new (g_object_ref (classes), g_object_ref (self->sorter));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  /* With a new data set the session says which class is chosen, not what took the old one's place in the list. */
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_class), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_class), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_class), NULL);
  gtk_list_view_set_factory (self->classes_view, factory);
  gtk_list_view_set_model (self->classes_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_class_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (sync_selection), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (sync_selection), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::status", G_CALLBACK (show_status), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_select_row (self->views, gtk_list_box_get_row_at_index (self->views, 0));
}

static void
tamis_sidebar_dispose (GObject *object)
{
  TamisSidebar *self = TAMIS_SIDEBAR (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_SIDEBAR);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorter);
  G_OBJECT_CLASS (tamis_sidebar_parent_class)->dispose (object);
}

static void
tamis_sidebar_init (TamisSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_sidebar_class_init (TamisSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_sidebar_dispose;
  view_selected_signal = g_signal_new ("view-selected", TAMIS_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (TAMIS_TYPE_COUNT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, box);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, views);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, review_count);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, leak_count);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, label_count);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, classes_view);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, sort);
  gtk_widget_class_bind_template_child (widget_class, TamisSidebar, status);
  gtk_widget_class_bind_template_callback (widget_class, on_view_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, resort);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
