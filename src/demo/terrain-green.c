/* Land where things grow: forest, meadow, orchard, vineyard, wheat.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "terrain.h"

#include <math.h>

static TamisColour
grass_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  return tamis_canvas_grass (self, x, y);
}

/* A worn track: two wheel lines with grass between them. */
static void
dirt_track (TamisCanvas *self, double y0, double sway)
{
  guint32 seed = (guint32)tamis_random_next (&self->random);

  for (int pass = 0; pass < 2; pass++)
    {
      tamis_canvas_way (self, y0, sway, seed);
      tamis_canvas_set_colour (
          self, pass == 0 ? (TamisColour){ 0.63, 0.55, 0.42 } : (TamisColour){ 0.50, 0.50, 0.32 },
          pass == 0 ? 0.95 : 0.7);
      cairo_set_line_width (self->cr, pass == 0 ? 11.0 : 3.0);
      cairo_stroke (self->cr);
    }
}

/* ---- forest ---- */

static TamisColour
forest_floor (const TamisCanvas *self, double x, double y, gpointer data)
{
  TamisColour floor = { 0.20, 0.19, 0.12 };

  return tamis_colour_mix (tamis_colour_scale (tamis_canvas_grass (self, x, y), 0.6), floor, 0.55);
}

void
tamis_paint_forest (TamisCanvas *self)
{
  guint32 clearing = self->seed + 31, mixed = self->seed + 32;
  double spacing = 13.0;
  double track = self->height * tamis_canvas_draw_between (self, 0.25, 0.75);
  guint32 bend;

  tamis_canvas_ground (self, forest_floor, NULL);
  bend = (guint32)tamis_random_next (&self->random);
  tamis_canvas_way (self, track, 60.0, bend);
  tamis_canvas_set_colour (self, (TamisColour){ 0.60, 0.54, 0.43 }, 0.9);
  cairo_set_line_width (self->cr, 9.0);
  cairo_stroke (self->cr);
  for (double v = -spacing; v < self->height + spacing && !tamis_canvas_stopped (self);
       v += spacing)
    for (double u = -spacing; u < self->width + spacing; u += spacing)
      {
        double x = u + tamis_canvas_draw_between (self, -6.0, 6.0);
        double y = v + tamis_canvas_draw_between (self, -6.0, 6.0);
        double way = track + 120.0 * (tamis_noise (x / 260.0, 0.5, bend) - 0.5);
        double size = tamis_canvas_draw_between (self, 6.5, 13.0);

        if (fabs (y - way) < 13.0 || tamis_fbm (x / 240.0, y / 240.0, 3, clearing) > 0.68)
          continue;
        if (tamis_noise (x / 150.0, y / 150.0, mixed) + tamis_canvas_draw_between (self, -.2, .2)
            > 0.6)
          tamis_canvas_conifer (self, x, y, size,
                                tamis_canvas_vary (self, (TamisColour){ 0.15, 0.28, 0.17 }, 0.15));
        else
          tamis_canvas_tree (self, x, y, size, tamis_canvas_leaves (self));
      }
}

/* ---- meadow ---- */

static TamisColour
meadow_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  const TamisFrame *frame = data;
  double across = (y - frame->y) * frame->cosine - (x - frame->x) * frame->sine;
  double flowers = tamis_noise (x / 2.2, y / 2.2, self->seed + 41);
  double bed = tamis_fbm (x / 130.0, y / 130.0, 3, self->seed + 42);
  TamisColour c = tamis_canvas_grass (self, x, y);

  /* One part is mown in stripes, the other in bloom. */
  if (bed > 0.52)
    return tamis_colour_scale (c, sin (across / 9.0) > 0.0 ? 1.10 : 0.97);
  if (flowers > 0.86 && bed < 0.45)
    return self->season == TAMIS_SEASON_AUTUMN ? (TamisColour){ 0.72, 0.66, 0.45 }
                                               : (TamisColour){ 0.86, 0.80, 0.35 };
  return c;
}

static void
hay_bale (TamisCanvas *self, double x, double y)
{
  TamisBox bale = { x, y, 10.0, 7.5, 6.0, tamis_canvas_draw_between (self, 0.0, G_PI) };

  tamis_canvas_box (self, &bale, tamis_canvas_vary (self, (TamisColour){ 0.76, 0.66, 0.42 }, 0.08));
}

static void
cow (TamisCanvas *self, double x, double y)
{
  TamisBox body = { x, y, 7.5, 3.4, 4.0, tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI) };

  tamis_canvas_box (self, &body,
                    tamis_canvas_chance (self, 0.5) ? (TamisColour){ 0.86, 0.83, 0.78 }
                                                    : (TamisColour){ 0.33, 0.21, 0.14 });
}

/* @n things around one place, as herds and groves stand. */
static void
scatter (TamisCanvas *self, int n, double spread, void (*draw) (TamisCanvas *, double, double))
{
  double x = tamis_canvas_draw_between (self, 0.0, self->width);
  double y = tamis_canvas_draw_between (self, 0.0, self->height);

  for (int i = 0; i < n; i++)
    draw (self, x + spread * tamis_random_normal (&self->random),
          y + spread * tamis_random_normal (&self->random));
}

static void
meadow_tree (TamisCanvas *self, double x, double y)
{
  tamis_canvas_tree (self, x, y, tamis_canvas_draw_between (self, 8.0, 19.0),
                     tamis_canvas_leaves (self));
}

void
tamis_paint_meadow (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (0.0, 0.0, tamis_canvas_draw_between (self, 0.0, G_PI));
  double area = (double)self->width * self->height / 90e3;

  tamis_canvas_ground (self, meadow_ground, &frame);
  dirt_track (self, self->height * tamis_canvas_draw_between (self, 0.2, 0.8), 90.0);
  for (int i = 0; i < 1.3 * area; i++)
    {
      scatter (self, 3, 60.0, meadow_tree);
      if (tamis_canvas_chance (self, 0.5))
        scatter (self, 6, 70.0, hay_bale);
      if (tamis_canvas_chance (self, 0.4))
        scatter (self, 9, 35.0, cow);
    }
}

/* ---- orchard ---- */

void
tamis_paint_orchard (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (self->width / 2.0, self->height / 2.0,
                                     tamis_canvas_draw_between (self, -0.6, 0.6));
  double reach = hypot (self->width, self->height) / 2.0 + 30.0;
  double along = tamis_canvas_draw_between (self, 19.0, 25.0);
  double between = along * tamis_canvas_draw_between (self, 1.25, 1.6);
  int kept_rows = 5 + (int)tamis_random_below (&self->random, 5);
  int row = 0;

  tamis_canvas_ground (self, grass_ground, NULL);
  for (double v = -reach; v < reach && !tamis_canvas_stopped (self); v += between, row++)
    for (double u = -reach; u < reach; u += along)
      {
        TamisColour c = tamis_canvas_leaves (self);
        double x, y;

        tamis_frame_place (&frame, u + tamis_canvas_draw_between (self, -1.5, 1.5),
                           v + tamis_canvas_draw_between (self, -1.5, 1.5), &x, &y);
        if (row % kept_rows == 0 || tamis_canvas_chance (self, 0.035))
          continue; /* a lane for the tractor, or a tree that died */
        if (self->season == TAMIS_SEASON_SPRING && tamis_noise (x / 260.0, y / 260.0, 51) > 0.45)
          c = tamis_canvas_vary (self, (TamisColour){ 0.84, 0.76, 0.76 }, 0.06);
        if (x > -30.0 && y > -30.0 && x < self->width + 30.0 && y < self->height + 30.0)
          tamis_canvas_tree (self, x, y, along * tamis_canvas_draw_between (self, 0.36, 0.46), c);
      }
}

/* ---- vineyard ---- */

/* Rows follow the slope: lines of equal value of a bent coordinate. */
static TamisColour
vineyard_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  const TamisFrame *frame = data;
  static const TamisColour vine[]
      = { { 0.42, 0.53, 0.20 }, { 0.27, 0.41, 0.16 }, { 0.62, 0.42, 0.15 } };
  double across = (y - frame->y) * frame->cosine - (x - frame->x) * frame->sine;
  double along = (x - frame->x) * frame->cosine + (y - frame->y) * frame->sine;
  double bend = 70.0 * (tamis_fbm (x / 420.0, y / 420.0, 2, self->seed + 61) - 0.5);
  double row = (across + bend) / 11.0;
  double phase = row - floor (row);
  double edge = 0.08 * tamis_noise (x / 2.5, y / 2.5, self->seed + 62);
  double soil = 0.85 + 0.3 * tamis_fbm (x / 12.0, y / 12.0, 3, self->seed + 63);
  TamisColour c = tamis_colour_scale ((TamisColour){ 0.64, 0.56, 0.44 }, soil);

  /* Every few rows' length a path runs across. */
  if (fmod (fabs (along), 330.0) < 12.0)
    return tamis_colour_scale (c, 1.08);
  if (phase > 0.30 - edge && phase < 0.72 + edge)
    return tamis_colour_scale (vine[self->season],
                               0.75 + 0.6 * tamis_noise (x / 2.0, y / 2.0, self->seed + 64));
  if (phase >= 0.72 && phase < 0.9)
    return tamis_colour_scale (c, 0.55); /* the shadow of the row */
  return self->season == TAMIS_SEASON_SPRING
             ? tamis_colour_mix (c, tamis_canvas_grass (self, x, y), 0.5)
             : c;
}

void
tamis_paint_vineyard (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (0.0, 0.0, tamis_canvas_draw_between (self, 0.0, G_PI));
  int huts = 1 + (int)((double)self->width * self->height / 400e3);

  tamis_canvas_ground (self, vineyard_ground, &frame);
  dirt_track (self, self->height * tamis_canvas_draw_between (self, 0.15, 0.85), 130.0);
  for (int i = 0; i < huts; i++)
    {
      TamisBox hut = { tamis_canvas_draw_between (self, 0.0, self->width),
                       tamis_canvas_draw_between (self, 0.0, self->height),
                       26.0,
                       19.0,
                       10.0,
                       tamis_canvas_draw_between (self, 0.0, G_PI) };

      tamis_canvas_house (self, &hut, (TamisColour){ 0.60, 0.34, 0.24 });
      meadow_tree (self, hut.x + 30.0, hut.y - 12.0);
      meadow_tree (self, hut.x - 26.0, hut.y + 20.0);
    }
}

/* ---- wheat ---- */

typedef struct
{
  TamisFrame frame;
  TamisColour crop[4]; /* of neighbouring plots */
} Wheat;

static TamisColour
wheat_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  const Wheat *wheat = data;
  const TamisFrame *frame = &wheat->frame;
  double across = (y - frame->y) * frame->cosine - (x - frame->x) * frame->sine;
  double along = (x - frame->x) * frame->cosine + (y - frame->y) * frame->sine;
  int plot = ((int)floor (across / 330.0) & 1) + 2 * ((int)floor (along / 620.0) & 1);
  double within = across / 330.0 - floor (across / 330.0);
  double tram = fmod (fabs (across) + 1000.0, 66.0);
  double drill = sin (across * 1.9);
  double lodged = tamis_fbm (x / 55.0, y / 55.0, 4, self->seed + 72);
  TamisColour c = wheat->crop[plot];

  if (within < 0.03)
    return tamis_canvas_grass (self, x, y);
  c = tamis_colour_scale (c, 0.86 + 0.05 * drill
                                 + 0.16 * tamis_noise (x / 2., y / 2., self->seed + 71));
  /* Where wind has laid it down it shines. */
  c = tamis_colour_scale (c, 1.0 + 0.13 * tamis_step (0.55, 0.72, lodged));
  if (tram < 3.0 || (tram > 11.0 && tram < 14.0))
    return tamis_colour_mix (c, (TamisColour){ 0.46, 0.36, 0.24 }, 0.6);
  return c;
}

void
tamis_paint_wheat_field (TamisCanvas *self)
{
  static const TamisColour ripe[]
      = { { 0.42, 0.53, 0.22 }, { 0.79, 0.67, 0.38 }, { 0.60, 0.48, 0.33 } };
  Wheat wheat
      = { .frame = tamis_frame_at (60.0, 90.0, tamis_canvas_draw_between (self, -0.5, 0.5)) };
  int trees = 2 + (int)((double)self->width * self->height / 180e3);

  for (int i = 0; i < 4; i++)
    wheat.crop[i] = tamis_canvas_vary (self, ripe[self->season], 0.1);
  tamis_canvas_ground (self, wheat_ground, &wheat);
  dirt_track (self, self->height * tamis_canvas_draw_between (self, 0.1, 0.9), 30.0);
  for (int i = 0; i < trees; i++)
    meadow_tree (self, tamis_canvas_draw_between (self, 0.0, self->width),
                 tamis_canvas_draw_between (self, 0.0, self->height));
}
