/* A folder as a data set: which files in it are images. What class they have is for labels.c.
 *
 * DESIGN: no recursion, so depth costs no stack: folders wait in a queue. Links are looked at after
 * all real folders, in natural order, so that what is read does not depend on the order in which
 * the file system lists names. A folder (device and inode) is entered once; a link to a folder that
 * was or will be read under its own name is listed, not followed, so that nothing is counted twice
 * and no loop goes on. So is a link to an image that is read under its own name: the two would be
 * each other's copy, and who then lets one of them go might let the only one go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"

#include <tamis/base.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_EVERY 256

typedef struct
{
  TamisBuilder builder;
  const char *root;
  char *real_root;
  GQueue folders;      /* of char*, relative; "" is the root */
  GPtrArray *links;    /* of char*, relative */
  GHashTable *visited; /* "device:inode" */
  TamisProgress *progress;
  GCancellable *cancel;
  guint n_seen;
} Scan;

static void
scan_clear (Scan *self)
{
  _tamis_builder_clear (&self->builder);
  g_queue_clear_full (&self->folders, g_free);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_pointer (&self->visited, g_hash_table_unref);
  free (self->real_root);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

static char *
join (const char *folder, const char *name)
{
  return *folder == '\0' ? g_strdup (name) : g_strconcat (folder, "/", name, NULL);
}

static char *
in_root (const Scan *self, const char *path)
{
  return *path == '\0' ? g_strdup (self->root) : g_strconcat (self->root, "/", path, NULL);
}

static void
list_unreadable (Scan *self, const char *path, const char *what, int number)
{
  g_autofree char *reason
      = number != 0 ? g_strdup_printf ("%s: %s", what, g_strerror (number)) : g_strdup (what);

  _tamis_builder_add_unreadable (&self->builder, *path == '\0' ? "." : path, reason);
}

static void
add_image (Scan *self, const char *path, const struct stat *facts)
{
  _tamis_builder_add (&self->builder, &(TamisEntry){
      .path = path,
      .bytes = (guint64) facts->st_size,
      .mtime = (gint64) facts->st_mtim.tv_sec * 1000000 + facts->st_mtim.tv_nsec / 1000,
  });
  tamis_progress_add (self->progress, 1);
}

/* FALSE if the folder has been entered before. */
static gboolean
visit (Scan *self, const struct stat *facts)
{
  return g_hash_table_add (self->visited,
                           g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                            (guint64) facts->st_dev, (guint64) facts->st_ino));
}

static void
look_at_entry (Scan *self, int folder_fd, const char *folder, const struct dirent *entry)
{
  g_autofree char *path = NULL;
  gboolean image = _tamis_is_image_name (entry->d_name);
  struct stat facts;

  if (entry->d_name[0] == '.' || (entry->d_type == DT_REG && !image))
    return;
  path = join (folder, entry->d_name);
  if (fstatat (folder_fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (image || entry->d_type == DT_DIR)
        list_unreadable (self, path, "cannot be looked at", errno);
    }
  else if (S_ISLNK (facts.st_mode))
    g_ptr_array_add (self->links, g_steal_pointer (&path));
  else if (S_ISDIR (facts.st_mode))
    g_queue_push_tail (&self->folders, g_steal_pointer (&path));
  else if (image && S_ISREG (facts.st_mode))
    add_image (self, path, &facts);
  else if (image)
    list_unreadable (self, path, "is a device, pipe or socket, not a file", 0);
}

/* FALSE when cancelled. */
static gboolean
read_entries (Scan *self, DIR *stream, const char *folder)
{
  const struct dirent *entry;

  for (;;)
    {
      errno = 0;
      entry = readdir (stream);
      if (entry == NULL)
        break;
      look_at_entry (self, dirfd (stream), folder, entry);
      if (++self->n_seen % POLL_EVERY == 0 && g_cancellable_is_cancelled (self->cancel))
        return FALSE;
    }
  if (errno != 0)
    list_unreadable (self, folder, "the folder cannot be listed to its end", errno);
  return TRUE;
}

static gboolean
read_folder (Scan *self, const char *folder)
{
  g_autofree char *file = in_root (self, folder);
  int fd = open (file, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct stat facts;
  gboolean go_on = TRUE;

  if (stream == NULL || fstat (fd, &facts) != 0)
    {
      list_unreadable (self, folder, "the folder cannot be listed", errno);
      if (stream == NULL && fd >= 0)
        close (fd);
    }
  else if (!visit (self, &facts))
    list_unreadable (self, folder, "the folder is read under another name; not read twice", 0);
  else
    go_on = read_entries (self, stream, folder);
  if (stream != NULL)
    closedir (stream);
  return go_on;
}

static gboolean
read_waiting_folders (Scan *self)
{
  while (self->folders.length > 0)
    {
      g_autofree char *folder = g_queue_pop_head (&self->folders);

      if (g_cancellable_is_cancelled (self->cancel) || !read_folder (self, folder))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_inside (const Scan *self, const char *real)
{
  gsize n = strlen (self->real_root);

  /* The root "/" ends with its slash already. */
  return strncmp (real, self->real_root, n) == 0
         && (real[n] == '/' || real[n] == '\0' || (n > 0 && self->real_root[n - 1] == '/'));
}

/* Is the file, which is @inside, met under its own name too? Hidden ones are not. */
static gboolean
is_read_itself (const Scan *self, const char *inside)
{
  gsize n = strlen (self->real_root);

  return _tamis_is_image_name (inside) && strstr (inside + n - (n == 1), "/.") == NULL;
}

static void
list_broken_link (Scan *self, const char *path, int number)
{
  if (number == ELOOP)
    list_unreadable (self, path, "the link leads to itself", 0);
  else
    list_unreadable (self, path, "the link leads nowhere", number == ENOENT ? 0 : number);
}

static void
follow_link (Scan *self, const char *path)
{
  g_autofree char *file = in_root (self, path);
  char *real = realpath (file, NULL);
  struct stat facts;
  gboolean image = _tamis_is_image_name (path);

  if (real == NULL || stat (real, &facts) != 0)
    list_broken_link (self, path, errno);
  else if (!S_ISDIR (facts.st_mode) && !image)
    ; /* no image: ignored as any such file is */
  else if (!is_inside (self, real))
    list_unreadable (self, path, "the link leads out of the data set and is not followed", 0);
  else if (S_ISDIR (facts.st_mode))
    g_queue_push_tail (&self->folders, g_strdup (path)); /* read_folder() enters it once */
  else if (S_ISREG (facts.st_mode) && is_read_itself (self, real))
    list_unreadable (self, path, "the link leads to an image that is read under its own name; not"
                                 " read twice", 0);
  else if (S_ISREG (facts.st_mode))
    add_image (self, path, &facts);
  else
    list_unreadable (self, path, "the link leads to a device, pipe or socket, not a file", 0);
  free (real);
}

static int
compare_links (const void *a, const void *b)
{
  return tamis_natural_compare (*(char *const *) a, *(char *const *) b);
}

/* Folders behind links may hold links again, so this goes in rounds until none are left. */
static gboolean
read_tree (Scan *self)
{
  if (!read_waiting_folders (self))
    return FALSE;
  while (self->links->len > 0)
    {
      g_autoptr (GPtrArray) links = g_steal_pointer (&self->links);

      self->links = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_sort (links, compare_links);
      for (guint i = 0; i < links->len; i++)
        {
          follow_link (self, links->pdata[i]);
          if (!read_waiting_folders (self))
            return FALSE;
        }
    }
  return TRUE;
}

TamisDataset *
_tamis_dataset_scan (const char *location, TamisProgress *progress, GCancellable *cancel,
                     GError **error)
{
  g_auto (Scan) scan = { .root = location, .progress = progress, .cancel = cancel };
  DIR *probe = opendir (location);

  scan.real_root = realpath (location, NULL);
  if (probe == NULL || scan.real_root == NULL)
    {
      int number = errno;
      g_autofree char *shown = g_filename_display_name (location);

      g_clear_pointer (&probe, closedir);
      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND,
                   "Cannot open the data set %s: %s", shown, g_strerror (number));
      return NULL;
    }
  closedir (probe);
  _tamis_builder_init (&scan.builder, location, location);
  scan.links = g_ptr_array_new_with_free_func (g_free);
  scan.visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_push_tail (&scan.folders, g_strdup (""));
  if (!read_tree (&scan))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return NULL;
    }
  _tamis_builder_label_by_folder (&scan.builder);
  return _tamis_builder_finish (&scan.builder, TRUE);
}
