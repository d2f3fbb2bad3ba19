/* TamisThresholdBar: T, always in sight.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-threshold-bar.h"

#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-keep-order-window.h"
#include "tamis-threshold-chooser.h"
#include "tamis-threshold-track.h"

#include <glib/gi18n.h>

struct _TamisThresholdBar
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkEditable *value;
  GtkLabel *whose;
  GtkCheckButton *own;
  TamisThresholdChooser *chooser;
  TamisThresholdTrack *track;
  TamisCount *counts;
  GtkMenuButton *policy;

  /* Borrowed: valid while the widget lives */
  TamisSession *session;

  gboolean syncing; /* the check button is being set from the session */
};

G_DEFINE_FINAL_TYPE (TamisThresholdBar, tamis_threshold_bar, GTK_TYPE_WIDGET)

static void
show_threshold (TamisThresholdBar *self)
{
  gboolean known = tamis_session_get_pairs (self->session) != NULL;
  g_autofree char *text = known ? tamis_format_similarity (tamis_session_get_active_threshold (self->session))
                                : g_strdup ("–");

  gtk_editable_set_text (self->value, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->value), known);
}

/* Whose T the slider moves; with a class in view, whether it has one of its own. */
static void
show_owner (TamisThresholdBar *self)
{
  gboolean in_class = tamis_session_get_class (self->session) >= 0
                      && tamis_session_get_pairs (self->session) != NULL;
  gboolean moves_class = tamis_session_moves_class (self->session);
  guint n = tamis_session_get_n_class_thresholds (self->session);
  g_autofree char *others
      = n > 0 ? g_strdup_printf (ngettext ("%u class has its own T", "%u classes have their own T", n), n)
              : NULL;

  gtk_label_set_text (self->whose, !in_class     ? (others != NULL ? others : _("duplicates above T"))
                                   : moves_class ? _("T of this class")
                                                 : _("T of all classes"));
  gtk_widget_set_visible (GTK_WIDGET (self->own), in_class);
  self->syncing = TRUE;
  gtk_check_button_set_active (self->own, moves_class);
  self->syncing = FALSE;
}

static void
on_own_toggled (TamisThresholdBar *self)
{
  int class_index = tamis_session_get_class (self->session);
  gboolean own = gtk_check_button_get_active (self->own);

  if (!self->syncing && class_index >= 0)
    tamis_session_set_class_threshold (self->session, class_index,
                                       own ? tamis_session_get_threshold (self->session) : -1.0);
}

static void
threshold_changed (TamisThresholdBar *self)
{
  show_threshold (self);
  show_owner (self);
}

static void
show_counts (TamisThresholdBar *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *kept = NULL;
  g_autofree char *removed = NULL;
  g_autofree char *text = NULL;

  if (plan != NULL)
    {
      kept = tamis_format_count (tamis_plan_get_n_kept (plan));
      removed = tamis_format_count (tamis_plan_get_n_removed (plan));
      text = g_strdup_printf (_("<b>%s</b> kept · <b>%s</b> removed"), kept, removed);
    }
  else if (dataset != NULL)
    {
      guint n = tamis_dataset_get_n_images (dataset);

      kept = tamis_format_count (n);
      text = g_strdup_printf (ngettext ("<b>%s</b> image", "<b>%s</b> images", n), kept);
    }
  tamis_count_set_markup (self->counts, text != NULL ? text : "");
}

static void
show_policy (TamisThresholdBar *self)
{
  gboolean last = tamis_session_get_policy (self->session) == TAMIS_POLICY_LAST;
  g_autofree char *order = tamis_keep_order_words (tamis_session_get_order (self->session));
  g_autofree char *text = g_strdup_printf ("%s · %s", last ? C_("policy", "last") : C_("policy", "cover"), order);

  gtk_menu_button_set_label (self->policy, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->policy), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
on_value_activate (TamisThresholdBar *self)
{
  const char *text = gtk_editable_get_text (self->value);
  char *end;
  double threshold = g_ascii_strtod (text, &end);

  if (end == text)
    threshold = g_strtod (text, &end); /* a decimal comma, as the user's language has it */
  if (end != text && *end == '\0')
    tamis_session_set_active_threshold (self->session, threshold);
  show_threshold (self); /* what was taken, or what stands if nothing was */
}

void
tamis_threshold_bar_set_statistics (TamisThresholdBar *self, TamisStatistics *statistics)
{
  TamisSession *session = tamis_statistics_get_session (statistics);

  self->session = session;
  tamis_threshold_chooser_set_statistics (self->chooser, statistics);
  tamis_threshold_track_set_session (self->track, session);
  g_signal_connect_object (session, "notify::active-threshold", G_CALLBACK (threshold_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (threshold_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "dataset", G_CALLBACK (threshold_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "dataset", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::policy", G_CALLBACK (show_policy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::order", G_CALLBACK (show_policy), self,
                           G_CONNECT_SWAPPED);
  threshold_changed (self);
  show_counts (self);
  show_policy (self);
}

void
tamis_threshold_bar_set_checks (TamisThresholdBar *self, TamisChecks *checks)
{
  tamis_threshold_track_set_checks (self->track, checks);
}

static void
tamis_threshold_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_THRESHOLD_BAR);
  G_OBJECT_CLASS (tamis_threshold_bar_parent_class)->dispose (object);
}

static void
tamis_threshold_bar_init (TamisThresholdBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_threshold_bar_class_init (TamisThresholdBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_threshold_bar_dispose;
  g_type_ensure (TAMIS_TYPE_COUNT);
  g_type_ensure (TAMIS_TYPE_THRESHOLD_CHOOSER);
  g_type_ensure (TAMIS_TYPE_THRESHOLD_TRACK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-threshold-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, box);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, value);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, whose);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, own);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, chooser);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, track);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, counts);
  gtk_widget_class_bind_template_child (widget_class, TamisThresholdBar, policy);
  gtk_widget_class_bind_template_callback (widget_class, on_value_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_own_toggled);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
