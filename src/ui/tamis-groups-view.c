/* TamisGroupsView: see tamis-groups-view.h.
 *
 * As many groups as the density has modes, two at least (tamis_distribution_split()). Of each the
 * images nearest to its centre are shown: they say best what the group is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-groups-view.h"

#include "tamis-format.h"
#include "tamis-image-view.h"

#include <glib/gi18n.h>

#define THUMBNAILS 7
#define THUMBNAIL_SIZE 76
#define MAX_GROUPS 4 /* rows that fit above the figures; the largest come first */
#define SEED 1

struct _TamisGroupsView
{
  GtkWidget parent_instance;

  /* Children */
  GtkWidget *box;
  GtkLabel *words;
  GtkBox *groups;

  /* Owned */
  TamisRemovalBasis *basis;
  TamisDataset *dataset;
  GCancellable *cancel; /* of the newest split while it is under way; its identity */

  guint class_index;
  gboolean shown; /* the split of this class is on screen */
};

G_DEFINE_FINAL_TYPE (TamisGroupsView, tamis_groups_view, GTK_TYPE_WIDGET)

/* ---- worker thread ---- */

typedef struct
{
  guint size;
  guint n; /* of @nearest */
  guint nearest[THUMBNAILS];
  double distance[THUMBNAILS];
} Group;

typedef struct
{
  TamisRemovalBasis *basis;
  guint class_index;
} Question;

static void
question_free (Question *question)
{
  tamis_removal_basis_unref (question->basis);
  g_free (question);
}

static void
insert (Group *group, guint image, double distance)
{
  guint at = group->n < THUMBNAILS ? group->n++ : THUMBNAILS;

  if (at == THUMBNAILS && distance >= group->distance[--at])
    return;
  for (; at > 0 && group->distance[at - 1] > distance; at--)
    {
      group->distance[at] = group->distance[at - 1];
      group->nearest[at] = group->nearest[at - 1];
    }
  group->distance[at] = distance;
  group->nearest[at] = image;
}

static GArray *
describe (const TamisKmeans *split, const TamisPca *pca)
{
  GArray *groups = g_array_sized_new (FALSE, TRUE, sizeof (Group), split->k);

  g_array_set_size (groups, split->k);
  for (guint i = 0; i < split->n; i++)
    {
      guint label = split->labels[i];
      Group *group = &g_array_index (groups, Group, label);
      double distance = 0;

      for (guint j = 0; j < split->dimension; j++)
        {
          double d = pca->scores[(gsize) j * split->n + i]
                     - split->centres[(gsize) label * split->dimension + j];

          distance += d * d;
        }
      group->size++;
      insert (group, i, distance);
    }
  return groups;
}

static void
split_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Question *question = data;
  const TamisDistribution *all
      = tamis_removal_basis_get_before (question->basis, question->class_index);
  g_autoptr (TamisKmeans) split = NULL;

  if (all->pca != NULL && all->pca->n_components > 0)
    split = tamis_distribution_split (all, 0, SEED, cancel);
  g_task_return_pointer (task, split != NULL ? describe (split, all->pca) : NULL,
                         (GDestroyNotify) g_array_unref);
}

/* ---- on screen ---- */

static void
clear (TamisGroupsView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->groups))) != NULL)
    gtk_box_remove (self->groups, child);
  self->shown = FALSE;
}

static void
add_group (TamisGroupsView *self, const Group *group, guint number)
{
  guint first = tamis_dataset_get_class_range (self->dataset, self->class_index).first;
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *count = tamis_format_count (group->size);
  g_autofree char *text = g_strdup_printf (
      ngettext ("Group %u: %s image", "Group %u: %s images", group->size), number, count);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_box_append (self->groups, label);
  for (guint i = 0; i < group->n; i++)
    {
      guint image = first + group->nearest[i];
      GtkWidget *view = tamis_image_view_new ();
      g_autofree char *file = tamis_dataset_dup_file (self->dataset, image);
      g_autofree char *name = tamis_format_path (tamis_dataset_get_path (self->dataset, image));

      tamis_image_view_set_size (TAMIS_IMAGE_VIEW (view), THUMBNAIL_SIZE);
      tamis_image_view_set_file (TAMIS_IMAGE_VIEW (view), file, name);
      gtk_widget_set_tooltip_text (view, name);
      gtk_box_append (GTK_BOX (row), view);
    }
  gtk_box_append (self->groups, row);
}

static void
split_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  TamisGroupsView *self = TAMIS_GROUPS_VIEW (source);
  g_autoptr (GError) error = NULL; /* cancelled: somebody else waits for something else */
  g_autoptr (GArray) groups = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->cancel == NULL || g_task_get_cancellable (G_TASK (result)) != self->cancel)
    return;
  g_clear_object (&self->cancel);
  clear (self);
  self->shown = TRUE;
  if (groups == NULL || groups->len < 2)
    {
      gtk_label_set_text (self->words, _("This class cannot be split: its images are too alike."));
      return;
    }
  gtk_label_set_text (self->words, _("k-means of the scores, as many groups as modes. The images nearest to "
                                     "each centre; nothing is changed."));
  for (guint g = 0; g < MIN (groups->len, MAX_GROUPS); g++)
    add_group (self, &g_array_index (groups, Group, g), g + 1);
}

static void
stop (TamisGroupsView *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
}

static void
start (TamisGroupsView *self)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  if (self->shown || self->basis == NULL || self->cancel != NULL)
    return;
  question = g_new (Question, 1);
  *question = (Question){ tamis_removal_basis_ref (self->basis), self->class_index };
  self->cancel = g_cancellable_new ();
  gtk_label_set_text (self->words, _("Splitting the class…"));
  task = g_task_new (self, self->cancel, split_ended, NULL);
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_task_run_in_thread (task, split_thread);
}

void
tamis_groups_view_set_class (TamisGroupsView *self, TamisRemovalBasis *basis, TamisDataset *dataset,
                             guint class_index)
{
  if (self->basis == basis && self->class_index == class_index)
    return;
  stop (self);
  clear (self);
  g_clear_pointer (&self->basis, tamis_removal_basis_unref);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  self->basis = tamis_removal_basis_ref (basis);
  self->dataset = tamis_dataset_ref (dataset);
  self->class_index = class_index;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    start (self);
}

/* ---- construction ---- */

static void
tamis_groups_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tamis_groups_view_parent_class)->map (widget);
  start (TAMIS_GROUPS_VIEW (widget));
}

static void
tamis_groups_view_unmap (GtkWidget *widget)
{
  stop (TAMIS_GROUPS_VIEW (widget));
  GTK_WIDGET_CLASS (tamis_groups_view_parent_class)->unmap (widget);
}

static void
tamis_groups_view_dispose (GObject *object)
{
  TamisGroupsView *self = TAMIS_GROUPS_VIEW (object);

  stop (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->basis, tamis_removal_basis_unref);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  G_OBJECT_CLASS (tamis_groups_view_parent_class)->dispose (object);
}

static void
tamis_groups_view_init (TamisGroupsView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  self->groups = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_max_width_chars (self->words, 60);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->groups));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->words));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
tamis_groups_view_class_init (TamisGroupsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_groups_view_dispose;
  widget_class->map = tamis_groups_view_map;
  widget_class->unmap = tamis_groups_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
