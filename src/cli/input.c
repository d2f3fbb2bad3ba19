/* Where a data set and its vectors come from: images and a model, or files of any other tool.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>

#define UNREADABLE_SHOWN 10

void
tamis_input_clear (TamisInput *input)
{
  g_clear_pointer (&input->journal, tamis_journal_free);
  g_clear_pointer (&input->dataset, tamis_dataset_unref);
  g_clear_pointer (&input->latents, tamis_latents_unref);
  g_clear_pointer (&input->model, tamis_model_unref);
}

static gboolean
open_files (TamisCli *cli, TamisInput *input, GError **error)
{
  g_autofree guint32 *rows = NULL;

  input->dataset = tamis_dataset_open_labels (cli->labels, &rows, error);
  if (input->dataset == NULL)
    return FALSE;
  input->latents = tamis_latents_load_npy (cli->latents, rows,
                                           tamis_dataset_get_n_images (input->dataset), error);
  if (input->latents == NULL)
    return FALSE;
  if (input->model != NULL
      && (guint) tamis_model_get_dimension (input->model)
             != tamis_latents_get_dimension (input->latents))
    {
      g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                   "%s has %u numbers a row, model %s compares %d; name the model they came from",
                   cli->latents, tamis_latents_get_dimension (input->latents), cli->model,
                   tamis_model_get_dimension (input->model));
      return FALSE;
    }
  return TRUE;
}

static gboolean
open_images (TamisCli *cli, TamisInput *input, GError **error)
{
  g_autoptr (TamisDataset) found = NULL;
  TamisEncodeTimings timings = { 0 };
  double begun = tamis_clock (), worked;

  found = tamis_dataset_open (cli->location, cli->progress, cli->cancel, error);
  if (found == NULL)
    return FALSE;
  input->scan_s = tamis_clock () - begun;
  input->latents
      = cli->project != NULL
            ? tamis_project_encode (cli->project, found, input->model, cli->progress, cli->cancel,
                                    &input->dataset, &timings, error)
            : tamis_encode_run (found, input->model, NULL, cli->progress, cli->cancel,
                                &input->dataset, &timings, error);
  if (input->latents == NULL)
    return FALSE;
  worked = timings.decode_s + timings.encode_s;
  if (worked > 0)
    {
      input->decode_s = timings.wall_s * timings.decode_s / worked;
      input->encode_s = timings.wall_s * timings.encode_s / worked;
    }
  return tamis_cli_check_strict (cli, input->dataset, error);
}

gboolean
tamis_input_open (TamisCli *cli, TamisInput *input, GError **error)
{
  if (cli->latents == NULL || cli->model != NULL)
    {
      input->model = tamis_model_open (cli->model != NULL ? cli->model : TAMIS_MODEL_DEFAULT,
                                       error);
      if (input->model == NULL)
        return FALSE;
    }
  return (cli->latents != NULL ? open_files (cli, input, error) : open_images (cli, input, error))
         && tamis_input_load_journal (cli, input, error);
}

gboolean
tamis_cli_check_strict (TamisCli *cli, TamisDataset *dataset, GError **error)
{
  guint n = tamis_dataset_get_n_unreadable (dataset);
  const TamisUnreadable *first;
  g_autofree char *path = NULL;

  if (!cli->strict || n == 0)
    return TRUE;
  first = tamis_dataset_get_unreadable (dataset, 0);
  path = tamis_path_escape (first->path);
  g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_STRICT,
               "%u of the images cannot be read, the first is %s: %s", n, path, first->reason);
  return FALSE;
}

void
tamis_cli_json_unreadable (TamisJson *json, TamisDataset *dataset)
{
  tamis_json_array (json, "unreadable");
  for (guint i = 0; i < tamis_dataset_get_n_unreadable (dataset); i++)
    {
      const TamisUnreadable *unreadable = tamis_dataset_get_unreadable (dataset, i);

      tamis_json_object (json, NULL);
      tamis_json_path (json, "path", unreadable->path);
      tamis_json_string (json, "reason", unreadable->reason);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

void
tamis_cli_json_classes (TamisJson *json, TamisDataset *dataset)
{
  tamis_json_array (json, "classes");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "name", tamis_dataset_get_class_name (dataset, c));
      tamis_json_integer (json, "images", tamis_dataset_get_class_range (dataset, c).n);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

void
tamis_cli_json_model (TamisJson *json, TamisModel *model, guint dimension)
{
  tamis_json_object (json, "model");
  if (model != NULL)
    tamis_json_path (json, "name", tamis_model_get_name (model));
  else
    tamis_json_string (json, "name", NULL);
  tamis_json_string (json, "sha256", model != NULL ? tamis_model_get_sha256 (model) : NULL);
  tamis_json_integer (json, "dimension", dimension);
  tamis_json_end (json);
}

void
tamis_cli_print_dataset (TamisDataset *dataset)
{
  guint n_classes = tamis_dataset_get_n_classes (dataset);
  guint n_unreadable = tamis_dataset_get_n_unreadable (dataset);
  g_autofree char *images = tamis_plot_format_count (tamis_dataset_get_n_images (dataset));
  g_autofree char *unreadable = tamis_plot_format_count (n_unreadable);

  printf ("%s images in %u class%s\n", images, n_classes, n_classes == 1 ? "" : "es");
  if (n_unreadable == 0)
    return;
  printf ("%s could not be read:\n", unreadable);
  for (guint i = 0; i < MIN (n_unreadable, UNREADABLE_SHOWN); i++)
    {
      const TamisUnreadable *entry = tamis_dataset_get_unreadable (dataset, i);
      g_autofree char *path = tamis_path_escape (entry->path);

      printf ("  %s: %s\n", path, entry->reason);
    }
  if (n_unreadable > UNREADABLE_SHOWN)
    puts ("  ... --json lists them all");
}
