/* TamisWindow: actions.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-window-private.h"

#include "tamis-act-window.h"
#include "tamis-check-window.h"
#include "tamis-chooser.h"
#include "tamis-curators-window.h"
#include "tamis-export-window.h"
#include "tamis-folders-window.h"
#include "tamis-keep-order-window.h"
#include "tamis-preferences-window.h"
#include "tamis-shortcuts.h"

#include <glib/gi18n.h>

static void
folder_chosen (TamisWindow *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_window_open (self, path);
  g_clear_object (&self->chooser);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Open a Folder of Images"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Open"),
                                               _("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- projects ---- */

static void
choose_project (TamisWindow *self, GtkFileChooserAction action, const char *title,
                const char *accept, GCallback chosen)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept,
                                               _("_Cancel"));
  gtk_file_filter_set_name (filter, _("Tamis projects"));
  gtk_file_filter_add_suffix (filter, "tamis");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", chosen, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
open_project_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_project (TAMIS_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _("Open a Project"),
                  _("_Open"), G_CALLBACK (folder_chosen));
}

static void
copy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  TamisProject *project = data;
  GError *error = NULL;

  if (tamis_project_save_copy (project, g_object_get_data (G_OBJECT (task), "path"), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
copy_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  TamisWindow *self = TAMIS_WINDOW (source);
  g_autoptr (GError) error = NULL;
  GtkWidget *toasts = gtk_widget_get_ancestor (GTK_WIDGET (self->root), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *words = NULL;
  g_autofree char *markup = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    words = g_strdup (_("Project saved"));
  else
    words = g_strdup_printf (_("The project could not be saved: %s"), error->message);
  markup = g_markup_escape_text (words, -1);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (toasts), adw_toast_new (markup));
}

static void
copy_place_chosen (TamisWindow *self, int response)
{
  TamisProject *project = tamis_session_get_project (self->session);
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL && project != NULL)
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, copy_ended, NULL);

      g_object_set_data_full (G_OBJECT (task), "path", g_steal_pointer (&path), g_free);
      g_task_set_task_data (task, tamis_project_ref (project),
                            (GDestroyNotify) tamis_project_unref);
      g_task_run_in_thread (task, copy_thread);
    }
  g_clear_object (&self->chooser);
}

static void
save_project_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *shown = g_filename_display_name (tamis_dataset_get_name (dataset));
  g_autofree char *file = g_strconcat (shown, ".tamis", NULL);

  choose_project (self, GTK_FILE_CHOOSER_ACTION_SAVE, _("Save the Project As"), _("_Save"),
                  G_CALLBACK (copy_place_chosen));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file);
}

static void
other_chosen (TamisWindow *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL && tamis_session_get_project (self->session) != NULL)
    gtk_window_present (
        GTK_WINDOW (tamis_curators_window_new (GTK_WINDOW (self), self->session, path)));
  g_clear_object (&self->chooser);
}

static void
compare_curators_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_project (TAMIS_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN,
                  _("Choose the Other Curator’s Project"), _("_Compare"), G_CALLBACK (other_chosen));
}

/* ---- the rest of what is opened ---- */

static void
open_demo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_window_open_demo (TAMIS_WINDOW (widget));
}

static void
open_path_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_window_open (TAMIS_WINDOW (widget), g_variant_get_bytestring (parameter));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_session_cancel (TAMIS_WINDOW (widget)->session);
}

static void
restart_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_session_restart (TAMIS_WINDOW (widget)->session);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (tamis_export_window_new (GTK_WINDOW (self), self->session)));
}

static void
keep_order_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (tamis_keep_order_window_new (GTK_WINDOW (self), self->session)));
}

static void
folders_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);
  const char *search = g_variant_get_string (parameter, NULL);

  gtk_window_present (
      GTK_WINDOW (tamis_folders_window_new (GTK_WINDOW (self), self->session, search)));
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (tamis_check_window_new (GTK_WINDOW (self), self->checks)));
}

static void
manifest_chosen (TamisWindow *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);
  gboolean undo = g_object_get_data (G_OBJECT (self->chooser), "undo") != NULL;

  if (path != NULL)
    gtk_window_present (GTK_WINDOW (tamis_act_window_new (GTK_WINDOW (self), path, undo)));
  g_clear_object (&self->chooser);
}

static void
choose_manifest (TamisWindow *self, const char *title, gboolean undo)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Open"), _("_Cancel"));
  gtk_file_filter_set_name (filter, _("Manifests"));
  gtk_file_filter_add_pattern (filter, "*.json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_object_set_data (G_OBJECT (self->chooser), "undo", undo ? self : NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (manifest_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
apply_manifest_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_manifest (TAMIS_WINDOW (widget), _("Apply a Manifest"), FALSE);
}

static void
undo_removal_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_manifest (TAMIS_WINDOW (widget), _("Undo a Removal"), TRUE);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  tamis_review_page_go_to (self->review, tamis_session_undo (self->session));
  _tamis_window_update_actions (self);
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);

  tamis_review_page_go_to (self->review, tamis_session_redo (self->session));
  _tamis_window_update_actions (self);
}

static void
review_image_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisWindow *self = TAMIS_WINDOW (widget);
  guint row = g_variant_get_uint32 (parameter);
  TamisPlan *plan = tamis_session_get_plan (self->session);

  if (plan == NULL || tamis_plan_is_kept (plan, row))
    return;
  tamis_review_page_go_to (self->review, row);
  _tamis_window_show_view (self, "review");
}

static void
show_view_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  _tamis_window_show_view (TAMIS_WINDOW (widget), g_variant_get_string (parameter, NULL));
  _tamis_window_focus_page (TAMIS_WINDOW (widget));
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (tamis_preferences_window_new (GTK_WINDOW (widget))));
}

static void
show_shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *window = GTK_WINDOW (tamis_shortcuts_window_new (tamis_shortcuts_get_default ()));

  gtk_window_set_transient_for (window, GTK_WINDOW (widget));
  gtk_window_present (window);
  g_object_unref (window); /* GTK keeps windows until they are closed */
}

static void
toggle_sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AdwFlap *flap = TAMIS_WINDOW (widget)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
step_threshold_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisSession *session = TAMIS_WINDOW (widget)->session;

  tamis_session_set_active_threshold (session, tamis_session_get_active_threshold (session)
                                                   + g_variant_get_double (parameter));
}

void
_tamis_window_class_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.open-project", NULL, open_project_action);
  gtk_widget_class_install_action (widget_class, "win.save-project", NULL, save_project_action);
  gtk_widget_class_install_action (widget_class, "win.compare-curators", NULL,
                                   compare_curators_action);
  gtk_widget_class_install_action (widget_class, "win.open-demo", NULL, open_demo_action);
  gtk_widget_class_install_action (widget_class, "win.open-path", "ay", open_path_action);
  gtk_widget_class_install_action (widget_class, "win.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "win.restart", NULL, restart_action);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "win.keep-order", NULL, keep_order_action);
  gtk_widget_class_install_action (widget_class, "win.folders", "s", folders_action);
  gtk_widget_class_install_action (widget_class, "win.check", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "win.apply-manifest", NULL, apply_manifest_action);
  gtk_widget_class_install_action (widget_class, "win.undo-removal", NULL, undo_removal_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, redo_action);
  gtk_widget_class_install_action (widget_class, "win.review-image", "u", review_image_action);
  gtk_widget_class_install_action (widget_class, "win.show-view", "s", show_view_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, toggle_sidebar_action);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (widget_class, "win.show-shortcuts", NULL, show_shortcuts_action);
  gtk_widget_class_install_action (widget_class, "win.step-threshold", "d", step_threshold_action);
}

/* ---- radio items ---- */

static void
change_policy (GSimpleAction *action, GVariant *value, gpointer data)
{
  TamisWindow *self = data;
  gboolean last = g_str_equal (g_variant_get_string (value, NULL), "last");

  g_simple_action_set_state (action, value);
  tamis_session_set_policy (self->session, last ? TAMIS_POLICY_LAST : TAMIS_POLICY_COVER);
}

static void
change_order (GSimpleAction *action, GVariant *value, gpointer data)
{
  TamisWindow *self = data;

  g_simple_action_set_state (action, value);
  tamis_session_set_order (self->session, g_variant_get_string (value, NULL));
}

static void
change_model (GSimpleAction *action, GVariant *value, gpointer data)
{
  TamisWindow *self = data;

  g_simple_action_set_state (action, value);
  tamis_session_set_model_name (self->session, g_variant_get_string (value, NULL));
}

void
_tamis_window_add_state_actions (TamisWindow *self)
{
  static const GActionEntry entries[] = {
    { "policy", NULL, "s", "'cover'", change_policy },
    { "order", NULL, "s", "'name'", change_order },
    { "model", NULL, "s", "'" TAMIS_MODEL_DEFAULT "'", change_model },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
_tamis_window_show_order (TamisWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "order");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (tamis_session_get_order (self->session)));
}

void
_tamis_window_update_actions (TamisWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  TamisSession *session = self->session;
  gboolean working = tamis_session_get_state (session) == TAMIS_SESSION_WORKING;
  gboolean has_data = tamis_session_get_dataset (session) != NULL;
  gboolean has_plan = tamis_session_get_plan (session) != NULL;

  gtk_widget_action_set_enabled (widget, "win.cancel", working);
  gtk_widget_action_set_enabled (widget, "win.export", has_plan);
  gtk_widget_action_set_enabled (widget, "win.check", has_plan);
  gtk_widget_action_set_enabled (widget, "win.save-project",
                                 has_plan && tamis_session_get_project (session) != NULL);
  gtk_widget_action_set_enabled (widget, "win.compare-curators",
                                 has_plan && tamis_session_get_project (session) != NULL);
  gtk_widget_action_set_enabled (widget, "win.keep-order", has_plan);
  gtk_widget_action_set_enabled (widget, "win.folders", has_plan);
  gtk_widget_action_set_enabled (widget, "win.undo", tamis_session_can_undo (session));
  gtk_widget_action_set_enabled (widget, "win.redo", tamis_session_can_redo (session));
  gtk_widget_action_set_enabled (widget, "win.show-view", has_data);
  gtk_widget_action_set_enabled (widget, "win.step-threshold", has_plan);
  gtk_widget_set_visible (self->export_button, has_data);
  gtk_widget_set_visible (self->undo_button, has_data);
  gtk_widget_set_visible (self->redo_button, has_data);
  gtk_widget_set_visible (self->sidebar_button, has_data);
}
