/* Encode a class, fit its marginals, draw, decode: blocking steps for a worker thread.
 *
 * The latents that images are compared by may be whitened and shortened, and cannot be decoded; so
 * the class is encoded again, once, with the encoder alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-generation.h"

#include <math.h>

#define BATCH 16

/* ---- latents of a class ---- */

TamisClassCodes *
tamis_class_codes_ref (TamisClassCodes *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
codes_clear (gpointer data)
{
  TamisClassCodes *self = data;

  g_free (self->rows);
  g_free (self->values);
}

void
tamis_class_codes_unref (TamisClassCodes *self)
{
  g_atomic_rc_box_release_full (self, codes_clear);
}

static gboolean
read_input (TamisDataset *dataset, guint row, int side, float *input)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autoptr (TamisImage) image = tamis_image_load (file, &load, NULL, NULL);

  if (image == NULL)
    return FALSE;
  tamis_image_to_input (image, side, input);
  return TRUE;
}

/* The wanted-th of @n rows spread evenly over @range. */
static guint
spread (TamisRange range, guint n, guint wanted)
{
  return range.first + (guint) ((guint64) wanted * range.n / n);
}

TamisClassCodes *
tamis_class_codes_new (TamisDataset *dataset, TamisModel *model, guint class_index,
                       TamisProgress *progress, GCancellable *cancel, GError **error)
{
  TamisRange range = tamis_dataset_get_class_range (dataset, class_index);
  guint wanted = MIN (range.n, TAMIS_GENERATION_SAMPLE), done = 0;
  int side = tamis_model_get_input_side (model);
  gsize input_size = (gsize) 3 * side * side;
  g_autofree float *input = g_new (float, BATCH * input_size);
  g_autoptr (TamisCoder) coder = tamis_coder_new (model, BATCH);
  g_autoptr (TamisClassCodes) self = g_atomic_rc_box_new0 (TamisClassCodes);

  self->class_index = class_index;
  self->dimension = tamis_model_get_latent_dimension (model);
  self->rows = g_new (guint32, MAX (wanted, 1));
  self->values = g_new (float, (gsize) MAX (wanted, 1) * self->dimension);
  tamis_progress_begin (progress, TAMIS_STAGE_ENCODE, wanted);
  while (done < wanted)
    {
      int n = 0;

      if (g_cancellable_set_error_if_cancelled (cancel, error))
        return NULL;
      for (; n < BATCH && done < wanted; done++)
        if (read_input (dataset, spread (range, wanted, done), side, input + n * input_size))
          self->rows[self->n + n++] = spread (range, wanted, done);
      tamis_coder_encode (coder, input, n, self->values + (gsize) self->n * self->dimension);
      self->n += n;
      tamis_progress_add (progress, n);
    }
  return g_steal_pointer (&self);
}

/* ---- drawing ---- */

static guint32
find_nearest (const TamisClassCodes *codes, const float *latent)
{
  double best = INFINITY;
  guint32 row = codes->rows[0];

  for (guint i = 0; i < codes->n; i++)
    {
      const float *other = codes->values + (gsize) i * codes->dimension;
      double sum = 0;

      for (guint j = 0; j < codes->dimension && sum < best; j++)
        sum += (double) (latent[j] - other[j]) * (latent[j] - other[j]);
      if (sum < best)
        {
          best = sum;
          row = codes->rows[i];
        }
    }
  return row;
}

static double
explained_share (const TamisGenerator *generator)
{
  const TamisPca *pca = tamis_generator_get_distribution (generator)->pca;
  guint n = tamis_generator_get_n_components (generator);
  double sum = 0;

  for (guint k = 0; k < n && k < pca->n_components; k++)
    sum += pca->variance[k];
  return pca->total_variance > 0 ? sum / pca->total_variance : 0;
}

static void
decode (TamisGeneration *self, const TamisClassCodes *codes, TamisModel *model, const float *latents)
{
  int side = tamis_model_get_input_side (model);
  gsize output_size = (gsize) 3 * side * side;
  g_autofree float *output = g_new (float, BATCH * output_size);
  g_autoptr (TamisCoder) coder = tamis_coder_new (model, BATCH);

  for (guint first = 0; first < self->n; first += BATCH)
    {
      int n = (int) MIN (BATCH, self->n - first);

      tamis_coder_decode (coder, latents + (gsize) first * codes->dimension, n, output);
      for (int i = 0; i < n; i++)
        {
          self->images[first + i] = tamis_image_from_input (output + i * output_size, side);
          self->nearest[first + i]
              = find_nearest (codes, latents + (gsize) (first + i) * codes->dimension);
        }
    }
}

TamisGeneration *
tamis_generation_new (TamisClassCodes *codes, TamisModel *model,
                      const TamisGenerationParams *params, GCancellable *cancel, GError **error)
{
  TamisPcaParams set = { .values = codes->values,
                         .dimension = codes->dimension,
                         .n = codes->n,
                         .n_components = params->n_components };
  TamisGeneratorParams generator_params = TAMIS_GENERATOR_PARAMS_INIT;
  g_autoptr (TamisGenerator) generator = NULL;
  g_autofree float *latents = g_new (float, (gsize) params->n * codes->dimension);
  TamisGeneration *self;

  generator_params.n_components = params->n_components;
  generator = tamis_generator_new (&set, &generator_params, cancel, error);
  if (generator == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (TamisGeneration);
  self->n_components = tamis_generator_get_n_components (generator);
  self->n_fitted = codes->n;
  if (self->n_components == 0)
    return self;
  self->n = params->n;
  self->images = g_new0 (TamisImage *, self->n);
  self->nearest = g_new0 (guint32, self->n);
  self->explained = explained_share (generator);
  tamis_generator_draw (generator, params->seed, 0, self->n, NULL, latents);
  decode (self, codes, model, latents);
  return self;
}

TamisGeneration *
tamis_generation_ref (TamisGeneration *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
generation_clear (gpointer data)
{
  TamisGeneration *self = data;

  for (guint i = 0; i < self->n; i++)
    g_clear_pointer (&self->images[i], tamis_image_unref);
  g_free (self->images);
  g_free (self->nearest);
}

void
tamis_generation_unref (TamisGeneration *self)
{
  g_atomic_rc_box_release_full (self, generation_clear);
}

gboolean
tamis_generation_save (const TamisGeneration *self, const char *folder, const char *stem,
                       GError **error)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%03u.png", stem, i + 1);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!tamis_image_save_png (self->images[i], path, error))
        return FALSE;
    }
  return TRUE;
}
