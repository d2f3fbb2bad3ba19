/* TamisReviewPage: every proposed removal beside the image that stays, and the verdict on it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-review-page.h"

#include "tamis-accept-popover.h"
#include "tamis-compare-view.h"
#include "tamis-contradictions.h"
#include "tamis-format.h"
#include "tamis-group-sheet.h"
#include "tamis-key-button.h"
#include "tamis-pair-strip.h"
#include "tamis-removal-model.h"
#include "tamis-shortcuts.h"

#include <glib/gi18n.h>

struct _TamisReviewPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkLabel *empty_words;
  GtkWidget *empty_button;
  TamisCompareView *compare;
  GtkLabel *left;
  TamisPairStrip *strip;
  GtkMenuButton *accept_button;
  TamisAcceptPopover *accept_popover;
  GtkMenuButton *contradictions_button;
  TamisGroupSheet *sheet;

  /* Owned */
  TamisRemovalModel *model;

  /* Borrowed: valid while the page lives */
  TamisSession *session;

  GtkEventController *keys; /* on the window while the page is mapped; owned by it */

  TamisRemoval shown;
  gboolean has_shown;
  guint position; /* of @shown in the list */
  guint wanted_row; /* to select once the plan has it */
};

G_DEFINE_FINAL_TYPE (TamisReviewPage, tamis_review_page, GTK_TYPE_WIDGET)

/* ---- the pair on show ---- */

/* What is to be said of a proposal: its words and whether it still asks for a decision. */
static const char *
word_question (TamisReviewPage *self, guint row, gboolean *open)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int i = plan != NULL ? tamis_plan_find_removal (plan, row) : -1;

  *open = FALSE;
  if (i < 0)
    return _("stays");
  switch (tamis_questions_get (tamis_session_get_questions (self->session), (guint) i))
    {
    case TAMIS_QUESTION_DECIDED:
      return _("✓ confirmed");
    case TAMIS_QUESTION_IDENTICAL:
      return _("✓ the same file twice");
    case TAMIS_QUESTION_INFERRED:
      return _("✓ decided for a copy of it");
    case TAMIS_QUESTION_ORPHAN:
      return _("nothing to compare with");
    case TAMIS_QUESTION_LATER:
      *open = TRUE;
      return _("put off");
    case TAMIS_QUESTION_OPEN:
      break;
    }
  *open = TRUE;
  return _("proposed");
}

static gboolean
is_open (TamisReviewPage *self, guint row)
{
  gboolean open;

  word_question (self, row, &open);
  return open;
}

/* Answered, or never asked. */
static gboolean
is_settled (TamisReviewPage *self, guint row)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int i = plan != NULL ? tamis_plan_find_removal (plan, row) : -1;
  TamisQuestion question;

  if (i < 0)
    return FALSE; /* the list is a moment behind T */
  question = tamis_questions_get (tamis_session_get_questions (self->session), (guint) i);
  return question == TAMIS_QUESTION_DECIDED || question == TAMIS_QUESTION_IDENTICAL
         || question == TAMIS_QUESTION_INFERRED;
}

static void
enable_verdicts (TamisReviewPage *self)
{
  static const char *const of_pairs[] = { "review.remove", "review.keep-both",
                                          "review.not-duplicates", "review.swap", "review.later",
                                          "review.always-keep-witness", "review.group" };
  static const char *const of_images[] = { "review.always-keep", "review.always-remove" };
  gboolean pair = self->has_shown && self->shown.witness != TAMIS_NO_WITNESS;
  gboolean open;

  for (guint i = 0; i < G_N_ELEMENTS (of_pairs); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_pairs[i], pair);
  for (guint i = 0; i < G_N_ELEMENTS (of_images); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_images[i], self->has_shown);
  tamis_compare_view_set_note (self->compare, self->has_shown
                                                  ? word_question (self, self->shown.removed, &open)
                                                  : NULL);
}

/* The pairs on both sides, the next one first. */
static void
prefetch_neighbours (TamisReviewPage *self)
{
  TamisRemoval neighbour;

  if (tamis_removal_model_get (self->model, self->position + 1, &neighbour))
    tamis_compare_view_prefetch (self->compare, neighbour.removed, neighbour.witness);
  if (self->position > 0
      && tamis_removal_model_get (self->model, self->position - 1, &neighbour))
    tamis_compare_view_prefetch (self->compare, neighbour.removed, neighbour.witness);
}

/* Puts the pair at @position of the list on show; none there: nothing is on show. */
static void
show_at (TamisReviewPage *self, guint position)
{
  TamisRemoval removal;

  self->has_shown = tamis_removal_model_get (self->model, position, &removal);
  if (self->has_shown)
    {
      self->shown = removal;
      self->position = position;
      tamis_session_set_selection (self->session, removal.removed, removal.witness);
      tamis_compare_view_set_pair (self->compare, removal.removed, removal.witness,
                                   removal.similarity);
      prefetch_neighbours (self);
    }
  enable_verdicts (self);
}

static void
go_to (TamisReviewPage *self, guint position)
{
  tamis_pair_strip_select (self->strip, position);
  show_at (self, position);
}

/* ---- empty and full ---- */

static void
show_left (TamisReviewPage *self)
{
  guint open = tamis_session_get_n_open (self->session);
  guint here = tamis_removal_model_get_n (self->model);
  g_autofree char *n = tamis_format_count (open);
  g_autofree char *n_here = tamis_format_count (here);
  g_autofree char *open_words
      = open > 0 ? g_strdup_printf (ngettext ("%s to decide", "%s to decide", open), n)
                 : g_strdup (_("all decided"));
  g_autofree char *text
      = tamis_session_get_class (self->session) < 0
            ? g_strdup (open_words)
            : g_strdup_printf (_("%s in this class · %s in all"), n_here, open_words);

  gtk_label_set_text (self->left, text);
  tamis_contradictions_show (self->contradictions_button, self->session);
}

static void
show_empty_words (TamisReviewPage *self)
{
  TamisModel *model = tamis_session_get_model (self->session);
  double threshold = tamis_session_get_active_threshold (self->session);
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

static gboolean
is_group_shown (TamisReviewPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "group") == 0;
}

/* The removal that asks for a decision next, from @from on, round the end, but not the one at @but; what was
 * put off only when nothing else is left; -1: none. */
static int
find_open (TamisReviewPage *self, guint from, guint but)
{
  guint n = tamis_removal_model_get_n (self->model);
  int put_off = -1;

  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal;
      guint position = (from + i) % n;
      TamisVerdict verdict;

      if (position == but || !tamis_removal_model_get (self->model, position, &removal)
          || !is_open (self, removal.removed))
        continue;
      /* The plan may not have followed the last verdicts yet. */
      verdict = tamis_session_get_verdict (self->session, removal.removed, removal.witness);
      if (verdict == TAMIS_VERDICT_NONE)
        return (int) position;
      if (verdict == TAMIS_VERDICT_LATER && put_off < 0)
        put_off = (int) position;
    }
  return put_off;
}

/* In a list that is another one: the wanted image, the one on show, or what took its place; in a list that
 * is new the first open question, where the last session stopped. */
static guint
find_again (TamisReviewPage *self)
{
  guint n = tamis_removal_model_get_n (self->model);
  int position = -1;

  if (self->wanted_row != TAMIS_NO_WITNESS)
    position = tamis_removal_model_find (self->model, self->wanted_row);
  if (position >= 0)
    self->wanted_row = TAMIS_NO_WITNESS;
  else if (self->has_shown)
    position = tamis_removal_model_find (self->model, self->shown.removed);
  if (position < 0 && !self->has_shown)
    position = find_open (self, 0, G_MAXUINT);
  if (position < 0 && n > 0)
    position = self->has_shown ? (int) MIN (self->position, n - 1) : 0;
  return position >= 0 ? (guint) position : GTK_INVALID_LIST_POSITION;
}

static void
refresh (TamisReviewPage *self)
{
  guint n = tamis_removal_model_get_n (self->model);
  guint position = find_again (self);

  tamis_pair_strip_set_list (self->strip, n, position);
  if (n == 0 || !is_group_shown (self))
    gtk_stack_set_visible_child_name (self->stack, n > 0 ? "pairs" : "empty");
  show_empty_words (self);
  show_left (self);
  show_at (self, position);
}

/* TamisPairStripGet. */
static gboolean
get_pair (gpointer owner, guint position, TamisPairShown *pair)
{
  TamisReviewPage *self = owner;
  TamisRemoval removal;

  if (!tamis_removal_model_get (self->model, position, &removal))
    return FALSE;
  *pair = (TamisPairShown){ { removal.removed, removal.witness },
                            removal.similarity,
                            is_settled (self, removal.removed) };
  return TRUE;
}

static void
plan_changed (TamisReviewPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_left (self);
  tamis_pair_strip_update (self->strip);
  enable_verdicts (self);
}

/* ---- verdicts ---- */

static void
select_next_open (TamisReviewPage *self)
{
  int position = find_open (self, self->position + 1, self->position);

  if (position >= 0)
    go_to (self, (guint) position);
}

/* The list changes when the new plan arrives; the page steps on now, so that the same pair is not
 * judged twice by a fast hand. */
static void
judge (TamisReviewPage *self, guint removed, guint witness, TamisVerdict verdict)
{
  if (!self->has_shown || witness == TAMIS_NO_WITNESS)
    return;
  select_next_open (self);
  tamis_session_set_verdict (self->session, removed, witness, verdict);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisRemoval shown = TAMIS_REVIEW_PAGE (widget)->shown;

  judge (TAMIS_REVIEW_PAGE (widget), shown.removed, shown.witness, TAMIS_VERDICT_REMOVE);
}

static void
keep_both_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisRemoval shown = TAMIS_REVIEW_PAGE (widget)->shown;

  judge (TAMIS_REVIEW_PAGE (widget), shown.removed, shown.witness, TAMIS_VERDICT_KEEP_BOTH);
}

static void
not_duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisRemoval shown = TAMIS_REVIEW_PAGE (widget)->shown;

  judge (TAMIS_REVIEW_PAGE (widget), shown.removed, shown.witness, TAMIS_VERDICT_NOT_DUPLICATES);
}

/* Deciding the other way round: the witness goes, the proposed image stays. */
static void
swap_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisRemoval shown = TAMIS_REVIEW_PAGE (widget)->shown;

  judge (TAMIS_REVIEW_PAGE (widget), shown.witness, shown.removed, TAMIS_VERDICT_REMOVE);
}

static void
later_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisRemoval shown = TAMIS_REVIEW_PAGE (widget)->shown;

  judge (TAMIS_REVIEW_PAGE (widget), shown.removed, shown.witness, TAMIS_VERDICT_LATER);
}

static void
mark (TamisReviewPage *self, guint row, TamisMark mark)
{
  if (!self->has_shown || row == TAMIS_NO_WITNESS)
    return;
  select_next_open (self);
  tamis_session_set_mark (self->session, row, mark);
}

static void
always_keep_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mark (TAMIS_REVIEW_PAGE (widget), TAMIS_REVIEW_PAGE (widget)->shown.removed, TAMIS_MARK_KEEP);
}

static void
always_keep_witness_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mark (TAMIS_REVIEW_PAGE (widget), TAMIS_REVIEW_PAGE (widget)->shown.witness, TAMIS_MARK_KEEP);
}

static void
always_remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mark (TAMIS_REVIEW_PAGE (widget), TAMIS_REVIEW_PAGE (widget)->shown.removed, TAMIS_MARK_REMOVE);
}

static void
next_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  select_next_open (TAMIS_REVIEW_PAGE (widget));
}

static void
accept_above_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_menu_button_popup (TAMIS_REVIEW_PAGE (widget)->accept_button);
}

/* ---- the group as one sheet ---- */

static void
show_group (TamisReviewPage *self, gboolean shown)
{
  if (shown && self->has_shown && self->shown.witness != TAMIS_NO_WITNESS)
    {
      tamis_group_sheet_set_group (self->sheet, self->shown.witness);
      gtk_stack_set_visible_child_name (self->stack, "group");
      gtk_widget_grab_focus (GTK_WIDGET (self->sheet));
    }
  else
    {
      gtk_stack_set_visible_child_name (self->stack, "pairs");
      refresh (self);
    }
}

static void
group_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisReviewPage *self = TAMIS_REVIEW_PAGE (widget);

  show_group (self, !is_group_shown (self));
}

static void
on_sheet_done (TamisReviewPage *self)
{
  show_group (self, FALSE);
  select_next_open (self);
}

/* ---- going on ---- */

static void
step (TamisReviewPage *self, int by)
{
  guint n = tamis_removal_model_get_n (self->model);
  int position = (int) self->position + by;

  if (position >= 0 && (guint) position < n)
    go_to (self, (guint) position);
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

  tamis_session_set_active_threshold (self->session, tamis_model_get_recommended_threshold (model));
}

static void
change_sort (GSimpleAction *action, GVariant *value, gpointer data)
{
  static const char *const names[] = { "information", "least-similar", "most-similar", "name" };
  TamisReviewPage *self = data;
  guint sort = 0; /* as TamisRemovalSort */

  while (sort + 1 < G_N_ELEMENTS (names)
         && !g_str_equal (names[sort], g_variant_get_string (value, NULL)))
    sort++;
  g_simple_action_set_state (action, value);
  tamis_removal_model_set_sort (self->model, (TamisRemovalSort) sort);
}

/* ---- construction ---- */

void
tamis_review_page_set_session (TamisReviewPage *self, TamisSession *session)
{
  self->session = session;
  self->model = tamis_removal_model_new (session);
  tamis_removal_model_set_active (self->model, FALSE); /* until the page is seen */
  tamis_pair_strip_set_source (self->strip, session, get_pair, self);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  tamis_compare_view_set_session (self->compare, session);
  tamis_accept_popover_set_session (self->accept_popover, session);
  tamis_group_sheet_set_session (self->sheet, session);
  refresh (self);
}

void
tamis_review_page_go_to (TamisReviewPage *self, guint row)
{
  self->wanted_row = row;
  refresh (self);
}

/* ---- keys ---- */

/* One hand on the keyboard has to be enough wherever the focus happens to be, so keys are looked at
 * before the focused widget sees them. */
static gboolean
on_key (TamisReviewPage *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  const char *action;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (tamis_shortcuts_focus_needs (focus, key))
    return FALSE;
  if (is_group_shown (self) && tamis_group_sheet_take_key (self->sheet, key, state))
    return TRUE;
  action = tamis_shortcuts_find (tamis_shortcuts_get_default (), TAMIS_SHORTCUT_REVIEW, key, state);
  if (action == NULL || !g_action_parse_detailed_name (action, &name, &target, NULL)
      || (g_str_has_prefix (name, "compare.") && !gtk_widget_get_mapped (GTK_WIDGET (self->compare))))
    return FALSE;
  /* The view's actions, and this page's, which it stands in. */
  return gtk_widget_activate_action_variant (GTK_WIDGET (self->compare), name, target);
}

static void
on_key_released (TamisReviewPage *self)
{
  tamis_compare_view_set_peek (self->compare, FALSE);
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
  g_signal_connect_object (self->keys, "key-released", G_CALLBACK (on_key_released), self,
                           G_CONNECT_SWAPPED);
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

static gboolean
tamis_review_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (TAMIS_REVIEW_PAGE (widget)->strip));
}

static void
tamis_review_page_dispose (GObject *object)
{
  TamisReviewPage *self = TAMIS_REVIEW_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_REVIEW_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tamis_review_page_parent_class)->dispose (object);
}

static void
tamis_review_page_init (TamisReviewPage *self)
{
  static const GActionEntry entries[] = {
    { "sort", NULL, "s", "'information'", change_sort },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  self->wanted_row = TAMIS_NO_WITNESS;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "proposals", G_ACTION_GROUP (group));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, empty_words);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, compare);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, left);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, strip);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, accept_popover);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, contradictions_button);
  gtk_widget_class_bind_template_child (widget_class, TamisReviewPage, sheet);
  gtk_widget_class_bind_template_callback (widget_class, go_to);
  gtk_widget_class_bind_template_callback (widget_class, on_sheet_done);
  gtk_widget_class_bind_template_callback (widget_class, on_empty_clicked);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc func;
  } actions[] = {
    { "review.remove", remove_action },
    { "review.keep-both", keep_both_action },
    { "review.not-duplicates", not_duplicates_action },
    { "review.swap", swap_action },
    { "review.later", later_action },
    { "review.always-keep", always_keep_action },
    { "review.always-keep-witness", always_keep_witness_action },
    { "review.always-remove", always_remove_action },
    { "review.next", next_action },
    { "review.previous", previous_action },
    { "review.next-open", next_open_action },
    { "review.accept-above", accept_above_action },
    { "review.group", group_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].func);
}

static void
tamis_review_page_class_init (TamisReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_review_page_dispose;
  widget_class->map = tamis_review_page_map;
  widget_class->unmap = tamis_review_page_unmap;
  widget_class->grab_focus = tamis_review_page_grab_focus;
  g_type_ensure (TAMIS_TYPE_COMPARE_VIEW);
  g_type_ensure (TAMIS_TYPE_KEY_BUTTON);
  g_type_ensure (TAMIS_TYPE_PAIR_STRIP);
  g_type_ensure (TAMIS_TYPE_ACCEPT_POPOVER);
  g_type_ensure (TAMIS_TYPE_GROUP_SHEET);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-review-page.ui");
  bind_children (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  install_actions (widget_class);
}
