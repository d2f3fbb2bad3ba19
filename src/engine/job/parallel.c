/* tamis_parallel_for(): the batch pool.
 *
 * DESIGN: the pool's threads live as long as the program and sleep between loops. One loop runs at
 * a time; its items are handed out by an atomic counter, so faster threads simply take more. The
 * caller works too, as worker 0, and so a one-thread pool has no threads at all. Plain pthreads and
 * C11 atomics, so that ThreadSanitizer understands what happens (GLib's locks it does not).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/job.h>

#include <pthread.h>
#include <stdatomic.h>

typedef struct
{
  pthread_mutex_t one_loop; /* held by the caller of the running loop */
  pthread_mutex_t lock;
  pthread_cond_t begin;
  pthread_cond_t ended;
  guint n_threads; /* pool threads started so far; workers 1 .. n_threads */

  /* Guarded by lock */
  guint64 generation; /* rises with each loop, so that a thread joins each once */
  guint wanted;       /* threads that take part in this loop */
  guint running;

  /* The running loop; written before generation rises */
  TamisParallelFunc func;
  gpointer data;
  GCancellable *cancel;
  gsize n_items;
  atomic_size_t next;
  atomic_bool stopped;
} Pool;

static Pool pool = {
  .one_loop = PTHREAD_MUTEX_INITIALIZER,
  .lock = PTHREAD_MUTEX_INITIALIZER,
  .begin = PTHREAD_COND_INITIALIZER,
  .ended = PTHREAD_COND_INITIALIZER,
};

static void
take_items (guint worker)
{
  for (;;)
    {
      gsize item;

      if (pool.cancel != NULL && g_cancellable_is_cancelled (pool.cancel))
        atomic_store (&pool.stopped, TRUE);
      if (atomic_load (&pool.stopped))
        return;
      item = atomic_fetch_add (&pool.next, 1);
      if (item >= pool.n_items)
        return;
      pool.func (item, worker, pool.data);
    }
}

static void *
pool_thread (void *data)
{
  guint worker = GPOINTER_TO_UINT (data);
  guint64 seen = 0;

  pthread_setname_np (pthread_self (), "tamis-batch");
  for (;;)
    {
      gboolean takes_part;

      pthread_mutex_lock (&pool.lock);
      while (pool.generation == seen)
        pthread_cond_wait (&pool.begin, &pool.lock);
      seen = pool.generation;
      takes_part = worker <= pool.wanted;
      pthread_mutex_unlock (&pool.lock);
      if (!takes_part)
        continue;

      take_items (worker);

      pthread_mutex_lock (&pool.lock);
      if (--pool.running == 0)
        pthread_cond_signal (&pool.ended);
      pthread_mutex_unlock (&pool.lock);
    }
  return NULL;
}

/* A thread that cannot be started is done without: the loop only takes longer. */
static void
start_threads (guint wanted)
{
  while (pool.n_threads < wanted)
    {
      pthread_t thread;

      if (pthread_create (&thread, NULL, pool_thread, GUINT_TO_POINTER (pool.n_threads + 1)) != 0)
        return;
      pthread_detach (thread);
      pool.n_threads++;
    }
}

guint
tamis_parallel_workers (void)
{
  return tamis_get_threads ();
}

/* With one_loop held. */
static gboolean
run_loop (gsize n_items, TamisParallelFunc func, gpointer data, GCancellable *cancel)
{
  guint helpers = MIN (tamis_get_threads (), MAX (n_items, 1)) - 1;

  pthread_mutex_lock (&pool.lock);
  start_threads (helpers);
  pool.func = func;
  pool.data = data;
  pool.cancel = cancel;
  pool.n_items = n_items;
  atomic_store (&pool.next, 0);
  atomic_store (&pool.stopped, FALSE);
  pool.wanted = pool.running = MIN (helpers, pool.n_threads);
  pool.generation++;
  pthread_cond_broadcast (&pool.begin);
  pthread_mutex_unlock (&pool.lock);

  take_items (0);

  pthread_mutex_lock (&pool.lock);
  while (pool.running > 0)
    pthread_cond_wait (&pool.ended, &pool.lock);
  pthread_mutex_unlock (&pool.lock);
  return !atomic_load (&pool.stopped);
}

gboolean
tamis_parallel_for (gsize n_items, TamisParallelFunc func, gpointer data, GCancellable *cancel)
{
  gboolean complete;

  pthread_mutex_lock (&pool.one_loop);
  complete = run_loop (n_items, func, data, cancel);
  pthread_mutex_unlock (&pool.one_loop);
  return complete;
}

void
tamis_parallel_for_now (gsize n_items, TamisParallelFunc func, gpointer data)
{
  if (pthread_mutex_trylock (&pool.one_loop) != 0)
    {
      for (gsize item = 0; item < n_items; item++)
        func (item, 0, data);
      return;
    }
  run_loop (n_items, func, data, NULL);
  pthread_mutex_unlock (&pool.one_loop);
}
