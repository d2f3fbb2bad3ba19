/* TamisRemovalModel: the proposed removals of one class (or all) as a list.
 *
 * DESIGN: the order of the list only changes with T, policy, keep order, class or sort; while verdicts
 * fall, every row keeps the rank it had, so that what a curator sees ahead does not jump about. While
 * the slider is dragged almost every row changes; then the list follows a few times a second, and all
 * else on screen at full rate.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-removal-model.h"

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

/* A row and what it is sorted by. */
typedef struct
{
  TamisRemoval removal;
  gboolean put_off;
  float rank; /* higher comes first */
} Entry;

G_DEFINE_FINAL_TYPE (TamisRemovalModel, tamis_removal_model, G_TYPE_OBJECT)

static guint changed_signal;

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

/* Both lists may have come out of different settings: what is compared is what is seen of them. */
static gboolean
same_lists (GArray *a, GArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      TamisRemoval x = g_array_index (a, Entry, i).removal;
      TamisRemoval y = g_array_index (b, Entry, i).removal;

      if (x.removed != y.removed || x.witness != y.witness)
        return FALSE;
    }
  return TRUE;
}

static void
refresh (TamisRemovalModel *self)
{
  g_autoptr (GArray) before = self->entries;

  self->entries = collect (self);
  self->stale = FALSE;
  if (!same_lists (before, self->entries))
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

/* Rows of the old data set mean nothing in the new one: they go at once, also while nobody looks. */
static void
dataset_changed (TamisRemovalModel *self)
{
  g_clear_handle_id (&self->later_source, g_source_remove);
  self->stale = TRUE;
  if (self->entries->len == 0)
    return;
  g_array_set_size (self->entries, 0);
  g_signal_emit (self, changed_signal, 0);
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
  static const char *const settings[] = { "notify::threshold", "notify::policy", "notify::order" };
  TamisRemovalModel *self = g_object_new (TAMIS_TYPE_REMOVAL_MODEL, NULL);

  self->session = session;
  g_signal_connect_object (session, "dataset", G_CALLBACK (dataset_changed), self, G_CONNECT_SWAPPED);
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

guint
tamis_removal_model_get_n (TamisRemovalModel *self)
{
  return self->entries->len;
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
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_REMOVAL_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
