/* Strided convolution and its adjoint as matrix products.
 *
 * DESIGN. Down (fine → coarse): by short products where they fit (winograd.c). Else a coarse pixel's
 * neighbourhood is three pieces of three fine pixels, which lie next to each other, as images are
 * channels-last. With a border of zeros above and left of the image these are all there is, and the
 * product reads them where they are: nothing is unfolded; and of 2 × 2 coarse pixels it leaves out
 * what lies in the border. The weights' gradient reads them in the same way.
 * Up (coarse → fine): not product and scatter-add, but by output phase ("sub-pixel"; Shi et al. 2016).
 * Fine pixel (2i+a, 2j+b) depends on coarse pixels (i..i+a, j..j+b) only: one or two pieces of one or
 * two coarse pixels, in an image with a border of zeros below and right. So each of the four phases is
 * a product that writes its sums to every second pixel of every second row: the same 9 taps a coarse
 * pixel as the definition, no zero stuffing and no scatter. With few fine channels (the image itself)
 * four narrow ones are slower than one over all four pixels with zeros for the 7 absent taps, so that
 * is what is done there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "conv.h"

#include "activation.h"
#include "panels.h"
#include "winograd.h"

#include <string.h>

/* Up to here the four phases share one product. */
#define DENSE_CHANNELS 8
/* Bytes of images that should stay in the second-level cache beside weights and results. */
#define GROUP_BYTES ((size_t) 840 * 1024)

typedef struct
{
  int rows, columns; /* of the coarse pixels that it depends on */
  int taps[4];       /* 3 · ky + kx for each of them, row by row */
} Phase;

/* Phases (a, b) = (0,0) (0,1) (1,0) (1,1). A fine row 2i+a takes ky = 1 from coarse row i if a = 0,
 * else ky = 2 from row i and ky = 0 from row i + 1; columns likewise. */
static const Phase phases[4] = {
  { 1, 1, { 4 } },
  { 1, 2, { 5, 3 } },
  { 2, 1, { 7, 1 } },
  { 2, 2, { 8, 6, 2, 0 } },
};

static bool
is_dense (const TamisConvShape *shape)
{
  return shape->fine <= DENSE_CHANNELS;
}

/* How the way down is computed. */
typedef enum {
  DIRECT,
  WINOGRAD,
  PLACES, /* coarse images of 2 × 2 pixels: those of a place together, without the zeros around */
} Method;

static Method
get_method (const TamisConvShape *shape)
{
  if (shape->side == 4)
    return PLACES;
  return tamis_winograd_fits (shape) ? WINOGRAD : DIRECT;
}

static size_t
n_rows (const TamisConvShape *shape, int n)
{
  return (size_t) n * (shape->side / 2) * (shape->side / 2);
}

size_t
tamis_conv_bordered_size (const TamisConvShape *shape)
{
  return (size_t) (shape->side + 1) * (shape->side + 1) * shape->fine;
}

/* The coarse images likewise. */
static size_t
coarse_bordered_size (const TamisConvShape *shape)
{
  return (size_t) (shape->side / 2 + 1) * (shape->side / 2 + 1) * shape->coarse;
}

int
tamis_conv_group (const TamisConvShape *shape)
{
  size_t image = tamis_conv_bordered_size (shape) * sizeof (float);
  int group = 1;

  while (group < 32 && 2 * group * image <= GROUP_BYTES)
    group *= 2;
  return group;
}

/* Floats that so many offsets take, in whole lines of a cache; they share the work. */
static size_t
offsets_size (size_t rows)
{
  return (rows * sizeof (int) / sizeof (float) + 15) / 16 * 16;
}

size_t
tamis_conv_work_size (const TamisConvShape *shape, int n)
{
  size_t rows = n_rows (shape, n);
  size_t winograd = get_method (shape) == WINOGRAD ? tamis_winograd_work_size (shape) : 0;
  size_t down = n * tamis_conv_bordered_size (shape) + winograd;
  size_t up = n * coarse_bordered_size (shape) + (is_dense (shape) ? rows * 4 * shape->fine : 0);

  return 2 * offsets_size (rows) + (down > up ? down : up);
}

static size_t
packed_down_size (const TamisConvShape *shape)
{
  return get_method (shape) == WINOGRAD ? tamis_winograd_packed_size (shape)
                                        : tamis_panels_size (9 * shape->fine, shape->coarse);
}

static size_t
packed_up_size (const TamisConvShape *shape)
{
  return is_dense (shape) ? tamis_panels_size (4 * shape->coarse, 4 * shape->fine)
                          : tamis_panels_size (9 * shape->coarse, shape->fine);
}

size_t
tamis_conv_packed_size (const TamisConvShape *shape)
{
  size_t down = packed_down_size (shape), up = packed_up_size (shape);

  return down > up ? down : up;
}

/* What a call has in its work. */
typedef struct
{
  int *from; /* where the neighbourhood of each coarse pixel begins in a bordered image */
  int *to;   /* where its result goes */
  float *images;
} Work;

static Work
get_work (const TamisConv *conv)
{
  size_t rows = n_rows (&conv->shape, conv->n);
  int *offsets = (int *) (void *) conv->work;

  return (Work){ offsets, offsets + rows, conv->work + 2 * offsets_size (rows) };
}

/* For each of the coarse pixels: place in images of @side × @side pixels of @channels, @step pixels
 * apart in either direction, @first pixels from the beginning of each. */
typedef struct
{
  int side, channels, step, first;
} Places;

static void
set_offsets (const TamisConv *conv, const Places *places, int *offsets)
{
  int side = conv->shape.side / 2;

  for (int image = 0; image < conv->n; image++)
    for (int y = 0; y < side; y++)
      {
        int row = (image * places->side + places->step * y) * places->side + places->first;

        for (int x = 0; x < side; x++)
          *offsets++ = (row + places->step * x) * places->channels;
      }
}

void
tamis_conv_pack_down (const TamisConvShape *shape, const float *weights, float *packed)
{
  if (get_method (shape) == WINOGRAD)
    tamis_winograd_pack (shape, weights, packed);
  else
    tamis_panels_pack (9 * shape->fine, shape->coarse, weights, shape->coarse, packed);
}

void
tamis_conv_clear_border (const TamisConvShape *shape, int n, float *bordered)
{
  size_t row = (size_t) (shape->side + 1) * shape->fine;

  for (int image = 0; image < n; image++)
    {
      memset (bordered, 0, row * sizeof (float));
      bordered += row;
      for (int y = 0; y < shape->side; y++, bordered += row)
        memset (bordered, 0, shape->fine * sizeof (float));
    }
}

/* Copies images of side² pixels to where they have a border above and left. */
static void
add_border (const TamisConvShape *shape, int n, const float *images, float *bordered)
{
  size_t row = (size_t) shape->side * shape->fine;

  tamis_conv_clear_border (shape, n, bordered);
  for (int image = 0; image < n; image++)
    {
      bordered += row + shape->fine;
      for (int y = 0; y < shape->side; y++, images += row, bordered += row + shape->fine)
        memcpy (bordered + shape->fine, images, row * sizeof (float));
    }
}

/* A product of which every column is a channel: bias, ReLU and gate go along with it. */
static void
multiply (const TamisConv *conv, TamisPanels *product)
{
  product->bias = conv->epilogue.bias;
  product->relu = conv->epilogue.activation == TAMIS_ACTIVATION_RELU;
  tamis_panels_multiply (product);
}

/* The fine images with a border, and where neighbourhoods begin in them. */
static const float *
prepare_fine (const TamisConv *conv, const float *fine, const Work *work)
{
  const TamisConvShape *shape = &conv->shape;

  if (conv->prepared)
    return work->images;
  set_offsets (conv, &(Places){ shape->side + 1, shape->fine, 2, 0 }, work->from);
  if (conv->fine_bordered)
    return fine;
  add_border (shape, conv->n, fine, work->images);
  return work->images;
}

static void
down_direct (const TamisConv *conv, const Places *places, const Work *work, const float *fine,
             float *coarse)
{
  const TamisConvShape *shape = &conv->shape;

  set_offsets (conv, places, work->to);
  multiply (conv, &(TamisPanels){
                      .rows = (int) n_rows (shape, conv->n), .n = shape->coarse,
                      .k = 3 * shape->fine, .pieces = 3,
                      .piece_stride = (shape->side + 1) * shape->fine, .a = fine,
                      .a_offsets = work->from, .packed = conv->packed,
                      .gate = conv->epilogue.gate, .c = coarse, .c_offsets = work->to });
}

/* Of the 9 taps at the four places, 4, 6, 6 and 9 are not in the border of zeros. The places take
 * turns at each panel of the weights, which are much for the caches. */
static void
down_places (const TamisConv *conv, const Places *places, const float *fine, float *coarse)
{
  const TamisConvShape *shape = &conv->shape;
  int fine_side = shape->side + 1;

  for (int i = 0; i < (shape->coarse + TAMIS_PANEL - 1) / TAMIS_PANEL * 4; i++)
    {
      int first = i / 4 * TAMIS_PANEL, left = shape->coarse - first;
      int y = i / 2 % 2, x = i % 2, skip_y = 1 - y, skip_x = 1 - x;
      int at = (places->first + y * places->side + x) * shape->coarse + first;
      const float *gate = conv->epilogue.gate, *bias = conv->epilogue.bias;

      tamis_panels_multiply (&(TamisPanels){
          .rows = conv->n, .n = left < TAMIS_PANEL ? left : TAMIS_PANEL,
          .k = (3 - skip_x) * shape->fine, .pieces = 3 - skip_y,
          .piece_stride = fine_side * shape->fine,
          .a = fine + ((2 * y + skip_y) * fine_side + 2 * x + skip_x) * shape->fine,
          .a_stride = fine_side * fine_side * shape->fine,
          .packed = conv->packed + (ptrdiff_t) 9 * shape->fine * first
                    + (3 * skip_y + skip_x) * shape->fine * TAMIS_PANEL,
          .piece_rows = 3 * shape->fine,
          .bias = bias != NULL ? bias + first : NULL,
          .relu = conv->epilogue.activation == TAMIS_ACTIVATION_RELU,
          .gate = gate != NULL ? gate + at : NULL, .c = coarse + at,
          .c_stride = places->side * places->side * shape->coarse });
    }
}

void
tamis_conv_down (const TamisConv *conv, const float *fine, float *coarse)
{
  const TamisConvShape *shape = &conv->shape;
  int side = shape->side / 2;
  Work work = get_work (conv);
  Places places = { side, shape->coarse, 1, 0 };
  const float *images = prepare_fine (conv, fine, &work);

  if (conv->coarse_bordered)
    places = (Places){ side + 1, shape->coarse, 1, side + 2 };
  switch (get_method (shape))
    {
    case DIRECT:
      down_direct (conv, &places, &work, images, coarse);
      break;
    case WINOGRAD:
      tamis_winograd_down (&(TamisWinograd){
          conv, images, coarse, places.side, places.first,
          work.images + (conv->fine_bordered ? 0 : conv->n * tamis_conv_bordered_size (shape)) });
      break;
    case PLACES:
      down_places (conv, &places, images, coarse);
      break;
    }
  if (conv->epilogue.activation == TAMIS_ACTIVATION_TANH)
    tamis_tanh (n_rows (shape, conv->n) * shape->coarse, coarse);
}

/* The coarse images with a border of zeros right and below. */
static void
prepare_coarse (const TamisConv *conv, const float *coarse, const Work *work)
{
  int side = conv->shape.side / 2, c = conv->shape.coarse;
  size_t row = (size_t) side * c;
  float *to = work->images;

  set_offsets (conv, &(Places){ side + 1, c, 1, 0 }, work->from);
  for (int image = 0; image < conv->n; image++)
    {
      for (int y = 0; y < side; y++, coarse += row, to += row + c)
        {
          memcpy (to, coarse, row * sizeof (float));
          memset (to + row, 0, c * sizeof (float));
        }
      memset (to, 0, (row + c) * sizeof (float));
      to += row + c;
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

  memset (packed, 0, packed_up_size (shape) * sizeof (float));
  for (int p = 0; p < 4; p++)
    {
      int n = phases[p].rows * phases[p].columns;
      int k = (dense ? 4 : n) * shape->coarse;

      for (int i = 0; i < n; i++)
        {
          /* Of the 2 × 2 pixels that all phases together depend on. */
          int block = dense ? i / phases[p].columns * 2 + i % phases[p].columns : i;
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

/* One product for all phases. */
static void
up_dense (const TamisConv *conv, const Work *work, float *fine)
{
  const TamisConvShape *shape = &conv->shape;
  int rows = (int) n_rows (shape, conv->n);
  float *sums = work->images + conv->n * coarse_bordered_size (shape);

  tamis_panels_multiply (&(TamisPanels){
      .rows = rows, .n = 4 * shape->fine, .k = 2 * shape->coarse, .pieces = 2,
      .piece_stride = (shape->side / 2 + 1) * shape->coarse, .a = work->images,
      .a_offsets = work->from, .packed = conv->packed, .c = sums, .c_stride = 4 * shape->fine });
  interleave (conv, sums, fine);
  tamis_epilogue (&conv->epilogue, (size_t) rows * 4, shape->fine, fine);
}

void
tamis_conv_up (const TamisConv *conv, const float *coarse, float *fine)
{
  const TamisConvShape *shape = &conv->shape;
  Work work = get_work (conv);
  TamisPanels product = { .rows = (int) n_rows (shape, conv->n), .n = shape->fine,
                          .piece_stride = (shape->side / 2 + 1) * shape->coarse,
                          .a = work.images, .a_offsets = work.from, .packed = conv->packed,
                          .c_offsets = work.to };

  prepare_coarse (conv, coarse, &work);
  if (is_dense (shape))
    {
      up_dense (conv, &work, fine);
      return;
    }
  set_offsets (conv, &(Places){ shape->side, shape->fine, 2, 0 }, work.to);
  for (int p = 0; p < 4; p++)
    {
      ptrdiff_t at = (ptrdiff_t) (p / 2 * shape->side + p % 2) * shape->fine;

      product.pieces = phases[p].rows;
      product.k = phases[p].columns * shape->coarse;
      product.c = fine + at;
      product.gate = conv->epilogue.gate != NULL ? conv->epilogue.gate + at : NULL;
      multiply (conv, &product);
      product.packed += tamis_panels_size (product.pieces * product.k, product.n);
    }
  if (conv->epilogue.activation == TAMIS_ACTIVATION_TANH)
    tamis_tanh (n_rows (shape, conv->n) * 4 * shape->fine, fine);
}

void
tamis_conv_gradient (const TamisConv *conv, const float *fine, const float *coarse,
                     float *gradient, bool add)
{
  const TamisConvShape *shape = &conv->shape;
  Work work = get_work (conv);

  tamis_panels_outer (&(TamisOuter){
      .rows = (int) n_rows (shape, conv->n), .k = 3 * shape->fine, .n = shape->coarse, .pieces = 3,
      .piece_stride = (shape->side + 1) * shape->fine, .a = prepare_fine (conv, fine, &work),
      .a_offsets = work.from, .b = coarse, .b_stride = shape->coarse,
      .c = gradient, .c_stride = shape->coarse, .add = add });
}
