/* TamisActWindow: a manifest of removals, looked at, carried out and taken back.
 *
 * It begins with a look at every file (a dry run) and says what would happen; then its one button
 * does it; then the result stays, with Undo at hand. Each of the three is a thread that calls the
 * engine and posts what it found; a result is applied only if it is still the one waited for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-act-window.h"

#include "tamis-act-words.h"
#include "tamis-chooser.h"
#include "tamis-format.h"

#include <glib/gi18n.h>

struct _TamisActWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  AdwPreferencesGroup *settings;
  AdwActionRow *root_row;
  AdwComboRow *mode_row;
  AdwActionRow *quarantine_row;
  GtkLabel *message;
  GtkWidget *buttons;
  GtkWidget *undo_button;
  GtkWidget *show_button;
  GtkWidget *open_button;
  GtkWidget *scroller;
  GtkListView *list;
  GtkWidget *cancel_button;
  GtkWidget *act_button;
  GtkProgressBar *progress_bar;

  /* Owned */
  char *path;
  char *root;       /* chosen here, or NULL */
  char *quarantine; /* the same */
  TamisManifest *manifest;
  TamisActReport *report; /* of the last look or act */
  GCancellable *cancel;   /* of the running job, or NULL */
  TamisProgress *progress;
  guint progress_source;
  GtkFileChooserNative *chooser;

  gboolean undoes;    /* what the button does */
  gboolean for_root;  /* what the chooser asks for */
};

G_DEFINE_FINAL_TYPE (TamisActWindow, tamis_act_window, ADW_TYPE_WINDOW)

static TamisActDirection
get_direction (TamisActWindow *self)
{
  if (self->undoes)
    return TAMIS_ACT_BACK;
  return adw_combo_row_get_selected (self->mode_row) == 1 ? TAMIS_ACT_TO_TRASH
                                                          : TAMIS_ACT_TO_QUARANTINE;
}

/* ---- the work, on a thread of its own ---- */

typedef struct
{
  GWeakRef window;
  GCancellable *cancel;
  TamisProgress *progress;
  char *path;
  char *root;
  char *quarantine;
  TamisActDirection direction;
  gboolean dry_run;

  /* Results */
  TamisManifest *manifest;
  TamisActReport *report;
  char **lines; /* what the list shows: name, newline, words */
  GError *error;
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->window);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  g_free (job->path);
  g_free (job->root);
  g_free (job->quarantine);
  tamis_manifest_unref (job->manifest);
  tamis_act_report_unref (job->report);
  g_strfreev (job->lines);
  g_clear_error (&job->error);
  g_free (job);
}

static char *
word_line (Job *job, guint i, TamisActResult result)
{
  TamisManifestRemoval removal = tamis_manifest_get (job->manifest, i);
  g_autofree char *name = tamis_path_escape (removal.path);
  g_autofree char *witness = tamis_path_escape (removal.witness);
  g_autofree char *stays = NULL;

  if (result.refusal != TAMIS_REFUSAL_NONE && result.detail != NULL)
    return g_strdup_printf ("%s\n%s (%s)", name, tamis_act_word_refusal (result.refusal), result.detail);
  if (result.refusal != TAMIS_REFUSAL_NONE)
    return g_strdup_printf ("%s\n%s", name, tamis_act_word_refusal (result.refusal));
  if (job->direction == TAMIS_ACT_BACK)
    return g_strdup_printf ("%s\n", name);
  stays = g_strdup_printf (_("%s stays in its place"), witness);
  return g_strdup_printf ("%s\n%s", name, stays);
}

/* Refusals first: they are what somebody must look at. */
static char **
list_lines (Job *job)
{
  GPtrArray *lines = g_ptr_array_new ();
  guint n = tamis_act_report_get_n (job->report);

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++)
      {
        TamisActResult result = tamis_act_report_get (job->report, i);

        if (pass == 0 ? result.refusal != TAMIS_REFUSAL_NONE : result.moved)
          g_ptr_array_add (lines, word_line (job, i, result));
      }
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}

static gboolean job_done (gpointer data);

static gpointer
job_thread (gpointer data)
{
  Job *job = data;
  TamisActParams params = TAMIS_ACT_PARAMS_INIT;

  params.root = job->root;
  params.quarantine = job->quarantine;
  params.mode = job->direction == TAMIS_ACT_TO_TRASH ? TAMIS_ACT_TRASH : TAMIS_ACT_QUARANTINE;
  params.dry_run = job->dry_run;
  job->manifest = tamis_manifest_open (job->path, &job->error);
  if (job->manifest != NULL)
    {
      if (job->direction == TAMIS_ACT_BACK)
        tamis_manifest_undo (job->manifest, &params, &job->report, job->progress, job->cancel,
                             &job->error);
      else
        tamis_manifest_apply (job->manifest, &params, &job->report, job->progress, job->cancel,
                              &job->error);
    }
  if (job->report != NULL)
    job->lines = list_lines (job);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, job_done, job, (GDestroyNotify) job_free);
  return NULL;
}

/* ---- what is shown ---- */

static gboolean
pulse (gpointer data)
{
  TamisActWindow *self = data;
  TamisProgressState state;

  tamis_progress_read (self->progress, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->progress_bar, (double) state.done / state.total);
  else
    gtk_progress_bar_pulse (self->progress_bar);
  return G_SOURCE_CONTINUE;
}

static void
show_message (TamisActWindow *self, const char *text, gboolean is_error)
{
  gtk_label_set_text (self->message, text);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
show_list (TamisActWindow *self, char **lines)
{
  g_autoptr (GtkNoSelection) model = NULL;
  gboolean any = lines != NULL && lines[0] != NULL;

  if (any)
    model = gtk_no_selection_new (G_LIST_MODEL (gtk_string_list_new ((const char *const *) lines)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  gtk_widget_set_visible (self->scroller, any);
}

static void
show_places (TamisActWindow *self)
{
  const char *root = self->report != NULL   ? tamis_act_report_get_root (self->report)
                     : self->root != NULL   ? self->root
                     : self->manifest != NULL ? tamis_manifest_get_root (self->manifest)
                                              : "";
  const char *quarantine = self->report != NULL       ? tamis_act_report_get_quarantine (self->report)
                           : self->quarantine != NULL ? self->quarantine
                                                      : "";
  g_autofree char *shown_root = tamis_format_path (root);
  g_autofree char *shown_quarantine = tamis_format_path (quarantine);

  adw_action_row_set_subtitle (self->root_row, shown_root);
  adw_action_row_set_subtitle (self->quarantine_row, shown_quarantine);
  gtk_widget_set_visible (GTK_WIDGET (self->mode_row), !self->undoes);
  gtk_widget_set_visible (GTK_WIDGET (self->quarantine_row),
                          get_direction (self) != TAMIS_ACT_TO_TRASH);
}

static void
show_act_button (TamisActWindow *self)
{
  guint n = self->report != NULL ? tamis_act_report_get_n_moved (self->report) : 0;
  g_autofree char *label = tamis_act_word_button (get_direction (self), n);

  gtk_button_set_label (GTK_BUTTON (self->act_button), label);
  gtk_widget_set_visible (self->act_button, n > 0);
}

static void
set_running (TamisActWindow *self, gboolean running)
{
  gtk_widget_set_sensitive (self->act_button, !running);
  gtk_widget_set_sensitive (GTK_WIDGET (self->settings), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), running);
}

/* The button of what was just done goes; what can follow comes. */
static void
show_done (TamisActWindow *self, Job *job)
{
  gboolean away = tamis_act_report_count (job->report, TAMIS_REMOVAL_APPLIED) > 0;
  gboolean moved = tamis_act_report_get_n_moved (job->report) > 0;

  gtk_widget_set_visible (self->act_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->settings), FALSE);
  gtk_widget_set_visible (self->buttons, TRUE);
  gtk_widget_set_visible (self->undo_button, away && job->direction != TAMIS_ACT_BACK);
  gtk_widget_set_visible (self->show_button, away && job->direction == TAMIS_ACT_TO_QUARANTINE);
  gtk_widget_set_visible (self->open_button,
                          moved && gtk_window_get_transient_for (GTK_WINDOW (self)) != NULL);
  gtk_button_set_label (GTK_BUTTON (self->cancel_button), _("Done"));
}

static void
take_results (TamisActWindow *self, Job *job)
{
  g_clear_pointer (&self->manifest, tamis_manifest_unref);
  g_clear_pointer (&self->report, tamis_act_report_unref);
  self->manifest = g_steal_pointer (&job->manifest);
  self->report = job->report != NULL ? tamis_act_report_ref (job->report) : NULL;
}

static gboolean
job_done (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisActWindow) self = g_weak_ref_get (&job->window);
  gboolean stopped = g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autofree char *text = NULL;

  if (self == NULL || self->cancel != job->cancel)
    return G_SOURCE_REMOVE;
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  take_results (self, job);
  set_running (self, FALSE);
  show_places (self);
  gtk_widget_set_visible (GTK_WIDGET (self->settings), self->manifest != NULL);
  if (job->error != NULL && !(stopped && job->report != NULL && !job->dry_run))
    text = stopped ? g_strdup (_("Cancelled. Nothing was moved.")) : tamis_act_word_failure (job->error);
  else
    text = job->dry_run ? tamis_act_word_look (job->direction, job->report)
                        : tamis_act_word_done (job->direction, job->report, stopped);
  show_message (self, text, job->error != NULL && !stopped);
  show_list (self, job->error == NULL || !job->dry_run ? job->lines : NULL);
  if (job->dry_run)
    show_act_button (self);
  else if (job->report != NULL)
    show_done (self, job);
  return G_SOURCE_REMOVE;
}

static void
start (TamisActWindow *self, gboolean dry_run)
{
  Job *job = g_new0 (Job, 1);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  g_weak_ref_init (&job->window, self);
  self->cancel = g_cancellable_new ();
  self->progress = tamis_progress_new ();
  job->cancel = g_object_ref (self->cancel);
  job->progress = tamis_progress_ref (self->progress);
  job->path = g_strdup (self->path);
  job->root = g_strdup (self->root);
  job->quarantine = g_strdup (self->quarantine);
  job->direction = get_direction (self);
  job->dry_run = dry_run;
  show_message (self, dry_run ? _("Looking at every file…") : _("Moving…"), FALSE);
  gtk_widget_set_visible (self->buttons, FALSE);
  gtk_button_set_label (GTK_BUTTON (self->cancel_button), _("Cancel"));
  set_running (self, TRUE);
  self->progress_source = g_timeout_add (100, pulse, self);
  g_thread_unref (g_thread_new ("tamis-act", job_thread, job));
}

/* ---- buttons ---- */

static void
on_act (TamisActWindow *self)
{
  start (self, FALSE);
}

/* Of what was just applied: where it went is known, so nothing has to be looked at first. */
static void
on_undo (TamisActWindow *self)
{
  self->undoes = TRUE;
  gtk_window_set_title (GTK_WINDOW (self), _("Undo Removal"));
  start (self, FALSE);
}

/* While files are moved it stops that, else it closes the window. */
static void
on_cancel (TamisActWindow *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_mode (TamisActWindow *self)
{
  /* Also called while the template is built. */
  if (self->path != NULL)
    start (self, TRUE);
}

static void
on_show (TamisActWindow *self)
{
  g_autofree char *uri
      = g_filename_to_uri (tamis_act_report_get_quarantine (self->report), NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
on_open (TamisActWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_widget_activate_action (GTK_WIDGET (parent), "win.open-path", "^ay",
                              tamis_act_report_get_root (self->report));
  gtk_window_close (GTK_WINDOW (self));
}

static void
folder_chosen (TamisActWindow *self, int response)
{
  char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    {
      char **chosen = self->for_root ? &self->root : &self->quarantine;

      g_free (*chosen);
      *chosen = path;
      start (self, TRUE);
    }
  g_clear_object (&self->chooser);
}

static void
choose (TamisActWindow *self, gboolean for_root)
{
  self->for_root = for_root;
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      for_root ? _("Where the Data Set Is") : _("Where the Quarantine Is"), GTK_WINDOW (self),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"), _("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_choose_root (TamisActWindow *self)
{
  choose (self, TRUE);
}

static void
on_choose_quarantine (TamisActWindow *self)
{
  choose (self, FALSE);
}

/* ---- the list ---- */

static GtkWidget *
make_label (GtkWidget *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* Of a path both ends matter, of words their end. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (label, css_class);
      gtk_widget_add_css_class (label, "caption");
    }
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  make_label (box, NULL);
  make_label (box, "dim-label");
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *name = gtk_widget_get_first_child (box), *words = gtk_widget_get_last_child (box);
  GtkStringObject *line = gtk_list_item_get_item (item);
  g_auto (GStrv) parts = g_strsplit (gtk_string_object_get_string (line), "\n", 2);

  gtk_label_set_text (GTK_LABEL (name), parts[0]);
  gtk_label_set_text (GTK_LABEL (words), parts[1]);
  gtk_widget_set_visible (words, *parts[1] != '\0');
}

/* ---- the window ---- */

TamisActWindow *
tamis_act_window_new (GtkWindow *parent, const char *path, gboolean undo)
{
  TamisActWindow *self
      = g_object_new (TAMIS_TYPE_ACT_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->undoes = undo;
  gtk_window_set_title (GTK_WINDOW (self), undo ? _("Undo Removal") : _("Apply Manifest"));
  self->path = g_strdup (path);
  show_places (self);
  start (self, TRUE);
  return self;
}

static void
tamis_act_window_dispose (GObject *object)
{
  TamisActWindow *self = TAMIS_ACT_WINDOW (object);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->manifest, tamis_manifest_unref);
  g_clear_pointer (&self->report, tamis_act_report_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->root, g_free);
  g_clear_pointer (&self->quarantine, g_free);
  G_OBJECT_CLASS (tamis_act_window_parent_class)->dispose (object);
}

static void
tamis_act_window_init (TamisActWindow *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

static void
tamis_act_window_class_init (TamisActWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_act_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-act-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, settings);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, root_row);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, mode_row);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, quarantine_row);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, buttons);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, show_button);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, act_button);
  gtk_widget_class_bind_template_child (widget_class, TamisActWindow, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_act);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_root);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_quarantine);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
