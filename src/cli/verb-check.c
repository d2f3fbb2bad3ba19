/* check: what share of the pairs above T are near-duplicates, by a judged sample.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "values.h"

#include <math.h>
#include <stdio.h>

typedef struct
{
  int sample;
  double floor; /* NaN: the model's */
  char *class_name; /* owned, as all */
  char *out_file;
  char *judged_file;
  char *threshold_text;
  double wanted;
  double confidence;
  GArray *thresholds;
  TamisInput input;
  TamisPairs *pairs;
  TamisCheck *check;
  guint8 *judgements;
  TamisPrecision *curve;
  guint n_curve;
  TamisPrecisionAnswer answer;
  double check_s;
} Check;

static void
check_clear (Check *self)
{
  g_free (self->class_name);
  g_free (self->out_file);
  g_free (self->judged_file);
  g_free (self->threshold_text);
  g_clear_pointer (&self->thresholds, g_array_unref);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->check, tamis_check_unref);
  g_free (self->judgements);
  g_free (self->curve);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static gboolean
parse (TamisCli *cli, Check *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "sample", 'n', 0, G_OPTION_ARG_INT, &self->sample, "How many pairs to draw (100)", "N" },
    { "class", 0, 0, G_OPTION_ARG_FILENAME, &self->class_name, "Only pairs inside this class", "C" },
    { "floor", 0, 0, G_OPTION_ARG_DOUBLE, &self->floor, "Only pairs above this (the model's)", "F" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &self->out_file,
      "The sample: a,b,similarity,stratum,weight,duplicate", "P.csv" },
    { "judged", 0, 0, G_OPTION_ARG_FILENAME, &self->judged_file,
      "The same file with 1 or 0 in the column duplicate", "P.csv" },
    { "threshold", 't', 0, G_OPTION_ARG_FILENAME, &self->threshold_text,
      "Where to measure (every 0.05)", "T[,T...]" },
    { "precision", 0, 0, G_OPTION_ARG_DOUBLE, &self->wanted, "Find the least T with this (0.99)",
      "P" },
    { "confidence", 0, 0, G_OPTION_ARG_DOUBLE, &self->confidence, "Of the bands (0.95)", "C" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  if (self->sample < 1 || self->sample > TAMIS_CHECK_SIZE_MAX)
    return tamis_cli_usage (error, "--sample must be 1 to %d", TAMIS_CHECK_SIZE_MAX);
  if (!(self->floor >= 0 && self->floor < 1) && !isnan (self->floor))
    return tamis_cli_usage (error, "--floor must be at least 0 and below 1");
  if (!(self->wanted > 0 && self->wanted <= 1))
    return tamis_cli_usage (error, "--precision must be above 0 and at most 1");
  if (!(self->confidence >= 0.5 && self->confidence < 1))
    return tamis_cli_usage (error, "--confidence must be at least 0.5 and below 1");
  if (self->out_file == NULL && self->judged_file == NULL)
    return tamis_cli_usage (error, "Give --out to draw a sample or --judged to measure with one");
  self->thresholds = g_array_new (FALSE, FALSE, sizeof (double));
  return tamis_cli_parse_thresholds (self->threshold_text, self->thresholds, error)
         && tamis_cli_check_output (self->out_file, error);
}

/* ---- work ---- */

static gboolean
draw (TamisCli *cli, Check *self, GError **error)
{
  TamisCheckParams params = TAMIS_CHECK_PARAMS_INIT;
  g_autoptr (TamisModel) model = tamis_cli_find_model (&self->input, error);
  guint class_index;

  if (model == NULL)
    return FALSE;
  if (self->class_name != NULL)
    {
      if (!tamis_cli_find_class (self->input.dataset, self->class_name, &class_index, error))
        return FALSE;
      params.class_index = (int) class_index;
    }
  self->pairs = tamis_cli_join (cli, &self->input,
                                isnan (self->floor) ? tamis_model_get_floor (model) : self->floor,
                                TAMIS_SCOPE_CLASS, error);
  if (self->pairs == NULL)
    return FALSE;
  params.size = (guint) self->sample;
  params.seed += (guint64) cli->seed;
  self->check = tamis_check_new (self->input.dataset, self->pairs, &params, cli->cancel, error);
  return self->check != NULL;
}

static gboolean
measure (Check *self, GError **error)
{
  self->judgements = g_new0 (guint8, MAX (tamis_check_get_n (self->check), 1));
  if (self->judged_file == NULL)
    return TRUE;
  if (!tamis_export_read_judgements (self->input.dataset, self->check, self->judged_file,
                                     self->judgements, error))
    return FALSE;
  for (int i = 0; i < 20 && self->threshold_text == NULL; i++)
    {
      double threshold = i / 20.0;

      if (threshold >= tamis_pairs_get_floor (self->pairs))
        g_array_append_val (self->thresholds, threshold);
    }
  self->curve = tamis_check_curve (self->check, self->judgements, self->confidence,
                                   &self->n_curve);
  self->answer = tamis_check_solve (self->check, self->judgements, self->curve, self->n_curve,
                                    self->wanted, self->confidence);
  return TRUE;
}

/* ---- output ---- */

static guint
count_judged (const Check *self, TamisJudgement at_least)
{
  guint n = 0;

  for (guint i = 0; i < tamis_check_get_n (self->check); i++)
    n += self->judgements[i] >= at_least;
  return n;
}

static void
put_precision (TamisJson *json, const TamisPrecision *precision)
{
  gboolean known = precision->reason == TAMIS_REASON_NONE;

  tamis_json_number (json, "threshold", precision->threshold);
  tamis_json_integer (json, "pairs", precision->n_pairs);
  tamis_json_integer (json, "judged", precision->n_judged);
  tamis_json_integer (json, "duplicates", precision->n_duplicates);
  tamis_json_number (json, "precision", known ? precision->value : NAN);
  tamis_json_number (json, "low", known ? precision->low : NAN);
  tamis_json_number (json, "high", known ? precision->high : NAN);
}

static void
put_sample (TamisJson *json, const Check *self)
{
  g_autofree char *text = tamis_check_dup_text (self->check);

  tamis_json_object (json, "sample");
  tamis_json_string (json, "design", text);
  tamis_json_integer (json, "pairs", tamis_check_get_n_pairs (self->check));
  tamis_json_integer (json, "identical", tamis_check_get_n_identical (self->check));
  tamis_json_integer (json, "drawn", tamis_check_get_n (self->check));
  tamis_json_integer (json, "judged", count_judged (self, TAMIS_JUDGEMENT_NO));
  tamis_json_integer (json, "duplicates", count_judged (self, TAMIS_JUDGEMENT_YES));
  tamis_json_array (json, "strata");
  for (guint h = 0; h < tamis_check_get_n_strata (self->check); h++)
    {
      TamisCheckStratum stratum = tamis_check_get_stratum (self->check, h);

      tamis_json_object (json, NULL);
      tamis_json_number (json, "low", stratum.low);
      tamis_json_number (json, "high", stratum.high);
      tamis_json_integer (json, "pairs", stratum.n_pairs);
      tamis_json_integer (json, "drawn", stratum.n_drawn);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_end (json);
}

static TamisPrecision
precision_at (const Check *self, int class_index, guint i)
{
  return tamis_check_precision (self->check, self->judgements, class_index,
                                g_array_index (self->thresholds, double, i), self->confidence);
}

static void
put_classes (TamisJson *json, const Check *self)
{
  TamisDataset *dataset = self->input.dataset;

  tamis_json_array (json, "classes");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    for (guint i = 0; i < self->thresholds->len; i++)
      {
        TamisPrecision precision = precision_at (self, (int) c, i);

        if (precision.reason != TAMIS_REASON_NONE)
          continue;
        tamis_json_object (json, NULL);
        tamis_json_path (json, "class", tamis_dataset_get_class_name (dataset, c));
        put_precision (json, &precision);
        tamis_json_end (json);
      }
  tamis_json_end (json);
}

static void
put_answer (TamisJson *json, const Check *self)
{
  tamis_json_object (json, "wanted");
  tamis_json_number (json, "precision", self->wanted);
  tamis_json_number (json, "confidence", self->confidence);
  tamis_json_number (json, "threshold", self->answer.found < 0
                                            ? NAN
                                            : self->curve[self->answer.found].threshold);
  tamis_json_number (json, "best_threshold",
                     self->answer.best < 0 ? NAN : self->curve[self->answer.best].threshold);
  tamis_json_number (json, "best_low",
                     self->answer.best < 0 ? NAN : self->curve[self->answer.best].low);
  tamis_json_integer (json, "more_judgements", self->answer.n_more);
  tamis_json_number (json, "more_above",
                     self->answer.aim < 0 ? NAN : self->curve[self->answer.aim].threshold);
  tamis_json_end (json);
}

static void
print_json (const Check *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, &self->input);
  put_sample (json, self);
  if (self->judged_file != NULL)
    {
      tamis_json_array (json, "thresholds");
      for (guint i = 0; i < self->thresholds->len; i++)
        {
          TamisPrecision precision = precision_at (self, -1, i);

          tamis_json_object (json, NULL);
          put_precision (json, &precision);
          tamis_json_end (json);
        }
      tamis_json_end (json);
      put_classes (json, self);
      put_answer (json, self);
    }
  tamis_cli_json_begin_timings (json, &self->input);
  tamis_json_seconds (json, "check_s", self->check_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_answer (const Check *self)
{
  const TamisPrecisionAnswer *answer = &self->answer;

  if (answer->found >= 0)
    {
      const TamisPrecision *at = &self->curve[answer->found];

      printf ("T = %.3f: precision %.3f, at least %.3f with %g %% confidence\n", at->threshold,
              at->value, at->low, 100 * self->confidence);
      return;
    }
  printf ("No T has a precision of %g with %g %% confidence by these judgements", self->wanted,
          100 * self->confidence);
  if (answer->aim >= 0)
    printf ("; about %u more judged above %.3f may do", answer->n_more,
            self->curve[answer->aim].threshold);
  puts ("");
  if (answer->best >= 0)
    printf ("The best is T = %.3f: precision %.3f, at least %.3f\n",
            self->curve[answer->best].threshold, self->curve[answer->best].value,
            self->curve[answer->best].low);
}

static void
print_words (const Check *self)
{
  g_autofree char *pairs = tamis_plot_format_count ((double) tamis_check_get_n_pairs (self->check));

  tamis_cli_print_dataset (self->input.dataset);
  if (self->out_file != NULL)
    printf ("Wrote %s: %u of %s pairs to judge\n", self->out_file,
            tamis_check_get_n (self->check), pairs);
  if (self->judged_file == NULL)
    return;
  printf ("%u of %u pairs judged, %u are duplicates\n\n", count_judged (self, TAMIS_JUDGEMENT_NO),
          tamis_check_get_n (self->check), count_judged (self, TAMIS_JUDGEMENT_YES));
  printf ("%9s %9s %7s  %9s  band of %g %%\n", "T", "pairs", "judged", "precision",
          100 * self->confidence);
  for (guint i = 0; i < self->thresholds->len; i++)
    {
      TamisPrecision at = precision_at (self, -1, i);

      printf ("%9.3f %9" G_GUINT64_FORMAT " %7u", at.threshold, at.n_pairs, at.n_judged);
      if (at.reason == TAMIS_REASON_NONE)
        printf ("  %9.3f  %.3f to %.3f\n", at.value, at.low, at.high);
      else
        puts ("  too few are judged");
    }
  puts ("");
  print_answer (self);
}

gboolean
tamis_verb_check (TamisCli *cli, GError **error)
{
  g_auto (Check) self = { .sample = 100, .floor = NAN, .wanted = 0.99, .confidence = 0.95 };
  double begun;

  if (!parse (cli, &self, error) || !tamis_input_open (cli, &self.input, error))
    return FALSE;
  begun = tamis_clock ();
  if (!draw (cli, &self, error) || !measure (&self, error))
    return FALSE;
  self.check_s = tamis_clock () - begun;
  if (self.out_file != NULL
      && !tamis_export_check (self.input.dataset, self.check, self.judgements, self.out_file,
                              error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (&self);
  else
    print_words (&self);
  return TRUE;
}
