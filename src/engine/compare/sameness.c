/* Are two files one and the same, or do they show the same pixels? See tamis_files_compare().
 *
 * DESIGN: bytes are compared in blocks until one differs, so different files cost one block. Pixels
 * are compared by SHA-256: two 100-megapixel images side by side would take 600 MB, and equal digests
 * of equal lengths are as good as equal bytes. Before anything is decoded whole, reduced versions
 * are compared loosely, because most pairs are not the same and differ visibly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>
#include <tamis/compare.h>

#include <stdio.h>
#include <string.h>

#define BLOCK (64 * 1024)
#define GLANCE_SIDE 64
/* Reduced in the decoder (JPEG) or after it (the rest), equal pixels differ by less than this. */
#define GLANCE_TOLERANCE 8.0

static gboolean
have_equal_bytes (const char *a, const char *b, GCancellable *cancel)
{
  g_autofree guint8 *blocks = g_malloc (2 * BLOCK);
  FILE *file_a = fopen (a, "rbe");
  FILE *file_b = fopen (b, "rbe");
  gboolean equal = file_a != NULL && file_b != NULL;
  gsize n = BLOCK;

  while (equal && n == BLOCK && !g_cancellable_is_cancelled (cancel))
    {
      n = fread (blocks, 1, BLOCK, file_a);
      equal = fread (blocks + BLOCK, 1, BLOCK, file_b) == n && memcmp (blocks, blocks + BLOCK, n) == 0
              && !ferror (file_a) && !ferror (file_b);
    }
  if (file_a != NULL)
    fclose (file_a);
  if (file_b != NULL)
    fclose (file_b);
  return equal;
}

/* Could the pixels be equal? Sets *possible; FALSE on error. */
static gboolean
glance (const char *a, const char *b, GCancellable *cancel, gboolean *possible, GError **error)
{
  TamisImageFacts facts[2];
  g_autoptr (TamisImage) image_a = tamis_image_load_reduced (a, 8 * GLANCE_SIDE, &facts[0], cancel, error);
  g_autoptr (TamisImage) image_b
      = image_a != NULL ? tamis_image_load_reduced (b, 8 * GLANCE_SIDE, &facts[1], cancel, error) : NULL;
  g_autoptr (TamisImage) small_a = NULL;
  g_autoptr (TamisImage) small_b = NULL;
  double sum = 0;
  gsize n = 3 * GLANCE_SIDE * GLANCE_SIDE;

  if (image_b == NULL)
    return FALSE;
  *possible = facts[0].width == facts[1].width && facts[0].height == facts[1].height;
  if (!*possible)
    return TRUE;
  small_a = tamis_image_resize (image_a, GLANCE_SIDE, GLANCE_SIDE);
  small_b = tamis_image_resize (image_b, GLANCE_SIDE, GLANCE_SIDE);
  for (gsize i = 0; i < n; i++)
    sum += ABS (small_a->pixels[i] - small_b->pixels[i]);
  *possible = sum / (double) n < GLANCE_TOLERANCE;
  return TRUE;
}

static gboolean
digest_pixels (const char *path, GCancellable *cancel, TamisDigest *digest, GError **error)
{
  TamisImageLoad load = TAMIS_IMAGE_LOAD_INIT;
  g_autoptr (TamisImage) image = NULL;
  TamisHasher *hasher;
  gsize row;

  load.cancel = cancel;
  image = tamis_image_load (path, &load, NULL, error);
  if (image == NULL)
    return FALSE;
  hasher = tamis_hasher_new ();
  row = (gsize) 3 * image->width;
  for (int y = 0; y < image->height && !g_cancellable_is_cancelled (cancel); y++)
    tamis_hasher_update (hasher, image->pixels + row * (gsize) y, row);
  *digest = tamis_hasher_finish (hasher);
  tamis_hasher_free (hasher);
  return !g_cancellable_set_error_if_cancelled (cancel, error);
}

gboolean
tamis_files_compare (const char *a, const char *b, GCancellable *cancel, TamisSameness *sameness,
                     GError **error)
{
  TamisDigest digest_a, digest_b;
  gboolean equal, possible;

  *sameness = TAMIS_SAMENESS_NONE;
  equal = have_equal_bytes (a, b, cancel);
  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return FALSE;
  if (equal)
    {
      *sameness = TAMIS_SAMENESS_BYTES;
      return TRUE;
    }
  if (!glance (a, b, cancel, &possible, error))
    return FALSE;
  if (!possible)
    return TRUE;
  if (!digest_pixels (a, cancel, &digest_a, error) || !digest_pixels (b, cancel, &digest_b, error))
    return FALSE;
  if (tamis_digest_equal (&digest_a, &digest_b))
    *sameness = TAMIS_SAMENESS_PIXELS;
  return TRUE;
}
