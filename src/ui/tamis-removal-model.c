/* TamisRemovalModel: the proposed removals of one class (or all) as a list.
 *
 * DESIGN: a list view keeps some two hundred cells alive, and making them anew takes several frames.
 * So the order of the list only changes with T, policy, keep order, class or sort; while verdicts
 * fall, every row keeps the rank it had, old and new list are in the same order, and one walk through
 * both tells the view exactly which rows came and went. While the slider is dragged almost every row
 * changes; then the list follows a few times a second, and all else on screen at full rate.
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

  GArray *entries; /* of Entry, sorted */
  TamisRemovalSort sort;
  gboolean stale; /* the ranks: they are those of other settings */
  gboolean inactive;
  gint64 refreshed_at; /* monotonic, µs */
  guint later_source;  /* a refresh that waits its turn */
};

#define REFRESH_US (250 * 1000)
#define MOST_EDITS 64 /* told one by one; more are one change */

/* A row and what it is sorted by. */
typedef struct
{
  TamisRemoval removal;
  gboolean put_off;
  float rank; /* higher comes first */
} Entry;

static guint will_change_signal;
static guint changed_signal;

static GType
get_item_type (GListModel *model)
{
  return TAMIS_TYPE_REMOVAL_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TAMIS_REMOVAL_MODEL (model)->entries->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TamisRemovalModel *self = TAMIS_REMOVAL_MODEL (model);
  TamisRemovalItem *item;

  if (position >= self->entries->len)
    return NULL;
  item = g_object_new (TAMIS_TYPE_REMOVAL_ITEM, NULL);
  item->removal = g_array_index (self->entries, Entry, position).removal;
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
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  if (x->put_off != y->put_off)
    return x->put_off - y->put_off;
  if (x->rank != y->rank)
    return x->rank > y->rank ? -1 : 1;
  return (x->removal.removed > y->removal.removed) - (x->removal.removed < y->removal.removed);
}

static Entry
make_entry (TamisRemovalModel *self, TamisPlan *plan, TamisQuestions *questions, guint i)
{
  Entry entry = { tamis_plan_get_removal (plan, i), FALSE, 0 };

  switch (self->sort)
    {
    case TAMIS_REMOVAL_SORT_INFORMATION:
      entry.put_off = tamis_questions_get (questions, i) == TAMIS_QUESTION_LATER;
      entry.rank = (float) tamis_questions_get_information (questions, i);
      break;
    case TAMIS_REMOVAL_SORT_LEAST_SIMILAR:
      entry.rank = -(float) entry.removal.similarity;
      break;
    case TAMIS_REMOVAL_SORT_MOST_SIMILAR:
      entry.rank = (float) entry.removal.similarity;
      break;
    case TAMIS_REMOVAL_SORT_NAME: /* as the plan has them */
      break;
    }
  return entry;
}

/* The entries on show by row: their ranks are kept. */
static GHashTable *
collect_known (TamisRemovalModel *self)
{
  GHashTable *known = g_hash_table_new (NULL, NULL);

  for (guint i = 0; !self->stale && i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);

      g_hash_table_insert (known, GUINT_TO_POINTER (entry->removal.removed), entry);
    }
  return known;
}

static GArray *
collect (TamisRemovalModel *self)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  TamisQuestions *questions = tamis_session_get_questions (self->session);
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  int class_index = tamis_session_get_class (self->session);
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GHashTable) known = NULL;
  TamisRange range;

  if (plan == NULL)
    return entries;
  known = collect_known (self);
  range = class_index < 0 ? (TamisRange){ 0, tamis_dataset_get_n_images (dataset) }
                          : tamis_dataset_get_class_range (dataset, class_index);
  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    {
      Entry entry = make_entry (self, plan, questions, i);
      const Entry *before
          = g_hash_table_lookup (known, GUINT_TO_POINTER (entry.removal.removed));

      if (before != NULL)
        {
          entry.put_off = before->put_off;
          entry.rank = before->rank;
        }
      if (entry.removal.removed >= range.first && entry.removal.removed - range.first < range.n)
        g_array_append_val (entries, entry);
    }
  g_array_sort (entries, compare_entries);
  return entries;
}

/* ---- what has changed ---- */

typedef struct
{
  guint position; /* in the old list */
  guint n_removed;
  guint from; /* in the new list */
  guint n_added;
} Edit;

static gboolean
same (const Entry *a, const Entry *b)
{
  return a->removal.removed == b->removal.removed && a->removal.witness == b->removal.witness;
}

/* Both lists in one order: runs of rows that went, came or got another witness. */
static GArray *
compare_lists (GArray *old, GArray *new)
{
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  guint i = 0, j = 0;

  while (i < old->len || j < new->len)
    {
      Edit edit = { i, 0, j, 0 };

      while (i < old->len || j < new->len)
        {
          const Entry *a = i < old->len ? &g_array_index (old, Entry, i) : NULL;
          const Entry *b = j < new->len ? &g_array_index (new, Entry, j) : NULL;
          int order = a == NULL ? 1 : b == NULL ? -1 : compare_entries (a, b);

          if (order == 0 && same (a, b))
            break;
          i += order <= 0;
          j += order >= 0;
        }
      edit.n_removed = i - edit.position;
      edit.n_added = j - edit.from;
      if (edit.n_removed + edit.n_added > 0)
        g_array_append_val (edits, edit);
      i++;
      j++;
    }
  return edits;
}

/* Lists in different orders: all but the same beginning and end. */
static GArray *
compare_ends (GArray *old, GArray *new)
{
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  const Entry *a = (const Entry *) (void *) old->data;
  const Entry *b = (const Entry *) (void *) new->data;
  guint head = 0, tail = 0, shorter = MIN (old->len, new->len);
  Edit edit;

  while (head < shorter && same (&a[head], &b[head]))
    head++;
  while (tail < shorter - head && same (&a[old->len - 1 - tail], &b[new->len - 1 - tail]))
    tail++;
  edit = (Edit){ head, old->len - head - tail, head, new->len - head - tail };
  if (edit.n_removed + edit.n_added > 0)
    g_array_append_val (edits, edit);
  return edits;
}

/* From the end, so that the positions of edits to come stay right. */
static void
carry_out (TamisRemovalModel *self, GArray *edits, GArray *new)
{
  for (guint i = edits->len; i-- > 0;)
    {
      const Edit *edit = &g_array_index (edits, Edit, i);

      if (edit->n_removed > 0)
        g_array_remove_range (self->entries, edit->position, edit->n_removed);
      if (edit->n_added > 0)
        g_array_insert_vals (self->entries, edit->position, &g_array_index (new, Entry, edit->from),
                             edit->n_added);
      g_list_model_items_changed (G_LIST_MODEL (self), edit->position, edit->n_removed,
                                  edit->n_added);
    }
}

static void
refresh (TamisRemovalModel *self)
{
  g_autoptr (GArray) new = collect (self);
  g_autoptr (GArray) edits
      = self->stale ? compare_ends (self->entries, new) : compare_lists (self->entries, new);

  if (edits->len > MOST_EDITS)
    {
      g_array_unref (edits);
      edits = compare_ends (self->entries, new);
    }
  self->stale = FALSE;
  if (edits->len == 0)
    return;
  g_signal_emit (self, will_change_signal, 0);
  carry_out (self, edits, new);
  g_signal_emit (self, changed_signal, 0);
}

static void
refresh_anew (TamisRemovalModel *self)
{
  self->stale = TRUE;
  if (!self->inactive)
    refresh (self);
}

static void
settings_changed (TamisRemovalModel *self)
{
  self->stale = TRUE;
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
  static const char *const settings[]
      = { "dataset", "notify::threshold", "notify::policy", "notify::order" };
  TamisRemovalModel *self = g_object_new (TAMIS_TYPE_REMOVAL_MODEL, NULL);

  self->session = session;
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (refresh_anew), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_signal_connect_object (session, settings[i], G_CALLBACK (settings_changed), self,
                             G_CONNECT_SWAPPED);
  refresh (self);
  return self;
}

void
tamis_removal_model_set_sort (TamisRemovalModel *self, TamisRemovalSort sort)
{
  if (self->sort == sort)
    return;
  self->sort = sort;
  refresh_anew (self);
}

int
tamis_removal_model_find (TamisRemovalModel *self, guint row)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, Entry, i).removal.removed == row)
      return (int) i;
  return -1;
}

gboolean
tamis_removal_model_get (TamisRemovalModel *self, guint position, TamisRemoval *removal)
{
  if (position >= self->entries->len)
    return FALSE;
  *removal = g_array_index (self->entries, Entry, position).removal;
  return TRUE;
}

static void
tamis_removal_model_finalize (GObject *object)
{
  g_clear_handle_id (&TAMIS_REMOVAL_MODEL (object)->later_source, g_source_remove);
  g_array_unref (TAMIS_REMOVAL_MODEL (object)->entries);
  G_OBJECT_CLASS (tamis_removal_model_parent_class)->finalize (object);
}

static void
tamis_removal_model_init (TamisRemovalModel *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
}

static void
tamis_removal_model_class_init (TamisRemovalModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_removal_model_finalize;
  will_change_signal = g_signal_new ("will-change", TAMIS_TYPE_REMOVAL_MODEL, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_REMOVAL_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
