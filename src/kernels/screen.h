/* A coarse product of vectors in bytes, with an upper bound of the true one: what is surely below a
 * limit is passed over, 8 × 32 products at a time.
 *
 * A vector is a float, up to 256 bytes of the coordinates after it, and the length of what these
 * leave out. For row i and column j the bound at depth d (bytes looked at) is
 *
 *   first_i first_j + scale · Σ_{k<d} row_ik (column_jk - offset) + rest_i rest_j + add_j
 *
 * and a product may pass while it is above limit_i, into which the caller puts what depends on the
 * row alone, scale · offset · Σ_{k<d} row_ik included. The kernels compute the sum with
 * @column as it is (unsigned; signed where the variant's offset is 0), exactly, and the rest in floats, a handful of roundings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdint.h>

#define TAMIS_SCREEN_ROWS 8     /* rows of a tile */
#define TAMIS_SCREEN_COLUMNS 32 /* columns of a tile */
#define TAMIS_SCREEN_GROUP 16   /* tiles of columns a call goes over */
#define TAMIS_SCREEN_AXES 16    /* sides of a box */
#define TAMIS_SCREEN_STAGES 8
#define TAMIS_SCREEN_DEPTH 256 /* sums of so many products are exact in a float */

/* What is compared after @depth bytes: one number a vector. */
typedef struct
{
  int depth;          /* a multiple of 4, rising with the stages */
  const float *rest;  /* >= 0 */
  const float *limit; /* as a row; INFINITY: passes with nothing */
  const float *add;   /* as a column; -INFINITY: passes with nothing */
} TamisScreenStage;

/* @rows: panels of 8 vectors, each a sequence of 8 × 4 bytes, 4 coordinates of every vector at a
 * time. @columns: the same in panels of 32. @stride: bytes a vector, a multiple of 4. */
typedef struct
{
  const int8_t *rows;
  const uint8_t *columns;
  int stride;
  float scale;
  const float *first;
  TamisScreenStage stages[TAMIS_SCREEN_STAGES];
  int n_stages;
} TamisScreen;

/* masks[t][r], bit c: row r of the row panel may pass with column c of the t-th column panel; set
 * for the tiles in @live only. stops[s]: tiles (parts of one, in some variants) stopped by stage s;
 * stops[n_stages]: those that passed. Added to. */
typedef struct
{
  uint32_t live;
  uint32_t masks[TAMIS_SCREEN_GROUP][TAMIS_SCREEN_ROWS];
  uint64_t stops[TAMIS_SCREEN_STAGES + 1];
} TamisScreenHits;

/* Sixteen boxes side by side: low[axis][box], high[axis][box]. */
typedef struct
{
  float low[TAMIS_SCREEN_AXES][TAMIS_SCREEN_GROUP];
  float high[TAMIS_SCREEN_AXES][TAMIS_SCREEN_GROUP];
} TamisScreenBoxes;

/* @range: bytes lie in -range .. range; @offset is added to those of columns.
 * @cost: of one product, roughly, where one of BLAS' float products costs 1.
 * sweep: row panel @row against the column panels @column + t for each bit t of @tiles.
 * near: bit t is set unless box t is farther than sqrt (@limit) from the box @low .. @high. */
typedef struct
{
  const char *name;
  int range;
  int offset;
  double cost;
  void (*sweep) (const TamisScreen *screen, int row, int column, uint32_t tiles,
                 TamisScreenHits *hits);
  uint32_t (*near) (const float *low, const float *high, const TamisScreenBoxes *boxes,
                    float limit);
} TamisScreenVariant;

/* The variants this processor can run, the plainest first, the best last. */
int tamis_screen_get_variants (const TamisScreenVariant **variants);

/* Floats as bytes. @step: what a byte counts; bytes lie in -range .. range, larger floats are cut
 * off. Of all elements so far, in double: */
typedef struct
{
  double step;
  int range;
  double square;     /* Σ x² */
  double error;      /* Σ (x - step · byte)² */
  double kept;       /* Σ (step · byte)² */
  int64_t absolute;  /* Σ |byte| */
} TamisBytes;
/* The next @n elements, finite. */
void tamis_bytes_add (TamisBytes *self, int n, const float *from, int8_t *to);
