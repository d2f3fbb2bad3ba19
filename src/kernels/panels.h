/* Matrix products for convolutions: rows that overlap in an image, times weights packed once; and
 * the sums over such rows that the weights' gradient is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Columns of a packed panel. */
#define TAMIS_PANEL 32

/* C (rows × n) = A · B + bias + starts, cut off below 0 if @relu, and 0 where @gate is not above 0.
 * Strides and offsets in floats.
 * A row of A is @pieces pieces of @k floats, @piece_stride apart, so B has pieces · k rows. Rows
 * begin at a + a_offsets[row], or a_stride apart without offsets; those of C likewise.
 * @packed: B by tamis_panels_pack(). Where the product takes some of its rows only: @packed is the
 * first of them, a piece's rows follow those of the last piece's @piece_rows further on, and B has
 * @panel_rows. @bias: n, nullable. @starts: what else the sums begin with, rows × n without gaps,
 * nullable. @gate: where the row of C is, nullable. NaN passes through @relu. */
typedef struct
{
  int rows, k, n;
  int pieces; /* 0: 1 */
  int piece_stride;
  const float *a;
  int a_stride;
  const int *a_offsets;
  const float *packed;
  int piece_rows; /* 0: k */
  int panel_rows; /* 0: pieces · k */
  const float *bias;
  const float *starts[2];
  bool relu;
  const float *gate;
  float *c;
  int c_stride;
  const int *c_offsets;
} TamisPanels;

/* Panels of 32 columns, each k rows of 32; missing columns of the last are 0. */
size_t tamis_panels_size (int k, int n);
void tamis_panels_pack (int k, int n, const float *b, int b_stride, float *packed);

void tamis_panels_multiply (const TamisPanels *product);

/* C (pieces · k × n) = Σ over rows of Aᵀ B, added to what C holds if @add. Rows of A are as above,
 * with offsets; rows of B are b_stride apart. */
typedef struct
{
  int rows, k, n;
  int pieces;
  int piece_stride;
  const float *a;
  const int *a_offsets;
  const float *b;
  int b_stride;
  float *c;
  int c_stride;
  bool add;
} TamisOuter;

void tamis_panels_outer (const TamisOuter *product);

/* The variants this processor can run, plainest first; the last is the one taken. */
typedef struct
{
  const char *name;
  void (*multiply) (const TamisPanels *product);
  void (*outer) (const TamisOuter *product);
} TamisPanelsVariant;
int tamis_panels_get_variants (const TamisPanelsVariant **variants);
