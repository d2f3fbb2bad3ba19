/* One program writes to a project at a time.
 *
 * DESIGN: a lock of the open file (F_OFD_SETLK) on one byte far past any that SQLite locks. It ends
 * with the process, so a crash leaves nothing to clean up. SQLite's own locks would do, were it not
 * for POSIX: they are the process's, and go when it closes any descriptor of the file, as does
 * whoever only looks whether a file is a project. Where the file system knows no such locks, those
 * of SQLite remain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LOCK_BYTE 0x7fff0000

int
_tamis_lock_take (const char *path, gboolean shared, GError **error)
{
  struct flock lock = { .l_type = shared ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET,
                        .l_start = LOCK_BYTE, .l_len = 1 };
  int fd = open (path, (shared ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  g_autofree char *shown = g_filename_display_name (path);

  if (fd < 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Could not open %s: %s",
                   shown, g_strerror (number));
      return -1;
    }
  if (fcntl (fd, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES))
    return fd;
  close (fd);
  g_set_error (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED,
               "%s is open in another Tamis; close it there first", shown);
  return -1;
}
