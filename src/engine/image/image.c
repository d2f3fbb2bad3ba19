/* TamisImage: the pixels, their orientation and the model's view of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include "kernels/resize.h"

#include <math.h>
#include <string.h>

/* Resized between two looks at the cancellable: some milliseconds. */
#define PIECE_PIXELS (4 << 20)

G_DEFINE_QUARK (tamis-image-error-quark, tamis_image_error)

static TamisImage *
wrap (int width, int height, guint8 *pixels)
{
  TamisImage *self = g_atomic_rc_box_new (TamisImage);

  self->width = width;
  self->height = height;
  self->pixels = pixels;
  return self;
}

TamisImage *
tamis_image_new (int width, int height)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  return wrap (width, height, g_malloc0_n (3 * (gsize) width, (gsize) height));
}

TamisImage *
_tamis_image_try_new (int width, int height, GError **error)
{
  guint8 *pixels = g_try_malloc0_n (3 * (gsize) width, (gsize) height);

  if (pixels == NULL)
    {
      g_set_error (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                   "%d × %d pixels do not fit in memory", width, height);
      return NULL;
    }
  return wrap (width, height, pixels);
}

TamisImage *
tamis_image_ref (TamisImage *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  g_free (((TamisImage *) data)->pixels);
}

void
tamis_image_unref (TamisImage *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gboolean
tamis_image_region_covers (const TamisImageRegion *self, const TamisImageRegion *other)
{
  return self->x <= other->x && self->y <= other->y
         && (gint64) self->x + self->width >= (gint64) other->x + other->width
         && (gint64) self->y + self->height >= (gint64) other->y + other->height;
}

/* Where EXIF says that stored row @y belongs: the offset of the target of the row's first pixel
 * and the step from one to the next, both in pixels of the upright image. */
static void
row_target (const TamisImage *stored, int orientation, gsize y, gsize *start, gssize *step)
{
  gsize w = (gsize) stored->width;
  gsize h = (gsize) stored->height;

  switch (orientation)
    {
    case 2: /* mirrored left to right */
      *start = y * w + w - 1, *step = -1;
      break;
    case 3: /* half a turn */
      *start = (h - 1 - y) * w + w - 1, *step = -1;
      break;
    case 4: /* mirrored top to bottom */
      *start = (h - 1 - y) * w, *step = 1;
      break;
    case 5: /* transposed */
      *start = y, *step = (gssize) h;
      break;
    case 6: /* needs a quarter turn clockwise */
      *start = h - 1 - y, *step = (gssize) h;
      break;
    case 7: /* transposed over the other diagonal */
      *start = (w - 1) * h + h - 1 - y, *step = -(gssize) h;
      break;
    case 8: /* needs a quarter turn anticlockwise */
      *start = (w - 1) * h + y, *step = -(gssize) h;
      break;
    default:
      g_assert_not_reached ();
    }
}

TamisImage *
_tamis_image_upright (TamisImage *self, const TamisImageSource *source, GError **error)
{
  int orientation = source->orientation;
  gboolean turned = orientation >= 5;
  TamisImage *upright;

  if (orientation < 2 || orientation > 8)
    return self;
  upright = _tamis_image_try_new (turned ? self->height : self->width,
                                  turned ? self->width : self->height, error);
  for (gsize y = 0; upright != NULL && y < (gsize) self->height; y++)
    {
      const guint8 *from = self->pixels + 3 * y * (gsize) self->width;
      gsize start;
      gssize step;

      if (_tamis_image_stopped (source, error))
        {
          g_clear_pointer (&upright, tamis_image_unref);
          break;
        }
      row_target (self, orientation, y, &start, &step);
      for (int x = 0; x < self->width; x++, from += 3)
        memcpy (upright->pixels + 3 * ((gssize) start + x * step), from, 3);
    }
  tamis_image_unref (self);
  return upright;
}

/* FALSE: cancelled. */
static gboolean
resize_into (const TamisImage *self, const TamisImageBox *part, int width, int height, guint8 *out,
             GCancellable *cancel)
{
  const TamisResizeSides in = { self->width, self->height };
  const TamisResizePart from = { part->x, part->y, part->width, part->height };
  const TamisResizeSides to = { width, height };
  g_autofree void *scratch
      = g_malloc (tamis_resize_scratch (self->width, self->height, width, height));
  int piece = MAX (PIECE_PIXELS / self->width, 1);
  TamisResize resize;

  tamis_resize_begin (&resize, &in, &from, &to, scratch);
  for (int y = 0; y < self->height; y++)
    {
      if (y % piece == 0 && g_cancellable_is_cancelled (cancel))
        return FALSE;
      tamis_resize_row (&resize, self->pixels + 3 * (gsize) y * (gsize) self->width, out);
    }
  return TRUE;
}

static TamisImage *
resize (const TamisImage *self, int width, int height, GCancellable *cancel)
{
  const TamisImageBox whole = { 0, 0, self->width, self->height };
  g_autoptr (TamisImage) result = tamis_image_new (width, height);

  return resize_into (self, &whole, width, height, result->pixels, cancel) ? g_steal_pointer (&result)
                                                                           : NULL;
}

TamisImage *
tamis_image_resize_part (const TamisImage *self, const TamisImageBox *part, int width, int height)
{
  TamisImage *result;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (part->x >= 0 && part->y >= 0 && part->width > 0 && part->height > 0, NULL);
  g_return_val_if_fail (part->x + part->width <= self->width + 1e-6
                            && part->y + part->height <= self->height + 1e-6,
                        NULL);
  result = tamis_image_new (width, height);
  resize_into (self, part, width, height, result->pixels, NULL);
  return result;
}

TamisImage *
tamis_image_resize (const TamisImage *self, int width, int height)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  return resize (self, width, height, NULL);
}

TamisImage *
tamis_image_reduce_cancellable (TamisImage *self, int side, GCancellable *cancel)
{
  double scale = (double) side / MAX (self->width, self->height);

  g_return_val_if_fail (side > 0, NULL);
  if (scale >= 1.0)
    return tamis_image_ref (self);
  return resize (self, MAX (1, (int) lround (self->width * scale)),
                 MAX (1, (int) lround (self->height * scale)), cancel);
}

TamisImage *
tamis_image_reduce (TamisImage *self, int side)
{
  return tamis_image_reduce_cancellable (self, side, NULL);
}

gboolean
tamis_image_to_input_cancellable (const TamisImage *self, int side, float *out, GCancellable *cancel)
{
  const TamisImageBox whole = { 0, 0, self->width, self->height };
  gsize n = (gsize) side * (gsize) side;
  g_autofree guint8 *pixels = NULL;

  g_return_val_if_fail (side > 0, FALSE);
  pixels = g_malloc_n (n, 3);
  if (!resize_into (self, &whole, side, side, pixels, cancel))
    return FALSE;
  for (int c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      out[c * n + i] = (pixels[3 * i + c] / 255.0f - 0.5f) / 0.5f;
  return TRUE;
}

void
tamis_image_to_input (const TamisImage *self, int side, float *out)
{
  tamis_image_to_input_cancellable (self, side, out, NULL);
}

TamisImage *
tamis_image_from_input (const float *in, int side)
{
  gsize n = (gsize) side * (gsize) side;
  TamisImage *self = tamis_image_new (side, side);

  for (int c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      {
        float v = in[c * n + i] * 0.5f + 0.5f;

        /* Written so that NaN becomes black. */
        v = v > 0.0f ? v : 0.0f;
        v = v < 1.0f ? v : 1.0f;
        self->pixels[3 * i + c] = (guint8) (v * 255.0f + 0.5f);
      }
  return self;
}
