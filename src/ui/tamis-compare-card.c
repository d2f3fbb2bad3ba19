/* TamisCompareCard: see tamis-compare-card.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-compare-card.h"

#include "tamis-chart.h"

#include <glib/gi18n.h>

#define HEIGHT 72
#define TONES_WIDTH 124

struct _TamisCompareCard
{
  GtkWidget parent_instance;

  GtkPicture *picture; /* children of it */
  TamisChart *chart;
  TamisPlotTones plot;
};

G_DEFINE_FINAL_TYPE (TamisCompareCard, tamis_compare_card, GTK_TYPE_WIDGET)

static void
show_tones (TamisCompareCard *self, const TamisTones *tones)
{
  self->plot.luminance = tones != NULL ? tones->luminance : NULL;
  self->plot.channels[0] = tones != NULL ? tones->red : NULL;
  self->plot.channels[1] = tones != NULL ? tones->green : NULL;
  self->plot.channels[2] = tones != NULL ? tones->blue : NULL;
  tamis_chart_redraw (self->chart);
  gtk_widget_set_visible (GTK_WIDGET (self->chart), tones != NULL);
}

static void
show_redrawn (TamisCompareCard *self, const TamisImage *image)
{
  gtk_widget_set_visible (GTK_WIDGET (self->picture), image != NULL);
  if (image != NULL)
    {
      gsize stride = (gsize) 3 * image->width;
      g_autoptr (GBytes) bytes = g_bytes_new (image->pixels, stride * image->height);
      g_autoptr (GdkTexture) texture
          = gdk_memory_texture_new (image->width, image->height, GDK_MEMORY_R8G8B8, bytes, stride);

      gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
    }
}

void
tamis_compare_card_show (TamisCompareCard *self, const TamisCompared *compared, gboolean tones,
                         gboolean redrawn)
{
  gboolean known = compared != NULL && compared->reason == NULL;

  show_tones (self, known && tones ? &compared->tones : NULL);
  show_redrawn (self, known && redrawn ? compared->redrawn : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self),
                          known && (tones || (redrawn && compared->redrawn != NULL)));
}

GtkWidget *
tamis_compare_card_new (const char *tones, const char *redrawn)
{
  TamisCompareCard *self = g_object_new (TAMIS_TYPE_COMPARE_CARD, NULL);

  gtk_picture_set_alternative_text (self->picture, redrawn);
  tamis_chart_set_words (self->chart, tones,
                         _("How many pixels are how bright: luminance, red, green and blue"));
  return GTK_WIDGET (self);
}

static void
tamis_compare_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tamis_compare_card_parent_class)->dispose (object);
}

static void
tamis_compare_card_init (TamisCompareCard *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->plot.label = _("Brightness");
  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), HEIGHT, HEIGHT);
  gtk_widget_set_valign (GTK_WIDGET (self->picture), GTK_ALIGN_CENTER);
  gtk_widget_set_parent (GTK_WIDGET (self->picture), GTK_WIDGET (self));
  self->chart = TAMIS_CHART (tamis_chart_new ());
  tamis_chart_set_minimum (self->chart, TONES_WIDTH, HEIGHT);
  tamis_chart_set_plot (self->chart, tamis_plot_tones_draw, &self->plot);
  gtk_widget_set_hexpand (GTK_WIDGET (self->chart), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->chart), GTK_WIDGET (self));
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_END);
  gtk_widget_add_css_class (GTK_WIDGET (self), "compare-card");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
tamis_compare_card_class_init (TamisCompareCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_compare_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}
