/* The flight plan: see flight.h.
 *
 * DESIGN: everything that is left to chance about files (not about pixels) is settled here, on one
 * thread, before anything is drawn. So truth.csv is known first and drawing needs no order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flight.h"

#include "terrain.h"

#include <math.h>
#include <string.h>

#define STRIP_DISTANCE 170.0 /* pixels between the middles of neighbouring strips, times zoom */
#define HOVER_FRAMES 4
#define MARGIN 24.0 /* room for the drone to stray, pixels */

static const char *const kind_names[] = { "frame", "reencoded", "cropped", "brightened", "copy" };
static const char *const kind_suffixes[] = { "", "_web", "_crop", "_bright", "_copy" };

typedef struct
{
  TamisFlight *flight;
  TamisRandom random;
  guint class_index;
  guint site;
  guint number;  /* of the last frame of this class */
  guint altered; /* files altered so far, of all classes */
} Planner;

static double
between (Planner *self, double low, double high)
{
  return low + (high - low) * tamis_random_uniform (&self->random);
}

static TamisShot *
shot_at (const TamisFlight *flight, guint i)
{
  return &g_array_index (flight->shots, TamisShot, i);
}

/* The share of ground two frames of one strip have in common, their small turns left aside. */
static double
common_ground (const TamisShot *a, const TamisShot *b)
{
  double w = 1.0 - fabs (a->x - b->x) / (TAMIS_FRAME_WIDTH * a->zoom);
  double h = 1.0 - fabs (a->y - b->y) / (TAMIS_FRAME_HEIGHT * a->zoom);

  return MAX (w, 0.0) * MAX (h, 0.0);
}

/* Strips go to and fro, as a drone flies them: every other one is seen upside down. In one of three
 * the drone waits somewhere for a few frames, and moves no more than the wind moves it. */
static void
plan_strip (Planner *self, guint strip, guint n_frames, double zoom)
{
  const TamisTerrain *terrain = &tamis_terrains[self->class_index];
  double overlap = between (self, terrain->overlap_low, terrain->overlap_high);
  double advance = (1.0 - overlap) * TAMIS_FRAME_WIDTH * zoom;
  double margin = MARGIN + 0.5 * zoom * hypot (TAMIS_FRAME_WIDTH, TAMIS_FRAME_HEIGHT);
  double gain = between (self, 0.93, 1.07);
  guint hover = tamis_random_below (&self->random, 3) == 0
                    ? (guint)tamis_random_below (&self->random, n_frames)
                    : n_frames;
  double along = 0.0;

  for (guint i = 0; i < n_frames; i++)
    {
      TamisShot shot = { .site = self->site, .strip = strip, .frame = i, .zoom = zoom };
      gboolean waits = i > hover && i <= hover + HOVER_FRAMES;

      shot.original = self->flight->shots->len;
      if (i > 0)
        along += waits ? 0.0 : 1.0;
      shot.x = strip % 2 == 0 ? along : n_frames - 1 - along;
      shot.x = margin + advance * shot.x + between (self, -0.07, 0.07) * (waits ? 30.0 : advance);
      shot.y = margin + STRIP_DISTANCE * zoom * strip + between (self, -2.5, 2.5);
      shot.heading = (strip % 2 == 0 ? 0.0 : G_PI) + between (self, -0.02, 0.02);
      shot.gain = gain * between (self, 0.985, 1.015);
      shot.seed = tamis_random_next (&self->random);
      shot.quality = tamis_random_below (&self->random, 25) == 0 ? 0 : 88;
      shot.overlap = i > 0 ? common_ground (&shot, shot_at (self->flight, shot.original - 1)) : 0.0;
      shot.path = g_strdup_printf ("%s/dji_%04u.%s", terrain->name, ++self->number,
                                   shot.quality > 0 ? "jpg" : "png");
      g_array_append_val (self->flight->shots, shot);
    }
}

static char *
altered_path (Planner *self, const TamisShot *original, TamisShotKind kind)
{
  const char *dot = strrchr (original->path, '.');
  const char *extension = kind == TAMIS_SHOT_COPY ? dot : ".jpg";
  /* Names as people give them: now and then a long one, with a comma in it. */
  const char *remark = ++self->altered % 40 == 7
                           ? " sent to the county office for the report, second version"
                           : "";

  return g_strdup_printf ("%.*s%s%s%s", (int)(dot - original->path), original->path,
                          kind_suffixes[kind], remark, extension);
}

static void
plan_altered (Planner *self, guint original)
{
  TamisShot shot = *shot_at (self->flight, original);

  shot.kind = (TamisShotKind)(1 + tamis_random_below (&self->random, 4));
  shot.path = altered_path (self, &shot, shot.kind);
  shot.original = original;
  shot.overlap = 1.0;
  if (shot.kind == TAMIS_SHOT_REENCODED)
    shot.quality = 35 + (int)tamis_random_below (&self->random, 25);
  else if (shot.kind != TAMIS_SHOT_COPY)
    shot.quality = 88;
  if (shot.kind == TAMIS_SHOT_CROPPED)
    {
      shot.change = between (self, 0.05, 0.10);
      shot.overlap = (1.0 - shot.change) * (1.0 - shot.change);
    }
  else if (shot.kind == TAMIS_SHOT_BRIGHTENED)
    shot.change = between (self, 1.12, 1.30);
  g_array_append_val (self->flight->shots, shot);
}

/* As large as the strips need, whatever they turned out to be. */
static void
measure_site (const TamisFlight *flight, TamisSite *site)
{
  double right = 0.0, bottom = 0.0, margin = 0.0;

  for (guint i = site->first; i < flight->shots->len; i++)
    {
      const TamisShot *shot = shot_at (flight, i);

      margin = MARGIN + 0.5 * shot->zoom * hypot (TAMIS_FRAME_WIDTH, TAMIS_FRAME_HEIGHT);
      right = MAX (right, shot->x);
      bottom = MAX (bottom, shot->y);
    }
  site->width = (int)ceil (right + margin);
  site->height = (int)ceil (bottom + margin);
}

static void
plan_site (Planner *self, guint n)
{
  TamisFlight *flight = self->flight;
  guint n_altered = n / 9, n_frames = n - n_altered;
  guint per_strip = tamis_terrains[self->class_index].strip_frames;
  guint n_strips = CLAMP ((n_frames + per_strip / 2) / per_strip, 1, 6);
  TamisSite site = { .class_index = self->class_index, .first = flight->shots->len, .n_shots = n };
  double zoom = between (self, 1.0, 1.22);
  g_autofree guint32 *frames = g_new (guint32, n_frames);

  site.seed = tamis_random_next (&self->random);
  site.season = (int)((self->class_index + flight->sites->len) % 3);
  self->site = flight->sites->len;
  for (guint i = 0; i < n_strips; i++)
    plan_strip (self, i, (guint64)n_frames * (i + 1) / n_strips - (guint64)n_frames * i / n_strips,
                zoom);
  measure_site (flight, &site);
  for (guint i = 0; i < n_frames; i++)
    frames[i] = site.first + i;
  tamis_random_shuffle (&self->random, frames, n_frames);
  for (guint i = 0; i < n_altered; i++)
    plan_altered (self, frames[i]);
  g_array_append_val (flight->sites, site);
}

static void
clear_shot (gpointer data)
{
  g_free (((TamisShot *)data)->path);
}

TamisFlight *
tamis_flight_new (const TamisDemoParams *params)
{
  TamisFlight *self = g_new0 (TamisFlight, 1);
  Planner planner = { .flight = self };
  double total = 0.0, so_far = 0.0;

  self->sites = g_array_new (FALSE, FALSE, sizeof (TamisSite));
  self->shots = g_array_new (FALSE, FALSE, sizeof (TamisShot));
  g_array_set_clear_func (self->shots, clear_shot);
  tamis_random_init (&planner.random, params->seed);
  for (guint i = 0; i < tamis_n_terrains; i++)
    total += tamis_terrains[i].weight;
  for (guint i = 0; i < tamis_n_terrains; i++)
    {
      guint end, n, n_sites;

      so_far += tamis_terrains[i].weight;
      end = i + 1 == tamis_n_terrains ? params->images : (guint)(params->images * so_far / total);
      n = end - self->shots->len;
      n_sites = CLAMP (n / 40, 1, 3);
      planner.class_index = i;
      planner.number = 0;
      for (guint k = 0; k < n_sites && n > 0; k++)
        plan_site (&planner, n * (k + 1) / n_sites - n * k / n_sites);
    }
  return self;
}

void
tamis_flight_free (TamisFlight *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->sites);
  g_array_unref (self->shots);
  g_free (self);
}

static void
append_field (GString *text, const char *field, const char *end)
{
  gboolean quoted = strpbrk (field, ",\"") != NULL;

  g_string_append (text, quoted ? "\"" : "");
  g_string_append (text, field); /* our own names: none has a quote */
  g_string_append (text, quoted ? "\"" : "");
  g_string_append (text, end);
}

GString *
tamis_flight_truth (const TamisFlight *self)
{
  GString *text = g_string_new (TAMIS_DEMO_COLUMNS "\n");

  for (guint i = 0; i < self->shots->len; i++)
    {
      const TamisShot *shot = shot_at (self, i);
      const TamisSite *site = &g_array_index (self->sites, TamisSite, shot->site);
      char overlap[G_ASCII_DTOSTR_BUF_SIZE];

      append_field (text, shot->path, ",");
      append_field (text, tamis_terrains[site->class_index].name, ",");
      g_string_append_printf (text, "%u,%u,%u,%s,", shot->site, shot->strip, shot->frame,
                              kind_names[shot->kind]);
      append_field (text, shot->original == i ? "" : shot_at (self, shot->original)->path, ",");
      append_field (text, g_ascii_formatd (overlap, sizeof overlap, "%.3f", shot->overlap), "\n");
    }
  return text;
}
