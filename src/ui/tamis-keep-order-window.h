/* TamisKeepOrderWindow: which of two alike images stays: criteria in an order to drag.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_KEEP_ORDER_WINDOW (tamis_keep_order_window_get_type ())
G_DECLARE_FINAL_TYPE (TamisKeepOrderWindow, tamis_keep_order_window, TAMIS, KEEP_ORDER_WINDOW,
                      AdwWindow)

TamisKeepOrderWindow *tamis_keep_order_window_new (GtkWindow *parent, TamisSession *session);
/* An order in few words: "keep the most pixels, …". (transfer full) */
char *tamis_keep_order_words (const char *order) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
