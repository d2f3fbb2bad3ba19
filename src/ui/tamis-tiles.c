/* TamisTiles: see tamis-tiles.h.
 *
 * DESIGN: a texture of a whole photograph would be converted or uploaded whole, tens of millions of
 * pixels for a pane of half a million. So a texture is a window of at most 512 × 512 onto the decoded
 * pixels; it copies nothing (the renderer does, when it draws it). Enlarged, a tile covers fewer image
 * pixels and is a copy in which each is repeated 2, 4, 8 or 16 times, because GTK 4.8 has only the
 * smoothing filter and a curator of 64 × 64 tiles has to see pixels. Tiles that were not in the
 * last frame are dropped, so a frame's worth of them exists at most. A tile is drawn with a few pixels
 * of each neighbour, clipped to its own place on device pixels; otherwise smoothing would let the mat
 * shine through the seams.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-tiles.h"

#include <math.h>
#include <string.h>

#define TILE 512
#define REPEAT_MAX 16
/* Image pixels: what the smoothing of an image drawn at half its size reaches. */
#define BORDER 4

typedef struct
{
  GdkTexture *texture;
  guint frame; /* that drew it last */
} Tile;

struct _TamisTiles
{
  int n_references;
  TamisImage *image;
  GHashTable *tiles; /* index, row by row → Tile */
  int repeat;        /* of the tiles there are */
  guint frame;
};

static void
tile_free (gpointer data)
{
  Tile *tile = data;

  g_object_unref (tile->texture);
  g_free (tile);
}

TamisTiles *
tamis_tiles_new (TamisImage *image)
{
  TamisTiles *self = g_new0 (TamisTiles, 1);

  self->n_references = 1;
  self->image = tamis_image_ref (image);
  self->tiles = g_hash_table_new_full (NULL, NULL, NULL, tile_free);
  self->repeat = 1;
  return self;
}

TamisTiles *
tamis_tiles_ref (TamisTiles *self)
{
  self->n_references++;
  return self;
}

void
tamis_tiles_unref (TamisTiles *self)
{
  if (--self->n_references > 0)
    return;
  g_hash_table_unref (self->tiles);
  tamis_image_unref (self->image);
  g_free (self);
}

TamisImage *
tamis_tiles_get_image (TamisTiles *self)
{
  return self->image;
}

gsize
tamis_tiles_get_bytes (TamisTiles *self)
{
  return (gsize) 3 * self->image->width * self->image->height;
}

static void
unref_image (gpointer image)
{
  tamis_image_unref (image);
}

static GdkTexture *
make_window (TamisImage *image, const cairo_rectangle_int_t *part)
{
  gsize stride = (gsize) 3 * image->width;
  g_autoptr (GBytes) bytes
      = g_bytes_new_with_free_func (image->pixels + stride * part->y + (gsize) 3 * part->x,
                                    stride * (part->height - 1) + (gsize) 3 * part->width,
                                    unref_image, tamis_image_ref (image));

  return gdk_memory_texture_new (part->width, part->height, GDK_MEMORY_R8G8B8, bytes, stride);
}

static GdkTexture *
make_enlarged (const TamisImage *image, const cairo_rectangle_int_t *part, int repeat)
{
  gsize stride = (gsize) 3 * part->width * repeat;
  guint8 *pixels = g_malloc (stride * part->height * repeat);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * part->height * repeat);

  for (int y = 0; y < part->height; y++)
    {
      const guint8 *from
          = image->pixels + 3 * ((gsize) image->width * (part->y + y) + (gsize) part->x);
      guint8 *row = pixels + stride * y * repeat;

      for (int x = 0; x < part->width * repeat; x++)
        memcpy (row + 3 * x, from + 3 * (x / repeat), 3);
      for (int i = 1; i < repeat; i++)
        memcpy (row + stride * i, row, stride);
    }
  return gdk_memory_texture_new (part->width * repeat, part->height * repeat, GDK_MEMORY_R8G8B8,
                                 bytes, stride);
}

static GdkTexture *
get_tile (TamisTiles *self, int column, int row, const cairo_rectangle_int_t *part)
{
  int side = TILE / self->repeat;
  int n_columns = (self->image->width + side - 1) / side;
  gpointer key = GINT_TO_POINTER (row * n_columns + column);
  Tile *tile = g_hash_table_lookup (self->tiles, key);

  if (tile == NULL)
    {
      tile = g_new0 (Tile, 1);
      tile->texture = self->repeat > 1 ? make_enlarged (self->image, part, self->repeat)
                                       : make_window (self->image, part);
      g_hash_table_insert (self->tiles, key, tile);
    }
  tile->frame = self->frame;
  return tile->texture;
}

static gboolean
is_stale (gpointer key, gpointer tile, gpointer data)
{
  return ((Tile *) tile)->frame != ((TamisTiles *) data)->frame;
}

/* How often each pixel is repeated: the next power of two, so that zooming makes few new tiles. */
static void
choose_repeat (TamisTiles *self, double magnification)
{
  int repeat = 1;

  while (repeat < REPEAT_MAX && repeat < magnification * 0.99)
    repeat *= 2;
  if (repeat != self->repeat)
    g_hash_table_remove_all (self->tiles);
  self->repeat = repeat;
}

/* Where the edge before image pixel @at lies. */
static float
edge (float start, float length, int at, int n)
{
  return start + length * (float) at / (float) n;
}

static float
snap (float coordinate, int scale)
{
  return roundf (coordinate * (float) scale) / (float) scale;
}

/* The tiles that a stretch of the widget touches. */
static void
find_span (double from, double to, double start, double length, int n, int side, int *first, int *end)
{
  double per_pixel = n / length;

  *first = CLAMP ((int) floor ((from - start) * per_pixel) / side, 0, (n - 1) / side);
  *end = CLAMP ((int) ceil ((to - start) * per_pixel) / side + 1, 1, (n - 1) / side + 1);
}

/* The place of part of the image. */
static graphene_rect_t
place (const TamisTiles *self, const graphene_rect_t *whole, const cairo_rectangle_int_t *part)
{
  float left = edge (whole->origin.x, whole->size.width, part->x, self->image->width);
  float right = edge (whole->origin.x, whole->size.width, part->x + part->width, self->image->width);
  float top = edge (whole->origin.y, whole->size.height, part->y, self->image->height);
  float bottom
      = edge (whole->origin.y, whole->size.height, part->y + part->height, self->image->height);

  return GRAPHENE_RECT_INIT (left, top, right - left, bottom - top);
}

static void
draw_tile (TamisTiles *self, GtkSnapshot *snapshot, const graphene_rect_t *whole, int scale,
           int column, int row)
{
  int side = TILE / self->repeat;
  cairo_rectangle_int_t image = { 0, 0, self->image->width, self->image->height };
  cairo_rectangle_int_t own = { column * side, row * side, side, side };
  cairo_rectangle_int_t part;
  graphene_rect_t clip, rect;
  float right, bottom;

  gdk_rectangle_intersect (&own, &image, &own);
  part = (cairo_rectangle_int_t){ own.x - BORDER, own.y - BORDER, own.width + 2 * BORDER,
                                  own.height + 2 * BORDER };
  gdk_rectangle_intersect (&part, &image, &part);
  clip = place (self, whole, &own);
  right = snap (clip.origin.x + clip.size.width, scale);
  bottom = snap (clip.origin.y + clip.size.height, scale);
  clip.origin.x = snap (clip.origin.x, scale);
  clip.origin.y = snap (clip.origin.y, scale);
  clip.size = GRAPHENE_SIZE_INIT (right - clip.origin.x, bottom - clip.origin.y);
  if (clip.size.width <= 0 || clip.size.height <= 0)
    return;
  rect = place (self, whole, &part);
  gtk_snapshot_push_clip (snapshot, &clip);
  gtk_snapshot_append_texture (snapshot, get_tile (self, column, row, &part), &rect);
  gtk_snapshot_pop (snapshot);
}

void
tamis_tiles_snapshot (TamisTiles *self, GtkSnapshot *snapshot, const graphene_rect_t *whole,
                      const graphene_rect_t *visible, int scale)
{
  /* On device pixels, so that at 1:1 each image pixel is one. */
  graphene_rect_t at = { { snap (whole->origin.x, scale), snap (whole->origin.y, scale) }, whole->size };
  int n_x = self->image->width, n_y = self->image->height;
  graphene_rect_t seen;
  int side, first_column, end_column, first_row, end_row;

  if (!graphene_rect_intersection (&at, visible, &seen))
    return;
  choose_repeat (self, at.size.width * (float) scale / (float) n_x);
  side = TILE / self->repeat;
  self->frame++;
  find_span (seen.origin.x, seen.origin.x + seen.size.width, at.origin.x, at.size.width, n_x, side,
             &first_column, &end_column);
  find_span (seen.origin.y, seen.origin.y + seen.size.height, at.origin.y, at.size.height, n_y, side,
             &first_row, &end_row);
  for (int row = first_row; row < end_row; row++)
    for (int column = first_column; column < end_column; column++)
      draw_tile (self, snapshot, &at, scale, column, row);
  g_hash_table_foreach_remove (self->tiles, is_stale, self);
}

void
tamis_tiles_snapshot_part (TamisTiles *self, GtkSnapshot *snapshot, const TamisImageRegion *part,
                           graphene_size_t full, const graphene_rect_t *whole,
                           const graphene_rect_t *visible, int scale)
{
  /* From where the whole would begin on device pixels: at 1:1 the part lies on them, too. */
  double across = (double) whole->size.width / full.width, down = (double) whole->size.height / full.height;
  graphene_rect_t at
      = GRAPHENE_RECT_INIT ((float) (snap (whole->origin.x, scale) + part->x * across),
                            (float) (snap (whole->origin.y, scale) + part->y * down),
                            (float) (part->width * across), (float) (part->height * down));

  tamis_tiles_snapshot (self, snapshot, &at, visible, scale);
}
