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
  TamisImage *image;
  guint8 *buffer; /* one RGBA row, or the whole image if it is interlaced */
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

static void
read_opaque (Reader *self, int passes)
{
  gsize stride = 3 * (gsize) self->image->width;

  for (int pass = 0; pass < passes; pass++)
    for (int y = 0; y < self->image->height; y++)
      read_row (self, self->image->pixels + y * stride);
}

static void
need_buffer (Reader *self, gsize rows)
{
  self->buffer = g_try_malloc0_n (rows, 4 * (gsize) self->image->width);
  if (self->buffer != NULL)
    return;
  g_set_error_literal (&self->error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                       "the image does not fit in memory");
  png_longjmp (self->png, 1);
}

static void
read_transparent (Reader *self, int passes)
{
  gsize width = (gsize) self->image->width;
  gsize height = (gsize) self->image->height;
  gboolean interlaced = passes > 1;

  need_buffer (self, interlaced ? height : 1);
  for (int pass = 0; pass < passes; pass++)
    for (gsize y = 0; y < height; y++)
      {
        guint8 *row = self->buffer + (interlaced ? y : 0) * 4 * width;

        read_row (self, row);
        if (pass == passes - 1)
          _tamis_rgba_over_gray (row, self->image->pixels + y * 3 * width, width);
      }
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
  self->image = _tamis_image_new_for (self->source, png_get_image_width (self->png, self->info),
                                      png_get_image_height (self->png, self->info), &self->error);
  if (self->image == NULL)
    return;
  read_exif (self);
  request_8_bit_rgb (self, &alpha);
  passes = png_set_interlace_handling (self->png);
  png_read_update_info (self->png, self->info);
  if (png_get_rowbytes (self->png, self->info) != (alpha ? 4u : 3u) * (gsize) self->image->width)
    png_error (self->png, "unexpected row size");
  if (alpha)
    read_transparent (self, passes);
  else
    read_opaque (self, passes);
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
  g_free (reader.buffer);
  if (reader.error != NULL)
    {
      g_clear_pointer (&reader.image, tamis_image_unref);
      g_propagate_error (error, reader.error);
    }
  return reader.image;
}
