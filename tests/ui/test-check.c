/* ui: checking T on a sample of pairs, by keys' actions, and what the track shows of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-check-window.h"
#include "tamis-checks.h"
#include "tamis-textures.h"
#include "tamis-window.h"

#include "ui-test.h"

typedef struct
{
  char *folder;
  TamisSession *session;
  TamisChecks *checks;
} Fixture;

/* Two classes of scenes in several brightnesses: many pairs, copies of a scene among them. */
static void
make_images (const char *folder)
{
  for (int c = 0; c < 2; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", folder, c);

      g_mkdir (sub, 0700);
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
set_up (Fixture *self)
{
  self->folder = g_dir_make_tmp ("tamis-check-XXXXXX", NULL);
  make_images (self->folder);
  self->session = tamis_session_new ();
  self->checks = tamis_checks_new (self->session);
  tamis_session_open (self->session, self->folder);
  WAIT_FOR (tamis_session_get_plan (self->session) != NULL
            && tamis_session_get_state (self->session) == TAMIS_SESSION_READY);
}

static void
tear_down (Fixture *self)
{
  g_object_unref (self->checks);
  g_assert_finalize_object (self->session);
  remove_tree (self->folder);
  g_free (self->folder);
}

static void
count (guint *n)
{
  ++*n;
}

static void
test_checks (void)
{
  Fixture f;
  guint n_changed = 0, n, judged;
  const TamisPrecision *curve;

  set_up (&f);
  g_signal_connect_swapped (f.checks, "changed", G_CALLBACK (count), &n_changed);
  g_assert_null (tamis_checks_get (f.checks));
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, 0);
  tamis_checks_draw (f.checks, 40);
  g_assert_true (tamis_checks_is_drawing (f.checks));
  WAIT_FOR (tamis_checks_get (f.checks) != NULL);
  g_assert_false (tamis_checks_is_drawing (f.checks));
  g_assert_cmpuint (n_changed, ==, 1);
  n = tamis_check_get_n (tamis_checks_get (f.checks));
  g_assert_cmpuint (n, >, 20);

  /* Judgements count at once, and undoing in the session takes them back. */
  for (guint i = 0; i < n; i++)
    tamis_checks_judge (f.checks, i, i % 4 == 0 ? TAMIS_VERDICT_NOT_DUPLICATES
                                                : TAMIS_VERDICT_DUPLICATES);
  judged = tamis_checks_get_n_judged (f.checks);
  g_assert_cmpuint (judged, ==, n);
  curve = tamis_checks_get_curve (f.checks, &n);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpint (curve[0].reason, ==, TAMIS_REASON_NONE);
  g_assert_cmpuint (curve[0].n_judged, ==, judged);
  tamis_session_undo (f.session);
  WAIT_FOR (tamis_checks_get_n_judged (f.checks) == judged - 1);

  /* A larger sample keeps what is judged; a smaller one is no wish. */
  tamis_checks_draw (f.checks, 10);
  g_assert_false (tamis_checks_is_drawing (f.checks));
  tamis_checks_draw (f.checks, 60);
  WAIT_FOR (!tamis_checks_is_drawing (f.checks));
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, judged - 1);

  /* Each class has a sample of its own; judged pairs count in both where they were drawn. */
  tamis_session_set_class (f.session, 1);
  g_assert_null (tamis_checks_get (f.checks));
  tamis_checks_draw (f.checks, 30);
  WAIT_FOR (tamis_checks_get (f.checks) != NULL);
  g_assert_cmpint (tamis_check_get_class (tamis_checks_get (f.checks)), ==, 1);
  tamis_session_set_class (f.session, -1);
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, judged - 1);

  /* Other rows, no sample; but the project keeps how it was drawn, and the verdicts. */
  tamis_session_restart (f.session);
  WAIT_FOR (tamis_checks_get (f.checks) == NULL);
  WAIT_FOR (tamis_session_get_state (f.session) == TAMIS_SESSION_READY);
  WAIT_FOR (tamis_checks_get (f.checks) != NULL);
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, judged - 1);
  tamis_session_set_class (f.session, 1);
  WAIT_FOR (tamis_checks_get (f.checks) != NULL);
  tear_down (&f);
}

/* A verdict that one goes for the other is not weakened by saying that they are alike. */
static void
test_removal_stays (void)
{
  Fixture f;
  TamisCheckPair pair;

  set_up (&f);
  tamis_checks_draw (f.checks, 20);
  WAIT_FOR (tamis_checks_get (f.checks) != NULL);
  pair = tamis_check_get_pair (tamis_checks_get (f.checks), 0);
  tamis_session_set_verdict (f.session, pair.a, pair.b, TAMIS_VERDICT_REMOVE);
  tamis_checks_judge (f.checks, 0, TAMIS_VERDICT_DUPLICATES);
  g_assert_cmpint (tamis_session_get_verdict (f.session, pair.a, pair.b), ==, TAMIS_VERDICT_REMOVE);
  tamis_checks_refresh (f.checks);
  g_assert_cmpint (tamis_checks_get_judgement (f.checks, 0), ==, TAMIS_JUDGEMENT_YES);
  tamis_checks_judge (f.checks, 0, TAMIS_VERDICT_NOT_DUPLICATES);
  g_assert_cmpint (tamis_checks_get_judgement (f.checks, 0), ==, TAMIS_JUDGEMENT_NO);
  tear_down (&f);
}

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
test_window (void)
{
  Fixture f;
  GtkWindow *parent = GTK_WINDOW (g_object_ref_sink (gtk_window_new ()));
  GtkWidget *window, *button;
  g_autofree char *all = NULL;
  double before;
  guint n;

  set_up (&f);
  before = tamis_session_get_threshold (f.session);
  gtk_window_present (parent);
  window = GTK_WIDGET (tamis_check_window_new (parent, f.checks));
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (find_text (window, "0 of ") != NULL);
  n = tamis_check_get_n (tamis_checks_get (f.checks));

  /* What was judged is stepped over; undo goes back to it, and only to what was judged here. */
  act (window, "check.duplicates");
  act (window, "check.not-duplicates");
  act (window, "check.keep-both");
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, 3);
  g_assert_nonnull (find_text (window, "3 of "));
  g_assert_null (find_text (window, "similarity"));
  act (window, "check.previous");
  g_assert_nonnull (find_text (window, "judged: duplicates"));
  g_assert_nonnull (find_text (window, "similarity"));
  act (window, "check.undo");
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, 2);
  for (guint i = 0; i < 5; i++)
    act (window, "check.undo");
  g_assert_cmpuint (tamis_checks_get_n_judged (f.checks), ==, 0);
  g_assert_false (tamis_session_can_undo (f.session));
  act (window, "check.next");
  act (window, "check.previous");

  for (guint i = 0; i < n; i++)
    act (window, "check.duplicates");
  all = g_strdup_printf ("All %u judged", n);
  g_assert_nonnull (find_text (window, all));
  tamis_checks_set_wanted (f.checks, 0.8);
  button = find_text (window, "Use T = ");
  g_assert_nonnull (button);
  g_signal_emit_by_name (gtk_widget_get_ancestor (button, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpfloat (tamis_session_get_threshold (f.session), !=, before);
  settle ();
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
  g_test_add_func ("/ui/check/samples", test_checks);
  g_test_add_func ("/ui/check/removal-stays", test_removal_stays);
  g_test_add_func ("/ui/check/window", test_window);
  return run_ui_tests ();
}
