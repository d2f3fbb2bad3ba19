/* TamisVerdicts: what was decided, a pair at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/dedup.h>

#include <stdlib.h>

struct _TamisVerdicts
{
  GHashTable *entries; /* set of TamisVerdictEntry, keyed by its pair */
};

static guint
hash_pair (gconstpointer data)
{
  const TamisVerdictEntry *entry = data;
  guint64 key = ((guint64) entry->a << 32 | entry->b) * 0x9e3779b97f4a7c15u;

  return (guint) (key >> 32);
}

static gboolean
equal_pairs (gconstpointer x, gconstpointer y)
{
  const TamisVerdictEntry *p = x, *q = y;

  return p->a == q->a && p->b == q->b;
}

TamisVerdicts *
tamis_verdicts_new (void)
{
  TamisVerdicts *self = g_new (TamisVerdicts, 1);

  self->entries = g_hash_table_new_full (hash_pair, equal_pairs, g_free, NULL);
  return self;
}

TamisVerdicts *
tamis_verdicts_copy (TamisVerdicts *self)
{
  TamisVerdicts *copy = tamis_verdicts_new ();
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    g_hash_table_add (copy->entries, g_memdup2 (entry, sizeof (TamisVerdictEntry)));
  return copy;
}

void
tamis_verdicts_free (TamisVerdicts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_free (self);
}

TamisVerdict
tamis_verdicts_set (TamisVerdicts *self, guint a, guint b, TamisVerdict verdict)
{
  TamisVerdictEntry entry = { MIN (a, b), MAX (a, b), verdict };
  TamisVerdict before = tamis_verdicts_get (self, a, b);

  g_return_val_if_fail (a != b, TAMIS_VERDICT_NONE);
  if (verdict == TAMIS_VERDICT_NONE)
    g_hash_table_remove (self->entries, &entry);
  else
    g_hash_table_replace (self->entries, g_memdup2 (&entry, sizeof entry), NULL);
  return before;
}

TamisVerdict
tamis_verdicts_get (TamisVerdicts *self, guint a, guint b)
{
  TamisVerdictEntry key = { MIN (a, b), MAX (a, b), TAMIS_VERDICT_NONE };
  const TamisVerdictEntry *found = NULL;

  if (!g_hash_table_lookup_extended (self->entries, &key, (gpointer *) &found, NULL))
    return TAMIS_VERDICT_NONE;
  return found->verdict;
}

guint
tamis_verdicts_get_n (TamisVerdicts *self)
{
  return g_hash_table_size (self->entries);
}

static int
compare_entries (gconstpointer x, gconstpointer y)
{
  const TamisVerdictEntry *p = x, *q = y;

  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  return (p->b > q->b) - (p->b < q->b);
}

TamisVerdictEntry *
tamis_verdicts_list (TamisVerdicts *self)
{
  guint n = g_hash_table_size (self->entries), i = 0;
  TamisVerdictEntry *list = g_new (TamisVerdictEntry, MAX (n, 1));
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    list[i++] = *(const TamisVerdictEntry *) entry;
  qsort (list, n, sizeof *list, compare_entries);
  return list;
}
