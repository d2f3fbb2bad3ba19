/* A data set: which images there are, in which classes, and what could not be read.
 *
 * Rows are ordered by class (natural order of names), then file (natural order of relative paths);
 * a row number is an image's identity everywhere in one run. Immutable; reference-counted; any thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/image.h>
#include <tamis/job.h>

G_BEGIN_DECLS

#define TAMIS_DATASET_ERROR (tamis_dataset_error_quark ())
GQuark tamis_dataset_error_quark (void);

typedef enum {
  TAMIS_DATASET_ERROR_NOT_FOUND, /* the folder or manifest is not there or may not be read */
  TAMIS_DATASET_ERROR_EMPTY,     /* no image files in it */
  TAMIS_DATASET_ERROR_MANIFEST,  /* the CSV is not one: message has line and column */
} TamisDatasetError;

typedef struct _TamisDataset TamisDataset;

typedef struct
{
  char *path;   /* relative to the data set, file-system bytes */
  char *reason; /* one line, English */
} TamisUnreadable;

typedef struct
{
  guint first; /* row */
  guint n;
} TamisRange;

/* What a split is for, by its name in any case. */
typedef enum {
  TAMIS_SPLIT_TRAIN,      /* train, training */
  TAMIS_SPLIT_OTHER,      /* any other name */
  TAMIS_SPLIT_VALIDATION, /* val, valid, validation, dev */
  TAMIS_SPLIT_TEST,       /* test, testing, holdout */
} TamisSplitRole;
TamisSplitRole tamis_split_get_role (const char *name);

/**
 * tamis_dataset_open:
 * @location: a folder (sub-folders are classes, at any depth below them; a folder with images only
 *   is one class named after it; images lying beside class folders form a class of the folder's
 *   name, or "." where a class has that name), or a CSV manifest with header
 *   path,label[,split] (paths absolute or relative to the CSV)
 *
 * Where all images lie below sub-folders that are splits by name (tamis_split_get_role()), and there
 * are two such at least, each is a split and the folders below it are the classes: train/cats and
 * test/cats are one class.
 *
 * Reads names and stat only. Files are images by extension; other files are ignored silently, but
 * folders that cannot be listed, dangling links, links out of the tree (not followed), loops and
 * special files named like images go to the unreadable list. Hidden files and folders are skipped.
 * A folder is read once: links to folders are followed only where the folder is not read under its
 * own name. Links to files inside the tree are images. A file that a manifest names twice counts
 * once; names in it may be escaped (tamis_path_escape()) or plain.
 *
 * Thread: blocking. Errors: TAMIS_DATASET_ERROR, G_IO_ERROR_CANCELLED.
 */
TamisDataset *tamis_dataset_open (const char *location, TamisProgress *progress,
                                  GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_dataset_open_labels:
 * @csv: a file with header path,label and one line a row of a matrix of latents
 * @rows: (out) (transfer full): for each row of the data set, the line (from 0) it came from
 *
 * The files themselves need not exist. Order inside a class is the order of the lines.
 */
TamisDataset *tamis_dataset_open_labels (const char *csv, guint32 **rows, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_dataset_refine:
 * @reasons: one entry a row: NULL if the image was read, else why not (copied)
 * @facts: (nullable): one entry a row, kept for the rows that stay
 *
 * Returns: (transfer full): the same data set without the unreadable rows, which join its list
 */
TamisDataset *tamis_dataset_refine (TamisDataset *self, const char *const *reasons,
                                    const TamisImageFacts *facts) G_GNUC_WARN_UNUSED_RESULT;

TamisDataset *tamis_dataset_ref (TamisDataset *self);
void tamis_dataset_unref (TamisDataset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisDataset, tamis_dataset_unref)

/* Last part of the location, for titles; file-system bytes. */
const char *tamis_dataset_get_name (TamisDataset *self);
const char *tamis_dataset_get_location (TamisDataset *self);
guint tamis_dataset_get_n_images (TamisDataset *self);
guint tamis_dataset_get_n_classes (TamisDataset *self);
const char *tamis_dataset_get_class_name (TamisDataset *self, guint class_index);
TamisRange tamis_dataset_get_class_range (TamisDataset *self, guint class_index);
guint tamis_dataset_get_class (TamisDataset *self, guint row);
/* As listed: relative to the location, or as the manifest has it. File-system bytes. */
const char *tamis_dataset_get_path (TamisDataset *self, guint row);
/* A name that open(2) takes. */
char *tamis_dataset_dup_file (TamisDataset *self, guint row) G_GNUC_WARN_UNUSED_RESULT;
/* Nullable. */
const char *tamis_dataset_get_split (TamisDataset *self, guint row);
/* Splits in natural order of their names; -1 for a row that is in none. */
guint tamis_dataset_get_n_splits (TamisDataset *self);
const char *tamis_dataset_get_split_name (TamisDataset *self, guint split_index);
int tamis_dataset_get_split_index (TamisDataset *self, guint row);
guint64 tamis_dataset_get_bytes (TamisDataset *self, guint row);
gint64 tamis_dataset_get_mtime (TamisDataset *self, guint row); /* µs since 1970 */
/* Zeros until refined. */
TamisImageFacts tamis_dataset_get_facts (TamisDataset *self, guint row);
/**
 * tamis_dataset_get_content:
 *
 * Rows whose files are equal byte for byte share this number, others do not. Where no digest is
 * known (not refined, or files that were never read) each row has a number of its own.
 *
 * Returns: 0 .. n_images - 1: the lowest row with these bytes
 */
guint tamis_dataset_get_content (TamisDataset *self, guint row);
/* The row listed under exactly @path (see tamis_dataset_get_path()), or -1. O(1), any thread. */
int tamis_dataset_find_path (TamisDataset *self, const char *path);
/* The lowest row with these bytes, or -1. O(1), any thread. */
int tamis_dataset_find_content (TamisDataset *self, const TamisDigest *digest);
guint tamis_dataset_get_n_unreadable (TamisDataset *self);
const TamisUnreadable *tamis_dataset_get_unreadable (TamisDataset *self, guint i);

/* ---- folders ---- */

typedef struct
{
  char *path;     /* as TamisVerdicts names folders: relative, no slash at the end; "" is all of it */
  guint depth;    /* 0 for "" */
  guint n_images; /* below it, at any depth */
} TamisFolder;

/* Every folder above an image, each followed by those inside it, in natural order. */
typedef struct
{
  TamisFolder *items;
  guint n;
} TamisFolders;
/* O(images × depth). */
TamisFolders *tamis_folders_new (TamisDataset *dataset) G_GNUC_WARN_UNUSED_RESULT;
void tamis_folders_free (TamisFolders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisFolders, tamis_folders_free)

/* ---- checking ---- */

/**
 * tamis_dataset_check:
 *
 * Decodes every image once and drops the pixels (the `scan` verb).
 *
 * Returns: (transfer full): the refined data set, or NULL if cancelled
 */
TamisDataset *tamis_dataset_check (TamisDataset *self, TamisProgress *progress,
                                   GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
