/* The keep order: which of two alike images a curator would rather keep.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/dedup.h>

#include <fnmatch.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  TamisDataset *dataset;
  TamisVerdicts *verdicts; /* nullable */
  const char *pattern;     /* what follows the colon of the key's word */
} Question;

/* What an image is ordered by: fewer comes first. */
typedef gint64 (*KeyFunc) (const Question *question, guint row);

static gint64
by_name (const Question *question, guint row)
{
  return row;
}

static gint64
by_resolution (const Question *question, guint row)
{
  TamisImageFacts facts = tamis_dataset_get_facts (question->dataset, row);

  return -(gint64) facts.width * facts.height;
}

static gint64
by_bytes (const Question *question, guint row)
{
  return -(gint64) tamis_dataset_get_bytes (question->dataset, row);
}

static gint64
by_date (const Question *question, guint row)
{
  return tamis_dataset_get_mtime (question->dataset, row);
}

static gint64
by_sharpness (const Question *question, guint row)
{
  return -llrint (1000.0 * tamis_dataset_get_facts (question->dataset, row).sharpness);
}

/* By what the format can have lost. */
static gint64
by_format (const Question *question, guint row)
{
  switch (tamis_dataset_get_facts (question->dataset, row).format)
    {
    case TAMIS_IMAGE_FORMAT_PNG:
    case TAMIS_IMAGE_FORMAT_TIFF:
    case TAMIS_IMAGE_FORMAT_BMP:
      return 0;
    case TAMIS_IMAGE_FORMAT_WEBP:
      return 1;
    case TAMIS_IMAGE_FORMAT_JPEG:
      return 2;
    case TAMIS_IMAGE_FORMAT_GIF:
      return 3;
    case TAMIS_IMAGE_FORMAT_UNKNOWN:
      break;
    }
  return 4;
}

static gint64
by_reference (const Question *question, guint row)
{
  return question->verdicts == NULL
         || tamis_verdicts_get_row_rule (question->verdicts, row) != TAMIS_FOLDER_REFERENCE;
}

static gint64
by_path (const Question *question, guint row)
{
  return fnmatch (question->pattern, tamis_dataset_get_path (question->dataset, row), 0) != 0;
}

static const struct
{
  const char *word; /* with its colon, if a pattern follows */
  KeyFunc get;
} known_keys[] = {
  { "name", by_name },           { "resolution", by_resolution }, { "bytes", by_bytes },
  { "date", by_date },           { "sharpness", by_sharpness },   { "format", by_format },
  { "reference", by_reference }, { "path:", by_path },
};

/* Sets @pattern to what follows "path:"; NULL if the word is not known. */
static KeyFunc
find_key (const char *word, const char **pattern)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    {
      gsize n = strlen (known_keys[i].word);

      if (known_keys[i].word[n - 1] == ':' ? strncmp (word, known_keys[i].word, n) == 0 && word[n]
                                           : strcmp (word, known_keys[i].word) == 0)
        {
          *pattern = word + n;
          return known_keys[i].get;
        }
    }
  return NULL;
}

/* Key after key, at last the row itself. */
typedef struct
{
  guint n_keys;
  gint64 *values; /* n × n_keys */
} Keys;

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const Keys *keys = data;
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  for (guint k = 0; k < keys->n_keys; k++)
    {
      gint64 p = keys->values[(gsize) x * keys->n_keys + k];
      gint64 q = keys->values[(gsize) y * keys->n_keys + k];

      if (p != q)
        return p < q ? -1 : 1;
    }
  return (x > y) - (x < y);
}

/* Patterns must mean the same to a window, which has its user's locale, and to a command, which has
 * none. Where the system lacks this one, characters are bytes. */
static locale_t
pattern_locale (void)
{
  static gsize locale;

  if (g_once_init_enter (&locale))
    {
      locale_t made = newlocale (LC_ALL_MASK, "C.UTF-8", (locale_t) 0);

      g_once_init_leave (&locale, (gsize) (made != (locale_t) 0
                                               ? made
                                               : newlocale (LC_ALL_MASK, "C", (locale_t) 0)));
    }
  return (locale_t) locale;
}

static void
fill_values (const Question *question, KeyFunc get, gint64 *values, guint n_keys)
{
  guint n = tamis_dataset_get_n_images (question->dataset);
  locale_t before = uselocale (pattern_locale ());

  for (guint row = 0; row < n; row++)
    values[(gsize) row * n_keys] = get (question, row);
  uselocale (before);
}

guint32 *
tamis_order_new (TamisDataset *dataset, TamisVerdicts *verdicts, const char *text, GError **error)
{
  guint n = tamis_dataset_get_n_images (dataset);
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint n_keys = g_strv_length (words);
  g_autofree gint64 *values = g_new (gint64, (gsize) n * n_keys + 1);
  Keys keys = { n_keys, values };
  Question question = { dataset, verdicts, NULL };
  guint32 *rows;

  for (guint k = 0; k < n_keys; k++)
    {
      KeyFunc get = find_key (g_strstrip (words[k]), &question.pattern);

      if (get == NULL)
        {
          g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                       "Unknown keep order “%s”: name, resolution, bytes, date, sharpness, format,"
                       " reference and path:PATTERN are known",
                       words[k]);
          return NULL;
        }
      fill_values (&question, get, values + k, n_keys);
    }
  rows = g_new (guint32, MAX (n, 1));
  for (guint row = 0; row < n; row++)
    rows[row] = row;
  qsort_r (rows, n, sizeof *rows, (int (*) (const void *, const void *, void *)) compare_rows,
           &keys);
  return rows;
}

const char *const *
tamis_order_get_words (void)
{
  static const char *const words[] = { "name",   "resolution", "bytes",     "date", "sharpness",
                                       "format", "reference",  "path:", NULL };

  return words;
}
