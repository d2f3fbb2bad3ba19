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

/* The same by definition, one output value at a time, for tests; @scratch as above. */
void tamis_resize_rgb_reference (const uint8_t *in, int in_width, int in_height, uint8_t *out,
                                 int out_width, int out_height, void *scratch);
