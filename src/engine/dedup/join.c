/* The exact join: plans, runs an engine, keeps to the budget, makes the CSR.
 *
 * DESIGN: an engine may be as clever or as coarse as it likes; what is a pair and how similar it is
 * is decided by decide.c alone, in double precision from the raw rows. Each worker keeps its pairs in its
 * own list. The budget is looked at after every piece of work, so it may be overrun by one tile a
 * worker (4 MB each) and no more; whether it is passed in the end does not depend on the threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#include "engine/latent/latents-private.h"

#include <tamis/base.h>

#include <math.h>
#include <string.h>

#define SCREEN_MIN 128       /* rows of the smallest range that is screened */
#define BUDGET_SAMPLE 100000 /* pairs looked at to name a floor that would fit */

G_DEFINE_QUARK (tamis-dedup-error-quark, tamis_dedup_error)

guint64
_tamis_ranges_count_pairs (const TamisRange *ranges, guint n_ranges)
{
  guint64 total = 0;

  for (guint i = 0; i < n_ranges; i++)
    total += (guint64) ranges[i].n * (MAX (ranges[i].n, 1) - 1) / 2;
  return total;
}

gboolean
_tamis_join_count (TamisJoin *self, guint64 kept)
{
  return atomic_fetch_add (&self->n_pairs, kept) + kept <= self->most_pairs;
}

gboolean
_tamis_join_is_full (TamisJoin *self)
{
  return atomic_load_explicit (&self->n_pairs, memory_order_relaxed) > self->most_pairs
         || _tamis_spill_has_failed (self->spill);
}

/* ---- the budget ---- */

guint64
_tamis_join_default_max_pairs (void)
{
  guint64 total = _tamis_memory_get_total ();

  /* Not known: 2 GB, which any machine has that does this work. */
  return (total == G_MAXUINT64 ? (guint64) 2 << 30 : total / 4) / TAMIS_BYTES_A_PAIR;
}

static int
compare_falling (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x < y) - (x > y);
}

/* The range and pair of the @k-th of all pairs. */
static void
find_pair (const TamisJoinInput *in, guint64 k, guint *a, guint *b)
{
  for (guint i = 0; i < in->n_ranges; i++)
    {
      guint64 here = _tamis_ranges_count_pairs (&in->ranges[i], 1);

      if (k < here)
        {
          _tamis_pair_from_index (k, in->ranges[i].n, a, b);
          *a += in->ranges[i].first;
          *b += in->ranges[i].first;
          return;
        }
      k -= here;
    }
  g_assert_not_reached ();
}

/* What the disk holds beside memory, or instead of it: all pairs go there if some do. */
static guint64
count_most_pairs (const TamisJoinInput *in, guint64 max_pairs)
{
  guint64 bytes = in->max_disk > 0 ? in->max_disk : _tamis_spill_get_free () / 10 * 9;

  return MAX (max_pairs, bytes / TAMIS_BYTES_A_PAIR);
}

/* A floor at which, by a random sample of all pairs, three quarters of the budget would be used; and
 * bytes that all above the floor would take. The sample has a fixed seed, so the advice is the same
 * on every run. */
static double
suggest_floor (const TamisJoin *join, double *bytes)
{
  const TamisJoinInput *in = join->in;
  guint64 total = _tamis_ranges_count_pairs (in->ranges, in->n_ranges);
  g_autofree double *sample = g_new (double, BUDGET_SAMPLE);
  TamisRandom random;
  gsize rank, above = 0;

  tamis_random_init (&random, 1);
  for (gsize i = 0; i < BUDGET_SAMPLE; i++)
    {
      guint a, b;

      find_pair (in, tamis_random_below (&random, total), &a, &b);
      sample[i] = tamis_similarity (in->values + (gsize) a * in->dimension,
                                    in->values + (gsize) b * in->dimension, in->dimension);
      above += sample[i] > in->floor;
    }
  *bytes = (double) above / BUDGET_SAMPLE * (double) total * TAMIS_BYTES_A_PAIR;
  qsort (sample, BUDGET_SAMPLE, sizeof *sample, compare_falling);
  rank = (gsize) (0.75 * (double) join->most_pairs / (double) total * BUDGET_SAMPLE);
  return CLAMP (ceil (sample[MIN (rank, BUDGET_SAMPLE - 1)] * 1000.0) / 1000.0,
                MIN (in->floor + 0.001, 0.999), 0.999);
}

static void
set_budget_error (const TamisJoin *join, GError **error)
{
  double bytes, suggested = suggest_floor (join, &bytes);
  g_autofree char *needed = g_format_size ((guint64) bytes);
  char text[G_ASCII_DTOSTR_BUF_SIZE], floor_text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (floor_text, sizeof floor_text, "%.3f", join->in->floor);
  g_ascii_formatd (text, sizeof text, "%.3f", suggested);
  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "More than %" G_GUINT64_FORMAT " pairs are above %s, and there is no room for them: "
               "they need about %s; a floor of %s should fit",
               join->most_pairs, floor_text, needed, text);
}

gboolean
_tamis_join_has_memory (guint64 needed, GError **error)
{
  guint64 available = _tamis_memory_get_available ();

  if (needed <= available)
    return TRUE;
  g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_MEMORY,
               "Comparing needs %" G_GUINT64_FORMAT " bytes of memory, and %" G_GUINT64_FORMAT
               " are free",
               needed, available);
  return FALSE;
}

gboolean
_tamis_join_plan_memory (TamisJoinWork *work, guint64 needed, GError **error)
{
  work->report->bytes = MAX (work->report->bytes, needed);
  return _tamis_join_has_memory (needed, error);
}

void
_tamis_join_for (const TamisJoinWork *work, gsize n_items, TamisParallelFunc func, gpointer data)
{
  if (!work->alone)
    tamis_parallel_for (n_items, func, data, work->cancel);
  else
    for (gsize i = 0; i < n_items && !g_cancellable_is_cancelled (work->cancel); i++)
      func (i, work->worker, data);
}

/* ---- run ---- */

/* Large ranges come first in @sorted, @n_large of them, then small ones; both rising. */
static guint
part_ranges (const TamisJoinInput *in, TamisRange *sorted)
{
  guint smallest = in->engine == TAMIS_ENGINE_SCREEN ? 2 : SCREEN_MIN;
  guint n_large = 0, n = 0;

  for (guint i = 0; i < in->n_ranges; i++)
    if (in->ranges[i].n >= smallest)
      sorted[n_large++] = in->ranges[i];
  n = n_large;
  for (guint i = 0; i < in->n_ranges; i++)
    if (in->ranges[i].n < smallest)
      sorted[n++] = in->ranges[i];
  return n_large;
}

static double
seconds_since (gint64 *begun)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - *begun) / 1e6;

  *begun = now;
  return seconds;
}

/* Screens what is worth it of @large: all with one basis if that does, or each range with its own. */
static gboolean
screen_large (TamisJoin *join, TamisRanges large, TamisJoinWork *work, GArray *left, GError **error)
{
  const TamisJoinInput *in = join->in;
  g_auto (TamisScreenPlan) plan = { .least = 0 };
  gint64 begun = g_get_monotonic_time ();
  gboolean planned = large.n > 0 && in->engine != TAMIS_ENGINE_TILES
                     && !g_cancellable_is_cancelled (work->cancel)
                     && _tamis_screen_plan (in, large, &plan, work->report);

  work->report->plan_s = seconds_since (&begun);
  if (planned)
    {
      work->report->engine = TAMIS_ENGINE_SCREEN;
      work->report->simd = plan.variant->name;
      work->report->n_bases = 1;
      return _tamis_screen_run (join, large, &plan, work, error);
    }
  if (large.n > 1 && in->engine == TAMIS_ENGINE_AUTO)
    return _tamis_screen_each (join, large, work, left, error);
  g_array_append_vals (left, large.items, large.n);
  return TRUE;
}

/* All pairs of all ranges proposed, by the engine that the plan finds cheaper. */
static gboolean
run_engines (TamisJoin *join, TamisJoinWork *work, GError **error)
{
  const TamisJoinInput *in = join->in;
  g_autofree TamisRange *sorted = g_new (TamisRange, MAX (in->n_ranges, 1));
  guint n_large = part_ranges (in, sorted);
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (TamisRange));
  gint64 begun = g_get_monotonic_time ();
  gboolean good;

  work->report->engine = TAMIS_ENGINE_TILES;
  work->report->n_screened = _tamis_ranges_count_pairs (in->ranges, in->n_ranges);
  good = screen_large (join, (TamisRanges){ sorted, n_large }, work, left, error);
  g_array_append_vals (left, sorted + n_large, in->n_ranges - n_large);
  good = good
         && _tamis_tiles_run (join,
                              (TamisRanges){ (TamisRange *) (void *) left->data, left->len }, work,
                              error);
  work->report->engine_s = seconds_since (&begun) - work->report->plan_s;
  return good;
}

static void
join_init (TamisJoin *self, const TamisJoinInput *in)
{
  guint n_workers = tamis_parallel_workers ();
  guint64 max_pairs = in->max_pairs > 0 ? in->max_pairs : _tamis_join_default_max_pairs ();

  *self = (TamisJoin){
    .in = in,
    .squares = g_new (double, MAX (in->n, 1)),
    .n_workers = n_workers,
    .lists = g_new0 (TamisPairList, n_workers),
    .deciders = g_new0 (TamisDecider *, n_workers),
    .max_pairs = max_pairs,
    .most_pairs = count_most_pairs (in, max_pairs),
    .spill = _tamis_spill_new (max_pairs / TAMIS_PAIR_CHUNK + n_workers),
  };
  for (guint i = 0; i < n_workers; i++)
    {
      self->deciders[i] = _tamis_decider_new (in);
      self->lists[i].spill = self->spill;
    }
}

static void
join_clear (TamisJoin *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    {
      _tamis_pair_list_clear (&self->lists[i]);
      _tamis_decider_free (self->deciders[i]);
    }
  g_free (self->deciders);
  g_free (self->lists);
  g_free (self->squares);
  _tamis_spill_free (self->spill);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisJoin, join_clear)

/* FALSE: there are too many pairs, or they could not be kept. */
static gboolean
check_pairs (const TamisJoin *self, GError **error)
{
  if (_tamis_spill_has_failed (self->spill))
    _tamis_spill_set_error (self->spill, error);
  else if (atomic_load (&self->n_pairs) > self->most_pairs)
    set_budget_error (self, error);
  else
    return TRUE;
  return FALSE;
}

static TamisPairs *
make_list (TamisJoin *self, TamisJoinWork *work, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  TamisPairs *pairs = _tamis_pairs_new (self, work->cancel, error);
  TamisJoinReport *report = work->report;
  guint64 bytes = atomic_load (&self->n_pairs) * TAMIS_BYTES_A_PAIR;

  report->list_s = seconds_since (&begun);
  for (guint i = 0; i < self->n_workers; i++)
    report->n_decided += _tamis_decider_get_n (self->deciders[i]);
  report->bytes_list = MIN (bytes, self->max_pairs * TAMIS_BYTES_A_PAIR);
  report->bytes_disk = _tamis_spill_get_n (self->spill) * TAMIS_BYTES_A_PAIR;
  return pairs;
}

TamisPairs *
_tamis_join_ranges (const TamisJoinInput *in, TamisProgress *progress, GCancellable *cancel,
                    GError **error)
{
  g_auto (TamisJoin) join = { 0 };
  TamisJoinReport report = { 0 };
  TamisJoinWork work = { .progress = progress, .cancel = cancel, .report = &report };
  TamisPairs *pairs;

  if (!(in->floor >= 0.0 && in->floor < 1.0))
    {
      g_set_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE,
                   "The floor must lie in 0 .. 1 (1 excluded)");
      return NULL;
    }
  join_init (&join, in);
  if (!in->goes_on)
    tamis_progress_begin (progress, TAMIS_STAGE_JOIN,
                          _tamis_ranges_count_pairs (in->ranges, in->n_ranges));
  if (!run_engines (&join, &work, error) || !check_pairs (&join, error))
    return NULL;
  pairs = make_list (&join, &work, error);
  if (in->report != NULL)
    *in->report = report;
  if (pairs != NULL)
    _tamis_pairs_set_report (pairs, &report);
  return pairs;
}
