/* Work that takes time: a pool for loops, progress counters, a queue for small requests.
 *
 * Every long engine function is blocking, takes a TamisProgress and a GCancellable (both nullable),
 * is called from a worker thread, and returns within 250 ms of a cancel with G_IO_ERROR_CANCELLED.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  TAMIS_STAGE_IDLE,
  TAMIS_STAGE_SCAN,
  TAMIS_STAGE_ENCODE,
  TAMIS_STAGE_JOIN,
  TAMIS_STAGE_STATISTICS,
  TAMIS_STAGE_TRAIN,
  TAMIS_STAGE_DRAW,
  TAMIS_STAGE_EXPORT,
  TAMIS_STAGE_ACT, /* files of a manifest, checked and moved */
} TamisStage;

/**
 * TamisProgress:
 *
 * Counters that workers write as often as they like (C11 atomics) and one reader polls. No strings:
 * who shows them words them.
 */
typedef struct _TamisProgress TamisProgress;

typedef struct
{
  TamisStage stage;
  guint64 done;
  guint64 total;      /* 0 while unknown */
  double seconds;     /* since the stage began */
  double rate;        /* done a second in this stage; 0 while unknown */
  double seconds_left; /* negative while unknown: before 10 % or half a second */
} TamisProgressState;

TamisProgress *tamis_progress_new (void) G_GNUC_WARN_UNUSED_RESULT;
TamisProgress *tamis_progress_ref (TamisProgress *self);
void tamis_progress_unref (TamisProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisProgress, tamis_progress_unref)
/* @self may be NULL in the next three: no progress is wanted. */
void tamis_progress_begin (TamisProgress *self, TamisStage stage, guint64 total);
void tamis_progress_add (TamisProgress *self, guint64 done);
void tamis_progress_read (TamisProgress *self, TamisProgressState *state);

/**
 * TamisParallelFunc:
 * @item: 0 .. n_items - 1
 * @worker: 0 .. tamis_parallel_workers() - 1; no two calls with one number run at once
 *
 * Runs on a pool thread (or the caller's); may write only what belongs to @item or @worker. It
 * must not call tamis_parallel_for(), but may call tamis_parallel_for_now(). Keep one call under 50 ms:
 * cancellation is looked at between them.
 */
typedef void (*TamisParallelFunc) (gsize item, guint worker, gpointer data);

/**
 * tamis_parallel_for:
 *
 * Calls @func for every item, items handed out in rising order; returns when all have ended. Calls
 * from several threads wait for one another: one batch job runs at a time.
 *
 * Returns: %FALSE if @cancel fired before the last item was handed out (some items were not done)
 */
gboolean tamis_parallel_for (gsize n_items, TamisParallelFunc func, gpointer data,
                             GCancellable *cancel);

/**
 * tamis_parallel_for_now:
 *
 * For short work that somebody waits for: as tamis_parallel_for(), but while another loop runs, be it
 * the one that this call comes from, the caller does all items alone, as worker 0.
 */
void tamis_parallel_for_now (gsize n_items, TamisParallelFunc func, gpointer data);
guint tamis_parallel_workers (void);

/**
 * TamisQueue:
 *
 * A few threads for small interactive requests (thumbnails): newest first, a request for a key that
 * already waits replaces it, and the oldest beyond @limit are dropped.
 */
typedef struct _TamisQueue TamisQueue;
/* On a queue thread; @dropped: the request will never run, only free what @data owns. */
typedef void (*TamisQueueFunc) (gpointer data, gboolean dropped);
TamisQueue *tamis_queue_new (guint threads, guint limit) G_GNUC_WARN_UNUSED_RESULT;
void tamis_queue_push (TamisQueue *self, guint64 key, TamisQueueFunc func, gpointer data);
/* Drops all that waits (their funcs run with dropped = TRUE on this thread), ends the threads. */
void tamis_queue_free (TamisQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisQueue, tamis_queue_free)

G_END_DECLS
