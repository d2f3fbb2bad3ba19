/* How long a cancel takes while one image is decoded and encoded, which enormous ones show.
 *
 * bench-cancel FILE…
 *
 * Each file is encoded once, which is timed, and then cancelled eight times, each time an eighth of
 * that later. Prints one JSON line a file: the longest wait from the cancel to the end, by the clock
 * and in processor time, which is what counts where others use the machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/tamis.h>

#include "bench.h"

#include <glib/gstdio.h>
#include <stdio.h>

#define CANCELS 8

typedef struct
{
  TamisModel *model;
  TamisDataset *dataset;
  GCancellable *cancel;
  gboolean was_cancelled;
} Run;

static gpointer
encode (gpointer data)
{
  Run *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) readable = NULL;
  g_autoptr (TamisLatents) latents = tamis_encode_run (self->dataset, self->model, NULL, NULL,
                                                       self->cancel, &readable, NULL, &error);

  self->was_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (error != NULL && !self->was_cancelled)
    g_error ("%s", error->message);
  return NULL;
}

typedef struct
{
  double wall; /* milliseconds */
  double cpu;
} Wait;

static Wait
cancel_after (Run *self, gint64 us)
{
  GThread *thread;
  gint64 begun;
  double cpu;

  self->cancel = g_cancellable_new ();
  thread = g_thread_new ("encode", encode, self);
  g_usleep ((gulong) us);
  begun = g_get_monotonic_time ();
  cpu = bench_cpu ();
  g_cancellable_cancel (self->cancel);
  g_thread_join (thread);
  g_clear_object (&self->cancel);
  return (Wait){ (double) (g_get_monotonic_time () - begun) / 1e3, 1e3 * (bench_cpu () - cpu) };
}

static TamisDataset *
open_file (const char *path)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-cancel-XXXXXX", NULL);
  g_autofree char *manifest = g_build_filename (folder, "files.csv", NULL);
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *text = g_strdup_printf ("path,label\n%s,all\n", whole);
  g_autoptr (GError) error = NULL;
  TamisDataset *dataset = NULL;

  if (g_file_set_contents (manifest, text, -1, &error))
    dataset = tamis_dataset_open (manifest, NULL, NULL, &error);
  g_unlink (manifest);
  g_rmdir (folder);
  if (dataset == NULL)
    g_error ("%s", error->message);
  return dataset;
}

static void
bench_file (TamisModel *model, const char *path)
{
  Run run = { .model = model, .dataset = open_file (path) };
  gint64 begun = g_get_monotonic_time (), whole;
  Wait most = { 0 };
  int cancelled = 0;

  encode (&run);
  whole = g_get_monotonic_time () - begun;
  for (int i = 0; i < CANCELS; i++)
    {
      Wait wait = cancel_after (&run, whole * i / CANCELS);

      cancelled += run.was_cancelled;
      most.wall = MAX (most.wall, wait.wall);
      most.cpu = MAX (most.cpu, wait.cpu);
    }
  g_print ("{\"tool\":\"tamis\",\"mode\":\"cancel\",\"file\":\"%s\",\"whole_s\":%.2f,\"cancelled\":%d,"
           "\"most_ms\":%.0f,\"most_cpu_ms\":%.0f}\n",
           path, (double) whole / 1e6, cancelled, most.wall, most.cpu);
  tamis_dataset_unref (run.dataset);
}

int
main (int argc, char **argv)
{
  TamisModel *model;

  tamis_init (1);
  setvbuf (stdout, NULL, _IOLBF, 0);
  model = tamis_model_open (TAMIS_MODEL_DEFAULT, NULL);
  for (int i = 1; i < argc; i++)
    bench_file (model, argv[i]);
  tamis_model_unref (model);
  return 0;
}
