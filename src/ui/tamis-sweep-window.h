/* TamisSweepWindow: a sweep as the paper's tables 2 and 3, a row a T, to read, copy and save.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_SWEEP_WINDOW (tamis_sweep_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisSweepWindow, tamis_sweep_window, TAMIS, SWEEP_WINDOW, AdwWindow)

/* @sweep is read before this returns. The rows of @policy are shown first. */
TamisSweepWindow *tamis_sweep_window_new (GtkWindow *parent, const TamisSweep *sweep,
                                          TamisPolicy policy);
/* The rows on screen, with their titles, as lines of tab-separated cells. */
char *tamis_sweep_window_dup_text (TamisSweepWindow *self) G_GNUC_WARN_UNUSED_RESULT;
/* Both policies as CSV (tamis_sweep_format_csv()), in the background; a line below says how it went. */
void tamis_sweep_window_save (TamisSweepWindow *self, const char *path);

G_END_DECLS
