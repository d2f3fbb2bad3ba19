/* TamisCheckWindow: pairs of a random sample, one after another, to be judged by keys; and what the
 * judgements say of the precision of T.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-checks.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_CHECK_WINDOW (tamis_check_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisCheckWindow, tamis_check_window, TAMIS, CHECK_WINDOW, AdwWindow)

/* Draws a sample of the session's class if there is none yet. Modal, since the class must stay. */
TamisCheckWindow *tamis_check_window_new (GtkWindow *parent, TamisChecks *checks)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
