/* The pairs of a check as a table for other programs, and their judgements back from it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/csv.h"
#include "engine/export/export-private.h"

#include <string.h>

#define A_COLUMN "a"
#define B_COLUMN "b"
#define DUPLICATE_COLUMN "duplicate"

static const char *
judgement_text (const guint8 *judgements, guint i)
{
  if (judgements == NULL || judgements[i] == TAMIS_JUDGEMENT_NONE)
    return "";
  return judgements[i] == TAMIS_JUDGEMENT_YES ? "1" : "0";
}

gboolean
tamis_export_check (TamisDataset *dataset, TamisCheck *check, const guint8 *judgements,
                    const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  tamis_writer_print (writer, A_COLUMN "," B_COLUMN ",similarity,stratum,weight," DUPLICATE_COLUMN
                              "\n");
  for (guint i = 0; i < tamis_check_get_n (check); i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (check, i);
      TamisCheckStratum stratum = tamis_check_get_stratum (check, pair.stratum);

      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, pair.a));
      tamis_writer_put (writer, ",", 1);
      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, pair.b));
      tamis_writer_put (writer, ",", 1);
      _tamis_put_number (writer, pair.similarity);
      tamis_writer_print (writer, ",%u,", pair.stratum + 1);
      _tamis_put_number (writer, (double) stratum.n_pairs / stratum.n_drawn);
      tamis_writer_print (writer, ",%s\n", judgement_text (judgements, i));
    }
  return tamis_writer_commit (writer, error);
}

/* ---- back ---- */

typedef struct
{
  TamisDataset *dataset;
  TamisCheck *check;
  TamisCsv csv;
  guint a, b, duplicate; /* columns */
  GHashTable *places;    /* key of a pair of rows → place in the sample */
  guint64 *keys;
} Table;

static void
table_clear (Table *self)
{
  _tamis_csv_clear (&self->csv);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_free (self->keys);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static gboolean
fail (const Table *self, GError **error, const char *what)
{
  g_set_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST,
               "line %" G_GUINT64_FORMAT ": %s", self->csv.record_line, what);
  return FALSE;
}

static guint64
key_of (guint a, guint b)
{
  return (guint64) MIN (a, b) << 32 | MAX (a, b);
}

static void
index_pairs (Table *self)
{
  guint n = tamis_check_get_n (self->check);

  self->places = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->keys = g_new (guint64, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (self->check, i);

      self->keys[i] = key_of (pair.a, pair.b);
      g_hash_table_insert (self->places, &self->keys[i], GUINT_TO_POINTER (i));
    }
}

static gboolean
read_header (Table *self, GError **error)
{
  static const char *const names[] = { A_COLUMN, B_COLUMN, DUPLICATE_COLUMN };
  guint *const columns[] = { &self->a, &self->b, &self->duplicate };

  if (!_tamis_csv_next (&self->csv, error))
    return error != NULL && *error != NULL ? FALSE : fail (self, error, "the file is empty");
  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      guint i = 0, n = _tamis_csv_n_fields (&self->csv);

      while (i < n && strcmp (_tamis_csv_field (&self->csv, i), names[k]) != 0)
        i++;
      if (i == n)
        return fail (self, error, "the header has no columns a, b and duplicate");
      *columns[k] = i;
    }
  return TRUE;
}

static int
find_row (const Table *self, guint column)
{
  g_autofree char *path = tamis_path_unescape (_tamis_csv_field (&self->csv, column));

  return tamis_dataset_find_path (self->dataset, path);
}

static gboolean
read_record (Table *self, guint8 *judgements, GError **error)
{
  guint n = _tamis_csv_n_fields (&self->csv);
  const char *word;
  gpointer place;
  guint64 key;
  int a, b;

  if (n <= MAX (MAX (self->a, self->b), self->duplicate))
    return fail (self, error, "fields are missing");
  a = find_row (self, self->a);
  b = find_row (self, self->b);
  if (a < 0 || b < 0)
    return fail (self, error, "no such image in the data set");
  key = key_of ((guint) a, (guint) b);
  if (!g_hash_table_lookup_extended (self->places, &key, NULL, &place))
    return fail (self, error,
                 "this pair is not of the sample: draw it with the options it was drawn with");
  word = _tamis_csv_field (&self->csv, self->duplicate);
  if (strcmp (word, "1") == 0)
    judgements[GPOINTER_TO_UINT (place)] = TAMIS_JUDGEMENT_YES;
  else if (strcmp (word, "0") == 0)
    judgements[GPOINTER_TO_UINT (place)] = TAMIS_JUDGEMENT_NO;
  else if (*word != '\0')
    return fail (self, error, "duplicate must be 1, 0 or empty");
  return TRUE;
}

gboolean
tamis_export_read_judgements (TamisDataset *dataset, TamisCheck *check, const char *path,
                              guint8 *judgements, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_auto (Table) self = { .dataset = dataset, .check = check };
  GError *stop = NULL;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  memset (judgements, TAMIS_JUDGEMENT_NONE, tamis_check_get_n (check));
  _tamis_csv_init (&self.csv, text, length);
  index_pairs (&self);
  if (read_header (&self, &stop))
    while (stop == NULL && _tamis_csv_next (&self.csv, &stop))
      read_record (&self, judgements, &stop);
  if (stop == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, stop, "%s: ", path);
  return FALSE;
}
