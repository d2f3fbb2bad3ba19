/* TamisProgress: counters written by workers, read by one reader at its own pace.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/job.h>

#include <stdatomic.h>

struct _TamisProgress
{
  atomic_int references;
  atomic_int stage;
  atomic_uint_least64_t done;
  atomic_uint_least64_t total;
  atomic_int_least64_t begun_us;
};

TamisProgress *
tamis_progress_new (void)
{
  TamisProgress *self = g_new0 (TamisProgress, 1);

  atomic_init (&self->references, 1);
  atomic_init (&self->begun_us, g_get_monotonic_time ());
  return self;
}

TamisProgress *
tamis_progress_ref (TamisProgress *self)
{
  atomic_fetch_add (&self->references, 1);
  return self;
}

void
tamis_progress_unref (TamisProgress *self)
{
  if (atomic_fetch_sub (&self->references, 1) == 1)
    g_free (self);
}

void
tamis_progress_begin (TamisProgress *self, TamisStage stage, guint64 total)
{
  if (self == NULL)
    return;
  atomic_store (&self->done, 0);
  atomic_store (&self->total, total);
  atomic_store (&self->begun_us, g_get_monotonic_time ());
  atomic_store (&self->stage, stage);
}

void
tamis_progress_add (TamisProgress *self, guint64 done)
{
  if (self != NULL)
    atomic_fetch_add_explicit (&self->done, done, memory_order_relaxed);
}

void
tamis_progress_read (TamisProgress *self, TamisProgressState *state)
{
  double share;

  state->stage = atomic_load (&self->stage);
  state->done = atomic_load (&self->done);
  state->total = atomic_load (&self->total);
  state->seconds = (g_get_monotonic_time () - atomic_load (&self->begun_us)) / 1e6;
  state->rate = state->seconds > 0.2 ? state->done / state->seconds : 0.0;
  share = state->total > 0 ? (double) state->done / state->total : 0.0;
  /* Before a tenth is done a forecast only jumps about. */
  state->seconds_left = share >= 0.1 && state->seconds > 0.5
                            ? state->seconds * (1.0 - MIN (share, 1.0)) / share
                            : -1.0;
}
