/* image: what is not a readable image is refused with a reason, before memory is spent; saving.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encode.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <png.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *file; /* folder/x */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-load-XXXXXX", NULL);
  self->file = g_build_filename (self->folder, "x", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove (self->file);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing else was left behind */
  g_free (self->file);
  g_free (self->folder);
}

static void
put (Fixture *self, GBytes *taken)
{
  g_autoptr (GBytes) bytes = taken;
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);

  g_assert_true (g_file_set_contents (self->file, data, (gssize) n, NULL));
}

static void
put_png (Fixture *self, int width, int height)
{
  const TestPng how = { width, height, PNG_COLOR_TYPE_RGB, 8, FALSE, FALSE };

  put (self, test_encode_png (&how));
}

static void
assert_refused (const char *path, const TamisImageLoad *load, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  TamisImageFacts facts = { 7, 7, TAMIS_IMAGE_FORMAT_PNG };

  g_assert_null (tamis_image_load (path, load, &facts, &error));
  g_assert_error (error, TAMIS_IMAGE_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_null (strstr (error->message, path));
  g_assert_cmpint (facts.width, ==, 0);
}

static void
test_no_image (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gsize n;
    int code;
    const char *part;
  } cases[] = {
    { "", 0, TAMIS_IMAGE_ERROR_CORRUPT, "empty" },
    { "hello", 5, TAMIS_IMAGE_ERROR_FORMAT, "no image that Tamis knows" },
    { "P6 1 1 255 abc", 14, TAMIS_IMAGE_ERROR_FORMAT, "Netpbm" },
    { "\0\0\0\x20" "ftypheic", 12, TAMIS_IMAGE_ERROR_FORMAT, "a HEIC image" },
    { "\x89PNG\r\n\x1a\n", 8, TAMIS_IMAGE_ERROR_CORRUPT, "broken PNG" },
    { "\xff\xd8\xff", 3, TAMIS_IMAGE_ERROR_CORRUPT, "broken JPEG" },
    { "RIFF\4\0\0\0WEBP", 12, TAMIS_IMAGE_ERROR_CORRUPT, "broken WebP" },
    { "II*\0", 4, TAMIS_IMAGE_ERROR_CORRUPT, "broken TIFF" },
    { "GIF89a", 6, TAMIS_IMAGE_ERROR_CORRUPT, "broken GIF" },
    { "BM", 2, TAMIS_IMAGE_ERROR_FORMAT, "BMP" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      put (self, g_bytes_new_static (cases[i].bytes, cases[i].n));
      assert_refused (self->file, NULL, cases[i].code, cases[i].part);
    }
}

static void
test_no_file (Fixture *self, gconstpointer data)
{
  assert_refused (self->file, NULL, TAMIS_IMAGE_ERROR_UNREADABLE, "No such file");
  assert_refused (self->folder, NULL, TAMIS_IMAGE_ERROR_UNREADABLE, "is a folder");
  assert_refused ("/dev/zero", NULL, TAMIS_IMAGE_ERROR_UNREADABLE, "not a file");
  tamis_image_file_expect (self->file);
  tamis_image_file_expect ("/dev/zero");
  /* Nobody writes to this pipe: opening it must not wait. */
  g_assert_cmpint (mkfifo (self->file, 0600), ==, 0);
  tamis_image_file_expect (self->file);
  assert_refused (self->file, NULL, TAMIS_IMAGE_ERROR_UNREADABLE, "not a file");
}

static void
test_content_decides (Fixture *self, gconstpointer data)
{
  g_autofree char *misnamed = g_build_filename (self->folder, "x.jpg", NULL);
  g_autoptr (TamisImage) image = NULL;
  TamisImageFacts facts;

  put_png (self, 9, 4);
  g_assert_cmpint (g_rename (self->file, misnamed), ==, 0);
  image = tamis_image_load (misnamed, NULL, &facts, NULL);
  g_assert_nonnull (image);
  g_assert_cmpint (facts.format, ==, TAMIS_IMAGE_FORMAT_PNG);
  g_assert_cmpstr (tamis_image_format_name (facts.format), ==, "PNG");
  g_assert_cmpint (facts.width, ==, 9);
  g_assert_cmpint (facts.height, ==, 4);
  g_unlink (misnamed);
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;

  put_png (self, 20, 10);
  load.max_pixels = 199;
  assert_refused (self->file, &load, TAMIS_IMAGE_ERROR_TOO_LARGE, "20 × 10 pixels");
  load.max_pixels = 200;
  image = tamis_image_load (self->file, &load, NULL, NULL);
  g_assert_nonnull (image);
  load.max_bytes = 50;
  assert_refused (self->file, &load, TAMIS_IMAGE_ERROR_TOO_LARGE, "MiB");
}

static void
patch (GBytes *bytes, Fixture *self, gsize at, guint32 value, gboolean big_endian)
{
  g_autoptr (GByteArray) array = g_bytes_unref_to_array (bytes);

  for (int i = 0; i < 4; i++)
    array->data[at + i] = (guint8) (value >> (big_endian ? 24 - 8 * i : 8 * i));
  g_assert_true (g_file_set_contents (self->file, (char *) array->data, array->len, NULL));
}

/* Headers that claim more than there is, up to the largest numbers they can hold. */
static void
test_false_sizes (Fixture *self, gconstpointer data)
{
  const TestBmp bmp = { 20, 10, 24, 0 };
  const guint32 huge[] = { 100000, 0x7fffffff, 0x80000000 };

  for (guint i = 0; i < G_N_ELEMENTS (huge); i++)
    {
      g_autoptr (GError) error = NULL;

      patch (test_encode_bmp (&bmp), self, 18, huge[i], FALSE);
      g_assert_null (tamis_image_load (self->file, NULL, NULL, &error));
      g_clear_error (&error);
      patch (test_encode_bmp (&bmp), self, 22, huge[i], FALSE);
      g_assert_null (tamis_image_load (self->file, NULL, NULL, &error));
    }
}

static void
test_png_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) image = tamis_image_new (31, 17);
  g_autoptr (TamisImage) back = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3 * 31 * 17; i++)
    image->pixels[i] = (guint8) (i * i);
  g_assert_true (tamis_image_save_png (image, self->file, &error));
  g_assert_no_error (error);
  back = tamis_image_load (self->file, NULL, NULL, NULL);
  g_assert_cmpmem (back->pixels, 3 * 31 * 17, image->pixels, 3 * 31 * 17);
}

static void
test_jpeg_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) image = tamis_image_new (32, 16);
  g_autoptr (TamisImage) back = NULL;

  for (int i = 0; i < 3 * 32 * 16; i++)
    image->pixels[i] = (guint8) (i / 3 % 32 * 4 + 60);
  g_assert_true (tamis_image_save_jpeg (image, self->file, 95, NULL));
  back = tamis_image_load (self->file, NULL, NULL, NULL);
  for (int i = 0; i < 3 * 32 * 16; i++)
    g_assert_cmpint (ABS (back->pixels[i] - image->pixels[i]), <=, 4);
}

static void
test_save_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisImage) image = tamis_image_new (3, 3);
  g_autofree char *nowhere = g_build_filename (self->folder, "no", "x.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (tamis_image_save_png (image, nowhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (tamis_image_save_jpeg (image, nowhere, 90, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_thumbnails (Fixture *self, gconstpointer data)
{
  static const struct
  {
    int width;
    int height;
    int side;
    int to_width;
    int to_height;
  } cases[] = { { 100, 50, 40, 40, 20 }, { 50, 100, 40, 20, 40 }, { 30, 20, 40, 30, 20 },
                { 40, 40, 40, 40, 40 },  { 1, 300, 40, 1, 40 },   { 101, 7, 50, 50, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int jpeg = 0; jpeg < 2; jpeg++)
      {
        const TestJpeg how = { cases[i].width, cases[i].height, 3, FALSE, 0, FALSE };
        g_autoptr (TamisImage) image = NULL;

        if (jpeg)
          put (self, test_encode_jpeg (&how));
        else
          put_png (self, cases[i].width, cases[i].height);
        image = tamis_image_load_thumbnail (self->file, cases[i].side, NULL);
        g_assert_cmpint (image->width, ==, cases[i].to_width);
        g_assert_cmpint (image->height, ==, cases[i].to_height);
      }
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/engine/image/load/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  add ("no-image", test_no_image);
  add ("no-file", test_no_file);
  add ("content-decides", test_content_decides);
  add ("limits", test_limits);
  add ("false-sizes", test_false_sizes);
  add ("png-round-trip", test_png_round_trip);
  add ("jpeg-round-trip", test_jpeg_round_trip);
  add ("save-fails", test_save_fails);
  add ("thumbnails", test_thumbnails);
  return g_test_run ();
}
