/* Images a second from file to the model's 64 × 64 input: JPEG 1024 × 768 (decoded whole, and
 * reduced by the decoder as far as twice the input's side) and PNG 1024 × 768, from the page cache.
 * Prints one JSON line a case. Arguments: [threads [files [seconds a run [runs]]]]
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/image.h>
#include <tamis/job.h>

#include "bench.h"

#include <glib/gstdio.h>
#include <math.h>

#define SIDE 64

typedef struct
{
  const char *folder;
  const char *ending;
  int n_files;
  int at_least;
} Decoding;

static char *
file_name (const Decoding *decoding, gsize i)
{
  return g_strdup_printf ("%s/%" G_GSIZE_FORMAT ".%s", decoding->folder, i, decoding->ending);
}

/* Waves of several lengths and a little noise. */
static void
draw (TamisImage *image, TamisRandom *random)
{
  double phase = tamis_random_uniform (random) * 6.0;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      for (int c = 0; c < 3; c++)
        {
          double v = 128.0 + 50.0 * sin (x * 0.011 + phase + c) + 30.0 * sin (y * 0.05 - x * 0.03)
                     + 15.0 * sin (x * 0.4 + y * 0.3) + 20.0 * tamis_random_uniform (random);

          image->pixels[3 * (y * image->width + x) + c] = (guint8) CLAMP (v, 0.0, 255.0);
        }
}

static void
make_files (const Decoding *jpeg, const Decoding *png)
{
  g_autoptr (TamisImage) image = tamis_image_new (1024, 768);
  TamisRandom random;

  tamis_random_init (&random, 1);
  for (int i = 0; i < jpeg->n_files; i++)
    {
      g_autofree char *as_jpeg = file_name (jpeg, (gsize) i);
      g_autofree char *as_png = file_name (png, (gsize) i);

      draw (image, &random);
      if (!tamis_image_save_jpeg (image, as_jpeg, 85, NULL)
          || !tamis_image_save_png (image, as_png, NULL))
        g_error ("cannot write to %s", jpeg->folder);
    }
}

static void
decode_one (gsize item, guint worker, gpointer data)
{
  Decoding *decoding = data;
  g_autofree char *file = file_name (decoding, item);
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;
  float input[3 * SIDE * SIDE];

  load.at_least = decoding->at_least;
  image = tamis_image_load (file, &load, NULL, NULL);
  if (image == NULL)
    g_error ("cannot read %s", file);
  tamis_image_to_input (image, SIDE, input);
}

static void
decode_all (gpointer data)
{
  Decoding *decoding = data;

  tamis_parallel_for ((gsize) decoding->n_files, decode_one, decoding, NULL);
}

static void
remove_files (const Decoding *decoding)
{
  for (int i = 0; i < decoding->n_files; i++)
    {
      g_autofree char *file = file_name (decoding, (gsize) i);

      g_unlink (file);
    }
}

int
main (int argc, char **argv)
{
  BenchParams bench = bench_params (argc, argv, 32);
  g_autofree char *folder = g_dir_make_tmp ("tamis-decode-XXXXXX", NULL);
  Decoding jpeg = { folder, "jpg", bench.batch, 0 };
  Decoding reduced = { folder, "jpg", bench.batch, 2 * SIDE };
  Decoding png = { folder, "png", bench.batch, 0 };

  tamis_init (bench.threads);
  bench.threads = tamis_get_threads ();
  make_files (&jpeg, &png);
  bench_run (&bench, "jpeg-1024x768-full", decode_all, &jpeg);
  bench_run (&bench, "jpeg-1024x768-reduced", decode_all, &reduced);
  bench_run (&bench, "png-1024x768", decode_all, &png);
  remove_files (&jpeg);
  remove_files (&png);
  g_rmdir (folder);
  return 0;
}
