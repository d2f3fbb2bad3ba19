/* The ranking of unlikely images as CSV, for the window and the command line alike.
 *
 * FORMAT: path,class,log_density,deficit, in the order given; the last two are empty for an image of
 * a class without a density. Names are escaped by tamis_path_escape(); numbers have the digits that
 * give the same double back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/export.h>

static void
add_field (GString *csv, const char *bytes)
{
  g_autofree char *text = tamis_path_escape (bytes);

  tamis_csv_append (csv, text);
}

static void
add_image (GString *csv, TamisDataset *dataset, guint row)
{
  guint class_index = tamis_dataset_get_class (dataset, row);

  add_field (csv, tamis_dataset_get_path (dataset, row));
  g_string_append_c (csv, ',');
  add_field (csv, tamis_dataset_get_class_name (dataset, class_index));
}

static void
add_number (GString *csv, double number)
{
  g_string_append_c (csv, ',');
  tamis_number_append (csv, number);
}

char *
tamis_outliers_format_csv (TamisDataset *dataset, const TamisOutlier *items, guint n,
                           const guint *unranked, guint n_unranked)
{
  GString *csv = g_string_new ("path,class,log_density,deficit\n");

  for (guint i = 0; i < n; i++)
    {
      add_image (csv, dataset, items[i].row);
      add_number (csv, items[i].log_density);
      add_number (csv, items[i].deficit);
      g_string_append_c (csv, '\n');
    }
  for (guint i = 0; i < n_unranked; i++)
    {
      add_image (csv, dataset, unranked[i]);
      g_string_append (csv, ",,\n");
    }
  return g_string_free (csv, FALSE);
}
