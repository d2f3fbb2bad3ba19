/* A small data set on disk that the tests of project/ share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/project.h>

/* Writes @n images into two class folders of @folder: every third is a slight change of the one
 * before, so that there are pairs. */
void images_make (const char *folder, guint n);
/* Sets the time of every file below to years ago, so that it is relied on. */
void images_age (const char *folder);
/* One image; @likeness: of the same numbers nearly the same picture. */
void images_write (const char *path, guint likeness, guint change);
char *images_name (const char *folder, guint i);
TamisDataset *images_open (const char *folder);
/* "/tmp/tamis-NAME-XXXXXX", made. */
char *images_make_folder (const char *name);
/* With all that is in it. */
void images_remove (const char *folder);
/* All that is decided, as text. (transfer full) */
char *verdicts_describe (TamisVerdicts *verdicts, guint n_rows);
