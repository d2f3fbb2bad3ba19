/* Joining through what the project knows: the pairs of a range of rows by the contents of its images.
 *
 * DESIGN: the pairs inside a class depend on its vectors alone, and these on the contents of its
 * files and the model; so a class whose contents are those of an earlier run, in the same order, has
 * the pairs of that run. Ranges that are not known are joined in batches of about a second of work,
 * each written when it is done, so that a join that was stopped goes on at the class where it was.
 * Pairs that were kept for a lower floor serve a higher one: in each row they are its beginning.
 * A row is decided the same in every batch (dedup/decide.c), so the result is that of one join.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include "engine/dedup/join-private.h"

#include <string.h>

/* What is known of one range. */
typedef struct
{
  TamisPairsRecord record;
  TamisPairs *pairs; /* NULL: not known; rows and neighbours count from @first */
  guint first;       /* 0, or the range's if @pairs is of all rows */
} Part;

typedef struct
{
  /* Borrowed */
  TamisProject *project;
  TamisDataset *dataset;
  TamisLatents *latents;
  const TamisJoinParams *params;

  /* Owned */
  char *model;
  Part *parts;
  guint n_parts;
} Joining;

static void
joining_clear (Joining *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->parts[i].pairs, tamis_pairs_unref);
  g_free (self->parts);
  g_free (self->model);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Joining, joining_clear)

/* FALSE: an image's content is not known. */
static gboolean
find_key (Joining *self, Part *part)
{
  g_autoptr (TamisHasher) hasher = tamis_hasher_new ();
  guint32 numbers[] = { tamis_latents_get_dimension (self->latents), part->record.range.n };

  tamis_hasher_update (hasher, self->model, strlen (self->model) + 1);
  tamis_hasher_update (hasher, numbers, sizeof numbers);
  for (guint i = 0; i < part->record.range.n; i++)
    {
      TamisImageFacts facts = tamis_dataset_get_facts (self->dataset, part->record.range.first + i);

      if (!tamis_digest_is_set (&facts.digest))
        return FALSE;
      tamis_hasher_update (hasher, facts.digest.bytes, sizeof facts.digest.bytes);
    }
  part->record.key = tamis_hasher_finish (hasher);
  return TRUE;
}

static gboolean
joining_init (Joining *self, TamisModel *model)
{
  g_autofree TamisRange *ranges
      = _tamis_scope_get_ranges (self->dataset, self->params->scope, &self->n_parts);

  self->model = _tamis_project_name_model (model);
  self->parts = g_new0 (Part, MAX (self->n_parts, 1));
  for (guint i = 0; i < self->n_parts; i++)
    {
      self->parts[i].record.scope = self->params->scope;
      self->parts[i].record.model = self->model;
      self->parts[i].record.range = ranges[i];
      if (!find_key (self, &self->parts[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_parts (Joining *self, GCancellable *cancel, GError **error)
{
  TamisStore *store = self->project->store;

  for (guint i = 0; i < self->n_parts; i++)
    {
      Part *part = &self->parts[i];

      if (g_cancellable_set_error_if_cancelled (cancel, error))
        return FALSE;
      part->pairs = _tamis_pairs_store_find (store, &part->record, self->params->floor);
    }
  return TRUE;
}

/* ---- joining what is not known ---- */

static double
count_products (const Joining *self, TamisRange range)
{
  return (double) _tamis_ranges_count_pairs (&range, 1)
         * tamis_latents_get_dimension (self->latents);
}

/* The next ranges that are not known, from @from on, up to a batch; returns where to go on. */
static guint
gather (const Joining *self, guint from, GArray *ranges)
{
  double products = 0;

  for (; from < self->n_parts && products < self->project->join_batch; from++)
    if (self->parts[from].pairs == NULL)
      {
        g_array_append_val (ranges, self->parts[from].record.range);
        products += count_products (self, self->parts[from].record.range);
      }
  return from;
}

/* The parts between @from and @end that were not known get @pairs, which is of all rows. */
static void
hand_out (Joining *self, guint from, guint end, TamisPairs *pairs)
{
  for (guint i = from; i < end; i++)
    {
      Part *part = &self->parts[i];

      if (part->pairs != NULL)
        continue;
      part->pairs = tamis_pairs_ref (pairs);
      part->first = part->record.range.first;
      _tamis_pairs_store_push (self->project->store, &part->record, pairs);
    }
}

static gboolean
join_missing (Joining *self, TamisProgress *progress, GCancellable *cancel, GError **error)
{
  TamisJoinInput in = {
    .values = tamis_latents_get_values (self->latents),
    .n = tamis_latents_get_n (self->latents),
    .dimension = tamis_latents_get_dimension (self->latents),
    .floor = self->params->floor,
    .scope = self->params->scope,
    .max_pairs = self->params->max_pairs,
    .goes_on = TRUE,
  };
  guint64 total = 0;

  for (guint i = 0; i < self->n_parts; i++)
    if (self->parts[i].pairs == NULL)
      total += _tamis_ranges_count_pairs (&self->parts[i].record.range, 1);
  tamis_progress_begin (progress, TAMIS_STAGE_JOIN, total);
  for (guint from = 0, end; from < self->n_parts; from = end)
    {
      g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (TamisRange));
      g_autoptr (TamisPairs) pairs = NULL;

      end = gather (self, from, ranges);
      if (ranges->len == 0)
        continue;
      in.ranges = (const TamisRange *) (const void *) ranges->data;
      in.n_ranges = ranges->len;
      pairs = _tamis_join_ranges (&in, progress, cancel, error);
      if (pairs == NULL)
        return FALSE;
      hand_out (self, from, end, pairs);
    }
  return TRUE;
}

/* ---- putting together ---- */

static guint
get_row (const Joining *self, const Part *part, guint row, const guint32 **neighbours,
         const double **similarities)
{
  tamis_pairs_get_row (part->pairs, part->first + row, neighbours, similarities);
  return _tamis_pairs_count_row (part->pairs, part->first + row, self->params->floor);
}

static guint64
count_entries (const Joining *self, guint32 *degrees)
{
  guint64 entries = 0;

  for (guint i = 0; i < self->n_parts; i++)
    for (guint row = 0; row < self->parts[i].record.range.n; row++)
      {
        guint degree = get_row (self, &self->parts[i], row, NULL, NULL);

        degrees[self->parts[i].record.range.first + row] = degree;
        entries += degree;
      }
  return entries;
}

static void
copy_part (const Joining *self, const Part *part, TamisPairsArrays *to, guint64 *at)
{
  guint shift = part->record.range.first - part->first;

  for (guint row = 0; row < part->record.range.n; row++)
    {
      const guint32 *neighbours;
      const double *similarities;
      guint degree = get_row (self, part, row, &neighbours, &similarities);

      for (guint i = 0; i < degree; i++)
        to->neighbours[*at + i] = neighbours[i] + shift;
      memcpy (to->similarities + *at, similarities, degree * sizeof *similarities);
      *at += degree;
    }
}

/* Do all parts come from one join of all rows, with nothing to leave out? */
static TamisPairs *
find_whole (const Joining *self)
{
  TamisPairs *pairs = self->n_parts > 0 ? self->parts[0].pairs : NULL;

  for (guint i = 0; i < self->n_parts; i++)
    if (self->parts[i].pairs != pairs)
      return NULL;
  if (pairs == NULL || tamis_pairs_get_n_images (pairs) != tamis_latents_get_n (self->latents)
      || tamis_pairs_get_scope (pairs) != self->params->scope
      || tamis_pairs_get_floor (pairs) != self->params->floor)
    return NULL;
  return tamis_pairs_ref (pairs);
}

static TamisPairs *
assemble (Joining *self, GError **error)
{
  guint n = tamis_latents_get_n (self->latents);
  TamisPairsArrays arrays = { .degrees = g_new0 (guint32, MAX (n, 1)) };
  guint64 entries = count_entries (self, arrays.degrees), at = 0;
  TamisPairs *pairs = find_whole (self);

  if (pairs == NULL && _tamis_pairs_arrays_reserve (&arrays, entries, error))
    {
      for (guint i = 0; i < self->n_parts; i++)
        {
          copy_part (self, &self->parts[i], &arrays, &at);
          g_clear_pointer (&self->parts[i].pairs, tamis_pairs_unref);
        }
      pairs = _tamis_pairs_new_take (n, self->params->floor, self->params->scope, &arrays);
    }
  _tamis_pairs_arrays_clear (&arrays);
  return pairs;
}

/* More pairs than @params allows, though no batch by itself had too many? */
static gboolean
is_over_budget (const Joining *self)
{
  guint64 max = self->params->max_pairs > 0 ? self->params->max_pairs
                                            : _tamis_join_default_max_pairs ();
  guint64 entries = 0;

  for (guint i = 0; i < self->n_parts; i++)
    for (guint row = 0; row < self->parts[i].record.range.n; row++)
      entries += get_row (self, &self->parts[i], row, NULL, NULL);
  return entries / 2 > max;
}

/* Takes out of the file what this data set has no use for any more. */
static void
prune (const Joining *self)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (TamisDigest));

  for (guint i = 0; i < self->n_parts; i++)
    g_array_append_val (keys, self->parts[i].record.key);
  _tamis_pairs_store_prune (self->project->store, self->params->scope, self->model, keys);
}

TamisPairs *
tamis_project_join (TamisProject *self, TamisDataset *dataset, TamisLatents *latents,
                    TamisModel *model, const TamisJoinParams *params, TamisProgress *progress,
                    GCancellable *cancel, GError **error)
{
  g_auto (Joining) joining = { .project = self, .dataset = dataset, .latents = latents,
                               .params = params };
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (tamis_latents_get_n (latents) == tamis_dataset_get_n_images (dataset),
                        NULL);
  if (!joining_init (&joining, model) || !(params->floor >= 0 && params->floor < 1))
    return tamis_join_run (dataset, latents, params, progress, cancel, error);
  if (!load_parts (&joining, cancel, &problem)
      || !join_missing (&joining, progress, cancel, &problem))
    {
      /* It words the refusal for all pairs, not for those of a batch. */
      if (g_error_matches (problem, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY))
        return tamis_join_run (dataset, latents, params, progress, cancel, error);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (is_over_budget (&joining))
    return tamis_join_run (dataset, latents, params, progress, cancel, error);
  prune (&joining);
  return assemble (&joining, error);
}
