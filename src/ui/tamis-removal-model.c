/* TamisRemovalModel: the proposed removals of one class (or all) as a list.
 *
 * DESIGN: after each plan the array of removals is made anew and compared with the old one from both
 * ends, so that a verdict that takes one row out tells the list view about one row, and its scroll
 * position and widgets stay. While the slider is dragged almost every row changes and list views make
 * new cells for them, which takes several frames; then the list follows ten times a second, and
 * all else on screen at full rate.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-removal-model.h"

#include <string.h>

struct _TamisRemovalItem
{
  GObject parent_instance;

  TamisRemoval removal;
};

G_DEFINE_FINAL_TYPE (TamisRemovalItem, tamis_removal_item, G_TYPE_OBJECT)

static void
tamis_removal_item_init (TamisRemovalItem *self)
{
}

static void
tamis_removal_item_class_init (TamisRemovalItemClass *klass)
{
}

TamisRemoval
tamis_removal_item_get (TamisRemovalItem *self)
{
  return self->removal;
}

struct _TamisRemovalModel
{
  GObject parent_instance;

  /* Borrowed: the session outlives its models (both belong to the window) */
  TamisSession *session;

  GArray *removals; /* of TamisRemoval, sorted */
  TamisRemovalSort sort;
  gboolean inactive;
  gint64 refreshed_at; /* monotonic, µs */
  guint later_source;  /* a refresh that waits its turn */
};

#define REFRESH_US (100 * 1000)

static guint will_change_signal;

static GType
get_item_type (GListModel *model)
{
  return TAMIS_TYPE_REMOVAL_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TAMIS_REMOVAL_MODEL (model)->removals->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TamisRemovalModel *self = TAMIS_REMOVAL_MODEL (model);
  TamisRemovalItem *item;

  if (position >= self->removals->len)
    return NULL;
  item = g_object_new (TAMIS_TYPE_REMOVAL_ITEM, NULL);
  item->removal = g_array_index (self->removals, TamisRemoval, position);
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TamisRemovalModel, tamis_removal_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static int
by_row (const TamisRemoval *a, const TamisRemoval *b)
{
  return (a->removed > b->removed) - (a->removed < b->removed);
}

static int
least_similar_first (gconstpointer a, gconstpointer b)
{
  const TamisRemoval *x = a;
  const TamisRemoval *y = b;

  if (x->similarity != y->similarity)
    return x->similarity < y->similarity ? -1 : 1;
  return by_row (x, y);
}

static int
most_similar_first (gconstpointer a, gconstpointer b)
{
  const TamisRemoval *x = a;
  const TamisRemoval *y = b;

  if (x->similarity != y->similarity)
    return x->similarity > y->similarity ? -1 : 1;
  return by_row (x, y);
}

/* What was put off comes last. What was decided stays in its place: a list that moves at each decision
 * cannot be followed by the eye. */
static int
get_turn (TamisQuestion question)
{
  return question == TAMIS_QUESTION_LATER;
}

static int
most_informative_first (gconstpointer a, gconstpointer b, gpointer data)
{
  TamisRemovalModel *self = data;
  TamisPlan *plan = tamis_session_get_plan (self->session);
  TamisQuestions *questions = tamis_session_get_questions (self->session);
  guint x = (guint) tamis_plan_find_removal (plan, ((const TamisRemoval *) a)->removed);
  guint y = (guint) tamis_plan_find_removal (plan, ((const TamisRemoval *) b)->removed);
  int p = get_turn (tamis_questions_get (questions, x));
  int q = get_turn (tamis_questions_get (questions, y));
  double u = tamis_questions_get_information (questions, x);
  double v = tamis_questions_get_information (questions, y);

  if (p != q)
    return p - q;
  if (u != v)
    return u > v ? -1 : 1;
  return by_row (a, b);
}

static void
sort (TamisRemovalModel *self, GArray *removals)
{
  switch (self->sort)
    {
    case TAMIS_REMOVAL_SORT_INFORMATION:
      g_array_sort_with_data (removals, most_informative_first, self);
      break;
    case TAMIS_REMOVAL_SORT_LEAST_SIMILAR:
      g_array_sort (removals, least_similar_first);
      break;
    case TAMIS_REMOVAL_SORT_MOST_SIMILAR:
      g_array_sort (removals, most_similar_first);
      break;
    case TAMIS_REMOVAL_SORT_NAME: /* as the plan has them */
      break;
    }
}

static GArray *
collect (TamisRemovalModel *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  int class_index = tamis_session_get_class (self->session);
  GArray *removals = g_array_new (FALSE, FALSE, sizeof (TamisRemoval));
  TamisRange range;

  if (plan == NULL)
    return removals;
  range = class_index < 0 ? (TamisRange){ 0, tamis_dataset_get_n_images (dataset) }
                          : tamis_dataset_get_class_range (dataset, class_index);
  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      if (removal.removed >= range.first && removal.removed - range.first < range.n)
        g_array_append_val (removals, removal);
    }
  sort (self, removals);
  return removals;
}

static gboolean
same (const TamisRemoval *a, const TamisRemoval *b)
{
  return a->removed == b->removed && a->witness == b->witness;
}

static void
refresh (TamisRemovalModel *self)
{
  GArray *old = self->removals;
  GArray *new = collect (self);
  const TamisRemoval *a = (const TamisRemoval *) (void *) old->data;
  const TamisRemoval *b = (const TamisRemoval *) (void *) new->data;
  guint head = 0;
  guint tail = 0;
  guint shorter = MIN (old->len, new->len);

  while (head < shorter && same (&a[head], &b[head]))
    head++;
  while (tail < shorter - head && same (&a[old->len - 1 - tail], &b[new->len - 1 - tail]))
    tail++;
  if (head + tail < MAX (old->len, new->len))
    g_signal_emit (self, will_change_signal, 0);
  self->removals = new;
  if (head + tail < MAX (old->len, new->len))
    g_list_model_items_changed (G_LIST_MODEL (self), head, old->len - head - tail,
                                new->len - head - tail);
  g_array_unref (old);
}

static gboolean
refresh_later (gpointer data)
{
  TamisRemovalModel *self = data;

  self->later_source = 0;
  self->refreshed_at = g_get_monotonic_time ();
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
plan_changed (TamisRemovalModel *self)
{
  gint64 wait = self->refreshed_at + REFRESH_US - g_get_monotonic_time ();

  if (self->inactive || self->later_source != 0)
    return;
  if (wait > 0)
    self->later_source = g_timeout_add (wait / 1000 + 1, refresh_later, self);
  else
    refresh_later (self);
}

void
tamis_removal_model_set_active (TamisRemovalModel *self, gboolean active)
{
  if (self->inactive == !active)
    return;
  self->inactive = !active;
  if (active)
    refresh (self);
}

TamisRemovalModel *
tamis_removal_model_new (TamisSession *session)
{
  TamisRemovalModel *self = g_object_new (TAMIS_TYPE_REMOVAL_MODEL, NULL);

  self->session = session;
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
  return self;
}

void
tamis_removal_model_set_sort (TamisRemovalModel *self, TamisRemovalSort sort)
{
  if (self->sort == sort)
    return;
  self->sort = sort;
  refresh (self);
}

int
tamis_removal_model_find (TamisRemovalModel *self, guint row)
{
  for (guint i = 0; i < self->removals->len; i++)
    if (g_array_index (self->removals, TamisRemoval, i).removed == row)
      return (int) i;
  return -1;
}

gboolean
tamis_removal_model_get (TamisRemovalModel *self, guint position, TamisRemoval *removal)
{
  if (position >= self->removals->len)
    return FALSE;
  *removal = g_array_index (self->removals, TamisRemoval, position);
  return TRUE;
}

static void
tamis_removal_model_finalize (GObject *object)
{
  g_clear_handle_id (&TAMIS_REMOVAL_MODEL (object)->later_source, g_source_remove);
  g_array_unref (TAMIS_REMOVAL_MODEL (object)->removals);
  G_OBJECT_CLASS (tamis_removal_model_parent_class)->finalize (object);
}

static void
tamis_removal_model_init (TamisRemovalModel *self)
{
  self->removals = g_array_new (FALSE, FALSE, sizeof (TamisRemoval));
}

static void
tamis_removal_model_class_init (TamisRemovalModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_removal_model_finalize;
  will_change_signal = g_signal_new ("will-change", TAMIS_TYPE_REMOVAL_MODEL, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}
