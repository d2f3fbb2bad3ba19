/* Land that people made: quarry, solar farm, town. And the table of all kinds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "terrain.h"

#include <math.h>

/* Overlaps and sizes are chosen so that the classes differ in what a clean-up does to them: of the
 * lake almost nothing is left, of the town and the harbour almost all. */
const TamisTerrain tamis_terrains[] = {
  { "forest", tamis_paint_forest, 1.2, 0.66, 0.86, 13 },
  { "harbour", tamis_paint_harbour, 0.8, 0.60, 0.72, 17 },
  { "lake", tamis_paint_lake, 1.1, 0.80, 0.95, 13 },
  { "meadow", tamis_paint_meadow, 1.1, 0.64, 0.88, 13 },
  { "orchard", tamis_paint_orchard, 0.9, 0.62, 0.84, 13 },
  { "quarry", tamis_paint_quarry, 0.8, 0.62, 0.82, 13 },
  { "river", tamis_paint_river, 1.1, 0.64, 0.84, 22 },
  { "solar_farm", tamis_paint_solar_farm, 0.9, 0.70, 0.90, 13 },
  { "town", tamis_paint_town, 1.2, 0.60, 0.68, 13 },
  { "vineyard", tamis_paint_vineyard, 0.9, 0.64, 0.86, 13 },
  { "wheat_field", tamis_paint_wheat_field, 1.0, 0.70, 0.90, 13 },
};
const guint tamis_n_terrains = G_N_ELEMENTS (tamis_terrains);

/* ---- quarry ---- */

static double
quarry_height (const TamisCanvas *self, double x, double y)
{
  return tamis_fbm (x / 330.0, y / 330.0, 3, self->seed + 111);
}

static TamisColour
quarry_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  double h = quarry_height (self, x, y) + 0.009 * tamis_noise (x / 9.0, y / 9.0, self->seed + 112);
  double level = floor (h * 15.0);
  double within = h * 15.0 - level;
  double rubble = tamis_fbm (x / 5.0, y / 5.0, 3, self->seed + 113);
  double hue = tamis_noise (level * 3.7, 0.5, self->seed + 114);
  TamisColour rock = tamis_colour_mix ((TamisColour){ 0.75, 0.70, 0.62 },
                                       (TamisColour){ 0.62, 0.50, 0.38 }, hue);

  if (h < 0.335)
    return tamis_colour_scale ((TamisColour){ 0.22, 0.55, 0.56 },
                               0.75 + 0.9 * (h - 0.1) + 0.08 * rubble);
  if (h > 0.67)
    return tamis_canvas_grass (self, x, y);
  rock = tamis_colour_scale (rock, 0.72 + 0.5 * rubble);
  /* The face of a step: dark at its foot, streaked downwards. */
  if (within < 0.22)
    return tamis_colour_scale (rock, 0.5 + 0.9 * within);
  if (within > 0.94)
    return tamis_colour_scale (rock, 1.13);
  return rock;
}

static void
digger (TamisCanvas *self, double x, double y)
{
  TamisBox body = { x, y, 17.0, 9.0, 7.0, tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI) };
  TamisBox cab = { x, y, 6.0, 6.0, 3.0, body.angle };

  tamis_canvas_box (self, &body, (TamisColour){ 0.86, 0.64, 0.14 });
  tamis_canvas_box (self, &cab, (TamisColour){ 0.24, 0.25, 0.27 });
}

/* Winds across the pit; ends at the water and goes on behind it. */
static void
haul_road (TamisCanvas *self)
{
  guint32 bend = (guint32)tamis_random_next (&self->random);

  cairo_new_path (self->cr);
  for (double x = -20.0; x < self->width + 20.0; x += 6.0)
    {
      double y = self->height * 0.45 + 380.0 * (tamis_noise (x / 260.0, 0.5, bend) - 0.5);

      if (quarry_height (self, x, y) < 0.37)
        cairo_new_sub_path (self->cr);
      else
        cairo_line_to (self->cr, x, y);
    }
  tamis_canvas_set_colour (self, (TamisColour){ 0.80, 0.76, 0.69 }, 0.85);
  cairo_set_line_width (self->cr, 17.0);
  cairo_stroke (self->cr);
}

void
tamis_paint_quarry (TamisCanvas *self)
{
  int n = 4 + (int)((double)self->width * self->height / 60e3);

  tamis_canvas_ground (self, quarry_ground, NULL);
  haul_road (self);
  for (int i = 0; i < n; i++)
    {
      double x = tamis_canvas_draw_between (self, 0.0, self->width);
      double y = tamis_canvas_draw_between (self, 0.0, self->height);
      double heap = tamis_canvas_draw_between (self, 8.0, 22.0);

      if (quarry_height (self, x, y) < 0.37)
        continue;
      if (i % 2 == 0)
        digger (self, x, y);
      else
        tamis_canvas_tree (self, x, y, heap, (TamisColour){ 0.66, 0.61, 0.54 });
    }
}

/* ---- solar farm ---- */

static TamisColour
solar_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  return tamis_canvas_grass (self, x, y);
}

/* One table of modules, 4 across; the sky is mirrored a little brighter towards one end. */
static void
solar_table (TamisCanvas *self, const TamisBox *table)
{
  double l = table->length, w = table->width;
  double sky = tamis_canvas_draw_between (self, 0.0, 0.1);
  cairo_pattern_t *glass = cairo_pattern_create_linear (-l / 2.0, 0.0, l / 2.0, w);

  tamis_canvas_box_shadow (self, table);
  cairo_pattern_add_color_stop_rgb (glass, 0.0, 0.09 + sky, 0.13 + sky, 0.26 + sky);
  cairo_pattern_add_color_stop_rgb (glass, 1.0, 0.15 + sky, 0.21 + sky, 0.38 + sky);
  cairo_save (self->cr);
  cairo_translate (self->cr, table->x, table->y);
  cairo_rotate (self->cr, table->angle);
  cairo_rectangle (self->cr, -l / 2.0, -w / 2.0, l, w);
  cairo_set_source (self->cr, glass);
  cairo_fill (self->cr);
  cairo_pattern_destroy (glass);
  cairo_set_source_rgba (self->cr, 0.74, 0.78, 0.84, 0.5);
  cairo_set_line_width (self->cr, 0.7);
  for (double u = -l / 2.0; u <= l / 2.0 + 0.1; u += 6.4)
    {
      cairo_move_to (self->cr, u, -w / 2.0);
      cairo_line_to (self->cr, u, w / 2.0);
    }
  cairo_move_to (self->cr, -l / 2.0, 0.0);
  cairo_line_to (self->cr, l / 2.0, 0.0);
  cairo_stroke (self->cr);
  cairo_rectangle (self->cr, -l / 2.0, -w / 2.0, l, w);
  cairo_set_source_rgb (self->cr, 0.70, 0.72, 0.75);
  cairo_set_line_width (self->cr, 1.0);
  cairo_stroke (self->cr);
  cairo_restore (self->cr);
}

static void
solar_road (TamisCanvas *self, const TamisFrame *frame, double u, double reach)
{
  TamisBox station = { .length = 20.0, .width = 11.0, .height = 8.0 };
  double x, y;

  tamis_canvas_set_colour (self, (TamisColour){ 0.68, 0.63, 0.54 }, 0.95);
  cairo_set_line_width (self->cr, 13.0);
  tamis_frame_place (frame, u, -reach, &x, &y);
  cairo_move_to (self->cr, x, y);
  tamis_frame_place (frame, u, reach, &x, &y);
  cairo_line_to (self->cr, x, y);
  cairo_stroke (self->cr);
  station.angle = atan2 (frame->sine, frame->cosine);
  for (double v = -reach + 60.0; v < reach; v += tamis_canvas_draw_between (self, 170.0, 300.0))
    {
      tamis_frame_place (frame, u + 20.0, v, &station.x, &station.y);
      tamis_canvas_box (self, &station, (TamisColour){ 0.80, 0.82, 0.80 });
    }
}

void
tamis_paint_solar_farm (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (self->width / 2.0, self->height / 2.0,
                                     tamis_canvas_draw_between (self, -0.35, 0.35));
  double reach = hypot (self->width, self->height) / 2.0 + 40.0;
  double pitch = tamis_canvas_draw_between (self, 29.0, 36.0);
  guint32 gaps = self->seed + 121;

  tamis_canvas_ground (self, solar_ground, NULL);
  for (double u = -reach; u < reach; u += 330.0)
    solar_road (self, &frame, u, reach);
  for (double v = -reach; v < reach && !tamis_canvas_stopped (self); v += pitch)
    for (double u = -reach + 14.0; u < reach; u += 330.0)
      for (int i = 0; i < 4; i++)
        {
          TamisBox table = { .length = 64.0, .width = 17.0, .height = 5.0 };
          double at = u + 56.0 + 69.0 * i;

          table.angle = atan2 (frame.sine, frame.cosine);
          tamis_frame_place (&frame, at, v, &table.x, &table.y);
          if (tamis_fbm (table.x / 300.0, table.y / 300.0, 2, gaps) < 0.66
              && !tamis_canvas_chance (self, 0.02))
            solar_table (self, &table);
          else if (tamis_canvas_chance (self, 0.2))
            tamis_canvas_tree (self, table.x, table.y, tamis_canvas_draw_between (self, 6.0, 12.0),
                               tamis_canvas_leaves (self));
        }
}

/* ---- town ---- */

#define BLOCK_U 250.0 /* distance of streets, pixels */
#define BLOCK_V 166.0
#define STREET 20.0

static TamisColour
town_ground (const TamisCanvas *self, double x, double y, gpointer data)
{
  const TamisFrame *frame = data;
  double v = (y - frame->y) * frame->cosine - (x - frame->x) * frame->sine;
  double u = (x - frame->x) * frame->cosine + (y - frame->y) * frame->sine;
  double du = u - BLOCK_U * floor (u / BLOCK_U);
  double dv = v - BLOCK_V * floor (v / BLOCK_V);
  double d = MIN (MIN (du, BLOCK_U - du), MIN (dv, BLOCK_V - dv));
  double wear = tamis_fbm (x / 22.0, y / 22.0, 3, self->seed + 131);

  if (d < STREET / 2.0)
    return tamis_colour_scale ((TamisColour){ 0.41, 0.41, 0.43 }, 0.84 + 0.3 * wear);
  if (d < STREET / 2.0 + 5.0)
    return tamis_colour_scale ((TamisColour){ 0.66, 0.64, 0.61 }, 0.86 + 0.25 * wear);
  return tamis_canvas_grass (self, x, y);
}

/* A house, what lies in its garden, and a way to the street. */
static void
town_lot (TamisCanvas *self, const TamisFrame *frame, double u, double v, int towards)
{
  static const TamisColour roofs[]
      = { { 0.62, 0.30, 0.20 }, { 0.54, 0.33, 0.26 }, { 0.40, 0.38, 0.38 },
          { 0.70, 0.42, 0.28 }, { 0.30, 0.31, 0.34 }, { 0.60, 0.56, 0.50 } };
  double angle = atan2 (frame->sine, frame->cosine);
  TamisBox house = { .length = tamis_canvas_draw_between (self, 26.0, 37.0),
                     .width = tamis_canvas_draw_between (self, 19.0, 25.0),
                     .height = 12.0 };
  TamisBox drive = { .length = 22.0, .width = 7.0, .angle = angle + G_PI / 2.0 };
  double x, y;

  tamis_frame_place (frame, u + 17.0, v + towards * 21.0, &drive.x, &drive.y);
  tamis_canvas_box (self, &drive, (TamisColour){ 0.63, 0.60, 0.56 });
  if (tamis_canvas_chance (self, 0.5))
    tamis_canvas_car (self, drive.x, drive.y, drive.angle);
  if (tamis_canvas_chance (self, 0.14))
    {
      TamisBox pool = { .length = 17.0, .width = 9.0, .angle = angle };

      tamis_frame_place (frame, u, v - towards * 26.0, &pool.x, &pool.y);
      tamis_canvas_box (self, &pool, (TamisColour){ 0.32, 0.70, 0.78 });
    }
  house.angle = angle + (tamis_canvas_chance (self, 0.3) ? G_PI / 2.0 : 0.0);
  tamis_frame_place (frame, u, v, &house.x, &house.y);
  tamis_canvas_house (self, &house,
                      tamis_canvas_vary (self, roofs[tamis_random_below (&self->random, 6)], 0.1));
  for (int i = 0; i < 3; i++)
    {
      tamis_frame_place (frame, u + tamis_canvas_draw_between (self, -26.0, 26.0),
                         v - towards * tamis_canvas_draw_between (self, 19.0, 36.0), &x, &y);
      tamis_canvas_tree (self, x, y, tamis_canvas_draw_between (self, 4.0, 9.0),
                         tamis_canvas_leaves (self));
    }
}

/* A car park and a hall, where a town has its shops. */
static void
town_market (TamisCanvas *self, const TamisFrame *frame, double u, double v)
{
  double angle = atan2 (frame->sine, frame->cosine);
  TamisBox park = { .length = 210.0, .width = 126.0, .angle = angle };
  TamisBox hall = { .length = 120.0, .width = 52.0, .height = 16.0, .angle = angle };
  double x, y;

  tamis_frame_place (frame, u + BLOCK_U / 2.0, v + BLOCK_V / 2.0, &park.x, &park.y);
  tamis_canvas_box (self, &park, (TamisColour){ 0.44, 0.44, 0.46 });
  tamis_frame_place (frame, u + BLOCK_U / 2.0, v + 52.0, &hall.x, &hall.y);
  tamis_canvas_box (self, &hall, (TamisColour){ 0.76, 0.76, 0.74 });
  for (int row = 0; row < 2; row++)
    for (int i = 0; i < 20; i++)
      {
        tamis_frame_place (frame, u + 32.0 + 9.6 * i, v + 100.0 + 28.0 * row, &x, &y);
        if (tamis_canvas_chance (self, 0.7))
          tamis_canvas_car (self, x, y, angle + G_PI / 2.0);
      }
}

static void
town_park (TamisCanvas *self, const TamisFrame *frame, double u, double v)
{
  double x, y;

  for (int i = 0; i < 45; i++)
    {
      tamis_frame_place (frame, u + tamis_canvas_draw_between (self, 24.0, BLOCK_U - 24.0),
                         v + tamis_canvas_draw_between (self, 24.0, BLOCK_V - 24.0), &x, &y);
      tamis_canvas_tree (self, x, y, tamis_canvas_draw_between (self, 6.0, 13.0),
                         tamis_canvas_leaves (self));
    }
}

static void
town_block (TamisCanvas *self, const TamisFrame *frame, double u, double v)
{
  double angle = atan2 (frame->sine, frame->cosine);
  double kind = tamis_random_uniform (&self->random);
  double x, y;

  for (double at = 20.0; at < BLOCK_U; at += tamis_canvas_draw_between (self, 24.0, 90.0))
    {
      tamis_frame_place (frame, u + at, v + (tamis_canvas_chance (self, 0.5) ? 5.5 : -5.5), &x, &y);
      tamis_canvas_car (self, x, y, angle);
    }
  if (kind < 0.08)
    town_market (self, frame, u, v);
  else if (kind < 0.16)
    town_park (self, frame, u, v);
  else
    for (int i = 0; i < 4; i++)
      {
        double at = u + 38.0 + 57.0 * i;

        town_lot (self, frame, at + tamis_canvas_draw_between (self, -4.0, 4.0), v + 47.0, -1);
        town_lot (self, frame, at + tamis_canvas_draw_between (self, -4.0, 4.0), v + BLOCK_V - 47.0,
                  1);
      }
}

void
tamis_paint_town (TamisCanvas *self)
{
  TamisFrame frame = tamis_frame_at (self->width / 2.0, self->height / 2.0,
                                     tamis_canvas_draw_between (self, -0.5, 0.5));
  double reach = hypot (self->width, self->height) / 2.0;

  tamis_canvas_ground (self, town_ground, &frame);
  for (double v = BLOCK_V * floor (-reach / BLOCK_V); v < reach; v += BLOCK_V)
    for (double u = BLOCK_U * floor (-reach / BLOCK_U); u < reach && !tamis_canvas_stopped (self);
         u += BLOCK_U)
      town_block (self, &frame, u, v);
}
