/* act: apply, verify and undo on a small data set, and everything they must refuse.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *root;
  char *path;
  char *before; /* the tree as it was */
  TamisManifest *manifest;
  TamisActParams params;
  TamisActReport *report; /* of the last call */
} Fixture;

typedef gboolean (*ActFunc) (TamisManifest *self, const TamisActParams *params,
                             TamisActReport **report, TamisProgress *progress,
                             GCancellable *cancel, GError **error);

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tamis-act-XXXXXX", NULL);
  self->root = g_build_filename (self->folder, "set", NULL);
  self->path = g_build_filename (self->folder, "m.json", NULL);
  tree_make (self->root, 3);
  tree_write_manifest (self->root, self->path);
  self->before = tree_describe_all (self->root);
  self->manifest = tamis_manifest_open (self->path, NULL);
  g_assert_nonnull (self->manifest);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tree_remove (self->folder);
  g_free (self->folder);
  g_free (self->root);
  g_free (self->path);
  g_free (self->before);
  tamis_manifest_unref (self->manifest);
  tamis_act_report_unref (self->report);
}

static void
act (Fixture *self, ActFunc func)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->report, tamis_act_report_unref);
  func (self->manifest, &self->params, &self->report, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* @func must fail with @code of TAMIS_ACT_ERROR; the message must hold @words. */
static void
act_fails (Fixture *self, ActFunc func, TamisActError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->report, tamis_act_report_unref);
  g_assert_false (func (self->manifest, &self->params, &self->report, NULL, NULL, &error));
  g_assert_error (error, TAMIS_ACT_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
check_same (Fixture *self)
{
  g_autofree char *now = tree_describe_all (self->root);

  tree_assert_same (now, self->before);
}

static char *
in_root (Fixture *self, guint i)
{
  return g_build_filename (self->root, tamis_manifest_get (self->manifest, i).path, NULL);
}

static char *
witness_of (Fixture *self, guint i)
{
  return g_build_filename (self->root, tamis_manifest_get (self->manifest, i).witness, NULL);
}

static char *
in_quarantine (Fixture *self, guint i)
{
  g_autofree char *id = g_strndup (tamis_manifest_get_id (self->manifest), 16);
  g_autofree char *usual = tamis_manifest_dup_quarantine (self->manifest, self->params.root);

  return g_build_filename (self->params.quarantine != NULL ? self->params.quarantine : usual, id,
                           tamis_manifest_get (self->manifest, i).path, NULL);
}

static gboolean
exists (const char *path)
{
  struct stat status;

  return lstat (path, &status) == 0;
}

/* Of the last report: removal @i was refused for @refusal and is @state; all others were moved. */
static void
check_refused (Fixture *self, guint i, TamisRefusal refusal, TamisRemovalState state)
{
  TamisActResult result = tamis_act_report_get (self->report, i);

  g_assert_cmpint (result.refusal, ==, refusal);
  g_assert_cmpint (result.state, ==, state);
  g_assert_false (result.moved);
  g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 1);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS - 1);
  g_assert_nonnull (tamis_refusal_to_string (refusal));
}

/* ---- there and back ---- */

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autofree char *away = NULL;

  act (self, tamis_manifest_verify);
  g_assert_cmpuint (tamis_act_report_count (self->report, TAMIS_REMOVAL_PENDING), ==, TREE_REMOVALS);
  for (guint again = 0; again < 2; again++)
    {
      act (self, tamis_manifest_apply);
      g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==,
                        again == 0 ? TREE_REMOVALS : 0);
      g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 0);
    }
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      g_autofree char *place = in_root (self, i);
      g_autofree char *gone = in_quarantine (self, i);

      g_assert_false (exists (place));
      g_assert_true (exists (gone));
    }
  act (self, tamis_manifest_verify);
  g_assert_cmpuint (tamis_act_report_count (self->report, TAMIS_REMOVAL_APPLIED), ==, TREE_REMOVALS);
  for (guint again = 0; again < 2; again++)
    {
      act (self, tamis_manifest_undo);
      g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==,
                        again == 0 ? TREE_REMOVALS : 0);
      g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 0);
      check_same (self);
    }
  act (self, tamis_manifest_verify);
  g_assert_cmpuint (tamis_act_report_count (self->report, TAMIS_REMOVAL_UNDONE), ==, TREE_REMOVALS);
  /* Nothing but journal and manifest is left of the quarantine. */
  away = in_quarantine (self, 0);
  *strrchr (away, '/') = '\0';
  g_assert_false (exists (away));
  act (self, tamis_manifest_apply);
  act (self, tamis_manifest_undo);
  check_same (self);
}

static void
test_dry_run (Fixture *self, gconstpointer data)
{
  g_autofree char *quarantine = tamis_manifest_dup_quarantine (self->manifest, NULL);

  self->params.dry_run = TRUE;
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  g_assert_cmpuint (tamis_act_report_get_bytes_moved (self->report), ==,
                    tamis_manifest_get_bytes (self->manifest));
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, 0);
  check_same (self);
  g_assert_false (exists (quarantine));
}

/* The copy of the manifest in a quarantine of one's own choice is all that undo needs. */
static void
test_quarantine_is_enough (Fixture *self, gconstpointer data)
{
  g_autofree char *quarantine = g_build_filename (self->folder, "else", "where", NULL);
  g_autofree char *name = g_strdup_printf ("%.16s.json", tamis_manifest_get_id (self->manifest));
  g_autofree char *copy = g_build_filename (quarantine, name, NULL);

  self->params.quarantine = quarantine;
  act (self, tamis_manifest_apply);
  g_unlink (self->path);
  tamis_manifest_unref (self->manifest);
  self->manifest = tamis_manifest_open (copy, NULL);
  self->params.quarantine = NULL;
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  check_same (self);
}

/* A copy of the data set elsewhere, by --root. */
static void
test_another_copy (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->folder, "copy", NULL);
  g_autofree char *quarantine = g_build_filename (self->folder, "set-quarantine", NULL);
  g_autofree char *before = NULL, *after = NULL;

  tree_make (other, 3);
  before = tree_describe_all (other);
  self->params.root = other;
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  check_same (self);
  /* The quarantine of one copy is not for the other. */
  self->params.root = NULL;
  act (self, tamis_manifest_apply);
  self->params.root = other;
  self->params.quarantine = quarantine;
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_JOURNAL, "holds images of");
  self->params.quarantine = NULL;
  act (self, tamis_manifest_undo);
  after = tree_describe_all (other);
  g_assert_cmpstr (after, ==, before);
}

static void
test_moved_data_set (Fixture *self, gconstpointer data)
{
  g_autofree char *place = g_build_filename (self->folder, "new", NULL);
  g_autofree char *root = g_build_filename (place, "set", NULL);
  g_autofree char *from = g_build_filename (self->folder, "set-quarantine", NULL);
  g_autofree char *to = g_build_filename (place, "set-quarantine", NULL);

  act (self, tamis_manifest_apply);
  g_mkdir (place, 0777);
  g_assert_cmpint (g_rename (self->root, root), ==, 0);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_ROOT, "cannot be opened");
  self->params.root = root;
  act (self, tamis_manifest_undo);
  g_assert_cmpint (g_rename (root, self->root), ==, 0);
  check_same (self);
}

static void
test_two_file_systems (Fixture *self, gconstpointer data)
{
  g_autofree char *quarantine = g_strdup_printf ("/dev/shm/tamis-act-%d", (int) getpid ());
  g_autofree char *gone = NULL, *place = NULL;
  struct stat here, there, was;

  if (stat (self->folder, &here) != 0 || stat ("/dev/shm", &there) != 0
      || here.st_dev == there.st_dev || access ("/dev/shm", W_OK) != 0)
    {
      g_test_skip ("there is no second file system to write to");
      return;
    }
  self->params.quarantine = quarantine;
  place = in_root (self, 2);
  g_assert_cmpint (stat (place, &was), ==, 0);
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  gone = in_quarantine (self, 2);
  g_assert_cmpint (stat (gone, &there), ==, 0);
  g_assert_cmpuint (there.st_mode, ==, was.st_mode);
  g_assert_cmpint (there.st_mtim.tv_nsec, ==, was.st_mtim.tv_nsec);
  act (self, tamis_manifest_undo);
  check_same (self);
  tree_remove (quarantine);
}

/* ---- refusals ---- */

static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 3);
  g_autofree char *text = NULL;
  gsize n;

  /* The same length: only the hash can tell. */
  g_assert_true (g_file_get_contents (place, &text, &n, NULL));
  text[n / 2] ^= 1;
  g_assert_true (g_file_set_contents (place, text, (gssize) n, NULL));
  act (self, tamis_manifest_apply);
  check_refused (self, 3, TAMIS_REFUSAL_CHANGED, TAMIS_REMOVAL_CHANGED);
  g_assert_true (exists (place));
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 8);

  g_unlink (place);
  act (self, tamis_manifest_apply);
  check_refused (self, 8, TAMIS_REFUSAL_MISSING, TAMIS_REMOVAL_MISSING);
  act (self, tamis_manifest_undo);
  check_refused (self, 8, TAMIS_REFUSAL_MISSING, TAMIS_REMOVAL_MISSING);
}

/* Removals 20 and 0 (of the folder before) stand beside the same witness. */
static void
check_witness_refusal (Fixture *self, TamisRefusal refusal)
{
  guint n_refused = 0;

  act (self, tamis_manifest_apply);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      TamisActResult result = tamis_act_report_get (self->report, i);
      gboolean same = strcmp (tamis_manifest_get (self->manifest, i).witness,
                              tamis_manifest_get (self->manifest, 2).witness) == 0;

      g_assert_cmpint (result.refusal, ==, same ? refusal : TAMIS_REFUSAL_NONE);
      g_assert_cmpint (result.moved, ==, !same);
      n_refused += same;
    }
  g_assert_cmpuint (n_refused, >, 1);
  g_assert_cmpuint (n_refused, ==, tamis_act_report_get_n_refused (self->report));
}

static void
test_witness_missing (Fixture *self, gconstpointer data)
{
  g_autofree char *witness = witness_of (self, 2);

  g_unlink (witness);
  check_witness_refusal (self, TAMIS_REFUSAL_WITNESS_MISSING);
}

static void
test_witness_changed (Fixture *self, gconstpointer data)
{
  g_autofree char *witness = witness_of (self, 2);

  g_assert_true (g_file_set_contents (witness, "another", -1, NULL));
  check_witness_refusal (self, TAMIS_REFUSAL_WITNESS_CHANGED);
}

/* A link to the witness's very bytes is not the witness. */
static void
test_witness_link (Fixture *self, gconstpointer data)
{
  g_autofree char *witness = witness_of (self, 2);
  g_autofree char *outside = g_build_filename (self->folder, "outside.png", NULL);

  g_assert_cmpint (g_rename (witness, outside), ==, 0);
  g_assert_cmpint (symlink (outside, witness), ==, 0);
  check_witness_refusal (self, TAMIS_REFUSAL_WITNESS_CHANGED);
}

static void
test_witness_lost_later (Fixture *self, gconstpointer data)
{
  g_autofree char *witness = witness_of (self, 2);

  act (self, tamis_manifest_apply);
  g_unlink (witness);
  act (self, tamis_manifest_verify);
  g_assert_cmpuint (tamis_act_report_count (self->report, TAMIS_REMOVAL_APPLIED), ==, TREE_REMOVALS);
  g_assert_cmpint (tamis_act_report_get (self->report, 2).refusal, ==,
                   TAMIS_REFUSAL_WITNESS_MISSING);
  g_assert_cmpint (tamis_act_report_get (self->report, 8).refusal, ==, TAMIS_REFUSAL_NONE);
}

/* Image and witness are one file: a name of it may not go. */
static void
test_hard_link (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 2);
  g_autofree char *witness = witness_of (self, 2);
  TamisManifestRemoval removal;

  g_unlink (place);
  g_assert_cmpint (link (witness, place), ==, 0);
  removal = tree_describe (self->root, 2);
  tree_write_removals (self->root, self->path, &removal, 1);
  tamis_manifest_unref (self->manifest);
  self->manifest = tamis_manifest_open (self->path, NULL);
  act (self, tamis_manifest_apply);
  g_assert_cmpint (tamis_act_report_get (self->report, 0).refusal, ==, TAMIS_REFUSAL_SAME_FILE);
  g_assert_true (exists (place));
  tree_free_removal (&removal);
}

/* Three names of one file that all go: the first that moves touches the status of the others. */
static void
test_many_names (Fixture *self, gconstpointer data)
{
  TamisManifestRemoval removals[3];
  g_autofree char *first = in_root (self, 1);

  for (guint i = 0; i < G_N_ELEMENTS (removals); i++)
    {
      g_autofree char *place = in_root (self, i + 1);

      if (i > 0)
        {
          g_unlink (place);
          g_assert_cmpint (link (first, place), ==, 0);
        }
      removals[i] = tree_describe (self->root, i + 1);
    }
  g_free (self->before);
  self->before = tree_describe_all (self->root);
  tree_write_removals (self->root, self->path, removals, G_N_ELEMENTS (removals));
  tamis_manifest_unref (self->manifest);
  self->manifest = tamis_manifest_open (self->path, NULL);
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, G_N_ELEMENTS (removals));
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, G_N_ELEMENTS (removals));
  check_same (self);
  for (guint i = 0; i < G_N_ELEMENTS (removals); i++)
    tree_free_removal (&removals[i]);
}

/* Who may not enter a folder of the data set may not enter it in the quarantine. */
static void
test_private_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *field = g_build_filename (self->root, "field", NULL);
  g_autofree char *quarantine = tamis_manifest_dup_quarantine (self->manifest, NULL);
  struct stat status;

  g_assert_cmpint (g_chmod (field, 0700), ==, 0);
  g_assert_cmpint (g_chmod (self->root, 0750), ==, 0);
  act (self, tamis_manifest_apply);
  g_assert_cmpint (stat (quarantine, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0007, ==, 0);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      g_autofree char *gone = in_quarantine (self, i);

      if (strstr (tamis_manifest_get (self->manifest, i).path, "field/") == NULL)
        continue;
      *strrchr (gone, '/') = '\0';
      g_assert_cmpint (stat (gone, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0700);
    }
}

/* Two images each of which is to stay for the other. */
static void
test_last_copy (Fixture *self, gconstpointer data)
{
  TamisManifestRemoval a = tree_describe (self->root, 1), b = tree_describe (self->root, 2);
  TamisManifestRemoval both[2] = { a, b };

  both[0].witness = b.path;
  both[0].witness_bytes = b.bytes;
  both[0].witness_sha256 = b.sha256;
  both[1].witness = a.path;
  both[1].witness_bytes = a.bytes;
  both[1].witness_sha256 = a.sha256;
  tamis_manifest_unref (self->manifest);
  tree_write_removals (self->root, self->path, both, 2);
  self->manifest = tamis_manifest_open (self->path, NULL);
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 2);
  g_assert_cmpint (tamis_act_report_get (self->report, 0).refusal, ==,
                   TAMIS_REFUSAL_WITNESS_REMOVED);
  check_same (self);

  /* The same by two manifests, one after the other. */
  for (guint m = 0; m < 2; m++)
    {
      tamis_manifest_unref (self->manifest);
      tree_write_removals (self->root, self->path, &both[m], 1);
      self->manifest = tamis_manifest_open (self->path, NULL);
      act (self, tamis_manifest_apply);
      g_assert_cmpint (tamis_act_report_get (self->report, 0).refusal, ==,
                       m == 0 ? TAMIS_REFUSAL_NONE : TAMIS_REFUSAL_WITNESS_MISSING);
    }
  tree_free_removal (&a);
  tree_free_removal (&b);
}

/* A folder of the data set turns into a link to a folder outside that holds the same files. */
static void
test_link_out (Fixture *self, gconstpointer data)
{
  g_autofree char *inside = g_build_filename (self->root, "field", NULL);
  g_autofree char *outside = g_build_filename (self->folder, "outside", NULL);

  g_assert_cmpint (g_rename (inside, outside), ==, 0);
  g_assert_cmpint (symlink (outside, inside), ==, 0);
  act (self, tamis_manifest_apply);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      TamisActResult result = tamis_act_report_get (self->report, i);
      TamisManifestRemoval removal = tamis_manifest_get (self->manifest, i);

      if (g_str_has_prefix (removal.path, "field/"))
        g_assert_cmpint (result.refusal, ==, TAMIS_REFUSAL_LINK);
      else if (g_str_has_prefix (removal.witness, "field/"))
        g_assert_cmpint (result.refusal, ==, TAMIS_REFUSAL_WITNESS_CHANGED);
      else
        g_assert_true (result.moved);
    }
  g_unlink (inside);
  g_assert_cmpint (g_rename (outside, inside), ==, 0);
  act (self, tamis_manifest_undo);
}

static void
test_link_in_place (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 2);
  g_autofree char *outside = g_build_filename (self->folder, "outside.png", NULL);

  g_assert_cmpint (g_rename (place, outside), ==, 0);
  g_assert_cmpint (symlink (outside, place), ==, 0);
  act (self, tamis_manifest_apply);
  check_refused (self, 2, TAMIS_REFUSAL_LINK, TAMIS_REMOVAL_CHANGED);
  g_assert_true (exists (place));
  g_assert_true (exists (outside));
}

static void
test_pipe_in_place (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 2);

  g_unlink (place);
  g_assert_cmpint (mkfifo (place, 0600), ==, 0);
  act (self, tamis_manifest_apply); /* and does not hang */
  check_refused (self, 2, TAMIS_REFUSAL_NOT_REGULAR, TAMIS_REMOVAL_CHANGED);
}

static void
test_taken_in_quarantine (Fixture *self, gconstpointer data)
{
  g_autofree char *gone = in_quarantine (self, 2);
  g_autofree char *folder = g_path_get_dirname (gone);
  g_autofree char *text = NULL;

  g_mkdir_with_parents (folder, 0777);
  g_assert_true (g_file_set_contents (gone, "was here first", -1, NULL));
  act (self, tamis_manifest_apply);
  check_refused (self, 2, TAMIS_REFUSAL_TAKEN, TAMIS_REMOVAL_PENDING);
  g_assert_true (g_file_get_contents (gone, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "was here first");
}

static void
test_taken_in_place (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 2);
  g_autofree char *same = in_root (self, 8);
  g_autofree char *gone = in_quarantine (self, 8);
  g_autofree char *text = NULL, *copy = NULL;
  gsize n;

  act (self, tamis_manifest_apply);
  g_assert_true (g_file_set_contents (place, "new work", -1, NULL));
  act (self, tamis_manifest_undo);
  check_refused (self, 2, TAMIS_REFUSAL_TAKEN, TAMIS_REMOVAL_CHANGED);
  g_assert_true (g_file_get_contents (place, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new work");
  g_unlink (place);
  act (self, tamis_manifest_undo);
  check_same (self);

  /* Not even by a file with the same bytes, and that one is not taken for the image either. */
  act (self, tamis_manifest_apply);
  g_assert_true (g_file_get_contents (gone, &copy, &n, NULL));
  g_assert_true (g_file_set_contents (same, copy, (gssize) n, NULL));
  act (self, tamis_manifest_undo);
  check_refused (self, 8, TAMIS_REFUSAL_TAKEN, TAMIS_REMOVAL_UNDONE);
  g_assert_true (exists (gone));
  g_assert_true (exists (same));
}

static void
test_away_changed (Fixture *self, gconstpointer data)
{
  g_autofree char *gone = in_quarantine (self, 2);

  act (self, tamis_manifest_apply);
  g_assert_true (g_file_set_contents (gone, "broken", -1, NULL));
  act (self, tamis_manifest_verify);
  g_assert_cmpint (tamis_act_report_get (self->report, 2).state, ==, TAMIS_REMOVAL_CHANGED);
  act (self, tamis_manifest_undo);
  check_refused (self, 2, TAMIS_REFUSAL_AWAY_CHANGED, TAMIS_REMOVAL_CHANGED);
}

static void
test_strict (Fixture *self, gconstpointer data)
{
  g_autofree char *place = in_root (self, 3);
  g_autofree char *quarantine = tamis_manifest_dup_quarantine (self->manifest, NULL);
  g_autofree char *text = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (place, &text, &n, NULL));
  g_assert_true (g_file_set_contents (place, "changed", -1, NULL));
  self->params.strict = TRUE;
  act_fails (self, tamis_manifest_apply, TAMIS_ACT_ERROR_REFUSED, "1 of 24");
  g_assert_false (exists (quarantine));
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, 0);
  g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 1);
  g_assert_true (g_file_set_contents (place, text, (gssize) n, NULL));
  act (self, tamis_manifest_apply);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
}

/* A folder that is gone when its images come back is made anew, with its permissions and time. */
static void
test_folder_gone (Fixture *self, gconstpointer data)
{
  g_autofree char *field = g_build_filename (self->root, "field", NULL);
  g_autofree char *stays = g_build_filename (field, "stays.png", NULL);
  g_autofree char *aside = g_build_filename (self->folder, "stays.png", NULL);
  struct stat root, status;

  g_chmod (field, 0750);
  g_assert_cmpint (stat (self->root, &root), ==, 0);
  act (self, tamis_manifest_apply);
  g_assert_cmpint (g_rename (stays, aside), ==, 0);
  g_assert_cmpint (g_rmdir (field), ==, 0);
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  g_assert_cmpint (stat (field, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0750);
  g_assert_cmpint (status.st_mtim.tv_sec, ==, 1450000000);
}

/* ---- places and journals that will not do ---- */

static void
test_quarantine_inside (Fixture *self, gconstpointer data)
{
  g_autofree char *inside = g_build_filename (self->root, "field", "quarantine", NULL);
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autofree char *behind = g_build_filename (link, "quarantine", NULL);

  self->params.quarantine = inside;
  act_fails (self, tamis_manifest_apply, TAMIS_ACT_ERROR_PLACE, "lies in the data set");
  g_assert_cmpint (symlink (self->root, link), ==, 0);
  self->params.quarantine = behind;
  act_fails (self, tamis_manifest_apply, TAMIS_ACT_ERROR_PLACE, "lies in the data set");
  check_same (self);
}

static void
test_busy (Fixture *self, gconstpointer data)
{
  int fd = open (self->root, O_RDONLY | O_DIRECTORY);

  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  act_fails (self, tamis_manifest_apply, TAMIS_ACT_ERROR_BUSY, "under way");
  act (self, tamis_manifest_verify);
  close (fd);
  act (self, tamis_manifest_apply);
}

static char *
journal_of (Fixture *self)
{
  return g_strdup_printf ("%s-quarantine/%.16s.journal", self->root,
                          tamis_manifest_get_id (self->manifest));
}

static void
append (const char *path, const char *text)
{
  FILE *file = fopen (path, "ab");

  g_assert_nonnull (file);
  fputs (text, file);
  fclose (file);
}

static void
test_journals (Fixture *self, gconstpointer data)
{
  g_autofree char *path = journal_of (self);
  g_autofree char *whole = NULL;

  act (self, tamis_manifest_apply);
  /* A line that a crash cut off was never acted upon. */
  append (path, "{\"back\":");
  act (self, tamis_manifest_undo);
  check_same (self);
  act (self, tamis_manifest_apply);
  g_assert_true (g_file_get_contents (path, &whole, NULL, NULL));
  append (path, "nonsense\n");
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_JOURNAL, "damaged");
  g_assert_true (g_file_set_contents (path, whole, -1, NULL));
  append (path, "{\"away\":24}\n");
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_JOURNAL, "no removal of this number");
  g_assert_true (g_file_set_contents (
      path, "{\"format\":\"tamis-journal\",\"version\":1,\"manifest\":\"x\"}\n", -1, NULL));
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_JOURNAL, "another manifest");
  g_assert_true (g_file_set_contents (path, "{\"format\":\"tamis-journal\",\"version\":2}\n", -1, NULL));
  act_fails (self, tamis_manifest_undo, TAMIS_ACT_ERROR_JOURNAL, "newer");

  /* Without any journal all images still come back; only times of folders are lost. */
  g_unlink (path);
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancel);
  g_assert_false (tamis_manifest_apply (self->manifest, &self->params, &self->report, NULL, cancel,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, 0);
  check_same (self);
}

/* ---- the trash ---- */

static void
test_trash (Fixture *self, gconstpointer data)
{
  g_autofree char *trash = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *place = in_root (self, 2);
  g_autofree char *info = g_build_filename (trash, "info", NULL);

  self->params.mode = TAMIS_ACT_TRASH;
  act (self, tamis_manifest_apply);
  if (tamis_act_report_get_n_moved (self->report) == 0)
    {
      g_test_skip (tamis_act_report_get (self->report, 0).detail);
      return;
    }
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  g_assert_false (exists (place));
  act (self, tamis_manifest_verify);
  g_assert_cmpuint (tamis_act_report_count (self->report, TAMIS_REMOVAL_APPLIED), ==, TREE_REMOVALS);
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_moved (self->report), ==, TREE_REMOVALS);
  check_same (self);
  /* Once more, with another file of the same name in the trash, and one image taken out of it. */
  act (self, tamis_manifest_apply);
  g_assert_true (g_file_set_contents (place, "another", -1, NULL));
  {
    g_autoptr (GFile) file = g_file_new_for_path (place);

    g_assert_true (g_file_trash (file, NULL, NULL));
  }
  act (self, tamis_manifest_undo);
  g_assert_cmpuint (tamis_act_report_get_n_refused (self->report), ==, 0);
  check_same (self);
  g_assert_true (exists (info));
}

/* ---- in a process of their own ---- */

/* Runs the rest of the test in a child and returns FALSE in the parent. */
static gboolean
in_child (void)
{
  if (g_test_subprocess ())
    return TRUE;
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  return FALSE;
}

/* Nobody may not take a file out of a folder that is not theirs to write. */
static void
test_read_only (void)
{
  Fixture self = { 0 };
  g_autofree char *field = NULL;

  if (!in_child ())
    return;
  set_up (&self, NULL);
  field = g_build_filename (self.root, "field", NULL);
  g_chmod (field, 0555);
  if (getuid () == 0)
    {
      g_autofree char *command = g_strdup_printf ("chown -R 65534:65534 '%s'", self.folder);

      g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
      g_assert_cmpint (seteuid (65534), ==, 0);
    }
  act (&self, tamis_manifest_apply);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    {
      TamisActResult result = tamis_act_report_get (self.report, i);

      if (!g_str_has_prefix (tamis_manifest_get (self.manifest, i).path, "field/"))
        g_assert_true (result.moved);
      else
        {
          g_assert_cmpint (result.refusal, ==, TAMIS_REFUSAL_NOT_MOVED);
          g_assert_cmpstr (result.detail, ==, g_strerror (EACCES));
        }
    }
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_chmod (field, 0755);
  tear_down (&self, NULL);
}

/* A limit on the size of files stands in for a full disk: copies break off in the middle. */
static void
test_disk_full (void)
{
  Fixture self = { 0 };
  g_autofree char *quarantine = g_strdup_printf ("/dev/shm/tamis-full-%d", (int) getpid ());
  struct rlimit limit = { 20000, RLIM_INFINITY };
  struct stat here, there;

  if (!in_child ())
    return;
  set_up (&self, NULL);
  self.params.quarantine = quarantine;
  if (stat (self.folder, &here) == 0 && stat ("/dev/shm", &there) == 0
      && here.st_dev != there.st_dev && access ("/dev/shm", W_OK) == 0)
    {
      signal (SIGXFSZ, SIG_IGN);
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      act (&self, tamis_manifest_apply);
      for (guint i = 0; i < TREE_REMOVALS; i++)
        {
          gboolean fits = tamis_manifest_get (self.manifest, i).bytes <= limit.rlim_cur;
          g_autofree char *place = in_root (&self, i);
          g_autofree char *gone = in_quarantine (&self, i);

          g_assert_cmpint (tamis_act_report_get (self.report, i).moved, ==, fits);
          g_assert_cmpint (exists (place), ==, !fits);
          g_assert_cmpint (exists (gone), ==, fits);
        }
      limit.rlim_cur = RLIM_INFINITY;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      act (&self, tamis_manifest_undo);
      check_same (&self);
      tree_remove (quarantine);
    }
  tear_down (&self, NULL);
}

#define ADD(name, func) g_test_add ("/act/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("tamis-home-XXXXXX", NULL);
  int result;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  ADD ("round-trip", test_round_trip);
  ADD ("dry-run", test_dry_run);
  ADD ("quarantine-is-enough", test_quarantine_is_enough);
  ADD ("another-copy", test_another_copy);
  ADD ("moved-data-set", test_moved_data_set);
  ADD ("two-file-systems", test_two_file_systems);
  ADD ("changed", test_changed);
  ADD ("missing", test_missing);
  ADD ("witness-missing", test_witness_missing);
  ADD ("witness-changed", test_witness_changed);
  ADD ("witness-link", test_witness_link);
  ADD ("witness-lost-later", test_witness_lost_later);
  ADD ("hard-link", test_hard_link);
  ADD ("many-names", test_many_names);
  ADD ("private-folder", test_private_folder);
  ADD ("last-copy", test_last_copy);
  ADD ("link-out", test_link_out);
  ADD ("link-in-place", test_link_in_place);
  ADD ("pipe-in-place", test_pipe_in_place);
  ADD ("taken-in-quarantine", test_taken_in_quarantine);
  ADD ("taken-in-place", test_taken_in_place);
  ADD ("away-changed", test_away_changed);
  ADD ("strict", test_strict);
  ADD ("folder-gone", test_folder_gone);
  ADD ("quarantine-inside", test_quarantine_inside);
  ADD ("busy", test_busy);
  ADD ("journals", test_journals);
  ADD ("cancel", test_cancel);
  ADD ("trash", test_trash);
  g_test_add_func ("/act/read-only", test_read_only);
  g_test_add_func ("/act/disk-full", test_disk_full);
  result = g_test_run ();
  tree_remove (home);
  return result;
}
