/* What scaled decoding costs in accuracy. A rule is how many times the model's side must remain of the
 * shorter side and of the longer; for each: the largest difference of the inputs in 255ths, the lowest
 * cosine between the vectors of a scaled and a full decode, and the pairs above T that come or go. Only images that the rule scales count.
 *
 *   bench-oversampling FOLDER…    prints one JSON line a rule and metric
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/tamis.h>

#include <math.h>

typedef struct
{
  TamisModel *model;
  TamisCoder *coder;
  int side;
  guint dimension;
} Metric;

static double
cosine (const float *a, const float *b, guint n)
{
  double ab = 0, aa = 0, bb = 0;

  for (guint i = 0; i < n; i++)
    {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
  return ab / sqrt (aa * bb);
}

/* The vector of @file, its shorter and its longer side decoded at least so long, 0 for all of it. */
static gboolean
describe (const Metric *metric, const char *file, const int *at_least, float *input, float *vector,
          int *width)
{
  g_autofree float *latent = g_new (float, tamis_model_get_latent_dimension (metric->model));
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;

  load.at_least = at_least[0];
  load.longer_at_least = at_least[1];
  image = tamis_image_load (file, &load, NULL, NULL);
  if (image == NULL)
    return FALSE;
  *width = image->width;
  tamis_image_to_input (image, metric->side, input);
  tamis_coder_encode (metric->coder, input, 1, latent);
  tamis_coder_describe (metric->coder, latent, 1, vector);
  return TRUE;
}

typedef struct
{
  GArray *full; /* of float, dimension each */
  GArray *scaled;
  guint n;
  double lowest;
  double largest;
} Compared;

static void
compare_file (const Metric *metric, const char *file, const int *at_least, Compared *all)
{
  gsize n = 3 * (gsize) metric->side * metric->side;
  g_autofree float *input = g_new (float, 2 * n);
  g_autofree float *vectors = g_new (float, 2 * metric->dimension);
  const int whole[2] = { 0, 0 };
  int widths[2];

  if (!describe (metric, file, whole, input, vectors, &widths[0])
      || !describe (metric, file, at_least, input + n, vectors + metric->dimension, &widths[1])
      || widths[0] == widths[1])
    return;
  for (gsize i = 0; i < n; i++)
    all->largest = MAX (all->largest, fabs (input[i] - input[n + i]) * 127.5);
  all->lowest = MIN (all->lowest,
                     cosine (vectors, vectors + metric->dimension, metric->dimension));
  g_array_append_vals (all->full, vectors, metric->dimension);
  g_array_append_vals (all->scaled, vectors + metric->dimension, metric->dimension);
  all->n++;
}

/* Pairs above @t with full decodes, and those that differ with scaled ones. */
static void
count_pairs (const Compared *all, guint dimension, double t, guint *n_pairs, guint *n_changed)
{
  const float *full = (const float *) all->full->data;
  const float *scaled = (const float *) all->scaled->data;

  *n_pairs = *n_changed = 0;
  for (guint i = 0; i < all->n; i++)
    for (guint j = i + 1; j < all->n; j++)
      {
        gboolean before = cosine (full + i * dimension, full + j * dimension, dimension) > t;
        gboolean after = cosine (scaled + i * dimension, scaled + j * dimension, dimension) > t;

        *n_pairs += before;
        *n_changed += before != after;
      }
}

static void
compare (const Metric *metric, const char *name, TamisDataset **sets, int n_sets,
         const int *times)
{
  const int at_least[2] = { times[0] * metric->side, times[1] * metric->side };
  Compared all = { g_array_new (FALSE, FALSE, sizeof (float)),
                   g_array_new (FALSE, FALSE, sizeof (float)), 0, 1, 0 };
  double t = tamis_model_get_recommended_threshold (metric->model);
  guint n_pairs, n_changed;

  for (int s = 0; s < n_sets; s++)
    for (guint row = 0; row < tamis_dataset_get_n_images (sets[s]); row++)
      {
        g_autofree char *file = tamis_dataset_dup_file (sets[s], row);

        compare_file (metric, file, at_least, &all);
      }
  count_pairs (&all, metric->dimension, t, &n_pairs, &n_changed);
  g_print ("{\"tool\":\"tamis\",\"mode\":\"oversampling\",\"metric\":\"%s\",\"shorter\":%d,\"longer\":%d,"
           "\"images\":%u,\"largest_255\":%.0f,\"lowest_cosine\":%.6f,\"t\":%.2f,\"pairs\":%u,"
           "\"changed\":%u}\n",
           name, times[0], times[1], all.n, all.largest, all.lowest, t, n_pairs, n_changed);
  g_array_unref (all.full);
  g_array_unref (all.scaled);
}

int
main (int argc, char **argv)
{
  static const char *const metrics[] = { "paper", "whitened" };
  static const int rules[][2] = { { 1, 1 }, { 2, 2 }, { 2, 4 }, { 4, 4 } };
  g_autofree TamisDataset **sets = g_new0 (TamisDataset *, argc);

  tamis_init (1);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;

      sets[i - 1] = tamis_dataset_open (argv[i], NULL, NULL, &error);
      if (error != NULL)
        g_error ("%s", error->message);
    }
  for (guint m = 0; m < G_N_ELEMENTS (metrics); m++)
    {
      Metric metric = { .model = tamis_model_open (metrics[m], NULL) };

      metric.coder = tamis_coder_new (metric.model, 1);
      metric.side = tamis_model_get_input_side (metric.model);
      metric.dimension = (guint) tamis_model_get_dimension (metric.model);
      for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
        compare (&metric, metrics[m], sets, argc - 1, rules[i]);
      tamis_coder_free (metric.coder);
      tamis_model_unref (metric.model);
    }
  for (int i = 1; i < argc; i++)
    tamis_dataset_unref (sets[i - 1]);
  return 0;
}
