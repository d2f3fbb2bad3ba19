/* A large project: how long it takes to open, and what memory that needs.
 *
 * bench-project [IMAGES [DIMENSION [DECISIONS]]]
 *
 * Makes a project of so many images (130,000 × 128, 100,000 decisions) with about a million pairs in
 * a temporary folder, and opens it in a process of its own: the project, the latents, the pairs, the
 * journal. No image is there: files and vectors are made up. Prints one JSON line a step, then the most
 * memory used (VmHWM, MB) and what of it are the latents themselves.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_CLASSES 33
#define GROUP 16 /* images that are alike: 120 pairs */

typedef struct
{
  guint n;
  guint dimension;
  guint n_decisions;
  char *folder;
  char *file;
  TamisModel *model;
} Bench;

static TamisDataset *
make_dataset (const Bench *self)
{
  g_autofree char *csv = g_build_filename (self->folder, "labels.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,label\n");
  g_autofree guint32 *rows = NULL;
  TamisDataset *dataset;

  for (guint i = 0; i < self->n; i++)
    g_string_append_printf (text, "class %u/image number %u.jpg,%u\n",
                            i / GROUP % N_CLASSES, i, i / GROUP % N_CLASSES);
  g_file_set_contents (csv, text->str, -1, NULL);
  dataset = tamis_dataset_open_labels (csv, &rows, NULL);
  return dataset;
}

/* A model's name for vectors of another dimension would not be found; the model here is only a name,
 * so the cache is written and read below tamis_project_encode(). */
static void
add_vectors (const Bench *self, TamisProject *project, TamisDataset *dataset,
             TamisImageFacts *facts, float *values)
{
  g_autoptr (TamisVectors) vectors
      = _tamis_vectors_load (project->store, self->model, self->dimension, NULL, NULL);
  TamisRandom noise;

  tamis_random_init (&noise, 7);
  for (guint row = 0; row < self->n; row++)
    {
      const char *path = tamis_dataset_get_path (dataset, row);
      float *vector = values + (gsize) row * self->dimension;
      TamisRandom centre;

      tamis_random_init (&centre, (guint64) atoi (strrchr (path, ' ') + 1) / GROUP);
      for (guint k = 0; k < self->dimension; k++)
        vector[k] = (float) (tamis_random_normal (&centre) + 0.2 * tamis_random_normal (&noise));
      facts[row].digest = tamis_digest_of (path, strlen (path));
      _tamis_vectors_add (vectors, &facts[row].digest, vector);
      _tamis_vectors_offer (vectors);
    }
}

static void
add_files (TamisProject *project, TamisDataset *dataset, const TamisImageFacts *facts, guint n)
{
  sqlite3 *db = _tamis_store_lock (project->store);
  sqlite3_stmt *statement = NULL;

  sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
  statement = _tamis_store_get (project->store, TAMIS_SQL_ADD_FILE, NULL);
  for (guint row = 0; row < n; row++)
    {
      _tamis_sql_bind_bytes (statement, 1, tamis_dataset_get_path (dataset, row));
      sqlite3_bind_int64 (statement, 2, (gint64) tamis_dataset_get_bytes (dataset, row));
      sqlite3_bind_int64 (statement, 3, tamis_dataset_get_mtime (dataset, row));
      _tamis_sql_bind_digest (statement, 4, &facts[row].digest);
      for (int at = 5; at <= 7; at++)
        sqlite3_bind_int (statement, at, 1);
      _tamis_sql_do (statement, NULL);
    }
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  _tamis_store_unlock (project->store);
}

static TamisPairs *
join (const Bench *self, TamisProject *project, TamisDataset *dataset, TamisLatents *latents)
{
  TamisJoinParams params = TAMIS_JOIN_PARAMS_INIT;

  params.floor = 0.6;
  return tamis_project_join (project, dataset, latents, self->model, &params, NULL, NULL, NULL);
}

static void
decide (const Bench *self, TamisProject *project, TamisDataset *dataset, TamisPairs *pairs)
{
  g_autoptr (TamisJournal) journal = tamis_journal_load (project, dataset, NULL, NULL);
  guint done = 0;

  for (guint row = 0; row < self->n && done < self->n_decisions; row++)
    {
      const guint32 *neighbours;
      guint degree = tamis_pairs_get_row (pairs, row, &neighbours, NULL);

      for (guint i = 0; i < degree && done < self->n_decisions; i++)
        if (neighbours[i] < row)
          {
            tamis_journal_set_pair (journal, row, neighbours[i], 1 + done % 4);
            done++;
          }
    }
}

static void
make (const Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisProject) project = tamis_project_open (self->file, self->folder, &error);
  g_autoptr (TamisDataset) names = make_dataset (self);
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, self->n);
  g_autofree const char **reasons = g_new0 (const char *, self->n + 1);
  float *values = g_new (float, (gsize) self->n * self->dimension);
  g_autoptr (TamisDataset) dataset = NULL;
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (TamisPairs) pairs = NULL;

  if (project == NULL)
    g_error ("%s", error->message);
  add_vectors (self, project, names, facts, values);
  add_files (project, names, facts, self->n);
  dataset = tamis_dataset_refine (names, reasons, facts);
  latents = tamis_latents_new_take (values, self->n, self->dimension);
  pairs = join (self, project, dataset, latents);
  decide (self, project, dataset, pairs);
}

/* ---- opening ---- */

typedef struct
{
  gint64 wall; /* µs */
  clock_t cpu;
} Moment;

static Moment
look (void)
{
  return (Moment){ g_get_monotonic_time (), clock () };
}

/* On a machine that does other things too, the processor's time says more. */
static void
lap (const char *what, Moment *begun)
{
  Moment now = look ();

  printf ("{\"tool\":\"tamis\",\"mode\":\"project-%s\",\"seconds\":%.3f,\"cpu_seconds\":%.3f}\n", what,
          (double) (now.wall - begun->wall) / 1e6, (double) (now.cpu - begun->cpu) / CLOCKS_PER_SEC);
  *begun = now;
}

static double
get_most_memory (void)
{
  g_autofree char *text = NULL;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  return text != NULL ? g_ascii_strtod (strstr (text, "VmHWM:") + 6, NULL) / 1024 : 0;
}

/* What tamis_project_encode() does of a data set that is known: rows from the cache. */
static TamisLatents *
get_latents (const Bench *self, TamisProject *project, TamisDataset *dataset)
{
  g_autoptr (TamisVectors) vectors
      = _tamis_vectors_load (project->store, self->model, self->dimension, NULL, NULL);
  guint n = tamis_dataset_get_n_images (dataset);
  g_autofree TamisImageFacts *facts = g_new (TamisImageFacts, n);
  g_autofree TamisVectorWish *wishes = g_new (TamisVectorWish, n);
  float *values = g_new (float, (gsize) n * self->dimension);

  for (guint row = 0; row < n; row++)
    {
      facts[row] = tamis_dataset_get_facts (dataset, row);
      wishes[row] = (TamisVectorWish){ &facts[row].digest, values + (gsize) row * self->dimension };
      if (!_tamis_vectors_has (vectors, &facts[row].digest))
        g_error ("row %u is not known", row);
    }
  if (!_tamis_vectors_get (vectors, wishes, n, NULL, NULL))
    g_error ("the vectors cannot be read");
  return tamis_latents_new_take (values, n, self->dimension);
}

static void
open_all (const Bench *self)
{
  g_autoptr (TamisDataset) names = make_dataset (self);
  g_autoptr (TamisDataset) dataset = NULL;
  g_autoptr (TamisProject) project = NULL;
  g_autoptr (TamisLatents) latents = NULL;
  g_autoptr (TamisPairs) pairs = NULL;
  g_autoptr (TamisJournal) journal = NULL;
  double latents_mb = (double) self->n * self->dimension * sizeof (float) / (1 << 20);
  Moment begun = look (), first = begun;
  GStatBuf facts;

  project = tamis_project_open (self->file, NULL, NULL);
  lap ("open", &begun);
  dataset = tamis_project_recall (project, names, NULL, NULL);
  lap ("files", &begun);
  latents = get_latents (self, project, dataset);
  lap ("latents", &begun);
  pairs = join (self, project, dataset, latents);
  lap ("pairs", &begun);
  journal = tamis_journal_load (project, dataset, NULL, NULL);
  lap ("journal", &begun);
  lap ("all", &first);
  g_stat (self->file, &facts);
  printf ("{\"tool\":\"tamis\",\"mode\":\"project\",\"n\":%u,\"dimension\":%u,\"pairs\":%" G_GUINT64_FORMAT
          ",\"verdicts\":%u,\"file_mb\":%.0f,\"peak_mb\":%.0f,\"latents_mb\":%.0f}\n",
          self->n, self->dimension, tamis_pairs_get_n (pairs),
          tamis_verdicts_get_n (tamis_journal_get_verdicts (journal)),
          (double) facts.st_size / (1 << 20), get_most_memory (), latents_mb);
}

int
main (int argc, char **argv)
{
  Bench self = {
    .n = argc > 1 ? (guint) atoi (argv[1]) : 130000,
    .dimension = argc > 2 ? (guint) atoi (argv[2]) : 128,
    .n_decisions = argc > 3 ? (guint) atoi (argv[3]) : 100000,
  };
  char *numbers[3];
  g_autofree char *labels = NULL;

  tamis_init (0);
  setvbuf (stdout, NULL, _IOLBF, 0);
  self.model = tamis_model_open (TAMIS_MODEL_DEFAULT, NULL);
  self.folder = argc > 4 ? g_strdup (argv[4]) : g_dir_make_tmp ("tamis-bench-XXXXXX", NULL);
  self.file = g_build_filename (self.folder, "bench.tamis", NULL);
  labels = g_build_filename (self.folder, "labels.csv", NULL);
  if (argc > 4)
    open_all (&self);
  else
    {
      char *words[] = { argv[0], NULL, NULL, NULL, self.folder, NULL };

      make (&self);
      words[1] = numbers[0] = g_strdup_printf ("%u", self.n);
      words[2] = numbers[1] = g_strdup_printf ("%u", self.dimension);
      words[3] = numbers[2] = g_strdup_printf ("%u", self.n_decisions);
      g_spawn_sync (NULL, words, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, NULL,
                    NULL);
      for (int i = 0; i < 3; i++)
        g_free (numbers[i]);
      g_unlink (self.file);
      g_unlink (labels);
      g_rmdir (self.folder);
    }
  tamis_model_unref (self.model);
  g_free (self.folder);
  g_free (self.file);
  return 0;
}
