/* image: resizing is PIL's to the bit, and the model's input is what PIL and torchvision make.
 *
 * The stored hashes were made by Pillow 9.4, Image.resize (size, BILINEAR), by the same formula.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "kernels/resize.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <string.h>

/* Odd seeds: noise; even: stripes, edges and ramps. */
static TamisImage *
make_pattern (int width, int height, guint32 seed)
{
  TamisImage *image = tamis_image_new (width, height);
  guint32 v = seed;

  for (int i = 0; i < 3 * width * height; i++)
    {
      int x = i / 3 % width;
      int y = i / 3 / width;
      int c = i % 3;
      int figure = (x * (c + 1) / 5 + y / 3) % 2 != 0 ? 255 : (x * 7 + y * 3 + c * 40) % 256;

      v = v * 1664525u + 1013904223u;
      image->pixels[i] = (guint8) (seed % 2 != 0 ? v >> 24 : (guint32) figure);
    }
  return image;
}

static guint64
hash (const guint8 *data, gsize n)
{
  guint64 h = 0xcbf29ce484222325u; /* FNV-1a */

  for (gsize i = 0; i < n; i++)
    h = (h ^ data[i]) * 0x100000001b3u;
  return h;
}

static const struct
{
  int width;
  int height;
  int to_width;
  int to_height;
  guint32 seed;
  guint64 hash;
} cases[] = {
  { 1, 1, 3, 2, 1, 0xfb802e79dffb3b4b },
  { 1, 1, 3, 2, 2, 0x129ba088d64d542d },
  { 1, 1, 64, 64, 3, 0x5e8bb6297ce7b325 },
  { 1, 1, 64, 64, 4, 0x67c688346efde325 },
  { 5, 4, 9, 7, 5, 0x85f81bf06679e707 },
  { 5, 4, 9, 7, 6, 0x50931a25294fb403 },
  { 37, 23, 8, 8, 7, 0x1c15db0d914f8b5f },
  { 37, 23, 8, 8, 8, 0xcba235d68c3fcc69 },
  { 37, 23, 64, 64, 9, 0xc52bc59ed5e30e66 },
  { 37, 23, 64, 64, 10, 0xd89c83dc007fb237 },
  { 200, 3, 4, 4, 11, 0x48b7954556ca1b77 },
  { 200, 3, 4, 4, 12, 0x2d2aa9f9ba768f98 },
  { 3, 200, 5, 5, 13, 0xdc52dbcb6f9e05db },
  { 3, 200, 5, 5, 14, 0x7dceb9cbb63340c5 },
  { 64, 48, 64, 10, 15, 0x0e1dac1f28521b79 },
  { 64, 48, 64, 10, 16, 0x14bf41527f3c8e46 },
  { 64, 48, 16, 48, 17, 0xccd376a9da7fbc91 },
  { 64, 48, 16, 48, 18, 0xf8f3cd4e6628c47e },
  { 64, 64, 64, 64, 19, 0xeda93254ff8abee2 },
  { 64, 64, 64, 64, 20, 0xbb6bc771407e2e75 },
  { 65, 63, 64, 64, 21, 0x8d7cddc74ac44255 },
  { 65, 63, 64, 64, 22, 0x33191d51620c4dc0 },
  { 128, 128, 64, 64, 23, 0xc87a2c34f14d1d47 },
  { 128, 128, 64, 64, 24, 0xb4bd35bba743d3a0 },
  { 320, 240, 64, 64, 25, 0x9a6a662e6be1cdcd },
  { 320, 240, 64, 64, 26, 0x5e3edeee26bd7c59 },
  { 640, 1, 64, 64, 27, 0x07efba271d85c525 },
  { 640, 1, 64, 64, 28, 0x52fee546ae3cb025 },
  { 1, 640, 64, 64, 29, 0x50404abb1f5f11e5 },
  { 1, 640, 64, 64, 30, 0xb0ea0306f24ead65 },
  { 2000, 2, 1, 1, 31, 0xa2b009196ea47b1e },
  { 2000, 2, 1, 1, 32, 0xccd6341aa8751668 },
  { 13, 1000, 64, 3, 33, 0x96cb9b363b732253 },
  { 13, 1000, 64, 3, 34, 0xb2f7909816bad1b0 },
  { 333, 251, 100, 77, 35, 0xbc8688bcb5bf6bfc },
  { 333, 251, 100, 77, 36, 0x741ecc653328a41c },
};

static void
test_is_pil (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TamisImage) image
          = make_pattern (cases[i].width, cases[i].height, cases[i].seed);
      g_autoptr (TamisImage) small
          = tamis_image_resize (image, cases[i].to_width, cases[i].to_height);

      g_test_message ("%d × %d to %d × %d", cases[i].width, cases[i].height, cases[i].to_width,
                      cases[i].to_height);
      g_assert_cmphex (hash (small->pixels, 3 * (gsize) small->width * (gsize) small->height), ==,
                       cases[i].hash);
    }
}

/* Values instead of a hash, so that a failure shows what is wrong. */
static void
test_is_pil_in_values (void)
{
  static const guint8 expected[] = { 124, 131, 125, 122, 135, 133, 136, 131, 129,
                                     124, 123, 125, 123, 126, 128, 124, 132, 119 };
  g_autoptr (TamisImage) image = make_pattern (37, 23, 1);
  g_autoptr (TamisImage) small = tamis_image_resize (image, 3, 2);

  g_assert_cmpmem (small->pixels, 18, expected, 18);
}

static void
test_fast_is_reference (void)
{
  TamisRandom random;

  tamis_random_init (&random, 3);
  for (int i = 0; i < 300; i++)
    {
      int width = 1 + (int) tamis_random_below (&random, 90);
      int height = 1 + (int) tamis_random_below (&random, 90);
      int to_width = 1 + (int) tamis_random_below (&random, 90);
      int to_height = 1 + (int) tamis_random_below (&random, 90);
      gsize n = 3 * (gsize) to_width * (gsize) to_height;
      g_autoptr (TamisImage) image = make_pattern (width, height, (guint32) i);
      g_autofree guint8 *fast = g_malloc (n + 16);
      g_autofree guint8 *slow = g_malloc (n);
      g_autofree void *scratch
          = g_malloc (tamis_resize_scratch (width, height, to_width, to_height));
      g_autofree void *large
          = g_malloc (tamis_resize_reference_scratch (width, height, to_width, to_height));

      memset (fast + n, 0xa5, 16);
      tamis_resize_rgb (image->pixels, width, height, fast, to_width, to_height, scratch);
      tamis_resize_rgb_reference (image->pixels, width, height, slow, to_width, to_height, large);
      g_assert_cmpmem (fast, n, slow, n);
      for (int j = 0; j < 16; j++)
        g_assert_cmpint (fast[n + j], ==, 0xa5);
    }
}

/* A part that is some pixels of the result large is those pixels of the whole. */
static void
test_part_is_of_the_whole (void)
{
  TamisRandom random;

  tamis_random_init (&random, 4);
  for (int i = 0; i < 300; i++)
    {
      int width = 1 + (int) tamis_random_below (&random, 90);
      int height = 1 + (int) tamis_random_below (&random, 90);
      int to_width = 1 + (int) tamis_random_below (&random, 90);
      int to_height = 1 + (int) tamis_random_below (&random, 90);
      int x = (int) tamis_random_below (&random, (guint) to_width);
      int y = (int) tamis_random_below (&random, (guint) to_height);
      int w = 1 + (int) tamis_random_below (&random, (guint) (to_width - x));
      int h = 1 + (int) tamis_random_below (&random, (guint) (to_height - y));
      double across = (double) width / to_width, down = (double) height / to_height;
      TamisImageBox box = { x * across, y * down, w * across, h * down };
      g_autoptr (TamisImage) image = make_pattern (width, height, (guint32) i);
      g_autoptr (TamisImage) whole = tamis_image_resize (image, to_width, to_height);
      g_autoptr (TamisImage) part = tamis_image_resize_part (image, &box, w, h);

      for (int row = 0; row < h; row++)
        for (int at = 0; at < 3 * w; at++)
          g_assert_cmpint (ABS (part->pixels[3 * row * w + at]
                                - whole->pixels[3 * ((y + row) * to_width + x) + at]), <=, 1);
    }
}

static void
test_flat_stays_flat (void)
{
  for (int value = 0; value < 256; value += 17)
    {
      g_autoptr (TamisImage) image = tamis_image_new (97, 31);
      g_autoptr (TamisImage) small = NULL;

      memset (image->pixels, value, 3 * 97 * 31);
      small = tamis_image_resize (image, 64, 64);
      for (int i = 0; i < 3 * 64 * 64; i++)
        g_assert_cmpint (small->pixels[i], ==, value);
    }
}

static void
test_input (void)
{
  g_autoptr (TamisImage) image = make_pattern (70, 50, 5);
  g_autoptr (TamisImage) small = tamis_image_resize (image, 64, 64);
  g_autoptr (TamisImage) back = NULL;
  g_autofree float *input = g_new (float, 3 * 64 * 64);

  tamis_image_to_input (image, 64, input);
  for (int i = 0; i < 64 * 64; i++)
    for (int c = 0; c < 3; c++)
      {
        float v = input[c * 64 * 64 + i];

        g_assert_true (v >= -1.0f && v <= 1.0f);
        g_assert_cmpfloat_with_epsilon (v, small->pixels[3 * i + c] / 127.5 - 1.0, 1e-6);
      }
  back = tamis_image_from_input (input, 64);
  g_assert_cmpmem (back->pixels, 3 * 64 * 64, small->pixels, 3 * 64 * 64);
}

static void
test_from_input_clamps (void)
{
  const float wild[] = { -7.0f, 7.0f, 0.0f / 0.0f };
  g_autoptr (TamisImage) image = tamis_image_from_input (wild, 1);

  g_assert_cmpint (image->pixels[0], ==, 0);
  g_assert_cmpint (image->pixels[1], ==, 255);
  g_assert_cmpint (image->pixels[2], ==, 0);
}

/* Up to @limit images below shared/data/@folder, in no particular order. */
static void
collect (const char *folder, guint limit, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && files->len < limit && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        collect (path, limit, files);
      else if (g_str_has_suffix (name, ".jpg") || g_str_has_suffix (name, ".png"))
        g_ptr_array_add (files, g_steal_pointer (&path));
    }
}

static gboolean
run_pil (GPtrArray *files, const char *out)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "engine", "image", "pil-resize.py",
                                                   NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  int status = -1;

  g_ptr_array_add (arguments, (gpointer) "/usr/bin/python3");
  g_ptr_array_add (arguments, script);
  g_ptr_array_add (arguments, (gpointer) "64");
  g_ptr_array_add (arguments, (gpointer) out);
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (arguments, files->pdata[i]);
  g_ptr_array_add (arguments, NULL);
  return g_spawn_sync (NULL, (char **) arguments->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                       NULL, &status, NULL)
         && status == 0;
}

static void
compare_inputs (GPtrArray *files, const guint8 *expected)
{
  g_autofree float *input = g_new (float, 3 * 64 * 64);
  int worst = 0;

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisImage) image = tamis_image_load (files->pdata[i], NULL, NULL, &error);
      g_autoptr (TamisImage) seen = NULL;
      guint64 sum = 0;

      g_assert_no_error (error);
      tamis_image_to_input (image, 64, input);
      seen = tamis_image_from_input (input, 64);
      for (int j = 0; j < 3 * 64 * 64; j++)
        {
          int difference = ABS (seen->pixels[j] - expected[i * 3 * 64 * 64 + j]);

          worst = MAX (worst, difference);
          sum += difference;
        }
      g_assert_cmpint (worst, <=, 2);
      g_assert_cmpfloat (sum / (3.0 * 64 * 64), <=, 0.25);
    }
  g_test_message ("%u photographs, largest difference %d/255", files->len, worst);
}

static void
test_photographs (void)
{
  const char *sets[] = { "video_davis", "photos_neardup", "aerial_aid" };
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *scratch = g_dir_make_tmp ("tamis-resize-XXXXXX", NULL);
  g_autofree char *out = g_build_filename (scratch, "pil.raw", NULL);
  g_autofree char *expected = NULL;
  gsize length = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sets) && g_getenv ("TAMIS_SHARED") != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (g_getenv ("TAMIS_SHARED"), "data", sets[i], NULL);

      collect (folder, 20 * (i + 1), files);
    }
  if (files->len == 0)
    g_test_skip ("the development image pack is not here");
  else if (!run_pil (files, out))
    g_test_skip ("PIL is not here");
  else
    {
      g_assert_true (g_file_get_contents (out, &expected, &length, NULL));
      g_assert_cmpuint (length, ==, files->len * 3 * 64 * 64);
      compare_inputs (files, (const guint8 *) expected);
    }
  g_unlink (out);
  g_rmdir (scratch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/engine/image/resize/is-pil", test_is_pil);
  g_test_add_func ("/engine/image/resize/is-pil-in-values", test_is_pil_in_values);
  g_test_add_func ("/engine/image/resize/fast-is-reference", test_fast_is_reference);
  g_test_add_func ("/engine/image/resize/part", test_part_is_of_the_whole);
  g_test_add_func ("/engine/image/resize/flat-stays-flat", test_flat_stays_flat);
  g_test_add_func ("/engine/image/input/is-resized-and-scaled", test_input);
  g_test_add_func ("/engine/image/input/from-input-clamps", test_from_input_clamps);
  g_test_add_func ("/engine/image/input/photographs-as-pil", test_photographs);
  return g_test_run ();
}
