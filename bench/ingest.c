/* From files to latents, and what of it can be saved.
 *
 *   bench-ingest FOLDER [threads [runs]]     images a second, in turns: decoding alone, the whole way,
 *                                            the same with thumbnails, with all contents known
 *                                            (renamed files), with all files known (unchanged)
 *   bench-ingest --unchanged N [threads [runs]]
 *                                            seconds to open a folder of N unchanged files, made for
 *                                            this in the temporary folder, and to encode it
 * Prints one JSON line a figure: the median of the runs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/tamis.h>

#include "bench.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#define MAX_RUNS 100

/* A cache that knows every file of one data set, or its contents only, or nothing. */
typedef struct
{
  gboolean knows_files;
  gboolean knows_contents;
  TamisDataset *dataset;
  const TamisImageFacts *facts;
  TamisLatents *latents;
} Known;

static gboolean
find_file (gpointer data, guint row, TamisImageFacts *facts, char **reason)
{
  const Known *known = data;

  if (known->knows_files)
    *facts = known->facts[row];
  return known->knows_files;
}

static gboolean
find_facts (gpointer data, TamisImageFacts *facts)
{
  const Known *known = data;
  int row = known->knows_contents ? tamis_dataset_find_content (known->dataset, &facts->digest) : -1;

  if (row >= 0)
    *facts = known->facts[row];
  return row >= 0;
}

static gboolean
has_vector (gpointer data, const TamisDigest *digest)
{
  const Known *known = data;

  return known->knows_files || known->knows_contents;
}

static gboolean
get_vectors (gpointer data, const TamisVectorWish *wishes, guint n, GCancellable *cancel, GError **error)
{
  const Known *known = data;

  for (guint i = 0; i < n; i++)
    {
      int row = tamis_dataset_find_content (known->dataset, wishes[i].digest);

      memcpy (wishes[i].vector, tamis_latents_get_row (known->latents, (guint) row),
              tamis_latents_get_dimension (known->latents) * sizeof (float));
    }
  return TRUE;
}

typedef struct
{
  double seconds;
  double processor; /* seconds, over all threads */
} Time;

static Time
now (void)
{
  return (Time){ g_get_monotonic_time () / 1e6, (double) clock () / CLOCKS_PER_SEC };
}

static Time
since (Time begun)
{
  Time end = now ();

  return (Time){ end.seconds - begun.seconds, end.processor - begun.processor };
}

typedef struct
{
  TamisModel *model;
  TamisDataset *dataset;
  TamisImageFacts *facts;
  TamisLatents *latents;
  TamisThumbnails *thumbnails;
} Bench;

static void
decode_one (gsize item, guint worker, gpointer data)
{
  Bench *self = data;
  g_autofree char *file = tamis_dataset_dup_file (self->dataset, (guint) item);
  int side = tamis_model_get_input_side (self->model);
  g_autofree float *input = g_new (float, 3 * side * side);
  TamisImageLoad load = tamis_image_load_for_input (side);
  g_autoptr (TamisImage) image = NULL;

  image = tamis_image_load (file, &load, NULL, NULL);
  tamis_image_to_input (image, side, input);
}

static Time
run_decode (Bench *self)
{
  Time begun = now ();

  tamis_parallel_for (tamis_dataset_get_n_images (self->dataset), decode_one, self, NULL);
  return since (begun);
}

static Time
run_encode (Bench *self, gboolean knows_files, gboolean knows_contents, gboolean thumbnails)
{
  Known known = { knows_files, knows_contents, self->dataset, self->facts, self->latents };
  TamisEncodeCache cache = { .find_file = find_file, .has_vector = has_vector,
                             .get_vectors = get_vectors, .find_facts = find_facts, .data = &known };
  g_autoptr (TamisDataset) readable = NULL;
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (GError) error = NULL;
  Time begun = now ();

  cache.thumbnails = thumbnails ? self->thumbnails : NULL;
  latents = tamis_encode_run (self->dataset, self->model, &cache, NULL, NULL, &readable, NULL, &error);
  if (latents == NULL)
    g_error ("%s", error->message);
  return since (begun);
}

static void
print_figure (const char *mode, const Time *times, int runs, double n)
{
  double seconds[MAX_RUNS], processor[MAX_RUNS];

  for (int i = 0; i < runs; i++)
    {
      seconds[i] = times[i].seconds;
      processor[i] = times[i].processor;
    }
  qsort (seconds, (size_t) runs, sizeof *seconds, compare_doubles);
  qsort (processor, (size_t) runs, sizeof *processor, compare_doubles);
  g_print ("{\"tool\":\"tamis\",\"mode\":\"%s\",\"threads\":%u,\"n\":%.0f,\"seconds\":%.4f,"
           "\"img_s\":%.1f,\"cpu_ms\":%.4f}\n",
           mode, tamis_get_threads (), n, seconds[runs / 2], n / seconds[runs / 2],
           1e3 * processor[runs / 2] / n);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

/* Thumbnails are made anew in each run. */
static Time
run_with_thumbnails (Bench *self)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-thumbnails-XXXXXX", NULL);
  Time seconds;

  self->thumbnails = tamis_thumbnails_new (folder, TAMIS_THUMBNAILS_BUDGET);
  seconds = run_encode (self, FALSE, FALSE, TRUE);
  g_clear_pointer (&self->thumbnails, tamis_thumbnails_free);
  remove_tree (folder);
  return seconds;
}

/* Readable images only, their facts and latents. */
static void
bench_open (Bench *self, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisDataset) found = tamis_dataset_open (folder, NULL, NULL, &error);
  guint n;

  if (found != NULL)
    self->latents = tamis_encode_run (found, self->model, NULL, NULL, NULL, &self->dataset, NULL,
                                      &error);
  if (error != NULL)
    g_error ("%s", error->message);
  n = tamis_dataset_get_n_images (self->dataset);
  self->facts = g_new (TamisImageFacts, n);
  for (guint row = 0; row < n; row++)
    self->facts[row] = tamis_dataset_get_facts (self->dataset, row);
}

static void
bench_close (Bench *self)
{
  g_free (self->facts);
  tamis_dataset_unref (self->dataset);
  tamis_latents_unref (self->latents);
}

static void
bench_folder (Bench *self, const char *folder, int runs)
{
  static const char *const modes[] = { "decode", "ingest", "ingest-thumbnails", "renamed", "unchanged" };
  Time times[G_N_ELEMENTS (modes)][MAX_RUNS];
  guint n;

  bench_open (self, folder);
  n = tamis_dataset_get_n_images (self->dataset);
  for (int i = 0; i < runs; i++)
    {
      times[0][i] = run_decode (self);
      times[1][i] = run_encode (self, FALSE, FALSE, FALSE);
      times[2][i] = run_with_thumbnails (self);
      times[3][i] = run_encode (self, FALSE, TRUE, FALSE);
      times[4][i] = run_encode (self, TRUE, TRUE, FALSE);
    }
  for (guint m = 0; m < G_N_ELEMENTS (modes); m++)
    print_figure (modes[m], times[m], runs, n);
  bench_close (self);
}

/* ---- unchanged files ---- */

static char *
make_files (int n)
{
  char *folder = g_dir_make_tmp ("tamis-unchanged-XXXXXX", NULL);

  for (int i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/class%02d/image%06d.jpg", folder, i % 33, i);
      g_autofree char *parent = g_path_get_dirname (path);

      g_mkdir (parent, 0777);
      g_file_set_contents_full (path, "x", 1, G_FILE_SET_CONTENTS_NONE, 0644, NULL);
    }
  return folder;
}

static void
know_all (Bench *self, int n)
{
  guint dimension = (guint) tamis_model_get_dimension (self->model);

  self->facts = g_new0 (TamisImageFacts, n);
  for (int row = 0; row < n; row++)
    self->facts[row] = (TamisImageFacts){ 64, 64, TAMIS_IMAGE_FORMAT_JPEG,
                                          tamis_digest_of (&row, sizeof row), 1 };
  self->latents = tamis_latents_new_take (g_new0 (float, (gsize) n * dimension), (guint) n, dimension);
}

static void
bench_unchanged (Bench *self, int n, int runs)
{
  g_autofree char *folder = make_files (n);
  Time opening[MAX_RUNS], encoding[MAX_RUNS];
  g_autofree char **reasons = g_new0 (char *, n);

  know_all (self, n);
  for (int i = 0; i < runs; i++)
    {
      g_autoptr (TamisDataset) found = NULL;
      Time begun = now ();

      found = tamis_dataset_open (folder, NULL, NULL, NULL);
      opening[i] = since (begun);
      self->dataset = tamis_dataset_refine (found, (const char *const *) reasons, self->facts);
      encoding[i] = run_encode (self, TRUE, TRUE, FALSE);
      g_clear_pointer (&self->dataset, tamis_dataset_unref);
    }
  print_figure ("open-unchanged", opening, runs, n);
  print_figure ("encode-unchanged", encoding, runs, n);
  g_free (self->facts);
  tamis_latents_unref (self->latents);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  gboolean unchanged = argc > 2 && g_str_equal (argv[1], "--unchanged");
  int at = unchanged ? 3 : 2;
  int runs = argc > at + 1 ? CLAMP (atoi (argv[at + 1]), 1, MAX_RUNS) : 5;
  Bench bench = { 0 };

  if (argc < 2)
    {
      g_printerr ("Usage: bench-ingest FOLDER|--unchanged N [threads [runs]]\n");
      return 2;
    }
  tamis_init (argc > at ? (guint) atoi (argv[at]) : 0);
  bench.model = tamis_model_open ("whitened", NULL);
  if (unchanged)
    bench_unchanged (&bench, MAX (atoi (argv[2]), 1), runs);
  else
    bench_folder (&bench, argv[1], runs);
  tamis_model_unref (bench.model);
  return 0;
}
