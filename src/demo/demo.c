/* Draws the demo set: see demo.h.
 *
 * DESIGN: one item of the parallel loop is one landscape: it is painted once and all its frames are
 * cut from it, so memory is one landscape (about 5 MB) a worker. Such an item takes longer than a
 * loop's items should, therefore the painters and the loop over frames look at the cancellable
 * themselves. truth.csv is written first: a folder where drawing was interrupted is recognised as
 * this very set and completed by the next call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "demo.h"

#include "camera.h"
#include "terrain.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  const char *folder;
  const TamisFlight *flight;
  TamisProgress *progress;
  GCancellable *cancel;
  GError *error; /* the first one; atomic pointer */
} Job;

static gboolean
job_stopped (Job *job)
{
  return g_atomic_pointer_get (&job->error) != NULL
         || (job->cancel != NULL && g_cancellable_is_cancelled (job->cancel));
}

static void
job_fail (Job *job, GError *error)
{
  if (!g_atomic_pointer_compare_and_exchange (&job->error, NULL, error))
    g_error_free (error);
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (TamisWriter) writer = NULL;
  g_autofree char *data = NULL;
  gsize length;

  if (!g_file_get_contents (from, &data, &length, error))
    return FALSE;
  writer = tamis_writer_new (to);
  tamis_writer_put (writer, data, length);
  return tamis_writer_commit (writer, error);
}

static gboolean
write_shot (Job *job, const TamisCanvas *canvas, const TamisShot *shot, GError **error)
{
  g_autofree char *path = g_build_filename (job->folder, shot->path, NULL);
  g_autoptr (TamisImage) image = NULL;

  if (shot->kind == TAMIS_SHOT_COPY)
    {
      const TamisShot *original = &g_array_index (job->flight->shots, TamisShot, shot->original);
      g_autofree char *from = g_build_filename (job->folder, original->path, NULL);

      return copy_file (from, path, error);
    }
  image = tamis_camera_take (canvas, shot);
  return shot->quality > 0 ? tamis_image_save_jpeg (image, path, shot->quality, error)
                           : tamis_image_save_png (image, path, error);
}

/* Files appear whole or not at all (TamisWriter), so a landscape whose files exist needs no brush.
 */
static gboolean
site_is_there (Job *job, const TamisSite *site)
{
  for (guint i = site->first; i < site->first + site->n_shots; i++)
    {
      const TamisShot *shot = &g_array_index (job->flight->shots, TamisShot, i);
      g_autofree char *path = g_build_filename (job->folder, shot->path, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return FALSE;
    }
  return TRUE;
}

static void
draw_site (gsize item, guint worker, gpointer data)
{
  Job *job = data;
  const TamisSite *site = &g_array_index (job->flight->sites, TamisSite, item);
  TamisCanvas canvas;

  if (job_stopped (job))
    return;
  if (site_is_there (job, site))
    {
      tamis_progress_add (job->progress, site->n_shots);
      return;
    }
  tamis_canvas_init (&canvas, site->width, site->height, site->seed, (TamisSeason)site->season);
  canvas.cancel = job->cancel;
  tamis_terrains[site->class_index].paint (&canvas);
  tamis_canvas_finish (&canvas);
  for (guint i = site->first; i < site->first + site->n_shots && !job_stopped (job); i++)
    {
      GError *error = NULL;

      if (!write_shot (job, &canvas, &g_array_index (job->flight->shots, TamisShot, i), &error))
        job_fail (job, error);
      tamis_progress_add (job->progress, 1);
    }
  tamis_canvas_clear (&canvas);
}

/* Empty, or holding the very set that @truth describes: only then may files be written there. */
static gboolean
folder_is_ours (const char *folder, const GString *truth, GError **error)
{
  g_autofree char *path = g_build_filename (folder, TAMIS_DEMO_TRUTH, NULL);
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *found = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  gsize length;

  if (dir == NULL)
    return FALSE;
  if (g_dir_read_name (dir) == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &found, &length, NULL))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s is not empty: choose a new or empty folder for the demo set", shown);
  else if (length != truth->len || memcmp (found, truth->str, length) != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s holds another demo set: choose a new or empty folder", shown);
  else
    return TRUE;
  return FALSE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  return g_file_make_directory_with_parents (file, NULL, error);
}

static gboolean
prepare_folder (const char *folder, const TamisFlight *flight, GError **error)
{
  g_autoptr (GString) truth = tamis_flight_truth (flight);
  g_autofree char *path = g_build_filename (folder, TAMIS_DEMO_TRUTH, NULL);
  g_autoptr (TamisWriter) writer = NULL;

  if (!make_folder (folder, error) || !folder_is_ours (folder, truth, error))
    return FALSE;
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, truth->str, truth->len);
  if (!tamis_writer_commit (writer, error))
    return FALSE;
  for (guint i = 0; i < flight->sites->len; i++)
    {
      const TamisSite *site = &g_array_index (flight->sites, TamisSite, i);
      g_autofree char *sub
          = g_build_filename (folder, tamis_terrains[site->class_index].name, NULL);

      if (!make_folder (sub, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
tamis_demo_draw (const char *folder,
                 const TamisDemoParams *params,
                 TamisProgress *progress,
                 GCancellable *cancel,
                 GError **error)
{
  static const TamisDemoParams defaults = TAMIS_DEMO_PARAMS_INIT;
  g_autoptr (TamisFlight) flight = tamis_flight_new (params != NULL ? params : &defaults);
  Job job = { folder, flight, progress, cancel, NULL };

  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return FALSE;
  if (!prepare_folder (folder, flight, error))
    return FALSE;
  tamis_progress_begin (progress, TAMIS_STAGE_DRAW, flight->shots->len);
  tamis_parallel_for (flight->sites->len, draw_site, &job, cancel);
  if (job.error != NULL)
    {
      g_propagate_error (error, job.error);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancel, error);
}
