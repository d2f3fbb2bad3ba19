/* TamisCoder: a model's working memory, and the passes through the network.
 *
 * DESIGN: the first three layers, whose images are large, run on FEW images at a time, from one
 * layer to the next while they are in the second-level cache; the other two, whose weights are
 * large, on MANY. What a layer reads has a border of zeros (tamis_conv_down()), which nothing
 * overwrites. Decoding has images of its own and runs layer by layer.
 * An image's numbers do not depend on its neighbours because tamis_panels_multiply() computes each
 * row in one fixed order; tests/engine/nn holds it to that, bit for bit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model-private.h"

#include "kernels/activation.h"
#include "kernels/panels.h"

#include <string.h>

#define FEW 4
#define MANY 32
#define N_LARGE 3 /* layers that run on few images */

struct _TamisCoder
{
  TamisModel *model;
  int batch;
  float *bordered[TAMIS_NETWORK_DEPTH]; /* what each layer of the encoder reads, of FEW or MANY */
  float *coded;                         /* MANY latents, channels-last */
  float *decoded[TAMIS_NETWORK_DEPTH + 1]; /* by depth: output … latent; batch images each */
  float *work;
  float *latent; /* batch × 1,024, centred, for the head */
};

/* Zeros, on a line of the cache. Free with g_aligned_free(). */
static float *
new_floats (gsize n)
{
  return g_aligned_alloc0 (n, sizeof (float), 64);
}

static gsize
fine_size (const TamisLayer *layer)
{
  return (gsize) layer->shape.side * layer->shape.side * layer->shape.fine;
}

static gsize
coarse_size (const TamisLayer *layer)
{
  return (gsize) layer->shape.side * layer->shape.side / 4 * layer->shape.coarse;
}

TamisCoder *
tamis_coder_new (TamisModel *model, int batch)
{
  const TamisNetwork *network = tamis_network_get ();
  TamisCoder *self = g_new0 (TamisCoder, 1);
  gsize n_work = 0;

  g_return_val_if_fail (batch > 0, NULL);
  self->model = tamis_model_ref (model);
  self->batch = batch;
  for (int i = 0; i < TAMIS_NETWORK_DEPTH; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      int most = i < N_LARGE ? FEW : MANY;

      n_work = MAX (n_work, tamis_conv_work_size (&layer->shape,
                                                  MAX (most, tamis_conv_group (&layer->shape))));
      self->bordered[i] = new_floats (most * tamis_conv_bordered_size (&layer->shape));
      self->decoded[i] = new_floats (batch * fine_size (layer));
    }
  self->coded = new_floats (MANY * TAMIS_NETWORK_LATENT);
  self->decoded[TAMIS_NETWORK_DEPTH] = new_floats ((gsize) batch * TAMIS_NETWORK_LATENT);
  self->work = new_floats (n_work);
  if (tamis_model_get_head (model) != NULL)
    self->latent = new_floats ((gsize) batch * TAMIS_NETWORK_LATENT);
  return self;
}

void
tamis_coder_free (TamisCoder *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < TAMIS_NETWORK_DEPTH; i++)
    g_aligned_free (self->bordered[i]);
  g_aligned_free (self->coded);
  for (int i = 0; i <= TAMIS_NETWORK_DEPTH; i++)
    g_aligned_free (self->decoded[i]);
  g_aligned_free (self->work);
  g_aligned_free (self->latent);
  tamis_model_unref (self->model);
  g_free (self);
}

/* Layer @i of the encoder on @n images that it has before it; the results go to the next layer's,
 * from image @first on. */
static void
encode_layer (TamisCoder *self, int i, int n, int first)
{
  const TamisLayer *layer = &tamis_network_get ()->layers[i];
  gboolean last = i == TAMIS_NETWORK_DEPTH - 1;
  float *out = last ? self->coded
                    : self->bordered[i + 1] + first * tamis_conv_bordered_size (&layer[1].shape);
  TamisConv conv = { .shape = layer->shape, .n = n, .work = self->work,
                     .packed = tamis_model_get_packed (self->model) + layer->packed,
                     .fine_bordered = true, .coarse_bordered = !last,
                     .epilogue = { tamis_model_get_parameters (self->model) + layer->bias,
                                   TAMIS_ACTIVATION_RELU, NULL } };

  tamis_conv_down (&conv, self->bordered[i], out);
}

/* At most MANY images. */
static void
encode_many (TamisCoder *self, const float *input, int n, float *latent)
{
  const TamisConvShape *shape = &tamis_network_get ()->layers[0].shape;

  for (int first = 0; first < n; first += FEW)
    {
      int few = MIN (FEW, n - first);

      for (int i = 0; i < few; i++)
        tamis_planar_to_bordered (shape->side, TAMIS_NETWORK_CHANNELS,
                                  input + (gsize) (first + i) * TAMIS_NETWORK_INPUT,
                                  self->bordered[0] + i * tamis_conv_bordered_size (shape));
      for (int i = 0; i < N_LARGE; i++)
        encode_layer (self, i, few, i + 1 < N_LARGE ? 0 : first);
    }
  for (int i = N_LARGE; i < TAMIS_NETWORK_DEPTH; i++)
    encode_layer (self, i, n, 0);
  for (int i = 0; i < n; i++)
    tamis_network_latent_to_torch (self->coded + (gsize) i * TAMIS_NETWORK_LATENT,
                                   latent + (gsize) i * TAMIS_NETWORK_LATENT);
}

void
tamis_coder_encode (TamisCoder *self, const float *input, int n, float *latent)
{
  g_return_if_fail (n >= 0 && n <= self->batch);
  for (int first = 0; first < n; first += MANY)
    encode_many (self, input + (gsize) first * TAMIS_NETWORK_INPUT, MIN (MANY, n - first),
                 latent + (gsize) first * TAMIS_NETWORK_LATENT);
}

void
tamis_coder_decode (TamisCoder *self, const float *latent, int n, float *output)
{
  const TamisNetwork *network = tamis_network_get ();
  const float *parameters = tamis_model_get_parameters (self->model);
  const float *packed = tamis_model_get_packed (self->model);

  g_return_if_fail (tamis_model_has_decoder (self->model));
  g_return_if_fail (n >= 0 && n <= self->batch);
  for (int i = 0; i < n; i++)
    tamis_network_latent_from_torch (
        latent + (gsize) i * TAMIS_NETWORK_LATENT,
        self->decoded[TAMIS_NETWORK_DEPTH] + (gsize) i * TAMIS_NETWORK_LATENT);
  for (int i = TAMIS_NETWORK_DEPTH; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      int depth = TAMIS_NETWORK_LAYERS - i; /* of the coarse side */
      gboolean last = i == TAMIS_NETWORK_LAYERS - 1;
      TamisConv conv = { .shape = layer->shape,
                         .packed = packed + layer->packed, .work = self->work,
                         .epilogue = { .bias = parameters + layer->bias,
                                       .activation = last ? TAMIS_ACTIVATION_TANH
                                                          : TAMIS_ACTIVATION_RELU } };

      for (int first = 0; first < n; first += conv.n)
        {
          conv.n = MIN (tamis_conv_group (&layer->shape), n - first);
          tamis_conv_up (&conv, self->decoded[depth] + first * coarse_size (layer),
                         self->decoded[depth - 1] + first * fine_size (layer));
        }
    }
  for (int i = 0; i < n; i++)
    tamis_interleaved_to_planar (TAMIS_NETWORK_PIXELS, TAMIS_NETWORK_CHANNELS,
                                 self->decoded[0] + (gsize) i * TAMIS_NETWORK_INPUT,
                                 output + (gsize) i * TAMIS_NETWORK_INPUT);
}

void
tamis_coder_describe (TamisCoder *self, const float *latent, int n, float *out)
{
  const TamisHead *head = tamis_model_get_head (self->model);

  g_return_if_fail (n >= 0 && n <= self->batch);
  if (tamis_model_get_metric (self->model) == TAMIS_METRIC_RAW)
    {
      memmove (out, latent, (gsize) n * TAMIS_NETWORK_LATENT * sizeof (float));
      return;
    }
  for (gsize i = 0; i < (gsize) n * TAMIS_NETWORK_LATENT; i++)
    self->latent[i] = latent[i] - head->mean[i % TAMIS_NETWORK_LATENT];
  tamis_panels_multiply (&(TamisPanels){ .rows = n, .n = head->dimension,
                                         .k = TAMIS_NETWORK_LATENT, .packed = head->packed,
                                         .a = self->latent, .a_stride = TAMIS_NETWORK_LATENT,
                                         .c = out, .c_stride = head->dimension });
}
