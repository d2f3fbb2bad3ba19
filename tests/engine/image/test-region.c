/* image: a part of an image has the pixels that the whole has there, in every format; halvings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"
#include "engine/image/codec.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <png.h>
#include <string.h>
#include <tiffio.h>

static TamisImage *
decode (GBytes *bytes, const TamisImageLoad *load, GError **error)
{
  TamisImageFacts facts;
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  return _tamis_image_load_bytes (data, n, load, &facts, error);
}

static TamisImage *
decode_region (GBytes *bytes, const TamisImageRegion *region, GError **error)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;

  load.region = region;
  return decode (bytes, &load, error);
}

static void
assert_is_part (const TamisImage *image, const TamisImage *whole, const TamisImageRegion *region)
{
  g_assert_cmpint (image->width, ==, region->width);
  g_assert_cmpint (image->height, ==, region->height);
  for (int y = 0; y < region->height; y++)
    for (int i = 0; i < 3 * region->width; i++)
      {
        int is = image->pixels[(gsize) 3 * region->width * y + i];
        int was = whole->pixels[3 * ((gsize) whole->width * (region->y + y) + region->x) + i];

        if (is != was)
          g_error ("value %d of row %d of %d × %d at (%d, %d) is %d, not %d", i, y, region->width,
                   region->height, region->x, region->y, is, was);
      }
}

/* Corners, edges, single pixels, rows and columns, all of it, and some at random. */
static GArray *
choose_regions (int width, int height)
{
  GArray *regions = g_array_new (FALSE, FALSE, sizeof (TamisImageRegion));
  TamisImageRegion region = { 0, 0, width, height };
  TamisRandom random;

  g_array_append_val (regions, region);
  for (int i = 0; i < 4; i++)
    {
      region = (TamisImageRegion){ i % 2 * (width - 1), i / 2 * (height - 1), 1, 1 };
      g_array_append_val (regions, region);
    }
  region = (TamisImageRegion){ 0, height / 2, width, 1 };
  g_array_append_val (regions, region);
  region = (TamisImageRegion){ width / 2, 0, 1, height };
  g_array_append_val (regions, region);
  tamis_random_init (&random, (guint) (width * 1000 + height));
  for (int i = 0; i < 12; i++)
    {
      region.x = (int) tamis_random_below (&random, (guint) width);
      region.y = (int) tamis_random_below (&random, (guint) height);
      region.width = 1 + (int) tamis_random_below (&random, (guint) (width - region.x));
      region.height = 1 + (int) tamis_random_below (&random, (guint) (height - region.y));
      g_array_append_val (regions, region);
    }
  return regions;
}

static void
check_regions (GBytes *taken)
{
  g_autoptr (GBytes) bytes = taken;
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) whole = decode (bytes, &load, &error);
  g_autoptr (GArray) regions = NULL;

  g_assert_no_error (error);
  regions = choose_regions (whole->width, whole->height);
  for (guint i = 0; i < regions->len; i++)
    {
      const TamisImageRegion *region = &g_array_index (regions, TamisImageRegion, i);
      g_autoptr (TamisImage) image = decode_region (bytes, region, &error);

      g_assert_no_error (error);
      assert_is_part (image, whole, region);
    }
}

static void
test_png (void)
{
  static const int kinds[][2] = { { PNG_COLOR_TYPE_GRAY, 1 }, { PNG_COLOR_TYPE_GRAY, 16 },
                                  { PNG_COLOR_TYPE_RGB, 8 }, { PNG_COLOR_TYPE_PALETTE, 4 },
                                  { PNG_COLOR_TYPE_RGB_ALPHA, 8 }, { PNG_COLOR_TYPE_RGB_ALPHA, 16 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int variant = 0; variant < 4; variant++)
      {
        TestPng how = { 37, 29, kinds[i][0], kinds[i][1], variant % 2, variant / 2 };

        if (how.trns && (how.color_type & PNG_COLOR_MASK_ALPHA) != 0)
          continue;
        g_test_message ("type %d, depth %d, variant %d", kinds[i][0], kinds[i][1], variant);
        check_regions (test_encode_png (&how));
      }
}

/* Each way to store colours at another size than brightness, each orientation. */
static void
test_jpeg (void)
{
  static const int samplings[][2] = { { 1, 1 }, { 2, 1 }, { 1, 2 }, { 2, 2 }, { 4, 1 }, { 4, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (samplings); i++)
    for (int variant = 0; variant < 4; variant++)
      {
        const TestJpeg how = { .width = 331, .height = 275, .channels = 3, .progressive = variant % 2 != 0,
                               .across = samplings[i][0], .down = samplings[i][1],
                               .restart = variant / 2 };

        g_test_message ("sampling %d × %d, variant %d", how.across, how.down, variant);
        check_regions (test_encode_jpeg (&how));
      }
  for (int channels = 1; channels <= 4; channels += 3)
    check_regions (test_encode_jpeg (&(TestJpeg){ .width = 150, .height = 201, .channels = channels }));
}

static void
test_orientation (void)
{
  for (int orientation = 1; orientation <= 8; orientation++)
    {
      const TestJpeg jpeg = { .width = 131, .height = 95, .channels = 3, .orientation = orientation };
      const TestTiff tiff = { .width = 53, .height = 31, .bits = 8, .samples = 3,
                              .photometric = PHOTOMETRIC_RGB, .orientation = orientation };

      check_regions (test_encode_jpeg (&jpeg));
      check_regions (test_encode_tiff (&tiff));
    }
}

static void
test_tiff (void)
{
  static const TestTiff kinds[] = {
    { .bits = 1, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_PALETTE },
    { .bits = 16, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK },
    { .bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB, .extra = 3 },
    { .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_SEPARATED },
    { .bits = 32, .format = SAMPLEFORMAT_IEEEFP, .samples = 1,
      .photometric = PHOTOMETRIC_MINISWHITE, .scale = 7, .offset = -1000 },
    { .bits = 16, .format = SAMPLEFORMAT_INT, .samples = 3, .photometric = PHOTOMETRIC_RGB,
      .scale = 100, .offset = -7000 },
  };
  const int compressions[] = { 0, COMPRESSION_LZW };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int variant = 0; variant < 8; variant++)
      {
        TestTiff how = kinds[i];

        how.width = 101;
        how.height = 143; /* several bands */
        how.compression = compressions[variant / 4];
        how.planar = variant % 2 != 0;
        how.tiled = variant % 4 > 1;
        if ((how.bits < 8 && how.tiled) || (how.planar && how.samples == 1))
          continue;
        g_test_message ("kind %u, variant %d", i, variant);
        check_regions (test_encode_tiff (&how));
      }
}

static void
test_other_formats (void)
{
  static const TestBmp bmp[] = { { 35, 27, 24, 0 }, { 35, -27, 24, 0 }, { 35, 27, 8, 1 }, { 35, 27, 4, 2 },
                                 { 35, -27, 32, 3 }, { 35, 27, 1, 0 }, { 35, 27, 16, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (bmp); i++)
    check_regions (test_encode_bmp (&bmp[i]));
  check_regions (test_gif (FALSE));
  check_regions (test_gif (TRUE));
  for (int i = 0; i < 4; i++)
    check_regions (test_encode_webp (85, 61, i % 2 != 0, i > 1));
  check_regions (test_encode_webp_lossy (215, 161));
}

/* Large enough to be handed to libwebp in pieces. */
static void
test_large_webp (void)
{
  g_autoptr (GBytes) bytes = test_encode_webp_lossy (2300, 1900);
  const TamisImageRegion region = { 1201, 1503, 333, 77 };
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) whole = decode (bytes, &load, NULL);
  g_autoptr (TamisImage) image = decode_region (bytes, &region, NULL);

  assert_is_part (image, whole, &region);
}

static void
test_outside (void)
{
  static const TamisImageRegion regions[] = { { -1, 0, 2, 2 }, { 0, 30, 5, 4 }, { 0, 0, 21, 34 },
                                              { 21, 0, 1, 1 }, { 0, 0, 0, 1 },
                                              { G_MAXINT, 0, G_MAXINT, 1 } };
  /* Turned: 21 × 33 upright. */
  const TestJpeg how = { .width = 33, .height = 21, .channels = 3, .orientation = 6 };
  g_autoptr (GBytes) bytes = test_encode_jpeg (&how);

  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode_region (bytes, &regions[i], &error));
      g_assert_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE);
    }
}

/* A file that ends early: the pixels that were there, or an error, but nothing made up. */
static void
test_truncated (void)
{
  g_autoptr (GPtrArray) all = test_encode_all ();

  for (guint i = 0; i < all->len; i++)
    {
      TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
      g_autoptr (TamisImage) whole = decode (all->pdata[i], &load, NULL);
      gsize size = g_bytes_get_size (all->pdata[i]);
      guint n_errors = 0;

      for (int share = 1; share < 40; share++)
        {
          g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (all->pdata[i], 0, size * (guint) share / 40);
          const TamisImageRegion region = { 3, share % 5, 9, share % 4 + 1 };
          g_autoptr (GError) error = NULL;
          g_autoptr (TamisImage) image = decode_region (bytes, &region, &error);

          g_assert_true ((image == NULL) == (error != NULL));
          n_errors += image == NULL;
          if (image != NULL)
            assert_is_part (image, whole, &region);
        }
      g_assert_cmpuint (n_errors, >, 0);
    }
}

static void
test_cancel (void)
{
  g_autoptr (GPtrArray) all = test_encode_all ();
  g_autoptr (GCancellable) cancel = g_cancellable_new ();

  g_cancellable_cancel (cancel);
  for (guint i = 0; i < all->len; i++)
    for (int kind = 0; kind < 2; kind++)
      {
        const TamisImageRegion region = { 1, 2, 3, 4 };
        TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
        g_autoptr (GError) error = NULL;

        load.region = kind == 0 ? &region : NULL;
        load.halve = kind == 1;
        load.longer_at_least = 2;
        load.cancel = cancel;
        if (decode (all->pdata[i], &load, &error) != NULL)
          g_error ("seed %u, kind %d", i, kind);
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      }
}

/* Reduced while it is decoded, an image is the whole, resized. A JPEG's own reduction is another. */
static void
test_halvings (void)
{
  g_autoptr (GPtrArray) all = test_encode_all ();

  for (guint i = 0; i < all->len; i++)
    for (int longer = 1; longer < 40; longer += 3)
      {
        TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
        g_autoptr (TamisImage) whole = decode (all->pdata[i], &load, NULL);
        g_autoptr (TamisImage) expected = NULL;
        g_autoptr (TamisImage) image = NULL;
        gsize n;

        load.halve = TRUE;
        load.longer_at_least = longer;
        image = decode (all->pdata[i], &load, NULL);
        expected = tamis_image_resize (whole, image->width, image->height);
        n = (gsize) 3 * image->width * image->height;
        for (gsize j = 0; j < n && memcmp (g_bytes_get_data (all->pdata[i], NULL), "\xff\xd8", 2) != 0; j++)
          g_assert_cmpint (ABS (image->pixels[j] - expected->pixels[j]), <=, 1); /* turned after it */
        g_assert_true (MAX (image->width, image->height) >= MIN (longer, MAX (whole->width, whole->height)));
        g_assert_true (image->width == whole->width || MAX (image->width, image->height) < 2 * longer);
      }
}

static void
test_file (void)
{
  const TestPng how = { 37, 29, PNG_COLOR_TYPE_RGB, 8, FALSE, FALSE };
  const TamisImageRegion region = { 5, 6, 7, 8 };
  g_autoptr (GBytes) bytes = test_encode_png (&how);
  g_autofree char *folder = g_dir_make_tmp ("tamis-region-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "x.png", NULL);
  g_autoptr (TamisImage) whole = NULL;
  g_autoptr (TamisImage) image = NULL;
  TamisImageFacts facts;

  g_assert_true (g_file_set_contents (file, g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL));
  whole = tamis_image_load (file, NULL, NULL, NULL);
  image = tamis_image_load_region (file, &region, &facts, NULL, NULL);
  assert_is_part (image, whole, &region);
  g_assert_true (facts.width == 37 && facts.height == 29);
  g_remove (file);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/engine/image/region/png", test_png);
  g_test_add_func ("/engine/image/region/jpeg", test_jpeg);
  g_test_add_func ("/engine/image/region/orientation", test_orientation);
  g_test_add_func ("/engine/image/region/tiff", test_tiff);
  g_test_add_func ("/engine/image/region/others", test_other_formats);
  g_test_add_func ("/engine/image/region/large-webp", test_large_webp);
  g_test_add_func ("/engine/image/region/outside", test_outside);
  g_test_add_func ("/engine/image/region/truncated", test_truncated);
  g_test_add_func ("/engine/image/region/cancel", test_cancel);
  g_test_add_func ("/engine/image/region/file", test_file);
  g_test_add_func ("/engine/image/halving/is-resized", test_halvings);
  return g_test_run ();
}
