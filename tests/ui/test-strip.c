/* ui: the strip of pairs, in one process on a private display.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-pair-strip.h"
#include "tamis-textures.h"
#include "ui-test.h"

#define N_IMAGES 24
#define N_PAIRS 100000
#define WIDTH 800

static char *data_folder;

typedef struct
{
  TamisSession *session;
  GtkWindow *window;
  TamisPairStrip *strip;
  GtkAdjustment *adjustment;
  guint n;         /* pairs that there are */
  guint n_settled; /* of them, from the first on */
  guint asked;     /* how often */
} Fixture;

/* Pair p is of image p and the next one, round the end. */
static gboolean
get_pair (gpointer owner, guint position, TamisPairShown *pair)
{
  Fixture *fixture = owner;

  fixture->asked++;
  if (position >= fixture->n)
    return FALSE;
  *pair = (TamisPairShown){ { position % N_IMAGES, (position + 1) % N_IMAGES },
                            0.9,
                            position < fixture->n_settled };
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  fixture->session = tamis_session_new ();
  forget_projects ();
  tamis_session_open (fixture->session, data_folder);
  WAIT_FOR (tamis_session_get_state (fixture->session) == TAMIS_SESSION_READY);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->strip = g_object_new (TAMIS_TYPE_PAIR_STRIP, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (fixture->strip));
  gtk_window_set_child (fixture->window, scroller);
  gtk_window_set_default_size (fixture->window, WIDTH, 160);
  fixture->adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));
  fixture->n = N_PAIRS;
  tamis_pair_strip_set_source (fixture->strip, fixture->session, get_pair, fixture);
  tamis_pair_strip_set_list (fixture->strip, N_PAIRS, 0);
  gtk_window_present (fixture->window);
  settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  settle ();
  g_assert_finalize_object (fixture->session);
}

/* The cell that is selected; there is one at most. */
static GtkWidget *
find_selected (Fixture *fixture)
{
  GtkWidget *found = NULL;

  for (GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (fixture->strip)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    if (gtk_widget_get_child_visible (cell)
        && (gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED) != 0)
      {
        g_assert_null (found);
        found = cell;
      }
  return found;
}

static double
find_x (Fixture *fixture, GtkWidget *cell)
{
  double x, y;

  g_assert_true (gtk_widget_translate_coordinates (cell, GTK_WIDGET (fixture->strip), 0, 0, &x, &y));
  return x;
}

static void
assert_selected (Fixture *fixture, guint position)
{
  GtkWidget *cell = find_selected (fixture);
  const char *name = tamis_dataset_get_path (tamis_session_get_dataset (fixture->session),
                                             position % N_IMAGES);

  g_assert_nonnull (cell);
  g_assert_cmpfloat (find_x (fixture, cell), >=, 0);
  g_assert_cmpfloat (find_x (fixture, cell) + gtk_widget_get_width (cell), <=, WIDTH);
  gtk_test_accessible_assert_role (cell, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  gtk_test_accessible_assert_state (cell, GTK_ACCESSIBLE_STATE_SELECTED, TRUE);
  gtk_test_accessible_assert_property (fixture->strip, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, name);
}

static guint
count_cells (Fixture *fixture)
{
  guint n = 0;

  for (GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (fixture->strip)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    n++;
  return n;
}

static void
test_only_what_is_seen (Fixture *fixture, gconstpointer data)
{
  const guint positions[] = { 1, 7, N_PAIRS / 2, N_PAIRS - 1, N_PAIRS - 2, 3, 0 };

  assert_selected (fixture, 0);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      fixture->asked = 0;
      tamis_pair_strip_select (fixture->strip, positions[i]);
      settle ();
      assert_selected (fixture, positions[i]);
      g_assert_cmpuint (count_cells (fixture), <=, WIDTH / 150 + 2);
      g_assert_cmpuint (fixture->asked, <=, 4 * count_cells (fixture)); /* a frame or a few */
    }
}

static void
test_stays_in_place (Fixture *fixture, gconstpointer data)
{
  double x;

  tamis_pair_strip_select (fixture->strip, 50);
  /* At neither end of the view, where it would come to be anyhow. */
  gtk_adjustment_set_value (fixture->adjustment,
                            48.5 * gtk_adjustment_get_step_increment (fixture->adjustment));
  settle ();
  x = find_x (fixture, find_selected (fixture));
  tamis_pair_strip_set_list (fixture->strip, N_PAIRS, 50 + 3 * N_IMAGES); /* more came before it */
  settle ();
  assert_selected (fixture, 50);
  g_assert_cmpfloat (find_x (fixture, find_selected (fixture)), ==, x);
}

static void
test_shorter_and_empty (Fixture *fixture, gconstpointer data)
{
  tamis_pair_strip_select (fixture->strip, N_PAIRS - 1);
  settle ();
  fixture->n = 5;
  tamis_pair_strip_set_list (fixture->strip, 5, 4);
  settle ();
  assert_selected (fixture, 4);
  g_assert_cmpfloat (gtk_adjustment_get_upper (fixture->adjustment), <, 6 * 200);
  fixture->n = 0;
  tamis_pair_strip_set_list (fixture->strip, 0, GTK_INVALID_LIST_POSITION);
  settle ();
  g_assert_null (find_selected (fixture));
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 0);
}

static void
note (guint *chosen, guint position)
{
  *chosen = position;
}

static void
test_scrolls_and_is_told (Fixture *fixture, gconstpointer data)
{
  guint chosen = G_MAXUINT;
  GtkWidget *box;

  g_signal_connect_swapped (fixture->strip, "selected", G_CALLBACK (note), &chosen);
  tamis_pair_strip_select (fixture->strip, 10);
  gtk_adjustment_set_value (fixture->adjustment, gtk_adjustment_get_upper (fixture->adjustment));
  settle ();
  g_assert_null (find_selected (fixture)); /* out of view, and left there */
  g_assert_cmpuint (chosen, ==, G_MAXUINT); /* what the owner selects is not told */
  tamis_pair_strip_select (fixture->strip, 0);
  settle ();
  box = gtk_widget_get_first_child (find_selected (fixture));
  g_assert_cmpfloat (gtk_widget_get_opacity (box), ==, 1);
  fixture->n_settled = 1;
  tamis_pair_strip_update (fixture->strip);
  settle ();
  g_assert_cmpfloat (gtk_widget_get_opacity (box), <, 1);
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  data_folder = g_dir_make_tmp ("tamis-strip-XXXXXX", NULL);
  for (int i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%02d.png", data_folder, i);
      const double a[6] = { 1 + i, 2, 3 + i % 5, 2, 1, 2 + i % 3 };

      write_waves (name, 64, 64, a, 0);
    }
  g_test_add ("/ui/strip/only-what-is-seen", Fixture, NULL, set_up, test_only_what_is_seen, tear_down);
  g_test_add ("/ui/strip/stays-in-place", Fixture, NULL, set_up, test_stays_in_place, tear_down);
  g_test_add ("/ui/strip/shorter-and-empty", Fixture, NULL, set_up, test_shorter_and_empty, tear_down);
  g_test_add ("/ui/strip/scrolls-and-is-told", Fixture, NULL, set_up, test_scrolls_and_is_told,
              tear_down);
  status = run_ui_tests ();
  remove_tree (data_folder);
  g_free (data_folder);
  return status;
}
