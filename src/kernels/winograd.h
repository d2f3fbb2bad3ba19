/* Strided 3 × 3 convolution with 25 multiplications where the definition has 36.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "conv.h"

/* Whether it can be used: pixels of whole vectors, coarse images of whole squares of 2 × 2. */
bool tamis_winograd_fits (const TamisConvShape *shape);
/* Floats of packed weights, and of work for any number of images. */
size_t tamis_winograd_packed_size (const TamisConvShape *shape);
size_t tamis_winograd_work_size (const TamisConvShape *shape);
void tamis_winograd_pack (const TamisConvShape *shape, const float *weights, float *packed);

/* As tamis_conv_down(). @fine: bordered images. @coarse: side and first pixel of a coarse image as
 * it lies in memory, its border included. @work: as above. */
typedef struct
{
  const TamisConv *conv;
  const float *fine;
  float *coarse;
  int coarse_side;
  int coarse_first;
  float *work;
} TamisWinograd;
void tamis_winograd_down (const TamisWinograd *self);

/* Tiles to rows of all products. @tiles: where each begins in @fine. */
typedef struct
{
  const float *fine;
  const int *tiles;
  int n_tiles;
  int channels;
  int row_stride; /* floats from one row of an image to the next */
  float *rows;    /* see winograd.c */
} TamisWinogradInput;

/* The variants this processor can run, plainest first; the last is the one taken. All give the same
 * bits. */
typedef struct
{
  const char *name;
  void (*transform) (const TamisWinogradInput *input);
} TamisWinogradVariant;
int tamis_winograd_get_variants (const TamisWinogradVariant **variants);
