/* ui: the session, the models and the window, in one process on a private display.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-act-window.h"
#include "tamis-export-window.h"
#include "tamis-format.h"
#include "tamis-image-model.h"
#include "tamis-image-view.h"
#include "tamis-removal-model.h"
#include "tamis-textures.h"
#include "tamis-window.h"
#include "ui-test.h"

/* ---- a small data set: two classes, each image followed by a slightly brighter copy ---- */

static char *data_folder;

#define N_CLASSES 2
#define N_SCENES 8
#define N_IMAGES (N_CLASSES * N_SCENES * 2)

static void
write_scene (const char *folder, int class_index, int scene, int copy)
{
  g_autofree char *name
      = g_strdup_printf ("%s/class%d/img%d_%d.png", folder, class_index, scene, copy);
  TamisRandom random;
  double a[6];

  tamis_random_init (&random, 100 * class_index + scene);
  for (int k = 0; k < 6; k++)
    a[k] = 1 + 7 * tamis_random_uniform (&random);
  write_waves (name, 96, 80, a, 3 * copy);
}

static void
make_data (void)
{
  data_folder = g_dir_make_tmp ("tamis-ui-XXXXXX", NULL);
  for (int c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *sub = g_strdup_printf ("%s/class%d", data_folder, c);

      g_mkdir (sub, 0700);
      for (int s = 0; s < N_SCENES; s++)
        for (int copy = 0; copy < 2; copy++)
          write_scene (data_folder, c, s, copy);
    }
  {
    g_autofree char *broken = g_strdup_printf ("%s/class0/broken.png", data_folder);

    g_assert_true (g_file_set_contents (broken, "not an image", -1, NULL));
  }
}

static TamisSession *
open_session (void)
{
  TamisSession *session = tamis_session_new ();

  forget_projects ();
  tamis_session_open (session, data_folder);
  WAIT_FOR (tamis_session_get_state (session) != TAMIS_SESSION_WORKING);
  g_assert_cmpint (tamis_session_get_state (session), ==, TAMIS_SESSION_READY);
  WAIT_FOR (tamis_session_get_plan (session) != NULL);
  return session;
}

static void
wait_for_threshold (TamisSession *session, double threshold)
{
  tamis_session_set_threshold (session, threshold);
  WAIT_FOR (tamis_plan_get_threshold (tamis_session_get_plan (session))
            == tamis_session_get_threshold (session));
}

/* ---- tests ---- */

static void
test_format (void)
{
  g_autofree char *a = tamis_format_count (0);
  g_autofree char *b = tamis_format_count (999);
  g_autofree char *c = tamis_format_count (1234567);
  g_autofree char *d = tamis_format_similarity (0.9996);
  g_autofree char *e = tamis_format_similarity (0.85);

  g_assert_cmpstr (a, ==, "0");
  g_assert_cmpstr (b, ==, "999");
  g_assert_cmpstr (c, ==, "1,234,567");
  g_assert_cmpstr (d, ==, "0.999");
  g_assert_cmpstr (e, ==, "0.850");
}

static void
test_session_opens (void)
{
  TamisSession *session = open_session ();

  g_assert_cmpuint (tamis_dataset_get_n_images (tamis_session_get_dataset (session)), ==, N_IMAGES);
  g_assert_cmpuint (tamis_dataset_get_n_unreadable (tamis_session_get_dataset (session)), ==, 1);
  g_assert_nonnull (strstr (tamis_session_get_status (session), "Encoded 32 images"));
  g_assert_nonnull (strstr (tamis_session_get_status (session), "1 file could not be read"));
  g_assert_finalize_object (session);
}

static void
test_session_follows_threshold (void)
{
  TamisSession *session = open_session ();
  guint64 n_pairs = 0;

  wait_for_threshold (session, 1.0);
  g_assert_cmpuint (tamis_plan_get_n_removed (tamis_session_get_plan (session)), ==, 0);
  wait_for_threshold (session, tamis_session_get_floor (session));
  /* Every image has a near-identical twin: at least half go at the lowest T. */
  g_assert_cmpuint (tamis_plan_get_n_removed (tamis_session_get_plan (session)), >=, N_IMAGES / 2);
  /* What the overview shows of each class adds up to the whole. */
  for (guint c = 0; c < N_CLASSES; c++)
    n_pairs += tamis_pairs_count_above_in (
        tamis_session_get_pairs (session),
        tamis_dataset_get_class_range (tamis_session_get_dataset (session), c),
        tamis_session_get_threshold (session));
  g_assert_cmpuint (n_pairs, ==, tamis_plan_get_n_pairs (tamis_session_get_plan (session)));
  g_assert_cmpuint (n_pairs, >, 0);
  /* Out of range is brought back to the nearest end. */
  tamis_session_set_threshold (session, -3);
  g_assert_cmpfloat (tamis_session_get_threshold (session), ==, tamis_session_get_floor (session));
  g_assert_finalize_object (session);
}

static TamisRemoval
first_open (TamisSession *session)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  TamisQuestions *questions = tamis_session_get_questions (session);
  guint i = 0;

  while (tamis_questions_get (questions, i) != TAMIS_QUESTION_OPEN)
    i++;
  return tamis_plan_get_removal (plan, i);
}

/* What is decided the other way round, marked or ruled is undone like any verdict, and many at once
 * are one step. */
static void
test_session_decides (void)
{
  TamisSession *session = open_session ();
  TamisRemoval removal;
  guint open, n;

  wait_for_threshold (session, tamis_session_get_floor (session));
  open = tamis_session_get_n_open (session);
  removal = first_open (session);

  tamis_session_set_verdict (session, removal.witness, removal.removed, TAMIS_VERDICT_REMOVE);
  WAIT_FOR (tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed)
            && !tamis_plan_is_kept (tamis_session_get_plan (session), removal.witness));
  tamis_session_undo (session);
  WAIT_FOR (!tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));

  tamis_session_set_mark (session, removal.removed, TAMIS_MARK_KEEP);
  WAIT_FOR (tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));
  tamis_session_undo (session);
  WAIT_FOR (!tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));

  tamis_session_set_folder_rule (session, "", TAMIS_FOLDER_REFERENCE);
  WAIT_FOR (tamis_plan_get_n_removed (tamis_session_get_plan (session)) == 0);
  tamis_session_undo (session);
  WAIT_FOR (tamis_session_get_n_open (session) == open);

  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_LATER);
  WAIT_FOR (tamis_questions_count (tamis_session_get_questions (session), TAMIS_QUESTION_LATER) == 1);
  g_assert_cmpuint (tamis_session_get_n_open (session), ==, open);
  n = tamis_session_count_open_above (session, -1, 0);
  g_assert_cmpuint (tamis_session_accept_above (session, -1, 0), ==, n);
  WAIT_FOR (tamis_session_get_n_open (session) == 0);
  tamis_session_undo (session);
  WAIT_FOR (tamis_session_get_n_open (session) == open);
  tamis_session_undo (session);
  g_assert_false (tamis_session_can_undo (session));
  g_assert_finalize_object (session);
}

/* What was decided and set is there again, and can still be taken back. */
static void
test_session_remembers (void)
{
  TamisSession *session = open_session ();
  g_autofree char *project = g_strdup (tamis_project_get_path (tamis_session_get_project (session)));
  double threshold = tamis_session_get_floor (session) + 0.01;
  TamisRemoval removal;
  guint open;

  wait_for_threshold (session, threshold);
  open = tamis_session_get_n_open (session);
  removal = first_open (session);
  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_REMOVE);
  tamis_session_set_class_threshold (session, 1, threshold + 0.02);
  tamis_session_set_minimum (session, 1);
  g_assert_finalize_object (session);

  /* By folder, then by project file. */
  for (int i = 0; i < 2; i++)
    {
      session = tamis_session_new ();
      tamis_session_open (session, i == 0 ? data_folder : project);
      WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
                && tamis_session_get_plan (session) != NULL);
      g_assert_cmpfloat_with_epsilon (tamis_session_get_threshold (session), threshold, 1e-12);
      g_assert_cmpfloat_with_epsilon (tamis_session_get_class_threshold (session, 1),
                                      threshold + 0.02, 1e-12);
      g_assert_cmpfloat (tamis_session_get_class_threshold (session, 0), <, 0);
      g_assert_cmpuint (tamis_session_get_minimum (session), ==, 1);
      g_assert_null (tamis_session_get_notice (session));
      g_assert_cmpint (tamis_session_get_verdict (session, removal.removed, removal.witness), ==,
                       TAMIS_VERDICT_REMOVE);
      g_assert_true (tamis_session_can_undo (session));
      g_assert_finalize_object (session);
    }

  session = tamis_session_new ();
  tamis_session_open (session, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  tamis_session_set_class_threshold (session, 1, -1);
  tamis_session_set_minimum (session, 0);
  tamis_session_undo (session);
  WAIT_FOR (tamis_session_get_n_open (session) == open);
  /* A second window may look, but says that it does not keep anything. */
  {
    TamisSession *second = tamis_session_new ();

    tamis_session_open (second, data_folder);
    WAIT_FOR (tamis_session_get_state (second) == TAMIS_SESSION_READY);
    g_assert_nonnull (tamis_session_get_notice (second));
    g_assert_finalize_object (second);
  }
  g_assert_finalize_object (session);
}

/* A project that is no project: out of the way, and said. */
static void
test_session_damaged_project (void)
{
  TamisSession *session = open_session ();
  g_autofree char *path = g_strdup (tamis_project_get_path (tamis_session_get_project (session)));
  g_autofree char *content = NULL;
  gsize length;

  g_assert_finalize_object (session);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  memset (content + 100, 0x5a, length - 100);
  g_assert_true (g_file_set_contents (path, content, length, NULL));
  session = tamis_session_new ();
  tamis_session_open (session, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY);
  g_assert_nonnull (tamis_session_get_notice (session));
  g_assert_nonnull (tamis_session_get_project (session));
  g_assert_finalize_object (session);
}

static void
test_session_verdicts_and_undo (void)
{
  TamisSession *session = open_session ();
  TamisRemoval removal;
  guint removed, open;

  wait_for_threshold (session, tamis_session_get_floor (session));
  removed = tamis_plan_get_n_removed (tamis_session_get_plan (session));
  open = tamis_session_get_n_open (session);
  g_assert_cmpuint (open, >, 0);
  g_assert_cmpuint (open, <=, removed); /* no question where the files are equal byte for byte */
  removal = first_open (session);

  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_REMOVE);
  WAIT_FOR (tamis_session_get_n_open (session) == open - 1);
  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_KEEP_BOTH);
  WAIT_FOR (tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));
  g_assert_true (tamis_plan_is_kept (tamis_session_get_plan (session), removal.witness));

  g_assert_cmpuint (tamis_session_undo (session), ==, removal.removed);
  WAIT_FOR (!tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));
  WAIT_FOR (tamis_session_get_n_open (session) == open - 1);
  g_assert_cmpuint (tamis_session_undo (session), ==, removal.removed);
  WAIT_FOR (tamis_session_get_n_open (session) == open);
  g_assert_false (tamis_session_can_undo (session));
  g_assert_cmpuint (tamis_session_undo (session), ==, TAMIS_NO_WITNESS);
  g_assert_cmpuint (tamis_session_redo (session), ==, removal.removed);
  WAIT_FOR (tamis_session_get_n_open (session) == open - 1);
  g_assert_finalize_object (session);
}

static void
test_session_fails_in_words (void)
{
  TamisSession *session = tamis_session_new ();

  forget_projects ();
  tamis_session_open (session, "/nowhere/at/all");
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_FAILED);
  g_assert_nonnull (strstr (tamis_session_get_failure (session), "/nowhere/at/all"));
  /* A good folder afterwards works. */
  tamis_session_open (session, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY);
  g_assert_finalize_object (session);
}

static void
test_session_newest_job_wins (void)
{
  TamisSession *session = tamis_session_new ();

  for (int i = 0; i < 10; i++)
    {
      tamis_session_open (session, i % 2 == 0 ? "/nowhere" : data_folder);
      for (int k = 0; k < i; k++)
        g_main_context_iteration (NULL, FALSE);
    }
  WAIT_FOR (tamis_session_get_state (session) != TAMIS_SESSION_WORKING);
  g_assert_cmpint (tamis_session_get_state (session), ==, TAMIS_SESSION_READY);
  tamis_session_open (session, data_folder);
  tamis_session_cancel (session);
  tamis_session_cancel (session);
  WAIT_FOR (tamis_session_get_state (session) != TAMIS_SESSION_WORKING);
  g_assert_finalize_object (session);
}

static void
count_one (guint *count)
{
  (*count)++;
}

static void
test_removal_model_keeps_its_order (void)
{
  TamisSession *session = open_session ();
  TamisRemovalModel *model = tamis_removal_model_new (session);
  TamisRemoval removal, previous, first = { 0 };
  guint changed = 0;
  guint n;

  wait_for_threshold (session, tamis_session_get_floor (session));
  WAIT_FOR (tamis_removal_model_get_n (model)
            == tamis_plan_get_n_removed (tamis_session_get_plan (session)));
  tamis_removal_model_set_sort (model, TAMIS_REMOVAL_SORT_LEAST_SIMILAR);
  n = tamis_removal_model_get_n (model);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (tamis_removal_model_get (model, i, &removal));
      g_assert_cmpint (tamis_removal_model_find (model, removal.removed), ==, (int) i);
      if (i == 0)
        first = removal;
      else
        g_assert_cmpfloat (previous.similarity, <=, removal.similarity);
      previous = removal;
    }
  g_assert_false (tamis_removal_model_get (model, n, &removal));

  /* An image kept by verdict leaves the list; those before it stay where they are. */
  g_signal_connect_swapped (model, "changed", G_CALLBACK (count_one), &changed);
  g_assert_true (tamis_removal_model_get (model, n / 2, &removal));
  tamis_session_set_verdict (session, removal.removed, removal.witness, TAMIS_VERDICT_KEEP_BOTH);
  WAIT_FOR (tamis_plan_is_kept (tamis_session_get_plan (session), removal.removed));
  WAIT_FOR (tamis_removal_model_find (model, removal.removed) == -1);
  g_assert_cmpuint (changed, ==, 1);
  g_assert_true (tamis_removal_model_get (model, 0, &removal));
  g_assert_cmpuint (removal.removed, ==, first.removed);

  tamis_session_set_class (session, 1);
  n = tamis_removal_model_get_n (model);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (tamis_removal_model_get (model, i, &removal));
      g_assert_cmpuint (tamis_dataset_get_class (tamis_session_get_dataset (session), removal.removed),
                        ==, 1);
    }
  g_assert_finalize_object (model);
  g_assert_finalize_object (session);
}

static void
test_image_model_filters (void)
{
  TamisSession *session = open_session ();
  TamisImageModel *model = tamis_image_model_new (session);
  TamisPlan *plan;

  wait_for_threshold (session, tamis_session_get_floor (session));
  plan = tamis_session_get_plan (session);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, N_IMAGES);
  tamis_image_model_set_shown (model, TAMIS_IMAGES_REMOVED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==,
                    tamis_plan_get_n_removed (plan));
  tamis_image_model_set_shown (model, TAMIS_IMAGES_KEPT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==,
                    tamis_plan_get_n_kept (plan));
  tamis_session_set_class (session, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==,
                    tamis_plan_get_class_kept (plan, 0));
  g_assert_finalize_object (model);
  g_assert_finalize_object (session);
}

static GtkWidget *
find_named (GtkWidget *widget, GType type, const char *action)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type)
      && (action == NULL
          || (GTK_IS_ACTIONABLE (widget)
              && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, type, action);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_window_from_open_to_verdict (void)
{
  TamisWindow *window = tamis_window_new (NULL);
  TamisSession *session = tamis_window_get_session (window);
  GtkWidget *scale, *remove;
  guint open;

  gtk_window_present (GTK_WINDOW (window));
  forget_projects ();
  tamis_window_open (window, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (window)), "Tamis"));

  scale = find_named (GTK_WIDGET (window), GTK_TYPE_SCALE, NULL);
  gtk_test_accessible_assert_role (scale, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_property (scale, GTK_ACCESSIBLE_PROPERTY_LABEL, "Threshold");
  gtk_range_set_value (GTK_RANGE (scale), tamis_session_get_floor (session));
  g_assert_cmpfloat_with_epsilon (tamis_session_get_threshold (session),
                                  tamis_session_get_floor (session), 1e-9);
  WAIT_FOR (tamis_plan_get_n_removed (tamis_session_get_plan (session)) >= N_IMAGES / 2);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "review");
  settle ();
  open = tamis_session_get_n_open (session);
  remove = find_named (GTK_WIDGET (window), GTK_TYPE_BUTTON, "review.remove");
  g_assert_nonnull (remove);
  WAIT_FOR (gtk_widget_is_sensitive (remove) && gtk_widget_get_mapped (remove));
  gtk_widget_activate (remove);
  WAIT_FOR (tamis_session_get_n_open (session) == open - 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo", NULL);
  WAIT_FOR (tamis_session_get_n_open (session) == open);
  settle ();

  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static GtkWidget *
find_menu_button (GtkWidget *widget)
{
  if (GTK_IS_MENU_BUTTON (widget) && gtk_widget_get_mapped (widget)
      && gtk_menu_button_get_popover (GTK_MENU_BUTTON (widget)) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_menu_button (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Criticals are fatal here. */
static void
test_window_closes_under_a_popover (void)
{
  TamisWindow *window = tamis_window_new (NULL);
  GtkWidget *button;

  gtk_window_present (GTK_WINDOW (window));
  tamis_window_open (window, data_folder);
  WAIT_FOR (tamis_session_get_plan (tamis_window_get_session (window)) != NULL);
  settle ();
  button = find_menu_button (GTK_WIDGET (window));
  g_assert_nonnull (button);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  WAIT_FOR (gtk_widget_get_mapped (
      GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)))));
  gtk_window_close (GTK_WINDOW (window));
  settle ();
}

static void
test_window_starts_again_after_cancel (void)
{
  TamisWindow *window = tamis_window_new (NULL);
  TamisSession *session = tamis_window_get_session (window);

  gtk_window_present (GTK_WINDOW (window));
  forget_projects ();
  tamis_window_open (window, data_folder);
  WAIT_FOR (tamis_session_get_dataset (session) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.cancel", NULL);
  WAIT_FOR (tamis_session_get_state (session) != TAMIS_SESSION_WORKING);
  if (tamis_session_get_pairs (session) == NULL) /* it was in time */
    {
      GtkWidget *again = find_named (GTK_WIDGET (window), GTK_TYPE_BUTTON, "win.restart");

      g_assert_true (gtk_widget_get_visible (again));
      WAIT_FOR (gtk_widget_get_mapped (again));
      gtk_widget_activate (again);
      WAIT_FOR (tamis_session_get_pairs (session) != NULL);
      WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY);
      g_assert_false (gtk_widget_get_visible (again));
    }
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
open_and_wait (TamisWindow *window, const char *folder)
{
  TamisSession *session = tamis_window_get_session (window);

  tamis_window_open (window, folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && g_strcmp0 (tamis_session_get_location (session), folder) == 0
            && tamis_session_get_plan (session) != NULL);
}

/* Nothing is left that could ask a session that is gone. */
static void
test_window_takes_its_dependents_along (void)
{
  static const char *const actions[] = { "win.check", "win.export", "win.keep-order", "win.folders" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      TamisWindow *window = tamis_window_new (NULL);

      gtk_window_present (GTK_WINDOW (window));
      forget_projects ();
      open_and_wait (window, data_folder);
      if (g_str_equal (actions[i], "win.folders"))
        gtk_widget_activate_action (GTK_WIDGET (window), actions[i], "s", "");
      else
        gtk_widget_activate_action (GTK_WIDGET (window), actions[i], NULL);
      settle ();
      g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, 2);
      gtk_window_destroy (GTK_WINDOW (window));
      settle ();
      g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, 0);
    }
}

static void
class_is_one_of_the_data_set (TamisSession *session)
{
  g_assert_cmpint (tamis_session_get_class (session), <,
                   (int) tamis_dataset_get_n_classes (tamis_session_get_dataset (session)));
}

/* On every page: the last class of a data set is chosen, and one with fewer classes is opened. */
static void
test_window_opens_fewer_classes (void)
{
  static const char *const views[]
      = { "overview", "review", "leaks", "labels", "distributions", "kurtosis", "generate" };
  TamisWindow *window = tamis_window_new (NULL);
  TamisSession *session = tamis_window_get_session (window);
  g_autofree char *one_class = g_build_filename (data_folder, "class0", NULL);

  g_signal_connect (session, "dataset", G_CALLBACK (class_is_one_of_the_data_set), NULL);
  g_signal_connect (session, "plan", G_CALLBACK (class_is_one_of_the_data_set), NULL);
  gtk_window_present (GTK_WINDOW (window));
  forget_projects ();
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      open_and_wait (window, data_folder);
      gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", views[i]);
      tamis_session_set_class (session, N_CLASSES - 1);
      settle ();
      open_and_wait (window, one_class);
      g_assert_cmpint (tamis_session_get_class (session), ==, -1);
      settle ();
    }
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_export_window_writes (void)
{
  TamisSession *session = open_session ();
  TamisExportWindow *window;
  g_autofree char *target = g_build_filename (data_folder, "out", NULL);
  g_autofree char *kept = g_build_filename (target, "kept.txt", NULL);
  g_autofree char *removals = g_build_filename (target, "removals.csv", NULL);
  g_autofree char *json = g_build_filename (target, "removals.json", NULL);
  g_autofree char *text = NULL;
  GtkWidget *folder, *button;
  guint lines = 0;

  wait_for_threshold (session, tamis_session_get_floor (session));
  window = tamis_export_window_new (NULL, session);
  gtk_window_present (GTK_WINDOW (window));
  folder = find_named (GTK_WIDGET (window), ADW_TYPE_ENTRY_ROW, NULL);
  gtk_editable_set_text (GTK_EDITABLE (folder), target);
  button = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window), TAMIS_TYPE_EXPORT_WINDOW,
                                                      "export_button"));
  gtk_widget_activate (button);
  WAIT_FOR (g_file_test (json, G_FILE_TEST_EXISTS) && gtk_widget_get_sensitive (button));
  g_assert_true (g_file_test (removals, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (kept, &text, NULL, NULL));
  for (char *p = text; *p != '\0'; p++)
    lines += *p == '\n';
  g_assert_cmpuint (lines, ==, tamis_plan_get_n_kept (tamis_session_get_plan (session)));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  remove_tree (target);
  g_assert_finalize_object (session);
}

static GtkWidget *
child_of (TamisActWindow *window, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window), TAMIS_TYPE_ACT_WINDOW, name));
}

/* Looks, moves, brings back; the button says how many before it does anything. */
static void
test_act_window (void)
{
  TamisSession *session = open_session ();
  g_autofree char *path = g_build_filename (data_folder, "..", "act-manifest.json", NULL);
  g_autofree char *quarantine = g_strconcat (data_folder, "-quarantine", NULL);
  g_autofree char *label = NULL, *file = NULL;
  g_autoptr (GError) error = NULL;
  TamisActWindow *window;
  TamisDataset *dataset;
  TamisPlan *plan;
  GtkWidget *button;

  wait_for_threshold (session, tamis_session_get_floor (session));
  plan = tamis_session_get_plan (session);
  dataset = tamis_session_get_dataset (session);
  g_assert_cmpuint (tamis_plan_get_n_removed (plan), >, 0);
  file = tamis_dataset_dup_file (dataset, tamis_plan_get_removal (plan, 0).removed);
  tamis_export_manifest (dataset, plan, NULL, path, NULL, NULL, &error);
  g_assert_no_error (error);
  window = tamis_act_window_new (NULL, path, FALSE);
  gtk_window_present (GTK_WINDOW (window));
  button = child_of (window, "act_button");
  WAIT_FOR (gtk_widget_get_visible (button));
  label = g_strdup_printf ("Move %u Images to Quarantine", tamis_plan_get_n_removed (plan));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, label);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (quarantine, G_FILE_TEST_EXISTS));
  gtk_widget_activate (button);
  WAIT_FOR (gtk_widget_get_visible (child_of (window, "undo_button"))
            && gtk_widget_get_visible (child_of (window, "buttons")));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  gtk_widget_activate (child_of (window, "undo_button"));
  WAIT_FOR (g_file_test (file, G_FILE_TEST_EXISTS)
            && gtk_widget_get_visible (child_of (window, "buttons")));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_unlink (path);
  remove_tree (quarantine);
  g_assert_finalize_object (session);
}

/* What is no manifest is told so, and no button is offered. */
static void
test_act_window_refuses (void)
{
  g_autofree char *path = g_build_filename (data_folder, "..", "no-manifest.json", NULL);
  TamisActWindow *window;
  GtkLabel *message;

  g_assert_true (g_file_set_contents (path, "{}", -1, NULL));
  window = tamis_act_window_new (NULL, path, FALSE);
  gtk_window_present (GTK_WINDOW (window));
  message = GTK_LABEL (child_of (window, "message"));
  WAIT_FOR (gtk_widget_has_css_class (GTK_WIDGET (message), "error"));
  g_assert_nonnull (strstr (gtk_label_get_text (message), "no manifest"));
  g_assert_false (gtk_widget_get_visible (child_of (window, "act_button")));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_unlink (path);
}

static void
note_texture (GdkTexture *texture, const char *reason, gpointer data)
{
  guint *count = data;

  if (texture != NULL)
    g_assert_cmpint (MAX (gdk_texture_get_width (texture), gdk_texture_get_height (texture)), <=, 64);
  else
    g_assert_nonnull (reason);
  (*count)++;
}

static void
test_textures_answer_once (void)
{
  g_autofree char *good = g_build_filename (data_folder, "class0", "img0_0.png", NULL);
  g_autofree char *bad = g_build_filename (data_folder, "class0", "broken.png", NULL);
  guint count = 0;
  TamisTextureTicket *ticket;

  ticket = tamis_textures_request (good, 64, note_texture, &count);
  g_assert_nonnull (ticket);
  WAIT_FOR (count == 1);
  /* Now at hand: answered at once, without a ticket. */
  g_assert_null (tamis_textures_request (good, 64, note_texture, &count));
  g_assert_cmpuint (count, ==, 2);
  ticket = tamis_textures_request (bad, 64, note_texture, &count);
  WAIT_FOR (count == 3);
  ticket = tamis_textures_request (good, 63, note_texture, &count);
  tamis_textures_forget (ticket);
  settle ();
  g_assert_cmpuint (count, ==, 3);
}

static void
note_thumbnail (GdkTexture *texture, const char *reason, gpointer data)
{
  guint *count = data;

  g_assert_nonnull (texture);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 64);
  (*count)++;
}

/* The file itself is broken by now: what is shown is what ingest left of it. */
static void
test_textures_from_thumbnails (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-textures-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "large.png", NULL);
  g_autoptr (TamisThumbnails) thumbnails = tamis_thumbnails_new (NULL, TAMIS_THUMBNAILS_BUDGET);
  TamisImageFacts facts = { 600, 400, TAMIS_IMAGE_FORMAT_PNG, tamis_digest_of ("large", 5), 1 };
  g_autoptr (TamisImage) small = tamis_image_new (256, 171);
  g_autoptr (TamisDataset) found = NULL, set = NULL;
  guint count = 0;
  TamisTextureTicket *ticket;

  g_assert_true (g_file_set_contents (file, "broken", -1, NULL));
  found = tamis_dataset_open (folder, NULL, NULL, NULL);
  set = tamis_dataset_refine (found, (const char *[]){ NULL }, &facts);
  tamis_thumbnails_put (thumbnails, &facts, small);
  tamis_textures_set_dataset (set);
  ticket = tamis_textures_request (file, 64, note_thumbnail, &count);
  g_assert_nonnull (ticket);
  WAIT_FOR (count == 1);
  tamis_textures_set_dataset (NULL);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  make_data ();
  g_test_add_func ("/ui/format", test_format);
  g_test_add_func ("/ui/session/opens", test_session_opens);
  g_test_add_func ("/ui/session/follows-threshold", test_session_follows_threshold);
  g_test_add_func ("/ui/session/decides", test_session_decides);
  g_test_add_func ("/ui/session/remembers", test_session_remembers);
  g_test_add_func ("/ui/session/damaged-project", test_session_damaged_project);
  g_test_add_func ("/ui/session/verdicts-and-undo", test_session_verdicts_and_undo);
  g_test_add_func ("/ui/session/fails-in-words", test_session_fails_in_words);
  g_test_add_func ("/ui/session/newest-job-wins", test_session_newest_job_wins);
  g_test_add_func ("/ui/removal-model/keeps-its-order", test_removal_model_keeps_its_order);
  g_test_add_func ("/ui/image-model/filters", test_image_model_filters);
  g_test_add_func ("/ui/textures/answer-once", test_textures_answer_once);
  g_test_add_func ("/ui/textures/from-thumbnails", test_textures_from_thumbnails);
  g_test_add_func ("/ui/export-window/writes", test_export_window_writes);
  g_test_add_func ("/ui/act-window/there-and-back", test_act_window);
  g_test_add_func ("/ui/act-window/refuses", test_act_window_refuses);
  g_test_add_func ("/ui/window/closes-under-a-popover", test_window_closes_under_a_popover);
  g_test_add_func ("/ui/window/starts-again-after-cancel", test_window_starts_again_after_cancel);
  g_test_add_func ("/ui/window/takes-its-dependents-along", test_window_takes_its_dependents_along);
  g_test_add_func ("/ui/window/opens-fewer-classes", test_window_opens_fewer_classes);
  g_test_add_func ("/ui/window/from-open-to-verdict", test_window_from_open_to_verdict);
  status = run_ui_tests ();
  remove_tree (data_folder);
  g_free (data_folder);
  return status;
}
