/* base: natural order, escapes, the atomic writer, random numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static void
test_natural_order (void)
{
  const char *sorted[] = { "a/1", "a/2", "a/10", "a-b/1", "img1", "img01", "img2", "img10", "img10a",
                           "img99999999999999999999", "img100000000000000000000", "z" };

  /* img01 and img1 are equal as numbers; bytes decide, and '0' < '1'. */
  sorted[4] = "img01";
  sorted[5] = "img1";
  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sorted); j++)
      {
        int order = tamis_natural_compare (sorted[i], sorted[j]);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
}

static char *
random_name (TamisRandom *random)
{
  static const char alphabet[] = "01019ab/\\x\\\"\xc3\xa9\xff\n,";
  gsize n = tamis_random_below (random, 12);
  char *name = g_new0 (char, n + 1);

  for (gsize i = 0; i < n; i++)
    name[i] = alphabet[tamis_random_below (random, sizeof alphabet - 1)];
  return name;
}

static void
test_natural_order_is_total (void)
{
  TamisRandom random;

  tamis_random_init (&random, 7);
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *a = random_name (&random);
      g_autofree char *b = random_name (&random);
      g_autofree char *c = random_name (&random);
      int ab = tamis_natural_compare (a, b);

      g_assert_cmpint (ab == 0, ==, strcmp (a, b) == 0);
      g_assert_cmpint (ab > 0, ==, tamis_natural_compare (b, a) < 0);
      if (ab <= 0 && tamis_natural_compare (b, c) <= 0)
        g_assert_cmpint (tamis_natural_compare (a, c), <=, 0);
    }
}

static void
test_escape_round_trip (void)
{
  TamisRandom random;

  tamis_random_init (&random, 8);
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *name = random_name (&random);
      g_autofree char *text = tamis_path_escape (name);
      g_autofree char *back = tamis_path_unescape (text);

      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_null (strpbrk (text, "\n\r"));
      g_assert_cmpstr (back, ==, name);
    }
}

static void
test_escape_leaves_common_names_alone (void)
{
  const char *names[] = { "plain.jpg", "folder/sub folder/é.png", "a\\b.png", "50%.jpg" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = tamis_path_escape (names[i]);

      g_assert_cmpstr (text, ==, names[i]);
    }
}

static void
assert_number (double number, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  tamis_number_append (text, number);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_number_reads_back (void)
{
  assert_number (0.93, "0.93");
  assert_number (0.1 + 0.2, "0.30000000000000004");
  assert_number (-0.0, "-0");
  assert_number (128401, "128401");
  assert_number (G_MINDOUBLE, "2.2250738585072014e-308");
  for (guint i = 0; i < 10000; i++)
    {
      double number = ldexp (g_test_rand_double_range (-1, 1), g_test_rand_int_range (-900, 900));
      g_autoptr (GString) text = g_string_new (NULL);

      tamis_number_append (text, number);
      g_assert_true (g_ascii_strtod (text->str, NULL) == number);
    }
}

static void
test_writer_is_atomic (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "list.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;

  for (int commit = 1; commit >= 0; commit--)
    {
      g_autoptr (TamisWriter) writer = tamis_writer_new (path);

      tamis_writer_print (writer, "%d,", 1 + !commit);
      tamis_writer_csv (writer, "say \"hi\", all");
      if (commit)
        g_assert_true (tamis_writer_commit (writer, NULL));
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "1,\"say \"\"hi\"\", all\"");
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "list.csv");
  g_assert_null (g_dir_read_name (dir));
  g_unlink (path);
  g_rmdir (folder);

  {
    g_autoptr (TamisWriter) writer = tamis_writer_new (path);

    tamis_writer_print (writer, "lost");
    g_assert_false (tamis_writer_commit (writer, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, "list.csv"));
  }
}

static void
test_random_moments (void)
{
  TamisRandom random;
  double sum = 0, squares = 0;
  int n = 200000;
  guint32 items[100];
  guint64 seen = 0;

  tamis_random_init (&random, 1);
  for (int i = 0; i < n; i++)
    {
      double x = tamis_random_normal (&random);

      sum += x;
      squares += x * x;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.02);
  g_assert_cmpfloat (fabs (squares / n - 1), <, 0.02);
  for (guint i = 0; i < 100; i++)
    items[i] = i;
  tamis_random_shuffle (&random, items, 100);
  for (guint i = 0; i < 100; i++)
    seen += items[i];
  g_assert_cmpuint (seen, ==, 4950);
}

/* FIPS 180-2's own examples. */
static void
test_digest (void)
{
  const char *text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  TamisDigest digest = tamis_digest_of (text, strlen (text)), again;
  TamisDigest none = { 0 }, empty = tamis_digest_of ("", 0);
  g_autofree char *hex = tamis_digest_to_string (&digest);
  g_autofree char *hex_empty = tamis_digest_to_string (&empty);
  g_autoptr (TamisHasher) hasher = tamis_hasher_new ();

  g_assert_cmpstr (hex, ==, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  g_assert_cmpstr (hex_empty, ==,
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (gsize i = 0; i < strlen (text); i++)
    tamis_hasher_update (hasher, text + i, 1);
  again = tamis_hasher_finish (hasher);
  g_assert_true (tamis_digest_equal (&again, &digest));
  g_assert_true (tamis_digest_from_string (hex, &again) && tamis_digest_equal (&again, &digest));
  g_assert_false (tamis_digest_from_string ("", &again));
  hex[63] = 'g';
  g_assert_false (tamis_digest_from_string (hex, &again));
  g_assert_true (tamis_digest_is_set (&digest) && !tamis_digest_is_set (&none));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/digest", test_digest);
  g_test_add_func ("/base/natural/order", test_natural_order);
  g_test_add_func ("/base/natural/is-total", test_natural_order_is_total);
  g_test_add_func ("/base/escape/round-trip", test_escape_round_trip);
  g_test_add_func ("/base/escape/leaves-common-names-alone", test_escape_leaves_common_names_alone);
  g_test_add_func ("/base/number/shortest-that-reads-back", test_number_reads_back);
  g_test_add_func ("/base/writer/is-atomic", test_writer_is_atomic);
  g_test_add_func ("/base/random/moments", test_random_moments);
  return g_test_run ();
}
