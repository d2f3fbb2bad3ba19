/* A sweep over T as CSV: the file of `tamis-cli sweep --control 0 --out`.
 *
 * FORMAT: policy,threshold,kept,pairs,orphans,component,classes,intercept,slope_low,slope_high, then
 * slope, entropy_change and unit_entropy_change, each with the low, median and high of the control,
 * which a sweep of the window does not have; a row a policy, threshold and component (1 to 3).
 * Kurtosis and entropy on the fixed basis; a figure that does not exist is an empty field. Numbers
 * have the digits that give the same double back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/export.h>

static void
add_number (GString *csv, double number, gboolean exists)
{
  g_string_append_c (csv, ',');
  if (exists)
    tamis_number_append (csv, number);
}

static void
add_measure (GString *csv, double number, gboolean exists)
{
  add_number (csv, number, exists);
  g_string_append (csv, ",,,");
}

static void
add_component (GString *csv, const char *policy, const TamisSweepPoint *point, guint k)
{
  const TamisTheilLine *line = &point->lines[k];
  const TamisFigure *raw = &point->entropy_change[k], *unit = &point->unit_entropy_change[k];
  gboolean fitted = line->reason == TAMIS_REASON_NONE;

  g_string_append (csv, policy);
  add_number (csv, point->threshold, TRUE);
  g_string_append_printf (csv, ",%u,%" G_GUINT64_FORMAT ",%u,%u,%u", point->kept, point->n_pairs,
                          point->orphans, k + 1, line->n);
  add_number (csv, line->intercept, fitted);
  add_number (csv, line->slope_low, fitted && line->has_interval);
  add_number (csv, line->slope_high, fitted && line->has_interval);
  add_measure (csv, line->slope, fitted);
  add_measure (csv, raw->value, raw->reason == TAMIS_REASON_NONE);
  add_measure (csv, unit->value, unit->reason == TAMIS_REASON_NONE);
  g_string_append_c (csv, '\n');
}

char *
tamis_sweep_format_csv (const TamisSweep *self)
{
  static const char *const policies[2] = { "cover", "last" };
  static const char *const measures[] = { "slope", "entropy_change", "unit_entropy_change" };
  GString *csv = g_string_new ("policy,threshold,kept,pairs,orphans,component,classes,intercept,"
                               "slope_low,slope_high");

  for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
    g_string_append_printf (csv, ",%s,%s_random_low,%s_random_median,%s_random_high", measures[m],
                            measures[m], measures[m], measures[m]);
  g_string_append_c (csv, '\n');
  for (guint policy = 0; policy < 2; policy++)
    for (guint i = 0; i < self->n_steps; i++)
      for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
        add_component (csv, policies[policy], &self->points[policy][i], k);
  return g_string_free (csv, FALSE);
}
