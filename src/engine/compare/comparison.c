/* Everything that is said of a pair but its pixels: see tamis_comparison_new().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/compare.h>

#include <math.h>
#include <sys/stat.h>

/* Both sides of a reduced decode stay at least this long: enough for sharpness and for the model. */
#define SIDE 1024
/* The lowest cell stands out if it is this much below the mean of the others. */
#define STANDS_OUT 0.02

/* What one thread works on; the images are gone when it has ended. */
typedef struct
{
  const char *path[2];
  TamisImage *image[2]; /* reduced; NULL: unreadable */
  TamisComparison *result;
} Work;

static void
read_image (Work *work, int i, GCancellable *cancel)
{
  TamisCompared *compared = &work->result->image[i];
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (GError) error = NULL;
  struct stat facts;

  load.at_least = SIDE;
  load.halve = TRUE;
  load.exif = &compared->exif;
  load.cancel = cancel;
  work->image[i] = tamis_image_load (work->path[i], &load, &compared->facts, &error);
  if (work->image[i] == NULL)
    {
      compared->reason = g_strdup (error->message);
      return;
    }
  if (stat (work->path[i], &facts) == 0)
    compared->bytes = (guint64) facts.st_size;
  compared->structure = tamis_image_structure (work->image[i]);
  tamis_image_count_tones (work->image[i], &compared->tones);
}

static gint64
count_pixels (const TamisImageFacts *facts)
{
  return (gint64) facts->width * facts->height;
}

static void
measure_sharpness (Work *work)
{
  TamisCompared *compared = work->result->image;
  TamisImageFacts size = compared[0].facts;
  double scale;

  for (int i = 0; i < 2; i++)
    if (work->image[i] != NULL
        && (work->image[0] == NULL || count_pixels (&compared[i].facts) < count_pixels (&size)))
      size = compared[i].facts;
  scale = MIN (1.0, (double) SIDE / MAX (MAX (size.width, size.height), 1));
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (TamisImage) taken = NULL;

      if (work->image[i] == NULL)
        continue;
      taken = tamis_image_resize (work->image[i], MAX ((int) lround (size.width * scale), 1),
                                  MAX ((int) lround (size.height * scale), 1));
      compared[i].sharpness = tamis_image_sharpness (taken);
    }
}

static double
mean_squared_error (const float *a, const float *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      /* Values are in [-1, 1]: half a step of them is one in [0, 1]. */
      double d = ((double) a[i] - CLAMP (b[i], -1.0f, 1.0f)) / 2;

      sum += d * d;
    }
  return sum / (double) n;
}

static void
redraw (TamisCompared *compared, TamisCoder *coder, const float *input, const float *latent, int side)
{
  gsize n = (gsize) 3 * side * side;
  g_autofree float *output = g_new (float, n);

  tamis_coder_decode (coder, latent, 1, output);
  compared->redrawn = tamis_image_from_input (output, side);
  compared->redrawn_error = mean_squared_error (input, output, n);
}

/* The cell below the others, or -1: then the difference is everywhere, or there is none. */
static int
find_lowest_cell (const double cells[TAMIS_CELLS])
{
  int lowest = 0;
  double others = 0;

  for (int i = 0; i < TAMIS_CELLS; i++)
    {
      if (isnan (cells[i]))
        return -1;
      if (cells[i] < cells[lowest])
        lowest = i;
      others += cells[i];
    }
  others = (others - cells[lowest]) / (TAMIS_CELLS - 1);
  return others - cells[lowest] >= STANDS_OUT ? lowest : -1;
}

static void
ask_model (Work *work, TamisModel *model)
{
  TamisComparison *result = work->result;
  int side = tamis_model_get_input_side (model);
  gsize n_latent = (gsize) tamis_model_get_latent_dimension (model);
  g_autoptr (TamisCoder) coder = tamis_coder_new (model, 1);
  g_autofree float *input = g_new (float, 3 * (gsize) side * side);
  g_autofree float *latents = g_new (float, 2 * n_latent);

  for (int i = 0; i < 2; i++)
    {
      float *latent = latents + i * n_latent;

      if (work->image[i] == NULL)
        continue;
      tamis_image_to_input (work->image[i], side, input);
      tamis_coder_encode (coder, input, 1, latent);
      if (tamis_model_has_decoder (model))
        redraw (&result->image[i], coder, input, latent, side);
    }
  if (work->image[0] == NULL || work->image[1] == NULL)
    return;
  result->has_cells = TRUE;
  tamis_latent_cells (latents, latents + n_latent, (guint) n_latent, result->cells);
  result->lowest_cell = find_lowest_cell (result->cells);
}

TamisComparison *
tamis_comparison_new (const char *a, const char *b, TamisModel *model, GCancellable *cancel,
                      GError **error)
{
  g_autoptr (TamisComparison) self = g_atomic_rc_box_new0 (TamisComparison);
  Work work = { { a, b }, { NULL, NULL }, self };
  gboolean cancelled = FALSE;

  self->lowest_cell = -1;
  for (int i = 0; i < 2 && !cancelled; i++)
    {
      read_image (&work, i, cancel);
      cancelled = g_cancellable_set_error_if_cancelled (cancel, error);
    }
  if (!cancelled)
    {
      measure_sharpness (&work);
      self->distance = tamis_exif_distance (&self->image[0].exif, &self->image[1].exif);
      self->little_structure = work.image[0] != NULL && work.image[1] != NULL
                               && self->image[0].structure < TAMIS_STRUCTURE_LITTLE
                               && self->image[1].structure < TAMIS_STRUCTURE_LITTLE;
      cancelled = g_cancellable_set_error_if_cancelled (cancel, error);
    }
  if (!cancelled && model != NULL)
    ask_model (&work, model);
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&work.image[i], tamis_image_unref);
  return cancelled ? NULL : g_steal_pointer (&self);
}

TamisComparison *
tamis_comparison_ref (TamisComparison *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TamisComparison *self = data;

  for (int i = 0; i < 2; i++)
    {
      g_free (self->image[i].reason);
      g_clear_pointer (&self->image[i].redrawn, tamis_image_unref);
    }
}

void
tamis_comparison_unref (TamisComparison *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
