/* act: the kept set as a folder of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tree.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *root;
  char *target;
  char *before;
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan;
} Fixture;

/* Every second image of a class equals the one before it. */
static void
plan_removals (Fixture *self, const char *location)
{
  TamisPlanParams params = { .threshold = 0.75 };
  TamisJoinParams join = { .floor = 0.5 };
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (GError) error = NULL;
  float *values;
  guint n;

  self->dataset = tamis_dataset_open (location, NULL, NULL, &error);
  g_assert_no_error (error);
  n = tamis_dataset_get_n_images (self->dataset);
  values = g_new0 (float, n * 64);
  for (guint row = 0; row < n; row++)
    values[row * 64 + row / 2] = 1;
  latents = tamis_latents_new_take (values, n, 64);
  self->pairs = tamis_join_run (self->dataset, latents, &join, NULL, NULL, &error);
  self->plan = tamis_plan_new (self->dataset, self->pairs, &params, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_plan_get_n_removed (self->plan), >, 0);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-kept-XXXXXX", NULL);
  self->root = g_build_filename (self->folder, "set", NULL);
  self->target = g_build_filename (self->folder, "new", "set", NULL);
  tree_make (self->root, 5);
  self->before = tree_describe_all (self->root);
  plan_removals (self, self->root);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *after = tree_describe_all (self->root);

  tree_assert_same (after, self->before);
  tree_remove (self->folder);
  g_free (self->folder);
  g_free (self->root);
  g_free (self->target);
  g_free (self->before);
  tamis_dataset_unref (self->dataset);
  tamis_pairs_unref (self->pairs);
  tamis_plan_unref (self->plan);
}

static void
make (Fixture *self, TamisPlaceKind kind)
{
  g_autoptr (GError) error = NULL;

  tamis_kept_set_make (self->dataset, self->plan, kind, self->target, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
make_fails (Fixture *self, const char *target, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tamis_kept_set_make (self->dataset, self->plan, TAMIS_PLACE_COPY, target, NULL,
                                       NULL, &error));
  g_assert_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE);
  g_assert_nonnull (strstr (error->message, words));
}

/* Kept images are there as @kind says, removed ones are not, and nothing else is. */
static void
check (Fixture *self, TamisPlaceKind kind)
{
  g_autoptr (TamisDataset) made = tamis_dataset_open (self->target, NULL, NULL, NULL);
  guint n = tamis_dataset_get_n_images (self->dataset);

  if (kind != TAMIS_PLACE_SYMLINK) /* links out of a data set are not images of it */
    g_assert_cmpuint (tamis_dataset_get_n_images (made), ==, tamis_plan_get_n_kept (self->plan));
  for (guint row = 0; row < n; row++)
    {
      const char *path = tamis_dataset_get_path (self->dataset, row);
      g_autofree char *from = g_build_filename (self->root, path, NULL);
      g_autofree char *to = g_build_filename (self->target, path, NULL);
      g_autofree char *a = NULL, *b = NULL;
      struct stat old, new;
      gsize n_a, n_b;

      g_assert_cmpint (stat (from, &old), ==, 0);
      g_assert_cmpint (lstat (to, &new) == 0, ==, tamis_plan_is_kept (self->plan, row));
      if (!tamis_plan_is_kept (self->plan, row))
        continue;
      g_assert_cmpint (S_ISLNK (new.st_mode), ==, kind == TAMIS_PLACE_SYMLINK);
      g_assert_cmpint (stat (to, &new), ==, 0);
      g_assert_cmpint (new.st_ino == old.st_ino, ==, kind != TAMIS_PLACE_COPY);
      g_assert_cmpuint (new.st_mode, ==, old.st_mode);
      g_assert_cmpint (new.st_mtim.tv_nsec, ==, old.st_mtim.tv_nsec);
      g_assert_true (g_file_get_contents (from, &a, &n_a, NULL)
                     && g_file_get_contents (to, &b, &n_b, NULL));
      g_assert_cmpmem (a, n_a, b, n_b);
    }
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  for (guint kind = TAMIS_PLACE_COPY; kind <= TAMIS_PLACE_SYMLINK; kind++)
    {
      make (self, kind);
      check (self, kind);
      tree_remove (self->target);
    }
  /* An empty folder will do as well as none. */
  g_mkdir_with_parents (self->target, 0755);
  make (self, TAMIS_PLACE_COPY);
  check (self, TAMIS_PLACE_COPY);
}

static void
test_targets (Fixture *self, gconstpointer data)
{
  g_autofree char *inside = g_build_filename (self->root, "field", "kept", NULL);
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autofree char *behind = g_build_filename (link, "kept", NULL);

  make_fails (self, inside, "lies in the data set");
  make_fails (self, self->root, "lies in the data set");
  make_fails (self, self->folder, "holds the data set");
  g_assert_cmpint (symlink (self->root, link), ==, 0);
  make_fails (self, behind, "lies in the data set");
  make (self, TAMIS_PLACE_COPY);
  make_fails (self, self->target, "is not an empty folder");
  check (self, TAMIS_PLACE_COPY);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancel);
  g_assert_false (tamis_kept_set_make (self->dataset, self->plan, TAMIS_PLACE_COPY, self->target,
                                       NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (self->target, G_FILE_TEST_EXISTS));
}

/* An image that cannot be placed: all that was made goes again, and what was there before stays. */
static void
test_cleans_up (Fixture *self, gconstpointer data)
{
  guint n = tamis_dataset_get_n_images (self->dataset), row = n - 1;
  g_autofree char *file = NULL, *aside = NULL;
  g_autoptr (GError) error = NULL;

  while (!tamis_plan_is_kept (self->plan, row))
    row--;
  file = tamis_dataset_dup_file (self->dataset, row);
  aside = g_build_filename (self->folder, "aside", NULL);
  g_assert_cmpint (g_rename (file, aside), ==, 0);
  g_mkdir_with_parents (self->target, 0755);
  g_assert_false (tamis_kept_set_make (self->dataset, self->plan, TAMIS_PLACE_LINK, self->target,
                                       NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (g_rmdir (self->target), ==, 0);
  g_assert_cmpint (g_rename (aside, file), ==, 0);
  /* The folder's time is the test's own doing. */
  g_free (self->before);
  self->before = tree_describe_all (self->root);
}

/* Files from anywhere, two of one name: they go to the folder of their class, and none is lost. */
static void
test_csv (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = g_build_filename (self->folder, "lists", "set.csv", NULL);
  g_autofree char *parent = g_path_get_dirname (csv);
  g_autofree char *first = g_build_filename (self->target, "a_b", "stays.png", NULL);
  g_autofree char *second = g_build_filename (self->target, "a_b", "2-stays.png", NULL);
  const char *text = "path,label\n../set/field/stays.png,a/b\n../set/stays.png,a/b\n"
                     "../set/deep/er/\xd0\xbb\xd1\x96\xd1\x81/stays.png,a/b\n../set/sp ace.png,..\n";

  g_autoptr (TamisDataset) made = NULL;

  g_mkdir (parent, 0755);
  g_assert_true (g_file_set_contents (csv, text, -1, NULL));
  tamis_dataset_unref (self->dataset);
  tamis_pairs_unref (self->pairs);
  tamis_plan_unref (self->plan);
  plan_removals (self, csv);
  make (self, TAMIS_PLACE_COPY);
  made = tamis_dataset_open (self->target, NULL, NULL, NULL);
  g_assert_cmpuint (tamis_plan_get_n_kept (self->plan), ==, 3);
  g_assert_cmpuint (tamis_dataset_get_n_images (made), ==, 3);
  g_assert_true (g_file_test (first, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (second, G_FILE_TEST_IS_REGULAR));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add ("/act/kept-set/kinds", Fixture, NULL, set_up, test_kinds, tear_down);
  g_test_add ("/act/kept-set/targets", Fixture, NULL, set_up, test_targets, tear_down);
  g_test_add ("/act/kept-set/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/act/kept-set/cleans-up", Fixture, NULL, set_up, test_cleans_up, tear_down);
  g_test_add ("/act/kept-set/csv", Fixture, NULL, set_up, test_csv, tear_down);
  return g_test_run ();
}
