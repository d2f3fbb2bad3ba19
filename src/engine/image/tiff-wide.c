/* TIFF with floats, signed numbers or more than 16 bits: measurements rather than pictures.
 *
 * DESIGN: such samples have no agreed black and white. Floats that all lie in [0, 1] are taken as
 * that range, floats in [0, 255] as bytes; anything else is stretched from the smallest to the
 * largest finite value of the image (one range for all its channels). That needs two passes; the
 * file is decoded twice rather than kept as floats. Of a region, too, the first pass goes over the whole
 * image. Gray and RGB only; extra samples are ignored.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/tiff.h"

#include <math.h>
#include <string.h>

/* A strip is a block as wide as the image. */
typedef struct
{
  TIFF *tiff;
  const TamisImageSource *source;
  TamisCanvas *canvas;
  guint16 bits;
  guint16 format;
  guint16 samples;
  guint16 photometric;
  gboolean separate; /* one plane a channel */
  guint32 block_width;
  guint32 block_height;
  guint8 *block;
  gsize block_bytes;

  /* From the first pass */
  double low;
  double high;
} Wide;

/* @pixel: where it goes; NULL where it is not needed. @channel: of it. */
typedef void (*Visit) (Wide *self, guint8 *pixel, guint channel, double value);

gboolean
_tamis_tiff_is_wide (TIFF *tiff)
{
  guint16 bits = 1;
  guint16 format = SAMPLEFORMAT_UINT;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLEFORMAT, &format);
  return format == SAMPLEFORMAT_IEEEFP || format == SAMPLEFORMAT_INT || bits > 16;
}

static double
half_to_double (guint16 half)
{
  int exponent = half >> 10 & 31;
  double fraction = half & 1023;
  double value;

  if (exponent == 31)
    value = fraction != 0.0 ? NAN : INFINITY;
  else if (exponent == 0)
    value = ldexp (fraction, -24);
  else
    value = ldexp (fraction + 1024.0, exponent - 25);
  return half & 0x8000 ? -value : value;
}

#define SAMPLE_AS(type, p) ({ type value_; memcpy (&value_, (p), sizeof value_); (double) value_; })

/* libtiff has put the bytes in the machine's order. */
static double
read_sample (const Wide *self, gsize index)
{
  const guint8 *p = self->block + index * (self->bits / 8);

  switch (self->format * 100 + self->bits)
    {
    case SAMPLEFORMAT_UINT * 100 + 32:
      return SAMPLE_AS (guint32, p);
    case SAMPLEFORMAT_UINT * 100 + 64:
      return SAMPLE_AS (guint64, p);
    case SAMPLEFORMAT_INT * 100 + 8:
      return SAMPLE_AS (gint8, p);
    case SAMPLEFORMAT_INT * 100 + 16:
      return SAMPLE_AS (gint16, p);
    case SAMPLEFORMAT_INT * 100 + 32:
      return SAMPLE_AS (gint32, p);
    case SAMPLEFORMAT_INT * 100 + 64:
      return SAMPLE_AS (gint64, p);
    case SAMPLEFORMAT_IEEEFP * 100 + 16:
      {
        guint16 half;

        memcpy (&half, p, sizeof half);
        return half_to_double (half);
      }
    case SAMPLEFORMAT_IEEEFP * 100 + 32:
      return SAMPLE_AS (float, p);
    case SAMPLEFORMAT_IEEEFP * 100 + 64:
      return SAMPLE_AS (double, p);
    default:
      return NAN; /* init() has refused it */
    }
}

static gboolean
kind_is_read (const Wide *self)
{
  gboolean colour = self->photometric == PHOTOMETRIC_RGB && self->samples >= 3;
  gboolean gray = self->photometric == PHOTOMETRIC_MINISBLACK
                  || self->photometric == PHOTOMETRIC_MINISWHITE;
  gboolean number = self->bits == 32 || self->bits == 64
                    || (self->bits == 16 && self->format != SAMPLEFORMAT_UINT)
                    || (self->bits == 8 && self->format == SAMPLEFORMAT_INT);

  return (colour || gray) && number && self->format >= SAMPLEFORMAT_UINT
         && self->format <= SAMPLEFORMAT_IEEEFP;
}

static gboolean
init (Wide *self, GError **error)
{
  guint16 planar = PLANARCONFIG_CONTIG;

  TIFFGetFieldDefaulted (self->tiff, TIFFTAG_BITSPERSAMPLE, &self->bits);
  TIFFGetFieldDefaulted (self->tiff, TIFFTAG_SAMPLEFORMAT, &self->format);
  TIFFGetFieldDefaulted (self->tiff, TIFFTAG_SAMPLESPERPIXEL, &self->samples);
  TIFFGetFieldDefaulted (self->tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetField (self->tiff, TIFFTAG_PHOTOMETRIC, &self->photometric);
  self->separate = planar == PLANARCONFIG_SEPARATE && self->samples > 1;
  if (self->samples < 1 || !kind_is_read (self))
    {
      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                   "a kind of TIFF that Tamis does not read (%u samples of %u bits, format %u, "
                   "photometric %u)",
                   self->samples, self->bits, self->format, self->photometric);
      return FALSE;
    }
  if (TIFFIsTiled (self->tiff))
    {
      TIFFGetField (self->tiff, TIFFTAG_TILEWIDTH, &self->block_width);
      TIFFGetField (self->tiff, TIFFTAG_TILELENGTH, &self->block_height);
    }
  else
    {
      self->block_width = (guint32) self->source->facts.width;
      TIFFGetFieldDefaulted (self->tiff, TIFFTAG_ROWSPERSTRIP, &self->block_height);
      self->block_height = CLAMP (self->block_height, 1, (guint32) self->source->facts.height);
    }
  self->block_bytes = (gsize) self->block_width * self->block_height * (self->bits / 8)
                      * (self->separate ? 1 : self->samples);
  self->block = g_try_malloc0 (self->block_bytes);
  if (self->block == NULL)
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                         "a tile or strip of the image does not fit in memory");
  return self->block != NULL;
}

/* Fills self->block with what stands at (x, y) in @plane. */
static gboolean
read_block (Wide *self, guint32 x, guint32 y, guint16 plane)
{
  tmsize_t expected = (tmsize_t) self->block_bytes;
  tmsize_t got;

  if (TIFFIsTiled (self->tiff))
    got = TIFFReadEncodedTile (self->tiff, TIFFComputeTile (self->tiff, x, y, 0, plane),
                               self->block, expected);
  else
    {
      guint32 rows = MIN (self->block_height, (guint32) self->source->facts.height - y);

      expected = expected / self->block_height * rows;
      got = TIFFReadEncodedStrip (self->tiff, TIFFComputeStrip (self->tiff, y, plane), self->block,
                                  expected);
    }
  return got == expected;
}

/* Calls @visit for the samples of self->block that are inside the image and make a colour. */
static void
visit_block (Wide *self, guint32 x0, guint32 y0, guint16 plane, Visit visit)
{
  guint32 width = MIN (self->block_width, (guint32) self->source->facts.width - x0);
  guint32 height = MIN (self->block_height, (guint32) self->source->facts.height - y0);
  gboolean gray = self->photometric != PHOTOMETRIC_RGB;
  guint step = self->separate ? 1 : self->samples;
  guint n_values = self->separate || gray ? 1 : 3;

  for (guint32 y = 0; y < height; y++)
    for (guint32 x = 0; x < width; x++)
      {
        gsize index = ((gsize) y * self->block_width + x) * step;
        guint8 *pixel = _tamis_canvas_pixel (self->canvas, x0 + x, y0 + y);

        for (guint c = 0; c < n_values; c++)
          visit (self, pixel, plane + c, read_sample (self, index + c));
      }
}

static gboolean
is_needed (const Wide *self, guint64 x, guint64 y)
{
  const TamisImageRegion *part = &self->canvas->part;

  return x < (guint64) part->x + (guint64) part->width && x + self->block_width > (guint64) part->x
         && y < (guint64) part->y + (guint64) part->height && y + self->block_height > (guint64) part->y;
}

/* @all: or only the blocks with something of the part that is needed. */
static gboolean
visit_image (Wide *self, Visit visit, gboolean all, GError **error)
{
  guint n_planes = !self->separate ? 1 : self->photometric == PHOTOMETRIC_RGB ? 3 : 1;

  for (guint16 plane = 0; plane < n_planes; plane++)
    for (guint64 y = 0; y < (guint64) self->source->facts.height; y += self->block_height)
      for (guint64 x = 0; x < (guint64) self->source->facts.width; x += self->block_width)
        {
          if (!all && !is_needed (self, x, y))
            continue;
          if (_tamis_image_stopped (self->source, error)
              || !read_block (self, (guint32) x, (guint32) y, plane))
            return FALSE;
          visit_block (self, (guint32) x, (guint32) y, plane, visit);
        }
  return TRUE;
}

static void
widen_range (Wide *self, guint8 *pixel, guint channel, double value)
{
  if (!isfinite (value))
    return;
  self->low = MIN (self->low, value);
  self->high = MAX (self->high, value);
}

static void
choose_range (Wide *self)
{
  gboolean floats = self->format == SAMPLEFORMAT_IEEEFP;

  if (self->low > self->high || (floats && self->low >= 0.0 && self->high <= 1.0))
    self->low = 0.0, self->high = 1.0;
  else if (floats && self->low >= 0.0 && self->high <= 255.0)
    self->low = 0.0, self->high = 255.0;
  else if (self->low == self->high)
    self->high = self->low + 1.0;
}

static void
store (Wide *self, guint8 *pixel, guint channel, double value)
{
  /* Halved first: the difference of two doubles may overflow. NaN becomes black. */
  double share = (value / 2 - self->low / 2) / (self->high / 2 - self->low / 2);
  guint8 byte;

  if (pixel == NULL)
    return;
  if (self->photometric == PHOTOMETRIC_MINISWHITE)
    share = 1.0 - share;
  share = share > 0.0 ? share : 0.0;
  byte = (guint8) (MIN (share, 1.0) * 255.0 + 0.5);
  pixel[channel] = byte;
  if (self->photometric != PHOTOMETRIC_RGB)
    pixel[1] = pixel[2] = byte;
}

TamisImage *
_tamis_tiff_read_wide (TIFF *tiff, TamisImageSource *source, GError **error)
{
  Wide self = { .tiff = tiff, .source = source, .low = INFINITY, .high = -INFINITY };
  g_auto (TamisCanvas) canvas = { NULL };
  gboolean ok;

  self.canvas = &canvas;
  if (!_tamis_canvas_open (&canvas, source, FALSE, error) || !init (&self, error))
    return NULL;
  ok = visit_image (&self, widen_range, TRUE, error);
  if (ok)
    {
      choose_range (&self);
      ok = visit_image (&self, store, FALSE, error);
    }
  g_free (self.block);
  return ok ? _tamis_canvas_steal (&canvas) : NULL;
}
