/* The one EXIF tag that changes pixels: orientation.
 *
 * An EXIF block is a small TIFF file; only the entries of its first directory are looked at, every
 * offset is checked, and anything odd means "upright".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define TYPE_LONG 4

typedef struct
{
  const guint8 *data;
  gsize size;
  gboolean big_endian;
} Block;

/* Reads are inside the block or zero, which is no valid count, tag or orientation. */
static guint
read16 (const Block *block, gsize at)
{
  const guint8 *p = block->data + at;

  if (at > block->size || block->size - at < 2)
    return 0;
  return block->big_endian ? (guint) p[0] << 8 | p[1] : (guint) p[1] << 8 | p[0];
}

static guint32
read32 (const Block *block, gsize at)
{
  guint32 a = read16 (block, at);
  guint32 b = read16 (block, at + 2);

  return block->big_endian ? a << 16 | b : b << 16 | a;
}

static int
orientation_of_entry (const Block *block, gsize at)
{
  guint type = read16 (block, at + 2);
  guint32 value = 0;

  if (read32 (block, at + 4) != 1)
    return 1;
  if (type == TYPE_SHORT)
    value = read16 (block, at + 8);
  else if (type == TYPE_LONG)
    value = read32 (block, at + 8);
  return value >= 1 && value <= 8 ? (int) value : 1;
}

int
_tamis_exif_orientation (const guint8 *data, gsize size)
{
  Block block = { data, size, FALSE };
  gsize directory;
  guint n;

  if (size >= 6 && memcmp (data, "Exif\0\0", 6) == 0)
    {
      block.data += 6;
      block.size -= 6;
    }
  if (block.size < 8)
    return 1;
  block.big_endian = block.data[0] == 'M';
  if ((memcmp (block.data, "II", 2) != 0 && memcmp (block.data, "MM", 2) != 0)
      || read16 (&block, 2) != 42)
    return 1;
  directory = read32 (&block, 4);
  n = read16 (&block, directory);
  for (guint i = 0; i < n; i++)
    {
      gsize at = directory + 2 + 12 * (gsize) i;

      if (at + 12 > block.size)
        return 1;
      if (read16 (&block, at) == TAG_ORIENTATION)
        return orientation_of_entry (&block, at);
    }
  return 1;
}
