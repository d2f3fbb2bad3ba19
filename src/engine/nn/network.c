/* The Table 1 autoencoder as numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "network.h"

#include <math.h>

static const TamisConvShape shapes[TAMIS_NETWORK_DEPTH] = {
  { 64, 3, 32 }, { 32, 32, 64 }, { 16, 64, 128 }, { 8, 128, 256 }, { 4, 256, 256 },
};

static void
lay_out (TamisNetwork *network)
{
  gsize at = 0;

  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      TamisLayer *layer = &network->layers[i];
      gboolean encoder = i < TAMIS_NETWORK_DEPTH;

      layer->shape = shapes[encoder ? i : TAMIS_NETWORK_LAYERS - 1 - i];
      layer->weights = at;
      layer->n_weights = (gsize) 9 * layer->shape.fine * layer->shape.coarse;
      layer->bias = layer->weights + layer->n_weights;
      layer->n_bias = encoder ? layer->shape.coarse : layer->shape.fine;
      at = layer->bias + layer->n_bias;
      layer->packed = network->n_packed;
      network->n_packed += tamis_conv_packed_size (&layer->shape);
      if (encoder)
        network->n_encoder = at;
    }
  network->n_parameters = at;
}

const TamisNetwork *
tamis_network_get (void)
{
  static TamisNetwork network;
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      lay_out (&network);
      g_once_init_leave (&ready, 1);
    }
  return &network;
}

char *
tamis_network_tensor_name (int layer, const char *tensor)
{
  gboolean encoder = layer < TAMIS_NETWORK_DEPTH;

  /* Every second entry of PyTorch's Sequential is an activation. */
  return g_strdup_printf ("%s.%d.%s", encoder ? "encoder" : "decoder",
                          2 * (layer % TAMIS_NETWORK_DEPTH), tensor);
}

void
tamis_network_from_torch (const TamisLayer *layer, const float *torch, float *weights)
{
  gsize fine = layer->shape.fine;
  gsize coarse = layer->shape.coarse;

  for (gsize c = 0; c < coarse; c++)
    for (gsize f = 0; f < fine; f++)
      for (gsize tap = 0; tap < 9; tap++)
        weights[(tap * fine + f) * coarse + c] = torch[(c * fine + f) * 9 + tap];
}

void
tamis_network_to_torch (const TamisLayer *layer, const float *weights, float *torch)
{
  gsize fine = layer->shape.fine;
  gsize coarse = layer->shape.coarse;

  for (gsize c = 0; c < coarse; c++)
    for (gsize f = 0; f < fine; f++)
      for (gsize tap = 0; tap < 9; tap++)
        torch[(c * fine + f) * 9 + tap] = weights[(tap * fine + f) * coarse + c];
}

void
tamis_network_latent_to_torch (const float *latent, float *torch)
{
  for (int p = 0; p < 4; p++)
    for (int c = 0; c < TAMIS_NETWORK_LATENT / 4; c++)
      torch[4 * c + p] = latent[p * (TAMIS_NETWORK_LATENT / 4) + c];
}

void
tamis_network_latent_from_torch (const float *torch, float *latent)
{
  for (int p = 0; p < 4; p++)
    for (int c = 0; c < TAMIS_NETWORK_LATENT / 4; c++)
      latent[p * (TAMIS_NETWORK_LATENT / 4) + c] = torch[4 * c + p];
}

void
tamis_network_initialise (float *parameters, guint64 seed)
{
  const TamisNetwork *network = tamis_network_get ();
  g_autofree float *torch = g_new (float, network->n_parameters);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      double bound = 1.0 / sqrt (9.0 * layer->shape.fine);

      for (gsize k = 0; k < layer->n_weights; k++)
        torch[k] = (2.0 * tamis_random_uniform (&random) - 1.0) * bound;
      tamis_network_from_torch (layer, torch, parameters + layer->weights);
      for (int k = 0; k < layer->n_bias; k++)
        parameters[layer->bias + k] = (2.0 * tamis_random_uniform (&random) - 1.0) * bound;
    }
}
