/* What a plan reads of TamisVerdicts; private to dedup/.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>

typedef enum {
  TAMIS_ROW_MARK_KEEP = 1,
  TAMIS_ROW_MARK_REMOVE = 2,
  TAMIS_ROW_REFERENCE = 4, /* in a reference folder */
  TAMIS_ROW_EXCLUDED = 8,  /* in an excluded folder */
  TAMIS_ROW_SPLIT = 16,    /* of a protected split */
} TamisRowFlags;

/* ---- pair-table.c ---- */

typedef struct
{
  guint first; /* the pair is the same in either order; the order is kept for what has a direction */
  guint second;
  guint value; /* 0: none */
} TamisPairEntry;

/* {NULL} is empty. */
typedef struct
{
  TamisPairEntry *entries; /* in the order in which pairs first came */
  guint n_entries;         /* with those whose value is 0 again */
  guint n_set;
  guint n_allocated;
  guint32 *slots;  /* of places in @entries; NULL while there are none */
  guint32 n_slots; /* a power of two, at least twice n_entries */
} TamisPairTable;

TamisPairTable _tamis_pair_table_copy (const TamisPairTable *self);
void _tamis_pair_table_clear (TamisPairTable *self);
/* Returns what the pair had before; as @entry with value 0 if it had none. */
TamisPairEntry _tamis_pair_table_set (TamisPairTable *self, TamisPairEntry entry);
TamisPairEntry _tamis_pair_table_get (const TamisPairTable *self, guint a, guint b);
/* By rising lower row, then the other. Returns: (transfer full): n_set entries */
TamisPairEntry *_tamis_pair_table_list (const TamisPairTable *self);

/* ---- verdicts.c ---- */

/* Borrowed. */
TamisDataset *_tamis_verdicts_get_dataset (TamisVerdicts *self);
/* Borrowed; first is the removed image, value a TamisVerdict: 0 where one was taken back. */
const TamisPairEntry *_tamis_verdicts_get_entries (TamisVerdicts *self, guint *n);
/* Borrowed: TamisRowFlags of every row; NULL if no row has any. */
const guint8 *_tamis_verdicts_get_flags (TamisVerdicts *self);
