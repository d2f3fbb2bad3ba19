/* EXIF: the orientation, which changes pixels, and what a file says of how it was taken.
 *
 * DESIGN: an EXIF block is a small TIFF file: a header, a directory of 12-byte entries, and further
 * directories (of the exposure, of the position) that entries of the first point to. Each directory
 * is read once and nothing follows a chain, so no file can make a circle; every offset and length is
 * checked against the block before it is used. A tag that is odd in any way is a tag that is not
 * there. Source: CIPA DC-008 (EXIF 2.32), sections 4.6.2 to 4.6.6.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  TAG_LATITUDE_REF = 0x0001,
  TAG_LATITUDE = 0x0002,
  TAG_LONGITUDE_REF = 0x0003,
  TAG_LONGITUDE = 0x0004,
  TAG_MAKE = 0x010f,
  TAG_MODEL = 0x0110,
  TAG_ORIENTATION = 0x0112,
  TAG_EXPOSURE_DIRECTORY = 0x8769,
  TAG_POSITION_DIRECTORY = 0x8825,
  TAG_TAKEN = 0x9003,
};

enum
{
  TYPE_ASCII = 2,
  TYPE_SHORT = 3,
  TYPE_LONG = 4,
  TYPE_RATIONAL = 5,
};

#define ENTRY_BYTES 12
/* Directories of cameras have some dozens of entries. */
#define MAX_ENTRIES 1000

typedef struct
{
  const guint8 *data;
  gsize size;
  gboolean big_endian;
} Block;

typedef struct
{
  guint tag;
  guint type;
  guint32 count;
  gsize value; /* where the value, or the offset of it, stands */
} Entry;

/* The position's parts, which come in four entries of any order. */
typedef struct
{
  double degrees[2]; /* latitude, longitude; NaN while unknown */
  char side[2];      /* N or S, E or W */
} Position;

/* Reads are inside the block or zero, which is no valid count, tag or orientation. */
static guint
read16 (const Block *block, gsize at)
{
  const guint8 *p;

  if (at > block->size || block->size - at < 2)
    return 0;
  p = block->data + at;
  return block->big_endian ? (guint) p[0] << 8 | p[1] : (guint) p[1] << 8 | p[0];
}

static guint32
read32 (const Block *block, gsize at)
{
  guint32 a = read16 (block, at);
  guint32 b = read16 (block, at + 2);

  return block->big_endian ? a << 16 | b : b << 16 | a;
}

static gboolean
holds (const Block *block, gsize at, gsize length)
{
  return at <= block->size && block->size - at >= length;
}

static guint32
read_integer (const Block *block, const Entry *entry)
{
  if (entry->count != 1)
    return 0;
  if (entry->type == TYPE_SHORT)
    return read16 (block, entry->value);
  return entry->type == TYPE_LONG ? read32 (block, entry->value) : 0;
}

/* Where the entry's ASCII value stands, NULL if it has none; *length is without what follows a NUL. */
static const char *
find_ascii (const Block *block, const Entry *entry, gsize *length)
{
  gsize at = entry->count <= 4 ? entry->value : read32 (block, entry->value);

  if (entry->type != TYPE_ASCII || !holds (block, at, entry->count))
    return NULL;
  *length = strnlen ((const char *) block->data + at, entry->count);
  return (const char *) block->data + at;
}

/* Names are bytes from outside: what is not printable ASCII becomes a question mark. */
static void
read_name (const Block *block, const Entry *entry, char *out)
{
  gsize n;
  const char *text = find_ascii (block, entry, &n);

  if (text == NULL)
    return;
  n = MIN (n, TAMIS_EXIF_NAME - 1);
  for (gsize i = 0; i < n; i++)
    out[i] = g_ascii_isprint (text[i]) ? text[i] : '?';
  out[n] = '\0';
  g_strstrip (out);
}

/* "2024:05:31 17:02:59" becomes "2024-05-31 17:02:59"; anything else is no time. */
static void
read_taken (const Block *block, const Entry *entry, char *out)
{
  static const char pattern[] = "0000:00:00 00:00:00";
  int year, month, day, hour, minute, second;
  gsize n;
  const char *text = find_ascii (block, entry, &n);
  char copy[sizeof pattern];

  if (text == NULL || n != sizeof pattern - 1)
    return;
  for (gsize i = 0; i < n; i++)
    if (pattern[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != pattern[i])
      return;
  memcpy (copy, text, n);
  copy[n] = '\0';
  if (sscanf (copy, "%d:%d:%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6
      || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year) || hour > 23
      || minute > 59 || second > 60)
    return;
  copy[4] = copy[7] = '-';
  memcpy (out, copy, sizeof copy);
}

/* Degrees, minutes, seconds as three fractions. */
static double
read_degrees (const Block *block, const Entry *entry)
{
  gsize at = read32 (block, entry->value);
  double degrees = 0;

  if (entry->type != TYPE_RATIONAL || entry->count != 3 || !holds (block, at, 24))
    return NAN;
  for (int i = 0, unit = 1; i < 3; i++, unit *= 60)
    {
      double numerator = read32 (block, at + 8 * i);
      double denominator = read32 (block, at + 8 * i + 4);

      if (denominator == 0)
        {
          /* Some cameras write 0/0 for seconds they do not state. */
          if (i == 0 || numerator != 0)
            return NAN;
          continue;
        }
      degrees += numerator / denominator / unit;
    }
  return degrees;
}

static char
read_side (const Block *block, const Entry *entry)
{
  gsize n;
  const char *text = find_ascii (block, entry, &n);

  return text != NULL && n > 0 ? *text : '\0';
}

/* ---- directories ---- */

typedef void (*EntryFunc) (const Block *block, const Entry *entry, gpointer data);

static void
for_entries (const Block *block, gsize directory, EntryFunc func, gpointer data)
{
  guint n = MIN (read16 (block, directory), MAX_ENTRIES);

  for (guint i = 0; i < n; i++)
    {
      gsize at = directory + 2 + ENTRY_BYTES * (gsize) i;
      Entry entry = { read16 (block, at), read16 (block, at + 2), read32 (block, at + 4), at + 8 };

      if (!holds (block, at, ENTRY_BYTES))
        return;
      func (block, &entry, data);
    }
}

static void
read_exposure_entry (const Block *block, const Entry *entry, gpointer data)
{
  TamisExif *exif = data;

  if (entry->tag == TAG_TAKEN)
    read_taken (block, entry, exif->taken);
}

static void
read_position_entry (const Block *block, const Entry *entry, gpointer data)
{
  Position *position = data;

  if (entry->tag == TAG_LATITUDE_REF || entry->tag == TAG_LONGITUDE_REF)
    position->side[entry->tag == TAG_LONGITUDE_REF] = read_side (block, entry);
  else if (entry->tag == TAG_LATITUDE || entry->tag == TAG_LONGITUDE)
    position->degrees[entry->tag == TAG_LONGITUDE] = read_degrees (block, entry);
}

static void
read_position (const Block *block, gsize directory, TamisExif *exif)
{
  Position position = { { NAN, NAN }, { '\0', '\0' } };
  double latitude, longitude;

  for_entries (block, directory, read_position_entry, &position);
  if ((position.side[0] != 'N' && position.side[0] != 'S')
      || (position.side[1] != 'E' && position.side[1] != 'W'))
    return;
  latitude = position.side[0] == 'S' ? -position.degrees[0] : position.degrees[0];
  longitude = position.side[1] == 'W' ? -position.degrees[1] : position.degrees[1];
  /* Written so that NaN fails; 0° 0° is what receivers without a fix write. */
  if (!(fabs (latitude) <= 90.0 && fabs (longitude) <= 180.0) || (latitude == 0 && longitude == 0))
    return;
  exif->has_position = TRUE;
  exif->latitude = latitude;
  exif->longitude = longitude;
}

static void
read_first_entry (const Block *block, const Entry *entry, gpointer data)
{
  TamisExif *exif = data;
  guint32 value;

  switch (entry->tag)
    {
    case TAG_MAKE:
      read_name (block, entry, exif->make);
      break;
    case TAG_MODEL:
      read_name (block, entry, exif->model);
      break;
    case TAG_ORIENTATION:
      value = read_integer (block, entry);
      if (value >= 1 && value <= 8)
        exif->orientation = (int) value;
      break;
    case TAG_EXPOSURE_DIRECTORY:
      for_entries (block, read_integer (block, entry), read_exposure_entry, exif);
      break;
    case TAG_POSITION_DIRECTORY:
      read_position (block, read_integer (block, entry), exif);
      break;
    default:
      break;
    }
}

void
_tamis_exif_parse (const guint8 *data, gsize size, TamisExif *exif)
{
  Block block = { data, size, FALSE };

  memset (exif, 0, sizeof *exif);
  exif->orientation = 1;
  if (size >= 6 && memcmp (data, "Exif\0\0", 6) == 0)
    {
      block.data += 6;
      block.size -= 6;
    }
  if (block.size < 8)
    return;
  block.big_endian = block.data[0] == 'M';
  if ((memcmp (block.data, "II", 2) != 0 && memcmp (block.data, "MM", 2) != 0)
      || read16 (&block, 2) != 42)
    return;
  for_entries (&block, read32 (&block, 4), read_first_entry, exif);
}

void
_tamis_image_note_exif (TamisImageSource *source, const guint8 *data, gsize size)
{
  TamisExif exif;

  _tamis_exif_parse (data, size, &exif);
  source->orientation = exif.orientation;
  if (source->load->exif != NULL)
    *source->load->exif = exif;
}

/* Haversine on a sphere of the Earth's mean radius: off by at most 0.6 %. */
double
tamis_exif_distance (const TamisExif *a, const TamisExif *b)
{
  double to_radians = G_PI / 180.0;
  double u, v, h;

  if (!a->has_position || !b->has_position)
    return NAN;
  u = sin ((b->latitude - a->latitude) * to_radians / 2);
  v = sin ((b->longitude - a->longitude) * to_radians / 2);
  h = u * u + cos (a->latitude * to_radians) * cos (b->latitude * to_radians) * v * v;
  return 2 * 6371008.8 * asin (sqrt (MIN (h, 1.0)));
}
