/* TamisPairTable: one value a pair of rows.
 *
 * DESIGN: one array of entries with an open-addressing table of places in it: a copy is two block
 * copies, and entries stand in the order in which pairs first came. A pair whose value goes back to
 * 0 leaves its entry behind, to be used again when it gets another.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/verdicts-private.h"

#include <stdlib.h>
#include <string.h>

#define FREE G_MAXUINT32

TamisPairTable
_tamis_pair_table_copy (const TamisPairTable *self)
{
  TamisPairTable copy = *self;

  copy.entries = g_memdup2 (self->entries, self->n_entries * sizeof *self->entries);
  copy.n_allocated = self->n_entries;
  copy.slots = g_memdup2 (self->slots, self->n_slots * sizeof *self->slots);
  return copy;
}

void
_tamis_pair_table_clear (TamisPairTable *self)
{
  g_clear_pointer (&self->entries, g_free);
  g_clear_pointer (&self->slots, g_free);
}

static guint32 *
find_slot (const TamisPairTable *self, guint a, guint b)
{
  guint64 key = ((guint64) MIN (a, b) << 32 | MAX (a, b)) * 0x9e3779b97f4a7c15u;
  guint32 at = (guint32) (key >> 32) & (self->n_slots - 1);

  while (self->slots[at] != FREE)
    {
      const TamisPairEntry *entry = &self->entries[self->slots[at]];

      if (MIN (entry->first, entry->second) == MIN (a, b)
          && MAX (entry->first, entry->second) == MAX (a, b))
        break;
      at = (at + 1) & (self->n_slots - 1);
    }
  return &self->slots[at];
}

static TamisPairEntry *
find_entry (const TamisPairTable *self, guint a, guint b)
{
  guint32 place = self->slots != NULL ? *find_slot (self, a, b) : FREE;

  return place != FREE ? &self->entries[place] : NULL;
}

static void
grow (TamisPairTable *self)
{
  if (self->n_entries == self->n_allocated)
    {
      self->n_allocated = MAX (16, 2 * self->n_allocated);
      self->entries = g_renew (TamisPairEntry, self->entries, self->n_allocated);
    }
  if (2 * (self->n_entries + 1) <= self->n_slots)
    return;
  self->n_slots = MAX (64, 2 * self->n_slots);
  g_free (self->slots);
  self->slots = g_new (guint32, self->n_slots);
  memset (self->slots, 0xff, self->n_slots * sizeof *self->slots);
  for (guint i = 0; i < self->n_entries; i++)
    *find_slot (self, self->entries[i].first, self->entries[i].second) = i;
}

TamisPairEntry
_tamis_pair_table_set (TamisPairTable *self, TamisPairEntry now)
{
  TamisPairEntry *entry = find_entry (self, now.first, now.second);
  TamisPairEntry before = { now.first, now.second, 0 };

  if (entry == NULL && now.value == 0)
    return before;
  if (entry != NULL)
    {
      before = *entry;
      *entry = now;
    }
  else
    {
      grow (self);
      self->entries[self->n_entries] = now;
      *find_slot (self, now.first, now.second) = self->n_entries++;
    }
  self->n_set += (now.value != 0) - (before.value != 0);
  return before;
}

TamisPairEntry
_tamis_pair_table_get (const TamisPairTable *self, guint a, guint b)
{
  const TamisPairEntry *entry = find_entry (self, a, b);

  return entry != NULL ? *entry : (TamisPairEntry){ a, b, 0 };
}

static int
compare_entries (gconstpointer x, gconstpointer y)
{
  const TamisPairEntry *p = x, *q = y;
  guint a = MIN (p->first, p->second), b = MIN (q->first, q->second);

  if (a != b)
    return a < b ? -1 : 1;
  a = MAX (p->first, p->second);
  b = MAX (q->first, q->second);
  return (a > b) - (a < b);
}

TamisPairEntry *
_tamis_pair_table_list (const TamisPairTable *self)
{
  TamisPairEntry *list = g_new (TamisPairEntry, MAX (self->n_set, 1));
  guint n = 0;

  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].value != 0)
      list[n++] = self->entries[i];
  qsort (list, n, sizeof *list, compare_entries);
  return list;
}
