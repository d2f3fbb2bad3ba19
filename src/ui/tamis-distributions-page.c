/* TamisDistributionsPage: the density of one component, of the class in scope or of every class.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-distributions-page.h"

#include "tamis-chart.h"
#include "tamis-density-grid.h"
#include "tamis-density-plot.h"
#include "tamis-format.h"
#include "tamis-groups-view.h"
#include "tamis-outliers-view.h"
#include "tamis-stack.h"
#include "tamis-statistics-words.h"
#include "tamis-wrap-box.h"

#include <glib/gi18n.h>
#include <math.h>

#define N TAMIS_REMOVAL_COMPONENTS

struct _TamisDistributionsPage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkStack *stack;
  GtkLabel *wait_words;
  GtkProgressBar *wait_bar;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkToggleButton *pc1, *pc2, *pc3;
  GtkToggleButton *fixed_button;
  GtkToggleButton *refitted_button;
  GtkStack *tabs;
  GtkWidget *rule_box;
  GtkDropDown *rule;
  GtkSpinButton *step;
  GtkStack *scope;
  GtkBox *one;
  GtkLabel *entropy;
  GtkLabel *unit_entropy;
  GtkLabel *kurtosis;
  GtkLabel *modes;
  GtkLabel *modes_words;
  GtkMenuButton *groups_button;
  TamisGroupsView *groups;
  GtkLabel *steps;
  TamisDensityGrid *many;
  GtkLabel *words;
  TamisOutliersView *outliers;
  TamisChart *chart; /* child of @one */

  /* Owned */
  TamisDensities *densities;
  TamisDensityPlot plot;
  char *x_label;

  /* Borrowed: valid while the page lives */
  TamisStatistics *statistics;
  TamisSession *session;

  guint component;
  gboolean holds;
  gboolean syncing; /* the switch of axes is being set from the statistics */
};

G_DEFINE_FINAL_TYPE (TamisDistributionsPage, tamis_distributions_page, GTK_TYPE_WIDGET)

/* ---- figures ---- */

/* "1.92 → 1.80 (−0.12)" */
static void
show_change (GtkLabel *label, const TamisFigure *before, const TamisFigure *after)
{
  g_autofree char *from = tamis_words_number (
      before->reason == TAMIS_REASON_NONE ? before->value : NAN, 2, FALSE);
  g_autofree char *to = NULL;
  g_autofree char *change = NULL;
  g_autofree char *text = NULL;

  if (before->reason == TAMIS_REASON_NONE && after->reason == TAMIS_REASON_NONE)
    {
      to = tamis_words_number (after->value, 2, FALSE);
      change = tamis_words_number (after->value - before->value, 2, TRUE);
      text = g_strdup_printf ("%s → %s (%s)", from, to, change);
    }
  else
    text = g_strdup_printf ("%s → –", from);
  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), tamis_words_reason (after->reason));
}

/* NaN where there is no density. */
static double
count_modes (const TamisComponent *component)
{
  g_autofree TamisMode *modes = NULL;

  return component->spline != NULL ? tamis_spline_get_modes (component->spline, &modes) : NAN;
}

static void
show_modes (TamisDistributionsPage *self, const TamisComponent *before, const TamisComponent *after)
{
  double n_before = count_modes (before), n_after = count_modes (after);
  g_autofree char *from = tamis_words_number (n_before, 0, FALSE);
  g_autofree char *to = tamis_words_number (n_after, 0, FALSE);
  g_autofree char *text = g_strdup_printf ("%s → %s", from, to);
  gboolean mixed = n_before > 1 || n_after > 1;

  gtk_label_set_text (self->modes, text);
  gtk_label_set_text (self->modes_words, mixed ? _("modes: a mixed class") : _("modes"));
  if (!mixed)
    gtk_menu_button_popdown (self->groups_button);
  gtk_widget_set_visible (GTK_WIDGET (self->groups_button), mixed);
}

static void
show_steps (TamisDistributionsPage *self, const TamisComponent *before,
            const TamisComponent *after)
{
  g_autofree char *from = tamis_words_number (
      before->spline != NULL ? tamis_spline_get_step (before->spline) : NAN, 3, FALSE);
  g_autofree char *to = tamis_words_number (
      after->spline != NULL ? tamis_spline_get_step (after->spline) : NAN, 3, FALSE);
  g_autofree char *text = g_strdup_printf ("%s → %s", from, to);

  gtk_label_set_text (self->steps, text);
}

/* The control is measured with the default step only. */
static const TamisClassControl *
control_of (TamisDistributionsPage *self, guint class_index)
{
  const TamisControl *control = tamis_statistics_get_control (self->statistics);

  if (control == NULL || tamis_densities_get_rule (self->densities) != TAMIS_STEP_FREEDMAN_DIACONIS
      || !tamis_statistics_is_current (self->statistics, TAMIS_STATISTICS_CONTROL)
      || !tamis_densities_is_current (self->densities))
    return NULL;
  return &control->classes[class_index];
}

static TamisWordsEntropy
entropy_of (TamisDistributionsPage *self, guint class_index, const TamisClassDensity *density)
{
  const TamisComponent *before = &density->before->components[self->component];
  const TamisComponent *after = &density->after->components[self->component];
  const TamisClassControl *control = control_of (self, class_index);
  TamisWordsEntropy entropy = { .before = before->entropy,
                                .after = after->entropy,
                                .unit_before = before->unit_entropy,
                                .unit_after = after->unit_entropy,
                                .chance = { .reason = TAMIS_REASON_TOO_FEW },
                                .unit_chance = { .reason = TAMIS_REASON_TOO_FEW } };

  if (control != NULL)
    {
      entropy.chance = control->entropy_change[self->component];
      entropy.unit_chance = control->unit_entropy_change[self->component];
    }
  return entropy;
}

/* ---- one class ---- */

/* What the axis shows of the class before removal; new string. */
static char *
word_axis (guint component, const TamisPca *pca)
{
  g_autofree char *variance = NULL;
  g_autofree char *share = NULL;

  if (component >= pca->n_components || !(pca->total_variance > 0))
    return g_strdup_printf (_("score along PC%u"), component + 1);
  variance = tamis_words_number (pca->variance[component], 3, FALSE);
  share = tamis_words_number (100 * pca->variance[component] / pca->total_variance, 1, FALSE);
  return g_strdup_printf (_("score along PC%u (before: variance %s, %s %% of the whole)"),
                          component + 1, variance, share);
}

static void
show_chart (TamisDistributionsPage *self, guint class_index, const TamisClassDensity *density)
{
  const TamisDistribution *before = tamis_removal_basis_get_before (
      tamis_statistics_get_removal_basis (self->statistics), class_index);
  const char *reason
      = tamis_words_reason (density->before->components[self->component].entropy.reason);

  self->plot.plot.before.label = _("before");
  self->plot.plot.after.label = _("after");
  tamis_density_plot_fill (&self->plot, density, self->component);
  tamis_density_plot_mark (
      &self->plot, self->session, class_index,
      tamis_densities_get_scores (self->densities, class_index, self->component));
  g_free (self->x_label);
  self->x_label = word_axis (self->component, before->pca);
  self->plot.plot.x_label = self->x_label;
  self->plot.plot.y_label = _("density");
  self->plot.plot.message = reason != NULL ? reason : _("Too few images");
  tamis_chart_set_dimmed (self->chart,
                          tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED
                              && !tamis_densities_is_current (self->densities));
  tamis_chart_set_plot (self->chart, tamis_plot_density_draw, &self->plot.plot);
}

static void
show_one (TamisDistributionsPage *self, guint class_index, const TamisClassDensity *density)
{
  const TamisComponent *before = &density->before->components[self->component];
  const TamisComponent *after = &density->after->components[self->component];
  TamisWordsEntropy entropy = entropy_of (self, class_index, density);
  g_autofree char *text
      = tamis_words_entropy (&entropy, density->before->n - density->after->n);
  g_autofree char *name = g_strdup_printf (_("Density along PC%u"), self->component + 1);
  g_autofree char *description = NULL;

  show_chart (self, class_index, density);
  description = g_strdup_printf ("%s\n%s", self->x_label, text);
  show_change (self->entropy, &before->entropy, &after->entropy);
  show_change (self->unit_entropy, &before->unit_entropy, &after->unit_entropy);
  show_change (self->kurtosis, &before->kurtosis, &after->kurtosis);
  tamis_groups_view_set_class (self->groups,
                               tamis_statistics_get_removal_basis (self->statistics),
                               tamis_session_get_dataset (self->session), class_index);
  show_modes (self, before, after);
  show_steps (self, before, after);
  gtk_label_set_text (self->words, text);
  tamis_chart_set_words (self->chart, name, description);
}

/* ---- all classes ---- */

static void
show_many (TamisDistributionsPage *self, guint n_classes)
{
  guint measured = 0, falls = 0, chance = 0;
  gboolean compared = FALSE;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint c = 0; c < n_classes; c++)
    {
      const TamisClassDensity *density = tamis_densities_get (self->densities, c);
      TamisWordsEntropy entropy;
      double change;

      if (density == NULL || density->after->n == density->before->n)
        continue;
      entropy = entropy_of (self, c, density);
      if (entropy.unit_before.reason != TAMIS_REASON_NONE
          || entropy.unit_after.reason != TAMIS_REASON_NONE)
        continue;
      change = entropy.unit_after.value - entropy.unit_before.value;
      measured++;
      falls += tamis_words_sign (change) < 0;
      compared |= entropy.unit_chance.reason == TAMIS_REASON_NONE;
      chance += entropy.unit_chance.reason == TAMIS_REASON_NONE
                && change >= entropy.unit_chance.low && change <= entropy.unit_chance.high;
    }
  if (measured == 0)
    g_string_append (text, _("No class loses images here and keeps enough of them to be measured."));
  else if (falls == 0)
    g_string_append_printf (text,
                            ngettext ("Entropy at unit variance does not fall in the %u class that loses images: the paper says that it rises.",
                                      "Entropy at unit variance falls in none of the %u classes that lose images: the paper says that it rises.",
                                      measured), measured);
  else
    g_string_append_printf (text,
                            ngettext ("Of %u class that loses images, entropy at unit variance falls in %u, although the paper says that it rises.",
                                      "Of %u classes that lose images, entropy at unit variance falls in %u, although the paper says that it rises.",
                                      measured), measured, falls);
  if (compared)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text, ngettext ("In %u class random removal does the same.",
                                              "In %u classes random removal does the same.", chance),
                              chance);
    }
  gtk_label_set_text (self->words, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->groups_button), FALSE);
  tamis_density_grid_refresh (self->many, self->component);
}

/* ---- state ---- */

/* The axes, in the middle of the line below the title. */
static const char *
word_axes (TamisDistributionsPage *self)
{
  if (tamis_statistics_get_basis (self->statistics) != TAMIS_BASIS_REFITTED)
    return _("axes of all images");
  return tamis_densities_is_current (self->densities) ? _("axes refitted to the images that stay")
                                                      : _("refitting the axes…");
}

static void
show_title (TamisDistributionsPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  int class_index = tamis_session_get_class (self->session);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (class_index < 0)
    text = g_strdup_printf (_("Distributions of all classes along PC%u"), self->component + 1);
  else
    {
      name = tamis_format_path (tamis_dataset_get_class_name (dataset, class_index));
      text = g_strdup_printf (_("Distribution of %s along PC%u"), name, self->component + 1);
    }
  gtk_label_set_text (self->title, text);
}

static void
show_subtitle (TamisDistributionsPage *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int class_index = tamis_session_get_class (self->session);
  guint n_before = class_index < 0 ? tamis_dataset_get_n_images (dataset)
                                   : tamis_dataset_get_class_range (dataset, class_index).n;
  guint n_after = class_index < 0 ? tamis_plan_get_n_kept (plan)
                                  : tamis_plan_get_class_kept (plan, class_index);
  g_autofree char *before = tamis_format_count (n_before);
  g_autofree char *after = tamis_format_count (n_after);
  g_autofree char *threshold = tamis_format_threshold (plan, class_index);
  g_autofree char *images = g_strdup_printf (
      ngettext ("%s image before, %s after", "%s images before, %s after", n_before), before, after);
  g_autofree char *text = g_strdup_printf ("%s · %s · T %s", images, word_axes (self), threshold);

  gtk_label_set_text (self->subtitle, text);
}

static void
sync_switches (TamisDistributionsPage *self)
{
  gboolean refitted = tamis_statistics_get_basis (self->statistics) == TAMIS_BASIS_REFITTED;

  self->syncing = TRUE;
  gtk_toggle_button_set_active (refitted ? self->refitted_button : self->fixed_button, TRUE);
  self->syncing = FALSE;
}

static void
show_waiting (TamisDistributionsPage *self)
{
  gboolean compared = tamis_session_get_pairs (self->session) != NULL;

  gtk_label_set_text (self->wait_words,
                      compared ? _("Finding the principal components of every class")
                               : _("Statistics appear here when images have been compared"));
  gtk_widget_set_visible (GTK_WIDGET (self->wait_bar), compared);
}

static void
refresh (TamisDistributionsPage *self)
{
  int class_index = tamis_session_get_class (self->session);
  const TamisClassDensity *density
      = tamis_densities_get (self->densities, MAX (class_index, 0));
  gboolean ready = tamis_session_get_plan (self->session) != NULL
                   && tamis_statistics_get_removal_basis (self->statistics) != NULL;

  gtk_stack_set_visible_child_name (self->stack, ready ? "view" : "wait");
  if (!ready)
    show_waiting (self);
  if (!ready || density == NULL)
    tamis_chart_set_plot (self->chart, NULL, NULL);
  sync_switches (self);
  if (!ready || !self->holds)
    return;
  gtk_stack_set_visible_child_name (self->scope, class_index < 0 ? "many" : "one");
  show_title (self);
  show_subtitle (self);
  if (class_index < 0)
    show_many (self, tamis_dataset_get_n_classes (tamis_session_get_dataset (self->session)));
  else if (density != NULL)
    show_one (self, class_index, density);
}

static void
show_progress (TamisDistributionsPage *self)
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

/* ---- what a person changes ---- */

static void
on_component_toggled (TamisDistributionsPage *self)
{
  self->component = gtk_toggle_button_get_active (self->pc2)   ? 1
                    : gtk_toggle_button_get_active (self->pc3) ? 2
                                                               : 0;
  if (self->densities != NULL)
    refresh (self);
}

static void
on_basis_toggled (TamisDistributionsPage *self)
{
  if (self->statistics != NULL && !self->syncing)
    tamis_statistics_set_basis (self->statistics,
                                gtk_toggle_button_get_active (self->refitted_button)
                                    ? TAMIS_BASIS_REFITTED
                                    : TAMIS_BASIS_FIXED);
}

static void
apply_rule (TamisDistributionsPage *self)
{
  TamisStepRule rule = (TamisStepRule) gtk_drop_down_get_selected (self->rule);

  tamis_densities_set_rule (self->densities, rule, gtk_spin_button_get_value (self->step));
}

/* A step by hand starts from the one on screen. */
static void
on_rule_changed (TamisDistributionsPage *self)
{
  gboolean by_hand = gtk_drop_down_get_selected (self->rule) == TAMIS_STEP_FIXED;
  double step = self->plot.plot.before.step;

  if (self->densities == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->step), by_hand);
  if (by_hand && step > 0)
    {
      self->syncing = TRUE;
      gtk_spin_button_set_increments (self->step, step / 10, step);
      gtk_spin_button_set_value (self->step, step);
      self->syncing = FALSE;
    }
  apply_rule (self);
}

static void
on_step_changed (TamisDistributionsPage *self)
{
  if (self->densities != NULL && !self->syncing)
    apply_rule (self);
}

static void
on_tab_changed (TamisDistributionsPage *self)
{
  gtk_widget_set_visible (self->rule_box,
                          g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "densities") == 0);
}

static void
on_class_activated (TamisDistributionsPage *self, guint class_index)
{
  tamis_session_set_class (self->session, class_index);
}

/* ---- pointer ---- */

static double
density_at (const TamisDistribution *distribution, guint component, double t)
{
  const TamisSpline *spline = distribution->components[component].spline;

  return spline != NULL ? tamis_spline_density (spline, t) : NAN;
}

static void
chart_hovered (TamisDistributionsPage *self, double x, double y)
{
  int class_index = tamis_session_get_class (self->session);
  const TamisClassDensity *density
      = class_index >= 0 ? tamis_densities_get (self->densities, class_index) : NULL;
  TamisPlotStyle style;
  TamisPlotView view = tamis_chart_get_view (self->chart, &style);
  double t = tamis_plot_density_to_value (&self->plot.plot, &view, x);
  g_autofree char *at = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *text = NULL;

  if (x < 0 || density == NULL || self->plot.plot.before.n_curve == 0)
    {
      tamis_chart_set_readout (self->chart, 0, 0, NULL);
      return;
    }
  at = tamis_words_number (t, 2, FALSE);
  before = tamis_words_number (density_at (density->before, self->component, t), 3, FALSE);
  after = tamis_words_number (
      density_at (density->after, self->component, density->mirrored[self->component] ? -t : t), 3,
      FALSE);
  text = g_strdup_printf (_("at %s\nbefore %s\nafter %s"), at, before, after);
  tamis_chart_set_readout (self->chart, x, y, text);
}

/* ---- construction ---- */

void
tamis_distributions_page_set_statistics (TamisDistributionsPage *self,
                                         TamisStatistics *statistics)
{
  self->statistics = statistics;
  self->session = tamis_statistics_get_session (statistics);
  self->densities = tamis_densities_new (statistics);
  tamis_density_grid_set_densities (self->many, self->densities, self->session);
  tamis_outliers_view_set_session (self->outliers, self->session);
  /* It follows the statistics and says so itself. */
  g_signal_connect_object (self->densities, "changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::class", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::selection", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (statistics, "progress", G_CALLBACK (show_progress), self,
                           G_CONNECT_SWAPPED);
  refresh (self);
}

static void
tamis_distributions_page_map (GtkWidget *widget)
{
  TamisDistributionsPage *self = TAMIS_DISTRIBUTIONS_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_distributions_page_parent_class)->map (widget);
  self->holds = self->densities != NULL;
  if (self->holds)
    tamis_densities_hold (self->densities);
}

static void
tamis_distributions_page_unmap (GtkWidget *widget)
{
  TamisDistributionsPage *self = TAMIS_DISTRIBUTIONS_PAGE (widget);

  GTK_WIDGET_CLASS (tamis_distributions_page_parent_class)->unmap (widget);
  if (self->holds)
    tamis_densities_release (self->densities);
  self->holds = FALSE;
}

static void
tamis_distributions_page_dispose (GObject *object)
{
  TamisDistributionsPage *self = TAMIS_DISTRIBUTIONS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_DISTRIBUTIONS_PAGE);
  g_clear_object (&self->densities);
  G_OBJECT_CLASS (tamis_distributions_page_parent_class)->dispose (object);
}

static void
tamis_distributions_page_finalize (GObject *object)
{
  TamisDistributionsPage *self = TAMIS_DISTRIBUTIONS_PAGE (object);

  tamis_density_plot_clear (&self->plot);
  g_free (self->x_label);
  G_OBJECT_CLASS (tamis_distributions_page_parent_class)->finalize (object);
}

static void
tamis_distributions_page_init (TamisDistributionsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tamis_stack_tell_shown (self->stack);
  tamis_stack_tell_shown (self->tabs);
  tamis_stack_tell_shown (self->scope);
  self->chart = TAMIS_CHART (tamis_chart_new ());
  tamis_chart_set_minimum (self->chart, 360, 150);
  gtk_widget_set_vexpand (GTK_WIDGET (self->chart), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->chart), "plot-card");
  gtk_box_prepend (self->one, GTK_WIDGET (self->chart));
  g_signal_connect_object (self->chart, "hovered", G_CALLBACK (chart_hovered), self,
                           G_CONNECT_SWAPPED);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, wait_words);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, wait_bar);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, title);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, pc1);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, pc2);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, pc3);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, fixed_button);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, refitted_button);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, tabs);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, rule_box);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, rule);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, step);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, scope);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, one);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, entropy);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, unit_entropy);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, kurtosis);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, modes);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, modes_words);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, groups_button);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, groups);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, steps);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, many);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, words);
  gtk_widget_class_bind_template_child (widget_class, TamisDistributionsPage, outliers);
}

static void
tamis_distributions_page_class_init (TamisDistributionsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_distributions_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tamis_distributions_page_finalize;
  widget_class->map = tamis_distributions_page_map;
  widget_class->unmap = tamis_distributions_page_unmap;
  g_type_ensure (TAMIS_TYPE_DENSITY_GRID);
  g_type_ensure (TAMIS_TYPE_GROUPS_VIEW);
  g_type_ensure (TAMIS_TYPE_OUTLIERS_VIEW);
  g_type_ensure (TAMIS_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tamis/Tamis/ui/tamis-distributions-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_component_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_basis_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_rule_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_step_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_tab_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_class_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
