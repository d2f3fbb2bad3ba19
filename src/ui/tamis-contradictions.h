/* Verdicts that the present plan cannot follow, said at a button of the review page.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows @button if there are any, with their number; its popover lists them when it opens. */
void tamis_contradictions_show (GtkMenuButton *button, TamisSession *session);

G_END_DECLS
