/* A tour of the real program with pressed keys: what a curator waits for, and what the frames cost.
 *
 *   xvfb-run -a -s '-screen 0 1280x800x24' build/bench/bench-keys FOLDER
 *
 * Runs the program itself on FOLDER, on a data home of its own, and lets xdotool press keys on the display.
 * A key counts from the display server's time stamp of its press (milliseconds of the clock that we
 * have too) to the end of the frame that shows its effect. Of a decision that is the next pair with all
 * its pixels, and the counts of the new plan. The next key is pressed as soon as the effect of the last
 * is shown. Frames are drawn all the while, one after the other. One JSON line a figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-application.h"
#include "tamis-class-row.h"
#include "tamis-compare-view.h"
#include "tamis-group-sheet.h"
#include "tamis-resources.h"
#include "tamis-review-page.h"
#include "window.h"

#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#define DECISIONS 100
#define TIMES 20 /* of everything else */
#define HELD_SECONDS 4
#define PATIENCE_SECONDS 10

typedef struct _Tour Tour;
typedef gboolean (*Shown) (Tour *self);

struct _Tour
{
  /* Borrowed */
  GApplication *application;
  TamisWindow *window;
  TamisSession *session;
  TamisCompareView *compare;
  GtkWidget *sheet;
  GtkStack *views;
  GOutputStream *hand; /* of xdotool */
  GtkEventController *eye; /* owned by the window */

  BenchFrames frames;
  GArray *times; /* of double, ms */

  /* The key under way */
  Shown shown;
  gint64 pressed; /* µs; 0 until it has arrived */
  gint64 seen;    /* µs; 0 until its effect was painted */
  guint64 serial; /* of the journal, before */
  int class_index; /* before */
  gboolean planned;
  const char *view;

  int status;
};

/* ---- what is waited for ---- */

static gboolean
is_decided (Tour *self)
{
  return self->planned && tamis_session_get_verdict_serial (self->session) != self->serial
         && tamis_compare_view_is_complete (self->compare);
}

static gboolean
is_group_shown (Tour *self)
{
  return gtk_widget_get_mapped (self->sheet);
}

static gboolean
is_pair_shown (Tour *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->compare));
}

static gboolean
is_class_changed (Tour *self)
{
  return tamis_session_get_class (self->session) != self->class_index;
}

static gboolean
is_view_shown (Tour *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), self->view) == 0;
}

static void
on_plan (Tour *self)
{
  self->planned = TRUE;
}

/* The server counts milliseconds, in 32 bits, by the monotonic clock. */
static gint64
from_server_time (guint32 time)
{
  gint64 now = g_get_monotonic_time ();
  gint32 ago = (gint32) ((guint32) (now / 1000) - time);

  return ago >= 0 && ago < PATIENCE_SECONDS * 1000 ? now - 1000 * (gint64) ago : now;
}

static gboolean
on_key (Tour *self, guint key, guint code, GdkModifierType state, GtkEventController *controller)
{
  gboolean modifier = key >= GDK_KEY_Shift_L && key <= GDK_KEY_Hyper_R;

  if (self->pressed == 0 && !modifier)
    self->pressed = from_server_time (gtk_event_controller_get_current_event_time (controller));
  return FALSE;
}

static void
on_paint (Tour *self)
{
  if (self->shown != NULL && self->pressed != 0 && self->seen == 0 && self->shown (self))
    self->seen = g_get_monotonic_time ();
}

/* ---- pressing ---- */

static void
tell_hand (Tour *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
tell_hand (Tour *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_output_stream_write_all (self->hand, line, strlen (line), NULL, NULL, NULL);
  g_output_stream_flush (self->hand, NULL, NULL);
}

/* The controller that came last sees a key first, and pages add theirs whenever they are mapped. */
static void
open_eye (Tour *self)
{
  GtkWidget *window = GTK_WIDGET (self->window);

  if (self->eye != NULL)
    gtk_widget_remove_controller (window, self->eye);
  self->eye = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->eye, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->eye, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (window, self->eye);
}

/* Presses @key and waits until its effect is on screen; FALSE and a failed tour if it never is. */
static gboolean
press (Tour *self, const char *key, Shown shown)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  double ms;

  self->pressed = self->seen = 0;
  self->planned = FALSE;
  self->serial = tamis_session_get_verdict_serial (self->session);
  self->class_index = tamis_session_get_class (self->session);
  self->shown = shown;
  open_eye (self);
  tell_hand (self, "key --delay 0 %s\n", key);
  while (self->seen == 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  self->shown = NULL;
  if (self->seen == 0)
    {
      g_printerr ("%s: %s\n", key, self->pressed == 0 ? "did not arrive" : "showed no effect");
      self->status = 1;
      return FALSE;
    }
  ms = (double) (self->seen - self->pressed) / 1e3;
  g_array_append_val (self->times, ms);
  return TRUE;
}

static void
begin (Tour *self)
{
  g_array_set_size (self->times, 0);
  bench_frames_start (&self->frames, GTK_WIDGET (self->window));
}

static void
end (Tour *self, const char *name)
{
  bench_print (name, "key to frame", self->times);
  bench_frames_stop (&self->frames, name);
  bench_settle (0.5);
}

/* ---- the tour ---- */

/* As a fast curator: every fifth pair is kept, every seventh swapped, all others confirmed. */
static void
decide (Tour *self)
{
  begin (self);
  for (guint i = 0; i < DECISIONS && tamis_session_get_n_open (self->session) > 0; i++)
    if (!press (self, i % 5 == 4 ? "k" : i % 7 == 6 ? "s" : "Return", is_decided))
      break;
  end (self, "decisions");
}

static void
take_back (Tour *self)
{
  guint n = self->times->len;

  begin (self);
  for (guint i = 0; i < n && press (self, "ctrl+z", is_decided); i++)
    ;
  end (self, "undo");
  begin (self);
  for (guint i = 0; i < n && press (self, "ctrl+shift+z", is_decided); i++)
    ;
  end (self, "redo");
}

static void
hold (Tour *self, const char *key, const char *name)
{
  begin (self);
  tell_hand (self, "keydown %s\n", key);
  bench_settle (HELD_SECONDS);
  tell_hand (self, "keyup %s\n", key);
  bench_settle (0.2);
  end (self, name);
}

static void
open_groups (Tour *self)
{
  begin (self);
  for (guint i = 0; i < TIMES; i++)
    if (!press (self, "g", is_group_shown) || !press (self, "g", is_pair_shown))
      break;
  end (self, "group sheet");
}

static void
go_through_classes (Tour *self)
{
  GtkWidget *row = bench_find (GTK_WIDGET (self->window), TAMIS_TYPE_CLASS_ROW);
  guint n = MIN (TIMES, tamis_dataset_get_n_classes (tamis_session_get_dataset (self->session)));

  gtk_widget_grab_focus (gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW));
  begin (self);
  for (guint i = 0; i < n && press (self, "Down", is_class_changed); i++)
    ;
  end (self, "classes");
}

static void
switch_views (Tour *self)
{
  static const struct
  {
    const char *key, *view;
  } ways[] = { { "alt+1", "overview" }, { "alt+3", "distributions" }, { "alt+4", "kurtosis" },
               { "alt+2", "review" } };

  begin (self);
  for (guint i = 0; i < TIMES; i++)
    {
      self->view = ways[i % G_N_ELEMENTS (ways)].view;
      if (!press (self, ways[i % G_N_ELEMENTS (ways)].key, is_view_shown))
        break;
      bench_settle (0.3); /* to look at it */
    }
  end (self, "views");
}

static void
find_widgets (Tour *self)
{
  GtkWidget *window = GTK_WIDGET (self->window);
  GtkWidget *review = bench_find (window, TAMIS_TYPE_REVIEW_PAGE);

  self->session = tamis_window_get_session (self->window);
  self->compare = TAMIS_COMPARE_VIEW (bench_find (window, TAMIS_TYPE_COMPARE_VIEW));
  self->sheet = bench_find (window, TAMIS_TYPE_GROUP_SHEET);
  self->views = GTK_STACK (gtk_widget_get_ancestor (review, GTK_TYPE_STACK));
  g_signal_connect_swapped (self->session, "plan", G_CALLBACK (on_plan), self);
  g_signal_connect_swapped (gtk_widget_get_frame_clock (window), "after-paint",
                            G_CALLBACK (on_paint), self);
}

static void
walk (Tour *self)
{
  /* Without a window manager nobody else gives the keyboard to the window. */
  tell_hand (self, "mousemove 0 0\nwindowfocus %lu\n",
             gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (self->window))));
  bench_settle (1);
  self->view = "review";
  if (!press (self, "alt+2", is_view_shown))
    return;
  bench_settle (2);
  decide (self);
  take_back (self);
  hold (self, "Right", "Right held");
  open_groups (self);
  switch_views (self);
  self->view = "overview";
  if (press (self, "alt+1", is_view_shown))
    go_through_classes (self);
}

static gboolean
on_idle (gpointer data)
{
  Tour *self = data;
  g_autoptr (GSubprocess) xdotool = NULL;
  g_autoptr (GError) error = NULL;

  self->window = TAMIS_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (self->application)));
  find_widgets (self);
  xdotool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "xdotool", "-", NULL);
  if (xdotool == NULL || !bench_wait_for_plan (self->session))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "nothing to review");
      self->status = 1;
    }
  else
    {
      self->hand = g_subprocess_get_stdin_pipe (xdotool);
      walk (self);
    }
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
on_open (GApplication *application, gpointer files, int n_files, const char *hint, Tour *self)
{
  g_idle_add (on_idle, self);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  Tour self = { NULL };
  g_autofree char *home = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: bench-keys FOLDER\n");
      return 2;
    }
  home = g_dir_make_tmp ("tamis-keys-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE); /* what is decided here is nobody's decision */
  tamis_init (0);
  g_resources_register (tamis_get_resource ());
  self.application = G_APPLICATION (tamis_application_new ());
  self.times = g_array_new (FALSE, FALSE, sizeof (double));
  g_signal_connect_after (self.application, "open", G_CALLBACK (on_open), &self);
  g_application_run (self.application, argc, argv);
  g_array_unref (self.times);
  g_object_unref (self.application);
  remove_tree (home);
  return self.status;
}
