/* TamisThresholdTable: a grid of labels made once, whose words change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-threshold-table.h"

#include "tamis-format.h"
#include "tamis-statistics-words.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_COLUMNS (2 + TAMIS_REMOVAL_COMPONENTS)
#define MAX_ROWS 6 /* none, four of the table, the present T */

struct _TamisThresholdTable
{
  GtkWidget parent_instance;

  /* Owned by the grid */
  GtkWidget *grid;
  GtkLabel *cells[MAX_ROWS][N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (TamisThresholdTable, tamis_threshold_table, GTK_TYPE_WIDGET)

static void
set_row (TamisThresholdTable *self, guint i, char *const texts[N_COLUMNS], gboolean current)
{
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      GtkWidget *cell = GTK_WIDGET (self->cells[i][column]);

      gtk_label_set_text (self->cells[i][column], texts != NULL ? texts[column] : "");
      /* Rows keep their room, so that nothing jumps when T meets one of the table. */
      gtk_widget_set_opacity (cell, texts != NULL ? 1.0 : 0.0);
      if (current)
        gtk_widget_add_css_class (cell, "current");
      else
        gtk_widget_remove_css_class (cell, "current");
    }
}

static void
show_row (TamisThresholdTable *self, guint i, const TamisStatisticsRow *row, gboolean current)
{
  g_autofree char *threshold = tamis_format_similarity (row->threshold);
  g_autofree char *kept = tamis_format_count (row->kept);
  g_autofree char *pc1 = tamis_words_line (&row->lines[0], TRUE);
  g_autofree char *pc2 = tamis_words_line (&row->lines[1], TRUE);
  g_autofree char *pc3 = tamis_words_line (&row->lines[2], TRUE);
  char *const texts[N_COLUMNS] = { threshold, kept, pc1, pc2, pc3 };

  set_row (self, i, texts, current);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const TamisStatisticsRow *x = *(const TamisStatisticsRow *const *) a;
  const TamisStatisticsRow *y = *(const TamisStatisticsRow *const *) b;

  return (x->threshold < y->threshold) - (x->threshold > y->threshold);
}

void
tamis_threshold_table_show (TamisThresholdTable *self, TamisStatistics *statistics,
                            const TamisStatisticsRow *current)
{
  TamisDataset *dataset = tamis_session_get_dataset (tamis_statistics_get_session (statistics));
  guint n, n_rows = 0;
  const TamisStatisticsRow *table = tamis_statistics_get_table (statistics, &n);
  const TamisStatisticsRow *rows[MAX_ROWS];
  g_autofree char *all = tamis_format_count (dataset != NULL ? tamis_dataset_get_n_images (dataset) : 0);
  char *const none[N_COLUMNS] = { (char *) C_("threshold", "none"), all, (char *) "–", (char *) "–", (char *) "–" };

  for (guint i = 0; i < n && n_rows + 2 < MAX_ROWS; i++)
    if (current == NULL || fabs (table[i].threshold - current->threshold) > 5e-7)
      rows[n_rows++] = &table[i];
  if (current != NULL)
    rows[n_rows++] = current;
  qsort (rows, n_rows, sizeof rows[0], compare_rows);
  set_row (self, 0, none, FALSE);
  for (guint i = 0; i < n_rows; i++)
    show_row (self, i + 1, rows[i], rows[i] == current);
  for (guint i = n_rows + 1; i < MAX_ROWS; i++)
    set_row (self, i, NULL, FALSE);
}

static GtkLabel *
add_cell (TamisThresholdTable *self, int column, int row, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (GTK_GRID (self->grid), label, column, row, 1, 1);
  return GTK_LABEL (label);
}

static void
tamis_threshold_table_dispose (GObject *object)
{
  g_clear_pointer (&TAMIS_THRESHOLD_TABLE (object)->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (tamis_threshold_table_parent_class)->dispose (object);
}

static void
tamis_threshold_table_init (TamisThresholdTable *self)
{
  const char *const heads[N_COLUMNS] = { _("T"), _("images left"), "PC1", "PC2", "PC3" };

  self->grid = gtk_grid_new ();
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_widget_add_css_class (self->grid, "threshold-table");
  for (int column = 0; column < N_COLUMNS; column++)
    {
      gtk_widget_add_css_class (GTK_WIDGET (add_cell (self, column, 0, heads[column])), "dim-label");
      for (int i = 0; i < MAX_ROWS; i++)
        self->cells[i][column] = add_cell (self, column, i + 1, "");
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Theil lines at thresholds"), -1);
}

static void
tamis_threshold_table_class_init (TamisThresholdTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_threshold_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}
