/* The statistics of a report, in tables and sentences.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report-private.h"

#include <math.h>
#include <plot/scatter.h>

#define N_COMPONENTS TAMIS_REMOVAL_COMPONENTS

double
report_value (const TamisFigure *figure)
{
  return figure->reason == TAMIS_REASON_NONE ? figure->value : NAN;
}

static void
add_head (DocumentTable *table, const char *const *head)
{
  for (guint i = 0; i < table->n_columns; i++)
    document_table_add (table, head[i]);
}

static char *
format_change (const TamisFigure *before, const TamisFigure *after)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (before->reason != TAMIS_REASON_NONE)
    return NULL;
  from = tamis_plot_format_number (before->value, 2);
  to = after->reason == TAMIS_REASON_NONE ? tamis_plot_format_number (after->value, 2)
                                          : g_strdup ("none");
  return g_strdup_printf ("%s → %s", from, to);
}

char *
report_format_interval (double low, double high)
{
  g_autofree char *from = tamis_plot_format_number (low, 2);
  g_autofree char *to = tamis_plot_format_number (high, 2);

  return g_strdup_printf ("%s to %s", from, to);
}

/* The paper's table 3 for this data set: a row a threshold and component. */
static void
add_lines (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_LEFT, DOCUMENT_LEFT,
                                            DOCUMENT_RIGHT, DOCUMENT_RIGHT, DOCUMENT_RIGHT };
  static const char *const head[] = { "component", "T", "line", "slope, 95 %", "at random",
                                      "classes" };
  DocumentTable *table = document_add_table (document, G_N_ELEMENTS (columns), columns);

  add_head (table, head);
  for (guint k = 0; k < N_COMPONENTS; k++)
    for (guint i = 0; i < self->n_plans; i++)
      {
        const TamisTheilLine *line = &self->stats[i]->lines[k];
        const TamisBand *band = i == 0 && self->control != NULL ? &self->control->slopes[k] : NULL;
        gboolean fitted = line->reason == TAMIS_REASON_NONE;

        document_table_take (table, g_strdup_printf ("PC%u", k + 1));
        document_table_take (table,
                             g_strdup_printf ("%.3f", tamis_plan_get_threshold (self->plans[i])));
        document_table_take (table, fitted ? tamis_plot_format_line (line->slope, line->intercept)
                                           : g_strdup (tamis_reason_text (line->reason)));
        document_table_take (table, fitted && line->has_interval
                                        ? report_format_interval (line->slope_low, line->slope_high)
                                        : NULL);
        document_table_take (table, band != NULL && band->reason == TAMIS_REASON_NONE
                                        ? report_format_interval (band->low, band->high)
                                        : NULL);
        document_table_take (table, g_strdup_printf ("%u", line->n));
      }
}

/* Whether removal did more than chance, a sentence a component. */
static void
add_verdicts (const TamisReport *self, Document *document)
{
  if (self->control == NULL || tamis_plan_get_n_removed (self->plans[0]) == 0)
    return;
  for (guint k = 0; k < N_COMPONENTS; k++)
    {
      const TamisTheilLine *line = &self->stats[0]->lines[k];
      const TamisBand *band = &self->control->slopes[k];
      const char *verdict;

      if (line->reason != TAMIS_REASON_NONE || band->reason != TAMIS_REASON_NONE)
        continue;
      if (line->slope < band->low)
        verdict = "lower than chance: removal lowered the kurtosis";
      else if (line->slope > band->high)
        verdict = "higher than chance: removal did not lower the kurtosis";
      else
        verdict = "not told apart from removing as many images at random";
      document_add_text (document, DOCUMENT_TEXT,
                         "PC%u: slope %.2f, at random %.2f to %.2f (%u draws): %s.", k + 1,
                         line->slope, band->low, band->high, self->control->n_seeds, verdict);
    }
}

static void
add_class_figures (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_RIGHT, DOCUMENT_RIGHT,
                                            DOCUMENT_RIGHT, DOCUMENT_RIGHT, DOCUMENT_RIGHT,
                                            DOCUMENT_RIGHT };
  static const char *const head[] = { "class", "kurtosis PC1", "PC2", "PC3", "entropy PC1", "PC2",
                                      "PC3" };
  const TamisRemovalStats *stats = self->stats[0];
  DocumentTable *table = document_add_table (document, G_N_ELEMENTS (columns), columns);

  add_head (table, head);
  for (guint c = 0; c < stats->n_classes; c++)
    {
      const TamisClassRemoval *row = &stats->classes[c];

      document_table_take (table,
                           tamis_path_escape (tamis_dataset_get_class_name (self->dataset, c)));
      for (guint k = 0; k < N_COMPONENTS; k++)
        document_table_take (table, format_change (&row->kurtosis_before[k],
                                                   &row->kurtosis_after[k]));
      for (guint k = 0; k < N_COMPONENTS; k++)
        document_table_take (table, format_change (&row->entropy_before[k],
                                                   &row->entropy_after[k]));
    }
}

void
report_add_statistics (const TamisReport *self, Document *document)
{
  if (self->stats == NULL)
    return;
  document_add_text (document, DOCUMENT_HEADING, "What removal does to the distribution");
  document_add_text (document, DOCUMENT_NOTE,
                     "Each class on its principal components, fitted before and again after. A "
                     "slope below 1 means that kurtosis falls: the tails grow lighter. It says "
                     "something only if removing as many images at random does not do the same.");
  report_add_kurtosis (self, document);
  add_lines (self, document);
  add_verdicts (self, document);
  document_add_text (document, DOCUMENT_NOTE,
                     "Before → after removal at T = %.3f. Entropy in nats, of the spline density "
                     "of the scores. Empty: the class is too small for the figure.",
                     tamis_plan_get_threshold (self->plans[0]));
  add_class_figures (self, document);
}
