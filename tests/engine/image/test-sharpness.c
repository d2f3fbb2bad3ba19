/* image: sharpness against its definition, and falling under blur; reduced loads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"

#include <glib/gstdio.h>
#include <tamis/tamis.h>

static TamisImage *
make_noise (int width, int height, guint64 seed)
{
  TamisImage *image = tamis_image_new (width, height);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (int i = 0; i < 3 * width * height; i++)
    image->pixels[i] = (guint8) tamis_random_below (&random, 256);
  return image;
}

static double
luminance_at (const TamisImage *image, int x, int y)
{
  const guint8 *p = image->pixels + 3 * (y * image->width + x);

  return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

static double
sharpness_by_definition (const TamisImage *image)
{
  double sum = 0, squares = 0;
  int n = (image->width - 2) * (image->height - 2);

  for (int y = 1; y < image->height - 1; y++)
    for (int x = 1; x < image->width - 1; x++)
      {
        double v = luminance_at (image, x - 1, y) + luminance_at (image, x + 1, y)
                   + luminance_at (image, x, y - 1) + luminance_at (image, x, y + 1)
                   - 4 * luminance_at (image, x, y);

        sum += v;
        squares += v * v;
      }
  return squares / n - (sum / n) * (sum / n);
}

static void
test_definition (void)
{
  static const int sides[][2] = { { 3, 3 }, { 4, 3 }, { 17, 5 }, { 5, 40 }, { 64, 64 } };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (TamisImage) image = make_noise (sides[i][0], sides[i][1], i);

      g_assert_cmpfloat_with_epsilon (tamis_image_sharpness (image), sharpness_by_definition (image),
                                      1e-6);
    }
}

static void
test_nothing_to_see (void)
{
  g_autoptr (TamisImage) small = make_noise (2, 50, 1);
  g_autoptr (TamisImage) flat = tamis_image_new (20, 20);

  g_assert_cmpfloat (tamis_image_sharpness (small), ==, 0);
  g_assert_cmpfloat (tamis_image_sharpness (flat), ==, 0);
}

/* Down to a share of its size and back: the smaller, the more blurred. */
static void
test_falls_under_blur (void)
{
  g_autoptr (TamisImage) image = make_noise (120, 90, 3);
  double last = tamis_image_sharpness (image);

  for (int share = 2; share <= 8; share *= 2)
    {
      g_autoptr (TamisImage) small = tamis_image_resize (image, 120 / share, 90 / share);
      g_autoptr (TamisImage) blurred = tamis_image_resize (small, 120, 90);
      double now = tamis_image_sharpness (blurred);

      g_assert_cmpfloat (now, <, 0.6 * last);
      last = now;
    }
}

/* Each format, at each reduction: sides are the full ones halved and rounded up. */
static void
test_reduced (void)
{
  static const int longer[] = { 0, 1, 7, 26, 50, 51, 52, 99, 101, 102, 500 };
  const TestJpeg jpeg = { .width = 101, .height = 67, .channels = 3, .orientation = 6 };
  const TestPng png = { 67, 101, 2, 8, FALSE, FALSE };
  g_autofree char *folder = g_dir_make_tmp ("tamis-reduced-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "x", NULL);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (longer); i++)
    {
      g_autoptr (GBytes) bytes = i % 2 != 0 ? test_encode_jpeg (&jpeg) : test_encode_png (&png);
      g_autoptr (TamisImage) image = NULL;
      int want = longer[i / 2];
      int reduction = 1;
      TamisImageFacts facts;

      g_assert_true (g_file_set_contents (file, g_bytes_get_data (bytes, NULL),
                                          (gssize) g_bytes_get_size (bytes), NULL));
      image = tamis_image_load_reduced (file, want, &facts, NULL, NULL);
      g_assert_cmpint (facts.width, ==, 67);
      g_assert_cmpint (facts.height, ==, 101);
      while (want > 0 && reduction <= 101 && (101 + 2 * reduction - 1) / (2 * reduction) >= want)
        reduction *= 2;
      g_assert_cmpint (image->width, ==, (67 + reduction - 1) / reduction);
      g_assert_cmpint (image->height, ==, (101 + reduction - 1) / reduction);
    }
  g_remove (file);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/sharpness/definition", test_definition);
  g_test_add_func ("/engine/image/sharpness/nothing-to-see", test_nothing_to_see);
  g_test_add_func ("/engine/image/sharpness/falls-under-blur", test_falls_under_blur);
  g_test_add_func ("/engine/image/load/reduced", test_reduced);
  return g_test_run ();
}
