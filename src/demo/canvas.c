/* Ground, noise, light: see canvas.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "canvas.h"

#include <math.h>

/* ---- noise ---- */

/* Lowbias32 (Wellons): every input bit moves every output bit. */
static inline double
lattice (gint32 x, gint32 y, guint32 seed)
{
  guint32 h = (guint32)x * 0x9e3779b1u ^ (guint32)y * 0x85ebca77u ^ seed;

  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  h ^= h >> 16;
  return h * 0x1.0p-32;
}

double
tamis_noise (double x, double y, guint32 seed)
{
  gint32 ix = (gint32)floor (x);
  gint32 iy = (gint32)floor (y);
  double u = x - ix;
  double v = y - iy;
  double top, bottom;

  u = u * u * (3.0 - 2.0 * u);
  v = v * v * (3.0 - 2.0 * v);
  top = lattice (ix, iy, seed) * (1.0 - u) + lattice (ix + 1, iy, seed) * u;
  bottom = lattice (ix, iy + 1, seed) * (1.0 - u) + lattice (ix + 1, iy + 1, seed) * u;
  return top * (1.0 - v) + bottom * v;
}

double
tamis_fbm (double x, double y, int octaves, guint32 seed)
{
  double sum = 0.0, weight = 0.5, total = 0.0;

  for (int i = 0; i < octaves; i++)
    {
      sum += weight * tamis_noise (x, y, seed + 0x632be5abu * i);
      total += weight;
      weight *= 0.5;
      /* Turned a little, so that the lattices of the octaves do not line up. */
      double t = 1.6 * x - 1.2 * y + 17.3;
      y = 1.2 * x + 1.6 * y + 9.1;
      x = t;
    }
  return sum / total;
}

double
tamis_step (double low, double high, double x)
{
  double t = CLAMP ((x - low) / (high - low), 0.0, 1.0);

  return t * t * (3.0 - 2.0 * t);
}

/* ---- colour and chance ---- */

TamisColour
tamis_colour_mix (TamisColour a, TamisColour b, double t)
{
  return (TamisColour){ a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t };
}

TamisColour
tamis_colour_scale (TamisColour c, double factor)
{
  return (TamisColour){ c.r * factor, c.g * factor, c.b * factor };
}

double
tamis_canvas_draw_between (TamisCanvas *self, double low, double high)
{
  return low + (high - low) * tamis_random_uniform (&self->random);
}

gboolean
tamis_canvas_chance (TamisCanvas *self, double probability)
{
  return tamis_random_uniform (&self->random) < probability;
}

TamisColour
tamis_canvas_vary (TamisCanvas *self, TamisColour c, double by)
{
  double all = tamis_canvas_draw_between (self, 1.0 - by, 1.0 + by);

  c.r *= all * tamis_canvas_draw_between (self, 1.0 - 0.5 * by, 1.0 + 0.5 * by);
  c.g *= all;
  c.b *= all * tamis_canvas_draw_between (self, 1.0 - 0.5 * by, 1.0 + 0.5 * by);
  return c;
}

TamisColour
tamis_canvas_grass (const TamisCanvas *self, double x, double y)
{
  static const TamisColour fresh[]
      = { { 0.38, 0.52, 0.20 }, { 0.33, 0.44, 0.19 }, { 0.47, 0.47, 0.24 } };
  static const TamisColour dry[]
      = { { 0.52, 0.56, 0.30 }, { 0.53, 0.52, 0.31 }, { 0.60, 0.53, 0.33 } };
  double patch = tamis_fbm (x / 90.0, y / 90.0, 4, self->seed + 11);
  double blade = tamis_noise (x / 1.7, y / 1.7, self->seed + 12);
  double tuft = tamis_noise (x / 6.0, y / 6.0, self->seed + 13);
  TamisColour c
      = tamis_colour_mix (fresh[self->season], dry[self->season], tamis_step (0.35, 0.7, patch));

  return tamis_colour_scale (c, 0.82 + 0.2 * blade + 0.16 * tuft);
}

TamisColour
tamis_canvas_leaves (TamisCanvas *self)
{
  static const TamisColour autumn[]
      = { { 0.66, 0.42, 0.14 }, { 0.70, 0.55, 0.18 }, { 0.55, 0.27, 0.13 }, { 0.42, 0.43, 0.18 } };
  TamisColour c = { 0.23, 0.37, 0.15 };

  if (self->season == TAMIS_SEASON_SPRING)
    c = (TamisColour){ 0.36, 0.50, 0.19 };
  else if (self->season == TAMIS_SEASON_AUTUMN)
    c = autumn[tamis_random_below (&self->random, G_N_ELEMENTS (autumn))];
  return tamis_canvas_vary (self, c, 0.16);
}

/* ---- frames of reference ---- */

TamisFrame
tamis_frame_at (double x, double y, double angle)
{
  return (TamisFrame){ x, y, cos (angle), sin (angle) };
}

void
tamis_frame_place (const TamisFrame *self, double u, double v, double *x, double *y)
{
  *x = self->x + u * self->cosine - v * self->sine;
  *y = self->y + u * self->sine + v * self->cosine;
}

/* ---- the canvas ---- */

void
tamis_canvas_init (TamisCanvas *self, int width, int height, guint64 seed, TamisSeason season)
{
  double azimuth, length, warmth;

  *self = (TamisCanvas){ .width = width, .height = height, .season = season };
  tamis_random_init (&self->random, seed);
  self->seed = (guint32)tamis_random_next (&self->random);
  azimuth = tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI);
  length = tamis_canvas_draw_between (self, 0.45, 1.15);
  self->shadow_x = length * cos (azimuth);
  self->shadow_y = length * sin (azimuth);
  self->shadow_alpha = tamis_canvas_draw_between (self, 0.34, 0.52);
  /* A low sun is warm, a high one a little blue. */
  warmth = (length - 0.7) * 0.16;
  self->light = (TamisColour){ 1.0 + warmth, 1.0, 1.0 - warmth };
  self->light = tamis_colour_scale (self->light, tamis_canvas_draw_between (self, 0.99, 1.16));
  self->water
      = tamis_colour_mix ((TamisColour){ 0.09, 0.25, 0.35 }, (TamisColour){ 0.20, 0.31, 0.27 },
                          tamis_random_uniform (&self->random));
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  self->cr = cairo_create (self->surface);
  cairo_set_antialias (self->cr, CAIRO_ANTIALIAS_GOOD);
  cairo_set_line_cap (self->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
}

void
tamis_canvas_clear (TamisCanvas *self)
{
  g_clear_pointer (&self->cr, cairo_destroy);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
}

gboolean
tamis_canvas_stopped (const TamisCanvas *self)
{
  return self->cancel != NULL && g_cancellable_is_cancelled (self->cancel);
}

static inline guint32
pack (TamisColour c)
{
  guint32 r = (guint32)(CLAMP (c.r, 0.0, 1.0) * 255.0 + 0.5);
  guint32 g = (guint32)(CLAMP (c.g, 0.0, 1.0) * 255.0 + 0.5);
  guint32 b = (guint32)(CLAMP (c.b, 0.0, 1.0) * 255.0 + 0.5);

  return r << 16 | g << 8 | b;
}

static inline guint32 *
row_of (TamisCanvas *self, int y)
{
  guint8 *data = cairo_image_surface_get_data (self->surface);

  return (guint32 *)(gpointer)(data + (gsize)y * cairo_image_surface_get_stride (self->surface));
}

void
tamis_canvas_ground (TamisCanvas *self, TamisGroundFunc func, gpointer data)
{
  cairo_surface_flush (self->surface);
  for (int y = 0; y < self->height && !tamis_canvas_stopped (self); y++)
    {
      guint32 *row = row_of (self, y);

      for (int x = 0; x < self->width; x++)
        row[x] = pack (func (self, x, y, data));
    }
  cairo_surface_mark_dirty (self->surface);
}

void
tamis_canvas_finish (TamisCanvas *self)
{
  cairo_surface_flush (self->surface);
  for (int y = 0; y < self->height && !tamis_canvas_stopped (self); y++)
    {
      guint32 *row = row_of (self, y);

      for (int x = 0; x < self->width; x++)
        {
          double cloud = tamis_fbm (x / 420.0, y / 420.0, 2, self->seed + 1);
          double grain = tamis_noise (x / 1.4, y / 1.4, self->seed + 2);
          double k = (1.0 - 0.22 * tamis_step (0.55, 0.75, cloud)) * (0.95 + 0.1 * grain) / 255.0;
          TamisColour c
              = { k * self->light.r * (row[x] >> 16 & 255), k * self->light.g * (row[x] >> 8 & 255),
                  k * self->light.b * (row[x] & 255) };

          row[x] = pack (tamis_colour_mix (c, (TamisColour){ 0.72, 0.76, 0.80 }, 0.05));
        }
    }
  cairo_surface_mark_dirty (self->surface);
}
