/* Antialiased reduction and enlargement of 8-bit RGB images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Images are row-major, 3 bytes a pixel, rows packed. All sides are at least 1. */

typedef struct
{
  int width;
  int height;
} TamisResizeSides;

/* Part of an image, in its pixels; edges may lie between pixels, but inside the image. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} TamisResizePart;

/* The weights of one axis: output i is the sum of weight[i · taps + j] · input[first[i] + j]. */
typedef struct
{
  int taps; /* room for each output; count[i] of them are used */
  int32_t *first;
  int32_t *count;
  int32_t *weight;
} TamisResizeAxis;

/* A resize under way; its memory is the caller's scratch. */
typedef struct
{
  TamisResizeAxis across;
  TamisResizeAxis down;
  int out_width;
  int out_height;
  size_t row_bytes;
  int32_t *sum;
  uint8_t *ring; /* the last rows, narrowed: row y is at y % down.taps */
  int keeps_width;
  int keeps_height;
  int n_in;  /* rows taken */
  int n_out; /* rows made */
} TamisResize;

/* Bytes of working memory, aligned as malloc() does, that a resize needs. */
size_t tamis_resize_scratch (int in_width, int in_height, int out_width, int out_height);

/* @part: NULL for all of it. */
void tamis_resize_begin (TamisResize *self, const TamisResizeSides *in, const TamisResizePart *part,
                         const TamisResizeSides *out, void *scratch);
/* The next row of the image, from the top, as wide as @in; writes the rows of the result @out (which
 * is complete after the last row) that it completes. @in may change afterwards. */
void tamis_resize_row (TamisResize *self, const uint8_t *in, uint8_t *out);

/* Triangle filter, widened by the reduction. @out must not overlap @in. */
void tamis_resize_rgb (const uint8_t *in, int in_width, int in_height, uint8_t *out, int out_width,
                       int out_height, void *scratch);

/* The same by definition, one output value at a time, for tests. */
size_t tamis_resize_reference_scratch (int in_width, int in_height, int out_width, int out_height);
void tamis_resize_rgb_reference (const uint8_t *in, int in_width, int in_height, uint8_t *out,
                                 int out_width, int out_height, void *scratch);
