/* TamisFoldersWindow: which folders are reference, which are left alone, and what that changes.
 *
 * A choice holds at once and can be undone; a folder without one has that of the folder above it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-folders-window.h"

#include "tamis-format.h"
#include "tamis-plan-preview.h"

#include <glib/gi18n.h>

#define INDENT 18
#define CHOICE_WIDTH 140 /* of the longest rule, so that all stand in one column */

/* ---- a folder in the list ---- */

#define TAMIS_TYPE_FOLDER_ITEM (tamis_folder_item_get_type ())
G_DECLARE_FINAL_TYPE (TamisFolderItem, tamis_folder_item, TAMIS, FOLDER_ITEM, GObject)
struct _TamisFolderItem
{
  GObject parent_instance;
  const TamisFolder *folder; /* borrowed: of the window's folders */
};
G_DEFINE_FINAL_TYPE (TamisFolderItem, tamis_folder_item, G_TYPE_OBJECT)

static void
tamis_folder_item_init (TamisFolderItem *self)
{
}

static void
tamis_folder_item_class_init (TamisFolderItemClass *klass)
{
}

/* ---- the window ---- */

struct _TamisFoldersWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  GtkSearchEntry *search;
  GtkListView *view;
  GtkStack *stack;
  GtkLabel *effect;

  /* Owned */
  TamisFolders *folders;
  TamisDataset *dataset; /* which they are of */
  GtkFilter *filter;
  TamisPlanPreview *preview;

  /* Borrowed: the main window's, which this one is transient for */
  TamisSession *session;

  gboolean syncing; /* choices are being set from the session, not by the user */
};

G_DEFINE_FINAL_TYPE (TamisFoldersWindow, tamis_folders_window, ADW_TYPE_WINDOW)

static gboolean
is_searching (TamisFoldersWindow *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
}

/* In the tree the name is enough; what a search finds has its folders to say. */
static char *
dup_title (TamisFoldersWindow *self, const TamisFolder *folder)
{
  g_autofree char *name = NULL;

  if (folder->depth == 0)
    return g_strdup (_("The whole data set"));
  if (is_searching (self))
    return tamis_format_path (folder->path);
  name = g_path_get_basename (folder->path);
  return tamis_format_path (name);
}

/* ---- rows ---- */

static void
on_choice (GtkDropDown *choice, GParamSpec *pspec, TamisFoldersWindow *self)
{
  const TamisFolder *folder = g_object_get_data (G_OBJECT (choice), "folder");

  if (self->syncing || folder == NULL
      || gtk_drop_down_get_selected (choice) == GTK_INVALID_LIST_POSITION)
    return;
  tamis_session_set_folder_rule (self->session, folder->path,
                                 (TamisFolderRule) gtk_drop_down_get_selected (choice));
}

static void
setup_row (TamisFoldersWindow *self, GtkListItem *item)
{
  /* In the order of TamisFolderRule */
  const char *const rules[]
      = { C_("folder rule", "Normal"), C_("folder rule", "Reference"),
          C_("folder rule", "Excluded"), NULL };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *count = gtk_label_new (NULL);
  GtkWidget *choice = gtk_drop_down_new_from_strings (rules);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_set_size_request (choice, CHOICE_WIDTH, -1);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  g_signal_connect_object (choice, "notify::selected", G_CALLBACK (on_choice), self, 0);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), count);
  gtk_box_append (GTK_BOX (row), choice);
  gtk_list_item_set_child (item, row);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
show_rule (TamisFoldersWindow *self, GtkWidget *row)
{
  GtkDropDown *choice = GTK_DROP_DOWN (gtk_widget_get_last_child (row));
  const TamisFolder *folder = g_object_get_data (G_OBJECT (choice), "folder");
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self->session);

  if (folder == NULL || verdicts == NULL)
    return;
  self->syncing = TRUE;
  gtk_drop_down_set_selected (choice, tamis_verdicts_get_folder (verdicts, folder->path));
  self->syncing = FALSE;
}

static void
show_title (TamisFoldersWindow *self, GtkWidget *row)
{
  GtkWidget *name = gtk_widget_get_first_child (row);
  GtkWidget *choice = gtk_widget_get_last_child (row);
  const TamisFolder *folder = g_object_get_data (G_OBJECT (choice), "folder");
  g_autofree char *title = NULL;
  g_autofree char *spoken = NULL;

  if (folder == NULL)
    return;
  title = dup_title (self, folder);
  spoken = g_strdup_printf (_("Rule for %s"), title);
  gtk_label_set_text (GTK_LABEL (name), title);
  gtk_widget_set_margin_start (name,
                               is_searching (self) ? 0 : (int) MIN (folder->depth, 8) * INDENT);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

static void
bind_row (TamisFoldersWindow *self, GtkListItem *item)
{
  const TamisFolder *folder = TAMIS_FOLDER_ITEM (gtk_list_item_get_item (item))->folder;
  GtkWidget *row = gtk_list_item_get_child (item);
  GtkWidget *name = gtk_widget_get_first_child (row);
  g_autofree char *number = tamis_format_count (folder->n_images);
  g_autofree char *count
      = g_strdup_printf (ngettext ("%s image", "%s images", folder->n_images), number);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (name)), count);
  g_object_set_data (G_OBJECT (gtk_widget_get_last_child (row)), "folder", (gpointer) folder);
  show_title (self, row);
  show_rule (self, row);
}

static void
unbind_row (TamisFoldersWindow *self, GtkListItem *item)
{
  GtkWidget *choice = gtk_widget_get_last_child (gtk_list_item_get_child (item));

  g_object_set_data (G_OBJECT (choice), "folder", NULL);
}

/* ---- what the session says ---- */

static gboolean
has_rules (TamisFoldersWindow *self)
{
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self->session);
  g_auto (GStrv) folders = verdicts != NULL ? tamis_verdicts_list_folders (verdicts) : NULL;

  return folders != NULL && folders[0] != NULL;
}

static void
show_effect (TamisFoldersWindow *self)
{
  TamisPlanChange change;
  g_autofree char *fewer = NULL;
  g_autofree char *more = NULL;
  g_autofree char *stay = NULL;
  g_autofree char *go = NULL;
  g_autofree char *text = NULL;

  if (!has_rules (self))
    {
      gtk_label_set_text (self->effect, _("No folder has a rule"));
      return;
    }
  if (!tamis_plan_preview_get (self->preview, &change))
    return;
  fewer = tamis_format_count (change.n_fewer);
  more = tamis_format_count (change.n_more);
  stay = g_strdup_printf (ngettext ("%s image stays because of these rules",
                                    "%s images stay because of these rules", change.n_fewer), fewer);
  if (change.n_more > 0)
    go = g_strdup_printf (ngettext ("%s goes instead", "%s go instead", change.n_more), more);
  text = go != NULL ? g_strdup_printf ("%s, %s", stay, go) : g_steal_pointer (&stay);
  gtk_label_set_text (self->effect, text);
}

static void
for_each_row (TamisFoldersWindow *self, void (*func) (TamisFoldersWindow *, GtkWidget *row))
{
  for (GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (self->view)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    if (gtk_widget_get_first_child (cell) != NULL)
      func (self, gtk_widget_get_first_child (cell));
}

/* After a choice, and after undo in the main window. */
static void
plan_changed (TamisFoldersWindow *self)
{
  if (tamis_session_get_dataset (self->session) != self->dataset)
    {
      gtk_window_close (GTK_WINDOW (self)); /* its folders are gone */
      return;
    }
  for_each_row (self, show_rule);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "folders.undo",
                                 tamis_session_can_undo (self->session));
  show_effect (self);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_session_undo (TAMIS_FOLDERS_WINDOW (widget)->session);
}

/* ---- looking for a folder ---- */

/* A folder is shown if its path has the text in it, so those inside it are too. */
static gboolean
is_wanted (gpointer item, gpointer data)
{
  TamisFoldersWindow *self = data;
  const TamisFolder *folder = TAMIS_FOLDER_ITEM (item)->folder;
  g_autofree char *path = tamis_format_path (folder->path);
  g_autofree char *low = g_utf8_casefold (path, -1);
  g_autofree char *wanted
      = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  return *wanted == '\0' || strstr (low, wanted) != NULL;
}

static void
on_search (TamisFoldersWindow *self)
{
  guint n;

  if (self->filter == NULL)
    return;
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  for_each_row (self, show_title); /* those that stay are not bound anew */
  n = g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (self->view)));
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "folders" : "none");
}

/* Escape in the entry: the window has nothing else to leave. */
static void
on_stop_search (TamisFoldersWindow *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- construction ---- */

static void
fill (TamisFoldersWindow *self)
{
  GListStore *store = g_list_store_new (TAMIS_TYPE_FOLDER_ITEM);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkFilterListModel *filtered;

  for (guint i = 0; i < self->folders->n; i++)
    {
      TamisFolderItem *item = g_object_new (TAMIS_TYPE_FOLDER_ITEM, NULL);

      item->folder = &self->folders->items[i];
      g_ptr_array_add (items, item);
    }
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_wanted, self, NULL));
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (store), g_object_ref (self->filter));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (filtered)));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, selection);
}

TamisFoldersWindow *
tamis_folders_window_new (GtkWindow *parent, TamisSession *session, const char *search)
{
  TamisFoldersWindow *self
      = g_object_new (TAMIS_TYPE_FOLDERS_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autofree char *shown = tamis_format_path (search);

  self->session = session;
  self->dataset = tamis_dataset_ref (tamis_session_get_dataset (session));
  self->folders = tamis_folders_new (self->dataset);
  self->preview = tamis_plan_preview_new (session);
  g_signal_connect_object (self->preview, "changed", G_CALLBACK (show_effect), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  gtk_editable_set_text (GTK_EDITABLE (self->search), shown);
  fill (self);
  on_search (self);
  tamis_plan_preview_ask_folders (self->preview);
  plan_changed (self);
  return self;
}

static void
tamis_folders_window_dispose (GObject *object)
{
  TamisFoldersWindow *self = TAMIS_FOLDERS_WINDOW (object);

  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL); /* rows borrow the folders */
  g_clear_object (&self->filter);
  g_clear_object (&self->preview);
  g_clear_pointer (&self->folders, tamis_folders_free);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  G_OBJECT_CLASS (tamis_folders_window_parent_class)->dispose (object);
}

static void
tamis_folders_window_init (TamisFoldersWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_folders_window_class_init (TamisFoldersWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_folders_window_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tamis/Tamis/ui/tamis-folders-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisFoldersWindow, search);
  gtk_widget_class_bind_template_child (widget_class, TamisFoldersWindow, view);
  gtk_widget_class_bind_template_child (widget_class, TamisFoldersWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisFoldersWindow, effect);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_install_action (widget_class, "folders.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "folders.undo",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
