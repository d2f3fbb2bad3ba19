/* TamisCompareView: see tamis-compare-view.h.
 *
 * DESIGN: what the panes draw lies in one struct (TamisCompareStage) that the view writes; the store
 * (TamisPixels) and the study (TamisPairStudy) say "changed" and the view shows what is there by
 * then. Nothing here decodes or waits. Of the budget, two sevenths are left to the difference maps, which
 * are made at a bounded size; the rest is the store's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-compare-view.h"

#include "tamis-compare-card.h"
#include "tamis-compare-difference.h"
#include "tamis-compare-pane.h"
#include "tamis-compare-spine.h"
#include "tamis-format.h"
#include "tamis-pair-study.h"
#include "tamis-shortcuts.h"

#include <glib/gi18n.h>
#include <math.h>

#define PIXELS_BYTES (TAMIS_COMPARE_BUDGET / 7 * 5)
#define PREFETCH_MAX 8
#define ZOOM_STEP 1.5
#define PAN_STEP 0.2
#define DIVIDER_STEP 0.05
#define GAIN_MAX 16

/* Targets of compare.mode, in the order of TamisCompareMode. */
static const char *const mode_names[] = { "sides", "blink", "split", "difference" };

struct _TamisCompareView
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *box;
  GtkWidget *witness_side;
  GtkOverlay *overlay[2];
  TamisComparePane *pane[2];
  GtkLabel *removed_word;
  GtkLabel *witness_word;
  GtkLabel *name[2];
  GtkLabel *shared_name; /* of the image that stays, where both share a pane and are seen at once */
  GtkLabel *split_word;
  GtkWidget *gain_box;
  GtkLabel *gain_label;
  TamisCompareSpine *spine;
  GtkSpinner *spinner;
  GtkLabel *zoom;

  /* Owned */
  TamisCompareStage stage; /* with what it points to, but for the comparison */
  TamisPairStudy *study;
  GPtrArray *prefetch; /* of names, the likeliest first, until the pair is there */
  TamisDataset *dataset; /* nullable: that the rows are of */
  GtkWidget *card[2];    /* of the sides; they change their overlay */
  char *fate[2];         /* words above the images; NULL: those of a removal */

  /* Borrowed */
  TamisSession *session;

  guint row[2];
  double kept_magnification; /* over a change of mode; 0: none to keep */
  guint gain;
  gboolean show_redrawn, show_tones;
};

G_DEFINE_FINAL_TYPE (TamisCompareView, tamis_compare_view, GTK_TYPE_WIDGET)

enum
{
  PROP_MODE = 1,
  PROP_SHOW_CELLS,
  PROP_SHOW_REDRAWN,
  PROP_SHOW_TONES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

GtkWidget *
tamis_compare_view_new (void)
{
  return g_object_new (TAMIS_TYPE_COMPARE_VIEW, NULL);
}

static int
get_scale (TamisCompareView *self)
{
  return gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
redraw (TamisCompareView *self)
{
  for (int i = 0; i < 2; i++)
    gtk_widget_queue_draw (GTK_WIDGET (self->pane[i]));
}

/* ---- words ---- */

/* Row of the image whose place is the left pane's. */
static int
shown_left (TamisCompareView *self)
{
  return self->stage.peek && self->stage.file[TAMIS_WITNESS_SIDE] != NULL ? TAMIS_WITNESS_SIDE
                                                                          : TAMIS_REMOVED_SIDE;
}

static char *
dup_name (TamisCompareView *self, int i)
{
  if (self->stage.file[i] == NULL)
    return g_strdup (i == TAMIS_WITNESS_SIDE ? _("No image that stays is like it") : "");
  return tamis_format_path (tamis_dataset_get_path (self->dataset, self->row[i]));
}

static const char *
word_fate (TamisCompareView *self, int i)
{
  if (self->fate[i] != NULL)
    return self->fate[i];
  return i == TAMIS_REMOVED_SIDE ? C_("image", "Removed") : _("Stays");
}

static void
show_names (TamisCompareView *self)
{
  int left = shown_left (self);
  g_autofree char *left_name = dup_name (self, left);
  g_autofree char *witness_name = dup_name (self, TAMIS_WITNESS_SIDE);
  const char *word = word_fate (self, left);
  g_autofree char *label = NULL;
  g_autofree char *witness_label = g_strdup_printf ("%s: %s", word_fate (self, TAMIS_WITNESS_SIDE),
                                                     witness_name);
  gboolean both = self->stage.mode == TAMIS_COMPARE_SPLIT
                  || (self->stage.mode == TAMIS_COMPARE_DIFFERENCE && !self->stage.peek);

  if (self->stage.mode == TAMIS_COMPARE_DIFFERENCE && !self->stage.peek)
    word = _("Difference");
  label = g_strdup_printf ("%s: %s", word, left_name);
  gtk_label_set_text (self->removed_word, word);
  gtk_label_set_text (self->name[0], left_name);
  gtk_label_set_text (self->name[1], witness_name);
  gtk_label_set_text (self->witness_word, word_fate (self, TAMIS_WITNESS_SIDE));
  gtk_label_set_text (self->shared_name, witness_name);
  gtk_label_set_text (self->split_word, word_fate (self, TAMIS_WITNESS_SIDE));
  gtk_label_set_xalign (self->name[0], both ? 0 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->shared_name), both);
  gtk_widget_set_visible (GTK_WIDGET (self->split_word), both);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pane[0]), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pane[1]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  witness_label, -1);
}

typedef enum {
  EVERY_PIXEL, /* that is seen is there, or the image is seen so small that it does not matter */
  COMING,      /* they are on their way */
  REDUCED,     /* they are too many, or cannot be read */
} Pixels;

static Pixels
judge_pixels (TamisCompareView *self, int i)
{
  const TamisCompareStage *stage = &self->stage;
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);
  graphene_rect_t area = { { 0, 0 }, pane }, whole;
  TamisImageRegion seen, at;
  const char *file = stage->file[i];

  if (file == NULL || stage->size[i].width <= 0)
    return EVERY_PIXEL;
  whole = tamis_viewport_place (&stage->viewport, tamis_compare_stage_frame (stage, i), pane);
  if (!tamis_pixels_is_reduced (stage->pixels, file,
                                tamis_compare_stage_wanted_longer (stage, i, &whole, get_scale (self)))
      || !tamis_viewport_find_seen (&whole, &area, stage->size[i], 0, &seen)
      || (tamis_pixels_look_part (stage->pixels, file, &seen, &at) != NULL
          && tamis_image_region_covers (&at, &seen)))
    return EVERY_PIXEL;
  if (tamis_pixels_may_have_part (stage->pixels, file, &seen))
    return COMING;
  return tamis_compare_stage_magnification (stage, i, pane, get_scale (self)) < 0.99 ? EVERY_PIXEL : REDUCED;
}

/* In one place with an image of another shape. */
static gboolean
is_stretched (TamisCompareView *self)
{
  const graphene_size_t *size = self->stage.size;
  float a = size[0].width * size[1].height, b = size[1].width * size[0].height;

  return self->stage.mode != TAMIS_COMPARE_SIDES && a > 0 && b > 0 && fabsf (a - b) > 0.02f * MIN (a, b);
}

static void
show_spine (TamisCompareView *self)
{
  TamisCompareSaid said = { self->dataset,
                            self->row[0],
                            self->row[1],
                            self->stage.comparison,
                            TAMIS_SAMENESS_NONE,
                            is_stretched (self),
                            judge_pixels (self, 0) == REDUCED || judge_pixels (self, 1) == REDUCED };

  tamis_pair_study_get_sameness (self->study, &said.sameness);
  tamis_compare_spine_show (self->spine, &said);
}

/* "24 %", or "24 · 48 %" where the images have other sizes; and whether pixels are still on their way. */
static void
show_zoom (TamisCompareView *self)
{
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);
  gboolean coming = judge_pixels (self, 0) == COMING || judge_pixels (self, 1) == COMING;
  g_autofree char *text = NULL;
  int percent[2];

  gtk_spinner_set_spinning (self->spinner, coming);
  gtk_widget_set_opacity (GTK_WIDGET (self->spinner), coming ? 1 : 0);
  for (int i = 0; i < 2; i++)
    percent[i] = (int) lround (
        100 * tamis_compare_stage_magnification (&self->stage, i, pane, get_scale (self)));
  if (percent[0] > 0 && percent[1] > 0 && percent[0] != percent[1])
    text = g_strdup_printf (C_("magnification", "%d · %d %%"), percent[0], percent[1]);
  else if (MAX (percent[0], percent[1]) > 0)
    text = g_strdup_printf (C_("magnification", "%d %%"), MAX (percent[0], percent[1]));
  if (g_strcmp0 (gtk_label_get_text (self->zoom), text != NULL ? text : "") != 0)
    gtk_label_set_text (self->zoom, text != NULL ? text : "");
}

static void
show_gain (TamisCompareView *self)
{
  g_autofree char *text = g_strdup_printf ("×%u", self->gain);

  gtk_label_set_text (self->gain_label, text);
  gtk_widget_set_visible (self->gain_box, self->stage.mode == TAMIS_COMPARE_DIFFERENCE);
}

/* ---- what the study says ---- */

static void
show_cards (TamisCompareView *self)
{
  const TamisComparison *comparison = self->stage.comparison;

  for (int i = 0; i < 2; i++)
    tamis_compare_card_show (TAMIS_COMPARE_CARD (self->card[i]),
                             comparison != NULL ? &comparison->image[i] : NULL, self->show_tones,
                             self->show_redrawn);
}

static void
update_difference (TamisCompareView *self)
{
  tamis_compare_difference_ask (&self->stage, self->study, tamis_compare_pane_get_size (self->pane[0]),
                                get_scale (self), self->gain);
}

static void
show_study (TamisCompareView *self)
{
  self->stage.comparison = tamis_pair_study_get_comparison (self->study);
  show_cards (self);
  tamis_compare_difference_take (&self->stage, self->study);
  update_difference (self); /* with a map of the whole, one of a part may be wanted */
  show_spine (self);
  redraw (self);
}

/* ---- pixels ---- */

static gboolean
is_settled (TamisCompareView *self, int i)
{
  const char *file = self->stage.file[i];

  return file == NULL || tamis_pixels_has (self->stage.pixels, file, 1)
         || tamis_pixels_get_reason (self->stage.pixels, file) != NULL;
}

/* What is known of a file before it is decoded may be out of date, or nothing. */
static int
longer_to_fit (TamisCompareView *self, TamisImageFacts facts)
{
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);
  graphene_size_t size = GRAPHENE_SIZE_INIT ((float) facts.width, (float) facts.height);
  float longer = MAX (size.width, size.height);

  if (longer <= 0)
    return (int) MAX (pane.width, pane.height) * get_scale (self);
  return (int) ceil (tamis_viewport_fit_scale (size, pane) * longer * get_scale (self) - 0.01);
}

static void
prefetch_now (TamisCompareView *self)
{
  if (!is_settled (self, 0) || !is_settled (self, 1) || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (guint i = 0; i < self->prefetch->len; i++)
    {
      guint row = GPOINTER_TO_UINT (self->prefetch->pdata[i]);
      g_autofree char *file = tamis_dataset_dup_file (self->dataset, row);
      int longer = longer_to_fit (self, tamis_dataset_get_facts (self->dataset, row));

      tamis_pixels_want (self->stage.pixels, file, MAX (longer, 1), TAMIS_PIXELS_AHEAD);
    }
  g_ptr_array_set_size (self->prefetch, 0);
}

static void
on_pixels_changed (TamisCompareView *self)
{
  for (int i = 0; i < 2; i++)
    {
      TamisImageFacts facts;

      if (self->stage.file[i] != NULL
          && tamis_pixels_get_facts (self->stage.pixels, self->stage.file[i], &facts))
        self->stage.size[i] = GRAPHENE_SIZE_INIT ((float) facts.width, (float) facts.height);
    }
  update_difference (self);
  show_zoom (self);
  show_spine (self);
  redraw (self);
  prefetch_now (self);
}

static void
on_moved (TamisCompareView *self)
{
  update_difference (self);
  show_zoom (self);
  show_spine (self);
  redraw (self);
}

static graphene_point_t
middle_of (graphene_size_t pane)
{
  return GRAPHENE_POINT_INIT (pane.width / 2, pane.height / 2);
}

/* A pane of another size fits an image at another magnification: what was zoomed to stays as large. */
static void
on_resized (TamisCompareView *self)
{
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);
  double one = tamis_compare_stage_one_to_one (&self->stage, pane, get_scale (self));

  if (self->kept_magnification > 0)
    tamis_compare_stage_zoom (&self->stage, self->kept_magnification * one / self->stage.viewport.zoom,
                              TAMIS_REMOVED_SIDE, pane, get_scale (self), middle_of (pane));
  self->kept_magnification = 0;
  on_moved (self);
}

/* ---- the pair ---- */

static void
set_file (TamisCompareView *self, int i, guint row)
{
  TamisImageFacts facts = { 0 };

  self->row[i] = row;
  g_clear_pointer (&self->stage.file[i], g_free);
  if (row != TAMIS_NO_WITNESS)
    {
      self->stage.file[i] = tamis_dataset_dup_file (self->dataset, row);
      if (!tamis_pixels_get_facts (self->stage.pixels, self->stage.file[i], &facts))
        facts = tamis_dataset_get_facts (self->dataset, row);
    }
  self->stage.size[i] = GRAPHENE_SIZE_INIT ((float) facts.width, (float) facts.height);
}

static void
show_pair (TamisCompareView *self, guint removed, guint witness)
{
  const char *const *file = (const char *const *) self->stage.file;

  g_ptr_array_set_size (self->prefetch, 0);
  tamis_compare_difference_clear (&self->stage);
  self->stage.comparison = NULL;
  self->stage.peek = FALSE;
  tamis_viewport_fit (&self->stage.viewport);
  self->kept_magnification = 0;
  set_file (self, TAMIS_REMOVED_SIDE, removed);
  set_file (self, TAMIS_WITNESS_SIDE, witness);
  tamis_pixels_turn_to (self->stage.pixels, file[0], file[1]);
  for (int i = 0; i < 2; i++)
    {
      /* Ask at once, not when the frame is drawn: on a busy machine that is a while from now. */
      if (file[i] != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
        tamis_pixels_want (self->stage.pixels, file[i],
                           MAX (longer_to_fit (self, (TamisImageFacts){
                                                         .width = (int) self->stage.size[i].width,
                                                         .height = (int) self->stage.size[i].height }),
                                1),
                           TAMIS_PIXELS_NOW);
      tamis_compare_pane_change (self->pane[i]);
    }
  tamis_pair_study_set_pair (self->study, file[0], file[1], tamis_session_get_model (self->session));
  show_names (self);
  update_difference (self);
  show_zoom (self);
}

void
tamis_compare_view_set_pair (TamisCompareView *self, guint removed, guint witness, double similarity)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  g_autofree char *text = witness != TAMIS_NO_WITNESS ? tamis_format_similarity (similarity)
                                                      : g_strdup ("–");

  tamis_compare_spine_set_similarity (self->spine, text);
  if (self->dataset == dataset && self->row[0] == removed && self->row[1] == witness)
    return;
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  self->dataset = tamis_dataset_ref (dataset);
  show_pair (self, removed, witness);
}

void
tamis_compare_view_clear (TamisCompareView *self)
{
  if (self->dataset == NULL)
    return;
  show_pair (self, TAMIS_NO_WITNESS, TAMIS_NO_WITNESS);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
}

void
tamis_compare_view_prefetch (TamisCompareView *self, guint removed, guint witness)
{
  guint rows[] = { removed, witness };

  for (guint i = 0; i < 2; i++)
    if (rows[i] != TAMIS_NO_WITNESS && self->dataset != NULL && self->prefetch->len < PREFETCH_MAX)
      g_ptr_array_add (self->prefetch, GUINT_TO_POINTER (rows[i]));
  prefetch_now (self);
}

void
tamis_compare_view_set_note (TamisCompareView *self, const char *note)
{
  tamis_compare_spine_set_note (self->spine, note);
}

void
tamis_compare_view_set_fates (TamisCompareView *self, const char *left, const char *right)
{
  const char *const words[] = { left, right };

  for (int i = 0; i < 2; i++)
    {
      g_free (self->fate[i]);
      self->fate[i] = g_strdup (words[i]);
    }
  self->stage.no_outline = TRUE;
  show_names (self);
}

void
tamis_compare_view_set_peek (TamisCompareView *self, gboolean peek)
{
  if (self->stage.peek == peek || self->dataset == NULL)
    return;
  self->stage.peek = peek;
  show_names (self);
  redraw (self);
}

void
tamis_compare_view_set_session (TamisCompareView *self, TamisSession *session)
{
  self->session = session;
  g_signal_connect_object (session, "dataset", G_CALLBACK (tamis_compare_view_clear), self,
                           G_CONNECT_SWAPPED);
}

gboolean
tamis_compare_view_is_complete (TamisCompareView *self)
{
  return tamis_compare_pane_is_complete (self->pane[0])
         && (self->stage.mode != TAMIS_COMPARE_SIDES || tamis_compare_pane_is_complete (self->pane[1]));
}

gsize
tamis_compare_view_get_bytes (TamisCompareView *self)
{
  return tamis_pixels_get_bytes (self->stage.pixels)
         + (self->stage.difference != NULL ? tamis_tiles_get_bytes (self->stage.difference) : 0)
         + (self->stage.difference_part != NULL ? tamis_tiles_get_bytes (self->stage.difference_part) : 0);
}

/* ---- actions ---- */

static void
zoom_by (TamisCompareView *self, double factor)
{
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);

  tamis_compare_stage_zoom (&self->stage, factor, TAMIS_REMOVED_SIDE, pane, get_scale (self),
                            middle_of (pane));
  on_moved (self);
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by (TAMIS_COMPARE_VIEW (widget), g_str_has_suffix (name, "in") ? ZOOM_STEP : 1 / ZOOM_STEP);
}

static void
fit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (widget);

  tamis_viewport_fit (&self->stage.viewport);
  on_moved (self);
}

static void
one_to_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (widget);
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);

  zoom_by (self, tamis_compare_stage_one_to_one (&self->stage, pane, get_scale (self))
                     / self->stage.viewport.zoom);
}

static void
pan_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (widget);
  graphene_size_t pane = tamis_compare_pane_get_size (self->pane[0]);
  const char *way = strchr (name, '.') + 1;
  double dx = g_str_equal (way, "left") ? PAN_STEP : g_str_equal (way, "right") ? -PAN_STEP : 0;
  double dy = g_str_equal (way, "up") ? PAN_STEP : g_str_equal (way, "down") ? -PAN_STEP : 0;

  tamis_viewport_pan (&self->stage.viewport, dx * pane.width, dy * pane.height,
                      tamis_compare_stage_frame (&self->stage, TAMIS_REMOVED_SIDE), pane);
  on_moved (self);
}

static void
adjust_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (widget);
  gboolean more = g_str_has_suffix (name, "more");

  if (self->stage.mode == TAMIS_COMPARE_SPLIT)
    self->stage.divider = CLAMP (self->stage.divider + (more ? DIVIDER_STEP : -DIVIDER_STEP), 0, 1);
  else if (self->stage.mode == TAMIS_COMPARE_DIFFERENCE)
    self->gain = more ? MIN (2 * self->gain, GAIN_MAX) : MAX (self->gain / 2, 1);
  show_gain (self);
  update_difference (self);
  redraw (self);
}

/* Where the images share a pane, both cards lie in it. */
static void
place_witness_card (TamisCompareView *self)
{
  GtkOverlay *overlay
      = self->overlay[self->stage.mode == TAMIS_COMPARE_SIDES ? TAMIS_WITNESS_SIDE : TAMIS_REMOVED_SIDE];
  GtkWidget *card = self->card[TAMIS_WITNESS_SIDE];
  GtkWidget *parent = gtk_widget_get_parent (card);

  if (parent == GTK_WIDGET (overlay))
    return;
  if (parent != NULL)
    gtk_overlay_remove_overlay (GTK_OVERLAY (parent), card);
  gtk_overlay_add_overlay (overlay, card);
}

static void
set_mode (TamisCompareView *self, const char *name)
{
  double one = tamis_compare_stage_one_to_one (&self->stage, tamis_compare_pane_get_size (self->pane[0]),
                                               get_scale (self));
  gboolean sides = self->stage.mode == TAMIS_COMPARE_SIDES;

  for (guint i = 0; i < G_N_ELEMENTS (mode_names); i++)
    if (g_strcmp0 (name, mode_names[i]) == 0)
      self->stage.mode = i;
  if (self->stage.viewport.zoom != 1 && sides != (self->stage.mode == TAMIS_COMPARE_SIDES))
    self->kept_magnification = self->stage.viewport.zoom / one;
  gtk_widget_set_visible (self->witness_side, self->stage.mode == TAMIS_COMPARE_SIDES);
  place_witness_card (self);
  show_names (self);
  show_gain (self);
  on_moved (self);
}

static void
peek_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tamis_compare_view_set_peek (TAMIS_COMPARE_VIEW (widget), TRUE);
}

static void
update_tooltips (TamisCompareView *self)
{
  tamis_shortcuts_set_tooltips (tamis_shortcuts_get_default (), self->box);
}

/* ---- construction ---- */

static void
tamis_compare_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (object);

  switch (id)
    {
    case PROP_MODE:
      g_value_set_string (value, mode_names[self->stage.mode]);
      break;
    case PROP_SHOW_CELLS:
      g_value_set_boolean (value, self->stage.show_cells);
      break;
    case PROP_SHOW_REDRAWN:
      g_value_set_boolean (value, self->show_redrawn);
      break;
    case PROP_SHOW_TONES:
      g_value_set_boolean (value, self->show_tones);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tamis_compare_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (object);

  switch (id)
    {
    case PROP_MODE:
      set_mode (self, g_value_get_string (value));
      break;
    case PROP_SHOW_CELLS:
      self->stage.show_cells = g_value_get_boolean (value);
      break;
    case PROP_SHOW_REDRAWN:
      self->show_redrawn = g_value_get_boolean (value);
      break;
    case PROP_SHOW_TONES:
      self->show_tones = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  show_cards (self);
  redraw (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
tamis_compare_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tamis_compare_view_parent_class)->map (widget);
  on_moved (TAMIS_COMPARE_VIEW (widget));
}

/* A key that is held when the view goes is never seen released. */
static void
tamis_compare_view_unmap (GtkWidget *widget)
{
  tamis_compare_view_set_peek (TAMIS_COMPARE_VIEW (widget), FALSE);
  GTK_WIDGET_CLASS (tamis_compare_view_parent_class)->unmap (widget);
}

static void
tamis_compare_view_dispose (GObject *object)
{
  TamisCompareView *self = TAMIS_COMPARE_VIEW (object);

  for (int i = 0; i < 2; i++)
    {
      g_clear_object (&self->card[i]);
      g_clear_pointer (&self->stage.file[i], g_free);
      g_clear_pointer (&self->fate[i], g_free);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), TAMIS_TYPE_COMPARE_VIEW);
  g_clear_object (&self->study);
  g_clear_object (&self->stage.pixels);
  tamis_compare_difference_clear (&self->stage);
  g_clear_pointer (&self->prefetch, g_ptr_array_unref);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  G_OBJECT_CLASS (tamis_compare_view_parent_class)->dispose (object);
}

static void
add_cards (TamisCompareView *self)
{
  self->card[0] = tamis_compare_card_new (_("Histogram of the removed image"),
                                          _("The removed image as the model redraws it"));
  self->card[1] = tamis_compare_card_new (_("Histogram of the image that stays"),
                                          _("The image that stays as the model redraws it"));
  for (int i = 0; i < 2; i++)
    {
      g_object_ref_sink (self->card[i]);
      gtk_widget_set_halign (self->card[i], i == 0 ? GTK_ALIGN_START : GTK_ALIGN_END);
      gtk_overlay_add_overlay (self->overlay[i], self->card[i]);
    }
}

static void
tamis_compare_view_init (TamisCompareView *self)
{
  self->row[0] = self->row[1] = TAMIS_NO_WITNESS;
  self->gain = 4;
  self->stage.divider = 0.5;
  tamis_viewport_fit (&self->stage.viewport);
  self->stage.pixels = tamis_pixels_new (PIXELS_BYTES);
  self->study = tamis_pair_study_new ();
  self->prefetch = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_cards (self);
  for (int i = 0; i < 2; i++)
    {
      tamis_compare_pane_set_stage (self->pane[i], &self->stage, i);
      g_signal_connect_swapped (self->pane[i], "moved", G_CALLBACK (on_moved), self);
      g_signal_connect_swapped (self->pane[i], "resized", G_CALLBACK (on_resized), self);
    }
  g_signal_connect_object (self->stage.pixels, "changed", G_CALLBACK (on_pixels_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->study, "changed", G_CALLBACK (show_study), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tamis_shortcuts_get_default (), "changed", G_CALLBACK (update_tooltips), self,
                           G_CONNECT_SWAPPED);
  update_tooltips (self);
  show_gain (self);
}

static void
bind_children (GtkWidgetClass *klass)
{
  static const struct
  {
    const char *name;
    gssize offset;
  } children[] = {
#define CHILD(name, field) { name, G_STRUCT_OFFSET (TamisCompareView, field) }
    CHILD ("box", box),
    CHILD ("witness_side", witness_side),
    CHILD ("removed_overlay", overlay[0]),
    CHILD ("witness_overlay", overlay[1]),
    CHILD ("removed_pane", pane[0]),
    CHILD ("witness_pane", pane[1]),
    CHILD ("removed_word", removed_word),
    CHILD ("removed_name", name[0]),
    CHILD ("witness_name", name[1]),
    CHILD ("shared_name", shared_name),
    CHILD ("split_word", split_word),
    CHILD ("witness_word", witness_word),
    CHILD ("gain_box", gain_box),
    CHILD ("gain_label", gain_label),
    CHILD ("spine", spine),
    CHILD ("spinner", spinner),
    CHILD ("zoom", zoom),
#undef CHILD
  };

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_widget_class_bind_template_child_full (klass, children[i].name, FALSE, children[i].offset);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "compare.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "compare.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "compare.fit", NULL, fit_action);
  gtk_widget_class_install_action (klass, "compare.one-to-one", NULL, one_to_one_action);
  gtk_widget_class_install_action (klass, "compare.left", NULL, pan_action);
  gtk_widget_class_install_action (klass, "compare.right", NULL, pan_action);
  gtk_widget_class_install_action (klass, "compare.up", NULL, pan_action);
  gtk_widget_class_install_action (klass, "compare.down", NULL, pan_action);
  gtk_widget_class_install_action (klass, "compare.less", NULL, adjust_action);
  gtk_widget_class_install_action (klass, "compare.more", NULL, adjust_action);
  gtk_widget_class_install_action (klass, "compare.peek", NULL, peek_action);
  gtk_widget_class_install_property_action (klass, "compare.mode", "mode");
  gtk_widget_class_install_property_action (klass, "compare.show-cells", "show-cells");
  gtk_widget_class_install_property_action (klass, "compare.show-redrawn", "show-redrawn");
  gtk_widget_class_install_property_action (klass, "compare.show-tones", "show-tones");
}

static void
tamis_compare_view_class_init (TamisCompareViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tamis_compare_view_dispose;
  object_class->get_property = tamis_compare_view_get_property;
  object_class->set_property = tamis_compare_view_set_property;
  props[PROP_MODE] = g_param_spec_string ("mode", NULL, NULL, "sides", flags);
  props[PROP_SHOW_CELLS] = g_param_spec_boolean ("show-cells", NULL, NULL, FALSE, flags);
  props[PROP_SHOW_REDRAWN] = g_param_spec_boolean ("show-redrawn", NULL, NULL, FALSE, flags);
  props[PROP_SHOW_TONES] = g_param_spec_boolean ("show-tones", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  widget_class->map = tamis_compare_view_map;
  widget_class->unmap = tamis_compare_view_unmap;
  g_type_ensure (TAMIS_TYPE_COMPARE_PANE);
  g_type_ensure (TAMIS_TYPE_COMPARE_SPINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-compare-view.ui");
  bind_children (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  install_actions (widget_class);
}
