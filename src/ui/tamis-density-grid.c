/* TamisDensityGrid: a GtkGridView over the names of the classes; a cell samples its splines when it
 * comes into sight and when they change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-density-grid.h"

#include "tamis-chart.h"
#include "tamis-density-plot.h"
#include "tamis-format.h"
#include "tamis-statistics-words.h"

#include <glib/gi18n.h>

typedef struct
{
  TamisDensityPlot plot;
  TamisChart *chart; /* borrowed: the cell is its data */
  guint class_index;
} Cell;

struct _TamisDensityGrid
{
  GtkWidget parent_instance;

  /* Owned */
  GtkWidget *scroller;
  GtkStringList *names;
  GPtrArray *bound; /* of Cell, borrowed from their charts */

  /* Borrowed: valid while the grid lives */
  TamisDensities *densities;
  TamisSession *session;

  guint component;
};

G_DEFINE_FINAL_TYPE (TamisDensityGrid, tamis_density_grid, GTK_TYPE_WIDGET)

static guint class_activated_signal;

static void
cell_free (Cell *cell)
{
  tamis_density_plot_clear (&cell->plot);
  g_free (cell);
}

static void
describe (TamisDensityGrid *self, Cell *cell, const TamisClassDensity *density)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (cell->chart));
  g_autofree char *text = NULL;

  if (density != NULL && density->after != NULL
      && density->after->components[self->component].entropy.reason == TAMIS_REASON_NONE)
    {
      double before = density->before->components[self->component].entropy.value;
      double after = density->after->components[self->component].entropy.value;
      g_autofree char *from = tamis_words_number (before, 2, FALSE);
      g_autofree char *to = tamis_words_number (after, 2, FALSE);

      text = g_strdup_printf (_("entropy %s before, %s after"), from, to);
    }
  tamis_chart_set_words (cell->chart, cell->plot.title, text != NULL ? text : "");
  /* GTK 4.8 leaves grid cells without a name. */
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    cell->plot.title, -1);
}

/* What removal does to the entropy at unit variance, in short. */
static void
note_change (TamisDensityGrid *self, Cell *cell, const TamisClassDensity *density)
{
  const TamisFigure *before, *after;

  g_clear_pointer (&cell->plot.note, g_free);
  cell->plot.plot.warns = FALSE;
  if (density != NULL && density->after->n < density->before->n)
    {
      before = &density->before->components[self->component].unit_entropy;
      after = &density->after->components[self->component].unit_entropy;
      if (before->reason == TAMIS_REASON_NONE && after->reason == TAMIS_REASON_NONE)
        {
          g_autofree char *change = tamis_words_number (after->value - before->value, 2, TRUE);

          cell->plot.note = g_strdup_printf (_("entropy %s"), change);
          cell->plot.plot.warns = tamis_words_sign (after->value - before->value) < 0;
        }
    }
  cell->plot.plot.note = cell->plot.note;
}

/* Why there is no curve, in as few words as a cell has room for. */
static const char *
word_missing (TamisDensityGrid *self, const TamisClassDensity *density)
{
  if (density == NULL)
    return "";
  switch (density->before->components[self->component].entropy.reason)
    {
    case TAMIS_REASON_CONSTANT:
      return _("all images are alike");
    case TAMIS_REASON_NO_COMPONENT:
      return _("no spread along this component");
    default:
      return _("too few images");
    }
}

static void
fill_cell (TamisDensityGrid *self, Cell *cell)
{
  const TamisClassDensity *density = tamis_densities_get (self->densities, cell->class_index);

  note_change (self, cell, density);
  tamis_density_plot_fill (&cell->plot, density, self->component);
  tamis_density_plot_mark (
      &cell->plot, self->session, cell->class_index,
      tamis_densities_get_scores (self->densities, cell->class_index, self->component));
  cell->plot.plot.title = cell->plot.title;
  cell->plot.plot.small = TRUE;
  cell->plot.plot.message = word_missing (self, density);
  tamis_chart_set_plot (cell->chart, tamis_plot_density_draw, &cell->plot.plot);
  describe (self, cell, density);
}

static void
setup_cell (TamisDensityGrid *self, GtkListItem *item)
{
  GtkWidget *chart = tamis_chart_new ();
  Cell *cell = g_new0 (Cell, 1);

  cell->chart = TAMIS_CHART (chart);
  tamis_chart_set_minimum (cell->chart, 190, 140);
  gtk_widget_add_css_class (chart, "plot-card");
  g_object_set_data_full (G_OBJECT (chart), "cell", cell, (GDestroyNotify) cell_free);
  gtk_list_item_set_child (item, chart);
}

static Cell *
cell_of (GtkListItem *item)
{
  return g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), "cell");
}

static void
bind_cell (TamisDensityGrid *self, GtkListItem *item)
{
  Cell *cell = cell_of (item);

  cell->class_index = gtk_list_item_get_position (item);
  g_free (cell->plot.title);
  cell->plot.title = g_strdup (gtk_string_object_get_string (gtk_list_item_get_item (item)));
  g_ptr_array_add (self->bound, cell);
  fill_cell (self, cell);
}

static void
unbind_cell (TamisDensityGrid *self, GtkListItem *item)
{
  g_ptr_array_remove_fast (self->bound, cell_of (item));
}

static void
cell_activated (TamisDensityGrid *self, guint position)
{
  g_signal_emit (self, class_activated_signal, 0, position);
}

static void
list_classes (TamisDensityGrid *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint n = dataset != NULL ? tamis_dataset_get_n_classes (dataset) : 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint c = 0; c < n; c++)
    {
      g_autofree char *name = tamis_format_path (tamis_dataset_get_class_name (dataset, c));

      g_strv_builder_add (builder, name);
    }
  names = g_strv_builder_end (builder);
  gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                          (const char *const *) names);
}

void
tamis_density_grid_refresh (TamisDensityGrid *self, guint component)
{
  self->component = component;
  for (guint i = 0; i < self->bound->len; i++)
    {
      Cell *cell = g_ptr_array_index (self->bound, i);

      fill_cell (self, cell);
    }
}

void
tamis_density_grid_set_densities (TamisDensityGrid *self, TamisDensities *densities,
                                  TamisSession *session)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSelectionModel *selection;
  GtkWidget *view;

  self->densities = densities;
  self->session = session;
  selection = GTK_SELECTION_MODEL (
      gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->names))));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, G_CONNECT_SWAPPED);
  view = gtk_grid_view_new (selection, factory);
  gtk_grid_view_set_min_columns (GTK_GRID_VIEW (view), 2);
  gtk_grid_view_set_max_columns (GTK_GRID_VIEW (view), 6);
  gtk_grid_view_set_single_click_activate (GTK_GRID_VIEW (view), TRUE);
  gtk_widget_add_css_class (view, "density-grid");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Densities of all classes"), -1);
  g_signal_connect_object (view, "activate", G_CALLBACK (cell_activated), self, G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), view);
  g_signal_connect_object (session, "dataset", G_CALLBACK (list_classes), self, G_CONNECT_SWAPPED);
  list_classes (self);
}

static void
tamis_density_grid_dispose (GObject *object)
{
  TamisDensityGrid *self = TAMIS_DENSITY_GRID (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->names);
  G_OBJECT_CLASS (tamis_density_grid_parent_class)->dispose (object);
}

static void
tamis_density_grid_finalize (GObject *object)
{
  g_ptr_array_unref (TAMIS_DENSITY_GRID (object)->bound);
  G_OBJECT_CLASS (tamis_density_grid_parent_class)->finalize (object);
}

static void
tamis_density_grid_init (TamisDensityGrid *self)
{
  self->bound = g_ptr_array_new ();
  self->names = gtk_string_list_new (NULL);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

static void
tamis_density_grid_class_init (TamisDensityGridClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_density_grid_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_density_grid_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  class_activated_signal
      = g_signal_new ("class-activated", TAMIS_TYPE_DENSITY_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}
