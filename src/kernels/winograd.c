/* Winograd's short products for a convolution of stride 2.
 *
 * DESIGN: a tile of 2 × 2 results is had from 9 sums of 25 products a channel (below). Over many
 * tiles each sum is a matrix product whose rows are the terms of a tile, and which has the fixed
 * order of tamis_panels_multiply(): a tile's numbers do not depend on the tiles beside it. TILES tiles
 * at a time: their terms stay in the second-level cache while panels of 32 channels take turns,
 * whose sums stay in the first. docs/design/encoder.md says what else was tried.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "winograd.h"

#include "panels.h"

#include <stdatomic.h>
#include <string.h>

/* Fast convolutions (Winograd 1980; Lavin, Gray 2016) are for stride 1. A stride of 2 splits the
 * image into odd and even pixels. In one dimension, with those that two neighbouring results depend
 * on in their order d0 e0 d1 e1 d2,
 *
 *   y0 = w0 d0 + w1 e0 + w2 d1        y1 = w0 d1 + w1 e1 + w2 d2
 *
 * is a filter of two taps over d and one of one tap over e. The first takes three multiplications
 * for its four, and the second goes into the same sums:
 *
 *   m0 = w0 (d0 - d1) + w1 e0    m1 = (w0 + w2) d1    m2 = w2 (d2 - d1) + w1 e1
 *   y0 = m0 + m1                 y1 = m1 + m2
 *
 * 5 multiplications for 6, and 25 for 36 in two dimensions: sums m[u][v] of 4, 2, 4; 2, 1, 2; 4, 2, 4
 * terms a channel. Terms are differences; weights are added once, in double precision.
 *
 * The four results are corner + two edges + middle. So the middle's product, which has the bias,
 * starts those of two edges; these and the other two start the corners', which finish with ReLU and
 * gate and write to the image: no pass over sums is left. */

#define TILES 64

/* Of one dimension: the terms of m[u], and the taps that each term meets. */
static const int n_terms[3] = { 2, 1, 2 };
static const int n_taps[3][2] = { { 1, 1 }, { 2 }, { 1, 1 } };
static const int taps[3][2][2] = { { { 0 }, { 1 } }, { { 0, 2 } }, { { 2 }, { 1 } } };

/* Of two: terms of m[u][v] a channel, and of all sums before it. */
static const int n_sum_terms[9] = { 4, 2, 4, 2, 1, 2, 4, 2, 4 };
static const int first_term[10] = { 0, 4, 6, 10, 12, 13, 15, 19, 21, 25 };
/* Of each term: sum, place among the sum's own, and row and column of its pixel in the tile. */
static const struct
{
  int sum, term, y, x;
} terms[25] = {
  { 0, 0, 0, 0 }, { 0, 1, 0, 1 }, { 0, 2, 1, 0 }, { 0, 3, 1, 1 }, { 1, 0, 0, 2 },
  { 1, 1, 1, 2 }, { 2, 0, 0, 4 }, { 2, 1, 0, 3 }, { 2, 2, 1, 4 }, { 2, 3, 1, 3 },
  { 3, 0, 2, 0 }, { 3, 1, 2, 1 }, { 4, 0, 2, 2 }, { 5, 0, 2, 4 }, { 5, 1, 2, 3 },
  { 6, 0, 4, 0 }, { 6, 1, 4, 1 }, { 6, 2, 3, 0 }, { 6, 3, 3, 1 }, { 7, 0, 4, 2 },
  { 7, 1, 3, 2 }, { 8, 0, 4, 4 }, { 8, 1, 4, 3 }, { 8, 2, 3, 4 }, { 8, 3, 3, 3 },
};

/* Where the rows of a sum's product begin. */
static inline size_t
find_rows (int sum, int channels)
{
  return (size_t) TILES * first_term[sum] * channels;
}

bool
tamis_winograd_fits (const TamisConvShape *shape)
{
  return shape->fine % 16 == 0 && shape->side % 4 == 0;
}

static size_t
panel_size (const TamisConvShape *shape)
{
  return (size_t) 25 * shape->fine * TAMIS_PANEL;
}

size_t
tamis_winograd_packed_size (const TamisConvShape *shape)
{
  return (shape->coarse + TAMIS_PANEL - 1) / TAMIS_PANEL * panel_size (shape);
}

/* Of the sums of a panel: middle, two edges that hold it, two that do not. */
#define N_SUMS 5

size_t
tamis_winograd_work_size (const TamisConvShape *shape)
{
  size_t places = 2 * TILES * sizeof (int) / sizeof (float);

  return find_rows (9, shape->fine) + N_SUMS * TILES * TAMIS_PANEL + places;
}

/* Weights of a term: the sum of up to four taps. @columns of the panel are channels. */
static void
pack_term (const TamisConvShape *shape, const float *weights, int columns, const int term[4],
           float *packed)
{
  int u = term[0], v = term[1], i = term[2], j = term[3];
  size_t tap_size = (size_t) shape->fine * shape->coarse;

  for (int f = 0; f < shape->fine; f++, weights += shape->coarse, packed += TAMIS_PANEL)
    {
      double sums[TAMIS_PANEL] = { 0.0 };

      for (int a = 0; a < n_taps[u][i]; a++)
        for (int b = 0; b < n_taps[v][j]; b++)
          for (int c = 0; c < columns; c++)
            sums[c] += weights[(3 * taps[u][i][a] + taps[v][j][b]) * tap_size + c];
      for (int c = 0; c < TAMIS_PANEL; c++)
        packed[c] = (float) sums[c];
    }
}

void
tamis_winograd_pack (const TamisConvShape *shape, const float *weights, float *packed)
{
  size_t term_size = (size_t) shape->fine * TAMIS_PANEL;

  for (int first = 0; first < shape->coarse; first += TAMIS_PANEL)
    {
      int left = shape->coarse - first;

      for (int product = 0; product < 9; product++)
        for (int term = 0; term < n_sum_terms[product]; term++, packed += term_size)
          {
            int u = product / 3, v = product % 3;

            pack_term (shape, weights + first, left < TAMIS_PANEL ? left : TAMIS_PANEL,
                       (int[]){ u, v, term / n_terms[v], term % n_terms[v] }, packed);
          }
    }
}

/* ---- terms ---- */

/* Vectors of @bytes of channels at a time. All variants take the same differences. */
#define DEFINE_TRANSFORM(name, bytes, attributes) \
  typedef float name##_vector __attribute__ ((vector_size (bytes), aligned (4), may_alias)); \
\
  attributes static void name (const TamisWinogradInput *input) \
  { \
    int channels = input->channels; \
\
    for (int tile = 0; tile < input->n_tiles; tile++) \
      for (int c = 0; c < channels; c += (bytes) / 4) \
        { \
          const float *from = input->fine + input->tiles[tile] + c; \
          name##_vector t[5][5]; \
\
          _Pragma ("GCC unroll 25") \
          for (int i = 0; i < 25; i++) \
            t[i / 5][i % 5] = *(const name##_vector *) \
                (from + (ptrdiff_t) (i / 5) * input->row_stride + i % 5 * channels); \
          _Pragma ("GCC unroll 5") \
          for (int y = 0; y < 5; y++) \
            { \
              t[y][0] -= t[y][2]; \
              t[y][4] -= t[y][2]; \
            } \
          _Pragma ("GCC unroll 5") \
          for (int x = 0; x < 5; x++) \
            { \
              t[0][x] -= t[2][x]; \
              t[4][x] -= t[2][x]; \
            } \
          _Pragma ("GCC unroll 25") \
          for (int i = 0; i < 25; i++) \
            *(name##_vector *) \
                (input->rows + find_rows (terms[i].sum, channels) \
                 + (tile * n_sum_terms[terms[i].sum] + terms[i].term) * channels + c) \
                = t[terms[i].y][terms[i].x]; \
        } \
  }

DEFINE_TRANSFORM (transform_plain, 16, )
#if defined(__x86_64__)
DEFINE_TRANSFORM (transform_avx2, 32, __attribute__ ((target ("avx2"))))
DEFINE_TRANSFORM (transform_avx512, 64, __attribute__ ((target ("avx512f"))))
#endif

int
tamis_winograd_get_variants (const TamisWinogradVariant **variants)
{
  static const TamisWinogradVariant all[] = {
    { "plain", transform_plain },
#if defined(__x86_64__)
    { "avx2", transform_avx2 },
    { "avx512", transform_avx512 },
#endif
  };
  int n = 1;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2"))
    n = __builtin_cpu_supports ("avx512f") ? 3 : 2;
#endif
  *variants = all;
  return n;
}

static void
transform (const TamisWinogradInput *input)
{
  static _Atomic (const TamisWinogradVariant *) chosen;
  const TamisWinogradVariant *variant = atomic_load_explicit (&chosen, memory_order_relaxed);

  if (variant == NULL)
    {
      /* Racing first calls write the same pointer. */
      int n = tamis_winograd_get_variants (&variant);

      variant += n - 1;
      atomic_store_explicit (&chosen, variant, memory_order_relaxed);
    }
  variant->transform (input);
}

/* ---- products ---- */

/* Some tiles. */
typedef struct
{
  const TamisWinograd *call;
  int first, n;
  int *from;    /* where each begins in the fine images */
  int *to;      /* and in the coarse ones */
  float *rows;  /* terms */
  float *sums;  /* of middle and edges, TILES × 32 each */
} Block;

static void
set_places (Block *block)
{
  const TamisConvShape *shape = &block->call->conv->shape;
  int side = shape->side / 4; /* tiles */
  int fine_side = shape->side + 1, coarse_side = block->call->coarse_side;

  for (int i = 0; i < block->n; i++)
    {
      int tile = block->first + i;
      int image = tile / (side * side), y = tile / side % side, x = tile % side;

      block->from[i] = ((image * fine_side + 4 * y) * fine_side + 4 * x) * shape->fine;
      block->to[i] = ((image * coarse_side + 2 * y) * coarse_side + 2 * x
                      + block->call->coarse_first) * shape->coarse;
    }
}

/* The product of @sum for a panel of channels, which begins at @packed. */
static TamisPanels
get_product (const Block *block, int sum, int columns, const float *packed)
{
  int channels = block->call->conv->shape.fine;

  return (TamisPanels){ .rows = block->n, .n = columns, .k = n_sum_terms[sum] * channels,
                        .a = block->rows + find_rows (sum, channels),
                        .a_stride = n_sum_terms[sum] * channels,
                        .packed = packed + (size_t) first_term[sum] * channels * TAMIS_PANEL };
}

/* Results (2y + i, 2x + j) of all tiles. */
static void
finish_corner (const Block *block, TamisPanels *product, int first, int corner)
{
  const TamisWinograd *call = block->call;
  const TamisConvShape *shape = &call->conv->shape;
  const TamisEpilogue *epilogue = &call->conv->epilogue;
  ptrdiff_t at = first
                 + (ptrdiff_t) (corner / 2 * call->coarse_side + corner % 2) * shape->coarse;

  product->relu = epilogue->activation == TAMIS_ACTIVATION_RELU;
  product->gate = epilogue->gate != NULL ? epilogue->gate + at : NULL;
  product->c = call->coarse + at;
  product->c_offsets = block->to;
  tamis_panels_multiply (product);
}

/* Channels from @first on. */
static void
multiply_panel (const Block *block, int first, const float *packed)
{
  const float *bias = block->call->conv->epilogue.bias;
  int left = block->call->conv->shape.coarse - first;
  int columns = left < TAMIS_PANEL ? left : TAMIS_PANEL;
  float *sums[9] = { NULL };

  /* The middle first: upper and lower edge begin with it. */
  for (int i = 0; i < 5; i++)
    {
      int sum = (int[]){ 4, 1, 7, 3, 5 }[i];
      TamisPanels product = get_product (block, sum, columns, packed);

      sums[sum] = block->sums + (size_t) i * TILES * TAMIS_PANEL;
      product.bias = sum == 4 && bias != NULL ? bias + first : NULL;
      product.starts[0] = sum == 1 || sum == 7 ? sums[4] : NULL;
      product.c = sums[sum];
      product.c_stride = columns;
      tamis_panels_multiply (&product);
    }
  for (int corner = 0; corner < 4; corner++)
    {
      int u = corner / 2 * 2, v = corner % 2 * 2;
      TamisPanels product = get_product (block, 3 * u + v, columns, packed);

      product.starts[0] = sums[3 * u + 1];
      product.starts[1] = sums[3 + v];
      finish_corner (block, &product, first, corner);
    }
}

void
tamis_winograd_down (const TamisWinograd *self)
{
  const TamisConvShape *shape = &self->conv->shape;
  int n_tiles = self->conv->n * (shape->side / 4) * (shape->side / 4);
  float *rows = self->work;
  float *sums = rows + find_rows (9, shape->fine);
  int *places = (int *) (void *) (sums + N_SUMS * TILES * TAMIS_PANEL);
  Block block = { .call = self, .from = places, .to = places + TILES, .rows = rows, .sums = sums };

  for (; block.first < n_tiles; block.first += block.n)
    {
      const float *packed = self->conv->packed;

      block.n = n_tiles - block.first < TILES ? n_tiles - block.first : TILES;
      set_places (&block);
      transform (&(TamisWinogradInput){ self->fine, block.from, block.n, shape->fine,
                                        (shape->side + 1) * shape->fine, rows });
      for (int first = 0; first < shape->coarse; first += TAMIS_PANEL)
        {
          multiply_panel (&block, first, packed);
          packed += panel_size (shape);
        }
    }
}
