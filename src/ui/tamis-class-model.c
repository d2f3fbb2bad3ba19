/* The classes of the open data set as a list.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-class-model.h"

#include "tamis-format.h"

#include <glib/gi18n.h>

struct _TamisClassItem
{
  GObject parent_instance;

  char *name;
  int index;
  guint before;
  guint after;
  double threshold; /* negative: that of all */
};

enum {
  PROP_NAME = 1,
  PROP_BEFORE,
  PROP_AFTER,
  PROP_THRESHOLD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TamisClassItem, tamis_class_item, G_TYPE_OBJECT)

int
tamis_class_item_get_index (TamisClassItem *self)
{
  return self->index;
}

const char *
tamis_class_item_get_name (TamisClassItem *self)
{
  return self->name;
}

guint
tamis_class_item_get_before (TamisClassItem *self)
{
  return self->before;
}

guint
tamis_class_item_get_after (TamisClassItem *self)
{
  return self->after;
}

double
tamis_class_item_get_threshold (TamisClassItem *self)
{
  return self->threshold;
}

gboolean
tamis_class_item_loses_half (TamisClassItem *self)
{
  return (guint64) self->after * 2 < self->before;
}

static void
tamis_class_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TamisClassItem *self = TAMIS_CLASS_ITEM (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_BEFORE:
      g_value_set_uint (value, self->before);
      break;
    case PROP_AFTER:
      g_value_set_uint (value, self->after);
      break;
    case PROP_THRESHOLD:
      g_value_set_double (value, self->threshold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tamis_class_item_finalize (GObject *object)
{
  g_free (TAMIS_CLASS_ITEM (object)->name);
  G_OBJECT_CLASS (tamis_class_item_parent_class)->finalize (object);
}

static void
tamis_class_item_init (TamisClassItem *self)
{
}

static void
tamis_class_item_class_init (TamisClassItemClass *klass)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  G_OBJECT_CLASS (klass)->get_property = tamis_class_item_get_property;
  G_OBJECT_CLASS (klass)->finalize = tamis_class_item_finalize;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_BEFORE] = g_param_spec_uint ("before", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_AFTER] = g_param_spec_uint ("after", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_THRESHOLD]
      = g_param_spec_double ("threshold", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static TamisClassItem *
item_new (int index, const char *name, guint before)
{
  TamisClassItem *self = g_object_new (TAMIS_TYPE_CLASS_ITEM, NULL);

  self->index = index;
  self->name = tamis_format_path (name);
  self->before = self->after = before;
  self->threshold = -1.0;
  return self;
}

static void
fill (TamisSession *session, GListStore *store)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (dataset != NULL)
    {
      g_ptr_array_add (items, item_new (-1, _("All classes"), tamis_dataset_get_n_images (dataset)));
      for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
        g_ptr_array_add (items, item_new (c, tamis_dataset_get_class_name (dataset, c),
                                          tamis_dataset_get_class_range (dataset, c).n));
    }
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata,
                       items->len);
}

static void
item_follow_plan (TamisClassItem *item, TamisPlan *plan)
{
  gboolean all = item->index < 0;
  guint after
      = all ? tamis_plan_get_n_kept (plan) : tamis_plan_get_class_kept (plan, item->index);
  double threshold = all ? -1.0 : tamis_plan_get_class_threshold (plan, item->index);

  if (threshold == tamis_plan_get_threshold (plan))
    threshold = -1.0;
  if (item->after != after)
    {
      item->after = after;
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_AFTER]);
    }
  if (item->threshold != threshold)
    {
      item->threshold = threshold;
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_THRESHOLD]);
    }
}

static void
follow_plan (TamisSession *session, GListStore *store)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  if (plan == NULL)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TamisClassItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      item_follow_plan (item, plan);
    }
}

GListModel *
tamis_class_model_new (TamisSession *session)
{
  GListStore *store = g_list_store_new (TAMIS_TYPE_CLASS_ITEM);

  g_signal_connect_object (session, "dataset", G_CALLBACK (fill), store, 0);
  g_signal_connect_object (session, "plan", G_CALLBACK (follow_plan), store, 0);
  fill (session, store);
  follow_plan (session, store);
  return G_LIST_MODEL (store);
}
