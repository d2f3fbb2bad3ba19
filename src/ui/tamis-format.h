/* Numbers and names as people read them: thousands separators, three digits of similarity, UTF-8.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

/* All return a new string. "12,345" in the user's own grouping (a thin comma where the locale has none). */
char *tamis_format_count (guint64 n) G_GNUC_WARN_UNUSED_RESULT;
char *tamis_format_similarity (double similarity) G_GNUC_WARN_UNUSED_RESULT;
/* T of a class in @plan; of all (-1) "0.850", and how many classes have another. */
char *tamis_format_threshold (TamisPlan *plan, int class_index) G_GNUC_WARN_UNUSED_RESULT;
/* "38 s", "about 2 min" */
char *tamis_format_duration (double seconds) G_GNUC_WARN_UNUSED_RESULT;
/* File name or folder for display: always valid UTF-8. */
char *tamis_format_path (const char *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
