/* Land and water: harbour, lake, river.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "terrain.h"

#include <math.h>

/* Open water: @depth 0 is the shallows, 1 the deep; small waves of height @chop. */
static TamisColour
water (const TamisCanvas *self, double x, double y, double depth, double chop)
{
  static const TamisColour shallow = { 0.40, 0.50, 0.43 };
  double swell = tamis_fbm (x / 26.0 + y / 60.0, y / 11.0, 3, self->seed + 81);
  double ripple = tamis_noise (x / 5.0 + y / 9.0, y / 2.2, self->seed + 82);
  double glint = ripple * swell;
  TamisColour c = tamis_colour_mix (shallow, self->water, depth);

  c = tamis_colour_scale (c, 1.0 + chop * (0.7 * (swell - 0.5) + 0.35 * (ripple - 0.5)));
  return glint > 0.62 ? tamis_colour_mix (c, (TamisColour){ 0.8, 0.86, 0.88 }, 0.5 * chop) : c;
}

/* ---- lake: calm, nearly the same everywhere; the class that loses most ---- */

typedef struct
{
  double shore; /* y of the mean shore line; the land lies above it */
} Lake;

static double
shore_distance (const TamisCanvas *self, const Lake *lake, double x, double y)
{
  return y - lake->shore - 90.0 * (tamis_fbm (x / 170.0, 0.3, 3, self->seed + 83) - 0.5);
}

static TamisColour
lake_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  double d = shore_distance (self, data, x, y);
  double wobble = 8.0 * (tamis_fbm (x / 18.0, y / 18.0, 3, self->seed + 84) - 0.5);
  TamisColour sand = { 0.70, 0.64, 0.50 };

  d += wobble;
  if (d < -14.0)
    return tamis_canvas_grass (self, x, y);
  if (d < 0.0)
    return tamis_colour_scale (sand, 0.85 + 0.2 * tamis_noise (x / 2.0, y / 2.0, self->seed + 85));
  return water (self, x, y, tamis_step (0.0, 75.0, d), 0.16);
}

void
tamis_paint_lake (TamisCanvas *self)
{
  /* Only the first strips of a flight see the shore. */
  Lake lake = { .shore = tamis_canvas_draw_between (self, 20.0, 70.0) };
  int boats = 1 + (int)((double)self->width * self->height / 400e3);

  tamis_canvas_ground (self, lake_ground, &lake);
  for (double x = 0.0; x < self->width; x += tamis_canvas_draw_between (self, 12.0, 45.0))
    {
      double y = lake.shore - tamis_canvas_draw_between (self, 20.0, 90.0);

      if (shore_distance (self, &lake, x, y) < -30.0)
        tamis_canvas_tree (self, x, y, tamis_canvas_draw_between (self, 7.0, 14.0),
                           tamis_canvas_leaves (self));
    }
  for (int i = 0; i < boats; i++)
    {
      TamisBox boat = { tamis_canvas_draw_between (self, 0.0, self->width),
                        lake.shore + tamis_canvas_draw_between (self, 100.0, 400.0),
                        24.0,
                        8.0,
                        4.0,
                        tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI) };

      tamis_canvas_boat (self, &boat);
    }
}

/* ---- river ---- */

/* Distance from the middle of the stream, in half widths; negative on one side. */
static double
river_side (const TamisCanvas *self, double x, double y)
{
  double middle
      = self->height * 0.5 + 260.0 * (tamis_fbm (x / 430.0, 0.7, 2, self->seed + 91) - 0.5);
  double ahead
      = self->height * 0.5 + 260.0 * (tamis_fbm ((x + 4.0) / 430.0, 0.7, 2, self->seed + 91) - 0.5);
  double slope = (ahead - middle) / 4.0;
  double half = 72.0 + 50.0 * (tamis_noise (x / 200.0, 0.2, self->seed + 92) - 0.5);

  return (y - middle) / sqrt (1.0 + slope * slope) / half;
}

static TamisColour
river_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  double side = river_side (self, x, y);
  double d = fabs (side) + 0.16 * (tamis_fbm (x / 20.0, y / 20.0, 3, self->seed + 93) - 0.5);
  double bar = tamis_noise (x / 120.0, side, self->seed + 94);
  TamisColour gravel = { 0.66, 0.62, 0.54 };

  if (d > 1.12 + 0.5 * bar)
    return tamis_canvas_grass (self, x, y);
  if (d > 1.0 - 0.3 * bar)
    return tamis_colour_scale (gravel,
                               0.75 + 0.4 * tamis_noise (x / 1.8, y / 1.8, self->seed + 95));
  return water (self, x, y, tamis_step (1.0, 0.45, d) * 0.75, 0.5);
}

void
tamis_paint_river (TamisCanvas *self)
{
  double bridge = self->width * tamis_canvas_draw_between (self, 0.3, 0.7);
  TamisBox deck = { bridge,
                    self->height * 0.5,
                    4.0 * self->height,
                    20.0,
                    10.0,
                    G_PI / 2.0 + tamis_canvas_draw_between (self, -0.3, 0.3) };
  int n = (int)((double)self->width * self->height / 1700.0);

  tamis_canvas_ground (self, river_ground, NULL);
  for (int i = 0; i < n && !tamis_canvas_stopped (self); i++)
    {
      double x = tamis_canvas_draw_between (self, 0.0, self->width);
      double y = tamis_canvas_draw_between (self, 0.0, self->height);
      double d = fabs (river_side (self, x, y));

      /* Trees line the banks and thin out away from them. */
      if (d > 1.5 && tamis_canvas_chance (self, tamis_step (4.0, 1.5, d) * 0.8 + 0.06))
        tamis_canvas_tree (self, x, y, tamis_canvas_draw_between (self, 6.0, 14.0),
                           tamis_canvas_leaves (self));
    }
  tamis_canvas_box (self, &deck, (TamisColour){ 0.47, 0.47, 0.48 });
  for (int i = 0; i < self->height / 90; i++)
    tamis_canvas_car (self, deck.x + (i * 90.0 - self->height / 2.0) * cos (deck.angle) + 4.0,
                      deck.y + (i * 90.0 - self->height / 2.0) * sin (deck.angle), deck.angle);
}

/* ---- harbour ---- */

static TamisColour
harbour_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  const TamisFrame *frame = data;
  double across = (y - frame->y) * frame->cosine - (x - frame->x) * frame->sine;
  double along = (x - frame->x) * frame->cosine + (y - frame->y) * frame->sine;
  double stain = tamis_fbm (x / 40.0, y / 40.0, 4, self->seed + 101);
  TamisColour concrete = { 0.62, 0.61, 0.58 };

  if (across > 0.0)
    return water (self, x, y, 0.55 + 0.4 * tamis_step (0.0, 160.0, across), 0.45);
  if (across > -5.0)
    return (TamisColour){ 0.36, 0.35, 0.33 };
  concrete = tamis_colour_scale (concrete, 0.78 + 0.34 * stain);
  /* Joints between the slabs. */
  if (fmod (fabs (along), 42.0) < 1.2 || fmod (fabs (across), 42.0) < 1.2)
    return tamis_colour_scale (concrete, 0.82);
  return concrete;
}

static void
pier (TamisCanvas *self, const TamisFrame *frame, double u)
{
  double reach = tamis_canvas_draw_between (self, 170.0, 330.0);
  TamisBox deck = { .length = reach, .width = 11.0, .height = 5.0 };

  deck.angle = atan2 (frame->cosine, -frame->sine);
  tamis_frame_place (frame, u, reach / 2.0, &deck.x, &deck.y);
  tamis_canvas_box (self, &deck, (TamisColour){ 0.56, 0.49, 0.40 });
  for (double v = 24.0; v < reach; v += tamis_canvas_draw_between (self, 13.0, 19.0))
    for (int side = -1; side <= 1; side += 2)
      {
        TamisBox boat = { .width = tamis_canvas_draw_between (self, 7.0, 10.0), .height = 4.0 };

        if (!tamis_canvas_chance (self, 0.8))
          continue;
        boat.length = boat.width * tamis_canvas_draw_between (self, 2.8, 3.8);
        boat.angle = atan2 (frame->sine, frame->cosine) + (side < 0 ? G_PI : 0.0);
        tamis_frame_place (frame, u + side * (8.0 + boat.length / 2.0), v, &boat.x, &boat.y);
        tamis_canvas_boat (self, &boat);
      }
}

/* A stack of containers, or now and then a warehouse in its place. */
static void
yard_block (TamisCanvas *self, const TamisFrame *frame, double u, double v)
{
  static const TamisColour paint[]
      = { { 0.63, 0.24, 0.17 }, { 0.22, 0.37, 0.56 }, { 0.78, 0.60, 0.24 },
          { 0.33, 0.47, 0.36 }, { 0.72, 0.72, 0.70 }, { 0.45, 0.26, 0.22 } };
  double angle = atan2 (frame->sine, frame->cosine);

  if (tamis_canvas_chance (self, 0.3))
    {
      TamisBox hall = { .length = 104.0, .width = 62.0, .height = 17.0, .angle = angle };

      tamis_frame_place (frame, u + 54.0, v + 33.0, &hall.x, &hall.y);
      tamis_canvas_house (self, &hall,
                          tamis_canvas_vary (self, (TamisColour){ .58, .60, .62 }, 0.1));
      return;
    }
  for (int row = 0; row < 6; row++)
    for (int column = 0; column < 4; column++)
      {
        TamisBox box = { .length = 25.0, .width = 9.0, .angle = angle };

        if (tamis_canvas_chance (self, 0.18))
          continue;
        box.height = 5.0 * (1 + (int)tamis_random_below (&self->random, 3));
        tamis_frame_place (frame, u + 13.0 + 26.5 * column, v + 5.0 + 10.6 * row, &box.x, &box.y);
        tamis_canvas_box (self, &box,
                          paint[tamis_random_below (&self->random, G_N_ELEMENTS (paint))]);
      }
}

void
tamis_paint_harbour (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (self->width / 2.0, self->height * 0.5,
                                     tamis_canvas_draw_between (self, -0.25, 0.25));
  double reach = hypot (self->width, self->height) / 2.0;

  tamis_canvas_ground (self, harbour_ground, &frame);
  for (double v = -72.0; v > -reach - 90.0 && !tamis_canvas_stopped (self); v -= 92.0)
    for (double u = -reach; u < reach; u += 128.0)
      yard_block (self, &frame, u, v - 8.0);
  for (double u = -reach; u < reach; u += tamis_canvas_draw_between (self, 110.0, 170.0))
    pier (self, &frame, u);
  for (double u = -reach; u < reach; u += tamis_canvas_draw_between (self, 150.0, 420.0))
    {
      TamisBox ship = { .length = 88.0, .width = 21.0, .height = 9.0 };

      ship.angle = tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI);
      tamis_frame_place (&frame, u, tamis_canvas_draw_between (self, 390.0, 620.0), &ship.x,
                         &ship.y);
      tamis_canvas_boat (self, &ship);
    }
}
