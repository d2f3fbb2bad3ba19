/* Order statistics without sorting: quickselect with a median-of-three pivot (Hoare's FIND).
 * Expected O(n); the answer is a value of the input, so it does not depend on the pivots.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#include <math.h>

static inline void
swap (double *a, double *b)
{
  double t = *a;

  *a = *b;
  *b = t;
}

double
_tamis_select (double *x, gsize n, gsize k)
{
  gssize low = 0, high = (gssize) n - 1, target = (gssize) k;

  while (low < high)
    {
      gssize i = low, j = high, middle = low + (high - low) / 2;
      double pivot;

      if (x[middle] < x[low])
        swap (&x[middle], &x[low]);
      if (x[high] < x[low])
        swap (&x[high], &x[low]);
      if (x[high] < x[middle])
        swap (&x[high], &x[middle]);
      pivot = x[middle];
      while (i <= j)
        {
          while (x[i] < pivot)
            i++;
          while (pivot < x[j])
            j--;
          if (i <= j)
            swap (&x[i++], &x[j--]);
        }
      if (target <= j)
        high = j;
      else if (target >= i)
        low = i;
      else
        break; /* between the parts: equal to the pivot */
    }
  return x[k];
}

double
_tamis_percentile (double *x, gsize n, double q)
{
  double position = q * (double) (n - 1);
  gsize k = (gsize) floor (position);
  double share = position - (double) k;
  double below = _tamis_select (x, n, k);
  double above = below;

  if (share == 0.0 || k + 1 >= n)
    return below;
  /* What is right of k is not smaller: the next order statistic is its minimum. */
  above = x[k + 1];
  for (gsize i = k + 2; i < n; i++)
    above = MIN (above, x[i]);
  return below + share * (above - below);
}
