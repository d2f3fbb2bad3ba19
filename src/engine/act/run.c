/* One call of apply, undo or verify: where it acts, and its way through the removals.
 *
 * DESIGN: removals are taken in batches. The files of a batch are read on all threads, then a verb
 * decides and carries out alone, in order. A witness is read once, however many stand beside it,
 * and looked at again before each move. One run at a time in a data set: the root is locked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ID_PART 16 /* digits of the id in names of files */

G_DEFINE_QUARK (tamis-act-error-quark, tamis_act_error)

/* ---- places ---- */

static char *
name_in (TamisManifest *self, const char *quarantine, const char *ending)
{
  g_autofree char *name
      = g_strdup_printf ("%.*s%s", ID_PART, tamis_manifest_get_id (self), ending);

  return g_build_filename (quarantine, name, NULL);
}

char *
tamis_manifest_dup_quarantine (TamisManifest *self, const char *root)
{
  g_autofree char *folder = g_path_get_dirname (tamis_manifest_get_name (self));
  g_autofree char *journal = name_in (self, folder, ".journal");
  g_autofree char *place
      = g_canonicalize_filename (root != NULL ? root : tamis_manifest_get_root (self), NULL);

  if (g_file_test (journal, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (folder, NULL);
  return g_strconcat (place, "-quarantine", NULL);
}

static gboolean
find_root (TamisRun *self, GError **error)
{
  const char *wanted = self->params->root != NULL ? self->params->root
                                                  : tamis_manifest_get_root (self->manifest);
  char *real = realpath (wanted, NULL);

  self->root = g_strdup (real);
  free (real);
  if (self->root != NULL)
    self->root_fd = open (self->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root_fd >= 0)
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_ROOT, "The data set cannot be opened at %s: %s",
               wanted, g_strerror (errno));
  return FALSE;
}

static gboolean
find_quarantine (TamisRun *self, GError **error)
{
  g_autofree char *usual = tamis_manifest_dup_quarantine (self->manifest, self->root);

  self->quarantine = _tamis_resolve_new (self->params->quarantine != NULL
                                             ? self->params->quarantine
                                             : usual);
  self->away = name_in (self->manifest, self->quarantine, "");
  if (!_tamis_is_inside (self->away, self->root))
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE,
               "The quarantine %s lies in the data set, where the next scan would find it",
               self->quarantine);
  return FALSE;
}

static gboolean
open_away (TamisRun *self, gboolean make, GError **error)
{
  struct stat root;

  self->made_quarantine = make && !g_file_test (self->quarantine, G_FILE_TEST_EXISTS);
  /* Open to nobody who may not enter the data set. */
  if (make
      && (fstat (self->root_fd, &root) != 0
          || g_mkdir_with_parents (self->away, (int) (root.st_mode & 0777) | 0700) != 0))
    {
      g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE,
                   "The quarantine %s cannot be made: %s", self->away, g_strerror (errno));
      return FALSE;
    }
  self->away_fd = open (self->away, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self->away_fd >= 0 || (!make && errno == ENOENT))
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE,
               "The quarantine %s cannot be opened: %s", self->away, g_strerror (errno));
  return FALSE;
}

/* The lock goes with the descriptor, however the process ends. */
static gboolean
lock_root (TamisRun *self, GError **error)
{
  if (flock (self->root_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE; /* a file system without locks is no reason to refuse */
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_BUSY,
               "Another removal is under way in %s", self->root);
  return FALSE;
}

static gboolean
open_journal (TamisRun *self, GError **error)
{
  g_autofree char *path = name_in (self->manifest, self->quarantine, ".journal");
  const char *before;

  self->journal = _tamis_act_journal_open (self->manifest, path, error);
  if (self->journal == NULL)
    return FALSE;
  if (self->journal->roots->len == 0)
    return TRUE;
  /* Two copies of one data set must not share a quarantine; one that was moved may keep its own. */
  before = self->journal->roots->pdata[self->journal->roots->len - 1];
  if (strcmp (before, self->root) == 0 || !g_file_test (before, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_JOURNAL,
               "The quarantine %s holds images of %s", self->quarantine, before);
  return FALSE;
}

/* With a copy of the manifest in it, the quarantine is all that undo needs. */
static gboolean
keep_manifest (TamisRun *self, GError **error)
{
  g_autofree char *path = name_in (self->manifest, self->quarantine, ".json");
  g_autofree char *text = NULL;
  g_autoptr (TamisWriter) writer = NULL;
  gsize length;

  if (g_file_test (path, G_FILE_TEST_EXISTS)
      || !g_file_get_contents (tamis_manifest_get_name (self->manifest), &text, &length, NULL))
    return TRUE;
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, text, length);
  self->made_manifest = tamis_writer_commit (writer, error);
  return self->made_manifest;
}

/* ---- witnesses ---- */

static void
number_witnesses (TamisRun *self)
{
  guint n = tamis_manifest_get_n (self->manifest);

  self->removed = g_hash_table_new (g_str_hash, g_str_equal);
  self->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n; i++)
    {
      TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);

      g_hash_table_add (self->removed, (char *) removal.path);
      if (!g_hash_table_contains (self->numbers, removal.witness))
        g_hash_table_insert (self->numbers, (char *) removal.witness,
                             GUINT_TO_POINTER (g_hash_table_size (self->numbers)));
    }
  self->witnesses = g_new0 (TamisFound, g_hash_table_size (self->numbers) + 1);
  self->seen = g_new0 (guint8, g_hash_table_size (self->numbers) + 1);
}

static guint
witness_number (TamisRun *self, guint i)
{
  const char *path = tamis_manifest_get (self->manifest, i).witness;

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, path));
}

TamisFound *
_tamis_run_get_witness (TamisRun *self, guint i)
{
  return &self->witnesses[witness_number (self, i)];
}

/* ---- looking ---- */

static void
look_in_trash (TamisRun *self, TamisItem *item, const TamisManifestRemoval *removal)
{
  GPtrArray *roots = self->journal->roots;

  for (guint r = roots->len; r > 0 && item->away.kind != TAMIS_FOUND_GOOD; r--)
    {
      g_autofree char *original = g_build_filename (roots->pdata[r - 1], removal->path, NULL);
      TamisFound found;

      g_clear_pointer (&item->away_file, g_free);
      g_clear_pointer (&item->away_info, g_free);
      found = _tamis_trash_look (self->trash, original, removal->bytes, removal->sha256,
                                 self->cancel, &item->away_file, &item->away_info);
      if (found.kind == TAMIS_FOUND_NOTHING)
        continue;
      item->away = found;
      item->in_trash = TRUE;
    }
}

static void
look_at_item (TamisRun *self, guint offset)
{
  guint i = self->first + offset;
  TamisItem *item = &self->items[offset];
  TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);

  item->place
      = _tamis_look (self->root_fd, removal.path, removal.bytes, removal.sha256, self->cancel);
  if (self->away_fd >= 0)
    item->away
        = _tamis_look (self->away_fd, removal.path, removal.bytes, removal.sha256, self->cancel);
  if (item->away.kind == TAMIS_FOUND_NOTHING && self->trash != NULL
      && self->journal->traces[i].trash)
    look_in_trash (self, item, &removal);
}

typedef struct
{
  TamisRun *run;
  guint witnesses[TAMIS_BATCH]; /* removals whose witness is to be looked at */
  guint n_witnesses;
} Looks;

static void
look_at_one (gsize index, guint worker, gpointer data)
{
  Looks *looks = data;
  TamisRun *self = looks->run;

  if (index < self->n)
    {
      look_at_item (self, (guint) index);
      tamis_progress_add (self->progress, 1);
    }
  else
    {
      guint i = looks->witnesses[index - self->n];
      TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);

      self->witnesses[witness_number (self, i)]
          = _tamis_look (self->root_fd, removal.witness, removal.witness_bytes,
                         removal.witness_sha256, self->cancel);
    }
}

static void
clear_batch (TamisRun *self)
{
  for (guint k = 0; k < TAMIS_BATCH; k++)
    {
      g_free (self->items[k].away_file);
      g_free (self->items[k].away_info);
    }
  memset (self->items, 0, sizeof self->items);
}

static gboolean
look_at_batch (TamisRun *self, GError **error)
{
  Looks looks = { self };

  clear_batch (self);
  for (guint k = 0; k < self->n; k++)
    {
      guint number = witness_number (self, self->first + k);

      if (self->seen[number])
        continue;
      self->seen[number] = 1;
      looks.witnesses[looks.n_witnesses++] = self->first + k;
    }
  tamis_parallel_for (self->n + looks.n_witnesses, look_at_one, &looks, self->cancel);
  return !g_cancellable_set_error_if_cancelled (self->cancel, error);
}

gboolean
_tamis_is_in_both (const TamisItem *item, const TamisTrace *trace)
{
  return item->place.kind == TAMIS_FOUND_GOOD && item->away.kind == TAMIS_FOUND_GOOD
         && !item->in_trash
         && (trace->kind == TAMIS_TRACE_LEAVING || trace->kind == TAMIS_TRACE_RETURNING);
}

TamisRemovalState
_tamis_state_of (const TamisItem *item, const TamisTrace *trace)
{
  switch (item->place.kind)
    {
    case TAMIS_FOUND_GOOD:
      return trace->kind == TAMIS_TRACE_NONE || trace->kind == TAMIS_TRACE_LEAVING
                 ? TAMIS_REMOVAL_PENDING
                 : TAMIS_REMOVAL_UNDONE;
    case TAMIS_FOUND_OTHER:
      return TAMIS_REMOVAL_CHANGED;
    case TAMIS_FOUND_NOTHING:
    default:
      return item->away.kind == TAMIS_FOUND_GOOD      ? TAMIS_REMOVAL_APPLIED
             : item->away.kind == TAMIS_FOUND_NOTHING ? TAMIS_REMOVAL_MISSING
                                                      : TAMIS_REMOVAL_CHANGED;
    }
}

/* ---- the run ---- */

gboolean
_tamis_run_begin (TamisRun *self, const char *verb, GError **error)
{
  gboolean writes = strcmp (verb, "verify") != 0 && !self->params->dry_run;
  guint n = tamis_manifest_get_n (self->manifest);

  self->root_fd = self->away_fd = -1;
  if (!find_root (self, error) || !find_quarantine (self, error)
      || (writes && !lock_root (self, error)) || !open_journal (self, error))
    return FALSE;
  /* Nothing was ever moved: undo leaves no empty quarantine behind. */
  writes = writes && (self->journal->length > 0 || strcmp (verb, "apply") == 0
                      || g_file_test (self->away, G_FILE_TEST_IS_DIR));
  if (!open_away (self, writes, error)
      || (writes && !_tamis_act_journal_begin (self->journal, verb, self->root, error))
      || (writes && !keep_manifest (self, error)))
    return FALSE;
  number_witnesses (self);
  for (guint i = 0; i < n && self->trash == NULL; i++)
    if (self->journal->traces[i].trash)
      self->trash = _tamis_trash_read (self->root);
  self->report = _tamis_act_report_new (self->manifest, self->root, self->quarantine);
  return TRUE;
}

void
_tamis_run_leave_nothing (TamisRun *self)
{
  g_autofree char *manifest = name_in (self->manifest, self->quarantine, ".json");

  if (self->journal == NULL || self->journal->fd < 0 || _tamis_act_journal_has_steps (self->journal))
    return;
  unlink (self->journal->path);
  if (self->made_manifest)
    unlink (manifest);
  rmdir (self->away);
  if (self->made_quarantine)
    rmdir (self->quarantine);
}

void
_tamis_run_clear (TamisRun *self)
{
  clear_batch (self);
  g_free (self->root);
  g_free (self->quarantine);
  g_free (self->away);
  if (self->root_fd >= 0)
    close (self->root_fd);
  if (self->away_fd >= 0)
    close (self->away_fd);
  _tamis_act_journal_free (self->journal);
  _tamis_trash_free (self->trash);
  g_clear_pointer (&self->removed, g_hash_table_unref);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_free (self->witnesses);
  g_free (self->seen);
  tamis_act_report_unref (self->report);
}

TamisRefusal
_tamis_refusal_of (int code, TamisRefusal stale)
{
  return code == ESTALE                     ? stale
         : code == EEXIST                   ? TAMIS_REFUSAL_TAKEN
         : code == ENOTDIR || code == ELOOP ? TAMIS_REFUSAL_LINK
                                            : TAMIS_REFUSAL_NOT_MOVED;
}

static void
pretend (TamisRun *self)
{
  for (guint k = 0; k < self->n; k++)
    if (self->items[k].go)
      _tamis_act_report_set_moved (self->report, self->first + k,
                                   tamis_act_report_get (self->report, self->first + k).state);
}

static gboolean
go_through (TamisRun *self, TamisDecideFunc decide, TamisCarryFunc carry, GError **error)
{
  guint n = tamis_manifest_get_n (self->manifest);

  tamis_progress_begin (self->progress, TAMIS_STAGE_ACT, n);
  for (self->first = 0; self->first < n; self->first += TAMIS_BATCH)
    {
      self->n = MIN (TAMIS_BATCH, n - self->first);
      if (!look_at_batch (self, error))
        return FALSE;
      for (guint k = 0; k < self->n; k++)
        decide (self, self->first + k, &self->items[k]);
      if (carry != NULL && !carry (self, error))
        return FALSE;
      if (self->params->dry_run)
        pretend (self);
    }
  return TRUE;
}

/* All or nothing. The report starts anew afterwards, and so do the witnesses: time has passed. */
static gboolean
check_strictly (TamisRun *self, TamisDecideFunc decide, GError **error)
{
  guint n_refused;

  if (!go_through (self, decide, NULL, error))
    return FALSE;
  n_refused = tamis_act_report_get_n_refused (self->report);
  if (n_refused > 0)
    {
      g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_REFUSED,
                   "%u of %u removals are refused, and nothing was moved", n_refused,
                   tamis_manifest_get_n (self->manifest));
      return FALSE;
    }
  tamis_act_report_unref (self->report);
  self->report = _tamis_act_report_new (self->manifest, self->root, self->quarantine);
  memset (self->seen, 0, g_hash_table_size (self->numbers));
  return TRUE;
}

gboolean
_tamis_run_all (TamisRun *self, TamisDecideFunc decide, TamisCarryFunc carry, GError **error)
{
  if (self->params->strict && carry != NULL && !check_strictly (self, decide, error))
    return FALSE;
  return go_through (self, decide, carry, error);
}
