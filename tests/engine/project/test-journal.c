/* project: decisions outlive the program, renames and losses; undo does too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <glib/gstdio.h>
#include <string.h>

#define N 24

typedef struct
{
  char *folder;
  char *file;
  TamisProject *project;
  TamisDataset *dataset;
  TamisJournal *journal;
} Fixture;

/* With digests, as encoding leaves it, but without a model. */
static TamisDataset *
open_refined (const char *folder)
{
  g_autoptr (TamisDataset) found = images_open (folder);
  guint n = tamis_dataset_get_n_images (found);
  g_autofree const char **reasons = g_new0 (const char *, n + 1);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, n + 1);

  for (guint row = 0; row < n; row++)
    {
      g_autofree char *path = tamis_dataset_dup_file (found, row);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      facts[row].digest = tamis_digest_of (bytes, length);
    }
  return tamis_dataset_refine (found, reasons, facts);
}

static void
open_all (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->project = tamis_project_open (self->file, self->folder, &error);
  g_assert_no_error (error);
  self->dataset = open_refined (self->folder);
  self->journal = tamis_journal_load (self->project, self->dataset, NULL, &error);
  g_assert_no_error (error);
}

static void
close_all (Fixture *self)
{
  g_clear_pointer (&self->journal, tamis_journal_free);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
  g_clear_pointer (&self->project, tamis_project_unref);
}

static void
reopen (Fixture *self)
{
  close_all (self);
  open_all (self);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = images_make_folder ("journal");
  images_make (self->folder, N);
  self->file = g_build_filename (self->folder, "my set.tamis", NULL);
  open_all (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_all (self);
  images_remove (self->folder);
  g_free (self->folder);
  g_free (self->file);
}

static guint
find (Fixture *self, guint i)
{
  g_autofree char *name = images_name (self->folder, i);
  int row = tamis_dataset_find_path (self->dataset, name + strlen (self->folder) + 1);

  g_assert_cmpint (row, >=, 0);
  return (guint) row;
}

static char *
describe_now (Fixture *self)
{
  return verdicts_describe (tamis_journal_get_verdicts (self->journal),
                            tamis_dataset_get_n_images (self->dataset));
}

static void
assert_is (Fixture *self, const char *expected)
{
  g_autofree char *now = describe_now (self);

  g_assert_cmpstr (now, ==, expected);
}

/* One random decision; mirrors what a review does. */
static void
decide (Fixture *self, TamisRandom *random)
{
  static const char *const folders[] = { "", "field", "wood" };
  guint n = tamis_dataset_get_n_images (self->dataset);
  guint a = (guint) tamis_random_below (random, n);
  guint b = (a + 1 + (guint) tamis_random_below (random, n - 1)) % n;

  switch (tamis_random_below (random, 8))
    {
    case 0:
      tamis_journal_set_mark (self->journal, a, (TamisMark) tamis_random_below (random, 3));
      break;
    case 1:
      tamis_journal_set_folder (self->journal, folders[tamis_random_below (random, 3)],
                                (TamisFolderRule) tamis_random_below (random, 3));
      break;
    case 2:
      tamis_journal_set_split (self->journal, "test", tamis_random_below (random, 2) == 0);
      break;
    case 3:
      tamis_journal_set_label (self->journal, a, b,
                               (TamisLabelVerdict) tamis_random_below (random, 5));
      break;
    default:
      tamis_journal_set_pair (self->journal, a, b, (TamisVerdict) tamis_random_below (random, 6));
      break;
    }
}

/* ---- tests ---- */

static void
test_replay (Fixture *self, gconstpointer data)
{
  TamisRandom random;

  tamis_random_init (&random, 1);
  for (guint round = 0; round < 8; round++)
    {
      g_autofree char *before = NULL;

      for (guint i = 0; i < 40; i++)
        switch (tamis_random_below (&random, 5))
          {
          case 0:
            tamis_journal_undo (self->journal);
            break;
          case 1:
            tamis_journal_redo (self->journal);
            break;
          default:
            decide (self, &random);
          }
      before = describe_now (self);
      tamis_journal_attach (self->journal, self->dataset);
      assert_is (self, before);
      reopen (self);
      assert_is (self, before);
    }
}

/* Back to nothing and forth again, across restarts. */
static void
test_undo (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  TamisRandom random;
  guint n;

  tamis_random_init (&random, 2);
  g_ptr_array_add (states, describe_now (self));
  while (tamis_journal_get_n_undo (self->journal) < 60)
    {
      guint before = tamis_journal_get_n_undo (self->journal);

      decide (self, &random);
      if (tamis_journal_get_n_undo (self->journal) > before)
        g_ptr_array_add (states, describe_now (self));
    }
  n = states->len - 1;
  for (guint i = n; i > 0; i--)
    {
      if (i % 7 == 0)
        reopen (self);
      tamis_journal_undo (self->journal);
      assert_is (self, g_ptr_array_index (states, i - 1));
    }
  g_assert_cmpuint (tamis_journal_get_n_undo (self->journal), ==, 0);
  g_assert_cmpuint (tamis_journal_undo (self->journal), ==, TAMIS_NO_WITNESS);
  for (guint i = 1; i <= n; i++)
    {
      if (i % 11 == 0)
        reopen (self);
      tamis_journal_redo (self->journal);
      assert_is (self, g_ptr_array_index (states, i));
    }
  g_assert_cmpuint (tamis_journal_get_n_redo (self->journal), ==, 0);
}

static void
test_steps (Fixture *self, gconstpointer data)
{
  g_autofree char *empty = describe_now (self);
  guint64 serial = tamis_journal_get_serial (self->journal);

  tamis_journal_begin (self->journal);
  tamis_journal_end (self->journal);
  g_assert_cmpuint (tamis_journal_get_n_undo (self->journal), ==, 0);
  g_assert_cmpuint (tamis_journal_get_serial (self->journal), ==, serial);

  tamis_journal_begin (self->journal);
  tamis_journal_set_pair (self->journal, 3, 1, TAMIS_VERDICT_REMOVE);
  tamis_journal_begin (self->journal);
  tamis_journal_set_pair (self->journal, 4, 1, TAMIS_VERDICT_REMOVE);
  tamis_journal_end (self->journal);
  /* Turned round within the step: undo has to come back to none, not to the first answer. */
  tamis_journal_set_pair (self->journal, 1, 3, TAMIS_VERDICT_REMOVE);
  tamis_journal_end (self->journal);
  g_assert_cmpuint (tamis_journal_get_n_undo (self->journal), ==, 1);
  g_assert_true (
      tamis_verdicts_is_removal (tamis_journal_get_verdicts (self->journal), 1, 3));
  reopen (self);
  g_assert_true (
      tamis_verdicts_is_removal (tamis_journal_get_verdicts (self->journal), 1, 3));
  g_assert_cmpuint (tamis_journal_undo (self->journal), ==, 3);
  assert_is (self, empty);
  /* An empty step leaves what can be redone; a new one does not. */
  tamis_journal_begin (self->journal);
  tamis_journal_end (self->journal);
  tamis_journal_set_mark (self->journal, 2, TAMIS_MARK_NONE);
  g_assert_cmpuint (tamis_journal_get_n_redo (self->journal), ==, 1);
  tamis_journal_set_mark (self->journal, 2, TAMIS_MARK_KEEP);
  g_assert_cmpuint (tamis_journal_get_n_redo (self->journal), ==, 0);
}

/* What is undone of a folder's rule is the rule, not what it hid. */
static void
test_folders (Fixture *self, gconstpointer data)
{
  TamisVerdicts *verdicts = tamis_journal_get_verdicts (self->journal);
  guint row = find (self, 1);

  tamis_journal_set_folder (self->journal, "", TAMIS_FOLDER_REFERENCE);
  tamis_journal_set_folder (self->journal, "wood", TAMIS_FOLDER_NORMAL);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, row), ==, TAMIS_FOLDER_NORMAL);
  tamis_journal_undo (self->journal);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, row), ==, TAMIS_FOLDER_REFERENCE);
  tamis_journal_set_folder (self->journal, "", TAMIS_FOLDER_EXCLUDED);
  g_assert_cmpint (tamis_verdicts_get_row_rule (verdicts, row), ==, TAMIS_FOLDER_EXCLUDED);
}

static void
rename_image (Fixture *self, guint i, const char *to)
{
  g_autofree char *from = images_name (self->folder, i);
  g_autofree char *path = g_build_filename (self->folder, to, NULL);

  g_assert_cmpint (g_rename (from, path), ==, 0);
}

static void
test_identity (Fixture *self, gconstpointer data)
{
  g_autofree char *one = images_name (self->folder, 1);
  g_autofree char *copy = images_name (self->folder, 101);
  g_autofree char *bytes = NULL;
  gsize length;
  guint a, b;

  tamis_journal_set_pair (self->journal, find (self, 3), find (self, 1), TAMIS_VERDICT_REMOVE);
  tamis_journal_set_mark (self->journal, find (self, 5), TAMIS_MARK_KEEP);
  /* Renamed, and moved to another class. */
  rename_image (self, 3, "wood/another name.png");
  rename_image (self, 5, "field/moved.png");
  reopen (self);
  a = (guint) tamis_dataset_find_path (self->dataset, "wood/another name.png");
  b = find (self, 1);
  g_assert_true (tamis_verdicts_is_removal (tamis_journal_get_verdicts (self->journal), a, b));
  a = (guint) tamis_dataset_find_path (self->dataset, "field/moved.png");
  g_assert_cmpint (tamis_verdicts_get_mark (tamis_journal_get_verdicts (self->journal), a), ==,
                   TAMIS_MARK_KEEP);
  g_assert_cmpuint (tamis_journal_get_n_unresolved (self->journal), ==, 0);

  /* Of two equal files a decision stays with its path; without it it goes to the other. */
  g_assert_true (g_file_get_contents (one, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));
  reopen (self);
  tamis_journal_set_mark (self->journal, find (self, 101), TAMIS_MARK_REMOVE);
  reopen (self);
  g_assert_cmpint (tamis_verdicts_get_mark (tamis_journal_get_verdicts (self->journal),
                                            find (self, 101)), ==, TAMIS_MARK_REMOVE);
  g_assert_cmpint (tamis_verdicts_get_mark (tamis_journal_get_verdicts (self->journal),
                                            find (self, 1)), ==, TAMIS_MARK_NONE);
  g_unlink (copy);
  reopen (self);
  g_assert_cmpint (tamis_verdicts_get_mark (tamis_journal_get_verdicts (self->journal),
                                            find (self, 1)), ==, TAMIS_MARK_REMOVE);
}

/* What is not there is kept for when it comes back; other bytes under its name are another image. */
static void
test_unresolved (Fixture *self, gconstpointer data)
{
  g_autofree char *seven = images_name (self->folder, 7);
  g_autofree char *away = g_strconcat (self->folder, "/away", NULL);
  g_autofree char *before = NULL;

  tamis_journal_set_pair (self->journal, find (self, 7), find (self, 9), TAMIS_VERDICT_LATER);
  tamis_journal_set_pair (self->journal, find (self, 9), find (self, 7), TAMIS_VERDICT_REMOVE);
  tamis_journal_set_pair (self->journal, find (self, 7), find (self, 11), TAMIS_VERDICT_LATER);
  tamis_journal_set_pair (self->journal, find (self, 7), find (self, 11), TAMIS_VERDICT_NONE);
  tamis_journal_set_mark (self->journal, find (self, 7), TAMIS_MARK_REMOVE);
  before = describe_now (self);
  rename_image (self, 7, "away");
  reopen (self);
  /* Pairs and images, not how often they were decided about. */
  g_assert_cmpuint (tamis_journal_get_n_unresolved (self->journal), ==, 2);
  g_assert_true (tamis_verdicts_is_empty (tamis_journal_get_verdicts (self->journal)));
  images_write (seven, 1000, 1);
  reopen (self);
  g_assert_cmpuint (tamis_journal_get_n_unresolved (self->journal), ==, 2);
  g_assert_cmpuint (tamis_journal_undo (self->journal), ==, TAMIS_NO_WITNESS);
  g_assert_cmpuint (tamis_journal_get_n_unresolved (self->journal), ==, 1);
  tamis_journal_redo (self->journal);
  g_assert_cmpint (g_rename (away, seven), ==, 0);
  reopen (self);
  g_assert_cmpuint (tamis_journal_get_n_unresolved (self->journal), ==, 0);
  assert_is (self, before);
}

/* The file refuses to forget. */
static void
test_append_only (Fixture *self, gconstpointer data)
{
  const char *const forbidden[] = { "DELETE FROM steps", "UPDATE steps SET type = 1",
                                    "DELETE FROM decisions", "UPDATE decisions SET value = 0" };
  sqlite3 *db;

  tamis_journal_set_mark (self->journal, 1, TAMIS_MARK_KEEP);
  close_all (self);
  g_assert_cmpint (sqlite3_open (self->file, &db), ==, SQLITE_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++)
    g_assert_cmpint (sqlite3_exec (db, forbidden[i], NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  sqlite3_close (db);
  open_all (self);
  g_assert_cmpint (
      tamis_verdicts_get_mark (tamis_journal_get_verdicts (self->journal), 1), ==,
      TAMIS_MARK_KEEP);
}

/* Without a project: the same, as long as it lives. */
static void
test_in_memory (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisJournal) journal = tamis_journal_new (self->dataset);

  tamis_journal_set_pair (journal, 1, 2, TAMIS_VERDICT_KEEP_BOTH);
  g_assert_cmpuint (tamis_journal_undo (journal), ==, 1);
  g_assert_true (tamis_verdicts_is_empty (tamis_journal_get_verdicts (journal)));
  g_assert_cmpuint (tamis_journal_redo (journal), ==, 1);
  g_assert_cmpint (tamis_verdicts_get (tamis_journal_get_verdicts (journal), 2, 1), ==,
                   TAMIS_VERDICT_KEEP_BOTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
#define ADD(name, func) \
  g_test_add ("/project/journal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("replay", test_replay);
  ADD ("undo", test_undo);
  ADD ("steps", test_steps);
  ADD ("folders", test_folders);
  ADD ("identity", test_identity);
  ADD ("unresolved", test_unresolved);
  ADD ("append-only", test_append_only);
  ADD ("in-memory", test_in_memory);
  return g_test_run ();
}
