/* Element-wise passes: bias, ReLU, tanh, loss and their gradients. No allocation, reentrant.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "conv.h"

#include <stdint.h>

/* In place on rows × channels; see TamisEpilogue. */
void tamis_epilogue (const TamisEpilogue *epilogue, size_t rows, int channels, float *x);

/* x → tanh x, within 2e-7. */
void tamis_tanh (size_t n, float *x);

/* @sums[c] (+)= Σ over rows of x[row][c]: the gradient of a bias. */
void tamis_column_sums (size_t rows, int channels, const float *x, float *sums, bool add);

/* Squared error of @output = tanh z against @target, and through the tanh:
 * @gradient = scale · 2 (output - target) (1 - output²). May be @output itself.
 * Returns: Σ (output - target)² */
double tamis_mse_tanh_gradient (size_t n, const float *output, const float *target, float scale,
                                float *gradient);
double tamis_squared_error (size_t n, const float *a, const float *b);

/* 8-bit planar (C, H, W) pixels to channels-last floats in [-1, 1] (METHOD A1), and channels-last
 * floats to planar. @pixels: of one channel. */
void tamis_pixels_to_input (size_t pixels, int channels, const uint8_t *planar, float *interleaved);
void tamis_interleaved_to_planar (size_t pixels, int channels, const float *interleaved,
                                  float *planar);
/* A planar square image to channels-last with a border above and left, which is left alone. */
void tamis_planar_to_bordered (int side, int channels, const float *planar, float *bordered);
