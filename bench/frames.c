/* Frames of the real window while T moves, while the image grid scrolls, and while a curator decides.
 *
 *   bench-frames FOLDER
 *
 * Prints one JSON line a figure: interval between frames, and time the main thread spent outside
 * of waiting, per frame, in milliseconds (median, p95, worst). A decision lasts from its action to the
 * frame that shows the new counts and the next pair. Needs a display (xvfb-run).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-resources.h"
#include "tamis-review-page.h"
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

/* ---- decisions ---- */

#define DECISIONS 100

typedef struct
{
  gboolean planned; /* the plan has followed */
  gboolean painted; /* and a frame after it is out */
  gint64 last_paint;
  GArray *intervals;
} Decision;

static void
on_plan (Decision *self)
{
  self->planned = TRUE;
}

static void
on_paint (Decision *self)
{
  gint64 now = g_get_monotonic_time ();
  double interval = (now - self->last_paint) / 1e3;

  if (self->last_paint > 0)
    g_array_append_val (self->intervals, interval);
  self->last_paint = now;
  self->painted |= self->planned;
}

static gboolean
keep_drawing (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
find_page (GtkWidget *widget)
{
  GtkWidget *found = TAMIS_IS_REVIEW_PAGE (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_page (child);
  return found;
}

/* As a fast curator: every fifth pair is kept, every seventh swapped, all others confirmed. */
static void
run_decisions (TamisWindow *window)
{
  TamisSession *session = tamis_window_get_session (window);
  GtkWidget *page = find_page (GTK_WIDGET (window));
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  Decision decision = { .intervals = g_array_new (FALSE, FALSE, sizeof (double)) };
  guint tick = gtk_widget_add_tick_callback (page, keep_drawing, NULL, NULL);
  gulong plan = g_signal_connect_swapped (session, "plan", G_CALLBACK (on_plan), &decision);
  gulong paint = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (on_paint), &decision);

  for (guint i = 0; i < DECISIONS && tamis_session_get_n_open (session) > 0; i++)
    {
      gint64 begun = g_get_monotonic_time ();
      double ms;

      decision.planned = decision.painted = FALSE;
      gtk_widget_activate_action (page, i % 5 == 4   ? "review.keep-both"
                                        : i % 7 == 6 ? "review.swap"
                                                     : "review.remove",
                                  NULL);
      while (!decision.painted)
        g_main_context_iteration (NULL, TRUE);
      ms = (g_get_monotonic_time () - begun) / 1e3;
      g_array_append_val (times, ms);
    }
  g_signal_handler_disconnect (session, plan);
  g_signal_handler_disconnect (clock, paint);
  gtk_widget_remove_tick_callback (page, tick);
  print_figure ("review: decisions", "decision", times);
  print_figure ("review: decisions", "interval", decision.intervals);
  g_array_unref (times);
  g_array_unref (decision.intervals);
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
  tamis_session_set_threshold (session, tamis_model_get_recommended_threshold (
                                            tamis_session_get_model (session)));
  settle (1);
  run_decisions (window);
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
