/* The Table 1 autoencoder as numbers: which layers there are and where their parameters stand.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "kernels/conv.h"

#include <tamis/base.h>

G_BEGIN_DECLS

#define TAMIS_NETWORK_SIDE 64
#define TAMIS_NETWORK_CHANNELS 3
#define TAMIS_NETWORK_PIXELS (TAMIS_NETWORK_SIDE * TAMIS_NETWORK_SIDE)
#define TAMIS_NETWORK_INPUT (TAMIS_NETWORK_CHANNELS * TAMIS_NETWORK_PIXELS)
#define TAMIS_NETWORK_LATENT 1024
#define TAMIS_NETWORK_DEPTH 5  /* layers of the encoder, and of the decoder */
#define TAMIS_NETWORK_LAYERS 10

typedef struct
{
  TamisConvShape shape;
  gsize weights; /* offset into the parameters; [3][3][fine][coarse], see kernels/conv.h */
  gsize n_weights;
  gsize bias;
  int n_bias;
  gsize packed; /* offset into packed weights, of either direction */
} TamisLayer;

/* Layers 0-4 are the encoder, 5-9 the decoder. Parameters are one array, weights before bias, layer
 * after layer, so that optimiser and gradient sums need not know of layers. */
typedef struct
{
  TamisLayer layers[TAMIS_NETWORK_LAYERS];
  gsize n_encoder;    /* parameters */
  gsize n_parameters; /* encoder and decoder */
  gsize n_packed;     /* of all layers */
} TamisNetwork;

const TamisNetwork *tamis_network_get (void);

/* Images of 3 × 64 × 64 bytes, planar; @rows picks and orders @n of them, NULL: the first n. */
typedef struct
{
  const guint8 *images;
  const guint32 *rows;
  gsize n;
} TamisPixels;

/* PyTorch's name of a layer's tensor: "encoder.0." + "weight". (transfer full) */
char *tamis_network_tensor_name (int layer, const char *tensor);

/* PyTorch's [coarse][fine][3][3] to ours and back. */
void tamis_network_from_torch (const TamisLayer *layer, const float *torch, float *weights);
void tamis_network_to_torch (const TamisLayer *layer, const float *weights, float *torch);

/* The latent, 2 × 2 × 256 channels-last to PyTorch's C, H, W and back. */
void tamis_network_latent_to_torch (const float *latent, float *torch);
void tamis_network_latent_from_torch (const float *torch, float *latent);

/* PyTorch's default initialisation: U (-b, b) with b = 1 / √fan_in, where a transposed convolution
 * counts its *output* channels as fan-in. Drawn in PyTorch's order of names and elements. */
void tamis_network_initialise (float *parameters, guint64 seed);

G_END_DECLS
