/* Frames of the real window while T moves and while the image grid scrolls.
 *
 *   bench-frames FOLDER
 *
 * Prints one JSON line a figure: interval between frames, and processor time of the main thread per
 * frame, in milliseconds (median, p95, worst). Needs a display (xvfb-run).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-resources.h"
#include "tamis-textures.h"
#include "window.h"

#define FRAMES 240

typedef struct
{
  TamisSession *session;
  GtkAdjustment *scrolled; /* of the grid, or NULL: move T */
  guint frame;
} Run;

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Run *run = data;

  if (run->scrolled != NULL)
    gtk_adjustment_set_value (run->scrolled, gtk_adjustment_get_value (run->scrolled) + 60);
  else
    {
      double floor = tamis_session_get_floor (run->session);
      double share = (double) (run->frame % 120) / 120;

      tamis_session_set_threshold (run->session, floor + (1 - floor) * share);
    }
  return ++run->frame < FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
run_frames (TamisWindow *window, GtkAdjustment *scrolled, const char *name)
{
  Run run = { .session = tamis_window_get_session (window), .scrolled = scrolled };
  BenchFrames frames;

  gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, &run, NULL);
  bench_frames_start (&frames, GTK_WIDGET (window));
  while (run.frame < FRAMES)
    g_main_context_iteration (NULL, TRUE);
  bench_frames_stop (&frames, name);
}

static void
scroll_grid (TamisWindow *window)
{
  GtkWidget *grid, *scroller, *stack;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "overview");
  grid = bench_find (GTK_WIDGET (window), GTK_TYPE_GRID_VIEW);
  scroller = gtk_widget_get_ancestor (grid, GTK_TYPE_SCROLLED_WINDOW);
  stack = gtk_widget_get_ancestor (scroller, GTK_TYPE_STACK);
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "images");
  bench_settle (1);
  run_frames (window, gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)),
              "grid: scrolls 60 pixels every frame");
}

int
main (int argc, char **argv)
{
  TamisWindow *window;

  if (argc != 2)
    {
      g_printerr ("usage: bench-frames FOLDER\n");
      return 2;
    }
  tamis_init (0);
  adw_init ();
  g_resources_register (tamis_get_resource ());
  window = tamis_window_new (NULL);
  gtk_window_present (GTK_WINDOW (window));
  tamis_window_open (window, argv[1]);
  if (!bench_wait_for_plan (tamis_window_get_session (window)))
    return 1;
  bench_settle (1);
  run_frames (window, NULL, "overview: T moves every frame");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "review");
  bench_settle (1);
  run_frames (window, NULL, "review: T moves every frame");
  scroll_grid (window);
  gtk_window_destroy (GTK_WINDOW (window));
  bench_settle (0.2);
  tamis_textures_shutdown ();
  return 0;
}
