/* The intrinsics of NEON that kernels use, in plain C after Arm's definitions: so that code for NEON runs,
 * and is tested, where there is none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdint.h>
#include <string.h>

typedef float float32x4_t __attribute__ ((vector_size (16)));
typedef uint32_t uint32x4_t __attribute__ ((vector_size (16)));
typedef int32_t int32x4_t __attribute__ ((vector_size (16)));
typedef int16_t int16x8_t __attribute__ ((vector_size (16)));
typedef int8_t int8x16_t __attribute__ ((vector_size (16)));
typedef uint8_t uint8x16_t __attribute__ ((vector_size (16)));
typedef int8_t int8x8_t __attribute__ ((vector_size (8)));

#define NEON static inline __attribute__ ((always_inline, unused))

/* ---- loading ---- */

#define NEON_LOAD(name, type, element) \
  NEON type name (const element *from) \
  { \
    type x; \
\
    memcpy (&x, from, sizeof x); \
    return x; \
  }
NEON_LOAD (vld1q_f32, float32x4_t, float)
NEON_LOAD (vld1q_u32, uint32x4_t, uint32_t)
NEON_LOAD (vld1q_u8, uint8x16_t, uint8_t)
#undef NEON_LOAD

NEON float32x4_t
vdupq_n_f32 (float x)
{
  return (float32x4_t){ x, x, x, x };
}

NEON void
vst1q_f32 (float *to, float32x4_t x)
{
  memcpy (to, &x, sizeof x);
}

NEON float32x4_t
vld1q_dup_f32 (const float *from)
{
  return vdupq_n_f32 (*from);
}

NEON int32x4_t
vdupq_n_s32 (int32_t x)
{
  return (int32x4_t){ x, x, x, x };
}

#define vreinterpretq_s8_u8(x) ((int8x16_t) (x))
#define vreinterpretq_s8_s32(x) ((int8x16_t) (x))

/* ---- floats ---- */

NEON float32x4_t
vaddq_f32 (float32x4_t a, float32x4_t b)
{
  return a + b;
}

/* a + b c; not fused, which sums of whole numbers do not show. */
NEON float32x4_t
vfmaq_f32 (float32x4_t a, float32x4_t b, float32x4_t c)
{
  return a + b * c;
}

NEON float
vaddvq_f32 (float32x4_t x)
{
  return (x[0] + x[1]) + (x[2] + x[3]);
}

NEON float32x4_t
vcvtq_f32_s32 (int32x4_t x)
{
  return __builtin_convertvector (x, float32x4_t);
}

/* ---- masks ---- */

NEON uint32x4_t
vcleq_f32 (float32x4_t a, float32x4_t b)
{
  return (uint32x4_t) (a <= b);
}

NEON uint32x4_t
vcgtq_f32 (float32x4_t a, float32x4_t b)
{
  return (uint32x4_t) (a > b);
}

NEON uint32x4_t
vandq_u32 (uint32x4_t a, uint32x4_t b)
{
  return a & b;
}

NEON uint32x4_t
vbicq_u32 (uint32x4_t a, uint32x4_t b)
{
  return a & ~b;
}

NEON uint32_t
vaddvq_u32 (uint32x4_t x)
{
  return x[0] + x[1] + x[2] + x[3];
}

/* ---- bytes ---- */

NEON int8x8_t
vget_low_s8 (int8x16_t x)
{
  int8x8_t half;

  memcpy (&half, &x, sizeof half);
  return half;
}

NEON int8x8_t
vget_high_s8 (int8x16_t x)
{
  int8x8_t half;

  memcpy (&half, (const char *) &x + sizeof half, sizeof half);
  return half;
}

/* Products of eight bytes, in 16 bits. */
NEON int16x8_t
vmull_s8 (int8x8_t a, int8x8_t b)
{
  return __builtin_convertvector (a, int16x8_t) * __builtin_convertvector (b, int16x8_t);
}

/* Sums of neighbours: those of @a, then those of @b; they wrap. */
NEON int16x8_t
vpaddq_s16 (int16x8_t a, int16x8_t b)
{
  int16x8_t sums;

  for (int i = 0; i < 4; i++)
    {
      sums[i] = (int16_t) (a[2 * i] + a[2 * i + 1]);
      sums[4 + i] = (int16_t) (b[2 * i] + b[2 * i + 1]);
    }
  return sums;
}

/* @sums and neighbours of @x, in 32 bits. */
NEON int32x4_t
vpadalq_s16 (int32x4_t sums, int16x8_t x)
{
  for (int i = 0; i < 4; i++)
    sums[i] += x[2 * i] + x[2 * i + 1];
  return sums;
}
