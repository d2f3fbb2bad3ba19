/* project: what was encoded is not encoded again, and the result is the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>
#include <string.h>

#define N 40 /* a batch and a rest */

typedef struct
{
  char *folder;
  char *file;
  TamisModel *model;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *broken = NULL;

  self->folder = images_make_folder ("cache");
  images_make (self->folder, N);
  broken = images_name (self->folder, 999);
  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  images_age (self->folder);
  self->file = g_build_filename (self->folder, "cache.tamis", NULL);
  self->model = tamis_model_open ("whitened", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tamis_model_unref (self->model);
  images_remove (self->folder);
  g_free (self->folder);
  g_free (self->file);
}

static guint
count_vectors (Fixture *self, TamisProject *project)
{
  g_autoptr (TamisVectors) vectors
      = _tamis_vectors_load (project->store, self->model,
                             (guint) tamis_model_get_dimension (self->model), NULL, NULL);

  return _tamis_vectors_get_n (vectors);
}

/* Encodes through the project, compares with a run without; returns how many vectors are new. */
static guint
encode (Fixture *self, guint n_expected)
{
  g_autoptr (TamisDataset) found = images_open (self->folder);
  g_autoptr (TamisDataset) readable = NULL, expected_set = NULL;
  g_autoptr (TamisLatents) latents = NULL, expected = NULL;
  g_autoptr (TamisProject) project = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  project = tamis_project_open (self->file, self->folder, &error);
  g_assert_no_error (error);
  before = count_vectors (self, project);
  latents = tamis_project_encode (project, found, self->model, NULL, NULL, NULL, &readable, NULL, &error);
  g_assert_no_error (error);
  expected = tamis_encode_run (found, self->model, NULL, NULL, NULL, &expected_set, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_latents_get_n (latents), ==, n_expected);
  g_assert_cmpuint (tamis_latents_get_n (expected), ==, n_expected);
  g_assert_cmpmem (tamis_latents_get_values (latents),
                   n_expected * tamis_latents_get_dimension (latents) * sizeof (float),
                   tamis_latents_get_values (expected),
                   n_expected * tamis_latents_get_dimension (expected) * sizeof (float));
  for (guint row = 0; row < n_expected; row++)
    {
      TamisImageFacts a = tamis_dataset_get_facts (readable, row);
      TamisImageFacts b = tamis_dataset_get_facts (expected_set, row);

      g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
    }
  g_assert_cmpuint (tamis_dataset_get_n_unreadable (readable), ==, 1);
  g_assert_cmpstr (tamis_dataset_get_unreadable (readable, 0)->reason, ==,
                   tamis_dataset_get_unreadable (expected_set, 0)->reason);
  g_assert_true (tamis_project_flush (project, NULL, NULL));
  return count_vectors (self, project) - before;
}

static void
test_again (Fixture *self, gconstpointer data)
{
  g_autofree char *three = images_name (self->folder, 3);
  g_autofree char *five = images_name (self->folder, 5);
  g_autofree char *renamed = images_name (self->folder, 203);
  g_autofree char *copy = images_name (self->folder, 205);
  g_autofree char *added = images_name (self->folder, 206);
  g_autofree char *seven = images_name (self->folder, 7);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_cmpuint (encode (self, N), ==, N);
  g_assert_cmpuint (encode (self, N), ==, 0);
  /* A new name, a copy, an image more, one changed, one gone: only two are new. */
  g_assert_cmpint (g_rename (three, renamed), ==, 0);
  g_assert_true (g_file_get_contents (five, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));
  images_write (added, 77, 1);
  images_write (seven, 78, 2);
  g_unlink (five);
  g_assert_cmpuint (encode (self, N + 1), ==, 2);
  g_assert_cmpuint (encode (self, N + 1), ==, 0);
}

/* Vectors of several chunks, some twice over, in an order that is not that of the file. */
static void
test_chunks (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisProject) project = tamis_project_open (self->file, self->folder, NULL);
  guint dimension = (guint) tamis_model_get_dimension (self->model), n = 5000, n_wishes = 2 * n;
  TamisVectors *vectors = _tamis_vectors_load (project->store, self->model, dimension, NULL, NULL);
  g_autofree TamisDigest *digests = g_new (TamisDigest, n);
  g_autofree TamisVectorWish *wishes = g_new (TamisVectorWish, n_wishes);
  g_autofree float *values = g_new0 (float, (gsize) n_wishes * dimension);
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      values[dimension - 1] = (float) i;
      digests[i] = tamis_digest_of (&i, sizeof i);
      _tamis_vectors_add (vectors, &digests[i], values);
      g_assert_false (_tamis_vectors_has (vectors, &digests[i])); /* not in the file yet */
    }
  _tamis_vectors_free (vectors);
  g_assert_true (tamis_project_flush (project, NULL, NULL));
  vectors = _tamis_vectors_load (project->store, self->model, dimension, NULL, NULL);
  for (guint i = 0; i < n_wishes; i++)
    {
      wishes[i] = (TamisVectorWish){ &digests[i * 7 % n], values + (gsize) i * dimension };
      g_assert_true (_tamis_vectors_has (vectors, wishes[i].digest));
    }
  g_assert_true (_tamis_vectors_get (vectors, wishes, n_wishes, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < n_wishes; i++)
    g_assert_cmpfloat (wishes[i].vector[dimension - 1], ==, i * 7 % n);
  g_cancellable_cancel (cancel);
  g_assert_false (_tamis_vectors_get (vectors, wishes, n_wishes, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  _tamis_vectors_free (vectors);
}

/* A file of the length and time of one that is known is not opened: seen by putting something else
 * in its place. */
static void
test_not_opened (Fixture *self, gconstpointer data)
{
  g_autofree char *three = images_name (self->folder, 3);
  g_autoptr (TamisDataset) readable = NULL;
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (TamisProject) project = NULL;
  g_autoptr (TamisDataset) found = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  encode (self, N);
  g_assert_true (g_file_get_contents (three, &bytes, &length, NULL));
  memset (bytes, 0, length);
  g_assert_true (g_file_set_contents (three, bytes, (gssize) length, NULL));
  images_age (self->folder);
  found = images_open (self->folder);
  project = tamis_project_open (self->file, self->folder, NULL);
  latents = tamis_project_encode (project, found, self->model, NULL, NULL, NULL, &readable, NULL, NULL);
  g_assert_cmpuint (tamis_latents_get_n (latents), ==, N);
}

static char *
get_file (const char *path, gsize *length)
{
  char *bytes;

  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  return bytes;
}

static void
put_file (Fixture *self, const char *path, const char *bytes, gsize length)
{
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  images_age (self->folder);
}

static guint
count_readable (Fixture *self, TamisDataset *found)
{
  g_autoptr (TamisProject) project = tamis_project_open (self->file, self->folder, NULL);
  g_autoptr (TamisDataset) readable = NULL;
  g_autoptr (TamisLatents) latents
      = tamis_project_encode (project, found, self->model, NULL, NULL, NULL, &readable, NULL, NULL);

  return tamis_latents_get_n (latents);
}

/* What this version could not decode is not asked again; what could not be opened is, and so is what
 * an older version could not decode. */
static void
test_reasons (Fixture *self, gconstpointer data)
{
  g_autofree char *three = images_name (self->folder, 3);
  g_autoptr (TamisDataset) found = NULL;
  g_autofree char *bytes = NULL, *broken = NULL;
  TamisProject *project;
  gsize length;

  bytes = get_file (three, &length);
  broken = g_memdup2 (bytes, length);
  memset (broken + length / 2, 0, 20);
  put_file (self, three, broken, length);
  found = images_open (self->folder);
  g_assert_cmpuint (count_readable (self, found), ==, N - 1);
  put_file (self, three, bytes, length);
  g_assert_cmpuint (count_readable (self, found), ==, N - 1);
  project = tamis_project_open (self->file, self->folder, NULL);
  tamis_project_set_setting (project, "reader", "an older version");
  tamis_project_unref (project);
  g_assert_cmpuint (count_readable (self, found), ==, N);
  g_assert_cmpuint (count_readable (self, found), ==, N);

  g_unlink (self->file);
  g_unlink (three);
  g_assert_cmpuint (count_readable (self, found), ==, N - 1);
  put_file (self, three, bytes, length);
  g_assert_cmpuint (count_readable (self, found), ==, N);
}

/* Another model has vectors of its own; coming back costs nothing. */
static void
test_models (Fixture *self, gconstpointer data)
{
  TamisModel *whitened = self->model;

  g_assert_cmpuint (encode (self, N), ==, N);
  self->model = tamis_model_open ("paper", NULL);
  g_assert_cmpuint (encode (self, N), ==, N);
  tamis_model_unref (self->model);
  self->model = whitened;
  g_assert_cmpuint (encode (self, N), ==, 0);
}

/* Stopped on the way: what was done is not lost. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (TamisDataset) found = images_open (self->folder);
  g_autoptr (TamisDataset) readable = NULL;
  g_autoptr (TamisProject) project = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancel);
  project = tamis_project_open (self->file, self->folder, NULL);
  g_assert_null (tamis_project_encode (project, found, self->model, NULL, NULL, cancel, &readable, NULL,
                                       &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_pointer (&project, tamis_project_unref);
  g_assert_cmpuint (encode (self, N), ==, N);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
#define ADD(name, func) g_test_add ("/project/encode/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("again", test_again);
  ADD ("chunks", test_chunks);
  ADD ("not-opened", test_not_opened);
  ADD ("reasons", test_reasons);
  ADD ("models", test_models);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
