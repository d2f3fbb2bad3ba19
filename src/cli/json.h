/* JSON on stdout: a writer small enough to control every byte.
 *
 * json-glib prints 0.97 as 0.96999999999999997; here a number is the shortest text that reads back
 * as the same double, and what is not finite is null.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @key is NULL for an element of an array and for the outermost object. One thread at a time. */
typedef struct _TamisJson TamisJson;
TamisJson *tamis_json_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tamis_json_free (TamisJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisJson, tamis_json_free)
void tamis_json_object (TamisJson *self, const char *key);
void tamis_json_array (TamisJson *self, const char *key);
void tamis_json_end (TamisJson *self);
/* @utf8: NULL gives null. */
void tamis_json_string (TamisJson *self, const char *key, const char *utf8);
/* File-system bytes, see tamis_path_escape(). */
void tamis_json_path (TamisJson *self, const char *key, const char *bytes);
void tamis_json_integer (TamisJson *self, const char *key, guint64 value);
/* As tamis_number_append(); null if it is not finite. */
void tamis_json_number (TamisJson *self, const char *key, double value);
/* Rounded to a microsecond. */
void tamis_json_seconds (TamisJson *self, const char *key, double seconds);
void tamis_json_numbers (TamisJson *self, const char *key, const double *values, guint n);
/* The text so far, with a newline at its end; every object and array must have ended. Borrowed. */
const char *tamis_json_text (TamisJson *self);

G_END_DECLS
