/* Plain versions of the kernels, straight from the definitions and in double precision, for tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "adam.h"
#include "conv.h"
#include "panels.h"

#include <stdint.h>

/* As tamis_panels_multiply() with B, from the first row that the product takes, as it is: row-major
 * without gaps. */
void tamis_reference_panels (const TamisPanels *product, const float *b);
void tamis_reference_outer (const TamisOuter *product);
/* As tamis_conv_down() and tamis_conv_up(), but packed holds the weights as they are; no work. */
void tamis_reference_conv_down (const TamisConv *conv, const float *fine, float *coarse);
void tamis_reference_conv_up (const TamisConv *conv, const float *coarse, float *fine);
void tamis_reference_conv_gradient (const TamisConv *conv, const float *fine, const float *coarse,
                                    float *gradient, bool add);
void tamis_reference_epilogue (const TamisEpilogue *epilogue, size_t rows, int channels, float *x);
void tamis_reference_column_sums (size_t rows, int channels, const float *x, float *sums, bool add);
double tamis_reference_mse_tanh_gradient (size_t n, const float *output, const float *target,
                                          float scale, float *gradient);
void tamis_reference_adam_update (const TamisAdam *adam, long t, size_t n, const float *gradient,
                                  const TamisAdamState *state);
uint16_t tamis_reference_half_from_float (float x);
float tamis_reference_half_to_float (uint16_t half);
