/* How much fine detail there is in an image: see tamis_image_sharpness().
 *
 * DESIGN: luminance in thousandths and its Laplacian are whole numbers, and every sum runs in one
 * order, so the result is the same on every machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/image.h>

static void
fill_luminance (const TamisImage *image, int y, gint32 *row)
{
  const guint8 *p = image->pixels + (gsize) 3 * image->width * y;

  for (int x = 0; x < image->width; x++, p += 3)
    row[x] = 299 * p[0] + 587 * p[1] + 114 * p[2];
}

double
tamis_image_sharpness (const TamisImage *self)
{
  gsize width = (gsize) self->width;
  g_autofree gint32 *memory = NULL;
  gint32 *above, *here, *below;
  double sum = 0, squares = 0, n, mean;

  if (self->width < 3 || self->height < 3)
    return 0;
  memory = g_new (gint32, 3 * width);
  above = memory, here = memory + width, below = memory + 2 * width;
  fill_luminance (self, 0, above);
  fill_luminance (self, 1, here);
  for (int y = 1; y + 1 < self->height; y++)
    {
      gint64 row_sum = 0;
      double row_squares = 0;
      gint32 *spent = above;

      fill_luminance (self, y + 1, below);
      for (gsize x = 1; x + 1 < width; x++)
        {
          gint64 v = (gint64) above[x] + below[x] + here[x - 1] + here[x + 1] - 4 * (gint64) here[x];

          row_sum += v;
          row_squares += (double) v * (double) v;
        }
      sum += (double) row_sum;
      squares += row_squares;
      above = here, here = below, below = spent;
    }
  n = (double) (self->width - 2) * (double) (self->height - 2);
  mean = sum / n;
  return MAX (squares / n - mean * mean, 0) / 1e6;
}

float
tamis_image_sharpness_of_thumbnail (const TamisImage *self)
{
  double scale = MIN ((double) MAX (self->width, self->height) / TAMIS_THUMBNAIL_SIDE, 1.0);

  return (float) (tamis_image_sharpness (self) * scale * scale * scale);
}
