/* What stands on the ground: trees, houses, cars, boats, each with its shadow. See canvas.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "canvas.h"

#include <math.h>

void
tamis_canvas_set_colour (TamisCanvas *self, TamisColour c, double alpha)
{
  cairo_set_source_rgba (self->cr, CLAMP (c.r, 0.0, 1.0), CLAMP (c.g, 0.0, 1.0),
                         CLAMP (c.b, 0.0, 1.0), alpha);
}

static void
set_shadow (TamisCanvas *self)
{
  cairo_set_source_rgba (self->cr, 0.03, 0.05, 0.09, self->shadow_alpha);
}

/* A closed outline that wobbles by @wobble of its radius at @n points. */
static void
blob_path (TamisCanvas *self, double x, double y, double radius, int n, double wobble)
{
  double turn = tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI);

  cairo_new_path (self->cr);
  for (int i = 0; i < n; i++)
    {
      double a = turn + 2.0 * G_PI * i / n;
      double r = radius * tamis_canvas_draw_between (self, 1.0 - wobble, 1.0 + 0.4 * wobble);

      cairo_line_to (self->cr, x + r * cos (a), y + r * sin (a));
    }
  cairo_close_path (self->cr);
}

static void
disc (TamisCanvas *self, double x, double y, double radius)
{
  cairo_new_path (self->cr);
  cairo_arc (self->cr, x, y, radius, 0.0, 2.0 * G_PI);
  cairo_fill (self->cr);
}

void
tamis_canvas_tree (TamisCanvas *self, double x, double y, double radius, TamisColour c)
{
  double lx = -self->shadow_x, ly = -self->shadow_y;
  double length = hypot (lx, ly);
  int tufts = radius > 5.0 ? 9 : 4;

  lx /= length;
  ly /= length;
  set_shadow (self);
  blob_path (self, x + 1.1 * radius * self->shadow_x, y + 1.1 * radius * self->shadow_y, radius, 11,
             0.22);
  cairo_fill (self->cr);
  tamis_canvas_set_colour (self, tamis_colour_scale (c, 0.58), 1.0);
  blob_path (self, x, y, radius, 13, 0.25);
  cairo_fill (self->cr);
  for (int i = 0; i < tufts; i++)
    {
      double a = tamis_canvas_draw_between (self, 0.0, 2.0 * G_PI);
      double d = radius * 0.72 * sqrt (tamis_random_uniform (&self->random));
      double dx = d * cos (a), dy = d * sin (a);
      double lit = 0.95 + 0.38 * (dx * lx + dy * ly) / radius;

      tamis_canvas_set_colour (self, tamis_canvas_vary (self, tamis_colour_scale (c, lit), 0.09),
                               0.75);
      disc (self, x + dx + 0.1 * radius * lx, y + dy + 0.1 * radius * ly,
            radius * tamis_canvas_draw_between (self, 0.2, 0.36));
    }
}

/* A star of branches, narrower towards the top, lit on one side. */
void
tamis_canvas_conifer (TamisCanvas *self, double x, double y, double radius, TamisColour c)
{
  double turn = tamis_canvas_draw_between (self, 0.0, G_PI);

  set_shadow (self);
  cairo_new_path (self->cr);
  cairo_move_to (self->cr, x - radius * 0.7 * self->shadow_y, y + radius * 0.7 * self->shadow_x);
  cairo_line_to (self->cr, x + 2.4 * radius * self->shadow_x, y + 2.4 * radius * self->shadow_y);
  cairo_line_to (self->cr, x + radius * 0.7 * self->shadow_y, y - radius * 0.7 * self->shadow_x);
  cairo_fill (self->cr);
  for (int layer = 0; layer < 3; layer++)
    {
      double r = radius * (1.0 - 0.3 * layer);
      double lift = 0.18 * radius * layer;

      tamis_canvas_set_colour (self, tamis_colour_scale (c, 0.6 + 0.24 * layer), 1.0);
      cairo_new_path (self->cr);
      for (int i = 0; i < 18; i++)
        {
          double a = turn + layer + 2.0 * G_PI * i / 18;
          double reach = i % 2 == 0 ? r : 0.62 * r;

          cairo_line_to (self->cr, x - lift * self->shadow_x + reach * cos (a),
                         y - lift * self->shadow_y + reach * sin (a));
        }
      cairo_fill (self->cr);
    }
}

/* ---- boxes ---- */

static void
box_corners (const TamisBox *box, double x[4], double y[4])
{
  static const double along[] = { -0.5, 0.5, 0.5, -0.5 };
  static const double across[] = { -0.5, -0.5, 0.5, 0.5 };
  TamisFrame frame = tamis_frame_at (box->x, box->y, box->angle);

  for (int i = 0; i < 4; i++)
    tamis_frame_place (&frame, along[i] * box->length, across[i] * box->width, &x[i], &y[i]);
}

static void
box_path (TamisCanvas *self, const double x[4], const double y[4])
{
  cairo_new_sub_path (self->cr);
  for (int i = 0; i < 4; i++)
    cairo_line_to (self->cr, x[i], y[i]);
  cairo_close_path (self->cr);
}

/* The ground a box hides from the sun is its base, its base moved, and what each side sweeps: four
 * parallelograms, all turned the same way so that the winding rule makes their union. */
void
tamis_canvas_box_shadow (TamisCanvas *self, const TamisBox *box)
{
  double x[4], y[4], mx[4], my[4];

  box_corners (box, x, y);
  for (int i = 0; i < 4; i++)
    {
      mx[i] = x[i] + box->height * self->shadow_x;
      my[i] = y[i] + box->height * self->shadow_y;
    }
  set_shadow (self);
  cairo_new_path (self->cr);
  box_path (self, x, y);
  box_path (self, mx, my);
  for (int i = 0; i < 4; i++)
    {
      int j = (i + 1) % 4;
      double cross = (x[j] - x[i]) * (my[i] - y[i]) - (y[j] - y[i]) * (mx[i] - x[i]);
      int a = cross > 0.0 ? i : j, b = cross > 0.0 ? j : i;
      double sx[] = { x[a], x[b], mx[b], mx[a] };
      double sy[] = { y[a], y[b], my[b], my[a] };

      box_path (self, sx, sy);
    }
  cairo_fill (self->cr);
}

void
tamis_canvas_box (TamisCanvas *self, const TamisBox *box, TamisColour c)
{
  double x[4], y[4];

  tamis_canvas_box_shadow (self, box);
  box_corners (box, x, y);
  cairo_new_path (self->cr);
  box_path (self, x, y);
  tamis_canvas_set_colour (self, c, 1.0);
  cairo_fill_preserve (self->cr);
  tamis_canvas_set_colour (self, tamis_colour_scale (c, 0.72), 1.0);
  cairo_set_line_width (self->cr, 0.8);
  cairo_stroke (self->cr);
}

/* One slope of a gable roof, with its courses of tiles. @side is -1 or 1. */
static void
roof_slope (TamisCanvas *self, const TamisBox *box, TamisColour roof, int side)
{
  TamisFrame frame = tamis_frame_at (box->x, box->y, box->angle);
  /* How far this slope faces the sun. */
  double facing = side * (frame.sine * self->shadow_x - frame.cosine * self->shadow_y);
  TamisColour c = tamis_colour_scale (roof, 0.9 + 0.28 * CLAMP (facing, -1.0, 1.0));
  double x[4], y[4];
  TamisBox half = *box;

  half.width /= 2.0;
  tamis_frame_place (&frame, 0.0, side * half.width / 2.0, &half.x, &half.y);
  box_corners (&half, x, y);
  cairo_new_path (self->cr);
  box_path (self, x, y);
  tamis_canvas_set_colour (self, c, 1.0);
  cairo_fill (self->cr);
  tamis_canvas_set_colour (self, tamis_colour_scale (c, 0.86), 0.8);
  cairo_set_line_width (self->cr, 0.6);
  for (double v = 2.0; v < half.width; v += 2.4)
    {
      tamis_frame_place (&frame, -box->length / 2.0, side * v, &x[0], &y[0]);
      tamis_frame_place (&frame, box->length / 2.0, side * v, &x[1], &y[1]);
      cairo_move_to (self->cr, x[0], y[0]);
      cairo_line_to (self->cr, x[1], y[1]);
    }
  cairo_stroke (self->cr);
}

void
tamis_canvas_house (TamisCanvas *self, const TamisBox *box, TamisColour roof)
{
  TamisFrame frame = tamis_frame_at (box->x, box->y, box->angle);
  TamisBox chimney = { .length = 3.4, .width = 2.8, .height = 4.0, .angle = box->angle };
  double x, y;

  tamis_canvas_box_shadow (self, box);
  roof_slope (self, box, roof, -1);
  roof_slope (self, box, roof, 1);
  tamis_canvas_set_colour (self, tamis_colour_scale (roof, 1.3), 0.9);
  cairo_set_line_width (self->cr, 1.0);
  tamis_frame_place (&frame, -box->length / 2.0, 0.0, &x, &y);
  cairo_move_to (self->cr, x, y);
  tamis_frame_place (&frame, box->length / 2.0, 0.0, &x, &y);
  cairo_line_to (self->cr, x, y);
  cairo_stroke (self->cr);
  tamis_frame_place (&frame, tamis_canvas_draw_between (self, -0.3, 0.3) * box->length,
                     0.15 * box->width, &chimney.x, &chimney.y);
  tamis_canvas_box (self, &chimney, (TamisColour){ 0.55, 0.42, 0.36 });
}

void
tamis_canvas_car (TamisCanvas *self, double x, double y, double angle)
{
  static const TamisColour paint[]
      = { { 0.86, 0.87, 0.88 }, { 0.16, 0.17, 0.19 }, { 0.62, 0.13, 0.12 },
          { 0.20, 0.29, 0.48 }, { 0.55, 0.57, 0.58 }, { 0.78, 0.78, 0.74 } };
  TamisColour c = paint[tamis_random_below (&self->random, G_N_ELEMENTS (paint))];
  TamisBox body = { x, y, 12.5, 5.6, 3.6, angle };
  TamisBox glass = { x - 1.0 * cos (angle), y - 1.0 * sin (angle), 6.6, 4.2, 0.0, angle };
  TamisBox roof = { glass.x, glass.y, 3.8, 4.2, 0.0, angle };
  double px[4], py[4];

  tamis_canvas_box (self, &body, c);
  box_corners (&glass, px, py);
  cairo_new_path (self->cr);
  box_path (self, px, py);
  cairo_set_source_rgb (self->cr, 0.13, 0.16, 0.19);
  cairo_fill (self->cr);
  box_corners (&roof, px, py);
  cairo_new_path (self->cr);
  box_path (self, px, py);
  tamis_canvas_set_colour (self, tamis_colour_scale (c, 0.95), 1.0);
  cairo_fill (self->cr);
}

void
tamis_canvas_boat (TamisCanvas *self, const TamisBox *box)
{
  double l = box->length / 2.0, w = box->width / 2.0;
  TamisColour hull = tamis_canvas_vary (self, (TamisColour){ 0.88, 0.88, 0.86 }, 0.1);

  tamis_canvas_box_shadow (self, box);
  cairo_save (self->cr);
  cairo_translate (self->cr, box->x, box->y);
  cairo_rotate (self->cr, box->angle);
  cairo_new_path (self->cr);
  cairo_move_to (self->cr, -l, -0.8 * w);
  cairo_curve_to (self->cr, 0.2 * l, -1.1 * w, 0.7 * l, -0.8 * w, l, 0.0);
  cairo_curve_to (self->cr, 0.7 * l, 0.8 * w, 0.2 * l, 1.1 * w, -l, 0.8 * w);
  cairo_close_path (self->cr);
  tamis_canvas_set_colour (self, hull, 1.0);
  cairo_fill_preserve (self->cr);
  cairo_set_source_rgb (self->cr, 0.25, 0.28, 0.33);
  cairo_set_line_width (self->cr, 0.9);
  cairo_stroke (self->cr);
  cairo_rectangle (self->cr, -0.7 * l, -0.55 * w, 0.8 * l, 1.1 * w);
  cairo_set_source_rgb (self->cr, 0.55, 0.42, 0.29);
  cairo_fill (self->cr);
  cairo_rectangle (self->cr, -0.15 * l, -0.45 * w, 0.45 * l, 0.9 * w);
  cairo_set_source_rgb (self->cr, 0.20, 0.27, 0.36);
  cairo_fill (self->cr);
  cairo_restore (self->cr);
}

void
tamis_canvas_way (TamisCanvas *self, double y0, double sway, guint32 seed)
{
  cairo_new_path (self->cr);
  for (double x = -20.0; x < self->width + 20.0; x += 8.0)
    cairo_line_to (self->cr, x, y0 + 2.0 * sway * (tamis_noise (x / 260.0, 0.5, seed) - 0.5));
}
