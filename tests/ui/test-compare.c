/* ui: the compare view itself; its parts are in test-compare-parts.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-compare-pane.h"
#include "tamis-compare-view.h"
#include "tamis-shortcuts.h"
#include "tamis-textures.h"
#include "ui-test.h"

typedef struct
{
  TamisSession *session;
  GtkWidget *window;
  TamisCompareView *view; /* owned */
  char *data;
} Fixture;

static const double waves[2][6] = { { 2, 3, 4, 5, 6, 7 }, { 2.05, 3, 4, 5, 6.1, 7 } };

/* More pixels than are kept of one image, of other sides and another shape; cheap to make. */
static void
write_large (const char *name, int width, int height)
{
  g_autoptr (TamisImage) image = tamis_image_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        image->pixels[3 * ((gsize) width * y + x) + c]
            = (guint8) (x * 251 / width + ((x ^ y) & 7) + (y * 97 / height) * (c & 1));
  g_assert_true (tamis_image_save_jpeg (image, name, 85, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *sub = NULL;
  static const struct
  {
    const char *name;
    int width, height, which;
  } images[] = {
    { "a.png", 640, 480, 0 }, { "b.png", 640, 480, 1 }, { "c.png", 640, 480, 0 },
    { "d.png", 300, 400, 1 }, { "e.png", 640, 480, 0 },
  };

  self->data = g_dir_make_tmp ("tamis-compare-XXXXXX", NULL);
  sub = g_build_filename (self->data, "scenes", NULL);
  g_mkdir (sub, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autofree char *name = g_build_filename (sub, images[i].name, NULL);

      if (data != NULL && i < 2)
        write_large (name, 6600 - 1500 * (int) i, 4600 + 1300 * (int) i);
      else
        write_waves (name, images[i].width, images[i].height, waves[images[i].which], 0);
    }
  self->session = tamis_session_new ();
  tamis_session_open (self->session, self->data);
  WAIT_FOR (tamis_session_get_state (self->session) == TAMIS_SESSION_READY);
  self->view = g_object_ref_sink (TAMIS_COMPARE_VIEW (tamis_compare_view_new ()));
  tamis_compare_view_set_session (self->view, self->session);
  self->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (self->window), GTK_WIDGET (self->view));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 1000, 560);
  gtk_window_present (GTK_WINDOW (self->window));
  WAIT_FOR (gtk_widget_get_width (GTK_WIDGET (self->view)) > 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  settle ();
  g_assert_finalize_object (self->view);
  g_assert_finalize_object (self->session);
  remove_tree (self->data);
  g_free (self->data);
}

/* Does some label that is seen say @text, alone or among other words? */
static gboolean
says (GtkWidget *widget, const char *text, gboolean alone)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    {
      const char *said = gtk_label_get_text (GTK_LABEL (widget));

      if (alone ? g_str_equal (said, text) : strstr (said, text) != NULL)
        return TRUE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text, alone))
      return TRUE;
  return FALSE;
}

#define SAYS(text) says (GTK_WIDGET (self->view), text, FALSE)
#define SAYS_ALONE(text) says (GTK_WIDGET (self->view), text, TRUE)

static guint
count_panes (GtkWidget *widget)
{
  guint n = TAMIS_IS_COMPARE_PANE (widget) && gtk_widget_get_mapped (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_panes (child);
  return n;
}

/* As the review page does it. */
static void
press (Fixture *self, const char *key)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  const char *action;
  guint code;
  GdkModifierType mods;

  gtk_accelerator_parse (key, &code, &mods);
  action = tamis_shortcuts_find (tamis_shortcuts_get_default (), TAMIS_SHORTCUT_REVIEW, code, mods);
  g_assert_nonnull (action);
  g_assert_true (g_action_parse_detailed_name (action, &name, &target, NULL));
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (self->view), name, target));
}

static void
show (Fixture *self, guint removed, guint witness)
{
  tamis_compare_view_set_pair (self->view, removed, witness, 0.9876);
  WAIT_FOR (tamis_compare_view_is_complete (self->view));
}

static void
test_view_shows_a_pair (Fixture *self, gconstpointer data)
{
  show (self, 0, 1);
  g_assert_true (SAYS ("0.987"));
  g_assert_true (SAYS ("scenes/a.png") && SAYS ("scenes/b.png"));
  g_assert_true (SAYS ("Removed") && SAYS ("Stays") && SAYS ("640×480"));
  g_assert_cmpuint (count_panes (GTK_WIDGET (self->view)), ==, 2);
  WAIT_FOR (SAYS ("sharpness"));
  show (self, 0, 2);
  g_assert_false (SAYS ("Byte-identical")); /* not before it was found out */
  WAIT_FOR (SAYS ("Byte-identical"));
  show (self, 0, 3);
  g_assert_false (SAYS ("Byte-identical"));
  tamis_compare_view_set_note (self->view, "a note");
  g_assert_true (SAYS ("a note"));
  tamis_compare_view_clear (self->view);
  settle ();
  g_assert_false (SAYS ("scenes/a.png"));
}

static void
test_view_without_a_witness (Fixture *self, gconstpointer data)
{
  show (self, 0, TAMIS_NO_WITNESS);
  g_assert_true (SAYS ("scenes/a.png") && SAYS ("No image that stays"));
  g_assert_false (SAYS ("640×480"));
  for (const char *key = "2345678"; *key != '\0'; key++)
    {
      press (self, (char[]){ *key, '\0' });
      settle ();
    }
  tamis_compare_view_set_peek (self->view, TRUE);
  settle ();
  g_assert_true (SAYS ("scenes/a.png"));
}

static void
test_view_modes (Fixture *self, gconstpointer data)
{
  static const char *const modes[] = { "sides", "blink", "split", "difference" };
  static const char *const keys[] = { "2", "3", "4", "5" };

  show (self, 0, 3); /* of other sizes and shapes */
  for (int i = 3; i >= 0; i--)
    {
      g_autofree char *mode = NULL;

      press (self, keys[i]);
      g_object_get (self->view, "mode", &mode, NULL);
      g_assert_cmpstr (mode, ==, modes[i]);
      WAIT_FOR (tamis_compare_view_is_complete (self->view));
      settle ();
      g_assert_cmpuint (count_panes (GTK_WIDGET (self->view)), ==, i == 0 ? 2 : 1);
      g_assert_cmpint (SAYS_ALONE ("×4"), ==, i == 3);
    }
  press (self, "5");
  press (self, "bracketright");
  g_assert_true (SAYS_ALONE ("×8"));
  for (int i = 0; i < 9; i++)
    press (self, "bracketright");
  g_assert_true (SAYS_ALONE ("×16"));
  for (int i = 0; i < 9; i++)
    press (self, "bracketleft");
  g_assert_true (SAYS_ALONE ("×1"));
  WAIT_FOR (tamis_compare_view_is_complete (self->view));
}

static void
test_view_peeks_while_held (Fixture *self, gconstpointer data)
{
  show (self, 0, 1);
  press (self, "3");
  settle ();
  g_assert_true (SAYS ("Removed") && !SAYS ("scenes/b.png"));
  press (self, "space");
  press (self, "space"); /* held keys repeat */
  settle ();
  g_assert_true (SAYS ("Stays") && SAYS ("scenes/b.png") && !SAYS ("scenes/a.png"));
  tamis_compare_view_set_peek (self->view, FALSE);
  settle ();
  g_assert_true (SAYS ("scenes/a.png"));
  /* Whoever leaves with the key down finds it up. */
  press (self, "space");
  gtk_widget_set_visible (GTK_WIDGET (self->view), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->view), TRUE);
  settle ();
  g_assert_true (SAYS ("scenes/a.png"));
}

static void
test_view_zoom (Fixture *self, gconstpointer data)
{
  show (self, 0, 1);
  press (self, "1");
  settle ();
  g_assert_true (SAYS ("100 %"));
  press (self, "plus");
  press (self, "<Shift>Right");
  press (self, "<Shift>Down");
  settle ();
  g_assert_true (SAYS ("150 %"));
  press (self, "3"); /* a larger pane: seen as large as before */
  settle ();
  settle ();
  g_assert_true (SAYS ("150 %"));
  show (self, 0, 3); /* the next pair is whole */
  settle ();
  g_assert_false (SAYS ("150 %"));
}

static void
test_view_shows_what_else_there_is (Fixture *self, gconstpointer data)
{
  show (self, 0, 1);
  WAIT_FOR (SAYS ("sharpness"));
  for (const char *key = "678"; *key != '\0'; key++)
    {
      gboolean cells, redrawn, tones;

      press (self, (char[]){ *key, '\0' });
      g_object_get (self->view, "show-cells", &cells, "show-redrawn", &redrawn, "show-tones", &tones,
                    NULL);
      g_assert_true (cells && redrawn == (*key >= '7') && tones == (*key >= '8'));
      settle ();
    }
  press (self, "3"); /* both cards in one pane, and back */
  settle ();
  press (self, "2");
  show (self, 3, 1);
  settle ();
}

static void
test_view_of_a_file_that_went (Fixture *self, gconstpointer data)
{
  g_autofree char *file = tamis_dataset_dup_file (tamis_session_get_dataset (self->session), 1);

  g_remove (file);
  show (self, 0, 1);
  for (const char *key = "5432"; *key != '\0'; key++)
    {
      press (self, (char[]){ *key, '\0' });
      settle ();
    }
  WAIT_FOR (tamis_compare_view_is_complete (self->view));
}

static void
test_view_prefetches (Fixture *self, gconstpointer data)
{
  const gsize bytes = 3 * (3 * 640 * 480 + 300 * 400); /* of all four, none reduced */

  tamis_compare_view_set_pair (self->view, 0, 1, 0.9);
  tamis_compare_view_prefetch (self->view, 2, 3);
  WAIT_FOR (tamis_compare_view_is_complete (self->view));
  WAIT_FOR (tamis_compare_view_get_bytes (self->view) == bytes);
  show (self, 2, 3);
  g_assert_cmpuint (tamis_compare_view_get_bytes (self->view), ==, bytes); /* nothing new was needed */
}

/* Images of 30 megapixels, of which a half is kept: at 1:1 every pixel is there, in each mode. */
static void
test_view_of_large_images (Fixture *self, gconstpointer data)
{
  show (self, 0, 1);
  for (const char *key = "2345"; *key != '\0'; key++)
    {
      press (self, (char[]){ *key, '\0' });
      press (self, "0");
      WAIT_FOR (tamis_compare_view_is_complete (self->view));
      press (self, "1");
      settle ();
      WAIT_FOR (tamis_compare_view_is_complete (self->view));
      settle ();
      g_assert_true (SAYS ("100 %") || SAYS ("100 ·") || SAYS ("· 100"));
      for (int i = 0; i < 12; i++)
        press (self, i % 2 != 0 ? "<Shift>Right" : "<Shift>Down");
      WAIT_FOR (tamis_compare_view_is_complete (self->view));
      g_assert_false (SAYS ("reduced resolution"));
      g_assert_cmpuint (tamis_compare_view_get_bytes (self->view), <=, TAMIS_COMPARE_BUDGET);
    }
  show (self, 2, 3); /* away from them while they may be decoded */
  press (self, "0");
  WAIT_FOR (tamis_compare_view_is_complete (self->view));
}

/* A quick hand: pairs change faster than they can be shown. */
static void
test_view_keeps_up (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      tamis_compare_view_set_pair (self->view, i % 5, (i + 1 + i / 5) % 5, 0.9);
      tamis_compare_view_prefetch (self->view, (i + 1) % 5, (i + 2) % 5);
      g_main_context_iteration (NULL, FALSE);
      if (i % 20 == 19)
        settle ();
      if (i % 50 == 10)
        tamis_session_open (self->session, self->data); /* every row number is void */
      WAIT_FOR (tamis_session_get_dataset (self->session) != NULL
                && tamis_dataset_get_n_images (tamis_session_get_dataset (self->session)) == 5);
    }
  WAIT_FOR (tamis_session_get_state (self->session) == TAMIS_SESSION_READY);
  show (self, 0, 1);
  g_assert_true (SAYS ("scenes/a.png"));
}

/* No key does two things: neither in the page nor between it and the window. */
static void
test_keys_do_one_thing (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint of_compare = 0;

  for (guint i = 0; i < tamis_shortcuts_get_n (); i++)
    {
      const TamisShortcut *shortcut = tamis_shortcuts_get (i);
      g_auto (GStrv) keys = g_strsplit (shortcut->keys, " ", -1);

      if (shortcut->place != TAMIS_SHORTCUT_WINDOW && shortcut->place != TAMIS_SHORTCUT_REVIEW)
        continue;
      of_compare += g_str_has_prefix (shortcut->action, "compare.");
      for (guint k = 0; keys[k] != NULL; k++)
        {
          guint code;
          GdkModifierType mods;

          g_assert_true (gtk_accelerator_parse (keys[k], &code, &mods));
          g_assert_true (g_hash_table_add (seen, gtk_accelerator_name (code, mods)));
        }
    }
  g_assert_cmpuint (of_compare, ==, 18);
}

#define ADD(name, test) g_test_add ("/compare/view/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  if (!begin_ui_tests (&argc, &argv))
    return 0;
  g_test_add_func ("/compare/keys", test_keys_do_one_thing);
  ADD ("pair", test_view_shows_a_pair);
  ADD ("no-witness", test_view_without_a_witness);
  ADD ("modes", test_view_modes);
  ADD ("peek", test_view_peeks_while_held);
  ADD ("zoom", test_view_zoom);
  ADD ("cards", test_view_shows_what_else_there_is);
  ADD ("missing-file", test_view_of_a_file_that_went);
  ADD ("prefetch", test_view_prefetches);
  ADD ("keeps-up", test_view_keeps_up);
  g_test_add ("/compare/view/large", Fixture, "large", set_up, test_view_of_large_images, tear_down);
  return run_ui_tests ();
}
