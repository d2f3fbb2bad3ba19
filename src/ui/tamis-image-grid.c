/* TamisImageGrid: the images in scope as thumbnails.
 *
 * DESIGN: GtkGridView keeps about 32 rows of cells alive whatever the model's length, and counts them by
 * its max-columns: that is what the width has room for. A cell is as little as can be: one image view
 * and one text that lays out nothing. Cells in use are kept in a set, to follow the plan without
 * rebinding.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-image-grid.h"

#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-image-model.h"
#include "tamis-image-view.h"

#include <glib/gi18n.h>

#define IMAGE_SIZE 120
#define CELL_WIDTH 132 /* with its padding */
#define MAX_COLUMNS 16

struct _TamisImageGrid
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkDropDown *shown;
  GtkLabel *count;
  GtkScrolledWindow *scroller;
  GtkGridView *grid;

  /* Owned */
  TamisImageModel *model;
  GHashTable *bound; /* GtkListItem in use, not referenced: unbind takes it out */

  /* Borrowed: valid while the widget lives */
  TamisSession *session;
};

G_DEFINE_FINAL_TYPE (TamisImageGrid, tamis_image_grid, GTK_TYPE_WIDGET)

static guint activated_signal;

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, TamisImageGrid *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *view = tamis_image_view_new ();
  GtkWidget *name = tamis_count_new ();

  tamis_image_view_set_size (TAMIS_IMAGE_VIEW (view), IMAGE_SIZE);
  g_object_set (name, "xalign", 0.5f, NULL);
  gtk_widget_add_css_class (name, "caption");
  tamis_count_set_cut (TAMIS_COUNT (name), TRUE);
  tamis_count_set_widest (TAMIS_COUNT (name), "0123456789");
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), name);
  gtk_list_item_set_child (item, box);
}

static void
show_fate (TamisImageGrid *self, GtkListItem *item)
{
  guint row = tamis_image_item_get_row (gtk_list_item_get_item (item));
  TamisPlan *plan = tamis_session_get_plan (self->session);
  GtkWidget *view = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  gboolean removed = plan != NULL && !tamis_plan_is_kept (plan, row);

  tamis_image_view_set_fate (TAMIS_IMAGE_VIEW (view), removed ? TAMIS_FATE_REMOVED : TAMIS_FATE_NONE);
  gtk_widget_set_opacity (view, removed ? 0.55 : 1.0);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, TamisImageGrid *self)
{
  guint row = tamis_image_item_get_row (gtk_list_item_get_item (item));
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *view = gtk_widget_get_first_child (box);
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autofree char *path = tamis_format_path (tamis_dataset_get_path (dataset, row));
  g_autofree char *name = g_path_get_basename (path);

  tamis_image_view_set_file (TAMIS_IMAGE_VIEW (view), file, path);
  tamis_count_set_text (TAMIS_COUNT (gtk_widget_get_last_child (box)), name);
  if (gtk_widget_get_parent (box) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_hash_table_add (self->bound, item);
  show_fate (self, item);
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, TamisImageGrid *self)
{
  g_hash_table_remove (self->bound, item);
  tamis_image_view_set_file (
      TAMIS_IMAGE_VIEW (gtk_widget_get_first_child (gtk_list_item_get_child (item))), NULL, NULL);
}

static void
show_count (TamisImageGrid *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  g_autofree char *number = tamis_format_count (n);
  g_autofree char *text = g_strdup_printf (ngettext ("%s image", "%s images", n), number);

  gtk_label_set_text (self->count, text);
}

static void
plan_changed (TamisImageGrid *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    show_fate (self, item);
}

static void
on_shown_changed (TamisImageGrid *self)
{
  if (self->model != NULL)
    tamis_image_model_set_shown (self->model, gtk_drop_down_get_selected (self->shown));
}

static void
on_activate (TamisImageGrid *self, guint position)
{
  g_autoptr (TamisImageItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  g_signal_emit (self, activated_signal, 0, tamis_image_item_get_row (item));
}

void
tamis_image_grid_set_session (TamisImageGrid *self, TamisSession *session)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->session = session;
  self->model = tamis_image_model_new (session);
  tamis_image_model_set_active (self->model, FALSE); /* until the grid is seen */
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, 0);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, selection);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (show_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  show_count (self);
}

static void
fit_columns (gpointer data)
{
  TamisImageGrid *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  if (self->grid != NULL && width > 0)
    gtk_grid_view_set_max_columns (self->grid, (guint) CLAMP (width / CELL_WIDTH, 2, MAX_COLUMNS));
  g_object_unref (self);
}

/* Not while it is being laid out. */
static void
width_changed (TamisImageGrid *self)
{
  g_idle_add_once (fit_columns, g_object_ref (self));
}

static void
tamis_image_grid_map (GtkWidget *widget)
{
  tamis_image_model_set_active (TAMIS_IMAGE_GRID (widget)->model, TRUE);
  GTK_WIDGET_CLASS (tamis_image_grid_parent_class)->map (widget);
}

static void
tamis_image_grid_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tamis_image_grid_parent_class)->unmap (widget);
  tamis_image_model_set_active (TAMIS_IMAGE_GRID (widget)->model, FALSE);
}

static void
tamis_image_grid_dispose (GObject *object)
{
  TamisImageGrid *self = TAMIS_IMAGE_GRID (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_IMAGE_GRID);
  g_clear_object (&self->model);
  g_clear_pointer (&self->bound, g_hash_table_unref);
  G_OBJECT_CLASS (tamis_image_grid_parent_class)->dispose (object);
}

static void
tamis_image_grid_init (TamisImageGrid *self)
{
  self->bound = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller), "changed",
                           G_CALLBACK (width_changed), self, G_CONNECT_SWAPPED);
}

static void
tamis_image_grid_class_init (TamisImageGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_image_grid_dispose;
  widget_class->map = tamis_image_grid_map;
  widget_class->unmap = tamis_image_grid_unmap;
  activated_signal = g_signal_new ("image-activated", TAMIS_TYPE_IMAGE_GRID, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-image-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisImageGrid, box);
  gtk_widget_class_bind_template_child (widget_class, TamisImageGrid, shown);
  gtk_widget_class_bind_template_child (widget_class, TamisImageGrid, count);
  gtk_widget_class_bind_template_child (widget_class, TamisImageGrid, grid);
  gtk_widget_class_bind_template_child (widget_class, TamisImageGrid, scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_shown_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
