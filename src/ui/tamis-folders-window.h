/* TamisFoldersWindow: which folders are reference, which are left alone, and what that changes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_FOLDERS_WINDOW (tamis_folders_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisFoldersWindow, tamis_folders_window, TAMIS, FOLDERS_WINDOW, AdwWindow)

/* @search: what to look for at first, or "". */
TamisFoldersWindow *tamis_folders_window_new (GtkWindow *parent, TamisSession *session,
                                              const char *search);

G_END_DECLS
