/* Byte products with a bound, in tiles.
 *
 * DESIGN: AVX-512 VNNI multiplies 64 pairs of bytes in one instruction, four times what a float
 * FMA does, and AVX2 about 1.3 times (multiply-add of bytes to 16 bits, then to 32; bytes are kept
 * to ±63, so that the 16 bits never saturate: 2 · 127 · 63 < 2^15). One operand must be unsigned:
 * columns have the offset added. A tile of 8 × 32 sums stays in registers; after each stage its
 * bounds are compared with the limits, and it ends at the first stage that none passes.
 *
 * Sums are exact: each is below 256 · 255 · 127 < 2^23, so they are exact as floats too. The bound
 * takes one float product and three multiply-adds, fused or not: at most 7 roundings of values whose
 * sizes the caller knows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "screen.h"
#include "simd.h"

#include <math.h>
#include <string.h>

#define ROWS TAMIS_SCREEN_ROWS
#define COLUMNS TAMIS_SCREEN_COLUMNS
#define GROUP TAMIS_SCREEN_GROUP

/* ---- bytes ---- */

#define LANES 8

/* Eight sums side by side, which compilers turn into vectors. Adding and taking away 1.5 · 2^23
 * rounds to the nearest integer. */
void
tamis_bytes_add (TamisBytes *self, int n, const float *from, int8_t *to)
{
  const float inverse = (float) (1.0 / self->step), range = (float) self->range;
  const float shift = 0x1.8p23f;
  double square[LANES] = { 0 }, error[LANES] = { 0 }, kept[LANES] = { 0 };
  int32_t absolute[LANES] = { 0 };

  for (int k = 0; k < n; k += LANES)
    {
      int lanes = n - k < LANES ? n - k : LANES;
      float x[LANES] = { 0 };
      int32_t bytes[LANES];

      memcpy (x, from + k, (size_t) lanes * sizeof *x);
      for (int l = 0; l < LANES; l++)
        {
          float q = x[l] * inverse;
          double back;

          q = q > range ? range : q;
          q = q < -range ? -range : q;
          q = (q + shift) - shift;
          back = self->step * q;
          bytes[l] = (int32_t) q;
          square[l] += (double) x[l] * x[l];
          error[l] += (x[l] - back) * (x[l] - back);
          kept[l] += back * back;
          absolute[l] += bytes[l] < 0 ? -bytes[l] : bytes[l];
        }
      for (int l = 0; l < lanes; l++)
        to[k + l] = (int8_t) bytes[l];
    }
  for (int l = 0; l < LANES; l++)
    {
      self->square += square[l];
      self->error += error[l];
      self->kept += kept[l];
      self->absolute += absolute[l];
    }
}

/* ---- boxes: one text, compiled for each instruction set ---- */

static inline __attribute__ ((always_inline)) uint32_t
near_boxes (const float *low, const float *high, const TamisScreenBoxes *boxes, float limit)
{
  float squares[GROUP] = { 0 };
  uint32_t near = 0;

  for (int axis = 0; axis < TAMIS_SCREEN_AXES; axis++)
    for (int t = 0; t < GROUP; t++)
      {
        float below = boxes->low[axis][t] - high[axis];
        float above = low[axis] - boxes->high[axis][t];
        float gap = below > above ? below : above;

        gap = gap > 0.0f ? gap : 0.0f;
        squares[t] += gap * gap;
      }
  for (int t = 0; t < GROUP; t++)
    near |= (uint32_t) (squares[t] <= limit) << t;
  return near;
}

static uint32_t
near_plain (const float *low, const float *high, const TamisScreenBoxes *boxes, float limit)
{
  return near_boxes (low, high, boxes, limit);
}

/* ---- plain ---- */

static void
add_plain (int32_t sums[ROWS][COLUMNS], const int8_t *rows, const uint8_t *columns, int from,
           int to)
{
  for (int k = from / 4; k < to / 4; k++)
    for (int r = 0; r < ROWS; r++)
      {
        const int8_t *a = rows + (k * ROWS + r) * 4;

        for (int c = 0; c < COLUMNS; c++)
          {
            const uint8_t *b = columns + (k * COLUMNS + c) * 4;

            sums[r][c] += a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
          }
      }
}

static uint32_t
pass_plain (const TamisScreen *self, const int32_t sums[ROWS][COLUMNS], int stage, int i, int j,
            uint32_t *masks)
{
  const TamisScreenStage *at = &self->stages[stage];
  uint32_t any = 0;

  for (int r = 0; r < ROWS; r++)
    {
      masks[r] = 0;
      for (int c = 0; c < COLUMNS; c++)
        {
          float bound = (float) sums[r][c] * self->scale + self->first[i + r] * self->first[j + c]
                        + at->rest[i + r] * at->rest[j + c] + at->add[j + c];

          masks[r] |= (uint32_t) (bound > at->limit[i + r]) << c;
        }
      any |= masks[r];
    }
  return any;
}

static void
sweep_plain (const TamisScreen *self, int row, int column, uint32_t tiles, TamisScreenHits *hits)
{
  const int8_t *rows = self->rows + (size_t) row * ROWS * self->stride;

  for (hits->live = 0; tiles != 0; tiles &= tiles - 1)
    {
      int t = __builtin_ctz (tiles), stage = 0, from = 0;
      const uint8_t *columns = self->columns + (size_t) (column + t) * COLUMNS * self->stride;
      int32_t sums[ROWS][COLUMNS] = { 0 };

      for (; stage < self->n_stages; from = self->stages[stage++].depth)
        {
          add_plain (sums, rows, columns, from, self->stages[stage].depth);
          if (!pass_plain (self, sums, stage, row * ROWS, (column + t) * COLUMNS, hits->masks[t]))
            break;
        }
      hits->stops[stage]++;
      hits->live |= (uint32_t) (stage == self->n_stages) << t;
    }
}

#define INLINE static inline __attribute__ ((always_inline))

#if defined(TAMIS_X86) || defined(TAMIS_NEON)

/* Four coordinates of one vector. */
INLINE int32_t
load_four (const void *bytes)
{
  int32_t four;

  memcpy (&four, bytes, sizeof four);
  return four;
}

#endif

#if defined(TAMIS_X86)

#define AVX2 __attribute__ ((target ("avx2,fma")))
#define AVX512 __attribute__ ((target ("avx512f,avx512bw,avx512vnni")))

/* ---- AVX2: a tile in four parts of 4 × 16, as its registers allow ---- */

#define PART_ROWS 4
#define PART_COLUMNS 16

AVX2 static uint32_t
near_avx2 (const float *low, const float *high, const TamisScreenBoxes *boxes, float limit)
{
  return near_boxes (low, high, boxes, limit);
}

AVX2 INLINE void
add_avx2 (__m256i sums[PART_ROWS][2], const int8_t *rows, const uint8_t *columns, int groups)
{
  const __m256i ones = _mm256_set1_epi16 (1);

  for (int k = 0; k < groups; k++, rows += 4 * ROWS, columns += 4 * COLUMNS)
    {
      __m256i left = _mm256_loadu_si256 ((const __m256i *) columns);
      __m256i right = _mm256_loadu_si256 ((const __m256i *) (columns + 32));

#pragma GCC unroll 4
      for (int r = 0; r < PART_ROWS; r++)
        {
          __m256i a = _mm256_set1_epi32 (load_four (rows + 4 * r));
          __m256i x = _mm256_madd_epi16 (_mm256_maddubs_epi16 (left, a), ones);
          __m256i y = _mm256_madd_epi16 (_mm256_maddubs_epi16 (right, a), ones);

          sums[r][0] = _mm256_add_epi32 (sums[r][0], x);
          sums[r][1] = _mm256_add_epi32 (sums[r][1], y);
        }
    }
}

AVX2 INLINE uint32_t
pass_avx2 (const TamisScreen *self, __m256i sums[PART_ROWS][2], const TamisScreenStage *at, int i,
           int j, uint32_t masks[PART_ROWS])
{
  const __m256 scale = _mm256_set1_ps (self->scale);
  uint32_t any = 0;

  for (int r = 0; r < PART_ROWS; r++)
    {
      const __m256 limit = _mm256_set1_ps (at->limit[i + r]);
      const __m256 first = _mm256_set1_ps (self->first[i + r]);
      const __m256 rest = _mm256_set1_ps (at->rest[i + r]);

      masks[r] = 0;
      for (int h = 0; h < 2; h++)
        {
          int c = j + 8 * h;
          __m256 bound = _mm256_fmadd_ps (rest, _mm256_loadu_ps (at->rest + c),
                                          _mm256_loadu_ps (at->add + c));

          bound = _mm256_fmadd_ps (first, _mm256_loadu_ps (self->first + c), bound);
          bound = _mm256_fmadd_ps (_mm256_cvtepi32_ps (sums[r][h]), scale, bound);
          masks[r] |= (uint32_t) _mm256_movemask_ps (_mm256_cmp_ps (bound, limit, _CMP_GT_OQ))
                      << 8 * h;
        }
      any |= masks[r];
    }
  return any;
}

/* Returns whether any of the part's products may pass. */
AVX2 static uint32_t
part_avx2 (const TamisScreen *self, int i, int j, uint32_t masks[PART_ROWS], uint64_t *stops)
{
  const int8_t *rows = self->rows + (size_t) (i / ROWS) * ROWS * self->stride + i % ROWS * 4;
  const uint8_t *columns
      = self->columns + (size_t) (j / COLUMNS) * COLUMNS * self->stride + j % COLUMNS * 4;
  __m256i sums[PART_ROWS][2];
  uint32_t any = 1;
  int stage = 0, from = 0;

  for (int r = 0; r < PART_ROWS; r++)
    sums[r][0] = sums[r][1] = _mm256_setzero_si256 ();
  for (; stage < self->n_stages; from = self->stages[stage++].depth)
    {
      add_avx2 (sums, rows + from * ROWS, columns + from * COLUMNS,
                (self->stages[stage].depth - from) / 4);
      any = pass_avx2 (self, sums, &self->stages[stage], i, j, masks);
      if (any == 0)
        break;
    }
  stops[stage]++;
  return any;
}

/* ---- AVX-512 with VNNI ---- */

AVX512 static uint32_t
near_avx512 (const float *low, const float *high, const TamisScreenBoxes *boxes, float limit)
{
  __m512 squares = _mm512_setzero_ps ();

#pragma GCC unroll 16
  for (int axis = 0; axis < TAMIS_SCREEN_AXES; axis++)
    {
      __m512 below
          = _mm512_sub_ps (_mm512_loadu_ps (boxes->low[axis]), _mm512_set1_ps (high[axis]));
      __m512 above
          = _mm512_sub_ps (_mm512_set1_ps (low[axis]), _mm512_loadu_ps (boxes->high[axis]));
      __m512 gap = _mm512_max_ps (_mm512_max_ps (below, above), _mm512_setzero_ps ());

      squares = _mm512_fmadd_ps (gap, gap, squares);
    }
  return _mm512_cmp_ps_mask (squares, _mm512_set1_ps (limit), _CMP_LE_OQ);
}

AVX512 INLINE void
add_avx512 (__m512i sums[ROWS][2], const int8_t *rows, const uint8_t *columns, int groups)
{
  for (int k = 0; k < groups; k++, rows += 4 * ROWS, columns += 4 * COLUMNS)
    {
      __m512i left = _mm512_loadu_si512 (columns);
      __m512i right = _mm512_loadu_si512 (columns + 64);

#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++)
        {
          __m512i a = _mm512_set1_epi32 (load_four (rows + 4 * r));

          sums[r][0] = _mm512_dpbusd_epi32 (sums[r][0], left, a);
          sums[r][1] = _mm512_dpbusd_epi32 (sums[r][1], right, a);
        }
    }
}

AVX512 INLINE uint32_t
pass_avx512 (const TamisScreen *self, __m512i sums[ROWS][2], const TamisScreenStage *at, int i,
             int j, uint32_t masks[ROWS])
{
  const __m512 scale = _mm512_set1_ps (self->scale);
  const __m512 first0 = _mm512_loadu_ps (self->first + j);
  const __m512 first1 = _mm512_loadu_ps (self->first + j + 16);
  const __m512 rest0 = _mm512_loadu_ps (at->rest + j);
  const __m512 rest1 = _mm512_loadu_ps (at->rest + j + 16);
  const __m512 add0 = _mm512_loadu_ps (at->add + j);
  const __m512 add1 = _mm512_loadu_ps (at->add + j + 16);
  uint32_t any = 0;

#pragma GCC unroll 8
  for (int r = 0; r < ROWS; r++)
    {
      const __m512 limit = _mm512_set1_ps (at->limit[i + r]);
      const __m512 first = _mm512_set1_ps (self->first[i + r]);
      const __m512 rest = _mm512_set1_ps (at->rest[i + r]);
      __m512 x = _mm512_fmadd_ps (first, first0, _mm512_fmadd_ps (rest, rest0, add0));
      __m512 y = _mm512_fmadd_ps (first, first1, _mm512_fmadd_ps (rest, rest1, add1));

      x = _mm512_fmadd_ps (_mm512_cvtepi32_ps (sums[r][0]), scale, x);
      y = _mm512_fmadd_ps (_mm512_cvtepi32_ps (sums[r][1]), scale, y);
      masks[r] = (uint32_t) _mm512_cmp_ps_mask (x, limit, _CMP_GT_OQ)
                 | (uint32_t) _mm512_cmp_ps_mask (y, limit, _CMP_GT_OQ) << 16;
      any |= masks[r];
    }
  return any;
}

AVX512 static void
sweep_avx512 (const TamisScreen *self, int row, int column, uint32_t tiles, TamisScreenHits *hits)
{
  const int8_t *rows = self->rows + (size_t) row * ROWS * self->stride;

  for (hits->live = 0; tiles != 0; tiles &= tiles - 1)
    {
      int t = __builtin_ctz (tiles), stage = 0, from = 0;
      const uint8_t *columns = self->columns + (size_t) (column + t) * COLUMNS * self->stride;
      __m512i sums[ROWS][2];

#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++)
        sums[r][0] = sums[r][1] = _mm512_setzero_si512 ();
      for (; stage < self->n_stages; from = self->stages[stage++].depth)
        {
          add_avx512 (sums, rows + from * ROWS, columns + from * COLUMNS,
                      (self->stages[stage].depth - from) / 4);
          if (!pass_avx512 (self, sums, &self->stages[stage], row * ROWS, (column + t) * COLUMNS,
                            hits->masks[t]))
            break;
        }
      hits->stops[stage]++;
      hits->live |= (uint32_t) (stage == self->n_stages) << t;
    }
}

#elif defined(TAMIS_NEON)

/* ---- NEON: a tile in parts of 4 × 16; columns are signed here, their offset is 0 ---- */

#define PART_ROWS 4
#define PART_COLUMNS 16
#define VECTORS (PART_COLUMNS / 4) /* of a part's row, four columns each */

/* Adds products of four columns' bytes with four bytes of a row, four to a lane. Bytes are within
 * ±127, so that two products fit 16 bits. */
INLINE int32x4_t
add_four_neon (int32x4_t sums, int8x16_t columns, int8x16_t row)
{
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32 (sums, columns, row);
#else
  int16x8_t low = vmull_s8 (vget_low_s8 (columns), vget_low_s8 (row));
  int16x8_t high = vmull_s8 (vget_high_s8 (columns), vget_high_s8 (row));

  return vpadalq_s16 (sums, vpaddq_s16 (low, high));
#endif
}

INLINE void
add_neon (int32x4_t sums[PART_ROWS][VECTORS], const int8_t *rows, const uint8_t *columns,
          int groups)
{
  for (int k = 0; k < groups; k++, rows += 4 * ROWS, columns += 4 * COLUMNS)
    for (int v = 0; v < VECTORS; v++)
      {
        int8x16_t b = vreinterpretq_s8_u8 (vld1q_u8 (columns + 16 * v));

        for (int r = 0; r < PART_ROWS; r++)
          sums[r][v] = add_four_neon (
              sums[r][v], b, vreinterpretq_s8_s32 (vdupq_n_s32 (load_four (rows + 4 * r))));
      }
}

/* Bit i: bound[i] > limit. */
INLINE uint32_t
compare_neon (float32x4_t bound, float32x4_t limit)
{
  static const uint32_t bits[4] = { 1, 2, 4, 8 };

  return vaddvq_u32 (vandq_u32 (vld1q_u32 (bits), vcgtq_f32 (bound, limit)));
}

INLINE uint32_t
pass_neon (const TamisScreen *self, int32x4_t sums[PART_ROWS][VECTORS], const TamisScreenStage *at,
           int i, int j, uint32_t masks[PART_ROWS])
{
  const float32x4_t scale = vdupq_n_f32 (self->scale);
  uint32_t any = 0;

  for (int r = 0; r < PART_ROWS; r++)
    {
      const float32x4_t limit = vdupq_n_f32 (at->limit[i + r]);
      const float32x4_t first = vdupq_n_f32 (self->first[i + r]);
      const float32x4_t rest = vdupq_n_f32 (at->rest[i + r]);

      masks[r] = 0;
      for (int v = 0; v < VECTORS; v++)
        {
          int c = j + 4 * v;
          float32x4_t bound
              = vfmaq_f32 (vld1q_f32 (at->add + c), rest, vld1q_f32 (at->rest + c));

          bound = vfmaq_f32 (bound, first, vld1q_f32 (self->first + c));
          bound = vfmaq_f32 (bound, vcvtq_f32_s32 (sums[r][v]), scale);
          masks[r] |= compare_neon (bound, limit) << 4 * v;
        }
      any |= masks[r];
    }
  return any;
}

/* Returns whether any of the part's products may pass. */
static uint32_t
part_neon (const TamisScreen *self, int i, int j, uint32_t masks[PART_ROWS], uint64_t *stops)
{
  const int8_t *rows = self->rows + (size_t) (i / ROWS) * ROWS * self->stride + i % ROWS * 4;
  const uint8_t *columns
      = self->columns + (size_t) (j / COLUMNS) * COLUMNS * self->stride + j % COLUMNS * 4;
  int32x4_t sums[PART_ROWS][VECTORS];
  uint32_t any = 1;
  int stage = 0, from = 0;

  for (int r = 0; r < PART_ROWS; r++)
    for (int v = 0; v < VECTORS; v++)
      sums[r][v] = vdupq_n_s32 (0);
  for (; stage < self->n_stages; from = self->stages[stage++].depth)
    {
      add_neon (sums, rows + from * ROWS, columns + from * COLUMNS,
                (self->stages[stage].depth - from) / 4);
      any = pass_neon (self, sums, &self->stages[stage], i, j, masks);
      if (any == 0)
        break;
    }
  stops[stage]++;
  return any;
}

#endif

#if defined(TAMIS_X86) || defined(TAMIS_NEON)

/* A sweep in parts of 4 × 16, by @part. */
INLINE void
sweep_parts (const TamisScreen *self, int row, int column, uint32_t tiles, TamisScreenHits *hits,
             uint32_t (*part) (const TamisScreen *, int, int, uint32_t *, uint64_t *))
{
  for (hits->live = 0; tiles != 0; tiles &= tiles - 1)
    {
      int t = __builtin_ctz (tiles);
      uint32_t any = 0;

      memset (hits->masks[t], 0, sizeof hits->masks[t]);
      for (int r = 0; r < ROWS; r += PART_ROWS)
        for (int c = 0; c < COLUMNS; c += PART_COLUMNS)
          {
            uint32_t masks[PART_ROWS];

            if (!part (self, row * ROWS + r, (column + t) * COLUMNS + c, masks, hits->stops))
              continue;
            any = 1;
            for (int k = 0; k < PART_ROWS; k++)
              hits->masks[t][r + k] |= masks[k] << c;
          }
      hits->live |= any << t;
    }
}

#endif

#if defined(TAMIS_X86)

static void
sweep_avx2 (const TamisScreen *self, int row, int column, uint32_t tiles, TamisScreenHits *hits)
{
  sweep_parts (self, row, column, tiles, hits, part_avx2);
}

#elif defined(TAMIS_NEON)

static void
sweep_neon (const TamisScreen *self, int row, int column, uint32_t tiles, TamisScreenHits *hits)
{
  sweep_parts (self, row, column, tiles, hits, part_neon);
}

#endif

int
tamis_screen_get_variants (const TamisScreenVariant **variants)
{
  static const TamisScreenVariant all[] = {
    { "plain", 127, 128, 3.0, sweep_plain, near_plain },
#if defined(TAMIS_X86)
    { "avx2", 63, 64, 0.8, sweep_avx2, near_avx2 },
    { "avx512-vnni", 127, 128, 0.3, sweep_avx512, near_avx512 },
#elif defined(TAMIS_NEON)
    { "neon", 127, 0, 0.5, sweep_neon, near_plain },
#endif
  };
  int n = (int) (sizeof all / sizeof *all);

#if defined(TAMIS_X86)
  n = 1;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    n = __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vnni") ? 3 : 2;
#endif
  *variants = all;
  return n;
}
