/* apply: images go away, those only that may.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- may it go? ---- */

static TamisRefusal
check_witness (TamisRun *self, guint i, const TamisItem *item)
{
  const TamisFound *witness = _tamis_run_get_witness (self, i);

  if (g_hash_table_contains (self->removed, tamis_manifest_get (self->manifest, i).witness))
    return TAMIS_REFUSAL_WITNESS_REMOVED;
  if (witness->kind == TAMIS_FOUND_NOTHING)
    return TAMIS_REFUSAL_WITNESS_MISSING;
  if (witness->kind == TAMIS_FOUND_OTHER)
    return TAMIS_REFUSAL_WITNESS_CHANGED;
  if (witness->status.st_dev == item->place.status.st_dev
      && witness->status.st_ino == item->place.status.st_ino)
    return TAMIS_REFUSAL_SAME_FILE;
  return TAMIS_REFUSAL_NONE;
}

static gboolean
has_arrived (TamisRun *self, guint i, const TamisItem *item)
{
  return _tamis_is_in_both (item, &self->journal->traces[i]);
}

static TamisRefusal
check (TamisRun *self, guint i, const TamisItem *item, TamisRemovalState state)
{
  TamisRefusal refusal;

  if (state == TAMIS_REMOVAL_APPLIED)
    return TAMIS_REFUSAL_NONE;
  if (state == TAMIS_REMOVAL_MISSING)
    return TAMIS_REFUSAL_MISSING;
  if (state == TAMIS_REMOVAL_CHANGED)
    return item->place.kind == TAMIS_FOUND_OTHER ? item->place.why : TAMIS_REFUSAL_AWAY_CHANGED;
  refusal = check_witness (self, i, item);
  if (refusal == TAMIS_REFUSAL_NONE && item->away.kind != TAMIS_FOUND_NOTHING
      && !item->in_trash && !has_arrived (self, i, item))
    refusal = TAMIS_REFUSAL_TAKEN;
  return refusal;
}

static void
decide (TamisRun *self, guint i, TamisItem *item)
{
  TamisRemovalState state = _tamis_state_of (item, &self->journal->traces[i]);
  TamisRefusal refusal = check (self, i, item, state);
  const char *detail = refusal == TAMIS_REFUSAL_UNREADABLE ? g_strerror (item->place.error_number)
                                                           : NULL;

  _tamis_act_report_set (self->report, i, state, refusal, detail);
  item->go = state != TAMIS_REMOVAL_APPLIED && refusal == TAMIS_REFUSAL_NONE;
}

/* ---- going ---- */

static void
refuse (TamisRun *self, guint i, TamisRefusal refusal, const char *detail)
{
  _tamis_act_report_set (self->report, i, tamis_act_report_get (self->report, i).state, refusal,
                         detail);
}

/* Before anything moves: what the journal must hold for all of the batch. */
static gboolean
announce (TamisRun *self, GError **error)
{
  for (guint k = 0; k < self->n; k++)
    {
      guint i = self->first + k;
      const char *path = tamis_manifest_get (self->manifest, i).path;
      g_autofree char *folder = g_path_get_dirname (path);
      struct stat status;
      int parent;

      if (!self->items[k].go)
        continue;
      parent = _tamis_open_parent (self->root_fd, path);
      if (parent >= 0 && fstat (parent, &status) == 0)
        _tamis_act_journal_note_folder (self->journal, folder, &status);
      if (parent >= 0)
        close (parent);
      if (!has_arrived (self, i, &self->items[k]))
        _tamis_act_journal_note_leaving (self->journal, i, self->params->mode == TAMIS_ACT_TRASH,
                                     &self->items[k].place.status);
    }
  return _tamis_act_journal_sync (self->journal, error);
}

/* Image and witness as they are at this moment; what is wrong with them. */
static TamisRefusal
check_again (TamisRun *self, guint i, TamisItem *item)
{
  TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);

  _tamis_look_again (self->root_fd, removal.witness, removal.witness_bytes, removal.witness_sha256,
                     self->cancel, _tamis_run_get_witness (self, i));
  _tamis_look_again (self->root_fd, removal.path, removal.bytes, removal.sha256, self->cancel,
                     &item->place);
  if (item->place.kind == TAMIS_FOUND_NOTHING)
    return TAMIS_REFUSAL_MISSING;
  return item->place.kind == TAMIS_FOUND_OTHER ? item->place.why : check_witness (self, i, item);
}

static int
move_to_quarantine (TamisRun *self, guint i, const TamisItem *item)
{
  TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);
  const char *name = _tamis_last_part (removal.path);
  TamisMove move = { .from = -1, .to = -1, .name = name, .to_name = name,
                     .part_name = ".tamis-part", .found = &item->place,
                     .sha256 = removal.sha256, .arrived = has_arrived (self, i, item),
                     .cancel = self->cancel };
  struct stat folder;
  int code;

  move.from = _tamis_open_parent (self->root_fd, removal.path);
  code = move.from < 0 || fstat (move.from, &folder) != 0 ? errno : 0;
  /* What others may not enter in the data set they may not in the quarantine. */
  if (code == 0)
    code = _tamis_make_parents (self->away_fd, removal.path, (folder.st_mode & 0777) | 0700);
  if (code == 0)
    move.to = _tamis_open_parent (self->away_fd, removal.path);
  if (code == 0)
    code = move.to < 0 ? errno : _tamis_move (&move);
  if (move.from >= 0)
    close (move.from);
  if (move.to >= 0)
    close (move.to);
  return code;
}

/* GIO takes a name, not a folder held open: so that no link is on the way is looked at once more. */
static gboolean
move_to_trash (TamisRun *self, guint i, const TamisItem *item)
{
  const char *path = tamis_manifest_get (self->manifest, i).path;
  g_autofree char *name = g_build_filename (self->root, path, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (name);
  g_autoptr (GError) error = NULL;
  int parent = _tamis_open_parent (self->root_fd, path);
  gboolean same = parent >= 0 && _tamis_is_still (parent, _tamis_last_part (path), &item->place);

  if (parent >= 0)
    close (parent);
  if (!same)
    refuse (self, i, TAMIS_REFUSAL_CHANGED, NULL);
  else if (!g_file_trash (file, NULL, &error))
    refuse (self, i, TAMIS_REFUSAL_NOT_MOVED, error->message);
  else
    return TRUE;
  return FALSE;
}

static gboolean
go (TamisRun *self, guint i, TamisItem *item, GError **error)
{
  TamisRefusal refusal = check_again (self, i, item);
  int code = 0;
  gboolean gone;

  if (g_cancellable_set_error_if_cancelled (self->cancel, error))
    return FALSE;
  if (refusal != TAMIS_REFUSAL_NONE)
    {
      refuse (self, i, refusal, NULL);
      return TRUE;
    }
  if (self->params->mode == TAMIS_ACT_TRASH && !has_arrived (self, i, item))
    gone = move_to_trash (self, i, item);
  else
    {
      code = move_to_quarantine (self, i, item);
      gone = code == 0;
      if (code == ECANCELED)
        return !g_cancellable_set_error_if_cancelled (self->cancel, error);
      if (!gone)
        refuse (self, i, _tamis_refusal_of (code, TAMIS_REFUSAL_CHANGED), g_strerror (code));
    }
  if (gone)
    {
      _tamis_act_journal_note (self->journal, i, TAMIS_TRACE_AWAY);
      _tamis_act_report_set_moved (self->report, i, TAMIS_REMOVAL_APPLIED);
    }
  return TRUE;
}

static gboolean
carry (TamisRun *self, GError **error)
{
  gboolean done = announce (self, error);

  for (guint k = 0; k < self->n && done; k++)
    if (self->items[k].go)
      done = go (self, self->first + k, &self->items[k], error);
  /* What has happened is noted even if the run ends here; the first error is the one to tell. */
  return _tamis_act_journal_sync (self->journal, done ? error : NULL) && done;
}

/* ---- the verb ---- */

/* Across file systems everything is written anew: better to know at once that it does not fit. */
static gboolean
check_space (TamisRun *self, GError **error)
{
  guint n = tamis_manifest_get_n (self->manifest);
  guint64 needed = 0, available;
  struct stat root, away;
  struct statvfs space;

  if (self->params->mode == TAMIS_ACT_TRASH || self->away_fd < 0
      || fstat (self->root_fd, &root) != 0 || fstat (self->away_fd, &away) != 0
      || root.st_dev == away.st_dev || fstatvfs (self->away_fd, &space) != 0)
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (self->journal->traces[i].kind != TAMIS_TRACE_AWAY)
      needed += tamis_manifest_get (self->manifest, i).bytes;
  available = (guint64) space.f_bavail * space.f_frsize;
  if (needed <= available)
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE,
               "The quarantine %s has %" G_GUINT64_FORMAT " bytes free, and the images need %"
               G_GUINT64_FORMAT, self->quarantine, available, needed);
  return FALSE;
}

gboolean
tamis_manifest_apply (TamisManifest *self, const TamisActParams *params, TamisActReport **report,
                      TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_auto (TamisRun) run = { self, params, progress, cancel };
  gboolean done;

  *report = NULL;
  done = _tamis_run_begin (&run, "apply", error) && check_space (&run, error)
         && _tamis_run_all (&run, decide, params->dry_run ? NULL : carry, error);
  _tamis_run_leave_nothing (&run);
  *report = g_steal_pointer (&run.report);
  return done;
}
