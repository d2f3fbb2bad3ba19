/* What the tests of this room share: small models and images from seeds, temporary folders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/nn/model-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* n × 3 × 64 × 64 bytes, planar: smooth blobs and noise, different for each image. */
static inline guint8 *
fixture_images (gsize n, guint64 seed)
{
  guint8 *images = g_new (guint8, n * TAMIS_NETWORK_INPUT);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (gsize i = 0; i < n * TAMIS_NETWORK_CHANNELS; i++)
    {
      double x0 = tamis_random_uniform (&random) * 64.0;
      double y0 = tamis_random_uniform (&random) * 64.0;
      double width = 50.0 + tamis_random_uniform (&random) * 1000.0;

      for (int p = 0; p < TAMIS_NETWORK_PIXELS; p++)
        {
          double dx = p % 64 - x0;
          double dy = p / 64 - y0;
          /* No exp(): its last bit differs between C libraries, and a byte could follow it. */
          double blob = width / (width + dx * dx + dy * dy);

          images[i * TAMIS_NETWORK_PIXELS + p]
              = 220.0 * blob + 32.0 * tamis_random_uniform (&random);
        }
    }
  return images;
}

static inline float *
fixture_input (const guint8 *images, gsize n)
{
  float *input = g_new (float, n * TAMIS_NETWORK_INPUT);

  for (gsize i = 0; i < n * TAMIS_NETWORK_INPUT; i++)
    input[i] = (images[i] / 255.0f - 0.5f) / 0.5f;
  return input;
}

/* Weights from a seed; a head of random numbers if @head_dimension is above 0. */
static inline TamisModel *
fixture_model (guint64 seed, int head_dimension)
{
  float *parameters = g_new (float, tamis_network_get ()->n_parameters);
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TamisHead *head = NULL;
  TamisRandom random;

  tamis_network_initialise (parameters, seed);
  tamis_random_init (&random, seed + 1);
  if (head_dimension > 0)
    {
      head = tamis_head_new (head_dimension);
      for (int i = 0; i < TAMIS_NETWORK_LATENT; i++)
        head->mean[i] = tamis_random_uniform (&random);
      for (int i = 0; i < head_dimension * TAMIS_NETWORK_LATENT; i++)
        head->weight[i] = tamis_random_normal (&random);
    }
  return tamis_model_new_take (parameters, TRUE, head, metadata);
}

static inline char *
fixture_folder (void)
{
  char *folder = g_dir_make_tmp ("tamis-nn-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

/* Removes a folder of plain files. */
static inline void
fixture_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}
