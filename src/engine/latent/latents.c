/* TamisLatents: a matrix in memory, or lying in a mapped file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/latent/latents-private.h"

#include <stdatomic.h>

struct _TamisLatents
{
  atomic_int references;
  guint n;
  guint dimension;
  const float *values;

  /* Owned; one of the two */
  float *owned;
  GMappedFile *mapping;
};

G_DEFINE_QUARK (tamis-latent-error-quark, tamis_latent_error)

static TamisLatents *
latents_new (const float *values, guint n, guint dimension)
{
  TamisLatents *self = g_new0 (TamisLatents, 1);

  atomic_init (&self->references, 1);
  self->n = n;
  self->dimension = dimension;
  self->values = values;
  return self;
}

TamisLatents *
tamis_latents_new_take (float *values, guint n, guint dimension)
{
  TamisLatents *self = latents_new (values, n, dimension);

  self->owned = values;
  return self;
}

TamisLatents *
_tamis_latents_new_mapped (const float *values, guint n, guint dimension, GMappedFile *mapping)
{
  TamisLatents *self = latents_new (values, n, dimension);

  self->mapping = mapping;
  return self;
}

TamisLatents *
tamis_latents_ref (TamisLatents *self)
{
  atomic_fetch_add (&self->references, 1);
  return self;
}

void
tamis_latents_unref (TamisLatents *self)
{
  if (atomic_fetch_sub (&self->references, 1) != 1)
    return;
  g_clear_pointer (&self->mapping, g_mapped_file_unref);
  g_free (self->owned);
  g_free (self);
}

guint
tamis_latents_get_n (TamisLatents *self)
{
  return self->n;
}

guint
tamis_latents_get_dimension (TamisLatents *self)
{
  return self->dimension;
}

const float *
tamis_latents_get_values (TamisLatents *self)
{
  return self->values;
}

const float *
tamis_latents_get_row (TamisLatents *self, guint row)
{
  g_return_val_if_fail (row < self->n, NULL);
  return self->values + (gsize) row * self->dimension;
}
