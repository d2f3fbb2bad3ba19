/* Splines sampled for drawing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-density-plot.h"

#include <glib/gi18n.h>

#define MIN_POINTS 160
#define MAX_POINTS 480

static void
clear_side (TamisDensityPlot *self, int side)
{
  g_clear_pointer (&self->bars[side], g_free);
  g_clear_pointer (&self->t[side], g_free);
  g_clear_pointer (&self->density[side], g_free);
  g_clear_pointer (&self->mode_t[side], g_free);
  g_clear_pointer (&self->mode_density[side], g_free);
}

void
tamis_density_plot_clear (TamisDensityPlot *self)
{
  clear_side (self, 0);
  clear_side (self, 1);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->note, g_free);
}

static void
fill_bars (TamisDensityPlot *self, int side, const TamisSpline *spline, gboolean mirrored,
           TamisPlotDistribution *out)
{
  guint n = tamis_spline_get_n_bins (spline);
  const guint32 *counts = tamis_spline_get_counts (spline);
  double step = tamis_spline_get_step (spline);
  double first = tamis_spline_get_first_edge (spline);
  double unit = 1.0 / (tamis_spline_get_n (spline) * step);

  self->bars[side] = g_new (double, n);
  for (guint i = 0; i < n; i++)
    self->bars[side][i] = counts[mirrored ? n - 1 - i : i] * unit;
  out->bars = self->bars[side];
  out->n_bins = n;
  out->step = step;
  out->low = mirrored ? -(first + n * step) : first;
}

static void
fill_curve (TamisDensityPlot *self, int side, const TamisSpline *spline, gboolean mirrored,
            TamisPlotDistribution *out)
{
  guint n = CLAMP (8 * (tamis_spline_get_n_bins (spline) + 2), MIN_POINTS, MAX_POINTS);
  double low, high;

  tamis_spline_get_support (spline, &low, &high);
  self->t[side] = g_new (double, n);
  self->density[side] = g_new (double, n);
  for (guint i = 0; i < n; i++)
    {
      double share = (double) (mirrored ? n - 1 - i : i) / (n - 1);
      double t = low + share * (high - low);

      self->t[side][i] = mirrored ? -t : t;
      self->density[side][i] = tamis_spline_density (spline, t);
    }
  out->t = self->t[side];
  out->density = self->density[side];
  out->n_curve = n;
}

static void
fill_modes (TamisDensityPlot *self, int side, const TamisSpline *spline, gboolean mirrored,
            TamisPlotDistribution *out)
{
  g_autofree TamisMode *modes = NULL;
  guint n = tamis_spline_get_modes (spline, &modes);

  self->mode_t[side] = g_new (double, n);
  self->mode_density[side] = g_new (double, n);
  for (guint i = 0; i < n; i++)
    {
      self->mode_t[side][i] = mirrored ? -modes[i].position : modes[i].position;
      self->mode_density[side][i] = modes[i].density;
    }
  out->mode_t = self->mode_t[side];
  out->mode_density = self->mode_density[side];
  out->n_modes = n;
}

static void
fill_side (TamisDensityPlot *self, int side, const TamisSpline *spline, gboolean mirrored)
{
  TamisPlotDistribution *out = side == 0 ? &self->plot.before : &self->plot.after;
  const char *label = out->label;

  clear_side (self, side);
  *out = (TamisPlotDistribution){ .label = label };
  if (spline == NULL)
    return;
  fill_bars (self, side, spline, mirrored, out);
  fill_curve (self, side, spline, mirrored, out);
  fill_modes (self, side, spline, mirrored, out);
}

static const TamisSpline *
spline_of (const TamisDistribution *distribution, guint component)
{
  return distribution != NULL && component < distribution->n_components
             ? distribution->components[component].spline
             : NULL;
}

void
tamis_density_plot_fill (TamisDensityPlot *self, const TamisClassDensity *density, guint component)
{
  fill_side (self, 0, density != NULL ? spline_of (density->before, component) : NULL, FALSE);
  fill_side (self, 1, density != NULL ? spline_of (density->after, component) : NULL,
             density != NULL && density->mirrored[component]);
}

void
tamis_density_plot_mark (TamisDensityPlot *self, TamisSession *session, guint class_index,
                         const double *scores)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);
  TamisPlan *plan = tamis_session_get_plan (session);
  TamisRange range;
  guint rows[TAMIS_PLOT_RUG_MAX];

  self->plot.n_rug = 0;
  if (scores == NULL || plan == NULL)
    return;
  range = tamis_dataset_get_class_range (dataset, class_index);
  rows[0] = tamis_session_get_selection (session, &rows[1]);
  for (guint i = 0; i < TAMIS_PLOT_RUG_MAX; i++)
    {
      guint place = rows[i] - range.first;
      gboolean stays;

      if (rows[i] == TAMIS_NO_WITNESS || rows[i] < range.first || place >= range.n)
        continue;
      stays = tamis_plan_is_kept (plan, rows[i]);
      self->plot.rug[self->plot.n_rug++]
          = (TamisPlotRug){ scores[place], i == 0 ? _("selected image") : _("its pair"), stays };
    }
}
