/* TamisSweepView: three small plots over T, or the button that fills them.
 *
 * Both policies are swept; what is drawn is the one in use, and for the images left the other one
 * too, dashed. A click sets T.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-sweep-view.h"

#include "tamis-chart.h"
#include "tamis-format.h"
#include "tamis-stack.h"
#include "tamis-statistics-words.h"
#include "tamis-sweep-window.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_PLOTS 3 /* images, slopes, entropy */
#define N_CURVES 3

struct _TamisSweepView
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkButton *sweep_button;
  GtkProgressBar *bar;
  GtkBox *plots;
  GtkLabel *suggestion;
  GtkButton *use_button;
  GtkWidget *again_button;
  TamisChart *charts[N_PLOTS]; /* children of @plots */

  /* Borrowed: valid while the view lives */
  TamisStatistics *statistics;
  TamisSession *session;

  /* What the painters read; owned */
  double *x;
  double *y[N_PLOTS][N_CURVES];
  TamisPlotCurve curves[N_PLOTS][N_CURVES];
  TamisPlotCurves plot[N_PLOTS];

  double suggested; /* NAN: none */
};

G_DEFINE_FINAL_TYPE (TamisSweepView, tamis_sweep_view, GTK_TYPE_WIDGET)

/* ---- data for the painters ---- */

static double
value_or_nan (const TamisFigure *figure)
{
  return figure->reason == TAMIS_REASON_NONE ? figure->value : NAN;
}

static void
fill_curves (TamisSweepView *self, const TamisSweep *sweep)
{
  TamisPolicy policy = tamis_session_get_policy (self->session);
  const TamisSweepPoint *points = sweep->points[policy];
  const TamisSweepPoint *others = sweep->points[1 - policy];
  double all = MAX (sweep->n_images, 1);

  self->x = g_renew (double, self->x, sweep->n_steps);
  for (guint p = 0; p < N_PLOTS; p++)
    for (guint c = 0; c < N_CURVES; c++)
      {
        self->y[p][c] = g_renew (double, self->y[p][c], sweep->n_steps);
        self->curves[p][c].y = self->y[p][c];
      }
  for (guint i = 0; i < sweep->n_steps; i++)
    {
      self->x[i] = points[i].threshold;
      self->y[0][0][i] = 100 * points[i].kept / all;
      self->y[0][1][i] = 100 * others[i].kept / all;
      self->y[0][2][i] = 100 * sweep->points[TAMIS_POLICY_LAST][i].orphans / all;
      for (guint k = 0; k < N_CURVES; k++)
        {
          self->y[1][k][i] = points[i].lines[k].reason == TAMIS_REASON_NONE
                                 ? points[i].lines[k].slope
                                 : NAN;
          self->y[2][k][i] = value_or_nan (&points[i].unit_entropy_change[k]);
        }
    }
}

static void
word_curves (TamisSweepView *self, guint n_steps)
{
  static const TamisPlotTone tones[N_CURVES]
      = { TAMIS_PLOT_TONE_FIRST, TAMIS_PLOT_TONE_SECOND, TAMIS_PLOT_TONE_THIRD };
  static const char *const components[N_CURVES] = { "PC1", "PC2", "PC3" };
  const char *const policies[] = { C_("policy", "cover"), C_("policy", "last") };
  const char *const titles[N_PLOTS]
      = { _("Images left, %"), _("Slope, fixed basis"), _("Entropy, unit variance") };
  TamisPolicy policy = tamis_session_get_policy (self->session);

  for (guint p = 0; p < N_PLOTS; p++)
    {
      for (guint c = 0; c < N_CURVES; c++)
        {
          self->curves[p][c].tone = tones[c];
          self->curves[p][c].label = components[c];
        }
      self->plot[p] = (TamisPlotCurves){ .x = self->x,
                                         .n = n_steps,
                                         .curves = self->curves[p],
                                         .n_curves = N_CURVES,
                                         .reference = p == 1 ? 1.0 : p == 2 ? 0.0 : NAN,
                                         .title = titles[p],
                                         .message = _("Too few classes") };
    }
  self->plot[0].low = 0;
  self->plot[0].high = 100;
  self->plot[0].message = NULL;
  self->curves[0][0].label = policies[policy];
  self->curves[0][1].label = policies[1 - policy];
  self->curves[0][1].tone = TAMIS_PLOT_TONE_PLAIN;
  self->curves[0][1].dashed = TRUE;
  self->curves[0][2].label = _("orphans");
  self->curves[0][2].tone = TAMIS_PLOT_TONE_SECOND;
}

static void
move_marker (TamisSweepView *self)
{
  for (guint p = 0; p < N_PLOTS; p++)
    {
      self->plot[p].marker = tamis_session_get_active_threshold (self->session);
      tamis_chart_redraw (self->charts[p]);
    }
}

/* ---- the suggested T ---- */

/* New string. */
static char *
word_all (const TamisFigure *figure)
{
  g_autofree char *threshold = NULL;

  if (figure->reason == TAMIS_REASON_NO_COPIES)
    return g_strdup (_("No suggestion for all classes: nothing stands out as a copy."));
  if (figure->reason != TAMIS_REASON_NONE)
    return g_strdup (_("No T stands out for all classes: images left fall evenly."));
  threshold = tamis_format_similarity (figure->value);
  return g_strdup_printf (_("Suggested T for all classes: %s, the knee of images left."), threshold);
}

/* New string. */
static char *
word_one (const TamisFigure *figure, const char *name)
{
  g_autofree char *threshold = NULL;

  if (figure->reason == TAMIS_REASON_NO_COPIES)
    return g_strdup_printf (_("No suggestion for %s: nothing there stands out as a copy."), name);
  if (figure->reason != TAMIS_REASON_NONE)
    return g_strdup_printf (_("No T stands out for %s: images left fall evenly."), name);
  threshold = tamis_format_similarity (figure->value);
  return g_strdup_printf (_("Suggested T for %s: %s, the knee of images left."), name, threshold);
}

static void
show_suggestion (TamisSweepView *self, const TamisSweep *sweep)
{
  int class_index = tamis_session_get_class (self->session);
  TamisPolicy policy = tamis_session_get_policy (self->session);
  TamisFigure figure = tamis_sweep_suggest (sweep, policy, class_index);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  self->suggested = value_or_nan (&figure);
  gtk_widget_set_visible (GTK_WIDGET (self->use_button), isfinite (self->suggested));
  if (class_index >= 0)
    name = tamis_format_path (tamis_dataset_get_class_name (
        tamis_session_get_dataset (self->session), class_index));
  text = name != NULL ? word_one (&figure, name) : word_all (&figure);
  gtk_label_set_text (self->suggestion, text);
}

static void
on_use_clicked (TamisSweepView *self)
{
  int class_index = tamis_session_get_class (self->session);

  if (!isfinite (self->suggested))
    return;
  if (class_index >= 0)
    tamis_session_set_class_threshold (self->session, class_index, self->suggested);
  else
    tamis_session_set_threshold (self->session, self->suggested);
}

/* ---- state ---- */

static void
describe (TamisSweepView *self, const TamisSweep *sweep)
{
  const TamisSweepPoint *low = &sweep->points[tamis_session_get_policy (self->session)][0];
  g_autofree char *kept = tamis_format_count (low->kept);
  g_autofree char *threshold = tamis_format_similarity (low->threshold);
  g_autofree char *text = g_strdup_printf (ngettext ("From T %s, where %s image is left, to 1",
                                                     "From T %s, where %s images are left, to 1",
                                                     low->kept), threshold, kept);

  for (guint p = 0; p < N_PLOTS; p++)
    tamis_chart_set_words (self->charts[p], self->plot[p].title, text);
}

static void
refresh (TamisSweepView *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  gboolean current = tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_SWEEP);
  const char *page = "idle";

  if (tamis_statistics_is_working (self->statistics, TAMIS_STATISTICS_SWEEP))
    page = "busy";
  else if (sweep != NULL)
    page = "plots";
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sweep_button),
                            tamis_statistics_get_removal_basis (self->statistics) != NULL);
  gtk_widget_set_visible (self->again_button, !current);
  if (sweep == NULL)
    return;
  fill_curves (self, sweep);
  word_curves (self, sweep->n_steps);
  for (guint p = 0; p < N_PLOTS; p++)
    {
      tamis_chart_set_plot (self->charts[p], tamis_plot_curves_draw, &self->plot[p]);
      tamis_chart_set_dimmed (self->charts[p], !current);
    }
  describe (self, sweep);
  move_marker (self);
  show_suggestion (self, sweep);
}

static void
show_progress (TamisSweepView *self)
{
  TamisProgressState state;

  if (!tamis_statistics_is_working (self->statistics, TAMIS_STATISTICS_SWEEP))
    return;
  tamis_statistics_read_progress (self->statistics, TAMIS_STATISTICS_SWEEP, &state);
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->bar, MIN ((double) state.done / state.total, 1.0));
  else
    gtk_progress_bar_pulse (self->bar);
}

static void
class_changed (TamisSweepView *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);

  if (sweep != NULL)
    show_suggestion (self, sweep);
}

static void
on_sweep_clicked (TamisSweepView *self)
{
  gtk_progress_bar_set_fraction (self->bar, 0);
  tamis_statistics_ask_sweep (self->statistics);
}

static void
on_table_clicked (TamisSweepView *self)
{
  const TamisSweep *sweep = tamis_statistics_get_sweep (self->statistics);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (sweep != NULL && GTK_IS_WINDOW (root))
    gtk_window_present (GTK_WINDOW (tamis_sweep_window_new (
        GTK_WINDOW (root), sweep, tamis_session_get_policy (self->session))));
}

static void
on_cancel_clicked (TamisSweepView *self)
{
  tamis_statistics_cancel_sweep (self->statistics);
}

/* ---- pointer ---- */

static guint
plot_of (TamisSweepView *self, TamisChart *chart)
{
  guint p = 0;

  while (p + 1 < N_PLOTS && self->charts[p] != chart)
    p++;
  return p;
}

static int
step_at (TamisSweepView *self, TamisChart *chart, double x)
{
  TamisPlotStyle style;
  TamisPlotView view = tamis_chart_get_view (chart, &style);

  return x < 0 ? -1 : tamis_plot_curves_index_at (&self->plot[plot_of (self, chart)], &view, x);
}

static void
chart_hovered (TamisSweepView *self, double x, double y, TamisChart *chart)
{
  guint p = plot_of (self, chart);
  int step = step_at (self, chart, x);
  g_autofree char *threshold = step >= 0 ? tamis_format_similarity (self->x[step]) : NULL;
  GString *text = g_string_new (NULL);

  if (step >= 0)
    g_string_append_printf (text, "T %s", threshold);
  for (guint c = 0; c < N_CURVES && step >= 0; c++)
    {
      g_autofree char *value
          = p == 0 ? tamis_words_number (self->y[p][c][step], 1, FALSE)
                   : tamis_words_number (self->y[p][c][step], 2, p == 2);

      g_string_append_printf (text, "\n%s %s%s", self->curves[p][c].label, value, p == 0 ? " %" : "");
    }
  tamis_chart_set_readout (chart, x, y, step >= 0 ? text->str : NULL);
  g_string_free (text, TRUE);
}

static void
chart_pressed (TamisSweepView *self, double x, double y, TamisChart *chart)
{
  int step = step_at (self, chart, x);

  if (step >= 0)
    tamis_session_set_active_threshold (self->session, self->x[step]);
}

/* ---- construction ---- */

void
tamis_sweep_view_set_statistics (TamisSweepView *self, TamisStatistics *statistics)
{
  self->statistics = statistics;
  self->session = tamis_statistics_get_session (statistics);
  g_signal_connect_object (statistics, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (statistics, "progress", G_CALLBACK (show_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::active-threshold", G_CALLBACK (move_marker), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::class", G_CALLBACK (class_changed), self,
                           G_CONNECT_SWAPPED);
  refresh (self);
}

static void
tamis_sweep_view_dispose (GObject *object)
{
  TamisSweepView *self = TAMIS_SWEEP_VIEW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_SWEEP_VIEW);
  G_OBJECT_CLASS (tamis_sweep_view_parent_class)->dispose (object);
}

static void
tamis_sweep_view_finalize (GObject *object)
{
  TamisSweepView *self = TAMIS_SWEEP_VIEW (object);

  g_free (self->x);
  for (guint p = 0; p < N_PLOTS; p++)
    for (guint c = 0; c < N_CURVES; c++)
      g_free (self->y[p][c]);
  G_OBJECT_CLASS (tamis_sweep_view_parent_class)->finalize (object);
}

static void
tamis_sweep_view_init (TamisSweepView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_stack_tell_shown (self->stack);
  self->suggested = NAN;
  for (guint p = 0; p < N_PLOTS; p++)
    {
      self->charts[p] = TAMIS_CHART (tamis_chart_new ());
      tamis_chart_set_minimum (self->charts[p], 150, 132);
      gtk_box_append (self->plots, GTK_WIDGET (self->charts[p]));
      g_signal_connect_object (self->charts[p], "hovered", G_CALLBACK (chart_hovered), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->charts[p], "pressed", G_CALLBACK (chart_pressed), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
tamis_sweep_view_class_init (TamisSweepViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_sweep_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_sweep_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-sweep-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, sweep_button);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, bar);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, plots);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, suggestion);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, use_button);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepView, again_button);
  gtk_widget_class_bind_template_callback (widget_class, on_sweep_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_use_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_table_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
