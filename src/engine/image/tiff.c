/* TIFF through libtiff; of several pages the first.
 *
 * Whole numbers up to 16 bits in any colour space that TIFFRGBAImage knows go through it: 16 bits
 * become 8 by scaling, CMYK and Lab become RGB without profiles. Extra samples that the file
 * does not call alpha are ignored. Everything wider is in tiff-wide.c.
 *
 * libtiff gets handlers of its own for each file (4.5), so nothing is printed and nothing is
 * shared.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/tiff.h"

#include <string.h>

/* One allocation inside libtiff; sizes that a header claims are checked before, too. */
#define MAX_ALLOCATION ((tmsize_t) 2 << 30)
/* Strips of one or two rows are read together. */
#define MIN_BAND_ROWS 64

typedef struct
{
  const TamisImageSource *source;
  guint64 at;
  char *message; /* libtiff's first error, or warning that pixels are lost */
} Memory;

static tmsize_t
memory_read (thandle_t handle, void *out, tmsize_t wanted)
{
  Memory *self = handle;
  guint64 size = self->source->size;
  guint64 n = self->at < size ? MIN ((guint64) wanted, size - self->at) : 0;

  if (n > 0)
    memcpy (out, self->source->data + self->at, n);
  self->at += n;
  return (tmsize_t) n;
}

static tmsize_t
memory_write (thandle_t handle, void *data, tmsize_t n)
{
  return 0;
}

static toff_t
memory_seek (thandle_t handle, toff_t offset, int whence)
{
  Memory *self = handle;

  if (whence == SEEK_SET)
    self->at = offset;
  else if (whence == SEEK_CUR)
    self->at += offset;
  else
    self->at = self->source->size + offset;
  return self->at;
}

static int
memory_close (thandle_t handle)
{
  return 0;
}

static toff_t
memory_size (thandle_t handle)
{
  return ((Memory *) handle)->source->size;
}

static int
memory_map (thandle_t handle, void **base, toff_t *size)
{
  Memory *self = handle;

  *base = (void *) self->source->data;
  *size = self->source->size;
  return 1;
}

static void
memory_unmap (thandle_t handle, void *base, toff_t size)
{
}

static int
on_error (TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
  Memory *self = data;

  if (self->message == NULL)
    self->message = g_strdup_vprintf (format, args);
  return 1;
}

/* The fax and JPEG codecs fill up what is missing, and only warn: "Premature EOF …", "premature end
 * of data segment", "Premature end of JPEG file". */
static int
on_warning (TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
  Memory *self = data;
  g_autofree char *text = g_strdup_vprintf (format, args);

  if (self->message == NULL && strstr (text, "remature") != NULL)
    self->message = g_steal_pointer (&text);
  return 1;
}

static TIFF *
open_memory (Memory *memory)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();
  TIFF *tiff;

  TIFFOpenOptionsSetMaxSingleMemAlloc (options, MAX_ALLOCATION);
  TIFFOpenOptionsSetErrorHandlerExtR (options, on_error, memory);
  TIFFOpenOptionsSetWarningHandlerExtR (options, on_warning, memory);
  tiff = TIFFClientOpenExt ("", "r", memory, memory_read, memory_write, memory_seek, memory_close,
                            memory_size, memory_map, memory_unmap, options);
  TIFFOpenOptionsFree (options);
  return tiff;
}

/* A tile may be larger than its image, but not by much: it is decoded whole. */
static gboolean
tiles_are_sane (TIFF *tiff, guint64 width, guint64 height)
{
  guint32 tile_width = 0;
  guint32 tile_height = 0;

  if (!TIFFIsTiled (tiff))
    return TRUE;
  TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &tile_width);
  TIFFGetField (tiff, TIFFTAG_TILELENGTH, &tile_height);
  return tile_width > 0 && tile_height > 0
         && (guint64) tile_width * tile_height <= 4 * width * height + (4u << 20);
}

static gboolean
accept_header (TIFF *tiff, TamisImageSource *source, GError **error)
{
  guint32 width = 0;
  guint32 height = 0;
  guint16 orientation = 1;

  TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &height);
  if (!_tamis_image_accept_size (source, width, height, error))
    return FALSE;
  if (!tiles_are_sane (tiff, width, height))
    {
      _tamis_image_corrupt (error, "broken TIFF: its tiles do not fit its size");
      return FALSE;
    }
  /* A TIFF file is an EXIF block itself. */
  _tamis_image_note_exif (source, source->data, source->size);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_ORIENTATION, &orientation);
  source->orientation = orientation;
  return TRUE;
}

typedef enum {
  ALPHA_NONE,
  ALPHA_STRAIGHT,
  ALPHA_PREMULTIPLIED,
} Alpha;

/* What the fourth byte of TIFFRGBAImage's pixels means: it premultiplies straight alpha itself,
 * except beside gray, and takes extra samples of no stated meaning for alpha. */
static Alpha
judge_alpha (TIFF *tiff)
{
  guint16 n = 0;
  guint16 *kinds = NULL;
  guint16 samples = 1;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_EXTRASAMPLES, &n, &kinds);
  if (n == 0 || kinds == NULL || kinds[0] == EXTRASAMPLE_UNSPECIFIED)
    return ALPHA_NONE;
  return samples == 2 && kinds[0] == EXTRASAMPLE_UNASSALPHA ? ALPHA_STRAIGHT : ALPHA_PREMULTIPLIED;
}

static void
convert_raster (const guint32 *raster, guint8 *out, gsize n, Alpha alpha)
{
  for (gsize i = 0; i < n; i++, out += 3)
    {
      guint a = TIFFGetA (raster[i]);
      guint rgb[3] = { TIFFGetR (raster[i]), TIFFGetG (raster[i]), TIFFGetB (raster[i]) };

      for (int c = 0; c < 3; c++)
        if (alpha == ALPHA_STRAIGHT)
          out[c] = _tamis_over_gray (rgb[c], a);
        else if (alpha == ALPHA_PREMULTIPLIED)
          out[c] = (guint8) MIN (rgb[c] + (128 * (255 - a) + 127) / 255, 255);
        else
          out[c] = (guint8) rgb[c];
    }
}

/* Rows that can be decoded together without decoding anything twice. */
static guint32
choose_band (TIFF *tiff, guint32 height)
{
  guint32 rows = 0;

  if (TIFFIsTiled (tiff))
    TIFFGetField (tiff, TIFFTAG_TILELENGTH, &rows);
  else
    TIFFGetFieldDefaulted (tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  rows = CLAMP (rows, 1, height);
  if (rows < MIN_BAND_ROWS)
    rows *= MIN_BAND_ROWS / rows;
  return MIN (rows, height);
}

/* TIFFRGBAImage (4.5) skews gray pixels of more than one byte where a tile reaches over the right
 * edge. Asked for whole tiles it need not skip anything; the rest of the raster is ignored. */
static guint32
choose_raster_width (TIFF *tiff, guint32 width)
{
  guint32 tile = 1;

  if (TIFFIsTiled (tiff))
    TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &tile);
  return (width + tile - 1) / tile * tile;
}

/* Bands are asked for from their beginning, or subsampled colours would be read askew. */
static gboolean
read_bands (TIFFRGBAImage *reader, TIFF *tiff, const TamisImageSource *source, TamisCanvas *canvas,
            GError **error)
{
  guint32 width = (guint32) source->facts.width;
  guint32 raster_width = choose_raster_width (tiff, width);
  guint32 band = choose_band (tiff, (guint32) source->facts.height);
  guint32 first = (guint32) canvas->part.y;
  guint32 end = (guint32) _tamis_canvas_end (canvas);
  Alpha alpha = judge_alpha (tiff);
  g_autofree guint32 *raster = g_try_malloc0_n (4 * (gsize) raster_width, band);

  if (raster == NULL)
    return FALSE;
  reader->orientation = reader->req_orientation = ORIENTATION_TOPLEFT;
  reader->width = raster_width;
  for (guint32 row = first / band * band; row < end; row += band)
    {
      guint32 last = MIN (band, end - row);

      reader->row_offset = (int) row;
      if (_tamis_image_stopped (source, error)
          || !TIFFRGBAImageGet (reader, raster, raster_width, last))
        return FALSE;
      for (guint32 y = row < first ? first - row : 0; y < last; y++)
        {
          convert_raster (raster + (gsize) y * raster_width, _tamis_canvas_row (canvas, row + y), width,
                          alpha);
          _tamis_canvas_row_done (canvas, row + y);
        }
    }
  return TRUE;
}

static TamisImage *
read_narrow (TIFF *tiff, TamisImageSource *source, GError **error)
{
  char reason[1024] = "";
  TIFFRGBAImage reader;
  g_auto (TamisCanvas) canvas = { NULL };
  gboolean ok;

  if (!TIFFRGBAImageOK (tiff, reason))
    {
      g_autofree char *valid = g_utf8_make_valid (reason, -1);

      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                   "a kind of TIFF that Tamis does not read (%s)", valid);
      return NULL;
    }
  if (!_tamis_canvas_open (&canvas, source, TRUE, error))
    return NULL;
  if (!TIFFRGBAImageBegin (&reader, tiff, 1, reason))
    return _tamis_image_corrupt (error, "broken TIFF: %s", reason);
  ok = read_bands (&reader, tiff, source, &canvas, error);
  TIFFRGBAImageEnd (&reader);
  return ok ? _tamis_canvas_steal (&canvas) : NULL;
}

/* What libtiff complained of before does not count: it is about tags that are not needed. */
static TamisImage *
read_pixels (TIFF *tiff, Memory *memory, TamisImageSource *source, GError **error)
{
  TamisImage *image;

  g_clear_pointer (&memory->message, g_free);
  image = _tamis_tiff_is_wide (tiff) ? _tamis_tiff_read_wide (tiff, source, error)
                                     : read_narrow (tiff, source, error);
  if (image != NULL && memory->message != NULL)
    g_clear_pointer (&image, tamis_image_unref);
  return image;
}

TamisImage *
_tamis_image_decode_tiff (TamisImageSource *source, GError **error)
{
  Memory memory = { .source = source };
  TIFF *tiff = open_memory (&memory);
  TamisImage *image = NULL;
  g_autoptr (GError) reason = NULL;

  if (tiff != NULL)
    {
      if (accept_header (tiff, source, &reason))
        image = read_pixels (tiff, &memory, source, &reason);
      TIFFClose (tiff);
    }
  if (image == NULL && reason == NULL)
    _tamis_image_corrupt (&reason, "broken TIFF: %s",
                          memory.message != NULL ? memory.message : "it cannot be decoded");
  g_free (memory.message);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return image;
}
