/* SHA-256 of a file that is open, in pieces.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/base/digest-fd.h"

#include <errno.h>
#include <tamis/base.h>
#include <unistd.h>

#define PIECE 262144

char *
_tamis_digest_fd (int fd, GCancellable *cancel, guint64 *bytes)
{
  g_autoptr (TamisHasher) hasher = tamis_hasher_new ();
  g_autofree guint8 *piece = g_malloc (PIECE);
  TamisDigest digest;
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
      tamis_hasher_update (hasher, piece, (gsize) got);
      *bytes += (guint64) got;
    }
  digest = tamis_hasher_finish (hasher);
  return tamis_digest_to_string (&digest);
}
