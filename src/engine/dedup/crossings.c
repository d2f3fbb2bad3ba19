/* TamisCrossings: pairs above T across splits (leaks) or classes (label conflicts).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/join-private.h"

struct _TamisCrossings
{
  TamisDataset *dataset;
  TamisBorder border;
  TamisPair *items;
  gsize n;
  guint n_left;
};

typedef struct
{
  TamisDataset *dataset;
  TamisPairs *pairs;
  TamisPlan *plan;
  TamisBorder border;
  double *thresholds; /* one a class */
  guint *ranks;       /* one a split: how far from training */
} Search;

/* -1: on no side. */
static int
get_side (TamisDataset *dataset, TamisBorder border, guint row)
{
  return border == TAMIS_BORDER_SPLITS ? tamis_dataset_get_split_index (dataset, row)
                                       : (int) tamis_dataset_get_class (dataset, row);
}

/* Splits stand in natural order, so the order of their numbers breaks ties between roles. */
static guint *
rank_splits (TamisDataset *dataset)
{
  guint n = tamis_dataset_get_n_splits (dataset);
  guint *ranks = g_new (guint, MAX (n, 1));

  for (guint s = 0; s < n; s++)
    ranks[s] = (guint) tamis_split_get_role (tamis_dataset_get_split_name (dataset, s)) * n + s;
  return ranks;
}

static double *
get_thresholds (TamisDataset *dataset, TamisPlan *plan)
{
  guint n = tamis_dataset_get_n_classes (dataset);
  double *thresholds = g_new (double, MAX (n, 1));

  for (guint c = 0; c < n; c++)
    thresholds[c] = tamis_plan_get_class_threshold (plan, c);
  return thresholds;
}

/* Which image of a pair is named first. */
static gboolean
comes_first (const Search *self, guint row, int side, guint other, int other_side)
{
  if (self->border == TAMIS_BORDER_SPLITS)
    return self->ranks[side] < self->ranks[other_side];
  return row < other;
}

/* Appends the crossings of @row in which it is the first. */
static void
search_row (const Search *self, guint row, GArray *items)
{
  guint row_class = tamis_dataset_get_class (self->dataset, row);
  int side = get_side (self->dataset, self->border, row);
  guint degree = _tamis_pairs_count_row (self->pairs, row, self->thresholds[row_class]);
  const guint32 *neighbours;
  const double *similarities;

  tamis_pairs_get_row (self->pairs, row, &neighbours, &similarities);
  for (guint i = 0; side >= 0 && i < degree; i++)
    {
      TamisPair pair = { similarities[i], row, neighbours[i] };
      guint other_class = tamis_dataset_get_class (self->dataset, pair.b);
      int other_side = get_side (self->dataset, self->border, pair.b);

      if (other_side >= 0 && other_side != side
          && comes_first (self, row, side, pair.b, other_side)
          && pair.similarity > self->thresholds[other_class]
          && _tamis_plan_counts (self->plan, row, pair.b))
        g_array_append_val (items, pair);
    }
}

static void
sort (TamisCrossings *self)
{
  g_autofree TamisPair *scratch = g_new (TamisPair, self->n + 1);

  _tamis_pairs_sort (self->items, scratch, self->n);
}

TamisCrossings *
tamis_crossings_new (TamisDataset *dataset, TamisPairs *pairs, TamisPlan *plan, TamisBorder border)
{
  g_autofree double *thresholds = get_thresholds (dataset, plan);
  g_autofree guint *ranks = rank_splits (dataset);
  Search search = { dataset, pairs, plan, border, thresholds, ranks };
  TamisCrossings *self = g_atomic_rc_box_new0 (TamisCrossings);
  GArray *items = g_array_new (FALSE, FALSE, sizeof (TamisPair));

  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    search_row (&search, row, items);
  self->dataset = tamis_dataset_ref (dataset);
  self->border = border;
  self->items = g_array_steal (items, &self->n);
  g_array_unref (items);
  sort (self);
  for (gsize i = 0; i < self->n; i++)
    self->n_left += tamis_plan_is_kept (plan, self->items[i].a)
                    && tamis_plan_is_kept (plan, self->items[i].b);
  return self;
}

TamisCrossings *
tamis_crossings_ref (TamisCrossings *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TamisCrossings *self = data;

  tamis_dataset_unref (self->dataset);
  g_free (self->items);
}

void
tamis_crossings_unref (TamisCrossings *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

guint
tamis_crossings_get_n (TamisCrossings *self)
{
  return (guint) self->n;
}

TamisCrossing
tamis_crossings_get (TamisCrossings *self, guint i)
{
  g_return_val_if_fail (i < self->n, ((TamisCrossing){ 0, 0, 0 }));
  return (TamisCrossing){ self->items[i].a, self->items[i].b, self->items[i].similarity };
}

guint
tamis_crossings_get_n_left (TamisCrossings *self)
{
  return self->n_left;
}

guint
tamis_crossings_count_between (TamisCrossings *self, guint side, guint other)
{
  guint n = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      guint a = (guint) get_side (self->dataset, self->border, self->items[i].a);
      guint b = (guint) get_side (self->dataset, self->border, self->items[i].b);

      n += (a == side && b == other) || (a == other && b == side);
    }
  return n;
}
