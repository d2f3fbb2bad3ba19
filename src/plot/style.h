/* How plots look: colours, type, and the few strokes that all painters share.
 *
 * Painters are pure functions: data in, cairo_t out, no GTK, no state, any thread (each thread with
 * its own cairo_t). They word nothing themselves but numbers: labels come with the data, already
 * translated. Lengths are logical pixels on screen, points on paper.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double r, g, b, a;
} TamisPlotColour;

typedef enum
{
  TAMIS_PLOT_LIGHT,
  TAMIS_PLOT_DARK,
  TAMIS_PLOT_PAPER, /* white background, black text */
} TamisPlotScheme;

typedef struct
{
  TamisPlotScheme scheme;
  TamisPlotColour background; /* painted only if its alpha is above 0 */
  TamisPlotColour text;
  TamisPlotColour dim;    /* text that explains */
  TamisPlotColour axis;   /* lines that carry ticks */
  TamisPlotColour grid;   /* fainter still */
  TamisPlotColour before; /* what was there */
  TamisPlotColour after;  /* what stays; the accent */
  TamisPlotColour strong; /* lines in the accent's hue, text in it */
  TamisPlotColour selection;
  TamisPlotColour selection_text;
  TamisPlotColour good;
  TamisPlotColour warning;
  TamisPlotColour handle; /* knob of a slider */
  char family[64];        /* "Sans", "Cantarell" … */
  double size;            /* of ordinary text */
  double small;           /* of tick labels and notes */
  double scale;           /* device pixels a unit, to place hairlines; 1 if unknown */
} TamisPlotStyle;

/* Where a plot stands when somebody asks what lies under a pixel: as it was drawn. */
typedef struct
{
  double width, height;
  const TamisPlotStyle *style;
} TamisPlotView;

/* What every painter is: @plot points to the struct of its header. Never fails; never gives cairo
 * a number that is not finite; leaves @cr as it found it. */
typedef void (*TamisPlotDraw) (gconstpointer plot,
                               cairo_t *cr,
                               double width,
                               double height,
                               const TamisPlotStyle *style);

/**
 * tamis_plot_style_init:
 * @family: (nullable): font family, NULL for "Sans"
 * @size: of ordinary text; about 10 on screen
 */
void tamis_plot_style_init (TamisPlotStyle *self,
                            TamisPlotScheme scheme,
                            const char *family,
                            double size);
/* Colour i of Okabe and Ito's eight, which the colour-blind can tell apart; repeats after them. */
TamisPlotColour tamis_plot_category (const TamisPlotStyle *style, guint i);

typedef enum
{
  TAMIS_PLOT_START,
  TAMIS_PLOT_MIDDLE,
  TAMIS_PLOT_END,
} TamisPlotAlign;

typedef enum
{
  TAMIS_PLOT_SMALL = 1 << 0,
  TAMIS_PLOT_BOLD = 1 << 1,
  TAMIS_PLOT_UPWARDS = 1 << 2, /* turned a quarter to the left */
} TamisPlotTextFlags;

/* One line of text. @x is where its start, middle or end comes, @y the middle of its height;
 * @width, if above 0, is what it is ellipsised to. Figures all have one width. */
typedef struct
{
  double x, y;
  double width;
  TamisPlotAlign align;
  TamisPlotTextFlags flags;
  TamisPlotColour colour;
} TamisPlotText;
/* Returns the width it took. */
double tamis_plot_text (cairo_t *cr,
                        const TamisPlotStyle *style,
                        const TamisPlotText *text,
                        const char *string);
/* The width it would take, without the limit. */
double tamis_plot_text_width (cairo_t *cr,
                              const TamisPlotStyle *style,
                              TamisPlotTextFlags flags,
                              const char *string);

void tamis_plot_set_colour (cairo_t *cr, TamisPlotColour colour);
TamisPlotColour tamis_plot_fade (TamisPlotColour colour, double alpha);
/* The nearest coordinate at which a line of one device pixel is sharp. */
double tamis_plot_snap (const TamisPlotStyle *style, double coordinate);
/* One sentence in the middle: why there is no plot. */
void tamis_plot_message (cairo_t *cr,
                         double width,
                         double height,
                         const TamisPlotStyle *style,
                         const char *message);
/* Saves @cr and paints the background, if the style has one. */
void tamis_plot_begin (cairo_t *cr, double width, double height, const TamisPlotStyle *style);
void tamis_plot_end (cairo_t *cr);

/* "16,951", "0.934", "−0.10": figures as Tamis writes them, whatever the locale. */
char *tamis_plot_format_count (double count) G_GNUC_WARN_UNUSED_RESULT;
char *tamis_plot_format_number (double value, int digits) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
