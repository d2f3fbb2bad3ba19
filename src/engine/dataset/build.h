/* Making a TamisDataset; private to dataset/.
 *
 * DESIGN: a million rows must stay modest, so names stand in one growing block of text (the arena)
 * and rows are plain structs with offsets into it: about 50 bytes and the name for an image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dataset.h>

#define TAMIS_NO_SPLIT G_MAXUINT32

typedef struct
{
  gsize path; /* offset of the name in the arena */
  guint32 class_index;
  guint32 split_index; /* or TAMIS_NO_SPLIT */
  guint32 order; /* as added: 0 .. n - 1 */
  guint64 bytes;
  gint64 mtime; /* µs since 1970 */
} TamisRow;

typedef struct
{
  char *text;
  gsize used;
  gsize allocated;
} TamisArena;

/* Row numbers by hash (find.c). */
typedef struct
{
  guint32 *slots;
  gsize mask;
} TamisTable;

struct _TamisDataset
{
  char *location;
  char *folder; /* what relative paths are relative to */
  char *name;
  TamisArena arena;
  TamisRow *rows;
  guint n_rows;
  TamisImageFacts *facts; /* NULL until refined */
  guint32 *contents;      /* NULL until refined: the lowest row with the same bytes */
  TamisTable by_path;
  TamisTable by_content;  /* empty until refined */
  GPtrArray *class_names; /* of char*, natural order, as are the splits' */
  GArray *class_ranges;   /* of TamisRange */
  GPtrArray *split_names;
  GArray *unreadable;     /* of TamisUnreadable, natural order */
};

typedef struct
{
  const char *path;
  const char *label; /* NULL: told later, by _tamis_builder_set_label() */
  const char *split; /* nullable */
  guint64 bytes;
  gint64 mtime;
} TamisEntry;

typedef struct
{
  TamisDataset *set;
  GArray *rows;        /* of TamisRow; class_index counts labels as they came, as split_index does */
  GHashTable *classes; /* borrowed label → index */
  GHashTable *splits;  /* the same */
} TamisBuilder;

/* @folder: what relative paths are relative to. */
void _tamis_builder_init (TamisBuilder *self, const char *location, const char *folder);
void _tamis_builder_add (TamisBuilder *self, const TamisEntry *entry);
/* The path of row @i, as added; borrowed until the next one is. */
const char *_tamis_builder_get_path (const TamisBuilder *self, guint i);
/* @split: nullable, or empty for none. */
void _tamis_builder_set_label (TamisBuilder *self, guint i, const char *label, const char *split);
/* @reason is copied. */
void _tamis_builder_add_unreadable (TamisBuilder *self, const char *path, const char *reason);
void _tamis_builder_clear (TamisBuilder *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisBuilder, _tamis_builder_clear)

/* Sorts and hands the data set over; @by_path: order inside a class, else as added. Leaves @self
 * empty. */
TamisDataset *_tamis_builder_finish (TamisBuilder *self, gboolean by_path);

/* Make tamis_dataset_find_path() and, once there are facts, tamis_dataset_find_content() work. */
void _tamis_dataset_index_paths (TamisDataset *self);
void _tamis_dataset_index_contents (TamisDataset *self);
void _tamis_table_clear (TamisTable *self);

/* Tells each row of a scanned folder its class and split, by the folders it lies in (labels.c). */
void _tamis_builder_label_by_folder (TamisBuilder *self);

/* Does the name end like an image's, of a format that Tamis reads or at least knows? */
gboolean _tamis_is_image_name (const char *name);

TamisDataset *_tamis_dataset_scan (const char *location, TamisProgress *progress,
                                   GCancellable *cancel, GError **error);
TamisDataset *_tamis_dataset_read_manifest (const char *location, TamisProgress *progress,
                                            GCancellable *cancel, GError **error);
