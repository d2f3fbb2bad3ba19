/* A small data set with everything that may go wrong on the way back: odd names, permissions, times.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/act.h>
#include <tamis/base.h>

/* Every folder holds one image that stays and some that go, beside it or from the folder before. */
#define TREE_FOLDERS 4
#define TREE_GONE 6 /* a folder */
#define TREE_REMOVALS (TREE_FOLDERS * TREE_GONE)

/* Draws the data set below @root, which is made. Same @seed, same bytes. */
void tree_make (const char *root, guint seed);
/* The manifest of it, complete, as a file. */
void tree_write_manifest (const char *root, const char *path);
/* One of it with these removals only, the id as it should be. */
void tree_write_removals (const char *root, const char *path, const TamisManifestRemoval *removals,
                          guint n);
/* Removal @i, its hashes from the files as they are now; (transfer full): tree_free_removal() */
TamisManifestRemoval tree_describe (const char *root, guint i);
void tree_free_removal (TamisManifestRemoval *removal);
/* Every folder and file below @root, sorted: name, kind, permissions, time, contents. */
char *tree_describe_all (const char *root);
/* Aborts at the first line that differs between two of these. */
void tree_assert_same (const char *now, const char *before);
void tree_remove (const char *path);
