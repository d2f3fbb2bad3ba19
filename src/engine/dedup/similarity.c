/* The similarity that decides: cosine in double precision, the same bits everywhere.
 *
 * DESIGN: sums depend on their order, so there is one order: element k is added to lane k mod 16,
 * and the sixteen lanes are folded 16 → 8 → 4 → 2 → 1. Sixteen lanes are two AVX-512, four AVX2 or
 * eight SSE2 registers; every width carries out the very same additions. The product of two floats
 * is exact in double (24 + 24 ≤ 53 bits, and 2^-298 is no subnormal), so a fused multiply-add
 * rounds where a separate addition does, and the variants may use it. Hence one result on every
 * x86-64 and on machines that only have the plain loop.
 * Error: a lane takes d/16 roundings and the fold 4, in each of the three sums; with the square
 * root and the quotient the cosine is off by less than 2 (d/16 + 6) 2^-53, 1.6e-14 at d = 1,024.
 * sqrt (x·x) is x, so equal rows have similarity 1 exactly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LANES TAMIS_LANES

/* Adds the last d mod 16 products and folds. */
static inline double
finish (double lanes[LANES], const float *a, const float *b, guint rest)
{
  for (guint l = 0; l < rest; l++)
    lanes[l] += (double) a[l] * (double) b[l];
  for (guint width = LANES / 2; width > 0; width /= 2)
    for (guint l = 0; l < width; l++)
      lanes[l] += lanes[l + width];
  return lanes[0];
}

static double
dot_plain (const float *a, const float *b, guint dimension)
{
  double lanes[LANES] = { 0 };
  guint k = 0;

  for (; k + LANES <= dimension; k += LANES)
    for (guint l = 0; l < LANES; l++)
      lanes[l] += (double) a[k + l] * (double) b[k + l];
  return finish (lanes, a + k, b + k, dimension - k);
}

static void
dots_plain (const float *const *a, const float *const *b, guint dimension, double *dots)
{
  for (guint i = 0; i < TAMIS_DOTS; i++)
    dots[i] = dot_plain (a[i], b[i], dimension);
}

static void
widen_plain (const float *from, guint dimension, double *to)
{
  for (guint k = 0; k < dimension; k++)
    to[k] = from[k];
}

static void
scale_plain (const float *from, guint dimension, double scale, float *to)
{
  for (guint k = 0; k < dimension; k++)
    to[k] = (float) (from[k] * scale);
}

#if defined(__x86_64__)

__attribute__ ((target ("avx2,fma"))) static double
dot_avx2 (const float *a, const float *b, guint dimension)
{
  __m256d sum[4] = { _mm256_setzero_pd (), _mm256_setzero_pd (), _mm256_setzero_pd (),
                     _mm256_setzero_pd () };
  double lanes[LANES];
  guint k = 0;

  for (; k + LANES <= dimension; k += LANES)
    for (guint v = 0; v < 4; v++)
      sum[v] = _mm256_fmadd_pd (_mm256_cvtps_pd (_mm_loadu_ps (a + k + 4 * v)),
                                _mm256_cvtps_pd (_mm_loadu_ps (b + k + 4 * v)), sum[v]);
  for (guint v = 0; v < 4; v++)
    _mm256_storeu_pd (lanes + 4 * v, sum[v]);
  return finish (lanes, a + k, b + k, dimension - k);
}

__attribute__ ((target ("avx512f"))) static double
dot_avx512 (const float *a, const float *b, guint dimension)
{
  __m512d low = _mm512_setzero_pd (), high = _mm512_setzero_pd ();
  double lanes[LANES];
  guint k = 0;

  for (; k + LANES <= dimension; k += LANES)
    {
      low = _mm512_fmadd_pd (_mm512_cvtps_pd (_mm256_loadu_ps (a + k)),
                             _mm512_cvtps_pd (_mm256_loadu_ps (b + k)), low);
      high = _mm512_fmadd_pd (_mm512_cvtps_pd (_mm256_loadu_ps (a + k + 8)),
                              _mm512_cvtps_pd (_mm256_loadu_ps (b + k + 8)), high);
    }
  _mm512_storeu_pd (lanes, low);
  _mm512_storeu_pd (lanes + 8, high);
  return finish (lanes, a + k, b + k, dimension - k);
}

__attribute__ ((target ("avx2,fma"))) static void
dots_avx2 (const float *const *a, const float *const *b, guint dimension, double *dots)
{
  for (guint i = 0; i < TAMIS_DOTS; i++)
    dots[i] = dot_avx2 (a[i], b[i], dimension);
}

/* The fold of finish(), in registers. */
__attribute__ ((target ("avx512f"))) static inline double
fold_avx512 (__m512d low, __m512d high)
{
  __m512d eight = _mm512_add_pd (low, high);
  __m256d four = _mm256_add_pd (_mm512_castpd512_pd256 (eight), _mm512_extractf64x4_pd (eight, 1));
  __m128d two = _mm_add_pd (_mm256_castpd256_pd128 (four), _mm256_extractf128_pd (four, 1));

  return _mm_cvtsd_f64 (_mm_add_sd (two, _mm_unpackhi_pd (two, two)));
}

/* Four pairs at once hide the latency of the sums, and of memory. */
__attribute__ ((target ("avx512f"))) static void
dots_avx512 (const float *const *a, const float *const *b, guint dimension, double *dots)
{
  __m512d low[TAMIS_DOTS], high[TAMIS_DOTS];
  guint k = 0, rest = dimension % LANES;

#pragma GCC unroll 4
  for (guint i = 0; i < TAMIS_DOTS; i++)
    low[i] = high[i] = _mm512_setzero_pd ();
  for (; k + LANES <= dimension; k += LANES)
    {
#pragma GCC unroll 4
      for (guint i = 0; i < TAMIS_DOTS; i++)
        {
          __m512d x = _mm512_cvtps_pd (_mm256_loadu_ps (a[i] + k));
          __m512d y = _mm512_cvtps_pd (_mm256_loadu_ps (a[i] + k + 8));

          low[i] = _mm512_fmadd_pd (x, _mm512_cvtps_pd (_mm256_loadu_ps (b[i] + k)), low[i]);
          high[i] = _mm512_fmadd_pd (y, _mm512_cvtps_pd (_mm256_loadu_ps (b[i] + k + 8)), high[i]);
        }
    }
  for (guint i = 0; i < TAMIS_DOTS; i++)
    if (rest == 0)
      dots[i] = fold_avx512 (low[i], high[i]);
    else
      {
        double lanes[LANES];

        _mm512_storeu_pd (lanes, low[i]);
        _mm512_storeu_pd (lanes + 8, high[i]);
        dots[i] = finish (lanes, a[i] + k, b[i] + k, rest);
      }
}

/* Sums of a block: lanes 0 to 7 and 8 to 15 of every pair. */
typedef struct
{
  __m512d low[TAMIS_BLOCK_ROWS][TAMIS_BLOCK_COLUMNS];
  __m512d high[TAMIS_BLOCK_ROWS][TAMIS_BLOCK_COLUMNS];
} BlockSums;

/* The products of sixteen elements from @a on (rows @lanes apart) and as many of each column. */
__attribute__ ((target ("avx512f"), always_inline)) static inline void
block_add (BlockSums *sums, const double *a, gsize lanes, const float *b0, const float *b1)
{
  const float *b[TAMIS_BLOCK_COLUMNS] = { b0, b1 };

#pragma GCC unroll 2
  for (guint c = 0; c < TAMIS_BLOCK_COLUMNS; c++)
    {
      __m512d low = _mm512_cvtps_pd (_mm256_loadu_ps (b[c]));
      __m512d high = _mm512_cvtps_pd (_mm256_loadu_ps (b[c] + 8));

#pragma GCC unroll 4
      for (guint r = 0; r < TAMIS_BLOCK_ROWS; r++)
        {
          const double *at = a + r * lanes;

          sums->low[r][c] = _mm512_fmadd_pd (_mm512_loadu_pd (at), low, sums->low[r][c]);
          sums->high[r][c] = _mm512_fmadd_pd (_mm512_loadu_pd (at + 8), high, sums->high[r][c]);
        }
    }
}

__attribute__ ((target ("avx512f"))) static void
block_avx512 (const double *a, const float *const *b, guint dimension, double *dots)
{
  gsize lanes = ((gsize) dimension + LANES - 1) / LANES * LANES;
  guint k = 0, rest = dimension % LANES;
  BlockSums sums;

#pragma GCC unroll 8
  for (guint i = 0; i < TAMIS_BLOCK_ROWS * TAMIS_BLOCK_COLUMNS; i++)
    sums.low[i / TAMIS_BLOCK_COLUMNS][i % TAMIS_BLOCK_COLUMNS]
        = sums.high[i / TAMIS_BLOCK_COLUMNS][i % TAMIS_BLOCK_COLUMNS] = _mm512_setzero_pd ();
  for (; k + LANES <= dimension; k += LANES)
    block_add (&sums, a + k, lanes, b[0] + k, b[1] + k);
  if (rest != 0)
    {
      float tail[TAMIS_BLOCK_COLUMNS][LANES] = { { 0 } };

      for (guint c = 0; c < TAMIS_BLOCK_COLUMNS; c++)
        memcpy (tail[c], b[c] + k, rest * sizeof (float));
      block_add (&sums, a + k, lanes, tail[0], tail[1]);
    }
#pragma GCC unroll 8
  for (guint i = 0; i < TAMIS_BLOCK_ROWS * TAMIS_BLOCK_COLUMNS; i++)
    dots[i] = fold_avx512 (sums.low[i / TAMIS_BLOCK_COLUMNS][i % TAMIS_BLOCK_COLUMNS],
                           sums.high[i / TAMIS_BLOCK_COLUMNS][i % TAMIS_BLOCK_COLUMNS]);
}

__attribute__ ((target ("avx512f"))) static void
widen_avx512 (const float *from, guint dimension, double *to)
{
  guint k = 0;

  for (; k + 8 <= dimension; k += 8)
    _mm512_storeu_pd (to + k, _mm512_cvtps_pd (_mm256_loadu_ps (from + k)));
  widen_plain (from + k, dimension - k, to + k);
}

/* One rounding to double and one to float, as in the plain loop. */
__attribute__ ((target ("avx512f"))) static void
scale_avx512 (const float *from, guint dimension, double scale, float *to)
{
  guint k = 0;

  for (; k + 8 <= dimension; k += 8)
    _mm256_storeu_ps (to + k,
                      _mm512_cvtpd_ps (_mm512_mul_pd (_mm512_cvtps_pd (_mm256_loadu_ps (from + k)),
                                                      _mm512_set1_pd (scale))));
  scale_plain (from + k, dimension - k, scale, to + k);
}

__attribute__ ((target ("avx2,fma"))) static void
scale_avx2 (const float *from, guint dimension, double scale, float *to)
{
  guint k = 0;

  for (; k + 4 <= dimension; k += 4)
    _mm_storeu_ps (to + k, _mm256_cvtpd_ps (_mm256_mul_pd (_mm256_cvtps_pd (_mm_loadu_ps (from + k)),
                                                           _mm256_set1_pd (scale))));
  scale_plain (from + k, dimension - k, scale, to + k);
}

#endif

guint
_tamis_dot_get_variants (const TamisDotVariant **variants)
{
  static const TamisDotVariant all[] = {
    { "plain", dot_plain, dots_plain, NULL, widen_plain, scale_plain },
#if defined(__x86_64__)
    { "avx2", dot_avx2, dots_avx2, NULL, widen_plain, scale_avx2 },
    { "avx512", dot_avx512, dots_avx512, block_avx512, widen_avx512, scale_avx512 },
#endif
  };
  guint n = 1;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    n = __builtin_cpu_supports ("avx512f") ? 3 : 2;
#endif
  *variants = all;
  return n;
}

static const TamisDotVariant *
choose_variant (void)
{
  /* Racing first calls write the same pointer. */
  static _Atomic (const TamisDotVariant *) chosen;
  const TamisDotVariant *variant = atomic_load_explicit (&chosen, memory_order_relaxed);

  if (variant == NULL)
    {
      guint n = _tamis_dot_get_variants (&variant);

      variant += n - 1;
      atomic_store_explicit (&chosen, variant, memory_order_relaxed);
    }
  return variant;
}

double
_tamis_dot (const float *a, const float *b, guint dimension)
{
  return choose_variant ()->func (a, b, dimension);
}

void
_tamis_dots (const float *const *a, const float *const *b, guint dimension, double *dots)
{
  choose_variant ()->dots (a, b, dimension, dots);
}

TamisBlockFunc
_tamis_block_get_func (void)
{
  return choose_variant ()->block;
}

void
_tamis_widen (const float *from, guint dimension, double *to)
{
  choose_variant ()->widen (from, dimension, to);
}

double
_tamis_unit (const float *from, guint dimension, float *to)
{
  double square = _tamis_dot (from, from, dimension);
  double scale = square > 0.0 && isfinite (square) ? 1.0 / sqrt (square) : 0.0;

  if (scale == 0.0)
    memset (to, 0, dimension * sizeof *to);
  else
    choose_variant ()->scale (from, dimension, scale, to);
  return square;
}

double
_tamis_cosine (double dot, double square_a, double square_b)
{
  double product = square_a * square_b; /* floats squared stay far from double's limits */

  if (!(product > 0.0))
    return 0.0;
  return CLAMP (dot / sqrt (product), -1.0, 1.0);
}

double
tamis_similarity (const float *a, const float *b, guint dimension)
{
  return _tamis_cosine (_tamis_dot (a, b, dimension), _tamis_dot (a, a, dimension),
                        _tamis_dot (b, b, dimension));
}
