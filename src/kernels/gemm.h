/* Matrix product: the one door to BLAS for all kernels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdbool.h>

/* C (m × n) = op (A) (m × k) · op (B) (k × n) + beta · C; all row-major, strides in elements.
 * op is the transpose where the flag is set: A is then stored k × m, B n × k. */
typedef struct
{
  int m, n, k;
  const float *a;
  int a_stride;
  bool a_transposed;
  const float *b;
  int b_stride;
  bool b_transposed;
  float beta;
  float *c;
  int c_stride;
} TamisGemm;

void tamis_gemm (const TamisGemm *product);
