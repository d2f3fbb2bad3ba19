/* TamisClassTable: classes with counts before and after.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-class-table.h"

#include "tamis-column-titles.h"
#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-share-bar.h"

#include <glib/gi18n.h>

struct _TamisClassTable
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *scroller;
  GtkColumnView *view;
  GtkColumnViewColumn *threshold; /* owned by @view */

  /* Borrowed: valid while the widget lives */
  TamisSession *session;
};

G_DEFINE_FINAL_TYPE (TamisClassTable, tamis_class_table, GTK_TYPE_WIDGET)

typedef enum {
  COLUMN_NAME,
  COLUMN_BEFORE,
  COLUMN_AFTER,
  COLUMN_REMOVED,
  COLUMN_THRESHOLD, /* shown once a class has another T than all */
  COLUMN_SHARE,
  COLUMN_NOTE,
} Column;

static guint
removed_count (TamisClassItem *item)
{
  return tamis_class_item_get_before (item) - tamis_class_item_get_after (item);
}

static double
kept_share (TamisClassItem *item)
{
  guint before = tamis_class_item_get_before (item);

  return before > 0 ? (double) tamis_class_item_get_after (item) / before : 0.0;
}

/* ---- cells ---- */

static char *
cell_text (TamisClassItem *item, Column column)
{
  switch (column)
    {
    case COLUMN_NAME:
      return g_strdup (tamis_class_item_get_name (item));
    case COLUMN_BEFORE:
      return tamis_format_count (tamis_class_item_get_before (item));
    case COLUMN_AFTER:
      return tamis_format_count (tamis_class_item_get_after (item));
    case COLUMN_REMOVED:
      return tamis_format_count (removed_count (item));
    case COLUMN_THRESHOLD:
      return tamis_class_item_get_threshold (item) < 0
                 ? g_strdup ("")
                 : tamis_format_similarity (tamis_class_item_get_threshold (item));
    case COLUMN_NOTE:
      return g_strdup (_("⚠ loses more than half"));
    default:
      return g_strdup_printf ("%.0f %%", kept_share (item) * 100);
    }
}

static Column
cell_column (GtkWidget *child)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (child), "column"));
}

static void
show_cell (GtkListItem *list_item)
{
  GtkWidget *child = gtk_list_item_get_child (list_item);
  TamisClassItem *item = gtk_list_item_get_item (list_item);
  Column column = cell_column (child);
  g_autofree char *text = NULL;

  if (item == NULL)
    return;
  text = cell_text (item, column);
  if (TAMIS_IS_COUNT (child))
    tamis_count_set_text (TAMIS_COUNT (child), text);
  else if (GTK_IS_LABEL (child))
    gtk_label_set_text (GTK_LABEL (child), text);
  if (column == COLUMN_NOTE) /* shown by opacity, so that nothing is laid out anew */
    {
      gboolean loses_half = tamis_class_item_loses_half (item);

      gtk_widget_set_opacity (child, loses_half ? 1.0 : 0.0);
      gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, !loses_half, -1);
    }
  if (column != COLUMN_SHARE)
    return;
  tamis_share_bar_set (TAMIS_SHARE_BAR (gtk_widget_get_first_child (child)), kept_share (item),
                       tamis_class_item_loses_half (item));
  tamis_count_set_text (TAMIS_COUNT (gtk_widget_get_last_child (child)), text);
}

static GtkWidget *
share_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *bar = tamis_share_bar_new ();
  GtkWidget *count = tamis_count_new ();

  gtk_widget_set_hexpand (bar, TRUE);
  tamis_count_set_widest (TAMIS_COUNT (count), "100 %");
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), count);
  return box;
}

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  Column column = GPOINTER_TO_UINT (data);
  gboolean words = column == COLUMN_NAME || column == COLUMN_NOTE;
  GtkWidget *child = column == COLUMN_SHARE ? share_cell ()
                     : words                ? gtk_label_new (NULL)
                                            : tamis_count_new ();

  if (words)
    {
      gtk_label_set_xalign (GTK_LABEL (child), 0);
      gtk_label_set_ellipsize (GTK_LABEL (child), column == COLUMN_NAME ? PANGO_ELLIPSIZE_MIDDLE
                                                                        : PANGO_ELLIPSIZE_END);
      /* In a narrow window names come before the words of the note; its mark stays. */
      gtk_label_set_width_chars (GTK_LABEL (child), column == COLUMN_NAME ? 24 : 3);
      gtk_widget_add_css_class (child, column == COLUMN_NOTE ? "warning" : "numeric");
    }
  g_object_set_data (G_OBJECT (child), "column", data);
  gtk_list_item_set_child (item, child);
}

/* A row is named by its class; GTK 4.8 would leave it without a name. */
static void
name_row (GtkListItem *list_item)
{
  GtkWidget *cell = gtk_widget_get_parent (gtk_list_item_get_child (list_item));
  GtkWidget *row = cell != NULL ? gtk_widget_get_parent (cell) : NULL;

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    tamis_class_item_get_name (gtk_list_item_get_item (list_item)), -1);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  gboolean threshold = cell_column (gtk_list_item_get_child (list_item)) == COLUMN_THRESHOLD;
  gulong handler = g_signal_connect_swapped (gtk_list_item_get_item (list_item),
                                             threshold ? "notify::threshold" : "notify::after",
                                             G_CALLBACK (show_cell), list_item);

  g_object_set_data (G_OBJECT (list_item), "after-handler", GSIZE_TO_POINTER (handler));
  show_cell (list_item);
  if (cell_column (gtk_list_item_get_child (list_item)) == COLUMN_NAME)
    name_row (list_item);
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  gulong handler = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (list_item), "after-handler"));

  g_signal_handler_disconnect (gtk_list_item_get_item (list_item), handler);
}

/* ---- columns ---- */

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  TamisClassItem *x = TAMIS_CLASS_ITEM ((gpointer) a);
  TamisClassItem *y = TAMIS_CLASS_ITEM ((gpointer) b);
  double difference = 0;

  switch (GPOINTER_TO_UINT (data))
    {
    case COLUMN_BEFORE:
      difference = (double) tamis_class_item_get_before (x) - tamis_class_item_get_before (y);
      break;
    case COLUMN_AFTER:
      difference = (double) tamis_class_item_get_after (x) - tamis_class_item_get_after (y);
      break;
    case COLUMN_REMOVED:
      difference = (double) removed_count (x) - removed_count (y);
      break;
    case COLUMN_THRESHOLD:
      difference = tamis_class_item_get_threshold (x) - tamis_class_item_get_threshold (y);
      break;
    case COLUMN_SHARE:
      difference = kept_share (x) - kept_share (y);
      break;
    default: /* the data set's natural order of names */
      difference = tamis_class_item_get_index (x) - tamis_class_item_get_index (y);
    }
  return (difference > 0) - (difference < 0);
}

static void
add_column (TamisClassTable *self, Column column, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *view_column;
  gpointer data = GUINT_TO_POINTER (column);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), data);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), data);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), data);
  view_column = gtk_column_view_column_new (title, factory);
  if (column != COLUMN_NOTE)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, data, NULL));

      gtk_column_view_column_set_sorter (view_column, sorter);
    }
  gtk_column_view_column_set_expand (view_column, column == COLUMN_NAME || column == COLUMN_SHARE);
  if (column != COLUMN_NAME && column != COLUMN_SHARE && column != COLUMN_NOTE)
    gtk_column_view_column_set_fixed_width (view_column, 76);
  if (column == COLUMN_THRESHOLD)
    {
      self->threshold = view_column;
      gtk_column_view_column_set_visible (view_column, FALSE);
    }
  gtk_column_view_append_column (self->view, view_column);
  g_object_unref (view_column);
}

static gboolean
is_class (gpointer item, gpointer data)
{
  return tamis_class_item_get_index (TAMIS_CLASS_ITEM (item)) >= 0;
}

static void
on_activate (TamisClassTable *self, guint position)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (self->view));
  g_autoptr (TamisClassItem) item = g_list_model_get_item (model, position);

  tamis_session_set_class (self->session, tamis_class_item_get_index (item));
}

static void
plan_changed (TamisClassTable *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);

  gtk_column_view_column_set_visible (self->threshold,
                                      plan != NULL && tamis_plan_count_class_thresholds (plan) > 0);
}

void
tamis_class_table_set_session (TamisClassTable *self, TamisSession *session, GListModel *classes)
{
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_class, NULL, NULL));
  GtkFilterListModel *filtered = gtk_filter_list_model_new (g_object_ref (classes), filter);
  GtkSorter *sorter = g_object_ref (gtk_column_view_get_sorter (self->view));
  GtkSortListModel *sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), sorter);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (G_LIST_MODEL (sorted));

  self->session = session;
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
}

static void
tamis_class_table_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_CLASS_TABLE);
  G_OBJECT_CLASS (tamis_class_table_parent_class)->dispose (object);
}

static void
tamis_class_table_init (TamisClassTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_column (self, COLUMN_NAME, _("Class"));
  add_column (self, COLUMN_BEFORE, _("Images"));
  add_column (self, COLUMN_AFTER, C_("column", "Kept"));
  add_column (self, COLUMN_REMOVED, C_("column", "Removed"));
  add_column (self, COLUMN_THRESHOLD, _("Own T"));
  add_column (self, COLUMN_SHARE, _("Share kept"));
  add_column (self, COLUMN_NOTE, "");
  tamis_column_titles_align (self->view, COLUMN_BEFORE, COLUMN_THRESHOLD);
}

static void
tamis_class_table_class_init (TamisClassTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_class_table_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-class-table.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisClassTable, scroller);
  gtk_widget_class_bind_template_child (widget_class, TamisClassTable, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
