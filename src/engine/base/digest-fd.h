/* SHA-256 of what a file descriptor reads; private to the engine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * _tamis_digest_fd:
 * @bytes: (out): how many were read
 *
 * Reads @fd to its end in pieces, looking at @cancel between them.
 *
 * Returns: (transfer full) (nullable): 64 lower-case hexadecimal digits; NULL with errno set, which
 * is ECANCELED after a cancel
 */
char *_tamis_digest_fd (int fd, GCancellable *cancel, guint64 *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
