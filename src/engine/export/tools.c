/* Lists for other tools of the trade.
 *
 * FORMAT
 *   fiftyone  CSV for fiftyone.types.CSVDataset (FiftyOne's "CSVDataset" import; its media field is
 *             filepath by default, other columns become fields): filepath,label,tags,witness,similarity
 *   cleanlab  CSV with the columns that cleanlab's Datalab gives for issues of type near_duplicate, by
 *             row number from 0: path,is_near_duplicate_issue,near_duplicate_score,
 *             near_duplicate_sets,distance_to_nearest_neighbor; True, False and [1, 2] as pandas
 *             writes them; the distance is 1 less the similarity, empty where no pair is known
 *   docs.voxel51.com/api/fiftyone.utils.csv.html; docs.cleanlab.ai, "Datalab issue types"
 * Paths and labels are escaped by tamis_path_escape(): both tools want UTF-8, and a name that is not
 * cannot be told to them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include "engine/dedup/join-private.h"

#include <string.h>

gboolean
tamis_export_fiftyone (TamisDataset *dataset, TamisPlan *plan, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_dataset_get_n_images (dataset);

  tamis_writer_print (writer, "filepath,label,tags,witness,similarity\n");
  for (guint row = 0; row < n; row++)
    {
      int i = tamis_plan_find_removal (plan, row);
      TamisRemoval removal = { row, TAMIS_NO_WITNESS, 0 };
      g_autofree char *file = _tamis_dup_absolute (dataset, row);

      if (i >= 0)
        removal = tamis_plan_get_removal (plan, (guint) i);
      _tamis_csv_name (writer, file);
      tamis_writer_put (writer, ",", 1);
      _tamis_csv_name (writer, tamis_dataset_get_class_name (
                                   dataset, tamis_dataset_get_class (dataset, row)));
      tamis_writer_print (writer, ",%s,", i >= 0 ? "removed" : "kept");
      if (removal.witness != TAMIS_NO_WITNESS)
        {
          g_autofree char *witness = _tamis_dup_absolute (dataset, removal.witness);

          _tamis_csv_name (writer, witness);
          tamis_writer_put (writer, ",", 1);
          _tamis_put_number (writer, removal.similarity);
        }
      else
        tamis_writer_put (writer, ",", 1);
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}

/* The rows that have a pair with @row above T, as a list in brackets. */
static char *
list_set (TamisPairs *pairs, TamisPlan *plan, guint row, double threshold, guint *n)
{
  GString *text = g_string_new ("[");
  const guint32 *neighbours;
  const double *similarities;
  guint degree = _tamis_pairs_count_row (pairs, row, threshold);

  tamis_pairs_get_row (pairs, row, &neighbours, &similarities);
  *n = 0;
  for (guint i = 0; i < degree; i++)
    if (_tamis_plan_counts (plan, row, neighbours[i]))
      g_string_append_printf (text, "%s%u", (*n)++ > 0 ? ", " : "", neighbours[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

gboolean
tamis_export_cleanlab (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan, const char *path,
                       GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_dataset_get_n_images (dataset);

  tamis_writer_print (writer,
                      "path,is_near_duplicate_issue,near_duplicate_score,near_duplicate_sets,"
                      "distance_to_nearest_neighbor\n");
  for (guint row = 0; row < n; row++)
    {
      const guint32 *neighbours;
      const double *similarities;
      guint degree = tamis_pairs_get_row (pairs, row, &neighbours, &similarities), n_set;
      double threshold
          = tamis_plan_get_class_threshold (plan, tamis_dataset_get_class (dataset, row));
      g_autofree char *set = list_set (pairs, plan, row, threshold, &n_set);

      _tamis_csv_name (writer, tamis_dataset_get_path (dataset, row));
      tamis_writer_print (writer, ",%s,", n_set > 0 ? "True" : "False");
      _tamis_put_number (writer, degree > 0 ? MAX (0.0, 1 - similarities[0]) : 1.0);
      tamis_writer_put (writer, ",", 1);
      tamis_writer_csv (writer, set);
      tamis_writer_put (writer, ",", 1);
      if (degree > 0)
        _tamis_put_number (writer, MAX (0.0, 1 - similarities[0]));
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}
