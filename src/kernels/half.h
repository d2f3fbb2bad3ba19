/* IEEE 754 binary16, as stored in model files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Round to nearest, ties to even; beyond ±65,504 infinity; NaN stays NaN; subnormals exact. */
void tamis_half_from_float (size_t n, const float *from, uint16_t *to);
void tamis_half_to_float (size_t n, const uint16_t *from, float *to);
