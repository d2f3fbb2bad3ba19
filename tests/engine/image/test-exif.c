/* image: what a camera wrote is read, in both byte orders; what a liar wrote is not believed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"

#include "engine/image/codec.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Offsets in the block of test_encode_exif(), "Exif\0\0" included. */
#define AT(offset) (6 + (offset))

static GByteArray *
camera_block (gboolean big_endian)
{
  return g_bytes_unref_to_array (test_encode_exif (big_endian));
}

static void
assert_camera (const TamisExif *exif)
{
  g_assert_cmpstr (exif->make, ==, "Tamis");
  g_assert_cmpstr (exif->model, ==, "Sieve 2");
  g_assert_cmpstr (exif->taken, ==, "2024-05-31 17:02:59");
  g_assert_cmpint (exif->orientation, ==, 6);
  g_assert_true (exif->has_position);
  g_assert_cmpfloat_with_epsilon (exif->latitude, 50.4501, 1e-9);
  g_assert_cmpfloat_with_epsilon (exif->longitude, 30.5 + 1.4 / 60, 1e-9);
}

static void
test_camera (void)
{
  for (int big = 0; big < 2; big++)
    {
      g_autoptr (GByteArray) block = camera_block (big != 0);
      TamisExif exif;

      _tamis_exif_parse (block->data, block->len, &exif);
      assert_camera (&exif);
      _tamis_exif_parse (block->data + 6, block->len - 6, &exif); /* as PNG and WebP hold it */
      assert_camera (&exif);
    }
}

static void
test_through_load (void)
{
  const TestJpeg how = { .width = 30, .height = 20, .channels = 3, .camera = TRUE };
  const TestJpeg bare = { .width = 30, .height = 20, .channels = 3 };
  g_autofree char *folder = g_dir_make_tmp ("tamis-exif-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "x.jpg", NULL);
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisExif exif = { .taken = "left over" };

  load.exif = &exif;
  for (int camera = 1; camera >= 0; camera--)
    {
      g_autoptr (GBytes) bytes = test_encode_jpeg (camera != 0 ? &how : &bare);
      g_autoptr (TamisImage) image = NULL;

      g_assert_true (g_file_set_contents (file, g_bytes_get_data (bytes, NULL),
                                          (gssize) g_bytes_get_size (bytes), NULL));
      image = tamis_image_load (file, &load, NULL, NULL);
      g_assert_cmpint (image->width, ==, camera != 0 ? 20 : 30); /* turned upright */
      if (camera != 0)
        assert_camera (&exif);
      else
        g_assert_true (exif.taken[0] == '\0' && exif.make[0] == '\0' && !exif.has_position
                       && exif.orientation == 1);
    }
  g_assert_null (tamis_image_load ("/nowhere", &load, NULL, NULL));
  g_assert_cmpint (exif.orientation, ==, 1);
  g_remove (file);
  g_rmdir (folder);
}

/* Each case breaks one thing of the little-endian block; the rest must still be read. */
static void
test_hostile (void)
{
  static const struct
  {
    const char *what;
    gsize at;
    const char *bytes;
    gsize n;
    gboolean make, taken, position;
  } cases[] = {
    { "make far away", AT (8 + 2 + 8), "\xff\xff\xff\xff", 4, FALSE, TRUE, TRUE },
    { "make of 4 GB", AT (8 + 2 + 4), "\xff\xff\xff\xff", 4, FALSE, TRUE, TRUE },
    { "make is a number", AT (8 + 2 + 2), "\x03", 1, FALSE, TRUE, TRUE },
    { "make is no text", AT (146), "\x01\x02\x03\x04\xff", 5, TRUE, TRUE, TRUE },
    { "first directory outside", AT (4), "\xf0\xff\xff\xff", 4, FALSE, FALSE, FALSE },
    { "exposure directory is the first", AT (8 + 2 + 3 * 12 + 8), "\x08\0\0\0", 4, TRUE, FALSE, TRUE },
    { "exposure directory outside", AT (8 + 2 + 3 * 12 + 8), "\0\xff\0\0", 4, TRUE, FALSE, TRUE },
    { "a directory of 65,535 entries", AT (92), "\xff\xff", 2, TRUE, TRUE, TRUE },
    { "month 13", AT (160 + 5), "13", 2, TRUE, FALSE, TRUE },
    { "30 February", AT (160 + 5), "02:30", 5, TRUE, FALSE, TRUE },
    { "blank time", AT (160), "    :  :     :  :  ", 19, TRUE, FALSE, TRUE },
    { "north is a dash", AT (92 + 2 + 8), "-", 1, TRUE, TRUE, FALSE },
    { "500 degrees", AT (180), "\xf4\x01", 2, TRUE, TRUE, FALSE },
    { "a fraction over zero", AT (184), "\0", 1, TRUE, TRUE, FALSE },
    { "two fractions", AT (92 + 2 + 12 + 4), "\x02", 1, TRUE, TRUE, FALSE },
    { "fractions past the end", AT (92 + 2 + 12 + 8), "\xe0", 1, TRUE, TRUE, FALSE },
    { "no TIFF", AT (2), "\x2b", 1, FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) block = camera_block (FALSE);
      TamisExif exif;

      g_test_message ("%s", cases[i].what);
      memcpy (block->data + cases[i].at, cases[i].bytes, cases[i].n);
      _tamis_exif_parse (block->data, block->len, &exif);
      g_assert_cmpint (exif.make[0] != '\0', ==, cases[i].make);
      g_assert_cmpint (exif.taken[0] != '\0', ==, cases[i].taken);
      g_assert_cmpint (exif.has_position, ==, cases[i].position);
      g_assert_true (g_str_is_ascii (exif.make));
    }
}

/* Cut short anywhere, in a block of exactly that size: the sanitizers see a read too far. */
static void
test_truncated (void)
{
  g_autoptr (GByteArray) block = camera_block (FALSE);

  for (guint n = 0; n < block->len; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (block->data, MAX (n, 1));
      TamisExif exif;

      _tamis_exif_parse (copy, n, &exif);
      g_assert_true (exif.orientation == 1 || exif.orientation == 6);
      g_assert_false (exif.has_position); /* its longitude ends the block */
    }
}

static void
test_distance (void)
{
  TamisExif kyiv = { .has_position = TRUE, .latitude = 50.45, .longitude = 30.5233 };
  TamisExif lviv = { .has_position = TRUE, .latitude = 49.8397, .longitude = 24.0297 };
  TamisExif pole = { .has_position = TRUE, .latitude = 90 };
  TamisExif south = { .has_position = TRUE, .latitude = -90 };
  TamisExif none = { .latitude = 50 };

  g_assert_cmpfloat (tamis_exif_distance (&kyiv, &kyiv), ==, 0);
  g_assert_cmpfloat_with_epsilon (tamis_exif_distance (&kyiv, &lviv), 468e3, 2e3);
  g_assert_cmpfloat_with_epsilon (tamis_exif_distance (&lviv, &kyiv),
                                  tamis_exif_distance (&kyiv, &lviv), 1e-6);
  g_assert_cmpfloat_with_epsilon (tamis_exif_distance (&pole, &south), G_PI * 6371008.8, 1);
  g_assert_true (isnan (tamis_exif_distance (&kyiv, &none)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/exif/camera", test_camera);
  g_test_add_func ("/engine/image/exif/through-load", test_through_load);
  g_test_add_func ("/engine/image/exif/hostile", test_hostile);
  g_test_add_func ("/engine/image/exif/truncated", test_truncated);
  g_test_add_func ("/engine/image/exif/distance", test_distance);
  return g_test_run ();
}
