/* scan: what is in a data set, every image decoded once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>

#define SIZES_SHOWN 5

typedef struct
{
  int width;
  int height;
  guint images;
} Size;

static int
compare_sizes (gconstpointer pa, gconstpointer pb)
{
  const Size *a = pa, *b = pb;

  if (a->width != b->width)
    return a->width < b->width ? -1 : 1;
  return a->height < b->height ? -1 : a->height > b->height;
}

static int
compare_counts (gconstpointer pa, gconstpointer pb)
{
  const Size *a = pa, *b = pb;

  if (a->images != b->images)
    return a->images > b->images ? -1 : 1;
  return compare_sizes (a, b);
}

/* Every size there is, the most frequent first. Labels without images have none. */
static GArray *
count_sizes (TamisDataset *dataset)
{
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (Size));
  guint n = 0;

  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    {
      TamisImageFacts facts = tamis_dataset_get_facts (dataset, row);
      Size size = { facts.width, facts.height, 1 };

      if (facts.width > 0)
        g_array_append_val (sizes, size);
    }
  g_array_sort (sizes, compare_sizes);
  for (guint i = 0; i < sizes->len; i++)
    {
      Size size = g_array_index (sizes, Size, i);

      if (n > 0 && compare_sizes (&g_array_index (sizes, Size, n - 1), &size) == 0)
        g_array_index (sizes, Size, n - 1).images++;
      else
        g_array_index (sizes, Size, n++) = size;
    }
  g_array_set_size (sizes, n);
  g_array_sort (sizes, compare_counts);
  return sizes;
}

static guint64
count_bytes (TamisDataset *dataset)
{
  guint64 bytes = 0;

  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    bytes += tamis_dataset_get_bytes (dataset, row);
  return bytes;
}

static guint *
count_splits (TamisDataset *dataset)
{
  guint *counts = g_new0 (guint, tamis_dataset_get_n_splits (dataset) + 1);

  for (guint row = 0; row < tamis_dataset_get_n_images (dataset); row++)
    if (tamis_dataset_get_split_index (dataset, row) >= 0)
      counts[tamis_dataset_get_split_index (dataset, row)]++;
  return counts;
}

static void
json_splits (TamisJson *json, TamisDataset *dataset)
{
  g_autofree guint *counts = count_splits (dataset);

  tamis_json_array (json, "splits");
  for (guint s = 0; s < tamis_dataset_get_n_splits (dataset); s++)
    {
      tamis_json_object (json, NULL);
      tamis_json_path (json, "name", tamis_dataset_get_split_name (dataset, s));
      tamis_json_integer (json, "images", counts[s]);
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

static void
print_json (TamisDataset *dataset, GArray *sizes, double scan_s, double decode_s)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_integer (json, "images", tamis_dataset_get_n_images (dataset));
  tamis_json_integer (json, "bytes", count_bytes (dataset));
  tamis_cli_json_unreadable (json, dataset);
  tamis_cli_json_classes (json, dataset);
  tamis_json_array (json, "sizes");
  for (guint i = 0; i < sizes->len; i++)
    {
      const Size *size = &g_array_index (sizes, Size, i);

      tamis_json_object (json, NULL);
      tamis_json_integer (json, "width", size->width);
      tamis_json_integer (json, "height", size->height);
      tamis_json_integer (json, "images", size->images);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  json_splits (json, dataset);
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "scan_s", scan_s);
  tamis_json_seconds (json, "decode_s", decode_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_splits (TamisDataset *dataset)
{
  g_autofree guint *counts = count_splits (dataset);

  if (tamis_dataset_get_n_splits (dataset) > 0)
    puts ("\nimages  split");
  for (guint s = 0; s < tamis_dataset_get_n_splits (dataset); s++)
    {
      g_autofree char *images = tamis_plot_format_count (counts[s]);
      g_autofree char *name = tamis_path_escape (tamis_dataset_get_split_name (dataset, s));

      printf ("%6s  %s\n", images, name);
    }
}

static void
print_words (TamisDataset *dataset, GArray *sizes)
{
  tamis_cli_print_dataset (dataset);
  puts ("\nimages  class");
  for (guint c = 0; c < tamis_dataset_get_n_classes (dataset); c++)
    {
      g_autofree char *images
          = tamis_plot_format_count (tamis_dataset_get_class_range (dataset, c).n);
      g_autofree char *name = tamis_path_escape (tamis_dataset_get_class_name (dataset, c));

      printf ("%6s  %s\n", images, name);
    }
  print_splits (dataset);
  if (sizes->len > 0)
    puts ("\nimages  size");
  for (guint i = 0; i < MIN (sizes->len, SIZES_SHOWN); i++)
    {
      const Size *size = &g_array_index (sizes, Size, i);
      g_autofree char *images = tamis_plot_format_count (size->images);

      printf ("%6s  %d x %d\n", images, size->width, size->height);
    }
  if (sizes->len > SIZES_SHOWN)
    printf ("   ...  %u sizes more\n", sizes->len - SIZES_SHOWN);
}

/* With --latents there are no images to decode: the counts are those of the labels. */
static TamisDataset *
open_checked (TamisCli *cli, double *scan_s, GError **error)
{
  g_autoptr (TamisDataset) found = NULL;
  double begun = tamis_clock ();

  if (cli->latents != NULL)
    {
      g_auto (TamisInput) input = TAMIS_INPUT_INIT;

      return tamis_input_open (cli, &input, error) ? g_steal_pointer (&input.dataset) : NULL;
    }
  found = tamis_dataset_open (cli->location, cli->progress, cli->cancel, error);
  *scan_s = tamis_clock () - begun;
  if (found == NULL)
    return NULL;
  return tamis_dataset_check (found, cli->progress, cli->cancel, error);
}

gboolean
tamis_verb_scan (TamisCli *cli, GError **error)
{
  g_autoptr (TamisDataset) dataset = NULL;
  g_autoptr (GArray) sizes = NULL;
  double begun = tamis_clock (), scan_s = 0;

  if (!tamis_cli_parse (cli, NULL, error))
    return FALSE;
  dataset = open_checked (cli, &scan_s, error);
  if (dataset == NULL)
    return FALSE;
  sizes = count_sizes (dataset);
  tamis_watch_wipe ();
  if (cli->json)
    print_json (dataset, sizes, scan_s, tamis_clock () - begun - scan_s);
  else
    print_words (dataset, sizes);
  /* The list is what a scan is for, so it comes out before --strict has its word. */
  return tamis_cli_check_strict (cli, dataset, error);
}
