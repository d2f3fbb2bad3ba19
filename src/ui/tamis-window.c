/* TamisWindow: puts the session and the views together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-window-private.h"

#include "tamis-format.h"
#include "tamis-popovers.h"
#include "tamis-stack.h"

#include <glib/gi18n.h>

#define RECENT_MAX 6

G_DEFINE_FINAL_TYPE (TamisWindow, tamis_window, ADW_TYPE_APPLICATION_WINDOW)

TamisWindow *
tamis_window_new (AdwApplication *application)
{
  return g_object_new (TAMIS_TYPE_WINDOW, "application", application, NULL);
}

TamisSession *
tamis_window_get_session (TamisWindow *self)
{
  return self->session;
}

/* ---- recent folders ---- */

static void
show_recent (TamisWindow *self)
{
  g_auto (GStrv) stored = g_settings_get_strv (self->settings, "recent-folders");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; stored[i] != NULL; i++)
    g_ptr_array_add (names, tamis_path_unescape (stored[i]));
  g_ptr_array_add (names, NULL);
  tamis_welcome_page_set_recent (self->welcome, (const char *const *) names->pdata);
}

void
_tamis_window_remember (TamisWindow *self, const char *folder)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *escaped = tamis_path_escape (absolute); /* GSettings holds UTF-8 only */
  g_auto (GStrv) stored = g_settings_get_strv (self->settings, "recent-folders");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) recent = NULL;
  guint n = 1;

  g_strv_builder_add (builder, escaped);
  for (guint i = 0; stored[i] != NULL && n < RECENT_MAX; i++)
    if (!g_str_equal (stored[i], escaped))
      {
        g_strv_builder_add (builder, stored[i]);
        n++;
      }
  recent = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "recent-folders", (const char *const *) recent);
  show_recent (self);
}

/* ---- what the session says ---- */

static void
show_title (TamisWindow *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisModel *model = tamis_session_get_model (self->session);
  int class_index = tamis_session_get_class (self->session);
  g_autofree char *name = NULL;
  g_autofree char *count = NULL;
  g_autofree char *class_name = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *window_title = NULL;
  guint n;

  if (dataset == NULL)
    {
      adw_window_title_set_title (self->title, "Tamis");
      adw_window_title_set_subtitle (self->title, "");
      gtk_window_set_title (GTK_WINDOW (self), "Tamis");
      return;
    }
  n = tamis_dataset_get_n_images (dataset);
  name = tamis_format_path (tamis_dataset_get_name (dataset));
  count = tamis_format_count (n);
  class_name = class_index < 0
                   ? g_strdup (_("all classes"))
                   : tamis_format_path (tamis_dataset_get_class_name (dataset, class_index));
  subtitle = g_strdup_printf (ngettext ("%s image · model %s · %s", "%s images · model %s · %s", n),
                              count, tamis_model_get_name (model), class_name);
  window_title = g_strdup_printf ("%s – Tamis", name);
  adw_window_title_set_title (self->title, name);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

static const char *
stage_words (TamisStage stage)
{
  switch (stage)
    {
    case TAMIS_STAGE_DRAW:
      return _("Drawing the demo set");
    case TAMIS_STAGE_SCAN:
      return _("Looking for images");
    case TAMIS_STAGE_ENCODE:
      return _("Encoding images");
    case TAMIS_STAGE_JOIN:
      return _("Comparing images");
    default:
      return _("Starting");
    }
}

static void
show_progress (TamisWindow *self)
{
  TamisProgressState state;
  g_autofree char *done = NULL;
  g_autofree char *total = NULL;
  g_autofree char *left = NULL;
  GString *text;

  tamis_session_read_progress (self->session, &state);
  done = tamis_format_count (state.done);
  total = tamis_format_count (state.total);
  text = g_string_new (stage_words (state.stage));
  if (state.total > 0)
    g_string_append_printf (text, _(": %s of %s"), done, total);
  else if (state.done > 0)
    g_string_append_printf (text, ": %s", done);
  /* The join counts tiles: a rate of tiles would tell nobody anything. */
  if (state.rate > 0 && state.stage != TAMIS_STAGE_JOIN)
    {
      g_autofree char *rate = tamis_format_count ((guint64) (state.rate + 0.5));

      g_string_append_printf (text, _(" · %s a second"), rate);
    }
  if (state.seconds_left >= 0)
    {
      left = tamis_format_duration (state.seconds_left);
      g_string_append_printf (text, _(" · about %s left"), left);
    }
  gtk_label_set_text (self->progress_label, text->str);
  g_string_free (text, TRUE);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->progress_bar, MIN (1.0, (double) state.done / state.total));
  else
    gtk_progress_bar_pulse (self->progress_bar);
}

/* Below the header: progress while something is being done; after a cancel, the way on. */
static void
show_strip (TamisWindow *self, TamisSessionState state, gboolean has_data)
{
  gboolean working = state == TAMIS_SESSION_WORKING;
  gboolean half_way = state == TAMIS_SESSION_READY && has_data
                      && tamis_session_get_pairs (self->session) == NULL;

  gtk_widget_set_visible (self->cancel_button, working);
  gtk_widget_set_visible (self->restart_button, half_way);
  if (half_way)
    {
      gtk_label_set_text (self->progress_label, _("Cancelled before the images were compared"));
      gtk_progress_bar_set_fraction (self->progress_bar, 0.0);
    }
  gtk_revealer_set_reveal_child (self->progress_revealer, working || half_way);
}

static void
state_changed (TamisWindow *self)
{
  TamisSessionState state = tamis_session_get_state (self->session);
  gboolean has_data = tamis_session_get_dataset (self->session) != NULL;

  show_strip (self, state, has_data);
  tamis_welcome_page_set_failure (self->welcome, state == TAMIS_SESSION_FAILED
                                                     ? tamis_session_get_failure (self->session)
                                                     : NULL);
  if (state == TAMIS_SESSION_FAILED && has_data)
    {
      AdwToast *toast = adw_toast_new (tamis_session_get_failure (self->session));
      GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self->root), ADW_TYPE_TOAST_OVERLAY);

      adw_toast_set_timeout (toast, 0);
      adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
    }
  gtk_stack_set_visible_child_name (self->root, has_data ? "explorer" : "welcome");
  _tamis_window_update_actions (self);
}

/* What has the keyboard in a view or on the bar is about to go, and GTK would hand it on to the number T, which goes
 * next. */
static void
drop_focus (TamisWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus != NULL
      && (gtk_widget_is_ancestor (focus, GTK_WIDGET (self->views))
          || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->threshold_bar))))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

static void
dataset_changed (TamisWindow *self)
{
  gboolean has_data = tamis_session_get_dataset (self->session) != NULL;

  drop_focus (self);
  gtk_stack_set_visible_child_name (self->root, has_data ? "explorer" : "welcome");
  if (has_data)
    _tamis_window_remember (self, tamis_session_get_location (self->session));
  show_title (self);
  _tamis_window_update_actions (self);
}

static void
notice_changed (TamisWindow *self)
{
  const char *notice = tamis_session_get_notice (self->session);

  if (notice != NULL)
    gtk_label_set_text (self->notice_label, notice);
  gtk_revealer_set_reveal_child (self->notice_revealer, notice != NULL);
}

static void
on_notice_dismissed (TamisWindow *self)
{
  tamis_session_dismiss_notice (self->session);
}

/* ---- views ---- */

void
_tamis_window_show_view (TamisWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->views, name);
  tamis_sidebar_select_view (self->sidebar, name);
}

void
_tamis_window_focus_page (TamisWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->views);

  /* A page that still waits for its figures has nothing to focus. */
  if (!gtk_widget_grab_focus (page) && !gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

/* A narrow window hides the sidebar once a view is chosen there. */
static void
sidebar_revealed (TamisWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (!adw_flap_get_reveal_flap (self->flap) && focus != NULL
      && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar)))
    _tamis_window_focus_page (self);
}

static void
on_view_selected (TamisWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->views, name);
}

void
tamis_window_open (TamisWindow *self, const char *location)
{
  tamis_session_open (self->session, location);
}

void
tamis_window_open_demo (TamisWindow *self)
{
  tamis_session_open_demo (self->session);
}

/* ---- construction ---- */

static void
save_size (TamisWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "width", width);
  g_settings_set_int (self->settings, "height", height);
  g_settings_set_boolean (self->settings, "maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

static gboolean
tamis_window_close_request (GtkWindow *window)
{
  TamisWindow *self = TAMIS_WINDOW (window);

  save_size (self);
  tamis_popovers_close (GTK_WIDGET (self));
  tamis_session_cancel (self->session);
  return GTK_WINDOW_CLASS (tamis_window_parent_class)->close_request (window);
}

static void
connect_session (TamisWindow *self)
{
  TamisSession *session = self->session;

  g_signal_connect_object (session, "notify::notice", G_CALLBACK (notice_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "progress", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (show_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::order", G_CALLBACK (_tamis_window_show_order), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (_tamis_window_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (_tamis_window_update_actions), self,
                           G_CONNECT_SWAPPED);
}

static void
tamis_window_init (TamisWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (TAMIS_APP_ID);
  self->session = tamis_session_new ();
  self->statistics = tamis_statistics_new (self->session);
  self->checks = tamis_checks_new (self->session);
  self->classes = tamis_class_model_new (self->session);
  self->leak_model = tamis_crossing_model_new (self->session, TAMIS_BORDER_SPLITS);
  self->label_model = tamis_crossing_model_new (self->session, TAMIS_BORDER_CLASSES);
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "width"),
                               g_settings_get_int (self->settings, "height"));
  if (g_settings_get_boolean (self->settings, "maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_settings_bind (self->settings, "show-sidebar", self->flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (sidebar_revealed), self,
                           G_CONNECT_SWAPPED);
  _tamis_window_add_state_actions (self);
  connect_session (self);
  tamis_sidebar_set_session (self->sidebar, self->session, self->classes);
  tamis_overview_page_set_session (self->overview, self->session, self->classes);
  tamis_sidebar_set_crossings (self->sidebar, self->leak_model, self->label_model);
  tamis_review_page_set_session (self->review, self->session);
  tamis_crossings_page_set_model (self->leaks, self->session, self->leak_model);
  tamis_crossings_page_set_model (self->labels, self->session, self->label_model);
  tamis_distributions_page_set_statistics (self->distributions, self->statistics);
  tamis_kurtosis_page_set_statistics (self->kurtosis, self->statistics);
  tamis_generate_page_set_session (self->generate, self->session);
  tamis_threshold_bar_set_statistics (self->threshold_bar, self->statistics);
  tamis_threshold_bar_set_checks (self->threshold_bar, self->checks);
  tamis_stack_tell_shown (self->views);
  tamis_stack_tell_shown (self->root);
  show_recent (self);
  show_title (self);
  _tamis_window_update_actions (self);
}

/* Windows of their own that stand before this one borrow the session, too. */
static void
destroy_dependents (TamisWindow *self)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (gtk_window_get_transient_for (at->data) == GTK_WINDOW (self))
      gtk_window_destroy (at->data);
}

static void
tamis_window_dispose (GObject *object)
{
  TamisWindow *self = TAMIS_WINDOW (object);

  g_clear_object (&self->chooser);
  tamis_popovers_close (GTK_WIDGET (self));
  destroy_dependents (self);
  /* The pages borrow the session: they go first, with the window's content. */
  if (self->session != NULL)
    adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), NULL);
  g_clear_object (&self->classes);
  g_clear_object (&self->leak_model);
  g_clear_object (&self->label_model);
  g_clear_object (&self->checks);
  g_clear_object (&self->statistics);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tamis_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, notice_revealer);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, notice_label);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, progress_label);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, restart_button);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, root);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, views);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, overview);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, review);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, leaks);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, labels);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, distributions);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, kurtosis);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, generate);
  gtk_widget_class_bind_template_child (widget_class, TamisWindow, threshold_bar);
}

static void
tamis_window_class_init (TamisWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = tamis_window_close_request;
  g_type_ensure (TAMIS_TYPE_SIDEBAR);
  g_type_ensure (TAMIS_TYPE_WELCOME_PAGE);
  g_type_ensure (TAMIS_TYPE_OVERVIEW_PAGE);
  g_type_ensure (TAMIS_TYPE_REVIEW_PAGE);
  g_type_ensure (TAMIS_TYPE_CROSSINGS_PAGE);
  g_type_ensure (TAMIS_TYPE_DISTRIBUTIONS_PAGE);
  g_type_ensure (TAMIS_TYPE_KURTOSIS_PAGE);
  g_type_ensure (TAMIS_TYPE_GENERATE_PAGE);
  g_type_ensure (TAMIS_TYPE_THRESHOLD_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_view_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_notice_dismissed);
  _tamis_window_class_install_actions (widget_class);
}
