/* image: thumbnails by content, their budget, damage; loads that are stopped; the halves of a load.
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

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-thumbnails-XXXXXX", NULL);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->folder);
  g_free (self->folder);
}

static TamisImage *
make_image (int width, int height, guint seed)
{
  TamisImage *image = tamis_image_new (width, height);

  for (int i = 0; i < 3 * width * height; i++)
    image->pixels[i] = (guint8) (128 + 100 * ((i / (30 + (int) seed)) % 2));
  return image;
}

static TamisImageFacts
facts_of (int width, int height, guint seed)
{
  return (TamisImageFacts){ .width = width,
                            .height = height,
                            .digest = tamis_digest_of (&seed, sizeof seed) };
}

static void
count_files (const char *path, guint *n, guint64 *bytes)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;
  GStatBuf facts;

  if (dir == NULL)
    {
      g_assert_cmpint (g_stat (path, &facts), ==, 0);
      *n += 1;
      *bytes += (guint64) facts.st_size;
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      count_files (child, n, bytes);
    }
  g_dir_close (dir);
}

static void
test_keep (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->folder, "made", "when needed", NULL);
  g_autoptr (TamisThumbnails) store = tamis_thumbnails_new (folder, 64 << 20);
  g_autoptr (TamisThumbnails) again = tamis_thumbnails_new (folder, 64 << 20);
  g_autoptr (TamisImage) small = make_image (256, 192, 1);
  g_autoptr (TamisImage) back = NULL;
  TamisImageFacts large = facts_of (1024, 768, 1), medium = facts_of (511, 300, 2), nameless = large;
  double error = 0;

  memset (&nameless.digest, 0, sizeof nameless.digest);
  g_assert_null (tamis_thumbnails_get (store, &large.digest));
  tamis_thumbnails_put (store, &large, small);
  tamis_thumbnails_put (store, &medium, small);
  tamis_thumbnails_put (store, &nameless, small);
  back = tamis_thumbnails_get (again, &large.digest);
  g_assert_nonnull (back);
  g_assert_cmpint (back->width, ==, 256);
  g_assert_cmpint (back->height, ==, 192);
  for (int i = 0; i < 3 * 256 * 192; i++)
    error += ABS (back->pixels[i] - small->pixels[i]);
  g_assert_cmpfloat (error / (3 * 256 * 192), <, 12);
  g_assert_null (tamis_thumbnails_get (again, &medium.digest));
  g_assert_null (tamis_thumbnails_get (again, &nameless.digest));
}

static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisThumbnails) store = tamis_thumbnails_new (self->folder, 64 << 20);
  g_autoptr (TamisImage) small = make_image (100, 256, 1);
  TamisImageFacts facts = facts_of (400, 1024, 3);
  g_autofree char *name = tamis_digest_to_string (&facts.digest);
  g_autofree char *path = g_strdup_printf ("%s/%.2s/%s.jpg", self->folder, name, name + 2);
  g_autoptr (TamisImage) back = NULL;

  tamis_thumbnails_put (store, &facts, small);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (tamis_thumbnails_get (store, &facts.digest));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  tamis_thumbnails_put (store, &facts, small);
  back = tamis_thumbnails_get (store, &facts.digest);
  g_assert_nonnull (back);
}

static void
put_one (gsize item, guint worker, gpointer data)
{
  g_autoptr (TamisImage) small = make_image (64, 64, (guint) item);
  TamisImageFacts facts = facts_of (600, 600, (guint) item);

  tamis_thumbnails_put (data, &facts, small);
}

/* However many are put, from however many threads, the budget holds; the newest are there. */
static void
test_budget (Fixture *self, gconstpointer data)
{
  const guint64 budget = 256 * 4000;
  g_autoptr (TamisThumbnails) store = tamis_thumbnails_new (self->folder, budget);
  TamisImageFacts last = facts_of (600, 600, 5000);
  g_autoptr (TamisImage) small = make_image (64, 64, 1), back = NULL;
  guint n = 0;
  guint64 bytes = 0;

  g_assert_true (tamis_parallel_for (2000, put_one, store, NULL));
  tamis_thumbnails_put (store, &last, small);
  count_files (self->folder, &n, &bytes);
  g_assert_cmpuint (bytes, <=, budget);
  g_assert_cmpuint (n, >, 256);
  g_assert_cmpuint (n, <, 2000);
  back = tamis_thumbnails_get (store, &last.digest);
  g_assert_nonnull (back);
}

/* A folder that cannot be written to costs the thumbnails and nothing else. */
static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_build_filename (self->folder, "file", NULL);
  g_autoptr (TamisThumbnails) store = tamis_thumbnails_new (file, 1 << 20);
  g_autoptr (TamisImage) small = make_image (64, 64, 1);
  TamisImageFacts facts = facts_of (1000, 1000, 1);

  g_assert_true (g_file_set_contents (file, "a file", -1, NULL));
  tamis_thumbnails_put (store, &facts, small);
  g_assert_null (tamis_thumbnails_get (store, &facts.digest));
}

/* Large enough to be decoded in pieces; made once, because that takes seconds. */
static GBytes *
large_webp (void)
{
  static GBytes *bytes;

  if (bytes == NULL)
    bytes = test_encode_webp (2200, 2000, FALSE, FALSE);
  return bytes;
}

/* Every decoder looks at the cancellable. */
static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) all = test_encode_all ();
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;

  g_ptr_array_add (all, g_bytes_ref (large_webp ()));
  load.cancel = cancel;
  for (int stopped = 0; stopped < 2; stopped++)
    {
      for (guint i = 0; i < all->len; i++)
        {
          gsize size;
          const guint8 *bytes = g_bytes_get_data (all->pdata[i], &size);
          TamisImageFacts facts = { 0 };
          g_autoptr (GError) error = NULL;
          g_autoptr (TamisImage) image
              = _tamis_image_load_bytes (bytes, size, &load, &facts, &error);

          if (stopped && facts.format == TAMIS_IMAGE_FORMAT_WEBP && image->width < 2000)
            continue; /* small: decoded at once */
          if (stopped && image == NULL)
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          else
            g_assert_no_error (error);
          g_assert_true ((image == NULL) == (stopped != 0));
        }
      g_cancellable_cancel (cancel);
    }
}

/* Resizing looks at it too, and says the same as without where nobody cancels. */
static void
test_resize_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) large = tamis_image_new (5000, 1700); /* several pieces */
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (TamisImage) expected = NULL, small = NULL, none = NULL;
  float plain[3 * 8 * 8], input[3 * 8 * 8];

  for (gsize i = 0; i < 3 * 5000 * 1700; i++)
    large->pixels[i] = (guint8) (i * i >> 13);
  expected = tamis_image_resize (large, 100, 34);
  small = tamis_image_reduce_cancellable (large, 100, cancel);
  g_assert_cmpmem (small->pixels, 3 * 100 * 34, expected->pixels, 3 * 100 * 34);
  tamis_image_to_input (large, 8, plain);
  g_assert_true (tamis_image_to_input_cancellable (large, 8, input, cancel));
  g_assert_cmpmem (input, sizeof input, plain, sizeof plain);
  g_cancellable_cancel (cancel);
  none = tamis_image_reduce_cancellable (large, 100, cancel);
  g_assert_null (none);
  g_assert_false (tamis_image_to_input_cancellable (large, 8, input, cancel));
}

/* The pieces of a large WebP make the image that the whole makes. */
static void
test_pieces (Fixture *self, gconstpointer data)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageFacts facts;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) image = NULL;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (large_webp (), &size);

  image = _tamis_image_load_bytes (bytes, size, &load, &facts, &error);
  g_assert_no_error (error);
  for (int y = 0; y < 2000; y++)
    for (int x = 0; x < 2200; x++)
      for (int c = 0; c < 3; c++)
        g_assert_cmpuint (image->pixels[3 * (y * 2200 + x) + c], ==, test_tone (x, y, c));
  g_assert_null (_tamis_image_load_bytes (bytes, size - size / 3, &load, &facts, &error));
  g_assert_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_CORRUPT);
}

static void
test_halves (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "image.png", NULL);
  g_autoptr (TamisImage) image = make_image (300, 200, 1), decoded = NULL;
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageFacts facts = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImageFile) file = NULL;
  g_autofree char *bytes = NULL;
  gsize size;
  TamisDigest expected;

  load.digest = TRUE;
  g_assert_true (tamis_image_save_png (image, path, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  expected = tamis_digest_of (bytes, size);
  file = tamis_image_file_read (path, &load, &facts, &error);
  g_assert_no_error (error);
  g_assert_true (tamis_digest_equal (&facts.digest, &expected));
  g_assert_cmpint (facts.width, ==, 0);
  g_remove (path); /* it is in memory now */
  decoded = tamis_image_file_decode (file, &load, &facts, &error);
  g_assert_no_error (error);
  g_assert_cmpint (facts.width, ==, 300);
  g_assert_true (tamis_digest_equal (&facts.digest, &expected));
  g_assert_cmpmem (decoded->pixels, 3 * 300 * 200, image->pixels, 3 * 300 * 200);
}

/* Comparable between sizes: the small copy of an image is never the sharper one. */
static void
test_sharpness (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) image = make_image (256, 192, 70);
  float full = tamis_image_sharpness_of_thumbnail (image), before = full;

  g_assert_cmpfloat_with_epsilon (full, tamis_image_sharpness (image), 1e-3 * full);
  for (int side = 128; side >= 32; side /= 2)
    {
      g_autoptr (TamisImage) small = tamis_image_reduce (image, side);
      float sharpness = tamis_image_sharpness_of_thumbnail (small);

      g_assert_cmpfloat (sharpness, >, 0);
      g_assert_cmpfloat (sharpness, <, before);
      before = sharpness;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add ("/image/thumbnails/keep", Fixture, NULL, set_up, test_keep, tear_down);
  g_test_add ("/image/thumbnails/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/image/thumbnails/budget", Fixture, NULL, set_up, test_budget, tear_down);
  g_test_add ("/image/thumbnails/no-folder", Fixture, NULL, set_up, test_no_folder, tear_down);
  g_test_add ("/image/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
  g_test_add ("/image/stopped-resize", Fixture, NULL, set_up, test_resize_stopped, tear_down);
  g_test_add ("/image/pieces", Fixture, NULL, set_up, test_pieces, tear_down);
  g_test_add ("/image/halves", Fixture, NULL, set_up, test_halves, tear_down);
  g_test_add ("/image/sharpness-of-sizes", Fixture, NULL, set_up, test_sharpness, tear_down);
  return g_test_run ();
}
