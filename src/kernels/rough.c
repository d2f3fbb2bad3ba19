/* Scalar products in floats, four at once: what one waits for in memory the others hide.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rough.h"
#include "simd.h"

/* Adds the elements from @from on. */
static inline void
add_rest (const float *const *a, const float *const *b, int from, int k, float *dots)
{
  for (int i = 0; i < TAMIS_ROUGH; i++)
    for (int j = from; j < k; j++)
      dots[i] += a[i][j] * b[i][j];
}

static void
rough_plain (const float *const a[TAMIS_ROUGH], const float *const b[TAMIS_ROUGH], int k,
             float dots[TAMIS_ROUGH])
{
  for (int i = 0; i < TAMIS_ROUGH; i++)
    {
      float lanes[8] = { 0 };

      for (int j = 0; j + 8 <= k; j += 8)
        for (int l = 0; l < 8; l++)
          lanes[l] += a[i][j + l] * b[i][j + l];
      dots[i] = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
                + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
  add_rest (a, b, k / 8 * 8, k, dots);
}

#if defined(TAMIS_X86)

__attribute__ ((target ("avx2,fma"))) static void
rough_avx2 (const float *const a[TAMIS_ROUGH], const float *const b[TAMIS_ROUGH], int k,
            float dots[TAMIS_ROUGH])
{
  __m256 sums[TAMIS_ROUGH][2];
  int j = 0;

#pragma GCC unroll 4
  for (int i = 0; i < TAMIS_ROUGH; i++)
    sums[i][0] = sums[i][1] = _mm256_setzero_ps ();
  for (; j + 16 <= k; j += 16)
#pragma GCC unroll 4
    for (int i = 0; i < TAMIS_ROUGH; i++)
      {
        sums[i][0] = _mm256_fmadd_ps (_mm256_loadu_ps (a[i] + j), _mm256_loadu_ps (b[i] + j),
                                      sums[i][0]);
        sums[i][1] = _mm256_fmadd_ps (_mm256_loadu_ps (a[i] + j + 8),
                                      _mm256_loadu_ps (b[i] + j + 8), sums[i][1]);
      }
  for (int i = 0; i < TAMIS_ROUGH; i++)
    {
      __m256 eight = _mm256_add_ps (sums[i][0], sums[i][1]);
      __m128 four = _mm_add_ps (_mm256_castps256_ps128 (eight), _mm256_extractf128_ps (eight, 1));
      __m128 two = _mm_add_ps (four, _mm_movehl_ps (four, four));

      dots[i] = _mm_cvtss_f32 (_mm_add_ss (two, _mm_shuffle_ps (two, two, 1)));
    }
  add_rest (a, b, j, k, dots);
}

__attribute__ ((target ("avx512f"))) static void
rough_avx512 (const float *const a[TAMIS_ROUGH], const float *const b[TAMIS_ROUGH], int k,
              float dots[TAMIS_ROUGH])
{
  __m512 sums[TAMIS_ROUGH][2];
  int j = 0;

#pragma GCC unroll 4
  for (int i = 0; i < TAMIS_ROUGH; i++)
    sums[i][0] = sums[i][1] = _mm512_setzero_ps ();
  for (; j + 32 <= k; j += 32)
#pragma GCC unroll 4
    for (int i = 0; i < TAMIS_ROUGH; i++)
      {
        sums[i][0] = _mm512_fmadd_ps (_mm512_loadu_ps (a[i] + j), _mm512_loadu_ps (b[i] + j),
                                      sums[i][0]);
        sums[i][1] = _mm512_fmadd_ps (_mm512_loadu_ps (a[i] + j + 16),
                                      _mm512_loadu_ps (b[i] + j + 16), sums[i][1]);
      }
#pragma GCC unroll 4
  for (int i = 0; i < TAMIS_ROUGH; i++)
    dots[i] = _mm512_reduce_add_ps (_mm512_add_ps (sums[i][0], sums[i][1]));
  add_rest (a, b, j, k, dots);
}

#elif defined(TAMIS_NEON)

static void
rough_neon (const float *const a[TAMIS_ROUGH], const float *const b[TAMIS_ROUGH], int k,
            float dots[TAMIS_ROUGH])
{
  float32x4_t sums[TAMIS_ROUGH][2];
  int j = 0;

  for (int i = 0; i < TAMIS_ROUGH; i++)
    sums[i][0] = sums[i][1] = vdupq_n_f32 (0.0f);
  for (; j + 8 <= k; j += 8)
    for (int i = 0; i < TAMIS_ROUGH; i++)
      {
        sums[i][0] = vfmaq_f32 (sums[i][0], vld1q_f32 (a[i] + j), vld1q_f32 (b[i] + j));
        sums[i][1] = vfmaq_f32 (sums[i][1], vld1q_f32 (a[i] + j + 4), vld1q_f32 (b[i] + j + 4));
      }
  for (int i = 0; i < TAMIS_ROUGH; i++)
    dots[i] = vaddvq_f32 (vaddq_f32 (sums[i][0], sums[i][1]));
  add_rest (a, b, j, k, dots);
}

#endif

int
tamis_rough_get_variants (const TamisRoughVariant **variants)
{
  static const TamisRoughVariant all[] = {
    { "plain", rough_plain },
#if defined(TAMIS_X86)
    { "avx2", rough_avx2 },
    { "avx512", rough_avx512 },
#elif defined(TAMIS_NEON)
    { "neon", rough_neon },
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
