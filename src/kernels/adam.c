/* Adam.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adam.h"

#include <math.h>

void
tamis_adam_step_init (TamisAdamStep *step, const TamisAdam *adam, long t)
{
  step->beta1 = adam->beta1;
  step->beta2 = adam->beta2;
  step->rest1 = 1.0 - adam->beta1;
  step->rest2 = 1.0 - adam->beta2;
  step->step = adam->learning_rate / (1.0 - pow (adam->beta1, t));
  step->root_scale = 1.0 / sqrt (1.0 - pow (adam->beta2, t));
  step->epsilon = adam->epsilon;
}

void
tamis_adam_update (const TamisAdamStep *step, size_t n, const float *restrict gradient,
                   const TamisAdamState *state)
{
  float *restrict w = state->weights;
  float *restrict m = state->first;
  float *restrict v = state->second;
  float b1 = step->beta1;
  float b2 = step->beta2;

  for (size_t i = 0; i < n; i++)
    {
      float g = gradient[i];

      m[i] = b1 * m[i] + step->rest1 * g;
      v[i] = b2 * v[i] + step->rest2 * g * g;
      w[i] -= step->step * m[i] / (sqrtf (v[i]) * step->root_scale + step->epsilon);
    }
}
