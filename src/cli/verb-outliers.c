/* outliers: the images that the spline model of their class finds most unlikely.
 *
 * A list of its own: nothing in it is a near-duplicate, nor proposed for removal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "values.h"

#include <stdio.h>

typedef struct
{
  char *class_name; /* owned, as all */
  char *out_file;
  int top; /* 0: all */
  TamisDistributionParams params;
  TamisInput input;
  TamisOutliers *outliers;
  GArray *unranked; /* rows, of classes without a density */
  double statistics_s;
} Outliers;

static void
outliers_clear (Outliers *self)
{
  g_free (self->class_name);
  g_free (self->out_file);
  tamis_input_clear (&self->input);
  g_clear_pointer (&self->outliers, tamis_outliers_free);
  g_clear_pointer (&self->unranked, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outliers, outliers_clear)

static gboolean
parse (TamisCli *cli, Outliers *self, GError **error)
{
  int components = self->params.n_components;
  const GOptionEntry entries[] = {
    { "class", 0, 0, G_OPTION_ARG_FILENAME, &self->class_name, "Only this class", "C" },
    { "components", 0, 0, G_OPTION_ARG_INT, &components, "How many principal components (3)",
      "K" },
    { "top", 0, 0, G_OPTION_ARG_INT, &self->top, "Only so many (all)", "N" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &self->out_file,
      "path,class,log_density,deficit (standard output)", "F.csv" },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error) || !tamis_cli_check_components (components, error))
    return FALSE;
  if (self->top < 0)
    return tamis_cli_usage (error, "--top must not be negative");
  self->params.n_components = components;
  return tamis_cli_check_output (self->out_file, error);
}

/* ---- work ---- */

/* Keeps those of one class; -1: of all. Their order stays. */
static void
filter (Outliers *self, int class_index)
{
  guint n = 0;

  for (guint i = 0; i < self->outliers->n; i++)
    if (class_index < 0 || (int) self->outliers->items[i].class_index == class_index)
      self->outliers->items[n++] = self->outliers->items[i];
  self->outliers->n = n;
}

/* No image is dropped in silence: those without a density come last, without a figure. */
static void
find_unranked (Outliers *self, int class_index)
{
  guint n = tamis_dataset_get_n_images (self->input.dataset);
  g_autofree guint8 *ranked = g_malloc0 (MAX (n, 1));

  self->unranked = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < self->outliers->n; i++)
    ranked[self->outliers->items[i].row] = 1;
  for (guint row = 0; row < n; row++)
    {
      int own = (int) tamis_dataset_get_class (self->input.dataset, row);

      if (!ranked[row] && (class_index < 0 || own == class_index))
        g_array_append_val (self->unranked, row);
    }
}

static gboolean
rank (TamisCli *cli, Outliers *self, GError **error)
{
  double begun = tamis_clock ();
  int class_index = -1;
  guint found;

  if (self->class_name != NULL)
    {
      if (!tamis_cli_find_class (self->input.dataset, self->class_name, &found, error))
        return FALSE;
      class_index = (int) found;
    }
  self->outliers = tamis_outliers_new (self->input.dataset, self->input.latents, &self->params,
                                       cli->progress, cli->cancel, error);
  if (self->outliers == NULL)
    return FALSE;
  filter (self, class_index);
  find_unranked (self, class_index);
  self->statistics_s = tamis_clock () - begun;
  return TRUE;
}

/* ---- output ---- */

static guint
count_shown (const Outliers *self)
{
  return self->top > 0 ? MIN ((guint) self->top, self->outliers->n) : self->outliers->n;
}

static guint
count_unranked_shown (const Outliers *self)
{
  return self->top > 0 ? MIN ((guint) self->top - count_shown (self), self->unranked->len)
                       : self->unranked->len;
}

static GString *
make_csv (const Outliers *self)
{
  g_autofree char *text = tamis_outliers_format_csv (
      self->input.dataset, self->outliers->items, count_shown (self),
      (const guint *) (void *) self->unranked->data, count_unranked_shown (self));

  return g_string_new (text);
}

static void
print_json (const Outliers *self)
{
  TamisDataset *dataset = self->input.dataset;
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_cli_json_input (json, &self->input);
  tamis_json_integer (json, "components", self->params.n_components);
  tamis_json_integer (json, "unranked", self->unranked->len);
  tamis_json_array (json, "outliers");
  for (guint i = 0; i < count_shown (self); i++)
    {
      const TamisOutlier *item = &self->outliers->items[i];

      tamis_json_object (json, NULL);
      tamis_json_path (json, "path", tamis_dataset_get_path (dataset, item->row));
      tamis_json_path (json, "class", tamis_dataset_get_class_name (dataset, item->class_index));
      tamis_json_number (json, "log_density", item->log_density);
      tamis_json_number (json, "deficit", item->deficit);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_cli_json_begin_timings (json, &self->input);
  tamis_json_seconds (json, "statistics_s", self->statistics_s);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_words (const Outliers *self)
{
  tamis_cli_print_dataset (self->input.dataset);
  if (self->unranked->len > 0)
    printf ("%u of them in classes too small to have a density\n", self->unranked->len);
  printf ("Wrote %s: %u images, the most unlikely first\n", self->out_file,
          count_shown (self) + count_unranked_shown (self));
}

gboolean
tamis_verb_outliers (TamisCli *cli, GError **error)
{
  g_auto (Outliers) self = { .params = TAMIS_DISTRIBUTION_PARAMS_INIT };
  g_autoptr (GString) csv = NULL;

  if (!parse (cli, &self, error) || !tamis_input_open (cli, &self.input, error)
      || !rank (cli, &self, error))
    return FALSE;
  csv = make_csv (&self);
  if (self.out_file != NULL && !tamis_cli_write (self.out_file, csv, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (&self);
  else if (self.out_file != NULL)
    print_words (&self);
  else
    fputs (csv->str, stdout);
  return TRUE;
}
