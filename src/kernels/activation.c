/* Element-wise passes. Written so that the compiler vectorises the inner loops.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "activation.h"

#include <string.h>

/* Branch-free tanh (Cephes' tanhf and expf; S. Moshier): an odd polynomial below 0.625, else
 * 1 - 2 / (e^2x + 1) with e^y by y = n ln 2 + r. */
static inline float
fast_tanh (float x)
{
  float a = x < 0.0f ? -x : x;
  float y = 2.0f * (a < 9.5f ? a : 9.5f);
  float z = x * x;
  float odd = ((-5.70498872745e-3f * z + 2.06390887954e-2f) * z - 5.37397155531e-2f) * z;
  float small = ((odd + 1.33314422036e-1f) * z - 3.33332819422e-1f) * z * x + x;
  int n = (int) (y * 1.44269504088896341f + 0.5f);
  float r = y - n * 0.693359375f + n * 2.12194440e-4f;
  float high = ((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r;
  float low = ((high + 4.1665795894e-2f) * r + 1.6666665459e-1f) * r + 5.0000001201e-1f;
  float e = low * r * r + r + 1.0f;
  int32_t bits = (n + 127) << 23;
  float power, large;

  memcpy (&power, &bits, sizeof power);
  large = 1.0f - 2.0f / (e * power + 1.0f);
  large = x < 0.0f ? -large : large;
  return a >= 0.625f ? large : small; /* NaN takes the branch that keeps it */
}

void
tamis_tanh (size_t n, float *x)
{
  for (size_t i = 0; i < n; i++)
    x[i] = fast_tanh (x[i]);
}

static void
add_bias (size_t rows, int channels, const float *bias, float *x)
{
  for (size_t row = 0; row < rows; row++, x += channels)
    for (int c = 0; c < channels; c++)
      x[c] += bias[c];
}

static void
add_bias_relu (size_t rows, int channels, const float *bias, float *x)
{
  for (size_t row = 0; row < rows; row++, x += channels)
    for (int c = 0; c < channels; c++)
      {
        float v = x[c] + bias[c];

        /* Not max (v, 0): a NaN must stay one, or divergence would go unseen. */
        x[c] = v < 0.0f ? 0.0f : v;
      }
}

void
tamis_epilogue (const TamisEpilogue *epilogue, size_t rows, int channels, float *x)
{
  size_t n = rows * channels;

  if (epilogue->bias != NULL && epilogue->activation == TAMIS_ACTIVATION_RELU)
    add_bias_relu (rows, channels, epilogue->bias, x);
  else
    {
      if (epilogue->bias != NULL)
        add_bias (rows, channels, epilogue->bias, x);
      if (epilogue->activation == TAMIS_ACTIVATION_RELU)
        for (size_t i = 0; i < n; i++)
          x[i] = x[i] < 0.0f ? 0.0f : x[i];
    }
  if (epilogue->activation == TAMIS_ACTIVATION_TANH)
    tamis_tanh (n, x);
  if (epilogue->gate != NULL)
    for (size_t i = 0; i < n; i++)
      x[i] = epilogue->gate[i] > 0.0f ? x[i] : 0.0f;
}

void
tamis_column_sums (size_t rows, int channels, const float *x, float *sums, bool add)
{
  enum { BLOCK = 256, WIDE = 64 };

  if (!add)
    memset (sums, 0, channels * sizeof (float));
  /* Short partial sums keep the rounding error of long columns small. */
  for (size_t first = 0; first < rows; first += BLOCK)
    for (int c0 = 0; c0 < channels; c0 += WIDE)
      {
        size_t last = first + BLOCK < rows ? first + BLOCK : rows;
        int width = channels - c0 < WIDE ? channels - c0 : WIDE;
        float partial[WIDE] = { 0.0f };

        for (size_t row = first; row < last; row++)
          for (int c = 0; c < width; c++)
            partial[c] += x[row * channels + c0 + c];
        for (int c = 0; c < width; c++)
          sums[c0 + c] += partial[c];
      }
}

/* Eight running sums that the compiler may keep in vector registers. */
#define LANES 8

double
tamis_mse_tanh_gradient (size_t n, const float *output, const float *target, float scale,
                         float *gradient)
{
  enum { BLOCK = 4096 };
  double total = 0.0;

  for (size_t first = 0; first < n; first += BLOCK)
    {
      size_t last = first + BLOCK < n ? first + BLOCK : n;
      float sums[LANES] = { 0.0f };
      size_t i = first;

      for (; i + LANES <= last; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
          {
            float y = output[i + lane];
            float d = y - target[i + lane];

            sums[lane] += d * d;
            gradient[i + lane] = 2.0f * scale * d * (1.0f - y * y);
          }
      for (; i < last; i++)
        {
          float y = output[i];
          float d = y - target[i];

          sums[0] += d * d;
          gradient[i] = 2.0f * scale * d * (1.0f - y * y);
        }
      for (int lane = 0; lane < LANES; lane++)
        total += sums[lane];
    }
  return total;
}

double
tamis_squared_error (size_t n, const float *a, const float *b)
{
  double total = 0.0;

  for (size_t i = 0; i < n; i++)
    {
      float d = a[i] - b[i];

      total += (double) d * d;
    }
  return total;
}

void
tamis_pixels_to_input (size_t pixels, int channels, const uint8_t *planar, float *interleaved)
{
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < pixels; i++)
      interleaved[i * channels + c] = (planar[c * pixels + i] / 255.0f - 0.5f) / 0.5f;
}

void
tamis_planar_to_bordered (int side, int channels, const float *planar, float *bordered)
{
  size_t plane = (size_t) side * side;

  for (int y = 0; y < side; y++, planar += side)
    {
      float *to = bordered + ((size_t) (y + 1) * (side + 1) + 1) * channels;

      /* Pixel by pixel: writing in order is worth more than reading so. */
      if (channels == 3)
        for (int x = 0; x < side; x++)
          {
            to[3 * x] = planar[x];
            to[3 * x + 1] = planar[plane + x];
            to[3 * x + 2] = planar[2 * plane + x];
          }
      else
        for (int c = 0; c < channels; c++)
          for (int x = 0; x < side; x++)
            to[x * channels + c] = planar[c * plane + x];
    }
}

void
tamis_interleaved_to_planar (size_t pixels, int channels, const float *interleaved, float *planar)
{
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < pixels; i++)
      planar[c * pixels + i] = interleaved[i * channels + c];
}
