/* Which cosines may be above a limit: all products of 8 rows with 32 columns, in floats.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdint.h>

#define TAMIS_ABOVE_ROWS 8
#define TAMIS_ABOVE_COLUMNS 32

/* @panel: k × 32 floats, by tamis_above_pack(). A product is compared with its row's limit;
 * INFINITY: none passes. */
typedef struct
{
  const float *rows[TAMIS_ABOVE_ROWS]; /* k floats each */
  float limits[TAMIS_ABOVE_ROWS];
  const float *panel;
  int k;
} TamisAbove;

/* masks[r], bit c: the product of row r and column c is above limits[r], or is not a number. */
typedef void (*TamisAboveFunc) (const TamisAbove *above, uint32_t masks[TAMIS_ABOVE_ROWS]);

/* 32 columns of @k floats, one after another, to a panel: turned about. */
void tamis_above_pack (int k, const float *columns, float *panel);

/* The variants this processor can run, the plainest first, the best last. */
typedef struct
{
  const char *name;
  TamisAboveFunc func;
} TamisAboveVariant;
int tamis_above_get_variants (const TamisAboveVariant **variants);
