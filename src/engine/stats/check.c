/* TamisCheck: a stratified random sample of pairs, for a person to judge.
 *
 * DESIGN: similarities are counted at a thousand levels, strata begin and end at levels. The first
 * stratum holds about TOP_PER_DRAW pairs for each one drawn of it, each further one a fixed factor
 * more: so the pairs above any T have a share of the sample that falls only with the logarithm of
 * their number. Inside a stratum every pair has a permanent random number (Ohlsson 1995), a hash of
 * the seed and of the two paths, and those with the smallest are drawn: a simple random sample that
 * needs no memory of what was drawn, that a larger one contains, and that survives new files.
 * See docs/design/precision.md.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <tamis/base.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS TAMIS_CHECK_LEVELS
#define PER_STRATUM 10 /* pairs drawn of each, as long as that is not too many strata */
#define STRATA_MIN 4
#define STRATA_MAX 12
#define TOP_PER_DRAW 5.0

typedef struct
{
  guint a, b;
  guint stratum;
  guint round; /* drawn as this one of its stratum */
  double similarity;
  guint64 number; /* permanent random number */
} Drawn;

typedef struct
{
  guint low, high; /* levels */
  guint64 n_pairs;
  guint n_drawn;
} Stratum;

struct _TamisCheck
{
  TamisDataset *dataset;
  guint64 seed;
  guint size;
  int class_index;

  guint n_strata;
  Stratum strata[STRATA_MAX];
  guint n;
  Drawn *drawn;

  guint64 n_identical;
  guint64 above[LEVELS + 1];
  GHashTable *class_above; /* class → counts as @above; those with enough pairs drawn */
};

/* ---- walking over the pairs ---- */

typedef struct
{
  TamisCheck *check;
  TamisPairs *pairs;
  GCancellable *cancel;
} Walk;

typedef void (*Visit) (TamisCheck *self, guint a, guint b, double similarity, gpointer data);

/* Every pair a < b of the class in question. FALSE if cancelled. */
static gboolean
visit_pairs (const Walk *walk, Visit visit, gpointer data)
{
  TamisCheck *self = walk->check;
  TamisRange range = { 0, tamis_pairs_get_n_images (walk->pairs) };

  if (self->class_index >= 0)
    range = tamis_dataset_get_class_range (self->dataset, (guint) self->class_index);
  for (guint a = range.first; a < range.first + range.n; a++)
    {
      const guint32 *neighbours;
      const double *similarities;
      guint degree = tamis_pairs_get_row (walk->pairs, a, &neighbours, &similarities);

      if (g_cancellable_is_cancelled (walk->cancel))
        return FALSE;
      for (guint i = 0; i < degree; i++)
        if (neighbours[i] > a && neighbours[i] < range.first + range.n)
          visit (self, a, neighbours[i], similarities[i], data);
    }
  return TRUE;
}

static gboolean
is_identical (TamisCheck *self, guint a, guint b)
{
  return tamis_dataset_get_content (self->dataset, a) == tamis_dataset_get_content (self->dataset, b);
}

guint
_tamis_check_level (double similarity)
{
  int level = (int) CLAMP (ceil (similarity * LEVELS) - 1, 0, LEVELS - 1);

  /* Levels are what k / 1000 is as a double: the product above may round across. */
  if (level > 0 && !(similarity > (double) level / LEVELS))
    level--;
  else if (level < LEVELS - 1 && similarity > (level + 1.0) / LEVELS)
    level++;
  return (guint) level;
}

static void
count_pair (TamisCheck *self, guint a, guint b, double similarity, gpointer low)
{
  if (is_identical (self, a, b))
    self->n_identical++;
  else if (_tamis_check_level (similarity) >= GPOINTER_TO_UINT (low))
    self->above[_tamis_check_level (similarity)]++;
}

/* From how many lie at each level to how many lie above it. */
static void
accumulate (guint64 *above)
{
  for (guint level = LEVELS; level > 0; level--)
    above[level - 1] += above[level];
}

/* ---- strata ---- */

/* The factor r with first (1 + r + … + r^(k - 1)) = total; 1 where that is too much already. */
static double
find_factor (double first, guint k, double total)
{
  double low = 1.0, high = 1e6;

  for (int i = 0; i < 200; i++)
    {
      double middle = sqrt (low * high), sum = 0.0;

      for (guint j = 0; j < k; j++)
        sum = sum * middle + first;
      if (sum < total)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* From @low up to where the last one begins. There are no empty ones. */
static void
add_stratum (TamisCheck *self, guint low)
{
  guint high = self->n_strata > 0 ? self->strata[self->n_strata - 1].low : LEVELS;
  guint64 n_pairs = self->above[low] - self->above[high];

  if (n_pairs > 0)
    self->strata[self->n_strata++] = (Stratum){ low, high, n_pairs, 0 };
}

static void
make_strata (TamisCheck *self, guint low)
{
  double n = (double) self->above[low];
  guint k = CLAMP (self->size / PER_STRATUM, STRATA_MIN, STRATA_MAX);
  double step = MIN (TOP_PER_DRAW * self->size / k, n / k);
  double factor = find_factor (step, k, n), wanted = step;
  guint high = LEVELS;

  for (guint h = 0; h < k && high > low; h++)
    {
      guint end = high - 1;

      while (end > low && (h + 1 == k || (double) self->above[end] < wanted))
        end--;
      add_stratum (self, end);
      high = end;
      step *= factor;
      wanted += step;
    }
}

/* ---- drawing ---- */

static guint64
mix (guint64 x)
{
  TamisRandom random;

  tamis_random_init (&random, x);
  return tamis_random_next (&random);
}

/* FNV-1a: the same on every machine, unlike what hash tables use. */
static guint64
hash_path (const char *path)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (; *path != '\0'; path++)
    hash = (hash ^ (guint8) *path) * 0x100000001b3u;
  return mix (hash);
}

typedef struct
{
  guint64 *keys; /* one a row */
  guint quota;   /* no stratum gives more */
  Drawn *best;   /* n_strata × quota, each by rising number */
} Drawing;

static int
compare_numbers (const Drawn *x, const Drawn *y)
{
  if (x->number != y->number)
    return x->number < y->number ? -1 : 1;
  if (x->a != y->a)
    return x->a < y->a ? -1 : 1;
  return (x->b > y->b) - (x->b < y->b);
}

static guint
find_stratum (TamisCheck *self, guint level)
{
  guint h = 0;

  while (h < self->n_strata && level < self->strata[h].low)
    h++;
  return h;
}

static void
draw_pair (TamisCheck *self, guint a, guint b, double similarity, gpointer data)
{
  Drawing *drawing = data;
  guint h = find_stratum (self, _tamis_check_level (similarity));
  guint64 x = MIN (drawing->keys[a], drawing->keys[b]);
  guint64 y = MAX (drawing->keys[a], drawing->keys[b]);
  Drawn drawn = { a, b, h, 0, similarity, mix (mix (self->seed ^ x) ^ y) };
  Drawn *best;
  guint at;

  if (h == self->n_strata || is_identical (self, a, b))
    return;
  best = drawing->best + (gsize) h * drawing->quota;
  at = self->strata[h].n_drawn;
  if (at == drawing->quota && compare_numbers (&drawn, &best[at - 1]) > 0)
    return;
  if (at < drawing->quota)
    self->strata[h].n_drawn++;
  else
    at--;
  for (; at > 0 && compare_numbers (&drawn, &best[at - 1]) < 0; at--)
    best[at] = best[at - 1];
  best[at] = drawn;
}

/* Rounds, in each of which every stratum that has pairs left gives one; chance decides who first. */
static int
compare_rounds (gconstpointer a, gconstpointer b)
{
  const Drawn *x = a, *y = b;

  if (x->round != y->round)
    return x->round < y->round ? -1 : 1;
  return compare_numbers (x, y);
}

static void
take_rounds (TamisCheck *self, const Drawing *drawing)
{
  guint n = 0;

  self->drawn = g_new (Drawn, (gsize) self->n_strata * drawing->quota + 1);
  for (guint h = 0; h < self->n_strata; h++)
    {
      for (guint i = 0; i < self->strata[h].n_drawn; i++)
        {
          self->drawn[n] = drawing->best[(gsize) h * drawing->quota + i];
          self->drawn[n++].round = i;
        }
      self->strata[h].n_drawn = 0;
    }
  qsort (self->drawn, n, sizeof *self->drawn, compare_rounds);
  self->n = MIN (n, self->size);
  for (guint i = 0; i < self->n; i++)
    self->strata[self->drawn[i].stratum].n_drawn++;
}

/* How many a stratum may have to give so that @size are found where small ones run out. */
static guint
find_quota (TamisCheck *self)
{
  guint quota = 0;
  guint64 found = 0;

  while (found < MIN ((guint64) self->size, self->above[self->strata[self->n_strata - 1].low]))
    {
      for (guint h = 0; h < self->n_strata; h++)
        found += self->strata[h].n_pairs > quota;
      quota++;
    }
  return quota;
}

static gboolean
draw (const Walk *walk)
{
  TamisCheck *self = walk->check;
  guint n = tamis_dataset_get_n_images (self->dataset), quota = find_quota (self);
  g_autofree guint64 *keys = g_new (guint64, MAX (n, 1));
  g_autofree Drawn *best = g_new (Drawn, (gsize) self->n_strata * quota);
  Drawing drawing = { keys, quota, best };

  for (guint row = 0; row < n; row++)
    keys[row] = hash_path (tamis_dataset_get_path (self->dataset, row));
  if (!visit_pairs (walk, draw_pair, &drawing))
    return FALSE;
  take_rounds (self, &drawing);
  return TRUE;
}

/* ---- counts of classes ---- */

static void
count_in_class (TamisCheck *self, guint a, guint b, double similarity, gpointer data)
{
  guint class_index = tamis_dataset_get_class (self->dataset, a);
  guint64 *above;

  if (class_index != tamis_dataset_get_class (self->dataset, b) || is_identical (self, a, b))
    return;
  above = g_hash_table_lookup (self->class_above, GUINT_TO_POINTER (class_index));
  if (above != NULL)
    above[_tamis_check_level (similarity)]++;
}

/* Only classes that can have a figure: they are few, however many there are in all. */
static gboolean
count_classes (const Walk *walk)
{
  TamisCheck *self = walk->check;
  guint n_classes = tamis_dataset_get_n_classes (self->dataset);
  g_autofree guint *n_drawn = g_new0 (guint, MAX (n_classes, 1));
  GHashTableIter iter;
  gpointer above;

  for (guint i = 0; i < self->n; i++)
    {
      guint class_index = tamis_dataset_get_class (self->dataset, self->drawn[i].a);

      n_drawn[class_index] += class_index
                              == tamis_dataset_get_class (self->dataset, self->drawn[i].b);
    }
  for (guint c = 0; c < n_classes; c++)
    if (n_drawn[c] >= TAMIS_PRECISION_MIN_CLASS)
      g_hash_table_insert (self->class_above, GUINT_TO_POINTER (c), g_new0 (guint64, LEVELS + 1));
  if (g_hash_table_size (self->class_above) > 0 && !visit_pairs (walk, count_in_class, NULL))
    return FALSE;
  g_hash_table_iter_init (&iter, self->class_above);
  while (g_hash_table_iter_next (&iter, NULL, &above))
    accumulate (above);
  return TRUE;
}

/* ---- construction ---- */

static TamisCheck *
check_new (TamisDataset *dataset, const TamisCheckParams *params)
{
  TamisCheck *self = g_atomic_rc_box_new0 (TamisCheck);

  self->dataset = tamis_dataset_ref (dataset);
  self->seed = params->seed;
  self->size = CLAMP (params->size, 1, TAMIS_CHECK_SIZE_MAX);
  self->class_index = params->class_index;
  self->class_above = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

/* @edges: (nullable): levels, falling, from LEVELS on: strata as they were, not new ones. */
static gboolean
build (const Walk *walk, guint low, GArray *edges, GError **error)
{
  TamisCheck *self = walk->check;
  gboolean complete = visit_pairs (walk, count_pair, GUINT_TO_POINTER (low));

  accumulate (self->above);
  if (edges == NULL)
    make_strata (self, low);
  for (guint i = 1; edges != NULL && i < edges->len; i++)
    add_stratum (self, g_array_index (edges, guint, i));
  if (self->n_strata > 0)
    complete = complete && draw (walk) && count_classes (walk);
  return complete || !g_cancellable_set_error_if_cancelled (walk->cancel, error);
}

TamisCheck *
tamis_check_new (TamisDataset *dataset, TamisPairs *pairs, const TamisCheckParams *params,
                 GCancellable *cancel, GError **error)
{
  g_autoptr (TamisCheck) self = check_new (dataset, params);
  Walk walk = { self, pairs, cancel };
  double low = MAX (params->low, tamis_pairs_get_floor (pairs));

  /* The first level at or above @low. */
  if (!build (&walk, (guint) CLAMP (ceil (low * LEVELS - 1e-9), 0, LEVELS - 1), NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

TamisCheck *
tamis_check_ref (TamisCheck *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TamisCheck *self = data;

  tamis_dataset_unref (self->dataset);
  g_hash_table_unref (self->class_above);
  g_free (self->drawn);
}

void
tamis_check_unref (TamisCheck *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* ---- the design as text ---- */

char *
tamis_check_dup_text (TamisCheck *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "check 1 seed=%" G_GUINT64_FORMAT " size=%u edges=%u", self->seed,
                          self->size, LEVELS);
  for (guint h = 0; h < self->n_strata; h++)
    g_string_append_printf (text, ",%u", self->strata[h].low);
  if (self->class_index >= 0)
    {
      g_autofree char *name = tamis_path_escape (
          tamis_dataset_get_class_name (self->dataset, (guint) self->class_index));

      g_string_append_printf (text, " class=%s", name);
    }
  return g_string_free (text, FALSE);
}

static int
find_class (TamisDataset *dataset, const char *escaped)
{
  g_autofree char *name = tamis_path_unescape (escaped);

  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    if (strcmp (tamis_dataset_get_class_name (dataset, c), name) == 0)
      return (int) c;
  return -1;
}

/* "1000,990,700": from 1000 on, falling; no more than a design has. */
static GArray *
parse_edges (const char *text, const char **end)
{
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (guint));
  const char *at = text;

  do
    {
      char *after = NULL;
      guint64 level = g_ascii_strtoull (at, &after, 10);
      guint edge = (guint) MIN (level, LEVELS + 1);

      if (after == at || edges->len > STRATA_MAX
          || (edges->len == 0 ? edge != LEVELS
                              : edge >= g_array_index (edges, guint, edges->len - 1)))
        return NULL;
      g_array_append_val (edges, edge);
      at = after;
    }
  while (*at++ == ',');
  *end = at - 1;
  return g_steal_pointer (&edges);
}

static GArray *
parse_text (TamisDataset *dataset, const char *text, TamisCheckParams *params)
{
  g_autoptr (GArray) edges = NULL;
  int read = 0;
  const char *end;

  if (sscanf (text, "check 1 seed=%" G_GUINT64_FORMAT " size=%u edges=%n", &params->seed,
              &params->size, &read) != 2 || read == 0)
    return NULL;
  edges = parse_edges (text + read, &end);
  if (edges == NULL)
    return NULL;
  params->class_index = -1;
  if (g_str_has_prefix (end, " class="))
    params->class_index = find_class (dataset, end + strlen (" class="));
  return *end == '\0' || params->class_index >= 0 ? g_steal_pointer (&edges) : NULL;
}

TamisCheck *
tamis_check_new_from_text (TamisDataset *dataset, TamisPairs *pairs, const char *text, guint size,
                           GCancellable *cancel, GError **error)
{
  TamisCheckParams params = TAMIS_CHECK_PARAMS_INIT;
  g_autoptr (GArray) edges = parse_text (dataset, text, &params);
  g_autoptr (TamisCheck) self = NULL;
  Walk walk = { NULL, pairs, cancel };

  if (edges == NULL)
    {
      g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                   "Not the design of a sample of these images: %s", text);
      return NULL;
    }
  if (size > 0)
    params.size = size;
  self = walk.check = check_new (dataset, &params);
  if (!build (&walk, g_array_index (edges, guint, edges->len - 1), edges, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- reading ---- */

int
tamis_check_get_class (TamisCheck *self)
{
  return self->class_index;
}

guint
tamis_check_get_n (TamisCheck *self)
{
  return self->n;
}

TamisCheckPair
tamis_check_get_pair (TamisCheck *self, guint i)
{
  const Drawn *drawn = &self->drawn[i];

  return (TamisCheckPair){ drawn->a, drawn->b, drawn->similarity, drawn->stratum };
}

guint
tamis_check_get_n_strata (TamisCheck *self)
{
  return self->n_strata;
}

TamisCheckStratum
tamis_check_get_stratum (TamisCheck *self, guint h)
{
  const Stratum *stratum = &self->strata[h];

  return (TamisCheckStratum){ (double) stratum->low / LEVELS, (double) stratum->high / LEVELS,
                              stratum->n_pairs, stratum->n_drawn };
}

guint64
tamis_check_get_n_pairs (TamisCheck *self)
{
  return self->n_strata > 0 ? self->above[self->strata[self->n_strata - 1].low] : 0;
}

guint64
tamis_check_get_n_identical (TamisCheck *self)
{
  return self->n_identical;
}

const guint64 *
_tamis_check_get_above (TamisCheck *self, int class_index)
{
  if (class_index < 0 || class_index == self->class_index)
    return self->above;
  return g_hash_table_lookup (self->class_above, GINT_TO_POINTER (class_index));
}

guint
_tamis_check_get_low (TamisCheck *self, guint h)
{
  return self->strata[h].low;
}

guint
_tamis_check_get_high (TamisCheck *self, guint h)
{
  return self->strata[h].high;
}

gboolean
_tamis_check_is_in (TamisCheck *self, guint i, int class_index)
{
  return class_index < 0
         || ((int) tamis_dataset_get_class (self->dataset, self->drawn[i].a) == class_index
             && (int) tamis_dataset_get_class (self->dataset, self->drawn[i].b) == class_index);
}

/* ---- verdicts ---- */

static guint64
content_key (TamisCheck *self, guint a, guint b)
{
  guint x = tamis_dataset_get_content (self->dataset, a);
  guint y = tamis_dataset_get_content (self->dataset, b);

  return (guint64) MIN (x, y) << 32 | MAX (x, y);
}

static TamisJudgement
judgement_of (TamisVerdict verdict)
{
  switch (verdict)
    {
    case TAMIS_VERDICT_REMOVE:
    case TAMIS_VERDICT_KEEP_BOTH:
    case TAMIS_VERDICT_DUPLICATES:
      return TAMIS_JUDGEMENT_YES;
    case TAMIS_VERDICT_NOT_DUPLICATES:
      return TAMIS_JUDGEMENT_NO;
    default:
      return TAMIS_JUDGEMENT_NONE;
    }
}

void
tamis_check_read_verdicts (TamisCheck *self, TamisVerdicts *verdicts, guint8 *judgements)
{
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (verdicts);
  g_autoptr (GHashTable) said = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree guint64 *keys = g_new (guint64, MAX (self->n, 1));

  for (guint i = 0; i < self->n; i++)
    {
      keys[i] = content_key (self, self->drawn[i].a, self->drawn[i].b);
      g_hash_table_insert (said, &keys[i], GINT_TO_POINTER (TAMIS_JUDGEMENT_NONE));
    }
  for (guint i = 0; i < tamis_verdicts_get_n (verdicts); i++)
    {
      guint64 key = content_key (self, entries[i].removed, entries[i].witness);
      TamisJudgement judgement = judgement_of (entries[i].verdict);
      gpointer drawn;

      if (judgement != TAMIS_JUDGEMENT_NONE
          && g_hash_table_lookup_extended (said, &key, &drawn, NULL))
        g_hash_table_insert (said, drawn, GINT_TO_POINTER (judgement));
    }
  for (guint i = 0; i < self->n; i++)
    {
      TamisVerdict own = tamis_verdicts_get (verdicts, self->drawn[i].a, self->drawn[i].b);

      /* What was said of the pair itself comes before what was said of its copies. */
      judgements[i] = (guint8) judgement_of (own);
      if (own == TAMIS_VERDICT_NONE)
        judgements[i] = (guint8) GPOINTER_TO_INT (g_hash_table_lookup (said, &keys[i]));
    }
}
