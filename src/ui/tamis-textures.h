/* TamisTextures: decoded images for the screen, fetched in the background, kept within a byte budget.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>
#include <tamis/dataset.h>

G_BEGIN_DECLS

typedef struct _TamisTextureTicket TamisTextureTicket;

/**
 * TamisTextureReady:
 * @texture: (nullable): NULL if the file could not be read
 * @reason: (nullable): then why, one line
 *
 * Main thread; once a request, never after tamis_textures_forget(). The ticket is spent.
 */
typedef void (*TamisTextureReady) (GdkTexture *texture, const char *reason, gpointer data);

/**
 * tamis_textures_request:
 * @file: file-system name
 * @side: longest side wanted, in pixels; a smaller image is enlarged by a whole factor at most
 * @ready: called later, or before this returns if the image is at hand
 *
 * Newest request first; at most a few hundred wait, the oldest are answered with NULL and NULL.
 *
 * Returns: (nullable): a ticket while the answer is outstanding
 */
TamisTextureTicket *tamis_textures_request (const char *file, int side, TamisTextureReady ready,
                                            gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* The answer is no longer wanted. Takes the ticket; NULL is fine. */
void tamis_textures_forget (TamisTextureTicket *ticket);
/* Fetches into the cache for nobody in particular (the next pair). */
void tamis_textures_prefetch (const char *file, int side);
/* The data set whose files are asked for; NULL for none. What it knows of their content saves
 * decoding. Main thread. */
void tamis_textures_set_dataset (TamisDataset *dataset);
/* Ends the threads and drops the cache; at the program's end. */
void tamis_textures_shutdown (void);

G_END_DECLS
