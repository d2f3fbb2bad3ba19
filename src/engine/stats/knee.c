/* The threshold a sweep suggests: the knee of the curve of images left over T.
 *
 * DESIGN: seen from T = 1 downwards, a class first loses its close copies, then little for a while,
 * then images that merely belong together. The wanted T lies in the lull. Kneedle (Satopää and
 * others 2011) takes the point farthest above the chord; but where there are many copies the curve
 * starts so steeply that all of it lies below its chord, lull included. So the chord is replaced by
 * the curve's lower convex hull, which is the chord where the curve is concave and clings to it
 * where it is convex: a curve has no knee exactly if it is convex. A class without copies has a knee
 * as well, where its level curve bends near the floor; it is told by when it loses its images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

typedef struct
{
  double t;
  double kept;
} Point;

/* Above 0 if b lies above the line from a to c. */
static double
rise_above (Point a, Point b, Point c)
{
  return b.kept - (a.kept + (c.kept - a.kept) * (b.t - a.t) / (c.t - a.t));
}

/* Andrew's monotone chain; returns how many of @hull were used. */
static guint
find_lower_hull (const Point *points, guint n, guint *hull)
{
  guint size = 0;

  for (guint i = 0; i < n; i++)
    {
      while (size >= 2
             && rise_above (points[hull[size - 2]], points[hull[size - 1]], points[i]) >= 0.0)
        size--;
      hull[size++] = i;
    }
  return size;
}

/* Whether most of what is gone at point @i goes high up, as copies do. The steps of T are equal. */
static gboolean
loses_copies (const Point *points, guint n, guint i)
{
  double all = points[n - 1].kept, lost = all - points[i].kept;
  guint low = (i + n - 1) / 2, high = (i + n) / 2;
  double early = all - (points[low].kept + points[high].kept) / 2.0;

  return lost > 0.0 && early >= TAMIS_KNEE_COPIES * lost;
}

static double
get_kept (const TamisSweepPoint *point, int class_index)
{
  return class_index < 0 ? point->kept : point->class_kept[class_index];
}

TamisFigure
tamis_sweep_suggest (const TamisSweep *self, TamisPolicy policy, int class_index)
{
  guint n = self->n_steps + 1; /* at T = 1 nothing goes */
  double all = class_index < 0 ? self->n_images : self->class_images[class_index];
  double best = MAX (TAMIS_KNEE_MIN_SHARE * all, TAMIS_KNEE_MIN_IMAGES);
  TamisFigure knee = _tamis_no_figure (TAMIS_REASON_NO_KNEE);
  g_autofree Point *points = g_new (Point, n);
  g_autofree guint *hull = g_new (guint, n);
  guint size, place = 0;

  for (guint i = 0; i + 1 < n; i++)
    points[i] = (Point){ self->points[policy][i].threshold,
                         get_kept (&self->points[policy][i], class_index) };
  points[n - 1] = (Point){ 1.0, all };
  size = find_lower_hull (points, n, hull);
  for (guint h = 0; h + 1 < size; h++)
    for (guint i = hull[h] + 1; i < hull[h + 1]; i++)
      {
        double above = rise_above (points[hull[h]], points[i], points[hull[h + 1]]);

        if (above >= best)
          {
            best = above;
            place = i;
            knee = _tamis_figure (points[i].t);
          }
      }
  return loses_copies (points, n, place) ? knee : _tamis_no_figure (TAMIS_REASON_NO_COPIES);
}

double *
tamis_sweep_suggest_classes (const TamisSweep *self, TamisPolicy policy, guint *n_suggested)
{
  double *thresholds = g_new (double, MAX (self->n_classes, 1));

  *n_suggested = 0;
  for (guint c = 0; c < self->n_classes; c++)
    {
      TamisFigure knee = tamis_sweep_suggest (self, policy, (int) c);

      thresholds[c] = knee.reason == TAMIS_REASON_NONE ? knee.value : -1.0;
      *n_suggested += knee.reason == TAMIS_REASON_NONE;
    }
  return thresholds;
}
