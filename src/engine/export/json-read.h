/* A strict reader of JSON (RFC 8259) that pulls; private to the engine.
 *
 * For files of many small objects that must be told the line of their faults: nothing is kept but
 * what the caller keeps, nesting is bounded, and after the first problem every call does nothing
 * and says FALSE or NULL, so that a caller tests once.
 *
 *   for (first = TRUE, _tamis_json_enter (r, '{'); _tamis_json_next (r, '}', &first);)
 *     { g_autofree char *key = _tamis_json_key (r); … one value must be read … }
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  /* Borrowed: the text, valid UTF-8 */
  const char *at;
  const char *end;
  guint64 line;  /* of at, from 1 */
  char *problem; /* owned; NULL while all is well: "line 3: a string is expected" */
} TamisJsonReader;

void _tamis_json_reader_init (TamisJsonReader *self, const char *text, gsize length);
void _tamis_json_reader_clear (TamisJsonReader *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisJsonReader, _tamis_json_reader_clear)

/* Notes a problem at the present line, unless there is one. Always returns FALSE. */
gboolean _tamis_json_fail (TamisJsonReader *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Steps over @bracket, '{' or '['. */
gboolean _tamis_json_enter (TamisJsonReader *self, char bracket);
/* Is there another member or element? Steps over the comma before it, or over @close. */
gboolean _tamis_json_next (TamisJsonReader *self, char close, gboolean *first);
/* A member's name with its colon. (transfer full) (nullable) */
char *_tamis_json_key (TamisJsonReader *self);
/* Values. A string has no NUL in it. */
char *_tamis_json_string (TamisJsonReader *self);
gboolean _tamis_json_integer (TamisJsonReader *self, gint64 *value);
gboolean _tamis_json_number (TamisJsonReader *self, double *value);
gboolean _tamis_json_skip (TamisJsonReader *self);
/* Nothing but white space is left. */
gboolean _tamis_json_finish (TamisJsonReader *self);

G_END_DECLS
