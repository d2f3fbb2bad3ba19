/* Fuzz target: the EXIF block of an image, in both byte orders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include "encode.h"
#include "engine/image/codec.h"

#include <math.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TamisExif exif;

  _tamis_exif_parse (data, size, &exif);
  g_assert_true (exif.orientation >= 1 && exif.orientation <= 8);
  g_assert_true (g_str_is_ascii (exif.make) && g_str_is_ascii (exif.model)
                 && g_str_is_ascii (exif.taken));
  g_assert_true (fabs (exif.latitude) <= 90 && fabs (exif.longitude) <= 180);
  return 0;
}

GPtrArray *
fuzz_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (seeds, test_encode_exif (FALSE));
  g_ptr_array_add (seeds, test_encode_exif (TRUE));
  return seeds;
}
