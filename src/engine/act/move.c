/* Moving one file, never over another, inside a file system or across.
 *
 * DESIGN
 * Inside a file system the move is one rename(2) that refuses an existing name; where the file
 * system lacks that, a second name is made and the first one taken away; where it has no second
 * names either, an existing name is looked for first. At any moment the file has a whole name.
 *
 * Across file systems a copy grows under @part_name in the new folder. It is synced, read back and
 * compared, given owner, permissions and times, put under its name (again never over another), and
 * the folder is synced, before the old name goes. Whoever is interrupted finds the file whole at
 * its old place, and at its new one either nothing, a part that the next move throws away, or the
 * whole copy too: then only the old name has to go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include "engine/base/digest-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE 262144

static int
errno_of (int result)
{
  return result == 0 ? 0 : errno;
}

/* For file systems whose rename cannot refuse an existing name. */
static int
rename_in_two (int from, const char *name, int to, const char *to_name)
{
  struct stat status;

  if (linkat (from, name, to, to_name, 0) == 0)
    return errno_of (unlinkat (from, name, 0));
  if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK && errno != ENOSYS)
    return errno;
  if (fstatat (to, to_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
    return EEXIST;
  return errno_of (renameat (from, name, to, to_name));
}

static int
rename_over_nothing (int from, const char *name, int to, const char *to_name)
{
  int code = errno_of (renameat2 (from, name, to, to_name, RENAME_NOREPLACE));

  return code == EINVAL || code == ENOSYS ? rename_in_two (from, name, to, to_name) : code;
}

/* ---- across file systems ---- */

static int
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize done = write (fd, data, length);

      if (done < 0 && errno != EINTR)
        return errno;
      if (done > 0)
        {
          data += done;
          length -= (gsize) done;
        }
    }
  return 0;
}

static int
copy_bytes (int from, int to, GCancellable *cancel)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  gssize got;
  int code = 0;

  while (code == 0 && (got = read (from, piece, PIECE)) != 0)
    {
      if (g_cancellable_is_cancelled (cancel))
        return ECANCELED;
      if (got > 0)
        code = write_all (to, piece, (gsize) got);
      else if (errno != EINTR)
        return errno;
    }
  return code;
}

/* Reads the copy back from the disk, as far as the system lets go of what it holds in memory. */
static int
check_copy (const TamisMove *move, int fd)
{
  g_autofree char *digest = NULL;
  guint64 bytes;

  if (move->sha256 == NULL)
    return 0;
  if (fsync (fd) != 0)
    return errno;
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  if (lseek (fd, 0, SEEK_SET) < 0)
    return errno;
  digest = _tamis_digest_fd (fd, move->cancel, &bytes);
  if (digest == NULL)
    return errno;
  return strcmp (digest, move->sha256) == 0 ? 0 : EIO;
}

static int
dress_copy (const TamisMove *move, int fd)
{
  const struct stat *status = &move->found->status;
  const struct timespec times[2] = { status->st_atim, status->st_mtim };

  /* Another's file stays another's where we may say so; who may not still owns the copy. */
  if (fchown (fd, status->st_uid, status->st_gid) != 0 && errno != EPERM && errno != EINVAL)
    return errno;
  if (fchmod (fd, status->st_mode & 07777) != 0 && errno != EPERM)
    return errno;
  if (futimens (fd, times) != 0)
    return errno;
  return errno_of (fsync (fd));
}

static int
fill_copy (const TamisMove *move, int fd)
{
  int from = openat (move->from, move->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  int code;

  if (from < 0)
    return errno;
  code = copy_bytes (from, fd, move->cancel);
  close (from);
  if (code == 0)
    code = check_copy (move, fd);
  return code == 0 ? dress_copy (move, fd) : code;
}

static int
sync_folder (int folder)
{
  int fd = openat (folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;

  if (fd < 0)
    return 0; /* may be entered but not read: then it cannot be synced either */
  code = fsync (fd) == 0 || errno == EINVAL ? 0 : errno;
  close (fd);
  return code;
}

int
_tamis_copy (const TamisMove *move)
{
  int fd, code;

  unlinkat (move->to, move->part_name, 0);
  fd = openat (move->to, move->part_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return errno;
  code = fill_copy (move, fd);
  close (fd);
  if (code == 0)
    code = rename_over_nothing (move->to, move->part_name, move->to, move->to_name);
  if (code != 0)
    unlinkat (move->to, move->part_name, 0);
  return code;
}

static int
move_by_copy (const TamisMove *move)
{
  int code = _tamis_copy (move);

  if (code != 0)
    return code;
  code = sync_folder (move->to);
  if (code == 0 && !_tamis_is_still (move->from, move->name, move->found))
    code = ESTALE;
  if (code == 0)
    code = errno_of (unlinkat (move->from, move->name, 0));
  if (code != 0)
    unlinkat (move->to, move->to_name, 0); /* the copy was ours, and the file is where it was */
  return code;
}

/* Between the last look and the rename another file may have taken the name: then that goes back. */
static int
check_arrival (const TamisMove *move)
{
  struct stat status;

  if (fstatat (move->to, move->to_name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_dev == move->found->status.st_dev
      && status.st_ino == move->found->status.st_ino)
    return 0;
  rename_over_nothing (move->to, move->to_name, move->from, move->name);
  return ESTALE;
}

int
_tamis_move (const TamisMove *move)
{
  int code;

  if (!_tamis_is_still (move->from, move->name, move->found))
    return ESTALE;
  if (move->arrived)
    return errno_of (unlinkat (move->from, move->name, 0));
  code = rename_over_nothing (move->from, move->name, move->to, move->to_name);
  if (code == EXDEV)
    return move_by_copy (move);
  return code == 0 ? check_arrival (move) : code;
}
