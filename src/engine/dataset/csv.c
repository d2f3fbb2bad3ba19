/* A reader of CSV (RFC 4180).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/csv.h"

#include <tamis/dataset.h>

#include <string.h>

void
_tamis_csv_init (TamisCsv *self, const char *text, gsize length)
{
  self->at = text;
  self->end = text + length;
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    self->at += 3;
  self->line = 1;
  self->column = 1;
  self->record_line = 0;
  self->text = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
}

void
_tamis_csv_clear (TamisCsv *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_clear_pointer (&self->starts, g_array_unref);
  self->text = NULL;
}

static gboolean
fail (guint64 line, guint64 column, const char *what, GError **error)
{
  g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
               "line %" G_GUINT64_FORMAT ", column %" G_GUINT64_FORMAT ": %s", line, column, what);
  return FALSE;
}

/* The byte at the cursor, with all line ends seen as '\n'; -1 at the end. */
static int
peek (const TamisCsv *self)
{
  if (self->at == self->end)
    return -1;
  return *self->at == '\r' ? '\n' : (guchar) *self->at;
}

static void
advance (TamisCsv *self)
{
  if (peek (self) != '\n')
    self->column++;
  else
    {
      if (self->at[0] == '\r' && self->end - self->at > 1 && self->at[1] == '\n')
        self->at++;
      self->line++;
      self->column = 1;
    }
  self->at++;
}

/* Inside quotes line ends are data, and kept as they are. */
static gboolean
read_quoted (TamisCsv *self, GError **error)
{
  guint64 line = self->line;
  guint64 column = self->column;

  advance (self);
  for (;;)
    {
      const char *from = self->at;
      int c = peek (self);

      if (c < 0)
        return fail (line, column, "this quote is never closed", error);
      if (c == '\0')
        return fail (self->line, self->column, "a NUL byte is not text", error);
      advance (self);
      if (c != '"')
        g_string_append_len (self->text, from, self->at - from);
      else if (peek (self) == '"')
        {
          g_string_append_c (self->text, '"');
          advance (self);
        }
      else
        break;
    }
  if (peek (self) != ',' && peek (self) != '\n' && peek (self) >= 0)
    return fail (self->line, self->column, "a comma is expected after the closing quote", error);
  return TRUE;
}

static gboolean
read_field (TamisCsv *self, GError **error)
{
  if (peek (self) == '"')
    return read_quoted (self, error);
  while (peek (self) != ',' && peek (self) != '\n' && peek (self) >= 0)
    {
      if (*self->at == '\0')
        return fail (self->line, self->column, "a NUL byte is not text", error);
      g_string_append_c (self->text, *self->at);
      advance (self);
    }
  return TRUE;
}

gboolean
_tamis_csv_next (TamisCsv *self, GError **error)
{
  g_string_truncate (self->text, 0);
  g_array_set_size (self->starts, 0);
  while (peek (self) == '\n')
    advance (self);
  if (peek (self) < 0)
    return FALSE;
  self->record_line = self->line;
  for (;;)
    {
      gsize start = self->text->len;

      g_array_append_val (self->starts, start);
      if (!read_field (self, error))
        return FALSE;
      g_string_append_c (self->text, '\0');
      if (peek (self) != ',')
        break;
      advance (self);
    }
  if (peek (self) == '\n')
    advance (self);
  return TRUE;
}

guint
_tamis_csv_n_fields (const TamisCsv *self)
{
  return self->starts->len;
}

const char *
_tamis_csv_field (const TamisCsv *self, guint i)
{
  return self->text->str + g_array_index (self->starts, gsize, i);
}
