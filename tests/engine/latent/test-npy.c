/* latent: .npy in and out, and everything that must not get in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/latent.h>

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* A file with this version, dictionary and payload; the header length is that of the dictionary. */
static char *
write_npy (int version, const char *dictionary, const void *payload, gsize length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char *path = in_folder ("case.npy");
  gsize header = strlen (dictionary);
  guint8 prefix[12]
      = { 0x93, 'N', 'U', 'M', 'P', 'Y', version, 0, header & 255, header >> 8, 0, 0 };

  g_byte_array_append (bytes, prefix, version == 1 ? 10 : 12);
  g_byte_array_append (bytes, (const guint8 *) dictionary, header);
  if (length > 0)
    g_byte_array_append (bytes, payload, length);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static void
test_round_trip (void)
{
  struct
  {
    guint n, d;
  } sizes[] = { { 0, 3 }, { 1, 1 }, { 2, 3 }, { 17, 128 }, { 5, 1024 } };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autofree char *path = in_folder ("round.npy");
      gsize count = (gsize) sizes[s].n * sizes[s].d;
      float *values = g_new (float, count + 1);
      g_autoptr (TamisLatents) written = NULL;
      g_autoptr (TamisLatents) read = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *bytes = NULL;

      for (gsize i = 0; i < count; i++)
        values[i] = (float) sin ((double) i);
      written = tamis_latents_new_take (values, sizes[s].n, sizes[s].d);
      tamis_latents_save_npy (written, path, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
      g_assert_cmpint ((bytes[8] + 10) % 64, ==, 0);
      read = tamis_latents_load_npy (path, NULL, sizes[s].n, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tamis_latents_get_n (read), ==, sizes[s].n);
      g_assert_cmpuint (tamis_latents_get_dimension (read), ==, sizes[s].d);
      g_assert_cmpmem (tamis_latents_get_values (read), count * 4, values, count * 4);
      if (sizes[s].n > 1)
        g_assert_true (tamis_latents_get_row (read, 1)
                       == tamis_latents_get_values (read) + sizes[s].d);
    }
}

static const float six[] = { 1, 2, 3, 4, 5, 6 };

static void
test_accepts (void)
{
  struct
  {
    int version;
    const char *dictionary;
  } cases[] = {
    { 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }          \n" },
    { 2, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n" },
    { 3, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }  \n" },
    { 1, "{\"shape\":(3,2),\"fortran_order\":False,\"descr\":\"<f4\"}" },
    { 1, " { 'shape' : ( 3 , 2 , ) , 'descr' : '<f4' , 'fortran_order' : False } " },
  };
  guint32 rows[] = { 2, 0, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_npy (cases[i].version, cases[i].dictionary, six, sizeof six);
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisLatents) read = tamis_latents_load_npy (path, NULL, 0, &error);
      g_autoptr (TamisLatents) permuted = NULL;

      g_assert_no_error (error);
      g_assert_cmpmem (tamis_latents_get_values (read), sizeof six, six, sizeof six);
      permuted = tamis_latents_load_npy (path, rows, 3, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (tamis_latents_get_row (permuted, 0)[0], ==, 5);
      g_assert_cmpfloat (tamis_latents_get_row (permuted, 1)[1], ==, 2);
      g_assert_cmpfloat (tamis_latents_get_row (permuted, 2)[0], ==, 3);
    }
}

static void
test_must_fail (void)
{
  const char *cases[] = {
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n",
    "{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }\n",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }\n",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 2), }\n",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 2), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }\n", /* cut short */
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967295, 1), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967294, 2147483647), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 2), }\n",
    "{'descr': '<f4', 'fortran_order': False, }\n",
    "{'shape': (3, 2), 'fortran_order': False, }\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'x': 1}\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)",
    "{'descr': '<f4' 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr",
    "{",
    "",
    "[]",
    "{'dddddddddddddddddddddddddddddddddddddddddddddddddddd': 1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int version = 1; version <= 3; version++)
      {
        g_autofree char *path = write_npy (version, cases[i], six, sizeof six);
        g_autoptr (GError) error = NULL;

        g_assert_null (tamis_latents_load_npy (path, NULL, 0, &error));
        g_assert_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_FORMAT);
        g_assert_nonnull (strstr (error->message, "case.npy"));
      }
}

/* Every prefix of a good file, and a good file with every header byte changed: no crash, and no
 * prefix is taken for a whole. */
static void
test_damaged (void)
{
  const char *dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }  \n";
  g_autofree char *path = write_npy (1, dictionary, six, sizeof six);
  g_autofree char *good = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &good, &length, NULL));
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, good, cut, NULL));
      g_assert_null (tamis_latents_load_npy (path, NULL, 0, &error));
      g_assert_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_FORMAT);
    }
  for (gsize i = 0; i < length - sizeof six; i++)
    for (int change = 0; change < 4; change++)
      {
        char bytes[] = { 0, '9', '\'', (char) 255 };
        g_autofree char *bad = g_memdup2 (good, length);
        g_autoptr (TamisLatents) read = NULL;

        bad[i] = bytes[change];
        g_assert_true (g_file_set_contents (path, bad, length, NULL));
        read = tamis_latents_load_npy (path, NULL, 0, NULL);
        if (read != NULL)
          g_assert_cmpuint (tamis_latents_get_n (read) * tamis_latents_get_dimension (read), <=, 6);
      }
}

static void
test_not_numbers (void)
{
  const float bad[] = { NAN, INFINITY, -INFINITY };

  for (guint b = 0; b < G_N_ELEMENTS (bad); b++)
    for (guint at = 0; at < 6; at++)
      {
        const char *dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n";
        g_autofree char *path = NULL;
        g_autoptr (GError) error = NULL;
        g_autofree char *wanted = g_strdup_printf ("row %u", at / 2);
        guint32 reversed[] = { 2, 1, 0 };
        float values[6];

        memcpy (values, six, sizeof six);
        values[at] = bad[b];
        path = write_npy (1, dictionary, values, sizeof values);
        g_assert_null (tamis_latents_load_npy (path, NULL, 0, &error));
        g_assert_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_VALUE);
        g_assert_nonnull (strstr (error->message, wanted));
        g_clear_error (&error);
        g_assert_null (tamis_latents_load_npy (path, reversed, 3, &error));
        g_assert_nonnull (strstr (error->message, wanted)); /* the file's row */
      }
}

static void
test_counts (void)
{
  const char *dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n";
  g_autofree char *path = write_npy (1, dictionary, six, sizeof six);
  g_autofree char *missing = in_folder ("missing.npy");
  guint32 rows[] = { 0, 1, 3 };
  g_autoptr (GError) error = NULL;

  g_assert_null (tamis_latents_load_npy (path, NULL, 4, &error));
  g_assert_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_COUNT);
  g_clear_error (&error);
  g_assert_null (tamis_latents_load_npy (path, rows, 3, &error));
  g_assert_error (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_COUNT);
  g_clear_error (&error);
  g_assert_null (tamis_latents_load_npy (missing, NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (tamis_latents_load_npy ("/dev/zero", NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

/* What NumPy writes we read, and what we write NumPy reads. */
static void
test_numpy (void)
{
  g_autofree char *ours = in_folder ("ours.npy");
  g_autofree char *theirs = in_folder ("theirs.npy");
  const char *script = "import sys\n"
                       "try: import numpy as np\n"
                       "except ImportError: sys.exit(77)\n"
                       "a = np.load(sys.argv[1])\n"
                       "assert a.dtype == np.float32 and a.shape == (3, 2), (a.dtype, a.shape)\n"
                       "np.save(sys.argv[2], a * 2)\n";
  const char *argv[] = { "/usr/bin/python3", "-c", script, ours, theirs, NULL };
  g_autoptr (TamisLatents) latents
      = tamis_latents_new_take (g_memdup2 (six, sizeof six), 3, 2);
  g_autoptr (TamisLatents) read = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (tamis_latents_save_npy (latents, ours, NULL));
  if (!g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL)
      || status == 77 << 8)
    {
      g_test_skip ("no NumPy here");
      return;
    }
  g_assert_cmpint (status, ==, 0);
  read = tamis_latents_load_npy (theirs, NULL, 3, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (tamis_latents_get_values (read)[i], ==, 2 * six[i]);
}

static void
test_save_fails (void)
{
  g_autoptr (TamisLatents) latents
      = tamis_latents_new_take (g_memdup2 (six, sizeof six), 3, 2);
  g_autofree char *path = in_folder ("no-such-folder/x.npy");
  g_autoptr (GError) error = NULL;

  g_assert_false (tamis_latents_save_npy (latents, path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  const char *names[] = { "case.npy", "round.npy", "ours.npy", "theirs.npy" };
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("tamis-npy-XXXXXX", NULL);
  g_test_add_func ("/latent/npy/round-trip", test_round_trip);
  g_test_add_func ("/latent/npy/accepts", test_accepts);
  g_test_add_func ("/latent/npy/must-fail", test_must_fail);
  g_test_add_func ("/latent/npy/damaged", test_damaged);
  g_test_add_func ("/latent/npy/not-numbers", test_not_numbers);
  g_test_add_func ("/latent/npy/counts", test_counts);
  g_test_add_func ("/latent/npy/numpy", test_numpy);
  g_test_add_func ("/latent/npy/save-fails", test_save_fails);
  result = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = in_folder (names[i]);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
  return result;
}
