/* The whole network and one training step against PyTorch, to 1e-4 relative: live where
 * python3-torch is installed, and always against values that it left in torch-stored.csv.
 *
 * Weights and images come from seeds, so nothing else need be stored. To renew the file:
 *   TAMIS_KEEP=DIR test-nn-torch; /usr/bin/python3 torch-step.py DIR --stored torch-stored.csv
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixtures.h"

#include "engine/nn/safetensors.h"
#include "engine/nn/trainer.h"

#define N 3
#define PYTHON "/usr/bin/python3"

/* Ours: name → float[], in PyTorch's order of elements. */
typedef struct
{
  GHashTable *values;
  GHashTable *sizes;
} Results;

static Results results;

static void
put (const char *name, float *values, gsize n)
{
  g_hash_table_insert (results.values, g_strdup (name), values);
  g_hash_table_insert (results.sizes, g_strdup (name), GSIZE_TO_POINTER (n));
}

static void
put_parameters (const char *prefix, const float *parameters)
{
  const TamisNetwork *network = tamis_network_get ();

  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      float *torch = g_new (float, layer->n_weights);
      g_autofree char *weight = tamis_network_tensor_name (i, "weight");
      g_autofree char *bias = tamis_network_tensor_name (i, "bias");
      g_autofree char *weight_name = g_strconcat (prefix, weight, NULL);
      g_autofree char *bias_name = g_strconcat (prefix, bias, NULL);

      tamis_network_to_torch (layer, parameters + layer->weights, torch);
      put (weight_name, torch, layer->n_weights);
      put (bias_name, g_memdup2 (parameters + layer->bias, layer->n_bias * sizeof (float)),
           layer->n_bias);
    }
}

static void
compute (TamisModel *model, const guint8 *images)
{
  gsize bytes = tamis_network_get ()->n_parameters * sizeof (float);
  TamisAdam adam = { 1e-3, 0.9, 0.999, 1e-8 };
  g_autoptr (TamisTrainer) trainer = tamis_trainer_new (N, &adam);
  TamisCoder *coder = tamis_coder_new (model, N);
  g_autofree float *input = fixture_input (images, N);
  float *latent = g_new (float, N * TAMIS_NETWORK_LATENT);
  float *output = g_new (float, N * TAMIS_NETWORK_INPUT);
  float *loss = g_new (float, 1);
  double error;

  tamis_coder_encode (coder, input, N, latent);
  tamis_coder_decode (coder, latent, N, output);
  put ("latent", latent, N * TAMIS_NETWORK_LATENT);
  put ("output", output, N * TAMIS_NETWORK_INPUT);
  tamis_coder_free (coder);

  memcpy (tamis_trainer_get_parameters (trainer), tamis_model_get_parameters (model), bytes);
  g_assert_true (tamis_trainer_step (trainer, &(TamisPixels){ images, NULL, N }, NULL, &error));
  *loss = error / N / TAMIS_NETWORK_INPUT;
  put ("loss", loss, 1);
  put_parameters ("gradient.", tamis_trainer_get_gradient (trainer));
  put_parameters ("after.", tamis_trainer_get_parameters (trainer));
}

static double
root_mean_square (const float *x, gsize n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  return sqrt (sum / n);
}

static void
test_stored (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "engine", "nn",
                                            "torch-stored.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  double size = 0.0;
  guint checked = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) field = g_strsplit (lines[i], ",", 3);
      const float *ours = g_hash_table_lookup (results.values, field[0]);
      gsize n = GPOINTER_TO_SIZE (g_hash_table_lookup (results.sizes, field[0]));
      gint64 index = g_ascii_strtoll (field[1], NULL, 10);
      double value = g_ascii_strtod (field[2], NULL);

      g_assert_nonnull (ours);
      if (index < 0)
        size = value;
      g_assert_cmpfloat_with_epsilon (index < 0 ? root_mean_square (ours, n) : ours[index], value,
                                      1e-4 * size);
      checked++;
    }
  g_assert_cmpuint (checked, >, 1000);
}

static gboolean
has_torch (void)
{
  const char *argv[] = { PYTHON, "-c", "import torch, numpy", NULL };
  int status;

  return g_file_test (PYTHON, G_FILE_TEST_IS_EXECUTABLE)
         && g_spawn_sync (NULL, (char **) argv, NULL,
                          G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                          NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

static void
compare_with (TamisTensors *torch)
{
  GHashTableIter iter;
  gpointer name, values;

  g_hash_table_iter_init (&iter, results.values);
  while (g_hash_table_iter_next (&iter, &name, &values))
    {
      const TamisTensor *tensor = tamis_tensors_find (torch, name);
      gsize n = GPOINTER_TO_SIZE (g_hash_table_lookup (results.sizes, name));
      g_autofree float *theirs = g_new (float, n);
      g_autofree float *difference = g_new (float, n);

      g_assert_nonnull (tensor);
      g_assert_cmpuint (tensor->n_bytes, ==, n * sizeof (float));
      g_assert_true (tamis_tensors_read (torch, tensor, theirs, NULL));
      for (gsize i = 0; i < n; i++)
        difference[i] = ((float *) values)[i] - theirs[i];
      g_test_message ("%s: relative difference %.2g", (char *) name,
                      root_mean_square (difference, n) / root_mean_square (theirs, n));
      g_assert_cmpfloat (root_mean_square (difference, n), <=, 1e-4 * root_mean_square (theirs, n));
    }
}

static void
test_live (gconstpointer data)
{
  const char *folder = data;
  g_autofree char *script = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "engine", "nn",
                                              "torch-step.py", NULL);
  g_autofree char *path = g_build_filename (folder, "torch.safetensors", NULL);
  const char *argv[] = { PYTHON, script, folder, NULL };
  g_autoptr (TamisTensors) torch = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!has_torch ())
    {
      g_test_skip ("python3-torch is not installed");
      return;
    }
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, &error));
  g_assert_true (g_spawn_check_wait_status (status, &error));
  torch = tamis_tensors_load (path, &error);
  g_assert_no_error (error);
  compare_with (torch);
}

int
main (int argc, char **argv)
{
  g_autoptr (TamisModel) model = NULL;
  g_autofree guint8 *images = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *weights_path = NULL;
  g_autofree char *images_path = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  results.values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  results.sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  model = fixture_model (2024, 0);
  images = fixture_images (N, 2025);
  folder = g_getenv ("TAMIS_KEEP") != NULL ? g_strdup (g_getenv ("TAMIS_KEEP")) : fixture_folder ();
  weights_path = g_build_filename (folder, "weights.safetensors", NULL);
  images_path = g_build_filename (folder, "images.raw", NULL);
  g_assert_true (tamis_model_save (model, weights_path, FALSE, NULL, NULL));
  g_assert_true (g_file_set_contents (images_path, (char *) images, N * TAMIS_NETWORK_INPUT, NULL));
  compute (model, images);

  g_test_add_func ("/engine/nn/torch/stored-values", test_stored);
  g_test_add_data_func ("/engine/nn/torch/live", folder, test_live);
  status = g_test_run ();

  if (g_getenv ("TAMIS_KEEP") == NULL)
    fixture_remove (folder);
  g_hash_table_unref (results.values);
  g_hash_table_unref (results.sizes);
  return status;
}
