/* TamisModel and TamisCoder: files in and out, defaults, and that neighbours do not matter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixtures.h"

#include "engine/nn/safetensors.h"
#include "kernels/reference.h"

static TamisModel *
save_and_open (TamisModel *model, const char *folder, gboolean half, GHashTable *metadata)
{
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  TamisModel *back;

  tamis_model_save (model, path, half, metadata, &error);
  g_assert_no_error (error);
  back = tamis_model_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tamis_model_get_name (back), ==, path);
  return back;
}

static void
test_round_trip (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (TamisModel) model = fixture_model (1, 20);
  gsize n = tamis_network_get ()->n_parameters;
  const float *before = tamis_model_get_parameters (model);

  for (int half = 0; half < 2; half++)
    {
      g_autoptr (TamisModel) back = save_and_open (model, folder, half, NULL);
      const float *after = tamis_model_get_parameters (back);
      g_autofree char *contents = NULL;
      g_autofree char *sha256 = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) contents, length);
      g_assert_cmpstr (tamis_model_get_sha256 (back), ==, sha256);
      if (!half)
        g_assert_cmpstr (sha256, ==, tamis_model_get_sha256 (model));
      g_assert_true (tamis_model_has_decoder (back));
      g_assert_cmpint (tamis_model_get_head (back)->dimension, ==, 20);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (after[i], before[i],
                                        half ? fabsf (before[i]) / 2048 + 3e-8 : 1e-30);
      g_assert_cmpmem (tamis_model_get_head (back)->mean, 4096, tamis_model_get_head (model)->mean,
                       4096);
    }
  fixture_remove (folder);
}

/* PyTorch's names and shapes, as PRODUCT and the paper's Table 1 give them. */
static void
test_tensor_names (void)
{
  static const struct { const char *name; gint64 sides[4]; } expected[] = {
    { "encoder.0.weight", { 32, 3, 3, 3 } }, { "encoder.8.weight", { 256, 256, 3, 3 } },
    { "encoder.8.bias", { 256 } }, { "decoder.0.weight", { 256, 256, 3, 3 } },
    { "decoder.8.weight", { 32, 3, 3, 3 } }, { "decoder.8.bias", { 3 } },
    { "decoder.2.weight", { 256, 128, 3, 3 } }, { "head.mean", { 1024 } },
    { "head.weight", { 20, 1024 } },
  };
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (TamisModel) model = fixture_model (1, 20);
  g_autoptr (TamisTensors) tensors = NULL;

  g_assert_true (tamis_model_save (model, path, TRUE, NULL, NULL));
  tensors = tamis_tensors_load (path, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const TamisTensor *tensor = tamis_tensors_find (tensors, expected[i].name);

      g_assert_nonnull (tensor);
      g_assert_cmpmem (tensor->sides, tensor->n_sides * sizeof (gint64), expected[i].sides,
                       tensor->n_sides * sizeof (gint64));
    }
  g_assert_cmpuint (tamis_network_get ()->n_parameters, ==, 1956739);
  g_assert_cmpuint (tamis_network_get ()->n_encoder, ==, 978496);
  fixture_remove (folder);
}

static void
test_metadata (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autoptr (TamisModel) model = fixture_model (1, 20);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TamisModel) plain = save_and_open (model, folder, TRUE, NULL);
  g_autoptr (TamisModel) whitened = NULL;
  g_autoptr (TamisModel) odd = NULL;

  /* Without metadata: the paper's. */
  g_assert_cmpint (tamis_model_get_metric (plain), ==, TAMIS_METRIC_RAW);
  g_assert_cmpint (tamis_model_get_dimension (plain), ==, 1024);
  g_assert_cmpfloat (tamis_model_get_recommended_threshold (plain), ==, 0.97);
  g_assert_cmpfloat (tamis_model_get_floor (plain), ==, 0.90);
  g_assert_null (tamis_model_get_metadata (plain, "tamis.metric"));

  g_hash_table_insert (metadata, (char *) "tamis.metric", (char *) "whitened");
  g_hash_table_insert (metadata, (char *) "tamis.recommended.whitened", (char *) "0.8");
  g_hash_table_insert (metadata, (char *) "tamis.floor.whitened", (char *) "0.5");
  whitened = save_and_open (plain, folder, TRUE, metadata);
  g_assert_cmpint (tamis_model_get_metric (whitened), ==, TAMIS_METRIC_WHITENED);
  g_assert_cmpint (tamis_model_get_dimension (whitened), ==, 20);
  g_assert_cmpint (tamis_model_get_latent_dimension (whitened), ==, 1024);
  g_assert_cmpint (tamis_model_get_input_side (whitened), ==, 64);
  g_assert_cmpfloat (tamis_model_get_recommended_threshold (whitened), ==, 0.8);
  g_assert_cmpfloat (tamis_model_get_floor (whitened), ==, 0.5);
  g_assert_cmpstr (tamis_model_get_metadata (whitened, "tamis.floor.whitened"), ==, "0.5");

  /* What is no cosine is not believed, and a floor does not lie above the recommended T. */
  g_hash_table_insert (metadata, (char *) "tamis.recommended.whitened", (char *) "nan");
  g_hash_table_insert (metadata, (char *) "tamis.floor.whitened", (char *) "0.9x");
  odd = save_and_open (whitened, folder, TRUE, metadata);
  g_assert_cmpfloat (tamis_model_get_recommended_threshold (odd), ==, 0.85);
  g_assert_cmpfloat (tamis_model_get_floor (odd), <=, 0.85);
  fixture_remove (folder);
}

static void
test_open_errors (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  TamisTensorsWriter *writer = tamis_tensors_writer_new (metadata);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree float *zeros = g_new0 (float, 32 * 3 * 3 * 3);

  g_assert_null (tamis_model_open (path, &error));
  g_assert_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  tamis_tensors_writer_add (writer,
                            &(TamisTensor){ .name = "encoder.0.weight",
                                            .sides = (gint64[]){ 32, 3, 3, 3 },
                                            .n_sides = 4 },
                            zeros, FALSE);
  bytes = tamis_tensors_writer_end (writer);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                      g_bytes_get_size (bytes), NULL));
  g_assert_null (tamis_model_open (path, &error));
  g_assert_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "encoder.0.bias"));
  g_assert_nonnull (strstr (error->message, path));
  fixture_remove (folder);
}

static void
test_encoder_alone (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autoptr (TamisModel) encoder = NULL;
  g_autoptr (TamisModel) model = NULL;
  float *parameters = g_new0 (float, tamis_network_get ()->n_parameters);

  tamis_network_initialise (parameters, 3);
  model = tamis_model_new_take (parameters, FALSE, NULL,
                                g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free));
  encoder = save_and_open (model, folder, FALSE, NULL);
  g_assert_false (tamis_model_has_decoder (encoder));
  g_assert_cmpmem (tamis_model_get_parameters (encoder),
                   tamis_network_get ()->n_encoder * sizeof (float), parameters,
                   tamis_network_get ()->n_encoder * sizeof (float));
  fixture_remove (folder);
}

/* The model that Tamis comes with opens under both names, and is what its card says. */
static void
test_bundled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisModel) paper = tamis_model_open ("paper", &error);
  g_autoptr (TamisModel) whitened = tamis_model_open (TAMIS_MODEL_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (tamis_model_get_sha256 (paper), ==, tamis_model_get_sha256 (whitened));
  g_assert_cmpint (tamis_model_get_metric (paper), ==, TAMIS_METRIC_RAW);
  g_assert_cmpint (tamis_model_get_metric (whitened), ==, TAMIS_METRIC_WHITENED);
  g_assert_cmpint (tamis_model_get_dimension (paper), ==, 1024);
  g_assert_cmpint (tamis_model_get_dimension (whitened), ==, 128);
  g_assert_true (tamis_model_has_decoder (paper));
  g_assert_cmpstr (tamis_model_get_metadata (paper, "tamis.kind"), ==, "autoencoder");
  g_assert_cmpfloat (tamis_model_get_floor (paper), <=, 0.93);
  g_assert_cmpfloat (tamis_model_get_floor (whitened), <,
                     tamis_model_get_recommended_threshold (whitened));
}

/* Every layer after the other through the plain kernels. */
static void
reference_pass (TamisModel *model, const float *input, float *latent, float *output)
{
  const TamisNetwork *network = tamis_network_get ();
  const float *parameters = tamis_model_get_parameters (model);
  g_autofree float *x = g_new (float, 32 * 32 * 32 * 4);
  g_autofree float *y = g_new (float, 32 * 32 * 32 * 4);

  for (int i = 0; i < TAMIS_NETWORK_INPUT; i++)
    x[i % TAMIS_NETWORK_PIXELS * 3 + i / TAMIS_NETWORK_PIXELS] = input[i];
  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      TamisConv conv
          = { .shape = layer->shape,
              .n = 1,
              .packed = parameters + layer->weights,
              .epilogue = { parameters + layer->bias,
                            i == 9 ? TAMIS_ACTIVATION_TANH : TAMIS_ACTIVATION_RELU, NULL } };
      float *t = x;

      if (i < TAMIS_NETWORK_DEPTH)
        tamis_reference_conv_down (&conv, x, y);
      else
        tamis_reference_conv_up (&conv, x, y);
      x = y;
      y = t;
      if (i == TAMIS_NETWORK_DEPTH - 1)
        tamis_network_latent_to_torch (x, latent);
    }
  for (int i = 0; i < TAMIS_NETWORK_INPUT; i++)
    output[i] = x[i % TAMIS_NETWORK_PIXELS * 3 + i / TAMIS_NETWORK_PIXELS];
}

static void
test_agrees_with_reference (void)
{
  g_autoptr (TamisModel) model = fixture_model (7, 0);
  TamisCoder *coder = tamis_coder_new (model, 4);
  g_autofree guint8 *images = fixture_images (3, 8);
  g_autofree float *input = fixture_input (images, 3);
  g_autofree float *latent = g_new (float, 3 * TAMIS_NETWORK_LATENT);
  g_autofree float *output = g_new (float, 3 * TAMIS_NETWORK_INPUT);
  g_autofree float *plain_latent = g_new (float, TAMIS_NETWORK_LATENT);
  g_autofree float *plain_output = g_new (float, TAMIS_NETWORK_INPUT);

  tamis_coder_encode (coder, input, 3, latent);
  tamis_coder_decode (coder, latent, 3, output);
  for (int image = 0; image < 3; image++)
    {
      reference_pass (model, input + image * TAMIS_NETWORK_INPUT, plain_latent, plain_output);
      for (int i = 0; i < TAMIS_NETWORK_LATENT; i++)
        g_assert_cmpfloat_with_epsilon (latent[image * TAMIS_NETWORK_LATENT + i], plain_latent[i],
                                        1e-6);
      for (int i = 0; i < TAMIS_NETWORK_INPUT; i++)
        g_assert_cmpfloat_with_epsilon (output[image * TAMIS_NETWORK_INPUT + i], plain_output[i],
                                        1e-6);
    }
  tamis_coder_free (coder);
}

typedef struct
{
  float *latent, *described, *output;
} Coded;

static Coded
code (TamisModel *model, TamisCoder *coder, const float *input, int n)
{
  Coded coded = { g_new (float, n * TAMIS_NETWORK_LATENT),
                  g_new (float, n * tamis_model_get_dimension (model)),
                  g_new (float, n * TAMIS_NETWORK_INPUT) };

  tamis_coder_encode (coder, input, n, coded.latent);
  tamis_coder_describe (coder, coded.latent, n, coded.described);
  tamis_coder_decode (coder, coded.latent, n, coded.output);
  return coded;
}

static void
coded_clear (Coded *self)
{
  g_free (self->latent);
  g_free (self->described);
  g_free (self->output);
}

/* Is image @i of @a the same, bit for bit, as image @j of @b? */
static void
assert_same_image (const Coded *a, int i, const Coded *b, int j, int dimension)
{
  gsize latent = TAMIS_NETWORK_LATENT * sizeof (float);
  gsize input = TAMIS_NETWORK_INPUT * sizeof (float);

  g_assert_cmpmem (a->latent + i * TAMIS_NETWORK_LATENT, latent,
                   b->latent + j * TAMIS_NETWORK_LATENT, latent);
  g_assert_cmpmem (a->described + i * dimension, dimension * sizeof (float),
                   b->described + j * dimension, dimension * sizeof (float));
  g_assert_cmpmem (a->output + i * TAMIS_NETWORK_INPUT, input, b->output + j * TAMIS_NETWORK_INPUT,
                   input);
}

/* An image alone, at every place of a batch, in batches of every length, in a coder of another
 * size, after other images and after extreme ones: always the same bits. */
static void
test_neighbours (gconstpointer data)
{
  int batch = GPOINTER_TO_INT (data);
  g_autoptr (TamisModel) model = fixture_model (9, 50);
  TamisCoder *coder = tamis_coder_new (model, batch);
  TamisCoder *single = tamis_coder_new (model, 1);
  g_autofree guint8 *images = fixture_images (batch, 10);
  g_autofree float *input = fixture_input (images, batch);
  g_autofree float *extreme = g_new (float, batch * TAMIS_NETWORK_INPUT);
  Coded all, part;

  all = code (model, coder, input, batch);
  for (gsize i = 0; i < (gsize) batch * TAMIS_NETWORK_INPUT; i++)
    extreme[i] = i % 2 == 0 ? 1e6f : -1e6f;
  part = code (model, coder, extreme, batch);
  coded_clear (&part);
  for (int first = 0; first < batch; first += 1 + batch / 7)
    for (int n = 1; n <= batch - first; n += 1 + batch / 5)
      {
        part = code (model, coder, input + (gsize) first * TAMIS_NETWORK_INPUT, n);
        for (int i = 0; i < n; i++)
          assert_same_image (&all, first + i, &part, i, 50);
        coded_clear (&part);
      }
  part = code (model, single, input + (gsize) (batch - 1) * TAMIS_NETWORK_INPUT, 1);
  assert_same_image (&all, batch - 1, &part, 0, 50);
  coded_clear (&part);
  coded_clear (&all);
  tamis_coder_free (single);
  tamis_coder_free (coder);
}

/* The bundled models: in batches of 1 to 32, each image in turn at each place, the same bits. */
static void
test_places (gconstpointer name)
{
  enum { N = 32 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisModel) model = tamis_model_open (name, &error);
  int dimension = tamis_model_get_dimension (model);
  gsize bytes = (gsize) dimension * sizeof (float);
  TamisCoder *coder = tamis_coder_new (model, N);
  g_autofree guint8 *images = fixture_images (2 * N, 12);
  g_autofree float *input = fixture_input (images, 2 * N);
  g_autofree float *latent = g_new (float, N * TAMIS_NETWORK_LATENT);
  g_autofree float *expected = g_new (float, N * dimension);
  g_autofree float *out = g_new (float, N * dimension);

  g_assert_no_error (error);
  /* Twice, so that any place can be the first. */
  memcpy (input + (gsize) N * TAMIS_NETWORK_INPUT, input,
          (gsize) N * TAMIS_NETWORK_INPUT * sizeof (float));
  tamis_coder_encode (coder, input, N, latent);
  tamis_coder_describe (coder, latent, N, expected);
  for (int n = 1; n <= N; n++)
    {
      int first = 5 * n % N;

      tamis_coder_encode (coder, input + (gsize) first * TAMIS_NETWORK_INPUT, n, latent);
      tamis_coder_describe (coder, latent, n, out);
      for (int i = 0; i < n; i++)
        g_assert_cmpmem (out + i * dimension, bytes, expected + (first + i) % N * dimension, bytes);
    }
  tamis_coder_free (coder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/engine/nn/model/round-trip", test_round_trip);
  g_test_add_func ("/engine/nn/model/tensor-names", test_tensor_names);
  g_test_add_func ("/engine/nn/model/metadata-and-defaults", test_metadata);
  g_test_add_func ("/engine/nn/model/open-errors", test_open_errors);
  g_test_add_func ("/engine/nn/model/encoder-alone", test_encoder_alone);
  g_test_add_func ("/engine/nn/model/bundled", test_bundled);
  g_test_add_func ("/engine/nn/coder/agrees-with-reference", test_agrees_with_reference);
  for (guint i = 0; i < 6; i++)
    {
      int batch = (int[]){ 1, 2, 5, 8, 32, 37 }[i];
      g_autofree char *path
          = g_strdup_printf ("/engine/nn/coder/neighbours-do-not-matter/%d", batch);

      g_test_add_data_func (path, GINT_TO_POINTER (batch), test_neighbours);
    }
  g_test_add_data_func ("/engine/nn/coder/places/whitened", TAMIS_MODEL_DEFAULT, test_places);
  g_test_add_data_func ("/engine/nn/coder/places/paper", "paper", test_places);
  return g_test_run ();
}
