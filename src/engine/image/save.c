/* Pixels to PNG and JPEG files, through TamisWriter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <tamis/base.h>

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>

static void
on_png_write (png_structp png, png_bytep data, png_size_t n)
{
  tamis_writer_put (png_get_io_ptr (png), data, n);
}

static void
on_png_flush (png_structp png)
{
}

static void
on_png_warning (png_structp png, png_const_charp message)
{
}

static gboolean
write_png (png_structp png, png_infop info, const TamisImage *image, TamisWriter *writer)
{
  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;
  png_set_write_fn (png, writer, on_png_write, on_png_flush);
  png_set_user_limits (png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR (png, info, (png_uint_32) image->width, (png_uint_32) image->height, 8,
                PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  png_write_info (png, info);
  for (int y = 0; y < image->height; y++)
    png_write_row (png, image->pixels + 3 * (gsize) y * (gsize) image->width);
  png_write_end (png, info);
  return TRUE;
}

gboolean
tamis_image_save_png (const TamisImage *self, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, on_png_warning);
  png_infop info = png != NULL ? png_create_info_struct (png) : NULL;
  gboolean ok = info != NULL && write_png (png, info, self, writer);

  png_destroy_write_struct (&png, &info);
  if (!ok)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The image cannot be made a PNG");
      return FALSE;
    }
  return tamis_writer_commit (writer, error);
}

typedef struct
{
  struct jpeg_compress_struct encoder;
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  unsigned char *bytes; /* malloc()ed by libjpeg */
  unsigned long n_bytes;
} JpegWriter;

static G_NORETURN void
on_jpeg_error (j_common_ptr common)
{
  longjmp (((JpegWriter *) common->client_data)->escape, 1);
}

static void
on_jpeg_message (j_common_ptr common, int level)
{
}

static gboolean
write_jpeg (JpegWriter *self, const TamisImage *image, int quality)
{
  struct jpeg_compress_struct *encoder = &self->encoder;

  if (setjmp (self->escape) != 0)
    return FALSE;
  jpeg_create_compress (encoder);
  jpeg_mem_dest (encoder, &self->bytes, &self->n_bytes);
  encoder->image_width = (JDIMENSION) image->width;
  encoder->image_height = (JDIMENSION) image->height;
  encoder->input_components = 3;
  encoder->in_color_space = JCS_RGB;
  jpeg_set_defaults (encoder);
  jpeg_set_quality (encoder, CLAMP (quality, 1, 100), TRUE);
  jpeg_start_compress (encoder, TRUE);
  while (encoder->next_scanline < encoder->image_height)
    {
      JSAMPROW row = image->pixels + 3 * (gsize) encoder->next_scanline * (gsize) image->width;

      jpeg_write_scanlines (encoder, &row, 1);
    }
  jpeg_finish_compress (encoder);
  return TRUE;
}

guint8 *
_tamis_image_encode_jpeg (const TamisImage *self, int quality, gsize *size)
{
  JpegWriter state = { .n_bytes = 0 };

  state.encoder.err = jpeg_std_error (&state.errors);
  state.encoder.client_data = &state;
  state.errors.error_exit = on_jpeg_error;
  state.errors.emit_message = on_jpeg_message;
  if (!write_jpeg (&state, self, quality))
    g_clear_pointer (&state.bytes, free);
  jpeg_destroy_compress (&state.encoder);
  *size = state.n_bytes;
  return state.bytes;
}

gboolean
tamis_image_save_jpeg (const TamisImage *self, const char *path, int quality, GError **error)
{
  gsize size;
  guint8 *bytes = _tamis_image_encode_jpeg (self, quality, &size);
  g_autoptr (TamisWriter) writer = NULL;

  if (bytes == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "An image of %d × %d pixels cannot be made a JPEG", self->width, self->height);
      return FALSE;
    }
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, bytes, size);
  free (bytes);
  return tamis_writer_commit (writer, error);
}
