/* TamisComparePane: draws what the stage says, and turns gestures into moves of its viewport.
 *
 * DESIGN: drawing asks the store for the pixels it needs and takes what is at hand; when better ones
 * arrive the view queues another drawing. Each frame is made as a render node, so that the last one
 * of a pair can fade into the first one of the next; a frame that has no pixels yet waits HELD_MS for
 * them before the mat shows, since a blink of gray disturbs more than a late image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-compare-pane.h"

#include "tamis-format.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define HELD_MS 150
#define FADE_MS 120
/* The outline says its word when the pair is new, then steps back, so that colours can be judged. */
#define OUTLINE_MS 900
#define OUTLINE_FADE_MS 300
#define OUTLINE_REST 0.35
#define OUTLINE_WIDTH 3.0f
#define DIVIDER_REACH 12.0
#define SCROLL_STEP 1.2
/* Below, the numbers of the quarters would lie over one another. */
#define CELLS_WIDTH_MIN 130
#define CELLS_HEIGHT_MIN 64

struct _TamisComparePane
{
  GtkWidget parent_instance;

  /* Borrowed */
  TamisCompareStage *stage;

  /* Owned */
  GskRenderNode *last;     /* the last whole frame */
  GskRenderNode *previous; /* of the pair before, while it is held or fades */

  int side;
  gint64 changed_at; /* µs; 0: never */
  gint64 fade_from;  /* µs; 0: not fading yet */
  guint timer;       /* wakes the pane when something is due */
  guint tick;
  guint resized; /* idle */
  double pointer_x, pointer_y;
  double drag_x, drag_y; /* so far */
  double pinch;          /* so far */
  gboolean drags_divider;
  gboolean complete;
};

G_DEFINE_FINAL_TYPE (TamisComparePane, tamis_compare_pane, GTK_TYPE_WIDGET)

static guint moved_signal, resized_signal;

graphene_size_t
tamis_compare_pane_get_size (TamisComparePane *self)
{
  return GRAPHENE_SIZE_INIT ((float) gtk_widget_get_width (GTK_WIDGET (self)),
                             (float) gtk_widget_get_height (GTK_WIDGET (self)));
}

static int
get_scale (TamisComparePane *self)
{
  return gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static graphene_rect_t
get_bounds (TamisComparePane *self)
{
  graphene_size_t size = tamis_compare_pane_get_size (self);

  return (graphene_rect_t){ { 0, 0 }, size };
}

/* ---- time: held frames, fades, the outline ---- */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TamisComparePane *self = TAMIS_COMPARE_PANE (widget);
  gint64 now = g_get_monotonic_time ();
  gboolean fades = self->fade_from > 0 && now < self->fade_from + FADE_MS * 1000;
  gint64 outline = self->changed_at + OUTLINE_MS * 1000;

  gtk_widget_queue_draw (widget);
  if (fades || (now >= outline && now < outline + OUTLINE_FADE_MS * 1000))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
animate (TamisComparePane *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static gboolean
on_timer (gpointer data)
{
  TamisComparePane *self = data;

  self->timer = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (g_get_monotonic_time () < self->changed_at + OUTLINE_MS * 1000)
    self->timer = g_timeout_add (OUTLINE_MS - HELD_MS, on_timer, self);
  else if (adw_get_enable_animations (GTK_WIDGET (self)))
    animate (self);
  return G_SOURCE_REMOVE;
}

void
tamis_compare_pane_change (TamisComparePane *self)
{
  g_clear_pointer (&self->previous, gsk_render_node_unref);
  self->previous = g_steal_pointer (&self->last);
  self->changed_at = g_get_monotonic_time ();
  self->fade_from = 0;
  self->complete = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (HELD_MS, on_timer, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static double
outline_strength (TamisComparePane *self)
{
  double ms = (double) (g_get_monotonic_time () - self->changed_at) / 1000 - OUTLINE_MS;

  if (!adw_get_enable_animations (GTK_WIDGET (self)))
    return 1;
  return 1 - (1 - OUTLINE_REST) * CLAMP (ms / OUTLINE_FADE_MS, 0, 1);
}

/* ---- drawing ---- */

/* In the middle of @area. */
static void
draw_text (TamisComparePane *self, GtkSnapshot *snapshot, const graphene_rect_t *area, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int height;

  pango_layout_set_width (layout, MAX ((int) area->size.width - 24, 1) * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (area->origin.x + 12,
                                                area->origin.y + (area->size.height - (float) height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){ 1, 1, 1, 1 });
  gtk_snapshot_restore (snapshot);
}

/* Device pixels that the longer side of image @i needs to fill @whole. */
static int
wanted_longer (TamisComparePane *self, int i, const graphene_rect_t *whole)
{
  graphene_size_t size = self->stage->size[i];
  float most = MAX (whole->size.width / size.width, whole->size.height / size.height);

  return (int) ceilf (most * MAX (size.width, size.height) * (float) get_scale (self) - 0.01f);
}

/* Image @i over @whole, as far as @area of the pane shows it, or why it is not to be seen; FALSE while
 * there is nothing to show. */
static gboolean
draw_image (TamisComparePane *self, GtkSnapshot *snapshot, int i, const graphene_rect_t *whole,
            const graphene_rect_t *area)
{
  TamisCompareStage *stage = self->stage;
  const char *file = stage->file[i];
  TamisTiles *tiles;
  int longer;

  if (file == NULL)
    {
      if (i == TAMIS_WITNESS_SIDE)
        draw_text (self, snapshot, area, _("No image that stays is like it"));
      return TRUE;
    }
  /* Of an image of unknown size, as much as the pane has. */
  longer = stage->size[i].width > 0
               ? wanted_longer (self, i, whole)
               : (int) MAX (area->size.width, area->size.height) * get_scale (self);
  tamis_pixels_want (stage->pixels, file, MAX (longer, 1), TAMIS_PIXELS_NOW);
  tiles = tamis_pixels_look (stage->pixels, file, longer);
  if (tiles != NULL && whole->size.width > 0)
    {
      tamis_tiles_snapshot (tiles, snapshot, whole, area, get_scale (self));
      self->complete = self->complete && tamis_pixels_has (stage->pixels, file, longer);
      return TRUE;
    }
  if (tamis_pixels_get_reason (stage->pixels, file) == NULL)
    return FALSE;
  draw_text (self, snapshot, area, tamis_pixels_get_reason (stage->pixels, file));
  return TRUE;
}

static void
draw_divider (TamisComparePane *self, GtkSnapshot *snapshot, float x)
{
  graphene_size_t size = tamis_compare_pane_get_size (self);
  GskRoundedRect handle;

  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0, 0, 0, 0.5f },
                             &GRAPHENE_RECT_INIT (x - 2, 0, 4, size.height));
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 },
                             &GRAPHENE_RECT_INIT (x - 1, 0, 2, size.height));
  gsk_rounded_rect_init_from_rect (&handle, &GRAPHENE_RECT_INIT (x - 7, size.height / 2 - 18, 14, 36), 7);
  gtk_snapshot_push_rounded_clip (snapshot, &handle);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 }, &handle.bounds);
  gtk_snapshot_pop (snapshot);
  for (int i = -1; i <= 1; i += 2)
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.4f, 0.4f, 0.4f, 1 },
                               &GRAPHENE_RECT_INIT (x + (float) (2 * i) - 0.5f, size.height / 2 - 8, 1, 16));
}

static gboolean
draw_split (TamisComparePane *self, GtkSnapshot *snapshot, const graphene_rect_t *whole)
{
  graphene_size_t size = tamis_compare_pane_get_size (self);
  float x = roundf (size.width * (float) self->stage->divider);
  gboolean ready = TRUE;

  for (int i = 0; i < 2; i++)
    {
      graphene_rect_t half = i == TAMIS_REMOVED_SIDE
                                 ? GRAPHENE_RECT_INIT (0, 0, x, size.height)
                                 : GRAPHENE_RECT_INIT (x, 0, size.width - x, size.height);

      gtk_snapshot_push_clip (snapshot, &half);
      ready = draw_image (self, snapshot, i, whole, &half) && ready;
      gtk_snapshot_pop (snapshot);
    }
  draw_divider (self, snapshot, x);
  return ready;
}

static gboolean
draw_difference (TamisComparePane *self, GtkSnapshot *snapshot, const graphene_rect_t *whole)
{
  graphene_rect_t bounds = get_bounds (self);

  for (int i = 0; i < 2; i++)
    if (self->stage->file[i] == NULL || tamis_pixels_get_reason (self->stage->pixels, self->stage->file[i]) != NULL)
      return draw_image (self, snapshot, i, whole, &bounds);
  if (self->stage->difference == NULL)
    {
      self->complete = FALSE;
      return FALSE;
    }
  tamis_tiles_snapshot (self->stage->difference, snapshot, whole, &bounds, get_scale (self));
  return TRUE;
}

static void
draw_outline (TamisComparePane *self, GtkSnapshot *snapshot, const graphene_rect_t *whole, int fate)
{
  /* Okabe-Ito vermillion and blue: distinct to every kind of colour vision. */
  static const GdkRGBA colours[] = { [TAMIS_REMOVED_SIDE] = { 0.835f, 0.369f, 0.0f, 1.0f },
                                     [TAMIS_WITNESS_SIDE] = { 0.0f, 0.447f, 0.698f, 1.0f } };
  GdkRGBA c = colours[fate];
  graphene_rect_t bounds = get_bounds (self), seen;
  GskRoundedRect outline;
  float w = OUTLINE_WIDTH;

  if (self->stage->no_outline || !graphene_rect_intersection (whole, &bounds, &seen))
    return;
  c.alpha = (float) outline_strength (self);
  gsk_rounded_rect_init_from_rect (&outline, &seen, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ w, w, w, w },
                              (GdkRGBA[4]){ c, c, c, c });
}

static void
draw_pill (TamisComparePane *self, GtkSnapshot *snapshot, float x, float y, const char *text, gboolean strong)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GskRoundedRect pill;
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gsk_rounded_rect_init_from_rect (&pill,
                                   &GRAPHENE_RECT_INIT (x - (float) width / 2 - 8, y - (float) height / 2 - 3,
                                                        (float) width + 16, (float) height + 6),
                                   9);
  gtk_snapshot_push_rounded_clip (snapshot, &pill);
  gtk_snapshot_append_color (snapshot,
                             strong ? &(GdkRGBA){ 0.835f, 0.369f, 0, 0.95f } : &(GdkRGBA){ 0, 0, 0, 0.65f },
                             &pill.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x - (float) width / 2, y - (float) height / 2));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){ 1, 1, 1, 1 });
  gtk_snapshot_restore (snapshot);
}

/* A cross over the image, the similarity of each quarter in it. */
static void
draw_cells (TamisComparePane *self, GtkSnapshot *snapshot, const graphene_rect_t *whole)
{
  const TamisComparison *comparison = self->stage->comparison;
  float x = whole->origin.x, y = whole->origin.y;
  float width = whole->size.width, height = whole->size.height;
  GdkRGBA line = { 1, 1, 1, 0.8f };

  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (x + width / 2 - 0.5f, y, 1, height));
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (x, y + height / 2 - 0.5f, width, 1));
  for (int i = 0; i < TAMIS_CELLS && width >= CELLS_WIDTH_MIN && height >= CELLS_HEIGHT_MIN; i++)
    {
      double cosine = comparison->cells[i];
      g_autofree char *text = isnan (cosine) ? g_strdup ("–") : tamis_format_similarity (cosine);

      draw_pill (self, snapshot, x + width * (i % 2 == 0 ? 0.25f : 0.75f),
                 y + height * (i < 2 ? 0.25f : 0.75f), text, i == comparison->lowest_cell);
    }
}

/* All but what fades away; FALSE while there is nothing to show yet. */
static gboolean
draw_frame (TamisComparePane *self, GtkSnapshot *snapshot)
{
  TamisCompareStage *stage = self->stage;
  graphene_size_t frame = tamis_compare_stage_frame (stage, self->side);
  graphene_rect_t bounds = get_bounds (self);
  graphene_rect_t whole = { { 0, 0 }, { 0, 0 } };
  int shown = self->side == TAMIS_REMOVED_SIDE && stage->peek ? TAMIS_WITNESS_SIDE : self->side;
  gboolean ready;

  if (frame.width > 0)
    whole = tamis_viewport_place (&stage->viewport, frame, tamis_compare_pane_get_size (self));
  self->complete = TRUE;
  if (stage->mode == TAMIS_COMPARE_SPLIT)
    ready = draw_split (self, snapshot, &whole);
  else if (stage->mode == TAMIS_COMPARE_DIFFERENCE && !stage->peek)
    ready = draw_difference (self, snapshot, &whole);
  else
    ready = draw_image (self, snapshot, shown, &whole, &bounds);
  if (!ready)
    return FALSE;
  if (whole.size.width > 0 && (stage->mode == TAMIS_COMPARE_SIDES || stage->mode == TAMIS_COMPARE_BLINK)
      && tamis_pixels_look (stage->pixels, stage->file[shown] != NULL ? stage->file[shown] : "", 1) != NULL)
    draw_outline (self, snapshot, &whole, shown);
  if (stage->show_cells && stage->comparison != NULL && stage->comparison->has_cells && whole.size.width > 0)
    draw_cells (self, snapshot, &whole);
  return TRUE;
}

static void
append_faded (TamisComparePane *self, GtkSnapshot *snapshot, GskRenderNode *node)
{
  double progress = (double) (g_get_monotonic_time () - self->fade_from) / 1000 / FADE_MS;

  if (progress >= 1 || !adw_get_enable_animations (GTK_WIDGET (self)))
    {
      g_clear_pointer (&self->previous, gsk_render_node_unref);
      gtk_snapshot_append_node (snapshot, node);
      return;
    }
  gtk_snapshot_push_cross_fade (snapshot, progress);
  gtk_snapshot_append_node (snapshot, self->previous);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_node (snapshot, node);
  gtk_snapshot_pop (snapshot);
}

static void
tamis_compare_pane_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TamisComparePane *self = TAMIS_COMPARE_PANE (widget);
  GtkSnapshot *inner = gtk_snapshot_new ();
  gboolean ready = self->stage != NULL && draw_frame (self, inner);
  GskRenderNode *node = gtk_snapshot_free_to_node (inner);

  self->complete = self->complete && ready;
  if (ready && node != NULL)
    {
      g_clear_pointer (&self->last, gsk_render_node_unref);
      self->last = gsk_render_node_ref (node);
    }
  if (self->previous != NULL && ready && node != NULL)
    {
      if (self->fade_from == 0)
        {
          self->fade_from = g_get_monotonic_time ();
          animate (self);
        }
      append_faded (self, snapshot, node);
    }
  else if (self->previous != NULL && g_get_monotonic_time () < self->changed_at + HELD_MS * 1000)
    gtk_snapshot_append_node (snapshot, self->previous);
  else
    {
      g_clear_pointer (&self->previous, gsk_render_node_unref);
      if (node != NULL)
        gtk_snapshot_append_node (snapshot, node);
    }
  g_clear_pointer (&node, gsk_render_node_unref);
}

/* ---- gestures ---- */

static gboolean
is_at_divider (TamisComparePane *self, double x)
{
  double divider = self->stage->divider * gtk_widget_get_width (GTK_WIDGET (self));

  return self->stage->mode == TAMIS_COMPARE_SPLIT && fabs (x - divider) <= DIVIDER_REACH;
}

static void
zoom_by (TamisComparePane *self, double factor, double x, double y)
{
  tamis_compare_stage_zoom (self->stage, factor, self->side, tamis_compare_pane_get_size (self),
                            get_scale (self), GRAPHENE_POINT_INIT ((float) x, (float) y));
  g_signal_emit (self, moved_signal, 0);
}

static gboolean
on_scroll (TamisComparePane *self, double dx, double dy)
{
  if (dy != 0)
    zoom_by (self, pow (SCROLL_STEP, -dy), self->pointer_x, self->pointer_y);
  return TRUE;
}

static void
on_motion (TamisComparePane *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), is_at_divider (self, x) ? "col-resize"
                                                      : self->stage->viewport.zoom > 1 ? "grab"
                                                                                       : NULL);
}

static void
on_pinch_begin (TamisComparePane *self)
{
  self->pinch = 1;
}

static void
on_pinch (TamisComparePane *self, double scale, GtkGesture *gesture)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    return;
  zoom_by (self, scale / self->pinch, x, y);
  self->pinch = scale;
}

static void
on_drag_begin (TamisComparePane *self, double x, double y)
{
  self->drag_x = self->drag_y = 0;
  self->drags_divider = is_at_divider (self, x);
}

static void
on_drag_update (TamisComparePane *self, double x, double y)
{
  graphene_size_t size = tamis_compare_pane_get_size (self);

  if (self->drags_divider && size.width > 0)
    self->stage->divider = CLAMP (self->stage->divider + (x - self->drag_x) / size.width, 0, 1);
  else
    tamis_viewport_pan (&self->stage->viewport, x - self->drag_x, y - self->drag_y,
                        tamis_compare_stage_frame (self->stage, self->side), size);
  self->drag_x = x;
  self->drag_y = y;
  g_signal_emit (self, moved_signal, 0);
}

static void
on_pressed (TamisComparePane *self, int n_press, double x, double y)
{
  if (n_press != 2 || is_at_divider (self, x))
    return;
  tamis_compare_stage_toggle (self->stage, self->side, tamis_compare_pane_get_size (self),
                              get_scale (self), GRAPHENE_POINT_INIT ((float) x, (float) y));
  g_signal_emit (self, moved_signal, 0);
}

/* ---- construction ---- */

void
tamis_compare_pane_set_stage (TamisComparePane *self, TamisCompareStage *stage, int side)
{
  self->stage = stage;
  self->side = side;
}

gboolean
tamis_compare_pane_is_complete (TamisComparePane *self)
{
  return self->complete;
}

static void
tamis_compare_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                            int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 48;
}

/* Later: who listens changes labels, which must not be done while sizes are handed out. */
static gboolean
say_resized (gpointer data)
{
  TamisComparePane *self = data;

  self->resized = 0;
  g_signal_emit (self, resized_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
tamis_compare_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TamisComparePane *self = TAMIS_COMPARE_PANE (widget);

  if (self->resized == 0)
    self->resized = g_idle_add_full (G_PRIORITY_HIGH_IDLE, say_resized, self, NULL);
}

static void
tamis_compare_pane_unmap (GtkWidget *widget)
{
  TamisComparePane *self = TAMIS_COMPARE_PANE (widget);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->previous, gsk_render_node_unref);
  g_clear_pointer (&self->last, gsk_render_node_unref);
  GTK_WIDGET_CLASS (tamis_compare_pane_parent_class)->unmap (widget);
}

static void
tamis_compare_pane_dispose (GObject *object)
{
  TamisComparePane *self = TAMIS_COMPARE_PANE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->resized, g_source_remove);
  g_clear_pointer (&self->previous, gsk_render_node_unref);
  g_clear_pointer (&self->last, gsk_render_node_unref);
  G_OBJECT_CLASS (tamis_compare_pane_parent_class)->dispose (object);
}

static void
add_controllers (TamisComparePane *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

static void
tamis_compare_pane_init (TamisComparePane *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
}

static void
tamis_compare_pane_class_init (TamisComparePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_compare_pane_dispose;
  widget_class->measure = tamis_compare_pane_measure;
  widget_class->size_allocate = tamis_compare_pane_size_allocate;
  widget_class->snapshot = tamis_compare_pane_snapshot;
  widget_class->unmap = tamis_compare_pane_unmap;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  moved_signal = g_signal_new ("moved", TAMIS_TYPE_COMPARE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
  resized_signal = g_signal_new ("resized", TAMIS_TYPE_COMPARE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
