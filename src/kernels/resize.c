/* Antialiased reduction and enlargement of 8-bit RGB images, to the bit as PIL's bilinear does it.
 *
 * DESIGN: models are trained on what PIL and torchvision produce, so its rounding is part of the
 * definition. Per axis, output pixel i looks at centre c = (i + 1/2) · s, s = in / out, through a
 * triangle of half width r = max (s, 1); pixels int (c - r + 1/2) up to int (c + r + 1/2) take
 * part, weights are normalised to 1 and rounded to 22 fractional bits (8 bits of value, 2 of
 * headroom). Rows first, rounded to bytes, then columns. An axis that keeps its size is left.
 * Of a part that begins at f, c = f + (i + 1/2) · s, and what lies around the part takes part, too.
 * The same scheme is in Pillow's Resample.c; this is written from the description.
 *
 * Rows go in one by one, in order, and only as many narrowed ones are kept (in a ring) as one row of
 * the result needs: a decoder can reduce while it decodes, and no image of the full height is made.
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

/* From @extent of @in values, beginning at @from, to @out. Takes its arrays from *memory and moves it
 * past them. */
static void
axis_init (TamisResizeAxis *axis, int in, double from, double extent, int out, int32_t **memory)
{
  double scale = extent / out;
  double radius = scale > 1.0 ? scale : 1.0;

  axis->taps = max_taps (in, out);
  axis->first = *memory;
  axis->count = axis->first + out;
  axis->weight = axis->count + out;
  *memory = axis->weight + (size_t) out * axis->taps;
  for (int i = 0; i < out; i++)
    {
      double centre = from + (i + 0.5) * scale;
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

/* One output row from @n rows of the ring, from row @first on; a whole row at a time so that the
 * compiler can vectorise. */
static void
blend_rows (const TamisResize *self, int first, const int32_t *weight, int n, uint8_t *restrict out)
{
  size_t row_bytes = self->row_bytes;
  int32_t *restrict sum = self->sum;

  for (size_t x = 0; x < row_bytes; x++)
    sum[x] = 1 << (FRACTION_BITS - 1);
  for (int j = 0; j < n; j++)
    {
      const uint8_t *restrict row = self->ring + (size_t) ((first + j) % self->down.taps) * row_bytes;
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
         + row_bytes * sizeof (int32_t) + row_bytes * (size_t) max_taps (in_height, out_height);
}

void
tamis_resize_begin (TamisResize *self, const TamisResizeSides *in, const TamisResizePart *part,
                    const TamisResizeSides *out, void *scratch)
{
  const TamisResizePart whole = { 0, 0, in->width, in->height };
  int32_t *memory = scratch;

  if (part == NULL)
    part = &whole;
  axis_init (&self->across, in->width, part->x, part->width, out->width, &memory);
  axis_init (&self->down, in->height, part->y, part->height, out->height, &memory);
  self->sum = memory;
  self->out_width = out->width;
  self->out_height = out->height;
  self->row_bytes = 3 * (size_t) out->width;
  self->ring = (uint8_t *) (self->sum + self->row_bytes);
  self->keeps_width = part->x == 0 && part->width == in->width && in->width == out->width;
  self->keeps_height = part->y == 0 && part->height == in->height && in->height == out->height;
  self->n_in = 0;
  self->n_out = 0;
}

/* In a row that takes part in no row of the result there is nothing to do. */
void
tamis_resize_row (TamisResize *self, const uint8_t *in, uint8_t *out)
{
  const TamisResizeAxis *down = &self->down;
  int y = self->n_in++;
  uint8_t *narrow = self->ring + (size_t) (y % down->taps) * self->row_bytes;

  if (self->n_out == self->out_height || y < down->first[self->n_out])
    return;
  if (self->keeps_height)
    narrow = out + (size_t) self->n_out * self->row_bytes;
  if (self->keeps_width)
    memcpy (narrow, in, self->row_bytes);
  else
    resize_row (&self->across, in, narrow, self->out_width);
  if (self->keeps_height)
    self->n_out++;
  else
    while (self->n_out < self->out_height && down->first[self->n_out] + down->count[self->n_out] <= y + 1)
      {
        int i = self->n_out++;

        blend_rows (self, down->first[i], down->weight + (size_t) i * down->taps, down->count[i],
                    out + (size_t) i * self->row_bytes);
      }
}

void
tamis_resize_rgb (const uint8_t *in, int in_width, int in_height, uint8_t *out, int out_width,
                  int out_height, void *scratch)
{
  const TamisResizeSides from = { in_width, in_height };
  const TamisResizeSides to = { out_width, out_height };
  TamisResize self;

  tamis_resize_begin (&self, &from, NULL, &to, scratch);
  for (int y = 0; y < in_height; y++)
    tamis_resize_row (&self, in + (size_t) y * 3 * (size_t) in_width, out);
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

size_t
tamis_resize_reference_scratch (int in_width, int in_height, int out_width, int out_height)
{
  return axis_bytes (in_width, out_width) + axis_bytes (in_height, out_height)
         + 3 * (size_t) out_width * (size_t) in_height;
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

  axis_init (&across, in_width, 0, in_width, out_width, &memory);
  axis_init (&down, in_height, 0, in_height, out_height, &memory);
  narrow = (uint8_t *) memory;
  for (int y = 0; y < in_height; y++)
    for (size_t x = 0; x < row_bytes; x++)
      narrow[(size_t) y * row_bytes + x]
          = reference_value (&across, (int) (x / 3), in + (size_t) y * in_bytes + x % 3, 3);
  for (int y = 0; y < out_height; y++)
    for (size_t x = 0; x < row_bytes; x++)
      out[(size_t) y * row_bytes + x] = reference_value (&down, y, narrow + x, row_bytes);
}
