/* The whole main job on real files: what it takes of memory beside the latents, and how long.
 *
 * bench-main-job [IMAGES [MODEL [FOLDER]]]
 *
 * Makes so many JPEG files (128,401) of 96 × 96 pixels in 33 classes, sixteen at a time
 * alike, in a temporary folder, or in FOLDER, which then stays and is used again. In a process of its
 * own: the folder is walked, all images decoded and encoded (MODEL: "whitened"), joined, a plan made,
 * the statistics of the removal, and the project written; in another the same with that project, where
 * all is known. Prints one JSON line a stage: seconds by the clock and of
 * processors, the most memory at any time in it, and that without the latents; the last line is of
 * the whole job.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <tamis/tamis.h>

#include "bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define N_CLASSES 33
#define SIDE 96
#define BOXES 5
#define GROUP 16 /* images that are alike: 120 pairs */
#define FILES_A_TASK 64

/* ---- the files ---- */

typedef struct
{
  const char *folder;
  guint n;
} Making;

/* A smooth field of random colours, more of them in some classes than in others. */
static TamisImage *
draw_field (TamisRandom *random, int grain)
{
  g_autoptr (TamisImage) small = tamis_image_new (grain, grain);

  for (int i = 0; i < 3 * grain * grain; i++)
    small->pixels[i] = (guint8) tamis_random_below (random, 256);
  return tamis_image_resize (small, SIDE, SIDE);
}

static void
draw_box (TamisImage *image, TamisRandom *random)
{
  int left = (int) tamis_random_below (random, SIDE), top = (int) tamis_random_below (random, SIDE);
  int right = left + 8 + (int) tamis_random_below (random, SIDE / 2);
  int bottom = top + 8 + (int) tamis_random_below (random, SIDE / 2);
  guint8 colour[3];

  for (int c = 0; c < 3; c++)
    colour[c] = (guint8) tamis_random_below (random, 256);
  for (int y = top; y < MIN (bottom, SIDE); y++)
    for (int x = left; x < MIN (right, SIDE); x++)
      memcpy (image->pixels + 3 * (y * SIDE + x), colour, 3);
}

/* A field, boxes on it, and a noise of its own: no two files are the same. */
static TamisImage *
draw (guint number)
{
  guint in_group = number / N_CLASSES % GROUP;
  TamisRandom random;
  TamisImage *image;

  tamis_random_init (&random, number - in_group * N_CLASSES);
  image = draw_field (&random, 2 + (int) (number % N_CLASSES) / 4);
  for (int i = 0; i < BOXES; i++)
    draw_box (image, &random);
  tamis_random_init (&random, (guint64) number << 32);
  for (int i = 0; i < 3 * SIDE * SIDE; i++)
    {
      int value = image->pixels[i] + (int) tamis_random_below (&random, 9) - 4;

      image->pixels[i] = (guint8) CLAMP (value, 0, 255);
    }
  return image;
}

static void
make_some (gsize item, guint worker, gpointer data)
{
  const Making *self = data;
  guint end = MIN ((guint) (item + 1) * FILES_A_TASK, self->n);

  for (guint i = (guint) item * FILES_A_TASK; i < end; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/class %02u/image %06u.jpg", self->folder,
                                               i % N_CLASSES, i);
      g_autoptr (TamisImage) image = draw (i);
      gsize size;
      guint8 *jpeg = _tamis_image_encode_jpeg (image, 85, &size);

      if (jpeg == NULL
          || !g_file_set_contents_full (path, (const char *) jpeg, (gssize) size,
                                        G_FILE_SET_CONTENTS_NONE, 0644, NULL))
        g_error ("cannot write to %s", self->folder);
      free (jpeg);
    }
}

static void
make_files (const char *folder, guint n)
{
  Making making = { folder, n };

  for (guint c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *path = g_strdup_printf ("%s/class %02u", folder, c);

      g_mkdir_with_parents (path, 0777);
    }
  tamis_parallel_for ((n + FILES_A_TASK - 1) / FILES_A_TASK, make_some, &making, NULL);
}

static void
remove_files (const char *folder, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/class %02u/image %06u.jpg", folder, i % N_CLASSES, i);

      g_unlink (path);
    }
  for (guint c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *path = g_strdup_printf ("%s/class %02u", folder, c);

      g_rmdir (path);
    }
  g_rmdir (folder);
}

/* ---- what a stage takes ---- */

typedef struct
{
  const char *pass;
  guint n;
  gint64 begun; /* µs */
  double cpu;
  double peak_mb; /* of all stages so far */
} Stages;

/* The most resident memory since the last call, in MB: Linux forgets its mark when told so. */
static double
take_peak_mb (void)
{
  g_autofree char *text = NULL;
  const char *line;
  FILE *file;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  line = text != NULL ? strstr (text, "VmHWM:") : NULL;
  file = fopen ("/proc/self/clear_refs", "w");
  if (line == NULL || file == NULL)
    g_error ("/proc does not say how much memory was used");
  fputs ("5", file);
  fclose (file);
  return g_ascii_strtod (line + strlen ("VmHWM:"), NULL) * 1024 / 1e6;
}

static void
print_stage (const Stages *self, const char *stage, double seconds, double cpu, double peak_mb,
             double latents_mb)
{
  g_print ("{\"tool\":\"tamis\",\"mode\":\"main-job\",\"pass\":\"%s\",\"stage\":\"%s\",\"n\":%u,"
           "\"threads\":%u,\"seconds\":%.3f,\"cpu_seconds\":%.3f,\"peak_mb\":%.0f,"
           "\"peak_over_latents_mb\":%.0f}\n",
           self->pass, stage, self->n, tamis_get_threads (), seconds, cpu, peak_mb,
           peak_mb - latents_mb);
}

/* @latents_mb: 0 before there are any. */
static void
end_stage (Stages *self, const char *stage, double latents_mb)
{
  gint64 now = g_get_monotonic_time ();
  double cpu = bench_cpu (), peak_mb = take_peak_mb ();

  print_stage (self, stage, (double) (now - self->begun) / 1e6, cpu - self->cpu, peak_mb, latents_mb);
  self->peak_mb = MAX (self->peak_mb, peak_mb);
  self->begun = g_get_monotonic_time ();
  self->cpu = cpu;
}

/* ---- the job ---- */

static void
stop_on (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

/* As the window and `tamis-cli dedup --project` do it. */
static void
run_job (const char *folder, const char *model_name, const char *file, const char *pass)
{
  const TamisDistributionParams distribution = TAMIS_DISTRIBUTION_PARAMS_INIT;
  TamisJoinParams join = TAMIS_JOIN_PARAMS_INIT;
  TamisPlanParams plan_params = TAMIS_PLAN_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisModel) model = tamis_model_open (model_name, &error);
  g_autoptr (TamisProject) project = tamis_project_open (file, folder, error == NULL ? &error : NULL);
  g_autoptr (TamisDataset) found = NULL, dataset = NULL;
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (TamisPairs) pairs = NULL;
  g_autoptr (TamisPlan) plan = NULL;
  g_autoptr (TamisRemovalBasis) basis = NULL;
  TamisRemovalStats *stats;
  Stages stages = { .pass = pass, .begun = g_get_monotonic_time () };
  gint64 begun = stages.begun;
  double latents_mb;

  stop_on (error);
  found = tamis_dataset_open (folder, NULL, NULL, &error);
  stop_on (error);
  stages.n = tamis_dataset_get_n_images (found);
  end_stage (&stages, "scan", 0);
  latents = tamis_project_encode (project, found, model, NULL, NULL, NULL, &dataset, NULL, &error);
  stop_on (error);
  latents_mb = (double) stages.n * tamis_latents_get_dimension (latents) * sizeof (float) / 1e6;
  end_stage (&stages, "encode", latents_mb);
  join.floor = tamis_model_get_floor (model);
  pairs = tamis_project_join (project, dataset, latents, model, &join, NULL, NULL, &error);
  stop_on (error);
  end_stage (&stages, "join", latents_mb);
  plan_params.threshold = tamis_model_get_recommended_threshold (model);
  plan = tamis_plan_new (dataset, pairs, &plan_params, &error);
  stop_on (error);
  end_stage (&stages, "plan", latents_mb);
  basis = tamis_removal_basis_new (dataset, latents, &distribution, NULL, NULL, &error);
  stop_on (error);
  stats = tamis_removal_stats_new (basis, tamis_plan_get_kept_flags (plan), TAMIS_BASIS_REFITTED, NULL,
                                   NULL, &error);
  stop_on (error);
  end_stage (&stages, "statistics", latents_mb);
  if (!tamis_project_flush (project, NULL, &error))
    stop_on (error);
  end_stage (&stages, "save", latents_mb);
  g_print ("{\"tool\":\"tamis\",\"mode\":\"main-job\",\"pass\":\"%s\",\"model\":\"%s\",\"dimension\":%u,"
           "\"pairs\":%" G_GUINT64_FORMAT ",\"removed\":%u,\"latents_mb\":%.0f}\n",
           pass, model_name, tamis_latents_get_dimension (latents), tamis_pairs_get_n (pairs),
           tamis_plan_get_n_removed (plan), latents_mb);
  print_stage (&stages, "all", (double) (g_get_monotonic_time () - begun) / 1e6, bench_cpu (),
               stages.peak_mb, latents_mb);
  tamis_removal_stats_free (stats);
}

/* A process of its own, so that neither the making of the files nor the other pass counts. */
static int
run_apart (char *program, const char *folder, const char *model, const char *file, const char *pass)
{
  char *words[] = { program, "--job", (char *) folder, (char *) model, (char *) file, (char *) pass,
                    NULL };
  int status = 0;

  if (!g_spawn_sync (NULL, words, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status,
                     NULL))
    return 1;
  return status == 0 ? 0 : 1;
}

static int
bench (char *program, guint n, const char *model, const char *given)
{
  g_autofree char *folder = given != NULL ? g_strdup (given) : g_dir_make_tmp ("tamis-main-job-XXXXXX", NULL);
  g_autofree char *project = g_dir_make_tmp ("tamis-main-job-project-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (project, "bench.tamis", NULL);
  g_autofree char *last = g_strdup_printf ("%s/class %02u/image %06u.jpg", folder,
                                           (n - 1) % N_CLASSES, n - 1);
  int status;

  if (!g_file_test (last, G_FILE_TEST_EXISTS))
    make_files (folder, n);
  status = run_apart (program, folder, model, file, "new");
  if (status == 0)
    status = run_apart (program, folder, model, file, "known");
  g_unlink (file);
  g_rmdir (project);
  if (given == NULL)
    remove_files (folder, n);
  return status;
}

int
main (int argc, char **argv)
{
  tamis_choose_blas (argv);
  tamis_init (0);
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc == 6 && g_str_equal (argv[1], "--job"))
    {
      run_job (argv[2], argv[3], argv[4], argv[5]);
      return 0;
    }
  return bench (argv[0], argc > 1 ? (guint) MAX (atoi (argv[1]), 1) : 128401,
                argc > 2 ? argv[2] : TAMIS_MODEL_DEFAULT, argc > 3 ? argv[3] : NULL);
}
