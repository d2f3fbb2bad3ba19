/* Pairs that memory is not to hold: in a file of the cache folder, without a name.
 *
 * DESIGN: each worker keeps its pairs in chunks. When as many chunks are held as the budget allows,
 * full ones are appended to one file, wherever its end is at the moment, and used anew; the order of
 * pairs means nothing until the list is built. The file is unlinked as soon as it is open, so nothing
 * is left behind by whatever may happen. What cannot be written is remembered and ends the join.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct _TamisSpill
{
  GMutex opening;
  int fd; /* -1 until the first pairs come */
  guint64 room; /* chunks in memory */
  atomic_uint_least64_t n_held;
  atomic_uint_least64_t n_pairs;
  atomic_int error_number;
};

/* (transfer full) */
static char *
get_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "tamis", NULL);
}

guint64
_tamis_spill_get_free (void)
{
  g_autofree char *folder = get_folder ();
  struct statvfs status;

  g_mkdir_with_parents (folder, 0700);
  if (statvfs (folder, &status) != 0)
    return 0;
  return (guint64) status.f_bavail * status.f_frsize;
}

/* A file without a name, or -1 with errno. */
static int
open_nameless (void)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *path = g_build_filename (folder, "pairs-XXXXXX", NULL);
  int fd;

  g_mkdir_with_parents (folder, 0700);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);
  return fd;
}

TamisSpill *
_tamis_spill_new (guint64 room)
{
  TamisSpill *self = g_new0 (TamisSpill, 1);

  g_mutex_init (&self->opening);
  self->fd = -1;
  self->room = room;
  return self;
}

void
_tamis_spill_free (TamisSpill *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_mutex_clear (&self->opening);
  g_free (self);
}

void
_tamis_spill_hold (TamisSpill *self)
{
  atomic_fetch_add_explicit (&self->n_held, 1, memory_order_relaxed);
}

guint64
_tamis_spill_get_n (TamisSpill *self)
{
  return atomic_load (&self->n_pairs);
}

gboolean
_tamis_spill_has_failed (TamisSpill *self)
{
  return atomic_load_explicit (&self->error_number, memory_order_relaxed) != 0;
}

static gboolean
open_once (TamisSpill *self)
{
  g_mutex_lock (&self->opening);
  if (self->fd < 0 && !_tamis_spill_has_failed (self))
    {
      self->fd = open_nameless ();
      if (self->fd < 0)
        atomic_store (&self->error_number, errno);
    }
  g_mutex_unlock (&self->opening);
  return self->fd >= 0;
}

void
_tamis_spill_write (TamisSpill *self, const TamisPair *pairs, gsize n)
{
  const char *bytes = (const char *) pairs;
  gsize left = n * sizeof *pairs;
  off_t at;

  if (n == 0 || !open_once (self))
    return;
  at = (off_t) (atomic_fetch_add (&self->n_pairs, n) * sizeof *pairs);
  while (left > 0)
    {
      gssize written = pwrite (self->fd, bytes, left, at);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        {
          atomic_store (&self->error_number, written < 0 ? errno : EIO);
          return;
        }
      bytes += written;
      at += written;
      left -= (gsize) written;
    }
}

gboolean
_tamis_spill_takes (TamisSpill *self, const TamisPair *pairs, gsize n)
{
  if (atomic_load_explicit (&self->n_held, memory_order_relaxed) < self->room)
    return FALSE;
  _tamis_spill_write (self, pairs, n);
  return TRUE;
}

gsize
_tamis_spill_read (TamisSpill *self, guint64 first, TamisPair *to, gsize n)
{
  gsize wanted = MIN (n, _tamis_spill_get_n (self) - first) * sizeof *to, got = 0;

  while (got < wanted)
    {
      gssize read = pread (self->fd, (char *) to + got, wanted - got,
                           (off_t) (first * sizeof *to + got));

      if (read < 0 && errno == EINTR)
        continue;
      if (read <= 0)
        {
          atomic_store (&self->error_number, read < 0 ? errno : EIO);
          return 0;
        }
      got += (gsize) read;
    }
  return wanted / sizeof *to;
}

void
_tamis_spill_set_error (TamisSpill *self, GError **error)
{
  int number = atomic_load (&self->error_number);
  g_autofree char *folder = get_folder ();
  g_autofree char *shown = g_filename_display_name (folder);

  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "Could not keep %" G_GUINT64_FORMAT " pairs in %s: %s", _tamis_spill_get_n (self),
               shown, g_strerror (number));
}

/* ---- a mapping of its own ---- */

gboolean
_tamis_mapping_init (TamisMapping *self, gsize length, GError **error)
{
  int fd = open_nameless ();
  int number = fd < 0 ? errno : posix_fallocate (fd, 0, (off_t) length);
  void *bytes = MAP_FAILED;

  if (number == 0)
    {
      bytes = mmap (NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      number = bytes == MAP_FAILED ? errno : 0;
    }
  if (fd >= 0)
    close (fd);
  if (number != 0)
    {
      g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
                   "The list of pairs needs %" G_GSIZE_FORMAT " bytes of disk, and %"
                   G_GUINT64_FORMAT " are free: %s",
                   length, _tamis_spill_get_free (), g_strerror (number));
      return FALSE;
    }
  *self = (TamisMapping){ bytes, length };
  return TRUE;
}

void
_tamis_mapping_release (const TamisMapping *self, gsize first, gsize length)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE), begin = first / page * page;

  if (length > 0)
    madvise ((char *) self->bytes + begin, first + length - begin, MADV_DONTNEED);
}

void
_tamis_mapping_clear (TamisMapping *self)
{
  if (self->bytes != NULL)
    munmap (self->bytes, self->length);
  *self = (TamisMapping){ 0 };
}
