/* Frames of the real window while T moves and while the image grid scrolls.
 *
 *   bench-frames FOLDER
 *
 * Prints one JSON line a figure: interval between frames, and time the main thread spent outside
 * of waiting, per frame, in milliseconds (median, p95, worst). Needs a display (xvfb-run).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-resources.h"
#include "tamis-textures.h"
#include "tamis-window.h"

#include <stdlib.h>
#include <tamis/tamis.h>
#include <time.h>

#define FRAMES 240

typedef struct
{
  TamisWindow *window;
  GtkWidget *scrolled; /* of the grid, or NULL: move T */
  GArray *intervals;   /* of double, ms */
  GArray *busy;        /* of double, ms of CPU of this thread */
  gint64 last_time;
  double last_cpu;
  guint frame;
} Run;

static double
thread_cpu_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  double d = *(const double *) a - *(const double *) b;

  return (d > 0) - (d < 0);
}

static void
print_figure (const char *name, const char *what, GArray *values)
{
  g_array_sort (values, ascending);
  g_print ("{\"bench\": \"%s\", \"figure\": \"%s\", \"median_ms\": %.2f, \"p95_ms\": %.2f, "
           "\"worst_ms\": %.2f, \"frames\": %u}\n",
           name, what, g_array_index (values, double, values->len / 2),
           g_array_index (values, double, values->len * 95 / 100),
           g_array_index (values, double, values->len - 1), values->len);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Run *run = data;
  TamisSession *session = tamis_window_get_session (run->window);
  gint64 now = g_get_monotonic_time ();
  double cpu = thread_cpu_ms ();

  if (run->frame > 0)
    {
      double interval = (now - run->last_time) / 1e3;
      double busy = cpu - run->last_cpu;

      g_array_append_val (run->intervals, interval);
      g_array_append_val (run->busy, busy);
    }
  run->last_time = now;
  run->last_cpu = cpu;
  if (run->scrolled != NULL)
    {
      GtkAdjustment *adjustment
          = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (run->scrolled));

      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + 60);
    }
  else
    {
      double floor = tamis_session_get_floor (session);
      double share = (double) (run->frame % 120) / 120;

      tamis_session_set_threshold (session, floor + (1 - floor) * share);
    }
  return ++run->frame < FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
run_frames (TamisWindow *window, GtkWidget *scrolled, const char *name)
{
  Run run = { .window = window, .scrolled = scrolled };

  run.intervals = g_array_new (FALSE, FALSE, sizeof (double));
  run.busy = g_array_new (FALSE, FALSE, sizeof (double));
  gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, &run, NULL);
  while (run.frame < FRAMES)
    g_main_context_iteration (NULL, TRUE);
  print_figure (name, "interval", run.intervals);
  print_figure (name, "main_thread", run.busy);
  g_array_unref (run.intervals);
  g_array_unref (run.busy);
}

static GtkWidget *
find_grid_scroller (GtkWidget *widget)
{
  if (GTK_IS_GRID_VIEW (widget))
    return gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_grid_scroller (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
settle (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

int
main (int argc, char **argv)
{
  TamisWindow *window;
  TamisSession *session;
  GtkWidget *scroller, *stack;

  if (argc != 2)
    {
      g_printerr ("usage: bench-frames FOLDER\n");
      return 2;
    }
  tamis_init (0);
  adw_init ();
  g_resources_register (tamis_get_resource ());
  window = tamis_window_new (NULL);
  session = tamis_window_get_session (window);
  gtk_window_present (GTK_WINDOW (window));
  tamis_window_open (window, argv[1]);
  do
    settle (0.1);
  while (tamis_session_get_state (session) == TAMIS_SESSION_WORKING
         || (tamis_session_get_state (session) == TAMIS_SESSION_READY
             && tamis_session_get_plan (session) == NULL));
  if (tamis_session_get_state (session) != TAMIS_SESSION_READY)
    {
      g_printerr ("%s\n", tamis_session_get_status (session));
      return 1;
    }
  settle (1);
  run_frames (window, NULL, "overview: T moves every frame");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "review");
  settle (1);
  run_frames (window, NULL, "review: T moves every frame");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "overview");
  scroller = find_grid_scroller (GTK_WIDGET (window));
  stack = gtk_widget_get_ancestor (scroller, GTK_TYPE_STACK);
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "images");
  settle (1);
  run_frames (window, scroller, "grid: scrolls 60 pixels every frame");
  gtk_window_destroy (GTK_WINDOW (window));
  settle (0.2);
  tamis_textures_shutdown ();
  return 0;
}
