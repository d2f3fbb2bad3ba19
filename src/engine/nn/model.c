/* TamisModel: weights, head and metadata of one file, immutable.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model-private.h"

#include "safetensors.h"

#include "kernels/panels.h"

#include <stdatomic.h>
#include <string.h>

G_DEFINE_QUARK (tamis-model-error-quark, tamis_model_error)

struct _TamisModel
{
  atomic_int references;
  char *name;
  char *sha256;
  float *parameters;
  float *packed;
  gboolean has_decoder;
  TamisHead *head; /* nullable */
  GHashTable *metadata;
  TamisMetric metric;
  double recommended;
  double floor;
};

/* What a file without metadata gets: METHOD A2's T for raw, QUALITY's start for whitened. */
static const struct { const char *name; double recommended, floor; } metrics[] = {
  [TAMIS_METRIC_RAW] = { "raw", 0.97, 0.90 },
  [TAMIS_METRIC_WHITENED] = { "whitened", 0.85, 0.60 },
};

TamisHead *
tamis_head_new (int dimension)
{
  TamisHead *self = g_new0 (TamisHead, 1);

  self->dimension = dimension;
  self->mean = g_new0 (float, TAMIS_NETWORK_LATENT);
  self->weight = g_new0 (float, (gsize) dimension * TAMIS_NETWORK_LATENT);
  return self;
}

void
tamis_head_free (TamisHead *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->weight);
  g_aligned_free (self->packed);
  g_free (self);
}

TamisModel *
tamis_model_ref (TamisModel *self)
{
  atomic_fetch_add (&self->references, 1);
  return self;
}

void
tamis_model_unref (TamisModel *self)
{
  if (self == NULL || atomic_fetch_sub (&self->references, 1) != 1)
    return;
  g_free (self->name);
  g_free (self->sha256);
  g_free (self->parameters);
  g_aligned_free (self->packed);
  tamis_head_free (self->head);
  g_hash_table_unref (self->metadata);
  g_free (self);
}

/* A cosine from the metadata, or @fallback where there is none or it is no cosine. */
static double
get_cosine (TamisModel *self, const char *key, double fallback)
{
  g_autofree char *full = g_strdup_printf ("tamis.%s.%s", key, metrics[self->metric].name);
  const char *text = tamis_model_get_metadata (self, full);
  char *end = NULL;
  double value = text != NULL ? g_ascii_strtod (text, &end) : fallback;

  return text == NULL || (end != text && *end == '\0' && value >= -1.0 && value <= 1.0) ? value
                                                                                        : fallback;
}

static void
choose_metric (TamisModel *self, TamisMetric metric)
{
  self->metric = self->head != NULL ? metric : TAMIS_METRIC_RAW;
  self->recommended = get_cosine (self, "recommended", metrics[self->metric].recommended);
  self->floor = MIN (get_cosine (self, "floor", metrics[self->metric].floor), self->recommended);
}

static int
n_layers (TamisModel *self)
{
  return self->has_decoder ? TAMIS_NETWORK_LAYERS : TAMIS_NETWORK_DEPTH;
}

static void
pack (TamisModel *self)
{
  const TamisNetwork *network = tamis_network_get ();

  self->packed = g_aligned_alloc (network->n_packed, sizeof (float), 64);
  for (int i = 0; i < n_layers (self); i++)
    {
      const TamisLayer *layer = &network->layers[i];
      const float *weights = self->parameters + layer->weights;

      if (i < TAMIS_NETWORK_DEPTH)
        tamis_conv_pack_down (&layer->shape, weights, self->packed + layer->packed);
      else
        tamis_conv_pack_up (&layer->shape, weights, self->packed + layer->packed);
    }
  if (self->head != NULL)
    {
      int dimension = self->head->dimension;

      self->head->packed = g_aligned_alloc (
          tamis_panels_size (TAMIS_NETWORK_LATENT, dimension), sizeof (float), 64);
      tamis_panels_pack (TAMIS_NETWORK_LATENT, dimension, self->head->weight, dimension,
                         self->head->packed);
    }
}

/* rows × columns → columns × rows. */
static void
transpose (int rows, int columns, const float *from, float *to)
{
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      to[(gsize) j * rows + i] = from[(gsize) i * columns + j];
}

static void
add_head (TamisTensorsWriter *writer, const TamisHead *head, gboolean half)
{
  gint64 sides[] = { head->dimension, TAMIS_NETWORK_LATENT };
  TamisTensor mean_tensor = { .name = "head.mean", .sides = sides + 1, .n_sides = 1 };
  TamisTensor weight_tensor = { .name = "head.weight", .sides = sides, .n_sides = 2 };
  g_autofree float *weight = g_new (float, (gsize) head->dimension * TAMIS_NETWORK_LATENT);

  transpose (TAMIS_NETWORK_LATENT, head->dimension, head->weight, weight);
  /* Always float32: rounding the mean would shift every descriptor the same way. */
  tamis_tensors_writer_add (writer, &mean_tensor, head->mean, FALSE);
  tamis_tensors_writer_add (writer, &weight_tensor, weight, half);
}

static GBytes *
serialise (TamisModel *self, gboolean half, GHashTable *metadata)
{
  const TamisNetwork *network = tamis_network_get ();
  TamisTensorsWriter *writer = tamis_tensors_writer_new (metadata);

  for (int i = 0; i < n_layers (self); i++)
    {
      const TamisLayer *layer = &network->layers[i];
      g_autofree float *torch = g_new (float, layer->n_weights);
      g_autofree char *weight = tamis_network_tensor_name (i, "weight");
      g_autofree char *bias = tamis_network_tensor_name (i, "bias");
      gint64 sides[] = { layer->shape.coarse, layer->shape.fine, 3, 3 };
      gint64 side = layer->n_bias;
      TamisTensor weight_tensor = { .name = weight, .sides = sides, .n_sides = 4 };
      TamisTensor bias_tensor = { .name = bias, .sides = &side, .n_sides = 1 };

      tamis_network_to_torch (layer, self->parameters + layer->weights, torch);
      tamis_tensors_writer_add (writer, &weight_tensor, torch, half);
      tamis_tensors_writer_add (writer, &bias_tensor, self->parameters + layer->bias, half);
    }
  if (self->head != NULL)
    add_head (writer, self->head, half);
  return tamis_tensors_writer_end (writer);
}

TamisModel *
tamis_model_new_take (float *parameters, gboolean has_decoder, TamisHead *head,
                      GHashTable *metadata)
{
  TamisModel *self = g_new0 (TamisModel, 1);
  g_autoptr (GBytes) bytes = NULL;

  atomic_init (&self->references, 1);
  self->name = g_strdup ("");
  self->parameters = parameters;
  self->head = head;
  self->metadata = metadata;
  self->has_decoder = has_decoder;
  pack (self);
  choose_metric (self, head != NULL ? TAMIS_METRIC_WHITENED : TAMIS_METRIC_RAW);
  bytes = serialise (self, FALSE, metadata);
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return self;
}

static gboolean
load_layers (TamisTensors *tensors, int n, float *parameters, GError **error)
{
  const TamisNetwork *network = tamis_network_get ();

  for (int i = 0; i < n; i++)
    {
      const TamisLayer *layer = &network->layers[i];
      g_autofree float *torch = g_new (float, layer->n_weights);
      g_autofree char *weight = tamis_network_tensor_name (i, "weight");
      g_autofree char *bias = tamis_network_tensor_name (i, "bias");
      gint64 sides[] = { layer->shape.coarse, layer->shape.fine, 3, 3 };
      gint64 side = layer->n_bias;
      TamisTensor weight_tensor = { .name = weight, .sides = sides, .n_sides = 4 };
      TamisTensor bias_tensor = { .name = bias, .sides = &side, .n_sides = 1 };

      if (!tamis_tensors_read (tensors, &weight_tensor, torch, error)
          || !tamis_tensors_read (tensors, &bias_tensor, parameters + layer->bias, error))
        return FALSE;
      tamis_network_from_torch (layer, torch, parameters + layer->weights);
    }
  return TRUE;
}

static gboolean
load_head (TamisTensors *tensors, TamisHead **head, GError **error)
{
  const TamisTensor *weight = tamis_tensors_find (tensors, "head.weight");
  gint64 sides[] = { 128, TAMIS_NETWORK_LATENT };
  TamisTensor mean_tensor = { .name = "head.mean", .sides = sides + 1, .n_sides = 1 };
  TamisTensor weight_tensor = { .name = "head.weight", .sides = sides, .n_sides = 2 };
  g_autofree float *values = NULL;

  if (weight == NULL)
    return TRUE;
  if (weight->n_sides == 2 && weight->sides[0] >= 1 && weight->sides[0] <= TAMIS_HEAD_MAX)
    sides[0] = weight->sides[0];
  *head = tamis_head_new (sides[0]);
  values = g_new (float, sides[0] * TAMIS_NETWORK_LATENT);
  if (!tamis_tensors_read (tensors, &mean_tensor, (*head)->mean, error)
      || !tamis_tensors_read (tensors, &weight_tensor, values, error))
    return FALSE;
  transpose (sides[0], TAMIS_NETWORK_LATENT, values, (*head)->weight);
  return TRUE;
}

static TamisModel *
load (const char *path, GError **error)
{
  const TamisNetwork *network = tamis_network_get ();
  g_autoptr (TamisTensors) tensors = tamis_tensors_load (path, error);
  g_autoptr (TamisModel) self = NULL;

  if (tensors == NULL)
    return NULL;
  self = g_new0 (TamisModel, 1);
  atomic_init (&self->references, 1);
  self->sha256 = g_strdup (tamis_tensors_get_sha256 (tensors));
  self->metadata = g_hash_table_ref (tamis_tensors_get_metadata (tensors));
  self->parameters = g_new0 (float, network->n_parameters);
  self->has_decoder = tamis_tensors_find (tensors, "decoder.0.weight") != NULL;
  if (!load_layers (tensors, n_layers (self), self->parameters, error)
      || !load_head (tensors, &self->head, error))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_prefix_error (error, "%s: ", shown);
      return NULL;
    }
  pack (self);
  return g_steal_pointer (&self);
}

TamisModel *
tamis_model_open (const char *name, GError **error)
{
  gboolean paper = g_str_equal (name, "paper");
  gboolean bundled = paper || g_str_equal (name, "whitened");
  g_autofree char *path
      = bundled ? tamis_find_data ("models/tamis.safetensors") : g_strdup (name);
  TamisModel *self;
  TamisMetric metric;

  if (path == NULL)
    {
      g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_NOT_FOUND,
                   "the model \"%s\" (models/tamis.safetensors) is not installed", name);
      return NULL;
    }
  self = load (path, error);
  if (self == NULL)
    return NULL;
  self->name = g_strdup (name);
  metric = g_strcmp0 (tamis_model_get_metadata (self, "tamis.metric"), "whitened") == 0
               ? TAMIS_METRIC_WHITENED
               : TAMIS_METRIC_RAW;
  if (bundled)
    metric = paper ? TAMIS_METRIC_RAW : TAMIS_METRIC_WHITENED;
  if (bundled && !paper && self->head == NULL)
    {
      g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_SHAPE,
                   "%s: tensor head.weight is missing", path);
      tamis_model_unref (self);
      return NULL;
    }
  choose_metric (self, metric);
  return self;
}

gboolean
tamis_model_save (TamisModel *self, const char *path, gboolean half, GHashTable *metadata,
                  GError **error)
{
  g_autoptr (GHashTable) merged = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TamisWriter) writer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (merged, key, value);
  if (metadata != NULL)
    g_hash_table_iter_init (&iter, metadata);
  while (metadata != NULL && g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (merged, key, value);
  bytes = serialise (self, half, merged);
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return tamis_writer_commit (writer, error);
}

const char *
tamis_model_get_name (TamisModel *self)
{
  return self->name;
}

const char *
tamis_model_get_sha256 (TamisModel *self)
{
  return self->sha256;
}

const char *
tamis_model_get_metadata (TamisModel *self, const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}

TamisMetric
tamis_model_get_metric (TamisModel *self)
{
  return self->metric;
}

int
tamis_model_get_input_side (TamisModel *self)
{
  return TAMIS_NETWORK_SIDE;
}

int
tamis_model_get_latent_dimension (TamisModel *self)
{
  return TAMIS_NETWORK_LATENT;
}

int
tamis_model_get_dimension (TamisModel *self)
{
  return self->metric == TAMIS_METRIC_WHITENED ? self->head->dimension : TAMIS_NETWORK_LATENT;
}

double
tamis_model_get_recommended_threshold (TamisModel *self)
{
  return self->recommended;
}

double
tamis_model_get_floor (TamisModel *self)
{
  return self->floor;
}

gboolean
tamis_model_has_decoder (TamisModel *self)
{
  return self->has_decoder;
}

const float *
tamis_model_get_parameters (TamisModel *self)
{
  return self->parameters;
}

const float *
tamis_model_get_packed (TamisModel *self)
{
  return self->packed;
}

const TamisHead *
tamis_model_get_head (TamisModel *self)
{
  return self->head;
}

GHashTable *
tamis_model_get_all_metadata (TamisModel *self)
{
  return self->metadata;
}
