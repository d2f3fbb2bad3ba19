/* TamisCuratorsWindow: see tamis-curators-window.h.
 *
 * DESIGN: both files are read once, on a thread; what is shown of agreement is that of this moment. What is
 * settled or taken over here goes into the session's journal, and the window keeps its own list of what it
 * did, since as a modal window it alone adds steps: undo takes back those, and no others.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-curators-window.h"

#include "tamis-agreement-view.h"
#include "tamis-agreement-words.h"
#include "tamis-compare-view.h"
#include "tamis-format.h"
#include "tamis-key-button.h"
#include "tamis-shortcuts.h"

#include <glib/gi18n.h>

#define MARGIN 40
#define TAKEN_OVER -1

/* One step of the journal. */
typedef struct
{
  int item; /* of the disagreements, or TAKEN_OVER */
  gboolean was_settled;
} Done;

struct _TamisCuratorsWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  GtkStack *titles;
  GtkStack *stack;
  AdwStatusPage *failed;
  GtkStack *pages;
  GtkStackPage *queue_page;
  GtkLabel *verdict;
  GtkLabel *summary;
  GtkLabel *counts;
  GtkGrid *table;
  AdwPreferencesGroup *takeover_group;
  AdwActionRow *takeover_row;
  GtkWidget *takeover_button;
  GtkWidget *undo_button;
  GtkGrid *classes;
  GtkLabel *others;
  GtkStack *queue;
  AdwStatusPage *empty;
  TamisCompareView *compare;
  GtkProgressBar *bar;
  GtkLabel *progress;
  GtkLabel *said;

  /* Owned */
  char *path;
  GCancellable *cancel;
  TamisAgreement *agreement; /* NULL until it is there */
  char *other;               /* what the other curator is called here */
  gboolean *settled;         /* of each disagreement */
  GArray *done;              /* of Done, the last one last */

  /* Borrowed */
  TamisSession *session;

  guint shown; /* disagreement */
  guint n_taken;
};

G_DEFINE_FINAL_TYPE (TamisCuratorsWindow, tamis_curators_window, ADW_TYPE_WINDOW)

/* ---- the pair on show ---- */

static double
measure_similarity (TamisCuratorsWindow *self, const TamisDisagreement *item)
{
  TamisLatents *latents = tamis_session_get_latents (self->session);

  return tamis_similarity (tamis_latents_get_row (latents, item->a),
                           tamis_latents_get_row (latents, item->b),
                           tamis_latents_get_dimension (latents));
}

/* What is in force now. */
static TamisAnswer
get_present (TamisCuratorsWindow *self, const TamisDisagreement *item)
{
  switch (tamis_session_get_verdict (self->session, item->a, item->b))
    {
    case TAMIS_VERDICT_REMOVE:
      return tamis_verdicts_is_removal (tamis_session_get_verdicts (self->session), item->a, item->b)
                 ? TAMIS_ANSWER_REMOVE_A
                 : TAMIS_ANSWER_REMOVE_B;
    case TAMIS_VERDICT_KEEP_BOTH:
      return TAMIS_ANSWER_KEEP_BOTH;
    case TAMIS_VERDICT_NOT_DUPLICATES:
      return TAMIS_ANSWER_NOT_DUPLICATES;
    default:
      return TAMIS_ANSWER_DUPLICATES;
    }
}

static void
show_said (TamisCuratorsWindow *self, const TamisDisagreement *item)
{
  g_autofree char *both
      = g_strdup_printf (_("You: %s. %s: %s."), tamis_agreement_word_answer (item->ours), self->other,
                         tamis_agreement_word_answer (item->theirs));
  g_autofree char *settled = g_strdup_printf (
      _("Settled: %s."), tamis_agreement_word_answer (get_present (self, item)));
  g_autofree char *text = g_strdup_printf ("%s\n%s", both, self->settled[self->shown]
                                                               ? settled
                                                               : _("Not settled yet."));

  gtk_label_set_text (self->said, text);
}

/* The first pair from @from on that is not settled; @from if all are. */
static guint
find_open (TamisCuratorsWindow *self, guint from)
{
  guint n = self->agreement->n_disagreements;

  for (guint i = 0; i < n; i++)
    if (!self->settled[(from + i) % n])
      return (from + i) % n;
  return from % n;
}

static void
show_pair (TamisCuratorsWindow *self)
{
  const TamisDisagreement *items = self->agreement->disagreements;
  const TamisDisagreement *item = &items[self->shown];
  guint next = find_open (self, self->shown + 1);

  tamis_compare_view_set_fates (self->compare, tamis_agreement_word_fate (item, 0),
                                tamis_agreement_word_fate (item, 1));
  tamis_compare_view_set_pair (self->compare, item->a, item->b, measure_similarity (self, item));
  tamis_compare_view_prefetch (self->compare, items[next].a, items[next].b);
  show_said (self, item);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "curators.previous", self->shown > 0);
}

static guint
count_settled (TamisCuratorsWindow *self)
{
  guint n = 0;

  for (guint i = 0; i < self->agreement->n_disagreements; i++)
    n += self->settled[i];
  return n;
}

static void
show_progress (TamisCuratorsWindow *self)
{
  guint n = self->agreement->n_disagreements, settled = count_settled (self);
  g_autofree char *text = settled < n ? g_strdup_printf (_("%u of %u settled"), settled, n)
                                      : g_strdup_printf (_("All %u settled"), n);
  g_autofree char *title = settled < n
                               ? g_strdup_printf (_("Disagreements (%u)"), n - settled)
                               : g_strdup (_("Disagreements"));

  gtk_label_set_text (self->progress, text);
  gtk_progress_bar_set_fraction (self->bar, (double) settled / MAX (n, 1));
  gtk_stack_page_set_title (self->queue_page, title);
}

static void
show_queue (TamisCuratorsWindow *self)
{
  guint away = self->agreement->n_away;

  show_progress (self);
  gtk_stack_set_visible_child_name (
      self->queue, self->agreement->n_disagreements > 0 ? "pairs" : "empty");
  if (self->agreement->n_disagreements > 0)
    {
      show_pair (self);
      return;
    }
  if (away > 0)
    {
      g_autofree char *text = g_strdup_printf (
          ngettext ("You disagree on %u pair of images that are not here now.",
                    "You disagree on %u pairs of images that are not here now.", away),
          away);

      adw_status_page_set_description (self->empty, text);
    }
  else if (self->agreement->all.n > 0)
    adw_status_page_set_description (self->empty,
                                     _("You agree on every pair that both of you judged."));
  else
    adw_status_page_set_description (self->empty, _("No pair was judged by both of you."));
}

/* ---- what only the other decided ---- */

static void
show_takeover (TamisCuratorsWindow *self)
{
  guint n = tamis_session_count_takeover (self->session, self->agreement);
  g_autofree char *parts = tamis_agreement_word_takeover (&self->agreement->takeover);
  g_autofree char *title = NULL;

  if (n > 0)
    title = g_strdup_printf (ngettext ("%u decision that only %s made",
                                       "%u decisions that only %s made", n),
                             n, self->other);
  else if (self->n_taken > 0)
    title = g_strdup_printf (ngettext ("%u decision taken over", "%u decisions taken over",
                                       self->n_taken),
                             self->n_taken);
  else
    title = g_strdup_printf (_("%s decided nothing that you have not decided too"), self->other);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->takeover_row), title);
  adw_action_row_set_subtitle (self->takeover_row, n > 0 || self->n_taken > 0 ? parts : "");
  gtk_widget_set_visible (self->takeover_button, n > 0);
}

/* The button beside what was taken over takes back that, as long as it is the last step. */
static void
update_undo (TamisCuratorsWindow *self)
{
  guint n = self->done->len;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "curators.undo", n > 0);
  gtk_widget_set_visible (self->undo_button,
                          n > 0 && g_array_index (self->done, Done, n - 1).item == TAKEN_OVER);
}

static void
on_take_over (TamisCuratorsWindow *self)
{
  Done done = { TAKEN_OVER, FALSE };

  self->n_taken = tamis_session_take_over (self->session, self->agreement);
  if (self->n_taken > 0)
    g_array_append_val (self->done, done);
  show_takeover (self);
  update_undo (self);
}

/* ---- settling ---- */

static void
go_to (TamisCuratorsWindow *self, guint i)
{
  self->shown = i;
  show_pair (self);
  show_progress (self);
  update_undo (self);
}

/* Is there a pair on show that can be decided about? */
static gboolean
has_pair (TamisCuratorsWindow *self)
{
  return self->agreement != NULL && self->agreement->n_disagreements > 0
         && g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "queue") == 0;
}

static void
settle (TamisCuratorsWindow *self, TamisAnswer answer)
{
  static const TamisVerdict verdicts[TAMIS_N_ANSWERS]
      = { TAMIS_VERDICT_REMOVE, TAMIS_VERDICT_REMOVE, TAMIS_VERDICT_KEEP_BOTH,
          TAMIS_VERDICT_NOT_DUPLICATES, TAMIS_VERDICT_DUPLICATES };
  const TamisDisagreement *item = &self->agreement->disagreements[self->shown];
  gboolean swapped = answer == TAMIS_ANSWER_REMOVE_B;
  Done done = { (int) self->shown, self->settled[self->shown] };

  tamis_session_settle (self->session, swapped ? item->b : item->a, swapped ? item->a : item->b,
                        verdicts[answer]);
  self->settled[self->shown] = TRUE;
  g_array_append_val (self->done, done);
  go_to (self, find_open (self, self->shown));
}

static void
mine_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (widget);

  if (has_pair (self))
    settle (self, self->agreement->disagreements[self->shown].ours);
}

static void
theirs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (widget);

  if (has_pair (self))
    settle (self, self->agreement->disagreements[self->shown].theirs);
}

static void
keep_both_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (has_pair (TAMIS_CURATORS_WINDOW (widget)))
    settle (TAMIS_CURATORS_WINDOW (widget), TAMIS_ANSWER_KEEP_BOTH);
}

static void
not_duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (has_pair (TAMIS_CURATORS_WINDOW (widget)))
    settle (TAMIS_CURATORS_WINDOW (widget), TAMIS_ANSWER_NOT_DUPLICATES);
}

static void
later_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (widget);

  if (has_pair (self))
    go_to (self, (self->shown + 1) % self->agreement->n_disagreements);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (widget);

  if (has_pair (self) && self->shown > 0)
    go_to (self, self->shown - 1);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (widget);
  Done last;

  if (self->done->len == 0)
    return;
  last = g_array_index (self->done, Done, self->done->len - 1);
  g_array_set_size (self->done, self->done->len - 1);
  tamis_session_undo (self->session);
  if (last.item == TAKEN_OVER)
    {
      self->n_taken = 0;
      gtk_stack_set_visible_child_name (self->pages, "agreement");
      show_takeover (self);
      update_undo (self);
      return;
    }
  self->settled[last.item] = last.was_settled;
  gtk_stack_set_visible_child_name (self->pages, "queue");
  go_to (self, (guint) last.item);
}

/* Letters are keys here, wherever the focus is; those of the compare view while it is shown. */
static gboolean
on_key (TamisCuratorsWindow *self, guint key, guint code, GdkModifierType state)
{
  TamisShortcuts *shortcuts = tamis_shortcuts_get_default ();
  const char *action = tamis_shortcuts_find (shortcuts, TAMIS_SHORTCUT_CURATORS, key, state);
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (tamis_shortcuts_focus_needs (gtk_root_get_focus (GTK_ROOT (self)), key))
    return FALSE;
  if (action == NULL && has_pair (self))
    action = tamis_shortcuts_find (shortcuts, TAMIS_SHORTCUT_REVIEW, key, state);
  if (action == NULL || !g_action_parse_detailed_name (action, &name, &target, NULL)
      || g_str_has_prefix (name, "review."))
    return FALSE;
  return gtk_widget_activate_action_variant (GTK_WIDGET (self->compare), name, target);
}

static void
on_key_released (TamisCuratorsWindow *self)
{
  tamis_compare_view_set_peek (self->compare, FALSE);
}

/* ---- comparing, on a thread ---- */

typedef struct
{
  TamisProject *project;
  TamisDataset *dataset;
  char *path;
} Work;

static void
work_free (Work *work)
{
  tamis_project_unref (work->project);
  tamis_dataset_unref (work->dataset);
  g_free (work->path);
  g_free (work);
}

static void
compare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Work *work = data;
  g_autoptr (TamisProject) other = NULL;
  GError *error = NULL;
  TamisAgreement *agreement = NULL;

  other = tamis_project_open_other (work->project, work->path, &error);
  if (other != NULL)
    agreement = tamis_project_compare (work->project, other, work->dataset, cancel, &error);
  if (agreement != NULL)
    g_task_return_pointer (task, agreement, (GDestroyNotify) tamis_agreement_free);
  else
    g_task_return_error (task, error);
}

static void
show_failure (TamisCuratorsWindow *self, const GError *error)
{
  const char *title;
  g_autofree char *text = tamis_agreement_word_failure (error, self->path, &title);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->failed, title);
  adw_status_page_set_description (self->failed, markup);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

/* Two of one name are told apart by the file. */
static char *
name_other (TamisCuratorsWindow *self)
{
  const char *other = self->agreement->other_curator;
  g_autofree char *base = g_path_get_basename (self->path);

  if (other != NULL && other[0] != '\0' && g_strcmp0 (other, self->agreement->curator) != 0)
    return g_strdup (other);
  return tamis_format_path (base);
}

static void
show_agreement (TamisCuratorsWindow *self)
{
  g_autofree char *summary = tamis_agreement_word_summary (self->agreement, self->other);
  g_autofree char *counts = tamis_agreement_word_counts (self->agreement, self->other);
  g_autofree char *others = tamis_agreement_word_others (self->agreement);

  gtk_label_set_text (self->verdict, tamis_agreement_word_kappa (&self->agreement->all));
  gtk_label_set_text (self->summary, summary);
  gtk_label_set_text (self->counts, counts);
  gtk_label_set_text (self->others, others);
  gtk_widget_set_visible (GTK_WIDGET (self->others), others[0] != '\0');
  tamis_agreement_show_table (self->table, self->agreement, self->other);
  gtk_widget_set_visible (GTK_WIDGET (self->classes),
                          tamis_agreement_show_classes (self->classes, self->agreement) > 0);
}

static void
compared (GObject *object, GAsyncResult *result, gpointer data)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (object);
  g_autoptr (GError) error = NULL;
  TamisAgreement *agreement = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (self->cancel))
    {
      tamis_agreement_free (agreement);
      return;
    }
  if (agreement == NULL)
    {
      show_failure (self, error);
      return;
    }
  self->agreement = agreement;
  self->other = name_other (self);
  self->settled = g_new0 (gboolean, agreement->n_disagreements + 1);
  for (guint i = 0; i < agreement->n_disagreements; i++)
    self->settled[i] = agreement->disagreements[i].settled;
  if (agreement->n_disagreements > 0)
    self->shown = find_open (self, 0);
  show_agreement (self);
  show_takeover (self);
  show_queue (self);
  gtk_stack_set_visible_child_name (self->stack, "compared");
  gtk_stack_set_visible_child_name (self->titles, "pages");
}

static void
begin (TamisCuratorsWindow *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancel, compared, NULL);
  Work *work = g_new (Work, 1);

  work->project = tamis_project_ref (tamis_session_get_project (self->session));
  work->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  work->path = g_strdup (self->path);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  g_task_set_priority (task, G_PRIORITY_HIGH_IDLE);
  g_task_run_in_thread (task, compare_thread);
}

static void
on_choose_another (TamisCuratorsWindow *self)
{
  g_autoptr (GtkWidget) parent = g_object_ref (GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self))));

  gtk_window_close (GTK_WINDOW (self));
  gtk_widget_activate_action (parent, "win.compare-curators", NULL);
}

/* ---- construction ---- */

/* Inside its parent, where that is small. */
static void
fit_size (TamisCuratorsWindow *self, GtkWidget *parent)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_widget_get_width (parent) > 0)
    gtk_window_set_default_size (GTK_WINDOW (self),
                                 MIN (width, gtk_widget_get_width (parent) - MARGIN),
                                 MIN (height, gtk_widget_get_height (parent) - MARGIN));
}

TamisCuratorsWindow *
tamis_curators_window_new (GtkWindow *parent, TamisSession *session, const char *path)
{
  TamisCuratorsWindow *self
      = g_object_new (TAMIS_TYPE_CURATORS_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->session = session;
  self->path = g_strdup (path);
  tamis_compare_view_set_session (self->compare, session);
  fit_size (self, GTK_WIDGET (parent));
  /* Rows are others then, and all that is shown void. */
  g_signal_connect_object (session, "dataset", G_CALLBACK (gtk_window_close), self,
                           G_CONNECT_SWAPPED);
  begin (self);
  return self;
}

static gboolean
tamis_curators_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (TAMIS_CURATORS_WINDOW (window)->cancel);
  return GTK_WINDOW_CLASS (tamis_curators_window_parent_class)->close_request (window);
}

static void
tamis_curators_window_dispose (GObject *object)
{
  g_cancellable_cancel (TAMIS_CURATORS_WINDOW (object)->cancel);
  G_OBJECT_CLASS (tamis_curators_window_parent_class)->dispose (object);
}

static void
tamis_curators_window_finalize (GObject *object)
{
  TamisCuratorsWindow *self = TAMIS_CURATORS_WINDOW (object);

  g_clear_pointer (&self->agreement, tamis_agreement_free);
  g_object_unref (self->cancel);
  g_array_unref (self->done);
  g_free (self->settled);
  g_free (self->other);
  g_free (self->path);
  G_OBJECT_CLASS (tamis_curators_window_parent_class)->finalize (object);
}

static void
tamis_curators_window_init (TamisCuratorsWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->cancel = g_cancellable_new ();
  self->done = g_array_new (FALSE, FALSE, sizeof (Done));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-released", G_CALLBACK (on_key_released), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  update_undo (self);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, TamisCuratorsWindow, name)
  BIND (titles);
  BIND (stack);
  BIND (failed);
  BIND (pages);
  BIND (queue_page);
  BIND (verdict);
  BIND (summary);
  BIND (counts);
  BIND (table);
  BIND (takeover_group);
  BIND (takeover_row);
  BIND (takeover_button);
  BIND (undo_button);
  BIND (classes);
  BIND (others);
  BIND (queue);
  BIND (empty);
  BIND (compare);
  BIND (bar);
  BIND (progress);
  BIND (said);
#undef BIND
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "curators.mine", NULL, mine_action);
  gtk_widget_class_install_action (widget_class, "curators.theirs", NULL, theirs_action);
  gtk_widget_class_install_action (widget_class, "curators.keep-both", NULL, keep_both_action);
  gtk_widget_class_install_action (widget_class, "curators.not-duplicates", NULL,
                                   not_duplicates_action);
  gtk_widget_class_install_action (widget_class, "curators.later", NULL, later_action);
  gtk_widget_class_install_action (widget_class, "curators.previous", NULL, previous_action);
  gtk_widget_class_install_action (widget_class, "curators.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tamis_curators_window_class_init (TamisCuratorsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_curators_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_curators_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = tamis_curators_window_close_request;
  g_type_ensure (TAMIS_TYPE_COMPARE_VIEW);
  g_type_ensure (TAMIS_TYPE_KEY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-curators-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_take_over);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_another);
  install_actions (widget_class);
}
