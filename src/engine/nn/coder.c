/* TamisCoder: a model's working memory, and the passes through the network.
 *
 * DESIGN: layers run on groups of images that suit the caches (tamis_conv_group()); a group may be
 * short. An image's numbers do not depend on its neighbours because tamis_panels_multiply()
 * computes each row in one fixed order; tests/engine/nn holds it to that, bit for bit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model-private.h"

#include "kernels/activation.h"
#include "kernels/panels.h"

#include <string.h>

struct _TamisCoder
{
  TamisModel *model;
  int batch;
  /* Activations by depth: input … latent, channels-last; with borders while encoding. */
  float *images[TAMIS_NETWORK_DEPTH + 1];
  float *work;
  float *latent; /* batch × 1,024, centred, for the head */
};

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
      int group = MIN (tamis_conv_group (&layer->shape), batch);

      n_work = MAX (n_work, tamis_conv_work_size (&layer->shape, group));
      self->images[i] = g_new0 (float, batch * tamis_conv_bordered_size (&layer->shape));
    }
  self->images[TAMIS_NETWORK_DEPTH] = g_new0 (float, (gsize) batch * TAMIS_NETWORK_LATENT);
  self->work = g_new0 (float, n_work);
  if (tamis_model_get_head (model) != NULL)
    self->latent = g_new0 (float, (gsize) batch * TAMIS_NETWORK_LATENT);
  return self;
}

void
tamis_coder_free (TamisCoder *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i <= TAMIS_NETWORK_DEPTH; i++)
    g_free (self->images[i]);
  g_free (self->work);
  g_free (self->latent);
  tamis_model_unref (self->model);
  g_free (self);
}

/* The input and the borders of all that follows, over which decoding may have written. */
static void
load_input (TamisCoder *self, const float *input, int n)
{
  const TamisNetwork *network = tamis_network_get ();
  const TamisConvShape *shape = &network->layers[0].shape;
  gsize size = tamis_conv_bordered_size (shape);

  for (int i = 0; i < TAMIS_NETWORK_DEPTH; i++)
    tamis_conv_clear_border (&network->layers[i].shape, n, self->images[i]);
  for (int i = 0; i < n; i++)
    tamis_planar_to_bordered (shape->side, TAMIS_NETWORK_CHANNELS,
                              input + (gsize) i * TAMIS_NETWORK_INPUT, self->images[0] + i * size);
}

void
tamis_coder_encode (TamisCoder *self, const float *input, int n, float *latent)
{
  const TamisNetwork *network = tamis_network_get ();
  const float *parameters = tamis_model_get_parameters (self->model);
  const float *packed = tamis_model_get_packed (self->model);

  g_return_if_fail (n >= 0 && n <= self->batch);
  load_input (self, input, n);
  for (int i = 0; i < TAMIS_NETWORK_DEPTH; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      gboolean last = i == TAMIS_NETWORK_DEPTH - 1;
      gsize in_size = tamis_conv_bordered_size (&layer->shape);
      gsize out_size = last ? TAMIS_NETWORK_LATENT : tamis_conv_bordered_size (&layer[1].shape);
      TamisConv conv = { .shape = layer->shape, .fine_bordered = true, .coarse_bordered = !last,
                         .packed = packed + layer->packed, .work = self->work,
                         .epilogue = { .bias = parameters + layer->bias,
                                       .activation = TAMIS_ACTIVATION_RELU } };

      for (int first = 0; first < n; first += conv.n)
        {
          conv.n = MIN (tamis_conv_group (&layer->shape), n - first);
          tamis_conv_down (&conv, self->images[i] + first * in_size,
                           self->images[i + 1] + first * out_size);
        }
    }
  for (int i = 0; i < n; i++)
    tamis_network_latent_to_torch (
        self->images[TAMIS_NETWORK_DEPTH] + (gsize) i * TAMIS_NETWORK_LATENT,
        latent + (gsize) i * TAMIS_NETWORK_LATENT);
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
        self->images[TAMIS_NETWORK_DEPTH] + (gsize) i * TAMIS_NETWORK_LATENT);
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
          tamis_conv_up (&conv, self->images[depth] + first * coarse_size (layer),
                         self->images[depth - 1] + first * fine_size (layer));
        }
    }
  for (int i = 0; i < n; i++)
    tamis_interleaved_to_planar (TAMIS_NETWORK_PIXELS, TAMIS_NETWORK_CHANNELS,
                                 self->images[0] + (gsize) i * TAMIS_NETWORK_INPUT,
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
