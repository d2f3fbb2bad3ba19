/* train: images in memory, batches through the network, a safetensors file at the end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#define SIDE 64
#define IMAGE_BYTES (3 * SIDE * SIDE)

typedef struct
{
  /* Options, owned */
  char *held_out;
  char *out;
  char *log;
  char *start;
  char *kind;
  char *description;
  int epochs;
  int batch;
  int head;
  double learning_rate;
  gboolean half;
} TrainOptions;

static void
train_options_clear (TrainOptions *options)
{
  g_free (options->held_out);
  g_free (options->out);
  g_free (options->log);
  g_free (options->start);
  g_free (options->kind);
  g_free (options->description);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrainOptions, train_options_clear)

/* ---- images ---- */

/* n images as n x 3 x 64 x 64 bytes, planar. */
typedef struct
{
  /* Owned */
  guint8 *planes;
  gsize n;
  TamisDataset *readable;
} Images;

static void
images_clear (Images *images)
{
  g_clear_pointer (&images->planes, g_free);
  g_clear_pointer (&images->readable, tamis_dataset_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Images, images_clear)

typedef struct
{
  /* Borrowed */
  TamisDataset *dataset;
  guint8 *planes;
  char **reasons; /* one a row; NULL: read. Each is written by the one call for its row */
  TamisProgress *progress;
} ReadJob;

static void
read_one (gsize row, guint worker, gpointer data)
{
  ReadJob *job = data;
  TamisImageLoad load = tamis_image_load_for_input (SIDE);
  g_autofree char *path = tamis_dataset_dup_file (job->dataset, row);
  g_autoptr (TamisImage) image = NULL;
  g_autoptr (TamisImage) small = NULL;
  g_autoptr (GError) error = NULL;
  guint8 *out = job->planes + row * IMAGE_BYTES;

  image = tamis_image_load (path, &load, NULL, &error);
  tamis_progress_add (job->progress, 1);
  if (image == NULL)
    {
      job->reasons[row] = g_strdup (error->message);
      return;
    }
  small = tamis_image_resize (image, SIDE, SIDE);
  for (int channel = 0; channel < 3; channel++)
    for (int i = 0; i < SIDE * SIDE; i++)
      *out++ = small->pixels[3 * i + channel];
}

/* Moves the images that were read together; returns how many. */
static gsize
close_gaps (guint8 *planes, char **reasons, gsize n)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++)
    if (reasons[i] == NULL)
      {
        if (kept != i)
          memcpy (planes + kept * IMAGE_BYTES, planes + i * IMAGE_BYTES, IMAGE_BYTES);
        kept++;
      }
  return kept;
}

static gboolean
read_images (TamisCli *cli, const char *location, Images *images, GError **error)
{
  g_autoptr (TamisDataset) dataset = NULL;
  g_autoptr (GPtrArray) reasons = g_ptr_array_new_with_free_func (g_free);
  ReadJob job = { 0 };
  gsize n;

  dataset = tamis_dataset_open (location, cli->progress, cli->cancel, error);
  if (dataset == NULL)
    return FALSE;
  n = tamis_dataset_get_n_images (dataset);
  images->planes = g_try_malloc_n (n, IMAGE_BYTES);
  if (images->planes == NULL)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_MEMORY,
                   "%" G_GSIZE_FORMAT " images need %.1f GB of memory; train on fewer", n,
                   n * (double) IMAGE_BYTES / 1e9);
      return FALSE;
    }
  g_ptr_array_set_size (reasons, n);
  job.dataset = dataset;
  job.planes = images->planes;
  job.reasons = (char **) reasons->pdata;
  job.progress = cli->progress;
  tamis_progress_begin (cli->progress, TAMIS_STAGE_SCAN, n);
  if (!tamis_parallel_for (n, read_one, &job, cli->cancel))
    return !g_cancellable_set_error_if_cancelled (cli->cancel, error);
  images->readable = tamis_dataset_refine (dataset, (const char *const *) reasons->pdata, NULL);
  images->n = close_gaps (images->planes, job.reasons, n);
  if (images->n == 0)
    {
      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY,
                   "No image in %s can be read", location);
      return FALSE;
    }
  return tamis_cli_check_strict (cli, images->readable, error);
}

/* ---- epochs ---- */

typedef struct
{
  /* Borrowed */
  TamisCli *cli;
  const TrainOptions *options;
  /* Owned */
  GString *log;
  GArray *losses;          /* double, one an epoch */
  GArray *held_out_losses; /* double, NaN without --held-out */
  GError *error;           /* the log could not be written: training stops */
} Epochs;

static void
epoch_done (int epoch, double loss, double held_out_loss, double images_per_second, gpointer data)
{
  Epochs *epochs = data;
  gboolean held_out = epochs->options->held_out != NULL;

  g_array_append_val (epochs->losses, loss);
  g_array_append_val (epochs->held_out_losses, held_out_loss);
  g_string_append_printf (epochs->log, "%d,%.9g,", epoch, loss);
  if (held_out)
    g_string_append_printf (epochs->log, "%.9g", held_out_loss);
  g_string_append_printf (epochs->log, ",%.1f\n", images_per_second);
  if (epochs->options->log != NULL && epochs->error == NULL)
    {
      g_autoptr (TamisWriter) writer = tamis_writer_new (epochs->options->log);

      /* Whole again after each epoch, so that it can be watched and is never torn. */
      tamis_writer_put (writer, epochs->log->str, epochs->log->len);
      if (!tamis_writer_commit (writer, &epochs->error))
        g_cancellable_cancel (epochs->cli->cancel);
    }
  if (epochs->cli->json)
    return;
  tamis_watch_wipe ();
  printf ("epoch %3d  loss %.6f", epoch, loss);
  if (held_out)
    printf ("  held out %.6f", held_out_loss);
  printf ("  %.0f images/s\n", images_per_second);
  fflush (stdout);
}

static void
epochs_clear (Epochs *epochs)
{
  g_string_free (epochs->log, TRUE);
  g_array_unref (epochs->losses);
  g_array_unref (epochs->held_out_losses);
  g_clear_error (&epochs->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Epochs, epochs_clear)

/* ---- the verb ---- */

static gboolean
check_options (const TrainOptions *options, GError **error)
{
  if (options->kind != NULL && strcmp (options->kind, "autoencoder") != 0)
    return tamis_cli_usage (error, "--kind %s cannot be trained by this version, autoencoder can",
                            options->kind);
  if (options->out == NULL)
    return tamis_cli_usage (error, "--out is missing");
  if (options->epochs < 1)
    return tamis_cli_usage (error, "--epochs must be at least 1");
  if (options->batch < 1 || options->batch > 65536)
    return tamis_cli_usage (error, "--batch must be 1 to 65536");
  if (!(options->learning_rate > 0 && options->learning_rate < 1))
    return tamis_cli_usage (error, "--learning-rate must be above 0 and below 1");
  if (options->head < 0 || options->head > 1024)
    return tamis_cli_usage (error, "--head must be 0 to 1024");
  if (options->description != NULL && !g_utf8_validate (options->description, -1, NULL))
    return tamis_cli_usage (error, "--description must be UTF-8");
  return tamis_cli_check_output (options->out, error)
         && tamis_cli_check_output (options->log, error);
}

static void
print_result (TamisCli *cli, const Images *train, const Epochs *epochs, const double timings[2])
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_integer (json, "images", train->n);
  tamis_cli_json_unreadable (json, train->readable);
  tamis_json_string (json, "kind", "autoencoder");
  tamis_json_integer (json, "epochs", epochs->losses->len);
  tamis_json_numbers (json, "loss", (double *) epochs->losses->data, epochs->losses->len);
  tamis_json_numbers (json, "held_out_loss", (double *) epochs->held_out_losses->data,
                      epochs->held_out_losses->len);
  tamis_json_path (json, "out", epochs->options->out);
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "decode_s", timings[0]);
  tamis_json_seconds (json, "train_s", timings[1]);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static gboolean
train_and_save (TamisCli *cli, const TrainOptions *options, TamisTrainParams *params,
                Epochs *epochs, GError **error)
{
  g_autoptr (TamisModel) start = NULL;
  g_autoptr (TamisModel) model = NULL;
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);

  if (options->start != NULL)
    {
      start = tamis_model_open (options->start, error);
      if (start == NULL)
        return FALSE;
    }
  params->epochs = options->epochs;
  params->batch = options->batch;
  params->learning_rate = options->learning_rate;
  params->head_dimension = options->head;
  params->seed = cli->seed;
  params->start = start;
  params->epoch_done = epoch_done;
  params->data = epochs;
  model = tamis_train_run (params, cli->progress, cli->cancel, error);
  if (epochs->error != NULL)
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&epochs->error));
      return FALSE;
    }
  if (model == NULL)
    return FALSE;
  if (options->description != NULL)
    g_hash_table_insert (metadata, "description", options->description);
  return tamis_model_save (model, options->out, options->half, metadata, error);
}

static gboolean
run (TamisCli *cli, const TrainOptions *options, GError **error)
{
  g_auto (Images) train = { 0 };
  g_auto (Images) held_out = { 0 };
  g_auto (Epochs) epochs = { cli, options, g_string_new (NULL),
                             g_array_new (FALSE, FALSE, sizeof (double)),
                             g_array_new (FALSE, FALSE, sizeof (double)), NULL };
  TamisTrainParams params;
  double begun = tamis_clock (), timings[2];

  if (!read_images (cli, cli->location, &train, error))
    return FALSE;
  if (options->held_out != NULL && !read_images (cli, options->held_out, &held_out, error))
    return FALSE;
  if (!cli->json)
    tamis_cli_print_dataset (train.readable);
  timings[0] = tamis_clock () - begun;
  tamis_train_params_init (&params);
  params.images = train.planes;
  params.n_images = train.n;
  params.held_out = held_out.planes;
  params.n_held_out = held_out.n;
  g_string_append (epochs.log, "epoch,loss,held_out_loss,images_per_second\n");
  begun = tamis_clock ();
  if (!train_and_save (cli, options, &params, &epochs, error))
    return FALSE;
  timings[1] = tamis_clock () - begun;
  if (cli->json)
    print_result (cli, &train, &epochs, timings);
  else
    printf ("Wrote %s\n", options->out);
  return TRUE;
}

gboolean
tamis_verb_train (TamisCli *cli, GError **error)
{
  g_auto (TrainOptions) options = { .epochs = 25, .batch = 128, .head = 128, .learning_rate = 1e-3 };
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "Where the weights go",
      "M.safetensors" },
    { "kind", 0, 0, G_OPTION_ARG_FILENAME, &options.kind, "autoencoder (default)", "KIND" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &options.epochs, "Passes over the images (25)", "N" },
    { "held-out", 0, 0, G_OPTION_ARG_FILENAME, &options.held_out,
      "Data set measured after each epoch, never trained on", "DATASET" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &options.batch, "Images a step (128)", "N" },
    { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &options.learning_rate, "Of Adam (0.001)", "R" },
    { "head", 0, 0, G_OPTION_ARG_INT, &options.head,
      "Dimension of the whitened head, 0 for none (128)", "D" },
    { "start", 0, 0, G_OPTION_ARG_FILENAME, &options.start, "Go on from this model", "MODEL" },
    { "half", 0, 0, G_OPTION_ARG_NONE, &options.half, "Store float16", NULL },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &options.log, "A line an epoch", "CSV" },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &options.description,
      "Training data in words, kept in the file", "TEXT" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error) || !check_options (&options, error))
    return FALSE;
  return run (cli, &options, error);
}
