/* sweep: its results as JSON, CSV and Markdown.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sweep.h"

#include "values.h"

#include <math.h>
#include <plot/scatter.h>
#include <stdio.h>

#define N TAMIS_REMOVAL_COMPONENTS

/* Of one component at one point: each with what chance does to it. */
typedef enum {
  MEASURE_SLOPE,
  MEASURE_ENTROPY,
  MEASURE_UNIT_ENTROPY,
  N_MEASURES,
} Measure;

static const char *const measure_keys[N_MEASURES] = { "slope", "entropy_change",
                                                      "unit_entropy_change" };

static double
get_measure (const SweepPoint *point, guint k, Measure measure)
{
  const TamisTheilLine *line = &point->stats->lines[k];

  if (measure == MEASURE_SLOPE)
    return line->reason == TAMIS_REASON_NONE ? line->slope : NAN;
  return tamis_cli_value (measure == MEASURE_ENTROPY ? &point->stats->entropy_change[k]
                                                     : &point->stats->unit_entropy_change[k]);
}

/* NULL: there is no control, or it has no figure. */
static const TamisBand *
get_band (const SweepPoint *point, guint k, Measure measure)
{
  const TamisControl *control = point->control;
  const TamisBand *band;

  if (control == NULL)
    return NULL;
  band = measure == MEASURE_SLOPE     ? &control->slopes[k]
         : measure == MEASURE_ENTROPY ? &control->entropy_change[k]
                                      : &control->unit_entropy_change[k];
  return band->reason == TAMIS_REASON_NONE ? band : NULL;
}

const char *
sweep_compare (double value, const TamisBand *band)
{
  if (band == NULL || isnan (value))
    return NULL;
  return value < band->low ? "below" : value > band->high ? "above" : "within";
}

/* ---- JSON ---- */

static void
json_interval (TamisJson *json, const TamisTheilLine *line)
{
  const double interval[] = { line->slope_low, line->slope_high };

  if (line->reason == TAMIS_REASON_NONE && line->has_interval)
    tamis_json_numbers (json, "slope_interval", interval, 2);
  else
    tamis_json_string (json, "slope_interval", NULL);
}

static void
json_measure (TamisJson *json, const SweepPoint *point, guint k, Measure measure)
{
  const TamisBand *band = get_band (point, k, measure);
  g_autofree char *random = g_strconcat (measure_keys[measure], "_random", NULL);
  const double values[] = { band != NULL ? band->low : 0, band != NULL ? band->median : 0,
                            band != NULL ? band->high : 0 };

  tamis_json_number (json, measure_keys[measure], get_measure (point, k, measure));
  if (band != NULL)
    tamis_json_numbers (json, random, values, G_N_ELEMENTS (values));
  else
    tamis_json_string (json, random, NULL);
}

static void
json_component (TamisJson *json, const SweepPoint *point, guint k)
{
  const TamisTheilLine *line = &point->stats->lines[k];
  gboolean fitted = line->reason == TAMIS_REASON_NONE;

  tamis_json_object (json, NULL);
  tamis_json_integer (json, "component", k + 1);
  tamis_json_integer (json, "classes", line->n);
  tamis_json_number (json, "intercept", fitted ? line->intercept : NAN);
  json_interval (json, line);
  for (guint m = 0; m < N_MEASURES; m++)
    json_measure (json, point, k, m);
  tamis_json_string (json, "reason", fitted ? NULL : tamis_reason_text (line->reason));
  tamis_json_end (json);
}

static void
json_points (TamisJson *json, const Sweep *self)
{
  tamis_json_array (json, "points");
  for (guint i = 0; i < self->points->len; i++)
    {
      const SweepPoint *point = &g_array_index (self->points, SweepPoint, i);

      tamis_json_object (json, NULL);
      tamis_json_string (json, "policy", tamis_cli_policy_name (point->policy));
      tamis_json_number (json, "threshold", point->threshold);
      tamis_json_integer (json, "kept", point->kept);
      tamis_json_integer (json, "pairs", point->n_pairs);
      tamis_json_integer (json, "orphans", point->orphans);
      tamis_json_array (json, "components");
      for (guint k = 0; k < N; k++)
        json_component (json, point, k);
      tamis_json_end (json);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

void
sweep_print_json (TamisCli *cli, const Sweep *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, &self->input);
  tamis_cli_json_classes (json, self->input.dataset);
  tamis_json_string (json, "basis", self->refit ? "refitted" : "fixed");
  tamis_json_integer (json, "control", self->seeds);
  tamis_json_integer (json, "seed", cli->seed);
  json_points (json, self);
  tamis_cli_json_begin_timings (json, &self->input);
  tamis_json_seconds (json, "join_s", self->join_s);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

/* ---- CSV ---- */

static void
csv_component (GString *csv, const SweepPoint *point, guint k)
{
  const TamisTheilLine *line = &point->stats->lines[k];
  gboolean fitted = line->reason == TAMIS_REASON_NONE;
  gboolean has_interval = fitted && line->has_interval;
  const double values[] = { fitted ? line->intercept : NAN, has_interval ? line->slope_low : NAN,
                            has_interval ? line->slope_high : NAN };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_string_append_c (csv, ',');
      tamis_csv_number (csv, values[i]);
    }
  for (guint m = 0; m < N_MEASURES; m++)
    {
      const TamisBand *band = get_band (point, k, m);
      const double figures[] = { get_measure (point, k, m), band != NULL ? band->low : NAN,
                                 band != NULL ? band->median : NAN,
                                 band != NULL ? band->high : NAN };

      for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
        {
          g_string_append_c (csv, ',');
          tamis_csv_number (csv, figures[i]);
        }
    }
}

GString *
sweep_make_csv (const Sweep *self)
{
  GString *csv = g_string_new ("policy,threshold,kept,pairs,orphans,component,classes,intercept,"
                               "slope_low,slope_high");

  for (guint m = 0; m < N_MEASURES; m++)
    g_string_append_printf (csv, ",%s,%s_random_low,%s_random_median,%s_random_high",
                            measure_keys[m], measure_keys[m], measure_keys[m], measure_keys[m]);
  g_string_append_c (csv, '\n');
  for (guint i = 0; i < self->points->len; i++)
    for (guint k = 0; k < N; k++)
      {
        const SweepPoint *point = &g_array_index (self->points, SweepPoint, i);

        g_string_append_printf (csv, "%s,", tamis_cli_policy_name (point->policy));
        tamis_csv_number (csv, point->threshold);
        g_string_append_printf (csv, ",%u,%" G_GUINT64_FORMAT ",%u,%u,%u", point->kept,
                                point->n_pairs, point->orphans, k + 1, point->stats->lines[k].n);
        csv_component (csv, point, k);
        g_string_append_c (csv, '\n');
      }
  return csv;
}

/* ---- Markdown ---- */

static void
print_counts (const Sweep *self)
{
  guint n = tamis_dataset_get_n_images (self->input.dataset);
  g_autofree char *images = tamis_plot_format_count (n);

  puts ("\n| T | policy | images left | of all | pairs | orphans |\n|---|---|---|---|---|---|");
  printf ("| none | | %s | 100.0 %% | | |\n", images);
  for (guint i = 0; i < self->points->len; i++)
    {
      const SweepPoint *point = &g_array_index (self->points, SweepPoint, i);
      g_autofree char *kept = tamis_plot_format_count (point->kept);
      g_autofree char *pairs = tamis_plot_format_count (point->n_pairs);
      g_autofree char *orphans = tamis_plot_format_count (point->orphans);

      printf ("| %.4g | %s | %s | %.1f %% | %s | %s |\n", point->threshold,
              tamis_cli_policy_name (point->policy), kept, 100.0 * point->kept / MAX (n, 1), pairs,
              orphans);
    }
}

static void
print_interval (double low, double high)
{
  g_autofree char *from = tamis_plot_format_number (low, 2);
  g_autofree char *to = tamis_plot_format_number (high, 2);

  printf (" %s to %s |", from, to);
}

/* The figure, what chance does, and how the two compare. */
static void
print_measure (const SweepPoint *point, guint k, Measure measure)
{
  double value = get_measure (point, k, measure);
  const TamisBand *band = get_band (point, k, measure);
  const char *side = sweep_compare (value, band);
  g_autofree char *text = tamis_plot_format_number (value, 2);

  if (measure != MEASURE_SLOPE)
    printf (" %s |", isnan (value) ? "" : text);
  if (band != NULL)
    print_interval (band->low, band->high);
  else
    printf (" |");
  printf (" %s |", side != NULL ? side : "");
}

static void
print_line (const SweepPoint *point, guint k)
{
  const TamisTheilLine *line = &point->stats->lines[k];

  printf ("| %.4g | %s | PC%u |", point->threshold, tamis_cli_policy_name (point->policy), k + 1);
  if (line->reason == TAMIS_REASON_NONE)
    {
      g_autofree char *equation = tamis_plot_format_line (line->slope, line->intercept);

      printf (" %s |", equation);
    }
  else
    printf (" %s |", tamis_reason_text (line->reason));
  if (line->reason == TAMIS_REASON_NONE && line->has_interval)
    print_interval (line->slope_low, line->slope_high);
  else
    printf (" |");
  for (guint m = 0; m < N_MEASURES; m++)
    print_measure (point, k, m);
  putchar ('\n');
}

void
sweep_print_tables (const Sweep *self)
{
  tamis_cli_print_dataset (self->input.dataset);
  print_counts (self);
  printf ("\nKurtosis after over kurtosis before, a point a class, Theil's line; mean change of "
          "entropy in nats,\nas it is and at unit variance. Axes %s.\n",
          self->refit ? "fitted anew to what stays" : "of all images");
  if (self->seeds > 0)
    printf ("At random: 5th to 95th percentile of %d removals of as many images of each class, and "
            "on which\nside of that the figure lies.\n", self->seeds);
  puts ("\n| T | policy | axis | line | slope, 95 % | at random | is | entropy | at random | is "
        "| at unit variance | at random | is |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|");
  for (guint i = 0; i < self->points->len; i++)
    for (guint k = 0; k < N; k++)
      print_line (&g_array_index (self->points, SweepPoint, i), k);
  if (self->out_file != NULL)
    printf ("\nWrote %s\n", self->out_file);
}
