/* The removal list as JSON.
 *
 * FORMAT: one object
 *   format "tamis-removals", version 1, dataset {name, location}, model {name, sha256, dimension}
 *   or null (latents from elsewhere), policy, threshold, class_thresholds [{class, threshold}] of
 *   the classes with another, images, kept, removed, orphans, pairs,
 *   classes   [{name, images, kept, threshold}], in data-set order
 *   removals  [{removed, witness, similarity, class, verdict}], in data-set order; witness and
 *             similarity are null for an orphan; verdict is "remove" once confirmed, else null
 *   verdicts  [{removed, witness, verdict}], verdict one of "remove", "keep-both", "not-duplicates",
 *             "later"; only "remove" has a direction
 * All names are escaped by tamis_path_escape().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/export/export-private.h"

static const char *
verdict_word (TamisVerdict verdict)
{
  switch (verdict)
    {
    case TAMIS_VERDICT_REMOVE:
      return "remove";
    case TAMIS_VERDICT_KEEP_BOTH:
      return "keep-both";
    case TAMIS_VERDICT_NOT_DUPLICATES:
      return "not-duplicates";
    case TAMIS_VERDICT_LATER:
      return "later";
    case TAMIS_VERDICT_NONE:
      break;
    }
  return NULL;
}

static void
put_counts (TamisWriter *writer, TamisDataset *dataset, TamisPlan *plan)
{
  guint n_classes = tamis_dataset_get_n_classes (dataset);

  tamis_writer_print (writer,
                      ",\n\"images\":%u,\"kept\":%u,\"removed\":%u,\"orphans\":%u,\"pairs\":%"
                      G_GUINT64_FORMAT ",\n\"classes\":[",
                      tamis_dataset_get_n_images (dataset), tamis_plan_get_n_kept (plan),
                      tamis_plan_get_n_removed (plan), tamis_plan_get_n_orphans (plan),
                      tamis_plan_get_n_pairs (plan));
  for (guint c = 0; c < n_classes; c++)
    {
      TamisRange range = tamis_dataset_get_class_range (dataset, c);

      tamis_writer_print (writer, "%s\n{\"name\":", c > 0 ? "," : "");
      _tamis_json_name (writer, tamis_dataset_get_class_name (dataset, c));
      tamis_writer_print (writer, ",\"images\":%u,\"kept\":%u,\"threshold\":", range.n,
                          tamis_plan_get_class_kept (plan, c));
      _tamis_put_number (writer, tamis_plan_get_class_threshold (plan, c));
      tamis_writer_print (writer, "}");
    }
  tamis_writer_print (writer, "]");
}

static void
put_removal (TamisWriter *writer, TamisDataset *dataset, TamisRemoval removal,
             TamisVerdicts *verdicts)
{
  guint class_index = tamis_dataset_get_class (dataset, removal.removed);
  gboolean orphan = removal.witness == TAMIS_NO_WITNESS;
  TamisVerdict verdict = verdicts != NULL && !orphan
                             ? tamis_verdicts_get (verdicts, removal.removed, removal.witness)
                             : TAMIS_VERDICT_NONE;

  tamis_writer_print (writer, "{\"removed\":");
  _tamis_json_name (writer, tamis_dataset_get_path (dataset, removal.removed));
  tamis_writer_print (writer, ",\"witness\":");
  _tamis_json_name (writer, orphan ? NULL : tamis_dataset_get_path (dataset, removal.witness));
  tamis_writer_print (writer, ",\"similarity\":");
  if (orphan)
    tamis_writer_print (writer, "null");
  else
    _tamis_put_number (writer, removal.similarity);
  tamis_writer_print (writer, ",\"class\":");
  _tamis_json_name (writer, tamis_dataset_get_class_name (dataset, class_index));
  tamis_writer_print (writer, ",\"verdict\":");
  _tamis_json_name (writer, verdict_word (verdict));
  tamis_writer_print (writer, "}");
}

static void
put_verdicts (TamisWriter *writer, TamisDataset *dataset, TamisVerdicts *verdicts)
{
  guint n = verdicts != NULL ? tamis_verdicts_get_n (verdicts) : 0;
  g_autofree TamisVerdictEntry *list = n > 0 ? tamis_verdicts_list (verdicts) : NULL;

  tamis_writer_print (writer, ",\n\"verdicts\":[");
  for (guint i = 0; i < n; i++)
    {
      tamis_writer_print (writer, "%s\n{\"removed\":", i > 0 ? "," : "");
      _tamis_json_name (writer, tamis_dataset_get_path (dataset, list[i].removed));
      tamis_writer_print (writer, ",\"witness\":");
      _tamis_json_name (writer, tamis_dataset_get_path (dataset, list[i].witness));
      tamis_writer_print (writer, ",\"verdict\":\"%s\"}", verdict_word (list[i].verdict));
    }
  tamis_writer_print (writer, "]}\n");
}

gboolean
tamis_export_removals_json (TamisDataset *dataset, TamisPlan *plan, TamisModel *model,
                            TamisVerdicts *verdicts, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  guint n = tamis_plan_get_n_removed (plan);

  _tamis_json_head (writer, "tamis-removals", dataset, plan, model);
  put_counts (writer, dataset, plan);
  tamis_writer_print (writer, ",\n\"removals\":[");
  for (guint i = 0; i < n; i++)
    {
      tamis_writer_print (writer, i > 0 ? ",\n" : "\n");
      put_removal (writer, dataset, tamis_plan_get_removal (plan, i), verdicts);
    }
  tamis_writer_print (writer, "]");
  put_verdicts (writer, dataset, verdicts);
  return tamis_writer_commit (writer, error);
}
