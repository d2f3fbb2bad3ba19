/* TamisReviewPage: every proposed removal beside the image that stays, and the verdict on it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-review-page.h"

#include "tamis-format.h"
#include "tamis-image-view.h"
#include "tamis-pair-cell.h"
#include "tamis-pair-facts.h"
#include "tamis-removal-model.h"

#include <glib/gi18n.h>

struct _TamisReviewPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkLabel *empty_words;
  GtkWidget *empty_button;
  TamisImageView *removed_view;
  TamisImageView *witness_view;
  GtkLabel *removed_name;
  GtkLabel *witness_name;
  GtkLabel *similarity;
  GtkLabel *verdict;
  GtkGrid *facts;
  GtkLabel *left;
  GtkDropDown *sort;
  GtkListView *filmstrip;

  /* Owned */
  TamisRemovalModel *model;
  GtkSingleSelection *selection;

  /* Borrowed: valid while the page lives */
  TamisSession *session;

  GtkEventController *keys; /* on the window while the page is mapped; owned by it */

  TamisRemoval shown;
  gboolean has_shown;
  guint wanted_row; /* to select once the plan has it */
};

G_DEFINE_FINAL_TYPE (TamisReviewPage, tamis_review_page, GTK_TYPE_WIDGET)

/* ---- the pair on show ---- */

static void
show_image (TamisReviewPage *self, guint row, TamisImageView *view, GtkLabel *label)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *file = NULL;
  g_autofree char *name = NULL;

  if (row == TAMIS_NO_WITNESS)
    {
      tamis_image_view_set_file (view, NULL, NULL);
      gtk_label_set_text (label, _("No image that stays is like it"));
      return;
    }
  file = tamis_dataset_dup_file (dataset, row);
  name = tamis_format_path (tamis_dataset_get_path (dataset, row));
  tamis_image_view_set_file (view, file, name);
  gtk_label_set_text (label, name);
}

static gboolean
is_confirmed (TamisReviewPage *self, const TamisRemoval *removal)
{
  return tamis_session_get_verdict (self->session, removal->removed, removal->witness)
         == TAMIS_VERDICT_REMOVE;
}

static void
enable_verdicts (TamisReviewPage *self)
{
  gboolean can = self->has_shown && self->shown.witness != TAMIS_NO_WITNESS;
  gboolean confirmed = self->has_shown && is_confirmed (self, &self->shown);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "review.remove", can);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "review.keep-both", can);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "review.not-duplicates", can);
  gtk_label_set_text (self->verdict, confirmed ? _("✓ confirmed") : _("proposed"));
}

static void
prefetch_next (TamisReviewPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint position = gtk_single_selection_get_selected (self->selection);
  TamisRemoval next;
  g_autofree char *removed = NULL;
  g_autofree char *witness = NULL;

  if (!tamis_removal_model_get (self->model, position + 1, &next)
      || next.witness == TAMIS_NO_WITNESS)
    return;
  removed = tamis_dataset_dup_file (dataset, next.removed);
  witness = tamis_dataset_dup_file (dataset, next.witness);
  tamis_image_view_prefetch (self->removed_view, removed);
  tamis_image_view_prefetch (self->witness_view, witness);
}

static void
show_selected (TamisReviewPage *self)
{
  TamisRemoval removal;
  guint position;
  g_autofree char *similarity = NULL;

  if (self->selection == NULL)
    return;
  position = gtk_single_selection_get_selected (self->selection);
  self->has_shown = tamis_removal_model_get (self->model, position, &removal);
  if (self->has_shown)
    {
      self->shown = removal;
      similarity = removal.witness != TAMIS_NO_WITNESS ? tamis_format_similarity (removal.similarity)
                                                       : g_strdup ("–");
      gtk_label_set_text (self->similarity, similarity);
      show_image (self, removal.removed, self->removed_view, self->removed_name);
      show_image (self, removal.witness, self->witness_view, self->witness_name);
      tamis_pair_facts_show (self->facts, tamis_session_get_dataset (self->session), removal.removed,
                             removal.witness, NULL);
      prefetch_next (self);
      if (gtk_widget_get_mapped (GTK_WIDGET (self->filmstrip)))
        gtk_widget_activate_action (GTK_WIDGET (self->filmstrip), "list.scroll-to-item", "u",
                                    position);
    }
  enable_verdicts (self);
}

/* ---- empty and full ---- */

static void
show_left (TamisReviewPage *self)
{
  guint open = tamis_session_get_n_open (self->session);
  guint here = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  g_autofree char *n = tamis_format_count (open);
  g_autofree char *n_here = tamis_format_count (here);
  g_autofree char *open_words
      = open > 0 ? g_strdup_printf (ngettext ("%s open decision", "%s open decisions", open), n)
                 : g_strdup (_("all decided"));
  g_autofree char *text
      = tamis_session_get_class (self->session) < 0
            ? g_strdup (open_words)
            : g_strdup_printf (_("%s in this class · %s in all"), n_here, open_words);

  gtk_label_set_text (self->left, text);
}

static void
show_empty_words (TamisReviewPage *self)
{
  TamisModel *model = tamis_session_get_model (self->session);
  double threshold = tamis_session_get_threshold (self->session);
  double recommended = model != NULL ? tamis_model_get_recommended_threshold (model) : 0.0;
  gboolean ready = tamis_session_get_pairs (self->session) != NULL;
  g_autofree char *t = tamis_format_similarity (threshold);
  g_autofree char *r = tamis_format_similarity (recommended);
  g_autofree char *words = NULL;
  g_autofree char *button = NULL;

  if (!ready)
    words = g_strdup (_("Proposals appear here when the search for near-duplicates has ended."));
  else
    words = g_strdup_printf (_("No two images here are more similar than T = %s."), t);
  button = g_strdup_printf (_("Use T = %s"), r);
  gtk_label_set_text (self->empty_words, words);
  gtk_button_set_label (GTK_BUTTON (self->empty_button), button);
  gtk_widget_set_visible (self->empty_button, ready && threshold != recommended);
}

static void
refresh (TamisReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  if (self->wanted_row != TAMIS_NO_WITNESS)
    {
      int position = tamis_removal_model_find (self->model, self->wanted_row);

      if (position >= 0)
        {
          gtk_single_selection_set_selected (self->selection, position);
          self->wanted_row = TAMIS_NO_WITNESS;
        }
    }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "pairs" : "empty");
  show_empty_words (self);
  show_left (self);
  show_selected (self);
}

static void
update_visible_cells (TamisReviewPage *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->filmstrip)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *cell = gtk_widget_get_first_child (row);

      if (TAMIS_IS_PAIR_CELL (cell))
        tamis_pair_cell_update (TAMIS_PAIR_CELL (cell), self->session);
    }
}

static void
plan_changed (TamisReviewPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_left (self);
  update_visible_cells (self);
  enable_verdicts (self);
}

/* ---- verdicts ---- */

/* The next removal without a verdict, from the one after the selected on, round the end. */
static void
select_next_open (TamisReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint from = gtk_single_selection_get_selected (self->selection);

  for (guint i = 1; i < n; i++)
    {
      TamisRemoval removal;
      guint position = (from + i) % n;

      if (tamis_removal_model_get (self->model, position, &removal) && !is_confirmed (self, &removal))
        {
          gtk_single_selection_set_selected (self->selection, position);
          return;
        }
    }
}

static void
judge (TamisReviewPage *self, TamisVerdict verdict)
{
  TamisRemoval removal = self->shown;

  if (!self->has_shown || removal.witness == TAMIS_NO_WITNESS)
    return;
  /* The list changes when the new plan arrives; step on now so that the same pair is not judged
   * twice by a fast hand. */
  select_next_open (self);
  tamis_session_set_verdict (self->session, removal.removed, removal.witness, verdict);
  update_visible_cells (self);
  enable_verdicts (self);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_REVIEW_PAGE (widget), TAMIS_VERDICT_REMOVE);
}

static void
keep_both_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_REVIEW_PAGE (widget), TAMIS_VERDICT_KEEP_BOTH);
}

static void
not_duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_REVIEW_PAGE (widget), TAMIS_VERDICT_NOT_DUPLICATES);
}

static void
step (TamisReviewPage *self, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  int position = (int) gtk_single_selection_get_selected (self->selection) + by;

  if (position >= 0 && (guint) position < n)
    gtk_single_selection_set_selected (self->selection, position);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_REVIEW_PAGE (widget), 1);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_REVIEW_PAGE (widget), -1);
}

static void
on_empty_clicked (TamisReviewPage *self)
{
  TamisModel *model = tamis_session_get_model (self->session);

  tamis_session_set_threshold (self->session, tamis_model_get_recommended_threshold (model));
}

static void
on_sort_changed (TamisReviewPage *self)
{
  if (self->model != NULL)
    tamis_removal_model_set_sort (self->model, gtk_drop_down_get_selected (self->sort));
}

/* ---- construction ---- */

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, TamisReviewPage *self)
{
  gtk_list_item_set_child (item, tamis_pair_cell_new ());
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, TamisReviewPage *self)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  TamisRemoval removal = tamis_removal_item_get (gtk_list_item_get_item (item));
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *name = tamis_format_path (tamis_dataset_get_path (dataset, removal.removed));

  tamis_pair_cell_set (TAMIS_PAIR_CELL (cell), self->session, removal);
  if (gtk_widget_get_parent (cell) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (cell)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
tamis_review_page_set_session (TamisReviewPage *self, TamisSession *session)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->session = session;
  self->model = tamis_removal_model_new (session);
  /* Until the page is seen: a selection looks through a hundred thousand rows after each change. */
  tamis_removal_model_set_active (self->model, FALSE);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, 0);
  gtk_list_view_set_factory (self->filmstrip, factory);
  gtk_list_view_set_model (self->filmstrip, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (show_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

void
tamis_review_page_go_to (TamisReviewPage *self, guint row)
{
  self->wanted_row = row;
  refresh (self);
}

/* ---- keys ---- */

/* Typing, sliding and open menus need their keys themselves; buttons need Enter. */
static gboolean
focus_needs (GtkWidget *focus, guint key)
{
  if (focus == NULL)
    return FALSE;
  if (GTK_IS_TEXT (focus) || GTK_IS_RANGE (focus)
      || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return TRUE;
  return (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
         && (GTK_IS_BUTTON (focus) || GTK_IS_MENU_BUTTON (focus) || GTK_IS_DROP_DOWN (focus));
}

/* One hand on the keyboard has to be enough wherever the focus happens to be, so keys are looked at
 * before the focused widget sees them. */
static gboolean
on_key (TamisReviewPage *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || focus_needs (focus, key))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Delete:
      gtk_widget_activate_action (widget, "review.remove", NULL);
      return TRUE;
    case GDK_KEY_k:
    case GDK_KEY_K:
      gtk_widget_activate_action (widget, "review.keep-both", NULL);
      return TRUE;
    case GDK_KEY_n:
    case GDK_KEY_N:
      gtk_widget_activate_action (widget, "review.not-duplicates", NULL);
      return TRUE;
    case GDK_KEY_Right:
      gtk_widget_activate_action (widget, "review.next", NULL);
      return TRUE;
    case GDK_KEY_Left:
      gtk_widget_activate_action (widget, "review.previous", NULL);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
tamis_review_page_map (GtkWidget *widget)
{
  TamisReviewPage *self = TAMIS_REVIEW_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_review_page_parent_class)->map (widget);
  tamis_removal_model_set_active (self->model, TRUE);
  refresh (self);
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (gtk_widget_get_root (widget)), self->keys);
}

static void
tamis_review_page_unmap (GtkWidget *widget)
{
  TamisReviewPage *self = TAMIS_REVIEW_PAGE (widget);

  tamis_removal_model_set_active (self->model, FALSE);
  if (self->keys != NULL)
    gtk_widget_remove_controller (GTK_WIDGET (gtk_widget_get_root (widget)),
                                  g_steal_pointer (&self->keys));
  GTK_WIDGET_CLASS (tamis_review_page_parent_class)->unmap (widget);
}

static void
tamis_review_page_dispose (GObject *object)
{
  TamisReviewPage *self = TAMIS_REVIEW_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_REVIEW_PAGE);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tamis_review_page_parent_class)->dispose (object);
}

static void
tamis_review_page_init (TamisReviewPage *self)
{
  self->wanted_row = TAMIS_NO_WITNESS;
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_image_view_set_fate (self->removed_view, TAMIS_FATE_REMOVED);
  tamis_image_view_set_fate (self->witness_view, TAMIS_FATE_KEPT);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, empty_words);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, removed_view);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, witness_view);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, removed_name);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, witness_name);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, similarity);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, facts);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, left);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, sort);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, filmstrip);
  gtk_widget_class_bind_template_callback (widget_class, on_empty_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_sort_changed);
}

static void
tamis_review_page_class_init (TamisReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_review_page_dispose;
  widget_class->map = tamis_review_page_map;
  widget_class->unmap = tamis_review_page_unmap;
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-review-page.ui");
  bind_children (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "review.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "review.keep-both", NULL, keep_both_action);
  gtk_widget_class_install_action (widget_class, "review.not-duplicates", NULL,
                                   not_duplicates_action);
  gtk_widget_class_install_action (widget_class, "review.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "review.previous", NULL, previous_action);
}
