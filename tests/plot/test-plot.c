/* Painters on image surfaces: what must hold of them, not which pixel is which.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <plot/plot.h>
#include <string.h>

#define N_BINS 200

/* ---- helpers ---- */

static cairo_surface_t *
paint (TamisPlotDraw draw, gconstpointer plot, int width, int height, TamisPlotScheme scheme)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  double x0, y0, x1, y1;
  TamisPlotStyle style;

  tamis_plot_style_init (&style, scheme, NULL, 10.0);
  draw (plot, cr, width, height, &style);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  /* Left as it was found: no path, no clip, no group. */
  g_assert_false (cairo_has_current_point (cr));
  cairo_clip_extents (cr, &x0, &y0, &x1, &y1);
  g_assert_cmpfloat (x1 - x0, ==, width);
  g_assert_cmpfloat (y1 - y0, ==, height);
  g_assert_true (cairo_get_group_target (cr) == surface);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

typedef gboolean (*PixelTest) (int r, int g, int b, int a);

static gboolean
is_blue (int r, int g, int b, int a)
{
  return b - r > 60;
}

static gboolean
is_orange (int r, int g, int b, int a)
{
  return r - b > 90;
}

static gboolean
is_ink (int r, int g, int b, int a)
{
  return a > 40 && r < 200;
}

static guint
count (TamisPlotDraw draw, gconstpointer plot, int width, int height, PixelTest test)
{
  cairo_surface_t *surface = paint (draw, plot, width, height, TAMIS_PLOT_PAPER);
  const guint8 *data = cairo_image_surface_get_data (surface);
  guint n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint32 p;

        memcpy (&p, data + (gsize)y * cairo_image_surface_get_stride (surface) + 4 * x, 4);
        n += test (p >> 16 & 255, p >> 8 & 255, p & 255, p >> 24);
      }
  cairo_surface_destroy (surface);
  return n;
}

static void
fill_counts (double *counts, double scale)
{
  for (int i = 0; i < N_BINS; i++)
    counts[i] = scale * (1.0 + 1000.0 * exp (-pow ((i - 70) / 25.0, 2.0)));
}

static TamisPlotTrack
make_track (const double *counts, double threshold)
{
  TamisPlotTrack track = { .bins = { 0.5, 1.0, N_BINS, counts, 0.6 }, .threshold = threshold };

  return track;
}

/* ---- axes ---- */

static void
test_ticks (void)
{
  static const double ranges[][2] = { { 0, 1 },       { 0.5, 1 },  { -1.4, 3.6 }, { 0.931, 0.9312 },
                                      { -1e9, 1e12 }, { 0, 7e-8 }, { -5, -4.2 } };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    for (guint at_most = 2; at_most < 12; at_most++)
      {
        TamisPlotTicks ticks = tamis_plot_ticks (ranges[i][0], ranges[i][1], at_most);
        double mantissa = ticks.step / pow (10.0, floor (log10 (ticks.step) + 1e-9));

        g_assert_cmpuint (ticks.n, >=, 2);
        g_assert_cmpuint (ticks.n, <=, MAX (at_most, 4));
        g_assert_true (fabs (mantissa - 1) < 1e-6 || fabs (mantissa - 2) < 1e-6
                       || fabs (mantissa - 5) < 1e-6);
        g_assert_cmpfloat (tamis_plot_tick (&ticks, 0), >=, ranges[i][0] - 1e-5 * ticks.step);
        g_assert_cmpfloat (tamis_plot_tick (&ticks, ticks.n - 1), <=,
                           ranges[i][1] + 1e-5 * ticks.step);
      }
  g_assert_cmpuint (tamis_plot_ticks (NAN, 1, 5).n, ==, 0);
  g_assert_cmpuint (tamis_plot_ticks (0, INFINITY, 5).n, ==, 0);
  g_assert_cmpuint (tamis_plot_ticks (1, 1, 5).n, ==, 0);
}

static void
test_axis_round_trip (void)
{
  TamisPlotAxis axis;

  tamis_plot_axis_init (&axis, -2.0, 3.0, 200.0, 10.0);
  for (double v = -2.0; v <= 3.0; v += 0.25)
    g_assert_cmpfloat_with_epsilon (
        tamis_plot_axis_to_value (&axis, tamis_plot_axis_to_pixel (&axis, v)), v, 1e-9);
  g_assert_cmpfloat (tamis_plot_axis_to_pixel (&axis, 99.0), ==, 10.0);
  g_assert_cmpfloat (tamis_plot_axis_to_pixel (&axis, NAN), ==, 200.0);
  tamis_plot_axis_init (&axis, NAN, NAN, 0.0, 100.0);
  g_assert_true (axis.high > axis.low);
  tamis_plot_axis_init (&axis, 5.0, 5.0, 0.0, 100.0);
  g_assert_true (axis.high > axis.low);
  tamis_plot_axis_init (&axis, 1e300, -1e300, 0.0, 0.0);
  g_assert_true (isfinite (tamis_plot_axis_to_value (&axis, 3.0)));
}

static void
test_figures (void)
{
  static const struct
  {
    double value;
    int digits;
    const char *text;
  } numbers[]
      = { { 0.9344, 3, "0.934" }, { -0.1, 2, "−0.10" }, { -0.0004, 2, "0.00" }, { 12, 0, "12" } };
  static const struct
  {
    double value;
    const char *text;
  } counts[] = { { 0, "0" },          { 999, "999" },           { 1000, "1,000" },
                 { 16951, "16,951" }, { 1234567, "1,234,567" }, { -1000, "−1,000" },
                 { NAN, "–" } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = tamis_plot_format_number (numbers[i].value, numbers[i].digits);

      g_assert_cmpstr (text, ==, numbers[i].text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *text = tamis_plot_format_count (counts[i].value);

      g_assert_cmpstr (text, ==, counts[i].text);
    }
}

/* ---- track ---- */

static void
test_track_tint_follows_t (void)
{
  double counts[N_BINS];
  guint last = 0;

  fill_counts (counts, 1.0);
  for (double t = 1.0; t >= 0.5; t -= 0.1)
    {
      TamisPlotTrack track = make_track (counts, t);
      guint blue = count (tamis_plot_track_draw, &track, 600, 80, is_blue);

      g_assert_cmpuint (blue, >, last);
      last = blue;
    }
}

static void
test_track_hits (void)
{
  TamisPlotTrack track = make_track (NULL, 0.8);
  TamisPlotStyle style;
  TamisPlotView view = { 700.0, 80.0, &style };
  double x;

  tamis_plot_style_init (&style, TAMIS_PLOT_LIGHT, NULL, 10.0);
  for (double v = 0.5; v <= 1.0; v += 0.001)
    g_assert_cmpfloat_with_epsilon (
        tamis_plot_track_to_value (&track, 700.0, tamis_plot_track_to_x (&track, 700.0, v)), v,
        1e-9);
  g_assert_cmpfloat (tamis_plot_track_to_value (&track, 700.0, -50.0), ==, 0.5);
  g_assert_cmpfloat (tamis_plot_track_to_value (&track, 700.0, 5000.0), ==, 1.0);
  x = tamis_plot_track_to_x (&track, 700.0, 0.8);
  g_assert_true (tamis_plot_track_hit_handle (&track, &view, x + 3.0, 30.0));
  g_assert_false (tamis_plot_track_hit_handle (&track, &view, x + 60.0, 30.0));
}

static void
test_track_empty (void)
{
  double zeros[N_BINS] = { 0 };
  TamisPlotTrack track = make_track (zeros, NAN);
  guint silent = count (tamis_plot_track_draw, &track, 600, 80, is_ink);

  track.message = "Not enough pairs yet";
  g_assert_cmpuint (count (tamis_plot_track_draw, &track, 600, 80, is_ink), >, silent + 50);
  g_assert_cmpuint (count (tamis_plot_track_draw, &track, 600, 80, is_blue), ==, 0);
}

static void
test_track_marks (void)
{
  double counts[N_BINS];
  TamisPlotMark marks[] = { { 0.9, "recommended", TAMIS_PLOT_MARK_RECOMMENDED, NAN, NAN },
                            { 0.901, "beside it", TAMIS_PLOT_MARK_PLAIN, NAN, NAN },
                            { NAN, "nowhere", TAMIS_PLOT_MARK_MEASURED, NAN, 0.9 },
                            { 0.95, NULL, TAMIS_PLOT_MARK_MEASURED, 0.94, 0.96 } };
  TamisPlotTrack track;
  guint bare, one, two;

  fill_counts (counts, 1.0);
  track = make_track (counts, 0.7);
  bare = count (tamis_plot_track_draw, &track, 600, 80, is_ink);
  track.marks = marks;
  track.n_marks = 1;
  one = count (tamis_plot_track_draw, &track, 600, 80, is_ink);
  g_assert_cmpuint (one, >, bare + 30);
  /* No room for a second label there: its tick alone is added. */
  track.n_marks = 2;
  two = count (tamis_plot_track_draw, &track, 600, 80, is_ink);
  g_assert_cmpuint (two, <, one + 12);
  track.n_marks = G_N_ELEMENTS (marks);
  track.focused = track.updating = TRUE;
  cairo_surface_destroy (paint (tamis_plot_track_draw, &track, 600, 80, TAMIS_PLOT_DARK));
}

static void
test_bins_above (void)
{
  double counts[] = { 1.0, 2.0, NAN, 4.0, -7.0 };
  TamisPlotBins bins = { 0.0, 5.0, 5, counts, 0.0 };

  g_assert_cmpfloat (tamis_plot_bins_above (&bins, 0.0), ==, 7.0);
  g_assert_cmpfloat (tamis_plot_bins_above (&bins, 1.5), ==, 5.0);
  g_assert_cmpfloat (tamis_plot_bins_above (&bins, 9.0), ==, 0.0);
}

/* ---- the others ---- */

static void
test_histogram (void)
{
  double counts[N_BINS];
  TamisPlotHistogram histogram = { .bins = { 0.0, 1.0, N_BINS, counts, 0.3 },
                                   .threshold = NAN,
                                   .x_label = "similarity",
                                   .message = "none" };
  TamisPlotStyle style;
  TamisPlotView view = { 400.0, 240.0, &style };
  guint blue;

  fill_counts (counts, 1.0);
  g_assert_cmpuint (count (tamis_plot_histogram_draw, &histogram, 400, 240, is_blue), ==, 0);
  histogram.threshold = 0.8;
  blue = count (tamis_plot_histogram_draw, &histogram, 400, 240, is_blue);
  histogram.threshold = 0.4;
  g_assert_cmpuint (count (tamis_plot_histogram_draw, &histogram, 400, 240, is_blue), >, blue);
  tamis_plot_style_init (&style, TAMIS_PLOT_LIGHT, NULL, 10.0);
  g_assert_cmpfloat (tamis_plot_histogram_to_value (&histogram, &view, 0.0), ==, 0.0);
  g_assert_cmpfloat (tamis_plot_histogram_to_value (&histogram, &view, 400.0), ==, 1.0);
}

/* A peak of red at the right is orange at the right; saturated ends do not flatten what is between; no
 * room, no data and enormous counts are drawn without complaint. */
static void
test_tones (void)
{
  guint32 none[TAMIS_PLOT_TONES] = { 0 }, red[TAMIS_PLOT_TONES] = { 0 }, hills[TAMIS_PLOT_TONES];
  TamisPlotTones tones = { .luminance = none, .message = "nothing" };
  guint orange;

  g_assert_cmpuint (count (tamis_plot_tones_draw, &tones, 200, 100, is_ink), >, 0); /* says so */
  for (int i = 0; i < TAMIS_PLOT_TONES; i++)
    hills[i] = (guint32) (1000 * (1 + sin (i * 0.1)));
  tones.luminance = hills;
  tones.channels[0] = red;
  red[200] = 2000;
  g_assert_cmpuint (count (tamis_plot_tones_draw, &tones, 200, 100, is_blue), ==, 0);
  orange = count (tamis_plot_tones_draw, &tones, 200, 100, is_orange);
  g_assert_cmpuint (orange, >, 20);
  red[0] = red[255] = G_MAXUINT32;
  g_assert_cmpuint (count (tamis_plot_tones_draw, &tones, 200, 100, is_orange), >=, orange);
  hills[128] = G_MAXUINT32;
  tones.label = "a label that is far too long for the room there is";
  for (int side = 1; side < 60; side += 7)
    count (tamis_plot_tones_draw, &tones, side, side, is_ink);
  tones.luminance = NULL;
  tones.message = NULL;
  g_assert_cmpuint (count (tamis_plot_tones_draw, &tones, 200, 100, is_orange), ==, 0);
}

static void
test_balance_many_and_long (void)
{
  g_autofree TamisPlotBalanceRow *rows = g_new0 (TamisPlotBalanceRow, 200);
  g_autofree char *name = g_strnfill (5000, 'm');
  TamisPlotBalance balance = {
    .rows = rows, .n_rows = 200, .selected = -1, .mark_below = 0.5, .more_format = "… and %u more"
  };
  TamisPlotStyle style;
  double height;

  for (int i = 0; i < 200; i++)
    rows[i] = (TamisPlotBalanceRow){ i % 3 == 0 ? name : "short", i * 1e3, i * 3e2 };
  rows[5] = (TamisPlotBalanceRow){ "\xff not text", NAN, -INFINITY };
  tamis_plot_style_init (&style, TAMIS_PLOT_LIGHT, NULL, 10.0);
  height = tamis_plot_balance_get_height (&balance, &style);
  g_assert_cmpint (tamis_plot_balance_row_at (&balance, height, &style, height - 1.0), ==, 199);
  g_assert_cmpint (tamis_plot_balance_row_at (&balance, height, &style, height + 1.0), ==, -1);
  g_assert_cmpint (tamis_plot_balance_row_at (&balance, 200.0, &style, -1.0), ==, -1);
  /* Without room, the last line belongs to no row. */
  g_assert_cmpint (tamis_plot_balance_row_at (&balance, 200.0, &style, 199.0), ==, -1);
  cairo_surface_destroy (
      paint (tamis_plot_balance_draw, &balance, 300, (int)height, TAMIS_PLOT_DARK));
  g_assert_cmpuint (count (tamis_plot_balance_draw, &balance, 300, 200, is_ink), >, 200);
  g_assert_cmpuint (count (tamis_plot_balance_draw, &balance, 300, 200, is_orange), >, 10);
  balance.mark_below = 0.0;
  g_assert_cmpuint (count (tamis_plot_balance_draw, &balance, 300, 200, is_orange), ==, 0);
}

static void
test_scatter_points (void)
{
  TamisPlotPoint points[]
      = { { -1.0, -0.5, "a" }, { 2.0, 1.0, "b" }, { NAN, 1.0, "c" }, { 4.0, 2.0, "d" } };
  TamisPlotScatter scatter = { .points = points,
                               .n_points = 4,
                               .selected = -1,
                               .slope = 0.5,
                               .intercept = 0.0,
                               .message = "Needs two classes" };
  TamisPlotStyle style;
  TamisPlotView view = { 300.0, 300.0, &style };
  double x, y;

  tamis_plot_style_init (&style, TAMIS_PLOT_LIGHT, NULL, 10.0);
  for (int i = 0; i < 4; i++)
    {
      tamis_plot_scatter_place (&scatter, &view, i, &x, &y);
      if (i != 2)
        g_assert_cmpint (tamis_plot_scatter_point_at (&scatter, &view, x + 2, y - 2), ==, i);
    }
  g_assert_cmpint (tamis_plot_scatter_point_at (&scatter, &view, 5, 5), ==, -1);
  g_assert_cmpuint (count (tamis_plot_scatter_draw, &scatter, 300, 300, is_orange), ==, 0);
  scatter.selected = 1;
  g_assert_cmpuint (count (tamis_plot_scatter_draw, &scatter, 300, 300, is_orange), >, 30);
  scatter.n_points = 1;
  g_assert_cmpuint (count (tamis_plot_scatter_draw, &scatter, 300, 300, is_blue), ==, 0);
  g_assert_cmpuint (count (tamis_plot_scatter_draw, &scatter, 300, 300, is_ink), >, 50);
}

static void
test_equation (void)
{
  g_autofree char *minus = tamis_plot_format_line (0.41, -0.3);
  g_autofree char *plus = tamis_plot_format_line (-0.714, 0.2);
  g_autofree char *zero = tamis_plot_format_line (1.0, -0.001);

  g_assert_cmpstr (minus, ==, "y = 0.41x − 0.30");
  g_assert_cmpstr (plus, ==, "y = −0.71x + 0.20");
  g_assert_cmpstr (zero, ==, "y = 1.00x + 0.00");
}

/* ---- hostile data and sizes ---- */

static void
paint_sizes (TamisPlotDraw draw, gconstpointer plot)
{
  static const int sizes[][2]
      = { { 1, 1 }, { 7, 90 }, { 90, 7 }, { 40, 40 }, { 300, 200 }, { 3000, 30 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int scheme = TAMIS_PLOT_LIGHT; scheme <= TAMIS_PLOT_PAPER; scheme++)
      cairo_surface_destroy (paint (draw, plot, sizes[i][0], sizes[i][1], (TamisPlotScheme)scheme));
}

static void
test_hostile_bins (void)
{
  static const double poison[] = { NAN, INFINITY, -INFINITY, 1e308, -1.0, 0.0, 1e-300 };
  double counts[N_BINS];

  for (guint k = 0; k < G_N_ELEMENTS (poison); k++)
    {
      TamisPlotTrack track = make_track (counts, poison[k]);
      TamisPlotHistogram histogram = { .bins = track.bins,
                                       .threshold = poison[k],
                                       .message = "none",
                                       .x_label = "x",
                                       .y_label = "y" };

      for (int i = 0; i < N_BINS; i++)
        counts[i] = i % 7 == 0 ? 1e12 : poison[(i + k) % G_N_ELEMENTS (poison)];
      paint_sizes (tamis_plot_track_draw, &track);
      paint_sizes (tamis_plot_histogram_draw, &histogram);
      track.bins.low = histogram.bins.low = poison[k];
      track.bins.sampled_below = histogram.bins.sampled_below = poison[(k + 1) % 7];
      paint_sizes (tamis_plot_track_draw, &track);
      paint_sizes (tamis_plot_histogram_draw, &histogram);
    }
}

static void
test_hostile_scatter (void)
{
  static const double poison[] = { NAN, INFINITY, -INFINITY, 1e308, -1e308, 0.0, 1e-300, 3.0 };
  TamisPlotPoint points[64];
  TamisPlotScatter scatter = { .points = points,
                               .n_points = 64,
                               .selected = 9,
                               .title = "PC1",
                               .band_x = poison,
                               .band_low = poison,
                               .band_high = poison,
                               .n_band = 8,
                               .band_label = "random",
                               .hovers = TRUE,
                               .hovered = 5,
                               .x_label = "x",
                               .y_label = "y" };
  double low[64], high[64];

  for (int i = 0; i < 64; i++)
    {
      low[i] = poison[i % 8];
      high[i] = poison[i / 8];
    }
  scatter.chance_low = low;
  scatter.chance_high = high;
  for (int i = 0; i < 64; i++)
    points[i] = (TamisPlotPoint){ poison[i / 8], poison[i % 8], "name" };
  for (int i = 0; i < 64; i++)
    {
      scatter.slope = poison[i / 8];
      scatter.intercept = poison[i % 8];
      scatter.selected = i;
      scatter.hovered = 2 * i; /* past the end too */
      cairo_surface_destroy (paint (tamis_plot_scatter_draw, &scatter, 90, 90, TAMIS_PLOT_LIGHT));
    }
  paint_sizes (tamis_plot_scatter_draw, &scatter);
}

static void
test_density (void)
{
  double bars[20], t[100], density[100];
  TamisPlotDistribution side = { .low = -3.0,
                                 .step = 0.3,
                                 .n_bins = 20,
                                 .bars = bars,
                                 .n_curve = 100,
                                 .t = t,
                                 .density = density,
                                 .label = "before",
                                 .n_modes = 2,
                                 .mode_t = &t[50],
                                 .mode_density = &density[50] };
  TamisPlotDensity plot = { .before = side,
                            .after = side,
                            .title = "forest",
                            .note = "−0.10",
                            .warns = TRUE,
                            .x_label = "score",
                            .message = "Too few images" };

  for (int i = 0; i < 100; i++)
    {
      t[i] = -3.0 + 0.06 * i;
      density[i] = exp (-t[i] * t[i] / 2.0) / sqrt (2.0 * G_PI);
    }
  for (int i = 0; i < 20; i++)
    bars[i] = density[5 * i];
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_blue), >, 500);
  paint_sizes (tamis_plot_density_draw, &plot);
  plot.small = TRUE;
  paint_sizes (tamis_plot_density_draw, &plot);
  plot.small = FALSE;
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_orange), ==, 0);
  plot.n_rug = 2;
  plot.rug[0] = (TamisPlotRug){ 2.9, "goes", FALSE };
  plot.rug[1] = (TamisPlotRug){ -2.9, NULL, TRUE };
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_orange), >, 10);
  paint_sizes (tamis_plot_density_draw, &plot);
  plot.rug[0].t = NAN;
  plot.rug[1].t = 1e300;
  plot.rug[1].stays = FALSE;
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_orange), ==, 0);
  plot.n_rug = 0;
  for (int i = 0; i < 100; i++)
    g_assert_cmpfloat (t[i], ==, -3.0 + 0.06 * i);
  for (int i = 2; i < 100; i += 3)
    density[i] = t[i] = NAN;
  bars[3] = INFINITY;
  plot.after.step = NAN;
  plot.before.label = NULL;
  paint_sizes (tamis_plot_density_draw, &plot);
  plot.before = plot.after = (TamisPlotDistribution){ 0 };
  plot.title = plot.note = NULL;
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_ink), >, 50);
  g_assert_cmpuint (count (tamis_plot_density_draw, &plot, 400, 240, is_blue), ==, 0);
}

/* ---- a band ---- */

static gboolean
is_green (int r, int g, int b, int a)
{
  return g - r > 20 && g - b > 5;
}

static void
test_band (void)
{
  double x[50], value[50], low[50], high[50];
  TamisPlotBand plot = { .x = x,
                         .value = value,
                         .low = low,
                         .high = high,
                         .n = 50,
                         .top = 1.0,
                         .wanted = NAN,
                         .marker = NAN,
                         .answer = NAN,
                         .message = "Judge some pairs" };
  guint whole;

  for (guint i = 0; i < 50; i++)
    {
      x[i] = 0.5 + i / 100.0;
      value[i] = 0.3 + i / 80.0;
      low[i] = value[i] - 0.2;
      high[i] = MIN (value[i] + 0.1, 1.0);
    }
  whole = count (tamis_plot_band_draw, &plot, 300, 150, is_green);
  g_assert_cmpuint (whole, >, 1000);
  /* Half of it unknown: half a band. */
  for (guint i = 10; i < 35; i++)
    value[i] = i % 2 ? NAN : INFINITY;
  g_assert_cmpuint (count (tamis_plot_band_draw, &plot, 300, 150, is_green), <, 0.7 * whole);
  g_assert_cmpuint (count (tamis_plot_band_draw, &plot, 300, 150, is_blue), ==, 0);
  plot.marker = 0.7;
  plot.wanted = 0.9;
  plot.answer = x[40];
  g_assert_cmpuint (count (tamis_plot_band_draw, &plot, 300, 150, is_blue), >, 50);
  paint_sizes (tamis_plot_band_draw, &plot);
  /* One value, then none, then nothing known: a sentence. */
  plot.n = 1;
  paint_sizes (tamis_plot_band_draw, &plot);
  plot.n = 0;
  g_assert_cmpuint (count (tamis_plot_band_draw, &plot, 300, 150, is_ink), >, 50);
  plot.n = 20;
  plot.x_label = "T, with a very long name that nobody could ever read on so small a plot as this";
  for (guint i = 0; i < 50; i++)
    low[i] = NAN;
  g_assert_cmpuint (count (tamis_plot_band_draw, &plot, 300, 150, is_green), ==, 0);
  paint_sizes (tamis_plot_band_draw, &plot);
}

/* ---- curves ---- */

/* A curve without values has no name, and a plot without any says its message: neither shows blue. */
static void
test_curves_without_values (void)
{
  double x[] = { 0.5, 0.75, 1.0 }, y[] = { 1.0, 2.0, 1.5 }, none[] = { NAN, NAN, NAN };
  TamisPlotCurve lines[] = { { none, "a long name", TAMIS_PLOT_TONE_FIRST, FALSE },
                             { y, "plain", TAMIS_PLOT_TONE_PLAIN, FALSE } };
  TamisPlotCurves plot = { .x = x, .n = 3, .curves = lines, .n_curves = 2, .reference = 1.0,
                           .marker = NAN, .message = "Too few classes" };

  g_assert_cmpuint (count (tamis_plot_curves_draw, &plot, 300, 150, is_blue), ==, 0);
  plot.marker = 0.75;
  g_assert_cmpuint (count (tamis_plot_curves_draw, &plot, 300, 150, is_blue), >, 50);
  plot.n_curves = 1; /* no marker where there is no plot, though a reference alone would have a range */
  g_assert_cmpuint (count (tamis_plot_curves_draw, &plot, 300, 150, is_blue), ==, 0);
}

static void
test_curves (void)
{
  static const double poison[] = { NAN, INFINITY, -INFINITY, 1e308, -1e308, 0.0, 1e-300, 3.0 };
  double x[50], y[50];
  TamisPlotCurve lines[8] = { { y, "PC1", TAMIS_PLOT_TONE_FIRST, FALSE } };
  TamisPlotCurves plot = { .x = x,
                           .n = 50,
                           .curves = lines,
                           .n_curves = 1,
                           .reference = NAN,
                           .marker = NAN,
                           .message = "Nothing yet" };
  TamisPlotStyle style;
  TamisPlotView view = { 300.0, 150.0, &style };
  guint plain;

  tamis_plot_style_init (&style, TAMIS_PLOT_LIGHT, NULL, 10.0);
  for (int i = 0; i < 50; i++)
    {
      x[i] = 0.5 + 0.01 * i;
      y[i] = x[i] * x[i];
    }
  plain = count (tamis_plot_curves_draw, &plot, 300, 150, is_blue);
  g_assert_cmpuint (plain, >, 150);
  plot.marker = 0.7;
  g_assert_cmpuint (count (tamis_plot_curves_draw, &plot, 300, 150, is_blue), >, plain + 50);
  g_assert_cmpint (tamis_plot_curves_index_at (&plot, &view, -5.0), ==, 0);
  g_assert_cmpint (tamis_plot_curves_index_at (&plot, &view, 300.0), ==, 49);
  for (int i = 0; i < 8; i++)
    lines[i] = (TamisPlotCurve){ y, i % 2 == 0 ? "a rather long name" : NULL, i % 4, i % 3 == 0 };
  plot.n_curves = 8;
  plot.title = "Slope";
  for (guint k = 0; k < 64; k++)
    {
      y[k % 50] = x[(7 * k) % 50] = poison[k % 8];
      plot.reference = plot.marker = plot.low = poison[k / 8];
      plot.high = poison[(k + 1) % 8];
      paint_sizes (tamis_plot_curves_draw, &plot);
    }
  plot = (TamisPlotCurves){ .message = "Nothing yet" };
  g_assert_cmpuint (count (tamis_plot_curves_draw, &plot, 300, 150, is_ink), >, 50);
  g_assert_cmpint (tamis_plot_curves_index_at (&plot, &view, 50.0), ==, -1);
}

static void
test_categories (void)
{
  TamisPlotStyle style;

  tamis_plot_style_init (&style, TAMIS_PLOT_DARK, NULL, 10.0);
  for (guint i = 0; i < 8; i++)
    for (guint j = 0; j < i; j++)
      {
        TamisPlotColour a = tamis_plot_category (&style, i), b = tamis_plot_category (&style, j);

        g_assert_cmpfloat (fabs (a.r - b.r) + fabs (a.g - b.g) + fabs (a.b - b.b), >, 0.2);
      }
  g_assert_cmpfloat (tamis_plot_category (&style, 8).r, ==, tamis_plot_category (&style, 0).r);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/axis/ticks", test_ticks);
  g_test_add_func ("/plot/axis/round-trip", test_axis_round_trip);
  g_test_add_func ("/plot/style/figures", test_figures);
  g_test_add_func ("/plot/style/categories", test_categories);
  g_test_add_func ("/plot/track/tint-follows-t", test_track_tint_follows_t);
  g_test_add_func ("/plot/track/hits", test_track_hits);
  g_test_add_func ("/plot/track/empty", test_track_empty);
  g_test_add_func ("/plot/track/marks", test_track_marks);
  g_test_add_func ("/plot/bins/above", test_bins_above);
  g_test_add_func ("/plot/histogram", test_histogram);
  g_test_add_func ("/plot/tones", test_tones);
  g_test_add_func ("/plot/balance/many-and-long", test_balance_many_and_long);
  g_test_add_func ("/plot/scatter/points", test_scatter_points);
  g_test_add_func ("/plot/scatter/equation", test_equation);
  g_test_add_func ("/plot/scatter/hostile", test_hostile_scatter);
  g_test_add_func ("/plot/bins/hostile", test_hostile_bins);
  g_test_add_func ("/plot/density", test_density);
  g_test_add_func ("/plot/band", test_band);
  g_test_add_func ("/plot/curves", test_curves);
  g_test_add_func ("/plot/curves/without-values", test_curves_without_values);
  return g_test_run ();
}
