/* The plots of a report: similarities, and kurtosis before and after.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report-private.h"

#include "figure.h"

#define TEXT_SIZE 11.0

static void
draw (gpointer data, cairo_t *cr, double width, double height, gboolean dark)
{
  TamisPlotStyle style;

  tamis_plot_style_init (&style, dark ? TAMIS_PLOT_DARK : TAMIS_PLOT_PAPER, "Cantarell", TEXT_SIZE);
  style.background.a = 0;
  tamis_report_figure_draw (data, cr, width, height, &style);
}

static void
free_figure (gpointer data)
{
  tamis_report_figure_free (data);
}

/* Takes both. */
static void
add_figure (Document *document, TamisReportFigure *figure, char *caption)
{
  DocumentPlot plot = { caption, 0, 0, draw, figure, free_figure };

  tamis_report_figure_get_size (figure, &plot.width, &plot.height);
  document_add_plot (document, &plot);
}

void
report_add_similarity (const TamisReport *self, Document *document)
{
  document_add_text (document, DOCUMENT_HEADING, "Similarities");
  add_figure (document,
              tamis_report_figure_new_similarity (self->dataset, self->latents, self->pairs, -1,
                                                  tamis_plan_get_threshold (self->plans[0])),
              g_strdup_printf ("How alike the images are, on a logarithmic scale. Every pair above "
                               "%.3g is counted; below it a random sample stands for all.",
                               tamis_pairs_get_floor (self->pairs)));
}

void
report_add_kurtosis (const TamisReport *self, Document *document)
{
  add_figure (document,
              tamis_report_figure_new_kurtosis (self->dataset, self->stats[0], self->control),
              g_strdup ("Excess kurtosis of each class along its first three principal components, "
                        "before and after removal; the line is Theil's, the gray fan that of "
                        "removing as many images at random."));
}
