/* project: pairs that are known are not looked for again, and are those of one join, bit for bit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>
#include <string.h>

#define D 40
#define N_CLASSES 9

static const guint sizes[N_CLASSES] = { 1, 2, 60, 7, 150, 2, 33, 1, 90 };

typedef struct
{
  char *folder;
  char *file;
  TamisModel *model;
  TamisProject *project;
  TamisDataset *dataset;
  float *values;
  guint n;
} Fixture;

/* Rows of a class scatter around a few centres. */
static void
fill (Fixture *self, guint64 seed)
{
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (guint row = 0; row < self->n; row++)
    {
      TamisRandom centre;

      tamis_random_init (&centre, tamis_random_below (&random, 4));
      for (guint k = 0; k < D; k++)
        self->values[row * D + k] = (float) (tamis_random_normal (&centre)
                                             + 0.5 * tamis_random_normal (&random));
    }
}

/* A data set that is only names; @changed: a class whose last image is another, or -1. */
static TamisDataset *
make_dataset (Fixture *self, int changed)
{
  g_autofree char *csv = g_build_filename (self->folder, "labels.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,label\n");
  g_autofree const char **reasons = g_new0 (const char *, self->n + 1);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, self->n + 1);
  g_autofree guint32 *rows = NULL;
  g_autoptr (TamisDataset) names = NULL;
  guint row = 0;

  for (guint c = 0; c < N_CLASSES; c++)
    for (guint i = 0; i < sizes[c]; i++, row++)
      {
        g_autofree char *name = g_strdup_printf ("%u/%u.png", c, i);

        g_string_append_printf (text, "%s,%u\n", name, c);
        if ((int) c == changed && i == sizes[c] - 1)
          name[0] = 'x';
        facts[row].digest = tamis_digest_of (name, strlen (name));
      }
  g_assert_true (g_file_set_contents (csv, text->str, -1, NULL));
  names = tamis_dataset_open_labels (csv, &rows, NULL);
  return tamis_dataset_refine (names, reasons, facts);
}

static void
open_project (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->project, tamis_project_unref);
  self->project = tamis_project_open (self->file, self->folder, &error);
  g_assert_no_error (error);
  self->project->join_batch = 1; /* each class by itself */
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = images_make_folder ("pairs");
  self->file = g_build_filename (self->folder, "pairs.tamis", NULL);
  self->model = tamis_model_open ("whitened", NULL);
  for (guint c = 0; c < N_CLASSES; c++)
    self->n += sizes[c];
  self->values = g_new (float, self->n * D);
  fill (self, 5);
  self->dataset = make_dataset (self, -1);
  open_project (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->project, tamis_project_unref);
  tamis_dataset_unref (self->dataset);
  tamis_model_unref (self->model);
  images_remove (self->folder);
  g_free (self->values);
  g_free (self->folder);
  g_free (self->file);
}

static TamisLatents *
get_latents (Fixture *self)
{
  return tamis_latents_new_take (g_memdup2 (self->values, self->n * D * sizeof (float)), self->n,
                                 D);
}

static TamisPairs *
join (Fixture *self, double floor, TamisScope scope)
{
  TamisJoinParams params = { floor, scope, 0 };
  g_autoptr (TamisLatents) latents = get_latents (self);
  g_autoptr (GError) error = NULL;
  TamisPairs *pairs = tamis_project_join (self->project, self->dataset, latents, self->model,
                                          &params, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (tamis_pairs_get_floor (pairs), ==, floor);
  g_assert_cmpint (tamis_pairs_get_scope (pairs), ==, scope);
  g_assert_true (tamis_project_flush (self->project, NULL, NULL));
  return pairs;
}

static TamisPairs *
join_plainly (Fixture *self, double floor, TamisScope scope)
{
  TamisJoinParams params = { floor, scope, 0 };
  g_autoptr (TamisLatents) latents = get_latents (self);

  return tamis_join_run (self->dataset, latents, &params, NULL, NULL, NULL);
}

static void
assert_rows_equal (TamisPairs *a, TamisPairs *b, TamisRange range)
{
  for (guint row = range.first; row < range.first + range.n; row++)
    {
      const guint32 *p, *q;
      const double *s, *t;
      guint n = tamis_pairs_get_row (a, row, &p, &s);
      guint m = tamis_pairs_get_row (b, row, &q, &t);

      g_assert_cmpmem (p, n * sizeof *p, q, m * sizeof *q);
      g_assert_cmpmem (s, n * sizeof *s, t, m * sizeof *t);
    }
}

static void
assert_as_plain (Fixture *self, double floor, TamisScope scope)
{
  g_autoptr (TamisPairs) pairs = join (self, floor, scope);
  g_autoptr (TamisPairs) plain = join_plainly (self, floor, scope);

  g_assert_cmpuint (tamis_pairs_get_n (plain), >, 100);
  g_assert_cmpuint (tamis_pairs_get_n (pairs), ==, tamis_pairs_get_n (plain));
  assert_rows_equal (pairs, plain, (TamisRange){ 0, self->n });
}

/* ---- tests ---- */

static void
test_same (Fixture *self, gconstpointer data)
{
  const double batches[] = { 1, 2e5, 1e11 };

  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    for (int scope = TAMIS_SCOPE_CLASS; scope <= TAMIS_SCOPE_ALL; scope++)
      for (int again = 0; again < 2; again++)
        {
          if (again)
            open_project (self);
          else
            {
              g_clear_pointer (&self->project, tamis_project_unref);
              g_unlink (self->file);
              open_project (self);
            }
          self->project->join_batch = batches[i];
          assert_as_plain (self, 0.6, (TamisScope) scope);
          assert_as_plain (self, 0.8, (TamisScope) scope);
          assert_as_plain (self, 0.3, (TamisScope) scope);
        }
}

/* With other vectors under the same contents one sees what was looked for: nothing but the class of
 * which an image changed. */
static void
test_known (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisPairs) before = join (self, 0.6, TAMIS_SCOPE_CLASS);
  g_autoptr (TamisPairs) after = NULL, plain = NULL, higher = NULL;

  fill (self, 6);
  plain = join_plainly (self, 0.6, TAMIS_SCOPE_CLASS);
  g_assert_cmpuint (tamis_pairs_get_n (plain), !=, tamis_pairs_get_n (before));
  open_project (self);
  after = join (self, 0.6, TAMIS_SCOPE_CLASS);
  assert_rows_equal (after, before, (TamisRange){ 0, self->n });
  higher = join (self, 0.7, TAMIS_SCOPE_CLASS);
  g_assert_cmpuint (tamis_pairs_get_n (higher), ==, tamis_pairs_count_above (before, 0.7));

  tamis_dataset_unref (self->dataset);
  self->dataset = make_dataset (self, 4);
  tamis_pairs_unref (after);
  after = join (self, 0.6, TAMIS_SCOPE_CLASS);
  for (guint c = 0; c < N_CLASSES; c++)
    assert_rows_equal (after, c == 4 ? plain : before,
                       tamis_dataset_get_class_range (self->dataset, c));
}

static gint64
count (Fixture *self, const char *sql)
{
  gint64 n;

  g_assert_true (_tamis_sql_get_integer (_tamis_store_lock (self->project->store), sql, &n, NULL));
  _tamis_store_unlock (self->project->store);
  return n;
}

/* What nobody needs any more goes; what another scope or floor may need stays. */
static void
test_pruned (Fixture *self, gconstpointer data)
{
  const char *sql = "SELECT COUNT (DISTINCT key) FROM pairs";

  tamis_pairs_unref (join (self, 0.6, TAMIS_SCOPE_CLASS));
  g_assert_cmpint (count (self, sql), ==, N_CLASSES);
  tamis_pairs_unref (join (self, 0.6, TAMIS_SCOPE_ALL));
  g_assert_cmpint (count (self, sql), ==, N_CLASSES + 1);
  tamis_dataset_unref (self->dataset);
  self->dataset = make_dataset (self, 2);
  tamis_pairs_unref (join (self, 0.8, TAMIS_SCOPE_CLASS));
  g_assert_cmpint (count (self, sql), ==, N_CLASSES + 1);
  g_assert_cmpint (count (self, "SELECT COUNT (*) FROM pairs WHERE floor = 0.8"), ==, 1);
  tamis_pairs_unref (join (self, 0.8, TAMIS_SCOPE_ALL));
  g_assert_cmpint (count (self, sql), ==, N_CLASSES + 1);
}

/* What is not whole or not sound in the file is looked for again. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  const char *const damages[] = {
    "UPDATE pairs SET data = substr (data, 1, length (data) - 8)",
    "UPDATE pairs SET data = zeroblob (length (data))",
    "UPDATE pairs SET data = data || x'00'",
    "UPDATE pairs SET data = x'ffffffff' || substr (data, 5)",
    "UPDATE pairs SET part = part + 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      sqlite3 *db;

      assert_as_plain (self, 0.6, TAMIS_SCOPE_CLASS);
      g_clear_pointer (&self->project, tamis_project_unref);
      g_assert_cmpint (sqlite3_open (self->file, &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (db, damages[i], NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (db);
      open_project (self);
      assert_as_plain (self, 0.6, TAMIS_SCOPE_CLASS);
    }
}

/* More pairs in all than memory may hold, though not in any class: listed on disk, cached or not. */
static void
test_budget (Fixture *self, gconstpointer data)
{
  TamisJoinParams params = { 0.3, TAMIS_SCOPE_CLASS, 0 };
  g_autoptr (TamisLatents) latents = get_latents (self);
  g_autoptr (TamisPairs) all = join_plainly (self, 0.3, TAMIS_SCOPE_CLASS);

  params.max_pairs = tamis_pairs_get_n (all) - 1;
  for (int round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisPairs) pairs = tamis_project_join (self->project, self->dataset, latents,
                                                         self->model, &params, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (tamis_pairs_get_report (pairs)->bytes_disk, >, 0);
      g_assert_cmpuint (tamis_pairs_get_n (pairs), ==, tamis_pairs_get_n (all));
      assert_rows_equal (pairs, all, (TamisRange){ 0, self->n });
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
#define ADD(name, func) g_test_add ("/project/join/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("same", test_same);
  ADD ("known", test_known);
  ADD ("pruned", test_pruned);
  ADD ("damaged", test_damaged);
  ADD ("budget", test_budget);
  return g_test_run ();
}
