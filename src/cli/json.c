/* JSON on stdout.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "json.h"

#include <tamis/base.h>

#include <math.h>

struct _TamisJson
{
  GString *text;
  GString *open;  /* one closing bracket a level */
  gboolean fresh; /* nothing in the innermost level yet */
};

TamisJson *
tamis_json_new (void)
{
  TamisJson *self = g_new0 (TamisJson, 1);

  self->text = g_string_new (NULL);
  self->open = g_string_new (NULL);
  self->fresh = TRUE;
  return self;
}

void
tamis_json_free (TamisJson *self)
{
  g_string_free (self->text, TRUE);
  g_string_free (self->open, TRUE);
  g_free (self);
}

static void
new_line (TamisJson *self)
{
  g_string_append_c (self->text, '\n');
  for (gsize i = 0; i < self->open->len; i++)
    g_string_append (self->text, "  ");
}

static void
quote (GString *text, const char *utf8)
{
  g_string_append_c (text, '"');
  for (const char *p = utf8; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (text, "\\%c", *p);
    else if ((guchar) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (text, "\\u%04x", *p);
    else
      g_string_append_c (text, *p);
  g_string_append_c (text, '"');
}

static void
begin_value (TamisJson *self, const char *key)
{
  if (self->open->len > 0)
    {
      if (!self->fresh)
        g_string_append_c (self->text, ',');
      new_line (self);
    }
  self->fresh = FALSE;
  if (key != NULL)
    {
      quote (self->text, key);
      g_string_append (self->text, ": ");
    }
}

static void
append_number (GString *text, double value)
{
  if (isfinite (value))
    tamis_number_append (text, value);
  else
    g_string_append (text, "null");
}

void
tamis_json_object (TamisJson *self, const char *key)
{
  begin_value (self, key);
  g_string_append_c (self->text, '{');
  g_string_append_c (self->open, '}');
  self->fresh = TRUE;
}

void
tamis_json_array (TamisJson *self, const char *key)
{
  begin_value (self, key);
  g_string_append_c (self->text, '[');
  g_string_append_c (self->open, ']');
  self->fresh = TRUE;
}

void
tamis_json_end (TamisJson *self)
{
  char bracket = self->open->str[self->open->len - 1];

  g_string_truncate (self->open, self->open->len - 1);
  if (!self->fresh)
    new_line (self);
  g_string_append_c (self->text, bracket);
  self->fresh = FALSE;
}

void
tamis_json_string (TamisJson *self, const char *key, const char *utf8)
{
  begin_value (self, key);
  if (utf8 == NULL)
    g_string_append (self->text, "null");
  else
    quote (self->text, utf8);
}

void
tamis_json_path (TamisJson *self, const char *key, const char *bytes)
{
  g_autofree char *escaped = tamis_path_escape (bytes);

  tamis_json_string (self, key, escaped);
}

void
tamis_json_integer (TamisJson *self, const char *key, guint64 value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, value);
}

void
tamis_json_number (TamisJson *self, const char *key, double value)
{
  begin_value (self, key);
  append_number (self->text, value);
}

void
tamis_json_seconds (TamisJson *self, const char *key, double seconds)
{
  tamis_json_number (self, key, round (seconds * 1e6) / 1e6);
}

void
tamis_json_numbers (TamisJson *self, const char *key, const double *values, guint n)
{
  begin_value (self, key);
  g_string_append_c (self->text, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (self->text, ", ");
      append_number (self->text, values[i]);
    }
  g_string_append_c (self->text, ']');
}

const char *
tamis_json_text (TamisJson *self)
{
  g_assert (self->open->len == 0);
  if (self->text->len > 0 && self->text->str[self->text->len - 1] != '\n')
    g_string_append_c (self->text, '\n');
  return self->text->str;
}
