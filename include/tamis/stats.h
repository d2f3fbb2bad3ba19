/* What a distribution looks like, and what removal does to it (METHOD A4, A5).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>

G_BEGIN_DECLS

G_END_DECLS
