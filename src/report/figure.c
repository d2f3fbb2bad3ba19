/* Plots of engine results: see figure.h.
 *
 * DESIGN: a figure is a grid of cells, each a painter and its struct. Everything a painter borrows
 * is put into one list that goes with the figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "figure.h"

#include <math.h>
#include <plot/plot.h>
#include <tamis/base.h>

#define WIDTH 960.0
#define HEIGHT_MAX 14000.0 /* what a page may have; classes beyond it are counted or drawn lower */
#define TEXT_SIZE 10.0
#define N_BINS 120
#define POINTS_A_BIN 16 /* enough to look round at the largest size */
#define N TAMIS_REMOVAL_COMPONENTS

typedef struct
{
  TamisPlotDraw draw;
  gpointer plot;
} Cell;

struct _TamisReportFigure
{
  guint n_columns;
  double gap; /* between cells */
  double width, height;
  GArray *cells;    /* Cell */
  GPtrArray *owned; /* plots and what they borrow */
};

static TamisReportFigure *
figure_new (guint n_columns, double width, double height)
{
  TamisReportFigure *self = g_new0 (TamisReportFigure, 1);

  self->n_columns = n_columns;
  self->gap = 8.0;
  self->width = width;
  self->height = height;
  self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  self->owned = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tamis_report_figure_free (TamisReportFigure *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->cells);
  g_ptr_array_unref (self->owned);
  g_free (self);
}

static gpointer
own (TamisReportFigure *self, gpointer memory)
{
  g_ptr_array_add (self->owned, memory);
  return memory;
}

/* Zeros when @n is 0, so that there is something to point at. */
static double *
own_doubles (TamisReportFigure *self, guint n)
{
  return own (self, g_new0 (double, MAX (n, 1)));
}

static char *
own_name (TamisReportFigure *self, const char *bytes)
{
  return own (self, tamis_path_escape (bytes));
}

static void
add_cell (TamisReportFigure *self, TamisPlotDraw draw, gpointer plot)
{
  Cell cell = { draw, own (self, plot) };

  g_array_append_val (self->cells, cell);
}

void
tamis_report_figure_get_size (const TamisReportFigure *self, double *width, double *height)
{
  *width = self->width;
  *height = self->height;
}

void
tamis_report_figure_draw (gconstpointer figure, cairo_t *cr, double width, double height,
                          const TamisPlotStyle *style)
{
  const TamisReportFigure *self = figure;
  guint n_rows = (self->cells->len + self->n_columns - 1) / self->n_columns;
  double cell_width = (width + self->gap) / self->n_columns - self->gap;
  double cell_height = (height + self->gap) / MAX (n_rows, 1) - self->gap;
  TamisPlotStyle clear = *style;

  /* Painted once, so that the gaps have it too. */
  tamis_plot_begin (cr, width, height, style);
  clear.background.a = 0.0;
  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);

      cairo_save (cr);
      cairo_translate (cr, (i % self->n_columns) * (cell_width + self->gap),
                       (i / self->n_columns) * (cell_height + self->gap));
      cell->draw (cell->plot, cr, cell_width, cell_height, &clear);
      cairo_restore (cr);
    }
  tamis_plot_end (cr);
}

/* NaN for one that does not exist. */
static double
value_of (const TamisFigure *figure)
{
  return figure->reason == TAMIS_REASON_NONE ? figure->value : NAN;
}

/* ---- similarity ---- */

TamisReportFigure *
tamis_report_figure_new_similarity (TamisDataset *dataset, TamisLatents *latents,
                                    TamisPairs *pairs, int class_index, double threshold)
{
  TamisReportFigure *self = figure_new (1, WIDTH, 260);
  double floor = tamis_pairs_get_floor (pairs);
  double low = CLAMP (2 * floor - 1, -1, 0.99);
  g_autoptr (TamisHistogram) histogram
    = tamis_histogram_new (dataset, latents, pairs, class_index, low, N_BINS);
  guint64 n = class_index < 0
                  ? tamis_pairs_count_above (pairs, threshold)
                  : tamis_pairs_count_above_in (
                      pairs, tamis_dataset_get_class_range (dataset, (guint) class_index),
                      threshold);
  g_autofree char *count = tamis_plot_format_count (n);
  TamisPlotHistogram *plot = g_new0 (TamisPlotHistogram, 1);

  plot->bins = (TamisPlotBins){ histogram->low, histogram->high, histogram->n_bins,
                                own (self, g_steal_pointer (&histogram->counts)),
                                histogram->sampled_below };
  plot->threshold = threshold;
  plot->x_label = "similarity";
  plot->y_label = "pairs";
  plot->above_label = own (self, g_strdup_printf ("%s pairs above T", count));
  plot->sampled_label = "estimated from a sample";
  plot->message = "No pairs to show";
  add_cell (self, tamis_plot_histogram_draw, plot);
  return self;
}

/* ---- balance ---- */

TamisReportFigure *
tamis_report_figure_new_balance (TamisDataset *dataset, TamisPlan *plan)
{
  TamisReportFigure *self = figure_new (1, WIDTH, 0);
  guint n = tamis_dataset_get_n_classes (dataset);
  TamisPlotBalanceRow *rows = own (self, g_new0 (TamisPlotBalanceRow, MAX (n, 1)));
  TamisPlotBalance *plot = g_new0 (TamisPlotBalance, 1);
  TamisPlotStyle style;

  for (guint c = 0; c < n; c++)
    {
      rows[c].name = own_name (self, tamis_dataset_get_class_name (dataset, c));
      rows[c].before = tamis_dataset_get_class_range (dataset, c).n;
      rows[c].after = tamis_plan_get_class_kept (plan, c);
    }
  plot->rows = rows;
  plot->n_rows = n;
  plot->selected = -1;
  plot->mark_below = 0.5;
  plot->more_format = "… and %u more";
  plot->message = "No classes to show";
  add_cell (self, tamis_plot_balance_draw, plot);
  tamis_plot_style_init (&style, TAMIS_PLOT_PAPER, NULL, TEXT_SIZE);
  self->height = MIN (tamis_plot_balance_get_height (plot, &style), HEIGHT_MAX);
  return self;
}

/* ---- kurtosis ---- */

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
find_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Theil's lines go through the medians, those of chance too: the band is a fan from there. */
static void
add_fan (TamisReportFigure *self, TamisPlotScatter *plot, const TamisControl *control, guint k)
{
  const TamisBand *slopes = &control->slopes[k];
  g_autofree double *x = g_new (double, MAX (plot->n_points, 1));
  g_autofree double *y = g_new (double, MAX (plot->n_points, 1));
  double *fan = own_doubles (self, 9);
  double middle;
  guint n = 0;

  for (guint c = 0; c < plot->n_points; c++)
    if (control->classes[c].kurtosis[k].reason == TAMIS_REASON_NONE
        && isfinite (plot->points[c].x))
      {
        x[n] = plot->points[c].x;
        y[n++] = control->classes[c].kurtosis[k].median;
      }
  if (slopes->reason != TAMIS_REASON_NONE || n < 2)
    return;
  tamis_plot_scatter_get_range (plot, &plot->low, &plot->high);
  fan[0] = plot->low;
  fan[1] = CLAMP (find_median (x, n), plot->low, plot->high);
  fan[2] = plot->high;
  middle = find_median (y, n);
  for (guint i = 0; i < 3; i++)
    {
      double a = slopes->low * (fan[i] - fan[1]), b = slopes->high * (fan[i] - fan[1]);

      fan[3 + i] = middle + MIN (a, b);
      fan[6 + i] = middle + MAX (a, b);
    }
  plot->band_x = fan;
  plot->band_low = fan + 3;
  plot->band_high = fan + 6;
  plot->n_band = 3;
}

static char *
note_interval (const TamisTheilLine *line)
{
  g_autofree char *low = tamis_plot_format_number (line->slope_low, 2);
  g_autofree char *high = tamis_plot_format_number (line->slope_high, 2);

  return g_strdup_printf ("slope 95 %%: %s to %s", low, high);
}

static void
add_scatter (TamisReportFigure *self, const TamisRemovalStats *stats, const TamisControl *control,
             char **names, guint k)
{
  static const char *const titles[N] = { "PC1", "PC2", "PC3" };
  const TamisTheilLine *line = &stats->lines[k];
  gboolean fitted = line->reason == TAMIS_REASON_NONE;
  TamisPlotPoint *points = own (self, g_new0 (TamisPlotPoint, MAX (stats->n_classes, 1)));
  TamisPlotScatter *plot = g_new0 (TamisPlotScatter, 1);

  for (guint c = 0; c < stats->n_classes; c++)
    points[c] = (TamisPlotPoint){ value_of (&stats->classes[c].kurtosis_before[k]),
                                  value_of (&stats->classes[c].kurtosis_after[k]), names[c] };
  plot->points = points;
  plot->n_points = stats->n_classes;
  plot->selected = -1;
  plot->slope = fitted ? line->slope : NAN;
  plot->intercept = fitted ? line->intercept : NAN;
  plot->title = titles[k];
  plot->note = fitted && line->has_interval ? own (self, note_interval (line)) : NULL;
  plot->band_label = "random";
  plot->x_label = "kurtosis before";
  plot->y_label = k == 0 ? "after" : NULL;
  plot->message = "Too few classes for a line";
  if (control != NULL)
    add_fan (self, plot, control, k);
  add_cell (self, tamis_plot_scatter_draw, plot);
}

TamisReportFigure *
tamis_report_figure_new_kurtosis (TamisDataset *dataset, const TamisRemovalStats *stats,
                                  const TamisControl *control)
{
  TamisReportFigure *self = figure_new (N, WIDTH, 330);
  g_autofree char **names = g_new0 (char *, MAX (stats->n_classes, 1));

  for (guint c = 0; c < stats->n_classes; c++)
    names[c] = own_name (self, tamis_dataset_get_class_name (dataset, c));
  for (guint k = 0; k < N; k++)
    add_scatter (self, stats, control, names, k);
  return self;
}

/* ---- density ---- */

static void
add_curve (TamisReportFigure *self, const TamisSpline *spline, TamisPlotDistribution *side)
{
  guint n = POINTS_A_BIN * (tamis_spline_get_n_bins (spline) + 2) + 1;
  double *t = own_doubles (self, n);
  double *density = own_doubles (self, n);
  double low, high;

  tamis_spline_get_support (spline, &low, &high);
  for (guint i = 0; i < n; i++)
    {
      t[i] = low + (high - low) * i / (n - 1);
      density[i] = tamis_spline_density (spline, t[i]);
    }
  side->n_curve = n;
  side->t = t;
  side->density = density;
}

static void
add_bars (TamisReportFigure *self, const TamisSpline *spline, TamisPlotDistribution *side)
{
  const guint32 *counts = tamis_spline_get_counts (spline);
  double *bars;

  side->low = tamis_spline_get_first_edge (spline);
  side->step = tamis_spline_get_step (spline);
  side->n_bins = tamis_spline_get_n_bins (spline);
  side->bars = bars = own_doubles (self, side->n_bins);
  for (guint i = 0; i < side->n_bins; i++)
    bars[i] = counts[i] / (tamis_spline_get_n (spline) * side->step);
}

static void
add_modes (TamisReportFigure *self, const TamisSpline *spline, TamisPlotDistribution *side)
{
  g_autofree TamisMode *modes = NULL;
  double *t, *density;

  side->n_modes = tamis_spline_get_modes (spline, &modes);
  side->mode_t = t = own_doubles (self, side->n_modes);
  side->mode_density = density = own_doubles (self, side->n_modes);
  for (guint i = 0; i < side->n_modes; i++)
    {
      t[i] = modes[i].position;
      density[i] = modes[i].density;
    }
}

static void
fill_side (TamisReportFigure *self, const TamisDistribution *distribution, guint component,
           const char *label, TamisPlotDistribution *side)
{
  const TamisSpline *spline = distribution != NULL && component < distribution->n_components
                                  ? distribution->components[component].spline
                                  : NULL;

  side->label = label;
  if (spline == NULL)
    return;
  add_curve (self, spline, side);
  add_bars (self, spline, side);
  add_modes (self, spline, side);
}

TamisReportFigure *
tamis_report_figure_new_density (const TamisReportDensity *classes, guint n, guint component)
{
  gboolean alone = n == 1;
  guint n_columns = alone ? 1 : MIN (n, 4);
  guint n_rows = alone ? 1 : (n + n_columns - 1) / MAX (n_columns, 1);
  TamisReportFigure *self = figure_new (MAX (n_columns, 1), WIDTH,
                                        alone ? 400 : MIN (150.0 * n_rows, HEIGHT_MAX));
  char *x_label = own (self, g_strdup_printf ("score on PC%u", component + 1));

  for (guint i = 0; i < n; i++)
    {
      TamisPlotDensity *plot = g_new0 (TamisPlotDensity, 1);

      fill_side (self, classes[i].before, component, classes[i].after != NULL ? "before" : NULL,
                 &plot->before);
      fill_side (self, classes[i].after, component, "after", &plot->after);
      plot->title = own_name (self, classes[i].name);
      plot->small = !alone;
      plot->x_label = alone ? x_label : NULL;
      plot->y_label = alone ? "density" : NULL;
      plot->message = "Too few different values for a density";
      add_cell (self, tamis_plot_density_draw, plot);
    }
  return self;
}
