/* Looking at a file below a folder without ever following a link.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include "engine/base/digest-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

const char *
_tamis_last_part (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

char *
_tamis_resolve_new (const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *above = g_path_get_dirname (whole);
  g_autofree char *name = g_path_get_basename (whole);
  g_autofree char *resolved = NULL;
  char *real = realpath (whole, NULL);

  if (real != NULL || strcmp (above, whole) == 0)
    {
      char *copy = g_strdup (real != NULL ? real : whole);

      free (real);
      return copy;
    }
  resolved = _tamis_resolve_new (above);
  return g_build_filename (resolved, name, NULL);
}

gboolean
_tamis_is_inside (const char *path, const char *folder)
{
  gsize n = strlen (folder);

  return strcmp (folder, "/") == 0
         || (strncmp (path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

/* Opens the folder of @path step by step; missing ones are made with @mode unless that is 0. */
static int
walk (int base, const char *path, mode_t mode)
{
  const char *at = path, *slash;
  int folder = *path == '/' ? open ("/", STEP_FLAGS) : openat (base, ".", STEP_FLAGS);

  at += *path == '/';
  while (folder >= 0 && (slash = strchr (at, '/')) != NULL)
    {
      g_autofree char *step = g_strndup (at, (gsize) (slash - at));
      int next = openat (folder, step, STEP_FLAGS), code = errno;

      if (next < 0 && code == ENOENT && mode != 0
          && (mkdirat (folder, step, mode) == 0 || errno == EEXIST))
        {
          next = openat (folder, step, STEP_FLAGS);
          code = errno;
        }
      close (folder);
      errno = code;
      folder = next;
      at = slash + 1;
    }
  return folder;
}

int
_tamis_open_parent (int base, const char *path)
{
  return walk (base, path, 0);
}

int
_tamis_make_parents (int base, const char *path, mode_t mode)
{
  int folder = walk (base, path, mode);

  if (folder < 0)
    return errno;
  close (folder);
  return 0;
}

static TamisFound
nothing_or (int code)
{
  TamisFound found = { .kind = TAMIS_FOUND_OTHER, .error_number = code };

  if (code == ENOENT)
    found.kind = TAMIS_FOUND_NOTHING;
  else
    found.why = code == ENOTDIR || code == ELOOP ? TAMIS_REFUSAL_LINK : TAMIS_REFUSAL_UNREADABLE;
  return found;
}

static gboolean
same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && same_time (&a->st_mtim, &b->st_mtim) && same_time (&a->st_ctim, &b->st_ctim);
}

gboolean
_tamis_is_still (int parent, const char *name, const TamisFound *found)
{
  struct stat status;

  return fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode)
         && same_file (&status, &found->status);
}

/* The file is open at @fd: does it hold what it should, and was it left alone while we read? */
static TamisFound
look_inside (int fd, guint64 bytes, const char *sha256, GCancellable *cancel)
{
  TamisFound found = { .kind = TAMIS_FOUND_OTHER, .why = TAMIS_REFUSAL_CHANGED };
  g_autofree char *digest = NULL;
  struct stat after;
  guint64 got;

  if (fstat (fd, &found.status) != 0 || !S_ISREG (found.status.st_mode))
    found.why = TAMIS_REFUSAL_NOT_REGULAR;
  else if ((guint64) found.status.st_size == bytes)
    {
      digest = _tamis_digest_fd (fd, cancel, &got);
      if (digest == NULL)
        {
          found.why = TAMIS_REFUSAL_UNREADABLE;
          found.error_number = errno;
        }
      else if (got == bytes && strcmp (digest, sha256) == 0 && fstat (fd, &after) == 0
               && same_file (&after, &found.status))
        found.kind = TAMIS_FOUND_GOOD;
    }
  return found;
}

TamisFound
_tamis_look (int base, const char *path, guint64 bytes, const char *sha256, GCancellable *cancel)
{
  const char *name = _tamis_last_part (path);
  int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int parent = _tamis_open_parent (base, path), fd;
  TamisFound found;

  if (parent < 0)
    return nothing_or (errno);
  fd = openat (parent, name, flags | O_NOATIME);
  /* Only the owner may leave the access time alone. */
  if (fd < 0 && errno == EPERM)
    fd = openat (parent, name, flags);
  if (fd < 0)
    found = nothing_or (errno);
  else
    {
      found = look_inside (fd, bytes, sha256, cancel);
      close (fd);
    }
  close (parent);
  return found;
}

void
_tamis_look_again (int base, const char *path, guint64 bytes, const char *sha256,
                   GCancellable *cancel, TamisFound *found)
{
  int parent = _tamis_open_parent (base, path);
  gboolean same = parent >= 0 && _tamis_is_still (parent, _tamis_last_part (path), found);

  if (parent >= 0)
    close (parent);
  if (!same)
    *found = _tamis_look (base, path, bytes, sha256, cancel);
}
