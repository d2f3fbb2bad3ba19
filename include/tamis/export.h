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
/* removed,witness,similarity,class (an orphan has empty witness and similarity), and if there are any
 * @verdicts (nullable) a fifth column, verdict: what was decided of the pair, empty if nothing. */
gboolean tamis_export_removals (TamisDataset *dataset, TamisPlan *plan, TamisVerdicts *verdicts,
                                const char *path, GError **error);

typedef struct
{
  gboolean removed;  /* what goes; else what stays */
  gboolean absolute; /* names that open(2) takes from anywhere; else as the data set lists them */
  gboolean null;     /* a NUL after each, for xargs -0 and rsync --from0; else a newline */
} TamisListParams;
#define TAMIS_LIST_PARAMS_INIT { FALSE, FALSE, FALSE }
/* One path after another in data-set order, the file system's own bytes. */
gboolean tamis_export_list (TamisDataset *dataset, TamisPlan *plan, const TamisListParams *params,
                            const char *path, GError **error);
/* Leaks (TAMIS_BORDER_SPLITS): a,split_a,b,split_b,similarity,class; the class is that of a. */
gboolean tamis_export_leaks (TamisDataset *dataset, TamisCrossings *leaks, const char *path,
                             GError **error);
/* Label conflicts (TAMIS_BORDER_CLASSES): a,class_a,b,class_b,similarity,verdict. @verdicts:
 * nullable. */
gboolean tamis_export_label_conflicts (TamisDataset *dataset, TamisCrossings *conflicts,
                                       TamisVerdicts *verdicts, const char *path, GError **error);
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
/* A sweep as CSV, both policies, a row a T and component: the file of `tamis-cli sweep --control 0 --out`.
 * Returns: (transfer full) */
char *tamis_sweep_format_csv (const TamisSweep *self) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_export_fiftyone:
 *
 * A CSV that FiftyOne's CSVDataset reads: filepath,label,tags,witness,similarity; tags is "kept" or
 * "removed", paths are absolute.
 */
gboolean tamis_export_fiftyone (TamisDataset *dataset, TamisPlan *plan, const char *path,
                                GError **error);
/**
 * tamis_export_cleanlab:
 *
 * A CSV with the columns of cleanlab's near_duplicate issues, a row an image in data-set order:
 * path,is_near_duplicate_issue,near_duplicate_score,near_duplicate_sets. An issue is an image with
 * a pair above the plan's T; its set holds the row numbers of the others, the most alike first;
 * the score is 1 less the highest similarity, so that lower is worse, and 1 without a pair above
 * the floor.
 */
gboolean tamis_export_cleanlab (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan,
                                const char *path, GError **error);

/**
 * tamis_outliers_format_csv:
 * @items: as ranked, @n of them
 * @unranked: rows of classes without a density, @n_unranked of them, with empty figures at the end
 *
 * path,class,log_density,deficit. Returns: (transfer full)
 */
char *tamis_outliers_format_csv (TamisDataset *dataset, const TamisOutlier *items, guint n,
                                 const guint *unranked, guint n_unranked)
  G_GNUC_WARN_UNUSED_RESULT;
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

/**
 * tamis_export_check:
 * @judgements: (nullable): see tamis_check_read_verdicts()
 *
 * a,b,similarity,stratum,weight,duplicate in the order to judge in: stratum 1 is the most similar,
 * weight is the number of pairs that one drawn stands for, duplicate is 1, 0 or empty.
 */
gboolean tamis_export_check (TamisDataset *dataset, TamisCheck *check, const guint8 *judgements,
                             const char *path, GError **error);
/**
 * tamis_export_read_judgements:
 * @judgements: (out): tamis_check_get_n() of TamisJudgement
 *
 * What was written into the column duplicate; columns a, b and duplicate are read, by name, in any
 * order of lines. Errors: TAMIS_DATASET_ERROR_MANIFEST with the line (among others for a pair that
 * is not of @check), G_FILE_ERROR.
 */
gboolean tamis_export_read_judgements (TamisDataset *dataset, TamisCheck *check, const char *path,
                                       guint8 *judgements, GError **error);
/* ---- manifest, read back ---- */

#define TAMIS_MANIFEST_ERROR (tamis_manifest_error_quark ())
GQuark tamis_manifest_error_quark (void);

typedef enum {
  TAMIS_MANIFEST_ERROR_BROKEN,  /* not a manifest, damaged or edited: message has the line */
  TAMIS_MANIFEST_ERROR_VERSION, /* of a newer Tamis */
} TamisManifestError;

/* Paths are relative to the root, file-system bytes, without links, "." or "..". All borrowed. */
typedef struct
{
  const char *path;
  const char *witness;
  const char *class_name;
  double similarity;
  guint64 bytes;
  guint64 witness_bytes;
  const char *sha256; /* 64 lower-case hexadecimal digits */
  const char *witness_sha256;
} TamisManifestRemoval;

/**
 * TamisManifest:
 *
 * What tamis_export_manifest() wrote, read back. Immutable; reference-counted; any thread.
 */
typedef struct _TamisManifest TamisManifest;

/**
 * tamis_manifest_open:
 *
 * Reads @path and believes nothing of it: wrong types, paths that could lead out of the data set,
 * two removals of one file, and any list of removals that is not the one its id was made for are
 * errors, with the line. Members it does not know are skipped.
 *
 * Thread: blocking. Errors: TAMIS_MANIFEST_ERROR, G_FILE_ERROR.
 */
TamisManifest *tamis_manifest_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same from memory; @name is for messages, and the path of the manifest where one matters. */
TamisManifest *tamis_manifest_parse (const char *name, const char *text, gsize length,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisManifest *tamis_manifest_ref (TamisManifest *self);
void tamis_manifest_unref (TamisManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisManifest, tamis_manifest_unref)
/* SHA-256 of what is to be removed and why: the same list has the same id. */
const char *tamis_manifest_get_id (TamisManifest *self);
/* The path it was opened from. */
const char *tamis_manifest_get_name (TamisManifest *self);
/* The folder that the paths start from, as it was when the manifest was written; absolute. */
const char *tamis_manifest_get_root (TamisManifest *self);
guint tamis_manifest_get_n (TamisManifest *self);
TamisManifestRemoval tamis_manifest_get (TamisManifest *self, guint i);
/* Bytes of all images to remove. */
guint64 tamis_manifest_get_bytes (TamisManifest *self);

G_END_DECLS
