/* From asking for a pair to its pixels on screen, in the compare view, for generated JPEGs of 12 megapixels;
 * then for one pair of 100 megapixels each, as JPEG and as PNG.
 *
 *   bench-compare [PAIRS [WIDTH HEIGHT]]
 *
 * Prints one JSON line a case: opened cold (nothing prefetched, but the files in the page cache) and
 * after its neighbours were prefetched; milliseconds from tamis_compare_view_set_pair() to the end of
 * the first frame that has all pixels it asked for, and the processor time of all threads for that,
 * which says more on a busy machine. Then the bytes kept. Of the large pair the time to what fits the
 * window, from there to every pixel at 1:1 (and after a move to a far corner), to the difference map and to
 * its pixels, and how long a pair that is left while it is decoded keeps the next one waiting; with it the
 * most memory the process has had resident by then (VmHWM) and what it had before. Needs a display (xvfb-run).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-compare-view.h"
#include "tamis-resources.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 4000
#define HEIGHT 3000
#define LARGE_SIDE 10000

typedef struct
{
  TamisCompareView *view;
  gint64 complete_at;
  double cpu_at;
} Run;

static double
cpu_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static void
settle (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

/* Waves and grain: a JPEG of it takes three megabytes or so, as a photograph does. */
static void
write_image (const char *name, int i, int width, int height)
{
  g_autoptr (TamisImage) image = tamis_image_new (width, height);
  guint32 state = 2463534242u + (guint32) i;

  for (int y = 0; y < height; y++)
    {
      double row = 128 + 40 * sin (y * 0.004 * (1 + i % 5)) + 20 * sin (y * 0.07);
      guint8 *p = image->pixels + (gsize) 3 * width * y;

      for (int x = 0; x < width; x++, p += 3)
        {
          int grain, wave = ((x * (3 + i % 7) + y * 2) >> 4) & 63;

          state ^= state << 13, state ^= state >> 17, state ^= state << 5;
          grain = (int) (state & 15);
          for (int c = 0; c < 3; c++)
            p[c] = (guint8) CLAMP (row + (wave < 32 ? wave : 63 - wave) + grain - 8 * c, 0, 255);
        }
    }
  if (!(g_str_has_suffix (name, "png") ? tamis_image_save_png (image, name, NULL)
                                       : tamis_image_save_jpeg (image, name, 88, NULL)))
    g_error ("%s: cannot be written", name);
}

static char *
write_folder (int n)
{
  char *folder = g_dir_make_tmp ("tamis-bench-XXXXXX", NULL);

  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%04d.jpg", folder, i);

      write_image (name, i, WIDTH, HEIGHT);
    }
  return folder;
}

static void
after_paint (Run *run)
{
  if (run->complete_at != 0 || !tamis_compare_view_is_complete (run->view))
    return;
  run->complete_at = g_get_monotonic_time ();
  run->cpu_at = cpu_ms ();
}

static void
open_pair (Run *run, guint pair, GArray *wall, GArray *cpu)
{
  gint64 begun = g_get_monotonic_time ();
  double cpu_begun = cpu_ms ();
  double wall_ms, used_ms;

  run->complete_at = 0;
  tamis_compare_view_set_pair (run->view, 2 * pair, 2 * pair + 1, 0.9);
  while (run->complete_at == 0)
    g_main_context_iteration (NULL, TRUE);
  wall_ms = (double) (run->complete_at - begun) / 1e3;
  used_ms = run->cpu_at - cpu_begun;
  g_array_append_val (wall, wall_ms);
  g_array_append_val (cpu, used_ms);
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  double d = *(const double *) a - *(const double *) b;

  return (d > 0) - (d < 0);
}

static void
print_figure (const char *name, const char *figure, GArray *values)
{
  g_array_sort (values, ascending);
  g_print ("{\"bench\": \"compare: %s\", \"figure\": \"%s\", \"median_ms\": %.1f, \"p95_ms\": %.1f, \"worst_ms\": %.1f, "
           "\"pairs\": %u}\n",
           name, figure, g_array_index (values, double, values->len / 2),
           g_array_index (values, double, values->len * 95 / 100),
           g_array_index (values, double, values->len - 1), values->len);
}

static void
run_pairs (Run *run, guint n, gboolean prefetch, const char *name)
{
  g_autoptr (GArray) wall = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    {
      open_pair (run, i, wall, cpu);
      if (prefetch && i + 1 < n)
        tamis_compare_view_prefetch (run->view, 2 * i + 2, 2 * i + 3);
      settle (prefetch ? 1.0 : 0.6); /* a look at it; the study of the pair ends meanwhile */
    }
  print_figure (name, "to pixels", wall);
  print_figure (name, "processor", cpu);
}

/* ---- one pair of 100 megapixels ---- */

/* Kibibytes, of a line of /proc/self/status. */
static long
read_memory (const char *name)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  at = strstr (text, name);
  return at != NULL ? strtol (at + strlen (name) + 1, NULL, 10) : 0;
}

/* What lies behind is not counted: the high-water mark begins anew (Linux 4.0). */
static void
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file != NULL)
    {
      fputs ("5", file);
      fclose (file);
    }
}

/* Until a frame has all its pixels, after @action on the view (nullable). */
static void
time_until_complete (Run *run, const char *format, const char *figure, const char *action)
{
  gint64 begun = g_get_monotonic_time ();
  double cpu_begun = cpu_ms ();

  run->complete_at = 0;
  if (action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (run->view), action, NULL);
  while (run->complete_at == 0)
    g_main_context_iteration (NULL, TRUE);
  g_print ("{\"bench\": \"compare: 100 megapixels, %s\", \"figure\": \"%s\", \"ms\": %.1f, \"processor_ms\": %.1f, "
           "\"kept_mib\": %.0f, \"peak_mib\": %.0f}\n",
           format, figure, (double) (run->complete_at - begun) / 1e3, run->cpu_at - cpu_begun,
           (double) tamis_compare_view_get_bytes (run->view) / (1 << 20),
           (double) read_memory ("VmHWM:") / 1024);
}

static void
set_mode (Run *run, const char *mode)
{
  g_object_set (run->view, "mode", mode, NULL);
}

static void
run_large (Run *run, guint first, const char *format)
{
  tamis_compare_view_clear (run->view);
  settle (0.5);
  reset_peak ();
  g_print ("{\"bench\": \"compare: 100 megapixels, %s\", \"before_mib\": %.0f}\n", format,
           (double) read_memory ("VmRSS:") / 1024);
  tamis_compare_view_set_pair (run->view, first, first + 1, 0.9);
  time_until_complete (run, format, "to what fits", NULL);
  time_until_complete (run, format, "to 1:1", "compare.one-to-one");
  settle (3);
  for (int i = 0; i < 60; i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (run->view), "compare.right", NULL);
      gtk_widget_activate_action (GTK_WIDGET (run->view), "compare.down", NULL);
    }
  time_until_complete (run, format, "to the far corner", "compare.down");
  set_mode (run, "difference");
  time_until_complete (run, format, "to the difference", "compare.down");
  settle (3);
  set_mode (run, "sides");
  /* Away, while 100 megapixels are decoded. */
  tamis_compare_view_set_pair (run->view, first + 1, first, 0.9);
  gtk_widget_activate_action (GTK_WIDGET (run->view), "compare.one-to-one", NULL);
  settle (0.1);
  tamis_compare_view_set_pair (run->view, 0, 1, 0.9);
  time_until_complete (run, format, "to 12 megapixels after it", NULL);
  settle (1);
}

static const char *const large_names[] = { "x0.jpg", "x1.jpg", "x2.png", "x3.png" };

static void
write_large (const char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS (large_names); i++)
    {
      g_autofree char *name = g_build_filename (folder, large_names[i], NULL);

      write_image (name, (int) i, LARGE_SIDE, LARGE_SIDE);
    }
}

static void
remove_folder (const char *folder, guint n)
{
  for (guint i = 0; i < n + G_N_ELEMENTS (large_names); i++)
    {
      g_autofree char *name = i < n ? g_strdup_printf ("%s/%04u.jpg", folder, i)
                                    : g_build_filename (folder, large_names[i - n], NULL);

      g_remove (name);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  guint n_pairs = argc > 1 ? (guint) MAX (atoi (argv[1]), 1) : 12;
  int width = argc > 3 ? atoi (argv[2]) : 1060, height = argc > 3 ? atoi (argv[3]) : 560;
  g_autofree char *folder = NULL;
  g_autoptr (TamisSession) session = NULL;
  GtkWidget *window;
  Run run = { NULL };

  tamis_init (0);
  adw_init ();
  g_resources_register (tamis_get_resource ());
  folder = write_folder ((int) (2 * n_pairs));
  write_large (folder);
  session = tamis_session_new ();
  tamis_session_open (session, folder);
  do
    settle (0.1);
  while (tamis_session_get_state (session) == TAMIS_SESSION_WORKING);
  window = adw_window_new ();
  run.view = TAMIS_COMPARE_VIEW (tamis_compare_view_new ());
  tamis_compare_view_set_session (run.view, session);
  adw_window_set_content (ADW_WINDOW (window), GTK_WIDGET (run.view));
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  settle (0.5);
  g_signal_connect_swapped (gtk_widget_get_frame_clock (window), "after-paint",
                            G_CALLBACK (after_paint), &run);
  run_pairs (&run, n_pairs, FALSE, "opened cold");
  tamis_compare_view_clear (run.view);
  run_pairs (&run, n_pairs, TRUE, "prefetched");
  g_print ("{\"bench\": \"compare: kept\", \"bytes\": %" G_GSIZE_FORMAT "}\n",
           tamis_compare_view_get_bytes (run.view));
  run_large (&run, 2 * n_pairs, "JPEG");
  run_large (&run, 2 * n_pairs + 2, "PNG");
  gtk_window_destroy (GTK_WINDOW (window));
  settle (0.2);
  remove_folder (folder, 2 * n_pairs);
  return 0;
}
