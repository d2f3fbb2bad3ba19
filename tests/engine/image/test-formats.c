/* image: every format and variant decodes to the pixels that went in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"
#include "engine/image/codec.h"

#include <tamis/tamis.h>

#include <png.h>
#include <string.h>
#include <tiffio.h>

static TamisImage *
decode (GBytes *bytes, int at_least, TamisImageFacts *facts)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageFacts ignored;
  g_autoptr (GError) error = NULL;
  TamisImage *image;
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  load.at_least = at_least;
  image = _tamis_image_load_bytes (data, n, &load, facts != NULL ? facts : &ignored, &error);
  g_assert_no_error (error);
  return image;
}

typedef void (*Expect) (const void *how, int x, int y, int rgb[3]);

/* Checks size and pixels; @tolerance of each value. */
static void
assert_pixels (GBytes *taken, int width, int height, Expect expect, const void *how, int tolerance)
{
  g_autoptr (GBytes) bytes = taken;
  g_autoptr (TamisImage) image = decode (bytes, 0, NULL);

  g_assert_cmpint (image->width, ==, width);
  g_assert_cmpint (image->height, ==, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guint8 *p = image->pixels + 3 * (y * width + x);
        int rgb[3];

        expect (how, x, y, rgb);
        for (int c = 0; c < 3; c++)
          if (ABS (p[c] - rgb[c]) > tolerance)
            g_error ("pixel (%d, %d) is %d %d %d, not %d %d %d", x, y, p[0], p[1], p[2], rgb[0],
                     rgb[1], rgb[2]);
      }
}

static int
over_gray (int v, int alpha)
{
  return (int) ((v * alpha + 128.0 * (255 - alpha)) / 255.0 + 0.5);
}

/* The value of a sample after being cut to @depth and spread again. */
static int
cut (int tone, int depth)
{
  int max = (1 << MIN (depth, 8)) - 1;

  if (depth == 16)
    return (MAX (tone * 257 - 3, 0) + 128) / 257;
  return (tone >> (8 - depth)) * 255 / max;
}

static void
palette_entry (int i, int rgb[3])
{
  rgb[0] = i;
  rgb[1] = 255 - i;
  rgb[2] = i ^ 0x55;
}

static void
expect_png (const void *data, int x, int y, int rgb[3])
{
  const TestPng *how = data;
  gboolean gray = (how->color_type & PNG_COLOR_MASK_COLOR) == 0;
  int alpha = 255;
  gboolean as_first = TRUE;

  for (int c = 0; c < 3; c++)
    {
      int from = gray ? 0 : c;

      rgb[c] = cut (test_tone (x, y, from), how->depth);
      if (how->depth >= 8)
        as_first = as_first && test_tone (x, y, from) == test_tone (0, 0, from);
      else
        as_first = as_first && rgb[c] == cut (test_tone (0, 0, from), how->depth);
    }
  if (how->color_type == PNG_COLOR_TYPE_PALETTE)
    {
      int i = test_tone (x, y, 0) >> (8 - how->depth);

      palette_entry (i, rgb);
      alpha = how->trns ? i : 255;
    }
  else if ((how->color_type & PNG_COLOR_MASK_ALPHA) != 0)
    alpha = cut (test_tone (x, y, 3), how->depth);
  else if (how->trns && as_first)
    alpha = 0;
  for (int c = 0; c < 3; c++)
    rgb[c] = over_gray (rgb[c], alpha);
}

static void
test_png (void)
{
  static const struct
  {
    int type;
    int depth;
  } kinds[] = { { PNG_COLOR_TYPE_GRAY, 1 }, { PNG_COLOR_TYPE_GRAY, 2 }, { PNG_COLOR_TYPE_GRAY, 4 },
                { PNG_COLOR_TYPE_GRAY, 8 }, { PNG_COLOR_TYPE_GRAY, 16 }, { PNG_COLOR_TYPE_RGB, 8 },
                { PNG_COLOR_TYPE_RGB, 16 }, { PNG_COLOR_TYPE_PALETTE, 1 },
                { PNG_COLOR_TYPE_PALETTE, 2 }, { PNG_COLOR_TYPE_PALETTE, 4 },
                { PNG_COLOR_TYPE_PALETTE, 8 }, { PNG_COLOR_TYPE_GRAY_ALPHA, 8 },
                { PNG_COLOR_TYPE_GRAY_ALPHA, 16 }, { PNG_COLOR_TYPE_RGB_ALPHA, 8 },
                { PNG_COLOR_TYPE_RGB_ALPHA, 16 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int variant = 0; variant < 4; variant++)
      {
        TestPng how = { 37, 29, kinds[i].type, kinds[i].depth, variant % 2, variant / 2 };

        if (how.trns && (how.color_type & PNG_COLOR_MASK_ALPHA) != 0)
          continue;
        g_test_message ("type %d, depth %d, interlaced %d, tRNS %d", how.color_type, how.depth,
                        how.interlaced, how.trns);
        assert_pixels (test_encode_png (&how), 37, 29, expect_png, &how, 0);
      }
}

static void
expect_jpeg (const void *data, int x, int y, int rgb[3])
{
  const TestJpeg *how = data;
  int light = 255 - test_tone (x, y, 3);

  for (int c = 0; c < 3; c++)
    {
      int tone = test_tone (x, y, how->channels == 1 ? 0 : c);

      rgb[c] = how->channels == 4 ? ((255 - tone) * light + 127) / 255 : tone;
    }
}

static void
test_jpeg (void)
{
  for (int channels = 1; channels <= 4; channels++)
    for (int progressive = 0; progressive < 2 && channels != 2; progressive++)
      {
        TestJpeg how = { 50, 30, channels, progressive, 0, FALSE };

        /* Chroma is stored at half size, so colours are only near. */
        assert_pixels (test_encode_jpeg (&how), 50, 30, expect_jpeg, &how, channels == 1 ? 6 : 40);
      }
}

static void
test_jpeg_scaled (void)
{
  static const struct
  {
    int at_least;
    int width;
    int height;
  } cases[] = { { 0, 101, 61 }, { 1, 13, 8 }, { 8, 13, 8 }, { 9, 26, 16 }, { 16, 26, 16 },
                { 17, 51, 31 }, { 31, 51, 31 }, { 32, 101, 61 }, { 1000, 101, 61 } };
  TestJpeg how = { 61, 101, 3, FALSE, 6, FALSE };
  g_autoptr (GBytes) bytes = test_encode_jpeg (&how);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TamisImageFacts facts;
      g_autoptr (TamisImage) image = decode (bytes, cases[i].at_least, &facts);

      g_assert_cmpint (image->width, ==, cases[i].width);
      g_assert_cmpint (image->height, ==, cases[i].height);
      g_assert_cmpint (facts.width, ==, 101);
      g_assert_cmpint (facts.height, ==, 61);
      g_assert_cmpint (facts.format, ==, TAMIS_IMAGE_FORMAT_JPEG);
    }
}

/* Where the upright pixel (x, y) is stored, from the words of the EXIF standard: what the 0th row
 * and the 0th column of the stored image show. */
static void
stored_at (int orientation, int width, int height, int *x, int *y)
{
  int x0 = *x;
  int y0 = *y;

  switch (orientation)
    {
    case 2: /* row 0 is top, column 0 is right */
      *x = width - 1 - x0;
      break;
    case 3: /* bottom, right */
      *x = width - 1 - x0, *y = height - 1 - y0;
      break;
    case 4: /* bottom, left */
      *y = height - 1 - y0;
      break;
    case 5: /* left, top */
      *x = y0, *y = x0;
      break;
    case 6: /* right, top */
      *x = y0, *y = width - 1 - x0;
      break;
    case 7: /* right, bottom */
      *x = height - 1 - y0, *y = width - 1 - x0;
      break;
    case 8: /* left, bottom */
      *x = height - 1 - y0, *y = x0;
      break;
    default:
      break;
    }
}

/* @width, @height: as stored. */
static void
assert_turned (GBytes *taken_plain, GBytes *taken_turned, int orientation)
{
  g_autoptr (GBytes) plain_bytes = taken_plain;
  g_autoptr (GBytes) turned_bytes = taken_turned;
  TamisImageFacts facts;
  g_autoptr (TamisImage) plain = decode (plain_bytes, 0, NULL);
  g_autoptr (TamisImage) turned = decode (turned_bytes, 0, &facts);
  gboolean quarter = orientation >= 5;

  g_assert_cmpint (turned->width, ==, quarter ? plain->height : plain->width);
  g_assert_cmpint (turned->height, ==, quarter ? plain->width : plain->height);
  g_assert_cmpint (facts.width, ==, turned->width);
  g_assert_cmpint (facts.height, ==, turned->height);
  for (int y = 0; y < turned->height; y++)
    for (int x = 0; x < turned->width; x++)
      {
        int sx = x;
        int sy = y;

        stored_at (orientation, turned->width, turned->height, &sx, &sy);
        g_assert_cmpmem (turned->pixels + 3 * (y * turned->width + x), 3,
                         plain->pixels + 3 * (sy * plain->width + sx), 3);
      }
}

static void
test_orientation (void)
{
  for (int orientation = 1; orientation <= 9; orientation++)
    {
      int known = orientation <= 8 ? orientation : 1;
      TestJpeg jpeg = { 23, 17, 3, FALSE, 0, FALSE };
      TestTiff tiff = { .width = 23, .height = 17, .bits = 8, .samples = 3,
                        .photometric = PHOTOMETRIC_RGB };

      for (int big = 0; big < 2; big++)
        {
          TestJpeg turned = jpeg;

          turned.orientation = orientation;
          turned.big_endian_exif = big;
          assert_turned (test_encode_jpeg (&jpeg), test_encode_jpeg (&turned), known);
        }
      if (orientation <= 8)
        {
          TestTiff turned = tiff;

          turned.orientation = orientation;
          assert_turned (test_encode_tiff (&tiff), test_encode_tiff (&turned), orientation);
        }
    }
}

static void
expect_tone (const void *data, int x, int y, int rgb[3])
{
  for (int c = 0; c < 3; c++)
    rgb[c] = test_tone (x, y, c);
}

static void
expect_tone_over_gray (const void *data, int x, int y, int rgb[3])
{
  for (int c = 0; c < 3; c++)
    rgb[c] = over_gray (test_tone (x, y, c), test_tone (x, y, 3));
}

/* The frame begins at (4, 2); around it is mid-gray. */
static void
expect_frame (const void *data, int x, int y, int rgb[3])
{
  const gboolean *alpha = data;

  if (x < 4 || y < 2 || x >= 4 + 22 || y >= 2 + 14)
    rgb[0] = rgb[1] = rgb[2] = 128;
  else if (*alpha)
    expect_tone_over_gray (NULL, x - 4, y - 2, rgb);
  else
    expect_tone (NULL, x - 4, y - 2, rgb);
}

static void
test_webp (void)
{
  gboolean alpha = TRUE;
  gboolean opaque = FALSE;

  assert_pixels (test_encode_webp (22, 14, FALSE, FALSE), 22, 14, expect_tone, NULL, 0);
  assert_pixels (test_encode_webp (22, 14, TRUE, FALSE), 22, 14, expect_tone_over_gray, NULL, 0);
  assert_pixels (test_encode_webp (22, 14, FALSE, TRUE), 30, 20, expect_frame, &opaque, 0);
  assert_pixels (test_encode_webp (22, 14, TRUE, TRUE), 30, 20, expect_frame, &alpha, 0);
  assert_pixels (test_encode_webp_lossy (22, 14), 22, 14, expect_tone, NULL, 60);
}

static void
expect_tiff (const void *data, int x, int y, int rgb[3])
{
  const TestTiff *how = data;
  gboolean wide = how->format > SAMPLEFORMAT_UINT || how->bits > 16;
  int alpha = test_tone (x, y, how->samples - 1);

  for (int c = 0; c < 3; c++)
    {
      int tone = test_tone (x, y, how->samples < 3 ? 0 : c);

      rgb[c] = how->bits >= 8 || wide ? tone : cut (tone, how->bits);
      if (how->photometric == PHOTOMETRIC_MINISWHITE)
        rgb[c] = 255 - rgb[c];
      if (how->photometric == PHOTOMETRIC_SEPARATED)
        rgb[c] = ((255 - tone) * (255 - test_tone (x, y, 3)) + 127) / 255;
      if (how->extra - 1 == EXTRASAMPLE_UNASSALPHA)
        rgb[c] = over_gray (rgb[c], alpha);
      if (how->extra - 1 == EXTRASAMPLE_ASSOCALPHA)
        rgb[c] = MIN (255, rgb[c] + over_gray (0, alpha));
    }
  if (how->photometric == PHOTOMETRIC_PALETTE)
    palette_entry (test_tone (x, y, 0), rgb);
}

static void
test_tiff (void)
{
  static const TestTiff kinds[] = {
    { .bits = 1, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 4, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_MINISWHITE },
    { .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_PALETTE },
    { .bits = 16, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 8, .samples = 2, .photometric = PHOTOMETRIC_MINISBLACK, .extra = 3 },
    { .bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB },
    { .bits = 16, .samples = 3, .photometric = PHOTOMETRIC_RGB },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB, .extra = 1 },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB, .extra = 2 },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB, .extra = 3 },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_SEPARATED },
    /* Floats in [0, 1] and in [0, 255] mean what they say; the tone covers 0 .. 255 here. */
    { .bits = 32, .format = SAMPLEFORMAT_IEEEFP, .samples = 1,
      .photometric = PHOTOMETRIC_MINISBLACK, .scale = 1 / 255.0 },
    { .bits = 32, .format = SAMPLEFORMAT_IEEEFP, .samples = 3, .photometric = PHOTOMETRIC_RGB,
      .scale = 1 },
    { .bits = 32, .format = SAMPLEFORMAT_IEEEFP, .samples = 1,
      .photometric = PHOTOMETRIC_MINISWHITE, .scale = 7, .offset = -1000 },
    { .bits = 64, .format = SAMPLEFORMAT_IEEEFP, .samples = 3, .photometric = PHOTOMETRIC_RGB,
      .scale = 1e300, .offset = -1e302 },
    { .bits = 16, .format = SAMPLEFORMAT_INT, .samples = 1,
      .photometric = PHOTOMETRIC_MINISBLACK, .scale = 200, .offset = -20000 },
    { .bits = 32, .format = SAMPLEFORMAT_INT, .samples = 3, .photometric = PHOTOMETRIC_RGB,
      .scale = 1000, .offset = -70000 },
    { .bits = 32, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK, .scale = 16000000 },
  };
  const int compressions[] = { 0, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int variant = 0; variant < 12; variant++)
      {
        TestTiff how = kinds[i];

        how.width = 101; /* so that the tone reaches both its ends */
        how.height = 19;
        how.compression = compressions[variant / 4];
        how.planar = variant % 2 != 0;
        how.tiled = variant % 4 > 1;
        if (how.bits < 8 && how.tiled)
          continue; /* the encoder here cannot */
        if (how.planar && (how.samples == 1 || how.samples == 2))
          continue;
        g_test_message ("bits %d, format %d, samples %d, photometric %d, extra %d, variant %d",
                        how.bits, how.format, how.samples, how.photometric, how.extra, variant);
        assert_pixels (test_encode_tiff (&how), how.width, how.height, expect_tiff, &how,
                       how.extra > 0 || how.photometric == PHOTOMETRIC_SEPARATED ? 2 : 1);
      }
}

static void
expect_bmp (const void *data, int x, int y, int rgb[3])
{
  const TestBmp *how = data;
  int bits = how->bits == 16 ? 5 : 8;

  if (how->bits <= 8)
    {
      palette_entry (test_tone (x, y, 0) >> (8 - how->bits), rgb);
      return;
    }
  for (int c = 0; c < 3; c++)
    {
      int kept = how->bits == 16 && how->compression == 3 && c == 1 ? 6 : bits;
      int max = (1 << kept) - 1;

      rgb[c] = ((test_tone (x, y, c) >> (8 - kept)) * 255 + max / 2) / max;
      if (how->bits == 32 && how->compression == 3)
        rgb[c] = over_gray (rgb[c], test_tone (x, y, 3));
    }
}

static void
test_bmp (void)
{
  static const TestBmp kinds[] = { { 37, 29, 1, 0 },   { 37, 29, 4, 0 },  { 37, 29, 8, 0 },
                                   { 37, 29, 16, 0 },  { 37, 29, 24, 0 }, { 37, 29, 32, 0 },
                                   { 37, 29, 16, 3 },  { 37, 29, 32, 3 }, { 37, 29, 8, 1 },
                                   { 37, 29, 4, 2 },   { 37, -29, 8, 0 }, { 37, -29, 24, 0 },
                                   { 37, -29, 32, 3 }, { 1, 1, 1, 0 },    { 3, 2, 24, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_test_message ("%d bits, compression %d", kinds[i].bits, kinds[i].compression);
      assert_pixels (test_encode_bmp (&kinds[i]), kinds[i].width, ABS (kinds[i].height), expect_bmp,
                     &kinds[i], 0);
    }
}

static void
expect_gif (const void *data, int x, int y, int rgb[3])
{
  const gboolean *transparent = data;
  int i = x * y % 7;

  rgb[0] = i * 30;
  rgb[1] = 255 - i * 30;
  rgb[2] = i * 7;
  if (*transparent && i == 3)
    rgb[0] = rgb[1] = rgb[2] = 128;
}

static void
test_gif_frames (void)
{
  gboolean plain = FALSE;
  gboolean transparent = TRUE;

  assert_pixels (test_gif (FALSE), 24, 20, expect_gif, &plain, 0);
  assert_pixels (test_gif (TRUE), 24, 20, expect_gif, &transparent, 0);
}

/* A file cut anywhere either fails with a reason, or nothing of its pixels was lost. */
static void
test_truncated (void)
{
  g_autoptr (GPtrArray) all = test_encode_all ();

  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr (TamisImage) whole = decode (all->pdata[i], 0, NULL);
      gsize size;
      const guint8 *data = g_bytes_get_data (all->pdata[i], &size);
      guint n_read = 0;

      for (gsize n = 0; n < size; n++)
        {
          TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
          TamisImageFacts facts;
          g_autoptr (GError) error = NULL;
          g_autofree guint8 *part = g_memdup2 (data, MAX (n, 1)); /* so that ASan sees its end */
          g_autoptr (TamisImage) image = _tamis_image_load_bytes (part, n, &load, &facts, &error);

          g_assert_true ((image == NULL) == (error != NULL));
          if (image == NULL)
            {
              g_assert_cmpuint (strlen (error->message), >, 0);
              g_assert_null (strchr (error->message, '\n'));
              continue;
            }
          n_read++;
          g_assert_cmpint (image->width, ==, whole->width);
          g_assert_cmpint (image->height, ==, whole->height);
          g_assert_cmpmem (image->pixels, 3 * image->width * image->height, whole->pixels,
                           3 * whole->width * whole->height);
        }
      g_test_message ("file %u: %u of %" G_GSIZE_FORMAT " cuts are harmless", i, n_read, size);
      g_assert_cmpuint (n_read, <, size / 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/engine/image/format/png", test_png);
  g_test_add_func ("/engine/image/format/jpeg", test_jpeg);
  g_test_add_func ("/engine/image/format/jpeg-scaled", test_jpeg_scaled);
  g_test_add_func ("/engine/image/format/orientation", test_orientation);
  g_test_add_func ("/engine/image/format/webp", test_webp);
  g_test_add_func ("/engine/image/format/tiff", test_tiff);
  g_test_add_func ("/engine/image/format/bmp", test_bmp);
  g_test_add_func ("/engine/image/format/gif", test_gif_frames);
  g_test_add_func ("/engine/image/format/truncated", test_truncated);
  return g_test_run ();
}
