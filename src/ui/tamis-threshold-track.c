/* TamisThresholdTrack: the slider of T, its track the histogram of similarities.
 *
 * DESIGN: the painter of src/plot draws everything, handle included, so that paper and screen agree.
 * Above it lies a GtkScale that is not seen: it brings dragging, keys and the slider's role to screen
 * readers, and is placed so that its value and the painter's lie under the same pixel. The
 * scale reaches from the floor to 1; the histogram begins lower.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-threshold-track.h"

#include "plot/plot.h"
#include "tamis-format.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT 84
#define SLIDER 18 /* width of the scale's slider; style.css says the same */
#define MAX_MARKS 7

struct _TamisThresholdTrack
{
  GtkWidget parent_instance;

  /* Owned */
  GtkWidget *scale;
  GtkAdjustment *adjustment;

  /* Borrowed: valid while the widget lives */
  TamisSession *session;

  double raised;    /* T of the class in view where a minimum of images raised it; else 0 */
  gboolean syncing; /* the adjustment is being set from the session */
};

G_DEFINE_FINAL_TYPE (TamisThresholdTrack, tamis_threshold_track, GTK_TYPE_WIDGET)

/* ---- data for the painter ---- */

static guint
collect_marks (TamisThresholdTrack *self, TamisPlotMark marks[MAX_MARKS])
{
  TamisModel *model = tamis_session_get_model (self->session);
  double floor = tamis_session_get_floor (self->session);
  guint n = 0;

  if (model == NULL || tamis_session_get_pairs (self->session) == NULL)
    return 0;
  if (self->raised > tamis_session_get_active_threshold (self->session))
    marks[n++] = (TamisPlotMark){ self->raised, _("raised"), TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
  if (tamis_session_moves_class (self->session))
    marks[n++] = (TamisPlotMark){ tamis_session_get_threshold (self->session), _("all classes"),
                                  TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
  marks[n++] = (TamisPlotMark){ tamis_model_get_recommended_threshold (model), _("recommended"),
                                TAMIS_PLOT_MARK_RECOMMENDED, NAN, NAN };
  marks[n++] = (TamisPlotMark){ floor, _("floor"), TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
  if (tamis_model_get_metric (model) == TAMIS_METRIC_RAW)
    {
      /* The thresholds of the paper. */
      marks[n++] = (TamisPlotMark){ 0.93, "0.93", TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
      marks[n++] = (TamisPlotMark){ 0.95, "0.95", TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
      marks[n++] = (TamisPlotMark){ 0.97, "0.97", TAMIS_PLOT_MARK_PLAIN, NAN, NAN };
    }
  return n;
}

/* Everything but the marks, which live with the caller. */
static TamisPlotTrack
make_track (TamisThresholdTrack *self)
{
  TamisHistogram *histogram
      = self->session != NULL ? tamis_session_get_histogram (self->session) : NULL;
  TamisPlotTrack track = { .bins = { .low = 0.5, .high = 1.0, .sampled_below = 0.5 },
                           .threshold = NAN,
                           .message = _("Similarities appear here when images have been compared") };

  if (histogram == NULL)
    return track;
  track.bins.counts = histogram->counts;
  track.bins.n_bins = histogram->n_bins;
  track.bins.low = histogram->low;
  track.bins.high = histogram->high;
  track.bins.sampled_below = histogram->sampled_below;
  track.sampled_label = _("random sample");
  track.threshold = tamis_session_get_active_threshold (self->session);
  track.focused = gtk_widget_has_visible_focus (self->scale);
  track.message = _("No pairs to show in this class");
  return track;
}

static void
make_style (GtkWidget *widget, TamisPlotStyle *style)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  const PangoFontDescription *font
      = pango_context_get_font_description (gtk_widget_get_pango_context (widget));

  tamis_plot_style_init (style, dark ? TAMIS_PLOT_DARK : TAMIS_PLOT_LIGHT,
                         pango_font_description_get_family (font), 12.0);
  style->scale = gtk_widget_get_scale_factor (widget);
}

static void
tamis_threshold_track_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisThresholdTrack *self = TAMIS_THRESHOLD_TRACK (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  TamisPlotMark marks[MAX_MARKS];
  TamisPlotTrack track = make_track (self);
  TamisPlotStyle style;
  cairo_t *cr;

  track.marks = marks;
  track.n_marks = collect_marks (self, marks);
  make_style (widget, &style);
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  tamis_plot_track_draw (&track, cr, width, height, &style);
  cairo_destroy (cr);
  gtk_widget_snapshot_child (widget, self->scale, snapshot);
}

/* ---- geometry ---- */

static void
tamis_threshold_track_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                               int *minimum, int *natural, int *minimum_baseline,
                               int *natural_baseline)
{
  int ignored;

  gtk_widget_measure (TAMIS_THRESHOLD_TRACK (widget)->scale, orientation, for_size, &ignored,
                      &ignored, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 160;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 480;
}

static void
tamis_threshold_track_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TamisThresholdTrack *self = TAMIS_THRESHOLD_TRACK (widget);
  TamisPlotTrack track = make_track (self);
  double floor = gtk_adjustment_get_lower (self->adjustment);
  double left = tamis_plot_track_to_x (&track, width, MAX (floor, track.bins.low)) - SLIDER / 2.0;
  double right = tamis_plot_track_to_x (&track, width, 1.0) + SLIDER / 2.0;
  int minimum;

  gtk_widget_measure (self->scale, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->scale,
                            &(GtkAllocation){ (int) lround (left), 0,
                                              MAX ((int) lround (right - left), minimum), height },
                            -1);
}

/* ---- session ---- */

static void
session_changed (TamisThresholdTrack *self)
{
  double floor = tamis_session_get_floor (self->session);
  double threshold = tamis_session_get_active_threshold (self->session);
  gboolean known = tamis_session_get_pairs (self->session) != NULL;

  self->syncing = TRUE;
  gtk_adjustment_configure (self->adjustment, threshold, floor, 1.0, 0.001, 0.01, 0.0);
  self->syncing = FALSE;
  gtk_widget_set_sensitive (self->scale, known);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
threshold_changed (TamisThresholdTrack *self)
{
  self->syncing = TRUE;
  gtk_adjustment_set_value (self->adjustment, tamis_session_get_active_threshold (self->session));
  self->syncing = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A minimum of images a class may have raised the T that counts. */
static void
plan_changed (TamisThresholdTrack *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  int class_index = tamis_session_get_class (self->session);
  double raised = 0.0;

  if (plan != NULL && class_index >= 0 && tamis_session_get_minimum (self->session) > 0
      && tamis_plan_get_class_threshold (plan, class_index)
             > (tamis_session_moves_class (self->session)
                    ? tamis_session_get_active_threshold (self->session)
                    : tamis_plan_get_threshold (plan)))
    raised = tamis_plan_get_class_threshold (plan, class_index);
  if (self->raised == raised)
    return;
  self->raised = raised;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Steps of 0.001, so that what is shown with three digits is what counts. */
static void
value_changed (TamisThresholdTrack *self)
{
  double value = gtk_adjustment_get_value (self->adjustment);

  if (!self->syncing)
    tamis_session_set_active_threshold (self->session, round (value * 1000) / 1000);
}

void
tamis_threshold_track_set_session (TamisThresholdTrack *self, TamisSession *session)
{
  self->session = session;
  g_signal_connect_object (session, "pairs", G_CALLBACK (session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "dataset", G_CALLBACK (session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "histogram", G_CALLBACK (session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::active-threshold", G_CALLBACK (threshold_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (plan_changed), self,
                           G_CONNECT_SWAPPED);
  session_changed (self);
}

static void
tamis_threshold_track_dispose (GObject *object)
{
  TamisThresholdTrack *self = TAMIS_THRESHOLD_TRACK (object);

  g_clear_pointer (&self->scale, gtk_widget_unparent);
  g_clear_object (&self->adjustment);
  G_OBJECT_CLASS (tamis_threshold_track_parent_class)->dispose (object);
}

static void
tamis_threshold_track_init (TamisThresholdTrack *self)
{
  self->adjustment = g_object_ref_sink (gtk_adjustment_new (1, 0, 1, 0.001, 0.01, 0));
  self->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->adjustment);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), 3);
  gtk_widget_add_css_class (self->scale, "threshold");
  gtk_widget_set_opacity (self->scale, 0.0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _("Pairs above T count as near-duplicates"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Threshold"), -1);
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (value_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scale, "state-flags-changed", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

static void
tamis_threshold_track_class_init (TamisThresholdTrackClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_threshold_track_dispose;
  widget_class->snapshot = tamis_threshold_track_snapshot;
  widget_class->measure = tamis_threshold_track_measure;
  widget_class->size_allocate = tamis_threshold_track_size_allocate;
}
