/* What a file chooser answered.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * tamis_chooser_get_path:
 * @response: of the chooser's "response"
 *
 * Returns: (transfer full) (nullable) (type filename): the chosen path; %NULL if the person went back, if the
 *   place has no path on this machine, and if nothing was chosen at all, which GTK accepts, too
 */
char *tamis_chooser_get_path (GtkFileChooserNative *chooser, int response);

G_END_DECLS
