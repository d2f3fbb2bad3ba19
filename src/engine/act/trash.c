/* The freedesktop.org trash, read: what lies in it, and what its name once was.
 *
 * A trash is a folder with files/ and info/; info/NAME.trashinfo says where files/NAME came from:
 *   [Trash Info]
 *   Path=PERCENT-ENCODED, absolute in the home trash, below the mount point in that of another disk
 *   DeletionDate=YYYY-MM-DDThh:mm:ss
 * specifications.freedesktop.org/trash-spec. GIO puts files there; taking them out again is ours, as
 * GIO's trash:/// needs a desktop that is running.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INFO_SUFFIX ".trashinfo"

typedef struct
{
  char *file;
  char *info;
  char *date;
} Note;

struct _TamisTrash
{
  GHashTable *notes; /* original absolute path → GPtrArray of Note, the newest first once sorted */
};

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->file);
  g_free (note->info);
  g_free (note->date);
  g_free (note);
}

static int
compare_notes (gconstpointer a, gconstpointer b)
{
  const Note *const *first = a, *const *second = b;

  return strcmp ((*second)->date, (*first)->date);
}

/* ---- reading ---- */

/* @top: the mount point that relative paths start from; NULL in the home trash. */
static void
read_note (TamisTrash *self, const char *trash, const char *top, const char *name)
{
  g_autofree char *info = g_build_filename (trash, "info", name, NULL);
  g_autofree char *stem = g_strndup (name, strlen (name) - strlen (INFO_SUFFIX));
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *encoded = NULL, *original = NULL, *whole = NULL;
  GPtrArray *notes;
  Note *note;

  if (!g_key_file_load_from_file (file, info, G_KEY_FILE_NONE, NULL))
    return;
  encoded = g_key_file_get_value (file, "Trash Info", "Path", NULL);
  original = encoded != NULL ? g_uri_unescape_string (encoded, NULL) : NULL;
  if (original == NULL || (*original != '/' && top == NULL))
    return;
  whole = *original == '/' ? g_strdup (original) : g_build_filename (top, original, NULL);
  note = g_new0 (Note, 1);
  note->file = g_build_filename (trash, "files", stem, NULL);
  note->info = g_steal_pointer (&info);
  note->date = g_key_file_get_value (file, "Trash Info", "DeletionDate", NULL);
  if (note->date == NULL)
    note->date = g_strdup ("");
  notes = g_hash_table_lookup (self->notes, whole);
  if (notes == NULL)
    {
      notes = g_ptr_array_new_with_free_func (note_free);
      g_hash_table_insert (self->notes, g_steal_pointer (&whole), notes);
    }
  g_ptr_array_add (notes, note);
}

static void
read_trash (TamisTrash *self, const char *trash, const char *top)
{
  /* Files are looked at without following links, and a home folder may lie behind one. */
  char *real = realpath (trash, NULL);
  g_autofree char *folder = real != NULL ? g_build_filename (real, "info", NULL) : NULL;
  g_autoptr (GDir) dir = real != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, INFO_SUFFIX) && strlen (name) > strlen (INFO_SUFFIX))
      read_note (self, real, top, name);
  free (real);
}

/* The highest folder above @path on the same file system. */
static char *
find_top (const char *path)
{
  g_autofree char *top = g_strdup (path);
  struct stat status;
  dev_t device;

  if (stat (top, &status) != 0)
    return NULL;
  device = status.st_dev;
  while (strcmp (top, "/") != 0)
    {
      g_autofree char *above = g_path_get_dirname (top);

      if (stat (above, &status) != 0 || status.st_dev != device)
        break;
      g_free (top);
      top = g_steal_pointer (&above);
    }
  return g_steal_pointer (&top);
}

TamisTrash *
_tamis_trash_read (const char *root)
{
  TamisTrash *self = g_new0 (TamisTrash, 1);
  g_autofree char *home = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *top = find_top (root);
  GHashTableIter iter;
  gpointer notes;

  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  read_trash (self, home, NULL);
  if (top != NULL)
    {
      g_autofree char *shared = g_strdup_printf ("%s/.Trash/%u", top, (guint) getuid ());
      g_autofree char *own = g_strdup_printf ("%s/.Trash-%u", top, (guint) getuid ());

      read_trash (self, shared, top);
      read_trash (self, own, top);
    }
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &notes))
    g_ptr_array_sort (notes, compare_notes);
  return self;
}

void
_tamis_trash_free (TamisTrash *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->notes);
  g_free (self);
}

TamisFound
_tamis_trash_look (TamisTrash *self, const char *original, guint64 bytes, const char *sha256,
                   GCancellable *cancel, char **file, char **info)
{
  GPtrArray *notes = g_hash_table_lookup (self->notes, original);
  TamisFound best = { .kind = TAMIS_FOUND_NOTHING };

  *file = *info = NULL;
  for (guint i = 0; notes != NULL && i < notes->len && best.kind != TAMIS_FOUND_GOOD; i++)
    {
      const Note *note = notes->pdata[i];
      TamisFound found = _tamis_look (AT_FDCWD, note->file, bytes, sha256, cancel);

      if (found.kind == TAMIS_FOUND_NOTHING)
        continue;
      best = found;
      if (found.kind == TAMIS_FOUND_GOOD)
        {
          *file = g_strdup (note->file);
          *info = g_strdup (note->info);
        }
    }
  return best;
}
