/* Data sets from CSV: manifests of files, and labels of a matrix of latents.
 *
 * Names in Tamis's own CSV files are escaped (tamis_path_escape()); other programs write them as
 * they are. In a manifest the name as written is tried first, then unescaped, so both are read.
 * Labels files need no files to exist, so there names are always unescaped.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/build.h"
#include "engine/dataset/csv.h"

#include <tamis/base.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NO_COLUMN G_MAXUINT
#define POLL_EVERY 256

typedef struct
{
  char *text;
  TamisCsv csv;
  guint path;
  guint label;
  guint split; /* or NO_COLUMN */
  guint n_columns;
} Table;

static void
table_clear (Table *self)
{
  g_clear_pointer (&self->text, g_free);
  _tamis_csv_clear (&self->csv);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static guint
find_column (const Table *self, const char *name)
{
  for (guint i = 0; i < _tamis_csv_n_fields (&self->csv); i++)
    {
      g_autofree char *title = g_strdup (_tamis_csv_field (&self->csv, i));

      if (g_ascii_strcasecmp (g_strstrip (title), name) == 0)
        return i;
    }
  return NO_COLUMN;
}

static gboolean
read_header (Table *self, GError **error)
{
  if (!_tamis_csv_next (&self->csv, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
                             "line 1, column 1: the file is empty; no header path,label");
      return FALSE;
    }
  self->path = find_column (self, "path");
  self->label = find_column (self, "label");
  self->split = find_column (self, "split");
  self->n_columns = _tamis_csv_n_fields (&self->csv);
  if (self->path != NO_COLUMN && self->label != NO_COLUMN)
    return TRUE;
  g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
               "line %" G_GUINT64_FORMAT ", column 1: the header has no column \"%s\"; expected is "
               "path,label[,split], separated by commas",
               self->csv.record_line, self->path == NO_COLUMN ? "path" : "label");
  return FALSE;
}

static gboolean
table_open (Table *self, const char *file, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gsize length;

  if (!g_file_get_contents (file, &self->text, &length, &reason))
    {
      g_set_error_literal (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND,
                           reason->message);
      return FALSE;
    }
  _tamis_csv_init (&self->csv, self->text, length);
  return read_header (self, error);
}

/* FALSE at the end or with @error set. */
static gboolean
table_next (Table *self, GError **error)
{
  guint n;

  if (!_tamis_csv_next (&self->csv, error))
    return FALSE;
  n = _tamis_csv_n_fields (&self->csv);
  if (n != self->n_columns)
    g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
                 "line %" G_GUINT64_FORMAT ", column 1: %u fields where the header has %u",
                 self->csv.record_line, n, self->n_columns);
  else if (*_tamis_csv_field (&self->csv, self->path) == '\0')
    g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
                 "line %" G_GUINT64_FORMAT ", column 1: the path is empty", self->csv.record_line);
  else
    return TRUE;
  return FALSE;
}

/* Errors of the table get the file's name in front, once. */
static void
prefix_with_name (GError **error, const char *file)
{
  g_autofree char *shown = g_filename_display_name (file);

  g_prefix_error (error, "Cannot read %s: ", shown);
}

/* NULL without that column. */
static char *
dup_split (const Table *table)
{
  return table->split != NO_COLUMN
             ? tamis_path_unescape (_tamis_csv_field (&table->csv, table->split))
             : NULL;
}

static gboolean
stat_in (const char *folder, const char *path, struct stat *facts)
{
  g_autofree char *file
      = path[0] == '/' ? g_strdup (path) : g_strconcat (folder, "/", path, NULL);

  return stat (file, facts) == 0;
}

/* The name that exists, as written or unescaped; NULL with errno if neither does. */
static char *
find_file (const char *folder, const char *written, struct stat *facts)
{
  g_autofree char *plain = NULL;
  int number;

  if (stat_in (folder, written, facts))
    return g_strdup (written);
  number = errno;
  plain = tamis_path_unescape (written);
  if (strcmp (plain, written) != 0 && stat_in (folder, plain, facts))
    return g_steal_pointer (&plain);
  errno = number;
  return NULL;
}

/* Where a file was first named. */
typedef struct
{
  guint row;
  gsize line;
} First;

/* Which files have been named: quickly by device and inode; several names of one file by where they
 * really lead, so that hard links are files of their own and ways round to one name are not. */
typedef struct
{
  TamisBuilder builder;
  GHashTable *files; /* "device:inode" → First */
  GHashTable *names; /* real path → line, as a pointer; of files with several names */
} Manifest;

static void
manifest_clear (Manifest *self)
{
  _tamis_builder_clear (&self->builder);
  g_clear_pointer (&self->files, g_hash_table_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Manifest, manifest_clear)

/* Notes that @path is named on @line; 0 or the line on which it was before. */
static gsize
note_name (Manifest *self, const char *path, gsize line)
{
  g_autofree char *file = path[0] == '/' ? g_strdup (path)
                                         : g_strconcat (self->builder.set->folder, "/", path, NULL);
  char *real = realpath (file, NULL);
  gsize before = 0;

  if (real != NULL)
    before = GPOINTER_TO_SIZE (g_hash_table_lookup (self->names, real));
  if (real != NULL && before == 0)
    g_hash_table_insert (self->names, g_strdup (real), GSIZE_TO_POINTER (line));
  free (real);
  return before;
}

/* The same, told by what the file is. It gets the next row unless it was named before. */
static gsize
note_file (Manifest *self, const char *path, const struct stat *facts, gsize line)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                          (guint64) facts->st_dev, (guint64) facts->st_ino);
  First *first = g_hash_table_lookup (self->files, key);

  if (first != NULL)
    {
      note_name (self, _tamis_builder_get_path (&self->builder, first->row), first->line);
      return note_name (self, path, line);
    }
  first = g_new (First, 1);
  *first = (First){ self->builder.rows->len, line };
  g_hash_table_insert (self->files, g_steal_pointer (&key), first);
  return 0;
}

static void
add_record (Manifest *self, const Table *table)
{
  const char *written = _tamis_csv_field (&table->csv, table->path);
  g_autofree char *label = tamis_path_unescape (_tamis_csv_field (&table->csv, table->label));
  g_autofree char *split = dup_split (table);
  struct stat facts;
  g_autofree char *path = find_file (self->builder.set->folder, written, &facts);
  g_autofree char *reason = NULL;
  gsize before;

  if (path == NULL)
    reason = g_strdup (g_strerror (errno));
  else if (!S_ISREG (facts.st_mode))
    reason = g_strdup (S_ISDIR (facts.st_mode) ? "is a folder"
                                               : "is a device, pipe or socket, not a file");
  else if ((before = note_file (self, path, &facts, table->csv.record_line)) != 0)
    reason = g_strdup_printf ("listed twice, on lines %" G_GSIZE_FORMAT " and %" G_GUINT64_FORMAT,
                              before, table->csv.record_line);
  if (reason != NULL)
    {
      _tamis_builder_add_unreadable (&self->builder, path != NULL ? path : written, reason);
      return;
    }
  _tamis_builder_add (&self->builder, &(TamisEntry){
      .path = path,
      .label = label,
      .split = split,
      .bytes = (guint64) facts.st_size,
      .mtime = (gint64) facts.st_mtim.tv_sec * 1000000 + facts.st_mtim.tv_nsec / 1000,
  });
}

TamisDataset *
_tamis_dataset_read_manifest (const char *location, TamisProgress *progress, GCancellable *cancel,
                              GError **error)
{
  g_autofree char *folder = g_path_get_dirname (location);
  g_auto (Table) table = { 0 };
  g_auto (Manifest) manifest = { 0 };
  g_autoptr (GError) reason = NULL;

  if (!table_open (&table, location, &reason))
    {
      prefix_with_name (&reason, location);
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  _tamis_builder_init (&manifest.builder, location, folder);
  manifest.files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  manifest.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; table_next (&table, &reason); i++)
    {
      add_record (&manifest, &table);
      tamis_progress_add (progress, 1);
      if (i % POLL_EVERY == 0 && g_cancellable_set_error_if_cancelled (cancel, error))
        return NULL;
    }
  if (reason != NULL)
    {
      prefix_with_name (&reason, location);
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  return _tamis_builder_finish (&manifest.builder, TRUE);
}

/* Which line each row came from. */
static guint32 *
get_lines (TamisDataset *set)
{
  guint32 *lines = g_new (guint32, MAX (set->n_rows, 1));

  for (guint i = 0; i < set->n_rows; i++)
    lines[i] = set->rows[i].order;
  return lines;
}

TamisDataset *
tamis_dataset_open_labels (const char *csv, guint32 **rows, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (csv);
  g_auto (Table) table = { 0 };
  g_auto (TamisBuilder) builder = { 0 };
  g_autoptr (GError) reason = NULL;
  TamisDataset *set;

  _tamis_builder_init (&builder, csv, folder);
  if (table_open (&table, csv, &reason))
    while (table_next (&table, &reason))
      {
        g_autofree char *path = tamis_path_unescape (_tamis_csv_field (&table.csv, table.path));
        g_autofree char *label = tamis_path_unescape (_tamis_csv_field (&table.csv, table.label));
        g_autofree char *split = dup_split (&table);

        _tamis_builder_add (&builder, &(TamisEntry){
            .path = path,
            .label = label,
            .split = split,
        });
      }
  if (reason == NULL && builder.rows->len == 0)
    g_set_error_literal (&reason, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY,
                         "it has a header and no rows");
  if (reason != NULL)
    {
      prefix_with_name (&reason, csv);
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  set = _tamis_builder_finish (&builder, FALSE);
  if (rows != NULL)
    *rows = get_lines (set);
  return set;
}
