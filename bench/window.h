/* What the benches of the window share: waiting, frames counted, figures printed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-window.h"

/* Every frame from start to stop, drawn one after the other as on a display that never rests. */
typedef struct
{
  /* Owned */
  GArray *intervals; /* of double: ms from the end of one frame to the end of the next */
  GArray *work;      /* of double: ms of processor time of the main thread in between */

  /* Borrowed */
  GtkWidget *widget;

  guint tick;
  gulong paint;
  gint64 last_time; /* µs; 0 before the first frame */
  double last_cpu;
} BenchFrames;

void bench_frames_start (BenchFrames *self, GtkWidget *widget);
/* Ends counting, prints intervals and work as figures of @name and frees what was counted. */
void bench_frames_stop (BenchFrames *self, const char *name);

/* Runs the main loop for @seconds. */
void bench_settle (double seconds);
/* Until the session has a plan, or has failed: then prints why and returns FALSE. */
gboolean bench_wait_for_plan (TamisSession *session);
/* One line of JSON: median, 95 % and worst of @values (of double, ms), which are sorted. */
void bench_print (const char *name, const char *figure, GArray *values);
/* The first widget of @type below @widget, in drawing order; NULL if there is none. */
GtkWidget *bench_find (GtkWidget *widget, GType type);
