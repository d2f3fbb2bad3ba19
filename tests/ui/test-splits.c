/* ui: leaks, label conflicts, folder rules and the keep order, in one process on a private display.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-crossings-page.h"
#include "tamis-crossings-words.h"
#include "tamis-folders-window.h"
#include "tamis-keep-order-window.h"
#include "tamis-textures.h"
#include "tamis-window.h"
#include "ui-test.h"

#define N_SCENES 6

static char *data_folder;

/* ---- train and test, two classes: each scene of train has a copy in test; one has a copy under the
 * other class's name too ---- */

static void
write_scene (const char *split, int class_index, int scene, int as_class)
{
  g_autofree char *folder = g_strdup_printf ("%s/%s/class%d", data_folder, split, as_class);
  g_autofree char *name
      = g_strdup_printf ("%s/scene %d of class %d with a name that is rather long.png", folder, scene,
                         class_index);
  TamisRandom random;
  double a[6];

  g_mkdir_with_parents (folder, 0700);
  tamis_random_init (&random, 100 * class_index + scene);
  for (int k = 0; k < 6; k++)
    a[k] = 1 + 7 * tamis_random_uniform (&random);
  write_waves (name, 96, 80, a, 3 * (split[1] == 'e'));
}

static void
make_data (void)
{
  data_folder = g_dir_make_tmp ("tamis-splits-XXXXXX", NULL);
  for (int c = 0; c < 2; c++)
    for (int s = 0; s < N_SCENES; s++)
      {
        write_scene ("train", c, s, c);
        write_scene ("test", c, s, c);
      }
  write_scene ("train", 0, 0, 1);
}

static TamisSession *
open_session (const char *folder)
{
  TamisSession *session = tamis_session_new ();

  forget_projects ();
  tamis_session_open (session, folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  return session;
}

/* The plan follows verdicts; until it has, numbers are old. */
static void
wait_for_plan (TamisSession *session)
{
  TamisPlan *plan = tamis_session_get_plan (session);

  tamis_plan_ref (plan);
  WAIT_FOR (tamis_session_get_plan (session) != plan);
  tamis_plan_unref (plan);
}

static gboolean
has_action (GtkWidget *widget, gconstpointer name)
{
  const char *action
      = GTK_IS_ACTIONABLE (widget) ? gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)) : NULL;

  return g_strcmp0 (action, name) == 0;
}

/* The @nth mapped widget below @widget for which @is holds. */
static GtkWidget *
find (GtkWidget *widget, GType type, gboolean (*is) (GtkWidget *, gconstpointer), gconstpointer data,
      int *nth)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget)
      && (is == NULL || is (widget, data)) && (*nth)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, is, data, nth);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_nth (GtkWidget *root, GType type, int nth)
{
  return find (root, type, NULL, NULL, &nth);
}

/* ---- models ---- */

static void
test_leaks_are_those_of_the_engine (void)
{
  TamisSession *session = open_session (data_folder);
  TamisCrossingModel *model = tamis_crossing_model_new (session, TAMIS_BORDER_SPLITS);
  g_autoptr (TamisCrossings) expected = NULL;
  guint n;

  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_plan (session);
  expected = tamis_crossings_new (tamis_session_get_dataset (session),
                                  tamis_session_get_pairs (session), tamis_session_get_plan (session),
                                  TAMIS_BORDER_SPLITS);
  n = tamis_crossings_get_n (expected);
  g_assert_cmpuint (n, >=, 2 * N_SCENES);
  WAIT_FOR (tamis_crossing_model_get_state (model) == TAMIS_SEARCH_DONE
            && tamis_crossing_model_get_n (model) == n);
  for (guint i = 0; i < n; i++)
    {
      TamisCrossing crossing, other = tamis_crossings_get (expected, i);

      g_assert_true (tamis_crossing_model_get (model, i, &crossing));
      g_assert_true (crossing.a == other.a && crossing.b == other.b);
      g_assert_cmpstr (tamis_dataset_get_split (tamis_session_get_dataset (session), crossing.a), ==,
                       "train");
    }
  tamis_session_set_class (session, 0);
  g_assert_cmpuint (tamis_crossing_model_get_n (model), <, n);
  g_assert_cmpuint (tamis_crossing_model_get_n (model), >=, N_SCENES);
  g_assert_finalize_object (model);
  g_assert_finalize_object (session);
}

static void
test_label_conflicts_are_looked_for_when_seen (void)
{
  TamisSession *session = open_session (data_folder);
  TamisCrossingModel *model = tamis_crossing_model_new (session, TAMIS_BORDER_CLASSES);
  TamisDataset *dataset = tamis_session_get_dataset (session);
  TamisVerdicts *verdicts = tamis_session_get_verdicts (session);
  TamisCrossing crossing;

  settle ();
  g_assert_cmpint (tamis_crossing_model_get_state (model), ==, TAMIS_SEARCH_WAITING);
  tamis_crossing_model_set_active (model, TRUE);
  g_assert_cmpint (tamis_crossing_model_get_state (model), ==, TAMIS_SEARCH_RUNNING);
  tamis_crossing_model_cancel (model);
  WAIT_FOR (tamis_crossing_model_get_state (model) != TAMIS_SEARCH_RUNNING);
  tamis_crossing_model_restart (model); /* nothing, if the search was quicker than the cancel */
  WAIT_FOR (tamis_crossing_model_get_state (model) == TAMIS_SEARCH_DONE);
  g_assert_true (tamis_crossing_model_get (model, 0, &crossing));
  g_assert_cmpuint (tamis_dataset_get_class (dataset, crossing.a), !=,
                    tamis_dataset_get_class (dataset, crossing.b));
  g_assert_cmpuint (crossing.a, <, crossing.b);

  tamis_session_set_label (session, crossing.a, crossing.b, TAMIS_LABEL_FIRST);
  tamis_session_set_label (session, crossing.a, crossing.b, TAMIS_LABEL_BOTH);
  g_assert_cmpuint (tamis_session_undo (session), ==, TAMIS_NO_WITNESS);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, crossing.a, crossing.b), ==,
                   TAMIS_LABEL_FIRST);
  tamis_session_undo (session);
  g_assert_cmpuint (tamis_verdicts_get_n_labels (verdicts), ==, 0);
  tamis_session_redo (session);
  tamis_session_redo (session);
  g_assert_cmpint (tamis_verdicts_get_label (verdicts, crossing.a, crossing.b), ==,
                   TAMIS_LABEL_BOTH);
  g_assert_finalize_object (model);
  g_assert_finalize_object (session);
}

/* A folder of images: no splits, one class; both pages say what that means. */
static void
test_nothing_to_cross (void)
{
  g_autofree char *folder = g_build_filename (data_folder, "train", "class0", NULL);
  TamisSession *session = open_session (folder);

  for (int border = TAMIS_BORDER_SPLITS; border <= TAMIS_BORDER_CLASSES; border++)
    {
      TamisCrossingModel *model = tamis_crossing_model_new (session, (TamisBorder) border);
      g_autofree char *words = tamis_crossings_words_empty (session, model);

      tamis_crossing_model_set_active (model, TRUE);
      settle ();
      g_assert_cmpint (tamis_crossing_model_get_state (model), ==, TAMIS_SEARCH_IMPOSSIBLE);
      g_assert_nonnull (strstr (words, "manifest"));
      g_assert_finalize_object (model);
    }
  g_assert_finalize_object (session);
}

/* ---- the window ---- */

static TamisWindow *
open_window (void)
{
  TamisWindow *window = tamis_window_new (NULL);
  TamisSession *session = tamis_window_get_session (window);

  forget_projects ();
  gtk_window_present (GTK_WINDOW (window));
  tamis_window_open (window, data_folder);
  WAIT_FOR (tamis_session_get_state (session) == TAMIS_SESSION_READY
            && tamis_session_get_plan (session) != NULL);
  return window;
}

static GtkWidget *
find_button (TamisWindow *window, const char *action)
{
  int nth = 0;

  return find (GTK_WIDGET (window), GTK_TYPE_BUTTON, has_action, action, &nth);
}

static guint
count_removed_of (TamisSession *session, const char *split)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  guint n = 0;

  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    n += g_strcmp0 (tamis_dataset_get_split (tamis_session_get_dataset (session),
                                             tamis_plan_get_removal (plan, i).removed),
                    split) == 0;
  return n;
}

static void
test_leaks_page (void)
{
  TamisWindow *window = open_window ();
  TamisSession *session = tamis_window_get_session (window);
  g_autofree char *file = g_build_filename (data_folder, "leaks.csv", NULL);
  g_autofree char *text = NULL;
  const char *const actions[] = { "review.remove", "review.swap", "review.not-duplicates" };
  GtkWidget *page, *protect;

  tamis_session_set_order (session, "name");
  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "leaks");
  WAIT_FOR (find_button (window, "review.remove") != NULL);
  page = find_nth (GTK_WIDGET (window), TAMIS_TYPE_CROSSINGS_PAGE, 0);
  protect = find_nth (page, GTK_TYPE_CHECK_BUTTON, 1);
  gtk_test_accessible_assert_property (protect, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Never remove from train");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (protect), TRUE);
  WAIT_FOR (count_removed_of (session, "train") == 0);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo", NULL);
  protect = find_nth (page, GTK_TYPE_CHECK_BUTTON, 0);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (protect), TRUE);
  WAIT_FOR (count_removed_of (session, "test") == 0 && count_removed_of (session, "train") > 0);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_activate (find_button (window, actions[i]));
      WAIT_FOR (tamis_verdicts_get_n (tamis_session_get_verdicts (session)) == i + 1);
    }
  settle ();
  tamis_crossings_page_save (TAMIS_CROSSINGS_PAGE (page), file);
  WAIT_FOR (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "a,split_a,b,split_b,similarity,class\ntrain/"));
  g_remove (file);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_labels_page (void)
{
  TamisWindow *window = open_window ();
  TamisSession *session = tamis_window_get_session (window);
  TamisVerdicts *verdicts = tamis_session_get_verdicts (session);
  g_autofree TamisLabelEntry *labels = NULL;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "labels");
  WAIT_FOR (find_button (window, "labels.left") != NULL);
  g_assert_null (find_button (window, "review.remove"));
  gtk_widget_activate (find_button (window, "labels.left"));
  WAIT_FOR (tamis_verdicts_get_n_labels (verdicts) == 1);
  labels = tamis_verdicts_list_labels (verdicts);
  g_assert_cmpint (labels[0].verdict, ==, TAMIS_LABEL_FIRST);
  settle ();
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo", NULL);
  g_assert_cmpuint (tamis_verdicts_get_n_labels (verdicts), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

/* ---- folders, keep order ---- */

static void
test_folders_window (void)
{
  TamisSession *session = open_session (data_folder);
  TamisVerdicts *verdicts = tamis_session_get_verdicts (session);
  TamisFoldersWindow *window;
  GtkWidget *choice, *effect;

  tamis_session_set_threshold (session, tamis_session_get_floor (session));
  wait_for_plan (session);
  window = tamis_folders_window_new (NULL, session, "");
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  effect = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window), TAMIS_TYPE_FOLDERS_WINDOW,
                                                      "effect"));
  choice = find_nth (GTK_WIDGET (window), GTK_TYPE_DROP_DOWN, 1); /* after the whole: test */
  gtk_test_accessible_assert_property (choice, GTK_ACCESSIBLE_PROPERTY_LABEL, "Rule for test");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), TAMIS_FOLDER_EXCLUDED);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "test"), ==, TAMIS_FOLDER_EXCLUDED);
  WAIT_FOR (strstr (gtk_label_get_text (GTK_LABEL (effect)), "because of these rules") != NULL);
  WAIT_FOR (gtk_drop_down_get_selected (
                GTK_DROP_DOWN (find_nth (GTK_WIDGET (window), GTK_TYPE_DROP_DOWN, 2)))
            == TAMIS_FOLDER_EXCLUDED); /* a folder inside has the same */
  gtk_widget_activate_action (GTK_WIDGET (window), "folders.undo", NULL);
  g_assert_cmpint (tamis_verdicts_get_folder (verdicts, "test"), ==, TAMIS_FOLDER_NORMAL);
  WAIT_FOR (gtk_drop_down_get_selected (GTK_DROP_DOWN (choice)) == TAMIS_FOLDER_NORMAL);
  gtk_window_destroy (GTK_WINDOW (window));

  window = tamis_folders_window_new (NULL, session, "train/class1");
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  g_assert_nonnull (find_nth (GTK_WIDGET (window), GTK_TYPE_DROP_DOWN, 0));
  g_assert_null (find_nth (GTK_WIDGET (window), GTK_TYPE_DROP_DOWN, 1));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (session);
}

static void
press (GtkWidget *row, guint key, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (row);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
      gboolean taken;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &taken);
    }
}

static void
test_keep_order_window (void)
{
  TamisSession *session = open_session (data_folder);
  TamisKeepOrderWindow *window = tamis_keep_order_window_new (NULL, session);
  GtkWidget *effect, *apply;

  gtk_window_present (GTK_WINDOW (window));
  settle ();
  effect = GTK_WIDGET (gtk_widget_get_template_child (
      GTK_WIDGET (window), TAMIS_TYPE_KEEP_ORDER_WINDOW, "effect"));
  apply = GTK_WIDGET (gtk_widget_get_template_child (
      GTK_WIDGET (window), TAMIS_TYPE_KEEP_ORDER_WINDOW, "apply_button"));
  g_assert_false (gtk_widget_get_sensitive (apply));
  for (int i = 0; i < 2; i++)
    gtk_switch_set_active (GTK_SWITCH (find_nth (GTK_WIDGET (window), GTK_TYPE_SWITCH, i)), TRUE);
  press (find_nth (GTK_WIDGET (window), ADW_TYPE_ACTION_ROW, 0), GDK_KEY_Down, GDK_ALT_MASK);
  WAIT_FOR (*gtk_label_get_text (GTK_LABEL (effect)) != '\0');
  g_assert_true (gtk_widget_get_sensitive (apply));
  g_assert_cmpstr (tamis_session_get_order (session), ==, "name"); /* until it is applied */
  gtk_widget_activate (apply);
  WAIT_FOR (!g_str_equal (tamis_session_get_order (session), "name"));
  {
    g_auto (GStrv) words = g_strsplit (tamis_session_get_order (session), ",", -1);
    g_autofree guint32 *rows = tamis_order_new (tamis_session_get_dataset (session), NULL,
                                                tamis_session_get_order (session), NULL);

    g_assert_cmpuint (g_strv_length (words), ==, 2);
    g_assert_nonnull (rows);
    /* The table has resolution before bytes, and the first row was moved down. */
    g_assert_true (g_str_equal (words[1], "resolution") || g_str_equal (words[1], "reference"));
  }
  settle ();
  g_assert_finalize_object (session);
}

static void
test_words_of_orders (void)
{
  const char *const cases[][2] = {
    { "name", "keep the first by name" },
    { "bytes", "keep the largest file" },
    { "resolution,name", "keep the most pixels" },
    { "date,bytes", "keep the oldest, …" },
    { "", "keep the first by name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = tamis_keep_order_words (cases[i][0]);

      g_assert_cmpstr (words, ==, cases[i][1]);
    }
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  make_data ();
  g_test_add_func ("/splits/leaks/those-of-the-engine", test_leaks_are_those_of_the_engine);
  g_test_add_func ("/splits/labels/looked-for-when-seen",
                   test_label_conflicts_are_looked_for_when_seen);
  g_test_add_func ("/splits/nothing-to-cross", test_nothing_to_cross);
  g_test_add_func ("/splits/leaks/page", test_leaks_page);
  g_test_add_func ("/splits/labels/page", test_labels_page);
  g_test_add_func ("/splits/folders/window", test_folders_window);
  g_test_add_func ("/splits/keep-order/window", test_keep_order_window);
  g_test_add_func ("/splits/keep-order/words", test_words_of_orders);
  status = run_ui_tests ();
  remove_tree (data_folder);
  g_free (data_folder);
  return status;
}
