/* TamisActReport, and the words for what it says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <string.h>

struct _TamisActReport
{
  gatomicrefcount n_references;

  /* Owned */
  TamisManifest *manifest;
  TamisActResult *results;
  GStringChunk *details;
  char *root;
  char *quarantine;

  guint n_moved;
  guint n_refused;
  guint64 bytes_moved;
};

const char *
tamis_removal_state_to_string (TamisRemovalState state)
{
  static const char *const words[TAMIS_REMOVAL_N_STATES]
      = { "pending", "applied", "undone", "changed", "missing" };

  return words[state];
}

const char *
tamis_refusal_to_string (TamisRefusal refusal)
{
  switch (refusal)
    {
    case TAMIS_REFUSAL_MISSING:
      return "the image is nowhere to be found";
    case TAMIS_REFUSAL_LINK:
      return "a symbolic link, or a file in place of a folder, is on the way to it";
    case TAMIS_REFUSAL_NOT_REGULAR:
      return "it is not a regular file";
    case TAMIS_REFUSAL_UNREADABLE:
      return "it cannot be read";
    case TAMIS_REFUSAL_CHANGED:
      return "its contents have changed";
    case TAMIS_REFUSAL_AWAY_CHANGED:
      return "the contents of what was moved away have changed";
    case TAMIS_REFUSAL_WITNESS_MISSING:
      return "the image that should stay in its place is missing";
    case TAMIS_REFUSAL_WITNESS_CHANGED:
      return "the image that should stay in its place has changed or cannot be read";
    case TAMIS_REFUSAL_WITNESS_REMOVED:
      return "the image that should stay in its place is removed too";
    case TAMIS_REFUSAL_SAME_FILE:
      return "it and the image that should stay are one file under two names";
    case TAMIS_REFUSAL_TAKEN:
      return "there is a file already where it would go";
    case TAMIS_REFUSAL_NOT_MOVED:
      return "it could not be moved";
    case TAMIS_REFUSAL_NONE:
    default:
      return NULL;
    }
}

TamisActReport *
_tamis_act_report_new (TamisManifest *manifest, const char *root, const char *quarantine)
{
  TamisActReport *self = g_new0 (TamisActReport, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->manifest = tamis_manifest_ref (manifest);
  self->results = g_new0 (TamisActResult, tamis_manifest_get_n (manifest) + 1);
  self->details = g_string_chunk_new (256);
  self->root = g_strdup (root);
  self->quarantine = g_strdup (quarantine);
  return self;
}

TamisActReport *
tamis_act_report_ref (TamisActReport *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
tamis_act_report_unref (TamisActReport *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->n_references))
    return;
  tamis_manifest_unref (self->manifest);
  g_free (self->results);
  g_string_chunk_free (self->details);
  g_free (self->root);
  g_free (self->quarantine);
  g_free (self);
}

void
_tamis_act_report_set (TamisActReport *self, guint i, TamisRemovalState state,
                       TamisRefusal refusal, const char *detail)
{
  TamisActResult *result = &self->results[i];

  self->n_refused += (refusal != TAMIS_REFUSAL_NONE) - (result->refusal != TAMIS_REFUSAL_NONE);
  result->state = state;
  result->refusal = refusal;
  result->detail = detail != NULL ? g_string_chunk_insert_const (self->details, detail) : NULL;
}

void
_tamis_act_report_set_moved (TamisActReport *self, guint i, TamisRemovalState state)
{
  self->results[i].state = state;
  self->results[i].moved = TRUE;
  self->n_moved++;
  self->bytes_moved += tamis_manifest_get (self->manifest, i).bytes;
}

TamisActResult
tamis_act_report_get (TamisActReport *self, guint i)
{
  return self->results[i];
}

guint
tamis_act_report_get_n (TamisActReport *self)
{
  return tamis_manifest_get_n (self->manifest);
}

guint
tamis_act_report_count (TamisActReport *self, TamisRemovalState state)
{
  guint n = tamis_manifest_get_n (self->manifest), count = 0;

  for (guint i = 0; i < n; i++)
    count += self->results[i].state == state;
  return count;
}

guint
tamis_act_report_get_n_moved (TamisActReport *self)
{
  return self->n_moved;
}

guint64
tamis_act_report_get_bytes_moved (TamisActReport *self)
{
  return self->bytes_moved;
}

guint
tamis_act_report_get_n_refused (TamisActReport *self)
{
  return self->n_refused;
}

const char *
tamis_act_report_get_root (TamisActReport *self)
{
  return self->root;
}

const char *
tamis_act_report_get_quarantine (TamisActReport *self)
{
  return self->quarantine;
}
