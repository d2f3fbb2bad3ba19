/* How the brightness of an image is distributed, and how much there is to see in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/compare.h>

#include <string.h>

#define STRUCTURE_SIDE 64

static guint
luminance (const guint8 *p)
{
  return (299u * p[0] + 587u * p[1] + 114u * p[2] + 500u) / 1000u;
}

void
tamis_image_count_tones (const TamisImage *self, TamisTones *tones)
{
  gsize n = (gsize) self->width * self->height;
  const guint8 *p = self->pixels;

  memset (tones, 0, sizeof *tones);
  for (gsize i = 0; i < n; i++, p += 3)
    {
      tones->luminance[luminance (p)]++;
      tones->red[p[0]]++;
      tones->green[p[1]]++;
      tones->blue[p[2]]++;
    }
}

double
tamis_image_structure (const TamisImage *self)
{
  g_autoptr (TamisImage) small = tamis_image_resize (self, STRUCTURE_SIDE, STRUCTURE_SIDE);
  double value[STRUCTURE_SIDE][STRUCTURE_SIDE];
  double sum = 0;

  for (int y = 0; y < STRUCTURE_SIDE; y++)
    for (int x = 0; x < STRUCTURE_SIDE; x++)
      {
        const guint8 *p = small->pixels + 3 * (y * STRUCTURE_SIDE + x);

        value[y][x] = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
      }
  for (int i = 0; i < STRUCTURE_SIDE; i++)
    for (int j = 0; j + 1 < STRUCTURE_SIDE; j++)
      sum += ABS (value[i][j + 1] - value[i][j]) + ABS (value[j + 1][i] - value[j][i]);
  return sum / (2.0 * STRUCTURE_SIDE * (STRUCTURE_SIDE - 1));
}
