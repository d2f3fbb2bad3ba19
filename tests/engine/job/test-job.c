/* job: the batch pool, progress counters, the request queue.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/job.h>

#include <stdatomic.h>

typedef struct
{
  atomic_int *calls; /* one an item */
  atomic_int inside[64]; /* calls that run now with this worker number */
  GCancellable *cancel;
  gsize cancel_at;
} Loop;

static void
count_item (gsize item, guint worker, gpointer data)
{
  Loop *loop = data;

  g_assert_cmpuint (worker, <, tamis_parallel_workers ());
  g_assert_cmpint (atomic_fetch_add (&loop->inside[worker], 1), ==, 0);
  atomic_fetch_add (&loop->calls[item], 1);
  if (loop->cancel != NULL && item == loop->cancel_at)
    g_cancellable_cancel (loop->cancel);
  atomic_fetch_sub (&loop->inside[worker], 1);
}

static void
test_every_item_once (void)
{
  gsize sizes[] = { 0, 1, 2, 3, 100, 10001 };

  for (guint threads = 1; threads <= 5; threads++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        Loop loop = { .calls = g_new0 (atomic_int, sizes[s] + 1) };

        tamis_init (threads);
        g_assert_true (tamis_parallel_for (sizes[s], count_item, &loop, NULL));
        for (gsize i = 0; i < sizes[s]; i++)
          g_assert_cmpint (loop.calls[i], ==, 1);
        g_free (loop.calls);
      }
}

static void
test_cancel_stops_soon (void)
{
  for (guint threads = 1; threads <= 4; threads++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      Loop loop = { .calls = g_new0 (atomic_int, 100000), .cancel = cancel, .cancel_at = 500 };
      gsize done = 0;

      tamis_init (threads);
      g_assert_false (tamis_parallel_for (100000, count_item, &loop, cancel));
      for (gsize i = 0; i < 100000; i++)
        done += loop.calls[i];
      g_assert_cmpuint (done, <, 100000);
      g_free (loop.calls);
    }
}

static gpointer
run_loops (gpointer data)
{
  for (int i = 0; i < 200; i++)
    {
      Loop loop = { .calls = g_new0 (atomic_int, 50) };

      g_assert_true (tamis_parallel_for (50, count_item, &loop, NULL));
      for (int k = 0; k < 50; k++)
        g_assert_cmpint (loop.calls[k], ==, 1);
      g_free (loop.calls);
    }
  return NULL;
}

static void
loop_inside (gsize item, guint worker, gpointer data)
{
  Loop loop = { .calls = g_new0 (atomic_int, 20) };

  tamis_parallel_for_now (20, count_item, &loop);
  for (int k = 0; k < 20; k++)
    g_assert_cmpint (loop.calls[k], ==, 1);
  g_free (loop.calls);
}

/* From inside a loop it would wait for ever if it waited. */
static void
test_now_does_not_wait (void)
{
  for (guint threads = 1; threads <= 4; threads++)
    {
      tamis_init (threads);
      loop_inside (0, 0, NULL);
      g_assert_true (tamis_parallel_for (100, loop_inside, NULL, NULL));
    }
}

static void
test_callers_take_turns (void)
{
  GThread *threads[4];

  tamis_init (3);
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("caller", run_loops, NULL);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

static void
test_progress_counts (void)
{
  g_autoptr (TamisProgress) progress = tamis_progress_new ();
  TamisProgressState state;

  tamis_progress_begin (NULL, TAMIS_STAGE_SCAN, 1);
  tamis_progress_add (NULL, 1);
  tamis_progress_begin (progress, TAMIS_STAGE_JOIN, 10);
  tamis_progress_add (progress, 3);
  tamis_progress_read (progress, &state);
  g_assert_cmpint (state.stage, ==, TAMIS_STAGE_JOIN);
  g_assert_cmpuint (state.done, ==, 3);
  g_assert_cmpuint (state.total, ==, 10);
  g_assert_cmpfloat (state.seconds_left, <, 0); /* too early to say */
}

typedef struct
{
  GMutex gate; /* held by the test while it fills the queue */
  GMutex lock;
  GArray *ran;
  guint dropped;
} QueueTest;

typedef struct
{
  QueueTest *test;
  guint key;
} QueueItem;

static void
note_request (gpointer data, gboolean dropped)
{
  QueueItem *item = data;
  QueueTest *test = item->test;

  if (!dropped)
    {
      g_mutex_lock (&test->gate);
      g_mutex_unlock (&test->gate);
    }
  g_mutex_lock (&test->lock);
  if (dropped)
    test->dropped++;
  else
    g_array_append_val (test->ran, item->key);
  g_mutex_unlock (&test->lock);
  g_free (item);
}

static void
push (TamisQueue *queue, QueueTest *test, guint key)
{
  QueueItem *item = g_new (QueueItem, 1);

  *item = (QueueItem){ test, key };
  tamis_queue_push (queue, key, note_request, item);
}

static void
test_queue_newest_first (void)
{
  QueueTest test = { .ran = g_array_new (FALSE, FALSE, sizeof (guint)) };
  TamisQueue *queue = tamis_queue_new (1, 3);
  guint expected[] = { 0, 4, 2, 3 };

  g_mutex_lock (&test.gate);
  push (queue, &test, 0);
  g_usleep (50000); /* the one thread now waits at the gate with request 0 */
  for (guint key = 1; key <= 3; key++)
    push (queue, &test, key);
  push (queue, &test, 2); /* replaces the waiting 2 and comes first */
  push (queue, &test, 4); /* one too many: 1, the oldest, is dropped */
  g_mutex_unlock (&test.gate);
  for (;;)
    {
      gboolean all;

      g_mutex_lock (&test.lock);
      all = test.ran->len == 4;
      g_mutex_unlock (&test.lock);
      if (all)
        break;
      g_usleep (1000);
    }
  g_assert_cmpuint (test.dropped, ==, 2);
  g_assert_cmpmem (test.ran->data, 4 * sizeof (guint), expected, sizeof expected);

  g_mutex_lock (&test.gate);
  push (queue, &test, 5);
  g_usleep (50000);
  push (queue, &test, 6);
  g_mutex_unlock (&test.gate);
  tamis_queue_free (queue);
  g_assert_cmpuint (test.dropped + test.ran->len, ==, 8);
  g_array_unref (test.ran);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/parallel/every-item-once", test_every_item_once);
  g_test_add_func ("/job/parallel/cancel-stops-soon", test_cancel_stops_soon);
  g_test_add_func ("/job/parallel/now-does-not-wait", test_now_does_not_wait);
  g_test_add_func ("/job/parallel/callers-take-turns", test_callers_take_turns);
  g_test_add_func ("/job/progress/counts", test_progress_counts);
  g_test_add_func ("/job/queue/newest-first", test_queue_newest_first);
  return g_test_run ();
}
