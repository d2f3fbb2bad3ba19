/* The labels CSV that goes with a matrix of latents.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/latent.h>

static void
put_split (TamisWriter *writer, const char *split)
{
  g_autofree char *text = split != NULL ? tamis_path_escape (split) : NULL;

  tamis_writer_put (writer, ",", 1);
  if (text != NULL)
    tamis_writer_csv (writer, text);
}

gboolean
tamis_labels_save (TamisDataset *dataset, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  gboolean has_splits = tamis_dataset_get_n_splits (dataset) > 0;
  guint n = tamis_dataset_get_n_images (dataset);

  tamis_writer_print (writer, has_splits ? "path,label,split\n" : "path,label\n");
  for (guint row = 0; row < n; row++)
    {
      guint class_index = tamis_dataset_get_class (dataset, row);
      g_autofree char *file = tamis_path_escape (tamis_dataset_get_path (dataset, row));
      g_autofree char *label
          = tamis_path_escape (tamis_dataset_get_class_name (dataset, class_index));

      tamis_writer_csv (writer, file);
      tamis_writer_put (writer, ",", 1);
      tamis_writer_csv (writer, label);
      if (has_splits)
        put_split (writer, tamis_dataset_get_split (dataset, row));
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}
