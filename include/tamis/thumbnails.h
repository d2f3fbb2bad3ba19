/* Small copies of images, kept between runs and known by content.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/image.h>

G_BEGIN_DECLS

/* A cache in a folder: anything in it may vanish at any time. Any thread; several processes too. */
typedef struct _TamisThumbnails TamisThumbnails;

#define TAMIS_THUMBNAILS_BUDGET ((guint64) 1 << 30)

/**
 * tamis_thumbnails_new:
 * @folder: (nullable): made when needed; NULL is the user's own, $XDG_CACHE_HOME/tamis/thumbnails
 * @budget: bytes to keep; beyond them those that were not asked for the longest go
 */
TamisThumbnails *tamis_thumbnails_new (const char *folder, guint64 budget) G_GNUC_WARN_UNUSED_RESULT;
void tamis_thumbnails_free (TamisThumbnails *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisThumbnails, tamis_thumbnails_free)

/* Is the content known, and the image at least twice as large as a thumbnail? One that is smaller is
 * nearly as quickly decoded itself. */
gboolean tamis_thumbnails_takes (const TamisImageFacts *facts);

/**
 * tamis_thumbnails_put:
 * @facts: of the image, with its digest
 * @small: the image, its longest side at most TAMIS_THUMBNAIL_SIDE
 *
 * Keeps @small, unless it is there already or tamis_thumbnails_takes() says no. What cannot be
 * written is left out in silence.
 */
void tamis_thumbnails_put (TamisThumbnails *self, const TamisImageFacts *facts,
                           const TamisImage *small);

/* (transfer full) (nullable): the small copy, with losses as JPEG has them; NULL if there is none. */
TamisImage *tamis_thumbnails_get (TamisThumbnails *self, const TamisDigest *digest)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
