/* TamisKurtosisPage: what removal does to the kurtosis of every class (the paper's claim).
 *
 * On the fixed basis the points follow T with every plan. Refitted, they wait until T rests, and are
 * dim until then. The gray fan are the lines that removing as many images at random makes (5th to
 * 95th percentile of their slopes) through the middle of the classes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-kurtosis-page.h"

#include "tamis-chart.h"
#include "tamis-format.h"
#include "tamis-stack.h"
#include "tamis-statistics-words.h"
#include "tamis-sweep-view.h"
#include "tamis-threshold-table.h"
#include "tamis-wrap-box.h"

#include <glib/gi18n.h>
#include <math.h>

#define N TAMIS_REMOVAL_COMPONENTS
#define N_BAND 3 /* left end, middle, right end */

/* One plot and what its painter borrows. */
typedef struct
{
  TamisChart *chart; /* child of the page's box */
  TamisPlotScatter plot;
  TamisPlotPoint *points;
  double *chance_low, *chance_high;
  double band_x[N_BAND], band_low[N_BAND], band_high[N_BAND];
  char *note;
} Component;

struct _TamisKurtosisPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkLabel *wait_words;
  GtkProgressBar *wait_bar;
  GtkLabel *subtitle;
  GtkToggleButton *fixed_button;
  GtkToggleButton *refitted_button;
  GtkBox *plots;
  GtkLabel *words;
  TamisThresholdTable *table;
  TamisSweepView *sweep;

  /* Borrowed: valid while the page lives */
  TamisStatistics *statistics;
  TamisSession *session;

  /* Owned */
  Component components[N];
  char **names; /* of the classes */
  guint n_classes;

  gboolean holds;
  gboolean syncing; /* the switch of axes is being set from the statistics */
};

G_DEFINE_FINAL_TYPE (TamisKurtosisPage, tamis_kurtosis_page, GTK_TYPE_WIDGET)

/* ---- data for the painters ---- */

static double
value_or_nan (const TamisFigure *figure)
{
  return figure->reason == TAMIS_REASON_NONE ? figure->value : NAN;
}

/* Another data set: room for its classes. */
static void
make_room (TamisKurtosisPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  guint n = dataset != NULL ? tamis_dataset_get_n_classes (dataset) : 0;

  g_clear_pointer (&self->names, g_strfreev);
  self->names = g_new0 (char *, n + 1);
  for (guint c = 0; c < n; c++)
    self->names[c] = tamis_format_path (tamis_dataset_get_class_name (dataset, c));
  self->n_classes = n;
  for (guint k = 0; k < N; k++)
    {
      Component *component = &self->components[k];

      component->points = g_renew (TamisPlotPoint, component->points, n);
      component->chance_low = g_renew (double, component->chance_low, n);
      component->chance_high = g_renew (double, component->chance_high, n);
      component->plot = (TamisPlotScatter){ .selected = -1 };
    }
}

/* What is shown of the lines and the kurtosis after; the refitted figures once there are any. */
static gboolean
shows_refitted (TamisKurtosisPage *self)
{
  const TamisRemovalStats *rested = tamis_statistics_get_rested (self->statistics);

  return tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED && rested != NULL
         && rested->basis == TAMIS_BASIS_REFITTED;
}

static void
fill_points (TamisKurtosisPage *self, guint k)
{
  TamisRemovalBasis *basis = tamis_statistics_get_removal_basis (self->statistics);
  const TamisRemovalStats *rested = tamis_statistics_get_rested (self->statistics);
  const TamisStatisticsRow *moving = tamis_statistics_get_moving (self->statistics);
  gboolean refitted = shows_refitted (self);

  for (guint c = 0; c < self->n_classes; c++)
    {
      const TamisDistribution *before = tamis_removal_basis_get_before (basis, c);
      TamisPlotPoint *point = &self->components[k].points[c];

      point->x = value_or_nan (&before->components[k].kurtosis);
      point->y = refitted          ? value_or_nan (&rested->classes[c].kurtosis_after[k])
                 : moving != NULL ? value_or_nan (&moving->kurtosis[c * N + k])
                                   : NAN;
      point->name = self->names[c];
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Theil's lines go through the medians: those of chance too, so that the band is a fan from there. */
static void
fill_band (TamisKurtosisPage *self, guint k, const TamisControl *control)
{
  Component *component = &self->components[k];
  TamisPlotScatter *plot = &component->plot;
  const TamisBand *slopes = &control->slopes[k];
  g_autofree double *x = g_new (double, self->n_classes);
  g_autofree double *y = g_new (double, self->n_classes);
  guint n = 0;

  for (guint c = 0; c < self->n_classes; c++)
    {
      const TamisBand *band = &control->classes[c].kurtosis[k];

      component->chance_low[c] = band->reason == TAMIS_REASON_NONE ? band->low : NAN;
      component->chance_high[c] = band->reason == TAMIS_REASON_NONE ? band->high : NAN;
      if (band->reason != TAMIS_REASON_NONE || !isfinite (component->points[c].x))
        continue;
      x[n] = component->points[c].x;
      y[n++] = band->median;
    }
  plot->chance_low = component->chance_low;
  plot->chance_high = component->chance_high;
  if (slopes->reason != TAMIS_REASON_NONE || n < 2)
    return;
  component->band_x[0] = plot->low;
  component->band_x[1] = CLAMP (median (x, n), plot->low, plot->high);
  component->band_x[2] = plot->high;
  for (guint i = 0; i < N_BAND; i++)
    {
      double a = slopes->low * (component->band_x[i] - component->band_x[1]);
      double b = slopes->high * (component->band_x[i] - component->band_x[1]);
      double middle = i == 0 ? median (y, n) : y[n / 2];

      component->band_low[i] = middle + MIN (a, b);
      component->band_high[i] = middle + MAX (a, b);
    }
  plot->band_x = component->band_x;
  plot->band_low = component->band_low;
  plot->band_high = component->band_high;
  plot->n_band = N_BAND;
}

static const TamisTheilLine *
shown_lines (TamisKurtosisPage *self)
{
  const TamisStatisticsRow *moving = tamis_statistics_get_moving (self->statistics);

  if (shows_refitted (self))
    return tamis_statistics_get_rested (self->statistics)->lines;
  return moving != NULL ? moving->lines : NULL;
}

static void
fill_component (TamisKurtosisPage *self, guint k)
{
  static const char *const titles[N] = { "PC1", "PC2", "PC3" };
  Component *component = &self->components[k];
  const TamisTheilLine *line = shown_lines (self) != NULL ? &shown_lines (self)[k] : NULL;
  gboolean fitted = line != NULL && line->reason == TAMIS_REASON_NONE;
  TamisPlotScatter *plot = &component->plot;
  gboolean hovers = plot->hovers;
  guint hovered = plot->hovered;

  g_clear_pointer (&component->note, g_free);
  if (fitted && line->has_interval)
    {
      g_autofree char *interval = tamis_words_interval (line->slope_low, line->slope_high);

      component->note = g_strdup_printf (_("slope 95 %%: %s"), interval);
    }
  fill_points (self, k);
  *plot = (TamisPlotScatter){ .points = component->points,
                              .n_points = self->n_classes,
                              .selected = tamis_session_get_class (self->session),
                              .hovers = hovers,
                              .hovered = hovered,
                              .slope = fitted ? line->slope : NAN,
                              .intercept = fitted ? line->intercept : NAN,
                              .title = titles[k],
                              .note = component->note,
                              .band_label = _("random"),
                              .x_label = _("excess kurtosis before"),
                              .y_label = _("after"),
                              .message = _("Needs two classes of four images or more") };
  tamis_plot_scatter_get_range (plot, &plot->low, &plot->high);
}

/* ---- words ---- */

static void
describe (TamisKurtosisPage *self, guint k)
{
  const TamisTheilLine *line = &shown_lines (self)[k];
  const TamisControl *control = tamis_statistics_get_control (self->statistics);
  Component *component = &self->components[k];
  g_autofree char *equation = tamis_words_line (line, FALSE);
  g_autoptr (GString) text = g_string_new (equation);

  if (component->note != NULL)
    g_string_append_printf (text, "; %s", component->note);
  if (control != NULL && control->slopes[k].reason == TAMIS_REASON_NONE)
    {
      g_autofree char *interval
          = tamis_words_interval (control->slopes[k].low, control->slopes[k].high);

      g_string_append (text, "; ");
      g_string_append_printf (text, _("at random: %s"), interval);
    }
  tamis_chart_set_words (component->chart, component->plot.title, text->str);
}

static void
show_subtitle (TamisKurtosisPage *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  g_autofree char *threshold
      = plan != NULL ? tamis_format_threshold (plan, -1)
                     : tamis_format_similarity (tamis_session_get_threshold (self->session));
  g_autofree char *classes
      = g_strdup_printf (ngettext ("%u class", "%u classes", self->n_classes), self->n_classes);
  gboolean refitted = tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED;
  const char *axes = _("axes of all images");
  g_autofree char *text = NULL;

  if (refitted)
    axes = tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_RESTED)
               ? _("axes refitted to the images that stay")
               : _("refitting the axes…");
  text = g_strdup_printf (_("one point a class, %s · %s · T %s · gray: as many images removed at random"),
                          classes, axes, threshold);
  gtk_label_set_text (self->subtitle, text);
}

static void
show_words (TamisKurtosisPage *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  gboolean settled = tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_RESTED)
                     && tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_CONTROL);
  g_autofree char *text = NULL;

  if (settled)
    text = tamis_words_slopes (tamis_statistics_get_rested (self->statistics),
                               tamis_statistics_get_control (self->statistics),
                               tamis_plan_get_n_removed (plan));
  else
    text = g_strdup (_("Comparing with as many images removed at random…"));
  gtk_label_set_text (self->words, text);
  gtk_widget_set_opacity (GTK_WIDGET (self->words), settled ? 1.0 : 0.6);
}

static void
show_table (TamisKurtosisPage *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  const TamisTheilLine *lines = shown_lines (self);
  TamisStatisticsRow row;

  if (plan == NULL || lines == NULL)
    {
      tamis_threshold_table_show (self->table, self->statistics, NULL);
      return;
    }
  row = (TamisStatisticsRow){ .threshold = tamis_plan_get_threshold (plan),
                              .kept = tamis_plan_get_n_kept (plan) };
  for (guint k = 0; k < N; k++)
    row.lines[k] = lines[k];
  tamis_threshold_table_show (self->table, self->statistics, &row);
}

/* ---- state ---- */

static void
show_plots (TamisKurtosisPage *self)
{
  const TamisControl *control = tamis_statistics_get_control (self->statistics);
  gboolean refitted = tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED;
  gboolean dimmed
      = refitted && !tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_RESTED);

  for (guint k = 0; k < N; k++)
    {
      Component *component = &self->components[k];

      fill_component (self, k);
      if (tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_CONTROL))
        fill_band (self, k, control);
      tamis_chart_set_dimmed (component->chart, dimmed);
      tamis_chart_set_plot (component->chart, tamis_plot_scatter_draw, &component->plot);
      describe (self, k);
    }
}

static void
show_waiting (TamisKurtosisPage *self)
{
  gboolean compared = tamis_session_get_pairs (self->session) != NULL;

  gtk_label_set_text (self->wait_words,
                      compared ? _("Finding the principal components of every class")
                               : _("Statistics appear here when images have been compared"));
  gtk_widget_set_visible (GTK_WIDGET (self->wait_bar), compared);
}

static void
sync_switch (TamisKurtosisPage *self)
{
  gboolean refitted = tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED;

  self->syncing = TRUE;
  gtk_toggle_button_set_active (refitted ? self->refitted_button : self->fixed_button, TRUE);
  self->syncing = FALSE;
}

static void
refresh (TamisKurtosisPage *self)
{
  gboolean ready = tamis_statistics_get_removal_basis (self->statistics) != NULL
                   && shown_lines (self) != NULL;

  gtk_stack_set_visible_child_name (self->stack, ready ? "view" : "wait");
  if (!ready)
    {
      for (guint k = 0; k < N; k++)
        tamis_chart_set_plot (self->components[k].chart, NULL, NULL);
      show_waiting (self);
      return;
    }
  sync_switch (self);
  if (!self->holds)
    return;
  show_plots (self);
  show_subtitle (self);
  show_words (self);
  show_table (self);
}

static void
show_progress (TamisKurtosisPage *self)
{
  TamisProgressState state;

  if (!tamis_statistics_is_working (self->statistics, TAMIS_STATISTICS_BASIS))
    return;
  tamis_statistics_read_progress (self->statistics, TAMIS_STATISTICS_BASIS, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->wait_bar, MIN ((double) state.done / state.total, 1.0));
  else
    gtk_progress_bar_pulse (self->wait_bar);
}

static void
dataset_changed (TamisKurtosisPage *self)
{
  make_room (self);
  refresh (self);
}

static void
on_basis_toggled (TamisKurtosisPage *self)
{
  if (self->statistics != NULL && !self->syncing)
    tamis_statistics_set_basis (self->statistics,
                                gtk_toggle_button_get_active (self->refitted_button)
                                    ? TAMIS_BASIS_REFITTED
                                    : TAMIS_BASIS_FIXED);
}

/* ---- pointer ---- */

static int
class_at (TamisKurtosisPage *self, TamisChart *chart, double x, double y)
{
  TamisPlotStyle style;
  TamisPlotView view = tamis_chart_get_view (chart, &style);

  for (guint k = 0; k < N; k++)
    if (self->components[k].chart == chart && self->components[k].plot.points != NULL && x >= 0)
      return tamis_plot_scatter_point_at (&self->components[k].plot, &view, x, y);
  return -1;
}

static char *
word_point (const Component *component, int class_index)
{
  const TamisPlotPoint *point = &component->points[class_index];
  g_autofree char *before = tamis_words_number (point->x, 2, FALSE);
  g_autofree char *after = tamis_words_number (point->y, 2, FALSE);
  g_autofree char *chance = NULL;

  if (component->plot.chance_low == NULL || !isfinite (component->chance_low[class_index]))
    return g_strdup_printf ("%s\n%s → %s", point->name, before, after);
  chance = tamis_words_interval (component->chance_low[class_index],
                                 component->chance_high[class_index]);
  return g_strdup_printf (_("%s\n%s → %s\nat random %s"), point->name, before, after, chance);
}

static void
chart_hovered (TamisKurtosisPage *self, double x, double y, TamisChart *chart)
{
  int class_index = class_at (self, chart, x, y);

  for (guint k = 0; k < N; k++)
    {
      Component *component = &self->components[k];
      gboolean here = component->chart == chart && class_index >= 0;
      g_autofree char *text = here ? word_point (component, class_index) : NULL;

      if (component->plot.hovers || class_index >= 0)
        tamis_chart_redraw (component->chart);
      component->plot.hovers = class_index >= 0;
      component->plot.hovered = MAX (class_index, 0);
      tamis_chart_set_readout (component->chart, x, y, text);
    }
  gtk_widget_set_cursor_from_name (GTK_WIDGET (chart), class_index >= 0 ? "pointer" : NULL);
}

static void
chart_pressed (TamisKurtosisPage *self, double x, double y, TamisChart *chart)
{
  int class_index = class_at (self, chart, x, y);

  if (class_index >= 0)
    tamis_session_set_class (self->session, class_index == tamis_session_get_class (self->session)
                                                ? -1
                                                : class_index);
}

/* ---- construction ---- */

void
tamis_kurtosis_page_set_statistics (TamisKurtosisPage *self, TamisStatistics *statistics)
{
  self->statistics = statistics;
  self->session = tamis_statistics_get_session (statistics);
  tamis_sweep_view_set_statistics (self->sweep, statistics);
  g_signal_connect_object (self->session, "dataset", G_CALLBACK (dataset_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::class", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (statistics, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (statistics, "progress", G_CALLBACK (show_progress), self,
                           G_CONNECT_SWAPPED);
  dataset_changed (self);
}

static void
tamis_kurtosis_page_map (GtkWidget *widget)
{
  TamisKurtosisPage *self = TAMIS_KURTOSIS_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_kurtosis_page_parent_class)->map (widget);
  self->holds = self->statistics != NULL;
  if (self->holds)
    tamis_statistics_hold (self->statistics);
}

static void
tamis_kurtosis_page_unmap (GtkWidget *widget)
{
  TamisKurtosisPage *self = TAMIS_KURTOSIS_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_kurtosis_page_parent_class)->unmap (widget);
  if (self->holds)
    tamis_statistics_release (self->statistics);
  self->holds = FALSE;
}

static void
tamis_kurtosis_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_KURTOSIS_PAGE);
  G_OBJECT_CLASS (tamis_kurtosis_page_parent_class)->dispose (object);
}

static void
tamis_kurtosis_page_finalize (GObject *object)
{
  TamisKurtosisPage *self = TAMIS_KURTOSIS_PAGE (object);

  g_strfreev (self->names);
  for (guint k = 0; k < N; k++)
    {
      g_free (self->components[k].points);
      g_free (self->components[k].chance_low);
      g_free (self->components[k].chance_high);
      g_free (self->components[k].note);
    }
  G_OBJECT_CLASS (tamis_kurtosis_page_parent_class)->finalize (object);
}

static void
tamis_kurtosis_page_init (TamisKurtosisPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_stack_tell_shown (self->stack);
  for (guint k = 0; k < N; k++)
    {
      TamisChart *chart = TAMIS_CHART (tamis_chart_new ());

      self->components[k].chart = chart;
      tamis_chart_set_minimum (chart, 168, 200);
      gtk_widget_add_css_class (GTK_WIDGET (chart), "plot-card");
      gtk_box_append (self->plots, GTK_WIDGET (chart));
      g_signal_connect_object (chart, "hovered", G_CALLBACK (chart_hovered), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (chart, "pressed", G_CALLBACK (chart_pressed), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
tamis_kurtosis_page_class_init (TamisKurtosisPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_kurtosis_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_kurtosis_page_finalize;
  widget_class->map = tamis_kurtosis_page_map;
  widget_class->unmap = tamis_kurtosis_page_unmap;
  g_type_ensure (TAMIS_TYPE_SWEEP_VIEW);
  g_type_ensure (TAMIS_TYPE_THRESHOLD_TABLE);
  g_type_ensure (TAMIS_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-kurtosis-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, wait_words);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, wait_bar);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, fixed_button);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, refitted_button);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, plots);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, words);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, table);
  gtk_widget_class_bind_template_child (widget_class, TamisKurtosisPage, sweep);
  gtk_widget_class_bind_template_callback (widget_class, on_basis_toggled);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
