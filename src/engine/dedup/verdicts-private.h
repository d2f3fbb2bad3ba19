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

/* Borrowed. */
TamisDataset *_tamis_verdicts_get_dataset (TamisVerdicts *self);
/* Borrowed; in the order of first judgement, with verdict NONE where one was taken back. */
const TamisVerdictEntry *_tamis_verdicts_get_entries (TamisVerdicts *self, guint *n);
/* Borrowed: TamisRowFlags of every row; NULL if no row has any. */
const guint8 *_tamis_verdicts_get_flags (TamisVerdicts *self);
