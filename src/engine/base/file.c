/* TamisWriter: a file appears complete or not at all.
 *
 * DESIGN: bytes go through stdio to ".NAME.XXXXXX" in the same folder; commit flushes, syncs and
 * renames. A crash leaves at worst that hidden file; the old file under the name stays whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _TamisWriter
{
  char *path;
  char *temporary; /* NULL once renamed or if it was never made */
  FILE *file;
  int error_number; /* the first error, reported by commit */
};

TamisWriter *
tamis_writer_new (const char *path)
{
  TamisWriter *self = g_new0 (TamisWriter, 1);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  int fd;

  self->path = g_strdup (path);
  self->temporary = g_strdup_printf ("%s/.%.200s.XXXXXX", folder, base);
  fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0)
    {
      self->error_number = errno;
      g_clear_pointer (&self->temporary, g_free);
    }
  else
    self->file = fdopen (fd, "wb");
  return self;
}

void
tamis_writer_put (TamisWriter *self, const void *data, gsize length)
{
  if (self->error_number == 0 && fwrite (data, 1, length, self->file) != length)
    self->error_number = errno;
}

void
tamis_writer_print (TamisWriter *self, const char *format, ...)
{
  va_list args;

  if (self->error_number != 0)
    return;
  va_start (args, format);
  if (vfprintf (self->file, format, args) < 0)
    self->error_number = errno;
  va_end (args);
}

void
tamis_csv_append (GString *csv, const char *utf8)
{
  if (utf8[strcspn (utf8, ",\"\r\n")] == '\0')
    {
      g_string_append (csv, utf8);
      return;
    }
  g_string_append_c (csv, '"');
  for (const char *p = utf8; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *p);
    }
  g_string_append_c (csv, '"');
}

void
tamis_number_append (GString *text, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }
  g_string_append (text, buffer);
}

void
tamis_writer_csv (TamisWriter *self, const char *utf8)
{
  g_autoptr (GString) field = g_string_new (NULL);

  tamis_csv_append (field, utf8);
  tamis_writer_put (self, field->str, field->len);
}

static void
flush_and_sync (TamisWriter *self)
{
  if (self->file == NULL)
    return;
  if (fflush (self->file) != 0 && self->error_number == 0)
    self->error_number = errno;
  if (fsync (fileno (self->file)) != 0 && self->error_number == 0)
    self->error_number = errno;
  if (fclose (self->file) != 0 && self->error_number == 0)
    self->error_number = errno;
  self->file = NULL;
}

gboolean
tamis_writer_commit (TamisWriter *self, GError **error)
{
  flush_and_sync (self);
  if (self->error_number == 0 && g_rename (self->temporary, self->path) != 0)
    self->error_number = errno;
  if (self->error_number != 0)
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (self->error_number),
                   "Could not write %s: %s", shown, g_strerror (self->error_number));
      return FALSE;
    }
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

void
tamis_writer_free (TamisWriter *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL)
    fclose (self->file);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}
