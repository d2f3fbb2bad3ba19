/* What the drone does: which landscapes there are, every frame taken, every file made of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "demo.h"

G_BEGIN_DECLS

#define TAMIS_FRAME_WIDTH 256
#define TAMIS_FRAME_HEIGHT 192

typedef enum
{
  TAMIS_SHOT_FRAME,
  TAMIS_SHOT_REENCODED,
  TAMIS_SHOT_CROPPED,
  TAMIS_SHOT_BRIGHTENED,
  TAMIS_SHOT_COPY,
} TamisShotKind;

/* One file. */
typedef struct
{
  char *path; /* below the folder of the set; owned */
  guint site;
  guint strip;
  guint frame;
  TamisShotKind kind;
  guint original; /* index of a shot of the same site that comes before; its own if a frame */
  double overlap;
  double x, y;    /* centre, pixels of the landscape */
  double heading; /* radians */
  double zoom;    /* landscape pixels a frame pixel */
  double gain;    /* exposure */
  double change;  /* cropped: share of width and height lost; brightened: factor */
  guint64 seed;   /* of the sensor's noise */
  int quality;    /* JPEG 1 .. 100, or 0 for PNG */
} TamisShot;

/* One landscape and the run of shots taken of it. */
typedef struct
{
  guint class_index; /* in tamis_terrains */
  int width, height; /* pixels */
  guint64 seed;
  int season; /* TamisSeason */
  guint first, n_shots;
} TamisSite;

typedef struct
{
  GArray *sites; /* of TamisSite */
  GArray *shots; /* of TamisShot */
} TamisFlight;

TamisFlight *tamis_flight_new (const TamisDemoParams *params) G_GNUC_WARN_UNUSED_RESULT;
void tamis_flight_free (TamisFlight *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisFlight, tamis_flight_free)
/* The text of truth.csv. */
GString *tamis_flight_truth (const TamisFlight *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
