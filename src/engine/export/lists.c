/* Lists as text: pairs, removals, kept images.
 *
 * FORMAT
 *   pairs     CSV (RFC 4180, lines end in \n): a,b,similarity; a stands before b in the data set;
 *             falling similarity, ties in data-set order; no pair under a not-duplicates verdict
 *   removals  CSV: removed,witness,similarity,class, in data-set order; an orphan of policy `last`
 *             has empty witness and similarity
 *   kept      one path a line, the file system's own bytes, in data-set order
 * Paths and class names in CSV are escaped by tamis_path_escape(); a similarity has the 17 digits
 * that give the same double back, so that who compares it with T decides as Tamis did.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include "engine/dedup/join-private.h"

#include <string.h>

/* All pairs that count at the plan's T, in the file's order. @n: how many. */
static TamisPair *
collect_pairs (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan, gsize *n)
{
  guint64 n_pairs = tamis_plan_get_n_pairs (plan);
  TamisPair *items = g_new (TamisPair, n_pairs + 1);
  g_autofree TamisPair *scratch = g_new (TamisPair, n_pairs + 1);
  guint n_images = tamis_pairs_get_n_images (pairs);

  *n = 0;
  for (guint row = 0; row < n_images; row++)
    {
      double threshold
        = tamis_plan_get_class_threshold (plan, tamis_dataset_get_class (dataset, row));
      guint degree = _tamis_pairs_count_row (pairs, row, threshold);
      const guint32 *neighbours;
      const double *similarities;

      tamis_pairs_get_row (pairs, row, &neighbours, &similarities);
      for (guint i = 0; i < degree; i++)
        if (neighbours[i] > row && _tamis_plan_counts (plan, row, neighbours[i]))
          items[(*n)++] = (TamisPair){ similarities[i], row, neighbours[i] };
    }
  _tamis_pairs_sort (items, scratch, *n);
  return items;
}

gboolean
tamis_export_pairs (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan, const char *path,
                    GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  gsize n;
  g_autofree TamisPair *items = collect_pairs (dataset, pairs, plan, &n);

  tamis_writer_print (writer, "a,b,similarity\n");
  for (gsize i = 0; i < n; i++)
    {
      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, items[i].a));
      tamis_writer_put (writer, ",", 1);
      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, items[i].b));
      tamis_writer_put (writer, ",", 1);
      _tamis_put_number (writer, items[i].similarity);
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}

gboolean
tamis_export_removals (TamisDataset *dataset, TamisPlan *plan, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_plan_get_n_removed (plan);

  tamis_writer_print (writer, "removed,witness,similarity,class\n");
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);
      guint class_index = tamis_dataset_get_class (dataset, removal.removed);

      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, removal.removed));
      tamis_writer_put (writer, ",", 1);
      if (removal.witness != TAMIS_NO_WITNESS)
        {
          _tamis_csv_name (writer, tamis_dataset_get_path (dataset, removal.witness));
          tamis_writer_put (writer, ",", 1);
          _tamis_put_number (writer, removal.similarity);
        }
      else
        tamis_writer_put (writer, ",", 1);
      tamis_writer_put (writer, ",", 1);
      _tamis_csv_name (writer, tamis_dataset_get_class_name (dataset, class_index));
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}

gboolean
tamis_export_kept (TamisDataset *dataset, TamisPlan *plan, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_dataset_get_n_images (dataset);

  for (guint row = 0; row < n; row++)
    if (tamis_plan_is_kept (plan, row))
      {
        const char *file = tamis_dataset_get_path (dataset, row);

        tamis_writer_put (writer, file, strlen (file));
        tamis_writer_put (writer, "\n", 1);
      }
  return tamis_writer_commit (writer, error);
}
