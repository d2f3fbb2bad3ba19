/* dedup: what goes through a data set: scopes, classes, keep orders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "planted.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#define N 9
static const guint class_of[N] = { 0, 0, 0, 0, 1, 1, 1, 1, 1 };

typedef struct
{
  char *folder;
  TamisDataset *dataset;
} Fixture;

static char *
file_name (Fixture *self, guint i)
{
  return g_strdup_printf ("%s/%c/%u.png", self->folder, 'a' + class_of[i], i);
}

/* Bytes 30 10 20 | 30 10 20 …, older the higher the number in threes. */
static void
set_up (Fixture *self, gconstpointer data)
{
  const guint bytes[] = { 30, 10, 20 };
  const TamisImageFormat formats[]
      = { TAMIS_IMAGE_FORMAT_JPEG, TAMIS_IMAGE_FORMAT_TIFF, TAMIS_IMAGE_FORMAT_PNG };
  g_autoptr (TamisDataset) listed = NULL;
  TamisImageFacts facts[N];
  const char *reasons[N] = { NULL };

  self->folder = g_dir_make_tmp ("tamis-scope-XXXXXX", NULL);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autofree char *text = g_strnfill (bytes[i % 3], 'x');
      struct utimbuf times = { 0, 1000000 - 1000 * (time_t) (i / 3) };

      g_mkdir_with_parents (parent, 0777);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_cmpint (g_utime (path, &times), ==, 0);
      facts[i] = (TamisImageFacts){
        .width = 10 + (int) (i % 2),
        .height = 10,
        .format = formats[i % 3],
        .sharpness = i == 4 ? 0 : 0.5f + 0.002f * (float) (i / 3),
      };
    }
  listed = tamis_dataset_open (self->folder, NULL, NULL, NULL);
  self->dataset = tamis_dataset_refine (listed, reasons, facts);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i);
      g_autofree char *parent = g_path_get_dirname (path);

      g_unlink (path);
      g_rmdir (parent);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  tamis_dataset_unref (self->dataset);
}

static void
test_orders (Fixture *self, gconstpointer data)
{
  const struct
  {
    const char *text;
    guint32 rows[N];
  } cases[] = {
    { "", { 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
    { "name", { 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
    { "bytes", { 0, 3, 6, 2, 5, 8, 1, 4, 7 } },
    { "date", { 6, 7, 8, 3, 4, 5, 0, 1, 2 } },
    { "resolution", { 1, 3, 5, 7, 0, 2, 4, 6, 8 } },
    { " resolution , bytes", { 3, 5, 1, 7, 0, 6, 2, 8, 4 } },
    { "bytes,date", { 6, 3, 0, 8, 5, 2, 7, 4, 1 } },
    { "bytes,name,date", { 0, 3, 6, 2, 5, 8, 1, 4, 7 } },
    { "sharpness", { 6, 7, 8, 3, 5, 0, 1, 2, 4 } },
    { "format", { 1, 2, 4, 5, 7, 8, 0, 3, 6 } },
    { "format, sharpness", { 7, 8, 5, 1, 2, 4, 6, 3, 0 } },
    { "reference", { 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
    { "path:*4*", { 4, 0, 1, 2, 3, 5, 6, 7, 8 } },
    { "path:*[57]*,date", { 7, 5, 6, 8, 3, 4, 0, 1, 2 } },
  };
  const char *bad[] = { "nmae", "name;bytes", "name,,bytes", "Name", "path:", "path", "names" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint32 *rows = tamis_order_new (self->dataset, NULL, cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (rows, N * sizeof *rows, cases[i].rows, N * sizeof *rows);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tamis_order_new (self->dataset, NULL, bad[i], &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
    }
}

static void
test_reference (Fixture *self, gconstpointer data)
{
  const guint32 expected[] = { 4, 5, 6, 7, 8, 0, 1, 2, 3 };
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  g_autofree char *folder = g_path_get_dirname (tamis_dataset_get_path (self->dataset, 4));
  g_autofree guint32 *rows = NULL;

  tamis_verdicts_set_folder (verdicts, folder, TAMIS_FOLDER_REFERENCE);
  rows = tamis_order_new (self->dataset, verdicts, "reference", NULL);
  g_assert_cmpmem (rows, N * sizeof *rows, expected, sizeof expected);
}

/* All nine alike: pairs inside classes, or all of them; the plan knows the classes either way. */
static void
test_scopes (Fixture *self, gconstpointer data)
{
  float *values = g_new (float, 2 * N);
  TamisJoinParams join = TAMIS_JOIN_PARAMS_INIT;
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autoptr (TamisLatents) latents = NULL;

  for (guint i = 0; i < 2 * N; i++)
    values[i] = 1.0f;
  latents = tamis_latents_new_take (values, N, 2);
  for (int scope = TAMIS_SCOPE_CLASS; scope <= TAMIS_SCOPE_ALL; scope++)
    {
      g_autoptr (TamisPairs) pairs = NULL;
      g_autoptr (TamisPlan) plan = NULL;
      g_autoptr (TamisHistogram) all = NULL;
      g_autoptr (TamisHistogram) second = NULL;
      guint expected = scope == TAMIS_SCOPE_CLASS ? 4 * 3 / 2 + 5 * 4 / 2 : 9 * 8 / 2;

      join.scope = (TamisScope) scope;
      pairs = tamis_join_run (self->dataset, latents, &join, NULL, NULL, NULL);
      g_assert_cmpuint (tamis_pairs_get_n (pairs), ==, expected);
      g_assert_cmpint (tamis_pairs_get_scope (pairs), ==, scope);
      g_assert_cmpfloat (tamis_pairs_get_floor (pairs), ==, 0.5);
      plan = tamis_plan_new (self->dataset, pairs, &params, NULL);
      g_assert_cmpuint (tamis_plan_get_n_kept (plan), ==, scope == TAMIS_SCOPE_CLASS ? 2 : 1);
      g_assert_cmpuint (tamis_plan_get_class_kept (plan, 0), ==, 1);
      g_assert_cmpuint (tamis_plan_get_class_kept (plan, 1), ==, scope == TAMIS_SCOPE_CLASS);
      all = tamis_histogram_new (self->dataset, latents, pairs, -1, 0.0, 10);
      second = tamis_histogram_new (self->dataset, latents, pairs, 1, 0.0, 10);
      g_assert_cmpfloat (all->counts[9], ==, expected);
      g_assert_cmpfloat (second->counts[9], ==, 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add ("/dedup/scope/orders", Fixture, NULL, set_up, test_orders, tear_down);
  g_test_add ("/dedup/scope/reference", Fixture, NULL, set_up, test_reference, tear_down);
  g_test_add ("/dedup/scope/scopes", Fixture, NULL, set_up, test_scopes, tear_down);
  return g_test_run ();
}
