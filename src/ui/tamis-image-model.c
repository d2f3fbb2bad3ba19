/* TamisImageModel: the images of one class (or all) as a list.
 *
 * DESIGN: all images of a class are a range of rows, so that case stores no more than two numbers;
 * only the filtered views hold an array of rows, made anew after each plan.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-image-model.h"

struct _TamisImageItem
{
  GObject parent_instance;

  guint row;
};

G_DEFINE_FINAL_TYPE (TamisImageItem, tamis_image_item, G_TYPE_OBJECT)

static void
tamis_image_item_init (TamisImageItem *self)
{
}

static void
tamis_image_item_class_init (TamisImageItemClass *klass)
{
}

guint
tamis_image_item_get_row (TamisImageItem *self)
{
  return self->row;
}

struct _TamisImageModel
{
  GObject parent_instance;

  /* Borrowed: the session outlives its models (both belong to the window) */
  TamisSession *session;

  TamisRange range;
  GArray *rows; /* of guint32; NULL: the whole range */
  TamisImagesShown shown;
  gboolean inactive;
};

static guint
count (TamisImageModel *self)
{
  return self->rows != NULL ? self->rows->len : self->range.n;
}

static GType
get_item_type (GListModel *model)
{
  return TAMIS_TYPE_IMAGE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return count (TAMIS_IMAGE_MODEL (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  TamisImageModel *self = TAMIS_IMAGE_MODEL (model);
  TamisImageItem *item;

  if (position >= count (self))
    return NULL;
  item = g_object_new (TAMIS_TYPE_IMAGE_ITEM, NULL);
  item->row = self->rows != NULL ? g_array_index (self->rows, guint32, position)
                                 : self->range.first + position;
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TamisImageModel, tamis_image_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static TamisRange
find_range (TamisImageModel *self)
{
  TamisDataset *dataset = tamis_session_get_dataset (self->session);
  int class_index = tamis_session_get_class (self->session);

  if (dataset == NULL)
    return (TamisRange){ 0, 0 };
  return class_index < 0 ? (TamisRange){ 0, tamis_dataset_get_n_images (dataset) }
                         : tamis_dataset_get_class_range (dataset, class_index);
}

static GArray *
filter (TamisImageModel *self, TamisRange range)
{
  TamisPlan *plan = tamis_session_get_plan (self->session);
  GArray *rows;

  if (self->shown == TAMIS_IMAGES_ALL || plan == NULL)
    return NULL;
  rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 row = range.first; row < range.first + range.n; row++)
    if (tamis_plan_is_kept (plan, row) == (self->shown == TAMIS_IMAGES_KEPT))
      g_array_append_val (rows, row);
  return rows;
}

static void
rebuild (TamisImageModel *self)
{
  guint before = count (self);

  g_clear_pointer (&self->rows, g_array_unref);
  self->range = self->inactive ? (TamisRange){ 0, 0 } : find_range (self);
  self->rows = filter (self, self->range);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, count (self));
}

/* Fates change within the same rows; whoever shows them follows the session itself. */
static void
plan_changed (TamisImageModel *self)
{
  if (self->shown != TAMIS_IMAGES_ALL && !self->inactive)
    rebuild (self);
}

static void
class_changed (TamisImageModel *self)
{
  if (!self->inactive)
    rebuild (self);
}

TamisImageModel *
tamis_image_model_new (TamisSession *session)
{
  TamisImageModel *self = g_object_new (TAMIS_TYPE_IMAGE_MODEL, NULL);

  self->session = session;
  g_signal_connect_object (session, "dataset", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::class", G_CALLBACK (class_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return self;
}

void
tamis_image_model_set_shown (TamisImageModel *self, TamisImagesShown shown)
{
  if (self->shown == shown)
    return;
  self->shown = shown;
  rebuild (self);
}

void
tamis_image_model_set_active (TamisImageModel *self, gboolean active)
{
  if (self->inactive == !active)
    return;
  self->inactive = !active;
  if (active)
    rebuild (self);
}

static void
tamis_image_model_finalize (GObject *object)
{
  g_clear_pointer (&TAMIS_IMAGE_MODEL (object)->rows, g_array_unref);
  G_OBJECT_CLASS (tamis_image_model_parent_class)->finalize (object);
}

static void
tamis_image_model_init (TamisImageModel *self)
{
}

static void
tamis_image_model_class_init (TamisImageModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_image_model_finalize;
}
