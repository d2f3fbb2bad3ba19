/* TamisExportWindow: which lists to write, and where.
 *
 * The plan, data set and verdicts are held by reference (or copy) from the moment the window opens;
 * a thread writes them. No image is touched.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-export-window.h"

#include "tamis-format.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

struct _TamisExportWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  AdwEntryRow *folder;
  GtkSwitch *kept;
  GtkSwitch *removals;
  GtkSwitch *json;
  GtkSwitch *pairs_switch;
  GtkSwitch *thresholds;
  GtkSwitch *manifest;
  AdwActionRow *kept_row;
  AdwActionRow *removals_row;
  GtkLabel *message;
  GtkWidget *export_button;
  GtkWidget *cancel_button;
  GtkWidget *show_button;
  GtkProgressBar *progress_bar;

  /* Owned */
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisModel *model;
  TamisVerdicts *verdicts;
  GCancellable *cancel; /* of the running export, or NULL */
  TamisProgress *progress;
  guint progress_source;
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (TamisExportWindow, tamis_export_window, ADW_TYPE_WINDOW)

/* ---- the work, on a thread of its own ---- */

typedef struct
{
  GWeakRef window;
  GCancellable *cancel;
  TamisProgress *progress;
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisModel *model;
  TamisVerdicts *verdicts;
  char *folder;
  gboolean kept, removals, json, with_pairs, thresholds, manifest;
  guint n_written;
  GError *error;
} Export;

static void
export_free (Export *job)
{
  g_weak_ref_clear (&job->window);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  tamis_dataset_unref (job->dataset);
  tamis_pairs_unref (job->pairs);
  tamis_plan_unref (job->plan);
  tamis_model_unref (job->model);
  tamis_verdicts_free (job->verdicts);
  g_free (job->folder);
  g_clear_error (&job->error);
  g_free (job);
}

static char *
in_folder (Export *job, const char *name)
{
  return g_build_filename (job->folder, name, NULL);
}

static gboolean
write_lists (Export *job)
{
  g_autofree char *kept = in_folder (job, "kept.txt");
  g_autofree char *removals = in_folder (job, "removals.csv");
  g_autofree char *json = in_folder (job, "removals.json");
  g_autofree char *pairs = in_folder (job, "pairs.csv");
  g_autofree char *thresholds = in_folder (job, "thresholds.csv");
  g_autofree char *manifest = in_folder (job, "manifest.json");

  if (job->kept && !tamis_export_kept (job->dataset, job->plan, kept, &job->error))
    return FALSE;
  if (job->removals && !tamis_export_removals (job->dataset, job->plan, removals, &job->error))
    return FALSE;
  if (job->json
      && !tamis_export_removals_json (job->dataset, job->plan, job->model, job->verdicts, json,
                                      &job->error))
    return FALSE;
  if (job->thresholds
      && !tamis_export_thresholds (job->dataset, job->plan, thresholds, &job->error))
    return FALSE;
  if (job->with_pairs
      && !tamis_export_pairs (job->dataset, job->pairs, job->plan, pairs, &job->error))
    return FALSE;
  return !job->manifest
         || tamis_export_manifest (job->dataset, job->plan, job->model, manifest, job->progress,
                                   job->cancel, &job->error);
}

static void
set_running (TamisExportWindow *self, gboolean running)
{
  gtk_widget_set_sensitive (self->export_button, !running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), running);
}

static gboolean
export_done (gpointer data)
{
  Export *job = data;
  g_autoptr (TamisExportWindow) self = g_weak_ref_get (&job->window);
  g_autofree char *shown = g_filename_display_name (job->folder);
  g_autofree char *text = NULL;

  if (self == NULL || self->cancel != job->cancel)
    return G_SOURCE_REMOVE;
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  set_running (self, FALSE);
  if (job->error == NULL)
    text = g_strdup_printf (ngettext ("Wrote %u file to %s", "Wrote %u files to %s", job->n_written),
                            job->n_written, shown);
  else if (g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_("Cancelled. No half-written file is left."));
  else
    text = g_strdup_printf (_("%s. Choose another folder and try again."), job->error->message);
  gtk_label_set_text (self->message, text);
  gtk_widget_set_visible (self->show_button, job->error == NULL);
  gtk_button_set_label (GTK_BUTTON (self->cancel_button), job->error == NULL ? _("Done") : _("Cancel"));
  if (job->error == NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  return G_SOURCE_REMOVE;
}

static gpointer
export_thread (gpointer data)
{
  Export *job = data;

  if (g_mkdir_with_parents (job->folder, 0777) != 0)
    {
      int code = errno;

      g_set_error (&job->error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Could not make the folder %s: %s", job->folder, g_strerror (code));
    }
  else
    write_lists (job);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, export_done, job, (GDestroyNotify) export_free);
  return NULL;
}

static gboolean
pulse (gpointer data)
{
  TamisExportWindow *self = data;
  TamisProgressState state;

  tamis_progress_read (self->progress, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->progress_bar, (double) state.done / state.total);
  else
    gtk_progress_bar_pulse (self->progress_bar);
  return G_SOURCE_CONTINUE;
}

static char *
typed_folder (TamisExportWindow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->folder));

  if (g_str_has_prefix (text, "~/"))
    return g_build_filename (g_get_home_dir (), text + 2, NULL);
  return g_filename_from_utf8 (text, -1, NULL, NULL, NULL);
}

static void
on_export (TamisExportWindow *self)
{
  g_autofree char *folder = typed_folder (self);
  Export *job;

  if (folder == NULL || !g_path_is_absolute (folder))
    {
      gtk_label_set_text (self->message, _("Type a folder that begins with / or choose one."));
      gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
      return;
    }
  job = g_new0 (Export, 1);
  g_weak_ref_init (&job->window, self);
  self->cancel = g_cancellable_new ();
  job->cancel = g_object_ref (self->cancel);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  self->progress = tamis_progress_new ();
  job->progress = tamis_progress_ref (self->progress);
  job->dataset = tamis_dataset_ref (self->dataset);
  job->pairs = tamis_pairs_ref (self->pairs);
  job->plan = tamis_plan_ref (self->plan);
  job->model = tamis_model_ref (self->model);
  if (self->verdicts != NULL)
    job->verdicts = tamis_verdicts_copy (self->verdicts);
  job->folder = g_steal_pointer (&folder);
  job->kept = gtk_switch_get_active (self->kept);
  job->removals = gtk_switch_get_active (self->removals);
  job->json = gtk_switch_get_active (self->json);
  job->with_pairs = gtk_switch_get_active (self->pairs_switch);
  job->thresholds = gtk_switch_get_active (self->thresholds);
  job->manifest = gtk_switch_get_active (self->manifest);
  job->n_written = job->kept + job->removals + job->json + job->with_pairs
                   + job->thresholds + job->manifest;
  gtk_label_set_text (self->message, "");
  set_running (self, TRUE);
  self->progress_source = g_timeout_add (100, pulse, self);
  g_thread_unref (g_thread_new ("tamis-export", export_thread, job));
}

/* ---- the window ---- */

static void
folder_chosen (TamisExportWindow *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      g_autofree char *name = g_file_get_parse_name (file);

      gtk_editable_set_text (GTK_EDITABLE (self->folder), name);
    }
  g_clear_object (&self->chooser);
}

static void
on_choose (TamisExportWindow *self)
{
  self->chooser = gtk_file_chooser_native_new (_("Export to Folder"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"),
                                               _("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_show (TamisExportWindow *self)
{
  g_autofree char *folder = typed_folder (self);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

/* One button: while files are being written it stops that, else it closes the window. */
static void
on_cancel (TamisExportWindow *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
propose_folder (TamisExportWindow *self)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autofree char *name = tamis_format_path (tamis_dataset_get_name (self->dataset));
  g_autofree char *folder = g_strdup_printf ("%s/tamis-%s",
                                             documents != NULL ? documents : g_get_home_dir (), name);

  gtk_editable_set_text (GTK_EDITABLE (self->folder), folder);
}

static void
describe_rows (TamisExportWindow *self)
{
  g_autofree char *kept = tamis_format_count (tamis_plan_get_n_kept (self->plan));
  g_autofree char *removed = tamis_format_count (tamis_plan_get_n_removed (self->plan));
  g_autofree char *kept_words = g_strdup_printf (_("kept.txt: one path a line, %s images"), kept);
  g_autofree char *removed_words
      = g_strdup_printf (_("removals.csv: %s images, each with its witness and similarity"), removed);

  adw_action_row_set_subtitle (self->kept_row, kept_words);
  adw_action_row_set_subtitle (self->removals_row, removed_words);
}

TamisExportWindow *
tamis_export_window_new (GtkWindow *parent, TamisSession *session)
{
  TamisExportWindow *self
      = g_object_new (TAMIS_TYPE_EXPORT_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->dataset = tamis_dataset_ref (tamis_session_get_dataset (session));
  self->pairs = tamis_pairs_ref (tamis_session_get_pairs (session));
  self->plan = tamis_plan_ref (tamis_session_get_plan (session));
  self->model = tamis_model_ref (tamis_session_get_model (session));
  if (tamis_session_get_verdicts (session) != NULL)
    self->verdicts = tamis_verdicts_copy (tamis_session_get_verdicts (session));
  gtk_switch_set_active (self->thresholds, tamis_plan_count_class_thresholds (self->plan) > 0);
  propose_folder (self);
  describe_rows (self);
  return self;
}

static void
tamis_export_window_dispose (GObject *object)
{
  TamisExportWindow *self = TAMIS_EXPORT_WINDOW (object);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->plan, tamis_plan_unref);
  g_clear_pointer (&self->model, tamis_model_unref);
  g_clear_pointer (&self->verdicts, tamis_verdicts_free);
  G_OBJECT_CLASS (tamis_export_window_parent_class)->dispose (object);
}

static void
tamis_export_window_init (TamisExportWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_export_window_class_init (TamisExportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_export_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-export-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, folder);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, kept);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, removals);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, json);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, pairs_switch);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, thresholds);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, manifest);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, kept_row);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, removals_row);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, show_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
