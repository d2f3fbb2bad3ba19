/* TamisManifest: a manifest read back, and believed only as far as it can be checked.
 *
 * DESIGN: the text is gone through once. Removals hold offsets into one block of strings, so that a
 * hundred thousand of them are two allocations. A path must be one that tamis_path_escape() writes,
 * relative, and without empty, "." or ".." parts. The id is made anew from what was read and must be
 * the one in the file: who wants other removals exports another manifest. The id is no signature:
 * apply trusts no path and no hash because of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"
#include "engine/export/json-read.h"

#include <string.h>

#define VERSION 1
#define SHA256_LENGTH 64

G_DEFINE_QUARK (tamis-manifest-error-quark, tamis_manifest_error)

/* Offsets into the block of strings; 0, an empty string, while not yet read. */
typedef struct
{
  gsize path;
  gsize sha256;
  guint64 bytes;
  gboolean has_bytes;
} Side;

typedef struct
{
  Side image;
  Side witness;
  gsize class_name;
  double similarity;
  gboolean has_similarity;
} Entry;

struct _TamisManifest
{
  gatomicrefcount n_references;

  /* Owned */
  char *name;
  char *id;
  char *root;
  GString *strings;
  GArray *entries;
  guint64 bytes;
};

/* ---- the id ---- */

/* Each text with its NUL, so that no two lists read alike. */
static void
id_text (GChecksum *id, const char *text)
{
  g_checksum_update (id, (const guchar *) text, (gssize) strlen (text) + 1);
}

GChecksum *
_tamis_manifest_id_new (const char *root)
{
  GChecksum *id = g_checksum_new (G_CHECKSUM_SHA256);

  id_text (id, "tamis-manifest 1");
  id_text (id, root);
  return id;
}

static void
id_file (GChecksum *id, const char *path, guint64 bytes, const char *sha256)
{
  char number[32];

  g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, bytes);
  id_text (id, path);
  id_text (id, number);
  id_text (id, sha256);
}

void
_tamis_manifest_id_add (GChecksum *id, const TamisManifestRemoval *removal)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  id_file (id, removal->path, removal->bytes, removal->sha256);
  id_text (id, removal->class_name);
  id_text (id, g_ascii_dtostr (number, sizeof number, removal->similarity));
  id_file (id, removal->witness, removal->witness_bytes, removal->witness_sha256);
}

/* ---- reading ---- */

/* The bytes that an escaped text stands for; NULL and a problem unless escaping gives it back. */
static char *
read_name (TamisJsonReader *reader)
{
  g_autofree char *text = _tamis_json_string (reader);
  g_autofree char *bytes = text != NULL ? tamis_path_unescape (text) : NULL;
  g_autofree char *again = bytes != NULL ? tamis_path_escape (bytes) : NULL;

  if (text == NULL)
    return NULL;
  if (strcmp (text, again) == 0)
    return g_steal_pointer (&bytes);
  _tamis_json_fail (reader, "a name is not escaped as Tamis does");
  return NULL;
}

static gsize
store (TamisManifest *self, const char *text)
{
  gsize offset = self->strings->len;

  g_string_append_len (self->strings, text, (gssize) strlen (text) + 1);
  return offset;
}

static gboolean
is_safe_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;
  return parts[0] != NULL;
}

static gboolean
read_path (TamisManifest *self, TamisJsonReader *reader, gsize *offset)
{
  g_autofree char *path = *offset == 0 ? read_name (reader) : NULL;

  if (*offset != 0)
    return _tamis_json_fail (reader, "a path is given twice");
  if (path == NULL)
    return FALSE;
  if (!is_safe_path (path))
    {
      g_autofree char *shown = tamis_path_escape (path);

      return _tamis_json_fail (reader, "%s leads out of the data set", shown);
    }
  *offset = store (self, path);
  return TRUE;
}

static gboolean
read_sha256 (TamisManifest *self, TamisJsonReader *reader, gsize *offset)
{
  g_autofree char *text = _tamis_json_string (reader);

  if (text == NULL)
    return FALSE;
  if (*offset != 0)
    return _tamis_json_fail (reader, "a hash is given twice");
  if (strlen (text) != SHA256_LENGTH || text[strspn (text, "0123456789abcdef")] != '\0')
    return _tamis_json_fail (reader, "a SHA-256 is expected");
  *offset = store (self, text);
  return TRUE;
}

static gboolean
read_bytes (TamisJsonReader *reader, Side *side)
{
  gint64 bytes;

  if (!_tamis_json_integer (reader, &bytes))
    return FALSE;
  if (bytes < 0 || side->has_bytes)
    return _tamis_json_fail (reader, "a number of bytes is expected, once");
  side->bytes = (guint64) bytes;
  side->has_bytes = TRUE;
  return TRUE;
}

/* One of path, bytes, sha256; FALSE if @key is none of them, or on a problem. */
static gboolean
read_side (TamisManifest *self, TamisJsonReader *reader, const char *key, Side *side)
{
  if (strcmp (key, "path") == 0)
    return read_path (self, reader, &side->path);
  if (strcmp (key, "sha256") == 0)
    return read_sha256 (self, reader, &side->sha256);
  return strcmp (key, "bytes") == 0 && read_bytes (reader, side);
}

static void
read_witness (TamisManifest *self, TamisJsonReader *reader, Side *side)
{
  gboolean first = TRUE;

  _tamis_json_enter (reader, '{');
  while (_tamis_json_next (reader, '}', &first))
    {
      g_autofree char *key = _tamis_json_key (reader);

      if (key != NULL && !read_side (self, reader, key, side))
        _tamis_json_skip (reader);
    }
}

static void
read_member (TamisManifest *self, TamisJsonReader *reader, const char *key, Entry *entry)
{
  if (strcmp (key, "witness") == 0)
    read_witness (self, reader, &entry->witness);
  else if (strcmp (key, "class") == 0)
    {
      g_autofree char *name = read_name (reader);

      entry->class_name = name != NULL ? store (self, name) : 0;
    }
  else if (strcmp (key, "similarity") == 0)
    entry->has_similarity = _tamis_json_number (reader, &entry->similarity);
  else if (!read_side (self, reader, key, &entry->image))
    _tamis_json_skip (reader);
}

static gboolean
is_whole (const Side *side)
{
  return side->path != 0 && side->sha256 != 0 && side->has_bytes;
}

static void
read_removal (TamisManifest *self, TamisJsonReader *reader)
{
  Entry entry = { 0 };
  gboolean first = TRUE;

  _tamis_json_enter (reader, '{');
  while (_tamis_json_next (reader, '}', &first))
    {
      g_autofree char *key = _tamis_json_key (reader);

      if (key != NULL)
        read_member (self, reader, key, &entry);
    }
  if (!is_whole (&entry.image))
    _tamis_json_fail (reader, "a removal needs path, bytes and sha256");
  else if (!is_whole (&entry.witness))
    _tamis_json_fail (reader, "a removal needs a witness with path, bytes and sha256");
  else if (entry.class_name == 0 || !entry.has_similarity)
    _tamis_json_fail (reader, "a removal needs class and similarity");
  else if (G_MAXUINT64 - self->bytes < entry.image.bytes)
    _tamis_json_fail (reader, "impossible numbers of bytes");
  else
    {
      self->bytes += entry.image.bytes;
      g_array_append_val (self->entries, entry);
    }
}

static void
read_removals (TamisManifest *self, TamisJsonReader *reader)
{
  gboolean first = TRUE;

  _tamis_json_enter (reader, '[');
  while (_tamis_json_next (reader, ']', &first))
    read_removal (self, reader);
}

static void
read_root (TamisManifest *self, TamisJsonReader *reader)
{
  g_autofree char *root = read_name (reader);

  if (root == NULL)
    return;
  if (self->root != NULL)
    _tamis_json_fail (reader, "root is given twice");
  else if (root[0] != '/' || (root[1] != '\0' && !is_safe_path (root + 1)))
    _tamis_json_fail (reader, "root must be a whole path");
  else
    self->root = g_steal_pointer (&root);
}

/* What the file says of itself, in the order in which Tamis writes it: who cannot read the rest
 * must not try to. */
static gboolean
check_format (TamisJsonReader *reader, const char *key, guint *stage, GError **error)
{
  g_autofree char *format = NULL;
  gint64 version;

  if (*stage == 0)
    {
      format = strcmp (key, "format") == 0 ? _tamis_json_string (reader) : NULL;
      if (g_strcmp0 (format, "tamis-manifest") != 0)
        return _tamis_json_fail (reader, "this is not a manifest of removals");
    }
  else if (strcmp (key, "version") != 0 || !_tamis_json_integer (reader, &version) || version < 1)
    return _tamis_json_fail (reader, "the version is missing");
  else if (version > VERSION)
    {
      g_set_error (error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_VERSION,
                   "it was written by a newer Tamis: version %" G_GINT64_FORMAT
                   ", and this one reads version %d", version, VERSION);
      return FALSE;
    }
  ++*stage;
  return TRUE;
}

static gboolean
read_top (TamisManifest *self, TamisJsonReader *reader, GError **error)
{
  gboolean first = TRUE, has_removals = FALSE;
  guint stage = 0;

  if (!_tamis_json_enter (reader, '{'))
    return FALSE;
  while (_tamis_json_next (reader, '}', &first))
    {
      g_autofree char *key = _tamis_json_key (reader);

      if (key == NULL || (stage < 2 && !check_format (reader, key, &stage, error)))
        return FALSE;
      if (strcmp (key, "root") == 0)
        read_root (self, reader);
      else if (strcmp (key, "id") == 0 && self->id == NULL)
        self->id = _tamis_json_string (reader);
      else if (strcmp (key, "removals") == 0 && !has_removals)
        {
          has_removals = TRUE;
          read_removals (self, reader);
        }
      else if (strcmp (key, "format") != 0 && strcmp (key, "version") != 0)
        _tamis_json_skip (reader);
    }
  if (!_tamis_json_finish (reader))
    return FALSE;
  return (stage == 2 && self->root != NULL && self->id != NULL && has_removals)
         || _tamis_json_fail (reader, "format, version, root, removals or id is missing");
}

/* ---- what only the whole can tell ---- */

static gboolean
check_duplicates (TamisManifest *self, TamisJsonReader *reader)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *path = tamis_manifest_get (self, i).path;
      g_autofree char *shown = NULL;

      if (g_hash_table_add (seen, (char *) path))
        continue;
      shown = tamis_path_escape (path);
      return _tamis_json_fail (reader, "%s is removed twice", shown);
    }
  return TRUE;
}

static gboolean
check_id (TamisManifest *self, TamisJsonReader *reader)
{
  g_autoptr (GChecksum) id = _tamis_manifest_id_new (self->root);

  for (guint i = 0; i < self->entries->len; i++)
    {
      TamisManifestRemoval removal = tamis_manifest_get (self, i);

      _tamis_manifest_id_add (id, &removal);
    }
  return strcmp (g_checksum_get_string (id), self->id) == 0
         || _tamis_json_fail (reader, "the list was changed after Tamis wrote it (its id is another)");
}

TamisManifest *
tamis_manifest_parse (const char *name, const char *text, gsize length, GError **error)
{
  g_autoptr (TamisManifest) self = g_new0 (TamisManifest, 1);
  g_auto (TamisJsonReader) reader = { 0 };
  g_autofree char *shown = g_filename_display_name (name);
  g_autoptr (GError) newer = NULL;

  g_atomic_ref_count_init (&self->n_references);
  self->name = g_strdup (name);
  self->strings = g_string_new (NULL);
  g_string_append_c (self->strings, '\0');
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  _tamis_json_reader_init (&reader, text, length);
  if (read_top (self, &reader, &newer) && check_duplicates (self, &reader)
      && check_id (self, &reader))
    return g_steal_pointer (&self);
  if (newer != NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&newer), "Cannot read %s: ", shown);
  else
    g_set_error (error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_BROKEN, "Cannot read %s: %s",
                 shown, reader.problem);
  return NULL;
}

TamisManifest *
tamis_manifest_open (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  return tamis_manifest_parse (path, text, length, error);
}

TamisManifest *
tamis_manifest_ref (TamisManifest *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
tamis_manifest_unref (TamisManifest *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->n_references))
    return;
  g_free (self->name);
  g_free (self->id);
  g_free (self->root);
  g_string_free (self->strings, TRUE);
  g_array_unref (self->entries);
  g_free (self);
}

const char *
tamis_manifest_get_id (TamisManifest *self)
{
  return self->id;
}

const char *
tamis_manifest_get_name (TamisManifest *self)
{
  return self->name;
}

const char *
tamis_manifest_get_root (TamisManifest *self)
{
  return self->root;
}

guint
tamis_manifest_get_n (TamisManifest *self)
{
  return self->entries->len;
}

guint64
tamis_manifest_get_bytes (TamisManifest *self)
{
  return self->bytes;
}

TamisManifestRemoval
tamis_manifest_get (TamisManifest *self, guint i)
{
  const Entry *entry = &g_array_index (self->entries, Entry, i);
  const char *strings = self->strings->str;

  return (TamisManifestRemoval){
    .path = strings + entry->image.path,
    .witness = strings + entry->witness.path,
    .class_name = strings + entry->class_name,
    .similarity = entry->similarity,
    .bytes = entry->image.bytes,
    .witness_bytes = entry->witness.bytes,
    .sha256 = strings + entry->image.sha256,
    .witness_sha256 = strings + entry->witness.sha256,
  };
}
