/* act: manifests as they are, damaged, foreign, of the future and made by hand.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tree.h"

#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "{\"format\":\"tamis-manifest\",\"version\":1,\n\"root\":\"/r\",\n\"removals\":["
#define REMOVAL(path, witness)                                                                     \
  "{\"path\":\"" path "\",\"bytes\":1,\"sha256\":\"" HASH "\",\"class\":\"c\",\"similarity\":0.5,"   \
  "\"witness\":{\"path\":\"" witness "\",\"bytes\":2,\"sha256\":\"" HASH "\"}}"
#define TAIL "],\"id\":\"" HASH "\"}"

static void
expect (const char *text, TamisManifestError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisManifest) manifest = tamis_manifest_parse ("m.json", text, strlen (text), &error);

  g_assert_null (manifest);
  g_assert_error (error, TAMIS_MANIFEST_ERROR, (int) code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
test_broken (void)
{
  const TamisManifestError broken = TAMIS_MANIFEST_ERROR_BROKEN;

  expect ("", broken, "line 1: an object is expected");
  expect ("\xff{", broken, "UTF-8");
  expect ("{}", broken, "missing");
  expect ("{\"format\":\"tamis-removals\"}", broken, "not a manifest");
  expect ("{\"version\":1,\"format\":\"tamis-manifest\"}", broken, "not a manifest");
  expect ("{\"format\":\"tamis-manifest\",\"root\":\"/\"}", broken, "version");
  expect (HEAD, broken, "line 3: the file ends too early");
  expect (HEAD "\n" REMOVAL ("a", "b") "\n," TAIL, broken, "line 5");
  expect (HEAD "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" TAIL, broken, "an object is expected");
  expect (HEAD "],\"other\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", broken, "too deeply nested");
  expect (HEAD "{\"path\":\"a\"}" TAIL, broken, "needs path, bytes and sha256");
  expect (HEAD "{\"path\":7}" TAIL, broken, "a string is expected");
  expect (HEAD "{\"path\":\"a\",\"path\":\"b\"}" TAIL, broken, "twice");
  expect (HEAD "{\"bytes\":-1}" TAIL, broken, "number of bytes");
  expect (HEAD "{\"bytes\":1.5}" TAIL, broken, "whole number");
  expect (HEAD "{\"bytes\":99999999999999999999}" TAIL, broken, "whole number");
  expect (HEAD "{\"sha256\":\"ABC\"}" TAIL, broken, "SHA-256");
  expect (HEAD "{\"class\":\"a\\u0000\"}" TAIL, broken, "NUL");
  expect (HEAD "{\"class\":\"\\ud800\"}" TAIL, broken, "half a character");
  expect (HEAD "],\"root\":\"/s\"" TAIL, broken, "twice");
  expect (HEAD TAIL "x", broken, "text after the end");
}

/* Every path that could lead out of the data set, or be two names of one file. */
static void
test_paths (void)
{
  static const char *const paths[] = {
    HEAD REMOVAL ("../a", "b") TAIL,     HEAD REMOVAL ("a/../../b", "b") TAIL,
    HEAD REMOVAL ("/etc/passwd", "b") TAIL, HEAD REMOVAL ("a//b", "b") TAIL,
    HEAD REMOVAL ("a/./b", "b") TAIL,    HEAD REMOVAL ("", "b") TAIL,
    HEAD REMOVAL ("a/", "b") TAIL,       HEAD REMOVAL ("a", "../b") TAIL,
    HEAD REMOVAL ("a", "..") TAIL,       HEAD REMOVAL ("\\\\x2e./a", "b") TAIL,
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths) - 1; i++)
    expect (paths[i], TAMIS_MANIFEST_ERROR_BROKEN, "leads out of the data set");
  /* An escape that Tamis would not have written hides dots. */
  expect (paths[G_N_ELEMENTS (paths) - 1], TAMIS_MANIFEST_ERROR_BROKEN, "not escaped");
  expect (HEAD REMOVAL ("a\\\\x00b", "b") TAIL, TAMIS_MANIFEST_ERROR_BROKEN, "not escaped");
  expect (HEAD REMOVAL ("a", "b") "," REMOVAL ("a", "c") TAIL, TAMIS_MANIFEST_ERROR_BROKEN,
          "removed twice");
  expect ("{\"format\":\"tamis-manifest\",\"version\":1,\"root\":\"r\"}", TAMIS_MANIFEST_ERROR_BROKEN,
          "whole path");
}

static void
test_newer (void)
{
  expect ("{\"format\":\"tamis-manifest\",\"version\":2,\"what\":is this?", TAMIS_MANIFEST_ERROR_VERSION,
          "newer Tamis: version 2");
}

typedef struct
{
  char *folder;
  char *root;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-manifest-XXXXXX", NULL);
  self->root = g_build_filename (self->folder, "set", NULL);
  self->path = g_build_filename (self->folder, "m.json", NULL);
  tree_make (self->root, 3);
  tree_write_manifest (self->root, self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tree_remove (self->folder);
  g_free (self->folder);
  g_free (self->root);
  g_free (self->path);
}

static void
test_reads_back (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisManifest) manifest = tamis_manifest_open (self->path, &error);
  guint64 bytes = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (tamis_manifest_get_n (manifest), ==, TREE_REMOVALS);
  g_assert_cmpstr (tamis_manifest_get_root (manifest), ==, self->root);
  g_assert_cmpuint (strlen (tamis_manifest_get_id (manifest)), ==, 64);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      TamisManifestRemoval wanted = tree_describe (self->root, i);
      TamisManifestRemoval got = tamis_manifest_get (manifest, i);

      g_assert_cmpstr (got.path, ==, wanted.path);
      g_assert_cmpstr (got.witness, ==, wanted.witness);
      g_assert_cmpstr (got.class_name, ==, wanted.class_name);
      g_assert_cmpstr (got.sha256, ==, wanted.sha256);
      g_assert_cmpstr (got.witness_sha256, ==, wanted.witness_sha256);
      g_assert_cmpuint (got.bytes, ==, wanted.bytes);
      g_assert_cmpuint (got.witness_bytes, ==, wanted.witness_bytes);
      g_assert_cmpfloat (got.similarity, ==, wanted.similarity);
      bytes += wanted.bytes;
      tree_free_removal (&wanted);
    }
  g_assert_cmpuint (tamis_manifest_get_bytes (manifest), ==, bytes);
}

/* One character another, anywhere: an error, or the very same list (white space, other members). */
static void
test_edited (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisManifest) whole = tamis_manifest_open (self->path, NULL);
  g_autofree char *text = NULL;
  gsize length;
  guint n_refused = 0;

  g_assert_true (g_file_get_contents (self->path, &text, &length, NULL));
  for (gsize at = 0; at < length; at += 7)
    {
      g_autoptr (TamisManifest) manifest = NULL;
      char was = text[at];

      text[at] = was == 'b' ? 'c' : 'b';
      manifest = tamis_manifest_parse ("m.json", text, length, NULL);
      n_refused += manifest == NULL;
      if (manifest != NULL)
        g_assert_cmpstr (tamis_manifest_get_id (manifest), ==, tamis_manifest_get_id (whole));
      text[at] = was;
    }
  g_assert_cmpuint (n_refused, ==, (length + 6) / 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/act/manifest/broken", test_broken);
  g_test_add_func ("/act/manifest/paths", test_paths);
  g_test_add_func ("/act/manifest/newer", test_newer);
  g_test_add ("/act/manifest/reads-back", Fixture, NULL, set_up, test_reads_back, tear_down);
  g_test_add ("/act/manifest/edited", Fixture, NULL, set_up, test_edited, tear_down);
  return g_test_run ();
}
