/* TamisOutliersView: a ranking made once a data set, filtered by class and by how far below.
 *
 * The list is an index view as TamisImageModel is: an array of places in the ranking; items are made
 * when a cell asks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-outliers-view.h"

#include "tamis-chooser.h"
#include "tamis-format.h"
#include "tamis-image-view.h"
#include "tamis-stack.h"
#include "tamis-statistics-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define IMAGE_SIZE 120
#define DEFAULT_SHARE 100 /* one image in so many is listed at first */
#define DEFAULT_LEAST 10

/* ---- the ranking, shared with the thread that writes it ---- */

typedef struct
{
  TamisDataset *dataset;
  TamisOutliers *outliers;
} Ranking;

static void
ranking_clear (gpointer data)
{
  Ranking *ranking = data;

  tamis_dataset_unref (ranking->dataset);
  g_clear_pointer (&ranking->outliers, tamis_outliers_free);
}

static void
ranking_unref (Ranking *ranking)
{
  g_atomic_rc_box_release_full (ranking, ranking_clear);
}

/* ---- list model ---- */

#define TAMIS_TYPE_OUTLIER_ITEM (tamis_outlier_item_get_type ())
G_DECLARE_FINAL_TYPE (TamisOutlierItem, tamis_outlier_item, TAMIS, OUTLIER_ITEM, GObject)
struct _TamisOutlierItem
{
  GObject parent_instance;
  TamisOutlier outlier;
};
G_DEFINE_FINAL_TYPE (TamisOutlierItem, tamis_outlier_item, G_TYPE_OBJECT)

static void
tamis_outlier_item_init (TamisOutlierItem *self)
{
}

static void
tamis_outlier_item_class_init (TamisOutlierItemClass *klass)
{
}

#define TAMIS_TYPE_OUTLIER_MODEL (tamis_outlier_model_get_type ())
G_DECLARE_FINAL_TYPE (TamisOutlierModel, tamis_outlier_model, TAMIS, OUTLIER_MODEL, GObject)
struct _TamisOutlierModel
{
  GObject parent_instance;
  Ranking *ranking; /* owned, nullable */
  GArray *places;   /* of guint: places in the ranking */
};

static GType
get_item_type (GListModel *model)
{
  return TAMIS_TYPE_OUTLIER_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TAMIS_OUTLIER_MODEL (model)->places->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TamisOutlierModel *self = TAMIS_OUTLIER_MODEL (model);
  TamisOutlierItem *item;

  if (position >= self->places->len)
    return NULL;
  item = g_object_new (TAMIS_TYPE_OUTLIER_ITEM, NULL);
  item->outlier = self->ranking->outliers->items[g_array_index (self->places, guint, position)];
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TamisOutlierModel, tamis_outlier_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tamis_outlier_model_finalize (GObject *object)
{
  TamisOutlierModel *self = TAMIS_OUTLIER_MODEL (object);

  g_clear_pointer (&self->ranking, ranking_unref);
  g_array_unref (self->places);
  G_OBJECT_CLASS (tamis_outlier_model_parent_class)->finalize (object);
}

static void
tamis_outlier_model_init (TamisOutlierModel *self)
{
  self->places = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
tamis_outlier_model_class_init (TamisOutlierModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_outlier_model_finalize;
}

/* The images of @class_index (-1: all) more than @deficit below the median of their class. */
static void
model_filter (TamisOutlierModel *self, int class_index, double deficit)
{
  guint before = self->places->len;

  g_array_set_size (self->places, 0);
  for (guint i = 0; self->ranking != NULL && i < self->ranking->outliers->n; i++)
    {
      const TamisOutlier *outlier = &self->ranking->outliers->items[i];

      if (outlier->deficit <= deficit)
        break; /* they fall from here on */
      if (class_index < 0 || outlier->class_index == (guint) class_index)
        g_array_append_val (self->places, i);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->places->len);
}

/* ---- the view ---- */

struct _TamisOutliersView
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkSpinButton *deficit;
  GtkLabel *words;
  GtkButton *save_button;
  GtkStack *stack;
  GtkGridView *grid;

  /* Owned */
  TamisOutlierModel *model;
  TamisQueue *queue;
  GCancellable *cancel; /* of the ranking under way; its identity */
  GtkFileChooserNative *chooser;

  /* Borrowed: valid while the view lives */
  TamisSession *session;

  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (TamisOutliersView, tamis_outliers_view, GTK_TYPE_WIDGET)

typedef struct
{
  GWeakRef owner;
  GCancellable *cancel;
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisOutliers *outliers; /* nullable: the answer */
} Job;

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->owner);
  g_object_unref (job->cancel);
  tamis_dataset_unref (job->dataset);
  tamis_latents_unref (job->latents);
  g_clear_pointer (&job->outliers, tamis_outliers_free);
  g_free (job);
}

static void
refresh (TamisOutliersView *self)
{
  guint n;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  model_filter (self->model, tamis_session_get_class (self->session),
                gtk_spin_button_get_value (self->deficit));
  n = self->model->places->len;
  count = tamis_format_count (n);
  if (self->model->ranking == NULL)
    text = g_strdup (_("Ranking images by their log-density…"));
  else if (n > 0)
    text = g_strdup_printf (ngettext ("%s image, the least likely first", "%s images, the least likely first", n),
                            count);
  gtk_label_set_text (self->words, text != NULL ? text : "");
  gtk_stack_set_visible_child_name (self->stack,
                                    n > 0 || self->model->ranking == NULL ? "images" : "none");
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), n > 0);
}

static gboolean
apply (gpointer data)
{
  Job *job = data;
  g_autoptr (TamisOutliersView) self = g_weak_ref_get (&job->owner);
  const TamisOutliers *outliers = job->outliers;
  guint place;

  if (self == NULL || self->cancel != job->cancel || outliers == NULL)
    return G_SOURCE_REMOVE;
  self->model->ranking = g_atomic_rc_box_new0 (Ranking);
  self->model->ranking->dataset = tamis_dataset_ref (job->dataset);
  self->model->ranking->outliers = g_steal_pointer (&job->outliers);
  place = MIN (MAX (outliers->n / DEFAULT_SHARE, DEFAULT_LEAST), MAX (outliers->n, 1) - 1);
  self->syncing = TRUE;
  if (outliers->n > 0)
    gtk_spin_button_set_value (self->deficit, outliers->items[place].deficit);
  self->syncing = FALSE;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
run (gpointer data, gboolean dropped)
{
  Job *job = data;
  TamisDistributionParams params = TAMIS_DISTRIBUTION_PARAMS_INIT;

  if (dropped)
    {
      job_free (job);
      return;
    }
  job->outliers
      = tamis_outliers_new (job->dataset, job->latents, &params, NULL, job->cancel, NULL);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, job, (GDestroyNotify) job_free);
}

/* Once a data set, when it is looked at. */
static void
ask (TamisOutliersView *self)
{
  Job *job;

  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) || self->cancel != NULL
      || tamis_session_get_pairs (self->session) == NULL)
    return;
  self->cancel = g_cancellable_new ();
  job = g_new0 (Job, 1);
  g_weak_ref_init (&job->owner, self);
  job->cancel = g_object_ref (self->cancel);
  job->dataset = tamis_dataset_ref (tamis_session_get_dataset (self->session));
  job->latents = tamis_latents_ref (tamis_session_get_latents (self->session));
  tamis_queue_push (self->queue, 0, run, job);
}

static void
dataset_changed (TamisOutliersView *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  model_filter (self->model, -1, G_MAXDOUBLE);
  g_clear_pointer (&self->model->ranking, ranking_unref);
  refresh (self);
  ask (self);
}

static void
on_deficit_changed (TamisOutliersView *self)
{
  if (self->session != NULL && !self->syncing)
    refresh (self);
}

/* ---- cells ---- */

static GtkWidget *
caption_new (gboolean dim)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  gtk_widget_add_css_class (label, "caption");
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
setup_cell (TamisOutliersView *self, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *view = tamis_image_view_new ();

  tamis_image_view_set_size (TAMIS_IMAGE_VIEW (view), IMAGE_SIZE);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), caption_new (FALSE));
  gtk_box_append (GTK_BOX (box), caption_new (TRUE));
  gtk_list_item_set_child (item, box);
}

static void
bind_cell (TamisOutliersView *self, GtkListItem *item)
{
  const TamisOutlier *outlier = &TAMIS_OUTLIER_ITEM (gtk_list_item_get_item (item))->outlier;
  TamisDataset *dataset = self->model->ranking->dataset;
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *view = gtk_widget_get_first_child (box);
  g_autofree char *file = tamis_dataset_dup_file (dataset, outlier->row);
  g_autofree char *path = tamis_format_path (tamis_dataset_get_path (dataset, outlier->row));
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *deficit = tamis_words_number (outlier->deficit, 1, FALSE);
  g_autofree char *text = g_strdup_printf (_("%s below"), deficit);

  tamis_image_view_set_file (TAMIS_IMAGE_VIEW (view), file, path);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (view)), name);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), text);
  gtk_widget_set_tooltip_text (box, path);
  if (gtk_widget_get_parent (box) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
unbind_cell (TamisOutliersView *self, GtkListItem *item)
{
  tamis_image_view_set_file (
      TAMIS_IMAGE_VIEW (gtk_widget_get_first_child (gtk_list_item_get_child (item))), NULL, NULL);
}

/* ---- saving ---- */

typedef struct
{
  Ranking *ranking;
  GArray *items; /* of TamisOutlier: those listed */
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  ranking_unref (save->ranking);
  g_array_unref (save->items);
  g_free (save->path);
  g_free (save);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  g_autoptr (TamisWriter) writer = tamis_writer_new (save->path);
  g_autofree char *csv = tamis_outliers_format_csv (
      save->ranking->dataset, (const TamisOutlier *) (void *) save->items->data, save->items->len,
      NULL, 0);
  GError *error = NULL;

  tamis_writer_put (writer, csv, strlen (csv));
  if (tamis_writer_commit (writer, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  TamisOutliersView *self = TAMIS_OUTLIERS_VIEW (source);
  Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_filename_display_name (save->path);
  g_autofree char *n = tamis_format_count (save->items->len);
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (ngettext ("Wrote %s image to %s", "Wrote %s images to %s",
                                      save->items->len), n, path);
  else
    text = g_strdup_printf (_("The list could not be written: %s"), error->message);
  gtk_label_set_text (self->words, text);
}

void
tamis_outliers_view_save (TamisOutliersView *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, saved, NULL);
  Save *save;

  if (self->model->ranking == NULL)
    return;
  save = g_new0 (Save, 1);
  save->ranking = g_atomic_rc_box_acquire (self->model->ranking);
  save->items = g_array_new (FALSE, FALSE, sizeof (TamisOutlier));
  for (guint i = 0; i < self->model->places->len; i++)
    g_array_append_val (save->items,
                        self->model->ranking->outliers
                            ->items[g_array_index (self->model->places, guint, i)]);
  save->path = g_strdup (path);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_thread);
}

static void
file_chosen (TamisOutliersView *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_outliers_view_save (self, path);
  g_clear_object (&self->chooser);
}

static void
on_save_clicked (TamisOutliersView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save List of Outliers"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"),
                                               _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "outliers.csv");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (file_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- selecting ---- */

static void
selected (TamisOutliersView *self, GParamSpec *pspec, GtkSingleSelection *selection)
{
  TamisOutlierItem *item = gtk_single_selection_get_selected_item (selection);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  guint witness = TAMIS_NO_WITNESS;
  int removal;

  if (item == NULL || plan == NULL || self->model->ranking == NULL
      || self->model->ranking->dataset != tamis_session_get_dataset (self->session))
    return;
  removal = tamis_plan_find_removal (plan, item->outlier.row);
  if (removal >= 0)
    witness = tamis_plan_get_removal (plan, (guint) removal).witness;
  tamis_session_set_selection (self->session, item->outlier.row, witness);
}

/* ---- construction ---- */

void
tamis_outliers_view_set_session (TamisOutliersView *self, TamisSession *session)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);

  self->session = session;
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (self->model));
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "pairs", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  dataset_changed (self);
}

static void
tamis_outliers_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tamis_outliers_view_parent_class)->map (widget);
  ask (TAMIS_OUTLIERS_VIEW (widget));
}

static void
tamis_outliers_view_dispose (GObject *object)
{
  TamisOutliersView *self = TAMIS_OUTLIERS_VIEW (object);

  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  g_clear_pointer (&self->queue, tamis_queue_free);
  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_OUTLIERS_VIEW);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tamis_outliers_view_parent_class)->dispose (object);
}

static void
tamis_outliers_view_init (TamisOutliersView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_stack_tell_shown (self->stack);
  self->model = g_object_new (TAMIS_TYPE_OUTLIER_MODEL, NULL);
  self->queue = tamis_queue_new (1, 1);
}

static void
tamis_outliers_view_class_init (TamisOutliersViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_outliers_view_dispose;
  widget_class->map = tamis_outliers_view_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-outliers-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, box);
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, deficit);
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, words);
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, save_button);
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisOutliersView, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_deficit_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
