/* TamisPairStrip: see tamis-pair-strip.h.
 *
 * DESIGN: a GtkListView keeps some two hundred cells alive whatever it shows, looks through the whole
 * model for its selected item after each change, and loses the focus with the row that had it. This one
 * has as many cells as there is room for; position p is always shown by cell p modulo their number, so
 * that scrolling by one pair changes one cell. The strip itself has the focus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-pair-strip.h"

struct _TamisPairStrip
{
  GtkWidget parent_instance;

  /* Owned */
  GPtrArray *cells; /* of TamisPairCell, its children */
  GtkAdjustment *adjustment[2]; /* by GtkOrientation; nullable */

  /* Borrowed */
  TamisSession *session;
  TamisPairStripGet get;
  gpointer owner;

  guint n;
  guint selected;
  int pitch; /* from cell to cell, pixels; 0 until it is known */
  gboolean unseen; /* the selected pair is to be brought into view */
  GtkScrollablePolicy policy[2];
};

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

G_DEFINE_FINAL_TYPE_WITH_CODE (TamisPairStrip, tamis_pair_strip, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint selected_signal;

/* ---- where things are ---- */

static double
get_offset (TamisPairStrip *self)
{
  GtkAdjustment *adjustment = self->adjustment[GTK_ORIENTATION_HORIZONTAL];

  return adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0;
}

/* The offset nearest to @offset at which the selected pair is in view, and its neighbours. */
static double
bring_into_view (TamisPairStrip *self, double offset, int width)
{
  double left = (double) self->selected * self->pitch;
  double neighbour = 3 * self->pitch <= width ? self->pitch : 0;

  return MAX (MIN (offset, left - neighbour), left + self->pitch + neighbour - width);
}

/* Tells the scroll bar of length and place. The cells follow with the next allocation: who calls sees to it. */
static void
scroll_to (TamisPairStrip *self, double offset)
{
  GtkAdjustment *adjustment = self->adjustment[GTK_ORIENTATION_HORIZONTAL];
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double length = MAX ((double) self->n * self->pitch, width);

  if (adjustment == NULL || width == 0 || self->pitch == 0)
    return;
  if (self->unseen && self->selected < self->n)
    offset = bring_into_view (self, offset, width);
  self->unseen = FALSE;
  g_signal_handlers_block_by_func (adjustment, gtk_widget_queue_allocate, self);
  gtk_adjustment_configure (adjustment, CLAMP (offset, 0, length - width), 0, length, self->pitch, width,
                            width);
  g_signal_handlers_unblock_by_func (adjustment, gtk_widget_queue_allocate, self);
}

/* ---- cells ---- */

static void
show_cell (TamisPairStrip *self, GtkWidget *cell, guint position)
{
  TamisPairShown pair;
  gboolean shown = position < self->n && self->get (self->owner, position, &pair);

  gtk_widget_set_child_visible (cell, shown);
  if (!shown)
    return;
  tamis_pair_cell_set (TAMIS_PAIR_CELL (cell), tamis_session_get_dataset (self->session), &pair);
  tamis_pair_cell_set_selected (TAMIS_PAIR_CELL (cell), position == self->selected);
}

/* As many as can be in view at once, in part too. */
static void
make_cells (TamisPairStrip *self, int width)
{
  guint wanted = (guint) (width / self->pitch) + 2;

  while (self->cells->len < wanted)
    {
      GtkWidget *cell = tamis_pair_cell_new ();

      gtk_widget_set_parent (cell, GTK_WIDGET (self));
      g_ptr_array_add (self->cells, cell);
    }
}

static void
place_cells (TamisPairStrip *self, int height)
{
  double offset = get_offset (self);
  guint first = (guint) (offset / self->pitch);

  for (guint position = first; position < first + self->cells->len; position++)
    {
      GtkWidget *cell = self->cells->pdata[position % self->cells->len];
      float x = (float) ((double) position * self->pitch - offset);

      show_cell (self, cell, position);
      if (gtk_widget_get_child_visible (cell))
        gtk_widget_allocate (cell, self->pitch, height, -1,
                             gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (floorf (x), 0)));
    }
}

static void
tamis_pair_strip_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TamisPairStrip *self = TAMIS_PAIR_STRIP (widget);

  gtk_widget_measure (self->cells->pdata[0], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &self->pitch, NULL,
                      NULL);
  self->pitch = MAX (self->pitch, 1);
  make_cells (self, width);
  scroll_to (self, get_offset (self));
  if (self->get != NULL)
    place_cells (self, height);
}

static void
tamis_pair_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (TAMIS_PAIR_STRIP (widget)->cells->pdata[0], orientation, -1, minimum, natural, NULL,
                      NULL);
}

/* ---- the list ---- */

void
tamis_pair_strip_set_source (TamisPairStrip *self, TamisSession *session, TamisPairStripGet get,
                             gpointer owner)
{
  self->session = session;
  self->get = get;
  self->owner = owner;
}

void
tamis_pair_strip_update (TamisPairStrip *self)
{
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
tamis_pair_strip_set_list (TamisPairStrip *self, guint n, guint selected)
{
  double offset = get_offset (self);

  if (selected != GTK_INVALID_LIST_POSITION && self->selected != GTK_INVALID_LIST_POSITION)
    offset += ((double) selected - (double) self->selected) * self->pitch;
  self->n = n;
  self->selected = selected;
  self->unseen = TRUE;
  scroll_to (self, offset);
  tamis_pair_strip_update (self);
}

void
tamis_pair_strip_select (TamisPairStrip *self, guint position)
{
  self->selected = position;
  self->unseen = TRUE;
  scroll_to (self, get_offset (self));
  tamis_pair_strip_update (self);
}

/* ---- the user ---- */

static void
choose (TamisPairStrip *self, guint position)
{
  if (position < self->n && position != self->selected)
    g_signal_emit (self, selected_signal, 0, position);
}

static void
on_pressed (TamisPairStrip *self, int n_press, double x)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  choose (self, (guint) ((x + get_offset (self)) / self->pitch));
}

/* @args: by how many pairs (G_MININT and G_MAXINT: to either end), and by how many times what is in view. */
static gboolean
on_move (GtkWidget *widget, GVariant *args, gpointer data)
{
  TamisPairStrip *self = TAMIS_PAIR_STRIP (widget);
  int page = MAX (gtk_widget_get_width (widget) / MAX (self->pitch, 1), 1);
  gint64 from = self->selected < self->n ? self->selected : 0;
  int by, pages;

  g_variant_get (args, "(ii)", &by, &pages);
  if (self->n > 0)
    choose (self, (guint) CLAMP (from + by + (gint64) page * pages, 0, (gint64) self->n - 1));
  return TRUE;
}

/* ---- GtkScrollable ---- */

static void
set_adjustment (TamisPairStrip *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **at = &self->adjustment[orientation];

  if (*at != NULL)
    g_signal_handlers_disconnect_by_func (*at, gtk_widget_queue_allocate, self);
  g_clear_object (at);
  *at = g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_object (*at, "value-changed", G_CALLBACK (gtk_widget_queue_allocate), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
tamis_pair_strip_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TamisPairStrip *self = TAMIS_PAIR_STRIP (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustment[id == PROP_VADJUSTMENT]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policy[id == PROP_VSCROLL_POLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tamis_pair_strip_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TamisPairStrip *self = TAMIS_PAIR_STRIP (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, id == PROP_VADJUSTMENT ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                      g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->policy[id == PROP_VSCROLL_POLICY] = (GtkScrollablePolicy) g_value_get_enum (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* ---- construction ---- */

static void
tamis_pair_strip_dispose (GObject *object)
{
  TamisPairStrip *self = TAMIS_PAIR_STRIP (object);

  for (guint i = 0; i < self->cells->len; i++)
    gtk_widget_unparent (self->cells->pdata[i]);
  g_ptr_array_set_size (self->cells, 0);
  for (int i = 0; i < 2; i++)
    g_clear_object (&self->adjustment[i]);
  G_OBJECT_CLASS (tamis_pair_strip_parent_class)->dispose (object);
}

static void
tamis_pair_strip_finalize (GObject *object)
{
  g_ptr_array_unref (TAMIS_PAIR_STRIP (object)->cells);
  G_OBJECT_CLASS (tamis_pair_strip_parent_class)->finalize (object);
}

static void
tamis_pair_strip_init (TamisPairStrip *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();

  self->selected = GTK_INVALID_LIST_POSITION;
  self->cells = g_ptr_array_new ();
  g_ptr_array_add (self->cells, tamis_pair_cell_new ()); /* one at least, to be measured */
  gtk_widget_set_parent (self->cells->pdata[0], widget);
  gtk_widget_set_child_visible (self->cells->pdata[0], FALSE);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (widget, "filmstrip");
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

static void
bind_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    int by, pages;
  } moves[] = { { GDK_KEY_Left, -1, 0 },      { GDK_KEY_Right, 1, 0 },
                { GDK_KEY_Page_Up, 0, -1 },   { GDK_KEY_Page_Down, 0, 1 },
                { GDK_KEY_Home, G_MININT, 0 }, { GDK_KEY_End, G_MAXINT, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (klass, moves[i].key, 0, on_move, "(ii)", moves[i].by, moves[i].pages);
}

static void
tamis_pair_strip_class_init (TamisPairStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tamis_pair_strip_dispose;
  object_class->finalize = tamis_pair_strip_finalize;
  object_class->get_property = tamis_pair_strip_get_property;
  object_class->set_property = tamis_pair_strip_set_property;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  selected_signal = g_signal_new ("selected", TAMIS_TYPE_PAIR_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  widget_class->measure = tamis_pair_strip_measure;
  widget_class->size_allocate = tamis_pair_strip_size_allocate;
  bind_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "listview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}
