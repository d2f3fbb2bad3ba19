/* undo: what is away comes back, with its times and permissions.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- may it come back? ---- */

static TamisRefusal
check (const TamisItem *item, const TamisTrace *trace)
{
  gboolean is_away = item->away.kind != TAMIS_FOUND_NOTHING;
  gboolean was_away = trace->kind != TAMIS_TRACE_NONE && trace->kind != TAMIS_TRACE_BACK;

  if (item->place.kind == TAMIS_FOUND_GOOD)
    return is_away && !item->in_trash && !_tamis_is_in_both (item, trace) ? TAMIS_REFUSAL_TAKEN
                                                                         : TAMIS_REFUSAL_NONE;
  if (item->place.kind == TAMIS_FOUND_OTHER && item->place.why == TAMIS_REFUSAL_LINK)
    return TAMIS_REFUSAL_LINK;
  if (item->place.kind == TAMIS_FOUND_OTHER && is_away)
    return TAMIS_REFUSAL_TAKEN;
  if (item->place.kind == TAMIS_FOUND_OTHER) /* that one which never left changes is not ours */
    return was_away ? item->place.why : TAMIS_REFUSAL_NONE;
  if (item->away.kind == TAMIS_FOUND_OTHER)
    return TAMIS_REFUSAL_AWAY_CHANGED;
  return is_away ? TAMIS_REFUSAL_NONE : TAMIS_REFUSAL_MISSING;
}

static void
decide (TamisRun *self, guint i, TamisItem *item)
{
  const TamisTrace *trace = &self->journal->traces[i];
  TamisRefusal refusal = check (item, trace);

  _tamis_act_report_set (self->report, i, _tamis_state_of (item, trace), refusal, NULL);
  item->go = refusal == TAMIS_REFUSAL_NONE && item->away.kind == TAMIS_FOUND_GOOD
             && (item->place.kind == TAMIS_FOUND_NOTHING || _tamis_is_in_both (item, trace));
}

/* ---- coming back ---- */

static gboolean
announce (TamisRun *self, GError **error)
{
  for (guint k = 0; k < self->n; k++)
    if (self->items[k].go)
      _tamis_act_journal_note (self->journal, self->first + k, TAMIS_TRACE_RETURNING);
  return _tamis_act_journal_sync (self->journal, error);
}

/* Folders that are gone come back with the permissions they had, as far as the journal knows. */
static int
make_folder (TamisRun *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const TamisTraceFolder *trace = g_hash_table_lookup (self->journal->folders, folder);
  int parent = _tamis_open_parent (self->root_fd, path), code;

  if (parent >= 0)
    {
      close (parent);
      return 0;
    }
  code = _tamis_make_parents (self->root_fd, path, 0777);
  if (code != 0 || trace == NULL)
    return code;
  parent = openat (self->root_fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (parent < 0)
    return errno;
  code = fchmod (parent, trace->mode) == 0 ? 0 : errno;
  close (parent);
  return code;
}

/* A quarantine on a file system that keeps neither times nor permissions has lost them. */
static void
dress (int parent, const char *name, const TamisTrace *trace)
{
  const struct timespec times[2] = { { 0, UTIME_OMIT }, trace->modified };
  struct stat status;

  if (trace->mode == 0 && trace->modified.tv_sec == 0)
    return; /* the journal is lost: what the file has is all there is */
  if (fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return;
  if ((status.st_mode & 07777) != trace->mode)
    fchmodat (parent, name, trace->mode, 0);
  if (status.st_mtim.tv_sec != trace->modified.tv_sec
      || status.st_mtim.tv_nsec != trace->modified.tv_nsec)
    utimensat (parent, name, times, AT_SYMLINK_NOFOLLOW);
}

/* The image is in its place and in the trash or quarantine: the latter goes. */
static int
drop_copy (int parent, const char *name, const TamisItem *item)
{
  if (!_tamis_is_still (parent, name, &item->away))
    return ESTALE;
  return unlinkat (parent, name, 0) == 0 ? 0 : errno;
}

static int
bring (TamisRun *self, guint i, TamisItem *item)
{
  TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);
  const char *away = item->away_file != NULL ? item->away_file : removal.path;
  g_autofree char *part = g_strdup_printf (".tamis-%.16s.part", tamis_manifest_get_id (self->manifest));
  TamisMove move = { .name = _tamis_last_part (away), .to_name = _tamis_last_part (removal.path),
                     .part_name = part, .found = &item->away, .sha256 = removal.sha256,
                     .cancel = self->cancel };
  int base = item->away_file != NULL ? AT_FDCWD : self->away_fd, code;

  _tamis_look_again (base, away, removal.bytes, removal.sha256, self->cancel, &item->away);
  if (item->away.kind != TAMIS_FOUND_GOOD)
    return g_cancellable_is_cancelled (self->cancel) ? ECANCELED : ESTALE;
  move.from = _tamis_open_parent (base, away);
  if (move.from < 0)
    return errno;
  move.to = _tamis_open_parent (self->root_fd, removal.path);
  code = move.to < 0 ? errno : 0;
  if (code == 0)
    code = item->place.kind == TAMIS_FOUND_GOOD ? drop_copy (move.from, move.name, item)
                                                : _tamis_move (&move);
  if (code == 0)
    dress (move.to, move.to_name, &self->journal->traces[i]);
  if (move.to >= 0)
    close (move.to);
  close (move.from);
  return code;
}

static gboolean
come_back (TamisRun *self, guint i, TamisItem *item, GError **error)
{
  int code;

  if (g_cancellable_set_error_if_cancelled (self->cancel, error))
    return FALSE;
  code = make_folder (self, tamis_manifest_get (self->manifest, i).path);
  if (code == 0)
    code = bring (self, i, item);
  if (code == ECANCELED)
    return !g_cancellable_set_error_if_cancelled (self->cancel, error);
  if (code != 0)
    {
      _tamis_act_report_set (self->report, i, tamis_act_report_get (self->report, i).state,
                             _tamis_refusal_of (code, TAMIS_REFUSAL_AWAY_CHANGED), g_strerror (code));
      return TRUE;
    }
  if (item->away_info != NULL)
    unlink (item->away_info);
  _tamis_act_journal_note (self->journal, i, TAMIS_TRACE_BACK);
  _tamis_act_report_set_moved (self->report, i, TAMIS_REMOVAL_UNDONE);
  return TRUE;
}

static gboolean
carry (TamisRun *self, GError **error)
{
  gboolean done = announce (self, error);

  for (guint k = 0; k < self->n && done; k++)
    if (self->items[k].go)
      done = come_back (self, self->first + k, &self->items[k], error);
  return _tamis_act_journal_sync (self->journal, done ? error : NULL) && done;
}

/* ---- what is left when all are back ---- */

/* Folders that still lack an image keep the time of their last change. */
static GHashTable *
find_lacking (TamisRun *self)
{
  GHashTable *lacking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = tamis_manifest_get_n (self->manifest);

  for (guint i = 0; i < n; i++)
    if (tamis_act_report_get (self->report, i).refusal != TAMIS_REFUSAL_NONE)
      g_hash_table_add (lacking, g_path_get_dirname (tamis_manifest_get (self->manifest, i).path));
  return lacking;
}

static void
give_time_back (TamisRun *self, TamisTraceFolder *folder)
{
  const struct timespec times[2] = { { 0, UTIME_OMIT }, folder->modified };
  g_autofree char *inside = g_strconcat (strcmp (folder->path, ".") != 0 ? folder->path : "",
                                         strcmp (folder->path, ".") != 0 ? "/" : "", ".", NULL);
  int fd = _tamis_open_parent (self->root_fd, inside);

  if (fd < 0)
    return;
  if (utimensat (fd, ".", times, 0) == 0)
    _tamis_act_journal_note_settled (self->journal, folder);
  close (fd);
}

static gboolean
settle (TamisRun *self, GError **error)
{
  g_autoptr (GHashTable) lacking = find_lacking (self);
  GHashTableIter iter;
  gpointer folder;

  g_hash_table_iter_init (&iter, self->journal->folders);
  while (g_hash_table_iter_next (&iter, NULL, &folder))
    {
      TamisTraceFolder *trace = folder;

      if (!trace->settled && !g_hash_table_contains (lacking, trace->path))
        give_time_back (self, trace);
    }
  return _tamis_act_journal_sync (self->journal, error);
}

/* Empty folders of the quarantine go, the deepest first; full ones refuse by themselves. */
static void
tidy (TamisRun *self)
{
  guint n = tamis_manifest_get_n (self->manifest);

  for (guint i = n; i > 0; i--)
    {
      g_autofree char *folder = g_path_get_dirname (tamis_manifest_get (self->manifest, i - 1).path);

      while (strcmp (folder, ".") != 0 && unlinkat (self->away_fd, folder, AT_REMOVEDIR) == 0)
        {
          char *above = g_path_get_dirname (folder);

          g_free (folder);
          folder = above;
        }
    }
  rmdir (self->away);
}

/* ---- the verb ---- */

gboolean
tamis_manifest_undo (TamisManifest *self, const TamisActParams *params, TamisActReport **report,
                     TamisProgress *progress, GCancellable *cancel, GError **error)
{
  g_auto (TamisRun) run = { self, params, progress, cancel };
  gboolean done, writes;

  *report = NULL;
  if (!_tamis_run_begin (&run, "undo", error))
    return FALSE;
  writes = run.journal->fd >= 0;
  done = _tamis_run_all (&run, decide, writes ? carry : NULL, error);
  if (done && writes)
    {
      done = settle (&run, error);
      tidy (&run);
    }
  *report = g_steal_pointer (&run.report);
  return done;
}
