/* TamisWatch: signals in, a progress line out.
 *
 * DESIGN: one thread sleeps in sigtimedwait() for a tenth of a second at a time. A signal wakes it
 * at once and is handled as ordinary code (a handler could not call g_cancellable_cancel()); a
 * timeout draws the line. The signals are blocked in this and all later threads, but OpenBLAS has
 * made some before main(): a handler sends on what reaches one of those. SIGALRM is our own: it ends
 * the wait when the program is done.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TICK_NS (100 * 1000 * 1000)
/* What ends sooner needs no progress line. */
#define SILENT_S 0.5

struct _TamisWatch
{
  /* Owned */
  TamisProgress *progress;
  GCancellable *cancel;
  pthread_t thread;
  sigset_t signals;
  gboolean terminal;
};

/* The thread that waits; set before the handler is. There is one watch in a program. */
static pthread_t waiting_thread;

static pthread_mutex_t line_mutex = PTHREAD_MUTEX_INITIALIZER;
static gboolean line_shown; /* guarded by line_mutex */

static const char *
stage_name (TamisStage stage)
{
  switch (stage)
    {
    case TAMIS_STAGE_SCAN:
      return "Reading";
    case TAMIS_STAGE_ENCODE:
      return "Encoding";
    case TAMIS_STAGE_JOIN:
      return "Comparing";
    case TAMIS_STAGE_STATISTICS:
      return "Measuring";
    case TAMIS_STAGE_TRAIN:
      return "Training";
    case TAMIS_STAGE_DRAW:
      return "Drawing";
    case TAMIS_STAGE_EXPORT:
      return "Writing";
    case TAMIS_STAGE_ACT:
      return "Checking";
    case TAMIS_STAGE_IDLE:
    default:
      return NULL;
    }
}

static void
append_left (GString *line, double seconds)
{
  if (seconds >= 5400)
    g_string_append_printf (line, ", %.1f h left", seconds / 3600);
  else if (seconds >= 90)
    g_string_append_printf (line, ", %.0f min left", seconds / 60);
  else if (seconds >= 0)
    g_string_append_printf (line, ", %.0f s left", seconds);
}

static void
draw (TamisWatch *self)
{
  TamisProgressState state;
  g_autoptr (GString) line = g_string_new ("\r");
  g_autofree char *done = NULL;

  tamis_progress_read (self->progress, &state);
  if (stage_name (state.stage) == NULL || state.seconds < SILENT_S)
    return;
  done = tamis_plot_format_count (state.done);
  g_string_append_printf (line, "%s %s", stage_name (state.stage), done);
  if (state.total > 0)
    {
      g_autofree char *total = tamis_plot_format_count (state.total);

      g_string_append_printf (line, " of %s (%.0f %%)", total,
                              100.0 * MIN (state.done, state.total) / state.total);
    }
  if (state.rate > 0)
    g_string_append_printf (line, state.rate < 10 ? ", %.1f/s" : ", %.0f/s", state.rate);
  append_left (line, state.seconds_left);
  g_string_append (line, "\033[K");
  pthread_mutex_lock (&line_mutex);
  fputs (line->str, stderr);
  line_shown = TRUE;
  pthread_mutex_unlock (&line_mutex);
}

void
tamis_watch_wipe (void)
{
  pthread_mutex_lock (&line_mutex);
  if (line_shown)
    fputs ("\r\033[K", stderr);
  line_shown = FALSE;
  pthread_mutex_unlock (&line_mutex);
}

static void
send_on (int number)
{
  pthread_kill (waiting_thread, number);
}

static void
set_handlers (void (*handler) (int))
{
  struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

static void
end_by_signal (int number)
{
  sigset_t set;

  set_handlers (SIG_DFL);
  sigemptyset (&set);
  sigaddset (&set, number);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  raise (number);
}

static void *
watch_thread (void *data)
{
  TamisWatch *self = data;
  const struct timespec tick = { 0, TICK_NS };

  for (;;)
    {
      int number = sigtimedwait (&self->signals, NULL, &tick);

      if (number == SIGALRM)
        return NULL;
      if (number > 0 && g_cancellable_is_cancelled (self->cancel))
        end_by_signal (number);
      else if (number > 0)
        g_cancellable_cancel (self->cancel);
      else if (self->terminal)
        draw (self);
    }
}

TamisWatch *
tamis_watch_new (TamisProgress *progress, GCancellable *cancel)
{
  TamisWatch *self = g_new0 (TamisWatch, 1);

  self->progress = tamis_progress_ref (progress);
  self->cancel = g_object_ref (cancel);
  self->terminal = isatty (STDERR_FILENO) == 1;
  sigemptyset (&self->signals);
  sigaddset (&self->signals, SIGINT);
  sigaddset (&self->signals, SIGTERM);
  sigaddset (&self->signals, SIGALRM);
  pthread_sigmask (SIG_BLOCK, &self->signals, NULL);
  if (pthread_create (&self->thread, NULL, watch_thread, self) != 0)
    g_error ("Could not start a thread");
  waiting_thread = self->thread;
  set_handlers (send_on);
  return self;
}

void
tamis_watch_free (TamisWatch *self)
{
  set_handlers (SIG_DFL);
  pthread_kill (self->thread, SIGALRM);
  pthread_join (self->thread, NULL);
  tamis_watch_wipe ();
  tamis_progress_unref (self->progress);
  g_object_unref (self->cancel);
  g_free (self);
}
