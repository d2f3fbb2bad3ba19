/* TamisCrossingsPage: leaks between splits, or label conflicts between classes, pair by pair.
 *
 * DESIGN: both are pairs whose images stand on two sides of a border, so both have one page, laid out
 * as Review is: the pair large, the verdicts below it, all pairs as a strip. What differs is the
 * words and the verdicts: leaks are judged as removals are (the image nearer to training goes),
 * label conflicts by whose label is right.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-crossings-page.h"

#include "tamis-chooser.h"
#include "tamis-crossings-words.h"
#include "tamis-format.h"
#include "tamis-image-view.h"
#include "tamis-key-button.h"
#include "tamis-pair-facts.h"
#include "tamis-pair-strip.h"
#include "tamis-shortcuts.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define SWAPPED G_MAXUINT /* beside the TamisVerdicts: removed and witness change places */

struct _TamisCrossingsPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkLabel *empty_title;
  GtkLabel *empty_words;
  GtkProgressBar *search_bar;
  GtkWidget *search_cancel;
  GtkWidget *search_start;
  GtkLabel *summary;
  GtkWidget *protection;
  GtkBox *splits;
  TamisImageView *images[2];
  GtkLabel *sides[2];
  GtkLabel *names[2];
  GtkLabel *similarity;
  GtkLabel *verdict;
  GtkGrid *facts;
  GtkWidget *leak_verdicts;
  GtkWidget *label_verdicts;
  GtkLabel *place;
  TamisPairStrip *strip;

  /* Owned */
  TamisCrossingModel *model;
  GtkFileChooserNative *chooser;

  /* Borrowed: valid while the page lives */
  TamisSession *session;

  GtkEventController *keys; /* on the window while the page is mapped; owned by it */

  TamisBorder border;
  TamisCrossing shown;
  gboolean has_shown;
  guint position; /* of @shown in the list */
  guint progress_source;
  gboolean syncing; /* the switches are being set from the session, not by the user */
};

G_DEFINE_FINAL_TYPE (TamisCrossingsPage, tamis_crossings_page, GTK_TYPE_WIDGET)

static gboolean
is_decided (TamisCrossingsPage *self, const TamisCrossing *crossing)
{
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self->session);
  TamisLabelVerdict label;

  if (self->border == TAMIS_BORDER_SPLITS)
    return tamis_session_get_verdict (self->session, crossing->a, crossing->b)
           == TAMIS_VERDICT_REMOVE;
  label = tamis_verdicts_get_label (verdicts, crossing->a, crossing->b);
  return label != TAMIS_LABEL_NONE && label != TAMIS_LABEL_LATER;
}

/* ---- the pair on show ---- */

static void
show_side (TamisCrossingsPage *self, int side, guint row)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  guint class_index = tamis_dataset_get_class (dataset, row);
  gboolean is_leak = self->border == TAMIS_BORDER_SPLITS;
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autofree char *name = tamis_format_path (tamis_dataset_get_path (dataset, row));
  g_autofree char *title
      = tamis_format_path (is_leak ? tamis_dataset_get_split (dataset, row)
                                   : tamis_dataset_get_class_name (dataset, class_index));

  tamis_image_view_set_file (self->images[side], file, name);
  tamis_image_view_set_fate (self->images[side], !is_leak || plan == NULL ? TAMIS_FATE_NONE
                                                 : tamis_plan_is_kept (plan, row)
                                                     ? TAMIS_FATE_KEPT
                                                     : TAMIS_FATE_REMOVED);
  gtk_label_set_text (self->sides[side], title);
  gtk_label_set_text (self->names[side], name);
}

static void
show_verdict (TamisCrossingsPage *self)
{
  if (self->has_shown)
    gtk_label_set_text (self->verdict,
                        tamis_crossings_words_verdict (self->session, self->border, &self->shown));
}

static void
show_at (TamisCrossingsPage *self, guint position)
{
  g_autofree char *similarity = NULL;
  g_autofree char *place = NULL;
  g_autofree char *n = NULL;

  self->has_shown = tamis_crossing_model_get (self->model, position, &self->shown);
  if (!self->has_shown)
    return;
  self->position = position;
  similarity = tamis_format_similarity (self->shown.similarity);
  place = tamis_format_count (position + 1);
  n = tamis_format_count (tamis_crossing_model_get_n (self->model));
  gtk_label_set_text (self->similarity, similarity);
  show_side (self, 0, self->shown.a);
  show_side (self, 1, self->shown.b);
  show_verdict (self);
  tamis_pair_facts_show (self->facts, tamis_session_get_dataset (self->session), self->shown.a,
                         self->shown.b, NULL);
  g_free (g_steal_pointer (&similarity));
  /* Translators: "3 of 12" pairs */
  similarity = g_strdup_printf (C_("place in a list", "%s of %s"), place, n);
  gtk_label_set_text (self->place, similarity);
}

static void
go_to (TamisCrossingsPage *self, guint position)
{
  tamis_pair_strip_select (self->strip, position);
  show_at (self, position);
}

/* TamisPairStripGet. */
static gboolean
get_pair (gpointer owner, guint position, TamisPairShown *pair)
{
  TamisCrossingsPage *self = owner;
  TamisCrossing crossing;

  if (!tamis_crossing_model_get (self->model, position, &crossing))
    return FALSE;
  *pair = (TamisPairShown){ { crossing.a, crossing.b },
                            crossing.similarity,
                            is_decided (self, &crossing) };
  return TRUE;
}

/* ---- protected splits ---- */

static const char *
split_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "split");
}

static void
on_protect (GtkCheckButton *button, TamisCrossingsPage *self)
{
  if (!self->syncing)
    tamis_session_set_split_protected (self->session, split_of (GTK_WIDGET (button)),
                                       gtk_check_button_get_active (button));
}

static GtkWidget *
protect_button_new (TamisCrossingsPage *self, const char *split)
{
  g_autofree char *name = tamis_format_path (split);
  g_autofree char *spoken = g_strdup_printf (_("Never remove from %s"), name);
  GtkWidget *button = gtk_check_button_new_with_label (name);

  g_object_set_data_full (G_OBJECT (button), "split", g_strdup (split), g_free);
  gtk_widget_set_focus_on_click (button, FALSE); /* Enter goes on to confirm removals */
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_protect), self, 0);
  return button;
}

static void
dataset_changed (TamisCrossingsPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->splits))) != NULL)
    gtk_box_remove (self->splits, child);
  if (dataset == NULL || self->border != TAMIS_BORDER_SPLITS)
    return;
  for (guint s = 0; s < tamis_dataset_get_n_splits (dataset); s++)
    gtk_box_append (self->splits,
                    protect_button_new (self, tamis_dataset_get_split_name (dataset, s)));
}

static void
show_protection (TamisCrossingsPage *self)
{
  TamisVerdicts *verdicts = tamis_session_get_verdicts (self->session);

  self->syncing = TRUE;
  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->splits));
       button != NULL && verdicts != NULL; button = gtk_widget_get_next_sibling (button))
    gtk_check_button_set_active (
        GTK_CHECK_BUTTON (button),
        tamis_verdicts_is_split_protected (verdicts, split_of (button)));
  self->syncing = FALSE;
}

/* ---- empty and full ---- */

static gboolean
show_progress (gpointer data)
{
  TamisCrossingsPage *self = data;
  TamisProgressState state;

  tamis_crossing_model_read_progress (self->model, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->search_bar, MIN (1.0, (double) state.done / state.total));
  else
    gtk_progress_bar_pulse (self->search_bar);
  return G_SOURCE_CONTINUE;
}

static void
show_empty (TamisCrossingsPage *self)
{
  TamisSearchState state = tamis_crossing_model_get_state (self->model);
  gboolean running = state == TAMIS_SEARCH_RUNNING;
  g_autofree char *words = tamis_crossings_words_empty (self->session, self->model);

  gtk_label_set_text (self->empty_title,
                      tamis_crossings_words_empty_title (self->border, state));
  gtk_label_set_text (self->empty_words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->search_bar), running);
  gtk_widget_set_visible (self->search_cancel, running);
  gtk_widget_set_visible (self->search_start, state == TAMIS_SEARCH_STOPPED);
  if (running && self->progress_source == 0)
    self->progress_source = g_timeout_add (100, show_progress, self);
  else if (!running)
    g_clear_handle_id (&self->progress_source, g_source_remove);
}

/* Where the pair on show is in a list that is another one, or what took its place. */
static guint
find_again (TamisCrossingsPage *self, guint n)
{
  TamisCrossing crossing;

  for (guint i = 0; self->has_shown && i < n; i++)
    if (tamis_crossing_model_get (self->model, i, &crossing) && crossing.a == self->shown.a
        && crossing.b == self->shown.b)
      return i;
  return n == 0 ? GTK_INVALID_LIST_POSITION : self->has_shown ? MIN (self->position, n - 1) : 0;
}

static void
refresh (TamisCrossingsPage *self)
{
  guint n = tamis_crossing_model_get_n (self->model);
  guint position;
  g_autofree char *summary = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  position = find_again (self, n);
  summary = tamis_crossings_words_summary (self->session, self->model);
  show_empty (self);
  show_protection (self);
  gtk_label_set_text (self->summary, summary);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "pairs" : "empty");
  tamis_pair_strip_set_list (self->strip, n, position);
  show_at (self, position);
}

static void
on_cancel (TamisCrossingsPage *self)
{
  tamis_crossing_model_cancel (self->model);
}

static void
on_start (TamisCrossingsPage *self)
{
  tamis_crossing_model_restart (self->model);
}

/* ---- verdicts ---- */

static void
step (TamisCrossingsPage *self, int by)
{
  guint n = tamis_crossing_model_get_n (self->model);
  int position = (int) self->position + by;

  if (position >= 0 && (guint) position < n)
    go_to (self, (guint) position);
}

/* The next pair without a verdict, from the one after the selected on, round the end. */
static void
select_next_open (TamisCrossingsPage *self)
{
  guint n = tamis_crossing_model_get_n (self->model);

  for (guint i = 1; i < n; i++)
    {
      TamisCrossing crossing;
      guint position = (self->position + i) % n;

      if (tamis_crossing_model_get (self->model, position, &crossing)
          && !is_decided (self, &crossing))
        {
          go_to (self, position);
          return;
        }
    }
}

/* @verdict: a TamisVerdict for leaks, a TamisLabelVerdict for label conflicts. */
static void
judge (TamisCrossingsPage *self, guint verdict)
{
  TamisCrossing crossing = self->shown;

  if (!self->has_shown)
    return;
  /* Step on before the list changes, so that the same pair is not judged twice by a fast hand. */
  select_next_open (self);
  if (self->border == TAMIS_BORDER_SPLITS && verdict == SWAPPED)
    tamis_session_set_verdict (self->session, crossing.b, crossing.a, TAMIS_VERDICT_REMOVE);
  else if (self->border == TAMIS_BORDER_SPLITS)
    tamis_session_set_verdict (self->session, crossing.a, crossing.b, (TamisVerdict) verdict);
  else
    tamis_session_set_label (self->session, crossing.a, crossing.b, (TamisLabelVerdict) verdict);
  tamis_pair_strip_update (self->strip);
  show_verdict (self);
}

static const struct
{
  const char *action;
  TamisBorder border;
  guint verdict;
} verdicts[] = {
  { "review.remove", TAMIS_BORDER_SPLITS, TAMIS_VERDICT_REMOVE },
  { "review.swap", TAMIS_BORDER_SPLITS, SWAPPED },
  { "review.keep-both", TAMIS_BORDER_SPLITS, TAMIS_VERDICT_KEEP_BOTH },
  { "review.not-duplicates", TAMIS_BORDER_SPLITS, TAMIS_VERDICT_NOT_DUPLICATES },
  { "review.later", TAMIS_BORDER_CLASSES, TAMIS_LABEL_LATER },
  { "labels.left", TAMIS_BORDER_CLASSES, TAMIS_LABEL_FIRST },
  { "labels.right", TAMIS_BORDER_CLASSES, TAMIS_LABEL_SECOND },
  { "labels.both", TAMIS_BORDER_CLASSES, TAMIS_LABEL_BOTH },
};

static void
judge_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCrossingsPage *self = TAMIS_CROSSINGS_PAGE (widget);

  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (verdicts[i].border == self->border && g_str_equal (verdicts[i].action, name))
      judge (self, verdicts[i].verdict);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_CROSSINGS_PAGE (widget), 1);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_CROSSINGS_PAGE (widget), -1);
}

/* ---- saving ---- */

typedef struct
{
  TamisBorder border;
  TamisDataset *dataset;
  TamisCrossings *crossings;
  TamisVerdicts *verdicts;
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  tamis_dataset_unref (save->dataset);
  tamis_crossings_unref (save->crossings);
  tamis_verdicts_free (save->verdicts);
  g_free (save->path);
  g_free (save);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  GError *error = NULL;
  gboolean written
      = save->border == TAMIS_BORDER_SPLITS
            ? tamis_export_leaks (save->dataset, save->crossings, save->path, &error)
            : tamis_export_label_conflicts (save->dataset, save->crossings, save->verdicts,
                                            save->path, &error);

  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (source), ADW_TYPE_TOAST_OVERLAY);
  Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_filename_display_name (save->path);
  guint n = tamis_crossings_get_n (save->crossings);
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (ngettext ("Wrote %s pair to %s", "Wrote %s pairs to %s", n), count, path);
  else
    text = g_strdup_printf (_("The list could not be written: %s"), error->message);
  if (overlay != NULL)
    {
      AdwToast *toast = adw_toast_new ("");
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_toast_set_title (toast, escaped);
      adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
    }
}

void
tamis_crossings_page_save (TamisCrossingsPage *self, const char *path)
{
  TamisCrossings *crossings = tamis_crossing_model_get_crossings (self->model);
  g_autoptr (GTask) task = g_task_new (self, NULL, saved, NULL);
  Save *save;

  if (crossings == NULL)
    return;
  save = g_new0 (Save, 1);
  save->border = self->border;
  save->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  save->crossings = tamis_crossings_ref (crossings);
  save->verdicts = tamis_verdicts_copy (tamis_session_get_verdicts (self->session));
  save->path = g_strdup (path);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_thread);
}

static void
file_chosen (TamisCrossingsPage *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_crossings_page_save (self, path);
  g_clear_object (&self->chooser);
}

static void
on_save (TamisCrossingsPage *self)
{
  gboolean is_leak = self->border == TAMIS_BORDER_SPLITS;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (is_leak ? _("Save List of Leaks")
                                                       : _("Save List of Label Conflicts"),
                                               GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser),
                                     is_leak ? "leaks.csv" : "label-conflicts.csv");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (file_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- keys ---- */

/* As in Review: wherever the focus happens to be. Label conflicts have keys of their own, and those
 * of Review for what is the same. */
static gboolean
on_key (TamisCrossingsPage *self, guint key, guint code, GdkModifierType state)
{
  TamisShortcuts *shortcuts = tamis_shortcuts_get_default ();
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  const char *action = NULL;

  if (tamis_shortcuts_focus_needs (focus, key))
    return FALSE;
  if (self->border == TAMIS_BORDER_CLASSES)
    action = tamis_shortcuts_find (shortcuts, TAMIS_SHORTCUT_LABELS, key, state);
  if (action == NULL)
    action = tamis_shortcuts_find (shortcuts, TAMIS_SHORTCUT_REVIEW, key, state);
  return action != NULL && gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

/* ---- construction ---- */

void
tamis_crossings_page_set_model (TamisCrossingsPage *self, TamisSession *session,
                                TamisCrossingModel *model)
{
  self->session = session;
  self->model = g_object_ref (model);
  self->border = tamis_crossing_model_get_border (model);
  gtk_widget_set_visible (self->leak_verdicts, self->border == TAMIS_BORDER_SPLITS);
  gtk_widget_set_visible (self->protection, self->border == TAMIS_BORDER_SPLITS);
  gtk_widget_set_visible (self->label_verdicts, self->border == TAMIS_BORDER_CLASSES);
  tamis_pair_strip_set_source (self->strip, session, get_pair, self);
  g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self,
                           G_CONNECT_SWAPPED);
  dataset_changed (self);
}

static void
tamis_crossings_page_map (GtkWidget *widget)
{
  TamisCrossingsPage *self = TAMIS_CROSSINGS_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_crossings_page_parent_class)->map (widget);
  tamis_crossing_model_set_active (self->model, TRUE);
  refresh (self);
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (gtk_widget_get_root (widget)), self->keys);
}

static void
tamis_crossings_page_unmap (GtkWidget *widget)
{
  TamisCrossingsPage *self = TAMIS_CROSSINGS_PAGE (widget);

  tamis_crossing_model_set_active (self->model, FALSE);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  if (self->keys != NULL)
    gtk_widget_remove_controller (GTK_WIDGET (gtk_widget_get_root (widget)),
                                  g_steal_pointer (&self->keys));
  GTK_WIDGET_CLASS (tamis_crossings_page_parent_class)->unmap (widget);
}

static void
tamis_crossings_page_dispose (GObject *object)
{
  TamisCrossingsPage *self = TAMIS_CROSSINGS_PAGE (object);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_CROSSINGS_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tamis_crossings_page_parent_class)->dispose (object);
}

static void
tamis_crossings_page_init (TamisCrossingsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Arrays are bound by offset: the macro for template children takes plain members only. */
static void
bind_sides (GtkWidgetClass *widget_class)
{
  static const char *const names[][2]
      = { { "first_image", "second_image" }, { "first_side", "second_side" },
          { "first_name", "second_name" } };

  for (int side = 0; side < 2; side++)
    {
      gssize at = side * (gssize) sizeof (gpointer);

      gtk_widget_class_bind_template_child_full (
          widget_class, names[0][side], FALSE,
          (gssize) G_STRUCT_OFFSET (TamisCrossingsPage, images) + at);
      gtk_widget_class_bind_template_child_full (
          widget_class, names[1][side], FALSE,
          (gssize) G_STRUCT_OFFSET (TamisCrossingsPage, sides) + at);
      gtk_widget_class_bind_template_child_full (
          widget_class, names[2][side], FALSE,
          (gssize) G_STRUCT_OFFSET (TamisCrossingsPage, names) + at);
    }
}

static void
tamis_crossings_page_class_init (TamisCrossingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_crossings_page_dispose;
  widget_class->map = tamis_crossings_page_map;
  widget_class->unmap = tamis_crossings_page_unmap;
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  g_type_ensure (TAMIS_TYPE_KEY_BUTTON);
  g_type_ensure (TAMIS_TYPE_PAIR_STRIP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tamis/Tamis/ui/tamis-crossings-page.ui");
  bind_sides (widget_class);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, empty_title);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, empty_words);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, search_cancel);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, search_start);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, summary);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, protection);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, splits);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, similarity);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, facts);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, leak_verdicts);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, label_verdicts);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, place);
  gtk_widget_class_bind_template_child (widget_class, TamisCrossingsPage, strip);
  gtk_widget_class_bind_template_callback (widget_class, go_to);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    gtk_widget_class_install_action (widget_class, verdicts[i].action, NULL, judge_action);
  gtk_widget_class_install_action (widget_class, "review.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "review.previous", NULL, previous_action);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
