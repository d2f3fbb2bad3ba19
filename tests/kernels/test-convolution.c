/* Convolution and its adjoint against their definitions, and their gradients against differences.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guarded.h"

#include "kernels/activation.h"
#include "kernels/reference.h"
#include "kernels/winograd.h"

#define SMALL 11

/* Awkward ones first, SMALL of them, then the network's own. */
static const TamisConvShape shapes[] = {
  { 2, 1, 1 }, { 2, 3, 5 }, { 4, 8, 9 }, { 4, 9, 8 }, { 6, 7, 3 }, { 8, 17, 33 }, { 10, 33, 20 },
  { 4, 16, 40 }, { 8, 16, 33 }, { 12, 48, 9 }, { 20, 16, 64 },
  { 64, 3, 32 }, { 32, 32, 64 }, { 16, 64, 128 }, { 8, 128, 256 }, { 4, 256, 256 },
};

typedef struct
{
  TamisConv conv;
  gsize n_fine, n_coarse, n_weights, n_packed, n_work;
  float *fine, *coarse, *weights, *packed_down, *packed_up, *bias, *work;
} Layer;

static void
layer_init (Layer *self, const TamisConvShape *shape, int n)
{
  gsize rows = (gsize) n * shape->side * shape->side;

  self->conv = (TamisConv){ .shape = *shape, .n = n };
  self->n_fine = rows * shape->fine;
  self->n_coarse = rows / 4 * shape->coarse;
  self->n_weights = (gsize) 9 * shape->fine * shape->coarse;
  self->n_packed = tamis_conv_packed_size (shape);
  self->n_work = tamis_conv_work_size (shape, n);
  self->fine = guarded_random (self->n_fine, 1);
  self->coarse = guarded_random (self->n_coarse, 2);
  self->weights = guarded_random (self->n_weights, 3);
  self->packed_down = guarded_new (self->n_packed);
  self->packed_up = guarded_new (self->n_packed);
  self->bias = guarded_random (512, 4);
  self->work = guarded_new (self->n_work);
  self->conv.packed = self->weights; /* as the plain versions take them */
  self->conv.work = self->work;
  tamis_conv_pack_down (shape, self->weights, self->packed_down);
  tamis_conv_pack_up (shape, self->weights, self->packed_up);
}

static void
layer_clear (Layer *self)
{
  guarded_free (self->fine, self->n_fine);
  guarded_free (self->coarse, self->n_coarse);
  guarded_free (self->weights, self->n_weights);
  guarded_free (self->packed_down, self->n_packed);
  guarded_free (self->packed_up, self->n_packed);
  guarded_free (self->bias, 512);
  guarded_free (self->work, self->n_work);
}

/* The network's own shapes are large for plain loops; two images of them will do. */
static int
most_images (guint shape)
{
  return shape < SMALL ? 3 : shape == SMALL ? 2 : 1;
}

static void
check_direction (Layer *layer, gboolean down, int flags)
{
  gsize n = down ? layer->n_coarse : layer->n_fine;
  float *gate = guarded_random (n, 5);
  float *fast = guarded_new (n);
  float *plain = guarded_new (n);
  TamisConv conv = layer->conv;

  conv.epilogue.bias = flags & 1 ? layer->bias : NULL;
  conv.epilogue.gate = flags & 2 ? gate : NULL;
  conv.epilogue.activation = flags & 1 ? TAMIS_ACTIVATION_RELU : TAMIS_ACTIVATION_NONE;
  if (down)
    {
      tamis_reference_conv_down (&conv, layer->fine, plain);
      conv.packed = layer->packed_down;
      tamis_conv_down (&conv, layer->fine, fast);
    }
  else
    {
      tamis_reference_conv_up (&conv, layer->coarse, plain);
      conv.packed = layer->packed_up;
      tamis_conv_up (&conv, layer->coarse, fast);
    }
  assert_close (fast, plain, n, 2e-6);
  guarded_free (gate, n);
  guarded_free (fast, n);
  guarded_free (plain, n);
}

static void
test_forward (gconstpointer data)
{
  gboolean down = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (int n = 1; n <= most_images (i); n++)
      {
        Layer layer;

        layer_init (&layer, &shapes[i], n);
        for (int flags = 0; flags < (i < SMALL ? 4 : 2); flags++)
          check_direction (&layer, down, flags);
        layer_clear (&layer);
      }
}

static void
test_gradient (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      Layer layer;
      float *fast, *plain;

      layer_init (&layer, &shapes[i], most_images (i));
      fast = guarded_random (layer.n_weights, 6);
      plain = guarded_copy (fast, layer.n_weights);
      for (int add = 0; add < 2; add++)
        {
          tamis_conv_gradient (&layer.conv, layer.fine, layer.coarse, fast, add);
          tamis_reference_conv_gradient (&layer.conv, layer.fine, layer.coarse, plain, add);
          assert_close (fast, plain, layer.n_weights, 2e-6);
        }
      guarded_free (fast, layer.n_weights);
      guarded_free (plain, layer.n_weights);
      layer_clear (&layer);
    }
}

/* What the gradient left in work serves the next conv_down of the same images. */
static void
test_prepared (void)
{
  Layer layer;
  float *gradient, *first, *second;

  layer_init (&layer, &shapes[5], 2);
  gradient = guarded_new (layer.n_weights);
  first = guarded_new (layer.n_coarse);
  second = guarded_new (layer.n_coarse);
  layer.conv.packed = layer.packed_down;
  tamis_conv_down (&layer.conv, layer.fine, first);
  tamis_conv_gradient (&layer.conv, layer.fine, layer.coarse, gradient, false);
  layer.conv.prepared = true;
  tamis_conv_down (&layer.conv, layer.fine, second);
  g_assert_cmpmem (first, layer.n_coarse * sizeof (float), second, layer.n_coarse * sizeof (float));
  guarded_free (gradient, layer.n_weights);
  guarded_free (first, layer.n_coarse);
  guarded_free (second, layer.n_coarse);
  layer_clear (&layer);
}

/* Bordered images in and out give the numbers of plain ones. */
static void
test_bordered (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      TamisConvShape next = { shapes[i].side / 2, shapes[i].coarse, 1 };
      gsize n_in = 2 * tamis_conv_bordered_size (&shapes[i]);
      gsize n_out = 2 * tamis_conv_bordered_size (&next);
      gsize row = (gsize) shapes[i].side * shapes[i].fine, out_row = (gsize) next.side * next.fine;
      Layer layer;
      float *in = guarded_new (n_in), *out = guarded_new (n_out), *plain, *to = in;

      layer_init (&layer, &shapes[i], 2);
      plain = guarded_new (layer.n_coarse);
      layer.conv.packed = layer.packed_down;
      tamis_conv_down (&layer.conv, layer.fine, plain);
      for (int y = 0; y < 2 * shapes[i].side; y++, to += row + shapes[i].fine)
        {
          if (y % shapes[i].side == 0)
            to += row + shapes[i].fine;
          memcpy (to + shapes[i].fine, layer.fine + y * row, row * sizeof (float));
        }
      tamis_conv_clear_border (&shapes[i], 2, in);
      layer.conv.fine_bordered = layer.conv.coarse_bordered = true;
      tamis_conv_down (&layer.conv, in, out);
      to = out;
      for (int y = 0; y < 2 * next.side; y++, to += out_row + next.fine)
        {
          if (y % next.side == 0)
            to += out_row + next.fine;
          g_assert_cmpmem (to + next.fine, out_row * sizeof (float), plain + y * out_row,
                           out_row * sizeof (float));
        }
      guarded_free (in, n_in);
      guarded_free (out, n_out);
      guarded_free (plain, layer.n_coarse);
      layer_clear (&layer);
    }
}

/* Differences of a tile's pixels, by definition: rows, then columns, of odd (0, 2, 4) and even ones. */
static double
term_at (const float *pixels, int y, int x, const int stride[2])
{
  double sum = 0.0;

  for (int i = 0; i < (y % 4 == 0 ? 2 : 1); i++)
    for (int j = 0; j < (x % 4 == 0 ? 2 : 1); j++)
      {
        int at = (i == 0 ? y : 2) * stride[0] + (j == 0 ? x : 2) * stride[1];

        sum += i == j ? pixels[at] : -pixels[at];
      }
  return sum;
}

/* Every variant makes the same 25 terms a channel of tiles in any order. */
static void
test_winograd_terms (void)
{
  enum { SIDE = 8, CHANNELS = 32, TILES = 5 };
  static const int stride[2] = { (SIDE + 1) * CHANNELS, CHANNELS };
  TamisConvShape shape = { SIDE, CHANNELS, 1 };
  gsize n_fine = tamis_conv_bordered_size (&shape), n_rows = tamis_winograd_work_size (&shape);
  const int tiles[TILES] = { 4 * stride[0], 0, 4 * stride[0] + 4 * CHANNELS, 4 * CHANNELS, 0 };
  const TamisWinogradVariant *variants;
  int n = tamis_winograd_get_variants (&variants);
  float *fine = guarded_random (n_fine, 11), *first = NULL;

  for (int v = 0; v < n; v++)
    {
      float *rows = guarded_new (n_rows);

      variants[v].transform (
          &(TamisWinogradInput){ fine, tiles, TILES, CHANNELS, stride[0], rows });
      if (first == NULL)
        first = guarded_copy (rows, n_rows);
      g_assert_cmpmem (rows, n_rows * sizeof (float), first, n_rows * sizeof (float));
      guarded_free (rows, n_rows);
    }
  /* The first sum's row of a tile is terms (0, 0) (0, 1) (1, 0) (1, 1). */
  for (int tile = 0; tile < TILES; tile++)
    for (int i = 0; i < 4 * CHANNELS; i++)
      {
        const float *pixels = fine + tiles[tile] + i % CHANNELS;
        double term = term_at (pixels, i / CHANNELS / 2, i / CHANNELS % 2, stride);

        g_assert_cmpfloat_with_epsilon (first[tile * 4 * CHANNELS + i], term, 1e-6);
      }
  guarded_free (first, n_rows);
  guarded_free (fine, n_fine);
}

static double
dot (const float *a, const float *b, gsize n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

/* ⟨down x, y⟩ = ⟨x, up y⟩: the property that makes one the other's input gradient. */
static void
test_adjoint (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      Layer layer;
      float *down, *up;
      double left, size;

      layer_init (&layer, &shapes[i], 2);
      down = guarded_new (layer.n_coarse);
      up = guarded_new (layer.n_fine);
      layer.conv.packed = layer.packed_down;
      tamis_conv_down (&layer.conv, layer.fine, down);
      layer.conv.packed = layer.packed_up;
      tamis_conv_up (&layer.conv, layer.coarse, up);
      left = dot (down, layer.coarse, layer.n_coarse);
      size = sqrt (dot (down, down, layer.n_coarse)
                   * dot (layer.coarse, layer.coarse, layer.n_coarse));
      g_assert_cmpfloat_with_epsilon (left, dot (up, layer.fine, layer.n_fine), 1e-5 * size);
      guarded_free (down, layer.n_coarse);
      guarded_free (up, layer.n_fine);
      layer_clear (&layer);
    }
}

/* L (x, W, b) = Σ g · relu (layer (x, W) + b). */
typedef struct
{
  Layer *layer;
  gboolean down;
  const float *g;
} Loss;

/* In double, through the plain layers. */
static double
weighted_output (const Loss *loss)
{
  Layer *layer = loss->layer;
  gboolean down = loss->down;
  gsize n = down ? layer->n_coarse : layer->n_fine;
  float *out = guarded_new (n);
  double sum;

  layer->conv.epilogue = (TamisEpilogue){ layer->bias, TAMIS_ACTIVATION_RELU, NULL };
  if (down)
    tamis_reference_conv_down (&layer->conv, layer->fine, out);
  else
    tamis_reference_conv_up (&layer->conv, layer->coarse, out);
  sum = dot (out, loss->g, n);
  guarded_free (out, n);
  return sum;
}

/* Central differences of some of @values against @gradient. A step that crosses a ReLU's kink would
 * tell nothing, so the two one-sided differences must agree first; few may fail to. */
static void
check_differences (const Loss *loss, float *values, gsize n, const float *gradient)
{
  double middle = weighted_output (loss);
  double size = sqrt (dot (gradient, gradient, n) / n);
  int checked = 0;

  for (int i = 0; i < 12; i++)
    {
      gsize at = (gsize) i * 7919 % n;
      float old = values[at];
      double step = 0x1p-8; /* a power of two: exact in floats of this size */
      double above, below;

      values[at] = old + step;
      above = (weighted_output (loss) - middle) / ((double) values[at] - old);
      values[at] = old - step;
      below = (weighted_output (loss) - middle) / ((double) values[at] - old);
      values[at] = old;
      if (fabs (above - below) > 2e-3 * (size + fabs (above)))
        continue;
      g_assert_cmpfloat_with_epsilon (gradient[at], 0.5 * (above + below),
                                      4e-3 * (size + fabs (above)));
      checked++;
    }
  g_assert_cmpint (checked, >=, 3);
}

static void
check_layer (Layer *layer, gboolean down)
{
  gsize n_out = down ? layer->n_coarse : layer->n_fine;
  gsize n_in = down ? layer->n_fine : layer->n_coarse;
  int n_bias = down ? layer->conv.shape.coarse : layer->conv.shape.fine;
  float *g = guarded_random (n_out, 9);
  float *out = guarded_new (n_out);
  float *gated = guarded_copy (g, n_out);
  float *input_gradient = guarded_new (n_in);
  float *weight_gradient = guarded_new (layer->n_weights);
  float *bias_gradient = guarded_new (n_bias);
  Loss loss = { layer, down, g };
  TamisConv conv = layer->conv;

  /* Backward as the trainer does it, with the fast kernels. */
  conv.epilogue = (TamisEpilogue){ layer->bias, TAMIS_ACTIVATION_RELU, NULL };
  conv.packed = down ? layer->packed_down : layer->packed_up;
  if (down)
    tamis_conv_down (&conv, layer->fine, out);
  else
    tamis_conv_up (&conv, layer->coarse, out);
  tamis_epilogue (&(TamisEpilogue){ .gate = out }, 1, n_out, gated);
  tamis_column_sums (n_out / n_bias, n_bias, gated, bias_gradient, false);
  tamis_conv_gradient (&conv, down ? layer->fine : gated, down ? gated : layer->coarse,
                       weight_gradient, false);
  conv.epilogue = (TamisEpilogue){ NULL };
  conv.packed = down ? layer->packed_up : layer->packed_down;
  if (down)
    tamis_conv_up (&conv, gated, input_gradient);
  else
    tamis_conv_down (&conv, gated, input_gradient);

  check_differences (&loss, layer->weights, layer->n_weights, weight_gradient);
  check_differences (&loss, layer->bias, n_bias, bias_gradient);
  check_differences (&loss, down ? layer->fine : layer->coarse, n_in, input_gradient);
  guarded_free (g, n_out);
  guarded_free (out, n_out);
  guarded_free (gated, n_out);
  guarded_free (input_gradient, n_in);
  guarded_free (weight_gradient, layer->n_weights);
  guarded_free (bias_gradient, n_bias);
}

static void
test_differences (void)
{
  static const TamisConvShape small[] = {
    { 4, 3, 5 }, { 6, 12, 7 }, { 8, 3, 32 }, { 8, 32, 16 }, { 2, 40, 24 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    for (int down = 0; down < 2; down++)
      {
        Layer layer;

        layer_init (&layer, &small[i], 2);
        check_layer (&layer, down);
        layer_clear (&layer);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_data_func ("/kernels/conv/down-agrees-with-reference", GINT_TO_POINTER (1),
                        test_forward);
  g_test_add_data_func ("/kernels/conv/up-agrees-with-reference", GINT_TO_POINTER (0),
                        test_forward);
  g_test_add_func ("/kernels/conv/gradient-agrees-with-reference", test_gradient);
  g_test_add_func ("/kernels/conv/gradient-leaves-the-prepared-images", test_prepared);
  g_test_add_func ("/kernels/conv/borders", test_bordered);
  g_test_add_func ("/kernels/conv/winograd-terms", test_winograd_terms);
  g_test_add_func ("/kernels/conv/down-and-up-are-adjoint", test_adjoint);
  g_test_add_func ("/kernels/conv/gradients-agree-with-differences", test_differences);
  return g_test_run ();
}
