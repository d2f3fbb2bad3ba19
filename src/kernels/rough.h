/* Scalar products in floats, of rows where they lie: to rule out, not to decide.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#define TAMIS_ROUGH 4

/* dots[i] = Σ a[i][j] b[i][j] over @k elements, summed in floats in any order, fused or not: off by
 * at most γ_k Σ |a_j b_j| (Higham, Accuracy and Stability, 2002, 3.1). Any thread. */
typedef void (*TamisRoughFunc) (const float *const a[TAMIS_ROUGH], const float *const b[TAMIS_ROUGH],
                                int k, float dots[TAMIS_ROUGH]);

/* The variants this processor can run, the plainest first, the best last. */
typedef struct
{
  const char *name;
  TamisRoughFunc func;
} TamisRoughVariant;
int tamis_rough_get_variants (const TamisRoughVariant **variants);
