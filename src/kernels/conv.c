/* Strided convolution and its adjoint as matrix products.
 *
 * DESIGN. Down (fine → coarse): unfold each 3 × 3 neighbourhood into a row, one product for a group
 * of images; channels-last makes a kernel row three neighbouring pixels, so unfolding is memcpy. Up
 * (coarse → fine): not product and scatter-add, but by output phase ("sub-pixel"; Shi et al. 2016).
 * Fine pixel (2i+a, 2j+b) depends on coarse pixels (i..i+a, j..j+b) only, so the 2 × 2 coarse
 * neighbourhood is unfolded once and each of the four phases is a product over the 1, 2, 2 or 4
 * blocks that it needs: the same 9 taps a coarse pixel as the definition, no zero stuffing and no
 * scatter. Blocks stand in the order (i,j+1) (i,j) (i+1,j) (i+1,j+1), which makes every phase's
 * blocks neighbours. With few fine channels (the image itself) four narrow ones are slower than one
 * over all blocks with zeros for the 7 absent taps, so that is what is done there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "conv.h"

#include "activation.h"
#include "gemm.h"
#include "panels.h"

#include <string.h>

/* Up to here the four phases share one product. */
#define DENSE_CHANNELS 8

typedef struct
{
  int first, n;  /* blocks of the unfolded neighbourhood */
  int taps[4];   /* 3 · ky + kx for each block */
} Phase;

/* Phases (a, b) = (0,0) (0,1) (1,0) (1,1). A fine row 2i+a takes ky = 1 from coarse row i if a = 0,
 * else ky = 2 from row i and ky = 0 from row i + 1; columns likewise. */
static const Phase phases[4] = {
  { 1, 1, { 4 } },
  { 0, 2, { 3, 5 } },
  { 1, 2, { 7, 1 } },
  { 0, 4, { 6, 8, 2, 0 } },
};

static bool
is_dense (const TamisConvShape *shape)
{
  return shape->fine <= DENSE_CHANNELS;
}

static size_t
n_rows (const TamisConvShape *shape, int n)
{
  return (size_t) n * (shape->side / 2) * (shape->side / 2);
}

int
tamis_conv_group (const TamisConvShape *shape)
{
  size_t image = n_rows (shape, 1) * 9 * shape->fine * sizeof (float);
  int group = 1;

  while (group < 32 && 2 * group * image <= (size_t) 1200 * 1024)
    group *= 2;
  return group;
}

size_t
tamis_conv_work_size (const TamisConvShape *shape, int n)
{
  size_t down = n_rows (shape, n) * 9 * shape->fine;
  size_t up = n_rows (shape, n) * 4 * (shape->coarse + shape->fine);

  return down > up ? down : up;
}

size_t
tamis_conv_packed_size (const TamisConvShape *shape)
{
  size_t down = tamis_panels_size (9 * shape->fine, shape->coarse);
  size_t up = is_dense (shape) ? tamis_panels_size (4 * shape->coarse, 4 * shape->fine)
                               : tamis_panels_size (9 * shape->coarse, shape->fine);

  return down > up ? down : up;
}

void
tamis_conv_pack_down (const TamisConvShape *shape, const float *weights, float *packed)
{
  tamis_panels_pack (9 * shape->fine, shape->coarse, weights, shape->coarse, packed);
}

/* The compiler turns copies of a constant length into a few moves; it matters for short ones. */
static inline void
copy_row (float *to, const float *from, int channels)
{
  if (channels == 9)
    memcpy (to, from, 9 * sizeof (float));
  else
    memcpy (to, from, channels * sizeof (float));
}

void
tamis_im2col (const TamisConvShape *shape, int n, const float *fine, float *columns)
{
  int side = shape->side;
  int c = shape->fine;
  float *row = columns;

  for (int image = 0; image < n; image++, fine += (size_t) side * side * c)
    for (int y = 0; y < side / 2; y++)
      for (int x = 0; x < side / 2; x++)
        for (int ky = 0; ky < 3; ky++, row += 3 * c)
          {
            int source_y = 2 * y - 1 + ky;
            const float *source = fine + ((ptrdiff_t) source_y * side + 2 * x - 1) * c;

            if (source_y < 0)
              memset (row, 0, 3 * c * sizeof (float));
            else if (x == 0)
              {
                memset (row, 0, c * sizeof (float));
                memcpy (row + c, source + c, 2 * c * sizeof (float));
              }
            else
              copy_row (row, source, 3 * c);
          }
}

/* A product of which every column is a channel: bias and ReLU go along with it. */
static void
multiply (const TamisConv *conv, TamisPanels *product)
{
  product->bias = conv->epilogue.bias;
  product->relu = conv->epilogue.activation == TAMIS_ACTIVATION_RELU;
  tamis_panels_multiply (product);
}

/* What multiply() left to do. */
static void
finish (const TamisConv *conv, size_t rows, int channels, float *x)
{
  TamisEpilogue rest = conv->epilogue;

  rest.bias = NULL;
  if (rest.activation == TAMIS_ACTIVATION_RELU)
    rest.activation = TAMIS_ACTIVATION_NONE;
  tamis_epilogue (&rest, rows, channels, x);
}

void
tamis_conv_down (const TamisConv *conv, const float *fine, float *coarse)
{
  const TamisConvShape *shape = &conv->shape;
  int rows = n_rows (shape, conv->n);
  int k = 9 * shape->fine;

  if (!conv->unfolded)
    tamis_im2col (shape, conv->n, fine, conv->work);
  multiply (conv, &(TamisPanels){ .rows = rows, .n = shape->coarse, .k = k,
                                  .a = conv->work, .a_stride = k, .packed = conv->packed,
                                  .c = coarse, .c_stride = shape->coarse });
  finish (conv, rows, shape->coarse, coarse);
}

/* One 2 × 2 neighbourhood a row, blocks in the order given above; beyond the edge 0. */
static void
unfold_coarse (const TamisConvShape *shape, int n, const float *coarse, float *columns)
{
  int side = shape->side / 2;
  int c = shape->coarse;
  size_t bytes = c * sizeof (float);
  float *row = columns;

  for (int image = 0; image < n; image++)
    for (int y = 0; y < side; y++)
      for (int x = 0; x < side; x++, coarse += c, row += 4 * c)
        {
          const float *below = coarse + (ptrdiff_t) side * c;
          bool right_in = x + 1 < side;
          bool below_in = y + 1 < side;

          memcpy (row + c, coarse, bytes);
          if (right_in)
            memcpy (row, coarse + c, bytes);
          else
            memset (row, 0, bytes);
          if (below_in)
            memcpy (row + 2 * c, below, bytes);
          else
            memset (row + 2 * c, 0, bytes);
          if (right_in && below_in)
            memcpy (row + 3 * c, below + c, bytes);
          else
            memset (row + 3 * c, 0, bytes);
        }
}

/* [fine][coarse] of one tap → rows from @row on of the panels of a product over @k; the channels
 * from column @first on. */
static void
pack_tap (const TamisConvShape *shape, const float *from, float *panels, const int at[3])
{
  int k = at[0];
  int row = at[1];
  int first = at[2];

  for (int f = 0; f < shape->fine; f++, from += shape->coarse)
    {
      int column = first + f;
      float *to = panels + ((size_t) (column / TAMIS_PANEL) * k + row) * TAMIS_PANEL
                  + column % TAMIS_PANEL;

      for (int c = 0; c < shape->coarse; c++)
        to[(size_t) c * TAMIS_PANEL] = from[c];
    }
}

void
tamis_conv_pack_up (const TamisConvShape *shape, const float *weights, float *packed)
{
  size_t tap_size = (size_t) shape->fine * shape->coarse;
  bool dense = is_dense (shape);

  memset (packed, 0, tamis_conv_packed_size (shape) * sizeof (float));
  for (int p = 0; p < 4; p++)
    {
      int k = (dense ? 4 : phases[p].n) * shape->coarse;

      for (int i = 0; i < phases[p].n; i++)
        {
          int block = dense ? phases[p].first + i : i;
          int first = dense ? p * shape->fine : 0;

          pack_tap (shape, weights + phases[p].taps[i] * tap_size, packed,
                    (int[]){ k, block * shape->coarse, first });
        }
      if (!dense)
        packed += tamis_panels_size (k, shape->fine);
    }
}

/* Sums of the four phases, side by side in each row, to their places in the fine image. */
static void
interleave (const TamisConv *conv, const float *sums, float *fine)
{
  int side = conv->shape.side / 2;
  int c = conv->shape.fine;
  size_t bytes = c * sizeof (float);

  for (int image = 0; image < conv->n; image++)
    for (int y = 0; y < side; y++)
      {
        float *even = fine + ((size_t) image * 2 * side + 2 * y) * 2 * side * c;
        float *odd = even + 2 * side * c;

        for (int x = 0; x < side; x++, sums += 4 * c)
          {
            memcpy (even + 2 * x * c, sums, 2 * bytes);
            memcpy (odd + 2 * x * c, sums + 2 * c, 2 * bytes);
          }
      }
}

void
tamis_conv_up (const TamisConv *conv, const float *coarse, float *fine)
{
  const TamisConvShape *shape = &conv->shape;
  int rows = n_rows (shape, conv->n);
  int stride = 4 * shape->fine;
  float *columns = conv->work;
  float *sums = conv->work + (size_t) rows * 4 * shape->coarse;
  TamisPanels product = { .rows = rows, .n = stride, .k = 4 * shape->coarse,
                          .a = columns, .a_stride = 4 * shape->coarse, .packed = conv->packed,
                          .c = sums, .c_stride = stride };

  unfold_coarse (shape, conv->n, coarse, columns);
  if (is_dense (shape))
    tamis_panels_multiply (&product);
  else
    for (int p = 0; p < 4; p++)
      {
        product.n = shape->fine;
        product.k = phases[p].n * shape->coarse;
        product.a = columns + phases[p].first * shape->coarse;
        product.c = sums + p * shape->fine;
        multiply (conv, &product);
        product.packed += tamis_panels_size (product.k, product.n);
      }
  interleave (conv, sums, fine);
  if (is_dense (shape))
    tamis_epilogue (&conv->epilogue, (size_t) rows * 4, shape->fine, fine);
  else
    finish (conv, (size_t) rows * 4, shape->fine, fine);
}

void
tamis_conv_gradient (const TamisConv *conv, const float *fine, const float *coarse,
                     float *gradient, bool add)
{
  const TamisConvShape *shape = &conv->shape;
  int k = 9 * shape->fine;

  tamis_im2col (shape, conv->n, fine, conv->work);
  tamis_gemm (&(TamisGemm){ .m = k, .n = shape->coarse, .k = n_rows (shape, conv->n),
                            .a = conv->work, .a_stride = k, .a_transposed = true,
                            .b = coarse, .b_stride = shape->coarse, .beta = add ? 1.0f : 0.0f,
                            .c = gradient, .c_stride = shape->coarse });
}
