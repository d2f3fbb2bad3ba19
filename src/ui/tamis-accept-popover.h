/* TamisAcceptPopover: confirms all open removals above a similarity, in a class or in all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_ACCEPT_POPOVER (tamis_accept_popover_get_type ())
G_DECLARE_FINAL_TYPE (TamisAcceptPopover, tamis_accept_popover, TAMIS, ACCEPT_POPOVER, GtkPopover)

/* Once. @session outlives the popover. */
void tamis_accept_popover_set_session (TamisAcceptPopover *self, TamisSession *session);

G_END_DECLS
