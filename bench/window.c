/* See window.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "window.h"

#include <time.h>

void
bench_settle (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

gboolean
bench_wait_for_plan (TamisSession *session)
{
  do
    g_main_context_iteration (NULL, TRUE);
  while (tamis_session_get_state (session) == TAMIS_SESSION_EMPTY
         || tamis_session_get_state (session) == TAMIS_SESSION_WORKING
         || (tamis_session_get_state (session) == TAMIS_SESSION_READY
             && tamis_session_get_plan (session) == NULL));
  if (tamis_session_get_state (session) == TAMIS_SESSION_READY)
    return TRUE;
  g_printerr ("%s\n", tamis_session_get_status (session));
  return FALSE;
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  double d = *(const double *) a - *(const double *) b;

  return (d > 0) - (d < 0);
}

void
bench_print (const char *name, const char *figure, GArray *values)
{
  if (values->len == 0)
    return;
  g_array_sort (values, ascending);
  g_print ("{\"bench\": \"%s\", \"figure\": \"%s\", \"median_ms\": %.2f, \"p95_ms\": %.2f, "
           "\"worst_ms\": %.2f, \"n\": %u}\n",
           name, figure, g_array_index (values, double, values->len / 2),
           g_array_index (values, double, values->len * 95 / 100),
           g_array_index (values, double, values->len - 1), values->len);
}

GtkWidget *
bench_find (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = bench_find (child, type);
  return found;
}

/* ---- frames ---- */

static double
thread_cpu_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static void
after_paint (BenchFrames *self)
{
  gint64 now = g_get_monotonic_time ();
  double cpu = thread_cpu_ms ();

  if (self->last_time > 0)
    {
      double interval = (double) (now - self->last_time) / 1e3;
      double work = cpu - self->last_cpu;

      g_array_append_val (self->intervals, interval);
      g_array_append_val (self->work, work);
    }
  self->last_time = now;
  self->last_cpu = cpu;
}

static gboolean
keep_drawing (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

void
bench_frames_start (BenchFrames *self, GtkWidget *widget)
{
  self->widget = widget;
  self->intervals = g_array_new (FALSE, FALSE, sizeof (double));
  self->work = g_array_new (FALSE, FALSE, sizeof (double));
  self->last_time = 0;
  self->tick = gtk_widget_add_tick_callback (widget, keep_drawing, NULL, NULL);
  self->paint = g_signal_connect_swapped (gtk_widget_get_frame_clock (widget), "after-paint",
                                          G_CALLBACK (after_paint), self);
}

void
bench_frames_stop (BenchFrames *self, const char *name)
{
  gtk_widget_remove_tick_callback (self->widget, self->tick);
  g_signal_handler_disconnect (gtk_widget_get_frame_clock (self->widget), self->paint);
  bench_print (name, "interval", self->intervals);
  bench_print (name, "main_thread", self->work);
  g_array_unref (self->intervals);
  g_array_unref (self->work);
}
