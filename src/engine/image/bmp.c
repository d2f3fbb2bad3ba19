/* Windows and OS/2 bitmaps: 1, 2, 4, 8, 16, 24 and 32 bits, bit fields, RLE4 and RLE8.
 *
 * Written here because no common codec library reads them. DESIGN: one cursor-free reader; every
 * offset into the file is checked where it is used, and sizes are accepted before rows are touched.
 * The fourth byte of 32-bit pixels is alpha only where a mask says so and it is not zero everywhere
 * (many programs leave it empty). RLE may leave pixels out by design; they show palette entry 0, as
 * an encoder that skips background means it. RLE data that ends without its end mark is an error
 * unless every row was reached. Embedded JPEG and PNG are not read.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <string.h>

#define FILE_HEADER 14
#define CORE_HEADER 12
#define INFO_HEADER 40
#define MAX_COLOURS 256

enum { PLAIN, RLE8, RLE4, BIT_FIELDS, ALPHA_BIT_FIELDS = 6 };

typedef struct
{
  guint32 mask;
  guint shift;
  guint32 max; /* the mask shifted down; 0: the channel is absent */
} Channel;

typedef struct
{
  TamisImageSource *source;
  guint32 header_size;
  guint32 pixels_at;
  guint32 compression;
  guint bits;
  gboolean top_down;
  Channel channels[4]; /* R G B A */
  guint8 palette[MAX_COLOURS][3];
  guint n_colours;
  TamisCanvas canvas;
} Bitmap;

static guint
get16 (const Bitmap *self, gsize at)
{
  const guint8 *p = self->source->data + at;

  return at + 2 <= self->source->size ? (guint) p[0] | (guint) p[1] << 8 : 0;
}

static guint32
get32 (const Bitmap *self, gsize at)
{
  return get16 (self, at) | (guint32) get16 (self, at + 2) << 16;
}

static gboolean
refuse (GError **error, const char *what, guint number)
{
  g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
               "a kind of BMP that Tamis does not read (%s %u)", what, number);
  return FALSE;
}

static Channel
make_channel (guint32 mask)
{
  Channel channel = { mask, 0, mask };

  while (channel.max != 0 && (channel.max & 1) == 0)
    {
      channel.max >>= 1;
      channel.shift++;
    }
  return channel;
}

static void
read_masks (Bitmap *self)
{
  static const guint32 masks_16[] = { 0x7c00, 0x3e0, 0x1f, 0 };
  static const guint32 masks_32[] = { 0xff0000, 0xff00, 0xff, 0 };
  gboolean stated = self->compression == BIT_FIELDS || self->compression == ALPHA_BIT_FIELDS;
  gboolean alpha = self->header_size >= 56 || self->compression == ALPHA_BIT_FIELDS;

  for (guint c = 0; c < 4; c++)
    {
      guint32 mask = self->bits == 16 ? masks_16[c] : masks_32[c];

      /* In longer headers and after short ones, the masks stand at the same place. */
      if (stated)
        mask = c < 3 || alpha ? get32 (self, FILE_HEADER + INFO_HEADER + 4 * c) : 0;
      self->channels[c] = make_channel (mask);
    }
}

static gboolean
check_kind (Bitmap *self, GError **error)
{
  gboolean rle = (self->compression == RLE8 && self->bits == 8)
                 || (self->compression == RLE4 && self->bits == 4);
  gboolean fields
      = (self->compression == BIT_FIELDS || self->compression == ALPHA_BIT_FIELDS)
        && (self->bits == 16 || self->bits == 32);

  if (self->compression != PLAIN && !rle && !fields)
    return refuse (error, "compression", self->compression);
  if (self->bits != 1 && self->bits != 2 && self->bits != 4 && self->bits != 8 && self->bits != 16
      && self->bits != 24 && self->bits != 32)
    return refuse (error, "bits a pixel", self->bits);
  return TRUE;
}

static gboolean
read_header (Bitmap *self, GError **error)
{
  gboolean core;
  guint64 width;
  gint64 height;

  self->pixels_at = get32 (self, 10);
  self->header_size = get32 (self, FILE_HEADER);
  core = self->header_size == CORE_HEADER;
  if (!core && (self->header_size < 16 || self->header_size > 1024))
    return refuse (error, "header of size", self->header_size);
  if (self->source->size < FILE_HEADER + (gsize) self->header_size)
    {
      _tamis_image_corrupt (error, "broken BMP: the file ends early");
      return FALSE;
    }
  width = core ? get16 (self, 18) : get32 (self, 18);
  height = core ? (gint64) get16 (self, 20) : (gint32) get32 (self, 22);
  self->bits = core ? get16 (self, 24) : get16 (self, 28);
  self->compression = self->header_size >= 20 ? get32 (self, 30) : PLAIN;
  self->top_down = height < 0;
  if (width > G_MAXINT32)
    {
      _tamis_image_corrupt (error, "broken BMP: its width is negative");
      return FALSE;
    }
  if (!check_kind (self, error))
    return FALSE;
  read_masks (self);
  return _tamis_image_accept_size (self->source, width, (guint64) ABS (height), error);
}

static void
read_palette (Bitmap *self)
{
  guint entry = self->header_size == CORE_HEADER ? 3 : 4;
  gsize at = FILE_HEADER + (gsize) self->header_size;
  guint stated = self->header_size >= INFO_HEADER ? get32 (self, 46) : 0;

  if (self->bits > 8)
    return;
  self->n_colours = stated > 0 ? MIN (stated, MAX_COLOURS) : 1u << self->bits;
  for (guint i = 0; i < self->n_colours; i++, at += entry)
    {
      /* The pixels may begin before a palette of the usual length ends. */
      if (at + 3 > self->source->size || (self->pixels_at > 0 && at + 3 > self->pixels_at))
        break;
      self->palette[i][0] = self->source->data[at + 2];
      self->palette[i][1] = self->source->data[at + 1];
      self->palette[i][2] = self->source->data[at];
    }
}

/* Row of the picture that stored row @y is, and the other way round. */
static gsize
turn_row (const Bitmap *self, gsize y)
{
  return self->top_down ? y : (gsize) self->source->facts.height - 1 - y;
}

static inline guint
channel_value (const Channel *channel, guint32 pixel)
{
  guint64 v = (pixel & channel->mask) >> channel->shift;

  return channel->max == 0 ? 0 : (guint) ((v * 255 + channel->max / 2) / channel->max);
}

static void
convert_fields (const Bitmap *self, const guint8 *in, guint8 *out, gboolean alpha)
{
  for (int x = 0; x < self->source->facts.width; x++, out += 3)
    {
      guint32 pixel = in[0] | (guint32) in[1] << 8;
      guint a;

      if (self->bits == 32)
        pixel |= (guint32) in[2] << 16 | (guint32) in[3] << 24;
      in += self->bits / 8;
      a = alpha ? channel_value (&self->channels[3], pixel) : 255;
      for (int c = 0; c < 3; c++)
        out[c] = _tamis_over_gray (channel_value (&self->channels[c], pixel), a);
    }
}

static void
convert_indexed (const Bitmap *self, const guint8 *in, guint8 *out)
{
  guint per_byte = 8 / self->bits;
  guint mask = (1u << self->bits) - 1;

  for (guint x = 0; x < (guint) self->source->facts.width; x++, out += 3)
    {
      guint shift = 8 - self->bits * (x % per_byte + 1);

      memcpy (out, self->palette[in[x / per_byte] >> shift & mask], 3);
    }
}

/* Is the alpha channel there and used? */
static gboolean
find_alpha (const Bitmap *self, const guint8 *pixels, gsize stride)
{
  if (self->channels[3].mask == 0 || self->bits < 16)
    return FALSE;
  for (gsize y = 0; y < (gsize) self->source->facts.height; y++)
    for (gsize x = 0; x < (gsize) self->source->facts.width; x++)
      {
        const guint8 *p = pixels + y * stride + x * (self->bits / 8);
        guint32 pixel = p[0] | (guint32) p[1] << 8;

        if (self->bits == 32)
          pixel |= (guint32) p[2] << 16 | (guint32) p[3] << 24;
        if ((pixel & self->channels[3].mask) != 0)
          return TRUE;
      }
  return FALSE;
}

static gboolean
read_plain (Bitmap *self)
{
  gsize width = (gsize) self->source->facts.width;
  gsize height = (gsize) self->source->facts.height;
  gsize used = (width * self->bits + 7) / 8;
  gsize stride = (used + 3) / 4 * 4;
  const guint8 *pixels = self->source->data + self->pixels_at;
  gsize there = self->source->size - self->pixels_at;
  gboolean alpha;

  /* The last row's padding may be missing. */
  if (there < used || (there - used) / stride < height - 1)
    return FALSE;
  /* With one row, and with none but the last without padding, all reads stay inside. */
  alpha = find_alpha (self, pixels, stride);
  for (gsize y = (gsize) self->canvas.part.y; y < _tamis_canvas_end (&self->canvas); y++)
    {
      const guint8 *in = pixels + turn_row (self, y) * stride;
      guint8 *out = _tamis_canvas_row (&self->canvas, y);

      if (_tamis_image_stopped (self->source, NULL))
        return FALSE;
      if (self->bits <= 8)
        convert_indexed (self, in, out);
      else if (self->bits == 24)
        for (gsize x = 0; x < width; x++, in += 3, out += 3)
          out[0] = in[2], out[1] = in[1], out[2] = in[0];
      else
        convert_fields (self, in, out, alpha);
      _tamis_canvas_row_done (&self->canvas, y);
    }
  return TRUE;
}

typedef struct
{
  Bitmap *bitmap;
  gsize x;
  gsize y;
  const guint8 *at;
  const guint8 *end;
} Rle;

static void
put_index (Rle *self, guint index)
{
  const Bitmap *bitmap = self->bitmap;
  guint8 *pixel = _tamis_canvas_pixel (&bitmap->canvas, self->x, turn_row (bitmap, self->y));

  if (pixel != NULL)
    memcpy (pixel, bitmap->palette[index], 3);
  self->x++;
}

/* Index @i of a run or a literal that begins at @p. */
static guint
index_at (const Rle *self, const guint8 *p, guint i)
{
  if (self->bitmap->compression == RLE8)
    return p[i];
  return i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15;
}

static gboolean
read_literal (Rle *self, guint n)
{
  gsize bytes = self->bitmap->compression == RLE8 ? n : (n + 1) / 2;

  if ((gsize) (self->end - self->at) < bytes)
    return FALSE;
  for (guint i = 0; i < n; i++)
    put_index (self, index_at (self, self->at, i));
  self->at += MIN (bytes + bytes % 2, (gsize) (self->end - self->at));
  return TRUE;
}

static void
read_run (Rle *self, guint n, guint8 value)
{
  for (guint i = 0; i < n; i++)
    put_index (self, self->bitmap->compression == RLE8 ? value : index_at (self, &value, i % 2));
}

/* FALSE: the data ended, or ran out of the image, too early. */
static gboolean
read_rle (Bitmap *bitmap)
{
  Rle self = { .bitmap = bitmap };
  gsize width = (gsize) bitmap->source->facts.width;
  gsize height = (gsize) bitmap->source->facts.height;
  TamisImage *image = bitmap->canvas.image;

  self.at = bitmap->source->data + bitmap->pixels_at;
  self.end = bitmap->source->data + bitmap->source->size;
  for (gsize i = 0; i < (gsize) image->width * (gsize) image->height; i++)
    memcpy (image->pixels + 3 * i, bitmap->palette[0], 3);
  while (self.y < height)
    {
      guint n;
      guint value;

      if (_tamis_image_stopped (bitmap->source, NULL))
        return FALSE;
      if (self.end - self.at < 2)
        return self.y == height - 1 && self.x >= width;
      n = self.at[0];
      value = self.at[1];
      self.at += 2;
      if (n > 0)
        read_run (&self, n, (guint8) value);
      else if (value == 0)
        self.x = 0, self.y++;
      else if (value == 1)
        return TRUE;
      else if (value > 2)
        {
          if (!read_literal (&self, value))
            return FALSE;
        }
      else
        {
          if (self.end - self.at < 2)
            return FALSE;
          self.x += self.at[0];
          self.y += self.at[1];
          self.at += 2;
        }
    }
  return TRUE;
}

TamisImage *
_tamis_image_decode_bmp (TamisImageSource *source, GError **error)
{
  Bitmap self = { .source = source };
  gboolean rle;
  gboolean ok;

  if (!read_header (&self, error))
    return NULL;
  if (self.pixels_at < FILE_HEADER || self.pixels_at > source->size)
    return _tamis_image_corrupt (error, "broken BMP: its pixels lie outside the file");
  rle = self.compression == RLE8 || self.compression == RLE4;
  if (!_tamis_canvas_open (&self.canvas, source, !rle, error))
    {
      _tamis_canvas_clear (&self.canvas);
      return NULL;
    }
  read_palette (&self);
  ok = rle ? read_rle (&self) : read_plain (&self);
  if (!_tamis_image_stopped (source, error))
    {
      if (ok)
        return _tamis_canvas_steal (&self.canvas);
      _tamis_image_corrupt (error, "broken BMP: the file ends early");
    }
  _tamis_canvas_clear (&self.canvas);
  return NULL;
}
