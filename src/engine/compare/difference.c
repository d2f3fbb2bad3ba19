/* What one image has that the other has not, made visible: see tamis_image_difference().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/compare.h>

TamisImage *
tamis_image_difference (const TamisImage *a, const TamisImage *b, guint gain)
{
  gsize n = (gsize) 3 * b->width * b->height;
  g_autoptr (TamisImage) resized = NULL;
  TamisImage *result;
  guint8 amplified[256];

  g_return_val_if_fail (gain >= 1 && gain <= 255, NULL);
  if (a->width != b->width || a->height != b->height)
    {
      resized = tamis_image_resize (a, b->width, b->height);
      a = resized;
    }
  for (guint d = 0; d < 256; d++)
    amplified[d] = (guint8) MIN (d * gain, 255);
  result = tamis_image_new (b->width, b->height);
  for (gsize i = 0; i < n; i++)
    result->pixels[i] = amplified[ABS (a->pixels[i] - b->pixels[i])];
  return result;
}
