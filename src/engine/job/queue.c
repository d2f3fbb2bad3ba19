/* TamisQueue: small interactive requests, newest first.
 *
 * DESIGN: what a person looks at now was asked for last, so the newest request runs first, a request
 * for the same key replaces the one that waits, and beyond the limit the oldest are dropped: whoever
 * scrolls past a thousand images pays for the few that are still in sight.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/job.h>

#include <pthread.h>

typedef struct
{
  guint64 key;
  TamisQueueFunc func;
  gpointer data;
} Request;

struct _TamisQueue
{
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_t *threads;
  guint n_threads;
  guint limit;

  /* Guarded by lock */
  GQueue waiting;   /* of Request, newest at the head */
  GHashTable *keys; /* key (in the Request) → its GList link in waiting */
  gboolean closing;
};

static void *
queue_thread (void *data)
{
  TamisQueue *self = data;

  pthread_setname_np (pthread_self (), "tamis-queue");
  pthread_mutex_lock (&self->lock);
  for (;;)
    {
      Request *request;

      while (!self->closing && self->waiting.length == 0)
        pthread_cond_wait (&self->wake, &self->lock);
      if (self->closing)
        break;
      request = g_queue_pop_head (&self->waiting);
      g_hash_table_remove (self->keys, &request->key);
      pthread_mutex_unlock (&self->lock);
      request->func (request->data, FALSE);
      g_free (request);
      pthread_mutex_lock (&self->lock);
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

TamisQueue *
tamis_queue_new (guint threads, guint limit)
{
  TamisQueue *self = g_new0 (TamisQueue, 1);

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  g_queue_init (&self->waiting);
  self->keys = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->limit = MAX (limit, 1);
  self->threads = g_new0 (pthread_t, threads);
  for (guint i = 0; i < threads; i++)
    if (pthread_create (&self->threads[self->n_threads], NULL, queue_thread, self) == 0)
      self->n_threads++;
  return self;
}

static Request *
take_link (TamisQueue *self, GList *link)
{
  Request *request = link->data;

  g_hash_table_remove (self->keys, &request->key);
  g_queue_delete_link (&self->waiting, link);
  return request;
}

static void
drop (Request *request)
{
  if (request == NULL)
    return;
  request->func (request->data, TRUE);
  g_free (request);
}

void
tamis_queue_push (TamisQueue *self, guint64 key, TamisQueueFunc func, gpointer data)
{
  Request *request = g_new (Request, 1);
  Request *replaced = NULL;
  Request *oldest = NULL;
  GList *link;

  *request = (Request){ key, func, data };
  pthread_mutex_lock (&self->lock);
  link = g_hash_table_lookup (self->keys, &key);
  if (link != NULL)
    replaced = take_link (self, link);
  g_queue_push_head (&self->waiting, request);
  g_hash_table_insert (self->keys, &request->key, self->waiting.head);
  if (self->waiting.length > self->limit)
    oldest = take_link (self, self->waiting.tail);
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  drop (replaced);
  drop (oldest);
}

void
tamis_queue_free (TamisQueue *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  self->closing = TRUE;
  pthread_cond_broadcast (&self->wake);
  pthread_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    pthread_join (self->threads[i], NULL);
  while (self->waiting.length > 0)
    drop (g_queue_pop_head (&self->waiting));
  g_hash_table_unref (self->keys);
  g_free (self->threads);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}
