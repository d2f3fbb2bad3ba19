/* A strict reader of JSON that pulls.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/json-read.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MAX_NESTING 16

void
_tamis_json_reader_init (TamisJsonReader *self, const char *text, gsize length)
{
  const char *fault;

  *self = (TamisJsonReader){ .at = text, .end = text + length, .line = 1 };
  if (g_utf8_validate (text, (gssize) length, &fault))
    return;
  for (const char *p = text; p < fault; p++)
    self->line += *p == '\n';
  _tamis_json_fail (self, "this is not UTF-8 text");
}

void
_tamis_json_reader_clear (TamisJsonReader *self)
{
  g_clear_pointer (&self->problem, g_free);
}

gboolean
_tamis_json_fail (TamisJsonReader *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (self->problem != NULL)
    return FALSE;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  self->problem = g_strdup_printf ("line %" G_GUINT64_FORMAT ": %s", self->line, text);
  return FALSE;
}

/* The next byte that is not white space, not taken; NUL at the end or after a problem. */
static char
peek (TamisJsonReader *self)
{
  if (self->problem != NULL)
    return '\0';
  for (; self->at < self->end; self->at++)
    {
      if (*self->at == '\n')
        self->line++;
      else if (*self->at != ' ' && *self->at != '\t' && *self->at != '\r')
        return *self->at;
    }
  return '\0';
}

static gboolean
take (TamisJsonReader *self, char wanted)
{
  if (peek (self) != wanted)
    return FALSE;
  self->at++;
  return TRUE;
}

gboolean
_tamis_json_enter (TamisJsonReader *self, char bracket)
{
  return take (self, bracket)
         || _tamis_json_fail (self, bracket == '{' ? "an object is expected"
                                                   : "an array is expected");
}

gboolean
_tamis_json_next (TamisJsonReader *self, char close, gboolean *first)
{
  gboolean was_first = *first;

  *first = FALSE;
  if (take (self, close))
    return FALSE;
  if (!was_first && !take (self, ','))
    return _tamis_json_fail (self, "a comma or %c is expected", close);
  return self->problem == NULL
         && (peek (self) != '\0' || _tamis_json_fail (self, "the file ends too early"));
}

/* Four hexadecimal digits after \u; a surrogate takes its other half along. */
static gboolean
take_escape (TamisJsonReader *self, GString *text)
{
  gunichar halves[2] = { 0, 0 };

  for (guint h = 0; h < 2; h++)
    {
      for (guint i = 0; i < 4; i++, self->at++)
        {
          if (self->at == self->end || !g_ascii_isxdigit (*self->at))
            return _tamis_json_fail (self, "\\u needs four hexadecimal digits");
          halves[h] = halves[h] * 16 + (gunichar) g_ascii_xdigit_value (*self->at);
        }
      if (halves[0] < 0xd800 || halves[0] > 0xdfff)
        break;
      if (h == 0 && (self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u'))
        return _tamis_json_fail (self, "half a character");
      self->at += h == 0 ? 2 : 0;
    }
  if (halves[0] >= 0xd800 && halves[0] <= 0xdfff)
    {
      if (halves[0] > 0xdbff || halves[1] < 0xdc00 || halves[1] > 0xdfff)
        return _tamis_json_fail (self, "half a character");
      halves[0] = 0x10000 + ((halves[0] - 0xd800) << 10) + (halves[1] - 0xdc00);
    }
  if (halves[0] == 0)
    return _tamis_json_fail (self, "a string must not hold NUL");
  g_string_append_unichar (text, halves[0]);
  return TRUE;
}

static gboolean
take_backslash (TamisJsonReader *self, GString *text)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;

  self->at++;
  if (self->at == self->end)
    return _tamis_json_fail (self, "the file ends too early");
  if (*self->at == 'u')
    {
      self->at++;
      return take_escape (self, text);
    }
  found = *self->at != '\0' ? strchr (from, *self->at) : NULL;
  if (found == NULL)
    return _tamis_json_fail (self, "an unknown escape in a string");
  g_string_append_c (text, to[found - from]);
  self->at++;
  return TRUE;
}

char *
_tamis_json_string (TamisJsonReader *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!take (self, '"'))
    {
      _tamis_json_fail (self, "a string is expected");
      return NULL;
    }
  while (self->at < self->end && *self->at != '"')
    {
      if ((guchar) *self->at < 0x20)
        {
          _tamis_json_fail (self, "a string must not hold control characters");
          return NULL;
        }
      if (*self->at != '\\')
        g_string_append_c (text, *self->at++);
      else if (!take_backslash (self, text))
        return NULL;
    }
  if (!take (self, '"'))
    {
      _tamis_json_fail (self, "the file ends too early");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
_tamis_json_key (TamisJsonReader *self)
{
  g_autofree char *key = _tamis_json_string (self);

  if (key != NULL && !take (self, ':'))
    {
      _tamis_json_fail (self, "a colon is expected");
      return NULL;
    }
  return g_steal_pointer (&key);
}

/* The characters a number may have, at most 63 of them. */
static gboolean
take_digits (TamisJsonReader *self, char text[64], const char *allowed)
{
  gsize n = 0;

  if (peek (self) == '\0')
    return FALSE;
  while (self->at < self->end && *self->at != '\0' && strchr (allowed, *self->at) != NULL && n < 63)
    text[n++] = *self->at++;
  text[n] = '\0';
  return n > 0;
}

gboolean
_tamis_json_integer (TamisJsonReader *self, gint64 *value)
{
  char text[64];

  /* The last test: no point or exponent, and not a tail of something longer. */
  if (take_digits (self, text, "-0123456789")
      && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, value, NULL)
      && (self->at == self->end || strchr (".eE", *self->at) == NULL))
    return TRUE;
  return _tamis_json_fail (self, "a whole number is expected");
}

gboolean
_tamis_json_number (TamisJsonReader *self, double *value)
{
  char text[64], *end;

  if (take_digits (self, text, "+-.0123456789eE") && text[0] != '+')
    {
      *value = g_ascii_strtod (text, &end);
      if (*end == '\0' && isfinite (*value))
        return TRUE;
    }
  return _tamis_json_fail (self, "a number is expected");
}

static gboolean
skip_word (TamisJsonReader *self)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((gsize) (self->end - self->at) >= strlen (words[i])
        && strncmp (self->at, words[i], strlen (words[i])) == 0)
      {
        self->at += strlen (words[i]);
        return TRUE;
      }
  return _tamis_json_fail (self, "a value is expected");
}

static gboolean
skip_value (TamisJsonReader *self, guint nesting)
{
  char begin = peek (self), close = begin == '{' ? '}' : ']';
  gboolean first = TRUE;
  double number;

  if (begin == '"')
    {
      g_autofree char *text = _tamis_json_string (self);

      return text != NULL;
    }
  if (begin != '{' && begin != '[')
    return begin == '-' || g_ascii_isdigit (begin) ? _tamis_json_number (self, &number)
                                                   : skip_word (self);
  if (nesting == MAX_NESTING)
    return _tamis_json_fail (self, "too deeply nested");
  self->at++;
  while (_tamis_json_next (self, close, &first))
    {
      g_autofree char *key = begin == '{' ? _tamis_json_key (self) : NULL;

      if (!skip_value (self, nesting + 1))
        return FALSE;
    }
  return self->problem == NULL;
}

gboolean
_tamis_json_skip (TamisJsonReader *self)
{
  return self->problem == NULL && skip_value (self, 0);
}

gboolean
_tamis_json_finish (TamisJsonReader *self)
{
  peek (self);
  return self->problem == NULL
         && (self->at == self->end || _tamis_json_fail (self, "text after the end"));
}
