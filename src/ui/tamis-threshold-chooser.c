/* TamisThresholdChooser: see tamis-threshold-chooser.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-threshold-chooser.h"

#include "tamis-format.h"

#include <glib/gi18n.h>
#include <math.h>

struct _TamisThresholdChooser
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkLabel *title;
  GtkSpinButton *count;
  GtkSpinButton *share;
  GtkLabel *answer;
  GtkLabel *suggestion;
  GtkWidget *use_button;
  GtkLabel *each;
  GtkWidget *each_button;
  GtkLabel *owners;
  GtkWidget *clear_button;
  GtkWidget *owners_box;
  GtkSpinButton *minimum;
  GtkLabel *raised;

  /* Borrowed: valid while the widget lives */
  TamisStatistics *statistics;
  TamisSession *session;

  double suggested; /* NaN: none */
  double found;     /* what @answer speaks of; NaN: nothing */
  guint kept;
  gboolean syncing; /* the minimum is being set from the session */
};

G_DEFINE_FINAL_TYPE (TamisThresholdChooser, tamis_threshold_chooser, GTK_TYPE_WIDGET)

/* ---- the answer ---- */

static void
say (TamisThresholdChooser *self, const char *text)
{
  gtk_label_set_text (self->answer, text);
  gtk_widget_set_visible (GTK_WIDGET (self->answer), text[0] != '\0');
}

static void
clear_answer (TamisThresholdChooser *self)
{
  self->found = NAN;
  say (self, "");
}

static void
show_answer (TamisThresholdChooser *self, guint wanted, guint kept, double threshold)
{
  g_autofree char *t = tamis_format_similarity (threshold);
  g_autofree char *n = tamis_format_count (kept);
  gboolean at_floor = threshold <= tamis_session_get_floor (self->session) && kept > wanted;
  g_autofree char *text = g_strdup_printf (ngettext ("T = %s keeps %s image", "T = %s keeps %s images",
                                                     kept), t, n);
  g_autofree char *why
      = at_floor ? g_strconcat (text, "\n", _("No pair below the floor is known: no lower T."), NULL)
                 : NULL;

  self->found = threshold;
  self->kept = kept;
  say (self, why != NULL ? why : text);
}

/* The class whose T is chosen, or -1: T of all. */
static int
chosen_class (TamisThresholdChooser *self)
{
  return tamis_session_moves_class (self->session) ? tamis_session_get_class (self->session) : -1;
}

static guint
count_images (TamisThresholdChooser *self, int class_index)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);

  return class_index < 0 ? tamis_dataset_get_n_images (dataset)
                         : tamis_dataset_get_class_range (dataset, class_index).n;
}

static guint
count_kept (TamisPlan *plan, int class_index)
{
  return class_index < 0 ? tamis_plan_get_n_kept (plan)
                         : tamis_plan_get_class_kept (plan, class_index);
}

/* T has been moved by other means, or keeps another number than it did. */
static void
session_changed (TamisThresholdChooser *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int class_index = chosen_class (self);
  double planned = plan == NULL      ? NAN
                   : class_index < 0 ? tamis_plan_get_threshold (plan)
                                     : tamis_plan_get_class_threshold (plan, class_index);

  if (tamis_session_get_active_threshold (self->session) != self->found
      || (planned == self->found
          && tamis_plan_get_policy (plan) == tamis_session_get_policy (self->session)
          && count_kept (plan, class_index) != self->kept))
    clear_answer (self);
}

static void
ask (TamisThresholdChooser *self, guint wanted)
{
  clear_answer (self);
  say (self, _("Searching…"));
  tamis_session_ask_kept (self->session, wanted);
}

static void
on_count_clicked (TamisThresholdChooser *self)
{
  gtk_spin_button_update (self->count);
  ask (self, (guint) gtk_spin_button_get_value_as_int (self->count));
}

static void
on_share_clicked (TamisThresholdChooser *self)
{
  guint n = count_images (self, chosen_class (self));

  gtk_spin_button_update (self->share);
  /* At least so many; the small number takes back what the division by 100 adds. */
  ask (self, (guint) ceil (gtk_spin_button_get_value (self->share) * n / 100 - 1e-6));
}

/* ---- the suggestion ---- */

/* How many classes have a T suggested, all of which can be taken at once. */
static void
show_suggestions (TamisThresholdChooser *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  gboolean known = tamis_statistics_suggests_classes (self->statistics);
  g_autofree double *thresholds = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  if (known)
    thresholds
        = tamis_sweep_suggest_classes (sweep, tamis_session_get_policy (self->session), &n);
  if (n > 0)
    text = g_strdup_printf (ngettext ("%u of %u classes has a T of its own suggested.",
                                      "%u of %u classes have a T of their own suggested.", n),
                            n, sweep->n_classes);
  gtk_label_set_text (self->each, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->each), n > 0);
  gtk_widget_set_visible (self->each_button, n > 0);
}

static void
show_suggestion (TamisThresholdChooser *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  int class_index = chosen_class (self);
  TamisFigure figure = { .reason = TAMIS_REASON_NO_KNEE };
  g_autofree char *threshold = NULL;
  g_autofree char *text = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_suggestions (self);
  if (class_index < 0 ? !tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_SWEEP)
                      : !tamis_statistics_suggests_classes (self->statistics))
    text = g_strdup (_("A sweep over T, in Kurtosis, may suggest one."));
  else
    figure = tamis_sweep_suggest (sweep, tamis_session_get_policy (self->session), class_index);
  self->suggested = figure.reason == TAMIS_REASON_NONE ? figure.value : NAN;
  if (text == NULL && figure.reason == TAMIS_REASON_NO_COPIES)
    text = g_strdup (_("The sweep suggests none: nothing stands out as a copy."));
  else if (text == NULL && isnan (self->suggested))
    text = g_strdup (_("The sweep suggests none: images left fall evenly."));
  if (text == NULL)
    {
      threshold = tamis_format_similarity (self->suggested);
      text = g_strdup_printf (_("Suggested by the sweep: %s, the knee of images left."), threshold);
    }
  gtk_label_set_text (self->suggestion, text);
  gtk_widget_set_visible (self->use_button, !isnan (self->suggested));
}

static void
on_use_clicked (TamisThresholdChooser *self)
{
  if (!isnan (self->suggested))
    tamis_session_set_active_threshold (self->session, self->suggested);
}

static void
on_each_clicked (TamisThresholdChooser *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  g_autofree double *thresholds = NULL;
  guint n;

  if (!tamis_statistics_suggests_classes (self->statistics))
    return;
  thresholds = tamis_sweep_suggest_classes (sweep, tamis_session_get_policy (self->session), &n);
  tamis_session_set_class_thresholds (self->session, thresholds);
}

/* ---- classes with a T of their own, and the least they keep ---- */

static void
show_owners (TamisThresholdChooser *self)
{
  guint n = tamis_session_get_n_class_thresholds (self->session);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u class has its own T", "%u classes have their own T", n), n);

  gtk_label_set_text (self->owners, text);
  gtk_widget_set_visible (self->owners_box, n > 0);
}

static void
on_clear_clicked (TamisThresholdChooser *self)
{
  tamis_session_set_class_thresholds (self->session, NULL);
}

/* Classes whose T in the plan is above the one that was set. */
static void
show_raised (TamisThresholdChooser *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  gboolean known = dataset != NULL && plan != NULL && tamis_session_get_minimum (self->session) > 0;
  guint n = 0;
  g_autofree char *text = NULL;

  for (guint c = 0; known && c < tamis_dataset_get_n_classes (dataset); c++)
    {
      double own = tamis_session_get_class_threshold (self->session, (int) c);

      n += tamis_plan_get_class_threshold (plan, c)
           > (own < 0.0 ? tamis_plan_get_threshold (plan) : own);
    }
  if (n > 0)
    text = g_strdup_printf (ngettext ("T is raised for that in %u class.",
                                      "T is raised for that in %u classes.", n), n);
  gtk_label_set_text (self->raised,
                      text != NULL ? text : _("No class needs a higher T for that."));
  gtk_widget_set_visible (GTK_WIDGET (self->raised), known);
}

static void
on_minimum_changed (TamisThresholdChooser *self)
{
  if (!self->syncing && self->session != NULL)
    tamis_session_set_minimum (self->session,
                               (guint) gtk_spin_button_get_value_as_int (self->minimum));
}

static void
show_minimum (TamisThresholdChooser *self)
{
  self->syncing = TRUE;
  gtk_spin_button_set_value (self->minimum, tamis_session_get_minimum (self->session));
  self->syncing = FALSE;
  show_raised (self);
}

/* ---- construction ---- */

/* The numbers start from what is kept now, of the class if it is that one's T. */
static void
start_over (TamisThresholdChooser *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int class_index = chosen_class (self);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  guint n, kept;

  if (plan == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (class_index >= 0)
    {
      name = tamis_format_path (
          tamis_dataset_get_class_name (tamis_session_get_dataset (self->session), class_index));
      title = g_strdup_printf (_("Choose T of %s by what it keeps"), name);
    }
  n = count_images (self, class_index);
  kept = count_kept (plan, class_index);
  gtk_label_set_text (self->title, title != NULL ? title : _("Choose T by what is kept"));
  gtk_spin_button_set_range (self->count, 0, n);
  gtk_spin_button_set_value (self->count, kept);
  gtk_spin_button_set_value (self->share, 100.0 * kept / MAX (n, 1));
}

static void
scope_changed (TamisThresholdChooser *self)
{
  session_changed (self);
  show_owners (self);
  show_suggestion (self);
}

static void
tamis_threshold_chooser_map (GtkWidget *widget)
{
  TamisThresholdChooser *self = TAMIS_THRESHOLD_CHOOSER (widget);

  GTK_WIDGET_CLASS (tamis_threshold_chooser_parent_class)->map (widget);
  start_over (self);
  show_owners (self);
  show_minimum (self);
  show_suggestion (self);
}

void
tamis_threshold_chooser_set_statistics (TamisThresholdChooser *self, TamisStatistics *statistics)
{
  static const char *const changes[] = { "notify::policy", "notify::order", "notify::minimum", "dataset" };

  self->statistics = statistics;
  self->session = tamis_statistics_get_session (statistics);
  g_signal_connect_object (statistics, "changed", G_CALLBACK (show_suggestion), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "solved", G_CALLBACK (show_answer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "plan", G_CALLBACK (session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "plan", G_CALLBACK (show_raised), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::active-threshold", G_CALLBACK (scope_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::class", G_CALLBACK (start_over), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::minimum", G_CALLBACK (show_minimum), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (self->session, changes[i], G_CALLBACK (clear_answer), self,
                             G_CONNECT_SWAPPED);
}

static void
tamis_threshold_chooser_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_THRESHOLD_CHOOSER);
  G_OBJECT_CLASS (tamis_threshold_chooser_parent_class)->dispose (object);
}

static void
tamis_threshold_chooser_init (TamisThresholdChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->found = self->suggested = NAN;
}

static void
tamis_threshold_chooser_class_init (TamisThresholdChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_threshold_chooser_dispose;
  widget_class->map = tamis_threshold_chooser_map;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tamis/Tamis/ui/tamis-threshold-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, box);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, title);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, each);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, each_button);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, owners);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, owners_box);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, clear_button);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, minimum);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, raised);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, count);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, share);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, answer);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, suggestion);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, use_button);
  gtk_widget_class_bind_template_callback (widget_class, on_count_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_share_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_use_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_each_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_minimum_changed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
