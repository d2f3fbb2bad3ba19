/* export: lists, JSON and manifest of a small data set with odd names.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/export.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

/* Six images in two classes. In class "a,b": 0 and 1 equal, 2 at 0.96 from both, 3 far from all. In
 * class "k": 4 and 5 at 0.8. The names have what CSV, JSON and terminals trip over. */
#define N 6
static const char *const names[N] = {
  "a,b/1 \"quoted\".png", "a,b/2\n.png", "a,b/3\xff.png", "a,b/4\\x41.png", "k/1.png",
  "k/\xd1\x84\xd0\xbe\xd1\x82\xd0\xbe.png",
};
static const float vectors[N][2] = { { 3, 4 }, { 3, 4 }, { 4, 3 }, { -1, 0 }, { 1, 0 }, { 4, 3 } };

static const TamisListParams kept_list = TAMIS_LIST_PARAMS_INIT;

typedef struct
{
  char *folder;
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan; /* at 0.75 */
} Fixture;

static char *
contents_of (guint i)
{
  return g_strdup_printf ("image %u", i < 2 ? 0 : i);
}

/* The vector of the row with this path: the data set has its own order. */
static TamisLatents *
latents_for (TamisDataset *dataset)
{
  guint n = tamis_dataset_get_n_images (dataset);
  float *values = g_new (float, 2 * n);

  for (guint row = 0; row < n; row++)
    {
      const char *path = tamis_dataset_get_path (dataset, row);
      guint i = 0;

      while (i < N && strcmp (names[i], path) != 0)
        i++;
      memcpy (values + 2 * row, vectors[i % N], 2 * sizeof (float));
    }
  return tamis_latents_new_take (values, n, 2);
}

static void
write_files (const char *folder)
{
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autofree char *text = contents_of (i);

      g_mkdir_with_parents (parent, 0777);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
    }
}

static void
analyse (Fixture *self, TamisPolicy policy, TamisVerdicts *verdicts)
{
  TamisPlanParams params = { .threshold = 0.75, .policy = policy, .verdicts = verdicts };
  TamisJoinParams join = { .floor = 0.5 };
  g_autofree char *location = g_build_filename (self->folder, "survey", NULL);
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->plan, tamis_plan_unref);
  self->dataset = tamis_dataset_open (location, NULL, NULL, &error);
  g_assert_no_error (error);
  latents = latents_for (self->dataset);
  self->pairs = tamis_join_run (self->dataset, latents, &join, NULL, NULL, &error);
  g_assert_no_error (error);
  self->plan = tamis_plan_new (self->dataset, self->pairs, &params, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *location = NULL;

  self->folder = g_dir_make_tmp ("tamis-export-XXXXXX", NULL);
  location = g_build_filename (self->folder, "survey", NULL);
  write_files (location);
  analyse (self, TAMIS_POLICY_COVER, NULL);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->folder);
  g_free (self->folder);
  tamis_dataset_unref (self->dataset);
  tamis_pairs_unref (self->pairs);
  tamis_plan_unref (self->plan);
}

static char *
out_path (Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static char *
read_back (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_lists (Fixture *self, gconstpointer data)
{
  g_autofree char *path = out_path (self, "out.csv");
  g_autofree char *pairs = NULL, *removals = NULL, *kept = NULL;

  /* A locale with a decimal comma must not reach the files. */
  setlocale (LC_ALL, "de_DE.UTF-8");
  g_assert_true (tamis_export_pairs (self->dataset, self->pairs, self->plan, path, NULL));
  pairs = read_back (path);
  g_assert_cmpstr (pairs, ==,
                   "a,b,similarity\n"
                   "\"a,b/1 \"\"quoted\"\".png\",\"a,b/2\\x0a.png\",1\n"
                   "\"a,b/1 \"\"quoted\"\".png\",\"a,b/3\\xff.png\",0.96\n"
                   "\"a,b/2\\x0a.png\",\"a,b/3\\xff.png\",0.96\n"
                   "k/1.png,k/\xd1\x84\xd0\xbe\xd1\x82\xd0\xbe.png,0.8\n");
  g_assert_true (tamis_export_removals (self->dataset, self->plan, NULL, path, NULL));
  removals = read_back (path);
  g_assert_cmpstr (removals, ==,
                   "removed,witness,similarity,class\n"
                   "\"a,b/2\\x0a.png\",\"a,b/1 \"\"quoted\"\".png\",1,\"a,b\"\n"
                   "\"a,b/3\\xff.png\",\"a,b/1 \"\"quoted\"\".png\",0.96,\"a,b\"\n"
                   "k/\xd1\x84\xd0\xbe\xd1\x82\xd0\xbe.png,k/1.png,0.8,k\n");
  g_assert_true (tamis_export_list (self->dataset, self->plan, &kept_list, path, NULL));
  kept = read_back (path);
  g_assert_cmpstr (kept, ==, "a,b/1 \"quoted\".png\na,b/4\\x41.png\nk/1.png\n");
  setlocale (LC_ALL, "C");
}

/* Removed and absolute paths, each ended by NUL; verdicts as a fifth column. */
static void
test_more_lists (Fixture *self, gconstpointer data)
{
  const TamisListParams params = { .removed = TRUE, .absolute = TRUE, .null = TRUE };
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  g_autofree char *path = out_path (self, "out");
  g_autofree char *text = NULL, *csv = NULL;
  gsize length, at = 0;
  guint n = 0;

  g_assert_true (tamis_export_list (self->dataset, self->plan, &params, path, NULL));
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (; at < length; at += strlen (text + at) + 1, n++)
    {
      TamisRemoval removal = tamis_plan_get_removal (self->plan, n);
      const char *listed = tamis_dataset_get_path (self->dataset, removal.removed);

      g_assert_true (g_path_is_absolute (text + at) && g_str_has_suffix (text + at, listed));
      g_assert_true (g_file_test (text + at, G_FILE_TEST_IS_REGULAR));
    }
  g_assert_cmpuint (n, ==, tamis_plan_get_n_removed (self->plan));
  tamis_verdicts_set (verdicts, 1, 0, TAMIS_VERDICT_REMOVE);
  g_assert_true (tamis_export_removals (self->dataset, self->plan, verdicts, path, NULL));
  csv = read_back (path);
  g_assert_true (g_str_has_prefix (csv, "removed,witness,similarity,class,verdict\n"));
  g_assert_nonnull (strstr (csv, ",1,\"a,b\",remove\n"));
  g_assert_nonnull (strstr (csv, ",0.96,\"a,b\",\n"));
}

static void
test_tools (Fixture *self, gconstpointer data)
{
  g_autofree char *path = out_path (self, "out.csv");
  g_autofree char *fiftyone = NULL, *cleanlab = NULL, *start = NULL;

  g_assert_true (tamis_export_fiftyone (self->dataset, self->plan, path, NULL));
  fiftyone = read_back (path);
  start = g_strdup_printf ("filepath,label,tags,witness,similarity\n\"%s/survey/a,b/1 \"\"quoted\"\".png\""
                           ",\"a,b\",kept,,\n", self->folder);
  g_assert_true (g_str_has_prefix (fiftyone, start));
  g_assert_nonnull (strstr (fiftyone, "2\\x0a.png\",\"a,b\",removed,\""));
  g_assert_true (tamis_export_cleanlab (self->dataset, self->pairs, self->plan, path, NULL));
  cleanlab = read_back (path);
  g_assert_cmpstr (cleanlab, ==,
                   "path,is_near_duplicate_issue,near_duplicate_score,near_duplicate_sets,"
                   "distance_to_nearest_neighbor\n"
                   "\"a,b/1 \"\"quoted\"\".png\",True,0,\"[1, 2]\",0\n"
                   "\"a,b/2\\x0a.png\",True,0,\"[0, 2]\",0\n"
                   "\"a,b/3\\xff.png\",True,0.040000000000000036,\"[0, 1]\",0.040000000000000036\n"
                   "\"a,b/4\\\\x41.png\",False,1,[],\n"
                   "k/1.png,True,0.19999999999999996,[5],0.19999999999999996\n"
                   "k/\xd1\x84\xd0\xbe\xd1\x82\xd0\xbe.png,True,0.19999999999999996,[4],"
                   "0.19999999999999996\n");
}

/* A CSV names files of several folders: paths start from the deepest that holds them all. */
static void
test_manifest_of_csv (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = out_path (self, "set.csv");
  g_autofree char *path = out_path (self, "manifest.json");
  g_autofree char *text = g_strdup_printf ("path,label\n%s/survey/k/1.png,k\nsurvey/k/../k/%s,k\n"
                                           "survey/a,b/4\\\\x41.png,k\n", self->folder, names[5] + 2);
  float values[3][2] = { { 3, 4 }, { 3, 4 }, { 3, 4 } };
  g_autoptr (TamisLatents) latents = tamis_latents_new_take (g_memdup2 (values, sizeof values), 3, 2);
  g_autoptr (TamisManifest) manifest = NULL;
  g_autoptr (TamisDataset) dataset = NULL;
  g_autoptr (TamisPairs) pairs = NULL;
  g_autoptr (TamisPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  TamisPlanParams params = { .threshold = 0.75 };
  TamisJoinParams join = { .floor = 0.5 };
  g_autofree char *root = NULL;
  g_autoptr (GString) lines = g_string_new (text);

  g_string_replace (lines, "survey/a,b", "\"survey/a,b", 0);
  g_string_replace (lines, "x41.png,k", "x41.png\",k", 0);
  g_assert_true (g_file_set_contents (csv, lines->str, -1, NULL));
  dataset = tamis_dataset_open (csv, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_dataset_get_n_images (dataset), ==, 3);
  pairs = tamis_join_run (dataset, latents, &join, NULL, NULL, &error);
  plan = tamis_plan_new (dataset, pairs, &params, &error);
  g_assert_true (tamis_export_manifest (dataset, plan, NULL, path, NULL, NULL, &error));
  manifest = tamis_manifest_open (path, &error);
  g_assert_no_error (error);
  root = g_build_filename (self->folder, "survey", NULL);
  g_assert_cmpstr (tamis_manifest_get_root (manifest), ==, root);
  g_assert_cmpuint (tamis_manifest_get_n (manifest), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *file = g_build_filename (root, tamis_manifest_get (manifest, i).path, NULL);

      g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
      g_assert_null (strstr (file, ".."));
    }
}

/* Per-class T and a refused pair: the list is what the plan counted. */
static void
test_pairs_follow_the_plan (Fixture *self, gconstpointer data)
{
  double by_class[] = { 0.97, 0.7 };
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  TamisPlanParams params = { .class_thresholds = by_class, .verdicts = verdicts };
  g_autofree char *path = out_path (self, "out.csv");
  g_autofree char *text = NULL;
  g_autoptr (TamisPlan) plan = NULL;

  tamis_verdicts_set (verdicts, 0, 1, TAMIS_VERDICT_NOT_DUPLICATES);
  plan = tamis_plan_new (self->dataset, self->pairs, &params, NULL);
  g_assert_cmpuint (tamis_plan_get_n_pairs (plan), ==, 1);
  g_assert_true (tamis_export_pairs (self->dataset, self->pairs, plan, path, NULL));
  text = read_back (path);
  g_assert_cmpstr (text, ==,
                   "a,b,similarity\n"
                   "k/1.png,k/\xd1\x84\xd0\xbe\xd1\x82\xd0\xbe.png,0.8\n");
}

static void
assert_refused (Fixture *self, const char *text, const char *why)
{
  g_autofree char *path = out_path (self, "thresholds.csv");
  g_autofree double *thresholds = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  thresholds = tamis_thresholds_read (self->dataset, path, &error);
  g_assert_null (thresholds);
  g_assert_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_MANIFEST);
  g_assert_nonnull (strstr (error->message, why));
}

/* Written and read back, the thresholds are those of the plan, to the last bit. */
static void
test_thresholds (Fixture *self, gconstpointer data)
{
  double by_class[] = { -1.0, 0.7 + 1e-16 };
  TamisPlanParams params = { .threshold = 0.1 + 0.2 + 0.5, .class_thresholds = by_class };
  g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, self->pairs, &params, NULL);
  g_autofree char *path = out_path (self, "thresholds.csv");
  g_autofree double *thresholds = NULL;
  g_autofree double *some = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tamis_export_thresholds (self->dataset, plan, path, NULL));
  thresholds = tamis_thresholds_read (self->dataset, path, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (thresholds[0], ==, params.threshold);
  g_assert_cmpfloat (thresholds[1], ==, by_class[1]);

  g_assert_true (g_file_set_contents (path, "class,threshold\r\nk,0.9\r\n", -1, NULL));
  some = tamis_thresholds_read (self->dataset, path, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (some[0], <, 0.0);
  g_assert_cmpfloat (some[1], ==, 0.9);
  assert_refused (self, "", "header");
  assert_refused (self, "k,0.9\n", "header");
  assert_refused (self, "class,threshold\nk\n", "line 2");
  assert_refused (self, "class,threshold\nk,0.9\nno such,0.9\n", "line 3");
  assert_refused (self, "class,threshold\nk,0.9\nk,0.8\n", "before");
  assert_refused (self, "class,threshold\nk,1.1\n", "1.1");
  assert_refused (self, "class,threshold\nk,\"0.9\n", "");
  g_assert_null (tamis_thresholds_read (self->dataset, "/nowhere/at-all.csv", &error));
  g_assert_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND);
}

static JsonObject *
parse (JsonParser *parser, const char *path)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* The bytes a JSON string stands for. */
static char *
dup_name (JsonObject *object, const char *member)
{
  return tamis_path_unescape (json_object_get_string_member (object, member));
}

static void
test_removals_json (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisVerdicts) verdicts = tamis_verdicts_new (self->dataset);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = out_path (self, "out.json");
  JsonObject *root, *item;
  JsonArray *list;

  tamis_verdicts_set (verdicts, 1, 0, TAMIS_VERDICT_REMOVE);
  tamis_verdicts_set (verdicts, 3, 1, TAMIS_VERDICT_NOT_DUPLICATES);
  g_assert_true (
      tamis_export_removals_json (self->dataset, self->plan, NULL, verdicts, path, NULL));
  root = parse (parser, path);
  g_assert_cmpstr (json_object_get_string_member (root, "format"), ==, "tamis-removals");
  g_assert_cmpstr (json_object_get_string_member (root, "policy"), ==, "cover");
  g_assert_cmpstr (json_object_get_string_member (root, "scope"), ==, "class");
  g_assert_cmpstr (json_object_get_string_member (root, "order"), ==, "name");
  g_assert_cmpfloat (json_object_get_double_member (root, "threshold"), ==, 0.75);
  g_assert_true (json_object_get_null_member (root, "model"));
  g_assert_cmpint (json_object_get_int_member (root, "images"), ==, 6);
  g_assert_cmpint (json_object_get_int_member (root, "kept"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (root, "pairs"), ==, 4);
  list = json_object_get_array_member (root, "classes");
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (list, 1), "kept"),
                   ==, 1);
  list = json_object_get_array_member (root, "class_thresholds");
  g_assert_cmpuint (json_array_get_length (list), ==, 0);
  list = json_object_get_array_member (root, "removals");
  g_assert_cmpuint (json_array_get_length (list), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (self->plan, i);
      g_autofree char *removed = NULL, *witness = NULL;

      item = json_array_get_object_element (list, i);
      removed = dup_name (item, "removed");
      witness = dup_name (item, "witness");
      g_assert_cmpstr (removed, ==, tamis_dataset_get_path (self->dataset, removal.removed));
      g_assert_cmpstr (witness, ==, tamis_dataset_get_path (self->dataset, removal.witness));
      g_assert_cmpfloat (json_object_get_double_member (item, "similarity"), ==,
                         removal.similarity);
      if (i == 0)
        g_assert_cmpstr (json_object_get_string_member (item, "verdict"), ==, "remove");
      else
        g_assert_true (json_object_get_null_member (item, "verdict"));
    }
  list = json_object_get_array_member (root, "verdicts");
  item = json_array_get_object_element (list, 1);
  g_assert_cmpstr (json_object_get_string_member (item, "verdict"), ==, "not-duplicates");
}

/* One T of the data set, and those that differ from it. */
static void
test_class_thresholds_json (Fixture *self, gconstpointer data)
{
  double by_class[] = { -1.0, 0.7 };
  TamisPlanParams params = { .threshold = 0.75, .class_thresholds = by_class };
  g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, self->pairs, &params, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = out_path (self, "out.json");
  JsonObject *root, *item;
  JsonArray *list;

  g_assert_true (tamis_export_removals_json (self->dataset, plan, NULL, NULL, path, NULL));
  root = parse (parser, path);
  g_assert_cmpfloat (json_object_get_double_member (root, "threshold"), ==, 0.75);
  list = json_object_get_array_member (root, "class_thresholds");
  g_assert_cmpuint (json_array_get_length (list), ==, 1);
  item = json_array_get_object_element (list, 0);
  g_assert_cmpstr (json_object_get_string_member (item, "class"), ==, "k");
  g_assert_cmpfloat (json_object_get_double_member (item, "threshold"), ==, 0.7);
  list = json_object_get_array_member (root, "classes");
  item = json_array_get_object_element (list, 0);
  g_assert_cmpfloat (json_object_get_double_member (item, "threshold"), ==, 0.75);
}

static void
check_hash (JsonObject *item, Fixture *self)
{
  g_autofree char *name = dup_name (item, "path");
  g_autofree char *file = g_build_filename (self->folder, "survey", name, NULL);
  g_autofree char *text = read_back (file);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  g_assert_cmpstr (json_object_get_string_member (item, "sha256"), ==, sha256);
  g_assert_cmpint (json_object_get_int_member (item, "bytes"), ==, (int) strlen (text));
}

static void
test_manifest (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  g_autofree char *path = out_path (self, "manifest.json");
  g_autofree char *first = NULL;
  g_autoptr (GError) error = NULL;
  TamisProgressState state;
  JsonArray *list;

  for (guint threads = 1; threads <= 3; threads++)
    {
      g_autofree char *text = NULL;

      tamis_init (threads);
      tamis_export_manifest (self->dataset, self->plan, NULL, path, progress, NULL, &error);
      g_assert_no_error (error);
      text = read_back (path);
      if (first == NULL)
        first = g_steal_pointer (&text);
      else
        g_assert_cmpstr (text, ==, first);
    }
  tamis_progress_read (progress, &state);
  g_assert_cmpuint (state.done, ==, state.total);
  list = json_object_get_array_member (parse (parser, path), "removals");
  g_assert_cmpuint (json_array_get_length (list), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      JsonObject *item = json_array_get_object_element (list, i);

      check_hash (item, self);
      check_hash (json_object_get_object_member (item, "witness"), self);
    }
}

/* Policy `last` on a run leaves orphans: counted, not listed. */
static void
test_orphans (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = out_path (self, "out");
  g_autofree char *text = NULL;
  TamisPlanParams params = { .threshold = 0.75, .policy = TAMIS_POLICY_LAST };
  TamisJoinParams join = { .floor = 0.5 };
  float values[N][2] = { { 10, 0 }, { 10, 7 }, { 3, 10 }, { -1, 0 }, { 1, 0 }, { -1, 0 } };
  g_autoptr (TamisLatents) latents
      = tamis_latents_new_take (g_memdup2 (values, sizeof values), N, 2);
  g_autoptr (TamisPairs) pairs
      = tamis_join_run (self->dataset, latents, &join, NULL, NULL, NULL);
  g_autoptr (TamisPlan) plan = tamis_plan_new (self->dataset, pairs, &params, NULL);
  JsonObject *root;

  g_assert_cmpuint (tamis_plan_get_n_orphans (plan), ==, 1);
  g_assert_true (tamis_export_removals (self->dataset, plan, NULL, path, NULL));
  text = read_back (path);
  g_assert_true (g_str_has_prefix (text, "removed,witness,similarity,class\n"
                                         "\"a,b/1 \"\"quoted\"\".png\",,,\"a,b\"\n"
                                         "\"a,b/2\\x0a.png\",\"a,b/3\\xff.png\",0."));
  g_assert_true (tamis_export_manifest (self->dataset, plan, NULL, path, NULL, NULL, NULL));
  root = parse (parser, path);
  g_assert_cmpint (json_object_get_int_member (root, "orphans"), ==, 1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "removals")), ==, 1);
  g_assert_true (tamis_export_removals_json (self->dataset, plan, NULL, NULL, path, NULL));
  root = parse (parser, path);
  root = json_array_get_object_element (json_object_get_array_member (root, "removals"), 0);
  g_assert_true (json_object_get_null_member (root, "witness"));
  g_assert_true (json_object_get_null_member (root, "similarity"));
}

/* After the scan the first image of class k becomes a link to the second: neither may go, one being the other. */
static void
test_manifest_links (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = out_path (self, "manifest.json");
  g_autofree char *link = g_build_filename (self->folder, "survey", names[4], NULL);
  g_autofree char *target = g_path_get_basename (names[5]);
  g_autofree char *outside = out_path (self, "outside.png");
  g_autoptr (GError) error = NULL;
  JsonObject *root;

  g_unlink (link);
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_assert_cmpuint (tamis_plan_get_n_removed (self->plan), ==, 3);
  tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, NULL, &error);
  g_assert_no_error (error);
  root = parse (parser, path);
  g_assert_cmpint (json_object_get_int_member (root, "links"), ==, 1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "removals")), ==, 2);

  /* Then it is turned to lead out of the data set. */
  g_unlink (link);
  g_assert_true (g_file_set_contents (outside, "image 5", -1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_unlink (path);
  g_assert_false (
      tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "leads out"));
  g_assert_nonnull (strstr (error->message, "k/"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_manifest_must_fail (Fixture *self, gconstpointer data)
{
  g_autofree char *path = out_path (self, "manifest.json");
  g_autofree char *file = g_build_filename (self->folder, "survey", names[2], NULL);
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "another length", -1, NULL));
  g_assert_false (
      tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "14 now"));
  g_clear_error (&error);

  g_unlink (file);
  g_assert_false (
      tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&error);

  g_cancellable_cancel (cancel);
  g_assert_false (
      tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Bytes that are not those that were compared, of the same number: nobody looked at these. */
static void
test_manifest_of_changed (Fixture *self, gconstpointer data)
{
  g_autofree char *path = out_path (self, "manifest.json");
  g_autofree char *file = g_build_filename (self->folder, "survey", names[2], NULL);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, N);
  const char *reasons[N] = { NULL };
  g_autoptr (TamisDataset) compared = NULL;
  g_autoptr (GError) error = NULL;

  for (guint row = 0; row < N; row++)
    {
      g_autofree char *name = tamis_dataset_dup_file (self->dataset, row);
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (name, &text, &length, NULL));
      facts[row].digest = tamis_digest_of (text, length);
    }
  compared = tamis_dataset_refine (self->dataset, reasons, facts);
  g_assert_true (tamis_export_manifest (compared, self->plan, NULL, path, NULL, NULL, &error));
  g_assert_true (g_file_set_contents (file, "another", -1, NULL));
  g_assert_cmpuint (strlen ("another"), ==, strlen ("image 2"));
  g_assert_false (tamis_export_manifest (compared, self->plan, NULL, path, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "have changed since"));
}

/* Where nothing can be written the error says where, and nothing is left behind. */
static void
test_nowhere_to_write (Fixture *self, gconstpointer data)
{
  g_autofree char *path = out_path (self, "missing/out");

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean done
          = i == 0   ? tamis_export_pairs (self->dataset, self->pairs, self->plan, path, &error)
            : i == 1 ? tamis_export_removals (self->dataset, self->plan, NULL, path, &error)
            : i == 2 ? tamis_export_list (self->dataset, self->plan, &kept_list, path, &error)
            : i == 3
                ? tamis_export_removals_json (self->dataset, self->plan, NULL, NULL, path, &error)
                : tamis_export_manifest (self->dataset, self->plan, NULL, path, NULL, NULL, &error);

      g_assert_false (done);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, path));
    }
}

static void
test_model (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisModel) model = tamis_model_open ("whitened", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = out_path (self, "out.json");
  JsonObject *item;

  if (model == NULL)
    {
      g_test_skip ("no model in the data folder");
      return;
    }
  g_assert_true (tamis_export_removals_json (self->dataset, self->plan, model, NULL, path, NULL));
  item = json_object_get_object_member (parse (parser, path), "model");
  g_assert_cmpstr (json_object_get_string_member (item, "name"), ==, "whitened");
  g_assert_cmpstr (json_object_get_string_member (item, "sha256"), ==,
                   tamis_model_get_sha256 (model));
  g_assert_cmpint (json_object_get_int_member (item, "dimension"), ==,
                   tamis_model_get_dimension (model));
}

#define ADD(name, func) g_test_add ("/export/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  ADD ("lists", test_lists);
  ADD ("more-lists", test_more_lists);
  ADD ("tools", test_tools);
  ADD ("manifest-of-csv", test_manifest_of_csv);
  ADD ("pairs-follow-the-plan", test_pairs_follow_the_plan);
  ADD ("thresholds", test_thresholds);
  ADD ("removals-json", test_removals_json);
  ADD ("class-thresholds-json", test_class_thresholds_json);
  ADD ("manifest", test_manifest);
  ADD ("orphans", test_orphans);
  ADD ("manifest-links", test_manifest_links);
  ADD ("manifest-must-fail", test_manifest_must_fail);
  ADD ("manifest-of-changed", test_manifest_of_changed);
  ADD ("nowhere-to-write", test_nowhere_to_write);
  ADD ("model", test_model);
  return g_test_run ();
}
