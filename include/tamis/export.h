/* Results that leave the program: lists, tables, manifests. All atomic; paths escaped where UTF-8 is due.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/stats.h>

G_BEGIN_DECLS

/* a,b,similarity: pairs above the plan's T, falling similarity, then data-set order. */
gboolean tamis_export_pairs (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan,
                             const char *path, GError **error);
/* removed,witness,similarity,class (an orphan has empty witness and similarity). */
gboolean tamis_export_removals (TamisDataset *dataset, TamisPlan *plan, const char *path,
                                GError **error);
/* Leaks (TAMIS_BORDER_SPLITS): a,split_a,b,split_b,similarity,class; the class is that of a. */
gboolean tamis_export_leaks (TamisDataset *dataset, TamisCrossings *leaks, const char *path,
                             GError **error);
/* Label conflicts (TAMIS_BORDER_CLASSES): a,class_a,b,class_b,similarity,verdict. @verdicts:
 * nullable. */
gboolean tamis_export_label_conflicts (TamisDataset *dataset, TamisCrossings *conflicts,
                                       TamisVerdicts *verdicts, const char *path, GError **error);
/* One path a line, the file system's own bytes. */
gboolean tamis_export_kept (TamisDataset *dataset, TamisPlan *plan, const char *path,
                            GError **error);
/* class,threshold: T of every class as it counted in the plan. */
gboolean tamis_export_thresholds (TamisDataset *dataset, TamisPlan *plan, const char *path,
                                  GError **error);
/**
 * tamis_thresholds_read:
 *
 * Reads what tamis_export_thresholds() wrote, or anyone by hand. Thread: blocking.
 * Errors: TAMIS_DATASET_ERROR_NOT_FOUND; TAMIS_DATASET_ERROR_MANIFEST with the line: not such a CSV,
 * a class that the data set does not have, one named twice, a threshold outside [0, 1].
 *
 * Returns: (transfer full): one T a class, negative where the file has none
 */
double *tamis_thresholds_read (TamisDataset *dataset, const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* The same facts as JSON, for programs. @model, @verdicts: nullable. */
gboolean tamis_export_removals_json (TamisDataset *dataset, TamisPlan *plan, TamisModel *model,
                                     TamisVerdicts *verdicts, const char *path, GError **error);
/* A sweep as CSV, both policies, a row a T and component: the columns of `tamis-cli sweep --out` but for
 * those of the control. Returns: (transfer full) */
char *tamis_sweep_format_csv (const TamisSweep *self) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_export_manifest:
 *
 * JSON that a removal can later be applied from, verified and undone: each removal with its witness,
 * sizes and SHA-256 of both files. Reads every file named. Orphans are left out (nothing would stay
 * in their place), as are symbolic links and files that a witness is a link to, and counted in the
 * manifest.
 * @model: nullable
 *
 * Thread: blocking. Errors: G_IO_ERROR_FAILED with the path of a file that cannot be read, lies
 * outside the data set or has changed its length; G_IO_ERROR of writing; G_IO_ERROR_CANCELLED.
 */
gboolean tamis_export_manifest (TamisDataset *dataset, TamisPlan *plan, TamisModel *model,
                                const char *path, TamisProgress *progress, GCancellable *cancel,
                                GError **error);

G_END_DECLS
