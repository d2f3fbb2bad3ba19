/* The removal manifest: what a removal is later applied from, verified and undone.
 *
 * FORMAT: docs/design/acting.md. Names are escaped by tamis_path_escape(). Same lists, same bytes:
 * there is no date in it.
 *
 * DESIGN: links are not followed out of the data set: a name must lead to a regular file below the
 * real location (a CSV data set has no such border). Files are hashed on all threads, each once, in
 * pieces with a cancel poll between them. The list is written when all are known; a file that
 * cannot be read, or holds other bytes than those that were compared, stops the export: a manifest
 * must not be half true. Paths are where names really lead, below the real root: no link is on them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include "engine/base/digest-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *real; /* where the name leads; NULL until known */
  gboolean is_link;
  guint64 bytes;
  char *sha256; /* NULL until known */
  char *problem; /* why it could not be read */
} File;

typedef struct
{
  TamisDataset *dataset;
  TamisPlan *plan;
  TamisProgress *progress;
  GCancellable *cancel;
  char *root;     /* real, with a slash at its end; for a CSV data set known when all are read */
  guint32 *rows;  /* the files named, rising */
  guint n_rows;
  File *files;    /* one a row of the data set, empty for those not named */
} Manifest;

static void
manifest_clear (Manifest *self)
{
  for (guint i = 0; i < self->n_rows; i++)
    {
      File *file = &self->files[self->rows[i]];

      free (file->real);
      g_free (file->sha256);
      g_free (file->problem);
    }
  g_free (self->root);
  g_free (self->rows);
  g_free (self->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Manifest, manifest_clear)

/* ---- reading files ---- */

/* Returns what is wrong with where the name leads, or NULL. */
static char *
resolve (Manifest *self, const char *name, File *file)
{
  struct stat status;

  if (lstat (name, &status) != 0)
    return g_strdup (g_strerror (errno));
  file->is_link = S_ISLNK (status.st_mode);
  file->real = realpath (name, NULL);
  if (file->real == NULL)
    return g_strdup (g_strerror (errno));
  if (self->root != NULL && !g_str_has_prefix (file->real, self->root))
    return g_strdup ("it leads out of the data set");
  return NULL;
}

/* Are these other bytes than those the vector was made of? */
static gboolean
is_changed (Manifest *self, guint row, const char *sha256)
{
  TamisImageFacts facts = tamis_dataset_get_facts (self->dataset, row);
  TamisDigest now;

  return tamis_digest_is_set (&facts.digest)
         && !(tamis_digest_from_string (sha256, &now) && tamis_digest_equal (&now, &facts.digest));
}

static char *
read_file (Manifest *self, guint row, File *file)
{
  g_autofree char *name = tamis_dataset_dup_file (self->dataset, row);
  guint64 expected = tamis_dataset_get_bytes (self->dataset, row);
  char *problem = resolve (self, name, file);
  struct stat status;
  int fd;

  if (problem != NULL)
    return problem;
  fd = open (file->real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return g_strdup (g_strerror (errno));
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    problem = g_strdup ("it is not a regular file");
  else if ((file->sha256 = _tamis_digest_fd (fd, self->cancel, &file->bytes)) == NULL)
    problem = g_strdup (g_strerror (errno));
  else if (expected > 0 && file->bytes != expected)
    problem = g_strdup_printf ("it had %" G_GUINT64_FORMAT " bytes when it was listed and has %"
                               G_GUINT64_FORMAT " now",
                               expected, file->bytes);
  else if (is_changed (self, row, file->sha256))
    problem = g_strdup ("its contents have changed since it was compared; compare the data set anew");
  close (fd);
  return problem;
}

static void
read_one (gsize item, guint worker, gpointer data)
{
  Manifest *self = data;
  File *file = &self->files[self->rows[item]];

  file->problem = read_file (self, self->rows[item], file);
  tamis_progress_add (self->progress, 1);
}

/* ---- which files ---- */

static void
list_rows (Manifest *self)
{
  guint n = tamis_dataset_get_n_images (self->dataset);
  guint n_removed = tamis_plan_get_n_removed (self->plan);
  g_autofree guint8 *named = g_new0 (guint8, n + 1);

  for (guint i = 0; i < n_removed; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (self->plan, i);

      if (removal.witness != TAMIS_NO_WITNESS)
        named[removal.removed] = named[removal.witness] = 1;
    }
  self->rows = g_new (guint32, n + 1);
  for (guint row = 0; row < n; row++)
    if (named[row])
      self->rows[self->n_rows++] = row;
  self->files = g_new0 (File, n + 1);
}

/* The border that names must not lead out of; NULL for a CSV data set. */
static void
find_border (Manifest *self)
{
  const char *location = tamis_dataset_get_location (self->dataset);
  char *resolved;

  if (!g_file_test (location, G_FILE_TEST_IS_DIR))
    return;
  resolved = realpath (location, NULL);
  if (resolved == NULL)
    return; /* gone meanwhile: every file will say so */
  self->root = g_strconcat (resolved, g_str_has_suffix (resolved, "/") ? "" : "/", NULL);
  free (resolved);
}

/* Where there is no border: the deepest folder that holds all files. */
static void
find_root (Manifest *self)
{
  const char *first;
  gsize length;

  if (self->root != NULL)
    return;
  if (self->n_rows == 0)
    {
      self->root = g_strdup ("/");
      return;
    }
  first = self->files[self->rows[0]].real;
  length = (gsize) (strrchr (first, '/') - first) + 1;
  for (guint i = 1; i < self->n_rows; i++)
    while (strncmp (first, self->files[self->rows[i]].real, length) != 0)
      do
        length--;
      while (first[length - 1] != '/');
  self->root = g_strndup (first, length);
}

static gboolean
read_all (Manifest *self, GError **error)
{
  tamis_progress_begin (self->progress, TAMIS_STAGE_EXPORT, self->n_rows);
  tamis_parallel_for (self->n_rows, read_one, self, self->cancel);
  if (g_cancellable_set_error_if_cancelled (self->cancel, error))
    return FALSE;
  for (guint i = 0; i < self->n_rows; i++)
    {
      guint row = self->rows[i];
      g_autofree char *shown = NULL;

      if (self->files[row].problem == NULL)
        continue;
      shown = g_filename_display_name (tamis_dataset_get_path (self->dataset, row));
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The manifest needs %s: %s", shown,
                   self->files[row].problem);
      return FALSE;
    }
  return TRUE;
}

/* ---- writing ---- */

static void
put_file (TamisWriter *writer, const char *path, guint64 bytes, const char *sha256)
{
  tamis_writer_print (writer, "\"path\":");
  _tamis_json_name (writer, path);
  tamis_writer_print (writer, ",\"bytes\":%" G_GUINT64_FORMAT ",\"sha256\":\"%s\"", bytes, sha256);
}

static TamisManifestRemoval
describe (Manifest *self, TamisRemoval removal)
{
  const File *file = &self->files[removal.removed];
  const File *witness = &self->files[removal.witness];
  guint class_index = tamis_dataset_get_class (self->dataset, removal.removed);
  gsize skip = strlen (self->root);

  return (TamisManifestRemoval){
    .path = file->real + skip,
    .witness = witness->real + skip,
    .class_name = tamis_dataset_get_class_name (self->dataset, class_index),
    .similarity = removal.similarity,
    .bytes = file->bytes,
    .witness_bytes = witness->bytes,
    .sha256 = file->sha256,
    .witness_sha256 = witness->sha256,
  };
}

static void
put_removal (TamisWriter *writer, const TamisManifestRemoval *removal)
{
  tamis_writer_print (writer, "{");
  put_file (writer, removal->path, removal->bytes, removal->sha256);
  tamis_writer_print (writer, ",\"class\":");
  _tamis_json_name (writer, removal->class_name);
  tamis_writer_print (writer, ",\"similarity\":");
  _tamis_put_number (writer, removal->similarity);
  tamis_writer_print (writer, ",\"witness\":{");
  put_file (writer, removal->witness, removal->witness_bytes, removal->witness_sha256);
  tamis_writer_print (writer, "}}");
}

/* Where the names of all witnesses lead. */
static GHashTable *
collect_witnesses (Manifest *self)
{
  GHashTable *reals = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = tamis_plan_get_n_removed (self->plan);

  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (self->plan, i);

      if (removal.witness != TAMIS_NO_WITNESS)
        g_hash_table_add (reals, self->files[removal.witness].real);
    }
  return reals;
}

static void
put_removals (Manifest *self, TamisWriter *writer)
{
  g_autoptr (GHashTable) witnesses = collect_witnesses (self);
  guint n = tamis_plan_get_n_removed (self->plan), links = 0;
  g_autofree char *root = g_strndup (self->root, MAX (strlen (self->root) - 1, 1));
  g_autoptr (GChecksum) id = _tamis_manifest_id_new (root);
  const char *separator = "\n";

  tamis_writer_print (writer, ",\n\"root\":");
  _tamis_json_name (writer, root);
  tamis_writer_print (writer, ",\n\"removals\":[");
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (self->plan, i);
      const File *file = &self->files[removal.removed];
      TamisManifestRemoval item;

      if (removal.witness == TAMIS_NO_WITNESS)
        continue;
      if (file->is_link || g_hash_table_contains (witnesses, file->real))
        {
          links++;
          continue;
        }
      tamis_writer_print (writer, "%s", separator);
      separator = ",\n";
      item = describe (self, removal);
      put_removal (writer, &item);
      _tamis_manifest_id_add (id, &item);
    }
  tamis_writer_print (writer, "],\n\"orphans\":%u,\"links\":%u,\n\"id\":\"%s\"}\n",
                      tamis_plan_get_n_orphans (self->plan), links, g_checksum_get_string (id));
}

gboolean
tamis_export_manifest (TamisDataset *dataset, TamisPlan *plan, TamisModel *model, const char *path,
                       TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_auto (Manifest) self = { dataset, plan, progress, cancel };
  g_autoptr (TamisWriter) writer = NULL;

  list_rows (&self);
  find_border (&self);
  if (!read_all (&self, error))
    return FALSE;
  find_root (&self);
  writer = tamis_writer_new (path);
  _tamis_json_head (writer, "tamis-manifest", dataset, plan, model);
  put_removals (&self, writer);
  return tamis_writer_commit (writer, error);
}
