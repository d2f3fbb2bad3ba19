/* Matrix product with a matrix packed once and used often: activations (rows) times weights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Columns of a packed panel. */
#define TAMIS_PANEL 32

/* C (rows × n) = A (rows × k) · B (k × n) + bias, cut off below 0 if @relu. Strides in elements.
 * @packed: B by tamis_panels_pack(). @bias: n, nullable. NaN passes through @relu. */
typedef struct
{
  int rows, k, n;
  const float *a;
  int a_stride;
  const float *packed;
  const float *bias;
  bool relu;
  float *c;
  int c_stride;
} TamisPanels;

/* Panels of 32 columns, each k rows of 32; missing columns of the last are 0. */
size_t tamis_panels_size (int k, int n);
void tamis_panels_pack (int k, int n, const float *b, int b_stride, float *packed);

void tamis_panels_multiply (const TamisPanels *product);

/* The variants this processor can run, plainest first; tamis_panels_multiply() takes the last. */
typedef struct
{
  const char *name;
  void (*multiply) (const TamisPanels *product);
} TamisPanelsVariant;
int tamis_panels_get_variants (const TamisPanelsVariant **variants);
