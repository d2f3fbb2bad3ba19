/* The plots of a report: similarities, and kurtosis before and after.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report-private.h"

#include <math.h>
#include <plot/plot.h>

#define TEXT_SIZE 11.0
#define N_BINS 120
#define N_COMPONENTS TAMIS_REMOVAL_COMPONENTS

static void
init_style (TamisPlotStyle *style, gboolean dark)
{
  tamis_plot_style_init (style, dark ? TAMIS_PLOT_DARK : TAMIS_PLOT_PAPER, "Cantarell", TEXT_SIZE);
  style->background.a = 0;
}

/* ---- similarities ---- */

typedef struct
{
  TamisHistogram *histogram; /* owned */
  char *above_label;         /* owned */
  TamisPlotHistogram plot;
} Similarity;

static void
similarity_free (gpointer data)
{
  Similarity *self = data;

  tamis_histogram_free (self->histogram);
  g_free (self->above_label);
  g_free (self);
}

static void
similarity_draw (gpointer data, cairo_t *cr, double width, double height, gboolean dark)
{
  Similarity *self = data;
  TamisPlotStyle style;

  init_style (&style, dark);
  tamis_plot_histogram_draw (&self->plot, cr, width, height, &style);
}

void
report_add_similarity (const TamisReport *self, Document *document)
{
  TamisPlan *plan = self->plans[0];
  double floor = tamis_pairs_get_floor (self->pairs);
  double low = MAX (2 * floor - 1, -1); /* as much room below the floor as above it */
  g_autofree char *pairs = tamis_plot_format_count (tamis_plan_get_n_pairs (plan));
  Similarity *similarity = g_new0 (Similarity, 1);
  DocumentPlot plot = { NULL, 960, 260, similarity_draw, similarity, similarity_free };

  similarity->histogram = tamis_histogram_new (self->dataset, self->latents, self->pairs, -1,
                                               MIN (low, 0.99), N_BINS);
  similarity->above_label = g_strdup_printf ("%s pairs above T", pairs);
  similarity->plot = (TamisPlotHistogram) {
    .bins = { similarity->histogram->low, similarity->histogram->high,
              similarity->histogram->n_bins, similarity->histogram->counts,
              similarity->histogram->sampled_below },
    .threshold = tamis_plan_get_threshold (plan),
    .x_label = "similarity",
    .y_label = "pairs",
    .above_label = similarity->above_label,
    .sampled_label = "estimated from a sample",
    .message = "No pairs to show",
  };
  plot.caption = g_strdup_printf ("How alike the images are, on a logarithmic scale. Every pair "
                                  "above %.3g is counted; below it a random sample stands for all.",
                                  floor);
  document_add_text (document, DOCUMENT_HEADING, "Similarities");
  document_add_plot (document, &plot);
}

/* ---- kurtosis ---- */

typedef struct
{
  guint n;
  /* Owned: n_components plots side by side, and what they borrow */
  TamisPlotPoint *points[N_COMPONENTS];
  char **names;
  char *notes[N_COMPONENTS];
  TamisPlotScatter plots[N_COMPONENTS];
} Kurtosis;

static const char *const titles[N_COMPONENTS] = { "PC1", "PC2", "PC3" };

static void
kurtosis_free (gpointer data)
{
  Kurtosis *self = data;

  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      g_free (self->points[k]);
      g_free (self->notes[k]);
    }
  g_strfreev (self->names);
  g_free (self);
}

static void
kurtosis_draw (gpointer data, cairo_t *cr, double width, double height, gboolean dark)
{
  Kurtosis *self = data;
  TamisPlotStyle style;

  init_style (&style, dark);
  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      cairo_save (cr);
      cairo_translate (cr, k * width / N_COMPONENTS, 0);
      tamis_plot_scatter_draw (&self->plots[k], cr, width / N_COMPONENTS - 8, height, &style);
      cairo_restore (cr);
    }
}

static void
fill_component (Kurtosis *self, const TamisRemovalStats *stats, guint k)
{
  const TamisTheilLine *line = &stats->lines[k];
  gboolean fitted = line->reason == TAMIS_REASON_NONE;

  self->points[k] = g_new0 (TamisPlotPoint, self->n);
  for (guint c = 0; c < self->n; c++)
    {
      self->points[k][c].x = report_value (&stats->classes[c].kurtosis_before[k]);
      self->points[k][c].y = report_value (&stats->classes[c].kurtosis_after[k]);
      self->points[k][c].name = self->names[c];
    }
  if (fitted && line->has_interval)
    {
      g_autofree char *interval = report_format_interval (line->slope_low, line->slope_high);

      self->notes[k] = g_strdup_printf ("slope 95 %%: %s", interval);
    }
  self->plots[k] = (TamisPlotScatter) {
    .points = self->points[k],
    .n_points = self->n,
    .selected = -1,
    .slope = fitted ? line->slope : NAN,
    .intercept = fitted ? line->intercept : NAN,
    .title = titles[k],
    .note = self->notes[k],
    .x_label = "kurtosis before",
    .y_label = k == 0 ? "after" : NULL,
    .message = "Too few classes for a line",
  };
}

void
report_add_kurtosis (const TamisReport *self, Document *document)
{
  const TamisRemovalStats *stats = self->stats[0];
  Kurtosis *kurtosis = g_new0 (Kurtosis, 1);
  DocumentPlot plot = { NULL, 960, 330, kurtosis_draw, kurtosis, kurtosis_free };

  kurtosis->n = stats->n_classes;
  kurtosis->names = g_new0 (char *, stats->n_classes + 1);
  for (guint c = 0; c < stats->n_classes; c++)
    kurtosis->names[c] = tamis_path_escape (tamis_dataset_get_class_name (self->dataset, c));
  for (guint k = 0; k < N_COMPONENTS; k++)
    fill_component (kurtosis, stats, k);
  plot.caption = g_strdup ("Excess kurtosis of each class along its first three principal "
                           "components, before and after removal; the line is Theil's.");
  document_add_plot (document, &plot);
}
