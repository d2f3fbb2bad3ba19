/* A painted piece of land: noise for the ground, cairo for what stands on it.
 *
 * DESIGN: coordinates are pixels of the landscape (about 0.3 m each), y down. Light comes from one
 * side for a whole landscape, so every object throws its shadow along (shadow_x, shadow_y) pixels
 * per pixel of height. All chance comes from one TamisRandom and all noise from one seed, so a
 * landscape depends on nothing but its parameters. Painters poll tamis_canvas_stopped() a row or
 * a few dozen objects at a time and then just return: the caller throws the canvas away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>
#include <tamis/base.h>

G_BEGIN_DECLS

/* sRGB, 0 .. 1; may leave the range until it is painted. */
typedef struct
{
  double r, g, b;
} TamisColour;

typedef enum
{
  TAMIS_SEASON_SPRING,
  TAMIS_SEASON_SUMMER,
  TAMIS_SEASON_AUTUMN,
} TamisSeason;

typedef struct
{
  int width, height;
  guint32 seed; /* of the noise */
  TamisSeason season;
  double shadow_x, shadow_y; /* pixels per pixel of height */
  double shadow_alpha;
  TamisColour light; /* multiplies every pixel at the end */
  TamisRandom random;
  TamisColour water;    /* of the deep */
  GCancellable *cancel; /* borrowed, nullable; NULL after init */
  cairo_surface_t *surface;
  cairo_t *cr;
} TamisCanvas;

/* Length along @angle (radians, clockwise from x), width across, height above ground; pixels. */
typedef struct
{
  double x, y; /* centre */
  double length, width, height;
  double angle;
} TamisBox;

/* A rotated, jittered frame of reference for rows, streets and rows of panels. */
typedef struct
{
  double x, y; /* where (0, 0) lies */
  double cosine, sine;
} TamisFrame;

typedef TamisColour (*TamisGroundFunc) (const TamisCanvas *self, double x, double y, gpointer data);

void tamis_canvas_init (TamisCanvas *self, int width, int height, guint64 seed, TamisSeason season);
void tamis_canvas_clear (TamisCanvas *self);
gboolean tamis_canvas_stopped (const TamisCanvas *self);
/* Clouds, haze and the colour of the light over all that was painted. */
void tamis_canvas_finish (TamisCanvas *self);

double tamis_noise (double x, double y, guint32 seed);            /* 0 .. 1, feature size 1 */
double tamis_fbm (double x, double y, int octaves, guint32 seed); /* 0 .. 1, mean 0.5 */
TamisColour tamis_colour_mix (TamisColour a, TamisColour b, double share_of_b);
TamisColour tamis_colour_scale (TamisColour c, double factor);
double tamis_step (double low, double high, double x); /* smooth 0 .. 1 */
double tamis_canvas_draw_between (TamisCanvas *self, double low, double high);
/* TRUE with this probability. */
gboolean tamis_canvas_chance (TamisCanvas *self, double probability);
TamisColour tamis_canvas_vary (TamisCanvas *self, TamisColour c, double by);
TamisFrame tamis_frame_at (double x, double y, double angle);
void tamis_frame_place (const TamisFrame *self, double u, double v, double *x, double *y);

/* Grass and leaves of the canvas's season. */
TamisColour tamis_canvas_grass (const TamisCanvas *self, double x, double y);
TamisColour tamis_canvas_leaves (TamisCanvas *self);

void tamis_canvas_ground (TamisCanvas *self, TamisGroundFunc func, gpointer data);
void tamis_canvas_set_colour (TamisCanvas *self, TamisColour c, double alpha);
void tamis_canvas_tree (TamisCanvas *self, double x, double y, double radius, TamisColour c);
void tamis_canvas_conifer (TamisCanvas *self, double x, double y, double radius, TamisColour c);
/* The shadow alone; paint it before what throws it. */
void tamis_canvas_box_shadow (TamisCanvas *self, const TamisBox *box);
void tamis_canvas_box (TamisCanvas *self, const TamisBox *box, TamisColour c);
void tamis_canvas_house (TamisCanvas *self, const TamisBox *box, TamisColour roof);
void tamis_canvas_car (TamisCanvas *self, double x, double y, double angle);
void tamis_canvas_boat (TamisCanvas *self, const TamisBox *box);
/* A way from left to right through (0, y0), winding by @sway pixels. */
void tamis_canvas_way (TamisCanvas *self, double y0, double sway, guint32 seed);

G_END_DECLS
