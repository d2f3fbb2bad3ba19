/* The safetensors container: a JSON header that names tensors, then their bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  guint n_sides;
  const gint64 *sides; /* shape; of a file's tensor: product checked against the bytes */
  const char *type;    /* "F32", "F16", … as the file says */
  const guint8 *data;  /* borrowed from the container; little-endian, any alignment */
  gsize n_bytes;
} TamisTensor;

typedef struct _TamisTensors TamisTensors;

/**
 * tamis_tensors_load:
 * @path: a regular file of at most 1 GiB
 *
 * Reads and checks the container as strictly as its authors' own reader: header length and JSON,
 * types and shapes, every byte of the data covered exactly once.
 * Errors: TAMIS_MODEL_ERROR_NOT_FOUND (no such file, or not readable), TAMIS_MODEL_ERROR_FORMAT
 * with offset, expected and got. Thread: any.
 */
TamisTensors *tamis_tensors_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisTensors *tamis_tensors_parse (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tamis_tensors_free (TamisTensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisTensors, tamis_tensors_free)

const TamisTensor *tamis_tensors_find (TamisTensors *self, const char *name); /* nullable */
/* (element-type utf8 utf8), borrowed; never NULL. */
GHashTable *tamis_tensors_get_metadata (TamisTensors *self);
const char *tamis_tensors_get_sha256 (TamisTensors *self); /* of the file, hex */

/**
 * tamis_tensors_read:
 * @expected: name and shape; the rest is not looked at
 * @values: as many floats as the shape has elements
 *
 * Copies a F32 or F16 tensor of exactly this shape and checks that all of it is finite.
 * Errors: TAMIS_MODEL_ERROR_SHAPE (missing, other shape, other type), TAMIS_MODEL_ERROR_FORMAT
 * (a NaN or infinity).
 */
gboolean tamis_tensors_read (TamisTensors *self, const TamisTensor *expected, float *values,
                             GError **error);

/* Building a file: tensors stand in it in the order they were added. */
typedef struct _TamisTensorsWriter TamisTensorsWriter;
TamisTensorsWriter *tamis_tensors_writer_new (GHashTable *metadata) G_GNUC_WARN_UNUSED_RESULT;
/* @tensor: name and shape; @values are copied, as float16 if @half. */
void tamis_tensors_writer_add (TamisTensorsWriter *self, const TamisTensor *tensor,
                               const float *values, gboolean half);
/* Frees the writer. */
GBytes *tamis_tensors_writer_end (TamisTensorsWriter *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
