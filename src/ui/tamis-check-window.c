/* TamisCheckWindow: see tamis-check-window.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-check-window.h"

#include "tamis-chart.h"
#include "tamis-format.h"
#include "tamis-image-view.h"
#include "tamis-key-button.h"
#include "tamis-shortcuts.h"

#include <glib/gi18n.h>
#include <math.h>

#define SIZE 100
#define SIZE_MORE 50 /* as the button says */
#define MARGIN 40

struct _TamisCheckWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  AdwWindowTitle *title;
  GtkStack *stack;
  TamisImageView *views[2];
  GtkLabel *names[2];
  GtkLabel *similarity;
  GtkLabel *judgement;
  GtkLabel *progress;
  GtkProgressBar *bar;
  TamisChart *chart;
  GtkSpinButton *wanted;
  GtkLabel *present;
  GtkLabel *answer;
  GtkButton *use_button;
  GtkButton *more_button;

  /* Owned */
  TamisChecks *checks;
  GArray *undo;     /* of guint: pairs judged here, the last one last */
  double *curve[4]; /* x, value, low, high */
  TamisPlotBand plot;

  guint shown; /* pair on show */
};

G_DEFINE_FINAL_TYPE (TamisCheckWindow, tamis_check_window, ADW_TYPE_WINDOW)

/* ---- the pair on show ---- */

static void
show_image (TamisCheckWindow *self, guint side, guint row)
{
  TamisDataset *dataset = tamis_session_get_dataset (tamis_checks_get_session (self->checks));
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autofree char *name = tamis_format_path (tamis_dataset_get_path (dataset, row));

  tamis_image_view_set_file (self->views[side], file, name);
  gtk_label_set_text (self->names[side], name);
}

static const char *
judgement_words (TamisJudgement judgement)
{
  switch (judgement)
    {
    case TAMIS_JUDGEMENT_YES:
      return _("judged: duplicates");
    case TAMIS_JUDGEMENT_NO:
      return _("judged: not duplicates");
    default:
      return "";
    }
}

static void
prefetch (TamisCheckWindow *self, guint i)
{
  TamisDataset *dataset = tamis_session_get_dataset (tamis_checks_get_session (self->checks));
  TamisCheckPair pair = tamis_check_get_pair (tamis_checks_get (self->checks), i);
  g_autofree char *a = tamis_dataset_dup_file (dataset, pair.a);
  g_autofree char *b = tamis_dataset_dup_file (dataset, pair.b);

  tamis_image_view_prefetch (self->views[0], a);
  tamis_image_view_prefetch (self->views[1], b);
}

static void
show_pair (TamisCheckWindow *self)
{
  TamisCheck *check = tamis_checks_get (self->checks);
  TamisCheckPair pair = tamis_check_get_pair (check, self->shown);
  TamisJudgement judgement = tamis_checks_get_judgement (self->checks, self->shown);
  g_autofree char *t = tamis_format_similarity (pair.similarity);
  g_autofree char *similarity = g_strdup_printf (_("similarity %s"), t);

  show_image (self, 0, pair.a);
  show_image (self, 1, pair.b);
  /* Who sees the number first judges by it: it is told afterwards. */
  gtk_label_set_text (self->similarity, judgement == TAMIS_JUDGEMENT_NONE ? "" : similarity);
  gtk_label_set_text (self->judgement, judgement_words (judgement));
  if (self->shown + 1 < tamis_check_get_n (check))
    prefetch (self, self->shown + 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.previous", self->shown > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.next",
                                 self->shown + 1 < tamis_check_get_n (check));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.undo", self->undo->len > 0);
}

static void
show_progress (TamisCheckWindow *self)
{
  guint n = tamis_check_get_n (tamis_checks_get (self->checks));
  guint judged = tamis_checks_get_n_judged (self->checks);
  g_autofree char *text = judged < n ? g_strdup_printf (_("%u of %u judged"), judged, n)
                                     : g_strdup_printf (_("All %u judged"), n);

  gtk_label_set_text (self->progress, text);
  gtk_progress_bar_set_fraction (self->bar, (double) judged / MAX (n, 1));
}

/* ---- what is measured ---- */

static void
fill_curve (TamisCheckWindow *self)
{
  guint n;
  const TamisPrecision *curve = tamis_checks_get_curve (self->checks, &n);
  TamisPrecisionAnswer answer = tamis_checks_get_answer (self->checks);

  for (guint k = 0; k < 4; k++)
    self->curve[k] = g_renew (double, self->curve[k], MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      gboolean known = curve[i].reason == TAMIS_REASON_NONE;

      self->curve[0][i] = curve[i].threshold;
      self->curve[1][i] = known ? curve[i].value : NAN;
      self->curve[2][i] = known ? curve[i].low : NAN;
      self->curve[3][i] = known ? curve[i].high : NAN;
    }
  self->plot = (TamisPlotBand){
    .x = self->curve[0],
    .value = self->curve[1],
    .low = self->curve[2],
    .high = self->curve[3],
    .n = n,
    .top = 1.0,
    .wanted = tamis_checks_get_wanted (self->checks),
    .marker = tamis_session_get_threshold (tamis_checks_get_session (self->checks)),
    .answer = answer.found >= 0 ? curve[answer.found].threshold : NAN,
    .x_label = _("T"),
    .message = _("Judge some pairs"),
  };
  tamis_chart_set_plot (self->chart, tamis_plot_band_draw, &self->plot);
}

static char *
word_precision (const TamisPrecision *precision)
{
  g_autofree char *t = tamis_format_similarity (precision->threshold);
  g_autofree char *value = tamis_plot_format_number (precision->value, 2);
  g_autofree char *low = tamis_plot_format_number (precision->low, 3);
  g_autofree char *high = tamis_plot_format_number (precision->high, 3);

  return g_strdup_printf (_("Above T = %s a share of %s is near-duplicates (%s to %s with 95 %% "
                            "confidence)."),
                          t, value, low, high);
}

static void
show_present (TamisCheckWindow *self)
{
  TamisSession *session = tamis_checks_get_session (self->checks);
  TamisPrecision at = tamis_checks_get_at (self->checks, tamis_session_get_threshold (session));
  g_autofree char *t = tamis_format_similarity (at.threshold);
  g_autofree char *text
      = at.reason == TAMIS_REASON_NONE
            ? word_precision (&at)
            : g_strdup_printf (_("Above the present T = %s too few pairs are judged yet."), t);

  gtk_label_set_text (self->present, text);
  tamis_chart_set_words (self->chart, _("Measured precision over T"), text);
}

/* Why there is no T yet, and what would help. */
static char *
word_failure (TamisCheckWindow *self, const TamisPrecision *curve,
              const TamisPrecisionAnswer *answer)
{
  g_autofree char *wanted = tamis_plot_format_number (tamis_checks_get_wanted (self->checks), 3);
  g_autofree char *more = NULL;
  g_autofree char *best = NULL;
  g_autofree char *t = NULL;
  g_autofree char *low = NULL;
  g_autofree char *aim = NULL;

  if (answer->best < 0)
    return g_strdup (_("A first estimate needs some 20 judged pairs."));
  if (answer->aim >= 0)
    {
      aim = tamis_format_similarity (curve[answer->aim].threshold);
      more = g_strdup_printf (ngettext ("No T is sure to reach %s yet. About %u more judged pair above "
                                        "%s may be enough.",
                                        "No T is sure to reach %s yet. About %u more judged pairs "
                                        "above %s may be enough.",
                                        answer->n_more),
                              wanted, answer->n_more, aim);
    }
  else
    more = g_strdup_printf (_("So far no T reaches %s: above each of them some judged pairs are "
                              "not duplicates."),
                            wanted);
  t = tamis_format_similarity (curve[answer->best].threshold);
  low = tamis_plot_format_number (curve[answer->best].low, 3);
  best = g_strdup_printf (_("The surest is T = %s with at least %s."), t, low);
  return g_strdup_printf ("%s %s", more, best);
}

static void
show_answer (TamisCheckWindow *self)
{
  guint n;
  const TamisPrecision *curve = tamis_checks_get_curve (self->checks, &n);
  TamisPrecisionAnswer answer = tamis_checks_get_answer (self->checks);
  gboolean found = answer.found >= 0;
  g_autofree char *text = NULL;

  if (found)
    {
      g_autofree char *t = tamis_format_similarity (curve[answer.found].threshold);
      g_autofree char *label = g_strdup_printf (_("Use T = %s"), t);

      text = word_precision (&curve[answer.found]);
      gtk_button_set_label (self->use_button, label);
    }
  else
    text = word_failure (self, curve, &answer);
  gtk_widget_set_visible (GTK_WIDGET (self->use_button), found);
  gtk_label_set_text (self->answer, text);
}

static void
show_more (TamisCheckWindow *self)
{
  TamisCheck *check = tamis_checks_get (self->checks);
  guint n = tamis_check_get_n (check);

  gtk_widget_set_sensitive (GTK_WIDGET (self->more_button),
                            n < TAMIS_CHECK_SIZE_MAX && n < tamis_check_get_n_pairs (check));
}

/* The first pair from @from on that is not judged yet; @from if all are. */
static guint
find_open (TamisCheckWindow *self, guint from)
{
  guint n = tamis_check_get_n (tamis_checks_get (self->checks));

  for (guint i = 0; i < n; i++)
    if (tamis_checks_get_judgement (self->checks, (from + i) % n) == TAMIS_JUDGEMENT_NONE)
      return (from + i) % n;
  return MIN (from, n - 1);
}

static void
refresh (TamisCheckWindow *self)
{
  TamisCheck *check = tamis_checks_get (self->checks);
  const char *page = "pairs";

  if (check == NULL)
    page = "busy";
  else if (tamis_check_get_n (check) == 0)
    page = "empty";
  if (g_str_equal (page, "pairs"))
    {
      if (!g_str_equal (gtk_stack_get_visible_child_name (self->stack), "pairs"))
        self->shown = find_open (self, 0);
      show_pair (self);
      show_progress (self);
      fill_curve (self);
      show_present (self);
      show_answer (self);
      show_more (self);
    }
  gtk_stack_set_visible_child_name (self->stack, page);
}

/* ---- judging ---- */

static void
go_to (TamisCheckWindow *self, guint i)
{
  self->shown = i;
  show_pair (self);
}

static void
judge (TamisCheckWindow *self, TamisVerdict verdict)
{
  guint judged = self->shown;
  guint64 serial;

  if (tamis_checks_get (self->checks) == NULL
      || tamis_check_get_n (tamis_checks_get (self->checks)) == 0)
    return;
  serial = tamis_session_get_verdict_serial (tamis_checks_get_session (self->checks));
  tamis_checks_judge (self->checks, judged, verdict);
  if (serial != tamis_session_get_verdict_serial (tamis_checks_get_session (self->checks)))
    g_array_append_val (self->undo, judged); /* what says nothing new is no step to take back */
  go_to (self, find_open (self, judged));
}

static void
duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_CHECK_WINDOW (widget), TAMIS_VERDICT_DUPLICATES);
}

static void
not_duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_CHECK_WINDOW (widget), TAMIS_VERDICT_NOT_DUPLICATES);
}

static void
keep_both_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  judge (TAMIS_CHECK_WINDOW (widget), TAMIS_VERDICT_KEEP_BOTH);
}

static void
step (TamisCheckWindow *self, int by)
{
  TamisCheck *check = tamis_checks_get (self->checks);
  int i = (int) self->shown + by;

  if (check != NULL && i >= 0 && i < (int) tamis_check_get_n (check))
    go_to (self, (guint) i);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_CHECK_WINDOW (widget), 1);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (TAMIS_CHECK_WINDOW (widget), -1);
}

/* Only what was judged here: the window is modal, so those are the session's last steps. */
static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCheckWindow *self = TAMIS_CHECK_WINDOW (widget);
  guint judged;

  if (self->undo->len == 0)
    return;
  judged = g_array_index (self->undo, guint, self->undo->len - 1);
  g_array_set_size (self->undo, self->undo->len - 1);
  tamis_session_undo (tamis_checks_get_session (self->checks));
  tamis_checks_refresh (self->checks);
  go_to (self, judged);
}

static void
on_wanted_changed (TamisCheckWindow *self)
{
  if (self->checks != NULL)
    tamis_checks_set_wanted (self->checks, gtk_spin_button_get_value (self->wanted));
}

static void
on_use_clicked (TamisCheckWindow *self)
{
  guint n;
  const TamisPrecision *curve = tamis_checks_get_curve (self->checks, &n);
  TamisPrecisionAnswer answer = tamis_checks_get_answer (self->checks);

  if (answer.found < 0)
    return;
  tamis_session_set_active_threshold (tamis_checks_get_session (self->checks),
                                      curve[answer.found].threshold);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_more_clicked (TamisCheckWindow *self)
{
  tamis_checks_draw (self->checks,
                     tamis_check_get_n (tamis_checks_get (self->checks)) + SIZE_MORE);
}

/* Letters are keys here, wherever the focus is; the number wanted has none. */
static gboolean
on_key (TamisCheckWindow *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  gboolean arrow = key == GDK_KEY_Left || key == GDK_KEY_Right;
  const char *action
      = tamis_shortcuts_find (tamis_shortcuts_get_default (), TAMIS_SHORTCUT_CHECK, key, state);

  if (action == NULL || (arrow && GTK_IS_TEXT (focus)))
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
  return TRUE;
}

/* ---- construction ---- */

static void
name_scope (TamisCheckWindow *self)
{
  TamisSession *session = tamis_checks_get_session (self->checks);
  int class_index = tamis_session_get_class (session);
  g_autofree char *name
      = class_index < 0 ? g_strdup (_("all classes"))
                        : tamis_format_path (tamis_dataset_get_class_name (
                              tamis_session_get_dataset (session), (guint) class_index));

  adw_window_title_set_subtitle (self->title, name);
}

/* Inside its parent, where that is small. */
static void
fit_size (TamisCheckWindow *self, GtkWidget *parent)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_widget_get_width (parent) > 0)
    gtk_window_set_default_size (GTK_WINDOW (self),
                                 MIN (width, gtk_widget_get_width (parent) - MARGIN),
                                 MIN (height, gtk_widget_get_height (parent) - MARGIN));
}

TamisCheckWindow *
tamis_check_window_new (GtkWindow *parent, TamisChecks *checks)
{
  TamisCheckWindow *self
      = g_object_new (TAMIS_TYPE_CHECK_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  gtk_spin_button_set_value (self->wanted, tamis_checks_get_wanted (checks));
  self->checks = g_object_ref (checks);
  name_scope (self);
  fit_size (self, GTK_WIDGET (parent));
  g_signal_connect_object (checks, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  tamis_checks_draw (checks, SIZE);
  refresh (self);
  return self;
}

static void
tamis_check_window_finalize (GObject *object)
{
  TamisCheckWindow *self = TAMIS_CHECK_WINDOW (object);

  g_clear_object (&self->checks);
  g_array_unref (self->undo);
  for (guint k = 0; k < 4; k++)
    g_free (self->curve[k]);
  G_OBJECT_CLASS (tamis_check_window_parent_class)->finalize (object);
}

static void
tamis_check_window_init (TamisCheckWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->undo = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  tamis_chart_set_minimum (self->chart, 240, 190);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, stack);
  gtk_widget_class_bind_template_child_full (widget_class, "left_view", FALSE,
                                             G_STRUCT_OFFSET (TamisCheckWindow, views[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "right_view", FALSE,
                                             G_STRUCT_OFFSET (TamisCheckWindow, views[1]));
  gtk_widget_class_bind_template_child_full (widget_class, "left_name", FALSE,
                                             G_STRUCT_OFFSET (TamisCheckWindow, names[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "right_name", FALSE,
                                             G_STRUCT_OFFSET (TamisCheckWindow, names[1]));
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, similarity);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, judgement);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, chart);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, wanted);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, present);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, answer);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, use_button);
  gtk_widget_class_bind_template_child (widget_class, TamisCheckWindow, more_button);
}

static void
tamis_check_window_class_init (TamisCheckWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tamis_check_window_finalize;
  g_type_ensure (TAMIS_TYPE_CHART);
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  g_type_ensure (TAMIS_TYPE_KEY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-check-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_wanted_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_use_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
  gtk_widget_class_install_action (widget_class, "check.duplicates", NULL, duplicates_action);
  gtk_widget_class_install_action (widget_class, "check.not-duplicates", NULL,
                                   not_duplicates_action);
  gtk_widget_class_install_action (widget_class, "check.keep-both", NULL, keep_both_action);
  gtk_widget_class_install_action (widget_class, "check.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "check.previous", NULL, previous_action);
  gtk_widget_class_install_action (widget_class, "check.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
