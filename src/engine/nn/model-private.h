/* What a model is inside, for coder, training and head.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "network.h"

#include <tamis/model.h>

G_BEGIN_DECLS

#define TAMIS_HEAD_MAX 512

/* whitened = (latent - mean) · weight, the latent in PyTorch's order. The file has the transpose
 * (dimension × 1,024, as PyTorch's Linear). */
typedef struct
{
  int dimension;
  float *mean;   /* 1,024 */
  float *weight; /* 1,024 × dimension */
  float *packed; /* the same by tamis_panels_pack(); made with the model */
} TamisHead;

TamisHead *tamis_head_new (int dimension);
void tamis_head_free (TamisHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisHead, tamis_head_free)

/**
 * tamis_model_new_take:
 * @parameters: (transfer full): of encoder and decoder, see network.h
 * @head: (transfer full) (nullable)
 * @metadata: (transfer full)
 *
 * Makes a model that is no file yet; its sha256 is that of the float32 file it would be.
 */
TamisModel *tamis_model_new_take (float *parameters, gboolean has_decoder, TamisHead *head,
                                  GHashTable *metadata) G_GNUC_WARN_UNUSED_RESULT;

const float *tamis_model_get_parameters (TamisModel *self);
/* Weights packed as each layer's forward pass takes them, at its packed offset. */
const float *tamis_model_get_packed (TamisModel *self);
const TamisHead *tamis_model_get_head (TamisModel *self); /* nullable */
GHashTable *tamis_model_get_all_metadata (TamisModel *self);

G_END_DECLS
