/* safetensors: a round trip, and files that must be refused with a reason.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixtures.h"

#include "engine/nn/safetensors.h"

#include <sys/stat.h>

/* A file of this header and @n_data zero bytes; @stated: header length to write, or -1: the true
 * one. */
static GBytes *
make_file (const char *header, gint64 stated, gsize n_data)
{
  gsize length = strlen (header);
  guint64 prefix = GUINT64_TO_LE ((guint64) (stated < 0 ? (gint64) length : stated));
  guint8 *file = g_malloc0 (8 + length + n_data);

  memcpy (file, &prefix, 8);
  memcpy (file + 8, header, length);
  return g_bytes_new_take (file, 8 + length + n_data);
}

typedef struct
{
  const char *name;
  const char *header;
  gint64 stated;
  gsize n_data;
  const char *message; /* must be part of the error's */
} BadFile;

#define T(shape, begin, end) \
  "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"

static const BadFile bad_files[] = {
  { "length-beyond-file", "{}", 3, 0, "expected a header of at most 2 bytes, got 3" },
  { "length-huge", "{}", G_MAXINT64, 0, "got 9223372036854775807" },
  { "empty-header", "", -1, 0, "header" },
  { "not-json", "hello", -1, 0, "header" },
  { "cut-json", "{\"a\":" T ("[1]", "0", "4"), -1, 4, "header" },
  { "array", "[]", -1, 0, "not a JSON object" },
  { "number", "7", -1, 0, "not a JSON object" },
  { "tensor-is-number", "{\"a\":1}", -1, 0, "tensor a" },
  { "no-dtype", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, "dtype" },
  { "odd-dtype", "{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4,
    "dtype" },
  { "dtype-number", "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, "dtype" },
  { "dtype-null", "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, "dtype" },
  { "no-shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", -1, 4, "shape" },
  { "shape-object", "{\"a\":" T ("{}", "0", "4") "}", -1, 4, "shape" },
  { "shape-negative", "{\"a\":" T ("[-1]", "0", "4") "}", -1, 4, "shape" },
  { "shape-fraction", "{\"a\":" T ("[1.5]", "0", "4") "}", -1, 4, "shape" },
  { "shape-string", "{\"a\":" T ("[\"1\"]", "0", "4") "}", -1, 4, "shape" },
  { "shape-overflow", "{\"a\":" T ("[4294967296,4294967296,4294967297]", "0", "4") "}", -1, 4,
    "shape" },
  { "shape-product-overflow", "{\"a\":" T ("[1000000000,1000000000,1000000000]", "0", "4") "}", -1,
    4, "shape" },
  { "too-many-sides", "{\"a\":" T ("[1,1,1,1,1,1,1,1,1]", "0", "4") "}", -1, 4, "shape" },
  { "no-offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", -1, 4, "data_offsets" },
  { "three-offsets", "{\"a\":" T ("[1]", "0", "4,8") "}", -1, 4, "data_offsets" },
  { "offsets-backwards", "{\"a\":" T ("[1]", "4", "0") "}", -1, 4, "got 4..0" },
  { "offset-negative", "{\"a\":" T ("[1]", "-4", "0") "}", -1, 4, "must lie in 0..4" },
  { "offset-beyond", "{\"a\":" T ("[2]", "0", "8") "}", -1, 4, "must lie in 0..4, got 0..8" },
  { "offset-overflow", "{\"a\":" T ("[1]", "9223372036854775807", "99999999999999999999") "}", -1,
    4, "must lie in" },
  { "size-differs", "{\"a\":" T ("[2]", "0", "4") "}", -1, 4, "expected 8 bytes, got 4" },
  { "hole", "{\"a\":" T ("[1]", "4", "8") "}", -1, 8, "expected to begin at offset" },
  { "overlap", "{\"a\":" T ("[2]", "0", "8") ",\"b\":" T ("[2]", "4", "12") "}", -1, 12,
    "overlap" },
  { "same-bytes", "{\"a\":" T ("[1]", "0", "4") ",\"b\":" T ("[1]", "0", "4") "}", -1, 4,
    "overlap" },
  { "same-name", "{\"a\":" T ("[1]", "0", "4") ",\"a\":" T ("[1]", "4", "8") "}", -1, 8, "offset" },
  { "bytes-left-over", "{\"a\":" T ("[1]", "0", "4") "}", -1, 9, "tensors end at offset" },
  { "metadata-array", "{\"__metadata__\":[]}", -1, 0, "__metadata__" },
  { "metadata-number", "{\"__metadata__\":{\"a\":1}}", -1, 0, "__metadata__" },
  { "not-utf-8", "{\"\xff\":1}", -1, 0, "UTF-8" },
  { "unclosed-string", "{\"a", -1, 0, "header" },
  { "backslash-at-end", "{\"a\\", -1, 0, "header" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_files); i++)
    {
      const BadFile *bad = &bad_files[i];
      g_autoptr (GBytes) bytes = make_file (bad->header, bad->stated, bad->n_data);
      g_autoptr (GError) error = NULL;
      TamisTensors *tensors = tamis_tensors_parse (bytes, &error);

      g_test_message ("%s: %s", bad->name, error != NULL ? error->message : "accepted");
      g_assert_null (tensors);
      g_assert_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, bad->message));
    }
}

/* A megabyte of brackets must not recurse through the parser. */
static void
test_deep_nesting (void)
{
  gsize n = 1 << 20;
  g_autofree char *header = g_strnfill (n, '[');
  g_autofree char *objects = g_malloc (5 * 100000 + 1);
  char *p = objects;

  for (int i = 0; i < 100000; i++)
    p = g_stpcpy (p, "{\"a\":");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) bytes = make_file (i == 0 ? header : objects, -1, 0);
      g_autoptr (GError) error = NULL;

      g_assert_null (tamis_tensors_parse (bytes, &error));
      g_assert_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "nested"));
    }
}

#define TENSOR(name_, ...) \
  &(TamisTensor) { .name = name_, .sides = (gint64[]){ __VA_ARGS__ }, \
                   .n_sides = sizeof (gint64[]){ __VA_ARGS__ } / sizeof (gint64) }
#define SCALAR(name_) &(TamisTensor) { .name = name_ }

static GBytes *
make_good_file (void)
{
  static const float values[] = { 1.0f, -2.5f, 1e-3f, 65504.0f, 0.0f, -0.0f };
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  TamisTensorsWriter *writer;

  g_hash_table_insert (metadata, (char *) "quote \" and \n", (char *) "ліс");
  writer = tamis_tensors_writer_new (metadata);
  tamis_tensors_writer_add (writer, TENSOR ("matrix", 2, 3), values, FALSE);
  tamis_tensors_writer_add (writer, TENSOR ("odd-offset", 3), values, TRUE);
  tamis_tensors_writer_add (writer, TENSOR ("empty", 0, 7), values, FALSE);
  tamis_tensors_writer_add (writer, SCALAR ("scalar"), values, FALSE);
  return tamis_tensors_writer_end (writer);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) bytes = make_good_file ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisTensors) tensors = tamis_tensors_parse (bytes, &error);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  float values[6];

  g_assert_no_error (error);
  g_assert_cmpstr (tamis_tensors_get_sha256 (tensors), ==, sha256);
  g_assert_cmpstr (g_hash_table_lookup (tamis_tensors_get_metadata (tensors), "quote \" and \n"),
                   ==, "ліс");
  g_assert_true (tamis_tensors_read (tensors, TENSOR ("matrix", 2, 3), values, &error));
  g_assert_cmpfloat (values[1], ==, -2.5f);
  g_assert_cmpfloat (values[3], ==, 65504.0f);
  g_assert_true (tamis_tensors_read (tensors, TENSOR ("odd-offset", 3), values, &error));
  g_assert_cmpfloat (values[1], ==, -2.5f);
  g_assert_cmpfloat_with_epsilon (values[2], 1e-3f, 5e-7);
  g_assert_true (tamis_tensors_read (tensors, SCALAR ("scalar"), values, &error));
  g_assert_cmpfloat (values[0], ==, 1.0f);
  g_assert_nonnull (tamis_tensors_find (tensors, "empty"));
  g_assert_null (tamis_tensors_find (tensors, "other"));
}

static void
assert_read_error (TamisTensors *tensors, const TamisTensor *expected, int code)
{
  g_autoptr (GError) error = NULL;
  float values[64];

  g_assert_false (tamis_tensors_read (tensors, expected, values, &error));
  g_assert_error (error, TAMIS_MODEL_ERROR, code);
  g_assert_nonnull (strstr (error->message, expected->name));
}

static void
test_wrong_shape (void)
{
  g_autoptr (GBytes) bytes = make_good_file ();
  g_autoptr (TamisTensors) tensors = tamis_tensors_parse (bytes, NULL);
  g_autoptr (GBytes) integers = make_file (
      "{\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4);
  g_autoptr (TamisTensors) other = tamis_tensors_parse (integers, NULL);
  int shape = TAMIS_MODEL_ERROR_SHAPE;

  assert_read_error (tensors, TENSOR ("absent", 2), shape);
  assert_read_error (tensors, TENSOR ("matrix", 3, 2), shape);
  assert_read_error (tensors, TENSOR ("matrix", 6), shape);
  assert_read_error (tensors, TENSOR ("scalar", 1), shape);
  assert_read_error (other, TENSOR ("i", 1), shape);
}

static void
test_not_finite (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (int half = 0; half < 2; half++)
      {
        g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
        TamisTensorsWriter *writer = tamis_tensors_writer_new (metadata);
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (TamisTensors) tensors = NULL;

        tamis_tensors_writer_add (writer, TENSOR ("a", 3), (float[]){ 1, bad[i], 2 }, half);
        bytes = tamis_tensors_writer_end (writer);
        tensors = tamis_tensors_parse (bytes, NULL);
        assert_read_error (tensors, TENSOR ("a", 3), TAMIS_MODEL_ERROR_FORMAT);
      }
}

/* A good file cut anywhere, or with one byte changed, is read or refused, and nothing else. */
static void
test_mangled (void)
{
  g_autoptr (GBytes) bytes = make_good_file ();
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  TamisRandom random;

  for (gsize cut = 0; cut < n; cut++)
    {
      g_autoptr (GBytes) part = g_bytes_new (data, cut);

      g_assert_null (tamis_tensors_parse (part, NULL));
    }
  tamis_random_init (&random, 5);
  for (int i = 0; i < 5000; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n);
      g_autoptr (GBytes) mangled = NULL;
      g_autoptr (TamisTensors) tensors = NULL;
      float values[6];

      for (guint64 k = tamis_random_below (&random, 3) + 1; k > 0; k--)
        copy[tamis_random_below (&random, n)] = tamis_random_below (&random, 256);
      mangled = g_bytes_new (copy, n);
      tensors = tamis_tensors_parse (mangled, NULL);
      if (tensors != NULL)
        (void) tamis_tensors_read (tensors, TENSOR ("matrix", 2, 3), values, NULL);
    }
}

static void
test_odd_files (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autofree char *large = g_build_filename (folder, "large", NULL);
  const char *paths[] = { absent, folder, pipe_path, empty, large, "/dev/zero" };

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (g_file_set_contents (large, "", 0, NULL));
  g_assert_cmpint (truncate (large, (off_t) 5 << 30), ==, 0); /* sparse */
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      int code = i == 0 ? TAMIS_MODEL_ERROR_NOT_FOUND : TAMIS_MODEL_ERROR_FORMAT;

      g_assert_null (tamis_tensors_load (paths[i], &error));
      g_assert_error (error, TAMIS_MODEL_ERROR, code);
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/engine/nn/safetensors/refuses-bad-files", test_refused);
  g_test_add_func ("/engine/nn/safetensors/refuses-deep-nesting", test_deep_nesting);
  g_test_add_func ("/engine/nn/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/engine/nn/safetensors/refuses-wrong-shape", test_wrong_shape);
  g_test_add_func ("/engine/nn/safetensors/refuses-what-is-not-finite", test_not_finite);
  g_test_add_func ("/engine/nn/safetensors/survives-mangled-files", test_mangled);
  g_test_add_func ("/engine/nn/safetensors/refuses-odd-files", test_odd_files);
  return g_test_run ();
}
