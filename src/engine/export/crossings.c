/* Leaks and label conflicts as CSV.
 *
 * FORMAT (RFC 4180, lines end in \n), both by falling similarity, ties in data-set order
 *   leaks      a,split_a,b,split_b,similarity,class: a is the image nearer to training
 *   conflicts  a,class_a,b,class_b,similarity,verdict: a stands before b in the data set; verdict is
 *              empty or one of "a", "b" (whose label is right), "both", "later"
 * Names are escaped by tamis_path_escape(), numbers as in lists.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

#include <string.h>

static const char *
class_of (TamisDataset *dataset, guint row)
{
  return tamis_dataset_get_class_name (dataset, tamis_dataset_get_class (dataset, row));
}

static void
put_side (TamisWriter *writer, TamisDataset *dataset, guint row, const char *side)
{
  _tamis_csv_name (writer, tamis_dataset_get_path (dataset, row));
  tamis_writer_put (writer, ",", 1);
  _tamis_csv_name (writer, side);
  tamis_writer_put (writer, ",", 1);
}

gboolean
tamis_export_leaks (TamisDataset *dataset, TamisCrossings *leaks, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  tamis_writer_print (writer, "a,split_a,b,split_b,similarity,class\n");
  for (guint i = 0; i < tamis_crossings_get_n (leaks); i++)
    {
      TamisCrossing leak = tamis_crossings_get (leaks, i);

      put_side (writer, dataset, leak.a, tamis_dataset_get_split (dataset, leak.a));
      put_side (writer, dataset, leak.b, tamis_dataset_get_split (dataset, leak.b));
      _tamis_put_number (writer, leak.similarity);
      tamis_writer_put (writer, ",", 1);
      _tamis_csv_name (writer, class_of (dataset, leak.a));
      tamis_writer_put (writer, "\n", 1);
    }
  return tamis_writer_commit (writer, error);
}

static const char *
label_word (TamisLabelVerdict verdict)
{
  switch (verdict)
    {
    case TAMIS_LABEL_FIRST:
      return "a";
    case TAMIS_LABEL_SECOND:
      return "b";
    case TAMIS_LABEL_BOTH:
      return "both";
    case TAMIS_LABEL_LATER:
      return "later";
    case TAMIS_LABEL_NONE:
      break;
    }
  return "";
}

gboolean
tamis_export_label_conflicts (TamisDataset *dataset, TamisCrossings *conflicts,
                              TamisVerdicts *verdicts, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);

  tamis_writer_print (writer, "a,class_a,b,class_b,similarity,verdict\n");
  for (guint i = 0; i < tamis_crossings_get_n (conflicts); i++)
    {
      TamisCrossing conflict = tamis_crossings_get (conflicts, i);
      TamisLabelVerdict verdict
          = verdicts != NULL ? tamis_verdicts_get_label (verdicts, conflict.a, conflict.b)
                             : TAMIS_LABEL_NONE;

      put_side (writer, dataset, conflict.a, class_of (dataset, conflict.a));
      put_side (writer, dataset, conflict.b, class_of (dataset, conflict.b));
      _tamis_put_number (writer, conflict.similarity);
      tamis_writer_print (writer, ",%s\n", label_word (verdict));
    }
  return tamis_writer_commit (writer, error);
}
