/* encode: one vector an image, as .npy and CSV for any other tool.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>

static void
print_result (TamisCli *cli, const TamisInput *input, double export_s)
{
  guint dimension = tamis_latents_get_dimension (input->latents);
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_integer (json, "images", tamis_dataset_get_n_images (input->dataset));
  tamis_json_integer (json, "dimension", dimension);
  tamis_cli_json_unreadable (json, input->dataset);
  tamis_cli_json_classes (json, input->dataset);
  tamis_cli_json_model (json, input->model, dimension);
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "scan_s", input->scan_s);
  tamis_json_seconds (json, "decode_s", input->decode_s);
  tamis_json_seconds (json, "encode_s", input->encode_s);
  tamis_json_seconds (json, "export_s", export_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

gboolean
tamis_verb_encode (TamisCli *cli, GError **error)
{
  g_auto (TamisInput) input = TAMIS_INPUT_INIT;
  g_autofree char *out = NULL;
  g_autofree char *labels_out = NULL;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "The vectors: float32 n x d", "X.npy" },
    { "labels-out", 0, 0, G_OPTION_ARG_FILENAME, &labels_out, "Their files: path,label", "L.csv" },
    G_OPTION_ENTRY_NULL,
  };
  double begun;

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  if (out == NULL)
    return tamis_cli_usage (error, "--out is missing");
  if (!tamis_cli_check_output (out, error) || !tamis_cli_check_output (labels_out, error))
    return FALSE;
  if (!tamis_input_open (cli, &input, error))
    return FALSE;
  begun = tamis_clock ();
  tamis_progress_begin (cli->progress, TAMIS_STAGE_EXPORT, 0);
  if (!tamis_latents_save_npy (input.latents, out, error))
    return FALSE;
  if (labels_out != NULL && !tamis_labels_save (input.dataset, labels_out, error))
    return FALSE;
  if (cli->json)
    {
      print_result (cli, &input, tamis_clock () - begun);
      return TRUE;
    }
  tamis_cli_print_dataset (input.dataset);
  printf ("Wrote %s: %u x %u float32\n", out, tamis_latents_get_n (input.latents),
          tamis_latents_get_dimension (input.latents));
  return TRUE;
}
