/* latent: what a cache knows is not opened, not decoded, and changes no number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/latent.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define N 70
#define BROKEN 33
#define TWIN_OF(i) ((i) >= 60 ? (i) - 60 : (i)) /* the last ten are copies of the first */

typedef struct
{
  guint64 bytes;
  gint64 mtime;
  TamisImageFacts facts;
  char *reason;
} Known;

typedef struct
{
  char *folder;
  TamisModel *model;
  gsize vector_bytes;
  TamisDataset *dataset; /* of the run going on */

  /* Guarded by mutex */
  GMutex mutex;
  GHashTable *files;   /* path → Known */
  GHashTable *facts;   /* digest as text → TamisImageFacts */
  GHashTable *vectors; /* digest as text → floats */
  guint n_added;
  guint n_facts_found;
} Fixture;

static void
known_free (gpointer data)
{
  g_free (((Known *) data)->reason);
  g_free (data);
}

/* ---- a cache in memory ---- */

static gboolean
find_file (gpointer data, guint row, TamisImageFacts *facts, char **reason)
{
  Fixture *self = data;
  const Known *known;
  gboolean found;

  g_mutex_lock (&self->mutex);
  known = g_hash_table_lookup (self->files, tamis_dataset_get_path (self->dataset, row));
  found = known != NULL && known->bytes == tamis_dataset_get_bytes (self->dataset, row)
          && known->mtime == tamis_dataset_get_mtime (self->dataset, row);
  if (found)
    {
      *facts = known->facts;
      *reason = g_strdup (known->reason);
    }
  g_mutex_unlock (&self->mutex);
  return found;
}

static gboolean
find_vector (gpointer data, const TamisDigest *digest, float *vector)
{
  Fixture *self = data;
  g_autofree char *key = tamis_digest_to_string (digest);
  const float *known;

  g_mutex_lock (&self->mutex);
  known = g_hash_table_lookup (self->vectors, key);
  if (known != NULL)
    memcpy (vector, known, self->vector_bytes);
  g_mutex_unlock (&self->mutex);
  return known != NULL;
}

static gboolean
find_facts (gpointer data, TamisImageFacts *facts)
{
  Fixture *self = data;
  g_autofree char *key = tamis_digest_to_string (&facts->digest);
  const TamisImageFacts *known;

  g_mutex_lock (&self->mutex);
  known = g_hash_table_lookup (self->facts, key);
  if (known != NULL)
    *facts = *known;
  self->n_facts_found += known != NULL;
  g_mutex_unlock (&self->mutex);
  return known != NULL;
}

static void
add (gpointer data, guint row, const TamisImageFacts *facts, const char *reason,
     const float *vector)
{
  Fixture *self = data;
  char *key = tamis_digest_to_string (&facts->digest);
  Known known = { tamis_dataset_get_bytes (self->dataset, row),
                  tamis_dataset_get_mtime (self->dataset, row), *facts, g_strdup (reason) };

  g_assert_true ((reason == NULL) == (vector != NULL));
  g_assert_true (reason == NULL || strstr (reason, "ancel") == NULL);
  g_mutex_lock (&self->mutex);
  self->n_added++;
  g_hash_table_insert (self->files, g_strdup (tamis_dataset_get_path (self->dataset, row)),
                       g_memdup2 (&known, sizeof known));
  if (vector != NULL)
    {
      g_hash_table_insert (self->facts, g_strdup (key), g_memdup2 (facts, sizeof *facts));
      g_hash_table_insert (self->vectors, g_strdup (key), g_memdup2 (vector, self->vector_bytes));
    }
  g_mutex_unlock (&self->mutex);
  g_free (key);
}

static void
end_batch (gpointer data)
{
}

static TamisEncodeCache
cache_of (Fixture *self)
{
  return (TamisEncodeCache){ find_file, find_vector, add, end_batch, self, find_facts, NULL };
}

/* ---- files ---- */

static char *
file_name (const Fixture *self, guint i, const char *prefix)
{
  return g_strdup_printf ("%s/%s%02u.png", self->folder, prefix, i);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("tamis-cache-XXXXXX", NULL);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i, "");
      g_autoptr (TamisImage) image = tamis_image_new (20 + (int) TWIN_OF (i), 40);
      TamisRandom random;

      tamis_random_init (&random, TWIN_OF (i));
      for (int k = 0; k < 3 * image->width * image->height; k++)
        image->pixels[k] = (guint8) tamis_random_next (&random);
      if (i == BROKEN)
        g_assert_true (g_file_set_contents (path, "no image", -1, NULL));
      else
        g_assert_true (tamis_image_save_png (image, path, NULL));
    }
  self->model = tamis_model_open ("whitened", &error);
  g_assert_no_error (error);
  self->vector_bytes = (gsize) tamis_model_get_dimension (self->model) * sizeof (float);
  g_mutex_init (&self->mutex);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->vectors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i, "");
      g_autofree char *renamed = file_name (self, i, "new");

      g_unlink (path);
      g_unlink (renamed);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  tamis_model_unref (self->model);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->facts);
  g_hash_table_unref (self->vectors);
  g_mutex_clear (&self->mutex);
}

static void
rename_all (const Fixture *self)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i, "");
      g_autofree char *renamed = file_name (self, i, "new");

      g_assert_cmpint (g_rename (path, renamed), ==, 0);
    }
}

/* Same length, same time, other bytes: whoever opens it will notice. */
static void
ruin_all (const Fixture *self)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i, "");
      struct stat facts;
      g_autofree char *zeros = NULL;

      g_assert_cmpint (stat (path, &facts), ==, 0);
      zeros = g_malloc0 ((gsize) facts.st_size);
      g_assert_true (g_file_set_contents_full (path, zeros, facts.st_size,
                                               G_FILE_SET_CONTENTS_NONE, 0644, NULL));
      g_assert_cmpint (
          utimensat (AT_FDCWD, path, (struct timespec[]){ facts.st_mtim, facts.st_mtim }, 0), ==,
          0);
    }
}

/* Scans and encodes; returns the latents and the readable data set. */
static TamisLatents *
encode (Fixture *self, gboolean cached, TamisDataset **readable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) dataset = tamis_dataset_open (self->folder, NULL, NULL, &error);
  TamisEncodeCache cache = cache_of (self);
  TamisLatents *latents;

  g_assert_no_error (error);
  self->dataset = dataset;
  self->n_added = self->n_facts_found = 0;
  latents = tamis_encode_run (dataset, self->model, cached ? &cache : NULL, NULL, NULL, readable,
                              NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_latents_get_n (latents), ==, N - 1);
  g_assert_cmpuint (tamis_dataset_get_n_unreadable (*readable), ==, 1);
  return latents;
}

static void
assert_same (TamisDataset *set, TamisLatents *latents, TamisDataset *set2, TamisLatents *latents2)
{
  gsize bytes = (gsize) (N - 1) * tamis_latents_get_dimension (latents) * sizeof (float);

  g_assert_cmpmem (tamis_latents_get_values (latents), bytes, tamis_latents_get_values (latents2),
                   bytes);
  for (guint row = 0; row < N - 1; row++)
    {
      TamisImageFacts a = tamis_dataset_get_facts (set, row);
      TamisImageFacts b = tamis_dataset_get_facts (set2, row);

      g_assert_cmpint (a.width, ==, b.width);
      g_assert_cmpint (a.height, ==, b.height);
      g_assert_cmpint (a.format, ==, b.format);
      g_assert_cmpfloat (a.sharpness, ==, b.sharpness);
      g_assert_cmpfloat (a.sharpness, >, 0);
      g_assert_true (tamis_digest_is_set (&a.digest));
      g_assert_true (tamis_digest_equal (&a.digest, &b.digest));
    }
}

/* ---- tests ---- */

static void
test_same (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) plain = NULL;
  g_autoptr (TamisLatents) expected = NULL;

  tamis_init (1);
  expected = encode (self, FALSE, &plain);
  for (guint threads = 1; threads <= 4; threads++)
    for (int again = 0; again < 2; again++)
      {
        g_autoptr (TamisDataset) set = NULL;
        g_autoptr (TamisLatents) latents = NULL;

        tamis_init (threads);
        latents = encode (self, TRUE, &set);
        assert_same (plain, expected, set, latents);
        g_assert_cmpuint (self->n_added, ==, again ? 0 : N);
        if (again)
          g_hash_table_remove_all (self->files); /* contents stay known */
        if (!again && threads > 1)
          g_assert_cmpuint (self->n_facts_found, >, 0);
      }
}

static void
test_unchanged (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL, set2 = NULL;
  g_autoptr (TamisLatents) latents = encode (self, TRUE, &set), latents2 = NULL;

  ruin_all (self);
  latents2 = encode (self, TRUE, &set2);
  assert_same (set, latents, set2, latents2);
  g_assert_cmpuint (self->n_added, ==, 0);
  g_assert_cmpuint (self->n_facts_found, ==, 0);
}

static void
test_renamed (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL, set2 = NULL;
  g_autoptr (TamisLatents) latents = encode (self, TRUE, &set), latents2 = NULL;
  GHashTableIter iter;
  gpointer facts, vector;

  rename_all (self);
  latents2 = encode (self, TRUE, &set2);
  assert_same (set, latents, set2, latents2);
  g_assert_cmpuint (self->n_added, ==, N);
  g_assert_cmpstr (tamis_dataset_get_path (set2, 0), ==, "new00.png");

  /* What comes out now can only come from the cache. */
  g_hash_table_iter_init (&iter, self->facts);
  while (g_hash_table_iter_next (&iter, NULL, &facts))
    ((TamisImageFacts *) facts)->width = 4321;
  g_hash_table_iter_init (&iter, self->vectors);
  while (g_hash_table_iter_next (&iter, NULL, &vector))
    *(float *) vector = 1234;
  g_hash_table_remove_all (self->files);
  g_clear_pointer (&set2, tamis_dataset_unref);
  g_clear_pointer (&latents2, tamis_latents_unref);
  latents2 = encode (self, TRUE, &set2);
  for (guint row = 0; row < N - 1; row++)
    {
      g_assert_cmpfloat (tamis_latents_get_row (latents2, row)[0], ==, 1234);
      g_assert_cmpint (tamis_dataset_get_facts (set2, row).width, ==, 4321);
    }
}

/* Forgets all files but every @nth, and their contents. */
static void
forget_some (Fixture *self, guint nth)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u.png", i);
      const Known *known = g_hash_table_lookup (self->files, name);
      g_autofree char *key = NULL;

      g_assert_nonnull (known);
      if (i % nth == 0)
        continue;
      key = tamis_digest_to_string (&known->facts.digest);
      g_hash_table_remove (self->facts, key);
      g_hash_table_remove (self->vectors, key);
      g_hash_table_remove (self->files, name);
    }
}

/* What is known leaves gaps in the batches: with 2, 3 … of 32 images each, vectors are the same. */
static void
test_partly_known (Fixture *self, gconstpointer model)
{
  g_autoptr (TamisDataset) plain = NULL;
  g_autoptr (TamisLatents) expected = NULL;
  g_autoptr (GError) error = NULL;

  tamis_model_unref (self->model);
  self->model = tamis_model_open (model, &error);
  g_assert_no_error (error);
  self->vector_bytes = (gsize) tamis_model_get_dimension (self->model) * sizeof (float);
  expected = encode (self, FALSE, &plain);
  for (guint nth = 2; nth < 34; nth += 5)
    {
      g_autoptr (TamisDataset) full = NULL, set = NULL;
      g_autoptr (TamisLatents) latents = NULL;

      tamis_init (1 + nth % 2);
      tamis_latents_unref (encode (self, TRUE, &full));
      forget_some (self, nth);
      latents = encode (self, TRUE, &set);
      assert_same (plain, expected, set, latents);
      g_assert_cmpuint (self->n_added, >, 0);
    }
}

/* A cache that knows vectors but no facts: files are decoded again, with the same result. */
static void
test_no_facts (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL, set2 = NULL;
  g_autoptr (TamisLatents) latents = encode (self, TRUE, &set), latents2 = NULL;

  rename_all (self);
  g_hash_table_remove_all (self->facts);
  latents2 = encode (self, TRUE, &set2);
  assert_same (set, latents, set2, latents2);
}

static void
test_twins (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (TamisLatents) latents = encode (self, FALSE, &set);

  for (guint i = 60; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u.png", i);
      int row = tamis_dataset_find_path (set, name);

      g_autofree char *file = tamis_dataset_dup_file (set, (guint) row);

      g_assert_cmpint (row, >=, 0);
      g_assert_cmpint (tamis_dataset_find_file (set, file), ==, row);
      g_assert_cmpint (tamis_dataset_find_file (set, name), ==, -1);
      g_assert_cmpuint (tamis_dataset_get_content (set, (guint) row), ==, i - 60);
      g_assert_cmpmem (tamis_latents_get_row (latents, (guint) row), self->vector_bytes,
                       tamis_latents_get_row (latents, i - 60), self->vector_bytes);
    }
}

static gpointer
cancel_later (gpointer cancel)
{
  g_usleep (3000);
  g_cancellable_cancel (cancel);
  return NULL;
}

/* add() asserts that no image is called unreadable because the run was cancelled. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) dataset = tamis_dataset_open (self->folder, NULL, NULL, NULL);
  TamisEncodeCache cache = cache_of (self);

  self->dataset = dataset;
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      GThread *thread = g_thread_new ("cancel", cancel_later, cancel);
      g_autoptr (TamisDataset) set = NULL;
      g_autoptr (TamisLatents) latents = NULL;

      g_hash_table_remove_all (self->files);
      g_hash_table_remove_all (self->facts);
      latents = tamis_encode_run (dataset, self->model, &cache, NULL, cancel, &set, NULL, NULL);
      g_thread_join (thread);
      g_assert_true ((latents == NULL) == (set == NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add ("/latent/cache/same-result", Fixture, NULL, set_up, test_same, tear_down);
  g_test_add ("/latent/cache/unchanged-is-not-opened", Fixture, NULL, set_up, test_unchanged,
              tear_down);
  g_test_add ("/latent/cache/renamed-is-not-decoded", Fixture, NULL, set_up, test_renamed,
              tear_down);
  g_test_add ("/latent/cache/vectors-without-facts", Fixture, NULL, set_up, test_no_facts,
              tear_down);
  g_test_add ("/latent/cache/partly-known/whitened", Fixture, TAMIS_MODEL_DEFAULT, set_up,
              test_partly_known, tear_down);
  g_test_add ("/latent/cache/partly-known/paper", Fixture, "paper", set_up, test_partly_known,
              tear_down);
  g_test_add ("/latent/cache/twins", Fixture, NULL, set_up, test_twins, tear_down);
  g_test_add ("/latent/cache/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
