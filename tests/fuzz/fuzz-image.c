/* Fuzz target: decoding an image of any format, whole, in part and reduced, then what is done with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include "encode.h"
#include "engine/image/codec.h"

#include <string.h>

/* Some part of it: where it can be decoded, its pixels are those of the whole. */
static void
check_region (const uint8_t *data, size_t size, const TamisImage *whole)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageRegion region;
  TamisImageFacts facts;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) image = NULL;

  region.x = (int) (size * 7 % (guint) whole->width);
  region.y = (int) (size * 5 % (guint) whole->height);
  region.width = 1 + (int) (size * 11 % (guint) (whole->width - region.x));
  region.height = 1 + (int) (size * 3 % (guint) (whole->height - region.y));
  load.max_pixels = 1 << 20;
  load.region = &region;
  image = _tamis_image_load_bytes (data, size, &load, &facts, &error);
  g_assert_true ((image == NULL) == (error != NULL));
  if (image == NULL)
    return;
  g_assert_true (image->width == region.width && image->height == region.height);
  for (int y = 0; y < region.height; y++)
    g_assert_cmpint (memcmp (image->pixels + (gsize) 3 * region.width * y,
                             whole->pixels + 3 * ((gsize) whole->width * (region.y + y) + region.x),
                             (gsize) 3 * region.width), ==, 0);
}

static void
check_halving (const uint8_t *data, size_t size, const TamisImageFacts *whole)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageFacts facts;
  g_autoptr (TamisImage) image = NULL;

  load.max_pixels = 1 << 20;
  load.halve = TRUE;
  load.longer_at_least = 5;
  image = _tamis_image_load_bytes (data, size, &load, &facts, NULL);
  if (image != NULL)
    g_assert_true (image->width <= whole->width && image->height <= whole->height
                   && MAX (image->width, image->height) < 10);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  TamisImageFacts facts = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) image = NULL;
  float input[3 * 8 * 8];

  load.max_pixels = 1 << 20; /* so that runs stay short */
  load.at_least = size % 3 == 0 ? 8 : 0;
  image = _tamis_image_load_bytes (data, size, &load, &facts, &error);
  g_assert_true ((image == NULL) == (error != NULL));
  if (image == NULL)
    {
      g_assert_true (error->domain == TAMIS_IMAGE_ERROR && *error->message != '\0');
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\r\n"));
      return 0;
    }
  g_assert_true (image->width > 0 && image->height > 0 && facts.width >= image->width
                 && facts.height >= image->height);
  tamis_image_to_input (image, 8, input);
  for (guint i = 0; i < G_N_ELEMENTS (input); i++)
    g_assert_true (input[i] >= -1.0f && input[i] <= 1.0f);
  check_halving (data, size, &facts);
  if (facts.width == image->width && facts.height == image->height)
    check_region (data, size, image);
  return 0;
}

GPtrArray *
fuzz_seeds (void)
{
  return test_encode_all ();
}
