/* Matrix products of a convolution.
 *
 * DESIGN: a convolution multiplies ever new rows by the same weights. BLAS packs both anew in each
 * call, clears the result and leaves bias and ReLU to another pass; and it wants each neighbourhood
 * of an image copied out into a row. Here the weights are packed once, rows are read where they lie
 * in the image, piece by piece, and bias, ReLU and gate happen in registers. A tile of up to 12 × 32
 * results (AVX-512; 6 × 16 in AVX2) stays in registers for all of k: 24 fused multiply-adds for 2
 * loads and 12 broadcasts keep both multipliers busy. Rows are shared out so that no tile is much
 * smaller than another.
 * Every result is bias + a0 b0 + a1 b1 + … in this order, whatever tile it falls into: so a row's
 * numbers do not depend on the rows beside it. AVX2 and AVX-512 fuse each step and give the same
 * bits, on every machine; the plain loop does not fuse.
 * The outer product takes BLOCK rows at a time: 32 columns of B are copied to the first-level cache,
 * rows of A stay in the second, and the sums of tiles of 12 × 32 are added to what is in C.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "panels.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 256 /* rows of an outer product that are summed before they are added */

size_t
tamis_panels_size (int k, int n)
{
  return (size_t) (n + TAMIS_PANEL - 1) / TAMIS_PANEL * TAMIS_PANEL * k;
}

void
tamis_panels_pack (int k, int n, const float *b, int b_stride, float *packed)
{
  for (int first = 0; first < n; first += TAMIS_PANEL)
    {
      int columns = n - first < TAMIS_PANEL ? n - first : TAMIS_PANEL;

      for (int i = 0; i < k; i++, packed += TAMIS_PANEL)
        {
          memcpy (packed, b + (size_t) i * b_stride + first, columns * sizeof (float));
          memset (packed + columns, 0, (TAMIS_PANEL - columns) * sizeof (float));
        }
    }
}

static inline int
count_pieces (const TamisPanels *p)
{
  return p->pieces > 0 ? p->pieces : 1;
}

/* Where a row begins. */
static inline ptrdiff_t
find_a (const TamisPanels *p, int row)
{
  return p->a_offsets != NULL ? p->a_offsets[row] : (ptrdiff_t) row * p->a_stride;
}

static inline ptrdiff_t
find_c (const TamisPanels *p, int row)
{
  return p->c_offsets != NULL ? p->c_offsets[row] : (ptrdiff_t) row * p->c_stride;
}

/* What all tiles of a panel share. */
typedef struct
{
  const TamisPanels *product;
  const float *panel;
  ptrdiff_t skip; /* floats of the panel from the end of a piece to the next one's */
  int first;      /* column */
  int columns; /* at most TAMIS_PANEL */
  float bias[TAMIS_PANEL];
} Panel;

static void
panel_init (Panel *self, const TamisPanels *product, int first)
{
  int rows = product->panel_rows > 0 ? product->panel_rows : product->k * count_pieces (product);

  self->product = product;
  self->panel = product->packed + (size_t) first * rows;
  self->skip = product->piece_rows > 0 ? (product->piece_rows - product->k) * TAMIS_PANEL : 0;
  self->first = first;
  self->columns = product->n - first < TAMIS_PANEL ? product->n - first : TAMIS_PANEL;
  memset (self->bias, 0, sizeof self->bias);
  if (product->bias != NULL)
    memcpy (self->bias, product->bias + first, self->columns * sizeof (float));
}

/* Rows of the next tile: @left in as few tiles of @most as will do, of nearly equal height. */
static inline int
share_rows (int left, int most)
{
  int tiles = (left + most - 1) / most;

  return (left + tiles - 1) / tiles;
}

/* ---- plain: for any processor; the compiler vectorises the inner loops. Not fused. ---- */

static void
begin_plain (const Panel *panel, int row, float *sum)
{
  const TamisPanels *p = panel->product;

  memcpy (sum, panel->bias, sizeof panel->bias);
  for (int start = 0; start < 2 && p->starts[start] != NULL; start++)
    for (int i = 0; i < panel->columns; i++)
      sum[i] += p->starts[start][(size_t) row * p->n + panel->first + i];
}

static void
finish_plain (const Panel *panel, int row, float *sum)
{
  const TamisPanels *p = panel->product;
  ptrdiff_t at = find_c (p, row) + panel->first;

  /* Not max (sum, 0): NaN must stay, or divergence would go unseen. */
  for (int i = 0; p->relu && i < panel->columns; i++)
    sum[i] = sum[i] < 0.0f ? 0.0f : sum[i];
  for (int i = 0; p->gate != NULL && i < panel->columns; i++)
    sum[i] = p->gate[at + i] > 0.0f ? sum[i] : 0.0f;
  memcpy (p->c + at, sum, panel->columns * sizeof (float));
}

static void
multiply_plain (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;

      panel_init (&panel, p, first);
      for (int row = 0; row < p->rows; row++)
        {
          const float *b = panel.panel;
          float sum[TAMIS_PANEL];

          begin_plain (&panel, row, sum);
          for (int piece = 0; piece < count_pieces (p); piece++)
            {
              const float *a = p->a + find_a (p, row) + (ptrdiff_t) piece * p->piece_stride;

              for (int k = 0; k < p->k; k++, b += TAMIS_PANEL)
                for (int i = 0; i < TAMIS_PANEL; i++)
                  sum[i] += a[k] * b[i];
              b += panel.skip;
            }
          finish_plain (&panel, row, sum);
        }
    }
}

/* Some rows of an outer product. */
typedef struct
{
  const float *b; /* rows × 32 */
  int rows, k;
  const int *offsets;
  int c_stride;
} Part;

/* Adds the products of a piece of A's rows, from @a on, to k × 32 of C at @c. */
typedef void (*OuterFunc) (const Part *part, const float *a, float *c);

static void
outer_piece_plain (const Part *part, const float *a, float *c)
{
  for (int i = 0; i < part->k; i++, c += part->c_stride)
    {
      float sum[TAMIS_PANEL] = { 0.0f };
      const float *b = part->b;

      for (int row = 0; row < part->rows; row++, b += TAMIS_PANEL)
        for (int j = 0; j < TAMIS_PANEL; j++)
          sum[j] += a[part->offsets[row] + i] * b[j];
      for (int j = 0; j < TAMIS_PANEL; j++)
        c[j] += sum[j];
    }
}

/* Columns from @first on, where there are fewer than 32: one row of C at a time. */
static void
outer_narrow (const TamisOuter *p, Part *part, OuterFunc func, const float *a, int first)
{
  int columns = p->n - first, k = part->k;
  float *to = p->c + first;
  float sum[TAMIS_PANEL];

  part->k = 1;
  for (int i = 0; i < p->pieces * k; i++, to += p->c_stride)
    {
      memset (sum, 0, sizeof sum);
      func (part, a + (ptrdiff_t) (i / k) * p->piece_stride + i % k, sum);
      for (int j = 0; j < columns; j++)
        to[j] += sum[j];
    }
  part->k = k;
}

static void
outer_with (const TamisOuter *p, OuterFunc func)
{
  float columns[BLOCK * TAMIS_PANEL];
  Part part = { .k = p->k, .c_stride = p->c_stride };

  for (int i = 0; !p->add && i < p->pieces * p->k; i++)
    memset (p->c + (ptrdiff_t) i * p->c_stride, 0, p->n * sizeof (float));
  for (int begin = 0; begin < p->rows; begin += BLOCK)
    for (int first = 0; first < p->n; first += TAMIS_PANEL)
      {
        part.rows = p->rows - begin < BLOCK ? p->rows - begin : BLOCK;
        part.offsets = p->a_offsets + begin;
        part.b = p->b + (ptrdiff_t) begin * p->b_stride + first;
        if (p->b_stride != TAMIS_PANEL)
          {
            tamis_panels_pack (part.rows, p->n - first < TAMIS_PANEL ? p->n - first : TAMIS_PANEL,
                               part.b, p->b_stride, columns);
            part.b = columns;
          }
        if (p->n - first < TAMIS_PANEL)
          outer_narrow (p, &part, func, p->a, first);
        else
          for (int piece = 0; piece < p->pieces; piece++)
            func (&part, p->a + (ptrdiff_t) piece * p->piece_stride,
                  p->c + (ptrdiff_t) piece * p->k * p->c_stride + first);
      }
}

static void
outer_plain (const TamisOuter *p)
{
  outer_with (p, outer_piece_plain);
}

#if defined(__x86_64__)

#define INLINE static inline __attribute__ ((always_inline))
#define AVX512 __attribute__ ((target ("avx512f")))
#define AVX2 __attribute__ ((target ("avx2,fma")))

/* A tile of constant height, whatever @rows is. */
#define WITH_HEIGHT_6(rows, call) \
  switch (rows) \
    { \
    case 1: call (1); break; \
    case 2: call (2); break; \
    case 3: call (3); break; \
    case 4: call (4); break; \
    case 5: call (5); break; \
    default: call (6); break; \
    }
#define WITH_HEIGHT_12(rows, call) \
  switch (rows) \
    { \
    case 7: call (7); break; \
    case 8: call (8); break; \
    case 9: call (9); break; \
    case 10: call (10); break; \
    case 11: call (11); break; \
    case 12: call (12); break; \
    default: WITH_HEIGHT_6 (rows, call); \
    }

/* ---- AVX-512: up to 12 × 32, or × 16 where there are no more columns ---- */

/* @rows and @wide are constants wherever these are inlined, so the sums live in registers. What a
 * product may do without is asked once a tile, not once a sum: a tile of few terms is short. */
#define EACH_SUM(rows, wide) \
  _Pragma ("GCC unroll 12") \
  for (int row = 0; row < rows; row++) \
    _Pragma ("GCC unroll 2") \
    for (int w = 0; w < wide; w++)

AVX512 INLINE void
begin_avx512 (const Panel *panel, int first, __m512 sum[12][2], const int rows, const int wide)
{
  const TamisPanels *p = panel->product;
  __mmask16 last = (__mmask16) ((1u << (panel->columns - 16 * (wide - 1))) - 1);

  EACH_SUM (rows, wide)
    sum[row][w] = _mm512_loadu_ps (panel->bias + 16 * w);
  for (int start = 0; start < 2 && p->starts[start] != NULL; start++)
    {
      const float *from = p->starts[start] + (ptrdiff_t) first * p->n + panel->first;

      EACH_SUM (rows, wide)
        sum[row][w] = _mm512_add_ps (
            sum[row][w], _mm512_maskz_loadu_ps (w + 1 < wide ? 0xffff : last,
                                                from + (ptrdiff_t) row * p->n + 16 * w));
    }
}

AVX512 INLINE void
finish_avx512 (const Panel *panel, int first, __m512 sum[12][2], const int rows, const int wide)
{
  const TamisPanels *p = panel->product;
  __mmask16 last = (__mmask16) ((1u << (panel->columns - 16 * (wide - 1))) - 1);
  __m512 zero = _mm512_setzero_ps ();
  ptrdiff_t to[12];

#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
    to[row] = find_c (p, first + row) + panel->first;
  /* Of two operands max takes the second if either is NaN. */
  if (p->relu)
    EACH_SUM (rows, wide)
      sum[row][w] = _mm512_max_ps (zero, sum[row][w]);
  if (p->gate != NULL)
    EACH_SUM (rows, wide)
      {
        __m512 gate = _mm512_maskz_loadu_ps (w + 1 < wide ? 0xffff : last,
                                             p->gate + to[row] + 16 * w);

        sum[row][w] = _mm512_maskz_mov_ps (_mm512_cmp_ps_mask (gate, zero, _CMP_GT_OQ),
                                           sum[row][w]);
      }
  EACH_SUM (rows, wide)
    _mm512_mask_storeu_ps (p->c + to[row] + 16 * w, w + 1 < wide ? 0xffff : last, sum[row][w]);
}

AVX512 INLINE void
tile_avx512 (const Panel *panel, int first, const int rows, const int wide)
{
  const TamisPanels *p = panel->product;
  const float *b = panel->panel;
  ptrdiff_t at[12];
  __m512 sum[12][2];

#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
    at[row] = find_a (p, first + row);
  begin_avx512 (panel, first, sum, rows, wide);
  for (int piece = 0; piece < count_pieces (p); piece++)
    {
      const float *a = p->a + (ptrdiff_t) piece * p->piece_stride;

      for (const float *end = a + p->k; a < end; a++, b += TAMIS_PANEL)
        {
          __m512 b0 = _mm512_loadu_ps (b);
          __m512 b1 = wide > 1 ? _mm512_loadu_ps (b + 16) : b0;

#pragma GCC unroll 12
          for (int row = 0; row < rows; row++)
            {
              __m512 x = _mm512_set1_ps (a[at[row]]);

              sum[row][0] = _mm512_fmadd_ps (x, b0, sum[row][0]);
              if (wide > 1)
                sum[row][1] = _mm512_fmadd_ps (x, b1, sum[row][1]);
            }
        }
      b += panel->skip;
    }
  finish_avx512 (panel, first, sum, rows, wide);
}

AVX512 static void
multiply_avx512 (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;

      panel_init (&panel, p, first);
      for (int row = 0, height; row < p->rows; row += height)
        {
          height = share_rows (p->rows - row, 12);
#define WIDE(rows) tile_avx512 (&panel, row, rows, 2)
#define NARROW(rows) tile_avx512 (&panel, row, rows, 1)
          if (panel.columns > 16)
            WITH_HEIGHT_12 (height, WIDE)
          else
            WITH_HEIGHT_12 (height, NARROW)
#undef WIDE
#undef NARROW
        }
    }
}

/* Adds the rows of @part to @height × 32 of C at @c; elements of A from @a on. */
AVX512 INLINE void
outer_tile_avx512 (const Part *part, const float *a, float *c, const int height)
{
  const float *b = part->b;
  __m512 sum[12][2];

#pragma GCC unroll 12
  for (int i = 0; i < height; i++)
    sum[i][0] = sum[i][1] = _mm512_setzero_ps ();
  for (int row = 0; row < part->rows; row++, b += TAMIS_PANEL)
    {
      const float *x = a + part->offsets[row];
      __m512 b0 = _mm512_loadu_ps (b);
      __m512 b1 = _mm512_loadu_ps (b + 16);

#pragma GCC unroll 12
      for (int i = 0; i < height; i++)
        {
          sum[i][0] = _mm512_fmadd_ps (_mm512_set1_ps (x[i]), b0, sum[i][0]);
          sum[i][1] = _mm512_fmadd_ps (_mm512_set1_ps (x[i]), b1, sum[i][1]);
        }
    }
#pragma GCC unroll 12
  for (int i = 0; i < height; i++, c += part->c_stride)
    {
      _mm512_storeu_ps (c, _mm512_add_ps (_mm512_loadu_ps (c), sum[i][0]));
      _mm512_storeu_ps (c + 16, _mm512_add_ps (_mm512_loadu_ps (c + 16), sum[i][1]));
    }
}

AVX512 static void
outer_piece_avx512 (const Part *part, const float *a, float *c)
{
  for (int i = 0, height; i < part->k; i += height)
    {
      height = share_rows (part->k - i, 12);
#define TILE(rows) outer_tile_avx512 (part, a + i, c + (ptrdiff_t) i * part->c_stride, rows)
      WITH_HEIGHT_12 (height, TILE)
#undef TILE
    }
}

static void
outer_avx512 (const TamisOuter *p)
{
  outer_with (p, outer_piece_avx512);
}

/* ---- AVX2: up to 6 × 16, half a panel ---- */

AVX2 INLINE void
start_avx2 (const Panel *panel, int row, int half, __m256 sum[2])
{
  const TamisPanels *p = panel->product;
  ptrdiff_t from = (ptrdiff_t) row * p->n + panel->first + half;
  float all[TAMIS_PANEL];

  if (panel->columns - half < 16)
    {
      begin_plain (panel, row, all);
      sum[0] = _mm256_loadu_ps (all + half);
      sum[1] = _mm256_loadu_ps (all + half + 8);
      return;
    }
  for (int start = 0; start < 2 && p->starts[start] != NULL; start++)
    {
      sum[0] = _mm256_add_ps (sum[0], _mm256_loadu_ps (p->starts[start] + from));
      sum[1] = _mm256_add_ps (sum[1], _mm256_loadu_ps (p->starts[start] + from + 8));
    }
}

AVX2 static void
finish_avx2 (const Panel *panel, int row, int half, __m256 low, __m256 high)
{
  float sum[TAMIS_PANEL];
  Panel part = *panel;

  part.first += half;
  part.columns = panel->columns - half < 16 ? panel->columns - half : 16;
  _mm256_storeu_ps (sum, low);
  _mm256_storeu_ps (sum + 8, high);
  finish_plain (&part, row, sum);
}

AVX2 INLINE void
tile_avx2 (const Panel *panel, int half, int first, const int rows)
{
  const TamisPanels *p = panel->product;
  const float *b = panel->panel + half;
  bool simple = panel->columns - half >= 16 && p->gate == NULL;
  ptrdiff_t at[6];
  __m256 sum[6][2];

#pragma GCC unroll 6
  for (int row = 0; row < rows; row++)
    {
      at[row] = find_a (p, first + row);
      sum[row][0] = _mm256_loadu_ps (panel->bias + half);
      sum[row][1] = _mm256_loadu_ps (panel->bias + half + 8);
    }
  if (p->starts[0] != NULL)
#pragma GCC unroll 6
    for (int row = 0; row < rows; row++)
      start_avx2 (panel, first + row, half, sum[row]);
  for (int piece = 0; piece < count_pieces (p); piece++)
    {
      const float *a = p->a + (ptrdiff_t) piece * p->piece_stride;

      for (const float *end = a + p->k; a < end; a++, b += TAMIS_PANEL)
        {
          __m256 b0 = _mm256_loadu_ps (b);
          __m256 b1 = _mm256_loadu_ps (b + 8);

#pragma GCC unroll 6
          for (int row = 0; row < rows; row++)
            {
              __m256 x = _mm256_broadcast_ss (a + at[row]);

              sum[row][0] = _mm256_fmadd_ps (x, b0, sum[row][0]);
              sum[row][1] = _mm256_fmadd_ps (x, b1, sum[row][1]);
            }
        }
      b += panel->skip;
    }
#pragma GCC unroll 6
  for (int row = 0; row < rows; row++)
    if (simple)
      {
        float *to = p->c + find_c (p, first + row) + panel->first + half;

        if (p->relu)
          {
            sum[row][0] = _mm256_max_ps (_mm256_setzero_ps (), sum[row][0]);
            sum[row][1] = _mm256_max_ps (_mm256_setzero_ps (), sum[row][1]);
          }
        _mm256_storeu_ps (to, sum[row][0]);
        _mm256_storeu_ps (to + 8, sum[row][1]);
      }
    else
      finish_avx2 (panel, first + row, half, sum[row][0], sum[row][1]);
}

AVX2 static void
multiply_avx2 (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;

      panel_init (&panel, p, first);
      for (int half = 0; half < panel.columns; half += 16)
        for (int row = 0, height; row < p->rows; row += height)
          {
            height = share_rows (p->rows - row, 6);
#define TILE(rows) tile_avx2 (&panel, half, row, rows)
            WITH_HEIGHT_6 (height, TILE)
#undef TILE
          }
    }
}

AVX2 INLINE void
outer_tile_avx2 (const Part *part, int half, const float *a, float *c, const int height)
{
  const float *b = part->b + half;
  __m256 sum[6][2];

#pragma GCC unroll 6
  for (int i = 0; i < height; i++)
    sum[i][0] = sum[i][1] = _mm256_setzero_ps ();
  for (int row = 0; row < part->rows; row++, b += TAMIS_PANEL)
    {
      const float *x = a + part->offsets[row];
      __m256 b0 = _mm256_loadu_ps (b);
      __m256 b1 = _mm256_loadu_ps (b + 8);

#pragma GCC unroll 6
      for (int i = 0; i < height; i++)
        {
          sum[i][0] = _mm256_fmadd_ps (_mm256_broadcast_ss (x + i), b0, sum[i][0]);
          sum[i][1] = _mm256_fmadd_ps (_mm256_broadcast_ss (x + i), b1, sum[i][1]);
        }
    }
#pragma GCC unroll 6
  for (int i = 0; i < height; i++, c += part->c_stride)
    {
      _mm256_storeu_ps (c, _mm256_add_ps (_mm256_loadu_ps (c), sum[i][0]));
      _mm256_storeu_ps (c + 8, _mm256_add_ps (_mm256_loadu_ps (c + 8), sum[i][1]));
    }
}

AVX2 static void
outer_piece_avx2 (const Part *part, const float *a, float *c)
{
  for (int half = 0; half < TAMIS_PANEL; half += 16)
    for (int i = 0, height; i < part->k; i += height)
      {
        height = share_rows (part->k - i, 6);
#define TILE(rows) \
  outer_tile_avx2 (part, half, a + i, c + (ptrdiff_t) i * part->c_stride + half, rows)
        WITH_HEIGHT_6 (height, TILE)
#undef TILE
      }
}

static void
outer_avx2 (const TamisOuter *p)
{
  outer_with (p, outer_piece_avx2);
}

#endif

int
tamis_panels_get_variants (const TamisPanelsVariant **variants)
{
  static const TamisPanelsVariant all[] = {
    { "plain", multiply_plain, outer_plain },
#if defined(__x86_64__)
    { "avx2", multiply_avx2, outer_avx2 },
    { "avx512", multiply_avx512, outer_avx512 },
#endif
  };
  int n = 1;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    n = __builtin_cpu_supports ("avx512f") ? 3 : 2;
#endif
  *variants = all;
  return n;
}

static const TamisPanelsVariant *
choose_variant (void)
{
  static _Atomic (const TamisPanelsVariant *) chosen;
  const TamisPanelsVariant *variant = atomic_load_explicit (&chosen, memory_order_relaxed);

  if (variant == NULL)
    {
      /* Racing first calls write the same pointer. */
      int n = tamis_panels_get_variants (&variant);

      variant += n - 1;
      atomic_store_explicit (&chosen, variant, memory_order_relaxed);
    }
  return variant;
}

void
tamis_panels_multiply (const TamisPanels *product)
{
  choose_variant ()->multiply (product);
}

void
tamis_panels_outer (const TamisOuter *product)
{
  choose_variant ()->outer (product);
}
