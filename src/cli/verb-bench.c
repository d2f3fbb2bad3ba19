/* bench: how fast this machine compares, encodes and decodes.
 *
 * DESIGN: three figures, each of work that is the same on every machine: a join of drawn vectors of
 * which some repeat others, the encoder on noise, and a drawn photograph from JPEG to the encoder's
 * input. Each is repeated for some seconds and the median told, one JSON line a figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"
#include "values.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 64 /* images an encoding, and files a decoding */
#define SIDE 64
#define INPUT (3 * SIDE * SIDE)
#define LATENT 1024
#define DIMENSION 1024
#define RANK 48     /* directions that most of a drawn vector lies in */
#define COPIES 5    /* every so many-th vector repeats the one before it, more or less */
#define THRESHOLD 0.93
#define RUNS_MAX 1000

typedef struct
{
  TamisCli *cli;
  double seconds; /* a figure */
  int rows;
  char *folder; /* of the drawn files; owned */

  /* Of the figure at hand */
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisCoder **coders; /* one a worker */
  float *input;
  float *encoded;
} Bench;

typedef gboolean (*BenchFunc) (Bench *self, GError **error);

static int
compare_doubles (gconstpointer pa, gconstpointer pb)
{
  double a = *(const double *) pa, b = *(const double *) pb;

  return (a > b) - (a < b);
}

/* Median seconds of a call; the first only warms up. */
static gboolean
measure (Bench *self, BenchFunc func, double *median, GError **error)
{
  double seconds[RUNS_MAX], begun = tamis_clock (), last = begun;
  guint n = 0;

  if (!func (self, error))
    return FALSE;
  do
    {
      last = tamis_clock ();
      if (!func (self, error))
        return FALSE;
      seconds[n++] = tamis_clock () - last;
    }
  while (n < RUNS_MAX && tamis_clock () - begun < self->seconds);
  qsort (seconds, n, sizeof *seconds, compare_doubles);
  *median = seconds[n / 2];
  return TRUE;
}

static TamisJson *
figure_new (const char *name)
{
  TamisJson *json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_string (json, "figure", name);
  tamis_json_integer (json, "threads", tamis_get_threads ());
  return json;
}

/* On one line: no string in it has a line break. */
static void
figure_print (TamisJson *json)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *line = NULL;

  tamis_json_end (json);
  lines = g_strsplit (tamis_json_text (json), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_strstrip (lines[i]);
  line = g_strjoinv ("", lines);
  puts (line);
  fflush (stdout);
}

/* ---- join ---- */

/* Non-negative, around a common mean, in a few directions; some are near-duplicates. */
static TamisLatents *
draw_latents (int n)
{
  float *values = g_new (float, (gsize) n * DIMENSION);
  g_autofree float *directions = g_new (float, (RANK + 1) * DIMENSION);
  TamisRandom random;

  tamis_random_init (&random, 1);
  for (int i = 0; i < (RANK + 1) * DIMENSION; i++)
    directions[i] = (float) tamis_random_normal (&random);
  for (int row = 0; row < n; row++)
    {
      float *to = values + (gsize) row * DIMENSION;
      gboolean copy = row > 0 && row % COPIES == 0;
      const float *from = to - DIMENSION;

      for (int k = 0; k < DIMENSION; k++)
        to[k] = copy ? from[k] : 0.5f + directions[k];
      for (int r = 1; r <= RANK && !copy; r++)
        {
          float weight = (float) tamis_random_normal (&random) / sqrtf ((float) r);

          for (int k = 0; k < DIMENSION; k++)
            to[k] += weight * directions[r * DIMENSION + k];
        }
      for (int k = 0; k < DIMENSION; k++)
        to[k] = MAX (0.0f, to[k] + 0.2f * (float) tamis_random_uniform (&random));
    }
  return tamis_latents_new_take (values, (guint) n, DIMENSION);
}

/* A data set of so many names in one class. */
static TamisDataset *
name_rows (const Bench *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "labels.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,label\n");
  TamisDataset *dataset = NULL;

  for (int i = 0; i < self->rows; i++)
    g_string_append_printf (text, "%08d.png,drawn\n", i);
  if (g_file_set_contents (path, text->str, (gssize) text->len, error))
    dataset = tamis_dataset_open_labels (path, NULL, error);
  g_unlink (path);
  return dataset;
}

static gboolean
join_once (Bench *self, GError **error)
{
  TamisJoinParams params = { THRESHOLD, TAMIS_SCOPE_CLASS, 0 };

  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  self->pairs = tamis_join_run (self->dataset, self->latents, &params, NULL, self->cli->cancel,
                                error);
  return self->pairs != NULL;
}

static gboolean
bench_join (Bench *self, GError **error)
{
  g_autoptr (TamisJson) json = figure_new ("join");
  double seconds;

  self->latents = draw_latents (self->rows);
  self->dataset = name_rows (self, error);
  if (self->dataset == NULL || !measure (self, join_once, &seconds, error))
    return FALSE;
  tamis_json_integer (json, "rows", (guint64) self->rows);
  tamis_json_integer (json, "dimension", DIMENSION);
  tamis_json_number (json, "threshold", THRESHOLD);
  tamis_json_string (json, "engine",
                     tamis_pairs_get_report (self->pairs)->engine == TAMIS_ENGINE_SCREEN ? "screen"
                                                                                          : "tiles");
  tamis_json_integer (json, "pairs", tamis_pairs_get_n (self->pairs));
  tamis_json_seconds (json, "seconds", seconds);
  figure_print (json);
  return TRUE;
}

/* ---- encode ---- */

static void
encode_share (gsize item, guint worker, gpointer data)
{
  Bench *self = data;
  gsize share = BATCH / 2;

  tamis_coder_encode (self->coders[worker], self->input + item * share * INPUT, (int) share,
                      self->encoded + item * share * LATENT);
}

static gboolean
encode_once (Bench *self, GError **error)
{
  tamis_parallel_for (2 * tamis_parallel_workers (), encode_share, self, self->cli->cancel);
  return !g_cancellable_set_error_if_cancelled (self->cli->cancel, error);
}

static gboolean
bench_encode (Bench *self, GError **error)
{
  g_autoptr (TamisModel) model = tamis_model_open (TAMIS_MODEL_DEFAULT, error);
  g_autoptr (TamisJson) json = figure_new ("encode");
  guint n_workers = tamis_parallel_workers ();
  gsize images = (gsize) n_workers * BATCH;
  TamisRandom random;
  gboolean good;
  double seconds;

  if (model == NULL)
    return FALSE;
  tamis_random_init (&random, 1);
  self->input = g_new (float, images * INPUT);
  self->encoded = g_new (float, images * LATENT);
  for (gsize i = 0; i < images * INPUT; i++)
    self->input[i] = (float) (2.0 * tamis_random_uniform (&random) - 1.0);
  self->coders = g_new0 (TamisCoder *, n_workers);
  for (guint i = 0; i < n_workers; i++)
    self->coders[i] = tamis_coder_new (model, BATCH / 2);
  good = measure (self, encode_once, &seconds, error);
  for (guint i = 0; i < n_workers; i++)
    tamis_coder_free (self->coders[i]);
  if (good)
    {
      tamis_json_number (json, "images_per_second", round ((double) images / seconds));
      figure_print (json);
    }
  return good;
}

/* ---- decode ---- */

static char *
get_photo (const Bench *self)
{
  return g_build_filename (self->folder, "photo.jpg", NULL);
}

/* Waves of several lengths and a little noise. */
static gboolean
draw_photo (const Bench *self, GError **error)
{
  g_autoptr (TamisImage) image = tamis_image_new (1024, 768);
  g_autofree char *path = get_photo (self);
  guint8 *to = image->pixels;
  TamisRandom random;

  tamis_random_init (&random, 1);
  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      for (int c = 0; c < 3; c++)
        {
          double v = 128.0 + 50.0 * sin (x * 0.011 + c) + 30.0 * sin (y * 0.05 - x * 0.03)
                     + 15.0 * sin (x * 0.4 + y * 0.3) + 20.0 * tamis_random_uniform (&random);

          *to++ = (guint8) CLAMP (v, 0.0, 255.0);
        }
  return tamis_image_save_jpeg (image, path, 85, error);
}

static void
decode_one (gsize item, guint worker, gpointer data)
{
  g_autofree char *path = get_photo (data);
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;
  float input[INPUT];

  load.at_least = 2 * SIDE;
  image = tamis_image_load (path, &load, NULL, NULL);
  if (image != NULL)
    tamis_image_to_input (image, SIDE, input);
}

static gboolean
decode_once (Bench *self, GError **error)
{
  tamis_parallel_for (BATCH, decode_one, self, self->cli->cancel);
  return !g_cancellable_set_error_if_cancelled (self->cli->cancel, error);
}

static gboolean
bench_decode (Bench *self, GError **error)
{
  g_autoptr (TamisJson) json = figure_new ("decode");
  g_autofree char *path = get_photo (self);
  gboolean good;
  double seconds;

  good = draw_photo (self, error) && measure (self, decode_once, &seconds, error);
  g_unlink (path);
  if (good)
    {
      tamis_json_string (json, "file", "JPEG 1024 x 768");
      tamis_json_number (json, "images_per_second", round (BATCH / seconds));
      figure_print (json);
    }
  return good;
}

/* ---- all ---- */

static void
bench_clear (Bench *self)
{
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_free (self->folder);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_clear_pointer (&self->latents, tamis_latents_unref);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_free (self->coders);
  g_free (self->input);
  g_free (self->encoded);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

gboolean
tamis_verb_bench (TamisCli *cli, GError **error)
{
  g_auto (Bench) self = { .cli = cli, .seconds = 2.0, .rows = 20000 };
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT, &self.rows, "Vectors to compare (20000)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &self.seconds, "To measure each figure for (2)", "S" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  if (self.rows < 2 || self.rows > 1000000)
    return tamis_cli_usage (error, "--rows must be 2 to 1000000");
  if (!(self.seconds >= 0.0 && self.seconds <= 3600.0))
    return tamis_cli_usage (error, "--seconds must be 0 to 3600");
  self.folder = g_dir_make_tmp ("tamis-bench-XXXXXX", error);
  return self.folder != NULL && bench_join (&self, error) && bench_encode (&self, error)
         && bench_decode (&self, error);
}
