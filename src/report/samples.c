/* Sample removals with their pictures.
 *
 * DESIGN: removals in order of similarity, cut into as many equal lots as samples are wanted, so that
 * both the doubtful and the plain ones are seen; of each lot the one whose class was shown least, so
 * that no class fills the page. No randomness: the same plan shows the same samples.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report-private.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define PICTURE_SIDE 240 /* pixels, longest side */
#define PICTURE_QUALITY 82

/* Falling similarity, then data-set order. */
static int
compare_removals (gconstpointer pa, gconstpointer pb)
{
  const TamisRemoval *a = pa, *b = pb;

  if (a->similarity != b->similarity)
    return a->similarity > b->similarity ? -1 : 1;
  return a->removed < b->removed ? -1 : a->removed > b->removed;
}

static GArray *
list_witnessed (TamisPlan *plan)
{
  GArray *removals = g_array_new (FALSE, FALSE, sizeof (TamisRemoval));

  for (guint i = 0; i < tamis_plan_get_n_removed (plan); i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      if (removal.witness != TAMIS_NO_WITNESS)
        g_array_append_val (removals, removal);
    }
  g_array_sort (removals, compare_removals);
  return removals;
}

GArray *
report_choose_samples (TamisDataset *dataset, TamisPlan *plan, guint n)
{
  g_autoptr (GArray) all = list_witnessed (plan);
  g_autofree guint *shown = g_new0 (guint, tamis_dataset_get_n_classes (dataset));
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (TamisRemoval));

  n = MIN (n, all->len);
  for (guint i = 0; i < n; i++)
    {
      guint best = (guint64) i * all->len / n, end = (guint64) (i + 1) * all->len / n;
      guint best_class = G_MAXUINT;

      for (guint at = best; at < end; at++)
        {
          guint c = tamis_dataset_get_class (dataset,
                                             g_array_index (all, TamisRemoval, at).removed);

          if (best_class == G_MAXUINT || shown[c] < shown[best_class])
            {
              best = at;
              best_class = c;
            }
        }
      shown[best_class]++;
      g_array_append_val (samples, g_array_index (all, TamisRemoval, best));
    }
  return samples;
}

/* The engine writes JPEG to files only, so it goes through one. */
static GBytes *
compress (const TamisImage *image)
{
  g_autofree char *path = NULL;
  char *data = NULL;
  gsize length = 0;
  int fd = g_file_open_tmp ("tamis-XXXXXX.jpg", &path, NULL);
  gboolean done;

  if (fd < 0)
    return NULL;
  close (fd);
  done = tamis_image_save_jpeg (image, path, PICTURE_QUALITY, NULL)
         && g_file_get_contents (path, &data, &length, NULL);
  g_unlink (path);
  return done ? g_bytes_new_take (data, length) : NULL;
}

static DocumentPicture
make_picture (TamisDataset *dataset, guint row)
{
  g_autofree char *file = tamis_dataset_dup_file (dataset, row);
  g_autofree char *shown = tamis_path_escape (tamis_dataset_get_path (dataset, row));
  g_autoptr (TamisImage) image = tamis_image_load_thumbnail (file, PICTURE_SIDE, NULL);
  TamisImageFacts facts = tamis_dataset_get_facts (dataset, row);
  DocumentPicture picture = { NULL };

  if (image != NULL)
    {
      picture.jpeg = compress (image);
      picture.width = image->width;
      picture.height = image->height;
    }
  if (facts.width > 0)
    picture.caption = g_strdup_printf ("%s, %d × %d, %.1f kB", shown, facts.width, facts.height,
                                       tamis_dataset_get_bytes (dataset, row) / 1e3);
  else
    picture.caption = g_steal_pointer (&shown);
  return picture;
}

gboolean
report_add_samples (const TamisReport *self, Document *document, TamisProgress *progress,
                    GCancellable *cancel, GError **error)
{
  g_autoptr (GArray) samples = report_choose_samples (self->dataset, self->plans[0],
                                                       self->n_samples);
  GArray *pairs;

  if (samples->len == 0)
    return TRUE;
  document_add_text (document, DOCUMENT_HEADING, "Removals beside what stays");
  document_add_text (document, DOCUMENT_NOTE,
                     "%u of the removals, from the most alike to those nearest to T, of as many "
                     "classes as there are. Left the image that goes, right its witness.",
                     samples->len);
  pairs = document_add_pairs (document);
  tamis_progress_begin (progress, TAMIS_STAGE_EXPORT, samples->len);
  for (guint i = 0; i < samples->len; i++)
    {
      const TamisRemoval *removal = &g_array_index (samples, TamisRemoval, i);
      DocumentPair pair = { { NULL } };

      if (g_cancellable_set_error_if_cancelled (cancel, error))
        return FALSE;
      pair.removed = make_picture (self->dataset, removal->removed);
      pair.witness = make_picture (self->dataset, removal->witness);
      pair.similarity = g_strdup_printf ("%.4f", removal->similarity);
      g_array_append_val (pairs, pair);
      tamis_progress_add (progress, 1);
    }
  return TRUE;
}
