/* TamisExportWindow: which lists to write, and where.
 *
 * The plan, data set and verdicts are held by reference (or copy) from the moment the window opens;
 * a thread writes them. No image is touched. Each file has a row of the table `outputs`, which makes
 * its switch and names the function that writes it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-export-window.h"

#include "tamis-act-window.h"
#include "tamis-chooser.h"
#include "tamis-format.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

typedef enum {
  OUTPUT_KEPT,
  OUTPUT_REMOVED,
  OUTPUT_REMOVALS,
  OUTPUT_JSON,
  OUTPUT_PAIRS,
  OUTPUT_THRESHOLDS,
  OUTPUT_FIFTYONE,
  OUTPUT_CLEANLAB,
  OUTPUT_MANIFEST,
  N_OUTPUTS
} Output;

#define KEPT_FOLDER "kept"

struct _TamisExportWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  AdwEntryRow *folder;
  AdwPreferencesGroup *lists;
  AdwPreferencesGroup *tools;
  AdwPreferencesGroup *acting;
  AdwComboRow *paths;
  AdwComboRow *place;
  GtkLabel *message;
  GtkWidget *export_button;
  GtkWidget *cancel_button;
  GtkWidget *show_button;
  GtkWidget *apply_button;
  GtkProgressBar *progress_bar;
  GtkSwitch *switches[N_OUTPUTS]; /* borrowed, made in init */

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
  gboolean wanted[N_OUTPUTS];
  TamisListParams list;
  guint place; /* 0: none, else TamisPlaceKind + 1 */
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

static gboolean
write_kept (Export *job, const char *path)
{
  return tamis_export_list (job->dataset, job->plan, &job->list, path, &job->error);
}

static gboolean
write_removed (Export *job, const char *path)
{
  TamisListParams list = job->list;

  list.removed = TRUE;
  return tamis_export_list (job->dataset, job->plan, &list, path, &job->error);
}

static gboolean
write_removals (Export *job, const char *path)
{
  return tamis_export_removals (job->dataset, job->plan, job->verdicts, path, &job->error);
}

static gboolean
write_json (Export *job, const char *path)
{
  return tamis_export_removals_json (job->dataset, job->plan, job->model, job->verdicts, path,
                                     &job->error);
}

static gboolean
write_pairs (Export *job, const char *path)
{
  return tamis_export_pairs (job->dataset, job->pairs, job->plan, path, &job->error);
}

static gboolean
write_thresholds (Export *job, const char *path)
{
  return tamis_export_thresholds (job->dataset, job->plan, path, &job->error);
}

static gboolean
write_fiftyone (Export *job, const char *path)
{
  return tamis_export_fiftyone (job->dataset, job->plan, path, &job->error);
}

static gboolean
write_cleanlab (Export *job, const char *path)
{
  return tamis_export_cleanlab (job->dataset, job->pairs, job->plan, path, &job->error);
}

static gboolean
write_manifest (Export *job, const char *path)
{
  return tamis_export_manifest (job->dataset, job->plan, job->model, path, job->progress, job->cancel,
                                &job->error);
}

static const struct
{
  const char *file;
  const char *title;
  const char *subtitle; /* NULL: see describe_rows() */
  gboolean active;
  gboolean (*write) (Export *job, const char *path);
} outputs[N_OUTPUTS] = {
  [OUTPUT_KEPT] = { "kept.txt", N_("Kept list"), NULL, TRUE, write_kept },
  [OUTPUT_REMOVED] = { "removed.txt", N_("Removed list"), NULL, FALSE, write_removed },
  [OUTPUT_REMOVALS] = { "removals.csv", N_("Removals as CSV"), NULL, TRUE, write_removals },
  [OUTPUT_JSON] = { "removals.json", N_("Removals as JSON"),
                    N_("removals.json: the same with model, T, policy and verdicts"), TRUE, write_json },
  [OUTPUT_PAIRS] = { "pairs.csv", N_("Pairs above T"), N_("pairs.csv: every pair with its similarity"),
                     FALSE, write_pairs },
  [OUTPUT_THRESHOLDS] = { "thresholds.csv", N_("T of each class"),
                          N_("thresholds.csv: for the same lists from tamis-cli dedup --thresholds"),
                          FALSE, write_thresholds },
  [OUTPUT_FIFTYONE] = { "fiftyone.csv", N_("FiftyOne"),
                        N_("fiftyone.csv: every image with the tag kept or removed"), FALSE,
                        write_fiftyone },
  [OUTPUT_CLEANLAB] = { "cleanlab.csv", N_("cleanlab"),
                        N_("cleanlab.csv: every image as near-duplicate issue"), FALSE,
                        write_cleanlab },
  [OUTPUT_MANIFEST] = { "manifest.json", N_("Manifest"),
                        N_("manifest.json: from it images are moved, and brought back (reads every "
                           "file named)"), FALSE, write_manifest },
};

static gboolean
write_outputs (Export *job)
{
  for (guint i = 0; i < N_OUTPUTS; i++)
    {
      g_autofree char *path = g_build_filename (job->folder, outputs[i].file, NULL);

      if (g_cancellable_set_error_if_cancelled (job->cancel, &job->error)
          || (job->wanted[i] && !outputs[i].write (job, path)))
        return FALSE;
    }
  return TRUE;
}

static void
place_kept (Export *job)
{
  g_autofree char *target = g_build_filename (job->folder, KEPT_FOLDER, NULL);

  tamis_kept_set_make (job->dataset, job->plan, job->place - 1, target, job->progress, job->cancel,
                       &job->error);
}

static void
set_running (TamisExportWindow *self, gboolean running)
{
  gtk_widget_set_sensitive (self->export_button, !running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), running);
}

static char *
word_done (TamisExportWindow *self, Export *job, const char *shown)
{
  guint n = tamis_plan_get_n_kept (self->plan);
  g_autofree char *files
      = g_strdup_printf (ngettext ("Wrote %u file to %s", "Wrote %u files to %s", job->n_written),
                         job->n_written, shown);
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *images = NULL;

  if (job->place == 0)
    return g_steal_pointer (&files);
  images = g_strdup_printf (ngettext ("Placed %s kept image in %s/kept",
                                      "Placed %s kept images in %s/kept", n), count, shown);
  return job->n_written > 0 ? g_strdup_printf ("%s\n%s", files, images) : g_steal_pointer (&images);
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
    text = word_done (self, job, shown);
  else if (g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_("Cancelled. No half-written file is left."));
  else
    text = g_strdup_printf (_("%s. Choose another folder and try again."), job->error->message);
  gtk_label_set_text (self->message, text);
  gtk_widget_set_visible (self->show_button, job->error == NULL);
  gtk_widget_set_visible (self->apply_button,
                          job->error == NULL && job->wanted[OUTPUT_MANIFEST]);
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
  else if (write_outputs (job) && job->place > 0)
    place_kept (job);
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
  for (guint i = 0; i < N_OUTPUTS; i++)
    {
      job->wanted[i] = gtk_switch_get_active (self->switches[i]);
      job->n_written += job->wanted[i];
    }
  job->list.absolute = adw_combo_row_get_selected (self->paths) % 2 == 1;
  job->list.null = adw_combo_row_get_selected (self->paths) >= 2;
  job->place = adw_combo_row_get_selected (self->place);
  gtk_label_set_text (self->message, "");
  set_running (self, TRUE);
  self->progress_source = g_timeout_add (100, pulse, self);
  g_thread_unref (g_thread_new ("tamis-export", export_thread, job));
}

/* ---- the window ---- */

static void
folder_chosen (TamisExportWindow *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);
  g_autofree char *name = path != NULL ? g_filename_to_utf8 (path, -1, NULL, NULL, NULL) : NULL;

  if (name != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->folder), name);
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

/* The manifest that was just written; this window has done its work. */
static void
on_apply (TamisExportWindow *self)
{
  g_autofree char *folder = typed_folder (self);
  g_autofree char *path = g_build_filename (folder, outputs[OUTPUT_MANIFEST].file, NULL);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_window_present (GTK_WINDOW (tamis_act_window_new (parent, path, FALSE)));
  gtk_window_close (GTK_WINDOW (self));
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
describe_row (TamisExportWindow *self, Output output, char *words)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (self->switches[output]), ADW_TYPE_ACTION_ROW);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  g_free (words);
}

static void
describe_rows (TamisExportWindow *self)
{
  guint n_kept = tamis_plan_get_n_kept (self->plan);
  guint n_removed = tamis_plan_get_n_removed (self->plan);
  g_autofree char *kept = tamis_format_count (n_kept);
  g_autofree char *removed = tamis_format_count (n_removed);

  describe_row (self, OUTPUT_KEPT,
                g_strdup_printf (ngettext ("kept.txt: one path a line, %s image",
                                           "kept.txt: one path a line, %s images", n_kept), kept));
  describe_row (self, OUTPUT_REMOVED,
                g_strdup_printf (ngettext ("removed.txt: one path a line, %s image",
                                           "removed.txt: one path a line, %s images", n_removed),
                                 removed));
  describe_row (self, OUTPUT_REMOVALS,
                g_strdup_printf (ngettext ("removals.csv: %s image, with its witness and similarity",
                                           "removals.csv: %s images, each with its witness and "
                                           "similarity", n_removed),
                                 removed));
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
  gtk_switch_set_active (self->switches[OUTPUT_THRESHOLDS],
                         tamis_plan_count_class_thresholds (self->plan) > 0);
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
add_switch (TamisExportWindow *self, Output output)
{
  AdwPreferencesGroup *group = output == OUTPUT_MANIFEST    ? self->acting
                               : output >= OUTPUT_FIFTYONE ? self->tools
                                                            : self->lists;
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(outputs[output].title));
  if (outputs[output].subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(outputs[output].subtitle));
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (toggle), outputs[output].active);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(outputs[output].title), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (group, row);
  self->switches[output] = GTK_SWITCH (toggle);
}

static void
tamis_export_window_init (TamisExportWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_OUTPUTS; i++)
    add_switch (self, i);
}

static void
tamis_export_window_class_init (TamisExportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_export_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-export-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, folder);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, lists);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, tools);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, acting);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, paths);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, place);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, show_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, apply_button);
  gtk_widget_class_bind_template_child (widget_class, TamisExportWindow, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
