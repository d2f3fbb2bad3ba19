/* The facts of two images side by side, the better value of each in bold.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-pair-facts.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;
  char *removed;
  char *witness;
  int better; /* -1: the removed image's value is the better one, 1: the witness's, 0: neither */
} Fact;

static int
sign (gint64 difference)
{
  return (difference > 0) - (difference < 0);
}

static char *
format_date (gint64 mtime)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (mtime / G_USEC_PER_SEC);

  return mtime > 0 && time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("–");
}

static char *
format_pixels (const TamisImageFacts *facts)
{
  return facts->width > 0 ? g_strdup_printf ("%d×%d", facts->width, facts->height) : g_strdup ("–");
}

static char *
format_bytes (guint64 bytes)
{
  return bytes > 0 ? g_format_size (bytes) : g_strdup ("–");
}

#define N_FACTS 4

static void
collect_facts (TamisDataset *dataset, guint removed, guint witness, Fact facts[N_FACTS])
{
  TamisImageFacts a = tamis_dataset_get_facts (dataset, removed);
  TamisImageFacts b = tamis_dataset_get_facts (dataset, witness);
  gint64 pixels_a = (gint64) a.width * a.height;
  gint64 pixels_b = (gint64) b.width * b.height;
  gint64 bytes_a = tamis_dataset_get_bytes (dataset, removed);
  gint64 bytes_b = tamis_dataset_get_bytes (dataset, witness);

  facts[0] = (Fact){ _("size"), format_pixels (&a), format_pixels (&b), sign (pixels_b - pixels_a) };
  facts[1] = (Fact){ _("file"), format_bytes (bytes_a), format_bytes (bytes_b),
                     sign (bytes_b - bytes_a) };
  facts[2] = (Fact){ _("format"), g_strdup (tamis_image_format_name (a.format)),
                     g_strdup (tamis_image_format_name (b.format)), 0 };
  facts[3] = (Fact){ _("date"), format_date (tamis_dataset_get_mtime (dataset, removed)),
                     format_date (tamis_dataset_get_mtime (dataset, witness)), 0 };
}

static void
set_fact_label (GtkGrid *grid, int column, int row, const char *text, gboolean bold)
{
  GtkWidget *label = gtk_grid_get_child_at (grid, column, row);

  if (label == NULL)
    {
      label = gtk_label_new (NULL);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 10);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
      gtk_widget_add_css_class (label, column == 1 ? "fact-name" : "numeric");
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_grid_attach (grid, label, column, row, 1, 1);
    }
  gtk_label_set_text (GTK_LABEL (label), text);
  if (bold)
    gtk_widget_add_css_class (label, "better");
  else
    gtk_widget_remove_css_class (label, "better");
}

void
tamis_pair_facts_show (GtkGrid *grid, TamisDataset *dataset, guint removed, guint witness)
{
  Fact facts[N_FACTS];

  gtk_widget_set_visible (GTK_WIDGET (grid), witness != TAMIS_NO_WITNESS);
  if (witness == TAMIS_NO_WITNESS)
    return;
  collect_facts (dataset, removed, witness, facts);
  for (int i = 0; i < N_FACTS; i++)
    {
      set_fact_label (grid, 0, i, facts[i].removed, facts[i].better < 0);
      set_fact_label (grid, 1, i, facts[i].name, FALSE);
      set_fact_label (grid, 2, i, facts[i].witness, facts[i].better > 0);
      g_free (facts[i].removed);
      g_free (facts[i].witness);
    }
}
