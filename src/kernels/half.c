/* float16 by integer arithmetic: no table, no special instructions, vectorisable.
 *
 * DESIGN: a binary16 is a binary32 with fewer bits, so scaling by a power of two in floating point
 * moves the exponent, subnormals included, and the hardware does the rounding (F. Giesen,
 * "float->half variants", 2012; public domain).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "half.h"

#include <string.h>

static inline float
as_float (uint32_t bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline uint32_t
as_bits (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline uint16_t
half_from_float (float x)
{
  uint32_t bits = as_bits (x);
  uint32_t sign = bits & 0x80000000u;
  uint32_t rest = bits ^ sign;
  uint32_t normal, subnormal, result;

  /* Too small for a normal half: adding 0.5 moves the bits that stay to the bottom, rounded. */
  subnormal = as_bits (as_float (rest) + 0.5f) - 0x3f000000u;
  /* Rebias the exponent by -112 and round the 13 bits that go, ties to even. */
  normal = (rest - 0x38000000u + 0xfffu + ((rest >> 13) & 1)) >> 13;
  result = rest < 0x38800000u ? subnormal : normal;
  /* From 65,520 on: infinity, or NaN where it was one. */
  result = rest >= 0x477ff000u ? 0x7c00u : result;
  result = rest > 0x7f800000u ? 0x7e00u : result;
  return result | sign >> 16;
}

static inline float
half_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000u) << 16;
  uint32_t rest = (uint32_t) (half & 0x7fffu) << 13;
  /* Multiplying by 2^112 rebiases the exponent and normalises subnormals. */
  uint32_t bits = as_bits (as_float (rest) * 0x1p112f);

  /* Infinity and NaN have the largest exponent in both. */
  bits |= rest >= 0x0f800000u ? 0x7f800000u : 0;
  return as_float (bits | sign);
}

void
tamis_half_from_float (size_t n, const float *from, uint16_t *to)
{
  for (size_t i = 0; i < n; i++)
    to[i] = half_from_float (from[i]);
}

void
tamis_half_to_float (size_t n, const uint16_t *from, float *to)
{
  for (size_t i = 0; i < n; i++)
    to[i] = half_to_float (from[i]);
}
