/* Where decoded rows go: the whole image, the region that was asked for, or a halving of it.
 *
 * DESIGN: a decoder says its size and orientation, opens the canvas, and then delivers the stored rows
 * of canvas.part: it asks where a row is to be written and says when it is. Where the rows of the
 * result are those that are stored, that is their place in it and nothing is copied; else it is a
 * spare row, of which the canvas keeps what is needed. So no decoder knows of regions and halvings,
 * and neither takes more memory than what comes out, and a few rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <string.h>

/* Rows of an image that is at hand, between two looks at the cancellable. */
#define ROWS_AT_ONCE 16

static gsize
halved (int side, guint reduction)
{
  return ((gsize) side + reduction - 1) / reduction;
}

/* What both sides are to be divided by. */
static guint
choose_reduction (const TamisImageSource *source)
{
  const TamisImageLoad *load = source->load;
  int longer = MAX (source->facts.width, source->facts.height);
  int shorter = MIN (source->facts.width, source->facts.height);
  guint reduction = 1;

  if (!load->halve || load->region != NULL)
    return 1;
  while (reduction <= (guint) longer
         && halved (longer, 2 * reduction) >= (gsize) MAX (load->longer_at_least, 1)
         && halved (shorter, 2 * reduction) >= (gsize) MAX (load->at_least, 1))
    reduction *= 2;
  return reduction;
}

/* Where the region of the upright image lies in the stored one. FALSE: not inside it. */
static gboolean
find_stored_part (const TamisImageSource *source, TamisImageRegion *part)
{
  const TamisImageRegion *region = source->load->region;
  int orientation = source->orientation;
  gboolean turned = orientation >= 5 && orientation <= 8;
  int width = source->facts.width, height = source->facts.height;

  *part = turned ? (TamisImageRegion){ region->y, region->x, region->height, region->width } : *region;
  if (part->width < 1 || part->height < 1 || part->x < 0 || part->y < 0
      || part->width > width - part->x || part->height > height - part->y)
    return FALSE;
  if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
    part->x = width - part->x - part->width;
  if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
    part->y = height - part->y - part->height;
  return TRUE;
}

static gboolean
fail_for_memory (GError **error)
{
  g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                       "the image does not fit in memory");
  return FALSE;
}

static gboolean
begin_resize (TamisResize *resize, void **scratch, const TamisImageFacts *from, const TamisImage *to,
              GError **error)
{
  const TamisResizeSides in = { from->width, from->height };
  const TamisResizeSides out = { to->width, to->height };

  *scratch = g_try_malloc (tamis_resize_scratch (in.width, in.height, out.width, out.height));
  if (*scratch == NULL)
    return fail_for_memory (error);
  tamis_resize_begin (resize, &in, NULL, &out, *scratch);
  return TRUE;
}

gboolean
_tamis_canvas_open (TamisCanvas *self, TamisImageSource *source, gboolean in_order, GError **error)
{
  guint reduction = in_order ? choose_reduction (source) : 1;

  *self = (TamisCanvas){ .width = (gsize) source->facts.width };
  self->part = (TamisImageRegion){ 0, 0, source->facts.width, source->facts.height };
  if (source->load->region != NULL && !find_stored_part (source, &self->part))
    {
      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_UNREADABLE,
                   "the image has other sides than before: %d × %d as stored", source->facts.width,
                   source->facts.height);
      return FALSE;
    }
  self->image = _tamis_image_try_new ((int) halved (self->part.width, reduction),
                                      (int) halved (self->part.height, reduction), error);
  if (self->image == NULL)
    return FALSE;
  self->reduces = reduction > 1;
  if (self->reduces && !begin_resize (&self->resize, &self->scratch, &source->facts, self->image, error))
    return FALSE;
  if (self->reduces || self->part.width < source->facts.width)
    self->row = g_try_malloc0_n (3, self->width);
  else
    return TRUE;
  return self->row != NULL || fail_for_memory (error);
}

guint8 *
_tamis_canvas_row (const TamisCanvas *self, gsize y)
{
  if (self->row != NULL)
    return self->row;
  return self->image->pixels + 3 * (y - (gsize) self->part.y) * self->width;
}

void
_tamis_canvas_row_done (TamisCanvas *self, gsize y)
{
  gsize bytes = 3 * (gsize) self->part.width;

  if (self->reduces)
    tamis_resize_row (&self->resize, self->row, self->image->pixels);
  else if (self->row != NULL)
    memcpy (self->image->pixels + (y - (gsize) self->part.y) * bytes,
            self->row + 3 * (gsize) self->part.x, bytes);
}

TamisImage *
_tamis_canvas_steal (TamisCanvas *self)
{
  TamisImage *image = g_steal_pointer (&self->image);

  _tamis_canvas_clear (self);
  return image;
}

void
_tamis_canvas_clear (TamisCanvas *self)
{
  g_clear_pointer (&self->image, tamis_image_unref);
  g_clear_pointer (&self->row, g_free);
  g_clear_pointer (&self->scratch, g_free);
}

TamisImage *
_tamis_image_halved (TamisImage *self, const TamisImageSource *source, GError **error)
{
  guint reduction = choose_reduction (source);
  const TamisImageFacts from = { .width = self->width, .height = self->height };
  TamisImage *result = NULL;
  TamisResize resize;
  g_autofree void *scratch = NULL;
  gboolean ok;

  if (self->width <= (int) halved (source->facts.width, reduction)
      && self->height <= (int) halved (source->facts.height, reduction))
    return self;
  result = _tamis_image_try_new ((int) halved (source->facts.width, reduction),
                                 (int) halved (source->facts.height, reduction), error);
  ok = result != NULL && begin_resize (&resize, &scratch, &from, result, error);
  for (gsize y = 0; ok && y < (gsize) self->height; y++)
    {
      ok = y % ROWS_AT_ONCE != 0 || !_tamis_image_stopped (source, error);
      if (ok)
        tamis_resize_row (&resize, self->pixels + 3 * y * (gsize) self->width, result->pixels);
    }
  tamis_image_unref (self);
  if (!ok)
    g_clear_pointer (&result, tamis_image_unref);
  return result;
}
