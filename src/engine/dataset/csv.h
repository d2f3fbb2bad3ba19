/* A reader of CSV (RFC 4180); private to dataset/.
 *
 * Records end with LF, CRLF or CR; fields may be quoted, with quotes doubled inside; a quote inside
 * an unquoted field stands for itself; empty lines are skipped; a UTF-8 byte order mark is too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

typedef struct
{
  /* Borrowed: the text */
  const char *at;
  const char *end;
  guint64 line;   /* of at, from 1 */
  guint64 column; /* in bytes, from 1 */

  /* Owned: the last record */
  guint64 record_line;
  GString *text;  /* its fields, each ended by NUL */
  GArray *starts; /* of gsize: where each begins in text */
} TamisCsv;

void _tamis_csv_init (TamisCsv *self, const char *text, gsize length);
void _tamis_csv_clear (TamisCsv *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisCsv, _tamis_csv_clear)

/* The next record. FALSE at the end, or with @error (TAMIS_DATASET_ERROR_MANIFEST) set. */
gboolean _tamis_csv_next (TamisCsv *self, GError **error);
guint _tamis_csv_n_fields (const TamisCsv *self);
/* Valid until the next call of next. */
const char *_tamis_csv_field (const TamisCsv *self, guint i);
