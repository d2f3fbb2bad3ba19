/* A sheet of images and what the model's decoder makes of their latents, one above the other.
 *
 *   bench-reconstruct FOLDER OUT.png [COLUMNS]
 *
 * Takes images evenly from the whole data set. The sheet in docs/pictures was made with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <tamis/tamis.h>

#define ROWS 3

static void
paste (TamisImage *sheet, const TamisImage *image, int x, int y)
{
  for (int row = 0; row < image->height; row++)
    memcpy (sheet->pixels + 3 * ((gsize) sheet->width * (y + row) + x),
            image->pixels + (gsize) 3 * image->width * row, (gsize) 3 * image->width);
}

static gboolean
add_pair (TamisImage *sheet, TamisCoder *coder, const char *file, int x, int y, GError **error)
{
  int side = 64;
  g_autofree float *input = g_new (float, 3 * side * side);
  g_autofree float *output = g_new (float, 3 * side * side);
  g_autofree float *latent = g_new (float, 1024);
  g_autoptr (TamisImage) image = tamis_image_load (file, NULL, NULL, error);
  g_autoptr (TamisImage) before = NULL;
  g_autoptr (TamisImage) after = NULL;

  if (image == NULL)
    return FALSE;
  tamis_image_to_input (image, side, input);
  tamis_coder_encode (coder, input, 1, latent);
  tamis_coder_decode (coder, latent, 1, output);
  before = tamis_image_from_input (input, side);
  after = tamis_image_from_input (output, side);
  paste (sheet, before, x, y);
  paste (sheet, after, x, y + side + 2);
  return TRUE;
}

static gboolean
make_sheet (const char *folder, const char *out, int columns, GError **error)
{
  g_autoptr (TamisDataset) dataset = tamis_dataset_open (folder, NULL, NULL, error);
  g_autoptr (TamisModel) model = dataset != NULL ? tamis_model_open ("paper", error) : NULL;
  g_autoptr (TamisCoder) coder = NULL;
  g_autoptr (TamisImage) sheet = NULL;
  int n = columns * ROWS;

  if (model == NULL)
    return FALSE;
  coder = tamis_coder_new (model, 1);
  sheet = tamis_image_new (columns * 66 - 2, ROWS * 138 - 8);
  memset (sheet->pixels, 255, (gsize) 3 * sheet->width * sheet->height);
  for (int i = 0; i < n; i++)
    {
      guint row = (guint) ((gint64) i * tamis_dataset_get_n_images (dataset) / n);
      g_autofree char *file = tamis_dataset_dup_file (dataset, row);

      if (!add_pair (sheet, coder, file, i % columns * 66, i / columns * 138, error))
        return FALSE;
    }
  return tamis_image_save_png (sheet, out, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc < 3)
    {
      g_printerr ("usage: bench-reconstruct FOLDER OUT.png [COLUMNS]\n");
      return 2;
    }
  tamis_init (0);
  if (make_sheet (argv[1], argv[2], argc > 3 ? MAX (1, atoi (argv[3])) : 12, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}
