/* From a file name to upright pixels: reading, limits, which decoder, thumbnails.
 *
 * DESIGN: the file is opened once, without waiting (a pipe named as an image must not hang a scan)
 * and read with read(2) rather than mapped, because a mapped file that another program cuts short
 * kills the process. The first bytes are judged before the rest is read. Every decoder states its
 * size to _tamis_image_accept_size() before it allocates, so a false header costs nothing. What becomes
 * of the rows is canvas.c's: all of them, a region, or a halving.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 32
/* What is read or digested between two looks at the cancellable. */
#define PIECE_BYTES ((gsize) 8 << 20)

static const struct
{
  const char *name;
  TamisImageDecoder decode;
} formats[] = {
  [TAMIS_IMAGE_FORMAT_UNKNOWN] = { "unknown", NULL },
  [TAMIS_IMAGE_FORMAT_PNG] = { "PNG", _tamis_image_decode_png },
  [TAMIS_IMAGE_FORMAT_JPEG] = { "JPEG", _tamis_image_decode_jpeg },
  [TAMIS_IMAGE_FORMAT_WEBP] = { "WebP", _tamis_image_decode_webp },
  [TAMIS_IMAGE_FORMAT_TIFF] = { "TIFF", _tamis_image_decode_tiff },
  [TAMIS_IMAGE_FORMAT_BMP] = { "BMP", _tamis_image_decode_bmp },
  [TAMIS_IMAGE_FORMAT_GIF] = { "GIF", _tamis_image_decode_gif },
};

/* What the first bytes say; formats that Tamis knows but cannot read have a name for the reason. */
static const struct
{
  guint at;
  guint length;
  const char *bytes;
  TamisImageFormat format;
  const char *name;
} signatures[] = {
  { 0, 8, "\x89PNG\r\n\x1a\n", TAMIS_IMAGE_FORMAT_PNG, NULL },
  { 0, 3, "\xff\xd8\xff", TAMIS_IMAGE_FORMAT_JPEG, NULL },
  { 8, 4, "WEBP", TAMIS_IMAGE_FORMAT_WEBP, NULL },
  { 0, 4, "II*\0", TAMIS_IMAGE_FORMAT_TIFF, NULL },
  { 0, 4, "MM\0*", TAMIS_IMAGE_FORMAT_TIFF, NULL },
  { 0, 4, "II+\0", TAMIS_IMAGE_FORMAT_TIFF, NULL },
  { 0, 4, "MM\0+", TAMIS_IMAGE_FORMAT_TIFF, NULL },
  { 0, 2, "BM", TAMIS_IMAGE_FORMAT_BMP, NULL },
  { 0, 6, "GIF87a", TAMIS_IMAGE_FORMAT_GIF, NULL },
  { 0, 6, "GIF89a", TAMIS_IMAGE_FORMAT_GIF, NULL },
  { 4, 8, "ftypavif", TAMIS_IMAGE_FORMAT_UNKNOWN, "an AVIF image" },
  { 4, 7, "ftyphei", TAMIS_IMAGE_FORMAT_UNKNOWN, "a HEIC image" },
  { 4, 7, "ftypmif", TAMIS_IMAGE_FORMAT_UNKNOWN, "a HEIF image" },
  { 4, 4, "jP  ", TAMIS_IMAGE_FORMAT_UNKNOWN, "a JPEG 2000 image" },
  { 0, 4, "\xff\x4f\xff\x51", TAMIS_IMAGE_FORMAT_UNKNOWN, "a JPEG 2000 image" },
  { 4, 4, "JXL ", TAMIS_IMAGE_FORMAT_UNKNOWN, "a JPEG XL image" },
  { 0, 2, "\xff\x0a", TAMIS_IMAGE_FORMAT_UNKNOWN, "a JPEG XL image" },
  { 0, 4, "8BPS", TAMIS_IMAGE_FORMAT_UNKNOWN, "a Photoshop document" },
  { 0, 4, "DDS ", TAMIS_IMAGE_FORMAT_UNKNOWN, "a DirectDraw surface" },
  { 0, 4, "\0\0\1\0", TAMIS_IMAGE_FORMAT_UNKNOWN, "an icon" },
  { 0, 4, "\0\0\2\0", TAMIS_IMAGE_FORMAT_UNKNOWN, "a cursor" },
  { 0, 4, "\x76\x2f\x31\x01", TAMIS_IMAGE_FORMAT_UNKNOWN, "an OpenEXR image" },
  { 0, 2, "\x01\xda", TAMIS_IMAGE_FORMAT_UNKNOWN, "an SGI image" },
  { 0, 5, "%PDF-", TAMIS_IMAGE_FORMAT_UNKNOWN, "a PDF document" },
};

gpointer
_tamis_image_corrupt (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  /* Codecs word some of these; the reason has to stay one line of UTF-8. */
  g_strdelimit (g_strchomp (text), "\r\n\t", ' ');
  if (error != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      *error = g_error_new_literal (TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_CORRUPT, valid);
    }
  return NULL;
}

const char *
tamis_image_format_name (TamisImageFormat format)
{
  return (guint) format < G_N_ELEMENTS (formats) ? formats[format].name : formats[0].name;
}

gboolean
_tamis_image_accept_size (TamisImageSource *source, guint64 width, guint64 height, GError **error)
{
  if (width == 0 || height == 0)
    {
      _tamis_image_corrupt (error, "the image has no pixels (%" G_GUINT64_FORMAT " × %"
                            G_GUINT64_FORMAT ")", width, height);
      return FALSE;
    }
  if (width > G_MAXINT / 4 || height > G_MAXINT / 4 || width > source->load->max_pixels / height)
    {
      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                   "%" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                   " pixels are more than the limit of %" G_GUINT64_FORMAT " million",
                   width, height, source->load->max_pixels / 1000000);
      return FALSE;
    }
  source->facts.width = (int) width;
  source->facts.height = (int) height;
  return TRUE;
}

gboolean
_tamis_image_stopped (const TamisImageSource *source, GError **error)
{
  return g_cancellable_set_error_if_cancelled (source->load->cancel, error);
}

static gboolean
starts_like_netpbm (const guint8 *head, gsize n)
{
  return n >= 3 && head[0] == 'P' && ((head[1] >= '1' && head[1] <= '7') || head[1] == 'F')
         && g_ascii_isspace (head[2]);
}

static TamisImageFormat
judge_format (const guint8 *head, gsize n, GError **error)
{
  const char *name = starts_like_netpbm (head, n) ? "a Netpbm image" : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (signatures) && name == NULL; i++)
    {
      if (n < signatures[i].at + signatures[i].length
          || memcmp (head + signatures[i].at, signatures[i].bytes, signatures[i].length) != 0)
        continue;
      if (signatures[i].format != TAMIS_IMAGE_FORMAT_UNKNOWN)
        return signatures[i].format;
      name = signatures[i].name;
    }
  if (name != NULL)
    g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                 "%s, which Tamis does not read; convert it to PNG or JPEG", name);
  else if (n == 0)
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_CORRUPT, "the file is empty");
  else
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                         "the content is no image that Tamis knows");
  return TAMIS_IMAGE_FORMAT_UNKNOWN;
}

static gboolean
fail_with_errno (GError **error, const char *what)
{
  int number = errno;

  g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE, "%s: %s", what,
               g_strerror (number));
  return FALSE;
}

/* Fills @buffer with up to @wanted bytes; fewer at the end of the file. */
static gboolean
read_bytes (int fd, const TamisImageSource *source, guint8 *buffer, gsize wanted, gsize *got,
            GError **error)
{
  *got = 0;
  while (*got < wanted)
    {
      gssize n;

      if (_tamis_image_stopped (source, error))
        return FALSE;
      n = read (fd, buffer + *got, MIN (wanted - *got, PIECE_BYTES));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_with_errno (error, "cannot be read");
      if (n == 0)
        break;
      *got += (gsize) n;
    }
  return TRUE;
}

static gboolean
check_kind (const struct stat *facts, guint64 max_bytes, GError **error)
{
  if (S_ISDIR (facts->st_mode))
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE, "is a folder");
  else if (!S_ISREG (facts->st_mode))
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE,
                         "is a device, pipe or socket, not a file");
  else if ((guint64) facts->st_size > max_bytes)
    g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                 "the file has %" G_GUINT64_FORMAT " MiB, more than the limit of %"
                 G_GUINT64_FORMAT " MiB",
                 (guint64) facts->st_size >> 20, max_bytes >> 20);
  else
    return TRUE;
  return FALSE;
}

/* Reads the whole file into *data (owned by the caller) if its first bytes are an image's. */
static gboolean
read_image_file (int fd, TamisImageSource *source, guint8 **data, GError **error)
{
  guint8 head[HEAD_BYTES];
  struct stat facts;
  gsize n_head;
  gsize n_rest;

  if (fstat (fd, &facts) != 0)
    return fail_with_errno (error, "cannot be read");
  if (!check_kind (&facts, source->load->max_bytes, error))
    return FALSE;
  if (!read_bytes (fd, source, head, sizeof head, &n_head, error))
    return FALSE;
  source->facts.format = judge_format (head, n_head, error);
  if (source->facts.format == TAMIS_IMAGE_FORMAT_UNKNOWN)
    return FALSE;
  /* st_size may be wrong by now; what was not there then is not read, what is gone is missing. */
  *data = g_try_malloc (MAX ((gsize) facts.st_size, n_head));
  if (*data == NULL)
    {
      g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                           "the file does not fit in memory");
      return FALSE;
    }
  memcpy (*data, head, n_head);
  n_rest = (gsize) facts.st_size > n_head ? (gsize) facts.st_size - n_head : 0;
  if (!read_bytes (fd, source, *data + n_head, n_rest, &n_rest, error))
    return FALSE;
  source->data = *data;
  source->size = n_head + n_rest;
  return TRUE;
}

static gboolean
open_image_file (const char *path, TamisImageSource *source, guint8 **data, GError **error)
{
  int fd;
  gboolean ok;

  do
    fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return fail_with_errno (error, "cannot be opened");
  ok = read_image_file (fd, source, data, error);
  close (fd);
  return ok;
}

void
tamis_image_file_expect (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    return;
  posix_fadvise (fd, 0, PIECE_BYTES, POSIX_FADV_WILLNEED);
  close (fd);
}

/* Decodes what @source holds and turns it upright, its facts too. */
static TamisImage *
decode (TamisImageSource *source, GError **error)
{
  TamisImageDecoder decoder = formats[source->facts.format].decode;
  TamisImage *image;

  if (decoder == NULL)
    {
      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                   "a %s image, which Tamis does not read; convert it to PNG",
                   formats[source->facts.format].name);
      return NULL;
    }
  if (_tamis_image_stopped (source, error))
    return NULL;
  source->orientation = 1;
  image = decoder (source, error);
  if (image != NULL && source->load->region == NULL)
    image = _tamis_image_halved (image, source, error);
  if (image == NULL)
    return NULL;
  if (source->orientation >= 5)
    {
      int width = source->facts.width;

      source->facts.width = source->facts.height;
      source->facts.height = width;
    }
  return _tamis_image_upright (image, source, error);
}

TamisImage *
_tamis_image_load_bytes (const guint8 *data, gsize size, const TamisImageLoad *load,
                         TamisImageFacts *facts, GError **error)
{
  TamisImageSource source = { .data = data, .size = size, .load = load };
  TamisImage *image;

  source.facts.format = judge_format (data, size, error);
  if (source.facts.format == TAMIS_IMAGE_FORMAT_UNKNOWN)
    return NULL;
  image = decode (&source, error);
  if (image != NULL)
    *facts = source.facts;
  return image;
}

/* A digest is as good as random. */
guint
tamis_image_facts_hash (gconstpointer facts)
{
  guint hash;

  memcpy (&hash, ((const TamisImageFacts *) facts)->digest.bytes, sizeof hash);
  return hash;
}

gboolean
tamis_image_facts_equal (gconstpointer a, gconstpointer b)
{
  return tamis_digest_equal (&((const TamisImageFacts *) a)->digest,
                             &((const TamisImageFacts *) b)->digest);
}

/* ---- a file, read and then decoded ---- */

struct _TamisImageFile
{
  guint8 *data;
  TamisImageSource source; /* as it was after reading */
};

static const TamisImageLoad *
or_defaults (const TamisImageLoad *load)
{
  static const TamisImageLoad defaults = TAMIS_IMAGE_LOAD_INIT;

  return load != NULL ? load : &defaults;
}

/* SHA-256 of the whole file, in pieces. */
static gboolean
digest_file (TamisImageSource *source, GError **error)
{
  TamisHasher *hasher = tamis_hasher_new ();
  gboolean go_on = TRUE;

  for (gsize at = 0; at < source->size && go_on; at += PIECE_BYTES)
    {
      tamis_hasher_update (hasher, source->data + at, MIN (PIECE_BYTES, source->size - at));
      go_on = !_tamis_image_stopped (source, error);
    }
  if (go_on)
    source->facts.digest = tamis_hasher_finish (hasher);
  tamis_hasher_free (hasher);
  return go_on;
}

TamisImageFile *
tamis_image_file_read (const char *path, const TamisImageLoad *load, TamisImageFacts *facts,
                       GError **error)
{
  g_autoptr (TamisImageFile) self = g_new0 (TamisImageFile, 1);

  memset (facts, 0, sizeof *facts);
  self->source.load = or_defaults (load);
  if (!open_image_file (path, &self->source, &self->data, error))
    return NULL;
  if (self->source.load->digest && !digest_file (&self->source, error))
    return NULL;
  facts->digest = self->source.facts.digest;
  return g_steal_pointer (&self);
}

TamisImage *
tamis_image_file_decode (TamisImageFile *self, const TamisImageLoad *load, TamisImageFacts *facts,
                         GError **error)
{
  TamisImageSource source = self->source;
  TamisImage *image;

  source.load = or_defaults (load);
  if (source.load->exif != NULL)
    _tamis_exif_parse (NULL, 0, source.load->exif);
  image = decode (&source, error);
  if (image != NULL && facts != NULL)
    *facts = source.facts;
  return image;
}

void
tamis_image_file_free (TamisImageFile *self)
{
  g_free (self->data);
  g_free (self);
}

TamisImage *
tamis_image_load (const char *path, const TamisImageLoad *load, TamisImageFacts *facts,
                  GError **error)
{
  TamisImageFacts ignored;
  g_autoptr (TamisImageFile) file = NULL;

  if (load != NULL && load->exif != NULL)
    _tamis_exif_parse (NULL, 0, load->exif);
  if (facts == NULL)
    facts = &ignored;
  file = tamis_image_file_read (path, load, facts, error);
  return file != NULL ? tamis_image_file_decode (file, load, facts, error) : NULL;
}

TamisImageLoad
tamis_image_load_for_input (int side)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;

  load.at_least = 2 * side;
  load.longer_at_least = MAX (4 * side, TAMIS_THUMBNAIL_SIDE);
  return load;
}

TamisImage *
tamis_image_load_reduced (const char *path, int longer, TamisImageFacts *facts, GCancellable *cancel,
                          GError **error)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;

  g_return_val_if_fail (longer >= 0, NULL);
  load.longer_at_least = longer;
  load.halve = longer > 0;
  load.cancel = cancel;
  return tamis_image_load (path, &load, facts, error);
}

TamisImage *
tamis_image_load_region (const char *path, const TamisImageRegion *region, TamisImageFacts *facts,
                         GCancellable *cancel, GError **error)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;

  load.region = region;
  load.cancel = cancel;
  return tamis_image_load (path, &load, facts, error);
}

TamisImage *
tamis_image_load_thumbnail (const char *path, int side, GError **error)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;

  g_return_val_if_fail (side > 0, NULL);
  load.at_least = side;
  image = tamis_image_load (path, &load, NULL, error);
  return image != NULL ? tamis_image_reduce (image, side) : NULL;
}
