/* A small data set on disk that the tests of project/ share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "images.h"

#include <glib/gstdio.h>
#include <math.h>
#include <utime.h>

void
images_write (const char *path, guint likeness, guint change)
{
  g_autoptr (TamisImage) image = tamis_image_new (24, 24);
  TamisRandom random;
  double wave[6];

  tamis_random_init (&random, likeness);
  for (int k = 0; k < 6; k++)
    wave[k] = tamis_random_uniform (&random);
  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      for (int c = 0; c < 3; c++)
        {
          double value = sin (x * wave[c] + y * wave[3 + c] + 3 * wave[(c + 1) % 6]);

          image->pixels[3 * (y * image->width + x) + c]
              = (guint8) (110 + 90 * value + (change * (x + y)) % 5);
        }
  g_assert_true (tamis_image_save_png (image, path, NULL));
}

char *
images_name (const char *folder, guint i)
{
  return g_strdup_printf ("%s/%s/%03u.png", folder, i % 2 ? "wood" : "field", i);
}

void
images_make (const char *folder, guint n)
{
  const char *const classes[] = { "field", "wood" };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (folder, classes[i], NULL);

      g_assert_cmpint (g_mkdir_with_parents (path, 0777), ==, 0);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = images_name (folder, i);

      images_write (path, i / 6 * 2 + i % 2, i);
    }
  images_age (folder);
}

static void
visit (const char *folder, void (*leave) (const char *path))
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        visit (path, leave);
      leave (path);
    }
}

static void
age (const char *path)
{
  struct utimbuf times = { 1000000000, 1000000000 };

  g_assert_cmpint (utime (path, &times), ==, 0);
}

void
images_age (const char *folder)
{
  visit (folder, age);
}

TamisDataset *
images_open (const char *folder)
{
  g_autoptr (GError) error = NULL;
  TamisDataset *dataset = tamis_dataset_open (folder, NULL, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

char *
images_make_folder (const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("tamis-%s-XXXXXX", name);
  char *folder = g_dir_make_tmp (pattern, NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
remove_one (const char *path)
{
  g_remove (path);
}

void
images_remove (const char *folder)
{
  visit (folder, remove_one);
  g_rmdir (folder);
}

char *
verdicts_describe (TamisVerdicts *verdicts, guint n_rows)
{
  GString *text = g_string_new (NULL);
  g_autofree TamisVerdictEntry *pairs = tamis_verdicts_list (verdicts);
  g_autofree TamisLabelEntry *labels = tamis_verdicts_list_labels (verdicts);
  g_auto (GStrv) folders = tamis_verdicts_list_folders (verdicts);
  g_auto (GStrv) splits = tamis_verdicts_list_splits (verdicts);

  for (guint i = 0; i < tamis_verdicts_get_n (verdicts); i++)
    g_string_append_printf (text, "%u %u %d\n", pairs[i].removed, pairs[i].witness,
                            pairs[i].verdict);
  for (guint row = 0; row < n_rows; row++)
    g_string_append_printf (text, "%d%d ", tamis_verdicts_get_mark (verdicts, row),
                            tamis_verdicts_get_row_rule (verdicts, row));
  for (guint i = 0; folders[i] != NULL; i++)
    g_string_append_printf (text, "%s %d\n", folders[i],
                            tamis_verdicts_get_folder (verdicts, folders[i]));
  for (guint i = 0; splits[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", splits[i]);
  for (guint i = 0; i < tamis_verdicts_get_n_labels (verdicts); i++)
    g_string_append_printf (text, "%u %u %d\n", labels[i].a, labels[i].b, labels[i].verdict);
  return g_string_free (text, FALSE);
}
