/* TamisTextures: one cache and one queue for all image widgets.
 *
 * DESIGN: worker threads decode and make a GdkMemoryTexture (both allowed off the main thread), then
 * post it with HIGH_IDLE priority: at the default idle priority results starve while the frame clock
 * runs and pile up in memory. The cache belongs to the main thread alone: least recently used
 * first out, by bytes. Small views of files whose content is known come from the thumbnails that
 * ingest left, and are left there for the next time where it did not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-textures.h"

#include <string.h>
#include <tamis/tamis.h>

#define CACHE_BYTES (256u << 20)
#define WAITING_MAX 400

struct _TamisTextureTicket
{
  int n_references; /* atomic */
  int forgotten;    /* atomic */
  char *file;
  TamisImageFacts facts; /* zeros where nothing is known of the file */
  int side;
  TamisTextureReady ready; /* NULL: prefetch */
  gpointer data;

  /* Worker's result */
  GdkTexture *texture;
  char *reason;
};

typedef struct
{
  char *key;
  GdkTexture *texture;
  gsize bytes;
  GList link;
} Entry;

static struct
{
  TamisQueue *queue;
  GHashTable *entries; /* key → Entry */
  TamisDataset *dataset; /* nullable */
  TamisThumbnails *thumbnails;
  GQueue used;         /* of Entry, most recent first */
  gsize bytes;
  guint64 serial;
} cache;

static void
ticket_unref (TamisTextureTicket *ticket)
{
  if (!g_atomic_int_dec_and_test (&ticket->n_references))
    return;
  g_clear_object (&ticket->texture);
  g_free (ticket->reason);
  g_free (ticket->file);
  g_free (ticket);
}

static char *
make_key (const char *file, int side)
{
  return g_strdup_printf ("%d:%s", side, file);
}

static void
entry_free (Entry *entry)
{
  g_queue_unlink (&cache.used, &entry->link);
  cache.bytes -= entry->bytes;
  g_object_unref (entry->texture);
  g_free (entry->key);
  g_free (entry);
}

static void
ensure_cache (void)
{
  if (cache.entries != NULL)
    return;
  cache.entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  cache.thumbnails = tamis_thumbnails_new (NULL, TAMIS_THUMBNAILS_BUDGET);
  cache.queue = tamis_queue_new (2, WAITING_MAX);
}

void
tamis_textures_set_dataset (TamisDataset *dataset)
{
  if (dataset != NULL)
    tamis_dataset_ref (dataset);
  g_clear_pointer (&cache.dataset, tamis_dataset_unref);
  cache.dataset = dataset;
}

static TamisImageFacts
find_facts (const char *file)
{
  int row = cache.dataset != NULL ? tamis_dataset_find_file (cache.dataset, file) : -1;

  return row >= 0 ? tamis_dataset_get_facts (cache.dataset, (guint) row) : (TamisImageFacts){ 0 };
}

static GdkTexture *
look_up (const char *file, int side)
{
  g_autofree char *key = make_key (file, side);
  Entry *entry = g_hash_table_lookup (cache.entries, key);

  if (entry == NULL)
    return NULL;
  g_queue_unlink (&cache.used, &entry->link);
  g_queue_push_head_link (&cache.used, &entry->link);
  return entry->texture;
}

static void
insert (const char *file, int side, GdkTexture *texture)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->key = make_key (file, side);
  entry->texture = g_object_ref (texture);
  entry->bytes = (gsize) 3 * gdk_texture_get_width (texture) * gdk_texture_get_height (texture);
  entry->link.data = entry;
  g_hash_table_remove (cache.entries, entry->key);
  g_hash_table_insert (cache.entries, entry->key, entry);
  g_queue_push_head_link (&cache.used, &entry->link);
  cache.bytes += entry->bytes;
  while (cache.bytes > CACHE_BYTES && cache.used.length > 1)
    g_hash_table_remove (cache.entries, ((Entry *) cache.used.tail->data)->key);
}

static gboolean
answer (gpointer data)
{
  TamisTextureTicket *ticket = data;

  if (cache.entries != NULL && ticket->texture != NULL)
    insert (ticket->file, ticket->side, ticket->texture);
  if (!g_atomic_int_get (&ticket->forgotten) && ticket->ready != NULL)
    {
      ticket->ready (ticket->texture, ticket->reason, ticket->data);
      ticket_unref (ticket); /* the requester's reference: its ticket is spent */
    }
  return G_SOURCE_REMOVE;
}

static GdkTexture *
texture_from_image (TamisImage *image)
{
  gsize stride = (gsize) 3 * image->width;
  g_autoptr (GBytes) bytes
      = g_bytes_new_with_free_func (image->pixels, stride * image->height,
                                    (GDestroyNotify) tamis_image_unref, tamis_image_ref (image));

  return gdk_memory_texture_new (image->width, image->height, GDK_MEMORY_R8G8B8, bytes, stride);
}

#define ENLARGED_MAX 1024 /* longest side that whole-pixel enlargement may reach */

/* Small images are enlarged pixel by pixel, as often as they fit into @side: a curator of 64×64 tiles
 * has to see pixels, not the blur of the compositor's filter. */
static TamisImage *
enlarge (const TamisImage *image, int side)
{
  int factor = MIN (side, ENLARGED_MAX) / MAX (image->width, image->height);
  TamisImage *large;

  if (factor < 2)
    return NULL;
  large = tamis_image_new (image->width * factor, image->height * factor);
  for (int y = 0; y < large->height; y++)
    {
      const guint8 *from = image->pixels + (gsize) 3 * image->width * (y / factor);
      guint8 *to = large->pixels + (gsize) 3 * large->width * y;

      for (int x = 0; x < large->width; x++)
        memcpy (to + 3 * x, from + 3 * (x / factor), 3);
    }
  return large;
}

/* The file no larger than @side, by way of its thumbnail where that is enough. */
static TamisImage *
load (const TamisTextureTicket *ticket, GError **error)
{
  g_autoptr (TamisImage) small = NULL;

  if (ticket->side > TAMIS_THUMBNAIL_SIDE || !tamis_thumbnails_takes (&ticket->facts))
    return tamis_image_load_thumbnail (ticket->file, ticket->side, error);
  small = tamis_thumbnails_get (cache.thumbnails, &ticket->facts.digest);
  if (small == NULL)
    {
      small = tamis_image_load_thumbnail (ticket->file, TAMIS_THUMBNAIL_SIDE, error);
      if (small != NULL)
        tamis_thumbnails_put (cache.thumbnails, &ticket->facts, small);
    }
  return small != NULL ? tamis_image_reduce (small, ticket->side) : NULL;
}

static void
fetch (gpointer data, gboolean dropped)
{
  TamisTextureTicket *ticket = data;

  if (!dropped && !g_atomic_int_get (&ticket->forgotten))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisImage) image = load (ticket, &error);

      if (image != NULL)
        {
          g_autoptr (TamisImage) large = enlarge (image, ticket->side);

          ticket->texture = texture_from_image (large != NULL ? large : image);
        }
      else
        ticket->reason = g_strdup (error->message);
    }
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, answer, ticket, (GDestroyNotify) ticket_unref);
}

TamisTextureTicket *
tamis_textures_request (const char *file, int side, TamisTextureReady ready, gpointer data)
{
  TamisTextureTicket *ticket;
  GdkTexture *texture;

  ensure_cache ();
  texture = look_up (file, side);
  if (texture != NULL)
    {
      if (ready != NULL)
        ready (texture, NULL, data);
      return NULL;
    }
  ticket = g_new0 (TamisTextureTicket, 1);
  ticket->n_references = ready != NULL ? 2 : 1;
  ticket->file = g_strdup (file);
  ticket->facts = find_facts (file);
  ticket->side = side;
  ticket->ready = ready;
  ticket->data = data;
  tamis_queue_push (cache.queue, ++cache.serial, fetch, ticket);
  return ready != NULL ? ticket : NULL;
}

void
tamis_textures_forget (TamisTextureTicket *ticket)
{
  if (ticket == NULL)
    return;
  g_atomic_int_set (&ticket->forgotten, TRUE);
  ticket_unref (ticket);
}

void
tamis_textures_prefetch (const char *file, int side)
{
  TamisTextureTicket *ticket = tamis_textures_request (file, side, NULL, NULL);

  g_assert (ticket == NULL);
}

void
tamis_textures_shutdown (void)
{
  tamis_textures_set_dataset (NULL);
  if (cache.entries == NULL)
    return;
  g_clear_pointer (&cache.queue, tamis_queue_free);
  g_clear_pointer (&cache.thumbnails, tamis_thumbnails_free);
  g_clear_pointer (&cache.entries, g_hash_table_unref);
}
