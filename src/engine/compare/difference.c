/* What one image has that the other has not, made visible: see tamis_image_difference().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/compare.h>

#include <math.h>

/* |a - b|, amplified, in the place of @a. */
static void
subtract (TamisImage *a, const TamisImage *b, guint gain)
{
  gsize n = (gsize) 3 * a->width * a->height;
  guint8 amplified[256];

  for (guint d = 0; d < 256; d++)
    amplified[d] = (guint8) MIN (d * gain, 255);
  for (gsize i = 0; i < n; i++)
    a->pixels[i] = amplified[ABS (a->pixels[i] - b->pixels[i])];
}

TamisImage *
tamis_image_difference_part (const TamisImagePart *a, const TamisImagePart *b, guint gain)
{
  int width = MAX ((int) lround (b->box.width), 1);
  int height = MAX ((int) lround (b->box.height), 1);
  g_autoptr (TamisImage) other = NULL;
  TamisImage *result;

  g_return_val_if_fail (gain >= 1 && gain <= 255, NULL);
  /* The one that is taken to the other's size becomes the result, so that there are no three. */
  result = tamis_image_resize_part (a->image, &a->box, width, height);
  other = width == b->image->width && height == b->image->height
              ? tamis_image_ref (b->image)
              : tamis_image_resize_part (b->image, &b->box, width, height);
  subtract (result, other, gain);
  return result;
}

TamisImage *
tamis_image_difference (const TamisImage *a, const TamisImage *b, guint gain)
{
  const TamisImagePart of_a = { (TamisImage *) a, { 0, 0, a->width, a->height } };
  const TamisImagePart of_b = { (TamisImage *) b, { 0, 0, b->width, b->height } };

  return tamis_image_difference_part (&of_a, &of_b, gain);
}
