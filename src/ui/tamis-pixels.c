/* TamisPixels: see tamis-pixels.h.
 *
 * DESIGN: each file has levels: its halvings (1/1, 1/2, 1/4 …) that were asked for so far. A pane
 * asks for the pixels it can show, so an image that fits the window costs a couple of megabytes,
 * a JPEG is decoded at that size (a quarter of the time), and the whole of it comes only when
 * somebody zooms in. Levels leave least recently looked at first. One level may take three eighths
 * of the budget: two images and what is seen of them fitted stay within it. A larger image is kept
 * at the halving that fits (300 MB of 100 megapixels: at half, 75 MB), and of what is seen of it at
 * its own size a part is decoded that is as large as an eighth of the budget allows, so that there is
 * room to move. Two halvings and two parts fill the budget.
 *
 * Two threads decode what is looked at, one what may come next, so that looking never waits
 * behind guessing. A request is one ticket that may stand in both queues: the first thread
 * to claim it does the work. A ticket that is called off while a thread works on it ends within the
 * decoder's next few rows, and nothing comes back. Results come back with HIGH_IDLE priority; see
 * tamis-textures.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-pixels.h"

#include <math.h>
#include <tamis/job.h>

#define WAITING_MAX 16
/* Files whose size and reason are remembered though no pixel of them is. */
#define FILES_MAX 200

typedef struct _File File;

/* A halving of an image, or a part of it at its own size. */
typedef struct
{
  File *file;
  TamisTiles *tiles;
  int longer;
  TamisImageRegion part; /* no width: not a part */
  GList used;            /* in TamisPixels.used */
} Level;

typedef struct
{
  int n_references; /* atomic */
  int claimed;      /* atomic: a thread works on it, or it was called off */
  GWeakRef owner;
  GCancellable *cancel;
  char *name;
  int longer;
  TamisImageRegion part; /* wanted instead, if it has a width */
  gsize most_bytes;

  /* Worker's result */
  TamisImage *image;
  TamisImageFacts facts;
  char *reason;
} Ticket;

struct _File
{
  char *name;
  gboolean is_known;
  TamisImageFacts facts;
  char *reason;
  GPtrArray *levels;      /* of Level, owned */
  Ticket *ticket;         /* nullable: a halving on its way */
  Ticket *part_ticket;    /* nullable: a part on its way */
  gboolean has_no_parts;  /* one could not be read */
  TamisPixelsHaste haste; /* of the ticket */
  guint64 turn;           /* when it was asked for last */
};

struct _TamisPixels
{
  GObject parent_instance;

  /* Owned */
  GHashTable *files; /* name → File */
  GQueue used;       /* of Level, most recent first */
  TamisQueue *queues[2];

  gsize budget;
  gsize bytes;
  guint64 serial;
};

G_DEFINE_FINAL_TYPE (TamisPixels, tamis_pixels, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- tickets: shared with worker threads ---- */

static void
ticket_unref (Ticket *ticket)
{
  if (!g_atomic_int_dec_and_test (&ticket->n_references))
    return;
  g_weak_ref_clear (&ticket->owner);
  g_object_unref (ticket->cancel);
  g_clear_pointer (&ticket->image, tamis_image_unref);
  g_free (ticket->reason);
  g_free (ticket->name);
  g_free (ticket);
}

static Ticket *
ticket_new (TamisPixels *owner, const char *name)
{
  Ticket *ticket = g_new0 (Ticket, 1);

  ticket->n_references = 2; /* the file's and the queue's */
  g_weak_ref_init (&ticket->owner, owner);
  ticket->cancel = g_cancellable_new ();
  ticket->name = g_strdup (name);
  return ticket;
}

static gboolean
claim (Ticket *ticket)
{
  return g_atomic_int_compare_and_exchange (&ticket->claimed, FALSE, TRUE);
}

/* Halves it until it fits: only where the size was not known when it was asked for. */
static TamisImage *
shrink_to_fit (TamisImage *image, gsize most_bytes)
{
  while ((gsize) 3 * image->width * image->height > most_bytes)
    {
      TamisImage *half = tamis_image_resize (image, (image->width + 1) / 2, (image->height + 1) / 2);

      tamis_image_unref (image);
      image = half;
    }
  return image;
}

static void
work (Ticket *ticket)
{
  g_autoptr (GError) error = NULL;

  if (ticket->part.width > 0)
    ticket->image = tamis_image_load_region (ticket->name, &ticket->part, &ticket->facts, ticket->cancel,
                                             &error);
  else
    ticket->image = tamis_image_load_reduced (ticket->name, ticket->longer, &ticket->facts,
                                              ticket->cancel, &error);
  if (ticket->image != NULL)
    ticket->image = shrink_to_fit (ticket->image, ticket->most_bytes);
  else
    ticket->reason = g_strdup (error->message);
}

static gboolean apply (gpointer data);

static void
decode (gpointer data, gboolean dropped)
{
  Ticket *ticket = data;

  if (!claim (ticket))
    {
      ticket_unref (ticket);
      return;
    }
  if (!dropped)
    work (ticket);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply, ticket, (GDestroyNotify) ticket_unref);
}

/* ---- levels and files: main thread only ---- */

static gsize
most_bytes (TamisPixels *self)
{
  return self->budget / 8 * 3;
}

static gsize
most_part_bytes (TamisPixels *self)
{
  return self->budget / 8;
}

/* On removal from its file's array. */
static void
level_free (gpointer data)
{
  Level *level = data;

  tamis_tiles_unref (level->tiles);
  g_free (level);
}

static void
drop_level (TamisPixels *self, Level *level)
{
  g_queue_unlink (&self->used, &level->used);
  self->bytes -= tamis_tiles_get_bytes (level->tiles);
  g_ptr_array_remove_fast (level->file->levels, level);
}

static void
call_off (Ticket **ticket)
{
  if (*ticket != NULL)
    {
      claim (*ticket); /* a thread that comes to it finds it taken, */
      g_cancellable_cancel ((*ticket)->cancel); /* and one that works on it stops */
      g_clear_pointer (ticket, ticket_unref);
    }
}

static void
file_free (gpointer data)
{
  File *file = data;

  call_off (&file->ticket);
  call_off (&file->part_ticket);
  g_ptr_array_unref (file->levels);
  g_free (file->reason);
  g_free (file->name);
  g_free (file);
}

static void
drop_oldest_file (TamisPixels *self)
{
  GHashTableIter iter;
  gpointer value;
  File *oldest = NULL;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      File *file = value;

      if (file->levels->len == 0 && file->ticket == NULL && file->part_ticket == NULL
          && (oldest == NULL || file->turn < oldest->turn))
        oldest = file;
    }
  if (oldest != NULL)
    g_hash_table_remove (self->files, oldest->name);
}

static File *
get_file (TamisPixels *self, const char *name)
{
  File *file = g_hash_table_lookup (self->files, name);

  if (file == NULL)
    {
      if (g_hash_table_size (self->files) >= FILES_MAX)
        drop_oldest_file (self);
      file = g_new0 (File, 1);
      file->name = g_strdup (name);
      file->levels = g_ptr_array_new_with_free_func (level_free);
      g_hash_table_insert (self->files, file->name, file);
    }
  file->turn = ++self->serial;
  return file;
}

static Level *
find_level (File *file, int longer)
{
  Level *best = NULL;

  for (guint i = 0; i < file->levels->len; i++)
    {
      Level *level = file->levels->pdata[i];

      if (level->part.width > 0)
        continue;
      if (best == NULL || (best->longer < longer ? level->longer > best->longer
                                                 : level->longer >= longer && level->longer < best->longer))
        best = level;
    }
  return best;
}

/* Pixels that both have. */
static gint64
shared (const TamisImageRegion *a, const TamisImageRegion *b)
{
  gint64 width = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x);
  gint64 height = MIN (a->y + a->height, b->y + b->height) - MAX (a->y, b->y);

  return width > 0 && height > 0 ? width * height : 0;
}

/* The part that has most of @wanted; NULL if none has any. */
static Level *
find_part (File *file, const TamisImageRegion *wanted)
{
  Level *best = NULL;

  for (guint i = 0; i < file->levels->len; i++)
    {
      Level *level = file->levels->pdata[i];

      if (level->part.width > 0
          && shared (&level->part, wanted) > (best != NULL ? shared (&best->part, wanted) : 0))
        best = level;
    }
  return best;
}

/* One that is part of a new one is not needed any more. */
static void
drop_covered (TamisPixels *self, File *file, const TamisImageRegion *by)
{
  for (guint i = file->levels->len; i-- > 0;)
    {
      Level *level = file->levels->pdata[i];

      if (level->part.width > 0 && tamis_image_region_covers (by, &level->part))
        drop_level (self, level);
    }
}

static void
add_level (TamisPixels *self, File *file, const Ticket *ticket)
{
  int longer = MAX (ticket->image->width, ticket->image->height);
  Level *same = ticket->part.width > 0 ? NULL : find_level (file, longer);
  Level *level;

  if (same != NULL && same->longer == longer)
    drop_level (self, same);
  if (ticket->part.width > 0)
    drop_covered (self, file, &ticket->part);
  level = g_new0 (Level, 1);
  level->file = file;
  level->tiles = tamis_tiles_new (ticket->image);
  level->longer = longer;
  level->part = ticket->part;
  level->used.data = level;
  g_ptr_array_add (file->levels, level);
  g_queue_push_head_link (&self->used, &level->used);
  self->bytes += tamis_tiles_get_bytes (level->tiles);
  while (self->bytes > self->budget)
    drop_level (self, self->used.tail->data);
}

/* A file that has other sides than before was replaced: nothing that is kept is of it. */
static void
learn_facts (TamisPixels *self, File *file, const TamisImageFacts *facts)
{
  if (file->is_known && (file->facts.width != facts->width || file->facts.height != facts->height))
    {
      call_off (&file->part_ticket);
      while (file->levels->len > 0)
        drop_level (self, file->levels->pdata[0]);
    }
  file->is_known = TRUE;
  file->facts = *facts;
}

/* A result is taken only if it is still the file's: what was called off may have just been ready. */
static gboolean
apply (gpointer data)
{
  Ticket *ticket = data;
  g_autoptr (TamisPixels) self = g_weak_ref_get (&ticket->owner);
  File *file = self != NULL && self->files != NULL ? g_hash_table_lookup (self->files, ticket->name) : NULL;

  if (file == NULL || (file->ticket != ticket && file->part_ticket != ticket))
    return G_SOURCE_REMOVE;
  if (ticket->part.width > 0)
    file->has_no_parts = ticket->reason != NULL;
  else
    {
      g_free (file->reason);
      file->reason = g_steal_pointer (&ticket->reason);
    }
  g_clear_pointer (file->ticket == ticket ? &file->ticket : &file->part_ticket, ticket_unref);
  if (ticket->image != NULL)
    {
      learn_facts (self, file, &ticket->facts);
      add_level (self, file, ticket);
    }
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

/* What a request for @longer is worth: no more than there is, no more than may be kept. */
static int
limit (TamisPixels *self, const File *file, int longer)
{
  int whole = MAX (file->facts.width, file->facts.height);
  guint64 bytes = (guint64) 3 * file->facts.width * file->facts.height;
  guint reduction = 1;

  if (!file->is_known)
    return longer;
  while (bytes / reduction / reduction > most_bytes (self))
    reduction *= 2;
  return MIN (longer, (whole + (int) reduction - 1) / (int) reduction);
}

/* ---- asking and looking ---- */

void
tamis_pixels_want (TamisPixels *self, const char *name, int longer, TamisPixelsHaste haste)
{
  File *file = get_file (self, name);
  Level *level;
  Ticket *ticket = file->ticket;

  longer = limit (self, file, longer);
  level = find_level (file, longer);
  if (file->reason != NULL || (level != NULL && level->longer >= longer))
    return;
  /* The first pixels of a file are not called off for better ones. */
  if (ticket != NULL && (ticket->longer >= longer || file->levels->len == 0))
    {
      if (haste == TAMIS_PIXELS_NOW && file->haste == TAMIS_PIXELS_AHEAD)
        {
          file->haste = haste;
          g_atomic_int_inc (&ticket->n_references);
          tamis_queue_push (self->queues[haste], ++self->serial, decode, ticket);
        }
      return;
    }
  call_off (&file->ticket);
  ticket = ticket_new (self, name);
  ticket->longer = longer;
  ticket->most_bytes = most_bytes (self);
  file->ticket = ticket;
  file->haste = haste;
  tamis_queue_push (self->queues[haste], ++self->serial, decode, ticket);
}

static gsize
part_bytes (const TamisImageRegion *part)
{
  return (gsize) 3 * part->width * part->height;
}

/* @seen and as much on each side of it as there is room for. */
static TamisImageRegion
widen (TamisPixels *self, const File *file, const TamisImageRegion *seen)
{
  double width = seen->width, height = seen->height;
  double room = (double) most_part_bytes (self) / 3;
  /* (width + 2 m) · (height + 2 m) = room */
  int m = (int) MAX ((sqrt ((width - height) * (width - height) + 4 * room) - width - height) / 4, 0);
  int left = MAX (seen->x - m, 0), top = MAX (seen->y - m, 0);

  return (TamisImageRegion){ left, top, MIN (seen->x + seen->width + m, file->facts.width) - left,
                             MIN (seen->y + seen->height + m, file->facts.height) - top };
}

gboolean
tamis_pixels_is_reduced (TamisPixels *self, const char *name, int longer)
{
  File *file = g_hash_table_lookup (self->files, name);

  return file != NULL && file->is_known
         && limit (self, file, longer) < MIN (longer, MAX (file->facts.width, file->facts.height));
}

gboolean
tamis_pixels_may_have_part (TamisPixels *self, const char *name, const TamisImageRegion *part)
{
  File *file = g_hash_table_lookup (self->files, name);

  return file != NULL && file->is_known && file->reason == NULL && !file->has_no_parts
         && part_bytes (part) <= most_part_bytes (self);
}

void
tamis_pixels_want_part (TamisPixels *self, const char *name, const TamisImageRegion *part)
{
  File *file = get_file (self, name);
  Level *level = find_part (file, part);
  Ticket *ticket = file->part_ticket;
  TamisImageRegion wide = widen (self, file, part);

  if (wide.width < 1 || wide.height < 1 || !tamis_pixels_may_have_part (self, name, part) || (level != NULL && tamis_image_region_covers (&level->part, part))
      || (ticket != NULL && tamis_image_region_covers (&ticket->part, part)))
    return;
  call_off (&file->part_ticket);
  ticket = ticket_new (self, name);
  ticket->part = wide;
  ticket->most_bytes = G_MAXSIZE;
  file->part_ticket = ticket;
  tamis_queue_push (self->queues[TAMIS_PIXELS_NOW], ++self->serial, decode, ticket);
}

static TamisTiles *
use (TamisPixels *self, Level *level)
{
  g_queue_unlink (&self->used, &level->used);
  g_queue_push_head_link (&self->used, &level->used);
  return level->tiles;
}

TamisTiles *
tamis_pixels_look_part (TamisPixels *self, const char *name, const TamisImageRegion *part,
                        TamisImageRegion *at)
{
  File *file = g_hash_table_lookup (self->files, name);
  Level *level = file != NULL ? find_part (file, part) : NULL;

  if (level == NULL)
    return NULL;
  *at = level->part;
  return use (self, level);
}

TamisTiles *
tamis_pixels_look (TamisPixels *self, const char *name, int longer)
{
  File *file = g_hash_table_lookup (self->files, name);
  Level *level = file != NULL ? find_level (file, limit (self, file, longer)) : NULL;

  return level != NULL ? use (self, level) : NULL;
}

gboolean
tamis_pixels_has (TamisPixels *self, const char *name, int longer)
{
  File *file = g_hash_table_lookup (self->files, name);
  Level *level = file != NULL ? find_level (file, limit (self, file, longer)) : NULL;

  return level != NULL && level->longer >= limit (self, file, longer);
}

gboolean
tamis_pixels_get_facts (TamisPixels *self, const char *name, TamisImageFacts *facts)
{
  File *file = g_hash_table_lookup (self->files, name);

  if (file == NULL || !file->is_known)
    return FALSE;
  *facts = file->facts;
  return TRUE;
}

const char *
tamis_pixels_get_reason (TamisPixels *self, const char *name)
{
  File *file = g_hash_table_lookup (self->files, name);

  return file != NULL ? file->reason : NULL;
}

void
tamis_pixels_turn_to (TamisPixels *self, const char *a, const char *b)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      File *file = value;

      if (g_strcmp0 (file->name, a) == 0 || g_strcmp0 (file->name, b) == 0)
        {
          g_clear_pointer (&file->reason, g_free);
          file->has_no_parts = FALSE;
        }
      else
        {
          call_off (&file->ticket);
          call_off (&file->part_ticket);
        }
    }
}

gsize
tamis_pixels_get_bytes (TamisPixels *self)
{
  return self->bytes;
}

/* ---- construction ---- */

TamisPixels *
tamis_pixels_new (gsize budget)
{
  TamisPixels *self = g_object_new (TAMIS_TYPE_PIXELS, NULL);

  self->budget = budget;
  return self;
}

static void
tamis_pixels_dispose (GObject *object)
{
  TamisPixels *self = TAMIS_PIXELS (object);

  /* The files call off what is decoded, so that the threads end soon. */
  g_clear_pointer (&self->files, g_hash_table_unref);
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&self->queues[i], tamis_queue_free);
  G_OBJECT_CLASS (tamis_pixels_parent_class)->dispose (object);
}

static void
tamis_pixels_init (TamisPixels *self)
{
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, file_free);
  g_queue_init (&self->used);
  self->queues[TAMIS_PIXELS_NOW] = tamis_queue_new (2, WAITING_MAX);
  self->queues[TAMIS_PIXELS_AHEAD] = tamis_queue_new (1, WAITING_MAX);
}

static void
tamis_pixels_class_init (TamisPixelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tamis_pixels_dispose;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_PIXELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}
