/* TamisThumbnails: small copies of images in a cache folder.
 *
 * DESIGN: one JPEG an image, named by its digest, in 256 folders named by the digest's first byte.
 * Digests are as good as random, so the folders grow alike, and each has its 256th of the budget:
 * when one is over, its own oldest files go, which takes a millisecond and not a walk over all.
 * Files appear by rename and are not synced: a machine that loses power may leave an empty one, and
 * what cannot be decoded is removed when it is asked for. Asking renews a file's time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_SHARDS 256
#define QUALITY 85
#define UNKNOWN G_MAXUINT64
/* A folder over its budget is brought down to this share of it, so that it is not over at once. */
#define KEPT_SHARE 0.9

struct _TamisThumbnails
{
  char *folder;
  guint64 shard_budget;

  /* Guarded by mutex */
  GMutex mutex;
  guint64 bytes[N_SHARDS]; /* UNKNOWN until the folder has been listed */
};

TamisThumbnails *
tamis_thumbnails_new (const char *folder, guint64 budget)
{
  TamisThumbnails *self = g_new0 (TamisThumbnails, 1);

  self->folder = folder != NULL
                     ? g_strdup (folder)
                     : g_build_filename (g_get_user_cache_dir (), "tamis", "thumbnails", NULL);
  self->shard_budget = budget / N_SHARDS;
  g_mutex_init (&self->mutex);
  for (guint i = 0; i < N_SHARDS; i++)
    self->bytes[i] = UNKNOWN;
  return self;
}

void
tamis_thumbnails_free (TamisThumbnails *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self->folder);
  g_free (self);
}

static char *
shard_path (const TamisThumbnails *self, guint shard)
{
  return g_strdup_printf ("%s/%02x", self->folder, shard);
}

static char *
file_path (const TamisThumbnails *self, const TamisDigest *digest)
{
  g_autofree char *name = tamis_digest_to_string (digest);

  return g_strdup_printf ("%s/%.2s/%s.jpg", self->folder, name, name + 2);
}

/* ---- the budget ---- */

typedef struct
{
  char *name;
  guint64 bytes;
  gint64 time; /* µs */
} Listed;

static void
listed_clear (gpointer data)
{
  g_free (((Listed *) data)->name);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Listed *) a)->time, y = ((const Listed *) b)->time;

  return (x > y) - (x < y);
}

/* The files of a folder, oldest first. */
static GArray *
list_shard (DIR *stream, guint64 *total)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (Listed));
  const struct dirent *entry;
  struct stat facts;

  g_array_set_clear_func (files, listed_clear);
  *total = 0;
  while ((entry = readdir (stream)) != NULL)
    if (fstatat (dirfd (stream), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0
        && S_ISREG (facts.st_mode))
      {
        Listed file = { g_strdup (entry->d_name), (guint64) facts.st_size,
                        (gint64) facts.st_mtim.tv_sec * G_USEC_PER_SEC
                            + facts.st_mtim.tv_nsec / 1000 };

        g_array_append_val (files, file);
        *total += file.bytes;
      }
  g_array_sort (files, compare_times);
  return files;
}

/* Lists the folder, removes what is too much; returns the bytes that remain. */
static guint64
trim_shard (TamisThumbnails *self, guint shard)
{
  g_autofree char *path = shard_path (self, shard);
  DIR *stream = opendir (path);
  g_autoptr (GArray) files = NULL;
  guint64 total;

  if (stream == NULL)
    return 0;
  files = list_shard (stream, &total);
  if (total > self->shard_budget)
    for (guint i = 0; i < files->len && (double) total > KEPT_SHARE * (double) self->shard_budget;
         i++)
      {
        const Listed *file = &g_array_index (files, Listed, i);

        if (unlinkat (dirfd (stream), file->name, 0) == 0)
          total -= file->bytes;
      }
  closedir (stream);
  return total;
}

static void
count_bytes (TamisThumbnails *self, guint shard, guint64 bytes)
{
  g_mutex_lock (&self->mutex);
  if (self->bytes[shard] != UNKNOWN)
    self->bytes[shard] += bytes;
  if (self->bytes[shard] > self->shard_budget)
    self->bytes[shard] = trim_shard (self, shard);
  g_mutex_unlock (&self->mutex);
}

/* ---- put and get ---- */

/* Under its name complete or not at all; not synced. */
static gboolean
write_file (const char *path, const guint8 *data, gsize size)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = write (fd, data, size) == (gssize) size;
  ok = close (fd) == 0 && ok;
  ok = ok && rename (temporary, path) == 0;
  if (!ok)
    unlink (temporary);
  return ok;
}

gboolean
tamis_thumbnails_takes (const TamisImageFacts *facts)
{
  return MAX (facts->width, facts->height) >= 2 * TAMIS_THUMBNAIL_SIDE
         && tamis_digest_is_set (&facts->digest);
}

void
tamis_thumbnails_put (TamisThumbnails *self, const TamisImageFacts *facts, const TamisImage *small)
{
  g_autofree char *path = NULL;
  guint8 *jpeg;
  gsize size;

  if (!tamis_thumbnails_takes (facts))
    return;
  path = file_path (self, &facts->digest);
  if (access (path, F_OK) == 0)
    return;
  jpeg = _tamis_image_encode_jpeg (small, QUALITY, &size);
  if (jpeg == NULL)
    return;
  if (!write_file (path, jpeg, size))
    {
      g_autofree char *folder = g_path_get_dirname (path);

      /* The first of its folder. */
      if (g_mkdir_with_parents (folder, 0700) != 0 || !write_file (path, jpeg, size))
        size = 0;
    }
  free (jpeg);
  count_bytes (self, facts->digest.bytes[0], size);
}

TamisImage *
tamis_thumbnails_get (TamisThumbnails *self, const TamisDigest *digest)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  TamisImage *image;

  if (!tamis_digest_is_set (digest))
    return NULL;
  path = file_path (self, digest);
  image = tamis_image_load (path, NULL, NULL, &error);
  if (image != NULL)
    utimensat (AT_FDCWD, path, NULL, 0);
  else if (!g_error_matches (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE))
    unlink (path);
  return image;
}
