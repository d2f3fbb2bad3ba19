/* Plain versions of the kernels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "reference.h"

#include <math.h>

void
tamis_reference_panels (const TamisPanels *p, const float *b)
{
  int pieces = p->pieces > 0 ? p->pieces : 1;
  int piece_rows = p->piece_rows > 0 ? p->piece_rows : p->k;

  for (int row = 0; row < p->rows; row++)
    for (int j = 0; j < p->n; j++)
      {
        ptrdiff_t from = p->a_offsets != NULL ? p->a_offsets[row] : (ptrdiff_t) row * p->a_stride;
        ptrdiff_t to = p->c_offsets != NULL ? p->c_offsets[row] : (ptrdiff_t) row * p->c_stride;
        double sum = p->bias != NULL ? p->bias[j] : 0.0;

        for (int start = 0; start < 2 && p->starts[start] != NULL; start++)
          sum += p->starts[start][(size_t) row * p->n + j];
        for (int i = 0; i < pieces * p->k; i++)
          sum += (double) p->a[from + (ptrdiff_t) (i / p->k) * p->piece_stride + i % p->k]
                 * b[(size_t) (i / p->k * piece_rows + i % p->k) * p->n + j];
        if (p->relu && sum < 0.0)
          sum = 0.0;
        if (p->gate != NULL && !(p->gate[to + j] > 0.0f))
          sum = 0.0;
        p->c[to + j] = (float) sum;
      }
}

void
tamis_reference_outer (const TamisOuter *p)
{
  for (int i = 0; i < p->pieces * p->k; i++)
    for (int j = 0; j < p->n; j++)
      {
        float *to = p->c + (ptrdiff_t) i * p->c_stride + j;
        double sum = p->add ? *to : 0.0;

        for (int row = 0; row < p->rows; row++)
          sum += (double) p->a[p->a_offsets[row] + (ptrdiff_t) (i / p->k) * p->piece_stride
                               + i % p->k]
                 * p->b[(ptrdiff_t) row * p->b_stride + j];
        *to = (float) sum;
      }
}

static size_t
fine_index (const TamisConvShape *shape, int image, int y, int x)
{
  return (((size_t) image * shape->side + y) * shape->side + x) * shape->fine;
}

static size_t
coarse_index (const TamisConvShape *shape, int image, int y, int x)
{
  int side = shape->side / 2;

  return (((size_t) image * side + y) * side + x) * shape->coarse;
}

/* Σ over taps of one coarse pixel and channel. */
static double
gather (const TamisConv *conv, const float *fine, const int at[3], int channel)
{
  const TamisConvShape *shape = &conv->shape;
  double sum = 0.0;

  for (int tap = 0; tap < 9; tap++)
    {
      int y = 2 * at[1] - 1 + tap / 3;
      int x = 2 * at[2] - 1 + tap % 3;

      if (y < 0 || x < 0 || y >= shape->side || x >= shape->side)
        continue;
      for (int f = 0; f < shape->fine; f++)
        sum += (double) fine[fine_index (shape, at[0], y, x) + f]
               * conv->packed[((size_t) tap * shape->fine + f) * shape->coarse + channel];
    }
  return sum;
}

void
tamis_reference_conv_down (const TamisConv *conv, const float *fine, float *coarse)
{
  const TamisConvShape *shape = &conv->shape;
  int side = shape->side / 2;

  for (int image = 0; image < conv->n; image++)
    for (int y = 0; y < side; y++)
      for (int x = 0; x < side; x++)
        for (int c = 0; c < shape->coarse; c++)
          coarse[coarse_index (shape, image, y, x) + c]
              = gather (conv, fine, (int[]){ image, y, x }, c);
  tamis_reference_epilogue (&conv->epilogue, (size_t) conv->n * side * side, shape->coarse, coarse);
}

/* Σ over the coarse pixels that reach one fine pixel and channel. */
static double
scatter (const TamisConv *conv, const float *coarse, const int at[3], int channel)
{
  const TamisConvShape *shape = &conv->shape;
  double sum = 0.0;

  for (int tap = 0; tap < 9; tap++)
    {
      int y = at[1] + 1 - tap / 3;
      int x = at[2] + 1 - tap % 3;

      if (y < 0 || x < 0 || y % 2 != 0 || x % 2 != 0 || y >= shape->side || x >= shape->side)
        continue;
      for (int c = 0; c < shape->coarse; c++)
        sum += (double) coarse[coarse_index (shape, at[0], y / 2, x / 2) + c]
               * conv->packed[((size_t) tap * shape->fine + channel) * shape->coarse + c];
    }
  return sum;
}

void
tamis_reference_conv_up (const TamisConv *conv, const float *coarse, float *fine)
{
  const TamisConvShape *shape = &conv->shape;

  for (int image = 0; image < conv->n; image++)
    for (int y = 0; y < shape->side; y++)
      for (int x = 0; x < shape->side; x++)
        for (int f = 0; f < shape->fine; f++)
          fine[fine_index (shape, image, y, x) + f]
              = scatter (conv, coarse, (int[]){ image, y, x }, f);
  tamis_reference_epilogue (&conv->epilogue, (size_t) conv->n * shape->side * shape->side,
                            shape->fine, fine);
}

static double
weight_gradient (const TamisConv *conv, const float *fine, const float *coarse, const int at[3])
{
  const TamisConvShape *shape = &conv->shape;
  double sum = 0.0;

  for (int image = 0; image < conv->n; image++)
    for (int cy = 0; cy < shape->side / 2; cy++)
      for (int cx = 0; cx < shape->side / 2; cx++)
        {
          int y = 2 * cy - 1 + at[0] / 3;
          int x = 2 * cx - 1 + at[0] % 3;

          if (y >= 0 && x >= 0 && y < shape->side && x < shape->side)
            sum += (double) fine[fine_index (shape, image, y, x) + at[1]]
                   * coarse[coarse_index (shape, image, cy, cx) + at[2]];
        }
  return sum;
}

void
tamis_reference_conv_gradient (const TamisConv *conv, const float *fine, const float *coarse,
                               float *gradient, bool add)
{
  const TamisConvShape *shape = &conv->shape;

  for (int tap = 0; tap < 9; tap++)
    for (int f = 0; f < shape->fine; f++)
      for (int c = 0; c < shape->coarse; c++, gradient++)
        *gradient = (add ? *gradient : 0.0f)
                    + weight_gradient (conv, fine, coarse, (int[]){ tap, f, c });
}

void
tamis_reference_epilogue (const TamisEpilogue *epilogue, size_t rows, int channels, float *x)
{
  for (size_t i = 0; i < rows * channels; i++)
    {
      double v = x[i];

      if (epilogue->bias != NULL)
        v += epilogue->bias[i % channels];
      if (epilogue->activation == TAMIS_ACTIVATION_RELU)
        v = fmax (v, 0.0);
      else if (epilogue->activation == TAMIS_ACTIVATION_TANH)
        v = tanh (v);
      if (epilogue->gate != NULL && epilogue->gate[i] <= 0.0f)
        v = 0.0;
      x[i] = v;
    }
}

void
tamis_reference_column_sums (size_t rows, int channels, const float *x, float *sums, bool add)
{
  for (int c = 0; c < channels; c++)
    {
      double sum = add ? sums[c] : 0.0;

      for (size_t row = 0; row < rows; row++)
        sum += x[row * channels + c];
      sums[c] = sum;
    }
}

double
tamis_reference_mse_tanh_gradient (size_t n, const float *output, const float *target, float scale,
                                   float *gradient)
{
  double total = 0.0;

  for (size_t i = 0; i < n; i++)
    {
      double y = output[i];
      double d = y - target[i];

      total += d * d;
      gradient[i] = scale * 2.0 * d * (1.0 - y * y);
    }
  return total;
}

void
tamis_reference_adam_update (const TamisAdam *adam, long t, size_t n, const float *gradient,
                             const TamisAdamState *state)
{
  for (size_t i = 0; i < n; i++)
    {
      double g = gradient[i];
      double m = adam->beta1 * state->first[i] + (1.0 - adam->beta1) * g;
      double v = adam->beta2 * state->second[i] + (1.0 - adam->beta2) * g * g;
      double corrected_m = m / (1.0 - pow (adam->beta1, t));
      double corrected_v = v / (1.0 - pow (adam->beta2, t));

      state->first[i] = m;
      state->second[i] = v;
      state->weights[i] -= adam->learning_rate * corrected_m / (sqrt (corrected_v) + adam->epsilon);
    }
}

float
tamis_reference_half_to_float (uint16_t half)
{
  int exponent = half >> 10 & 31;
  int mantissa = half & 1023;
  double value;

  if (exponent == 31)
    value = mantissa == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = ldexp (mantissa, -24);
  else
    value = ldexp (1024 + mantissa, exponent - 25);
  return half & 0x8000 ? -value : value;
}

/* The nearest of all halves, the even one of two at the same distance. */
uint16_t
tamis_reference_half_from_float (float x)
{
  uint16_t sign = signbit (x) ? 0x8000 : 0;
  double a = fabs ((double) x);
  double step;
  int exponent;

  if (isnan (x))
    return sign | 0x7e00;
  if (a >= 65520.0)
    return sign | 0x7c00;
  frexp (a, &exponent);
  step = ldexp (1.0, exponent < -13 ? -24 : exponent - 11);
  a = nearbyint (a / step) * step; /* ties to even is the default rounding mode */
  if (a < 0x1p-14)
    return sign | (uint16_t) (a * 0x1p24);
  frexp (a, &exponent);
  return sign | (uint16_t) ((exponent + 14) << 10 | ((int) ldexp (a, 11 - exponent) - 1024));
}
