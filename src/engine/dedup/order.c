/* The keep order: which of two alike images a curator would rather keep.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/dedup.h>

#include <stdlib.h>
#include <string.h>

/* What a row is ordered by: fewer comes first, key after key, at last the row itself. */
typedef struct
{
  guint n_keys;
  gint64 *values; /* n × n_keys */
} Keys;

static gint64
get_value (TamisDataset *dataset, guint row, TamisOrderKey key)
{
  TamisImageFacts facts;

  switch (key)
    {
    case TAMIS_ORDER_RESOLUTION:
      facts = tamis_dataset_get_facts (dataset, row);
      return -(gint64) facts.width * facts.height;
    case TAMIS_ORDER_BYTES:
      return -(gint64) tamis_dataset_get_bytes (dataset, row);
    case TAMIS_ORDER_DATE:
      return tamis_dataset_get_mtime (dataset, row);
    case TAMIS_ORDER_NAME:
      break;
    }
  return row;
}

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

guint32 *
tamis_order_new (TamisDataset *dataset, const TamisOrderKey *order, guint n_keys)
{
  guint n = tamis_dataset_get_n_images (dataset);
  guint32 *rows = g_new (guint32, MAX (n, 1));
  g_autofree gint64 *values = g_new (gint64, (gsize) n * n_keys + 1);
  Keys keys = { n_keys, values };

  for (guint row = 0; row < n; row++)
    {
      rows[row] = row;
      for (guint k = 0; k < n_keys; k++)
        values[(gsize) row * n_keys + k] = get_value (dataset, row, order[k]);
    }
  qsort_r (rows, n, sizeof *rows, (int (*) (const void *, const void *, void *)) compare_rows,
           &keys);
  return rows;
}

const char *const *
tamis_order_get_words (void)
{
  static const char *const words[] = { "name", "resolution", "bytes", "date", NULL };

  return words; /* as TamisOrderKey */
}

guint32 *
tamis_order_parse (TamisDataset *dataset, const char *text, GError **error)
{
  const char *const *names = tamis_order_get_words ();
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint n_keys = g_strv_length (words);
  g_autofree TamisOrderKey *keys = g_new (TamisOrderKey, MAX (n_keys, 1));

  for (guint i = 0; i < n_keys; i++)
    {
      guint k = 0;

      g_strstrip (words[i]);
      while (names[k] != NULL && strcmp (words[i], names[k]) != 0)
        k++;
      if (names[k] == NULL)
        {
          g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                       "Unknown keep order “%s”: name, resolution, bytes and date are known",
                       words[i]);
          return NULL;
        }
      keys[i] = (TamisOrderKey) k;
    }
  return tamis_order_new (dataset, keys, n_keys);
}
