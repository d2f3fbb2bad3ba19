/* SHA-256 of a file, in pieces.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/base/digest.h"

#include <errno.h>
#include <unistd.h>

#define PIECE 262144

char *
_tamis_digest_fd (int fd, GCancellable *cancel, guint64 *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *piece = g_malloc (PIECE);
  gssize got;

  *bytes = 0;
  while ((got = read (fd, piece, PIECE)) != 0)
    {
      if (g_cancellable_is_cancelled (cancel))
        {
          errno = ECANCELED;
          return NULL;
        }
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return NULL;
      g_checksum_update (checksum, piece, got);
      *bytes += (guint64) got;
    }
  return g_strdup (g_checksum_get_string (checksum));
}
