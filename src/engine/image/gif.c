/* The first frame of a GIF.
 *
 * Written here because it is small: a walk over blocks and LZW with codes of 2 to 12 bits. Pixels
 * that the frame does not cover or that are transparent show mid-gray. Data that end before the
 * last pixel are an error; what comes after is not looked at. A frame larger than the canvas is
 * cut.
 *
 * DESIGN of the LZW table: an entry is its last byte and the entry before it, and knows its first
 * byte and its length; a string is written backwards from its end. Codes are checked against the
 * number of entries before use, so no input reads outside the table, and each code costs no more
 * than the pixels it makes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <string.h>

#define MAX_CODES 4096

typedef struct
{
  TamisImageSource *source;
  gsize at;
  guint8 palette[256][3];
  int transparent; /* index or -1 */

  /* The frame */
  gsize left;
  gsize top;
  gsize width;
  gsize height;
  gboolean interlaced;
  guint8 *indices;
} Gif;

static gboolean
has (const Gif *self, gsize n)
{
  return self->source->size - self->at >= n;
}

static guint
get16 (const Gif *self, gsize offset)
{
  const guint8 *p = self->source->data + self->at + offset;

  return (guint) p[0] | (guint) p[1] << 8;
}

static gboolean
read_palette (Gif *self, guint8 flags)
{
  guint n = 2u << (flags & 7);

  if ((flags & 0x80) == 0)
    return TRUE;
  if (!has (self, 3 * n))
    return FALSE;
  memset (self->palette, 0, sizeof self->palette);
  memcpy (self->palette, self->source->data + self->at, 3 * n);
  self->at += 3 * n;
  return TRUE;
}

static gboolean
skip_blocks (Gif *self)
{
  while (has (self, 1))
    {
      guint n = self->source->data[self->at++];

      if (n == 0)
        return TRUE;
      if (!has (self, n))
        return FALSE;
      self->at += n;
    }
  return FALSE;
}

static gboolean
read_extension (Gif *self)
{
  const guint8 *p = self->source->data + self->at;

  /* Label, length 4, flags, delay (2), transparent index */
  if (has (self, 6) && p[0] == 0xf9 && p[1] == 4)
    self->transparent = (p[2] & 1) != 0 ? p[5] : -1;
  if (!has (self, 1))
    return FALSE;
  self->at++;
  return skip_blocks (self);
}

/* Moves to the data of the first image. */
static gboolean
find_frame (Gif *self)
{
  while (has (self, 1))
    {
      guint8 kind = self->source->data[self->at++];

      if (kind == 0x2c)
        {
          guint8 flags;

          if (!has (self, 9))
            return FALSE;
          self->left = get16 (self, 0);
          self->top = get16 (self, 2);
          self->width = get16 (self, 4);
          self->height = get16 (self, 6);
          flags = self->source->data[self->at + 8];
          self->interlaced = (flags & 0x40) != 0;
          self->at += 9;
          return read_palette (self, flags);
        }
      if (kind == 0x21 ? !read_extension (self) : kind == 0x3b)
        return FALSE;
    }
  return FALSE;
}

typedef struct
{
  /* Bits */
  Gif *gif;
  guint left_in_block;
  guint32 bits;
  guint n_bits;

  /* Table */
  guint16 before[MAX_CODES];
  guint16 length[MAX_CODES];
  guint8 first[MAX_CODES];
  guint8 last[MAX_CODES];
} Lzw;

/* The next code of @width bits, or -1 where the data ends. */
static int
next_code (Lzw *self, guint width)
{
  int code;

  while (self->n_bits < width)
    {
      if (self->left_in_block == 0)
        {
          if (!has (self->gif, 1))
            return -1;
          self->left_in_block = self->gif->source->data[self->gif->at++];
          if (self->left_in_block == 0)
            return -1;
        }
      if (!has (self->gif, 1))
        return -1;
      self->bits |= (guint32) self->gif->source->data[self->gif->at++] << self->n_bits;
      self->n_bits += 8;
      self->left_in_block--;
    }
  code = (int) (self->bits & ((1u << width) - 1));
  self->bits >>= width;
  self->n_bits -= width;
  return code;
}

/* Writes the string of @code, cut at @room; returns what was written. */
static gsize
write_string (const Lzw *self, guint code, guint8 *out, gsize room)
{
  gsize n = self->length[code];

  for (gsize i = n; i > 0; i--)
    {
      if (i <= room)
        out[i - 1] = self->last[code];
      code = self->before[code];
    }
  return MIN (n, room);
}

static void
add_entry (Lzw *self, guint code, guint before, guint8 last)
{
  self->before[code] = (guint16) before;
  self->length[code] = (guint16) (self->length[before] + 1);
  self->first[code] = self->first[before];
  self->last[code] = last;
}

/* Returns how many of @n indices there were. */
static gsize
decode_lzw (Lzw *self, guint root_bits, guint8 *out, gsize n)
{
  guint clear = 1u << root_bits;
  guint next = clear + 2;
  guint width = root_bits + 1;
  int previous = -1;
  gsize done = 0;

  for (guint i = 0; i < clear; i++)
    {
      self->length[i] = 1;
      self->first[i] = self->last[i] = (guint8) i;
    }
  while (done < n)
    {
      int code = next_code (self, width);

      if (_tamis_image_stopped (self->gif->source, NULL) || code < 0 || (guint) code == clear + 1)
        break;
      if ((guint) code == clear)
        {
          next = clear + 2;
          width = root_bits + 1;
          previous = -1;
          continue;
        }
      /* A code may name the entry that it is about to make, and nothing beyond. */
      if ((guint) code > next || (previous < 0 && (guint) code >= clear)
          || ((guint) code == next && next == MAX_CODES))
        break;
      if (previous >= 0 && next < MAX_CODES)
        {
          add_entry (self, next, (guint) previous,
                     self->first[(guint) code == next ? previous : code]);
          next++;
          if (next == 1u << width && width < 12)
            width++;
        }
      done += write_string (self, (guint) code, out + done, n - done);
      previous = code;
    }
  return done;
}

static gboolean
decode_frame (Gif *self, GError **error)
{
  gsize n = self->width * self->height;
  g_autofree Lzw *lzw = g_new0 (Lzw, 1);
  guint root_bits = has (self, 1) ? self->source->data[self->at++] : 0;

  if (root_bits < 1 || root_bits > 11)
    {
      _tamis_image_corrupt (error, "broken GIF: the frame has no data");
      return FALSE;
    }
  self->indices = g_try_malloc (MAX (n, 1));
  if (self->indices == NULL)
    {
      g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                           "the image does not fit in memory");
      return FALSE;
    }
  lzw->gif = self;
  if (decode_lzw (lzw, root_bits, self->indices, n) == n)
    return TRUE;
  if (!_tamis_image_stopped (self->source, error))
    _tamis_image_corrupt (error, "broken GIF: the data ends before the last pixel");
  return FALSE;
}

/* Where row @y of the picture is stored, if the frame is interlaced. */
static gsize
interlaced_row (gsize y, gsize height)
{
  static const struct
  {
    gsize first;
    gsize step;
  } passes[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
  gsize before = 0;

  for (guint p = 0; p < G_N_ELEMENTS (passes); p++)
    {
      if (y >= passes[p].first && (y - passes[p].first) % passes[p].step == 0)
        return before + (y - passes[p].first) / passes[p].step;
      if (height > passes[p].first)
        before += (height - passes[p].first + passes[p].step - 1) / passes[p].step;
    }
  return height; /* not reached: each row is of one pass */
}

/* Row @y of the canvas, of @canvas_width pixels. */
static void
draw_row (const Gif *self, gsize y, gsize canvas_width, guint8 *out)
{
  gsize row = y - self->top;
  const guint8 *in;

  memset (out, 128, 3 * canvas_width);
  if (y < self->top || row >= self->height)
    return;
  in = self->indices + (self->interlaced ? interlaced_row (row, self->height) : row) * self->width;
  for (gsize x = 0; x < self->width && self->left + x < canvas_width; x++)
    if (in[x] != self->transparent)
      memcpy (out + 3 * (self->left + x), self->palette[in[x]], 3);
}

static gboolean
draw (Gif *self, TamisCanvas *canvas, GError **error)
{
  gsize end = _tamis_canvas_end (canvas);

  for (gsize y = (gsize) canvas->part.y; y < end; y++)
    {
      if (_tamis_image_stopped (self->source, error))
        return FALSE;
      draw_row (self, y, canvas->width, _tamis_canvas_row (canvas, y));
      _tamis_canvas_row_done (canvas, y);
    }
  return TRUE;
}

TamisImage *
_tamis_image_decode_gif (TamisImageSource *source, GError **error)
{
  Gif self = { .source = source, .at = 6, .transparent = -1 };
  g_auto (TamisCanvas) canvas = { NULL };
  guint width;
  guint height;
  guint8 flags;
  gboolean ok;

  if (!has (&self, 7))
    return _tamis_image_corrupt (error, "broken GIF: the file ends early");
  width = get16 (&self, 0);
  height = get16 (&self, 2);
  flags = source->data[self.at + 4];
  self.at += 7;
  for (guint i = 0; i < 256; i++)
    memset (self.palette[i], (int) i, 3);
  if (!read_palette (&self, flags) || !find_frame (&self))
    return _tamis_image_corrupt (error, "broken GIF: it has no frame");
  /* Some encoders state no canvas, or one that the frame does not fit. */
  if (width == 0 || height == 0)
    width = (guint) (self.left + self.width), height = (guint) (self.top + self.height);
  if (!_tamis_image_accept_size (source, MAX (width, self.width), MAX (height, self.height), error))
    return NULL;
  if (!_tamis_image_accept_size (source, width, height, error))
    return NULL;
  /* The frame first: a canvas is made only for what has proved to be there. */
  ok = decode_frame (&self, error) && _tamis_canvas_open (&canvas, source, TRUE, error)
       && draw (&self, &canvas, error);
  g_free (self.indices);
  return ok ? _tamis_canvas_steal (&canvas) : NULL;
}
