/* From the start of the program to the first frame in which a data set can be worked with.
 *
 *   xvfb-run -a -s '-screen 0 1280x800x24' build/bench/bench-open FOLDER
 *
 * Runs the program itself on FOLDER. A second run finds the project that the first one left, with all
 * latents and pairs. Counted from the birth of the process (to a hundredth of a second) to the end of
 * the first frame drawn with a plan; printed are the first frame at all, that frame, and what processor
 * time of all threads and memory it took. One JSON line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-application.h"
#include "tamis-resources.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  GApplication *application;
  TamisSession *session;
  double first_ms; /* of the first frame; 0 before */
} Start;

/* Since the birth of this process, by the clock of the kernel's process table. */
static double
age_ms (void)
{
  g_autofree char *stat = NULL;
  const char *at;
  unsigned long long ticks = 0;
  struct timespec now;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return 0;
  at = strrchr (stat, ')'); /* the second field may hold anything; the 22nd is wanted */
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr (at + 1, ' ');
  if (at != NULL)
    ticks = strtoull (at, NULL, 10);
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6
         - (double) ticks * 1e3 / (double) sysconf (_SC_CLK_TCK);
}

static void
on_paint (GdkFrameClock *clock, Start *self)
{
  struct rusage usage;

  if (self->first_ms == 0)
    self->first_ms = age_ms ();
  if (tamis_session_get_plan (self->session) == NULL
      || tamis_session_get_state (self->session) != TAMIS_SESSION_READY)
    return;
  getrusage (RUSAGE_SELF, &usage);
  g_print ("{\"bench\": \"open\", \"images\": %u, \"first_frame_ms\": %.0f, \"usable_ms\": %.0f, "
           "\"processor_ms\": %.0f, \"peak_mib\": %ld}\n",
           tamis_dataset_get_n_images (tamis_session_get_dataset (self->session)), self->first_ms,
           age_ms (),
           (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
               + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3,
           usage.ru_maxrss / 1024);
  g_signal_handlers_disconnect_by_func (clock, on_paint, self);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "quit", NULL);
}

static void
on_open (GApplication *application, gpointer files, int n_files, const char *hint, Start *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  self->session = tamis_window_get_session (TAMIS_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                    G_CALLBACK (on_paint), self);
}

int
main (int argc, char **argv)
{
  Start self = { NULL };

  if (argc != 2)
    {
      g_printerr ("usage: bench-open FOLDER\n");
      return 2;
    }
  tamis_init (0);
  g_resources_register (tamis_get_resource ());
  self.application = G_APPLICATION (tamis_application_new ());
  g_signal_connect_after (self.application, "open", G_CALLBACK (on_open), &self);
  return g_application_run (self.application, argc, argv);
}
