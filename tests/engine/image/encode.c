/* Encoders for tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"

#include <glib/gstdio.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>
#include <webp/encode.h>

#include <jpeglib.h>

guint8
test_tone (int x, int y, int channel)
{
  int v = (x * 7 + y * 5 + channel * 90) % 510;

  return (guint8) (v <= 255 ? v : 510 - v);
}

/* Packs samples of any depth into bytes, most significant first. */
static void
put_sample (guint8 *row, int index, int depth, guint value)
{
  if (depth == 16)
    {
      row[2 * index] = (guint8) (value >> 8);
      row[2 * index + 1] = (guint8) value;
    }
  else if (depth == 8)
    row[index] = (guint8) value;
  else
    row[index * depth / 8] |= (guint8) (value << (8 - depth - index * depth % 8));
}

static guint
tone_of_depth (int x, int y, int c, int depth)
{
  guint v = test_tone (x, y, c);

  return depth == 16 ? (guint) MAX ((int) v * 257 - 3, 0) : v >> (8 - depth);
}

static void
on_png_write (png_structp png, png_bytep data, png_size_t n)
{
  g_byte_array_append (png_get_io_ptr (png), data, n);
}

static void
set_png_header (png_structp png, png_infop info, const TestPng *how)
{
  png_color palette[256];
  png_byte alpha[256];
  int n = 1 << MIN (how->depth, 8);
  png_color_16 transparent = { 0 };

  png_set_IHDR (png, info, how->width, how->height, how->depth, how->color_type,
                how->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
  for (int i = 0; i < n; i++)
    {
      palette[i] = (png_color){ (png_byte) i, (png_byte) (255 - i), (png_byte) (i ^ 0x55) };
      alpha[i] = (png_byte) i;
    }
  transparent.gray = transparent.red = (png_uint_16) tone_of_depth (0, 0, 0, how->depth);
  transparent.green = (png_uint_16) tone_of_depth (0, 0, 1, how->depth);
  transparent.blue = (png_uint_16) tone_of_depth (0, 0, 2, how->depth);
  if (how->color_type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE (png, info, palette, n);
  if (how->trns && how->color_type == PNG_COLOR_TYPE_PALETTE)
    png_set_tRNS (png, info, alpha, n, NULL);
  else if (how->trns)
    png_set_tRNS (png, info, NULL, 0, &transparent);
}

GBytes *
test_encode_png (const TestPng *how)
{
  GByteArray *out = g_byte_array_new ();
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  gboolean alpha = (how->color_type & PNG_COLOR_MASK_ALPHA) != 0;
  int channels;

  png_set_write_fn (png, out, on_png_write, NULL);
  set_png_header (png, info, how);
  channels = png_get_channels (png, info);
  for (int y = 0; y < how->height; y++)
    {
      guint8 *row = g_malloc0 (png_get_rowbytes (png, info) + 1);

      for (int i = 0; i < how->width * channels; i++)
        {
          int c = i % channels;

          put_sample (row, i, how->depth,
                      tone_of_depth (i / channels, y, alpha && c == channels - 1 ? 3 : c,
                                     how->depth));
        }
      g_ptr_array_add (rows, row);
    }
  png_set_rows (png, info, (png_bytepp) rows->pdata);
  png_write_png (png, info, PNG_TRANSFORM_IDENTITY, NULL);
  png_destroy_write_struct (&png, &info);
  return g_byte_array_free_to_bytes (out);
}

static void
write_exif (struct jpeg_compress_struct *encoder, const TestJpeg *how)
{
  guint8 little[] = { 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                      0x12, 0x01, 3, 0, 1, 0, 0, 0, (guint8) how->orientation, 0, 0, 0, 0, 0,
                      0, 0 };
  guint8 big[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                   0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (guint8) how->orientation, 0, 0, 0, 0, 0, 0 };

  jpeg_write_marker (encoder, JPEG_APP0 + 1, how->big_endian_exif ? big : little, sizeof little);
}

/* ---- EXIF with a camera in it ---- */

typedef struct
{
  GByteArray *bytes; /* without "Exif\0\0" */
  gboolean big_endian;
} Exif;

static void
exif_number (Exif *exif, guint32 value, int n)
{
  for (int i = 0; i < n; i++)
    {
      int shift = 8 * (exif->big_endian ? n - 1 - i : i);

      g_byte_array_append (exif->bytes, &(guint8){ (guint8) (value >> shift) }, 1);
    }
}

static void
exif_entry (Exif *exif, guint tag, guint type, guint32 count, guint32 value)
{
  exif_number (exif, tag, 2);
  exif_number (exif, type, 2);
  exif_number (exif, count, 4);
  if (type == 3 && count == 1)
    {
      exif_number (exif, value, 2);
      exif_number (exif, 0, 2);
    }
  else if (type == 2 && count <= 4) /* the letter itself */
    g_byte_array_append (exif->bytes, (guint8[4]){ (guint8) value }, 4);
  else
    exif_number (exif, value, 4);
}

static void
exif_degrees (Exif *exif, const guint32 *fractions)
{
  for (int i = 0; i < 6; i++)
    exif_number (exif, fractions[i], 4);
}

/* Directories first, at 8, 74 and 92; then the values, from 146 on. */
GBytes *
test_encode_exif (gboolean big_endian)
{
  Exif exif = { g_byte_array_new (), big_endian };
  GByteArray *whole = g_byte_array_new ();

  g_byte_array_append (exif.bytes, (const guint8 *) (big_endian ? "MM" : "II"), 2);
  exif_number (&exif, 42, 2);
  exif_number (&exif, 8, 4);
  exif_number (&exif, 5, 2);
  exif_entry (&exif, 0x010f, 2, 6, 146);
  exif_entry (&exif, 0x0110, 2, 8, 152);
  exif_entry (&exif, 0x0112, 3, 1, 6);
  exif_entry (&exif, 0x8769, 4, 1, 74);
  exif_entry (&exif, 0x8825, 4, 1, 92);
  exif_number (&exif, 0, 4);
  g_assert_cmpuint (exif.bytes->len, ==, 74);
  exif_number (&exif, 1, 2);
  exif_entry (&exif, 0x9003, 2, 20, 160);
  exif_number (&exif, 0, 4);
  g_assert_cmpuint (exif.bytes->len, ==, 92);
  exif_number (&exif, 4, 2);
  exif_entry (&exif, 0x0001, 2, 2, 'N');
  exif_entry (&exif, 0x0002, 5, 3, 180);
  exif_entry (&exif, 0x0003, 2, 2, 'E');
  exif_entry (&exif, 0x0004, 5, 3, 204);
  exif_number (&exif, 0, 4);
  g_assert_cmpuint (exif.bytes->len, ==, 146);
  g_byte_array_append (exif.bytes, (const guint8 *) "Tamis\0Sieve 2\0" "2024:05:31 17:02:59", 34);
  exif_degrees (&exif, (guint32[]){ 50, 1, 27, 1, 36, 100 });
  exif_degrees (&exif, (guint32[]){ 30, 1, 314, 10, 0, 0 });
  g_byte_array_append (whole, (const guint8 *) "Exif\0\0", 6);
  g_byte_array_append (whole, exif.bytes->data, exif.bytes->len);
  g_byte_array_unref (exif.bytes);
  return g_byte_array_free_to_bytes (whole);
}

static void
write_camera (struct jpeg_compress_struct *encoder, const TestJpeg *how)
{
  g_autoptr (GBytes) block = test_encode_exif (how->big_endian_exif);
  gsize n;
  const guint8 *data = g_bytes_get_data (block, &n);

  jpeg_write_marker (encoder, JPEG_APP0 + 1, data, (guint) n);
}

GBytes *
test_encode_jpeg (const TestJpeg *how)
{
  struct jpeg_compress_struct encoder;
  struct jpeg_error_mgr errors;
  g_autofree guint8 *row = g_malloc ((gsize) how->width * how->channels);
  unsigned char *bytes = NULL;
  unsigned long n = 0;
  GBytes *result;

  encoder.err = jpeg_std_error (&errors);
  jpeg_create_compress (&encoder);
  jpeg_mem_dest (&encoder, &bytes, &n);
  encoder.image_width = how->width;
  encoder.image_height = how->height;
  encoder.input_components = how->channels;
  encoder.in_color_space
      = how->channels == 1 ? JCS_GRAYSCALE : how->channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults (&encoder);
  jpeg_set_quality (&encoder, 97, TRUE);
  if (how->progressive)
    jpeg_simple_progression (&encoder);
  encoder.restart_in_rows = how->restart;
  if (how->across > 0)
    {
      encoder.comp_info[0].h_samp_factor = how->across;
      encoder.comp_info[0].v_samp_factor = how->down;
    }
  encoder.write_Adobe_marker = how->channels == 4;
  jpeg_start_compress (&encoder, TRUE);
  if (how->camera)
    write_camera (&encoder, how);
  else if (how->orientation > 0)
    write_exif (&encoder, how);
  for (int y = 0; y < how->height; y++)
    {
      for (int i = 0; i < how->width * how->channels; i++)
        {
          row[i] = test_tone (i / how->channels, y, i % how->channels);
          row[i] = how->channels == 4 ? 255 - row[i] : row[i];
        }
      jpeg_write_scanlines (&encoder, &row, 1);
    }
  jpeg_finish_compress (&encoder);
  jpeg_destroy_compress (&encoder);
  result = g_bytes_new (bytes, n);
  free (bytes);
  return result;
}

static guint8 *
make_rgba (int width, int height)
{
  guint8 *rgba = g_malloc (4 * (gsize) width * height);

  for (int i = 0; i < 4 * width * height; i++)
    rgba[i] = test_tone (i / 4 % width, i / 4 / width, i % 4);
  return rgba;
}

static void
put_le (GByteArray *out, guint32 value, int bytes)
{
  for (int i = 0; i < bytes; i++, value >>= 8)
    g_byte_array_append (out, &(guint8){ (guint8) value }, 1);
}

static void
put_text (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
}

/* Puts the one bitstream chunk of @still into an animation of one frame. */
static GBytes *
animate (GBytes *still, int width, int height, gboolean alpha)
{
  GByteArray *out = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (still, &size);
  guint32 chunks = (guint32) size - 12;

  put_text (out, "RIFF");
  put_le (out, 4 + 18 + 14 + 8 + 16 + chunks, 4);
  put_text (out, "WEBPVP8X");
  put_le (out, 10, 4);
  put_le (out, alpha ? 0x12 : 0x02, 4);
  put_le (out, width + 8 - 1, 3);
  put_le (out, height + 6 - 1, 3);
  put_text (out, "ANIM");
  put_le (out, 6, 4);
  put_le (out, 0xffffffff, 4);
  put_le (out, 0, 2);
  put_text (out, "ANMF");
  put_le (out, 16 + chunks, 4);
  put_le (out, 4 / 2, 3);
  put_le (out, 2 / 2, 3);
  put_le (out, width - 1, 3);
  put_le (out, height - 1, 3);
  put_le (out, 100, 3);
  put_le (out, 0, 1);
  g_byte_array_append (out, data + 12, chunks);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
test_encode_webp (int width, int height, gboolean alpha, gboolean animated)
{
  g_autofree guint8 *rgba = make_rgba (width, height);
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  g_autoptr (GBytes) still = NULL;

  for (int i = 0; i < width * height && !alpha; i++)
    rgba[4 * i + 3] = 255;
  WebPConfigInit (&config);
  config.lossless = 1;
  config.exact = 1;
  WebPPictureInit (&picture);
  picture.use_argb = 1;
  picture.width = width;
  picture.height = height;
  WebPMemoryWriterInit (&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  g_assert_true (WebPPictureImportRGBA (&picture, rgba, 4 * width));
  g_assert_true (WebPEncode (&config, &picture));
  still = g_bytes_new (writer.mem, writer.size);
  WebPMemoryWriterClear (&writer);
  WebPPictureFree (&picture);
  return animated ? animate (still, width, height, alpha) : g_steal_pointer (&still);
}

GBytes *
test_encode_webp_lossy (int width, int height)
{
  g_autofree guint8 *rgba = make_rgba (width, height);
  guint8 *bytes = NULL;
  gsize n;
  GBytes *result;

  for (int i = 0; i < width * height; i++)
    rgba[4 * i + 3] = 255;
  n = WebPEncodeRGBA (rgba, width, height, 4 * width, 95.0f, &bytes);
  result = g_bytes_new (bytes, n);
  WebPFree (bytes);
  return result;
}

static void
put_number (guint8 *at, const TestTiff *how, guint8 tone)
{
  double value = tone * how->scale + how->offset;
  union
  {
    float f;
    double d;
    gint16 i16;
    gint32 i32;
    guint32 u32;
  } n;

  if (how->format == SAMPLEFORMAT_IEEEFP && how->bits == 32)
    n.f = (float) value;
  else if (how->format == SAMPLEFORMAT_IEEEFP)
    n.d = value;
  else if (how->format == SAMPLEFORMAT_INT && how->bits == 16)
    n.i16 = (gint16) value;
  else if (how->format == SAMPLEFORMAT_INT)
    n.i32 = (gint32) value;
  else
    n.u32 = (guint32) value;
  memcpy (at, &n, how->bits / 8);
}

/* Sample @c of pixel (x, y) into position @index of a row. */
static void
put_tiff_sample (guint8 *row, int index, const TestTiff *how, guint8 tone)
{
  if (how->format > SAMPLEFORMAT_UINT || how->bits > 16)
    put_number (row + index * how->bits / 8, how, tone);
  else if (how->bits == 16)
    memcpy (row + 2 * index, &(guint16){ (guint16) (tone * 257) }, 2);
  else
    put_sample (row, index, how->bits, tone >> (8 - how->bits));
}

static void
set_tiff_fields (TIFF *tiff, const TestTiff *how)
{
  guint16 map[3][256];

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, how->width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, how->height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, how->bits);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, how->samples);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, how->format > 0 ? how->format : SAMPLEFORMAT_UINT);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, how->photometric);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG,
                how->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, how->compression > 0 ? how->compression : 1);
  if (how->orientation > 0)
    TIFFSetField (tiff, TIFFTAG_ORIENTATION, how->orientation);
  if (how->extra > 0)
    TIFFSetField (tiff, TIFFTAG_EXTRASAMPLES, 1, &(guint16){ (guint16) (how->extra - 1) });
  if (how->tiled)
    {
      TIFFSetField (tiff, TIFFTAG_TILEWIDTH, 16);
      TIFFSetField (tiff, TIFFTAG_TILELENGTH, 16);
    }
  else
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 5);
  for (int i = 0; i < 256; i++)
    {
      map[0][i] = (guint16) (i * 257);
      map[1][i] = (guint16) ((255 - i) * 257);
      map[2][i] = (guint16) ((i ^ 0x55) * 257);
    }
  if (how->photometric == PHOTOMETRIC_PALETTE)
    TIFFSetField (tiff, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
}

static void
write_tiff_rows (TIFF *tiff, const TestTiff *how)
{
  int per_row = how->planar ? 1 : how->samples;
  g_autofree guint8 *row = g_malloc (TIFFScanlineSize (tiff) + 8);

  for (int plane = 0; plane < (how->planar ? how->samples : 1); plane++)
    for (int y = 0; y < how->height; y++)
      {
        memset (row, 0, TIFFScanlineSize (tiff));
        for (int i = 0; i < how->width * per_row; i++)
          put_tiff_sample (row, i, how, test_tone (i / per_row, y, plane + i % per_row));
        TIFFWriteScanline (tiff, row, y, plane);
      }
}

static void
write_tiff_tiles (TIFF *tiff, const TestTiff *how)
{
  int per_row = how->planar ? 1 : how->samples;
  g_autofree guint8 *tile = g_malloc (TIFFTileSize (tiff));

  for (int plane = 0; plane < (how->planar ? how->samples : 1); plane++)
    for (int y = 0; y < how->height; y += 16)
      for (int x = 0; x < how->width; x += 16)
        {
          memset (tile, 0, TIFFTileSize (tiff));
          for (int i = 0; i < 16 * 16 * per_row; i++)
            put_tiff_sample (tile, i, how, test_tone (x + i / per_row % 16, y + i / per_row / 16,
                                                      plane + i % per_row));
          TIFFWriteTile (tiff, tile, x, y, 0, plane);
        }
}

GBytes *
test_encode_tiff (const TestTiff *how)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("tamis-XXXXXX.tif", &path, NULL);
  TIFF *tiff = TIFFFdOpen (fd, path, "w");
  char *data;
  gsize n;

  set_tiff_fields (tiff, how);
  if (how->tiled)
    write_tiff_tiles (tiff, how);
  else
    write_tiff_rows (tiff, how);
  TIFFClose (tiff);
  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  g_unlink (path);
  return g_bytes_new_take (data, n);
}

static void
put_bmp_header (GByteArray *out, const TestBmp *how)
{
  guint n_colours = how->bits <= 8 ? 1u << how->bits : 0;
  gboolean fields = how->compression == 3;
  guint header = fields ? 108 : 40;

  put_text (out, "BM");
  put_le (out, 0, 8);
  put_le (out, 14 + header + 4 * n_colours, 4);
  put_le (out, header, 4);
  put_le (out, (guint32) how->width, 4);
  put_le (out, (guint32) how->height, 4);
  put_le (out, 1, 2);
  put_le (out, (guint32) how->bits, 2);
  put_le (out, (guint32) how->compression, 4);
  for (int i = 0; i < 5; i++)
    put_le (out, 0, 4);
  if (fields)
    {
      put_le (out, how->bits == 16 ? 0xf800 : 0xff0000, 4);
      put_le (out, how->bits == 16 ? 0x07e0 : 0xff00, 4);
      put_le (out, how->bits == 16 ? 0x001f : 0xff, 4);
      put_le (out, how->bits == 16 ? 0 : 0xff000000, 4);
      for (int i = 0; i < 13; i++)
        put_le (out, 0, 4);
    }
  for (guint i = 0; i < n_colours; i++)
    put_le (out, (i << 16) | ((255 - i) << 8) | (i ^ 0x55), 4);
}

static void
put_bmp_row (GByteArray *out, const TestBmp *how, int y)
{
  g_autofree guint8 *row = g_malloc0 ((gsize) how->width * 4 + 4);

  for (int x = 0; x < how->width; x++)
    {
      guint8 r = test_tone (x, y, 0);
      guint8 g = test_tone (x, y, 1);
      guint8 b = test_tone (x, y, 2);

      if (how->bits <= 8)
        put_sample (row, x, how->bits, r >> (8 - how->bits));
      else if (how->bits == 16)
        {
          guint16 pixel = (guint16) (how->compression == 3 ? r >> 3 << 11 | g >> 2 << 5 | b >> 3
                                                           : r >> 3 << 10 | g >> 3 << 5 | b >> 3);

          memcpy (row + 2 * x, &pixel, 2);
        }
      else
        {
          guint8 bgra[4] = { b, g, r, test_tone (x, y, 3) };

          memcpy (row + x * how->bits / 8, bgra, how->bits / 8);
        }
    }
  g_byte_array_append (out, row, (how->width * how->bits + 31) / 32 * 4);
}

/* A literal of up to 7 pixels, @n >= 3, from @x on. */
static void
put_bmp_literal (GByteArray *out, const TestBmp *how, int x, int y, int n)
{
  guint8 bytes[8] = { 0 };
  int used = (n * how->bits + 15) / 16 * 2;

  for (int i = 0; i < n; i++)
    put_sample (bytes, i, how->bits, test_tone (x + i, y, 0) >> (8 - how->bits));
  put_le (out, (guint32) n << 8, 2);
  g_byte_array_append (out, bytes, used);
}

/* Literals, and runs of one pixel between them. */
static void
put_bmp_rle_row (GByteArray *out, const TestBmp *how, int y)
{
  for (int x = 0; x < how->width;)
    {
      int n = MIN (how->width - x, 7);

      if (n >= 3 && x % 2 == 0)
        put_bmp_literal (out, how, x, y, n);
      else
        {
          guint v = test_tone (x, y, 0) >> (8 - how->bits);

          n = 1;
          put_le (out, 1, 1);
          put_le (out, how->bits == 4 ? v << 4 : v, 1);
        }
      x += n;
    }
  put_le (out, 0, 2);
}

GBytes *
test_encode_bmp (const TestBmp *how)
{
  GByteArray *out = g_byte_array_new ();
  int height = ABS (how->height);

  put_bmp_header (out, how);
  for (int i = 0; i < height; i++)
    {
      int y = how->height < 0 ? i : height - 1 - i;

      if (how->compression == 1 || how->compression == 2)
        put_bmp_rle_row (out, how, y);
      else
        put_bmp_row (out, how, y);
    }
  if (how->compression == 1 || how->compression == 2)
    put_le (out, 0x0100, 2);
  return g_byte_array_free_to_bytes (out);
}

static const guint8 plain_gif[] = {
  0x47, 0x49, 0x46, 0x38, 0x37, 0x61, 0x18, 0x00, 0x14, 0x00, 0x82, 0x00, 0x00, 0x00, 0xff, 0x00,
  0x1e, 0xe1, 0x07, 0x3c, 0xc3, 0x0e, 0x5a, 0xa5, 0x15, 0x78, 0x87, 0x1c, 0x96, 0x69, 0x23, 0xb4,
  0x4b, 0x2a, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x14, 0x00, 0x00, 0x08,
  0xce, 0x00, 0x01, 0x08, 0x1c, 0x48, 0xb0, 0xa0, 0x41, 0x82, 0x01, 0x04, 0x0c, 0x20, 0x50, 0xc0,
  0x00, 0x80, 0x84, 0x0b, 0x1b, 0x3e, 0x54, 0xc8, 0xd0, 0x61, 0x42, 0x00, 0x02, 0x08, 0x18, 0x08,
  0x30, 0xa0, 0x00, 0x46, 0x8d, 0x1c, 0x3d, 0x66, 0xdc, 0xd8, 0xf1, 0x23, 0x80, 0x01, 0x06, 0x04,
  0x14, 0x08, 0x40, 0xe0, 0x64, 0xca, 0x95, 0x2d, 0x51, 0xaa, 0x64, 0xe9, 0x12, 0x00, 0x81, 0x00,
  0x05, 0x04, 0x18, 0x18, 0x60, 0x13, 0xa7, 0x4e, 0x9e, 0x37, 0x73, 0xee, 0xec, 0x09, 0xa0, 0xc0,
  0x80, 0x00, 0x06, 0x08, 0x08, 0x28, 0x7a, 0x34, 0xe9, 0x52, 0xa3, 0x48, 0x95, 0x32, 0x05, 0x60,
  0xa0, 0x00, 0x81, 0x01, 0x02, 0x02, 0x50, 0xb5, 0x8a, 0x55, 0x6b, 0xd5, 0xab, 0x59, 0xb7, 0x1e,
  0x1c, 0x4b, 0x76, 0x62, 0x44, 0x8b, 0x14, 0x25, 0x42, 0xac, 0x38, 0xf1, 0x23, 0x49, 0x91, 0x20,
  0x4b, 0x8e, 0x0c, 0x69, 0x52, 0x26, 0x4c, 0x97, 0x33, 0x63, 0xbe, 0xa4, 0x89, 0xb2, 0xa7, 0x50,
  0xa0, 0x3e, 0x87, 0x06, 0xfd, 0x49, 0x14, 0xaa, 0x53, 0xa6, 0x51, 0x9f, 0x36, 0x95, 0x6a, 0x74,
  0x2b, 0x58, 0xaf, 0x5c, 0xc3, 0x7e, 0xed, 0x2a, 0xb6, 0xac, 0xe5, 0x81, 0x6b, 0xd5, 0xa6, 0x45,
  0x7b, 0xb6, 0xed, 0x5c, 0xb9, 0x71, 0xe1, 0xbe, 0xad, 0xbb, 0x57, 0x6f, 0x5e, 0xbc, 0x77, 0xfb,
  0x0e, 0x16, 0x1c, 0x18, 0xf0, 0xdf, 0xc2, 0x8b, 0x15, 0x27, 0x46, 0x7c, 0xd8, 0x68, 0x40, 0x00,
  0x3b,
};

static const guint8 interlaced_gif[] = {
  0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x18, 0x00, 0x14, 0x00, 0x82, 0x00, 0x00, 0x00, 0xff, 0x00,
  0x1e, 0xe1, 0x07, 0x3c, 0xc3, 0x0e, 0x5a, 0xa5, 0x15, 0x78, 0x87, 0x1c, 0x96, 0x69, 0x23, 0xb4,
  0x4b, 0x2a, 0x00, 0x00, 0x00, 0x21, 0xf9, 0x04, 0x01, 0x00, 0x00, 0x03, 0x00, 0x2c, 0x00, 0x00,
  0x00, 0x00, 0x18, 0x00, 0x14, 0x00, 0x40, 0x08, 0xce, 0x00, 0x01, 0x08, 0x1c, 0x48, 0xb0, 0xa0,
  0x41, 0x82, 0x01, 0x04, 0x0c, 0x20, 0x50, 0xc0, 0x00, 0x80, 0x84, 0x0b, 0x1b, 0x3e, 0x54, 0xc8,
  0xd0, 0x61, 0x42, 0x00, 0x02, 0x08, 0x18, 0x08, 0x30, 0xa0, 0x00, 0x46, 0x8d, 0x1c, 0x3d, 0x66,
  0xdc, 0xd8, 0xf1, 0x23, 0x00, 0x02, 0x01, 0x0a, 0x08, 0x30, 0x30, 0xe0, 0x64, 0xca, 0x95, 0x2d,
  0x51, 0xaa, 0x64, 0xe9, 0x12, 0x40, 0x81, 0x01, 0x01, 0x0c, 0x10, 0x10, 0x60, 0x13, 0xa7, 0x4e,
  0x9e, 0x37, 0x73, 0xee, 0xec, 0xf9, 0x91, 0xa4, 0x48, 0x90, 0x25, 0x47, 0x86, 0x34, 0x69, 0xa0,
  0x00, 0x81, 0x01, 0x02, 0x02, 0x00, 0x68, 0xfa, 0x34, 0xea, 0x54, 0xa7, 0x50, 0xa5, 0x36, 0x05,
  0x30, 0xc0, 0x80, 0x80, 0x02, 0x01, 0x08, 0x70, 0xf5, 0x0a, 0x56, 0x6c, 0xd7, 0xaf, 0x61, 0xc7,
  0x1e, 0x5c, 0xcb, 0xd6, 0xe5, 0xcc, 0x98, 0x2f, 0x69, 0xca, 0x84, 0x59, 0x13, 0x62, 0xc5, 0x89,
  0x11, 0x2d, 0x52, 0x94, 0x78, 0xf1, 0x6c, 0xd9, 0xb1, 0x68, 0xcd, 0x92, 0x4d, 0xdb, 0xb5, 0xa7,
  0x50, 0xa0, 0x3e, 0x87, 0x06, 0xfd, 0x49, 0xb4, 0xad, 0xe3, 0x81, 0x4a, 0x93, 0x22, 0x3d, 0x6a,
  0xd4, 0xe4, 0x5c, 0xb9, 0x71, 0xe1, 0xbe, 0xad, 0x49, 0x35, 0xeb, 0xd5, 0xaa, 0x5a, 0xb1, 0x5a,
  0xdd, 0x6a, 0x97, 0xef, 0x5e, 0xbd, 0x79, 0x27, 0x02, 0xfe, 0xeb, 0x97, 0xf0, 0x60, 0xc1, 0x86,
  0x19, 0x2f, 0x56, 0x9c, 0x18, 0x71, 0x40, 0x00, 0x3b,
};

GBytes *
test_gif (gboolean interlaced)
{
  return interlaced ? g_bytes_new_static (interlaced_gif, sizeof interlaced_gif)
                    : g_bytes_new_static (plain_gif, sizeof plain_gif);
}

GPtrArray *
test_encode_all (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const TestPng png[] = { { 17, 11, PNG_COLOR_TYPE_RGB, 8, FALSE, FALSE },
                          { 17, 11, PNG_COLOR_TYPE_PALETTE, 4, TRUE, TRUE },
                          { 17, 11, PNG_COLOR_TYPE_RGB_ALPHA, 16, TRUE, FALSE },
                          { 17, 11, PNG_COLOR_TYPE_GRAY, 1, FALSE, TRUE } };
  const TestJpeg jpeg[] = { { 33, 21, 3, FALSE, 6, FALSE },
                            { 33, 21, 3, TRUE, 0, FALSE },
                            { 33, 21, 1, FALSE, 3, TRUE },
                            { 33, 21, 4, FALSE, 0, FALSE },
                            { .width = 33, .height = 21, .channels = 3, .camera = TRUE } };
  const TestTiff tiff[] = {
    { .width = 19, .height = 13, .bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB },
    { .width = 19, .height = 13, .bits = 16, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK,
      .compression = COMPRESSION_LZW, .orientation = 7 },
    { .width = 19, .height = 13, .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB,
      .extra = 3, .compression = COMPRESSION_ADOBE_DEFLATE, .tiled = TRUE },
    { .width = 19, .height = 13, .bits = 32, .format = SAMPLEFORMAT_IEEEFP, .samples = 3,
      .photometric = PHOTOMETRIC_RGB, .planar = TRUE, .scale = 0.1, .offset = -3 },
    { .width = 19, .height = 13, .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_SEPARATED,
      .compression = COMPRESSION_PACKBITS },
    { .width = 19, .height = 13, .bits = 1, .samples = 1, .photometric = PHOTOMETRIC_MINISWHITE,
      .compression = COMPRESSION_CCITTFAX4 },
  };
  const TestBmp bmp[] = { { 19, 13, 24, 0 }, { 19, 13, 8, 1 }, { 19, 13, 4, 2 }, { 19, -13, 32, 3 },
                          { 19, 13, 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (png); i++)
    g_ptr_array_add (all, test_encode_png (&png[i]));
  for (guint i = 0; i < G_N_ELEMENTS (jpeg); i++)
    g_ptr_array_add (all, test_encode_jpeg (&jpeg[i]));
  for (guint i = 0; i < G_N_ELEMENTS (tiff); i++)
    g_ptr_array_add (all, test_encode_tiff (&tiff[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bmp); i++)
    g_ptr_array_add (all, test_encode_bmp (&bmp[i]));
  for (int i = 0; i < 4; i++)
    g_ptr_array_add (all, test_encode_webp (17, 11, i % 2 != 0, i > 1));
  g_ptr_array_add (all, test_encode_webp_lossy (17, 11));
  g_ptr_array_add (all, test_gif (FALSE));
  g_ptr_array_add (all, test_gif (TRUE));
  return all;
}
