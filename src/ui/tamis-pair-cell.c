/* TamisPairCell: see tamis-pair-cell.h.
 *
 * DESIGN: what it shows changes many times a second while a list is gone through, and nothing of that
 * may lay out anew: the images have fixed sizes and the caption is a TamisCount.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-pair-cell.h"

#include "tamis-count.h"
#include "tamis-format.h"
#include "tamis-image-view.h"

#include <glib/gi18n.h>

#define IMAGE_SIZE 76

struct _TamisPairCell
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  TamisImageView *first;
  TamisImageView *second;
  TamisCount *caption;

  /* Owned */
  TamisDataset *dataset; /* nullable: that the rows of @shown are of */

  TamisPairShown shown;
  gboolean selected;
};

G_DEFINE_FINAL_TYPE (TamisPairCell, tamis_pair_cell, GTK_TYPE_WIDGET)

GtkWidget *
tamis_pair_cell_new (void)
{
  return g_object_new (TAMIS_TYPE_PAIR_CELL, NULL);
}

static void
show_image (TamisImageView *view, TamisDataset *dataset, guint row)
{
  g_autofree char *file = NULL;
  g_autofree char *name = NULL;

  if (row == TAMIS_NO_WITNESS)
    {
      tamis_image_view_set_file (view, NULL, NULL);
      return;
    }
  file = tamis_dataset_dup_file (dataset, row);
  name = tamis_format_path (tamis_dataset_get_path (dataset, row));
  tamis_image_view_set_file (view, file, name);
}

static gboolean
is_shown (TamisPairCell *self, TamisDataset *dataset, const TamisPairShown *pair)
{
  return self->dataset == dataset && self->shown.row[0] == pair->row[0]
         && self->shown.row[1] == pair->row[1] && self->shown.similarity == pair->similarity
         && self->shown.settled == pair->settled;
}

void
tamis_pair_cell_set (TamisPairCell *self, TamisDataset *dataset, const TamisPairShown *pair)
{
  g_autofree char *name = NULL;
  g_autofree char *similarity = NULL;
  g_autofree char *text = NULL;

  if (is_shown (self, dataset, pair))
    return;
  tamis_dataset_ref (dataset);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  self->dataset = dataset;
  self->shown = *pair;
  name = tamis_format_path (tamis_dataset_get_path (dataset, pair->row[0]));
  similarity = tamis_format_similarity (pair->similarity);
  if (pair->row[1] == TAMIS_NO_WITNESS)
    text = g_strdup (_("no witness"));
  else
    text = g_strdup_printf (pair->settled ? "%s ✓" : "%s", similarity);
  show_image (self->first, dataset, pair->row[0]);
  show_image (self->second, dataset, pair->row[1]);
  tamis_count_set_text (self->caption, text);
  gtk_widget_set_opacity (self->box, pair->settled ? 0.5 : 1.0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
tamis_pair_cell_set_selected (TamisPairCell *self, gboolean selected)
{
  if (self->selected == selected)
    return;
  self->selected = selected;
  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

static void
tamis_pair_cell_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_PAIR_CELL);
  g_clear_pointer (&TAMIS_PAIR_CELL (object)->dataset, tamis_dataset_unref);
  G_OBJECT_CLASS (tamis_pair_cell_parent_class)->dispose (object);
}

static void
tamis_pair_cell_init (TamisPairCell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "activatable");
  tamis_image_view_set_size (self->first, IMAGE_SIZE);
  tamis_image_view_set_size (self->second, IMAGE_SIZE);
  tamis_count_set_widest (self->caption, _("no witness"));
}

static void
tamis_pair_cell_class_init (TamisPairCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_pair_cell_dispose;
  g_type_ensure (TAMIS_TYPE_COUNT);
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  gtk_widget_class_set_css_name (widget_class, "row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-pair-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, box);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, first);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, second);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, caption);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
