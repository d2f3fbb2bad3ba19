/* Adam (Kingma, Ba 2015), all of a step in one pass over memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stddef.h>

typedef struct
{
  double learning_rate;
  double beta1, beta2;
  double epsilon;
} TamisAdam;

/* The numbers of one step, the same for all parameters. */
typedef struct
{
  float beta1, beta2;
  float rest1, rest2; /* 1 - beta, rounded once: 1 - 0.999f would be off by 5e-5 of itself */
  float step;       /* learning rate / (1 - beta1^t) */
  float root_scale; /* 1 / √(1 - beta2^t) */
  float epsilon;
} TamisAdamStep;

/* @t: steps taken, this one included, from 1. */
void tamis_adam_step_init (TamisAdamStep *step, const TamisAdam *adam, long t);

/* Moments and weights of @n parameters, updated in place as PyTorch's Adam without weight decay. */
typedef struct
{
  float *weights;
  float *first;  /* moment */
  float *second; /* moment */
} TamisAdamState;
void tamis_adam_update (const TamisAdamStep *step, size_t n, const float *gradient,
                        const TamisAdamState *state);
