/* TamisDataset: the published object.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

G_DEFINE_QUARK (tamis-dataset-error-quark, tamis_dataset_error)

static const char *const image_endings[] = {
  /* read */
  "png", "apng", "jpg", "jpeg", "jpe", "jfif", "mpo", "webp", "tif", "tiff", "btf", "bmp", "dib",
  "gif",
  /* known: listed with the reason, because nothing is to be dropped in silence */
  "avif", "heic", "heif", "hif", "jp2", "j2k", "jpx", "jxl", "jxr", "pbm", "pgm", "ppm", "pnm",
  "pfm", "tga", "pcx", "dds", "exr", "hdr", "sgi", "ico", "psd", "raw", "dng", "cr2", "cr3", "nef",
  "arw", "orf", "rw2", "raf", "qoi",
};

gboolean
_tamis_is_image_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (image_endings); i++)
    if (g_ascii_strcasecmp (dot + 1, image_endings[i]) == 0)
      return TRUE;
  return FALSE;
}

TamisDataset *
tamis_dataset_open (const char *location, TamisProgress *progress, GCancellable *cancel,
                    GError **error)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autofree char *shown = g_filename_display_name (location);
  struct stat facts;

  if (stat (location, &facts) != 0)
    {
      int number = errno;

      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND,
                   "Cannot open the data set %s: %s", shown, g_strerror (number));
      return NULL;
    }
  tamis_progress_begin (progress, TAMIS_STAGE_SCAN, 0);
  if (S_ISDIR (facts.st_mode))
    set = _tamis_dataset_scan (location, progress, cancel, error);
  else if (S_ISREG (facts.st_mode))
    set = _tamis_dataset_read_manifest (location, progress, cancel, error);
  else
    g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND,
                 "%s is neither a folder nor a CSV file", shown);
  if (set == NULL)
    return NULL;
  if (set->n_rows == 0 && set->unreadable->len > 0)
    {
      const TamisUnreadable *first = &g_array_index (set->unreadable, TamisUnreadable, 0);
      g_autofree char *name = g_filename_display_name (first->path);

      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY,
                   "No image in %s can be read (%s: %s)", shown, name, first->reason);
      return NULL;
    }
  if (set->n_rows == 0)
    {
      g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY,
                   "There are no image files in %s", shown);
      return NULL;
    }
  return g_steal_pointer (&set);
}

TamisDataset *
tamis_dataset_refine (TamisDataset *self, const char *const *reasons, const TamisImageFacts *facts)
{
  g_auto (TamisBuilder) builder = { 0 };
  g_autofree TamisImageFacts *kept_facts = g_new0 (TamisImageFacts, MAX (self->n_rows, 1));
  guint n = 0;
  TamisDataset *result;

  _tamis_builder_init (&builder, self->location, self->folder);
  for (guint i = 0; i < self->unreadable->len; i++)
    {
      const TamisUnreadable *item = tamis_dataset_get_unreadable (self, i);

      _tamis_builder_add_unreadable (&builder, item->path, item->reason);
    }
  for (guint i = 0; i < self->n_rows; i++)
    {
      const TamisRow *row = &self->rows[i];
      TamisEntry entry = { tamis_dataset_get_path (self, i),
                           tamis_dataset_get_class_name (self, row->class_index),
                           tamis_dataset_get_split (self, i), row->bytes, row->mtime };

      if (reasons[i] != NULL)
        _tamis_builder_add_unreadable (&builder, entry.path, reasons[i]);
      else
        {
          _tamis_builder_add (&builder, &entry);
          kept_facts[n++] = facts != NULL ? facts[i] : tamis_dataset_get_facts (self, i);
        }
    }
  /* Rows are in order already, and stay so: sorting by path could not change it, or, for labels in
   * the order of their lines, must not. */
  result = _tamis_builder_finish (&builder, FALSE);
  result->facts = g_steal_pointer (&kept_facts);
  _tamis_dataset_index_contents (result);
  return result;
}

TamisDataset *
tamis_dataset_ref (TamisDataset *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TamisDataset *self = data;

  g_free (self->location);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->arena.text);
  g_free (self->rows);
  g_free (self->facts);
  g_free (self->contents);
  _tamis_table_clear (&self->by_path);
  _tamis_table_clear (&self->by_content);
  g_ptr_array_unref (self->class_names);
  g_ptr_array_unref (self->split_names);
  g_array_unref (self->class_ranges);
  g_array_unref (self->unreadable);
}

void
tamis_dataset_unref (TamisDataset *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

const char *
tamis_dataset_get_name (TamisDataset *self)
{
  return self->name;
}

const char *
tamis_dataset_get_location (TamisDataset *self)
{
  return self->location;
}

guint
tamis_dataset_get_n_images (TamisDataset *self)
{
  return self->n_rows;
}

guint
tamis_dataset_get_n_classes (TamisDataset *self)
{
  return self->class_names->len;
}

const char *
tamis_dataset_get_class_name (TamisDataset *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->class_names->len, NULL);
  return self->class_names->pdata[class_index];
}

TamisRange
tamis_dataset_get_class_range (TamisDataset *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->class_ranges->len, ((TamisRange){ 0, 0 }));
  return g_array_index (self->class_ranges, TamisRange, class_index);
}

guint
tamis_dataset_get_class (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, 0);
  return self->rows[row].class_index;
}

const char *
tamis_dataset_get_path (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, NULL);
  return self->arena.text + self->rows[row].path;
}

char *
tamis_dataset_dup_file (TamisDataset *self, guint row)
{
  const char *path = tamis_dataset_get_path (self, row);

  g_return_val_if_fail (path != NULL, NULL);
  return path[0] == '/' ? g_strdup (path) : g_strconcat (self->folder, "/", path, NULL);
}

const char *
tamis_dataset_get_split (TamisDataset *self, guint row)
{
  int split = tamis_dataset_get_split_index (self, row);

  return split < 0 ? NULL : tamis_dataset_get_split_name (self, (guint) split);
}

int
tamis_dataset_get_split_index (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, -1);
  return self->rows[row].split_index == TAMIS_NO_SPLIT ? -1 : (int) self->rows[row].split_index;
}

guint
tamis_dataset_get_n_splits (TamisDataset *self)
{
  return self->split_names->len;
}

const char *
tamis_dataset_get_split_name (TamisDataset *self, guint split_index)
{
  g_return_val_if_fail (split_index < self->split_names->len, NULL);
  return self->split_names->pdata[split_index];
}

guint64
tamis_dataset_get_bytes (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, 0);
  return self->rows[row].bytes;
}

gint64
tamis_dataset_get_mtime (TamisDataset *self, guint row)
{
  g_return_val_if_fail (row < self->n_rows, 0);
  return self->rows[row].mtime;
}

TamisImageFacts
tamis_dataset_get_facts (TamisDataset *self, guint row)
{
  TamisImageFacts none = { 0, 0, TAMIS_IMAGE_FORMAT_UNKNOWN };

  g_return_val_if_fail (row < self->n_rows, none);
  return self->facts != NULL ? self->facts[row] : none;
}

guint
tamis_dataset_get_n_unreadable (TamisDataset *self)
{
  return self->unreadable->len;
}

const TamisUnreadable *
tamis_dataset_get_unreadable (TamisDataset *self, guint i)
{
  g_return_val_if_fail (i < self->unreadable->len, NULL);
  return &g_array_index (self->unreadable, TamisUnreadable, i);
}
