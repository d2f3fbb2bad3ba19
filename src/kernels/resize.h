/* Antialiased reduction and enlargement of 8-bit RGB images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Images are row-major, 3 bytes a pixel, rows packed. All sides are at least 1. */

/* Bytes of working memory, aligned as malloc() does, that tamis_resize_rgb() needs. */
size_t tamis_resize_scratch (int in_width, int in_height, int out_width, int out_height);

/* Triangle filter, widened by the reduction. @out must not overlap @in. */
void tamis_resize_rgb (const uint8_t *in, int in_width, int in_height, uint8_t *out, int out_width,
                       int out_height, void *scratch);

/* The same in pieces, so that a caller may stop between them: begin, all rows of the input in any
 * pieces, end. */
typedef struct
{
  int taps; /* room for each output; count[i] of them are used */
  int32_t *first;
  int32_t *count;
  int32_t *weight; /* output i is the sum of weight[i · taps + j] · input[first[i] + j] */
} TamisResizeAxis;
typedef struct
{
  const uint8_t *in;
  int in_width, in_height, out_width, out_height;
  TamisResizeAxis across, down;
  int32_t *sum;  /* one output row */
  uint8_t *rows; /* in_height × out_width; not used where the width stays */
} TamisResize;
void tamis_resize_begin (TamisResize *self, const uint8_t *in, int in_width, int in_height,
                         int out_width, int out_height, void *scratch);
void tamis_resize_rows (TamisResize *self, int first, int end);
void tamis_resize_end (TamisResize *self, uint8_t *out);

/* The same by definition, one output value at a time, for tests; @scratch as above. */
void tamis_resize_rgb_reference (const uint8_t *in, int in_width, int in_height, uint8_t *out,
                                 int out_width, int out_height, void *scratch);
