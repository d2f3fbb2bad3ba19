/* TamisCompareSpine: see tamis-compare-spine.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-compare-spine.h"

#include "tamis-pair-facts.h"

#include <glib/gi18n.h>

struct _TamisCompareSpine
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *scroller;
  GtkLabel *similarity;
  GtkLabel *note;
  GtkLabel *sameness;
  GtkGrid *facts;
  GtkLabel *hints;
};

G_DEFINE_FINAL_TYPE (TamisCompareSpine, tamis_compare_spine, GTK_TYPE_WIDGET)

/* A label lays its window out anew whenever its text is set. */
static void
set_label (GtkLabel *label, const char *text)
{
  if (text == NULL)
    text = "";
  if (g_strcmp0 (gtk_label_get_text (label), text) == 0)
    return;
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
show_hints (TamisCompareSpine *self, const TamisCompareSaid *said)
{
  g_autofree char *of_pair = tamis_pair_facts_word_hints (said->comparison);
  GString *hints = g_string_new (NULL);

  if (said->stretched)
    g_string_append_printf (hints, "%s\n", _("The removed image is stretched over the one that stays."));
  if (said->reduced)
    g_string_append_printf (
        hints, "%s\n", _("Too large to keep each pixel in memory: shown at reduced resolution."));
  g_string_append (hints, of_pair);
  g_strchomp (hints->str);
  set_label (self->hints, hints->str);
  g_string_free (hints, TRUE);
}

void
tamis_compare_spine_show (TamisCompareSpine *self, const TamisCompareSaid *said)
{
  set_label (self->sameness, tamis_pair_facts_word_sameness (said->sameness));
  show_hints (self, said);
  if (said->dataset != NULL && said->removed != TAMIS_NO_WITNESS)
    tamis_pair_facts_show (self->facts, said->dataset, said->removed, said->witness, said->comparison);
  else
    gtk_widget_set_visible (GTK_WIDGET (self->facts), FALSE);
}

void
tamis_compare_spine_set_similarity (TamisCompareSpine *self, const char *similarity)
{
  set_label (self->similarity, similarity);
}

void
tamis_compare_spine_set_note (TamisCompareSpine *self, const char *note)
{
  set_label (self->note, note);
}

static void
tamis_compare_spine_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_COMPARE_SPINE);
  G_OBJECT_CLASS (tamis_compare_spine_parent_class)->dispose (object);
}

static void
tamis_compare_spine_init (TamisCompareSpine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_compare_spine_class_init (TamisCompareSpineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_compare_spine_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-compare-spine.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, scroller);
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, similarity);
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, note);
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, sameness);
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, facts);
  gtk_widget_class_bind_template_child (widget_class, TamisCompareSpine, hints);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
