/* One training step.
 *
 * DESIGN: a shard runs forward and backward on one thread and leaves its gradient in a buffer of
 * its own; the buffers are then added in the order of shards, slice by slice on all threads, and
 * Adam follows in the same pass. No sum depends on which thread did what, so the weights are the
 * same bit for bit on any number of threads. Memory: 8 gradients of 7.8 MB, and about 1 MB an image
 * of a shard and worker for activations.
 *
 * A layer's input gradient is the adjoint of its forward pass, so both directions need only
 * tamis_conv_down() and tamis_conv_up(). What ReLU lets back is read off its output (gate).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "trainer.h"

#include "kernels/activation.h"

#include <string.h>

/* Parameters an item of the update loop; a multiple of the vector width. */
#define SLICE 32768

/* What one worker needs for one shard. */
typedef struct
{
  float *images[TAMIS_NETWORK_LAYERS + 1]; /* input, each layer's output; channels-last */
  float *gradients[2];                     /* of activations, used in turn */
  float *work;
} Workspace;

struct _TamisTrainer
{
  int batch;
  int shard; /* images */
  TamisAdam adam;
  long n_steps;
  float *parameters;
  float *packed_down; /* for either pass */
  float *packed_up;
  float *first;  /* moment */
  float *second; /* moment */
  float *gradient;
  float *shard_gradients[TAMIS_TRAINER_SHARDS];
  double shard_errors[TAMIS_TRAINER_SHARDS];
  Workspace *workspaces;
  guint n_workspaces;

  /* Of the loop that runs now */
  const TamisPixels *step;
  gsize n_shards;
  TamisAdamStep adam_step;
};

/* Floats of the activations after @depth layers of the encoder (0: the image). */
static gsize
activation_size (int depth)
{
  const TamisConvShape *shape = &tamis_network_get ()->layers[MIN (depth, 4)].shape;

  return depth == TAMIS_NETWORK_DEPTH ? TAMIS_NETWORK_LATENT
                                      : (gsize) shape->side * shape->side * shape->fine;
}

static void
workspace_init (Workspace *self, int n)
{
  const TamisNetwork *network = tamis_network_get ();
  gsize n_work = 0;
  gsize largest = 0;

  for (int i = 0; i <= TAMIS_NETWORK_LAYERS; i++)
    {
      gsize size = activation_size (i <= TAMIS_NETWORK_DEPTH ? i : TAMIS_NETWORK_LAYERS - i);

      self->images[i] = g_new0 (float, n * size);
      largest = MAX (largest, size);
    }
  for (int i = 0; i < 2; i++)
    self->gradients[i] = g_new0 (float, n * largest);
  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisConvShape *shape = &network->layers[i].shape;

      n_work = MAX (n_work, tamis_conv_work_size (shape, MIN (n, tamis_conv_group (shape))));
    }
  self->work = g_new0 (float, n_work);
}

static void
workspace_clear (Workspace *self)
{
  for (int i = 0; i <= TAMIS_NETWORK_LAYERS; i++)
    g_free (self->images[i]);
  for (int i = 0; i < 2; i++)
    g_free (self->gradients[i]);
  g_free (self->work);
}

TamisTrainer *
tamis_trainer_new (int batch, const TamisAdam *adam)
{
  const TamisNetwork *network = tamis_network_get ();
  TamisTrainer *self = g_new0 (TamisTrainer, 1);

  self->batch = batch;
  self->shard = (batch + TAMIS_TRAINER_SHARDS - 1) / TAMIS_TRAINER_SHARDS;
  self->adam = *adam;
  self->parameters = g_new0 (float, network->n_parameters);
  self->packed_down = g_new0 (float, network->n_packed);
  self->packed_up = g_new0 (float, network->n_packed);
  self->first = g_new0 (float, network->n_parameters);
  self->second = g_new0 (float, network->n_parameters);
  self->gradient = g_new0 (float, network->n_parameters);
  for (int i = 0; i < TAMIS_TRAINER_SHARDS; i++)
    self->shard_gradients[i] = g_new0 (float, network->n_parameters);
  self->n_workspaces = tamis_parallel_workers ();
  self->workspaces = g_new0 (Workspace, self->n_workspaces);
  for (guint i = 0; i < self->n_workspaces; i++)
    workspace_init (&self->workspaces[i], self->shard);
  return self;
}

void
tamis_trainer_free (TamisTrainer *self)
{
  if (self == NULL)
    return;
  g_free (self->parameters);
  g_free (self->packed_down);
  g_free (self->packed_up);
  g_free (self->first);
  g_free (self->second);
  g_free (self->gradient);
  for (int i = 0; i < TAMIS_TRAINER_SHARDS; i++)
    g_free (self->shard_gradients[i]);
  for (guint i = 0; i < self->n_workspaces; i++)
    workspace_clear (&self->workspaces[i]);
  g_free (self->workspaces);
  g_free (self);
}

float *
tamis_trainer_get_parameters (TamisTrainer *self)
{
  return self->parameters;
}

const float *
tamis_trainer_get_gradient (TamisTrainer *self)
{
  return self->gradient;
}

static void
pack_layer (gsize item, guint worker, gpointer data)
{
  TamisTrainer *self = data;
  const TamisLayer *layer = &tamis_network_get ()->layers[item];

  tamis_conv_pack_down (&layer->shape, self->parameters + layer->weights,
                        self->packed_down + layer->packed);
  tamis_conv_pack_up (&layer->shape, self->parameters + layer->weights,
                      self->packed_up + layer->packed);
}

/* A call of a layer's kernel on images from @first on, as many as suit the cache. */
static TamisConv
layer_call (const TamisLayer *layer, const Workspace *workspace, int first, int n)
{
  return (TamisConv){ .shape = layer->shape,
                      .n = MIN (tamis_conv_group (&layer->shape), n - first),
                      .work = workspace->work };
}

static void
forward (TamisTrainer *self, Workspace *workspace, int n)
{
  for (int i = 0; i < TAMIS_NETWORK_LAYERS; i++)
    {
      const TamisLayer *layer = &tamis_network_get ()->layers[i];
      gboolean down = i < TAMIS_NETWORK_DEPTH;
      gsize coarse = (gsize) layer->shape.side * layer->shape.side / 4 * layer->shape.coarse;
      gsize fine = (gsize) layer->shape.side * layer->shape.side * layer->shape.fine;

      for (int first = 0; first < n; first += tamis_conv_group (&layer->shape))
        {
          TamisConv conv = layer_call (layer, workspace, first, n);

          conv.epilogue.bias = self->parameters + layer->bias;
          conv.epilogue.activation = i < TAMIS_NETWORK_LAYERS - 1 ? TAMIS_ACTIVATION_RELU
                                                                  : TAMIS_ACTIVATION_TANH;
          conv.packed = (down ? self->packed_down : self->packed_up) + layer->packed;
          if (down)
            tamis_conv_down (&conv, workspace->images[i] + first * fine,
                             workspace->images[i + 1] + first * coarse);
          else
            tamis_conv_up (&conv, workspace->images[i] + first * coarse,
                           workspace->images[i + 1] + first * fine);
        }
    }
}

/* Output gradient in, input gradient out; the layer's own gradients into @total. */
static void
backward_layer (TamisTrainer *self, Workspace *workspace, int i, int n, float *total)
{
  const TamisLayer *layer = &tamis_network_get ()->layers[i];
  gboolean down = i < TAMIS_NETWORK_DEPTH;
  const float *out = workspace->gradients[i % 2];
  float *in = workspace->gradients[(i + 1) % 2];
  const float *input = workspace->images[i];
  gsize coarse = (gsize) layer->shape.side * layer->shape.side / 4 * layer->shape.coarse;
  gsize fine = (gsize) layer->shape.side * layer->shape.side * layer->shape.fine;
  gsize out_size = down ? coarse : fine;
  gsize in_size = down ? fine : coarse;

  tamis_column_sums (n * out_size / layer->n_bias, layer->n_bias, out, total + layer->bias, false);
  for (int first = 0; first < n; first += tamis_conv_group (&layer->shape))
    {
      TamisConv conv = layer_call (layer, workspace, first, n);
      const float *x = input + first * in_size;
      const float *dy = out + first * out_size;

      tamis_conv_gradient (&conv, down ? x : dy, down ? dy : x, total + layer->weights, first > 0);
      if (i == 0)
        continue;
      /* Every layer's input but the first's is the output of a ReLU. */
      conv.epilogue.gate = x;
      conv.prepared = !down;
      conv.packed = (down ? self->packed_up : self->packed_down) + layer->packed;
      if (down)
        tamis_conv_up (&conv, dy, in + first * in_size);
      else
        tamis_conv_down (&conv, dy, in + first * in_size);
    }
}

static int
load_shard (TamisTrainer *self, Workspace *workspace, gsize shard)
{
  const TamisPixels *step = self->step;
  gsize first = shard * self->shard;
  int n = MIN ((gsize) self->shard, step->n - first);

  for (int i = 0; i < n; i++)
    {
      gsize row = step->rows != NULL ? step->rows[first + i] : first + i;

      tamis_pixels_to_input (TAMIS_NETWORK_PIXELS, TAMIS_NETWORK_CHANNELS,
                             step->images + row * TAMIS_NETWORK_INPUT,
                             workspace->images[0] + (gsize) i * TAMIS_NETWORK_INPUT);
    }
  return n;
}

static void
train_shard (gsize item, guint worker, gpointer data)
{
  TamisTrainer *self = data;
  Workspace *workspace = &self->workspaces[worker];
  int n = load_shard (self, workspace, item);

  forward (self, workspace, n);
  self->shard_errors[item] = tamis_mse_tanh_gradient (
      (gsize) n * TAMIS_NETWORK_INPUT, workspace->images[TAMIS_NETWORK_LAYERS],
      workspace->images[0], 1.0f / ((float) self->step->n * TAMIS_NETWORK_INPUT),
      workspace->gradients[(TAMIS_NETWORK_LAYERS - 1) % 2]);
  for (int i = TAMIS_NETWORK_LAYERS - 1; i >= 0; i--)
    backward_layer (self, workspace, i, n, self->shard_gradients[item]);
}

static void
update_slice (gsize item, guint worker, gpointer data)
{
  TamisTrainer *self = data;
  gsize first = item * SLICE;
  gsize n = MIN (SLICE, tamis_network_get ()->n_parameters - first);
  float *sum = self->gradient + first;
  TamisAdamState state = { self->parameters + first, self->first + first, self->second + first };

  memcpy (sum, self->shard_gradients[0] + first, n * sizeof (float));
  for (gsize shard = 1; shard < self->n_shards; shard++)
    for (gsize i = 0; i < n; i++)
      sum[i] += self->shard_gradients[shard][first + i];
  tamis_adam_update (&self->adam_step, n, sum, &state);
}

gboolean
tamis_trainer_step (TamisTrainer *self, const TamisPixels *batch, GCancellable *cancel,
                    double *squared_error)
{
  gsize n_slices = (tamis_network_get ()->n_parameters + SLICE - 1) / SLICE;

  g_return_val_if_fail (batch->n > 0 && batch->n <= (gsize) self->batch, FALSE);
  self->step = batch;
  self->n_shards = (batch->n + self->shard - 1) / self->shard;
  tamis_parallel_for (TAMIS_NETWORK_LAYERS, pack_layer, self, NULL);
  if (!tamis_parallel_for (self->n_shards, train_shard, self, cancel))
    return FALSE;
  *squared_error = 0.0;
  for (gsize i = 0; i < self->n_shards; i++)
    *squared_error += self->shard_errors[i];
  tamis_adam_step_init (&self->adam_step, &self->adam, ++self->n_steps);
  tamis_parallel_for (n_slices, update_slice, self, NULL);
  return TRUE;
}

static void
evaluate_shard (gsize item, guint worker, gpointer data)
{
  TamisTrainer *self = data;
  Workspace *workspace = &self->workspaces[worker];
  int n = load_shard (self, workspace, item);

  forward (self, workspace, n);
  self->shard_errors[item]
      = tamis_squared_error ((gsize) n * TAMIS_NETWORK_INPUT,
                             workspace->images[TAMIS_NETWORK_LAYERS], workspace->images[0]);
}

gboolean
tamis_trainer_evaluate (TamisTrainer *self, const TamisPixels *batch, GCancellable *cancel,
                        double *squared_error)
{
  gsize most = (gsize) self->shard * TAMIS_TRAINER_SHARDS;

  *squared_error = 0.0;
  tamis_parallel_for (TAMIS_NETWORK_LAYERS, pack_layer, self, NULL);
  for (gsize first = 0; first < batch->n; first += most)
    {
      TamisPixels part = { batch->images, batch->rows, MIN (most, batch->n - first) };
      gsize n_shards = (part.n + self->shard - 1) / self->shard;

      if (part.rows != NULL)
        part.rows += first;
      else
        part.images += first * TAMIS_NETWORK_INPUT;
      self->step = &part;
      if (!tamis_parallel_for (n_shards, evaluate_shard, self, cancel))
        return FALSE;
      for (gsize i = 0; i < n_shards; i++)
        *squared_error += self->shard_errors[i];
    }
  return TRUE;
}
