/* Ranges that have little in common: each is screened by a basis of its own.
 *
 * DESIGN: the largest is tried first, so that data without any structure cost one trial; how many
 * directions it is content with, the others look for too. Ranges that are a small part of the work
 * are planned and screened by one worker each: it waits for no other, and finds their rows still in
 * its cache. The few large ones that may be there are planned by one and screened by all. Nothing of
 * this shows in the list.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/dedup/screen-private.h"

#define SHARE 4 /* small: so many of them to a worker, by the number of pairs */

typedef struct
{
  TamisJoin *join;
  TamisJoinWork *work;
  TamisRanges ranges;
  guint64 small; /* pairs at most */
  /* One a range */
  TamisScreenPlan *plans;
  TamisJoinReport *reports;
  gboolean *good; /* worth it */
  GError **errors;
  gsize *order; /* the most pairs first */
} Each;

static int
compare_sizes (gconstpointer a, gconstpointer b, gpointer data)
{
  const Each *self = data;
  guint x = self->ranges.items[*(const gsize *) a].n, y = self->ranges.items[*(const gsize *) b].n;

  return (x < y) - (x > y);
}

static void
each_init (Each *self)
{
  guint n = self->ranges.n;

  self->small = _tamis_ranges_count_pairs (self->ranges.items, n) / SHARE / self->join->n_workers;
  self->plans = g_new0 (TamisScreenPlan, n);
  self->reports = g_new0 (TamisJoinReport, n);
  self->good = g_new0 (gboolean, n);
  self->errors = g_new0 (GError *, n);
  self->order = g_new (gsize, n);
  for (guint i = 0; i < n; i++)
    self->order[i] = i;
  g_qsort_with_data (self->order, (gint) n, sizeof *self->order, compare_sizes, self);
}

static void
each_clear (Each *self)
{
  for (guint i = 0; i < self->ranges.n; i++)
    {
      _tamis_screen_plan_clear (&self->plans[i]);
      g_clear_error (&self->errors[i]);
    }
  g_free (self->plans);
  g_free (self->reports);
  g_free (self->good);
  g_free (self->errors);
  g_free (self->order);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Each, each_clear)

static gboolean
is_small (const Each *self, gsize range)
{
  return _tamis_ranges_count_pairs (&self->ranges.items[range], 1) <= self->small;
}

static gboolean
plan (Each *self, gsize range)
{
  TamisRanges one = { &self->ranges.items[range], 1 };

  return _tamis_screen_plan (self->join->in, one, &self->plans[range], &self->reports[range]);
}

/* By all workers, or by @work's own. */
static void
run (Each *self, gsize range, TamisJoinWork *work)
{
  TamisRanges one = { &self->ranges.items[range], 1 };

  work->report = &self->reports[range];
  _tamis_screen_run (self->join, one, &self->plans[range], work, &self->errors[range]);
  _tamis_screen_plan_clear (&self->plans[range]);
}

static void
do_range (gsize item, guint worker, gpointer data)
{
  Each *self = data;
  gsize range = self->order[item];
  TamisJoinWork alone = *self->work;

  alone.alone = TRUE;
  alone.worker = worker;
  self->good[range] = self->good[range] || plan (self, range);
  if (self->good[range] && is_small (self, range))
    run (self, range, &alone);
}

static void
do_ranges (Each *self)
{
  gsize largest = self->order[0];

  self->good[largest] = plan (self, largest);
  for (guint i = 1; i < self->ranges.n; i++)
    self->plans[self->order[i]].least = self->plans[largest].depth;
  if (!self->good[largest])
    return;
  tamis_parallel_for (self->ranges.n, do_range, self, self->work->cancel);
  for (guint i = 0; i < self->ranges.n; i++)
    if (self->good[i] && !is_small (self, i) && !g_cancellable_is_cancelled (self->work->cancel))
      {
        TamisJoinWork together = *self->work;

        run (self, i, &together);
      }
}

/* What the last of those screened chose, and how many they were. */
static void
put_together (const Each *self, TamisJoinReport *to)
{
  TamisJoinReport whole = *to;
  guint64 most = 0;

  for (guint i = 0; i < self->ranges.n; i++)
    if (self->good[i])
      {
        guint n_bases = to->n_bases + 1;

        *to = self->reports[i];
        most = MAX (most, to->bytes);
        to->n_bases = n_bases;
        to->engine = TAMIS_ENGINE_SCREEN;
        to->simd = self->plans[i].variant->name;
      }
  to->plan_s = whole.plan_s;
  to->n_screened = whole.n_screened;
  to->bytes = MAX (whole.bytes, most * self->join->n_workers);
}

gboolean
_tamis_screen_each (TamisJoin *join, TamisRanges large, TamisJoinWork *work, GArray *left,
                    GError **error)
{
  g_auto (Each) self = { .join = join, .work = work, .ranges = large };

  each_init (&self);
  do_ranges (&self);
  put_together (&self, work->report);
  for (guint i = 0; i < large.n; i++)
    if (self.errors[i] != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&self.errors[i]));
        return FALSE;
      }
    else if (!self.good[i])
      g_array_append_val (left, large.items[i]);
  return !g_cancellable_set_error_if_cancelled (work->cancel, error);
}
