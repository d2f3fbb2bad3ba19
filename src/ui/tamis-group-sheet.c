/* TamisGroupSheet: see tamis-group-sheet.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-group-sheet.h"

#include "tamis-format.h"
#include "tamis-image-view.h"

#include <glib/gi18n.h>

#define CELL_SIZE 176

/* ---- an image of the group and what is chosen for it ---- */

#define TAMIS_TYPE_GROUP_ITEM (tamis_group_item_get_type ())
G_DECLARE_FINAL_TYPE (TamisGroupItem, tamis_group_item, TAMIS, GROUP_ITEM, GObject)

struct _TamisGroupItem
{
  GObject parent_instance;

  TamisRemoval removal;
  TamisVerdict choice; /* REMOVE, KEEP_BOTH or NOT_DUPLICATES */
};

G_DEFINE_FINAL_TYPE (TamisGroupItem, tamis_group_item, G_TYPE_OBJECT)

static guint chosen_signal;

static void
tamis_group_item_init (TamisGroupItem *self)
{
  self->choice = TAMIS_VERDICT_REMOVE;
}

static void
tamis_group_item_class_init (TamisGroupItemClass *klass)
{
  chosen_signal = g_signal_new ("chosen", TAMIS_TYPE_GROUP_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
choose (TamisGroupItem *self, TamisVerdict choice)
{
  self->choice = choice;
  g_signal_emit (self, chosen_signal, 0);
}

/* ---- the sheet ---- */

struct _TamisGroupSheet
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  TamisImageView *witness_view;
  GtkLabel *witness_name;
  GtkLabel *words;
  GtkGridView *grid;

  /* Owned */
  GListStore *items; /* of TamisGroupItem */
  GtkSingleSelection *selection;

  /* Borrowed */
  TamisSession *session;

  guint witness;
};

G_DEFINE_FINAL_TYPE (TamisGroupSheet, tamis_group_sheet, GTK_TYPE_WIDGET)

static guint done_signal;

static void
show_words (TamisGroupSheet *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items)), go = 0;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TamisGroupItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      go += item->choice == TAMIS_VERDICT_REMOVE;
    }
  count = tamis_format_count (go);
  text = g_strdup_printf (ngettext ("%s image of this group goes, %u stay",
                                    "%s images of this group go, %u stay", go),
                          count, n - go + 1);
  gtk_label_set_text (self->words, text);
}

static const char *
word_choice (TamisVerdict choice)
{
  switch (choice)
    {
    case TAMIS_VERDICT_REMOVE:
      return _("goes");
    case TAMIS_VERDICT_KEEP_BOTH:
      return _("stays: alike");
    case TAMIS_VERDICT_NOT_DUPLICATES:
      return _("stays: not a duplicate");
    default:
      return "";
    }
}

static void
show_choice (TamisGroupItem *item, GtkWidget *cell)
{
  GtkWidget *view = gtk_widget_get_first_child (cell);
  GtkWidget *caption = gtk_widget_get_last_child (cell);
  gboolean goes = item->choice == TAMIS_VERDICT_REMOVE;
  g_autofree char *similarity = tamis_format_similarity (item->removal.similarity);
  g_autofree char *text = g_strdup_printf ("%s · %s", similarity, word_choice (item->choice));

  gtk_label_set_text (GTK_LABEL (caption), text);
  tamis_image_view_set_fate (TAMIS_IMAGE_VIEW (view), goes ? TAMIS_FATE_REMOVED : TAMIS_FATE_KEPT);
  if (gtk_widget_get_parent (cell) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (cell)),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *view = tamis_image_view_new ();

  tamis_image_view_set_size (TAMIS_IMAGE_VIEW (view), CELL_SIZE);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  gtk_list_item_set_child (item, box);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, TamisGroupSheet *self)
{
  TamisGroupItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *file = tamis_dataset_dup_file (dataset, item->removal.removed);
  g_autofree char *name
      = tamis_format_path (tamis_dataset_get_path (dataset, item->removal.removed));

  tamis_image_view_set_file (TAMIS_IMAGE_VIEW (gtk_widget_get_first_child (cell)), file, name);
  if (gtk_widget_get_parent (cell) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (cell)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (item, "chosen", G_CALLBACK (show_choice), cell, 0);
  show_choice (item, cell);
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);

  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_choice, cell);
  tamis_image_view_set_file (TAMIS_IMAGE_VIEW (gtk_widget_get_first_child (cell)), NULL, NULL);
}

/* ---- choices ---- */

static void
choose_selected (TamisGroupSheet *self, TamisVerdict choice)
{
  TamisGroupItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item == NULL)
    return;
  choose (item, choice);
  show_words (self);
}

/* A click or the space bar: goes, stays, goes. */
static void
toggle (TamisGroupSheet *self, guint position)
{
  g_autoptr (TamisGroupItem) item
      = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  if (item == NULL)
    return;
  choose (item, item->choice == TAMIS_VERDICT_REMOVE ? TAMIS_VERDICT_KEEP_BOTH
                                                     : TAMIS_VERDICT_REMOVE);
  show_words (self);
}

static void
leave (TamisGroupSheet *self)
{
  g_list_store_remove_all (self->items);
  g_signal_emit (self, done_signal, 0);
}

static void
carry_out (TamisGroupSheet *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  tamis_session_begin_step (self->session);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TamisGroupItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      tamis_session_set_verdict (self->session, item->removal.removed, item->removal.witness,
                                 item->choice);
    }
  tamis_session_end_step (self->session);
  leave (self);
}

gboolean
tamis_group_sheet_take_key (TamisGroupSheet *self, guint key, GdkModifierType state)
{
  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      carry_out (self);
      return TRUE;
    case GDK_KEY_Escape:
      leave (self);
      return TRUE;
    case GDK_KEY_space:
      toggle (self, gtk_single_selection_get_selected (self->selection));
      return TRUE;
    case GDK_KEY_k:
      choose_selected (self, TAMIS_VERDICT_KEEP_BOTH);
      return TRUE;
    case GDK_KEY_n:
      choose_selected (self, TAMIS_VERDICT_NOT_DUPLICATES);
      return TRUE;
    case GDK_KEY_Delete:
      choose_selected (self, TAMIS_VERDICT_REMOVE);
      return TRUE;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      /* The grid's own, if it has the focus. */
      gtk_widget_grab_focus (GTK_WIDGET (self->grid));
      return FALSE;
    default:
      return FALSE;
    }
}

/* ---- construction ---- */

static TamisVerdict
get_choice (TamisGroupSheet *self, const TamisRemoval *removal)
{
  TamisVerdict verdict
      = tamis_session_get_verdict (self->session, removal->removed, removal->witness);

  return verdict == TAMIS_VERDICT_KEEP_BOTH || verdict == TAMIS_VERDICT_NOT_DUPLICATES
             ? verdict
             : TAMIS_VERDICT_REMOVE;
}

void
tamis_group_sheet_set_group (TamisGroupSheet *self, guint witness)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  g_autofree char *file = tamis_dataset_dup_file (dataset, witness);
  g_autofree char *name = tamis_format_path (tamis_dataset_get_path (dataset, witness));

  self->witness = witness;
  g_list_store_remove_all (self->items);
  for (guint i = 0; plan != NULL && i < tamis_plan_get_n_removed (plan); i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);
      g_autoptr (TamisGroupItem) item = NULL;

      if (removal.witness != witness)
        continue;
      item = g_object_new (TAMIS_TYPE_GROUP_ITEM, NULL);
      item->removal = removal;
      item->choice = get_choice (self, &removal);
      g_list_store_append (self->items, item);
    }
  tamis_image_view_set_file (self->witness_view, file, name);
  gtk_label_set_text (self->witness_name, name);
  gtk_single_selection_set_selected (self->selection, 0);
  show_words (self);
}

void
tamis_group_sheet_set_session (TamisGroupSheet *self, TamisSession *session)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->session = session;
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, 0);
  gtk_grid_view_set_factory (self->grid, factory);
}

static gboolean
tamis_group_sheet_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (TAMIS_GROUP_SHEET (widget)->grid));
}

static void
tamis_group_sheet_dispose (GObject *object)
{
  TamisGroupSheet *self = TAMIS_GROUP_SHEET (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_GROUP_SHEET);
  g_clear_object (&self->selection);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (tamis_group_sheet_parent_class)->dispose (object);
}

static void
tamis_group_sheet_init (TamisGroupSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (TAMIS_TYPE_GROUP_ITEM);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (self->selection));
  tamis_image_view_set_fate (self->witness_view, TAMIS_FATE_KEPT);
}

static void
tamis_group_sheet_class_init (TamisGroupSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_group_sheet_dispose;
  widget_class->grab_focus = tamis_group_sheet_grab_focus;
  done_signal = g_signal_new ("done", TAMIS_TYPE_GROUP_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 0);
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-group-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisGroupSheet, box);
  gtk_widget_class_bind_template_child (widget_class, TamisGroupSheet, witness_view);
  gtk_widget_class_bind_template_child (widget_class, TamisGroupSheet, witness_name);
  gtk_widget_class_bind_template_child (widget_class, TamisGroupSheet, words);
  gtk_widget_class_bind_template_child (widget_class, TamisGroupSheet, grid);
  gtk_widget_class_bind_template_callback (widget_class, toggle);
  gtk_widget_class_bind_template_callback (widget_class, carry_out);
  gtk_widget_class_bind_template_callback (widget_class, leave);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
