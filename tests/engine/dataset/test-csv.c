/* dataset: the CSV reader.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dataset/csv.h"

#include <tamis/tamis.h>

#include <glib/gstdio.h>
#include <string.h>

/* Fields shown as a|b, records as a;b; on an error "!" and its message. */
static char *
show (const char *text, gsize length)
{
  g_auto (TamisCsv) csv = { 0 };
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);

  _tamis_csv_init (&csv, text, length);
  while (_tamis_csv_next (&csv, &error))
    {
      for (guint i = 0; i < _tamis_csv_n_fields (&csv); i++)
        g_string_append_printf (out, "%s%s", i > 0 ? "|" : "", _tamis_csv_field (&csv, i));
      g_string_append_c (out, ';');
    }
  if (error != NULL)
    g_string_append_printf (out, "!%s", error->message);
  return g_string_free (out, FALSE);
}

static void
test_grammar (void)
{
  static const struct
  {
    const char *text;
    const char *shown;
  } cases[] = {
    { "", "" },
    { "\n\r\n\r", "" },
    { "a,b", "a|b;" },
    { "a,b\n", "a|b;" },
    { "a,b\r\nc,d\rE,f\n", "a|b;c|d;E|f;" },
    { "\xef\xbb\xbf" "a,b\n", "a|b;" },
    { ",\n", "|;" },
    { "a,\n,b", "a|;|b;" },
    { "\n\na\n\n\nb", "a;b;" },
    { "\"\"", ";" },
    { "\"a,b\",c", "a,b|c;" },
    { "\"a\"\"b\"\"\",c", "a\"b\"|c;" },
    { "\"a\r\nb\",c\nd,e", "a\r\nb|c;d|e;" },
    { "a\"b,c", "a\"b|c;" },
    { " \"a\",b", " \"a\"|b;" },
    { "x\n\"a\"b", "x;!line 2, column 4: a comma is expected after the closing quote" },
    { "x\ny,\"a\nb", "x;!line 2, column 3: this quote is never closed" },
    { "\"", "!line 1, column 1: this quote is never closed" },
    { "\xff,\xc3\xa9", "\xff|\xc3\xa9;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = show (cases[i].text, strlen (cases[i].text));

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_nul_is_refused (void)
{
  g_autofree char *plain = show ("a\0b", 3);
  g_autofree char *quoted = show ("x\n\"\0\"", 5);

  g_assert_cmpstr (plain, ==, "!line 1, column 2: a NUL byte is not text");
  g_assert_cmpstr (quoted, ==, "x;!line 2, column 2: a NUL byte is not text");
}

/* What TamisWriter writes comes back, whatever it is. */
static void
test_round_trip (void)
{
  static const char alphabet[] = "ab,\"\r\n \xc3\xa9\\";
  g_autofree char *folder = g_dir_make_tmp ("tamis-csv-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "t.csv", NULL);
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  g_auto (TamisCsv) csv = { 0 };
  gsize length;
  TamisRandom random;
  guint next = 0;

  tamis_random_init (&random, 11);
  for (int i = 0; i < 3000; i++)
    {
      GString *field = g_string_new (i % 3 == 0 ? "x" : NULL); /* no empty lines */

      for (guint64 n = tamis_random_below (&random, 8); n > 0; n--)
        g_string_append_c (field, alphabet[tamis_random_below (&random, sizeof alphabet - 1)]);
      tamis_writer_csv (writer, field->str);
      tamis_writer_print (writer, i % 3 == 2 ? "\r\n" : ",");
      g_ptr_array_add (fields, g_string_free (field, FALSE));
    }
  g_assert_true (tamis_writer_commit (writer, NULL));
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  _tamis_csv_init (&csv, text, length);
  while (_tamis_csv_next (&csv, NULL))
    {
      g_assert_cmpuint (_tamis_csv_n_fields (&csv), ==, 3);
      for (guint i = 0; i < 3; i++)
        g_assert_cmpstr (_tamis_csv_field (&csv, i), ==, fields->pdata[next++]);
    }
  g_assert_cmpuint (next, ==, fields->len);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/dataset/csv/grammar", test_grammar);
  g_test_add_func ("/engine/dataset/csv/nul-is-refused", test_nul_is_refused);
  g_test_add_func ("/engine/dataset/csv/round-trip", test_round_trip);
  return g_test_run ();
}
