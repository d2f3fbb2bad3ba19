/* Saving a plot that is on screen, without holding up the screen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "plot/export.h"

G_BEGIN_DECLS

/**
 * tamis_plot_save_async:
 * @page: read before this returns; its style is not used: a file is always drawn for paper
 * @path: its ending says the format; without one of .svg, .pdf and .png, ".svg" is put behind it
 *
 * The document is drawn here, in memory, since the painter's data belongs to the view and may change; the
 * file is written on a thread of its own. Main thread.
 */
void tamis_plot_save_async (const TamisPlotPage *page, const char *path,
                            GAsyncReadyCallback callback, gpointer data);
/* Returns: (transfer full): the file that was written, or NULL. Errors: those of
 * tamis_plot_export(); G_IO_ERROR_EXISTS if ".svg" was put behind a name and that file is there. */
char *tamis_plot_save_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
