/* Matrix product with packed weights.
 *
 * DESIGN: a convolution multiplies ever new rows by the same weights. BLAS packs both anew in each
 * call, clears the result and leaves bias and ReLU to another pass; here the weights are packed
 * once, rows are read where they lie, and bias and ReLU happen in registers. A tile of 12 × 32
 * results (AVX-512; 6 × 16 in AVX2) stays in registers for all of k: 24 fused multiply-adds for 2
 * loads and 12 broadcasts keep both multipliers busy.
 * Every result is bias + a0 b0 + a1 b1 + … in this order, whatever tile it falls into: so a row's
 * numbers do not depend on the rows beside it. AVX2 and AVX-512 fuse each step and give the same
 * bits, on every machine; the plain loop does not fuse.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "panels.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/* What all tiles of a panel share. Results of a panel that is not full go through @spare. */
typedef struct
{
  const TamisPanels *product;
  const float *panel;
  float *c; /* first row of the panel's columns */
  float bias[TAMIS_PANEL];
  int columns;
} Panel;

static void
panel_init (Panel *self, const TamisPanels *product, int first)
{
  self->product = product;
  self->panel = product->packed + (size_t) first * product->k;
  self->c = product->c + first;
  self->columns = product->n - first < TAMIS_PANEL ? product->n - first : TAMIS_PANEL;
  memset (self->bias, 0, sizeof self->bias);
  if (product->bias != NULL)
    memcpy (self->bias, product->bias + first, self->columns * sizeof (float));
}

/* For any processor; the compiler vectorises the inner loop. Not fused, so the bits are its own. */
static void
multiply_plain (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;

      panel_init (&panel, p, first);
      for (int row = 0; row < p->rows; row++)
        {
          const float *a = p->a + (ptrdiff_t) row * p->a_stride;
          const float *b = panel.panel;
          float sum[TAMIS_PANEL];

          memcpy (sum, panel.bias, sizeof sum);
          for (int k = 0; k < p->k; k++, b += TAMIS_PANEL)
            for (int i = 0; i < TAMIS_PANEL; i++)
              sum[i] += a[k] * b[i];
          /* Not max (sum, 0): NaN must stay, or divergence would go unseen. */
          for (int i = 0; p->relu && i < TAMIS_PANEL; i++)
            sum[i] = sum[i] < 0.0f ? 0.0f : sum[i];
          memcpy (panel.c + (ptrdiff_t) row * p->c_stride, sum, panel.columns * sizeof (float));
        }
    }
}

#if defined(__x86_64__)

/* @rows is a constant wherever this is inlined, so the sums live in registers. */
__attribute__ ((target ("avx512f"), always_inline)) static inline void
tile_avx512 (const Panel *panel, int first, const int rows)
{
  const TamisPanels *p = panel->product;
  const float *a = p->a + (ptrdiff_t) first * p->a_stride;
  const float *b = panel->panel;
  float *c = panel->c + (ptrdiff_t) first * p->c_stride;
  __m512 sum[12][2];

#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
    {
      sum[row][0] = _mm512_loadu_ps (panel->bias);
      sum[row][1] = _mm512_loadu_ps (panel->bias + 16);
    }
  for (int k = 0; k < p->k; k++, a++, b += TAMIS_PANEL)
    {
      __m512 b0 = _mm512_loadu_ps (b);
      __m512 b1 = _mm512_loadu_ps (b + 16);

#pragma GCC unroll 12
      for (int row = 0; row < rows; row++)
        {
          __m512 x = _mm512_set1_ps (a[(ptrdiff_t) row * p->a_stride]);

          sum[row][0] = _mm512_fmadd_ps (x, b0, sum[row][0]);
          sum[row][1] = _mm512_fmadd_ps (x, b1, sum[row][1]);
        }
    }
#pragma GCC unroll 12
  for (int row = 0; row < rows; row++)
    {
      float spare[TAMIS_PANEL];
      float *to = panel->columns == TAMIS_PANEL ? c + (ptrdiff_t) row * p->c_stride : spare;

      if (p->relu)
        {
          /* Of two operands max takes the second if either is NaN. */
          sum[row][0] = _mm512_max_ps (_mm512_setzero_ps (), sum[row][0]);
          sum[row][1] = _mm512_max_ps (_mm512_setzero_ps (), sum[row][1]);
        }
      _mm512_storeu_ps (to, sum[row][0]);
      _mm512_storeu_ps (to + 16, sum[row][1]);
      if (to == spare)
        memcpy (c + (ptrdiff_t) row * p->c_stride, spare, panel->columns * sizeof (float));
    }
}

__attribute__ ((target ("avx512f"))) static void
multiply_avx512 (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;
      int row = 0;

      panel_init (&panel, p, first);
      for (; row + 12 <= p->rows; row += 12)
        tile_avx512 (&panel, row, 12);
      for (; row + 4 <= p->rows; row += 4)
        tile_avx512 (&panel, row, 4);
      for (; row < p->rows; row++)
        tile_avx512 (&panel, row, 1);
    }
}

/* Half a panel: sixteen columns from @half on. */
__attribute__ ((target ("avx2,fma"), always_inline)) static inline void
tile_avx2 (const Panel *panel, int half, int first, const int rows)
{
  const TamisPanels *p = panel->product;
  const float *a = p->a + (ptrdiff_t) first * p->a_stride;
  const float *b = panel->panel + half;
  float *c = panel->c + (ptrdiff_t) first * p->c_stride + half;
  int columns = panel->columns - half;
  __m256 sum[6][2];

#pragma GCC unroll 6
  for (int row = 0; row < rows; row++)
    {
      sum[row][0] = _mm256_loadu_ps (panel->bias + half);
      sum[row][1] = _mm256_loadu_ps (panel->bias + half + 8);
    }
  for (int k = 0; k < p->k; k++, a++, b += TAMIS_PANEL)
    {
      __m256 b0 = _mm256_loadu_ps (b);
      __m256 b1 = _mm256_loadu_ps (b + 8);

#pragma GCC unroll 6
      for (int row = 0; row < rows; row++)
        {
          __m256 x = _mm256_broadcast_ss (a + (ptrdiff_t) row * p->a_stride);

          sum[row][0] = _mm256_fmadd_ps (x, b0, sum[row][0]);
          sum[row][1] = _mm256_fmadd_ps (x, b1, sum[row][1]);
        }
    }
#pragma GCC unroll 6
  for (int row = 0; row < rows; row++)
    {
      float spare[16];
      float *to = columns >= 16 ? c + (ptrdiff_t) row * p->c_stride : spare;

      if (p->relu)
        {
          sum[row][0] = _mm256_max_ps (_mm256_setzero_ps (), sum[row][0]);
          sum[row][1] = _mm256_max_ps (_mm256_setzero_ps (), sum[row][1]);
        }
      _mm256_storeu_ps (to, sum[row][0]);
      _mm256_storeu_ps (to + 8, sum[row][1]);
      if (to == spare)
        memcpy (c + (ptrdiff_t) row * p->c_stride, spare, columns * sizeof (float));
    }
}

__attribute__ ((target ("avx2,fma"))) static void
multiply_avx2 (const TamisPanels *p)
{
  for (int first = 0; first < p->n; first += TAMIS_PANEL)
    {
      Panel panel;

      panel_init (&panel, p, first);
      for (int half = 0; half < panel.columns; half += 16)
        {
          int row = 0;

          for (; row + 6 <= p->rows; row += 6)
            tile_avx2 (&panel, half, row, 6);
          for (; row < p->rows; row++)
            tile_avx2 (&panel, half, row, 1);
        }
    }
}

#endif

int
tamis_panels_get_variants (const TamisPanelsVariant **variants)
{
  static const TamisPanelsVariant all[] = {
    { "plain", multiply_plain },
#if defined(__x86_64__)
    { "avx2", multiply_avx2 },
    { "avx512", multiply_avx512 },
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

void
tamis_panels_multiply (const TamisPanels *product)
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
  variant->multiply (product);
}
