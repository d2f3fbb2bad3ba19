/* Antialiased reduction and enlargement of 8-bit RGB images, to the bit as PIL's bilinear does it.
 *
 * DESIGN: models are trained on what PIL and torchvision produce, so its rounding is part of the
 * definition. Per axis, output pixel i looks at centre c = (i + 1/2) · s, s = in / out, through a
 * triangle of half width r = max (s, 1); pixels int (c - r + 1/2) up to int (c + r + 1/2) take
 * part, weights are normalised to 1 and rounded to 22 fractional bits (8 bits of value, 2 of
 * headroom). Rows first, rounded to bytes, then columns. An axis that keeps its size is left.
 * The same scheme is in Pillow's Resample.c; this is written from the description.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "resize.h"

#include <math.h>
#include <string.h>

#define FRACTION_BITS 22

static int
max_taps (int in, int out)
{
  double radius = in > out ? (double) in / out : 1.0;

  return (int) ceil (radius) * 2 + 1;
}

static size_t
axis_bytes (int in, int out)
{
  return ((size_t) max_taps (in, out) + 2) * (size_t) out * sizeof (int32_t);
}

static inline double
triangle (double x)
{
  x = fabs (x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

/* Takes its arrays from *memory and moves it past them. */
static void
axis_init (TamisResizeAxis *axis, int in, int out, int32_t **memory)
{
  double scale = (double) in / out;
  double radius = scale > 1.0 ? scale : 1.0;

  axis->taps = max_taps (in, out);
  axis->first = *memory;
  axis->count = axis->first + out;
  axis->weight = axis->count + out;
  *memory = axis->weight + (size_t) out * axis->taps;
  for (int i = 0; i < out; i++)
    {
      double centre = (i + 0.5) * scale;
      double inverse = 1.0 / radius;
      double sum = 0.0;
      int32_t *weight = axis->weight + (size_t) i * axis->taps;
      int first = (int) (centre - radius + 0.5);
      int end = (int) (centre + radius + 0.5);

      first = first > 0 ? first : 0;
      end = end < in ? end : in;
      for (int j = first; j < end; j++)
        sum += triangle ((j - centre + 0.5) * inverse);
      for (int j = first; j < end; j++)
        {
          double w = triangle ((j - centre + 0.5) * inverse) / sum;

          weight[j - first] = (int32_t) (w * (1 << FRACTION_BITS) + 0.5);
        }
      axis->first[i] = first;
      axis->count[i] = end - first;
    }
}

/* Weights are not negative, so only the upper end can be passed. */
static inline uint8_t
round_to_byte (int32_t sum)
{
  int32_t value = sum >> FRACTION_BITS;

  return (uint8_t) (value < 255 ? value : 255);
}

static void
resize_row (const TamisResizeAxis *axis, const uint8_t *in, uint8_t *out, int out_width)
{
  for (int i = 0; i < out_width; i++)
    {
      const int32_t *weight = axis->weight + (size_t) i * axis->taps;
      const uint8_t *p = in + 3 * (size_t) axis->first[i];
      int n = axis->count[i];
      int32_t r = 1 << (FRACTION_BITS - 1);
      int32_t g = r;
      int32_t b = r;

      for (int j = 0; j < n; j++, p += 3)
        {
          r += weight[j] * p[0];
          g += weight[j] * p[1];
          b += weight[j] * p[2];
        }
      out[3 * i] = round_to_byte (r);
      out[3 * i + 1] = round_to_byte (g);
      out[3 * i + 2] = round_to_byte (b);
    }
}

/* One output row from @n input rows, a whole row at a time so that the compiler can vectorise. */
static void
blend_rows (const uint8_t *restrict in, size_t row_bytes, const int32_t *weight, int n,
            int32_t *restrict sum, uint8_t *restrict out)
{
  for (size_t x = 0; x < row_bytes; x++)
    sum[x] = 1 << (FRACTION_BITS - 1);
  for (int j = 0; j < n; j++)
    {
      const uint8_t *row = in + (size_t) j * row_bytes;
      int32_t w = weight[j];

      for (size_t x = 0; x < row_bytes; x++)
        sum[x] += w * row[x];
    }
  for (size_t x = 0; x < row_bytes; x++)
    out[x] = round_to_byte (sum[x]);
}

size_t
tamis_resize_scratch (int in_width, int in_height, int out_width, int out_height)
{
  size_t row_bytes = 3 * (size_t) out_width;

  return axis_bytes (in_width, out_width) + axis_bytes (in_height, out_height)
         + row_bytes * sizeof (int32_t) + row_bytes * (size_t) in_height;
}

void
tamis_resize_begin (TamisResize *self, const uint8_t *in, int in_width, int in_height, int out_width,
                    int out_height, void *scratch)
{
  int32_t *memory = scratch;

  *self = (TamisResize){ .in = in, .in_width = in_width, .in_height = in_height,
                         .out_width = out_width, .out_height = out_height };
  axis_init (&self->across, in_width, out_width, &memory);
  axis_init (&self->down, in_height, out_height, &memory);
  self->sum = memory;
  self->rows = (uint8_t *) (memory + 3 * (size_t) out_width);
}

void
tamis_resize_rows (TamisResize *self, int first, int end)
{
  size_t in_bytes = 3 * (size_t) self->in_width;
  size_t row_bytes = 3 * (size_t) self->out_width;

  if (self->in_width == self->out_width)
    return;
  for (int y = first; y < end; y++)
    resize_row (&self->across, self->in + (size_t) y * in_bytes, self->rows + (size_t) y * row_bytes,
                self->out_width);
}

void
tamis_resize_end (TamisResize *self, uint8_t *out)
{
  const uint8_t *narrow = self->in_width == self->out_width ? self->in : self->rows;
  const TamisResizeAxis *down = &self->down;
  size_t row_bytes = 3 * (size_t) self->out_width;

  if (self->in_height == self->out_height)
    {
      memcpy (out, narrow, row_bytes * (size_t) self->out_height);
      return;
    }
  for (int y = 0; y < self->out_height; y++)
    blend_rows (narrow + (size_t) down->first[y] * row_bytes, row_bytes,
                down->weight + (size_t) y * down->taps, down->count[y], self->sum,
                out + (size_t) y * row_bytes);
}

void
tamis_resize_rgb (const uint8_t *in, int in_width, int in_height, uint8_t *out, int out_width,
                  int out_height, void *scratch)
{
  TamisResize resize;

  tamis_resize_begin (&resize, in, in_width, in_height, out_width, out_height, scratch);
  tamis_resize_rows (&resize, 0, in_height);
  tamis_resize_end (&resize, out);
}

/* Output value @i of a line of @in values that stand @stride bytes apart. */
static uint8_t
reference_value (const TamisResizeAxis *axis, int i, const uint8_t *in, size_t stride)
{
  int64_t sum = 1 << (FRACTION_BITS - 1);

  for (int j = 0; j < axis->count[i]; j++)
    sum += (int64_t) axis->weight[(size_t) i * axis->taps + j]
           * in[(size_t) (axis->first[i] + j) * stride];
  sum >>= FRACTION_BITS;
  return (uint8_t) (sum < 255 ? sum : 255);
}

void
tamis_resize_rgb_reference (const uint8_t *in, int in_width, int in_height, uint8_t *out,
                            int out_width, int out_height, void *scratch)
{
  size_t in_bytes = 3 * (size_t) in_width;
  size_t row_bytes = 3 * (size_t) out_width;
  int32_t *memory = scratch;
  TamisResizeAxis across;
  TamisResizeAxis down;
  uint8_t *narrow;

  axis_init (&across, in_width, out_width, &memory);
  axis_init (&down, in_height, out_height, &memory);
  narrow = (uint8_t *) memory;
  for (int y = 0; y < in_height; y++)
    for (size_t x = 0; x < row_bytes; x++)
      narrow[(size_t) y * row_bytes + x]
          = reference_value (&across, (int) (x / 3), in + (size_t) y * in_bytes + x % 3, 3);
  for (int y = 0; y < out_height; y++)
    for (size_t x = 0; x < row_bytes; x++)
      out[(size_t) y * row_bytes + x] = reference_value (&down, y, narrow + x, row_bytes);
}
