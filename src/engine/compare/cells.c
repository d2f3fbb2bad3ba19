/* Which quarter of two images differs, as the model sees it: see tamis_latent_cells().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/compare.h>

#include <math.h>

void
tamis_latent_cells (const float *a, const float *b, guint dimension, double cosines[TAMIS_CELLS])
{
  g_return_if_fail (dimension % TAMIS_CELLS == 0);
  for (guint cell = 0; cell < TAMIS_CELLS; cell++)
    {
      double dot = 0, aa = 0, bb = 0;

      /* Channels are the slowest index, so a cell's numbers lie TAMIS_CELLS apart. */
      for (guint i = cell; i < dimension; i += TAMIS_CELLS)
        {
          dot += (double) a[i] * b[i];
          aa += (double) a[i] * a[i];
          bb += (double) b[i] * b[i];
        }
      cosines[cell] = aa > 0 && bb > 0 ? CLAMP (dot / sqrt (aa * bb), -1.0, 1.0) : NAN;
    }
}
