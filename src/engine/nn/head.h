/* The whitened head (METHOD A3): fitted once on the training images' latents.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/**
 * tamis_head_fit:
 * @model: whose raw latents are whitened
 * @images: all of them are used
 * @dimension: 1 .. TAMIS_HEAD_MAX axes; axes along which the latents do not vary stay zero
 *
 * Thread: blocking; deterministic on any number of threads. Errors: TAMIS_MODEL_ERROR_DIVERGED (no
 * eigenvectors), G_IO_ERROR_CANCELLED; the eigenvectors themselves (about 0.2 s) are not
 * interrupted.
 */
TamisHead *tamis_head_fit (TamisModel *model, const TamisPixels *images, int dimension,
                           GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
