/* The scan verb: can every image be decoded?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/dataset.h>

typedef struct
{
  TamisDataset *set;
  TamisProgress *progress;
  GCancellable *cancel;
  char **reasons;
  TamisImageFacts *facts;
} Check;

static void
check_image (gsize item, guint worker, gpointer data)
{
  Check *self = data;
  g_autofree char *file = tamis_dataset_dup_file (self->set, (guint) item);
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisImage) image = NULL;

  load.cancel = self->cancel;
  image = tamis_image_load (file, &load, &self->facts[item], &error);
  if (image == NULL)
    self->reasons[item] = g_strdup (error->message);
  tamis_progress_add (self->progress, 1);
}

TamisDataset *
tamis_dataset_check (TamisDataset *self, TamisProgress *progress, GCancellable *cancel,
                     GError **error)
{
  guint n = tamis_dataset_get_n_images (self);
  Check check = { self, progress, cancel, g_new0 (char *, n + 1), g_new0 (TamisImageFacts, n + 1) };
  TamisDataset *result = NULL;

  tamis_progress_begin (progress, TAMIS_STAGE_SCAN, n);
  tamis_parallel_for (n, check_image, &check, cancel);
  /* Also if every image was handed out: the last stop in their middle. */
  if (!g_cancellable_set_error_if_cancelled (cancel, error))
    result = tamis_dataset_refine (self, (const char *const *) check.reasons, check.facts);
  for (guint i = 0; i < n; i++)
    g_free (check.reasons[i]);
  g_free (check.reasons);
  g_free (check.facts);
  return result;
}
