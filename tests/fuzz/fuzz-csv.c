/* Fuzz target: the CSV reader.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include "engine/dataset/csv.h"

#include <tamis/dataset.h>

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (TamisCsv) csv = { 0 };
  g_autoptr (GError) error = NULL;
  gsize total = 0;
  guint64 line = 0;

  _tamis_csv_init (&csv, (const char *) data, size);
  while (_tamis_csv_next (&csv, &error))
    {
      g_assert_cmpuint (_tamis_csv_n_fields (&csv), >, 0);
      for (guint i = 0; i < _tamis_csv_n_fields (&csv); i++)
        total += strlen (_tamis_csv_field (&csv, i));
      g_assert_true (csv.record_line > line);
      line = csv.record_line;
    }
  g_assert_cmpuint (total, <=, size);
  if (error != NULL)
    g_assert_true (g_str_has_prefix (error->message, "line "));
  return 0;
}

GPtrArray *
fuzz_seeds (void)
{
  static const char *const texts[] = {
    "path,label\na.png,cat\nb.png,dog\n",
    "\xef\xbb\xbfpath,label,split\r\n\"a,b.png\",\"c\"\"at\",train\r\n",
    "\"a\nb\",,\r\r\n\n\"\",\"\"\"\"",
  };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (seeds, g_bytes_new_static (texts[i], strlen (texts[i])));
  return seeds;
}
