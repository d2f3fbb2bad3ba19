/* The kept images as a data set of their own: copied, or linked to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PART ".tamis-part"

typedef struct
{
  /* Borrowed */
  TamisDataset *dataset;
  TamisPlan *plan;
  TamisPlaceKind kind;
  TamisProgress *progress;
  GCancellable *cancel;

  /* Owned */
  char *target;
  int target_fd;
  gboolean made_target;
  GPtrArray *made;   /* paths below the target, in the order they were made */
  GHashTable *names; /* those in use, for CSV data sets */
} KeptSet;

static void
kept_set_clear (KeptSet *self)
{
  g_free (self->target);
  if (self->target_fd >= 0)
    close (self->target_fd);
  g_clear_pointer (&self->made, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KeptSet, kept_set_clear)

/* ---- the target ---- */

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

gboolean
tamis_kept_set_check (const char *location, const char *target, GError **error)
{
  g_autofree char *real = _tamis_resolve_new (location);
  g_autofree char *place = _tamis_resolve_new (target);
  /* A CSV names files anywhere: there is no folder to keep out of. */
  gboolean is_folder = g_file_test (real, G_FILE_TEST_IS_DIR);
  const char *why = NULL;

  if (is_folder && _tamis_is_inside (place, real))
    why = "lies in the data set";
  else if (is_folder && _tamis_is_inside (real, place))
    why = "holds the data set";
  else if (g_file_test (place, G_FILE_TEST_EXISTS) && !is_empty (place))
    why = "is not an empty folder";
  if (why != NULL)
    g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE, "%s %s", place, why);
  return why == NULL;
}

static gboolean
open_target (KeptSet *self, GError **error)
{
  self->made_target = !g_file_test (self->target, G_FILE_TEST_EXISTS);
  if (g_mkdir_with_parents (self->target, 0777) == 0)
    self->target_fd = open (self->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->target_fd >= 0)
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE, "%s cannot be made or opened: %s",
               self->target, g_strerror (errno));
  return FALSE;
}

static gboolean
check_space (KeptSet *self, GError **error)
{
  guint n = tamis_dataset_get_n_images (self->dataset);
  guint64 needed = 0, available;
  struct statvfs space;

  if (self->kind != TAMIS_PLACE_COPY || fstatvfs (self->target_fd, &space) != 0)
    return TRUE;
  for (guint row = 0; row < n; row++)
    if (tamis_plan_is_kept (self->plan, row))
      needed += tamis_dataset_get_bytes (self->dataset, row);
  available = (guint64) space.f_bavail * space.f_frsize;
  if (needed <= available)
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE,
               "%s has %" G_GUINT64_FORMAT " bytes free, and the images need %" G_GUINT64_FORMAT,
               self->target, available, needed);
  return FALSE;
}

/* ---- names ---- */

static gboolean
stays_below (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;
  return parts[0] != NULL;
}

/* A class name as one folder. */
static char *
name_folder (const char *class_name)
{
  char *folder = g_strdelimit (g_strdup (class_name), "/", '_');

  if (*folder != '\0' && *folder != '.')
    return folder;
  g_free (folder);
  return g_strdelimit (g_strconcat ("_", class_name, NULL), "/", '_');
}

/* Where the image goes below the target: as it is listed, or CLASS/NAME, numbered where that is
 * taken. */
static char *
dup_place (KeptSet *self, guint row)
{
  const char *path = tamis_dataset_get_path (self->dataset, row);
  guint class_index = tamis_dataset_get_class (self->dataset, row);
  g_autofree char *folder = NULL, *name = NULL;
  char *place = g_strdup (path);

  if (!stays_below (path))
    {
      folder = name_folder (tamis_dataset_get_class_name (self->dataset, class_index));
      name = g_path_get_basename (path);
      g_free (place);
      place = g_build_filename (folder, name, NULL);
    }
  for (guint number = 2; !g_hash_table_add (self->names, g_strdup (place)); number++)
    {
      const char *base = name != NULL ? name : _tamis_last_part (path);
      g_autofree char *numbered = g_strdup_printf ("%u-%s", number, base);
      g_autofree char *above = g_path_get_dirname (place);

      g_free (place);
      place = g_build_filename (above, numbered, NULL);
    }
  return place;
}

/* ---- one image ---- */

static int
copy_image (KeptSet *self, const char *real, int to, const char *name)
{
  TamisFound found = { .kind = TAMIS_FOUND_GOOD };
  TamisMove move = { .name = _tamis_last_part (real), .to = to, .to_name = name, .part_name = PART,
                     .found = &found, .cancel = self->cancel };
  int code;

  move.from = _tamis_open_parent (AT_FDCWD, real);
  if (move.from < 0)
    return errno;
  code = fstatat (move.from, move.name, &found.status, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
  if (code == 0)
    code = S_ISREG (found.status.st_mode) ? _tamis_copy (&move) : EINVAL;
  close (move.from);
  return code;
}

static int
place_at (KeptSet *self, const char *real, int to, const char *name)
{
  if (self->kind == TAMIS_PLACE_COPY)
    return copy_image (self, real, to, name);
  if (self->kind == TAMIS_PLACE_LINK)
    return linkat (AT_FDCWD, real, to, name, 0) == 0 ? 0 : errno;
  return symlinkat (real, to, name) == 0 ? 0 : errno;
}

/* Notes the folders on the way to @place that are not there yet, so that they can go again. */
static void
note_folders (KeptSet *self, const char *place)
{
  for (const char *slash = strchr (place, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (place, (gsize) (slash - place));

      if (faccessat (self->target_fd, folder, F_OK, 0) != 0)
        g_ptr_array_add (self->made, g_steal_pointer (&folder));
    }
}

static int
place_image (KeptSet *self, guint row)
{
  g_autofree char *file = tamis_dataset_dup_file (self->dataset, row);
  g_autofree char *place = dup_place (self, row);
  char *real = realpath (file, NULL);
  int code = real != NULL ? 0 : errno, to;

  note_folders (self, place);
  if (code == 0)
    code = _tamis_make_parents (self->target_fd, place, 0777);
  to = code == 0 ? _tamis_open_parent (self->target_fd, place) : -1;
  if (code == 0)
    code = to < 0 ? errno : place_at (self, real, to, _tamis_last_part (place));
  if (code == 0)
    g_ptr_array_add (self->made, g_steal_pointer (&place));
  if (to >= 0)
    close (to);
  free (real);
  return code;
}

static gboolean
fail_at (KeptSet *self, guint row, int code, GError **error)
{
  g_autofree char *shown = NULL;

  if (code == ECANCELED)
    return !g_cancellable_set_error_if_cancelled (self->cancel, error);
  shown = g_filename_display_name (tamis_dataset_get_path (self->dataset, row));
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Could not place %s in %s: %s", shown,
               self->target,
               code == EXDEV ? "hard links need the same file system" : g_strerror (code));
  return FALSE;
}

static gboolean
place_all (KeptSet *self, GError **error)
{
  guint n = tamis_dataset_get_n_images (self->dataset);

  tamis_progress_begin (self->progress, TAMIS_STAGE_EXPORT, tamis_plan_get_n_kept (self->plan));
  for (guint row = 0; row < n; row++)
    {
      int code;

      if (!tamis_plan_is_kept (self->plan, row))
        continue;
      if (g_cancellable_set_error_if_cancelled (self->cancel, error))
        return FALSE;
      code = place_image (self, row);
      if (code != 0)
        return fail_at (self, row, code, error);
      tamis_progress_add (self->progress, 1);
    }
  return TRUE;
}

/* Only what was made here goes: a folder that has got something else in it stays. */
static void
take_back (KeptSet *self)
{
  for (guint i = self->made->len; i > 0; i--)
    if (unlinkat (self->target_fd, self->made->pdata[i - 1], 0) != 0)
      unlinkat (self->target_fd, self->made->pdata[i - 1], AT_REMOVEDIR);
  if (self->made_target)
    rmdir (self->target);
}

gboolean
tamis_kept_set_make (TamisDataset *dataset, TamisPlan *plan, TamisPlaceKind kind,
                     const char *target, TamisProgress *progress, GCancellable *cancel,
                     GError **error)
{
  g_auto (KeptSet) self = { dataset, plan, kind, progress, cancel, .target_fd = -1 };

  self.made = g_ptr_array_new_with_free_func (g_free);
  self.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.target = _tamis_resolve_new (target);
  if (!tamis_kept_set_check (tamis_dataset_get_location (dataset), target, error)
      || !open_target (&self, error))
    return FALSE;
  if (check_space (&self, error) && place_all (&self, error))
    return TRUE;
  take_back (&self);
  return FALSE;
}
