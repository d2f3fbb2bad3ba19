/* The similarity histogram as the track of the threshold's slider.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bars.h"

G_BEGIN_DECLS

typedef enum
{
  TAMIS_PLOT_MARK_PLAIN,
  TAMIS_PLOT_MARK_RECOMMENDED,
  TAMIS_PLOT_MARK_MEASURED, /* with a band of confidence */
} TamisPlotMarkKind;

/* A tick below the track. Where labels would touch, those of later marks are left out. */
typedef struct
{
  double value;
  const char *label; /* borrowed, nullable */
  TamisPlotMarkKind kind;
  double band_low, band_high; /* MEASURED only; NAN for none */
} TamisPlotMark;

typedef struct
{
  TamisPlotBins bins; /* their range is the slider's range */
  double threshold;
  const TamisPlotMark *marks; /* borrowed */
  guint n_marks;
  const char *sampled_label; /* nullable: says so below the sampled part */
  const char *message;       /* what to say without data */
  gboolean focused;          /* ring around the handle */
  gboolean updating;         /* numbers are on their way: dimmed */
} TamisPlotTrack;

/* A TamisPlotDraw. Made for 64 to 96 pixels of height; any size works. */
void tamis_plot_track_draw (gconstpointer track,
                            cairo_t *cr,
                            double width,
                            double height,
                            const TamisPlotStyle *style);
double tamis_plot_track_to_x (const TamisPlotTrack *self, double width, double value);
double tamis_plot_track_to_value (const TamisPlotTrack *self, double width, double x);
/* Whether a finger or mouse at (x, y) means the handle. */
gboolean tamis_plot_track_hit_handle (const TamisPlotTrack *self,
                                      const TamisPlotView *view,
                                      double x,
                                      double y);

G_END_DECLS
