/* TamisPairCell: a removal in the filmstrip.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-pair-cell.h"

#include "tamis-format.h"
#include "tamis-image-view.h"

#include <glib/gi18n.h>

#define IMAGE_SIZE 76

struct _TamisPairCell
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  TamisImageView *removed;
  TamisImageView *witness;
  GtkLabel *caption;

  TamisRemoval removal;
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
needs_no_answer (TamisSession *session, guint row)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  int i = plan != NULL ? tamis_plan_find_removal (plan, row) : -1;
  TamisQuestion question;

  if (i < 0)
    return FALSE;
  question = tamis_questions_get (tamis_session_get_questions (session), (guint) i);
  return question == TAMIS_QUESTION_DECIDED || question == TAMIS_QUESTION_IDENTICAL
         || question == TAMIS_QUESTION_INFERRED;
}

void
tamis_pair_cell_update (TamisPairCell *self, TamisSession *session)
{
  gboolean confirmed = needs_no_answer (session, self->removal.removed);
  g_autofree char *similarity = tamis_format_similarity (self->removal.similarity);
  g_autofree char *text = NULL;

  if (self->removal.witness == TAMIS_NO_WITNESS)
    text = g_strdup (_("no witness"));
  else
    text = g_strdup_printf (confirmed ? "%s ✓" : "%s", similarity);
  gtk_label_set_text (self->caption, text);
  gtk_widget_set_opacity (self->box, confirmed ? 0.5 : 1.0);
}

void
tamis_pair_cell_set (TamisPairCell *self, TamisSession *session, TamisRemoval removal)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);

  self->removal = removal;
  show_image (self->removed, dataset, removal.removed);
  show_image (self->witness, dataset, removal.witness);
  tamis_pair_cell_update (self, session);
}

static void
tamis_pair_cell_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_PAIR_CELL);
  G_OBJECT_CLASS (tamis_pair_cell_parent_class)->dispose (object);
}

static void
tamis_pair_cell_init (TamisPairCell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_image_view_set_size (self->removed, IMAGE_SIZE);
  tamis_image_view_set_size (self->witness, IMAGE_SIZE);
}

static void
tamis_pair_cell_class_init (TamisPairCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_pair_cell_dispose;
  g_type_ensure (TAMIS_TYPE_IMAGE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-pair-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, box);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, removed);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, witness);
  gtk_widget_class_bind_template_child (widget_class, TamisPairCell, caption);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
