/* PNG through libpng.
 *
 * Everything becomes 8-bit RGB: palettes and low depths expanded, 16 bits scaled (not cut), alpha
 * and tRNS laid over mid-gray. Gamma and profiles are not applied: the stored values count. Of an
 * APNG the default image is read. A wrong checksum is an error in chunks that pixels need,
 * elsewhere not.
 *
 * DESIGN: libpng reports errors by longjmp. All state that must be freed lives in a struct outside
 * the function that calls setjmp, and that function changes no local variable after it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <png.h>
#include <string.h>

typedef struct
{
  TamisImageSource *source;
  gsize at; /* read position */
  png_structp png;
  png_infop info;
  TamisCanvas canvas;
  guint8 *row;    /* a stored row as libpng gives it */
  guint8 *store;  /* the needed part of an interlaced image with alpha */
  GError *error;
} Reader;

static G_NORETURN void
on_error (png_structp png, png_const_charp message)
{
  Reader *self = png_get_error_ptr (png);

  if (self->error == NULL)
    _tamis_image_corrupt (&self->error, "broken PNG: %s", message);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
on_read (png_structp png, png_bytep out, png_size_t n)
{
  Reader *self = png_get_io_ptr (png);

  /* One row may be as long as a whole image. */
  if (_tamis_image_stopped (self->source, &self->error))
    png_longjmp (png, 1);
  if (n > self->source->size - self->at)
    png_error (png, "the file ends early");
  memcpy (out, self->source->data + self->at, n);
  self->at += n;
}

/* Chunks that do not change pixels are not even parsed. */
static void
skip_ancillary_chunks (Reader *self)
{
  static const png_byte names[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0"
                                  "sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";

  png_set_keep_unknown_chunks (self->png, PNG_HANDLE_CHUNK_NEVER, names, sizeof names / 5);
}

static void
request_8_bit_rgb (Reader *self, gboolean *alpha)
{
  png_byte type = png_get_color_type (self->png, self->info);

  *alpha = (type & PNG_COLOR_MASK_ALPHA) != 0
           || png_get_valid (self->png, self->info, PNG_INFO_tRNS);
  png_set_scale_16 (self->png);
  png_set_expand (self->png);
  png_set_gray_to_rgb (self->png);
}

static void
read_exif (Reader *self)
{
  png_uint_32 n = 0;
  png_bytep exif = NULL;

  if (png_get_eXIf_1 (self->png, self->info, &n, &exif) != 0 && exif != NULL)
    _tamis_image_note_exif (self->source, exif, n);
}

static void
read_row (Reader *self, guint8 *row)
{
  if (_tamis_image_stopped (self->source, &self->error))
    png_longjmp (self->png, 1);
  png_read_row (self->png, row, NULL);
}

static guint8 *
need_buffer (Reader *self, gsize n, gsize size)
{
  guint8 *buffer = g_try_malloc0_n (n, size);

  if (buffer != NULL)
    return buffer;
  g_set_error_literal (&self->error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                       "the image does not fit in memory");
  png_longjmp (self->png, 1);
}

static void
read_rows (Reader *self, gboolean alpha)
{
  TamisCanvas *canvas = &self->canvas;
  gsize end = _tamis_canvas_end (canvas);

  self->row = need_buffer (self, canvas->width, 4);
  for (gsize y = 0; y < end; y++)
    {
      guint8 *out = y < (gsize) canvas->part.y ? NULL : _tamis_canvas_row (canvas, y);

      read_row (self, alpha || out == NULL ? self->row : out);
      if (out == NULL)
        continue;
      if (alpha)
        _tamis_rgba_over_gray (self->row, out, canvas->width);
      _tamis_canvas_row_done (canvas, y);
    }
}

/* libpng adds the pixels of each pass to the row that it is given: so what is known of the row from the
 * passes before is put there, and taken back. */
static void
read_interlaced (Reader *self, int passes, int channels)
{
  const TamisImageRegion *part = &self->canvas.part;
  gsize width = self->canvas.width, height = (gsize) self->source->facts.height;
  gsize part_bytes = (gsize) channels * (gsize) part->width;
  guint8 *store = self->canvas.image->pixels;

  self->row = need_buffer (self, width, (gsize) channels);
  if (channels == 4)
    store = self->store = need_buffer (self, (gsize) part->height, part_bytes);
  for (int pass = 0; pass < passes; pass++)
    for (gsize y = 0; y < height; y++)
      {
        guint8 *at = self->row + (gsize) channels * (gsize) part->x;
        guint8 *known = y >= (gsize) part->y && y < _tamis_canvas_end (&self->canvas)
                            ? store + (y - (gsize) part->y) * part_bytes
                            : NULL;

        if (known != NULL)
          memcpy (at, known, part_bytes);
        read_row (self, self->row);
        if (known != NULL)
          memcpy (known, at, part_bytes);
      }
  if (channels == 4)
    _tamis_rgba_over_gray (store, self->canvas.image->pixels, (gsize) part->width * (gsize) part->height);
}

static void
run (Reader *self)
{
  gboolean alpha;
  int passes;

  if (setjmp (png_jmpbuf (self->png)) != 0)
    return;
  png_set_read_fn (self->png, self, on_read);
  png_set_user_limits (self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  skip_ancillary_chunks (self);
  png_read_info (self->png, self->info);
  if (!_tamis_image_accept_size (self->source, png_get_image_width (self->png, self->info),
                                 png_get_image_height (self->png, self->info), &self->error))
    return;
  read_exif (self);
  request_8_bit_rgb (self, &alpha);
  passes = png_set_interlace_handling (self->png);
  png_read_update_info (self->png, self->info);
  if (png_get_rowbytes (self->png, self->info)
      != (alpha ? 4u : 3u) * (gsize) self->source->facts.width)
    png_error (self->png, "unexpected row size");
  if (!_tamis_canvas_open (&self->canvas, self->source, passes == 1, &self->error))
    return;
  if (passes == 1)
    read_rows (self, alpha);
  else
    read_interlaced (self, passes, alpha ? 4 : 3);
}

TamisImage *
_tamis_image_decode_png (TamisImageSource *source, GError **error)
{
  Reader reader = { .source = source };

  reader.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  if (reader.png != NULL)
    reader.info = png_create_info_struct (reader.png);
  if (reader.info != NULL)
    run (&reader);
  else
    g_set_error_literal (&reader.error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                         "the PNG decoder does not fit in memory");
  png_destroy_read_struct (&reader.png, &reader.info, NULL);
  g_free (reader.row);
  g_free (reader.store);
  if (reader.error == NULL)
    return _tamis_canvas_steal (&reader.canvas);
  _tamis_canvas_clear (&reader.canvas);
  g_propagate_error (error, reader.error);
  return NULL;
}
