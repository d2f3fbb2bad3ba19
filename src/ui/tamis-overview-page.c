/* TamisOverviewPage: figures, classes, images and unreadable files of the open data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-overview-page.h"

#include "tamis-class-table.h"
#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-image-grid.h"

#include <glib/gi18n.h>

struct _TamisOverviewPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkLabel *title;
  TamisCount *images;
  TamisCount *kept;
  TamisCount *removed;
  TamisCount *pairs;
  TamisCount *unreadable;
  GtkLabel *warning;
  GtkStack *stack;
  GtkStackPage *unreadable_page;
  GtkListView *unreadable_view;
  TamisClassTable *classes;
  TamisImageGrid *grid;

  /* Owned */
  GtkStringList *unreadable_lines;

  /* Borrowed: valid while the page lives */
  TamisSession *session;
};

G_DEFINE_FINAL_TYPE (TamisOverviewPage, tamis_overview_page, GTK_TYPE_WIDGET)

static void
set_number (TamisCount *count, guint64 n, gboolean known)
{
  g_autofree char *text = known ? tamis_format_count (n) : g_strdup ("–");

  tamis_count_set_text (count, text);
}

static void
show_title (TamisOverviewPage *self, TamisDataset *dataset, int class_index)
{
  g_autofree char *name = tamis_format_path (
      class_index < 0 ? tamis_dataset_get_name (dataset)
                      : tamis_dataset_get_class_name (dataset, class_index));

  gtk_label_set_text (self->title, name);
}

/* Pairs above T inside the class in scope. */
static guint64
count_pairs (TamisOverviewPage *self, TamisPlan *plan, int class_index)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPairs *pairs = tamis_session_get_pairs (self->session);
  TamisRange range;

  if (class_index < 0)
    return tamis_plan_get_n_pairs (plan);
  range = tamis_dataset_get_class_range (dataset, class_index);
  return tamis_pairs_count_above_in (pairs, range,
                                     tamis_plan_get_class_threshold (plan, class_index));
}

static gboolean
loses_half (TamisDataset *dataset, TamisPlan *plan, guint class_index)
{
  return (guint64) tamis_plan_get_class_kept (plan, class_index) * 2
         < tamis_dataset_get_class_range (dataset, class_index).n;
}

static char *
word_orphans (guint orphans)
{
  g_autofree char *n = tamis_format_count (orphans);

  return g_strdup_printf (
      ngettext ("⚠ %s removed image has no image left that is like it. Policy “cover” never does this.",
                "⚠ %s removed images have no image left that is like them. Policy “cover” never does this.",
                orphans),
      n);
}

static char *
word_losses (TamisDataset *dataset, TamisPlan *plan, int class_index)
{
  guint losing = 0, one = 0;

  if (class_index >= 0)
    return loses_half (dataset, plan, class_index)
               ? g_strdup (_("⚠ This class loses more than half of its images at this T. Raise T, or look at what goes first."))
               : NULL;
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    if (loses_half (dataset, plan, c))
      {
        losing++;
        one = c;
      }
  if (losing == 0)
    return NULL;
  if (losing == 1)
    {
      g_autofree char *name = tamis_format_path (tamis_dataset_get_class_name (dataset, one));

      return g_strdup_printf (_("⚠ “%s” loses more than half of its images at this T. Raise T, or look at what goes first."), name);
    }
  return g_strdup_printf (
      ngettext ("⚠ %u class loses more than half of its images at this T. Raise T, or look at what goes first.",
                "⚠ %u classes lose more than half of their images at this T. Raise T, or look at what goes first.",
                losing),
      losing);
}

static void
show_warning (TamisOverviewPage *self, TamisDataset *dataset, TamisPlan *plan)
{
  g_autofree char *text = NULL;

  if (plan != NULL && tamis_plan_get_n_orphans (plan) > 0)
    text = word_orphans (tamis_plan_get_n_orphans (plan));
  else if (plan != NULL)
    text = word_losses (dataset, plan, tamis_session_get_class (self->session));
  gtk_widget_set_visible (GTK_WIDGET (self->warning), text != NULL);
  gtk_label_set_text (self->warning, text != NULL ? text : "");
}

static void
refresh (TamisOverviewPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int class_index = tamis_session_get_class (self->session);
  guint before, after;

  if (dataset == NULL)
    return;
  before = class_index < 0 ? tamis_dataset_get_n_images (dataset)
                           : tamis_dataset_get_class_range (dataset, class_index).n;
  after = plan == NULL       ? before
          : class_index < 0 ? tamis_plan_get_n_kept (plan)
                             : tamis_plan_get_class_kept (plan, class_index);
  show_title (self, dataset, class_index);
  set_number (self->images, before, TRUE);
  set_number (self->kept, after, plan != NULL);
  set_number (self->removed, before - after, plan != NULL);
  set_number (self->pairs, plan != NULL ? count_pairs (self, plan, class_index) : 0, plan != NULL);
  set_number (self->unreadable, tamis_dataset_get_n_unreadable (dataset), TRUE);
  show_warning (self, dataset, plan);
}

static void
list_unreadable (TamisOverviewPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint n = dataset != NULL ? tamis_dataset_get_n_unreadable (dataset) : 0;
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) strings = NULL;

  for (guint i = 0; i < n; i++)
    {
      const TamisUnreadable *entry = tamis_dataset_get_unreadable (dataset, i);
      g_autofree char *path = tamis_format_path (entry->path);
      g_autofree char *line = g_strdup_printf ("%s\n%s", path, entry->reason);

      g_strv_builder_add (lines, line);
    }
  strings = g_strv_builder_end (lines);
  gtk_string_list_splice (self->unreadable_lines, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->unreadable_lines)),
                          (const char *const *) strings);
  gtk_stack_page_set_visible (self->unreadable_page, n > 0);
  if (n == 0 && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "unreadable") == 0)
    gtk_stack_set_visible_child_name (self->stack, "classes");
  refresh (self);
}

static void
setup_line (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *path = gtk_label_new (NULL);
  GtkWidget *reason = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (path), 0);
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_label_set_ellipsize (GTK_LABEL (path), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (reason), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (reason, "dim-label");
  gtk_widget_add_css_class (reason, "caption");
  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  gtk_box_append (GTK_BOX (box), path);
  gtk_box_append (GTK_BOX (box), reason);
  gtk_list_item_set_child (item, box);
}

static void
bind_line (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  const char *line = gtk_string_object_get_string (gtk_list_item_get_item (item));
  g_auto (GStrv) parts = g_strsplit (line, "\n", 2);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (box)), parts[0]);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), parts[1]);
  gtk_widget_set_tooltip_text (box, line);
}

static void
on_image_activated (TamisOverviewPage *self, guint row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.review-image", "u", row);
}

void
tamis_overview_page_set_session (TamisOverviewPage *self, TamisSession *session,
                                 GListModel *classes)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) lines = NULL;

  self->session = session;
  self->unreadable_lines = gtk_string_list_new (NULL);
  lines = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->unreadable_lines)));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_line), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_line), NULL);
  gtk_list_view_set_factory (self->unreadable_view, factory);
  gtk_list_view_set_model (self->unreadable_view, GTK_SELECTION_MODEL (lines));
  tamis_class_table_set_session (self->classes, session, classes);
  tamis_image_grid_set_session (self->grid, session);
  g_signal_connect_object (session, "dataset", G_CALLBACK (list_unreadable), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
}

static void
tamis_overview_page_dispose (GObject *object)
{
  TamisOverviewPage *self = TAMIS_OVERVIEW_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_OVERVIEW_PAGE);
  g_clear_object (&self->unreadable_lines);
  G_OBJECT_CLASS (tamis_overview_page_parent_class)->dispose (object);
}

static void
tamis_overview_page_init (TamisOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_overview_page_class_init (TamisOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_overview_page_dispose;
  g_type_ensure (TAMIS_TYPE_CLASS_TABLE);
  g_type_ensure (TAMIS_TYPE_COUNT);
  g_type_ensure (TAMIS_TYPE_IMAGE_GRID);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, box);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, title);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, images);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, kept);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, removed);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, pairs);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, unreadable);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, warning);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, unreadable_page);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, unreadable_view);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, classes);
  gtk_widget_class_bind_template_child (widget_class, TamisOverviewPage, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_image_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
