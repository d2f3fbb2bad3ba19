/* What a screen reader is told of a stack.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* From now on only the page in sight is read out: GTK 4.8 leaves the other ones in the accessible tree. */
void tamis_stack_tell_shown (GtkStack *stack);

G_END_DECLS
