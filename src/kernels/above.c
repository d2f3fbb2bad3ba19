/* Products compared in registers.
 *
 * DESIGN: BLAS writes its products out, and they are read again to be compared. Here a tile of
 * 8 × 32 sums stays in registers (AVX-512; 4 × 16 in AVX2, 8 × 8 in NEON) and ends as masks: nothing is written.
 * The rows lie where they are, the columns in a panel; 8 rows of 1,024 floats stay in the
 * first-level cache while panels pass by. Nor does it depend on BLAS knowing the processor: one
 * newer than the library gets its plainest code, a tenth as fast.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "above.h"
#include "simd.h"

#include <stddef.h>

#define ROWS TAMIS_ABOVE_ROWS
#define COLUMNS TAMIS_ABOVE_COLUMNS

/* Blocks of 4 × 16 keep the lines that are read and written in the first-level cache. */
void
tamis_above_pack (int k, const float *columns, float *panel)
{
  for (int first = 0; first < k; first += 16)
    {
      int end = first + 16 < k ? first + 16 : k;

      for (int c = 0; c < COLUMNS; c += 4)
        {
          const float *from = columns + (size_t) c * k;
          float *to = panel + c;

          for (int i = first; i < end; i++)
            {
              to[(size_t) i * COLUMNS] = from[i];
              to[(size_t) i * COLUMNS + 1] = from[(size_t) k + i];
              to[(size_t) i * COLUMNS + 2] = from[(size_t) 2 * k + i];
              to[(size_t) i * COLUMNS + 3] = from[(size_t) 3 * k + i];
            }
        }
    }
}

static void
above_plain (const TamisAbove *above, uint32_t masks[ROWS])
{
  for (int r = 0; r < ROWS; r++)
    {
      float sums[COLUMNS] = { 0 };
      const float *b = above->panel;

      for (int k = 0; k < above->k; k++, b += COLUMNS)
        for (int c = 0; c < COLUMNS; c++)
          sums[c] += above->rows[r][k] * b[c];
      masks[r] = 0;
      for (int c = 0; c < COLUMNS; c++)
        masks[r] |= (uint32_t) !(sums[c] <= above->limits[r]) << c;
    }
}

#if defined(TAMIS_X86)

#define PART_ROWS 4

__attribute__ ((target ("avx2,fma"))) static void
above_avx2 (const TamisAbove *above, uint32_t masks[ROWS])
{
  for (int r = 0; r < ROWS; r++)
    masks[r] = 0;
  for (int part = 0; part < ROWS; part += PART_ROWS)
    for (int half = 0; half < COLUMNS; half += 16)
      {
        const float *b = above->panel + half;
        __m256 sums[PART_ROWS][2];

#pragma GCC unroll 4
        for (int r = 0; r < PART_ROWS; r++)
          sums[r][0] = sums[r][1] = _mm256_setzero_ps ();
        for (int k = 0; k < above->k; k++, b += COLUMNS)
          {
            __m256 left = _mm256_loadu_ps (b);
            __m256 right = _mm256_loadu_ps (b + 8);

#pragma GCC unroll 4
            for (int r = 0; r < PART_ROWS; r++)
              {
                __m256 x = _mm256_broadcast_ss (above->rows[part + r] + k);

                sums[r][0] = _mm256_fmadd_ps (x, left, sums[r][0]);
                sums[r][1] = _mm256_fmadd_ps (x, right, sums[r][1]);
              }
          }
#pragma GCC unroll 4
        for (int r = 0; r < PART_ROWS; r++)
          {
            __m256 limit = _mm256_set1_ps (above->limits[part + r]);
            int low = _mm256_movemask_ps (_mm256_cmp_ps (sums[r][0], limit, _CMP_NLE_UQ));
            int high = _mm256_movemask_ps (_mm256_cmp_ps (sums[r][1], limit, _CMP_NLE_UQ));

            masks[part + r] |= (uint32_t) (low | high << 8) << half;
          }
      }
}

__attribute__ ((target ("avx512f"))) static void
above_avx512 (const TamisAbove *above, uint32_t masks[ROWS])
{
  const float *const *rows = above->rows;
  const float *b = above->panel;
  __m512 sums[ROWS][2];

#pragma GCC unroll 8
  for (int r = 0; r < ROWS; r++)
    sums[r][0] = sums[r][1] = _mm512_setzero_ps ();
  for (ptrdiff_t k = 0; k < above->k; k++, b += COLUMNS)
    {
      __m512 left = _mm512_loadu_ps (b);
      __m512 right = _mm512_loadu_ps (b + 16);

#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++)
        {
          __m512 x = _mm512_set1_ps (rows[r][k]);

          sums[r][0] = _mm512_fmadd_ps (x, left, sums[r][0]);
          sums[r][1] = _mm512_fmadd_ps (x, right, sums[r][1]);
        }
    }
#pragma GCC unroll 8
  for (int r = 0; r < ROWS; r++)
    {
      __m512 limit = _mm512_set1_ps (above->limits[r]);

      masks[r] = (uint32_t) _mm512_cmp_ps_mask (sums[r][0], limit, _CMP_NLE_UQ)
                 | (uint32_t) _mm512_cmp_ps_mask (sums[r][1], limit, _CMP_NLE_UQ) << 16;
    }
}

#elif defined(TAMIS_NEON)

#define PART_COLUMNS 8

/* The products of element @k with the columns at @b. */
static inline void
add_neon (float32x4_t sums[ROWS][2], const float *const *rows, const float *b, int k)
{
  float32x4_t left = vld1q_f32 (b), right = vld1q_f32 (b + 4);

  for (int r = 0; r < ROWS; r++)
    {
      float32x4_t x = vld1q_dup_f32 (rows[r] + k);

      sums[r][0] = vfmaq_f32 (sums[r][0], x, left);
      sums[r][1] = vfmaq_f32 (sums[r][1], x, right);
    }
}

/* Bit i: not (x[i] <= limit). */
static inline uint32_t
compare_neon (float32x4_t x, float32x4_t limit)
{
  static const uint32_t bits[4] = { 1, 2, 4, 8 };

  return vaddvq_u32 (vbicq_u32 (vld1q_u32 (bits), vcleq_f32 (x, limit)));
}

static void
above_neon (const TamisAbove *above, uint32_t masks[ROWS])
{
  for (int r = 0; r < ROWS; r++)
    masks[r] = 0;
  for (int part = 0; part < COLUMNS; part += PART_COLUMNS)
    {
      const float *b = above->panel + part;
      float32x4_t sums[ROWS][2];

      for (int r = 0; r < ROWS; r++)
        sums[r][0] = sums[r][1] = vdupq_n_f32 (0.0f);
      for (int k = 0; k < above->k; k++, b += COLUMNS)
        add_neon (sums, above->rows, b, k);
      for (int r = 0; r < ROWS; r++)
        {
          float32x4_t limit = vdupq_n_f32 (above->limits[r]);

          masks[r] |= (compare_neon (sums[r][0], limit) | compare_neon (sums[r][1], limit) << 4)
                      << part;
        }
    }
}

#endif

int
tamis_above_get_variants (const TamisAboveVariant **variants)
{
  static const TamisAboveVariant all[] = {
    { "plain", above_plain },
#if defined(TAMIS_X86)
    { "avx2", above_avx2 },
    { "avx512", above_avx512 },
#elif defined(TAMIS_NEON)
    { "neon", above_neon },
#endif
  };
  int n = (int) (sizeof all / sizeof *all);

#if defined(TAMIS_X86)
  n = 1;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    n = __builtin_cpu_supports ("avx512f") ? 3 : 2;
#endif
  *variants = all;
  return n;
}
