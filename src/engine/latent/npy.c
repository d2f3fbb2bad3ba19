/* NumPy's .npy files: float32, C order, two dimensions; in place where that is possible.
 *
 * DESIGN: the file is mapped, and its header is tainted until every number in it has been checked
 * against the length of the file. The header is a Python dictionary literal of three known keys in
 * any order; a parser for just that is forty lines, and anything else is refused with a message
 * that says what was found. Formats 1.0, 2.0 and 3.0 differ only in the width of the header length
 * (and the header's encoding, ASCII for our keys). Reference: numpy/lib/format.py.
 * The matrix stays in the mapping unless rows are to be permuted or a strange header length left
 * the numbers unaligned. Whoever truncates the file while it is mapped takes the pages away; as
 * with any mapped file that cannot be caught, so our own files are replaced (tamis_writer), never
 * changed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/latent/latents-private.h"

#include <tamis/base.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "The matrix is used as it lies in the file, which is little-endian."
#endif

#define MAGIC "\x93NUMPY"
#define MAGIC_LENGTH 6
#define HEADER_MAX 65536 /* ours takes 118 bytes; a header of megabytes is an attack */

typedef struct
{
  guint n;
  guint dimension;
  gsize offset; /* of the first number, in bytes */
} Layout;

/* ---- the header ---- */

typedef struct
{
  const char *p;
  const char *end;
} Cursor;

static gboolean
skip_to (Cursor *c, char wanted)
{
  while (c->p < c->end && g_ascii_isspace (*c->p))
    c->p++;
  if (c->p == c->end || *c->p != wanted)
    return FALSE;
  c->p++;
  return TRUE;
}

/* A Python string without escapes, into @out. */
static gboolean
parse_string (Cursor *c, char *out, gsize size)
{
  gsize length = 0;
  char quote;

  if (skip_to (c, '\''))
    quote = '\'';
  else if (skip_to (c, '"'))
    quote = '"';
  else
    return FALSE;
  while (c->p < c->end && *c->p != quote && length + 1 < size)
    out[length++] = *c->p++;
  out[length] = '\0';
  return c->p < c->end && *c->p++ == quote;
}

static gboolean
parse_number (Cursor *c, guint64 *value)
{
  const char *start;

  while (c->p < c->end && g_ascii_isspace (*c->p))
    c->p++;
  start = c->p;
  *value = 0;
  /* 18 digits cannot overflow; no matrix is that long. */
  while (c->p < c->end && g_ascii_isdigit (*c->p) && c->p - start < 18)
    *value = *value * 10 + (guint64) (*c->p++ - '0');
  return c->p > start && (c->p == c->end || !g_ascii_isdigit (*c->p));
}

/* "(n, d)" or "(n, d,)": exactly two numbers. */
static gboolean
parse_shape (Cursor *c, guint64 shape[2])
{
  if (!skip_to (c, '(') || !parse_number (c, &shape[0]) || !skip_to (c, ',')
      || !parse_number (c, &shape[1]))
    return FALSE;
  skip_to (c, ',');
  return skip_to (c, ')');
}

static gboolean
parse_word (Cursor *c, const char *word)
{
  gsize length = strlen (word);

  while (c->p < c->end && g_ascii_isspace (*c->p))
    c->p++;
  if ((gsize) (c->end - c->p) < length || memcmp (c->p, word, length) != 0)
    return FALSE;
  c->p += length;
  return TRUE;
}

/* Returns what is wrong with the dictionary, or NULL. */
static const char *
parse_dictionary (Cursor c, guint64 shape[2])
{
  gboolean have_type = FALSE, have_order = FALSE, have_shape = FALSE;

  if (!skip_to (&c, '{'))
    return "its header is not a dictionary";
  while (!skip_to (&c, '}'))
    {
      char key[32], type[32];

      if (!parse_string (&c, key, sizeof key) || !skip_to (&c, ':'))
        return "its header is broken";
      if (strcmp (key, "descr") == 0)
        {
          if (!parse_string (&c, type, sizeof type) || strcmp (type, "<f4") != 0)
            return "its numbers are not little-endian float32 ('<f4')";
          have_type = TRUE;
        }
      else if (strcmp (key, "fortran_order") == 0)
        {
          if (!parse_word (&c, "False"))
            return "it is not in C order (numpy.ascontiguousarray makes it so)";
          have_order = TRUE;
        }
      else if (strcmp (key, "shape") == 0)
        {
          if (!parse_shape (&c, shape))
            return "it does not have two dimensions (rows, columns)";
          have_shape = TRUE;
        }
      else
        return "its header has an unknown key";
      if (!skip_to (&c, ',') && (c.p == c.end || *c.p != '}'))
        return "its header is broken";
    }
  return have_type && have_order && have_shape ? NULL : "its header lacks a key";
}

/* Returns what is wrong, or NULL with @layout filled in and inside the file's @length. */
static const char *
parse_header (const char *tainted, gsize length, Layout *layout)
{
  gsize prefix = length > MAGIC_LENGTH && tainted[MAGIC_LENGTH] == 1 ? 10 : 12;
  const guint8 *bytes = (const guint8 *) tainted;
  guint64 shape[2], header;
  const char *problem;

  if (length < prefix || memcmp (tainted, MAGIC, MAGIC_LENGTH) != 0)
    return "it is not an .npy file";
  if (bytes[6] < 1 || bytes[6] > 3)
    return "its format version is not 1, 2 or 3";
  header = bytes[8] | (guint64) bytes[9] << 8;
  if (prefix == 12)
    header |= (guint64) bytes[10] << 16 | (guint64) bytes[11] << 24;
  if (header > HEADER_MAX || header > length - prefix)
    return "its header is longer than the file or than 64 kB";
  problem = parse_dictionary ((Cursor){ tainted + prefix, tainted + prefix + header }, shape);
  if (problem != NULL)
    return problem;
  if (shape[0] >= G_MAXUINT32 || shape[1] == 0 || shape[1] > G_MAXINT32)
    return "its shape is out of range";
  layout->offset = prefix + header;
  /* n < 2^32 and d < 2^31, so that n * d * 4 could overflow: divide instead. */
  if (shape[0] > (length - layout->offset) / sizeof (float) / shape[1])
    return "it is cut short";
  layout->n = (guint) shape[0];
  layout->dimension = (guint) shape[1];
  return NULL;
}

/* ---- loading ---- */

static GMappedFile *
map_file (const char *path, GError **error)
{
  /* O_NONBLOCK: a named pipe must not make us wait for a writer. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GMappedFile *mapping = NULL;
  struct stat status;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      int number = errno;
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Could not read %s: %s",
                   shown, g_strerror (number));
    }
  else if (!S_ISREG (status.st_mode))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   "Could not read %s: not a regular file", shown);
    }
  else
    mapping = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (fd >= 0)
    close (fd);
  return mapping;
}

/* The first row with a NaN or an infinity, or n. Tests exponent bits: -ffast-math or not, a
 * comparison with integers means what it says, and gcc vectorises it. */
static guint
find_bad_row (const float *values, guint n, guint dimension)
{
  for (guint row = 0; row < n; row++)
    {
      const float *p = values + (gsize) row * dimension;
      guint32 bad = 0;

      for (guint k = 0; k < dimension; k++)
        {
          guint32 bits;

          memcpy (&bits, &p[k], sizeof bits);
          bad |= (bits & 0x7f800000u) == 0x7f800000u;
        }
      if (bad)
        return row;
    }
  return n;
}

static gboolean
is_identity (const guint32 *rows, guint n)
{
  for (guint i = 0; i < n; i++)
    if (rows[i] != i)
      return FALSE;
  return TRUE;
}

/* A copy of the rows in the wanted order. */
static TamisLatents *
copy_rows (const char *data, const Layout *layout, const guint32 *rows, GError **error)
{
  gsize stride = (gsize) layout->dimension * sizeof (float);
  g_autofree float *values = g_try_malloc_n (MAX (layout->n, 1), stride);

  if (values == NULL)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_MEMORY,
                   "%" G_GSIZE_FORMAT " bytes are needed to reorder the rows", layout->n * stride);
      return NULL;
    }
  for (guint i = 0; i < layout->n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;

      if (row >= layout->n)
        {
          g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_COUNT,
                       "The labels name row %u of %u", row, layout->n);
          return NULL;
        }
      memcpy (values + (gsize) i * layout->dimension, data + row * stride, stride);
    }
  return tamis_latents_new_take (g_steal_pointer (&values), layout->n, layout->dimension);
}

/* @mapping: (transfer full) */
static TamisLatents *
place_rows (GMappedFile *mapping, const Layout *layout, const guint32 *rows, GError **error)
{
  const char *data = g_mapped_file_get_contents (mapping) + layout->offset;
  TamisLatents *latents;

  if (rows == NULL && (guintptr) data % sizeof (float) == 0)
    return _tamis_latents_new_mapped ((const float *) (const void *) data, layout->n,
                                      layout->dimension, mapping);
  latents = copy_rows (data, layout, rows, error);
  g_mapped_file_unref (mapping);
  return latents;
}

TamisLatents *
tamis_latents_load_npy (const char *path, const guint32 *rows, guint n, GError **error)
{
  g_autoptr (GMappedFile) mapping = map_file (path, error);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (TamisLatents) latents = NULL;
  Layout layout = { 0 };
  const char *problem;
  guint bad;

  if (mapping == NULL)
    return NULL;
  problem = parse_header (g_mapped_file_get_contents (mapping), g_mapped_file_get_length (mapping),
                          &layout);
  if (problem != NULL)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_FORMAT,
                   "Could not use %s: %s", shown, problem);
      return NULL;
    }
  if (n > 0 && layout.n != n)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_COUNT,
                   "%s has %u rows, but there are %u labels", shown, layout.n, n);
      return NULL;
    }
  if (rows != NULL && is_identity (rows, layout.n))
    rows = NULL;
  latents = place_rows (g_steal_pointer (&mapping), &layout, rows, error);
  if (latents == NULL)
    return NULL;
  bad = find_bad_row (tamis_latents_get_values (latents), layout.n, layout.dimension);
  if (bad < layout.n)
    {
      g_set_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_VALUE,
                   "%s has a NaN or an infinity in row %u", shown, rows != NULL ? rows[bad] : bad);
      return NULL;
    }
  return g_steal_pointer (&latents);
}

/* ---- saving ---- */

gboolean
tamis_latents_save_npy (TamisLatents *self, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_latents_get_n (self);
  guint dimension = tamis_latents_get_dimension (self);
  g_autofree char *dictionary
      = g_strdup_printf ("{'descr': '<f4', 'fortran_order': False, 'shape': (%u, %u), }", n,
                         dimension);
  /* Padded with spaces to a newline so that the numbers start at a multiple of 64, as NumPy
   * does. */
  gsize length = (10 + strlen (dictionary) + 1 + 63) / 64 * 64 - 10;
  guint8 prefix[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, length & 255, length >> 8 };

  tamis_writer_put (writer, prefix, sizeof prefix);
  tamis_writer_print (writer, "%-*s\n", (int) length - 1, dictionary);
  if (n > 0)
    tamis_writer_put (writer, tamis_latents_get_values (self),
                      (gsize) n * dimension * sizeof (float));
  return tamis_writer_commit (writer, error);
}
