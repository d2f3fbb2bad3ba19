/* stats: the spline model of every class, as figures and as curves.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Points a class of the histogram in --density. The density is a parabola from edge to edge, so
 * that three points say all and four draw well. */
#define POINTS_A_BIN 4

typedef struct
{
  char *step_text;    /* owned, as all */
  char *density_file;
  TamisDistributionParams params;
  TamisInput input;
  GPtrArray *distributions;
  double statistics_s;
} Stats;

static void
stats_clear (Stats *self)
{
  g_free (self->step_text);
  g_free (self->density_file);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->distributions, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stats, stats_clear)

static gboolean
parse (TamisCli *cli, Stats *self, GError **error)
{
  int components = self->params.n_components;
  const GOptionEntry entries[] = {
    { "components", 0, 0, G_OPTION_ARG_INT, &components, "How many principal components (3)",
      "K" },
    { "step", 0, 0, G_OPTION_ARG_FILENAME, &self->step_text,
      "Step of the spline density: fd (default), scott, sturges or a number", "H" },
    { "density", 0, 0, G_OPTION_ARG_FILENAME, &self->density_file,
      "The curves: class,component,t,density", "D.csv" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error) || !tamis_cli_check_components (components, error)
      || !tamis_cli_parse_step (self->step_text, &self->params.rule, &self->params.step, error))
    return FALSE;
  self->params.n_components = components;
  return tamis_cli_check_output (self->density_file, error);
}

/* ---- files ---- */

static void
write_curve (TamisWriter *writer, const char *class_name, guint component,
             const TamisSpline *spline)
{
  guint n = POINTS_A_BIN * (tamis_spline_get_n_bins (spline) + 2);
  g_autoptr (GString) csv = g_string_new (NULL);
  double low, high;

  tamis_spline_get_support (spline, &low, &high);
  for (guint i = 0; i <= n; i++)
    {
      double t = i < n ? low + (high - low) * i / n : high;

      tamis_csv_path (csv, class_name);
      g_string_append_printf (csv, ",%u,", component);
      tamis_csv_number (csv, t);
      g_string_append_c (csv, ',');
      tamis_csv_number (csv, tamis_spline_density (spline, t));
      g_string_append_c (csv, '\n');
    }
  tamis_writer_put (writer, csv->str, csv->len);
}

static gboolean
write_density (const Stats *self, GError **error)
{
  g_autoptr (TamisWriter) writer = NULL;

  if (self->density_file == NULL)
    return TRUE;
  writer = tamis_writer_new (self->density_file);
  tamis_writer_print (writer, "class,component,t,density\n");
  for (guint c = 0; c < self->distributions->len; c++)
    {
      const TamisDistribution *distribution = g_ptr_array_index (self->distributions, c);

      for (guint k = 0; k < distribution->n_components; k++)
        if (distribution->components[k].spline != NULL)
          write_curve (writer, tamis_dataset_get_class_name (self->input.dataset, c), k + 1,
                       distribution->components[k].spline);
    }
  return tamis_writer_commit (writer, error);
}

/* ---- figures ---- */

typedef enum {
  FIGURE_EXPLAINED,
  FIGURE_SHARE,
  FIGURE_KURTOSIS,
  FIGURE_ENTROPY,
  FIGURE_UNIT_ENTROPY,
  FIGURE_STEP,
  FIGURE_MODES,
  N_FIGURES,
} Figure;

static const char *const figure_keys[N_FIGURES] = {
  "explained_variance", "explained_variance_ratio", "kurtosis", "entropy", "unit_entropy",
  "step", "modes",
};

/* NaN where there is none. */
static double
get_figure (const TamisDistribution *self, guint k, Figure figure)
{
  const TamisComponent *component = &self->components[k];
  const TamisPca *pca = self->pca;
  g_autofree TamisMode *modes = NULL;

  switch (figure)
    {
    case FIGURE_EXPLAINED:
      return k < pca->n_components ? pca->variance[k] : NAN;
    case FIGURE_SHARE:
      return k < pca->n_components ? pca->variance[k] / pca->total_variance : NAN;
    case FIGURE_KURTOSIS:
      return tamis_cli_value (&component->kurtosis);
    case FIGURE_ENTROPY:
      return tamis_cli_value (&component->entropy);
    case FIGURE_UNIT_ENTROPY:
      return tamis_cli_value (&component->unit_entropy);
    case FIGURE_STEP:
      return component->spline != NULL ? tamis_spline_get_step (component->spline) : NAN;
    case FIGURE_MODES:
      return component->spline != NULL ? tamis_spline_get_modes (component->spline, &modes) : NAN;
    case N_FIGURES:
    default:
      g_return_val_if_reached (NAN);
    }
}

/* Why a figure of component @k is missing; NULL if none is. */
static const char *
get_reason (const TamisDistribution *self, guint k)
{
  const TamisComponent *component = &self->components[k];
  TamisReason reason = component->entropy.reason != TAMIS_REASON_NONE
                           ? component->entropy.reason
                           : component->kurtosis.reason;

  return reason != TAMIS_REASON_NONE ? tamis_reason_text (reason) : NULL;
}

static void
json_class (TamisJson *json, const char *name, const TamisDistribution *distribution)
{
  g_autofree double *values = g_new (double, distribution->n_components);

  tamis_json_object (json, NULL);
  tamis_json_path (json, "class", name);
  tamis_json_integer (json, "images", distribution->n);
  for (guint f = 0; f < N_FIGURES; f++)
    {
      for (guint k = 0; k < distribution->n_components; k++)
        values[k] = get_figure (distribution, k, f);
      tamis_json_numbers (json, figure_keys[f], values, distribution->n_components);
    }
  tamis_json_array (json, "reasons");
  for (guint k = 0; k < distribution->n_components; k++)
    tamis_json_string (json, NULL, get_reason (distribution, k));
  tamis_json_end (json);
  tamis_json_end (json);
}

static void
print_json (const Stats *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, &self->input);
  tamis_json_integer (json, "components", self->params.n_components);
  tamis_json_string (json, "step_rule", tamis_cli_step_name (self->params.rule));
  tamis_json_array (json, "classes");
  for (guint c = 0; c < self->distributions->len; c++)
    json_class (json, tamis_dataset_get_class_name (self->input.dataset, c),
                g_ptr_array_index (self->distributions, c));
  tamis_json_end (json);
  tamis_cli_json_begin_timings (json, &self->input);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_component (const char *name, const TamisDistribution *distribution, guint k)
{
  static const struct { Figure figure; const char *format; double unit; } columns[] = {
    { FIGURE_SHARE, "%7.1f %%", 100 }, { FIGURE_KURTOSIS, "%9.2f ", 1 },
    { FIGURE_ENTROPY, "%9.2f ", 1 },   { FIGURE_STEP, "%9.3g ", 1 },
    { FIGURE_MODES, "%6.0f", 1 },
  };
  const char *reason = get_reason (distribution, k);

  printf ("%10u  PC%-4u", distribution->n, k + 1);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      double value = get_figure (distribution, k, columns[i].figure);
      g_autofree char *text = g_strdup_printf (columns[i].format, columns[i].unit * value);

      if (isnan (value))
        printf ("%*s", (int) strlen (text), "- ");
      else
        fputs (text, stdout);
    }
  printf ("%s %s", get_figure (distribution, k, FIGURE_MODES) > 1 ? "!" : " ", name);
  if (reason != NULL)
    printf (" (%s)", reason);
  putchar ('\n');
}

static void
print_words (const Stats *self)
{
  guint n_heterogeneous = 0;

  tamis_cli_print_dataset (self->input.dataset);
  printf ("\n    images  axis   variance  kurtosis   entropy      step  modes  class\n");
  for (guint c = 0; c < self->distributions->len; c++)
    {
      const TamisDistribution *distribution = g_ptr_array_index (self->distributions, c);
      g_autofree char *name
        = tamis_path_escape (tamis_dataset_get_class_name (self->input.dataset, c));
      guint component;

      for (guint k = 0; k < distribution->n_components; k++)
        print_component (name, distribution, k);
      n_heterogeneous += tamis_distribution_count_modes (distribution, &component) > 1;
    }
  if (n_heterogeneous > 0)
    printf ("! More than one mode: %u class%s may hold different things.\n", n_heterogeneous,
            n_heterogeneous == 1 ? "" : "es");
  if (self->density_file != NULL)
    printf ("\nWrote %s\n", self->density_file);
}

gboolean
tamis_verb_stats (TamisCli *cli, GError **error)
{
  g_auto (Stats) self = { .params = TAMIS_DISTRIBUTION_PARAMS_INIT };
  double begun;

  if (!parse (cli, &self, error) || !tamis_input_open (cli, &self.input, error))
    return FALSE;
  begun = tamis_clock ();
  self.distributions = tamis_distributions_new (self.input.dataset, self.input.latents,
                                                &self.params, cli->progress, cli->cancel, error);
  if (self.distributions == NULL)
    return FALSE;
  self.statistics_s = tamis_clock () - begun;
  if (!write_density (&self, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (&self);
  else
    print_words (&self);
  return TRUE;
}
