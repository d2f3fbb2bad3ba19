/* generate: new images of a class, drawn from its spline marginals (METHOD A5, "imitation").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "generate.h"
#include "values.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT_MAX 100000
#define BATCH 8
#define TABLE "generated.csv"

typedef struct
{
  /* Options, owned */
  char *class_name;
  char *out;
  char *sheet_file;
  char *step_text;
  int count;
  TamisGeneratorParams params;

  /* Owned */
  GenerateClass set;
  TamisGenerator *generator;
  Generated *items; /* count */

  double scan_s, statistics_s, draw_s;
} Generate;

static void
generate_clear (Generate *self)
{
  g_free (self->class_name);
  g_free (self->out);
  g_free (self->sheet_file);
  g_free (self->step_text);
  g_clear_pointer (&self->set.dataset, tamis_dataset_unref);
  g_clear_pointer (&self->set.model, tamis_model_unref);
  g_free (self->set.latents);
  g_clear_pointer (&self->generator, tamis_generator_free);
  for (int i = 0; self->items != NULL && i < self->count; i++)
    {
      g_free (self->items[i].file);
      g_clear_pointer (&self->items[i].image, tamis_image_unref);
    }
  g_free (self->items);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Generate, generate_clear)

/* ---- options ---- */

static gboolean
refuse_latents (const char *name, const char *value, gpointer data, GError **error)
{
  return tamis_cli_usage (error,
                          "%s: only images and a model with a decoder will do, vectors cannot be "
                          "turned into images", name);
}

static gboolean
check (Generate *self, int components, GError **error)
{
  double share = self->params.variance_share;

  if (self->class_name == NULL)
    return tamis_cli_usage (error, "--class is missing");
  if (self->out == NULL)
    return tamis_cli_usage (error, "--out is missing");
  if (self->count < 1 || self->count > COUNT_MAX)
    return tamis_cli_usage (error, "--count must be 1 to %d", COUNT_MAX);
  if (!isnan (share) && !(share > 0 && share <= 1))
    return tamis_cli_usage (error, "--variance must be above 0, at most 1");
  self->params.variance_share = isnan (share) ? 0 : share;
  self->params.n_components = components;
  return tamis_cli_check_components (components, error)
         && tamis_cli_parse_step (self->step_text, &self->params.rule, &self->params.step, error)
         && tamis_cli_check_output (self->sheet_file, error);
}

static gboolean
parse (TamisCli *cli, Generate *self, GError **error)
{
  int components = TAMIS_GENERATOR_MAX_COMPONENTS;
  const GOptionEntry entries[] = {
    { "class", 0, 0, G_OPTION_ARG_FILENAME, &self->class_name, "The class to imitate", "C" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &self->count, "How many images", "N" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &self->out, "A new or empty folder for them", "DIR" },
    { "components", 0, 0, G_OPTION_ARG_INT, &components,
      "At most so many principal components (1000)", "K" },
    { "variance", 0, 0, G_OPTION_ARG_DOUBLE, &self->params.variance_share,
      "No more of them than explain this share of the variance, such as 0.95", "P" },
    { "step", 0, 0, G_OPTION_ARG_FILENAME, &self->step_text,
      "Step of the spline density: fd (default), scott, sturges or a number", "H" },
    { "sheet", 0, 0, G_OPTION_ARG_FILENAME, &self->sheet_file,
      "A contact sheet, each beside the nearest real image", "F.png" },
    { "latents", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, refuse_latents, NULL, NULL },
    { "labels", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, refuse_latents, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  return tamis_cli_parse (cli, entries, error) && check (self, components, error);
}

/* Nothing that is there is overwritten: the folder must be missing or empty. */
static gboolean
check_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = NULL;

  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    return TRUE;
  dir = g_dir_open (folder, 0, error);
  if (dir == NULL)
    return FALSE;
  if (g_dir_read_name (dir) == NULL)
    return TRUE;
  g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
               "%s is not empty: choose a new or empty folder", folder);
  return FALSE;
}

/* ---- work ---- */

static gboolean
open_model (TamisCli *cli, Generate *self, GError **error)
{
  const char *name = cli->model != NULL ? cli->model : TAMIS_MODEL_DEFAULT;

  self->set.model = tamis_model_open (name, error);
  if (self->set.model == NULL || tamis_model_has_decoder (self->set.model))
    return self->set.model != NULL;
  g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
               "Model %s has no decoder to make images with; give one that has, such as --model "
               "whitened", name);
  return FALSE;
}

static gboolean
encode (TamisCli *cli, Generate *self, GError **error)
{
  g_autoptr (TamisDataset) found = NULL;
  double begun = tamis_clock ();

  found = tamis_dataset_open (cli->location, cli->progress, cli->cancel, error);
  if (found == NULL)
    return FALSE;
  self->scan_s = tamis_clock () - begun;
  return generate_encode (cli, found, self->class_name, &self->set, error)
         && tamis_cli_check_strict (cli, self->set.dataset, error);
}

static gboolean
fit (TamisCli *cli, Generate *self, GError **error)
{
  TamisPcaParams set = { .values = self->set.latents, .n = self->set.range.n, .parallel = TRUE };
  double begun = tamis_clock ();
  const TamisPca *pca;

  set.dimension = (guint) tamis_model_get_latent_dimension (self->set.model);
  tamis_progress_begin (cli->progress, TAMIS_STAGE_STATISTICS, 0);
  self->generator = tamis_generator_new (&set, &self->params, cli->cancel, error);
  if (self->generator == NULL)
    return FALSE;
  self->statistics_s = tamis_clock () - begun;
  if (tamis_generator_get_n_components (self->generator) > 0)
    return TRUE;
  pca = tamis_generator_get_distribution (self->generator)->pca;
  g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
               "Class %s has no density to draw from, with %u readable image%s (%s); give a class "
               "with several different images", self->class_name, self->set.range.n,
               self->set.range.n == 1 ? "" : "s",
               tamis_reason_text (pca->reason));
  return FALSE;
}

typedef struct
{
  Generate *self;
  guint64 seed;
  TamisProgress *progress;
  TamisCoder **coders; /* one a worker */
  int digits;
  GError *error; /* the first one; atomic pointer */
} Draw;

/* The nearest of the class by Euclidean distance; the first at a tie. */
static void
find_nearest (const Generate *self, const float *latent, Generated *item)
{
  gsize dimension = tamis_model_get_latent_dimension (self->set.model);
  double best = INFINITY;

  for (guint i = 0; i < self->set.range.n; i++)
    {
      const float *row = self->set.latents + i * dimension;
      double sum = 0;

      for (gsize j = 0; j < dimension; j++)
        sum += (double) (row[j] - latent[j]) * (row[j] - latent[j]);
      if (sum < best)
        {
          best = sum;
          item->nearest = self->set.range.first + i;
        }
    }
  item->distance = sqrt (best);
}

static void
save (Draw *draw, guint i, const float *output)
{
  Generate *self = draw->self;
  Generated *item = &self->items[i];
  g_autofree char *path = NULL;
  g_autoptr (TamisImage) image
    = tamis_image_from_input (output, tamis_model_get_input_side (self->set.model));
  GError *error = NULL;

  item->file = g_strdup_printf ("generated-%0*u.png", draw->digits, i + 1);
  path = g_build_filename (self->out, item->file, NULL);
  if (!tamis_image_save_png (image, path, &error)
      && !g_atomic_pointer_compare_and_exchange (&draw->error, NULL, error))
    g_error_free (error);
  if (self->sheet_file != NULL && i < GENERATE_SHEET_MAX)
    item->image = g_steal_pointer (&image);
}

static void
draw_batch (gsize number, guint worker, gpointer data)
{
  Draw *draw = data;
  Generate *self = draw->self;
  gsize dimension = tamis_model_get_latent_dimension (self->set.model);
  gsize side = tamis_model_get_input_side (self->set.model);
  guint first = (guint) number * BATCH, n = MIN (BATCH, self->count - first);
  g_autofree float *latents = g_new (float, n * dimension);
  g_autofree float *output = g_new (float, n * 3 * side * side);

  if (g_atomic_pointer_get (&draw->error) != NULL)
    return;
  if (draw->coders[worker] == NULL)
    draw->coders[worker] = tamis_coder_new (self->set.model, BATCH);
  tamis_generator_draw (self->generator, draw->seed, first, n, NULL, latents);
  tamis_coder_decode (draw->coders[worker], latents, (int) n, output);
  for (guint i = 0; i < n; i++)
    {
      find_nearest (self, latents + i * dimension, &self->items[first + i]);
      save (draw, first + i, output + i * 3 * side * side);
    }
  tamis_progress_add (draw->progress, n);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  int saved;

  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  saved = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "Could not make %s: %s",
               folder, g_strerror (saved));
  return FALSE;
}

static gboolean
draw_images (TamisCli *cli, Generate *self, GError **error)
{
  Draw draw = { self, cli->seed, cli->progress, NULL, 4, NULL };
  double begun = tamis_clock ();

  if (!make_folder (self->out, error))
    return FALSE;
  for (int limit = 10000; limit <= self->count; limit *= 10)
    draw.digits++;
  self->items = g_new0 (Generated, self->count);
  draw.coders = g_new0 (TamisCoder *, tamis_parallel_workers ());
  tamis_progress_begin (cli->progress, TAMIS_STAGE_DRAW, self->count);
  tamis_parallel_for ((self->count + BATCH - 1) / BATCH, draw_batch, &draw, cli->cancel);
  for (guint i = 0; i < tamis_parallel_workers (); i++)
    g_clear_pointer (&draw.coders[i], tamis_coder_free);
  g_free (draw.coders);
  self->draw_s = tamis_clock () - begun;
  if (draw.error != NULL)
    {
      g_propagate_error (error, draw.error);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cli->cancel, error);
}

/* ---- output ---- */

static gboolean
write_table (const Generate *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->out, TABLE, NULL);
  g_autoptr (GString) csv = g_string_new ("file,nearest,distance\n");

  for (int i = 0; i < self->count; i++)
    {
      tamis_csv_path (csv, self->items[i].file);
      g_string_append_c (csv, ',');
      tamis_csv_path (csv, tamis_dataset_get_path (self->set.dataset, self->items[i].nearest));
      g_string_append_c (csv, ',');
      tamis_csv_number (csv, self->items[i].distance);
      g_string_append_c (csv, '\n');
    }
  return tamis_cli_write (path, csv, error);
}

static double
get_share (const Generate *self)
{
  const TamisPca *pca = tamis_generator_get_distribution (self->generator)->pca;
  double sum = 0;

  for (guint k = 0; k < tamis_generator_get_n_components (self->generator); k++)
    sum += pca->variance[k];
  return MIN (sum / pca->total_variance, 1);
}

static void
print_json (TamisCli *cli, const Generate *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_unreadable (json, self->set.dataset);
  tamis_cli_json_model (json, self->set.model,
                        tamis_model_get_latent_dimension (self->set.model));
  tamis_json_path (json, "class", self->class_name);
  tamis_json_integer (json, "images", self->set.range.n);
  tamis_json_integer (json, "components", tamis_generator_get_n_components (self->generator));
  tamis_json_number (json, "explained_variance_ratio", get_share (self));
  tamis_json_integer (json, "seed", cli->seed);
  tamis_json_path (json, "folder", self->out);
  tamis_json_array (json, "generated");
  for (int i = 0; i < self->count; i++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "file", self->items[i].file);
      tamis_json_path (json, "nearest",
                       tamis_dataset_get_path (self->set.dataset, self->items[i].nearest));
      tamis_json_number (json, "distance", self->items[i].distance);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "scan_s", self->scan_s);
  tamis_json_seconds (json, "decode_s", self->set.decode_s);
  tamis_json_seconds (json, "encode_s", self->set.encode_s);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_seconds (json, "draw_s", self->draw_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_words (const Generate *self)
{
  g_autofree char *name = tamis_path_escape (self->class_name);

  tamis_cli_print_dataset (self->set.dataset);
  printf ("Class %s: %u images, %u components that explain %.1f %% of the variance\n", name,
          self->set.range.n, tamis_generator_get_n_components (self->generator),
          100 * get_share (self));
  if (tamis_model_get_metric (self->set.model) != TAMIS_METRIC_RAW)
    printf ("Drawn among the %d latents that the decoder takes, not among what model %s compares\n",
            tamis_model_get_latent_dimension (self->set.model),
            tamis_model_get_name (self->set.model));
  printf ("Wrote %d image%s and " TABLE " (file,nearest,distance) to %s\n", self->count,
          self->count == 1 ? "" : "s", self->out);
  if (self->sheet_file != NULL && self->count > GENERATE_SHEET_MAX)
    printf ("Wrote %s: the first %d of them\n", self->sheet_file, GENERATE_SHEET_MAX);
  else if (self->sheet_file != NULL)
    printf ("Wrote %s\n", self->sheet_file);
}

gboolean
tamis_verb_generate (TamisCli *cli, GError **error)
{
  TamisGeneratorParams params = TAMIS_GENERATOR_PARAMS_INIT;
  g_auto (Generate) self = { .count = 0, .params = params };

  self.params.variance_share = NAN;
  if (!parse (cli, &self, error) || !check_folder (self.out, error)
      || !open_model (cli, &self, error) || !encode (cli, &self, error)
      || !fit (cli, &self, error) || !draw_images (cli, &self, error)
      || !write_table (&self, error))
    return FALSE;
  if (self.sheet_file != NULL
      && !generate_write_sheet (self.set.dataset, self.items,
                                MIN (self.count, GENERATE_SHEET_MAX), self.sheet_file, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (cli, &self);
  else
    print_words (&self);
  return TRUE;
}
