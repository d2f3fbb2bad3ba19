/* dataset: folders, links, manifests, labels, refinement.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/tamis.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *root;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *top = g_dir_make_tmp ("tamis-dataset-XXXXXX", NULL);

  self->root = g_build_filename (top, "set", NULL);
  g_assert_cmpint (g_mkdir (self->root, 0755), ==, 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;
  struct stat facts;

  if (lstat (path, &facts) != 0)
    return;
  if (S_ISDIR (facts.st_mode) && (dir = g_dir_open (path, 0, NULL)) != NULL)
    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *child = g_build_filename (path, name, NULL);

        remove_tree (child);
      }
  remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *top = g_path_get_dirname (self->root);

  remove_tree (top);
  g_free (self->root);
}

static char *
at (Fixture *self, const char *path)
{
  return g_build_filename (self->root, path, NULL);
}

static void
put (Fixture *self, const char *path, const char *content)
{
  g_autofree char *file = at (self, path);
  g_autofree char *folder = g_path_get_dirname (file);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (file, content, -1, NULL));
}

static void
put_image (Fixture *self, const char *path)
{
  g_autofree char *file = at (self, path);
  g_autoptr (TamisImage) image = tamis_image_new (7, 5);

  put (self, path, "");
  g_assert_true (tamis_image_save_png (image, file, NULL));
}

static void
link_to (Fixture *self, const char *target, const char *path)
{
  g_autofree char *file = at (self, path);

  g_assert_cmpint (symlink (target, file), ==, 0);
}

/* "class: path path; class: path | unreadable, reason | …" */
static char *
describe (TamisDataset *set)
{
  GString *out = g_string_new (NULL);

  for (guint c = 0; c < tamis_dataset_get_n_classes (set); c++)
    {
      TamisRange range = tamis_dataset_get_class_range (set, c);

      g_string_append_printf (out, "%s%s:", c > 0 ? "; " : "",
                              tamis_dataset_get_class_name (set, c));
      for (guint i = range.first; i < range.first + range.n; i++)
        {
          g_assert_cmpuint (tamis_dataset_get_class (set, i), ==, c);
          g_string_append_printf (out, " %s", tamis_dataset_get_path (set, i));
        }
    }
  for (guint i = 0; i < tamis_dataset_get_n_unreadable (set); i++)
    {
      const TamisUnreadable *item = tamis_dataset_get_unreadable (set, i);

      g_assert_cmpuint (strlen (item->reason), >, 0);
      g_assert_null (strchr (item->reason, '\n'));
      g_string_append_printf (out, " | %s, %s", item->path, item->reason);
    }
  return g_string_free (out, FALSE);
}

static void
assert_set (Fixture *self, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) set = tamis_dataset_open (self->root, NULL, NULL, &error);
  g_autofree char *described = NULL;

  g_assert_no_error (error);
  described = describe (set);
  g_assert_cmpstr (described, ==, expected);
}

static void
test_class_folders (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autofree char *file = NULL;

  put (self, "c10/b.jpg", "12345");
  put (self, "c2/img10.png", "");
  put (self, "c2/img9.PNG", "");
  put (self, "c2/deep/er/x.webp", "");
  put (self, "c2/notes.txt", "");
  put (self, "c2/.hidden.png", "");
  put (self, ".git/a.png", "");
  put (self, "c3/readme.md", "");
  assert_set (self, "c2: c2/deep/er/x.webp c2/img9.PNG c2/img10.png; c10: c10/b.jpg");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  g_assert_cmpstr (tamis_dataset_get_name (set), ==, "set");
  g_assert_cmpstr (tamis_dataset_get_location (set), ==, self->root);
  g_assert_cmpuint (tamis_dataset_get_bytes (set, 3), ==, 5);
  g_assert_cmpint (tamis_dataset_get_mtime (set, 3), >, 0);
  g_assert_null (tamis_dataset_get_split (set, 3));
  file = tamis_dataset_dup_file (set, 3);
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
}

static void
test_flat_and_mixed (Fixture *self, gconstpointer data)
{
  put (self, "2.png", "");
  put (self, "10.png", "");
  put (self, "1.tif", "");
  assert_set (self, "set: 1.tif 2.png 10.png");
  put (self, "a/1.gif", "");
  put (self, "z/1.bmp", "");
  assert_set (self, "a: a/1.gif; set: 1.tif 2.png 10.png; z: z/1.bmp");
  put (self, "set/3.jpeg", "");
  assert_set (self, ".: 1.tif 2.png 10.png; a: a/1.gif; set: set/3.jpeg; z: z/1.bmp");
}

static void
test_odd_names (Fixture *self, gconstpointer data)
{
  put (self, "a b/\xff\xfe.png", "");
  put (self, "a b/new\nline.png", "");
  put (self, "a b/-rf.png", "");
  put (self, "a b/\xd1\x84.png", "");
  assert_set (self, "a b: a b/-rf.png a b/new\nline.png a b/\xd1\x84.png a b/\xff\xfe.png");
}

static void
test_links (Fixture *self, gconstpointer data)
{
  g_autofree char *top = g_path_get_dirname (self->root);
  g_autofree char *outside = g_build_filename (top, "outside.png", NULL);

  g_assert_true (g_file_set_contents (outside, "", 0, NULL));
  put (self, "a/1.png", "");
  put (self, "b/1.png", "");
  put (self, ".store/9.png", "");
  put (self, ".other.png", "");
  link_to (self, "../a/1.png", "b/2.png");
  link_to (self, "../../outside.png", "b/3.png");
  link_to (self, "nowhere", "b/4.png");
  link_to (self, "5.png", "b/5.png");
  link_to (self, "../.other.png", "b/6.png");
  link_to (self, "..", "b/up");
  link_to (self, "../a", "b/sibling");
  link_to (self, "/", "b/system");
  link_to (self, "../.store", "b/store");
  link_to (self, "../.store", "b/store2");
  assert_set (self,
              "a: a/1.png; b: b/1.png b/6.png b/store/9.png"
              " | b/2.png, the link leads to an image that is read under its own name; not read twice"
              " | b/3.png, the link leads out of the data set and is not followed"
              " | b/4.png, the link leads nowhere"
              " | b/5.png, the link leads to itself"
              " | b/sibling, the folder is read under another name; not read twice"
              " | b/store2, the folder is read under another name; not read twice"
              " | b/system, the link leads out of the data set and is not followed"
              " | b/up, the folder is read under another name; not read twice");
}

static void
test_special_files (Fixture *self, gconstpointer data)
{
  g_autofree char *pipe_name = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (TamisDataset) set = NULL;

  put (self, "a/1.png", "");
  pipe_name = at (self, "a/2.png");
  g_assert_cmpint (mkfifo (pipe_name, 0600), ==, 0);
  folder = at (self, "a/3.png"); /* a folder may be named like an image */
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  put (self, "a/3.png/4.png", "");
  assert_set (self, "a: a/1.png a/3.png/4.png"
                    " | a/2.png, is a device, pipe or socket, not a file");
}

static void
test_unreadable_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = at (self, "b");

  put (self, "a/1.png", "");
  put (self, "b/1.png", "");
  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }
  g_assert_cmpint (chmod (folder, 0), ==, 0);
  assert_set (self, "a: a/1.png | b, the folder cannot be listed: Permission denied");
  g_assert_cmpint (chmod (folder, 0755), ==, 0);
}

/* Deeper than a path can be: what can be named is read, the rest is listed. */
static void
test_deep_tree (Fixture *self, gconstpointer data)
{
  g_autofree char *here = g_get_current_dir ();
  char name[201];
  g_autoptr (TamisDataset) set = NULL;

  memset (name, 'd', 200);
  name[200] = '\0';
  g_assert_cmpint (chdir (self->root), ==, 0);
  for (int i = 0; i < 40; i++)
    {
      g_assert_true (g_file_set_contents ("x.png", "", 0, NULL));
      g_assert_cmpint (mkdir (name, 0755), ==, 0);
      g_assert_cmpint (chdir (name), ==, 0);
    }
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  g_assert_cmpuint (tamis_dataset_get_n_images (set), >=, 19);
  g_assert_cmpuint (tamis_dataset_get_n_unreadable (set), ==, 1);
  g_assert_nonnull (strstr (tamis_dataset_get_unreadable (set, 0)->reason, "too long"));
  /* remove_tree() could not name the deepest either. */
  for (int i = 0; i < 40; i++)
    {
      g_assert_cmpint (chdir (".."), ==, 0);
      g_assert_cmpint (rmdir (name), ==, 0);
      g_assert_cmpint (unlink ("x.png"), ==, 0);
    }
  g_assert_cmpint (chdir (here), ==, 0);
}

static void
assert_fails (const char *location, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) set = tamis_dataset_open (location, NULL, NULL, &error);

  g_assert_null (set);
  g_assert_error (error, TAMIS_DATASET_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_nothing_there (Fixture *self, gconstpointer data)
{
  g_autofree char *gone = at (self, "gone");
  g_autofree char *broken = at (self, "1.png");

  assert_fails (gone, TAMIS_DATASET_ERROR_NOT_FOUND, "No such file");
  assert_fails ("/dev/null", TAMIS_DATASET_ERROR_NOT_FOUND, "neither a folder nor");
  assert_fails (self->root, TAMIS_DATASET_ERROR_EMPTY, "no image files");
  link_to (self, "nowhere", "1.png");
  assert_fails (self->root, TAMIS_DATASET_ERROR_EMPTY, "leads nowhere");
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  put (self, "a/1.png", "");
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_dataset_open (self->root, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_progress (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  g_autoptr (TamisDataset) set = NULL;
  TamisProgressState state;

  put (self, "a/1.png", "");
  put (self, "a/2.png", "");
  set = tamis_dataset_open (self->root, progress, NULL, NULL);
  tamis_progress_read (progress, &state);
  g_assert_cmpint (state.stage, ==, TAMIS_STAGE_SCAN);
  g_assert_cmpuint (state.done, ==, 2);
}

static void
test_manifest (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = at (self, "m.csv");
  g_autofree char *absolute = at (self, "pics/abs.png");
  g_autofree char *text = NULL;
  g_autofree char *described = NULL;
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *nine = NULL, *twin = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *file = NULL;

  put (self, "pics/10.png", "");
  put (self, "pics/9.png", "");
  put (self, "pics/a,b.data", "");
  put (self, "pics/\xff.png", "");
  put (self, "pics/abs.png", "");
  link_to (self, "10.png", "pics/link.png");
  nine = g_build_filename (self->root, "pics/9.png", NULL);
  twin = g_build_filename (self->root, "pics/twin.png", NULL);
  g_assert_cmpint (link (nine, twin), ==, 0);
  text = g_strdup_printf ("\xef\xbb\xbfSplit, path ,label,extra\r\n"
                          "train,pics/10.png,cat,\r\n"
                          "test,pics/9.png,cat,1\r\n"
                          ",\"pics/a,b.data\",dog,\r\n"
                          "train,pics/\\xff.png,dog,\r\n"
                          "train,pics/9.png,dog,\r\n"
                          "train,pics/none.png,dog,\r\n"
                          "train,pics/../pics/9.png,dog,\r\n"
                          "train,pics/link.png,dog,\r\n"
                          "train,pics/twin.png,dog,\r\n"
                          "train,./pics/twin.png,dog,\r\n"
                          "train,pics,dog,\r\n"
                          "train,%s,d\\xffg,\r\n", absolute);
  put (self, "m.csv", text);
  set = tamis_dataset_open (csv, NULL, NULL, &error);
  g_assert_no_error (error);
  described = describe (set);
  expected = g_strdup_printf ("cat: pics/9.png pics/10.png; dog: pics/a,b.data pics/twin.png"
                              " pics/\xff.png; "
                              "d\xffg: %s | ./pics/twin.png, listed twice, on lines 10 and 11"
                              " | pics, is a folder"
                              " | pics/../pics/9.png, listed twice, on lines 3 and 8"
                              " | pics/9.png, listed twice, on lines 3 and 6"
                              " | pics/link.png, listed twice, on lines 2 and 9"
                              " | pics/none.png, No such file or directory", absolute);
  g_assert_cmpstr (described, ==, expected);
  g_assert_cmpstr (tamis_dataset_get_split (set, 0), ==, "test");
  g_assert_cmpstr (tamis_dataset_get_split (set, 1), ==, "train");
  g_assert_null (tamis_dataset_get_split (set, 2));
  file = tamis_dataset_dup_file (set, 5);
  g_assert_cmpstr (file, ==, absolute);
}

static void
test_bad_manifests (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *part;
  } cases[] = {
    { "", "the file is empty" },
    { "path;label\na;b\n", "line 1, column 1: the header has no column \"path\"" },
    { "path,class\na,b\n", "no column \"label\"" },
    { "path,label\na\n", "line 2, column 1: 1 fields where the header has 2" },
    { "path,label\n\na,b\n,b\n", "line 4, column 1: the path is empty" },
    { "path,label\na,\"b\n", "line 2, column 3: this quote is never closed" },
    { "\x89PNG\r\n", "line 1" },
  };
  g_autofree char *csv = at (self, "m.csv");

  put (self, "a", "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      put (self, "m.csv", cases[i].text);
      assert_fails (csv, TAMIS_DATASET_ERROR_MANIFEST, cases[i].part);
    }
  put (self, "m.csv", "path,label\n");
  assert_fails (csv, TAMIS_DATASET_ERROR_EMPTY, "no image files");
}

static void
test_labels (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = at (self, "l.csv");
  g_autofree char *described = NULL;
  g_autofree guint32 *lines = NULL;
  const guint32 expected[] = { 1, 3, 0, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) set = NULL;

  put (self, "l.csv", "path,label\nz.png,c10\ny.png,c2\na.png,c10\na\\xff.png,c2\n");
  set = tamis_dataset_open_labels (csv, &lines, &error);
  g_assert_no_error (error);
  described = describe (set);
  g_assert_cmpstr (described, ==, "c2: y.png a\xff.png; c10: z.png a.png");
  g_assert_cmpmem (lines, sizeof expected, expected, sizeof expected);
}

static void
test_bad_labels (Fixture *self, gconstpointer data)
{
  g_autofree char *csv = at (self, "l.csv");
  g_autoptr (GError) error = NULL;
  guint32 *lines = NULL;

  g_assert_null (tamis_dataset_open_labels (csv, &lines, &error));
  g_assert_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND);
  g_clear_error (&error);
  put (self, "l.csv", "path,label\n");
  g_assert_null (tamis_dataset_open_labels (csv, &lines, &error));
  g_assert_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY);
  g_assert_null (lines);
}

static void
test_refine_and_check (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (TamisDataset) checked = NULL;
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  g_autofree char *described = NULL;
  TamisProgressState state;
  TamisImageFacts facts;

  put_image (self, "a/1.png");
  put (self, "a/2.png", "no image");
  put_image (self, "a/10.jpg");
  put (self, "b/1.png", "");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  g_assert_cmpint (tamis_dataset_get_facts (set, 0).width, ==, 0);
  checked = tamis_dataset_check (set, progress, NULL, NULL);
  described = describe (checked);
  g_assert_cmpstr (described, ==, "a: a/1.png a/10.jpg"
                   " | a/2.png, the content is no image that Tamis knows"
                   " | b/1.png, the file is empty");
  facts = tamis_dataset_get_facts (checked, 1);
  g_assert_cmpint (facts.width, ==, 7);
  g_assert_cmpint (facts.height, ==, 5);
  g_assert_cmpint (facts.format, ==, TAMIS_IMAGE_FORMAT_PNG);
  tamis_progress_read (progress, &state);
  g_assert_cmpuint (state.done, ==, 4);
  g_assert_cmpuint (tamis_dataset_get_n_images (set), ==, 4);
}

static void
test_check_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) set = NULL;

  put_image (self, "a/1.png");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_dataset_check (set, NULL, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* "class/split: n" of all rows, in their order: "cats/test 1, cats/train 2". */
static char *
describe_splits (TamisDataset *set)
{
  GString *out = g_string_new (NULL);
  guint n = tamis_dataset_get_n_images (set);

  for (guint row = 0, run = 1; row < n; row += run)
    {
      guint c = tamis_dataset_get_class (set, row);
      const char *split = tamis_dataset_get_split (set, row);

      for (run = 1; row + run < n && tamis_dataset_get_class (set, row + run) == c
                    && g_strcmp0 (tamis_dataset_get_split (set, row + run), split) == 0;)
        run++;
      g_string_append_printf (out, "%s%s/%s %u", row > 0 ? ", " : "",
                              tamis_dataset_get_class_name (set, c), split != NULL ? split : "-",
                              run);
    }
  return g_string_free (out, FALSE);
}

static void
expect_splits (Fixture *self, const char *const *paths, const char *expected)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autofree char *described = NULL;

  for (guint i = 0; paths[i] != NULL; i++)
    put (self, paths[i], "x");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  described = describe_splits (set);
  g_assert_cmpstr (described, ==, expected);
}

static void
test_split_folders (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "train/cats/1.png", "train/cats/deep/2.png", "train/dogs/1.png",
                                "TEST/cats/1.png",  "Val/dogs/1.png",        "notes/readme.txt",
                                NULL };
  g_autoptr (TamisDataset) set = NULL;

  expect_splits (self, paths, "cats/TEST 1, cats/train 2, dogs/Val 1, dogs/train 1");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  g_assert_cmpuint (tamis_dataset_get_n_splits (set), ==, 3);
  g_assert_cmpstr (tamis_dataset_get_split_name (set, 0), ==, "TEST");
  g_assert_cmpstr (tamis_dataset_get_split_name (set, 1), ==, "Val");
  g_assert_cmpstr (tamis_dataset_get_split_name (set, 2), ==, "train");
  g_assert_cmpint (tamis_dataset_get_split_index (set, 0), ==, 0);
  g_assert_cmpint (tamis_dataset_get_split_index (set, 4), ==, 2);
}

/* A single folder of such a name is a class like any other. */
static void
test_one_split (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "test/cats/1.png", "test/cats/2.png", NULL };

  expect_splits (self, paths, "test/- 2");
}

static void
test_split_beside_class (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "train/1.png", "test/1.png", "cats/1.png", NULL };

  expect_splits (self, paths, "cats/- 1, test/- 1, train/- 1");
}

static void
test_split_beside_image (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "train/cats/1.png", "test/cats/1.png", "1.png", NULL };

  expect_splits (self, paths, "set/- 1, test/- 1, train/- 1");
}

static void
test_split_without_classes (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "train/1.png", "train/2.png", "holdout/1.png", NULL };

  expect_splits (self, paths, "set/holdout 1, set/train 2");
}

static void
test_split_loose_beside_class (Fixture *self, gconstpointer data)
{
  const char *const paths[] = { "train/set/1.png", "train/2.png", "dev/set/1.png", NULL };

  expect_splits (self, paths, "./train 1, set/dev 1, set/train 1");
}

static void
test_splits_stay (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (TamisDataset) checked = NULL;
  g_autoptr (TamisDataset) labels = NULL;
  g_autofree char *described = NULL;
  g_autofree char *read = NULL;
  g_autofree char *csv = at (self, "labels.csv");

  put_image (self, "train/cats/1.png");
  put_image (self, "test/cats/1.png");
  put (self, "val/cats/1.png", "no image");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  checked = tamis_dataset_check (set, NULL, NULL, NULL);
  described = describe_splits (checked);
  g_assert_cmpstr (described, ==, "cats/test 1, cats/train 1");
  g_assert_true (tamis_labels_save (checked, csv, NULL));
  labels = tamis_dataset_open_labels (csv, NULL, NULL);
  read = describe_splits (labels);
  g_assert_cmpstr (read, ==, described);
}

static void
test_split_roles (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (tamis_split_get_role ("Training"), ==, TAMIS_SPLIT_TRAIN);
  g_assert_cmpint (tamis_split_get_role ("dev"), ==, TAMIS_SPLIT_VALIDATION);
  g_assert_cmpint (tamis_split_get_role ("HOLDOUT"), ==, TAMIS_SPLIT_TEST);
  g_assert_cmpint (tamis_split_get_role ("tests"), ==, TAMIS_SPLIT_OTHER);
  g_assert_cmpint (tamis_split_get_role (""), ==, TAMIS_SPLIT_OTHER);
}

static void
test_folders (Fixture *self, gconstpointer data)
{
  const char *const expected[] = { "", "a", "a/b", "a/b/c", "a b", "img2", "img10" };
  const guint depths[] = { 0, 1, 2, 3, 1, 1, 1 }, counts[] = { 7, 3, 2, 1, 1, 1, 1 };
  const char *const paths[] = { "a/1.png",  "a/b/1.png",    "a/b/c/1.png", "a b/1.png",
                                "1.png",    "img10/1.png",  "img2/1.png" };
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (TamisFolders) folders = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    put (self, paths[i], "x");
  set = tamis_dataset_open (self->root, NULL, NULL, NULL);
  folders = tamis_folders_new (set);
  g_assert_cmpuint (folders->n, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < folders->n; i++)
    {
      g_assert_cmpstr (folders->items[i].path, ==, expected[i]);
      g_assert_cmpuint (folders->items[i].depth, ==, depths[i]);
      g_assert_cmpuint (folders->items[i].n_images, ==, counts[i]);
    }
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/engine/dataset/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  add ("class-folders", test_class_folders);
  add ("flat-and-mixed", test_flat_and_mixed);
  add ("odd-names", test_odd_names);
  add ("links", test_links);
  add ("special-files", test_special_files);
  add ("unreadable-folder", test_unreadable_folder);
  add ("deep-tree", test_deep_tree);
  add ("nothing-there", test_nothing_there);
  add ("cancelled", test_cancelled);
  add ("progress", test_progress);
  add ("manifest", test_manifest);
  add ("bad-manifests", test_bad_manifests);
  add ("labels", test_labels);
  add ("bad-labels", test_bad_labels);
  add ("split-folders", test_split_folders);
  add ("one-split", test_one_split);
  add ("split-beside-class", test_split_beside_class);
  add ("split-beside-image", test_split_beside_image);
  add ("split-without-classes", test_split_without_classes);
  add ("split-loose-beside-class", test_split_loose_beside_class);
  add ("splits-stay", test_splits_stay);
  add ("split-roles", test_split_roles);
  add ("folders", test_folders);
  add ("refine-and-check", test_refine_and_check);
  add ("check-cancelled", test_check_cancelled);
  return g_test_run ();
}
