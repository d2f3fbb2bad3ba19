/* compare: difference, tones, cells and sameness against their definitions; a comparison as a whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *a; /* folder/a */
  char *b;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-compare-XXXXXX", NULL);
  self->a = g_build_filename (self->folder, "a", NULL);
  self->b = g_build_filename (self->folder, "b", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_remove (self->a);
  g_remove (self->b);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->a);
  g_free (self->b);
  g_free (self->folder);
}

static TamisImage *
make_image (int width, int height, guint64 seed)
{
  TamisImage *image = tamis_image_new (width, height);
  TamisRandom random;
  double a[4];

  tamis_random_init (&random, seed);
  for (int i = 0; i < 4; i++)
    a[i] = 2 + 9 * tamis_random_uniform (&random);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        image->pixels[3 * (y * width + x) + c]
            = (guint8) (128 + 60 * sin (a[c] * x / width + a[3] * y / height)
                        + 50 * cos (a[3] * x * y / (double) (width * height) + c));
  return image;
}

static void
put (const char *path, GBytes *taken)
{
  g_autoptr (GBytes) bytes = taken;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL));
}

/* ---- pixels ---- */

static void
test_difference (void)
{
  static const int sizes[][2] = { { 40, 30 }, { 80, 60 }, { 13, 57 }, { 1, 1 } };
  g_autoptr (TamisImage) b = make_image (40, 30, 2);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint gain = 1; gain <= 16; gain *= 4)
      {
        g_autoptr (TamisImage) a = make_image (sizes[i][0], sizes[i][1], 1);
        g_autoptr (TamisImage) at_size = tamis_image_resize (a, 40, 30);
        g_autoptr (TamisImage) difference = tamis_image_difference (a, b, gain);

        g_assert_cmpint (difference->width, ==, 40);
        g_assert_cmpint (difference->height, ==, 30);
        for (int p = 0; p < 3 * 40 * 30; p++)
          {
            int d = at_size->pixels[p] > b->pixels[p] ? at_size->pixels[p] - b->pixels[p]
                                                      : b->pixels[p] - at_size->pixels[p];

            g_assert_cmpint (difference->pixels[p], ==, MIN (d * (int) gain, 255));
          }
      }
}

/* A copy at twice the size is the same scene: what differs is rounding. */
static void
test_difference_aligns_sizes (void)
{
  g_autoptr (TamisImage) large = make_image (200, 140, 5);
  g_autoptr (TamisImage) small = tamis_image_resize (large, 100, 70);
  g_autoptr (TamisImage) other = make_image (100, 70, 6);
  g_autoptr (TamisImage) same = tamis_image_difference (large, small, 1);
  g_autoptr (TamisImage) different = tamis_image_difference (large, other, 1);
  guint8 most = 0, most_different = 0;

  for (int i = 0; i < 3 * 100 * 70; i++)
    {
      most = MAX (most, same->pixels[i]);
      most_different = MAX (most_different, different->pixels[i]);
    }
  g_assert_cmpuint (most, ==, 0);
  g_assert_cmpuint (most_different, >, 50);
}

/* Of a part it is that part of the whole, for images of one size to the bit. */
static void
test_difference_of_a_part (void)
{
  static const int sizes[][2] = { { 60, 45 }, { 120, 90 }, { 31, 57 } };
  g_autoptr (TamisImage) b = make_image (60, 45, 2);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TamisImage) a = make_image (sizes[i][0], sizes[i][1], 1);
      g_autoptr (TamisImage) whole = tamis_image_difference (a, b, 3);
      double across = a->width / 60.0, down = a->height / 45.0;
      const TamisImagePart of_a = { a, { 7 * across, 5 * down, 33 * across, 21 * down } };
      const TamisImagePart of_b = { b, { 7, 5, 33, 21 } };
      g_autoptr (TamisImage) part = tamis_image_difference_part (&of_a, &of_b, 3);

      g_assert_true (part->width == 33 && part->height == 21);
      for (int y = 0; y < 21; y++)
        for (int x = 0; x < 3 * 33; x++)
          g_assert_cmpint (ABS (part->pixels[99 * y + x] - whole->pixels[180 * (y + 5) + 21 + x]), <=,
                           i == 0 ? 0 : 3);
    }
}

static void
test_tones (void)
{
  static const guint8 pixels[] = { 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0 };
  g_autoptr (TamisImage) image = tamis_image_new (2, 2);
  TamisTones tones;
  guint sum = 0;

  memcpy (image->pixels, pixels, sizeof pixels);
  tamis_image_count_tones (image, &tones);
  for (int v = 0; v < 256; v++)
    sum += tones.luminance[v];
  g_assert_cmpuint (sum, ==, 4);
  g_assert_cmpuint (tones.red[255], ==, 2);
  g_assert_cmpuint (tones.green[255], ==, 2);
  g_assert_cmpuint (tones.blue[0], ==, 3);
  g_assert_cmpuint (tones.luminance[0], ==, 1);
  g_assert_cmpuint (tones.luminance[76], ==, 1);  /* red */
  g_assert_cmpuint (tones.luminance[150], ==, 1); /* green */
  g_assert_cmpuint (tones.luminance[255], ==, 1);
}

static void
test_structure (void)
{
  g_autoptr (TamisImage) stripes = tamis_image_new (64, 64);
  g_autoptr (TamisImage) ramp = tamis_image_new (64, 64);
  g_autoptr (TamisImage) scene = make_image (300, 200, 8);

  for (int i = 0; i < 64 * 64; i++)
    {
      memset (stripes->pixels + 3 * i, i % 2 != 0 ? 10 : 0, 3);
      memset (ramp->pixels + 3 * i, i % 64, 3);
    }
  g_assert_cmpfloat_with_epsilon (tamis_image_structure (stripes), 5, 1e-9);
  g_assert_cmpfloat_with_epsilon (tamis_image_structure (ramp), 0.5, 1e-9);
  g_assert_cmpfloat (tamis_image_structure (ramp), <, TAMIS_STRUCTURE_LITTLE);
  g_assert_cmpfloat (tamis_image_structure (scene), >, TAMIS_STRUCTURE_LITTLE);
}

/* ---- latents ---- */

static void
test_cells (void)
{
  enum { CHANNELS = 256, N = CHANNELS * TAMIS_CELLS };
  g_autofree float *a = g_new0 (float, N);
  g_autofree float *b = g_new0 (float, N);
  double cosines[TAMIS_CELLS];
  TamisRandom random;

  tamis_random_init (&random, 4);
  for (int c = 0; c < CHANNELS; c++)
    for (int cell = 0; cell < 3; cell++) /* the last one stays all zeros */
      {
        float v = (float) tamis_random_normal (&random);

        a[c * 4 + cell] = v;
        b[c * 4 + cell] = cell == 1 ? (float) tamis_random_normal (&random) : 3 * v;
      }
  tamis_latent_cells (a, b, N, cosines);
  g_assert_cmpfloat_with_epsilon (cosines[0], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosines[2], 1, 1e-12);
  g_assert_true (isnan (cosines[3]));
  for (int cell = 0; cell < 3; cell++)
    {
      float x[CHANNELS], y[CHANNELS];

      for (int c = 0; c < CHANNELS; c++)
        {
          x[c] = a[c * 4 + cell];
          y[c] = b[c * 4 + cell];
        }
      g_assert_cmpfloat_with_epsilon (cosines[cell], tamis_similarity (x, y, CHANNELS), 1e-12);
    }
  g_assert_cmpfloat (fabs (cosines[1]), <, 0.4);
}

/* ---- files ---- */

static void
assert_sameness (Fixture *self, TamisSameness expected)
{
  TamisSameness sameness;
  g_autoptr (GError) error = NULL;

  g_assert_true (tamis_files_compare (self->a, self->b, NULL, &sameness, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sameness, ==, expected);
}

static void
test_sameness (Fixture *self, gconstpointer data)
{
  const TestPng plain = { 700, 500, 2, 8, FALSE, FALSE };
  const TestPng interlaced = { 700, 500, 2, 8, TRUE, FALSE };
  const TestPng narrow = { 699, 500, 2, 8, FALSE, FALSE };
  const TestJpeg jpeg = { .width = 700, .height = 500, .channels = 3 };
  const TestJpeg progressive = { .width = 700, .height = 500, .channels = 3, .progressive = TRUE };
  g_autoptr (TamisImage) image = NULL;

  put (self->a, test_encode_png (&plain));
  put (self->b, test_encode_png (&plain));
  assert_sameness (self, TAMIS_SAMENESS_BYTES);
  put (self->b, test_encode_png (&interlaced));
  assert_sameness (self, TAMIS_SAMENESS_PIXELS);
  put (self->b, test_encode_png (&narrow));
  assert_sameness (self, TAMIS_SAMENESS_NONE);
  /* One value of one pixel. */
  image = tamis_image_load (self->a, NULL, NULL, NULL);
  image->pixels[3 * 700 * 250 + 1000] ^= 1;
  g_assert_true (tamis_image_save_png (image, self->b, NULL));
  assert_sameness (self, TAMIS_SAMENESS_NONE);
  /* JPEG compresses: its pixels are not those of the PNG, but those of another JPEG's. */
  put (self->b, test_encode_jpeg (&jpeg));
  assert_sameness (self, TAMIS_SAMENESS_NONE);
  put (self->a, test_encode_jpeg (&progressive));
  assert_sameness (self, TAMIS_SAMENESS_PIXELS);
  g_clear_pointer (&image, tamis_image_unref);
  image = tamis_image_load (self->b, NULL, NULL, NULL);
  g_assert_true (tamis_image_save_png (image, self->b, NULL)); /* converted without loss */
  assert_sameness (self, TAMIS_SAMENESS_PIXELS);
}

static void
test_sameness_errors (Fixture *self, gconstpointer data)
{
  const TestPng png = { 70, 50, 2, 8, FALSE, FALSE };
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TamisSameness sameness;

  put (self->a, test_encode_png (&png));
  g_assert_false (tamis_files_compare (self->a, self->b, NULL, &sameness, &error));
  g_assert_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE);
  g_clear_error (&error);
  put (self->b, test_encode_png (&(TestPng){ 70, 50, 2, 8, TRUE, FALSE }));
  g_cancellable_cancel (cancel);
  g_assert_false (tamis_files_compare (self->a, self->b, cancel, &sameness, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- all of it ---- */

static void
test_comparison (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisModel) model = tamis_model_open ("whitened", NULL);
  g_autoptr (TamisImage) scene = make_image (640, 480, 9);
  g_autoptr (TamisImage) altered = tamis_image_resize (scene, 640, 480);
  g_autoptr (TamisComparison) same = NULL;
  g_autoptr (TamisComparison) quarter = NULL;

  g_assert_nonnull (model);
  g_assert_true (tamis_image_save_png (scene, self->a, NULL));
  g_assert_true (tamis_image_save_png (scene, self->b, NULL));
  same = tamis_comparison_new (self->a, self->b, model, NULL, NULL);
  g_assert_cmpint (same->image[0].facts.width, ==, 640);
  g_assert_cmpuint (same->image[0].bytes, ==, same->image[1].bytes);
  g_assert_cmpuint (same->image[0].bytes, >, 0);
  g_assert_cmpfloat (same->image[0].sharpness, ==, same->image[1].sharpness);
  g_assert_true (same->has_cells);
  for (int i = 0; i < TAMIS_CELLS; i++)
    g_assert_cmpfloat_with_epsilon (same->cells[i], 1, 1e-6);
  g_assert_cmpint (same->lowest_cell, ==, -1);
  g_assert_cmpint (same->image[0].redrawn->width, ==, 64);
  g_assert_cmpfloat (same->image[0].redrawn_error, ==, same->image[1].redrawn_error);
  g_assert_true (isnan (same->distance));
  g_assert_false (same->little_structure);

  /* The quarter at the bottom left is drawn over with a checkerboard. */
  for (int y = 240; y < 480; y++)
    for (int x = 0; x < 320; x++)
      memset (altered->pixels + 3 * (y * 640 + x), (x / 40 + y / 40) % 2 != 0 ? 240 : 10, 3);
  g_assert_true (tamis_image_save_png (altered, self->b, NULL));
  quarter = tamis_comparison_new (self->a, self->b, model, NULL, NULL);
  g_assert_cmpint (quarter->lowest_cell, ==, 2);
  g_assert_cmpfloat (quarter->cells[2], <, quarter->cells[1] - 0.02);
  g_assert_cmpfloat (quarter->image[1].sharpness, >, quarter->image[0].sharpness);
  g_assert_cmpfloat (quarter->image[1].redrawn_error, >, quarter->image[0].redrawn_error);
}

static void
test_comparison_without (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) flat = tamis_image_new (300, 200);
  g_autoptr (TamisComparison) missing = NULL;
  g_autoptr (TamisComparison) both = NULL;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (tamis_image_save_png (flat, self->a, NULL));
  missing = tamis_comparison_new (self->a, self->b, NULL, NULL, NULL);
  g_assert_null (missing->image[0].reason);
  g_assert_cmpint (missing->image[0].facts.width, ==, 300);
  g_assert_nonnull (strstr (missing->image[1].reason, "No such file"));
  g_assert_false (missing->has_cells);
  g_assert_false (missing->little_structure); /* said of pairs only */
  g_assert_true (tamis_image_save_png (flat, self->b, NULL));
  both = tamis_comparison_new (self->a, self->b, NULL, NULL, NULL);
  g_assert_true (both->little_structure);
  g_assert_null (both->image[0].redrawn);
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_comparison_new (self->a, self->b, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* An enlargement has more pixels and no more detail: at the scale of both it is no sharper. */
static void
test_enlargement_is_not_sharper (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) scene = tamis_image_new (400, 300);
  g_autoptr (TamisImage) enlarged = NULL;
  g_autoptr (TamisComparison) comparison = NULL;
  TamisRandom random;

  tamis_random_init (&random, 11);
  for (int i = 0; i < 3 * 400 * 300; i++)
    scene->pixels[i] = (guint8) tamis_random_below (&random, 256);
  enlarged = tamis_image_resize (scene, 800, 600);
  g_assert_true (tamis_image_save_png (enlarged, self->a, NULL));
  g_assert_true (tamis_image_save_png (scene, self->b, NULL));
  comparison = tamis_comparison_new (self->a, self->b, NULL, NULL, NULL);
  g_assert_cmpfloat (comparison->image[0].sharpness, <, comparison->image[1].sharpness);
}

#define ADD(name, test) g_test_add ("/engine/compare/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (0);
  g_test_add_func ("/engine/compare/difference", test_difference);
  g_test_add_func ("/engine/compare/difference-aligns-sizes", test_difference_aligns_sizes);
  g_test_add_func ("/engine/compare/difference/part", test_difference_of_a_part);
  g_test_add_func ("/engine/compare/tones", test_tones);
  g_test_add_func ("/engine/compare/structure", test_structure);
  g_test_add_func ("/engine/compare/cells", test_cells);
  ADD ("sameness", test_sameness);
  ADD ("sameness-errors", test_sameness_errors);
  ADD ("comparison", test_comparison);
  ADD ("comparison-without", test_comparison_without);
  ADD ("enlargement-is-not-sharper", test_enlargement_is_not_sharper);
  return g_test_run ();
}
