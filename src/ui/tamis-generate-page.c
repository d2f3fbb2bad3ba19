/* TamisGeneratePage: asks for images, shows them when they come; newest request wins.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-generate-page.h"

#include "tamis-chooser.h"
#include "tamis-format.h"
#include "tamis-generation.h"
#include "tamis-image-view.h"
#include "tamis-stack.h"
#include "tamis-statistics-words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define IMAGE_SIZE 96

struct _TamisGeneratePage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  AdwStatusPage *wait;
  GtkStack *result;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkSpinButton *count;
  GtkSpinButton *components;
  GtkSpinButton *seed;
  GtkButton *generate_button;
  GtkButton *save_button;
  GtkProgressBar *bar;
  GtkFlowBox *images;

  /* Owned */
  TamisQueue *queue;
  GCancellable *cancel; /* of the job under way; its identity */
  TamisProgress *progress;
  TamisClassCodes *codes; /* of the class last used, so that the next seed comes at once */
  TamisGeneration *generation;
  char *stem; /* names of saved files */
  GtkFileChooserNative *chooser;
  guint progress_source;

  /* Borrowed: valid while the page lives */
  TamisSession *session;
};

G_DEFINE_FINAL_TYPE (TamisGeneratePage, tamis_generate_page, GTK_TYPE_WIDGET)

/* ---- worker thread ---- */

typedef struct
{
  GWeakRef owner;
  GCancellable *cancel;
  TamisProgress *progress;
  TamisDataset *dataset;
  TamisModel *model;
  TamisClassCodes *codes; /* nullable at first */
  guint class_index;
  TamisGenerationParams params;
  TamisGeneration *generation; /* nullable: the answer */
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->owner);
  g_object_unref (job->cancel);
  tamis_progress_unref (job->progress);
  tamis_dataset_unref (job->dataset);
  tamis_model_unref (job->model);
  g_clear_pointer (&job->codes, tamis_class_codes_unref);
  g_clear_pointer (&job->generation, tamis_generation_unref);
  g_free (job);
}

static gboolean apply (gpointer data);

static void
run (gpointer data, gboolean dropped)
{
  Job *job = data;

  if (dropped)
    {
      job_free (job);
      return;
    }
  if (job->codes == NULL && !g_cancellable_is_cancelled (job->cancel))
    job->codes = tamis_class_codes_new (job->dataset, job->model, job->class_index, job->progress,
                                        job->cancel, NULL);
  if (job->codes != NULL && job->codes->n > 0)
    job->generation
        = tamis_generation_new (job->codes, job->model, &job->params, job->cancel, NULL);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, job, (GDestroyNotify) job_free);
}

/* ---- results ---- */

static GdkTexture *
texture_of (const TamisImage *image)
{
  gsize size = (gsize) 3 * image->width * image->height;
  g_autoptr (GBytes) bytes = g_bytes_new (image->pixels, size);

  return gdk_memory_texture_new (image->width, image->height, GDK_MEMORY_R8G8B8, bytes,
                                 (gsize) 3 * image->width);
}

/* A generated image and the real one nearest to it, a word under each. */
static GtkWidget *
pair_new (TamisGeneratePage *self, guint i)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint row = self->generation->nearest[i];
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autofree char *path = tamis_format_path (tamis_dataset_get_path (dataset, row));
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *number = g_strdup_printf (_("generated %u"), i + 1);
  g_autoptr (GdkTexture) texture = texture_of (self->generation->images[i]);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  GtkWidget *real = tamis_image_view_new ();
  GtkWidget *labels[] = { gtk_label_new (number), gtk_label_new (name) };

  gtk_widget_set_size_request (picture, IMAGE_SIZE, IMAGE_SIZE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, number, -1);
  tamis_image_view_set_size (TAMIS_IMAGE_VIEW (real), IMAGE_SIZE);
  tamis_image_view_set_file (TAMIS_IMAGE_VIEW (real), file, path);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 3);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_grid_attach (GTK_GRID (grid), picture, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), real, 1, 0, 1, 1);
  for (int side = 0; side < 2; side++)
    {
      gtk_label_set_ellipsize (GTK_LABEL (labels[side]), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (labels[side]), 12);
      gtk_widget_add_css_class (labels[side], "caption");
      gtk_grid_attach (GTK_GRID (grid), labels[side], side, 1, 1, 1);
    }
  gtk_widget_add_css_class (labels[1], "dim-label");
  gtk_widget_set_tooltip_text (real, path);
  return grid;
}

static void
clear_images (TamisGeneratePage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->images))) != NULL)
    gtk_flow_box_remove (self->images, child);
  gtk_stack_set_visible_child_name (self->result, "empty");
  g_clear_pointer (&self->generation, tamis_generation_unref);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), FALSE);
}

/* What the drawing is made of; new string. */
static char *
word_fit (const TamisGeneration *generation)
{
  g_autofree char *share = tamis_words_number (100 * generation->explained, 1, FALSE);
  g_autofree char *images = tamis_format_count (generation->n_fitted);
  g_autofree char *components = NULL;
  g_autofree char *fitted = NULL;

  if (generation->n_components == 0)
    return g_strdup (_("This class has no spread to draw from: its images are too few or all alike."));
  components = g_strdup_printf (ngettext ("%u component holds %s %% of the variance",
                                          "%u components hold %s %% of the variance",
                                          generation->n_components),
                                generation->n_components, share);
  fitted = g_strdup_printf (
      ngettext ("fitted to %s image", "fitted to %s images", generation->n_fitted), images);
  return g_strdup_printf ("%s · %s · %s", _("Left generated, right the nearest real image"),
                          components, fitted);
}

static void
show_result (TamisGeneratePage *self)
{
  g_autofree char *text = word_fit (self->generation);

  for (guint i = 0; i < self->generation->n; i++)
    gtk_flow_box_insert (self->images, pair_new (self, i), -1);
  if (self->generation->n > 0)
    gtk_stack_set_visible_child_name (self->result, "images");
  gtk_label_set_text (self->subtitle, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), self->generation->n > 0);
}

static void
set_working (TamisGeneratePage *self, gboolean working)
{
  if (!working)
    g_clear_handle_id (&self->progress_source, g_source_remove);
  gtk_widget_set_opacity (GTK_WIDGET (self->bar), working ? 1.0 : 0.0);
  gtk_button_set_label (self->generate_button, working ? _("Stop") : _("Generate"));
}

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisGeneratePage) self = g_weak_ref_get (&job->owner);

  if (self == NULL || self->cancel != job->cancel)
    return G_SOURCE_REMOVE;
  g_clear_object (&self->cancel);
  set_working (self, FALSE);
  g_clear_pointer (&self->codes, tamis_class_codes_unref);
  self->codes = g_steal_pointer (&job->codes);
  clear_images (self);
  self->generation = g_steal_pointer (&job->generation);
  if (self->generation != NULL)
    show_result (self);
  else
    gtk_label_set_text (self->subtitle, _("No image of this class could be read."));
  return G_SOURCE_REMOVE;
}

/* ---- requests ---- */

static gboolean
show_progress (gpointer data)
{
  TamisGeneratePage *self = data;
  TamisProgressState state;

  tamis_progress_read (self->progress, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->bar, MIN ((double) state.done / state.total, 1.0));
  return G_SOURCE_CONTINUE;
}

static void
stop (TamisGeneratePage *self)
{
  if (self->cancel == NULL)
    return;
  g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  set_working (self, FALSE);
}

static void
start (TamisGeneratePage *self, guint class_index)
{
  Job *job = g_new0 (Job, 1);

  self->cancel = g_cancellable_new ();
  g_clear_pointer (&self->progress, tamis_progress_unref);
  self->progress = tamis_progress_new ();
  g_weak_ref_init (&job->owner, self);
  job->cancel = g_object_ref (self->cancel);
  job->progress = tamis_progress_ref (self->progress);
  job->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  job->model = tamis_model_ref (tamis_session_get_model (self->session));
  job->class_index = class_index;
  if (self->codes != NULL && self->codes->class_index == class_index)
    job->codes = tamis_class_codes_ref (self->codes);
  job->params
      = (TamisGenerationParams){ (guint) gtk_spin_button_get_value_as_int (self->count),
                                 (guint) gtk_spin_button_get_value_as_int (self->components),
                                 (guint64) gtk_spin_button_get_value_as_int (self->seed) };
  g_free (self->stem);
  self->stem = g_strdup_printf ("generated-%u-%" G_GUINT64_FORMAT, class_index, job->params.seed);
  gtk_progress_bar_set_fraction (self->bar, 0);
  set_working (self, TRUE);
  if (self->progress_source == 0)
    self->progress_source = g_timeout_add (100, show_progress, self);
  tamis_queue_push (self->queue, 0, run, job);
}

static void
on_generate_clicked (TamisGeneratePage *self)
{
  int class_index = tamis_session_get_class (self->session);

  if (self->cancel != NULL)
    stop (self);
  else if (class_index >= 0)
    start (self, class_index);
}

/* ---- saving ---- */

typedef struct
{
  TamisGeneration *generation;
  char *folder;
  char *stem;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  tamis_generation_unref (save->generation);
  g_free (save->folder);
  g_free (save->stem);
  g_free (save);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  GError *error = NULL;

  if (tamis_generation_save (save->generation, save->folder, save->stem, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  TamisGeneratePage *self = TAMIS_GENERATE_PAGE (source);
  Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_filename_display_name (save->folder);
  g_autofree char *n = tamis_format_count (save->generation->n);
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (ngettext ("Saved %s image in %s", "Saved %s images in %s",
                                      save->generation->n), n, folder);
  else
    text = g_strdup_printf (_("The images could not be saved: %s"), error->message);
  gtk_label_set_text (self->subtitle, text);
}

void
tamis_generate_page_save (TamisGeneratePage *self, const char *folder)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, saved, NULL);
  Save *save;

  if (self->generation == NULL || self->generation->n == 0)
    return;
  save = g_new0 (Save, 1);
  save->generation = tamis_generation_ref (self->generation);
  save->folder = g_strdup (folder);
  save->stem = g_strdup (self->stem);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_thread);
}

static void
folder_chosen (TamisGeneratePage *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_generate_page_save (self, path);
  g_clear_object (&self->chooser);
}

static void
on_save_clicked (TamisGeneratePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save Generated Images In"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Save"),
                                               _("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- state ---- */

static void
refresh (TamisGeneratePage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisModel *model = tamis_session_get_model (self->session);
  int class_index = tamis_session_get_class (self->session);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  const char *what = NULL, *why = NULL;

  if (dataset == NULL || tamis_session_get_latents (self->session) == NULL)
    {
      what = _("Not encoded yet");
      why = _("Images can be generated when the data set has been encoded");
    }
  else if (!tamis_model_has_decoder (model))
    {
      what = _("No decoder");
      why = _("This model has no decoder, so nothing can be drawn from its latents");
    }
  else if (class_index < 0)
    {
      what = _("No class chosen");
      why = _("Choose a class in the sidebar: images are drawn from the densities of one class");
    }
  gtk_stack_set_visible_child_name (self->stack, why != NULL ? "wait" : "view");
  if (why != NULL)
    {
      adw_status_page_set_title (self->wait, what);
      adw_status_page_set_description (self->wait, why);
      return;
    }
  name = tamis_format_path (tamis_dataset_get_class_name (dataset, class_index));
  title = g_strdup_printf (_("New images of %s"), name);
  gtk_label_set_text (self->title, title);
}

static void
class_changed (TamisGeneratePage *self)
{
  stop (self);
  clear_images (self);
  gtk_label_set_text (self->subtitle,
                      _("Drawn from the spline densities of the class’s latents, then decoded"));
  refresh (self);
}

static void
dataset_changed (TamisGeneratePage *self)
{
  g_clear_pointer (&self->codes, tamis_class_codes_unref);
  class_changed (self);
}

/* ---- construction ---- */

void
tamis_generate_page_set_session (TamisGeneratePage *self, TamisSession *session)
{
  self->session = session;
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (class_changed), self,
                           G_CONNECT_SWAPPED);
  dataset_changed (self);
}

static void
tamis_generate_page_dispose (GObject *object)
{
  TamisGeneratePage *self = TAMIS_GENERATE_PAGE (object);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->queue, tamis_queue_free);
  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_GENERATE_PAGE);
  g_clear_pointer (&self->progress, tamis_progress_unref);
  g_clear_pointer (&self->codes, tamis_class_codes_unref);
  g_clear_pointer (&self->generation, tamis_generation_unref);
  g_clear_pointer (&self->stem, g_free);
  G_OBJECT_CLASS (tamis_generate_page_parent_class)->dispose (object);
}

static void
tamis_generate_page_init (TamisGeneratePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_stack_tell_shown (self->stack);
  self->queue = tamis_queue_new (1, 1);
}

static void
tamis_generate_page_class_init (TamisGeneratePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_generate_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-generate-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, wait);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, result);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, title);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, count);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, components);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, seed);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, generate_button);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, save_button);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, bar);
  gtk_widget_class_bind_template_child (widget_class, TamisGeneratePage, images);
  gtk_widget_class_bind_template_callback (widget_class, on_generate_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
