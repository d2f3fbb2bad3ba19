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
  GtkSpinButton *count;
  GtkSpinButton *share;
  GtkLabel *answer;
  GtkLabel *suggestion;
  GtkWidget *use_button;

  /* Borrowed: valid while the widget lives */
  TamisStatistics *statistics;
  TamisSession *session;

  double suggested; /* NaN: none */
  double found;     /* what @answer speaks of; NaN: nothing */
  guint kept;
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

/* T has been moved by other means, or keeps another number than it did. */
static void
session_changed (TamisThresholdChooser *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);

  if (tamis_session_get_threshold (self->session) != self->found
      || (plan != NULL && tamis_plan_get_threshold (plan) == self->found
          && tamis_plan_get_policy (plan) == tamis_session_get_policy (self->session)
          && tamis_plan_get_n_kept (plan) != self->kept))
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
  guint n = tamis_dataset_get_n_images (tamis_session_get_dataset (self->session));

  gtk_spin_button_update (self->share);
  /* At least so many; the small number takes back what the division by 100 adds. */
  ask (self, (guint) ceil (gtk_spin_button_get_value (self->share) * n / 100 - 1e-6));
}

/* ---- the suggestion ---- */

static void
show_suggestion (TamisThresholdChooser *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  TamisFigure figure = { .reason = TAMIS_REASON_NO_KNEE };
  g_autofree char *threshold = NULL;
  g_autofree char *text = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (!tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_SWEEP))
    text = g_strdup (_("A sweep over T, in Kurtosis, may suggest one."));
  else
    figure = tamis_sweep_suggest (sweep, tamis_session_get_policy (self->session), -1);
  self->suggested = figure.reason == TAMIS_REASON_NONE ? figure.value : NAN;
  if (text == NULL && isnan (self->suggested))
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
    tamis_session_set_threshold (self->session, self->suggested);
}

/* The button's action opens the window; the popover must not stay before it. */
static void
on_check_clicked (TamisThresholdChooser *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
}

/* ---- construction ---- */

/* Opened, it starts from what is kept now. */
static void
tamis_threshold_chooser_map (GtkWidget *widget)
{
  TamisThresholdChooser *self = TAMIS_THRESHOLD_CHOOSER (widget);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);

  GTK_WIDGET_CLASS (tamis_threshold_chooser_parent_class)->map (widget);
  if (dataset != NULL && plan != NULL)
    {
      guint n = tamis_dataset_get_n_images (dataset), kept = tamis_plan_get_n_kept (plan);

      gtk_spin_button_set_range (self->count, 0, n);
      gtk_spin_button_set_value (self->count, kept);
      gtk_spin_button_set_value (self->share, 100.0 * kept / MAX (n, 1));
    }
  show_suggestion (self);
}

void
tamis_threshold_chooser_set_statistics (TamisThresholdChooser *self, TamisStatistics *statistics)
{
  static const char *const changes[] = { "notify::threshold", "notify::policy", "notify::order" };

  self->statistics = statistics;
  self->session = tamis_statistics_get_session (statistics);
  g_signal_connect_object (statistics, "changed", G_CALLBACK (show_suggestion), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "solved", G_CALLBACK (show_answer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "plan", G_CALLBACK (session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "dataset", G_CALLBACK (clear_answer), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (self->session, changes[i],
                             G_CALLBACK (i == 0 ? session_changed : clear_answer), self,
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
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, count);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, share);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, answer);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, suggestion);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdChooser, use_button);
  gtk_widget_class_bind_template_callback (widget_class, on_count_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_share_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_use_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_check_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
