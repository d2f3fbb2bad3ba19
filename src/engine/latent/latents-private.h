/* What the files of latent/ share, and the memory figures dedup/ plans with.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/latent.h>

G_BEGIN_DECLS

/* @mapping: (transfer full): keeps the bytes @values points into alive. */
TamisLatents *_tamis_latents_new_mapped (const float *values, guint n, guint dimension,
                                         GMappedFile *mapping);

/* Bytes of memory the machine (or the control group, if that is less) has, and could give now
 * without swapping. G_MAXUINT64 where the system does not say. */
guint64 _tamis_memory_get_total (void);
guint64 _tamis_memory_get_available (void);

G_END_DECLS
