/* The network's one kind of layer: 3 × 3 convolution, stride 2, padding 1, and its adjoint, the
 * transposed convolution with output padding 1. Both join a fine image (side × side × fine
 * channels) and a coarse one (side/2 × side/2 × coarse channels).
 *
 * Layout: images are channels-last (row, column, channel), one after another without gaps. Weights
 * are [3][3][fine][coarse] for either direction, so that the 9 · fine × coarse matrix multiplies a
 * neighbourhood of a fine image; PyTorch's tensors are [coarse][fine][3][3] for both. Each
 * direction has its own packed form of them.
 * Everything is single-threaded, allocates nothing and is reentrant.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  int side;   /* of the fine image in pixels, even */
  int fine;   /* channels */
  int coarse; /* channels */
} TamisConvShape;

typedef enum {
  TAMIS_ACTIVATION_NONE,
  TAMIS_ACTIVATION_RELU,
  TAMIS_ACTIVATION_TANH,
} TamisActivation;

/* What happens to the sums on their way out, in one pass: the bias is added (one a channel,
 * nullable), the activation applied, and where gate (shape of the result, nullable) is not above 0
 * the result is 0, which is how a gradient passes back through a ReLU whose output gate is. */
typedef struct
{
  const float *bias;
  TamisActivation activation;
  const float *gate;
} TamisEpilogue;

/* @packed: weights by tamis_conv_pack_down(), _short() or _up(), as the call is.
 * @work: tamis_conv_work_size() floats. @prepared: it still holds the same fine images, left by
 * tamis_conv_gradient(). Bordered images have a border of zeros above and left: side + 1 rows of as
 * many pixels. conv_down() reads such fine images without a copy, and writes coarse ones that are the
 * fine images of a next layer, the border apart. */
typedef struct
{
  TamisConvShape shape;
  int n; /* images */
  const float *packed;
  TamisEpilogue epilogue;
  float *work;
  bool prepared;
  bool short_products; /* @packed is by tamis_conv_pack_short() */
  bool fine_bordered;
  bool coarse_bordered; /* neither tanh nor gate then */
} TamisConv;

/* Floats of a fine image with its border. */
size_t tamis_conv_bordered_size (const TamisConvShape *shape);
/* Zeros to the borders of @n fine images. */
void tamis_conv_clear_border (const TamisConvShape *shape, int n, float *bordered);

/* How many images should share a product: enough rows to fill it, few enough for the second-level
 * cache. */
int tamis_conv_group (const TamisConvShape *shape);
/* Floats of work that any function here needs for @n images of a shape. */
size_t tamis_conv_work_size (const TamisConvShape *shape, int n);
/* Floats of any packed form. */
size_t tamis_conv_packed_size (const TamisConvShape *shape);
/* Rearranged weights; redo it whenever they change. */
void tamis_conv_pack_down (const TamisConvShape *shape, const float *weights, float *packed);
/* For conv_down() with weights that stay: fewer multiplications, but these weights are up to 2.8
 * times as many, which pays on larger batches than a training step's shares. */
void tamis_conv_pack_short (const TamisConvShape *shape, const float *weights, float *packed);
void tamis_conv_pack_up (const TamisConvShape *shape, const float *weights, float *packed);

/* fine n × side² × fine → coarse n × (side/2)² × coarse: Conv2d forward, ConvTranspose2d's input
 * gradient. */
void tamis_conv_down (const TamisConv *conv, const float *fine, float *coarse);
/* coarse → fine: ConvTranspose2d forward, Conv2d's input gradient. */
void tamis_conv_up (const TamisConv *conv, const float *coarse, float *fine);

/* Weight gradient of either direction: neighbourhoodsᵀ · coarse, 9 · fine × coarse. Adds to what
 * @gradient holds if @add. Uses shape, n and work of @conv. */
void tamis_conv_gradient (const TamisConv *conv, const float *fine, const float *coarse,
                          float *gradient, bool add);
