/* latent: from files to the matrix, with broken files among them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/latent.h>

#include <glib/gstdio.h>
#include <string.h>

#define N 77 /* two full batches and a rest */

typedef struct
{
  char *folder;
  TamisDataset *dataset;
  TamisModel *model;
} Fixture;

static gboolean
is_broken (guint i)
{
  return i == 0 || i == 40 || i == 41 || i == N - 1;
}

static char *
file_name (const Fixture *self, guint i)
{
  return g_strdup_printf ("%s/%s/%02u.png", self->folder, i < 50 ? "field" : "wood", i);
}

static void
write_image (const char *path, guint i)
{
  g_autoptr (TamisImage) image = tamis_image_new (20 + (int) i, 30);
  TamisRandom random;

  tamis_random_init (&random, i);
  for (int k = 0; k < 3 * image->width * image->height; k++)
    image->pixels[k] = (guint8) tamis_random_next (&random);
  g_assert_true (tamis_image_save_png (image, path, NULL));
}

static void
set_up (Fixture *self, gconstpointer all_broken)
{
  const char *folders[] = { "field", "wood" };
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("tamis-encode-XXXXXX", NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (self->folder, folders[i], NULL);

      g_mkdir (path, 0777);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i);

      if (all_broken != NULL || is_broken (i))
        g_assert_true (g_file_set_contents (path, "no image", -1, NULL));
      else
        write_image (path, i);
    }
  self->dataset = tamis_dataset_open (self->folder, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_dataset_get_n_images (self->dataset), ==, N);
  self->model = tamis_model_open ("whitened", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  const char *folders[] = { "field", "wood", "" };

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *path = file_name (self, i);

      g_unlink (path);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (self->folder, folders[i], NULL);

      g_rmdir (path);
    }
  g_free (self->folder);
  tamis_dataset_unref (self->dataset);
  tamis_model_unref (self->model);
}

/* One image, by itself, through the public steps. */
static void
encode_alone (Fixture *self, const char *path, float *out)
{
  int side = tamis_model_get_input_side (self->model);
  g_autofree float *input = g_new (float, 3 * side * side);
  g_autofree float *latent = g_new (float, tamis_model_get_latent_dimension (self->model));
  g_autoptr (TamisCoder) coder = tamis_coder_new (self->model, 1);
  g_autoptr (TamisImage) image = tamis_image_load (path, NULL, NULL, NULL);

  tamis_image_to_input (image, side, input);
  tamis_coder_encode (coder, input, 1, latent);
  tamis_coder_describe (coder, latent, 1, out);
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  guint dimension = (guint) tamis_model_get_dimension (self->model);
  g_autofree float *alone = g_new (float, dimension);
  g_autoptr (TamisLatents) first = NULL;
  g_autoptr (TamisDataset) readable = NULL;

  for (guint threads = 1; threads <= 4; threads++)
    {
      g_autoptr (TamisDataset) set = NULL;
      g_autoptr (TamisProgress) progress = tamis_progress_new ();
      g_autoptr (TamisLatents) latents = NULL;
      g_autoptr (GError) error = NULL;
      TamisEncodeTimings timings;
      TamisProgressState state;

      tamis_init (threads);
      latents = tamis_encode_run (self->dataset, self->model, NULL, progress, NULL, &set, &timings,
                                  &error);
      g_assert_no_error (error);
      tamis_progress_read (progress, &state);
      g_assert_cmpuint (state.done, ==, N);
      g_assert_cmpfloat (timings.decode_s, >, 0);
      g_assert_cmpfloat (timings.encode_s, >, 0);
      g_assert_cmpuint (tamis_latents_get_n (latents), ==, N - 4);
      g_assert_cmpuint (tamis_dataset_get_n_images (set), ==, N - 4);
      g_assert_cmpuint (tamis_dataset_get_n_unreadable (set), ==, 4);
      if (first == NULL)
        {
          first = g_steal_pointer (&latents);
          readable = g_steal_pointer (&set);
        }
      else
        g_assert_cmpmem (tamis_latents_get_values (latents), (N - 4) * dimension * 4,
                         tamis_latents_get_values (first), (N - 4) * dimension * 4);
    }
  for (guint row = 0; row < N - 4; row++)
    {
      g_autofree char *path = tamis_dataset_dup_file (readable, row);

      encode_alone (self, path, alone);
      g_assert_cmpmem (tamis_latents_get_row (first, row), dimension * sizeof (float), alone,
                       dimension * sizeof (float));
      g_assert_cmpint (tamis_dataset_get_facts (readable, row).height, ==, 30);
      g_assert_cmpint (tamis_dataset_get_facts (readable, row).width, >, 20);
    }
}

static void
test_labels (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_strconcat (self->folder, ".csv", NULL);
  g_autofree guint32 *rows = NULL;
  g_autoptr (TamisDataset) read = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tamis_labels_save (self->dataset, path, &error));
  read = tamis_dataset_open_labels (path, &rows, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tamis_dataset_get_n_images (read), ==, N);
  for (guint row = 0; row < N; row++)
    {
      g_assert_cmpuint (rows[row], ==, row);
      g_assert_cmpstr (tamis_dataset_get_path (read, row), ==,
                       tamis_dataset_get_path (self->dataset, row));
    }
  g_unlink (path);
}

static void
test_nothing_readable (Fixture *self, gconstpointer data)
{
  g_autoptr (TamisDataset) set = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (tamis_encode_run (self->dataset, self->model, NULL, NULL, NULL, &set, NULL, &error));
  g_assert_error (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY);
  g_assert_null (set);
}

static gpointer
cancel_later (gpointer cancel)
{
  g_usleep (5000);
  g_cancellable_cancel (cancel);
  return NULL;
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  for (guint threads = 1; threads <= 3; threads++)
    {
      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      GThread *thread = g_thread_new ("cancel", cancel_later, cancel);
      g_autoptr (TamisDataset) set = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TamisLatents) latents = NULL;

      tamis_init (threads);
      latents = tamis_encode_run (self->dataset, self->model, NULL, NULL, cancel, &set, NULL, &error);
      if (latents == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_null (set);
        }
      g_thread_join (thread);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add ("/latent/encode/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/latent/encode/labels", Fixture, NULL, set_up, test_labels, tear_down);
  g_test_add ("/latent/encode/nothing-readable", Fixture, "broken", set_up, test_nothing_readable,
              tear_down);
  g_test_add ("/latent/encode/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
