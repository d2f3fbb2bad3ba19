/* Cuts frames out of a landscape: see camera.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "camera.h"

#include <math.h>
#include <string.h>

#define VIGNETTE 0.13 /* how much darker the corners are */

typedef struct
{
  const guint8 *data;
  int stride;
  int width, height;
} Source;

/* Bilinear; the flight plan keeps frames inside, the clamp only guards the last pixel. */
static TamisColour
sample (const Source *source, double x, double y)
{
  int ix = CLAMP ((int)x, 0, source->width - 2);
  int iy = CLAMP ((int)y, 0, source->height - 2);
  double u = CLAMP (x - ix, 0.0, 1.0), v = CLAMP (y - iy, 0.0, 1.0);
  const guint32 *top = (const guint32 *)(gconstpointer)(source->data + (gsize)iy * source->stride);
  const guint32 *bottom = (const guint32 *)(gconstpointer)((const guint8 *)top + source->stride);
  double w[] = { (1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v };
  guint32 p[] = { top[ix], top[ix + 1], bottom[ix], bottom[ix + 1] };
  TamisColour c = { 0.0, 0.0, 0.0 };

  for (int i = 0; i < 4; i++)
    {
      c.r += w[i] * (p[i] >> 16 & 255);
      c.g += w[i] * (p[i] >> 8 & 255);
      c.b += w[i] * (p[i] & 255);
    }
  return c;
}

static inline guint8
to_byte (double v)
{
  return (guint8)(CLAMP (v, 0.0, 255.0) + 0.5);
}

static TamisImage *
expose (const TamisCanvas *canvas, const TamisShot *shot)
{
  TamisImage *image = tamis_image_new (TAMIS_FRAME_WIDTH, TAMIS_FRAME_HEIGHT);
  Source source
      = { cairo_image_surface_get_data (canvas->surface),
          cairo_image_surface_get_stride (canvas->surface), canvas->width, canvas->height };
  double cosine = cos (shot->heading) * shot->zoom, sine = sin (shot->heading) * shot->zoom;
  guint8 *out = image->pixels;
  TamisRandom random;

  tamis_random_init (&random, shot->seed);
  for (int j = 0; j < TAMIS_FRAME_HEIGHT; j++)
    for (int i = 0; i < TAMIS_FRAME_WIDTH; i++, out += 3)
      {
        double u = i + 0.5 - TAMIS_FRAME_WIDTH / 2.0, v = j + 0.5 - TAMIS_FRAME_HEIGHT / 2.0;
        TamisColour c = sample (&source, shot->x + u * cosine - v * sine - 0.5,
                                shot->y + u * sine + v * cosine - 0.5);
        double k = shot->gain * (1.0 - VIGNETTE * (u * u + v * v) / (128.0 * 128.0 + 96.0 * 96.0));
        guint64 noise = tamis_random_next (&random);
        /* Two dice make a triangle, near enough to a sensor's bell curve: -3 .. 3. */
        double grain = ((noise & 255) + (noise >> 8 & 255)) / 85.0 - 3.0;

        out[0] = to_byte (k * c.r + grain);
        out[1] = to_byte (k * c.g + grain);
        out[2] = to_byte (k * c.b + grain);
      }
  return image;
}

static TamisImage *
crop (const TamisImage *image, double share)
{
  int width = (int)(image->width * (1.0 - share)), height = (int)(image->height * (1.0 - share));
  int left = (image->width - width) / 2, top = (image->height - height) / 2;
  TamisImage *result = tamis_image_new (width, height);

  for (int y = 0; y < height; y++)
    memcpy (result->pixels + 3 * (gsize)width * y,
            image->pixels + 3 * ((gsize)image->width * (y + top) + left), 3 * (gsize)width);
  return result;
}

TamisImage *
tamis_camera_take (const TamisCanvas *canvas, const TamisShot *shot)
{
  g_autoptr (TamisImage) image = expose (canvas, shot);

  if (shot->kind == TAMIS_SHOT_CROPPED)
    return crop (image, shot->change);
  if (shot->kind == TAMIS_SHOT_BRIGHTENED)
    for (gsize i = 0; i < 3 * (gsize)image->width * image->height; i++)
      image->pixels[i] = to_byte (image->pixels[i] * shot->change + 6.0);
  return g_steal_pointer (&image);
}
