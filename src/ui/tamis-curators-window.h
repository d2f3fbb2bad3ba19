/* TamisCuratorsWindow: your project beside that of another curator: how far you agree, the pairs on which
 * you do not, one by one, and what only the other decided, to take over.
 *
 * Nothing of the other file is changed. Actions have the prefix "curators."; tamis-shortcuts.c lists
 * those that have keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CURATORS_WINDOW (tamis_curators_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisCuratorsWindow, tamis_curators_window, TAMIS, CURATORS_WINDOW, AdwWindow)

/**
 * tamis_curators_window_new:
 * @session: must outlive the window; with a data set and a project
 * @path: the other project
 *
 * Begins to compare in the background; closing the window ends that.
 */
TamisCuratorsWindow *tamis_curators_window_new (GtkWindow *parent, TamisSession *session,
                                                const char *path);

G_END_DECLS
