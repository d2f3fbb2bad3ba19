/* verify: how each removal stands.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

/* An applied removal whose witness is gone is the one thing a curator must hear of. */
static TamisRefusal
find_trouble (TamisRun *self, guint i, const TamisItem *item, TamisRemovalState state)
{
  const TamisFound *witness = _tamis_run_get_witness (self, i);

  if (state == TAMIS_REMOVAL_MISSING)
    return TAMIS_REFUSAL_MISSING;
  if (state == TAMIS_REMOVAL_CHANGED)
    return item->place.kind == TAMIS_FOUND_OTHER ? item->place.why : TAMIS_REFUSAL_AWAY_CHANGED;
  if (state != TAMIS_REMOVAL_APPLIED || witness->kind == TAMIS_FOUND_GOOD)
    return TAMIS_REFUSAL_NONE;
  return witness->kind == TAMIS_FOUND_NOTHING ? TAMIS_REFUSAL_WITNESS_MISSING
                                              : TAMIS_REFUSAL_WITNESS_CHANGED;
}

static void
decide (TamisRun *self, guint i, TamisItem *item)
{
  TamisRemovalState state = _tamis_state_of (item, &self->journal->traces[i]);
  TamisRefusal trouble = find_trouble (self, i, item, state);
  const char *detail = trouble == TAMIS_REFUSAL_UNREADABLE ? g_strerror (item->place.error_number)
                                                           : NULL;

  _tamis_act_report_set (self->report, i, state, trouble, detail);
}

gboolean
tamis_manifest_verify (TamisManifest *self, const TamisActParams *params, TamisActReport **report,
                       TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_auto (TamisRun) run = { self, params, progress, cancel };

  *report = NULL;
  if (!_tamis_run_begin (&run, "verify", error) || !_tamis_run_all (&run, decide, NULL, error))
    return FALSE;
  *report = g_steal_pointer (&run.report);
  return TRUE;
}
