/* Fuzz target: decoding an image of any format, then what is done with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include "encode.h"
#include "engine/image/codec.h"

#include <string.h>

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
  return 0;
}

GPtrArray *
fuzz_seeds (void)
{
  return test_encode_all ();
}
