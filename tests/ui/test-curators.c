/* ui: two curators: agreement, settling what they do not agree on, taking over, and what is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-curators-window.h"
#include "tamis-textures.h"
#include "tamis-window.h"

#include "ui-test.h"

#define N_BOTH 6

typedef struct
{
  char *folder;
  char *other; /* the other's project */
  char *copy;  /* ours, as it was before the window was opened */
  TamisSession *session;
  TamisDataset *dataset;
  TamisRemoval removals[N_BOTH + 2];
} Fixture;

static void
make_images (const char *folder)
{
  for (int c = 0; c < 2; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", folder, c);

      g_mkdir_with_parents (sub, 0700);
      for (int i = 0; i < 30; i++)
        {
          double a[6];
          g_autofree char *name = g_strdup_printf ("%s/img%02d.png", sub, i);

          for (int k = 0; k < 6; k++)
            a[k] = 1 + (i / 3) % 10 + k * (1 + c) + (i / 3) * 0.37 * k;
          write_waves (name, 40, 40, a, i % 3 * 4);
        }
    }
}

static void
save_copy (Fixture *f, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tamis_project_save_copy (tamis_session_get_project (f->session), path, &error));
  g_assert_no_error (error);
}

/* The other's answers: as ours but for one, and two pairs and a mark more. */
static void
decide_as_other (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisProject) project = tamis_project_open (f->other, NULL, &error);
  g_autoptr (TamisJournal) journal = NULL;

  g_assert_no_error (error);
  tamis_project_set_setting (project, TAMIS_PROJECT_CURATOR, "Taras");
  journal = tamis_journal_load (project, f->dataset, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_BOTH + 2; i++)
    {
      TamisRemoval r = f->removals[i];

      if (i == 1)
        tamis_journal_set_pair (journal, r.witness, r.removed, TAMIS_VERDICT_REMOVE);
      else
        tamis_journal_set_pair (journal, r.removed, r.witness,
                                i == 0   ? TAMIS_VERDICT_NOT_DUPLICATES
                                : i == 2 ? TAMIS_VERDICT_KEEP_BOTH
                                         : TAMIS_VERDICT_REMOVE);
    }
  tamis_journal_set_mark (journal, f->removals[3].witness, TAMIS_MARK_KEEP);
  g_assert_true (tamis_project_flush (project, NULL, &error));
}

static void
set_up (Fixture *f)
{
  TamisPlan *plan;

  forget_projects ();
  f->folder = g_dir_make_tmp ("tamis-curators-XXXXXX", NULL);
  f->other = g_build_filename (f->folder, "other.tamis", NULL);
  f->copy = g_build_filename (f->folder, "copy.tamis", NULL);
  {
    g_autofree char *set = g_build_filename (f->folder, "set", NULL);

    make_images (set);
    f->session = tamis_session_new ();
    tamis_session_open (f->session, set);
  }
  WAIT_FOR (tamis_session_get_plan (f->session) != NULL
            && tamis_session_get_state (f->session) == TAMIS_SESSION_READY);
  plan = tamis_session_get_plan (f->session);
  f->dataset = tamis_dataset_ref (tamis_session_get_dataset (f->session));
  g_assert_cmpuint (tamis_plan_get_n_removed (plan), >=, N_BOTH + 2);
  for (guint i = 0; i < N_BOTH + 2; i++)
    f->removals[i] = tamis_plan_get_removal (plan, i);
  save_copy (f, f->other);
  decide_as_other (f);
  tamis_project_set_setting (tamis_session_get_project (f->session), TAMIS_PROJECT_CURATOR, "Olha");
  for (guint i = 0; i < N_BOTH; i++)
    tamis_session_set_verdict (f->session, f->removals[i].removed, f->removals[i].witness,
                               TAMIS_VERDICT_REMOVE);
  save_copy (f, f->copy);
}

static void
tear_down (Fixture *f)
{
  tamis_dataset_unref (f->dataset);
  g_assert_finalize_object (f->session);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->other);
  g_free (f->copy);
}

/* ---- looking ---- */

static GtkWidget *
find_text (GtkWidget *widget, const char *text)
{
  const char *label = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    label = gtk_label_get_text (GTK_LABEL (widget));
  if (label != NULL && strstr (label, text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_text (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
act (GtkWidget *window, const char *action)
{
  gtk_widget_activate_action (window, action, NULL);
}

static void
press (GtkWidget *window, const char *label)
{
  GtkWidget *text = find_text (window, label);

  g_assert_nonnull (text);
  g_signal_emit_by_name (gtk_widget_get_ancestor (text, GTK_TYPE_BUTTON), "clicked");
}

static GtkWidget *
open_window (Fixture *f, GtkWindow *parent, const char *path)
{
  GtkWidget *window = GTK_WIDGET (tamis_curators_window_new (parent, f->session, path));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
show_queue (GtkWidget *window)
{
  GtkWidget *text = find_text (window, "Disagreements");

  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (gtk_widget_get_ancestor (text, GTK_TYPE_TOGGLE_BUTTON)), TRUE);
  settle ();
}

/* ---- tests ---- */

static TamisVerdict
get_verdict (Fixture *f, guint i)
{
  return tamis_session_get_verdict (f->session, f->removals[i].removed, f->removals[i].witness);
}

static void
check_settling (Fixture *f, GtkWidget *window)
{
  TamisVerdicts *verdicts = tamis_session_get_verdicts (f->session);
  guint n_stayed = 0;

  g_assert_nonnull (find_text (window, "0 of 3 settled"));
  g_assert_nonnull (find_text (window, "Taras: "));
  g_assert_nonnull (find_text (window, "Not settled yet"));
  act (window, "curators.later");
  g_assert_nonnull (find_text (window, "0 of 3 settled"));
  act (window, "curators.previous");
  act (window, "curators.mine");
  g_assert_nonnull (find_text (window, "1 of 3 settled"));
  act (window, "curators.theirs");
  act (window, "curators.not-duplicates");
  g_assert_nonnull (find_text (window, "All 3 settled"));
  for (guint i = 0; i < 3; i++)
    n_stayed += tamis_verdicts_is_removal (verdicts, f->removals[i].removed, f->removals[i].witness);
  g_assert_cmpuint (n_stayed, ==, 1);
  act (window, "curators.undo");
  act (window, "curators.undo");
  g_assert_nonnull (find_text (window, "1 of 3 settled"));
  act (window, "curators.undo");
  act (window, "curators.undo");
  g_assert_nonnull (find_text (window, "0 of 3 settled"));
  for (guint i = 0; i < 3; i++)
    g_assert_true (tamis_verdicts_is_removal (verdicts, f->removals[i].removed,
                                              f->removals[i].witness));
  /* Theirs, of all three. */
  for (guint i = 0; i < 3; i++)
    act (window, "curators.theirs");
  g_assert_cmpint (get_verdict (f, 0), ==, TAMIS_VERDICT_NOT_DUPLICATES);
  g_assert_true (tamis_verdicts_is_removal (verdicts, f->removals[1].witness,
                                            f->removals[1].removed));
  g_assert_cmpint (get_verdict (f, 2), ==, TAMIS_VERDICT_KEEP_BOTH);
  for (guint i = 0; i < 3; i++)
    act (window, "curators.undo");
}

/* The file that the window wrote has the decisions that tamis-cli merge --into gives. */
static void
check_same_as_merge (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisProject) copy = tamis_project_open (f->copy, NULL, &error);
  g_autoptr (TamisProject) other = tamis_project_open_read_only (f->other, &error);
  g_autoptr (TamisJournal) journal = NULL;
  g_autofree TamisVerdictEntry *merged = NULL, *ours = NULL;
  guint n, n_taken;

  g_assert_true (tamis_project_merge (copy, other, &n_taken, NULL, &error));
  g_assert_cmpuint (n_taken, ==, 3);
  journal = tamis_journal_load (copy, f->dataset, NULL, &error);
  g_assert_no_error (error);
  n = tamis_verdicts_get_n (tamis_journal_get_verdicts (journal));
  merged = tamis_verdicts_list (tamis_journal_get_verdicts (journal));
  ours = tamis_verdicts_list (tamis_session_get_verdicts (f->session));
  g_assert_cmpuint (tamis_verdicts_get_n (tamis_session_get_verdicts (f->session)), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_true (merged[i].removed == ours[i].removed && merged[i].witness == ours[i].witness
                   && merged[i].verdict == ours[i].verdict);
}

static void
test_window (void)
{
  Fixture f;
  GtkWindow *parent = GTK_WINDOW (g_object_ref_sink (gtk_window_new ()));
  GtkWidget *window;
  g_autofree char *before = NULL, *after = NULL;
  gsize length, length_after;

  set_up (&f);
  g_assert_true (g_file_get_contents (f.other, &before, &length, NULL));
  gtk_window_present (parent);
  window = open_window (&f, parent, f.other);
  WAIT_FOR (find_text (window, "You and Taras judged 6 pairs both, and agree on 3.") != NULL);
  g_assert_nonnull (find_text (window, "1 with sides swapped"));
  g_assert_nonnull (find_text (window, "3 decisions that only Taras made"));
  g_assert_nonnull (find_text (window, "2 pairs, 1 marked image"));

  /* Nothing is settled from the page where it cannot be seen. */
  act (window, "curators.theirs");
  g_assert_cmpint (get_verdict (&f, 0), ==, TAMIS_VERDICT_REMOVE);
  press (window, "Take Over");
  g_assert_nonnull (find_text (window, "3 decisions taken over"));
  g_assert_cmpint (get_verdict (&f, N_BOTH), ==, TAMIS_VERDICT_REMOVE);
  g_assert_cmpint (tamis_verdicts_get_mark (tamis_session_get_verdicts (f.session),
                                            f.removals[3].witness),
                   ==, TAMIS_MARK_KEEP);
  check_same_as_merge (&f);
  act (window, "curators.undo");
  g_assert_nonnull (find_text (window, "3 decisions that only Taras made"));
  g_assert_cmpint (get_verdict (&f, N_BOTH), ==, TAMIS_VERDICT_NONE);

  show_queue (window);
  check_settling (&f, window);
  act (window, "curators.mine");
  g_assert_nonnull (find_text (window, "1 of 3 settled"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();

  /* What was settled stays so; undo in the main window goes on from there. */
  window = open_window (&f, parent, f.other);
  WAIT_FOR (find_text (window, "agree on 3.") != NULL);
  show_queue (window);
  g_assert_nonnull (find_text (window, "1 of 3 settled"));
  act (window, "curators.undo"); /* nothing was done in this window */
  g_assert_nonnull (find_text (window, "1 of 3 settled"));
  gtk_window_destroy (parent);
  g_object_unref (parent);
  settle ();
  g_assert_true (g_file_get_contents (f.other, &after, &length_after, NULL));
  g_assert_cmpmem (before, length, after, length_after);
  tear_down (&f);
}

static void
check_refused (Fixture *f, GtkWindow *parent, const char *path, const char *words)
{
  GtkWidget *window = open_window (f, parent, path);

  WAIT_FOR (find_text (window, words) != NULL);
  g_assert_nonnull (find_text (window, "Choose Another Project"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_refused (void)
{
  Fixture f;
  GtkWindow *parent = GTK_WINDOW (g_object_ref_sink (gtk_window_new ()));
  g_autofree char *text = NULL, *strange = NULL, *missing = NULL;
  g_autoptr (GError) error = NULL;
  TamisProject *project;

  set_up (&f);
  text = g_build_filename (f.folder, "a & b <text>.tamis", NULL);
  strange = g_build_filename (f.folder, "strange.tamis", NULL);
  missing = g_build_filename (f.folder, "missing.tamis", NULL);
  g_assert_true (g_file_set_contents (text, "not a project", -1, NULL));
  project = tamis_project_open (strange, f.folder, &error);
  g_assert_no_error (error);
  gtk_window_present (parent);
  check_refused (&f, parent, text, "“a & b <text>.tamis” is not a Tamis project.");
  check_refused (&f, parent, missing, "is not a Tamis project.");
  check_refused (&f, parent, tamis_project_get_path (tamis_session_get_project (f.session)),
                 "is the project that is open here.");
  check_refused (&f, parent, strange, "is open in another Tamis.");
  tamis_project_unref (project);
  check_refused (&f, parent, strange, "No image of “strange.tamis” is in the data set");
  g_assert_true (g_file_set_contents (text, "", 0, NULL));
  check_refused (&f, parent, text, "is not a Tamis project.");
  g_assert_false (tamis_session_get_verdict_serial (f.session) == 0);
  gtk_window_destroy (parent);
  g_object_unref (parent);
  settle ();
  tear_down (&f);
}

/* Closed while it is at work, and without any pair that both judged. */
static void
test_ends (void)
{
  Fixture f;
  GtkWindow *parent = GTK_WINDOW (g_object_ref_sink (gtk_window_new ()));
  GtkWidget *window;

  set_up (&f);
  gtk_window_present (parent);
  window = open_window (&f, parent, f.other);
  gtk_window_close (GTK_WINDOW (window));
  settle ();
  for (guint i = 0; i < N_BOTH; i++)
    tamis_session_undo (f.session);
  window = open_window (&f, parent, f.other);
  WAIT_FOR (find_text (window, "No pair was judged by both") != NULL);
  g_assert_nonnull (find_text (window, "9 decisions that only Taras made"));
  show_queue (window);
  g_assert_nonnull (find_text (window, "Nothing to settle"));
  act (window, "curators.mine");
  act (window, "curators.later");
  act (window, "curators.undo");
  g_assert_false (tamis_session_can_undo (f.session));
  gtk_window_destroy (parent);
  g_object_unref (parent);
  settle ();
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  if (!begin_ui_tests (&argc, &argv))
    return 0;
  g_test_add_func ("/ui/curators/window", test_window);
  g_test_add_func ("/ui/curators/refused", test_refused);
  g_test_add_func ("/ui/curators/ends", test_ends);
  return run_ui_tests ();
}
