/* generate: a contact sheet, each generated image beside the nearest real one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "generate.h"

#include <string.h>

#define CELL 128 /* pixels: twice what the model makes */
#define GAP 4    /* inside a pair */
#define SPACE 20 /* between pairs, and around them */
#define PAIRS_A_ROW 4
#define PAIR (2 * CELL + GAP)

/* Squeezed into a square, as the model sees it. */
static void
paste (TamisImage *sheet, const TamisImage *image, int x, int y)
{
  g_autoptr (TamisImage) cell = tamis_image_resize (image, CELL, CELL);

  for (int row = 0; row < CELL; row++)
    memcpy (sheet->pixels + 3 * ((gsize) (y + row) * sheet->width + x),
            cell->pixels + 3 * (gsize) row * CELL, 3 * CELL);
}

gboolean
generate_write_sheet (TamisDataset *dataset, const Generated *items, guint n, const char *path,
                      GError **error)
{
  int n_columns = MIN (n, PAIRS_A_ROW);
  int n_rows = (n + PAIRS_A_ROW - 1) / PAIRS_A_ROW;
  g_autoptr (TamisImage) sheet = tamis_image_new (SPACE + n_columns * (PAIR + SPACE),
                                                  SPACE + n_rows * (CELL + SPACE));

  memset (sheet->pixels, 255, 3 * (gsize) sheet->width * sheet->height);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *file = tamis_dataset_dup_file (dataset, items[i].nearest);
      int x = SPACE + (i % PAIRS_A_ROW) * (PAIR + SPACE);
      int y = SPACE + (i / PAIRS_A_ROW) * (CELL + SPACE);
      g_autoptr (TamisImage) real = tamis_image_load (file, NULL, NULL, error);

      if (real == NULL)
        return FALSE;
      paste (sheet, items[i].image, x, y);
      paste (sheet, real, x + CELL + GAP, y);
    }
  return tamis_image_save_png (sheet, path, error);
}
